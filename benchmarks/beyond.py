"""``beyond``: envelopes a second, in closed form and by linear programs, and certified radii in four variables.

The questions: Lipschitz functions of four variables known at 20 random points, with values of random functions
of the class and with equal values (then the radius is that of the largest ball without data), until the
certified gap is below 1%; closed forms in numpy; linear programs of convex functions at k = 50, d = 10.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction

import numpy as np

from fvtheory.beyond import Evaluations, Knowledge, family, fiber, radius
from fvtheory.beyond.numeric import ConvexEnvelopes, envelopes, lipschitz_envelopes
from fvtheory.report.terminal import grid

GAP = Fraction(1, 100)


def run(quick: bool) -> dict:
    """The figures; ``passed`` is whether all three targets hold."""
    figures: dict = {}
    seconds, gaps, boxes = [], [], []
    for seed in range(4 if quick else 25):
        for norm in ("sup", "1"):
            for equal in (False, True):
                known, cls = _four_variables(seed, norm, equal)
                began = time.perf_counter()
                found = radius(cls, known, gap=GAP)
                seconds.append(time.perf_counter() - began)
                gaps.append(float((found.upper - found.lower) / found.upper))
                boxes.append(found.boxes)
    figures["radii_d4_k20"] = len(seconds)
    figures["radius_seconds_median"] = round(sorted(seconds)[len(seconds) // 2], 3)
    figures["radius_seconds_worst"] = round(max(seconds), 3)
    figures["radius_boxes_worst"] = max(boxes)
    figures["radius_gap_worst"] = round(max(gaps), 5)

    draw = np.random.default_rng(0)
    members = fiber(family("lipschitz", 10, lipschitz=1), _constant(50, 10))
    at = draw.random((2_000 if quick else 20_000, 10))
    figures["closed_forms_points_a_second"] = _rate(len(at), lambda: envelopes(members, at))
    many = 2_000 if quick else 20_000
    points, values = draw.random((many, 20, 4)), draw.random((many, 20))
    queries = draw.random((10, 4))
    figures["closed_forms_functions_a_second"] = _rate(
        many, lambda: lipschitz_envelopes(points, values, queries, 5.0)
    )

    convex = fiber(family("convex", 10), _convex(50, 10) if not quick else _convex(12, 10))
    began = time.perf_counter()
    programs = ConvexEnvelopes(convex)
    figures["linear_programs_data"] = 12 if quick else 50
    figures["linear_programs_setup_seconds"] = round(time.perf_counter() - began, 2)
    at = draw.random((200 if quick else 1_000, 10))
    figures["linear_program_envelopes_a_second"] = _rate(len(at), lambda: programs(at))
    figures["passed"] = (
        figures["radius_seconds_worst"] < 10
        and figures["radius_gap_worst"] < 0.01
        and figures["closed_forms_points_a_second"] >= 1_000
        and figures["closed_forms_functions_a_second"] >= 1_000
        and figures["linear_program_envelopes_a_second"] >= 100
    )
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures


def _rate(count: int, work) -> int:
    began = time.perf_counter()
    work()
    return int(count / (time.perf_counter() - began))


def _four_variables(seed: int, norm: str, equal: bool) -> tuple:
    draw = random.Random(seed)
    rate = Fraction(1, 4) if norm == "sup" else Fraction(1, 12)
    points = [tuple(Fraction(draw.randrange(1001), 1000) for _ in range(4)) for _ in range(20)]
    apex = tuple(Fraction(draw.randrange(1001), 1000) for _ in range(4))

    def value(x) -> Fraction:
        gaps = [abs(a - b) for a, b in zip(x, apex, strict=True)]
        return Fraction(3, 8) + rate * (max(gaps) if norm == "sup" else sum(gaps, Fraction(0)))

    values = [Fraction(1, 2) if equal else value(p) for p in points]
    return Knowledge(Evaluations(points, values)), family("lipschitz", 4, lipschitz=rate, norm=norm)


def _constant(count: int, dim: int) -> Knowledge:
    draw = random.Random(0)
    points = [tuple(Fraction(draw.randrange(1001), 1000) for _ in range(dim)) for _ in range(count)]
    return Knowledge(Evaluations(points, [Fraction(1, 2)] * count))


def _convex(count: int, dim: int) -> Knowledge:
    """Values of a maximum of five affine functions."""
    draw = random.Random(0)
    points = [tuple(Fraction(draw.randrange(101), 100) for _ in range(dim)) for _ in range(count)]
    slopes = [[Fraction(draw.randrange(-10, 11), 10 * dim) for _ in range(dim)] for _ in range(5)]

    def value(x) -> Fraction:
        lines = [
            sum((s * (c - Fraction(1, 2)) for s, c in zip(g, x, strict=True)), Fraction(1, 4)) for g in slopes
        ]
        return max(Fraction(0), *lines)

    return Knowledge(Evaluations(points, [value(p) for p in points]))
