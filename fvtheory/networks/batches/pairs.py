"""Two members of the fiber of every Φ, without a loop over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.networks.arithmetic import Format, format_of
from fvtheory.networks.batches.gauges import Gauges
from fvtheory.networks.batches.stacked import DEFAULT_BYTES
from fvtheory.networks.gauge import steepening

FREE_CLASSES = ("all", "neural-network", "piecewise-affine", "erm")
PAIR_CLASSES = (*FREE_CLASSES, "lipschitz", "monotone", "convex", "affine")


@dataclass(frozen=True)
class Pairs:
    """Two members of the fiber of each Φ, stacked, and the Φ themselves in numbers of the dtype.

    Attributes:
        lower, upper: row i of either has the information (x_min[i], x_max[i], f_min[i], f_max[i]).
        x_min, x_max: (n, d).
        f_min, f_max: (n,), multiples of the unit roundoff.
    """

    lower: Gauges
    upper: Gauges
    x_min: Tensor
    x_max: Tensor
    f_min: Tensor
    f_max: Tensor


def pairs(
    cls: str,
    x_min: Tensor,
    x_max: Tensor,
    f_min: Tensor,
    f_max: Tensor,
    lipschitz: Tensor | float | None = None,
    reach: Tensor | float | None = None,
    max_bytes: int = DEFAULT_BYTES,
) -> Pairs:
    """Two members of the fiber of every Φ, which are far apart on much of the cube.

    lipschitz: the envelopes. all, neural-network, piecewise-affine, erm: a cone up from x_min and one down
    from x_max. monotone: ramps along the coordinate in which the extrema are furthest apart, rising right
    after the lower one and right before the higher one. convex: the gauge about x_min, and a ramp along one
    coordinate that falls from x_max. affine: along the first and the last free coordinate.

    Args:
        cls: one of PAIR_CLASSES.
        x_min, x_max: (n, d), in [0, 1]; their dtype and device are those of the result.
        f_min, f_max: (n,), in [0, 1], rounded to multiples of the unit roundoff.
        lipschitz: for class lipschitz: a constant, or one a Φ, (n,).
        reach: for the others: over what distance ramps and cones rise, at most (default: as far as Φ
            allows).

    Raises:
        InfeasibleInformationError: where some Φ (as rounded) is not feasible for the class.
        InvalidInputError: for another class, shape or dtype, or a Lipschitz constant that is missing.
    """
    if cls not in PAIR_CLASSES:
        raise InvalidInputError(f"class {cls!r}", f"one of {', '.join(PAIR_CLASSES)}")
    if (cls == "lipschitz") != (lipschitz is not None):
        raise InvalidInputError(
            f"class {cls} with lipschitz = {lipschitz is not None}", "for class lipschitz only"
        )
    f = format_of(x_min.dtype)
    n, d = x_min.shape if x_min.dim() == 2 else (0, 0)
    if not n or x_max.shape != (n, d) or f_min.shape != (n,) or f_max.shape != (n,):
        raise InvalidInputError("Φ of unequal or other shapes", "(n, d) for points, (n,) for values")
    if any(t.dtype != x_min.dtype or not ((t >= 0) & (t <= 1)).all() for t in (x_min, x_max, f_min, f_max)):
        raise InvalidInputError("Φ outside [0, 1], or of several dtypes", "one dtype, all in [0, 1]")
    size = 2.0**f.precision
    low, high = (torch.round(v * size) / size for v in (f_min, f_max))
    build = _Builder(f, x_min, x_max, low, high, max_bytes)
    lower, upper = build.pair(cls, lipschitz, reach)
    return Pairs(lower, upper, x_min, x_max, low, high)


class _Builder:
    """Stacked members of fibers; lengths and rates are computed in float64 and then rounded up."""

    def __init__(self, f: Format, a: Tensor, b: Tensor, low: Tensor, high: Tensor, max_bytes: int) -> None:
        self.f, self.a, self.b, self.low, self.high, self.max_bytes = f, a, b, low, high, max_bytes
        self.spread = high - low
        self.gaps = (a.double() - b.double()).abs()
        self.varying = self.spread > 0

    def require(self, cls: str, feasible: Tensor) -> None:
        wrong = ~(feasible & (self.spread >= 0)) & (self.varying | (self.spread < 0))
        if bool(wrong.any()):
            first = int(wrong.nonzero()[0, 0])
            raise InfeasibleInformationError(
                f"{int(wrong.sum())} infeasible Φ for class {cls}, the first in row {first}",
                "feasible Φ, also after rounding to the dtype",
                "see fvtheory.radius for one Φ",
            )

    def pair(
        self, cls: str, lipschitz: Tensor | float | None, reach: Tensor | float | None
    ) -> tuple[Gauges, Gauges]:
        farthest = self.gaps.amax(1)
        if cls == "lipschitz":
            rate = torch.as_tensor(lipschitz, dtype=torch.float64, device=self.a.device).expand(len(self.a))
            spread = self.spread.double()
            self.require(cls, (rate > 0) & (spread <= rate * farthest * (1 + 2**-51)))
            length = spread / rate
            # A quotient that was rounded to a power of two is none: keep it from being taken for one.
            length = torch.where(length * rate == spread, length, length * (1 - 2**-52))
            return self.cone(self.b, False, length), self.cone(self.a, True, length)
        if cls in FREE_CLASSES:
            self.require(cls, farthest > 0)
            length = self.within(farthest, reach)
            return self.cone(self.b, False, length), self.cone(self.a, True, length)
        if cls == "monotone":
            self.require(cls, farthest > 0)
            j = self.gaps.argmax(1)
            length = self.within(farthest, reach)
            rising = self.at(self.b, j) > self.at(self.a, j)
            return self.ramp(self.b, j, ~rising, False, length), self.ramp(self.a, j, rising, True, length)
        if cls == "convex":
            walls = torch.where((self.b == 0) | (self.b == 1), self.gaps, torch.zeros_like(self.gaps))
            length, j = walls.max(1)
            self.require(cls, length > 0)
            lower = self.ramp(self.b, j, self.at(self.b, j) == 0, False, self.within(length, reach))
            return lower, self.about_minimum()
        free = self.gaps == 1
        self.require(cls, free.any(1))
        order = torch.arange(self.a.shape[1], device=self.a.device)
        first = torch.where(free, order, len(order)).amin(1).clamp_max(len(order) - 1)
        last = torch.where(free, order, -1).amax(1).clamp_min(0)
        one = torch.ones_like(farthest)
        lower, upper = (self.ramp(self.a, j, self.at(self.a, j) == 0, True, one) for j in (last, first))
        return lower, upper

    def within(self, length: Tensor, reach: Tensor | float | None) -> Tensor:
        if reach is None:
            return length
        asked = torch.as_tensor(reach, dtype=torch.float64, device=length.device)
        if not bool((asked > 0).all()):
            raise InvalidInputError("a reach that is not positive", "a reach above 0")
        return torch.minimum(length, asked)

    @staticmethod
    def at(points: Tensor, j: Tensor) -> Tensor:
        return points.gather(1, j[:, None])[:, 0]

    def steep(self, length: Tensor, leaves: int, weighted: bool = False) -> Tensor:
        """1/length in the dtype, rounded up as in `gauge.rounded`, unless it is a power of two."""
        length = torch.where(self.varying.reshape(-1, *[1] * (length.dim() - 1)) & (length > 0), length, 1.0)
        exact = torch.frexp(length).mantissa == 0.5
        margin = float(steepening(leaves, not weighted, self.f) - 1) * (1 + 2**-40) + 4 * 2.0**-53
        found = ((1 + margin) / length).to(self.a.dtype)
        up = torch.nextafter(found, torch.full_like(found, torch.inf))
        return torch.where(exact, (1 / length).to(self.a.dtype), up)

    def made(self, rising: bool, steepness: Tensor, sides: Sequence[Tensor]) -> Gauges:
        base, scale = (self.high, -self.spread) if rising else (self.low, self.spread)
        one = torch.ones_like(base)
        return Gauges(base, scale, one, steepness, *sides, max_bytes=self.max_bytes)

    def cone(self, apex: Tensor, rising: bool, length: Tensor) -> Gauges:
        """From f_min at the apex up to f_max, or from f_max down."""
        one = torch.ones_like(apex)
        return self.made(rising, self.steep(length, apex.shape[1]), (apex, one, apex, one))

    def ramp(self, points: Tensor, j: Tensor, onwards: Tensor, rising: bool, length: Tensor) -> Gauges:
        """Along coordinate j from a point onwards (or backwards), flat on the other side of it."""
        there = torch.zeros_like(points).scatter_(1, j[:, None], 1.0)
        above, below = there * onwards[:, None], there * ~onwards[:, None]
        return self.made(rising, self.steep(length, 1), (points, above, points, below))

    def about_minimum(self) -> Gauges:
        """f_min + spread * gauge of the cube about x_min."""
        a = self.a.double()
        many = a.shape[1]
        above = torch.where(self.a < 1, self.steep(1 - a, many, weighted=True), torch.zeros_like(self.a))
        below = torch.where(self.a > 0, self.steep(a, many, weighted=True), torch.zeros_like(self.a))
        return self.made(True, torch.ones_like(self.low), (self.a, above, self.a, below))
