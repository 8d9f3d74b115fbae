"""Exact functions as ReLU networks: minima, maxima, cones and clips from max(p, q) = p + relu(q - p).

The network is exact: same value at every point, in rational arithmetic. A number that passes through a
layer is carried as relu(v) - relu(-v).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from fvtheory.networks.relu import Layer, ReluNetwork

ZERO, ONE = Fraction(0), Fraction(1)
Row = tuple[Fraction, ...]


@dataclass(frozen=True)
class _Outputs:
    """Hidden layers, and affine outputs (row, bias) of the last of them (or of the input)."""

    hidden: tuple[Layer, ...]
    rows: tuple[Row, ...]
    bias: tuple[Fraction, ...]


def to_relu_network(f: Function) -> ReluNetwork:
    """The ReLU network that computes f on the cube, with exact weights.

    Raises:
        InvalidInputError: for functions with jumps, which no ReLU network computes.
    """
    found = _write(f)
    return ReluNetwork([*found.hidden, Layer(found.rows, found.bias, relu=False)])


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


def _affine(pieces: Sequence[tuple[Row, Fraction]]) -> _Outputs:
    return _Outputs((), tuple(row for row, _ in pieces), tuple(b for _, b in pieces))


def _write(f: Function) -> _Outputs:
    match f:
        case Affine():
            return _affine([(f.slope, f.intercept)])
        case MaxAffine():
            return _fold([_affine([(p.slope, p.intercept)]) for p in f.pieces], maximum=True)
        case Maximum() | Minimum():
            return _fold([_write(p) for p in f.parts], maximum=isinstance(f, Maximum))
        case Combination():
            return _combined(_beside([_write(p) for p in f.parts]), f.weights, ZERO)
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


def _unit(j: int, dim: int, scale: Fraction = ONE) -> Row:
    return tuple(scale if i == j else ZERO for i in range(dim))


def _cone(f: Cone) -> _Outputs:
    sides = []
    for j, c in enumerate(f.apex):
        sides += [_affine([(_unit(j, f.dim), -c)]), _affine([(_unit(j, f.dim, -ONE), c)])]
    return _combined(_fold(sides, maximum=True), (f.slope,), f.value)


def _hinges(f: PiecewiseAffine1D, j: int, dim: int) -> _Outputs:
    """value + slope * x + the change of slope at each inner knot times relu(x - knot)."""
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(f.knots)]
    inner = [x for x, _ in f.knots[1:-1]]
    rows, bias = [_unit(j, dim)], [ZERO]
    for x in inner:
        rows.append(_unit(j, dim))
        bias.append(-x)
    changes = [q - p for p, q in pairwise(slopes)]
    layer = Layer(tuple(rows), tuple(bias), relu=True)
    return _Outputs((layer,), ((slopes[0], *changes),), (f.knots[0][1],))


def _combined(parts: _Outputs, weights: Sequence[Fraction], constant: Fraction) -> _Outputs:
    """constant + the weighted sum of the outputs."""
    row = [
        sum((w * r[k] for w, r in zip(weights, parts.rows, strict=True)), ZERO)
        for k in range(len(parts.rows[0]))
    ]
    bias = sum((w * b for w, b in zip(weights, parts.bias, strict=True)), constant)
    return _Outputs(parts.hidden, (tuple(row),), (bias,))


def _clip(inner: _Outputs, low: Fraction, high: Fraction) -> _Outputs:
    """low + relu(v - low) - relu(v - high)."""
    (row,), (bias,) = inner.rows, inner.bias
    layer = Layer((row, row), (bias - low, bias - high), relu=True)
    return _Outputs((*inner.hidden, layer), ((ONE, -ONE),), (low,))


def _fold(parts: Sequence[_Outputs], maximum: bool) -> _Outputs:
    """The maximum or minimum of all, in pairs, as a tree."""
    level = list(parts)
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [_choice(p[0], p[1], maximum) if len(p) == 2 else p[0] for p in pairs]
    return level[0]


def _choice(p: _Outputs, q: _Outputs, maximum: bool) -> _Outputs:
    """max(p, q) = p + relu(q - p); min(p, q) = p - relu(p - q)."""
    both = _beside([p, q])
    (first, second), (b0, b1) = both.rows, both.bias
    sign = ONE if maximum else -ONE
    apart = tuple(sign * (s - r) for r, s in zip(first, second, strict=True))
    negative = tuple(-r for r in first)
    layer = Layer((first, negative, apart), (b0, -b0, sign * (b1 - b0)), relu=True)
    return _Outputs((*both.hidden, layer), ((ONE, -ONE, sign),), (ZERO,))


def _beside(parts: Sequence[_Outputs]) -> _Outputs:
    """All outputs, computed side by side from the same input."""
    depth = max(len(p.hidden) for p in parts)
    level = [_deepened(p, depth) for p in parts]
    hidden = tuple(_stacked([p.hidden[i] for p in level], shared_input=i == 0) for i in range(depth))
    if depth == 0:
        return _Outputs((), tuple(r for p in level for r in p.rows), tuple(b for p in level for b in p.bias))
    rows = _block([p.rows for p in level])
    return _Outputs(hidden, rows, tuple(b for p in level for b in p.bias))


def _deepened(p: _Outputs, depth: int) -> _Outputs:
    """The same outputs with more hidden layers: each value carried as relu(v) - relu(-v)."""
    while len(p.hidden) < depth:
        negative = tuple(tuple(-w for w in row) for row in p.rows)
        layer = Layer((*p.rows, *negative), (*p.bias, *(-b for b in p.bias)), relu=True)
        n = len(p.rows)
        rows = tuple(
            tuple(a - b for a, b in zip(_unit(i, 2 * n), _unit(n + i, 2 * n), strict=True)) for i in range(n)
        )
        p = _Outputs((*p.hidden, layer), rows, (ZERO,) * n)
    return p


def _stacked(layers: Sequence[Layer], shared_input: bool) -> Layer:
    weights = [layer.weight for layer in layers]
    rows = tuple(r for w in weights for r in w) if shared_input else _block(weights)
    return Layer(rows, tuple(b for layer in layers for b in layer.bias), relu=True)


def _block(matrices: Sequence[Sequence[Row]]) -> tuple[Row, ...]:
    """A block-diagonal matrix."""
    widths = [len(m[0]) for m in matrices]
    total = sum(widths)
    rows, start = [], 0
    for matrix, width in zip(matrices, widths, strict=True):
        rows += [(ZERO,) * start + tuple(r) + (ZERO,) * (total - start - width) for r in matrix]
        start += width
    return tuple(rows)
