"""The order of tasks with the least outage: found at once, proven by a search, or as good as the budget allows."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from expressway_certs.plan.states import NOTHING_DONE, States
from expressway_certs.plan.task import Task

DEFAULT_BUDGET: Final = 5_000
"""How many states the search may go on from; twelve tasks have 4,096."""


@attrs.frozen(kw_only=True)
class Order:
    """An order of tasks.

    ``outage`` is the sum, over the states after each, of the legs that are out because of them; ``passing`` is that of
    the legs that are back at the end. ``is_proven`` says that no order has less outage.
    """

    tasks: tuple[Task, ...]
    outage: int
    passing: int
    is_proven: bool


def best_order(states: States, tasks: Sequence[Task], budget: int) -> Order:
    """Return the order with the least outage; among equals the one that is nearest to the order that is given.

    No order has less than the bound at the start: where the order that is given has no more, it is the best. Otherwise
    the states are searched, best first, each once, for what is out depends on what is done and not on the order in
    which it was. Where the budget ends before that, the better one is taken of the order that is given and of the one
    that always does next what breaks least.
    """
    needs = [_needed(task, tasks) for task in tasks]
    given = range(len(tasks))
    bound = Bound(states)
    if _outage(states, given) == bound.of(NOTHING_DONE):
        return _order(states, tasks, given, is_proven=True)
    found = _search(states, needs, budget, bound)
    if found is not None:
        return _order(states, tasks, found, is_proven=True)
    cautious = tuple(_cautious(states, needs))
    best = min((tuple(given), cautious), key=lambda order: _outage(states, order))
    return _order(states, tasks, best, is_proven=False)


def _order(states: States, tasks: Sequence[Task], numbers: Sequence[int], *, is_proven: bool) -> Order:
    return Order(
        tasks=tuple(tasks[one] for one in numbers),
        outage=_outage(states, numbers),
        passing=_outage(states, numbers, passing=True),
        is_proven=is_proven,
    )


def _needed(task: Task, tasks: Sequence[Task]) -> int:
    return sum(1 << number for number, one in enumerate(tasks) if any(one is need for need in task.needs))


def _outage(states: States, order: Sequence[int], *, passing: bool = False) -> int:
    done, total = NOTHING_DONE, 0
    for number in order:
        done |= 1 << number
        total += states.outage(done, passing=passing)
    return total


def _next(needs: Sequence[int], done: int) -> Iterator[int]:
    """Yield the tasks that can be done next."""
    for number, needed in enumerate(needs):
        if not done >> number & 1 and needed & done == needed:
            yield number


class Bound:
    """The outage that is still to come at least, whatever the order of the rest.

    A leg that a task takes down for good is out from then on: at best the tasks that cost most come last. Any other leg
    that is out at the end is so in the last state at least.
    """

    def __init__(self, states: States) -> None:
        self._everything = states.everything
        self._forced = states.forced
        taken = 0
        own: list[int] = []
        for forced in self._forced:
            own.append(forced & ~taken)
            taken |= forced
        self._own = tuple(own)
        self._others = (states.lasting & ~taken).bit_count()

    def of(self, done: int) -> int:
        """Return the bound once some tasks are done."""
        if done == self._everything:
            return 0
        lost, left = 0, []
        for number, forced in enumerate(self._forced):
            if done >> number & 1:
                lost |= forced
            else:
                left.append(number)
        weights = sorted(((self._own[number] & ~lost).bit_count() for number in left), reverse=True)
        coming = sum(steps * weight for steps, weight in enumerate(weights, 1))
        return lost.bit_count() * len(left) + coming + self._others


def _search(states: States, needs: Sequence[int], budget: int, bound: Bound) -> tuple[int, ...] | None:
    """Return the best order; None where the budget ends first."""
    waiting: list[tuple[int, tuple[int, ...], int, int]] = [(0, (), NOTHING_DONE, 0)]
    settled: set[int] = set()
    while waiting:
        _, order, done, so_far = heapq.heappop(waiting)
        if done == states.everything:
            return order
        if done in settled:
            continue
        settled.add(done)
        if len(settled) > budget:
            return None
        for number in _next(needs, done):
            after = done | 1 << number
            cost = so_far + states.outage(after)
            heapq.heappush(waiting, (cost + bound.of(after), (*order, number), after, cost))
    raise AssertionError("some task needs another that needs it")


def _cautious(states: States, needs: Sequence[int]) -> Iterator[int]:
    """Yield the tasks so that each is the one that breaks least of those that can be done then."""
    done = NOTHING_DONE
    while done != states.everything:
        _, number = min((states.outage(done | 1 << one), one) for one in _next(needs, done))
        yield number
        done |= 1 << number
