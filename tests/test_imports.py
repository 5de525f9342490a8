"""What `import expressway_certs` brings along: nothing; and its names no plotting, no test kit and no network."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import expressway_certs
from expressway_certs import testing

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
    """Return the modules that all public names together load."""
    return loaded_by("from expressway_certs import *")


def test_a_plain_import_loads_nothing_else() -> None:
    """The names are imported when they are asked for: whoever installs a plugin pays for none of them."""
    loaded = {
        name for name in loaded_by("import expressway_certs") if name.split(".")[0] not in sys.stdlib_module_names
    }
    assert loaded - loaded_by("pass") == {"expressway_certs", "expressway_certs._lazy"}


@pytest.mark.parametrize("package", [expressway_certs, testing], ids=lambda package: package.__name__)
def test_a_package_offers_what_its_stub_says(package: ModuleType) -> None:
    """Each name of the stub is there, listed once in its ``__all__``, sorted, and shown by `dir`; nothing else is."""
    stub = Path(package.__file__ or "").with_suffix(".pyi").read_text(encoding="utf-8")
    *imports, listed = ast.parse(stub).body
    assert isinstance(listed, ast.Assign)
    names = ast.literal_eval(listed.value)
    imported = [alias.name for node in imports if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(imported) == sorted(names) == package.__all__
    assert len(set(names)) == len(names)
    assert [name for name in names if getattr(package, name) is None] == []
    assert set(names) <= set(dir(package))


def test_a_name_that_there_is_not_is_an_error() -> None:
    """As in any other module."""
    with pytest.raises(AttributeError, match="module 'expressway_certs' has no attribute 'nothing'"):
        expressway_certs.nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nothing' from 'expressway_certs'"):
        exec("from expressway_certs import nothing")  # noqa: S102 - a type checker would refuse it written out
    assert not hasattr(testing, "nothing")


@pytest.mark.parametrize("package", [expressway_certs, testing], ids=lambda package: package.__name__)
def test_a_name_is_not_that_of_a_module(package: ModuleType) -> None:
    """Importing a module of the package puts it where its name stands: no public name may stand there."""
    modules = {path.stem for path in Path(package.__file__ or "").parent.iterdir()}
    assert modules & set(package.__all__) == set()


@pytest.mark.parametrize("module", HEAVY)
def test_the_public_names_leave_it_out(loaded: set[str], module: str) -> None:
    """Who judges one certificate pays for no plotting, no test kit and no network library."""
    assert {name for name in loaded if name == module or name.startswith(f"{module}.")} == set()


def test_the_package_itself_is_loaded(loaded: set[str]) -> None:
    """The list of modules is a real one: it holds the judge."""
    assert "expressway_certs.x509.verify" in loaded


def test_what_is_imported_is_seen() -> None:
    """The check above would see a network library."""
    assert "ssl" in loaded_by("import ssl")
