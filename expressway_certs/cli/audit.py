"""The command that audits a site."""

from __future__ import annotations

import argparse

from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, add_at, print_json


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--no-color", action="store_true", help="print without colour, on a terminal too")
    add_at(parser)


def _audit(arguments: argparse.Namespace) -> int:
    # Judging one certificate should not wait for the test kit and for rich.
    from expressway_certs.pipeline import audit  # noqa: PLC0415
    from expressway_certs.show.text import print_report  # noqa: PLC0415
    from expressway_certs.testing.sample import sample_deployment  # noqa: PLC0415

    report = audit(sample_deployment(at=arguments.at), at=arguments.at)
    if arguments.json:
        print_json(report.to_dict())
    else:
        print_report(report, color=False if arguments.no_color else None)
    return NOTHING_WRONG if report.ok else ERRORS_FOUND


AUDIT = Command(name="audit", summary="audit the embedded sample site", add_arguments=_audit_arguments, run=_audit)
