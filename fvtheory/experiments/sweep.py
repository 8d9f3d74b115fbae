"""Thousands of Φ of one class, two networks for each, thousands of points: one call.

The networks are stacked (`fvtheory.networks.batches`); for each Φ the sweep records how far apart its two
networks are, whether they have Φ as computed, and what plain decoders make of them. Whatever a decoder
answers, it errs by half the distance of the two networks on one of them (Lemma 3 of Geirhos et al. 2024).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy
import torch
from torch import Tensor

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import text
from fvtheory.experiments.random_members import Draw, Information, draw_information
from fvtheory.networks.batches import Pairs, pairs

DECODERS = ("constant", "nearest", "interpolation")
"""(f_min + f_max)/2; the value of the nearer extremum; linear in the distances to both."""

SHOWN = 6
"""How many pairs are kept with all their values, for a picture."""


@dataclass(frozen=True)
class Sweep:
    """Results of a sweep; all arrays have one row a Φ.

    Attributes:
        cls, lipschitz, dtype: of the networks.
        information: the Φ, float64 tensors that hold what the networks' dtype holds.
        points: where they were evaluated, (p, d).
        gap: the greatest distance of the two networks over the points, (n,).
        at: the point where it is, (n, d).
        radius: the radius of information, exactly.
        out_of_range: how many of the 2p computed values leave [f_min, f_max], (n,).
        has_information: whether both networks compute f_min at x_min and f_max at x_max to the bit, (n,).
        errors: for each of DECODERS the greatest error on the two networks over the points, (n, 3).
        shown: values of the first SHOWN pairs, lower then upper, (2, SHOWN, p).
    """

    cls: str
    lipschitz: Fraction | None
    dtype: str
    information: Information
    points: Tensor
    gap: Tensor
    at: Tensor
    radius: tuple[Fraction, ...]
    out_of_range: Tensor
    has_information: Tensor
    errors: Tensor
    shown: Tensor

    def summary(self) -> dict[str, Any]:
        """Counts and shares, for a JSON file."""
        radius = torch.tensor([float(r) for r in self.radius], dtype=torch.float64)
        positive = radius > 0
        share = (self.gap / (2 * radius))[positive]
        found: dict[str, Any] = {
            "class": self.cls,
            "dim": self.information.dim,
            "lipschitz": None if self.lipschitz is None else text(self.lipschitz),
            "dtype": self.dtype,
            "phis": len(self.information),
            "points": len(self.points),
            "evaluations": 2 * len(self.information) * len(self.points),
            "with_positive_radius": int(positive.sum()),
            "values_out_of_range": int(self.out_of_range.sum()),
            "pairs_with_exactly_phi": int(self.has_information.sum()),
        }
        if positive.any():
            found["gap_over_2R"] = {"least": float(share.min()), "mean": float(share.mean())}
            for name, column in zip(DECODERS, self.errors.T, strict=True):
                ratio = (column / radius)[positive]
                found[f"error_of_{name}_over_R"] = {
                    "least": float(ratio.min()),
                    "mean": float(ratio.mean()),
                    "greatest": float(ratio.max()),
                }
        return found

    def to_csv(self) -> str:
        """One line a Φ; Φ and R as exact rationals."""
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        dims = range(self.information.dim)
        names = [f"x_min[{j}]" for j in dims] + [f"x_max[{j}]" for j in dims]
        table.writerow(
            [*names, "f_min", "f_max", "radius", "gap"]
            + [f"at[{j}]" for j in dims]
            + [f"error_{name}" for name in DECODERS]
        )
        for i, r in enumerate(self.radius):
            phi = self.information.row(i)
            exact = [*phi.x_min, *phi.x_max, phi.f_min, phi.f_max, r]
            measured = [self.gap[i].item(), *self.at[i].tolist(), *self.errors[i].tolist()]
            table.writerow([*map(text, exact), *(f"{v:.9g}" for v in measured)])
        return out.getvalue()

    def to_npz(self) -> bytes:
        """All arrays, for numpy.load."""
        out = io.BytesIO()
        arrays = {**vars(self.information), "points": self.points, "gap": self.gap, "at": self.at}
        arrays |= {"errors": self.errors, "shown": self.shown}
        arrays["radius"] = torch.tensor([float(r) for r in self.radius], dtype=torch.float64)
        numpy.savez_compressed(out, **{name: tensor.numpy() for name, tensor in arrays.items()})
        return out.getvalue()


def sweep(
    cls: str,
    dim: int,
    count: int,
    points: int,
    generator: torch.Generator,
    lipschitz: Fraction | None = None,
    reach: float = 1 / 8,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Draw Φ, build two networks for each and evaluate all of them at random points.

    Args:
        cls: a class whose fibers have more than one function.
        dim: the number of variables.
        count: how many Φ.
        points: how many points, the same for all.
        generator: of Φ and points.
        lipschitz: the Lipschitz constant, for class lipschitz.
        reach: over what distance the networks rise at most; the smaller, the closer to the envelopes.
        dtype, device: of the networks.
        progress: called with how many evaluations are done, out of how many.

    Raises:
        InvalidInputError: for another class, and counts below 1.
    """
    if points < 1:
        raise InvalidInputError(f"{points} points", "at least one")
    draw = Draw(generator)
    phis = draw_information(cls, dim, count, draw, lipschitz)
    x = (
        draw.unit(points, dim) if dim > 1 else torch.linspace(0, 1, points, dtype=torch.float64)[:, None]
    ).to(dtype)
    both = stacked_pairs(cls, phis, lipschitz, reach, dtype, device)
    gap = torch.empty(count, dtype=torch.float64)
    where = torch.empty(count, dtype=torch.long)
    outside = torch.zeros(count, dtype=torch.long)
    errors = torch.zeros(count, len(DECODERS), dtype=torch.float64)
    shown = torch.empty(2, min(SHOWN, count), points, dtype=torch.float64)
    gap.fill_(-1)
    done, total = 0, 2 * count * points
    with torch.no_grad():
        for rows, columns, low, high in _blocks(both, x.to(device)):
            phi = phis.take(rows)
            apart, here = (high - low).abs().max(1)
            better = apart > gap[rows]
            gap[rows] = torch.where(better, apart, gap[rows])
            where[rows] = torch.where(better, here + columns.start, where[rows])
            for values in (low, high):
                wrong = (values < phi.f_min[:, None]) | (values > phi.f_max[:, None])
                outside[rows] += wrong.sum(1)
            for k, predicted in enumerate(predictions(phi, x[columns].double())):
                off = torch.maximum((low - predicted).abs(), (high - predicted).abs()).amax(1)
                errors[rows, k] = torch.maximum(errors[rows, k], off)
            for i in range(rows.start, min(rows.stop, SHOWN)):
                shown[0, i, columns], shown[1, i, columns] = low[i - rows.start], high[i - rows.start]
            done += low.numel() + high.numel()
            if progress is not None:
                progress(done, total)
    known = get_class(cls)
    radius = tuple(known.radius_at(phis.row(i), lipschitz) for i in range(count))
    return Sweep(
        cls=cls,
        lipschitz=lipschitz,
        dtype=str(dtype).removeprefix("torch."),
        information=phis,
        points=x.double(),
        gap=gap,
        at=x.double()[where],
        radius=radius,
        out_of_range=outside,
        has_information=_has_information(both),
        errors=errors,
        shown=shown,
    )


def stacked_pairs(
    cls: str,
    phis: Information,
    lipschitz: Fraction | None,
    reach: float,
    dtype: torch.dtype,
    device: torch.device | str,
) -> Pairs:
    """Two networks for each Φ, stacked, on a device; they rise within ``reach``, and within half the
    distance of the extrema, so that they are apart halfway.

    Raises:
        InvalidInputError: for a reach that is not above 0.
    """
    if not reach > 0:
        raise InvalidInputError(f"reach = {reach}", "a distance above 0")
    there = phis.to(torch.device(device), dtype)
    rate = None if lipschitz is None else float(lipschitz)
    halves = (there.x_min - there.x_max).double().abs().amax(1) / 2
    near = torch.where(halves > 0, halves, 1.0).clamp_max(reach)
    return pairs(cls, there.x_min, there.x_max, there.f_min, there.f_max, rate, near)


def predictions(phi: Information, x: Tensor) -> Iterator[Tensor]:
    """What each of DECODERS answers at the points (p, d), (n, p)."""
    to_min, to_max = ((x[None] - p[:, None]).abs().amax(2) for p in (phi.x_min, phi.x_max))
    low, high, spread = phi.f_min[:, None], phi.f_max[:, None], phi.spread[:, None]
    yield ((low + high) / 2).expand(-1, len(x))
    yield torch.where(to_min <= to_max, low, high)
    yield low + spread * to_min / (to_min + to_max)


def _blocks(both: Pairs, x: Tensor) -> Iterator[tuple[slice, slice, Tensor, Tensor]]:
    for (rows, columns, low), (_, _, high) in zip(both.lower.blocks(x), both.upper.blocks(x), strict=True):
        yield rows, columns, low.double().cpu(), high.double().cpu()


def _has_information(both: Pairs) -> Tensor:
    ends = torch.stack([both.x_min, both.x_max], dim=1)
    wanted = torch.stack([both.f_min, both.f_max], dim=1)
    return ((both.lower(ends) == wanted) & (both.upper(ends) == wanted)).all(1).cpu()
