"""A probability density over pictures, fitted to photographs: the log-probability prior of Olah et al. (2017).

It is the plainest that has the statistics of photographs of second order: Gaussian and stationary. Colours are
turned to their principal axes; on each, the coefficients of the Fourier transform are independent, and their variance
falls with the frequency f as amplitude * f^-exponent (Ruderman and Bialek 1994). It knows of no objects, and gives
weight to values outside [0, 1] too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError


@dataclass(frozen=True)
class PictureDensity:
    """A Gaussian density over pictures of any size.

    Attributes:
        mean: of each channel, (C,).
        axes: rows are the principal axes of the colours, orthonormal, (C, C).
        amplitude, exponent: of the variance of coefficients (orthonormal transform) on each axis, (C,).
    """

    mean: Tensor
    axes: Tensor
    amplitude: Tensor
    exponent: Tensor

    def log_density(self, pictures: Tensor) -> Tensor:
        """Logarithm of the density of pictures (n, C, H, W), in nats divided by C * H * W, (n,).

        Raises:
            InvalidInputError: for another number of channels.
        """
        channels, height, width = pictures.shape[1:]
        if channels != len(self.mean):
            raise InvalidInputError(f"pictures with {channels} channels", f"{len(self.mean)} channels")
        mean, axes = self.mean.to(pictures), self.axes.to(pictures)
        turned = torch.einsum("ij,njhw->nihw", axes, pictures - mean[:, None, None])
        power = torch.fft.rfft2(turned, norm="ortho").abs().square()
        variance = self.variance(height, width).to(pictures)
        twice = torch.full((width // 2 + 1,), 2.0).to(pictures)  # a column stands for its mirror image too
        twice[0] = 1
        if width % 2 == 0:
            twice[-1] = 1
        nats = -0.5 * (power / variance + torch.log(2 * math.pi * variance)) * twice
        return nats.flatten(1).sum(1) / (channels * height * width)

    def variance(self, height: int, width: int) -> Tensor:
        """Of the coefficients of an orthonormal real transform, (C, height, width // 2 + 1)."""
        frequency = _frequency(height, width)
        return self.amplitude[:, None, None] * frequency ** -self.exponent[:, None, None]

    def draw(self, shape: tuple[int, int, int, int], generator: torch.Generator) -> Tensor:
        """Pictures (n, C, H, W) from the density; values are not cut off."""
        noise = torch.fft.rfft2(torch.randn(shape, generator=generator), norm="ortho")
        turned = torch.fft.irfft2(noise * self.variance(*shape[2:]).sqrt(), s=shape[2:], norm="ortho")
        return torch.einsum("ji,njhw->nihw", self.axes, turned) + self.mean[:, None, None]


def _frequency(height: int, width: int) -> Tensor:
    rows, columns = torch.fft.fftfreq(height), torch.fft.rfftfreq(width)
    return (rows[:, None] ** 2 + columns[None] ** 2).sqrt().clamp(min=1 / max(height, width))


def fit_density(pictures: Tensor) -> PictureDensity:
    """Fit to photographs: mean and colour axes by moments, amplitude and exponent by least squares on logarithms of
    the mean power at each frequency (without the mean of a picture).

    Args:
        pictures: (n, C, H, W) in [0, 1], two or more, of 8 x 8 pixels or more.

    Raises:
        InvalidInputError: for fewer or smaller ones, or such as do not vary.
    """
    if pictures.ndim != 4 or len(pictures) < 2 or min(pictures.shape[2:]) < 8:
        raise InvalidInputError(
            f"photographs {tuple(pictures.shape)}", "two or more, (n, C, H, W), of 8 x 8 pixels or more"
        )
    channels = pictures.shape[1]
    flat = pictures.transpose(0, 1).flatten(1)
    mean = flat.mean(1)
    covariance = torch.cov(flat).reshape(channels, channels)
    axes = torch.linalg.eigh(covariance.double())[1].T.flip(0).float().contiguous()
    turned = torch.einsum("ij,njhw->nihw", axes, pictures - mean[:, None, None])
    power = torch.fft.rfft2(turned, norm="ortho").abs().square().mean(0).flatten(1)[:, 1:]
    if not bool((power.mean(1) > 1e-12).all()):
        raise InvalidInputError("photographs that do not vary in each colour", "natural photographs")
    x = _frequency(*pictures.shape[2:]).flatten()[1:].log()
    y = power.clamp_min(1e-12).log()
    slope = ((x - x.mean()) * (y - y.mean(1, keepdim=True))).sum(1) / (x - x.mean()).square().sum()
    exponent = -slope
    # The amplitude by the likelihood, given the exponent: logarithms of single powers would be too low.
    amplitude = (power * torch.exp(exponent[:, None] * x)).mean(1)
    return PictureDensity(mean, axes, amplitude, exponent)
