"""Theorem 6: affine functions of two variables (B.3, B.5.8)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import for_each
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import RadiusStatement, Universal, about_radius, errs_at_least, radius_is
from fvtheory.symbols import (
    Phi,
    SymbolicPoint,
    has_information,
    same_point,
    symbolic_phi,
    symbolic_point,
)
from fvtheory.terms import Formula, Sym, Term, absolute, eq, every, indicator, some, term

phi: Phi = symbolic_phi(2)
(a1, a2), (b1, b2) = phi.x_min, phi.x_max
low, high = phi.f_min, phi.f_max
c, w1, w2 = Sym("c"), Sym("w1"), Sym("w2")
X = symbolic_point("x", 2)


def at(p: SymbolicPoint, first: int, second: int) -> Formula:
    return same_point(p, (term(first), term(second)))


def corner(p: SymbolicPoint) -> Formula:
    return every(some([eq(t, 0), eq(t, 1)]) for t in p)


def printed_bound(phi: Phi) -> Term:
    (a1, a2), (b1, b2) = phi.x_min, phi.x_max
    return indicator(~eq(a1, a2)) * indicator(~eq(b1, b2)) * (phi.spread / 2)


def apart(phi: Phi) -> list[Term]:
    """For each coordinate, 1 where x_min and x_max lie at its two ends."""
    return [indicator(eq(absolute(s - t), 1)) for s, t in phi.coordinates()]


def best_bound(phi: Phi) -> Term:
    first, second = apart(phi)
    return first * second * (phi.spread / 2)


def two_apart(phi: Phi) -> Term:
    ends = [eq(absolute(s - t), 1) for s, t in phi.coordinates()]
    two = some(ends[i] & ends[k] for i in range(phi.dim) for k in range(i))
    return indicator(two) * (phi.spread / 2)


def recovered(when) -> RadiusStatement:
    """Under the condition some decoder recovers f exactly."""
    return about_radius("affine", (2,), lambda phi, radius: eq(radius, 0), when=when)


def about_phi(formula: Formula, when=lambda phi: phi.f_min <= phi.f_max) -> RadiusStatement:
    return about_radius("affine", (2,), lambda phi, radius: formula, when=when)


def coefficients(convention: str) -> list[Obligation]:
    """The solution of f(x_min) = f_min, f(x_max) = f_max for the slopes, given the intercept c."""
    determinant = a1 * b2 - b1 * a2
    given = [
        eq(w1 * a1 + w2 * a2 + c, low),
        eq(w1 * b1 + w2 * b2 + c, high),
        ~eq(determinant, 0),
    ]
    first = (b2 * low - a2 * high + (a2 - b2) * c) / determinant
    second = (-b1 * low + a1 * high + (b1 - a1) * c) / determinant
    return [valid("a", given, eq(w1, first)), valid("b", given, eq(w2, second))]


def only_constraint(convention: str) -> list[Obligation]:
    """For x_min = (0, 1), x_max = (1, 0): every f_c with values in [0, 1] has the information Φ."""

    def f(p: SymbolicPoint) -> Term:
        return (high - c) * p[0] + (low - c) * p[1] + c

    bounded = [
        part for p in ((0, 0), (0, 1), (1, 0), (1, 1)) for part in in_unit(f((term(p[0]), term(p[1]))))
    ]
    given = [*phi.domain(), at(phi.x_min, 0, 1), at(phi.x_max, 1, 0), *bounded, *phi.in_cube(X)]
    return [valid("information", given, has_information(f, phi, X, convention))]


def in_unit(value: Term) -> list[Formula]:
    return [value >= 0, value <= 1]


def pair(first: int, second: int):
    """f1 = Δ x_i + f_min and f2 = -Δ x_k + f_max for x_min and x_max in opposite corners."""

    def conjuncts(convention: str) -> list[Obligation]:
        functions = (
            lambda p: (high - low) * p[first] + low,
            lambda p: (low - high) * p[second] + high,
        )
        ends = (
            [at(phi.x_min, 0, 1), at(phi.x_max, 1, 0)]
            if first == 0
            else [at(phi.x_min, 1, 0), at(phi.x_max, 0, 1)]
        )
        given = [*phi.domain(), *ends]
        one = (term(1), term(1))
        difference = absolute(functions[0](one) - functions[1](one))
        return [
            *for_each(
                "information",
                functions,
                [*given, *phi.in_cube(X)],
                lambda f: has_information(f, phi, X, convention),
            ),
            valid("separation", given, difference >= phi.spread),
        ]

    return Universal(conjuncts)


LISTED = (
    same_point(phi.x_min, phi.x_max)
    | at(phi.x_min, 0, 0)
    | at(phi.x_max, 0, 0)
    | at(phi.x_min, 1, 1) & (at(phi.x_max, 1, 0) | at(phi.x_max, 0, 1))
    | at(phi.x_max, 1, 1) & (at(phi.x_min, 1, 0) | at(phi.x_min, 0, 1))
)
LEFT = at(phi.x_min, 0, 1) & at(phi.x_max, 1, 0) | at(phi.x_min, 1, 0) & at(phi.x_max, 0, 1)


def at_origin(p: str):
    return lambda phi: at(getattr(phi, p), 0, 0)


def one_one(phi: Phi) -> Formula:
    return at(phi.x_min, 1, 1) & (at(phi.x_max, 1, 0) | at(phi.x_max, 0, 1)) | at(phi.x_max, 1, 1) & (
        at(phi.x_min, 1, 0) | at(phi.x_min, 0, 1)
    )


def origin_and_side(phi: Phi) -> Formula:
    """x_min = (0, 0) or x_max = (0, 0), and the other is not (1, 1)."""
    return at(phi.x_min, 0, 0) & ~at(phi.x_max, 1, 1) | at(phi.x_max, 0, 0) & ~at(phi.x_min, 1, 1)


CLAIMS = (
    Claim(
        id="theorem-6",
        variant="printed",
        source="B.3, Theorem 6",
        text="for all D and affine f on [0, 1]^2 some affine f' with Φ(f') = Φ(f) has "
        "||f' - D(Φ(f'))|| >= 1[x_min,1 != x_min,2] 1[x_max,1 != x_max,2] (f'_max - f'_min)/2",
        statement=errs_at_least("affine", (2,), printed_bound),
        cls="affine",
    ),
    Claim(
        id="theorem-6",
        variant="repaired",
        source="B.3, Theorem 6",
        text="the bound is 1[|x_min,1 - x_max,1| = 1] 1[|x_min,2 - x_max,2| = 1] (f'_max - f'_min)/2",
        statement=errs_at_least("affine", (2,), best_bound),
        cls="affine",
        fidelity="related",
        delta="the indicators say that x_min and x_max are opposite corners",
    ),
    Claim(
        id="theorem-6",
        variant="sharp",
        source="B.3, Theorem 6",
        text="the repaired bound is the best possible",
        statement=radius_is("affine", (2,), best_bound),
        cls="affine",
        fidelity="related",
        delta="not in the paper",
    ),
    Claim(
        id="theorem-6.remark.higher-dimension",
        variant="sharp",
        source='B.3, "a similar result can be shown in higher dimensions"',
        text="in dimension 3 the best possible bound is (f_max - f_min)/2 where |x_min,j - x_max,j| = 1 for at least "
        "two coordinates j, and 0 elsewhere",
        statement=radius_is("affine", (3,), two_apart),
        cls="affine",
        fidelity="related",
        delta="the paper does not state the result",
    ),
    Claim(
        id="theorem-6.proof.corners",
        variant="printed",
        source='B.5.8, "must both occur at one of the four corners"',
        text="x_min and x_max are corners of [0, 1]^2",
        statement=about_phi(corner(phi.x_min) & corner(phi.x_max)),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.corners",
        variant="repaired",
        source='B.5.8, "must both occur at one of the four corners"',
        text="if the extrema are unique, x_min and x_max are corners of [0, 1]^2",
        statement=about_phi(corner(phi.x_min) & corner(phi.x_max)),
        cls="affine",
        convention="unique",
        fidelity="related",
        delta="unique extrema",
    ),
    Claim(
        id="theorem-6.proof.coefficients",
        variant="printed",
        source="B.5.8, the formulas for a and b",
        text="f(x) = a x1 + b x2 + c with Φ(f) = Φ has the stated a and b where their denominator is not zero",
        statement=Universal(coefficients),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.only-constraint",
        variant="printed",
        source='B.5.8, "with the only constraint that f_c(x) in [0, 1]"',
        text="for x_min = (0, 1) and x_max = (1, 0) every f_c with values in [0, 1] has the information Φ",
        statement=Universal(only_constraint),
        cls="affine",
        fidelity="equivalent",
        delta="in the first of the two cases left by the proof",
    ),
    Claim(
        id="theorem-6.proof.equal-extrema",
        variant="printed",
        source='B.5.8, "If x_min = x_max, then f is constant"',
        text="if x_min = x_max, then f is constant and can be recovered exactly",
        statement=about_radius(
            "affine",
            (2,),
            lambda phi, radius: phi.is_constant() & eq(radius, 0),
            when=lambda phi: same_point(phi.x_min, phi.x_max),
        ),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.origin-recovered",
        variant="printed",
        source='B.5.8, "If x_min = (0, 0), then necessarily c = f_min, so f can be recovered exactly"',
        text="if x_min = (0, 0), some decoder recovers f exactly",
        statement=recovered(at_origin("x_min")),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.origin-recovered",
        variant="repaired",
        source='B.5.8, "If x_min = (0, 0), then necessarily c = f_min, so f can be recovered exactly"',
        text="if x_min or x_max is (0, 0) and the other one is not (1, 1), some decoder recovers f exactly",
        statement=recovered(origin_and_side),
        cls="affine",
        fidelity="related",
        delta="opposite corners are excluded",
    ),
    Claim(
        id="theorem-6.proof.maximum-at-origin-recovered",
        variant="printed",
        source='B.5.8, "Similarly, if x_max = (0, 0) then necessarily c = f_max"',
        text="if x_max = (0, 0), some decoder recovers f exactly",
        statement=recovered(at_origin("x_max")),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.one-one-recovered",
        variant="printed",
        source='B.5.8, "If x_min = (1, 1) and x_max in {(1, 0), (0, 1)}"',
        text="if one extremum is (1, 1) and the other is (1, 0) or (0, 1), some decoder recovers f exactly",
        statement=recovered(one_one),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.cases",
        variant="printed",
        source='B.5.8, "There are two possibilities left"',
        text="for extrema at corners the listed cases leave x_min = (0, 1), x_max = (1, 0) and the reverse",
        statement=about_phi(LISTED | LEFT, lambda phi: corner(phi.x_min) & corner(phi.x_max)),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.pair-1",
        variant="printed",
        source="B.5.8, case 1)",
        text="for x_min = (0, 1) and x_max = (1, 0) the two functions have the information Φ and differ by "
        "f_max - f_min at (1, 1)",
        statement=pair(0, 1),
        cls="affine",
    ),
    Claim(
        id="theorem-6.proof.pair-2",
        variant="printed",
        source="B.5.8, case 2)",
        text="for x_min = (1, 0) and x_max = (0, 1) the two functions have the information Φ and differ by "
        "f_max - f_min at (1, 1)",
        statement=pair(1, 0),
        cls="affine",
    ),
)
