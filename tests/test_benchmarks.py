"""The benchmarks at a small size, so that they run whenever somebody wants to know; nothing is timed here."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs
import pytest

CHECKOUT: Final = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def peers() -> Iterator[ModuleType]:
    """Return the module of the peers; the checkout comes last on the path, after the installed package."""
    sys.path.append(str(CHECKOUT))
    from benchmarks import peers as found  # noqa: PLC0415 - only found from here on

    yield found
    sys.path.remove(str(CHECKOUT))


NAMES: Final = (
    "expressway_certs", "explained", "processes", "threads", "pyopenssl", "untrusted", "preselected", "cryptography",
    "openssl",
)  # fmt: skip
NOT_EVERYWHERE: Final = ("certvalidator", "go")


@pytest.mark.parametrize("kind", ["rsa", "ec", "mixed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_peer_is_right_about_every_leaf(
    name: str, kind: str, peers: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each peer accepts the sound leaves of a fleet and refuses every broken one."""
    from benchmarks import one, workload  # noqa: PLC0415 - the same

    fleet = workload.make(kind, 1000, 20)
    title, make, _, blind = peers.PEERS[name]
    monkeypatch.setitem(peers.PEERS, name, (title, make, 1, blind))
    found = one.measure(name, fleet)
    assert (found["leaves"], found["wrong"]) == (len(fleet.leaves), 0)
    assert fleet.sound.count(False) == len(fleet.leaves) // 100


@pytest.mark.parametrize("name", NOT_EVERYWHERE)
def test_a_peer_that_is_not_everywhere(name: str, peers: ModuleType) -> None:
    """The peers that a test environment need not have are right where they are there, and say so where they are not."""
    from benchmarks import meshes, one, workload  # noqa: PLC0415 - the same

    for fleet in (workload.make("ec", 200, 10), next(iter(meshes.meshes(meshes.SMALL).values())).workload):
        try:
            found = one.measure(name, fleet)
        except ImportError as error:
            pytest.skip(f"{name} is not installed: {error}")
        assert found["wrong"] == 0


def test_the_floor_is_about_signatures_alone(peers: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor refuses what is signed wrongly and accepts what has only expired: it is no judge."""
    from benchmarks import one, workload  # noqa: PLC0415 - the same

    fleet = workload.make("ec", 2000, 20)
    assert set(fleet.faults) == {None, *workload._BROKEN}
    assert one.measure("floor", fleet)["wrong"] == 0
    monkeypatch.setitem(peers.PEERS, "floor", (*peers.PEERS["floor"][:3], frozenset()))
    assert 0 < one.measure("floor", fleet)["wrong"] < 20


def test_a_fleet_is_the_same_each_time(peers: ModuleType) -> None:
    """The seed decides all that a verdict depends on; ECDSA alone signs differently each time."""
    from benchmarks import workload  # noqa: PLC0415 - the same

    first, again = (workload.make("rsa", 100, 12) for _ in range(2))
    assert first == again
    assert workload.make("rsa", 100, 12, seed=2) != first
    assert len(first.roots) == 5
    assert len(first.others) == 7


def in_this_process(peer: str, workload: Path, limit: float | None = None) -> dict[str, Any] | None:
    """Return what one run finds, without a process of its own."""
    from benchmarks import one  # noqa: PLC0415 - only found once the checkout is on the path

    try:
        return one.measure(peer, pickle.loads(workload.read_bytes()))  # noqa: S301 - the benchmarks' own bytes
    except ImportError:
        return None


def test_the_table_is_written(peers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is measured at a small size, and told in a table and a plot."""
    pytest.importorskip("matplotlib", reason="matplotlib (the extra bench) is not installed")
    from benchmarks import __main__, harness, measurements, meshes  # noqa: PLC0415 - the same

    quick = ["floor", "expressway_certs", "cryptography", "processes", "threads"]
    fewer = {name: found for name, found in peers.PEERS.items() if name in quick}
    monkeypatch.setattr(measurements, "PEERS", fewer)
    monkeypatch.setattr(measurements, "_machine", lambda: "a machine")

    monkeypatch.setattr(harness, "measured", in_this_process)
    monkeypatch.setattr(meshes, "NAMES", meshes.NAMES[:5])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--small", "--rounds", "1", "--output", str(tmp_path)])
    __main__.main()
    table = (tmp_path / "performance-table.inc").read_text("utf-8")
    assert table.startswith("Measured on a machine: 200 leaves, 20 CA certificates.\n")
    assert "| floor: parse and one signature |" in table
    assert "| 300 | 40 |" in table
    assert "| ladder of 3 rungs, no path | refused, " in (tmp_path / "mesh-table.inc").read_text("utf-8")
    assert (tmp_path / "performance.svg").read_text("utf-8").startswith("<?xml")


def test_a_mesh_is_judged_as_openssl_judges_it(
    peers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mesh has the verdict that it is about, by this library and by those that stand on OpenSSL."""
    from benchmarks import harness, meshes  # noqa: PLC0415 - the same

    monkeypatch.setattr(harness, "measured", in_this_process)
    monkeypatch.setattr(meshes, "NAMES", meshes.NAMES[:4])
    made = meshes.meshes(meshes.SMALL)
    found = {title: meshes.measure(mesh, 1, 60) for title, mesh in made.items()}
    assert {title: {run.trusted for run in runs.values()} for title, runs in found.items()} == {
        title: {mesh.has_path and "identifier" not in title} for title, mesh in made.items()
    }
    assert {tuple(runs) for runs in found.values()} == {meshes.NAMES}


def test_a_peer_without_an_answer_has_none(peers: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not end in time is told so, who says no where there is a path is marked, and OpenSSL must agree."""
    from benchmarks import harness, meshes  # noqa: PLC0415 - the same

    said: dict[str, bool] = {"expressway_certs": True, "explained": True, "openssl": True, "cryptography": False}

    def answer(peer: str, workload: Path, limit: float | None = None) -> dict[str, Any] | None:
        if peer == "certvalidator":
            raise subprocess.TimeoutExpired(peer, limit or 0)
        return {"accepted": int(said[peer]), "used": 0.0015} if peer in said else None

    monkeypatch.setattr(harness, "measured", answer)
    mesh = next(iter(meshes.meshes(meshes.SMALL).values()))
    found = meshes.measure(mesh, 3, 20)
    assert list(meshes._cells(mesh, found, found)) == ["trusted, 1.5"] * 3 + ["**refused**, 1.5", "no answer in 20 s"]
    assert list(meshes._cells(attrs.evolve(mesh, has_path=False), found, ["cryptography"])) == ["refused, 1.5"]
    for name in ("expressway_certs", "explained", "openssl"):
        monkeypatch.setitem(said, name, False)
        with pytest.raises(RuntimeError, match="this library and OpenSSL differ"):
            meshes.measure(mesh, 1, 20)
        monkeypatch.setitem(said, name, True)


def test_the_table_of_meshes_is_of_these_meshes(peers: ModuleType) -> None:
    """The table in the docs has a row for each mesh as it is now, and every peer in its columns."""
    from benchmarks import meshes  # noqa: PLC0415 - the same

    head, _, *rows = [
        line.strip("| ").split(" | ") for line in meshes.TABLE.read_text("utf-8").splitlines() if "|" in line
    ]
    assert head[1:] == [peers.PEERS[name][0] for name in meshes.NAMES]
    assert [row[0] for row in rows] == list(meshes.meshes(meshes.FULL))
    assert {len(row) for row in rows} == {len(head)}


def test_a_run_that_takes_too_long_is_ended(peers: ModuleType, tmp_path: Path) -> None:
    """A peer is given so many seconds and no more."""
    from benchmarks import harness, workload  # noqa: PLC0415 - the same

    file = tmp_path / "fleet"
    file.write_bytes(pickle.dumps(workload.make("ec", 100, 10)))
    with pytest.raises(subprocess.TimeoutExpired):
        harness.measured("expressway_certs", file, 0.01)


def test_a_run_that_is_wrong_ends_everything(peers: ModuleType, tmp_path: Path) -> None:
    """No time is reported for a peer that does not give the expected answers, nor for one that fails."""
    from benchmarks import harness, workload  # noqa: PLC0415 - the same

    fleet = workload.make("ec", 100, 10)
    file = tmp_path / "fleet"
    file.write_bytes(pickle.dumps(attrs.evolve(fleet, faults=("none", *fleet.faults[1:]))))
    with pytest.raises(RuntimeError, match="expressway_certs is wrong about 1 of 100 leaves"):
        harness.run("expressway_certs", file, "used")
    with pytest.raises(RuntimeError, match="nobody failed: "):
        harness.run("nobody", file, "used")


def test_the_kit_and_trustme_make_the_same(peers: ModuleType) -> None:
    """Both sides of each row get the verdict that the row is about."""
    from benchmarks import kit  # noqa: PLC0415 - the same

    found = {name: tuple(kit.verdict(make()) for make in makers) for name, (_, *makers) in kit.TASKS.items()}
    assert found == {name: (code, code) for name, (code, *_) in kit.TASKS.items()}


def test_the_table_of_the_kit_has_every_row(
    peers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines of the docs are those of the code as it is now; times are numbers, and not compared."""
    from benchmarks import kit  # noqa: PLC0415 - the same

    output = tmp_path / "table.inc"
    monkeypatch.setattr(sys, "argv", ["kit", "--rounds", "1", "--output", str(output)])
    kit.main()
    now, written = output.read_text(encoding="utf-8"), kit.TABLE.read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"{now}\n"

    def rows(table: str) -> list[list[str]]:
        return [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]

    assert [row[:3] for row in rows(now)] == [row[:3] for row in rows(written)]
    assert [row[0] for row in rows(now)] == list(kit.TASKS)
    assert all(float(cell) > 0 for row in rows(written) for cell in row[3:])
