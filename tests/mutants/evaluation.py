"""A second evaluator of terms and formulas, and a search for counterexamples without solvers.

It reads the trees of `fvtheory.terms` and shares no code with `fvtheory.terms.evaluate` or with the
solvers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from fvtheory import terms as t

Values = Mapping[str, Fraction]


class Undefined(Exception):
    """A division by zero."""


def value(node: t.Node, at: Values):
    """A Fraction for a term, a bool for a formula; conditions are looked at before what they guard."""
    return RULES[type(node)](node, at)


def quotient(node: t.Div, at: Values) -> Fraction:
    bottom = value(node.denominator, at)
    if bottom == 0:
        raise Undefined(t.show(node))
    return value(node.numerator, at) / bottom


def smaller(node: t.Min, at: Values) -> Fraction:
    left, right = value(node.left, at), value(node.right, at)
    return left if left < right else right


def larger(node: t.Max, at: Values) -> Fraction:
    left, right = value(node.left, at), value(node.right, at)
    return left if left > right else right


def modulus(node: t.Abs, at: Values) -> Fraction:
    inner = value(node.inner, at)
    return -inner if inner < 0 else inner


def branch(node: t.Ite, at: Values) -> Fraction:
    return value(node.then if value(node.condition, at) else node.otherwise, at)


def conjunction(node: t.And, at: Values) -> bool:
    return not any(not value(part, at) for part in node.parts)


def disjunction(node: t.Or, at: Values) -> bool:
    return any(value(part, at) for part in node.parts)


RULES: dict[type, Callable] = {
    t.Const: lambda n, at: n.value,
    t.Sym: lambda n, at: at[n.name],
    t.Add: lambda n, at: value(n.left, at) + value(n.right, at),
    t.Mul: lambda n, at: value(n.left, at) * value(n.right, at),
    t.Div: quotient,
    t.Min: smaller,
    t.Max: larger,
    t.Abs: modulus,
    t.Ite: branch,
    t.Le: lambda n, at: value(n.left, at) <= value(n.right, at),
    t.Lt: lambda n, at: value(n.left, at) < value(n.right, at),
    t.Eq: lambda n, at: value(n.left, at) == value(n.right, at),
    t.Not: lambda n, at: not value(n.inner, at),
    t.And: conjunction,
    t.Or: disjunction,
}


def names(node: t.Node) -> set[str]:
    """The symbols that occur."""
    if isinstance(node, t.Sym):
        return {node.name}
    found: set[str] = set()
    for part in t.children(node):
        found |= names(part)
    return found


UNIT = tuple(Fraction(n, d) for n, d in ((0, 1), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (1, 1)))
POSITIVE = tuple(Fraction(n, d) for n, d in ((1, 4), (1, 2), (1, 1), (3, 2), (2, 1), (3, 1)))
SIGNED = (*UNIT, *(-c for c in UNIT if c), Fraction(2), Fraction(-3), Fraction(5, 2))
INSIDE_THE_CUBE = ("x_min", "x_max", "f_min", "f_max", "x", "y", "weight", "fx")


def pool(name: str) -> tuple[Fraction, ...]:
    if name == "L":
        return POSITIVE
    return UNIT if name.split("[")[0] in INSIDE_THE_CUBE else SIGNED


def equations(formulas) -> Iterator[tuple[str, t.Term]]:
    """Hypotheses of the form symbol = term, which are met by assigning."""
    for formula in formulas:
        match formula:
            case t.And(parts):
                yield from equations(parts)
            case t.Eq(t.Sym(name), right) if name not in names(right):
                yield name, right
            case t.Eq(left, t.Sym(name)) if name not in names(left):
                yield name, left


def assignments(obligation, seed: int, tries: int, wanted: int) -> Iterator[dict[str, Fraction]]:
    """Small rationals that meet the hypotheses; at most as many as wanted."""
    source = random.Random(f"{obligation.name} {seed}")
    symbols = sorted(set().union(*(names(f) for f in (*obligation.hypotheses, obligation.goal))))
    solved = list(equations(obligation.hypotheses))
    found = 0
    for _ in range(tries):
        at = {name: source.choice(pool(name)) for name in symbols}
        for name, term in solved:
            at[name] = value(term, at)
        if all(value(h, at) for h in obligation.hypotheses):
            yield at
            found += 1
            if found == wanted:
                return
