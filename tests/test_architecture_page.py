"""The picture of the architecture and its two walks: drawn from the code, checked against it and against runs."""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from fvtheory.cli import _parser

ROOT = Path(__file__).resolve().parents[1]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["architecture"] = module  # dataclasses look for it
    spec.loader.exec_module(module)
    return module


architecture = load()


@pytest.fixture(scope="module")
def house():
    return architecture.House(ROOT)


def changed(house, **sources: str):
    """The house with other sources of some modules (``__`` is a dot), and without imports of the rest."""
    mutant = copy.copy(house)
    mutant.__dict__.pop("imports", None)
    mutant.trees = dict.fromkeys(house.trees, ast.Module([], []))
    mutant.trees |= {f"fvtheory.{name.replace('__', '.')}": ast.parse(text) for name, text in sources.items()}
    return mutant


# ---- the picture -------------------------------------------------------------------------------------------


def test_every_module_stands_on_one_floor_and_imports_nothing_above(house):
    files = {f.relative_to(ROOT) for f in (ROOT / "fvtheory").rglob("*.py")}
    assert len(house.trees) == len(files)
    assert house.problems() == []


@pytest.mark.parametrize(
    ("sources", "complaint"),
    [
        ({"exact": "from fvtheory import cli"}, "fvtheory.exact imports fvtheory.cli"),
        ({"exact": "def later():\n    import fvtheory.classes.base"}, "exact imports fvtheory.classes.base"),
        ({"classes__convex": "from fvtheory.claims.claim import Claim"}, "imports fvtheory.claims.claim"),
        ({"stray": ""}, "stray stands on 0 floors"),
    ],
    ids=["upwards", "lazily", "from-a-package", "no-floor"],
)
def test_a_planted_violation_is_found(house, sources, complaint):
    assert changed(house).problems() == []
    (problem,) = changed(house, **sources).problems()
    assert complaint in problem
    with pytest.raises(ValueError, match=complaint):
        changed(house, **sources).picture()


def test_a_floor_of_nothing_and_two_floors_of_one_are_found(house):
    mutant = changed(house)
    mutant.floors = [["cli", "gone"], *house.floors]
    assert mutant.problems() == ["cli stands on 2 floors", "gone is no module"]


def test_the_imports_are_those_that_import_linter_sees(house):
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("fvtheory", cache_dir=None)
    assert house.imports == {
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    }


def test_the_picture_shows_each_unit_once_from_high_to_low(house):
    text = house.picture().removeprefix('<div class="house">').removesuffix("</div>")
    tree = ElementTree.fromstring(text)
    units = [t for t in tree.iter("text") if t.get("class") == "unit"]
    heights = [int(t.get("y")) for t in units]
    assert [t.text.rstrip("/") for t in units] == [unit for floor in house.floors for unit in floor]
    assert heights == sorted(set(heights))
    assert len(list(tree.iter("rect"))) == len(house.floors)
    words = [t.text for t in tree.iter("text") if t.get("class") == "words"]
    assert len(words) == len(units)
    assert all(words), "a module without a docstring"
    arrows = [t.get("data-way").split() for t in tree.iter("path") if t.get("data-way")]
    used = {
        (architecture.unit_of(a), architecture.unit_of(b))
        for a, b in house.imports
        if "fvtheory" not in (a, b)
    }
    assert len(arrows) > 10
    for above, below in arrows:
        assert (above, below) in used
        assert house.floor_of(above) < house.floor_of(below)


# ---- the walks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", architecture.WALKS)
def test_every_step_of_a_walk_exists(house, which):
    assert house.broken(which) == []
    assert all(step.words for step in architecture.walk(which))


def test_a_step_that_is_gone_or_not_called_is_found(house, monkeypatch):
    steps = ("verification.conclude  b", "notation.smtlib.scripts  c", "verification._Run.add  d")
    monkeypatch.setitem(architecture.WALKS, "phi", "\n  ".join(("verification.verify_claims  a", *steps)))
    assert house.broken("phi") == [
        "fvtheory.verification.verify_claims does not call fvtheory.verification.conclude",
        "fvtheory.notation.smtlib.scripts is not there",
    ]
    with pytest.raises(ValueError, match="is not there"):
        house.picture()


@pytest.mark.parametrize(("which", "command"), [("phi", "verify"), ("image", "sanity")])
def test_a_walk_begins_where_the_command_does(which, command):
    from fvtheory.commands.help import walk

    (parser,) = (p for path, p in walk(_parser()) if path == (command,))
    run = parser.get_default("run")
    assert architecture.walk(which)[0].name == f"{run.__module__}.{run.__qualname__}"


CALLED = r"""
import json
import sys
import threading

from fvtheory.cli import _parser

looked_for, words = json.loads(sys.argv[1])
found = set()


def name(frame):
    return f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"


def note(frame, event, _):
    if event != "call" or frame.f_code.co_name not in looked_for:
        return
    if not frame.f_globals.get("__name__", "").startswith("fvtheory."):
        return
    above = frame.f_back
    while above and not above.f_globals.get("__name__", "").startswith("fvtheory."):
        above = above.f_back
    if above:
        found.add((name(above), name(frame)))


options = _parser().parse_args(words)
threading.setprofile(note)
sys.setprofile(note)
options.run(options)
sys.setprofile(None)
threading.setprofile(None)
print(json.dumps(sorted(found)))
"""


def called(*words: str, folder: Path = ROOT) -> tuple[str, set[tuple[str, str]]]:
    """What a command prints, and (caller, called) of all functions of the package in it, in all threads; what is
    between them in other packages is left out, and what is defined inside a function counts as that function.

    In a process of its own: after thousands of tests CPython 3.11 may hang in a profiled call.
    """
    steps = [step for which in architecture.WALKS for step in architecture.walk(which)]
    asked = json.dumps([sorted({step.name.rpartition(".")[2] for step in steps}), words])
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(folder)))}
    done = subprocess.run(
        [sys.executable, "-c", CALLED, asked],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    *shown, pairs = done.stdout.splitlines()
    return "\n".join(shown), {(above, below) for above, below in json.loads(pairs)}


def missing(which: str, found: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Steps of a walk that a run did not take."""
    steps = architecture.walk(which)
    wanted = [(steps[s.caller].name, s.name) for s in steps if s.caller is not None]
    return [pair for pair in wanted if pair not in found]


def test_a_run_takes_every_step_of_the_way_of_phi():
    shown, found = called("verify", "--claim", "theorem-4.second-inequality", "--timeout", "20")
    assert "REFUTED" in shown
    assert missing("phi", found) == []
    assert len(missing("image", found)) > 5  # another run does not


SMALL = """
import torch

from fvtheory.empirical.image_model import ImageModel, InputSpace


def model():
    torch.manual_seed(1)  # both classes occur
    parts = torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2, bias=False)
    space = InputSpace(8, 8, mean=(0.5,) * 3, std=(0.25,) * 3, short_side=8)
    return ImageModel(torch.nn.Sequential(*parts), space, "small").eval()
"""


def test_a_run_takes_every_step_of_the_way_of_an_image(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    pytest.importorskip("PIL")
    from fvtheory.empirical.pictures import to_png

    (tmp_path / "small_network.py").write_text(SMALL)
    monkeypatch.syspath_prepend(str(tmp_path))
    model = importlib.import_module("small_network").model()
    pictures = (torch.rand(60, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 255).round() / 255
    said = model(pictures).argmax(1)
    for label in range(2):  # as the network has it
        (tmp_path / "photographs" / str(label)).mkdir(parents=True)
        assert (said == label).sum() > 4
        for number, picture in enumerate(pictures[said == label][:4]):
            (tmp_path / "photographs" / str(label) / f"{number}.png").write_bytes(to_png(picture))
    words = (
        *("sanity", "--model", "small_network:model", "--images", "photographs", "--out", "sanity"),
        *("--steps", "2", "--visualizations", "1", "--method", "pixels", "--metric", "cosine"),
    )
    assert missing("image", called(*words, folder=tmp_path)[1]) == []
