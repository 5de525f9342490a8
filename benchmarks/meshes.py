"""Meshes of CAs that sign each other, in which there are very many paths, few, or none: one leaf, every peer.

`python -m benchmarks.meshes` measures and writes the table of the page about speed; `python -m benchmarks` does so too.
"""

from __future__ import annotations

import argparse
import pickle
import random
import statistics
import subprocess
import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations, product
from pathlib import Path
from typing import Final

import attrs

from benchmarks import harness
from benchmarks.peers import PEERS
from benchmarks.workload import Authority, Workload, authority, make_leaf, stored_key

TABLE: Final = Path(__file__).parent.parent / "docs" / "mesh-table.inc"
NAMES: Final = ("expressway_certs", "explained", "openssl", "untrusted", "cryptography", "go", "certvalidator")
_HIDDEN: Final = 1000
"""The number of the root, and after it of one that has signed nothing."""


@attrs.frozen(kw_only=True)
class Sizes:
    """How large the meshes are, and how many seconds a peer is given for one leaf."""

    rungs: int
    keys: int
    names: int
    limit: float


FULL: Final = Sizes(rungs=20, keys=20, names=8, limit=20)
SMALL: Final = Sizes(rungs=3, keys=3, names=3, limit=20)


@attrs.frozen(kw_only=True)
class Mesh:
    """One leaf below CAs that sign each other, and whether a path leads from it to the root that is trusted."""

    workload: Workload
    has_path: bool


@attrs.frozen(kw_only=True)
class Run:
    """What a peer said, None where it did not end in time, and the seconds of a core that it took, round by round."""

    trusted: bool | None
    seconds: list[float]


def _root(number: int) -> Authority:
    return authority(f"Root {number}", None, stored_key("ec", "root", number))


def _mesh(cas: Mapping[int, Authority], edges: Iterable[tuple[int, int]], issuer: int, *, has_path: bool) -> Mesh:
    """Return a leaf of ``issuer`` below CAs; an edge is the numbers of a CA and of one that has signed it."""
    draw = random.Random(1)
    root = _root(_HIDDEN)
    signers = {**cas, _HIDDEN: root}
    others = [_signed(cas[child], signers[above], number) for number, (child, above) in enumerate(edges)]
    # Who presents the right one first spares a search that goes by the order.
    draw.shuffle(others)
    leaf = make_leaf(0, cas[issuer], stored_key("ec", "leaf", 0), None, root, draw)
    workload = Workload(
        kind="ec",
        roots=((root if has_path else _root(_HIDDEN + 1)).certificate,),
        others=tuple(others),
        leaves=(leaf,),
        faults=(None if has_path else "no path",),
    )
    return Mesh(workload=workload, has_path=has_path)


def _signed(child: Authority, above: Authority, number: int) -> bytes:
    return authority(child.text, above, child.key, b"\1" + number.to_bytes(8, "big")).certificate


def _cas(names: Iterable[str], *, one_identifier: bool = False) -> dict[int, Authority]:
    """Return CAs of these names, each with a key of its own; their own certificates are not used."""
    keys = [(name, stored_key("ec", "mesh", number)) for number, name in enumerate(names)]
    shared = keys[0][1].identifier
    return {
        number: authority(name, None, attrs.evolve(key, identifier=shared) if one_identifier else key)
        for number, (name, key) in enumerate(keys)
    }


def _ladder(rungs: int, *, has_path: bool) -> Mesh:
    """Two keys under one name on each rung, both signed by both of the rung above: 2 ** (rungs - 1) paths."""
    cas = _cas(f"Rung {number // 2}" for number in range(2 * rungs))
    steps = [
        (2 * rung + child, 2 * rung + 2 + above)
        for rung in range(rungs - 1)
        for child, above in product((0, 1), repeat=2)
    ]
    return _mesh(cas, [*steps, (2 * rungs - 2, _HIDDEN), (2 * rungs - 1, _HIDDEN)], 0, has_path=has_path)


def _namesakes(count: int, *, one_identifier: bool) -> Mesh:
    """So many keys under one name, each signed by the root; the leaf is by the last."""
    cas = _cas(["Issuing CA"] * count, one_identifier=one_identifier)
    return _mesh(cas, [(number, _HIDDEN) for number in range(count)], count - 1, has_path=True)


def _crossed(names: Iterable[str], *, has_path: bool) -> Mesh:
    """CAs of which each has signed every other, and the root the first; the leaf is by the last."""
    cas = _cas(names)
    return _mesh(cas, [(0, _HIDDEN), *permutations(cas, 2)], len(cas) - 1, has_path=has_path)


def meshes(sizes: Sizes) -> dict[str, Mesh]:
    """Return the meshes by their titles."""
    several, one = [f"CA {number}" for number in range(sizes.names)], ["CA"] * sizes.names
    return {
        f"ladder of {sizes.rungs} rungs": _ladder(sizes.rungs, has_path=True),
        f"ladder of {sizes.rungs} rungs, no path": _ladder(sizes.rungs, has_path=False),
        f"{sizes.keys} keys of one name": _namesakes(sizes.keys, one_identifier=False),
        f"{sizes.keys} keys of one name and identifier": _namesakes(sizes.keys, one_identifier=True),
        f"{sizes.names} names, all cross-signed": _crossed(several, has_path=True),
        f"{sizes.names} names, all cross-signed, no path": _crossed(several, has_path=False),
        f"{sizes.names} keys of one name, all cross-signed": _crossed(one, has_path=True),
        f"{sizes.names} keys of one name, all cross-signed, no path": _crossed(one, has_path=False),
    }


def measure(mesh: Mesh, count: int, limit: float) -> dict[str, Run]:
    """Return what each peer that is installed says of a mesh, and how long it takes, ``count`` times over.

    Raises `RuntimeError` where this library does not say what OpenSSL says.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mesh"
        file.write_bytes(pickle.dumps(mesh.workload))
        found = {name: run for name in NAMES if (run := _measure(name, file, count, limit)) is not None}
    said = {found[name].trusted for name in NAMES[:3] if name in found}
    if len(said) > 1:
        raise RuntimeError(f"this library and OpenSSL differ: {found}")
    return found


def _measure(peer: str, file: Path, count: int, limit: float) -> Run | None:
    trusted, seconds = None, []
    for _ in range(count):
        try:
            found = harness.measured(peer, file, limit)
        except subprocess.TimeoutExpired:
            return Run(trusted=None, seconds=[limit])
        if found is None:
            return None
        trusted = found["accepted"] == 1
        seconds.append(float(found["used"]))
    return Run(trusted=trusted, seconds=seconds)


def memory(mesh: Mesh) -> int:
    """Return the most bytes that are taken at once by a verdict with its explanation."""
    judge = PEERS["explained"][1](mesh.workload)
    tracemalloc.start()
    judge(mesh.workload.leaves)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def table(sizes: Sizes, count: int) -> str:
    """Measure, and return the table as Markdown."""
    made = meshes(sizes)
    found = {title: measure(mesh, count, sizes.limit) for title, mesh in made.items()}
    peers = [name for name in NAMES if name in next(iter(found.values()))]
    most = max(map(memory, made.values()))
    rows = [
        f"| one leaf, P-256, milliseconds | {' | '.join(PEERS[name][0] for name in peers)} |",
        "|---" * (1 + len(peers)) + "|",
        *(f"| {title} | {' | '.join(_cells(made[title], found[title], peers))} |" for title in made),
        "",
        f"A verdict of expressway_certs with its explanation takes at most {most / 2**20:.1f} MiB at once here.",
    ]
    return "\n".join((*rows, ""))


def _cells(mesh: Mesh, runs: Mapping[str, Run], peers: Iterable[str]) -> Iterator[str]:
    for name in peers:
        run = runs[name]
        taken = statistics.median(run.seconds)
        if run.trusted is None:
            yield f"no answer in {taken:.0f} s"
        else:
            said = "trusted" if run.trusted else "**refused**" if mesh.has_path else "refused"
            yield f"{said}, {taken * 1000:,.1f}"


def main() -> None:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.meshes", description=__doc__)
    parser.add_argument("--small", action="store_true", help="small meshes, to see that everything works")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--output", type=Path, default=TABLE, help="the file for the table")
    given = parser.parse_args()
    found = table(SMALL if given.small else FULL, given.rounds)
    print(found)
    given.output.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
