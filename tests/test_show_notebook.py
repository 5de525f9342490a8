"""Values in a notebook, and their plain reprs."""

import pickle
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import attrs
import pytest
from leg_site import site
from report_samples import AT, HARMLESS, HOSTILE, hostile_leaf
from sites import FACTORY, ISSUING, RENEWED, ROOT, good_site, store
from test_show_page import MARKUP, Page, certificate_of

from expressway_certs import (
    Certificate,
    Deployment,
    TrustStore,
    VerifyPolicy,
    Zone,
    ZoneKind,
    audit,
    build_chain,
    verify,
)
from expressway_certs.show.notebook import as_html

LEAF: Final = FACTORY.leaf(ISSUING, "one.example.com", dns_names=["one.example.com", "two.example.com"]).certificate
UNDER_RENEWED: Final = FACTORY.leaf(RENEWED, "three.example.com").certificate
AS_OF: Final = VerifyPolicy(at=AT)
VALUES: Final[dict[str, Callable[[], object]]] = {
    "certificate": lambda: LEAF,
    "store": lambda: store(ROOT, ISSUING, name="expc1"),
    "chain": lambda: build_chain(LEAF, store(ROOT, ISSUING), at=AT),
    "broken chain": lambda: build_chain(UNDER_RENEWED, store(ROOT), at=AT),
    "yes": lambda: verify(LEAF, store(ROOT, ISSUING), policy=AS_OF),
    "no": lambda: verify(UNDER_RENEWED, store(ROOT, name="expc1"), policy=AS_OF),
    "report": lambda: audit(good_site(), at=AT),
    "deployment": site,
    "zone": lambda: good_site().zones[0],
    "other zone": lambda: next(zone for zone in site().zones if zone.kind is ZoneKind.NEIGHBOR),
    "matrix": lambda: audit(good_site(), at=AT).matrix(),
}
PLAIN: Final = {
    "certificate": f"<Certificate 'one.example.com' leaf until 2027-11-24 sha256 {LEAF.sha256[:16]}>",
    "store": "<TrustStore 'expc1' 1 root, 1 intermediate>",
    "chain": "<Chain one.example.com <- Good Issuing CA <- Good Root CA>",
    "yes": "<Verdict ok: one.example.com <- Good Issuing CA <- Good Root CA>",
    "no": "<Verdict error 20 at depth 0: unable to get local issuer certificate (three.example.com)>",
    "deployment": "<Deployment 'whole site' 4 Expressways, 5 zones, 3 servers, 8 clients>",
    "zone": "<Zone 'Zone' Unified Communications traversal, 2 by 2>",
    "other zone": "<Zone 'Neighbor' Neighbor, 2 by 1>",
}


def words(value: object) -> str:
    """Return the text that a notebook shows for a value."""
    html = value._repr_html_()  # type: ignore[attr-defined]
    assert isinstance(html, str)
    return Page(html).text


@pytest.mark.parametrize("value", VALUES)
def test_a_value_shows_itself(value: str) -> None:
    """As HTML in a box of its own, whose style is for it alone, without ids, which two values would share."""
    html = VALUES[value]()._repr_html_()  # type: ignore[attr-defined]
    page = Page(html)
    assert html.startswith('<div class="expressway-certs"><style>')
    assert page.tags & {"script", "img", "link", "iframe"} == set()
    assert (page.values("id"), page.values("href")) == ([], [])
    rules = re.findall(r"(?:^|\})\s*([^{}]+)\{", html[html.index("<style>") + 7 : html.index("</style>")])
    assert all(f"{one.strip()} ".startswith(".expressway-certs ") for rule in rules for one in rule.split(","))


@pytest.mark.parametrize("value", PLAIN)
def test_a_value_has_a_short_repr(value: str) -> None:
    """One line that says what it is, not all that is in it."""
    assert repr(VALUES[value]()) == PLAIN[value]


def test_an_empty_deployment_says_so() -> None:
    """There is nothing to count; one of each is no plural."""
    assert repr(Deployment(name="new")) == "<Deployment 'new' empty>"
    zone = good_site().zones[0]
    small = attrs.evolve(zone, core=zone.core[:1], edge=zone.edge[:1], peer_addresses=zone.peer_addresses[:1])
    assert repr(Deployment(name="new", zones=[small])) == "<Deployment 'new' 2 Expressways, 1 zone>"


def test_what_is_said_of_a_certificate() -> None:
    """Names, usages, key, and the whole fingerprint."""
    text = words(LEAF)
    for part in ("one.example.com", "two.example.com", "clientAuth", "serverAuth", "EC P-256", LEAF.sha256):
        assert part in text
    span = {"not_before": AT - timedelta(days=500), "not_after": AT - timedelta(days=400)}
    assert "expired" in words(FACTORY.leaf(ISSUING, "old.example.com", **span).certificate)


def test_many_names_are_folded() -> None:
    """A certificate with a thousand names is shown by its head."""
    many = FACTORY.leaf(ISSUING, "many.example.com", dns_names=[f"n{number}.example.com" for number in range(1000)])
    assert "<summary>1000 names</summary>" in many.certificate._repr_html_()


def test_a_list_keeps_its_order() -> None:
    """For order decides; a long one is folded."""
    text = words(store(ISSUING, ROOT, RENEWED))
    assert text.index("Good Issuing CA ") < text.index("Good Root CA") < text.index("Good Issuing CA 2")
    cas = [FACTORY.root(f"CA {number}").certificate for number in range(13)]
    assert "<summary>13 certificates</summary>" in TrustStore(cas)._repr_html_()
    assert "empty" in words(TrustStore(name="none"))


def test_a_broken_chain_says_what_is_missing() -> None:
    """Above what there is; and of a root that is there but not in the store, that it is not."""
    broken = words(VALUES["broken chain"]())
    assert broken.startswith("missing O=Example, CN=Good Issuing CA 2, key identifier ")
    alone = build_chain(ROOT.certificate, TrustStore(), at=AT)
    assert words(alone).startswith("not in the store")


def test_a_verdict_says_why() -> None:
    """The answer, the explanation, and the chain as it was judged."""
    no = words(VALUES["no"]())
    assert no.startswith("error 20 at depth 0: unable to get local issuer certificate (OpenSSL 3.0)")
    assert "It is not in the trust store 'expc1'" in no
    assert words(VALUES["yes"]()).startswith("trusted (OpenSSL 3.0)")


def test_what_is_said_of_a_zone_and_a_deployment() -> None:
    """Who is in it, how it is called, and what is set."""
    zone = words(VALUES["zone"]())
    for part in ("expc1.example.com", "expe2.example.com: expe2.example.com", "TLS verify mode On", "Force encrypted"):
        assert part in zone
    text = words(site())
    assert "4 Expressways, 5 zones, 3 servers, 8 clients" in text
    assert "UC: Unified Communications traversal, 2 by 2" in text
    assert "expc1.example.com, Expressway-C X14.2" in text


@pytest.mark.parametrize("name", [MARKUP, HOSTILE])
def test_hostile_names_are_harmless(name: str) -> None:
    """In HTML they are text, and in a plain repr nothing that a terminal would act on."""
    evil = certificate_of(name)
    values = [evil, TrustStore([evil], name), build_chain(evil, [], at=AT), verify(evil, [], policy=AS_OF)]
    values += [Deployment(name=name), attrs.evolve(good_site().zones[0], name=name)]
    for value in values:
        page = Page(value._repr_html_())
        assert page.tags & {"script", "img"} == set()
        assert repr(value).isprintable()
    assert (HARMLESS if name == HOSTILE else "<script>") in words(values[0])
    assert HARMLESS in repr(verify(hostile_leaf().certificate, [], policy=AS_OF))


def test_another_value_has_no_form() -> None:
    """It is an error of type, which names the type."""
    with pytest.raises(TypeError, match="a dict has no form for a notebook"):
        as_html({})


def test_showing_changes_nothing() -> None:
    """A value that was shown is equal to itself, and can be sent to another process."""
    for make in VALUES.values():
        value = make()
        value._repr_html_()  # type: ignore[attr-defined]
        if isinstance(value, (Certificate, Zone, Deployment)):
            assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - it is our own
