"""Zones that lead elsewhere: to neighbors, by DNS, from anybody, and to the servers behind Expressway-C."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from expressway_certs.product.dns import host
from expressway_certs.product.legs import CLIENT_LEGS, WEBEX_LEGS
from expressway_certs.product.nodes import Expressway, FarEnd, UcServer
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.sources.diagnostics.peer import Peer
from expressway_certs.sources.xconfiguration.readings import settings_of
from expressway_certs.sources.xconfiguration.zones import DEFAULT_ZONE, ConfiguredZone

# Expressway-C makes a neighbor zone for each Unified CM node and calls it so. CEOAuth is mra.md A2.3's ([215572]), the
# two others are in the MRA guide's text about ICE passthrough.
_OAUTH, _TLS, _TCP = "CEOAuth", "CEtls", "CEtcp"
_MADE: Final = tuple(prefix.lower() for prefix in (_OAUTH, _TLS, _TCP))
_CUCM_LEGS: Final = ("6a", "6c", "6e", "6e-back", "6f", "6g")
_WEBEX: Final = (*WEBEX_LEGS, "14", "14-back")
# AG155-ref: LocalOnly, RemoteOnly or Both.
_LOGIN: Final = "Login Source Admin"
_REMOTE: Final = frozenset(["remoteonly", "both"])
_OTHER_SERVERS: Final = ("7a", "7b", "7c", "8")


def is_made(zone: ConfiguredZone) -> bool:
    """Whether Expressway-C has made the zone by itself, for a node of Unified CM."""
    return zone.kind is ZoneKind.NEIGHBOR and zone.name.lower().startswith(_MADE)


def uc_servers(peers: Iterable[Peer]) -> tuple[UcServer, ...]:
    """Return the Unified CM nodes that zones of Expressway-C lead to, each once; nothing but names is known of them."""
    found: dict[str, dict[str, Any]] = {}
    for zone in (zone for peer in peers for zone in peer.zones if is_made(zone)):
        for name in zone.peer_addresses[:1]:
            fields = found.setdefault(host(name), {"name": name})
            fields.update(_of_zone(zone))
    return tuple(UcServer(**fields) for fields in found.values())


def _of_zone(zone: ConfiguredZone) -> dict[str, Any]:
    name = zone.name.lower()
    if name.startswith(_OAUTH.lower()):
        return {"sip_oauth": True}
    # TLS verify is On in the zone where it was On as the server was found (mra.md A2.2: MRA-basic).
    return {"mixed_mode": True, "tls_verify": zone.tls_verify} if name.startswith(_TLS.lower()) else {}


def missing_servers(core: Sequence[Peer], servers: Sequence[UcServer]) -> Iterator[NotGiven]:
    """Yield what is not known of the servers behind Expressway-C."""
    if core and not servers:
        yield _servers("Unified CM with its certificates and trust lists", core, _CUCM_LEGS)
    if core:
        what = "IM and Presence and Unity Connection with their certificates and trust lists"
        yield _servers(what, core, _OTHER_SERVERS)


def _servers(what: str, core: Sequence[Peer], legs: tuple[str, ...]) -> NotGiven:
    remedy = "Give them as UcServers: OS Administration > Security > Certificate Management"
    return NotGiven(what=what, remedy=remedy, node=core[0].name, legs=legs)


def missing_outside(cores: Sequence[Peer], edges: Sequence[Peer]) -> Iterator[NotGiven]:
    """Yield what is not known of those who are no Expressway and no server of ours."""
    for node in [peer.name for peer in cores[:1]]:
        what, remedy = "the phone security profiles in use", "Give them as phone_security_profiles"
        yield NotGiven(what=what, remedy=remedy, node=node, missing_field="phone_security_profiles")
    for node in [peer.name for peer in edges[:1]]:
        what, remedy = "the clients with their CA lists", "Give Clients, with the list of CAs of each family"
        yield NotGiven(what=what, remedy=remedy, node=node, legs=CLIENT_LEGS, missing_field="clients")
        what, remedy = "the hosts of Webex", "Give them as webex_services, with their certificates"
        yield NotGiven(what=what, remedy=remedy, node=node, legs=_WEBEX, missing_field="webex_services")
    for node in [peer.name for peer in (*cores, *edges) if _verifies_anybody(peer)][:1]:
        what, remedy = "those who connect to the Default Zone", "Give them as its far ends, with the access rules"
        yield NotGiven(what=what, remedy=remedy, node=node, legs=("13-back",))


def missing_administration(peers: Sequence[Peer], nodes: Mapping[str, Expressway]) -> Iterator[NotGiven]:
    """Yield what is not known of those who administer the nodes, where certificates have a part in it."""
    for node in [peer.name for peer in peers if nodes[peer.name].client_certificate_security][:1]:
        what, remedy = "the administrators with their certificates", "Give them as administrators"
        yield NotGiven(what=what, remedy=remedy, node=node, legs=("15",), missing_field="administrators")
    for node in [peer.name for peer in peers if peer.dump.get(_LOGIN, "").lower() in _REMOTE][:1]:
        what, remedy = "the LDAP servers that administrators are looked up in", "Give them as ldap_servers"
        yield NotGiven(what=what, remedy=remedy, node=node, legs=("16",), missing_field="ldap_servers")


def _verifies_anybody(peer: Peer) -> bool:
    return bool(settings_of(peer.dump, DEFAULT_ZONE).get("tls_verify"))


def other_zones(cluster: Sequence[Peer], nodes: dict[str, Expressway]) -> Iterator[Zone]:
    """Yield the neighbor, DNS and Default Zones of a cluster; of who is at their other end the address is known."""
    distinct = dict.fromkeys(zone for peer in cluster for zone in peer.zones if _leads_elsewhere(zone))
    seen: set[tuple[str, str]] = set()
    for zone in distinct:
        if (zone.name, zone.type) in seen:
            continue
        seen.add((zone.name, zone.type))
        having = [nodes[peer.name] for peer in cluster if any(_is_same(zone, one) for one in peer.zones)]
        yield _zone(zone, having)
    verifying = [nodes[peer.name] for peer in cluster if _verifies_anybody(peer)]
    if verifying:
        yield Zone(name="DefaultZone", kind=ZoneKind.DEFAULT, nodes=verifying, tls_verify=True)


def _leads_elsewhere(zone: ConfiguredZone) -> bool:
    return zone.role is None and zone.kind is not None and not is_made(zone)


def _is_same(zone: ConfiguredZone, other: ConfiguredZone) -> bool:
    return (zone.name, zone.type) == (other.name, other.type)


def _zone(zone: ConfiguredZone, nodes: Sequence[Expressway]) -> Zone:
    own = {host(node.name) for node in nodes}
    addresses = list(dict.fromkeys(one for one in _far_addresses(zone) if host(one) not in own))
    return Zone(
        name=zone.name,
        kind=zone.kind or ZoneKind.NEIGHBOR,
        nodes=nodes,
        far_ends=[FarEnd(name=address) for address in addresses],
        peer_addresses=addresses,
        tls_verify_subject_name=zone.tls_verify_subject_name,
        tls_verify=zone.tls_verify and (zone.transport or "TLS").upper() == "TLS",
        media_encryption=zone.media_encryption,
    )


def _far_addresses(zone: ConfiguredZone) -> tuple[str, ...]:
    if zone.kind is ZoneKind.DNS:
        # Whom it calls is in each call's address; the name that is wanted of its certificate is all that is known.
        return (zone.tls_verify_subject_name,) if zone.tls_verify and zone.tls_verify_subject_name else ()
    return zone.peer_addresses
