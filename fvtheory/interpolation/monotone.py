"""Monotone functions, rising or falling, known at finitely many points: constant steps between them."""

from __future__ import annotations

from itertools import pairwise

from fvtheory.interpolation.base import Interpolation, X, Z
from fvtheory.interpolation.data import Data, minus
from fvtheory.obligations import Obligation, valid
from fvtheory.terms import Formula, Term, absolute, every, ite, maximum, minimum


class Monotone(Interpolation):
    """Non-decreasing or non-increasing, unknown which: equal values leave both open."""

    name = "monotone"

    def condition(self, data: Data) -> Formula:
        return self._rises(data) | self._falls(data)

    def axioms(self, data: Data) -> list[Formula]:
        return [self._rises(data) | self._falls(data)]

    def _rises(self, data: Data) -> Formula:
        return every(y <= z for y, z in pairwise(data.values))

    def _falls(self, data: Data) -> Formula:
        return every(y >= z for y, z in pairwise(data.values))

    def envelope(self, data: Data, i: int, x: Term) -> tuple[Term, Term]:
        first, last = data.values[0], data.values[-1]
        if 0 < i < data.size:
            y, z = data.values[i - 1], data.values[i]
            return minimum(y, z), maximum(y, z)
        y, below, above = (
            (first, first < last, first > last) if i == 0 else (last, first > last, first < last)
        )
        # ``below``: values beyond this end are below y for sure; ``above``: above y.
        return ite(above, y, data.floor), ite(below, y, data.cap)

    def width(self, data: Data, i: int) -> Term:
        if 0 < i < data.size:
            return absolute(minus(data.values[i], data.values[i - 1]))
        lower, upper = self.envelope(data, i, X)
        return upper - lower

    def widest(self, data: Data, i: int) -> tuple[Term, ...]:
        if 0 < i < data.size:
            return ((data.points[i - 1] + data.points[i]) / 2,)
        return (data.points[0] / 2 if i == 0 else (data.points[-1] + data.edge) / 2,)

    def interpolant(self, data: Data, x: Term) -> Term:
        value = data.values[0]
        for p, y in zip(data.points[1:], data.values[1:], strict=True):
            value = ite(x >= p, y, value)
        return value

    def prove_law(self, data: Data) -> list[Obligation]:
        here, there = self.interpolant(data, X), self.interpolant(data, Z)
        given = [*data.domain(), X <= Z]
        return [
            valid("law.rising", [*given, self._rises(data)], here <= there),
            valid("law.falling", [*given, self._falls(data)], here >= there),
        ]
