"""What a visualization maximizes: a unit, several of them, a direction among them.

An objective gives one number a picture. Objectives are added, subtracted and multiplied, with each other and with
numbers, picture by picture. Layers are named as in `activations`; `logits` are the classes before the softmax, and
`pictures` stands for the pictures themselves, before any transformation (see `regularizers`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.image_model import ImageModel
from fvtheory.errors import InvalidInputError

PICTURES = "pictures"


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


def observe(
    model: ImageModel, layers: Sequence[str], shown: Tensor, pictures: Tensor | None = None
) -> dict[str, Tensor]:
    """What objectives with these layers need, part of the autograd graph.

    Args:
        shown: what the network sees, (n, C, H, W) in [0, 1].
        pictures: the same before transformations; `shown` unless told.

    Raises:
        FvtheoryError: as `activations`.
    """
    inner = [name for name in layers if name != PICTURES]
    seen = activations(model, shown, inner) if inner else {}
    if PICTURES in layers:
        seen[PICTURES] = shown if pictures is None else pictures
    return seen


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
    """One channel at one position (row, column); the middle unless told.

    Raises (when evaluated):
        InvalidInputError: for a layer without positions, or one outside it.
    """

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = _channels(seen[layer], layer, index)
        if x.ndim == 2 and position is None:
            return x[:, index]
        if x.ndim != 4:
            raise InvalidInputError(
                f"a position in layer {layer!r} of shape {tuple(x.shape[1:])}",
                "a layer of channels x rows x columns",
                f"{layer}:{index} without a position",
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
    """Mean over positions of the inner product of the channels with a vector (C,); it is not scaled.

    Raises:
        InvalidInputError: for what is not a vector of finite numbers.
    """
    if vector.ndim != 1 or not bool(torch.isfinite(vector).all()):
        raise InvalidInputError(
            f"a direction of shape {tuple(vector.shape)}", "a vector of finite numbers (C,)"
        )
    digest = hashlib.sha256(vector.detach().double().cpu().numpy().tobytes()).hexdigest()[:8]

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[layer]
        if vector.shape != x.shape[1:2]:
            raise InvalidInputError(
                f"a direction {tuple(vector.shape)} for layer {layer!r}", f"one of ({x.shape[1]},)"
            )
        return x.flatten(2).mean(2) @ vector.to(x) if x.ndim > 2 else x @ vector.to(x)

    return Objective(f"{layer}:direction-{digest}", (layer,), value)


def random_direction(layer: str, channels: int, generator: torch.Generator) -> Objective:
    """A direction of length 1, uniform on the sphere: what a unit is to be compared with (Olah et al. 2017)."""
    vector = torch.randn(channels, generator=generator, dtype=torch.float64)
    return direction(layer, vector / vector.norm())


def whole_layer(layer: str) -> Objective:
    """Mean square of a whole layer (DeepDream)."""
    return Objective(layer, (layer,), lambda seen: seen[layer].flatten(1).square().mean(1))


def log_probability(index: int) -> Objective:
    """Logarithm of the probability of a class, of the softmax over all."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        return _channels(seen[LOGITS], LOGITS, index).log_softmax(1)[:, index]

    return Objective(f"log-probability:{index}", (LOGITS,), value)


def probability(index: int) -> Objective:
    """Probability of a class, of the softmax over all. Its gradient vanishes where the class is sure, or far off."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        return _channels(seen[LOGITS], LOGITS, index).softmax(1)[:, index]

    return Objective(f"probability:{index}", (LOGITS,), value)


def each(objectives: Sequence[Objective], copies: int = 1) -> Objective:
    """A batch of different units in one pass: objective i is for pictures i * copies to (i + 1) * copies - 1.

    Raises (when evaluated):
        InvalidInputError: for another number of pictures.
    """
    chosen = tuple(objectives)
    layers = tuple(dict.fromkeys(layer for o in chosen for layer in o.layers))

    def value(seen: dict[str, Tensor]) -> Tensor:
        count = len(next(iter(seen.values())))
        if count != copies * len(chosen):
            raise InvalidInputError(
                f"{count} pictures for {len(chosen)} objectives", f"{copies} for each objective"
            )
        parts = []
        for i, objective in enumerate(chosen):
            own = {name: x[i * copies : (i + 1) * copies] for name, x in seen.items()}
            parts.append(objective.value(own).expand(copies))
        return torch.cat(parts)

    name = ", ".join(o.name for o in chosen) + ("" if copies == 1 else f"; {copies} of each")
    return Objective(f"each({name})", layers, value)


def parse_unit(text: str) -> Objective:
    """An objective from words, such as ``logits:574`` or ``logits:0 + 0.5 * _blocks.8._bn2:3``.

    Terms are joined by " + " (with spaces); a term is a product, by "*", of any numbers and units. A unit is::

        LAYER                  mean square of a whole layer
        LAYER:INDEX            mean of a channel; the logit of a class
        LAYER:INDEX@ROW,COL    a neuron
        LAYER:INDEX@middle     the neuron in the middle
        LAYER:RANDOM/CHANNELS  random direction number RANDOM among so many channels, of length 1
        probability:INDEX      of a class; also log-probability:INDEX

    Raises:
        InvalidInputError: for other words.
    """
    terms = [_parse_term(term, text) for term in text.split(" + ")]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _parse_term(term: str, text: str) -> Objective:
    factors = [word.strip() for word in term.split("*")]
    product = _parse_atom(factors[-1], text)
    for word in reversed(factors[:-1]):
        try:
            number = float(word)
        except ValueError:
            product = _parse_atom(word, text) * product
            continue
        if not math.isfinite(number):
            raise InvalidInputError(f"number {word!r} in unit {text!r}", "a finite number")
        product = number * product
    return product


def _parse_atom(word: str, text: str) -> Objective:
    layer, colon, rest = word.rpartition(":") if ":" in word else (word, "", "")
    if layer and not any(c.isspace() for c in word):
        index, at, position = rest.partition("@")
        row, comma, column = position.partition(",")
        number, slash, channels = rest.partition("/")
        if not colon:
            return whole_layer(layer)
        if index.isdecimal() and not at:
            special = {"probability": probability, "log-probability": log_probability}.get(layer)
            return special(int(index)) if special else channel(layer, int(index))
        if index.isdecimal() and position == "middle":
            return neuron(layer, int(index))
        if index.isdecimal() and comma and row.isdecimal() and column.isdecimal():
            return neuron(layer, int(index), (int(row), int(column)))
        if slash and number.isdecimal() and channels.isdecimal() and int(channels) > 0:
            generator = torch.Generator().manual_seed(int(number))
            return random_direction(layer, int(channels), generator)
    raise InvalidInputError(
        f"unit {text!r}",
        "LAYER, LAYER:INDEX, LAYER:INDEX@ROW,COL, LAYER:INDEX@middle, LAYER:NUMBER/CHANNELS or probability:INDEX, "
        "joined by ' + ' and '*'",
    )


def _channels(x: Tensor, layer: str, index: int) -> Tensor:
    if not 0 <= index < x.shape[1]:
        raise InvalidInputError(f"channel {index} of layer {layer!r}", f"a number from 0 to {x.shape[1] - 1}")
    return x
