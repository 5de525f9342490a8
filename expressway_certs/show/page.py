"""A report as one page of HTML that loads nothing from anywhere and runs no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from expressway_certs import _version
from expressway_certs.report import Report
from expressway_certs.rules.finding import OutcomeKind, Severity
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show import inventory
from expressway_certs.show.elements import Child, element, raw, written
from expressway_certs.show.finding_cards import card
from expressway_certs.show.findings import in_order
from expressway_certs.show.heat_map import heat_map, state_pill, targets
from expressway_certs.show.legs import by_reason
from expressway_certs.show.styles import answer, count_of, not_checked, number_of
from expressway_certs.show.stylesheet import PAGE, PAGE_HASH, SCOPE
from expressway_certs.show.trees import Notes, forest, trees
from expressway_certs.show.validity import timeline
from expressway_certs.x509.certificate import Certificate

_POLICY: Final = f"default-src 'none'; style-src '{PAGE_HASH}'; base-uri 'none'; form-action 'none'"
# With more errors than this the page begins folded, to be looked over first.
_FEW: Final = 10
_PAIRS: Final = 20


def render(report: Report) -> str:
    """Return the page. All text of the report is escaped, for some of it comes out of certificates."""
    body = element(
        "body",
        element("a", "Skip to the report", href="#report", class_="skip"),
        element("header", _top(report)),
        element("main", _sections(report), id="report"),
        element("footer", element("p", f"Made by expressway_certs {_version.__version__}.")),
        class_=SCOPE,
    )
    return "<!DOCTYPE html>\n" + written(element("html", _head(report), body, lang="en")) + "\n"


def _head(report: Report) -> Element:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{report.name}: {count_of(report)}"),
        raw("style", PAGE),
    )


def _top(report: Report) -> Iterator[Element]:
    yield element("h1", report.name)
    yield element("p", f"Judged as of {report.at:%Y-%m-%d %H:%M:%S} UTC.")
    yield element("p", answer(report), class_=f"answer {_class(report)}")
    yield counts(report)
    links = ((f"#{id_}", title) for id_, title in _TITLES.items())
    listed = element("ul", (element("li", element("a", title, href=href)) for href, title in links))
    yield element("nav", listed, aria_label="Sections")


def _class(report: Report) -> str:
    if not report.ok:
        return "down"
    return "plain" if not_checked(report) else "up"


def counts(report: Report) -> Element:
    """Return how many findings and legs there are of each level and state."""
    levels = Counter(finding.severity for finding in report.findings)
    states = Counter(result.state for result in report.legs)
    pills: list[Child] = [
        element("span", f"{one.value}: {levels[one]}", class_=f"pill {one.value}") for one in Severity if levels[one]
    ]
    pills += [
        state_pill(one, f"{one.value}: {states[one]} leg{'s' * (states[one] > 1)}") for one in State if states[one]
    ]
    return element("ul", (element("li", pill) for pill in pills), class_="counts")


_TITLES: Final = {
    "legs": "Legs",
    "findings": "Findings",
    "chains": "Chains",
    "validity": "Validity",
    "rules": "Rules",
}


def _sections(report: Report) -> Iterator[Element]:
    findings = in_order(report.findings)
    ids = [f"finding-{number}" for number in range(1, len(findings) + 1)]
    is_open = len(report.errors) <= _FEW
    cards = [
        card(number, one, is_open=is_open and one.severity is Severity.ERROR, id_=ids[number - 1])
        for number, one in enumerate(findings, 1)
    ]
    places = inventory.of_report(report)
    linked = targets(findings, ids)
    parts: dict[str, Iterable[Child]] = {
        "legs": (*heat_map(report.matrix(), linked), *_not_up(report.legs)),
        "findings": cards or ("No findings.",),
        "chains": _chains(report, places),
        "validity": _validity(report, places),
        "rules": _rules(report),
    }
    for id_, title in _TITLES.items():
        yield element(
            "section", element("h2", title, id=f"{id_}-title"), parts[id_], id=id_, aria_labelledby=f"{id_}-title"
        )


def _not_up(legs: Iterable[LegResult]) -> Iterator[Element]:
    """Yield what is the matter with the legs that are not up, those of one reason together."""
    rows = [_reason_row(group) for group in by_reason(legs)]
    if rows:
        heads = (element("th", head, scope="col") for head in ("Leg", "State", "Why", "Between", "What the nodes say"))
        table = element("table", element("thead", element("tr", heads)), element("tbody", rows))
        label = "Legs that are not up, and why"
        scroll = element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)
        yield element("details", element("summary", label), scroll)


def _reason_row(group: list[LegResult]) -> Element:
    first = group[0]
    pairs = [f"{one.initiator} \u2192 {one.acceptor}" for one in group]
    said = dict.fromkeys(
        f"{one.node}: {_event(one.event, one.alarm)}{one.text}" for leg in group for one in leg.symptoms
    )
    return element(
        "tr",
        element("th", f"{first.leg.id} {first.leg.title}, port {first.leg.port}", scope="row"),
        element("td", state_pill(first.state)),
        element("td", first.why),
        element("td", _some(pairs)),
        element("td", _some(list(said))),
    )


def _event(event: str | None, alarm: int | None) -> str:
    return (f"{event}: " if event else "") + (f"alarm {alarm}: " if alarm else "")


def _some(texts: list[str]) -> Element:
    more = [f"and {len(texts) - _PAIRS} more"] if len(texts) > _PAIRS else []
    return element("ul", (element("li", text) for text in (*texts[:_PAIRS], *more)))


def _chains(report: Report, places: inventory.Inventory) -> Iterator[Child]:
    shown = [one for one, where in places.items() if not where or any(place.kind != "listed" for place in where)]
    judgements = tuple(one for result in report.legs for one in result.judgements)
    notes = Notes(places=places, judgements=judgements, at=report.at)
    if shown:
        yield trees(forest(shown, places, report.at), notes)
    else:
        yield "No certificates."


def _validity(report: Report, places: inventory.Inventory) -> Iterator[Child]:
    """Yield the timelines: what is shown and what is above it, and folded, what is only in lists."""
    used: dict[Certificate, None] = dict.fromkeys(
        one for one, where in places.items() if not where or any(place.kind != "listed" for place in where)
    )
    for result in report.legs:
        for judgement in result.judgements:
            if judgement.verdict is not None:
                used.update(dict.fromkeys(judgement.verdict.chain))
    others = [one for one in places if one not in used]
    if used:
        yield timeline(used, places, report.at, "Certificates that are shown, and the CAs above them")
    if others:
        label = f"{len(others)} more in lists, which no chain here uses"
        yield element("details", element("summary", label), timeline(others, places, report.at, label))


def _rules(report: Report) -> Iterator[Element]:
    """Yield the outcomes, each kind folded by itself; a crash and a missing input are open, for they prove nothing."""
    for kind in OutcomeKind:
        listed = [one for one in report.outcomes if one.kind is kind]
        if not listed:
            continue
        rows = (
            element("tr", element("th", element("code", one.rule), scope="row"), element("td", one.why))
            for one in listed
        )
        heads = element("tr", element("th", "Rule", scope="col"), element("th", "Why", scope="col"))
        table = element("table", element("thead", heads), element("tbody", rows))
        label = f"{number_of(listed, 'rule')} {kind.value}"
        scroll = element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)
        is_open = kind in {OutcomeKind.NOT_RUN, OutcomeKind.CRASHED}
        yield element("details", element("summary", label), scroll, open="open" if is_open else None)
