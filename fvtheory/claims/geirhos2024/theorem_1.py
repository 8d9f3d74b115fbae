"""Theorem 1: no decoder beats the constant one on five classes (Section 4.1, B.5.3)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import X, Y, for_each, theorem_1
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import Universal, about_radius, errs_at_least, errs_at_most, half_spread
from fvtheory.symbols import Phi, has_information, same_point, symbolic_phi
from fvtheory.terms import Formula, absolute, eq

CLASSES = ("all", "neural-network", "erm", "piecewise-affine", "monotone")
DELTA = "d = 1, 2, 3; functions that attain their extrema"
CONTINUOUS = "; continuous functions with finitely many affine pieces"


def delta_of(cls: str) -> str:
    return DELTA + (CONTINUOUS if cls in ("neural-network", "erm", "piecewise-affine") else "")


phi: Phi = symbolic_phi(1)
(a,), (b,) = phi.x_min, phi.x_max
(x,), (y,) = X, Y


def equal_extrema(phi: Phi) -> Formula:
    return same_point(phi.x_min, phi.x_max)


def pair_facts(pair, given, convention: str, rising: bool) -> list[Obligation]:
    """Both functions are well defined, monotone and have the information Φ; they differ by Δ."""
    points = [*given, *phi.in_cube(X, Y)]

    def monotone(f):
        return f(X) <= f(Y) if rising else f(Y) <= f(X)

    separation = absolute(pair[0](phi.midpoint) - pair[1](phi.midpoint)) >= phi.spread
    return [
        *for_each("monotone", pair, [*points, x <= y], monotone),
        *for_each("information", pair, points, lambda f: has_information(f, phi, X, convention)),
        valid("separation", given, separation),
    ]


def printed_pair(convention: str) -> list[Obligation]:
    given, pair = [*phi.domain(), a < b], theorem_1(a, b, phi.f_min, phi.f_max)
    defined = [valid(f"f{i}.well-defined", given, f.well_defined()) for i, f in enumerate(pair, 1)]
    return [*defined, *pair_facts(pair, given, convention, rising=True)]


def printed_reflection(convention: str) -> list[Obligation]:
    """1 - f1 and 1 - f2, with f1 and f2 rising from x_max to x_min."""
    f1, f2 = theorem_1(b, a, phi.f_min, phi.f_max)
    return pair_facts((lambda p: 1 - f1(p), lambda p: 1 - f2(p)), [*phi.domain(), b < a], convention, False)


def repaired_reflection(convention: str) -> list[Obligation]:
    """1 - f1 and 1 - f2, with f1 and f2 built for 1 - f, whose information is (x_max, x_min, 1 - f_max, 1 - f_min)."""
    f1, f2 = theorem_1(b, a, 1 - phi.f_max, 1 - phi.f_min)
    return pair_facts((lambda p: 1 - f1(p), lambda p: 1 - f2(p)), [*phi.domain(), b < a], convention, False)


CLAIMS = (
    *(
        Claim(
            id=f"theorem-1.{cls}",
            variant="printed",
            source="Section 4.1, Theorem 1, equation (4)",
            text="for all D and f in the class some f' in the class with Φ(f') = Φ(f) has "
            "||f' - D(Φ(f'))|| >= (f'_max - f'_min)/2",
            statement=errs_at_least(cls, (1, 2, 3), half_spread),
            cls=cls,
            fidelity="related",
            delta=delta_of(cls),
        )
        for cls in CLASSES
    ),
    *(
        Claim(
            id=f"theorem-1.{cls}",
            variant="sharp",
            source="Section 4.1, after Theorem 1",
            text="some decoder has error <= (f_max - f_min)/2 on the whole class: 1/2 is the best constant",
            statement=errs_at_most(cls, (1, 2, 3), half_spread),
            cls=cls,
            fidelity="related",
            delta=delta_of(cls),
        )
        for cls in CLASSES
    ),
    Claim(
        id="theorem-1.proof.pair",
        variant="printed",
        source="B.5.3, f1 and f2 for x_min < x_max",
        text="f1 and f2 are monotone, have the information Φ(f), and differ by f_max - f_min at the midpoint",
        statement=Universal(printed_pair),
        cls="monotone",
    ),
    Claim(
        id="theorem-1.proof.equal-extrema",
        variant="printed",
        source="B.5.3, x_min = x_max",
        text="when x_min = x_max, then f_max - f_min = 0",
        statement=about_radius("all", (1, 2, 3), lambda phi, radius: eq(phi.spread, 0), when=equal_extrema),
        cls="all",
        fidelity="related",
        delta="d = 1, 2, 3",
    ),
    Claim(
        id="theorem-1.proof.reflection",
        variant="printed",
        source='B.5.3, "the same argument applies with 1 - f1 and 1 - f2"',
        text="for x_max < x_min, 1 - f1 and 1 - f2 have the information Φ(f)",
        statement=Universal(printed_reflection),
        cls="monotone",
        fidelity="equivalent",
        delta="f1 and f2 are the functions of B.5.3 with the places of x_min and x_max exchanged, so that "
        "their breakpoints are in order",
    ),
    Claim(
        id="theorem-1.proof.reflection",
        variant="repaired",
        source='B.5.3, "the same argument applies with 1 - f1 and 1 - f2"',
        text="for x_max < x_min, 1 - f1 and 1 - f2 have the information Φ(f) if f1 and f2 are built for 1 - f; "
        "these are f_min + f_max minus the functions of the printed claim",
        statement=Universal(repaired_reflection),
        cls="monotone",
        fidelity="related",
        delta="says for which function the pair is to be built",
    ),
)
