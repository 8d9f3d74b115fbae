"""The pairs of functions of the paper's proofs, as printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicFunction, SymbolicPoint
from fvtheory.terms import Formula, Sym, Term, eq, every, ite

Piece = Callable[[Term], Term]


@dataclass(frozen=True)
class Piecewise:
    """A function of one variable, affine between breakpoints; at a breakpoint the left piece counts.

    Attributes:
        breakpoints: from left to right.
        pieces: one more than breakpoints.
    """

    breakpoints: tuple[Term, ...]
    pieces: tuple[Piece, ...]

    def __call__(self, p: SymbolicPoint) -> Term:
        (x,) = p
        value = self.pieces[-1](x)
        for at, piece in reversed(list(zip(self.breakpoints, self.pieces[:-1], strict=True))):
            value = ite(x <= at, piece(x), value)
        return value

    def well_defined(self) -> Formula:
        """Neighbouring pieces agree at the breakpoint they share."""
        neighbours = zip(self.breakpoints, self.pieces[:-1], self.pieces[1:], strict=True)
        return every(eq(left(at), right(at)) for at, left, right in neighbours)


def constant(value: Term) -> Piece:
    return lambda x: value


def line(slope: Term, intercept: Term) -> Piece:
    return lambda x: slope * x + intercept


def theorem_1(low_at: Term, high_at: Term, low: Term, high: Term) -> tuple[Piecewise, Piecewise]:
    """f1 and f2 of B.5.3 for low_at < high_at, where the values low and high are taken."""
    gap, middle = high_at - low_at, (low_at + high_at) / 2
    slope = 2 * (high - low) / gap
    f1 = line(slope, (2 * low * high_at - high * low_at - high * high_at) / gap)
    f2 = line(slope, (low * high_at + low * low_at - 2 * high * low_at) / gap)
    return (
        Piecewise((middle, high_at), (constant(low), f1, constant(high))),
        Piecewise((low_at, middle), (constant(low), f2, constant(high))),
    )


def theorem_3(low_at: Term, low: Term, high: Term) -> tuple[Piecewise, Piecewise]:
    """f1 and f2 of equations (10) and (11), for x_max = 1."""
    room = 1 - low_at
    f1 = line((high - low) / room, (low - high * low_at) / room)
    f2 = line(2 * (high - low) / room, (2 * low - high * low_at - high) / room)
    return (
        Piecewise((low_at,), (constant(low), f1)),
        Piecewise(((low_at + 1) / 2,), (constant(low), f2)),
    )


def theorem_4(phi: Phi) -> tuple[Piecewise, Piecewise]:
    """f1 and f2 of B.5.6 for x_min < x_max and 2Δ > L(x_max - x_min)."""
    (a,), (b,), rate = phi.x_min, phi.x_max, phi.rate
    low, high = phi.f_min, phi.f_max
    between = line((high - low) / (b - a), (low * b - high * a) / (b - a))
    return (
        Piecewise((a, b), (constant(low), between, constant(high))),
        Piecewise((a, b), (lambda x: -rate * (x - a) + low, between, lambda x: -rate * (x - b) + high)),
    )


def reflected(f: SymbolicFunction) -> SymbolicFunction:
    """x -> f(1 - x)."""
    return lambda p: f((1 - p[0],))


X: SymbolicPoint = (Sym("x"),)
Y: SymbolicPoint = (Sym("y"),)


def for_each(
    name: str,
    pair: Iterable[SymbolicFunction],
    given: Iterable[Formula],
    goal: Callable[[SymbolicFunction], Formula],
) -> list[Obligation]:
    """One obligation for each function of the pair."""
    hypotheses = list(given)
    return [valid(f"f{i}.{name}", hypotheses, goal(f)) for i, f in enumerate(pair, 1)]
