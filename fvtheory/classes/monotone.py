"""Monotone functions, non-decreasing or non-increasing (Table 1; F_Mono in B.2, footnote 3)."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.classes.base import LOWER, UPPER, FunctionClass, Member
from fvtheory.exact import Point
from fvtheory.functions import Function, Maximum, Minimum, OrthantStep, constant, is_monotone
from fvtheory.information import MinMax
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint, below, symbolic_point
from fvtheory.terms import Formula, Sym, Term, eq, every, implies, ite, maximum, minimum, some


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
        if not all(s <= t for s, t in zip(b, a, strict=True)):
            branches.append((OrthantStep(b, "at-least", high, low), OrthantStep(a, "at-most", low, high)))
        if not all(s <= t for s, t in zip(a, b, strict=True)):
            branches.append((OrthantStep(b, "at-most", high, low), OrthantStep(a, "at-least", low, high)))
        return branches or [(constant(low, phi.dim), constant(high, phi.dim))]

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        branches = self._exact_branches(phi)
        return min((f for f, _ in branches), key=lambda f: f(x)), max((f for _, f in branches), key=lambda f: f(x))

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        branches = self._exact_branches(phi)
        if len(branches) == 1:
            return branches[0]
        return Minimum([f for f, _ in branches]), Maximum([f for _, f in branches])

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return is_monotone(f) is not None

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

