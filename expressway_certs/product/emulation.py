"""How one node behaves: the table of steps, looked up for its release, role, switches and settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.release import Release
from expressway_certs.product.settings import Chosen, Settings
from expressway_certs.product.steps import STEPS, Step


def _switches(values: Iterable[Switch]) -> frozenset[Switch]:
    return frozenset(values)


@attrs.frozen(kw_only=True)
class Emulation:
    """How a node behaves: its release and role, the switches that the administrator has set, and the settings."""

    release: Release
    role: Role
    switches: frozenset[Switch] = attrs.field(default=frozenset(), converter=_switches)
    settings: Settings = attrs.field(factory=Settings)
    _values: dict[Behaviour, bool] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def step(self, behaviour: Behaviour) -> Step:
        """Return the step that decides ``behaviour`` here."""
        return max(
            (step for step in STEPS if step.behaviour is behaviour and self._fits(step)),
            key=lambda step: (step.since, step.conditions),
        )

    def has(self, behaviour: Behaviour) -> bool:
        """Whether ``behaviour`` holds here."""
        # Legs ask this thousands of times.
        value = self._values.get(behaviour)
        if value is None:
            value = self._values[behaviour] = self.step(behaviour).value
        return value

    def switched(self, behaviour: Behaviour) -> dict[Switch, Step]:
        """Return the switches each of which would make ``behaviour`` other than it is here, with the step for it."""
        here = self.step(behaviour)
        steps = {one: attrs.evolve(self, switches=(*self.switches, one)).step(behaviour) for one in Switch}
        return {switch: step for switch, step in steps.items() if step.value is not here.value}

    def choices(self, behaviour: Behaviour) -> tuple[Chosen, ...]:
        """Return the settings on which ``behaviour`` rests here: another side would change it."""
        names = (step.setting[0] for step in STEPS if step.behaviour is behaviour and step.setting and self._may(step))
        chosen = (self.settings.chosen(name) for name in dict.fromkeys(names))
        return tuple(one for one in chosen if self._rests_on(behaviour, one))

    def taking(self, setting: str, side: str) -> Emulation:
        """Return how the node would behave by a side of a setting."""
        other: dict[str, Any] = {setting: side}
        return attrs.evolve(self, settings=attrs.evolve(self.settings, **other))

    def _rests_on(self, behaviour: Behaviour, chosen: Chosen) -> bool:
        sides = (self.taking(chosen.setting, side.value) for side in chosen.conflict.sides)
        return len({one.has(behaviour) for one in sides}) > 1

    def _fits(self, step: Step) -> bool:
        is_chosen = step.setting is None or getattr(self.settings, step.setting[0]) == step.setting[1]
        return self._may(step) and is_chosen and (step.switch is None or step.switch in self.switches)

    def _may(self, step: Step) -> bool:
        return step.since <= self.release.behaves_as and step.role in {None, self.role}


@attrs.frozen(kw_only=True)
class Difference:
    """A behaviour that two releases do not share: the steps that decide in each, for one role.

    ``before`` and ``after`` decide while no switch is set; ``switches_before`` and ``switches_after`` are those with
    which the behaviour is the other way round, where the release has one.
    """

    behaviour: Behaviour
    role: Role
    before: Step
    after: Step
    switches_before: tuple[Switch, ...] = ()
    switches_after: tuple[Switch, ...] = ()
    releases: tuple[Release, Release]

    def __str__(self) -> str:
        first, second = self.releases
        old = _said(self.before.value, self.switches_before, first)
        new = _said(self.after.value, self.switches_after, second)
        return f"{self.role.value}: {self.behaviour.value}: {old}, {new}"


_WORDS = {True: "yes", False: "no"}


def _said(value: bool, switches: tuple[Switch, ...], release: Release) -> str:  # noqa: FBT001 - what is said
    """Return a value in words, with the switches that make it the other one."""
    others = f" ({_WORDS[not value]} with {' or '.join(one.value for one in switches)})" if switches else ""
    return f"{_WORDS[value]} in {release}{others}"


def differences(before: Release, after: Release) -> tuple[Difference, ...]:
    """Say what changes between two releases, for each behaviour and role that differs: by itself, or by a switch."""
    pairs = ((behaviour, role) for behaviour in Behaviour for role in behaviour.roles)
    found = (_difference(behaviour, role, before, after) for behaviour, role in pairs)
    return tuple(
        one for one in found if (one.before.value, one.switches_before) != (one.after.value, one.switches_after)
    )


def _difference(behaviour: Behaviour, role: Role, before: Release, after: Release) -> Difference:
    old, new = (Emulation(release=one, role=role) for one in (before, after))
    return Difference(
        behaviour=behaviour,
        role=role,
        before=old.step(behaviour),
        after=new.step(behaviour),
        switches_before=tuple(old.switched(behaviour)),
        switches_after=tuple(new.switched(behaviour)),
        releases=(before, after),
    )
