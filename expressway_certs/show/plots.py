"""Figures for a notebook or a document: how long certificates hold, what becomes of each leg, who meets whom.

They are `matplotlib` figures (extra ``plot``), made without the state of pyplot, so that none lingers and threads may
draw at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from expressway_certs.plan.forecast import Forecast
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import wanted
from expressway_certs.report import Report
from expressway_certs.rules.judging import State
from expressway_certs.show import inventory, layout
from expressway_certs.show.escape import brief
from expressway_certs.show.validity import Standing, Window, ending, standing
from expressway_certs.show.verdicts import certificate_name
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BARS: Final[dict[Standing, str]] = {"ok": "#2f8f3c", "soon": "#d08a00", "over": "#c9362b", "early": "#7a6bb8"}
_STATES: Final = {
    State.UP: "#2f8f3c",
    State.WARNS: "#d08a00",
    State.DOWN: "#c9362b",
    State.NOT_REACHED: "#9aa3ad",
    State.NOT_CHECKED: "#d5dae0",
}
_MARKS: Final = {State.UP: "", State.WARNS: "!", State.DOWN: "\u00d7", State.NOT_REACHED: "-", State.NOT_CHECKED: "?"}
_LONGEST: Final = 60
_INCH: Final = 0.24
# In days, which is how matplotlib counts time.
_SHORTEST: Final = 5.0


def timeline(of: Deployment | Forecast, *, at: datetime | None = None) -> Figure:
    """Draw how long each certificate holds that is shown, sent along or waits, and each CA of the Trusted CA lists.

    Of a forecast its events are drawn too, those in red with which a leg goes down. ``at`` (None: now, or the beginning
    of the forecast) is the line that bars are told by. Raises `ImportError` where matplotlib is not there.
    """
    wanted(Deployment | Forecast, of)
    deployment = of.deployment if isinstance(of, Forecast) else of
    instant = of.at if isinstance(of, Forecast) and at is None else clock.resolve(at)
    window = Window(instant)
    places = inventory.of_deployment(deployment)
    listed = sorted(places, key=ending, reverse=True)
    figure, axes = _drawing(9, 1.2 + _INCH * max(len(listed), 1))
    first, last = _number(window.start), _number(window.end)
    for row, certificate in enumerate(listed):
        start, end = (_number(one) for one in (certificate.not_before, certificate.not_after))
        start, end = max(start, first), min(end, last)
        colour = _BARS[standing(certificate, instant)]
        # A life that lies outside is a mark at the edge.
        axes.barh(row, max(end - start, _SHORTEST), left=min(start, last - _SHORTEST), height=0.6, color=colour)
    axes.set_yticks(range(len(listed)), [_bar_label(one, places[one]) for one in listed], fontsize=8)
    axes.set_xlim(first, last)
    axes.axvline(_number(instant), color="0.2", linewidth=1)
    for event in of.events if isinstance(of, Forecast) else ():
        axes.axvline(
            _number(event.at), color=_STATES[State.DOWN] if event.breaks else "0.6", linewidth=1, linestyle=":"
        )
    axes.xaxis_date()
    _frame(axes, f"{brief(deployment.name, _LONGEST)}: validity of certificates, as of {instant:%Y-%m-%d}")
    return figure


def matrix(report: Report) -> Figure:
    """Draw the legs of a report as a heat map: a row for each pair of nodes, a column for each leg.

    Raises `ImportError` where matplotlib is not there.
    """
    wanted(Report, report)
    rows = [(block, row) for block in report.matrix().blocks for row in block.rows]
    ids = list(dict.fromkeys(leg_id for block in report.matrix().blocks for leg_id in block.leg_ids))
    figure, axes = _drawing(3 + 0.45 * max(len(ids), 4), 1.2 + _INCH * max(len(rows), 1))
    for height, (block, row) in enumerate(rows):
        for leg_id in block.leg_ids:
            state = row.state(leg_id)
            if state is not None:
                _cell(axes, ids.index(leg_id), height, state)
    pairs = [f"{brief(row.initiator, _LONGEST)} → {brief(row.acceptor, _LONGEST)}" for _, row in rows]
    axes.set_yticks(range(len(rows)), pairs, fontsize=8)
    axes.set_xticks(range(len(ids)), ids, fontsize=8)
    axes.set_xlim(-0.5, max(len(ids), 1) - 0.5)
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.xaxis.tick_top()
    _legend(axes)
    _frame(axes, f"{brief(report.name, _LONGEST)}: legs, as of {report.at:%Y-%m-%d}")
    return figure


def topology(deployment: Deployment, report: Report | None = None) -> Figure:
    """Draw who meets whom: clients, Expressway-E, Expressway-C, and the servers behind it.

    With a ``report`` on the deployment each line has the colour of the worst leg between the two; without one the
    lines are those of the zones, to the servers and to the clients. Raises `ImportError` where matplotlib is not
    there.
    """
    wanted(Deployment, deployment)
    wanted(Report | None, report)
    drawn = layout.of(deployment, report)
    figure, axes = _drawing(10, 1.2 + 0.45 * drawn.height)
    for link in drawn.links:
        (x1, y1), (x2, y2) = drawn.spots[link.initiator], drawn.spots[link.acceptor]
        colour = "0.6" if link.state is None else _STATES[link.state]
        width = 2.2 if link.state is State.DOWN else 1.2
        axes.plot((x1, x2), (y1, y2), color=colour, linewidth=width, zorder=1)
    for name, (x, y) in drawn.spots.items():
        box = {"boxstyle": "round,pad=0.3", "facecolor": "#eef2f6", "edgecolor": "0.4"}
        text = brief(drawn.labels[name], _LONGEST)
        axes.text(x, y, text, ha="center", va="center", fontsize=8, color="0.1", bbox=box, zorder=2)
    axes.set_xlim(-0.5, len(layout.COLUMNS) - 0.5)
    axes.set_ylim(0, drawn.height + 0.8)
    for place, title in enumerate(layout.COLUMNS):
        axes.text(place, drawn.height + 0.3, title, ha="center", fontsize=9, fontweight="bold")
    if report is not None:
        _legend(axes)
    _frame(axes, brief(deployment.name, _LONGEST))
    axes.set_axis_off()
    return figure


def _drawing(width: float, height: float) -> tuple[Figure, Axes]:
    try:
        figures = import_module("expressway_certs.show.figure")
    except ImportError as error:
        raise ImportError("figures need matplotlib: pip install 'expressway_certs[plot]'") from error
    figure: Figure = figures.Figure(figsize=(width, min(height, 200)), layout="constrained")
    return figure, figure.subplots()


def _frame(axes: Axes, title: str) -> None:
    # A dollar sign in a name would begin a formula.
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts, axes.set_title(title, fontsize=10)):
        text.set_parse_math(False)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _number(instant: datetime) -> float:
    found: float = import_module("matplotlib.dates").date2num(instant)
    return found


def _bar_label(certificate: Certificate, places: Sequence[inventory.Place]) -> str:
    where = f", {places[0].node}" if places and places[0].kind != "listed" else ""
    return brief(f"{certificate_name(certificate)} ({certificate.role}{where})", _LONGEST)


def _cell(axes: Axes, column: int, row: int, state: State) -> None:
    patches: Any = import_module("matplotlib.patches")
    axes.add_patch(patches.Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, color=_STATES[state]))
    ink = "black" if state is State.NOT_CHECKED else "white"
    axes.text(column, row, _MARKS[state], ha="center", va="center", color=ink, fontsize=8)


def _legend(axes: Axes) -> None:
    patches: Any = import_module("matplotlib.patches")
    handles = [
        patches.Patch(color=colour, label=f"{_MARKS[state]} {state.value}".strip()) for state, colour in _STATES.items()
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)
