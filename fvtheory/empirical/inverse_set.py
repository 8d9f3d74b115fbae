"""Sampling the inverse set of a neuron: pictures x with low <= f(x) <= high (Hada and Carreira-Perpiñán 2020).

Two stages (Sections 3.3 and 3.4). Seeds: K codes are moved by an augmented Lagrangian until their pictures are in
the set, apart from each other (equations 6, 8, 9). Samples: from there single gradient steps, each of which gives
up to K more (equations 7, 10, 11). Several neurons at once are an intersection (12, 13).

The network sees pictures as files hold them (`code_spaces`), so a sample is in the set as it is written, and every
one is checked in a fresh pass before it is returned. What else gives such pictures: `inverse_set_experiment`.

Differences from the paper. Equations 8 and 9 as printed keep f(x) >= low only (`PRINTED`); `TWO_SIDED` keeps
f(x) <= high too. Constraints are in units of high - low and distances are means over pairs and dimensions, so that one
mu and one weight serve all units. Steps have a length of their own, not that of the gradient. For samples the
multipliers may be the fixed ones of the paper, or least-squares estimates at each step (Nocedal and Wright 2006,
Section 18.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.code_spaces import CodeSpace
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, observe
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

TWO_SIDED, PRINTED = "two-sided", "printed"
ENCODER, CODES, NOTHING = "encoder", "codes", "nothing"
"""Between what distances are taken: encodings of pictures (6), codes (14), or no distances (15)."""
LEAST_SQUARES, FIXED = "least-squares", "fixed"

SHAKE = 1e-3
"""Standard deviation by which seeds of one start differ, in units of codes."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Range:
    """The condition low <= unit <= high.

    Raises:
        InvalidInputError: unless low < high, both finite.
    """

    unit: Objective
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InvalidInputError(
                f"range [{self.low:g}, {self.high:g}] of {self.unit.name}", "finite numbers, low < high"
            )

    @property
    def width(self) -> float:
        """high - low."""
        return self.high - self.low

    def __str__(self) -> str:
        return f"{self.unit.name} in [{self.low:g}, {self.high:g}]"


# ---- seeds ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """How to search.

    Attributes:
        seeds: K.
        inner: gradient steps between updates of the multipliers (100 in the paper).
        outer: at most so many of these.
        mu, growth: the penalty and by what it grows (both 10 in the paper).
        sides: `TWO_SIDED`, or `PRINTED` for equations 8 and 9 as they stand.
        margin: seeds are to be so far inside, in units of high - low; with `PRINTED` the paper's 1/2 counts.
        apart: `ENCODER`, `CODES` or `NOTHING`.
        weight: of the distances.
        full: do not stop when all are in the set, but take all steps ("fully optimised", equation 16 with K = n).
        multipliers: of sampling, `LEAST_SQUARES` or `FIXED`.
        one_start: all seeds begin with the same code (Section 4.2), shaken a little: from one and the same point the
            distances have no gradient, and the seeds would stay together for ever.

    Raises:
        InvalidInputError: for an unknown word, or a number out of its range.
    """

    seeds: int = 10
    inner: int = 100
    outer: int = 4
    mu: float = 10.0
    growth: float = 10.0
    sides: str = TWO_SIDED
    margin: float = 0.25
    apart: str = ENCODER
    weight: float = 1.0
    full: bool = False
    multipliers: str = LEAST_SQUARES
    one_start: bool = False

    def __post_init__(self) -> None:
        words = (
            (self.sides, (TWO_SIDED, PRINTED)),
            (self.apart, (ENCODER, CODES, NOTHING)),
            (self.multipliers, (LEAST_SQUARES, FIXED)),
        )
        for word, known in words:
            if word not in known:
                raise InvalidInputError(f"{word!r}", " or ".join(known))
        if (
            min(self.seeds, self.inner, self.outer) < 1
            or self.mu <= 0
            or self.growth <= 1
            or not 0 <= self.margin < 0.5
            or self.weight < 0
        ):
            raise InvalidInputError(
                f"settings {self}",
                "seeds, inner, outer >= 1, mu > 0, growth > 1, 0 <= margin < 1/2, weight >= 0",
            )


@dataclass(frozen=True)
class Seeds:
    """Codes of pictures that are in the set.

    Attributes:
        codes: (k, ...), k <= K: those that are in it.
        values: the units on them, (k, p).
        asked: K.
        steps: gradient steps of all K together.
        multipliers, mu: at the end; (k, constraints).
        reached: least and greatest value of each unit at the end, over all K, in the set or not.
    """

    codes: Tensor
    values: Tensor
    asked: int
    steps: int
    multipliers: Tensor
    mu: float
    reached: list[tuple[float, float]]


def _values(model: ImageModel, ranges: Sequence[Range], pictures: Tensor) -> Tensor:
    """(n, p), part of the graph."""
    names = list(dict.fromkeys(layer for r in ranges for layer in r.unit.layers))
    seen = observe(model, names, pictures)
    return torch.stack([r.unit(seen) for r in ranges], 1)


def in_ranges(values: Tensor, ranges: Sequence[Range], sides: str = TWO_SIDED) -> Tensor:
    """Which rows of (n, p) are in the set, (n,); with `PRINTED`, by the stopping rule high - f <= high - low."""
    found = torch.ones(len(values), dtype=torch.bool, device=values.device)
    for column, r in zip(values.detach().double().T, ranges, strict=True):
        found &= column >= r.low
        if sides == TWO_SIDED:
            found &= column <= r.high
    return found


def constraints(values: Tensor, ranges: Sequence[Range], settings: Settings) -> Tensor:
    """h(x) >= 0, (n, constraints), in units of high - low.

    As printed: f - high + (high - low)/2. Two-sided: that f is above low and below high by the margin.
    """
    found = []
    for column, r in zip(values.T, ranges, strict=True):
        place = (column - r.low) / r.width
        if settings.sides == PRINTED:
            found.append(place - 0.5)
        else:
            found += [place - settings.margin, 1 - settings.margin - place]
    return torch.stack(found, 1)


def augmented(h: Tensor, multipliers: Tensor, mu: float) -> Tensor:
    """The constraint terms of equation 9 with the best slack s = max(0, h - multipliers / mu) put in, (n,)."""
    s = (h - multipliers / mu).clamp(min=0)
    return (-multipliers * (h - s) + mu / 2 * (h - s).square()).sum(1)


def spread(x: Tensor, others: Tensor | None = None) -> Tensor:
    """Sum over rows of their mean squared distance to all rows (or to others), a dimension, (scalar).

    ‖a - b‖² summed over pairs from sums of rows: linear in their number.
    """
    y = x if others is None else others
    squares = x.square().sum(1).mean() + y.square().sum(1).mean() - 2 * x.mean(0) @ y.mean(0)
    return squares * len(x) / x.shape[1]


def _apart(space: CodeSpace, settings: Settings, codes: Tensor, pictures: Tensor) -> Tensor | None:
    if settings.apart == NOTHING or settings.weight == 0:
        return None
    return space.encode(pictures) if settings.apart == ENCODER else codes.flatten(1)


def find_seeds(
    model: ImageModel,
    ranges: Sequence[Range],
    space: CodeSpace,
    generator: torch.Generator,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Seeds:
    """K codes with pictures in the set, by coordinate steps in s and C with updates of lambda and mu (Section 3.4).

    Args:
        model: prepared (`preparation.prepare`).
        ranges: of one unit, or of several for an intersection.
        progress: called with (gradient steps, most there can be).

    Raises:
        InvalidInputError: for no ranges, a model in training mode, or a range that no seed reached: it says how
            far they came.
    """
    settings = settings or Settings()
    if not ranges:
        raise InvalidInputError("no ranges", "at least one unit with a range")
    model.check_eval()
    start = space.start(1 if settings.one_start else settings.seeds, generator)
    codes = start.expand(settings.seeds, *start.shape[1:]).detach().clone()
    if settings.one_start:
        codes += SHAKE * torch.randn(codes.shape, generator=generator).to(codes)
    codes.requires_grad_()
    steps, mu, most = 0, settings.mu, settings.inner * settings.outer
    multipliers: Tensor | None = None
    values = torch.empty(0)
    pulled = False
    for outer in range(settings.outer):
        optimizer = torch.optim.Adam([codes], lr=space.rate)
        for _ in range(settings.inner):
            pictures = space.pictures(codes)
            values = _values(model, ranges, pictures)
            if not settings.full and bool(in_ranges(values, ranges, settings.sides).all()):
                break
            h = constraints(values, ranges, settings)
            if multipliers is None:
                multipliers = torch.zeros_like(h)
            loss = augmented(h, multipliers, mu).sum()
            vectors = _apart(space, settings, codes, pictures)
            if vectors is not None:
                loss = loss - settings.weight * spread(vectors)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            pulled = pulled or bool(codes.grad is not None and codes.grad.abs().amax() > 0)
            optimizer.step()
            steps += 1
            if progress is not None:
                progress(steps, most)
        else:
            with torch.no_grad():
                values = _values(model, ranges, space.pictures(codes))
                h = constraints(values, ranges, settings)
                assert multipliers is not None
                multipliers = (multipliers - mu * h).clamp(min=0)
                if outer + 1 < settings.outer:
                    mu *= settings.growth
            continue
        break
    values = values.detach().cpu()
    good = in_ranges(values, ranges, settings.sides)
    reached = [(float(c.min()), float(c.max())) for c in values.T]
    if not bool(good.any()):
        seen = "; ".join(
            f"{r}: values from {a:.4g} to {b:.4g}" for r, (a, b) in zip(ranges, reached, strict=True)
        )
        raise InvalidInputError(
            f"ranges that none of {settings.seeds} seeds reached in {steps} steps ({seen})",
            "ranges that the units take together",
            "look at their values on natural images, take more steps, or start from these images"
            if pulled
            else "no gradient arrived at all: take a layer before its nonlinearity",
        )
    if multipliers is None:
        multipliers = torch.zeros(len(values), (1 + (settings.sides == TWO_SIDED)) * len(ranges))
    kept = good.to(codes.device)
    return Seeds(
        codes.detach()[kept],
        values[good],
        settings.seeds,
        steps,
        multipliers.to(codes.device)[kept],
        mu,
        reached,
    )


# ---- samples -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Samples:
    """Pictures in the set.

    Attributes:
        pictures: (n, C, H, W), uint8, the seeds first.
        values: the units on them in the fresh pass, (n, p).
        steps: gradient steps of sampling (each for all seeds at once).
        proposed: pictures that these gave.
        rejected: of these, outside the set.
        dropped: inside when proposed, but outside in the fresh pass.
    """

    pictures: Tensor
    values: Tensor
    steps: int
    proposed: int
    rejected: int
    dropped: int


def verified(
    model: ImageModel, ranges: Sequence[Range], pictures: Tensor, batch: int = 8
) -> tuple[Tensor, Tensor]:
    """(which are in the set, their values (n, p)), computed anew from pictures (uint8)."""
    values = on_pictures(model, [r.unit for r in ranges], pictures, batch)
    return in_ranges(values, ranges), values


def sample(
    model: ImageModel,
    ranges: Sequence[Range],
    space: CodeSpace,
    seeds: Seeds,
    count: int,
    generator: torch.Generator,
    settings: Settings | None = None,
    most: float = 8.0,
    progress: Progress | None = None,
) -> Samples:
    """Pictures of the set, the seeds included, by single gradient steps (equation 11).

    Args:
        count: n, the seeds included.
        generator: of where in the range each step is to lead (`LEAST_SQUARES` only).
        most: stop after so many times the least number of steps, (n - K)/K.
        progress: called with (samples, n).

    Returns fewer than n where the steps ran out.

    Raises:
        InvalidInputError: for fewer samples than seeds, or a model in training mode.
    """
    model.check_eval()
    settings = settings or Settings()
    size = len(seeds.codes)
    if count < size:
        raise InvalidInputError(f"{count} samples from {size} seeds", "at least as many samples as seeds")
    allowed = math.ceil(most * (count - size) / size)
    walk = _Walk(model, ranges, space, seeds, generator, settings)
    kept: list[Tensor] = []
    numbers: list[Tensor] = []
    steps = proposed = rejected = dropped = held = 0
    while True:
        pictures, good = walk.look()
        if steps:
            proposed += size
            rejected += int((~good).sum())
        found = to_bytes(pictures.detach()[good])[: count - held]
        if len(found):
            sure, values = verified(model, ranges, found)
            dropped += int((~sure).sum())
            kept.append(found[sure])
            numbers.append(values[sure])
            held += int(sure.sum())
        if progress is not None:
            progress(held, count)
        if held == count or steps == allowed:
            break
        walk.step(good)
        steps += 1
    if not held:
        raise InvalidInputError("seeds that are outside the set in a fresh pass", "seeds well inside it")
    return Samples(torch.cat(kept), torch.cat(numbers), steps, proposed, rejected, dropped)


class _Walk:
    """Codes that move within the set, all slots at once."""

    def __init__(
        self,
        model: ImageModel,
        ranges: Sequence[Range],
        space: CodeSpace,
        seeds: Seeds,
        generator: torch.Generator,
        settings: Settings,
    ) -> None:
        self.model, self.ranges, self.space = model, ranges, space
        self.generator, self.settings = generator, settings
        self.multipliers, self.mu = seeds.multipliers, seeds.mu
        self.codes = seeds.codes.clone()
        self.known: Tensor | None = None  # C_0: what distances are taken to, the last of each slot in the set
        self.length = torch.full((len(self.codes),), space.step, device=self.codes.device)

    def look(self) -> tuple[Tensor, Tensor]:
        """Pictures of the codes, and which are in the set."""
        self.codes.requires_grad_()
        self.pictures = self.space.pictures(self.codes)
        self.values = _values(self.model, self.ranges, self.pictures)
        return self.pictures, in_ranges(self.values, self.ranges)

    def step(self, good: Tensor) -> None:
        vectors = _apart(self.space, self.settings, self.codes, self.pictures)
        if vectors is not None:
            now = vectors.detach()
            self.known = now if self.known is None else torch.where(good[:, None], now, self.known)
        gain = (
            torch.zeros((), device=self.codes.device)
            if vectors is None
            else self.settings.weight * (spread(vectors) + spread(vectors, self.known))
        )
        fixed = self.settings.multipliers == FIXED
        move = self._fixed(gain) if fixed else self._projected(gain, good)
        self.codes = (self.codes + move).detach()

    def _fixed(self, gain: Tensor) -> Tensor:
        """Down the gradient of equation 11 with the multipliers of the seeds, by the length of a step."""
        h = constraints(self.values, self.ranges, self.settings)
        loss = augmented(h, self.multipliers, self.mu).sum() - gain
        (gradient,) = torch.autograd.grad(loss, self.codes)
        return -_scaled(gradient, self.length)

    def _projected(self, gain: Tensor, good: Tensor) -> Tensor:
        """Up the distances along the level of the units, and on, to first order, to values drawn from the range.

        The multipliers are those that make the gradient of the Lagrangian least: what the distances would do to
        the units is taken out. A slot outside the set only goes back, and takes shorter steps from then on. Without
        distances, along the level is a random direction.
        """
        slopes = [
            torch.autograd.grad(column.sum(), self.codes, retain_graph=True)[0].flatten(1)
            for column in self.values.T
        ]
        across = torch.stack(slopes, 1)  # (n, p, m)
        if gain.requires_grad:
            (uphill,) = torch.autograd.grad(gain, self.codes)
        else:
            uphill = torch.randn(self.codes.shape, generator=self.generator).to(self.codes.device)
        uphill = uphill.flatten(1)
        inner = self.settings.margin / 2
        drawn = torch.rand(self.values.shape, generator=self.generator).to(self.values)
        low = torch.tensor([r.low for r in self.ranges], device=drawn.device)
        width = torch.tensor([r.width for r in self.ranges], device=drawn.device)
        target = low + width * (inner + (1 - 2 * inner) * drawn)
        gram = torch.einsum("npm,nqm->npq", across, across)
        inverse = torch.linalg.pinv(gram.double(), hermitian=True).to(gram)
        along = torch.einsum("npm,nm->np", across, uphill)
        tangent = uphill - torch.einsum("npq,nq,npm->nm", inverse, along, across)
        correction = torch.einsum("npq,nq,npm->nm", inverse, target - self.values.detach(), across)
        longer = (self.length * 1.2).clamp(max=self.space.step)
        self.length = torch.where(good, longer, self.length / 2)
        tangent = _scaled(tangent, self.length * good)
        size = correction.square().mean(1).sqrt()
        correction = correction * (self.space.step / size.clamp(min=1e-30)).clamp(max=1)[:, None]
        return (tangent + correction).reshape(self.codes.shape)


def _scaled(x: Tensor, length: Tensor) -> Tensor:
    """Rows of a root mean square of `length`, or 0."""
    size = x.flatten(1).square().mean(1).sqrt()
    factor = length / size.clamp(min=1e-30) * (size > 0)
    return x * factor.reshape(-1, *[1] * (x.ndim - 1))
