"""Lemma 1: the gate of the fooling circuit (Section 2.1, B.1)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.obligations import valid
from fvtheory.statements import Universal
from fvtheory.terms import Sym, Term, eq, maximum, relu, term


def gate_a(x: Term, y: Term) -> Term:
    return x + y


def gate_b(x: Term, z: Term, k: Term) -> Term:
    return relu(x - k * z)


def gate_c(x: Term, z: Term, k: Term) -> Term:
    return relu(x + k * z - k)


def gate(x: Term, y: Term, z: Term, k: Term) -> Term:
    """N(x, y, z) = A(B(x, z), C(y, z)): x where z = 0 and y where z = 1."""
    return gate_a(gate_b(x, z, k), gate_c(y, z, k))


x, y, k = Sym("x"), Sym("y"), Sym("k")
ZERO, ONE = term(0), term(1)
NON_NEGATIVE = [k > 0, x >= 0, y >= 0]

CLAIMS = (
    Claim(
        id="lemma-1",
        variant="printed",
        source="B.1, Lemma 1",
        text="for k > 0 and x, y >= 0: k >= max(x, y) implies N(x, y, 0) = x and N(x, y, 1) = y",
        statement=Universal(
            lambda convention: [
                valid("gate-0", [*NON_NEGATIVE, k >= maximum(x, y)], eq(gate(x, y, ZERO, k), x)),
                valid("gate-1", [*NON_NEGATIVE, k >= maximum(x, y)], eq(gate(x, y, ONE, k), y)),
            ]
        ),
    ),
    Claim(
        id="lemma-1.domain",
        variant="sharp",
        source="B.1, Lemma 1 (x, y in R_+)",
        text="for k > 0 and x, y <= k: N(x, y, 0) = x and N(x, y, 1) = y hold exactly when x, y >= 0",
        statement=Universal(
            lambda convention: [
                valid(
                    "non-negative",
                    [k > 0, x <= k, y <= k, eq(gate(x, y, ZERO, k), x), eq(gate(x, y, ONE, k), y)],
                    (x >= 0) & (y >= 0),
                ),
            ]
        ),
        fidelity="related",
        delta="not in the paper: logits can be negative, and then the gate needs a shift",
    ),
)
