"""Where an exact function is furthest from an envelope of a fiber, exactly.

One dimension: every function. More: continuous functions that are a maximum of few minima of affine
ones, in any dimension; all others up to ``functions.MAX_DIM`` dimensions, by cutting the cube.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from fvtheory.adversary import lattice
from fvtheory.adversary.envelopes import LOWER, UPPER, Envelopes
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point
from fvtheory.functions import MAX_DIM, Combination, Function, Piecewise1D, to_piecewise_1d
from fvtheory.functions.kinds import is_built_continuous
from fvtheory.functions.pieces import pieces
from fvtheory.functions.polytopes import Polytope, axis

HALF = Fraction(1, 2)

TOLERANCE = Fraction(1, 10**9)
"""How close the point comes to a supremum that no point has."""


@dataclass(frozen=True)
class Farthest:
    """The supremum of the distance between prediction and envelope, and a point.

    At the point the distance is ``supremum``, or within TOLERANCE of it where no point has it.
    """

    supremum: Fraction
    at: Point
    side: str


def farthest(envelopes: Envelopes, g: Function, deadline: float = math.inf) -> Farthest:
    """sup over the cube of the larger of upper - g and g - lower, with a point.

    Linear programs are solved until ``deadline`` (time.monotonic); cutting the cube takes its time.

    Raises:
        InvalidInputError: for a function that is not supported in this dimension, or takes too long.
    """
    sides = (_on_side(envelopes, g, side, deadline) for side in (UPPER, LOWER))
    return max(sides, key=lambda found: found.supremum)


def _on_side(envelopes: Envelopes, g: Function, side: str, deadline: float) -> Farthest:
    if g.dim == 1:
        return _in_one_dimension(envelopes, to_piecewise_1d(g), side)
    if is_built_continuous(g):
        try:
            return _by_parts(envelopes, g, side, deadline)
        except lattice.TooManyFormsError:
            pass
    if g.dim > MAX_DIM:
        raise InvalidInputError(
            f"a prediction of kind {g.kind} in {g.dim} dimensions",
            f"a maximum of few minima of affine functions, or at most {MAX_DIM} dimensions",
        )
    return _by_cutting(envelopes, g, side)


def _gap(envelopes: Envelopes, g: Function, side: str, x: Point) -> Fraction:
    return envelopes.upper(x) - g.at(x) if side == UPPER else g.at(x) - envelopes.lower(x)


# ---- one dimension ---------------------------------------------------------------------------


def _in_one_dimension(envelopes: Envelopes, g: Piecewise1D, side: str) -> Farthest:
    """At a common breakpoint, or in the limit towards one."""
    low, high = envelopes.cls.exact_envelopes(envelopes.phi, envelopes.lipschitz)
    first, second = (to_piecewise_1d(high), g) if side == UPPER else (g, to_piecewise_1d(low))
    xs = sorted({*first.breakpoints, *second.breakpoints})
    points = [(first.at((x,)) - second.at((x,)), x) for x in xs]
    best, at = max(points)
    limit: tuple[Fraction, Fraction, Fraction] | None = None
    for x, y in pairwise(xs):
        slope, intercept = (p - q for p, q in zip(_line(first, x), _line(second, x), strict=True))
        for end, inward in ((x, y), (y, x)):
            value = slope * end + intercept
            if value > (best if limit is None else limit[0]):
                share = HALF if slope == 0 else min(HALF, TOLERANCE / abs(slope * (y - x)))
                limit = value, end, end + share * (inward - end)
    if limit is None:
        return Farthest(best, (at,), side)
    return Farthest(limit[0], (limit[2],), side)


def _line(f: Piecewise1D, x: Fraction) -> tuple[Fraction, Fraction]:
    """(slope, intercept) just to the right of x."""
    return f.line(bisect_right(f.breakpoints, x) - 1)


# ---- more dimensions -------------------------------------------------------------------------


def _by_parts(envelopes: Envelopes, g: Function, side: str, deadline: float = math.inf) -> Farthest:
    """A continuous g against the parts of the envelope, each a few linear programs."""
    parts = envelopes.level_parts(side)
    gaps = []
    for part in parts:
        terms = (part.function, g) if side == UPPER else (g, part.function)
        gaps.append((lattice.difference(*terms), (part.low, part.high)))
    value, x, i = lattice.highest(gaps, deadline)
    if _gap(envelopes, g, side, x) < value:
        box = list(zip(parts[i].low, parts[i].high, strict=True))
        ways = (tuple(p + (q - p) / k for p, q in box) for k in (2, 3))
        x = _approach(envelopes, g, side, value, x, next(inside for inside in ways if inside != x))
    return Farthest(value, x, side)


def _by_cutting(envelopes: Envelopes, g: Function, side: str) -> Farthest:
    """On each piece the gap is affine, so its supremum there is its greatest value at a vertex."""
    if is_built_continuous(g):
        entries = [
            (form.at(v), v, q.centre())
            for part in envelopes.level_parts(side)
            for p, form in pieces(_difference(part.function, g, side))
            for q in within(p, part.low, part.high)
            for v in q.vertices
        ]
    else:
        low, high = envelopes.cls.exact_envelopes(envelopes.phi, envelopes.lipschitz)
        gaps = pieces(_difference(high if side == UPPER else low, g, side))
        entries = [(form.at(v), v, p.centre()) for p, form in gaps for v in p.vertices]
    value, x, inside = max(entries, key=lambda entry: entry[0])
    if _gap(envelopes, g, side, x) < value:
        x = _approach(envelopes, g, side, value, x, inside)
    return Farthest(value, x, side)


def _difference(envelope: Function, g: Function, side: str) -> Function:
    return Combination([1, -1] if side == UPPER else [-1, 1], [envelope, g])


def within(p: Polytope, low: Point, high: Point) -> list[Polytope]:
    """The part of an open polytope inside a box, as a list of none or one."""
    part: Polytope | None = p
    for j, (bottom, top) in enumerate(zip(low, high, strict=True)):
        for bound, sign, cuts in ((bottom, 1, bottom > 0), (top, -1, top < 1)):
            if part is not None and cuts:
                part = part.split(axis(j, len(low), Fraction(sign), -sign * bound))[2]
    return [] if part is None else [part]


def _approach(
    envelopes: Envelopes, g: Function, side: str, value: Fraction, x: Point, inside: Point
) -> Point:
    """A point between x and ``inside``, close to x, at which the gap is within TOLERANCE of its limit."""
    for k in range(1, 20):
        share = Fraction(1, 2 ** (16 * k))
        y = tuple(p + share * (q - p) for p, q in zip(x, inside, strict=True))
        if _gap(envelopes, g, side, y) >= value - TOLERANCE:
            return y
    raise InvalidInputError("a prediction that is too steep", "slopes below 2^300")
