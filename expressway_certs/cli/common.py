"""What every command shares: its exit status, complaints, output, and arguments of one meaning."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.show.escape import plain, write
from expressway_certs.sources.site.errors import SiteError

NOTHING_WRONG: Final = 0
ERRORS_FOUND: Final = 1
COULD_NOT_RUN: Final = 2

_USUAL_WIDTH: Final = 100
_WIDEST: Final = 120
# What certificates can say, with room for the life of a CA on either side.
_YEARS: Final = range(1960, 9900)


@attrs.frozen(kw_only=True)
class Command:
    """A command: its name, what it does in one line, the arguments it adds, and how it runs to an exit status."""

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Arguments that are each right and together wrong."""


def complain(error: Exception) -> int:
    """Print why the command could not run, a line for each fault of a site, and return that exit status."""
    for one in (error, *(error.others if isinstance(error, SiteError) else ())):
        write(f"expressway-certs: {plain(one)}", sys.stderr)
    return COULD_NOT_RUN


def print_json(values: object) -> None:
    """Print values as JSON, in ASCII alone, so that no encoding of the output can spoil it."""
    write(json.dumps(values, indent=2), sys.stdout)


def width() -> int:
    """Return how wide the output is. What goes into a file or a pipe has the usual width, whatever the terminal is."""
    if "COLUMNS" not in os.environ and not (sys.stdout and sys.stdout.isatty()):
        return _USUAL_WIDTH
    return min(shutil.get_terminal_size((_USUAL_WIDTH, 0)).columns, _WIDEST)


def name(text: str) -> str:
    """Read an argument that is a name."""
    if not text:
        raise argparse.ArgumentTypeError("a name cannot be empty")
    return text


_JUDGE_AT: Final = "judge as of this ISO 8601 time (UTC unless it says; default: now)"


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says which site is looked at."""
    parser.add_argument(
        "site",
        type=Path,
        nargs="?",
        metavar="SITE",
        help="a folder with site.toml in it, or diagnostic log archives (default: the embedded sample)",
    )


def site(arguments: argparse.Namespace) -> Deployment:
    """Return the site that is looked at: the embedded sample where none is named."""
    from expressway_certs.testing.sample import sample_deployment  # noqa: PLC0415 - others do not wait for the test kit

    return sample_deployment(at=arguments.at) if arguments.site is None else Deployment.load(arguments.site)


def add_at(parser: argparse.ArgumentParser, words: str = _JUDGE_AT) -> None:
    """Add the argument that says as of when is judged."""
    parser.add_argument("--at", type=instant, metavar="TIME", help=words)


def instant(text: str) -> datetime:
    """Read an argument that is a time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time as in 2026-11-24 or 2026-11-24T12:00:00Z") from None
    if found.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not between {_YEARS[0]} and {_YEARS[-1]}")
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)
