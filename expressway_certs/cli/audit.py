"""The command that audits a site."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from expressway_certs.cli import common
from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, add_at
from expressway_certs.report import Report
from expressway_certs.show.escape import write
from expressway_certs.sources.save import save_text


def _json(report: Report) -> str:
    # ASCII alone, as is HTML and XML below, so that no encoding of the output can spoil it.
    return json.dumps(report.to_dict(), indent=2)


def _html(report: Report) -> str:
    return _in_ascii(report.to_html())


def _junit(report: Report) -> str:
    return _in_ascii(report.to_junit())


def _in_ascii(markup: str) -> str:
    return markup.encode("ascii", "xmlcharrefreplace").decode("ascii")


_FORMS: Final[dict[str, Callable[[Report], str]]] = {
    "text": Report.to_text,
    "json": _json,
    "markdown": Report.to_markdown,
    "html": _html,
    "junit": _junit,
    "sarif": Report.to_sarif,
}


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_site(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=_FORMS, default="text", help="the form of the report (default: text)")
    form.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument("--out", type=Path, metavar="NEW", help="write the report into a new file")
    parser.add_argument("--no-color", action="store_true", help="print without colour, on a terminal too")
    add_at(parser)


def _audit(arguments: argparse.Namespace) -> int:
    # Judging one certificate should not wait for the test kit and for rich.
    from expressway_certs.pipeline import audit  # noqa: PLC0415
    from expressway_certs.show.text import print_report  # noqa: PLC0415

    report = audit(common.site(arguments), at=arguments.at)
    if arguments.out is None and arguments.format == "text":
        print_report(report, color=False if arguments.no_color else None)
        return _status(report)
    text = _FORMS[arguments.format](report).removesuffix("\n")
    if arguments.out is None:
        write(text, sys.stdout)
    else:
        save_text(arguments.out, text + "\n", encoding="utf-8")
    return _status(report)


def _status(report: Report) -> int:
    return NOTHING_WRONG if report.ok else ERRORS_FOUND


AUDIT = Command(name="audit", summary="audit a site", add_arguments=_audit_arguments, run=_audit)
