"""Relatively open polytopes and affine forms: the ground on which piecewise affine functions stand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from fvtheory.exact import Point

ZERO, ONE = Fraction(0), Fraction(1)


class Form(NamedTuple):
    """The affine form x -> slope . x + intercept."""

    slope: Point
    intercept: Fraction

    def at(self, x: Point) -> Fraction:
        return sum((s * c for s, c in zip(self.slope, x, strict=True) if s), self.intercept)

    def plus(self, other: Form, weight: Fraction = ONE) -> Form:
        """self + weight * other."""
        slope = tuple(s + weight * t for s, t in zip(self.slope, other.slope, strict=True))
        return Form(slope, self.intercept + weight * other.intercept)


def level(value: Fraction, dim: int) -> Form:
    """The constant form."""
    return Form((ZERO,) * dim, value)


def axis(j: int, dim: int, slope: Fraction = ONE, intercept: Fraction = ZERO) -> Form:
    """The form slope * x_j + intercept."""
    return Form(tuple(slope if i == j else ZERO for i in range(dim)), intercept)


@dataclass(frozen=True, slots=True)
class Polytope:
    """A non-empty bounded polytope without its relative boundary; a single point is its own interior.

    Attributes:
        vertices: the vertices of its closure.
        sides: forms that are negative on it, and that with its affine hull describe it.
        tight: for each vertex the bit set of the sides that vanish there.
        equations: forms whose common zeros are its affine hull.
    """

    vertices: tuple[Point, ...]
    sides: tuple[Form, ...]
    tight: tuple[int, ...]
    equations: tuple[Form, ...]

    @property
    def dim(self) -> int:
        """The dimension of its affine hull."""
        return len(self.vertices[0]) - len(self.equations)

    def split(self, form: Form) -> tuple[Polytope | None, Polytope | None, Polytope | None]:
        """The parts of the polytope where ``form`` is negative, zero and positive (None when empty)."""
        signs = [form.at(v) for v in self.vertices]
        if not any(s > 0 for s in signs):
            return (self, None, None) if any(s < 0 for s in signs) else (None, self, None)
        if not any(s < 0 for s in signs):
            return None, None, self
        crossings = list(self._crossings(signs))
        parts = []
        for sign in (-1, 0, 1):
            bit = 1 << len(self.sides) if sign else 0
            kept = [
                (v, t | (bit if s == 0 else 0))
                for v, t, s in zip(self.vertices, self.tight, signs, strict=True)
                if s == 0 or s * sign > 0
            ]
            kept += [(v, t | bit) for v, t in crossings]
            wall = form if sign < 0 else Form(tuple(-s for s in form.slope), -form.intercept)
            if sign:
                parts.append(_lean(kept, (*self.sides, wall), self.equations))
            else:
                parts.append(_lean(kept, self.sides, (*self.equations, form)))
        return parts[0], parts[1], parts[2]

    def _crossings(self, signs: list[Fraction]):
        """The points where edges cross the zero set of a form with these values at the vertices.

        Two vertices span an edge exactly when no third vertex lies on all the sides that both lie on:
        those sides cut out the least face with both, and an edge is a face with two vertices.
        """
        below = [i for i, s in enumerate(signs) if s < 0]
        above = [i for i, s in enumerate(signs) if s > 0]
        for i, j in product(below, above):
            common = self.tight[i] & self.tight[j]
            if any(t & common == common for k, t in enumerate(self.tight) if k not in (i, j)):
                continue
            share = signs[i] / (signs[i] - signs[j])
            u, v = self.vertices[i], self.vertices[j]
            yield tuple(p + share * (q - p) for p, q in zip(u, v, strict=True)), common

    def centre(self) -> Point:
        """A point of the polytope: the mean of its vertices."""
        count = len(self.vertices)
        return tuple(sum(column, ZERO) / count for column in zip(*self.vertices, strict=True))

    def range(self, j: int) -> tuple[Fraction, Fraction]:
        """The least and the greatest coordinate j of its closure."""
        column = [v[j] for v in self.vertices]
        return min(column), max(column)


def _lean(
    vertices: list[tuple[Point, int]], sides: tuple[Form, ...], equations: tuple[Form, ...]
) -> Polytope:
    """A polytope without the sides that touch no vertex: those are negative on its closure."""
    touched = 0
    for _, tight in vertices:
        touched |= tight
    used = [k for k in range(len(sides)) if touched >> k & 1]
    masks = [sum(1 << n for n, k in enumerate(used) if tight >> k & 1) for _, tight in vertices]
    return Polytope(tuple(v for v, _ in vertices), tuple(sides[k] for k in used), tuple(masks), equations)


def cube_faces(dim: int) -> list[Polytope]:
    """The 3^dim relative interiors of the faces of the unit cube, a partition of it; itself first."""
    faces = []
    for ends in product(((ZERO, ONE), (ZERO,), (ONE,)), repeat=dim):
        free = [j for j in range(dim) if len(ends[j]) == 2]
        sides = [axis(j, dim, s, c) for j in free for s, c in ((-ONE, ZERO), (ONE, -ONE))]
        vertices = list(product(*ends))
        masks = [sum(1 << k for k, side in enumerate(sides) if side.at(v) == 0) for v in vertices]
        equations = [axis(j, dim, ONE, -ends[j][0]) for j in range(dim) if j not in free]
        faces.append(Polytope(tuple(vertices), tuple(sides), tuple(masks), tuple(equations)))
    return faces
