"""Envelopes in floats, many at once: for searches, figures and decoders that need speed, not proof.

* `envelopes`: the closed forms of a union of fibers at many points.
* `lipschitz_envelopes`: the closed forms for many functions at once, each known at k points (exactly or
  within ε) and by the range of its values.
* `ConvexEnvelopes`: the linear programs of convex functions, prepared once for many points.

Nothing here is certified; tests compare with the exact answers.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from fvtheory.beyond.boxes import at_point
from fvtheory.beyond.fiber import BeyondFiber
from fvtheory.beyond.gauge import MAX, ROOT, Gauge
from fvtheory.beyond.hulls import ConvexFiber
from fvtheory.beyond.mcshane import McShaneFiber
from fvtheory.errors import InvalidInputError

TOLERANCE = 1e-11
"""Below this an entry of a tableau counts as zero."""

REFRESH = 200
"""After how many pivots a tableau is computed anew."""

CELLS = 4_000_000
"""How many (point, datum, coordinate) triples are treated at a time."""


def envelopes(members: BeyondFiber, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper) at ``points``.

    Args:
        members: a fiber of a class of rates.
        points: shape (n, d), values in [0, 1].

    Returns:
        two arrays of shape (n,).

    Raises:
        InvalidInputError: for points of another shape, or another class.
    """
    x = np.asarray(points, dtype=float)
    if x.ndim != 2 or x.shape[1] != members.knowledge.dim:
        raise InvalidInputError(f"points of shape {x.shape}", f"shape (n, {members.knowledge.dim})")
    members.require_members()
    found = []
    for branch in members.branches:
        if not isinstance(branch, McShaneFiber):
            raise InvalidInputError(f"class {members.family.name}", "a class of rates, or ConvexEnvelopes")
        found.append(closed_forms(branch, x))
    return np.min([low for low, _ in found], axis=0), np.max([high for _, high in found], axis=0)


def closed_forms(branch: McShaneFiber, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sides = []
    for bounds, gauge, limit, side in (
        (branch.lowers, branch.gauge.reflected, branch.floor, -1),
        (branch.uppers, branch.gauge, branch.cap, 1),
    ):
        best = np.full(len(x), side * float(limit))
        if bounds:
            low = np.array([[float(c) for c in b.where.low] for b in bounds])
            high = np.array([[float(c) for c in b.where.high] for b in bounds])
            values = np.array([side * float(b.value) for b in bounds])
            step = max(1, CELLS // low.size)
            for start in range(0, len(x), step):
                part = slice(start, start + step)
                costs = _costs(gauge, x[part, None, :] - high, low - x[part, None, :])
                best[part] = np.minimum(best[part], (values + costs).min(axis=1))
        sides.append(side * best)
    return sides[0], sides[1]


def _costs(gauge: Gauge, above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """φ of displacements given by how far they lie above and below, coordinates last."""
    up = np.array([np.inf if r is None else float(r) for r in gauge.up])
    down = np.array([np.inf if r is None else float(r) for r in gauge.down])
    with np.errstate(invalid="ignore"):
        each = np.maximum(np.where(above > 0, up * above, 0.0), np.where(below > 0, down * below, 0.0))
    if gauge.combine == ROOT:
        return np.sqrt((each**2).sum(axis=-1))
    return each.max(axis=-1) if gauge.combine == MAX else each.sum(axis=-1)


def lipschitz_envelopes(
    points: np.ndarray,
    values: np.ndarray,
    at: np.ndarray,
    lipschitz: float | np.ndarray,
    *,
    norm: str = "sup",
    within: float | np.ndarray = 0.0,
    f_min: float | np.ndarray = 0.0,
    f_max: float | np.ndarray = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper) for many Lipschitz functions at once: McShane-Whitney, clipped.

    Args:
        points: shape (m, k, d): where each of m functions is known.
        values: shape (m, k).
        at: shape (n, d), the same for all functions, or (m, n, d).
        lipschitz, within, f_min, f_max: numbers, or shape (m,).
        norm: "sup", "1" or "2".

    Returns:
        two arrays of shape (m, n). Where the data contradict each other, lower exceeds upper somewhere.
    """
    x, y, q = (np.asarray(a, dtype=float) for a in (points, values, at))
    if x.ndim != 3 or y.shape != x.shape[:2] or q.ndim not in (2, 3) or q.shape[-1] != x.shape[2]:
        raise InvalidInputError(
            f"points {x.shape}, values {y.shape}, at {q.shape}",
            "shapes (m, k, d), (m, k), (n, d) or (m, n, d)",
        )
    if norm not in ("sup", "1", "2"):
        raise InvalidInputError(f"norm {norm!r}", "sup, 1 or 2")
    count = len(x)
    rate, slack, floor, cap = (
        np.broadcast_to(np.asarray(v, dtype=float), (count,))[:, None]
        for v in (lipschitz, within, f_min, f_max)
    )
    lower = np.empty((count, q.shape[-2]))
    upper = np.empty_like(lower)
    step = max(1, CELLS // max(1, q.shape[-2] * x.shape[1] * x.shape[2]))
    for start in range(0, count, step):
        part = slice(start, start + step)
        queries = q[part] if q.ndim == 3 else q[None]
        gaps = np.abs(queries[:, :, None, :] - x[part, None, :, :])
        if norm == "sup":
            lengths = gaps.max(axis=3)
        elif norm == "1":
            lengths = gaps.sum(axis=3)
        else:
            lengths = np.sqrt((gaps**2).sum(axis=3))
        reach = rate[part, :, None] * lengths
        upper[part] = (y[part, None, :] + slack[part, :, None] + reach).min(axis=2)
        lower[part] = (y[part, None, :] - slack[part, :, None] - reach).max(axis=2)
    return np.maximum(lower, floor), np.minimum(upper, cap)


class ConvexEnvelopes:
    """The envelopes of convex functions with knowledge at points, at many points in floats.

    u(x) and what each lower bound says about f(x) are linear programs whose targets alone depend on x (see
    `hulls`). Each is solved once; then the dual simplex method goes on from its last basis. That basis gives
    a slope, hence a bound: a lower bound that cannot count at x any more is left out.
    """

    def __init__(self, members: BeyondFiber) -> None:
        """
        Raises:
            InvalidInputError: for another class, a union, or level sets of boxes.
        """
        branch = members.branches[0] if len(members.branches) == 1 else None
        if not isinstance(branch, ConvexFiber) or not all(b.where.is_point for b in branch.lowers):
            raise InvalidInputError(
                f"class {members.family.name}", "convex functions in one branch, lower bounds at points"
            )
        self.dim = branch.dim
        x = (Fraction(0),) * self.dim
        self._floor = float(branch.floor)
        self._supports = [(np.array(h.slope, dtype=float), float(h.intercept)) for h in branch.supports]
        self._upper = FloatProgram(*branch.upper_form(at_point(x)).matrices())
        self._targets = np.zeros(len(self._upper.rows))
        self._targets[self.dim] = 1.0
        self._lowers = [FloatProgram(*branch.lower_form(b, x).matrices()) for b in branch.lowers]
        self._at = np.array([b.where.low for b in branch.lowers], dtype=float).reshape(-1, self.dim)
        self._values = np.array([b.value for b in branch.lowers], dtype=float)
        self._slopes = np.array([p.duals()[: self.dim] for p in self._lowers]).reshape(-1, self.dim)

    def __call__(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(lower, upper), two arrays of shape (n,), at ``points`` of shape (n, d) in the cube."""
        x = np.asarray(points, dtype=float)
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise InvalidInputError(f"points of shape {x.shape}", f"shape (n, {self.dim})")
        found = np.array([(self._lower_at(p), self._upper_at(p)) for p in x]).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def _upper_at(self, x: np.ndarray) -> float:
        self._targets[: self.dim] = x
        return self._upper.least(self._targets)

    def _lower_at(self, x: np.ndarray) -> float:
        best = max([self._floor, *(float(g @ x) + c for g, c in self._supports)])
        steps = self._at - x
        at_most = self._values - (self._slopes * steps).sum(axis=1)
        for i in np.argsort(-at_most):
            if at_most[i] <= best:
                break
            program = self._lowers[i]
            targets = np.zeros(len(program.rows))
            targets[: self.dim] = steps[i]
            value = self._values[i] - program.least(targets, self._values[i] - best)
            best = max(best, value)
            self._slopes[i] = program.duals()[: self.dim]
        return best


class FloatProgram:
    """min cost . z, rows . z = targets, z >= 0 for many targets: a dense tableau that stays dual feasible."""

    def __init__(self, cost: list[Fraction], rows: list[list[Fraction]], targets: list[Fraction]) -> None:
        self.rows = np.array(rows, dtype=float)
        self.cost = np.array(cost, dtype=float)
        self.kept = np.flatnonzero(self.rows.any(axis=1))  # rows without entries say nothing
        self.pivots = 0
        # A start: some targets that are feasible for sure and not degenerate.
        plenty = np.random.default_rng(0).uniform(1.0, 2.0, len(cost))
        self.basis = np.array(_basis(self.cost, self.rows[self.kept], plenty))
        self._refresh()

    def _refresh(self) -> None:
        rows = self.rows[self.kept]
        self.inverse = np.linalg.inv(rows[:, self.basis])
        self.table = self.inverse @ rows
        self.reduced = np.maximum(self.cost - self.cost[self.basis] @ self.table, 0.0)
        self.fresh = self.pivots

    def duals(self) -> np.ndarray:
        """The dual point of the present basis, one entry a row."""
        found = np.zeros(len(self.rows))
        found[self.kept] = self.cost[self.basis] @ self.inverse
        return found

    def least(self, targets: np.ndarray, enough: float = np.inf) -> float:
        """The optimum, infinity where there is no point; or a lower bound of it above ``enough``."""
        right = targets[self.kept]
        if self.pivots - self.fresh > REFRESH:
            self._refresh()
        level = self.inverse @ right
        while True:
            i = int(level.argmin())
            value = float(self.cost[self.basis] @ level)
            if level[i] >= -TOLERANCE or value > enough:
                return value
            row = self.table[i]
            entering = np.flatnonzero(row < -TOLERANCE)
            if not len(entering):
                return np.inf
            j = entering[(self.reduced[entering] / -row[entering]).argmin()]
            self._pivot(i, int(j))
            level = self.inverse @ right

    def _pivot(self, i: int, j: int) -> None:
        entry = self.table[i, j]
        row, inverse = self.table[i] / entry, self.inverse[i] / entry
        column = self.table[:, j].copy()
        column[i] = 0.0
        self.table -= np.outer(column, row)
        self.inverse -= np.outer(column, inverse)
        self.table[i], self.inverse[i] = row, inverse
        self.reduced = np.maximum(self.reduced - self.reduced[j] * row, 0.0)
        self.basis[i] = j
        self.pivots += 1


def _basis(cost: np.ndarray, rows: np.ndarray, point: np.ndarray) -> list[int]:
    """An optimal basis of min cost . z, rows . z = rows . point, z >= 0, by the simplex method in two phases."""
    count, width = rows.shape
    signs = np.where(rows @ point < 0, -1.0, 1.0)
    table = np.hstack([rows * signs[:, None], np.eye(count), (signs * (rows @ point))[:, None]])
    basis = list(range(width, width + count))
    for objective in (np.r_[np.zeros(width), np.ones(count)], np.r_[cost, np.full(count, 1e9)]):
        reduced = np.r_[objective, 0.0] - objective[basis] @ table
        while True:
            j = int(reduced[:width].argmin())
            if reduced[j] >= -TOLERANCE:
                break
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios = np.where(table[:, j] > TOLERANCE, table[:, -1] / table[:, j], np.inf)
            i = int(ratios.argmin())
            if not np.isfinite(ratios[i]):
                raise InvalidInputError("a linear program without an optimum", "a fiber with members")
            table[i] /= table[i, j]
            others = np.arange(count) != i
            table[others] -= np.outer(table[others, j], table[i])
            reduced = reduced - reduced[j] * table[i]
            basis[i] = j
    if max(basis) >= width:
        raise InvalidInputError("a linear program with dependent rows", "independent rows")
    return basis
