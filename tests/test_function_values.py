"""Functions as values: equality, the account they keep of nesting and size, limits on numbers, convexity at ends."""

from __future__ import annotations

import copy
from fractions import Fraction as Q

import pytest

from fvtheory.classes import CLASSES
from fvtheory.errors import InexactNumberError, InvalidInputError
from fvtheory.exact import MAX_DIGITS, rational, short
from fvtheory.functions import MAX_DIM, base, constant, has_information, is_convex, minimum
from fvtheory.functions.base import MAX_NESTING, MAX_SIZE, MAX_VARIABLES, whole
from fvtheory.functions.kinds import (
    SIDES,
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
)
from fvtheory.information import MinMax

RAMP = PiecewiseAffine1D([(0, 0), ("1/2", 1), (1, 0)])
PLANE = Affine([1, 2, 3], 0)

ACCOUNTS = {
    "knots": (RAMP, 1, 4),
    "affine": (PLANE, 1, 4),
    "constant": (constant("1/2", 2), 1, 3),
    "cone": (Cone([0, 1], 0, 1), 1, 3),
    "pieces": (MaxAffine([PLANE, PLANE]), 2, 9),
    "clip": (Clip(RAMP, 0, 1), 2, 5),
    "minimum": (Minimum([RAMP, Minimum([RAMP, RAMP])]), 3, 14),
    "combination": (Combination(["1/2", "1/2"], [RAMP, RAMP]), 2, 9),
    "point": (PointValue(RAMP, "1/3", 1), 2, 6),
}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_nesting_counts_levels_and_size_counts_functions_and_entries(name):
    f, nesting, size = ACCOUNTS[name]
    assert (f.nesting, f.size) == (nesting, size)


def test_the_account_is_no_part_of_the_value():
    assert "nesting" not in repr(RAMP)
    assert "size" not in repr(RAMP)
    other = PiecewiseAffine1D(RAMP.knots)
    object.__setattr__(other, "nesting", 7)
    object.__setattr__(other, "size", 7)
    assert other == RAMP
    assert hash(other) == hash(RAMP)


def test_limits_are_reached_and_not_passed(monkeypatch):
    assert (MAX_NESTING, MAX_SIZE, MAX_VARIABLES, MAX_DIGITS) == (100, 100_000, 10_000, 1000)
    monkeypatch.setattr(base, "MAX_SIZE", 14)
    f, _, size = ACCOUNTS["minimum"]
    assert Minimum(f.parts).size == size
    monkeypatch.setattr(base, "MAX_SIZE", 13)
    with pytest.raises(InvalidInputError, match="size 14"):
        Minimum(f.parts)
    monkeypatch.setattr(base, "MAX_SIZE", MAX_SIZE)
    monkeypatch.setattr(base, "MAX_NESTING", 2)
    assert Minimum([RAMP]).nesting == 2
    with pytest.raises(InvalidInputError, match="nesting 3"):
        Minimum([Minimum([RAMP])])
    assert constant(0, MAX_VARIABLES).dim == MAX_VARIABLES
    assert Lift(RAMP, 0, 1).dim == 1
    assert MAX_DIM == 4
    with pytest.raises(InvalidInputError, match="kind min in 5 dimensions"):
        minimum(Minimum([constant(0, 5)]))
    for bad in (0, MAX_VARIABLES + 1):
        with pytest.raises(InvalidInputError, match="dim"):
            constant(0, bad)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "n = 0;"),
        (True, "bool"),
        ("2", "str"),
        (10**9 - 1, "n = 999999999;"),
        (10**9, "int"),
        (1 - 10**9, "n = -999"),
    ],
)
def test_whole_numbers_out_of_range_are_named_if_they_are_short(value, shown):
    assert [whole(v, 1, 5, "n") for v in (1, 5)] == [1, 5]
    with pytest.raises(InvalidInputError) as caught:
        whole(value, 1, 5, "n")
    assert shown in str(caught.value)


def test_values_are_shown_in_sixty_characters():
    assert short("a" * 58) == "'" + "a" * 58 + "'"
    assert short("a" * 59) == "'" + "a" * 56 + "..."
    assert short(Q(10**59)) == "1" + "0" * 59
    assert short(Q(10**60)) == "1" + "0" * 56 + "..."
    assert short(10**10_000) == "a number of very many digits"
    assert rational("1" * MAX_DIGITS) == int("1" * MAX_DIGITS)
    for long in ("1" * (MAX_DIGITS + 1), "1/" + "1" * (MAX_DIGITS + 1)):
        with pytest.raises(InexactNumberError):
            rational(long)


DIFFERENT = [
    [RAMP, PiecewiseAffine1D([(0, 0), ("1/2", 1), (1, "1/2")])],
    [PLANE, Affine([1, 2, 3], 1), Affine([1, 2, 4], 0)],
    [Cone([0, 1], 0, 1), Cone([1, 1], 0, 1), Cone([0, 1], "1/2", 1), Cone([0, 1], 0, 2)],
    [MaxAffine([PLANE]), MaxAffine([PLANE, PLANE])],
    [Clip(RAMP, 0, 1), Clip(RAMP, 0, 2), Clip(RAMP, "1/2", 1)],
    [Minimum([RAMP]), Minimum([RAMP, RAMP]), Maximum([RAMP])],
    [Combination([1], [RAMP]), Combination([2], [RAMP])],
    [Lift(RAMP, 0, 2), Lift(RAMP, 1, 2), Lift(RAMP, 0, 3)],
    [PointValue(RAMP, 0, 1), PointValue(RAMP, 0, 2), PointValue(RAMP, 1, 1)],
    [OrthantStep([0], side, inside, 2) for side in SIDES for inside in (0, 1)],
    [
        Piecewise1D([0, 1], [0, 1], [(0, 1)]),
        Piecewise1D([0, 1], [0, 0], [(0, 1)]),
        Piecewise1D([0, 1], [0, 1], [(0, 0)]),
    ],
]


@pytest.mark.parametrize("different", DIFFERENT, ids=lambda fs: fs[0].kind)
def test_functions_are_equal_when_their_fields_are(different):
    for i, f in enumerate(different):
        assert f == copy.deepcopy(f)
        assert hash(f) == hash(copy.deepcopy(f))
        assert all(f != g for g in different[:i])
        assert len({*map(repr, different)}) == len(different)
        with pytest.raises(AttributeError):
            f.kind = "other"


@pytest.mark.parametrize(
    ("knots", "convex"),
    [
        ("0 1/2 2", True),
        ("2 1/2 0", True),
        ("1 0 1", True),
        ("0 1 0", False),
        ("0 1 3/2", False),
        ("1/2 1/2 1/2", True),
    ],
)
def test_convexity_of_two_pieces_and_of_jumps_at_their_ends(knots, convex):
    left, middle, right = map(Q, knots.split())
    f = PiecewiseAffine1D([(0, left), ("1/2", middle), (1, right)])
    assert is_convex(f) == convex
    for end, value in ((0, left), (1, right)):
        assert is_convex(PointValue(f, end, value + 1)) == convex
        assert not is_convex(PointValue(f, end, value - 1))
        assert not is_convex(PointValue(f, "1/2", middle + 1))
        assert not is_convex(PointValue(f, "1/4", (left + middle) / 2 - 1))


def test_information_has_the_extreme_values_themselves():
    assert has_information(RAMP, MinMax(0, "1/2", 0, 1))
    for low, high in ((Q(1, 4), 1), (Q(-1, 4), 1), (0, Q(3, 4)), (0, Q(5, 4))):
        phi = MinMax(0, "1/2", 0, 1)
        object.__setattr__(phi, "f_min", Q(low))
        object.__setattr__(phi, "f_max", Q(high))
        assert not has_information(RAMP, phi)


JUMPS = [
    OrthantStep(["1/2"], "at-least", 1, 0),
    *(PointValue(constant(0, 1), x, 1) for x in (1, "1/2")),
]


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_continuous_unless_it_has_jumps(name):
    cls = CLASSES[name]
    rate = Q(10**6) if cls.needs_lipschitz else None
    assert cls.continuous != any(cls.contains(f, rate) for f in JUMPS)
