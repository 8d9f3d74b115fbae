"""The exact radius in one variable, by the breakpoints of the envelopes.

Between two neighbouring ends of data boxes each upper envelope is a minimum of finitely many lines and each
lower envelope a maximum (see `lines` of the fibers). So the width is concave there, and its supremum is at a
crossing of two of these lines or is approached at an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Protocol

from fvtheory.exact import Point

Line = tuple[Fraction, Fraction]
"""(slope, intercept)."""


class OnLine(Protocol):
    """A fiber of functions of one variable."""

    def upper(self, x: Point) -> Fraction: ...

    def lower(self, x: Point) -> Fraction: ...

    def ends(self) -> Iterable[Fraction]:
        """The ends of the data boxes."""
        ...

    def lines(self, left: Fraction, right: Fraction) -> tuple[Sequence[Line], Sequence[Line]]:
        """On (left, right), which holds no end: the lines whose minimum is the upper envelope, and those
        whose maximum is the lower one."""
        ...


@dataclass(frozen=True, slots=True)
class Widest:
    """The supremum of upper - lower.

    Attributes:
        width: the supremum.
        at: a point where it is taken, or None.
        near: a point where upper - lower is within the slack asked for.
    """

    width: Fraction
    at: Point | None
    near: Point


def widest_on_line(fibers: Sequence[OnLine], slack: Fraction) -> Widest:
    """The supremum of (greatest upper envelope) - (least lower envelope) over [0, 1]."""

    def width(x: Fraction) -> Fraction:
        return max(f.upper((x,)) for f in fibers) - min(f.lower((x,)) for f in fibers)

    ends = {Fraction(0), Fraction(1)}
    for fiber in fibers:
        ends.update(fiber.ends())
    grid = sorted(ends)
    values = [width(x) for x in grid]
    best = max(values)
    at: Fraction | None = grid[values.index(best)]
    assert at is not None
    near = at
    for left, right in pairwise(grid):
        middle = (left + right) / 2
        highs, lows = zip(*(f.lines(left, right) for f in fibers), strict=True)
        crossings = {left, middle, right}
        for lines in (*highs, *lows):
            for (s, p), (t, q) in combinations(lines, 2):
                if s != t and left < (x := (q - p) / (s - t)) < right:
                    crossings.add(x)
        for x in sorted(crossings):
            inside = max(min(s * x + p for s, p in lines) for lines in highs) - min(
                max(s * x + p for s, p in lines) for lines in lows
            )
            if inside > best or (inside == best and at is None and left < x < right):
                best, near = inside, x
                at = x if left < x < right else None
                if at is None:  # approached towards x from the middle
                    near = middle
                    while width(near) < best - slack:
                        near = (near + x) / 2
    return Widest(best, None if at is None else (at,), (near,))


def through(p: Fraction, a: Fraction, q: Fraction, b: Fraction) -> Line:
    """The line with the value a at p and b at q."""
    slope = (b - a) / (q - p)
    return slope, a - slope * p
