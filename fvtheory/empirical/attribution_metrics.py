"""Five measures of maps: what a network says of the parts of a picture that a map keeps or takes away.

The definitions of Weber (2023, Section 3.3, equations 3.4 to 3.6), after Chattopadhyay et al. (2018), Poppi et al.
(2021) and Petsiuk et al. (2018). The class is the one of highest probability on the whole picture, and stays; a
score is its probability after the softmax. The drop is printed there as a sum over pictures, and here as elsewhere
an average. All are fractions, not percent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.activations import logits
from fvtheory.empirical.heat_maps import correlation, gaussian_blur
from fvtheory.empirical.image_model import ImageModel
from fvtheory.errors import InvalidInputError

STEPS = 224
"""Of insertion and deletion on pictures of 224x224: a row of pixels at a time (Petsiuk et al. 2018)."""

BLUR = (11, 5.0)
"""Size and standard deviation of the kernel, in pixels, for what stands in place of a pixel that is taken away
(Petsiuk et al. 2018, for insertion)."""

METRICS = ("drop", "increase", "coherency", "insertion", "deletion")

BETTER = {"drop": "less", "increase": "more", "coherency": "more", "insertion": "more", "deletion": "less"}

Explain = Callable[[Tensor, Tensor], Tensor]
"""(pictures (n, C, H, W), classes (n,)) -> maps (n, H, W) in [0, 1]."""


def drop(whole: Tensor, masked: Tensor) -> Tensor:
    """max(0, Y - O) / Y picture by picture (3.4), in [0, 1]; 0 where Y = 0.

    Args:
        whole, masked: Y and O, probabilities (n,) on pictures and on what their maps keep.
    """
    return torch.where(whole > 0, (whole - masked).clamp(min=0) / torch.where(whole > 0, whole, 1.0), 0.0)


def increase(whole: Tensor, masked: Tensor) -> Tensor:
    """1 where O > Y, else 0 (3.4)."""
    return (masked > whole).to(whole.dtype)


def coherency(maps: Tensor, again: Tensor) -> Tensor:
    """(1 + Pearson's correlation) / 2 of the maps of pictures and of what the maps keep of them (3.6), in [0, 1];
    NaN where one of the two is constant."""
    return (1 + correlation(maps, again)) / 2


def keep(pictures: Tensor, maps: Tensor) -> Tensor:
    """Pictures times their maps: black where the map is 0 (the explanation map)."""
    return pictures * maps[:, None]


@dataclass(frozen=True)
class Curves:
    """Probabilities of the class while pixels are added or taken away, those of greatest value in the map first.

    Attributes:
        fractions: of pixels, (points,), from 0 to 1.
        insertion: (n, points), from the blurred picture to the picture.
        deletion: (n, points), the other way.
    """

    fractions: Tensor
    insertion: Tensor
    deletion: Tensor

    def areas(self) -> tuple[Tensor, Tensor]:
        """Insertion and deletion (n,): areas under the curves, by trapezoids."""
        return (
            torch.trapezoid(self.insertion, self.fractions, dim=1),
            torch.trapezoid(self.deletion, self.fractions, dim=1),
        )


def probabilities(model: ImageModel, pictures: Tensor, batch: int = 32) -> Tensor:
    """Softmax (n, classes) in float64, on the CPU."""
    return logits(model, pictures, batch).double().softmax(1)


@torch.no_grad()
def insertion_and_deletion(
    model: ImageModel,
    pictures: Tensor,
    maps: Tensor,
    classes: Tensor,
    steps: int = STEPS,
    blur: tuple[int, float] = BLUR,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> Curves:
    """The curves of Petsiuk et al. (2018).

    Args:
        pictures: (n, C, H, W) in [0, 1].
        maps: (n, H, W); pixels of equal value go in order of rows.
        classes: (n,).
        steps: at most so many; each but the last changes ceil(pixels / steps) pixels.
        blur: of the picture that stands below, size and standard deviation of the kernel.
        batch: pictures in one pass.

    Raises:
        InvalidInputError: for a model in training mode, what are no pictures, no steps, a kernel too large for the
            pictures, or maps of another size.
    """
    model.check_eval()
    model.space.check(pictures)
    n, _channels, height, width = pictures.shape
    if tuple(maps.shape) != (n, height, width):
        raise InvalidInputError(f"maps {tuple(maps.shape)}", f"({n}, {height}, {width}), one a picture")
    if steps < 1:
        raise InvalidInputError(f"{steps} steps", "at least one")
    pixels = height * width
    counts = [*range(0, pixels, -(-pixels // steps)), pixels]
    below = gaussian_blur(pictures, *blur)
    order = maps.flatten(1).argsort(dim=1, descending=True, stable=True)
    ranks = order.argsort(dim=1).reshape(n, 1, height, width)
    found = torch.zeros(2, n, len(counts), dtype=torch.float64)
    # Both curves end where the other begins, so only one of them needs a pass there.
    jobs = [(0, i, k) for i in range(n) for k in range(len(counts))]
    jobs += [(1, i, k) for i in range(n) for k in range(1, len(counts) - 1)]
    for start in range(0, len(jobs), batch):
        part = jobs[start : start + batch]
        shown = []
        for curve, i, k in part:
            over, under = (pictures[i], below[i]) if curve == 0 else (below[i], pictures[i])
            shown.append(torch.where(ranks[i] < counts[k], over, under))
        scores = probabilities(model, torch.stack(shown), batch)
        for (curve, i, k), score in zip(part, scores, strict=True):
            found[curve, i, k] = score[classes[i]]
        if progress is not None:
            progress(min(start + batch, len(jobs)), len(jobs))
    found[1, :, 0], found[1, :, -1] = found[0, :, -1], found[0, :, 0]
    fractions = torch.tensor(counts, dtype=torch.float64) / pixels
    return Curves(fractions, found[0], found[1])


def evaluate(
    model: ImageModel,
    pictures: Tensor,
    classes: Tensor,
    explain: Explain,
    maps: Tensor | None = None,
    steps: int = STEPS,
    blur: tuple[int, float] = BLUR,
    batch: int = 32,
) -> dict[str, Tensor]:
    """The five measures of one method, {metric: (n,)} in float64; coherency is NaN for constant maps.

    Args:
        model: in eval mode.
        pictures: (n, C, H, W) in [0, 1].
        classes: (n,), what the maps explain.
        explain: the method; called for what its maps keep, and for the maps unless they are given.

    Raises:
        InvalidInputError: for a model in training mode, what are no pictures, or maps that are none.
    """
    model.check_eval()
    model.space.check(pictures)
    if maps is None:
        maps = explain(pictures, classes)
    if tuple(maps.shape) != (len(pictures), *pictures.shape[2:]) or not bool(
        ((maps >= 0) & (maps <= 1)).all()
    ):
        raise InvalidInputError(f"maps {tuple(maps.shape)}", "one a picture, as large, with values in [0, 1]")
    kept = keep(pictures, maps)
    rows = torch.arange(len(pictures))
    whole = probabilities(model, pictures, batch)[rows, classes]
    masked = probabilities(model, kept, batch)[rows, classes]
    again = explain(kept, classes)
    inserted, deleted = insertion_and_deletion(model, pictures, maps, classes, steps, blur, batch).areas()
    return {
        "drop": drop(whole, masked),
        "increase": increase(whole, masked),
        "coherency": coherency(maps, again),
        "insertion": inserted,
        "deletion": deleted,
    }


@dataclass(frozen=True)
class Mean:
    """A mean with its interval.

    Attributes:
        value, low, high: NaN where there are no values.
        count: of values, those that are NaN left out.
    """

    value: float
    low: float
    high: float
    count: int


def bootstrap(values: Tensor, generator: torch.Generator, level: float = 0.95, resamples: int = 2000) -> Mean:
    """The mean of values (n,) with its percentile bootstrap interval (Efron and Tibshirani 1993).

    NaN are left out and not counted.

    Raises:
        InvalidInputError: for a level outside (0, 1), or no resamples.
    """
    if not 0 < level < 1 or resamples < 1:
        raise InvalidInputError(
            f"level {level}, {resamples} resamples", "a level between 0 and 1, and resamples"
        )
    known = values.double()[~values.isnan()]
    if not len(known):
        return Mean(float("nan"), float("nan"), float("nan"), 0)
    drawn = torch.randint(len(known), (resamples, len(known)), generator=generator)
    means = known[drawn].mean(1)
    tail = (1 - level) / 2
    low, high = torch.quantile(means, torch.tensor([tail, 1 - tail], dtype=torch.float64)).tolist()
    return Mean(float(known.mean()), low, high, len(known))
