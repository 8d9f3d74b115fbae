"""All functions: a black box (Table 1, first row; F in Section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from fvtheory import symbols
from fvtheory.classes import ties
from fvtheory.classes.base import LOWER, UPPER, Bounds, FunctionClass, Member
from fvtheory.exact import Point, distance
from fvtheory.functions import Clip, Combination, Cone, Function, PointValue, constant
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint, different_points, rescaled, same_point
from fvtheory.terms import TRUE, Formula, Sym, Term, eq, every, implies, ite


class AllFunctions(FunctionClass):
    """Every f: [0, 1]^d -> [0, 1] that attains its extrema. Φ says nothing off x_min and x_max."""

    name = "all"
    title = "black-box"
    source = "Section 4, notation"

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        return different_points(phi.x_min, phi.x_max)

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        lower = ite(same_point(x, phi.x_max), phi.f_max, phi.f_min)
        upper = ite(same_point(x, phi.x_min), phi.f_min, phi.f_max)
        return lower, upper

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        always = every([])
        return (
            Member("upper", UPPER, always, lambda y: self.envelope(phi, y)[1]),
            Member("lower", LOWER, always, lambda y: self.envelope(phi, y)[0]),
        )

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        low, high, a, b = phi.f_min, phi.f_max, phi.x_min, phi.x_max
        return (lambda x: high if x == b else low), (lambda x: low if x == a else high)

    def continuous_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        """Cones, as steep as it takes to have levelled off at x and at the other extremum."""
        if phi.spread == 0:
            return self.exact_envelopes(phi)

        def cone(apex: Point, value: Fraction, sign: int) -> Function:
            lengths = [distance(x, apex), distance(phi.x_min, phi.x_max)]
            slope = sign * phi.spread / min(t for t in lengths if t > 0)
            return Clip(Cone(apex, value, slope), phi.f_min, phi.f_max)

        return cone(phi.x_max, phi.f_max, -1), cone(phi.x_min, phi.f_min, 1)

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        low, high = constant(phi.f_min, phi.dim), constant(phi.f_max, phi.dim)
        if phi.spread == 0:
            return low, high
        return PointValue(low, phi.x_max, phi.f_max), PointValue(high, phi.x_min, phi.f_min)

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        """The midpoint value, with a cone up to x_max and one down to x_min."""
        if phi.spread == 0:
            return constant(phi.f_min, phi.dim)
        slope = lipschitz or phi.spread / distance(phi.x_min, phi.x_max)
        half, middle = phi.spread / 2, constant((phi.f_min + phi.f_max) / 2, phi.dim)
        peak, pit = (Clip(Cone(p, half, -slope), 0, half) for p in (phi.x_max, phi.x_min))
        return Combination([1, 1, -1], [middle, peak, pit])

    def reached(self, phi: Phi, convention: str) -> Formula:
        return TRUE

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        """Lengths are in a unit in which the spread is at most the distance of the extrema: there is
        one, since the extrema differ."""
        phi = rescaled(dim)
        gap = symbols.distance(phi.x_min, phi.x_max)
        given = [*phi.domain(), phi.is_varying(), phi.spread <= gap]
        member = ties.two_cones(phi)
        yield ties.information("member", given, member, phi, convention)
        yield ties.lipschitz_law("member", given, member, phi)
        p = ties.near(phi.x_min, phi.edge)
        _, upper = self.envelope(phi, p)
        reached = every([*phi.in_cube(p), upper - member(p) >= phi.spread - ties.SLACK])
        yield valid("anchor", [*given, *ties.SMALL], reached)

    def instances(self, phi: Phi, x: SymbolicPoint, fx: Term) -> tuple[Formula, ...]:
        return (
            implies(same_point(x, phi.x_min), eq(fx, phi.f_min)),
            implies(same_point(x, phi.x_max), eq(fx, phi.f_max)),
        )

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        at_min, at_max = Sym("f_at_x_min"), Sym("f_at_x_max")
        given = [
            *phi.domain(),
            phi.is_varying(),
            eq(at_min, phi.f_min),
            eq(at_max, phi.f_max),
            implies(same_point(phi.x_min, phi.x_max), eq(at_min, at_max)),
        ]
        return [valid("necessity", given, self.feasible_when_varying(phi, convention))]
