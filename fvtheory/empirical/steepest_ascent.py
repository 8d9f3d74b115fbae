"""Which way is up depends on what distance is: directions of steepest descent in three senses (Olah et al. 2017).

Each is scaled so that its root mean square is 1 a picture: a step of rate r moves a number by r on average.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fvtheory.empirical.parameterizations import colour_matrix, frequency_scale, mix_colours
from fvtheory.errors import InvalidInputError

SENSES = ("euclidean", "sup", "decorrelated")


def steepest(gradient: Tensor, sense: str) -> Tensor:
    """The direction among all of one length in which a function rises most.

    Args:
        gradient: (n, ...); for "decorrelated" (n, C, H, W).
        sense: how length is measured. "euclidean": the gradient, scaled. "sup": its signs. "decorrelated": in the
            coordinates of `Fourier` (1/frequency, decorrelated colours), where the gradient is multiplied by the
            covariance that photographs have.

    A picture whose gradient is 0 stays where it is.

    Raises:
        InvalidInputError: for another sense, or a gradient of another shape.
    """
    if sense == "sup":
        return gradient.sign()
    if sense == "decorrelated":
        if gradient.ndim != 4:
            raise InvalidInputError(
                f"numbers {tuple(gradient.shape)} with decorrelated ascent", "pixels (n, C, height, width)"
            )
        height, width = gradient.shape[2:]
        colours = colour_matrix(gradient.shape[1], gradient.device)
        scale = frequency_scale(height, width).to(gradient)
        spectrum = torch.fft.rfft2(gradient) * (scale / scale.max()) ** 2
        gradient = torch.fft.irfft2(spectrum, s=(height, width))
        if colours is not None:
            gradient = mix_colours(gradient, colours @ colours.T)
    elif sense != "euclidean":
        raise InvalidInputError(f"ascent {sense!r}", " or ".join(SENSES))
    size = gradient.flatten(1).square().mean(1).sqrt()
    size = size.reshape(-1, *[1] * (gradient.ndim - 1))
    return torch.where(size > 0, gradient / size, gradient)
