"""Mutants of Theorem 2: on which side of the midpoint f(x) lies."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024 import theorem_2 as paper
from fvtheory.claims.geirhos2024.pairs import theorem_1, theorem_3
from fvtheory.obligations import valid
from fvtheory.statements import AT_MOST, Universal, half_spread
from fvtheory.terms import eq, every, indicator
from mutants import mutant as op
from mutants.mutant import Source

phi = paper.phi
(a,), (b,), m, M = phi.x_min, phi.x_max, phi.f_min, phi.f_max
side = {cls: Source(f"theorem-2.{cls}", "printed") for cls in paper.CLASSES}
at_middle = Source("theorem-2.proof.midpoint", "printed")
convex_point = Source("theorem-2.proof.convex-point", "printed")
cases = Source("theorem-2.proof.convex-cases", "repaired")
RISING, HINGES = theorem_1(a, b, m, M), theorem_3(a, m, M)
ENDING = [eq(b, 1), a < 1]


def on_two_sides(pair, given, at, above=lambda v: v > phi.middle):
    """One of the two is above the midpoint at the point, and the other is not."""
    f1, f2 = (f((at,)) for f in pair)
    goal = above(f1) & ~above(f2) | above(f2) & ~above(f1)
    return Universal(lambda convention: [valid("sides", [*phi.domain(), m < M, *given], goal)])


def not_below(v):
    return v >= phi.middle


def along(n, d):
    """The point n/d of the way from x_min to x_max."""
    return ((d - n) * a + n * b) / d


def to_one(n, d):
    """The point n/d of the way from x_min to 1."""
    return a * Fraction(d - n, d) + Fraction(n, d)


def varying(p):
    return int(p.m != p.M)


MUTANTS = (
    *(
        side[cls].false(
            op.CONDITION,
            "1[f_max=f_min]",
            op.bound(side[cls].statement, lambda value: 1 - value),
            "a constant is known: 0 where the bound says 1",
            holds=lambda p, r: r >= 1 - varying(p),
        )
        for cls in paper.CLASSES
    ),
    side["all"].false(
        op.PART,
        "always-1",
        replace(side["all"].statement, bound=lambda phi: phi.f_min * 0 + 1),
        "a constant is known",
        holds=lambda p, r: r >= 1,
    ),
    side["convex"].false(
        op.CONSTANT,
        "doubled",
        op.scaled(side["convex"].statement, 2),
        "an error on the side question is at most 1",
        holds=lambda p, r: r >= 2 * varying(p),
    ),
    side["monotone"].true(
        op.CONSTANT,
        "halved",
        op.scaled(side["monotone"].statement, Fraction(1, 2)),
        "1/2 <= 1 where the side is hidden, 0 elsewhere",
        holds=lambda p, r: r >= Fraction(varying(p), 2),
    ),
    side["convex"].true(
        op.KIND,
        "at-most",
        op.with_kind(side["convex"].statement, AT_MOST),
        "error at most 1, and 0 for constants",
        holds=lambda p, r: r <= varying(p),
    ),
    side["all"].false(
        op.KIND,
        "at-most-99/100",
        op.with_kind(op.scaled(side["all"].statement, Fraction(99, 100)), AT_MOST),
        "the error is 1 where Δ > 0",
        holds=lambda p, r: r <= Fraction(99, 100) * varying(p),
    ),
    side["all"].false(
        op.CLASS,
        "for-lipschitz",
        op.on(side["all"].statement, "lipschitz", 1),
        "x_min = 0, x_max = 1, Δ = L determines f",
        holds=lambda p, r: r >= varying(p),
    ),
    side["convex"].false(
        op.CLASS,
        "for-affine",
        op.on(side["convex"].statement, "affine", 1, 2),
        "d = 1: Φ determines an affine f",
        holds=lambda p, r: r >= varying(p),
    ),
    side["piecewise-affine"].true(
        op.CLASS,
        "for-constant",
        op.on(side["piecewise-affine"].statement, "constant", 1),
        "Δ = 0 for constants: 0 >= 0",
        holds=lambda p, r: r >= varying(p),
    ),
    side["all"].false(
        op.QUESTION,
        "value",
        replace(side["all"].statement, question="value"),
        "an error of 1 in value would need Δ = 2",
        holds=lambda p, r: r >= varying(p),
    ),
    side["convex"].true(
        op.QUESTION,
        "bound-of-the-value-question",
        replace(side["convex"].statement, bound=half_spread),
        "Δ/2 <= 1[Δ > 0]",
        holds=lambda p, r: r >= (p.M - p.m) / 2,
    ),
    at_middle.false(
        op.DROPPED,
        "without-varying",
        op.dropped(at_middle.statement, phi.is_varying()),
        "Δ = 0: no value is above the midpoint",
    ),
    at_middle.false(
        op.WITNESS, "at-x_min", on_two_sides(RISING, [a < b], along(0, 1)), "f1 = f2 = f_min there"
    ),
    at_middle.false(
        op.WITNESS,
        "at-1/4",
        on_two_sides(RISING, [a < b], along(1, 4)),
        "f1 = f_min and f2 = f_min + Δ/2, which is not above the midpoint",
    ),
    at_middle.true(
        op.STRICTNESS,
        "at-1/4->=mid",
        on_two_sides(RISING, [a < b], along(1, 4), not_below),
        "f1 = f_min and f2 = f_min + Δ/2, which is >= the midpoint",
    ),
    at_middle.true(
        op.WITNESS,
        "at-3/8",
        on_two_sides(RISING, [a < b], along(3, 8)),
        "f1 = f_min and f2 = f_min + 3Δ/4",
    ),
    at_middle.true(
        op.WITNESS,
        "at-3/4",
        on_two_sides(RISING, [a < b], along(3, 4)),
        "f1 = f_min + Δ/2, which is not above the midpoint, and f2 = f_max",
    ),
    at_middle.false(
        op.STRICTNESS,
        "at-3/4->=mid",
        on_two_sides(RISING, [a < b], along(3, 4), not_below),
        "f1 = f_min + Δ/2 and f2 = f_max are both >= the midpoint",
    ),
    convex_point.false(
        op.STRICTNESS,
        ">=mid",
        on_two_sides(HINGES, ENDING, to_one(3, 4), not_below),
        "f1 = f_min + 3Δ/4 and f2 = f_min + Δ/2 are both >= the midpoint",
    ),
    convex_point.false(
        op.WITNESS,
        "at-7/8",
        on_two_sides(HINGES, ENDING, to_one(7, 8)),
        "f1 = f_min + 7Δ/8 and f2 = f_min + 3Δ/4 are both above",
    ),
    convex_point.false(
        op.WITNESS,
        "at-1/2",
        on_two_sides(HINGES, ENDING, to_one(1, 2)),
        "f1 = f_min + Δ/2 and f2 = f_min are both not above",
    ),
    convex_point.true(
        op.WITNESS,
        "at-5/8",
        on_two_sides(HINGES, ENDING, to_one(5, 8)),
        "f1 = f_min + 5Δ/8 and f2 = f_min + Δ/4",
    ),
    cases.true(
        op.PART,
        "without-equal-extrema",
        replace(cases.statement, about=lambda p, r: every(ENDING) | every([eq(b, 0), a > 0])),
        "Δ > 0 excludes x_min = x_max",
        given=lambda p: p.m < p.M,
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or (p.b == (0,) and p.a > (0,)),
    ),
    cases.false(
        op.PART,
        "without-the-first",
        replace(cases.statement, about=lambda p, r: every([eq(b, 0), a > 0]) | eq(a, b)),
        "x_min = 0, x_max = 1, Δ = 1",
        given=lambda p: p.m < p.M,
        holds=lambda p, r: (p.b == (0,) and p.a > (0,)) or p.a == p.b,
    ),
    cases.false(
        op.DROPPED,
        "with-constants",
        op.unconditional(cases.statement),
        "a constant with x_min = 0, x_max = 1/2",
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or (p.b == (0,) and p.a > (0,)) or p.a == p.b,
    ),
    cases.false(
        op.CLASS,
        "for-monotone",
        op.on(cases.statement, "monotone", 1),
        "a step from x_min = 1/3 to x_max = 1/2",
        given=lambda p: p.m < p.M,
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or (p.b == (0,) and p.a > (0,)) or p.a == p.b,
    ),
    cases.true(
        op.CLASS,
        "for-affine",
        op.on(cases.statement, "affine", 1),
        "an affine f that is not constant has its maximum at an end and its minimum at the other one",
        given=lambda p: p.m < p.M,
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or (p.b == (0,) and p.a > (0,)) or p.a == p.b,
    ),
    side["neural-network"].true(
        op.BRANCHES,
        "twice",
        op.bound(side["neural-network"].statement, lambda v: op.exchange_branches(op.exchange_branches(v))),
        "exchanged twice, the branches are back in place",
        holds=lambda p, r: r >= varying(p),
    ),
    side["neural-network"].false(
        op.BRANCHES,
        "once",
        op.bound(side["neural-network"].statement, op.exchange_branches),
        "a constant is known: 0 where the bound says 1",
        holds=lambda p, r: r >= 1 - varying(p),
    ),
    side["erm"].true(
        op.CONDITION,
        "both-values-0",
        replace(side["erm"].statement, bound=lambda phi: indicator(phi.f_max < phi.f_min)),
        "f_max < f_min never happens, so the bound is 0",
        holds=lambda p, r: r >= int(p.M < p.m),
    ),
)
