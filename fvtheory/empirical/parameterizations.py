"""From numbers that an optimizer moves to pictures in [0, 1]: what ascent looks for first depends on these.

A parameterization has `parameters` and gives `pictures()`, (n, C, H, W), differentiable in them.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError

COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
"""Square root of the covariance of the colours of photographs (Olah et al. 2017), (from, to)."""


class Parameterization(Protocol):
    parameters: list[Tensor]

    def pictures(self) -> Tensor: ...


def _colours(device: torch.device) -> Tensor:
    return (COLOURS / COLOURS.norm(dim=0).max()).to(device)


def _to_picture(x: Tensor, decorrelated: bool) -> Tensor:
    """Values of any size to [0, 1]."""
    if decorrelated and x.shape[1] == 3:
        x = torch.einsum("ij,njhw->nihw", _colours(x.device), x)
    return torch.sigmoid(x)


class Pixels:
    """One number a pixel and channel, through a sigmoid.

    Args:
        shape: (n, C, H, W).
        generator: of the start, normal with standard deviation `spread` before the sigmoid.
        start: pictures to begin with in place of noise; values of 0 and 1 are moved inside by 1/512.
        decorrelated: with the colours of photographs decorrelated (three channels only).
    """

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        spread: float = 0.01,
        decorrelated: bool = False,
        start: Tensor | None = None,
    ) -> None:
        self.decorrelated = decorrelated
        if start is None:
            values = spread * torch.randn(shape, generator=generator)
        else:
            if tuple(start.shape) != tuple(shape):
                raise InvalidInputError(f"start {tuple(start.shape)}", f"pictures {tuple(shape)}")
            values = torch.logit(start.detach().float().cpu().clamp(1 / 512, 1 - 1 / 512))
            if decorrelated and shape[1] == 3:
                values = torch.einsum("ij,njhw->nihw", torch.linalg.inv(_colours(values.device)), values)
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        return _to_picture(self.values, self.decorrelated)


class Fourier:
    """Coefficients of a real Fourier transform, high frequencies scaled down, colours decorrelated (Olah et al.
    2017): steps of equal length then move frequencies as photographs have them.

    Args:
        shape: (n, C, H, W).
        generator: of the start.
        decay: power of 1/frequency by which coefficients are scaled.
    """

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        spread: float = 0.01,
        decay: float = 1.0,
        decorrelated: bool = True,
    ) -> None:
        n, c, height, width = shape
        self.size, self.decorrelated = (height, width), decorrelated
        rows, columns = torch.fft.fftfreq(height), torch.fft.rfftfreq(width)
        frequency = (rows[:, None] ** 2 + columns[None] ** 2).sqrt()
        scale = frequency.clamp(min=1 / max(height, width)) ** -decay * (height * width) ** 0.5
        self.scale = (scale / 4).to(device)[..., None]
        values = spread * torch.randn((n, c, height, width // 2 + 1, 2), generator=generator)
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        spectrum = torch.view_as_complex(self.values * self.scale)
        return _to_picture(torch.fft.irfft2(spectrum, s=self.size), self.decorrelated)
