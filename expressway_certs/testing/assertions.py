"""Assertions for tests: what fails says so with the whole report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NoReturn

import attrs

from expressway_certs.pipeline import Pipeline, check_trusted_ca_upload, check_tunnels, check_upload, check_zone
from expressway_certs.product.deployment import Deployment, Page
from expressway_certs.product.fields import one_of, wanted
from expressway_certs.product.legs import TUNNEL_LEGS, ZONE_LEGS
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.report import Report
from expressway_certs.rules.finding import OutcomeKind, Severity
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.rules.rule import Stage
from expressway_certs.x509.certificate import Source

Level = Severity | Literal["info", "warning", "error"]

_UP = frozenset({State.UP, State.WARNS})


def assert_upload_accepted(
    file: Source,
    onto: Expressway,
    private_key: Source | None = None,
    store: Page = "server",
    *,
    deployment: Deployment | None = None,
    at: datetime | None = None,
) -> Report:
    """Fail unless the page of Expressway takes a file and nothing at error level comes of it; return the report.

    ``store`` is the page: "server", "client" or "trusted-ca". With the ``deployment`` that the node stands in, what
    the file does to that counts too. Warnings do not: ask `assert_no_findings` with the report.

    >>> from expressway_certs.testing import CertificateFactory, assert_upload_accepted, make_site
    >>> site, factory = make_site(), CertificateFactory(seed=1)
    >>> stranger = factory.leaf(factory.root("Unknown CA"), "expe1.example.com", key="rsa")
    >>> assert_upload_accepted(stranger.pem, site.expressway("expe1.example.com"))
    Traceback (most recent call last):
    AssertionError: expe1.example.com (X14.2) does not accept the file...
    """
    __tracebackhide__ = True
    if store == "trusted-ca":
        if private_key is not None:
            raise TypeError("the page Trusted CA certificate takes no private key file")
        report = check_trusted_ca_upload(file, onto, deployment=deployment, at=at)
    else:
        report = check_upload(file, onto, private_key, store, deployment=deployment, at=at)
    if not report.ok or report.after is None:
        _fail(f"{onto.name} ({onto.release}) does not accept the file{_messages(report)}", report)
    return report


def assert_zone_active(zone: Zone | Deployment, *, at: datetime | None = None) -> Report:
    """Fail unless every Expressway-C of a traversal zone comes up with every Expressway-E; return the report.

    In place of the zone it takes a deployment, and looks at all its traversal zones. A leg that cannot be judged, for
    a certificate is not given, fails too.
    """
    __tracebackhide__ = True
    wanted(Zone | Deployment, zone)
    report = check_zone(zone, at=at) if isinstance(zone, Zone) else _run(zone, Stage.TRAVERSAL, at)
    _need_legs(zone, report, ZONE_LEGS, "is not active")
    return report


def assert_tunnels_up(zone: Zone | Deployment, *, at: datetime | None = None) -> Report:
    """Fail unless every SSH tunnel of a Unified Communications zone comes up; return the report.

    In place of the zone it takes a deployment, and looks at all its zones, with what its DNS says.
    """
    __tracebackhide__ = True
    wanted(Zone | Deployment, zone)
    report = check_tunnels(zone, at=at) if isinstance(zone, Zone) else _run(zone, Stage.TUNNELS, at)
    _need_legs(zone, report, TUNNEL_LEGS, "does not have its SSH tunnels up")
    return report


def assert_no_findings(report: Report, at_least: Level = "warning") -> None:
    """Fail where a report has findings of that severity or above, or a rule crashed."""
    __tracebackhide__ = True
    wanted(Report, report)
    if not isinstance(at_least, Severity):
        one_of(at_least, (one.value for one in Severity), "level")
    least = Severity(at_least)
    found = [one for one in report.findings if not one.severity < least]
    if found:
        _fail(
            f"{_count(len(found))} at {least.value} level or above in {report.name!r}{_messages(report, least)}", report
        )
    crashed = [one.rule for one in report.outcomes if one.kind is OutcomeKind.CRASHED]
    if crashed:
        _fail(f"rules crashed on {report.name!r}: {', '.join(crashed)}", report)


def _run(deployment: Deployment, stage: Stage, at: datetime | None) -> Report:
    zones = [zone for zone in deployment.zones if zone.kind.is_traversal]
    return Pipeline(stages=[Stage.MODEL, stage]).run(attrs.evolve(deployment, zones=zones), at=at)


def _need_legs(zone: Zone | Deployment, report: Report, leg_ids: Iterable[str], what: str) -> None:
    __tracebackhide__ = True
    wanted = set(leg_ids)
    legs = [result for result in report.legs if result.leg.id in wanted]
    down = [result for result in legs if result.state not in _UP]
    if not legs:
        raise AssertionError(f"{zone.name} has no such legs: it is no Unified Communications zone, or has none")
    if down or not report.ok:
        _fail(f"{zone.name} {what}: {_places(down)}{_messages(report)}", report)


def _places(down: list[LegResult]) -> str:
    return ", ".join(f"{one.initiator} -> {one.acceptor} {one.state.value}" for one in down) or "errors were found"


def _messages(report: Report, least: Severity = Severity.ERROR) -> str:
    return "".join(f"\n  {one.rule}: {one.message}" for one in report.findings if not one.severity < least)


def _count(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _fail(message: str, report: Report) -> NoReturn:
    __tracebackhide__ = True
    raise AssertionError(f"{message}\n\n{report.to_text()}")
