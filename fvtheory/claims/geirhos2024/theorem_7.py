"""Theorem 7: the side question for affine functions of two variables (B.3, B.5.9)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.theorem_6 import apart
from fvtheory.statements import errs_at_least, radius_is
from fvtheory.symbols import Phi
from fvtheory.terms import Term, eq, indicator


def printed_bound(phi: Phi) -> Term:
    (a1, a2), (b1, b2) = phi.x_min, phi.x_max
    return indicator(~eq(a1, a2)) * indicator(~eq(b1, b2))


def best_bound(phi: Phi) -> Term:
    first, second = apart(phi)
    return first * second * indicator(phi.is_varying())


CLAIMS = (
    Claim(
        id="theorem-7",
        variant="printed",
        source="B.3, Theorem 7",
        text="for all D and affine f on [0, 1]^2 some affine f' with Φ(f') = Φ(f) has "
        "||1[f' > m_f'] - 1[D(Φ(f')) > m_f']|| >= 1[x_min,1 != x_min,2] 1[x_max,1 != x_max,2]",
        statement=errs_at_least("affine", (2,), printed_bound, question="side"),
        cls="affine",
    ),
    Claim(
        id="theorem-7",
        variant="repaired",
        source="B.3, Theorem 7",
        text="the bound is 1[|x_min,1 - x_max,1| = 1] 1[|x_min,2 - x_max,2| = 1] 1[f_max != f_min]",
        statement=errs_at_least("affine", (2,), best_bound, question="side"),
        cls="affine",
        fidelity="related",
        delta="opposite corners, and no constants",
    ),
    Claim(
        id="theorem-7",
        variant="sharp",
        source="B.3, Theorem 7",
        text="the repaired bound is the best possible",
        statement=radius_is("affine", (2,), best_bound, question="side"),
        cls="affine",
        fidelity="related",
        delta="not in the paper",
    ),
)
