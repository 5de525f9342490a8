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
    """A behaviour that two releases do not share: the steps that decide in each, for one role."""

    behaviour: Behaviour
    role: Role
    before: Step
    after: Step
    releases: tuple[Release, Release]

    def __str__(self) -> str:
        old, new = ("yes" if step.value else "no" for step in (self.before, self.after))
        first, second = self.releases
        return f"{self.role.value}: {self.behaviour.value}: {old} in {first}, {new} in {second}"


def differences(before: Release, after: Release) -> tuple[Difference, ...]:
    """Say what changes between two releases without any switch set, for each behaviour and role that differs."""
    found = []
    for behaviour in Behaviour:
        for role in Role:
            old, new = (Emulation(release=one, role=role).step(behaviour) for one in (before, after))
            if old.value is not new.value:
                found.append(
                    Difference(behaviour=behaviour, role=role, before=old, after=new, releases=(before, after))
                )
    return tuple(found)
