"""The legs: who opens a connection to whom, what each side shows, and what judges it (mra.md A3, platform.md §4.1).

A leg is a row. A zone, its tunnels, a cluster and the MRA services are selections of rows; a rule has no code of its
own for what a row can say.
"""

from __future__ import annotations

import enum
from typing import Final, Literal

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.clients import CLIENT_LIST
from expressway_certs.product.far_ends import FAR_END_LIST
from expressway_certs.product.nodes import ONBOARDING_LIST
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.product.zones import ZoneKind
from expressway_certs.x509.policy import Purpose


class Party(enum.Enum):
    """Who stands at an end of a leg."""

    CLIENT = "client"
    CORE = "Expressway-C"
    EDGE = "Expressway-E"
    CUCM = "Unified CM"
    IMP = "IM and Presence"
    UNITY = "Unity Connection"
    WEBEX = "Webex"
    ADMINISTRATOR = "administrator"
    LDAP = "LDAP server"
    NODE = "Expressway"
    PEER = "another peer of the cluster"
    FAR_END = "the far end of the zone"


class Ask(enum.Enum):
    """What is asked of a certificate besides its chain and its usages."""

    PEER_ADDRESS = "the address that is called"
    VERIFY_NAME = "the zone's TLS verify subject name"
    PUBLISHED_NAME = "the name published under System > Server"
    NODE_NAME = "the name of the Unified CM node"
    SERVICE_DOMAIN = "the service domain, or collab-edge. before it"
    EDGE_NAME = "the host name that the client is sent to"
    REVERSE_NAME = "the name in the reverse DNS record of the address"
    CLUSTER_PEER = "the peer address under System > Clustering"
    CLUSTER_ADDRESS = "names that lead to the address it came from"
    PROFILE_NAMES = "the phone security profile names"
    REGISTERED_NAME = "a name listed under Device > Expressway-C"
    HOST_NAME = "the host that is called"
    ACCESS_RULES = "what the access rules let in"
    SSH_KEY_TYPE = "a key type that SSH allows"
    SSH_NAMES = "subject and issuer that SSH can read"


class When(enum.Enum):
    """Under which condition a side looks at the other's certificate at all."""

    ALWAYS = "always"
    ZONE_VERIFIES = "TLS verify mode of the zone is On"
    ZONE_VERIFIES_CLIENT = "the zone verifies who calls"
    CLUSTER_ENFORCES = "TLS verification mode of the cluster is Enforce"
    ORIGIN_IS_VERIFIED = "the traffic server verifies who answers"
    CORE_PRESENTS = "Expressway-C shows its certificate"
    SERVER_IS_VERIFIED = "TLS verify mode of the server is On"
    XCP_VERIFIES = "XCP verifies certificates"
    XMPP_PEER_IS_VERIFIED = "the server asks for a certificate"
    ADMINISTRATORS_ARE_ASKED = "client certificate-based security is on"
    ONBOARDING = "activation code onboarding is on"


@attrs.frozen
class Usage:
    """A purpose that a certificate must allow; ``under`` is the behaviour of the judging Expressway that asks for it.

    A server behind Expressway-C asks for client authentication where its client-auth EKU validation is on (mra.md A3
    6c), and for server authentication in any case.
    """

    purpose: Purpose
    under: Behaviour | None = None


@attrs.frozen(kw_only=True)
class Shown:
    """A certificate that one side shows: from which store, for which usages, judged by which lists, and what is asked.

    All of ``judged_by``, lists of the other side, must trust it. ``travels`` says whether the intermediates are sent
    with it; ``by_sni`` that Expressway-E picks it by the name that the client gives.
    """

    store: str
    usages: tuple[Usage, ...]
    judged_by: tuple[str, ...] = ("Trusted CA list",)
    asks: tuple[Ask, ...] = ()
    when: When = When.ALWAYS
    travels: bool = True
    by_sni: bool = False


LegId = Literal[
    "1a", "1b", "1c", "2", "3", "4", "5", "6a", "6c", "6e", "6e-back", "6f", "6g", "7a", "7b", "7c", "8", "9", "10",
    "12", "12-back", "13", "13-back", "14", "14-back", "15", "16",
]  # fmt: skip


@attrs.frozen(kw_only=True)
class Leg:
    """One kind of connection; ``acceptor`` shows its certificate first (platform.md §4.3).

    ``zones`` are the kinds of zone that have it; ``only_if`` names the field of the node beside Expressway that says
    whether there is such a connection. ``inside`` is the leg that it travels in: where that one is down between the
    same two, this one is not reached.
    """

    id: str
    title: str
    initiator: Party
    acceptor: Party
    port: int
    protocol: str
    acceptor_shows: Shown | None
    initiator_shows: Shown | None
    source: Source
    zones: tuple[ZoneKind, ...] = ()
    only_if: str | None = None
    inside: str | None = None
    asks_dns: bool = False

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Everything that is asked of either certificate besides its chain and its usages."""
        return tuple(ask for shown in (self.acceptor_shows, self.initiator_shows) if shown for ask in shown.asks)

    @property
    def is_sip(self) -> bool:
        """Whether SIP's own settings hold for it: revocation checking, the order of keys."""
        return self.protocol == "SIP TLS"


_SERVER: Final = Usage(Purpose.SERVER)
_CLIENT: Final = Usage(Purpose.CLIENT)
_B = Behaviour

# What Expressway-E shows to clients, and what it asks of a device in activation code onboarding.
_TO_CLIENT: Final = Shown(
    store="server",
    usages=(_SERVER,),
    judged_by=(CLIENT_LIST,),
    asks=(Ask.EDGE_NAME, Ask.SERVICE_DOMAIN),
    by_sni=True,
)
_DEVICE: Final = Shown(store="device", usages=(_CLIENT,), judged_by=(ONBOARDING_LIST,), when=When.ONBOARDING)

# What Expressway-C and Expressway-E show each other.
_SIP_CALLER: Final = (
    Usage(Purpose.CLIENT, _B.SIP_NEEDS_CLIENT_AUTH),
    Usage(Purpose.SERVER, _B.SIP_NEEDS_SERVER_AUTH),
)
_ZONE: Final = Shown(store="server", usages=(_SERVER,), asks=(Ask.PEER_ADDRESS,), when=When.ZONE_VERIFIES)
_ZONE_CALLER: Final = Shown(store="client", usages=_SIP_CALLER, asks=(Ask.VERIFY_NAME,), when=When.ZONE_VERIFIES_CLIENT)
_SSH_ASKS: Final = (Ask.SSH_KEY_TYPE, Ask.SSH_NAMES)
_SSH_SERVER: Final = Shown(store="server", usages=(_SERVER,), asks=_SSH_ASKS, travels=False)
_SSH_CLIENT: Final = Shown(store="client", usages=(_CLIENT,), asks=_SSH_ASKS, travels=False)
_XCP_SERVER: Final = Shown(
    store="server",
    usages=(_SERVER, Usage(Purpose.CLIENT, _B.XCP_NEEDS_BOTH)),
    asks=(Ask.REVERSE_NAME,),
    when=When.XCP_VERIFIES,
)
_XCP_CLIENT: Final = Shown(
    store="client",
    usages=(Usage(Purpose.CLIENT, _B.XCP_NEEDS_BOTH), Usage(Purpose.SERVER, _B.XCP_NEEDS_BOTH)),
    when=When.XCP_VERIFIES,
)
_SERVICE: Final = Shown(store="server", usages=(_SERVER, Usage(Purpose.CLIENT, _B.SERVICE_NEEDS_CLIENT_AUTH)))
_CLUSTER_SERVER: Final = Shown(
    store="server",
    usages=(_SERVER, Usage(Purpose.CLIENT, _B.CLUSTER_NEEDS_CLIENT_AUTH)),
    asks=(Ask.CLUSTER_PEER, Ask.CLUSTER_ADDRESS),
    when=When.CLUSTER_ENFORCES,
)
_CLUSTER_CLIENT: Final = Shown(
    store="client", usages=(Usage(Purpose.CLIENT, _B.CLUSTER_NEEDS_CLIENT_AUTH),), when=When.CLUSTER_ENFORCES
)

# What the servers behind Expressway-C show, and what it shows them.
_TOMCAT: Final = Shown(store="tomcat", usages=(_SERVER,), asks=(Ask.PUBLISHED_NAME,), when=When.ORIGIN_IS_VERIFIED)
_TOMCAT_UNNAMED: Final = Shown(store="tomcat", usages=(_SERVER,), when=When.ORIGIN_IS_VERIFIED)
_TOMCAT_SIP: Final = Shown(store="tomcat", usages=(_SERVER,))
_CUP_XMPP: Final = Shown(store="cup-xmpp", usages=(), when=When.XCP_VERIFIES)
_CALLMANAGER: Final = Shown(store="callmanager", usages=(_SERVER,), asks=(Ask.NODE_NAME,), when=When.SERVER_IS_VERIFIED)
_CALLMANAGER_CALLER: Final = Shown(store="callmanager", usages=_SIP_CALLER, when=When.SERVER_IS_VERIFIED)
_TO_TFTP: Final = Shown(
    store="client", usages=(_CLIENT,), judged_by=("tomcat-trust", "CallManager-trust"), when=When.CORE_PRESENTS
)
_TO_CALLMANAGER: Final = Shown(
    store="client", usages=(_CLIENT,), judged_by=("CallManager-trust",), asks=(Ask.PROFILE_NAMES,)
)
_CALLED_BY_CALLMANAGER: Final = Shown(
    store="server", usages=(_SERVER,), judged_by=("CallManager-trust",), asks=(Ask.PROFILE_NAMES,)
)
_TO_OAUTH: Final = Shown(store="client", usages=(_CLIENT,), judged_by=("tomcat-trust",), asks=(Ask.REGISTERED_NAME,))
_TO_IMP: Final = Shown(
    store="client", usages=(), judged_by=("cup-xmpp-trust", "tomcat-trust"), when=When.XMPP_PEER_IS_VERIFIED
)

# What is shown to and by systems that are not ours.
_THEIR_LIST: Final = (FAR_END_LIST,)
_OUT: Final = Shown(store="client", usages=(_CLIENT,), judged_by=_THEIR_LIST)
_IN: Final = Shown(store="server", usages=(_SERVER,), judged_by=_THEIR_LIST)
_WEBEX: Final = Shown(store="server", usages=(_SERVER,), asks=(Ask.HOST_NAME,))

_ADMINISTRATOR: Final = Shown(store="client", usages=(_CLIENT,), when=When.ADMINISTRATORS_ARE_ASKED)
_LDAP: Final = Shown(store="server", usages=(_SERVER,))


def _far(ask: Ask) -> Shown:
    return Shown(store="server", usages=(_SERVER,), asks=(ask,), when=When.ZONE_VERIFIES)


def _far_caller(*asks: Ask) -> Shown:
    return Shown(store="client", usages=_SIP_CALLER, asks=asks, when=When.ZONE_VERIFIES)


def _leg(  # noqa: PLR0913 - the columns of the table
    id_: LegId,
    title: str,
    ends: tuple[Party, Party],
    port: int,
    protocol: str,
    acceptor_shows: Shown | None,
    initiator_shows: Shown | None,
    *,
    source: str = "",
    confidence: Confidence = "documented",
    zones: tuple[ZoneKind, ...] = (),
    only_if: str | None = None,
    inside: str | None = None,
    asks_dns: bool = False,
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
        source=Source(source or f"mra.md A3 {id_}", confidence),
        zones=zones,
        only_if=only_if,
        inside=inside,
        asks_dns=asks_dns,
    )


_UC: Final = (ZoneKind.UNIFIED_COMMUNICATIONS,)
_TRAVERSAL: Final = (ZoneKind.UNIFIED_COMMUNICATIONS, ZoneKind.TRAVERSAL)
_P = Party
_J_E, _C_E, _E_C = (_P.CLIENT, _P.EDGE), (_P.CORE, _P.EDGE), (_P.EDGE, _P.CORE)
_C_M, _M_C, _C_I, _C_U = (_P.CORE, _P.CUCM), (_P.CUCM, _P.CORE), (_P.CORE, _P.IMP), (_P.CORE, _P.UNITY)
_N_P, _N_F, _F_N = (_P.NODE, _P.PEER), (_P.NODE, _P.FAR_END), (_P.FAR_END, _P.NODE)
_MIXED, _OAUTH, _XMPP = "mixed_mode", "sip_oauth", "speaks_xmpp"
_NEIGHBOR, _DNS_ZONE, _WEBEX_ZONE = (ZoneKind.NEIGHBOR,), (ZoneKind.DNS,), (ZoneKind.WEBEX,)
_ROLES = "platform.md §7: T-225693, T-212475"
_SERVICES = "platform.md §6: AG155-sec, AG155-sys, AG155-ref"

LEGS: Final[tuple[Leg, ...]] = (
    _leg("1a", "client HTTPS", _J_E, 8443, "TLS", _TO_CLIENT, _DEVICE),
    _leg("1b", "client SIP", _J_E, 5061, "TLS", _TO_CLIENT, _DEVICE),
    _leg("1c", "client XMPP", _J_E, 5222, "TLS", _TO_CLIENT, None, only_if=_XMPP),
    _leg("2", "traversal zone", _C_E, 7001, "SIP TLS", _ZONE, _ZONE_CALLER, zones=_TRAVERSAL),
    _leg("3", "SSH tunnels", _C_E, 2222, "SSH", _SSH_SERVER, _SSH_CLIENT, zones=_UC, asks_dns=True),
    _leg("4", "XCP routing", _C_E, 7400, "TLS", _XCP_SERVER, _XCP_CLIENT, zones=_UC),
    # What is published of the message does not say whether CA certificates come along; that they do is our choice.
    _leg("5", "SIP SERVICE body", _E_C, 7001, "SIP", None, _SERVICE, zones=_UC, inside="2", confidence="own choice"),
    _leg("6a", "UDS and AXL", _C_M, 8443, "HTTPS", _TOMCAT, None),
    _leg("6c", "TFTP over HTTPS", _C_M, 6972, "HTTPS", _TOMCAT, _TO_TFTP),
    _leg("6e", "SIP TLS", _C_M, 5061, "SIP TLS", _CALLMANAGER, _TO_CALLMANAGER, only_if=_MIXED),
    _leg("6e-back", "SIP TLS from Unified CM", _M_C, 5061, "SIP TLS", _CALLED_BY_CALLMANAGER, _CALLMANAGER_CALLER,
         only_if=_MIXED, source="mra.md A3 6e"),
    _leg("6f", "SIP OAuth", _C_M, 5091, "SIP TLS", _TOMCAT_SIP, _TO_OAUTH, only_if=_OAUTH),
    _leg("6g", "headset metrics", _C_M, 9444, "HTTPS", _TOMCAT_UNNAMED, None),
    _leg("7a", "IM&P SOAP", _C_I, 8443, "HTTPS", _TOMCAT, None),
    _leg("7b", "IM&P XMPP", _C_I, 7400, "TLS", _CUP_XMPP, _TO_IMP),
    _leg("7c", "managed file transfer", _C_I, 7336, "HTTPS", _TOMCAT_UNNAMED, None),
    _leg("8", "voicemail", _C_U, 8443, "HTTPS", _TOMCAT, None),
    _leg("9", "Webex discovery", (_P.EDGE, _P.WEBEX), 443, "HTTPS", _WEBEX, None),
    _leg("10", "cluster database", _N_P, 4372, "TLS", _CLUSTER_SERVER, _CLUSTER_CLIENT),
    _leg("12", "neighbor zone, outbound", _N_F, 5061, "SIP TLS", _far(Ask.PEER_ADDRESS), _OUT, zones=_NEIGHBOR,
         source=_ROLES),
    _leg("12-back", "neighbor zone, inbound", _F_N, 5061, "SIP TLS", _IN, _far_caller(Ask.PEER_ADDRESS),
         zones=_NEIGHBOR, source=_ROLES),
    _leg("13", "DNS zone, outbound", _N_F, 5061, "SIP TLS", _far(Ask.VERIFY_NAME), _OUT, zones=_DNS_ZONE,
         source=_ROLES),
    _leg("13-back", "Default Zone, inbound", _F_N, 5062, "SIP TLS", _IN, _far_caller(Ask.ACCESS_RULES),
         zones=(ZoneKind.DEFAULT,), source=_ROLES),
    _leg("14", "Webex zone, outbound", _N_F, 5062, "SIP TLS", _far(Ask.VERIFY_NAME), _OUT, zones=_WEBEX_ZONE,
         source=_ROLES),
    _leg("14-back", "Webex zone, inbound", _F_N, 5062, "SIP TLS", _IN, _far_caller(Ask.VERIFY_NAME), zones=_WEBEX_ZONE,
         source=_ROLES),
    _leg("15", "administration", (_P.ADMINISTRATOR, _P.NODE), 443, "HTTPS", None, _ADMINISTRATOR, source=_SERVICES),
    _leg("16", "LDAP", (_P.NODE, _P.LDAP), 636, "LDAP", _LDAP, None, source=_SERVICES),
)  # fmt: skip
"""Every leg of mra.md A3 that has TLS or SSH, those of the zones to other systems (platform.md §4.1 and §7), and those
of administration that check revocation in a way of their own (platform.md §6)."""

_BY_ID: Final = {leg.id: leg for leg in LEGS}

ZONE_LEGS: Final = ("2",)
TUNNEL_LEGS: Final = ("3",)
FAR_END_LEGS: Final = ("12", "12-back", "13", "13-back", "14", "14-back")
CLUSTER_LEGS: Final = ("10",)
CLIENT_LEGS: Final = ("1a", "1b", "1c")
EDGE_TO_CORE_LEGS: Final = ("4", "5")
UC_LEGS: Final = ("6a", "6c", "6e", "6e-back", "6f", "6g", "7a", "7b", "7c", "8")
TRAFFIC_SERVER_LEGS: Final = ("6a", "6c", "6g", "7a", "7c", "8")
WEBEX_LEGS: Final = ("9",)
LDAP_LEG: Final = "16"
ADMINISTRATION_LEGS: Final = ("15", LDAP_LEG)
MRA_LEGS: Final = (*CLIENT_LEGS, *EDGE_TO_CORE_LEGS, *UC_LEGS, *WEBEX_LEGS)


def leg(id_: str) -> Leg:
    """Return the leg of that id; `KeyError` for none."""
    return _BY_ID[id_]
