"""How straight the path of activation maximization is: gradient angles and distances from a line (Section 5 and C.4
of Geirhos et al. 2024), and whether that goes with what people make of a unit.

Angles are between the gradients, with respect to the picture, of successive steps. They need no scale, and
random transformations before each step turn them towards 90 degrees whatever the unit is: measure without too.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import permutations
from pathlib import Path as File
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.feature_visualization import STEPS
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, observe
from fvtheory.empirical.parameterizations import Parameterization, Pixels
from fvtheory.empirical.transformations import Transformations
from fvtheory.errors import InvalidInputError, MissingDependencyError

LEAST_UNITS = 4
"""Of so many units and more a rank correlation is taken."""


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


# ---- what people say of the units ----------------------------------------------------------------------


def read_scores(file: str | File) -> dict[str, float]:
    """Scores of units by people from a CSV file: a header ``unit,score``, then one row a unit.

    Raises:
        InvalidInputError: for a missing file, another header, rows of another length, a unit without a name or
            named twice, a score that is no finite number, or fewer than LEAST_UNITS rows.
    """
    path = File(file)

    def refuse(what: str) -> InvalidInputError:
        return InvalidInputError(
            f"file {str(path)!r}: {what}",
            "CSV with the columns unit and score, a finite number a unit",
            "for example unit,score on the first line and logits:497,0.83 on the second",
        )

    try:
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.reader(opened, strict=True))
    except OSError as error:
        raise refuse(error.strerror or "it cannot be read") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise refuse(str(error)) from None
    if not rows or rows[0] != ["unit", "score"]:
        raise refuse(f"header {','.join(rows[0]) if rows else 'missing'!r}")
    scores: dict[str, float] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != 2 or not row[0].strip():
            raise refuse(f"row {number} is {row}")
        try:
            score = float(row[1])
        except ValueError:
            score = math.nan
        if not math.isfinite(score):
            raise refuse(f"row {number} has the score {row[1]!r}")
        if row[0] in scores:
            raise refuse(f"unit {row[0]!r} occurs twice")
        scores[row[0]] = score
    if len(scores) < LEAST_UNITS:
        raise refuse(f"{len(scores)} units, fewer than {LEAST_UNITS}")
    return scores


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of a measure with scores.

    Attributes:
        r, p: the coefficient and the two-sided p-value of no correlation.
        low, high: percentile bootstrap interval over units.
        units: how many.
        resamples: how many bootstrap samples have a correlation (those with one value only have none).
    """

    r: float
    p: float
    low: float
    high: float
    units: int
    resamples: int


def correlate(
    measured: Sequence[float],
    scores: Sequence[float],
    generator: torch.Generator,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Correlation:
    """Spearman's correlation with its p-value (scipy) and a bootstrap interval over units.

    Raises:
        InvalidInputError: for unequal lengths, too few units, numbers that are not finite, or one value only.
        MissingDependencyError: without scipy.
    """
    if len(measured) != len(scores) or len(scores) < LEAST_UNITS:
        raise InvalidInputError(
            f"{len(measured)} measures and {len(scores)} scores", f"as many of each, at least {LEAST_UNITS}"
        )
    for name, numbers in (("measures", measured), ("scores", scores)):
        if not all(map(math.isfinite, numbers)) or len(set(numbers)) < 2:
            raise InvalidInputError(
                f"{name} that are not finite or all equal", "finite numbers that differ, or no rank exists"
            )
    try:
        stats = import_module("scipy.stats")
    except ImportError:
        raise MissingDependencyError(
            "no package scipy", "scipy for correlations", "pip install scipy"
        ) from None
    found = stats.spearmanr(measured, scores)
    ranks_of = [stats.rankdata(measured), stats.rankdata(scores)]
    pairs = torch.tensor([list(measured), list(scores)], dtype=torch.float64)
    chosen = torch.randint(len(scores), (resamples, len(scores)), generator=generator)
    ranks = [torch.from_numpy(stats.rankdata(row[chosen].numpy(), axis=1)) for row in pairs]
    x, y = (r - r.mean(1, keepdim=True) for r in ranks)
    spread = (x.square().sum(1) * y.square().sum(1)).sqrt()
    usable = spread > 0
    each = (x * y).sum(1)[usable] / spread[usable]
    tail = (1 - confidence) / 2
    low, high = (float(torch.quantile(each, q)) for q in (tail, 1 - tail))
    p = _exact_p(ranks_of, float(found.statistic)) if len(scores) <= EXACT else float(found.pvalue)
    return Correlation(float(found.statistic), p, low, high, len(scores), int(usable.sum()))


EXACT = 8
"""Up to so many units every order of the scores is tried for the p-value."""


def _exact_p(ranks: Sequence[Any], seen: float) -> float:
    """Share of all orders of the scores whose rank correlation is as far from 0 as the one seen."""
    x, y = (torch.as_tensor(r, dtype=torch.float64) for r in ranks)
    x, y = x - x.mean(), y - y.mean()
    orders = torch.tensor(list(permutations(range(len(x)))))
    all_of_them = (y[orders] @ x) / (x.norm() * y.norm())
    return float((all_of_them.abs() >= abs(seen) - 1e-9).double().mean())


def by_steps(
    units: Sequence[Linearity],
    scores: Sequence[float],
    generator: torch.Generator,
    what: Callable[[Linearity, int], float] = Linearity.early_angle,
    counts: Sequence[int] | None = None,
    resamples: int = 2000,
) -> dict[int, Correlation]:
    """The correlation as a function of the number of steps that are looked at (Figure 12).

    Args:
        units: measured with the same number of steps N.
        scores: one a unit.
        what: `Linearity.early_angle` or `Linearity.early_distance`.
        counts: numbers from 2 to N; unless told 2, 3, 4, 6, 8, 12, 16, ... and N.

    Steps at which a unit has no angle, or all units the same, are left out.
    """
    steps = units[0].steps
    if counts is None:
        powers = [n for k in range(1, 31) for n in (2**k, 3 * 2 ** (k - 1)) if n < steps]
        counts = sorted({*powers, steps})
    found = {}
    for n in counts:
        numbers = [what(unit, n) for unit in units]
        if all(map(math.isfinite, numbers)) and len(set(numbers)) > 1:
            found[n] = correlate(numbers, scores, generator, resamples)
    return found
