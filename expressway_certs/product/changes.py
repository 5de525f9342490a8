"""What an administrator can do about a finding, carried out on the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from expressway_certs.x509.certificate import Certificate

Store = Literal["server", "client"]
"""Which of Expressway's two stores a certificate is in; before X15.5 there is only "server"."""


def _certificates(values: Iterable[Certificate]) -> tuple[Certificate, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class AddTrustedCa:
    """Add CA certificates to a node's list. ``store`` names the list on a Unified CM ("tomcat-trust")."""

    node: str
    certificates: tuple[Certificate, ...] = attrs.field(converter=_certificates)
    store: str = "Trusted CA list"


@attrs.frozen(kw_only=True)
class RemoveTrustedCa:
    """Delete CA certificates from a node's list, named as in `AddTrustedCa`; one that is not in it is passed over."""

    node: str
    certificates: tuple[Certificate, ...] = attrs.field(converter=_certificates)
    store: str = "Trusted CA list"


@attrs.frozen(kw_only=True)
class SetPeerAddress:
    """Set the address that a zone has for a peer of Expressway-E."""

    zone: str
    node: str
    address: str


@attrs.frozen(kw_only=True)
class SetVerifyName:
    """Set a zone's TLS verify subject name on Expressway-E."""

    zone: str
    name: str


@attrs.frozen(kw_only=True)
class SetCertificate:
    """Put a certificate into a node's store: "server", or "client" from X15.5 on. It answers a pending request."""

    node: str
    certificate: Certificate
    store: Store = "server"


Change = AddTrustedCa | RemoveTrustedCa | SetCertificate | SetPeerAddress | SetVerifyName
