"""Whole sites made on the spot: nothing is wrong with any of them, whatever the shape and the release."""

from collections import Counter
from datetime import UTC, datetime
from typing import Final

import pytest

from expressway_certs import ClientFamily, OutcomeKind, Release, State, UcKind, ZoneKind, audit, load_private_key
from expressway_certs.product.legs import LEGS
from expressway_certs.product.release import NEWEST, OLDEST
from expressway_certs.product.steps import STEPS
from expressway_certs.testing import Issued, make_site

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
RELEASES: Final = sorted({OLDEST, NEWEST, *(step.since for step in STEPS)})
SHAPES: Final = [(core, edge) for core in range(1, 7) for edge in range(1, 7)]


@pytest.mark.parametrize("release", RELEASES, ids=str)
@pytest.mark.parametrize("uc_servers", [(), tuple(UcKind)], ids=["without servers", "with servers"])
@pytest.mark.parametrize(("core", "edge"), [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_nothing_is_wrong_on_any_release(
    release: Release, core: int, edge: int, uc_servers: tuple[UcKind, ...]
) -> None:
    """No finding at all, no crash, and every leg that anybody looks at is up."""
    report = audit(make_site(core, edge, release, uc_servers=uc_servers, at=AT), at=AT)
    assert report.findings == ()
    assert [one for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []
    assert {one.state for one in report.legs} <= {State.UP, State.NOT_CHECKED}
    assert all(one.why.endswith("verify nothing of each other") for one in report.legs if one.state is not State.UP)


@pytest.mark.parametrize(("core", "edge"), SHAPES)
def test_nothing_is_wrong_with_any_shape(core: int, edge: int) -> None:
    """One to six peers on either side, with the nodes in their clusters."""
    site = make_site(core, edge, at=AT)
    assert audit(site, at=AT).findings == ()
    sides = Counter(node.role.value for node in site.nodes)
    assert sides == {"Expressway-C": core, "Expressway-E": edge}
    assert {node.cluster_name is None for node in site.zones[0].core} == {core == 1}
    assert {len(node.cluster_peers) for node in site.zones[0].edge} == {edge - 1}


def test_nothing_is_wrong_without_the_rest() -> None:
    """Without servers, clients, other zones and DNS a site is two nodes and their zone, and nothing is found."""
    site = make_site(1, 1, uc_servers=(), clients=(), other_zones=False, administration=False, dns=False, at=AT)
    assert (len(site.nodes), len(site.zones), site.uc_servers, site.clients, site.dns) == (2, 1, (), (), None)
    assert audit(site, at=AT).findings == ()


def test_every_leg_of_the_table_is_on_the_site() -> None:
    """The site has each leg at least once, so that none goes unjudged."""
    assert {one.leg.id for one in audit(make_site(at=AT), at=AT).legs} == {leg.id for leg in LEGS}


def test_the_same_seed_gives_the_same_site() -> None:
    """Same arguments, same bytes; another seed has other CAs, which the first one does not trust."""
    assert make_site(at=AT, seed=3) == make_site(at=AT, seed=3)
    one, other = (make_site(at=AT, seed=seed).expressway("expc1.example.com") for seed in (3, 4))
    assert set(one.trusted_ca) & set(other.trusted_ca) == set()


def test_a_site_is_what_is_asked_for() -> None:
    """Servers by kind, as many as there are of it, clients by family, another domain, RSA keys."""
    site = make_site(
        1,
        1,
        "X15.5",
        uc_servers=["Unified CM", UcKind.CUCM],
        clients=["Jabber"],
        domain="example.org",
        key="rsa",
        at=AT,
    )
    assert [(one.name, one.kind) for one in site.uc_servers] == [
        ("cucm1.example.org", UcKind.CUCM),
        ("cucm2.example.org", UcKind.CUCM),
    ]
    assert [(one.family, one.service_domain) for one in site.clients] == [(ClientFamily.JABBER, "example.org")]
    assert {node.server_certificate.key.algorithm for node in site.nodes if node.server_certificate} == {"RSA"}
    assert {zone.kind for zone in site.zones} == set(ZoneKind) - {ZoneKind.TRAVERSAL}
    assert audit(site, at=AT).findings == ()


@pytest.mark.parametrize(("release", "algorithm"), [("X14.2", "RSA"), ("X14.3", "EC")])
def test_the_key_is_what_the_release_takes(release: str, algorithm: str) -> None:
    """ECDSA certificates are supported from X14.3 on."""
    certificate = make_site(1, 1, release, at=AT).expressway("expe1.example.com").server_certificate
    assert certificate is not None
    assert certificate.key.algorithm == algorithm


def test_the_keys_of_a_site_are_known() -> None:
    """Whoever plays the site can show its certificates: each has its key, which no other node has."""
    site = make_site(6, 6, at=AT)
    certificates = [node.server_certificate for node in site.nodes if node.server_certificate]
    keys = [load_private_key(Issued.of(one).key_pem) for one in certificates]
    assert [key.matches(one) for key, one in zip(keys, certificates, strict=True)] == [True] * 12
    assert len({key.public_key_der for key in keys}) == 12


@pytest.mark.parametrize(("core", "edge", "message"), [(0, 1, "core is 1 to 6 peers, not 0"), (1, 7, "edge is 1 to 6")])
def test_a_cluster_has_one_to_six_peers(core: int, edge: int, message: str) -> None:
    """The product has no other clusters."""
    with pytest.raises(ValueError, match=message):
        make_site(core, edge)


@pytest.mark.parametrize("several", ["uc_servers", "clients"])
def test_one_string_is_not_several(several: str) -> None:
    """A kind alone would be taken for its letters."""
    with pytest.raises(TypeError, match=f"{several} are several, as in"):
        make_site(**{several: "Unified CM"})
