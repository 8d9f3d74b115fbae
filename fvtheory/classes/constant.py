"""Constant functions (Table 1, last row; F_Const in B.2)."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.classes.base import FunctionClass
from fvtheory.functions import Function, constant, is_constant
from fvtheory.information import MinMax
from fvtheory.obligations import valid
from fvtheory.symbols import Phi, SymbolicPoint, has_information, symbolic_point
from fvtheory.terms import FALSE, ZERO, Formula, Sym, Term, eq


class Constant(FunctionClass):
    """Φ is feasible only for f_min = f_max, and then it is the function."""

    name = "constant"
    title = "constant"
    source = "B.2, F_Const"
    continuous = True

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        return FALSE

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        return phi.f_min, phi.f_min

    def radius(self, phi: Phi) -> Term:
        return ZERO

    def side_hidden(self, phi: Phi) -> Formula:
        return FALSE

    def example(self, dim: int) -> MinMax:
        varying = super().example(dim)
        return MinMax(varying.x_min, varying.x_max, "1/2", "1/2")

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        only = constant(phi.f_min, phi.dim)
        return only, only

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        return constant(phi.f_min, phi.dim)

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return is_constant(f)

    def _prove(self, dim: int):
        phi, x, y = self.symbolic(dim), symbolic_point("x", dim), symbolic_point("y", dim)
        fx, at_min, at_max = Sym("fx"), Sym("f_at_x_min"), Sym("f_at_x_max")
        information = [eq(at_min, phi.f_min), eq(at_max, phi.f_max)]
        law = [eq(at_min, at_max), eq(fx, at_min)]
        yield valid("necessity", [*phi.domain(), *information, *law], phi.is_constant())
        yield valid("validity", [*phi.domain(), *information, *law], eq(fx, phi.f_min))
        given = [*phi.domain(), *phi.in_cube(x, y), phi.is_constant()]
        yield valid("member.information", given, has_information(lambda _: phi.f_min, phi, y))
        yield from self._prove_constant(phi, x)
