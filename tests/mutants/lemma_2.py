"""Mutants of Lemma 2: N = relu(D - kE) + relu(F + kE - k)."""

from __future__ import annotations

from fvtheory.claims.geirhos2024.lemma_1 import gate_a, gate_b, gate_c
from fvtheory.claims.geirhos2024.lemma_2 import printed_gate, repaired_gate, switches
from fvtheory.obligations import valid
from fvtheory.statements import Universal
from fvtheory.terms import ONE, ZERO, Sym, eq
from mutants import mutant as op
from mutants.mutant import Source

d, f, k = Sym("d"), Sym("f"), Sym("k")
GIVEN = [k > 0, d >= 0, f >= 0]
repaired, printed = Source("lemma-2.gate", "repaired"), Source("lemma-2.gate", "printed")
size = Source("lemma-2.k", "repaired")


def conjuncts(trajectories, natural):
    """(hypothesis, N, value) on the trajectories, and the same on natural images."""
    parts = (("trajectories", trajectories), ("natural", natural))
    return Universal(
        lambda convention: [valid(name, [*GIVEN, *given], eq(n, value)) for name, (given, n, value) in parts]
    )


def all_negated(e):
    return gate_a(gate_b(d, 1 - e, k), gate_c(f, 1 - e, k))


BOTH = [k >= d, k >= f]

MUTANTS = (
    repaired.false(
        op.DROPPED,
        "without-k>=d",
        op.dropped(repaired.statement, k >= d),
        "d = 2, f = 0, k = 1, E = 1: relu(d - k) + relu(f) = 1",
    ),
    repaired.false(
        op.DROPPED,
        "without-k>=f",
        op.dropped(repaired.statement, k >= f),
        "d = 0, f = 2, k = 1, E = 0: relu(d) + relu(f - k) = 1",
    ),
    repaired.false(
        op.DROPPED,
        "without-d>=0",
        op.dropped(repaired.statement, d >= 0),
        "d = -1, f = 0, k = 1, E = 0: relu(-1) + relu(-1) = 0",
    ),
    repaired.false(
        op.CONDITION,
        "both-negated",
        switches(all_negated, BOTH),
        "with not E in both units the roles of D and F are exchanged: N = F where E = 0",
    ),
    repaired.true(
        op.CONDITION,
        "both-negated-roles-exchanged",
        conjuncts((BOTH, all_negated(ZERO), f), (BOTH, all_negated(ONE), d)),
        "E = 0: relu(d - k) + relu(f) = f; E = 1: relu(d) + relu(f - k) = d",
    ),
    printed.true(
        op.BRANCHES,
        "sum-and-zero",
        conjuncts((BOTH, printed_gate(ZERO), d + f), (BOTH, printed_gate(ONE), ZERO)),
        "E = 0: relu(d) + relu(f) = d + f; E = 1: relu(d - k) + relu(f - k) = 0",
    ),
    printed.false(
        op.BRANCHES,
        "roles-exchanged",
        conjuncts((BOTH, printed_gate(ZERO), f), (BOTH, printed_gate(ONE), d)),
        "d = 1, f = 0, k = 1, E = 0: N = d + f = 1",
    ),
    size.false(
        op.HYPOTHESIS,
        "bounds-exchanged",
        conjuncts(([k >= d], repaired_gate(ZERO), d), ([k >= f], repaired_gate(ONE), f)),
        "d = 0, f = 2, k = 1, E = 0: relu(0) + relu(2 - 1) = 1",
    ),
    size.true(
        op.CONSTANT,
        "k>=2f",
        conjuncts(([k >= 2 * f], repaired_gate(ZERO), d), ([k >= 2 * d], repaired_gate(ONE), f)),
        "f, d >= 0: stronger hypotheses",
    ),
    size.false(
        op.CONSTANT,
        "k>=f/2",
        conjuncts(([k >= f / 2], repaired_gate(ZERO), d), ([k >= d / 2], repaired_gate(ONE), f)),
        "f = 2, k = 1, d = 0, E = 0: N = relu(1)",
    ),
    size.true(
        op.DROPPED,
        "without-k>0",
        op.dropped(size.statement, k > 0),
        "k >= f >= 0 or k >= d >= 0 is all that silences the unit",
    ),
)
