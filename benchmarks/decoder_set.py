"""Fifty decoders to break: the published set of the ``counterexample`` benchmark.

Ten kinds, each for several classes in one and two dimensions, with a feasible Φ each. Half of them
answer with an exact function, half are black boxes that compute with floats.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.decoders import Decoder, central_decoder, constant_decoder
from fvtheory.functions import Affine, Clip, Cone, Function, Lift, MaxAffine, PiecewiseAffine1D
from fvtheory.information import MinMax

SEED = 2306
CLASSES = ("all", "neural-network", "lipschitz", "monotone", "convex")


@dataclass(frozen=True)
class Entry:
    """A decoder, and the Φ and class it is to be broken on."""

    name: str
    cls: str
    phi: MinMax
    lipschitz: Fraction | None
    decoder: Decoder


def information(cls: str, dim: int, rng: random.Random) -> MinMax:
    """A Φ that is feasible in the class, on a grid that floats hold exactly."""
    low, high = sorted(rng.sample(range(17), 2))
    x_min = [Fraction(rng.randrange(17), 32) for _ in range(dim)]
    x_max = [Fraction(rng.randrange(20, 33), 32) for _ in range(dim)]
    if cls == "convex":
        x_max = [Fraction(1)] * dim
    return MinMax(x_min, x_max, Fraction(low, 16), Fraction(high, 16))


def floats(g: Callable[[list[float], MinMax], float]) -> Decoder:
    """A decoder that computes with floats."""
    return lambda phi: lambda x: g([float(c) for c in x], phi)


def interpolation(phi: MinMax) -> Function:
    """Affine in the coordinate in which the extrema differ most, through both of them."""
    j = max(range(phi.dim), key=lambda i: abs(phi.x_min[i] - phi.x_max[i]))
    slope = phi.spread / (phi.x_max[j] - phi.x_min[j])
    return Affine([slope if i == j else 0 for i in range(phi.dim)], phi.f_min - slope * phi.x_min[j])


def hill(phi: MinMax) -> Function:
    """A clipped cone down from x_max."""
    return Clip(Cone(phi.x_max, phi.f_max, -2), phi.f_min, phi.f_max)


def valley(phi: MinMax) -> Function:
    """A maximum of three affine functions."""
    dim = phi.dim
    return MaxAffine([([1] * dim, "-1/3"), ([-1] * dim, "1/3"), ([0] * dim, phi.f_min)])


def random_pieces(rng: random.Random) -> Decoder:
    """A random piecewise affine function of the last coordinate."""
    xs = sorted(rng.sample(range(1, 64), 6))
    ys = [Fraction(rng.randrange(65), 64) for _ in range(8)]
    line = PiecewiseAffine1D(zip([0, *(Fraction(x, 64) for x in xs), 1], ys, strict=True))
    return lambda phi: line if phi.dim == 1 else Lift(line, phi.dim - 1, phi.dim)


def spline(x: list[float], phi: MinMax) -> float:
    """The smooth step (cubic) from f_min to f_max along the line through the extrema."""
    a, b = [float(c) for c in phi.x_min], [float(c) for c in phi.x_max]
    length = sum((q - p) ** 2 for p, q in zip(a, b, strict=True))
    t = sum((c - p) * (q - p) for c, p, q in zip(x, a, b, strict=True)) / length
    t = min(1.0, max(0.0, t))
    return float(phi.f_min) + float(phi.spread) * t * t * (3 - 2 * t)


def weighted(x: list[float], phi: MinMax) -> float:
    """Inverse-distance weights of the two values."""
    to_a, to_b = (math.dist(x, [float(c) for c in p]) for p in (phi.x_min, phi.x_max))
    if to_a + to_b == 0:
        return float(phi.f_min)
    return (float(phi.f_min) * to_b + float(phi.f_max) * to_a) / (to_a + to_b)


def perceptron(rng: random.Random, dim: int) -> Decoder:
    """Two hidden layers of eight tanh units with random weights."""
    sizes = [dim, 8, 8, 1]
    layers = [
        ([[rng.gauss(0, 2 / math.sqrt(p)) for _ in range(p)] for _ in range(q)], [rng.gauss(0, 1)] * q)
        for p, q in pairwise(sizes)
    ]

    def g(x: list[float], phi: MinMax) -> float:
        for weight, bias in layers:
            pairs = zip(weight, bias, strict=True)
            x = [math.tanh(sum(w * c for w, c in zip(row, x, strict=True)) + b) for row, b in pairs]
        return float(phi.f_min) + float(phi.spread) * (1 + x[0]) / 2

    return floats(g)


def wave(rng: random.Random) -> Decoder:
    """A sum of sines."""
    terms = [(rng.uniform(3, 40), rng.uniform(0, 6), rng.uniform(0.05, 0.2)) for _ in range(4)]

    def g(x: list[float], phi: MinMax) -> float:
        here = sum((j + 1) * c for j, c in enumerate(x))
        return float(phi.f_min + phi.f_max) / 2 + sum(h * math.sin(w * here + s) for w, s, h in terms)

    return floats(g)


def spike(rng: random.Random) -> Decoder:
    """The midpoint with a narrow spike that leaves [0, 1]."""
    at, width = rng.uniform(0.2, 0.8), rng.uniform(0.01, 0.05)
    return floats(
        lambda x, phi: float(phi.f_min + phi.f_max) / 2 + 1.5 * max(0.0, 1 - abs(x[-1] - at) / width)
    )


def _kinds(cls: str, rate: Any, dim: int, rng: random.Random) -> list[tuple[str, Decoder]]:
    return [
        ("central", central_decoder(cls, rate)),
        ("constant", constant_decoder()),
        ("interpolation", interpolation),
        ("hill", hill),
        ("pieces" if dim == 1 else "valley", random_pieces(rng) if dim == 1 else valley),
        ("spline", floats(spline)),
        ("weighted", floats(weighted)),
        ("perceptron", perceptron(rng, dim)),
        ("wave", wave(rng)),
        ("spike", spike(rng)),
    ]


def _entries() -> Iterator[Entry]:
    rng = random.Random(SEED)
    for n, cls in enumerate(CLASSES):
        rate = Fraction(4) if cls == "lipschitz" else None
        for k in range(10):
            dim = 1 + (n + k) % 2
            phi = information(cls, dim, rng)
            name, decoder = _kinds(cls, rate, dim, rng)[k]
            if rate is not None:  # steep enough for this Φ, whatever it is
                gap = max(abs(a - b) for a, b in zip(phi.x_min, phi.x_max, strict=True))
                rate_here = max(rate, 2 * phi.spread / gap)
                if name == "central":
                    decoder = central_decoder(cls, rate_here)
                yield Entry(f"{cls}-{dim}d-{name}", cls, phi, rate_here, decoder)
            else:
                yield Entry(f"{cls}-{dim}d-{name}", cls, phi, None, decoder)


def decoder_set() -> list[Entry]:
    """The fifty entries, the same at every call."""
    return list(_entries())
