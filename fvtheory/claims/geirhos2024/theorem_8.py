"""Theorem 8: what can be recovered (B.4, B.5.10)."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import Universal, about_radius, errs_at_most, zero
from fvtheory.symbols import Phi, different_points, symbolic_phi
from fvtheory.terms import Sym, eq

phi: Phi = symbolic_phi(1)
(a,), (b,) = phi.x_min, phi.x_max
w, c, x = Sym("w"), Sym("c"), Sym("x")


def decoder(convention: str) -> list[Obligation]:
    """a_f x + b_f is f(x), for every affine f through the two points."""
    through = [eq(w * a + c, phi.f_min), eq(w * b + c, phi.f_max)]
    slope = (phi.f_max - phi.f_min) / (b - a)
    intercept = (b * phi.f_min - a * phi.f_max) / (b - a)
    return [valid("line", [*phi.domain(), ~eq(b - a, 0), *through], eq(slope * x + intercept, w * x + c))]


CLAIMS = (
    Claim(
        id="theorem-8.affine",
        variant="printed",
        source="B.4, Theorem 8",
        text="some decoder recovers every affine f of one variable exactly",
        statement=errs_at_most("affine", (1,), zero),
        cls="affine",
    ),
    Claim(
        id="theorem-8.constant",
        variant="printed",
        source="B.4, Theorem 8",
        text="some decoder recovers every constant f exactly",
        statement=errs_at_most("constant", (1, 2, 3), zero),
        cls="constant",
        fidelity="related",
        delta="d = 1, 2, 3",
    ),
    Claim(
        id="theorem-8.proof.defined",
        variant="printed",
        source="B.5.10, a_f and b_f",
        text="a_f = (f_max - f_min)/(x_max - x_min) and b_f are defined for every affine f of one variable",
        statement=about_radius("affine", (1,), lambda phi, radius: different_points(phi.x_min, phi.x_max)),
        cls="affine",
    ),
    Claim(
        id="theorem-8.proof.defined",
        variant="repaired",
        source="B.5.10, a_f and b_f",
        text="a_f and b_f are defined for every affine f of one variable that is not constant",
        statement=about_radius(
            "affine",
            (1,),
            lambda phi, radius: different_points(phi.x_min, phi.x_max),
            when=lambda phi: phi.is_varying(),
        ),
        cls="affine",
        fidelity="related",
        delta="constants are excluded; for them the decoder is f_min",
    ),
    Claim(
        id="theorem-8.proof.decoder",
        variant="printed",
        source="B.5.10",
        text="where x_min != x_max, x -> a_f x + b_f is f",
        statement=Universal(decoder),
        cls="affine",
    ),
)
