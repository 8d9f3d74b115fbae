"""Theorem 3: convex functions (B.3, B.5.5)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import Piecewise, X, Y, for_each, reflected, theorem_3
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.statements import (
    RadiusStatement,
    Universal,
    about_radius,
    errs_at_least,
    half_spread,
    radius_is,
)
from fvtheory.symbols import Phi, convex_combination, has_information, symbolic_phi
from fvtheory.terms import Formula, Sym, Term, absolute, eq, every, implies, maximum

phi: Phi = symbolic_phi(1)
(a,), (b,) = phi.x_min, phi.x_max
weight = Sym("weight")


def about_phi(formula, when=None) -> RadiusStatement:
    """A formula in Φ holds for all Φ of convex functions of one variable."""
    condition = when or (lambda phi: phi.f_min <= phi.f_max)
    return about_radius("convex", (1,), lambda phi, radius: formula, when=condition)


def not_constant(phi: Phi) -> Formula:
    return phi.is_varying()


def hinge_is_convex(name: str, f: Piecewise, given: list[Formula]) -> list[Obligation]:
    """f is flat, then affine with f = max(flat, affine): so it is convex."""
    between = convex_combination(weight, X, Y)
    points = [(p[0], f(p), f.pieces[1](p[0])) for p in (between, X, Y)]
    low = f.pieces[0](X[0])
    share = [weight >= 0, weight <= 1]
    proof = Derivation(name, [*given, *share])
    steps = []
    for i, (_, value, sloped) in enumerate(points):
        steps.append(proof.have(f"maximum-{i}", eq(value, maximum(low, sloped)), given))
    (_, value, at), (_, value_x, at_x), (_, value_y, at_y) = points
    affine = eq(at, weight * at_x + (1 - weight) * at_y)
    affine = proof.have("affine", affine, [])
    goal = value <= weight * value_x + (1 - weight) * value_y
    proof.have("", goal, [*steps, affine, *share], [value, value_x, value_y, at, at_x, at_y, low])
    return proof.obligations


def pair_facts(pair, given, convention: str, at: Term) -> list[Obligation]:
    """The functions have the information Φ and differ by Δ/2 at the point."""
    separation = absolute(pair[0]((at,)) - pair[1]((at,))) >= half_spread(phi)
    return [
        *for_each(
            "information", pair, [*given, *phi.in_cube(X)], lambda f: has_information(f, phi, X, convention)
        ),
        valid("separation", given, separation),
    ]


def printed_pair(convention: str) -> list[Obligation]:
    given = [*phi.domain(), eq(b, 1), a < 1]
    pair = theorem_3(a, phi.f_min, phi.f_max)
    inside = [*given, *phi.in_cube(X, Y)]
    convex = [o for i, f in enumerate(pair, 1) for o in hinge_is_convex(f"f{i}.convex", f, inside)]
    defined = [valid(f"f{i}.well-defined", given, f.well_defined()) for i, f in enumerate(pair, 1)]
    return [*defined, *convex, *pair_facts(pair, given, convention, (a + 1) / 2)]


def reflected_pair(low_at: Term):
    """g_i(x) = f_i(1 - x) at x_min/2, with the given place for x_min in equations (10) and (11)."""

    def conjuncts(convention: str) -> list[Obligation]:
        f1, f2 = theorem_3(low_at, phi.f_min, phi.f_max)
        given = [*phi.domain(), eq(b, 0), a > 0, low_at < 1]
        return pair_facts((reflected(f1), reflected(f2)), given, convention, a / 2)

    return Universal(conjuncts)


def cases(last: Formula) -> Formula:
    return every([eq(b, 1), a < 1]) | every([eq(b, 0), a > 0]) | last


CLAIMS = (
    Claim(
        id="theorem-3",
        variant="printed",
        source="B.3, Theorem 3",
        text="for all D and convex f some convex f' with Φ(f') = Φ(f) has ||f' - D(Φ(f'))|| >= (f'_max - f'_min)/4",
        statement=errs_at_least("convex", (1, 2, 3), lambda phi: phi.spread / 4),
        cls="convex",
        fidelity="related",
        delta="d = 1, 2, 3; functions that attain their extrema",
    ),
    Claim(
        id="theorem-3",
        variant="sharp",
        source="B.3, Theorem 3",
        text="the best possible bound is (f_max - f_min)/2: convexity does not help at all",
        statement=radius_is("convex", (1, 2, 3), half_spread),
        cls="convex",
        fidelity="related",
        delta="the constant 1/4 becomes 1/2; d = 1, 2, 3",
    ),
    Claim(
        id="theorem-3.remark.diagonal",
        variant="printed",
        source="B.3, before Theorem 3",
        text="no convex function can cross the line from (x_min, f_min) to (x_max, f_max) between the two",
        statement=Universal(
            lambda convention: [
                valid(
                    "chord",
                    [
                        *phi.domain(),
                        weight >= 0,
                        weight <= 1,
                        Sym("fx") <= weight * Sym("fa") + (1 - weight) * Sym("fb"),
                        eq(Sym("fa"), phi.f_min),
                        eq(Sym("fb"), phi.f_max),
                    ],
                    Sym("fx") <= phi.f_max - weight * phi.spread,
                )
            ]
        ),
        cls="convex",
        fidelity="equivalent",
        delta="at the point weight*x_min + (1 - weight)*x_max",
    ),
    Claim(
        id="theorem-3.proof.extremum-at-an-end",
        variant="printed",
        source="B.5.5, first sentence",
        text="for any convex f, one of x_min or x_max is 0 or 1",
        statement=about_phi(eq(a, 0) | eq(a, 1) | eq(b, 0) | eq(b, 1)),
        cls="convex",
    ),
    Claim(
        id="theorem-3.proof.extremum-at-an-end",
        variant="repaired",
        source="B.5.5, first sentence",
        text="for any convex f that is not constant, x_max is 0 or 1",
        statement=about_phi(eq(b, 0) | eq(b, 1), not_constant),
        cls="convex",
        fidelity="related",
        delta="constants are excluded, and it is always x_max",
    ),
    Claim(
        id="theorem-3.proof.minimum-at-zero",
        variant="printed",
        source='B.5.5, "x_min = 0 implies that x_max = 1 by convexity"',
        text="x_min = 0 implies x_max = 1, and x_min = 1 implies x_max = 0",
        statement=about_phi(implies(eq(a, 0), eq(b, 1)) & implies(eq(a, 1), eq(b, 0))),
        cls="convex",
    ),
    Claim(
        id="theorem-3.proof.minimum-at-zero",
        variant="repaired",
        source='B.5.5, "x_min = 0 implies that x_max = 1 by convexity"',
        text="for f that is not constant, x_min = 0 implies x_max = 1, and x_min = 1 implies x_max = 0",
        statement=about_phi(implies(eq(a, 0), eq(b, 1)) & implies(eq(a, 1), eq(b, 0)), not_constant),
        cls="convex",
        fidelity="related",
        delta="constants are excluded",
    ),
    Claim(
        id="theorem-3.proof.cases",
        variant="printed",
        source="B.5.5, the three cases",
        text='"x_max = 1 and x_min < 1", "x_max = 0 and x_min > 0" and x_min = x_max are all the cases there are',
        statement=about_phi(cases(eq(a, b))),
        cls="convex",
    ),
    Claim(
        id="theorem-3.proof.cases",
        variant="repaired",
        source="B.5.5, the three cases",
        text="the third case is f_min = f_max",
        statement=about_phi(cases(eq(phi.f_min, phi.f_max))),
        cls="convex",
        fidelity="related",
        delta="constants may have x_min != x_max",
    ),
    Claim(
        id="theorem-3.proof.pair",
        variant="printed",
        source="B.5.5, equations (10) and (11)",
        text="for x_max = 1 and x_min < 1, f1 and f2 are convex, have the information Φ(f), and differ by "
        "(f_max - f_min)/2 at (x_min + 1)/2",
        statement=Universal(printed_pair),
        cls="convex",
    ),
    Claim(
        id="theorem-3.proof.reflected-pair",
        variant="printed",
        source="B.5.5, g1(x) = f1(1 - x) and g2(x) = f2(1 - x)",
        text="for x_max = 0 and x_min > 0, g1 and g2 have the information Φ(f) and differ by (f_max - f_min)/2 "
        "at x_min/2",
        statement=reflected_pair(a),
        cls="convex",
        fidelity="equivalent",
        delta="x_min < 1, where equations (10) and (11) make sense",
    ),
    Claim(
        id="theorem-3.proof.reflected-pair",
        variant="repaired",
        source="B.5.5, g1(x) = f1(1 - x) and g2(x) = f2(1 - x)",
        text="the same with 1 - x_min in place of x_min in equations (10) and (11)",
        statement=reflected_pair(1 - a),
        cls="convex",
        fidelity="related",
        delta="1 - x_min in place of x_min",
    ),
)
