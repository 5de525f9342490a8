"""What plans of renewals are tested on: new certificates for the good sites, and drawn renewals."""

import math
import random
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from itertools import permutations
from typing import Final

import attrs
from leg_site import NAMES, PROFILE, site, swapped
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, RENEWED, ROOT, good_site, store

from expressway_certs import (
    Certificate,
    Client,
    Deployment,
    LegResult,
    Pipeline,
    RemoveTrustedCa,
    Report,
    SetCertificate,
    Stage,
    State,
    TrustStore,
    check_upload,
)
from expressway_certs.product.changes import Change
from expressway_certs.testing import Issued

LEG_STAGES: Final = (Stage.TRAVERSAL, Stage.TUNNELS, Stage.CLUSTER, Stage.MRA, Stage.ADMINISTRATION)
NEW_ROOT: Final = FACTORY.root("New Root CA")
NEW_ISSUING: Final = FACTORY.intermediate(NEW_ROOT, "New Issuing CA")
# A root of the same name with another key: the list of an Expressway finds the first of the two alone.
NAMESAKE: Final = FACTORY.root("Good Root CA")
NAMESAKE_ISSUING: Final = FACTORY.intermediate(NAMESAKE, "Good Issuing CA 3")
C1, C2, E1, E2 = (f"exp{name}.example.com" for name in ("c1", "c2", "e1", "e2"))


def certificate(name: str, issuer: Issued, **options: object) -> Certificate:
    """Return a new certificate for a node of the good sites, with all of its names."""
    role = "C" if name.startswith("expc") else "E"
    return FACTORY.leaf(issuer, name, dns_names=(name, *NAMES[role], PROFILE), **options).certificate


def audited(deployment: Deployment) -> Report:
    """Audit the legs of a deployment."""
    return Pipeline(stages=LEG_STAGES).run(deployment, at=AT)


def out(legs: Iterable[LegResult]) -> set[tuple[str, str | None, str, str]]:
    """Return the legs over which nothing goes."""
    gone = {State.DOWN, State.NOT_REACHED}
    return {(one.leg.id, one.zone, one.initiator, one.acceptor) for one in legs if one.state in gone}


def trusting_clients(deployment: Deployment) -> Deployment:
    """Return a site whose clients and far ends trust every root there is, so that no leg depends on them."""
    everything = store(ROOT, OTHER_ROOT, NEW_ROOT, NAMESAKE)

    def more(held: TrustStore | None) -> TrustStore:
        return TrustStore((*(held or ()), *everything))

    clients = [attrs.evolve(one, trusted_ca=more(one.trusted_ca)) for one in deployment.clients]
    zones = [
        attrs.evolve(zone, far_ends=[attrs.evolve(one, trusted_ca=more(one.trusted_ca)) for one in zone.far_ends])
        for zone in deployment.zones
    ]
    return attrs.evolve(deployment, clients=clients, zones=zones)


@cache
def small_site() -> Deployment:
    """Return a site of one by one with Unified CM, and nothing wrong with it."""
    whole = trusting_clients(good_site())
    core, edge = whole.expressway(C1), whole.expressway(E1)
    zone = attrs.evolve(whole.zones[0], core=[core], edge=[edge], peer_addresses=[E1])
    return attrs.evolve(whole, expressways=[core, edge], zones=[zone])


@cache
def whole_site() -> Deployment:
    """Return the clustered site with every leg, and clients that trust every root."""
    return trusting_clients(site())


def root_change(deployment: Deployment, issuer: Issued = NEW_ISSUING) -> dict[str, Certificate]:
    """Return a certificate under another CA for every Expressway."""
    return {node.name: certificate(node.name, issuer) for node in deployment.nodes}


def least_outage(deployment: Deployment, steps: Iterable[Iterable[Change]]) -> int:
    """Return the least outage over all orders of steps, each state audited: a leg counts once for each step.

    An order in which a page refuses a certificate for its chain is none, unless it would do so after all the rest; nor
    is one in which the old CAs do not go last.
    """
    listed = [tuple(changes) for changes in steps]
    last = {number for number, changes in enumerate(listed) if all(isinstance(one, RemoveTrustedCa) for one in changes)}
    before = out(audited(deployment).legs)

    @cache
    def after(done: frozenset[int]) -> Deployment:
        return deployment.apply(change for number in sorted(done) for change in listed[number])

    @cache
    def outage(done: frozenset[int]) -> int:
        return len(out(audited(after(done)).legs) - before)

    @cache
    def is_taken(done: frozenset[int], number: int) -> bool:
        others = frozenset(range(len(listed))) - {number} - last
        if number in last:
            return others <= done
        uploads = [change for change in listed[number] if isinstance(change, SetCertificate)]
        return not any(is_untrusted(after(done), one) and not is_untrusted(after(others), one) for one in uploads)

    def total(order: tuple[int, ...]) -> float:
        passed = [frozenset(order[:end]) for end in range(len(order) + 1)]
        if not all(is_taken(done, number) for done, number in zip(passed, order, strict=False)):
            return math.inf
        return sum(outage(done) for done in passed[1:])

    return int(min(map(total, permutations(range(len(listed))))))


def is_untrusted(deployment: Deployment, change: SetCertificate) -> bool:
    """Whether the page refuses a certificate, for its chain is not in the node's list."""
    node = deployment.expressway(change.node)
    report = check_upload(change.certificate.to_pem(), onto=node, deployment=deployment, at=AT)
    return "upload-chain-untrusted" in {one.rule for one in report.refused}


@attrs.frozen(kw_only=True)
class Drawn:
    """A drawn site, what is renewed on it, and the CAs that came along or go."""

    number: int
    deployment: Deployment
    installing: tuple[SetCertificate, ...]
    cas: tuple[Certificate, ...]
    retire: tuple[Certificate, ...]


_ISSUERS: Final = (ISSUING, RENEWED, OTHER_ROOT, NEW_ISSUING, NAMESAKE_ISSUING)
_EVERY_CA: Final = (ROOT, ISSUING, RENEWED, OTHER_ROOT, NEW_ROOT, NEW_ISSUING, NAMESAKE, NAMESAKE_ISSUING)


def drawn_renewal(number: int, *, small: bool = False) -> Drawn:
    """Return the renewal of that number; the same number gives the same one."""
    rng = random.Random(number)
    deployment = small_site() if rng.random() < 0.6 or small else whole_site()
    for node in deployment.nodes:
        if rng.random() < 0.3:
            others = [ca.certificate for ca in _EVERY_CA if rng.random() < 0.3]
            gone = [ca.certificate for ca in (ROOT, ISSUING, OTHER_ROOT) if rng.random() < 0.15]
            trusted = node.trusted_ca.removing(*gone).adding(*others)
            deployment = swapped(deployment, attrs.evolve(node, trusted_ca=trusted))
    if rng.random() < 0.3:
        deployment = attrs.evolve(deployment, clients=[Client(service_domain="example.com", trusted_ca=store(ROOT))])
    names = rng.sample([node.name for node in deployment.nodes], rng.choice((1, 1, 2, 2)))
    usages = rng.choice((("serverAuth", "clientAuth"),) * 5 + (("serverAuth",),))
    life = rng.choice(({},) * 9 + ({"not_before": AT + timedelta(days=9)},))
    issuer = rng.choice(_ISSUERS)
    installing = tuple(
        SetCertificate(node=name, certificate=certificate(name, issuer, extended_key_usage=usages, **life))
        for name in names
    )
    return Drawn(
        number=number,
        deployment=deployment,
        installing=installing,
        cas=tuple(one for one in issuer.chain if rng.random() < 0.9),
        retire=tuple(ca.certificate for ca in (ROOT, ISSUING) if rng.random() < 0.25),
    )
