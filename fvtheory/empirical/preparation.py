"""A copy of a network made ready: eval mode, no gradients of weights, nothing in place, BatchNorm folded."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from fvtheory.empirical.image_model import ImageModel

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


class _Product(torch.autograd.Function):
    """x W^T + b by oneDNN, which takes half the time of the library behind ``torch.mm`` on some processors."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(weight)
        return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (weight,) = ctx.saved_tensors
        return _Product.apply(gradient, weight.t(), None), None, None


class Pointwise(nn.Conv2d):
    """A convolution with a kernel of one pixel, as the matrix product that it is: pictures whose channels lie side by
    side in memory need not be copied for it."""

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4:
            return super().forward(x)
        by_pixel, weight = x.permute(0, 2, 3, 1), self.weight.flatten(1)
        if self._is_for_onednn(x):
            product = _Product.apply(by_pixel, weight, self.bias)
        else:
            product = functional.linear(by_pixel, weight, self.bias)
        return product.permute(0, 3, 1, 2)

    def _is_for_onednn(self, x: Tensor) -> bool:
        plain = x.device.type == "cpu" and x.dtype == self.weight.dtype == torch.float32
        return plain and not self.weight.requires_grad and ONEDNN and bool(torch.backends.mkldnn.enabled)


def prepare(model: ImageModel, fold: bool = True, device: str | torch.device | None = None) -> ImageModel:
    """A copy that computes the same function, faster, and whose activations can be read and differentiated.

    Args:
        model: any; it is not changed.
        fold: put BatchNorm into the convolution (or linear layer) before it, where nothing else reads what is
            between. The BatchNorm's name then stands for an identity with the same output; the convolution's is
            in `folded` and refused by `activations`, as it no longer computes what it did.
        device: where the copy lives.

    A module that torch.fx cannot trace is left unfolded: `folded` is then empty.
    """
    ready = copy.deepcopy(model).eval().requires_grad_(False)
    for module in ready.modules():
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]
    folded = _fold(ready.module) if fold else frozenset()
    for module in ready.modules():
        if type(module) is nn.Conv2d and _is_pointwise(module):
            module.__class__ = Pointwise
    ready.folded = folded | model.folded
    ready.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return ready if device is None else ready.to(device)


def _is_pointwise(layer: nn.Conv2d) -> bool:
    once = layer.kernel_size == layer.stride == (1, 1) and layer.padding in ((0, 0), 0, "valid", "same")
    return once and layer.groups == 1


class Tracer(fx.Tracer):
    """Takes every module without others inside as it is, whoever wrote it."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return not list(m.children())


def _fold(root: nn.Module) -> frozenset[str]:
    """Fold in place; returns the dotted names of the layers that took a BatchNorm in."""
    try:
        graph = Tracer().trace(root)
    except Exception:  # fx raises whatever the module's own code raises when fed proxies
        return frozenset()
    modules = dict(root.named_modules())
    nodes = [node for node in graph.nodes if node.op == "call_module"]
    calls = Counter(str(node.target) for node in nodes)
    folded = set()
    for node in nodes:
        norm = modules[str(node.target)]
        if not isinstance(norm, NORMS) or norm.running_mean is None or len(node.args) != 1:
            continue
        before = node.args[0]
        if not isinstance(before, fx.Node) or before.op != "call_module" or len(before.users) != 1:
            continue
        above = str(before.target)
        layer = modules[above]
        if calls[str(node.target)] != 1 or calls[above] != 1:
            continue
        if isinstance(layer, CONVOLUTIONS):
            joined: nn.Module = fuse_conv_bn_eval(layer, norm)
        elif isinstance(layer, nn.Linear):
            joined = fuse_linear_bn_eval(layer, norm)
        else:
            continue
        _replace(root, above, joined.requires_grad_(False))
        _replace(root, str(node.target), nn.Identity())
        folded.add(above)
    return frozenset(folded)


def _replace(root: nn.Module, dotted: str, module: nn.Module) -> None:
    parent, _, name = dotted.rpartition(".")
    setattr(root.get_submodule(parent), name, module.train(False))
