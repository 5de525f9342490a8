"""The command that says what a file is."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from expressway_certs.cli import common
from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, UsageError, complain
from expressway_certs.show.escape import write
from expressway_certs.show.verdicts import file_text
from expressway_certs.sources.files import identify
from expressway_certs.sources.save import save_text
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.report import FileReport


def _identify_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="FILE")
    add("--pem", action="store_true", help="print the PEM that Expressway takes, and the sentences to standard error")
    add("--out", type=Path, metavar="NEW", help="write that PEM into a new file; for one FILE only")
    add("--password-env", metavar="NAME", help="the environment variable with the password of a PKCS#12 file")


def _identify(arguments: argparse.Namespace) -> int:
    if arguments.out and len(arguments.files) > 1:
        raise UsageError("--out takes the PEM of one FILE; give them one at a time")
    password = _password(arguments.password_env)
    return max(_identify_one(path, password, arguments) for path in arguments.files)


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    if variable not in os.environ:
        raise UsageError(f"there is no environment variable {variable!r}, which --password-env names")
    return os.environ[variable]


def _identify_one(path: Path, password: str | None, arguments: argparse.Namespace) -> int:
    try:
        report = identify(path, password=password)
    except LoadError as error:
        return complain(error)
    write(file_text(report, width=common.width()), sys.stderr if arguments.pem else sys.stdout)
    _hand_back(report, arguments)
    return NOTHING_WRONG if report.is_ready else ERRORS_FOUND


def _hand_back(report: FileReport, arguments: argparse.Namespace) -> None:
    wanted = arguments.pem or arguments.out
    if report.pem is None:
        if wanted:
            write(f"{report.where}: there is no PEM to be made of it", sys.stderr)
    elif wanted:
        if arguments.pem:
            write(report.pem.removesuffix("\n"), sys.stdout)
        if arguments.out:
            save_text(arguments.out, report.pem)
    elif report.certificates and not report.is_ready:
        write("  (--pem prints it, --out NEW writes it into a file)", sys.stdout)


IDENTIFY = Command(
    name="identify",
    summary="say what a file is, and whether Expressway takes it",
    add_arguments=_identify_arguments,
    run=_identify,
)
