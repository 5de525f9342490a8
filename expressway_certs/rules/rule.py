"""What a rule is: a small generator of hits, and all that there is to know about it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Any, SupportsIndex, TypeVar

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.cases import Cases
from expressway_certs.rules.faults import Faults
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.judging import LegResult
from expressway_certs.rules.known import known_certificates
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.typed import typed
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

T = TypeVar("T")


class Stage(Choice):
    """Which part of the work a rule belongs to."""

    MODEL = "the model itself"
    UPLOAD = "server certificate upload"
    CA_LIST = "trusted CA list upload"
    REQUEST = "certificate request"
    TRAVERSAL = "traversal zone"
    TUNNELS = "SSH tunnels"
    CLUSTER = "cluster"
    MRA = "Mobile and Remote Access"
    ADMINISTRATION = "administration"
    IN_PLACE = "what is in place"


class NotApplicableError(Exception):
    """Raised by a rule that has nothing to look at here; its words say why."""


class NotRunError(Exception):
    """Raised by a rule that lacks an input; its words name it."""


@attrs.frozen(kw_only=True)
class Context:
    """What rules look at: the deployment, the legs as they were judged, and what waits besides them."""

    deployment: Deployment
    at: datetime
    legs: tuple[LegResult, ...] = ()
    cases: Cases = attrs.field(factory=Cases)
    _found_out: dict[Hashable, Any] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def once(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return what ``find_out`` gives, worked out once in a run, for several rules ask the same."""
        if key not in self._found_out:
            self._found_out[key] = find_out()
        found: T = self._found_out[key]
        return found

    @cached_property
    def known(self) -> TrustStore:
        """Every certificate that lies in a list somewhere in the deployment."""
        return TrustStore(known_certificates(self.deployment), "the deployment")

    def verdict(self, leaf: Certificate, trust: TrustStore, presented: Iterable[Certificate]) -> Verdict:
        """Return what a TLS client makes of a server's certificate, at the instant of the run."""
        return verify(leaf, trust, presented, VerifyPolicy(purpose=Purpose.SERVER, at=self.at))

    @cached_property
    def faults(self) -> Faults:
        """The chains that were refused, each with the place where it is told of."""
        return Faults(self.legs, self.known)


Check = Callable[[Context], Iterator[Hit]]


def _effects(values: Iterable[Effect]) -> tuple[Effect, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True, repr=False, field_transformer=typed)
class Rule:
    """A check with its id, severity and stage. Its docstring becomes its page in the docs.

    ``effects`` are what the page of an upload can do about its hits, ``words`` the product's own ones, where they
    are known; "{}" stands for what changes in them.
    """

    id: str
    severity: Severity
    stage: Stage
    check: Check = attrs.field(repr=False)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    words: str | None = None

    @property
    def documentation(self) -> str:
        """The docstring of the check."""
        return self.check.__doc__ or ""

    @property
    def title(self) -> str:
        """Its first line; the id where there is none."""
        return next(iter(self.documentation.strip().splitlines()), self.id)

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        # A generator that `rule` made into one cannot be found by its name any more: the rule stands there.
        where = getattr(self.check, "__module__", __name__), getattr(self.check, "__qualname__", "")
        return (_named, where) if _named(*where) is self else super().__reduce_ex__(protocol)


def _named(module: str, name: str) -> object:
    return getattr(import_module(module), name, None)


def rule(
    id: str,  # noqa: A002 - what it is called
    severity: Severity,
    stage: Stage,
    *effects: Effect,
    words: str | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule of a generator. It registers nothing: each module lists its rules."""

    def make(check: Check) -> Rule:
        return Rule(id=id, severity=severity, stage=stage, check=check, effects=effects, words=words)

    return make
