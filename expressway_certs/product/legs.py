"""The legs: who opens a connection to whom, what each side shows, and what judges it (mra.md A3).

A leg is a row. A zone, its tunnels and the MRA services are selections of rows. ``judged`` says
whether the library judges the leg; the others are there so that a report can say that it doesn't.
"""

from __future__ import annotations

import enum
from typing import Literal

import attrs

from expressway_certs.product.provenance import Source
from expressway_certs.x509.policy import Purpose


class Party(enum.Enum):
    """Who stands at an end of a leg."""

    CLIENT = "client"
    CORE = "Expressway-C"
    EDGE = "Expressway-E"
    CUCM = "Unified CM"
    IMP = "IM and Presence"
    UNITY = "Unity Connection"
    INTERNET = "Internet"


class NameRule(enum.Enum):
    """Which name is looked for in a certificate."""

    PEER_ADDRESS = "the zone's peer address"
    VERIFY_NAME = "the zone's TLS verify subject name"
    PUBLISHED_NAME = "the name published under System > Server"
    SERVICE_DOMAIN = "the service domain, or collab-edge. before it"


@attrs.frozen(kw_only=True)
class Shown:
    """A certificate that one side shows: from which store, as what, judged by which lists, with which name.

    ``judged_by`` names the lists of the other side; all of them must trust it. ``travels`` says whether
    the intermediates are sent with it.
    """

    store: str
    purpose: Purpose
    judged_by: tuple[str, ...] = ("Trusted CA list",)
    name: NameRule | None = None
    travels: bool = True


@attrs.frozen(kw_only=True)
class Leg:
    """One kind of connection; ``acceptor`` shows its certificate first (platform.md §4.3)."""

    id: str
    title: str
    initiator: Party
    acceptor: Party
    port: int
    protocol: str
    acceptor_shows: Shown | None
    initiator_shows: Shown | None
    source: Source
    judged: bool = False


_SERVER, _CLIENT = Purpose.SERVER, Purpose.CLIENT
_EDGE_SERVER = Shown(store="server", purpose=_SERVER, judged_by=("client's CA list",), name=NameRule.SERVICE_DOMAIN)
_CORE_CLIENT = Shown(store="client", purpose=_CLIENT)
_TOMCAT = Shown(store="tomcat", purpose=_SERVER, name=NameRule.PUBLISHED_NAME)
_TO_CUCM = Shown(store="client", purpose=_CLIENT, judged_by=("tomcat-trust", "CallManager-trust"))

Service = Literal["1a", "1b", "1c", "2", "3", "4", "5", "6a", "6c", "6e", "6f", "6g", "7a", "7b", "7c", "8", "9", "10"]


def _leg(  # noqa: PLR0913 - the columns of the table
    id_: Service,
    title: str,
    ends: tuple[Party, Party],
    port: int,
    protocol: str,
    acceptor_shows: Shown | None,
    initiator_shows: Shown | None,
    source: Source,
    *,
    judged: bool = False,
) -> Leg:
    return Leg(
        id=id_,
        title=title,
        initiator=ends[0],
        acceptor=ends[1],
        port=port,
        protocol=protocol,
        acceptor_shows=acceptor_shows,
        initiator_shows=initiator_shows,
        source=source,
        judged=judged,
    )


_PEER_SERVER = Shown(store="server", purpose=_SERVER)
_ZONE = Shown(store="server", purpose=_SERVER, name=NameRule.PEER_ADDRESS)
_ZONE_CLIENT = Shown(store="client", purpose=_CLIENT, name=NameRule.VERIFY_NAME)
_SSH_SERVER = Shown(store="server", purpose=_SERVER, travels=False)
_SSH_CLIENT = Shown(store="client", purpose=_CLIENT, travels=False)
_CALLMANAGER = Shown(store="callmanager", purpose=_SERVER, name=NameRule.PUBLISHED_NAME)

_C_E, _C_M = (Party.CORE, Party.EDGE), (Party.CORE, Party.CUCM)
_J_E, _C_I = (Party.CLIENT, Party.EDGE), (Party.CORE, Party.IMP)

LEGS: tuple[Leg, ...] = (
    _leg("1a", "client HTTPS", _J_E, 8443, "TLS", _EDGE_SERVER, None, Source("mra.md A3 1a"), judged=True),
    _leg("1b", "client SIP", _J_E, 5061, "TLS", _EDGE_SERVER, None, Source("mra.md A3 1b")),
    _leg("1c", "client XMPP", _J_E, 5222, "TLS", _EDGE_SERVER, None, Source("mra.md A3 1c")),
    _leg("2", "traversal zone", _C_E, 7001, "TLS", _ZONE, _ZONE_CLIENT, Source("mra.md A3 2"), judged=True),
    _leg("3", "SSH tunnels", _C_E, 2222, "SSH", _SSH_SERVER, _SSH_CLIENT, Source("mra.md A3 3"), judged=True),
    _leg("4", "XCP routing", _C_E, 7400, "TLS", _PEER_SERVER, _CORE_CLIENT, Source("mra.md A3 4")),
    _leg("5", "SIP SERVICE body", (Party.EDGE, Party.CORE), 7001, "SIP", None, _PEER_SERVER, Source("mra.md A3 5")),
    _leg("6a", "UDS and AXL", _C_M, 8443, "HTTPS", _TOMCAT, None, Source("mra.md A3 6a"), judged=True),
    _leg("6c", "TFTP over HTTPS", _C_M, 6972, "HTTPS", _TOMCAT, _TO_CUCM, Source("mra.md A3 6c"), judged=True),
    _leg("6e", "SIP TLS", _C_M, 5061, "TLS", _CALLMANAGER, _TO_CUCM, Source("mra.md A3 6e")),
    _leg("6f", "SIP OAuth", _C_M, 5091, "TLS", _TOMCAT, _TO_CUCM, Source("mra.md A3 6f")),
    _leg("6g", "headset metrics", _C_M, 9444, "HTTPS", _TOMCAT, None, Source("mra.md A3 6g")),
    _leg("7a", "IM&P SOAP", _C_I, 8443, "HTTPS", _TOMCAT, None, Source("mra.md A3 7a")),
    _leg("7b", "IM&P XMPP", _C_I, 7400, "TLS", _PEER_SERVER, _CORE_CLIENT, Source("mra.md A3 7b")),
    _leg("7c", "managed file transfer", _C_I, 7336, "HTTPS", _TOMCAT, None, Source("mra.md A3 7c")),
    _leg("8", "voicemail", (Party.CORE, Party.UNITY), 8443, "HTTPS", _TOMCAT, None, Source("mra.md A3 8")),
    _leg("9", "Webex discovery", (Party.EDGE, Party.INTERNET), 443, "HTTPS", _PEER_SERVER, None, Source("mra.md A3 9")),
    _leg("10", "cluster database", _C_E, 4372, "TLS", _PEER_SERVER, _PEER_SERVER, Source("mra.md A3 10")),
)
_BY_ID = {leg.id: leg for leg in LEGS}

ZONE_LEGS = ("2",)
TUNNEL_LEGS = ("3",)
MRA_LEGS = ("1a", "6a", "6c")


def leg(id_: str) -> Leg:
    """Return the leg of that id; `KeyError` for none."""
    return _BY_ID[id_]
