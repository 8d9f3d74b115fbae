"""Finite unions of intervals of rationals: where a function of one variable takes its extrema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Rational, point, rational, text


@dataclass(frozen=True, slots=True)
class Interval:
    """A non-empty interval from ``low`` to ``high``; each end belongs to it or not."""

    low: Fraction
    high: Fraction
    has_low: bool = True
    has_high: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", rational(self.low, "low"))
        object.__setattr__(self, "high", rational(self.high, "high"))
        if self.low > self.high or (self.low == self.high and not (self.has_low and self.has_high)):
            raise InvalidInputError(f"the empty interval {self}", "at least one point")

    def __contains__(self, x: Fraction) -> bool:
        if x in (self.low, self.high):
            return self.has_low if x == self.low else self.has_high
        return self.low < x < self.high

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{{{text(self.low)}}}"
        opening, closing = "[" if self.has_low else "(", "]" if self.has_high else ")"
        return f"{opening}{text(self.low)}, {text(self.high)}{closing}"


@dataclass(frozen=True, slots=True, init=False)
class IntervalSet:
    """A finite union of intervals, kept as disjoint maximal intervals from left to right.

    Two sets are equal exactly when they have the same points.
    """

    intervals: tuple[Interval, ...]

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        merged: list[Interval] = []
        for item in sorted(intervals, key=lambda i: (i.low, not i.has_low)):
            last = merged[-1] if merged else None
            if last is not None and (
                item.low < last.high or (item.low == last.high and (item.has_low or last.has_high))
            ):
                high, has_high = max((last.high, last.has_high), (item.high, item.has_high))
                merged[-1] = Interval(last.low, high, last.has_low, has_high)
            else:
                merged.append(item)
        object.__setattr__(self, "intervals", tuple(merged))

    def __contains__(self, x: Iterable[Rational] | Rational) -> bool:
        """Whether the set has the number, or the point of dimension one, ``x``."""
        coordinates = point(x)
        if len(coordinates) != 1:
            raise InvalidInputError(f"a point of dimension {len(coordinates)}", "dimension 1")
        return any(coordinates[0] in interval for interval in self.intervals)

    @property
    def is_empty(self) -> bool:
        return not self.intervals

    @property
    def is_single_point(self) -> bool:
        return len(self.intervals) == 1 and self.intervals[0].low == self.intervals[0].high

    def least(self) -> Fraction | None:
        """The least element, or None where there is none."""
        if self.intervals and self.intervals[0].has_low:
            return self.intervals[0].low
        return None

    def __str__(self) -> str:
        return " ∪ ".join(map(str, self.intervals)) or "∅"
