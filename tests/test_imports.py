"""What `import expressway_certs` brings along: the judge, and nothing that plots, tests or talks to a network."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import expressway_certs

HEAVY: Final = (
    "_pytest",
    "aiohttp",
    "asyncio",
    "asyncssh",
    "distributed",
    "expressway_certs.cli",
    "expressway_certs.testing",
    "http.client",
    "httpcore",
    "httpx",
    "hypothesis",
    "matplotlib",
    "numpy",
    "pandas",
    "pyhanko_certvalidator",
    "pytest",
    "requests",
    "rich",
    "ssl",
    "subprocess",
    "urllib.request",
)
LIST_MODULES: Final = "import json, sys; {}; print(json.dumps(sorted(sys.modules)))"


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a new interpreter has loaded after *statement*."""
    # Measuring coverage loads modules of its own into every interpreter that is told to measure.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    folder = Path(next(iter(expressway_certs.__path__))).parent
    command = [sys.executable, "-c", LIST_MODULES.format(statement)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=folder, env=environment)
    return set(json.loads(done.stdout))


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Return the modules that a plain import of the package loads."""
    return loaded_by("import expressway_certs")


@pytest.mark.parametrize("module", HEAVY)
def test_a_plain_import_leaves_it_out(loaded: set[str], module: str) -> None:
    """Who judges one certificate pays for no plotting, no test kit and no network library."""
    assert {name for name in loaded if name == module or name.startswith(f"{module}.")} == set()


def test_the_package_itself_is_loaded(loaded: set[str]) -> None:
    """The list of modules is a real one: it holds the package."""
    assert "expressway_certs" in loaded


def test_what_is_imported_is_seen() -> None:
    """The check above would see a network library."""
    assert "ssl" in loaded_by("import ssl")
