"""The command ``fvtheory sanity``: a run, the page, going on after an interruption, shards, refusals."""

from __future__ import annotations

import argparse
import json
import math

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("PIL")

import torch

from digits_network import digits
from fvtheory.cli import main
from fvtheory.commands import sanity
from fvtheory.commands.exit_codes import INTERRUPTED
from fvtheory.empirical import path_similarity
from fvtheory.empirical.layer_similarity import LayerSimilarity
from fvtheory.empirical.pictures import to_png
from fvtheory.empirical.rank_vectors import METRICS
from fvtheory.empirical.visualization_methods import MAXIMIZERS
from fvtheory.errors import InvalidInputError, UnknownNameError
from fvtheory.report import similarity_plots


def run(*words):
    parser = argparse.ArgumentParser()
    sanity.add_command(parser.add_subparsers(required=True))
    options = parser.parse_args(["sanity", *map(str, words)])
    return options.run(options)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    root = tmp_path_factory.mktemp("photographs")
    _, _, pictures, labels = digits()
    for c in range(3):
        (root / str(c)).mkdir()
        for k, picture in enumerate(pictures[labels == c][:9]):
            (root / str(c) / f"{k}.png").write_bytes(to_png(picture))
    return root


def words(photographs, out, *more):
    return (
        *("--model", "digits_network:digits_model", "--images", photographs, "--out", out),
        *("--steps", 8, "--visualizations", 2, "--method", "pixels", "--method", "maximizers", *more),
    )


@pytest.fixture(scope="module")
def results(photographs, tmp_path_factory):
    out = tmp_path_factory.mktemp("results") / "sanity"
    assert run(*words(photographs, out)) == sanity.DONE
    return out


def test_everything_is_written(results, photographs):
    document = json.loads((results / "results.json").read_text())
    layers = [LayerSimilarity.from_json(d) for d in document["layers"]]
    assert {s.metric for s in layers} == {"spearman", "pearson", "cosine"}
    assert all(math.isfinite(s.same.mean) and math.isfinite(s.visual["pixels"].mean) for s in layers)
    assert document["greatest_mismatch"] < 1e-9
    assert document["ranking"]["spearman"][0]["method"] == "maximizers"
    wrong = 0
    for entry in document["classes"]:
        chosen = json.loads((results / "classes" / f"{entry['class']}.json").read_text())
        assert len(chosen["maximizers"]) == 2
        assert not set(chosen["maximizers"]) & set(chosen["natural"])
        assert len(chosen["natural"]) + 2 + chosen["misclassified"] == chosen["images"] == 9
        wrong += chosen["misclassified"]
    assert document["compared"] == 27 - 6 - wrong
    names = {f.name for f in results.iterdir()}
    for figure in ("ranking", "absolute-spearman", "normalised-cosine"):
        assert {f"{figure}.png", f"{figure}.pdf"} <= names
    assert not [n for n in names if n.endswith(".pt")]
    assert len(list((results / "visualizations").glob("pixels-*.png"))) == 6
    page = (results / "index.html").read_text()
    assert "ranking.png" in page
    assert "maximizers" in page
    for source in page.split('src="')[1:]:
        assert (results / source.partition('"')[0]).exists()


def test_a_finished_run_is_read_again_and_an_interrupted_one_goes_on(
    results, photographs, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "again"
    monkeypatch.setattr(path_similarity, "CHUNK", 4_000)
    monkeypatch.setattr(sanity, "SECONDS_A_STATE", 0.0)
    real, made = path_similarity.Comparison._means, []

    def stopped(self, layers, number, grand):
        made.append(number)
        if len(made) == 5:
            raise KeyboardInterrupt
        return real(self, layers, number, grand)

    with monkeypatch.context() as m:
        m.setattr(path_similarity.Comparison, "_means", stopped)
        assert main(["sanity", *map(str, words(photographs, out, "--metric", "spearman"))]) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert not (out / "results.json").exists()
    before = {f: f.stat().st_mtime_ns for f in (out / "visualizations").iterdir()}
    assert (
        len(list(out.glob("layers-*.json"))) == 1
    )  # the first part is finished, of the second one class is done
    assert len(list(out.glob("layers-001-process-0-of-1.pt"))) == 1
    assert run(*words(photographs, out, "--metric", "spearman", "--json")) == sanity.DONE
    printed = json.loads(capsys.readouterr().out)
    expected = json.loads((results / "results.json").read_text())["layers"]
    assert printed["layers"] == [s for s in expected if s["metric"] == "spearman"]
    assert not list(out.glob("*.pt"))
    assert {f: f.stat().st_mtime_ns for f in (out / "visualizations").iterdir()} == before


def test_refusals(photographs, tmp_path, results):
    one = tmp_path / "one"
    (one / "0").mkdir(parents=True)
    (one / "0" / "a.png").write_bytes((photographs / "0" / "0.png").read_bytes())
    with pytest.raises(InvalidInputError, match="one class"):
        run(*words(one, tmp_path / "x"))
    assert not (tmp_path / "x").exists()
    with pytest.raises(InvalidInputError, match="other settings"):
        run(*words(photographs, results, "--seed", 1))
    with pytest.raises(InvalidInputError, match="three channels"):
        run(*words(photographs, tmp_path / "y", "--method", "prior", "--prior", tmp_path))
    with pytest.raises(UnknownNameError):
        run("--model", "nothing", "--images", photographs, "--out", tmp_path / "z")


def test_names_on_the_command_line_are_those_of_the_package():
    assert set(sanity.STANDARD) <= {*sanity.KINDS, MAXIMIZERS}
    assert sanity.METRICS == METRICS


def test_figures_without_anything_to_draw_are_refused():
    with pytest.raises(InvalidInputError):
        similarity_plots.absolute_similarity([], "spearman")
    with pytest.raises(InvalidInputError):
        similarity_plots.method_ranking([])


def test_a_class_that_the_network_does_not_have_is_refused(photographs, tmp_path):
    root = tmp_path / "far"
    for name in ("0", "4000"):
        (root / name).mkdir(parents=True)
        (root / name / "a.png").write_bytes((photographs / "0" / "0.png").read_bytes())
    with pytest.raises(InvalidInputError, match="images of class 4000"):
        run(*words(root, tmp_path / "out"))
    assert torch.get_num_threads() == 1
