"""What a fault is: what is done to a sound site so that one rule finds it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.testing.breaking.bench import Bench

Injection = Callable[[Bench], Deployment]


@attrs.frozen(kw_only=True, repr=False)
class Fault:
    """What is done to a site so that the rule of this id finds it, and it alone.

    ``brings`` are the ids of the rules that may find it too, by its nature: a certificate that a CA signed without a
    usage is refused on upload for the lack of that usage.
    """

    rule: str
    inject: Injection
    brings: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """What is done, in a sentence."""
        return (self.inject.__doc__ or "").strip().splitlines()[0]

    def __repr__(self) -> str:
        return f"<Fault {self.rule}>"


def fault(rule: str, *brings: str) -> Callable[[Injection], Fault]:
    """Make a fault of what is done to a site. It registers nothing: each module lists its faults."""

    def make(inject: Injection) -> Fault:
        return Fault(rule=rule, inject=inject, brings=frozenset(brings))

    return make
