"""The sanity check: identities, exact ranks, means over all pairs, intervals, curves, shards."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction as F
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fvtheory.checkers.verdict import decide
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError
from fvtheory.obligations import PROVED, REFUTED, valid
from fvtheory.pair_means import (
    dot,
    one_group,
    several_groups,
    small_cases,
    two_groups,
    vector_sum,
    vectors,
)
from fvtheory.terms import eq, total

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import numpy
import torch
from scipy import ndimage, stats

from digits_network import digits, digits_model
from fvtheory.empirical.activations import Layer, activations, layers
from fvtheory.empirical.class_pictures import ClassFolder
from fvtheory.empirical.distributed import Workers
from fvtheory.empirical.fixed_point import LIMIT, Sums, accumulate, from_fixed, merge, to_fixed
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.layer_similarity import Estimate, LayerSimilarity, layer_similarity
from fvtheory.empirical.models import load_model
from fvtheory.empirical.path_similarity import ClassPictures, Comparison, chunks, compare, correct
from fvtheory.empirical.path_similarity_curves import (
    normalised_curve,
    ranking,
    running_deviation,
    sampled_means,
    smoothed,
)
from fvtheory.empirical.path_similarity_pairs import resamples
from fvtheory.empirical.pictures import data_folder, to_bytes
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.rank_vectors import METRICS, doubled_ranks, unit_vectors
from fvtheory.empirical.visualization_methods import maximizers

# ---- the identities ------------------------------------------------------------------------------------


def test_both_solvers_prove_the_identities():
    found = decide(list(small_cases()))
    assert len(found) == 60
    assert {v.status for v in found} == {PROVED}
    assert all(set(v.checkers) == {"z3", "cvc5"} for v in found)


def test_wrong_identities_are_refuted():
    z, w = vectors("z", 3, 2), vectors("w", 2, 2)
    s, t = vector_sum(z), vector_sum(w)
    pairs = total(2 * dot(a, b) for a, b in combinations(z, 2))
    lengths = [eq(dot(v, v), 1) for v in z]
    wrong = [
        valid("no squares taken off", lengths, eq(dot(s, s), pairs)),
        valid("one square too few", lengths, eq(dot(s, s) - 2, pairs)),
        valid("each pair once", lengths, eq(dot(s, s) - 3, total(dot(a, b) for a, b in combinations(z, 2)))),
        valid("one pair missing", [], eq(dot(s, t), total(dot(a, b) for a in z for b in w[:1]))),
    ]
    assert {v.status for v in decide(wrong)} == {REFUTED}


def test_sizes_of_identities_are_checked():
    with pytest.raises(InvalidInputError):
        one_group(0, 2)
    with pytest.raises(InvalidInputError):
        two_groups(2, 1, 0)
    assert several_groups((1, 2), 1).name == "several-groups.1-2.d1"


fractions = st.fractions(-3, 3, max_denominator=6)


def groups_of(dim: int):
    return st.lists(st.lists(st.tuples(*[fractions] * dim), min_size=1, max_size=5), min_size=2, max_size=4)


@given(st.integers(1, 4).flatmap(groups_of))
@settings(max_examples=30, deadline=None)
def test_means_over_pairs_are_those_of_sums(groups):
    def inner(a, b):
        return sum((x * y for x, y in zip(a, b, strict=True)), F(0))

    def added(vs):
        return tuple(sum(parts, F(0)) for parts in zip(*vs, strict=True))

    for g in groups:
        n, s = len(g), added(g)
        if n > 1:
            mean = sum((inner(a, b) for a, b in permutations(g, 2)), F(0)) / (n * (n - 1))
            assert mean == (inner(s, s) - sum(inner(a, a) for a in g)) / (n * (n - 1))
    means = [tuple(x / len(g) for x in added(g)) for g in groups]
    m, c = added(means), len(groups)
    mean = sum(
        (
            sum((inner(a, b) for a in g for b in h), F(0)) / (len(g) * len(h))
            for g, h in permutations(groups, 2)
        ),
        F(0),
    ) / (c * (c - 1))
    assert mean == (inner(m, m) - sum(inner(a, a) for a in means)) / (c * (c - 1))


# ---- ranks ---------------------------------------------------------------------------------------------


def reference_ranks(values):
    return numpy.stack([2 * stats.rankdata(row) - (len(row) + 1) for row in values.double().numpy()])


@given(
    st.lists(
        st.one_of(
            st.sampled_from([0.0, -0.0, 1.0, -1.0, 6.0, 1e-42, -1e-42, 3e38]),
            st.floats(width=32, allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=60,
    )
)
@settings(max_examples=200, deadline=None)
def test_ranks_are_those_of_scipy(row):
    values = torch.tensor([row], dtype=torch.float32)
    expected = reference_ranks(values)
    assert (doubled_ranks(values).numpy() == expected).all()
    assert (doubled_ranks(values.double()).numpy() == expected).all()  # the way for other devices and dtypes


def test_ranks_of_large_rows_with_ties_and_zeros():
    g = torch.Generator().manual_seed(0)
    x = torch.randn(4, 20_000, generator=g)
    for values in (
        x,
        x.relu(),
        -x.relu(),
        (3 * x + 2).clamp(0, 6),
        (x * 4).round(),
        x.half(),
        torch.zeros(2, 50),
    ):
        expected = reference_ranks(values.float())
        assert (doubled_ranks(values).numpy() == expected).all()
        assert (doubled_ranks(values, threads=3).numpy() == expected).all()
        assert (doubled_ranks(values).sum(1) == 0).all()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("metric", METRICS)
def test_values_that_are_not_finite_are_refused(bad, metric):
    values = torch.ones(2, 5)
    values[1, 3] = bad
    with pytest.raises(InvalidInputError, match="1 values that are NaN or infinite"):
        unit_vectors(values, metric)
    with pytest.raises(InvalidInputError):
        doubled_ranks(values)


def test_other_refusals_of_ranks():
    with pytest.raises(InvalidInputError):
        doubled_ranks(torch.ones(2, 3, dtype=torch.int64))
    with pytest.raises(InvalidInputError):
        doubled_ranks(torch.ones(3))
    with pytest.raises(UnknownNameError):
        unit_vectors(torch.ones(2, 3), "kendall")
    for empty in (torch.ones(0, 3), torch.ones(3, 0), torch.ones(3)):
        with pytest.raises(InvalidInputError, match="at least one value"):
            unit_vectors(empty, "cosine")


def similarity(a, b, metric):
    if metric == "spearman":
        return stats.spearmanr(a, b).statistic
    if metric == "pearson":
        return stats.pearsonr(a, b).statistic
    return a @ b / numpy.sqrt((a @ a) * (b @ b))


@pytest.mark.parametrize("metric", METRICS)
def test_unit_vectors(metric):
    x = torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(0)).relu()
    rows, defined = unit_vectors(x, metric)
    assert rows.dtype == torch.float64
    assert defined.all()
    again, _ = unit_vectors(
        x.contiguous(memory_format=torch.channels_last), metric, room=torch.full((999,), 7.0).double()
    )
    assert torch.equal(rows, again)
    flat = x.flatten(1).double().numpy()
    for i, j in combinations(range(5), 2):
        assert float(rows[i] @ rows[j]) == pytest.approx(similarity(flat[i], flat[j], metric), abs=1e-12)


def test_constant_rows_are_named_and_never_nan():
    x = torch.tensor([[0.0, 0.0, 0.0], [2.0, 2.0, 2.0], [0.0, 1.0, 2.0], [0.1, 0.1, 0.1]])
    for metric, expected in zip(
        METRICS,
        ([False, False, True, False], [False, False, True, False], [False, True, True, True]),
        strict=True,
    ):
        rows, defined = unit_vectors(x, metric)
        assert defined.tolist() == expected
        assert torch.isfinite(rows).all()
        assert (rows[~defined] == 0).all()


# ---- sums that merge -------------------------------------------------------------------------------------


def test_sums_do_not_depend_on_order():
    terms = torch.randn(200, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    forwards, backwards, parts = Sums(), Sums(), [Sums(), Sums(), Sums()]
    for t in terms:
        accumulate(forwards, "s", t)
    for i, t in enumerate(terms.flip(0)):
        accumulate(backwards, "s", t)
        accumulate(parts[i % 3], "s", t)
    for part in (parts[1], parts[2]):
        merge(parts[0], part)
    assert torch.equal(forwards["s"], backwards["s"])
    assert torch.equal(forwards["s"], parts[0]["s"])
    floats = [sum(terms[:, k].tolist()) != sum(terms[:, k].flip(0).tolist()) for k in range(50)]
    assert any(floats)  # of floats, the order can be seen
    assert (from_fixed(forwards["s"]) - terms.sum(0)).abs().max() < 200 * 2.0**-43


def test_numbers_that_cannot_be_summed_are_refused():
    for bad in (float("nan"), 2 * LIMIT):
        with pytest.raises(InvalidInputError):
            to_fixed(torch.tensor([1.0, bad]))


# ---- comparison ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    torch.set_num_threads(1)
    return prepare(digits_model())


@pytest.fixture(scope="module")
def classes():
    _, _, pictures, labels = digits()
    g = torch.Generator().manual_seed(1)
    found = []
    for c in range(4):
        mine = to_bytes(pictures[labels == c])
        shown = {"noise": to_bytes(torch.rand(3, 1, 16, 16, generator=g)), "natural-like": mine[-2:]}
        found.append(ClassPictures(c, lambda x=mine[: 6 + c]: x, shown))
    return found


def naive(model, classes, layer, metric):
    """Every pair by scipy: class matrices of similarities (natural, natural) and (natural, visualization)."""

    def rows(pictures):
        return activations(model, pictures.float() / 255, [layer])[layer].flatten(1).double().numpy()

    def table(a, b):
        return numpy.array([[similarity(p, q, metric) for q in b] for p in a])

    natural = [rows(c.natural()) for c in classes]
    found = {"natural": [[table(a, b) for b in natural] for a in natural]}
    for method in classes[0].visualizations:
        shown = [rows(c.visualizations[method]) for c in classes]
        found[method] = [[table(a, b) for b in shown] for a in natural]
    return found


def means(tables, method):
    c = range(len(tables["natural"]))
    upper = [tables["natural"][a][a][numpy.triu_indices(len(tables["natural"][a][a]), 1)] for a in c]
    same = numpy.mean([u.mean() for u in upper])
    return {
        "same": same,
        "deviation": math.sqrt(numpy.mean([(u**2).mean() for u in upper]) - same**2),
        "different": numpy.mean([tables["natural"][a][b].mean() for a, b in permutations(c, 2)]),
        "visual": numpy.mean([tables[method][a][a].mean() for a in c]),
        "other": numpy.mean([tables[method][a][b].mean() for a, b in permutations(c, 2)]),
    }


@pytest.fixture(scope="module")
def found(model, classes):
    return compare(Comparison(model, classes, replicates=400), layers(model))


def test_every_mean_is_that_over_all_pairs(model, classes, found):
    assert len(found) == 3 * len(layers(model))
    for s in found:
        if s.layer not in ("5", "9"):
            continue
        tables = naive(model, classes, s.layer, s.metric)
        for method in ("noise", "natural-like"):
            expected = means(tables, method)
            assert s.same.mean == pytest.approx(expected["same"], abs=1e-9)
            assert s.different.mean == pytest.approx(expected["different"], abs=1e-9)
            assert s.visual[method].mean == pytest.approx(expected["visual"], abs=1e-9)
            assert s.other[method].mean == pytest.approx(expected["other"], abs=1e-9)
            assert s.same.deviation == pytest.approx(expected["deviation"], abs=1e-9)
            share = (expected["visual"] - expected["different"]) / (expected["same"] - expected["different"])
            assert s.normalised[method].mean == pytest.approx(share, abs=1e-6)
        assert s.mismatch < 1e-9
        assert s.pictures == 6 + 7 + 8 + 9
        assert s.constant == 0


def test_intervals_are_those_of_resampled_pictures(model, classes, found):
    s = next(s for s in found if s.layer == "5" and s.metric == "spearman")
    tables = naive(model, classes, "5", "spearman")
    weights = [resamples(len(c.natural()), 400, 0, c.label).numpy() for c in classes]
    same, different, visual = numpy.zeros(400), numpy.zeros(400), numpy.zeros(400)
    for b in range(400):
        w = [x[b] for x in weights]
        for a, table in enumerate(tables["natural"]):
            outer = numpy.outer(w[a], w[a])
            numpy.fill_diagonal(outer, 0)
            same[b] += (outer * table[a]).sum() / outer.sum() / 4
            visual[b] += w[a] @ tables["noise"][a][a].mean(1) / w[a].sum() / 4
        different[b] = numpy.mean(
            [
                w[a] @ tables["natural"][a][c] @ w[c] / (w[a].sum() * w[c].sum())
                for a, c in permutations(range(4), 2)
            ]
        )
    for curve, expected, tolerance in (
        (s.same, same, 1e-6),  # exact
        (s.visual["noise"], visual, 1e-6),  # linear
        (s.different, different, 0.01),  # first order
    ):
        low, high = numpy.quantile(expected, [0.025, 0.975])
        assert curve.low == pytest.approx(low, abs=tolerance)
        assert curve.high == pytest.approx(high, abs=tolerance)
        assert curve.low < curve.mean < curve.high
    width = numpy.subtract(*numpy.quantile(different, [0.975, 0.025]))
    assert (s.different.high - s.different.low) == pytest.approx(width, rel=0.1)


def test_processes_stopped_on_either_side_of_the_exchange_begin_anew(model, classes, found):
    class Ahead(Workers):
        def gather(self, parts):
            return [*parts, 1] if parts == [2] else parts

    class Saved:
        def load(self):
            return {"pass": 2, "done": 9, "sums": {}, "records": [], "pairs": [], "resampled": {}}

        def save(self, state):
            pass

    again = Comparison(model, classes, replicates=50, workers=Ahead()).chunk(
        layers(model)[4:5], None, Saved()
    )
    wanted = {s.metric: s.same.mean for s in found if s.layer == again[0].layer}
    assert {s.metric: s.same.mean for s in again} == wanted


def test_means_only_blocks_threads_and_chunks_change_no_mean(model, classes, found, monkeypatch):
    chosen = layers(model)[:6]
    plain = compare(Comparison(model, classes, intervals=False, threads=2), chosen, size=2_000)
    assert [s.same.mean for s in plain] == [s.same.mean for s in found[:18]]
    assert [s.other for s in plain] == [{m: Estimate(e.mean) for m, e in s.other.items()} for s in found[:18]]
    assert all(s.same.low is None and s.mismatch is None for s in plain)
    for module in ("path_similarity", "layer_similarity"):
        monkeypatch.setattr(f"fvtheory.empirical.{module}.BLOCK", 4)
    split = compare(Comparison(model, classes, replicates=50), chosen[:1])
    assert [s.same.mean for s in split] == [s.same.mean for s in found[:3]]
    assert all(s.same.low < s.same.mean < s.same.high for s in split)


def test_results_survive_json(found):
    assert [LayerSimilarity.from_json(s.to_json()) for s in found] == list(found)


def test_constant_activations_are_left_out_and_counted():
    module = torch.nn.Sequential(
        torch.nn.Conv2d(1, 1, 1), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(16, 2)
    )
    torch.nn.init.ones_(module[0].weight)
    torch.nn.init.zeros_(module[0].bias)
    tiny = prepare(ImageModel(module, InputSpace(4, 4, (0.0,), (1.0,), "L", short_side=4)))
    g = torch.Generator().manual_seed(0)
    natural = [to_bytes(torch.rand(4, 1, 4, 4, generator=g)) for _ in range(2)]
    natural[0][1], natural[1][2] = 0, 77
    plain = [n[[i for i in range(4) if n[i].float().std() > 0]] for n in natural]
    shown = {"m": torch.full((2, 1, 4, 4), 9, dtype=torch.uint8)}
    chosen = [layer for layer in layers(tiny) if layer.name == "1"]

    def run(pictures):
        return compare(
            Comparison(
                tiny, [ClassPictures(c, lambda x=x: x, shown) for c, x in enumerate(pictures)], replicates=50
            ),
            chosen,
        )

    for with_constant, without in zip(run(natural), run(plain), strict=True):
        if with_constant.metric == "cosine":
            assert with_constant.constant == 1  # only the black one has no direction
            assert with_constant.visual["m"].mean is not None
            continue
        assert (with_constant.constant, without.constant) == (2, 0)
        assert with_constant.pictures == 6
        assert with_constant.same.mean == without.same.mean
        assert with_constant.different.mean == without.different.mean
        assert with_constant.visual["m"] == Estimate(None)
        assert with_constant.constant_visualizations == {"m": 4}
        assert with_constant.mismatch < 1e-9
    for s in run(natural):
        numbers = [v for e in (s.same, s.different) for v in (e.mean, e.deviation, e.low, e.high)]
        assert all(math.isfinite(v) for v in numbers)


def test_a_class_without_natural_pictures_is_left_out(model, classes):
    chosen = layers(model)[4:5]
    empty = replace(classes[1], natural=lambda: classes[1].natural()[:0])
    some = compare(Comparison(model, [classes[0], empty, *classes[2:]], replicates=50), chosen)
    others = compare(Comparison(model, [classes[0], *classes[2:]], replicates=50), chosen)
    for a, b in zip(some, others, strict=True):
        assert (a.same.mean, a.different.mean) == (b.same.mean, b.different.mean)
        for x, y in (
            (a.same, b.same),
            (a.different, b.different),
        ):  # no narrower for a class that says nothing
            assert (x.low, x.high) == pytest.approx((y.low, y.high), abs=1e-9)
        assert a.visual["noise"].mean == b.visual["noise"].mean
        assert (
            a.other["noise"].mean != b.other["noise"].mean
        )  # the others are compared with its visualizations
        tables = naive(model, [classes[0], *classes[1:]], a.layer, a.metric)["noise"]
        expected = numpy.mean([tables[i][j].mean() for i in (0, 2, 3) for j in range(4) if i != j])
        assert a.other["noise"].mean == pytest.approx(expected, abs=1e-9)


def test_comparisons_that_make_no_sense_are_refused(model, classes):
    with pytest.raises(InvalidInputError, match="two or more"):
        Comparison(model, classes[:1])
    with pytest.raises(InvalidInputError, match="two or more"):
        Comparison(model, [classes[0], classes[0]])
    with pytest.raises(InvalidInputError, match="the same for each class"):
        Comparison(model, [classes[0], replace(classes[1], visualizations={})])


def test_chunks_hold_neighbours_up_to_a_size():
    made = [Layer(str(i), "Conv2d", (n,)) for i, n in enumerate([5, 4, 100, 1, 1, 9])]
    assert [[x.name for x in c] for c in chunks(made, 10)] == [["0", "1"], ["2"], ["3", "4"], ["5"]]


def test_misclassified_pictures_are_found(model):
    _, _, pictures, labels = digits()
    right = correct(model, to_bytes(pictures[:60]), 3)
    with torch.no_grad():
        assert right.tolist() == (model(to_bytes(pictures[:60]).float() / 255).argmax(1) == 3).tolist()
    assert 0 < int((right & (labels[:60] == 3)).sum()) <= int((labels[:60] == 3).sum())


class Interrupted(Exception):
    pass


class Memory:
    """A checkpoint that stops the run once."""

    def __init__(self, stop: int):
        self.state, self.left = None, stop

    def load(self):
        return self.state

    def save(self, state):
        self.state = {
            k: (list(v) if isinstance(v, list) else dict(v) if isinstance(v, dict) else v)
            for k, v in state.items()
        }
        self.left -= 1
        if self.left == 0:
            raise Interrupted


@pytest.mark.parametrize("stop", [1, 3, 4, 5, 7])
def test_an_interrupted_run_goes_on_to_the_same_bits(model, classes, found, stop):
    chosen = layers(model)[:2]
    comparison = Comparison(model, classes, replicates=400)
    memory = Memory(stop)
    with pytest.raises(Interrupted):
        comparison.chunk(chosen, checkpoint=memory)
    steps = []
    again = comparison.chunk(chosen, lambda done, total: steps.append((done, total)), memory)
    assert again == found[:6]
    assert len(steps) < 8  # of two passes over four classes, not all were made again


TWO_PROCESSES = """
import json, sys, torch
torch.set_num_threads(1)
from digits_network import SIZE, build, digits
from fvtheory.empirical.activations import layers
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.distributed import workers
from fvtheory.empirical.path_similarity import ClassPictures, Comparison, compare
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.preparation import prepare
torch.manual_seed(0)
model = prepare(ImageModel(build(True).eval(), InputSpace(SIZE, SIZE, (0.3,), (0.35,), "L", short_side=SIZE)))
_, _, pictures, labels = digits()
classes = []
for c in range(5):
    mine = to_bytes(pictures[labels == c])
    classes.append(ClassPictures(c, lambda x=mine[:9]: x, {"m": mine[-3:]}))
with workers() as shared:
    found = compare(Comparison(model, classes, replicates=100, workers=shared), layers(model), size=4000)
    text = json.dumps([s.to_json() for s in found])
    open(f"{sys.argv[1]}-{shared.rank}-of-{shared.count}.json", "w").write(text)
"""


def test_two_processes_give_the_bits_of_one(tmp_path):
    script = tmp_path / "compare_classes.py"
    script.write_text(TWO_PROCESSES)
    here = Path(__file__).parent
    out = tmp_path / "found"
    environment = {"PYTHONPATH": f"{here.parent}:{here}", "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    two = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--standalone",
            "--nproc-per-node=2",
            str(script),
            str(out),
        ],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    subprocess.run([sys.executable, str(script), str(out)], env=environment, check=True, timeout=120)
    _, errors = two.communicate(timeout=120)
    assert two.returncode == 0, errors
    alone = (tmp_path / "found-0-of-1.json").read_text()
    assert (tmp_path / "found-0-of-2.json").read_text() == alone
    assert (tmp_path / "found-1-of-2.json").read_text() == alone


def test_a_class_that_is_missing_in_a_sum_changes_it(model, classes, found):
    """Were a process not to add its part, the result would differ: the test above can fail."""

    class Deaf(Workers):
        rank, count = 0, 2

    part = Comparison(model, classes, replicates=50, workers=Deaf())
    assert part.chunk(layers(model)[:1])[0].same.mean != found[0].same.mean


# ---- curves --------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=30), st.sampled_from([1, 3, 5, 7]))
@settings(max_examples=50, deadline=None)
def test_smoothing_is_that_of_scipy(values, window):
    x = numpy.array(values)
    assert smoothed(values, window) == pytest.approx(
        ndimage.convolve(x, numpy.ones(window) / window), abs=1e-12
    )
    expected = ndimage.generic_filter(x, numpy.std, size=window)
    assert running_deviation(values, window) == pytest.approx(expected, abs=1e-7)


def test_even_windows_are_refused():
    with pytest.raises(InvalidInputError):
        smoothed([1.0, 2.0], 2)
    with pytest.raises(InvalidInputError):
        smoothed([])


def layer_of(same, different, visual, number=0):
    width = same - different
    shown = None if abs(width) < 0.01 else (visual - different) / width
    return LayerSimilarity(
        f"layer{number}", "ReLU", 10, "spearman", 5, 0, {"m": 0}, Estimate(same), Estimate(different),
        {"m": Estimate(visual)}, {"m": Estimate(different)}, {"m": Estimate(shown)},
    )  # fmt: skip


def test_normalised_curve_and_ranking():
    found = [layer_of(0.5, 0.25, v, i) for i, v in enumerate([0.25, 0.5, 0.375, 0.3, 0.2, 0.6, 0.5, 0.4])]
    found.insert(3, layer_of(0.501, 0.5, 0.9, 99))
    curve = normalised_curve(found, "spearman", "m")
    assert curve.left_out == ("layer99",)
    assert curve.points[:3] == (0.0, 1.0, 0.5)
    assert curve.line == tuple(smoothed(curve.points))
    assert [h - low for h, low in zip(curve.high, curve.low, strict=True)] == pytest.approx(
        [2 * d for d in running_deviation(curve.points)]
    )
    (score,) = ranking(found, "spearman")
    above = sum(s.visual["m"].mean - s.different.mean for s in found)
    assert score.share == pytest.approx(above / sum(s.same.mean - s.different.mean for s in found))
    assert score.normalised == pytest.approx(sum(curve.points) / 8)
    assert score.last_third == pytest.approx(sum(curve.points[-2:]) / 2)
    assert score.layers == 8


@pytest.mark.parametrize(("gap", "kept"), [(0.009, False), (0.0101, True), (-0.009, False), (-0.0101, True)])
def test_layers_that_differ_by_less_than_a_hundredth_are_left_out(gap, kept):
    layer = Layer("a", "ReLU", (3,))
    found = {"a|cosine|": {"same": 0.5 + gap, "different": 0.5, "visual m": 0.5, "other m": 0.5}}
    s = layer_similarity(layer, "cosine", found, [], [], {}, ["m"])
    assert (s.normalised["m"].mean is not None) == kept


def test_the_sampled_estimator_converges_to_the_exact_mean(model, classes, found):
    rows, labels, shown, of = [], [], [], []
    for c in classes:
        for pictures, to, names in ((c.natural(), rows, labels), (c.visualizations["noise"], shown, of)):
            seen = activations(model, pictures.float() / 255, ["5"])["5"]
            to.append(unit_vectors(seen, "spearman")[0])
            names += [c.label] * len(pictures)
    data = torch.cat(rows), torch.tensor(labels), torch.cat(shown), torch.tensor(of)
    s = next(s for s in found if s.layer == "5" and s.metric == "spearman")
    exact = {"same": s.same.mean, "different": s.different.mean, "visual": s.visual["noise"].mean}
    every = sampled_means(*data, every=(1, 1, 1))
    assert {k: v[0] for k, v in every.items()} == pytest.approx(exact, abs=1e-9)
    assert every["different"][1] == 6 * 7 + 6 * 8 + 6 * 9 + 7 * 8 + 7 * 9 + 8 * 9
    errors = []
    for step in (32, 8, 2):
        drawn = [sampled_means(*data, every=(1, step, 1), first=k)["different"][0] for k in range(step)]
        errors.append(numpy.sqrt(numpy.mean([(d - exact["different"]) ** 2 for d in drawn])))
    assert errors[0] > errors[1] > errors[2]
    with pytest.raises(InvalidInputError):
        sampled_means(*data, every=(0, 1, 1))


# ---- pictures --------------------------------------------------------------------------------------------


def test_maximizers_leave_two_pictures():
    logits = torch.tensor([1.0, 5.0, 3.0, 9.0, 4.0])
    right = torch.tensor([True, True, True, False, True])
    assert maximizers(logits, right, 1) == [1]
    assert maximizers(logits, right, 9) == [1, 4]
    assert maximizers(logits, torch.tensor([True, True, False, False, False]), 3) == []


def test_class_folders_are_read_class_by_class(tmp_path):
    from fvtheory.empirical.pictures import to_png

    _, _, pictures, labels = digits()
    for c in (3, 8):
        (tmp_path / str(c)).mkdir()
        for k, picture in enumerate(pictures[labels == c][:4]):
            (tmp_path / str(c) / f"{k}.png").write_bytes(to_png(picture))
    space = digits_model().space
    folder = ClassFolder(tmp_path, space, per_class=3)
    assert len(folder) == 6
    assert torch.equal(folder.read(8), to_bytes(pictures[labels == 8][:3]))
    (tmp_path / "9").mkdir()
    with pytest.raises(InvalidInputError, match="with 0 pictures"):
        ClassFolder(tmp_path, space)


# ---- a real network --------------------------------------------------------------------------------------


def test_a_real_network_agrees_with_scipy():
    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/heldout")
    try:
        real = prepare(load_model("efficientnet-lite0"))
    except MissingDependencyError as error:
        pytest.skip(str(error))
    pictures = ClassFolder(folder, real.space, per_class=2)
    classes = [ClassPictures(c, lambda c=c: pictures.read(c), {"m": pictures.read(c)[:1]}) for c in (0, 574)]
    names = ("_blocks.5.relu_expand", "_blocks.9._bn2", "relu_head")
    chosen = [layer for layer in layers(real) if layer.name.partition("#")[0] in names]
    assert len(chosen) == 3
    for s in compare(Comparison(real, classes, replicates=20), chosen):
        if s.metric == "spearman":
            expected = means(naive(real, classes, s.layer, s.metric), "m")
            assert s.same.mean == pytest.approx(expected["same"], abs=1e-6)
            assert s.different.mean == pytest.approx(expected["different"], abs=1e-6)
