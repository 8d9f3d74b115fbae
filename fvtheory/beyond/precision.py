"""How close two bounds of an error are, relative to the error."""

from __future__ import annotations

from fractions import Fraction


def relative_gap(lower: Fraction, upper: Fraction, most: Fraction) -> Fraction:
    """(upper - lower)/upper, or relative to a hundredth of ``most`` where upper is below that: an error of 0 has no
    relative gap.

    Args:
        lower, upper: bounds of an error.
        most: the greatest that the error could be at all, by the range of values.
    """
    scale = max(upper, most / 100)
    return (upper - lower) / scale if scale else Fraction(0)
