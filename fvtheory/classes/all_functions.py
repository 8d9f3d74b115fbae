"""All functions: a black box (Table 1, first row; F in Section 4)."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.classes.base import LOWER, UPPER, FunctionClass, Member
from fvtheory.functions import Function, PointValue, constant
from fvtheory.information import MinMax
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint, different_points, same_point
from fvtheory.terms import Formula, Sym, Term, eq, every, implies, ite


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

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        low, high = constant(phi.f_min, phi.dim), constant(phi.f_max, phi.dim)
        if phi.spread == 0:
            return low, high
        return PointValue(low, phi.x_max, phi.f_max), PointValue(high, phi.x_min, phi.f_min)

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
