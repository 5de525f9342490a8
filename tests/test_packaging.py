"""The package as it is published: its metadata, and what the archives hold."""

import os
import re
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Final

import pytest
from hatchling import build

import expressway_certs

CHECKOUT: Final = Path(__file__).parent.parent
VERSION: Final = expressway_certs.__version__


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return the project table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


@pytest.fixture(scope="module")
def in_checkout() -> Iterator[None]:
    """Make the checkout the current folder, as the build hooks expect it."""
    before = Path.cwd()
    os.chdir(CHECKOUT)
    yield
    os.chdir(before)


@pytest.fixture(scope="module")
def wheel(in_checkout: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Return the wheel that the checkout builds."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(folder / build.build_wheel(str(folder))) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist_files(in_checkout: None, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the paths in the source archive that the checkout builds, without the folder they all lie in."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(folder / build.build_sdist(str(folder))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    """Return the metadata in the wheel."""
    return message_from_bytes(wheel.read(f"expressway_certs-{VERSION}.dist-info/METADATA"))


def package_files() -> set[str]:
    """Return every file of the package in the checkout, as the wheel should hold it."""
    files = (path for path in (CHECKOUT / "expressway_certs").rglob("*") if path.is_file())
    return {path.relative_to(CHECKOUT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Every file of the package is in the wheel, the marker of typing among them, and no test is."""
    names = set(wheel.namelist())
    inside = {name for name in names if not name.startswith(f"expressway_certs-{VERSION}.dist-info/")}
    assert inside == package_files()
    assert "expressway_certs/py.typed" in inside


def test_the_package_is_code_and_its_data_alone() -> None:
    """No left-over of a merge or an editor lies in the package."""
    assert {Path(name).suffix for name in package_files()} == {".py", ".pyi", ".typed", ".txt"}


def test_the_wheel_holds_the_licence(wheel: zipfile.ZipFile) -> None:
    """The licence travels with the package."""
    text = wheel.read(f"expressway_certs-{VERSION}.dist-info/licenses/LICENSE").decode("utf-8")
    assert text == (CHECKOUT / "LICENSE").read_text(encoding="utf-8")


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    """The command calls the same function as `python -m expressway_certs`."""
    text = wheel.read(f"expressway_certs-{VERSION}.dist-info/entry_points.txt").decode("utf-8")
    assert "expressway-certs = expressway_certs.cli:main" in text.splitlines()


def test_the_source_archive_can_be_tested(sdist_files: set[str]) -> None:
    """The source archive holds the package, its tests, its docs, and the script that runs them."""
    wanted = {".ci/run", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "docs/conf.py", "tests/conftest.py"}
    assert (wanted | package_files()) - sdist_files == set()


def test_the_version_stands_in_one_place(metadata: Message, project: dict[str, Any]) -> None:
    """The version that the package says is the one that it is installed under."""
    assert metadata["Version"] == VERSION
    assert ("version" in project, project["dynamic"]) == (False, ["version"])
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.?(a|b|rc|dev|post)\d+)?", VERSION)


def test_the_changelog_knows_the_version() -> None:
    """What a release changed is told, or is about to be."""
    text = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{re.escape(VERSION)})\]", text, re.MULTILINE)


def test_the_metadata_says_what_it_needs(metadata: Message) -> None:
    """Python 3.11, types inside, the MIT licence, and six libraries without an extra."""
    plain = {line.split(">=")[0] for line in metadata.get_all("Requires-Dist", ()) if "extra ==" not in line}
    assert (metadata["Requires-Python"], metadata["License-Expression"]) == (">=3.11", "MIT")
    assert "Typing :: Typed" in metadata.get_all("Classifier", ())
    assert plain == {"asn1crypto", "attrs", "certifi", "cryptography", "pyhanko-certvalidator", "rich"}


def test_every_extra_is_offered(metadata: Message) -> None:
    """The extras are those that the docs name."""
    wanted = {"bench", "dask", "dataframe", "docs", "fetch", "lab", "notebook", "plot", "probe", "progress", "test"}
    assert set(metadata.get_all("Provides-Extra", ())) == wanted


def test_every_dependency_has_a_lower_bound(project: dict[str, Any]) -> None:
    """A dependency says since which version it is known to do."""
    extras = project["optional-dependencies"].values()
    requirements = [*project["dependencies"], *(line for extra in extras for line in extra)]
    assert [line for line in requirements if not re.fullmatch(r"[a-z0-9-]+(\[\w+\])?>=[\d.]+", line)] == []


def test_the_script_refuses_a_step_it_does_not_know() -> None:
    """A typing error runs nothing, and the answer names the steps that there are."""
    done = subprocess.run(
        ["bash", CHECKOUT / ".ci" / "run", "lint", "test"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("no step is called test; there are: system lint types docs wheel tests ")


def test_the_readme_runs_the_tests_as_ci_does() -> None:
    """The second command of the README is a step that the script runs by default."""
    commands = re.findall(r"^\$ (.*)$", (CHECKOUT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[1] == "bash .ci/run tests"
    assert re.search(r"^default_steps=\(.*\btests\)$", script, re.MULTILINE)
