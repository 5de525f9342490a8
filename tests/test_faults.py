"""The faults of the kit: one for each rule, found by it on sites of several shapes and releases, and alone."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import attrs
import pytest

from expressway_certs import ALL_RULES, Deployment, OutcomeKind, TrustStore, audit
from expressway_certs.testing import FAULTS, CannotBreakError, CertificateFactory, break_site, faults, make_site

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
BARE: Final = {"uc_servers": (), "clients": (), "other_zones": False, "administration": False, "dns": False}


@attrs.frozen
class Shape:
    """A site, and the node on which it is broken."""

    core: int
    edge: int
    release: str
    options: dict[str, Any] = attrs.field(factory=dict, eq=False)
    node: str | None = None

    def __str__(self) -> str:
        extra = "-".join((*self.options, *([self.node] if self.node else [])))
        return f"{self.core}x{self.edge}-{self.release}{'-' * bool(extra)}{extra}"


SHAPES: Final = (
    Shape(2, 2, "X14.2"),
    Shape(1, 1, "X12.5"),
    Shape(1, 1, "X14.2", BARE),
    Shape(3, 2, "X15.5", {"seed": 5}),
    Shape(1, 2, "X14.0.8", {"domain": "example.org", "key": "ec"}),
    Shape(2, 1, "X15.4", {"uc_servers": ()}),
    Shape(2, 2, "X15.2", {}, "expc2.example.com"),
    Shape(2, 3, "X14.3", {}, "expe2.example.com"),
)


@cache
def site_of(shape: Shape) -> Deployment:
    """Return the sound site of a shape."""
    return make_site(shape.core, shape.edge, shape.release, at=AT, **shape.options)


@cache
def found(shape: Shape, rule: str) -> frozenset[str] | None:
    """Return which rules find a fault on a site, a crash under another name; None where it cannot be injected there."""
    try:
        report = audit(break_site(site_of(shape), rule, node=shape.node), at=AT)
    except CannotBreakError:
        return None
    crashed = (f"{one.rule} crashed" for one in report.outcomes if one.kind is OutcomeKind.CRASHED)
    return frozenset((*(one.rule for one in report.findings), *crashed))


def test_every_rule_has_a_fault() -> None:
    """The faults are the rules of the registry, in its order, and no others."""
    assert list(FAULTS) == [rule.id for rule in ALL_RULES]
    assert faults() == tuple(FAULTS)
    assert [one.rule for one in FAULTS.values()] == list(FAULTS)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_fault_is_found_by_its_rule_and_alone(shape: Shape) -> None:
    """Where nothing else is wrong its rule fires, and no other but those that it brings by its nature; none crashes."""
    seen = {rule: rules for rule in FAULTS if (rules := found(shape, rule)) is not None}
    assert {rule: rules - FAULTS[rule].brings for rule, rules in seen.items()} == {rule: {rule} for rule in seen}


def test_every_fault_is_shown_on_several_sites() -> None:
    """No fault is injected on one shape alone, but for those of releases of which there is one site."""
    of_newest = {
        "tunnel-certificate-refused", "upload-client-store-without-client-auth", "upload-copied-without-client-auth",
    }  # fmt: skip
    shown = Counter(rule for shape in SHAPES for rule in faults(site_of(shape), node=shape.node))
    assert {rule for rule in FAULTS if shown[rule] < 2} == of_newest
    assert {shown[rule] for rule in of_newest} == {1}


def test_what_a_fault_brings_comes() -> None:
    """No implication is listed that is seen on none of the sites."""
    unseen = {
        rule: one.brings - {brought for shape in SHAPES for brought in found(shape, rule) or ()}
        for rule, one in FAULTS.items()
        if one.brings
    }
    assert {rule: missing for rule, missing in unseen.items() if missing} == {}


def test_a_site_says_which_faults_fit_it() -> None:
    """Those that cannot be injected are left out."""
    left_out = set(FAULTS) - set(faults(make_site(1, 1, at=AT)))
    assert left_out == {
        "request-domain-case-differs", "upload-client-store-without-client-auth", "upload-copied-without-client-auth",
        "upload-shared-with-peer", "edge-domain-spelt-differently", "tunnel-certificate-refused",
        "cluster-tls-permissive", "cluster-peer-not-in-certificate", "cluster-name-leads-elsewhere",
        "cluster-ca-not-trusted", "cluster-certificate-refused", "certificate-shared-by-nodes",
    }  # fmt: skip


def test_breaking_a_site_leaves_it_as_it_is() -> None:
    """A fault gives another site; the same call gives the same one."""
    site = make_site(at=AT)
    broken = break_site(site, "zone-certificate-refused")
    assert site == make_site(at=AT)
    assert broken == break_site(make_site(at=AT), "zone-certificate-refused")
    assert broken != site


def test_the_node_is_the_one_that_was_named() -> None:
    """A fault lies where it is asked for."""
    for name in ("expc1.example.com", "expc2.example.com"):
        (finding,) = audit(break_site(make_site(at=AT), "zone-certificate-refused", node=name), at=AT).findings
        assert finding.nodes == (name,)


def test_expiry_is_counted_from_the_instant_of_the_site() -> None:
    """A site of last year is broken as of last year; another instant may be given."""
    past = datetime(2020, 3, 1, tzinfo=UTC)
    site = make_site(at=past)
    assert {one.rule for one in audit(break_site(site, "uc-certificate-refused"), at=past).findings} == {
        "uc-certificate-refused"
    }
    later = datetime(2020, 6, 1, tzinfo=UTC)
    broken = break_site(site, "uc-certificate-refused", at=later)
    expired = broken.uc_servers[0].tomcat
    assert expired is not None
    assert past < expired.not_after < later


def test_two_faults_are_both_found() -> None:
    """A broken site can be broken further."""
    broken = break_site(break_site(make_site(at=AT), "tunnel-ca-missing"), "uc-zone-media-not-forced")
    assert {one.rule for one in audit(broken, at=AT).findings} == {"tunnel-ca-missing", "uc-zone-media-not-forced"}


@pytest.mark.parametrize(
    ("rule", "site", "words"),
    [
        (
            "cluster-tls-permissive",
            {"core": 1, "edge": 1},
            "cluster-tls-permissive cannot be injected: it needs a cluster, and the site has none",
        ),
        (
            "upload-page-not-on-release",
            {"release": "X15.5"},
            (
                "upload-page-not-on-release cannot be injected: it cannot be where 'connections are opened with the "
                "certificate of a client store of its own', and expe1.example.com runs X15.5"
            ),
        ),
        (
            "uc-server-not-trusted",
            {"uc_servers": ()},
            "uc-server-not-trusted cannot be injected: it needs a server of the kind Unified CM, and the site has none",
        ),
        (
            "webex-not-trusted",
            {"other_zones": False},
            None,
        ),
        (
            "far-end-not-trusted",
            {"other_zones": False},
            "far-end-not-trusted cannot be injected: it needs a Neighbor zone, and the site has none",
        ),
        (
            "device-certificate-refused",
            {"clients": ["Jabber"]},
            "device-certificate-refused cannot be injected: it needs 78xx/88xx phone, and the site has none",
        ),
    ],
)
def test_what_a_site_lacks_for_a_fault_is_said(rule: str, site: dict[str, Any], words: str | None) -> None:
    """The error names the fault and what it needs; where nothing is lacking there is none."""
    if words is None:
        assert break_site(make_site(at=AT, **site), rule)
        return
    with pytest.raises(CannotBreakError) as caught:
        break_site(make_site(at=AT, **site), rule)
    assert str(caught.value) == words


def test_what_is_no_rule_or_no_node_is_an_error() -> None:
    """A typing error breaks nothing."""
    with pytest.raises(ValueError, match=r"no rule is called 'intermediate-missing'; faults\(\) lists them"):
        break_site(make_site(at=AT), "intermediate-missing")
    with pytest.raises(ValueError, match="no Expressway is called expc9"):
        break_site(make_site(at=AT), "tunnel-ca-missing", node="expc9")
    with pytest.raises(CannotBreakError, match=r"it lies on an Expressway-E, and expc1\.example\.com is none"):
        break_site(make_site(at=AT), "reverse-record-missing", node="expc1.example.com")


def test_a_site_of_unknown_cas_cannot_be_broken_where_one_is_needed() -> None:
    """A certificate cannot be issued under a CA whose key nobody has; lists and settings can be broken all the same."""
    site = make_site(at=AT)
    node = site.expressway("expc1.example.com")
    factory = CertificateFactory(seed=99, at=AT)
    foreign = factory.leaf(factory.root("Foreign Root CA"), node.name).certificate
    strange = attrs.evolve(site, zones=(), expressways=[attrs.evolve(node, server_certificate=foreign)])
    with pytest.raises(CannotBreakError, match="the key of O=Example, CN=Foreign Root CA is not known"):
        break_site(strange, "upload-expired", node=node.name)
    empty = attrs.evolve(strange, expressways=[attrs.evolve(node, trusted_ca=TrustStore())])
    assert break_site(empty, "release-not-known", node=node.name).expressway(node.name).release.is_known is False


def test_every_fault_says_what_it_does() -> None:
    """One sentence each, no two alike, and a repr that names the rule."""
    titles = [one.title for one in FAULTS.values()]
    assert [title for title in titles if not title.endswith(".")] == []
    assert len(set(titles)) == len(titles)
    assert repr(FAULTS["tunnel-ca-missing"]) == "<Fault tunnel-ca-missing>"
