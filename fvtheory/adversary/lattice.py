"""The greatest value of a continuous piecewise affine function over a box, in any dimension.

A function built from affine ones with minima, maxima and sums is a maximum of minima of affine forms.
Each of these minima is concave, so its maximum is a linear program, which is solved with exact
rationals. The number of minima can explode; then this says so, and other ways have to be found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from fvtheory.exact import Point
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    PiecewiseAffine1D,
)
from fvtheory.functions.polytopes import Form, axis, level
from fvtheory.functions.simplex import lowest_point

Branches = list[tuple[Form, ...]]
"""A maximum of minima of forms."""

MAX_FORMS = 2_000
"""How many forms there may be in all the minima together."""


class TooManyFormsError(Exception):
    """The function is not of the kind, or too large, to be maximised as a maximum of few minima."""


def max_min(f: Function, sign: int = 1) -> Branches:
    """``sign * f`` as a maximum of minima of affine forms.

    Raises:
        TooManyFormsError: for a kind that is not continuous, or more than MAX_FORMS forms.
    """
    if isinstance(f, Affine):
        return [(_scaled(Form(f.slope, f.intercept), Fraction(sign)),)]
    if isinstance(f, MaxAffine):
        return _choice([max_min(p, sign) for p in f.pieces], sign > 0)
    if isinstance(f, Cone):
        slopes = [(j, s) for j in range(f.dim) for s in (f.slope, -f.slope)]
        forms = [axis(j, f.dim, sign * s, sign * (f.value - s * f.apex[j])) for j, s in slopes]
        return _choice([[(form,)] for form in forms], sign * f.slope > 0)
    if isinstance(f, (Maximum, Minimum)):
        return _choice([max_min(p, sign) for p in f.parts], isinstance(f, Maximum) == (sign > 0))
    if isinstance(f, Clip):
        low: Branches = [(level(sign * f.low, f.dim),)]
        high: Branches = [(level(sign * f.high, f.dim),)]
        floored = _choice([low, max_min(f.inner, sign)], sign > 0)
        return _choice([high, floored], sign < 0)
    if isinstance(f, Combination):
        found: Branches = [(level(Fraction(0), f.dim),)]
        for weight, part in zip(f.weights, f.parts, strict=True):
            if weight:
                branches = max_min(part, sign if weight > 0 else -sign)
                found = _sum(found, [tuple(_scaled(g, abs(weight)) for g in b) for b in branches])
        return found
    if isinstance(f, Lift) and isinstance(f.inner, PiecewiseAffine1D):
        return _lifted(f.inner, f.coordinate, f.dim, sign)
    raise TooManyFormsError


def _scaled(form: Form, factor: Fraction) -> Form:
    return Form(tuple(factor * s for s in form.slope), factor * form.intercept)


def _small(branches: Branches) -> Branches:
    if sum(map(len, branches)) > MAX_FORMS:
        raise TooManyFormsError
    return branches


def _choice(parts: list[Branches], maximum: bool) -> Branches:
    """The maximum, or the minimum, of the parts."""
    if maximum:
        return _small([b for part in parts for b in part])
    found = parts[0]
    for part in parts[1:]:
        found = _small([tuple(dict.fromkeys((*b, *c))) for b in found for c in part])
    return found


def _sum(first: Branches, second: Branches) -> Branches:
    if len(first) * len(second) > MAX_FORMS:
        raise TooManyFormsError
    return _small([tuple(f.plus(g) for f in b for g in c) for b in first for c in second])


def _lifted(f: PiecewiseAffine1D, j: int, dim: int, sign: int) -> Branches:
    """A continuous function of one variable: for each piece, the minimum of the lines above it there.

    With the line of a piece taken first, f is the maximum over pieces of the minimum of all lines that
    are at least f on that piece.
    """
    knots = [(x, sign * y) for x, y in f.knots]
    lines = []
    for (x0, y0), (x1, y1) in pairwise(knots):
        slope = (y1 - y0) / (x1 - x0)
        lines.append(axis(j, dim, slope, y0 - slope * x0))
    if len(lines) ** 2 > MAX_FORMS:
        raise TooManyFormsError
    ends = [(Fraction(0),) * j + (x,) + (Fraction(0),) * (dim - j - 1) for x, _ in knots]
    return [
        tuple(g for g in lines if all(g.at(e) >= line.at(e) for e in ends[i : i + 2]))
        for i, line in enumerate(lines)
    ]


Box = tuple[Point, Point]


def highest(parts: Sequence[tuple[Branches, Box]], deadline: float = math.inf) -> tuple[Fraction, Point, int]:
    """The greatest value of maxima of minima, each over its own box: (value, point, number of the part).

    Raises:
        TooManyFormsError: when the time (time.monotonic) is over.
    """
    best: tuple[Fraction, Point, int] | None = None
    programs = []
    for i, (branches, (low, high)) in enumerate(parts):
        middle = tuple((p + q) / 2 for p, q in zip(low, high, strict=True))
        for branch in branches:
            value = min(form.at(middle) for form in branch)
            if best is None or value > best[0]:
                best = value, middle, i
            programs.append((min(_top(form, low, high) for form in branch), i, branch))
    assert best is not None
    for top, i, branch in sorted(programs, key=lambda entry: -entry[0]):
        if top <= best[0]:
            break
        if time.monotonic() > deadline:
            raise TooManyFormsError
        value, x = _concave_maximum(branch, *parts[i][1])
        if value > best[0]:
            best = value, x, i
    return best


def _top(form: Form, low: Point, high: Point) -> Fraction:
    return form.at(_far_corner(form, low, high))


def _far_corner(form: Form, low: Point, high: Point) -> Point:
    return tuple(q if s > 0 else p for s, p, q in zip(form.slope, low, high, strict=True))


def _concave_maximum(forms: tuple[Form, ...], low: Point, high: Point) -> tuple[Fraction, Point]:
    """max over the box of min of forms.

    Coordinates in which no form falls, or none rises, are best at an end; the linear program is in the
    others alone.
    """
    x = list(_far_corner(forms[0], low, high))
    open_ones = []
    for j, column in enumerate(zip(*(form.slope for form in forms), strict=True)):
        rises, falls = any(s > 0 for s in column), any(s < 0 for s in column)
        if rises and falls and low[j] < high[j]:
            open_ones.append(j)
        else:
            x[j] = high[j] if rises else low[j]
    if open_ones:
        for j in open_ones:
            x[j] = low[j]
        sizes = [high[j] - low[j] for j in open_ones]
        pieces = [
            ([-g.slope[j] * w for j, w in zip(open_ones, sizes, strict=True)], -g.at(tuple(x))) for g in forms
        ]
        for j, w, c in zip(open_ones, sizes, lowest_point(MaxAffine(pieces), 1), strict=True):
            x[j] = low[j] + w * c
    at = tuple(x)
    return min(form.at(at) for form in forms), at


def difference(f: Function, g: Function) -> Branches:
    """f - g as a maximum of minima."""
    return _sum(max_min(f), max_min(g, -1))
