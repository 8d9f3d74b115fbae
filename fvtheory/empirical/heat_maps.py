"""Maps over a picture: what the attribution methods return, and what is done with them.

A *map* is a float tensor (n, H, W) with values in [0, 1], as large as the pictures, 1 where a method looks most.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fvtheory.errors import InvalidInputError

GREY = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the brightness of a pixel (ITU-R BT.601)."""

_COLOURS = ((0.0, 0.14, 0.3), (0.26, 0.31, 0.42), (0.49, 0.49, 0.47), (0.74, 0.68, 0.42), (1.0, 0.91, 0.22))
"""Five steps of cividis, which looks alike to eyes that tell red from green and to others."""


def to_grey(pictures: Tensor) -> Tensor:
    """Brightness (n, H, W) of pictures (n, C, H, W) of three channels; the only channel of others.

    Raises:
        InvalidInputError: for another number of channels.
    """
    if pictures.ndim != 4 or pictures.shape[1] not in (1, 3):
        raise InvalidInputError(f"pictures {tuple(pictures.shape)}", "(n, 1 or 3, height, width)")
    if pictures.shape[1] == 1:
        return pictures[:, 0]
    return torch.einsum("nchw,c->nhw", pictures, torch.tensor(GREY).to(pictures))


def normalise(maps: Tensor) -> Tensor:
    """Each map (n, H, W) to [0, 1] by its least and greatest value; a constant map becomes 0 everywhere.

    Raises:
        InvalidInputError: for NaN or infinite values.
    """
    if not bool(torch.isfinite(maps).all()):
        raise InvalidInputError("a map with NaN or infinite values", "finite numbers")
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return torch.where(high > low, (maps - low) / (high - low).clamp(min=torch.finfo(maps.dtype).tiny), 0.0)


def is_constant(maps: Tensor) -> Tensor:
    """(n,): maps with one value everywhere, which say nothing."""
    return maps.amax((1, 2)) == maps.amin((1, 2))


def correlation(first: Tensor, second: Tensor) -> Tensor:
    """Pearson's correlation (n,) of maps (n, H, W) in [-1, 1]; NaN where one of the two is constant.

    Raises:
        InvalidInputError: for maps of other shapes.
    """
    if first.shape != second.shape or first.ndim != 3:
        raise InvalidInputError(f"maps {tuple(first.shape)} and {tuple(second.shape)}", "two (n, H, W) alike")
    a, b = (x.flatten(1).double() - x.flatten(1).double().mean(1, keepdim=True) for x in (first, second))
    found = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-300)
    return torch.where(is_constant(first) | is_constant(second), torch.nan, found.clamp(-1, 1))


def gaussian_blur(images: Tensor, size: int, sigma: float | None = None) -> Tensor:
    """Blur images (..., H, W) with a square Gaussian kernel, mirrored at the border.

    Args:
        size: of the kernel in pixels, odd; 1 changes nothing.
        sigma: in pixels; 0.3 ((size - 1) / 2 - 1) + 0.8 unless told, as OpenCV and torchvision take it.

    Raises:
        InvalidInputError: for an even size, one too large for the images, or sigma <= 0.
    """
    height, width = images.shape[-2:]
    if size < 1 or size % 2 == 0 or size // 2 >= min(height, width):
        raise InvalidInputError(
            f"a kernel of {size} for images of {height}x{width}",
            f"an odd size from 1 to {2 * min(height, width) - 1}",
        )
    if sigma is None:
        sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
    if not sigma > 0:
        raise InvalidInputError(f"sigma = {sigma}", "a number above 0")
    places = torch.arange(size, device=images.device, dtype=images.dtype) - size // 2
    weights = torch.exp(-(places**2) / (2 * sigma**2))
    weights = weights / weights.sum()
    flat = functional.pad(images.reshape(-1, 1, height, width), [size // 2] * 4, mode="reflect")
    rows = functional.conv2d(flat, weights[None, None, :, None])
    return functional.conv2d(rows, weights[None, None, None, :]).reshape(images.shape)


def to_size(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Maps (n, h, w) enlarged to (n, H, W), bilinear."""
    return functional.interpolate(maps[:, None], size=size, mode="bilinear", align_corners=False)[:, 0]


def overlay(pictures: Tensor, maps: Tensor, share: float = 0.5) -> Tensor:
    """Pictures (n, 3, H, W) with their maps (n, H, W) laid over them in colours from dark blue (0) to yellow (1).

    Args:
        share: of the colours, the rest is the picture in grey.
    """
    stops = torch.tensor(_COLOURS).to(maps)
    place = maps.clamp(0, 1) * (len(stops) - 1)
    below = place.long().clamp(max=len(stops) - 2)
    part = (place - below)[..., None]
    colours = (stops[below] * (1 - part) + stops[below + 1] * part).permute(0, 3, 1, 2)
    return share * colours + (1 - share) * to_grey(pictures)[:, None]
