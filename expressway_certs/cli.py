"""The command: argparse over the public names."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

from expressway_certs import __version__
from expressway_certs.show.escape import plain, write
from expressway_certs.show.verdicts import file_text, verdict_text, verdict_values
from expressway_certs.sources.files import identify
from expressway_certs.sources.save import save_text
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.report import FileReport
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verify import verify

NOTHING_WRONG: Final = 0
ERRORS_FOUND: Final = 1
COULD_NOT_RUN: Final = 2
# As a shell counts them: 128 and the number of the signal.
INTERRUPTED: Final = 130
OUTPUT_CLOSED: Final = 141

_USUAL_WIDTH: Final = 100
_WIDEST: Final = 120
# What certificates can say, with room for the life of a CA on either side.
_YEARS: Final = range(1960, 9900)
_STATUS: Final = """\
exit status:
  0  it ran, and nothing was found at level error: trusted, or ready to upload as it is
  1  it ran and found errors: not trusted, or not what Expressway takes as it is
  2  it could not run: a file that cannot be read, or a wrong argument
"""


class _UsageError(Exception):
    """Arguments that are each right and together wrong."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with ``argv`` (None: the arguments of the process) and return its exit status.

    >>> main(["verify", "leaf.pem", "--trust", "root.pem", "--presented", "intermediate.pem"])
    OK: 'expe1.example.com' is trusted: it chains to 'Example Root CA' in the trust store 'root.pem'.
    ...
    0
    """
    try:
        status = _run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return _without_output(OUTPUT_CLOSED)
    except OSError as error:
        write(f"expressway-certs: the output could not be written: {error.strerror}", sys.stderr)
        return _without_output(COULD_NOT_RUN)
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _without_output(status: int) -> int:
    # Python would complain once more when it flushes at its end.
    sys.stdout = None
    return status


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else NOTHING_WRONG
    except (LoadError, _UsageError) as error:
        return _complain(error)


def _complain(error: Exception) -> int:
    write(f"expressway-certs: {plain(error)}", sys.stderr)
    return COULD_NOT_RUN


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are fit for a terminal: an argument may be the name of a file, put there by a shell."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the complaint, and exit with status 2."""
        super().error(plain(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="expressway-certs",
        description="Prove that an Expressway certificate change will work before anyone uploads it.",
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"expressway_certs {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, add, run, summary in (
        ("audit", _audit_arguments, _audit, "audit the embedded sample site"),
        ("verify", _verify_arguments, _verify, "judge a certificate as OpenSSL does"),
        ("identify", _identify_arguments, _identify, "say what a file is, and whether Expressway takes it"),
    ):
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=_STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add(command)
        command.set_defaults(run=run)
    return parser


def _width() -> int:
    # What goes into a file or a pipe has the usual one, whatever the terminal is.
    if "COLUMNS" not in os.environ and not (sys.stdout and sys.stdout.isatty()):
        return _USUAL_WIDTH
    return min(shutil.get_terminal_size((_USUAL_WIDTH, 0)).columns, _WIDEST)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time as in 2026-11-24 or 2026-11-24T12:00:00Z") from None
    if found.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not between {_YEARS[0]} and {_YEARS[-1]}")
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def _name(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("a name cannot be empty")
    return text


def _add_at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", type=_instant, metavar="TIME", help="judge as of this ISO 8601 time (UTC unless it says; default: now)"
    )


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--no-color", action="store_true", help="print without colour, on a terminal too")
    _add_at(parser)


def _audit(arguments: argparse.Namespace) -> int:
    # Judging one certificate should not wait for the test kit and for rich.
    from expressway_certs.pipeline import audit  # noqa: PLC0415
    from expressway_certs.show.text import print_report  # noqa: PLC0415
    from expressway_certs.testing.sample import sample_deployment  # noqa: PLC0415

    report = audit(sample_deployment(at=arguments.at), at=arguments.at)
    if arguments.json:
        _print_json(report.to_dict())
    else:
        print_report(report, color=False if arguments.no_color else None)
    return NOTHING_WRONG if report.ok else ERRORS_FOUND


def _print_json(values: object) -> None:
    # ASCII alone, so that no encoding of the output can spoil it.
    write(json.dumps(values, indent=2), sys.stdout)


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("leaf", type=Path, metavar="LEAF", help="the certificate to judge")
    add(
        "--trust", type=Path, action="append", required=True, metavar="FILE", help="trusted CA certificates; repeatable"
    )
    add(
        "--presented",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what the peer sends along; repeatable",
    )
    add(
        "--name",
        type=_name,
        action="append",
        default=[],
        help="a host name or IP address that was asked for; repeatable, one must match",
    )
    add("--purpose", choices=("server", "client"), help="what the certificate is shown as")
    _add_at(parser)
    add("--partial-chain", action="store_true", help="let any trusted certificate end the chain, not only a root")
    add("--security-level", type=int, choices=range(6), default=1, help="OpenSSL's security level (default: 1)")
    add("--openssl", choices=("3.0", "1.1.1"), default="3.0", help="whose verdict (default: 3.0)")
    add(
        "--crl",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a certificate revocation list; repeatable",
    )
    add("--crl-check", choices=("leaf", "all"), help="what CRLs are wanted for (default: leaf with --crl, else none)")
    add("--json", action="store_true", help="print the verdict as JSON")


def _verify(arguments: argparse.Namespace) -> int:
    trust = TrustStore(_load_all(arguments.trust), name=", ".join(map(str, arguments.trust)))
    verdict = verify(_load_leaf(arguments.leaf), trust, _load_all(arguments.presented), _policy(arguments))
    if arguments.json:
        _print_json(verdict_values(verdict))
    else:
        write(verdict_text(verdict, width=_width()), sys.stdout)
    return NOTHING_WRONG if verdict.ok else ERRORS_FOUND


def _load_all(paths: Sequence[Path]) -> list[Certificate]:
    return [certificate for path in paths for certificate in load_certificates(path)]


def _load_leaf(path: Path) -> Certificate:
    found = load_certificates(path)
    if len(found) != 1:
        raise LoadError(
            "one certificate is to be judged",
            found=f"{len(found)}",
            where=plain(path),
            remedy="give a file with that one alone; the others can follow --presented or --trust",
        )
    return found[0]


def _policy(arguments: argparse.Namespace) -> VerifyPolicy:
    return VerifyPolicy(
        purpose=arguments.purpose,
        names=arguments.name,
        at=arguments.at,
        partial_chain=arguments.partial_chain,
        security_level=arguments.security_level,
        crls=[RevocationList.load(path) for path in arguments.crl],
        crl_check=arguments.crl_check or ("leaf" if arguments.crl else None),
        openssl=arguments.openssl,
    )


def _identify_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="FILE")
    add("--pem", action="store_true", help="print the PEM that Expressway takes, and the sentences to standard error")
    add("--out", type=Path, metavar="NEW", help="write that PEM into a new file; for one FILE only")
    add("--password-env", metavar="NAME", help="the environment variable with the password of a PKCS#12 file")


def _identify(arguments: argparse.Namespace) -> int:
    if arguments.out and len(arguments.files) > 1:
        raise _UsageError("--out takes the PEM of one FILE; give them one at a time")
    password = _password(arguments.password_env)
    return max(_identify_one(path, password, arguments) for path in arguments.files)


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    if variable not in os.environ:
        raise _UsageError(f"there is no environment variable {variable!r}, which --password-env names")
    return os.environ[variable]


def _identify_one(path: Path, password: str | None, arguments: argparse.Namespace) -> int:
    try:
        report = identify(path, password=password)
    except LoadError as error:
        return _complain(error)
    write(file_text(report, width=_width()), sys.stderr if arguments.pem else sys.stdout)
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
