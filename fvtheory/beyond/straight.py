"""Fibers of affine functions, alone or with rates: f(x) = c + g . x, a linear program in c and g."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.boxes import whole_cube
from fvtheory.beyond.constraints import Bound, Constraints
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import MAX, Gauge
from fvtheory.beyond.hulls import refuse_coupled
from fvtheory.beyond.linear_program import INFEASIBLE, UNBOUNDED, Optimum, minimise
from fvtheory.exact import Point
from fvtheory.functions import Affine, Function

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class AffineFiber:
    """All affine functions of one gauge that obey the bounds; `affine_fiber` makes it.

    In the programs g = p - q with p, q >= 0 and c = a - b. The maximum of f over a box is then
    c + Σ (p_j high_j - q_j low_j) where p_j or q_j is 0; where neither is, the expression is larger, so
    asking it to be small asks no more of f than asking the maximum to be (and alike for minima and rates).

    Attributes:
        floor, cap: floor <= f <= cap, already among the constraints.
        rows, targets: the constraints, each a row . (a, b, p, q) <= target.
        equal: how many of the first rows hold with equality.
    """

    floor: Fraction
    cap: Fraction
    dim: int
    rows: tuple[tuple[Fraction, ...], ...]
    targets: tuple[Fraction, ...]
    equal: int

    def upper(self, x: Point) -> Fraction:
        """sup f(x) over the fiber."""
        return self._extreme(x, -1)[0]

    def lower(self, x: Point) -> Fraction:
        """inf f(x) over the fiber."""
        return self._extreme(x, 1)[0]

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """The members that have the values lower(x) and upper(x)."""
        return self._extreme(x, 1)[1], self._extreme(x, -1)[1]

    def _extreme(self, x: Point, sense: int) -> tuple[Fraction, Affine]:
        cost = [sense * c for c in (ONE, -ONE, *x, *(-c for c in x))]
        found = self._solve(cost)
        assert isinstance(found, Optimum)
        return sense * found.value, self._function(found)

    def _function(self, found: Optimum) -> Affine:
        a, b, *rest = found.point
        slope = [rest[j] - rest[self.dim + j] for j in range(self.dim)]
        return Affine(slope, a - b)

    def _solve(self, cost: Sequence[Fraction]) -> Optimum | str:
        slacks = len(self.rows) - self.equal
        rows = []
        for i, row in enumerate(self.rows):
            extra = [ZERO] * slacks
            if i >= self.equal:
                extra[i - self.equal] = ONE
            rows.append([*row, *extra])
        return minimise([*cost, *[ZERO] * slacks], rows, self.targets)


def affine_fiber(gauge: Gauge, known: Constraints) -> AffineFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for uncertain values that are compared, and strict levels.
    """
    refuse_coupled(known, "affine")
    if any(b.strict for b in known.uppers):
        raise UnsupportedError(
            "class affine with strict levels", "strict = false", "strict bounds are not a linear program"
        )
    dim, cube = gauge.dim, whole_cube(gauge.dim)
    rows: list[list[Fraction]] = []
    targets: list[Fraction] = []
    for gradient in known.gradients:
        for j, g in enumerate(gradient.gradient):
            row = [ZERO] * (2 + 2 * dim)
            row[2 + j], row[2 + dim + j] = ONE, -ONE
            rows.append(row)
            targets.append(g)
    equal = len(rows)
    for b in (*known.uppers, Bound(cube, known.cap)):
        rows.append([ONE, -ONE, *b.where.high, *(-c for c in b.where.low)])
        targets.append(b.value)
    for b in (*known.lowers, Bound(cube, known.floor)):
        rows.append([-ONE, ONE, *(-c for c in b.where.low), *b.where.high])
        targets.append(-b.value)
    worst = [ZERO] * (2 + 2 * dim)
    for j in range(dim):
        for k, rate in ((2 + j, gauge.up[j]), (2 + dim + j, gauge.down[j])):
            if rate is None:
                continue
            if gauge.combine == MAX and rate:
                worst[k] = 1 / rate
            else:
                row = [ZERO] * (2 + 2 * dim)
                row[k] = ONE
                rows.append(row)
                targets.append(rate)
    rows.append(worst)
    targets.append(ONE)
    fiber = AffineFiber(known.floor, known.cap, dim, tuple(map(tuple, rows)), tuple(targets), equal)
    found = fiber._solve([ZERO] * (2 + 2 * dim))
    if found in (INFEASIBLE, UNBOUNDED):
        return "no affine function obeys all that is known"
    return fiber
