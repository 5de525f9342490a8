"""Interleaved runs: every peer once in each round, in a drawn order, each in a process of its own."""

from __future__ import annotations

import json
import pickle
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.workload import Workload

_ROOT: Final = Path(__file__).parent.parent

Rates = Mapping[str, list[float]]
"""Leaves a second, by peer, a number for each round."""


def measured(peer: str, workload: Path, limit: float | None = None) -> dict[str, Any] | None:
    """Return what one run found (`one.measure`); None where the peer is not installed.

    Raises `subprocess.TimeoutExpired` for one that takes longer than ``limit``, in seconds.
    """
    command = [sys.executable, "-m", "benchmarks.one", peer, str(workload)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=limit)
    if done.returncode:
        raise RuntimeError(f"{peer} failed: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return None if "missing" in found else found


def run(peer: str, workload: Path, clock: str) -> float | None:
    """Return the leaves a second of one run; None where the peer is not installed. Wrong answers end everything.

    ``clock`` is "seconds" or "used", the seconds of a core: others may be at work on the machine.
    """
    found = measured(peer, workload)
    if found is None:
        return None
    if found["wrong"]:
        raise RuntimeError(f"{peer} is wrong about {found['wrong']} of {found['leaves']} leaves")
    return float(found["leaves"]) / float(found[clock])


def rounds(
    workloads: Mapping[str, Workload], peers: Iterable[str], count: int, clock: str
) -> dict[str, dict[str, list[float]]]:
    """Run every peer on every workload in each round, and return the rates by workload and peer."""
    draw = random.Random(count)
    found: dict[str, dict[str, list[float]]] = {name: {} for name in workloads}
    with tempfile.TemporaryDirectory() as folder:
        for name, workload in workloads.items():
            (Path(folder) / name).write_bytes(pickle.dumps(workload))
        runs = [(name, peer) for name in workloads for peer in peers]
        for _ in range(count):
            draw.shuffle(runs)
            for name, peer in runs:
                rate = run(peer, Path(folder) / name, clock)
                if rate is not None:
                    found[name].setdefault(peer, []).append(rate)
    return found


def rate(rates: Rates, peer: str) -> float:
    """Return the median of a peer's rates."""
    return statistics.median(rates[peer])


def ratio(rates: Rates, peer: str, other: str) -> float:
    """Return the median of the ratios of two peers, paired within a round."""
    return statistics.median(one / two for one, two in zip(rates[peer], rates[other], strict=True))
