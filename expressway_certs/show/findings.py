"""One finding as text: what, where, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from expressway_certs.rules.finding import Finding, Severity
from expressway_certs.show.escape import plain
from expressway_certs.show.facts import REMEDY, facts
from expressway_certs.show.legs import leg_order
from expressway_certs.show.styles import LABEL_STYLE, SEVERITY_STYLES

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
    for label, text in _labelled(finding):
        table.add_row(Text(label, style=LABEL_STYLE), Text(text))
    yield table


def _labelled(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the texts of each fact, the label beside the first of them."""
    for fact in facts(finding):
        for number, text in enumerate(fact.texts, 1):
            step = f"{number}. " if fact.label == REMEDY else ""
            yield fact.label if number == 1 else "", step + plain(text)
