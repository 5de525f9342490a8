"""The words of a step: what an administrator does for each change, and the restarts at its end, each once."""

from __future__ import annotations

from collections.abc import Iterable

from expressway_certs.product.changes import Change


def words_of(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the steps of changes that are carried out as a whole, in their order: a namesake goes before another."""
    listed = tuple(changes)
    done = [step for change in listed for step in change.steps]
    restarts = [step for change in listed for restart in change.restarts for step in restart.steps]
    return tuple(dict.fromkeys((*done, *restarts)))
