"""Additive models: exact programs against programs in the values of the components."""

from __future__ import annotations

import random
from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

from fvtheory.beyond import (
    Evaluations,
    Gradient,
    Knowledge,
    UnsupportedError,
    additive,
    family,
    fiber,
    radius,
)
from fvtheory.errors import FvtheoryError
from fvtheory.functions import is_lipschitz, maximum, minimum

STEPS = 4


def draw_question(draw: random.Random):
    """(name, options, knowledge, query)."""
    name = draw.choice(["additive", "additive+lipschitz", "additive+monotone", "additive+lipschitz+monotone"])
    options: dict = {}
    if "lipschitz" in name:
        options = {"lipschitz": draw.choice([F(1, 2), F(1)]), "norm": draw.choice(["sup", "1"])}
    if "monotone" in name:
        options["signs"] = [draw.choice([1, -1, 0]) for _ in range(2)]
    points = [
        tuple(F(draw.randrange(STEPS + 1), STEPS) for _ in range(2)) for _ in range(draw.randrange(1, 5))
    ]
    slopes = [F(draw.randrange(-2, 3), 8) for _ in range(2)]
    values = [F(1, 2) + sum((s * c for s, c in zip(slopes, p, strict=True)), F(0)) for p in points]
    values = [min(F(1), max(F(0), v)) for v in values]
    known = Knowledge(Evaluations(points, values, draw.choice([F(0), F(1, 16)])))
    return name, options, known, tuple(F(draw.randrange(STEPS + 1), STEPS) for _ in range(2))


def by_values(options: dict, known: Knowledge, x) -> tuple[float, float] | None:
    """The envelope by unknowns f_j(i/STEPS), all pairs of lattice points in range, all pairs of slopes."""
    (data,) = known.operators
    n = STEPS + 1

    def at(i: int, k: int) -> np.ndarray:
        row = np.zeros(2 * n)
        row[i] += 1
        row[n + k] += 1
        return row

    def index(c) -> int:
        return int(c * STEPS)

    rows, bounds = [], []
    for i in range(n):
        for k in range(n):
            rows += [at(i, k), -at(i, k)]
            bounds += [1.0, 0.0]
    for p, v in zip(data.points, data.values, strict=True):
        row = at(index(p[0]), index(p[1]))
        rows += [row, -row]
        bounds += [float(v + data.within), -float(v - data.within)]
    signs, rate = options.get("signs", [0, 0]), options.get("lipschitz")
    slopes = []
    for j in range(2):
        slopes.append([])
        for i in range(STEPS):
            row = np.zeros(2 * n)
            row[j * n + i + 1], row[j * n + i] = STEPS, -STEPS
            slopes[-1].append(row)
            if signs[j]:
                rows.append(-signs[j] * row)
                bounds.append(0.0)
            if rate is not None:
                rows += [row, -row]
                bounds += [float(rate)] * 2
    if rate is not None and options["norm"] == "sup":
        for first in slopes[0]:
            for second in slopes[1]:
                for s in (1, -1):
                    for t in (1, -1):
                        rows.append(s * first + t * second)
                        bounds.append(float(rate))
    found = []
    for sense in (1, -1):
        result = linprog(
            sense * at(index(x[0]), index(x[1])),
            A_ub=np.array(rows),
            b_ub=np.array(bounds),
            bounds=(None, None),
            method="highs",
        )
        if result.status == 2:
            return None
        assert result.status == 0
        found.append(sense * result.fun)
    return found[0], found[1]


def disagreements(count: int) -> tuple[int, int]:
    draw, feasible = random.Random(3), 0
    for _ in range(count):
        name, options, known, x = draw_question(draw)
        members = fiber(family(name, 2, **options), known)
        expected = by_values(options, known, x)
        if members.is_empty != (expected is None):
            return 1, feasible
        if expected is None:
            continue
        feasible += 1
        found = members.envelope(x)
        if max(abs(float(a) - b) for a, b in zip(found, expected, strict=True)) > 1e-9:
            return 1, feasible
        (data,) = known.operators
        for f, value in zip(members.members(x, F(1, 100)), found, strict=True):
            assert f(x) == value
            assert 0 <= minimum(f).value
            assert maximum(f).value <= 1
            assert all(abs(f(p) - v) <= data.within for p, v in zip(data.points, data.values, strict=True))
            if options.get("norm") == "sup":
                assert is_lipschitz(f, options["lipschitz"])
    return 0, feasible


def test_envelopes_agree_with_programs_in_values():
    wrong, feasible = disagreements(40)
    assert wrong == 0
    assert feasible > 20


def _without_single_limits(self, entries, target):
    """Rates of the 1-norm limit one unknown each: a program without them."""
    if len(entries) > 1:
        self.rows.append((entries, target))


MUTANTS = {
    "sup norm as 1-norm": (additive, "MAX", "sum"),
    "rates left out": (additive._Form, "at_most", _without_single_limits),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_disagree(name: str, monkeypatch):
    monkeypatch.setattr(*MUTANTS[name])
    try:
        wrong, _ = disagreements(40)
    except (AssertionError, FvtheoryError):
        wrong = 1
    assert wrong > 0


def test_the_fourth_corner_is_known():
    corners = [("0", "0"), ("1", "0"), ("0", "1")]
    known = Knowledge(Evaluations(corners, ["1/4", "1/2", "3/8"]))
    assert fiber(family("additive", 2), known).envelope((F(1), F(1))) == (F(5, 8), F(5, 8))
    assert fiber(family("all", 2), known).envelope((F(1), F(1))) == (0, 1)
    found = radius(family("additive+lipschitz", 2, lipschitz="1/2", norm="1"), known, gap="1/4", max_boxes=8)
    assert 0 <= found.lower <= found.upper <= F(1, 2)
    with pytest.raises(UnsupportedError, match="rates"):
        radius(family("additive", 2), known)
    with pytest.raises(UnsupportedError, match="gradients"):
        fiber(family("additive", 1), Knowledge(Gradient("1/2", "0")))
