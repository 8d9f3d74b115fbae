"""Convex polygons in the plane with rational vertices, in order against the clock; also segments, points, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

Vertex = tuple[Fraction, Fraction]
Polygon = list[Vertex]


def rectangle(left: Fraction, right: Fraction, bottom: Fraction, top: Fraction) -> Polygon:
    """[left, right] x [bottom, top]; nothing where an end is on the wrong side."""
    if left > right or bottom > top:
        return []
    return list(dict.fromkeys([(left, bottom), (right, bottom), (right, top), (left, top)]))


def cut(polygon: Sequence[Vertex], a: Fraction | int, b: Fraction | int, c: Fraction | int) -> Polygon:
    """The part with a u + b v <= c."""
    found: Polygon = []
    sides = [a * u + b * v - c for u, v in polygon]
    for i, p in enumerate(polygon):
        q, at_p, at_q = polygon[i - 1], sides[i], sides[i - 1]
        if (at_p < 0 < at_q) or (at_q < 0 < at_p):
            share = at_q / (at_q - at_p)
            found.append((q[0] + share * (p[0] - q[0]), q[1] + share * (p[1] - q[1])))
        if at_p <= 0:
            found.append(p)
    return list(dict.fromkeys(found))


def clipped(polygon: Polygon, box: Sequence[Vertex]) -> Polygon:
    """The part in a rectangle with sides along the axes."""
    if not box:
        return []
    for i, (a, b) in enumerate(((1, 0), (0, 1))):
        sides = [p[i] for p in box]
        if polygon and max(p[i] for p in polygon) > (high := max(sides)):
            polygon = cut(polygon, a, b, high)
        if polygon and min(p[i] for p in polygon) < (low := min(sides)):
            polygon = cut(polygon, -a, -b, -low)
    return polygon


def common_range(p: Sequence[Vertex], q: Sequence[Vertex]) -> tuple[Fraction, Fraction] | None:
    """The least and the greatest first coordinate of the points of both, or None where they have none.

    Between neighbouring vertices both are bounded by lines, below and above: they meet where neither lies above the
    other.
    """
    if not p or not q:
        return None
    left, right = (f(g(u for u, _ in polygon) for polygon in (p, q)) for f, g in ((max, min), (min, max)))
    if left > right:
        return None
    places = sorted({u for u, _ in (*p, *q) if left <= u <= right} | {left, right})
    heights = [
        (a[1] - b[0], b[1] - a[0]) for a, b in zip(_heights(p, places), _heights(q, places), strict=True)
    ]
    meeting = [u for u, room in zip(places, heights, strict=True) if min(room) >= 0]
    for (u, at_u), (v, at_v) in pairwise(zip(places, heights, strict=True)):
        if min(at_u) >= 0 and min(at_v) >= 0:
            continue
        start, end = u, v
        for a, b in zip(at_u, at_v, strict=True):
            if a < 0 and b < 0:
                start, end = v, u
            elif a < 0:
                start = max(start, u + (v - u) * a / (a - b))
            elif b < 0:
                end = min(end, u + (v - u) * a / (a - b))
        if start <= end:
            meeting += [start, end]
    return (min(meeting), max(meeting)) if meeting else None


def _heights(polygon: Sequence[Vertex], places: Sequence[Fraction]) -> list[Vertex]:
    """(least, greatest) second coordinate above each of some places that climb, in the range of the first one."""
    found = []
    for sense in (1, -1):
        best: dict[Fraction, Fraction] = {}
        for i, p in enumerate(polygon):
            q = polygon[i - 1]
            for u, v in (p, q):
                best[u] = min(best.get(u, sense * v), sense * v)
        # the chain of the edges that run to the right (below) or to the left (above), end to end
        chain = sorted(
            {
                e
                for i, p in enumerate(polygon)
                for e in (p, polygon[i - 1])
                if sense * (p[0] - polygon[i - 1][0]) > 0
            }
        )
        chain = [(u, best[u]) for u in dict.fromkeys(u for u, _ in chain)] or sorted(best.items())[:1]
        values, k = [], 0
        for x in places:
            while k + 1 < len(chain) and chain[k + 1][0] <= x:
                k += 1
            u, a = chain[k]
            if u == x or k + 1 == len(chain):
                values.append(sense * a)
            else:
                v, b = chain[k + 1]
                values.append(sense * (a + (b - a) * (x - u) / (v - u)))
        found.append(values)
    return list(zip(*found, strict=True))


def total(p: Sequence[Vertex], q: Sequence[Vertex]) -> Polygon:
    """The Minkowski sum: all sums of a point of one and a point of the other."""
    if not p or not q:
        return []
    p, q = _from_lowest(p), _from_lowest(q)
    found: Polygon = []
    i = k = 0
    while i < len(p) or k < len(q):
        a, b = p[i % len(p)], q[k % len(q)]
        found.append((a[0] + b[0], a[1] + b[1]))
        turn = _turn(_edge(p, i), _edge(q, k)) if i < len(p) and k < len(q) else (1 if i < len(p) else -1)
        if turn >= 0:
            i += 1
        if turn <= 0:
            k += 1
    return list(dict.fromkeys(found))


def _from_lowest(p: Sequence[Vertex]) -> Sequence[Vertex]:
    """The same vertices, the lowest of the leftmost first."""
    first = min(range(len(p)), key=lambda i: p[i])
    return [*p[first:], *p[:first]]


def _edge(p: Sequence[Vertex], i: int) -> Vertex:
    (s, t), (u, v) = p[i], p[(i + 1) % len(p)]
    return u - s, v - t


def _half(edge: Vertex) -> int:
    """0 for edges to the right or straight up, in which order those of a polygon from its leftmost vertex begin."""
    return 0 if edge[0] > 0 or (edge[0] == 0 and edge[1] > 0) else 1


def _turn(p: Vertex, q: Vertex) -> int:
    """1 where p comes first by its angle from straight down against the clock, -1 where q does, 0 where they agree.
    The edge of a point has no length, and comes first."""
    if not any(p) or not any(q):
        return -1 if any(p) else 1
    if _half(p) != _half(q):
        return 1 if _half(p) < _half(q) else -1
    cross = p[0] * q[1] - p[1] * q[0]
    return (cross > 0) - (cross < 0)
