"""The notebooks as they are stored, and what runs them; ``python -m notebooks`` runs them all."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from notebooks import execution
from notebooks.__main__ import main

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

v4 = nbformat.v4

NAMES = {
    "reading_phi",
    "theory_and_counterexamples",
    "bring_your_decoder",
    "check_a_claim",
    "pairs_as_networks",
    "fooling_a_network",
    "sanity_check",
    "inverse_sets_and_lots",
}
PATHS = execution.paths()
PLACE = re.compile(r"(?<![\w.~:/)<])/(?:home|root|tmp|work|Users|mnt|opt|usr|var)\b|[A-Z]:\\\\")


def printing(text: str, **metadata) -> object:
    cell = v4.new_code_cell("print('words')", metadata=metadata)
    cell.outputs = [v4.new_output("stream", name="stdout", text=text)]
    return cell


def private_names(notebook) -> list[str]:
    """What a notebook uses of the package that is not public."""
    found = []
    for cell in execution.code(notebook):
        tree = execution.syntax(cell)
        found += [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr.startswith("_")]
    for module, names in execution.imports(notebook):
        if module.partition(".")[0] != "fvtheory":
            continue
        home = import_module(module)
        public = getattr(home, "__all__", dir(home))
        found += [part for part in module.split(".") if part.startswith("_")]
        offered = {n for n in names if n in public or find_spec(f"{module}.{n}")}
        found += [f"{module}.{n}" for n in names if n.startswith("_") or n not in offered]
    return found


def test_the_notebooks_are_all_there():
    assert {path.stem for path in PATHS} == NAMES


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_notebook_is_valid_and_says_what_to_install(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "pip install" in first.source
    for cell in execution.code(notebook):
        assert set(cell.metadata.get("tags", ())) <= {execution.VARIES}
    assert any("assert" in cell.source for cell in execution.code(notebook))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_outputs_are_stored_unless_they_show_photographs(path: Path):
    notebook = nbformat.read(path, as_version=4)
    kept = execution.keeps_outputs(notebook)
    assert kept == (path.stem not in {"fooling_a_network", "sanity_check", "inverse_sets_and_lots"})
    assert bool(execution.pictures(notebook)) == kept
    for cell in execution.code(notebook):
        assert kept or not cell.outputs
        assert (cell.execution_count is not None) == kept
        assert not [o for o in cell.outputs if o.output_type == "error"]
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_place_on_a_machine_is_named(path: Path):
    notebook = nbformat.read(path, as_version=4)
    words = [cell.source for cell in notebook.cells]
    words += [entry for cell in execution.code(notebook) for entry in execution.shown(cell)]
    assert not [word for word in words if PLACE.search(word)]


@pytest.mark.parametrize("place", ["/home/me/data", "open('/tmp/x')", "C:\\\\data", "in /work"])
def test_a_place_would_be_noticed(place: str):
    assert PLACE.search(place)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_notebook_uses_the_public_interface_only(path: Path):
    notebook = nbformat.read(path, as_version=4)
    lacking = execution.missing(notebook)
    if lacking:
        pytest.skip(f"no {', '.join(lacking)}")
    assert private_names(notebook) == []


@pytest.mark.parametrize(
    "source",
    [
        "import fvtheory\nfvtheory._version",
        "from fvtheory.fiber import _read",
        "import fvtheory._hypothesis",
        "from fvtheory.functions import check_dim",  # a name that the module does not offer
    ],
)
def test_a_private_name_is_noticed(source: str):
    assert private_names(v4.new_notebook(cells=[v4.new_code_cell(source)]))


# ---- what runs them ----------------------------------------------------------------------------------


def test_names_choose_notebooks():
    assert [path.stem for path in execution.paths(["sanity_check"])] == ["sanity_check"]
    with pytest.raises(ValueError, match="got notebook 'x'; required: one of bring_your_decoder"):
        execution.paths(["x"])
    assert main(["x"]) == 2


def test_packages_that_are_not_there():
    cells = ["import nothing_of_the_sort\nimport json", "%matplotlib inline\nif True:\n    import nor_this"]
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("import neither"), *map(v4.new_code_cell, cells)])
    assert execution.missing(notebook) == ["nothing_of_the_sort"]


def test_other_text_is_a_difference():
    stored = v4.new_notebook(cells=[printing("one\n"), printing("two\n")])
    assert execution.difference(stored, stored) is None
    now = v4.new_notebook(cells=[printing("one\n"), printing("three\n")])
    assert "code cell 2" in str(execution.difference(stored, now))


def test_text_may_come_in_parts():
    whole, parts = printing("onetwo\n"), printing("one")
    parts.outputs.append(v4.new_output("stream", name="stdout", text="two\n"))
    assert execution.difference(v4.new_notebook(cells=[whole]), v4.new_notebook(cells=[parts])) is None


def test_text_of_a_cell_that_varies_is_not_compared_but_its_kind_is():
    def notebook(text: str, name: str = "stdout"):
        cell = printing(text, tags=["varies"])
        cell.outputs[0].name = name
        return v4.new_notebook(cells=[cell])

    assert execution.difference(notebook("1/3"), notebook("1/4")) is None
    assert execution.difference(notebook("1/3"), notebook("1/3", "stderr")) is not None


def test_a_picture_that_is_gone_is_a_difference():
    cell = printing("")
    cell.outputs.append(v4.new_output("display_data", {"image/png": "", "text/plain": "<Figure>"}))
    assert execution.shown(cell)[-1] == execution.PICTURE
    stored = v4.new_notebook(cells=[cell])
    assert execution.difference(stored, v4.new_notebook(cells=[printing("")])) is not None


def test_a_notebook_is_run_compared_and_a_mutant_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "matplotlib"))
    monkeypatch.setattr(execution, "FOLDER", tmp_path)
    source = "import fvtheory\nR = fvtheory.radius('convex', fvtheory.MinMax(0, 1, 0, 1)).radius\nprint(R)"
    good = v4.new_notebook(cells=[v4.new_code_cell(source)])
    nbformat.write(good, tmp_path / "good.ipynb")
    assert main(["good", "--write"]) == 0
    stored = nbformat.read(tmp_path / "good.ipynb", as_version=4)
    assert execution.shown(stored.cells[0]) == ["stdout: 1/2\n"]

    stored.cells[0].outputs[0].text = "1/4\n"
    nbformat.write(stored, tmp_path / "stale.ipynb")
    stored.cells[0].source += "\nassert R == 1"
    nbformat.write(stored, tmp_path / "wrong.ipynb")
    assert main(["stale", "wrong"]) == 1
    said = capsys.readouterr().out
    assert "stale: code cell 1 shows ['stdout: 1/2" in said
    assert "AssertionError" in said


def test_a_notebook_that_takes_too_long_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    quick = v4.new_notebook(cells=[v4.new_code_cell("1")])
    assert "may take" in str(execution.execute(quick, tmp_path, limit=0.001).problem)


# ---- photographs for those who have none -------------------------------------------------------------


def test_sample_photographs():
    torch = pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    pytest.importorskip("PIL")
    from fvtheory.empirical.image_model import InputSpace
    from fvtheory.empirical.pictures import sample_photographs
    from fvtheory.errors import InvalidInputError

    colours = InputSpace(32, 24, (0.5,) * 3, (0.5,) * 3)
    found = sample_photographs(colours, 3)
    assert found.data.shape == (6, 3, 32, 24)
    assert found.data.dtype == torch.uint8
    assert found.labels.tolist() == [1, 1, 1, 2, 2, 2]
    assert len({bytes(piece.numpy().tobytes()) for piece in found.data}) == 6
    assert torch.equal(found.data, sample_photographs(colours, 3).data)
    assert not torch.equal(found.data, sample_photographs(colours, 3, seed=1).data)
    grey = InputSpace(32, 24, (0.5,), (0.5,), "L")
    assert sample_photographs(grey, 1).data.shape == (2, 1, 32, 24)
    with pytest.raises(InvalidInputError, match="0 pieces"):
        sample_photographs(colours, 0)
