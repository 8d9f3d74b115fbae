"""Feasibility and best possible errors of the classes, typed anew with Fractions.

Nothing here is shared with the package: the formulas are those of a hand calculation, and where the
package has a closed formula (Lipschitz functions) this file enumerates points instead.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Info:
    """Φ in exact numbers: minimizer a, maximizer b, minimum m, maximum M, and L where there is one."""

    a: tuple[Fraction, ...]
    b: tuple[Fraction, ...]
    m: Fraction
    M: Fraction
    L: Fraction = Fraction(1)

    @property
    def dim(self) -> int:
        return len(self.a)

    @property
    def spread(self) -> Fraction:
        return self.M - self.m

    @property
    def gap(self) -> Fraction:
        """The sup-norm distance of the extrema."""
        return length(self.a, self.b)

    @property
    def low(self) -> Fraction:
        """The left one of the two extrema, in dimension one."""
        return min(self.a[0], self.b[0])

    @property
    def high(self) -> Fraction:
        return max(self.a[0], self.b[0])

    @property
    def apart(self) -> int:
        """The number of coordinates in which the extrema lie at opposite ends."""
        return sum(abs(s - t) == 1 for s, t in zip(self.a, self.b, strict=True))


def length(p, q) -> Fraction:
    return max(abs(s - t) for s, t in zip(p, q, strict=True))


def in_range(p: Info) -> bool:
    points = all(0 <= c <= 1 for c in (*p.a, *p.b))
    return points and 0 <= p.m <= p.M <= 1 and p.L > 0


def feasible(cls: str, p: Info, convention: str = "any-selection") -> bool:
    """Whether some function of the class has the information Φ."""
    if not in_range(p):
        return False
    zero_a, zero_b = not any(p.a), not any(p.b)
    if p.spread == 0:
        return {"any-selection": True, "first": zero_a and zero_b, "unique": False}[convention]
    if cls in ("all", "neural-network", "erm", "piecewise-affine"):
        return p.a != p.b
    if cls == "monotone":
        if convention == "any-selection":
            return p.a != p.b
        if convention == "first":
            return zero_a != zero_b
        ends = {(Fraction(0),) * p.dim, (Fraction(1),) * p.dim}
        return {p.a, p.b} == ends
    if cls == "convex":
        # The face of b: the coordinates where b is 0 or 1 are fixed. The minimizer must be off it.
        off = any(t in (0, 1) and s != t for s, t in zip(p.a, p.b, strict=True))
        vertex = all(t in (0, 1) for t in p.b)
        return off and (vertex or convention == "any-selection")
    if cls == "lipschitz":
        return p.spread <= p.L * p.gap
    if cls == "affine":
        if convention == "unique":
            return p.apart == p.dim
        settled = all(s == t == 0 for s, t in zip(p.a, p.b, strict=True) if abs(s - t) != 1)
        return p.apart > 0 and (settled or convention == "any-selection")
    if cls == "constant":
        return False
    raise KeyError(cls)


def grid(p: Info) -> Iterator[tuple[Fraction, ...]]:
    """Points among which are those farthest from both extrema of a Lipschitz function.

    Each of ||x - a|| and ||x - b|| is the distance in one coordinate. In different coordinates both
    grow towards an end; in the same one they grow together outside [a, b], and between the two, where
    their sum is constant, the smaller one is largest in the middle.
    """
    choices = [(Fraction(0), Fraction(1), (s + t) / 2) for s, t in zip(p.a, p.b, strict=True)]
    return product(*choices)


def envelopes(p: Info, x) -> tuple[Fraction, Fraction]:
    """The smallest and largest value at x of an L-Lipschitz function with information Φ."""
    return max(p.m, p.M - p.L * length(x, p.b)), min(p.M, p.m + p.L * length(x, p.a))


def radius(cls: str, p: Info) -> Fraction:
    """The best possible worst-case error, for a feasible Φ."""
    if cls == "constant" or p.spread == 0:
        return Fraction(0)
    if cls == "lipschitz":
        return max(upper - lower for lower, upper in (envelopes(p, x) for x in grid(p))) / 2
    if cls == "affine":
        return p.spread / 2 if p.apart >= 2 else Fraction(0)
    return p.spread / 2


def side_radius(cls: str, p: Info) -> Fraction:
    """1 where no decoder tells on which side of the midpoint f(x) lies, else 0."""
    if cls == "constant" or p.spread == 0:
        return Fraction(0)
    if cls == "lipschitz":
        middle = (p.m + p.M) / 2
        return Fraction(any(upper > middle >= lower for lower, upper in (envelopes(p, x) for x in grid(p))))
    if cls == "affine":
        return Fraction(p.apart >= 2)
    return Fraction(1)


NUMBERS = tuple(Fraction(n, d) for n, d in ((1, 2), (1, 3), (3, 4), (1, 5), (9, 10), (2, 3), (1, 7)))
ENDS = (Fraction(0), Fraction(1))


def samples(
    cls: str, dim: int, seed: int, count: int, convention: str = "any-selection"
) -> Iterator[tuple[Info, Fraction, Fraction]]:
    """Feasible Φ with the best possible errors for the value and the side question.

    Ends of the cube, constants, equal extrema and the critical Lipschitz constants (Δ, 4Δ/3, 2Δ and
    4Δ over the distance of the extrema) are drawn often.
    """
    source = random.Random(f"{cls} {dim} {seed}")

    def number() -> Fraction:
        return source.choice(ENDS if source.random() < 0.6 else NUMBERS)

    found = 0
    for _ in range(500 * count):
        a, b = (tuple(number() for _ in range(dim)) for _ in range(2))
        m, top = sorted((number(), number()))
        if source.random() < 0.1:
            a, b, top = b, b, m
        gap = length(a, b)
        if gap and top > m and source.random() < 0.6:
            rate = (top - m) / gap * source.choice((Fraction(1), Fraction(4, 3), Fraction(2), Fraction(4)))
        else:
            rate = source.choice((Fraction(1, 2), Fraction(1), Fraction(2), Fraction(5)))
        p = Info(a, b, m, top, rate)
        if feasible(cls, p, convention):
            yield p, radius(cls, p), side_radius(cls, p)
            found += 1
            if found == count:
                return
    raise AssertionError(f"only {found} feasible Φ found for {cls} in dimension {dim}")
