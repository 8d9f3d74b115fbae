"""``strategies``: how fast the Hypothesis strategies draw, how much of a fiber they reach, how fast they shrink.

Speed: seconds of this process for 1,000 examples of each strategy, class and dimension. Coverage: for
functions of drawn Φ and points x of the cube, drawn apart from them, where f(x) lies between the envelopes:
(f(x) - lower) / (upper - lower), in ten bins, over the points with upper > lower. Shrinking: seconds from a
failing property to the smallest example that Hypothesis reports.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import find, given, settings
from hypothesis import strategies as st

from fvtheory.classes import CLASSES
from fvtheory.fiber import Fiber
from fvtheory.functions import Function, maximum, minimum
from fvtheory.information import MinMax
from fvtheory.report.terminal import grid
from fvtheory.strategies import (
    claims,
    decoders,
    exact_functions,
    fibers,
    functions,
    pairs,
    phis,
    relu_networks,
)

BINS = 10
SETTINGS = settings(derandomize=True, database=None, deadline=None)


def seconds_for(strategy: st.SearchStrategy[Any], examples: int) -> float:
    """Seconds of the processor for ``examples`` examples, scaled to 1,000."""
    drawn = 0

    @settings(SETTINGS, max_examples=examples)
    @given(strategy)
    def run(_: Any) -> None:
        nonlocal drawn
        drawn += 1

    began = time.process_time()
    run()
    return 1000 * (time.process_time() - began) / drawn


def coverage(cls: str, dim: int, examples: int) -> tuple[list[int], int]:
    """How many values fall into each bin, and how many are at an envelope."""
    rate = Fraction(2) if CLASSES[cls].needs_lipschitz else None
    rng = random.Random(dim)
    bins, ends = [0] * BINS, 0

    @settings(SETTINGS, max_examples=examples)
    @given(
        phis(cls, dim, rate).flatmap(lambda phi: st.tuples(st.just(phi), functions(cls, phi, lipschitz=rate)))
    )
    def run(drawn: tuple) -> None:
        nonlocal ends
        phi, f = drawn
        fiber = Fiber(CLASSES[cls], phi, rate)
        for _ in range(3):
            x = tuple(Fraction(rng.randint(0, 97), 97) for _ in range(dim))
            lower, upper = fiber.envelope(x)
            if lower < upper:
                share = (f(x) - lower) / (upper - lower)
                bins[min(BINS - 1, int(BINS * share))] += 1
                ends += share in (0, 1)

    run()
    return bins, ends


def seconds_to_shrink(strategy: st.SearchStrategy[Any], fails: Callable[[Any], bool]) -> tuple[float, Any]:
    began = time.process_time()
    found = find(strategy, fails, settings=settings(SETTINGS, max_examples=5000))
    return time.process_time() - began, found


def _middle(f: Function) -> bool:
    return Fraction(1, 3) < f((Fraction(1, 3),) * f.dim) < Fraction(2, 3)


def _properties() -> dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool]]]:
    """Properties that fail for some examples, as a user would write them."""
    found: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool]]] = {
        "phi": (phis("lipschitz", 2, "2"), lambda p: Fraction(1, 3) < p.spread and p.f_min > 0),
        "network": (relu_networks(1), lambda n: n("1/3") > 1),
        "decoder": (decoders(1), lambda d: d(MinMax(0, 1, 0, 1))((Fraction(1, 3),)) > 1),
        "exact function": (exact_functions(2), lambda f: maximum(f).value - minimum(f).value > 2),
    }
    for cls in CLASSES:
        for dim in (1, 2, 3):
            rate = "2" if CLASSES[cls].needs_lipschitz else None
            found[f"{cls}, d = {dim}"] = (functions(cls, dim=dim, lipschitz=rate), _middle)
    return found


def run(quick: bool) -> dict:
    examples = 100 if quick else 1000
    rows, worst = [], 0.0
    for cls in CLASSES:
        for dim in (1, 2, 3):
            rate = "2" if CLASSES[cls].needs_lipschitz else None
            drawn = [
                seconds_for(phis(cls, dim, rate), examples),
                seconds_for(functions(cls, dim=dim, lipschitz=rate), examples),
                seconds_for(pairs(cls, dim=dim, lipschitz=rate), examples),
                seconds_for(pairs(cls, dim=dim, lipschitz=rate, apart="1/2"), examples),
            ]
            worst = max(worst, *drawn)
            rows.append([cls, str(dim), *(f"{s:.2f}" for s in drawn)])
    print("Seconds for 1,000 examples")
    print(grid(("class", "d", "phis", "functions", "pairs", "pairs half apart"), rows), "\n")

    others = {
        "fibers": fibers(),
        "decoders": decoders(2),
        "claims": claims(),
        "relu_networks": relu_networks(),
        "exact_functions": exact_functions(),
    }
    times = {name: seconds_for(strategy, examples) for name, strategy in others.items()}
    worst = max(worst, *times.values())
    print(grid(("strategy", "seconds for 1,000"), [[n, f"{s:.2f}"] for n, s in times.items()]), "\n")

    rows, hit = [], {}
    for cls in CLASSES:
        for dim in (1, 2, 3):
            bins, ends = coverage(cls, dim, examples)
            if sum(bins):
                total = sum(bins)
                hit[f"{cls}, d = {dim}"] = sum(b > 0 for b in bins)
                shares = [f"{100 * b / total:.0f}" for b in bins]
                rows.append([cls, str(dim), str(total), f"{100 * ends / total:.0f}", *shares])
    print("Where f(x) lies between the envelopes, in per cent of the values: at an envelope, and by tenths")
    header = ("class", "d", "values", "ends", *(f"{i / BINS:.1f}-" for i in range(BINS)))
    print(grid(header, rows), "\n")

    rows, slowest = [], 0.0
    for name, (strategy, fails) in _properties().items():
        try:
            seconds, found = seconds_to_shrink(strategy, fails)
        except Exception as error:  # the constant class, say, need not have such a function
            rows.append([name, "-", type(error).__name__])
            continue
        slowest = max(slowest, seconds)
        shown = str(found.to_json() if isinstance(found, Function) else found)
        rows.append([name, f"{seconds:.2f}", shown if len(shown) < 100 else shown[:97] + "..."])
    print(grid(("property", "seconds", "smallest example"), rows), "\n")

    figures = {
        "examples": examples,
        "slowest_seconds_for_1000": round(worst, 2),
        "least_bins_hit": min(hit.values()),
        "bins": BINS,
        "slowest_shrink_seconds": round(slowest, 2),
    }
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
