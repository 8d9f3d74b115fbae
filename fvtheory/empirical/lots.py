"""Layerwise origin-target synthesis (LOTS): change a picture until a layer shows target features, and look at where
it was changed (Rozsa et al. 2017; Weber 2023, Algorithms 1 and 2).

`PLAIN` is Algorithm 1 as printed. `FAST` ends with the same distance and nearly the same map in fewer steps, see
`Settings`. Distance and map are two things: most ways to come to the target sooner change other pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.activations import activations, in_batches
from fvtheory.empirical.heat_maps import gaussian_blur, normalise, to_grey
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.pictures import PictureSet
from fvtheory.errors import InvalidInputError

DISTANCES = ("euclidean", "cosine")
KERNEL = 49
"""Of the blur of maps, in pixels (Weber 2023, Section 5.1); small ones show fine locations."""

REACHED, ALL_STEPS, NO_GRADIENT = "reached", "all steps", "no gradient"
"""How the synthesis of a picture ended."""


@dataclass(frozen=True)
class Settings:
    """How pictures are changed.

    Attributes:
        steps: at most so many.
        length: of a step, the greatest change of a channel of a pixel, in units of pictures (α).
        momentum: of the steps from `begin` on; 0 for Algorithm 1.
        begin: steps without momentum before. The map is decided by the first steps, which bounce: with momentum from
            the start the distance falls soonest, and the map is another.
        faster: how many times `length` a step with momentum grows to where gradients agree.
        limited: whether a step is no longer than the one that would reach the target if the distance fell evenly
            (the step length of Polyak 1969); near the target steps of one length bounce about it.

    Raises:
        InvalidInputError: for no steps, a number outside its range.
    """

    steps: int = 500
    length: float = 1 / 255
    momentum: float = 0.0
    begin: int = 0
    faster: float = 1.0
    limited: bool = False

    def __post_init__(self) -> None:
        if self.steps < 1 or self.begin < 0 or not self.faster > 0:
            raise InvalidInputError(
                f"{self.steps} steps, momentum after {self.begin}, {self.faster} times faster",
                "at least one step, and numbers above 0",
            )
        if not 0 < self.length <= 1 or not 0 <= self.momentum < 1:
            raise InvalidInputError(
                f"steps of {self.length} with momentum {self.momentum}",
                "a length in (0, 1], momentum in [0, 1)",
            )


PLAIN = Settings()
FAST = Settings(steps=220, momentum=0.9, begin=100, faster=4.0, limited=True)

THRESHOLD = 0.1
"""τ of Weber (2023, Section 5.1)."""


@dataclass(frozen=True)
class Synthesis:
    """Pictures that show the target features, as far as they came.

    Attributes:
        pictures: (n, C, H, W) in [0, 1], on the CPU.
        start, distance: of the features from the target, before and after, (n,), float64.
        steps: made for each picture, (n,).
        ends: how each ended: REACHED, ALL_STEPS or NO_GRADIENT.
    """

    pictures: Tensor
    start: Tensor
    distance: Tensor
    steps: Tensor
    ends: tuple[str, ...]


def synthesize(
    model: ImageModel,
    pictures: Tensor,
    target: Tensor,
    layer: str,
    settings: Settings = FAST,
    threshold: float = THRESHOLD,
    distance: str = "euclidean",
    progress: Callable[[int, int], None] | None = None,
) -> Synthesis:
    """Algorithm 1: steps down the gradient of half the squared Euclidean distance (3.1, 3.2), each scaled to a
    greatest change of α, until the distance is no more than the threshold.

    The pass ends at the layer. A picture that has arrived, or has no gradient, leaves the batch; pictures do not
    influence each other.

    Args:
        model: in eval mode; prepared (`preparation.prepare`) for speed.
        pictures: (n, C, H, W) in [0, 1].
        target: features of the layer for one picture, or (n, ...) one each.
        threshold: τ, at least 0.
        distance: what is compared with it: "euclidean", or "cosine", 1 - cosine of the angle (1 for features that
            are all 0).
        progress: called with (steps done, steps).

    Raises:
        InvalidInputError: for a model in training mode, what are no pictures, a target of another shape or that is
            not finite, a negative threshold, an unknown distance, or cosine distance to a target of zeros.
        UnknownNameError: for no such layer.
    """
    model.check_eval()
    if distance not in DISTANCES or not threshold >= 0:
        raise InvalidInputError(
            f"distance {distance!r} with threshold {threshold}",
            f"{' or '.join(DISTANCES)}, a threshold from 0 on",
        )
    model.space.check(pictures)
    current = pictures.detach().float().to(model.device)
    targets = _targets(model, current[:1], target, layer, len(pictures))
    if distance == "cosine" and bool((targets.norm(dim=1) == 0).any()):
        raise InvalidInputError(
            "cosine distance to a target of zeros, which has no direction",
            "another target, or euclidean distance",
        )
    n = len(current)
    result = current.clone()
    velocity = torch.zeros_like(current)
    left = torch.arange(n, device=model.device)
    starts, ends_at = torch.zeros(n, dtype=torch.float64), torch.zeros(n, dtype=torch.float64)
    made = torch.zeros(n, dtype=torch.int64)
    ends = [ALL_STEPS] * n
    for step in range(settings.steps + 1):
        last = step == settings.steps
        with torch.set_grad_enabled(not last):
            current.requires_grad_(not last)
            features = activations(model, current, [layer])[layer].flatten(1)
            apart = _distance(features.detach(), targets, distance)
        places = left.cpu()
        ends_at[places], made[places] = apart.cpu(), step
        if step == 0:
            starts = ends_at.clone()
        arrived = apart <= threshold
        moving = ~arrived
        if not last and bool(moving.any()):
            loss = (features - targets).square().sum() / 2
            (gradient,) = torch.autograd.grad(loss, current)
            greatest = gradient.abs().amax((1, 2, 3), keepdim=True)
            moving &= greatest.flatten() > 0
        current = current.detach()
        result[left] = current
        for place, done, stuck in zip(places.tolist(), arrived.tolist(), (~moving).tolist(), strict=True):
            if done:
                ends[place] = REACHED
            elif stuck:
                ends[place] = NO_GRADIENT
        if progress is not None:
            progress(step, settings.steps)
        if last or not bool(moving.any()):
            break
        left, targets, current = left[moving], targets[moving], current[moving]
        velocity = velocity[moving]
        gradient = gradient[moving]
        share = settings.length / greatest[moving]
        if settings.limited:
            lengths = gradient.square().sum((1, 2, 3), keepdim=True)
            squared = (features.detach()[moving] - targets).square().sum(1).view_as(lengths)
            needed = torch.where(
                (lengths > 0) & (squared > 0), squared / lengths, torch.inf
            )  # squares may underflow
            share = torch.minimum(share, needed)
        change = gradient * share
        if settings.momentum and step >= settings.begin:
            velocity = settings.momentum * velocity + (1 - settings.momentum) * settings.faster * change
            change = velocity
        current = (current - change).clamp(0, 1)
    return Synthesis(result.cpu(), starts, ends_at, made, tuple(ends))


def _targets(model: ImageModel, picture: Tensor, target: Tensor, layer: str, count: int) -> Tensor:
    with torch.no_grad():
        shape = tuple(activations(model, picture, [layer])[layer].shape[1:])
    given = target.detach().to(model.device).float()
    if tuple(given.shape) == shape:
        given = given[None].expand(count, *shape)
    if tuple(given.shape) != (count, *shape) or not bool(torch.isfinite(given).all()):
        raise InvalidInputError(
            f"target {tuple(target.shape)} for {count} pictures and layer {layer!r}",
            f"finite numbers of shape {shape}, or {(count, *shape)}",
        )
    return given.flatten(1)


def _distance(features: Tensor, targets: Tensor, kind: str) -> Tensor:
    a, b = features.double(), targets.double()
    if kind == "euclidean":
        return (a - b).norm(dim=1)
    return 1 - (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-300)


def activation_maps(pictures: Tensor, changed: Tensor, kernel: int = KERNEL) -> Tensor:
    """Algorithm 2: where pictures were changed, (n, H, W) in [0, 1]; 0 everywhere for one that was not.

    The difference in brightness, absolute, normalised, blurred and normalised again.

    Args:
        pictures, changed: (n, 1 or 3, H, W).
        kernel: size of the blur in pixels, odd; its standard deviation is that of `heat_maps.gaussian_blur`.

    Raises:
        InvalidInputError: for pictures of other shapes, or a kernel too large for them.
    """
    if pictures.shape != changed.shape:
        raise InvalidInputError(
            f"pictures {tuple(pictures.shape)}, changed {tuple(changed.shape)}", "two alike"
        )
    apart = (to_grey(changed) - to_grey(pictures)).abs()
    return normalise(gaussian_blur(normalise(apart), kernel))


def lots(
    model: ImageModel,
    pictures: Tensor,
    target: Tensor,
    layer: str,
    settings: Settings = FAST,
    kernel: int = KERNEL,
    threshold: float = THRESHOLD,
    distance: str = "euclidean",
) -> Tensor:
    """Maps (n, H, W) of pictures: `synthesize`, then `activation_maps`."""
    found = synthesize(model, pictures, target, layer, settings, threshold, distance)
    return activation_maps(pictures.float().cpu(), found.pictures, kernel)


# ---- targets -----------------------------------------------------------------------------------------


def zero_target(model: ImageModel, layer: str) -> Tensor:
    """Features that are all 0."""
    with torch.no_grad():
        grey = torch.full(model.space.shape(), 0.5, device=model.device)
        return torch.zeros_like(activations(model, grey, [layer])[layer][0]).cpu()


def picture_target(model: ImageModel, picture: Tensor, layer: str) -> Tensor:
    """Features of another picture (C, H, W), which may show what the network was not trained on.

    Raises:
        InvalidInputError: for a model in training mode, or what is no picture.
    """
    model.check_eval()
    model.space.check(picture[None])
    with torch.no_grad():
        return activations(model, picture[None].to(model.device), [layer])[layer][0].cpu()


def class_targets(
    model: ImageModel, pictures: PictureSet, layer: str, generator: torch.Generator
) -> dict[int, Tensor]:
    """Of each class, the features of one of its pictures, drawn at random.

    Raises:
        InvalidInputError: for a model in training mode.
    """
    found = {}
    for label in pictures.labels.unique().tolist():
        places = (pictures.labels == label).nonzero().flatten()
        drawn = places[torch.randint(len(places), (1,), generator=generator)]
        found[label] = picture_target(model, pictures[drawn].pictures()[0], layer)
    return found


def mean_targets(
    model: ImageModel,
    pictures: PictureSet,
    layer: str,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Tensor]:
    """Of each class, the mean features of its pictures, summed in float64.

    Raises:
        InvalidInputError: for a model in training mode.
    """
    model.check_eval()
    sums: dict[int, Tensor] = {}
    for start in range(0, len(pictures), batch):
        part = slice(start, start + batch)
        (seen,) = in_batches(model, pictures.pictures(part), [layer], batch)
        for label, features in zip(pictures.labels[part].tolist(), seen[layer].cpu().double(), strict=True):
            sums[label] = sums.get(label, torch.zeros_like(features)) + features
        if progress is not None:
            progress(min(start + batch, len(pictures)), len(pictures))
    return {label: (total / int((pictures.labels == label).sum())).float() for label, total in sums.items()}


def stack_targets(targets: dict[int, Tensor], labels: Tensor) -> Tensor:
    """The target of each picture by its class, (n, ...).

    Raises:
        InvalidInputError: for a class without target.
    """
    missing = sorted(set(labels.tolist()) - set(targets))
    if missing:
        raise InvalidInputError(
            f"no picture of class {missing[0]} to take a target from", "one of each class"
        )
    return torch.stack([targets[label] for label in labels.tolist()])
