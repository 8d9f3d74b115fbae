"""Phases of a Fourier transform whose magnitudes are fixed as photographs have them (MACO).

Fel et al. 2023 (arXiv 2306.06805): the magnitude of every frequency is the mean of that of photographs, and the ascent
moves phases only. The magnitudes then are those of photographs however long it lasts. Colours are
decorrelated as for `Fourier`, and pixels come from a sigmoid.

What differs. Magnitudes fall as 1/frequency unless photographs are given; these are taken before the sigmoid, where
the phases act, so that no picture has to be brought to a mean and a deviation in each step: its mean is 0 and its
deviation follows from the magnitudes (Parseval). Where the transform of real numbers is its own mirror image, so are
the phases, and magnitudes are exact there too. Phases begin uniform over the circle and are not scaled. The crops and
the noise of the paper are no part of it: transformations are those of the ascent.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from fvtheory.empirical.image_model import InputSpace
from fvtheory.empirical.parameterizations.base import (
    Shape,
    before_sigmoid,
    colour_matrix,
    frequency_scale,
    mix_colours,
    separate_colours,
)
from fvtheory.empirical.pictures import read_folder
from fvtheory.errors import InvalidInputError

OPTIONS = {
    "--spectrum": {
        "metavar": "DIR",
        "help": "photographs, one subfolder a class, whose mean magnitudes are taken (default: 1/frequency)",
    }
}

PER_CLASS = 20
"""So many photographs of each class are read for the magnitudes."""


class Maco:
    """Phases at fixed magnitudes.

    Args:
        shape: (n, C, H, W).
        generator: of the phases to begin with, uniform.
        magnitude: of the coefficients `torch.fft.rfft2` before the sigmoid, in decorrelated colours,
            (C, H, W // 2 + 1); that of the mean counts as 0. Unless told, 1/frequency with a standard deviation of 1.
    """

    def __init__(
        self,
        shape: Shape,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        magnitude: Tensor | None = None,
    ) -> None:
        n, c, height, width = shape
        self.size = (height, width)
        self.colours = colour_matrix(c, device)
        if magnitude is None:
            magnitude = unit_deviation(frequency_scale(height, width).expand(c, -1, -1), width)
        magnitude = magnitude.clone()
        magnitude[:, 0, 0] = 0
        self.magnitude = magnitude.to(device)
        self.edges = torch.tensor(own_mirrors(width), device=device)
        self.mirror = (-torch.arange(height, device=device)) % height
        values = 2 * math.pi * torch.rand((n, c, height, width // 2 + 1), generator=generator)
        self.values = values.to(device).requires_grad_()
        self.parameters = [self.values]

    def pictures(self) -> Tensor:
        edge = self.values[..., self.edges]
        phase = self.values.index_copy(-1, self.edges, edge - edge[..., self.mirror, :])
        spectrum = torch.polar(self.magnitude.expand_as(phase), phase)
        return torch.sigmoid(mix_colours(torch.fft.irfft2(spectrum, s=self.size), self.colours))


def own_mirrors(width: int) -> list[int]:
    """The columns of `torch.fft.rfft2` that mirror themselves: the first, and the last of an even width."""
    return sorted({0, width // 2}) if width % 2 == 0 else [0]


def unit_deviation(magnitude: Tensor, width: int) -> Tensor:
    """Magnitudes (C, H, W // 2 + 1) scaled so that every channel has standard deviation 1 (Parseval)."""
    height = magnitude.shape[1]
    weight = torch.full((magnitude.shape[2],), 2.0)
    weight[own_mirrors(width)] = 1
    power = magnitude.square() * weight
    power[:, 0, 0] = 0
    return magnitude * (height * width / power.sum((1, 2), keepdim=True).sqrt())


@lru_cache(maxsize=1)  # batches of an ascent share it
def photographed(folder: str | Path, size: tuple[int, int, int]) -> Tensor:
    """The mean magnitudes of photographs of a size (C, H, W), as `Maco` takes them.

    Raises:
        InvalidInputError: for a folder without photographs, see `pictures.read_folder`.
    """
    c, height, width = size
    space = InputSpace(
        height, width, (0.0,) * c, (1.0,) * c, "RGB" if c == 3 else "L", math.ceil(8 / 7 * max(height, width))
    )
    photos = read_folder(folder, space, PER_CLASS).pictures()
    colours = colour_matrix(c)
    total = torch.zeros(c, height, width // 2 + 1)
    for one in photos.split(1):
        total += torch.fft.rfft2(separate_colours(before_sigmoid(one, one.shape, "cpu"), colours))[0].abs()
    return total / len(photos)


def build(
    shape: Shape,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    start: Tensor | None = None,
    spectrum: str | Path | None = None,
) -> Maco:
    """Phases at magnitudes of 1/frequency, or of photographs.

    Args:
        spectrum: a folder of photographs.

    Raises:
        InvalidInputError: for a start, or a folder without photographs.
    """
    if start is not None:
        raise InvalidInputError(
            "a start for phases of fixed magnitudes",
            "noise to begin with: the magnitudes of a picture are its own",
            "--parameterization fourier",
        )
    return Maco(shape, generator, device, None if spectrum is None else photographed(spectrum, shape[1:]))
