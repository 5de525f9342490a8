"""The legs of a report as a compact table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from expressway_certs.matrix import matrix_of
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show.escape import plain
from expressway_certs.show.matrix_table import blocks, reasons
from expressway_certs.show.styles import STATE_STYLES

_COLUMNS: Final = ("leg", "connection", "port", "from", "to", "state")
_GAP: Final = 2
_INDENT: Final = 2
# More legs than this are easier to read as a matrix than one below the other.
_MANY: Final = 24


def leg_order(leg_id: str) -> tuple[int, str]:
    """Return the key by which the ids of legs are sorted: "2" before "6a" before "10"."""
    digits, rest = re.fullmatch(r"(\d*)(.*)", leg_id, re.DOTALL).groups()  # type: ignore[union-attr]
    return int(digits or 0), rest


def by_reason(legs: Iterable[LegResult]) -> list[list[LegResult]]:
    """Return the legs that are not up, those of one id, state and reason together, in the order of the ids."""
    others = sorted((one for one in legs if one.state is not State.UP), key=_reason)
    return [list(group) for _, group in groupby(others, key=_reason)]


def _reason(result: LegResult) -> tuple[tuple[int, str], str, str]:
    return leg_order(result.leg.id), result.state.value, result.why


def legs_block(legs: Sequence[LegResult], width: int) -> Iterator[RenderableType]:
    """Yield the legs, each with its two sides and its state; nothing where there are none."""
    if not legs:
        return
    yield Text()
    yield Text("Legs", style="bold")
    if len(legs) > _MANY:
        yield from map(_indented, blocks(matrix_of(legs)))
        yield from map(_indented, reasons(legs))
        return
    ordered = sorted(legs, key=lambda result: leg_order(result.leg.id))
    rows = [_cells(result) for result in ordered]
    # Where the columns would be so narrow that names break, each connection gets lines of its own.
    if _INDENT + _width_of([_COLUMNS, *rows]) <= width:
        yield _indented(_table(ordered, rows))
    else:
        yield from map(_indented, _in_lines(ordered))
    yield from map(_indented, reasons(ordered))


def _indented(block: RenderableType) -> Padding:
    return Padding(block, (0, 0, 0, _INDENT))


def _cells(result: LegResult) -> tuple[str, ...]:
    leg = result.leg
    sides = (plain(result.initiator), f"-> {plain(result.acceptor)}")
    return (leg.id, leg.title, str(leg.port), *sides, result.state.value)


def _width_of(rows: Sequence[tuple[str, ...]]) -> int:
    return sum(max(map(cell_len, column)) + _GAP for column in zip(*rows, strict=True)) - _GAP


def _table(legs: Sequence[LegResult], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for title in _COLUMNS:
        table.add_column(Text(title), justify="right" if title == "port" else "left")
    before = ""
    for result, (*named, initiator, acceptor, _) in zip(legs, rows, strict=True):
        shown = named if result.leg.id != before else [""] * len(named)
        before = result.leg.id
        table.add_row(*map(Text, (*shown, initiator, acceptor)), _state(result))
    return table


def _in_lines(legs: Sequence[LegResult]) -> Iterator[RenderableType]:
    for leg, results in groupby(legs, key=lambda result: result.leg):
        yield Text(f"{leg.id} {leg.title}, port {leg.port}")
        for result in results:
            sides = f"{plain(result.initiator)} -> {plain(result.acceptor)}: "
            yield _indented(Text(sides).append_text(_state(result)))


def _state(result: LegResult) -> Text:
    return Text(result.state.value, style=STATE_STYLES[result.state])
