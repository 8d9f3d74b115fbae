"""Concave functions: f is concave iff 1 - f is convex."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.constraints import Bound, Constraints
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.hulls import ConvexFiber
from fvtheory.beyond.knowledge import Gradient
from fvtheory.beyond.line import Line
from fvtheory.exact import Point
from fvtheory.functions import Combination, Function, constant


@dataclass(frozen=True)
class ReflectedFiber:
    """The functions 1 - f for f in ``inner``."""

    inner: ConvexFiber

    @property
    def floor(self) -> Fraction:
        return 1 - self.inner.cap

    @property
    def cap(self) -> Fraction:
        return 1 - self.inner.floor

    def upper(self, x: Point) -> Fraction:
        """sup over the fiber at x."""
        return 1 - self.inner.lower(x)

    def lower(self, x: Point) -> Fraction:
        """inf over the fiber at x."""
        return 1 - self.inner.upper(x)

    def highest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`."""
        return 1 - self.inner.lowest(corners)

    def lowest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`."""
        return 1 - self.inner.highest(corners)

    def widest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`."""
        return self.inner.widest(corners)

    def ends(self) -> Iterable[Fraction]:
        """In one variable: the ends of the data boxes."""
        return self.inner.ends()

    def lines(self, left: Fraction, right: Fraction) -> tuple[list[Line], list[Line]]:
        """In one variable, between two neighbouring ends: see `OnLine`."""
        high, low = self.inner.lines(left, right)
        return [(-s, 1 - c) for s, c in low], [(-s, 1 - c) for s, c in high]

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Members that reach the envelopes at x; errors as for the convex class."""
        low, high = self.inner.members(x, slack)
        one = constant(1, len(x))
        return Combination([1, -1], [one, high]), Combination([1, -1], [one, low])


def reflected(known: Constraints) -> Constraints:
    """What ``known`` says about 1 - f.

    Raises:
        UnsupportedError: where a level set is not closed, or strict: reflected, it would be open.
    """
    for b in known.uppers:
        if b.strict or (not b.where.is_point and (any(b.where.open_low) or any(b.where.open_high))):
            raise UnsupportedError(
                "class concave with a strict or boxed level set",
                "points of the level set, with strict = false",
                "for 1 - f the set would be one of f <= level, whose outside is closed",
            )
    return Constraints(
        1 - known.cap,
        1 - known.floor,
        [Bound(b.where, 1 - b.value) for b in known.lowers],
        [Bound(b.where, 1 - b.value) for b in known.uppers],
        [(q, p) for p, q in known.orders],
        list(known.bottoms),
        list(known.tops),
        [Gradient(g.at, tuple(-s for s in g.gradient)) for g in known.gradients],
    )
