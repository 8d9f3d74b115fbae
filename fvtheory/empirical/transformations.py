"""Small random changes of a picture before each step, so that what is found survives them (Olah et al. 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from fvtheory.empirical.image_model import InputSpace
from fvtheory.errors import InvalidInputError

GREY = 0.5


@dataclass(frozen=True)
class Transformations:
    """Shift, scale, turn and shift again within a grey frame: one affine map a picture and step.

    Sizes are in pixels of the picture. What is uniform is drawn anew for each picture and call.

    Attributes:
        jitter: greatest shift each way, uniform.
        scale: greatest relative change of size, uniform.
        degrees: greatest turn each way, uniform.
        pad: width of a grey frame. Picture and frame together are shown at the size of the picture.
        last_jitter: greatest shift each way after turning, uniform.

    Shifts alone are by whole pixels, and exact.

    Raises:
        InvalidInputError: for numbers below 0 or not finite, or a scale of 1 or more.
    """

    jitter: float = 4.0
    scale: float = 0.1
    degrees: float = 10.0
    pad: float = 0.0
    last_jitter: float = 0.0

    def __post_init__(self) -> None:
        values = (self.jitter, self.scale, self.degrees, self.pad, self.last_jitter)
        if not all(math.isfinite(v) and v >= 0 for v in values) or self.scale >= 1:
            raise InvalidInputError(f"{self}", "finite numbers from 0, and a scale below 1")

    def __call__(self, pictures: Tensor, generator: torch.Generator) -> Tensor:
        """Pictures of the same shape (n, C, H, W), changed; differentiable.

        Args:
            pictures: with values in [0, 1].
            generator: on the CPU.
        """
        n = len(pictures)
        if not (self.scale or self.degrees or self.pad):
            reach = int(self.jitter + self.last_jitter)
            if reach == 0:
                return pictures
            return shifted(pictures, torch.randint(-reach, reach + 1, (n, 2), generator=generator))
        draw = 2 * torch.rand((n, 6), generator=generator) - 1
        return transformed(
            pictures,
            turn=draw[:, 0] * math.radians(self.degrees),
            size=1 + draw[:, 1] * self.scale,
            before=draw[:, 2:4] * self.jitter,
            after=draw[:, 4:6] * self.last_jitter,
            pad=self.pad,
        )


STANDARD = Transformations(jitter=4, scale=0.1, degrees=10, pad=12, last_jitter=2)
"""The standard set of lucid and lucent: pad 12, jitter 8 (4 each way), scale 0.9 to 1.1, rotate by -10 to 10 degrees,
jitter 4 (2 each way). There each is a resampling of its own, and a network sees the frame at 24 pixels more than the
picture has; here bilinear interpolation happens once, and the size stays. `standard` is for any size.
"""

LEAST_SIDE = 96
"""Pixels; in smaller pictures those transformations leave little of a unit."""


def standard(space: InputSpace) -> Transformations:
    """`STANDARD` for the pictures of a network: for small ones, what is in pixels shrinks with the shorter side."""
    share = min(1.0, space.height / LEAST_SIDE, space.width / LEAST_SIDE)
    lengths = {name: share * getattr(STANDARD, name) for name in ("jitter", "pad", "last_jitter")}
    return replace(STANDARD, **lengths)


def shifted(pictures: Tensor, by: Tensor) -> Tensor:
    """Each picture (n, C, H, W) moved right and down by whole pixels `by` (n, 2), grey where nothing is."""
    height, width = pictures.shape[2:]
    reach = int(by.abs().max())
    framed = functional.pad(pictures, (reach,) * 4, value=GREY)
    parts = [
        framed[i : i + 1, :, reach - down : reach - down + height, reach - right : reach - right + width]
        for i, (right, down) in enumerate(by.tolist())
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def transformed(
    pictures: Tensor, turn: Tensor, size: Tensor, before: Tensor, after: Tensor, pad: float = 0.0
) -> Tensor:
    """Each picture (n, C, H, W) shifted, scaled and turned about the middle, shifted again, framed.

    Args:
        turn: radians, counterclockwise, (n,).
        size: factor, (n,); above 1 the picture grows.
        before, after: pixels right and down, (n, 2).
        pad: pixels of grey on each side, see `Transformations`.
    """
    height, width = pictures.shape[2:]
    cos, sin = torch.cos(turn) / size, torch.sin(turn) / size
    # Where a pixel comes from, in pixels from the middle: undo the steps in turn.
    x = (torch.arange(width) + 0.5 - width / 2) * ((width + 2 * pad) / width)
    y = (torch.arange(height) + 0.5 - height / 2) * ((height + 2 * pad) / height)
    x, y = x - after[:, :1], y - after[:, 1:]
    # In halves of the picture, x + iy as complex numbers: their sums are quicker than those of pairs.
    across, down = 2 / width, 2 / height
    columns = torch.complex(
        (cos[:, None] * x - before[:, :1]) * across, (sin[:, None] * x - before[:, 1:]) * down
    )
    rows = torch.complex(-sin[:, None] * y * across, cos[:, None] * y * down)
    places = torch.view_as_real(columns[:, None].to(pictures.device) + rows[:, :, None].to(pictures.device))
    return functional.grid_sample(pictures - GREY, places, align_corners=False) + GREY
