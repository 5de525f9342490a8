"""The kit in somebody else's project: the wheel in an environment of its own, and the test file of the docs."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import pytest
from hatchling import build

CHECKOUT: Final = Path(__file__).parent.parent
PAGE: Final = CHECKOUT / "docs" / "how-to" / "test-kit.md"
TEST: Final = "def test_a_new_intermediate_brings_the_tunnels_down("


def file_of(page: str) -> str:
    """Return the test file of the page."""
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if TEST in block]
    return found


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the checkout, which the build takes from the current folder."""
    before = Path.cwd()
    os.chdir(CHECKOUT)
    try:
        return folder / build.build_wheel(str(folder))
    finally:
        os.chdir(before)


def install(project: Path, *what: Path | str) -> None:
    """Make an environment in the project, and install into it what is named."""
    venv.create(project / ".venv", with_pip=False)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", project / ".venv" / "bin" / "python"]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", *what], check=True)


def run(project: Path, *arguments: str) -> str:
    """Run Python in the project as its owner would, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST", "PYTHON"))}
    command = [project / ".venv" / "bin" / "python", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, cwd=project, env=kept, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_ten_lines_prove_that_a_renewal_brings_the_tunnels_down(tmp_path: Path) -> None:
    """The test file of the docs has ten lines and passes where only the wheel and pytest are; mended, it fails."""
    text = file_of(PAGE.read_text(encoding="utf-8"))
    assert len([line for line in text.splitlines() if line]) == 10
    install(tmp_path, build_wheel(tmp_path), "pytest")
    everywhere = "*[AddTrustedCa(node=one.name, certificates=[ca.certificate]) for one in expressway_site.nodes]"
    mended = text.replace("AddTrustedCa(node=edge.name, certificates=[ca.certificate])", everywhere)
    for name, content in (("test_renewal.py", text), ("mended.py", mended)):
        (tmp_path / name).write_text(content, encoding="utf-8")

    place = run(tmp_path, "-c", "import expressway_certs; print(expressway_certs.__file__)")
    assert Path(place.strip()).is_relative_to(tmp_path / ".venv")
    shown = run(tmp_path, "-m", "pytest", "-W", "error", "--strict-markers", "-p", "no:cacheprovider")
    assert re.search(r"^plugins: expressway.certs-", shown, re.MULTILINE)
    assert re.search(r"^=+ 1 passed in ", shown, re.MULTILINE)
    # With the intermediate in every list nothing goes down, and the same test says so.
    shown = run(tmp_path, "-c", "import pytest; pytest.main(['-q', '-p', 'no:cacheprovider', 'mended.py'])")
    assert "assert [] == ['tunnel-ca-missing']" in shown


@pytest.mark.parametrize("count", [0, 2])
def test_the_page_has_one_test_file(count: int) -> None:
    """A page without the file, or with two, is not taken for the page."""
    with pytest.raises(ValueError, match="values to unpack"):
        file_of(f"```python\n{TEST}):\n    pass\n```\n" * count)
