"""Boxes in the unit cube, each end closed or open, and the rest of the cube outside some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point

MAX_BOXES = 4096
"""The most boxes into which the outside of a set is cut."""


@dataclass(frozen=True, slots=True)
class Box:
    """The non-empty product of the intervals from ``low[j]`` to ``high[j]``; an end flagged open is left out.

    A point is the box with low = high.
    """

    low: Point
    high: Point
    open_low: tuple[bool, ...] = ()
    open_high: tuple[bool, ...] = ()

    @property
    def dim(self) -> int:
        return len(self.low)

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    def side(self, j: int) -> tuple[Fraction, Fraction, bool, bool]:
        """(low, high, whether low is open, whether high is open) of coordinate j."""
        return (
            self.low[j],
            self.high[j],
            bool(self.open_low) and self.open_low[j],
            bool(self.open_high) and self.open_high[j],
        )

    def __contains__(self, x: Point) -> bool:
        sides = map(self.side, range(self.dim))
        return all(
            (a < c or (a == c and not a_open)) and (c < b or (c == b and not b_open))
            for c, (a, b, a_open, b_open) in zip(x, sides, strict=True)
        )

    @property
    def closure(self) -> Box:
        return Box(self.low, self.high)

    def _with_side(self, j: int, side: tuple[Fraction, Fraction, bool, bool]) -> Box:
        sides = [side if i == j else self.side(i) for i in range(self.dim)]
        low, high, open_low, open_high = zip(*sides, strict=True)
        return Box(low, high, open_low, open_high)


def at_point(x: Point) -> Box:
    """The box {x}."""
    return Box(x, x)


def whole_cube(dim: int) -> Box:
    """[0, 1]^dim."""
    return Box((Fraction(0),) * dim, (Fraction(1),) * dim)


def outside(boxes: Iterable[Box], dim: int) -> list[Box]:
    """Disjoint boxes that make up the part of the cube outside closed boxes.

    Raises:
        InvalidInputError: when it takes more than ``MAX_BOXES``.
    """
    rest = [whole_cube(dim)]
    for box in boxes:
        rest = [piece for old in rest for piece in _without(old, box)]
        if len(rest) > MAX_BOXES:
            raise InvalidInputError(
                f"a level set whose outside takes more than {MAX_BOXES} boxes",
                f"at most {MAX_BOXES}",
                "use fewer or larger boxes",
            )
    return rest


def _without(box: Box, taken: Box) -> list[Box]:
    """``box`` less the closed box ``taken``: per coordinate what lies below and above, then the middle."""
    pieces = []
    for j in range(box.dim):
        a, b, a_open, b_open = box.side(j)
        p, q = taken.low[j], taken.high[j]
        if a < p:
            below = (a, min(b, p), a_open, b_open if b < p else True)
            pieces.append(box._with_side(j, below))
        if q < b:
            above = (max(a, q), b, a_open if q < a else True, b_open)
            pieces.append(box._with_side(j, above))
        low, high = max(a, p), min(b, q)
        low_open, high_open = a_open and low == a, b_open and high == b
        if low > high or (low == high and (low_open or high_open)):
            return pieces
        box = box._with_side(j, (low, high, low_open, high_open))
    return pieces
