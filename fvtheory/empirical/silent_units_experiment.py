"""What silent units do: nothing to natural pictures, and what to visualizations? (Section 2.2 and Figure 5 of Geirhos
et al. 2024)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from fvtheory.empirical.activations import LOGITS, activations
from fvtheory.empirical.convolution_blocks import Trunk, ending_in
from fvtheory.empirical.feature_visualization import Visualization, in_all, joined, visualize
from fvtheory.empirical.objectives import Objective, channel, each
from fvtheory.empirical.parameterizations import Fourier, Parameterization
from fvtheory.empirical.silent_units import Progress, SilentLayer
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError

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
    trunk = Trunk(layer.original, layer.block)
    clean = ending_in(layer.original, [layer.block.activation_node.name, ""])
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
    trunk = Trunk(layer.original, layer.block)
    alike = {
        what: _similarities(trunk, found.pictures[~found.dead], target, natural)
        for what, found in (("before", before), ("after", after))
    }
    return Shown(tuple(units), before, after, share, alike)


@torch.no_grad()
def _similarities(trunk: Trunk, pictures: Tensor, target: Tensor, natural: Tensor) -> dict[str, float | None]:
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
