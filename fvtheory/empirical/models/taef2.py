"""TAEF2: a tiny image autoencoder (madebyollin/taesd, MIT), used as a natural-image prior.

The decoder turns a latent (n, 32, H/8, W/8) into pictures; the encoder goes the other way. Weights are files of the
user: taef2_decoder.pth and taef2_encoder.pth of https://github.com/madebyollin/taesd.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from fvtheory.empirical.tensor_files import read_tensors

LATENT, WIDTH, SCALE = 32, 64, 8


class Block(nn.Module):
    """Three convolutions and a skip; some begin with a normalised detour."""

    def __init__(self, pooled: bool = False) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for i in range(3):
            layers += [nn.Conv2d(WIDTH, WIDTH, 3, padding=1)] + ([nn.ReLU()] if i < 2 else [])
        self.conv = nn.Sequential(*layers)
        self.pool = None
        if pooled:
            inner = 4 * WIDTH
            self.pool = nn.Sequential(
                nn.Conv2d(WIDTH, inner, 1, bias=False),
                nn.GroupNorm(4, inner),
                nn.ReLU(),
                nn.Conv2d(inner, WIDTH, 1, bias=False),
            )
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return self.relu(self.conv(x) + x)


class _Clamp(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x / 3) * 3


def _up() -> list[nn.Module]:
    return [nn.Upsample(scale_factor=2), nn.Conv2d(WIDTH, WIDTH, 3, padding=1, bias=False)]


def _down() -> list[nn.Module]:
    return [nn.Conv2d(WIDTH, WIDTH, 3, 2, padding=1, bias=False)]


def decoder() -> nn.Sequential:
    """Latent to pictures (values may leave [0, 1] a little)."""
    return nn.Sequential(
        _Clamp(),
        nn.Conv2d(LATENT, WIDTH, 3, padding=1),
        nn.ReLU(),
        *(Block(pooled=True) for _ in range(3)),
        *_up(),
        *(Block() for _ in range(3)),
        *_up(),
        *(Block() for _ in range(3)),
        *_up(),
        Block(),
        nn.Conv2d(WIDTH, 3, 3, padding=1),
    )


def encoder() -> nn.Sequential:
    """Pictures to latent."""
    return nn.Sequential(
        nn.Conv2d(3, WIDTH, 3, padding=1),
        Block(),
        *_down(),
        *(Block() for _ in range(3)),
        *_down(),
        *(Block() for _ in range(3)),
        *_down(),
        *(Block(pooled=True) for _ in range(3)),
        nn.Conv2d(WIDTH, LATENT, 3, padding=1),
    )


def load_taef2(folder: str | Path) -> tuple[nn.Sequential, nn.Sequential]:
    """(encoder, decoder) from a folder that has taef2_encoder.pth and taef2_decoder.pth.

    Raises:
        InvalidInputError: for missing files or other weights.
    """
    made = []
    for name, module in (("encoder", encoder()), ("decoder", decoder())):
        file = Path(folder) / f"taef2_{name}.pth"
        source = "download them from https://github.com/madebyollin/taesd"
        with read_tensors(file, f"weights of the TAEF2 {name}", source) as weights:
            module.load_state_dict(weights)
        made.append(module.eval().requires_grad_(False))
    return made[0], made[1]
