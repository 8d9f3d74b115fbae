"""Known bounds of the size of ReLU networks that represent a continuous piecewise affine function."""

from __future__ import annotations

from dataclasses import dataclass

from fvtheory.errors import InvalidInputError
from fvtheory.functions import MAX_DIM, Function, Lift, to_piecewise_1d
from fvtheory.functions.pieces import pieces
from fvtheory.networks.gauge import gauge_of

ARORA = (
    "Arora, Basu, Mianjy, Mukherjee, Understanding deep neural networks with rectified linear units, "
    "ICLR 2018, Theorems 2.1 and 2.2"
)
CHEN = (
    "Chen, Garudadri, Rao, Improved bounds on neural complexity for representing piecewise linear "
    "functions, NeurIPS 2022, Theorem 2"
)


@dataclass(frozen=True)
class KnownBound:
    """Some ReLU network computes the function with at most so many units.

    Attributes:
        pieces: the number of affine pieces that the bound is for (an upper bound of the least number).
        units: of hidden units.
        depth: of hidden layers, of a network that need not be the one with so few units.
        citation: where it is proved.
    """

    pieces: int
    units: int
    depth: int
    citation: str


def known_bound(f: Function) -> KnownBound | None:
    """The bound for ``f``; None where its pieces are too many to count (several variables).

    One variable: p units in one hidden layer for p pieces (and p - 1 are needed in a single layer). More
    variables d: quadratic in the pieces, whatever d; depth ceil(log2(d + 1)).
    """
    if isinstance(f, Lift):
        f = f.inner
    if f.dim == 1:
        count = len(to_piecewise_1d(f).pieces)
        return KnownBound(count, count if count > 1 else 0, 1 if count > 1 else 0, ARORA)
    depth = f.dim.bit_length()  # ceil(log2(dim + 1))
    gauge = gauge_of(f)
    if gauge is not None:
        flat = gauge.steepness * gauge.farthest > gauge.offset
        count = sum(map(len, gauge.leaves)) + flat
        return KnownBound(count, quadratic_bound(count, count), depth, CHEN)
    if f.dim > MAX_DIM:
        return None
    try:
        found = pieces(f)
    except InvalidInputError:
        return None
    forms = {form for _, form in found}
    if len(forms) == 1:
        return KnownBound(1, 0, 0, ARORA)
    return KnownBound(len(found), quadratic_bound(len(found), len(forms)), depth, CHEN)


def quadratic_bound(pieces: int, components: int) -> int:
    """Hidden units for q pieces with k distinct affine components: Theorem 2 of Chen et al. (2022)."""
    log_k, log_q = ((n - 1).bit_length() for n in (components, pieces))
    return (3 * 2**log_k + 2 * log_k - 3) * pieces + 3 * 2**log_q - 2 * log_k - 3
