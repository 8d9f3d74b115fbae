"""Mutants of Lemma 3: half the distance of two functions bounds the error on one of them."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.statements import sentence
from fvtheory.terms import Le, Lt, Sym, absolute, maximum, minimum
from mutants import mutant as op
from mutants.mutant import Source

u, v, g, n1, n2, c = (Sym(n) for n in ("u", "v", "g", "n1", "n2", "c"))
lemma, best = Source("lemma-3", "printed"), Source("lemma-3", "sharp")
ERRORS = [n1 >= absolute(u - g), n2 >= absolute(v - g)]
apart, worst = absolute(u - v), maximum(n1, n2)


def claim(goal, given=ERRORS):
    return sentence("point", given, goal)


MUTANTS = (
    lemma.false(
        op.CONSTANT,
        "without-1/2",
        claim(apart <= worst),
        "u = 1, v = 0, g = 1/2, n1 = n2 = 1/2: 1 <= 1/2 fails",
    ),
    lemma.true(
        op.CONSTANT,
        "101/100",
        claim(apart <= Fraction(202, 100) * worst),
        "worst >= 0, so the right side has grown",
    ),
    lemma.false(
        op.CONSTANT,
        "99/100",
        claim(apart <= Fraction(198, 100) * worst),
        "u = 1, v = 0, g = n1 = n2 = 1/2: 1 <= 99/100 fails",
    ),
    lemma.false(
        op.CONSTANT,
        "plus-1/1000",
        claim(apart + Fraction(1, 1000) <= 2 * worst),
        "u = v = g, n1 = n2 = 0: 1/1000 <= 0 fails",
    ),
    lemma.false(op.STRICTNESS, "strict", claim(apart < 2 * worst), "u = v = g, n1 = n2 = 0: 0 < 0 fails"),
    lemma.true(
        op.STRICTNESS,
        "strict-throughout",
        op.rewritten(lemma.statement, op.flip_strictness),
        "|u - v| <= |u - g| + |g - v| < n1 + n2 <= 2 max(n1, n2)",
    ),
    lemma.false(
        op.MIN_MAX,
        "min",
        claim(apart <= 2 * minimum(n1, n2)),
        "g = u = 0, v = 1, n1 = 0, n2 = 1: 1 <= 0 fails",
    ),
    lemma.true(op.MIN_MAX, "sum", claim(apart <= n1 + n2), "the triangle inequality"),
    lemma.false(
        op.DROPPED,
        "without-second-error",
        claim(apart <= 2 * worst, ERRORS[:1]),
        "u = g = 0, v = 1, n1 = n2 = 0: 1 <= 0 fails",
    ),
    lemma.true(
        op.POINTS,
        "u-and-v-exchanged",
        op.rewritten(lemma.statement, op.exchange_symbols("u", "v")),
        "|u - v| and the pair of hypotheses are symmetric, n1 and n2 being arbitrary",
    ),
    best.false(
        op.STRICTNESS,
        "2c>=1",
        op.exchanged_hypothesis(best.statement, 2 * c > 1, 2 * c >= 1),
        "c = 1/2: the midpoint has exactly half the distance",
    ),
    best.true(
        op.STRICTNESS,
        "2c>=1-and-<=",
        op.goals(
            op.exchanged_hypothesis(best.statement, 2 * c > 1, 2 * c >= 1),
            lambda goal: Le(goal.left, goal.right),
        ),
        "the midpoint has exactly half the distance, and c >= 1/2",
    ),
    best.false(
        op.DROPPED,
        "without-distance",
        op.dropped(best.statement, apart > 0),
        "u = v: 0 < 0 fails",
    ),
    best.true(op.DROPPED, "without-c>0", op.dropped(best.statement, c > 0), "2c > 1 says more"),
    best.false(
        op.WITNESS,
        "third-point",
        sentence(
            "third",
            [c > 0, 2 * c > 1, apart > 0],
            Lt(maximum(absolute(u - (2 * u + v) / 3), absolute(v - (2 * u + v) / 3)), c * apart),
        ),
        "the point at a third is 2/3 of the distance from v: c = 3/5 fails",
    ),
)
