"""The colours of a report, and how it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from expressway_certs.report import Report
from expressway_certs.rules.finding import Severity
from expressway_certs.rules.judging import State

SEVERITY_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold blue"}
STATE_STYLES: Final = {
    State.UP: "green",
    State.DOWN: "bold red",
    State.WARNS: "yellow",
    State.NOT_REACHED: "dim",
    State.NOT_CHECKED: "dim",
}
LABEL_STYLE: Final = "cyan"


def number_of(things: Sequence[object], noun: str) -> str:
    """Return how many there are, in words: "no errors", "1 error", "2 errors"."""
    return f"{len(things) or 'no'} {noun}{'' if len(things) == 1 else 's'}"


def count_of(report: Report) -> str:
    """Return how many errors and warnings a report has, in words."""
    return f"{number_of(report.errors, 'error')}, {number_of(report.warnings, 'warning')}"


def answer(report: Report) -> str:
    """Return a report in a sentence."""
    if report.errors:
        return f"{count_of(report)}: something will not work."
    if not report.ok:
        return f"{count_of(report)}, and a rule crashed, so that nothing is proven."
    return f"{count_of(report)}: nothing was found at level error{not_checked(report)}."


def not_checked(report: Report) -> str:
    """Return how many legs nothing is known about, for the end of a sentence; an empty text where there are none."""
    count = sum(result.state is State.NOT_CHECKED for result in report.legs)
    return f"; {count} of {number_of(report.legs, 'leg')} not checked" if count else ""
