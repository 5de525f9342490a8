"""The names that the certificate of a node needs in its deployment, and who asks for each (platform.md §3, §4.1)."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import attrs

from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.changes import Store
from expressway_certs.product.fqdn import is_address
from expressway_certs.product.provenance import Source
from expressway_certs.product.settings import Chosen
from expressway_certs.x509.alternative_names import AlternativeName

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment
    from expressway_certs.product.nodes import Expressway


class NameUse(enum.Enum):
    """What a name in the certificate of a node is for."""

    OWN_FQDN = "its own FQDN"
    CLUSTER = "the FQDN of its cluster"
    PEER_ADDRESS = "the address that Expressway-C calls it by"
    VERIFY_NAME = "the TLS verify subject name that Expressway-E asks for"
    SERVICE_DOMAIN = "a domain that users register in"
    XMPP_DOMAIN = "a federated XMPP domain"
    CHAT_NODE_ALIAS = "an alias of a chat node"
    PHONE_SECURITY_PROFILE = "a phone security profile"
    MEETING_SERVER = "the address of a Meeting Server"


_PROFILE_SOURCES: Final[dict[Store, Source]] = {
    "server": Source("platform.md §3: CG155-uc"),
    "client": Source("platform.md §7: T-225693"),
}


@attrs.frozen(kw_only=True)
class WantedName:
    """A name that the certificate of a node needs: what for, in which store, and how it may be spelt there.

    ``spellings`` are the alternative names that do, the usual one first. ``store`` is "client" for what others look
    for on connections that Expressway-C opens from X15.5 on, else "server". ``required`` is false where the name is
    only recommended. ``zone`` is the zone that asks for it. ``settings`` are the open questions it rests on.
    """

    name: str
    use: NameUse
    spellings: tuple[AlternativeName, ...]
    required: bool
    source: Source
    store: Store = "server"
    zone: str | None = None
    settings: tuple[Chosen, ...] = ()

    def is_in(self, names: Iterable[AlternativeName]) -> bool:
        """Whether one of its spellings is among ``names``, whatever the case."""
        keys = {name.key for name in names}
        return any(spelling.key in keys for spelling in self.spellings)

    @property
    def is_address(self) -> bool:
        """Whether it is an IP address, which no certificate should have: the zone is to be changed."""
        return self.spellings[0].kind == "IP"


def wanted_names(node: Expressway, deployment: Deployment | None = None) -> tuple[WantedName, ...]:
    """Return the names that the certificates of ``node`` need; without a ``deployment`` its own and its cluster's."""
    found = [*_own(node), *_cluster(node)]
    if deployment is not None:
        found += [*_of_zones(node, deployment), *_of_services(node, deployment)]
    return tuple(dict.fromkeys(found))


def _dns(*names: str) -> tuple[AlternativeName, ...]:
    return tuple(AlternativeName("DNS", name) for name in names)


def _own(node: Expressway) -> Iterator[WantedName]:
    source = Source("mra.md A1.12: 118798, ADM-uc") if node.role is Role.EDGE else Source("platform.md §3: CG155-about")
    yield WantedName(
        name=node.name,
        use=NameUse.OWN_FQDN,
        spellings=_dns(node.name),
        required=node.role is Role.EDGE,
        source=source,
    )


def _cluster(node: Expressway) -> Iterator[WantedName]:
    if node.cluster_name is None:
        return
    key = "CG155-uc" if node.role is Role.CORE else "CG155-about"
    yield WantedName(
        name=node.cluster_name,
        use=NameUse.CLUSTER,
        spellings=_dns(node.cluster_name),
        required=node.role is Role.CORE,
        source=Source(f"platform.md §3: {key}"),
    )


def _opening_store(node: Expressway) -> Store:
    """Return the store that connections are opened with."""
    return "client" if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE) else "server"


def _of_zones(node: Expressway, deployment: Deployment) -> Iterator[WantedName]:
    for zone in deployment.zones_of(node.name):
        if any(peer.name == node.name for peer in zone.edge):
            address = zone.address_of(node)
            yield WantedName(
                name=address,
                use=NameUse.PEER_ADDRESS,
                spellings=_host(address),
                required=True,
                zone=zone.name,
                source=Source("platform.md §4.1: AG155-uc"),
            )
        if any(peer.name == node.name for peer in zone.core):
            yield WantedName(
                name=zone.tls_verify_subject_name,
                use=NameUse.VERIFY_NAME,
                spellings=_dns(zone.tls_verify_subject_name),
                required=True,
                store=_opening_store(node),
                zone=zone.name,
                source=Source("platform.md §4.1: AG155-uc"),
            )


def _host(address: str) -> tuple[AlternativeName, ...]:
    if is_address(address):
        return (AlternativeName("IP", str(ipaddress.ip_address(address))),)
    return _dns(address)


def _of_services(node: Expressway, deployment: Deployment) -> Iterator[WantedName]:
    if node.role is Role.EDGE:
        for domain in deployment.service_domains:
            yield _service(domain, NameUse.SERVICE_DOMAIN, *_domain_spellings(domain))
        for domain in deployment.xmpp_domains:
            yield _service(domain, NameUse.XMPP_DOMAIN, *_dns(domain))
        for server in deployment.meeting_servers:
            yield _service(server, NameUse.MEETING_SERVER, *_dns(server))
    for alias in deployment.chat_node_aliases:
        yield _service(alias, NameUse.CHAT_NODE_ALIAS, *_dns(alias), AlternativeName("XMPP", alias))
    if node.role is Role.CORE:
        for profile in deployment.phone_security_profiles:
            yield from _profile(node, profile)


def _domain_spellings(domain: str) -> tuple[AlternativeName, ...]:
    # mra.md A1.4 and A1.5: the domain itself, the format CollabEdgeDNS, and the SRV name of old pages.
    return (*_dns(domain, f"collab-edge.{domain}"), AlternativeName("SRV", f"_collab-edge._tls.{domain}"))


def _service(name: str, use: NameUse, *spellings: AlternativeName) -> WantedName:
    key = _SERVICE_KEYS.get(use, "platform.md §3: CG155-uc")
    return WantedName(name=name, use=use, spellings=spellings, required=True, source=Source(key))


_SERVICE_KEYS: Final = {
    NameUse.SERVICE_DOMAIN: "mra.md A1.3: WBX, 221624",
    NameUse.MEETING_SERVER: "platform.md §9: AG155-ref",
}


def _profile(node: Expressway, profile: str) -> Iterator[WantedName]:
    is_split = node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE)
    side = node.settings.profile_names_store if is_split else "server"
    stores: tuple[Store, ...] = ("server", "client") if side == "both" else (side,)
    wanted = WantedName(
        name=profile,
        use=NameUse.PHONE_SECURITY_PROFILE,
        spellings=_dns(profile),
        required=True,
        settings=(node.settings.chosen("profile_names_store"),) if is_split else (),
        source=_PROFILE_SOURCES["server"],
    )
    for store in stores:
        yield attrs.evolve(wanted, store=store, source=_PROFILE_SOURCES[store])
