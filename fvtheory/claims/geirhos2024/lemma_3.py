"""Lemma 3: two functions with the same Φ, one decoder, half the distance (B.5.1)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.statements import sentence
from fvtheory.terms import Sym, absolute, maximum

u, v, g, n1, n2, c = (Sym(n) for n in ("u", "v", "g", "n1", "n2", "c"))

CLAIMS = (
    Claim(
        id="lemma-3",
        variant="printed",
        source="B.5.1, Lemma 3",
        text="if Φ(f1) = Φ(f2), some f of the two has ||f - D(Φ(f))|| >= ||f1 - f2||/2",
        statement=sentence(
            "point",
            [n1 >= absolute(u - g), n2 >= absolute(v - g)],
            absolute(u - v) <= 2 * maximum(n1, n2),
        ),
        fidelity="equivalent",
        delta="at every point x: u = f1(x), v = f2(x), g = D(x), n1 and n2 the two sup norms; taking "
        "the supremum over x gives the lemma, whether it is attained or not",
    ),
    Claim(
        id="lemma-3",
        variant="sharp",
        source="B.5.1, Lemma 3",
        text="no constant above 1/2 will do: the midpoint decoder has half the distance on both",
        statement=sentence(
            "midpoint",
            [c > 0, 2 * c > 1, absolute(u - v) > 0],
            maximum(absolute(u - (u + v) / 2), absolute(v - (u + v) / 2)) < c * absolute(u - v),
        ),
        fidelity="related",
        delta="not in the paper",
    ),
)
