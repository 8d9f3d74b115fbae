"""Functions of one variable whose derivative obeys a rate: low <= f'' <= high, with certified bounds on both sides.

f is smooth with constant M iff f' is M-Lipschitz: -M <= f'' <= M almost everywhere. Convex and smooth: 0 <= f'' <= M.
From a place x to x + h the pair (f, f') moves to (f + h f' + a, f' + b) with

    (a, b) = (∫ (h - t) f''(x + t) dt, ∫ f''(x + t) dt),

which fills a lens E between two parabolas, whatever the pair: nothing else couples what is known at different places
(for values and derivatives at two places this is the interpolation condition). So the pairs that are possible at a
node of a grid are those that can be reached from the left and from which the rest can be reached: two convex sets,
found node by node (`_Sweep`), and their intersection gives the envelopes there. With values alone the derivatives are
free, which the sets account for.

*Outer bounds.* A hexagon around E, and what is known at nodes only, ask less: no function of the fiber is outside.
*Inner bounds.* f'' constant on each cell, a segment in E; and the control point f + f' h/2 of the parabola obeys what
is known of its cell, so that the parabola does, which lies in the hull of its ends and this point. They ask
more: each pair belongs to a function of the fiber. Both are exact in rationals, and meet as the grid is refined.

*Between nodes* f is at most h² max(0, -low)/8 above its chord and h² max(0, high)/8 below it: outer bounds of the
envelopes at nodes bound the width everywhere.

Roots never occur: the envelopes themselves are pieces of parabolas whose ends are irrational in general.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from fvtheory.beyond.boxes import Box
from fvtheory.beyond.constraints import Bound, Constraints
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import Gauge, Slope
from fvtheory.beyond.hulls import refuse_coupled
from fvtheory.beyond.polygons import Polygon, clipped, common_range, cut, rectangle, total
from fvtheory.beyond.precision import relative_gap
from fvtheory.exact import Point
from fvtheory.functions import Function

ZERO, ONE = Fraction(0), Fraction(1)

CELLS = (8, 16, 32, 64, 128)
"""Into at least how many cells of equal length the unit interval is cut, one grid after the other."""

CLOSE = Fraction(1, 200)
"""How near the two bounds of an envelope at a point come, unless the finest grid is reached before."""

Range = tuple[Fraction, Fraction]
Progress = Callable[[int, Fraction, Fraction], None]


@dataclass(frozen=True)
class SmoothFiber:
    """All functions of one variable with bounds on f'' that obey the bounds; `smooth_fiber` makes it.

    Attributes:
        curvature: (low, high), bounds of f''.
        slopes: (down, up): -down <= f' <= up; None for no bound.
        floor, cap: floor <= f <= cap.
        uppers, lowers: the other bounds, on closed intervals.
        gradients: (place, f' there).
    """

    curvature: Range
    slopes: tuple[Slope, Slope]
    floor: Fraction
    cap: Fraction
    uppers: tuple[Bound, ...]
    lowers: tuple[Bound, ...]
    gradients: tuple[tuple[Fraction, Fraction], ...]
    _known: dict[tuple, list[tuple[Range | None, Range | None]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def is_exact(self) -> bool:
        """False: ``upper`` and ``lower`` are outer bounds of the envelopes."""
        return False

    def enclosure(self, x: Point) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """(a, b, c, d) with a <= inf f(x) <= b and c <= sup f(x) <= d.

        Raises:
            UnsupportedError: where the finest grid does not tell whether the fiber has members.
        """
        found: tuple[Range, Range] | None = None
        for count in CELLS:
            grid = self.grid(count, x[0])
            outer, inner = self.ranges(grid)[grid.index(x[0])]
            if outer is not None and inner is not None:
                found = outer, inner
                if max(inner[0] - outer[0], outer[1] - inner[1]) <= CLOSE:
                    break
        if found is None:
            raise _undecided()
        (least, most), (reached, taken) = found
        return least, reached, taken, most

    def upper(self, x: Point) -> Fraction:
        """At least sup f(x)."""
        return self.enclosure(x)[3]

    def lower(self, x: Point) -> Fraction:
        """At most inf f(x)."""
        return self.enclosure(x)[0]

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Not built: parabolas are not piecewise affine."""
        raise UnsupportedError(
            "members of a smooth class as exact functions",
            "a class of piecewise affine functions, such as lipschitz or convex",
            "smooth functions are pieces of parabolas, for which there is no kind of exact function",
        )

    def grid(self, count: int, *more: Fraction) -> list[Fraction]:
        """Places of data, the ends, ``more``, and others so that no cell is longer than 1/count; twice the count
        gives a finer grid with the same nodes."""
        ends = {ZERO, ONE, *more, *(p for p, _ in self.gradients)}
        ends.update(c for b in (*self.uppers, *self.lowers) for c in (b.where.low[0], b.where.high[0]))
        found = [ZERO]
        for left, right in pairwise(sorted(ends)):
            parts = 1
            while (right - left) * count > parts:
                parts *= 2
            found += [left + (right - left) * Fraction(i, parts) for i in range(1, parts + 1)]
        return found

    def ranges(self, grid: Sequence[Fraction]) -> list[tuple[Range | None, Range | None]]:
        """At each node: ranges of f that contain all values, and that consist of values, each None where empty."""
        key = tuple(grid)
        if key not in self._known:
            outer, inner = _Sweep(self, grid, True).ranges(), _Sweep(self, grid, False).ranges()
            self._known[key] = list(zip(outer, inner, strict=True))
        return self._known[key]

    def bulge(self, h: Fraction) -> Fraction:
        """How much wider than at its ends the outer bounds can be within a cell of length h."""
        low, high = self.curvature
        return h * h * (max(ZERO, -low) + max(ZERO, high)) / 8


def smooth_fiber(gauge: Gauge, curvature: Range, known: Constraints) -> SmoothFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for uncertain values that are compared, strict levels, and where the finest grid does not
            tell whether there are members.
    """
    refuse_coupled(known, "smooth")
    if any(b.strict for b in known.uppers):
        raise UnsupportedError(
            "class smooth with strict levels", "strict = false", "bounds of a grid do not tell < from <="
        )
    fiber = SmoothFiber(
        curvature,
        (gauge.down[0], gauge.up[0]),
        known.floor,
        known.cap,
        tuple(Bound(b.where.closure, b.value) for b in known.uppers if b.value < known.cap),
        tuple(b for b in known.lowers if b.value > known.floor),
        tuple((g.at[0], g.gradient[0]) for g in known.gradients),
    )
    for count in CELLS:
        outer, inner = fiber.ranges(fiber.grid(count))[0]
        if outer is None:
            return "no smooth function obeys all that is known: too much curvature would be needed"
        if inner is not None:
            return fiber
    raise _undecided()


class _Sweep:
    """The pairs (f, f') that are possible at the nodes of a grid: outer ones, or inner ones."""

    def __init__(self, fiber: SmoothFiber, grid: Sequence[Fraction], is_outer: bool) -> None:
        self.fiber, self.grid, self.is_outer = fiber, grid, is_outer
        low, high = fiber.curvature
        # The mean slope over [0, 1] is within the range of values, and f' within the curvature of that.
        self.steepest = max(ZERO, fiber.cap - fiber.floor) + max(abs(low), abs(high))
        self.nodes = [self._at(Box((x,), (x,))) for x in grid]
        self.cells = [self._at(Box((x,), (y,))) for x, y in pairwise(grid)]

    def ranges(self) -> list[Range | None]:
        """The least and the greatest f at each node, None where no pair is possible."""
        forward, backward = self._forward(), self._backward()
        return [common_range(p, q) for p, q in zip(forward, backward, strict=True)]

    def _at(self, where: Box) -> Range:
        """What is known of f throughout a box (a node, or a cell): at least, at most."""
        left, right = where.low[0], where.high[0]
        inside = [
            [b.value for b in bounds if b.where.low[0] <= left and right <= b.where.high[0]]
            for bounds in (self.fiber.lowers, self.fiber.uppers)
        ]
        return max([self.fiber.floor, *inside[0]]), min([self.fiber.cap, *inside[1]])

    def _node(self, k: int) -> Polygon:
        """The pairs that what is known at one node allows."""
        x, (low, high) = self.grid[k], self.nodes[k]
        down, up = self.fiber.slopes
        least = -self.steepest if down is None else max(-down, -self.steepest)
        greatest = self.steepest if up is None else min(up, self.steepest)
        for place, slope in self.fiber.gradients:
            if place == x:
                least, greatest = max(least, slope), min(greatest, slope)
        for value, sign in ((self.fiber.cap, 1), (self.fiber.floor, -1)):
            if low == high == value:  # an extremum: f climbs to it, and falls from it (sign 1)
                if x > 0:
                    least, greatest = (
                        (max(least, ZERO), greatest) if sign == 1 else (least, min(greatest, ZERO))
                    )
                if x < 1:
                    least, greatest = (
                        (least, min(greatest, ZERO)) if sign == 1 else (max(least, ZERO), greatest)
                    )
        return rectangle(low, high, least, greatest)

    def _steps(self) -> Iterator[tuple[Fraction, Polygon]]:
        """(h, the possible (a, b)) of each cell."""
        low, high = self.fiber.curvature
        for x, y in pairwise(self.grid):
            h = y - x
            if not self.is_outer:
                yield h, list(dict.fromkeys([(low * h * h / 2, low * h), (high * h * h / 2, high * h)]))
                continue
            a, b = (low + high) * h * h / 4, (low + high) * h / 2
            r, s = (high - low) * h * h / 4, (high - low) * h / 2
            corners = [(-r, -s), (ZERO, -s / 2), (r, s / 2), (r, s), (ZERO, s / 2), (-r, -s / 2)]
            yield h, list(dict.fromkeys((a + u, b + v) for u, v in corners))

    def _within(self, polygon: Polygon, k: int, h: Fraction) -> Polygon:
        """The pairs at node k whose parabola on cell k has a control point that obeys what is known of the cell."""
        if self.is_outer:
            return polygon
        low, high = self.cells[k]
        return cut(cut(polygon, 1, h / 2, high), -1, -h / 2, -low)

    def _forward(self) -> list[Polygon]:
        found = [self._node(0)]
        for k, (h, step) in enumerate(self._steps()):
            moved = [(u + h * v, v) for u, v in self._within(found[-1], k, h)]
            reached = self._at_rates(total(moved, step), found[-1], h, *self.fiber.slopes)
            found.append(clipped(reached, self._node(k + 1)))
        return found

    def _backward(self) -> list[Polygon]:
        found = [self._node(len(self.grid) - 1)]
        for k, (h, step) in reversed(list(enumerate(self._steps()))):
            before = total(found[-1], [(-u, -v) for u, v in step])
            moved = [(u - h * v, v) for u, v in before]
            reached = self._at_rates(self._within(moved, k, h), found[-1], h, *self.fiber.slopes[::-1])
            found.append(clipped(reached, self._node(k)))
        return found[::-1]

    def _at_rates(self, reached: Polygon, start: Polygon, h: Fraction, down: Slope, up: Slope) -> Polygon:
        """The pairs whose values are no farther from those at the node before than rates allow within a cell."""
        if not start:
            return []
        values = [u for u, _ in start]
        if up is not None:
            reached = cut(reached, 1, 0, max(values) + up * h)
        if down is not None:
            reached = cut(reached, -1, 0, down * h - min(values))
        return reached


class SmoothSearch:
    """Bounds of the radius of a union of fibers of smooth functions, on one grid after the other."""

    def __init__(self, fibers: Sequence[SmoothFiber]) -> None:
        self.fibers = tuple(fibers)
        self.range = max(f.cap for f in fibers) - min(f.floor for f in fibers)
        self.least, self.most = ZERO, self.range
        self.at: Point = ()
        self.seen = 0

    @property
    def lower(self) -> Fraction:
        """A lower bound of the radius."""
        return self.least / 2

    @property
    def upper(self) -> Fraction:
        """An upper bound of the radius."""
        return self.most / 2

    @property
    def gap(self) -> Fraction:
        """Relative to the radius; see `relative_gap`."""
        return relative_gap(self.least, self.most, self.range)

    def run(self, gap: Fraction, max_boxes: int | None = None, progress: Progress | None = None) -> bool:
        """Refine grids until the gap is at most ``gap``; False where the finest or ``max_boxes`` cells came first.

        Raises:
            UnsupportedError: where the finest grid does not tell whether the fiber has members.
        """
        for count in CELLS:
            if self.at and max_boxes is not None and self.seen + count > max_boxes:
                break
            self._look(count)
            if progress is not None:
                progress(self.seen, self.lower, self.upper)
            if self.at and self.gap <= gap:
                return True
        if not self.at:
            raise _undecided()
        return False

    def _look(self, count: int) -> None:
        grid = sorted({x for f in self.fibers for x in f.grid(count)})
        self.seen += len(grid) - 1
        outer: list[list[Range]] = []
        inner: list[list[Range]] = []
        for f in self.fibers:
            ranges = f.ranges(grid)
            outer.append([o for o, _ in ranges if o is not None])
            inner.append([i for _, i in ranges if i is not None])
        sure = [r for r in inner if len(r) == len(grid)]
        possible = [r for r in outer if len(r) == len(grid)]
        if sure:
            widths = [max(r[k][1] for r in sure) - min(r[k][0] for r in sure) for k in range(len(grid))]
            best = max(widths)
            if best > self.least or not self.at:
                self.least, self.at = best, (grid[widths.index(best)],)
        bounds = [max(r[k][1] for r in possible) - min(r[k][0] for r in possible) for k in range(len(grid))]
        bulges = [max(f.bulge(q - p) for f in self.fibers) for p, q in pairwise(grid)]
        most = max(max(p, q) + bulge for (p, q), bulge in zip(pairwise(bounds), bulges, strict=True))
        self.most = min(self.most, most)


def _undecided() -> UnsupportedError:
    return UnsupportedError(
        "knowledge about smooth functions so tight that the finest grid shows no member",
        "knowledge that leaves some room",
        "a larger constant of smoothness, or values within a tolerance",
    )
