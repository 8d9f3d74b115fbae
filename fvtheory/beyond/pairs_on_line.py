"""Members of a fiber in one variable that are far apart on average, and the check that they are members.

Between two places where the value is known exactly, a member may follow the lower or the upper envelope, often
whatever it does elsewhere: convex functions as long as no two neighbours follow the lower one, quasi-convex ones
alike, monotone functions along a cut. The candidates here follow one of the two envelopes in each gap: all
the lower one, all the upper one, every other gap, the lower one on one side of a cut. Quasi-convex functions
with a given valley are a lattice, with a least and a greatest one. Convex functions between uncertain values are
made by pressing the upper envelope down to the lower one at one point after another.

`is_member` decides for a piecewise affine function whether it is a member, or a limit of members almost
everywhere, from the axioms of the class and the bounds; it uses no envelope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise

from fvtheory.beyond.boxes import Box, at_point
from fvtheory.beyond.constraints import Bound
from fvtheory.beyond.gauge import Gauge
from fvtheory.beyond.hulls import ConvexFiber
from fvtheory.beyond.levels import QuasiConvexFiber
from fvtheory.beyond.line import Line
from fvtheory.beyond.mcshane import McShaneFiber
from fvtheory.beyond.reflection import ReflectedFiber
from fvtheory.functions import Piecewise1D, is_convex

ZERO, ONE = Fraction(0), Fraction(1)

LineFiber = McShaneFiber | ConvexFiber | ReflectedFiber | QuasiConvexFiber
"""A branch whose envelopes in one variable are piecewise affine; see `OnLine`."""

MAX_CUTS = 32
"""At how many places candidates change from one envelope to the other for good."""


def envelopes_on_line(fibers: Sequence[LineFiber]) -> tuple[Piecewise1D, Piecewise1D]:
    """(lower, upper) of a union of fibers in one variable, exactly."""
    grid = sorted({ZERO, ONE, *(x for f in fibers for x in f.ends())})
    spans = []
    for left, right in pairwise(grid):
        highs, lows = zip(*(f.lines(left, right) for f in fibers), strict=True)
        spans.append((_turned(highs, left, right, max, min), _turned(lows, left, right, min, max)))
    return (
        _joined(grid, [low for _, low in spans], lambda x: min(f.lower((x,)) for f in fibers)),
        _joined(grid, [high for high, _ in spans], lambda x: max(f.upper((x,)) for f in fibers)),
    )


def _turned(
    groups: Sequence[Sequence[Line]], left: Fraction, right: Fraction, outer: Callable, inner: Callable
) -> list[tuple[Fraction, Fraction]]:
    """The knots on [left, right] of the outer extreme of the inner extremes of lines."""
    lines = {line for group in groups for line in group}
    knots = {left, right}
    for (s, p), (t, q) in combinations(lines, 2):
        if s != t and left < (x := (q - p) / (s - t)) < right:
            knots.add(x)
    return [(x, outer(inner(s * x + p for s, p in group) for group in groups)) for x in sorted(knots)]


def _joined(
    grid: Sequence[Fraction],
    spans: Sequence[Sequence[tuple[Fraction, Fraction]]],
    value: Callable[[Fraction], Fraction],
) -> Piecewise1D:
    breakpoints, values, pieces = [ZERO], [value(ZERO)], []
    for end, knots in zip(grid[1:], spans, strict=True):
        for (_, a), (x, b) in pairwise(knots):
            breakpoints.append(x)
            values.append(value(x) if x == end else b)
            pieces.append((a, b))
    return Piecewise1D(breakpoints, values, pieces)


# ---- candidates -----------------------------------------------------------------------------------


def members_on_line(fiber: LineFiber) -> Iterator[Piecewise1D]:
    """Members of one branch, or limits of members, the most promising pairs first."""
    if isinstance(fiber, McShaneFiber) and fiber.has_gradients:
        yield from envelopes_on_line([fiber])  # limits of members; other candidates are not shown to be
        return
    for f in _candidates(fiber):
        if is_member(f, fiber):
            yield f


def _candidates(fiber: LineFiber) -> Iterator[Piecewise1D]:
    lower, upper = envelopes_on_line([fiber])
    yield lower
    yield upper
    ends = sorted({ZERO, ONE, *fiber.ends()})
    pinned = [x for x in ends[1:-1] if lower.at((x,)) == upper.at((x,))]
    gaps = [ZERO, *pinned, ONE]
    for first in (0, 1):
        yield _following(lower, upper, gaps, [(i + first) % 2 == 0 for i in range(len(gaps) - 1)])
    inner = ends[1:-1] if len(ends) - 2 <= MAX_CUTS else []
    for cut in inner:
        for first in (True, False):
            yield _following(lower, upper, [ZERO, cut, ONE], [first, not first])
    if isinstance(fiber, QuasiConvexFiber):
        yield from _valleys(fiber, ends)
    elif isinstance(fiber, ConvexFiber):
        yield from _pressed(fiber, lower, upper)
    elif isinstance(fiber, ReflectedFiber):
        yield from map(_reflection, _pressed(fiber.inner, _reflection(upper), _reflection(lower)))


def _following(
    lower: Piecewise1D, upper: Piecewise1D, gaps: Sequence[Fraction], low: Sequence[bool]
) -> Piecewise1D:
    """The lower envelope in the gaps marked ``low``, the upper one in the others; between a low and another gap
    the lower one."""
    breakpoints, values, pieces = [ZERO], [(lower if low[0] else upper).at((ZERO,))], []
    for i, (left, right) in enumerate(pairwise(gaps)):
        f = lower if low[i] else upper
        for (p, q), (a, b) in zip(pairwise(f.breakpoints), f.pieces, strict=True):
            start, end = max(p, left), min(q, right)
            if start >= end:
                continue
            slope = (b - a) / (q - p)
            breakpoints.append(end)
            pieces.append((a + slope * (start - p), a + slope * (end - p)))
            after = low[i + 1] if end == right and i + 1 < len(low) else low[i]
            values.append((lower if low[i] or after else upper).at((end,)))
    return Piecewise1D(breakpoints, values, pieces)


def _pressed(fiber: ConvexFiber, lower: Piecewise1D, upper: Piecewise1D) -> Iterator[Piecewise1D]:
    """Upper envelopes once f is known to touch lower ones, at the widest place of each gap between ends, of every
    other gap, or of all of them, the largest first."""
    touched = []
    for left, right in pairwise(sorted({ZERO, ONE, *fiber.ends()})):
        middle = (left + right) / 2
        places = [x for x in (*lower.breakpoints, middle, *upper.breakpoints) if left < x < right]
        best = max(places, key=lambda x: upper.at((x,)) - lower.at((x,)))
        touched.append(((upper.at((best,)) - lower.at((best,))) * (right - left), best))
    for chosen in (touched[::2], touched[1::2], touched):
        pressed = fiber
        for size, x in sorted(chosen, reverse=True):
            if size > 0:
                bound = Bound(at_point((x,)), pressed.lower((x,)))
                pressed = ConvexFiber(
                    fiber.gauge,
                    fiber.floor,
                    fiber.cap,
                    (*pressed.uppers, bound),
                    fiber.lowers,
                    fiber.supports,
                )
        if pressed is not fiber:
            yield envelopes_on_line([pressed])[1]


def _valleys(fiber: QuasiConvexFiber, ends: Sequence[Fraction]) -> Iterator[Piecewise1D]:
    """The least and the greatest function that falls up to a place and climbs from there on, for each place: an end
    or a gap between two. Where f falls, it is at least what is asked for between there and the valley, and at most
    what is allowed before."""
    places = [ends[0], *(x for p, q in pairwise(ends) for x in ((p + q) / 2, q))]
    asked = [max([fiber.floor, *(b.value for b in fiber.lowers if (x,) in b.where)]) for x in places]
    allowed = [min([fiber.cap, *(b.value for b in fiber.uppers if (x,) in b.where)]) for x in places]
    for v in range(len(places)):
        least = [max(asked[i : v + 1] if i <= v else asked[v : i + 1]) for i in range(len(places))]
        most = [min(allowed[: i + 1] if i <= v else allowed[i:]) for i in range(len(places))]
        most[v] = min(allowed)
        for steps in (least, most):
            yield Piecewise1D(ends, steps[::2], [(y, y) for y in steps[1::2]])


def _reflection(f: Piecewise1D) -> Piecewise1D:
    return Piecewise1D(f.breakpoints, [1 - y for y in f.values], [(1 - a, 1 - b) for a, b in f.pieces])


# ---- membership -----------------------------------------------------------------------------------


def is_member(f: Piecewise1D, fiber: LineFiber) -> bool:
    """Whether f is in the fiber, or a limit almost everywhere of functions of the fiber.

    Limits: a jump in a class of continuous functions without a rate, and equality in a strict bound, where
    mixing with a member makes it strict (not for quasi-convex functions, of which no mixture need be one).
    """
    if isinstance(fiber, ReflectedFiber):
        return is_member(_reflection(f), fiber.inner)
    low, high = _range(f, Box((ZERO,), (ONE,)))
    if low < fiber.floor or high > fiber.cap:
        return False
    exact = isinstance(fiber, QuasiConvexFiber)
    for b in fiber.uppers:
        highest = _range(f, b.where)[1]
        if highest > b.value or (exact and b.strict and highest == b.value):
            return False
    if any(_range(f, b.where)[0] < b.value for b in fiber.lowers):
        return False
    if isinstance(fiber, QuasiConvexFiber):
        return _is_quasi_convex(f)
    if not _has_rates(f, fiber.gauge):
        return False
    if isinstance(fiber, McShaneFiber):
        return True
    return is_convex(f) and all(
        v >= h.at((x,)) for h in fiber.supports for x, v in _places(f, Box((ZERO,), (ONE,)))
    )


def _places(f: Piecewise1D, where: Box) -> Iterator[tuple[Fraction, Fraction]]:
    """(x, value or limit) at places of a box between which f is affine."""
    low, high = where.low[0], where.high[0]
    for x in dict.fromkeys((low, high, *f.breakpoints)):
        if (x,) in where:
            yield x, f.at((x,))
    for i, (left, right) in enumerate(pairwise(f.breakpoints)):
        start, end = max(left, low), min(right, high)
        if start < end:
            slope, intercept = f.line(i)
            yield start, slope * start + intercept
            yield end, slope * end + intercept


def _range(f: Piecewise1D, where: Box) -> tuple[Fraction, Fraction]:
    """(infimum, supremum) over a box."""
    values = [v for _, v in _places(f, where)]
    return min(values), max(values)


def _steps(f: Piecewise1D) -> Iterator[tuple[Fraction, Fraction]]:
    """(length, how far f climbs) of each jump (length 0) and each affine piece, from left to right."""
    for i, (a, b) in enumerate(f.pieces):
        yield ZERO, a - f.values[i]
        yield f.breakpoints[i + 1] - f.breakpoints[i], b - a
        yield ZERO, f.values[i + 1] - b


def _has_rates(f: Piecewise1D, gauge: Gauge) -> bool:
    """Whether f(x) - f(y) <= φ(x - y)."""
    up, down = gauge.up[0], gauge.down[0]
    return all(
        (up is None or climb <= up * length) and (down is None or -climb <= down * length)
        for length, climb in _steps(f)
    )


def _is_quasi_convex(f: Piecewise1D) -> bool:
    """Whether f does not fall once it has climbed."""
    climbed = False
    for _, climb in _steps(f):
        if climb < 0 and climbed:
            return False
        climbed = climbed or climb > 0
    return True


def farthest_pair(
    members: Iterable[Piecewise1D], apart: Callable[[Piecewise1D, Piecewise1D], Fraction], enough: Fraction
) -> tuple[Fraction, tuple[Piecewise1D, Piecewise1D] | None]:
    """The greatest distance of two of the members and these two; the search ends at a distance of ``enough``."""
    best, found = ZERO, None
    seen: list[Piecewise1D] = []
    for f in members:
        for g in seen:
            distance = apart(f, g)
            if found is None or distance > best:
                best, found = distance, (g, f)
                if best >= enough:
                    return best, found
        seen.append(f)
    return best, found
