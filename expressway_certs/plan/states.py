"""Which legs are out after any choice of tasks: each pair of nodes is judged once for what was done on the two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Final

import attrs

from expressway_certs.plan.leg_change import is_out
from expressway_certs.plan.task import Task
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Node
from expressway_certs.rules.connection import Connection
from expressway_certs.rules.judging import LegResult
from expressway_certs.rules.memory import Memory
from expressway_certs.rules.pairs import connections
from expressway_certs.rules.site_legs import LEG_STAGES, leg_ids, within

NOTHING_DONE: Final = 0


@attrs.frozen(kw_only=True, eq=False)
class _Pair:
    """The legs between two nodes, each with its number, and the tasks that touch either node."""

    legs: tuple[tuple[int, Connection], ...]
    mask: int
    _known: dict[int, int] = attrs.field(factory=dict, init=False)

    def out(self, states: States, done: int) -> int:
        """Return which of the legs are out."""
        relevant = done & self.mask
        found = self._known.get(relevant)
        if found is None:
            results = [states.judged(one, relevant) for _, one in self.legs]
            numbered = zip(self.legs, within(results), strict=True)
            found = self._known[relevant] = sum(1 << number for (number, _), one in numbered if is_out(one.state))
        return found

    def lasting(self, states: States) -> int:
        """Return which of the legs are out at the end, and were not at the start."""
        return self.out(states, states.everything) & ~self.out(states, NOTHING_DONE)

    def forced(self, states: States, task: int) -> int:
        """Return which of them are out whenever a task is done, whatever else is."""
        others = self.mask & ~task
        found, chosen = self.lasting(states), others
        while found:
            found &= self.out(states, chosen | task)
            if not chosen:
                break
            chosen = (chosen - 1) & others
        return found


class States:
    """The states of a deployment on the way: bit ``n`` of a state says that task ``n`` is done.

    A leg depends on its two nodes alone, whatever is done elsewhere, so that what was found out about two nodes holds
    for every order of the rest.
    """

    def __init__(self, deployment: Deployment, tasks: Sequence[Task], at: datetime) -> None:
        self._deployment = deployment
        self._tasks = tuple(tasks)
        self._memory = Memory(at=at)
        self._nodes: dict[tuple[str, int], Node] = {}
        self._masks = {name: self._mask(name) for task in tasks for name in task.nodes}
        self._pairs = self._between()
        self.everything: Final = (1 << len(self._tasks)) - 1

    def out(self, done: int) -> int:
        """Return the legs that are out once some tasks are done, a bit each."""
        found = 0
        for pair in self._pairs:
            found |= pair.out(self, done)
        return found

    def outage(self, done: int, *, passing: bool = False) -> int:
        """Return how many legs are out then that were not at the start; ``passing``: and that are not at the end."""
        others = self.out(NOTHING_DONE) | (self.out(self.everything) if passing else 0)
        return (self.out(done) & ~others).bit_count()

    @cached_property
    def lasting(self) -> int:
        """The legs that are out at the end, and were not at the start."""
        return reduce(or_, (pair.lasting(self) for pair in self._pairs), 0)

    @cached_property
    def forced(self) -> tuple[int, ...]:
        """For each task the legs that are out from then on, whatever else is done: they are lost with it."""
        bits = [1 << number for number in range(len(self._tasks))]
        affected = [pair for pair in self._pairs if pair.lasting(self)]
        return tuple(reduce(or_, (pair.forced(self, bit) for pair in affected if pair.mask & bit), 0) for bit in bits)

    def judged(self, connection: Connection, done: int) -> LegResult:
        """Return what becomes of a leg once some tasks are done."""
        changed = attrs.evolve(
            connection,
            initiator=self._node(connection.initiator, done),
            acceptor=self._node(connection.acceptor, done),
        )
        return changed.judge(self._memory)

    def _mask(self, name: str) -> int:
        return sum(1 << number for number, task in enumerate(self._tasks) if name in task.nodes)

    def _between(self) -> tuple[_Pair, ...]:
        groups: dict[frozenset[str], list[tuple[int, Connection]]] = {}
        found = connections(self._deployment, leg_ids(LEG_STAGES))
        for number, one in enumerate(one for one in found if isinstance(one, Connection)):
            groups.setdefault(frozenset({one.initiator.name, one.acceptor.name}), []).append((number, one))
        return tuple(
            _Pair(legs=tuple(legs), mask=reduce(or_, (self._masks.get(name, 0) for name in names)))
            for names, legs in groups.items()
        )

    def _node(self, node: Node, done: int) -> Node:
        relevant = done & self._masks.get(node.name, 0)
        if not relevant:
            return node
        key = node.name, relevant
        if key not in self._nodes:
            self._nodes[key] = self._after(node.name, relevant)
        return self._nodes[key]

    def _after(self, name: str, done: int) -> Node:
        deployment = self._deployment
        for number, task in enumerate(self._tasks):
            if done >> number & 1:
                deployment = task.done(deployment)
        known: tuple[Node, ...] = (*deployment.nodes, *deployment.uc_servers)
        return next(node for node in known if node.name == name)
