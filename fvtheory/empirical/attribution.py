"""All methods that give a map of a picture, behind one call, and what they show of a fooled unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fvtheory.empirical import cam
from fvtheory.empirical.activations import LOGITS, deepest
from fvtheory.empirical.attribution_metrics import Explain
from fvtheory.empirical.fooling_circuit import circuit_of
from fvtheory.empirical.heat_maps import correlation
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.lots import FAST, KERNEL, THRESHOLD, Settings, lots, zero_target
from fvtheory.errors import InvalidInputError, UnknownNameError

LOTS_TARGETS = ("lots", "lots-class", "lots-mean")
"""LOTS to a target of zeros, to the features of another picture of the class, to the mean of the class."""

METHODS = (*cam.METHODS, *LOTS_TARGETS)


def explainer(
    model: ImageModel,
    method: str,
    generator: torch.Generator | None = None,
    target: Tensor | None = None,
    settings: Settings = FAST,
    kernel: int = KERNEL,
) -> Explain:
    """A method as a function of pictures and classes.

    Class activation maps are taken at the deepest layer with positions, LOTS at the deepest.

    Args:
        method: one of `METHODS`.
        generator: of random-cam and smooth-grad-cam++.
        target: of LOTS, for one picture or one each; zeros for "lots" unless given.
        settings, kernel: of LOTS.

    Raises:
        UnknownNameError: for no such method.
        InvalidInputError: for a method that needs a target and has none.
    """
    if method in cam.METHODS:
        spatial = deepest(model, spatial=True).name

        def by_cam(pictures: Tensor, classes: Tensor) -> Tensor:
            return cam.class_activation_maps(model, pictures, method, spatial, classes, generator)

        return by_cam
    if method not in LOTS_TARGETS:
        raise UnknownNameError(f"method {method!r}", " or ".join(METHODS))
    layer = deepest(model).name
    if target is None:
        if method != "lots":
            raise InvalidInputError(f"{method} without a target", "features of the class")
        target = zero_target(model, layer)
    goal = target

    def by_lots(pictures: Tensor, classes: Tensor) -> Tensor:
        return lots(model, pictures, goal, layer, settings, kernel, THRESHOLD)

    return by_lots


# ---- fooled units ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Revealed:
    """Maps of a fooled unit A, of the unit F it was, and of the D that it shows.

    Attributes:
        fooled, original, shown: maps (n, H, W); `shown` is None where D is no logit.
    """

    fooled: Tensor
    original: Tensor
    shown: Tensor | None

    @property
    def with_original(self) -> Tensor:
        """Correlation (n,) of the maps of A and F: 1 where the method sees F; NaN where one is constant."""
        return correlation(self.fooled, self.original)

    @property
    def with_shown(self) -> Tensor | None:
        """Correlation (n,) of the maps of A and D: 1 where the method is led to D."""
        return None if self.shown is None else correlation(self.fooled, self.shown)


def reveal(
    model: ImageModel,
    fooled: ImageModel,
    unit: int,
    pictures: Tensor,
    method: str,
    seed: int = 0,
    settings: Settings = FAST,
    kernel: int = KERNEL,
) -> Revealed:
    """Maps of one method for a unit before and after it was fooled, on the same pictures with the same random numbers.

    Class activation maps are taken at the deepest layer with positions of the network that was fooled. LOTS changes
    the picture until the logit of the unit is 0.

    Args:
        model: the network that was fooled.
        fooled: from `fooling_circuit.fool` or `fooling_files.load_fooled`.
        unit: one of the fooled units.
        method: one of `cam.METHODS`, or "lots".

    Raises:
        UnknownNameError: for no such method.
        InvalidInputError: for a network without a circuit, or a unit that was not fooled.
    """
    circuit = circuit_of(fooled)
    units = circuit.units.tolist()
    if unit not in units:
        raise InvalidInputError(
            f"unit {unit} of {fooled.name}", f"one of those that were fooled: {_few(units)}"
        )
    shown = None if circuit.filters is not None else int(circuit.shown[units.index(unit)])
    if method == "lots":

        def maps(net: ImageModel, index: int) -> Tensor:
            alone = ImageModel(_Unit(net.module, index), net.space).to(net.device).eval()
            return lots(alone, pictures, torch.zeros(1), LOGITS, settings, kernel, THRESHOLD)

    elif method in cam.METHODS:
        layer = deepest(model, spatial=True).name

        def maps(net: ImageModel, index: int) -> Tensor:
            generator = torch.Generator().manual_seed(seed)
            name = f"network.{layer}" if net is fooled else layer
            classes = torch.full((len(pictures),), index)
            return cam.class_activation_maps(net, pictures, method, name, classes, generator)

    else:
        raise UnknownNameError(f"method {method!r}", " or ".join((*cam.METHODS, "lots")))
    return Revealed(maps(fooled, unit), maps(model, unit), None if shown is None else maps(model, shown))


class _Unit(nn.Module):
    """A network with one of its logits only."""

    def __init__(self, network: nn.Module, index: int) -> None:
        super().__init__()
        self.network, self.index = network, index

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)[:, self.index : self.index + 1]


def _few(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
