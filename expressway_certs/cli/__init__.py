"""The command: argparse over the public names, one module for each command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from expressway_certs import __version__
from expressway_certs.cli.ahead import FORECAST, PLAN
from expressway_certs.cli.audit import AUDIT
from expressway_certs.cli.common import COULD_NOT_RUN, NOTHING_WRONG, UsageError, complain
from expressway_certs.cli.identify import IDENTIFY
from expressway_certs.cli.init import INIT
from expressway_certs.cli.probe import PROBE
from expressway_certs.cli.verify import VERIFY
from expressway_certs.show.escape import plain, write
from expressway_certs.x509.errors import LoadError

COMMANDS: Final = (AUDIT, FORECAST, PLAN, INIT, VERIFY, IDENTIFY, PROBE)

# As a shell counts them: 128 and the number of the signal.
INTERRUPTED: Final = 130
OUTPUT_CLOSED: Final = 141

_STATUS: Final = """\
exit status:
  0  it ran, and nothing was found at level error: trusted, or ready to upload as it is
  1  it ran and found errors: not trusted, or not what Expressway takes as it is
  2  it could not run: a file that cannot be read, a server without a chain, or a wrong argument
"""


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
    except (LoadError, UsageError) as error:
        return complain(error)


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
    for command in COMMANDS:
        adding = commands.add_parser(
            command.name,
            help=command.summary,
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
            epilog=_STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(adding)
        adding.set_defaults(run=command.run)
    return parser
