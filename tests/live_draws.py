"""Deployments drawn at random: two Expressways whose certificates and lists have been thinned, swapped and spoilt."""

import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Final

import attrs

from expressway_certs import Expressway, Settings, TrustStore, Zone
from expressway_certs.testing import CertificateFactory, Issued

# Real endpoints judge by the clock, so that these certificates are made for now.
FACTORY: Final = CertificateFactory(seed=300)
_DAY: Final = timedelta(days=1)
_SERVER, _CLIENT, _BOTH = ("serverAuth",), ("clientAuth",), ("serverAuth", "clientAuth")
CORE, EDGE, CLUSTER, OTHER = "expc1.example.com", "expe1.example.com", "expc.example.com", "other.example.com"
ADDRESS: Final = "192.0.2.7"


@cache
def authorities() -> dict[str, Issued]:
    """Return the CAs: two hierarchies, one that was renewed, and intermediates that are spoilt."""
    past = {"not_before": FACTORY.at - 9 * _DAY, "not_after": FACTORY.at - _DAY}
    root, other = FACTORY.root("Draw Root CA"), FACTORY.root("Other Draw Root CA")
    return {
        "root": root,
        "issuing": FACTORY.intermediate(root, "Draw Issuing CA"),
        "renewed": FACTORY.intermediate(root, "Draw Issuing CA 2"),
        "deep": FACTORY.intermediate(FACTORY.intermediate(root, "Draw Policy CA"), "Draw Deep CA"),
        "servers": FACTORY.intermediate(root, "Draw Servers CA", extended_key_usage=_SERVER),
        "expired": FACTORY.intermediate(root, "Draw Old CA", **past),
        "other root": other,
        "other": FACTORY.intermediate(other, "Other Draw Issuing CA"),
    }


@cache
def _leaf(name: str, names: tuple[str, ...], issuer: str, usages: tuple[str, ...] | None, life: str) -> Issued:
    times = {
        "holds": {},
        "expired": {"not_before": FACTORY.at - 9 * _DAY, "not_after": FACTORY.at - _DAY},
        "not yet": {"not_before": FACTORY.at + _DAY},
    }[life]
    options = {"dns_names": names, "extended_key_usage": usages, **times}
    if ADDRESS in names:
        options |= {"dns_names": [one for one in names if one != ADDRESS], "ip_addresses": [ADDRESS]}
    if issuer == "itself":
        return FACTORY.self_signed(name, **options)
    return FACTORY.leaf(authorities()[issuer], name, **options)


@attrs.frozen(kw_only=True)
class Draw:
    """A zone of one peer a side, and what each side shows, with its key."""

    number: int
    zone: Zone
    core: Issued
    edge: Issued


def weighted(rng: random.Random, *choices: tuple[object, int]) -> object:
    """Return one of the choices, each with its weight."""
    return rng.choices([one for one, _ in choices], [weight for _, weight in choices])[0]


def drawn_certificate(rng: random.Random, name: str, *others: str) -> Issued:
    """Return a certificate for a name and others, of one CA or another, spoilt now and then."""
    issuer = weighted(rng, ("issuing", 10), ("renewed", 5), ("deep", 3), ("servers", 2), ("expired", 1), ("other", 3),
                       ("root", 2), ("itself", 1))  # fmt: skip
    names = weighted(
        rng, ((name, *others), 12), ((name,), 3), (others, 2), ((OTHER,), 2), ((), 2), ((ADDRESS, name), 2)
    )
    usages = weighted(rng, (_BOTH, 12), (None, 3), (_SERVER, 3), (_CLIENT, 2))
    life = weighted(rng, ("holds", 16), ("expired", 1), ("not yet", 1))
    subject = weighted(rng, (name, 8), (OTHER, 1))
    return _leaf(subject, names, issuer, usages, life)


def drawn_list(rng: random.Random, *shown: Issued) -> TrustStore:
    """Return a list with every CA, and what was shown and signed itself, thinned now and then."""
    cas = [one for ca in authorities().values() for one in ca.chain]
    thinning = rng.choice((0.0, 0.0, 0.1, 0.3))
    kept = [one for one in dict.fromkeys(cas) if rng.random() >= thinning]
    kept += [one.certificate for one in shown if one.issuer is None and rng.random() < 0.7]
    rng.shuffle(kept)
    return TrustStore(kept)


def draw(number: int, release: str = "X14.2") -> Draw:
    """Return the draw of that number; the same number gives the same zone."""
    rng = random.Random(number)
    core, edge = drawn_certificate(rng, CORE, CLUSTER), drawn_certificate(rng, EDGE, "example.com")
    nodes = [
        Expressway(
            name=name,
            role=role,
            release=release,
            server_certificate=own.certificate,
            trusted_ca=drawn_list(rng, own, peer),
        )
        for name, role, own, peer in ((CORE, "C", core, edge), (EDGE, "E", edge, core))
    ]
    zone = Zone(
        name="drawn",
        core=nodes[:1],
        edge=nodes[1:],
        peer_addresses=[weighted(rng, (EDGE, 10), (EDGE.upper(), 1), (ADDRESS, 1), (OTHER, 1))],
        tls_verify_subject_name=weighted(rng, (CLUSTER, 8), (CORE, 3), (OTHER, 1)),
    )
    return Draw(number=number, zone=zone, core=core, edge=edge)


@cache
def _namesakes() -> tuple[Issued, ...]:
    """Return CAs of the subjects of some above, with keys of their own, and key identifiers or none."""
    bare = {"subject_key_identifier": None, "authority_key_identifier": None}
    root = FACTORY.root("Draw Root CA")
    return root, FACTORY.root("Draw Root CA", **bare), FACTORY.intermediate(root, "Draw Issuing CA")


def with_namesakes(number: int) -> Draw:
    """Return a draw whose lists have CAs of one subject besides, looked up as OpenSSL does."""
    drawn, rng = draw(number), random.Random(-number)

    def spoilt(node: Expressway) -> Expressway:
        listed = [*node.trusted_ca, *(one.certificate for one in _namesakes() if rng.random() < 0.6)]
        rng.shuffle(listed)
        settings = Settings(same_subject_cas="key identifiers decide")
        return attrs.evolve(node, trusted_ca=listed, settings=settings)

    zone = drawn.zone
    return attrs.evolve(drawn, zone=attrs.evolve(zone, core=map(spoilt, zone.core), edge=map(spoilt, zone.edge)))


def chunks(count: int, size: int) -> Sequence[range]:
    """Return the numbers of so many draws, in chunks that workers can share."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]
