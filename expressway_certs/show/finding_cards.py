"""Findings as parts of a page that can be folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from expressway_certs.rules.finding import Finding
from expressway_certs.show.elements import Child, element
from expressway_certs.show.facts import REMEDY, Fact, facts

_FEW: Final = 8


def card(number: int, finding: Finding, *, is_open: bool, id_: str | None = None) -> Element:
    """Return a finding: its headline, and below it everything known about it."""
    level = finding.severity.value
    pill = element("span", level, class_=f"pill {level}")
    head = element("summary", pill, f" {number}. ", element("strong", finding.message))
    known = element("dl", _rows(finding))
    return element("details", head, known, class_=f"card {level}", id=id_, open="open" if is_open else None)


def _rows(finding: Finding) -> Iterator[Element]:
    for fact in facts(finding):
        yield element("dt", fact.label)
        yield element("dd", _texts(fact))


def _texts(fact: Fact) -> Child:
    if fact.label == REMEDY:
        return element("ol", (element("li", text) for text in fact.texts))
    if len(fact.texts) == 1:
        return element("code", fact.texts[0]) if fact.label == "rule" else fact.texts[0]
    listed = element("ul", (element("li", text) for text in fact.texts))
    if len(fact.texts) <= _FEW:
        return listed
    return element("details", element("summary", f"{len(fact.texts)} of them"), listed)
