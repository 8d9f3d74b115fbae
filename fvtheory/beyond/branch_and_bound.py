"""The radius in many variables: branch and bound over boxes, with certified bounds on both sides.

The width w(x) = upper(x) - lower(x) is searched over boxes B of the cube. On B,

    w <= min(cap, min_t (U_t + max over x in B of φ(x - T_t)))
         - max(floor, max_s (L_s - max over x in B of φ(S_s - x))),

each maximum being taken coordinate by coordinate, at an end of B. For the two data that give the two terms
there is also the bound U_t - L_s + max over x in B of (φ(x - T_t) + φ(S_s - x)), which sees that both terms
are about the same x. Boxes are split along the coordinate that
counts most in this bound; the box with the greatest bound is split first.

*What is certified.* The lower bound is w at a point, in exact rationals. The upper bound is the greatest
bound of the boxes left, computed in floats (coordinates of boxes are dyadic, so exact) and raised by a
margin that covers all rounding. With ε = 2^-53, data coordinates lie in [0, 1] and are rounded once, so a
difference x - y carries an absolute error of at most 2 ε; times a rate r, itself rounded once, at most
(2 + 2 + small) r ε; a sum over d coordinates of terms at most r_j adds at most d ε Σ r_j; adding U, which is
rounded once, and subtracting lower from upper add at most 4 ε (1 + Σ r_j); the root of a sum of d squares adds at
most (d + 3) ε of itself to the errors of its terms. So the error of a bound is below
2 (d + 12) ε (1 + R), R the sum of all rates up and down: `_margin` is twice that.

*Jumps.* Where a coordinate has rates 0 and infinity only, nothing depends on it but the order of its values
and those of the data. Such a coordinate is replaced by ranks: 2i for the i-th value of the data, 2i + 1 for
the gap after it; boxes of ranks are finite, and comparisons of ranks are exact.

The search stops at the gap asked for, or goes on later from `RadiusSearch.to_bytes`: the splits in their order and
the best point. Splits make boxes that cover the cube, whatever they are, and all boxes are bounded again, so that a
state that was changed can lose time but not make a bound false.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from fvtheory.beyond.constraints import Bound
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import MAX, ROOT
from fvtheory.beyond.mcshane import McShaneFiber
from fvtheory.beyond.precision import relative_gap
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, cube_point
from fvtheory.functions.base import check_dim

BATCH = 512
"""How many boxes are split at a time."""

SHARE = 0.25
"""How much of the longest side a coordinate must add to the bound to be split in its place."""

MAX_PAIRED = 4
"""Up to how many branches of a union the upper data of each are paired with the lower data of each."""

LEAST_GAP = Fraction(1, 10**9)
"""The least gap that can be asked for: below it the margin for rounding counts."""

CELLS = 2_000_000
"""How many (box, bound, coordinate) triples one step of numpy treats."""

Progress = Callable[[int, Fraction, Fraction], None]
"""Called with (boxes looked at, lower bound, upper bound) of the radius."""


@dataclass
class Side:
    """The bounds of one envelope of one fiber, as arrays."""

    values: np.ndarray  # (k,)
    low: np.ndarray  # (k, d)
    high: np.ndarray  # (k, d)
    up: np.ndarray  # (d,) rate paid above ``high``
    down: np.ndarray  # (d,) rate paid below ``low``
    limit: float
    combine: str

    def most(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Over each box: (a bound on the greatest value of the envelope, what each coordinate adds to it, the
        datum it comes from, -1 for the limit)."""
        n, d = low.shape
        best = np.full(n, self.limit)
        added = np.zeros((n, d))
        datum = np.full(n, -1)
        if not len(self.values):
            return best, added, datum
        step = max(1, CELLS // (len(self.values) * d))
        for start in range(0, n, step):
            part = slice(start, start + step)
            above = _times(self.up, high[part, None, :] - self.high)
            below = _times(self.down, self.low - low[part, None, :])
            costs = np.maximum(above, below)
            totals = self.values + self.together(costs)
            first = totals.argmin(axis=1)
            rows = np.arange(len(first))
            found = totals[rows, first]
            better = found < best[part]
            best[part] = np.where(better, found, best[part])
            datum[part] = np.where(better, first, -1)
            # what each coordinate adds over its least cost in the box
            least = np.maximum(
                _times(self.up, low[part] - self.high[first]), _times(self.down, self.low[first] - high[part])
            )
            chosen = costs[rows, first]
            if self.combine == MAX:
                least = np.maximum(least, least.max(axis=1, keepdims=True))
            with np.errstate(invalid="ignore"):
                gained = np.where(np.isinf(chosen) & np.isinf(least), 0.0, chosen - least)
            added[part] = np.where(better[:, None], np.maximum(gained, 0.0), 0.0)
        return best, added, datum

    def together(self, costs: np.ndarray) -> np.ndarray:
        """φ from what each coordinate, last, costs."""
        if self.combine == ROOT:
            return np.sqrt((costs**2).sum(axis=-1))
        return costs.max(axis=-1) if self.combine == MAX else costs.sum(axis=-1)

    def all_costs(self, x: np.ndarray) -> np.ndarray:
        """φ_j from each datum to each x, (n, k, d)."""
        x = x[:, None, :]
        return np.maximum(_times(self.up, x - self.high), _times(self.down, self.low - x))

    def least_costs(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """The least φ_j from each datum to points of each box, (n, k, d)."""
        return np.maximum(
            _times(self.up, low[:, None, :] - self.high), _times(self.down, self.low - high[:, None, :])
        )

    def costs(self, datum: np.ndarray, x: np.ndarray) -> np.ndarray:
        """φ_j from the datum of each row to x, one column a coordinate."""
        return np.maximum(_times(self.up, x - self.high[datum]), _times(self.down, self.low[datum] - x))


def _times(rate: np.ndarray, length: np.ndarray) -> np.ndarray:
    """rate * length⁺ with infinity * 0 = 0."""
    positive = np.maximum(length, 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(positive > 0, rate * positive, 0.0)


class RadiusSearch:
    """A search for the greatest width of a union of fibers; ``run`` goes on until the gap is small."""

    def __init__(self, fibers: Sequence[McShaneFiber]) -> None:
        self.fibers = tuple(fibers)
        self.dim = fibers[0].dim
        self.ranked = [j for j in range(self.dim) if any(_jumps(f, j) for f in fibers)]
        for j in self.ranked:
            rates = {r for f in fibers for r in (f.gauge.up[j], f.gauge.down[j])}
            if not rates <= {None, Fraction(0)}:
                raise UnsupportedError(
                    f"rates {sorted(map(str, rates))} along coordinate {j} in {self.dim} variables",
                    "along one coordinate finite rates only, or 0 and infinity only",
                )
        self.grids = {j: self._grid(j) for j in self.ranked}
        total = max(sum(r for r in (*f.gauge.up, *f.gauge.down) if r) for f in fibers)
        if total > 2**40:
            raise UnsupportedError("a rate above 2^40", "smaller rates, or class continuous")
        self.sides = [
            (self._side(f, f.uppers, f.cap, 1), self._side(f, f.lowers, f.floor, -1)) for f in fibers
        ]
        self.margin = _margin(self.dim, Fraction(total))
        self.weights = np.array([self._weight(j) for j in range(self.dim)])
        low, high = np.zeros((1, self.dim)), self._ends()[None]
        self.widths = self._widths() if len(self.ranked) == self.dim else None
        self.low, self.high = low, high
        self.bounds, self.splits = self._bound(low, high)
        self.slots = np.arange(1)
        self.log: list[tuple[np.ndarray, np.ndarray]] = []
        self.seen = 1
        self.least = Fraction(-1)
        self.at: Point = ()
        self._try(*self._centres(low, high))

    # ---- preparation ---------------------------------------------------------------------------

    def _grid(self, j: int) -> list[Fraction]:
        ends = {Fraction(0), Fraction(1)}
        for fiber in self.fibers:
            for bound in (*fiber.uppers, *fiber.lowers):
                ends.update((bound.where.low[j], bound.where.high[j]))
        return sorted(ends)

    def _ends(self) -> np.ndarray:
        """The greatest coordinates: 1, or the last rank."""
        high = np.ones(self.dim)
        for j, grid in self.grids.items():
            high[j] = 2 * (len(grid) - 1)
        return high

    def _side(self, fiber: McShaneFiber, bounds: Sequence[Bound], limit: Fraction, side: int) -> Side:
        gauge = fiber.gauge if side == 1 else fiber.gauge.reflected
        low, high = np.zeros((len(bounds), self.dim)), np.zeros((len(bounds), self.dim))
        positions = {j: {x: 2 * i for i, x in enumerate(grid)} for j, grid in self.grids.items()}
        for i, bound in enumerate(bounds):
            for j in range(self.dim):
                a, b, a_open, b_open = bound.where.side(j)
                if j in positions:
                    is_open = not gauge.continuous
                    low[i, j] = positions[j][a] + (a_open and is_open)
                    high[i, j] = positions[j][b] - (b_open and is_open)
                else:
                    low[i, j], high[i, j] = float(a), float(b)
        return Side(
            np.array([float(side * b.value) for b in bounds]),
            low,
            high,
            np.array([math.inf if r is None else float(r) for r in gauge.up]),
            np.array([math.inf if r is None else float(r) for r in gauge.down]),
            float(side * limit),
            gauge.combine,
        )

    def _widths(self) -> list[Fraction] | None:
        """All values that the width can take where the envelopes only jump, if they are not too many."""
        highs = {f.cap for f in self.fibers} | {b.value for f in self.fibers for b in f.uppers}
        lows = {f.floor for f in self.fibers} | {b.value for f in self.fibers for b in f.lowers}
        if len(highs) * len(lows) > CELLS:
            return None
        return sorted({p - q for p in highs for q in lows if p >= q} | {Fraction(0)})

    # ---- bounds --------------------------------------------------------------------------------

    def _bound(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(a bound on the width, the coordinate to split) of each box.

        That is the coordinate that adds most to the bound, unless it adds little against the longest side:
        then only data that do not count yet can lower the bound, and the longest side is split.
        """
        found = [tuple(side.most(low, high) for side in sides) for sides in self.sides]
        best = np.max([upper[0] for upper, _ in found], axis=0)
        best = best + np.max([lower[0] for _, lower in found], axis=0)
        if len(found) <= MAX_PAIRED:
            pairs = [
                self._joint(low, high, i, upper[2], k, lower[2])
                for i, (upper, _) in enumerate(found)
                for k, (_, lower) in enumerate(found)
            ]
            best = np.minimum(best, np.max(pairs, axis=0))
        gains = [added for sides in found for _, added, _ in sides]
        lengths = (high - low) * self.weights
        added = np.minimum(np.max(gains, axis=0), 2 * lengths)
        longest = lengths.max(axis=1)
        counts = added.max(axis=1) >= SHARE * longest
        return best, np.where(counts, added.argmax(axis=1), lengths.argmax(axis=1))

    def _joint(
        self, low: np.ndarray, high: np.ndarray, i: int, at_upper: np.ndarray, k: int, at_lower: np.ndarray
    ) -> np.ndarray:
        """A bound from one upper datum of fiber i and one lower datum of fiber k at the same x: the sum of
        the two φ is convex in each coordinate, so its maximum is at ends. Infinite where there is no datum."""
        best = np.full(len(low), np.inf)
        both = np.flatnonzero((at_upper >= 0) & (at_lower >= 0))
        if self.sides[i][0].combine == ROOT:
            return best  # the sum of two roots is not bounded coordinate by coordinate
        if not len(both):
            return best
        upper, lower = self.sides[i][0], self.sides[k][1]
        s, t = at_upper[both], at_lower[both]
        ends = [(upper.costs(s, x), lower.costs(t, x)) for x in (low[both], high[both])]
        together = np.maximum(*(a + b for a, b in ends))
        if upper.combine == MAX:
            first, second = (np.maximum(*costs) for costs in zip(*ends, strict=True))
            apart = first[:, :, None] + second[:, None, :]
            diagonal = np.arange(self.dim)
            apart[:, diagonal, diagonal] = together
            total = apart.max(axis=(1, 2))
        else:
            total = together.sum(axis=1)
        best[both] = upper.values[s] + lower.values[t] + total
        return best

    def _weight(self, j: int) -> float:
        """What a unit along a coordinate can change at most; the whole range, for a gap of ranks."""
        if j in self.grids:
            return 1.0
        rates = [r for f in self.fibers for r in (f.gauge.up[j], f.gauge.down[j]) if r is not None]
        return float(max(rates))

    def _centres(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(centres, the widths there in floats)."""
        centre = (low + high) / 2
        for j in self.ranked:
            centre[:, j] = np.floor(centre[:, j])
        return centre, self._bound(centre, centre)[0]

    def _exact(self, centre: np.ndarray) -> Point:
        found = []
        for j, c in enumerate(centre):
            if j in self.grids:
                i, gap = divmod(int(c), 2)
                grid = self.grids[j]
                found.append((grid[i] + grid[i + 1]) / 2 if gap else grid[i])
            else:
                found.append(Fraction(float(c)))
        return tuple(found)

    def _try(self, centres: np.ndarray, widths: np.ndarray) -> None:
        """Raise the lower bound to the exact width at the best of the points."""
        i = int(widths.argmax())
        if self.at and widths[i] <= float(self.least):
            return
        centre, width = centres[i], widths[i]
        step = 0.25
        free = [j for j in range(self.dim) if j not in self.grids]
        while step > 1e-9 and free:  # climb along coordinates
            moves = np.repeat(centre[None], 2 * len(free), axis=0)
            for i, j in enumerate(free):
                moves[2 * i, j] = min(1.0, moves[2 * i, j] + step)
                moves[2 * i + 1, j] = max(0.0, moves[2 * i + 1, j] - step)
            found = self._bound(moves, moves)[0]
            k = int(found.argmax())
            if found[k] > width:
                centre, width = moves[k], found[k]
            else:
                step /= 2
        x = self._exact(centre)
        exact = self.width(x)
        if exact > self.least:
            self.least, self.at = exact, x

    def width(self, x: Point) -> Fraction:
        """upper(x) - lower(x), exactly."""
        return max(f.upper(x) for f in self.fibers) - min(f.lower(x) for f in self.fibers)

    # ---- the search ----------------------------------------------------------------------------

    @property
    def lower(self) -> Fraction:
        """A lower bound of the radius: half the width at ``at``."""
        return self.least / 2

    @property
    def upper(self) -> Fraction:
        """An upper bound of the radius; equal to ``lower`` where the search proved that exactly."""
        limit = max(f.cap for f in self.fibers) - min(f.floor for f in self.fibers)
        greatest = self.least
        if len(self.bounds):
            greatest = max(greatest, Fraction(float(self.bounds.max())) + self.margin)
        if self.widths is not None:  # only these widths occur
            greatest = max(self.least, self.widths[bisect_right(self.widths, greatest) - 1])
        return min(limit, greatest) / 2

    @property
    def gap(self) -> Fraction:
        """Relative to the radius; see `relative_gap`."""
        most = (max(f.cap for f in self.fibers) - min(f.floor for f in self.fibers)) / 2
        return relative_gap(self.lower, self.upper, most)

    def run(
        self,
        gap: Fraction = Fraction(1, 100),
        max_boxes: int | None = None,
        progress: Progress | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> bool:
        """Split boxes until the gap is at most ``gap``; False where ``max_boxes`` or ``stop`` came first."""
        if not LEAST_GAP <= gap < 1:
            raise InvalidInputError(f"gap = {gap}", f"a gap from {LEAST_GAP} to below 1")
        while self.gap > gap:
            if (max_boxes is not None and self.seen >= max_boxes) or (stop is not None and stop()):
                return False
            self._split()
            if progress is not None:
                progress(self.seen, self.lower, self.upper)
        return True

    def _keep(self, wanted: np.ndarray) -> None:
        kept = (
            self.low[wanted],
            self.high[wanted],
            self.bounds[wanted],
            self.splits[wanted],
            self.slots[wanted],
        )
        self.low, self.high, self.bounds, self.splits, self.slots = kept

    def _halves(self, low: np.ndarray, high: np.ndarray, split: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(the highs of the left halves, the lows of the right halves) of boxes, each split along a coordinate."""
        rows = np.arange(len(low))
        if (low[rows, split] >= high[rows, split]).any():
            raise InvalidInputError(
                "a gap that needs boxes below the resolution of floats", "a larger gap", "for example 1/100"
            )
        middle = (low[rows, split] + high[rows, split]) / 2
        ranked = np.isin(split, self.ranked)
        left_high, right_low = high.copy(), low.copy()
        left_high[rows, split] = np.where(ranked, np.floor(middle), middle)
        right_low[rows, split] = np.where(ranked, np.floor(middle) + 1, middle)
        return left_high, right_low

    def _split(self) -> None:
        count = len(self.bounds)
        if count > BATCH:
            chosen = np.zeros(count, bool)
            chosen[np.argpartition(-self.bounds, BATCH)[:BATCH]] = True
        else:
            chosen = np.ones(count, bool)
        low, high, split = self.low[chosen], self.high[chosen], self.splits[chosen]
        left_high, right_low = self._halves(low, high, split)
        new_low, new_high = np.vstack([low, right_low]), np.vstack([left_high, high])
        bounds, splits = self._bound(new_low, new_high)
        self._try(*self._centres(new_low, new_high))
        # left halves take the places and slots of their boxes, right halves new ones
        m = len(low)
        highs, old_bounds, old_splits = self.high.copy(), self.bounds.copy(), self.splits.copy()
        highs[chosen], old_bounds[chosen], old_splits[chosen] = left_high, bounds[:m], splits[:m]
        leaves = (self.seen + 1) // 2
        halved = (
            np.vstack([self.low, right_low]),
            np.vstack([highs, high]),
            np.concatenate([old_bounds, bounds[m:]]),
            np.concatenate([old_splits, splits[m:]]),
            np.concatenate([self.slots, np.arange(leaves, leaves + m)]),
            [*self.log, (self.slots[chosen], split)],
            self.seen + 2 * m,
        )
        # at once: a state never lacks the halves
        self.low, self.high, self.bounds, self.splits, self.slots, self.log, self.seen = halved
        self._prune()

    def _prune(self) -> None:
        """Drop boxes that have no wider point, and those that are single points, which are evaluated."""
        self._keep(self.bounds > self._beaten_at())
        cells = (self.low >= self.high).all(axis=1)  # one rank in every coordinate: a point stands for all
        for centre in self.low[cells]:
            x = self._exact(centre)
            exact = self.width(x)
            if exact > self.least:
                self.least, self.at = exact, x
        self._keep(~cells & (self.bounds > self._beaten_at()))

    def _beaten_at(self) -> float:
        """Boxes with a bound up to this, rounding allowed for, have no point wider than the best known."""
        if self.widths is None:
            aim = self.least
        else:
            i = bisect_right(self.widths, self.least)
            if i == len(self.widths):
                return math.inf
            aim = (self.widths[i] + self.least) / 2
        return math.nextafter(math.nextafter(float(aim - self.margin), -1.0), -1.0)

    # ---- interruption --------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """The state, to go on from: `restore` of a search of the same fibers takes it."""
        exact = json.dumps({"question": self._question(), "at": [str(c) for c in self.at]})
        slots = np.concatenate([np.zeros(0, int), *(slots for slots, _ in self.log)])
        splits = np.concatenate([np.zeros(0, int), *(splits for _, splits in self.log)])
        out = io.BytesIO()
        np.savez(
            out,
            slots=slots.astype(np.uint32),
            splits=splits.astype(np.uint16),
            steps=np.array([len(step) for step, _ in self.log], np.uint32),
            exact=np.frombuffer(exact.encode(), dtype=np.uint8),
        )
        return out.getvalue()

    def _question(self) -> str:
        """What the search is about, in a few letters."""
        return hashlib.sha256(repr(self.fibers).encode()).hexdigest()

    def restore(self, state: bytes) -> None:
        """Go on from a state: boxes are split again as it says, all of them are bounded again, and the best point is
        evaluated again. Nothing else in it is believed.

        Raises:
            InvalidInputError: for a state that is damaged or of another search.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(state)) as parts:
                if sum(part.file_size for part in parts.infolist()) > len(state):
                    raise ValueError("parts larger than the file")
            with np.load(io.BytesIO(state), allow_pickle=False) as data:
                slots, splits, steps = (data[name] for name in ("slots", "splits", "steps"))
                exact = json.loads(data["exact"].tobytes())
            question, at = exact["question"], cube_point(exact["at"])
            if question == self._question():
                low, high, log = self._split_again(slots, splits, steps)
                width = self.width(check_dim(at, self.dim))
        except Exception as error:
            raise InvalidInputError(
                f"a state that does not read ({type(error).__name__})", "one saved by this search"
            ) from None
        if question != self._question():
            raise InvalidInputError("a state of another search", "one saved for the same question")
        if width > self.least:
            self.least, self.at = width, at
        self.low, self.high, self.log, self.slots = low, high, log, np.arange(len(low))
        chunks = [slice(i, i + 2 * BATCH) for i in range(0, len(low), 2 * BATCH)]
        bounded = [self._bound(self.low[chunk], self.high[chunk]) for chunk in chunks]
        self.bounds, self.splits = (np.concatenate(column) for column in zip(*bounded, strict=True))
        self.seen = 2 * len(low) - 1
        self._prune()

    def _split_again(
        self, slots: np.ndarray, splits: np.ndarray, steps: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        """(low, high) of the boxes after these splits, one a slot, and the log of the splits."""
        if any(column.dtype.kind not in "iu" or column.ndim != 1 for column in (slots, splits, steps)):
            raise ValueError("splits that are no whole numbers")
        low, high = np.zeros((len(slots) + 1, self.dim)), np.tile(self._ends(), (len(slots) + 1, 1))
        log, done = [], 0
        for m in steps.tolist():
            chosen, along = slots[done : done + m].astype(int), splits[done : done + m].astype(int)
            distinct = 0 < m == len(chosen) == len(along) and bool((np.diff(chosen) > 0).all())
            if not (
                distinct
                and 0 <= chosen[0]
                and chosen[-1] <= done
                and 0 <= along.min() <= along.max() < self.dim
            ):
                raise ValueError("splits of boxes that are not there")
            left_high, right_low = self._halves(low[chosen], high[chosen], along)
            low[done + 1 : done + m + 1], high[done + 1 : done + m + 1] = right_low, high[chosen]
            high[chosen] = left_high
            log.append((chosen, along))
            done += m
        if done != len(slots):
            raise ValueError("splits beyond the last step")
        return low, high, log


def _jumps(fiber: McShaneFiber, j: int) -> bool:
    return fiber.gauge.up[j] is None or fiber.gauge.down[j] is None


def _margin(dim: int, rates: Fraction) -> Fraction:
    """More than the rounding of a bound: see the head of this file."""
    return 4 * (dim + 12) * (1 + rates) / 2**53
