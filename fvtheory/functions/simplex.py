"""The lowest points of a maximum of affine forms on the cube, by the exact simplex method."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.exact import Point
from fvtheory.functions.kinds import MaxAffine

Row = list[Fraction]


def lowest_point(f: MaxAffine, sense: int) -> Point:
    """The minimizer of ``f`` that is lexicographically least (sense 1) or greatest (sense -1).

    The linear program, in non-negative x, s and slacks, with t = top - s the level and top = f(0):
    maximise s subject to x_j + slack = 1 and slope . x + s + slack = top - intercept for each piece.
    All slacks basic is a feasible start. Then x_0, x_1, ... are optimised in turn, each on the
    optimal face of the ones before it. Bland's rule makes every phase end.
    """
    dim = f.dim
    top = max(piece.intercept for piece in f.pieces)
    rows = [[Fraction(i == j) for j in range(dim + 1)] + [Fraction(1)] for i in range(dim)]
    rows += [[*piece.slope, Fraction(1), top - piece.intercept] for piece in f.pieces]
    table = _Table(rows)
    table.maximise(dim, 1)
    for j in range(dim):
        table.maximise(j, -sense)
    return tuple(table.value(j) for j in range(dim))


class _Table:
    """basic_i = rows[i][-1] - sum of rows[i][k] * free_k, where all variables are >= 0.

    Variables are numbered, the free ones of the start first. Free variables that would lose what has
    been maximised are dropped: they stay 0.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.free = list(range(len(rows[0]) - 1))
        self.basic = [len(self.free) + i for i in range(len(rows))]

    def value(self, variable: int) -> Fraction:
        """The present value of a variable."""
        return self.rows[self.basic.index(variable)][-1] if variable in self.basic else Fraction(0)

    def maximise(self, variable: int, sense: int) -> None:
        """Move to the greatest (sense 1) or least (sense -1) value of a variable, and stay there."""
        if variable in self.basic:
            gain = [-sense * entry for entry in self.rows[self.basic.index(variable)]]
        else:
            gain = [Fraction(sense * (k == variable)) for k in (*self.free, -1)]
        while rising := [(name, k) for k, name in enumerate(self.free) if gain[k] > 0]:
            _, k = min(rising)
            # The feasible set is bounded, so some row limits the entering variable.
            limits = [(row[-1] / row[k], self.basic[i], i) for i, row in enumerate(self.rows) if row[k] > 0]
            self._pivot(min(limits)[2], k, gain)
        kept = [k for k in range(len(self.free)) if gain[k] == 0]
        self.free = [self.free[k] for k in kept]
        self.rows = [[*(row[k] for k in kept), row[-1]] for row in self.rows]

    def _pivot(self, i: int, k: int, gain: Row) -> None:
        """Exchange the basic variable i and the free variable k."""
        scale = self.rows[i][k]
        pivot = [entry / scale for entry in self.rows[i]]
        pivot[k] = 1 / scale
        for row in (*self.rows[:i], *self.rows[i + 1 :], gain):
            if factor := row[k]:
                row[k] = Fraction(0)
                row[:] = [entry - factor * other for entry, other in zip(row, pivot, strict=True)]
        self.rows[i] = pivot
        self.basic[i], self.free[k] = self.free[k], self.basic[i]
