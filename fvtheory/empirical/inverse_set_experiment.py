"""What sampling an inverse set gives, beside what else gives pictures of a unit: rows of a table, ablations, diversity
(Section 4 of Hada and Carreira-Perpiñán 2020)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.code_spaces import CodeSpace
from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.inverse_set import (
    CODES,
    FIXED,
    NOTHING,
    PRINTED,
    Progress,
    Range,
    Samples,
    Settings,
    find_seeds,
    in_ranges,
    sample,
)
from fvtheory.empirical.objectives import Objective
from fvtheory.empirical.pictures import to_bytes

# ---- what else gives pictures of a unit ----------------------------------------------------------------


class _Codes:
    """A start in a space of codes, for `visualize`."""

    def __init__(self, space: CodeSpace, start: Tensor) -> None:
        self.space, self.codes = space, start.detach().clone().requires_grad_()
        self.parameters = [self.codes]

    def pictures(self) -> Tensor:
        return self.space.pictures(self.codes)


def maximize(
    model: ImageModel,
    unit: Objective,
    space: CodeSpace,
    count: int,
    generator: torch.Generator,
    steps: int = 100,
    progress: Progress | None = None,
) -> Tensor:
    """Activation maximization (equation 3) from `count` starts, in the same codes: pictures, uint8.

    Raises:
        InvalidInputError: as `visualize`.
    """
    codes = _Codes(space, space.start(count, generator))
    found = visualize(
        model, unit, codes, generator, steps, space.rate, transformations=None, progress=progress
    )
    return to_bytes(found.pictures)


@dataclass(frozen=True)
class Diversity:
    """How far pictures are from each other.

    Attributes:
        encoder: mean Euclidean distance over pairs, between encodings E(x) (Table 1).
        pixels: the same between pictures.
        count: how many pictures.
    """

    encoder: float
    pixels: float
    count: int


@torch.no_grad()
def diversity(space: CodeSpace, pictures: Tensor, device: torch.device | str = "cpu") -> Diversity:
    """Of pictures (uint8); NaN for a single one."""
    if len(pictures) < 2:
        return Diversity(math.nan, math.nan, len(pictures))
    floats = pictures.float() / 255
    codes = torch.cat([space.encode(p.to(device)).cpu() for p in floats.split(8)])
    means = [float(torch.pdist(x).double().mean()) for x in (codes, floats.flatten(1))]
    return Diversity(means[0], means[1], len(pictures))


# ---- a row of results ----------------------------------------------------------------------------------


ABLATIONS: dict[str, dict[str, Any]] = {
    "as here": {},
    "fixed multipliers (11)": {"multipliers": FIXED},
    "one-sided, as printed (8, 9, 11)": {"sides": PRINTED, "multipliers": FIXED},
    "without encoder (14)": {"apart": CODES},
    "seeds fully optimised": {"full": True},
    "seeds fully optimised, from one start": {"full": True, "one_start": True},
    "the same without distances (15)": {"full": True, "one_start": True, "apart": NOTHING},
}
"""Name -> what differs from the settings given. Equation 16 is `Settings(seeds=n, full=True)` without samples."""


@dataclass(frozen=True)
class Row:
    """What came of one set, for a table.

    Attributes:
        name: of the set or of the ablation.
        asked, seeds, feasible: K, the seeds that were taken, and of these the ones between both ends of the ranges.
        seed_steps: gradient steps to them.
        count: samples, seeds included, every one in the set in a fresh pass.
        steps, least_steps: gradient steps of sampling, and the fewest there can be, (n - k)/k.
        proposed, rejected, dropped: as `Samples`.
        low, high: least and greatest value of the first unit on the samples.
        of_seeds, of_samples: mean distances over pairs, between encodings and between pixels.
    """

    name: str
    asked: int
    seeds: int
    feasible: int
    seed_steps: int
    count: int
    steps: int
    least_steps: int
    proposed: int
    rejected: int
    dropped: int
    low: float
    high: float
    of_seeds: tuple[float, float]
    of_samples: tuple[float, float]

    @property
    def acceptance(self) -> float:
        """Share of proposed pictures that were kept; NaN where none was proposed."""
        return 1 - self.rejected / self.proposed if self.proposed else math.nan

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Row:
        pairs = {k: tuple(math.nan if x is None else x for x in data[k]) for k in ("of_seeds", "of_samples")}
        return cls(**{**data, **pairs})

    def to_json(self) -> dict[str, Any]:
        pairs = {
            k: [None if math.isnan(x) else x for x in getattr(self, k)] for k in ("of_seeds", "of_samples")
        }
        return {**vars(self), **pairs}


def measure_row(
    name: str,
    model: ImageModel,
    ranges: Sequence[Range],
    space: CodeSpace,
    count: int,
    generator: torch.Generator,
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Row, Samples]:
    """Seeds, then samples, and what they are.

    Args:
        progress: called with (what is done, done, of how many).

    Raises:
        InvalidInputError: as `find_seeds` and `sample`.
    """
    settings = settings or Settings()

    def told(what: str) -> Progress | None:
        return None if progress is None else lambda done, total: progress(f"{name}: {what}", done, total)

    seeds = find_seeds(model, ranges, space, generator, settings, told("seeds, steps at most"))
    count = max(count, len(seeds.codes))
    found = sample(model, ranges, space, seeds, count, generator, settings, progress=told("samples"))
    with torch.no_grad():
        first = to_bytes(torch.cat([space.pictures(c) for c in seeds.codes.split(8)]))
    apart = [diversity(space, x, model.device) for x in (first, found.pictures)]
    size = len(seeds.codes)
    row = Row(
        name,
        seeds.asked,
        size,
        int(in_ranges(seeds.values, ranges).sum()),
        seeds.steps,
        len(found.pictures),
        found.steps,
        math.ceil((count - size) / size),
        found.proposed,
        found.rejected,
        found.dropped,
        float(found.values[:, 0].min()),
        float(found.values[:, 0].max()),
        *((d.encoder, d.pixels) for d in apart),
    )
    return row, found
