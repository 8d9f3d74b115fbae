"""Thousands of networks of one kind at thousands of points in one call, as one torch module.

Networks of one layout are kept as stacked tensors and evaluated elementwise, block by block: a block of
networks and points is as large as the memory for it allows, and nothing else is held but the parameters,
the points and the values. Gradients reach the points and are computed block by block too.

`Ramps` holds functions of one variable, `Gauges` functions of a weighted distance in several (cones,
gauges, ramps along one coordinate). The forms are those of `fvtheory.networks.realization` and
`fvtheory.networks.gauge`, with fewer roundings, so bounds proved for `network(i)` hold for row i too (where
weights or steepness are powers of two, as all constructors here make them). `pairs` builds members of the
fibers of many Φ without a loop over them.

This module needs torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.functions import Function
from fvtheory.networks.arithmetic import ONE, ZERO, Format, format_of
from fvtheory.networks.composition import affine
from fvtheory.networks.gauge import Gauge, Side, gauge_of, rounded, steepening
from fvtheory.networks.realization import (
    INFORMATION,
    Ramp,
    ramp_outputs,
    ramps_of,
    require_plain_arithmetic,
)
from fvtheory.networks.relu import ReluNetwork

DEFAULT_BYTES = 2**26
"""Memory for the blocks in work, unless told."""

CACHE_BYTES = 2**21
"""On a CPU, blocks no larger than this stay in its cache."""

VALUE_BUFFERS, GRADIENT_BUFFERS = 4, 8
"""How many tensors of the size of a block are in work at a time (for gradients, one a variable besides)."""

FREE_CLASSES = ("all", "neural-network", "piecewise-affine", "erm")
PAIR_CLASSES = (*FREE_CLASSES, "lipschitz", "monotone", "convex", "affine")


class Stacked(torch.nn.Module, ABC):
    """What stacks share: n functions of ``dim`` variables, evaluated block by block.

    Args:
        max_bytes: how much memory the blocks in work may take. Parameters and values come on top, and the
            points and their gradients, twice where each function has its own.
    """

    def __init__(self, count: int, dim: int, dtype: torch.dtype, max_bytes: int) -> None:
        super().__init__()
        format_of(dtype)
        if type(max_bytes) is not int or max_bytes < 2**12:
            raise InvalidInputError(f"max_bytes = {max_bytes!r}", "an integer, at least 4096")
        self.count, self.dim, self.dtype, self.max_bytes = count, dim, dtype, max_bytes

    def __len__(self) -> int:
        return self.count

    def network(self, i: int) -> ReluNetwork:
        """The exact network of row i, laid out as `realize` lays out ramps and gauges."""
        return self._network(range(self.count)[i])

    @abstractmethod
    def _network(self, i: int) -> ReluNetwork: ...

    def forward(self, points: Tensor) -> Tensor:
        """The values, a tensor (n, p).

        Args:
            points: (p, dim), the same for all functions, or (n, p, dim); of the dtype and device of the
                stack, coordinates in [0, 1]. Gradients reach them (not twice).

        Raises:
            InvalidInputError: for another shape, dtype or device, or TF32.
        """
        self._check(points)
        return _Evaluate.apply(points, self)

    def blocks(self, points: Tensor) -> Iterator[tuple[slice, slice, Tensor]]:
        """(rows, columns, values) block by block, for results too large to be held; without gradients."""
        self._check(points)
        columns = _by_coordinate(points.detach())
        for rows, part in self._blocks(points.shape[-2], VALUE_BUFFERS):
            with torch.no_grad():  # not across the yield: it would hold for the caller
                x = self._cut(columns, rows, part)
                shape = (rows.stop - rows.start, x.shape[-1])
                values = torch.empty(shape, dtype=self.dtype, device=points.device)
                self._evaluate(rows, x, values)
            yield rows, part, values

    def memory(self, points: int) -> dict[str, int]:
        """Bytes of parameters, of the values at so many points, and of the blocks in work at most."""
        size = self.dtype.itemsize
        return {
            "parameters": sum(b.numel() * b.element_size() for b in self.buffers()),
            "values": self.count * points * size,
            "in_work": self._block_bytes(),
        }

    def _check(self, points: Tensor) -> None:
        here = next(self.buffers())
        shapes = f"({'p'}, {self.dim}) or ({self.count}, p, {self.dim})"
        fits = points.dim() in (2, 3) and points.shape[-1] == self.dim
        if not fits or (points.dim() == 3 and points.shape[0] != self.count):
            raise InvalidInputError(f"points of shape {tuple(points.shape)}", f"shape {shapes}")
        if points.dtype != self.dtype or here.dtype != self.dtype or points.device != here.device:
            raise InvalidInputError(
                f"points of {points.dtype} on {points.device}", f"{self.dtype} on {here.device}"
            )
        require_plain_arithmetic(points.device)

    def _block_bytes(self) -> int:
        here = next(self.buffers())
        return min(self.max_bytes, CACHE_BYTES) if here.device.type == "cpu" else self.max_bytes

    def _blocks(self, points: int, buffers: int) -> Iterator[tuple[slice, slice]]:
        """Rows and columns of blocks of which so many fit into the memory for them."""
        room = max(1, self._block_bytes() // (buffers * self.dtype.itemsize))
        width = max(1, min(points, room))
        height = max(1, room // width)
        for i in range(0, self.count, height):
            for j in range(0, points, width):
                yield slice(i, min(i + height, self.count)), slice(j, min(j + width, points))

    def _cut(self, columns: Tensor, rows: slice, part: slice) -> Tensor:
        """The coordinates in a block: (dim, 1, p) or (dim, n, p)."""
        return columns[:, rows if columns.shape[1] > 1 else slice(None), part]

    @abstractmethod
    def _evaluate(self, rows: slice, x: Tensor, out: Tensor) -> None:
        """Write the values of a block."""

    @abstractmethod
    def _gradient(self, rows: slice, x: Tensor, given: Tensor) -> Tensor:
        """The gradient at the points of a block, (dim, rows, points), times ``given``."""


def _by_coordinate(points: Tensor) -> Tensor:
    """(dim, 1 or n, p), each coordinate contiguous."""
    shaped = points if points.dim() == 3 else points.unsqueeze(0)
    return shaped.permute(2, 0, 1).contiguous()


class _Evaluate(torch.autograd.Function):
    """Values block by block, and gradients at the points from the points alone."""

    @staticmethod
    def forward(ctx: Any, points: Tensor, stack: Stacked) -> Tensor:
        ctx.save_for_backward(points)
        ctx.stack = stack
        columns = _by_coordinate(points)
        values = torch.empty(stack.count, points.shape[-2], dtype=stack.dtype, device=points.device)
        for rows, part in stack._blocks(points.shape[-2], VALUE_BUFFERS):
            stack._evaluate(rows, stack._cut(columns, rows, part), values[rows, part])
        return values

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, None]:
        (points,) = ctx.saved_tensors
        stack: Stacked = ctx.stack
        columns = _by_coordinate(points)
        found = torch.zeros_like(columns)
        for rows, part in stack._blocks(points.shape[-2], GRADIENT_BUFFERS + stack.dim):
            gradient = stack._gradient(rows, stack._cut(columns, rows, part), given[rows, part])
            if columns.shape[1] > 1:
                found[:, rows, part] = gradient
            else:
                found[:, 0, part] += gradient.sum(1)
        shaped = found.permute(1, 2, 0)
        return (shaped if points.dim() == 3 else shaped[0]).contiguous(), None


def _state(tensor: Tensor) -> tuple[int, int]:
    """What tells a tensor that was replaced or written to from what it was."""
    return tensor.data_ptr(), tensor._version


def _stacked_numbers(rows: Sequence[Sequence[Fraction]], f: Format, device: Any) -> Tensor:
    numbers = [[float(v) if v is not ZERO else 0.0 for v in row] for row in rows]
    return torch.tensor(numbers, dtype=getattr(torch, f.name), device=device)


# ---- one variable --------------------------------------------------------------------------------------


class Ramps(Stacked):
    """n functions of one variable: end + sum over k of scale_k relu(offset_k - rate_k relu(x - start_k)).

    Args:
        end: (n,), the values at 1.
        start, offset, rate, scale: (n, k); shorter ones are padded with scale 0.
    """

    end: Tensor
    start: Tensor
    offset: Tensor
    rate: Tensor
    scale: Tensor

    def __init__(
        self,
        end: Tensor,
        start: Tensor,
        offset: Tensor,
        rate: Tensor,
        scale: Tensor,
        *,
        max_bytes: int = DEFAULT_BYTES,
    ) -> None:
        super().__init__(len(end), 1, end.dtype, max_bytes)
        named = {"start": start, "offset": offset, "rate": rate, "scale": scale}
        if any(t.shape != start.shape or t.dtype != end.dtype for t in named.values()):
            raise InvalidInputError("ramps of different shapes or dtypes", "tensors (n, k) of one dtype")
        self.register_buffer("end", end)
        for name, tensor in named.items():
            self.register_buffer(name, tensor)
        self._known: tuple[Any, bool] = (None, False)

    @classmethod
    def from_knots(cls, xs: Tensor, ys: Tensor, max_bytes: int = DEFAULT_BYTES) -> Ramps:
        """The continuous functions through the knots (xs[i, k], ys[i, k]), affine between them.

        Args:
            xs: (n, k), in each row climbing from 0 to 1; equal neighbours pad a row and must have equal ys.
            ys: (n, k), rounded to a grid on which all sums of knot values are exact.

        Raises:
            InvalidInputError: for other knots.
        """
        f = format_of(xs.dtype)
        if xs.dim() != 2 or xs.shape != ys.shape or xs.shape[1] < 2 or xs.dtype != ys.dtype:
            raise InvalidInputError("knots of unequal or other shapes", "two tensors (n, k), one dtype")
        widths = xs.diff(dim=1)
        climbs = (xs[:, 0] == 0).all() & (xs[:, -1] == 1).all() & (widths >= 0).all()
        if not climbs or not ys.isfinite().all():
            raise InvalidInputError(
                "knots that do not climb from 0 to 1, or are not finite", "0 = x_0 <= x_1 <= ... = 1"
            )
        rises = ys.diff(dim=1)
        if ((widths == 0) & (rises != 0)).any():
            raise InvalidInputError("two values at one knot", "a continuous function")
        # No partial sum of the last value and the changes, in whatever order, exceeds this.
        size = float((ys[:, -1].abs() + rises.abs().sum(1)).max())
        step = float(f.grid(Fraction(size))) * 2
        levels = torch.round(ys / step) * step
        changes = -levels.diff(dim=1)
        rate = torch.where(widths > 0, 1 / widths, 0)
        # 1/width is off by half a spacing at most: one spacing up, rate * width >= 1.
        exact = torch.frexp(widths).mantissa == 0.5
        up = torch.nextafter(rate, torch.full_like(rate, torch.inf))
        rate = torch.where(exact | (widths == 0), rate, up)
        used = (changes != 0).any(0)
        parts = (t[:, used].contiguous() for t in (xs[:, :-1], torch.ones_like(rate), rate, changes))
        return cls(levels[:, -1].contiguous(), *parts, max_bytes=max_bytes)

    def _unit_offsets(self) -> bool:
        """Whether all offsets are 1, looked up again when they have changed."""
        if self._known[0] != _state(self.offset):
            self._known = _state(self.offset), bool((self.offset == 1).all())
        return self._known[1]

    @classmethod
    def from_functions(
        cls,
        functions: Sequence[Function],
        dtype: Any = "float32",
        device: Any = None,
        keep: str = INFORMATION,
        max_bytes: int = DEFAULT_BYTES,
    ) -> Ramps:
        """The functions as `realize` would write them, each padded to the greatest number of ramps.

        Raises:
            InvalidInputError: for functions with jumps or several variables, or knots that the dtype cannot
                tell apart.
        """
        f = format_of(dtype)
        found = []
        for function in functions:
            if function.dim != 1:
                raise InvalidInputError(f"a function of {function.dim} variables", "one variable")
            found.append(ramps_of(function, f, keep))
        width = max((len(ramps) for _, ramps in found), default=0)
        padding = Ramp(ZERO, ONE, ZERO, ZERO)
        padded = [[*ramps, *[padding] * (width - len(ramps))] for _, ramps in found]
        parts = [[[getattr(r, name) for r in row] for row in padded] for name in Ramp.FIELDS]
        end = _stacked_numbers([[value for value, _ in found]], f, device)[0]
        return cls(end, *(_stacked_numbers(p, f, device) for p in parts), max_bytes=max_bytes)

    def _network(self, i: int) -> ReluNetwork:
        columns = [getattr(self, name)[i].tolist() for name in Ramp.FIELDS]
        ramps = [Ramp(*map(Fraction, row)) for row in zip(*columns, strict=True) if row[-1]]
        return ramp_outputs(Fraction(self.end[i].item()), ramps, 0, 1).network()

    def _evaluate(self, rows: slice, x: Tensor, out: Tensor) -> None:
        out.copy_(self.end[rows, None])
        work, unit, one = torch.empty_like(out), self._unit_offsets(), self.end.new_ones(())
        for k in range(self.start.shape[1]):
            start, offset, rate, scale = (getattr(self, name)[rows, k, None] for name in Ramp.FIELDS)
            torch.sub(x[0], start, out=work)
            # relu(x - start) matters only where it keeps the unit from exceeding its offset. Operations with
            # at most one operand a row are the ones that torch vectorizes.
            torch.sub(one if unit else offset, work.mul_(rate), out=work)
            if unit:
                work.clamp_(0, 1)
            else:
                torch.minimum(work, offset, out=work).clamp_min_(0)
            out.addcmul_(work, scale)

    def _gradient(self, rows: slice, x: Tensor, given: Tensor) -> Tensor:
        found = torch.zeros_like(given)
        for k in range(self.start.shape[1]):
            start, offset, rate, scale = (getattr(self, name)[rows, k, None] for name in Ramp.FIELDS)
            work = x[0] - start
            active = work > 0
            active &= torch.sub(offset, work.mul_(rate), out=work) > 0
            found.addcmul_(active.to(given.dtype), rate * scale, value=-1)
        return found.mul_(given).unsqueeze(0)


# ---- several variables -----------------------------------------------------------------------------------


class Gauges(Stacked):
    """n functions of d variables: base + scale relu(offset - steepness D), where
    D = max_j max(above_weight_j (x_j - above_j), below_weight_j (below_j - x_j), 0).

    Args:
        base, scale, offset, steepness: (n,).
        above, above_weight, below, below_weight: (n, d); weight 0 for a side that is not there.
    """

    base: Tensor
    scale: Tensor
    offset: Tensor
    steepness: Tensor
    above: Tensor
    above_weight: Tensor
    below: Tensor
    below_weight: Tensor

    def __init__(
        self,
        base: Tensor,
        scale: Tensor,
        offset: Tensor,
        steepness: Tensor,
        above: Tensor,
        above_weight: Tensor,
        below: Tensor,
        below_weight: Tensor,
        *,
        max_bytes: int = DEFAULT_BYTES,
    ) -> None:
        super().__init__(len(base), above.shape[1], base.dtype, max_bytes)
        numbers = {"base": base, "scale": scale, "offset": offset, "steepness": steepness}
        sides = {
            "above": above,
            "above_weight": above_weight,
            "below": below,
            "below_weight": below_weight,
        }
        for group in (numbers, sides):
            first = next(iter(group.values()))
            if any(t.shape != first.shape or t.dtype != base.dtype for t in group.values()):
                raise InvalidInputError("gauges of different shapes or dtypes", "(n,) and (n, d), one dtype")
        for name, tensor in {**numbers, **sides}.items():
            self.register_buffer(name, tensor)
        self._known: tuple[Any, tuple[bool, list[int]]] = (None, (False, []))

    def _layout(self) -> tuple[bool, list[int]]:
        """Whether D is the plain distance, and which coordinates count; looked up again after changes."""
        sides = (self.above, self.above_weight, self.below, self.below_weight)
        state = tuple(map(_state, sides))
        if self._known[0] != state:
            plain = bool(((self.above_weight == 1) & (self.below_weight == 1)).all())
            plain = plain and torch.equal(self.above, self.below)
            used = torch.maximum(self.above_weight, self.below_weight).amax(0) > 0
            self._known = state, (plain, [j for j, there in enumerate(used.tolist()) if there])
        return self._known[1]

    @classmethod
    def from_functions(
        cls,
        functions: Sequence[Function],
        dtype: Any = "float32",
        device: Any = None,
        keep: str = INFORMATION,
        max_bytes: int = DEFAULT_BYTES,
    ) -> Gauges:
        """Cones, clipped cones and gauges, as `realize` would write them.

        Raises:
            InvalidInputError: for other functions, or none.
        """
        f = format_of(dtype)
        found = []
        for function in functions:
            gauge = gauge_of(function)
            if gauge is None:
                raise InvalidInputError(
                    f"a function of kind {function.kind!r}", "cones, clipped cones and gauges that vary"
                )
            found.append(rounded(gauge, f, keep))
        if len({g.dim for g in found}) != 1:
            raise InvalidInputError(f"{len(found)} functions", "at least one, all of one dimension")
        numbers = [[[getattr(g, name) for g in found]] for name in ("base", "scale", "offset", "steepness")]
        sides: list[list[list[Fraction]]] = [[] for _ in range(4)]
        for g in found:
            rows = [[ZERO] * g.dim for _ in range(4)]
            for leaf in g.leaves:
                for s in leaf:
                    start = 0 if s.sign > 0 else 2
                    rows[start][s.coordinate], rows[start + 1][s.coordinate] = s.knot, s.weight
                if len(leaf) == 1:  # a distance still, if the other side is off the cube
                    (s,) = leaf
                    start = 2 if s.sign > 0 else 0
                    if s.knot == (0 if s.sign > 0 else 1):
                        rows[start][s.coordinate], rows[start + 1][s.coordinate] = s.knot, s.weight
            for part, row in zip(sides, rows, strict=True):
                part.append(row)
        return cls(
            *(_stacked_numbers(n, f, device)[0] for n in numbers),
            *(_stacked_numbers(s, f, device) for s in sides),
            max_bytes=max_bytes,
        )

    def _network(self, i: int) -> ReluNetwork:
        base, scale, offset, steepness = (
            Fraction(getattr(self, name)[i].item()) for name in ("base", "scale", "offset", "steepness")
        )
        leaves = []
        for j in range(self.dim):
            sides = (
                Side(j, sign, Fraction(knot[i, j].item()), Fraction(weight[i, j].item()))
                for sign, knot, weight in (
                    (1, self.above, self.above_weight),
                    (-1, self.below, self.below_weight),
                )
            )
            leaves.append(tuple(s for s in sides if s.longest > 0))
        kept = tuple(leaf for leaf in leaves if leaf)
        if not scale or not kept:
            return affine([((ZERO,) * self.dim, base + scale * offset)]).network()
        return Gauge(self.dim, base, scale, offset, steepness, kept).outputs().network()

    def _evaluate(self, rows: slice, x: Tensor, out: Tensor) -> None:
        work = self._distance(rows, x)
        torch.sub(self.offset[rows, None], work.mul_(self.steepness[rows, None]), out=work)
        torch.add(work.clamp_min_(0).mul_(self.scale[rows, None]), self.base[rows, None], out=out)

    def _sides(self, rows: slice, x: Tensor, j: int, out: Tensor, spare: Tensor) -> Tensor:
        """The leaf of coordinate j; ``spare`` is overwritten."""
        if self._layout()[0]:
            return torch.sub(x[j], self.above[rows, j, None], out=out).abs_()
        torch.sub(x[j], self.above[rows, j, None], out=out).mul_(self.above_weight[rows, j, None])
        torch.sub(self.below[rows, j, None], x[j], out=spare).mul_(self.below_weight[rows, j, None])
        return torch.maximum(out, spare, out=out)

    def _distance(self, rows: slice, x: Tensor) -> Tensor:
        shape = (rows.stop - rows.start, x.shape[-1])
        best, work, spare = (torch.empty(shape, dtype=x.dtype, device=x.device) for _ in range(3))
        plain, used = self._layout()
        if not used:
            return best.zero_()
        for n, j in enumerate(used):
            leaf = self._sides(rows, x, j, work if n else best, spare)
            if n:
                torch.maximum(best, leaf, out=best)
        return best if plain else best.clamp_min_(0)

    def _gradient(self, rows: slice, x: Tensor, given: Tensor) -> Tensor:
        """Along the first coordinate that decides the distance."""
        best = self._distance(rows, x)
        found = torch.zeros((self.dim, *best.shape), dtype=x.dtype, device=x.device)
        level = self.offset[rows, None] - best * self.steepness[rows, None]
        slope = given * (-self.scale * self.steepness)[rows, None]
        open_ = (level > 0) & (best > 0)
        work, spare = torch.empty_like(best), torch.empty_like(best)
        for j in self._layout()[1]:
            here = open_ & (self._sides(rows, x, j, work, spare) == best)
            rising = torch.where(
                x[j] > self.above[rows, j, None],
                self.above_weight[rows, j, None],
                -self.below_weight[rows, j, None],
            )
            found[j] = torch.where(here, slope * rising, 0)
            open_ &= ~here
        return found


# ---- many Φ of one class -----------------------------------------------------------------------------------


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


def stack(
    functions: Sequence[Function],
    dtype: Any = "float32",
    device: Any = None,
    keep: str = INFORMATION,
    max_bytes: int = DEFAULT_BYTES,
) -> Stacked:
    """The functions as one module: `Ramps` for one variable, `Gauges` for several.

    Raises:
        InvalidInputError: for no functions, or functions that neither takes.
    """
    if not functions:
        raise InvalidInputError("no functions", "at least one function")
    kind = Ramps if functions[0].dim == 1 else Gauges
    return kind.from_functions(functions, dtype, device, keep, max_bytes)
