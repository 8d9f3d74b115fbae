"""One number a pixel and channel."""

from __future__ import annotations

import torch
from torch import Tensor

from fvtheory.empirical.parameterizations.base import (
    Shape,
    before_sigmoid,
    colour_matrix,
    mix_colours,
    separate_colours,
)


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
            values = separate_colours(before_sigmoid(start, shape, device), self.colours)
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        return torch.sigmoid(mix_colours(self.values, self.colours))


build = Pixels
