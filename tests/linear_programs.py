"""Envelopes and feasibility by linear programming: an oracle that knows no closed form.

A function of a class is seen through its values at finitely many points. The *interpolation
conditions* of the class say which values can be had; they are linear in the values and, for some
classes, in a few auxiliary unknowns. So the best upper bound U(x) and the best lower bound L(x) on
f(x), over all functions of the class with information Φ, are the optima of two linear programs.

The programs are exact, not approximations that need a fine lattice, because a data set that meets
the conditions always extends to a function of the class with the same range:

* Lipschitz: the McShane extension, clipped to [f_min, f_max];
* monotone: x -> max(f_min, max of the values at data points below x), one program a branch;
* convex: x -> max(f_min, max of the supporting affine functions). All corners of the cube must be
  among the points: a convex function on the cube is bounded through its corners, and the supporting
  function at x_max then forces the value f_max on the whole face that x_max is inside of;
* affine: the coefficients are the unknowns, and the corners bound the range;
* all, neural-network, erm, piecewise-affine: distinct points are free of each other.

Lattice points are added all the same: they must change nothing, and a test says so. Nothing here
imports the package under test; numbers are floats and the solver is HiGHS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

FloatPoint = tuple[float, ...]
PhiFloats = tuple[FloatPoint, FloatPoint, float, float]
"""(x_min, x_max, f_min, f_max)."""

UNCOUPLED = ("all", "neural-network", "erm", "piecewise-affine")

_OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
_OPTIMAL, _INFEASIBLE = 0, 2


@dataclass(frozen=True)
class Conditions:
    """inequalities @ z <= bounds and equalities @ z = targets, where z starts with the values."""

    inequalities: sparse.csr_array
    bounds: np.ndarray
    equalities: sparse.csr_array
    targets: np.ndarray
    values: int
    value_range: tuple[float, float]

    @property
    def unknowns(self) -> int:
        return self.inequalities.shape[1]

    @property
    def box(self) -> np.ndarray:
        """The values lie in [f_min, f_max]; the auxiliary unknowns are free."""
        box = np.full((self.unknowns, 2), [-np.inf, np.inf])
        box[: self.values] = self.value_range
        return box


def as_floats(phi) -> PhiFloats:
    """Φ, given as any object with x_min, x_max, f_min and f_max, in floating point."""
    return (
        tuple(float(c) for c in phi.x_min),
        tuple(float(c) for c in phi.x_max),
        float(phi.f_min),
        float(phi.f_max),
    )


def lattice(dim: int, steps: int) -> list[FloatPoint]:
    """The points of [0, 1]^dim whose coordinates are multiples of 1/steps; corners for steps = 1."""
    return list(product([k / steps for k in range(steps + 1)], repeat=dim))


def feasible_by_lp(cls: str, phi: PhiFloats, lipschitz: float | None = None, *, steps: int = 1) -> bool:
    """Whether some function of the class has information Φ, ties resolved by any selection."""
    for conditions in _branches(cls, phi, None, lipschitz, steps):
        if _solve(conditions, np.zeros(conditions.unknowns)) is not None:
            return True
    return False


def envelope_by_lp(
    cls: str, phi: PhiFloats, x: FloatPoint, lipschitz: float | None = None, *, steps: int = 2
) -> tuple[float, float]:
    """(inf f(x), sup f(x)) over the functions of the class that have information Φ.

    Raises:
        ValueError: when there is no such function.
    """
    return envelopes_by_lp(cls, phi, [x], lipschitz, steps=steps)[0]


def envelopes_by_lp(
    cls: str,
    phi: PhiFloats,
    points: Sequence[FloatPoint],
    lipschitz: float | None = None,
    *,
    steps: int = 2,
    batch: int = 48,
) -> list[tuple[float, float]]:
    """`envelope_by_lp` at many points; programs that share no unknown are solved as one.

    Args:
        steps: the lattice of additional data points has spacing 1/steps.
        batch: how many points go into one call of the solver.
    """
    lower = np.full(len(points), np.inf)
    upper = np.full(len(points), -np.inf)
    for start in range(0, len(points), batch):
        chunk = points[start : start + batch]
        per_point = [list(_branches(cls, phi, x, lipschitz, steps)) for x in chunk]
        for programs in zip(*per_point, strict=True):
            found = _extremes_of_first_value(programs)
            if found is not None:
                end = start + len(chunk)
                lower[start:end] = np.minimum(lower[start:end], found[0])
                upper[start:end] = np.maximum(upper[start:end], found[1])
    if not np.all(np.isfinite(lower)):
        raise ValueError(f"no function of class {cls} has the information {phi}")
    return [(float(low), float(high)) for low, high in zip(lower, upper, strict=True)]


def _branches(
    cls: str, phi: PhiFloats, x: FloatPoint | None, lipschitz: float | None, steps: int
) -> Iterator[Conditions]:
    """The conditions of the class on the data points; the query point, if any, comes first.

    Two for the monotone class (non-decreasing or non-increasing), one otherwise. With steps = 0
    there are no lattice points, hence no corners: right for classes that do not need them.
    """
    x_min, x_max, f_min, f_max = phi
    extra = lattice(len(x_min), steps) if steps else []
    wanted = ([] if x is None else [x]) + [x_min, x_max, *extra]
    points = list(dict.fromkeys(wanted))
    array = np.array(points)
    count = len(points)

    def conditions(inequalities, bounds, equalities=None, targets=()) -> Conditions:
        inequalities = sparse.csr_array(inequalities)
        selected = np.zeros((2, inequalities.shape[1]))
        selected[0, points.index(x_min)] = selected[1, points.index(x_max)] = 1.0
        rows = selected if equalities is None else np.vstack([selected, equalities])
        all_targets = np.concatenate([[f_min, f_max], targets])
        return Conditions(
            inequalities, np.asarray(bounds), sparse.csr_array(rows), all_targets, count, (f_min, f_max)
        )

    if cls in UNCOUPLED:
        yield conditions(np.zeros((0, count)), np.zeros(0))
    elif cls == "constant":
        rows = _differences(count, [(i, 0) for i in range(1, count)])
        yield conditions(np.zeros((0, count)), np.zeros(0), rows, np.zeros(len(rows)))
    elif cls == "lipschitz":
        if lipschitz is None:
            raise ValueError("the class lipschitz needs its constant")
        pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
        distances = [np.max(np.abs(array[i] - array[j])) for i, j in pairs]
        yield conditions(_differences(count, pairs), lipschitz * np.array(distances))
    elif cls == "monotone":
        below = [
            (i, j)
            for i in range(count)
            for j in range(count)
            if i != j and all(p <= q for p, q in zip(points[i], points[j], strict=True))
        ]
        yield conditions(_differences(count, below), np.zeros(len(below)))
        yield conditions(_differences(count, [(j, i) for i, j in below]), np.zeros(len(below)))
    elif cls == "convex":
        rows = _supporting_rows(array)
        yield conditions(rows, np.zeros(len(rows)))
    elif cls == "affine":
        # Unknowns after the values: intercept, then slopes.
        rows = np.hstack([np.eye(count), -np.ones((count, 1)), -array])
        yield conditions(np.zeros((0, rows.shape[1])), np.zeros(0), rows, np.zeros(count))
    else:
        raise ValueError(f"no interpolation conditions for class {cls!r}")


def _differences(count: int, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """One row per pair (i, j): value_i - value_j."""
    rows = np.zeros((len(pairs), count))
    for row, (i, j) in enumerate(pairs):
        rows[row, i], rows[row, j] = 1.0, -1.0
    return rows


def _supporting_rows(array: np.ndarray) -> np.ndarray:
    """value_i + slope_i . (x_j - x_i) - value_j <= 0 for i != j; slopes follow the values."""
    count, dim = array.shape
    rows = np.zeros((count * (count - 1), count + count * dim))
    row = 0
    for i in range(count):
        for j in range(count):
            if i != j:
                rows[row, i], rows[row, j] = 1.0, -1.0
                rows[row, count + i * dim : count + (i + 1) * dim] = array[j] - array[i]
                row += 1
    return rows


def _extremes_of_first_value(programs: Sequence[Conditions]) -> tuple[np.ndarray, np.ndarray] | None:
    """The least and the greatest first value of each program, or None if they are infeasible.

    Programs side by side share no unknown, so the optimum of the sum is the sum of the optima.
    """
    blocks = [program for program in programs for _ in range(2)]
    costs = []
    for position, block in enumerate(blocks):
        cost = np.zeros(block.unknowns)
        cost[0] = 1.0 if position % 2 == 0 else -1.0
        costs.append(cost)
    joint = Conditions(
        sparse.csr_array(sparse.block_diag([block.inequalities for block in blocks])),
        np.concatenate([block.bounds for block in blocks]),
        sparse.csr_array(sparse.block_diag([block.equalities for block in blocks])),
        np.concatenate([block.targets for block in blocks]),
        0,
        (0.0, 0.0),
    )
    solution = _solve(joint, np.concatenate(costs), np.vstack([block.box for block in blocks]))
    if solution is None:
        return None
    starts = np.cumsum([0, *(block.unknowns for block in blocks[:-1])])
    first = solution[starts]
    return first[0::2], first[1::2]


def _solve(conditions: Conditions, cost: np.ndarray, box: np.ndarray | None = None) -> np.ndarray | None:
    """A minimizer of cost @ z under the conditions, or None if they contradict each other."""
    some = conditions.inequalities.shape[0] > 0
    result = linprog(
        cost,
        A_ub=conditions.inequalities if some else None,
        b_ub=conditions.bounds if some else None,
        A_eq=conditions.equalities,
        b_eq=conditions.targets,
        bounds=conditions.box if box is None else box,
        method="highs",
        options=_OPTIONS,
    )
    if result.status == _INFEASIBLE:
        return None
    if result.status != _OPTIMAL:
        raise RuntimeError(f"HiGHS stopped without an answer: {result.message}")
    return result.x
