"""Information operators: what a feature visualization tells about a function.

``MinMax`` is the operator Φ of the paper (Section 4, notation): a minimizer, a maximizer and the
values there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, rational, short, text

CONVENTIONS = ("any-selection", "first", "unique")
"""Readings of "arg min" where extrema are not unique.

``any-selection``: x_min is some minimizer and x_max some maximizer.
``first``: they are the lexicographically least ones.
``unique``: there are no others.
"""


@dataclass(frozen=True, slots=True)
class MinMax:
    """Φ = (x_min, x_max, f_min, f_max), exact; points in [0, 1]^d, values in [0, 1].

    Raises:
        InexactNumberError: for floats.
        InvalidInputError: for points or values out of range, f_min > f_max, unequal dimensions.
    """

    x_min: Point
    x_max: Point
    f_min: Fraction
    f_max: Fraction

    def __init__(self, x_min, x_max, f_min: Rational, f_max: Rational) -> None:
        object.__setattr__(self, "x_min", cube_point(x_min, "x_min"))
        object.__setattr__(self, "x_max", cube_point(x_max, "x_max"))
        object.__setattr__(self, "f_min", rational(f_min, "f_min"))
        object.__setattr__(self, "f_max", rational(f_max, "f_max"))
        if len(self.x_min) != len(self.x_max):
            raise InvalidInputError(
                f"x_min of dimension {len(self.x_min)} and x_max of dimension {len(self.x_max)}",
                "one dimension for both",
            )
        if not 0 <= self.f_min <= self.f_max <= 1:
            raise InvalidInputError(
                f"f_min = {short(self.f_min)}, f_max = {short(self.f_max)}", "0 <= f_min <= f_max <= 1"
            )

    @property
    def dim(self) -> int:
        """The number of variables."""
        return len(self.x_min)

    @property
    def spread(self) -> Fraction:
        """Δ = f_max - f_min."""
        return self.f_max - self.f_min

    def to_floats(self) -> FloatMinMax:
        """Φ in floats, each the nearest one."""
        a, b = (tuple(map(float, p)) for p in (self.x_min, self.x_max))
        return FloatMinMax(a, b, float(self.f_min), float(self.f_max))

    def to_json(self) -> dict:
        return {
            "x_min": [text(c) for c in self.x_min],
            "x_max": [text(c) for c in self.x_max],
            "f_min": text(self.f_min),
            "f_max": text(self.f_max),
        }

    @classmethod
    def from_json(cls, data: str | Mapping) -> MinMax:
        """Read Φ from the JSON of the contract.

        Raises:
            InvalidInputError: for malformed JSON, missing or unknown keys.
        """
        keys = ("x_min", "x_max", "f_min", "f_max")
        remedy = 'for example {"x_min": ["0"], "x_max": ["1"], "f_min": "0", "f_max": "1"}'
        if isinstance(data, str):
            try:
                data = json.loads(data, object_pairs_hook=_distinct)
            except (ValueError, RecursionError) as error:
                raise InvalidInputError(f"Φ that is not JSON ({error})", "a JSON object", remedy) from None
        if not isinstance(data, Mapping) or set(data) != set(keys):
            given = ", ".join(map(str, data)) if isinstance(data, Mapping) else type(data).__name__
            raise InvalidInputError(f"Φ with {given or 'nothing'}", f"the keys {', '.join(keys)}", remedy)
        return cls(*(data[key] for key in keys))


@dataclass(frozen=True, slots=True)
class FloatMinMax:
    """Φ rounded to floats: for searches whose results are confirmed exactly."""

    x_min: tuple[float, ...]
    x_max: tuple[float, ...]
    f_min: float
    f_max: float

    @property
    def dim(self) -> int:
        """The number of variables."""
        return len(self.x_min)

    @property
    def spread(self) -> float:
        """Δ = f_max - f_min."""
        return self.f_max - self.f_min


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def check_convention(name: str) -> str:
    """``name`` if it is a convention for ties.

    Raises:
        InvalidInputError: otherwise.
    """
    if name not in CONVENTIONS:
        raise InvalidInputError(f"convention {name!r}", f"one of {', '.join(CONVENTIONS)}")
    return name
