"""The kinds of exact functions [0, 1]^d -> Q, as frozen values that can be called.

Numbers enter as ``Fraction``, ``int`` or strings ``"p/q"``; floats are refused.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, distance, point, rational, short, text
from fvtheory.functions.base import MAX_VARIABLES, Function, check_dim, grid, listed, pair, same_dim, whole

SIDES = ("at-least", "at-most")
"""The two kinds of orthants: x >= corner or x <= corner in every coordinate."""


@dataclass(frozen=True, init=False)
class PiecewiseAffine1D(Function):
    """The continuous function of one variable through ``knots`` = ((x, y), ...).

    The x climb strictly from 0 to 1; InvalidInputError otherwise.
    """

    kind: ClassVar[str] = "piecewise-affine-1d"
    knots: tuple[tuple[Fraction, Fraction], ...]

    def __init__(self, knots: Iterable[Sequence[Rational]]) -> None:
        pairs = [pair(knot, "knot") for knot in listed(knots, "knots")]
        exact = tuple((rational(x, "knot x"), rational(y, "knot y")) for x, y in pairs)
        grid(tuple(x for x, _ in exact), "knots")
        self._set((), len(exact), knots=exact)

    @property
    def dim(self) -> int:
        return 1

    def at(self, x: Point) -> Fraction:
        i = max(1, bisect_left(self.knots, x[0], key=lambda knot: knot[0]))
        (x0, y0), (x1, y1) = self.knots[i - 1], self.knots[i]
        return y0 + (y1 - y0) * (x[0] - x0) / (x1 - x0)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "knots": [[text(x), text(y)] for x, y in self.knots]}


@dataclass(frozen=True, init=False)
class Piecewise1D(Function):
    """A function of one variable, possibly with jumps.

    ``values[i]`` is the value at ``breakpoints[i]``; on the open interval between breakpoints i and
    i + 1 the function is affine, with the limits ``pieces[i]`` = (at its left end, at its right end).
    The breakpoints climb strictly from 0 to 1. InvalidInputError for other breakpoints or lengths.
    """

    kind: ClassVar[str] = "piecewise-1d"
    breakpoints: tuple[Fraction, ...]
    values: tuple[Fraction, ...]
    pieces: tuple[tuple[Fraction, Fraction], ...]

    def __init__(
        self,
        breakpoints: Iterable[Rational],
        values: Iterable[Rational],
        pieces: Iterable[Sequence[Rational]],
    ) -> None:
        xs = tuple(rational(x, "breakpoint") for x in listed(breakpoints, "breakpoints"))
        ys = tuple(rational(y, "value") for y in listed(values, "values"))
        limits = [pair(p, "piece") for p in listed(pieces, "pieces")]
        grid(xs, "breakpoints")
        if len(ys) != len(xs) or len(limits) != len(xs) - 1:
            raise InvalidInputError(
                f"{len(xs)} breakpoints, {len(ys)} values and {len(limits)} pieces",
                "as many values as breakpoints and one piece fewer",
            )
        exact = tuple((rational(p, "left limit"), rational(q, "right limit")) for p, q in limits)
        self._set((), len(xs), breakpoints=xs, values=ys, pieces=exact)

    @property
    def dim(self) -> int:
        return 1

    def at(self, x: Point) -> Fraction:
        i = bisect_left(self.breakpoints, x[0])
        if self.breakpoints[i] == x[0]:
            return self.values[i]
        slope, intercept = self.line(i - 1)
        return slope * x[0] + intercept

    def line(self, i: int) -> tuple[Fraction, Fraction]:
        """(slope, intercept) on the open interval between breakpoints i and i + 1."""
        left, right = self.pieces[i]
        slope = (right - left) / (self.breakpoints[i + 1] - self.breakpoints[i])
        return slope, left - slope * self.breakpoints[i]

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "breakpoints": [text(x) for x in self.breakpoints],
            "values": [text(y) for y in self.values],
            "pieces": [[text(p), text(q)] for p, q in self.pieces],
        }


@dataclass(frozen=True, init=False)
class Affine(Function):
    """x -> slope . x + intercept, in as many variables as ``slope`` has entries."""

    kind: ClassVar[str] = "affine"
    slope: Point
    intercept: Fraction

    def __init__(self, slope: Iterable[Rational] | Rational, intercept: Rational) -> None:
        slopes = point(slope, "slope")
        self._set((), len(slopes), slope=slopes, intercept=rational(intercept, "intercept"))

    @property
    def dim(self) -> int:
        return len(self.slope)

    def at(self, x: Point) -> Fraction:
        return sum((s * c for s, c in zip(self.slope, x, strict=True)), self.intercept)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, **self._entries()}

    def _entries(self) -> dict[str, Any]:
        return {"slope": [text(s) for s in self.slope], "intercept": text(self.intercept)}


def constant(value: Rational, dim: int = 1) -> Affine:
    """The constant function ``value`` of ``dim`` variables."""
    return Affine([0] * whole(dim, 1, MAX_VARIABLES, "dim"), value)


@dataclass(frozen=True, init=False)
class MaxAffine(Function):
    """The maximum of affine ``pieces``, each an ``Affine`` or a pair (slope, intercept).

    At least one piece, all of one dimension; InvalidInputError otherwise.
    """

    kind: ClassVar[str] = "max-affine"
    pieces: tuple[Affine, ...]

    def __init__(self, pieces: Iterable[Affine | tuple[Iterable[Rational] | Rational, Rational]]) -> None:
        affine = [p if isinstance(p, Affine) else Affine(*pair(p, "piece")) for p in listed(pieces, "pieces")]
        self._set(affine, 0, pieces=same_dim(affine))

    @property
    def dim(self) -> int:
        return self.pieces[0].dim

    def at(self, x: Point) -> Fraction:
        return max(piece.at(x) for piece in self.pieces)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "pieces": [piece._entries() for piece in self.pieces]}


@dataclass(frozen=True, init=False)
class Cone(Function):
    """x -> value + slope * ‖x - apex‖ in the sup norm; ``apex`` lies in the cube."""

    kind: ClassVar[str] = "cone"
    apex: Point
    value: Fraction
    slope: Fraction

    def __init__(self, apex: Iterable[Rational] | Rational, value: Rational, slope: Rational) -> None:
        tip = cube_point(apex, "apex")
        self._set((), len(tip), apex=tip, value=rational(value, "value"), slope=rational(slope, "slope"))

    @property
    def dim(self) -> int:
        return len(self.apex)

    def at(self, x: Point) -> Fraction:
        return self.value + self.slope * distance(x, self.apex)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "apex": [text(c) for c in self.apex],
            "value": text(self.value),
            "slope": text(self.slope),
        }


@dataclass(frozen=True, init=False)
class Clip(Function):
    """x -> min(high, max(low, inner(x))); low <= high."""

    kind: ClassVar[str] = "clip"
    inner: Function
    low: Fraction
    high: Fraction

    def __init__(self, inner: Function, low: Rational, high: Rational) -> None:
        bottom, top = rational(low, "low"), rational(high, "high")
        if bottom > top:
            raise InvalidInputError(f"low = {short(bottom)}, high = {short(top)}", "low <= high")
        self._set(same_dim([inner]), 0, inner=inner, low=bottom, high=top)

    @property
    def dim(self) -> int:
        return self.inner.dim

    def at(self, x: Point) -> Fraction:
        return min(self.high, max(self.low, self.inner.at(x)))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "inner": self.inner.to_json(),
            "low": text(self.low),
            "high": text(self.high),
        }


@dataclass(frozen=True, init=False)
class _Choice(Function):
    """What Minimum and Maximum share."""

    choose: ClassVar[Callable[..., Fraction]]
    parts: tuple[Function, ...]

    def __init__(self, parts: Iterable[Function]) -> None:
        functions = same_dim(parts)
        self._set(functions, 0, parts=functions)

    @property
    def dim(self) -> int:
        return self.parts[0].dim

    def at(self, x: Point) -> Fraction:
        return type(self).choose([part.at(x) for part in self.parts])

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "parts": [part.to_json() for part in self.parts]}


@dataclass(frozen=True, init=False)
class Minimum(_Choice):
    """The pointwise minimum of ``parts``: at least one function, all of one dimension."""

    kind: ClassVar[str] = "min"
    choose: ClassVar[Callable[..., Fraction]] = min


@dataclass(frozen=True, init=False)
class Maximum(_Choice):
    """The pointwise maximum of ``parts``: at least one function, all of one dimension."""

    kind: ClassVar[str] = "max"
    choose: ClassVar[Callable[..., Fraction]] = max


@dataclass(frozen=True, init=False)
class Combination(Function):
    """The weighted sum of ``parts``; the weights are any rationals, one a part."""

    kind: ClassVar[str] = "combination"
    weights: tuple[Fraction, ...]
    parts: tuple[Function, ...]

    def __init__(self, weights: Iterable[Rational], parts: Iterable[Function]) -> None:
        scales = tuple(rational(w, "weight") for w in listed(weights, "weights"))
        functions = same_dim(parts)
        if len(scales) != len(functions):
            raise InvalidInputError(f"{len(scales)} weights, {len(functions)} parts", "one weight a part")
        self._set(functions, 0, weights=scales, parts=functions)

    @property
    def dim(self) -> int:
        return self.parts[0].dim

    def at(self, x: Point) -> Fraction:
        return sum((w * f.at(x) for w, f in zip(self.weights, self.parts, strict=True)), Fraction(0))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "weights": [text(w) for w in self.weights],
            "parts": [part.to_json() for part in self.parts],
        }


@dataclass(frozen=True, init=False)
class Lift(Function):
    """x -> inner(x[coordinate]) for a function ``inner`` of one variable; 0 <= coordinate < dim."""

    kind: ClassVar[str] = "lift"
    inner: Function
    coordinate: int
    variables: int

    def __init__(self, inner: Function, coordinate: int, dim: int) -> None:
        if same_dim([inner])[0].dim != 1:
            raise InvalidInputError(f"a lift of a function of {inner.dim} variables", "one variable")
        self._set(
            [inner],
            0,
            variables=whole(dim, 1, MAX_VARIABLES, "dim"),
            coordinate=whole(coordinate, 0, dim - 1, "coordinate"),
            inner=inner,
        )

    @property
    def dim(self) -> int:
        return self.variables

    def at(self, x: Point) -> Fraction:
        return self.inner.at((x[self.coordinate],))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "inner": self.inner.to_json(),
            "coordinate": self.coordinate,
            "dim": self.variables,
        }


@dataclass(frozen=True, init=False)
class OrthantStep(Function):
    """``inside`` on an orthant of the cube and ``outside`` elsewhere.

    The orthant is {x >= corner} for side "at-least" and {x <= corner} for side "at-most", in every
    coordinate; ``corner`` lies in the cube. These are the extremal monotone functions.
    """

    kind: ClassVar[str] = "orthant-step"
    corner: Point
    side: str
    inside: Fraction
    outside: Fraction

    def __init__(
        self, corner: Iterable[Rational] | Rational, side: str, inside: Rational, outside: Rational
    ) -> None:
        if not isinstance(side, str) or side not in SIDES:
            shown = repr(side[:60]) if isinstance(side, str) else f"of type {type(side).__name__}"
            raise InvalidInputError(f"side {shown}", " or ".join(SIDES))
        tip = cube_point(corner, "corner")
        self._set(
            (),
            len(tip),
            corner=tip,
            side=side,
            inside=rational(inside, "inside"),
            outside=rational(outside, "outside"),
        )

    @property
    def dim(self) -> int:
        return len(self.corner)

    def at(self, x: Point) -> Fraction:
        pairs = list(zip(x, self.corner, strict=True))
        inside = all(c >= a for c, a in pairs) if self.side == "at-least" else all(c <= a for c, a in pairs)
        return self.inside if inside else self.outside

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "corner": [text(c) for c in self.corner],
            "side": self.side,
            "inside": text(self.inside),
            "outside": text(self.outside),
        }


@dataclass(frozen=True, init=False)
class PointValue(Function):
    """``inner`` with its value at one ``point`` of the cube replaced by ``value``."""

    kind: ClassVar[str] = "point-value"
    inner: Function
    point: Point
    value: Fraction

    def __init__(self, inner: Function, point: Iterable[Rational] | Rational, value: Rational) -> None:
        where = check_dim(cube_point(point), same_dim([inner])[0].dim)
        self._set([inner], len(where), inner=inner, point=where, value=rational(value, "value"))

    @property
    def dim(self) -> int:
        return self.inner.dim

    def at(self, x: Point) -> Fraction:
        return self.value if x == self.point else self.inner.at(x)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "inner": self.inner.to_json(),
            "point": [text(c) for c in self.point],
            "value": text(self.value),
        }


def is_built_continuous(f: Function) -> bool:
    """Whether every function that ``f`` is built from is of a continuous kind.

    Sufficient for continuity, not necessary: see ``is_continuous``.
    """
    if isinstance(f, (PiecewiseAffine1D, Affine, MaxAffine, Cone)):
        return True
    if isinstance(f, (Clip, Lift)):
        return is_built_continuous(f.inner)
    if isinstance(f, (Minimum, Maximum, Combination)):
        return all(is_built_continuous(part) for part in f.parts)
    return False
