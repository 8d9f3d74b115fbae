"""The symbols of the theory: Φ, points of the cube, and what it means to have the information Φ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.information import MinMax, check_convention
from fvtheory.terms import (
    ONE,
    Const,
    Formula,
    Sym,
    Term,
    absolute,
    eq,
    every,
    implies,
    maximum,
    some,
)

SymbolicPoint = tuple[Term, ...]
SymbolicFunction = Callable[[SymbolicPoint], Term]


@dataclass(frozen=True)
class Phi:
    """Φ with terms for its numbers: x_min, x_max in [0, edge]^d, f_min and f_max in [0, 1].

    ``rate`` is the Lipschitz constant where the class has one. A class with a Lipschitz constant L
    may measure lengths in units of 1/L: then ``edge`` is L and ``rate`` is 1, and its obligations
    become linear (see `rescaled`).
    """

    x_min: SymbolicPoint
    x_max: SymbolicPoint
    f_min: Term
    f_max: Term
    rate: Term = ONE
    edge: Term = ONE

    @property
    def dim(self) -> int:
        return len(self.x_min)

    @property
    def spread(self) -> Term:
        """Δ = f_max - f_min."""
        return self.f_max - self.f_min

    @property
    def middle(self) -> Term:
        """m_f = (f_min + f_max)/2 (Section 4.1)."""
        return (self.f_min + self.f_max) / 2

    @property
    def midpoint(self) -> SymbolicPoint:
        """(x_min + x_max)/2."""
        return tuple((a + b) / 2 for a, b in self.coordinates())

    def coordinates(self) -> Iterator[tuple[Term, Term]]:
        """The pairs (x_min_j, x_max_j)."""
        return zip(self.x_min, self.x_max, strict=True)

    def rise(self, length: Term) -> Term:
        """The most that a function of the class can change over a length: rate*length."""
        return length if self.rate == ONE else self.rate * length

    def in_cube(self, *points: SymbolicPoint) -> tuple[Formula, ...]:
        return tuple(part for p in points for c in p for part in (c >= 0, c <= self.edge))

    def domain(self) -> tuple[Formula, ...]:
        """What holds of every Φ: points in the cube, 0 <= f_min <= f_max <= 1, L > 0."""
        values = (self.f_min >= 0, self.f_min <= self.f_max, self.f_max <= 1)
        positive = tuple(t > 0 for t in (self.rate, self.edge) if t != ONE)
        return (*self.in_cube(self.x_min, self.x_max), *values, *positive)

    def is_constant(self) -> Formula:
        return eq(self.f_min, self.f_max)

    def is_varying(self) -> Formula:
        return self.f_min < self.f_max


L = Sym("L")


def symbolic_point(name: str, dim: int) -> SymbolicPoint:
    """A point with one symbol a coordinate: ``x`` in dimension one, ``x[0], x[1], ...`` above."""
    return (Sym(name),) if dim == 1 else tuple(Sym(f"{name}[{j}]") for j in range(dim))


def symbolic_phi(dim: int, rate: Term = ONE) -> Phi:
    """Φ in symbols, as claim files write it."""
    return Phi(symbolic_point("x_min", dim), symbolic_point("x_max", dim), Sym("f_min"), Sym("f_max"), rate)


def rescaled(dim: int) -> Phi:
    """Φ with lengths in units of 1/L: points in [0, L]^d and Lipschitz constant 1."""
    phi = symbolic_phi(dim)
    return Phi(phi.x_min, phi.x_max, phi.f_min, phi.f_max, ONE, L)


def constant_phi(phi: MinMax, rate: Fraction | None = None) -> Phi:
    """The given numbers as terms."""
    return Phi(
        tuple(map(Const, phi.x_min)),
        tuple(map(Const, phi.x_max)),
        Const(phi.f_min),
        Const(phi.f_max),
        ONE if rate is None else Const(rate),
    )


def same_point(p: SymbolicPoint, q: SymbolicPoint) -> Formula:
    return every(eq(s, t) for s, t in zip(p, q, strict=True))


def different_points(p: SymbolicPoint, q: SymbolicPoint) -> Formula:
    return some(~eq(s, t) for s, t in zip(p, q, strict=True))


def below(p: SymbolicPoint, q: SymbolicPoint) -> Formula:
    """p <= q in the order of the cube: every coordinate (footnote 3)."""
    return every(s <= t for s, t in zip(p, q, strict=True))


def lexicographically_before(p: SymbolicPoint, q: SymbolicPoint) -> Formula:
    """p comes strictly before q in the lexicographic order."""
    ways = []
    for j in range(len(p)):
        ties = [eq(s, t) for s, t in zip(p[:j], q[:j], strict=True)]
        ways.append(every([*ties, p[j] < q[j]]))
    return some(ways)


def distance(p: SymbolicPoint, q: SymbolicPoint) -> Term:
    """The sup-norm distance."""
    return maximum(*(absolute(s - t) for s, t in zip(p, q, strict=True)))


def convex_combination(weight: Term, p: SymbolicPoint, q: SymbolicPoint) -> SymbolicPoint:
    """weight*p + (1 - weight)*q."""
    return tuple(weight * s + (1 - weight) * t for s, t in zip(p, q, strict=True))


def has_information(
    f: SymbolicFunction, phi: Phi, y: SymbolicPoint, convention: str = "any-selection"
) -> Formula:
    """Φ(f) = phi, said at an arbitrary point y of the cube (Section 4; ties by the convention)."""
    check_convention(convention)
    value = f(y)
    parts = [
        eq(f(phi.x_min), phi.f_min),
        eq(f(phi.x_max), phi.f_max),
        phi.f_min <= value,
        value <= phi.f_max,
    ]
    if convention != "any-selection":
        for extremal, strict in ((phi.x_min, phi.f_min < value), (phi.x_max, value < phi.f_max)):
            if convention == "unique":
                parts.append(implies(different_points(y, extremal), strict))
            else:
                parts.append(implies(lexicographically_before(y, extremal), strict))
    return every(parts)
