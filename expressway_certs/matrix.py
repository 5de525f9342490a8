"""The legs of a report as a matrix: a row for each pair of nodes, a column for each leg between them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import attrs

from expressway_certs.rules.judging import LegResult, State
from expressway_certs.x509.notebook import as_html


@attrs.frozen(kw_only=True)
class MatrixRow:
    """A pair of nodes, and what became of each leg between them, by its id."""

    initiator: str
    acceptor: str
    legs: tuple[LegResult, ...]

    def state(self, leg_id: str) -> State | None:
        """Return what becomes of a leg, the worst of them where zones share the pair; None where there is none."""
        return worst_of(one.state for one in self.legs if one.leg.id == leg_id)


_WORST_FIRST = (State.DOWN, State.NOT_REACHED, State.NOT_CHECKED, State.WARNS, State.UP)


def worst_of(states: Iterable[State]) -> State | None:
    """Return the worst of several states; None where there are none."""
    return min(states, key=_WORST_FIRST.index, default=None)


@attrs.frozen(kw_only=True)
class MatrixBlock:
    """The pairs of one kind: from whom to whom, the ids of the legs in their columns, and the rows."""

    title: str
    leg_ids: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@attrs.frozen(kw_only=True, repr=False)
class Matrix:
    """The legs of a report, leg by pair of nodes. It prints as text, and as a table in a notebook.

    A leg that is opened from the other end stands in the row of its pair: the body of SIP SERVICE messages, which
    Expressway-E sends, beside the zone that Expressway-C opens.
    """

    blocks: tuple[MatrixBlock, ...]

    def state(self, leg_id: str, initiator: str, acceptor: str) -> State | None:
        """Return what becomes of a leg between two nodes, in either direction; None where there is none."""
        wanted = {initiator, acceptor}
        rows = (row for block in self.blocks for row in block.rows if {row.initiator, row.acceptor} == wanted)
        return next((found for row in rows if (found := row.state(leg_id)) is not None), None)

    def __str__(self) -> str:
        text: str = import_module("expressway_certs.show.matrix_table").as_text(self)
        return text

    _repr_html_ = as_html

    def __repr__(self) -> str:
        rows = sum(len(block.rows) for block in self.blocks)
        return f"<Matrix of {rows} pairs of nodes>"


def matrix_of(results: Iterable[LegResult]) -> Matrix:
    """Put legs into a matrix, in the order in which they come."""
    blocks: dict[frozenset[str], dict[frozenset[str], list[LegResult]]] = {}
    for result in results:
        kind = frozenset({result.leg.initiator.value, result.leg.acceptor.value})
        pair = frozenset({result.initiator, result.acceptor})
        blocks.setdefault(kind, {}).setdefault(pair, []).append(result)
    return Matrix(blocks=tuple(map(_block, blocks.values())))


def _block(pairs: dict[frozenset[str], list[LegResult]]) -> MatrixBlock:
    first = next(iter(pairs.values()))[0].leg
    ids = dict.fromkeys(one.leg.id for legs in pairs.values() for one in legs)
    rows = tuple(
        MatrixRow(initiator=legs[0].initiator, acceptor=legs[0].acceptor, legs=tuple(legs)) for legs in pairs.values()
    )
    return MatrixBlock(title=f"{first.initiator.value} to {first.acceptor.value}", leg_ids=tuple(ids), rows=rows)
