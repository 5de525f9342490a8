"""One run of one peer, in a process of its own: `python -m benchmarks.one PEER WORKLOAD` prints seconds and answers."""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.workload import Workload


def measure(peer: str, workload: Workload) -> dict[str, object]:
    """Return how long a peer takes for its share of the leaves, how many they are, and where it is wrong."""
    _, make, every, blind = PEERS[peer]
    judge = make(workload)
    count = max(len(workload.leaves) // every, min(len(workload.leaves), 100))
    leaves, expected = workload.leaves[:count], workload.accepted_by(blind)[:count]
    start = time.perf_counter()
    answers = judge(leaves)
    seconds = time.perf_counter() - start
    wrong = [number for number, answer in enumerate(answers) if answer != expected[number]]
    return {"seconds": getattr(judge, "seconds", seconds), "leaves": count, "wrong": len(wrong)}


if __name__ == "__main__":
    name, file = sys.argv[1:]
    try:
        found = measure(name, pickle.loads(Path(file).read_bytes()))  # noqa: S301 - written by the harness
    except ImportError as error:
        found = {"missing": str(error)}
    print(json.dumps(found))
