"""Which of two natural pictures activates a unit more, told from its least and most activating visualizations?

The task of Borowski et al. (2021), discussed in B.7 of Geirhos et al. (2024), put to decoders instead of people:

* the central decoders of the theory, which know Φ = (x_min, x_max, f_min, f_max) and a class of functions;
* the nearest visualization by features of a network, as a person may go by looks;
* a coin.

The theory's question beside it: for which pairs does Φ decide the answer? Where upper(b) <= lower(a) every
function of the fiber prefers a; else the fiber has functions that prefer a and others that prefer b, and no
decoder is right for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel, class_count
from fvtheory.empirical.objectives import Objective
from fvtheory.empirical.parameterizations import Fourier
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.proportion import Proportion
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

PIXELS = "pixels"
RANDOM, EXTREME = "random", "extreme"
KINDS = (RANDOM, EXTREME)
"""Pairs: any two pictures that differ in activation, or one of the highest and one of the lowest."""

EXTREME_SHARE = 0.05
"""Of the pictures, at each end, for `EXTREME` pairs."""


@dataclass(frozen=True)
class Shown:
    """Φ of a unit as ascent found it.

    Attributes:
        pictures: the least and the most activating visualization, (2, C, H, W), uint8, as files hold them.
        low, high: the unit on them.
    """

    pictures: Tensor
    low: float
    high: float

    @property
    def spread(self) -> float:
        """high - low."""
        return self.high - self.low


def show(
    model: ImageModel,
    objective: Objective,
    generator: torch.Generator,
    steps: int = 128,
    transformations: Transformations | None = STANDARD,
    progress: Callable[[int, int], None] | None = None,
) -> Shown:
    """The two visualizations of a unit, from Fourier coefficients, rounded to 8 bits."""

    def both_ways(seen: dict[str, Tensor]) -> Tensor:
        values = objective(seen)
        return values * values.new_tensor([-1.0, 1.0])

    found = visualize(
        model,
        Objective(f"{objective.name} both ways", objective.layers, both_ways),
        Fourier(model.space.shape(2), generator, model.device, decorrelated=model.space.depth == 3),
        generator,
        steps=steps,
        transformations=transformations,
        progress=progress,
    )
    pictures = to_bytes(found.pictures)
    low, high = on_pictures(model, [objective], pictures)[:, 0].tolist()
    return Shown(pictures, low, high)


# ---- the decoders of the theory ------------------------------------------------------------------------


def sup_distances(pictures: Tensor, to: Tensor, chunk: int = 64) -> Tensor:
    """Sup norm distances in [0, 1] of pictures (n, ...) to one picture, (n,), float64; bytes on both sides."""
    other = to.to(torch.int16)
    parts = [
        (p.to(torch.int16) - other).abs().flatten(1).amax(1).double() / 255 for p in pictures.split(chunk)
    ]
    return torch.cat(parts)


@dataclass(frozen=True)
class Envelopes:
    """What the fiber of Φ leaves open at pictures, in units where f_min = 0 and f_max = 1: lower and upper (n,)."""

    lower: Tensor
    upper: Tensor

    @property
    def centre(self) -> Tensor:
        """The central decoder."""
        return (self.lower + self.upper) / 2

    def decided(self, a: Tensor, b: Tensor) -> Tensor:
        """For pairs of indices: whether all functions of the fiber agree which picture is at least as active."""
        return (self.lower[a] >= self.upper[b]) | (self.lower[b] >= self.upper[a])


def all_envelopes(to_low: Tensor, to_high: Tensor) -> Envelopes:
    """Class of all functions: nothing is known but at x_min and x_max themselves (distances (n,) to them)."""
    return Envelopes((to_high == 0).double(), (to_low > 0).double())


def lipschitz_envelopes(to_low: Tensor, to_high: Tensor, lipschitz: float) -> Envelopes:
    """Class of L-Lipschitz functions in the sup norm, L in units of f_max - f_min: as `fvtheory.classes.lipschitz`."""
    return Envelopes((1 - lipschitz * to_high).clamp(min=0), (lipschitz * to_low).clamp(max=1))


def lipschitz_radius(low: Tensor, high: Tensor, lipschitz: float) -> float:
    """Radius of information of Φ in the L-Lipschitz class, in units of f_max - f_min (1/2: as bad as knowing nothing).

    Args:
        low, high: x_min and x_max, (d,) in [0, 1], float64.
        lipschitz: in units of f_max - f_min.

    The width upper - lower is min(1, p, q, p + q - 1) of the rises p, q from x_min and x_max (Section B.2), largest
    where two coordinates make p and q as large as they can be, or at the ends or the middle of one coordinate.
    The formula of `fvtheory.classes.lipschitz`, which it equals, for so many variables as a picture has.
    """

    def width(p: Tensor, q: Tensor) -> Tensor:
        p, q = lipschitz * p, lipschitz * q
        return torch.stack([torch.ones_like(p), p, q, p + q - 1]).amin(0)

    far_low, far_high = torch.maximum(low, 1 - low), torch.maximum(high, 1 - high)
    gap = lipschitz * (low - high).abs()
    found = [
        width(low, high).max(),
        width(1 - low, 1 - high).max(),
        torch.minimum(torch.ones_like(gap), gap - 1).max(),
    ]
    best = min(2, len(low))
    for i in far_low.topk(best).indices.tolist():
        found += [width(far_low[i], far_high[k]) for k in far_high.topk(best).indices.tolist() if i != k]
    return max(0.0, *(float(w) for w in found)) / 2


# ---- features ------------------------------------------------------------------------------------------


@torch.no_grad()
def features(model: ImageModel, pictures: Tensor, layer: str, batch: int = 32) -> Tensor:
    """Channels of a layer, averaged over positions, (n, channels); of `PIXELS` the pixels, (n, C H W).

    Args:
        pictures: uint8.
    """
    if layer == PIXELS:
        return pictures.flatten(1).float() / 255
    parts = []
    for part in pictures.split(batch):
        x = activations(model, part.to(model.device).float() / 255, [layer])[layer].cpu()
        parts.append(x.flatten(2).mean(2) if x.ndim > 2 else x)
    return torch.cat(parts)


def nearness(x: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Cosine with the features of the most activating visualization less that with the least, (n,)."""
    unit = torch.nn.functional.normalize(torch.cat([x, low[None], high[None]]).double(), dim=1)
    return unit[:-2] @ (unit[-1] - unit[-2])


# ---- the task ------------------------------------------------------------------------------------------


def draw_pairs(values: Tensor, count: int, kind: str, generator: torch.Generator) -> Tensor:
    """Pairs of indices of pictures with different activations, (count, 2), in random order.

    Raises:
        InvalidInputError: for an unknown kind, or a unit with one value on all pictures.
    """
    if kind not in KINDS:
        raise InvalidInputError(f"pairs {kind!r}", " or ".join(KINDS))
    size = len(values)
    order = values.argsort()
    if values[order[0]] == values[order[-1]]:
        raise InvalidInputError("a unit with one value on all pictures", "pictures that differ in activation")
    edge = max(1, round(size * EXTREME_SHARE)) if kind == EXTREME else size
    found: list[list[int]] = []
    while len(found) < count:
        i, k = (int(v) for v in torch.randint(edge, (2,), generator=generator))
        a, b = (order[i], order[size - 1 - k]) if kind == EXTREME else (order[i], order[k])
        if values[a] != values[b]:
            turned = bool(torch.randint(2, (1,), generator=generator))
            found.append([int(b), int(a)] if turned else [int(a), int(b)])
    return torch.tensor(found)


@dataclass(frozen=True)
class Answers:
    """How one decoder did on the pairs of one unit.

    Attributes:
        right: how many, ties decided by a coin.
        ties: on how many it had no preference.
        asked: how many pairs.
    """

    right: int
    ties: int
    asked: int


def answer(scores: Tensor, values: Tensor, pairs: Tensor, generator: torch.Generator) -> Answers:
    """Choose the picture of each pair with the higher score; a coin where they are equal."""
    gap = scores[pairs[:, 0]] - scores[pairs[:, 1]]
    coin = torch.randint(2, gap.shape, generator=generator).bool()
    first = torch.where(gap == 0, coin, gap > 0)
    truth = values[pairs[:, 0]] > values[pairs[:, 1]]
    return Answers(int((first == truth).sum()), int((gap == 0).sum()), len(pairs))


@dataclass(frozen=True)
class UnitChoice:
    """The task on one unit.

    Attributes:
        unit: its name.
        answers: kind of pairs -> decoder -> answers.
        decided: kind of pairs -> class -> share of pairs that Φ decides in that class.
        low, high: f_min and f_max as ascent found them.
        outside: share of the natural pictures with a value below f_min or above f_max: ascent missed an extremum.
        least_lipschitz: the least L, in units of f_max - f_min, for which Φ is possible.
        seen_lipschitz: the greatest slope between pictures that were looked at: in no class with a smaller L is f.
        radius: class -> radius of information in units of f_max - f_min.
    """

    unit: str
    answers: dict[str, dict[str, Answers]]
    decided: dict[str, dict[str, float]]
    low: float
    high: float
    outside: float
    least_lipschitz: float
    seen_lipschitz: float
    radius: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        told = {k: {name: vars(a) for name, a in rows.items()} for k, rows in self.answers.items()}
        return {**vars(self), "answers": told}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> UnitChoice:
        told = {k: {n: Answers(**a) for n, a in rows.items()} for k, rows in data["answers"].items()}
        return cls(**{**data, "answers": told})


ALL, LEAST, SEEN, COIN = "all functions", "lipschitz, least L", "lipschitz, L seen", "coin"


def ask(
    unit: str,
    shown: Shown,
    pictures: Tensor,
    values: Tensor,
    looks: dict[str, tuple[Tensor, Tensor]],
    pairs: int,
    generator: torch.Generator,
) -> UnitChoice:
    """Put the task to all decoders.

    Args:
        unit: its name.
        shown: its visualizations.
        pictures: natural ones, (n, C, H, W), uint8.
        values: the unit on them, (n,).
        looks: layer -> (features of the pictures (n, m), of the two visualizations (2, m)).
        pairs: how many of each kind.

    Raises:
        InvalidInputError: for visualizations without a difference in activation, which say nothing.
    """
    if not shown.spread > 0:
        raise InvalidInputError(
            f"visualizations of {unit} with activations {shown.low:g} and {shown.high:g}",
            "a most activating one above a least activating one",
            "more steps, or a layer before its nonlinearity",
        )
    scaled = (values.double() - shown.low) / shown.spread
    low, high = shown.pictures
    to_low, to_high = sup_distances(pictures, low), sup_distances(pictures, high)
    apart = float(sup_distances(low[None], high)[0])
    slopes = [scaled.abs() / to_low, (scaled - 1).abs() / to_high]
    drawn = {kind: draw_pairs(values, pairs, kind, generator) for kind in KINDS}
    for chosen in drawn.values():
        a, b = chosen.unique(dim=0).T
        gap = torch.cat([sup_distances(pictures[i : i + 1], pictures[j]) for i, j in zip(a, b, strict=True)])
        slopes.append((scaled[a] - scaled[b]).abs() / gap)
    least = 1 / apart
    seen = max(least, *(float(s[s.isfinite()].max()) for s in slopes if s.isfinite().any()))
    classes = {
        ALL: all_envelopes(to_low, to_high),
        LEAST: lipschitz_envelopes(to_low, to_high, least),
        SEEN: lipschitz_envelopes(to_low, to_high, seen),
    }
    scores = {f"central: {name}": e.centre for name, e in classes.items()}
    scores |= {f"nearest by {layer}": nearness(x, *two) for layer, (x, two) in looks.items()}
    scores[COIN] = torch.zeros(len(values))
    answers = {
        kind: {name: answer(s, values, chosen, generator) for name, s in scores.items()}
        for kind, chosen in drawn.items()
    }
    decided = {
        kind: {name: float(e.decided(*chosen.T).double().mean()) for name, e in classes.items()}
        for kind, chosen in drawn.items()
    }
    ends = low.flatten().double() / 255, high.flatten().double() / 255
    return UnitChoice(
        unit,
        answers,
        decided,
        shown.low,
        shown.high,
        float(((scaled < 0) | (scaled > 1)).double().mean()),
        least,
        seen,
        {ALL: 0.5, LEAST: lipschitz_radius(*ends, least), SEEN: lipschitz_radius(*ends, seen)},
    )


@dataclass(frozen=True)
class Row:
    """A decoder over all units.

    Attributes:
        share: of the pairs, how many it answered rightly.
        low, high: Wilson's interval of it, as if all pairs were independent.
        units_low, units_high: percentile bootstrap over units, wider where pairs of one unit are alike.
        ties: share of the pairs on which it had no preference.
        above_half: share of the units on which it answered more than half of the pairs rightly.
    """

    decoder: str
    pairs: str
    share: float
    low: float
    high: float
    units_low: float
    units_high: float
    ties: float
    above_half: float
    asked: int


RESAMPLES = 2000


def summary(units: Sequence[UnitChoice], generator: torch.Generator) -> list[Row]:
    """One row a decoder and kind of pairs; the generator is of the bootstrap."""
    chosen = torch.randint(len(units), (RESAMPLES, len(units)), generator=generator)
    rows = []
    for kind in KINDS:
        for name in units[0].answers[kind]:
            each = [u.answers[kind][name] for u in units]
            right, asked = sum(a.right for a in each), sum(a.asked for a in each)
            ties = sum(a.ties for a in each) / asked
            above = sum(2 * a.right > a.asked for a in each) / len(each)
            shares = torch.tensor([a.right / a.asked for a in each], dtype=torch.float64)[chosen].mean(1)
            low, high = Proportion(right, asked).interval()
            units_low, units_high = (float(shares.quantile(q)) for q in (0.025, 0.975))
            share = right / asked
            rows.append(Row(name, kind, share, low, high, units_low, units_high, ties, above, asked))
    return rows


def default_units(model: ImageModel, count: int, generator: torch.Generator) -> list[str]:
    """Different logits drawn at random, as ``logits:INDEX``."""
    return [f"{LOGITS}:{i}" for i in torch.randperm(class_count(model), generator=generator)[:count].tolist()]
