"""The envelopes of one fiber in plain numbers, fast in many dimensions.

The classes state their envelopes as terms for the solvers; here the same formulas are evaluated with
rationals alone, and the supremum of upper - g over the cube is split into *parts* for a continuous g:
boxes on each of which the envelope is, up to a set that a continuous g does not feel, a continuous
function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.classes import FunctionClass
from fvtheory.exact import Point, distance
from fvtheory.functions import Function, constant
from fvtheory.information import MinMax

UPPER, LOWER = "upper", "lower"

ZERO, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)

TINY = Fraction(1, 2**30)
"""How far from x_max, as a share of the way to x_min, the convex class is queried at its widest."""

Value = Callable[[Point], Fraction]
Bounds = tuple[Value, Value]


@dataclass(frozen=True)
class Part:
    """On the interior of the box [low, high] the envelope is ``function``, which is continuous; towards
    the boundary of the box its values are approached."""

    low: Point
    high: Point
    function: Function


@dataclass(frozen=True)
class Envelopes:
    """The fiber of a feasible Φ: envelopes, radius and where upper - lower is widest."""

    cls: FunctionClass
    phi: MinMax
    lipschitz: Fraction | None
    lower: Value
    upper: Value

    @classmethod
    def of(cls, known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Envelopes:
        """Of a feasible Φ."""
        if phi.spread == 0:
            lower, upper = (lambda _: phi.f_min), (lambda _: phi.f_min)
        else:
            lower, upper = _FORMULAS.get(known.name, _from_members)(known, phi, lipschitz)
        return cls(known, phi, lipschitz, lower, upper)

    def width(self, x: Point) -> Fraction:
        return self.upper(x) - self.lower(x)

    def side(self, x: Point, predicted: Fraction) -> tuple[str, Fraction]:
        """The envelope that is further from ``predicted`` at x, and how far: the error forced there."""
        above, below = self.upper(x) - predicted, predicted - self.lower(x)
        return (UPPER, above) if above >= below else (LOWER, below)

    def member(self, x: Point, side: str) -> Function:
        """A function of the fiber that takes the value of an envelope at x."""
        low, high = self.cls.exact_members(self.phi, x, self.lipschitz)
        return high if side == UPPER else low

    def candidates(self) -> list[Point]:
        """Points of which one has the greatest width (convex: up to a share of TINY)."""
        a, b = self.phi.x_min, self.phi.x_max
        middle = tuple((s + t) / 2 for s, t in zip(a, b, strict=True))
        if self.cls.name == "lipschitz":
            return [middle, a, *_lipschitz_candidates(a, b)]
        if self.cls.name == "convex":
            return [*_far_corners(a, b), tuple(t + TINY * (s - t) for s, t in zip(a, b, strict=True)), a]
        if self.cls.name == "affine":
            return [a, *((*a[:j], b[j], *a[j + 1 :]) for j in _free(self.phi))]
        return [middle, a]

    def widest(self) -> Point:
        """The candidate with the greatest width."""
        return max(self.candidates(), key=self.width)

    def radius(self) -> Fraction:
        """The radius of information."""
        if self.cls.name == "lipschitz":
            return self.width(self.widest()) / 2
        return self.cls.radius_at(self.phi, self.lipschitz)

    def level_parts(self, side: str) -> list[Part]:
        """The parts of one envelope: their supremum (infimum for the lower one) is the envelope's,
        against every continuous function."""
        origin, corner = (ZERO,) * self.phi.dim, (ONE,) * self.phi.dim
        if self.phi.spread == 0:
            return [Part(origin, corner, constant(self.phi.f_min, self.phi.dim))]
        if self.cls.name == "monotone":
            return list(_monotone_parts(self.phi, side))
        if self.cls.name in ("lipschitz", "affine") or (self.cls.name, side) == ("convex", UPPER):
            lower, upper = self.cls.exact_envelopes(self.phi, self.lipschitz)
            return [Part(origin, corner, upper if side == UPPER else lower)]
        value = self.phi.f_max if side == UPPER else self.phi.f_min
        return [Part(origin, corner, constant(value, self.phi.dim))]

    def kinks(self) -> list[Fraction]:
        """In one dimension: where the envelopes bend or jump."""
        a, b, spread = self.phi.x_min[0], self.phi.x_max[0], self.phi.spread
        found = [a, b, ZERO, ONE, (a + b) / 2]
        if self.lipschitz is not None:
            found += [c + s * spread / self.lipschitz for c in (a, b) for s in (1, -1)]
        return sorted({c for c in found if 0 <= c <= 1})


def _from_members(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    """For a class without a formula here."""
    return (
        lambda x: known.exact_members(phi, x, lipschitz)[0].at(x),
        lambda x: known.exact_members(phi, x, lipschitz)[1].at(x),
    )


def _free_classes(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    low, high, a, b = phi.f_min, phi.f_max, phi.x_min, phi.x_max
    return (lambda x: high if x == b else low), (lambda x: low if x == a else high)


def _lipschitz(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    assert lipschitz is not None
    rate: Fraction = lipschitz
    return (
        lambda x: max(phi.f_min, phi.f_max - rate * distance(x, phi.x_max)),
        lambda x: min(phi.f_max, phi.f_min + rate * distance(x, phi.x_min)),
    )


def _below(x: Point, y: Point) -> bool:
    return all(s <= t for s, t in zip(x, y, strict=True))


def _monotone(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    low, high, a, b = phi.f_min, phi.f_max, phi.x_min, phi.x_max
    rise, fall = not _below(b, a), not _below(a, b)

    def lower(x: Point) -> Fraction:
        return high if not ((rise and not _below(b, x)) or (fall and not _below(x, b))) else low

    def upper(x: Point) -> Fraction:
        return low if not ((rise and not _below(x, a)) or (fall and not _below(a, x))) else high

    return lower, upper


def _convex(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    a, b = phi.x_min, phi.x_max
    fixed = [j for j, c in enumerate(b) if c in (0, 1)]

    def lower(x: Point) -> Fraction:
        return phi.f_max if all(x[j] == b[j] for j in fixed) else phi.f_min

    def upper(x: Point) -> Fraction:
        shares = ((c - s) / (1 - s) if c > s else (s - c) / s for c, s in zip(x, a, strict=True) if c != s)
        return phi.f_min + phi.spread * max(shares, default=ZERO)

    return lower, upper


def _far_corners(a: Point, b: Point) -> Iterator[Point]:
    """Corners off the face of b and far from a: at each of these the width of convex fibers is Δ, unless
    the only way off the face leads to a."""
    far = tuple(ZERO if c == 1 else ONE for c in a)
    for j, c in enumerate(b):
        if c in (0, 1):
            yield (*far[:j], 1 - c, *far[j + 1 :])


def _free(phi: MinMax) -> list[int]:
    return [j for j, (s, t) in enumerate(zip(phi.x_min, phi.x_max, strict=True)) if abs(s - t) == 1]


def _affine(known: FunctionClass, phi: MinMax, lipschitz: Fraction | None) -> Bounds:
    free, a = _free(phi), phi.x_min
    return (
        lambda x: phi.f_min + phi.spread * min(abs(x[j] - a[j]) for j in free),
        lambda x: phi.f_min + phi.spread * max(abs(x[j] - a[j]) for j in free),
    )


_FORMULAS: dict[str, Callable[[FunctionClass, MinMax, Fraction | None], Bounds]] = {
    "all": _free_classes,
    "neural-network": _free_classes,
    "erm": _free_classes,
    "piecewise-affine": _free_classes,
    "lipschitz": _lipschitz,
    "monotone": _monotone,
    "convex": _convex,
    "affine": _affine,
}


def _lipschitz_candidates(a: Point, b: Point) -> Iterator[Point]:
    """Where min(Δ, p, q, p + q - Δ) is largest, p and q the rises from x_min and from x_max to x.

    It grows with both distances. If coordinate i realises the one to x_min and another one, k, that to
    x_max, both are best at the far end. A larger far distance is then always at least as good, so of
    all pairs only those of the two best coordinates for each are needed. If one coordinate realises
    both, x is best at an end of it or halfway.
    """
    dim = len(a)
    if dim > 1:
        for i in _farthest_coordinates(a):
            for k in _farthest_coordinates(b):
                if i != k:
                    x = list(a)
                    x[i], x[k] = (ONE if c <= HALF else ZERO for c in (a[i], b[k]))
                    yield tuple(x)
    for j in range(dim):
        for c in (ZERO, ONE, (a[j] + b[j]) / 2):
            yield (*a[:j], c, *a[j + 1 :])


def _farthest_coordinates(p: Point) -> list[int]:
    return sorted(range(len(p)), key=lambda j: -max(p[j], 1 - p[j]))[:2]


def _monotone_parts(phi: MinMax, side: str) -> Iterator[Part]:
    """An orthant step is one value on the orthant and the other on the boxes that make up the rest.

    For the upper envelope these are approached from outside {x <= x_min} (or >=), so the closed boxes
    count; dually for the lower one. An orthant without interior is covered by them.
    """
    apex, other = (phi.x_min, phi.x_max) if side == UPPER else (phi.x_max, phi.x_min)
    inside, outside = (phi.f_min, phi.f_max) if side == UPPER else (phi.f_max, phi.f_min)
    origin, corner = (ZERO,) * phi.dim, (ONE,) * phi.dim
    # The orthant is {x <= apex} for one branch and {x >= apex} for the other; a branch is feasible
    # where the other extremum is outside its orthant.
    if not _below(other, apex):
        if all(c > 0 for c in apex):
            yield Part(origin, apex, constant(inside, phi.dim))
        for j, c in enumerate(apex):
            if c < 1:
                yield Part((*origin[:j], c, *origin[j + 1 :]), corner, constant(outside, phi.dim))
    if not _below(apex, other):
        if all(c < 1 for c in apex):
            yield Part(apex, corner, constant(inside, phi.dim))
        for j, c in enumerate(apex):
            if c > 0:
                yield Part(origin, (*corner[:j], c, *corner[j + 1 :]), constant(outside, phi.dim))
