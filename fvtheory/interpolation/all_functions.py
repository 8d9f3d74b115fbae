"""All functions, or all continuous ones, known at finitely many points: nothing is known elsewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from fvtheory.interpolation.base import Interpolation
from fvtheory.interpolation.data import Data, generic_data, minus
from fvtheory.terms import TRUE, ZERO, Formula, Sym, Term, absolute, maximum

STEEP = Sym("steep")
"""A slope for hats; any that is large enough for the data."""


class AllFunctions(Interpolation):
    """No axiom. The interpolant is continuous and piecewise affine, so it serves the continuous classes too."""

    def __init__(self, name: str) -> None:
        self.name = name

    def condition(self, data: Data) -> Formula:
        return TRUE

    def envelope(self, data: Data, i: int, x: Term) -> tuple[Term, Term]:
        return data.floor, data.cap

    def width(self, data: Data, i: int) -> Term:
        return data.spread

    def widest(self, data: Data, i: int) -> tuple[Term, ...]:
        left = ZERO if i == 0 else data.points[i - 1]
        right = data.edge if i == data.size else data.points[i]
        return ((left + right) / 2,)

    def generic(self, size: int, at_zero: bool, at_edge: bool) -> Data:
        data = generic_data(size, False, at_zero, at_edge)
        steep = tuple(STEEP * minus(q, p) >= data.spread for p, q in pairwise(data.points))
        return replace(data, given=(STEEP > 0, *steep))

    def interpolant(self, data: Data, x: Term) -> Term:
        """The greatest of floor and a hat at each point, so steep that no hat covers another point."""
        places = zip(data.points, data.values, strict=True)
        return maximum(data.floor, *(y - STEEP * absolute(minus(x, p)) for p, y in places))
