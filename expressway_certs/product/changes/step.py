"""What every change says of itself: the steps in menu or CLI, and the restarts that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from expressway_certs.product.provenance import Source

if TYPE_CHECKING:
    from expressway_certs.product.changes.services import Restart


class Step:
    """The base of every change; it has no fields. ``str`` gives the steps and the restarts, a line each."""

    __slots__ = ()

    sources: ClassVar[tuple[Source, ...]] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """What an administrator does, in the product's words."""
        raise NotImplementedError

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The restarts without which it has no effect."""
        return ()

    def __str__(self) -> str:
        return "\n".join((*self.steps, *(step for one in self.restarts for step in one.steps)))
