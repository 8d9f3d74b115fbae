"""What people say of units, and whether a measure goes with it: Spearman's rank correlation (Section 5 and Figure 12 of
Geirhos et al. 2024)."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import permutations
from pathlib import Path
from typing import Any

import torch

from fvtheory.empirical.linearity import Linearity
from fvtheory.errors import InvalidInputError, MissingDependencyError

LEAST_UNITS = 4
"""Of so many units and more a rank correlation is taken."""


def read_scores(file: str | Path) -> dict[str, float]:
    """Scores of units by people from a CSV file: a header ``unit,score``, then one row a unit.

    Raises:
        InvalidInputError: for a missing file, another header, rows of another length, a unit without a name or
            named twice, a score that is no finite number, or fewer than LEAST_UNITS rows.
    """
    path = Path(file)

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
