"""Inverse sets of exact functions: where in the cube is low <= f(x) <= high?

Hada and Carreira-Perpiñán (2020) sample this set for neurons of large networks (`fvtheory.empirical.inverse_set`).
For affine, piecewise affine and ReLU functions it is a finite union of polytopes, which are enumerated here in exact
arithmetic, measured, and sampled; every sample carries what proves that it is in the set.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import factorial, lcm
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational, short, text
from fvtheory.functions import Function, Interval, IntervalSet
from fvtheory.functions.base import check_dim
from fvtheory.functions.pieces import MAX_PIECES, Piece, pieces
from fvtheory.functions.polytopes import ONE, ZERO, Form, Polytope, level
from fvtheory.networks.relu import ReluNetwork

GRAIN = 2**40
"""Samples have coordinates on so fine a grid within a simplex."""


@dataclass(frozen=True)
class Band:
    """The condition low <= function(x) <= high; None is no bound.

    Raises:
        InvalidInputError: for low > high.
        InexactNumberError: for floats.
    """

    function: Function | ReluNetwork
    low: Fraction | None
    high: Fraction | None

    def __init__(
        self, function: Function | ReluNetwork, low: Rational | None = None, high: Rational | None = None
    ) -> None:
        ends = [None if v is None else rational(v, name) for v, name in ((low, "low"), (high, "high"))]
        if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
            raise InvalidInputError(f"low = {short(ends[0])} above high = {short(ends[1])}", "low <= high")
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "low", ends[0])
        object.__setattr__(self, "high", ends[1])

    def holds(self, value: Fraction) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def cut(self, p: Polytope, form: Form) -> Iterator[Polytope]:
        """The parts of ``p`` on which a form is within the band."""
        parts = [p]
        if self.low is not None:
            above = form.plus(level(-self.low, len(form.slope)))
            parts = [part for q in parts for part in q.split(above)[1:] if part is not None]
        if self.high is not None:
            below = form.plus(level(-self.high, len(form.slope)))
            parts = [part for q in parts for part in q.split(below)[:2] if part is not None]
        yield from parts


@dataclass(frozen=True)
class Sample:
    """A point of an inverse set and what proves it.

    Attributes:
        point: exact.
        part: which polytope it was drawn from.
        vertices, weights: it is the sum of weights times vertices of that polytope; the weights are positive and
            add up to 1.
        values: the functions there.
    """

    point: Point
    part: int
    vertices: tuple[Point, ...]
    weights: tuple[Fraction, ...]
    values: tuple[Fraction, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "point": list(map(text, self.point)),
            "values": list(map(text, self.values)),
            "part": self.part,
            "vertices": [list(map(text, v)) for v in self.vertices],
            "weights": list(map(text, self.weights)),
        }


@dataclass(frozen=True)
class InverseSet:
    """The points of the cube where all bands hold.

    Attributes:
        bands: the conditions; several are an intersection of inverse sets (equation 12).
        parts: relatively open polytopes, of which no two meet and whose union is the set. A single point is one.
    """

    bands: tuple[Band, ...]
    parts: tuple[Polytope, ...]

    @property
    def dim(self) -> int:
        """The number of variables."""
        return self.bands[0].function.dim

    @property
    def is_empty(self) -> bool:
        return not self.parts

    def __contains__(self, x: Iterable[Rational] | Rational) -> bool:
        """Whether all bands hold at a point of the cube, by the values of the functions themselves."""
        return all(band.holds(band.function(x)) for band in self.bands)

    def part_at(self, x: Point) -> int | None:
        """Which of the parts has the point, or None; by the parts alone."""
        for i, p in enumerate(self.parts):
            if all(s.at(x) < 0 for s in p.sides) and all(e.at(x) == 0 for e in p.equations):
                return i
        return None

    def intervals(self) -> IntervalSet:
        """The set as intervals, for one variable.

        Raises:
            InvalidInputError: for several.
        """
        if self.dim != 1:
            raise InvalidInputError(f"an inverse set in {self.dim} variables", "one variable")
        return IntervalSet(Interval(*p.range(0), has_low=p.dim == 0, has_high=p.dim == 0) for p in self.parts)

    def volume(self) -> Fraction:
        """Its share of the cube."""
        return sum((_volume(s) for p in self.parts if p.dim == self.dim for s in simplices(p)), ZERO)

    def sample(self, count: int, generator: random.Random) -> list[Sample]:
        """Points of the set, each proved to be in it.

        Uniform on the set, up to `GRAIN`, where it has a volume. Where it has none, the parts of the highest dimension
        are drawn from, one simplex of them as likely as another. Of finitely many points each is drawn once at most.

        Raises:
            InvalidInputError: for an empty set, or a count below 1.
        """
        if self.is_empty:
            raise InvalidInputError(
                "an inverse set without points", "a range that the function takes", "see minimum and maximum"
            )
        if count < 1:
            raise InvalidInputError(f"{count} samples", "at least one")
        top = max(p.dim for p in self.parts)
        chosen = [(i, s) for i, p in enumerate(self.parts) if p.dim == top for s in simplices(p)]
        if top == 0:
            drawn = generator.sample(chosen, min(count, len(chosen)))
            return [self._drawn(part, corners, generator) for part, corners in drawn]
        sizes = [_volume(s) if top == self.dim else ONE for _, s in chosen]
        scale = lcm(*(size.denominator for size in sizes))
        ends = list(accumulate(int(size * scale) for size in sizes))
        found = []
        for _ in range(count):
            draw = generator.randrange(ends[-1])
            part, corners = chosen[next(k for k, end in enumerate(ends) if draw < end)]
            found.append(self._drawn(part, corners, generator))
        return found

    def _drawn(self, part: int, corners: tuple[Point, ...], generator: random.Random) -> Sample:
        cuts = [0, *sorted(generator.sample(range(1, GRAIN), len(corners) - 1)), GRAIN]
        weights = tuple(Fraction(b - a, GRAIN) for a, b in pairwise(cuts))
        x = tuple(
            sum((w * c for w, c in zip(weights, column, strict=True)), ZERO)
            for column in zip(*corners, strict=True)
        )
        return Sample(x, part, corners, weights, tuple(band.function(x) for band in self.bands))

    def proves(self, sample: Sample) -> bool:
        """Check all that a sample says, from the definitions: the functions at the point, evaluated anew, are its
        values and within the bands, and the point is the mean of vertices that it is said to be, in its part."""
        x = sample.point
        if len(sample.weights) != len(sample.vertices) or not 0 <= sample.part < len(self.parts):
            return False
        mean = tuple(
            sum((w * v[j] for w, v in zip(sample.weights, sample.vertices, strict=True)), ZERO)
            for j in range(self.dim)
        )
        return (
            mean == x
            and min(sample.weights) > 0
            and sum(sample.weights) == 1
            and set(sample.vertices) <= set(self.parts[sample.part].vertices)
            and sample.values == tuple(band.function(x) for band in self.bands)
            and all(b.holds(v) for b, v in zip(self.bands, sample.values, strict=True))
            and self.part_at(x) == sample.part
        )


def inverse_set(*bands: Band) -> InverseSet:
    """Enumerate the inverse set of one function, or the intersection of several, exactly.

    Args:
        bands: functions of the same variables, with their ranges: exact functions of any kind, or ReLU networks.

    Raises:
        InvalidInputError: for no bands, different dimensions, more than `functions.MAX_DIM` variables, or more than
            `MAX_PIECES` pieces.
    """
    if not bands:
        raise InvalidInputError("no bands", "at least one function with a range")
    dim = bands[0].function.dim
    parts: list[Polytope] | None = None
    for band in bands:
        check_dim((ZERO,) * band.function.dim, dim, "a function")
        found = [q for p, form in _pieces(band.function) for q in band.cut(p, form)]
        parts = found if parts is None else [m for p in parts for q in found if (m := _meet(p, q))]
        if len(parts) > MAX_PIECES:
            raise InvalidInputError(f"an inverse set of {len(parts)} polytopes", f"at most {MAX_PIECES}")
    return InverseSet(bands, tuple(parts or ()))


def _pieces(f: Function | ReluNetwork) -> list[Piece]:
    """Relatively open polytopes that partition the cube, with the form that ``f`` is on each."""
    return pieces(f.to_function() if isinstance(f, ReluNetwork) else f, thin=True)


def _meet(p: Polytope, q: Polytope) -> Polytope | None:
    """The intersection of two relatively open polytopes, or None where it is empty."""
    found: Polytope | None = p
    for forms, sign in ((q.equations, 1), (q.sides, 0)):
        for form in forms:
            found = found and found.split(form)[sign]
            if found is None:
                return None
    return found


# ---- simplices -----------------------------------------------------------------------------------------


def simplices(p: Polytope) -> list[tuple[Point, ...]]:
    """Simplices with vertices of ``p`` that fill it and meet in their boundaries only: from one vertex to all facets
    that do not have it, and the same in these."""
    return [
        tuple(p.vertices[k] for k in corners)
        for corners in _triangulated(p, frozenset(range(len(p.vertices))), p.dim)
    ]


def _triangulated(p: Polytope, face: frozenset[int], dim: int) -> Iterator[tuple[int, ...]]:
    if dim == 0:
        yield tuple(face)
        return
    apex = min(face)
    facets = set()
    for k in range(len(p.sides)):
        part = frozenset(i for i in face if p.tight[i] >> k & 1)
        if apex not in part and _dimension([p.vertices[i] for i in part]) == dim - 1:
            facets.add(part)
    for part in sorted(facets, key=sorted):
        for corners in _triangulated(p, part, dim - 1):
            yield (apex, *corners)


def _dimension(points: list[Point]) -> int:
    """Of the affine hull; -1 of no points."""
    if not points:
        return -1
    return _rank([[a - b for a, b in zip(v, points[0], strict=True)] for v in points[1:]])


def _rank(rows: list[list[Fraction]]) -> int:
    rank = 0
    rows = [list(row) for row in rows]
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][j] / rows[rank][j]
            if factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


def _volume(corners: tuple[Point, ...]) -> Fraction:
    """Of a simplex with one vertex more than coordinates."""
    rows = [[a - b for a, b in zip(v, corners[0], strict=True)] for v in corners[1:]]
    product = ONE
    for j in range(len(rows)):
        pivot = next((i for i in range(j, len(rows)) if rows[i][j]), None)
        if pivot is None:
            return ZERO
        rows[j], rows[pivot] = rows[pivot], rows[j]
        product *= rows[j][j]
        for i in range(j + 1, len(rows)):
            factor = rows[i][j] / rows[j][j]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[j], strict=True)]
    return abs(product) / factorial(len(rows))
