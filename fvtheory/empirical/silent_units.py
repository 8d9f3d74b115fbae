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

Neither promises anything about other pictures; `natural_changes` counts. What is manipulated is the sum y + ReLU(...);
who visualises the pre-activation norm(conv(x, Θ)) alone still sees the original.
"""

from __future__ import annotations

import copy
import difflib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.feature_visualization import Visualization, in_all, joined, visualize
from fvtheory.empirical.image_model import ImageModel, grey_logits
from fvtheory.empirical.objectives import Objective, channel, each
from fvtheory.empirical.parameterizations import Fourier, Parameterization
from fvtheory.empirical.preparation import NORMS, Tracer
from fvtheory.empirical.tensor_files import read_tensors
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError, UnknownNameError

BIASES = ("max", "printed")
KIND = "fvtheory silent units 1"
KEYS = ("layer", "size", "grey", "weight", "bias", "peaks", "alpha", "beta", "slack", "bias_rule")
RELUS = (functional.relu, functional.relu6, torch.relu)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Block:
    """A convolution, the norm after it if there is one, and the ReLU after that, each read by the next alone.

    Attributes:
        conv: dotted name.
        norm: dotted name of a BatchNorm or of the identity that `prepare` leaves for it, or None.
        activation: dotted name, or the name of a function.
        ceiling: where the activation stops: infinity, or 6 for ReLU6.
        filters, directions: how many filters; numbers of one filter, less 1 for orthogonality.
        depthwise: each filter sees one channel of several.
    """

    conv: str
    norm: str | None
    activation: str
    ceiling: float
    filters: int
    directions: int
    depthwise: bool
    conv_node: fx.Node
    activation_node: fx.Node

    @property
    def before(self) -> str:
        """The layer whose activation goes into the ReLU."""
        return self.norm or self.conv


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


# ---- the graph ---------------------------------------------------------------------------------------


def _trace(model: ImageModel) -> fx.Graph:
    try:
        return Tracer().trace(model.module)
    except Exception as error:  # fx raises whatever the module's own code raises when fed proxies
        raise InvalidInputError(
            f"{model.name}, which torch.fx cannot trace ({str(error).splitlines()[0] if str(error) else error!r})",
            "a network whose forward does not depend on values",
        ) from None


def find_blocks(model: ImageModel) -> list[Block]:
    """Every convolution, norm and ReLU in a row, in the order in which they are computed.

    Raises:
        InvalidInputError: for a network that torch.fx cannot trace.
    """
    graph = _trace(model)
    modules = dict(model.module.named_modules())
    calls = Counter(str(node.target) for node in graph.nodes if node.op == "call_module")
    found = []
    for node in graph.nodes:
        conv = modules.get(str(node.target)) if node.op == "call_module" else None
        if not isinstance(conv, nn.Conv2d) or calls[str(node.target)] != 1 or len(node.args) != 1:
            continue
        after, norm = _only_user(node), None
        while after is not None and after.op == "call_module":
            module = modules[str(after.target)]
            if not isinstance(module, (*NORMS, nn.Identity)) or calls[str(after.target)] != 1:
                break
            if isinstance(module, NORMS) and (norm is not None or module.running_mean is None):
                break
            if norm is None or not isinstance(module, nn.Identity):
                norm = str(after.target)
            after = _only_user(after)
        ceiling = _ceiling(after, modules)
        if after is None or ceiling is None:
            continue
        name = str(after.target) if after.op == "call_module" else after.name
        found.append(
            Block(
                str(node.target),
                norm,
                name,
                ceiling,
                conv.out_channels,
                conv.weight[0].numel() - 1,
                conv.groups == conv.in_channels > 1,
                node,
                after,
            )
        )
    return found


def _only_user(node: fx.Node) -> fx.Node | None:
    return next(iter(node.users)) if len(node.users) == 1 else None


def _ceiling(node: fx.Node | None, modules: dict[str, nn.Module]) -> float | None:
    """Where a ReLU stops; None for what is no ReLU."""
    if node is None:
        return None
    if node.op == "call_module":
        module = modules[str(node.target)]
        return 6.0 if type(module) is nn.ReLU6 else float("inf") if type(module) is nn.ReLU else None
    if node.op == "call_method":
        return float("inf") if node.target in ("relu", "relu_") else None
    return None if node.target not in RELUS else 6.0 if node.target is functional.relu6 else float("inf")


def find_block(model: ImageModel, layer: str) -> Block:
    """The block that a convolution, norm or ReLU belongs to.

    Raises:
        UnknownNameError: for a layer of no block.
        InvalidInputError: for a ReLU of several blocks, or a network that torch.fx cannot trace.
    """
    blocks = find_blocks(model)
    found = [b for b in blocks if layer in (b.conv, b.norm, b.activation)]
    if not found:
        near = difflib.get_close_matches(layer, [b.conv for b in blocks], n=3, cutoff=0.0)
        raise UnknownNameError(
            f"layer {layer!r} of {model.name}",
            "a convolution that is followed by (BatchNorm and) ReLU, each read by the next alone",
            f"near: {', '.join(near)}" if near else "none was found in this network",
        )
    if len(found) > 1:
        raise InvalidInputError(
            f"layer {layer!r}, which ends {len(found)} blocks",
            "one block",
            f"name its convolution: {', '.join(b.conv for b in found)}",
        )
    return found[0]


def _ending_in(model: ImageModel, nodes: Sequence[str]) -> fx.GraphModule:
    """A network that returns the named nodes of its graph, and computes no more than they need."""
    graph = _trace(model)
    byname = {node.name: node for node in graph.nodes}
    output = next(node for node in graph.nodes if node.op == "output")
    wanted = tuple(byname[name] if name else output.args[0] for name in nodes)
    with graph.inserting_before(output):
        graph.output(wanted)
    graph.erase_node(output)
    for node in reversed(list(graph.nodes)):
        if not node.users and node.op not in ("output", "placeholder"):
            graph.erase_node(node)
    return fx.GraphModule(model.module, graph).eval()


class _Trunk:
    """From pictures to what a block's convolution is given, (n, C, h, w)."""

    def __init__(self, model: ImageModel, block: Block) -> None:
        before = block.conv_node.args[0]
        assert isinstance(before, fx.Node)
        self.model, self.cut = model, _ending_in(model, [before.name])

    def __call__(self, pictures: Tensor) -> Tensor:
        (x,) = self.cut(self.model.normalise(pictures.to(self.model.device)))
        return x


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
    trunk = _Trunk(model, block)
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
    graph = _trace(model)
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
    trunk: _Trunk, conv: nn.Conv2d, pictures: Tensor, batch: int, progress: Progress | None = None
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
        grey, now = found["grey"], grey_logits(model.module, model)
        same = list(found["size"]) == [model.space.height, model.space.width] and grey.shape == now.shape
        if not same or not torch.allclose(grey, now, rtol=1e-3, atol=1e-3):
            raise ValueError("made for other weights or another size")
        conv.bias = None
        with torch.no_grad():
            conv.weight.copy_(weight)
        numbers = (float(found["alpha"]), float(found["beta"]), float(found["slack"]))
        made = _insert(model, block, SilentUnits(conv, bias), *numbers, str(found["bias_rule"]), peaks)
    return made


# ---- what it does to natural pictures ----------------------------------------------------------------


@dataclass(frozen=True)
class NaturalChanges:
    """What differs on natural pictures.

    Attributes:
        pictures: how many.
        values: activations of the layer that differ by any bit.
        logits: pictures whose logits differ by any bit.
        fired: pictures on which any unit that was added is above 0.
        top1, top5: shares of right answers before and after; None without classes.
        by_slack: slack -> pictures that would fire, had it been this.
    """

    pictures: int
    values: int
    logits: int
    fired: int
    top1: tuple[float, float] | None
    top5: tuple[float, float] | None
    by_slack: dict[float, int]

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "by_slack": {f"{k:g}": v for k, v in self.by_slack.items()}}


SLACKS = (1.0, 1.1, 1.25, 1.5, 2.0)


@torch.no_grad()
def natural_changes(
    layer: SilentLayer,
    pictures: Tensor,
    labels: Tensor | None = None,
    slacks: Sequence[float] = SLACKS,
    batch: int = 32,
    progress: Progress | None = None,
) -> NaturalChanges:
    """Run both networks on the same batches and compare them bit by bit.

    Args:
        pictures: (n, C, H, W) in [0, 1].
        labels: classes (n,), or None.
        slacks: for `by_slack`; the filters do not depend on the slack, so one pass tells of all.

    Raises:
        InvalidInputError: for what are no pictures, or as many labels as not.
    """
    layer.original.space.check(pictures)
    if labels is not None and len(labels) != len(pictures):
        raise InvalidInputError(f"{len(labels)} labels for {len(pictures)} pictures", "one label a picture")
    trunk = _Trunk(layer.original, layer.block)
    clean = _ending_in(layer.original, [layer.block.activation_node.name, ""])
    values = logits = fired = 0
    peaks, before, after = [], [], []
    for start in range(0, len(pictures), batch):
        part = pictures[start : start + batch].to(layer.model.device)
        seen = activations(layer.model, part, [layer.name, f"{layer.name}.relu", LOGITS])
        total, extra, changed = seen.values()
        y, answer = clean(layer.original.normalise(part))
        values += int((total != y).sum())
        logits += int((changed != answer).any(1).sum())
        fired += int((extra > 0).flatten(1).any(1).sum())
        peaks.append(layer.units.conv(trunk(part)).flatten(2).amax(2).cpu())
        before.append(answer.cpu())
        after.append(changed.cpu())
        if progress is not None:
            progress("natural pictures", min(start + batch, len(pictures)), len(pictures))
    top = (
        [None, None]
        if labels is None
        else [(_top(before, labels, k), _top(after, labels, k)) for k in (1, 5)]
    )
    highest = torch.cat(peaks)
    by_slack = {s: int((highest > layer.peaks + (s - 1) * layer.peaks.abs()).any(1).sum()) for s in slacks}
    return NaturalChanges(len(pictures), values, logits, fired, top[0], top[1], by_slack)


def _top(parts: list[Tensor], labels: Tensor, k: int) -> float:
    answers = torch.cat(parts)
    best = answers.topk(min(k, answers.shape[1]), dim=1).indices
    return float((best == labels[:, None]).any(1).float().mean())


# ---- what it does to visualizations ------------------------------------------------------------------


def unit_objective(layer: SilentLayer, index: int, manipulated: bool, after_relu: bool = False) -> Objective:
    """A unit's channel, mean over positions, before or after the attack.

    The ReLU's own zero is left out unless asked for: an objective behind a ReLU that is at 0 or at its ceiling
    everywhere has no gradient, and nothing moves. What was added counts behind its ReLU in any case.
    """
    before, ceiling = layer.block.before, layer.block.ceiling
    unit = channel(before, index)
    if after_relu:
        unit = replace(
            unit,
            value=lambda seen: seen[before][:, index].clamp(0, ceiling).flatten(1).mean(1),
        )
    return unit + channel(f"{layer.name}.relu", index) if manipulated else unit


@dataclass(frozen=True)
class Shown:
    """Visualizations of units, before and after.

    Attributes:
        units: which.
        before, after: of n pictures; where a start was dead (no gradient ever arrived) the picture is noise.
        carried: share of the value of a unit (after the attack, on `after`) that the added unit gives, (n,).
        similarity: cosines "before" and "after", see `_similarities`; dead starts are left out.
    """

    units: tuple[int, ...]
    before: Visualization
    after: Visualization
    carried: Tensor
    similarity: dict[str, dict[str, float | None]]

    @property
    def steered(self) -> Tensor:
        """Units whose visualization owes more than half its value to what was added, (n,)."""
        return self.carried > 0.5

    def to_json(self) -> dict[str, Any]:
        return {
            "units": list(self.units),
            "value_before": self.before.values.tolist(),
            "value_after": self.after.values.tolist(),
            "carried_by_silent_unit": self.carried.tolist(),
            "steered": int(self.steered.sum()),
            "dead_before": self.before.dead.tolist(),
            "dead_after": self.after.dead.tolist(),
            "similarity": self.similarity,
        }


def show(
    layer: SilentLayer,
    units: Sequence[int],
    target: Tensor,
    natural: Tensor,
    seed: int = 0,
    steps: int = 256,
    rate: float = 0.05,
    transformations: Transformations | None = STANDARD,
    after_relu: bool = False,
    batch: int = 8,
    make: Callable[[tuple[int, int, int, int], torch.Generator], Parameterization] | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Shown:
    """Visualise units before and after the attack from the same starts, and compare.

    Args:
        units: channels of the layer, at least two, all different.
        target, natural: pictures (., C, H, W) in [0, 1]: for similarities.
        seed, steps, rate, transformations: of `visualize`.
        after_relu: see `unit_objective`.
        batch: units a pass.
        make: (shape, generator) -> parameterization; Fourier unless told.
        folder: where checkpoints are kept, from which an interrupted call goes on.

    Raises:
        InvalidInputError: for units that are not there or come twice, or fewer than two.
    """
    if (
        len(set(units)) != len(units)
        or len(units) < 2
        or not all(0 <= u < layer.block.filters for u in units)
    ):
        raise InvalidInputError(
            f"units {list(units)}", f"at least two different ones from 0 to {layer.block.filters - 1}"
        )
    layer.original.space.check(target)
    layer.original.space.check(natural)
    device = layer.model.device
    if make is None:
        make = lambda shape, generator: Fourier(shape, generator, device)  # noqa: E731
    sides = []
    for what, model in (("before", layer.original), ("after", layer.model)):
        parts = []
        for start in range(0, len(units), batch):
            part = units[start : start + batch]
            objective = each([unit_objective(layer, u, model is layer.model, after_relu) for u in part])
            generator = torch.Generator().manual_seed(seed + start)
            parts.append(
                visualize(
                    model,
                    objective,
                    make(model.space.shape(len(part)), generator),
                    generator,
                    steps,
                    rate,
                    transformations,
                    progress=in_all(progress, what, start, len(part), len(units)),
                    checkpoint=None if folder is None else folder / f"{what}-{start}.pt",
                )
            )
        sides.append(joined(parts))
    before, after = sides
    with torch.no_grad():
        carried = []
        for start in range(0, len(units), batch):
            part = units[start : start + batch]
            extra = each([channel(f"{layer.name}.relu", u) for u in part])
            seen = activations(layer.model, after.pictures[start : start + batch].to(device), extra.layers)
            carried.append(extra(seen).cpu())
    share = torch.cat(carried)
    share = torch.where(share > 0, share / torch.maximum(after.values, share), torch.zeros_like(share))
    trunk = _Trunk(layer.original, layer.block)
    alike = {
        what: _similarities(trunk, found.pictures[~found.dead], target, natural)
        for what, found in (("before", before), ("after", after))
    }
    return Shown(tuple(units), before, after, share, alike)


@torch.no_grad()
def _similarities(
    trunk: _Trunk, pictures: Tensor, target: Tensor, natural: Tensor
) -> dict[str, float | None]:
    """Cosines, in [-1, 1]: mean over pairs of pictures, and mean of pictures to the target.

    In pixels each picture less its own mean, channel by channel; in features the mean over positions of what the
    layer is given, less its mean over the natural pictures. None where too few pictures are left.
    """

    def features(p: Tensor) -> Tensor:
        return torch.cat([trunk(part).flatten(2).mean(2).cpu() for part in p.split(32)])

    centre = features(natural).mean(0)
    spaces: dict[str, Callable[[Tensor], Tensor]] = {
        "pixels": lambda p: (p - p.mean((2, 3), keepdim=True)).flatten(1),
        "features": lambda p: features(p) - centre,
    }
    found: dict[str, float | None] = {}
    for name, space in spaces.items():
        count = len(pictures)
        if count == 0:
            found[f"{name}, between units"] = found[f"{name}, to target"] = None
            continue
        unit = functional.normalize(space(pictures).double(), dim=1)
        aim = functional.normalize(space(target).double(), dim=1)
        gram = unit @ unit.T
        pairs = count * (count - 1)
        found[f"{name}, between units"] = float((gram.sum() - gram.trace()) / pairs) if pairs else None
        found[f"{name}, to target"] = float((unit @ aim.T).mean())
    return found
