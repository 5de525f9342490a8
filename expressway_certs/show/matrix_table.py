"""The matrix of legs as text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from expressway_certs.matrix import Matrix, MatrixBlock, MatrixRow
from expressway_certs.product.legs import leg
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show.escape import plain
from expressway_certs.show.styles import STATE_STYLES

_USUAL: Final = 100


def as_text(matrix: Matrix, *, width: int = _USUAL) -> str:
    """Return the matrix as plain text, without a final line break."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_jupyter=False, legacy_windows=False)
    with console.capture() as capture:
        for block in blocks(matrix):
            console.print(block)
        for reason in reasons(one for block in matrix.blocks for row in block.rows for one in row.legs):
            console.print(reason)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


def blocks(matrix: Matrix) -> Iterator[RenderableType]:
    """Yield a table for each kind of pair, and below it what its columns are."""
    for number, block in enumerate(matrix.blocks):
        if number:
            yield Text()
        yield _table(block)
        yield Text(", ".join(f"{one}: {leg(one).title}" for one in block.leg_ids), style="dim")


def reasons(legs: Iterable[LegResult]) -> Iterator[Text]:
    """Yield why legs were not checked, each reason once for a leg; why one is down or warns, the findings tell."""
    unchecked = (result for result in legs if result.state is State.NOT_CHECKED and result.why)
    found = dict.fromkeys((result.leg.id, result.why) for result in unchecked)
    for leg_id, why in found:
        yield Text(f"leg {leg_id} not checked: {plain(why)}", style=STATE_STYLES[State.NOT_CHECKED])


def _table(block: MatrixBlock) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(Text(block.title), overflow="fold")
    for leg_id in block.leg_ids:
        table.add_column(Text(leg_id), overflow="fold")
    for row in block.rows:
        states = (row.state(leg_id) for leg_id in block.leg_ids)
        cells = (Text() if state is None else Text(state.value, style=STATE_STYLES[state]) for state in states)
        table.add_row(Text(_pair(row)), *cells)
    return table


def _pair(row: MatrixRow) -> str:
    return f"{plain(row.initiator)} -> {plain(row.acceptor)}"
