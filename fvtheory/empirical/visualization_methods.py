"""Ways to visualize the units of the last layer, which the sanity check compares: each gives pictures of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import logit
from fvtheory.empirical.parameterizations import get_parameterization
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.transformations import standard

MAXIMIZERS = "maximizers"
"""No visualization, but the natural pictures with the greatest logit: what the best of the class itself score."""


class Visualizer:
    """Makes pictures that maximize a logit.

    Args:
        model: prepared.
        steps: of ascent.
        own: by parameterization its own options, such as {"prior": {"prior": folder}}.
    """

    def __init__(
        self, model: ImageModel, steps: int, own: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.model, self.steps, self.own = model, steps, own or {}

    def pictures(
        self,
        method: str,
        label: int,
        count: int,
        seed: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Tensor:
        """So many visualizations of a class, (count, C, H, W), uint8; the same seed gives the same.

        Args:
            method: a parameterization by its name.

        Raises:
            UnknownNameError: for another method.
            InvalidInputError: for one that cannot be built, such as prior without its weights.
        """
        kind = get_parameterization(method)
        generator = torch.Generator().manual_seed((seed * 1_000_003 + label) % 2**63)
        found = visualize(
            self.model,
            logit(label),
            kind.build(
                self.model.space.shape(count), generator, self.model.device, **self.own.get(method, {})
            ),
            generator,
            self.steps,
            transformations=standard(self.model.space),
            progress=progress,
        )
        return to_bytes(found.pictures)


def maximizers(logits: Tensor, correct: Tensor, count: int) -> list[int]:
    """The natural pictures with the greatest logit of their class, among those that are classified correctly; at
    least two of these are left.

    Args:
        logits, correct: of one class, (n,).
        count: how many, if there are so many.
    """
    chosen = correct.nonzero()[:, 0]
    best = chosen[logits[chosen].argsort(descending=True, stable=True)]
    return best[: max(0, min(count, len(best) - 2))].tolist()
