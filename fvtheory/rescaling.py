"""Lengths in units of 1/L: an exact change of variables that makes Lipschitz questions linear.

For L > 0 the map x -> X = L*x is a bijection, so a question about x is one about X. Written with X,
a product L*x is the symbol X, and a comparison of lengths is multiplied by L on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.terms import (
    ONE,
    ZERO,
    Abs,
    Add,
    And,
    Const,
    Div,
    Eq,
    Formula,
    Ite,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Not,
    Or,
    Sym,
    Term,
)


class NotHomogeneousError(ValueError):
    """A term that cannot be written with lengths in the new unit."""


@dataclass(frozen=True)
class Rescaling:
    """The change of variables X = unit * x for the symbols named in ``lengths``; unit > 0.

    In rescaled formulas the symbol x stands for X.
    """

    unit: Sym
    lengths: frozenset[str]

    def formulas(self, originals: Iterable[Formula]) -> tuple[Formula, ...]:
        """Each formula with lengths in the new unit.

        Raises:
            NotHomogeneousError: when one of them has no such form.
        """
        return tuple(map(self._formula, originals))

    def original(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Values of the original symbols: x = X/unit."""
        unit = values[self.unit.name]
        return {n: v / unit if n in self.lengths else v for n, v in values.items()}

    def _formula(self, f: Formula) -> Formula:
        match f:
            case Le(p, q) | Lt(p, q) | Eq(p, q):
                try:
                    return type(f)(self._plain(p), self._plain(q))
                except NotHomogeneousError:
                    return type(f)(self._times(p), self._times(q))
            case Not(p):
                return Not(self._formula(p))
            case And(parts):
                return And(tuple(map(self._formula, parts)))
            case Or(parts):
                return Or(tuple(map(self._formula, parts)))
        raise TypeError(f)

    def _plain(self, t: Term) -> Term:
        """The term t, written with X; products of the unit and a length become X."""
        match t:
            case Const():
                return t
            case Sym(name):
                if name in self.lengths:
                    raise NotHomogeneousError
                return t
            case Add(p, q) | Min(p, q) | Max(p, q):
                return type(t)(self._plain(p), self._plain(q))
            case Abs(p):
                return Abs(self._plain(p))
            case Ite(c, p, q):
                return Ite(self._formula(c), self._plain(p), self._plain(q))
            case Mul(p, q):
                for factor, other in ((p, q), (q, p)):
                    rest = self._without_unit(factor)
                    if rest is not None:
                        return self._times(_product(rest, other))
                return Mul(self._plain(p), self._plain(q))
            case Div(p, q):
                try:
                    return Div(self._plain(p), self._plain(q))
                except NotHomogeneousError:
                    return Div(self._times(p), self._times(q))
        raise TypeError(t)

    def _times(self, t: Term) -> Term:
        """The term unit * t, written with X; the unit is positive, so it passes min, max and abs."""
        match t:
            case Const():
                return _product(t, self.unit)
            case Sym(name):
                return t if name in self.lengths else Mul(self.unit, t)
            case Add(p, q) | Min(p, q) | Max(p, q):
                return type(t)(self._times(p), self._times(q))
            case Abs(p):
                return Abs(self._times(p))
            case Ite(c, p, q):
                return Ite(self._formula(c), self._times(p), self._times(q))
            case Mul(p, q):
                for factor, other in ((p, q), (q, p)):
                    try:
                        return _product(self._plain(factor), self._times(other))
                    except NotHomogeneousError:
                        continue
                raise NotHomogeneousError
            case Div(p, q):
                return Div(self._times(p), self._plain(q))
        raise TypeError(t)

    def _without_unit(self, t: Term) -> Term | None:
        """t/unit where the unit is a factor of t as written, else None."""
        if t == self.unit:
            return ONE
        if isinstance(t, Mul):
            for factor, other in ((t.left, t.right), (t.right, t.left)):
                rest = self._without_unit(factor)
                if rest is not None:
                    return _product(rest, other)
        return None


def _product(p: Term, q: Term) -> Term:
    if ZERO in (p, q):
        return ZERO
    if p == ONE:
        return q
    return p if q == ONE else Mul(p, q)
