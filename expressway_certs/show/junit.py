"""A report as JUnit XML, as CI systems read it: a test for each rule, and one for each leg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from expressway_certs.report import Report
from expressway_certs.rules import ALL_RULES
from expressway_certs.rules.finding import Finding, Outcome, OutcomeKind, Severity
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.show.escape import plain
from expressway_certs.show.facts import facts

_STAGES = {rule.id: rule.stage.value for rule in ALL_RULES}


def render(report: Report) -> str:
    """Return the report as XML with a final line break.

    A rule with an error fails; one with warnings alone passes, and they are in its output; one that crashed is an
    error. A rule that did not run or does not apply, and a leg that was not checked or not reached, is skipped.
    """
    root = Element("testsuites", name=plain(report.name))
    rules = [_rule(outcome, report.findings) for outcome in report.outcomes]
    legs = [_leg(result) for result in report.legs]
    for name, cases in (("rules", rules), ("legs", legs)):
        _suite(root, name, cases, report.at)
    # No "skipped": the schema of Jenkins' xUnit plugin, which is held to, has it on each suite alone.
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, name: str, cases: list[Element], at: datetime) -> None:
    suite = SubElement(root, "testsuite", name=name, tests=str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", "0")
    suite.set("timestamp", f"{at:%Y-%m-%dT%H:%M:%S}")
    suite.extend(cases)


def _rule(outcome: Outcome, findings: Iterable[Finding]) -> Element:
    case = _case(_STAGES.get(outcome.rule, "rules"), outcome.rule)
    own = [one for one in findings if one.rule == outcome.rule]
    errors = [one for one in own if one.severity is Severity.ERROR]
    others = [one for one in own if one.severity is not Severity.ERROR]
    if outcome.kind is OutcomeKind.CRASHED:
        _mark(case, "error", outcome.why, type_="crashed")
    elif outcome.kind in {OutcomeKind.NOT_RUN, OutcomeKind.NOT_APPLICABLE}:
        _mark(case, "skipped", f"{outcome.kind.value}: {outcome.why}")
    elif errors:
        message = "; ".join(one.message for one in errors)
        _mark(case, "failure", message, type_="error", told="\n\n".join(map(_told, errors)))
    if others:
        SubElement(case, "system-out").text = "\n\n".join(map(_told, others))
    return case


def _leg(result: LegResult) -> Element:
    zone = f" ({result.zone})" if result.zone else ""
    pair = f"{result.initiator} -> {result.acceptor}{zone}"
    case = _case(f"leg {result.leg.id} {result.leg.title}", pair)
    if result.state is State.DOWN:
        symptoms = (f"{one.node}: {one.text}" for one in result.symptoms)
        _mark(case, "failure", result.why, type_="down", told="\n".join(map(plain, symptoms)))
    elif result.state in {State.NOT_REACHED, State.NOT_CHECKED}:
        _mark(case, "skipped", f"{result.state.value}: {result.why}")
    elif result.why:
        SubElement(case, "system-out").text = plain(f"{result.state.value}: {result.why}")
    return case


def _case(group: str, name: str) -> Element:
    return Element("testcase", classname=plain(group), name=plain(name), time="0")


def _mark(case: Element, tag: str, message: str, *, type_: str | None = None, told: str = "") -> None:
    mark = SubElement(case, tag, message=plain(message))
    if type_ is not None:
        mark.set("type", type_)
    mark.text = told or None


def _told(finding: Finding) -> str:
    return "\n".join(_lines(finding))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity.value}: {plain(finding.message)}"
    for fact in facts(finding):
        yield from (f"{fact.label}: {plain(one)}" for one in fact.texts)
