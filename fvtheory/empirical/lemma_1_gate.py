"""The gate of Lemma 1 (Geirhos et al. 2024, B.1) in a network: the terms that are proved, evaluated in torch.

Lemma 1 is about numbers from 0 to k, logits are any: they are shifted up before the gate and down behind it, and k
bounds what is to be silenced, D on photographs and F on visualizations. The gate computes with 53 bits, so that
shifting costs a logit of 24 bits nothing (`Gate`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fvtheory import terms
from fvtheory.claims.geirhos2024 import lemma_1
from fvtheory.errors import InvalidInputError

MARGIN = 2.0
"""By how much shift and k exceed what was measured, before they are rounded up to a power of two."""


class TermUnit(nn.Module):
    """A unit that computes a term of its inputs: a layer of the circuit.

    Args:
        term: over symbols.
        inputs: names of the symbols, in the order of the arguments.

    Raises:
        InvalidInputError: for a term with other symbols, or one that is neither a sum, product, minimum or maximum.
    """

    def __init__(self, term: terms.Term, inputs: Sequence[str]) -> None:
        super().__init__()
        left = set(terms.symbols(term)) - set(inputs)
        if left:
            raise InvalidInputError(f"term {terms.show(term)}", f"one over {', '.join(inputs)}")
        self.term, self.inputs = term, tuple(inputs)
        self(*(torch.zeros(1) for _ in inputs))

    def forward(self, *values: Tensor) -> Tensor:
        return in_torch(self.term, dict(zip(self.inputs, values, strict=True)))

    def extra_repr(self) -> str:
        return terms.show(self.term)


def in_torch(term: terms.Term, values: Mapping[str, Tensor]) -> Tensor:
    """The value of a term, differentiable; max(0, x) is a ReLU.

    Raises:
        InvalidInputError: for other terms than sums, products, minima and maxima.
    """
    like = next(iter(values.values()))

    def visit(node: terms.Node, parts: tuple) -> Any:
        match node:
            case terms.Const(value):
                return like.new_tensor(float(value))
            case terms.Sym(name):
                return values[name]
            case terms.Add():
                return parts[0] + parts[1]
            case terms.Mul():
                return parts[0] * parts[1]
            case terms.Max(left, _) if left == terms.ZERO:
                return torch.relu(parts[1])
            case terms.Max():
                return torch.maximum(*torch.broadcast_tensors(*parts))
            case terms.Min():
                return torch.minimum(*torch.broadcast_tensors(*parts))
        raise InvalidInputError(
            f"term {terms.show(node)}", "sums, products, minima and maxima of symbols and numbers"
        )

    return terms.fold(term, visit)


class Gate(nn.Module):
    """A(B(x, z), C(y, z)) of Lemma 1: x where z = 0, y where z = 1.

    Args:
        shift: added before the gate, subtracted behind it.
        k: of the lemma.

    Inputs are any floats; it computes in float64. For powers of two as shift and k, and a float32 x with
    -shift <= x and x + shift <= k, nothing is rounded unless |x| is below 2^-29 · k, and then by no more than
    2^-53 · k: what comes out is what went in.
    """

    shift: Tensor
    k: Tensor

    def __init__(self, shift: float, k: float) -> None:
        super().__init__()
        x, z, big = (terms.Sym(name) for name in "xzk")
        self.b = TermUnit(lemma_1.gate_b(x, z, big), "xzk")
        self.c = TermUnit(lemma_1.gate_c(x, z, big), "xzk")
        self.a = TermUnit(lemma_1.gate_a(terms.Sym("x"), terms.Sym("y")), "xy")
        self.register_buffer("shift", torch.tensor(shift, dtype=torch.float64))
        self.register_buffer("k", torch.tensor(k, dtype=torch.float64))

    def forward(self, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        """x, y (n, m); z (n, 1) in [0, 1]. Returns (n, m) in the dtype of y."""
        e = z.double()
        left = self.b(x.double() + self.shift, e, self.k)
        right = self.c(y.double() + self.shift, e, self.k)
        return (self.a(left, right) - self.shift).to(y.dtype)


@dataclass(frozen=True)
class Bounds:
    """What was measured of D and F, from which shift and k follow.

    Attributes:
        lowest: of D on visualizations and F on photographs: of what is let through.
        highest: of D on photographs and F on visualizations: of what is silenced.
        highest_through: of what is let through; Lemma 2 asks nothing of it.

    Raises:
        InvalidInputError: for bounds that are not finite.
    """

    lowest: float
    highest: float
    highest_through: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.lowest, self.highest, self.highest_through))):
            raise InvalidInputError(f"bounds {self}", "finite numbers")

    @property
    def shift(self) -> float:
        """A power of two, at least twice what lifts the lowest to 0."""
        return _power_of_two(max(1.0, -MARGIN * self.lowest))

    @property
    def k(self) -> float:
        """A power of two, at least the shift plus twice the highest of all: of what is silenced as Lemma 2 asks, and
        of what is let through so that no bit of it is lost."""
        return _power_of_two(self.shift + max(1.0, MARGIN * max(self.highest, self.highest_through)))

    def __or__(self, other: Bounds) -> Bounds:
        return Bounds(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            max(self.highest_through, other.highest_through),
        )

    def to_json(self) -> dict[str, float]:
        return {**vars(self), "shift": self.shift, "k": self.k}


def _power_of_two(value: float) -> float:
    return 2.0 ** math.ceil(math.log2(value))
