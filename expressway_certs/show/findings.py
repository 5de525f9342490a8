"""One finding as text: what, where, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from expressway_certs.rules.finding import Effect, Finding, LegRef, Severity
from expressway_certs.show.escape import plain
from expressway_certs.show.legs import leg_order
from expressway_certs.show.styles import LABEL_STYLE, SEVERITY_STYLES
from expressway_certs.show.verdicts import certificate_line
from expressway_certs.x509 import codes

_SEVERITIES = tuple(Severity)
_LABEL_WIDTH = 12


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings as they are read: the worst first, then by leg; those of an upload come before any leg."""
    return sorted(findings, key=_key)


def _key(finding: Finding) -> tuple[int, tuple[int, str]]:
    legs = min((leg_order(leg.id) for leg in finding.legs), default=(-1, ""))
    return _SEVERITIES.index(finding.severity), legs


def finding_block(number: int, finding: Finding) -> Iterator[RenderableType]:
    """Yield a finding: its headline, and a table of everything known about it."""
    headline = Text.assemble(
        (f"{number}. {finding.severity.value.upper()}", SEVERITY_STYLES[finding.severity]),
        "  ",
        (plain(finding.message), "bold"),
    )
    yield headline
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, width=_LABEL_WIDTH)
    table.add_column(overflow="fold", ratio=1)
    for label, value in _rows(finding):
        table.add_row(Text(label, style=LABEL_STYLE), Text(value))
    yield table


def _rows(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "rule", finding.rule
    yield from _labelled("where", map(_leg_line, finding.legs))
    yield from _labelled("node" if len(finding.nodes) == 1 else "nodes", map(plain, finding.nodes))
    if finding.certificate is not None:
        yield "certificate", certificate_line(finding.certificate)
    yield from _why(finding)
    yield from _product(finding)
    steps = (f"{number}. {plain(step)}" for number, step in enumerate(finding.remedy.steps, 1))
    yield from _labelled("remedy", steps)
    yield from _labelled("setting", map(str, finding.settings))
    yield from _labelled("source", (plain(source) for source in finding.sources))


def _leg_line(leg: LegRef) -> str:
    return f"leg {leg.id}, {leg.title}, port {leg.port}: {plain(leg.initiator)} -> {plain(leg.acceptor)}"


def _why(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.code is not None:
        yield "OpenSSL", f"error {finding.code} at depth {finding.depth}: {codes.reason(finding.code)}"
    if finding.explanation:
        yield "why", plain(finding.explanation)
        return
    if finding.expected:
        yield "expected", plain(finding.expected)
    if finding.found:
        yield "found", plain(finding.found)


def _product(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what the product does and says; that its words are not known is told where it certainly says something."""
    if finding.effect is not None:
        yield "page", finding.effect.value
    if finding.product_message:
        yield "product says", plain(finding.product_message)
    elif finding.effect in {Effect.REFUSED, Effect.WARNS}:
        yield "product says", "words that are not published; those above are ours"
    if finding.alarm is not None:
        yield "alarm", str(finding.alarm)


def _labelled(label: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the values, the label beside the first of them."""
    for value in values:
        yield label, value
        label = ""
