"""Lemma 4: the same for the question on which side of the midpoint f(x) lies (B.5.1)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.statements import sentence
from fvtheory.terms import Sym, absolute, indicator, maximum

u, v, g, n1, n2, m = (Sym(n) for n in ("u", "v", "g", "n1", "n2", "m"))
side_u, side_v, side_g = (indicator(t > m) for t in (u, v, g))

CLAIMS = (
    Claim(
        id="lemma-4",
        variant="printed",
        source="B.5.1, Lemma 4",
        text="if Φ(f1) = Φ(f2), some f of the two has ||1[f > m] - 1[D(Φ(f)) > m]|| >= ||1[f1 > m] - 1[f2 > m]||",
        statement=sentence(
            "point",
            [n1 >= absolute(side_u - side_g), n2 >= absolute(side_v - side_g)],
            absolute(side_u - side_v) <= maximum(n1, n2),
        ),
        fidelity="equivalent",
        delta="at every point x: u = f1(x), v = f2(x), g = D(x), n1 and n2 the two sup norms",
    ),
)
