"""What the layers of a network compute, read with hooks that never outlive the call.

A layer is named by its dotted name in `module.named_modules()`. A module that is called several times in one pass
(one ReLU for a whole block, say) has several activations: `relu#0`, `relu#1`, ...; without a number the name stands
for the only one, and is refused if there are more. `logits` is what the network returns.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fvtheory.empirical.image_model import ImageModel
from fvtheory.errors import InvalidInputError, UnknownNameError

LOGITS = "logits"


@dataclass(frozen=True)
class Layer:
    """One activation of a network.

    Attributes:
        name: dotted name, with the number of the call where the module is called more than once.
        kind: class of the module, such as "Conv2d".
        shape: of the activation for one picture, without the batch.
    """

    name: str
    kind: str
    shape: tuple[int, ...]

    @property
    def channels(self) -> int:
        """The first entry of the shape."""
        return self.shape[0]

    @property
    def size(self) -> int:
        """How many values one picture has there."""
        return math.prod(self.shape)


class _Reached(Exception):
    """All that was asked for has been computed; the rest of the pass is not needed."""


def activations(
    model: ImageModel, pictures: Tensor, names: Iterable[str], whole_pass: bool = False
) -> dict[str, Tensor]:
    """Run the network and return activations by name, (n, ...) each, part of the autograd graph.

    Args:
        model: in eval mode, or batches would leak into each other.
        pictures: (n, C, H, W) in [0, 1]; not checked here.
        names: layers, see above; the pass ends after the last of them unless told otherwise.
        whole_pass: go on to the logits even if no one needs them.

    Raises:
        UnknownNameError: for no such layer.
        InvalidInputError: for a module that is not called, is called more often than the name says, is changed
            in place by what follows, or is a convolution into which BatchNorm was folded.
    """
    wanted = list(dict.fromkeys(names))
    found: dict[str, Tensor] = {}
    versions: dict[str, int] = {}
    modules: dict[str, list[tuple[str, int | None]]] = {}
    for name in wanted:
        if name != LOGITS:
            dotted, _, word = name.partition("#")
            modules.setdefault(dotted, []).append((name, int(word) if word.isdecimal() else None))
    calls = dict.fromkeys(modules, 0)
    left = {name for name in wanted if name != LOGITS}
    numbered = all(call is not None for asked in modules.values() for _, call in asked)

    def hook(dotted: str):
        def keep(module: nn.Module, args: object, output: object) -> None:
            number = calls[dotted]
            calls[dotted] += 1
            for name, call in modules[dotted]:
                if call is None or call == number:
                    if not isinstance(output, Tensor):
                        raise InvalidInputError(
                            f"layer {name!r}, which returns {type(output).__name__}",
                            "a layer with one tensor",
                        )
                    found.setdefault(name, output)
                    versions.setdefault(name, output._version)
                    left.discard(name)
            if not left and LOGITS not in wanted and not whole_pass and numbered:
                raise _Reached

        return keep

    handles = []
    try:
        for dotted in modules:
            handles.append(_module(model, dotted).register_forward_hook(hook(dotted)))
        try:
            logits = model(pictures)
            if LOGITS in wanted:
                found[LOGITS] = logits
        except _Reached:
            pass
    finally:
        for handle in handles:
            handle.remove()
    for dotted, asked in modules.items():
        for name, number in asked:
            if name not in found:
                raise InvalidInputError(
                    f"layer {name!r}, called {calls[dotted]} times in a pass",
                    "a layer that is called" if number is None else f"a number below {calls[dotted]}",
                )
            if number is None and calls[dotted] > 1:
                raise InvalidInputError(
                    f"layer {name!r}, called {calls[dotted]} times in a pass",
                    "the number of a call",
                    f"{dotted}#0 to {dotted}#{calls[dotted] - 1}",
                )
            if found[name]._version != versions[name]:
                raise InvalidInputError(
                    f"layer {name!r}, whose output is changed in place by what follows",
                    "a layer whose output stays",
                    "use prepare(model), or name the layer that follows",
                )
    return {name: found[name] for name in wanted}


def _module(model: ImageModel, dotted: str) -> nn.Module:
    names = dict(model.module.named_modules())
    if dotted not in names or dotted == "":
        near = difflib.get_close_matches(dotted, names, n=3, cutoff=0.4)
        raise UnknownNameError(
            f"layer {dotted!r} of {model.name}",
            "a dotted name of its modules",
            f"{'near: ' + ', '.join(near) + '; ' if near else ''}fvtheory visualize --list shows them all",
        )
    if dotted in model.folded:
        raise InvalidInputError(
            f"layer {dotted!r}, a convolution that was folded with the BatchNorm after it",
            "a layer that exists in the prepared model",
            "name the BatchNorm instead, or prepare(model, fold=False)",
        )
    return names[dotted]


def layers(model: ImageModel, containers: bool = False) -> list[Layer]:
    """All activations of a network in the order in which they are computed, the logits last.

    Args:
        model: run once, on a grey picture.
        containers: also the modules that have others inside.

    Convolutions that were folded, and what is changed in place, are left out.
    """
    chosen = {
        dotted: module
        for dotted, module in model.module.named_modules()
        if dotted and (containers or not list(module.children()))
    }
    seen: list[tuple[str, str, Tensor, int]] = []
    calls = dict.fromkeys(chosen, 0)

    def hook(dotted: str):
        def keep(module: nn.Module, args: object, output: object) -> None:
            if isinstance(output, Tensor):
                name = f"{dotted}#{calls[dotted]}"
                seen.append((name, type(module).__name__, output, output._version))
                calls[dotted] += 1

        return keep

    with _hooked((module, hook(dotted)) for dotted, module in chosen.items()), torch.no_grad():
        logits = model(torch.full(model.space.shape(), 0.5, device=model.device))
    found = []
    for name, kind, output, version in seen:
        dotted = name.partition("#")[0]
        if output._version == version and dotted not in model.folded:
            shown = dotted if calls[dotted] == 1 else name
            found.append(Layer(shown, kind, tuple(output.shape[1:])))
    return [*found, Layer(LOGITS, "output", tuple(logits.shape[1:]))]


def deepest(model: ImageModel, spatial: bool = False) -> Layer:
    """The last layer before the classes: its channels are features, not logits.

    Args:
        spatial: the last one with more than one position, as class activation maps need it.

    Raises:
        InvalidInputError: for a network without such a layer.
    """
    *found, output = layers(model, containers=True)
    for layer in reversed(found):
        positions = layer.shape[1] * layer.shape[2] if len(layer.shape) == 3 else 1
        if layer.channels != output.channels and (positions > 1 or not spatial):
            return layer
    raise InvalidInputError(
        f"network {model.name}",
        "a layer before the classes" + (" with rows and columns" if spatial else ""),
        "name a layer",
    )


@contextmanager
def _hooked(pairs: Iterable[tuple[nn.Module, object]]) -> Iterator[None]:
    handles = []
    try:
        for module, hook in pairs:
            handles.append(module.register_forward_hook(hook))  # type: ignore[arg-type]
        yield
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def in_batches(
    model: ImageModel, pictures: Tensor, names: Sequence[str], batch: int = 32
) -> Iterator[dict[str, Tensor]]:
    """Activations without gradients, batch by batch."""
    for start in range(0, len(pictures), batch):
        yield activations(model, pictures[start : start + batch].to(model.device), names)


@torch.no_grad()
def logits(model: ImageModel, pictures: Tensor, batch: int = 32) -> Tensor:
    """Logits (n, classes) of all pictures, on the CPU."""
    parts = [model(pictures[i : i + batch].to(model.device)).cpu() for i in range(0, len(pictures), batch)]
    return torch.cat(parts)
