"""Stacked functions of a weighted distance in several variables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError
from fvtheory.functions import Function
from fvtheory.networks.arithmetic import ZERO, format_of
from fvtheory.networks.batches.stacked import DEFAULT_BYTES, Stacked, stacked_numbers, version_of
from fvtheory.networks.composition import affine
from fvtheory.networks.gauge import Gauge, Side, gauge_of, rounded
from fvtheory.networks.realization import (
    INFORMATION,
)
from fvtheory.networks.relu import ReluNetwork


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
        state = tuple(map(version_of, sides))
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
            *(stacked_numbers(n, f, device)[0] for n in numbers),
            *(stacked_numbers(s, f, device) for s in sides),
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
