"""What units are on many pictures, without gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, observe


@torch.no_grad()
def on_pictures(
    model: ImageModel,
    objectives: Sequence[Objective],
    pictures: Tensor,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """What objectives are on pictures, (n, objectives), on the CPU.

    Args:
        model: prepared (`preparation.prepare`).
        pictures: (n, C, H, W), floats in [0, 1], or bytes, which are divided by 255 batch by batch.
        progress: called with (pictures done, pictures).

    Raises:
        FvtheoryError: as `activations.activations`.
    """
    names = list(dict.fromkeys(layer for o in objectives for layer in o.layers))
    rows = []
    for part in pictures.split(batch):
        shown = part.to(model.device)
        shown = shown if shown.is_floating_point() else shown.float() / 255
        seen = observe(model, names, shown)
        rows.append(torch.stack([o(seen) for o in objectives], 1).cpu())
        if progress is not None:
            progress(sum(map(len, rows)), len(pictures))
    return torch.cat(rows)
