"""`fvtheory fool` on a small network: what it writes, that it goes on, what it refuses."""

from __future__ import annotations

import argparse
import json
import re

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("PIL")

from digits_network import digits, digits_model  # noqa: E402
from fvtheory.commands.fool import _pair, add_command  # noqa: E402
from fvtheory.empirical.fooling_circuit import circuit_of, responses  # noqa: E402
from fvtheory.empirical.fooling_files import load_fooled  # noqa: E402
from fvtheory.empirical.pictures import read_folder, to_png  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.errors import InvalidInputError  # noqa: E402


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Folders train and held-out, one subfolder a digit."""
    root = tmp_path_factory.mktemp("digits")
    pictures, labels, held_out, held_out_labels = digits()
    for name, shots, classes in (("train", pictures, labels), ("held-out", held_out, held_out_labels)):
        for i, (shot, label) in enumerate(zip(shots[:200], classes[:200], strict=True)):
            folder = root / name / str(int(label))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i}.png").write_bytes(to_png(shot))
    return root


def run(data, out, *words, small=("--quick", "--steps", "8", "--units", "4", "--unit", "logits:4")):
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    given = ["fool", "--model", "digits_network:digits_model", "--out", str(out), *small]
    given += ["--train", str(data / "train"), "--images", str(data / "held-out"), *words]
    options = parser.parse_args(given)
    return options.run(options)


@pytest.fixture(scope="module")
def one(data, tmp_path_factory):
    """Results for one unit."""
    out = tmp_path_factory.mktemp("fool") / "one"
    assert run(data, out, "--shows", "7") == 0
    return out


def results_of(out):
    return json.loads((out / "results.json").read_text())


def test_one_unit(data, one):
    fooled = load_fooled(one / "fooled.pt", prepare(digits_model()))
    circuit = circuit_of(fooled)
    assert (circuit.units.tolist(), circuit.shown.tolist()) == ([4], [7])
    found = results_of(one)
    held_out = read_folder(data / "held-out", fooled.space, 5)
    seen = responses(fooled, held_out.data)
    accuracy = found["photographs"]["accuracy"]
    for name, logits in (("before", seen.before), ("after", seen.after)):
        right = int((logits.argmax(1) == held_out.labels).sum())
        assert (accuracy[name]["top1"]["count"], accuracy[name]["top1"]["of"]) == (right, 50)
    assert found["E"]["accuracy"]["photographs"]["count"] == int((seen.e == 1).sum())
    assert found["bounds"]["k"] == circuit.gate.k.item()
    assert len(found["visualizations"]["runs"]) == 2
    settings = json.loads((one / "settings.json").read_text())
    assert settings["classifier"]["excluded"] == [4, 7]
    page = (one / "index.html").read_text()
    shown = re.findall(r'src="([^"]+)"', page)
    assert {"a.png", "d.png", "f.png", "step-8.png", "run-1-a.png"} <= set(shown)
    assert all((one / name).is_file() for name in shown)


def test_a_second_run_goes_on_and_finds_the_same(data, one):
    before = {f.name: f.read_bytes() for f in one.iterdir() if f.is_file()}
    times = {f: f.stat().st_mtime_ns for f in (one / "classifier.pt", one / "visualizations-fooled.pt")}
    (one / "bounds.pt").unlink()
    (one / "results.json").unlink()
    assert run(data, one, "--shows", "7") == 0
    assert {f.name: f.read_bytes() for f in one.iterdir() if f.is_file()} == before
    assert times == {f: f.stat().st_mtime_ns for f in times}
    with pytest.raises(InvalidInputError, match="other settings"):
        run(data, one, "--shows", "6")


def test_all_units_with_the_same_e(data, one, tmp_path, capsys):
    assert run(data, tmp_path / "all", "--permute", "--trained", str(one), "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == results_of(tmp_path / "all")
    assert printed["E"] == results_of(one)["E"]
    circuit = circuit_of(load_fooled(tmp_path / "all" / "fooled.pt", prepare(digits_model())))
    shows = dict(zip(circuit.units.tolist(), circuit.shown.tolist(), strict=True))
    assert sorted(shows) == sorted(shows.values()) == list(range(10))
    assert all(unit != shown for unit, shown in shows.items())
    assert not (tmp_path / "all" / "classifier.pt").exists()


def test_a_picture(data, one, tmp_path):
    picture = next((data / "held-out" / "3").iterdir())
    out = tmp_path / "picture"
    assert run(data, out, "--picture", str(picture), "--trained", str(one)) == 0
    circuit = circuit_of(load_fooled(out / "fooled.pt", prepare(digits_model())))
    assert len(circuit.units) == 10
    assert circuit.filters.pictures.shape == (1, 1, 16, 16)
    found = results_of(out)
    assert {"picture, as they are", "picture, transformed"} < set(found["E"]["accuracy"])
    assert (out / "classifier.pt").is_file()  # one that knows the picture
    found = found["visualizations"]
    assert set(found["correlation_with_picture"]) == {"1", "8", "end"}
    assert (out / "picture.png").is_file()


def test_results_do_not_depend_on_where_it_is_written(data, one, tmp_path):
    assert run(data, tmp_path / "again", "--shows", "7") == 0
    assert results_of(tmp_path / "again") == results_of(one)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--shows", "10"), r"two different logits from 0 to 9"),
        (("--shows", "4"), r"two different logits"),
        (("--permute", "--shows", "3"), r"only one of them"),
        (("--shows", "7", "--train", "nowhere"), r"'.*nowhere', which is not there"),
        (("--shows", "7", "--trained", "nowhere"), r"results of fvtheory fool"),
        (("--picture", "nowhere.jpg"), r"required: a picture"),
    ],
)
def test_bad_input(data, tmp_path, words, complaint):
    with pytest.raises(InvalidInputError, match=complaint):
        run(data, tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["--permute"], ["--picture", "one.png"]])
def test_any_unit_is_visualized_where_all_are_fooled(words):
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    for unit in (0, 9):
        options = parser.parse_args(["fool", "--out", "out", "--unit", str(unit), *words])
        assert _pair(options, 10)[0] == unit
    with pytest.raises(InvalidInputError, match="a logit from 0 to 8"):
        _pair(options, 9)
    options = parser.parse_args(["fool", "--out", "out", "--unit", "0"])
    with pytest.raises(InvalidInputError, match="two different logits"):
        _pair(options, 10)


def test_e_of_other_settings_is_refused(data, one, tmp_path):
    with pytest.raises(InvalidInputError, match="same network"):
        run(data, tmp_path / "out", "--permute", "--trained", str(one), "--seed", "3")
    assert not (tmp_path / "out").exists()
