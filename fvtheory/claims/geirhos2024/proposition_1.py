"""Proposition 1: the constant decoder (Section 4.1, B.5.2)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.obligations import valid
from fvtheory.statements import Universal, half_spread, radius_is
from fvtheory.symbols import symbolic_phi
from fvtheory.terms import Sym, absolute

phi, fx = symbolic_phi(1), Sym("fx")

CLAIMS = (
    Claim(
        id="proposition-1",
        variant="printed",
        source="Section 4.1, Proposition 1, equation (3)",
        text="the decoder with the constant value (f_min + f_max)/2 has error <= (f_max - f_min)/2 on every f",
        statement=Universal(
            lambda convention: [
                valid(
                    "error",
                    [*phi.domain(), phi.f_min <= fx, fx <= phi.f_max],
                    absolute(fx - phi.middle) <= half_spread(phi),
                ),
                valid("decoder", phi.domain(), (phi.middle >= 0) & (phi.middle <= 1)),
            ]
        ),
        cls="all",
        fidelity="equivalent",
        delta="at every point x, fx = f(x); functions that attain their extrema, so that Φ(f) exists",
    ),
    Claim(
        id="proposition-1",
        variant="sharp",
        source="Section 4.1, Proposition 1",
        text="on all functions the best possible bound is (f_max - f_min)/2",
        statement=radius_is("all", (1, 2, 3), half_spread),
        cls="all",
        fidelity="related",
        delta="d = 1, 2, 3",
    ),
)
