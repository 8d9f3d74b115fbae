"""Classes of rates with any knowledge: closed forms against linear programs, members replayed, mutants."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction as F
from itertools import product

import pytest

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
    Top,
    UnsupportedError,
    counterexample,
    envelope,
    family,
    fiber,
    line,
    mcshane,
    radius,
)
from fvtheory.beyond import constraints as constraints_module
from fvtheory.beyond.answers import searched_radius
from fvtheory.beyond.boxes import Box, at_point, outside
from fvtheory.beyond.gauge import Gauge
from fvtheory.errors import FvtheoryError, InfeasibleInformationError, InvalidInputError
from fvtheory.functions import is_lipschitz, is_monotone, maximum, minimum, sup_distance
from fvtheory.information import MinMax

STEPS = {1: 6, 2: 3}
"""Data lie on the lattice of spacing 1/STEPS[dim]."""


# ---- random questions -----------------------------------------------------------------------------


@dataclass
class Question:
    """A class, knowledge, and the same for the oracle."""

    options: dict
    name: str
    dim: int
    operators: list = field(default_factory=list)
    data: oracle.Data = None  # type: ignore[assignment]

    def rise(self, x, y) -> float:
        weights = [float(w) for w in self.options.get("weights") or [1] * self.dim]
        signs = self.options.get("signs") or [0] * self.dim
        rate = self.options.get("lipschitz")
        norm = self.options.get("norm", "sup")
        return oracle.cost(x, y, None if rate is None else float(rate), norm, weights, signs)


def floats(p) -> tuple[float, ...]:
    return tuple(map(float, p))


def lattice_point(draw: random.Random, dim: int) -> tuple[F, ...]:
    return tuple(F(draw.randrange(STEPS[dim] + 1), STEPS[dim]) for _ in range(dim))


def true_function(draw: random.Random, question: Question) -> Callable:
    """A function of the class: values are mostly taken from it, so that much is feasible."""
    anchors = [(lattice_point(draw, question.dim), F(draw.randrange(13), 12)) for _ in range(2)]

    def value(x) -> F:
        best = F(1)
        for p, v in anchors:
            rise = question.rise(floats(x), floats(p))
            if rise < float("inf"):
                best = min(best, v + F(rise).limit_denominator(10**6))
        return best

    return value


def draw_question(draw: random.Random) -> Question:
    dim = draw.choice([1, 1, 2])
    name = draw.choice(["all", "lipschitz", "lipschitz", "monotone", "lipschitz+monotone"])
    options: dict = {}
    if "lipschitz" in name:
        options = {"lipschitz": draw.choice([F(1, 2), F(1), F(3)]), "norm": draw.choice(["sup", "1"])}
        options["weights"] = draw.choice([None, [F(draw.randrange(1, 4), 2) for _ in range(dim)]])
    if "monotone" in name:
        options["signs"] = [draw.choice([1, -1, 0]) for _ in range(dim)]
    question = Question(options, name, dim)
    data = question.data = oracle.Data(dim)
    value = true_function(draw, question)
    for _ in range(draw.randrange(1, 4)):
        points = [lattice_point(draw, dim) for _ in range(draw.randrange(1, 4))]
        within = draw.choice([F(0), F(1, 12), F(1, 6)])
        kind = draw.choice(["evaluations", "top", "extrema", "level-points", "level-set"])
        if kind == "evaluations":
            values = [value(p) for p in points]
            question.operators.append(Evaluations(points, values, within))
            data.intervals += [
                (floats(p), float(v - within), float(v + within)) for p, v in zip(points, values, strict=True)
            ]
        elif kind == "top":
            ranked = sorted(points, key=value)
            top, others = ranked[-1:], ranked[:-1]
            question.operators.append(Top(top, [value(p) for p in top], others, within))
            data.intervals += [(floats(p), float(value(p) - within), float(value(p) + within)) for p in top]
            data.orders += [(floats(q), floats(p)) for q in others for p in top]
        elif kind == "extrema":
            grid = [tuple(F(c, STEPS[dim]) for c in p) for p in product(range(STEPS[dim] + 1), repeat=dim)]
            is_top = draw.random() < 0.5
            best = (max if is_top else min)(grid, key=value)
            told = draw.choice([None, value(best)])
            question.operators.append((Maximizers if is_top else Minimizers)([best], told, within))
            (data.tops if is_top else data.bottoms).append(floats(best))
            if told is not None:
                data.intervals.append((floats(best), float(told - within), float(told + within)))
        elif kind == "level-points":
            level = F(draw.randrange(13), 12)
            inside = [p for p in points if value(p) >= level]
            others = [p for p in points if value(p) < level]
            question.operators.append(LevelPoints(level, inside, others, strict=False))
            data.intervals += [(floats(p), float(level), 1.0) for p in inside]
            data.intervals += [(floats(p), 0.0, float(level)) for p in others]
        else:
            low, high = lattice_point(draw, dim), lattice_point(draw, dim)
            box = [tuple(map(min, low, high)), tuple(map(max, low, high))]
            level = F(draw.randrange(13), 12)
            question.operators.append(LevelSet(level, [box], strict=False))
            add_level_set(question, level, box)
    return question


def add_level_set(question: Question, level: F, box) -> None:
    """The set through points of a lattice of half the spacing; with finite rates also its closures."""
    low, high = box
    closed = "lipschitz" in question.name
    steps = 2 * STEPS[question.dim]
    for index in product(range(steps + 1), repeat=question.dim):
        p = tuple(F(i, steps) for i in index)
        inside = all(a <= c <= b for a, c, b in zip(low, p, high, strict=True))
        edge = any(c == e and (0 < c < 1) for c, a, b in zip(p, low, high, strict=True) for e in (a, b))
        if inside:
            question.data.intervals.append((floats(p), float(level), 1.0))
        if not inside or (closed and edge):
            question.data.intervals.append((floats(p), 0.0, float(level)))


def disagreements(seed: int, count: int, enough: int = 1) -> tuple[int, int]:
    """(how many answers differ from the oracle's, up to ``enough``; how many questions were feasible)."""
    draw, wrong, feasible = random.Random(seed), 0, 0
    for _ in range(count):
        if wrong >= enough:
            break
        question = draw_question(draw)
        known = Knowledge(*question.operators, dim=question.dim)
        members = fiber(family(question.name, question.dim, **question.options), known)
        for x in [lattice_point(draw, question.dim) for _ in range(2)]:
            expected = oracle.envelope(question.data, floats(x), question.rise)
            if (expected is None) != members.is_empty:
                wrong += 1
            elif expected is not None:
                found = members.envelope(x)
                wrong += max(abs(float(a) - b) for a, b in zip(found, expected, strict=True)) > 1e-9
                feasible += 1
    return wrong, feasible


def test_closed_forms_agree_with_linear_programs():
    wrong, feasible = disagreements(seed=1, count=220)
    assert wrong == 0
    assert feasible > 150


def dropped_point(bounds):
    return tuple(list(bounds)[1:])


MUTANTS = {
    "a dropped bound": (mcshane, "_needed", dropped_point),
    "eps ignored": (
        constraints_module.Constraints,
        "value_near",
        lambda self, p, value, within: (
            self.uppers.append(constraints_module.Bound(at_point(p), value)),
            self.lowers.append(constraints_module.Bound(at_point(p), value)),
        ),
    ),
    "swapped signs": (Gauge, "rise", lambda self, x, y: self.between(at_point(y), at_point(x))[0]),
    "no comparisons": (constraints_module.Constraints, "is_coupled", property(lambda self: False)),
    "sets without their outside": (constraints_module, "outside", lambda boxes, dim: []),
    "open ends as closed": (Box, "side", lambda self, j: (self.low[j], self.high[j], False, False)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_disagree_with_linear_programs(name: str, monkeypatch):
    monkeypatch.setattr(*MUTANTS[name])
    wrong, _ = disagreements(seed=1, count=220)
    assert wrong > 0


def test_swapped_rates_disagree(monkeypatch):
    honest = Gauge._along
    monkeypatch.setattr(Gauge, "_along", lambda self, j, s, t: honest(self.reflected, j, s, t))
    assert disagreements(seed=1, count=100)[0] > 0


# ---- Φ alone ------------------------------------------------------------------------------------

RATES = ("all", "erm", "neural-network", "piecewise-affine", "monotone", "constant", "lipschitz")


def draw_phi(draw: random.Random, dim: int) -> MinMax:
    def coordinate() -> F:
        return draw.choice([F(0), F(1), F(1, 2), F(draw.randrange(13), 12)])

    a, b = (tuple(coordinate() for _ in range(dim)) for _ in range(2))
    low, high = sorted([coordinate(), coordinate()])
    degenerate = draw.random()
    return MinMax(a, a if degenerate < 0.1 else b, low, low if 0.05 < degenerate < 0.2 else high)


@pytest.mark.parametrize("name", RATES)
def test_phi_alone_is_as_the_classes_of_table_1(name: str):
    draw, feasible = random.Random(name), 0
    for _ in range(60):
        dim = draw.choice([1, 1, 2, 3])
        phi = draw_phi(draw, dim)
        rate = draw.choice([F(1, 2), F(1), F(5, 3)]) if name == "lipschitz" else None
        known, cls = Knowledge(phi), family(name, dim, lipschitz=rate)
        old, short = fvtheory.radius(name, phi, rate), radius(cls, known)
        assert old.feasible == short.feasible
        if not old.feasible:
            continue
        feasible += 1
        assert short.exact == old.radius
        assert short.attained == old.attained
        new = searched_radius(fiber(cls, known), gap="1/1000")
        if dim == 1 or rate is None:
            assert new.exact == old.radius
        assert new.lower <= old.radius <= new.upper
        if dim == 1:
            assert new.attained == old.attained
        points = [tuple(F(draw.randrange(13), 12) for _ in range(dim)) for _ in range(3)]
        points += [phi.x_min, phi.x_max]
        assert fvtheory.envelope(name, phi, points, rate) == envelope(cls, known, points)
        low, high = fiber(cls, known).functions()
        for p in points:
            assert (low(p), high(p)) == fiber(cls, known).envelope(p)
    assert feasible > 5


# ---- members and counterexamples --------------------------------------------------------------


def agrees(f, known: Knowledge) -> bool:
    """Whether an exact function of one or two variables obeys every operator, by its exact extrema."""
    low, high = minimum(f).value, maximum(f).value
    for o in known.operators:
        if isinstance(o, Evaluations) and any(
            abs(f(p) - v) > o.within for p, v in zip(o.points, o.values, strict=True)
        ):
            return False
        if isinstance(o, Maximizers) and any(f(p) != high for p in o.points):
            return False
        if isinstance(o, Minimizers) and any(f(p) != low for p in o.points):
            return False
        if isinstance(o, MinMax) and (f(o.x_min), f(o.x_max), low, high) != (
            o.f_min,
            o.f_max,
            o.f_min,
            o.f_max,
        ):
            return False
        if isinstance(o, Top) and any(f(q) > f(p) for q in o.others for p in o.points):
            return False
        if isinstance(o, LevelPoints) and (
            any(f(p) < o.level for p in o.inside)
            or any(f(p) > o.level or (o.strict and f(p) == o.level) for p in o.outside)
        ):
            return False
    return 0 <= low and high <= 1


def test_members_obey_what_is_known_and_counterexamples_reach_the_radius():
    draw, checked = random.Random(5), 0
    while checked < 40:
        question = draw_question(draw)
        question.operators = [o for o in question.operators if not isinstance(o, LevelSet)]
        if question.name == "lipschitz+monotone" and question.options["norm"] == "1":
            continue
        known = Knowledge(*question.operators, dim=question.dim)
        cls = family(question.name, question.dim, **question.options)
        if fiber(cls, known).is_empty:
            continue
        slack = F(1, 2**20)
        found = counterexample(cls, known, lambda k: lambda x: F(1, 2), gap="1/10", slack=slack)
        assert agrees(found.function, known)
        assert found.error == abs(found.function(found.at) - F(1, 2))
        assert found.error >= found.radius_lower - slack
        if "lipschitz" in question.name and question.dim == 1:
            weight = (question.options["weights"] or [F(1)])[0]
            assert is_lipschitz(found.function, question.options["lipschitz"] * weight)
        if "monotone" in question.name and question.dim == 1 and question.options["signs"] != [0]:
            direction = "non-decreasing" if question.options["signs"] == [1] else "non-increasing"
            assert is_monotone(found.function) in (direction, "constant")
        checked += 1


def test_the_central_decoder_errs_by_the_radius_on_both_envelopes():
    known = Knowledge(Evaluations(["1/4", "2/3"], ["1/2", "1/3"], "1/20"), MinMax("0", "1", "0", "1"))
    cls = family("lipschitz", 1, lipschitz=3)
    members = fiber(cls, known)
    low, high = members.functions()
    r = radius(cls, known)
    assert sup_distance(members.central(), high).value == r.exact
    assert sup_distance(members.central(), low).value == r.exact
    assert sup_distance(low, high).value == 2 * r.exact


def wrong_radii(count: int) -> int:
    """In one variable: how many radii differ from half of the distance of the envelopes as exact functions."""
    draw, wrong, checked = random.Random(8), 0, 0
    while checked < count:
        question = draw_question(draw)
        known = Knowledge(*question.operators, dim=question.dim)
        members = fiber(family(question.name, question.dim, **question.options), known)
        if question.dim > 1 or members.is_empty:
            continue
        found = radius(members.family, known)
        distance = sup_distance(*members.functions())
        wrong += found.exact != distance.value / 2 or found.attained != distance.attained
        wrong += members.width(found.at) < 2 * found.exact - F(1, 2**20)
        checked += 1
    return wrong


def test_radii_by_breakpoints_are_the_distance_of_the_envelopes():
    assert wrong_radii(60) == 0


def test_radii_without_the_crossings_are_wrong(monkeypatch):
    monkeypatch.setattr(line, "combinations", lambda lines, size: [])
    assert wrong_radii(60) > 0


def test_continuous_functions_have_members_of_a_finite_rate():
    known = Knowledge(Evaluations(["0", "1/2", "1"], ["0", "1", "1/4"]))
    found = counterexample(family("continuous", 1), known, lambda k: lambda x: 0.5)
    assert is_lipschitz(found.function, 2**30)
    assert found.radius_lower == F(1, 2)
    assert found.error >= F(1, 2) - F(1, 2**20)
    unknown = radius(family("lipschitz", 1, lipschitz="unknown"), known)
    assert unknown.exact == F(1, 2)


# ---- unions ---------------------------------------------------------------------------------------


def test_sparse_functions_are_a_union():
    """Two variables, at most one counts: two values differ in the first coordinate only, so that one counts."""
    known = Knowledge(Evaluations([("0", "0"), ("1", "0")], ["0", "1"]))
    cls = family("sparse+lipschitz", 2, lipschitz=1, coordinates=1)
    members = fiber(cls, known)
    assert len(members.branches) == 1
    assert radius(cls, known, gap="1/10000").upper < F(1, 10**4)
    nothing = fiber(family("sparse", 2, coordinates=0), known)
    assert nothing.is_empty
    one = Knowledge(Evaluations([("1/2", "1/2")], ["1/2"]))
    low, high = fiber(cls, one).envelope((F(1), F(1, 4)))
    assert (low, high) == (F(0), F(1))
    both = radius(cls, one, gap="1/10000")
    assert both.lower == F(1, 2)


# ---- level sets -----------------------------------------------------------------------------------


def test_outside_of_boxes_is_a_partition():
    boxes = [Box((F(0), F(1, 3)), (F(1, 2), F(1))), Box((F(1, 4), F(0)), (F(3, 4), F(1, 2)))]
    rest = outside(boxes, 2)
    for index in product(range(13), repeat=2):
        p = (F(index[0], 12), F(index[1], 12))
        assert sum(p in b for b in [*rest]) == (not any(p in b for b in boxes))


def test_strict_levels():
    cls = family("lipschitz", 1, lipschitz=1)
    at_level = Knowledge(LevelSet("1/2", [("0", "1/2")]), Evaluations(["3/4"], ["1/2"]))
    assert fiber(cls, at_level).is_empty
    loose = Knowledge(LevelSet("1/2", [("0", "1/2")], strict=False), Evaluations(["3/4"], ["1/2"]))
    assert not fiber(cls, loose).is_empty
    strict = Knowledge(LevelSet("1/2", [("0", "1/2")]))
    found = counterexample(cls, strict, lambda k: lambda x: 0)
    assert all(found.function(F(i, 64)) < F(1, 2) for i in range(33, 65))
    assert all(found.function(F(i, 64)) >= F(1, 2) for i in range(33))
    # non-decreasing and at least 1/2 on [0, 1/2] is at least 1/2 everywhere
    assert fiber(family("monotone", 1, signs="+"), strict).is_empty
    assert not fiber(family("monotone", 1, signs="-"), strict).is_empty
    # two levels whose sets touch need a jump
    jump = Knowledge(LevelSet("1/4", [("0", "1/2")]), LevelSet("3/4", [("0", "1/2")]))
    assert not fiber(family("all", 1), jump).is_empty
    assert fiber(family("continuous", 1), jump).is_empty
    assert fiber(cls, Knowledge(LevelSet("1/2", []), dim=1)).envelope((F(0),)) == (0, F(1, 2))


def test_continuous_members_stay_below_strict_levels():
    known = Knowledge(Evaluations(["0"], ["1"]), LevelPoints("1/2", [], ["1/2"]))
    for f in fiber(family("continuous", 1), known).members((F(0),), F(1, 1000)):
        assert f("0") == 1
        assert f("1/2") < F(1, 2)


# ---- gradients ------------------------------------------------------------------------------------


def test_gradients_are_admitted_or_refused():
    cls = family("lipschitz", 1, lipschitz=1)
    base = Knowledge(MinMax("1/4", "3/4", "1/4", "1/2"))
    assert radius(cls, base & Gradient("1/2", "1/3")).exact == radius(cls, base).exact
    assert fiber(cls, base & Gradient("1/2", "3/2")).is_empty
    assert fiber(cls, base & Gradient("3/4", "1/8")).is_empty, "a maximizer inside has gradient 0"
    assert not fiber(cls, base & Gradient("3/4", "0")).is_empty
    assert fiber(family("monotone", 1, signs="-"), Knowledge(Gradient("1/2", "1/3"))).is_empty
    with pytest.raises(UnsupportedError, match="no room"):
        fiber(cls, Knowledge(Evaluations(["0", "1/2", "1"], ["0", "1/2", "1"]), Gradient("1/2", "1")))
    with pytest.raises(UnsupportedError, match="gradients"):
        counterexample(cls, base & Gradient("1/2", "1/3"), lambda k: lambda x: 0)


# ---- files and refusals ---------------------------------------------------------------------------


def test_knowledge_is_written_and_read_back():
    draw = random.Random(3)
    for _ in range(50):
        question = draw_question(draw)
        known = Knowledge(*question.operators, dim=question.dim)
        assert Knowledge.from_json(known.to_json()) == known
    phi = MinMax("0", "1", "0", "1")
    assert Knowledge.from_json(phi.to_json()) == Knowledge(phi)
    both = Knowledge(phi) & Gradient("1/2", "-3/2") & Knowledge(Evaluations(["1/2"], ["1/2"]))
    assert Knowledge.from_json(both.to_json()) == both


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"operators": 3}',
        '{"operators": [], "more": 1}',
        '{"operators": []}',
        '{"kind": "evaluations", "points": [["0"]], "values": [0.5]}',
        '{"kind": "evaluations", "points": [["0"]], "values": []}',
        '{"kind": "evaluations", "points": [["2"]], "values": ["0"]}',
        '{"kind": "evaluations", "points": [["0"]], "values": ["2"]}',
        '{"kind": "evaluations", "points": [["0"]], "values": ["0"], "within": "-1"}',
        '{"kind": "evaluations", "points": [["0"], ["0", "1"]], "values": ["0", "0"]}',
        '{"kind": "evaluations", "points": [["0"]], "points": [["0"]], "values": ["0"]}',
        '{"kind": "oracle", "points": [["0"]]}',
        '{"kind": "maximizers", "points": []}',
        '{"kind": "level-set", "level": "1/2", "boxes": [[["1"], ["0"]]]}',
        '{"kind": "level-set", "level": "1/2", "boxes": [[["0"], ["1"]]], "strict": 1}',
        '{"kind": "gradient", "at": ["0"], "gradient": ["1", "2"]}',
    ],
)
def test_malformed_knowledge_is_refused(text: str):
    with pytest.raises(FvtheoryError, match="required"):
        Knowledge.from_json(text)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("smooth", {}),
        ("convex+concave", {}),
        ("quasi-convex+monotone", {"signs": "+-"}),
        ("lipschitz", {"lipschitz": 1, "norm": "3"}),
        ("convex+lipschitz", {"lipschitz": 1, "norm": "2"}),
        ("lipschitz", {}),
        ("lipschitz", {"lipschitz": 0}),
        ("lipschitz", {"lipschitz": 1, "weights": [1]}),
        ("all", {"lipschitz": 1}),
        ("monotone", {"signs": "+"}),
        ("monotone", {"signs": "+x"}),
        ("sparse", {"coordinates": 3}),
        ("convexish", {}),
        ("convex+convex", {}),
    ],
)
def test_unsupported_classes_say_so(name: str, options: dict):
    with pytest.raises(FvtheoryError, match="required"):
        family(name, 2, **options)


def test_infeasible_knowledge():
    cls = family("lipschitz", 1, lipschitz=1)
    known = Knowledge(Evaluations(["0", "1/2"], ["0", "1"]))
    assert radius(cls, known).to_json()["feasible"] is False
    assert "climbs" in radius(cls, known).reason
    with pytest.raises(InfeasibleInformationError, match="climbs"):
        envelope(cls, known, ["0"])
    with pytest.raises(InvalidInputError, match="dimension"):
        fiber(family("all", 2), known)
