"""Smooth functions of one variable, and distances in the 2-norm: bounds on both sides, against linear programs,
closed forms and exact comparisons."""

from __future__ import annotations

import json
import random
from fractions import Fraction as F
from itertools import product
from math import isqrt

import numpy as np
import pytest
from scipy.optimize import linprog

from fvtheory import cli
from fvtheory.beyond import (
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    UnsupportedError,
    average_radius,
    counterexample,
    envelope,
    family,
    fiber,
    gauge,
    radius,
    smooth,
)
from fvtheory.beyond.numeric import envelopes, lipschitz_envelopes
from fvtheory.beyond.polygons import common_range, cut, total
from fvtheory.errors import InvalidInputError
from fvtheory.information import MinMax

PHI = Knowledge(MinMax("1/4", "1", "0", "1"))
VALUES = Knowledge(Evaluations(["0", "1/3", "1/2", "1"], ["1/2", "1/3", "1/2", "3/4"]))
KNOWLEDGE = {
    "Φ": PHI,
    "values": VALUES,
    "values and a gradient": VALUES & Gradient("1/2", "1"),
    "uncertain values": Knowledge(Evaluations(["0", "1/2", "1"], ["1/2", "1/4", "1/2"], "1/20")),
    "a level set": Knowledge(LevelSet("1/2", [[["1/4"], ["1/2"]]], strict=False)),
}
CLASSES: dict[str, dict] = {
    "smooth": {"smooth": 8},
    "smooth+convex": {"smooth": 8},
    "smooth+concave": {"smooth": 6},
    "smooth+lipschitz": {"smooth": 8, "lipschitz": 2},
}


def programmed(known: Knowledge, name: str, x: float, cells: int = 96) -> tuple[float, float] | None:
    """(least, greatest f(x)) with f'' constant on cells and everything known asked for at nodes: near the envelopes.

    Unknowns: f(0), f'(0), f'' on each cell. Nothing is shared with the package.
    """
    options = CLASSES[name]
    most = float(options["smooth"])
    width, h = cells + 2, 1.0 / cells
    nodes = np.linspace(0, 1, cells + 1)

    def value(t: float) -> np.ndarray:
        row = np.zeros(width)
        row[0], row[1] = 1.0, t
        for k, left in enumerate(nodes[:-1]):
            if t > left:
                length = min(t - left, h)
                row[2 + k] = length * (t - left - length / 2)
        return row

    def slope(t: float) -> np.ndarray:
        row = np.zeros(width)
        row[1] = 1.0
        row[2:] = np.clip(t - nodes[:-1], 0, h)
        return row

    rows, bounds, equal, targets = [], [], [], []

    def between(row: np.ndarray, low: float, high: float) -> None:
        rows.extend([row, -row])
        bounds.extend([high, -low])

    low, high = 0.0, 1.0
    for operator in known.operators:
        if isinstance(operator, MinMax):
            low, high = float(operator.f_min), float(operator.f_max)
            equal += [value(float(operator.x_min[0])), value(float(operator.x_max[0]))]
            targets += [low, high]
            for (t,) in (operator.x_min, operator.x_max):
                if 0 < t < 1:  # an extremum inside; nodes alone would leave room for a small slope
                    equal.append(slope(float(t)))
                    targets.append(0.0)
        elif isinstance(operator, Evaluations):
            for (p,), v in zip(operator.points, operator.values, strict=True):
                between(value(float(p)), float(v - operator.within), float(v + operator.within))
        elif isinstance(operator, Gradient):
            equal.append(slope(float(operator.at[0])))
            targets.append(float(operator.gradient[0]))
    for t in nodes:
        floor, cap = low, high
        for operator in known.operators:
            if isinstance(operator, LevelSet):
                [((start,), (end,))] = operator.boxes
                inside = float(start) <= t <= float(end)
                floor, cap = (max(floor, 0.5), cap) if inside else (floor, min(cap, 0.5))
        between(value(t), floor, cap)
        if "lipschitz" in options:
            between(slope(t), -2.0, 2.0)
    curvature = (0 if "convex" in name.split("+") else -most, 0 if "concave" in name else most)
    found = []
    for sense in (1.0, -1.0):
        result = linprog(
            sense * value(x),
            np.array(rows),
            np.array(bounds),
            np.array(equal) if equal else None,
            np.array(targets) if equal else None,
            bounds=[(None, None), (None, None), *[curvature] * cells],
            method="highs",
        )
        if result.status == 2:
            return None
        found.append(sense * result.fun)
    return found[0], found[1]


def check_enclosures(told: str, name: str, places=(F(1, 8), F(2, 3))) -> None:
    known = KNOWLEDGE[told]
    members = fiber(family(name, 1, **CLASSES[name]), known)
    for x in places:
        expected = programmed(known, name, float(x))
        assert members.is_empty == (expected is None)
        if expected is None:
            return
        a, b, c, d = members.enclosure((x,))
        assert a <= b <= c <= d
        assert b - a <= 2 * smooth.CLOSE
        assert d - c <= 2 * smooth.CLOSE
        room = 0.008  # of the program, whose f'' is constant on cells and which is free between nodes
        assert float(a) - room <= expected[0] <= float(b) + room
        assert float(c) - room <= expected[1] <= float(d) + room


@pytest.mark.parametrize("told", KNOWLEDGE)
@pytest.mark.parametrize("name", CLASSES)
def test_enclosures_agree_with_linear_programs(told: str, name: str):
    check_enclosures(told, name)


def test_closed_forms_lie_in_the_enclosures():
    cls = family("smooth", 1, smooth=8)
    # from the minimum at 1/4, where f = f' = 0, f can climb at most like 4 t²
    for x in (F(3, 8), F(5, 16), F(7, 16)):
        a, b, c, d = fiber(cls, PHI).enclosure((x,))
        assert a == b == 0
        assert c <= 4 * (x - F(1, 4)) ** 2 <= d
    known = Knowledge(Evaluations(["1/2"], ["1/2"]), Gradient("1/2", "0"))
    a, b, c, d = fiber(family("smooth", 1, smooth=4), known).enclosure((F(3, 4),))
    assert (a, b, c, d) == (F(3, 8), F(3, 8), F(5, 8), F(5, 8))
    # between two places with values and slopes: the condition for interpolation, met with equality
    h, m = F(1, 2), F(4)
    ends = Knowledge(Evaluations(["1/4", "3/4"], ["1/4", "1/2"]), Gradient("1/4", "0"), Gradient("3/4", "0"))
    assert F(1, 2) - F(1, 4) == m * h * h / 4
    assert not fiber(family("smooth", 1, smooth=m), ends).is_empty
    assert fiber(family("smooth", 1, smooth=m - F(1, 10)), ends).is_empty


@pytest.mark.parametrize("name", ["smooth", "smooth+lipschitz"])
def test_radii_have_bounds_on_both_sides(name: str):
    cls = family(name, 1, **CLASSES[name])
    found = radius(cls, PHI, gap="1/12")
    assert found.method == "grids"
    assert 0 < found.lower <= found.upper <= found.lower * F(12, 11) + F(1, 10**6)
    members = fiber(cls, PHI)
    widths = []
    for i in range(4):
        a, b, c, d = members.enclosure((F(2 * i + 1, 8),))
        assert (c - b) / 2 <= found.upper
        widths.append(d - a)
    assert max(widths) / 2 >= found.lower / 2
    a, b, c, d = members.enclosure(found.at)
    assert (d - a) / 2 >= found.lower
    steps = []
    radius(cls, PHI, gap="1/12", progress=lambda *step: steps.append(step))
    assert [s[1] for s in steps] == sorted(s[1] for s in steps)
    assert [s[2] for s in steps] == sorted((s[2] for s in steps), reverse=True)


def test_smoother_classes_tell_more():
    found = [radius(family("smooth", 1, smooth=m), VALUES, gap="1/8") for m in (6, 12, 48)]
    assert found[0].upper < found[1].upper < found[2].upper
    rough = radius(family("all", 1), VALUES)
    assert all(r.upper <= rough.lower for r in found)
    assert not radius(family("smooth", 1, smooth=1), VALUES).feasible


def test_polygons():
    draw = random.Random(0)

    def hull(points):
        found = points
        for _ in range(2):  # a rectangle cut by random lines
            a, b, c = (F(draw.randrange(-3, 4)) for _ in range(3))
            found = cut(found, a, b, c)
        return found

    lattice = [(F(i, 2), F(k, 2)) for i, k in product(range(-6, 7), repeat=2)]

    def holds(polygon, x):
        return common_range(polygon, [x]) is not None

    for _ in range(25):
        corners = [(F(s * draw.randrange(1, 4)), F(t * 2)) for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        p, q = hull(corners), hull(corners)
        both = [x[0] for x in lattice if holds(p, x) and holds(q, x)]
        found = common_range(p, q)
        if both:
            assert found[0] <= min(both) <= max(both) <= found[1]
        sums = total(p, q)
        for (u, v), (s, t) in product(p, q):
            assert holds(sums, (u + s, v + t))
        if p and q:
            assert max(u for u, _ in sums) == max(u for u, _ in p) + max(u for u, _ in q)
            assert max(v for _, v in sums) == max(v for _, v in p) + max(v for _, v in q)
        else:
            assert sums == []
            assert found is None


def test_what_smooth_classes_refuse():
    for name, dim, options in (
        ("smooth", 2, {"smooth": 1}),
        ("smooth+quasi-convex", 1, {"smooth": 1}),
        ("smooth", 1, {}),
        ("smooth", 1, {"smooth": 0}),
        ("all", 1, {"smooth": 1}),
    ):
        with pytest.raises(InvalidInputError, match="required"):
            family(name, dim, **options)
    cls = family("smooth", 1, smooth=8)
    with pytest.raises(UnsupportedError, match="strict"):
        fiber(cls, Knowledge(LevelPoints("1/2", ["1"], ["0"])))
    with pytest.raises(UnsupportedError, match="uncertain"):
        fiber(cls, Knowledge(Maximizers(["1"], "1", "1/8")))
    with pytest.raises(UnsupportedError, match="parabolas"):
        counterexample(cls, PHI, lambda known: lambda x: 0)
    with pytest.raises(UnsupportedError, match="grids"):
        average_radius(cls, PHI)
    assert family("smooth+affine", 1, smooth=1).shape == "affine"


# ---- the 2-norm -----------------------------------------------------------------------------------


def test_distances_in_the_2_norm_are_compared_exactly():
    """From (0, 0) to (1, 1) a function of rate 1/2 climbs by at most the root of 1/2: decided to 40 digits."""
    cls = family("lipschitz", 2, lipschitz="1/2", norm="2")
    below = F(isqrt(10**80 // 2), 10**40)
    for value, fits in ((below, True), (below + F(1, 10**40), False)):
        known = Knowledge(Evaluations([[0, 0], [1, 1]], [0, value]))
        assert fiber(cls, known).is_empty is not fits
    three_four_five = Knowledge(Evaluations([[0, 0], ["3/5", "4/5"]], [0, "1/2"]))
    assert not fiber(cls, three_four_five).is_empty
    strict = Knowledge(LevelPoints("1/2", [["3/5", "4/5"]], [[0, 0]]), Evaluations([["3/5", "4/5"]], ["1/2"]))
    assert not fiber(cls, strict).is_empty  # f < 1/2 at the origin


def test_envelopes_in_the_2_norm_are_enclosed():
    draw = random.Random(2)
    for _ in range(10):
        points = [tuple(F(draw.randrange(13), 12) for _ in range(2)) for _ in range(4)]
        known = Knowledge(Evaluations(points, [F(1, 2) + (p[0] - p[1]) / 8 for p in points]))
        members = fiber(family("lipschitz", 2, lipschitz="1/3", norm="2"), known)
        places = [tuple(F(draw.randrange(65), 64) for _ in range(2)) for _ in range(10)]
        x, y = np.array([points], float), np.array([known.operators[0].values], float)
        low, high = lipschitz_envelopes(x, y, np.array(places, float), 1 / 3, norm="2")
        mine = envelopes(members, np.array(places, float))
        assert np.abs(mine[0] - low[0]).max() < 1e-12
        assert np.abs(mine[1] - high[0]).max() < 1e-12
        for p, lower, upper in zip(places, low[0], high[0], strict=True):
            a, b, c, d = members.enclosure(p)
            assert 0 <= b - a <= F(1, 2**64)
            assert 0 <= d - c <= F(1, 2**64)
            assert (float(a), float(d)) == pytest.approx((lower, upper), abs=1e-12)
            # U is the least of v + |x - y|/3: no root is needed to see on which side of it d and c lie
            for value, above in ((d, True), (c, False)):
                bounds = [(value - v) * 3 for v in known.operators[0].values]
                squares = [sum((s - t) ** 2 for s, t in zip(p, q, strict=True)) for q in points]
                over = [b * abs(b) >= s for b, s in zip(bounds, squares, strict=True)]
                under = [b * abs(b) <= s for b, s in zip(bounds, squares, strict=True)]
                assert any(over) or value == 1 if above else all(under)


def check_radius_in_the_2_norm() -> None:
    """One value at the centre of the cube: the farthest points are the corners, at half the root of d."""
    for dim in (2, 3):
        known = Knowledge(Evaluations([["1/2"] * dim], ["1/2"]))
        found = radius(family("lipschitz", dim, lipschitz="1/2", norm="2"), known)
        assert found.lower**2 <= F(dim, 16) <= found.upper**2
        assert found.upper - found.lower <= found.upper / 100
    mean = average_radius(family("lipschitz", 2, lipschitz="1/2", norm="2"), known_square(), gap="1/20")
    distance = (2**0.5 + np.arcsinh(1)) / 6  # the mean distance from the centre of the unit square
    assert float(mean.lower_power) <= distance / 2 <= float(mean.upper_power)
    square = average_radius(
        family("lipschitz", 2, lipschitz="1/2", norm="2"), known_square(), power=2, gap="1/20"
    )
    assert square.lower_power <= F(1, 4) * F(1, 6) <= square.upper_power


def known_square() -> Knowledge:
    return Knowledge(Evaluations([["1/2", "1/2"]], ["1/2"]))


def test_radii_in_the_2_norm():
    check_radius_in_the_2_norm()


def test_norms_are_ordered():
    draw = random.Random(5)
    points = [tuple(F(draw.randrange(13), 12) for _ in range(3)) for _ in range(5)]
    known = Knowledge(Evaluations(points, [F(1, 2) + p[0] / 8 for p in points]))
    found = [
        radius(family("lipschitz", 3, lipschitz="1/4", norm=n), known, gap="1/20") for n in ("sup", "2", "1")
    ]
    assert found[0].lower <= found[1].upper
    assert found[1].lower <= found[2].upper
    rising = family("lipschitz+monotone", 3, lipschitz="1/4", norm="2", signs="+++")
    assert radius(rising, known, gap="1/20").upper <= found[1].upper
    one = family("lipschitz", 1, lipschitz=1, norm="2")
    assert one.gauges == family("lipschitz", 1, lipschitz=1).gauges


def test_what_the_2_norm_refuses():
    cls = family("lipschitz", 2, lipschitz=1, norm="2")
    with pytest.raises(UnsupportedError, match="irrational"):
        fiber(cls, Knowledge(Maximizers([[0, 0]], "1/2", "1/8")))
    with pytest.raises(UnsupportedError, match="2-norm"):
        fiber(cls, known_square()).functions()
    with pytest.raises(UnsupportedError, match="2-norm"):
        counterexample(cls, known_square(), lambda known: lambda x: 0)
    assert gauge.Gauge((F(1), F(1)), (F(1), F(1)), "root").admits_slope((F(3, 5), F(4, 5)))
    assert not gauge.Gauge((F(1), F(1)), (F(1), F(1)), "root").admits_slope((F(3, 5), F(81, 100)))


# ---- command line, mutants ------------------------------------------------------------------------


def test_command_line(capsys):
    told = json.dumps(PHI.to_json())
    line = ["beyond", "envelope", "--class", "smooth", "--smooth", "8", "--knowledge", told, "--at", "3/8"]
    assert cli.main(line) == 0
    assert "0.0625" in capsys.readouterr().out
    assert cli.main([*line, "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["points"]
    assert F(found["lower"]) <= F(found["lower_at_most"]) <= F(found["upper_at_least"]) <= F(found["upper"])
    assert envelope(family("smooth", 1, smooth=8), PHI, ["3/8"]).points[0].to_json() == found
    radius_of = [
        "beyond",
        "radius",
        "--class",
        "lipschitz",
        "--lipschitz",
        "1/2",
        "--norm",
        "2",
        "--knowledge",
    ]
    assert cli.main([*radius_of, json.dumps(known_square().to_json())]) == 0
    assert "certified" in capsys.readouterr().out


def _twice_as_far(self):
    for h, step in _STEPS(self):
        yield h, [(2 * u, 2 * v) for u, v in step]


def _half_as_far(self):
    for h, step in _STEPS(self):
        yield h, [(u / 2, v / 2) for u, v in step]


_STEPS = smooth._Sweep._steps


@pytest.mark.parametrize("wrong", [_twice_as_far, _half_as_far])
def test_mutants_of_steps_are_noticed(wrong, monkeypatch):
    monkeypatch.setattr(smooth._Sweep, "_steps", wrong)
    with pytest.raises(AssertionError):
        check_enclosures("Φ", "smooth")


def test_control_points_keep_cells_within_bounds(monkeypatch):
    """f >= 1/2 on [0, 1/8] and 1/2 at both ends: f' <= 0 at 1/8, which only the control point of the cell says."""
    level = LevelSet("1/2", [[["0"], ["1/8"]]], strict=False)
    known = Knowledge(level, Evaluations(["0", "1/8"], ["1/2", "1/2"]))
    [branch] = fiber(family("smooth", 1, smooth=32), known).branches
    grid = [F(0), F(1, 8), F(1)]
    strict = smooth._Sweep(branch, grid, False)._forward()[1]
    assert max(v for _, v in strict) == 0
    monkeypatch.setattr(smooth._Sweep, "_within", lambda self, polygon, k, h: polygon)
    loose = smooth._Sweep(branch, grid, False)._forward()[1]
    assert max(v for _, v in loose) > 0


def test_a_root_rounded_up_is_noticed(monkeypatch):
    monkeypatch.setattr(gauge, "root_below", lambda square: F(isqrt(int(square * 2**20)) + 2000, 2**10))
    with pytest.raises(AssertionError):
        check_radius_in_the_2_norm()
