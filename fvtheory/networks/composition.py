"""ReLU networks put together: affine outputs on top of hidden layers, side by side and one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.networks.arithmetic import ONE, ZERO
from fvtheory.networks.relu import Layer, ReluNetwork

Row = tuple[Fraction, ...]


@dataclass(frozen=True)
class Outputs:
    """Hidden layers, and affine outputs (row, bias) of the last of them (or of the input)."""

    hidden: tuple[Layer, ...]
    rows: tuple[Row, ...]
    bias: tuple[Fraction, ...]

    def network(self) -> ReluNetwork:
        """The network of a single output."""
        return ReluNetwork([*self.hidden, Layer(self.rows, self.bias, relu=False)])

    def mixed(self, weights: Sequence[Fraction], constant: Fraction) -> tuple[Row, Fraction]:
        """The row and bias of constant + the weighted sum of the outputs."""
        row = tuple(
            sum((w * r[k] for w, r in zip(weights, self.rows, strict=True) if w and r[k]), ZERO)
            for k in range(len(self.rows[0]))
        )
        return row, sum((w * b for w, b in zip(weights, self.bias, strict=True)), constant)

    def bounds(self) -> list[tuple[Fraction, Fraction]]:
        """A range of each output over the cube, by interval arithmetic."""
        ranges = [(ZERO, ONE)] * len((self.hidden[0].weight if self.hidden else self.rows)[0])
        for layer in self.hidden:
            ranges = [
                (max(ZERO, low), max(ZERO, high))
                for low, high in map(_range_of, layer.weight, layer.bias, [ranges] * len(layer.bias))
            ]
        return [_range_of(row, b, ranges) for row, b in zip(self.rows, self.bias, strict=True)]


def _range_of(
    row: Row, bias: Fraction, ranges: Sequence[tuple[Fraction, Fraction]]
) -> tuple[Fraction, Fraction]:
    low = high = bias
    for w, (p, q) in zip(row, ranges, strict=True):
        if w:
            low += w * (p if w > 0 else q)
            high += w * (q if w > 0 else p)
    return low, high


def affine(pieces: Sequence[tuple[Row, Fraction]]) -> Outputs:
    """Affine functions of the input."""
    return Outputs((), tuple(row for row, _ in pieces), tuple(b for _, b in pieces))


def unit_row(j: int, dim: int, scale: Fraction = ONE) -> Row:
    return (ZERO,) * j + (scale,) + (ZERO,) * (dim - j - 1)


def combined(parts: Outputs, weights: Sequence[Fraction], constant: Fraction) -> Outputs:
    """constant + the weighted sum of the outputs."""
    row, bias = parts.mixed(weights, constant)
    return Outputs(parts.hidden, (row,), (bias,))


def beside(parts: Sequence[Outputs]) -> Outputs:
    """All outputs, computed side by side from the same input."""
    depth = max(len(p.hidden) for p in parts)
    level = [deepened(p, depth) for p in parts]
    if depth == 0:
        return Outputs((), tuple(r for p in level for r in p.rows), tuple(b for p in level for b in p.bias))
    hidden = tuple(_stacked([p.hidden[i] for p in level], shared_input=i == 0) for i in range(depth))
    return Outputs(hidden, block([p.rows for p in level]), tuple(b for p in level for b in p.bias))


def deepened(p: Outputs, depth: int) -> Outputs:
    """The same outputs with more hidden layers.

    Inputs and hidden units are not negative, so they pass a ReLU unchanged, in floating point too. Where
    there are more than two of them an output, the outputs v are carried, as relu(v) - relu(-v).
    """
    while len(p.hidden) < depth:
        width, count = len(p.rows[0]), len(p.rows)
        if width <= 2 * count:
            identity = tuple(unit_row(i, width) for i in range(width))
            p = Outputs((*p.hidden, Layer(identity, (ZERO,) * width, relu=True)), p.rows, p.bias)
            continue
        negative = tuple(tuple(-w for w in row) for row in p.rows)
        layer = Layer((*p.rows, *negative), (*p.bias, *(-b for b in p.bias)), relu=True)
        rows = tuple(
            tuple(a - b for a, b in zip(unit_row(i, 2 * count), unit_row(count + i, 2 * count), strict=True))
            for i in range(count)
        )
        p = Outputs((*p.hidden, layer), rows, (ZERO,) * count)
    return p


def _stacked(layers: Sequence[Layer], shared_input: bool) -> Layer:
    weights = [layer.weight for layer in layers]
    rows = tuple(r for w in weights for r in w) if shared_input else block(weights)
    return Layer(rows, tuple(b for layer in layers for b in layer.bias), relu=True)


def block(matrices: Sequence[Sequence[Row]]) -> tuple[Row, ...]:
    """A block-diagonal matrix."""
    widths = [len(m[0]) for m in matrices]
    total = sum(widths)
    rows, start = [], 0
    for matrix, width in zip(matrices, widths, strict=True):
        rows += [(ZERO,) * start + tuple(r) + (ZERO,) * (total - start - width) for r in matrix]
        start += width
    return tuple(rows)
