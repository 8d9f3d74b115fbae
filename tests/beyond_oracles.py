"""Envelopes of classes with any knowledge, by linear programming: an oracle that knows no closed form.

Knowledge is given as points with intervals, comparisons and sets of lattice points; nothing here imports the
package under test. Numbers are floats and the solver is HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

FloatPoint = tuple[float, ...]


@dataclass
class Data:
    """Points with low <= f <= high, pairs (p, q) with f(p) <= f(q), greatest and least points."""

    dim: int
    intervals: list[tuple[FloatPoint, float, float]] = field(default_factory=list)
    orders: list[tuple[FloatPoint, FloatPoint]] = field(default_factory=list)
    tops: list[FloatPoint] = field(default_factory=list)
    bottoms: list[FloatPoint] = field(default_factory=list)
    low: float = 0.0
    high: float = 1.0


def cost(
    x: FloatPoint, y: FloatPoint, lipschitz: float | None, norm: str, weights, signs: Sequence[int]
) -> float:
    """sup of f(x) - f(y): from the two axioms, by the best way down to a point from which f cannot climb."""
    total = []
    for a, b, w, s in zip(x, y, weights, signs, strict=True):
        gain = a - b
        if s > 0:
            gain = max(gain, 0.0)
        elif s < 0:
            gain = max(-gain, 0.0)
        total.append(w * abs(gain))
    if lipschitz is None:
        return 0.0 if max(total) == 0.0 else np.inf
    return lipschitz * (max(total) if norm == "sup" else sum(total))


@dataclass
class Slopes:
    """Limits of the subgradients of convex functions: a norm, and signs."""

    lipschitz: float | None
    norm: str
    weights: Sequence[float]
    signs: Sequence[int]


def envelope(data: Data, x: FloatPoint, rise, slopes: Slopes | None = None) -> tuple[float, float] | None:
    """(least, greatest f(x)), or None where nothing fits.

    Args:
        rise: (x, y) -> sup of f(x) - f(y) by rates, infinity where there is none.
        slopes: for convex functions: there are subgradients at all points, corners of the cube included.
    """
    corners = [tuple(map(float, c)) for c in np.ndindex(*(2,) * data.dim)] if slopes else []
    named = [p for p, _, _ in data.intervals] + [p for pair in data.orders for p in pair]
    points = list(dict.fromkeys([x, *named, *data.tops, *data.bottoms, *corners]))
    index = {p: i for i, p in enumerate(points)}
    n, d = len(points), data.dim
    unknowns = n + (2 * n * d if slopes else 0)
    box = np.full((unknowns, 2), [-np.inf, np.inf])
    box[:n] = [data.low, data.high]
    for p, low, high in data.intervals:
        i = index[p]
        box[i] = [max(box[i, 0], low), min(box[i, 1], high)]
    if (box[:, 0] > box[:, 1]).any():
        return None
    rows, bounds = [], []

    def at_most(entries: dict[int, float], bound: float) -> None:
        row = np.zeros(unknowns)
        for i, value in entries.items():
            row[i] += value
        rows.append(row)
        bounds.append(bound)

    for p in points:
        for q in points:
            if p != q and (c := rise(p, q)) < np.inf:
                at_most({index[p]: 1.0, index[q]: -1.0}, c)
    for p, q in data.orders:
        at_most({index[p]: 1.0, index[q]: -1.0}, 0.0)
    for p in points:
        for q in data.tops:
            at_most({index[p]: 1.0, index[q]: -1.0}, 0.0)
        for q in data.bottoms:
            at_most({index[q]: 1.0, index[p]: -1.0}, 0.0)
    if slopes:
        for i in range(n):
            sizes = []  # the auxiliary unknowns are at least the sizes of the slopes
            for k in range(d):
                slope, size = n + i * d + k, n + n * d + i * d + k
                at_most({slope: 1.0, size: -1.0}, 0.0)
                at_most({slope: -1.0, size: -1.0}, 0.0)
                if slopes.signs[k]:
                    at_most({slope: -float(slopes.signs[k])}, 0.0)
                sizes.append(size)
            if slopes.lipschitz is not None and slopes.norm == "1":
                for size, w in zip(sizes, slopes.weights, strict=True):
                    at_most({size: 1.0}, slopes.lipschitz * w)
            elif slopes.lipschitz is not None:
                at_most({s: 1 / w for s, w in zip(sizes, slopes.weights, strict=True)}, slopes.lipschitz)
        for i, p in enumerate(points):
            for j, q in enumerate(points):
                if i != j:
                    slope = {n + i * d + k: q[k] - p[k] for k in range(d)}
                    at_most({i: 1.0, j: -1.0, **slope}, 0.0)
    found = []
    for sense in (1.0, -1.0):
        objective = np.zeros(unknowns)
        objective[0] = sense
        result = linprog(
            objective,
            A_ub=np.array(rows) if rows else None,
            b_ub=np.array(bounds) if rows else None,
            bounds=box,
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if result.status == 2:
            return None
        if result.status != 0:
            raise RuntimeError(result.message)
        found.append(sense * result.fun)
    return found[0], found[1]
