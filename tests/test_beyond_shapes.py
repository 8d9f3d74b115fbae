"""Convex, concave, affine and quasi-convex functions with any knowledge: exact linear programs."""

from __future__ import annotations

import random
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

import beyond_oracles as oracle
import fvtheory
from fvtheory.beyond import (
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    UnsupportedError,
    counterexample,
    envelope,
    family,
    fiber,
    hulls,
    levels,
    linear_program,
    radius,
)
from fvtheory.beyond.answers import searched_radius
from fvtheory.beyond.gauge import Gauge
from fvtheory.functions import has_information, is_convex, is_lipschitz, maximum, minimum
from fvtheory.information import MinMax

STEPS = 4


def floats(p) -> tuple[float, ...]:
    return tuple(map(float, p))


def lattice_point(draw: random.Random, dim: int) -> tuple[F, ...]:
    return tuple(F(draw.randrange(STEPS + 1), STEPS) for _ in range(dim))


# ---- the solver -----------------------------------------------------------------------------------


def test_exact_programs_agree_with_highs():
    draw, kinds = random.Random(0), set()
    for _ in range(150):
        m, n = draw.randrange(1, 7), draw.randrange(1, 12)
        rows = [
            [
                F(draw.randrange(-5, 6), draw.choice([1, 2, 3])) if draw.random() < 0.6 else F(0)
                for _ in range(n)
            ]
            for _ in range(m)
        ]
        x = [F(max(0, draw.randrange(-3, 4))) for _ in range(n)]
        targets = [sum((a * c for a, c in zip(row, x, strict=True)), F(0)) for row in rows]
        if draw.random() < 0.3:
            targets[0] += 1
        if m > 1 and draw.random() < 0.3:
            rows[0], targets[0] = rows[1], targets[1]
        cost = [F(draw.randrange(-2, 6)) for _ in range(n)]
        found = linear_program.minimise(cost, rows, targets)
        reference = linprog(
            floats(cost), A_eq=np.array(rows, float), b_eq=np.array(targets, float), method="highs"
        )
        if isinstance(found, str):
            kinds.add(found)
            assert reference.status in ({2, 4} if found == linear_program.INFEASIBLE else {3, 4})
        else:
            kinds.add("optimal")
            assert reference.status == 0
            assert abs(float(found.value) - reference.fun) < 1e-9 * (1 + abs(reference.fun))
    assert len(kinds) == 3


def test_an_answer_that_is_not_optimal_is_noticed(monkeypatch):
    honest = linear_program._Simplex.descend
    monkeypatch.setattr(
        linear_program._Simplex,
        "descend",
        lambda self, objective: True if objective == -1 else honest(self, objective),
    )
    with pytest.raises(ArithmeticError, match="proof"):
        linear_program.minimise([F(1), F(-1)], [[F(1), F(1)]], [F(1)])


# ---- convex functions, with and without rates --------------------------------------------------


def draw_question(draw: random.Random):
    """(name, options, knowledge, data of the oracle, its slopes)."""
    dim = draw.choice([1, 2])
    name = draw.choice(["convex", "convex+lipschitz", "convex+monotone", "convex+lipschitz+monotone"])
    options: dict = {}
    if "lipschitz" in name:
        options = {
            "lipschitz": draw.choice([F(1, 2), F(1), F(2)]),
            "norm": draw.choice(["sup", "1"]),
            "weights": draw.choice([None, [F(draw.randrange(1, 4), 2) for _ in range(dim)]]),
        }
    if "monotone" in name:
        options["signs"] = [draw.choice([1, -1, 0]) for _ in range(dim)]
    slopes = oracle.Slopes(
        float(options["lipschitz"]) if "lipschitz" in name else None,
        options.get("norm", "sup"),
        [float(w) for w in options.get("weights") or [1] * dim],
        options.get("signs") or [0] * dim,
    )
    pieces = [
        ([F(draw.randrange(-4, 5), 8) for _ in range(dim)], F(draw.randrange(0, 5), 8)) for _ in range(2)
    ]

    def value(x) -> F:
        found = max(c + sum((s * t for s, t in zip(g, x, strict=True)), F(0)) for g, c in pieces)
        return min(F(1), max(F(0), found))

    data = oracle.Data(dim)
    points = [lattice_point(draw, dim) for _ in range(draw.randrange(1, 5))]
    within = draw.choice([F(0), F(1, 16)])
    values = [value(p) for p in points]
    operators: list = [Evaluations(points, values, within)]
    data.intervals += [
        (floats(p), float(v - within), float(v + within)) for p, v in zip(points, values, strict=True)
    ]
    if draw.random() < 0.3:
        p, v = points[0], F(draw.randrange(5), 4)
        operators.append(LevelPoints(v, [p] if values[0] >= v else [], [] if values[0] >= v else [p], False))
        data.intervals.append((floats(p), float(v), 1.0) if values[0] >= v else (floats(p), 0.0, float(v)))
    if draw.random() < 0.3:
        top = max([tuple(map(F, c)) for c in product((0, 1), repeat=dim)], key=value)
        operators.append(Maximizers([top], value(top)))
        data.intervals.append((floats(top), float(value(top)), float(value(top))))
        data.high = min(data.high, float(value(top)))
    return name, options, Knowledge(*operators), data, slopes


def disagreements(seed: int, count: int) -> tuple[int, int]:
    draw, feasible = random.Random(seed), 0
    for _ in range(count):
        name, options, known, data, slopes = draw_question(draw)
        dim, x = known.dim, lattice_point(draw, known.dim)
        concave = draw.random() < 0.3
        expected = oracle.envelope(data, floats(x), lambda p, q: np.inf, slopes)
        if concave:  # the same question about 1 - f
            known = mirrored(known)
            name = name.replace("convex", "concave")
            if "signs" in options:
                options["signs"] = [-s for s in options["signs"]]
            expected = expected and (1 - expected[1], 1 - expected[0])
        members = fiber(family(name, dim, **options), known)
        if (expected is None) != members.is_empty:
            return 1, feasible
        if expected is not None:
            found = members.envelope(x)
            if max(abs(float(a) - b) for a, b in zip(found, expected, strict=True)) > 1e-9:
                return 1, feasible
            feasible += 1
    return 0, feasible


def mirrored(known: Knowledge) -> Knowledge:
    """What is known about 1 - f."""
    found: list = []
    for o in known.operators:
        if isinstance(o, Evaluations):
            found.append(Evaluations(o.points, [1 - v for v in o.values], o.within))
        elif isinstance(o, LevelPoints):
            found.append(LevelPoints(1 - o.level, o.outside, o.inside, o.strict))
        else:
            found.append(fvtheory.beyond.Minimizers(o.points, 1 - o.value))
    return Knowledge(*found)


def test_envelopes_agree_with_linear_programs():
    wrong, feasible = disagreements(seed=1, count=120)
    assert wrong == 0
    assert feasible > 60


def _no_displacement(self, gauge):
    return None


MUTANTS = {
    "rates left out": (hulls.Program, "add_displacement", _no_displacement),
    "the cube without its cap": (hulls, "whole_cube", lambda dim: hulls.at_point((F(0),) * dim)),
    "swapped rates": (Gauge, "reflected", property(lambda self: self)),
    "lower bounds dropped": (hulls.ConvexFiber, "lower_piece", lambda self, i, x: None),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_disagree(name: str, monkeypatch):
    monkeypatch.setattr(*MUTANTS[name])
    try:
        wrong, _ = disagreements(seed=1, count=120)
    except AssertionError:
        wrong = 1
    assert wrong > 0


@pytest.mark.parametrize("name", ["convex", "affine"])
def test_phi_alone_is_as_the_classes_of_table_1(name: str):
    draw, feasible = random.Random(name), 0
    for _ in range(60):
        dim = draw.choice([1, 2, 3])
        a = lattice_point(draw, dim)
        b = (
            tuple(F(draw.randrange(2)) for _ in range(dim))
            if draw.random() < 0.7
            else lattice_point(draw, dim)
        )
        low, high = sorted([F(draw.randrange(5), 4), F(draw.randrange(5), 4)])
        phi = MinMax(a, b, low, high)
        known, cls = Knowledge(phi), family(name, dim)
        old = fvtheory.radius(name, phi)
        assert old.feasible != fiber(cls, known).is_empty
        if not old.feasible:
            continue
        feasible += 1
        points = [*(lattice_point(draw, dim) for _ in range(3)), a, b]
        assert fvtheory.envelope(name, phi, points) == envelope(cls, known, points)
        if dim == 1 or name == "affine":
            new = searched_radius(fiber(cls, known))
            assert radius(cls, known).exact == new.exact == old.radius
            assert new.attained == old.attained
        elif dim == 2:
            new = searched_radius(fiber(cls, known), gap="1/10", max_boxes=60)
            assert new.lower <= old.radius <= new.upper
        for f, value in zip(
            fiber(cls, known).members(points[0], F(1, 1000)),
            fiber(cls, known).envelope(points[0]),
            strict=True,
        ):
            assert f(points[0]) == value
            assert has_information(f, phi)
            assert is_convex(f)
    assert feasible > 15


def test_members_of_intersections_obey_everything():
    draw, checked = random.Random(9), 0
    while checked < 25:
        name, options, known, _, _ = draw_question(draw)
        cls = family(name, known.dim, **options)
        members = fiber(cls, known)
        if members.is_empty:
            continue
        x = lattice_point(draw, known.dim)
        for f, value in zip(members.members(x, F(1, 1000)), members.envelope(x), strict=True):
            assert f(x) == value
            assert is_convex(f)
            assert 0 <= minimum(f).value
            assert maximum(f).value <= 1
            for o in known.operators:
                if isinstance(o, Evaluations):
                    assert all(abs(f(p) - v) <= o.within for p, v in zip(o.points, o.values, strict=True))
            if "lipschitz" in name and options["norm"] == "sup" and options["weights"] is None:
                assert is_lipschitz(f, options["lipschitz"])
        checked += 1


def test_strict_points_and_level_sets():
    cls = family("convex", 1)
    data = Evaluations(["0", "1"], ["1", "1/2"])
    strict = Knowledge(data, LevelPoints("3/4", [], ["1/2"]))
    found = counterexample(cls, strict, lambda k: lambda x: 0)
    assert found.function("1/2") < F(3, 4)
    assert fiber(cls, Knowledge(data, LevelPoints("1/2", [], ["1"]))).is_empty
    boxes = Knowledge(LevelSet("1/2", [(["1/2"], ["1"])], strict=False))
    low, high = fiber(cls, boxes).envelope((F(1, 4),))
    # f(1/2) is 1/2 and f(1) at most 1, so a chord from 1/4 keeps f(1/4) at 1/4
    assert (low, high) == (F(1, 4), F(1, 2))
    assert fiber(cls, Knowledge(LevelSet("1/2", [(["1/4"], ["1/2"])], strict=False))).envelope(
        (F(1, 3),)
    ) == (
        F(1, 2),
        F(1, 2),
    )
    with pytest.raises(UnsupportedError, match="strict"):
        fiber(cls, Knowledge(LevelSet("1/2", [(["1/2"], ["1"])])))


def test_open_levels_at_jumps_are_refused():
    # 1/2 on [0, 1) and 1 at 1 is convex
    last = LevelSet("1/2", [(["1"], ["1"])], strict=False)
    jump = Knowledge(last, Evaluations(["1"], ["1"]))
    for options in ({}, {"signs": "+"}):
        with pytest.raises(UnsupportedError, match="border"):
            fiber(family("convex+monotone" if options else "convex", 1, **options), jump)
    first = Knowledge(LevelSet("1/2", [(["0"], ["0"])], strict=False), Evaluations(["0"], ["1"]))
    with pytest.raises(UnsupportedError, match="border"):
        fiber(family("convex", 1), first)
    # where a rate forbids the jump the closure obeys the level
    assert fiber(family("convex+lipschitz", 1, lipschitz=9), jump).is_empty
    assert fiber(family("convex+monotone", 1, signs="-"), jump).is_empty
    assert not fiber(family("convex+lipschitz", 1, lipschitz=9), Knowledge(last)).is_empty
    # 1/4 on [0, 1/2) and 3/4 on [1/2, 1] is quasi-convex
    inside = Knowledge(LevelSet("1/2", [(["1/2"], ["1"])], strict=False), Evaluations(["1/2"], ["3/4"]))
    with pytest.raises(UnsupportedError, match="open"):
        fiber(family("quasi-convex", 1), inside)
    empty = Knowledge(LevelSet("1/2", [], strict=False), dim=1)
    assert fiber(family("quasi-convex", 1), empty).envelope((F(0),)) == (0, F(1, 2))


def test_strict_levels_above_a_single_value():
    known = Knowledge(Maximizers(["0"], "1/2"), Minimizers(["1"], "1/2"), LevelPoints("3/4", [], ["1/2"]))
    for f in fiber(family("convex", 1), known).members((F(1, 2),), F(1, 1000)):
        assert all(f(F(i, 8)) == F(1, 2) for i in range(9))


@pytest.mark.parametrize("name", ["convex", "affine", "quasi-convex"])
def test_too_many_corners_are_refused(name: str):
    known = Knowledge(Evaluations([["1/2"] * 13], ["1/2"]))
    with pytest.raises(UnsupportedError, match="13 variables"):
        radius(family(name, 13), known)


def test_gradients_of_convex_functions():
    known = Knowledge(Evaluations(["1/2"], ["1/4"]), Gradient("1/2", "1/2"))
    assert fiber(family("convex", 1), known).envelope((F(1),)) == (F(1, 2), F(1))
    assert fiber(family("convex", 1), known).envelope((F(0),)) == (F(0), F(1))
    assert fiber(family("convex", 1), Knowledge(Evaluations(["1/2"], ["1/4"]), Gradient("1/2", "2"))).is_empty
    assert fiber(family("affine", 1), known).envelope((F(1),)) == (F(1, 2), F(1, 2))
    with pytest.raises(UnsupportedError, match="exactly"):
        fiber(family("convex", 1), Knowledge(Gradient("1/2", "0")))


def test_the_radius_in_one_variable_is_the_greatest_width():
    draw, checked = random.Random(4), 0
    while checked < 12:
        name, options, known, _, _ = draw_question(draw)
        members = fiber(family(name, known.dim, **options), known)
        if known.dim > 1 or members.is_empty:
            continue
        found = radius(members.family, known)
        widths = [members.width((F(i, 48),)) for i in range(49)]
        assert max(widths) <= 2 * found.exact
        assert members.width(found.at) >= 2 * found.exact - F(1, 2**19)
        checked += 1


def test_the_radius_with_a_level_on_an_interval():
    """What a level on an interval says is a maximum of two lines: a chord between them would say too much."""
    draw, checked = random.Random(6), 0
    while checked < 12:
        ends = sorted(draw.sample(range(9), 2))
        level = F(draw.randrange(1, 4), 4)
        known = Knowledge(
            LevelSet(level, [([F(ends[0], 8)], [F(ends[1], 8)])], strict=False),
            Evaluations([F(draw.randrange(9), 8)], [F(draw.randrange(5), 4)]),
        )
        members = fiber(family("convex", 1), known)
        if members.is_empty:
            continue
        found = radius(members.family, known)
        widths = [members.width((F(i, 96),)) for i in range(97)]
        assert max(widths) <= 2 * found.exact
        assert members.width(found.at) >= 2 * found.exact - F(1, 2**19)
        checked += 1
    flat = Knowledge(LevelSet("1/2", [(["0", "1/4"], ["1/2", "1"])], strict=False))
    assert not fiber(family("convex", 2), flat).is_empty
    with pytest.raises(UnsupportedError, match="boxes"):
        radius(family("convex", 2), flat)


# ---- quasi-convex functions -----------------------------------------------------------------------


def quasi_convex_by_levels(known: Evaluations, x: F) -> tuple[F, F] | None:
    """In one variable: non-increasing up to some point, then non-decreasing; by trying values at x."""
    data = dict(zip((p[0] for p in known.points), known.values, strict=True))
    possible = [v for v in (F(i, 12) for i in range(13)) if _is_valley({**data, x: v})]
    return (min(possible), max(possible)) if possible else None


def _is_valley(data: dict[F, F]) -> bool:
    values = [data[p] for p in sorted(data)]
    return all(
        values[j] <= max(values[i], values[k])
        for i in range(len(values))
        for j in range(i + 1, len(values))
        for k in range(j + 1, len(values))
    )


def test_quasi_convex_envelopes_in_one_variable():
    draw, feasible = random.Random(2), 0
    for _ in range(60):
        points = draw.sample([F(i, 8) for i in range(9)], draw.randrange(1, 5))
        known = Evaluations(points, [F(draw.randrange(13), 12) for _ in points])
        x = draw.choice([F(2 * i + 1, 16) for i in range(8)])
        expected = quasi_convex_by_levels(known, x)
        members = fiber(family("quasi-convex", 1), Knowledge(known))
        assert members.is_empty == (expected is None)
        if expected is not None:
            assert members.envelope((x,)) == expected
            feasible += 1
            found = radius(members.family, Knowledge(known))
            widths = [members.width((F(i, 32),)) for i in range(33)]
            assert max(widths) == 2 * found.exact
    assert feasible > 30


def test_quasi_convex_envelopes_in_two_variables():
    corners = [("0", "0"), ("1", "0"), ("0", "1")]
    known = Knowledge(Evaluations(corners, ["1/4", "1/4", "1/2"]))
    members = fiber(family("quasi-convex", 2), known)
    assert members.envelope((F(1, 2), F(0))) == (0, F(1, 4))
    assert members.envelope((F(1, 4), F(1, 4))) == (0, F(1, 2))
    assert members.envelope((F(3, 4), F(3, 4))) == (0, 1)
    inside = known & Evaluations([("1/4", "1/4")], ["1/2"])
    assert not fiber(members.family, inside).is_empty
    assert fiber(members.family, inside).envelope((F(1, 3), F(1, 3)))[0] == F(1, 2)
    assert fiber(members.family, known & Evaluations([("1/4", "0")], ["1/3"])).is_empty
    found = radius(members.family, known, max_boxes=40)
    assert found.lower == found.upper == F(1, 2)


def check_quasi_convex_members() -> None:
    """They agree with all that is known, reach the envelopes, and do not bulge upwards on any chord."""
    draw, seen = random.Random(5), 0
    for trial in range(60):
        dim = draw.choice([1, 2, 3])
        points = [tuple(F(draw.randrange(9), 8) for _ in range(dim)) for _ in range(draw.randrange(1, 6))]
        known: Evaluations | LevelPoints = Evaluations(
            points, [F(draw.randrange(7), 6) for _ in points], draw.choice([0, F(1, 10)])
        )
        if trial % 3 == 0:
            known = LevelPoints("1/2", points[:1], points[1:])
        members = fiber(family("quasi-convex", dim), Knowledge(known))
        if members.is_empty:
            continue
        seen += 1
        x = tuple(F(draw.randrange(17), 16) for _ in range(dim))
        low, high = members.envelope(x)
        below, above = members.members(x, F(1, 1000))
        assert below(x) == low
        assert high - F(1, 1000) <= above(x) <= high
        for f in (below, above):
            if isinstance(known, Evaluations):
                pairs = zip(known.points, known.values, strict=True)
                assert all(abs(f(p) - v) <= known.within for p, v in pairs)
            else:
                assert all(f(p) >= known.level for p in known.inside)
                assert all(f(p) < known.level for p in known.outside)
            for _ in range(25):
                a, b = (tuple(F(draw.randrange(33), 32) for _ in range(dim)) for _ in range(2))
                t = F(draw.randrange(9), 8)
                between = tuple(p + t * (q - p) for p, q in zip(a, b, strict=True))
                assert 0 <= f(between) <= max(f(a), f(b)) <= 1
    assert seen > 30


def test_members_of_quasi_convex_classes():
    check_quasi_convex_members()


def test_a_separation_that_is_none_is_noticed(monkeypatch):
    monkeypatch.setattr(levels, "_separation", lambda s, boxes: (tuple(F(2) for _ in s), 2 * sum(s) - 1))
    with pytest.raises(AssertionError):
        check_quasi_convex_members()


def test_counterexamples_of_quasi_convex_functions():
    known = Knowledge(Evaluations([[0, 1], ["1/2", "1/2"], [1, 0]], ["1/2", "1/4", "1/2"], "1/20"))
    found = counterexample(family("quasi-convex", 2), known, lambda _: lambda x: F(1, 2))
    assert found.error == found.radius_upper == F(1, 2)
    assert found.certified
    boxed = Knowledge(LevelSet("1/2", [[["1/4"], ["1/2"]]], strict=False))
    with pytest.raises(UnsupportedError):
        counterexample(family("quasi-convex", 1), boxed, lambda _: lambda x: 0)


def test_a_quasi_convex_mutant_is_noticed(monkeypatch):
    monkeypatch.setattr(levels, "_meets_hull", lambda where, boxes: False)
    with pytest.raises(AssertionError):
        test_quasi_convex_envelopes_in_one_variable()


# ---- several variables ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("convex", {}),
        ("concave+lipschitz", {"lipschitz": 1}),
        ("convex+monotone", {}),
        ("quasi-convex", {}),
        ("affine", {}),
        ("additive+lipschitz", {"lipschitz": 1, "norm": "1"}),
    ],
)
def test_bounds_by_corners_hold_on_a_lattice(name: str, options: dict):
    draw = random.Random(name)
    points = [lattice_point(draw, 2) for _ in range(3)]
    known = Knowledge(Evaluations(points, [(p[0] + 2 * p[1]) / 4 for p in points], "1/8"))
    members = fiber(family(name, 2, **options), known)
    found = radius(members.family, known, gap="1/10", max_boxes=40)
    widths = [members.width((F(i, 6), F(j, 6))) for i in range(7) for j in range(7)]
    assert max(widths) <= 2 * found.upper
    assert members.width(found.at) == 2 * found.lower
    if name == "affine":
        assert max(widths) == 2 * found.exact


def broken_bounds(name: str, options: dict) -> int:
    """On random boxes: at how many points the width exceeds the bound by corners."""
    draw, wrong = random.Random(name), 0
    points = [("1/4", "1/4"), ("3/4", "1/2"), ("1/2", "1")]
    known = Knowledge(Evaluations(points, ["1/4", "1/2", "5/8"], "1/16"))
    (branch,) = fiber(family(name, 2, **options), known).branches
    for _ in range(25):
        low, high = lattice_point(draw, 2), lattice_point(draw, 2)
        low, high = tuple(map(min, low, high)), tuple(map(max, low, high))
        bound = branch.widest(list(product(*zip(low, high, strict=True))))
        for _ in range(4):
            x = tuple(a + (b - a) * F(draw.randrange(5), 4) for a, b in zip(low, high, strict=True))
            wrong += branch.upper(x) - branch.lower(x) > bound
    return wrong


@pytest.mark.parametrize("name", ["convex", "convex+lipschitz", "concave", "quasi-convex"])
def test_bounds_by_corners_hold_on_boxes(name: str):
    assert broken_bounds(name, {"lipschitz": 1} if "lipschitz" in name else {}) == 0


def test_bounds_by_one_corner_are_noticed(monkeypatch):
    honest = hulls.ConvexFiber.widest
    monkeypatch.setattr(hulls.ConvexFiber, "widest", lambda self, corners: honest(self, corners[:1]))
    assert broken_bounds("convex", {}) > 0
