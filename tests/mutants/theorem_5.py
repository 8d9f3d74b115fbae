"""Mutants of Theorem 5: the side question for Lipschitz functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024.theorem_4 import gap
from fvtheory.statements import AT_LEAST, AT_MOST
from fvtheory.terms import eq, indicator, ite
from mutants import mutant as op
from mutants.mutant import Source

theorem, sharp = Source("theorem-5", "printed"), Source("theorem-5", "sharp")
in_one = op.in_dims(theorem.statement, 1)


def up_to(part):
    return lambda phi: part * phi.spread <= phi.rate * gap(phi)


def hidden(between=lambda p, q: p > q, past_a=lambda p, q: p > q, past_b=lambda p, q: p >= q, order=None):
    """The indicator of the sharp claim, with its three comparisons and its case distinction open."""

    def bound(phi):
        (a,), (b,) = phi.x_min, phi.x_max
        first = a < b if order is None else order(a, b)
        room_a, room_b = ite(first, a, 1 - a), ite(first, 1 - b, b)
        half = phi.spread / 2
        ways = between(phi.rate * gap(phi), phi.spread)
        ways = ways | past_a(phi.rate * room_a, half) | past_b(phi.rate * room_b, half)
        return indicator(phi.is_varying() & ways)

    return bound


def rooms(p):
    """L times the room beyond x_min and beyond x_max."""
    (a,), (b,) = p.a, p.b
    return (p.L * a, p.L * (1 - b)) if a < b else (p.L * (1 - a), p.L * b)


def gentle(p):
    return 2 * p.spread <= p.L * p.gap


def varying(p):
    return int(p.m < p.M)


def at_least(p, r):
    return r >= varying(p)


def differs(p, ways):
    return int(p.m < p.M and any(ways))


MUTANTS = (
    theorem.false(
        op.DROPPED,
        "without-condition",
        op.unconditional(in_one),
        "x_min = 0, x_max = 1, Δ = L determines f",
        holds=at_least,
    ),
    theorem.false(
        op.CONDITION,
        "steep",
        op.negated_condition(in_one),
        "x_min = 0, x_max = 1, Δ = L determines f",
        given=lambda p: not gentle(p),
        holds=at_least,
    ),
    theorem.true(
        op.CONSTANT,
        "condition-199/100",
        op.condition(in_one, up_to(Fraction(199, 100))),
        "halfway, L gap/2 > Δ/2 whenever L gap > Δ > 0: 1 < 199/100 is enough",
        given=lambda p: Fraction(199, 100) * p.spread <= p.L * p.gap,
        holds=at_least,
    ),
    theorem.true(
        op.CONSTANT,
        "condition-1-strict",
        op.condition(in_one, lambda phi: phi.spread < phi.rate * gap(phi)),
        "halfway, both extrema are farther than Δ/(2L)",
        given=lambda p: p.spread < p.L * p.gap,
        holds=at_least,
    ),
    theorem.false(
        op.CONSTANT,
        "condition-1",
        op.condition(in_one, up_to(1)),
        "every feasible Φ has Δ <= L gap: x_min = 0, x_max = 1, Δ = L",
        given=lambda p: p.spread <= p.L * p.gap,
        holds=at_least,
    ),
    theorem.true(
        op.KIND,
        "at-most",
        op.with_kind(in_one, AT_MOST),
        "the side of a constant is known",
        given=gentle,
        holds=lambda p, r: r <= varying(p),
    ),
    theorem.false(
        op.CONDITION,
        "1[f_max=f_min]",
        op.bound(in_one, lambda value: 1 - value),
        "the side of a constant is known",
        given=gentle,
        holds=lambda p, r: r >= 1 - varying(p),
    ),
    theorem.false(
        op.QUESTION,
        "value",
        replace(in_one, question="value"),
        "R <= Δ/2 <= 1/2",
        given=gentle,
        holds=at_least,
    ),
    sharp.false(
        op.STRICTNESS,
        "between>=",
        replace(sharp.statement, bound=hidden(between=lambda p, q: p >= q)),
        "x_min = 0, x_max = 1, Δ = L determines f, and L gap >= Δ",
        holds=lambda p, r: (
            r
            == differs(p, (p.L * p.gap >= p.spread, rooms(p)[0] > p.spread / 2, rooms(p)[1] >= p.spread / 2))
        ),
    ),
    sharp.false(
        op.STRICTNESS,
        "beyond-x_min>=",
        replace(sharp.statement, bound=hidden(past_a=lambda p, q: p >= q)),
        "x_min = 1/3, x_max = 1, L gap = Δ: the largest f(0) is f_min + Δ/2, which is not above",
        holds=lambda p, r: (
            r
            == differs(p, (p.L * p.gap > p.spread, rooms(p)[0] >= p.spread / 2, rooms(p)[1] >= p.spread / 2))
        ),
    ),
    sharp.false(
        op.STRICTNESS,
        "beyond-x_max>",
        replace(sharp.statement, bound=hidden(past_b=lambda p, q: p > q)),
        "x_min = 0, x_max = 2/3, L gap = Δ: f(1) may be f_max - Δ/2, not above, or f_max",
        holds=lambda p, r: (
            r == differs(p, (p.L * p.gap > p.spread, rooms(p)[0] > p.spread / 2, rooms(p)[1] > p.spread / 2))
        ),
    ),
    sharp.true(
        op.KIND,
        "at-least-beyond-x_max>",
        replace(sharp.statement, kind=AT_LEAST, bound=hidden(past_b=lambda p, q: p > q)),
        "a smaller indicator",
        holds=lambda p, r: (
            r >= differs(p, (p.L * p.gap > p.spread, rooms(p)[0] > p.spread / 2, rooms(p)[1] > p.spread / 2))
        ),
    ),
    sharp.false(
        op.BRANCHES,
        "exchanged",
        replace(sharp.statement, bound=hidden(order=lambda a, b: ~(a < b))),
        "x_min = 0, x_max = 1, Δ = L: the rooms would be 1 and 1",
        holds=lambda p, r: (
            r
            == differs(
                p,
                (
                    p.L * p.gap > p.spread,
                    (p.L - rooms(p)[0]) > p.spread / 2,
                    (p.L - rooms(p)[1]) >= p.spread / 2,
                ),
            )
        ),
    ),
    sharp.true(
        op.STRICTNESS,
        "x_min<=x_max",
        replace(sharp.statement, bound=hidden(order=lambda a, b: a <= b)),
        "x_min = x_max only for constants, where the indicator is 0",
        holds=lambda p, r: (
            r == differs(p, (p.L * p.gap > p.spread, rooms(p)[0] > p.spread / 2, rooms(p)[1] >= p.spread / 2))
        ),
    ),
    sharp.false(
        op.PART,
        "without-varying",
        op.bound(sharp.statement, lambda value: ite(eq(value, 1), 1, 1)),
        "the side of a constant is known",
        holds=lambda p, r: r == 1,
    ),
)
