"""Leaves in memory that forked processes share, in place of a pipe."""

import gc
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest
from bulk_leaves import AT, POLICY, PRESENTED, TRUST, said
from test_bulk_ways import EXPECTED, FLEET

from expressway_certs import VerifyIndex, verify_many
from expressway_certs.x509.bulk import slots, workers
from expressway_certs.x509.bulk.slots import Placed, Slots

FEW = [b"one", b"", b"three", bytes(300)]


def sent(placed: Placed | None) -> list[bytes] | None:
    """Return the leaves that a worker finds."""
    found: Placed = pickle.loads(pickle.dumps(placed))  # noqa: S301 - our own bytes
    leaves = found.leaves()
    return None if leaves is None else list(leaves)


def test_leaves_are_found_where_they_were_placed() -> None:
    """Batches do not touch each other, and a slot that was released is the next one's."""
    memory = Slots(2)
    first, second = memory.place(FEW), memory.place(FEW[::-1])
    assert (sent(first), sent(second)) == (FEW, FEW[::-1])
    assert memory.place(FEW) is None
    assert first is not None
    memory.release(first)
    third = memory.place([b"third"])
    assert third is not None
    assert third.slot == first.slot
    assert (sent(third), sent(second)) == ([b"third"], FEW[::-1])


def test_what_has_no_room_or_is_no_bytes_is_not_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slot takes as many bytes as it is long and no more, and text never; neither uses a slot up."""
    monkeypatch.setattr(slots, "_ROOM", 1000)
    memory = Slots(2)
    assert memory.place([bytes(999), b"ab"]) is None
    assert memory.place([b"a", "text"]) is None
    full = [bytes(400), b"\xff" * 600]
    assert [sent(memory.place(full)) for _ in range(2)] == [full, full]


def test_memory_that_is_gone_holds_nothing() -> None:
    """A process that does not have the memory finds no leaves there, and none of later memory."""
    memory = Slots(1)
    placed = memory.place(FEW)
    del memory
    gc.collect()
    later = Slots(1)
    assert sent(later.place([b"other"])) == [b"other"]
    assert sent(placed) is None


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_every_batch_of_a_forked_pool_goes_by_memory(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch has a slot, and at the end every slot is free."""
    monkeypatch.setattr(workers, "BATCH", batch)
    monkeypatch.setattr(workers, "AHEAD", 5)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    made: list[Slots] = []
    placed: list[Placed | None] = []

    class Watched(Slots):
        def __init__(self, number_of_slots: int) -> None:
            super().__init__(number_of_slots)
            made.append(self)

        def place(self, leaves: list[bytes | str]) -> Placed | None:  # type: ignore[override]
            placed.append(super().place(leaves))
            return placed[-1]

    monkeypatch.setattr(workers, "Slots", Watched)
    ders = [leaf for leaf in FLEET if isinstance(leaf, bytes) and leaf.startswith(b"\x30")]
    assert len(ders) > 50
    found = [said(one) for one in verify_many(ders, TRUST, PRESENTED, POLICY, processes=2)]
    assert found == [said(one) for one in verify_many(ders, TRUST, PRESENTED, POLICY)]
    assert len(placed) == -(-(len(ders) - 5) // batch)
    assert None not in placed
    assert [sorted(memory._free) for memory in made] == [[0, 1, 2, 3, 4, 5]]


def test_workers_that_do_not_have_the_memory_are_sent_the_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a pool was forked and its replacement is not, nothing is lost."""
    monkeypatch.setattr(workers, "BATCH", 20)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        run = workers.Run(VerifyIndex(TRUST, PRESENTED, POLICY), AT, pool, shares=True)
        assert [said(one) for one in run.verdicts(FLEET)] == EXPECTED  # type: ignore[arg-type]


def test_a_spawned_pool_has_no_memory_to_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where other threads run processes are spawned, and slots would be written for nobody."""
    monkeypatch.setattr(workers, "AHEAD", 5)
    monkeypatch.setattr("threading.active_count", lambda: 2)
    monkeypatch.setattr(workers, "Slots", None)
    assert [said(one) for one in verify_many(FLEET, TRUST, PRESENTED, POLICY, processes=1)] == EXPECTED  # type: ignore[arg-type]
