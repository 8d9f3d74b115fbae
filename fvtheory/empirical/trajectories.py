"""What ascent shows on its way: pictures of visualizations in the making (Figure 3, C.1 of Geirhos et al. 2024)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import each, logit
from fvtheory.empirical.parameterizations import Fourier
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError
from fvtheory.results import open_results

SAMPLES = 15
"""Pictures of a trajectory beside its start (C.1)."""


@dataclass(frozen=True)
class Trajectories:
    """Pictures of several trajectories, as bytes: as photographs are, so that rounding tells nothing.

    Attributes:
        data: (n, C, H, W), uint8.
        units: whose visualization each was to become, (n,), int64.
        steps: after how many steps, (n,), int64.
    """

    data: Tensor
    units: Tensor
    steps: Tensor

    def __len__(self) -> int:
        return len(self.data)

    @property
    def size(self) -> tuple[int, ...]:
        """(C, H, W)."""
        return tuple(self.data.shape[1:])


def log_steps(steps: int, samples: int = SAMPLES) -> tuple[int, ...]:
    """0, and up to so many steps from 1 to `steps`, evenly spaced on a logarithmic scale.

    Raises:
        InvalidInputError: for fewer than one step or two samples.
    """
    if steps < 1 or samples < 2:
        raise InvalidInputError(f"{samples} samples of {steps} steps", "two samples or more, a step or more")
    spaced = {round(math.exp(i / (samples - 1) * math.log(steps))) for i in range(samples)}
    return 0, *sorted(spaced)


def join(parts: Sequence[Trajectories]) -> Trajectories:
    """One set of several."""
    return Trajectories(
        torch.cat([p.data for p in parts]),
        torch.cat([p.units for p in parts]),
        torch.cat([p.steps for p in parts]),
    )


def record(
    model: ImageModel,
    units: Sequence[int],
    seed: int,
    folder: str | Path,
    steps: int = 256,
    samples: int = SAMPLES,
    batch: int = 8,
    transformations: Transformations | None = STANDARD,
    progress: Callable[[int, int], None] | None = None,
) -> Trajectories:
    """Visualize logits, several in one pass, and keep pictures of the way, sampled as in `log_steps`.

    Args:
        model: prepared.
        units: logits; one that is named twice is visualized twice, from different starts.
        seed: of starts and transformations.
        folder: where batches are kept, finished and begun. If it was begun with the same settings, it goes on.
        steps, transformations: of `visualize`, with its standard parameterization.
        batch: units in one pass; the pictures depend on it, as all draw from one generator.
        progress: called with (steps done, steps of all).

    Raises:
        InvalidInputError: for no units, a folder of other settings, or a damaged file in it.
    """
    if not units:
        raise InvalidInputError("no units", "at least one")
    kept = log_steps(steps, samples)
    settings = {
        "model": model.name,
        "size": list(model.space.shape()[1:]),
        "units": list(units),
        "seed": seed,
        "steps": list(kept),
        "batch": batch,
        "transformations": None if transformations is None else vars(transformations),
    }
    root = open_results(folder, settings)
    chunks = [list(units[i : i + batch]) for i in range(0, len(units), batch)]
    found = []
    for number, chunk in enumerate(chunks):
        file = root / f"batch-{number:03d}.pt"
        begun = root / f"batch-{number:03d}-begun.pt"
        if not file.is_file():
            generator = torch.Generator().manual_seed((seed + 1_000_003 * number) % 2**63)
            seen = visualize(
                model,
                each([logit(unit) for unit in chunk]),
                Fourier(model.space.shape(len(chunk)), generator, model.device),
                generator,
                steps,
                transformations=transformations,
                keep=kept,
                checkpoint=begun,
                progress=None
                if progress is None
                else lambda done, of, n=number: progress(n * of + done, len(chunks) * of),  # type: ignore[misc]
            )
            data = torch.stack([seen.trajectory[step] for step in kept])
            write_tensors(file, (data * 255).round().to(torch.uint8))
            begun.unlink()
        found.append(_read(file, chunk, kept, model))
    return join(found)


def _read(file: Path, units: Sequence[int], steps: Sequence[int], model: ImageModel) -> Trajectories:
    shape = (len(steps), *model.space.shape(len(units)))
    with read_tensors(file, f"pictures of trajectories {shape}, uint8", "remove it") as data:
        if not isinstance(data, Tensor) or data.dtype != torch.uint8 or tuple(data.shape) != shape:
            raise ValueError("other things in it")
    return Trajectories(
        data.flatten(0, 1),
        torch.tensor(units).repeat(len(steps)),
        torch.tensor(steps).repeat_interleave(len(units)),
    )
