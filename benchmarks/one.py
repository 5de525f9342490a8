"""One run of one peer, in a process of its own: `python -m benchmarks.one PEER WORKLOAD` prints seconds and answers."""

from __future__ import annotations

import json
import pickle
import resource
import sys
import time
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.workload import Workload


def measure(peer: str, workload: Workload) -> dict[str, object]:
    """Return the time and the time of a core that a peer takes for its share of the leaves, and where it is wrong."""
    _, make, every, blind = PEERS[peer]
    judge = make(workload)
    count = max(len(workload.leaves) // every, min(len(workload.leaves), 100))
    leaves, expected = workload.leaves[:count], workload.accepted_by(blind)[:count]
    start, used = time.perf_counter(), _used()
    answers = judge(leaves)
    found = {"seconds": time.perf_counter() - start, "used": getattr(judge, "used", _used() - used)}
    wrong = [number for number, answer in enumerate(answers) if answer != expected[number]]
    return found | {"leaves": count, "accepted": sum(answers), "wrong": len(wrong)}


def _used() -> float:
    """Return the seconds of a core that this process and its children have used."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    name, file = sys.argv[1:]
    try:
        found = measure(name, pickle.loads(Path(file).read_bytes()))  # noqa: S301 - written by the harness
    except ImportError as error:
        found = {"missing": str(error)}
    print(json.dumps(found))
