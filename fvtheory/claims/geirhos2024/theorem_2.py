"""Theorem 2: no decoder can tell on which side of the midpoint f(x) lies (Section 4.1, B.5.4)."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import theorem_1, theorem_3
from fvtheory.claims.geirhos2024.theorem_1 import delta_of
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import Universal, about_radius, errs_at_least
from fvtheory.symbols import Phi, symbolic_phi
from fvtheory.terms import Formula, Term, eq, every, indicator

CLASSES = ("all", "neural-network", "erm", "piecewise-affine", "monotone", "convex")

phi: Phi = symbolic_phi(1)
(a,), (b,) = phi.x_min, phi.x_max


def varies(phi: Phi) -> Term:
    """1[f_max != f_min], the right-hand side of equation (5)."""
    return indicator(~eq(phi.f_max, phi.f_min))


def sides(pair, given, at: Term) -> list[Obligation]:
    """At the point one of the two is above the midpoint and the other is not."""
    f1, f2 = (f((at,)) for f in pair)
    one_above = (f1 > phi.middle) & (f2 <= phi.middle) | (f2 > phi.middle) & (f1 <= phi.middle)
    return [valid("sides", [*phi.domain(), phi.is_varying(), *given], one_above)]


def convex_cases(second: Formula):
    first = every([eq(b, 1), a < 1])

    def about(phi: Phi, radius: Term) -> Formula:
        return first | second | eq(a, b)

    return about_radius("convex", (1,), about, when=lambda phi: phi.is_varying())


CLAIMS = (
    *(
        Claim(
            id=f"theorem-2.{cls}",
            variant="printed",
            source="Section 4.1, Theorem 2, equation (5)",
            text="for all D and f in the class some f' in the class with Φ(f') = Φ(f) has "
            "||1[f' > m_f'] - 1[D(Φ(f')) > m_f']|| >= 1[f_max != f_min]",
            statement=errs_at_least(cls, (1, 2, 3), varies, question="side"),
            cls=cls,
            fidelity="related",
            delta=delta_of(cls),
        )
        for cls in CLASSES
    ),
    Claim(
        id="theorem-2.proof.midpoint",
        variant="printed",
        source="B.5.4, first paragraph",
        text="for x_min < x_max, f1 and f2 of Theorem 1 lie on the two sides of m at x = (x_min + x_max)/2",
        statement=Universal(
            lambda convention: sides(theorem_1(a, b, phi.f_min, phi.f_max), [a < b], (a + b) / 2)
        ),
        cls="monotone",
    ),
    Claim(
        id="theorem-2.proof.convex-point",
        variant="printed",
        source="B.5.4, second paragraph",
        text="for x_max = 1 and x_min < 1, f1 and f2 of Theorem 3 lie on the two sides of m at x = x_min/4 + 3/4",
        statement=Universal(
            lambda convention: sides(
                theorem_3(a, phi.f_min, phi.f_max), [eq(b, 1), a < 1], a / 4 + Fraction(3, 4)
            )
        ),
        cls="convex",
    ),
    Claim(
        id="theorem-2.proof.convex-cases",
        variant="printed",
        source="B.5.4, second paragraph (f1' and f2')",
        text='the cases "x_max = 1 and x_min < 1", "x_min = 0 and x_max > 0" and x_min = x_max are all there are '
        "for convex f that are not constant",
        statement=convex_cases(every([eq(a, 0), b > 0])),
        cls="convex",
        fidelity="equivalent",
        delta="constants, which the last sentence of the proof treats, are left out",
    ),
    Claim(
        id="theorem-2.proof.convex-cases",
        variant="repaired",
        source="B.5.4, second paragraph (f1' and f2')",
        text='the second case is "x_max = 0 and x_min > 0", with g1 and g2 of B.5.5',
        statement=convex_cases(every([eq(b, 0), a > 0])),
        cls="convex",
        fidelity="related",
        delta="x_min and x_max exchanged in the second case",
    ),
)
