"""The notebooks of the docs: a real kernel runs each from a clean state, and the repository holds no outputs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from test_show_page import Page

FOLDER: Final = Path(__file__).parent.parent / "docs" / "notebooks"
# What the cells of each must show, among other things, in this order.
SHOWN: Final = {
    "is-my-renewal-safe": (
        "<Deployment 'Example site' 4 Expressways, 1 zone, 1 client>",
        "a PEM certificate, as Expressway takes it",
        "<Report 'Example site' 1 error, 0 warnings, 0 of 0 legs down>",
        "<Report 'Example site' 1 error, 0 warnings, 2 of 22 legs down>",
        "Figure size",
        "Append CA certificate",
        "<Report 'Example site' 0 errors, 0 warnings, 0 of 22 legs down>",
        "Figure size",
    ),
    "why-are-my-tunnels-down": (
        "<Matrix of",
        "<Report 'made site' 1 error, 0 warnings, 4 of",
        "<Verdict ok: expe1.example.com",
        "<Verdict error 20 at depth 0: unable to get local issuer certificate",
        "<Chain expe1.example.com <- missing: ",
        "<Certificate 'Public Issuing CA' intermediate",
        "<Report 'made site' 0 errors, 0 warnings, 0 of",
    ),
    "audit-a-fleet": (
        "24 of 40 sites are fine",
        "tunnel-ca-missing",
        "SSH tunnels",
        "expc1.site10.example.com",
        "['site 10']",
        "KiB of HTML",
        "<Report 'site 14' 1 error",
    ),
}


def read(name: str) -> nbformat.NotebookNode:
    """Return a notebook, which is as the format wants it."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook in a new kernel, in a folder of its own."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()


def outputs(notebook: nbformat.NotebookNode) -> Iterator[dict[str, Any]]:
    """Yield what the cells show, by kind of content."""
    for cell in notebook.cells:
        for one in cell.get("outputs", ()):
            yield {"text/plain": one.text} if one.output_type == "stream" else one.data


def test_every_notebook_is_known() -> None:
    """One that is added gets its place here."""
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == SHOWN.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_holds_no_output(name: str) -> None:
    """Outputs are made where it is read: in the repository they would only grow old."""
    cells = [cell for cell in read(name).cells if cell.cell_type == "code"]
    assert cells
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From top to bottom, without a word on standard error; it shows what it should, and leaves no file behind."""
    # Measuring coverage would write its own files there.
    for variable in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(variable, raising=False)
    notebook = read(name)
    run(notebook, tmp_path)
    streams = {one.name for cell in notebook.cells for one in cell.get("outputs", ()) if one.output_type == "stream"}
    texts = "\n".join(one.get("text/plain", "") for one in outputs(notebook))
    at = 0
    for wanted in SHOWN[name]:
        at = texts.find(wanted, at)
        assert at >= 0, wanted
    assert streams == {"stdout"}
    drawn = [one for one in outputs(notebook) if "Figure size" in one.get("text/plain", "")]
    assert drawn
    assert all(one["image/png"] for one in drawn)
    assert list(tmp_path.iterdir()) == []
    assert all(Page(one["text/html"]).tags for one in outputs(notebook) if "text/html" in one)


def test_a_cell_that_fails_is_seen(tmp_path: Path) -> None:
    """The test above would see a notebook that no longer runs."""
    cell = nbformat.v4.new_code_cell("from expressway_certs import no_such_name")
    with pytest.raises(CellExecutionError, match="no_such_name"):
        run(nbformat.v4.new_notebook(cells=[cell]), tmp_path)
