"""Exact numbers and points: dyadic fractions, which floats hold exactly and which shrink to 0, 1, 1/2, ...

Every number is one choice from a short list, simplest first: a power of two as denominator, then a
numerator. Coarse grids come up more often than fine ones, so ties and corners of the cube are common.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product

from hypothesis import strategies as st

from fvtheory.exact import Point

EXPONENTS = 4
"""Denominators go up to 2^EXPONENTS."""

Pair = tuple[Fraction, Fraction]


def _levels(exponents: int) -> list[list[Fraction]]:
    """For each denominator the multiples in [0, 1], ends first."""
    levels = []
    for e in range(exponents + 1):
        inner = [Fraction(n, 2**e) for n in range(1, 2**e)]
        levels.append([Fraction(0), Fraction(1), *inner])
    return levels


_SHARES = tuple(t for level in _levels(EXPONENTS) for t in level)
_POSITIVE = tuple(t for t in _SHARES if t > 0)
_SIGNED = tuple(s * t for t in (*_SHARES, *(2 * p for p in _POSITIVE[:8])) for s in (1, -1))
_UNEQUAL = tuple((s, t) for level in _levels(EXPONENTS) for s, t in product(level, repeat=2) if s != t)
_ENDS = tuple(Fraction(e) for e in (1, 0))

SHARES = st.sampled_from(_SHARES)
"""Numbers in [0, 1]."""

POSITIVE_SHARES = st.sampled_from(_POSITIVE)
"""Numbers in (0, 1]; the simplest is 1."""

SIGNED = st.sampled_from(_SIGNED)
"""Numbers in [-2, 2]."""

RATES = st.sampled_from(
    tuple(Fraction(n, d) for n, d in ((1, 1), (2, 1), (4, 1), (1, 2), (3, 2), (8, 1), (1, 4)))
)
"""Lipschitz constants."""

FACTORS = st.sampled_from((1, 2, 4, 16))

SIGNS = st.sampled_from((1, -1))

SELDOM = st.sampled_from((False,) * 7 + (True,))
"""True for one example in eight."""

UNEQUAL: st.SearchStrategy[Pair] = st.sampled_from(_UNEQUAL)
"""Two different numbers in [0, 1]."""

ANY_PAIR: st.SearchStrategy[Pair] = st.tuples(SHARES, SHARES)

OPPOSITE: st.SearchStrategy[Pair] = st.sampled_from(tuple((1 - e, e) for e in _ENDS))
"""(0, 1) and (1, 0)."""

OFF_END: st.SearchStrategy[Pair] = st.sampled_from(tuple((t, e) for t in _SHARES for e in _ENDS if t != e))
"""An end of [0, 1] in second place, and another number in first."""

END_SECOND: st.SearchStrategy[Pair] = st.tuples(SHARES, st.sampled_from(_ENDS))


@cache
def points(dim: int = 1) -> st.SearchStrategy[Point]:
    """Points of the cube [0, 1]^dim with dyadic coordinates."""
    return st.tuples(*[SHARES] * dim)


def parts_of_one(count: int) -> st.SearchStrategy[tuple[Fraction, ...]]:
    """``count`` numbers >= 0 with sum 1, each drawn from what the earlier ones left."""
    return st.tuples(*[SHARES] * (count - 1)).map(_broken)


def _broken(cuts: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    left, parts = Fraction(1), []
    for t in cuts:
        parts.append(left * t)
        left -= parts[-1]
    return (*parts, left)
