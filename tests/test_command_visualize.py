"""``fvtheory visualize``, on the digits network."""

from __future__ import annotations

import argparse
import json
import sys

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")
image = pytest.importorskip("PIL.Image")

import numpy  # noqa: E402

from digits_network import digits, digits_model  # noqa: E402
from fvtheory.cli import main  # noqa: E402
from fvtheory.commands import visualize as command  # noqa: E402
from fvtheory.commands.exit_codes import INTERRUPTED  # noqa: E402
from fvtheory.empirical import feature_visualization  # noqa: E402
from fvtheory.empirical.pictures import to_png  # noqa: E402
from fvtheory.errors import FvtheoryError, InvalidInputError  # noqa: E402

QUICK = ["--steps", "9", "--keep", "0,3,9", "--pad", "0", "--jitter", "1", "--last-jitter", "0"]


@pytest.fixture(autouse=True)
def network(monkeypatch, tmp_path):
    """The digits network under a name, as a user's own would be; the search path is put back afterwards."""
    (tmp_path / "own_digits.py").write_text("from digits_network import digits_model as make\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    digits_model()
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    sys.modules.pop("own_digits", None)


START = ["visualize", "--model", "own_digits:make"]


def call(*words: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_command(parser.add_subparsers(required=True))
    options = parser.parse_args([*START, *map(str, words)])
    return options.run(options)


def test_a_folder_of_results(tmp_path, capsys):
    out = tmp_path / "out"
    units = ["--unit", "logits:3", "--unit", "4:2 + 0.5*logits:1"]
    assert call(*units, *QUICK, "--out", out) == 0
    shown = capsys.readouterr().out
    assert "logits:3" in shown
    document = json.loads((out / "results.json").read_text())
    assert document["settings"]["seed"] == 0
    assert document["settings"]["steps"] == 9
    assert document["settings"]["size"] == [16, 16]
    assert document["settings"]["mean"] == [0.3]
    assert [r["unit"] for r in document["results"]] == units[1::2]
    model = feature_visualization_model()
    for result in document["results"]:
        assert set(result["trajectory"]) == {"0", "3", "9"}
        assert not result["dead"]
        assert result["value"] > result["at_start"] + 0.5
    picture = numpy.array(image.open(out / "unit-0.png"))
    value = model(torch.from_numpy(picture).float()[None, None] / 255)[0, 3].item()
    assert value == pytest.approx(document["results"][0]["value"], abs=0.1), "the file is the picture"
    assert document["results"][0]["class"] == "3"
    page = (out / "index.html").read_text()
    for name in ("unit-0.png", "unit-1-step-3.png"):
        assert (out / name).is_file()
        assert name in page
    assert not list(out.glob("*.pt")), "checkpoints are gone when they are no longer needed"


def feature_visualization_model():
    from fvtheory.empirical.preparation import prepare

    return prepare(digits_model())


def test_the_same_seed_writes_the_same_files(tmp_path):
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        assert call("--unit", "logits:3", *QUICK, "--seed", seed, "--out", tmp_path / name) == 0
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name
    assert (one / "unit-0.png").read_bytes() != (three / "unit-0.png").read_bytes()


def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path, monkeypatch, capsys):
    units = [word for i in range(3) for word in ("--unit", f"logits:{i}")]
    words = [*units, *QUICK, "--batch", 2]
    assert call(*words, "--out", tmp_path / "whole") == 0
    visualize = feature_visualization.visualize
    runs = []

    def interrupted(*args, **options):
        runs.append(options)

        def stop(step: int, steps: int) -> None:
            if len(runs) == 2 and step == 6:
                raise KeyboardInterrupt

        return visualize(*args, **{**options, "progress": stop, "every": 4})

    out = tmp_path / "out"
    monkeypatch.setattr(feature_visualization, "visualize", interrupted)
    assert main([*START, *map(str, words), "--out", str(out)]) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert (out / "batch-0.json").is_file()
    assert (out / "batch-1.pt").is_file()
    assert not (out / "results.json").exists()
    assert call(*words, "--out", out) == 0
    assert len(runs) == 3, "the first batch was made again"
    for file in (tmp_path / "whole").iterdir():
        assert file.read_bytes() == (out / file.name).read_bytes(), file.name
    assert call(*words, "--out", out) == 0
    assert len(runs) == 3, "a finished run is only shown"
    with pytest.raises(InvalidInputError, match="other settings"):
        call(*words, "--seed", 5, "--out", out)


@pytest.mark.parametrize(
    "words",
    [
        ["--parameterization", "pixels", "--ascent", "decorrelated"],
        ["--parameterization", "decorrelated", "--ascent", "sup"],
        ["--parameterization", "maco", "--rate", "0.2"],
        ["--minimize"],
        ["--tv", "1", "--high-frequencies", "1", "--grey-l1", "1", "--grey-l2", "1"],
        ["--copies", "3", "--diversity", "2", "--diversity-layer", "4"],
        ["--size", "20", "--no-transformations"],
    ],
)
def test_options_are_obeyed(tmp_path, words):
    assert call("--unit", "logits:3", *QUICK, *words, "--out", tmp_path / "out") == 0
    document = json.loads((tmp_path / "out" / "results.json").read_text())
    results = document["results"]
    assert len(results) == document["settings"]["copies"]
    for result in results:
        up = result["value"] - result["at_start"]
        assert up < 0 if "--minimize" in words else up > 0
        side = 20 if "--size" in words else 16
        assert image.open(tmp_path / "out" / result["picture"]).size == (side, side)


def test_a_start_and_photographs(tmp_path):
    folder = tmp_path / "photos" / "3"
    folder.mkdir(parents=True)
    x = digits()[2]
    for i in range(8):
        (folder / f"{i}.png").write_bytes(to_png(x[i]))
    start = folder / "0.png"
    words = ["--unit", "logits:3", *QUICK, "--start", start, "--rate", "1e-6", "--parameterization", "pixels"]
    assert (
        call(*words, "--improbability", 0.1, "--images", tmp_path / "photos", "--out", tmp_path / "out") == 0
    )
    shown = numpy.array(image.open(tmp_path / "out" / "unit-0.png")).astype(int)
    assert abs(shown - numpy.array(image.open(start)).astype(int)).max() <= 1


def test_the_layers_are_listed(capsys):
    assert call("--list") == 0
    assert "logits" in capsys.readouterr().out
    assert call("--list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found[-1] == {"layer": "logits", "kind": "output", "shape": [10]}


def test_a_dead_start_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "own_dead.py").write_text(
        "from torch import nn\n"
        "from fvtheory.empirical.image_model import ImageModel, InputSpace\n"
        "def make():\n"
        "    conv = nn.Conv2d(1, 2, 1)\n"
        "    nn.init.constant_(conv.weight, -1.0), nn.init.constant_(conv.bias, -1.0)\n"
        "    module = nn.Sequential(conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())\n"
        "    return ImageModel(module, InputSpace(8, 8, (0.,), (1.,), 'L', 8))\n"
    )
    out = tmp_path / "out"
    assert call("--unit", "logits:0", *QUICK, "--model", "own_dead:make", "--out", out) == 0
    assert "dead start" in capsys.readouterr().out
    assert json.loads((out / "results.json").read_text())["results"][0]["dead"] is True
    assert "dead start" in (out / "index.html").read_text()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--unit", "logits:10"],
        ["--unit", "nothing:1"],
        ["--unit", "logits:"],
        ["--unit", "logits:1", "--keep", "10"],
        ["--unit", "logits:1", "--diversity", "1"],
        ["--unit", "logits:1", "--parameterization", "prior"],
        ["--unit", "logits:1", "--prior", "taef2"],
        ["--unit", "logits:1", "--spectrum", "photographs"],
        ["--unit", "logits:1", "--parameterization", "maco", "--spectrum", "nowhere"],
        ["--unit", "logits:1", "--parameterization", "prior", "--prior", "nowhere"],
        ["--unit", "logits:1", "--ascent", "decorrelated"],
        ["--unit", "logits:1", "--scale", "1"],
        ["--unit", "logits:1", "--start", "nowhere.png"],
        ["--unit", "logits:1", "--improbability", "1", "--images", "nowhere"],
        ["--unit", "logits:1", "--device", "no-such-device"],
        ["--unit", "logits:1", "--model", "no-such-network"],
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(tmp_path, words):
    out = tmp_path / "out"
    with pytest.raises(FvtheoryError) as caught:
        call(*QUICK, *words, "--out", out)
    assert caught.value.required
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [["--rate", "0"], ["--tv", "-1"], ["--keep", "1,x"], ["--steps", "0"], ["--tv", "nan"]]
)
def test_bad_usage(tmp_path, words):
    with pytest.raises(SystemExit):
        call("--unit", "logits:1", *words, "--out", tmp_path / "out")
