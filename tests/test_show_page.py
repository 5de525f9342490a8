"""The page of a report: what stands on it, and that nothing in a certificate becomes part of it."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Final

import attrs
import make_der as make
import pytest
from leg_faults import C1, E1, LEG_FAULTS
from leg_site import PUBLIC, site
from make_der import Spec
from report_samples import AT, EDGE, HARMLESS, HOSTILE, finding, leg_result, report
from sites import FACTORY, ISSUING, ROOT, good_site, node, with_node

from expressway_certs import Certificate, Deployment, Report, Severity, State, audit
from expressway_certs.show import inventory
from expressway_certs.show.elements import element, written
from expressway_certs.show.stylesheet import PAGE, PAGE_HASH
from expressway_certs.show.trees import forest, single
from expressway_certs.show.validity import SOON, left, standing
from expressway_certs.testing import CertificateFactory

VOID: Final = frozenset({"meta", "br", "hr", "img", "input", "link"})
MARKUP: Final = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
LONG: Final = "a" * 10_000


class Page(HTMLParser):
    """A page taken apart: its elements with their attributes, and its text; a tag that is not closed is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text, but for that of a style sheet."""
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def tags(self) -> set[str]:
        """The names of its elements."""
        return {tag for tag, _ in self.elements}

    def values(self, attribute: str) -> list[str]:
        """Return every value of an attribute."""
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]

    @property
    def text(self) -> str:
        """Its text."""
        return " ".join("".join(f"{word} " for word in self.words).split())


def certificate_of(name: str) -> Certificate:
    """Return a certificate whose common name is anything at all."""
    start = int(AT.timestamp())
    named = make.common_name(name)
    spec = Spec(subject=named, issuer=named, key="ec1", signer="ec2", serial=1, start=start, end=start + 10**7)
    return Certificate(make.certificate(spec))


def hostile_site(name: str) -> Deployment:
    """Return a good site in which a certificate and the site itself have a hostile name."""
    evil = certificate_of(name)
    plain = good_site()
    edge = attrs.evolve(plain.expressway("expe1.example.com"), server_certificate=evil)
    return attrs.evolve(with_node(plain, edge), name=name)


@pytest.fixture(scope="module")
def whole() -> Report:
    """Return the report of a site with every leg and one fault."""
    return audit(LEG_FAULTS["tunnel-ca-missing"][0](), at=AT)


def test_a_page_has_its_parts(whole: Report) -> None:
    """A language, a title, one heading of the first level, landmarks, and a heading for each section."""
    page = Page(whole.to_html())
    attributes = dict(page.elements)
    assert attributes["html"] == {"lang": "en"}
    assert [tag for tag, _ in page.elements if tag in {"h1", "header", "nav", "main", "footer"}] == [
        "header", "h1", "nav", "main", "footer",
    ]  # fmt: skip
    assert page.values("aria-labelledby") == [
        f"{name}-title" for name in ("legs", "findings", "chains", "validity", "rules")
    ]
    assert whole.to_html().startswith("<!DOCTYPE html>\n<html lang=")


def test_ids_are_there_once_and_links_lead_to_them(whole: Report) -> None:
    """A link inside the page has its target, and there is no other kind of link."""
    page = Page(whole.to_html())
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert all(href.startswith("#") and href[1:] in ids for href in page.values("href"))
    assert "#finding-1" in page.values("href")


def test_a_page_loads_nothing_and_runs_nothing(whole: Report) -> None:
    """No script, no event, no address, no inline style; and the policy lets in the one style sheet alone."""
    text = whole.to_html()
    page = Page(text)
    assert page.tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "input"} == set()
    assert {name for _, found in page.elements for name in found if name.startswith("on") or name == "style"} == set()
    assert page.values("src") == []
    policy = next(found["content"] for tag, found in page.elements if found.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src '{PAGE_HASH}'; base-uri 'none'; form-action 'none'"
    assert f"<style>{PAGE}</style>" in text
    assert re.search(r"url\(|@import|https?:", PAGE) is None


def test_the_legs_are_a_heat_map(whole: Report) -> None:
    """A state has its colour and its word; one that is down leads to the finding that says why."""
    text = whole.to_html()
    why = f"{C1} does not trust {E1}: unable to get local issuer certificate"
    assert f'<td class="down" title="{why}"><a href="#finding-1">down</a></td>' in text
    assert '<td class="up">up</td>' in text
    assert "Legs that are not up, and why" in text
    assert "alarm 35013: Unified Communications SSH tunnel failure" in text


def test_findings_and_legs_are_counted(whole: Report) -> None:
    """Each level and each state has its number, and says of what."""
    assert " error: 1 up: 102 legs down: 4 legs Legs " in Page(whole.to_html()).text


def test_findings_can_be_folded(whole: Report) -> None:
    """Each finding is a part of the page that opens and closes without a script; errors begin open."""
    page = Page(whole.to_html())
    cards = [found for tag, found in page.elements if tag == "details" and "card" in (found.get("class") or "")]
    assert [(one["class"], one["id"], one.get("open")) for one in cards] == [("card error", "finding-1", "open")]
    assert "Append CA certificate" in page.text


def test_many_errors_begin_folded() -> None:
    """Where nobody reads them all at once, the headlines come first."""
    many = [finding(f"rule-{number}", Severity.ERROR, "2") for number in range(11)]
    assert 'class="card error" id="finding-1" open' not in report(*many).to_html()
    assert 'class="card error" id="finding-1" open' in report(*many[:10]).to_html()


def test_the_chains_are_trees(whole: Report) -> None:
    """Each certificate stands below the one that issued it, with its places and with who does not trust it."""
    text = Page(whole.to_html()).text
    public = PUBLIC.certificate
    assert f"Public Issuing CA intermediate until {public.not_after:%Y-%m-%d} {public.sha256[:16]}" in text
    assert f"shown by {E1}: server certificate not trusted error 20 at depth 0, unable to get local issuer" in text
    assert re.search(rf"{E1} leaf until [\d-]+ \w+ shown by {E1}: server certificate", text)


def test_every_certificate_has_its_bar(whole: Report) -> None:
    """The timeline has a row for each certificate of the deployment, in lists too."""
    text = whole.to_html()
    deployment = whole.deployment
    assert deployment is not None
    assert text.count('class="bar ') == len(inventory.of_deployment(deployment))


def test_a_report_without_a_deployment_shows_what_it_has() -> None:
    """A report that was put together by hand has the certificates of its findings."""
    page = Page(report(finding("rule", Severity.ERROR, "2")).to_html())
    assert f"{EDGE} leaf" in page.text
    assert Page(Report(name="empty", at=AT).to_html()).text.count("No certificates.") == 1


@pytest.mark.parametrize("name", [MARKUP, HOSTILE])
def test_hostile_names_are_harmless(name: str) -> None:
    """Markup in a name is text, and a control character an escape: on the page and in every value in a notebook."""
    whole = audit(hostile_site(name), at=AT)
    shown = [whole.to_html(), whole._repr_html_(), hostile_site(name)._repr_html_()]
    for text in shown:
        page = Page(text)
        assert page.tags & {"script", "img"} == set()
        assert {key for _, found in page.elements for key in found if key.startswith("on")} == set()
        assert all(one.isprintable() or one == "\n" for one in text)
    assert (HARMLESS if name == HOSTILE else "<script>alert(1)</script>") in Page(shown[0]).text


def test_a_mile_of_name_is_cut() -> None:
    """A name of ten thousand characters is shown by its ends, and its length is told."""
    text = audit(hostile_site(LONG), at=AT).to_html()
    assert max(map(len, re.findall("a+", text))) < 1000
    assert "(10000 characters)" in text


def big_site() -> Deployment:
    """Return a site of six by six peers with twenty Unified CM servers behind them."""
    core = [node(f"expc{number}.example.com", "C", "expc.example.com") for number in range(1, 7)]
    edge = [node(f"expe{number}.example.com", "E", "example.com") for number in range(1, 7)]
    small = good_site()
    zone = attrs.evolve(small.zones[0], core=core, edge=edge, peer_addresses=[one.name for one in edge])
    servers = [attrs.evolve(small.uc_servers[0], name=f"cucm{number}.example.com") for number in range(20)]
    return attrs.evolve(small, zones=[zone], expressways=[*core, *edge], uc_servers=servers)


def test_a_long_table_of_what_is_up_is_folded() -> None:
    """Where something is down, or the table is short, it is open."""
    legs = [attrs.evolve(leg_result("2", State.UP), acceptor=f"e{number}.example.com") for number in range(13)]
    folded = "<summary>Expressway-C to Expressway-E: 13 pairs, all "
    assert folded in report(legs=legs).to_html()
    assert folded not in report(legs=[*legs[1:], leg_result("2", State.DOWN)]).to_html()
    assert "pairs, all" not in report(legs=legs[1:]).to_html()


def test_a_big_site_is_a_small_file() -> None:
    """Six by six peers and twenty servers, on which most legs are down, make less than a megabyte."""
    text = audit(big_site(), at=AT).to_html()
    assert text.count('<td class="') > 500
    assert len(text.encode()) < 1_000_000


LEAF: Final = FACTORY.leaf(ISSUING, "one.example.com", dns_names=["one.example.com"]).certificate


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (LEAF.not_before - timedelta(days=2), ("early", "from 2 days on")),
        (LEAF.not_before, ("ok", "366 days")),
        (LEAF.not_after - SOON, ("soon", "60 days")),
        (LEAF.not_after - SOON - timedelta(seconds=1), ("ok", "60 days")),
        (LEAF.not_after - timedelta(seconds=1), ("soon", "0 days")),
        (LEAF.not_after, ("over", "0 days ago")),
        (LEAF.not_after + timedelta(days=1), ("over", "1 day ago")),
    ],
)
def test_how_a_certificate_stands(at: datetime, expected: tuple[str, str]) -> None:
    """Before, within and after its validity, at whose end it is over, as with OpenSSL."""
    assert (standing(LEAF, at), left(LEAF, at)) == expected


@pytest.mark.parametrize("year", [1, 1960, 2049, 9990, 9999])
def test_any_year_has_a_timeline(year: int) -> None:
    """The first and the last year that there is are drawn too."""
    found = attrs.evolve(report(finding("rule")), at=datetime(year, 6, 1, tzinfo=UTC))
    assert found.to_html().count('class="bar ') == 1


def test_certificates_that_signed_one_another_are_no_ring() -> None:
    """Of two CAs that cross-signed, each stands in one place, and the trees end."""
    factory = CertificateFactory(seed=3, at=AT)
    one, other = factory.root("One CA"), factory.root("Other CA")
    crossed = [
        factory.intermediate(other, "One CA", key=one.key).certificate,
        factory.intermediate(one, "Other CA", key=other.key).certificate,
    ]
    leaves = [factory.leaf(issuer, f"{number}.example.com").certificate for number, issuer in enumerate((one, other))]
    grown = forest([*leaves, *crossed], crossed, AT)
    places = [*grown.tops, *(one for children in grown.below.values() for one in children)]
    assert sorted(places, key=hash) == sorted({*leaves, *crossed}, key=hash)
    assert len(grown.tops) == 1


def test_a_forest_says_what_is_missing() -> None:
    """A leaf whose CA is nowhere stands alone, below the name of the CA that is wanted."""
    alone = forest([LEAF], [], AT)
    assert (alone.tops, alone.below) == ((LEAF,), {})
    assert alone.missing[LEAF].name == ISSUING.certificate.subject
    whole = forest([LEAF], [ISSUING.certificate, ROOT.certificate], AT)
    assert (whole.tops, whole.missing) == ((ROOT.certificate,), {})
    assert whole == single([LEAF, ISSUING.certificate, ROOT.certificate], None)


def test_an_inventory_has_every_place() -> None:
    """A certificate knows what it is shown as, where it waits, and in which lists it is."""
    whole = site()
    found = inventory.of_deployment(whole)
    node_one = whole.expressway(C1)
    assert [str(one) for one in found[node_one.server_certificate]] == [f"{C1}: server certificate"]
    assert inventory.Place("cucm1.example.com", "tomcat-trust", "listed") in found[ROOT.certificate]
    kinds = {place.kind for places in found.values() for place in places}
    assert kinds == {"shown", "sent along", "listed"}
    assert {place.what for place in found[ROOT.certificate]} == {
        "Trusted CA list", "tomcat-trust", "CallManager-trust", "cup-xmpp-trust",
    }  # fmt: skip


def test_elements_escape_what_is_text() -> None:
    """In text and in attributes alike; what is None is left out, and a generator is as good as a list."""
    made = element("p", "<b>", None, (element("i", "&") for _ in range(2)), "\x07", title='"<\x07', class_="x", id=None)
    assert written(made) == '<p title="&quot;<\\x07" class="x">&lt;b&gt;<i>&amp;</i><i>&amp;</i>\\x07</p>'
