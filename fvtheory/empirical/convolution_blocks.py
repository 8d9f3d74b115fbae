"""Convolution, norm and ReLU in a row, and networks cut at one of them: the graph that torch.fx sees."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.preparation import NORMS, Tracer
from fvtheory.errors import InvalidInputError, UnknownNameError

RELUS = (functional.relu, functional.relu6, torch.relu)


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


def trace(model: ImageModel) -> fx.Graph:
    """The graph of what the network computes.

    Raises:
        InvalidInputError: for a network that torch.fx cannot trace.
    """
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
    graph = trace(model)
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


def ending_in(model: ImageModel, nodes: Sequence[str]) -> fx.GraphModule:
    """A network that returns the named nodes of its graph, and computes no more than they need."""
    graph = trace(model)
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


class Trunk:
    """From pictures to what a block's convolution is given, (n, C, h, w)."""

    def __init__(self, model: ImageModel, block: Block) -> None:
        before = block.conv_node.args[0]
        assert isinstance(before, fx.Node)
        self.model, self.cut = model, ending_in(model, [before.name])

    def __call__(self, pictures: Tensor) -> Tensor:
        (x,) = self.cut(self.model.normalise(pictures.to(self.model.device)))
        return x
