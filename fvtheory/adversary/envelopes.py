"""The envelopes of one fiber in plain numbers, fast in many dimensions, and what a search needs of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from fvtheory.classes import FunctionClass
from fvtheory.classes.base import LOWER, UPPER, Bounds, Part, cube_ends
from fvtheory.exact import Point
from fvtheory.functions import Function, constant
from fvtheory.information import MinMax

__all__ = ["LOWER", "UPPER", "Envelopes", "Part"]

FloatPoint = tuple[float, ...]

LARGEST = Fraction(sys.float_info.max)


@dataclass(frozen=True)
class Envelopes:
    """The fiber of a feasible Φ: envelopes, radius and where upper - lower is widest."""

    cls: FunctionClass
    phi: MinMax
    lipschitz: Fraction | None

    @cached_property
    def _exact(self) -> Bounds:
        if self.phi.spread == 0:
            return (lambda _: self.phi.f_min), (lambda _: self.phi.f_min)
        return self.cls.bounds(self.phi, self.lipschitz)

    @property
    def lower(self) -> Callable[[Point], Fraction]:
        """x -> inf f(x) over the fiber."""
        return self._exact[0]

    @property
    def upper(self) -> Callable[[Point], Fraction]:
        """x -> sup f(x) over the fiber."""
        return self._exact[1]

    @cached_property
    def rounded(self) -> tuple[Callable[[FloatPoint], float], Callable[[FloatPoint], float]]:
        """(lower, upper) in floats."""
        phi = self.phi.to_floats()
        if self.phi.spread == 0:
            return (lambda _: phi.f_min), (lambda _: phi.f_min)
        return self.cls.bounds(phi, None if self.lipschitz is None else float(min(self.lipschitz, LARGEST)))

    def width(self, x: Point) -> Fraction:
        return self.upper(x) - self.lower(x)

    def side(self, x: Point, predicted: Fraction) -> tuple[str, Fraction]:
        """The envelope that is further from ``predicted`` at x, and how far: the error forced there."""
        above, below = self.upper(x) - predicted, predicted - self.lower(x)
        return (UPPER, above) if above >= below else (LOWER, below)

    def member(self, x: Point, side: str) -> Function:
        """A function of the fiber that takes the value of an envelope at x."""
        low, high = self.cls.exact_members(self.phi, x, self.lipschitz)
        return high if side == UPPER else low

    def candidates(self) -> list[Point]:
        """Points of which one has the greatest width (or comes as close to it as makes no matter)."""
        return self.cls.widest_candidates(self.phi)

    @cached_property
    def widest(self) -> Point:
        """The candidate with the greatest width."""
        return max(self.candidates(), key=self.width)

    def level_parts(self, side: str) -> list[Part]:
        """The parts of one envelope: their supremum (infimum for the lower one) is the envelope's,
        against every continuous function."""
        if self.phi.spread == 0:
            return [Part(*cube_ends(self.phi.dim), constant(self.phi.f_min, self.phi.dim))]
        return self.cls.parts(self.phi, side, self.lipschitz)

    def kinks(self) -> list[Fraction]:
        """In one dimension: where the envelopes bend or jump."""
        a, b, spread = self.phi.x_min[0], self.phi.x_max[0], self.phi.spread
        found = [a, b, Fraction(0), Fraction(1), (a + b) / 2]
        if self.lipschitz is not None:
            found += [c + s * spread / self.lipschitz for c in (a, b) for s in (1, -1)]
        return sorted({c for c in found if 0 <= c <= 1})
