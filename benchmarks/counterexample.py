"""``counterexample``: the adversary against generic search, decoder by decoder.

Generic search does not know the envelopes. It looks for parameters of a member of the class (values on a
grid that holds the extrema, between them interpolated) and a point, and pays for every violation of the
law of the class: differential evolution and DIRECT of SciPy, and random search as a property-based
tester would do it. It works with floats. Its time is that until it has come within 10^-6 of the error
that the adversary found, or the limit where it never does (then the ratio is at least what is shown).

As an ablation, differential evolution is also given the envelopes and searches for the point alone.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
from scipy.optimize import Bounds, differential_evolution, direct

from benchmarks.decoder_set import Entry, decoder_set
from fvtheory.adversary import Counterexample, counterexample
from fvtheory.adversary.envelopes import Envelopes
from fvtheory.classes import get_class
from fvtheory.report.terminal import grid

LIMIT, QUICK_LIMIT = 5.0, 0.7
SLACK = 1e-6
QUICK_EVERY = 4


class Reached(Exception):
    """The search may stop: the error to reach was reached, or the time is over."""


class Target:
    """Keeps the best valid error and stops a search at the limit."""

    def __init__(self, error: float, limit: float) -> None:
        self.error = error
        self.best = -math.inf
        self.began = time.perf_counter()
        self.end = self.began + limit

    def report(self, error: float) -> None:
        self.best = max(self.best, error)
        if self.best >= self.error - SLACK or time.perf_counter() > self.end:
            raise Reached


class Members:
    """Candidate functions of the class: values on a grid, multilinear between them."""

    def __init__(self, entry: Entry) -> None:
        self.entry, phi = entry, entry.phi
        self.low, self.high = float(phi.f_min), float(phi.f_max)
        self.dim = phi.dim
        steps = 8 if phi.dim == 1 else 2
        a, b = phi.x_min, phi.x_max
        ticks = [
            sorted({float(a[j]), float(b[j]), *(k / steps for k in range(steps + 1))})
            for j in range(self.dim)
        ]
        self.ticks = ticks
        self.nodes = list(product(*(range(len(t)) for t in ticks)))
        place = {n: i for i, n in enumerate(self.nodes)}
        self.place = place
        ends = [place[tuple(ticks[j].index(float(p[j])) for j in range(self.dim))] for p in (a, b)]
        self.fixed = {ends[0]: self.low, ends[1]: self.high}
        self.free = [i for i in range(len(self.nodes)) if i not in self.fixed]
        self.answer = entry.decoder(phi)
        self.seen: dict[tuple[float, ...], float] = {}
        self.bounds = Bounds(
            [self.low] * len(self.free) + [0.0] * self.dim, [self.high] * len(self.free) + [1.0] * self.dim
        )

    def predicted(self, x: list[float]) -> float:
        return float(self.answer(tuple(map(Fraction, x))))

    def values(self, parameters: np.ndarray) -> list[float]:
        values = [0.0] * len(self.nodes)
        for i, v in self.fixed.items():
            values[i] = v
        for i, v in zip(self.free, parameters, strict=False):
            values[i] = float(v)
        return values

    def violation(self, values: list[float]) -> float:
        """By how much the values on the grid break the law of the class; 0 for a member."""
        cls, total = self.entry.cls, 0.0
        if cls in ("all", "neural-network"):
            return 0.0
        signs = [0.0, 0.0]
        for j in range(self.dim):
            for line in self._lines(j):
                xs = [self.ticks[j][n[j]] for n in line]
                ys = [values[self.place[n]] for n in line]
                slopes = [
                    (q - p) / (t - s) for (p, q), (s, t) in zip(pairwise(ys), pairwise(xs), strict=True)
                ]
                if cls == "convex":
                    total += sum(max(0.0, s - t) for s, t in pairwise(slopes))
                elif cls == "monotone":
                    signs[0] += sum(max(0.0, s) for s in slopes)
                    signs[1] += sum(max(0.0, -s) for s in slopes)
                else:
                    rate = float(self.entry.lipschitz or 0)
                    total += sum(max(0.0, abs(s) - rate) for s in slopes)
        return min(signs) if cls == "monotone" else total

    def _lines(self, j: int) -> list[list[tuple[int, ...]]]:
        groups: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for n in self.nodes:
            groups.setdefault((*n[:j], *n[j + 1 :]), []).append(n)
        return list(groups.values())

    def at(self, values: list[float], x: list[float]) -> float:
        cells = []
        for ticks, c in zip(self.ticks, x, strict=True):
            i = min(len(ticks) - 2, max(0, bisect_right(ticks, c) - 1))
            t = (c - ticks[i]) / (ticks[i + 1] - ticks[i])
            cells.append(((i, 1 - t), (i + 1, t)))
        return sum(
            math.prod(w for _, w in corner) * values[self.place[tuple(i for i, _ in corner)]]
            for corner in product(*cells)
        )

    def objective(self, target: Target) -> Callable[[np.ndarray], float]:
        def loss(parameters: np.ndarray) -> float:
            values = self.values(parameters)
            x = [min(1.0, max(0.0, float(c))) for c in parameters[len(self.free) :]]
            broken = self.violation(values)
            error = abs(self.at(values, x) - self.predicted(x))
            target.report(error if broken <= 1e-9 else -math.inf)
            return -error + 10 * broken

        return loss


def evolution(entry: Entry, target: Target) -> None:
    members = Members(entry)
    differential_evolution(members.objective(target), members.bounds, seed=0, maxiter=10**6, tol=0)


def directed(entry: Entry, target: Target) -> None:
    members = Members(entry)
    direct(members.objective(target), members.bounds, maxfun=10**6, maxiter=10**6, vol_tol=0)


def randomly(entry: Entry, target: Target) -> None:
    """Random members and points, simple fractions first, as a property-based tester draws them."""
    members, rng = Members(entry), random.Random(0)
    loss = members.objective(target)
    size = len(members.free)
    while True:
        level = 2 ** rng.randrange(1, 12)
        shares = np.array([rng.randrange(level + 1) / level for _ in range(size + members.dim)])
        if rng.random() < 0.5:
            shares[:size].sort()
        loss(np.concatenate([members.low + (members.high - members.low) * shares[:size], shares[size:]]))


def evolution_with_envelopes(entry: Entry, target: Target) -> None:
    """The ablation: the point alone, the width of the fiber known."""
    envelopes = Envelopes.of(get_class(entry.cls), entry.phi, entry.lipschitz)
    answer = entry.decoder(entry.phi)

    def loss(x: np.ndarray) -> float:
        at = tuple(Fraction(float(c)) for c in x)
        predicted = Fraction(answer(at))
        error = float(envelopes.side(at, predicted)[1])
        target.report(error)
        return -error

    bounds = [(0.0, 1.0)] * entry.phi.dim
    differential_evolution(loss, bounds, seed=0, maxiter=10**6, tol=0)


SEARCHES = {
    "evolution": evolution,
    "direct": directed,
    "random": randomly,
    "evolution_with_envelopes": evolution_with_envelopes,
}
GENERIC = ("evolution", "direct", "random")


def timed(entry: Entry) -> tuple[Counterexample, float]:
    began = time.perf_counter()
    found = counterexample(entry.cls, entry.phi, entry.decoder, entry.lipschitz)
    return found, time.perf_counter() - began


def generic(
    entry: Entry, search: Callable[[Entry, Target], None], error: float, limit: float
) -> tuple[float, float]:
    """(the best error, the seconds until it was near ``error``, or the limit)."""
    target = Target(error, limit)
    with suppress(Reached):
        search(entry, target)
    spent = time.perf_counter() - target.began
    return target.best, spent if target.best >= error - SLACK else max(spent, limit)


def run(quick: bool) -> dict:
    limit = QUICK_LIMIT if quick else LIMIT
    entries = decoder_set()[:: QUICK_EVERY if quick else 1]
    timed(entries[0])
    rows = []
    ratios: dict[str, list[float]] = {name: [] for name in SEARCHES}
    reached = dict.fromkeys(SEARCHES, 0)
    exceeded = dict.fromkeys(SEARCHES, 0)
    best_ratios, seconds, certified = [], [], 0
    for entry in entries:
        found, ours = timed(entry)
        error = float(found.error)
        certified += found.certified
        seconds.append(ours)
        row = [entry.name, found.kind, f"{error:.6f}", f"{float(found.radius):.6f}", f"{ours * 1e3:.1f}"]
        for name, search in SEARCHES.items():
            best, spent = generic(entry, search, error, limit)
            ratios[name].append(spent / ours)
            reached[name] += best >= error - SLACK
            exceeded[name] += best > error + SLACK
            row.append(f"{best:.4f} {spent / ours:.0f}x")
        best_ratios.append(min(ratios[name][-1] for name in GENERIC))
        rows.append(row)
    print(grid(("decoder", "kind", "error", "radius", "ms", *SEARCHES), rows))
    print("(each search: its best error, and its time over ours; at the limit the ratio is a lower bound)\n")
    figures: dict = {
        "decoders": len(entries),
        "certified": certified,
        "limit_seconds": limit,
        "our_seconds_median": round(statistics.median(seconds), 4),
        "our_seconds_max": round(max(seconds), 3),
        "generic_over_ours_median": round(statistics.median(best_ratios), 1),
    }
    for name in SEARCHES:
        figures[f"{name}_over_ours_median"] = round(statistics.median(ratios[name]), 1)
        figures[f"{name}_reached"] = reached[name]
        figures[f"{name}_exceeded"] = exceeded[name]
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
