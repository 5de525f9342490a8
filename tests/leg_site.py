"""A good site with every leg of the table on it: clusters, servers, clients of all families, zones to others."""

from functools import cache
from typing import Final

import attrs
from sites import FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import (
    AccessRule,
    Certificate,
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    Dns,
    Expressway,
    FarEnd,
    UcKind,
    UcServer,
    Zone,
    ZoneKind,
)
from expressway_certs.product.applying import replaced
from expressway_certs.testing import Issued

PUBLIC_ROOT: Final = FACTORY.root("Public Root CA")
PUBLIC: Final = FACTORY.intermediate(PUBLIC_ROOT, "Public Issuing CA")
CLUSTER_C: Final = "expc.example.com"
CLUSTER_E: Final = "expe.example.com"
PROFILE: Final = "secure-ex90.example.com"
ADDRESSES: Final = {
    "expc1.example.com": "192.0.2.1",
    "expc2.example.com": "192.0.2.2",
    "expe1.example.com": "192.0.2.11",
    "expe2.example.com": "192.0.2.12",
}
DNS: Final = Dns(forward=ADDRESSES, reverse={address: name for name, address in ADDRESSES.items()})
NAMES: Final = {"C": (CLUSTER_C, PROFILE), "E": (CLUSTER_E, "example.com")}


def issue(name: str, *names: str, issuer: Issued = ISSUING, **options: object) -> Certificate:
    """Return a certificate for a name and others."""
    return FACTORY.leaf(issuer, common_name=name, dns_names=(name, *names), **options).certificate


EVERY_CA: Final = (ROOT, ISSUING, PUBLIC_ROOT, PUBLIC, OTHER_ROOT)


def expressway(
    name: str, role: str, release: str = "X14.2", *, issuer: Issued | None = None, **options: object
) -> Expressway:
    """Return a good peer of its cluster, its certificate made with ``options``; Expressway-E has a public one."""
    names = options.pop("names", NAMES[role])
    issuer = issuer or (ISSUING if role == "C" else PUBLIC)
    pairs = dict(zip(ADDRESSES, ("expc2", "expc1", "expe2", "expe1"), strict=True))
    known = name.lower()
    return Expressway(
        name=name,
        role=role,
        release=release,
        server_certificate=issue(name, *names, issuer=issuer, **options),
        trusted_ca=store(*EVERY_CA, name=name),
        cluster_name=NAMES[role][0],
        cluster_peers=[f"{pairs[known]}.example.com"],
        cluster_tls=ClusterTls.ENFORCE,
        cluster_addresses=ADDRESSES,
        address=ADDRESSES[known],
        client_certificate_security=True,
    )


def server(name: str, kind: UcKind) -> UcServer:
    """Return a good server behind Expressway-C, which asks for everything that it can."""
    trust = store(ROOT, ISSUING)
    return UcServer(
        name=name,
        kind=kind,
        tomcat=issue(name),
        callmanager=issue(name),
        cup_xmpp=issue(name),
        tomcat_trust=trust,
        callmanager_trust=trust,
        cup_xmpp_trust=trust,
        presented_cas=[ISSUING.certificate],
        mixed_mode=True,
        sip_oauth=True,
        client_auth_validation=True,
        verifies_xmpp_peers=True,
        expressway_cores=["expc1.example.com", "expc2.example.com"],
    )


PARTNER: Final = FarEnd(
    name="sip.example.net",
    server_certificate=issue("sip.example.net", issuer=OTHER_ROOT),
    trusted_ca=store(PUBLIC_ROOT),
)

ADMINISTRATOR: Final = FarEnd(
    name="administrator",
    client_certificate=FACTORY.leaf(PUBLIC_ROOT, "Administrator", extended_key_usage=("clientAuth",)).certificate,
)
LDAP: Final = FarEnd(name="ldap.example.com", server_certificate=issue("ldap.example.com", issuer=PUBLIC_ROOT))


def other_zones(nodes: tuple[Expressway, ...]) -> list[Zone]:
    """Return one zone of each kind that is no traversal zone, with verification on."""
    rules = [AccessRule(type="Suffix", pattern=".example.net")]
    kinds = {ZoneKind.NEIGHBOR: {}, ZoneKind.DNS: {}, ZoneKind.WEBEX: {}, ZoneKind.DEFAULT: {"access_rules": rules}}
    return [
        Zone(name=kind.value, kind=kind, nodes=nodes, far_ends=[PARTNER], tls_verify=True, **options)
        for kind, options in kinds.items()
    ]


def clients() -> list[Client]:
    """Return clients of every family, each with a list that has the root."""
    return [
        Client(service_domain="example.com", family=family, trusted_ca=store(PUBLIC_ROOT)) for family in ClientFamily
    ]


def whole_site(release: str = "X14.2", edge_names: tuple[str, ...] = ("expe1", "expe2")) -> Deployment:
    """Return the site; nothing is wrong with it, and every leg on it can be judged."""
    core = [expressway(f"expc{number}.example.com", "C", release) for number in (1, 2)]
    domains = [name if "." in name else f"{name}.example.com" for name in edge_names]
    edge = [expressway(name, "E", release) for name in domains]
    return Deployment(
        name="whole site",
        expressways=[*core, *edge],
        zones=[Zone(name="UC", core=core, edge=edge), *other_zones(tuple(edge))],
        uc_servers=[
            server("cucm1.example.com", UcKind.CUCM),
            server("imp1.example.com", UcKind.IMP),
            server("unity1.example.com", UcKind.UNITY),
        ],
        clients=clients(),
        phone_security_profiles=[PROFILE],
        webex_services=[PARTNER],
        administrators=[ADMINISTRATOR],
        ldap_servers=[LDAP],
        dns=DNS,
    )


_made = cache(whole_site)


def site(release: str = "X14.2") -> Deployment:
    """Return the site, made once for a release."""
    return _made(release)


def changed(name: str, release: str = "X14.2", **fields: object) -> Deployment:
    """Return the site with fields of one Expressway changed."""
    whole = site(release)
    return swapped(whole, attrs.evolve(whole.expressway(name), **fields))


def swapped(whole: Deployment, *nodes: Expressway) -> Deployment:
    """Return the site with nodes of those names replaced, wherever they stand."""
    for node in nodes:
        whole = replaced(whole, node)
    return whole


def cores(**fields: object) -> Deployment:
    """Return the site with fields of both peers of Expressway-C changed."""
    whole = site()
    nodes = [attrs.evolve(whole.expressway(f"expc{number}.example.com"), **fields) for number in (1, 2)]
    return swapped(whole, *nodes)


def with_server(name: str, **fields: object) -> Deployment:
    """Return the site with fields of one server changed."""
    whole = site()
    servers = [attrs.evolve(one, **fields) if one.name == name else one for one in whole.uc_servers]
    return attrs.evolve(whole, uc_servers=servers)


def with_clients(*those: Client) -> Deployment:
    """Return the site with other clients."""
    return attrs.evolve(site(), clients=those)


def with_zone(name: str, **fields: object) -> Deployment:
    """Return the site with fields of one zone changed."""
    whole = site()
    zones = [attrs.evolve(zone, **fields) if zone.name == name else zone for zone in whole.zones]
    return attrs.evolve(whole, zones=zones)
