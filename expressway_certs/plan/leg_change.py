"""What becomes of a leg between two audits of a deployment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from expressway_certs.rules.common import reference
from expressway_certs.rules.finding import LegRef
from expressway_certs.rules.judging import LegResult, State

_OUT: Final = frozenset({State.DOWN, State.NOT_REACHED})
_WORST_FIRST: Final = (State.DOWN, State.NOT_REACHED, State.WARNS, State.NOT_CHECKED, State.UP)

LegKey = tuple[str, str | None, str, str]


def is_out(state: State) -> bool:
    """Whether nothing goes over a leg: it is down, or it is inside one that is."""
    return state in _OUT


def key_of(result: LegResult) -> LegKey:
    """Return what tells a leg of a deployment from its others."""
    return result.leg.id, result.zone, result.initiator, result.acceptor


@attrs.frozen(kw_only=True)
class LegChange:
    """A leg whose state is another one: what it was, what it is then, and why.

    A leg that there is in one of the two audits alone counts as not checked in the other.
    """

    leg: LegRef
    zone: str | None
    before: State
    after: State
    why: str

    @property
    def breaks(self) -> bool:
        """Whether the leg goes down with it."""
        return is_out(self.after) and not is_out(self.before)

    @property
    def mends(self) -> bool:
        """Whether the leg is down no longer, as far as it is checked."""
        return is_out(self.before) and not is_out(self.after)

    @property
    def worsens(self) -> bool:
        """Whether the leg is worse off than before: down, or up with a warning."""
        return _WORST_FIRST.index(self.after) < _WORST_FIRST.index(self.before)

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"{self.leg}: {self.before.value} -> {self.after.value}{why}"


def leg_changes(before: Iterable[LegResult], after: Iterable[LegResult]) -> tuple[LegChange, ...]:
    """Return the legs whose state differs, in the order of ``after``, and then those that are gone."""
    old = {key_of(one): one for one in before}
    new = {key_of(one): one for one in after}
    keys = (*new, *(key for key in old if key not in new))
    pairs = [(old.get(key), new.get(key)) for key in keys]
    return tuple(_change(first, second) for first, second in pairs if _state(first) is not _state(second))


def _state(result: LegResult | None) -> State:
    return State.NOT_CHECKED if result is None else result.state


def _change(before: LegResult | None, after: LegResult | None) -> LegChange:
    known = after or before
    if known is None:
        raise AssertionError("one of the two is there")
    return LegChange(
        leg=reference(known),
        zone=known.zone,
        before=_state(before),
        after=_state(after),
        why=after.why if after else "there is no such leg then",
    )
