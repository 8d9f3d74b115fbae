"""From layers to the curves of the paper, and to one figure a method (Figures 6 to 11, C.3 of Geirhos et al. 2024)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from fvtheory.empirical.layer_similarity import LayerSimilarity, mean_of
from fvtheory.errors import InvalidInputError

WINDOW = 7
"""Of the smoothed curve."""

DEVIATION_WINDOW = 5
"""Of the band around it."""

SAME_EVERY, DIFFERENT_EVERY, VISUAL_EVERY = 10, 100, 5
"""The paper computed every 10th, 100th and 5th pair."""


def _windows(values: Sequence[float], width: int) -> NDArray[numpy.float64]:
    """The window around each value, (n, width), the sequence reflected at its ends."""
    if width < 1 or width % 2 == 0 or len(values) == 0:
        raise InvalidInputError(f"{len(values)} values in windows of {width}", "values, and an odd window")
    padded = numpy.pad(numpy.asarray(values, dtype=numpy.float64), width // 2, mode="symmetric")
    return numpy.lib.stride_tricks.sliding_window_view(padded, width)


def smoothed(values: Sequence[float], window: int = WINDOW) -> list[float]:
    """Running means, as ``scipy.ndimage.convolve`` with uniform weights gives them (ends reflected).

    Raises:
        InvalidInputError: for no values, or an even window.
    """
    return _windows(values, window).mean(1).tolist()


def running_deviation(values: Sequence[float], window: int = DEVIATION_WINDOW) -> list[float]:
    """Standard deviation (of the population) of the points in a window, ends reflected.

    C.3 says "the standard deviation of the orange data points, convolved over a window": this is how it is read here.

    Raises:
        InvalidInputError: for no values, or an even window.
    """
    return _windows(values, window).std(1).tolist()


@dataclass(frozen=True)
class Curve:
    """The normalised curve of one method and metric.

    Attributes:
        layers: those that are not left out by the rule of 0.01.
        points: the normalised similarity in each.
        line: the points, smoothed.
        low, high: the line less and plus the running standard deviation of the points.
        left_out: layers where same and different class differ by less than 0.01, or one is not defined.
    """

    layers: tuple[str, ...]
    points: tuple[float, ...]
    line: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    left_out: tuple[str, ...]


def normalised_curve(found: Sequence[LayerSimilarity], metric: str, method: str) -> Curve:
    """Figure 6 (and 8, 10): 0 is what different classes have, 1 what two natural pictures of a class have."""
    points = {s.layer: s.normalised[method].mean for s in found if s.metric == metric}
    kept = {layer: p for layer, p in points.items() if p is not None}
    left_out = tuple(layer for layer in points if layer not in kept)
    if not kept:
        return Curve((), (), (), (), (), left_out)
    values = list(kept.values())
    line, band = smoothed(values), running_deviation(values)
    low = tuple(a - b for a, b in zip(line, band, strict=True))
    high = tuple(a + b for a, b in zip(line, band, strict=True))
    return Curve(tuple(kept), tuple(values), tuple(line), low, high, left_out)


@dataclass(frozen=True)
class MethodScore:
    """How alike natural pictures and the visualizations of a method are processed; None where nothing is defined.

    Attributes:
        method, metric: of what, by what.
        share: sum over all layers of (visual - different) by that of (same - different): the share of the way from
            different to same class. No layer has to be left out, and none can dominate by a small denominator.
        normalised: mean over the layers that are kept of the normalised similarity (the paper's).
        last_third: the same over the last third of the layers that are kept.
        own_class: mean over all layers of (visual - other): how much more alike to the own class than to others.
        layers: how many are kept for `normalised`.
    """

    method: str
    metric: str
    share: float | None
    normalised: float | None
    last_third: float | None
    own_class: float | None
    layers: int


def ranking(found: Sequence[LayerSimilarity], metric: str) -> list[MethodScore]:
    """Scores of all methods by one metric, the best share first."""
    mine = [s for s in found if s.metric == metric]
    scores = []
    for method in mine[0].visual if mine else ():
        above, below, own = [], [], []
        for s in mine:
            visual, other = s.visual[method].mean, s.other[method].mean
            if visual is not None and s.same.mean is not None and s.different.mean is not None:
                above.append(visual - s.different.mean)
                below.append(s.same.mean - s.different.mean)
            if visual is not None and other is not None:
                own.append(visual - other)
        points = normalised_curve(mine, metric, method).points
        share = sum(above) / sum(below) if sum(below) > 0 else None
        last = points[-max(1, len(points) // 3) :]
        scores.append(
            MethodScore(method, metric, share, mean_of(points), mean_of(last), mean_of(own), len(points))
        )
    return sorted(scores, key=lambda s: -(s.share if s.share is not None else float("-inf")))


def sampled_means(
    rows: Tensor,
    labels: Tensor,
    shown: Tensor,
    shown_labels: Tensor,
    every: tuple[int, int, int] = (SAME_EVERY, DIFFERENT_EVERY, VISUAL_EVERY),
    first: int = 0,
) -> dict[str, tuple[float, int]]:
    """The paper's estimator: the mean over every so many-th pair, and how many those are.

    Pairs are counted class by class (and class pair by class pair) in order of label; each class and pair of classes
    weighs the same, so that with every pair taken the exact mean is found.

    Args:
        rows, labels: unit vectors (n, D) of natural pictures (`rank_vectors.unit_vectors`), all defined, and classes.
        shown, shown_labels: of visualizations.
        every: take every so many-th pair of the same class, of different classes, with a visualization.
        first: number of the first pair that is taken.

    Raises:
        InvalidInputError: for steps below 1.
    """
    if min(every) < 1 or first < 0:
        raise InvalidInputError(f"every {every} from {first}", "steps of at least 1, from 0")
    classes = sorted(set(labels.tolist()))
    parts = {c: rows[labels == c] for c in classes}
    same, different, visual = [], [], []
    for i, a in enumerate(classes):
        x = parts[a]
        one, two = torch.triu_indices(len(x), len(x), 1)[:, first :: every[0]]
        same.append((x[one] * x[two]).sum(1))
        for b in classes[i + 1 :]:
            products = x @ parts[b].T
            different.append(products.reshape(-1)[first :: every[1]])
        visual.append((x @ shown[shown_labels == a].T).reshape(-1)[first :: every[2]])
    found = {}
    for name, values in (("same", same), ("different", different), ("visual", visual)):
        known = [float(v.mean()) for v in values if len(v)]
        if known:
            found[name] = (sum(known) / len(known), sum(map(len, values)))
    return found
