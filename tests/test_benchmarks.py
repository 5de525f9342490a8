"""The benchmarks at a small size, so that they run whenever somebody wants to know; nothing is timed here."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

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


NAMES: Final = ("expressway_certs", "processes", "threads", "pyopenssl", "preselected", "cryptography", "openssl")
NOT_EVERYWHERE: Final = ("certvalidator", "go")


@pytest.mark.parametrize("kind", ["rsa", "ec", "mixed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_peer_is_right_about_every_leaf(name: str, kind: str, peers: ModuleType) -> None:
    """Each peer accepts the sound leaves of a fleet and refuses every broken one."""
    from benchmarks import one, workload  # noqa: PLC0415 - the same

    fleet = workload.make(kind, 1000, 20)
    title, make, _, blind = peers.PEERS[name]
    peers.PEERS[name] = title, make, 1, blind
    found = one.measure(name, fleet)
    assert (found["leaves"], found["wrong"]) == (len(fleet.leaves), 0)
    assert fleet.sound.count(False) == len(fleet.leaves) // 100


@pytest.mark.parametrize("name", NOT_EVERYWHERE)
def test_a_peer_that_is_not_everywhere(name: str, peers: ModuleType) -> None:
    """The peers that a test environment need not have are right where they are there, and say so where they are not."""
    from benchmarks import one, workload  # noqa: PLC0415 - the same

    try:
        found = one.measure(name, workload.make("ec", 200, 10))
    except ImportError as error:
        pytest.skip(f"{name} is not installed: {error}")
    assert found["wrong"] == 0


def test_the_floor_is_about_signatures_alone(peers: ModuleType) -> None:
    """The floor refuses what is signed wrongly and accepts what has only expired: it is no judge."""
    from benchmarks import one, workload  # noqa: PLC0415 - the same

    fleet = workload.make("ec", 2000, 20)
    assert set(fleet.faults) == {None, *workload._BROKEN}
    assert one.measure("floor", fleet)["wrong"] == 0
    peers.PEERS["floor"] = (*peers.PEERS["floor"][:3], frozenset())
    assert 0 < one.measure("floor", fleet)["wrong"] < 20


def test_a_fleet_is_the_same_each_time(peers: ModuleType) -> None:
    """The seed decides all that a verdict depends on; ECDSA alone signs differently each time."""
    from benchmarks import workload  # noqa: PLC0415 - the same

    first, again = (workload.make("rsa", 100, 12) for _ in range(2))
    assert first == again
    assert workload.make("rsa", 100, 12, seed=2) != first
    assert len(first.roots) == 5
    assert len(first.others) == 7


def test_the_table_is_written(peers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is measured at a small size, and told in a table and a plot."""
    pytest.importorskip("matplotlib", reason="matplotlib (the extra bench) is not installed")
    from benchmarks import __main__, harness, measurements, one  # noqa: PLC0415 - the same

    quick = ["floor", "expressway_certs", "cryptography", "processes", "threads"]
    fewer = {name: found for name, found in peers.PEERS.items() if name in quick}
    monkeypatch.setattr(measurements, "PEERS", fewer)
    monkeypatch.setattr(measurements, "_machine", lambda: "a machine")

    def in_this_process(peer: str, workload: Path, clock: str) -> float:
        found = one.measure(peer, harness.pickle.loads(workload.read_bytes()))
        return json.loads(json.dumps(found))["leaves"] / found[clock]

    monkeypatch.setattr(harness, "run", in_this_process)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--small", "--rounds", "1", "--output", str(tmp_path)])
    __main__.main()
    table = (tmp_path / "performance-table.inc").read_text("utf-8")
    assert table.startswith("Measured on a machine: 200 leaves, 20 CA certificates.\n")
    assert "| floor: parse and one signature |" in table
    assert "| 300 | 40 |" in table
    assert (tmp_path / "performance.svg").read_text("utf-8").startswith("<?xml")


def test_a_run_that_is_wrong_ends_everything(peers: ModuleType, tmp_path: Path) -> None:
    """No time is reported for a peer that does not give the expected answers, nor for one that fails."""
    from benchmarks import harness, workload  # noqa: PLC0415 - the same

    fleet = workload.make("ec", 100, 10)
    file = tmp_path / "fleet"
    file.write_bytes(harness.pickle.dumps(attrs.evolve(fleet, faults=("none", *fleet.faults[1:]))))
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
