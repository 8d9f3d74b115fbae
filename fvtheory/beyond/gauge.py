"""One-sided Lipschitz conditions: the classes whose only axiom is f(x) - f(y) <= φ(x - y).

φ is a sublinear function of the displacement t = x - y, put together from what each coordinate allows:

    φ_j(t_j) = up_j * t_j for t_j >= 0 and down_j * (-t_j) for t_j <= 0,
    φ = max_j φ_j or Σ_j φ_j or (Σ_j φ_j²)^(1/2),

with 0 <= up_j, down_j <= infinity. So c(x, y) = φ(x - y) is a quasi-metric: c(x, x) = 0 and
c(x, z) <= c(x, y) + c(y, z), but c need not be symmetric or finite. These classes are of the form:

* all functions: up = down = infinity; constants: up = down = 0;
* Lipschitz with constant L: up_j = down_j = L w_j, "max" for the (weighted) sup norm, "sum" for the
  (weighted) 1-norm and "root" for the (weighted) 2-norm;
* non-decreasing in coordinate j: up_j = infinity, down_j = 0; non-increasing: the other way round;
* both: up_j = L w_j, down_j = 0. For if f is Lipschitz and non-decreasing then, with z = min(x, y)
  in each coordinate, f(x) - f(y) <= f(x) - f(z) <= L ‖(x - y)⁺‖, and conversely φ <= L ‖·‖ gives the
  Lipschitz condition and φ(t) = 0 for t <= 0 the monotonicity;
* no dependence on coordinate j: up_j = down_j = 0.

Distances in the 2-norm are roots: `Gauge.between` rounds them down to a multiple of 2^-64, `Gauge.excess` compares
with them exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.boxes import Box, at_point
from fvtheory.beyond.roots import root_below
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point

Slope = Fraction | None
"""A rate >= 0; None is infinity."""

MAX, SUM, ROOT = "max", "sum", "root"
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """φ of the head of this file.

    Attributes:
        up: how fast f may climb along each coordinate; None where it may jump.
        down: how fast f may climb against each coordinate.
        combine: ``max``, ``sum`` or ``root`` (of the sum of squares) of the coordinates.
        continuous: whether only continuous functions count: then what holds on a set holds on its closure,
            and where a rate is infinite the envelopes are approached by functions of ever larger finite rate.
    """

    up: tuple[Slope, ...]
    down: tuple[Slope, ...]
    combine: str = MAX
    continuous: bool = False

    def __post_init__(self) -> None:
        if len(self.up) != len(self.down) or not self.up:
            raise InvalidInputError(f"{len(self.up)} rates up and {len(self.down)} down", "one a coordinate")
        if any(rate is not None and rate < 0 for rate in (*self.up, *self.down)):
            raise InvalidInputError("a negative rate", "rates of at least 0")
        if self.combine not in (MAX, SUM, ROOT):
            raise InvalidInputError(f"combine = {self.combine!r}", f"{MAX}, {SUM} or {ROOT}")

    @property
    def dim(self) -> int:
        return len(self.up)

    @property
    def is_finite(self) -> bool:
        return None not in self.up and None not in self.down

    @property
    def reflected(self) -> Gauge:
        """The gauge of 1 - f."""
        return Gauge(self.down, self.up, self.combine, self.continuous)

    def with_rate(self, rate: Fraction) -> Gauge:
        """The same with infinite rates replaced by a finite one."""
        up = tuple(rate if r is None else r for r in self.up)
        down = tuple(rate if r is None else r for r in self.down)
        return Gauge(up, down, self.combine)

    def rise(self, x: Point, y: Point) -> Slope:
        """sup of f(x) - f(y) over the class, values unbounded: φ(x - y); None for infinity."""
        return self.between(at_point(x), at_point(y))[0]

    def between(self, source: Box, target: Box) -> tuple[Slope, bool]:
        """inf of φ(y - z) over y in ``source`` and z in ``target``, and whether it is attained.

        The infimum is of finite values only: None means that φ is infinite at every pair. A root is rounded down.
        """
        costs = [self._along(j, source.side(j), target.side(j)) for j in range(self.dim)]
        if any(cost is None for cost, _ in costs):
            return None, True
        values = [cost for cost, _ in costs if cost is not None]
        if self.combine == SUM:
            return sum(values, ZERO), all(attained for _, attained in costs)
        if self.combine == ROOT:
            return root_below(_squares(values)), all(attained for _, attained in costs)
        worst = max(values)
        return worst, all(attained for cost, attained in costs if cost == worst)

    def excess(self, climb: Fraction, source: Box, target: Box) -> int:
        """The sign of climb - inf of φ(y - z) over y in ``source`` and z in ``target``, exactly."""
        costs = [self._along(j, source.side(j), target.side(j))[0] for j in range(self.dim)]
        if None in costs:
            return -1
        if self.combine == ROOT:
            apart = climb * abs(climb) - _squares([cost for cost in costs if cost is not None])
        else:
            rise = self.between(source, target)[0]
            assert rise is not None
            apart = climb - rise
        return (apart > 0) - (apart < 0)

    def _along(self, j: int, source: tuple, target: tuple) -> tuple[Slope, bool]:
        """The same for coordinate j, over y in one interval and z in another."""
        (a, b, a_open, b_open), (c, d, c_open, d_open) = source, target
        least, greatest = a - d, b - c  # of y - z
        least_open, greatest_open = a_open or d_open, b_open or c_open
        if self.continuous:
            least_open = greatest_open = False
        if (least < 0 or (least == 0 and not least_open)) and (
            greatest > 0 or (greatest == 0 and not greatest_open)
        ):
            return ZERO, True
        rate, length, is_open = (
            (self.up[j], least, least_open) if least >= 0 else (self.down[j], -greatest, greatest_open)
        )
        if rate is None:
            return None, True
        return rate * length, rate == 0 or not is_open

    def admits_slope(self, slope: Point) -> bool:
        """Whether slope . t <= φ(t) for all t: whether an affine function of this slope is in the class."""
        if self.combine == SUM:
            return all(
                (up is None or s <= up) and (down is None or -s <= down)
                for s, up, down in zip(slope, self.up, self.down, strict=True)
            )
        total = ZERO
        for s, up, down in zip(slope, self.up, self.down, strict=True):
            rate = up if s > 0 else down
            if s == 0 or rate is None:
                continue
            if rate == 0:
                return False
            total += (s / rate) ** 2 if self.combine == ROOT else abs(s) / rate
        return total <= 1


def _squares(values: Iterable[Fraction]) -> Fraction:
    return sum((v * v for v in values), ZERO)
