"""Fourier coefficients, high frequencies scaled down, colours decorrelated."""

from __future__ import annotations

import torch
from torch import Tensor

from fvtheory.empirical.parameterizations.base import (
    Shape,
    before_sigmoid,
    colour_matrix,
    frequency_scale,
    mix_colours,
    separate_colours,
)


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
            plane = separate_colours(before_sigmoid(start, shape, device), self.colours)
            values = torch.view_as_real(torch.fft.rfft2(plane)) / self.scale
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        spectrum = torch.view_as_complex(self.values * self.scale)
        return torch.sigmoid(mix_colours(torch.fft.irfft2(spectrum, s=self.size), self.colours))


build = Fourier
