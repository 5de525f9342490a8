"""What is measured: peers on one fleet, cores, growth, a matrix, memory."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import version
from typing import Final

import attrs

from benchmarks.harness import rounds
from benchmarks.peers import NOW, PEERS, POLICY
from benchmarks.workload import Kind, Workload, make
from expressway_certs import Certificate, TrustStore, verify_many, verify_matrix


@attrs.frozen(kw_only=True)
class Sizes:
    """How much is measured."""

    fleet: int
    authorities: int
    cores: int
    growth: tuple[tuple[int, int], ...]
    """(leaves, CA certificates) of each step, the first being what the others are compared with."""
    matrix: tuple[int, int, int]

    def up_to(self, most: int) -> Sizes:
        """Leave out the steps of growth with more leaves than ``most``."""
        return attrs.evolve(self, growth=tuple(step for step in self.growth if step[0] <= most))


FULL: Final = Sizes(
    fleet=20_000,
    authorities=77,
    cores=50_000,
    growth=(
        (20_000, 77), (1_000, 10), (200_000, 77), (1_000_000, 77), (20_000, 10), (200_000, 500), (20_000, 5_000),
        (200_000, 5_000), (1_000_000, 5_000),
    ),
    matrix=(20_000, 31, 12),
)  # fmt: skip
SMALL: Final = Sizes(fleet=200, authorities=20, cores=200, growth=((200, 20), (100, 10), (300, 40)), matrix=(50, 3, 4))


@attrs.frozen(kw_only=True)
class Found:
    """What was measured; rates are leaves (or verdicts) a second, one for each round."""

    sizes: Sizes
    machine: str
    fleet: dict[str, dict[str, list[float]]]
    cores: dict[str, dict[str, list[float]]]
    growth: dict[tuple[int, int], list[float]]
    matrix: dict[str, float]
    bytes_a_leaf: float


_ELSEWHERE: Final = frozenset({"processes", "threads", "explained", "untrusted"})
"""The peers that are measured on two cores, or on meshes."""


def measure(sizes: Sizes, count: int) -> Found:
    """Measure everything, ``count`` times over."""
    kinds: tuple[Kind, ...] = ("rsa", "ec", "mixed")
    fleet = {kind: make(kind, sizes.fleet, sizes.authorities) for kind in kinds}
    larger = {kind: make(kind, sizes.cores, sizes.authorities) for kind in kinds[:2]}
    alone = [name for name in PEERS if name not in _ELSEWHERE]
    return Found(
        sizes=sizes,
        machine=_machine(),
        fleet=rounds(fleet, alone, count, "used"),
        cores=rounds(larger, ["expressway_certs", "processes", "threads"], count, "seconds"),
        growth=_growth(sizes, count),
        matrix={kind: _matrix(fleet[kind], sizes) for kind in kinds[:2]},
        bytes_a_leaf=_memory(fleet["ec"]),
    )


def _machine() -> str:
    parts = (f"{name} {version(name)}" for name in ("cryptography", "pyopenssl", "pyhanko-certvalidator"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()} on {sys.platform}, {', '.join(parts)}"


def _timed(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def _growth(sizes: Sizes, count: int) -> dict[tuple[int, int], list[float]]:
    """Return the microseconds a leaf takes in fleets of several sizes, P-256."""
    found: dict[tuple[int, int], list[float]] = {step: [] for step in sizes.growth}
    made = {step: make("ec", *step) for step in sizes.growth}
    for _ in range(count):
        for step, workload in made.items():
            # So that a small fleet is timed for as long as a large one.
            times = max(1, 20_000 // step[0])
            seconds = statistics.median(_timed(lambda given=workload: _all(given)) for _ in range(times))
            found[step].append(seconds / step[0] * 1e6)
    return found


def _given(workload: Workload) -> tuple[TrustStore, list[Certificate]]:
    return TrustStore(map(Certificate.from_der, workload.roots)), [*map(Certificate.from_der, workload.others)]


def _all(workload: Workload) -> None:
    for verdict, sound in zip(verify_many(workload.leaves, *_given(workload), POLICY), workload.sound, strict=True):
        if verdict.ok != sound:
            raise RuntimeError(f"a leaf is judged wrongly: {verdict}")


def _matrix(workload: Workload, sizes: Sizes) -> float:
    """Return the verdicts a second of a matrix of stores and instants, each of them looked at."""
    leaves, stores, instants = sizes.matrix
    trust = list(_stores(workload, stores))
    moments = [NOW + timedelta(days=40 * number) for number in range(instants)]
    presented = _given(workload)[1]
    start = time.process_time()
    matrix = verify_matrix(workload.leaves[:leaves], trust, presented, POLICY, instants=moments)
    trusted = sum(code == 0 for leaf in range(leaves) for code in matrix.codes(leaf))
    seconds = time.process_time() - start
    if not 0 < trusted < len(matrix):
        raise RuntimeError("a matrix in which nothing differs")
    return len(matrix) / seconds


def _stores(workload: Workload, count: int) -> Iterator[TrustStore]:
    """Yield stores that differ: every choice of the roots, and then again with some of the other CAs."""
    roots, others = (tuple(map(Certificate.from_der, members)) for members in (workload.roots, workload.others))
    for number in range(1, count + 1):
        chosen = [root for place, root in enumerate(roots) if number >> place & 1]
        yield TrustStore([*chosen, *others[: number // (1 << len(roots))]])


def _memory(workload: Workload) -> float:
    """Return how many bytes a verdict takes that is kept, above the leaf itself."""
    given = _given(workload)
    list(verify_many(workload.leaves[:100], *given, POLICY))
    tracemalloc.start()
    kept = list(verify_many(workload.leaves, *given, POLICY))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken / len(kept)
