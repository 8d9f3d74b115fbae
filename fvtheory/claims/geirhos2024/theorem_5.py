"""Theorem 5: the side question for Lipschitz functions (B.3, B.5.7)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.theorem_2 import varies
from fvtheory.claims.geirhos2024.theorem_4 import gap, gentle
from fvtheory.statements import errs_at_least, radius_is
from fvtheory.symbols import Phi
from fvtheory.terms import Term, indicator, ite


def hidden(phi: Phi) -> Term:
    """1 where the side cannot be told: between the extrema, beyond x_min, or beyond x_max."""
    (a,), (b,) = phi.x_min, phi.x_max
    beyond_a, beyond_b = ite(a < b, a, 1 - a), ite(a < b, 1 - b, b)
    half = phi.spread / 2
    between = phi.rate * gap(phi) > phi.spread
    outside = (phi.rate * beyond_a > half) | (phi.rate * beyond_b >= half)
    return indicator(phi.is_varying() & (between | outside))


CLAIMS = (
    Claim(
        id="theorem-5",
        variant="printed",
        source="B.3, Theorem 5",
        text="for all D, L > 0 and L-Lipschitz f with 2|f_max - f_min| <= L|x_max - x_min| some L-Lipschitz f' with "
        "Φ(f') = Φ(f) has ||1[f' > m_f'] - 1[D(Φ(f')) > m_f']|| >= 1[sup f != inf f]",
        statement=errs_at_least("lipschitz", (1, 2, 3), varies, question="side", when=gentle),
        cls="lipschitz",
        fidelity="related",
        delta="d = 1, 2, 3",
    ),
    Claim(
        id="theorem-5",
        variant="sharp",
        source="B.3, Theorem 5",
        text="the side is hidden iff f is not constant and L|x_max - x_min| > Δ, or L times the room beyond x_min "
        "exceeds Δ/2, or L times the room beyond x_max is at least Δ/2",
        statement=radius_is("lipschitz", (1,), hidden, question="side"),
        cls="lipschitz",
        fidelity="related",
        delta="not in the paper; d = 1",
    ),
)
