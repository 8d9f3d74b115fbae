"""The commands ``fvtheory networks ...``: what they write, and that bad input leaves nothing behind."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("torch")

from fvtheory import cli
from fvtheory.commands import options
from fvtheory.commands.exit_codes import INTERRUPTED

ROOT = Path(__file__).resolve().parents[1]
PHI = '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "1/8", "f_max": "7/8"}'


def run(*arguments):
    return cli.main(["networks", *map(str, arguments)])


def test_the_command_line_loads_no_torch_before_it_is_needed():
    code = "import sys, fvtheory.cli; fvtheory.cli._parser(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---- export ------------------------------------------------------------------------------------------


def test_export_writes_a_benchmark(tmp_path, capsys):
    pytest.importorskip("onnx")
    assert run("export", "--class", "convex", "--phi", PHI, "--out", tmp_path / "b") == 0
    rows = list(csv.reader((tmp_path / "b" / "instances.csv").open()))
    assert len(rows) == 9
    assert all((tmp_path / "b" / file).is_file() for row in rows for file in row[:2])
    about = json.loads((tmp_path / "b" / "expected.json").read_text())
    assert Fraction(about["gap"]) == Fraction(3, 4)
    assert "9 instances" in capsys.readouterr().out


def test_export_asks_marabou(tmp_path, capsys):
    pytest.importorskip("onnx")
    pytest.importorskip("maraboupy")
    assert run("export", "--class", "monotone", "--phi", PHI, "--out", tmp_path / "b", "--check") == 0
    assert "Marabou agrees on 9 of 9" in capsys.readouterr().out


def test_a_verifier_that_disagrees_fails_the_command(tmp_path, monkeypatch):
    pytest.importorskip("onnx")
    from fvtheory.networks import verifiers

    def wrong(folder, instances, seconds):
        return [verifiers.Opinion(i, "sat", None, None, verifiers.DISAGREES) for i in instances]

    monkeypatch.setattr(verifiers, "require_marabou", lambda: None)
    monkeypatch.setattr(verifiers, "ask_marabou", wrong)
    assert run("export", "--class", "convex", "--phi", PHI, "--out", tmp_path / "b", "--check") == 1


# ---- maximize ----------------------------------------------------------------------------------------


def test_maximize_shows_two_networks_with_one_visualization(capsys):
    assert run("maximize", "--class", "convex", "--phi", PHI, "--starts", 32, "--steps", 200) == 0
    out = capsys.readouterr().out
    assert "values      the same" in out
    assert "points      the same" in out
    assert "any decoder errs by half of it" in out


def test_maximize_in_json(capsys):
    arguments = ["--class", "convex", "--phi", PHI, "--starts", 32, "--steps", 200, "--json"]
    assert run("maximize", *arguments) == 0
    first = capsys.readouterr().out
    found = json.loads(first)
    assert found["values_agree"] is found["phi_is_shared"] is found["points_agree"] is True
    assert Fraction(found["gap"]) == Fraction(9, 16)
    assert run("maximize", *arguments) == 0
    assert capsys.readouterr().out == first
    assert run("maximize", *arguments, "--ties") == 0
    tied = json.loads(capsys.readouterr().out)
    assert tied["points_agree"] is None
    assert Fraction(tied["gap"]) == Fraction(3, 4)


def test_maximize_many(capsys):
    arguments = ["--class", "lipschitz", "--lipschitz", 2, "--count", 10, "--starts", 8, "--steps", 100]
    assert run("maximize", *arguments) == 0
    assert "starts without gradient" in capsys.readouterr().out
    assert run("maximize", *arguments, "--json") == 0
    assert json.loads(capsys.readouterr().out)["count"] == 10


# ---- decoders ----------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch):
    """Even less training than --quick."""
    from fvtheory.experiments import learned_decoders

    settings = learned_decoders.Settings(width=6, batch=32, steps=(0, 10, 40), tested=2)
    monkeypatch.setattr(learned_decoders, "QUICK", settings)


def decoders(out, *more):
    return run("decoders", "--quick", "--dim", 1, "--class", "affine", "--class", "all", "--out", out, *more)


def test_decoders_writes_table_figure_and_results(tmp_path, capsys, small):
    pytest.importorskip("matplotlib")
    assert decoders(tmp_path / "d") == 0
    table, written, rest = capsys.readouterr().out.partition("written to ")
    assert (tmp_path / "d" / "decoders.txt").read_text() == table
    assert written
    assert "results.json" in rest
    assert (tmp_path / "d" / "decoders.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "d" / "decoders.pdf").read_bytes().startswith(b"%PDF")
    found = json.loads((tmp_path / "d" / "results.json").read_text())
    assert [r["class"] for r in found["runs"]] == ["affine", "all"]
    assert not any(t["below_radius"] for r in found["runs"] for c in r["checkpoints"] for t in c["tests"])


def test_an_interrupted_run_goes_on(tmp_path, capsys, small, monkeypatch):
    pytest.importorskip("matplotlib")
    from fvtheory.experiments import learned_decoders

    whole, train, trained = tmp_path / "whole", learned_decoders.train, []

    def interrupted(cls, *rest):
        if cls == "all":
            raise KeyboardInterrupt
        return train(cls, *rest)

    def counted(cls, *rest):
        trained.append(cls)
        return train(cls, *rest)

    assert decoders(whole) == 0
    monkeypatch.setattr(learned_decoders, "train", interrupted)
    assert decoders(tmp_path / "d") == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert {f.name for f in (tmp_path / "d").iterdir()} == {"settings.json", "affine-1d.json"}
    monkeypatch.setattr(learned_decoders, "train", counted)
    assert decoders(tmp_path / "d") == 0
    assert trained == ["all"]
    for name in ("decoders.txt", "decoders.png", "decoders.pdf"):
        assert (tmp_path / "d" / name).read_bytes() == (whole / name).read_bytes()


def test_results_of_other_settings_are_kept_apart(tmp_path, capsys, small):
    pytest.importorskip("matplotlib")
    assert decoders(tmp_path / "d") == 0
    before = {f.name: f.read_bytes() for f in (tmp_path / "d").iterdir()}
    assert decoders(tmp_path / "d", "--seed", 1) == 2
    assert "other settings" in capsys.readouterr().err
    assert {f.name: f.read_bytes() for f in (tmp_path / "d").iterdir()} == before


def test_a_decoder_below_the_radius_fails_the_command(tmp_path, small, monkeypatch):
    pytest.importorskip("matplotlib")
    from dataclasses import replace

    from fvtheory.experiments import learned_decoders

    train = learned_decoders.train

    def cheating(*arguments):
        honest = train(*arguments)
        tests = tuple(replace(t, error=t.radius / 2) for t in honest.last.tests)
        return replace(honest, checkpoints=(*honest.checkpoints[:-1], replace(honest.last, tests=tests)))

    monkeypatch.setattr(learned_decoders, "train", cheating)
    assert decoders(tmp_path / "d") == 1


# ---- sweep -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "dim", "more"),
    [("monotone", 1, []), ("lipschitz", 2, ["--lipschitz", 2]), ("affine", 1, []), ("all", 3, [])],
)
def test_sweep_writes_results_and_figures(tmp_path, capsys, cls, dim, more):
    pytest.importorskip("matplotlib")
    numpy = pytest.importorskip("numpy")
    arguments = ["--class", cls, "--dim", dim, "--count", 40, "--points", 60, *more]
    assert run("sweep", *arguments, "--out", tmp_path / "s") == 0
    summary = json.loads((tmp_path / "s" / "results.json").read_text())
    assert summary["evaluations"] == 2 * 40 * 60
    assert summary["values_out_of_range"] == 0
    assert summary["pairs_with_exactly_phi"] == 40
    rows = list(csv.DictReader((tmp_path / "s" / "sweep.csv").open()))
    assert len(rows) == 40
    for row in rows:
        for name in ("constant", "nearest", "interpolation"):
            assert float(row[f"error_{name}"]) >= float(row["gap"]) / 2 - 1e-6
        assert float(row["gap"]) <= 2 * Fraction(row["radius"]) + Fraction(1, 10**6)
    with numpy.load(tmp_path / "s" / "sweep.npz") as arrays:
        assert arrays["gap"].shape == (40,)
        assert arrays["shown"].shape == (2, 6, 60)
    names = {f.name for f in (tmp_path / "s").iterdir()}
    assert ("pairs.png" in names) == (dim <= 2)
    assert ("errors.pdf" in names) == (cls != "affine")
    again = tmp_path / "again"
    assert run("sweep", *arguments, "--out", again) == 0
    assert (again / "sweep.csv").read_bytes() == (tmp_path / "s" / "sweep.csv").read_bytes()


def test_a_sweep_sees_networks_that_lack_phi():
    import torch

    from fvtheory.experiments import sweep as module

    build = module.pairs

    def shifted(*arguments):
        both = build(*arguments)
        both.upper.base += 1 / 16
        return both

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "pairs", shifted)
        found = module.sweep("all", 1, 10, 20, torch.Generator().manual_seed(0))
    assert found.out_of_range.sum() > 0
    assert not found.has_information.any()


def test_a_sweep_does_not_switch_gradients_off():
    import torch

    from fvtheory.experiments.sweep import sweep

    sweep("all", 1, 5, 20, torch.Generator().manual_seed(0))
    assert torch.is_grad_enabled()


# ---- bad input ---------------------------------------------------------------------------------------

BAD = [
    (["export", "--class", "convex", "--phi", "{"], "JSON"),
    (["export", "--class", "nothing", "--phi", PHI], "nothing"),
    (["export", "--class", "lipschitz", "--phi", PHI], "Lipschitz"),
    (["export", "--class", "affine", "--phi", PHI], "information of some function"),
    (["export", "--class", "convex", "--phi", PHI, "--margin", "1"], "margin"),
    (["export", "--class", "convex", "--phi", PHI, "--margin", "0.5"], "margin"),
    (["sweep", "--class", "constant"], "constant"),
    (["sweep", "--class", "convex", "--device", "nowhere"], "device"),
    (["sweep", "--class", "convex", "--reach", "0"], "reach"),
    (["sweep", "--class", "lipschitz", "--lipschitz", "1/100"], "lipschitz"),
    (["decoders", "--class", "nothing"], "nothing"),
    (["decoders", "--dim", "3"], "dimensions"),
    (["decoders", "--lipschitz", "-1"], "lipschitz"),
    (["decoders", "--device", "nowhere"], "device"),
]


@pytest.mark.parametrize(
    ("arguments", "word"), BAD, ids=lambda v: " ".join(v)[:40] if isinstance(v, list) else v
)
def test_bad_input_gives_one_error_and_writes_nothing(tmp_path, capsys, arguments, word):
    pytest.importorskip("matplotlib")
    pytest.importorskip("onnx")
    assert run(*arguments, "--out", tmp_path / "x") == 2
    error = capsys.readouterr().err
    assert error.startswith("fvtheory: got ")
    assert error.count("\n") == 1
    assert word in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["export", "sweep", "decoders"])
def test_a_folder_in_use_is_left_alone(tmp_path, capsys, command):
    pytest.importorskip("matplotlib")
    (tmp_path / "mine.txt").write_text("mine")
    more = [] if command == "decoders" else ["--class", "convex"]
    more += ["--phi", PHI] if command == "export" else []
    assert run(command, *more, "--out", tmp_path) == 2
    assert "folder" in capsys.readouterr().err
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("seed", ["-1", "1/2", str(2**63)])
def test_a_bad_seed_is_refused(capsys, seed):
    with pytest.raises(SystemExit) as stopped:
        run("maximize", "--class", "convex", "--phi", PHI, "--seed", seed)
    assert stopped.value.code == 2
    assert "whole number" in capsys.readouterr().err


def test_maximize_needs_one_of_phi_and_count(capsys):
    assert run("maximize", "--class", "convex") == 2
    assert run("maximize", "--class", "convex", "--phi", PHI, "--count", 3) == 2
    assert "one of the two" in capsys.readouterr().err


def test_without_torch_there_is_one_clear_error(tmp_path, capsys, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(options, "import_module", missing)
    assert run("sweep", "--class", "convex", "--out", tmp_path / "x") == 2
    assert "pip install torch" in capsys.readouterr().err


def test_a_failed_figure_leaves_no_sweep(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    from fvtheory.report import plots

    def broken(*_):
        raise OSError("no space left")

    monkeypatch.setattr(plots, "sweep_errors", broken)
    assert run("sweep", "--class", "all", "--count", 5, "--points", 5, "--out", tmp_path / "x") == 1
    assert not list(tmp_path.iterdir())
