"""Central decoders on random functions: the draws, the projections to classes, the measurement, the command."""

from __future__ import annotations

import json
import random
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import binom

torch = pytest.importorskip("torch")

from fvtheory import cli  # noqa: E402
from fvtheory.beyond import Knowledge, average_radius, family  # noqa: E402
from fvtheory.errors import InvalidInputError  # noqa: E402
from fvtheory.experiments import average_case, random_functions  # noqa: E402
from fvtheory.experiments.average_case import Settings, measure, quantiles, study  # noqa: E402
from fvtheory.experiments.random_functions import (  # noqa: E402
    DEVIATION,
    Lattice,
    Training,
    gaussian_processes,
    lattice,
    own_rate,
    project,
    trained_networks,
)
from fvtheory.information import MinMax  # noqa: E402

LINE = lattice(1)


# ---- draws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [1, 2])
def test_gaussian_processes_have_their_covariance(dim: int):
    where = lattice(dim)
    found = gaussian_processes(where, 0.3, 3000, np.random.default_rng(0)).reshape(3000, -1)
    assert 0 <= found.min() <= found.max() <= 1
    draw = np.random.default_rng(1)
    for _ in range(4):  # against pairs of clipped normal numbers with the covariance of the formula
        i, j = draw.integers(len(where.points), size=2)
        square = ((where.points[i] - where.points[j]) ** 2).sum()
        c = np.exp(-square / 2 / 0.3**2)
        pairs = np.clip(0.5 + DEVIATION * draw.multivariate_normal([0, 0], [[1, c], [c, 1]], 20_000), 0, 1)
        assert found[:, i].mean() == pytest.approx(0.5, abs=0.025)
        expected = np.mean((pairs[:, 0] - 0.5) * (pairs[:, 1] - 0.5))
        assert np.mean((found[:, i] - 0.5) * (found[:, j] - 0.5)) == pytest.approx(expected, abs=0.006)


def test_networks_learn_their_own_tasks():
    """The error on the samples of each task falls; the samples are drawn again here, from the same numbers."""
    training, count = Training(), 8
    outputs = dict(trained_networks(LINE, (0, 250), count, np.random.default_rng(3)))
    draw = np.random.default_rng(3)
    targets = gaussian_processes(LINE, training.length, count, draw)
    chosen = draw.integers(len(LINE.points), size=(count, training.samples))
    errors = {}
    for step, values in outputs.items():
        aims, found = (np.take_along_axis(a, chosen, 1) for a in (targets, values))
        errors[step] = ((aims - found) ** 2).mean(1)
    assert errors[250].mean() < errors[0].mean() / 4
    other = np.take_along_axis(np.roll(targets, 1, 0), chosen, 1)
    assert errors[250].mean() < ((other - np.take_along_axis(outputs[250], chosen, 1)) ** 2).mean() / 4
    again = dict(trained_networks(LINE, (0, 250), count, np.random.default_rng(3)))
    assert all((again[step] == outputs[step]).all() for step in outputs)


# ---- projections ----------------------------------------------------------------------------------


def least_sup_distance(f: np.ndarray, rows: list[np.ndarray], bounds: list[float]) -> float:
    """min ‖g - f‖ in the sup norm over g with rows . g <= bounds."""
    n = len(f)
    matrix = [np.append(row, 0.0) for row in rows]
    limits = list(bounds)
    for sign in (1.0, -1.0):
        for i in range(n):
            row = np.zeros(n + 1)
            row[i], row[n] = sign, -1.0
            matrix.append(row)
            limits.append(sign * f[i])
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    return linprog(cost, np.array(matrix), limits, bounds=[(None, None)] * n + [(0, None)]).fun


def differences(n: int, pairs) -> list[np.ndarray]:
    return [np.eye(n)[i] - np.eye(n)[j] for i, j in pairs]


def test_lipschitz_and_monotone_projections_are_the_nearest_functions():
    draw = np.random.default_rng(0)
    square = np.array(list(product(np.linspace(0, 1, 4), repeat=2)))
    where = Lattice(2, square, np.full(16, 1 / 16))
    far = [(i, j) for i in range(16) for j in range(16) if i != j]
    rises = [(i, j) for i, j in far if (square[i] <= square[j]).all()]
    for _ in range(5):
        f = draw.random((4, 4))
        g = random_functions._lipschitz(f, where, 0.8)
        reach = [0.8 * np.abs(square[i] - square[j]).max() for i, j in far]
        steps = differences(16, far)
        assert all(step @ g.ravel() <= r + 1e-12 for step, r in zip(steps, reach, strict=True))
        assert np.abs(g - f).max() == pytest.approx(least_sup_distance(f.ravel(), steps, reach), abs=1e-9)
        h = random_functions._monotone(f)
        up = differences(16, rises)
        assert min(max(s * (step @ h.ravel()) for step in up) for s in (1, -1)) <= 1e-12
        either = [least_sup_distance(f.ravel(), [s * step for step in up], [0.0] * len(up)) for s in (1, -1)]
        assert np.abs(h - f).max() == pytest.approx(min(either), abs=1e-9)


def test_convex_projection_is_the_greatest_convex_function_below():
    draw = np.random.default_rng(2)
    for _ in range(5):
        f = draw.random(12)
        g = random_functions._convex(f)
        rows = [2 * np.eye(12)[i] - np.eye(12)[i - 1] - np.eye(12)[i + 1] for i in range(1, 11)]
        best = linprog(-np.ones(12), np.array(rows), np.zeros(10), bounds=[(None, v) for v in f])
        assert g.sum() == pytest.approx(-best.fun, abs=1e-9)
        assert (g <= f + 1e-12).all()
        assert max(row @ g for row in rows) <= 1e-12


def test_own_rates_are_the_least_constants():
    f = np.random.default_rng(0).random((5, 5))
    points = np.array(list(product(np.linspace(0, 1, 5), repeat=2)))
    pairs = [(i, j) for i in range(25) for j in range(i)]
    slopes = [abs(f.ravel()[i] - f.ravel()[j]) / np.abs(points[i] - points[j]).max() for i, j in pairs]
    assert own_rate(f) == pytest.approx(max(slopes))


def test_affine_projection_fits_affine_functions():
    where = lattice(2)
    exact = (0.2 + 0.3 * where.points[:, 0] + 0.1 * where.points[:, 1]).reshape(where.shape)
    assert project("affine", exact[None], where)[0] == pytest.approx(exact)
    steep = project("affine", 4 * exact[None], where)[0]
    assert 0 <= steep.min() <= steep.max() <= 1
    assert np.abs(steep - 0.5).max() == pytest.approx(0.5)


# ---- measurement ----------------------------------------------------------------------------------


def test_radii_are_those_of_exact_arithmetic():
    f = np.round(gaussian_processes(LINE, 0.2, 1, np.random.default_rng(5))[0] * 64) / 64
    f = project("lipschitz", f[None], LINE, 2.0)[0]
    spread, errors, radii = measure("lipschitz", f, LINE, 2.0)
    low, high = f.argmin(), f.argmax()
    phi = MinMax(F(LINE.points[low, 0]), F(LINE.points[high, 0]), F(f[low]), F(f[high]))
    cls, known = family("lipschitz", 1, lipschitz=2), Knowledge(phi)
    assert spread == float(phi.spread)
    for power in (1, 2):
        exact = float(average_radius(cls, known, power=power).bounds[0])
        assert radii[power - 1] == pytest.approx(exact, abs=1e-3)
        best = average_radius(cls, known, power=power).best
        centre = np.array([float(best((F(x),))) for x in LINE.points[:, 0].tolist()])
        error = (LINE.weights @ np.abs(f - centre) ** power) ** (1 / power)
        assert errors[power - 1] == pytest.approx(error, abs=1e-9)


CASES = [
    Settings("all", count=20),
    Settings("lipschitz", count=20, lipschitz="4"),
    Settings("lipschitz", "sgd", count=20, lipschitz="own", conditions=(0, 30)),
    Settings("monotone", count=20),
    Settings("convex", count=20),
    Settings("monotone", count=10, dim=2),
    Settings("affine", count=10, dim=2),
    Settings("neural-network", "sgd", 2, count=10, conditions=(0, 30)),
]


def check_no_function_is_worse_than_the_worst(settings: Settings) -> None:
    for condition in study(settings):
        assert len(condition.measured) + condition.constant == settings.count
        for found in condition.measured:
            assert all(e <= r * (1 + 1e-9) + 1e-12 for e, r in zip(found.errors, found.radii, strict=True))
            assert found.errors[0] <= found.errors[1] + 1e-12 <= found.errors[2] + 2e-12
            assert 0 < found.spread <= 1


@pytest.mark.parametrize("settings", CASES, ids=lambda s: f"{s.cls}-{s.source}-{s.dim}")
def test_no_function_is_worse_than_the_worst(settings: Settings):
    check_no_function_is_worse_than_the_worst(settings)


def test_a_wrong_projection_is_noticed(monkeypatch):
    """A function outside its class leaves the fiber of its own Φ, and that is an error."""
    for cls, name in (("lipschitz", "_lipschitz"), ("monotone", "_monotone"), ("convex", "_convex")):
        with monkeypatch.context() as patch:
            patch.setattr(random_functions, name, lambda f, *more: f)
            with pytest.raises(ArithmeticError, match="leaves the fiber"):
                study(Settings(cls, count=20, lipschitz="1" if cls == "lipschitz" else None))


def test_quantiles_and_their_intervals():
    draw = random.Random(0)
    covered = dict.fromkeys((0.1, 0.5, 0.9), 0)
    for _ in range(400):
        sample = [draw.random() for _ in range(60)]
        for q in quantiles(sample, (0.1, 0.5, 0.9)):
            assert q.low <= q.value <= q.high
            covered[q.share] += q.low <= q.share <= q.high
    assert all(400 * 0.93 <= count for count in covered.values())
    for n in (5, 60, 333):
        for share in (0.05, 0.5, 0.95):
            below, above = average_case._ranks(n, share)
            if below > 0:
                assert binom.cdf(below, n, share) <= 0.025 < binom.cdf(below + 1, n, share)
            if above < n - 1:
                assert binom.sf(above, n, share) <= 0.025 < binom.sf(above - 1, n, share)
    with pytest.raises(InvalidInputError):
        quantiles([])


# ---- folders and the command line -----------------------------------------------------------------


class Stop(Exception):
    pass


def test_an_interrupted_study_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(average_case, "CHUNK", 5)
    settings = Settings("lipschitz", "sgd", count=12, lipschitz="own", conditions=(0, 20))
    whole = study(settings)

    def stop(what: str, done: int, total: int) -> None:
        if done >= 10:
            raise Stop

    with pytest.raises(Stop):
        study(settings, tmp_path / "out", stop)
    kept = {file.name: file.read_bytes() for file in (tmp_path / "out").glob("part-*.json")}
    assert len(kept) == 2
    assert study(settings, tmp_path / "out") == whole
    assert all((tmp_path / "out" / name).read_bytes() == content for name, content in kept.items())
    other = Settings("lipschitz", "sgd", count=12, lipschitz="own", conditions=(0, 20), seed=1)
    assert study(other) != whole
    with pytest.raises(InvalidInputError, match="other settings"):
        study(other, tmp_path / "out")


def test_command_line(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    out = tmp_path / "random"
    asked = [
        "beyond",
        "random",
        "--class",
        "convex",
        "--source",
        "gaussian-process",
        "--count",
        "12",
        "--out",
        str(out),
    ]
    assert cli.main([*asked, "--condition", "0.2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["conditions"][0]["functions"] + found["conditions"][0]["constant"] == 12
    assert {f.name for f in out.iterdir()} >= {"results.json", "average-case.png", "average-case.pdf"}
    drawn = (out / "average-case.png").read_bytes()
    assert cli.main([*asked, "--condition", "0.2"]) == 0
    assert "95% intervals" in capsys.readouterr().out
    assert (out / "average-case.png").read_bytes() == drawn


@pytest.mark.parametrize(
    "words",
    [
        ["--class", "convex", "--source", "gaussian-process", "--dim", "2"],
        ["--class", "affine", "--source", "gaussian-process"],
        ["--class", "constant", "--source", "sgd"],
        ["--class", "lipschitz", "--source", "sgd"],
        ["--class", "all", "--source", "sgd", "--lipschitz", "own"],
        ["--class", "lipschitz", "--lipschitz", "-1", "--source", "sgd"],
        ["--class", "all", "--source", "noise"],
        ["--class", "all", "--source", "sgd", "--condition", "0.5"],
        ["--class", "all", "--source", "gaussian-process", "--condition", "0"],
        ["--class", "all", "--source", "gaussian-process", "--condition", "nan"],
        ["--class", "all", "--source", "gaussian-process", "--dim", "4"],
        ["--class", "nothing", "--source", "sgd"],
    ],
)
def test_bad_questions_leave_nothing_behind(words: list[str], tmp_path, capsys):
    pytest.importorskip("matplotlib")
    out = tmp_path / "random"
    assert cli.main(["beyond", "random", *words, "--out", str(out)]) == 2
    assert "got" in capsys.readouterr().err
    assert not out.exists()
