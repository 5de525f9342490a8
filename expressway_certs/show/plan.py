"""A plan as text for a person: what breaks without it, the steps with what comes of each, and the way back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from textwrap import TextWrapper
from typing import Final, TypeVar

from expressway_certs.plan.leg_change import LegChange, is_out
from expressway_certs.plan.result import Plan, PlanStep
from expressway_certs.rules.judging import LegResult
from expressway_certs.show.escape import plain
from expressway_certs.show.styles import number_of

_DATE: Final = "%Y-%m-%d"
# What stands before the text of a line: blanks, and the mark or number of an item.
_MARK: Final = re.compile(r" *(?:[-*] |\d+\. )?")


_Key = TypeVar("_Key")


def plan_text(plan: Plan, *, width: int) -> str:
    """Return a plan as plain text in lines of ``width`` characters, where words allow it."""
    parts = (_heading(plan), _without(plan), _steps(plan), _lacking(plan), _back(plan))
    return "\n".join(wrapped(line, width) for part in parts for line in part)


def wrapped(line: str, width: int) -> str:
    """Return a line broken where it is too long, its further lines below its text."""
    hanging = " " * len(_MARK.match(line).group())  # type: ignore[union-attr]
    wrapper = TextWrapper(width=width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(line) if line else ""


def grouped(named: Iterable[tuple[_Key, str]]) -> Iterator[tuple[_Key, str]]:
    """Yield (what, of whom) with what is the same told once."""
    groups: dict[_Key, list[str]] = {}
    for what, whom in named:
        groups.setdefault(what, []).append(whom)
    for what, several in groups.items():
        yield what, ", ".join(dict.fromkeys(several))


def changed_legs(changes: Iterable[LegChange]) -> Iterator[str]:
    """Yield changed legs, those of one kind, one change and one reason on a line."""
    legs = (
        (
            (f"{one.leg.title} (leg {one.leg.id}) {one.before.value} -> {one.after.value}", _reason(one)),
            plain(f"{one.leg.initiator} -> {one.leg.acceptor}"),
        )
        for one in changes
    )
    for (what, why), pairs in grouped(legs):
        yield f"{what}: {pairs}" + (f" ({why})" if why else "")


def _reason(change: LegChange) -> str:
    """Return why a leg is as it is, without the names of its ends, which are told already."""
    return plain(change.why.rpartition(": ")[2])


def _heading(plan: Plan) -> Iterator[str]:
    yield f"Plan for {plain(plan.name)}, as of {plan.at:{_DATE} %H:%M:%S} UTC"
    if plan.is_outage_free:
        yield f"{number_of(plan.steps, 'step')}; every leg that is up stays up after each of them."
    else:
        found = "no order keeps every leg up, and none has less outage than this one"
        if not plan.is_best:
            found = "no order that keeps every leg up was found before the search ended; there may be a better one"
        yield f"{number_of(plan.steps, 'step')}; {found}: {plan.outage} legs down, added up over the steps."
    if out := [one for one in plan.before.legs if is_out(one.state)]:
        yield f"Down already, before the first step: {_kinds(out)}."
    for one in plan.ended:
        yield f"The new certificate of {plain(one.node)} has ended, on {one.certificate.not_after:{_DATE} %H:%M} UTC."
    if plan.not_before > plan.at:
        yield f"The new certificates do not all hold before {plan.not_before:{_DATE} %H:%M} UTC: plan for a time after."
    if plan.finish_by is not None:
        yield f"Be through by {plan.finish_by:{_DATE} %H:%M} UTC, when the first certificate that is replaced ends."


def _without(plan: Plan) -> Iterator[str]:
    yield ""
    yield "Without the plan, if the new certificates are uploaded now:"
    lines = [f"refused: {plain(one.message)}" for one in plan.refused_now]
    lines += changed_legs(plan.breaks)
    yield from (f"  - {line}" for line in lines or ["nothing breaks"])


def _steps(plan: Plan) -> Iterator[str]:
    yield ""
    yield "A restart takes its node away meanwhile: restart one peer of a cluster after the other, and wait for each."
    for step in plan.steps:
        yield ""
        yield f"{step.number}. {plain(step.title)}"
        yield from _step(step)
        if step is plan.point_of_no_return:
            yield (
                "   Point of no return: back up the node first. The private key goes with the certificate; up to here "
                "all can be undone without a backup."
            )


def _step(step: PlanStep) -> Iterator[str]:
    yield from (f"   - {plain(word)}" for word in step.words)
    yield from (f"   - the page refuses it: {plain(one.message)}" for one in step.refused)
    changed = list(changed_legs(step.changed))
    yield f"   Then: {_state(step)}" + (f"; {changed[0]}" if len(changed) == 1 else "")
    if len(changed) > 1:
        yield from (f"     * {line}" for line in changed)


def _state(step: PlanStep) -> str:
    if not step.down:
        return "no leg is down that was up before"
    return f"down that were up before: {_kinds(step.down)}"


def _kinds(legs: Sequence[LegResult]) -> str:
    counts = Counter(f"{one.leg.title} (leg {one.leg.id})" for one in legs)
    return ", ".join(f"{count} x {name}" for name, count in counts.items())


def _lacking(plan: Plan) -> Iterator[str]:
    lines = [f"Get the CA certificate {plain(one)} from the CA: nobody here has it." for one in plan.missing]
    others = "Not ours to change, or not given, and as far as known without the CA of a new certificate"
    lines += [
        f"{others}: {listed} of {judges}."
        for listed, judges in grouped((listed, plain(judge)) for judge, listed in plan.others)
    ]
    kept = grouped(((plain(one.subject), listed), plain(node)) for (node, listed), one in plan.kept)
    lines += [
        f"{subject} stays in {listed} of {nodes}: it may still be needed there." for (subject, listed), nodes in kept
    ]
    if lines:
        yield ""
        yield from lines


def _back(plan: Plan) -> Iterator[str]:
    yield ""
    yield "The way back, from the last step on:"
    for step in plan.rollback:
        yield f"  {step.number}. {plain(step.title)}"
        yield from (f"     - {plain(word)}" for word in step.words)
        if step.down:
            yield f"     Then: {_state(step)}"
