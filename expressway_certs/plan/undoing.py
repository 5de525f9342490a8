"""The way back: for each task the one that undoes it, from the last to the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from expressway_certs.plan.lists import installed, list_of
from expressway_certs.plan.task import StepKind, Task
from expressway_certs.product.applying.nodes import uc_server
from expressway_certs.product.changes import AddTrustedCa, Change, RemoveTrustedCa, SetCertificate, SetSwitch
from expressway_certs.product.deployment import Deployment


class _Done(Protocol):
    """A task, or the step of a plan that carries it out."""

    @property
    def kind(self) -> StepKind: ...
    @property
    def nodes(self) -> tuple[str, ...]: ...
    @property
    def changes(self) -> tuple[Change, ...]: ...


def undone(deployment: Deployment, tasks: Iterable[_Done]) -> tuple[Task, ...]:
    """Return the tasks that lead back to a deployment on which ``tasks`` were carried out in this order."""
    back: list[Task] = []
    for task in tasks:
        changes: list[Change] = []
        for change in task.changes:
            changes += _undoing(deployment, change)
            deployment = deployment.apply([change])
        back.append(Task(kind=task.kind, nodes=task.nodes, changes=reversed(changes), is_back=True))
    return tuple(reversed(back))


def _undoing(deployment: Deployment, change: Change) -> Iterator[Change]:
    """Yield what undoes a change, by the deployment as it was before it."""
    if isinstance(change, AddTrustedCa | RemoveTrustedCa):
        held = list_of(deployment, change.node, change.store) or ()
        adds = isinstance(change, AddTrustedCa)
        touched = [one for one in change.certificates if (one in held) is not adds]
        undo = RemoveTrustedCa if adds else AddTrustedCa
        if touched:
            yield undo(node=change.node, certificates=touched, store=change.store)
    if isinstance(change, SetCertificate):
        old = installed(deployment, change)
        if old is not None:
            yield attrs.evolve(change, certificate=old)
    if isinstance(change, SetSwitch):
        node = uc_server(deployment, change.node) or deployment.expressway(change.node)
        yield attrs.evolve(change, value=getattr(node, change.switch))
