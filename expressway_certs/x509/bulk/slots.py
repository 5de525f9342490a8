"""Leaves on their way to forked processes, in memory that both sides have: a pipe costs a tenth of the work."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import count
from mmap import mmap
from weakref import WeakValueDictionary

import attrs

_ROOM = 1 << 22
"""The bytes of a slot. What is not written to takes no memory."""

_numbers = count()
_known: WeakValueDictionary[int, Slots] = WeakValueDictionary()
"""The slots of this process, for the processes that are forked from it."""


@attrs.frozen
class Placed:
    """Where the leaves of a batch lie: in whose memory, in which slot, and how long each of them is."""

    number: int
    slot: int
    lengths: array[int]

    def leaves(self) -> Iterator[bytes] | None:
        """Return the leaves, to be read once; None in a process that does not have that memory."""
        slots = _known.get(self.number)
        return None if slots is None else slots.read(self)


class Slots:
    """Memory for so many batches at a time. It goes with the last process that holds it."""

    def __init__(self, number_of_slots: int) -> None:
        self._memory = mmap(-1, number_of_slots * _ROOM)
        self._free = [*range(number_of_slots)]
        self._number = next(_numbers)
        _known[self._number] = self

    def place(self, leaves: Sequence[bytes | str]) -> Placed | None:
        """Write leaves into a free slot; None where there is none, or they are too long or not all bytes."""
        data = [leaf for leaf in leaves if type(leaf) is bytes]
        size = sum(map(len, data))
        if not self._free or len(data) < len(leaves) or size > _ROOM:
            return None
        slot = self._free.pop()
        start = slot * _ROOM
        self._memory[start : start + size] = b"".join(data)
        return Placed(self._number, slot, array("I", map(len, data)))

    def release(self, placed: Placed) -> None:
        """Give the slot to the next batch."""
        self._free.append(placed.slot)

    def read(self, placed: Placed) -> Iterator[bytes]:
        """Yield the leaves of a batch: one at a time, for they then take the same memory one after the other."""
        at = placed.slot * _ROOM
        for length in placed.lengths:
            yield self._memory[at : at + length]
            at += length
