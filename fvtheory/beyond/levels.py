"""Fibers of quasi-convex functions, whose sets {f <= v} are convex: membership in convex hulls, exactly.

Let f <= U_t on boxes T_t (the whole cube with cap among them) and f >= L_s on boxes S_s. If x is in the hull
of the T_t with U_t <= v then f(x) <= v: u(x) is the least such v. u is quasi-convex, and in the fiber iff
u >= L_s on S_s: iff no y in S_s is in the hull of the T_t with U_t < L_s. Every member is below u, so the
fiber is non-empty iff this holds. If some y in S_s is in the hull of x and the T_t with U_t < L_s then
f(x) >= L_s; l(x) is the greatest such L_s, or floor: else f(x) = l(x) may be added to the bounds. A strict
bound f < z is one with a value just below z.

*Members as functions.* Where a value v is wanted at a point s outside the hull C of the T_t with U_t < v, some
a . y - b is at most 0 on C and 1 at s (a linear program). The affine function floor + (v - floor)(a . y - b), clipped
between floor and v, is quasi-convex, v at s, floor on C and at most v <= U_t on the other T_t. The maximum of such
functions, one a lower bound, is quasi-convex too: a member, with one more of them a member with the value v at x.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.boxes import Box, at_point, whole_cube
from fvtheory.beyond.constraints import Bound, Constraints, ends_on_line
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.hulls import refuse_coupled
from fvtheory.beyond.line import Line
from fvtheory.beyond.linear_program import Optimum, is_feasible, minimise
from fvtheory.exact import Point
from fvtheory.functions import Affine, Clip, Function, Maximum, constant

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class QuasiConvexFiber:
    """All quasi-convex functions that obey the bounds; `quasi_convex_fiber` makes it."""

    floor: Fraction
    cap: Fraction
    dim: int
    uppers: tuple[Bound, ...]
    lowers: tuple[Bound, ...]

    def upper(self, x: Point) -> Fraction:
        """sup f(x) over the fiber."""
        for value in sorted({b.value for b in self.uppers}):
            if value < self.cap and _meets_hull(
                at_point(x), [b.where for b in self.uppers if b.value <= value]
            ):
                return value
        return self.cap

    def lower(self, x: Point) -> Fraction:
        """inf f(x) over the fiber."""
        for value in sorted({b.value for b in self.lowers}, reverse=True):
            if value <= self.floor:
                break
            hull = [at_point(x), *self._below(value)]
            if any(_meets_hull(b.where, hull) for b in self.lowers if b.value == value):
                return value
        return self.floor

    def highest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: the upper envelope is quasi-convex."""
        return max(map(self.upper, corners))

    def lowest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: one lower bound counts on a convex cone."""
        found = self.floor
        for bound in self.lowers:
            if bound.value > found:
                below = self._below(bound.value)
                if all(_meets_hull(bound.where, [at_point(x), *below]) for x in corners):
                    found = bound.value
        return found

    def widest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`."""
        return self.highest(corners) - self.lowest(corners)

    def ends(self) -> Iterable[Fraction]:
        """In one variable: the ends of the data boxes."""
        return ends_on_line((*self.uppers, *self.lowers))

    def lines(self, left: Fraction, right: Fraction) -> tuple[list[Line], list[Line]]:
        """In one variable, between two neighbouring ends: levels, since hulls change at ends only."""
        x = ((left + right) / 2,)
        return [(ZERO, self.upper(x))], [(ZERO, self.lower(x))]

    def _below(self, value: Fraction) -> list[Box]:
        found = [b.where for b in self.uppers if b.value < value or (b.strict and b.value == value)]
        return [*found, whole_cube(self.dim)] if self.cap < value else found

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Functions of the fiber with the values lower(x) and upper(x) at x; where only strict bounds keep upper(x)
        from being taken, one within ``slack`` of it.

        Raises:
            UnsupportedError: where a lower bound holds on a box.
        """
        if any(not b.where.is_point for b in self.lowers):
            raise UnsupportedError(
                "members of class quasi-convex with level sets that are boxes",
                "points of the level sets instead",
                "finitely many half-spaces do not describe a level on a box",
            )
        lowest = Bound(at_point(x), self.lower(x))
        pressed = QuasiConvexFiber(self.floor, self.cap, self.dim, (*self.uppers, lowest), self.lowers)
        high = self.upper(x)
        if _meets_hull(at_point(x), self._below(high)):
            below = [v for v in (self.floor, *(b.value for b in (*self.uppers, *self.lowers))) if v < high]
            high -= min(slack, (high - max(below)) / 2)
        return pressed._reaching(()), self._reaching(((x, high),))

    def _reaching(self, wanted: Sequence[tuple[Point, Fraction]]) -> Function:
        """The maximum of clipped affine functions of the fiber that is at least as high as wanted at some points,
        and as the lower bounds ask."""
        parts: list[Function] = [constant(self.floor, self.dim)]
        for s, value in dict.fromkeys((*((b.where.low, b.value) for b in self.lowers), *wanted)):
            if value > self.floor:
                slope, offset = _separation(s, self._below(value))
                rise = value - self.floor
                half_space = Affine([rise * a for a in slope], self.floor - rise * offset)
                parts.append(Clip(half_space, self.floor, value))
        return Maximum(parts)


def quasi_convex_fiber(dim: int, known: Constraints) -> QuasiConvexFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for uncertain values that are compared, gradients, strict level sets of boxes, level
            sets of boxes whose outside is not closed.
    """
    refuse_coupled(known, "quasi-convex")
    if known.gradients:
        raise UnsupportedError(
            "class quasi-convex with gradients",
            "knowledge without gradients",
            "a gradient bounds a half-space of values, which is not a hull of boxes",
        )
    if any(
        not b.where.is_point and (b.strict or any(b.where.open_low) or any(b.where.open_high))
        for b in known.uppers
    ):
        raise UnsupportedError(
            "class quasi-convex with a level set of boxes that is strict or whose outside is open",
            "points of the level set instead",
            "f may jump at the border of a box, and hulls of boxes that are not closed are not decided here",
        )
    uppers = tuple(Bound(b.where.closure, b.value, b.strict) for b in known.uppers)
    fiber = QuasiConvexFiber(known.floor, known.cap, dim, uppers, tuple(known.lowers))
    if fiber.floor > fiber.cap or any(
        b.value < fiber.floor or (b.strict and b.value == fiber.floor) for b in uppers
    ):
        return "a value is asked for below the least one"
    for bound in known.lowers:
        if _meets_hull(bound.where, fiber._below(bound.value)):
            return f"a value is at least {bound.value}, and lies between lower ones"
    return fiber


def _separation(s: Point, boxes: Sequence[Box]) -> tuple[Point, Fraction]:
    """(a, b) with a . s - b = 1 and a . y <= b on closed boxes whose hull does not contain s.

    In the program a = p - q and b = c - e with p, q, c, e >= 0: the greatest a . y on a box is at most
    Σ p_j high_j - q_j low_j, and equal where p_j or q_j is 0.
    """
    dim = len(s)
    count = len(boxes)
    rows = [[*s, *(-c for c in s), -ONE, ONE, *[ZERO] * count]]
    for i, box in enumerate(boxes):
        slack = [ONE if k == i else ZERO for k in range(count)]
        rows.append([*box.high, *(-c for c in box.low), -ONE, ONE, *slack])
    cost = [ONE] * (2 * dim + 2) + [ZERO] * count
    found = minimise(cost, rows, [ONE, *[ZERO] * count])
    assert isinstance(found, Optimum)
    p, q = found.point[:dim], found.point[dim : 2 * dim]
    slope = tuple(a - b for a, b in zip(p, q, strict=True))
    return slope, found.point[2 * dim] - found.point[2 * dim + 1]


def _meets_hull(where: Box, boxes: Sequence[Box]) -> bool:
    """Whether some point of a closed box is in the convex hull of closed boxes."""
    if not boxes:
        return False
    dim = where.dim
    # Columns: a weight a box, then for each box and the box itself its place, r_j + slack_j = weight * length.
    columns: list[dict[int, Fraction]] = []
    targets = [*where.low, ONE]
    for box in boxes:
        columns.append({**{j: c for j, c in enumerate(box.low) if c}, dim: ONE})
    for owner, box, sign in (*((i, b, ONE) for i, b in enumerate(boxes)), (None, where, -ONE)):
        for j in range(dim):
            length = box.high[j] - box.low[j]
            if length:
                row = len(targets)
                targets.append(ZERO if owner is not None else length)
                if owner is not None:
                    columns[owner][row] = -length
                columns += [{j: sign, row: ONE}, {row: ONE}]
    rows = [[column.get(i, ZERO) for column in columns] for i in range(len(targets))]
    return is_feasible(rows, targets)
