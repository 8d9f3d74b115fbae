"""Stacked functions of one variable, affine between knots."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError
from fvtheory.functions import Function
from fvtheory.networks.arithmetic import ONE, ZERO, format_of
from fvtheory.networks.batches.stacked import DEFAULT_BYTES, Stacked, stacked_numbers, version_of
from fvtheory.networks.realization import (
    INFORMATION,
    Ramp,
    ramp_outputs,
    ramps_of,
)
from fvtheory.networks.relu import ReluNetwork


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
        if self._known[0] != version_of(self.offset):
            self._known = version_of(self.offset), bool((self.offset == 1).all())
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
        end = stacked_numbers([[value for value, _ in found]], f, device)[0]
        return cls(end, *(stacked_numbers(p, f, device) for p in parts), max_bytes=max_bytes)

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
