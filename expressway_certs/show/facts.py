"""What is known about a finding, as labelled texts: every form of a report shows these, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from expressway_certs.rules.finding import Effect, Finding, LegRef
from expressway_certs.show.verdicts import certificate_line
from expressway_certs.x509 import codes

REMEDY: Final = "remedy"
NOT_PUBLISHED: Final = "words that are not published; those above are ours"


@attrs.frozen
class Fact:
    """A label and the texts that belong to it, not yet escaped; those of ``REMEDY`` are steps, in order."""

    label: str
    texts: tuple[str, ...]


def facts(finding: Finding) -> Iterator[Fact]:
    """Yield what is known about a finding besides its headline, in the order in which it is read."""
    for label, texts in _facts(finding):
        if texts:
            yield Fact(label, texts)


def _facts(finding: Finding) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "rule", (finding.rule,)
    yield "where", tuple(map(_leg_line, finding.legs))
    yield "node" if len(finding.nodes) == 1 else "nodes", finding.nodes
    if finding.certificate is not None:
        yield "certificate", (certificate_line(finding.certificate),)
    yield from _why(finding)
    yield from _product(finding)
    yield REMEDY, finding.remedy.steps
    yield "setting", tuple(map(str, finding.settings))
    yield "source", tuple(map(str, finding.sources))


def _leg_line(leg: LegRef) -> str:
    return f"leg {leg.id}, {leg.title}, port {leg.port}: {leg.initiator} -> {leg.acceptor}"


def _why(finding: Finding) -> Iterator[tuple[str, tuple[str, ...]]]:
    if finding.code is not None:
        yield "OpenSSL", (f"error {finding.code} at depth {finding.depth}: {codes.reason(finding.code)}",)
    if finding.explanation:
        yield "why", (finding.explanation,)
        return
    if finding.expected:
        yield "expected", (finding.expected,)
    if finding.found:
        yield "found", (finding.found,)


def _product(finding: Finding) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the product does and says; that its words are not known is told where it certainly says something."""
    if finding.effect is not None:
        yield "page", (finding.effect.value,)
    if finding.product_message:
        yield "product says", (finding.product_message,)
    elif finding.effect in {Effect.REFUSED, Effect.WARNS}:
        yield "product says", (NOT_PUBLISHED,)
    if finding.alarm is not None:
        yield "alarm", (str(finding.alarm),)
