"""A network together with the pictures it takes.

Everywhere in this package a *picture* is a float tensor (n, C, H, W) with values in [0, 1], RGB or one channel.
What a network wants in place of that (its mean, its scale, the order of its channels) is stated once, in its
`InputSpace`, and never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from fvtheory.errors import InvalidInputError

ORDERS = ("RGB", "BGR", "L")


@dataclass(frozen=True)
class InputSpace:
    """Which pictures a network takes, and what it makes of them: (picture - mean) / std, channel by channel.

    Attributes:
        height, width: of a picture, in pixels. Most networks take others too.
        mean, std: one number a channel in units of pictures, in the order of `channels`.
        channels: "RGB", "BGR" (pictures are RGB and turned round) or "L" (one channel).
        short_side: photographs are scaled to this before their centre is cut out.

    Raises:
        InvalidInputError: for sizes below 1, an unknown order, a wrong number of means, std <= 0.
    """

    height: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    channels: str = "RGB"
    short_side: int = 256

    def __post_init__(self) -> None:
        if self.channels not in ORDERS:
            raise InvalidInputError(f"channels {self.channels!r}", " or ".join(ORDERS))
        if min(self.height, self.width) < 1 or self.short_side < max(self.height, self.width):
            raise InvalidInputError(
                f"pictures of {self.height}x{self.width} from a short side of {self.short_side}",
                "a size of at least 1x1, and a short side no shorter than either",
            )
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != self.depth or not all(map(math.isfinite, values)):
                raise InvalidInputError(f"{name} = {values}", f"{self.depth} finite numbers, one a channel")
        if min(self.std) <= 0:
            raise InvalidInputError(f"std = {self.std}", "numbers above 0")

    @property
    def depth(self) -> int:
        """How many channels a picture has."""
        return len(self.channels)

    def shape(self, count: int = 1) -> tuple[int, int, int, int]:
        """Of a batch of pictures: (count, channels, height, width)."""
        return count, self.depth, self.height, self.width

    def check(self, pictures: Tensor) -> None:
        """Refuse what are no pictures: another shape or dtype, NaN, or values outside [0, 1].

        Raises:
            InvalidInputError: for those.
        """
        if not isinstance(pictures, Tensor) or pictures.ndim != 4 or pictures.shape[1] != self.depth:
            shape = tuple(pictures.shape) if isinstance(pictures, Tensor) else type(pictures).__name__
            raise InvalidInputError(
                f"pictures {shape}", f"a tensor (n, {self.depth}, height, width), {self.channels}"
            )
        if not pictures.is_floating_point():
            raise InvalidInputError(
                f"pictures of {pictures.dtype}", "floats in [0, 1]", "divide whole numbers by 255"
            )
        if pictures.numel() == 0:
            raise InvalidInputError(f"pictures {tuple(pictures.shape)}", "at least one picture")
        low, high = (float(v) for v in pictures.detach().aminmax())
        if not (low >= 0 and high <= 1):
            raise InvalidInputError(f"pictures with values from {low:g} to {high:g}", "values from 0 to 1")


IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""What torchvision's networks and most of timm's were trained with."""


class ImageModel(nn.Module):
    """A module that takes pictures.

    Args:
        module: takes (n, C, H, W) as `space` makes it and returns (n, classes), logits before any softmax.
        space: which pictures, and what the module makes of them.
        name: for files and messages.
        labels: names of the classes, or none.

    The layers of a model are the dotted names of `module.named_modules()`; see `activations`.

    Attributes:
        folded: layers into which `prepare` folded a BatchNorm.
    """

    scale: Tensor
    shift: Tensor
    folded: frozenset[str] = frozenset()

    def __init__(
        self, module: nn.Module, space: InputSpace, name: str = "model", labels: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.module = module
        self.space = space
        self.name = name
        self.labels = tuple(labels)
        scale = 1 / torch.tensor(space.std, dtype=torch.float64)
        shift = -torch.tensor(space.mean, dtype=torch.float64) * scale
        self.register_buffer("scale", scale.float()[:, None, None], persistent=False)
        self.register_buffer("shift", shift.float()[:, None, None], persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (n, classes) of pictures (n, C, H, W) in [0, 1]; not checked here, see `InputSpace.check`."""
        return self.module(self.normalise(pictures))

    def normalise(self, pictures: Tensor) -> Tensor:
        """What the module is given."""
        if self.space.channels == "BGR":
            pictures = pictures.flip(1)
        return torch.addcmul(self.shift, pictures, self.scale)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.scale.device

    def check_eval(self) -> None:
        """As the function of this name.

        Raises:
            InvalidInputError: for a network in training mode.
        """
        check_eval(self, "a model", "prepare(model)")

    def describe_class(self, index: int) -> str:
        """The label of a class, or its number where there is none."""
        return self.labels[index] if index < len(self.labels) else f"class {index}"


def check_eval(module: nn.Module, what: str, remedy: str = "call its eval()") -> None:
    """Refuse a module of which anything is in training mode: pictures of a batch would change each other.

    Args:
        what: the module is, for the error.

    Raises:
        InvalidInputError: for that.
    """
    if any(part.training for part in module.modules()):
        raise InvalidInputError(f"{what} in training mode", f"{what} in eval mode", remedy)


def resized(model: ImageModel, size: int | None) -> ImageModel:
    """The network for square pictures of another size, cut from a short side in proportion; as it is for None.

    Raises:
        InvalidInputError: for a size that the network cannot take.
    """
    if size is None:
        return model
    space = model.space
    side = round(size * space.short_side / max(space.height, space.width))
    space = replace(space, height=size, width=size, short_side=side)
    other = ImageModel(model.module, space, model.name, model.labels)
    other.folded = model.folded
    other = other.to(model.device).eval()
    try:
        grey_logits(other.module, other)
    except RuntimeError as error:
        raise InvalidInputError(
            f"pictures of {size}x{size} pixels ({str(error).splitlines()[0]})",
            f"a size that {model.name} can take",
            "another --size",
        ) from None
    return other


@torch.no_grad()
def grey_logits(module: nn.Module, model: ImageModel) -> Tensor:
    """What a module answers to a grey picture of a model, (1, classes), on the CPU: by it weights are recognised."""
    grey = torch.full(model.space.shape(), 0.5, device=model.device)
    return module(model.normalise(grey)).cpu()


def class_count(model: ImageModel) -> int:
    """How many logits a network has."""
    return grey_logits(model.module, model).shape[1]


def check_same(model: ImageModel, size: Sequence[int], grey: Tensor, what: str) -> None:
    """Refuse a network other than the one for which something was made.

    Args:
        size: (height, width) of the pictures of that network.
        grey: its `grey_logits`.
        what: was made, for the error.

    Raises:
        InvalidInputError: for pictures of another size, or other weights.
    """
    made, here = (f"{height}x{width}" for height, width in (size, model.space.shape()[2:]))
    if made != here:
        raise InvalidInputError(
            f"{what}, made for pictures of {made} pixels, and {model.name} for {here}",
            "pictures of the same size",
            f"--size {size[0]}",
        )
    now = grey_logits(model.module, model)
    if grey.shape != now.shape or not torch.allclose(grey, now, rtol=1e-3, atol=1e-3):
        raise InvalidInputError(
            f"{what}, made for another network than {model.name}, or other weights",
            "the network it was made for",
            "--model as when it was made",
        )
