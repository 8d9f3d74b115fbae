"""Sums of float64 numbers that do not depend on order: fixed point, so that sums merge exactly.

A sum of floats depends on the order of its terms in the last bits, and so on how work is shared out. Here every
number is rounded once, to a multiple of 2^-42, and then added as a whole number.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fvtheory.errors import InvalidInputError

UNIT = 2.0**-42
"""Rounding error of a term: half of this, 1.1e-13."""

LIMIT = 2.0**20
"""Greatest absolute value of a term. Sums are exact below 2^21; beyond, whole numbers would overflow."""


def to_fixed(values: Tensor) -> Tensor:
    """Numbers as int64 multiples of `UNIT`.

    Raises:
        InvalidInputError: for NaN, or numbers beyond `LIMIT`.
    """
    if values.numel() and not bool((values.abs() <= LIMIT).all()):
        raise InvalidInputError(
            f"numbers up to {float(values.abs().max()):g} to be summed", f"numbers up to {LIMIT:g}, not NaN"
        )
    return (values.double() / UNIT).round_().to(torch.int64)


def from_fixed(units: Tensor) -> Tensor:
    """The numbers (float64) that int64 multiples of `UNIT` stand for."""
    return units.double() * UNIT


Sums = dict[str, Tensor]
"""Sums by name, in fixed point."""


def accumulate(sums: Sums, name: str, values: Tensor) -> None:
    """Add numbers to one of the sums, which begins at 0; see `to_fixed` for what is refused."""
    merge(sums, {name: to_fixed(values)})


def merge(sums: Sums, others: Sums) -> None:
    """Add sums of other terms: neither order nor grouping changes a bit."""
    for name, units in others.items():
        sums[name] = sums[name] + units if name in sums else units
