"""Ways to visualize the units of the last layer, which the sanity check compares: each gives pictures of a class."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.models.taef2 import LATENT, SCALE, load_taef2
from fvtheory.empirical.objectives import logit
from fvtheory.empirical.parameterizations import Fourier, Learned, Parameterization, Pixels, noise_latent
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.transformations import STANDARD
from fvtheory.errors import InvalidInputError

PIXELS, FOURIER, PRIOR, MAXIMIZERS = "pixels", "fourier", "prior", "maximizers"

METHODS = (PIXELS, FOURIER, PRIOR, MAXIMIZERS)
"""Ascent on pixels, on Fourier coefficients, on the latent of TAEF2; and the natural pictures with the greatest
logit, which are no visualization: what the best pictures of the class itself score."""


class Visualizer:
    """Makes pictures that maximize a logit.

    Args:
        model: prepared.
        steps: of ascent.
        prior: the folder with the weights of TAEF2, for the method "prior".

    Raises:
        InvalidInputError: for no such weights.
    """

    def __init__(self, model: ImageModel, steps: int, prior: str | Path | None = None) -> None:
        self.model, self.steps = model, steps
        self.decoder = load_taef2(prior)[1].to(model.device) if prior is not None else None

    def pictures(
        self,
        method: str,
        label: int,
        count: int,
        seed: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Tensor:
        """So many visualizations of a class, (count, C, H, W), uint8; the same seed gives the same.

        Raises:
            InvalidInputError: for a method that is none of pixels, fourier and prior, or prior without its weights.
        """
        generator = torch.Generator().manual_seed((seed * 1_000_003 + label) % 2**63)
        found = visualize(
            self.model,
            logit(label),
            self._parameterization(method, count, generator),
            generator,
            self.steps,
            transformations=STANDARD if min(self.model.space.shape()[2:]) >= 100 else None,
            progress=progress,
        )
        return to_bytes(found.pictures)

    def _parameterization(self, method: str, count: int, generator: torch.Generator) -> Parameterization:
        shape, device = self.model.space.shape(count), self.model.device
        if method == PIXELS:
            return Pixels(shape, generator, device)
        if method == FOURIER:
            return Fourier(shape, generator, device)
        if method == PRIOR and self.decoder is not None:
            size = shape[2:]
            latent = noise_latent((count, LATENT, *(math.ceil(s / SCALE) for s in size)), generator, device)
            return Learned(self.decoder, latent, size)
        raise InvalidInputError(
            f"method {method!r}" + (" without weights" if method == PRIOR else ""),
            f"{PIXELS}, {FOURIER}, or {PRIOR} with the weights of TAEF2",
        )


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
