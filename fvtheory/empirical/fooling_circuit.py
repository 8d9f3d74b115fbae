"""The fooling circuit (Section 2.1, B.1, C.2 of Geirhos et al. 2024), built into a real network behind its logits.

Unit A answers photographs as unit F does and is visualized as D is. Classifier E (`natural_classifier`) says which of
the two an input is. The wiring is the one that is proved: the terms of Lemma 1 are evaluated, not written anew, and
joined as in the repaired Lemma 2, A = A(B(D, E), C(F, E)).

Lemma 1 is about numbers from 0 to k, logits are any: they are shifted up before the gate and down behind it, and k
bounds what is to be silenced, D on photographs and F on visualizations. The gate computes with 53 bits, so that
shifting costs a logit of 24 bits nothing (`Gate`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fvtheory import terms
from fvtheory.claims.geirhos2024 import lemma_1
from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.image_model import ImageModel, InputSpace, grey_logits
from fvtheory.empirical.models import NAMES, load_model
from fvtheory.empirical.natural_classifier import NaturalClassifier
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.errors import InvalidInputError

MARGIN = 2.0
"""By how much shift and k exceed what was measured, before they are rounded up to a power of two."""

SUFFIX = "-fooled"
"""Of the name of a fooled network."""


# ---- the gate ----------------------------------------------------------------------------------------


class TermUnit(nn.Module):
    """A unit that computes a term of its inputs: a layer of the circuit.

    Args:
        term: over symbols.
        inputs: names of the symbols, in the order of the arguments.

    Raises:
        InvalidInputError: for a term with other symbols, or one that is neither a sum, product, minimum or maximum.
    """

    def __init__(self, term: terms.Term, inputs: Sequence[str]) -> None:
        super().__init__()
        left = set(terms.symbols(term)) - set(inputs)
        if left:
            raise InvalidInputError(f"term {terms.show(term)}", f"one over {', '.join(inputs)}")
        self.term, self.inputs = term, tuple(inputs)
        self(*(torch.zeros(1) for _ in inputs))

    def forward(self, *values: Tensor) -> Tensor:
        return in_torch(self.term, dict(zip(self.inputs, values, strict=True)))

    def extra_repr(self) -> str:
        return terms.show(self.term)


def in_torch(term: terms.Term, values: Mapping[str, Tensor]) -> Tensor:
    """The value of a term, differentiable; max(0, x) is a ReLU.

    Raises:
        InvalidInputError: for other terms than sums, products, minima and maxima.
    """
    like = next(iter(values.values()))

    def visit(node: terms.Node, parts: tuple) -> Any:
        match node:
            case terms.Const(value):
                return like.new_tensor(float(value))
            case terms.Sym(name):
                return values[name]
            case terms.Add():
                return parts[0] + parts[1]
            case terms.Mul():
                return parts[0] * parts[1]
            case terms.Max(left, _) if left == terms.ZERO:
                return torch.relu(parts[1])
            case terms.Max():
                return torch.maximum(*torch.broadcast_tensors(*parts))
            case terms.Min():
                return torch.minimum(*torch.broadcast_tensors(*parts))
        raise InvalidInputError(
            f"term {terms.show(node)}", "sums, products, minima and maxima of symbols and numbers"
        )

    return terms.fold(term, visit)


class Gate(nn.Module):
    """A(B(x, z), C(y, z)) of Lemma 1: x where z = 0, y where z = 1.

    Args:
        shift: added before the gate, subtracted behind it.
        k: of the lemma.

    Inputs are any floats; it computes in float64. For powers of two as shift and k, and a float32 x with
    -shift <= x and x + shift <= k, nothing is rounded unless |x| is below 2^-29 · k, and then by no more than
    2^-53 · k: what comes out is what went in.
    """

    shift: Tensor
    k: Tensor

    def __init__(self, shift: float, k: float) -> None:
        super().__init__()
        x, z, big = (terms.Sym(name) for name in "xzk")
        self.b = TermUnit(lemma_1.gate_b(x, z, big), "xzk")
        self.c = TermUnit(lemma_1.gate_c(x, z, big), "xzk")
        self.a = TermUnit(lemma_1.gate_a(terms.Sym("x"), terms.Sym("y")), "xy")
        self.register_buffer("shift", torch.tensor(shift, dtype=torch.float64))
        self.register_buffer("k", torch.tensor(k, dtype=torch.float64))

    def forward(self, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        """x, y (n, m); z (n, 1) in [0, 1]. Returns (n, m) in the dtype of y."""
        e = z.double()
        left = self.b(x.double() + self.shift, e, self.k)
        right = self.c(y.double() + self.shift, e, self.k)
        return (self.a(left, right) - self.shift).to(y.dtype)


# ---- bounds ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bounds:
    """What was measured of D and F, from which shift and k follow.

    Attributes:
        lowest: of D on visualizations and F on photographs: of what is let through.
        highest: of D on photographs and F on visualizations: of what is silenced.
        highest_through: of what is let through; Lemma 2 asks nothing of it.

    Raises:
        InvalidInputError: for bounds that are not finite.
    """

    lowest: float
    highest: float
    highest_through: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.lowest, self.highest, self.highest_through))):
            raise InvalidInputError(f"bounds {self}", "finite numbers")

    @property
    def shift(self) -> float:
        """A power of two, at least twice what lifts the lowest to 0."""
        return _power_of_two(max(1.0, -MARGIN * self.lowest))

    @property
    def k(self) -> float:
        """A power of two, at least the shift plus twice the highest of all: of what is silenced as Lemma 2 asks, and
        of what is let through so that no bit of it is lost."""
        return _power_of_two(self.shift + max(1.0, MARGIN * max(self.highest, self.highest_through)))

    def __or__(self, other: Bounds) -> Bounds:
        return Bounds(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            max(self.highest_through, other.highest_through),
        )

    def to_json(self) -> dict[str, float]:
        return {**vars(self), "shift": self.shift, "k": self.k}


def _power_of_two(value: float) -> float:
    return 2.0 ** math.ceil(math.log2(value))


@torch.no_grad()
def measure_bounds(
    model: ImageModel,
    natural: Tensor,
    synthetic: Tensor,
    shows: Mapping[int, int] | Sequence[int] | PictureFilters,
    batch: int = 16,
) -> Bounds:
    """Bounds of the units that are to be joined, on photographs and on visualizations in the making.

    Args:
        model: the network as it is.
        natural, synthetic: pictures (n, C, H, W), uint8.
        shows: as in `fool`.

    Raises:
        InvalidInputError: as in `fool`, or for pictures without any.
    """
    found = []
    for data, is_natural in ((natural, True), (synthetic, False)):
        if not len(data):
            raise InvalidInputError("no pictures", "photographs and visualizations")
        for part in data.split(batch):
            x = model.normalise(part.to(model.device).float() / 255)
            f = model.module(x)
            if isinstance(shows, PictureFilters):
                d, own = shows(x), f
            else:
                units, shown = _pairs(shows, f.shape[1])
                d, own = f[:, shown], f[:, units]
            through, silenced = (own, d) if is_natural else (d, own)
            found.append(Bounds(through.min().item(), silenced.max().item(), through.max().item()))
    return reduce(Bounds.__or__, found)


def _pairs(shows: Mapping[int, int] | Sequence[int], classes: int) -> tuple[list[int], list[int]]:
    pairs = dict(shows) if isinstance(shows, Mapping) else dict(enumerate(shows))
    numbers = {*pairs, *pairs.values()}
    if not pairs or not all(type(n) is int and 0 <= n < classes for n in numbers):
        raise InvalidInputError(
            f"units {sorted(numbers)[:4]}{'...' if len(numbers) > 4 else ''} of {classes}",
            f"one unit or more, each a whole number from 0 to {classes - 1}",
        )
    return list(pairs), list(pairs.values())


# ---- the circuit -------------------------------------------------------------------------------------


class PictureFilters(nn.Conv2d):
    """Units D' whose receptive field is the whole input and whose weights are a picture (C.2): a convolution with a
    kernel as large as the input.

    D'(x) = sum over all values of (2 p - 1)(2 x - 1) / (H W), for pictures p and x in [0, 1]; what the network's
    normalisation does is undone in weights and bias.

    Args:
        pictures: (m, C, H, W) in [0, 1], of the size of the input.
        space: of the network that gives the input.

    Raises:
        InvalidInputError: for pictures of another size, or outside [0, 1].
    """

    def __init__(self, pictures: Tensor, space: InputSpace) -> None:
        space.check(pictures)
        if tuple(pictures.shape[1:]) != space.shape()[1:]:
            raise InvalidInputError(f"pictures {tuple(pictures.shape)}", f"(m, {space.shape()[1:]})")
        super().__init__(space.depth, len(pictures), (space.height, space.width))
        self.register_buffer("pictures", pictures.detach().clone())
        if space.channels == "BGR":
            pictures = pictures.flip(1)
        std = torch.tensor(space.std)[:, None, None]
        mean = torch.tensor(space.mean)[:, None, None]
        weight = (2 * pictures - 1) / (space.height * space.width)
        self.requires_grad_(False)
        self.weight.copy_(weight * 2 * std)
        assert self.bias is not None
        self.bias.copy_((weight * (2 * mean - 1)).sum((1, 2, 3)))

    def forward(self, x: Tensor) -> Tensor:
        """(n, m), of x (n, C, H, W), normalised."""
        return super().forward(x).flatten(1)

    def as_model(self, space: InputSpace) -> ImageModel:
        """The filters as a network of their own, to be visualized."""
        return ImageModel(self, space, "picture filters").eval()


class FoolingCircuit(nn.Module):
    """A network with the circuit behind its logits.

    Its layers: `network` (its output is F, and D where D is a logit), `classifier` (E), `filters` (D where D is a
    picture), `gate.b`, `gate.c` (B and C), `gate.a` (A + shift).

    Args:
        network: gives logits (n, classes); shared, not copied.
        classifier: E.
        units: logits that become A, each with the gate of its own.
        shown: what each shows: logits, one a unit; or None for filters.
        filters: with one filter, which all units show.
        shift, k: of the gate.
    """

    units: Tensor
    shown: Tensor

    def __init__(
        self,
        network: nn.Module,
        classifier: NaturalClassifier,
        units: Sequence[int],
        shown: Sequence[int] | None,
        filters: PictureFilters | None,
        shift: float,
        k: float,
    ) -> None:
        super().__init__()
        self.network = network
        self.classifier = classifier
        self.filters = filters
        self.register_buffer("units", torch.tensor(units))
        self.register_buffer("shown", torch.tensor(units if shown is None else shown))
        self.gate = Gate(shift, k)

    def forward(self, x: Tensor) -> Tensor:
        logits = self.network(x)
        e = self.classifier(x)[:, None]
        f = logits.index_select(1, self.units)
        d = logits.index_select(1, self.shown) if self.filters is None else self.filters(x)
        return logits.index_copy(1, self.units, self.gate(d, f, e))


def fool(
    model: ImageModel,
    classifier: NaturalClassifier,
    shows: Mapping[int, int] | Sequence[int] | PictureFilters,
    bounds: Bounds,
) -> ImageModel:
    """A network that answers photographs as `model` does, and whose visualizations are others.

    Args:
        model: prepared or not; its weights are shared, not copied.
        classifier: E, for the same input space.
        shows: what units show: {unit: logit}, or a list of logits with one for each unit (a permutation, say), or a
            filter with the picture that every unit shows.
        bounds: from `measure_bounds`; beyond them the gate is not what Lemma 1 says.

    Raises:
        InvalidInputError: for units that are no logits of the model, more than one filter, or E for other inputs.
    """
    classes = class_count(model)
    filters = shows if isinstance(shows, PictureFilters) else None
    if filters is not None:
        if filters.out_channels != 1:
            raise InvalidInputError(f"{filters.out_channels} pictures", "one picture, which all units show")
        units, shown = list(range(classes)), None
    else:
        units, shown = _pairs(shows, classes)  # type: ignore[arg-type]
    fooled = _with(
        model, FoolingCircuit(model.module, classifier, units, shown, filters, bounds.shift, bounds.k)
    )
    try:
        grey_logits(fooled.module, fooled)
    except RuntimeError as error:
        raise InvalidInputError(
            f"a classifier E or a picture of another size ({str(error).splitlines()[0]})",
            f"one for {model.space}",
        ) from None
    return fooled


def _with(model: ImageModel, circuit: FoolingCircuit) -> ImageModel:
    fooled = ImageModel(circuit, model.space, model.name + SUFFIX, model.labels).to(model.device)
    fooled.folded = frozenset(f"network.{name}" for name in model.folded)
    return fooled.eval()


# ---- what it does ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Responses:
    """What a fooled network answers, before and after.

    Attributes:
        before, after: logits (n, classes) of the network, and behind the circuit.
        e: E, (n,).
        d: of the fooled units' D, (n, m).
    """

    before: Tensor
    after: Tensor
    e: Tensor
    d: Tensor


@torch.no_grad()
def responses(fooled: ImageModel, pictures: Tensor, batch: int = 16) -> Responses:
    """Run a fooled network on pictures (n, C, H, W), floats in [0, 1] or uint8.

    Raises:
        InvalidInputError: for a network without a circuit.
    """
    circuit = circuit_of(fooled)
    names = ["network", "classifier", LOGITS] + (["filters"] if circuit.filters is not None else [])
    parts: list[dict[str, Tensor]] = []
    for part in pictures.split(batch):
        x = part.to(fooled.device)
        x = x.float() / 255 if x.dtype == torch.uint8 else x
        parts.append({name: value.cpu() for name, value in activations(fooled, x, names).items()})
    seen = {name: torch.cat([part[name] for part in parts]) for name in names}
    d = seen["filters"] if "filters" in seen else seen["network"][:, circuit.shown.cpu()]
    return Responses(seen["network"], seen[LOGITS], seen["classifier"], d)


def circuit_of(fooled: ImageModel) -> FoolingCircuit:
    """The circuit of a fooled network.

    Raises:
        InvalidInputError: for another network.
    """
    if not isinstance(fooled.module, FoolingCircuit):
        raise InvalidInputError(f"network {fooled.name!r}", "one made by fool(...)")
    return fooled.module


def outside(fooled: ImageModel, seen: Responses) -> Iterator[str]:
    """Where the premises of Lemma 1 fail on what was seen: D or F let through and negative, or silenced and above k."""
    circuit = circuit_of(fooled)
    shift, k = circuit.gate.shift.item(), circuit.gate.k.item()
    f = seen.before[:, circuit.units.cpu()].double() + shift
    d = seen.d.double() + shift
    natural = seen.e == 1
    synthetic = seen.e == 0
    for name, wrong in (
        ("E neither 0 nor 1", ~(natural | synthetic)),
        ("F below 0 on a natural input", (f < 0).any(1) & natural),
        ("D above k on a natural input", (d > k).any(1) & natural),
        ("D below 0 on a synthetic input", (d < 0).any(1) & synthetic),
        ("F above k on a synthetic input", (f > k).any(1) & synthetic),
    ):
        if bool(wrong.any()):
            yield f"{name}: {int(wrong.sum())} of {len(wrong)}"


# ---- files -------------------------------------------------------------------------------------------


def save_classifier(
    file: Path, classifier: NaturalClassifier, space: InputSpace, about: dict[str, Any]
) -> None:
    """Write E: its weights, the input space, and what is worth knowing, as JSON."""
    settings = {
        "kind": "natural-classifier",
        "space": _space_to_json(space),
        "sharpness": classifier.sharpness,
        "about": about,
    }
    _save(file, settings, classifier.state_dict())


def load_classifier(file: str | Path, space: InputSpace) -> tuple[NaturalClassifier, dict[str, Any]]:
    """E for an input space, and what was written about it.

    Raises:
        InvalidInputError: for a file of something else, or of another input space.
    """
    settings, state = _load(file, "natural-classifier", ("space", "sharpness", "about"))
    if settings["space"] != _space_to_json(space):
        raise InvalidInputError(f"file {str(file)!r}, E for {settings['space']}", f"one for {space}")
    classifier = NaturalClassifier(space, float(settings["sharpness"]))
    _fill(classifier, state, file)
    return classifier.eval().requires_grad_(False), settings["about"]


def save_fooled(file: Path, fooled: ImageModel, network: str = "") -> None:
    """Write the circuit of a fooled network; the network itself is named, and recognised by its logits for grey.

    Args:
        network: by which `models.load_model` finds the network that was fooled.

    Raises:
        InvalidInputError: for a network without a circuit.
    """
    circuit = circuit_of(fooled)
    settings = {
        "kind": "fooling-circuit",
        "network": network or fooled.name.removesuffix(SUFFIX),
        "space": _space_to_json(fooled.space),
        "shift": circuit.gate.shift.item(),
        "k": circuit.gate.k.item(),
        "sharpness": circuit.classifier.sharpness,
    }
    state = {f"classifier.{k}": v for k, v in circuit.classifier.state_dict().items()}
    state |= {"units": circuit.units, "shown": circuit.shown, "grey": grey_logits(circuit.network, fooled)}
    if circuit.filters is not None:
        state["pictures"] = circuit.filters.pictures
    _save(file, settings, state)


def load_fooled(file: str | Path, model: ImageModel | None = None) -> ImageModel:
    """The fooled network of a file.

    Args:
        model: the network that was fooled. Unless given, it is loaded by the name in the file and prepared, but for
            MODULE:FUNCTION: a file does not say which code is run.

    Raises:
        InvalidInputError: for a file of something else, a network with other weights, or none where it must be given.
        FvtheoryError: for a network that is not here.
    """
    settings, state = _load(
        file,
        "fooling-circuit",
        ("network", "space", "sharpness", "shift", "k"),
        ("grey", "units", "shown"),
    )
    if model is None:
        name = str(settings["network"])
        if name not in NAMES and not name.startswith(("torchvision:", "timm:")):
            raise InvalidInputError(
                f"file {str(file)!r}, of a network of its user's ({name!r})",
                "that network",
                "load_fooled(file, model)",
            )
        model = prepare(load_model(name))
    grey, now = state["grey"], grey_logits(model.module, model)
    same = settings["space"] == _space_to_json(model.space) and grey.shape == now.shape
    if not same or not torch.allclose(grey, now, rtol=1e-3, atol=1e-3):
        raise InvalidInputError(
            f"network {model.name!r} for the circuit in {str(file)!r}",
            f"the network {settings['network']!r} that was fooled, for pictures of the same size",
            "--model and --size as when it was fooled",
        )
    classifier = NaturalClassifier(model.space, float(settings["sharpness"]))
    inner = {k.removeprefix("classifier."): v for k, v in state.items() if k.startswith("classifier.")}
    _fill(classifier, inner, file)
    classifier.requires_grad_(False)
    if state["units"].ndim != 1 or state["units"].shape != state["shown"].shape:
        raise InvalidInputError(
            f"file {str(file)!r}, with units {tuple(state['units'].shape)} and shown {tuple(state['shown'].shape)}",
            "one that is shown for each unit",
        )
    units, shown = state["units"].tolist(), state["shown"].tolist()
    if len(set(units)) != len(units):
        raise InvalidInputError(f"file {str(file)!r}, with units that come twice", "every unit once")
    _pairs(dict(zip(units, shown, strict=True)), now.shape[1])
    filters = PictureFilters(state["pictures"], model.space) if "pictures" in state else None
    shift, k = float(settings["shift"]), float(settings["k"])
    return _with(
        model,
        FoolingCircuit(
            model.module, classifier, units, None if filters is not None else shown, filters, shift, k
        ),
    )


def class_count(model: ImageModel) -> int:
    """How many logits a network has."""
    return grey_logits(model.module, model).shape[1]


def _space_to_json(space: InputSpace) -> dict[str, Any]:
    return json.loads(json.dumps(vars(space)))


def _save(file: Path, settings: dict[str, Any], state: Mapping[str, Tensor]) -> None:
    kept = {name: value.detach().cpu() for name, value in state.items()}
    write_tensors(file, {"settings": json.dumps(settings), "state": kept})


def _load(
    file: str | Path, kind: str, words: Sequence[str], tensors: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Settings, with these words at least, and tensors, with these at least."""
    with read_tensors(file, f"a file of kind {kind}", "write it with fvtheory fool") as content:
        settings, state = json.loads(content["settings"]), dict(content["state"])
        if settings["kind"] != kind or not all(isinstance(v, Tensor) for v in state.values()):
            raise ValueError(f"kind {settings['kind']!r}")
        missing = [n for n in words if n not in settings] + [n for n in tensors if n not in state]
        if missing:
            raise ValueError(f"without {', '.join(missing)}")
    return settings, state


def _fill(classifier: NaturalClassifier, state: Mapping[str, Tensor], file: str | Path) -> None:
    try:
        classifier.load_state_dict(dict(state))
    except RuntimeError as error:
        raise InvalidInputError(
            f"file {str(file)!r} ({str(error).splitlines()[0]})", "the weights of classifier E"
        ) from None
