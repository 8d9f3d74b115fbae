"""How straight the path of activation maximization is: gradient angles and distances from a line (Section 5 and C.4
of Geirhos et al. 2024). Whether that goes with what people make of a unit: `human_scores`.

Angles are between the gradients, with respect to the picture, of successive steps. They need no scale, and
random transformations before each step turn them towards 90 degrees whatever the unit is: measure without too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.feature_visualization import STEPS
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, observe
from fvtheory.empirical.parameterizations import Parameterization, Pixels
from fvtheory.empirical.transformations import Transformations
from fvtheory.errors import InvalidInputError


def angle(u: Tensor, v: Tensor) -> Tensor:
    """Angle in radians between the rows of two tensors (n, ...), (n,), float64; NaN where a row is 0.

    2 atan2(‖u/|u| - v/|v|‖, ‖u/|u| + v/|v|‖) (Kahan), accurate for the smallest and the largest angles,
    where an arc cosine in floats is not.
    """
    a, b = (w.detach().flatten(1).double() for w in (u, v))
    lengths = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)
    a, b = a / lengths[0], b / lengths[1]
    found = 2 * torch.atan2((a - b).norm(dim=1), (a + b).norm(dim=1))
    nothing = (lengths[0] == 0) | (lengths[1] == 0)
    return found.masked_fill(nothing[:, 0], math.nan)


def distance_to_segment(points: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Euclidean distance of points (n, ...) to the segments from start to end (n, ...), (n,), float64
    (equations 15 and 16: 0 <= alpha <= 1, so beyond an end the distance to it). A segment may be a point."""
    p, a, b = (w.detach().flatten(1).double() for w in (points, start, end))
    along, off = b - a, p - a
    length = along.square().sum(1)
    alpha = torch.where(length > 0, (off * along).sum(1) / length.clamp(min=1e-300), 0.0).clamp(0, 1)
    return (off - alpha[:, None] * along).norm(dim=1)


@dataclass(frozen=True)
class Path:
    """What was recorded on the way of n pictures, in N steps.

    Attributes:
        angles: between the gradients of steps j and j + 1, in degrees, (N - 1, n) (equation 12); NaN where one is 0.
        distances: of the picture after step j to the segment from the first to the last, over its length,
            (N - 1, n) (equation 16 and the summand of 17); NaN where the last picture is the first.
        values: the objective on the first and on the last pictures, untransformed, (2, n).
    """

    angles: Tensor
    distances: Tensor
    values: Tensor


def record_path(
    model: ImageModel,
    objective: Objective,
    parameterization: Parameterization,
    generator: torch.Generator,
    steps: int = STEPS,
    rate: float = 0.05,
    transformations: Transformations | None = None,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Maximize an objective as `feature_visualization.visualize` does, and record the path.

    Args:
        model: prepared (`preparation.prepare`).
        parameterization: of the start pictures; the steps + 1 pictures of the path are held in memory.
        generator: of the transformations.
        optimizer: called as optimizer(parameters, lr=rate).

    Raises:
        InvalidInputError: for a model in training mode, or fewer than two steps.
    """
    model.check_eval()
    if steps < 2:
        raise InvalidInputError(f"{steps} steps", "at least two, for an angle")
    mover = optimizer(parameterization.parameters, lr=rate)
    angles: list[Tensor] = []
    pictures_seen = []
    before: Tensor | None = None
    for step in range(1, steps + 1):
        pictures = parameterization.pictures()
        pictures.retain_grad()
        shown = pictures if transformations is None else transformations(pictures, generator)
        values = objective(observe(model, objective.layers, shown, pictures))
        pictures_seen.append(pictures.detach().clone().cpu())  # a step may move it in place
        mover.zero_grad(set_to_none=True)
        (-values.sum()).backward()
        mover.step()
        assert pictures.grad is not None
        if before is not None:
            angles.append(torch.rad2deg(angle(before, pictures.grad)).cpu())
        before = pictures.grad.clone()
        if progress is not None:
            progress(step, steps)
    first = pictures_seen[0]
    with torch.no_grad():
        last = parameterization.pictures()
        ends = [objective(observe(model, objective.layers, p)).cpu() for p in (first.to(last.device), last)]
    last = last.detach().cpu()
    length = (last - first).flatten(1).double().norm(dim=1)
    length = torch.where(length > 0, length, math.nan)
    distances = [distance_to_segment(p, first, last) / length for p in pictures_seen[1:]]
    return Path(torch.stack(angles), torch.stack(distances), torch.stack(ends))


@dataclass(frozen=True)
class Linearity:
    """A unit's path linearity, averaged over its start pictures.

    Attributes:
        unit: its name.
        starts: how many start pictures, M.
        steps: of each path, N.
        agpa: average gradient path angle in degrees, N - 1 numbers (equation 13).
        aldp: average line distance path, N - 1 numbers (equation 17).
        undefined: how many of the M (N - 1) angles have a gradient of 0; they are left out of the averages, and
            a step without any angle is NaN.
        still: how many starts did not move at all; they have no line.
        gain: mean rise of the unit over the path.
    """

    unit: str
    starts: int
    steps: int
    agpa: tuple[float, ...]
    aldp: tuple[float, ...]
    undefined: int
    still: int
    gain: float

    @property
    def aga(self) -> float:
        """Average gradient angle in degrees (equation 14)."""
        return self.early_angle(self.steps)

    @property
    def ald(self) -> float:
        """Average line distance (equation 18)."""
        return self.early_distance(self.steps)

    def early_angle(self, n: int) -> float:
        """Mean of the angles between the first n gradients, 2 <= n <= N; the paper's strongest is n = 2."""
        return _mean(self.agpa[: n - 1])

    def early_distance(self, n: int) -> float:
        """Mean of the line distances after the first n - 1 steps."""
        return _mean(self.aldp[: n - 1])

    def to_json(self) -> dict[str, Any]:
        numbers = {"agpa": list(map(_plain, self.agpa)), "aldp": list(map(_plain, self.aldp))}
        means = {"aga": _plain(self.aga), "ald": _plain(self.ald)}
        return {**vars(self), **numbers, **means}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Linearity:
        curves: dict[str, Any] = {
            k: tuple(math.nan if x is None else x for x in data[k]) for k in ("agpa", "aldp")
        }
        return cls(**{k: data[k] for k in cls.__dataclass_fields__ if k not in curves}, **curves)


def _plain(number: float) -> float | None:
    return None if math.isnan(number) else number


def _mean(numbers: Sequence[float]) -> float:
    """Of those that are defined."""
    defined = [x for x in numbers if not math.isnan(x)]
    return math.fsum(defined) / len(defined) if defined else math.nan


def measure(
    model: ImageModel,
    objective: Objective,
    starts: Tensor,
    generator: torch.Generator,
    steps: int = STEPS,
    rate: float = 0.05,
    transformations: Transformations | None = None,
    batch: int = 4,
    progress: Callable[[int, int], None] | None = None,
) -> Linearity:
    """Path linearity of a unit from start pictures, with the pixels through a sigmoid and Adam.

    Args:
        starts: (M, C, H, W) in [0, 1]; the paper takes the M = 20 natural images that activate the unit most.
        steps: N, 512 in the paper.
        transformations: before each step, or None.
        batch: so many starts at once; the memory is batch x steps pictures.
        progress: called with (steps done, steps of all starts).

    Raises:
        InvalidInputError: for starts that are no pictures, and as `record_path`.
    """
    model.space.check(starts)
    parts: list[Path] = []
    total = len(starts) * steps
    for begin in range(0, len(starts), batch):
        some = starts[begin : begin + batch]
        pixels = Pixels(some.shape, generator, model.device, start=some)  # type: ignore[arg-type]

        def told(done: int, _: int, begin: int = begin, size: int = len(some)) -> None:
            if progress is not None:
                progress(begin * steps + done * size, total)

        parts.append(
            record_path(model, objective, pixels, generator, steps, rate, transformations, progress=told)
        )
    angles = torch.cat([p.angles for p in parts], 1)
    distances = torch.cat([p.distances for p in parts], 1)
    ends = torch.cat([p.values for p in parts], 1)
    return Linearity(
        objective.name,
        len(starts),
        steps,
        tuple(angles.nanmean(1).tolist()),
        tuple(distances.nanmean(1).tolist()),
        int(angles.isnan().sum()),
        int(distances[0].isnan().sum()),
        float((ends[1] - ends[0]).mean()),
    )
