"""What is known about a function: information operators that combine freely.

Each operator is a frozen value; ``Knowledge`` is any number of them about one function. In files an
operator is an object with a "kind", numbers are strings of rationals, and points are lists of them:

    {"kind": "min-max", "x_min": [..], "x_max": [..], "f_min": "..", "f_max": ".."}      Φ of the paper
    {"kind": "maximizers", "points": [[..], ..], "value": "..", "within": ".."}          also "minimizers"
    {"kind": "evaluations", "points": [[..], ..], "values": ["..", ..], "within": ".."}
    {"kind": "top", "points": [[..], ..], "values": ["..", ..], "others": [[..], ..], "within": ".."}
    {"kind": "gradient", "at": [..], "gradient": ["..", ..]}
    {"kind": "level-set", "level": "..", "boxes": [[[..], [..]], ..], "strict": true}
    {"kind": "level-points", "level": "..", "inside": [[..], ..], "outside": [[..], ..], "strict": true}

"value" of extrema may be null (extrema whose value nobody told); "within" is "0" and "strict" is true
where left out. ``{"operators": [...]}`` is a Knowledge; so is a single operator, and a bare Φ of the
contract (x_min, x_max, f_min, f_max).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from fvtheory.beyond.boxes import Box
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, point, rational, short, text
from fvtheory.information import MinMax

MAX_POINTS = 10_000
"""How many points one operator may name."""


class Operator:
    """Base of the operators besides `MinMax`."""

    kind: ClassVar[str] = ""

    @property
    def dim(self) -> int | None:
        """The dimension of its points; None where it names none."""
        raise InvalidInputError(f"operator {type(self).__name__} without a dimension", "an override")

    def to_json(self) -> dict[str, Any]:
        """An object that `Knowledge.from_json` reads back to an equal operator."""
        raise InvalidInputError(f"operator {type(self).__name__} without JSON", "an override")


@dataclass(frozen=True, slots=True)
class _Extrema(Operator):
    points: tuple[Point, ...]
    value: Fraction | None
    within: Fraction

    def __init__(
        self, points: Iterable[Any], value: Rational | None = None, within: Rational = Fraction(0)
    ) -> None:
        object.__setattr__(self, "points", _points(points, "points", least=1))
        object.__setattr__(self, "value", None if value is None else _level(value, "value"))
        object.__setattr__(self, "within", _slack(within))

    @property
    def dim(self) -> int:
        return len(self.points[0])

    def to_json(self) -> dict[str, Any]:
        value = None if self.value is None else text(self.value)
        return {
            "kind": self.kind,
            "points": _lists(self.points),
            "value": value,
            "within": text(self.within),
        }


class Maximizers(_Extrema):
    """f(b) >= f(x) for all x, at each of the ``points`` b; |f(b) - value| <= within where value is told."""

    kind: ClassVar[str] = "maximizers"
    __slots__ = ()


class Minimizers(_Extrema):
    """f(a) <= f(x) for all x, at each of the ``points`` a; |f(a) - value| <= within where value is told."""

    kind: ClassVar[str] = "minimizers"
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Evaluations(Operator):
    """|f(points[i]) - values[i]| <= within for all i."""

    kind: ClassVar[str] = "evaluations"
    points: tuple[Point, ...]
    values: tuple[Fraction, ...]
    within: Fraction

    def __init__(
        self, points: Iterable[Any], values: Iterable[Rational], within: Rational = Fraction(0)
    ) -> None:
        object.__setattr__(self, "points", _points(points, "points", least=1))
        object.__setattr__(self, "values", _values(values, len(self.points)))
        object.__setattr__(self, "within", _slack(within))

    @property
    def dim(self) -> int:
        return len(self.points[0])

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "points": _lists(self.points),
            "values": [text(v) for v in self.values],
            "within": text(self.within),
        }


@dataclass(frozen=True, slots=True)
class Top(Operator):
    """The top of a data set: |f(points[i]) - values[i]| <= within, and f(y) <= f(points[i]) for every other
    point y of the data set and all i."""

    kind: ClassVar[str] = "top"
    points: tuple[Point, ...]
    values: tuple[Fraction, ...]
    others: tuple[Point, ...]
    within: Fraction

    def __init__(
        self,
        points: Iterable[Any],
        values: Iterable[Rational],
        others: Iterable[Any],
        within: Rational = Fraction(0),
    ) -> None:
        object.__setattr__(self, "points", _points(points, "points", least=1))
        object.__setattr__(self, "values", _values(values, len(self.points)))
        object.__setattr__(self, "others", _points(others, "others", dim=len(self.points[0])))
        object.__setattr__(self, "within", _slack(within))

    @property
    def dim(self) -> int:
        return len(self.points[0])

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "points": _lists(self.points),
            "values": [text(v) for v in self.values],
            "others": _lists(self.others),
            "within": text(self.within),
        }


@dataclass(frozen=True, slots=True)
class Gradient(Operator):
    """f is differentiable at ``at`` (from inside the cube) with this gradient, whose entries are any rationals.

    Convex and concave classes read it as a subgradient (a supergradient) only: f(x) >= f(at) + gradient . (x - at)
    for all x (<= for concave functions). That is weaker: their fibers may contain functions that are not
    differentiable at ``at``, and envelopes and radii may be too wide for the gradient itself.

    Raises:
        InvalidInputError: for a point outside the cube, or another number of entries than of coordinates.
    """

    kind: ClassVar[str] = "gradient"
    at: Point
    gradient: Point

    def __init__(self, at: Iterable[Rational] | Rational, gradient: Iterable[Rational] | Rational) -> None:
        object.__setattr__(self, "at", cube_point(at, "at"))
        object.__setattr__(self, "gradient", point(gradient, "gradient"))
        if len(self.at) != len(self.gradient):
            raise InvalidInputError(
                f"a gradient of {len(self.gradient)} entries at a point of dimension {len(self.at)}",
                "one entry a coordinate",
            )

    @property
    def dim(self) -> int:
        return len(self.at)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "at": [text(c) for c in self.at],
            "gradient": [text(c) for c in self.gradient],
        }


@dataclass(frozen=True, slots=True)
class LevelSet(Operator):
    """The inverse set: {x : f(x) >= level} is the union of closed ``boxes``, each (low, high), in the cube.

    With strict = False, f >= level on the boxes and f <= level outside: what is left when one passes to
    limits of functions.

    Raises:
        InvalidInputError: for boxes outside the cube, of several dimensions, or with ends the wrong way round.
    """

    kind: ClassVar[str] = "level-set"
    level: Fraction
    boxes: tuple[tuple[Point, Point], ...]
    strict: bool

    def __init__(self, level: Rational, boxes: Iterable[Any], strict: bool = True) -> None:
        object.__setattr__(self, "level", _level(level, "level"))
        object.__setattr__(self, "strict", _flag(strict))
        found = []
        for entry in _listed(boxes, "boxes"):
            ends = _listed(entry, "a box")
            if len(ends) != 2:
                raise InvalidInputError(f"a box of {len(ends)} entries", "a pair: low, high")
            low, high = cube_point(ends[0], "low"), cube_point(ends[1], "high")
            if len(low) != len(high) or any(p > q for p, q in zip(low, high, strict=True)):
                raise InvalidInputError("a box whose low end is not below its high end", "low <= high")
            found.append((low, high))
        if len({len(low) for low, _ in found}) > 1:
            raise InvalidInputError("boxes of several dimensions", "one dimension for all")
        object.__setattr__(self, "boxes", tuple(found))

    @property
    def dim(self) -> int | None:
        return len(self.boxes[0][0]) if self.boxes else None

    def closed_boxes(self) -> list[Box]:
        """The boxes, closed."""
        return [Box(low, high) for low, high in self.boxes]

    def to_json(self) -> dict[str, Any]:
        boxes = [_lists(ends) for ends in self.boxes]
        return {"kind": self.kind, "level": text(self.level), "boxes": boxes, "strict": self.strict}


@dataclass(frozen=True, slots=True)
class LevelPoints(Operator):
    """Membership of finitely many points in the inverse set: f >= level at the points ``inside`` and
    f < level (strict = False: f <= level) at the points ``outside``.

    Raises:
        InvalidInputError: for points outside the cube, or of several dimensions.
    """

    kind: ClassVar[str] = "level-points"
    level: Fraction
    inside: tuple[Point, ...]
    outside: tuple[Point, ...]
    strict: bool

    def __init__(
        self,
        level: Rational,
        inside: Iterable[Any] = (),
        outside: Iterable[Any] = (),
        strict: bool = True,
    ) -> None:
        object.__setattr__(self, "level", _level(level, "level"))
        object.__setattr__(self, "inside", _points(inside, "inside"))
        object.__setattr__(self, "outside", _points(outside, "outside"))
        object.__setattr__(self, "strict", _flag(strict))
        if len({len(p) for p in (*self.inside, *self.outside)}) > 1:
            raise InvalidInputError("points of several dimensions", "one dimension for all")

    @property
    def dim(self) -> int | None:
        named = (*self.inside, *self.outside)
        return len(named[0]) if named else None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "level": text(self.level),
            "inside": _lists(self.inside),
            "outside": _lists(self.outside),
            "strict": self.strict,
        }


AnyOperator = MinMax | Operator


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything known about one function [0, 1]^dim -> [0, 1]: all ``operators`` hold.

    ``Knowledge(o1, o2)`` and ``Knowledge(o1) & o2`` are the same. ``dim`` has to be given where no operator
    names a point.

    Raises:
        InvalidInputError: for operators of several dimensions, or no dimension.
    """

    operators: tuple[AnyOperator, ...]
    dim: int

    def __init__(self, *operators: AnyOperator, dim: int | None = None) -> None:
        for operator in operators:
            if not isinstance(operator, (MinMax, Operator)):
                raise InvalidInputError(f"an operator of type {type(operator).__name__}", "see Knowledge")
        dims = {o.dim for o in operators} | {dim}
        dims.discard(None)
        if len(dims) != 1:
            got = f"operators of dimensions {sorted(d for d in dims if d)}" if dims else "no dimension"
            raise InvalidInputError(f"knowledge with {got}", "one dimension", "give dim, an integer")
        found = dims.pop()
        if type(found) is not int or not 1 <= found <= 10_000:
            raise InvalidInputError(f"dim = {short(found)}", "an integer from 1 to 10000")
        object.__setattr__(self, "operators", tuple(operators))
        object.__setattr__(self, "dim", found)

    def __and__(self, other: AnyOperator | Knowledge) -> Knowledge:
        more = other.operators if isinstance(other, Knowledge) else (other,)
        dim = other.dim
        if dim is not None and dim != self.dim:
            raise InvalidInputError(f"knowledge of dimensions {self.dim} and {dim}", "one dimension")
        return Knowledge(*self.operators, *more, dim=self.dim)

    @property
    def only_min_max(self) -> MinMax | None:
        """Φ where nothing else is known."""
        only = self.operators[0] if len(self.operators) == 1 else None
        return only if isinstance(only, MinMax) else None

    def to_json(self) -> dict[str, Any]:
        operators = [
            {"kind": "min-max", **o.to_json()} if isinstance(o, MinMax) else o.to_json()
            for o in self.operators
        ]
        return {"dim": self.dim, "operators": operators}

    @classmethod
    def from_json(cls, data: str | Mapping) -> Knowledge:
        """Read knowledge from JSON: see the head of this file.

        Raises:
            InvalidInputError: for malformed JSON, an unknown kind, missing or unknown keys.
            InexactNumberError: for numbers that are not exact.
        """
        if isinstance(data, str):
            try:
                data = json.loads(data, object_pairs_hook=_distinct)
            except (ValueError, RecursionError) as error:
                raise InvalidInputError(f"knowledge that is not JSON ({error})", "a JSON object") from None
        if not isinstance(data, Mapping):
            raise InvalidInputError(f"knowledge of type {type(data).__name__}", "a JSON object", EXAMPLE)
        if "operators" not in data:
            return cls(_operator(data))
        if not set(data) <= {"operators", "dim"}:
            raise InvalidInputError(
                f"knowledge with the keys {', '.join(map(str, data))}", "operators and dim", EXAMPLE
            )
        return cls(*map(_operator, _listed(data["operators"], "operators")), dim=data.get("dim"))


EXAMPLE = 'for example {"operators": [{"kind": "evaluations", "points": [["1/2"]], "values": ["1/4"]}]}'

_KINDS: dict[str, tuple[type, tuple[str, ...], tuple[str, ...]]] = {
    "min-max": (MinMax, ("x_min", "x_max", "f_min", "f_max"), ()),
    "maximizers": (Maximizers, ("points",), ("value", "within")),
    "minimizers": (Minimizers, ("points",), ("value", "within")),
    "evaluations": (Evaluations, ("points", "values"), ("within",)),
    "top": (Top, ("points", "values", "others"), ("within",)),
    "gradient": (Gradient, ("at", "gradient"), ()),
    "level-set": (LevelSet, ("level", "boxes"), ("strict",)),
    "level-points": (LevelPoints, ("level",), ("inside", "outside", "strict")),
}
"""kind -> (operator, required keys, optional keys)."""


def _operator(data: Any) -> AnyOperator:
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"an operator of type {type(data).__name__}", "a JSON object")
    kind = data.get("kind", "min-max")
    if "kind" not in data and not {"x_min", "x_max", "f_min", "f_max"} & set(data):
        keys = ", ".join(map(str, data)) or "no keys"
        raise InvalidInputError(f"knowledge with {keys}", "the key kind, or operators", EXAMPLE)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise InvalidInputError(f"operator of kind {short(kind)}", f"one of {', '.join(_KINDS)}")
    make, required, optional = _KINDS[kind]
    given = {key: value for key, value in data.items() if key != "kind"}
    if not set(required) <= set(given) <= {*required, *optional}:
        shown = ", ".join(map(str, given)) or "no keys"
        also = f"; optional: {', '.join(optional)}" if optional else ""
        raise InvalidInputError(
            f"operator {kind} with {shown}", f"the keys {', '.join(required)}{also}", EXAMPLE
        )
    return make(**given)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _listed(items: Any, name: str) -> list[Any]:
    if isinstance(items, (str, bytes, Mapping, set, frozenset)) or not isinstance(items, Iterable):
        raise InvalidInputError(f"{name} of type {type(items).__name__}", "a list")
    found = list(items)
    if len(found) > MAX_POINTS:
        raise InvalidInputError(f"{name} with {len(found)} entries", f"at most {MAX_POINTS}")
    return found


def _points(items: Any, name: str, least: int = 0, dim: int | None = None) -> tuple[Point, ...]:
    found = tuple(cube_point(p, f"{name}[{i}]") for i, p in enumerate(_listed(items, name)))
    if len(found) < least:
        raise InvalidInputError(f"no {name}", "at least one")
    dims = {len(p) for p in found} | ({dim} if dim else set())
    if len(dims) > 1:
        raise InvalidInputError(f"{name} of several dimensions", "one dimension for all")
    return found


def _values(items: Any, count: int) -> tuple[Fraction, ...]:
    found = tuple(_level(v, "value") for v in _listed(items, "values"))
    if len(found) != count:
        raise InvalidInputError(f"{count} points and {len(found)} values", "one value a point")
    return found


def _level(value: Rational, name: str) -> Fraction:
    found = rational(value, name)
    if not 0 <= found <= 1:
        raise InvalidInputError(f"{name} = {short(found)}", "a value in [0, 1]")
    return found


def _slack(value: Rational) -> Fraction:
    found = rational(value, "within")
    if found < 0:
        raise InvalidInputError(f"within = {short(found)}", "at least 0")
    return found


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInputError(f"strict = {short(value)}", "true or false")
    return value


def _lists(points: Iterable[Point]) -> list[list[str]]:
    return [[text(c) for c in p] for p in points]
