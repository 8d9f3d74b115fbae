"""A small network trained on scikit-learn's digits in a second or two, once a process, for tests that need a real
network but not a large one."""

from __future__ import annotations

from functools import lru_cache

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from fvtheory.empirical.image_model import ImageModel, InputSpace

SIZE = 16


@lru_cache(maxsize=1)
def digits() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pictures (n, 1, 16, 16) and classes: 1,297 to train with, 500 held out."""
    data = load_digits()
    pictures = torch.from_numpy(data.images).float()[:, None] / 16
    pictures = functional.interpolate(pictures, size=(SIZE, SIZE), mode="bilinear").clamp(0, 1)
    labels = torch.from_numpy(data.target).long()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, held_out = order[:-500], order[-500:]
    return pictures[train], labels[train], pictures[held_out], labels[held_out]


def build(norm: bool) -> nn.Module:
    """Three convolutions (with BatchNorm or plain) and a linear layer, 10 classes."""

    def block(before: int, after: int, stride: int) -> list[nn.Module]:
        convolution = nn.Conv2d(before, after, 3, stride, padding=1, bias=not norm)
        return [convolution, nn.BatchNorm2d(after), nn.ReLU()] if norm else [convolution, nn.ReLU()]

    return nn.Sequential(
        *block(1, 12, 1),
        *block(12, 24, 2),
        *block(24, 32, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


@lru_cache(maxsize=2)
def digits_model(norm: bool = True) -> ImageModel:
    """Trained, in eval mode; do not change it (`prepare` copies)."""
    pictures, labels, _, _ = digits()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = build(norm)
        optimizer = torch.optim.Adam(module.parameters(), lr=5e-3)
        space = InputSpace(SIZE, SIZE, (0.3,), (0.35,), "L", short_side=SIZE)
        model = ImageModel(module, space, "digits", [str(i) for i in range(10)])
        for _ in range(8):
            for part in torch.randperm(len(labels)).split(64):
                optimizer.zero_grad()
                functional.cross_entropy(model(pictures[part]), labels[part]).backward()
                optimizer.step()
    return model.eval()
