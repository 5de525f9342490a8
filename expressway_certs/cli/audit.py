"""The command that audits a site."""

from __future__ import annotations

import argparse
from pathlib import Path

from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, add_at, print_json
from expressway_certs.product.deployment import Deployment


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "site",
        type=Path,
        nargs="?",
        metavar="SITE",
        help="a folder with site.toml in it (default: the embedded sample)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--no-color", action="store_true", help="print without colour, on a terminal too")
    add_at(parser)


def _audit(arguments: argparse.Namespace) -> int:
    # Judging one certificate should not wait for the test kit and for rich.
    from expressway_certs.pipeline import audit  # noqa: PLC0415
    from expressway_certs.show.text import print_report  # noqa: PLC0415

    report = audit(_site(arguments), at=arguments.at)
    if arguments.json:
        print_json(report.to_dict())
    else:
        print_report(report, color=False if arguments.no_color else None)
    return NOTHING_WRONG if report.ok else ERRORS_FOUND


def _site(arguments: argparse.Namespace) -> Deployment:
    from expressway_certs.testing.sample import sample_deployment  # noqa: PLC0415

    return sample_deployment(at=arguments.at) if arguments.site is None else Deployment.load(arguments.site)


AUDIT = Command(name="audit", summary="audit a site", add_arguments=_audit_arguments, run=_audit)
