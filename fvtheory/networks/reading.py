"""ReLU networks from PyTorch modules and ONNX graphs, weight by weight, without rounding.

Only chains of affine layers and ReLU are read: a network with anything else is refused rather than
approximated. PyTorch and ONNX are imported when a reader is called, never before.
"""

from __future__ import annotations

import copy
import importlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from fvtheory.errors import FvtheoryError, InvalidInputError, MissingDependencyError
from fvtheory.networks.relu import Layer, ReluNetwork

MAX_WEIGHTS = 2_000_000
"""How many weights a network may have."""

Matrix = list[list[Fraction]]

_LAYERS = ("Linear", "ReLU", "Flatten", "Identity", "Dropout")
_OPERATIONS = {f"aten::{name}" for name in ("linear", "relu", "relu_", "flatten", "dropout")} | {
    "prim::Constant",
    "prim::GetAttr",
}
"""What is read in a module of PyTorch, and the operations of TorchScript that it amounts to."""


def _optional(name: str) -> Any:
    """The package, or an error that says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingDependencyError(
            f"no package {name}", f"{name} to read such a network", f"pip install {name}"
        ) from None


class _Chain:
    """Collects affine maps and activations into layers."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []

    def affine(self, weight: Matrix, bias: Sequence[Fraction]) -> None:
        rows = tuple(map(tuple, weight))
        self.layers.append(Layer(rows, tuple(bias), False))

    def shift(self, bias: Sequence[Fraction]) -> None:
        """Add a vector to what the last layer gives."""
        if not self.layers or self.layers[-1].relu:
            raise InvalidInputError("an addition that follows no matrix product", "a layer W x + b")
        last = self.layers[-1]
        extra = list(bias) * len(last.bias) if len(bias) == 1 else list(bias)
        if len(extra) != len(last.bias):
            raise InvalidInputError(f"{len(extra)} biases for {len(last.bias)} rows", "one bias a row")
        sums = tuple(p + q for p, q in zip(last.bias, extra, strict=True))
        self.layers[-1] = Layer(last.weight, sums, False)

    def relu(self) -> None:
        if not self.layers:
            return  # the inputs are not negative
        last = self.layers[-1]
        self.layers[-1] = Layer(last.weight, last.bias, True)

    def network(self) -> ReluNetwork:
        return ReluNetwork(self.layers)


def _number(value: Any) -> Fraction:
    number = float(value)
    if not math.isfinite(number):
        raise InvalidInputError(f"a weight {number}", "finite weights")
    return Fraction(number)


def _vector(values: Any) -> list[Fraction]:
    return [_number(v) for v in values]


def _matrix(values: Any) -> Matrix:
    return [_vector(row) for row in values]


# ---- PyTorch -----------------------------------------------------------------------------------


def network_from_torch(module: Any) -> ReluNetwork:
    """The exact function of a PyTorch module: a chain of Linear and ReLU (Flatten, Identity, Dropout in
    evaluation mode are passed over).

    Layers count as such if they are PyTorch's own, without hooks: one that is merely called ReLU is refused.
    Of a module that went through TorchScript the operations of its code are compared with its layers. The
    result is compared with the module at a few points too.

    Raises:
        MissingDependencyError: without torch.
        InvalidInputError: for any other layer, or a module that disagrees with what was read.
    """
    torch = _optional("torch")
    chain = _Chain()
    try:
        parts = list(_torch_parts(module))
        _require_plain(torch, module, parts)
        for part in parts:
            _add_torch(chain, part)
    except (AttributeError, NotImplementedError, RuntimeError, TypeError) as error:
        raise InvalidInputError(
            f"a module that cannot be read ({type(error).__name__})", "layers with weights at hand"
        ) from None
    network = chain.network()
    _compare(torch, module, network)
    return network


def _torch_parts(module: Any) -> Iterable[Any]:
    """The layers in order of evaluation, containers opened."""
    if _kind(module) == "Sequential":
        for child in module._modules.values():  # children() leaves out a layer's second place in the chain
            yield from _torch_parts(child)
    else:
        yield module


def _require_plain(torch: Any, module: Any, parts: Sequence[Any]) -> None:
    """Raise InvalidInputError for a module that does anything but what the names of its layers say."""
    if isinstance(module, torch.jit.ScriptModule):
        found = Counter(node.kind() for node in _nodes(module.inlined_graph))
        named = Counter(map(_kind, parts))
        relus = found["aten::relu"] + found["aten::relu_"]
        plain = set(found) <= _OPERATIONS and (found["aten::linear"], relus) == (
            named["Linear"],
            named["ReLU"],
        )
    else:
        own = {getattr(torch.nn, kind) for kind in ("Sequential", *_LAYERS)}
        plain = all(
            type(m) in own and not (m._forward_hooks or m._forward_pre_hooks or "forward" in vars(m))
            for m in (*module.modules(), *parts)
            if _kind(m) in ("Sequential", *_LAYERS)
        )
    if not plain:
        raise InvalidInputError(
            "a module whose layers are not those of torch.nn alone, without hooks", "a plain Sequential"
        )


def _nodes(graph: Any) -> Iterable[Any]:
    """The operations of a TorchScript graph and of the blocks in it."""
    for node in graph.nodes():
        yield node
        for block in node.blocks():
            yield from _nodes(block)


def _kind(module: Any) -> str:
    """The class of a module, also of one that went through TorchScript."""
    return str(getattr(module, "original_name", type(module).__name__))


def _add_torch(chain: _Chain, part: Any) -> None:
    kind = _kind(part)
    if kind == "Linear":
        if part.weight.numel() > MAX_WEIGHTS:
            raise InvalidInputError(f"a layer with {part.weight.numel()} weights", f"at most {MAX_WEIGHTS}")
        weight = _matrix(part.weight.detach().cpu().tolist())
        bias = getattr(part, "bias", None)
        zeros = [Fraction(0)] * len(weight)
        chain.affine(weight, zeros if bias is None else _vector(bias.detach().cpu().tolist()))
    elif kind == "ReLU":
        chain.relu()
    elif kind not in _LAYERS or (kind == "Dropout" and part.training):
        raise InvalidInputError(
            f"a layer of type {kind}",
            "Linear, ReLU, Flatten and Identity in a Sequential",
            "export the network as such a chain",
        )


def _compare(torch: Any, module: Any, network: ReluNetwork) -> None:
    """Evaluate module and network at a few points; in double precision they differ by rounding only."""
    double = copy.deepcopy(module).double()
    device = next((p.device for p in double.parameters()), None)
    for k in range(4):
        x = tuple(Fraction((7 * j + 5 * k + 1) % 9, 8) for j in range(network.dim))
        try:
            with torch.no_grad():
                value = double(torch.tensor([[float(c) for c in x]], dtype=torch.float64, device=device))
        except (RuntimeError, TypeError) as error:
            raise InvalidInputError(
                f"a module that raised {type(error).__name__} on a batch of one point",
                f"a module of {network.dim} inputs",
            ) from None
        here = float(network.at(x))
        if value.numel() != 1 or abs(float(value.reshape(-1)[0]) - here) > 1e-6 * (1 + abs(here)):
            raise InvalidInputError(
                "a module whose forward is not the chain of its layers", "a plain Sequential"
            )


def network_from_torch_file(path: str | Path) -> ReluNetwork:
    """The exact function of a TorchScript file (``torch.jit.save``).

    A file of weights alone (a state dict) says nothing of the activations and is refused; pickled
    modules are never executed.

    Raises:
        MissingDependencyError: without torch.
        InvalidInputError: for another file or other layers.
    """
    torch = _optional("torch")
    file = str(path)
    try:
        module = torch.jit.load(file, map_location="cpu")
    except FvtheoryError:
        raise
    except Exception:
        raise InvalidInputError(
            f"file {Path(path).name!r}, which is not TorchScript",
            "a TorchScript module",
            "torch.jit.script(module).save(path), or pass the module to network_from_torch",
        ) from None
    for parameter in module.parameters():
        parameter.requires_grad_(False)  # torch warns when a module with gradients is copied
    return network_from_torch(module.eval())


# ---- ONNX ----------------------------------------------------------------------------------------


def network_from_onnx(path: str | Path) -> ReluNetwork:
    """The exact function of an ONNX graph: a chain of Gemm, MatMul, Add and Relu.

    Raises:
        MissingDependencyError: without onnx.
        InvalidInputError: for a file that is no valid model, any other operation, or a graph that is not a
            chain on single points.
    """
    onnx = _optional("onnx")
    try:
        model = onnx.load(str(path))
        onnx.checker.check_model(model)
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
        graph = model.graph
        constants = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                constants[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)
    except Exception as error:
        raise InvalidInputError(
            f"file {Path(path).name!r}, which is not ONNX ({type(error).__name__})", "a valid ONNX model"
        ) from None
    sizes = {v.name: _size(v) for v in (*graph.input, *graph.value_info, *graph.output)}
    inputs = [i.name for i in graph.input if i.name not in constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise InvalidInputError(
            f"a graph with {len(inputs)} inputs and {len(graph.output)} outputs", "one of each"
        )
    chain, here = _Chain(), inputs[0]
    for node in graph.node:
        if node.op_type != "Constant":
            before, here = here, node.output[0]
            _add_onnx(onnx, chain, node, constants, before)
            if chain.layers:
                widths = [len(chain.layers[0].weight[0]), len(chain.layers[-1].bias)]
                if [sizes.get(inputs[0]), sizes.get(here)] != widths:
                    raise InvalidInputError(
                        f"operation {node.op_type} on values of other shapes than its weights",
                        "a chain of operations on one point",
                    )
    if here != graph.output[0].name:
        raise InvalidInputError("a graph whose last operation is not its output", "a chain of operations")
    return chain.network()


def _size(value: Any) -> int:
    """The number of entries of a value of the graph, dimensions of no known size taken as 1."""
    return math.prod(max(1, d.dim_value) for d in value.type.tensor_type.shape.dim)


def _add_onnx(onnx: Any, chain: _Chain, node: Any, constants: dict[str, Any], here: str) -> None:
    options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    others = [name for name in node.input if name and name != here]
    if list(node.input).count(here) != 1 or any(name not in constants for name in others):
        raise InvalidInputError(
            f"operation {node.op_type} whose inputs are not the value before it and constants",
            "a chain of operations",
        )
    if node.domain not in ("", "ai.onnx"):
        raise InvalidInputError(f"operation {node.op_type} of {node.domain!r}", "operations of ONNX itself")
    values = [constants[name] for name in others]
    for value in values:
        if value.size > MAX_WEIGHTS:
            raise InvalidInputError(f"a layer with {value.size} weights", f"at most {MAX_WEIGHTS}")
    kind, first = node.op_type, node.input[0] == here
    if kind == "Relu":
        chain.relu()
    elif kind in ("Identity", "Flatten", "Reshape") or (kind == "Dropout" and not any(values[1:])):
        return
    elif kind == "Add":
        chain.shift(_vector(values[0].reshape(-1).tolist()))
    elif kind == "Sub" and first:
        chain.shift([-v for v in _vector(values[0].reshape(-1).tolist())])
    elif kind == "MatMul" and values[0].ndim == 2:
        weight = _matrix((values[0].T if first else values[0]).tolist())
        chain.affine(weight, [Fraction(0)] * len(weight))
    elif kind == "Gemm" and first and not options.get("transA"):
        _add_gemm(chain, values, options)
    else:
        raise InvalidInputError(f"operation {kind}", "a chain of Gemm, MatMul, Add and Relu")


def _add_gemm(chain: _Chain, values: list[Any], options: dict[str, Any]) -> None:
    alpha, beta = (_number(options.get(name, 1.0)) for name in ("alpha", "beta"))
    rows = values[0] if options.get("transB") else values[0].T
    weight = [[alpha * w for w in row] for row in _matrix(rows.tolist())]
    chain.affine(weight, [Fraction(0)] * len(weight))
    if len(values) > 1:
        chain.shift([beta * b for b in _vector(values[1].reshape(-1).tolist())])
