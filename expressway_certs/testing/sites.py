"""A whole site on which nothing is wrong: clusters, the servers behind them, the clients outside, the other zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, TypeVar, get_args

import attrs

from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.clients import Client, ClientFamily
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import Dns
from expressway_certs.product.emulation import Emulation
from expressway_certs.product.far_ends import AccessRule, FarEnd
from expressway_certs.product.fields import one_of, several
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.nodes import ClusterTls, Expressway
from expressway_certs.product.release import Release
from expressway_certs.product.uc_servers import UcKind, UcServer
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.testing.authorities import Authorities, store_of
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import FactoryKey, rsa_key, rsa_key_count
from expressway_certs.x509.certificate import Certificate

_Kind = TypeVar("_Kind", UcKind, ClientFamily)
KeyKind = Literal["ec", "rsa"]
"""What the certificates of the Expressways have."""

MOST_PEERS: Final = 6
PARTNER: Final = "sip.example.net"
_STEMS: Final = {Role.CORE: "expc", Role.EDGE: "expe"}
_FIRST_ADDRESS: Final = {Role.CORE: 1, Role.EDGE: 11}
_SERVER_STEMS: Final = {UcKind.CUCM: "cucm", UcKind.IMP: "imp", UcKind.UNITY: "unity"}
_PROFILE: Final = "secure-ex90"


@attrs.frozen(kw_only=True)
class _Plan:
    """What the site is to be, and what its parts share."""

    core: int
    edge: int
    release: Release
    domain: str
    authorities: Authorities
    key: KeyKind
    servers: tuple[str, ...]
    administration: bool

    def names(self, role: Role) -> list[str]:
        """Return the FQDNs of the peers on one side."""
        count = self.core if role is Role.CORE else self.edge
        return [f"{_STEMS[role]}{number}.{self.domain}" for number in range(1, count + 1)]

    def addresses(self, role: Role) -> dict[str, str]:
        """Return the addresses of the peers on one side (RFC 5737)."""
        first = _FIRST_ADDRESS[role]
        return {name: f"192.0.2.{first + number}" for number, name in enumerate(self.names(role))}

    def cluster_name(self, role: Role) -> str | None:
        """Return the name of a cluster; None where there is one peer."""
        return f"{_STEMS[role]}.{self.domain}" if len(self.names(role)) > 1 else None

    @property
    def profile(self) -> str:
        """The phone security profile that is in use."""
        return f"{_PROFILE}.{self.domain}"

    @property
    def everything(self) -> dict[str, str]:
        """The address of every Expressway."""
        return self.addresses(Role.CORE) | self.addresses(Role.EDGE)


def make_site(  # noqa: PLR0913 - each says one thing about the site
    core: int = 2,
    edge: int = 2,
    release: Release | str = "X14.2",
    *,
    uc_servers: Iterable[UcKind | str] = tuple(UcKind),
    clients: Iterable[ClientFamily | str] = tuple(ClientFamily),
    other_zones: bool = True,
    administration: bool = True,
    dns: bool = True,
    domain: str = "example.com",
    key: KeyKind | None = None,
    name: str = "made site",
    seed: int = 0,
    at: datetime | None = None,
) -> Deployment:
    """Return a site of ``core`` by ``edge`` peers on which an audit finds nothing, at the instant ``at`` (None: now).

    One peer is a node by itself, two to six are a cluster. ``uc_servers`` are the servers behind Expressway-C by
    kind, a kind as often as there are to be such servers; ``clients`` the families that log in. ``other_zones``: a
    zone of every other kind to a partner, and a host of Webex. ``administration``: an administrator who shows a
    certificate, and an LDAP server. ``dns``: what DNS says is given too. ``key`` is that of
    the Expressways' certificates; None is what the release takes: RSA before X14.3, else EC. The same arguments with
    the same ``seed`` and ``at`` give the same bytes. Raises `ValueError` where a side has no peer or more than six, for
    a kind, family or key that there is not and a ``domain`` that is none, and `TypeError` for a number of peers that is
    no whole number, and for one value where several are wanted.

    >>> from expressway_certs import audit
    >>> from expressway_certs.testing import make_site
    >>> site = make_site(core=2, edge=1, release="X15.5")
    >>> [node.name for node in site.nodes]
    ['expc1.example.com', 'expc2.example.com', 'expe1.example.com']
    >>> audit(site).findings
    ()
    """
    _check_counts(core=core, edge=edge)
    _check_domain(domain)
    if key is not None:
        one_of(key, get_args(KeyKind), "key of a site")
    kinds, families = _members(UcKind, uc_servers, "uc_servers"), _members(ClientFamily, clients, "clients")
    plan = _Plan(
        core=core,
        edge=edge,
        release=Release(release),
        domain=domain,
        authorities=Authorities.make(seed, at),
        key=key or _usual_key(Release(release)),
        servers=tuple(_server_names(kinds, domain)),
        administration=administration,
    )
    cores, edges = _expressways(plan)
    partner = _partner(plan.authorities)
    return Deployment(
        name=name,
        expressways=[*cores, *edges],
        zones=[Zone(name="UC", core=cores, edge=edges), *(_other_zones(edges, partner) if other_zones else ())],
        uc_servers=[_uc_server(plan, server, kind) for server, kind in zip(plan.servers, kinds, strict=True)],
        clients=[_client(plan, family) for family in families],
        phone_security_profiles=[plan.profile],
        webex_services=[partner] if other_zones else [],
        administrators=[_administrator(plan.authorities)] if administration else [],
        ldap_servers=[_ldap_server(plan)] if administration else [],
        dns=_dns(plan) if dns else None,
    )


def _check_counts(**counts: object) -> None:
    for what, count in counts.items():
        if not isinstance(count, int) or isinstance(count, bool):
            raise TypeError(f"{what} is a number of peers, not {count!r}")
        if not 1 <= count <= MOST_PEERS:
            raise ValueError(f"{what} is 1 to {MOST_PEERS} peers, not {count}")


def _check_domain(domain: object) -> None:
    if not isinstance(domain, str) or not is_fqdn(f"{_STEMS[Role.CORE]}.{domain}"):
        raise ValueError(f"domain is a DNS name, not {domain!r}")


def _members(kind: type[_Kind], values: Iterable[_Kind | str], what: str) -> list[_Kind]:
    """Return members of an enumeration, which may be given as words."""
    several(values, what)
    given = list(values)
    for one in given:
        if not isinstance(one, kind):
            one_of(one, (member.value for member in kind), kind.__name__)
    return [kind(one) for one in given]


def _usual_key(release: Release) -> KeyKind:
    return "ec" if Emulation(release=release, role=Role.EDGE).has(Behaviour.SUPPORTS_ECDSA) else "rsa"


def _server_names(kinds: Sequence[UcKind], domain: str) -> Iterator[str]:
    made: Counter[UcKind] = Counter()
    for kind in kinds:
        made[kind] += 1
        yield f"{_SERVER_STEMS[kind]}{made[kind]}.{domain}"


def _expressways(plan: _Plan) -> tuple[list[Expressway], list[Expressway]]:
    keys: Iterator[Literal["ec"] | FactoryKey] = iter(
        rsa_key(number % rsa_key_count()) if plan.key == "rsa" else "ec" for number in range(plan.core + plan.edge)
    )
    cores = [_expressway(plan, name, Role.CORE, next(keys)) for name in plan.names(Role.CORE)]
    edges = [_expressway(plan, name, Role.EDGE, next(keys)) for name in plan.names(Role.EDGE)]
    return cores, edges


def _expressway(plan: _Plan, name: str, role: Role, key: Literal["ec"] | FactoryKey) -> Expressway:
    """Return a peer; Expressway-C has a certificate of the private CA, Expressway-E of the public one."""
    ca = plan.authorities
    cluster, addresses = plan.cluster_name(role), plan.addresses(role)
    issuer, extra = (ca.issuing, plan.profile) if role is Role.CORE else (ca.public_issuing, plan.domain)
    names = [one for one in (name, cluster, extra) if one]
    return Expressway(
        name=name,
        role=role,
        release=plan.release,
        server_certificate=ca.factory.leaf(issuer, common_name=name, dns_names=names, key=key).certificate,
        trusted_ca=store_of(ca.everyone, f"{name} Trusted CA list"),
        cluster_name=cluster,
        cluster_peers=[one for one in addresses if one != name],
        cluster_tls=ClusterTls.ENFORCE,
        cluster_addresses=addresses if cluster else {},
        address=addresses[name],
        client_certificate_security=plan.administration,
    )


def _uc_server(plan: _Plan, name: str, kind: UcKind) -> UcServer:
    """Return a server that asks for everything that it can."""
    ca = plan.authorities
    shown: list[Certificate] = [_issued(ca, ca.issuing, name).certificate for _ in range(3)]
    lists = [store_of(ca.private, f"{name} {which}-trust") for which in ("tomcat", "CallManager", "cup-xmpp")]
    return UcServer(
        name=name,
        kind=kind,
        tomcat=shown[0],
        callmanager=shown[1],
        cup_xmpp=shown[2],
        tomcat_trust=lists[0],
        callmanager_trust=lists[1],
        cup_xmpp_trust=lists[2],
        presented_cas=[ca.issuing.certificate],
        mixed_mode=True,
        sip_oauth=True,
        client_auth_validation=True,
        verifies_xmpp_peers=True,
        expressway_cores=plan.names(Role.CORE),
    )


def _issued(ca: Authorities, issuer: Issued, name: str) -> Issued:
    return ca.factory.leaf(issuer, common_name=name, dns_names=[name])


def _partner(ca: Authorities) -> FarEnd:
    return FarEnd(
        name=PARTNER,
        server_certificate=_issued(ca, ca.partner_root, PARTNER).certificate,
        trusted_ca=store_of([ca.public_root], f"{PARTNER} list"),
    )


def _administrator(ca: Authorities) -> FarEnd:
    client = ca.factory.leaf(ca.issuing, "Administrator", extended_key_usage=("clientAuth",))
    return FarEnd(name="administrator", client_certificate=client.certificate)


def _ldap_server(plan: _Plan) -> FarEnd:
    ca, name = plan.authorities, f"ldap.{plan.domain}"
    return FarEnd(name=name, server_certificate=_issued(ca, ca.issuing, name).certificate)


def _other_zones(edges: Sequence[Expressway], partner: FarEnd) -> list[Zone]:
    """Return a zone of each kind that is no traversal zone, with verification on."""
    kinds: dict[ZoneKind, list[AccessRule]] = {
        ZoneKind.NEIGHBOR: [],
        ZoneKind.DNS: [],
        ZoneKind.WEBEX: [],
        ZoneKind.DEFAULT: [AccessRule(type="Suffix", pattern=PARTNER.removeprefix("sip"))],
    }
    return [
        Zone(name=kind.value, kind=kind, nodes=edges, far_ends=[partner], tls_verify=True, access_rules=rules)
        for kind, rules in kinds.items()
    ]


def _client(plan: _Plan, family: ClientFamily) -> Client:
    trusted = store_of([plan.authorities.public_root], f"{family.value} list")
    return Client(service_domain=plan.domain, family=family, trusted_ca=trusted)


def _dns(plan: _Plan) -> Dns:
    return Dns(forward=plan.everything, reverse={address: name for name, address in plan.everything.items()})
