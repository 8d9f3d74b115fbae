"""ReLU networks and properties of them in the files of VNN-COMP, for other verifiers to check.

A benchmark is a folder with ``onnx/`` (networks: Gemm and Relu), ``vnnlib/`` (properties, VNN-LIB 1.0) and
``instances.csv`` (rows ``onnx,vnnlib,timeout``), as in Brix et al., First three years of the international
verification of neural networks competition (VNN-COMP), 2023. A property file holds the *negation* of a
claim, so a verifier answers ``unsat`` where the claim holds and ``sat``, with a point, where it fails.

What the answer must be is decided here too, in exact arithmetic (`decide`), and written to
``expected.json``: the verifier is asked for a second opinion, not for the truth.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

from fvtheory.errors import InvalidInputError, MissingDependencyError
from fvtheory.exact import Point, text
from fvtheory.information import MinMax
from fvtheory.networks.arithmetic import Format, format_of
from fvtheory.networks.composition import Outputs, beside, combined
from fvtheory.networks.reading import network_from_torch
from fvtheory.networks.relu import ReluNetwork

ZERO, ONE = Fraction(0), Fraction(1)

AT_MOST, AT_LEAST = "<=", ">="

SAT, UNSAT, UNKNOWN = "sat", "unsat", "unknown"

MARGIN = Fraction(1, 1024)
"""How far beyond a claimed bound a value must be to count as a violation. VNN-LIB 1.0 has no strict
inequalities, verifiers compute in floats, and the rules of VNN-COMP allow them an error of 1e-4."""

MAX_BOXES = 20_000


# ---- networks --------------------------------------------------------------------------------------


def exact_network(network: Any) -> ReluNetwork:
    """A ReLU network, or a ``torch.nn.Sequential`` of Linear and ReLU, as an exact network."""
    return network if isinstance(network, ReluNetwork) else network_from_torch(network)


def to_onnx(network: Any, dtype: Any = "float32", name: str = "network") -> bytes:
    """The network as an ONNX model: input ``X`` of shape (1, d), output ``Y`` of shape (1, 1).

    Args:
        network: a `ReluNetwork`, or a ``torch.nn.Sequential`` of Linear and ReLU.
        dtype: "float32" or "float64"; it must hold every weight, since none is rounded.
        name: of the graph.

    Raises:
        InvalidInputError: for a weight that the dtype does not hold.
        MissingDependencyError: without onnx.
    """
    try:
        onnx = import_module("onnx")
        numpy = import_module("numpy")
    except ImportError:
        raise MissingDependencyError(
            "no package onnx", "onnx to write networks", "pip install onnx"
        ) from None
    exact, f = exact_network(network), format_of(dtype)
    kind = onnx.TensorProto.FLOAT if f.name == "float32" else onnx.TensorProto.DOUBLE
    nodes, constants, here = [], [], "X"
    for i, layer in enumerate(exact.layers):
        rows = [[_held(w, f) for w in row] for row in layer.weight]
        bias = [_held(b, f) for b in layer.bias]
        last = i + 1 == len(exact.layers)
        for label, values in ((f"W{i}", rows), (f"b{i}", bias)):
            constants.append(onnx.numpy_helper.from_array(numpy.array(values, dtype=f.name), label))
        out = "Y" if last and not layer.relu else f"Z{i}"
        nodes.append(onnx.helper.make_node("Gemm", [here, f"W{i}", f"b{i}"], [out], transB=1))
        here = out
        if layer.relu:
            here = "Y" if last else f"H{i}"
            nodes.append(onnx.helper.make_node("Relu", [out], [here]))
    graph = onnx.helper.make_graph(
        nodes,
        name,
        [onnx.helper.make_tensor_value_info("X", kind, [1, exact.dim])],
        [onnx.helper.make_tensor_value_info("Y", kind, [1, 1])],
        constants,
    )
    opsets = [onnx.helper.make_opsetid("", 13)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="fvtheory")
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _held(value: Fraction, f: Format) -> float:
    if not f.holds(value):
        raise InvalidInputError(
            f"a weight {text(value)[:60]}",
            f"weights that {f.name} holds",
            "round the network first: fvtheory.networks.realization.realize",
        )
    return float(value)


def difference(high: ReluNetwork, low: ReluNetwork) -> ReluNetwork:
    """The network high - low."""
    both = beside([Outputs(n.layers[:-1], n.layers[-1].weight, n.layers[-1].bias) for n in (high, low)])
    return combined(both, (ONE, -ONE), ZERO).network()


# ---- properties ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bound:
    """Y <= value or Y >= value."""

    relation: str
    value: Fraction

    def holds(self, y: Fraction) -> bool:
        return y <= self.value if self.relation == AT_MOST else y >= self.value

    def possible(self, low: Fraction, high: Fraction) -> bool:
        """Whether some y of [low, high] has it."""
        return low <= self.value if self.relation == AT_MOST else high >= self.value


@dataclass(frozen=True)
class Property:
    """The claim that on the box [low, high] the output has none of the bounds ``violations``.

    Attributes:
        name: letters, digits and hyphens; the name of its file.
        claim: the claim in words.
        low, high: the corners of the box.
        violations: the claim fails where the output has one of these.
    """

    name: str
    claim: str
    low: Point
    high: Point
    violations: tuple[Bound, ...]

    def violated_by(self, x: Point, y: Fraction) -> bool:
        """Whether the output y at x refutes the claim."""
        inside = all(p <= c <= q for p, c, q in zip(self.low, x, self.high, strict=True))
        return inside and any(v.holds(y) for v in self.violations)

    def distance_from_violation(self, y: Fraction) -> Fraction:
        """By how much the output y misses the nearest violation; 0 where it is one."""
        return min(max(ZERO, y - v.value if v.relation == AT_MOST else v.value - y) for v in self.violations)

    def to_vnnlib(self) -> str:
        """The negation of the claim in VNN-LIB 1.0.

        Raises:
            InvalidInputError: for a bound that is no finite decimal.
        """
        lines = [f"; {self.claim}", "; unsat: the claim holds", ""]
        lines += [f"(declare-const X_{j} Real)" for j in range(len(self.low))]
        lines += ["(declare-const Y_0 Real)", ""]
        for j, (p, q) in enumerate(zip(self.low, self.high, strict=True)):
            lines += [f"(assert (>= X_{j} {decimal(p)}))", f"(assert (<= X_{j} {decimal(q)}))"]
        ways = [f"({v.relation} Y_0 {decimal(v.value)})" for v in self.violations]
        negation = ways[0] if len(ways) == 1 else f"(or {' '.join(f'(and {w})' for w in ways)})"
        return "\n".join([*lines, "", f"(assert {negation})", ""])


def decimal(value: Fraction) -> str:
    """The number as a finite decimal, exactly; VNN-LIB has no fractions."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise InvalidInputError(
            f"{text(value)[:60]} in a property",
            "a number with a finite decimal",
            "round it to a binary fraction",
        )
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :] or '0'}"


@dataclass(frozen=True)
class Decision:
    """What a verifier should answer: ``unsat`` (the claim holds), ``sat`` with a point, or ``unknown``."""

    answer: str
    at: Point | None = None


def decide(network: ReluNetwork, claim: Property, max_boxes: int = MAX_BOXES) -> Decision:
    """Whether the claim holds, in exact arithmetic.

    One variable: by all breakpoints. More: interval arithmetic bounds the output over a box; a box on which
    a violation is possible is halved, and its middle and ends are tried, until none is left, a violation is
    found or ``max_boxes`` were seen.
    """
    if network.dim == 1:
        (bottom,), (top,) = claim.low, claim.high
        inner = [x for x, _ in network.to_piecewise_affine().knots if bottom < x < top]
        found = [(x,) for x in (bottom, *inner, top) if claim.violated_by((x,), network.at((x,)))]
        return Decision(SAT, found[0]) if found else Decision(UNSAT)
    boxes = [(claim.low, claim.high)]
    for _ in range(max_boxes):
        if not boxes:
            return Decision(UNSAT)
        low, high = boxes.pop()
        bottom, top = network.range_over(low, high)
        if not any(v.possible(bottom, top) for v in claim.violations):
            continue
        middle = tuple((p + q) / 2 for p, q in zip(low, high, strict=True))
        for x in (middle, low, high):
            if claim.violated_by(x, network.at(x)):
                return Decision(SAT, x)
        j = max(range(len(low)), key=lambda i: high[i] - low[i])
        if low[j] < high[j]:
            boxes.append((low, (*high[:j], middle[j], *high[j + 1 :])))
            boxes.append(((*low[:j], middle[j], *low[j + 1 :]), high))
    return Decision(UNKNOWN)


# ---- the properties of a pair ------------------------------------------------------------------------


@dataclass(frozen=True)
class Instance:
    """One network file, one property of it, and what a verifier should answer."""

    file: str
    network: ReluNetwork
    claim: Property
    expected: Decision


def pair_instances(
    name: str,
    low: ReluNetwork,
    high: ReluNetwork,
    phi: MinMax,
    at: Point,
    margin: Fraction = MARGIN,
) -> list[Instance]:
    """What two networks with one Φ that differ at a point claim, as instances for verifiers.

    For each network: all outputs lie in [f_min, f_max]; it has f_min at x_min and f_max at x_max. For
    high - low: it is at least the gap at the point ``at``, and at least 3/4 of it in a box around the
    point. And one claim that fails, so that not all answers are alike: high - low is below half the gap
    everywhere.

    Args:
        name: letters, digits and hyphens; files start with it.
        margin: a claim counts as violated where it fails by at least this much.

    Raises:
        InvalidInputError: where high - low at the point is less than 4 margins.
    """
    gap_network = difference(high, low)
    gap = gap_network.at(at)
    if gap < 4 * margin:
        raise InvalidInputError(
            f"networks that differ by {float(gap):.3g} at the point",
            f"at least {float(4 * margin):.3g}, four margins",
            "take a Φ with a larger radius or a smaller margin",
        )
    cube = (ZERO,) * phi.dim, (ONE,) * phi.dim
    claims: list[tuple[str, ReluNetwork, Property]] = []
    for side, network in (("low", low), ("high", high)):
        outside = (Bound(AT_MOST, phi.f_min - margin), Bound(AT_LEAST, phi.f_max + margin))
        claims.append((side, network, Property("range", "f_min <= f <= f_max on the cube", *cube, outside)))
        for where, x, value in (("x-min", phi.x_min, phi.f_min), ("x-max", phi.x_max, phi.f_max)):
            off = (Bound(AT_MOST, value - margin), Bound(AT_LEAST, value + margin))
            claims.append((side, network, Property(where, f"f has its extreme value at {where}", x, x, off)))
    box = _box_around(gap_network, at, Fraction(3, 4) * gap)
    less = (Bound(AT_MOST, _shorter(gap - margin)),)
    much_less = (Bound(AT_MOST, _shorter(Fraction(3, 4) * gap - margin)),)
    half = (Bound(AT_LEAST, _shorter(gap / 2)),)
    claims += [
        ("gap", gap_network, Property("point", "the pair differs by the gap at the point", at, at, less)),
        ("gap", gap_network, Property("box", "it differs by 3/4 of the gap around it", *box, much_less)),
        ("gap", gap_network, Property("nowhere", "it differs by less than half the gap", *cube, half)),
    ]
    return [
        Instance(f"{name}-{side}", network, claim, decide(network, claim)) for side, network, claim in claims
    ]


def _box_around(network: ReluNetwork, x: Point, least: Fraction) -> tuple[Point, Point]:
    """A box around x on which interval arithmetic shows that the network is at least ``least``."""
    for k in range(3, 40):
        reach = Fraction(1, 2**k)
        low = tuple(max(ZERO, c - reach) for c in x)
        high = tuple(min(ONE, c + reach) for c in x)
        if network.range_over(low, high)[0] >= least:
            return low, high
    return x, x


def _shorter(value: Fraction) -> Fraction:
    """The number rounded down to 30 binary places: a decimal that verifiers read without loss."""
    return Fraction(value * 2**30 // 1, 2**30)


# ---- files -----------------------------------------------------------------------------------------


def write_benchmark(
    folder: str | Path,
    instances: Sequence[Instance],
    timeout: int = 60,
    dtype: Any = "float32",
    about: dict[str, Any] | None = None,
) -> Path:
    """Write networks, properties, ``instances.csv`` and ``expected.json``; all of it or nothing.

    Args:
        folder: a folder that does not exist yet, or is empty.
        timeout: seconds, for the third column.
        dtype: of the weights in the ONNX files.
        about: what else to put into expected.json.

    Raises:
        InvalidInputError: for a folder with something in it, or no instances.
    """
    if not instances:
        raise InvalidInputError("no instances", "at least one")
    files: dict[str, bytes] = {}
    rows, expected = [], []
    for i in instances:
        onnx_file, property_file = f"onnx/{i.file}.onnx", f"vnnlib/{i.file}-{i.claim.name}.vnnlib"
        if onnx_file not in files:
            files[onnx_file] = to_onnx(i.network, dtype, i.file)
        files[property_file] = i.claim.to_vnnlib().encode()
        rows.append((onnx_file, property_file, timeout))
        entry = {"onnx": onnx_file, "vnnlib": property_file, "claim": i.claim.claim}
        entry["expected"] = i.expected.answer
        if i.expected.at is not None:
            entry["at"] = [text(c) for c in i.expected.at]  # type: ignore[assignment]
        expected.append(entry)
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    files["instances.csv"] = table.getvalue().encode()
    document = {**(about or {}), "instances": expected}
    files["expected.json"] = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
    return write_folder(folder, files)


def write_folder(folder: str | Path, files: dict[str, bytes]) -> Path:
    """Write all files into a new folder; nothing is left behind where that fails.

    Raises:
        InvalidInputError: for a folder with something in it, or a place where none can be made.
    """
    target = require_new_folder(folder)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in files.items():
            file = scratch / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        scratch.chmod(0o755)
        os.replace(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def require_new_folder(folder: str | Path) -> Path:
    """The absolute path of a folder that does not exist or is empty, in a folder that exists."""
    target = Path(folder).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInputError(f"output folder {str(folder)!r}, which is in use", "a new or empty folder")
    if not target.parent.is_dir():
        raise InvalidInputError(
            f"output folder {str(folder)!r}, whose parent is missing", "a place in an existing folder"
        )
    return target


def read_instances(folder: str | Path) -> Iterable[tuple[Path, Path, int]]:
    """The rows of ``instances.csv``, as paths and seconds."""
    root = Path(folder)
    with (root / "instances.csv").open(encoding="utf-8", newline="") as file:
        for network, claim, timeout in csv.reader(file):
            yield root / network, root / claim, int(timeout)
