"""Activations as vectors of length 1 whose inner products are similarities.

Spearman's correlation of two activations is the inner product of their centred, normalised ranks, Pearson's of their
centred, normalised values, cosine similarity of their normalised values. The ranks are exact: equal values share
the mean of their places (layers after a ReLU are full of zeros), and twice a centred mean rank is a whole number.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from fvtheory.errors import InvalidInputError, UnknownNameError

METRICS = ("spearman", "pearson", "cosine")

MANY_ZEROS = 1 / 8
"""From this share of zeros on, only the other values are sorted."""


def check_metrics(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once.

    Raises:
        UnknownNameError: for one that is not in `METRICS`, or none.
    """
    chosen = tuple(dict.fromkeys(names))
    if not chosen or any(name not in METRICS for name in chosen):
        raise UnknownNameError(f"metrics {', '.join(chosen) or '(none)'}", ", ".join(METRICS))
    return chosen


def doubled_ranks(values: Tensor, threads: int = 1) -> Tensor:
    """Twice the rank of each value in its row, less the mean rank: 2 r - (D + 1), exactly.

    Ranks r run from 1 to D; equal values (0 and -0 are equal) share their mean rank.

    Args:
        values: (n, D), floating point, finite.
        threads: rows that are ranked at a time, on the CPU.

    Returns:
        (n, D), int32 on the same device; each row sums to 0.

    Raises:
        InvalidInputError: for NaN or infinite values (a sort would give them a rank), another shape or dtype, or
            rows of 2^30 values and more.
    """
    if values.ndim != 2 or not values.is_floating_point() or values.shape[1] >= 2**30:
        raise InvalidInputError(
            f"values {tuple(values.shape)} of {values.dtype}",
            "rows (n, D) of floating-point numbers, D < 2^30",
        )
    check_finite(values)
    if not _sorted_by_bits(values):
        return _ranks_by_sort(values)
    ranks = torch.empty(values.shape, dtype=torch.int32)
    _rank_all(values, ranks, threads)
    return ranks


def _sorted_by_bits(values: Tensor) -> bool:
    return values.device.type == "cpu" and values.dtype != torch.float64


def _rank_all(values: Tensor, out: Tensor, threads: int) -> None:
    """Rank rows that are known to be finite, on the CPU and not of float64, into `out`, of any dtype."""
    rows, ranks = values.detach().float().contiguous().numpy(), out.numpy()
    if threads == 1 or len(rows) < 2:
        _rank_rows(rows, ranks)
    else:
        parts = [slice(i, None, threads) for i in range(threads)]
        list(_pool(threads).map(lambda part: _rank_rows(rows[part], ranks[part]), parts))


def check_finite(values: Tensor) -> None:
    """Refuse NaN and infinite values.

    Raises:
        InvalidInputError: for those.
    """
    if values.numel() and not bool(torch.isfinite(torch.stack(values.aminmax())).all()):
        raise InvalidInputError(
            f"activations with {int((~torch.isfinite(values)).sum())} values that are NaN or infinite",
            "finite numbers",
            "look for a picture or weights that are not finite",
        )


def _rank_rows(rows: NDArray[numpy.float32], out: NDArray) -> None:
    """Doubled centred ranks, row by row, into `out`."""
    if len(rows) == 0:
        return
    sorter = _sorter(rows.shape[1])
    for row, ranks in zip(rows, out, strict=True):
        zeros = len(row) - int(numpy.count_nonzero(row))
        if zeros < MANY_ZEROS * len(row) or zeros == 0:
            sorter.rank(row, ranks, 0, 0)
            continue
        other = numpy.flatnonzero(row)
        below = int(numpy.count_nonzero(row < 0))
        part = numpy.empty(len(other), dtype=numpy.int32)
        sorter.rank(row[other], part, below, zeros)
        ranks[:] = 2 * below + zeros - len(row)
        ranks[other] = part


class _Sorter:
    """Ranks rows by one sort of 64-bit words each: the bits of a number, made to increase with it, then its place.

    The arrays between are kept from row to row and from call to call: fresh memory costs as much as the sort.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.index = numpy.arange(width, dtype=numpy.uint64)
        self.odd = numpy.arange(1, 2 * width, 2, dtype=numpy.int32)
        self.values = numpy.empty(width, dtype=numpy.float32)
        self.keys = numpy.empty(width, dtype=numpy.int32)
        self.words = numpy.empty(width, dtype=numpy.uint64)
        self.places = numpy.empty(width, dtype=numpy.uint64)

    def rank(self, row: NDArray[numpy.float32], out: NDArray, below: int, zeros: int) -> None:
        """Ranks of a row from which so many zeros were taken, after the first `below` in order."""
        count = len(row)
        keys, words, places = (a[:count] for a in (self.keys, self.words, self.places))
        bits = numpy.add(row, numpy.float32(0), out=self.values[:count]).view(numpy.int32)  # -0 becomes 0
        numpy.right_shift(bits, 31, out=keys)
        numpy.bitwise_or(keys, numpy.int32(-(2**31)), out=keys)
        numpy.bitwise_xor(bits, keys, out=keys)
        numpy.copyto(words, keys.view(numpy.uint32))
        numpy.left_shift(words, numpy.uint64(32), out=words)
        numpy.bitwise_or(words, self.index[:count], out=words)
        words.sort()
        numpy.bitwise_and(words, numpy.uint64(2**32 - 1), out=places)
        ordered = numpy.right_shift(words, numpy.uint64(32), out=words)
        ranks = numpy.subtract(self.odd[:count], count + zeros, out=keys)
        ranks[below:] += 2 * zeros
        equal = numpy.zeros(count + 1, dtype=bool)  # whether a value equals the one before it
        numpy.equal(ordered[1:], ordered[:-1], out=equal[1:-1])
        start = numpy.flatnonzero(~equal[:-1] & equal[1:])
        end = numpy.flatnonzero(equal[:-1] & ~equal[1:]) + 1
        shared = (ranks[start] + ranks[end - 1]) // 2
        ranks[numpy.flatnonzero(equal[:-1] | equal[1:])] = numpy.repeat(shared, end - start)
        out[places.view(numpy.int64)] = ranks


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Numpy sorts without holding the interpreter."""
    return ThreadPoolExecutor(threads)


_kept = threading.local()


def _sorter(width: int) -> _Sorter:
    """The sorter of this thread, for rows of at least this width."""
    found = getattr(_kept, "sorter", None)
    if found is None or found.width < width:
        found = _kept.sorter = _Sorter(width)
    return found


def _ranks_by_sort(values: Tensor) -> Tensor:
    """The same on any device and for any dtype."""
    width = values.shape[1]
    ordered, places = values.sort(dim=1)
    step = torch.ones_like(ordered, dtype=torch.bool)
    step[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    index = torch.arange(width, device=values.device).expand_as(ordered)
    start = torch.where(step, index, 0).cummax(1).values
    last = torch.ones_like(step)
    last[:, :-1] = step[:, 1:]
    end = torch.where(last, index + 1, width).flip(1).cummin(1).values.flip(1)
    ranks = torch.empty(values.shape, dtype=torch.int32, device=values.device)
    return ranks.scatter_(1, places, (start + end - width).to(torch.int32))


def unit_vectors(
    values: Tensor, metric: str, threads: int = 1, room: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Rows of length 1 whose inner products are the metric.

    Args:
        values: (n, ...), finite, n >= 1; a row is what is left of one picture when flattened, channels last.
        metric: one of `METRICS`.
        threads: see `doubled_ranks`.
        room: flat float64 memory for the rows, n * D or more, which the next call may use again: for large rows
            fresh memory costs more than the arithmetic.

    Returns:
        Rows (n, D), float64, and whether each is defined (n,). The correlations are not defined for a row whose values
        are all equal, cosine similarity not for one of zeros: such a row is 0 and must be left out of counts.

    Raises:
        InvalidInputError: for NaN or infinite values, or no values at all.
        UnknownNameError: for another metric.
    """
    check_metrics((metric,))
    if values.ndim < 2 or values.numel() == 0:
        raise InvalidInputError(
            f"activations {tuple(values.shape)}", "one row a picture, at least one value each"
        )
    flat = values.detach().movedim(1, -1).flatten(1)  # the order in which prepared networks lie in memory
    low, high = (torch.stack(ends) for ends in zip(*(row.aminmax() for row in flat), strict=True))
    if not bool((torch.isfinite(low) & torch.isfinite(high)).all()):
        check_finite(flat)  # says how many
    if room is None:
        room = torch.empty(flat.numel(), dtype=torch.float64, device=flat.device)
    rows = room[: flat.numel()].view(flat.shape)
    if metric != "spearman":
        rows.copy_(flat)
    elif _sorted_by_bits(flat):
        _rank_all(flat, rows, threads)
    else:
        rows.copy_(doubled_ranks(flat))
    if metric == "pearson":
        rows -= rows.mean(1, keepdim=True)
    defined = (low != 0) | (high != 0) if metric == "cosine" else low < high
    length = torch.linalg.vector_norm(rows, dim=1)
    return rows.mul_(torch.where(defined, 1 / length, 0)[:, None]), defined
