"""ReLU networks with exact rational weights.

Binary floating-point weights are rationals, so a network read weight by weight is an exact continuous
piecewise affine function: the one that its floating-point evaluation approximates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, text
from fvtheory.functions import Affine, Combination, Function, Maximum, PiecewiseAffine1D, constant
from fvtheory.functions.base import check_dim

ZERO, ONE = Fraction(0), Fraction(1)

Track = list[tuple[Fraction, tuple[Fraction, ...]]]
"""Points, each with the values of all units of a layer there."""

MAX_BREAKPOINTS = 50_000
"""How many breakpoints a network of one variable may have when it is written out."""


@dataclass(frozen=True)
class Layer:
    """x -> weight x + bias, followed by max(0, .) in every entry if ``relu``.

    Raises:
        InvalidInputError: for rows of several lengths, or another number of biases than of rows.
    """

    weight: tuple[tuple[Fraction, ...], ...]
    bias: tuple[Fraction, ...]
    relu: bool

    def __init_subclass__(cls) -> None:
        raise InvalidInputError("a subclass of Layer", "an instance")

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.weight}
        if len(widths) != 1 or widths == {0} or len(self.bias) != len(self.weight):
            raise InvalidInputError(
                f"a layer with rows of lengths {sorted(widths)} and {len(self.bias)} biases",
                "rows of one length, one bias a row",
            )

    def before(self, x: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        """The values before the activation."""
        return tuple(
            sum((w * c for w, c in zip(row, x, strict=True) if w), b)
            for row, b in zip(self.weight, self.bias, strict=True)
        )

    def at(self, x: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        """The values after the activation."""
        values = self.before(x)
        return tuple(max(ZERO, v) for v in values) if self.relu else values


@dataclass(frozen=True)
class ReluNetwork:
    """A chain of layers [0, 1]^d -> Q; the last one has one row.

    Raises:
        InvalidInputError: for no layers, more than one output, or layers that do not fit.
    """

    layers: tuple[Layer, ...]

    def __init_subclass__(cls) -> None:
        """None: proofs are about the weights, and another ``at`` would be another function."""
        raise InvalidInputError("a subclass of ReluNetwork", "an instance")

    def __init__(self, layers: Iterable[Layer]) -> None:
        chain = tuple(layers)
        if not chain or len(chain[-1].weight) != 1:
            raise InvalidInputError("a network without a single output", "one number as output")
        for first, second in pairwise(chain):
            if len(first.weight) != len(second.weight[0]):
                raise InvalidInputError(
                    f"a layer of {len(first.weight)} values before one that takes {len(second.weight[0])}",
                    "layers that fit",
                )
        object.__setattr__(self, "layers", chain)

    @property
    def dim(self) -> int:
        """The number of inputs."""
        return len(self.layers[0].weight[0])

    @property
    def units(self) -> int:
        """The number of ReLU units."""
        return sum(len(layer.weight) for layer in self.layers if layer.relu)

    def __call__(self, x: Iterable[Rational] | Rational) -> Fraction:
        return self.at(check_dim(cube_point(x), self.dim))

    def at(self, x: Point) -> Fraction:
        """The exact value at a point already known to be exact and in the cube."""
        values: tuple[Fraction, ...] = x
        for layer in self.layers:
            values = layer.at(values)
        return values[0]

    def __str__(self) -> str:
        widths = [self.dim, *(len(layer.weight) for layer in self.layers)]
        return "ReLU network " + "-".join(map(str, widths))

    def to_json(self) -> dict[str, Any]:
        """The weights as exact rationals."""
        return {
            "kind": "relu-network",
            "layers": [
                {
                    "weight": [[text(w) for w in row] for row in layer.weight],
                    "bias": [text(b) for b in layer.bias],
                    "relu": layer.relu,
                }
                for layer in self.layers
            ],
        }

    def range_over(self, low: Point, high: Point) -> tuple[Fraction, Fraction]:
        """Bounds of the values over a box, by interval arithmetic: safe, not tight."""
        lows: tuple[Fraction, ...] = low
        highs: tuple[Fraction, ...] = high
        for layer in self.layers:
            new_lows, new_highs = [], []
            for row, b in zip(layer.weight, layer.bias, strict=True):
                bottom = top = b
                for w, p, q in zip(row, lows, highs, strict=True):
                    bottom += w * (p if w > 0 else q)
                    top += w * (q if w > 0 else p)
                new_lows.append(max(ZERO, bottom) if layer.relu else bottom)
                new_highs.append(max(ZERO, top) if layer.relu else top)
            lows, highs = tuple(new_lows), tuple(new_highs)
        return lows[0], highs[0]

    def to_function(self) -> Function:
        """The network as an exact function: with all its breakpoints in one variable, unit by unit in several.

        Raises:
            InvalidInputError: for more than MAX_BREAKPOINTS breakpoints.
        """
        if self.dim == 1:
            return self.to_piecewise_affine()
        zero = constant(0, self.dim)
        values: list[Function] = [
            Affine([ONE * (i == j) for i in range(self.dim)], 0) for j in range(self.dim)
        ]
        for layer in self.layers:
            sums = [
                Combination([*row, 1], [*values, constant(b, self.dim)])
                for row, b in zip(layer.weight, layer.bias, strict=True)
            ]
            values = [Maximum([zero, s]) for s in sums] if layer.relu else [*sums]
        return values[0]

    def to_piecewise_affine(self) -> PiecewiseAffine1D:
        """A network of one variable, with all its breakpoints.

        Raises:
            InvalidInputError: for several variables or more than MAX_BREAKPOINTS breakpoints.
        """
        if self.dim != 1:
            raise InvalidInputError(f"a network of {self.dim} variables", "a network of one variable")
        track: Track = [(ZERO, (ZERO,)), (ONE, (ONE,))]
        for layer in self.layers:
            track = [(x, layer.before(values)) for x, values in track]
            if layer.relu:
                track = [(x, tuple(max(ZERO, v) for v in values)) for x, values in _with_zeros(track)]
            if len(track) > MAX_BREAKPOINTS:
                raise InvalidInputError(
                    f"a network with {len(track)} breakpoints", f"at most {MAX_BREAKPOINTS}"
                )
        return PiecewiseAffine1D([(x, values[0]) for x, values in track])


def _with_zeros(track: Track) -> Track:
    """The values at more points: wherever a unit crosses 0 between two of them."""
    result = [track[0]]
    for (x, values), (y, others) in pairwise(track):
        shares = {p / (p - q) for p, q in zip(values, others, strict=True) if p * q < 0}
        for share in sorted(shares):
            between = tuple(p + share * (q - p) for p, q in zip(values, others, strict=True))
            result.append((x + share * (y - x), between))
        result.append((y, others))
    return result
