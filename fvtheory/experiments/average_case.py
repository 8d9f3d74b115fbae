"""How much does the central decoder err on random functions? The average case over f, beside the worst one.

For each random function of a class (`random_functions`) Φ is read off, the central decoder (U + L)/2 of its fiber is
formed, and its error over x is compared with the greatest that any function with the same Φ could give it:

    ratio_p = ‖f - (U + L)/2‖_p / ‖(U - L)/2‖_p,    p = 1, 2 and infinity,

0 where the decoder is right everywhere and 1 where f is as bad as the worst case (for affine functions of three
variables the denominator only bounds the worst case). B.6 of Geirhos et al. (2024) asks how
likely bad cases are for networks trained by SGD; this measures it for small ones. Quantiles come with intervals of 95%
from order statistics, which hold for any distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import rational
from fvtheory.experiments.random_functions import (
    OWN,
    Lattice,
    Training,
    gaussian_processes,
    lattice,
    own_rate,
    project,
    trained_networks,
)
from fvtheory.information import FloatMinMax
from fvtheory.results import open_results, read_json, to_json_bytes, write_file

SOURCES = ("gaussian-process", "sgd")

LENGTHS = (0.05, 0.2, 0.8)
"""Length scales of Gaussian processes, in units of the side of the cube."""

STEPS = (0, 100, 1000)
"""After how many steps of SGD networks are looked at."""

CHUNK = 100
"""How many functions are drawn and saved at a time."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NORMS = ("1", "2", "sup")

TOLERANCE = 1e-9
"""How far floats may carry a function outside its fiber, in the unit of f_max - f_min."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and out of how much."""


@dataclass(frozen=True)
class Settings:
    """What is drawn.

    Attributes:
        cls: the class.
        source: one of SOURCES.
        dim: 1 to 3.
        count: how many functions of each condition (length scale, or steps of training).
        lipschitz: for class lipschitz, the constant as a rational, or "own".
        conditions: length scales, or steps of training; left out: LENGTHS or STEPS.
        seed: of everything random.

    Raises:
        InvalidInputError: for values that are not of this kind.
    """

    cls: str
    source: str = "gaussian-process"
    dim: int = 1
    count: int = 400
    lipschitz: str | None = None
    conditions: tuple[float, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise InvalidInputError(f"source {self.source!r}", f"one of {', '.join(SOURCES)}")
        if self.count < 1:
            raise InvalidInputError(f"count = {self.count}", "at least 1")
        if get_class(self.cls).needs_lipschitz != (self.lipschitz is not None):
            need = f"a Lipschitz constant, or {OWN}" if self.lipschitz is None else "no Lipschitz constant"
            raise InvalidInputError(f"class {self.cls} with lipschitz = {self.lipschitz}", need)
        if not self.conditions:
            chosen = LENGTHS if self.source == "gaussian-process" else STEPS
            object.__setattr__(self, "conditions", tuple(map(float, chosen)))
        positive = self.source == "gaussian-process"
        if len(set(self.conditions)) < len(self.conditions) or any(
            not math.isfinite(c) or c < 0 or (positive and c == 0) or (not positive and c != int(c))
            for c in self.conditions
        ):
            need = "different length scales above 0" if positive else "different whole numbers of steps"
            raise InvalidInputError(f"conditions {list(self.conditions)}", need)
        if self.rate is not None and self.rate <= 0:
            raise InvalidInputError(f"lipschitz = {self.lipschitz}", f"a constant above 0, or {OWN}")
        project(self.cls, np.zeros((1, *lattice(self.dim).shape)), lattice(self.dim), self.rate)

    @property
    def rate(self) -> float | None:
        """The Lipschitz constant; None for each function's own, or none."""
        if self.lipschitz in (None, OWN):
            return None
        assert self.lipschitz is not None
        return float(rational(self.lipschitz, "lipschitz"))

    def to_json(self) -> dict[str, Any]:
        return {"command": "average case", **vars(self), "conditions": list(self.conditions)}


@dataclass(frozen=True)
class Measured:
    """One random function.

    Attributes:
        spread: f_max - f_min.
        errors: of the central decoder in the norms 1, 2 and sup.
        radii: ‖(U - L)/2‖ in the same norms, which no function with this Φ exceeds.
    """

    spread: float
    errors: tuple[float, float, float]
    radii: tuple[float, float, float]

    @property
    def ratios(self) -> tuple[float, ...]:
        """errors / radii; 0 where Φ determines f."""
        return tuple(e / r if r > 0 else 0.0 for e, r in zip(self.errors, self.radii, strict=True))


@dataclass(frozen=True)
class Quantile:
    """A quantile with a distribution-free interval of 95%."""

    share: float
    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        return vars(self)


@dataclass(frozen=True)
class Condition:
    """All functions of one length scale, or after one number of steps.

    Attributes:
        value: the length scale or the number of steps.
        measured: one a function that is not constant.
        constant: how many were constant: Φ determines these.
    """

    value: float
    measured: tuple[Measured, ...]
    constant: int

    def quantiles(self, norm: int) -> list[Quantile]:
        """Of the ratios in one of NORMS, by its place."""
        return quantiles([m.ratios[norm] for m in self.measured])

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "condition": self.value,
            "functions": len(self.measured),
            "constant": self.constant,
        }
        for norm, name in enumerate(NORMS):
            if self.measured:
                found[f"ratio_{name}"] = [q.to_json() for q in self.quantiles(norm)]
                found[f"mean_ratio_{name}"] = float(np.mean([m.ratios[norm] for m in self.measured]))
                found[f"mean_error_{name}_over_spread"] = float(
                    np.mean([m.errors[norm] / m.spread for m in self.measured])
                )
        return found


def study(
    settings: Settings, folder: str | Path | None = None, progress: Progress | None = None
) -> list[Condition]:
    """Draw, project and measure.

    Args:
        settings: what is drawn.
        folder: where finished parts are kept, and where an interrupted study goes on.
        progress: called after each part.

    Raises:
        InvalidInputError: for a folder of another study.
        ArithmeticError: for a function outside the fiber of its own Φ: a defect here, never of the input.
    """
    root = None if folder is None else open_results(folder, settings.to_json())
    chunks = -(-settings.count // CHUNK)
    rows: list[list[list[Any]]] = [[] for _ in settings.conditions]
    for k in range(chunks):
        file = None if root is None else root / f"part-{k:05d}.json"
        if file is not None and file.exists():
            part = read_json(file)
        else:
            part = _part(settings, k, min(CHUNK, settings.count - k * CHUNK))
            if file is not None:
                write_file(file, to_json_bytes(part))
        for found, more in zip(rows, part, strict=True):
            found += more
        if progress is not None:
            progress(
                f"{settings.source}, {settings.cls}", min((k + 1) * CHUNK, settings.count), settings.count
            )
    return [_condition(value, found) for value, found in zip(settings.conditions, rows, strict=True)]


def _condition(value: float, rows: Sequence[Sequence[Any]]) -> Condition:
    varying = [Measured(s, tuple(e), tuple(r)) for s, e, r in rows if s > 0]
    return Condition(value, tuple(varying), len(rows) - len(varying))


def _part(settings: Settings, k: int, count: int) -> list[list[list[Any]]]:
    """For each condition, rows (spread, errors, radii)."""
    where = lattice(settings.dim)
    found: dict[float, list[list[Any]]] = {}
    for condition, values in _draws(settings, where, k, count):
        functions = project(settings.cls, values, where, settings.rate)
        found[condition] = [measure(settings.cls, f, where, _rate(settings, f)) for f in functions]
    return [found[c] for c in settings.conditions]


def _draws(settings: Settings, where: Lattice, k: int, count: int) -> Iterator[tuple[float, np.ndarray]]:
    if settings.source == "sgd":
        draw = np.random.default_rng([settings.seed, k])
        steps = sorted(map(int, settings.conditions))
        for step, values in trained_networks(where, steps, count, draw, Training()):
            yield float(step), values
        return
    for i, length in enumerate(settings.conditions):
        yield length, gaussian_processes(where, length, count, np.random.default_rng([settings.seed, k, i]))


def _rate(settings: Settings, f: np.ndarray) -> float | None:
    if settings.lipschitz is None:
        return None
    return settings.rate if settings.rate is not None else own_rate(f)


def measure(cls: str, f: np.ndarray, where: Lattice, rate: float | None) -> list[Any]:
    """[f_max - f_min, errors, radii] of one function, (m, ..., m); see `Measured`.

    Raises:
        ArithmeticError: for a function outside the fiber of its own Φ: it is not of the class.
    """
    flat = f.ravel()
    low, high = int(flat.argmin()), int(flat.argmax())
    spread = float(flat[high] - flat[low])
    if spread <= 0:
        return [0.0, [0.0] * 3, [0.0] * 3]
    phi = FloatMinMax(
        tuple(where.points[low].tolist()),
        tuple(where.points[high].tolist()),
        float(flat[low]),
        float(flat[high]),
    )
    lower, upper = (
        np.array([bound(tuple(x)) for x in where.points.tolist()])
        for bound in get_class(cls).bounds(phi, rate)
    )
    outside = max(float((lower - flat).max()), float((flat - upper).max()))
    if outside > TOLERANCE * max(1.0, spread):
        raise ArithmeticError(
            f"a function of class {cls} that leaves the fiber of its own Φ by {outside:.3g}"
        )
    error, half = np.abs(flat - (lower + upper) / 2), (upper - lower) / 2
    return [spread, _norms(error, where), _norms(half, where)]


def _norms(values: np.ndarray, where: Lattice) -> list[float]:
    mean, square = float(where.weights @ values), float(where.weights @ values**2)
    return [mean, math.sqrt(square), float(values.max())]


def quantiles(values: Sequence[float], shares: Sequence[float] = QUANTILES) -> list[Quantile]:
    """Quantiles with intervals between order statistics that cover the true ones with 95% or more, where the sample
    is large enough for that; else up to the least or greatest value.

    Raises:
        InvalidInputError: for no values.
    """
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        raise InvalidInputError("no values", "at least one")
    found = []
    for share in shares:
        below, above = _ranks(n, share)
        value = ordered[min(n - 1, max(0, math.ceil(n * share) - 1))]
        found.append(Quantile(share, value, ordered[below], ordered[above]))
    return found


def _ranks(n: int, share: float) -> tuple[int, int]:
    """Places of the order statistics: how many of n values lie below the quantile is binomial, and each tail beyond
    these places has at most 2.5%."""
    logs = [
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(share)
        + (n - k) * math.log1p(-share)
        for k in range(n + 1)
    ]
    below, tail = -1, 0.0
    while below < n - 1 and (tail := tail + math.exp(logs[below + 1])) <= 0.025:
        below += 1
    above, tail = n, 0.0
    while above > 0 and (tail := tail + math.exp(logs[above])) <= 0.025:
        above -= 1
    return max(below, 0), min(above, n - 1)
