"""Mutants of Lemma 4: errors on the side question."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.statements import sentence
from fvtheory.terms import Sym, absolute, indicator, maximum, minimum
from mutants import mutant as op
from mutants.mutant import Source

u, v, g, n1, n2, m = (Sym(n) for n in ("u", "v", "g", "n1", "n2", "m"))
lemma = Source("lemma-4", "printed")


def claim(side, goal):
    """The goal from the errors, for a way to say on which side a value is."""
    su, sv, sg = side(u), side(v), side(g)
    return sentence("point", [n1 >= absolute(su - sg), n2 >= absolute(sv - sg)], goal(absolute(su - sv)))


def above(t):
    return indicator(t > m)


worst = maximum(n1, n2)

MUTANTS = (
    lemma.true(
        op.STRICTNESS,
        ">=-mid",
        claim(lambda t: indicator(t >= m), lambda apart: apart <= worst),
        "any function with values 0 and 1 will do: where those of u and v differ, one differs from that of g",
    ),
    lemma.true(
        op.CONDITION,
        "negated",
        claim(lambda t: indicator(~(t > m)), lambda apart: apart <= worst),
        "1 - s in place of s leaves all differences as they are",
    ),
    lemma.true(
        op.BRANCHES,
        "exchanged",
        op.rewritten(lemma.statement, op.exchange_branches),
        "1 - s in place of s leaves all differences as they are",
    ),
    lemma.false(
        op.CONDITION,
        "only-u-negated",
        sentence(
            "point",
            [n1 >= absolute(indicator(u <= m) - above(g)), n2 >= absolute(above(v) - above(g))],
            absolute(above(u) - above(v)) <= worst,
        ),
        "u above, v and g below m: n1 = |0 - 0|, n2 = 0, but the sides of u and v differ by 1",
    ),
    lemma.true(
        op.CONSTANT,
        "factor-2",
        claim(above, lambda apart: apart <= 2 * worst),
        "worst >= 0: weaker than the lemma",
    ),
    lemma.false(
        op.CONSTANT,
        "factor-1/2",
        claim(above, lambda apart: apart <= worst / 2),
        "u above, v and g below m, n1 = 1, n2 = 0: 1 <= 1/2 fails",
    ),
    lemma.false(
        op.CONSTANT,
        "99/100",
        claim(above, lambda apart: apart <= Fraction(99, 100) * worst),
        "u above, v and g below m, n1 = 1, n2 = 0: 1 <= 99/100 fails",
    ),
    lemma.false(
        op.STRICTNESS, "strict", claim(above, lambda apart: apart < worst), "all equal, n1 = n2 = 0: 0 < 0"
    ),
    lemma.false(
        op.MIN_MAX,
        "min",
        claim(above, lambda apart: apart <= minimum(n1, n2)),
        "u and g above m, v below: n1 = 0, n2 = 1, and the sides of u and v differ by 1",
    ),
)
