"""Before an upgrade: which legs change with it, in which order to go, and which certificates have to be others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from importlib import import_module

import attrs

from expressway_certs.plan.client_auth import ClientAuthSunset, client_auth_sunset
from expressway_certs.plan.leg_change import LegChange, leg_changes
from expressway_certs.plan.order import DEFAULT_BUDGET, best_order
from expressway_certs.plan.result import PlanStep, legs_audited, walked
from expressway_certs.plan.states import States
from expressway_certs.plan.task import StepKind, Task
from expressway_certs.plan.usages import CertificateNeed, certificate_needs
from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.emulation import Difference
from expressway_certs.product.fields import wanted
from expressway_certs.product.release import Release
from expressway_certs.report import Report
from expressway_certs.x509 import clock


@attrs.frozen(kw_only=True, repr=False)
class Readiness:
    """What an upgrade does to a site. Nothing but the releases changes; certificates stay as they are.

    ``before`` and ``after`` are audits of the legs. ``steps`` upgrade one peer after the other in the order with the
    least outage, each with the state after it; ``is_best`` says that no order has less. ``left_behind`` are Expressways
    that stay on another release, which the field notice advises against. ``needs`` are what is asked of the certificate
    in each store then, and ``client_auth`` is where client authentication comes from. ``differences`` are what the
    releases do differently.
    """

    name: str
    release: Release
    at: datetime
    before: Report
    after: Report
    changes: tuple[LegChange, ...]
    steps: tuple[PlanStep, ...]
    is_best: bool
    left_behind: tuple[str, ...]
    needs: tuple[CertificateNeed, ...]
    client_auth: ClientAuthSunset
    differences: tuple[Difference, ...]
    deployment: Deployment = attrs.field(repr=False)

    @property
    def breaks(self) -> tuple[LegChange, ...]:
        """The legs that the upgrade takes down."""
        return tuple(one for one in self.changes if one.breaks)

    @property
    def mends(self) -> tuple[LegChange, ...]:
        """The legs that the upgrade brings up."""
        return tuple(one for one in self.changes if one.mends)

    @property
    def outage(self) -> int:
        """The legs that each step leaves down, added up over the steps."""
        return sum(len(step.down) for step in self.steps)

    @property
    def to_replace(self) -> tuple[CertificateNeed, ...]:
        """The certificates that lack a usage which the legs ask of them after the upgrade."""
        return tuple(one for one in self.needs if one.lacking)

    @property
    def replace_before(self) -> tuple[CertificateNeed, ...]:
        """Those of them for which the upgrade takes a leg down: they have to be others before it."""
        broken = {one.leg for one in self.breaks}
        return tuple(one for one in self.to_replace if not broken.isdisjoint(one.legs))

    @property
    def ok(self) -> bool:
        """Whether no leg goes down at any step, and every certificate is good for what is asked of it then."""
        return self.outage == 0 and not self.to_replace

    def to_text(self, *, width: int = 100) -> str:
        """Return it as plain text, ``width`` columns wide."""
        text: str = import_module("expressway_certs.show.readiness").readiness_text(self, width=width)
        return text

    def __str__(self) -> str:
        return self.to_text()

    def __bool__(self) -> bool:
        message = "readiness is not a truth value; ask readiness.ok, or what breaks"
        raise TypeError(message)

    def __repr__(self) -> str:
        counts = f"{len(self.breaks)} legs go down, {len(self.mends)} come up, {len(self.to_replace)} to replace"
        return f"<Readiness {self.name!r} for {self.release}: {counts}>"


def readiness(
    deployment: Deployment,
    release: Release | str,
    *,
    nodes: Iterable[str] | None = None,
    at: datetime | None = None,
    budget: int = DEFAULT_BUDGET,
) -> Readiness:
    """Say what becomes of a site when its Expressways move to another release, before anybody upgrades.

    ``nodes`` are the names of those that move (None: all that are older). From X15.5 on an upgrade copies the server's
    certificate into the new client store. The order of the nodes is the one with the least outage, Expressway-E first
    among equals (own choice); ``budget`` is that of `plan_renewal`. ``at`` is an aware instant (None: now).

    Raises `ValueError` where no node moves, for one that is newer already or is not there, and for no release,
    `TypeError` for ``nodes`` that are one string.
    Sources: platform.md §7 (T-225482, T-225693, FN74362), mra.md A5.
    """
    wanted(Deployment, deployment)
    instant = clock.resolve(at)
    target = Release(release)
    moving = _moving(deployment, target, nodes)
    # No source has an order; that both sides have to run the same release is FN74362's.
    ordered = sorted(moving, key=lambda name: deployment.expressway(name).role is Role.CORE)
    tasks = tuple(Task(kind=StepKind.UPGRADE, nodes=[name], release=target) for name in ordered)
    order = best_order(States(deployment, tasks, instant), tasks, budget)
    before = legs_audited(deployment, instant)
    upgraded = reduce(lambda site, task: task.done(site), tasks, deployment)
    after = legs_audited(upgraded, instant)
    releases = dict.fromkeys(deployment.expressway(name).release for name in moving)
    return Readiness(
        name=deployment.name,
        release=target,
        at=instant,
        before=before,
        after=after,
        changes=leg_changes(before.legs, after.legs),
        steps=walked(deployment, order.tasks, before=before),
        is_best=order.is_proven,
        left_behind=tuple(node.name for node in upgraded.nodes if node.release != target),
        needs=certificate_needs(upgraded),
        client_auth=client_auth_sunset(upgraded, at=instant),
        differences=tuple(dict.fromkeys(one for old in releases for one in Release.differences(old, target))),
        deployment=upgraded,
    )


def _moving(deployment: Deployment, target: Release, nodes: Iterable[str] | None) -> tuple[str, ...]:
    """Return the names of the nodes that move; `ValueError` where there is none, or one cannot."""
    if isinstance(nodes, str):
        raise TypeError("nodes are several names, as in [...], and not one text")
    if nodes is None:
        found = tuple(node.name for node in deployment.nodes if node.release < target)
    else:
        found = tuple(dict.fromkeys(nodes))
        newer = [name for name in found if deployment.expressway(name).release >= target]
        if newer:
            raise ValueError(f"{newer[0]} runs {deployment.expressway(newer[0]).release} already, not an older release")
    if not found:
        raise ValueError(f"no Expressway here is older than {target}")
    return found
