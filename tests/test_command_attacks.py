"""The commands ``fvtheory silence`` and ``fvtheory audit``, on the digits network."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("PIL")

from digits_network import digits, digits_model  # noqa: E402
from fvtheory.commands import audit, silence  # noqa: E402
from fvtheory.empirical.pictures import to_png  # noqa: E402
from fvtheory.errors import FvtheoryError, InvalidInputError  # noqa: E402

MODEL = ["--model", "digits_network:digits_model"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Held-out digits as files, ten a class; "train" has others."""
    root = tmp_path_factory.mktemp("photos")
    pictures, labels, held_out, held_labels = digits()
    for name, data, classes in (("train", pictures, labels), ("heldout", held_out, held_labels)):
        for c in range(10):
            folder = root / name / str(c)
            folder.mkdir(parents=True)
            for i, picture in enumerate(data[classes == c][:10]):
                (folder / f"{i}.png").write_bytes(to_png(picture))
    return root


def run(command, *words: object) -> int:
    parser = argparse.ArgumentParser(prog="fvtheory")
    command.add_command(parser.add_subparsers(required=True))
    options = parser.parse_args([command.__name__.rpartition(".")[2], *MODEL, *map(str, words)])
    return options.run(options)


def silenced(photos: Path, out: Path, *more: object) -> int:
    return run(
        silence, "--layer", "6", "--target", photos / "heldout" / "3" / "0.png", "--images", photos / "heldout",
        "--train", photos / "train", "--beta", 3, "--steps", 30, "--units", 3, "--no-transformations",
        "--out", out, *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def silent(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("silent") / "out"
    assert silenced(photos, out) == 0
    return out


def test_silence_writes_everything_once(silent: Path, capsys: pytest.CaptureFixture[str]):
    figures = json.loads((silent / "results.json").read_text())
    natural = figures["natural"]
    assert natural["calibration"]["pictures"] == 100
    assert [natural["calibration"][k] for k in ("values", "logits", "fired")] == [0, 0, 0]
    assert natural["images"]["top1"][0] > 0.8
    assert figures["silent_by_construction"] is True
    assert figures["visualizations"]["units"] == [0, 10, 21]
    page = (silent / "index.html").read_text()
    for name in ("target", "unit-0-before", "unit-21-after"):
        assert f"{name}.png" in page
        assert (silent / f"{name}.png").stat().st_size > 60


def test_silence_again_goes_on_from_what_is_there(photos: Path, silent: Path, capsys):
    before = (silent / "results.json").read_bytes()
    assert silenced(photos, silent, "--json") == 0
    assert (silent / "results.json").read_bytes() == before
    assert json.loads(capsys.readouterr().out) == json.loads(before)
    with pytest.raises(InvalidInputError, match="other settings"):
        silenced(photos, silent, "--seed", 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--slack", "0.5"], "slack"),
        (["--units", "33"], "from 2 to 32"),
        (["--layer", "99"], "followed by"),
        (["--target", "missing.png"], "a picture"),
        (["--train", "missing"], "not there"),
    ],
)
def test_silence_refuses(photos: Path, tmp_path: Path, words: list[str], message: str):
    with pytest.raises(FvtheoryError, match=message):
        silenced(photos, tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


def test_silence_without_a_layer_lists_them(photos: Path, tmp_path: Path):
    with pytest.raises(InvalidInputError, match="0, 3, 6"):
        run(silence, "--target", photos / "heldout" / "3" / "0.png", "--out", tmp_path / "out")


def audited(photos: Path, out: Path, *more: object) -> int:
    return run(
        audit, "--images", photos / "heldout", "--steps", 80, "--no-transformations", "--out", out, *more
    )


def test_audit_says_what_it_thinks_of_units(photos: Path, tmp_path: Path, capsys):
    assert audited(photos, tmp_path / "out", "--unit", "logits:3", "--unit", "7:2", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert [u["unit"] for u in figures["units"]] == ["logits:3", "7:2"]
    for unit in figures["units"]:
        assert unit["path"] == pytest.approx(1.0)
        assert unit["verdict"] in ("trustworthy", "undecided")
    page = (tmp_path / "out" / "index.html").read_text()
    assert "unit-1-natural.png" in page
    assert (tmp_path / "out" / "unit-0-noise.png").is_file()


def test_audit_has_a_prior_or_none(photos: Path, tmp_path: Path):
    with pytest.raises(InvalidInputError, match="one of them"):
        audited(photos, tmp_path / "out", "--unit", "logits:3", "--prior", tmp_path, "--no-prior")
    assert not (tmp_path / "out").exists()


def test_audit_finds_the_silent_units_in_a_file(photos: Path, silent: Path, tmp_path: Path, capsys):
    unit = ["--fooled", silent / "silent.pt", "--unit", "6_silent:3"]
    assert audited(photos, tmp_path / "out", *unit) == 0
    assert "not trustworthy" in capsys.readouterr().out
    figures = json.loads((tmp_path / "out" / "results.json").read_text())
    assert figures["units"][0]["verdict"] == "not trustworthy"
    assert figures["units"][0]["flipped"][0][0] == "6_silent.relu"


def test_audit_measures_itself(photos: Path, silent: Path, tmp_path: Path, capsys):
    words = ["--measure", "--count", 6, "--fooled", silent / "silent.pt"]
    assert audited(photos, tmp_path / "out", *words) == 0
    figures = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [v["kind"] for v in figures["verdicts"]] == ["clean, for silent units", "silent units"]
    assert figures["hits"]["of"] == 6
    assert figures["false_alarms"]["of"] == 6
    assert figures["hits"]["low"] <= figures["hits"]["value"] <= figures["hits"]["high"]
    assert "Wilson" in capsys.readouterr().out


def test_clean_units_are_chosen_once(photos: Path, silent: Path):
    model = digits_model()
    _, network, fooled, before = audit._fooled(str(silent / "silent.pt"), model)
    networks = [("silent units", network, fooled, before)] * 2
    cases = audit._cases(model, networks, 6, torch.Generator().manual_seed(0))
    names = [[u.name for u in case.units] for case in cases if not case.fooled]
    assert [len(n) for n in names] == [12, 12]
    assert len({*names[0], *names[1]}) == 24
    few = audit._cases(model, networks, 20, torch.Generator().manual_seed(0))
    assert [len(case.units) for case in few if not case.fooled] == [32]


def test_audit_measures_nothing_with_too_few_clean_units(photos: Path, silent: Path, tmp_path: Path):
    words = ["--measure", "--count", 3, "--fooled", silent / "silent.pt"]
    with pytest.raises(InvalidInputError, match="6 clean units"):
        audited(photos, tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "neither"),
        (["--unit", "logits:3", "--measure"], "--measure and --unit"),
        (["--measure"], "without --fooled"),
        (["--unit", "logits:99"], "from 0 to 9"),
        (["--unit", "nothing here"], "unit"),
        (["--unit", "logits:3", "--prior", "missing"], "three channels"),
        (["--unit", "logits:3", "--fooled", "missing.pt"], "missing.pt"),
    ],
)
def test_audit_refuses(photos: Path, tmp_path: Path, words: list[str], message: str):
    with pytest.raises(FvtheoryError, match=message):
        audited(photos, tmp_path / "out", *words)
