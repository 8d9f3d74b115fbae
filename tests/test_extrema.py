"""Where functions of two variables take their extrema: nowhere, at one point, at two, on faces."""

from __future__ import annotations

from fractions import Fraction as Q

import pytest

from fvtheory.functions import constant, maximum, minimum
from fvtheory.functions.kinds import (
    SIDES,
    Affine,
    Clip,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Minimum,
    OrthantStep,
    PiecewiseAffine1D,
    PointValue,
)

HALF = Q(1, 2)
FLAT = constant(HALF, 2)
CENTER, CORNER, SIDE = (HALF, HALF), (Q(0), Q(0)), (Q(0), HALF)
VALLEY = Lift(PiecewiseAffine1D([(0, 1), ("1/2", 0), (1, 1)]), 0, 2)
"""|2 x_0 - 1|, least on the segment x_0 = 1/2."""


def dips(f: Function, *points, value=0) -> Function:
    for p in points:
        f = PointValue(f, p, value)
    return f


CASES = {
    "one dip": (dips(FLAT, CENTER), 0, True, CENTER),
    "a dip in a corner": (dips(FLAT, CORNER), 0, True, CORNER),
    "two dips": (dips(FLAT, CENTER, SIDE), 0, False, SIDE),
    "a dip in a slope": (dips(Affine([1, 1], 1), CENTER), 0, True, CENTER),
    "the vertex of a slope": (dips(Affine([1, 1], 0), CENTER, value=2), 0, True, CORNER),
    "a valley with a dip": (dips(VALLEY, CENTER, value=-1), -1, True, CENTER),
    "a valley without its middle": (dips(VALLEY, CENTER, value=1), 0, False, (HALF, Q(0))),
    "a valley without its end": (dips(VALLEY, (HALF, Q(0)), value=1), 0, False, None),
    "a valley and a point before it": (dips(VALLEY, CORNER, value=0), 0, False, CORNER),
    "a valley and a point after it": (dips(VALLEY, (Q(1), Q(0)), value=0), 0, False, (HALF, Q(0))),
    "flat but for one point": (dips(FLAT, CENTER, value=1), HALF, False, CORNER),
    "flat but for the first point": (dips(FLAT, CORNER, value=1), HALF, False, None),
}


@pytest.mark.parametrize("name", CASES)
def test_minima(name):
    f, value, unique, first = CASES[name]
    found = minimum(f)
    assert (found.value, found.attained, found.is_unique, found.first()) == (value, True, unique, first)


@pytest.mark.parametrize("name", CASES)
def test_maxima_of_the_mirror_image(name):
    f, value, unique, first = CASES[name]
    mirrored = maximum(_negative(f))
    assert (mirrored.value, mirrored.attained) == (-value, True)
    assert (mirrored.is_unique, mirrored.first()) == (unique, first)


def _negative(f: Function) -> Function:
    from fvtheory.functions import Combination

    return Combination([-1], [f])


def test_an_infimum_may_be_taken_nowhere():
    for f in (dips(Cone(CENTER, 0, 1), CENTER, value=1), dips(Affine([1, 1], 0), CORNER, value=1)):
        found = minimum(f)
        assert (found.value, found.attained, found.is_unique, found.first()) == (0, False, False, None)


# ---- formulas against cutting into pieces ---------------------------------------------------------

APEXES = [CORNER, CENTER, SIDE, (Q(1), Q(1, 3)), (Q(2, 3), Q(1, 4))]
CONES = [Cone(apex, value, slope) for apex in APEXES for value in (0, 1) for slope in (-2, -1, 0, 1)]
CLIPS = [
    Clip(cone, low, high) for cone in CONES[::3] for low, high in ((0, 1), ("1/4", "1/2"), (-1, 0), (1, 2))
]
SLOPES = [(0, 0), (0, 1), (1, 0), (-1, 0), (0, -1), (1, -1), (-1, 1), (1, 1), (-1, -1)]
PLANES = [Affine(slope, HALF) for slope in SLOPES]
PAIRS = [MaxAffine([p, Affine(slope, "1/3")]) for p in PLANES[::2] for slope in SLOPES]
STEPS = [
    OrthantStep(corner, side, inside, outside)
    for corner in (CORNER, CENTER, SIDE, (Q(1), Q(1)), (Q(1), HALF))
    for inside, outside in ((0, 1), (1, 0), (1, 1))
    for side in SIDES
]


@pytest.mark.parametrize("kind", ["CONES", "CLIPS", "PLANES", "PAIRS", "STEPS"])
def test_formulas_agree_with_pieces(kind):
    """A minimum of one function is the same function, but cut into pieces."""
    for f in globals()[kind]:
        for extremum in (minimum, maximum):
            formula, cut = extremum(f), extremum(Minimum([f]))
            for found in (formula, cut):
                assert found.first() is None or f(found.first()) == found.value
            assert formula.value == cut.value, f
            assert formula.attained == cut.attained, f
            assert formula.is_unique == cut.is_unique, f
            assert formula.first() == cut.first(), f
