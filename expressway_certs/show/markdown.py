"""A report as Markdown for a ticket: nothing in it is taken for markup, for a link, or for the name of a user."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from expressway_certs.report import Report
from expressway_certs.rules.finding import Finding, OutcomeKind
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show.escape import brief
from expressway_certs.show.facts import REMEDY, Fact, facts
from expressway_certs.show.findings import in_order
from expressway_certs.show.legs import by_reason
from expressway_certs.show.styles import answer

_FEW: Final = 12
_PAIRS: Final = 3
# What a ticket system makes more of than text: links, users, issues, commits, smileys, HTML.
_LIVELY: Final = re.compile(r"[@#<&~^!]\w|:[\w+-]+:|://|www\.|\b[0-9a-f]{7,}\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"([\\`*_\[\]<#~$&])")
# What begins a block, where it stands at the beginning.
_BLOCK: Final = re.compile(r"([>+=-]|(?<=\d)[.)])")
# A word, and the marks around it that belong to the sentence.
_WORD: Final = re.compile(r"(['\"(]*)(\S*?)([.,;:)'\"]*)")
_RUNS: Final = re.compile(r"`+")


def render(report: Report) -> str:
    """Return the report as CommonMark with GitHub's tables."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {text(report.name)}"
    yield ""
    yield f"**{text(answer(report))}** As of {report.at:%Y-%m-%d %H:%M:%S} UTC."
    yield from _legs(report.legs)
    for number, finding in enumerate(in_order(report.findings), 1):
        yield from _finding(number, finding)
    yield from _outcomes(report)


def text(value: object) -> str:
    """Return text so that a reader of Markdown shows it as it is: lively words become code."""
    first, *others = map(_word, brief(value).split() or [""])
    return " ".join((_BLOCK.sub(r"\\\1", first, count=1) if _starts_block(first) else first, *others))


def _starts_block(word: str) -> bool:
    return re.match(r"[>+=-]|\d+[.)]$", word) is not None


def _word(word: str) -> str:
    before, middle, after = _WORD.fullmatch(word).groups()  # type: ignore[union-attr]
    if _LIVELY.search(word):
        return _escaped(before) + code(middle) + _escaped(after)
    return _escaped(word)


def _escaped(word: str) -> str:
    return _MARKUP.sub(r"\\\1", word)


def code(value: object) -> str:
    """Return text as code, within as many backticks as it takes."""
    whole = brief(value)
    fence = "`" * (max(map(len, _RUNS.findall(whole)), default=0) + 1)
    gap = " " if whole.startswith("`") or whole.endswith("`") else ""
    return f"{fence}{gap}{whole}{gap}{fence}"


def _legs(legs: Iterable[LegResult]) -> Iterator[str]:
    listed = tuple(legs)
    if not listed:
        return
    states = Counter(one.state for one in listed)
    yield from ("", "## Legs", "")
    yield f"{', '.join(f'{states[state]} {state.value}' for state in State if states[state])}."
    groups = by_reason(listed)
    if groups:
        yield from ("", "| leg | state | why | between |", "|---|---|---|---|")
        for group in groups:
            first = group[0]
            cells = (f"{first.leg.id} {first.leg.title}", first.state.value, first.why, _pairs(group))
            yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(value: str) -> str:
    return text(value).replace("|", r"\|")


def _pairs(group: list[LegResult]) -> str:
    more = len(group) - _PAIRS
    named = "; ".join(f"{one.initiator} to {one.acceptor}" for one in group[:_PAIRS])
    return f"{named}; and {more} more" if more > 0 else named


def _finding(number: int, finding: Finding) -> Iterator[str]:
    yield from ("", f"## {number}. {finding.severity.value.upper()}: {text(finding.message)}", "")
    for fact in facts(finding):
        yield from _fact(fact)


def _fact(fact: Fact) -> Iterator[str]:
    show = code if fact.label == "rule" else text
    if fact.label == REMEDY:
        yield from ("- remedy:", *(f"  {number}. {text(step)}" for number, step in enumerate(fact.texts, 1)))
    elif len(fact.texts) == 1:
        yield f"- {fact.label}: {show(fact.texts[0])}"
    else:
        more = len(fact.texts) - _FEW
        yield f"- {fact.label}:"
        yield from (f"  - {text(one)}" for one in fact.texts[:_FEW])
        yield from (f"  - and {more} more",) if more > 0 else ()


def _outcomes(report: Report) -> Iterator[str]:
    kinds = Counter(one.kind for one in report.outcomes)
    yield from ("", "## Rules", "")
    yield f"{', '.join(f'{kinds[kind]} {kind.value}' for kind in OutcomeKind if kinds[kind]) or 'None'}."
    for one in report.outcomes:
        if one.kind in {OutcomeKind.NOT_RUN, OutcomeKind.CRASHED}:
            yield f"- {code(one.rule)} {one.kind.value}: {text(one.why)}"
