"""From numbers that an optimizer moves to pictures in [0, 1]: what ascent looks for first depends on these.

A parameterization has `parameters`, whose first dimension is the picture, and gives `pictures()`, (n, C, H, W),
differentiable in them.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from fvtheory.errors import InvalidInputError

COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
"""Square root of the covariance of the colours of photographs (Olah et al. 2017), (from, to)."""

Shape = tuple[int, int, int, int]


class Parameterization(Protocol):
    """Pictures as a function of free tensors.

    Attributes:
        parameters: what an ascent changes; leaves that require a gradient.
    """

    parameters: list[Tensor]

    def pictures(self) -> Tensor:
        """The pictures, (n, C, H, W) with values in [0, 1], differentiable in the parameters."""
        ...


def colour_matrix(channels: int, device: torch.device | str = "cpu") -> Tensor | None:
    """From decorrelated colours to RGB, (3, 3), or None where there are not three channels."""
    return (COLOURS / COLOURS.norm(dim=0).max()).to(device) if channels == 3 else None


def frequency_scale(height: int, width: int, decay: float = 1.0) -> Tensor:
    """By what coefficients of a real Fourier transform are scaled: 1/frequency^decay, (height, width // 2 + 1).

    Frequencies are in cycles a pixel, that of the mean counts as the lowest there is.
    """
    rows, columns = torch.fft.fftfreq(height), torch.fft.rfftfreq(width)
    frequency = (rows[:, None] ** 2 + columns[None] ** 2).sqrt().clamp(min=1 / max(height, width))
    return frequency**-decay * (math.sqrt(height * width) / 4)


def mix_colours(x: Tensor, matrix: Tensor | None) -> Tensor:
    """A matrix (to, from) applied to the channels of (n, C, ...)."""
    return x if matrix is None else torch.matmul(matrix, x.flatten(2)).reshape(x.shape)


def _before_sigmoid(start: Tensor, shape: Shape, device: torch.device | str) -> Tensor:
    if tuple(start.shape) != tuple(shape):
        raise InvalidInputError(f"start {tuple(start.shape)}", f"pictures {tuple(shape)}")
    values = start.detach().float().to(device)
    low, high = (float(v) for v in values.aminmax())
    if not (low >= 0 and high <= 1):
        raise InvalidInputError(f"a start with values from {low:g} to {high:g}", "values from 0 to 1")
    return torch.logit(values.clamp(1 / 512, 1 - 1 / 512))


class Pixels:
    """One number a pixel and channel, through a sigmoid.

    Args:
        shape: (n, C, H, W).
        generator: of the start, normal with standard deviation `spread` before the sigmoid.
        start: pictures to begin with in place of noise; values of 0 and 1 are moved inside by 1/512.
        decorrelated: with the colours of photographs decorrelated (three channels only).

    Raises:
        InvalidInputError: for a start of another shape, or with values outside [0, 1].
    """

    def __init__(
        self,
        shape: Shape,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        spread: float = 0.01,
        decorrelated: bool = False,
        start: Tensor | None = None,
    ) -> None:
        self.colours = colour_matrix(shape[1], device) if decorrelated else None
        if start is None:
            values = spread * torch.randn(shape, generator=generator)
        else:
            values = _before_sigmoid(start, shape, device)
            if self.colours is not None:
                values = mix_colours(values, torch.linalg.inv(self.colours))
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        return torch.sigmoid(mix_colours(self.values, self.colours))


class Fourier:
    """Coefficients of a real Fourier transform, high frequencies scaled down, colours decorrelated (Olah et al.
    2017): steps of equal length then move frequencies as photographs have them.

    Args:
        shape: (n, C, H, W).
        generator: of the start.
        decay: power of 1/frequency by which coefficients are scaled.
        start: pictures to begin with in place of noise, as for `Pixels`.

    Raises:
        InvalidInputError: for a start of another shape, or with values outside [0, 1].
    """

    def __init__(
        self,
        shape: Shape,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        spread: float = 0.01,
        decay: float = 1.0,
        decorrelated: bool = True,
        start: Tensor | None = None,
    ) -> None:
        n, c, height, width = shape
        self.size = (height, width)
        self.colours = colour_matrix(c, device) if decorrelated else None
        scale = frequency_scale(height, width, decay).to(device)
        # For real and imaginary parts alike: broadcasting would be slower.
        self.scale = torch.stack([scale, scale], -1)
        if start is None:
            values = spread * torch.randn((n, c, height, width // 2 + 1, 2), generator=generator)
        else:
            plane = _before_sigmoid(start, shape, device)
            if self.colours is not None:
                plane = mix_colours(plane, torch.linalg.inv(self.colours))
            values = torch.view_as_real(torch.fft.rfft2(plane)) / self.scale
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        spectrum = torch.view_as_complex(self.values * self.scale)
        return torch.sigmoid(mix_colours(torch.fft.irfft2(spectrum, s=self.size), self.colours))


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
        if generator_module.training:
            raise InvalidInputError("a generator in training mode", "one in eval mode", "call its eval()")
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
