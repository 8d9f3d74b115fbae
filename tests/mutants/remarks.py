"""Mutants of the sentences beside the theorems."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024 import remarks as paper
from fvtheory.obligations import valid
from fvtheory.statements import Universal, half_spread
from fvtheory.terms import Sym, absolute, eq, iff
from mutants import mutant as op
from mutants.mutant import Source

phi, fx = paper.phi, Sym("fx")
m, M = phi.f_min, phi.f_max
closer = Source("section-4.1.closer", "printed")
exact = {cls: Source(f"footnote-2.{cls}", "printed") for cls in paper.EXCEPTIONS}
steepest = Source("footnote-2.lipschitz", "repaired")
dichotomy = Source("section-b.2.dichotomy", "printed")
ball = Source("remark-2.maximizer", "repaired")
lifts = {cls: Source(f"remark-3.{cls}", "printed") for cls in ("all", "convex", "monotone")}
some_lift = Source("remark-3.convex", "repaired")
w1, w2, y1, y2, n, r = paper.w1, paper.w2, paper.y1, paper.y2, paper.n, paper.r
GIVEN = [*phi.domain(), m <= fx, fx <= M]


def varying(p):
    return p.m < p.M


def closer_iff(right, left=None):
    left = absolute(fx - M) < absolute(fx - m) if left is None else left
    return Universal(lambda convention: [valid("closer", GIVEN, iff(left, right))])


def all_or_half(p, r):
    return r in (0, p.spread / 2)


def off_face(s, t):
    """One coordinate of x_min and x_max makes a feasible pair for convex functions of one variable."""
    return t in (0, 1) and s != t


def every_lift(p):
    return p.m == p.M or all(s == t or off_face(s, t) for s, t in zip(p.a, p.b, strict=True))


MUTANTS = (
    closer.true(
        op.DROPPED,
        "without-f_min<=fx",
        op.dropped(closer.statement, m <= fx),
        "Δ > 0: true on the whole line; Δ = 0: fx <= f_max makes both sides false",
    ),
    closer.false(
        op.DROPPED,
        "without-fx<=f_max",
        op.dropped(closer.statement, fx <= M),
        "f_min = f_max = 0, fx = 1: above the midpoint, but not closer to f_max",
    ),
    closer.false(
        op.STRICTNESS,
        ">=mid",
        closer_iff(fx >= phi.middle),
        "at the midpoint both distances are equal",
    ),
    closer.true(
        op.STRICTNESS,
        "both-weak",
        closer_iff(fx >= phi.middle, absolute(fx - M) <= absolute(fx - m)),
        "f_max - fx <= fx - f_min iff 2 fx >= f_min + f_max",
    ),
    closer.false(
        op.VALUES,
        "in-the-distances",
        closer_iff(fx > phi.middle, absolute(fx - m) < absolute(fx - M)),
        "fx = f_max > f_min is above the midpoint and farther from f_min",
    ),
    closer.true(
        op.CONDITION,
        "both-negated",
        closer_iff(~(fx > phi.middle), ~(absolute(fx - M) < absolute(fx - m))),
        "an equivalence holds for the negations",
    ),
    closer.false(
        op.CONSTANT,
        "mid-plus-1/1000",
        closer_iff(fx > phi.middle + Fraction(1, 1000)),
        "fx = m_f + 1/2000 is closer to f_max",
    ),
    exact["convex"].true(
        op.CONSTANT,
        "at-least-half",
        replace(exact["convex"].statement, about=lambda phi, radius: radius >= half_spread(phi)),
        "R = Δ/2",
        given=varying,
        holds=lambda p, r: r >= p.spread / 2,
    ),
    exact["convex"].false(
        op.DROPPED,
        "with-constants",
        op.unconditional(exact["convex"].statement),
        "constants are recovered",
        holds=lambda p, r: r > 0,
    ),
    exact["all"].true(
        op.STRICTNESS,
        ">=0",
        op.unconditional(replace(exact["all"].statement, about=lambda phi, radius: radius >= 0)),
        "no error is negative",
        holds=lambda p, r: r >= 0,
    ),
    exact["monotone"].false(
        op.CLASS,
        "for-affine",
        op.on(exact["monotone"].statement, "affine", 1),
        "Φ determines an affine f of one variable",
        given=varying,
        holds=lambda p, r: r > 0,
    ),
    exact["monotone"].true(
        op.CLASS,
        "for-lipschitz-in-part",
        replace(
            op.on(exact["monotone"].statement, "lipschitz", 1),
            when=lambda phi: (
                phi.is_varying() & (phi.spread < phi.rate * absolute(phi.x_max[0] - phi.x_min[0]))
            ),
        ),
        "L gap > Δ leaves L gap - Δ > 0 halfway",
        given=lambda p: varying(p) and p.spread < p.L * p.gap,
        holds=lambda p, r: r > 0,
    ),
    steepest.true(
        op.PART,
        "gap-below-1",
        op.condition(
            steepest.statement, lambda phi: phi.is_varying() & ~eq(absolute(phi.x_min[0] - phi.x_max[0]), 1)
        ),
        "gap < 1 leaves room beyond an extremum",
        given=lambda p: varying(p) and p.gap != 1,
        holds=lambda p, r: r > 0,
    ),
    steepest.true(
        op.PART,
        "spread-below-L",
        op.condition(steepest.statement, lambda phi: phi.is_varying() & ~eq(phi.spread, phi.rate)),
        "gap = 1 and Δ < L leaves L - Δ > 0 halfway; gap < 1 leaves room beyond an extremum",
        given=lambda p: varying(p) and p.spread != p.L,
        holds=lambda p, r: r > 0,
    ),
    steepest.false(
        op.CONDITION,
        "negated",
        op.negated_condition(steepest.statement),
        "x_min = 0, x_max = 1, Δ = L determines f",
        given=lambda p: not varying(p) or (p.gap == 1 and p.spread == p.L),
        holds=lambda p, r: r > 0,
    ),
    dichotomy.true(
        op.CLASS,
        "for-affine",
        op.on(dichotomy.statement, "affine", 1, 2),
        "R is 0 or Δ/2 for affine functions",
        holds=all_or_half,
    ),
    dichotomy.true(
        op.CLASS,
        "for-convex",
        op.on(dichotomy.statement, "convex", 1),
        "R = Δ/2 for convex functions",
        holds=all_or_half,
    ),
    dichotomy.false(
        op.DIMENSION,
        "2",
        op.in_dims(dichotomy.statement, 2),
        "x_min = (0, 1/2), x_max = (1, 1/2), Δ = L: R = Δ/4",
        holds=all_or_half,
    ),
    ball.true(
        op.DROPPED,
        "value-without-n>0",
        op.dropped(op.only(ball.statement, "value"), n > 0),
        "r(w1² + w2²) = r n² for any n",
    ),
    ball.false(
        op.DROPPED,
        "best-without-n>0",
        op.dropped(op.only(ball.statement, "best"), n > 0),
        "n = -1: y = 0 has w·y = 0 > -r",
    ),
    ball.false(
        op.CONSTANT,
        "best-99/100",
        Universal(lambda c: [valid("best", paper.BALL, w1 * y1 + w2 * y2 <= Fraction(99, 100) * (r * n))]),
        "y = r w/n reaches r n",
    ),
    ball.false(
        op.STRICTNESS,
        "best-strict",
        Universal(lambda c: [valid("best", paper.BALL, w1 * y1 + w2 * y2 < r * n)]),
        "y = r w/n reaches r n",
    ),
    lifts["convex"].true(
        op.HYPOTHESIS,
        "maximum-at-a-vertex",
        replace(
            lifts["convex"].statement,
            when=lambda phi: (
                (eq(phi.x_max[0], 0) | eq(phi.x_max[0], 1)) & (eq(phi.x_max[1], 0) | eq(phi.x_max[1], 1))
            ),
        ),
        "x_max,j is an end, and where x_min,j differs the pair of coordinate j is feasible",
        given=lambda p: all(t in (0, 1) for t in p.b),
        holds=lambda p, r: every_lift(p),
    ),
    lifts["all"].true(
        op.DIMENSION,
        "3",
        op.in_dims(lifts["all"].statement, 3),
        "x_min,j != x_max,j is all that is asked",
        holds=lambda p, r: True,
    ),
    lifts["convex"].false(
        op.CLASS,
        "for-monotone",
        op.on(lifts["convex"].statement, "monotone"),
        "the convex pair of a coordinate needs x_max,j at an end: x_min = (0, 0), x_max = (1, 1/2)",
        holds=lambda p, r: every_lift(p),
    ),
    lifts["monotone"].true(
        op.CLASS,
        "for-convex",
        op.on(lifts["monotone"].statement, "convex"),
        "the monotone pair of a coordinate needs only x_min,j != x_max,j",
        holds=lambda p, r: True,
    ),
    some_lift.true(
        op.DROPPED,
        "with-constants",
        op.unconditional(some_lift.statement),
        "for a constant every one-dimensional pair is feasible",
        holds=lambda p, r: p.m == p.M or any(map(off_face, p.a, p.b)),
    ),
)
