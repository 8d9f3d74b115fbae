"""Monotone functions, non-decreasing or non-increasing (Table 1; F_Mono in B.2, footnote 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from fvtheory.classes import ties
from fvtheory.classes.base import LOWER, UPPER, Bounds, FunctionClass, Member, Part, cube_ends
from fvtheory.exact import Point
from fvtheory.functions import (
    Affine,
    Function,
    Lift,
    Maximum,
    Minimum,
    OrthantStep,
    PiecewiseAffine1D,
    constant,
    is_monotone,
)
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicFunction, SymbolicPoint, below, same_point, symbolic_point
from fvtheory.terms import TRUE, Formula, Sym, Term, eq, every, implies, ite, maximum, minimum, some, total


class Monotone(FunctionClass):
    """The union of two branches; both are possible when x_min and x_max are incomparable."""

    name = "monotone"
    title = "monotonic"
    source = "B.2, F_Mono"

    @staticmethod
    def _rising(phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        """Envelopes of the non-decreasing branch, feasible unless x_max <= x_min."""
        lower = ite(below(phi.x_max, x), phi.f_max, phi.f_min)
        upper = ite(below(x, phi.x_min), phi.f_min, phi.f_max)
        return lower, upper

    @staticmethod
    def _falling(phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        """Envelopes of the non-increasing branch, feasible unless x_min <= x_max."""
        lower = ite(below(x, phi.x_max), phi.f_max, phi.f_min)
        upper = ite(below(phi.x_min, x), phi.f_min, phi.f_max)
        return lower, upper

    @staticmethod
    def _can_rise(phi: Phi) -> Formula:
        return ~below(phi.x_max, phi.x_min)

    @staticmethod
    def _can_fall(phi: Phi) -> Formula:
        return ~below(phi.x_min, phi.x_max)

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        if convention == "any-selection":
            return self._can_rise(phi) | self._can_fall(phi)
        low = [every(eq(c, 0) for c in p) for p in (phi.x_min, phi.x_max)]
        high = [every(eq(c, phi.edge) for c in p) for p in (phi.x_min, phi.x_max)]
        if convention == "first":
            return (low[0] & ~low[1]) | (low[1] & ~low[0])
        return (low[0] & high[1]) | (high[0] & low[1])

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        rising, falling = self._rising(phi, x), self._falling(phi, x)
        rise, fall = self._can_rise(phi), self._can_fall(phi)
        lower = ite(rise & fall, minimum(rising[0], falling[0]), ite(rise, rising[0], falling[0]))
        upper = ite(rise & fall, maximum(rising[1], falling[1]), ite(rise, rising[1], falling[1]))
        return lower, upper

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        low, high, a, b = phi.f_min, phi.f_max, phi.x_min, phi.x_max
        rise, fall = not _below(b, a), not _below(a, b)

        def lower(x: Any) -> Any:
            return high if not ((rise and not _below(b, x)) or (fall and not _below(x, b))) else low

        def upper(x: Any) -> Any:
            return low if not ((rise and not _below(x, a)) or (fall and not _below(a, x))) else high

        return lower, upper

    def parts(self, phi: MinMax, side: str, lipschitz: Fraction | None = None) -> list[Part]:
        """An orthant step is one value on the orthant and the other on the boxes that make up the rest.

        For the upper envelope these are approached from outside {x <= x_min} (or >=), so the closed
        boxes count; dually for the lower one. An orthant without interior is covered by them.
        """
        apex, other = (phi.x_min, phi.x_max) if side == UPPER else (phi.x_max, phi.x_min)
        values = (phi.f_min, phi.f_max) if side == UPPER else (phi.f_max, phi.f_min)
        inside, outside = (constant(v, phi.dim) for v in values)
        origin, corner = cube_ends(phi.dim)
        found = []
        # The orthant is {x <= apex} for one branch and {x >= apex} for the other; a branch is feasible
        # where the other extremum is outside its orthant.
        if not _below(other, apex):
            if all(c > 0 for c in apex):
                found.append(Part(origin, apex, inside))
            for j, c in enumerate(apex):
                if c < 1:
                    found.append(Part((*origin[:j], c, *origin[j + 1 :]), corner, outside))
        if not _below(apex, other):
            if all(c < 1 for c in apex):
                found.append(Part(apex, corner, inside))
            for j, c in enumerate(apex):
                if c > 0:
                    found.append(Part(origin, (*corner[:j], c, *corner[j + 1 :]), outside))
        return found

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        rise, fall = self._can_rise(phi), self._can_fall(phi)
        return (
            Member("rising-upper", UPPER, rise, lambda y: self._rising(phi, y)[1]),
            Member("falling-upper", UPPER, fall, lambda y: self._falling(phi, y)[1]),
            Member("rising-lower", LOWER, rise, lambda y: self._rising(phi, y)[0]),
            Member("falling-lower", LOWER, fall, lambda y: self._falling(phi, y)[0]),
        )

    def _exact_branches(self, phi: MinMax) -> list[tuple[Function, Function]]:
        """(lower, upper) of the branches that are feasible."""
        a, b, low, high = phi.x_min, phi.x_max, phi.f_min, phi.f_max
        branches: list[tuple[Function, Function]] = []
        if not _below(b, a):
            branches.append((OrthantStep(b, "at-least", high, low), OrthantStep(a, "at-most", low, high)))
        if not _below(a, b):
            branches.append((OrthantStep(b, "at-most", high, low), OrthantStep(a, "at-least", low, high)))
        return branches or [(constant(low, phi.dim), constant(high, phi.dim))]

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        branches = self._exact_branches(phi)
        return min((f for f, _ in branches), key=lambda f: f(x)), max(
            (f for _, f in branches), key=lambda f: f(x)
        )

    def continuous_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        """Ramps along the coordinate in which x_min and x_max are furthest apart, over one half of the way each:
        they reach the envelopes halfway, whatever x."""
        if phi.spread == 0:
            return self.exact_envelopes(phi)
        j = max(range(phi.dim), key=lambda i: abs(phi.x_max[i] - phi.x_min[i]))
        a, b = phi.x_min[j], phi.x_max[j]

        def ramp(halfway: Fraction) -> Function:
            knots = sorted([(a, phi.f_min), ((a + b) / 2, halfway), (b, phi.f_max)])
            ends = {Fraction(0): knots[0][1], Fraction(1): knots[-1][1]} | dict(knots)
            line = PiecewiseAffine1D(sorted(ends.items()))
            return line if phi.dim == 1 else Lift(line, j, phi.dim)

        return ramp(phi.f_min), ramp(phi.f_max)

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        branches = self._exact_branches(phi)
        if len(branches) == 1:
            return branches[0]
        return Minimum([f for f, _ in branches]), Maximum([f for _, f in branches])

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return is_monotone(f) is not None

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        if phi.spread == 0:
            return constant(phi.f_min, phi.dim)
        rising = not any(phi.x_min)
        if convention == "first":
            lower, upper = self._exact_branches(phi)[0 if rising else -1]
            return lower if rising else upper
        sign = 1 if rising else -1
        start = phi.f_min if rising else phi.f_max
        return Affine([sign * phi.spread / phi.dim] * phi.dim, start)

    def _ends(self, phi: Phi, rising: bool) -> tuple[SymbolicPoint, SymbolicPoint]:
        """The lowest and the highest point of the cube, as minimizer and maximizer of the branch."""
        return (phi.x_min, phi.x_max) if rising else (phi.x_max, phi.x_min)

    def _strict_member(self, phi: Phi, convention: str, rising: bool) -> SymbolicFunction:
        """An envelope of the branch under ``first``, the mean of the coordinates under ``unique``."""
        if convention == "first":
            branch = self._rising if rising else self._falling
            return lambda y: branch(phi, y)[0 if rising else 1]

        def mean(y: SymbolicPoint) -> Term:
            share = total(y) * Fraction(1, phi.dim)
            return phi.f_min + phi.spread * (share if rising else 1 - share)

        return mean

    def reached(self, phi: Phi, convention: str) -> Formula:
        return TRUE

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        phi = self.symbolic(dim)
        given = [*phi.domain(), phi.is_varying()]
        yield self._prove_necessity_of(phi, convention, given)
        for rising in (True, False):
            name = "rising" if rising else "falling"
            at_zero = every(eq(c, 0) for c in self._ends(phi, rising)[0])
            here = [*given, self.feasible_when_varying(phi, convention), at_zero]
            member = self._strict_member(phi, convention, rising)
            p = phi.midpoint
            if convention == "unique":
                p = ties.near(self._ends(phi, rising)[0], phi.edge)
            yield ties.information(f"member.{name}", here, member, phi, convention)
            yield ties.monotone_law(f"member.{name}", here, member, phi, rising)
            lower, upper = self.envelope(phi, p)
            far = phi.spread - ties.SLACK
            apart = (upper - member(p) >= far) | (member(p) - lower >= far)
            yield valid(f"anchor.{name}", [*here, *ties.SMALL], every([*phi.in_cube(p), apart]))

    def _prove_necessity_of(self, phi: Phi, convention: str, given: list[Formula]) -> Obligation:
        """From the values at the lowest and the highest point of the cube."""
        zero, one = tuple(c * 0 for c in phi.x_min), tuple(phi.edge for _ in phi.x_min)
        at_zero, at_one = Sym("f_at_0"), Sym("f_at_1")
        facts = [
            ((at_zero <= phi.f_min) & (at_one >= phi.f_max))
            | ((at_zero >= phi.f_max) & (at_one <= phi.f_min))
        ]
        for p, value in ((zero, at_zero), (one, at_one)):
            facts += ties.strict_at(phi, p, value, convention)
            facts += [implies(same_point(p, phi.x_min), eq(value, phi.f_min))]
            facts += [implies(same_point(p, phi.x_max), eq(value, phi.f_max))]
        return valid("necessity", [*given, *facts], self.feasible_when_varying(phi, convention))

    def instances(self, phi: Phi, x: SymbolicPoint, fx: Term) -> tuple[Formula, ...]:
        a, b, m, top = phi.x_min, phi.x_max, phi.f_min, phi.f_max
        rising = [
            implies(below(x, a), fx <= m),
            implies(below(b, x), top <= fx),
            implies(below(b, a), top <= m),
        ]
        falling = [
            implies(below(a, x), fx <= m),
            implies(below(x, b), top <= fx),
            implies(below(a, b), top <= m),
        ]
        return (some([every(rising), every(falling)]),)

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        fx, x = Sym("fx"), symbolic_point("x", phi.dim)
        given = [*phi.domain(), phi.is_varying(), *self.instances(phi, x, fx)]
        return [valid("necessity", given, self.feasible_when_varying(phi, convention))]

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
        smaller, larger = member.value(y), member.value(z)
        if member.name.startswith("falling"):
            smaller, larger = larger, smaller
        given = [*self.given(phi), *phi.in_cube(y, z), member.when, below(y, z)]
        return [valid(f"member.{member.name}.monotone", given, smaller <= larger)]


def _below(x: Sequence[Any], y: Sequence[Any]) -> bool:
    return all(s <= t for s, t in zip(x, y, strict=True))
