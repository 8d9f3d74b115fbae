"""What is known: values at finitely many points of [0, 1], in ascending order, with terms for all numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from fvtheory.symbols import L
from fvtheory.terms import (
    ONE,
    ZERO,
    Const,
    Div,
    Formula,
    Node,
    Sym,
    Term,
    UndefinedTerm,
    eq,
    evaluate,
    fold,
    rebuild,
    symbols,
)

EVALUATION, MINIMIZER, MAXIMIZER = "evaluation", "minimizer", "maximizer"
ROLES = (EVALUATION, MINIMIZER, MAXIMIZER)


@dataclass(frozen=True)
class Datum:
    """f(point) = value; a minimizer (maximizer) also says that no value of f is below (above) it."""

    point: Term
    value: Term
    role: str = EVALUATION


@dataclass(frozen=True)
class Data:
    """Values at points p_0 < ... < p_{k-1} of [0, edge], of a function with floor <= f <= cap.

    ``rate`` is the Lipschitz constant where the class has one. As for Φ, lengths may be measured in units of
    1/L: then ``edge`` is L and ``rate`` is 1. ``given`` is what else is assumed, such as roles. ``slopes`` are names
    for slopes between places, which ``given`` defines, in proofs that need them (see `convex`).
    """

    points: tuple[Term, ...]
    values: tuple[Term, ...]
    floor: Term = ZERO
    cap: Term = ONE
    rate: Term = ONE
    edge: Term = ONE
    given: tuple[Formula, ...] = ()
    slopes: tuple[Term, ...] = ()

    @property
    def size(self) -> int:
        return len(self.points)

    @property
    def spread(self) -> Term:
        """cap - floor."""
        return minus(self.cap, self.floor)

    def rise(self, length: Term) -> Term:
        """The most that a function of the class can change over a length: rate * length."""
        return length if self.rate == ONE else self.rate * length

    @property
    def starts_at_zero(self) -> bool:
        return self.points[0] == ZERO

    @property
    def ends_at_edge(self) -> bool:
        return self.points[-1] == self.edge

    def domain(self) -> tuple[Formula, ...]:
        """Points in ascending order in the interval, floor <= values <= cap, 0 <= floor <= cap <= 1, L > 0."""
        places = [
            self.points[0] >= 0,
            *(p < q for p, q in pairwise(self.points)),
            self.points[-1] <= self.edge,
        ]
        levels = [part for y in self.values for part in (y >= self.floor, y <= self.cap)]
        ends = [self.floor >= 0, self.floor <= self.cap, self.cap <= 1]
        positive = [t > 0 for t in (self.rate, self.edge) if not isinstance(t, Const)]
        found = (*places, *levels, *ends, *positive, *self.given)
        return tuple(
            f for f in found if symbols(f) or not evaluate(f, {})
        )  # what is true of numbers says nothing

    def in_gap(self, i: int, x: Term) -> tuple[Formula, ...]:
        """x lies in gap i: between the points i - 1 and i, before the first (0) or after the last (size)."""
        left = x >= 0 if i == 0 else x > self.points[i - 1]
        right = x <= self.edge if i == self.size else x < self.points[i]
        return left, right

    def with_value(self, i: int, x: Term, u: Term) -> Data:
        """The data with f(x) = u, for x in gap i."""
        points = (*self.points[:i], x, *self.points[i:])
        return replace(self, points=points, values=(*self.values[:i], u, *self.values[i:]))


def data_of(known: Iterable[Datum], rate: Term = ONE) -> Data:
    """What the data say together: the value of a minimizer is the floor, that of a maximizer the cap."""
    items = tuple(known)
    floors = [d.value for d in items if d.role == MINIMIZER]
    caps = [d.value for d in items if d.role == MAXIMIZER]
    same = tuple(eq(v, group[0]) for group in (floors, caps) for v in group[1:])
    return Data(
        tuple(d.point for d in items),
        tuple(d.value for d in items),
        floors[0] if floors else ZERO,
        caps[0] if caps else ONE,
        rate,
        given=same,
    )


def generic_data(size: int, scaled: bool, at_zero: bool = False, at_edge: bool = False) -> Data:
    """Data in symbols, in which classes prove their obligations.

    Args:
        size: how many points.
        scaled: whether lengths are in units of 1/L.
        at_zero, at_edge: whether the first point is 0 and the last one the edge.
    """
    edge: Term = L if scaled else ONE
    points: list[Term] = [Sym(f"p[{i}]") for i in range(size)]
    if at_zero:
        points[0] = ZERO
    if at_edge:
        points[-1] = edge
    values = tuple(Sym(f"y[{i}]") for i in range(size))
    return Data(tuple(points), values, Sym("floor"), Sym("cap"), ONE, edge)


def minus(p: Term, q: Term) -> Term:
    """p - q; a number where both are, and no subtraction of zero."""
    if isinstance(p, Const) and isinstance(q, Const):
        return Const(p.value - q.value)
    return p if q == ZERO else p - q


def times(p: Term, q: Term) -> Term:
    """p * q; no product with one or zero."""
    if ZERO in (p, q):
        return ZERO
    if p == ONE or q == ONE:
        return q if p == ONE else p
    if isinstance(p, Const) and isinstance(q, Const):
        return Const(p.value * q.value)
    return p * q


def over(p: Term, q: Term) -> Term:
    """p / q; a product where q is a number, but for zero."""
    return times(p, Const(1 / q.value)) if isinstance(q, Const) and q.value else Div(p, q)


def folded(node: Node) -> Any:
    """The tree with every part that is made of numbers only replaced by its value, but for quotients by zero."""

    def visit(current: Node, parts: tuple) -> Node:
        new = rebuild(current, parts)
        if not isinstance(new, Term) or isinstance(new, (Const, Sym)) or symbols(new):
            return new
        try:
            return Const(evaluate(new, {}))
        except UndefinedTerm:
            return new

    return fold(node, visit)


Place = tuple[Term, Term]
"""(point, value)."""
