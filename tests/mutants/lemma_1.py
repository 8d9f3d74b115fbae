"""Mutants of Lemma 1: the gate N(x, y, z) = relu(x - kz) + relu(y + kz - k)."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.claims.geirhos2024.lemma_1 import gate_a, gate_b, gate_c
from fvtheory.obligations import valid
from fvtheory.statements import Universal
from fvtheory.terms import ONE, ZERO, Eq, Sym, eq, maximum, minimum, relu
from mutants import mutant as op
from mutants.mutant import Source

x, y, k = Sym("x"), Sym("y"), Sym("k")
gate_claim, domain = Source("lemma-1", "printed"), Source("lemma-1.domain", "sharp")
printed, sharp = gate_claim.statement, domain.statement
LARGE = k >= maximum(x, y)
GIVEN = [k > 0, x >= 0, y >= 0]


def gate(z, third=None):
    return gate_a(gate_b(x, z, k), gate_c(y, z, k) if third is None else third)


def one_sided(first, second):
    """N(x, y, 0) = x under the first condition and N(x, y, 1) = y under the second."""
    return Universal(
        lambda convention: [
            valid("gate-0", [*GIVEN, first], eq(gate(ZERO), x)),
            valid("gate-1", [*GIVEN, second], eq(gate(ONE), y)),
        ]
    )


def two_k(z):
    """C with the intercept -2k."""
    return relu(y + k * z - 2 * k)


MUTANTS = (
    gate_claim.true(
        op.DROPPED,
        "without-k>0",
        op.dropped(printed, k > 0),
        "k >= max(x, y) >= 0 follows, and k = 0 forces x = y = 0, where both sides are 0",
    ),
    gate_claim.false(
        op.DROPPED,
        "without-x>=0",
        op.dropped(printed, x >= 0),
        "x = -1, y = 0, k = 1: N(x, y, 0) = relu(-1) + relu(-1) = 0",
    ),
    gate_claim.false(
        op.DROPPED,
        "without-y>=0",
        op.dropped(printed, y >= 0),
        "x = 0, y = -1, k = 1: N(x, y, 1) = relu(-1) + relu(-1) = 0",
    ),
    gate_claim.false(
        op.DROPPED,
        "without-large-k",
        op.dropped(printed, LARGE),
        "x = 0, y = 2, k = 1: N(x, y, 0) = relu(0) + relu(1) = 1",
    ),
    gate_claim.false(
        op.MIN_MAX,
        "k>=min",
        op.exchanged_hypothesis(printed, LARGE, k >= minimum(x, y)),
        "x = 0, y = 2, k = 1 has k >= min(x, y) and N(x, y, 0) = 1",
    ),
    gate_claim.true(
        op.STRICTNESS,
        "k>max",
        op.exchanged_hypothesis(printed, LARGE, k > maximum(x, y)),
        "a stronger hypothesis",
    ),
    gate_claim.false(
        op.CONSTANT,
        "k>=99/100-max",
        op.exchanged_hypothesis(printed, LARGE, k >= Fraction(99, 100) * maximum(x, y)),
        "x = 0, y = 1, k = 99/100: N(x, y, 0) = relu(1/100)",
    ),
    gate_claim.true(
        op.CONSTANT,
        "k>=101/100-max",
        op.exchanged_hypothesis(printed, LARGE, k >= Fraction(101, 100) * maximum(x, y)),
        "max(x, y) >= 0, so the hypothesis is stronger",
    ),
    gate_claim.false(
        op.BRANCHES,
        "outputs-exchanged",
        op.goals(printed, lambda g: Eq(g.left, y if g.right == x else x)),
        "x = 1, y = 0, k = 1: N(x, y, 0) = 1 and not y",
    ),
    gate_claim.true(
        op.HYPOTHESIS,
        "one-sided",
        one_sided(k >= y, k >= x),
        "at z = 0 the unit to silence is y: relu(y - k) = 0; at z = 1 it is x: relu(x - k) = 0",
    ),
    gate_claim.false(
        op.HYPOTHESIS,
        "one-sided-exchanged",
        one_sided(k >= x, k >= y),
        "x = 0, y = 2, k = 1: k >= x, and N(x, y, 0) = relu(2 - 1) = 1",
    ),
    gate_claim.true(
        op.WITNESS,
        "intercept-2k-at-0",
        Universal(lambda c: [valid("gate-0", [*GIVEN, LARGE], eq(gate(ZERO, two_k(ZERO)), x))]),
        "y - 2k <= -k < 0, so the second unit stays silent",
    ),
    gate_claim.false(
        op.WITNESS,
        "intercept-2k-at-1",
        Universal(lambda c: [valid("gate-1", [*GIVEN, LARGE], eq(gate(ONE, two_k(ONE)), y))]),
        "x = 0, y = k = 1: relu(x - k) + relu(y - k) = 0",
    ),
    domain.true(
        op.DROPPED,
        "without-k>0",
        op.dropped(sharp, k > 0),
        "y <= k and x <= k turn the equations into relu(x) = x and relu(y) = y",
    ),
    domain.true(
        op.DROPPED,
        "without-x<=k",
        op.dropped(sharp, x <= k),
        "relu(x) = x gives x >= 0; relu(x - k) + relu(y) = y gives y >= 0, as the left is no less than 0",
    ),
    domain.false(
        op.DROPPED,
        "without-first-equation",
        op.dropped(sharp, eq(gate(ZERO), x)),
        "x = -1, y = 0, k = 1: N(x, y, 1) = 0 = y",
    ),
    domain.false(
        op.STRICTNESS,
        "positive",
        op.goals(sharp, op.flip_strictness),
        "x = y = 0, k = 1 meets both equations",
    ),
)
