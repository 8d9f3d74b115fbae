"""The average radius of affine functions, whose best decoder on average need not be the central one.

*One variable.* f is a pair (f(0), f(1)), and what is known cuts a polygon out of the plane. The error of a decoder
is a convex function of f, so it is greatest at a vertex: R_p is the Chebyshev radius of the vertices in L_p. In
L_2 the projection of a decoder to the affine functions is closer to all of them (Pythagoras), so R_2 is the
radius of the least disc around the vertices, in the inner product E[f g]: it passes through two or three of them,
and its square is rational. In L_1, half the greatest distance of two vertices and the greatest error of a decoder
enclose R_1.

*Φ in d variables*, x uniform. The members are f_min + Δ Σ v_j t_j, v in a simplex, t_j = |x_j - a_j| for the s free
coordinates j (`fvtheory.classes.affine`); the vertices are the single t_j, and each t_j is uniform on [0, 1]. The
greatest error is no greater for the mean of a decoder over permutations of the t_j, so there is a best decoder that
errs by the same on each t_j, and R_p^p / Δ^p is the least mean of E|t_j - D|^p over j: D is the mean of the t_j for
p = 2, which leaves their variance, (1 - 1/s)/12; and their median for p = 1, which leaves
(1/s) Σ_{i <= s/2} (E t_(s+1-i) - E t_(i)) with the order statistics E t_(i) = i/(s + 1). For s > 2 that is less than
the error of the central decoder, half the width max t - min t, on average.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from fvtheory.beyond.constraints import Constraints
from fvtheory.beyond.densities import Density, mean_power
from fvtheory.beyond.gauge import Gauge
from fvtheory.beyond.polygons import cut, rectangle
from fvtheory.functions import Piecewise1D

ZERO, ONE = Fraction(0), Fraction(1)

Ends = tuple[Fraction, Fraction]
"""(f(0), f(1)) of an affine function f of one variable."""


def vertices_on_line(gauge: Gauge, known: Constraints) -> list[Ends]:
    """The vertices of the polygon of all affine functions of one gauge that obey the bounds."""
    low, high = known.floor, known.cap
    polygon = rectangle(low, high, low, high)
    for a, b, c in _half_planes(gauge, known):
        polygon = cut(polygon, a, b, c)
    return polygon


def _half_planes(gauge: Gauge, known: Constraints) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """(a, b, c): a f(0) + b f(1) <= c."""
    for bounds, sign in ((known.uppers, ONE), (known.lowers, -ONE)):
        for bound in bounds:
            for x in {bound.where.low[0], bound.where.high[0]}:
                yield sign * (1 - x), sign * x, sign * bound.value
    for gradient in known.gradients:
        yield -ONE, ONE, gradient.gradient[0]
        yield ONE, -ONE, -gradient.gradient[0]
    up, down = gauge.up[0], gauge.down[0]
    if up is not None:
        yield -ONE, ONE, up
    if down is not None:
        yield ONE, -ONE, down


def line_through(ends: Ends) -> Piecewise1D:
    """The affine function."""
    return Piecewise1D([ZERO, ONE], ends, [ends])


class Product:
    """E[f(X) g(X)] of affine functions given by their values at 0 and 1."""

    def __init__(self, density: Density) -> None:
        zero = line_through((ZERO, ZERO))
        self.first = mean_power(line_through((ONE, ZERO)), zero, 2, density)
        self.last = mean_power(line_through((ZERO, ONE)), zero, 2, density)
        both = mean_power(line_through((ONE, ONE)), zero, 2, density)
        self.mixed = (both - self.first - self.last) / 2

    def __call__(self, f: Ends, g: Ends) -> Fraction:
        return f[0] * g[0] * self.first + f[1] * g[1] * self.last + (f[0] * g[1] + f[1] * g[0]) * self.mixed

    def apart(self, f: Ends, g: Ends) -> Fraction:
        """E (f - g)²."""
        step = (f[0] - g[0], f[1] - g[1])
        return self(step, step)


def least_disc(points: Sequence[Ends], product: Product) -> tuple[Ends, Fraction]:
    """(centre, squared radius) of the least disc that contains the points, in an inner product."""
    if len(points) == 1:
        return points[0], ZERO
    best: tuple[Ends, Fraction] | None = None
    for p, q in combinations(points, 2):
        centre = ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2)
        best = _smaller(
            best, centre, max(product.apart(centre, p), product.apart(centre, q)), points, product
        )
    if best is not None:
        return best  # a disc with a diameter between two of the points is the least one
    for p, q, r in combinations(points, 3):
        at = _circumcentre(p, q, r, product)
        if at is not None:
            best = _smaller(best, at, product.apart(at, p), points, product)
    assert best is not None
    return best


def _smaller(
    best: tuple[Ends, Fraction] | None,
    centre: Ends,
    square: Fraction,
    points: Sequence[Ends],
    product: Product,
) -> tuple[Ends, Fraction] | None:
    if best is not None and best[1] <= square:
        return best
    return (centre, square) if all(product.apart(centre, p) <= square for p in points) else best


def _circumcentre(p: Ends, q: Ends, r: Ends, product: Product) -> Ends | None:
    """The affine function as far from each of three others, or None where they lie on a line."""
    u, v = (q[0] - p[0], q[1] - p[1]), (r[0] - p[0], r[1] - p[1])
    uu, uv, vv = product(u, u), product(u, v), product(v, v)
    determinant = uu * vv - uv * uv
    if determinant == 0:
        return None
    s, t = (vv * (uu - uv)) / (2 * determinant), (uu * (vv - uv)) / (2 * determinant)
    return p[0] + s * u[0] + t * v[0], p[1] + s * u[1] + t * v[1]


def radius_of_phi(free: int, spread: Fraction, power: int) -> Fraction:
    """R_p^p of affine functions with Φ, x uniform: see the head of this file.

    Args:
        free: how many coordinates are free, s >= 1.
        spread: Δ = f_max - f_min.
        power: p, 1 or 2.
    """
    if power == 2:
        return spread * spread * (1 - Fraction(1, free)) / 12
    return spread * sum((Fraction(free + 1 - 2 * i, free + 1) for i in range(1, free // 2 + 1)), ZERO) / free
