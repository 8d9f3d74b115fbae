"""Theorem 4: Lipschitz functions (B.3, B.5.6)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import Ramp, X, Y, for_each, prove_lipschitz, theorem_1, theorem_4
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import Universal, about_radius, errs_at_least, errs_at_most, half_spread, radius_is
from fvtheory.symbols import L, Phi, distance, has_information, symbolic_phi
from fvtheory.terms import Formula, Term, absolute, clamp, eq, iff, implies, maximum, minimum

phi: Phi = symbolic_phi(1, L)
(a,), (b,) = phi.x_min, phi.x_max
(x,), (y,) = X, Y


def gap(phi: Phi) -> Term:
    return distance(phi.x_max, phi.x_min)


def gentle(phi: Phi) -> Formula:
    """2|f_max - f_min| <= L|x_max - x_min|, the condition of the first inequality."""
    return 2 * phi.spread <= phi.rate * gap(phi)


def steep(phi: Phi) -> Formula:
    return 2 * phi.spread > phi.rate * gap(phi)


def outer_room(phi: Phi) -> Term:
    """max{min{x_min, x_max}, 1 - max{x_min, x_max}}."""
    (a,), (b,) = phi.x_min, phi.x_max
    return maximum(minimum(a, b), 1 - maximum(a, b))


def second_bound(phi: Phi) -> Term:
    return phi.rate * outer_room(phi)


def repaired_second_bound(phi: Phi) -> Term:
    return minimum(phi.spread, phi.rate * outer_room(phi)) / 2


def best_bound(phi: Phi) -> Term:
    between = phi.rate * gap(phi) - phi.spread
    return minimum(phi.spread, maximum(phi.rate * outer_room(phi), between)) / 2


def lipschitz(pair, ramps, given) -> list[Obligation]:
    """Both functions are L-Lipschitz."""
    inside = [*given, *INSIDE]
    return [
        o
        for i, (f, ramp) in enumerate(zip(pair, ramps, strict=True), 1)
        for o in prove_lipschitz(f"f{i}.lipschitz", f, ramp, inside, phi)
    ]


def ramps(pair) -> list[Ramp]:
    return [f.ramp for f in pair]


INSIDE = [*phi.in_cube(X, Y), x <= y]
FIRST = [*phi.domain(), a < b, gentle(phi)]
FIRST_PAIR = theorem_1(a, b, phi.f_min, phi.f_max)
SECOND_PAIR = theorem_4(phi)
SECOND = [*phi.domain(), a < b, phi.spread <= phi.rate * (b - a), steep(phi)]


def clipped(pair):
    """The functions cut off at f_min and f_max."""
    return tuple(lambda p, f=f: clamp(f(p), phi.f_min, phi.f_max) for f in pair)


def information(pair, convention: str) -> list[Obligation]:
    given = [*SECOND, *phi.in_cube(X)]
    return for_each("information", pair, given, lambda f: has_information(f, phi, X, convention))


def separation(pair, left: Term, right: Term) -> list[Obligation]:
    """|f1 - f2| >= left at 0 if x_min > 1 - x_max, otherwise >= right at 1."""
    zero, one = (a * 0,), (a * 0 + 1,)
    at_zero, at_one = (absolute(pair[0](p) - pair[1](p)) for p in (zero, one))
    return [
        valid("separation-at-0", [*SECOND, a > 1 - b], at_zero >= left),
        valid("separation-at-1", [*SECOND, a <= 1 - b], at_one >= right),
    ]


def repaired_pair(convention: str) -> list[Obligation]:
    pair = clipped(SECOND_PAIR)
    left, right = (minimum(phi.spread, phi.rate * t) for t in (a, 1 - b))
    return [
        *lipschitz(pair, ramps(SECOND_PAIR), SECOND),
        *information(pair, convention),
        *separation(pair, left, right),
    ]


def bound_is_zero(phi: Phi, radius: Term) -> Formula:
    condition = eq(gap(phi), 1) & (phi.spread > phi.rate / 2)
    return iff(eq(second_bound(phi), 0), condition)


def radius_is_zero(phi: Phi, radius: Term) -> Formula:
    whole = eq(gap(phi), 1) & eq(phi.spread, phi.rate)
    return iff(eq(radius, 0), phi.is_constant() | whole)


CLAIMS = (
    Claim(
        id="theorem-4.first-inequality",
        variant="printed",
        source="B.3, Theorem 4, first inequality",
        text="for all D, L > 0 and L-Lipschitz f with 2|f_max - f_min| <= L|x_max - x_min| some L-Lipschitz f' with "
        "Φ(f') = Φ(f) has ||f' - D(Φ(f'))|| >= (f'_max - f'_min)/2",
        statement=errs_at_least("lipschitz", (1,), half_spread, when=gentle),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.second-inequality",
        variant="printed",
        source="B.3, Theorem 4, second inequality",
        text="even if 2|f_max - f_min| > L|x_max - x_min|, "
        "||f' - D(Φ(f'))|| >= L max{min{x_min, x_max}, 1 - max{x_min, x_max}}",
        statement=errs_at_least("lipschitz", (1,), second_bound, when=steep),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.second-inequality",
        variant="repaired",
        source="B.3, Theorem 4, second inequality",
        text="the bound is min{f_max - f_min, L max{min{x_min, x_max}, 1 - max{x_min, x_max}}}/2",
        statement=errs_at_least("lipschitz", (1,), repaired_second_bound, when=steep),
        cls="lipschitz",
        fidelity="related",
        delta="clipped at f_max - f_min, and halved as in Lemma 3",
    ),
    Claim(
        id="theorem-4",
        variant="sharp",
        source="B.3, Theorem 4",
        text="the best possible bound is min{Δ, max{L min{x_min, x_max}, L(1 - max{x_min, x_max}), "
        "L|x_max - x_min| - Δ}}/2 with Δ = f_max - f_min",
        statement=radius_is("lipschitz", (1,), best_bound),
        cls="lipschitz",
        fidelity="related",
        delta="not in the paper: one formula for both cases",
    ),
    Claim(
        id="theorem-4.remark.higher-dimension",
        variant="printed",
        source='B.3, "could be extended trivially to arbitrary dimension"',
        text="the first inequality holds in dimension 2 and 3 with the sup norm of x_max - x_min",
        statement=errs_at_least("lipschitz", (2, 3), half_spread, when=gentle),
        cls="lipschitz",
        fidelity="related",
        delta="d = 2, 3; how the second inequality would read is not said",
    ),
    Claim(
        id="theorem-4.remark.spread",
        variant="printed",
        source="B.3, after Theorem 4",
        text="for all L-Lipschitz f, |f_max - f_min| <= L|x_max - x_min|",
        statement=about_radius("lipschitz", (1, 2, 3), lambda phi, radius: phi.spread <= phi.rate * gap(phi)),
        cls="lipschitz",
        fidelity="related",
        delta="d = 1, 2, 3",
    ),
    Claim(
        id="theorem-4.remark.tight",
        variant="printed",
        source='B.3, "our lower bound is tight by Proposition 1"',
        text="under the first condition some decoder has error <= (f_max - f_min)/2",
        statement=errs_at_most("lipschitz", (1,), half_spread, when=gentle),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.remark.zero",
        variant="printed",
        source='B.3, "our lower bound is zero if and only if"',
        text="when the condition fails, the second bound is zero iff |x_max - x_min| = 1 and |f_max - f_min| > L/2",
        statement=about_radius("lipschitz", (1,), bound_is_zero, when=steep),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.remark.zero",
        variant="sharp",
        source='B.3, "our lower bound is zero if and only if"',
        text="the best possible bound is zero iff f is constant or |x_max - x_min| = 1 and f_max - f_min = L",
        statement=about_radius("lipschitz", (1,), radius_is_zero),
        cls="lipschitz",
        fidelity="related",
        delta="the radius of information in place of the printed bound",
    ),
    Claim(
        id="theorem-4.remark.zero-is-tight",
        variant="printed",
        source='B.3, "This is nearly tight"',
        text="where the second bound is zero, some decoder recovers f exactly",
        statement=about_radius(
            "lipschitz",
            (1,),
            lambda phi, radius: implies(eq(second_bound(phi), 0), eq(radius, 0)),
            when=steep,
        ),
        cls="lipschitz",
        fidelity="related",
        delta='"nearly" is left out',
    ),
    Claim(
        id="theorem-4.remark.steepest",
        variant="printed",
        source='B.3, "if |f_max - f_min| = L, then necessarily"',
        text="if |f_max - f_min| = L, then |x_max - x_min| = 1 and f is determined by Φ(f)",
        statement=about_radius(
            "lipschitz",
            (1,),
            lambda phi, radius: eq(gap(phi), 1) & eq(radius, 0),
            when=lambda phi: eq(phi.spread, phi.rate),
        ),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.proof.first-pair",
        variant="printed",
        source="B.5.6, first sentence",
        text="under the first condition f1 and f2 of Theorem 1 are L-Lipschitz",
        statement=Universal(lambda convention: lipschitz(FIRST_PAIR, ramps(FIRST_PAIR), FIRST)),
        cls="lipschitz",
        fidelity="equivalent",
        delta="for x_min < x_max",
    ),
    Claim(
        id="theorem-4.proof.second-pair.slope",
        variant="printed",
        source="B.5.6, f1 and f2",
        text="f1 and f2 satisfy |f(x) - f(y)| <= L|x - y|",
        statement=Universal(lambda convention: lipschitz(SECOND_PAIR, ramps(SECOND_PAIR), SECOND)),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.proof.second-pair.range",
        variant="printed",
        source='B.5.6, "so f1, f2 in F_Lip"',
        text="f1 and f2 take values in [0, 1]",
        statement=Universal(
            lambda convention: for_each(
                "range", SECOND_PAIR, [*SECOND, *phi.in_cube(X)], lambda f: (f(X) >= 0) & (f(X) <= 1)
            )
        ),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.proof.second-pair.information",
        variant="printed",
        source="B.5.6, f1 and f2",
        text="f1 and f2 have the information Φ(f)",
        statement=Universal(lambda convention: information(SECOND_PAIR, convention)),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.proof.second-pair.separation",
        variant="printed",
        source='B.5.6, "realized at x = 0", "realized at x = 1"',
        text="||f1 - f2|| >= L x_min if x_min > 1 - x_max, and >= L(1 - x_max) otherwise",
        statement=Universal(lambda convention: separation(SECOND_PAIR, phi.rate * a, phi.rate * (1 - b))),
        cls="lipschitz",
    ),
    Claim(
        id="theorem-4.proof.second-pair",
        variant="repaired",
        source="B.5.6, f1 and f2",
        text="f1 and f2 clipped to [f_min, f_max] are L-Lipschitz, have the information Φ(f), and differ by "
        "min{f_max - f_min, L x_min} at 0 or min{f_max - f_min, L(1 - x_max)} at 1",
        statement=Universal(repaired_pair),
        cls="lipschitz",
        fidelity="related",
        delta="the functions are clipped",
    ),
)
