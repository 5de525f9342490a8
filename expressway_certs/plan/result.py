"""A plan: its steps, the state after each, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Final

import attrs

from expressway_certs.pipeline import Pipeline
from expressway_certs.plan.leg_change import LegChange, is_out, key_of, leg_changes
from expressway_certs.plan.lists import Place
from expressway_certs.plan.task import StepKind, Task
from expressway_certs.plan.undoing import undone
from expressway_certs.plan.words import words_of
from expressway_certs.product.changes import Change, SetCertificate
from expressway_certs.product.deployment import Deployment
from expressway_certs.report import Report
from expressway_certs.rules.finding import Finding
from expressway_certs.rules.judging import LegResult
from expressway_certs.rules.site_legs import LEG_STAGES
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.missing import MissingIssuer

_RESTORE: Final = "take the old certificate and its private key out of the backup that was made before"


def legs_audited(deployment: Deployment, at: datetime) -> Report:
    """Audit the legs of a deployment, and nothing besides."""
    return Pipeline(stages=LEG_STAGES).run(deployment, at=at)


def newly_out(before: Iterable[LegResult], after: Iterable[LegResult]) -> tuple[LegResult, ...]:
    """Return the legs of ``after`` that are out and were not."""
    already = {key_of(one) for one in before if is_out(one.state)}
    return tuple(one for one in after if is_out(one.state) and key_of(one) not in already)


@attrs.frozen(kw_only=True, repr=False)
class PlanStep:
    """A step of a plan: what is done as a whole, on which nodes, in the product's words, and the state after it.

    ``task`` is what is done. ``report`` is the audit of the legs after the step; ``changed`` are the legs that it
    changes, ``down`` those that are out then and were not before the plan. ``refused`` are the findings for which a
    page takes no file of it.
    """

    number: int
    task: Task = attrs.field(repr=False)
    report: Report
    changed: tuple[LegChange, ...]
    down: tuple[LegResult, ...]
    refused: tuple[Finding, ...] = ()

    @property
    def kind(self) -> StepKind:
        """What the step does."""
        return self.task.kind

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where it is done."""
        return self.task.nodes

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it changes in the model."""
        return self.task.changes

    @property
    def title(self) -> str:
        """What the step does, and where."""
        undo = "undo: " if self.task.is_back else ""
        return f"On {' and '.join(self.nodes)}: {undo}{self.kind.value}"

    @property
    def words(self) -> tuple[str, ...]:
        """What an administrator does, one thing after the other, restarts last."""
        is_restored = self.task.is_back and self.kind is StepKind.INSTALL
        first = (f"On {self.nodes[0]}: {_RESTORE}",) if is_restored else ()
        upgrades = (f"On {node}: upgrade to {self.task.release}" for node in self.nodes if self.task.release)
        return (*first, *upgrades, *words_of(self.changes))

    def __repr__(self) -> str:
        return f"<PlanStep {self.number}: {self.title}, {len(self.down)} legs down>"


def walked(
    deployment: Deployment,
    tasks: Iterable[Task],
    *,
    before: Report,
    start: Report | None = None,
    refused: Callable[[Deployment, Task, datetime], tuple[Finding, ...]] | None = None,
) -> tuple[PlanStep, ...]:
    """Carry out tasks on a deployment, and audit the legs after each.

    ``before`` says which legs were out before anything was done, ``start`` what the legs of the deployment are, where
    that is something else; ``refused`` for what a page takes no file of a task.
    """
    steps: list[PlanStep] = []
    last = before if start is None else start
    for number, task in enumerate(tasks, 1):
        findings = refused(deployment, task, before.at) if refused else ()
        deployment = task.done(deployment)
        report = legs_audited(deployment, before.at)
        step = PlanStep(
            number=number,
            task=task,
            report=report,
            changed=leg_changes(last.legs, report.legs),
            down=newly_out(before.legs, report.legs),
            refused=findings,
        )
        steps.append(step)
        last = report
    return tuple(steps)


@attrs.frozen(kw_only=True, repr=False)
class Plan:
    """The steps that replace certificates, in the order with the least outage, and what comes of each.

    ``breaks`` are the legs that become worse if the new certificates are uploaded now and nothing else is done;
    ``refused_now`` says where the page would not even take them. ``is_best`` says that no order has less outage: where
    the site is too large for a proof in the budget, it is False. ``missing`` are CA certificates that no list of the
    site has and that were not given. ``others`` are the lists, as (who judges, its list), that do not trust a new
    certificate in the end and that nobody here can change, or that are not given; ``kept`` the places from which an old
    CA certificate cannot go, for a leg needs it there. ``not_before`` is when all new certificates hold,
    ``finish_by`` when the first of those that they replace ends; None where there is none, or it has ended.
    """

    name: str
    at: datetime
    deployment: Deployment = attrs.field(repr=False)
    before: Report
    breaks: tuple[LegChange, ...]
    refused_now: tuple[Finding, ...]
    steps: tuple[PlanStep, ...]
    is_best: bool
    missing: tuple[MissingIssuer, ...] = ()
    others: tuple[Place, ...] = ()
    kept: tuple[tuple[Place, Certificate], ...] = ()
    not_before: datetime
    finish_by: datetime | None = None

    @property
    def outage(self) -> int:
        """How much outage there is: the legs that each step leaves down, added up over the steps."""
        return sum(len(step.down) for step in self.steps)

    @property
    def is_outage_free(self) -> bool:
        """Whether every leg that is up before is up after each step, and so throughout."""
        return self.outage == 0

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings for which a page takes no file of the plan; empty where it can be carried out."""
        return tuple(finding for step in self.steps for finding in step.refused)

    @property
    def ok(self) -> bool:
        """Whether the plan can be carried out, and keeps every leg up."""
        return self.is_outage_free and not self.refused

    @property
    def ended(self) -> tuple[SetCertificate, ...]:
        """The new certificates that have ended already, each as the change that installs it."""
        new = (one for one in self.changes if isinstance(one, SetCertificate))
        return tuple(one for one in new if one.certificate.not_after <= self.at)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all steps, in order."""
        return tuple(change for step in self.steps for change in step.changes)

    @cached_property
    def after(self) -> Deployment:
        """The deployment once all is done."""
        return self.deployment.apply(self.changes)

    @property
    def point_of_no_return(self) -> PlanStep | None:
        """The first step that replaces a certificate: its private key goes with it (platform.md §1.1).

        Until then everything is undone out of what the site still has. From there on it takes a backup, made before,
        of the certificate and its key.
        """
        return next((step for step in self.steps if step.kind is StepKind.INSTALL), None)

    @cached_property
    def rollback(self) -> tuple[PlanStep, ...]:
        """The steps back from the end to the beginning, each with the state after it.

        Whoever has come as far as step ``n`` of ``steps`` takes the last ``n`` of these.
        """
        back = undone(self.deployment, self.steps)
        return walked(self.after, back, before=self.before, start=self.steps[-1].report)

    def to_text(self, *, width: int = 100) -> str:
        """Return the plan as plain text, ``width`` columns wide."""
        text: str = import_module("expressway_certs.show.plan").plan_text(self, width=width)
        return text

    def __str__(self) -> str:
        return self.to_text()

    def __bool__(self) -> bool:
        message = "a plan is not a truth value; ask plan.ok or plan.steps"
        raise TypeError(message)

    def __repr__(self) -> str:
        free = "outage-free" if self.is_outage_free else f"outage {self.outage}"
        return f"<Plan {self.name!r} {len(self.steps)} steps, {free}>"
