"""The radius of convex, concave, affine and quasi-convex functions in several variables, by corners of boxes.

On a box the width is bounded through the corners of the box, in exact rationals:

* convex: the upper envelope u is convex and each piece l_i of the lower one is concave (the greatest is l), so
  u - l_i is convex and w = min_i (u - l_i) <= min_i max over corners of (u - l_i). Concave functions are
  reflected ones.
* affine: u is convex and l concave, so the width of the whole cube is taken at a corner: exact.
* quasi-convex: u is quasi-convex, and the set where one lower bound counts is a convex cone: u is at most its
  greatest value at corners, and l at least what counts at all corners.

Boxes are halved along their longest side, the one with the greatest bound first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import product
from typing import Protocol

from fvtheory.beyond.boxes import Box, whole_cube
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.precision import relative_gap
from fvtheory.exact import Point, vertices

MAX_DIM = 12
"""In how many variables the 2^dim corners of boxes are gone through."""

Progress = Callable[[int, Fraction, Fraction], None]


class Enveloped(Protocol):
    """A fiber with envelopes."""

    @property
    def floor(self) -> Fraction: ...

    @property
    def cap(self) -> Fraction: ...

    def upper(self, x: Point) -> Fraction: ...

    def lower(self, x: Point) -> Fraction: ...


class Cornered(Enveloped, Protocol):
    """A fiber whose width is bounded through corners."""

    def highest(self, corners: Sequence[Point]) -> Fraction:
        """The greatest value of the upper envelope on the box of these corners, at most."""
        ...

    def lowest(self, corners: Sequence[Point]) -> Fraction:
        """The least value of the lower envelope on the box of these corners, at least."""
        ...

    def widest(self, corners: Sequence[Point]) -> Fraction:
        """The greatest width on the box of these corners, at most."""
        ...


class CornerSearch:
    """As `RadiusSearch`: bounds of the radius of a union of fibers, in exact rationals.

    Raises:
        UnsupportedError: above ``MAX_DIM`` variables.
    """

    def __init__(self, fibers: Iterable[Cornered], dim: int) -> None:
        _require_few_corners(dim)
        self.fibers = tuple(fibers)
        self.least = Fraction(-1)
        self.at: Point = ()
        self.seen = 0
        self._heap: list[tuple[Fraction, int, Box]] = []
        self._add(whole_cube(dim))

    @property
    def lower(self) -> Fraction:
        """A lower bound of the radius."""
        return self.least / 2

    @property
    def upper(self) -> Fraction:
        """An upper bound of the radius."""
        return max(self.least, -self._heap[0][0] if self._heap else self.least) / 2

    @property
    def gap(self) -> Fraction:
        """Relative to the radius; see `relative_gap`."""
        most = (max(f.cap for f in self.fibers) - min(f.floor for f in self.fibers)) / 2
        return relative_gap(self.lower, self.upper, most)

    def width(self, x: Point) -> Fraction:
        """upper(x) - lower(x)."""
        return max(f.upper(x) for f in self.fibers) - min(f.lower(x) for f in self.fibers)

    def run(self, gap: Fraction, max_boxes: int | None = None, progress: Progress | None = None) -> bool:
        """Halve boxes until the gap is at most ``gap``; False where ``max_boxes`` came first."""
        while self.gap > gap:
            if max_boxes is not None and self.seen >= max_boxes:
                return False
            _, _, box = heapq.heappop(self._heap)
            lengths = [q - p for p, q in zip(box.low, box.high, strict=True)]
            j = lengths.index(max(lengths))
            middle = (box.low[j] + box.high[j]) / 2
            self._add(Box(box.low, (*box.high[:j], middle, *box.high[j + 1 :])))
            self._add(Box((*box.low[:j], middle, *box.low[j + 1 :]), box.high))
            if progress is not None:
                progress(self.seen, self.lower, self.upper)
        return True

    def _add(self, box: Box) -> None:
        self.seen += 1
        sides = zip(box.low, box.high, strict=True)
        corners: list[Point] = list(product(*sides))
        centre = tuple((p + q) / 2 for p, q in zip(box.low, box.high, strict=True))
        for x in (*corners, centre):
            found = self.width(x)
            if found > self.least:
                self.least, self.at = found, x
        if len(self.fibers) == 1:
            bound = self.fibers[0].widest(corners)
        else:
            bound = max(f.highest(corners) for f in self.fibers) - min(f.lowest(corners) for f in self.fibers)
        if bound > self.least:
            heapq.heappush(self._heap, (-bound, self.seen, box))


def widest_corner(fibers: Sequence[Enveloped], dim: int) -> tuple[Fraction, Point]:
    """The greatest width at a corner of the cube, and the corner.

    Raises:
        UnsupportedError: above ``MAX_DIM`` variables.
    """
    _require_few_corners(dim)
    width = {x: max(f.upper(x) for f in fibers) - min(f.lower(x) for f in fibers) for x in vertices(dim)}
    best = max(width, key=lambda x: width[x])
    return width[best], best


def _require_few_corners(dim: int) -> None:
    if dim > MAX_DIM:
        raise UnsupportedError(
            f"the radius in {dim} variables by the 2^{dim} corners of boxes",
            f"at most {MAX_DIM} variables, or a class of rates alone",
            "envelopes at points are found in any dimension",
        )
