"""Exact functions: values, extrema with ties, distances, classes and JSON."""

from __future__ import annotations

import json
from fractions import Fraction as Q
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fvtheory.errors import FvtheoryError, InexactNumberError, InvalidInputError
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Interval,
    IntervalSet,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    constant,
    equal,
    function_from_json,
    has_information,
    is_affine,
    is_constant,
    is_continuous,
    is_convex,
    is_lipschitz,
    is_monotone,
    maximum,
    minimum,
    sup_distance,
    to_piecewise_1d,
)
from fvtheory.functions.extrema import _extremum_by_pieces
from fvtheory.functions.pieces import pieces
from fvtheory.functions.polytopes import Form, cube_faces
from fvtheory.information import MinMax

PLATEAU = PiecewiseAffine1D([("0", "0"), ("1/4", "0"), ("1/2", "1"), ("1", "0")])
JUMP = Piecewise1D(["0", "1/2", "1"], ["1/4", "1/2", "1/4"], [("0", "1"), ("1", "1")])
EPS = Q(1, 10**9)

# ---------------------------------------------------------------- strategies

grid = st.integers(0, 4).map(lambda k: Q(k, 4))
small = st.integers(-3, 3).map(lambda k: Q(k, 2))


def points(dim):
    return st.tuples(*[grid] * dim)


@st.composite
def piecewise(draw):
    xs = [Q(0), *sorted(draw(st.sets(st.integers(1, 3).map(lambda k: Q(k, 4))))), Q(1)]
    values = [draw(small) for _ in xs]
    if draw(st.booleans()):
        return PiecewiseAffine1D(list(zip(xs, values, strict=True)))
    return Piecewise1D(xs, values, [(draw(small), draw(small)) for _ in xs[1:]])


def leaves(dim, jumps=True):
    affine = st.builds(lambda s, c: Affine(s, c), st.tuples(*[small] * dim), small)
    kinds = [
        affine,
        st.builds(MaxAffine, st.lists(affine, min_size=1, max_size=3)),
        st.builds(Cone, points(dim), small, small),
    ]
    if jumps:
        kinds.append(st.builds(Lift, piecewise(), st.integers(0, dim - 1), st.just(dim)))
        sides = st.sampled_from(["at-least", "at-most"])
        kinds.append(st.builds(OrthantStep, points(dim), sides, small, small))
    return st.one_of(kinds)


def composites(dim, jumps=True, leaf=None):
    def grow(inner):
        some = st.lists(inner, min_size=1, max_size=2)
        kinds = [
            st.builds(Minimum, some),
            st.builds(Maximum, some),
            st.builds(lambda f, a, b: Clip(f, min(a, b), max(a, b)), inner, small, small),
            some.flatmap(
                lambda fs: st.builds(
                    Combination, st.lists(small, min_size=len(fs), max_size=len(fs)), st.just(fs)
                )
            ),
        ]
        if jumps:
            kinds.append(st.builds(PointValue, inner, points(dim), small))
        return st.one_of(kinds)

    return st.recursive(leaf or leaves(dim, jumps), grow, max_leaves=4)


functions_1d = st.one_of(piecewise(), composites(1))


def mesh(dim, n):
    return list(product([Q(k, n) for k in range(n + 1)], repeat=dim))


def probes(xs):
    """Breakpoints and their close neighbours: with these, samples decide what is affine in between."""
    near = {x + e for x in xs for e in (-EPS, 0, EPS)}
    return sorted(x for x in near if 0 <= x <= 1)


def samples(f):
    xs = probes(set(to_piecewise_1d(f).breakpoints))
    return [(x, f(x)) for x in xs]


# ---------------------------------------------------------------- values and refusals


def test_values_of_every_kind():
    assert PLATEAU("3/8") == Q(1, 2)
    assert PLATEAU(0) == 0
    assert PLATEAU(["1"]) == 0
    assert [JUMP(x) for x in ("0", "1/4", "1/2", "3/4", "1")] == [Q(1, 4), Q(1, 2), Q(1, 2), 1, Q(1, 4)]
    assert Affine(["1", "-1/2"], "1/3")(["1", "1"]) == Q(5, 6)
    assert MaxAffine([(["1"], "0"), (["-1"], "1")])("1/4") == Q(3, 4)
    assert Cone(["0", "1"], "1", "-1/2")(["1/2", "3/4"]) == Q(3, 4)
    assert Clip(Cone("0", 0, 2), "1/4", 1)("1/16") == Q(1, 4)
    assert Minimum([PLATEAU, JUMP])("1/2") == Q(1, 2)
    assert Maximum([PLATEAU, JUMP])("1/2") == 1
    assert Combination(["1/2", "1/2"], [PLATEAU, JUMP])("1/2") == Q(3, 4)
    assert Lift(PLATEAU, 1, 3)(["0", "3/8", "1"]) == Q(1, 2)
    step = OrthantStep(["1/2", "1/2"], "at-least", "1", "0")
    assert (step(["1/2", "1"]), step(["1/4", "1"])) == (1, 0)
    assert OrthantStep("1/2", "at-most", 0, 1)("1/2") == 0
    assert PointValue(PLATEAU, "1/8", 1)("1/8") == 1
    assert PointValue(PLATEAU, "1/8", 1)(0) == 0
    assert constant("1/3", 2)(["0", "1"]) == Q(1, 3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Affine([0.5], 0),
        lambda: PLATEAU(0.5),
        lambda: PiecewiseAffine1D([(0, 0), (1, float("nan"))]),
        lambda: Cone([0.0], 0, 1),
        lambda: is_lipschitz(PLATEAU, 1.0),
        lambda: Combination([0.5], [PLATEAU]),
        lambda: Affine([True], 0),
    ],
)
def test_inexact_numbers_are_refused_with_a_remedy(make):
    with pytest.raises(InexactNumberError) as error:
        make()
    assert error.value.remedy


@pytest.mark.parametrize(
    "make",
    [
        lambda: PLATEAU(["0", "0"]),
        lambda: PLATEAU("3/2"),
        lambda: PiecewiseAffine1D([]),
        lambda: PiecewiseAffine1D([(0, 0)]),
        lambda: PiecewiseAffine1D([(0, 0), (0, 1), (1, 1)]),
        lambda: PiecewiseAffine1D([(0, 0), ("1/2", 1)]),
        lambda: PiecewiseAffine1D([(0, 0, 0), (1, 1, 1)]),
        lambda: PiecewiseAffine1D(5),
        lambda: Piecewise1D([0, 1], [0], [(0, 0)]),
        lambda: Piecewise1D([0, 1], [0, 0], [(0, 0), (0, 0)]),
        lambda: MaxAffine([]),
        lambda: MaxAffine([(["1"], 0), (["1", "1"], 0)]),
        lambda: Cone(["2"], 0, 1),
        lambda: Clip(PLATEAU, 1, 0),
        lambda: Minimum([]),
        lambda: Minimum([PLATEAU, Affine(["1", "1"], 0)]),
        lambda: Maximum(["x"]),
        lambda: Combination([1, 1], [PLATEAU]),
        lambda: Lift(Affine(["1", "1"], 0), 0, 2),
        lambda: Lift(PLATEAU, 2, 2),
        lambda: Lift(PLATEAU, True, 2),
        lambda: Lift(PLATEAU, 0, 10**9),
        lambda: OrthantStep(["1"], "above", 0, 1),
        lambda: PointValue(PLATEAU, ["0", "0"], 1),
        lambda: constant(0, 0),
        lambda: is_lipschitz(PLATEAU, -1),
        lambda: to_piecewise_1d(Affine(["1", "1"], 0)),
        lambda: sup_distance(PLATEAU, Affine(["1", "1"], 0)),
        lambda: has_information(PLATEAU, MinMax(["0", "0"], ["1", "1"], 0, 1)),
        lambda: has_information(PLATEAU, MinMax("0", "1", 0, 1), "last"),
        lambda: Interval("1/2", "1/2", True, False),
        lambda: ["0", "1"] in IntervalSet([]),
    ],
)
def test_broken_rules_are_refused(make):
    with pytest.raises(InvalidInputError):
        make()


def test_too_many_dimensions_are_refused_by_name():
    with pytest.raises(InvalidInputError, match="kind min in 9 dimensions"):
        minimum(Minimum([Cone(["0"] * 9, 0, 1), constant(0, 9)]))


def test_nesting_is_limited_and_harmless_below_the_limit():
    f = PLATEAU
    for _ in range(98):
        f = Minimum([f])
    assert maximum(f).value == 1
    assert f == f
    assert hash(f) == hash(f)
    assert repr(f)
    assert f.to_json()
    f = Minimum([f])
    with pytest.raises(InvalidInputError, match="nesting"):
        Minimum([f])
    g = PLATEAU
    for _ in range(98):
        g = Lift(g, 0, 1)
    assert minimum(g).value == 0
    h = PLATEAU
    for _ in range(14):
        h = Minimum([h, h])
    with pytest.raises(InvalidInputError, match="size"):
        Minimum([h, h])


# ---------------------------------------------------------------- interval sets


def test_interval_sets_merge_and_read_well():
    half = Interval("0", "1/2", True, False)
    assert str(IntervalSet([half, Interval("1/2", "1", False, True)])) == "[0, 1/2) ∪ (1/2, 1]"
    assert str(IntervalSet([Interval("1/2", "1"), half])) == "[0, 1]"
    assert str(IntervalSet([Interval("0", "0"), Interval("1/4", "1/2", False, False)])) == "{0} ∪ (1/4, 1/2)"
    assert str(IntervalSet()) == "∅"
    assert IntervalSet().least() is None
    assert IntervalSet().is_empty
    assert IntervalSet([half]).least() == 0
    assert "1/2" not in IntervalSet([half])
    assert "1/4" in IntervalSet([half])
    assert IntervalSet([Interval("0", "1", False, True)]).least() is None
    assert IntervalSet([Interval("1/3", "1/3")]).is_single_point
    assert not IntervalSet([half]).is_single_point
    assert IntervalSet([half, Interval("1/4", "1/2")]) == IntervalSet([Interval("0", "1/2")])


# ---------------------------------------------------------------- extrema in one variable


def test_ties_and_plateaus_are_seen():
    low, high = minimum(PLATEAU), maximum(PLATEAU)
    assert (low.value, str(low.where), low.is_unique, low.first()) == (0, "[0, 1/4] ∪ {1}", False, (Q(0),))
    assert (high.value, str(high.where), high.is_unique, high.first()) == (1, "{1/2}", True, (Q(1, 2),))


def test_open_plateaus_have_no_first_point():
    high = maximum(JUMP)
    assert high.attained
    assert str(high.where) == "(1/2, 1)"
    assert high.first() is None
    assert not high.is_unique
    assert "3/4" in high.where
    assert "1/2" not in high.where


def test_infima_that_are_not_attained():
    low = minimum(JUMP)
    assert low.value == 0
    assert not low.attained
    assert low.where == IntervalSet()
    assert low.first() is None
    hidden = PointValue(Cone("1/2", 0, 1), "1/2", "1/3")
    assert minimum(hidden).value == 0
    assert not minimum(hidden).attained


def test_crossings_become_breakpoints():
    roof = Minimum([Affine(["1"], 0), Affine(["-2"], 1)])
    assert to_piecewise_1d(roof).breakpoints == (0, Q(1, 3), 1)
    assert maximum(roof).first() == (Q(1, 3),)
    assert to_piecewise_1d(Maximum([Affine(["1"], 0), Affine(["1"], 0)])).breakpoints == (0, 1)


@settings(max_examples=150, deadline=None)
@given(functions_1d, grid)
def test_the_reduction_to_one_variable_has_the_same_values(f, x):
    g = to_piecewise_1d(f)
    for y in [*probes({x, *g.breakpoints}), Q(1, 3), Q(5, 7)]:
        assert g(y) == f(y)
    assert to_piecewise_1d(g) == g
    assert equal(f, g)


@settings(max_examples=150, deadline=None)
@given(functions_1d)
def test_extrema_in_one_variable_against_samples(f):
    seen = [y for _, y in samples(f)]
    for extremum, sense in ((minimum(f), 1), (maximum(f), -1)):
        best = min(sense * y for y in seen)
        assert 0 <= best - sense * extremum.value < Q(1, 10**6)
        if extremum.attained:
            assert best == sense * extremum.value
        for x in [*mesh(1, 12), *((x,) for x, _ in samples(f))]:
            assert (x in extremum.where) == (f(x) == extremum.value)
            if f(x) == extremum.value and extremum.first() is not None:
                assert extremum.first() <= x
        if extremum.is_unique:
            assert f(extremum.first()) == extremum.value


# ---------------------------------------------------------------- extrema in several variables


def test_extrema_of_the_kinds_with_a_closed_form():
    cone = Cone(["1/4", "1/2"], 0, 1)
    assert minimum(cone).first() == (Q(1, 4), Q(1, 2))
    assert minimum(cone).is_unique
    high = maximum(cone)
    assert (high.value, high.first(), high.is_unique) == (Q(3, 4), (Q(1), Q(0)), False)
    assert ["1", "1/3"] in high.where
    assert ["0", "1"] not in high.where
    flat = Affine(["1", "0", "-1"], "1/2")
    assert minimum(flat).first() == (0, 0, 1)
    assert not minimum(flat).is_unique
    assert maximum(Affine(["1", "-1"], 0)).is_unique
    slab = maximum(Lift(JUMP, 1, 2))
    assert slab.first() is None
    assert slab.attained
    assert ["0", "3/4"] in slab.where
    assert not minimum(Lift(JUMP, 1, 3)).attained
    step = OrthantStep(["1/2", "1"], "at-most", 0, 1)
    assert minimum(step).first() == (0, 0)
    assert maximum(step).first() is None
    assert maximum(step).attained
    whole = OrthantStep(["0", "0"], "at-least", "1/2", 0)
    assert minimum(whole).value == maximum(whole).value == Q(1, 2)
    assert minimum(OrthantStep(["1", "1"], "at-least", 0, 1)).is_unique


def test_a_clip_with_equal_ends_is_constant():
    for slope in (1, -1):
        flat = Clip(Cone(["0", "0"], 0, slope), "1/4", "1/4")
        for extremum in (minimum(flat), maximum(flat)):
            assert (extremum.value, extremum.first(), extremum.is_unique) == (Q(1, 4), (0, 0), False)


def test_a_first_point_may_border_on_an_open_part_of_the_extremal_set():
    square = Minimum([OrthantStep(["0", "0"], "at-most", 0, 1), OrthantStep(["0", "1"], "at-most", 1, 1)])
    inside = Minimum(
        [square, Combination([-1, 1], [OrthantStep(["0", "1"], "at-most", 1, 0), constant(1, 2)])]
    )
    assert maximum(inside).first() is None, "x_0 > 0 has no least value"
    corner = maximum(PointValue(inside, ["0", "1"], 1))
    assert corner.first() == (0, 1), "(0, 1) precedes all x_0 > 0"
    assert ["1/4", "1/4"] in corner.where
    later = PointValue(inside, ["1", "0"], 1)
    assert maximum(later).first() is None


def test_parts_that_matter_only_somewhere_are_not_dropped():
    hill, dale = Cone(["1/2", "1/2"], "1/2", -1), Cone(["1/2", "1/2"], "1/2", 1)
    floor, ceiling = constant("1/4", 2), constant("3/4", 2)
    for inner, value in ((hill, Q(1, 2)), (Clip(hill, 0, "1/3"), Q(1, 3))):
        high = maximum(Maximum([floor, inner]))
        assert high.value == value
        assert high.first() == ((Q(1, 2),) * 2 if value == Q(1, 2) else (Q(1, 3),) * 2)
        assert minimum(Maximum([floor, inner])).value == Q(1, 4)
    for inner, value in ((dale, Q(1, 2)), (Clip(dale, "2/3", 1), Q(2, 3))):
        assert minimum(Minimum([ceiling, inner])).value == value
        assert maximum(Minimum([ceiling, inner])).value == Q(3, 4)
    nested = Minimum([ceiling, Minimum([constant(1, 2), Affine(["1", "1"], 0)])])
    assert minimum(nested).value == 0
    assert minimum(nested).is_unique
    valley = Maximum([floor, Minimum([Affine(["1", "0"], 0), Affine(["0", "1"], 0)])])
    assert maximum(valley).value == 1
    assert maximum(valley).is_unique


def test_closed_forms_hold_in_many_dimensions():
    dim = 30
    assert maximum(Cone(["1/4"] * dim, 0, 1)).value == Q(3, 4)
    assert minimum(Clip(Cone(["1/4"] * dim, 0, 1), "1/8", 1)).first() == (Q(1, 8),) * dim
    gauge = MaxAffine([(["0"] * dim, 0), (["1"] * dim, -1), (["-1"] * dim, "1/2")])
    low = minimum(gauge)
    assert (low.value, low.is_unique) == (0, False)
    assert low.first() == (0,) * 29 + (Q(1, 2),)
    assert maximum(gauge).first() == (1,) * dim
    assert maximum(gauge).is_unique


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([2, 3]).flatmap(
        lambda d: st.one_of(leaves(d), st.builds(Clip, leaves(d), st.just("-1/2"), st.just("1/2")))
    )
)
def test_closed_forms_and_pieces_give_the_same_extrema(f):
    for by_form, sense in ((minimum(f), 1), (maximum(f), -1)):
        by_pieces = _extremum_by_pieces(f, sense)
        assert by_form.value == by_pieces.value
        assert by_form.attained == by_pieces.attained
        assert by_form.is_unique == by_pieces.is_unique
        assert by_form.first() == by_pieces.first()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([(2, 8), (3, 4)]).flatmap(lambda p: st.tuples(composites(p[0]), st.just(p[1]))))
def test_extrema_in_several_variables_against_a_mesh(case):
    f, n = case
    values = {x: f(x) for x in mesh(f.dim, n)}
    for extremum, sense in ((minimum(f), 1), (maximum(f), -1)):
        assert all(sense * y >= sense * extremum.value for y in values.values())
        seen = [x for x, y in values.items() if y == extremum.value]
        first = extremum.first()
        if first is not None:
            assert f(first) == extremum.value
            assert all(first <= x for x in seen)
        assert not (seen and not extremum.attained)
        if extremum.is_unique:
            assert seen in ([], [first])


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([(1, 12), (2, 4), (3, 2)]).flatmap(lambda p: st.tuples(composites(p[0]), st.just(p[1])))
)
def test_pieces_are_a_partition_on_which_the_function_is_affine(case):
    f, n = case
    found = pieces(f, thin=True)
    for x in mesh(f.dim, n):
        homes = [
            form
            for p, form in found
            if all(s.at(x) < 0 for s in p.sides) and all(e.at(x) == 0 for e in p.equations)
        ]
        assert [form.at(x) for form in homes] == [f(x)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([2, 3]).flatmap(
        lambda d: st.tuples(composites(d, jumps=False), composites(d, jumps=False))
    )
)
def test_distances_of_continuous_functions_against_a_mesh(pair):
    f, g = pair
    gap = sup_distance(f, g)
    assert all(abs(f(x) - g(x)) <= gap.value for x in mesh(f.dim, 4))
    at = gap.first()
    assert gap.attained
    assert abs(f(at) - g(at)) == gap.value
    assert equal(f, g) == (gap.value == 0)


@settings(max_examples=100, deadline=None)
@given(functions_1d, functions_1d)
def test_distances_in_one_variable_against_samples(f, g):
    gap = sup_distance(f, g)
    both = Combination([1, -1], [f, g])
    xs = probes({*to_piecewise_1d(f).breakpoints, *to_piecewise_1d(g).breakpoints})
    best = max(abs(f(x) - g(x)) for x in [*xs, *(x for x, _ in samples(both))])
    assert 0 <= gap.value - best < Q(1, 10**6)
    assert equal(f, g) == (to_piecewise_1d(f) == to_piecewise_1d(g))


def test_a_cut_has_the_vertices_of_the_section_and_no_others():
    cube = cube_faces(3)[0]
    for height, below, on, above in ((Q(1), 4, 3, 7), (Q(3, 2), 10, 6, 10)):
        parts = cube.split(Form((Q(1),) * 3, -height))
        assert [len(part.vertices) for part in parts] == [below, on, above]
        assert [part.dim for part in parts] == [3, 2, 3]


def test_distances_by_hand():
    upper, lower = Clip(Cone(["0", "0"], 0, 1), 0, 1), Clip(Cone(["1", "1"], 1, -1), 0, 1)
    gap = sup_distance(upper, lower)
    assert gap.value == 1
    assert gap.first() == (0, 1)
    assert not gap.is_unique
    jump = sup_distance(OrthantStep("1/2", "at-least", 1, 0), Affine(["1"], 0))
    assert jump.value == Q(1, 2)
    assert str(jump.where) == "{1/2}"
    approached = sup_distance(OrthantStep("1/2", "at-most", "1/4", 1), Affine(["1"], 0))
    assert approached.value == Q(1, 2)
    assert not approached.attained
    dim = 20
    assert sup_distance(Affine(["1"] * dim, 0), Affine(["-1"] * dim, 0)).value == 40
    assert equal(Lift(PLATEAU, 7, dim), Lift(Minimum([PLATEAU]), 7, dim))
    assert not equal(PointValue(PLATEAU, "1/3", 1), PLATEAU)


# ---------------------------------------------------------------- classes


def rises(seen):
    return {(b > a) - (b < a) for (_, a), (_, b) in pairwise(seen)} - {0}


DIRECTION = {"non-decreasing": {1}, "non-increasing": {-1}, "constant": set()}


@settings(max_examples=200, deadline=None)
@given(functions_1d, st.sampled_from([Q(0), Q(1), Q(2), Q(4)]))
def test_classes_in_one_variable_against_their_definitions(f, bound):
    seen = samples(f)
    steep = max(abs(b - a) / (y - x) for (x, a), (y, b) in pairwise(seen))
    slopes = [(b - a) / (y - x) for (x, a), (y, b) in pairwise(seen)]
    direction = is_monotone(f)
    assert (DIRECTION[direction] == rises(seen)) if direction else len(rises(seen)) == 2
    assert is_lipschitz(f, bound) == (steep <= bound)
    assert is_convex(f) == all(s <= t for s, t in pairwise(slopes))
    assert is_affine(f) == (len(set(slopes)) == 1)
    assert is_constant(f) == (len({y for _, y in seen}) == 1)
    assert is_continuous(f) == (steep < 10**6)


POINTWISE = [Q(0), EPS, Q(1, 4), Q(1, 2) - EPS, Q(1, 2), Q(1, 2) + EPS, Q(3, 4), 1 - EPS, Q(1)]
halves = st.tuples(*[st.integers(0, 2).map(lambda k: Q(k, 2))] * 2)
blocks = st.one_of(
    st.builds(OrthantStep, halves, st.sampled_from(["at-least", "at-most"]), small, small),
    st.builds(PointValue, st.builds(Affine, st.tuples(small, small), small), halves, small),
    st.builds(Affine, st.tuples(small, small), small),
    st.builds(
        lambda ys, j: Lift(PiecewiseAffine1D(list(zip(("0", "1/2", "1"), ys, strict=True))), j, 2),
        st.tuples(small, small, small),
        st.integers(0, 1),
    ),
)
stacked = st.one_of(
    blocks,
    st.builds(lambda f, g: Combination([1, "1/2"], [f, g]), blocks, blocks),
)


@settings(max_examples=60, deadline=None)
@given(stacked)
def test_classes_in_two_variables_against_their_definitions(f):
    values = {x: f(x) for x in product(POINTWISE, repeat=2)}
    steps = set()
    for j in (0, 1):
        for x, y in values.items():
            after = POINTWISE.index(x[j]) + 1
            if after < len(POINTWISE):
                z = values[tuple(POINTWISE[after] if i == j else c for i, c in enumerate(x))]
                steps.add((z > y) - (z < y))
    direction = is_monotone(f)
    assert (DIRECTION[direction] == steps - {0}) if direction else {1, -1} <= steps
    bent = any(
        2 * f([(a + c) / 2, (b + d) / 2]) > y + z
        for ((a, b), y), ((c, d), z) in product(values.items(), repeat=2)
        if (a, b) < (c, d) and (a == c or b == d or (a - c) ** 2 == (b - d) ** 2)
    )
    assert is_convex(f) == (not bent)
    assert is_constant(f) == (len(set(values.values())) == 1)
    corners = [values[x] for x in product((Q(0), Q(1)), repeat=2)]
    plane = Affine([corners[2] - corners[0], corners[1] - corners[0]], corners[0])
    assert is_affine(f) == all(plane(x) == y for x, y in values.items())
    near = max(
        abs(y - values[z])
        for x, y in values.items()
        for z in product(*[[c for c in POINTWISE if abs(c - t) <= EPS] for t in x])
    )
    assert is_continuous(f) == (near < Q(1, 10**6))
    assert is_lipschitz(f, 10**6) == is_continuous(f)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda d: composites(d, jumps=False)))
def test_classes_of_continuous_functions_agree_with_their_values(f):
    direction, convex = is_monotone(f), is_convex(f)
    slope = max(sum(map(abs, form.slope)) for _, form in pieces(f))
    assert is_lipschitz(f, slope)
    assert slope == 0 or not is_lipschitz(f, slope * Q(99, 100))
    assert (slope == 0) == is_constant(f) == (direction == "constant")
    nodes = mesh(f.dim, 4 if f.dim == 2 else 2)
    for x, y in product(nodes, repeat=2):
        assert abs(f(x) - f(y)) <= slope * max(abs(a - b) for a, b in zip(x, y, strict=True))
        if all(a <= b for a, b in zip(x, y, strict=True)):
            assert direction != "non-decreasing" or f(x) <= f(y)
            assert direction != "non-increasing" or f(x) >= f(y)
        if convex:
            assert 2 * f([(a + b) / 2 for a, b in zip(x, y, strict=True)]) <= f(x) + f(y)


def test_convexity_of_maxima_and_its_mutants():
    assert is_convex(PointValue(Affine(["1"], 0), "1", 2))
    assert not is_convex(PointValue(PLATEAU, "1", -1))
    assert not is_convex(PointValue(Affine(["1"], 0), "1", "1/2")), "an end may only jump up"
    gauge = MaxAffine([(["2", "0"], 0), (["0", "1"], 0), (["-1", "-1"], "1/2")])
    assert is_convex(gauge)
    assert is_continuous(gauge)
    assert is_convex(Cone(["1/3", "1/2", "1"], 0, 1))
    assert not is_convex(Cone(["1/3", "1/2"], 0, -1))
    assert is_convex(PointValue(gauge, ["0", "1"], 5)), "a vertex may jump up"
    for mutant in (
        PointValue(gauge, ["0", "1"], -1),
        PointValue(gauge, ["0", "1/2"], 5),
        PointValue(gauge, ["1/2", "1/2"], 5),
        PointValue(gauge, ["1/2", "1/2"], -5),
        Clip(gauge, 0, "3/2"),
        Maximum([gauge, Cone(["1/2", "1/2"], 2, -4)]),
    ):
        assert not is_convex(mutant)
    edge = OrthantStep(["0", "1"], "at-least", 1, 0)
    assert is_convex(edge), "a face may jump up"
    assert not is_convex(OrthantStep(["1/2", "1"], "at-least", 1, 0))
    assert is_convex(OrthantStep(["1"] * 3, "at-least", 1, 0))


def test_monotone_functions_and_their_mutants():
    step = OrthantStep(["1/2", "1/4"], "at-least", 1, 0)
    assert is_monotone(step) == "non-decreasing"
    assert is_monotone(OrthantStep(["1/2", "1/4"], "at-most", 1, 0)) == "non-increasing"
    both = Combination(["1/2", "1/2"], [step, Lift(PLATEAU, 0, 2)])
    assert is_monotone(both) is None
    rising = Combination([1, 1], [step, Affine(["1", "1"], 0)])
    assert is_monotone(rising) == "non-decreasing"
    assert not is_continuous(rising)
    assert is_monotone(PointValue(rising, ["1", "1"], 9)) == "non-decreasing"
    assert is_monotone(PointValue(rising, ["1", "1"], "5/2")) is None
    assert is_monotone(PointValue(rising, ["1/2", "1/4"], "3/4")) == "non-decreasing"
    assert is_monotone(PointValue(rising, ["1/2", "1/4"], "2/3")) is None
    diagonal = Maximum([Affine(["1", "1"], -1), step])
    assert is_monotone(diagonal) == "non-decreasing"
    assert is_monotone(Lift(PLATEAU, 3, 50)) is None
    assert is_monotone(Affine(["1", "0"] * 20, 0)) == "non-decreasing"


def test_continuity_is_decided_by_values_and_not_by_kind():
    cone = Cone(["1/2", "1/2"], 0, 1)
    assert is_continuous(PointValue(cone, ["1/2", "1/2"], 0))
    assert not is_continuous(PointValue(cone, ["1/2", "1/2"], "1/100"))
    assert is_continuous(Clip(OrthantStep(["1/2", "1/2"], "at-least", 1, 0), 1, 1))
    healed = Combination([1, -1], [OrthantStep(["1/2"] * 2, "at-least", 1, 0)] * 2)
    assert is_continuous(healed)
    assert is_constant(healed)
    assert is_lipschitz(healed, 0)
    assert is_affine(Maximum([Affine(["1", "1"], 0), Affine(["1", "1"], -1)]))
    assert not is_affine(PointValue(Affine(["1", "1"], 0), ["0", "1/2"], 0))


# ---------------------------------------------------------------- information


def test_information_under_each_convention():
    truth = {
        ("0", "1/2"): {"any-selection", "first"},
        ("1", "1/2"): {"any-selection"},
        ("1/8", "1/2"): {"any-selection"},
        ("1/3", "1/2"): set(),
    }
    for (a, b), conventions in truth.items():
        phi = MinMax(a, b, 0, 1)
        for convention in ("any-selection", "first", "unique"):
            assert has_information(PLATEAU, phi, convention) == (convention in conventions)
    line = Affine(["1"], 0)
    assert all(has_information(line, MinMax(0, 1, 0, 1), c) for c in ("any-selection", "first", "unique"))
    assert not has_information(line, MinMax(0, 1, 0, "1/2"))
    assert not has_information(line, MinMax(1, 0, 0, 1))
    assert not has_information(JUMP, MinMax(0, "3/4", 0, 1)), "an infimum that is not attained"
    assert not has_information(Lift(JUMP, 0, 2), MinMax(["0", "0"], ["3/4", "0"], "0", 1))
    opened = PointValue(JUMP, 0, 0)
    assert has_information(opened, MinMax(0, "3/4", 0, 1))
    assert not has_information(opened, MinMax(0, "3/4", 0, 1), "first"), "an open argmax has no first point"
    hat = MaxAffine([(["1", "0"], 0), (["0", "1"], 0)])
    assert has_information(hat, MinMax(["0", "0"], ["0", "1"], 0, 1), "first")
    assert has_information(hat, MinMax(["0", "0"], ["1", "1/2"], 0, 1))
    assert not has_information(hat, MinMax(["0", "0"], ["0", "1"], 0, 1), "unique")


# ---------------------------------------------------------------- JSON

EXAMPLES = [
    PLATEAU,
    JUMP,
    Affine(["1/2", "-1"], "1/3"),
    MaxAffine([(["1", "0"], 0), (["0", "1"], "-1/2")]),
    Cone(["1/2", "1"], "1/3", -2),
    Clip(Cone(["1/2"], 0, 1), "1/4", "1/2"),
    Minimum([PLATEAU, JUMP]),
    Maximum([PLATEAU]),
    Combination(["1/2", "1/2"], [PLATEAU, JUMP]),
    Lift(JUMP, 1, 3),
    OrthantStep(["0", "1/2"], "at-most", 0, 1),
    PointValue(PLATEAU, "1/3", "1/7"),
]


@pytest.mark.parametrize("f", EXAMPLES, ids=lambda f: f.kind)
def test_json_is_the_documented_one(f):
    data = f.to_json()
    assert data["kind"] == f.kind
    assert function_from_json(data) == f == function_from_json(json.dumps(data))
    assert function_from_json(data).to_json() == data
    for key in data:
        with pytest.raises(InvalidInputError):
            function_from_json({k: v for k, v in data.items() if k != key})
        for wrong in (None, 0.5, [], {}, [[]], [None], "x", [0.5], {"kind": []}, [[0.5, 0.5]], True):
            with pytest.raises(FvtheoryError):
                function_from_json({**data, key: wrong})
    with pytest.raises(InvalidInputError):
        function_from_json({**data, "more": 1})


def test_json_by_hand():
    assert function_from_json('{"kind": "piecewise-affine-1d", "knots": [["0","0"],["1","1/2"]]}')(1) == Q(
        1, 2
    )
    text = '{"kind": "max-affine", "pieces": [{"slope": ["1"], "intercept": "0"}]}'
    assert function_from_json(text) == MaxAffine([(["1"], 0)])


@settings(max_examples=100, deadline=None)
@given(st.one_of(functions_1d, composites(2), composites(3)))
def test_json_round_trip(f):
    assert function_from_json(json.loads(json.dumps(f.to_json()))) == f


def nested(levels):
    data = Affine(["1"], 0).to_json()
    for _ in range(levels - 1):
        data = {"kind": "min", "parts": [data]}
    return data


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[]",
        "nonsense",
        "NaN",
        "[" * 100_000,
        "{" * 100_000,
        '{"kind": "min", "parts": [' * 5000,
        '{"kind": "nothing"}',
        '{"kind": 5}',
        '{"kind": "affine", "kind": "affine", "slope": ["1"], "intercept": "0"}',
        '{"kind": "affine", "slope": "1", "intercept": "0"}',
        '{"kind": "affine", "slope": [NaN], "intercept": "0"}',
        '{"kind": "affine", "slope": ["1e3"], "intercept": "0"}',
        '{"kind": "affine", "slope": ["1/0"], "intercept": "0"}',
        '{"kind": "affine", "slope": [' + "9" * 5000 + '], "intercept": "0"}',
        None,
        5,
        [],
        nested(65),
        {"kind": "affine", "slope": ["1"] * 10_001, "intercept": "0"},
        {"kind": "min", "parts": [nested(1)] * 10_000},
        {"kind": "lift", "inner": nested(1), "coordinate": 0, "dim": 10**30},
        {"kind": "lift", "inner": nested(1), "coordinate": "0", "dim": 1},
    ],
    ids=lambda data: str(data)[:40],
)
def test_malformed_json_is_one_error(data):
    with pytest.raises(FvtheoryError):
        function_from_json(data)


def test_limits_of_json_are_where_they_are_said_to_be():
    assert function_from_json(nested(64))("1/2") == Q(1, 2)
    knots = [[f"{k}/9998", str(k % 2)] for k in range(9999)]
    f = function_from_json({"kind": "piecewise-affine-1d", "knots": knots})
    assert maximum(f).value == 1
    assert len(maximum(f).where.intervals) == 4999
    looped: dict = {"kind": "min"}
    looped["parts"] = [looped]
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    for data in (looped, {"kind": "affine", "slope": deep, "intercept": "0"}):
        with pytest.raises(InvalidInputError):
            function_from_json(data)
