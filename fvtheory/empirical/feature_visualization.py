"""Activation maximization: a picture on which a unit is as active as ascent can make it (Erhan et al. 2009; Olah et
al. 2017; Section 2 and C.2 of Geirhos et al. 2024)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from fvtheory.empirical.activations import activations
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective
from fvtheory.empirical.parameterizations import Parameterization
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError

STEPS = 512
"""Of the paper's figures (C.2)."""

THRESHOLDS = (1, 8, 32, 128, 512)
"""Steps of Figure 3."""


@dataclass(frozen=True)
class Visualization:
    """What ascent found.

    Attributes:
        pictures: (n, C, H, W) in [0, 1], on the CPU.
        values: the objective on them, untransformed, (n,).
        history: the objective at each step, on the transformed pictures, (steps, n).
        trajectory: step -> pictures after it, for the steps that were to be kept.
    """

    pictures: Tensor
    values: Tensor
    history: Tensor
    trajectory: dict[int, Tensor] = field(default_factory=dict)


def visualize(
    model: ImageModel,
    objective: Objective,
    parameterization: Parameterization,
    generator: torch.Generator,
    steps: int = STEPS,
    rate: float = 0.05,
    transformations: Transformations | None = STANDARD,
    minimize: bool = False,
    keep: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Visualization:
    """Maximize (or minimize) an objective with Adam.

    Args:
        model: prepared (`preparation.prepare`): in eval mode, weights without gradients.
        objective: one number a picture; pictures of one batch do not influence each other.
        parameterization: where the pictures come from; its parameters are moved.
        generator: of the transformations.
        steps, rate: of Adam.
        transformations: before each step, or None.
        keep: steps after which the pictures are kept.
        progress: called with (steps done, steps).

    Raises:
        InvalidInputError: for a model in training mode, no steps, or steps to keep that are not made.
    """
    if model.training:
        raise InvalidInputError("a model in training mode", "a model in eval mode", "prepare(model)")
    if steps < 1 or any(not 0 <= step <= steps for step in keep):
        raise InvalidInputError(
            f"{steps} steps, {tuple(keep)} to be kept", "at least one step, and those in it"
        )
    optimizer = torch.optim.Adam(parameterization.parameters, lr=rate)
    sign = 1.0 if minimize else -1.0
    history: list[Tensor] = []
    trajectory = {0: parameterization.pictures().detach().cpu()} if 0 in keep else {}
    for step in range(1, steps + 1):
        pictures = parameterization.pictures()
        if transformations is not None:
            pictures = transformations(pictures, generator)
        values = objective(activations(model, pictures, objective.layers))
        optimizer.zero_grad(set_to_none=True)
        (sign * values.sum()).backward()
        optimizer.step()
        history.append(values.detach().cpu())
        if step in keep:
            trajectory[step] = parameterization.pictures().detach().cpu()
        if progress is not None:
            progress(step, steps)
    with torch.no_grad():
        pictures = parameterization.pictures()
        values = objective(activations(model, pictures, objective.layers)).cpu()
    return Visualization(pictures.cpu(), values, torch.stack(history), trajectory)
