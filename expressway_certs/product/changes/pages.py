"""Where an administrator does things: menu paths and commands, written once (platform.md §1 to §5, mra.md A2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from expressway_certs.x509.certificate import Certificate

TRUSTED_CA_PAGE: Final = "Maintenance > Security > Trusted CA certificate"
SERVER_PAGE: Final = "Maintenance > Security > Server certificate"
CLIENT_PAGE: Final = "Maintenance > Security > Client certificate"
ZONES_PAGE: Final = "Configuration > Zones > Zones"
ACCESS_RULES_PAGE: Final = "Configuration > Zones > Default zone access rules"
CLUSTER_PAGE: Final = "System > Clustering"
UC_SERVERS_PAGE: Final = "Configuration > Unified Communications > Unified CM servers"
RESTART_PAGE: Final = "Maintenance > Restart options"
CUCM_PAGE: Final = "Cisco Unified OS Administration > Security > Certificate Management"

_SHORT: Final = 8


def page_of(store: str) -> str:
    """Return the page on which the certificate of a store of Expressway is uploaded."""
    return CLIENT_PAGE if store == "client" else SERVER_PAGE


def told_apart(certificate: Certificate) -> str:
    """Return a certificate's name with what tells it from others of that name."""
    return f"{certificate.subject} (until {certificate.not_after:%Y-%m-%d}, SHA-256 {certificate.sha256[:_SHORT]})"


def on_each(nodes: Iterable[str], otherwise: str) -> str:
    """Return on which nodes something is done; ``otherwise`` where they are not named."""
    return f"On {' and '.join(nodes) or otherwise}"
