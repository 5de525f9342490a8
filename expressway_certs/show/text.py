"""A report as text for a person, with colour where the terminal has it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import Final, Literal, TextIO

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.text import Text

from expressway_certs.report import Report
from expressway_certs.rules.finding import OutcomeKind
from expressway_certs.show.escape import plain, write
from expressway_certs.show.findings import finding_block, in_order
from expressway_certs.show.legs import legs_block
from expressway_certs.show.styles import count_of, not_checked

_WIDEST: Final = 120
_USUAL: Final = 100


def render(report: Report, *, width: int = _USUAL) -> str:
    """Return a report as plain text in lines of ``width`` characters at most, without a final line break.

    Raises `ValueError` for a width without room for a character.
    """
    if width < 1:
        message = f"a line has one column or more, not {width}"
        raise ValueError(message)
    return _rendered(report, _console(io.StringIO(), color=False, width=width))


def print_report(
    report: Report, *, color: bool | None = None, file: TextIO | None = None, width: int | None = None
) -> None:
    """Print a report to ``file`` (None: standard output).

    ``color`` None: where the file is a terminal, unless the environment has NO_COLOR. ``width`` None: that of the
    terminal, or 100 where there is none.
    """
    out = sys.stdout if file is None else file
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    write(_rendered(report, _console(out, color=color, width=width)), out)


def _console(file: TextIO, *, color: bool | None, width: int | None) -> Console:
    console = Console(
        file=file,
        force_terminal=color,
        color_system=_COLOR_SYSTEMS[color],
        no_color=False if color else None,
        force_jupyter=False,
        legacy_windows=False,
    )
    console.width = _width(console) if width is None else width
    return console


_COLOR_SYSTEMS: Final[dict[bool | None, Literal["auto", "standard"] | None]] = {
    True: "standard",
    False: None,
    None: "auto",
}


def _width(console: Console) -> int:
    return min(console.width, _WIDEST) if console.is_terminal or "COLUMNS" in os.environ else _USUAL


def _rendered(report: Report, console: Console) -> str:
    with console.capture() as capture:
        for block in _blocks(report, console):
            console.print(block)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


def _blocks(report: Report, console: Console) -> Iterator[RenderableType]:
    # rich's own way to draw a line without special characters draws it with them.
    line = Rule(characters="-" if console.options.ascii_only else "\u2500", style="dim")
    yield Text(plain(report.name), style="bold")
    yield Text(f"as of {report.at:%Y-%m-%d %H:%M:%S} UTC: {count_of(report)}")
    yield from legs_block(report.legs, console.width)
    for number, finding in enumerate(in_order(report.findings), 1):
        yield Text()
        yield line
        yield from finding_block(number, finding)
    yield Text()
    yield line
    yield from _outcomes(report)
    yield _closing(report)


def _outcomes(report: Report) -> Iterator[Text]:
    """Yield how many rules ended how, and each that says nothing about the site, with the reason."""
    kinds = [outcome.kind for outcome in report.outcomes]
    counts = (f"{kinds.count(kind)} {kind.value}" for kind in OutcomeKind if kind in kinds)
    yield Text(f"Rules: {', '.join(counts) or 'none'}.")
    for outcome in report.outcomes:
        if outcome.kind in {OutcomeKind.NOT_RUN, OutcomeKind.CRASHED}:
            yield Text(f"  {outcome.rule} {outcome.kind.value}: {plain(outcome.why)}")


def _closing(report: Report) -> Text:
    counts = count_of(report)
    if report.errors:
        return Text(f"{counts}. Exit status 1: something will not work.", style="bold red")
    if not report.ok:
        return Text(f"{counts}. Exit status 1: a rule crashed, so that nothing is proven.", style="bold red")
    unknown = not_checked(report)
    style = "bold yellow" if unknown else "bold green"
    return Text(f"{counts}. Exit status 0: nothing was found at level error{unknown}.", style=style)
