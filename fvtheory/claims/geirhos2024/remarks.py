"""Sentences beside the theorems: Section 4.1, Remarks 2 and 3, footnote 2, B.2."""

from __future__ import annotations

from fvtheory.claims.claim import Claim
from fvtheory.classes import get_class
from fvtheory.obligations import valid
from fvtheory.statements import Universal, about_radius, sentence
from fvtheory.symbols import Phi, symbolic_phi
from fvtheory.terms import Formula, Sym, Term, absolute, eq, every, iff, implies, some

phi: Phi = symbolic_phi(1)
fx = Sym("fx")
w1, w2, y1, y2, n, r = (Sym(s) for s in ("w1", "w2", "y1", "y2", "n", "r"))


def lift_feasible(phi: Phi, cls: str, j: int) -> Formula:
    """The one-dimensional pair for coordinate j exists: its Φ is feasible for the class."""
    part = Phi((phi.x_min[j],), (phi.x_max[j],), phi.f_min, phi.f_max, phi.rate, phi.edge)
    return get_class(cls).feasible(part)


def any_coordinate(cls: str):
    """Every coordinate in which x_min and x_max differ will do."""

    def about(phi: Phi, radius: Term) -> Formula:
        return every(
            implies(~eq(a, b), lift_feasible(phi, cls, j)) for j, (a, b) in enumerate(phi.coordinates())
        )

    return about_radius(cls, (2,), about)


def some_coordinate(cls: str):
    def about(phi: Phi, radius: Term) -> Formula:
        return some(lift_feasible(phi, cls, j) for j in range(phi.dim))

    return about_radius(cls, (2, 3), about, when=lambda phi: phi.is_varying())


def never_recovered(cls: str):
    return about_radius(
        cls,
        (1,) if cls == "lipschitz" else (1, 2, 3),
        lambda phi, radius: radius > 0,
        when=lambda phi: phi.is_varying(),
    )


def not_the_steepest(phi: Phi) -> Formula:
    (a,), (b,) = phi.x_min, phi.x_max
    return phi.is_varying() & ~(eq(phi.spread, phi.rate) & eq(absolute(a - b), 1))


BALL = [n > 0, r > 0, eq(n * n, w1 * w1 + w2 * w2), y1 * y1 + y2 * y2 <= r * r]
LIFTED = ("all", "neural-network", "erm", "piecewise-affine", "monotone", "convex", "lipschitz", "affine")
EXCEPTIONS = ("all", "neural-network", "erm", "lipschitz", "piecewise-affine", "monotone", "convex")

CLAIMS = (
    Claim(
        id="section-4.1.closer",
        variant="printed",
        source='Section 4.1, "note that f(x) is closer to f_max iff f(x) > m_f"',
        text="|f(x) - f_max| < |f(x) - f_min| iff f(x) > m_f",
        statement=sentence(
            "closer",
            [*phi.domain(), phi.f_min <= fx, fx <= phi.f_max],
            iff(absolute(fx - phi.f_max) < absolute(fx - phi.f_min), fx > phi.middle),
        ),
        cls="all",
    ),
    *(
        Claim(
            id=f"footnote-2.{cls}",
            variant="printed",
            source="B.2, footnote 2",
            text="affine functions are the only exception: on this class no f but constants can be recovered exactly",
            statement=never_recovered(cls),
            cls=cls,
            fidelity="related",
            delta="the class on its own; " + ("d = 1" if cls == "lipschitz" else "d = 1, 2, 3"),
        )
        for cls in EXCEPTIONS
    ),
    Claim(
        id="footnote-2.lipschitz",
        variant="repaired",
        source="B.2, footnote 2",
        text="on Lipschitz functions no f can be recovered exactly but constants and those with f_max - f_min = L",
        statement=about_radius("lipschitz", (1,), lambda phi, radius: radius > 0, when=not_the_steepest),
        cls="lipschitz",
        fidelity="related",
        delta="a second exception; d = 1",
    ),
    Claim(
        id="section-b.2.dichotomy",
        variant="printed",
        source='B.2, "reveals everything about every function, or ... hardly anything about any function"',
        text="on Lipschitz functions the best possible error is 0 or (f_max - f_min)/2",
        statement=about_radius(
            "lipschitz", (1,), lambda phi, radius: eq(radius, 0) | eq(radius, phi.spread / 2)
        ),
        cls="lipschitz",
        fidelity="related",
        delta="read of single Φ, on one class",
    ),
    Claim(
        id="remark-2.maximizer",
        variant="printed",
        source="B.3, Remark 2",
        text="on unbounded inputs a non-constant affine function of two variables has a maximizer",
        statement=sentence(
            "maximizer",
            [some([~eq(w1, 0), ~eq(w2, 0)])],
            w1 * (y1 + w1) + w2 * (y2 + w2) <= w1 * y1 + w2 * y2,
        ),
        cls="affine",
        fidelity="related",
        delta="a point y maximal for w·x would have to be at least as good as y + w; d = 2",
    ),
    Claim(
        id="remark-2.maximizer",
        variant="repaired",
        source="B.3, Remark 2",
        text="on the Euclidean ball of radius r the maximizer of w·x is r w/||w||, and the only one",
        statement=Universal(
            lambda convention: [
                valid("best", BALL, w1 * y1 + w2 * y2 <= r * n),
                valid(
                    "value",
                    [n > 0, eq(n * n, w1 * w1 + w2 * w2)],
                    eq(w1 * (r * w1) + w2 * (r * w2), n * (r * n)),
                ),
                valid("only", [*BALL, eq(w1 * y1 + w2 * y2, r * n)], eq(n * y1, r * w1) & eq(n * y2, r * w2)),
            ]
        ),
        cls="affine",
        fidelity="related",
        delta="inputs in a Euclidean ball in place of unbounded ones; d = 2",
    ),
    *(
        Claim(
            id=f"remark-3.{cls}",
            variant="printed",
            source="B.5, Remark 3",
            text="the one-dimensional construction can be used in any coordinate in which x_min and x_max differ",
            statement=any_coordinate(cls),
            cls=cls,
            fidelity="related",
            delta='"componentwise" read as: through any one coordinate; d = 2',
        )
        for cls in LIFTED
    ),
    *(
        Claim(
            id=f"remark-3.{cls}",
            variant="repaired",
            source="B.5, Remark 3",
            text="for every f that is not constant the one-dimensional construction can be used in some coordinate",
            statement=some_coordinate(cls),
            cls=cls,
            fidelity="related",
            delta="some coordinate in place of any; d = 2, 3",
        )
        for cls in ("convex", "lipschitz", "affine")
    ),
)
