"""Every notebook runs from top to bottom, in a fresh kernel, on the sources beside the tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("matplotlib")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_A_CELL = 120


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kernel imports the sources, draws no windows and uses one thread."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def run(notebook, folder: Path):
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def printed(notebook) -> str:
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout")


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(path: Path, tmp_path: Path):
    done = run(nbformat.read(path, as_version=4), tmp_path)
    if path.stem == "bring_your_decoder":
        text = printed(done)
        assert "error 3/4; no decoder has a worst-case error below 1/4" in text
        assert "worst error of the best decoder: 1/4 (certified: True)" in text
        assert text.count("see again  ") == 2
        pictures = [o for c in done.cells for o in c.get("outputs", ()) if "image/png" in o.get("data", {})]
        assert len(pictures) == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_calls_the_public_interface_only(path: Path):
    """No name of the package with a leading underscore, and no notebook that was saved with an error."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            names = [n.attr for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Attribute)]
            assert not [name for name in names if name.startswith("_")]
            assert not [o for o in cell.outputs if o.output_type == "error"]


@pytest.mark.usefixtures("environment")
def test_a_cell_that_fails_is_noticed(tmp_path: Path):
    cell = nbformat.v4.new_code_cell(
        "import fvtheory\nassert fvtheory.radius('convex', fvtheory.MinMax(0, 1, 0, 1)).radius == 1"
    )
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="AssertionError"):
        run(nbformat.v4.new_notebook(cells=[cell]), tmp_path)
