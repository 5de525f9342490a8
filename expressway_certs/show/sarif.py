"""A report as SARIF 2.1.0, the format in which tools hand results to code hosts and CI systems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from expressway_certs import _version
from expressway_certs.report import Report
from expressway_certs.rules import ALL_RULES
from expressway_certs.rules.finding import Finding, OutcomeKind, Severity
from expressway_certs.rules.rule import Rule
from expressway_certs.show.escape import plain
from expressway_certs.show.facts import facts

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KNOWN: Final = {rule.id: rule for rule in ALL_RULES}


def render(report: Report, *, artifact: str | None = None) -> str:
    """Return the report as JSON text with a final line break.

    ``artifact`` is the relative path of the file that the results are laid at, for the hosts that show no result
    without one; the nodes are logical locations either way.
    """
    return json.dumps(values(report, artifact=artifact), indent=2) + "\n"


def values(report: Report, *, artifact: str | None = None) -> dict[str, Any]:
    """Return the report as SARIF's values."""
    ids = list(dict.fromkeys((*(one.rule for one in report.outcomes), *(one.rule for one in report.findings))))
    run = {
        "tool": {
            "driver": {
                "name": "expressway_certs",
                "semanticVersion": _version.__version__,
                "rules": [_rule(id_) for id_ in ids],
            }
        },
        "automationDetails": {"id": f"{plain(report.name)}/"},
        "invocations": [_invocation(report)],
        "results": [_result(one, ids.index(one.rule), artifact) for one in report.findings],
        "columnKind": "unicodeCodePoints",
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(id_: str) -> dict[str, Any]:
    rule = _KNOWN.get(id_)
    # A rule of the user's own is known by its id alone.
    return {"id": id_} if rule is None else _described(rule)


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": " ".join(rule.documentation.split())},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.stage.value]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    levels = {OutcomeKind.NOT_RUN: "note", OutcomeKind.CRASHED: "error"}
    return {
        "executionSuccessful": all(one.kind is not OutcomeKind.CRASHED for one in report.outcomes),
        "properties": {"judgedAsOf": f"{report.at:%Y-%m-%dT%H:%M:%SZ}"},
        "toolExecutionNotifications": [
            {
                "level": levels[one.kind],
                "message": {"text": f"{one.kind.value}: {plain(one.why)}"},
                "associatedRule": {"id": one.rule},
            }
            for one in report.outcomes
            if one.kind in levels
        ],
    }


def _result(finding: Finding, index: int, artifact: str | None) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(_lines(finding))},
        "locations": [_location(finding, artifact)],
        "partialFingerprints": {"cause/v1": _fingerprint(finding)},
    }


def _lines(finding: Finding) -> Iterator[str]:
    yield plain(finding.message)
    for fact in facts(finding):
        yield from (f"{fact.label}: {plain(one)}" for one in fact.texts)


def _location(finding: Finding, artifact: str | None) -> dict[str, Any]:
    logical = [{"name": plain(one), "fullyQualifiedName": plain(one), "kind": "resource"} for one in finding.nodes]
    location: dict[str, Any] = {"logicalLocations": logical}
    if artifact is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(artifact)}, "region": {"startLine": 1}}
    return location


def _fingerprint(finding: Finding) -> str:
    """Return what tells a finding from others of its rule, and stays as long as its cause does."""
    certificate = finding.certificate.sha256 if finding.certificate else ""
    parts = [finding.rule, certificate, *finding.nodes, *(f"{one.id} {one.acceptor}" for one in finding.legs)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
