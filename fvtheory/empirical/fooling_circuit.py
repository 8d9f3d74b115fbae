"""The fooling circuit (Section 2.1, B.1, C.2 of Geirhos et al. 2024), built into a real network behind its logits.

Unit A answers photographs as unit F does and is visualized as D is. Classifier E (`natural_classifier`) says which of
the two an input is. The wiring is the one that is proved: the terms of Lemma 1 are evaluated, not written anew, and
joined as in the repaired Lemma 2, A = A(B(D, E), C(F, E)).

The gate is in `lemma_1_gate`, files in `fooling_files`; `fooling_experiment` does all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor, nn

from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.image_model import ImageModel, InputSpace, class_count, grey_logits
from fvtheory.empirical.lemma_1_gate import Bounds, Gate
from fvtheory.empirical.natural_classifier import NaturalClassifier
from fvtheory.errors import InvalidInputError

SUFFIX = "-fooled"
"""Of the name of a fooled network."""


# ---- bounds ------------------------------------------------------------------------------------------


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
                units, shown = unit_pairs(shows, f.shape[1])
                d, own = f[:, shown], f[:, units]
            through, silenced = (own, d) if is_natural else (d, own)
            found.append(Bounds(through.min().item(), silenced.max().item(), through.max().item()))
    return reduce(Bounds.__or__, found)


def unit_pairs(shows: Mapping[int, int] | Sequence[int], classes: int) -> tuple[list[int], list[int]]:
    """(units, the logits that they show) of `shows`, as in `fool`.

    Raises:
        InvalidInputError: for none, or numbers that are no logits.
    """
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
        units, shown = unit_pairs(shows, classes)  # type: ignore[arg-type]
    fooled = with_circuit(
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


def with_circuit(model: ImageModel, circuit: FoolingCircuit) -> ImageModel:
    """The model with the circuit in place of its network, on its device."""
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
