"""The pairs of functions of the paper's proofs, as printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import Phi, SymbolicFunction, SymbolicPoint
from fvtheory.terms import Formula, Sym, Term, eq, every, implies, ite

Piece = Callable[[Term], Term]


@dataclass(frozen=True)
class Ramp:
    """The line x -> slope*x + intercept.

    Attributes:
        ends: two points of the line, as (x, value).
    """

    slope: Term
    intercept: Term
    ends: tuple[tuple[Term, Term], tuple[Term, Term]]

    def __call__(self, x: Term) -> Term:
        return self.slope * x + self.intercept


@dataclass(frozen=True)
class Piecewise:
    """A function of one variable, affine between breakpoints; at a breakpoint the left piece counts.

    Attributes:
        breakpoints: from left to right.
        pieces: one more than breakpoints.
        ramp: the piece that rises from f_min to f_max.
    """

    breakpoints: tuple[Term, ...]
    pieces: tuple[Piece, ...]
    ramp: Ramp

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
    late = (2 * low * high_at - high * low_at - high * high_at) / gap
    early = (low * high_at + low * low_at - 2 * high * low_at) / gap
    f1 = Ramp(slope, late, ((middle, low), (high_at, high)))
    f2 = Ramp(slope, early, ((low_at, low), (middle, high)))
    return (
        Piecewise((middle, high_at), (constant(low), f1, constant(high)), f1),
        Piecewise((low_at, middle), (constant(low), f2, constant(high)), f2),
    )


def theorem_3(low_at: Term, low: Term, high: Term) -> tuple[Piecewise, Piecewise]:
    """f1 and f2 of equations (10) and (11), for x_max = 1."""
    room, middle, one = 1 - low_at, (low_at + 1) / 2, low_at * 0 + 1
    f1 = Ramp((high - low) / room, (low - high * low_at) / room, ((low_at, low), (one, high)))
    intercept = (2 * low - high * low_at - high) / room
    f2 = Ramp(2 * (high - low) / room, intercept, ((middle, low), (one, high)))
    return Piecewise((low_at,), (constant(low), f1), f1), Piecewise((middle,), (constant(low), f2), f2)


def theorem_4(phi: Phi) -> tuple[Piecewise, Piecewise]:
    """f1 and f2 of B.5.6 for x_min < x_max and 2Δ > L(x_max - x_min)."""
    (a,), (b,), rate = phi.x_min, phi.x_max, phi.rate
    low, high = phi.f_min, phi.f_max
    between = Ramp((high - low) / (b - a), (low * b - high * a) / (b - a), ((a, low), (b, high)))

    def falling(start: Term, value: Term) -> Piece:
        """-L(x - start) + value."""
        return lambda x: -(rate * x - rate * start) + value

    return (
        Piecewise((a, b), (constant(low), between, constant(high)), between),
        Piecewise((a, b), (falling(a, low), between, falling(b, high)), between),
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


def prove_lipschitz(
    name: str, f: SymbolicFunction, ramp: Ramp, given: Sequence[Formula], phi: Phi
) -> list[Obligation]:
    """|f(x) - f(y)| <= L|x - y| for x <= y, which by symmetry is enough; by comparing slopes.

    The products of a slope with the points are hidden; what is kept of them is their order, and that
    they differ by no more than L times the points do.
    """
    (x,), (y,), (a,), (b,) = X, Y, phi.x_min, phi.x_max
    slope, rate = ramp.slope, phi.rate
    proof = Derivation(name, given)
    gentle = proof.have("slope", every([slope >= 0, slope <= rate]), given)
    facts = [proof.have("order", every([x <= y, a < b, phi.f_min <= phi.f_max]), given)]
    through = every(eq(slope * at + ramp.intercept, value) for at, value in ramp.ends)
    facts.append(proof.have("through", through, given))
    points = list(dict.fromkeys([a, b, x, y, *(at for at, _ in ramp.ends)]))
    for i, p in enumerate(points):
        for q in points[:i]:
            for low, high in ((p, q), (q, p)):
                longer = slope * high - slope * low <= rate * high - rate * low
                rises = implies(low <= high, every([slope * low <= slope * high, longer]))
                facts.append(proof.have("rise", rises, [gentle], [slope, *points]))
    hidden = [slope * p for p in points] + [rate * p for p in points] + [ramp.intercept]
    rise, span = f(Y) - f(X), rate * y - rate * x
    proof.have("", every([rise <= span, -rise <= span]), facts, hidden)
    return proof.obligations
