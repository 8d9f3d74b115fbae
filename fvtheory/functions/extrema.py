"""Exact minima, maxima and distances of functions, with the sets where they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.exact import Point, Rational
from fvtheory.functions.base import Function, check_dim
from fvtheory.functions.intervals import Interval, IntervalSet
from fvtheory.functions.kinds import (
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Maximum,
    OrthantStep,
    is_built_continuous,
)
from fvtheory.functions.pieces import pieces, to_piecewise_1d
from fvtheory.functions.polytopes import ONE, ZERO, Polytope
from fvtheory.functions.simplex import lowest_point
from fvtheory.information import MinMax, check_convention


@dataclass(frozen=True, slots=True)
class LevelSet:
    """The points of the cube where ``function`` has ``value``, with what was decided about the set.

    Attributes:
        is_empty: whether it has no point.
        is_single_point: whether it has exactly one.
        vertices: the vertices of the polytopes that make it up, where they were enumerated, in order.
    """

    function: Function
    value: Fraction
    is_empty: bool
    is_single_point: bool
    least_point: Point | None
    vertices: tuple[Point, ...] = ()

    def __contains__(self, x: Iterable[Rational] | Rational) -> bool:
        return self.function(x) == self.value

    def least(self) -> Point | None:
        """The lexicographically least element, or None where there is none."""
        return self.least_point


@dataclass(frozen=True, slots=True)
class Extremum:
    """The infimum or supremum ``value`` of a function and the set ``where`` it is taken.

    ``where`` is an IntervalSet for a function of one variable, else a LevelSet; it is empty where
    the value is only approached.
    """

    value: Fraction
    where: IntervalSet | LevelSet

    @property
    def attained(self) -> bool:
        """Whether some point has the value."""
        return not self.where.is_empty

    @property
    def is_unique(self) -> bool:
        """Whether exactly one point has the value."""
        return self.where.is_single_point

    def first(self) -> Point | None:
        """The lexicographically least point with the value, or None where there is none."""
        least = self.where.least()
        return (least,) if isinstance(least, Fraction) else least


def minimum(f: Function) -> Extremum:
    """The infimum of ``f`` over the cube and where it is taken, exactly.

    One variable: every kind. More: affine, max-affine, cone, clip of a cone, lift and orthant-step in
    any dimension, all other kinds up to ``MAX_DIM`` dimensions.

    Raises:
        InvalidInputError: for a kind or size that is not supported.
    """
    return _extremum(f, 1)


def maximum(f: Function) -> Extremum:
    """The supremum of ``f`` over the cube and where it is taken; as ``minimum``."""
    return _extremum(f, -1)


def sup_distance(f: Function, g: Function) -> Extremum:
    """sup |f - g| over the cube and where it is taken.

    One variable: every kind. More: two affine functions, or lifts through one coordinate, in any
    dimension; all other kinds up to ``MAX_DIM`` dimensions.

    Raises:
        InvalidInputError: for functions of different dimensions, or not supported.
    """
    check_dim((ZERO,) * g.dim, f.dim, "a second function")
    if isinstance(f, Affine) and isinstance(g, Affine):
        slope = [p - q for p, q in zip(f.slope, g.slope, strict=True)]
        gap = f.intercept - g.intercept
        return maximum(MaxAffine([Affine(slope, gap), Affine([-s for s in slope], -gap)]))
    if isinstance(f, Lift) and isinstance(g, Lift) and f.coordinate == g.coordinate:
        return maximum(Lift(_gap(f.inner, g.inner), f.coordinate, f.dim))
    return maximum(_gap(f, g))


def _gap(f: Function, g: Function) -> Function:
    return Maximum([Combination([1, -1], [f, g]), Combination([-1, 1], [f, g])])


def equal(f: Function, g: Function) -> bool:
    """Whether ``f`` and ``g`` have the same value at every point; supported as ``sup_distance``."""
    return f == g or sup_distance(f, g).value == 0


def has_information(f: Function, phi: MinMax, convention: str = "any-selection") -> bool:
    """Whether Φ(f) = ``phi``, exactly, under a convention for ties (see ``CONVENTIONS``).

    Raises:
        InvalidInputError: for another dimension, an unknown convention, or an unsupported ``f``.
    """
    check_convention(convention)
    check_dim(phi.x_min, f.dim, "Φ")
    for extremum, at, value in (
        (minimum(f), phi.x_min, phi.f_min),
        (maximum(f), phi.x_max, phi.f_max),
    ):
        if extremum.value != value or at not in extremum.where:
            return False
        if convention == "first" and extremum.first() != at:
            return False
        if convention == "unique" and not extremum.is_unique:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Found:
    """An extreme value, whether one point alone has it, the least such point, whether none has it."""

    value: Fraction
    single: bool
    least: Point | None
    empty: bool = False


def _extremum(f: Function, sense: int) -> Extremum:
    """The minimum (sense 1) or the maximum (sense -1)."""
    if f.dim == 1:
        return _extremum_1d(f, sense)
    found = _closed_form(f, sense)
    if found is None:
        return _extremum_by_pieces(f, sense)
    return Extremum(found.value, LevelSet(f, found.value, found.empty, found.single, found.least))


def _extremum_1d(f: Function, sense: int) -> Extremum:
    g = to_piecewise_1d(f)
    limits = [y for piece in g.pieces for y in piece]
    value = sense * min(sense * y for y in (*g.values, *limits))
    points = [Interval(x, x) for x, y in zip(g.breakpoints, g.values, strict=True) if y == value]
    flat = [
        Interval(g.breakpoints[i], g.breakpoints[i + 1], False, False)
        for i, piece in enumerate(g.pieces)
        if piece == (value, value)
    ]
    return Extremum(value, IntervalSet(points + flat))


def _extremum_by_pieces(f: Function, sense: int) -> Extremum:
    """On each piece f is affine, so its infimum there is the least value at a vertex of the closure.

    A relatively open piece takes that value only where f is constant on it. A closed piece of a
    continuous function takes it on the face spanned by the vertices with it.
    """
    found = [(p, [form.at(v) for v in p.vertices]) for p, form in pieces(f)]
    value = sense * min(sense * y for _, ys in found for y in ys)
    if is_built_continuous(f):
        corners = {v for p, ys in found for v, y in zip(p.vertices, ys, strict=True) if y == value}
        ordered = tuple(sorted(corners))
        return Extremum(value, LevelSet(f, value, False, len(ordered) == 1, ordered[0], ordered))
    parts = [p for p, ys in found if all(y == value for y in ys)]
    corners = {p.vertices[0] for p in parts if p.dim == 0}
    single = len(parts) == len(corners) == 1
    least: Point | None = min(corners) if corners else None
    if least is not None and any(_has_smaller(p, least) for p in parts):
        least = None
    return Extremum(value, LevelSet(f, value, not parts, single, least, tuple(sorted(corners))))


def _has_smaller(p: Polytope, x: Point) -> bool:
    """Whether some point of the relatively open ``p`` is lexicographically less than ``x``.

    Where ``p`` spreads in a coordinate it takes only values strictly between the ends.
    """
    for j, c in enumerate(x):
        low, high = p.range(j)
        if low < c:
            return True
        if high > c:
            return False
    return False


def _closed_form(f: Function, sense: int) -> _Found | None:
    """The extremum in any dimension >= 2, for the kinds where a formula says it; None for others."""
    if isinstance(f, Affine):
        return _affine(f, sense)
    if isinstance(f, MaxAffine):
        return _max_affine_low(f) if sense > 0 else _max_affine_high(f)
    if isinstance(f, Cone):
        return _cone(f, sense)
    if isinstance(f, Clip) and isinstance(f.inner, Cone):
        return _clipped_cone(f, f.inner, sense)
    if isinstance(f, OrthantStep):
        return _orthant_step(f, sense)
    if isinstance(f, Lift):
        inner = _extremum_1d(f.inner, sense)
        least = inner.first()
        lifted = least and _on_axis(f.coordinate, least[0], f.dim)
        return _Found(inner.value, False, lifted, not inner.attained)
    return None


def _on_axis(j: int, c: Fraction, dim: int) -> Point:
    return tuple(c if i == j else ZERO for i in range(dim))


def _affine(f: Affine, sense: int) -> _Found:
    least = tuple(ONE if sense * s < 0 else ZERO for s in f.slope)
    return _Found(f.at(least), all(f.slope), least)


def _max_affine_high(f: MaxAffine) -> _Found:
    """The maximum is the greatest of the pieces' maxima, taken where those are."""
    each = [_affine(piece, -1) for piece in f.pieces]
    value = max(found.value for found in each)
    best = [found for found in each if found.value == value]
    points = {found.least for found in best}
    return _Found(value, len(points) == 1 and all(found.single for found in best), min(points))  # type: ignore[type-var]


def _max_affine_low(f: MaxAffine) -> _Found:
    least = lowest_point(f, 1)
    return _Found(f.at(least), least == lowest_point(f, -1), least)


def _cone(f: Cone, sense: int) -> _Found:
    if f.slope == 0:
        return _Found(f.value, False, (ZERO,) * f.dim)
    if sense * f.slope > 0:
        return _Found(f.value, True, f.apex)
    far = max(max(c, 1 - c) for c in f.apex)
    return _Found(f.value + f.slope * far, False, min(_at_distance(f.apex, far)))


def _at_distance(apex: Point, r: Fraction) -> Iterator[Point]:
    """The least points of the slabs {x_j <= apex_j - r} and {x_j >= apex_j + r} that meet the cube."""
    for j, c in enumerate(apex):
        if c - r >= 0:
            yield (ZERO,) * len(apex)
        if c + r <= 1:
            yield _on_axis(j, c + r, len(apex))


def _clipped_cone(f: Clip, cone: Cone, sense: int) -> _Found:
    """A cut below the cone's extremum leaves it as it is; beyond it, the extremum is a plateau."""
    inner = _cone(cone, sense)
    near, other = (f.low, f.high) if sense > 0 else (f.high, f.low)
    if near == other or sense * (inner.value - other) >= 0:
        return _Found(other, False, (ZERO,) * f.dim)
    if sense * (inner.value - near) >= 0:
        return inner
    if cone.slope == 0:
        return _Found(near, False, (ZERO,) * f.dim)
    r = (near - cone.value) / cone.slope
    if sense * cone.slope > 0:
        return _Found(near, False, tuple(max(ZERO, c - r) for c in cone.apex))
    # The plateau is {‖x - apex‖ >= r}; with r <= 0 it is the whole cube.
    return _Found(near, False, min(_at_distance(cone.apex, r)) if r > 0 else (ZERO,) * f.dim)


def _orthant_step(f: OrthantStep, sense: int) -> _Found:
    """The orthant always has its corner; the rest of the cube is empty only for one corner."""
    origin = (ZERO,) * f.dim
    low = f.side == "at-least"
    all_inside = all(c == (0 if low else 1) for c in f.corner)
    if all_inside or f.inside == f.outside:
        return _Found(f.inside, False, origin)
    if sense * (f.inside - f.outside) < 0:
        single = all(c == (1 if low else 0) for c in f.corner)
        return _Found(f.inside, single, f.corner if low else origin)
    # Beyond {x <= corner} some x_j > corner_j is open below; beyond {x >= corner} lies the origin.
    return _Found(f.outside, False, origin if low else None)
