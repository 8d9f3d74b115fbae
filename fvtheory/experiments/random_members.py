"""Random functions of a class with a given Φ, thousands at a time, in floating point.

For each class the draws reach the whole fiber: its envelopes (a third of the functions or more are close
to one of them) and what lies between. Φ is drawn on a binary grid, so `Information.row` is exact.

* all, piecewise-affine, neural-network, erm: any continuous function, clipped between a cone down to x_min
  and one up to x_max; for ``all`` also functions with jumps;
* lipschitz: the least of cones around random points, clipped between the envelopes, which keeps the constant;
* monotone: a monotone function clipped between the envelopes of one branch;
* convex: maxima of affine functions that are at most f_min at x_min and at most f_max on the cube, one of
  them f_max at x_max, and mixtures of two of these;
* affine: f_max - f_min shared out among the free coordinates.

Everything is normalized inside: g = (f - f_min)/(f_max - f_min) is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

from fvtheory.classes import TABLE_1, get_class
from fvtheory.errors import InvalidInputError
from fvtheory.information import MinMax

GRID = 64
"""Φ has coordinates and values k/64."""

ANCHORS = 6
"""How many cones or affine pieces a random function is made of."""

FREE = ("all", "piecewise-affine", "neural-network", "erm")

Members = Callable[[Tensor], Tensor]
"""Points (n, k, d) to values (n, k): row i is evaluated at its own points."""


@dataclass(frozen=True)
class Information:
    """n times Φ: x_min, x_max of shape (n, d), f_min, f_max of shape (n,); multiples of 1/64."""

    x_min: Tensor
    x_max: Tensor
    f_min: Tensor
    f_max: Tensor

    def __len__(self) -> int:
        return len(self.f_min)

    @property
    def dim(self) -> int:
        """How many variables."""
        return int(self.x_min.shape[1])

    @property
    def spread(self) -> Tensor:
        """f_max - f_min, (n,)."""
        return self.f_max - self.f_min

    def row(self, i: int) -> MinMax:
        """The i-th Φ, exactly."""
        a, b = (tuple(map(Fraction, p[i].tolist())) for p in (self.x_min, self.x_max))
        return MinMax(a, b, Fraction(self.f_min[i].item()), Fraction(self.f_max[i].item()))

    def take(self, rows: Tensor | slice) -> Information:
        """Some of the rows."""
        return Information(self.x_min[rows], self.x_max[rows], self.f_min[rows], self.f_max[rows])

    def to(self, device: torch.device, dtype: torch.dtype) -> Information:
        """On another device, in another dtype."""
        parts = (self.x_min, self.x_max, self.f_min, self.f_max)
        return Information(*(p.to(device, dtype) for p in parts))


class Draw:
    """Random tensors from one generator; on the generator's device, in one dtype."""

    def __init__(self, generator: torch.Generator, dtype: torch.dtype = torch.float64) -> None:
        self.generator, self.dtype = generator, dtype

    def unit(self, *shape: int) -> Tensor:
        """Uniform in [0, 1)."""
        g = self.generator
        return torch.rand(*shape, generator=g, dtype=self.dtype, device=g.device)

    def whole(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers low, ..., high - 1."""
        return torch.randint(low, high, shape, generator=self.generator, device=self.generator.device)

    def flag(self, share: float, *shape: int) -> Tensor:
        """True with this probability."""
        return self.unit(*shape) < share

    def grid(self, *shape: int) -> Tensor:
        """Multiples of 1/64 in [0, 1]."""
        return self.whole(0, GRID + 1, *shape).to(self.dtype) / GRID

    def short(self, *shape: int) -> Tensor:
        """In (2^-10, 1], evenly on a logarithmic scale."""
        return torch.exp2(-10 * self.unit(*shape))

    def parts(self, allowed: Tensor) -> Tensor:
        """Shares >= 0 with sum 1 of the allowed entries, (n, d); for one row in two all in one entry."""
        n, d = allowed.shape
        noise = torch.where(allowed, -torch.log(self.unit(n, d).clamp_min(1e-12)), 0.0)
        shares = noise / noise.sum(1, keepdim=True)
        single = torch.nn.functional.one_hot(shares.argmax(1), d).to(self.dtype)
        return torch.where(self.flag(0.5, n, 1), single, shares)


def draw_information(
    cls: str, dim: int, count: int, draw: Draw, lipschitz: Fraction | None = None
) -> Information:
    """Random feasible Φ with f_min < f_max (class constant: f_min = f_max).

    Args:
        cls: the name of a class.
        lipschitz: the Lipschitz constant, for class lipschitz: at least 1/8.

    Raises:
        InvalidInputError: for a class outside Table 1, or a Lipschitz constant that is missing, not asked for or too
            small.
    """
    known = get_class(cls)
    _check_class(cls)
    if known.needs_lipschitz != (lipschitz is not None):
        need = "a Lipschitz constant" if known.needs_lipschitz else "no Lipschitz constant"
        raise InvalidInputError(f"class {cls} with lipschitz = {lipschitz}", need)
    if lipschitz is not None and lipschitz < Fraction(1, 8):
        raise InvalidInputError(f"lipschitz = {lipschitz}", "at least 1/8")
    if dim < 1 or count < 1:
        raise InvalidInputError(
            f"{count} times Φ in {dim} dimensions", "at least one, in one dimension or more"
        )
    a, b = _points(cls, dim, count, draw)
    if cls == "constant":
        low = draw.grid(count)
        return Information(a, b, low, low)
    most = torch.full((count,), float(GRID), dtype=draw.dtype, device=a.device)
    if lipschitz is not None:
        most = (float(lipschitz) * GRID * (a - b).abs().amax(1)).floor().clamp_max(GRID)
    steps = 1 + (draw.unit(count) * most).floor()
    low = (draw.unit(count) * (GRID - steps + 1)).floor()
    return Information(a, b, low / GRID, (low + steps) / GRID)


def _check_class(cls: str) -> None:
    if cls not in TABLE_1:
        raise InvalidInputError(f"random members of class {cls!r}", f"one of {', '.join(TABLE_1)}")


def _points(cls: str, dim: int, count: int, draw: Draw) -> tuple[Tensor, Tensor]:
    a, b = draw.grid(count, dim), draw.grid(count, dim)
    if cls == "constant":
        return a, b
    rows = torch.arange(count, device=a.device)
    j = draw.whole(0, dim, count)
    if cls == "affine":
        free = draw.flag(0.5, count, dim)
        free[rows, j] = True
        ends = draw.whole(0, 2, count, dim).to(draw.dtype)
        outer = (a - b).abs() == 1
        return torch.where(free, ends, torch.where(outer, b, a)), torch.where(free, 1 - ends, b)
    if cls == "convex":
        end = draw.whole(0, 2, count, dim).to(draw.dtype)
        at_end = draw.flag(0.5, count, dim)
        at_end[rows, j] = True
        b = torch.where(at_end, end, b)
        other = draw.whole(1, GRID + 1, count).to(draw.dtype) / GRID
        a[rows, j] = (end[rows, j] - other).abs()
        return a, b
    # At least 1/8 apart in one coordinate: a Lipschitz function must have room to rise.
    least = GRID // 8
    shift = draw.whole(least, GRID + 2 - least, count).to(draw.dtype) / GRID
    a[rows, j] = torch.remainder(b[rows, j] + shift, 1 + 1 / GRID)
    return a, b


def draw_members(
    cls: str, information: Information, draw: Draw, lipschitz: Fraction | None = None
) -> Members:
    """One random function of the fiber of each Φ.

    Args:
        cls: the name of a class, for which every row is feasible.
        lipschitz: the Lipschitz constant, for class lipschitz.

    Raises:
        InvalidInputError: for a class outside Table 1.
    """
    _check_class(cls)
    parts = Information(*(t.to(draw.dtype) for t in vars(information).values()))
    low, spread = parts.f_min[:, None], parts.spread[:, None]
    if cls == "constant":
        return lambda x: low.expand(x.shape[:2])
    if cls == "affine":
        shape = _affine(parts, draw)
    elif cls == "convex":
        shape = _convex(parts, draw)
    elif cls == "monotone":
        shape = _monotone(parts, draw)
    elif cls == "lipschitz":
        shape = _lipschitz(parts, draw, float(lipschitz or 0))
    else:
        shape = _free(parts, draw, jumps=cls == "all")
    return lambda x: low + spread * shape(x.to(draw.dtype))


def _distance(x: Tensor, to: Tensor) -> Tensor:
    """Sup norm: (n, k, d) and (n, d) to (n, k)."""
    return (x - to[:, None]).abs().amax(2)


def _between(shape: Members, lower: Members, upper: Members, draw: Draw, n: int) -> Members:
    """The function clipped between two others; for one row in three the lower, for one the upper one."""
    which = draw.whole(0, 3, n)[:, None]

    def clipped(x: Tensor) -> Tensor:
        low, high = lower(x), upper(x)
        inner = torch.minimum(high, torch.maximum(low, shape(x)))
        return torch.where(which == 0, low, torch.where(which == 1, high, inner))

    return clipped


def _free(phi: Information, draw: Draw, jumps: bool) -> Members:
    n, d = phi.x_min.shape
    half = (phi.x_min - phi.x_max).abs().amax(1, keepdim=True) / 2
    to_a, to_b = half * draw.short(n, 1), half * draw.short(n, 1)
    steep = draw.flag(0.5 if jumps else 0.0, n, 1)
    weights = 4 * (draw.unit(n, ANCHORS, d) - 0.5)
    heights, kinks = 2 * draw.unit(n, ANCHORS) - 1, draw.unit(n, ANCHORS, d)

    def upper(x: Tensor) -> Tensor:
        away = _distance(x, phi.x_min)
        return torch.where(steep, (away > 0).to(x.dtype), (away / to_a).clamp_max(1))

    def lower(x: Tensor) -> Tensor:
        away = _distance(x, phi.x_max)
        return torch.where(steep, (away == 0).to(x.dtype), 1 - (away / to_b).clamp_max(1))

    def shape(x: Tensor) -> Tensor:
        bends = ((x[:, :, None] - kinks[:, None]) * weights[:, None]).sum(3)
        bends = torch.where(steep[:, :, None], (bends > 0).to(x.dtype), bends.clamp_min(0))
        return 0.5 + (heights[:, None] * bends).sum(2)

    return _between(shape, lower, upper, draw, n)


def _lipschitz(phi: Information, draw: Draw, lipschitz: float) -> Members:
    n, d = phi.x_min.shape
    rate = lipschitz / phi.spread[:, None]
    centres, heights = draw.unit(n, ANCHORS, d), draw.unit(n, ANCHORS)
    up = draw.flag(0.5, n, 1)

    def upper(x: Tensor) -> Tensor:
        return (rate * _distance(x, phi.x_min)).clamp_max(1)

    def lower(x: Tensor) -> Tensor:
        return (1 - rate * _distance(x, phi.x_max)).clamp_min(0)

    def shape(x: Tensor) -> Tensor:
        away = rate[:, :, None] * (x[:, :, None] - centres[:, None]).abs().amax(3)
        least = (heights[:, None] + away).amin(2)
        greatest = (heights[:, None] - away).amax(2)
        return torch.where(up, least, greatest)

    return _between(shape, lower, upper, draw, n)


def _monotone(phi: Information, draw: Draw) -> Members:
    """Rising functions; a falling one is a rising one of 1 - x."""
    n, d = phi.x_min.shape
    can_rise = ~(phi.x_max <= phi.x_min).all(1)
    can_fall = ~(phi.x_min <= phi.x_max).all(1)
    falls = (~can_rise | (can_fall & draw.flag(0.5, n)))[:, None]
    a, b = (torch.where(falls, 1 - p, p) for p in (phi.x_min, phi.x_max))
    slopes, kinks = 8 * draw.short(n, ANCHORS), draw.unit(n, ANCHORS)
    along = draw.whole(0, d, n, ANCHORS)

    def turned(x: Tensor) -> Tensor:
        return torch.where(falls[:, None], 1 - x, x)

    def upper(x: Tensor) -> Tensor:
        return (turned(x) > a[:, None]).any(2).to(x.dtype)

    def lower(x: Tensor) -> Tensor:
        return (turned(x) >= b[:, None]).all(2).to(x.dtype)

    def shape(x: Tensor) -> Tensor:
        chosen = turned(x).gather(2, along[:, None].expand(-1, x.shape[1], -1))
        return ((chosen - kinks[:, None]).clamp_min(0) * slopes[:, None]).sum(2)

    return _between(shape, lower, upper, draw, n)


def _convex(phi: Information, draw: Draw) -> Members:
    n = len(phi)
    first, second = _maxima(phi, draw), _maxima(phi, draw)
    share = torch.where(draw.flag(0.5, n, 1), 0.0, draw.unit(n, 1))
    return lambda x: (1 - share) * first(x) + share * second(x)


def _maxima(phi: Information, draw: Draw) -> Members:
    """max(0, top - sum of w_j |x_j - v_j|, ...), each at most 0 at x_min and at most 1 on the cube.

    For one row in three it is the greatest of these functions, the gauge of the cube about x_min; for one
    a single steep ramp; for the others the ramp and random ones beside it.
    """
    n, d = phi.x_min.shape
    kind = draw.whole(0, 3, n)[:, None]
    fixed = (phi.x_max == 0) | (phi.x_max == 1)
    pieces = [_below(phi, torch.ones_like(phi.f_min), phi.x_max, fixed, draw)]
    for _ in range(ANCHORS - 1):
        vertex = draw.whole(0, 2, n, d).to(draw.dtype)
        off = (vertex - phi.x_min).abs()
        stuck = off.amax(1) == 0
        vertex[stuck] = 1 - vertex[stuck]
        top = draw.unit(n)
        pieces.append(_below(phi, top, vertex, torch.ones_like(fixed), draw))

    def gauge(x: Tensor) -> Tensor:
        a = phi.x_min[:, None]
        up = torch.where(a < 1, (x - a) / (1 - a).clamp_min(1e-12), 0.0)
        down = torch.where(a > 0, (a - x) / a.clamp_min(1e-12), 0.0)
        return torch.maximum(up, down).amax(2).clamp(0, 1)

    def shape(x: Tensor) -> Tensor:
        found = [p(x) for p in pieces]
        others = torch.stack(found).amax(0).clamp_min(0)
        return torch.where(kind == 0, gauge(x), torch.where(kind == 1, found[0].clamp_min(0), others))

    return shape


def _below(phi: Information, top: Tensor, vertex: Tensor, along: Tensor, draw: Draw) -> Members:
    """top - sum of w_j |x_j - vertex_j| over the coordinates ``along``, at most 0 at x_min."""
    n, d = vertex.shape
    lengths = (phi.x_min - vertex).abs()
    falling = along & (lengths > 0)
    steep = torch.where(draw.flag(0.5, n, 1), 1.0, 1 / draw.short(n, 1))
    weights = top[:, None] * steep * draw.parts(falling) / torch.where(falling, lengths, 1.0)
    weights = torch.where(along & (lengths == 0), top[:, None] * draw.unit(n, d), weights)
    return lambda x: top[:, None] - ((x - vertex[:, None]).abs() * weights[:, None]).sum(2)


def _affine(phi: Information, draw: Draw) -> Members:
    shares = draw.parts((phi.x_min - phi.x_max).abs() == 1)
    return lambda x: ((x - phi.x_min[:, None]).abs() * shares[:, None]).sum(2)


def draw_points(information: Information, count: int, draw: Draw) -> Tensor:
    """Where functions are asked, (n, count, d): half of them anywhere, half near an extremum of Φ or with
    coordinates on the boundary."""
    n, d = information.x_min.shape
    x = draw.unit(n, count, d)
    near = torch.where(
        draw.flag(0.5, n, count, 1), information.x_min[:, None].to(x), information.x_max[:, None].to(x)
    )
    close = (near + (2 * draw.unit(n, count, d) - 1) * draw.short(n, count, 1)).clamp(0, 1)
    edge = torch.where(draw.flag(0.5, n, count, d), x, x.round())
    which = draw.whole(0, 4, n, count)[:, :, None]
    return torch.where(which == 0, close, torch.where(which == 1, edge, x))
