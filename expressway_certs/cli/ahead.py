"""The commands that look ahead: what will happen to a site, and how a certificate on it is replaced."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from expressway_certs.cli import common
from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, UsageError, add_at
from expressway_certs.show.escape import write
from expressway_certs.x509.certificate import Certificate, load_certificates

_USUAL_LEAD: Final = 30


def _forecast_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_site(parser)
    parser.add_argument("--until", type=common.instant, metavar="TIME", help="look no further (default: to the end)")
    parser.add_argument(
        "--lead-days",
        type=int,
        default=_USUAL_LEAD,
        metavar="DAYS",
        help=f"how long before an end one has to begin (default: {_USUAL_LEAD})",
    )
    add_at(parser, "begin at this ISO 8601 time (UTC unless it says; default: now)")


def _forecast(arguments: argparse.Namespace) -> int:
    from expressway_certs.plan.forecast import forecast  # noqa: PLC0415 - judging one certificate should not wait for it

    site = common.site(arguments)
    try:
        found = forecast(site, until=arguments.until, lead_time=timedelta(days=arguments.lead_days), at=arguments.at)
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error)) from error
    write(found.to_text(width=common.width()), sys.stdout)
    return ERRORS_FOUND if found.overdue else NOTHING_WRONG


def _plan_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("site", type=Path, metavar="SITE", help="a folder with site.toml in it")
    add("node", type=common.name, metavar="NODE", help="the name of the Expressway, or of the server behind it")
    add("certificate", type=Path, metavar="CERTIFICATE", help="its new certificate")
    add("--store", type=common.name, default="server", help='"server" (the default), "client", "tomcat", and others')
    for option, words in (("--ca", "CA certificates that came with it"), ("--retire", "CA certificates that shall go")):
        add(option, type=Path, action="append", default=[], metavar="FILE", help=f"{words}; repeatable")
    add_at(parser)


def _plan(arguments: argparse.Namespace) -> int:
    from expressway_certs.plan.renewal import plan_renewal  # noqa: PLC0415 - judging one certificate should not wait

    site, new = common.site(arguments), Certificate.load(arguments.certificate)
    cas, gone = (
        [one for path in paths for one in load_certificates(path)] for paths in (arguments.ca, arguments.retire)
    )
    try:
        plan = plan_renewal(site, arguments.node, new, store=arguments.store, cas=cas, retire=gone, at=arguments.at)
    except ValueError as error:
        raise UsageError(str(error)) from error
    write(plan.to_text(width=common.width()), sys.stdout)
    return NOTHING_WRONG if plan.ok else ERRORS_FOUND


FORECAST = Command(
    name="forecast",
    summary="say what will go down by itself, and when",
    add_arguments=_forecast_arguments,
    run=_forecast,
)
PLAN = Command(name="plan", summary="plan how a certificate is replaced", add_arguments=_plan_arguments, run=_plan)
