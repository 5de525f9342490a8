"""The matrix of legs as a heat map: a table of HTML with a colour, and the word, for each state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element

from expressway_certs.matrix import Matrix, MatrixBlock, MatrixRow
from expressway_certs.product.legs import leg
from expressway_certs.rules.finding import Finding
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show.elements import element

Targets = Mapping[tuple[str, str, str], str]
"""The id on the page of the finding about a leg: by the leg's id, who opens it, and who answers."""

# So many pairs of nodes, with every leg up, are looked at by those who want to.
_MANY: Final = 12

STATE_CLASSES: Final = {
    State.UP: "up",
    State.WARNS: "warns",
    State.DOWN: "down",
    State.NOT_REACHED: "not-reached",
    State.NOT_CHECKED: "not-checked",
}


def targets(findings: Iterable[Finding], ids: Iterable[str]) -> Targets:
    """Return where each leg's first finding stands."""
    found: dict[tuple[str, str, str], str] = {}
    for finding, id_ in zip(findings, ids, strict=True):
        for one in finding.legs:
            found.setdefault((one.id, one.initiator, one.acceptor), id_)
    return found


def heat_map(matrix: Matrix, linked: Targets | None = None) -> Iterator[Element]:
    """Yield a table for each kind of pair, a row for each pair and a column for each leg; folded if long and dull."""
    for block in matrix.blocks:
        table = element("table", _head(block), *_bodies(block, linked or {}), class_="heat")
        # A wide table is scrolled by itself; what can be scrolled can be reached with the keyboard.
        scroll = element("div", table, class_="scroll", tabindex="0", role="region", aria_label=block.title)
        yield _folded(block, scroll) if _is_dull(block) else scroll
    if not matrix.blocks:
        yield element("p", "No legs.")


def _is_dull(block: MatrixBlock) -> bool:
    """Whether a table is long, and all that it says is that everything is up."""
    states = {row.state(leg_id) for row in block.rows for leg_id in block.leg_ids}
    return len(block.rows) > _MANY and states <= {State.UP, None}


def _folded(block: MatrixBlock, table: Element) -> Element:
    words = f"{block.title}: {len(block.rows)} pairs, all "
    return element("details", element("summary", words, state_pill(State.UP)), table)


def state_pill(state: State, text: str | None = None) -> Element:
    """Return a state as a word on its colour."""
    return element("span", text or state.value, class_=f"pill {STATE_CLASSES[state]}")


def _head(block: MatrixBlock) -> Element:
    heads = (
        element("th", element("span", one, class_="leg"), " ", leg(one).title, scope="col") for one in block.leg_ids
    )
    return element("thead", element("tr", element("th", block.title, scope="col"), heads))


def _bodies(block: MatrixBlock, linked: Targets) -> Iterator[Element]:
    """Yield the rows, in a group of its own for each node that opens connections where there are several."""
    for initiator, rows in groupby(block.rows, key=lambda row: row.initiator):
        first, *others = rows
        if not others:
            yield element("tbody", _row(block, first, f"{initiator} \u2192 {first.acceptor}", linked))
            continue
        head = element("tr", element("th", initiator, scope="rowgroup", colspan=len(block.leg_ids) + 1))
        yield element("tbody", head, (_row(block, row, f"\u2192 {row.acceptor}", linked) for row in (first, *others)))


def _row(block: MatrixBlock, row: MatrixRow, name: str, linked: Targets) -> Element:
    cells = (_cell(row, leg_id, linked) for leg_id in block.leg_ids)
    return element("tr", element("th", name, scope="row"), cells)


def _cell(row: MatrixRow, leg_id: str, linked: Targets) -> Element:
    state = row.state(leg_id)
    if state is None:
        return element("td")
    legs = [one for one in row.legs if one.leg.id == leg_id]
    why = "; ".join(dict.fromkeys(one.why for one in legs if one.why))
    found = next((linked[key] for key in map(_key, legs) if key in linked), None)
    word: str | Element = state.value if found is None else element("a", state.value, href=f"#{found}")
    return element("td", word, class_=STATE_CLASSES[state], title=why or None)


def _key(result: LegResult) -> tuple[str, str, str]:
    return result.leg.id, result.initiator, result.acceptor
