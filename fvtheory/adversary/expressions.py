"""Exact functions as SymPy expressions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.errors import InvalidInputError
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
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
)


def to_sympy(f: Function) -> Any:
    """``f`` in the real symbols x (one variable) or x0, x1, ...; exact rationals throughout."""
    import sympy

    names = ["x"] if f.dim == 1 else [f"x{j}" for j in range(f.dim)]
    return _Writer(sympy).write(f, [sympy.Symbol(name, real=True) for name in names])


class _Writer:
    def __init__(self, sympy: Any) -> None:
        self.sympy = sympy

    def number(self, value: Fraction) -> Any:
        return self.sympy.Rational(value.numerator, value.denominator)

    def write(self, f: Function, x: list[Any]) -> Any:
        sp, number = self.sympy, self.number
        if isinstance(f, Affine):
            terms = (number(s) * c for s, c in zip(f.slope, x, strict=True))
            return sp.Add(number(f.intercept), *terms)
        if isinstance(f, MaxAffine):
            return sp.Max(*(self.write(p, x) for p in f.pieces))
        if isinstance(f, Cone):
            length = sp.Max(*(sp.Abs(c - number(a)) for c, a in zip(x, f.apex, strict=True)))
            return number(f.value) + number(f.slope) * length
        if isinstance(f, Clip):
            return sp.Min(number(f.high), sp.Max(number(f.low), self.write(f.inner, x)))
        if isinstance(f, (Minimum, Maximum)):
            choose = sp.Min if isinstance(f, Minimum) else sp.Max
            return choose(*(self.write(p, x) for p in f.parts))
        if isinstance(f, Combination):
            pairs = zip(f.weights, f.parts, strict=True)
            return sp.Add(*(number(w) * self.write(p, x) for w, p in pairs))
        if isinstance(f, Lift):
            return self.write(f.inner, [x[f.coordinate]])
        if isinstance(f, OrthantStep):
            bounds = zip(x, f.corner, strict=True)
            inside = [c >= number(a) if f.side == "at-least" else c <= number(a) for c, a in bounds]
            return sp.Piecewise((number(f.inside), sp.And(*inside)), (number(f.outside), True))
        if isinstance(f, PointValue):
            here = [sp.Eq(c, number(a)) for c, a in zip(x, f.point, strict=True)]
            return sp.Piecewise((number(f.value), sp.And(*here)), (self.write(f.inner, x), True))
        if isinstance(f, PiecewiseAffine1D):
            cases = []
            for (x0, y0), (x1, y1) in pairwise(f.knots):
                slope = (y1 - y0) / (x1 - x0)
                line = number(slope) * x[0] + number(y0 - slope * x0)
                cases.append((line, x[0] <= number(x1)))
            return sp.Piecewise(*cases[:-1], (cases[-1][0], True))
        if isinstance(f, Piecewise1D):
            cases = [
                (number(y), sp.Eq(x[0], number(c))) for c, y in zip(f.breakpoints, f.values, strict=True)
            ]
            for i, end in enumerate(f.breakpoints[1:]):
                slope, intercept = f.line(i)
                cases.append((number(slope) * x[0] + number(intercept), x[0] < number(end)))
            return sp.Piecewise(*cases[:-1], (cases[-1][0], True))
        raise InvalidInputError(f"a function of kind {f.kind}", "a kind with a SymPy form")
