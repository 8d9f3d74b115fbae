"""Distributions of one variable with piecewise constant densities, and integrals of exact functions under them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Rational, rational, text
from fvtheory.functions import Piecewise1D

ZERO, ONE = Fraction(0), Fraction(1)
MAX_PIECES = 10_000


@dataclass(frozen=True, slots=True)
class Density:
    """A probability density on [0, 1]: ``values[i]`` >= 0 between ``breakpoints[i]`` and ``breakpoints[i + 1]``.

    Breakpoints climb from 0 to 1 and the integral is 1.

    Raises:
        InvalidInputError: for anything else.
        InexactNumberError: for floats.
    """

    breakpoints: tuple[Fraction, ...]
    values: tuple[Fraction, ...]

    def __init__(self, breakpoints: Iterable[Rational], values: Iterable[Rational]) -> None:
        xs = tuple(rational(x, "breakpoint") for x in breakpoints)
        ys = tuple(rational(y, "density") for y in values)
        if len(xs) != len(ys) + 1 or not 0 < len(ys) <= MAX_PIECES:
            raise InvalidInputError(
                f"a density with {len(xs)} breakpoints and {len(ys)} values",
                f"one value less than breakpoints, 1 to {MAX_PIECES}",
            )
        if xs[0] != 0 or xs[-1] != 1 or any(p >= q for p, q in pairwise(xs)):
            raise InvalidInputError("breakpoints of a density", "numbers that climb from 0 to 1")
        if any(y < 0 for y in ys):
            raise InvalidInputError("a negative density", "values of at least 0")
        total = sum((y * (q - p) for y, (p, q) in zip(ys, pairwise(xs), strict=True)), ZERO)
        if total != 1:
            raise InvalidInputError(
                f"a density with the integral {total}", "the integral 1", f"divide the values by {total}"
            )
        object.__setattr__(self, "breakpoints", xs)
        object.__setattr__(self, "values", ys)

    @property
    def is_uniform(self) -> bool:
        """Whether every point counts the same."""
        return set(self.values) == {ONE}

    def cells(self, more: Iterable[Fraction]) -> Iterable[tuple[Fraction, Fraction, Fraction]]:
        """(left, right, density): the intervals cut at the points ``more`` of [0, 1] too."""
        i = 0
        for left, right in pairwise(sorted({*self.breakpoints, *more})):
            while self.breakpoints[i + 1] <= left:
                i += 1
            yield left, right, self.values[i]

    def to_json(self) -> dict[str, Any]:
        return {
            "breakpoints": [text(x) for x in self.breakpoints],
            "values": [text(y) for y in self.values],
        }

    @classmethod
    def from_json(cls, data: str | Mapping) -> Density:
        """Read ``{"breakpoints": ["0", "1/2", "1"], "values": ["3/2", "1/2"]}``.

        Raises:
            InvalidInputError: for malformed JSON, missing or unknown keys, or no density.
        """
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError) as error:
                raise InvalidInputError(f"a density that is not JSON ({error})", "a JSON object") from None
        if not isinstance(data, Mapping) or set(data) != {"breakpoints", "values"}:
            raise InvalidInputError("a density", 'an object with the keys "breakpoints" and "values"')
        if not all(isinstance(data[key], (list, tuple)) for key in data):
            raise InvalidInputError("a density", "lists of rationals")
        return cls(data["breakpoints"], data["values"])


UNIFORM = Density([0, 1], [1])


def mean_power(f: Piecewise1D, g: Piecewise1D, power: int, density: Density = UNIFORM) -> Fraction:
    """E |f(X) - g(X)|^power, exactly, for X with that density; power is 1 or 2."""
    total, i, j = ZERO, 0, 0
    for left, right, weight in density.cells((*f.breakpoints, *g.breakpoints)):
        while f.breakpoints[i + 1] <= left:
            i += 1
        while g.breakpoints[j + 1] <= left:
            j += 1
        (s, p), (t, q) = f.line(i), g.line(j)
        at_left, at_right = (s - t) * left + p - q, (s - t) * right + p - q
        if weight:
            total += weight * (right - left) * _mean_between(at_left, at_right, power)
    return total


def _mean_between(a: Fraction, b: Fraction, power: int) -> Fraction:
    """The mean of |v|^power for v uniform between a and b."""
    if power == 2:
        return (a * a + a * b + b * b) / 3
    if a * b >= 0:
        return abs(a + b) / 2
    return (a * a + b * b) / (2 * abs(a - b))
