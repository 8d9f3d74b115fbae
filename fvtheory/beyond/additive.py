"""Fibers of additive models f(x) = c + Σ_j f_j(x_j), alone or with rates: exact linear programs.

Only the values of each component at finitely many places count: those of the data and of the query, and the
ends 0 and 1. Any such values extend, linearly between neighbours, to components with the same extrema and the
same slopes. So a datum is linear in the increments between neighbours; floor <= f <= cap means
c + Σ max f_j <= cap and c + Σ min f_j >= floor. An additive function obeys the rates of a gauge iff the slopes
do: for "sum" each s_j of the j-th component has -down_j <= s_j <= up_j; for "max" there are shares ρ_j >= 0
with Σ ρ_j <= 1 and -down_j ρ_j <= s_j <= up_j ρ_j, since steep places of all components come together at
some x. (Differences over longer steps are averages of such slopes.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from fvtheory.beyond.boxes import Box
from fvtheory.beyond.constraints import Bound, Constraints
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import MAX, Gauge
from fvtheory.beyond.hulls import refuse_coupled
from fvtheory.beyond.linear_program import Optimum, minimise
from fvtheory.exact import Point
from fvtheory.functions import Combination, Function, Lift, PiecewiseAffine1D, constant

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class AdditiveFiber:
    """All additive functions of one gauge that obey bounds at points; `additive_fiber` makes it."""

    gauge: Gauge
    floor: Fraction
    cap: Fraction
    uppers: tuple[Bound, ...]
    lowers: tuple[Bound, ...]
    _known: dict[tuple[Point, int], tuple[Fraction, Function]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def dim(self) -> int:
        return self.gauge.dim

    def upper(self, x: Point) -> Fraction:
        """sup f(x) over the fiber."""
        return self._extreme(x, -1)[0]

    def lower(self, x: Point) -> Fraction:
        """inf f(x) over the fiber."""
        return self._extreme(x, 1)[0]

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Members with the values lower(x) and upper(x) at x."""
        return self._extreme(x, 1)[1], self._extreme(x, -1)[1]

    def highest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: the upper envelope obeys the rates too."""
        centre, box = _centre(corners)
        return min(self.cap, self.upper(centre) + self._reach(centre, box))

    def lowest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: the lower envelope obeys the rates too."""
        centre, box = _centre(corners)
        return max(self.floor, self.lower(centre) - self._reach(centre, box))

    def widest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`."""
        return self.highest(corners) - self.lowest(corners)

    def _reach(self, centre: Point, box: Box) -> Fraction:
        """At least |f(x) - f(centre)| for x in the box and f with these rates."""
        reach = [
            max(up, down) * (high - c) if up is not None and down is not None else self.cap - self.floor
            for up, down, high, c in zip(self.gauge.up, self.gauge.down, box.high, centre, strict=True)
        ]
        return max(reach) if self.gauge.combine == MAX else sum(reach, ZERO)

    def is_empty(self) -> bool:
        """Whether no function obeys the bounds."""
        return isinstance(self._solve(None, 1), str)

    def _extreme(self, x: Point, sense: int) -> tuple[Fraction, Function]:
        if (x, sense) not in self._known:
            found = self._solve(x, sense)
            assert not isinstance(found, str)
            self._known[x, sense] = found
        return self._known[x, sense]

    def _solve(self, x: Point | None, sense: int) -> tuple[Fraction, Function] | str:
        """(least value of sense * f(x), times sense; a member that has it), or why there is none."""
        named = [b.where.low for b in (*self.uppers, *self.lowers)] + ([x] if x else [])
        knots = [sorted({ZERO, ONE, *(p[j] for p in named)}) for j in range(self.dim)]
        form = _Form()
        above, below = form.column(), form.column()  # c = above - below
        shares = [form.column() for _ in range(self.dim)] if self.gauge.combine == MAX else None
        steps: list[list[dict[int, Fraction]]] = []
        tops, bottoms = {above: ONE, below: -ONE}, {above: -ONE, below: ONE}
        for j, places in enumerate(knots):
            steps.append([])
            top, bottom = form.column(), form.column()  # max f_j >= 0 and -min f_j >= 0, as f_j(0) = 0
            tops[top], bottoms[bottom] = ONE, ONE
            height: dict[int, Fraction] = {}
            for p, q in pairwise(places):
                step = {}
                for rate, sign in ((self.gauge.up[j], ONE), (self.gauge.down[j], -ONE)):
                    if rate == 0:
                        continue
                    k = form.column()
                    step[k] = sign
                    if rate is not None and shares is None:
                        form.at_most({k: ONE}, rate * (q - p))
                    elif rate is not None and shares is not None:
                        form.at_most({k: ONE, shares[j]: -rate * (q - p)}, ZERO)
                steps[-1].append(step)
                height = {**height, **step}
                if step:
                    form.at_most({**height, top: -ONE}, ZERO)
                    form.at_most({**{k: -v for k, v in height.items()}, bottom: -ONE}, ZERO)
        form.at_most(tops, self.cap)
        form.at_most(bottoms, -self.floor)
        if shares is not None:
            form.at_most(dict.fromkeys(shares, ONE), ONE)

        def value_at(p: Point) -> dict[int, Fraction]:
            entries = {above: ONE, below: -ONE}
            for j, places in enumerate(knots):
                for i in range(places.index(p[j])):
                    entries.update(steps[j][i])
            return entries

        for sign, bounds in ((ONE, self.uppers), (-ONE, self.lowers)):
            for b in bounds:
                form.at_most({k: sign * v for k, v in value_at(b.where.low).items()}, sign * b.value)
        cost = {k: sense * v for k, v in value_at(x).items()} if x else {}
        found = form.solve(cost)
        if isinstance(found, str):
            return found
        parts: list[Function] = [constant(found.point[above] - found.point[below], self.dim)]
        for j, places in enumerate(knots):
            heights = [ZERO]
            for step in steps[j]:
                heights.append(heights[-1] + sum((s * found.point[k] for k, s in step.items()), ZERO))
            line = PiecewiseAffine1D(list(zip(places, heights, strict=True)))
            parts.append(line if self.dim == 1 else Lift(line, j, self.dim))
        return sense * found.value, Combination([1] * len(parts), parts)


class _Form:
    """min cost . z subject to rows . z <= targets, z >= 0."""

    def __init__(self) -> None:
        self.width = 0
        self.rows: list[tuple[dict[int, Fraction], Fraction]] = []

    def column(self) -> int:
        self.width += 1
        return self.width - 1

    def at_most(self, entries: dict[int, Fraction], target: Fraction) -> None:
        self.rows.append((entries, target))

    def solve(self, cost: dict[int, Fraction]) -> Optimum | str:
        slacks = len(self.rows)
        rows = []
        for i, (entries, _) in enumerate(self.rows):
            row = [ZERO] * (self.width + slacks)
            for k, v in entries.items():
                row[k] = v
            row[self.width + i] = ONE
            rows.append(row)
        costs = [cost.get(k, ZERO) for k in range(self.width + slacks)]
        return minimise(costs, rows, [target for _, target in self.rows])


def additive_fiber(gauge: Gauge, known: Constraints) -> AdditiveFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for uncertain values that are compared, gradients, strict levels, level sets of boxes.
    """
    refuse_coupled(known, "additive")
    if known.gradients or any(b.strict or not b.where.is_point for b in (*known.uppers, *known.lowers)):
        raise UnsupportedError(
            "class additive with gradients, strict levels or level sets of boxes",
            "values at points, with strict = false",
            "a bound on a box is one on infinitely many sums of components",
        )
    fiber = AdditiveFiber(gauge, known.floor, known.cap, tuple(known.uppers), tuple(known.lowers))
    return "no additive function obeys all that is known" if fiber.is_empty() else fiber


def _centre(corners: Sequence[Point]) -> tuple[Point, Box]:
    low, high = (tuple(map(end, zip(*corners, strict=True))) for end in (min, max))
    return tuple((p + q) / 2 for p, q in zip(low, high, strict=True)), Box(low, high)
