"""Judging on several cores or machines: batches of leaves go out, compact answers come back, in order."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from itertools import islice
from weakref import WeakValueDictionary

import attrs

from expressway_certs.x509.bulk.compact import Batch, pack, unpack
from expressway_certs.x509.bulk.index import VerifyIndex
from expressway_certs.x509.bulk.leaves import Leaf, load_leaf, verdicts
from expressway_certs.x509.bulk.slots import Placed, Slots
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.verdict import Verdict

BATCH = 1000
"""How many leaves a worker is given at once: some 20 ms of work, and a megabyte on its way."""

AHEAD = 250
"""How many leaves are judged before there is a pool."""

_MOST_KEPT = 8
_MOST_RESTARTS = 3
_BATCHES_PER_WORKER = 3
_WORKERS = 8

_here: WeakValueDictionary[bytes, VerifyIndex] = WeakValueDictionary()
"""The indexes of this process, for its threads, and for the processes that are forked from it."""
_kept: dict[bytes, VerifyIndex] = {}
"""The indexes that were sent to this process."""


def work(token: bytes, sent: bytes | None, given: Sequence[bytes | str] | Placed, at: int | None) -> Batch | None:
    """Judge a batch; None where the index of that name is not known and was not ``sent``, or the leaves are not here.

    This runs in a worker.
    """
    leaves: Iterable[bytes | str] | None = given.leaves() if isinstance(given, Placed) else given
    if leaves is None:
        return None
    index = _here.get(token) or _kept.get(token)
    if index is None:
        if sent is None:
            return None
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        index = _kept[token] = pickle.loads(sent)  # noqa: S301 - what this library's own parent process pickled
    return pack(index, leaves, at)


@attrs.define
class _Batch:
    leaves: list[Leaf]
    plain: list[bytes | str]
    placed: Placed | None
    future: Future[Batch | None]


class Run:
    """One stream of leaves on its way through an executor.

    ``restart`` makes a new one where workers may die; ``shares`` says that they are forked, and so see the memory
    of this process.
    """

    def __init__(
        self,
        index: VerifyIndex,
        at: int | None,
        executor: Executor,
        restart: Callable[[], Executor] | None = None,
        *,
        shares: bool = False,
    ) -> None:
        self._index = index
        self._at = at
        self._executor = executor
        self._restart = restart
        self._restarts = 0
        self._waiting: deque[_Batch] = deque()
        self._most = _BATCHES_PER_WORKER * _worker_count(executor)
        self._slots = Slots(self._most) if shares else None
        _here[index.token] = index

    def verdicts(self, leaves: Iterable[Leaf]) -> Iterator[Verdict | LoadError]:
        """Yield the verdicts in the order of the leaves; only a few batches are under way at a time."""
        stream = iter(leaves)
        try:
            while batch := list(islice(stream, BATCH)):
                self._waiting.append(self._sent_off(batch))
                if len(self._waiting) >= self._most:
                    yield from self._next()
            while self._waiting:
                yield from self._next()
        finally:
            for waiting in self._waiting:
                waiting.future.cancel()

    def _sent_off(self, leaves: list[Leaf]) -> _Batch:
        plain = [leaf if type(leaf) is bytes else _plain(leaf) for leaf in leaves]
        placed = self._slots.place(plain) if self._slots else None
        return _Batch(leaves, plain, placed, self._submit(placed or plain))

    def _submit(self, given: list[bytes | str] | Placed, sent: bytes | None = None) -> Future[Batch | None]:
        try:
            return self._executor.submit(work, self._index.token, sent, given, self._at)
        except BrokenExecutor as error:
            # It is dealt with when the batch has its turn.
            broken: Future[Batch | None] = Future()
            broken.set_exception(error)
            return broken

    def _next(self) -> Iterator[Verdict | LoadError]:
        """Yield the verdicts of the first batch that is under way."""
        first = self._waiting[0]
        result = self._result(first)
        self._waiting.popleft()
        if first.placed is not None and self._slots is not None:
            self._slots.release(first.placed)
        yield from unpack(self._index, first.leaves, result, self._at)

    def _result(self, batch: _Batch) -> Batch:
        while True:
            try:
                found = batch.future.result()
            except BrokenExecutor:
                self._start_again()
                continue
            if found is not None:
                return found
            batch.future = self._submit(batch.plain, pickle.dumps(self._index))

    def _start_again(self) -> None:
        """Give every batch under way to new workers: none of them was handed on yet, so none comes twice."""
        if self._restart is None or self._restarts == _MOST_RESTARTS:
            raise  # noqa: PLE0704 - the error that is being handled
        self._restarts += 1
        self._executor = self._restart()
        for batch in self._waiting:
            batch.future = self._submit(batch.placed or batch.plain)


def _plain(leaf: Leaf) -> bytes | str:
    """Return a leaf as any other process can read it; `TypeError` where it is of another type than a leaf's."""
    if isinstance(leaf, str):
        return str(leaf)
    return bytes(leaf) if isinstance(leaf, bytes) else load_leaf(leaf).der


def _worker_count(executor: Executor) -> int:
    """Return how many workers an executor has, as far as it tells: the standard library's do, and Dask's client."""
    found = getattr(executor, "_max_workers", None)
    if isinstance(found, int):
        return found
    client = getattr(executor, "_client", None)
    return sum(client.nthreads().values()) if client is not None else _WORKERS


def in_processes(
    index: VerifyIndex, leaves: Iterable[Leaf], at: int | None, count: int
) -> Iterator[Verdict | LoadError]:
    """Yield the verdicts as a pool of ``count`` processes finds them; the pool goes with the iterator."""
    import multiprocessing  # noqa: PLC0415 - it brings sockets along
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - the same

    stream = iter(leaves)
    # What is learnt from these is there in the processes that are forked, and for so few there need be none.
    first = list(islice(stream, AHEAD))
    yield from verdicts(index, first, at)
    if len(first) < AHEAD:
        return
    with ExitStack() as pools:

        def start() -> Executor:
            pool = ProcessPoolExecutor(max_workers=count, mp_context=multiprocessing.get_context(_method()))
            pools.callback(pool.shutdown, cancel_futures=True)
            return pool

        shares = (_method() or multiprocessing.get_start_method()) == "fork"
        yield from Run(index, at, start(), start, shares=shares).verdicts(stream)


def _method() -> str | None:
    """Return how to start processes: to fork while other threads run may leave the child with a lock for ever."""
    return None if threading.active_count() == 1 else "spawn"
