"""The legs of a whole site, judged: those of the stages that are run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import attrs

from expressway_certs.product import legs as table
from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.judging import LegResult, Obstacle, State
from expressway_certs.rules.memory import Memory
from expressway_certs.rules.pairs import connections
from expressway_certs.rules.rule import Stage
from expressway_certs.rules.symptoms import symptoms_of

_LEGS: Final[dict[Stage, tuple[str, ...]]] = {
    Stage.TRAVERSAL: (*table.ZONE_LEGS, *table.FAR_END_LEGS),
    Stage.TUNNELS: table.TUNNEL_LEGS,
    Stage.CLUSTER: table.CLUSTER_LEGS,
    Stage.MRA: table.MRA_LEGS,
    Stage.ADMINISTRATION: table.ADMINISTRATION_LEGS,
}

LEG_STAGES: Final = tuple(_LEGS)
"""The stages in which legs are judged."""


def judge_legs(deployment: Deployment, stages: Iterable[Stage], at: datetime) -> tuple[LegResult, ...]:
    """Judge the legs of the stages, and say of a leg inside another one where that one is down."""
    memory = Memory(at=at)
    results = [one.judge(memory) for one in connections(deployment, leg_ids(stages))]
    return tuple(map(_with_symptoms, within(results)))


def leg_ids(stages: Iterable[Stage]) -> tuple[str, ...]:
    """Return the ids of the legs that are judged in some stages."""
    return tuple(leg_id for stage in stages for leg_id in _LEGS.get(stage, ()))


def within(results: Sequence[LegResult]) -> Iterator[LegResult]:
    """Yield results with what becomes of a leg inside another one where that one is down."""
    down = {_between(one): one for one in results if one.state is State.DOWN}
    return (_inside(one, down) for one in results)


def judge_legs_of(deployment: Deployment, node: str, at: datetime) -> Iterator[LegResult]:
    """Judge every leg that a node takes part in, whatever the stage."""
    memory = Memory(at=at)
    for ids in _LEGS.values():
        for one in connections(deployment, ids):
            if one.is_of(node):
                yield one.judge(memory)


def _with_symptoms(result: LegResult) -> LegResult:
    found = symptoms_of(result)
    return attrs.evolve(result, symptoms=found) if found else result


def _between(result: LegResult) -> tuple[str, str | None, frozenset[str]]:
    return result.leg.id, result.zone, frozenset({result.initiator, result.acceptor})


def _inside(result: LegResult, down: dict[tuple[str, str | None, frozenset[str]], LegResult]) -> LegResult:
    outer = result.leg.inside and down.get((result.leg.inside, *_between(result)[1:]))
    if not outer:
        return result
    obstacle = Obstacle(state=State.NOT_REACHED, why=f"leg {outer.leg.id}, {outer.leg.title}, is down")
    judgements = [
        attrs.evolve(one, state=State.NOT_REACHED, why=obstacle.why, verdict=None, answers=())
        for one in result.judgements
    ]
    return attrs.evolve(result, judgements=tuple(judgements), obstacle=obstacle)
