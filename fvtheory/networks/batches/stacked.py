"""What all stacks share: evaluation block by block, and gradients at the points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError
from fvtheory.networks.arithmetic import ZERO, Format, format_of
from fvtheory.networks.realization import (
    require_plain_arithmetic,
)
from fvtheory.networks.relu import ReluNetwork

DEFAULT_BYTES = 2**26
"""Memory for the blocks in work, unless told."""

CACHE_BYTES = 2**21
"""On a CPU, blocks no larger than this stay in its cache."""

VALUE_BUFFERS, GRADIENT_BUFFERS = 4, 8
"""How many tensors of the size of a block are in work at a time (for gradients, one a variable besides)."""


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


def version_of(tensor: Tensor) -> tuple[int, int]:
    """What tells a tensor that was replaced or written to from what it was."""
    return tensor.data_ptr(), tensor._version


def stacked_numbers(rows: Sequence[Sequence[Fraction]], f: Format, device: Any) -> Tensor:
    numbers = [[float(v) if v is not ZERO else 0.0 for v in row] for row in rows]
    return torch.tensor(numbers, dtype=getattr(torch, f.name), device=device)
