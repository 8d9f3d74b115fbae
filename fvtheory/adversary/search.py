"""Search for a point at which a black box is far from an envelope of the fiber.

Points are tried in floats; the best of them, and a few that floats cannot hold, are judged in exact
numbers. What is found is certain, that there is nothing better is not: a spike between the points that
were tried stays unseen.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from fvtheory.adversary.envelopes import Envelopes, FloatPoint
from fvtheory.decoders import Prediction
from fvtheory.exact import Point

MAX_EVALUATIONS = 4_000
"""How often a decoder is asked at most; the first points of a search included."""

CONFIRMED = 3
"""How many of the best points are judged in exact numbers."""

FINEST = 2.0**-50


@dataclass
class Search:
    """The errors so far, and how much may still be spent."""

    envelopes: Envelopes
    prediction: Prediction
    deadline: float
    evaluations: int = MAX_EVALUATIONS
    errors: dict[FloatPoint, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lower, self.upper = self.envelopes.rounded

    def error(self, x: FloatPoint) -> float:
        """The error that some member of the fiber has at x, rounded."""
        known = self.errors.get(x)
        if known is not None:
            return known
        self.evaluations -= 1
        g = self.prediction.rounded(x)
        error = self.errors[x] = max(self.upper(x) - g, g - self.lower(x))
        return error

    def over(self) -> bool:
        """Whether time or evaluations are spent."""
        return self.evaluations <= 0 or time.monotonic() >= self.deadline

    def ranked(self) -> list[FloatPoint]:
        """The points, the best first."""
        return sorted(self.errors, key=self.errors.__getitem__, reverse=True)


def search(
    envelopes: Envelopes, prediction: Prediction, deadline: float, seed: int
) -> tuple[Fraction, Point, str]:
    """(error, point, side): the greatest error found; never below half the greatest width."""
    run = Search(envelopes, prediction, deadline)
    judged: list[tuple[Fraction, Point, str]] = []

    def judge(x: Point) -> None:
        side, error = envelopes.side(x, prediction(x))
        judged.append((error, x, side))

    judge(envelopes.widest)
    for x in _exact_points(envelopes):
        if not run.over():
            judge(x)
    on = _on_the_line if envelopes.phi.dim == 1 else _in_space
    on(run, random.Random(seed))
    for y in run.ranked()[:CONFIRMED]:
        judge(tuple(map(Fraction, y)))
    return max(judged, key=lambda found: found[0])


def _exact_points(envelopes: Envelopes) -> list[Point]:
    """Where an envelope jumps or bends, which floats may miss."""
    if envelopes.phi.dim == 1:
        return [(c,) for c in envelopes.kinks()]
    return [envelopes.phi.x_min, envelopes.phi.x_max]


# ---- one dimension ---------------------------------------------------------------------------


def _on_the_line(run: Search, randoms: random.Random) -> None:
    """Kinks with their surroundings, ever finer grids, and a zoom into the best local maxima of each."""
    xs: list[float] = []
    kinks = [float(c) for c in run.envelopes.kinks()]
    near = [min(1.0, max(0.0, c + s * 2.0**-k)) for c in kinks for k in (8, 16, 30, 45) for s in (1, -1)]
    _ask(run, xs, [*kinks, *near])
    zoomed: list[tuple[float, float]] = []
    for level, tops in ((32, 2), (128, 2), (512, 3)):
        _ask(run, xs, [i / level for i in range(level + 1)])
        _ask(run, xs, [randoms.random() for _ in range(level // 8)])
        if run.over():
            return
        for x in _local_maxima(run, xs, tops):
            if not any(low <= x <= high for low, high in zoomed):
                zoomed.append(_zoom(run, xs, x))


def _ask(run: Search, xs: list[float], points: Iterable[float]) -> None:
    for c in points:
        if run.over():
            return
        if (c,) not in run.errors:
            run.error((c,))
            insort(xs, c)


def _local_maxima(run: Search, xs: list[float], number: int) -> list[float]:
    """The best points that no neighbour beats."""
    errors = [run.errors[x,] for x in xs]
    padded = [errors[0] - 1, *errors, errors[-1] - 1]
    tops = [
        (e, x)
        for e, x, left, right in zip(errors, xs, padded, padded[2:], strict=False)
        if e >= left and e >= right
    ]
    return [x for _, x in sorted(tops, reverse=True)[:number]]


def _zoom(run: Search, xs: list[float], x: float) -> tuple[float, float]:
    """Shrink the interval between the neighbours of x: halve both sides, and try the vertex of the
    parabola. The interval that is settled by this: the first one."""
    i = bisect_left(xs, x)
    left, right = xs[max(0, i - 1)], xs[min(len(xs) - 1, i + 1)]
    settled = left, right
    top, idle = run.errors[x,], 0
    while right - left > FINEST and idle < 5 and not run.over():
        points = sorted({left, x, right, (left + x) / 2, (x + right) / 2, _vertex(run, left, x, right)})
        errors = [run.error((c,)) for c in points]
        k = max(range(len(points)), key=errors.__getitem__)
        left, x, right = points[max(0, k - 1)], points[k], points[min(len(points) - 1, k + 1)]
        idle = idle + 1 if errors[k] - top <= top * 1e-13 else 0
        top = max(top, errors[k])
    return settled


def _vertex(run: Search, left: float, x: float, right: float) -> float:
    """Where the parabola through the three points is greatest; x where there is no such point inside."""
    if not left < x < right:
        return x
    s, u = left - x, right - x
    p, r = (run.errors[c,] - run.errors[x,] for c in (left, right))
    curvature = (r / u - p / s) / (u - s)
    if not curvature < 0:
        return x
    shift = -(p / s - s * curvature) / (2 * curvature)
    return x + shift if s < shift < u else x


# ---- more dimensions -------------------------------------------------------------------------


def _in_space(run: Search, randoms: random.Random) -> None:
    """Corners, extrema and their surroundings, random points; then coordinate by coordinate."""
    for x in _starts(run.envelopes, randoms):
        if run.over():
            return
        run.error(x)
    for x in _spread(run.ranked(), 6):
        _climb(run, x)


def _starts(envelopes: Envelopes, randoms: random.Random) -> Iterable[FloatPoint]:
    phi = envelopes.phi.to_floats()
    dim = phi.dim
    yield from (tuple(map(float, x)) for x in envelopes.candidates())
    yield phi.x_min
    yield phi.x_max
    if dim <= 6:
        yield from product((0.0, 1.0), repeat=dim)
    centre = (0.5,) * dim
    yield from ((0.0,) * dim, (1.0,) * dim, centre)
    for p in (phi.x_min, phi.x_max):
        away = centre if p != centre else (1.0,) * dim
        for k in (8, 20, 40):
            yield tuple(s + (t - s) / 2**k for s, t in zip(p, away, strict=True))
    for p in (phi.x_min, phi.x_max, centre):
        for j in range(dim):
            for c in (0.0, 1.0):
                yield (*p[:j], c, *p[j + 1 :])
    for level in (2**30, 2, 4) * 60:
        yield tuple(randoms.randrange(level + 1) / level for _ in range(dim))


def _spread(ranked: list[FloatPoint], number: int) -> list[FloatPoint]:
    """The first points of the list, without those that almost repeat an earlier one."""
    kept: list[FloatPoint] = []
    for x in ranked:
        if all(any(abs(s - t) > 1 / 64 for s, t in zip(x, y, strict=True)) for y in kept):
            kept.append(x)
            if len(kept) == number:
                break
    return kept


def _climb(run: Search, x: FloatPoint) -> None:
    """Move along one coordinate, or along the last successful direction, as long as it helps."""
    step, top = 0.25, run.error(x)
    last: FloatPoint | None = None
    idle = 0
    while step > 2.0**-40 and idle < 8 and not run.over():
        start = x
        for j in range(len(x)):
            for move in (step, -step):
                y = (*x[:j], min(1.0, max(0.0, x[j] + move)), *x[j + 1 :])
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
        y = tuple(min(1.0, max(0.0, p + q)) for p, q in zip(x, last, strict=True))
        error = run.error(y)
        if error > top:
            x, top = y, error
