"""Terms for readers and for other libraries: sympy expressions, LaTeX, numpy functions.

sympy is loaded on first use only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.terms import (
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
    Node,
    Not,
    Or,
    Sym,
    Term,
    absolute,
    eq,
    every,
    fold,
    ite,
    maximum,
    minimum,
    some,
    term,
)

MAX_POWER = 64
"""The largest integer power that `from_sympy` writes out as a product."""


def to_sympy(node: Node) -> Any:
    """The sympy expression of a term, or the sympy relation or Boolean of a formula.

    Symbols are real; numbers are exact rationals. Sums and products are built by sympy, so they may
    be reordered; relations are kept as they are, but for those without symbols, which are decided.
    """
    import sympy

    def relation(kind: Any, parts: tuple) -> Any:
        return kind(*parts, evaluate=not any(p.free_symbols for p in parts))

    def visit(n: Node, parts: tuple) -> Any:
        match n:
            case Const(v):
                return sympy.Rational(v.numerator, v.denominator)
            case Sym(name):
                return sympy.Symbol(name, real=True)
            case Add():
                return parts[0] + parts[1]
            case Mul():
                return parts[0] * parts[1]
            case Div():
                return parts[0] / parts[1]
            case Min():
                return sympy.Min(*parts)
            case Max():
                return sympy.Max(*parts)
            case Abs():
                return sympy.Abs(*parts)
            case Ite():
                return sympy.Piecewise((parts[1], parts[0]), (parts[2], True))
            case Le():
                return relation(sympy.Le, parts)
            case Lt():
                return relation(sympy.Lt, parts)
            case Eq():
                return relation(sympy.Eq, parts)
            case Not():
                return sympy.Not(*parts)
            case And():
                return sympy.And(*parts)
            case Or():
                return sympy.Or(*parts)
        raise InvalidInputError(repr(n), "a term or a formula")

    return fold(node, visit)


def from_sympy(expression: Any) -> Term:
    """The term of a sympy expression built from symbols, rationals, +, *, integer powers, Min, Max,
    Abs and Piecewise.

    Raises:
        InvalidInputError: for floats, for symbols that are not real, and for any other function.
    """
    import sympy

    def product(factors: Sequence[Term]) -> Term:
        return reduce(Mul, factors)

    def read(e: Any) -> Any:
        if isinstance(e, sympy.Rational):
            return term(Fraction(int(e.p), int(e.q)))
        if isinstance(e, sympy.Symbol):
            if e.is_real is not True:
                raise InvalidInputError(f"symbol {e}", "a real symbol", "sympy.Symbol(name, real=True)")
            return Sym(e.name)
        if isinstance(e, sympy.Pow) and isinstance(e.exp, sympy.Integer) and abs(int(e.exp)) <= MAX_POWER:
            power = product([read(e.base)] * abs(int(e.exp)))
            return power if e.exp > 0 else term(1) / power
        if isinstance(e, sympy.Piecewise):
            *cases, (last, condition) = e.args
            if condition != sympy.true:
                raise InvalidInputError(f"{e} without an otherwise branch", "a last case with True")
            value = read(last)
            for branch, when in reversed(cases):
                value = ite(read_formula(when), read(branch), value)
            return value
        arguments = [read(a) for a in e.args]
        if isinstance(e, sympy.Add):
            return reduce(Add, arguments)
        if isinstance(e, sympy.Mul):
            return product(arguments)
        if isinstance(e, sympy.Min):
            return minimum(*arguments)
        if isinstance(e, sympy.Max):
            return maximum(*arguments)
        if isinstance(e, sympy.Abs):
            return absolute(arguments[0])
        raise InvalidInputError(
            f"{type(e).__name__} {e}", "symbols, rationals, +, *, integer powers, Min, Max, Abs, Piecewise"
        )

    def read_formula(e: Any) -> Formula:
        relations: dict[Any, Callable[[Term, Term], Formula]] = {
            sympy.Le: lambda p, q: p <= q,
            sympy.Lt: lambda p, q: p < q,
            sympy.Ge: lambda p, q: p >= q,
            sympy.Gt: lambda p, q: p > q,
            sympy.Eq: eq,
            sympy.Ne: lambda p, q: ~eq(p, q),
        }
        for kind, build in relations.items():
            if isinstance(e, kind):
                return build(read(e.args[0]), read(e.args[1]))
        if isinstance(e, sympy.And):
            return every(map(read_formula, e.args))
        if isinstance(e, sympy.Or):
            return some(map(read_formula, e.args))
        if isinstance(e, sympy.Not):
            return ~read_formula(e.args[0])
        raise InvalidInputError(f"condition {e}", "comparisons joined by and, or, not")

    if isinstance(expression, int) and not isinstance(expression, bool):
        return term(expression)
    if not isinstance(expression, sympy.Basic):
        raise InvalidInputError(f"{type(expression).__name__} {expression!r}", "a sympy expression")
    return read(expression)


def latex(node: Node) -> str:
    """LaTeX source for a term or formula."""
    import sympy

    return sympy.latex(to_sympy(node))


def to_numpy(node: Term, names: Sequence[str]) -> Callable:
    """A function of the named arguments that evaluates the term on floats or numpy arrays.

    The arguments broadcast against each other.
    """
    import sympy

    arguments = [sympy.Symbol(name, real=True) for name in names]
    plain = [sympy.Dummy(f"argument{i}", real=True) for i in range(len(names))]
    renamed = to_sympy(node).xreplace(dict(zip(arguments, plain, strict=True)))
    return sympy.lambdify(plain, renamed, modules="numpy")
