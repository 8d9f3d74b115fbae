"""Binary floating-point arithmetic, bounded in exact rationals.

What a network computes in float32 or float64 depends on the order in which a matrix product is summed
and on whether products are rounded before they are added (fused multiply-add). The bounds here hold for
every order, fused or not, in round-to-nearest (Higham, Accuracy and Stability of Numerical Algorithms,
2002, sections 2.2, 3.1 and 4.2), and also where results below the least normal number are flushed to 0.
They do not hold for TF32, bfloat16 or float16 products, nor where operands below the least normal number
are read as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from fvtheory.errors import InvalidInputError

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Format:
    """A binary format: ``precision`` bits in the significand, 2^``least`` the least normal number."""

    name: str
    precision: int
    least: int
    largest: int

    @property
    def unit(self) -> Fraction:
        """The unit roundoff u: fl(p + q) = (p + q)(1 + e) with |e| <= u."""
        return Fraction(1, 2**self.precision)

    @property
    def tiny(self) -> Fraction:
        """The least normal number, a bound of what one operation loses below it."""
        return Fraction(1, 2**-self.least)

    @property
    def input_rounding(self) -> Fraction:
        """How far a number in [0, 1] is from the nearest of the format, at most."""
        return self.unit / 2

    def gamma(self, count: int) -> Fraction:
        """The bound of the relative error of ``count`` roundings one after the other."""
        return count * self.unit / (1 - count * self.unit)

    def spacing(self, value: Fraction) -> Fraction:
        """The distance of the numbers of the format around a value that is not 0."""
        size = abs(value)
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        if size < _power(exponent):
            exponent -= 1
        return _power(max(exponent, self.least) - self.precision + 1)

    def nearest(self, value: Fraction) -> Fraction:
        """The number of the format nearest to ``value``; ties go to the even one.

        Raises:
            InvalidInputError: for values beyond the largest number.
        """
        if value == 0:
            return ZERO
        step = self.spacing(value)
        return self._finite(round(value / step) * step, value)

    def up(self, value: Fraction) -> Fraction:
        """The least number of the format that is at least ``value``."""
        if value == 0:
            return ZERO
        step = self.spacing(value)
        return self._finite(-(-value // step) * step, value)

    def down(self, value: Fraction) -> Fraction:
        """The greatest number of the format that is at most ``value``."""
        return -self.up(-value)

    def holds(self, value: Fraction) -> bool:
        """Whether the format has the number."""
        bottom = value.denominator
        if bottom & (bottom - 1) or abs(value) >= _power(self.largest):
            return False
        return value == 0 or (value / self.spacing(value)).denominator == 1

    def _finite(self, found: Fraction, value: Fraction) -> Fraction:
        if abs(found) >= _power(self.largest):
            raise InvalidInputError(
                f"a weight of size 2^{value.numerator.bit_length() - value.denominator.bit_length()}",
                f"a number that {self.name} can hold",
            )
        return found

    def adds_exactly(self, terms: Sequence[Fraction]) -> bool:
        """Whether the terms, and their sums in any order, are all numbers of the format.

        So it is if all are multiples of one power of two, and neither the positive nor the negative terms
        add up to more than 2^precision times that power: every partial sum lies between the two.
        """
        bottom = max((t.denominator for t in terms), default=1)
        if bottom > 2**-self.least or any(t.denominator & (t.denominator - 1) for t in terms):
            return False
        return sum_size(terms) * bottom <= 2**self.precision

    def grid(self, size: Fraction) -> Fraction:
        """The least power of two, from the unit roundoff on, of which all multiples up to ``size`` are
        numbers of the format."""
        return self.unit * 2 ** max(0, (size.__ceil__() - 1).bit_length())


def sum_size(terms: Sequence[Fraction]) -> Fraction:
    """The greatest size that a partial sum can have, in any order."""
    return max(sum((t for t in terms if t > 0), ZERO), -sum((t for t in terms if t < 0), ZERO))


def inward(low: Fraction, high: Fraction, step: Fraction) -> tuple[Fraction, Fraction]:
    """The least and the greatest multiple of ``step`` in [low, high]; the nearest of low, twice, if there
    is none."""
    bottom, top = -(-low // step) * step, high // step * step
    return (bottom, top) if bottom <= top else (round(low / step) * step,) * 2


def _power(exponent: int) -> Fraction:
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


FLOAT32 = Format("float32", 24, -126, 128)
FLOAT64 = Format("float64", 53, -1022, 1024)
FORMATS = {f.name: f for f in (FLOAT32, FLOAT64)}


def format_of(dtype: object) -> Format:
    """The format of a dtype: its name, or a torch dtype.

    Raises:
        InvalidInputError: for anything but float32 and float64.
    """
    if isinstance(dtype, Format):
        return dtype
    name = str(dtype).removeprefix("torch.")
    if name not in FORMATS:
        raise InvalidInputError(
            f"dtype {name[:40]}", "float32 or float64", "narrower formats void the error bounds"
        )
    return FORMATS[name]


def is_power_of_two(value: Fraction) -> bool:
    """Whether |value| is 2^k: a product with it is exact."""
    top, bottom = abs(value.numerator), value.denominator
    return top > 0 and not top & (top - 1) and not bottom & (bottom - 1)


@dataclass(frozen=True)
class Span:
    """One value of a network over a set of inputs.

    Attributes:
        low, high: every computed value lies between them.
        exact_low, exact_high: so does every value in exact arithmetic.
        error: a bound of the distance of the two at one input.
    """

    low: Fraction
    high: Fraction
    exact_low: Fraction
    exact_high: Fraction
    error: Fraction

    def relu(self) -> Span:
        """max(0, value)."""
        return trimmed(
            max(ZERO, self.low),
            max(ZERO, self.high),
            max(ZERO, self.exact_low),
            max(ZERO, self.exact_high),
            self.error,
        )

    @property
    def is_zero(self) -> bool:
        return self.low == self.high == self.exact_low == self.exact_high == 0


def trimmed(
    low: Fraction, high: Fraction, exact_low: Fraction, exact_high: Fraction, error: Fraction
) -> Span:
    """The span with what its entries say of each other."""
    low, high = max(low, exact_low - error), min(high, exact_high + error)
    return Span(low, high, exact_low, exact_high, min(error, max(high - exact_low, exact_high - low)))


def constant_span(value: Fraction) -> Span:
    return Span(value, value, value, value, ZERO)


def interval_span(low: Fraction, high: Fraction) -> Span:
    """An input: numbers of the format in an interval."""
    return Span(low, high, low, high, ZERO)


def dot(
    f: Format,
    row: Sequence[tuple[Fraction, Span]],
    bias: Fraction,
    exact: tuple[Fraction, Fraction] | None = None,
) -> Span:
    """The sum of weight times value over ``row``, plus ``bias``, as the format computes it.

    Computed sums are monotone in each value, whatever the order, since rounding is. So the least and the
    greatest are taken where each value is at an end; there they are exact if `adds_exactly` says so.

    Args:
        row: weights that the format holds, each with its value.
        exact: the range in exact arithmetic, where more is known than the ranges of the values.

    Raises:
        InvalidInputError: where a product or a partial sum might overflow.
    """
    terms = [(w, v) for w, v in row if w and not v.is_zero]
    bottom = [w * (v.low if w > 0 else v.high) for w, v in terms] + ([bias] if bias else [])
    top = [w * (v.high if w > 0 else v.low) for w, v in terms] + ([bias] if bias else [])
    if 2 * sum((max(abs(p), abs(q)) for p, q in zip(bottom, top, strict=True)), ZERO) >= _power(f.largest):
        raise InvalidInputError(
            f"a network whose sums may overflow in {f.name}", f"sums of sizes below 2^{f.largest - 1}"
        )
    if exact is None:
        exact_low = bias + sum((w * (v.exact_low if w > 0 else v.exact_high) for w, v in terms), ZERO)
        exact_high = bias + sum((w * (v.exact_high if w > 0 else v.exact_low) for w, v in terms), ZERO)
    else:
        exact_low, exact_high = exact
    inexact = [not is_power_of_two(w) for w, _ in terms] + ([False] if bias else [])
    low, high = _computed(f, bottom, inexact, bool(terms))[0], _computed(f, top, inexact, bool(terms))[1]
    error = sum((abs(w) * v.error for w, v in terms), ZERO) + _rounding(f, bottom, top, inexact, bool(terms))
    return trimmed(low, high, exact_low, exact_high, error)


def _computed(
    f: Format, terms: Sequence[Fraction], inexact: Sequence[bool], products: bool
) -> tuple[Fraction, Fraction]:
    """Between what the computed sum of these products lies."""
    value = sum(terms, ZERO)
    if f.adds_exactly(terms):
        return value, value
    if len(terms) <= 2:
        # Each product rounded, or fused with the sum: every case is known.
        cases = product(
            *({t, f.nearest(t)} if rounds else {t} for t, rounds in zip(terms, inexact, strict=True))
        )
        sums = [f.nearest(sum(case, ZERO)) for case in cases]
        if all(s == 0 or abs(s) >= f.tiny for s in (*terms, *sums)):
            return min(sums), max(sums)
    lost = _rounding(f, terms, terms, inexact, products)
    return value - lost, value + lost


def _rounding(
    f: Format, bottom: Sequence[Fraction], top: Sequence[Fraction], inexact: Sequence[bool], products: bool
) -> Fraction:
    """A bound of the rounding of a sum of products, each between its entries of ``bottom`` and ``top``.

    With ``products`` results may underflow, also those that are otherwise exact.
    """
    if all(p == q for p, q in zip(bottom, top, strict=True)) and f.adds_exactly(bottom):
        return ZERO
    sizes = [max(abs(p), abs(q)) for p, q in zip(bottom, top, strict=True)]
    count = len(sizes)
    if count <= 2:
        # One rounding of each product, one of the sum, relative to what is rounded.
        lost = f.unit * sum((s for s, rounded in zip(sizes, inexact, strict=True) if rounded), ZERO)
        if count == 2:
            lost += f.unit * (max(abs(sum(bottom, ZERO)), abs(sum(top, ZERO))) + lost)
        return lost + (3 * f.tiny if lost or products else ZERO)
    return f.gamma(count - 1 + any(inexact)) * sum(sizes, ZERO) + 2 * count * f.tiny
