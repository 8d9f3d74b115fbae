"""Search for a point at which a black box is far from an envelope of the fiber.

What it finds is certain, that there is nothing better is not: a spike between the points that were
tried stays unseen.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from fvtheory.adversary.envelopes import Envelopes
from fvtheory.decoders import Prediction
from fvtheory.exact import Point

ZERO, ONE = Fraction(0), Fraction(1)

GRID = Fraction(1, 2**52)
"""Points that the search makes up are multiples of this, so that floats hold them exactly."""

MAX_EVALUATIONS = 4_000
"""How often a decoder is asked at most, in one dimension; the first points of a search included."""


@dataclass
class Search:
    """The best point so far, and how much may still be spent."""

    envelopes: Envelopes
    prediction: Prediction
    deadline: float
    evaluations: int = MAX_EVALUATIONS
    best: tuple[Fraction, Point, str] | None = None
    errors: dict[Point, Fraction] = field(default_factory=dict)

    def error(self, x: Point) -> Fraction:
        """The error that some member of the fiber has at x."""
        known = self.errors.get(x)
        if known is not None:
            return known
        self.evaluations -= 1
        side, error = self.envelopes.side(x, self.prediction(x))
        self.errors[x] = error
        if self.best is None or error > self.best[0]:
            self.best = (error, x, side)
        return error

    def over(self) -> bool:
        """Whether time or evaluations are spent."""
        return self.evaluations <= 0 or time.monotonic() >= self.deadline


def search(
    envelopes: Envelopes, prediction: Prediction, deadline: float, seed: int
) -> tuple[Fraction, Point, str]:
    """(error, point, side): the greatest error found; never below half the greatest width."""
    run = Search(envelopes, prediction, deadline)
    run.error(envelopes.widest())
    randoms = random.Random(seed)
    if envelopes.phi.dim == 1:
        _on_the_line(run, randoms)
    else:
        _in_space(run, randoms)
    assert run.best is not None
    return run.best


def _rounded(c: Fraction) -> Fraction:
    return min(ONE, max(ZERO, round(c / GRID) * GRID))


# ---- one dimension ---------------------------------------------------------------------------


def _on_the_line(run: Search, randoms: random.Random) -> None:
    """Kinks with their surroundings, ever finer grids, and a zoom into the best local maxima of each."""
    xs: list[Fraction] = sorted(x[0] for x in run.errors)
    kinks = run.envelopes.kinks()
    near = [c + s * Fraction(1, 2**k) for c in kinks for k in (8, 16, 30, 45) for s in (1, -1)]
    _ask(run, xs, [*kinks, *(_rounded(c) for c in near)])
    zoomed: list[tuple[Fraction, Fraction]] = []
    for level, tops in ((32, 2), (128, 2), (512, 3)):
        _ask(run, xs, [Fraction(i, level) for i in range(level + 1)])
        _ask(run, xs, [Fraction(randoms.getrandbits(30), 2**30) for _ in range(level // 8)])
        for x in _local_maxima(run, xs, tops):
            if not any(low <= x <= high for low, high in zoomed):
                zoomed.append(_zoom(run, xs, x))


def _ask(run: Search, xs: list[Fraction], points: Iterable[Fraction]) -> None:
    for c in points:
        if run.over():
            return
        if (c,) not in run.errors:
            run.error((c,))
            insort(xs, c)


def _local_maxima(run: Search, xs: list[Fraction], number: int) -> list[Fraction]:
    """The best points that no neighbour beats."""
    errors = [run.errors[x,] for x in xs]
    padded = [errors[0] - 1, *errors, errors[-1] - 1]
    tops = [
        (e, x)
        for e, x, left, right in zip(errors, xs, padded, padded[2:], strict=False)
        if e >= left and e >= right
    ]
    return [x for _, x in sorted(tops, reverse=True)[:number]]


def _zoom(run: Search, xs: list[Fraction], x: Fraction) -> tuple[Fraction, Fraction]:
    """Shrink the interval between the neighbours of x: halve both sides, and try the vertex of the
    parabola. The interval that is settled by this: the first one."""
    i = bisect_left(xs, x)
    left, right = xs[max(0, i - 1)], xs[min(len(xs) - 1, i + 1)]
    settled = left, right
    top, idle = run.errors[x,], 0
    while right - left > 8 * GRID and idle < 5 and not run.over():
        inner = {_rounded((left + x) / 2), _rounded((x + right) / 2), _vertex(run, left, x, right)}
        points = sorted({left, x, right, *inner})
        errors = [run.error((c,)) for c in points]
        k = max(range(len(points)), key=errors.__getitem__)
        left, x, right = points[max(0, k - 1)], points[k], points[min(len(points) - 1, k + 1)]
        idle = idle + 1 if errors[k] - top <= top / 10**13 else 0
        top = max(top, errors[k])
    return settled


def _vertex(run: Search, left: Fraction, x: Fraction, right: Fraction) -> Fraction:
    """Where the parabola through the three points is greatest; x where there is no such point inside."""
    s, t, u = (float(c - x) for c in (left, x, right))
    p, r = (float(run.errors[c,] - run.errors[x,]) for c in (left, right))
    if s == t or t == u:
        return x
    curvature = (r / u - p / s) / (u - s)
    if not curvature < 0:
        return x
    shift = -(p / s - s * curvature) / (2 * curvature)
    return _rounded(x + Fraction(shift)) if s < shift < u else x


# ---- more dimensions -------------------------------------------------------------------------


def _in_space(run: Search, randoms: random.Random) -> None:
    """Corners, extrema and their surroundings, random points; then coordinate by coordinate."""
    for x in _starts(run.envelopes, randoms):
        if run.over():
            return
        run.error(x)
    ranked = sorted(run.errors, key=run.errors.__getitem__, reverse=True)
    for x in _spread(ranked, 6):
        _climb(run, x)


def _starts(envelopes: Envelopes, randoms: random.Random) -> Iterable[Point]:
    a, b = envelopes.phi.x_min, envelopes.phi.x_max
    dim = len(a)
    yield from envelopes.candidates()
    yield a
    yield b
    if dim <= 6:
        yield from product((ZERO, ONE), repeat=dim)
    yield (ZERO,) * dim
    yield (ONE,) * dim
    yield (Fraction(1, 2),) * dim
    centre = (Fraction(1, 2),) * dim
    for p in (a, b):
        away = centre if p != centre else (ONE,) * dim
        for k in (8, 20, 40):
            yield tuple(_rounded(s + (t - s) / 2**k) for s, t in zip(p, away, strict=True))
        for j in range(dim):
            for c in (ZERO, ONE):
                yield (*p[:j], c, *p[j + 1 :])
    for j in range(dim):
        for c in (ZERO, ONE):
            yield (*centre[:j], c, *centre[j + 1 :])
    for bits in (30, 1, 2) * 60:
        yield tuple(Fraction(randoms.randrange(2**bits + 1), 2**bits) for _ in range(dim))


def _spread(ranked: list[Point], number: int) -> list[Point]:
    """The first points of the list, without those that almost repeat an earlier one."""
    kept: list[Point] = []
    for x in ranked:
        if all(any(abs(s - t) > Fraction(1, 64) for s, t in zip(x, y, strict=True)) for y in kept):
            kept.append(x)
            if len(kept) == number:
                break
    return kept


def _climb(run: Search, x: Point) -> None:
    """Move along one coordinate, or along the last successful direction, as long as it helps."""
    step, top = Fraction(1, 4), run.error(x)
    last: Point | None = None
    idle = 0
    while step > Fraction(1, 2**40) and idle < 8 and not run.over():
        start = x
        for j in range(len(x)):
            for sign in (1, -1):
                y = (*x[:j], _rounded(x[j] + sign * step), *x[j + 1 :])
                error = run.error(y)
                if error > top:
                    x, top = y, error
                    break
            if run.over():
                return
        if x == start:
            step /= 4 if last is None else 2
            last, idle = None, idle + 1
            continue
        idle = 0
        last = tuple(p - q for p, q in zip(x, start, strict=True))
        y = tuple(_rounded(p + q) for p, q in zip(x, last, strict=True))
        error = run.error(y)
        if error > top:
            x, top = y, error
