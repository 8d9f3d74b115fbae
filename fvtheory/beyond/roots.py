"""Square roots of rationals, enclosed by rationals."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

BITS = 64
"""An enclosure is at most 2^-BITS wide, relative to roots above 1."""


def root_below(square: Fraction, bits: int = BITS) -> Fraction:
    """The greatest k/2^bits whose square is at most ``square`` >= 0; exact for squares of such numbers and of
    rationals."""
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    if top * top == square.numerator and bottom * bottom == square.denominator:
        return Fraction(top, bottom)
    return Fraction(isqrt((square.numerator << 2 * bits) // square.denominator), 1 << bits)


def root_above(square: Fraction, bits: int = BITS) -> Fraction:
    """A rational whose square is at least ``square`` >= 0, at most 2^-bits above `root_below`."""
    below = root_below(square, bits)
    return below if below * below == square else below + Fraction(1, 1 << bits)
