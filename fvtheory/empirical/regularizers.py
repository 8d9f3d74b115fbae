"""What keeps pictures from being noise: penalties on the pictures themselves, and on how alike they are.

Each is an `Objective`, one number a picture, small where a picture is as wanted. They are weighted, joined with +,
and given to `visualize` as `penalty`. Numbers are means over a picture, so that weights hold for any size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fvtheory.empirical.objectives import PICTURES, Objective
from fvtheory.empirical.picture_density import PictureDensity
from fvtheory.empirical.transformations import GREY
from fvtheory.errors import InvalidInputError


def total_variation() -> Objective:
    """Mean absolute difference of neighbours, down and to the right (anisotropic total variation)."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[PICTURES]
        down, right = x.diff(dim=2).abs(), x.diff(dim=3).abs()
        return (down.flatten(1).sum(1) + right.flatten(1).sum(1)) / x[0].numel()

    return Objective("total-variation", (PICTURES,), value)


def high_frequencies(above: float = 0.25) -> Objective:
    """Mean square of the part of a picture with more than so many cycles a pixel (0 to 0.71; 0.5 along an axis).

    Raises:
        InvalidInputError: for another number.
    """
    if not 0 <= above < 0.5**0.5:
        raise InvalidInputError(f"frequencies above {above}", "a number from 0 to 0.7 cycles a pixel")

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[PICTURES]
        rows = torch.fft.fftfreq(x.shape[2], device=x.device)
        columns = torch.fft.fftfreq(x.shape[3], device=x.device)
        counted = (rows[:, None] ** 2 + columns[None] ** 2) > above**2
        power = torch.fft.fft2(x, norm="ortho").abs().square() * counted
        return power.flatten(1).mean(1)

    return Objective(f"frequencies-above-{above:g}", (PICTURES,), value)


def distance_to_grey(power: int = 2) -> Objective:
    """Mean of |picture - 1/2| to the power of 1 or 2.

    Raises:
        InvalidInputError: for another power.
    """
    if power not in (1, 2):
        raise InvalidInputError(f"power {power}", "1 or 2")

    def value(seen: dict[str, Tensor]) -> Tensor:
        return (seen[PICTURES] - GREY).abs().pow(power).flatten(1).mean(1)

    return Objective(f"L{power}-to-grey", (PICTURES,), value)


def improbability(density: PictureDensity) -> Objective:
    """Minus the logarithm of the density of photographs, in nats a number (pixel and channel)."""

    def value(seen: dict[str, Tensor]) -> Tensor:
        return -density.log_density(seen[PICTURES])

    return Objective("improbability", (PICTURES,), value)


def reconstruction_error(encoder: nn.Module, decoder: nn.Module) -> Objective:
    """Mean square of what an autoencoder of photographs changes in a picture: small where it knows such pictures.

    No density: a grey picture has almost none.
    """

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[PICTURES]
        return (decoder(encoder(x)) - x).square().flatten(1).mean(1)

    return Objective("reconstruction-error", (PICTURES,), value)


def likeness(layer: str, copies: int | None = None) -> Objective:
    """How alike the pictures of a batch are in texture: the mean cosine between the Gram matrix of a picture's
    channels at a layer and those of the others (the diversity term of Olah et al. 2017), from -1 to 1.

    Args:
        copies: pictures belong together in groups of so many, in order; the whole batch unless told.

    Raises:
        InvalidInputError: when called, for groups of one picture, a batch that is not whole groups, or a layer
            without positions.
    """

    def value(seen: dict[str, Tensor]) -> Tensor:
        x = seen[layer]
        group = copies or len(x)
        if group < 2 or len(x) % group or x.ndim < 3:
            raise InvalidInputError(
                f"likeness at layer {layer!r} of shape {tuple(x.shape)} in groups of {group}",
                "groups of two pictures or more, and channels with positions",
            )
        flat = x.flatten(2)
        gram = (flat @ flat.transpose(1, 2)).flatten(1)
        unit = (gram / gram.norm(dim=1, keepdim=True).clamp_min(1e-12)).unflatten(0, (-1, group))
        cosines = unit @ unit.transpose(1, 2)
        others = cosines.sum(2) - cosines.diagonal(dim1=1, dim2=2)
        return (others / (group - 1)).flatten()

    return Objective(f"likeness({layer})", (layer,), value)
