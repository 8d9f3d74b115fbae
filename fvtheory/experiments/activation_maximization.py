"""Activation maximization on the two networks of a pair: the same visualization, two functions.

Feature visualizations are found by gradient ascent (Olah, Mordvintsev, Schubert, Feature Visualization,
Distill 2017; Erhan et al. 2009). Here it is projected subgradient ascent on the cube from many random
starts, and descent for the minimum, with steps that shrink geometrically: on piecewise affine functions
this converges at the rate of the steps (Goffin, On convergence rates of subgradient optimization methods,
Math. Programming 13, 1977), if it starts where the gradient leads to the extremum.

Often it does not: ReLU networks have plateaus, a start on one has no gradient and never moves, and a
climb can end on a plateau below the maximum. Both are counted against the true extrema, which are known
exactly (`fvtheory.networks.certification`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, distance, text
from fvtheory.experiments.pairs import UNIQUE, NetworkPair
from fvtheory.information import MinMax
from fvtheory.networks.batches import Pairs
from fvtheory.networks.certification import certify, float_error
from fvtheory.networks.realization import Realization

FIRST_STEP = 0.25

PLACES = 512
"""At how many points the networks of a survey are compared."""

TOLERANCE = Fraction(1, 2**20)
"""What counts as the same value, relative to f_max - f_min, and as the same point: steps end far below."""


@dataclass(frozen=True)
class Ascent:
    """What gradient ascent (or descent) from many starts found on one network.

    Attributes:
        at, value: the best point and what the network computes there, as exact numbers.
        exact_value: the value there in exact arithmetic.
        extreme_value: the true extreme value of the network in exact arithmetic.
        starts: how many there were.
        without_gradient: starts at which the gradient is 0; they never move.
        reached: starts that ended within the tolerance of the extreme value.
    """

    at: Point
    value: Fraction
    exact_value: Fraction
    extreme_value: Fraction
    starts: int
    without_gradient: int
    reached: int

    @property
    def shortfall(self) -> Fraction:
        """How far the best point is from the true extreme value; 0 or more."""
        return abs(self.extreme_value - self.exact_value)

    def to_json(self) -> dict[str, Any]:
        return {
            "at": [text(c) for c in self.at],
            "value": text(self.value),
            "extreme_value": text(self.extreme_value),
            "shortfall": text(self.shortfall),
            "starts": self.starts,
            "without_gradient": self.without_gradient,
            "reached": self.reached,
        }


@dataclass(frozen=True)
class Visualization:
    """Φ of one network as gradient ascent sees it, and how it came about."""

    minimum: Ascent
    maximum: Ascent

    def to_json(self) -> dict[str, Any]:
        return {"minimum": self.minimum.to_json(), "maximum": self.maximum.to_json()}


@dataclass(frozen=True)
class Comparison:
    """The visualizations of the two networks of a pair, side by side.

    Attributes:
        pair: the networks; ``pair.gap`` is their exact distance at the witness point ``pair.pair.at``.
        low, high: their visualizations.
        float_error: a proved bound of the distance of either network from its function, as computed.
        tolerance: what is granted to the ascent on top of that, in values and in points.
    """

    pair: NetworkPair
    low: Visualization
    high: Visualization
    float_error: Fraction
    tolerance: Fraction

    @property
    def values_agree(self) -> bool:
        """Whether f_min and f_max are the same, up to the float errors of both and the tolerance."""
        granted = 2 * self.float_error + self.tolerance * self.pair.pair.fiber.phi.spread
        sides = ((self.low.minimum, self.high.minimum), (self.low.maximum, self.high.maximum))
        return all(abs(p.value - q.value) <= granted for p, q in sides)

    @property
    def points_agree(self) -> bool | None:
        """Whether x_min and x_max are the same, up to the tolerance; None where extrema are not unique,
        so that even two runs on one network need not return the same points."""
        if self.pair.pair.convention != UNIQUE:
            return None
        sides = ((self.low.minimum, self.high.minimum), (self.low.maximum, self.high.maximum))
        return all(distance(p.at, q.at) <= self.tolerance for p, q in sides)

    @property
    def phi_is_shared(self) -> bool:
        """Whether both networks have Φ, within the float error: f_min and f_max are their true extreme
        values, taken at x_min and x_max. Exactly evaluated, so whatever the ascent found."""
        phi = self.pair.pair.fiber.phi
        return all(
            abs(value - wanted) <= self.float_error
            for f, v in ((self.pair.low, self.low), (self.pair.high, self.high))
            for x, wanted, ascent in ((phi.x_min, phi.f_min, v.minimum), (phi.x_max, phi.f_max, v.maximum))
            for value in (f.network.at(x), ascent.extreme_value)
        )

    def to_json(self) -> dict[str, Any]:
        pair = self.pair.pair
        return {
            "class": pair.fiber.cls.name,
            "phi": pair.fiber.phi.to_json(),
            "lipschitz": None if pair.fiber.lipschitz is None else text(pair.fiber.lipschitz),
            "extrema": pair.convention,
            "at": [text(c) for c in pair.at],
            "gap": text(self.pair.gap),
            "slack": text(pair.slack),
            "radius": text(pair.fiber.radius),
            "float_error": text(self.float_error),
            "values_agree": self.values_agree,
            "points_agree": self.points_agree,
            "phi_is_shared": self.phi_is_shared,
            "low": self.low.to_json(),
            "high": self.high.to_json(),
        }


def compare(
    pair: NetworkPair,
    generator: torch.Generator,
    starts: int = 64,
    steps: int = 600,
    tolerance: Fraction = TOLERANCE,
) -> Comparison:
    """Maximize and minimize both networks of a pair from the same random starts.

    Args:
        generator: of the random starts.
        starts: how many.
        steps: how many steps each makes; they shrink from 1/4 to the resolution of the dtype.
        tolerance: what counts as the same.

    Raises:
        InvalidInputError: for no starts or steps.
    """
    phi, parameter = pair.pair.fiber.phi, next(pair.low.module.parameters())
    points = random_points(starts, phi.dim, generator, parameter)
    low, high = (visualize(r, phi, points, steps, tolerance) for r in (pair.low, pair.high))
    error = max(float_error(r, r.function).on_inputs for r in (pair.low, pair.high))
    return Comparison(pair, low, high, error, tolerance)


def random_points(count: int, dim: int, generator: torch.Generator, like: Tensor) -> Tensor:
    """Points in the cube, (count, dim), of the dtype and on the device of ``like``.

    Raises:
        InvalidInputError: for no point.
    """
    if count < 1:
        raise InvalidInputError(f"{count} starts", "at least one")
    drawn = torch.rand(count, dim, generator=generator, dtype=torch.float64, device=generator.device)
    return drawn.to(like.device, like.dtype)


def visualize(
    realization: Realization, phi: MinMax, points: Tensor, steps: int, tolerance: Fraction
) -> Visualization:
    """Φ of a network by gradient descent and ascent from the points, beside its true extreme values.

    Raises:
        InvalidInputError: for a network whose extrema are not known.
    """
    own = certify(realization, phi).own
    if own is None:
        raise InvalidInputError(
            f"a network of {points.shape[1]} variables whose extrema are not known", "at most 4 variables"
        )
    found = []
    for sign, extreme in ((-1, own.low), (1, own.high)):
        climbed = climb(realization, points, steps, sign)
        ends = [tuple(map(Fraction, row)) for row in climbed.ends.tolist()]
        exact = [realization.network.at(x) for x in ends]
        best = int((sign * climbed.values).argmax())
        found.append(
            Ascent(
                at=ends[best],
                value=Fraction(float(climbed.values[best])),
                exact_value=exact[best],
                extreme_value=extreme,
                starts=len(points),
                without_gradient=int(climbed.without_gradient.sum()),
                reached=sum(abs(v - extreme) <= tolerance * phi.spread for v in exact),
            )
        )
    return Visualization(*found)


@dataclass(frozen=True)
class Climb:
    """For each start the best point that it came by (..., d), the value there (...), and whether the
    gradient at the start is 0 (...)."""

    ends: Tensor
    values: Tensor
    without_gradient: Tensor


def climb(function: Callable[[Tensor], Tensor], points: Tensor, steps: int, sign: int = 1) -> Climb:
    """Projected subgradient ascent on the cube, from every point at once.

    A climber that stepped onto a plateau goes back to the best point it came by, with a shorter step.

    Args:
        function: differentiable, points (..., d) to values (...).
        points: the starts, (..., d).
        steps: how many; the first has length 1/4 (Euclidean norm), the last the unit roundoff.
        sign: -1 for descent.

    Raises:
        InvalidInputError: for no steps, or a function that does not answer with finite numbers.
    """
    if steps < 1:
        raise InvalidInputError(f"{steps} steps", "at least one")
    finfo = torch.finfo(points.dtype)
    ratio = (finfo.eps / 2 / FIRST_STEP) ** (1 / steps)
    x, best, length = points.clone(), points.clone(), FIRST_STEP
    top = torch.full(points.shape[:-1], -torch.inf, dtype=points.dtype, device=points.device)
    dead = torch.zeros_like(top, dtype=torch.bool)
    for step in range(steps + 1):
        x = x.detach().requires_grad_(True)
        values = sign * function(x)
        if not bool(values.isfinite().all()):
            raise InvalidInputError("a network with an output that is no number", "finite outputs")
        (gradient,) = torch.autograd.grad(values.sum(), x)
        with torch.no_grad():
            better = values > top
            top = torch.where(better, values, top)
            best = torch.where(better[..., None], x, best)
            size = gradient.norm(dim=-1, keepdim=True)
            if step == 0:
                dead = size[..., 0] == 0
            moved = (x + length * gradient / size.clamp_min(finfo.tiny)).clamp(0, 1)
            x = torch.where(size == 0, best, moved)
        length *= ratio
    return Climb(best.detach(), sign * top.detach(), dead)


# ---- many Φ at once ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Survey:
    """How often gradient ascent finds the extrema of many pairs of networks.

    Attributes:
        cls: the class.
        count: the number of Φ; each has two networks, and each of these a minimum and a maximum to find.
        starts: for each of the 4 * count extrema.
        without_gradient: the share of starts at which the gradient is 0.
        reached: the share of starts that ended at the extreme value, up to the tolerance; those on a plateau
            of that height began there.
        found: the share of extrema that at least one start reached.
        agree: the share of Φ for which all four extrema were found, so that the visualizations of the two
            networks show the same values.
        gap: the least and the mean, over the Φ, of the greatest distance of the two networks at random
            points, in units of f_max - f_min.
    """

    cls: str
    count: int
    starts: int
    without_gradient: float
    reached: float
    found: float
    agree: float
    gap: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        return {**{("class" if k == "cls" else k): v for k, v in vars(self).items()}, "gap": list(self.gap)}


def survey(
    cls: str,
    pairs: Pairs,
    generator: torch.Generator,
    starts: int = 32,
    steps: int = 300,
    tolerance: Fraction = TOLERANCE,
) -> Survey:
    """Climb all networks of stacked pairs at once.

    Args:
        cls: the class, for the record.
        pairs: of `fvtheory.networks.batches.pairs`; they have exactly Φ, so extreme values are known.
        generator, starts, steps, tolerance: as for `compare`.
    """
    count, dim = pairs.x_min.shape
    spread = torch.where(pairs.f_max > pairs.f_min, pairs.f_max - pairs.f_min, 1.0)
    points = random_points(starts, dim, generator, pairs.x_min).expand(count, -1, -1).contiguous()
    dead, reached = [], []
    for network in (pairs.lower, pairs.upper):
        for sign, extreme in ((-1, pairs.f_min), (1, pairs.f_max)):
            climbed = climb(network, points, steps, sign)
            dead.append(climbed.without_gradient)
            short = (climbed.values - extreme[:, None]).abs()
            reached.append(short <= float(tolerance) * spread[:, None])
    hits = torch.stack(reached)
    places = random_points(PLACES, dim, generator, pairs.x_min)
    apart = (pairs.upper(places) - pairs.lower(places)).abs().amax(1) / spread
    return Survey(
        cls=cls,
        count=count,
        starts=starts,
        without_gradient=float(torch.stack(dead).double().mean()),
        reached=float(hits.double().mean()),
        found=float(hits.any(2).double().mean()),
        agree=float(hits.any(2).all(0).double().mean()),
        gap=(float(apart.min()), float(apart.mean())),
    )
