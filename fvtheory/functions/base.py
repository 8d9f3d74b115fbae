"""What all exact functions share, and the checks of what they are built from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point

MAX_NESTING = 100
"""How deep functions may be nested (a file: 64)."""

MAX_SIZE = 100_000
"""How many functions, knots, pieces and parts one function may have (a file: 10,000)."""

MAX_VARIABLES = 10_000
"""In how many variables a function may be."""


@dataclass(frozen=True)
class Function(ABC):
    """Base of all kinds: a function of ``dim`` variables in [0, 1].

    ``f(x)`` is the exact value at a point of the cube (a list of ``dim`` rationals; a bare rational
    when ``dim`` is 1). It raises InexactNumberError for floats and InvalidInputError for a point of
    another dimension or outside the cube.
    """

    kind: ClassVar[str]
    nesting: int = field(init=False, repr=False, compare=False, default=1)
    size: int = field(init=False, repr=False, compare=False, default=1)

    def __init_subclass__(cls, **options: Any) -> None:
        """A kind has no subclasses: proofs are about its data, and another ``at`` would be another function."""
        super().__init_subclass__(**options)
        for base in cls.__mro__[1:]:
            if "kind" in vars(base):
                raise InvalidInputError(
                    f"a subclass of {base.__name__}", "an instance", "combine exact functions"
                )

    @property
    @abstractmethod
    def dim(self) -> int:
        """The number of variables."""

    @abstractmethod
    def at(self, x: Point) -> Fraction:
        """The value at a point already known to be exact and in the cube."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """A JSON object that ``function_from_json`` reads back to an equal function."""

    def __call__(self, x: Iterable[Rational] | Rational) -> Fraction:
        return self.at(check_dim(cube_point(x), self.dim))

    def _set(self, parts: Sequence[Function], entries: int, /, **fields: Any) -> None:
        """Set the fields of a frozen value, and keep account of nesting and size."""
        fields["nesting"] = 1 + max((part.nesting for part in parts), default=0)
        fields["size"] = 1 + entries + sum(part.size for part in parts)
        for what, limit in (("nesting", MAX_NESTING), ("size", MAX_SIZE)):
            if fields[what] > limit:
                raise InvalidInputError(f"a function of {what} {fields[what]}", f"{what} at most {limit}")
        for name, value in fields.items():
            object.__setattr__(self, name, value)


def check_dim(x: Point, dim: int, name: str = "point") -> Point:
    """``x`` if it has ``dim`` coordinates, else InvalidInputError."""
    if len(x) != dim:
        raise InvalidInputError(f"{name} of dimension {len(x)}", f"dimension {dim}")
    return x


def listed(items: Any, name: str, required: str = "a non-empty list") -> tuple[Any, ...]:
    """``items`` as a tuple with at least one entry, else InvalidInputError."""
    if isinstance(items, (str, bytes, dict, set, frozenset)) or not isinstance(items, Iterable):
        raise InvalidInputError(f"{name} of type {type(items).__name__}", required)
    result = tuple(items)
    if not result:
        raise InvalidInputError(f"{name} without entries", required)
    return result


def pair(item: Any, name: str) -> tuple[Any, Any]:
    """``item`` as a pair, else InvalidInputError."""
    entries = listed(item, name, "a pair")
    if len(entries) != 2:
        raise InvalidInputError(f"{name} with {len(entries)} entries", "a pair")
    return entries[0], entries[1]


def whole(value: Any, low: int, high: int, name: str) -> int:
    """``value`` if it is an int with low <= value <= high, else InvalidInputError."""
    if type(value) is not int or not low <= value <= high:
        shown = value if type(value) is int and abs(value) < 10**9 else type(value).__name__
        raise InvalidInputError(f"{name} = {shown}", f"an integer from {low} to {high}")
    return value


def same_dim(parts: Any) -> tuple[Function, ...]:
    """``parts`` as functions of one dimension, at least one."""
    result = listed(parts, "parts", "a non-empty list of functions")
    for part in result:
        if not isinstance(part, Function):
            raise InvalidInputError(f"a part of type {type(part).__name__}", "an exact function")
    dims = sorted({part.dim for part in result})
    if len(dims) > 1:
        raise InvalidInputError(f"parts of dimensions {dims}", "one dimension for all")
    return result


def grid(xs: tuple[Fraction, ...], name: str) -> tuple[Fraction, ...]:
    """``xs`` if it climbs strictly from 0 to 1, else InvalidInputError."""
    if len(xs) < 2 or xs[0] != 0 or xs[-1] != 1 or any(x >= y for x, y in pairwise(xs)):
        raise InvalidInputError(
            f"{name} that do not climb strictly from 0 to 1", f"0 = first {name} < ... < last {name} = 1"
        )
    return xs
