"""``counterexample``: the adversary against generic search, decoder by decoder.

Generic search does not know the envelopes. It looks for parameters of a member of the class (values on a
grid that holds the extrema, between them interpolated) and a point, and pays for every violation of the
law of the class: differential evolution and DIRECT of SciPy, and Hypothesis with a target. It works with
floats, and is started again with another seed (DIRECT: with ten times the evaluations) until it has had
100 times the adversary's time. The questions: is its error then above the adversary's anywhere, and when
did it come within 10^-6 of it, if it did?

As an ablation, differential evolution is also given the envelopes and searches for the point alone.
"""

from __future__ import annotations

import math
import statistics
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from itertools import count, pairwise, product

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis import strategies as st
from scipy.optimize import Bounds, differential_evolution, direct

from benchmarks.decoder_set import Entry, decoder_set
from fvtheory.adversary import Counterexample, counterexample
from fvtheory.adversary.envelopes import Envelopes
from fvtheory.classes import get_class
from fvtheory.report.terminal import grid

TIMES = 100
EXAMPLES = 1_000
SLACK = 1e-6
QUICK_EVERY = 4


class TimeOver(Exception):
    """The limit is reached."""


class Target:
    """Keeps the best valid error and when the one to reach was reached; stops a search at the limit."""

    def __init__(self, error: float, limit: float) -> None:
        self.error = error
        self.best = -math.inf
        self.reached: float | None = None
        self.began = time.perf_counter()
        self.end = self.began + limit

    def report(self, error: float) -> None:
        now = time.perf_counter()
        self.best = max(self.best, error)
        if self.reached is None and self.best >= self.error - SLACK:
            self.reached = now - self.began
        if now > self.end:
            raise TimeOver


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

    def objective(self, goal: Target) -> Callable[[np.ndarray], float]:
        def loss(parameters: np.ndarray) -> float:
            values = self.values(parameters)
            x = [min(1.0, max(0.0, float(c))) for c in parameters[len(self.free) :]]
            broken = self.violation(values)
            error = abs(self.at(values, x) - self.predicted(x))
            goal.report(error if broken <= 1e-9 else -math.inf)
            return -error + 10 * broken

        return loss


def evolution(entry: Entry, goal: Target) -> None:
    members = Members(entry)
    for start in count():
        differential_evolution(members.objective(goal), members.bounds, seed=start)


def directed(entry: Entry, goal: Target) -> None:
    members = Members(entry)
    for k in count(3):
        direct(members.objective(goal), members.bounds, maxfun=10**k, maxiter=10**k, vol_tol=0)


def property_based(entry: Entry, goal: Target) -> None:
    """What a property-based test does: draw members and points, keep to what raises the error."""
    members = Members(entry)
    loss = members.objective(goal)
    size = len(members.free)
    share = st.integers(0, 2**11).map(lambda k: k / 2**11)

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate, Phase.target],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*[share] * (size + members.dim)))
    def search(shares: tuple[float, ...]) -> None:
        values = np.array(shares)
        values[:size] = members.low + (members.high - members.low) * values[:size]
        target(-loss(values))

    for start in count():
        seed(start)(search)()


def evolution_with_envelopes(entry: Entry, goal: Target) -> None:
    """The ablation: the point alone, the width of the fiber known."""
    envelopes = Envelopes(get_class(entry.cls), entry.phi, entry.lipschitz)
    answer = entry.decoder(entry.phi)

    def loss(x: np.ndarray) -> float:
        at = tuple(Fraction(float(c)) for c in x)
        predicted = Fraction(answer(at))
        error = float(envelopes.side(at, predicted)[1])
        goal.report(error)
        return -error

    bounds = [(0.0, 1.0)] * entry.phi.dim
    for start in count():
        differential_evolution(loss, bounds, seed=start)


SEARCHES = {
    "evolution": evolution,
    "direct": directed,
    "hypothesis": property_based,
    "evolution_with_envelopes": evolution_with_envelopes,
}
GENERIC = ("evolution", "direct", "hypothesis")


def timed(entry: Entry) -> tuple[Counterexample, float]:
    """The adversary's answer, and the median of three times."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        found = counterexample(entry.cls, entry.phi, entry.decoder, entry.lipschitz)
        seconds.append(time.perf_counter() - began)
    return found, statistics.median(seconds)


def generic(
    entry: Entry, search: Callable[[Entry, Target], None], error: float, limit: float
) -> tuple[float, float | None]:
    """(the best error within the limit, the seconds until it was near ``error`` or None)."""
    goal = Target(error, limit)
    with suppress(TimeOver):
        search(entry, goal)
    return goal.best, goal.reached


def run(quick: bool) -> dict:
    entries = decoder_set()[:: QUICK_EVERY if quick else 1]
    timed(entries[0])
    rows = []
    ratios: dict[str, list[float]] = {name: [] for name in SEARCHES}
    reached = dict.fromkeys(SEARCHES, 0)
    exceeded = dict.fromkeys(SEARCHES, 0)
    seconds, certified = [], 0
    for entry in entries:
        found, ours = timed(entry)
        error = float(found.error)
        certified += found.certified
        seconds.append(ours)
        row = [entry.name, found.kind, f"{error:.6f}", f"{float(found.radius):.6f}", f"{ours * 1e3:.1f}"]
        for name, search in SEARCHES.items():
            best, spent = generic(entry, search, error, TIMES * ours)
            ratios[name].append(TIMES if spent is None else min(TIMES, spent / ours))
            reached[name] += spent is not None
            exceeded[name] += best > error + SLACK
            shown = "none" if best == -math.inf else f"{best:.4f}"
            row.append(f"{shown} {'never' if spent is None else f'{spent / ours:.0f}x'}")
        rows.append(row)
    print(grid(("decoder", "kind", "error", "radius", "ms", *SEARCHES), rows))
    print(f"(each search: its best error in {TIMES} times our time, and when it was near ours)\n")
    soonest = [min(found) for found in zip(*(ratios[name] for name in GENERIC), strict=True)]
    figures: dict = {
        "decoders": len(entries),
        "certified": certified,
        "times": TIMES,
        "our_seconds_median": round(statistics.median(seconds), 4),
        "our_seconds_max": round(max(seconds), 3),
        "not_beaten_by_generic": len(entries) - max(exceeded[name] for name in GENERIC),
        "not_reached_by_generic": sum(ratio >= TIMES for ratio in soonest),
        "first_generic_over_ours_median": round(statistics.median(soonest), 1),
    }
    for name in SEARCHES:
        figures[f"{name}_over_ours_median"] = round(statistics.median(ratios[name]), 1)
        figures[f"{name}_reached"] = reached[name]
        figures[f"{name}_exceeded"] = exceeded[name]
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
