"""Silent units: a layer that computes what it did on natural pictures and shows one picture in every visualization
(Section 2.2 of Geirhos et al. 2024).

A block y = act(norm(conv(x, Θ))) becomes y + ReLU(conv(x, Θ') + b) with Θ' = αΘ + βΔ, equation (2). Here Θ is the
filter with its norm folded in, so that it points to where y grows even if the norm turns its sign; Δ is as long as
Θ and orthogonal to it, filter by filter. Of all such directions it is the one that answers most, summed over positions,
to the target picture: that sum is linear in the filter, so its gradient, the sum of the target's patches, made
orthogonal to Θ, is the answer in closed form.

The bias decides whether the units are silent. With M the largest value of conv(x, Θ') on the calibration pictures:

- "max": b = -(M + (slack - 1)|M|). Silent on the calibration pictures, by construction: bit for bit with the same
  batches and kernels that M was measured with. Others round otherwise, and may need a slack above 1.
- "printed": b = -(α/β) M, as the paper prints it. Where M > 0 and β > α it does not silence.

Neither promises anything about other pictures (`silent_units_experiment` counts). What is manipulated is the sum
y + ReLU(...); who visualises the pre-activation norm(conv(x, Θ)) alone still sees the original.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from fvtheory.empirical.convolution_blocks import Block, Trunk, find_block, trace
from fvtheory.empirical.image_model import ImageModel, check_same, grey_logits
from fvtheory.empirical.preparation import NORMS
from fvtheory.empirical.tensor_files import read_tensors
from fvtheory.errors import InvalidInputError

BIASES = ("max", "printed")
KIND = "fvtheory silent units 1"
KEYS = ("layer", "size", "grey", "weight", "bias", "peaks", "alpha", "beta", "slack", "bias_rule")

Progress = Callable[[str, int, int], None]


class SilentUnits(nn.Module):
    """y + ReLU(conv(x, Θ') + b): the second half of the manipulated block."""

    bias: Tensor

    def __init__(self, conv: nn.Conv2d, bias: Tensor) -> None:
        super().__init__()
        self.conv = conv
        self.relu = nn.ReLU()
        self.register_buffer("bias", bias[:, None, None].clone())

    def forward(self, y: Tensor, x: Tensor) -> Tensor:
        return y + self.relu(self.conv(x) + self.bias)  # the bias apart, as M was measured without it


@dataclass(frozen=True)
class SilentLayer:
    """A network with silent units in one layer.

    Attributes:
        original, model: before and after; equal but for the units. `model` traces as `original` did.
        block: where.
        name: of the added module; its output is the manipulated layer, `name`.relu what was added.
        alpha, beta, slack, bias_rule: see the module.
        peaks: largest value of conv(x, Θ') on the calibration pictures, one a unit, (C,).
    """

    original: ImageModel
    model: ImageModel
    block: Block
    name: str
    alpha: float
    beta: float
    slack: float
    bias_rule: str
    peaks: Tensor

    @property
    def units(self) -> SilentUnits:
        """The module that was put in."""
        found = self.model.module.get_submodule(self.name)
        assert isinstance(found, SilentUnits)
        return found

    @property
    def silent_by_construction(self) -> bool:
        """Whether the bias alone keeps every unit at 0 on the calibration pictures: bit for bit with the same batches
        and kernels; with others, which round otherwise, by the slack above 1."""
        return bool((-self.units.bias.flatten() >= self.peaks.to(self.units.bias)).all())


# ---- the attack --------------------------------------------------------------------------------------


def _filters(model: ImageModel, block: Block) -> Tensor:
    """Filters with their norm folded in, (C, in, rows, columns)."""
    conv = model.module.get_submodule(block.conv)
    weight = conv.weight.detach().clone()  # type: ignore[operator]
    norm = model.module.get_submodule(block.norm) if block.norm else None
    if isinstance(norm, NORMS):
        assert norm.running_var is not None
        scale = (norm.running_var + norm.eps).rsqrt()
        scale = scale if norm.weight is None else scale * norm.weight.detach()
        weight *= scale[:, None, None, None]
    return weight


def best_directions(conv: nn.Conv2d, filters: Tensor, x: Tensor) -> Tensor:
    """Of all directions orthogonal to a filter, of its length, the one with the largest sum over positions of its
    convolution with x: for each filter, (C, in, rows, columns).

    Args:
        conv: for its padding, stride and groups; its filters are not used.
        filters: (C, in, rows, columns).
        x: (n, channels, rows, columns), what the convolution is given for the target.

    Raises:
        InvalidInputError: where no direction orthogonal to a filter answers to x.
    """
    probe = copy.deepcopy(conv).requires_grad_(False)
    probe.bias = None
    probe.weight.requires_grad_(True)
    with torch.enable_grad():
        (patches,) = torch.autograd.grad(probe(x.detach()).sum(), probe.weight)
    flat, theta = patches.flatten(1).double(), filters.flatten(1).double()
    unit = functional.normalize(theta, dim=1)
    across = flat - (flat * unit).sum(1, keepdim=True) * unit
    length = across.norm(dim=1, keepdim=True)
    bad = (length <= 1e-6 * flat.norm(dim=1, keepdim=True)).flatten().nonzero().flatten().tolist()
    if bad:
        raise InvalidInputError(
            f"a target whose summed patches are 0 or parallel to {len(bad)} filters (the first: {bad[0]})",
            "a target to which directions orthogonal to the filters answer",
            "another picture or layer",
        )
    return (across / length * theta.norm(dim=1, keepdim=True)).to(filters).reshape(filters.shape)


def silence(
    model: ImageModel,
    layer: str,
    target: Tensor,
    calibration: Tensor,
    alpha: float = 1.0,
    beta: float = 3.0,
    slack: float = 1.25,
    bias: str = "max",
    batch: int = 32,
    progress: Progress | None = None,
) -> SilentLayer:
    """Put a silent unit beside every unit of a layer, all with the same target.

    Args:
        model: in eval mode; it is not changed. Either as loaded or prepared: the units then stand in that form.
        layer: the convolution, norm or ReLU of a block (`find_blocks`).
        target: (1, C, H, W) in [0, 1]: what all units are to show.
        calibration: natural pictures (n, C, H, W) in [0, 1].
        alpha: share of the original filter, above 0: through it the visualization gets to where the unit wakes.
        beta: share of the perturbation, above 0.
        slack: at least 1; how far above the largest natural value the unit wakes, for bias "max".
        bias: "max" or "printed", see the module.

    Raises:
        InvalidInputError: for pictures or numbers outside these, a model in training mode, a depthwise layer, or one
            that torch.fx cannot trace.
        UnknownNameError: for a layer of no block.
    """
    model.check_eval()
    if not (0 < alpha < float("inf") and 0 < beta < float("inf") and 1 <= slack < float("inf")):
        raise InvalidInputError(
            f"alpha {alpha}, beta {beta}, slack {slack}", "alpha, beta > 0 and slack >= 1"
        )
    if bias not in BIASES:
        raise InvalidInputError(f"bias {bias!r}", " or ".join(BIASES))
    model.space.check(target)
    model.space.check(calibration)
    block = find_block(model, layer)
    if block.depthwise:
        raise InvalidInputError(
            f"depthwise layer {block.conv!r}, whose filters see one channel each and have {block.directions} "
            "directions to turn to",
            "filters that see every channel",
            "choose another layer; find_blocks lists them",
        )
    trunk = Trunk(model, block)
    conv = model.module.get_submodule(block.conv)
    assert isinstance(conv, nn.Conv2d)
    theta = _filters(model, block)
    with torch.no_grad():
        seen = trunk(target)
    added = copy.deepcopy(conv).requires_grad_(False)
    added.bias = None
    with torch.no_grad():
        added.weight.copy_(alpha * theta + beta * best_directions(conv, theta, seen))
    peaks = _peaks(trunk, added, calibration, batch, progress).amax(0)
    wakes = alpha / beta * peaks if bias == "printed" else peaks + (slack - 1) * peaks.abs()
    return _insert(model, block, SilentUnits(added, -wakes), alpha, beta, slack, bias, peaks)


def _insert(
    model: ImageModel,
    block: Block,
    units: SilentUnits,
    alpha: float,
    beta: float,
    slack: float,
    bias: str,
    peaks: Tensor,
) -> SilentLayer:
    root = copy.deepcopy(model.module)
    parent, _, own = block.conv.rpartition(".")
    holder = root.get_submodule(parent)
    name = f"{own}_silent"
    while hasattr(holder, name):
        name += "_"
    holder.add_module(name, units.to(model.device).eval())
    dotted = f"{parent}.{name}" if parent else name
    graph = trace(model)
    nodes = {node.name: node for node in graph.nodes}
    after, before = nodes[block.activation_node.name], nodes[block.conv_node.name].args[0]
    with graph.inserting_after(after):
        total = graph.call_module(dotted, (after, before))
    after.replace_all_uses_with(total, delete_user_cb=lambda user: user is not total)
    joined = ImageModel(
        fx.GraphModule(root, graph), model.space, f"{model.name} with silent units", model.labels
    )
    joined.folded = model.folded
    joined = joined.eval().to(model.device)
    return SilentLayer(model, joined, block, dotted, alpha, beta, slack, bias, peaks.cpu())


@torch.no_grad()
def _peaks(
    trunk: Trunk, conv: nn.Conv2d, pictures: Tensor, batch: int, progress: Progress | None = None
) -> Tensor:
    """Largest value over positions, (n, C), on the CPU."""
    conv = conv.to(trunk.model.device)
    found = []
    for start in range(0, len(pictures), batch):
        found.append(conv(trunk(pictures[start : start + batch])).flatten(2).amax(2).cpu())
        if progress is not None:
            progress("natural pictures", min(start + batch, len(pictures)), len(pictures))
    return torch.cat(found)


# ---- files -------------------------------------------------------------------------------------------


def to_document(layer: SilentLayer) -> dict[str, Any]:
    """What `torch.save` writes and `load_silent` reads: tensors, numbers and words only. The network itself is
    recognised by its logits for grey."""
    return {
        "kind": KIND,
        "layer": layer.block.conv,
        "size": [layer.original.space.height, layer.original.space.width],
        "grey": grey_logits(layer.original.module, layer.original),
        "weight": layer.units.conv.weight.detach().cpu(),
        "bias": layer.units.bias.flatten().cpu(),
        "peaks": layer.peaks,
        "alpha": layer.alpha,
        "beta": layer.beta,
        "slack": layer.slack,
        "bias_rule": layer.bias_rule,
    }


def load_silent(model: ImageModel, file: str | Path) -> SilentLayer:
    """The network of a file, read with ``weights_only=True``, around the network it was made from.

    Raises:
        InvalidInputError: for another file, or one made for another network, other weights or pictures of another size.
    """
    with read_tensors(file, f"silent units made for {model.name}") as found:
        if not isinstance(found, dict) or found.get("kind") != KIND:
            raise ValueError("no silent units in it")
        missing = [key for key in KEYS if key not in found]
        if missing:
            raise ValueError(f"without {', '.join(missing)}")
        block = find_block(model, str(found["layer"]))
        conv = copy.deepcopy(model.module.get_submodule(block.conv)).requires_grad_(False)
        assert isinstance(conv, nn.Conv2d)
        weight, bias, peaks = (found[key] for key in ("weight", "bias", "peaks"))
        if weight.shape != conv.weight.shape or bias.shape != peaks.shape or bias.shape != weight.shape[:1]:
            raise ValueError(f"filters {tuple(weight.shape)}, not {tuple(conv.weight.shape)}")
        if not all(bool(torch.isfinite(t).all()) for t in (weight, bias, peaks)):
            raise ValueError("numbers that are not finite")
        height, width = map(int, found["size"])
        grey = found["grey"].float()
        numbers = (float(found["alpha"]), float(found["beta"]), float(found["slack"]))
        rule = str(found["bias_rule"])
    check_same(model, (height, width), grey, f"silent units in {str(file)!r}")
    conv.bias = None
    with torch.no_grad():
        conv.weight.copy_(weight)
    return _insert(model, block, SilentUnits(conv, bias), *numbers, rule, peaks)
