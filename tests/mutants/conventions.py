"""Lower bounds under conventions for ties, where the best possible error need not be attained.

"For every decoder some f' errs by at least c" and "no decoder has a worst-case error below c" differ
where c is the best possible error R and the supremum over f' is not a maximum. A RadiusStatement of
kind ``every-decoder-errs-at-least`` says the first, and these records hold it to that.

For continuous envelopes the first holds with c = R > 0 exactly if some f' of the fiber reaches an
envelope at a widest point x: against the central decoder nothing else errs by R; and a decoder that
is less than R away from f'(x) is more than R away from the other envelope.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024.theorem_4 import gap, gentle, outer_room, steep
from fvtheory.statements import AT_LEAST
from fvtheory.terms import eq
from mutants import mutant as op
from mutants.mutant import Source
from mutants.theorem_5 import differs, rooms

affine, first = Source("theorem-6", "repaired"), Source("theorem-4.first-inequality", "printed")
best, second = Source("theorem-4", "sharp"), Source("theorem-4.second-inequality", "repaired")
side, corners = Source("theorem-5", "sharp"), Source("theorem-7", "repaired")
black_box, monotone = Source("theorem-1.all", "printed"), Source("theorem-1.monotone", "printed")
networks, convex = Source("theorem-1.neural-network", "printed"), Source("theorem-3", "sharp")
at_least_best = replace(best.statement, kind=AT_LEAST)
NEAR_THE_MIDDLE = (
    "if D is not the midpoint at some x, a function near the farther one of f_min and f_max is more than Δ/2 "
    "away; if it is, let f' tend to f_max at x_max"
)


def half_beyond(phi):
    """x_min = 0, x_max = 1/2, Δ = L/2: the function is determined on [0, 1/2] and free beyond."""
    (a,), (b,) = phi.x_min, phi.x_max
    return eq(a, 0) & eq(b, Fraction(1, 2)) & eq(2 * phi.spread, phi.rate) & phi.is_varying()


def room_on_the_right(phi):
    (a,), (b,) = phi.x_min, phi.x_max
    return (a < b) & (phi.rate * (1 - b) >= phi.spread)


def narrow(phi):
    """Nowhere are the envelopes f_min and f_max themselves: R < Δ/2."""
    return (phi.rate * outer_room(phi) < phi.spread) & (phi.rate * gap(phi) < 2 * phi.spread)


# Typed anew.


def at_least(bound, reached):
    """Whether every decoder errs by the bound, given whether R is reached where it is the bound."""
    return lambda p, r: bound(p) <= 0 or bound(p) < r or (bound(p) == r and reached(p, r))


def never(p, r):
    return False


def reached_unique(p, r):
    """Lipschitz, d = 1: where U - L = Δ, unique extrema forbid both envelopes; elsewhere one is free."""
    return 2 * r < p.spread


def reached_first(p, r):
    """Lipschitz, d = 1: right of x_min the value f_min may return, and right of x_max the value f_max."""
    return 2 * r < p.spread or p.L * p.gap >= 2 * p.spread or p.L * (1 - p.high) >= p.spread


def half(p):
    return p.spread / 2


def best_bound(p):
    return min(p.spread, max(p.L * p.low, p.L * (1 - p.high), p.L * p.gap - p.spread)) / 2


def second_bound(p):
    return min(p.spread, p.L * max(p.low, 1 - p.high)) / 2


def opposite_half(p):
    return p.spread / 2 if p.apart == p.dim else 0


def hidden(p):
    past_min, past_max = rooms(p)
    return differs(p, (p.L * p.gap > p.spread, past_min > p.spread / 2, past_max >= p.spread / 2))


def is_half_beyond(p):
    return p.a == (0,) and p.b == (Fraction(1, 2),) and 2 * p.spread == p.L and p.spread > 0


def is_gentle(p):
    return 2 * p.spread <= p.L * p.gap


MUTANTS = (
    *(
        source.true(
            op.CONVENTION,
            convention,
            op.in_dims(replace(source.statement, kind=AT_LEAST), 1, 2),
            NEAR_THE_MIDDLE,
            convention=convention,
            holds=lambda p, r: r >= half(p),
        )
        for source in (black_box, monotone, networks, convex)
        for convention in ("first", "unique")
    ),
    *(
        affine.false(
            op.CONVENTION,
            convention,
            affine.statement,
            "f' = f_min + v t1 + (Δ - v) t2 with 0 < v < Δ is less than Δ/2 away from f_min + Δ (t1 + t2)/2",
            convention=convention,
            holds=at_least(opposite_half, never),
        )
        for convention in ("first", "unique")
    ),
    *(
        affine.true(
            op.CONVENTION,
            f"{convention}-99/100",
            op.scaled(affine.statement, Fraction(99, 100)),
            "slopes near 0 and near Δ come as close to Δ/2 as one likes",
            convention=convention,
            holds=lambda p, r: r >= Fraction(99, 100) * opposite_half(p),
        )
        for convention in ("first", "unique")
    ),
    best.false(
        op.CONVENTION,
        "unique",
        replace(at_least_best, when=half_beyond),
        "f'(x) is strictly between the envelopes right of x_max: its error is below Δ/2 everywhere",
        convention="unique",
        given=is_half_beyond,
        holds=at_least(best_bound, reached_unique),
    ),
    best.true(
        op.CONVENTION,
        "first-beyond-x_max",
        replace(at_least_best, when=room_on_the_right),
        "f' = f_max at 1, where it may return, reaches the upper envelope at a widest point",
        convention="first",
        given=lambda p: p.a < p.b and p.L * (1 - p.high) >= p.spread,
        holds=at_least(best_bound, reached_first),
    ),
    best.false(
        op.CONVENTION,
        "first",
        at_least_best,
        "x_min = 1/2, x_max = 1, Δ = L/2: at 0, the only widest point, f' may not be f_min or f_max",
        convention="first",
        holds=at_least(best_bound, reached_first),
    ),
    best.true(
        op.CONVENTION,
        "unique-narrow",
        replace(at_least_best, when=narrow),
        "at a widest point one envelope is a line of slope L or -L, strictly inside the range",
        convention="unique",
        given=lambda p: p.L * max(p.low, 1 - p.high) < p.spread and p.L * p.gap < 2 * p.spread,
        holds=at_least(best_bound, reached_unique),
    ),
    first.false(
        op.CONVENTION,
        "unique",
        first.statement,
        "U - L = Δ only where U = f_max and L = f_min, and unique extrema forbid both values there",
        convention="unique",
        given=is_gentle,
        holds=at_least(half, reached_unique),
    ),
    first.true(
        op.CONVENTION,
        "unique-99/100",
        op.scaled(first.statement, Fraction(99, 100)),
        "R = Δ/2 is approached",
        convention="unique",
        given=is_gentle,
        holds=lambda p, r: r > Fraction(99, 200) * p.spread,
    ),
    first.true(
        op.CONVENTION,
        "first",
        first.statement,
        "halfway between the extrema the one on the left is past, and its value may return",
        convention="first",
        given=is_gentle,
        holds=at_least(half, reached_first),
    ),
    second.false(
        op.CONVENTION,
        "unique",
        op.condition(second.statement, steep),
        "x_min = 0, x_max = 1/2, Δ = L/2: the bound is Δ/2 = R, which is not reached",
        convention="unique",
        given=lambda p: not is_gentle(p),
        holds=at_least(second_bound, reached_unique),
    ),
    second.false(
        op.CONVENTION,
        "first",
        op.condition(second.statement, steep),
        "x_min = 1/2, x_max = 1, Δ = L/2: the bound is Δ/2 = R, which is not reached left of both extrema",
        convention="first",
        given=lambda p: not is_gentle(p),
        holds=at_least(second_bound, reached_first),
    ),
    second.true(
        op.CONVENTION,
        "first-gentle",
        op.condition(second.statement, gentle),
        "halfway between the extrema the one on the left is past: R = Δ/2 is reached",
        convention="first",
        given=is_gentle,
        holds=at_least(second_bound, reached_first),
    ),
    *(
        side.true(
            op.CONVENTION,
            convention,
            side.statement,
            "max(f_max - L|y - x_max|, f_min + e|y - x_min|) and its like have unique extrema",
            convention=convention,
            holds=lambda p, r: r == hidden(p),
        )
        for convention in ("first", "unique")
    ),
    *(
        corners.true(
            op.CONVENTION,
            convention,
            corners.statement,
            "slopes near (0, Δ) and near (Δ, 0) put the corner beside x_min on either side of the midpoint",
            convention=convention,
            holds=lambda p, r: r >= int(p.apart == 2 and p.m < p.M),
        )
        for convention in ("first", "unique")
    ),
)
