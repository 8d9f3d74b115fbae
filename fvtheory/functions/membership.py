"""Exact decisions whether a function is in a class, straight from the definitions of the classes.

One variable: every kind. More variables: every kind up to ``MAX_DIM`` dimensions; affine functions,
lifts and orthant steps in any dimension. InvalidInputError for what is not supported.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Rational, rational
from fvtheory.functions.base import Function
from fvtheory.functions.extrema import maximum, minimum
from fvtheory.functions.kinds import Affine, Lift, OrthantStep, Piecewise1D, is_built_continuous
from fvtheory.functions.pieces import Piece, pieces, to_piecewise_1d
from fvtheory.functions.polytopes import ONE, Polytope

MAX_PAIRED = 2_000
"""How many pieces a function may have where every two of them have to be compared."""

INCREASING, DECREASING, CONSTANT = "non-decreasing", "non-increasing", "constant"


def is_constant(f: Function) -> bool:
    """Whether ``f`` has one value only."""
    return minimum(f).value == maximum(f).value


def is_affine(f: Function) -> bool:
    """Whether ``f`` is x -> slope . x + intercept throughout the cube."""
    f = _unlifted(f)
    if isinstance(f, Affine):
        return True
    if isinstance(f, OrthantStep):
        return is_constant(f)
    if f.dim == 1:
        return is_continuous(f) and len(to_piecewise_1d(f).pieces) == 1
    found = pieces(f)
    first = next(form for p, form in found if p.dim == f.dim)
    return all(form.at(v) == first.at(v) for p, form in found for v in p.vertices)


def is_continuous(f: Function) -> bool:
    """Whether ``f`` is continuous."""
    f = _unlifted(f)
    if is_built_continuous(f):
        return True
    if isinstance(f, OrthantStep):
        return is_constant(f)
    if f.dim == 1:
        g = to_piecewise_1d(f)
        return all(
            (left, right) == piece
            for left, right, piece in zip(g.values, g.values[1:], g.pieces, strict=False)
        )
    found = _few_pieces(f)
    return all(_agrees(piece, found) for piece in found if piece[0].dim == f.dim)


def _few_pieces(f: Function) -> list[Piece]:
    """The pieces of ``f``, jumps included, if they are few enough to compare every two."""
    found = pieces(f, thin=True)
    if len(found) > MAX_PAIRED:
        raise InvalidInputError(
            f"a function of kind {f.kind} with jumps and {len(found)} affine pieces", f"at most {MAX_PAIRED}"
        )
    return found


def _agrees(piece: Piece, found: list[Piece]) -> bool:
    """Whether a function is, on the closure of a piece, the form that it is inside.

    The closures of the pieces of full dimension cover the cube, so a function that agrees with each
    is pasted from finitely many continuous functions on closed sets, hence continuous.
    """
    p, form = piece
    for other, its_form in found:
        gap = its_form.plus(form, -ONE)
        if any(gap.at(v) != 0 for q in _inside_closure(other, p) for v in q.vertices):
            return False
    return True


def _inside_closure(p: Polytope, hull: Polytope) -> Iterator[Polytope]:
    """The parts of ``p`` in the closure of a ``hull`` of full dimension."""
    if _apart(p, hull):
        return
    parts = [p]
    for side in hull.sides:
        parts = [part for q in parts for part in q.split(side)[:2] if part is not None]
    yield from parts


def is_lipschitz(f: Function, bound: Rational) -> bool:
    """Whether |f(x) - f(y)| <= bound * ‖x - y‖ for all x, y, in the sup norm.

    A continuous piecewise affine function on a convex set has the constant L exactly when each of
    its affine pieces has; the constant of slope . x in the sup norm is the sum of |slope_j|.

    Raises:
        InvalidInputError: for a negative bound.
    """
    limit = rational(bound, "Lipschitz constant")
    if limit < 0:
        raise InvalidInputError(f"Lipschitz constant {limit}", "a number >= 0")
    f = _unlifted(f)
    if isinstance(f, Affine):
        return sum(map(abs, f.slope)) <= limit
    if isinstance(f, OrthantStep):
        return is_constant(f)
    if not is_continuous(f):
        return False
    if f.dim == 1:
        return all(abs(slope) <= limit for slope in _slopes(to_piecewise_1d(f)))
    return all(sum(map(abs, form.slope)) <= limit for _, form in pieces(f, thin=False))


def is_monotone(f: Function) -> str | None:
    """In which direction ``f`` is monotone in the componentwise order.

    Returns:
        "non-decreasing", "non-increasing", "constant" when both, None when neither.
    """
    f = _unlifted(f)
    if isinstance(f, OrthantStep):
        if is_constant(f):
            return CONSTANT
        return INCREASING if (f.inside > f.outside) == (f.side == "at-least") else DECREASING
    if isinstance(f, Affine):
        return _direction(iter(f.slope))
    if f.dim == 1:
        return _direction(_steps_1d(to_piecewise_1d(f)))
    if is_continuous(f):
        return _direction(s for _, form in pieces(f, thin=False) for s in form.slope)
    return _direction(_steps(_few_pieces(f), f.dim))


def _direction(steps: Iterator[Fraction]) -> str | None:
    """The direction of a function whose rises are positive and whose falls are negative ``steps``."""
    rises = falls = False
    for step in steps:
        rises, falls = rises or step > 0, falls or step < 0
        if rises and falls:
            return None
    return INCREASING if rises else DECREASING if falls else CONSTANT


def _steps_1d(f: Piecewise1D) -> Iterator[Fraction]:
    for y, (left, right), z in zip(f.values, f.pieces, f.values[1:], strict=False):
        yield from (left - y, right - left, z - right)


def _steps(found: list[Piece], dim: int) -> Iterator[Fraction]:
    """All rises and falls of a function along lines parallel to the axes.

    A function is non-decreasing exactly when it is along every such line. On a line in direction e_j
    the pieces that contain the direction are open intervals, the others single points, and a point
    lies between any two intervals. So the steps are the slopes inside pieces with the direction, and
    the jumps between such a piece and a point of a piece without it. The points of the latter from
    which -e_j (or e_j) leads into the former are those where each side of the former is negative,
    or zero and falling that way; each cut by all sides has one answer.
    """
    for j in range(dim):
        along = [(p, form) for p, form in found if not any(e.slope[j] for e in p.equations)]
        across = [(p, form) for p, form in found if any(e.slope[j] for e in p.equations)]
        for p, form in along:
            yield form.slope[j]
            for q, other in across:
                for back in (1, -1):
                    for part in _entering(q, p, j, back):
                        for v in part.vertices:
                            yield back * (other.at(v) - form.at(v))


def _entering(q: Polytope, p: Polytope, j: int, back: int) -> list[Polytope]:
    """The parts of ``q`` from whose points the direction -back * e_j leads at once into ``p``."""
    if _apart(q, p):
        return []
    parts = [q]
    for equation in p.equations:
        parts = [part for r in parts if (part := r.split(equation)[1])]
    for side in p.sides:
        allowed = 2 if back * side.slope[j] > 0 else 1
        parts = [part for r in parts for part in r.split(side)[:allowed] if part]
    return parts


def _apart(p: Polytope, q: Polytope) -> bool:
    """Whether the boxes around two polytopes are disjoint."""
    ranges = ((p.range(j), q.range(j)) for j in range(len(p.vertices[0])))
    return any(a > d or b < c for (a, b), (c, d) in ranges)


def is_convex(f: Function) -> bool:
    """Whether f(s x + (1 - s) y) <= s f(x) + (1 - s) f(y) for all x, y and 0 <= s <= 1."""
    f = _unlifted(f)
    if isinstance(f, Affine):
        return True
    if f.dim == 1:
        return _is_convex_1d(to_piecewise_1d(f))
    return _is_convex_by_pieces(f)


def _is_convex_1d(f: Piecewise1D) -> bool:
    """Slopes that never fall, no jump inside, and ends that only jump upwards."""
    slopes = _slopes(f)
    joined = all(
        left[1] == y == right[0]
        for left, y, right in zip(f.pieces, f.values[1:-1], f.pieces[1:], strict=False)
    )
    ends = f.values[0] >= f.pieces[0][0] and f.values[-1] >= f.pieces[-1][1]
    return joined and ends and all(s <= t for s, t in pairwise(slopes))


def _is_convex_by_pieces(f: Function) -> bool:
    """Whether the affine pieces support ``f`` from below, face by face.

    Let F be a face of the cube. On its relative interior a convex f is continuous, and at a point
    inside a piece of the dimension of F the form of the piece is the only subgradient, so it is <= f
    on all of F: at the vertices of all pieces in F (limits there included) that is checked, and it
    suffices, both sides being affine on pieces. Conversely, if these forms are <= f on F, then f is at
    least their maximum g, with equality on the pieces they belong to. On a lower piece D in the
    interior f - g is concave and >= 0, so it vanishes on D if it does at one point of D, which is
    checked at its centre. Then f = g is convex on the interior of each face, and f is at least the
    limit of g at the boundary of the face. The open segment between two points lies in the interior of
    the least face that has both, so f is convex along every segment.

    A continuous f is settled by the cube itself.
    """
    if is_built_continuous(f):
        found = pieces(f)
        forms = {form for _, form in found}
        return all(form.at(v) >= g.at(v) for p, form in found for v in p.vertices for g in forms)
    faces: dict[tuple, list[Piece]] = {}
    for p, form in _few_pieces(f):
        faces.setdefault(_face(p), []).append((p, form))
    for face, members in faces.items():
        free = sum(c is None for c in face)
        forms = {form for p, form in members if p.dim == free}
        closure = [
            piece
            for other, parts in faces.items()
            if all(c is None or c == d for c, d in zip(face, other, strict=True))
            for piece in parts
        ]
        if any(form.at(v) < g.at(v) for p, form in closure for v in p.vertices for g in forms):
            return False
        for p, form in members:
            centre = p.centre()
            if form.at(centre) != max(g.at(centre) for g in forms):
                return False
    return True


def _face(p: Polytope) -> tuple:
    """The face of the cube whose relative interior contains ``p``: 0, 1 or None (free) a coordinate."""
    ranges = (p.range(j) for j in range(len(p.vertices[0])))
    return tuple(low if low == high and low in (0, 1) else None for low, high in ranges)


def _slopes(f: Piecewise1D) -> list[Fraction]:
    return [f.line(i)[0] for i in range(len(f.pieces))]


def _unlifted(f: Function) -> Function:
    """A lift is in each class exactly when its inner function is: one coordinate carries all of it."""
    while isinstance(f, Lift):
        f = f.inner
    return f
