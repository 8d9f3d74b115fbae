"""What a visualization maximizes: a unit, several of them, a direction among them.

An objective gives one number a picture. Objectives are added, subtracted and multiplied, with each other and with
numbers, picture by picture. Layers are named as in `activations`; `logits` are the classes before the softmax.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS
from fvtheory.errors import InvalidInputError


@dataclass(frozen=True)
class Objective:
    """One number a picture, from activations.

    Attributes:
        name: for files and messages.
        layers: whose activations `value` needs.
        value: {layer: (n, ...)} -> (n,).
    """

    name: str
    layers: tuple[str, ...]
    value: Callable[[dict[str, Tensor]], Tensor]

    def __call__(self, seen: dict[str, Tensor]) -> Tensor:
        return self.value(seen)

    def __add__(self, other: Objective | float) -> Objective:
        return _joined(self, other, "+", torch.add)

    def __sub__(self, other: Objective | float) -> Objective:
        return _joined(self, other, "-", torch.sub)

    def __mul__(self, other: Objective | float) -> Objective:
        return _joined(self, other, "*", torch.mul)

    def __neg__(self) -> Objective:
        return -1.0 * self

    def __radd__(self, other: float) -> Objective:
        return _joined(constant(other), self, "+", torch.add)

    def __rsub__(self, other: float) -> Objective:
        return _joined(constant(other), self, "-", torch.sub)

    def __rmul__(self, other: float) -> Objective:
        return _joined(constant(other), self, "*", torch.mul)


def constant(number: float) -> Objective:
    """A number; it has no layers of its own."""
    return Objective(f"{number:g}", (), lambda seen: torch.tensor(float(number)))


def _joined(
    left: Objective, right: Objective | float, sign: str, join: Callable[[Tensor, Tensor], Tensor]
) -> Objective:
    if isinstance(right, bool) or not isinstance(right, Objective | int | float):
        return NotImplemented
    other = right if isinstance(right, Objective) else constant(right)
    layers = tuple(dict.fromkeys(left.layers + other.layers))
    return Objective(
        f"({left.name} {sign} {other.name})", layers, lambda seen: join(left.value(seen), other.value(seen))
    )


def channel(layer: str, index: int) -> Objective:
    """Mean of one channel over all positions; of `logits`, the logit of a class."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = _channels(seen[layer], layer, index)
        return x[:, index].reshape(len(x), -1).mean(1)

    return Objective(f"{layer}:{index}", (layer,), value)


def logit(index: int) -> Objective:
    """The logit of a class, before any softmax."""
    return channel(LOGITS, index)


def neuron(layer: str, index: int, position: tuple[int, int] | None = None) -> Objective:
    """One channel at one position (row, column); the middle unless told."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = _channels(seen[layer], layer, index)
        if x.ndim == 2:
            return x[:, index]
        if x.ndim != 4:
            raise InvalidInputError(
                f"layer {layer!r} of shape {tuple(x.shape[1:])}", "channels x rows x columns"
            )
        row, column = position if position is not None else (x.shape[2] // 2, x.shape[3] // 2)
        if not (0 <= row < x.shape[2] and 0 <= column < x.shape[3]):
            raise InvalidInputError(
                f"position {position} in layer {layer!r}",
                f"a row below {x.shape[2]}, a column below {x.shape[3]}",
            )
        return x[:, index, row, column]

    where = "" if position is None else f"@{position[0]},{position[1]}"
    return Objective(f"{layer}:{index}{where or '@middle'}", (layer,), value)


def direction(layer: str, vector: Tensor) -> Objective:
    """Mean over positions of the inner product of the channels with a vector (C,)."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[layer]
        if vector.shape != x.shape[1:2]:
            raise InvalidInputError(
                f"a direction {tuple(vector.shape)} for layer {layer!r}", f"one of ({x.shape[1]},)"
            )
        return x.flatten(2).mean(2) @ vector.to(x) if x.ndim > 2 else x @ vector.to(x)

    return Objective(f"{layer}:direction", (layer,), value)


def each(objectives: Sequence[Objective]) -> Objective:
    """Picture i is for objective i: a batch of different units in one pass."""
    chosen = tuple(objectives)
    layers = tuple(dict.fromkeys(layer for o in chosen for layer in o.layers))

    def value(seen: dict[str, Tensor]) -> Tensor:
        count = len(next(iter(seen.values())))
        if count != len(chosen):
            raise InvalidInputError(f"{count} pictures for {len(chosen)} objectives", "one picture each")
        return torch.stack(
            [o.value({k: x[i : i + 1] for k, x in seen.items()}).reshape(()) for i, o in enumerate(chosen)]
        )

    return Objective(f"each({', '.join(o.name for o in chosen)})", layers, value)


def _channels(x: Tensor, layer: str, index: int) -> Tensor:
    if not 0 <= index < x.shape[1]:
        raise InvalidInputError(f"channel {index} of layer {layer!r}", f"a number from 0 to {x.shape[1] - 1}")
    return x
