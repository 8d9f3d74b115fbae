"""Exact linear programs: minimise cost . x subject to rows . x = targets, x >= 0, in rationals.

The simplex method in two phases on an integer tableau (every division is exact: Edmonds, 1967; Bareiss,
1968). The answer is checked before it is returned: the point obeys the constraints, the dual point obeys its
own, and both have the same value, all in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

Row = Sequence[Fraction]

PATIENCE = 20
"""Pivots without progress before the choice of pivots changes to Bland's, which cannot cycle."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The least value, a point that has it, and a dual point that proves it: value = duals . targets and
    cost_j >= Σ_i duals_i rows_ij for all j."""

    value: Fraction
    point: tuple[Fraction, ...]
    duals: tuple[Fraction, ...]


INFEASIBLE, UNBOUNDED = "infeasible", "unbounded"


def minimise(cost: Row, rows: Sequence[Row], targets: Row) -> Optimum | str:
    """The optimum, or ``INFEASIBLE`` or ``UNBOUNDED``."""
    count, width = len(rows), len(cost)
    table = np.zeros((count + 2, width + count + 1), dtype=object)
    scales = []
    for i, (row, target) in enumerate(zip(rows, targets, strict=True)):
        scale = lcm(*(c.denominator for c in row), target.denominator)
        if target < 0:
            scale = -scale
        scales.append(scale)
        table[i, :width] = [c.numerator * (scale // c.denominator) for c in row]
        table[i, -1] = int(target * scale)
        table[i, width + i] = 1
    cost_scale = lcm(*(c.denominator for c in cost))
    table[-1, :width] = [c.numerator * (cost_scale // c.denominator) for c in cost]
    table[-2, :width] = -table[:count, :width].sum(axis=0) if count else 0
    table[-2, -1] = -table[:count, -1].sum() if count else 0
    simplex = _Simplex(table, list(range(width, width + count)), width)
    simplex.descend(-2)
    if table[-2, -1] != 0:
        return INFEASIBLE
    simplex.drop_artificials()
    if not simplex.descend(-1):
        return UNBOUNDED
    det = simplex.det
    point = [Fraction(0)] * width
    for i, name in enumerate(simplex.basis):
        if name < width:
            point[name] = Fraction(int(table[i, -1]), det)
    # The reduced cost of the i-th artificial is -dual_i, in the scale of the row and of the cost.
    duals = [Fraction(-int(table[-1, width + i]), det) * scale / cost_scale for i, scale in enumerate(scales)]
    value = sum((c * x for c, x in zip(cost, point, strict=True) if x), Fraction(0))
    found = Optimum(value, tuple(point), tuple(duals))
    _check(found, cost, rows, targets)
    return found


def is_feasible(rows: Sequence[Row], targets: Row) -> bool:
    """Whether some x >= 0 has rows . x = targets."""
    width = len(rows[0]) if rows else 0
    return minimise([Fraction(0)] * width, rows, targets) != INFEASIBLE


def _check(found: Optimum, cost: Row, rows: Sequence[Row], targets: Row) -> None:
    support = [(j, x) for j, x in enumerate(found.point) if x]
    active = [(y, row) for y, row in zip(found.duals, rows, strict=True) if y]
    sound = (
        all(x > 0 for _, x in support)
        and all(sum(row[j] * x for j, x in support) == t for row, t in zip(rows, targets, strict=True))
        and all(sum(y * row[j] for y, row in active if row[j]) <= c for j, c in enumerate(cost))
        and sum((y * t for y, t in zip(found.duals, targets, strict=True)), Fraction(0)) == found.value
    )
    if not sound:
        raise ArithmeticError("the simplex method ended without a proof of optimality")


class _Simplex:
    """A tableau of integers over the common denominator ``det``; the last two rows are the costs of the two
    phases, the last column the targets, the columns from ``width`` on the artificial variables."""

    def __init__(self, table: np.ndarray, basis: list[int], width: int) -> None:
        self.table, self.basis, self.width, self.det = table, basis, width, 1

    def descend(self, objective: int) -> bool:
        """Pivot until no column improves the objective; False where it is unbounded."""
        table, stalled = self.table, 0
        count = len(self.basis)
        while True:
            reduced = table[objective, : self.width]
            improving = np.flatnonzero(reduced < 0)
            if not len(improving):
                return True
            column = improving[0] if stalled > PATIENCE else improving[reduced[improving].argmin()]
            best: tuple[int, int, int] | None = None  # target, entry, row
            for i in range(count):
                entry, target = table[i, column], table[i, -1]
                if entry <= 0:
                    continue
                # target / entry against the best ratio, cross-multiplied
                ahead = -1 if best is None else target * best[1] - best[0] * entry
                if ahead < 0 or (best is not None and ahead == 0 and self.basis[i] < self.basis[best[2]]):
                    best = target, entry, i
            if best is None:
                return False
            stalled = stalled + 1 if best[0] == 0 else 0
            self.pivot(best[2], int(column))

    def pivot(self, i: int, column: int) -> None:
        table = self.table
        if table[i, column] < 0:
            table[i] = -table[i]
        entry = table[i, column]
        row = table[i].copy()
        factors = table[:, column].copy()
        for k in range(len(table)):
            if k == i:
                continue
            if factors[k]:
                table[k] = (table[k] * entry - factors[k] * row) // self.det
            elif entry != self.det:
                table[k] = table[k] * entry // self.det
        self.det = entry
        self.basis[i] = column

    def drop_artificials(self) -> None:
        """Put a variable of the program in place of each artificial one in the basis, where a row has one."""
        for i, name in enumerate(self.basis):
            if name >= self.width:
                columns = np.flatnonzero(self.table[i, : self.width] != 0)
                if len(columns):
                    self.pivot(i, int(columns[0]))
