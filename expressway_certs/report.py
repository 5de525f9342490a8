"""What an audit found: findings, the legs, and what became of every rule."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import import_module
from typing import Any

import attrs

from expressway_certs.matrix import Matrix, matrix_of
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.symptoms import Symptom
from expressway_certs.rules.finding import Effect, Finding, LegRef, Outcome, OutcomeKind, Severity
from expressway_certs.rules.judging import Judgement, LegResult, State
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.notebook import as_html

SCHEMA = "expressway_certs/report/2"
"""The version of what `Report.to_dict` gives; it changes with any change of a field."""


class ReportError(Exception):
    """Raised by `Report.raise_for_errors`; ``report`` is the report with the errors."""

    def __init__(self, report: Report) -> None:
        count = len(report.errors)
        listed = "; ".join(finding.message for finding in report.errors)
        super().__init__(f"{count} error{'' if count == 1 else 's'}: {listed}")
        self.report = report

    def __reduce__(self) -> tuple[type[ReportError], tuple[Report]]:
        return type(self), (self.report,)


@attrs.frozen(kw_only=True, repr=False)
class Report:
    """The outcome of an audit. ``ok`` says that nothing is wrong at error level and no rule crashed.

    ``legs`` are the legs between pairs of nodes, each up, down, warning, not reached or not checked.
    ``outcomes`` has every rule that was asked. ``after`` is the deployment as it is once the files that were
    checked are in their places; None where a page refuses one, or none was checked. ``deployment`` is what was
    judged, for whoever shows it. ``bool(report)`` raises, for it could mean two things.
    """

    name: str
    at: datetime
    findings: tuple[Finding, ...] = ()
    legs: tuple[LegResult, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    after: Deployment | None = None
    deployment: Deployment | None = attrs.field(default=None, eq=False)

    @property
    def ok(self) -> bool:
        """Whether there is no error and no rule crashed."""
        return not self.errors and all(one.kind is not OutcomeKind.CRASHED for one in self.outcomes)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings at error level."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings at warning level."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings for which a page of Expressway refuses its file; empty where every file is taken."""
        return tuple(finding for finding in self.findings if finding.effect is Effect.REFUSED)

    def raise_for_errors(self) -> None:
        """Raise `ReportError` where the report has errors."""
        if self.errors:
            raise ReportError(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values, under the versioned schema ``SCHEMA``."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "at": self.at.isoformat(),
            "ok": self.ok,
            "counts": {severity.value: self._count(severity) for severity in Severity},
            "findings": [_finding(finding) for finding in self.findings],
            "legs": [_leg(result) for result in self.legs],
            "outcomes": [{"rule": one.rule, "kind": one.kind.value, "why": one.why} for one in self.outcomes],
        }

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    def matrix(self) -> Matrix:
        """Return the legs as a matrix, pair of nodes by leg; it prints as a table, in a notebook too."""
        return matrix_of(self.legs)

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def to_text(self, *, width: int = 100) -> str:
        """Return the report as plain text, ``width`` columns wide."""
        # Showing is a room above this one, so it is looked up only when asked for.
        text: str = import_module("expressway_certs.show.text").render(self, width=width)
        return text

    def to_html(self) -> str:
        """Return the report as a page of HTML that loads nothing and runs no script.

        It has the legs as a heat map, the findings, the chains as trees, and how long each certificate holds.
        """
        page: str = import_module("expressway_certs.show.page").render(self)
        return page

    def to_markdown(self) -> str:
        """Return the report as Markdown for a ticket; text out of certificates is never taken for markup."""
        text: str = import_module("expressway_certs.show.markdown").render(self)
        return text

    def to_junit(self) -> str:
        """Return the report as JUnit XML for a CI system: a test for each rule, and one for each leg."""
        text: str = import_module("expressway_certs.show.junit").render(self)
        return text

    def to_sarif(self, *, artifact: str | None = None) -> str:
        """Return the report as SARIF 2.1.0 for a code host or a CI system.

        ``artifact`` is the relative path of the file that the findings are laid at, where the host wants one.
        """
        text: str = import_module("expressway_certs.show.sarif").render(self, artifact=artifact)
        return text

    def to_dataframe(self) -> Any:
        """Return the findings as a pandas table, a row each (extra ``dataframe``)."""
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            message = "to_dataframe needs pandas: pip install 'expressway_certs[dataframe]'"
            raise ImportError(message) from error
        rows = [_row(finding) for finding in self.findings]
        return pandas.DataFrame(rows, columns=list(_ROW))

    def __bool__(self) -> bool:
        message = "a report is not a truth value; ask report.ok or report.findings"
        raise TypeError(message)

    _repr_html_ = as_html

    def __repr__(self) -> str:
        down = sum(result.state is State.DOWN for result in self.legs)
        counts = ((len(self.errors), "error"), (len(self.warnings), "warning"))
        listed = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        return f"<Report {self.name!r} {listed}, {down} of {len(self.legs)} legs down>"


_ROW = ("severity", "rule", "node", "message", "legs", "certificate", "code", "depth", "product_message", "remedy")


def _row(finding: Finding) -> tuple[object, ...]:
    return (
        finding.severity.value,
        finding.rule,
        finding.node,
        finding.message,
        ", ".join(map(str, finding.legs)),
        finding.certificate.subject if finding.certificate else None,
        finding.code,
        finding.depth,
        finding.product_message,
        "\n".join(finding.remedy.steps),
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "product_message": finding.product_message,
        "effect": finding.effect.value if finding.effect else None,
        "alarm": finding.alarm,
        "nodes": list(finding.nodes),
        "legs": [_leg_ref(leg) for leg in finding.legs],
        "certificate": _certificate(finding.certificate),
        "evidence": {
            "code": finding.code,
            "depth": finding.depth,
            "extension": finding.evidence.extension,
            "expected": finding.expected,
            "found": finding.found,
            "explanation": finding.explanation,
        },
        "remedy": list(finding.remedy.steps),
        "settings": [{"name": one.setting, "value": one.value, "row": one.conflict.row} for one in finding.settings],
        "sources": [{"key": source.key, "confidence": source.confidence} for source in finding.sources],
    }


def _leg_ref(leg: LegRef) -> dict[str, Any]:
    return {
        "id": leg.id,
        "title": leg.title,
        "port": leg.port,
        "initiator": leg.initiator,
        "acceptor": leg.acceptor,
    }


def _certificate(certificate: Certificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial_number:x}",
        "sha256": certificate.sha256,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
    }


def _leg(result: LegResult) -> dict[str, Any]:
    return {
        "id": result.leg.id,
        "title": result.leg.title,
        "port": result.leg.port,
        "initiator": result.initiator,
        "acceptor": result.acceptor,
        "zone": result.zone,
        "state": result.state.value,
        "why": result.why,
        "judgements": [_judgement(one) for one in result.judgements],
        "symptoms": [_symptom(one) for one in result.symptoms],
    }


def _symptom(symptom: Symptom) -> dict[str, Any]:
    return {
        "node": symptom.node,
        "event": symptom.event,
        "alarm": symptom.alarm,
        "text": symptom.text,
        "source": {"key": symptom.source.key, "confidence": symptom.source.confidence},
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "judge": judgement.judge,
        "presenter": judgement.presenter,
        "store": judgement.store,
        "trusted_by": judgement.trusted_by,
        "state": judgement.state.value,
        "code": None if judgement.verdict is None else judgement.verdict.code,
        "depth": None if judgement.verdict is None else judgement.verdict.depth,
        "name": judgement.name,
        "match": judgement.match.value if judgement.match else None,
        "why": judgement.why,
    }
