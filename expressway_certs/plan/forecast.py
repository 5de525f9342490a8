"""What time will bring: every instant at which a leg or a finding changes, and by when to act."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import Final

import attrs

from expressway_certs.pipeline import Pipeline
from expressway_certs.plan.instants import instants
from expressway_certs.plan.leg_change import LegChange, leg_changes
from expressway_certs.product.calendar import CALENDAR, PolicyDate
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import wanted
from expressway_certs.product.lifetimes import is_public
from expressway_certs.report import Report
from expressway_certs.rules import ALL_RULES
from expressway_certs.rules.finding import Finding, Severity
from expressway_certs.rules.in_place import FORETOLD_RULES
from expressway_certs.x509 import clock

# That a certificate in place ends soon is what a forecast itself tells, with the day to act by; and a CA in a list that
# nothing rests on may end when it likes.
_AUDITED: Final = Pipeline(rules=[rule for rule in ALL_RULES if rule not in FORETOLD_RULES])

DEFAULT_LEAD_TIME: Final = timedelta(days=30)
"""How long before something goes down one has to begin: our own choice."""


@attrs.frozen(kw_only=True, repr=False)
class ForecastEvent:
    """An instant at which something changes by itself: why, which legs, and which findings begin and end.

    ``report`` is the audit from then on. ``act_by`` is the last instant at which there is time enough left
    to keep a leg from going down, or an error about no leg from coming up; None where neither does.
    """

    at: datetime
    causes: tuple[str, ...]
    legs: tuple[LegChange, ...]
    begun: tuple[Finding, ...]
    ended: tuple[Finding, ...]
    report: Report
    act_by: datetime | None = None

    @property
    def breaks(self) -> tuple[LegChange, ...]:
        """The legs that go down."""
        return tuple(one for one in self.legs if one.breaks)

    @property
    def mends(self) -> tuple[LegChange, ...]:
        """The legs that come up."""
        return tuple(one for one in self.legs if one.mends)

    def __repr__(self) -> str:
        return f"<ForecastEvent {self.at:%Y-%m-%d %H:%M:%S} {len(self.breaks)} legs down, {len(self.mends)} up>"


@attrs.frozen(kw_only=True, repr=False)
class Forecast:
    """What becomes of a ``deployment`` to which nothing is done, from ``at`` until ``until``.

    ``report`` is the audit at ``at``; ``events`` are the instants at which anything changes, in order. ``calendar`` are
    the dates of public CAs in that time, where a node has a public certificate. ``lead_time`` is what acting takes.
    """

    name: str
    at: datetime
    until: datetime
    lead_time: timedelta
    report: Report
    events: tuple[ForecastEvent, ...]
    calendar: tuple[PolicyDate, ...] = ()
    deployment: Deployment = attrs.field(repr=False)

    @property
    def act_by(self) -> datetime | None:
        """The last instant at which all that is to come can still be kept from coming; None where nothing is."""
        return min((event.act_by for event in self.events if event.act_by is not None), default=None)

    @property
    def overdue(self) -> tuple[ForecastEvent, ...]:
        """The events for which there is less than the lead time left."""
        return tuple(event for event in self.events if event.act_by is not None and event.act_by < self.at)

    def report_at(self, at: datetime) -> Report:
        """Return the audit that holds at an aware instant: that of the last event before it, or of the beginning.

        Its legs have the states, and its errors the rules, of an audit at that very instant. Raises `ValueError` for an
        instant outside the forecast.
        """
        instant = clock.resolve(at)
        if not self.at <= instant <= self.until:
            message = f"{instant.isoformat()} is not within {self.at.isoformat()} and {self.until.isoformat()}"
            raise ValueError(message)
        passed = bisect_right([event.at for event in self.events], instant)
        return self.events[passed - 1].report if passed else self.report

    def to_text(self, *, width: int = 100) -> str:
        """Return the forecast as plain text, ``width`` columns wide."""
        text: str = import_module("expressway_certs.show.forecast").forecast_text(self, width=width)
        return text

    def __str__(self) -> str:
        return self.to_text()

    def __bool__(self) -> bool:
        message = "a forecast is not a truth value; ask forecast.events or forecast.act_by"
        raise TypeError(message)

    def __repr__(self) -> str:
        first = f", act by {self.act_by:%Y-%m-%d}" if self.act_by else ""
        return f"<Forecast {self.name!r} {len(self.events)} events until {self.until:%Y-%m-%d}{first}>"


def forecast(
    deployment: Deployment,
    *,
    until: datetime | None = None,
    lead_time: timedelta = DEFAULT_LEAD_TIME,
    at: datetime | None = None,
    calendar: Iterable[PolicyDate] = CALENDAR,
) -> Forecast:
    """Say what will change by itself on a deployment, when, and by when to act.

    Looked at is every instant from ``at`` (aware; None: now) to ``until`` (None: the last) at which a certificate on
    any path, a CRL or an OCSP response begins or ends, a warning before an end begins, or a date of the ``calendar``
    comes; the deployment is audited at each. What is in place and ends soon, and a CA in a list that nothing rests on,
    is no finding here. ``lead_time`` is how long before it goes down a leg has to be worked on. Raises `ValueError`
    where ``until`` is before ``at``, or the lead time is negative or without measure, and `TypeError` where it is none,
    or the calendar has something else than `PolicyDate` values.

    Sources: platform.md §7 (FN74362, SC081), mra.md A5. As with OpenSSL, a certificate has ended at its notAfter.
    """
    wanted(Deployment, deployment)
    start = clock.resolve(at)
    dates = tuple(_checked(calendar))
    found = [one for one in instants(deployment, dates) if one[0] > start]
    end = max((instant for instant, _ in found), default=start) if until is None else clock.resolve(until)
    if end < start:
        raise ValueError(f"until {end.isoformat()} is before {start.isoformat()}")
    _check_lead_time(lead_time, start)
    report = _AUDITED.run(deployment, at=start)
    causes = ((instant, [what for _, what in group]) for instant, group in groupby(found, key=itemgetter(0)))
    coming = ((instant, whats) for instant, whats in causes if instant <= end)
    return Forecast(
        name=deployment.name,
        deployment=deployment,
        at=start,
        until=end,
        lead_time=lead_time,
        report=report,
        events=tuple(_events(deployment, report, coming, lead_time)),
        calendar=tuple(one for one in dates if start < one.since <= end and _concerns(deployment, one)),
    )


def _check_lead_time(value: object, start: datetime) -> None:
    if not isinstance(value, timedelta):
        raise TypeError(f"the lead time is a timedelta, not {type(value).__name__}")
    if value < timedelta():
        raise ValueError(f"the lead time is not negative, as {value} is")
    if value > start - datetime.min.replace(tzinfo=start.tzinfo):
        raise ValueError(f"the lead time is longer than there have been years: {value}")


def _checked(calendar: Iterable[object]) -> Iterator[PolicyDate]:
    for one in calendar:
        if not isinstance(one, PolicyDate):
            raise TypeError(f"a calendar has PolicyDate values, not {type(one).__name__}")
        yield one


def _events(
    deployment: Deployment, report: Report, coming: Iterable[tuple[datetime, list[str]]], lead_time: timedelta
) -> Iterator[ForecastEvent]:
    """Audit at one instant after the other, and yield those at which the audit is another one."""
    last = report
    for instant, causes in coming:
        new = _AUDITED.run(deployment, at=instant)
        legs = leg_changes(last.legs, new.legs)
        begun, ended = _without(new.findings, last.findings), _without(last.findings, new.findings)
        if legs or begun or ended:
            # An error on a leg that is down already is its old fault under another name.
            is_bad = any(one.breaks for one in legs) or any(
                one.severity is Severity.ERROR and not one.legs for one in begun
            )
            yield ForecastEvent(
                at=instant,
                causes=tuple(causes),
                legs=legs,
                begun=begun,
                ended=ended,
                report=new,
                act_by=instant - lead_time if is_bad else None,
            )
            last = new


def _without(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = set(map(_identity, others))
    return tuple(one for one in findings if _identity(one) not in known)


def _identity(finding: Finding) -> tuple[object, ...]:
    """Return what makes a finding the same one at another instant: its words may count the days."""
    return finding.rule, finding.severity, finding.nodes, finding.legs, finding.certificate, finding.code


def _concerns(deployment: Deployment, one: PolicyDate) -> bool:
    """Whether a date of public CAs is one for this deployment: a node has a public certificate, and takes its side."""
    for node in deployment.nodes:
        shown = (node.certificate("server"), node.certificate("client"))
        is_its_side = one.setting in {None, node.settings.client_auth_sunset}
        if is_its_side and any(is_public(certificate) for certificate in shown if certificate is not None):
            return True
    return False
