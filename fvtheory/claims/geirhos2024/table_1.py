"""Table 1 with exact answers in place of Yes and No (Section 4, B.2).

For each row: the smallest ε for which ε-approximate prediction is possible, when f can be predicted
exactly (ε = 0), and when it can be told whether f(x) is closer to f_max or f_min.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.theorem_4 import best_bound as lipschitz_bound
from fvtheory.claims.geirhos2024.theorem_4 import gap
from fvtheory.classes import get_class
from fvtheory.statements import Bound, about_radius, half_spread, radius_is, zero
from fvtheory.symbols import Phi
from fvtheory.terms import TRUE, Formula, absolute, eq, every, iff, ite, some

Condition = Callable[[Phi], Formula]


def is_constant(phi: Phi) -> Formula:
    return phi.is_constant()


def always(phi: Phi) -> Formula:
    return TRUE


def steepest(phi: Phi) -> Formula:
    """f is constant, or as steep as L allows from one end of [0, 1] to the other."""
    return phi.is_constant() | (eq(gap(phi), 1) & eq(phi.spread, phi.rate))


def side_told_lipschitz(phi: Phi) -> Formula:
    """f is constant, or falls as steeply as L allows between the extrema, with too little room beyond
    them for the middle."""
    (a,), (b,) = phi.x_min, phi.x_max
    half = phi.spread / 2
    beyond_a, beyond_b = ite(a < b, a, 1 - a), ite(a < b, 1 - b, b)
    no_room = every([phi.rate * beyond_a <= half, phi.rate * beyond_b < half])
    return phi.is_constant() | every([eq(phi.rate * gap(phi), phi.spread), no_room])


def opposite(phi: Phi) -> Formula:
    """x_min and x_max lie at the two ends of at least two coordinates."""
    ends = [eq(absolute(a - b), 1) for a, b in phi.coordinates()]
    return some(ends[i] & ends[k] for i in range(phi.dim) for k in range(i))


def not_opposite(phi: Phi) -> Formula:
    return phi.is_constant() | ~opposite(phi)


@dataclass(frozen=True)
class Row:
    """One row of Table 1.

    Attributes:
        name: the row, as part of a claim id.
        title: its title in the paper.
        cls: the function class.
        dims: the dimensions in which it is proved; the first is the one it is shown in.
        epsilon: the smallest ε.
        exact: when f(x) can be predicted exactly.
        side: when the side of the midpoint can be told.
    """

    name: str
    title: str
    cls: str
    dims: tuple[int, ...]
    epsilon: Bound
    exact: Condition
    side: Condition


def _usual(cls: str) -> Row:
    return Row(cls, get_class(cls).title, cls, (1, 2, 3), half_spread, is_constant, is_constant)


ROWS = (
    _usual("all"),
    _usual("neural-network"),
    _usual("erm"),
    Row(
        "lipschitz",
        "L-Lipschitz (known L), d = 1",
        "lipschitz",
        (1,),
        lipschitz_bound,
        steepest,
        side_told_lipschitz,
    ),
    _usual("piecewise-affine"),
    _usual("monotone"),
    _usual("convex"),
    Row(
        "affine-in-several-variables",
        "affine (input dim. > 1), shown for d = 2",
        "affine",
        (2, 3),
        lambda phi: ite(opposite(phi), phi.spread / 2, 0),
        not_opposite,
        not_opposite,
    ),
    Row("affine-in-one-variable", "affine (input dim. = 1)", "affine", (1,), zero, always, always),
    Row("constant", "constant", "constant", (1, 2, 3), zero, always, always),
)


def _claims(row: Row) -> tuple[Claim, ...]:
    def claim(part: str, text: str, statement) -> Claim:
        return Claim(
            id=f"table-1.{row.name}.{part}",
            variant="sharp",
            source=f"Section 4, Table 1, row {row.title!r}",
            text=text,
            statement=statement,
            cls=row.cls,
            fidelity="related",
            delta=f"an exact answer in place of Yes or No; d = {', '.join(map(str, row.dims))}",
        )

    return (
        claim(
            "epsilon",
            "the smallest ε for ε-approximate prediction",
            radius_is(row.cls, row.dims, row.epsilon),
        ),
        claim(
            "exact",
            "when f(x) can be predicted exactly",
            about_radius(row.cls, row.dims, lambda phi, radius: iff(eq(radius, 0), row.exact(phi))),
        ),
        claim(
            "side",
            "when it can be told whether f(x) is closer to f_max or f_min",
            about_radius(
                row.cls, row.dims, lambda phi, radius: iff(eq(radius, 0), row.side(phi)), question="side"
            ),
        ),
    )


CLAIMS = tuple(c for row in ROWS for c in _claims(row))
