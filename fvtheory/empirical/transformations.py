"""Small random changes of a picture before each step, so that what is found survives them (Olah et al. 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Transformations:
    """Scale, turn and shift, as one affine map a picture and step, with grey around.

    Attributes:
        jitter: greatest shift in pixels, each way.
        scale: greatest relative change of size.
        degrees: greatest turn, each way.
    """

    jitter: float = 12.0
    scale: float = 0.1
    degrees: float = 10.0

    def __call__(self, pictures: Tensor, generator: torch.Generator) -> Tensor:
        n, _, height, width = pictures.shape
        draw = 2 * torch.rand((n, 4), generator=generator) - 1
        angle = draw[:, 0] * math.radians(self.degrees)
        size = 1 + draw[:, 1] * self.scale
        cos, sin = torch.cos(angle) / size, torch.sin(angle) / size
        shift_x, shift_y = draw[:, 2] * 2 * self.jitter / width, draw[:, 3] * 2 * self.jitter / height
        ratio = height / width
        theta = torch.stack(
            [torch.stack([cos, -sin * ratio, shift_x], 1), torch.stack([sin / ratio, cos, shift_y], 1)], 1
        )
        places = functional.affine_grid(theta, list(pictures.shape), align_corners=False).to(pictures.device)
        return functional.grid_sample(pictures - 0.5, places, align_corners=False) + 0.5


STANDARD = Transformations()
