"""The remedies of a report carried out on the model, round after round, until no error is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import attrs

from expressway_certs.pipeline import audit
from expressway_certs.product.changes import Change, RenameExpressway, RenameUcServer, Sign, in_order, joined, steps_of
from expressway_certs.product.deployment import Deployment
from expressway_certs.report import Report
from expressway_certs.rules.finding import Finding
from expressway_certs.rules.judging import LegResult, State
from expressway_certs.x509 import clock

MOST_ROUNDS: Final = 8

_UP: Final = frozenset({State.UP, State.WARNS})
_LegKey = tuple[str, str | None, str, str]


def _changes(values: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Round:
    """What was done in one round: the changes, the deployment after them, and the report on it."""

    changes: tuple[Change, ...] = attrs.field(converter=_changes)
    deployment: Deployment = attrs.field(repr=False)
    report: Report

    @property
    def steps(self) -> tuple[str, ...]:
        """The changes as steps for people, each restart once and last."""
        return steps_of(self.changes)


def mend(deployment: Deployment, *, sign: Sign | None = None, at: datetime | None = None) -> tuple[Round, ...]:
    """Carry out the remedies of every error, audit again, and go on until there is no error, or nothing to be done.

    Nothing is returned where the deployment has no error; else the last round has what became of it. A round breaks no
    leg that was up: where a remedy would, what has to be done about that comes into the same round. Remedies that did
    not help are not carried out again. ``sign`` answers what a CA is asked for, as in `Deployment.apply`. ``at`` is the
    instant that is asked about (None: now). Raises `ValueError` where a CA would have to answer and no ``sign`` does,
    and where remedies together would put more into Phone-Edge-trust than it holds.
    """
    at = clock.resolve(at)
    rounds: list[Round] = []
    last: tuple[Change, ...] = ()
    report = audit(deployment, at=at)
    while report.errors and len(rounds) < MOST_ROUNDS:
        # A node gets another name once nothing else is to be done: other remedies call it as it is called now.
        changes = remedies_of(_without_renames(report.errors)) or remedies_of(report.errors)
        if not changes or changes == last:
            break
        last = changes
        done = _without_harm(deployment, report, changes, sign, at)
        rounds.append(done)
        if done.deployment == deployment:
            break
        deployment, report = done.deployment, done.report
    return tuple(rounds)


def remedies_of(findings: Iterable[Finding]) -> tuple[Change, ...]:
    """Return the changes of all the findings' remedies, joined, in the order in which they are done."""
    return in_order(joined(change for found in findings for change in found.remedy.changes))


def _without_renames(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if not renamed(one.remedy.changes)]


def renamed(changes: Iterable[Change]) -> dict[str, str]:
    """Return the new names of nodes by the old ones."""
    return {one.old: one.new for one in changes if isinstance(one, RenameExpressway | RenameUcServer)}


def _without_harm(
    deployment: Deployment, report: Report, changes: tuple[Change, ...], sign: Sign | None, at: datetime
) -> Round:
    """Return the round with what a change uncovers taken in: TLS verify mode shows what it hid while it was off."""
    done = _done(deployment, changes, sign, at)
    for _ in range(MOST_ROUNDS):
        if renamed(changes) or not broken(report, done.report, changes):
            break
        more = in_order(joined((*changes, *remedies_of(_without_renames(done.report.errors)))))
        if more == changes:
            break
        changes = more
        done = _done(deployment, changes, sign, at)
    return done


def _done(deployment: Deployment, changes: tuple[Change, ...], sign: Sign | None, at: datetime) -> Round:
    after = deployment.apply(changes, sign=sign)
    return Round(changes=changes, deployment=after, report=audit(after, at=at))


def broken(before: Report, after: Report, changes: Iterable[Change] = ()) -> tuple[LegResult, ...]:
    """Return the legs that were up before and are down, or not reached, after changes."""
    names = renamed(changes)
    was_up = {_key(one, names) for one in before.legs if one.state in _UP}
    return tuple(one for one in after.legs if one.state in _DOWN and _key(one, {}) in was_up)


_DOWN: Final = frozenset({State.DOWN, State.NOT_REACHED})


def _key(result: LegResult, names: Mapping[str, str]) -> _LegKey:
    initiator, acceptor = (names.get(name, name) for name in (result.initiator, result.acceptor))
    return result.leg.id, result.zone, initiator, acceptor
