"""Where an exact ReLU network is furthest from an envelope of a fiber, by branch and bound.

The cube is cut into polytopes on which the envelope is affine. On a polytope each unit lies between two
affine forms: itself where its sign is settled, else 0 or the identity below and a chord above. The
extremes of the forms are taken at the vertices, exactly. A polytope whose bound exceeds what has been
found is cut along the zero set of an undecided unit, whose inputs are then all affine; so the search
ends after finitely many cuts, with the exact maximum. All numbers are rational.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from fvtheory.adversary.envelopes import LOWER, UPPER, Envelopes
from fvtheory.adversary.exact_maximum import TOLERANCE, within
from fvtheory.exact import Point
from fvtheory.functions.pieces import pieces
from fvtheory.functions.polytopes import Form, Polytope, axis, level
from fvtheory.networks import ReluNetwork

ZERO, ONE = Fraction(0), Fraction(1)

Interval = tuple[Form, Form]
"""A lower and an upper form; the same object twice where the value is affine."""


@dataclass(frozen=True)
class NetworkMaximum:
    """The best point found, and a bound that no point exceeds."""

    value: Fraction
    at: Point
    inside: Point
    side: str
    upper_bound: Fraction


@dataclass(frozen=True)
class _Bounded:
    """A polytope with a bound of the gap on it."""

    bound: Fraction
    at: Point
    cut: Form | None


def network_maximum(
    envelopes: Envelopes, network: ReluNetwork, floor: Fraction, deadline: float
) -> NetworkMaximum | None:
    """The greatest gap between the network and an envelope, until ``deadline`` (time.monotonic).

    None where no gap above ``floor`` was found and none was excluded. The gap is that of the closures:
    where the envelope jumps, points near ``at`` towards ``inside`` come as close to it as one likes.
    """
    best: tuple[Fraction, Point, Point, str] | None = None
    queue: list[tuple[Fraction, int, str, Polytope, Form, _Bounded]] = []
    ticket = count()
    for side in (UPPER, LOWER):
        for p, form in _envelope_pieces(envelopes, side):
            found = _bound(network, side, p, form)
            heapq.heappush(queue, (-found.bound, next(ticket), side, p, form, found))
    value = floor
    while queue and time.monotonic() < deadline:
        bound, _, side, p, form, found = heapq.heappop(queue)
        if -bound <= value + TOLERANCE / 2 and best is not None:
            heapq.heappush(queue, (bound, next(ticket), side, p, form, found))
            break
        here = _gap(network, side, form, found.at)
        if best is None or here > value:
            value, best = max(here, value), (here, found.at, p.centre(), side)
        if found.cut is None:
            continue
        below, _, above = p.split(found.cut)
        for q in (below, above):
            if q is not None and q.dim == p.dim:
                child = _bound(network, side, q, form)
                if child.bound > value or best is None:
                    heapq.heappush(queue, (-child.bound, next(ticket), side, q, form, child))
    if best is None:
        return None
    top = max([value, *(-entry[0] for entry in queue)])
    return NetworkMaximum(*best, upper_bound=top)


def _gap(network: ReluNetwork, side: str, form: Form, x: Point) -> Fraction:
    gap = form.at(x) - network.at(x)
    return gap if side == UPPER else -gap


def _envelope_pieces(envelopes: Envelopes, side: str) -> Iterator[tuple[Polytope, Form]]:
    for part in envelopes.level_parts(side):
        for p, form in pieces(part.function):
            for q in within(p, part.low, part.high):
                yield q, form


def _bound(network: ReluNetwork, side: str, p: Polytope, form: Form) -> _Bounded:
    """An upper bound of the gap on p, the vertex that suggests it, and where to cut next."""
    dim = len(p.vertices[0])
    inputs: list[Interval] = [(axis(j, dim),) * 2 for j in range(dim)]
    cut: Form | None = None
    for layer in network.layers:
        before = [_affine(row, b, inputs, dim) for row, b in zip(layer.weight, layer.bias, strict=True)]
        if not layer.relu:
            inputs = before
            continue
        inputs, widest = [], ZERO
        exact = cut is None
        for low, high in before:
            bottom = min(low.at(v) for v in p.vertices)
            top = max(high.at(v) for v in p.vertices)
            if bottom >= 0:
                inputs.append((low, high))
            elif top <= 0:
                inputs.append((level(ZERO, dim),) * 2)
            else:
                if exact and min(top, -bottom) > widest:
                    widest, cut = min(top, -bottom), low
                inputs.append(_relaxed(low, high, bottom, top, dim))
    low, high = inputs[0]
    gap = form.plus(low, -ONE) if side == UPPER else high.plus(form, -ONE)
    values = [(gap.at(v), v) for v in p.vertices]
    bound, at = max(values)
    return _Bounded(bound, at, cut)


def _affine(row: tuple[Fraction, ...], bias: Fraction, inputs: list[Interval], dim: int) -> Interval:
    low = _combined(row, bias, inputs, dim, False)
    if all(p is q for (p, q), w in zip(inputs, row, strict=True) if w):
        return low, low
    return low, _combined(row, bias, inputs, dim, True)


def _combined(
    row: tuple[Fraction, ...], bias: Fraction, inputs: list[Interval], dim: int, upper: bool
) -> Form:
    slope, intercept = [ZERO] * dim, bias
    for w, pair in zip(row, inputs, strict=True):
        if w:
            form = pair[(w > 0) == upper]
            intercept += w * form.intercept
            for j, s in enumerate(form.slope):
                if s:
                    slope[j] += w * s
    return Form(tuple(slope), intercept)


def _relaxed(low: Form, high: Form, bottom: Fraction, top: Fraction, dim: int) -> Interval:
    """Forms around max(0, z) for low <= z <= high, bottom <= z <= top.

    Above, the chord with its slope rounded, which keeps the numbers short and lifts it a little; below,
    0 or z, whichever leaves less room.
    """
    share = Fraction(round(top / (top - bottom) * 256), 256)
    lift = max(-share * bottom, top - share * top)
    above = Form(tuple(share * s for s in high.slope), share * high.intercept + lift)
    return (low if top > -bottom else level(ZERO, dim)), above
