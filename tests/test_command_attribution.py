"""`fvtheory lots` and `fvtheory attribution` on a small network: what they write, that they go on, what they refuse;
and what maps show of a fooled unit."""

from __future__ import annotations

import argparse
import json
import re

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("PIL")

import torch

from digits_network import digits, digits_model
from fvtheory.commands import attribution as attribution_command
from fvtheory.commands import lots as lots_command
from fvtheory.empirical import attribution, cam
from fvtheory.empirical.fooling_circuit import fool
from fvtheory.empirical.fooling_files import save_fooled
from fvtheory.empirical.lemma_1_gate import Bounds
from fvtheory.empirical.lots import Settings
from fvtheory.empirical.natural_classifier import NaturalClassifier
from fvtheory.empirical.pictures import to_png
from fvtheory.empirical.preparation import prepare
from fvtheory.errors import FvtheoryError, InvalidInputError, UnknownNameError

SMALL = ("--kernel", "9")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Folders train and held-out, one subfolder a digit."""
    root = tmp_path_factory.mktemp("digits")
    pictures, labels, held_out, held_out_labels = digits()
    for name, shots, classes in (("train", pictures, labels), ("held-out", held_out, held_out_labels)):
        for i, (shot, label) in enumerate(zip(shots[:80], classes[:80], strict=True)):
            folder = root / name / str(int(label))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i:03}.png").write_bytes(to_png(shot))
    return root


def run(name, data, out, *words, images=True):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    lots_command.add_command(commands)
    attribution_command.add_command(commands)
    given = [name, "--model", "digits_network:digits_model", "--out", str(out), *SMALL]
    if images:
        given += ["--images", str(data / "held-out")]
    given += ["--train", str(data / "train"), *words]
    options = parser.parse_args(given)
    return options.run(options)


def figures(out):
    return json.loads((out / "results.json").read_text())


def tables_of_page(out):
    """The words of each row of each table."""
    text = (out / "index.html").read_text()
    return [
        [re.findall(r"<t[hd][^>]*>([^<]*)", row) for row in re.findall(r"<tr>(.*?)</tr>", table)]
        for table in re.findall(r"<table>(.*?)</table>", text, re.S)
    ]


def check_legend_and_settings(out):
    """Every column but the first is explained, and the last table has the settings."""
    measures, legend, *_, settings = tables_of_page(out)
    explained = ", ".join(row[0] for row in legend[1:]).split(", ")
    assert [re.sub(r" \(.*", "", word) for word in measures[0][1:]] == explained
    assert all(len(row[1]) > 10 for row in legend[1:])
    known = json.loads((out / "settings.json").read_text())
    assert [row[0] for row in settings[1:]] == list(known)
    assert ["seed", "0"] in settings


def pictures_of_page(out):
    return re.findall(r'src="([^"]+)"', (out / "index.html").read_text())


# ---- lots --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["zero", "class", "mean"])
def test_lots_writes_maps_figures_and_a_page(data, tmp_path, target, capsys):
    out = tmp_path / "out"
    assert run("lots", data, out, "--target", target, "--steps", "4") == 0
    found = figures(out)
    assert (found["settings"]["target"], found["settings"]["layer"], len(found["pictures"])) == (
        target,
        "10",
        10,
    )
    assert [row["class"] for row in found["pictures"]] == list(range(10))
    assert all(row["distance"] < row["start"] for row in found["pictures"])
    shown = pictures_of_page(out)
    assert len(shown) == 40
    check_legend_and_settings(out)
    assert all((out / name).read_bytes().startswith(b"\x89PNG") for name in shown)
    assert "written to" in capsys.readouterr().out


def test_lots_goes_on_and_finds_the_same(data, tmp_path, capsys):
    out = tmp_path / "out"
    words = ("--target", "class", "--steps", "3", "--json")
    assert run("lots", data, out, *words) == 0
    first = json.loads(capsys.readouterr().out)
    (out / "003.json").unlink()
    kept = (out / "004.json").read_text()
    assert run("lots", data, out, *words) == 0
    again = json.loads(capsys.readouterr().out)
    assert (out / "004.json").read_text() == kept
    for document in (first, again):
        for row in document["pictures"]:
            del row["seconds"]
    assert first == again
    with pytest.raises(InvalidInputError, match="other settings"):
        run("lots", data, out, "--target", "class", "--steps", "4")


def test_lots_takes_single_pictures_and_the_target_of_another(data, tmp_path):
    one = next((data / "held-out" / "3").iterdir())
    other = next((data / "train" / "8").iterdir())
    words = ("--image", str(one), "--target", str(other), "--distance", "cosine", "--threshold", "0.5")
    assert run("lots", data, tmp_path / "out", *words, images=False) == 0
    (row,) = figures(tmp_path / "out")["pictures"]
    assert row["distance"] <= 0.5 or row["end"] == "all steps"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--target", "nothing"), "zero, class, mean or the file"),
        (("--distance", "cosine"), "target of zeros"),
        (("--layer", "nothing"), "dotted name"),
        (("--threshold", "-1"), "threshold from 0"),
        (("--fine", "4"), "odd size"),
        (("--fine", "33"), "odd size from 1 to 31"),
        (("--target", "mean", "--train", "nowhere"), "not there"),
        (("--image", "nowhere.png"), "one of the two"),
    ],
)
def test_lots_refuses_bad_input_and_leaves_nothing(data, tmp_path, words, complaint):
    with pytest.raises(FvtheoryError, match=complaint):
        run("lots", data, tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


# ---- attribution -------------------------------------------------------------------------------------


def test_attribution_measures_methods(data, tmp_path, capsys):
    pytest.importorskip("torchcam")
    out = tmp_path / "out"
    words = ("--methods", "random-cam", "grad-cam", "hires-cam", "--steps", "8", "--shown", "2")
    assert run("attribution", data, out, *words) == 0
    table = capsys.readouterr().out
    found = figures(out)
    assert list(found["figures"]) == ["random-cam", "grad-cam", "hires-cam"]
    for method in found["figures"].values():
        for name in ("drop", "increase", "coherency", "insertion", "deletion"):
            mean = method[name]
            assert 0 <= mean["low"] <= mean["value"] <= mean["high"] <= 1
            assert mean["count"] == 10 - method["constant_maps"] or name != "coherency"
    # Behind the deepest layer the network is an average and a linear layer: both are the same map.
    assert found["figures"]["grad-cam"]["drop"] == pytest.approx(found["figures"]["hires-cam"]["drop"])
    assert found["figures"]["grad-cam"]["drop"]["value"] < found["figures"]["random-cam"]["drop"]["value"]
    shown = pictures_of_page(out)
    assert len(shown) == 2 * 4
    assert all((out / name).is_file() for name in shown)
    check_legend_and_settings(out)
    assert "grad-cam" in table
    (out / "grad-cam.json").unlink()
    kept = (out / "random-cam.json").read_text()
    assert run("attribution", data, out, *words, "--json") == 0
    again = json.loads(capsys.readouterr().out)["figures"]
    assert (out / "random-cam.json").read_text() == kept
    assert again["grad-cam"]["insertion"] == found["figures"]["grad-cam"]["insertion"]


def test_attribution_measures_the_targets_of_lots(data, tmp_path):
    one = tmp_path / "few"
    for digit in ("0", "1"):
        (one / digit).mkdir(parents=True)
        source = min((data / "held-out" / digit).iterdir())
        (one / digit / source.name).write_bytes(source.read_bytes())
    words = (
        "--methods",
        "lots",
        "lots-class",
        "lots-mean",
        "--steps",
        "4",
        "--lots-steps",
        "5",
        "--images",
        str(one),
    )
    assert run("attribution", data, tmp_path / "out", *words, images=False) == 0
    found = figures(tmp_path / "out")["figures"]
    assert list(found) == ["lots", "lots-class", "lots-mean"]
    assert len({found[m]["insertion"]["value"] for m in found}) == 3


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--methods", "lots", "--kernel", "8"), "odd size"),
        (("--methods", "lots-mean", "--train", "nowhere"), "not there"),
        (("--methods", "lots", "--fooled", "nowhere.pt"), "nowhere.pt"),
        (("--methods", "lots-mean", "--fooled", "nowhere.pt"), "asks for the logit"),
    ],
)
def test_attribution_refuses_bad_input_and_leaves_nothing(data, tmp_path, words, complaint):
    with pytest.raises(FvtheoryError, match=complaint):
        run("attribution", data, tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


# ---- a fooled unit -----------------------------------------------------------------------------------


def fooled_network(model, natural):
    """Unit 4 shows 7, with an E that calls everything natural, or nothing."""
    e = NaturalClassifier(model.space)
    with torch.no_grad():
        e.output.weight.zero_()
        e.output.bias.fill_(1.0 if natural else -1.0)
    return fool(model, e.eval().requires_grad_(False), {4: 7}, Bounds(-100.0, 100.0))


@pytest.mark.parametrize("natural", [True, False])
@pytest.mark.parametrize("method", ["grad-cam", "random-cam", "score-cam", "smooth-grad-cam++", "lots"])
def test_maps_of_a_fooled_unit_are_those_of_the_unit_that_answers(natural, method):
    if method in cam.METHODS:
        pytest.importorskip("torchcam")
    model = prepare(digits_model())
    pictures = digits()[2][:2]
    found = attribution.reveal(
        model, fooled_network(model, natural), 4, pictures, method, 1, Settings(steps=6), 5
    )
    same, other = (found.original, found.shown) if natural else (found.shown, found.original)
    assert (found.fooled - same).abs().max() < 1e-3
    if method != "random-cam":  # which does not look at the unit
        assert (found.fooled - other).abs().max() > 0.05
        assert (found.with_original > 0.999).all() == natural
        assert (found.with_shown > 0.999).all() != natural


def test_units_that_were_not_fooled_and_other_methods_are_refused():
    model = prepare(digits_model())
    fooled = fooled_network(model, True)
    with pytest.raises(InvalidInputError, match="that were fooled: 4"):
        attribution.reveal(model, fooled, 5, digits()[2][:1], "lots")
    with pytest.raises(UnknownNameError):
        attribution.reveal(model, fooled, 4, digits()[2][:1], "lots-mean")
    with pytest.raises(InvalidInputError, match="made by fool"):
        attribution.reveal(model, model, 4, digits()[2][:1], "lots")
    with pytest.raises(UnknownNameError):
        attribution.explainer(model, "nothing")
    with pytest.raises(InvalidInputError, match="without a target"):
        attribution.explainer(model, "lots-mean")


def test_attribution_shows_what_each_method_sees_of_a_fooled_unit(data, tmp_path, capsys):
    pytest.importorskip("torchcam")
    model = prepare(digits_model())
    save_fooled(tmp_path / "fooled.pt", fooled_network(model, True))
    words = (
        "--fooled",
        str(tmp_path / "fooled.pt"),
        "--methods",
        "grad-cam",
        "--ascent",
        "4",
        "--shown",
        "1",
    )
    out = tmp_path / "out"
    assert run("attribution", data, out, *words) == 0
    found = figures(out)
    assert (found["settings"]["unit"], found["settings"]["shows"]) == (4, 7)
    assert found["called_natural"] == {"photographs": 1.0, "visualizations": 1.0}
    for side in ("photographs", "visualizations"):
        seen = found["figures"][f"grad-cam on {side}"]
        assert seen["with_original"]["value"] is None or seen["with_original"]["value"] > 0.999
    shown = pictures_of_page(out)
    assert len(shown) == 2 * 4
    assert all((out / name).is_file() for name in shown)
    assert "unit A answers photographs as F did" in capsys.readouterr().out
    named = tables_of_page(out)[1]
    assert [row[0] for row in named] == ["column", "with F", "with D", "constant"]
    with pytest.raises(InvalidInputError, match="one of the fooled units"):
        run("attribution", data, tmp_path / "other", *words, "--unit", "logits:5")
    assert not (tmp_path / "other").exists()
