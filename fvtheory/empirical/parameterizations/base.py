"""What parameterizations share: the protocol, colours and spectrum of photographs, the way back from pictures."""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError

COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
"""Square root of the covariance of the colours of photographs (Olah et al. 2017), (from, to)."""

Shape = tuple[int, int, int, int]


class Parameterization(Protocol):
    """Pictures as a function of free tensors.

    Attributes:
        parameters: what an ascent changes; leaves that require a gradient. Their first dimension is the picture.
    """

    parameters: list[Tensor]

    def pictures(self) -> Tensor:
        """The pictures, (n, C, H, W) with values in [0, 1], differentiable in the parameters."""
        ...


def colour_matrix(channels: int, device: torch.device | str = "cpu") -> Tensor | None:
    """From decorrelated colours to RGB, (3, 3), or None where there are not three channels."""
    return (COLOURS / COLOURS.norm(dim=0).max()).to(device) if channels == 3 else None


def mix_colours(x: Tensor, matrix: Tensor | None) -> Tensor:
    """A matrix (to, from) applied to the channels of (n, C, ...)."""
    return x if matrix is None else torch.matmul(matrix, x.flatten(2)).reshape(x.shape)


def separate_colours(x: Tensor, matrix: Tensor | None) -> Tensor:
    """What `mix_colours` takes to x."""
    return x if matrix is None else mix_colours(x, torch.linalg.inv(matrix))


def frequency_scale(height: int, width: int, decay: float = 1.0) -> Tensor:
    """By what coefficients of a real Fourier transform are scaled: 1/frequency^decay, (height, width // 2 + 1).

    Frequencies are in cycles a pixel, that of the mean counts as the lowest there is.
    """
    rows, columns = torch.fft.fftfreq(height), torch.fft.rfftfreq(width)
    frequency = (rows[:, None] ** 2 + columns[None] ** 2).sqrt().clamp(min=1 / max(height, width))
    return frequency**-decay * (math.sqrt(height * width) / 4)


def checked(start: Tensor, shape: Shape, device: torch.device | str) -> Tensor:
    """Pictures to begin with, float32 on the device.

    Raises:
        InvalidInputError: for pictures of another shape, or with values outside [0, 1].
    """
    if tuple(start.shape) != tuple(shape):
        raise InvalidInputError(f"start {tuple(start.shape)}", f"pictures {tuple(shape)}")
    values = start.detach().float().to(device)
    low, high = (float(v) for v in values.aminmax())
    if not (low >= 0 and high <= 1):
        raise InvalidInputError(f"a start with values from {low:g} to {high:g}", "values from 0 to 1")
    return values


def before_sigmoid(start: Tensor, shape: Shape, device: torch.device | str) -> Tensor:
    """What a sigmoid takes to pictures; values of 0 and 1 are moved inside by 1/512.

    Raises:
        InvalidInputError: as `checked`.
    """
    return torch.logit(checked(start, shape, device).clamp(1 / 512, 1 - 1 / 512))
