"""Cutting the cube into polytopes on which a function is affine.

Every kind splits a given polytope where it has to and hands the parts on, so that composites cut
only where they need to. All splits are exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from fvtheory.errors import InvalidInputError
from fvtheory.functions.base import Function
from fvtheory.functions.kinds import (
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    is_built_continuous,
)
from fvtheory.functions.polytopes import ONE, ZERO, Form, Polytope, axis, cube_faces, level

MAX_DIM = 4
"""The greatest dimension in which the cube is cut into pieces."""

MAX_PIECES = 50_000
"""How many pieces a function may have."""

Piece = tuple[Polytope, Form]


def pieces(f: Function, thin: bool | None = None) -> list[Piece]:
    """Polytopes with the affine form that ``f`` is there.

    With ``thin``, they are relatively open and a partition of the cube, pieces of lower dimension
    included. Without, only those of full dimension are listed; their closures cover the cube, which
    says everything about a continuous function. The default is to leave them out where ``f`` is
    built from continuous kinds only.

    Raises:
        InvalidInputError: in more than MAX_DIM dimensions, or beyond MAX_PIECES pieces.
    """
    if f.dim > MAX_DIM:
        raise InvalidInputError(
            f"a function of kind {f.kind} in {f.dim} dimensions",
            f"at most {MAX_DIM} dimensions for this question about this kind",
            "use fewer dimensions, or a kind with a closed form (see fvtheory.functions)",
        )
    keep = not is_built_continuous(f) if thin is None else thin
    faces = cube_faces(f.dim)
    cutter = _Cutter(f.kind, keep)
    ready = _prepared(f)
    return [piece for face in (faces if keep else faces[:1]) for piece in cutter.cut(ready, face)]


def to_piecewise_1d(f: Function) -> Piecewise1D:
    """The function ``f`` of one variable with as few breakpoints as possible.

    Two functions of one variable are equal exactly when these are.

    Raises:
        InvalidInputError: when ``f`` has several variables.
    """
    if f.dim != 1:
        raise InvalidInputError(f"a function of {f.dim} variables", "a function of one variable")
    if isinstance(f, Piecewise1D):
        return _shortest(f)
    if isinstance(f, PiecewiseAffine1D):
        return _shortest(_with_breakpoints(f))
    if isinstance(f, Lift):
        return to_piecewise_1d(f.inner)
    found = pieces(f, thin=True)
    points = sorted((p.vertices[0][0], form.at(p.vertices[0])) for p, form in found if p.dim == 0)
    spans = sorted((*p.range(0), form) for p, form in found if p.dim == 1)
    return _shortest(
        Piecewise1D(
            [x for x, _ in points],
            [y for _, y in points],
            [(form.at((low,)), form.at((high,))) for low, high, form in spans],
        )
    )


def _with_breakpoints(f: PiecewiseAffine1D) -> Piecewise1D:
    ys = [y for _, y in f.knots]
    return Piecewise1D([x for x, _ in f.knots], ys, list(pairwise(ys)))


def _shortest(f: Piecewise1D) -> Piecewise1D:
    """``f`` without the breakpoints at which nothing happens."""
    lines = [f.line(i) for i in range(len(f.pieces))]
    inner = range(1, len(f.pieces))
    needed = [i for i in inner if lines[i - 1] != lines[i] or f.pieces[i - 1][1] != f.values[i]]
    kept = [0, *needed, len(f.pieces)]
    return Piecewise1D(
        [f.breakpoints[i] for i in kept],
        [f.values[i] for i in kept],
        [(f.pieces[i][0], f.pieces[j - 1][1]) for i, j in pairwise(kept)],
    )


def _prepared(f: Function) -> Function:
    """``f`` in terms of Affine, Clip, Minimum, Maximum, Combination, OrthantStep, PointValue and lifts
    of Piecewise1D."""
    if isinstance(f, MaxAffine):
        return Maximum(f.pieces)
    if isinstance(f, Cone):
        forms = [
            axis(j, f.dim, s, f.value - s * c) for j, c in enumerate(f.apex) for s in (f.slope, -f.slope)
        ]
        return (Maximum if f.slope > 0 else Minimum)([Affine(*form) for form in forms])
    if isinstance(f, (PiecewiseAffine1D, Piecewise1D)):
        return Lift(to_piecewise_1d(f), 0, 1)
    if isinstance(f, Lift):
        return Lift(to_piecewise_1d(f.inner), f.coordinate, f.dim)
    if isinstance(f, Clip):
        return Clip(_prepared(f.inner), f.low, f.high)
    if isinstance(f, (Minimum, Maximum)):
        return type(f)([_prepared(part) for part in f.parts])
    if isinstance(f, Combination):
        return Combination(f.weights, [_prepared(part) for part in f.parts])
    if isinstance(f, PointValue):
        return PointValue(_prepared(f.inner), f.point, f.value)
    return f


class _Cutter:
    """Cuts polytopes; ``thin`` keeps the parts of lower dimension that cuts leave between two sides."""

    def __init__(self, kind: str, thin: bool) -> None:
        self.kind = kind
        self.thin = thin
        self.left = 4 * MAX_PIECES

    def cut(self, f: Function, p: Polytope) -> list[Piece]:
        """The pieces of a prepared ``f`` on ``p``."""
        found = list(self._cut(f, p))
        if len(found) > MAX_PIECES or self.left <= 0:
            raise InvalidInputError(
                f"a function of kind {self.kind} with too many affine pieces", f"at most {MAX_PIECES}"
            )
        return found

    def _cut(self, f: Function, p: Polytope) -> Iterator[Piece]:
        dim = f.dim
        self.left -= 1
        if isinstance(f, Affine):
            yield p, Form(f.slope, f.intercept)
        elif isinstance(f, Clip):
            for q, form in self.cut(f.inner, p):
                for sign, r in self._split(q, form.plus(level(-f.low, dim))):
                    if sign <= 0:
                        yield r, level(f.low, dim)
                        continue
                    for above, s in self._split(r, form.plus(level(-f.high, dim))):
                        yield s, form if above <= 0 else level(f.high, dim)
        elif isinstance(f, (Minimum, Maximum)):
            yield from self._choice(f, p, 1 if isinstance(f, Maximum) else -1)
        elif isinstance(f, Combination):
            found = [(p, level(ZERO, dim))]
            for weight, part in zip(f.weights, f.parts, strict=True):
                found = [(r, a.plus(b, weight)) for q, a in found for r, b in self.cut(part, q)]
            yield from found
        elif isinstance(f, Lift):
            yield from self._lift(f, p)
        elif isinstance(f, OrthantStep):
            yield from self._orthant(f, p)
        elif isinstance(f, PointValue):
            yield from self._point_value(f, p)
        else:
            raise InvalidInputError(f"a function of kind {f.kind}", "a kind that can be cut into pieces")

    def _split(self, p: Polytope, form: Form) -> list[tuple[int, Polytope]]:
        """The parts of ``p`` with the sign of ``form`` on each."""
        self.left -= 1
        parts = zip((-1, 0, 1), p.split(form), strict=True)
        return [(s, q) for s, q in parts if q is not None and (self.thin or q.dim == p.dim)]

    def _choice(self, f: Minimum | Maximum, p: Polytope, sense: int) -> Iterator[Piece]:
        found = self.cut(f.parts[0], p)
        for part in f.parts[1:]:
            found = [
                (s, new if sign * sense > 0 else old)
                for q, old in found
                for r, new in ([(q, old)] if _never_wins(part, q, old, sense) else self.cut(part, q))
                for sign, s in self._split(r, new.plus(old, Fraction(-1)))
            ]
        yield from found

    def _lift(self, f: Lift, p: Polytope) -> Iterator[Piece]:
        inner, j, dim = f.inner, f.coordinate, f.dim
        assert isinstance(inner, Piecewise1D)
        low, high = p.range(j)
        if low == high:
            yield p, level(inner.at((low,)), dim)
            return
        end = bisect_left(inner.breakpoints, high)
        rest = p
        for i in range(bisect_right(inner.breakpoints, low), end):
            for sign, part in self._split(rest, axis(j, dim, ONE, -inner.breakpoints[i])):
                if sign < 0:
                    yield part, axis(j, dim, *inner.line(i - 1))
                elif sign == 0:
                    yield part, level(inner.values[i], dim)
                else:
                    rest = part
        yield rest, axis(j, dim, *inner.line(end - 1))

    def _orthant(self, f: OrthantStep, p: Polytope) -> Iterator[Piece]:
        outward = -1 if f.side == "at-least" else 1
        inside = [p]
        for j, c in enumerate(f.corner):
            still = []
            for q in inside:
                for sign, part in self._split(q, axis(j, f.dim, ONE, -c)):
                    if sign == outward:
                        yield part, level(f.outside, f.dim)
                    else:
                        still.append(part)
            inside = still
        for q in inside:
            yield q, level(f.inside, f.dim)

    def _point_value(self, f: PointValue, p: Polytope) -> Iterator[Piece]:
        rest = [p]
        for j, c in enumerate(f.point):
            still = []
            for q in rest:
                for sign, part in self._split(q, axis(j, f.dim, ONE, -c)):
                    if sign == 0:
                        still.append(part)
                    else:
                        yield from self.cut(f.inner, part)
            rest = still
        for q in rest:
            yield q, level(f.value, f.dim)


def _never_wins(f: Function, p: Polytope, form: Form, sense: int) -> bool:
    """Whether it is plain that sense * f <= sense * form throughout ``p``; False says nothing.

    It saves cutting ``p`` along the kinks of a part that does not matter there.
    """

    def level_never_wins(value: Fraction) -> bool:
        return all(sense * value <= sense * form.at(v) for v in p.vertices)

    if isinstance(f, Affine):
        return all(sense * f.at(v) <= sense * form.at(v) for v in p.vertices)
    if isinstance(f, (Minimum, Maximum)):
        every = isinstance(f, Maximum) == (sense > 0)
        return (all if every else any)(_never_wins(part, p, form, sense) for part in f.parts)
    if isinstance(f, Clip):
        floor, cap = (f.low, f.high) if sense > 0 else (f.high, f.low)
        return level_never_wins(cap) or (level_never_wins(floor) and _never_wins(f.inner, p, form, sense))
    return False
