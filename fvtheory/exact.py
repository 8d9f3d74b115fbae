"""Exact ground: rationals, points of the unit cube and the sup norm.

Numbers enter as ``Fraction``, ``int`` or strings such as ``"1/4"``; floats are refused, because
``0.1`` is not one tenth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product

from fvtheory.errors import InexactNumberError, InvalidInputError

Rational = Fraction | int | str
Point = tuple[Fraction, ...]

MAX_DIGITS = 1000
"""The most decimal digits of a numerator or denominator in text: results of several such numbers stay
within what Python turns into text."""

TOO_LONG = (
    "a result of thousands of digits",
    "numbers short enough that Python turns results into text",
    "give numbers of fewer digits",
)
"""The error for a result that cannot be written: got, required, remedy."""

_RATIONAL = re.compile(rf"\s*[+-]?\d{{1,{MAX_DIGITS}}}(\s*/\s*\d{{1,{MAX_DIGITS}}})?\s*\Z", re.ASCII)


def rational(value: Rational, name: str = "number") -> Fraction:
    """The exact rational that ``value`` denotes.

    Args:
        value: a ``Fraction``, an ``int`` or a string ``"p"`` or ``"p/q"`` in decimal digits.
        name: what the number is, for the error message.

    Raises:
        InexactNumberError: for floats, NaN, booleans, decimal literals and anything else.
    """
    if type(value) is Fraction:
        return value
    if isinstance(value, (Fraction, int)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and _RATIONAL.match(value):
        numerator, _, denominator = value.partition("/")
        if not denominator:
            return Fraction(int(numerator))
        if int(denominator) != 0:
            return Fraction(int(numerator), int(denominator))
    shown = short(value)
    raise InexactNumberError(
        f"{name} = {shown}", "an exact rational", 'write it as a string "p/q", an int or a Fraction'
    )


def short(value: object) -> str:
    """``value`` for a message, in at most 60 characters."""
    try:
        shown = str(value) if isinstance(value, Fraction) else repr(value)
    except ValueError:  # more digits than Python turns into text
        return "a number of very many digits"
    return shown if len(shown) <= 60 else shown[:57] + "..."


def text(value: Fraction) -> str:
    """``value`` as the contract writes it: ``"1/4"``, ``"0"``, ``"3"``.

    Raises:
        InvalidInputError: for more digits than Python turns into text.
    """
    try:
        return str(value)
    except ValueError:
        raise InvalidInputError(*TOO_LONG) from None


def rounded(value: Fraction) -> float:
    """The float nearest to ``value``, infinite beyond the range of floats; for display and for searches."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def legible(value: Fraction | None, longest: int = 24, digits: int = 9) -> str:
    """``value`` for a reader: as it is, or where that takes more than so many digits, what it is about; - for none."""
    if value is None:
        return "-"
    size = (abs(value.numerator).bit_length() + value.denominator.bit_length()) * math.log10(2)
    return str(value) if size <= longest else f"≈ {rounded(value):.{digits}g}"


def point(coordinates: Iterable[Rational] | Rational, name: str = "point") -> Point:
    """A point with exact coordinates; a bare number is a point of dimension one.

    Raises:
        InexactNumberError: when a coordinate is not exact.
        InvalidInputError: when there is no coordinate.
    """
    if isinstance(coordinates, (str, int, Fraction, float)):
        return (rational(coordinates, name),)
    if not isinstance(coordinates, Iterable) or isinstance(
        coordinates, (bytes, bytearray, dict, set, frozenset)
    ):
        raise InvalidInputError(f"{name} = {coordinates!r}", "a list of rationals")
    result = tuple(rational(c, f"{name}[{i}]") for i, c in enumerate(coordinates))
    if not result:
        raise InvalidInputError(f"{name} without coordinates", "at least one coordinate")
    return result


def cube_point(coordinates: Iterable[Rational] | Rational, name: str = "point") -> Point:
    """A point of the unit cube [0, 1]^d.

    Raises:
        InvalidInputError: when a coordinate lies outside [0, 1].
    """
    result = point(coordinates, name)
    for i, c in enumerate(result):
        if not 0 <= c <= 1:
            raise InvalidInputError(
                f"{name}[{i}] = {short(c)}", "a coordinate in [0, 1]", "rescale the inputs to the unit cube"
            )
    return result


def sup_norm(difference: Sequence[Fraction]) -> Fraction:
    """max_j |difference_j|, the norm of the paper (B.2, Lipschitz)."""
    return max(abs(c) for c in difference)


def distance(x: Point, y: Point) -> Fraction:
    """The sup-norm distance of two points of the same dimension."""
    if len(x) != len(y):
        raise InvalidInputError(f"points of dimension {len(x)} and {len(y)}", "one dimension for both")
    return sup_norm([p - q for p, q in zip(x, y, strict=True)])


def vertices(dim: int) -> Iterable[Point]:
    """The 2^dim corners of the unit cube."""
    return product((Fraction(0), Fraction(1)), repeat=dim)
