"""The latent of an autoencoder, whose decoder makes the picture."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from fvtheory.empirical.image_model import check_eval
from fvtheory.empirical.models.taef2 import LATENT, SCALE, load_taef2
from fvtheory.empirical.parameterizations.base import Shape, checked
from fvtheory.errors import InvalidInputError

OPTIONS = {
    "--prior": {
        "metavar": "DIR",
        "help": "a folder with taef2_encoder.pth and taef2_decoder.pth (default: taef2 in the folder named by "
        "FVTHEORY_DATA)",
    }
}


class Learned:
    """The latent of a generator: pictures are what it can make (Nguyen et al. 2016).

    Args:
        generator_module: takes latents (n, ...) and returns pictures (n, C, H, W); values outside [0, 1] are cut off.
            In eval mode, its weights are not moved.
        latent: where to begin, (n, ...); see `noise_latent` and `encoded`.
        size: (height, width) to which pictures are resized, or None to leave them.

    Raises:
        InvalidInputError: for a module in training mode, or one that does not return pictures.
    """

    def __init__(
        self, generator_module: nn.Module, latent: Tensor, size: tuple[int, int] | None = None
    ) -> None:
        check_eval(generator_module, "a generator")
        self.module, self.size = generator_module, size
        self.values = latent.detach().clone().requires_grad_()
        self.parameters = [self.values]
        with torch.no_grad():
            made = self.module(self.values)
        if not isinstance(made, Tensor) or made.ndim != 4 or len(made) != len(latent):
            shown = tuple(made.shape) if isinstance(made, Tensor) else type(made).__name__
            raise InvalidInputError(
                f"a generator that makes {shown} of {tuple(latent.shape)}", "pictures (n, C, H, W)"
            )

    def pictures(self) -> Tensor:
        made = self.module(self.values)
        if self.size is not None and tuple(made.shape[2:]) != tuple(self.size):
            made = functional.interpolate(made, size=self.size, mode="bilinear", align_corners=False)
        return made.clamp(0, 1)


def noise_latent(
    shape: tuple[int, ...],
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    spread: float = 1.0,
) -> Tensor:
    """A normal latent with a standard deviation of `spread`."""
    return (spread * torch.randn(shape, generator=generator)).to(device)


@torch.no_grad()
def encoded(encoder: nn.Module, start: Tensor) -> Tensor:
    """The latent of pictures (n, C, H, W) in [0, 1], from the encoder of an autoencoder."""
    return encoder(start)


def build(
    shape: Shape,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    start: Tensor | None = None,
    prior: str | Path | None = None,
) -> Learned:
    """Latents of TAEF2: those of the start, which its decoder gives back nearly, or noise.

    Args:
        prior: the folder with its weights.

    Raises:
        InvalidInputError: for one channel, no folder, other weights, or a start of another shape or range.
    """
    count, channels, height, width = shape
    if channels != 3:
        raise InvalidInputError(f"a learned prior for pictures of {channels} channel", "three channels")
    if prior is None:
        raise InvalidInputError(
            "no prior", "a folder with taef2_encoder.pth and taef2_decoder.pth", "--prior DIR"
        )
    encoder, decoder = (module.to(device) for module in load_taef2(prior))
    if start is not None:
        latent = encoded(encoder, checked(start, shape, device))
    else:
        small = (count, LATENT, math.ceil(height / SCALE), math.ceil(width / SCALE))
        latent = noise_latent(small, generator, device)
    return Learned(decoder, latent, (height, width))
