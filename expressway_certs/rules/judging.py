"""What becomes of a leg: the values. How they come about is in `connection`."""

from __future__ import annotations

import enum
from typing import Protocol

import attrs

from expressway_certs.product.legs import Ask, Leg
from expressway_certs.product.nodes import Node
from expressway_certs.product.settings import Chosen
from expressway_certs.product.symptoms import Symptom
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Verdict


class State(enum.Enum):
    """What becomes of a leg."""

    UP = "up"
    WARNS = "warns"
    DOWN = "down"
    NOT_REACHED = "not reached"
    NOT_CHECKED = "not checked"


class NameMatch(enum.Enum):
    """How a wanted name stands in a certificate."""

    ALTERNATIVE_NAME = "subject alternative name"
    COMMON_NAME_ONLY = "common name alone"
    ADDRESS_ONLY = "IP address alone"
    NONE = "not there"


_WORST_FIRST = (State.DOWN, State.NOT_CHECKED, State.WARNS)


def worst(states: set[State]) -> State:
    """Return the state that a whole takes from its parts."""
    return next((state for state in _WORST_FIRST if state in states), State.UP)


@attrs.frozen(kw_only=True)
class Answer:
    """What came of one thing that was asked of a certificate besides its chain; ``match`` where it is a name.

    ``settings`` are the open questions on which it rests.
    """

    ask: Ask
    wanted: str
    found: str | None = None
    match: NameMatch | None = None
    state: State = State.UP
    why: str | None = None
    settings: tuple[Chosen, ...] = ()


@attrs.frozen(kw_only=True)
class Judgement:
    """One side's verdict on the other's certificate, by one of its lists.

    ``verdict`` is None where ``why`` says what kept it from being reached. ``tolerant`` says that the judge goes on
    all the same, perhaps after asking its user, or that only some sources have it look; ``hidden_ca`` is the CA in the
    list with which the chain would do, were it not below a namesake that is found first.
    """

    judge: str
    presenter: str
    store: str
    certificate: Certificate | None
    trusted_by: str
    verdict: Verdict | None = None
    answers: tuple[Answer, ...] = ()
    tolerant: bool = False
    hidden_ca: Certificate | None = None
    why: str | None = None
    state: State = State.UP

    def asks(self, ask: Ask, result: LegResult) -> bool:
        """Whether something is asked of the certificate that this is about, by the leg's row."""
        is_acceptor = self.presenter == result.acceptor
        shown = result.leg.acceptor_shows if is_acceptor else result.leg.initiator_shows
        return shown is not None and ask in shown.asks

    @property
    def name(self) -> str | None:
        """The name that was looked for, if any: the one that is lacking, where one is."""
        return self._named.wanted if self._named else None

    @property
    def match(self) -> NameMatch | None:
        """How that name stands in the certificate."""
        return self._named.match if self._named else None

    @property
    def _named(self) -> Answer | None:
        names = [one for one in self.answers if one.match is not None]
        return next((one for one in names if one.state is not State.UP), names[0] if names else None)


@attrs.frozen(kw_only=True)
class Obstacle:
    """What keeps a leg from coming up besides the certificates."""

    state: State
    why: str


class Judged(Protocol):
    """What a result is about: a leg of the table, and the two nodes themselves."""

    @property
    def leg(self) -> Leg:
        """The row of the table."""

    @property
    def initiator(self) -> Node:
        """Who opens the connection."""

    @property
    def acceptor(self) -> Node:
        """Who is called."""


@attrs.frozen(kw_only=True)
class LegResult:
    """A leg between two nodes: its state, and the judgements that led to it, in order.

    ``symptoms`` are what the product would log and raise for it, as far as its words are published. ``connection`` is
    what was judged, with the nodes themselves, for who wants to try it out; None for a leg to a node that is not there.
    """

    leg: Leg
    initiator: str
    acceptor: str
    zone: str | None = None
    judgements: tuple[Judgement, ...] = ()
    obstacle: Obstacle | None = None
    not_checked: str | None = None
    symptoms: tuple[Symptom, ...] = ()
    connection: Judged | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def state(self) -> State:
        """What becomes of the leg: the worst of its judgements."""
        if self.not_checked is not None:
            return State.NOT_CHECKED
        if self.obstacle is not None and self.obstacle.state is State.NOT_REACHED:
            return State.NOT_REACHED
        found = {judgement.state for judgement in self.judgements}
        return worst(found | {self.obstacle.state} if self.obstacle else found)

    @property
    def why(self) -> str:
        """The reason for the state, in a few words; empty for a leg that is up."""
        if self.not_checked is not None:
            return self.not_checked
        state = self.state
        if self.obstacle is not None and self.obstacle.state is state:
            return self.obstacle.why
        return next((one.why for one in self.judgements if one.state is state and one.why), "")
