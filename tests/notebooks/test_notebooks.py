"""Each notebook runs from top to bottom, says what its .py twin says, and is stored without outputs."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TIMEOUT = 180  # [s] for one cell

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(notebook):
    return [(cell.cell_type, cell.source.strip()) for cell in notebook.cells]


def test_every_notebook_has_a_twin():
    assert {path.stem for path in NOTEBOOKS} == {path.stem for path in FOLDER.glob("*.py")}


@each_notebook
def test_twin_says_the_same(path):
    twin = jupytext.read(path.with_suffix(".py"), fmt="py:percent")
    assert cells(nbformat.read(path, as_version=4)) == cells(twin), f"run: jupytext --sync {path.name}"


@each_notebook
def test_stored_without_outputs(path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


@each_notebook
def test_runs(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
