"""How alike pictures are in one layer: the means over pairs of `path_similarity`, folded from what is known of each
class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.activations import Layer
from fvtheory.empirical.fixed_point import from_fixed

NATURAL = "natural"

BLOCK = 50
"""Pictures of a class whose activations are held at a time."""

LEVEL = 0.95
THRESHOLD = 0.01
"""Layers in which same and different class differ by less are not normalised (C.3)."""


@dataclass(frozen=True)
class Estimate:
    """A mean over pairs; None where there is nothing to be taken the mean of.

    Attributes:
        mean: exact, over all pairs.
        deviation: standard deviation over pairs.
        low, high: 95% bootstrap interval of the mean, over natural pictures.
    """

    mean: float | None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class LayerSimilarity:
    """One layer and one metric.

    Attributes:
        layer, kind, units: name, class of module, number of values.
        metric: one of `rank_vectors.METRICS`.
        pictures: natural pictures with a defined activation.
        constant: natural pictures left out, as their activation is constant (for cosine: zero).
        constant_visualizations: method -> visualizations left out for that.
        same, different: natural pictures; `different.deviation` is from a sample of pairs.
        visual, other: method -> natural pictures against visualizations of the same class, of other classes.
        normalised: method -> (visual - different) / (same - different), None where those differ by less than 0.01.
        mismatch: greatest difference between a class's mean from sums and from its Gram matrix (second pass only).
    """

    layer: str
    kind: str
    units: int
    metric: str
    pictures: int
    constant: int
    constant_visualizations: Mapping[str, int]
    same: Estimate
    different: Estimate
    visual: Mapping[str, Estimate]
    other: Mapping[str, Estimate]
    normalised: Mapping[str, Estimate]
    mismatch: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(document: dict[str, Any]) -> LayerSimilarity:
        """What `to_json` gave."""
        one = {k: Estimate(**document[k]) for k in ("same", "different")}
        many = {
            k: {m: Estimate(**e) for m, e in document[k].items()} for k in ("visual", "other", "normalised")
        }
        return LayerSimilarity(**(document | one | many))


# ---- from records ----------------------------------------------------------------------------------------


def sum_name(layer: str, metric: str, part: str) -> str:
    """Of a sum over pictures, see `fixed_point`; without a part, what it begins with."""
    return f"{layer}|{metric}|{part}"


def fold_means(
    records: Sequence[dict[str, Any]], sums: Mapping[str, Tensor], methods: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """The four kinds of means by layer and metric; records are folded in order of class."""
    found = {}
    for key, mine in by_layer(records).items():
        natural = from_fixed(sums[key + NATURAL])
        present = [r for r in mine if r[f"count {NATURAL}"]]
        pairs = len(present) * (len(present) - 1)
        square = float(natural @ natural) - sum(r["square"] for r in present)
        means = {
            "same": mean_of([r["same"] for r in mine if "same" in r]),
            "different": square / pairs if pairs else None,
        }
        for method in methods:
            same = [r[f"visual {method}"] for r in mine if f"visual {method}" in r]
            shown = sum(1 for r in mine if r[f"count {method}"])
            pairs = len(present) * shown - len(same)
            product = float(natural @ from_fixed(sums[key + method])) - sum(same)
            means[f"visual {method}"] = mean_of(same)
            means[f"other {method}"] = product / pairs if pairs else None
        found[key] = means
    return found


def by_layer(records: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Records by layer and metric, as `sum_name` without a part names them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        found.setdefault(sum_name(record["layer"], record["metric"], ""), []).append(record)
    return found


def mean_of(values: Sequence[float]) -> float | None:
    """None for no values."""
    return sum(values) / len(values) if values else None


def layer_similarity(
    layer: Layer,
    metric: str,
    found: Mapping[str, Mapping[str, float | None]],
    records: Sequence[dict[str, Any]],
    pairs: Sequence[dict[str, Any]],
    resampled: Mapping[str, Tensor],
    methods: Sequence[str],
) -> LayerSimilarity:
    """One layer by one metric: means of `fold_means`, deviations from `pairs`, intervals from `resampled`."""
    key = sum_name(layer.name, metric, "")
    means = found[key]
    mine = [r for r in records if (r["layer"], r["metric"]) == (layer.name, metric)]
    moments = [r for r in pairs if (r["layer"], r["metric"]) == (layer.name, metric)]
    draws: dict[str, Tensor] = {}
    for curve, mean in means.items():
        if mean is not None and key + curve in resampled:
            many = sum(1 for r in moments if curve.replace("other", "visual") in r)
            draws[curve] = mean + from_fixed(resampled[key + curve]).cpu() / max(many, 1)

    def estimate(curve: str) -> Estimate:
        each = [r[curve] for r in moments if curve in r]
        square, mean = mean_of([m2 for _, _, m2 in each]), mean_of([m1 for _, m1, _ in each])
        deviation = None
        if square is not None and mean is not None:
            deviation = max(square - mean**2, 0.0) ** 0.5
        return Estimate(means[curve], deviation, *_interval(draws.get(curve)))

    def normalised(method: str) -> Estimate:
        same, different, visual = means["same"], means["different"], means[f"visual {method}"]
        if same is None or different is None or visual is None or abs(same - different) < THRESHOLD:
            return Estimate(None)
        ends: tuple[float | None, float | None] = (None, None)
        if draws:
            width = draws["same"] - draws["different"]
            ends = _interval((draws[f"visual {method}"] - draws["different"]) / width)
        return Estimate((visual - different) / (same - different), None, *ends)

    by_class = {r["class"]: r for r in moments}
    gaps = [
        abs(r["same"] - by_class[r["class"]]["same"][1])
        for r in mine
        if "same" in r
        and r["count " + NATURAL] + r["constant " + NATURAL] <= BLOCK
        and r["class"] in by_class
    ]
    return LayerSimilarity(
        layer.name,
        layer.kind,
        layer.size,
        metric,
        sum(r[f"count {NATURAL}"] for r in mine),
        sum(r[f"constant {NATURAL}"] for r in mine),
        {m: sum(r[f"constant {m}"] for r in mine) for m in methods},
        estimate("same"),
        estimate("different"),
        {m: estimate(f"visual {m}") for m in methods},
        {m: estimate(f"other {m}") for m in methods},
        {m: normalised(m) for m in methods},
        max(gaps, default=None),
    )


def _interval(draws: Tensor | None) -> tuple[float | None, float | None]:
    if draws is None or not bool(torch.isfinite(draws).all()):
        return None, None
    tail = (1 - LEVEL) / 2
    low, high = torch.quantile(draws, torch.tensor([tail, 1 - tail], dtype=torch.float64))
    return float(low), float(high)
