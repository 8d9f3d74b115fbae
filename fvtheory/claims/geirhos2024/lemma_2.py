"""Lemma 2: the fooling circuit switches between two units (Section 2.1, B.1).

At an input x, d = D(x), f = F(x) and e = E(x); E is 0 on the trajectories (π) and 1 on natural
images (𝒟).
"""

from __future__ import annotations

from collections.abc import Sequence

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.lemma_1 import gate_a, gate_b, gate_c
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import Universal
from fvtheory.terms import Formula, Sym, Term, eq, term

d, f, k = Sym("d"), Sym("f"), Sym("k")
ZERO, ONE = term(0), term(1)
NON_NEGATIVE = [k > 0, d >= 0, f >= 0]


def printed_gate(e: Term) -> Term:
    """N = A(B(D, E), C(F, not E)), as in the proof."""
    return gate_a(gate_b(d, e, k), gate_c(f, 1 - e, k))


def repaired_gate(e: Term) -> Term:
    """N = A(B(D, E), C(F, E))."""
    return gate_a(gate_b(d, e, k), gate_c(f, e, k))


def switches(gate, given: Sequence[Formula]) -> Universal:
    """N = D where E = 0 and N = F where E = 1."""

    def conjuncts(convention: str) -> list[Obligation]:
        return [
            valid("trajectories", [*NON_NEGATIVE, *given], eq(gate(ZERO), d)),
            valid("natural", [*NON_NEGATIVE, *given], eq(gate(ONE), f)),
        ]

    return Universal(conjuncts)


CLAIMS = (
    Claim(
        id="lemma-2.gate",
        variant="printed",
        source="B.1, proof of Lemma 2",
        text="N = A(B(D, E), C(F, not E)) equals D where E = 0 and F where E = 1, for k >= D, F",
        statement=switches(printed_gate, [k >= d, k >= f]),
        fidelity="equivalent",
        delta="at one input, with k already large enough for both units",
    ),
    Claim(
        id="lemma-2.gate",
        variant="repaired",
        source="B.1, proof of Lemma 2",
        text="N = A(B(D, E), C(F, E)) equals D where E = 0 and F where E = 1, for k >= D, F",
        statement=switches(repaired_gate, [k >= d, k >= f]),
        fidelity="equivalent",
        delta="at one input; the negation of E is dropped",
    ),
    Claim(
        id="lemma-2.k",
        variant="printed",
        source="B.1, proof of Lemma 2",
        text="k = max of D over natural images and trajectories is large enough for the gate",
        statement=switches(repaired_gate, [k >= d]),
        fidelity="equivalent",
        delta="at one input; the gate of the repaired lemma-2.gate, k bounds D only",
    ),
    Claim(
        id="lemma-2.k",
        variant="repaired",
        source="B.1, proof of Lemma 2",
        text="k >= D on natural images and k >= F on trajectories is large enough for the gate",
        statement=Universal(
            lambda convention: [
                valid("trajectories", [*NON_NEGATIVE, k >= f], eq(repaired_gate(ZERO), d)),
                valid("natural", [*NON_NEGATIVE, k >= d], eq(repaired_gate(ONE), f)),
            ]
        ),
        fidelity="equivalent",
        delta="at one input; k bounds, on either side, the unit to be silenced",
    ),
)
