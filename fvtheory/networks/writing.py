"""Exact functions as ReLU networks: minima, maxima, cones and clips from max(p, q) = p + relu(q - p).

The network is exact: same value at every point, in rational arithmetic. `networks.realization` writes
networks for floating point.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from typing import Any

from fvtheory.errors import InvalidInputError, MissingDependencyError
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    PiecewiseAffine1D,
)
from fvtheory.networks.composition import Outputs, affine, beside, combined, unit_row
from fvtheory.networks.relu import Layer, ReluNetwork

ZERO, ONE = Fraction(0), Fraction(1)


def to_relu_network(f: Function) -> ReluNetwork:
    """The ReLU network that computes f on the cube, with exact weights.

    Raises:
        InvalidInputError: for functions with jumps, which no ReLU network computes.
    """
    return _write(f).network()


def to_torch(network: ReluNetwork, dtype: Any = None) -> Any:
    """The network as a ``torch.nn.Sequential`` of Linear and ReLU; float64 unless told.

    The weights are rounded to the dtype: where they are no binary fractions, so is the function.

    Raises:
        MissingDependencyError: without torch.
    """
    try:
        torch = import_module("torch")
    except ImportError:
        raise MissingDependencyError(
            "a network for torch without torch", "the package torch", "pip install torch"
        ) from None
    kind = torch.float64 if dtype is None else dtype
    parts: list[Any] = []
    for layer in network.layers:
        linear = torch.nn.Linear(len(layer.weight[0]), len(layer.weight), dtype=kind)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[float(w) for w in row] for row in layer.weight], dtype=kind))
            linear.bias.copy_(torch.tensor([float(b) for b in layer.bias], dtype=kind))
        parts += [linear, torch.nn.ReLU()] if layer.relu else [linear]
    return torch.nn.Sequential(*parts)


def _write(f: Function) -> Outputs:
    match f:
        case Affine():
            return affine([(f.slope, f.intercept)])
        case MaxAffine():
            return _fold([affine([(p.slope, p.intercept)]) for p in f.pieces], maximum=True)
        case Maximum() | Minimum():
            return _fold([_write(p) for p in f.parts], maximum=isinstance(f, Maximum))
        case Combination():
            return combined(beside([_write(p) for p in f.parts]), f.weights, ZERO)
        case Clip():
            return _clip(_write(f.inner), f.low, f.high)
        case Cone():
            return _cone(f)
        case PiecewiseAffine1D():
            return _hinges(f, 0, 1)
        case Lift(inner=PiecewiseAffine1D() as inner):
            return _hinges(inner, f.coordinate, f.dim)
    raise InvalidInputError(
        f"a function of kind {f.kind!r}",
        "a continuous function made of affine ones",
        "jumps have no ReLU network",
    )


def _cone(f: Cone) -> Outputs:
    sides = []
    for j, c in enumerate(f.apex):
        sides += [affine([(unit_row(j, f.dim), -c)]), affine([(unit_row(j, f.dim, -ONE), c)])]
    return combined(_fold(sides, maximum=True), (f.slope,), f.value)


def _hinges(f: PiecewiseAffine1D, j: int, dim: int) -> Outputs:
    """value + slope * x + the change of slope at each inner knot times relu(x - knot)."""
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(f.knots)]
    inner = [x for x, _ in f.knots[1:-1]]
    rows, bias = [unit_row(j, dim)], [ZERO]
    for x in inner:
        rows.append(unit_row(j, dim))
        bias.append(-x)
    changes = [q - p for p, q in pairwise(slopes)]
    layer = Layer(tuple(rows), tuple(bias), relu=True)
    return Outputs((layer,), ((slopes[0], *changes),), (f.knots[0][1],))


def _clip(inner: Outputs, low: Fraction, high: Fraction) -> Outputs:
    """low + relu(v - low) - relu(v - high)."""
    (row,), (bias,) = inner.rows, inner.bias
    layer = Layer((row, row), (bias - low, bias - high), relu=True)
    return Outputs((*inner.hidden, layer), ((ONE, -ONE),), (low,))


def _fold(parts: Sequence[Outputs], maximum: bool) -> Outputs:
    """The maximum or minimum of all, in pairs, as a tree."""
    level = list(parts)
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [_choice(p[0], p[1], maximum) if len(p) == 2 else p[0] for p in pairs]
    return level[0]


def _choice(p: Outputs, q: Outputs, maximum: bool) -> Outputs:
    """max(p, q) = p + relu(q - p); min(p, q) = p - relu(p - q)."""
    both = beside([p, q])
    (first, second), (b0, b1) = both.rows, both.bias
    sign = ONE if maximum else -ONE
    apart = tuple(sign * (s - r) for r, s in zip(first, second, strict=True))
    negative = tuple(-r for r in first)
    layer = Layer((first, negative, apart), (b0, -b0, sign * (b1 - b0)), relu=True)
    return Outputs((*both.hidden, layer), ((ONE, -ONE, sign),), (ZERO,))
