"""Integrals of the width of a fiber over the cube in several variables, with certified bounds on both sides.

For classes of rates the upper envelope is u = min(cap, min_t (U_t + φ(x - T_t))), and the lower one alike. On a box
every term has an exact least and greatest value, coordinate by coordinate (`Side` of `branch_and_bound`), and

    min_t (least value of term t) <= u <= min_t (greatest value of term t).

A box is *settled* where one term of u is below all others and affine on the box, and so for the lower envelope: there
the width is affine, w(x) = w(c) + s . (x - c) with the centre c, and with the side lengths h_j

    mean of w = w(c),    mean of w² = w(c)² + Σ_j s_j² h_j² / 12.

Other boxes count with the least and the greatest width on them and are halved, those first that count most: they lie
along the kinks of the envelopes, so the bounds meet quadratically in the size of boxes. That one term is below another
is seen from their ranges, or where both are affine in the coordinates that count, from their difference at the ends
of the box, so that terms that coincide on a box settle it.

*What is certified.* Ends of boxes are dyadic. With the margin m of `branch_and_bound`, the rounding of a width is at
most m/2, and a term counts as below another where floats say so up to m: so a settled width is within 5 m of the
affine one. M = 16 m covers it: E w >= w(c) - M; E w² >= (w(c) - M)² + spread where w(c) > 2 M, and
E w² <= (w(c)⁺ + 2 M)² + spread, spread = Σ_j s_j² h_j² / 12. Sums are rounded once (`math.fsum`) and then lowered, or
raised, by 2^-40 of themselves, more than all roundings of their products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from fvtheory.beyond.branch_and_bound import CELLS, LEAST_GAP, RadiusSearch, Side
from fvtheory.beyond.gauge import MAX, ROOT
from fvtheory.beyond.mcshane import McShaneFiber
from fvtheory.beyond.precision import relative_gap
from fvtheory.beyond.roots import root_above, root_below
from fvtheory.errors import InvalidInputError

BATCH = 4096
"""How many boxes are halved at a time."""

MAX_WAITING = 4_000_000
"""How many boxes may wait to be halved."""

Progress = Callable[[int, Fraction, Fraction], None]
"""Called with (boxes looked at, lower bound, upper bound) of the norm."""


@dataclass
class _OnBoxes:
    """One envelope (the lower one times -1) on n boxes, in floats.

    Attributes:
        most, least: bounds of its values, (n,).
        affine: whether it is value + slope . (x - centre), (n,).
        value, slope: (n,) and (n, d); of no meaning elsewhere.
    """

    most: np.ndarray
    least: np.ndarray
    affine: np.ndarray
    value: np.ndarray
    slope: np.ndarray


class WidthIntegral:
    """(E |upper - lower|^p)^(1/p) over x uniform on the cube, for the greatest of the upper envelopes of some fibers
    and the least of the lower envelopes of others; where the difference is negative it counts as 0.

    Args:
        fibers: of classes of rates, all of one dimension.
        power: p, 1 or 2.
        uppers, lowers: which of the fibers give the upper and the lower envelope; left out: all.

    Raises:
        UnsupportedError: as for `RadiusSearch`.
    """

    def __init__(
        self,
        fibers: Sequence[McShaneFiber],
        power: int,
        uppers: Sequence[int] | None = None,
        lowers: Sequence[int] | None = None,
    ) -> None:
        search = RadiusSearch(fibers)
        every = range(len(fibers))
        self.dim, self.power = search.dim, power
        self.uppers = [search.sides[i][0] for i in (every if uppers is None else uppers)]
        self.lowers = [search.sides[i][1] for i in (every if lowers is None else lowers)]
        self.tolerance = float(search.margin)
        self.margin = 16 * self.tolerance
        self.ranked, self.weights = search.ranked, search.weights
        self.grids = {j: np.array([float(x) for x in grid]) for j, grid in search.grids.items()}
        self.range = max(f.cap for f in fibers) - min(f.floor for f in fibers)
        self.seen = 0
        self._done = [Fraction(0), Fraction(0)]
        empty = np.empty((0, self.dim))
        self.low, self.high, self.bounds = empty, empty, np.empty((0, 2))
        self._add(search.low, search.high)

    # ---- bounds --------------------------------------------------------------------------------

    @property
    def powers(self) -> tuple[Fraction, Fraction]:
        """Certified bounds of E |upper - lower|^p."""
        waiting = [Fraction(math.fsum(column)) for column in self.bounds.T]
        lower, upper = (done + rest for done, rest in zip(self._done, waiting, strict=True))
        slop = Fraction(1, 2**40)
        return lower * (1 - slop), min(upper * (1 + slop), self.range**self.power)

    @property
    def norms(self) -> tuple[Fraction, Fraction]:
        """Certified bounds of the norm."""
        lower, upper = self.powers
        return (lower, upper) if self.power == 1 else (root_below(lower), root_above(upper))

    @property
    def gap(self) -> Fraction:
        """Relative to the error; see `relative_gap`."""
        return relative_gap(*self.norms, self.range)

    def run(self, gap: Fraction, max_boxes: int | None = None, progress: Progress | None = None) -> bool:
        """Halve boxes until the gap is at most ``gap``; False where ``max_boxes`` came first.

        Raises:
            InvalidInputError: for a gap out of range, or one that needs too many boxes.
        """
        if not LEAST_GAP <= gap < 1:
            raise InvalidInputError(f"gap = {gap}", f"a gap from {LEAST_GAP} to below 1")
        while self.gap > gap:
            if max_boxes is not None and self.seen >= max_boxes:
                return False
            if len(self.bounds) > MAX_WAITING:
                raise InvalidInputError(
                    f"a gap of {gap} that needs more than {MAX_WAITING} boxes at once",
                    "a larger gap, or max_boxes",
                )
            self._halve()
            if progress is not None:
                progress(self.seen, *self.norms)
        return True

    # ---- boxes ---------------------------------------------------------------------------------

    def _halve(self) -> None:
        apart = self.bounds[:, 1] - self.bounds[:, 0]
        count = min(len(apart), max(BATCH, len(apart) // 8))
        chosen = np.zeros(len(apart), bool)
        chosen[np.argpartition(-apart, count - 1)[:count]] = True
        low, high = self.low[chosen], self.high[chosen]
        split = ((high - low) * self.weights).argmax(axis=1)
        rows = np.arange(len(low))
        middle = (low[rows, split] + high[rows, split]) / 2
        ranked = np.isin(split, self.ranked)
        if ((middle <= low[rows, split]) & ~ranked).any():
            raise InvalidInputError(
                "a gap that needs boxes below the resolution of floats", "a larger gap", "for example 1/100"
            )
        left_high, right_low = high.copy(), low.copy()
        left_high[rows, split] = np.where(ranked, np.floor(middle), middle)
        right_low[rows, split] = np.where(ranked, np.floor(middle) + 1, middle)
        rest = ~chosen
        self.low, self.high, self.bounds = self.low[rest], self.high[rest], self.bounds[rest]
        self._add(np.vstack([low, right_low]), np.vstack([left_high, high]))

    def _lengths(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Side lengths; of ranks, the length of the line between the data that they stand for."""
        lengths = high - low
        for j, grid in self.grids.items():
            first, last = low[:, j].astype(int) // 2, (high[:, j].astype(int) + 1) // 2
            lengths[:, j] = grid[last] - grid[first]
        return lengths

    def _add(self, low: np.ndarray, high: np.ndarray) -> None:
        """Bound new boxes; those with nothing left to gain are counted at once."""
        self.seen += len(low)
        lengths = self._lengths(low, high)
        volumes = lengths.prod(axis=1)
        solid = volumes > 0  # boxes of single ranks of data have no volume
        low, high, lengths, volumes = low[solid], high[solid], lengths[solid], volumes[solid]
        upper = _greatest([_on_boxes(side, low, high, self.tolerance) for side in self.uppers], lengths)
        lower = _greatest([_on_boxes(side, low, high, self.tolerance) for side in self.lowers], lengths)
        least = np.maximum(upper.least + lower.least - self.margin, 0.0)
        most = np.maximum(upper.most + lower.most + self.margin, 0.0)
        value, slope = upper.value + lower.value, upper.slope + lower.slope
        reach = (np.abs(slope) * lengths).sum(axis=1) / 2
        settled = upper.affine & lower.affine & (value - reach >= -self.margin)
        least = np.where(settled, np.maximum(value - self.margin, 0.0), least) ** self.power
        most = np.where(settled, np.maximum(value, 0.0) + 2 * self.margin, most) ** self.power
        if self.power == 2:
            spread = (slope**2 * lengths**2).sum(axis=1) / 12
            least = np.where(settled, np.where(value > 2 * self.margin, least + spread, 0.0), least)
            most = np.where(settled, most + spread, most)
        least, most = least * volumes, most * volumes
        single = (low >= high).all(axis=1)
        done = settled | single | (most - least <= 4 * self.margin * volumes)
        for i, term in enumerate((least, most)):
            self._done[i] += Fraction(math.fsum(term[done]))
        wanted = ~done
        self.low = np.vstack([self.low, low[wanted]])
        self.high = np.vstack([self.high, high[wanted]])
        self.bounds = np.vstack([self.bounds, np.stack([least[wanted], most[wanted]], axis=1)])


def _on_boxes(side: Side, low: np.ndarray, high: np.ndarray, margin: float) -> _OnBoxes:
    """One envelope on boxes; `_part` for as many as fit."""
    step = max(1, CELLS // max(1, len(side.values) * low.shape[1]))
    parts = [
        _part(side, low[i : i + step], high[i : i + step], margin) for i in range(0, max(1, len(low)), step)
    ]
    if len(parts) == 1:
        return parts[0]
    return _OnBoxes(
        *(np.concatenate(arrays) for arrays in zip(*(vars(p).values() for p in parts), strict=True))
    )


def _part(side: Side, low: np.ndarray, high: np.ndarray, margin: float) -> _OnBoxes:
    n, d = low.shape
    level, rows = np.full(n, side.limit), np.arange(n)
    if not len(side.values) or not n:
        return _OnBoxes(level, level.copy(), np.ones(n, bool), level.copy(), np.zeros((n, d)))
    at_low, at_high = side.all_costs(low), side.all_costs(high)  # (n, k, d)
    most, least = np.maximum(at_low, at_high), side.least_costs(low, high)
    highest, lowest = side.values + side.together(most), side.values + side.together(least)
    first = highest.argmin(axis=1)
    top = np.minimum(highest[rows, first], side.limit)
    bottom = np.minimum(lowest.min(axis=1), side.limit)
    # The chosen term: which coordinates count, and whether it is affine in them.
    mine, mine_least = most[rows, first], least[rows, first]  # (n, d)
    above = low >= side.high[first]
    below = high <= side.low[first]
    inside = mine <= 0
    straight = above | below | inside
    rate = np.where(inside, 0.0, np.where(above, side.up, np.where(below, -side.down, 0.0)))
    if side.combine == ROOT:  # a cone in the 2-norm is affine nowhere but where it is level
        counts = np.zeros((n, d), bool)
        affine = inside.all(axis=1)
    elif side.combine == MAX:
        counts = np.zeros((n, d), bool)
        counts[rows, mine.argmax(axis=1)] = True
        others = np.where(counts, -np.inf, mine).max(axis=1)
        affine = (mine_least[counts] >= others) & straight[counts]
    else:
        counts = np.ones((n, d), bool)
        affine = straight.all(axis=1)
    with np.errstate(invalid="ignore"):
        slope = np.where(counts & np.isfinite(rate), rate, 0.0)
        # The other terms: above by their ranges, or by their differences at the ends of the box.
        clear = lowest >= highest[rows, first][:, None] - margin
        one_sided = (low[:, None] >= side.high) | (high[:, None] <= side.low) | (most <= 0)
        lead = np.maximum(at_low[rows, first][:, None] - at_low, at_high[rows, first][:, None] - at_high)
        lead = np.where(counts[:, None], lead, 0.0).sum(axis=2)
        known = (one_sided | ~counts[:, None]).all(axis=2) & np.isfinite(lead)
        apart = side.values[first][:, None] - side.values + lead
        clear |= known & (apart <= margin)
    clear[rows, first] = True
    affine &= clear.all(axis=1) & (highest[rows, first] <= side.limit + margin)
    flat = lowest.min(axis=1) >= side.limit - margin  # the limit is below all terms
    centre = (at_low[rows, first] + at_high[rows, first]) / 2
    with np.errstate(invalid="ignore"):
        value = side.values[first] + np.where(counts, centre, 0.0).sum(axis=1)
    usable = affine & np.isfinite(value)
    value = np.where(flat, side.limit, np.where(usable, value, top))
    slope = np.where((flat | ~usable)[:, None], 0.0, slope)
    return _OnBoxes(top, bottom, flat | usable, value, slope)


def _greatest(found: Sequence[_OnBoxes], lengths: np.ndarray) -> _OnBoxes:
    """The greatest of some functions on boxes: affine where one affine one is above all others."""
    if len(found) == 1:
        return found[0]
    most, least = np.max([f.most for f in found], axis=0), np.max([f.least for f in found], axis=0)
    bottoms = np.array(
        [np.where(f.affine, f.value - (np.abs(f.slope) * lengths).sum(axis=1) / 2, f.least) for f in found]
    )
    first, rows = bottoms.argmax(axis=0), np.arange(len(most))
    tops = np.array([f.most for f in found])
    tops[first, rows] = -np.inf
    affine = np.array([f.affine for f in found])[first, rows] & (bottoms[first, rows] >= tops.max(axis=0))
    value = np.array([f.value for f in found])[first, rows]
    return _OnBoxes(most, least, affine, value, np.array([f.slope for f in found])[first, rows])
