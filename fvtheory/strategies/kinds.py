"""Exact functions of every kind, of no class and with no Φ in particular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from hypothesis import strategies as st

from fvtheory.errors import InvalidInputError
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
)
from fvtheory.strategies.information import DIMS, check_dim
from fvtheory.strategies.numbers import SHARES, SIGNED, points

NESTING = 2
"""How many levels of composition a function has at most."""

_FEW = st.integers(1, 3)
_BREAKPOINTS = st.lists(SHARES, max_size=3)


def exact_functions(
    dim: int | None = None, kind: type[Function] | None = None
) -> st.SearchStrategy[Function]:
    """Exact functions with values in Q.

    Args:
        dim: the number of variables; None: 1 to 3 (1 where the kind has no other).
        kind: a kind of `fvtheory.functions`, such as ``Cone``; None: all kinds, nested up to two deep.

    Raises:
        InvalidInputError: for another kind, a dimension below 1, or several variables for a kind of one.
    """
    check_dim(dim)
    if kind is not None and kind not in KINDS:
        names = ", ".join(sorted(k.__name__ for k in KINDS))
        raise InvalidInputError(f"kind {kind!r}", f"one of {names}")
    if kind in _LINE:
        if dim not in (None, 1):
            raise InvalidInputError(f"dim = {dim} for {kind.__name__}", "dim = 1")
        dim = 1
    return _exact_functions(dim, kind)


@st.composite
def _exact_functions(draw: st.DrawFn, dim: int | None, kind: type[Function] | None) -> Function:
    d = draw(DIMS) if dim is None else dim
    return _any(draw, d, NESTING) if kind is None else KINDS[kind](draw, d, NESTING)


def _any(draw: st.DrawFn, dim: int, nesting: int) -> Function:
    """A function of any kind, simple kinds first."""
    simple = [*_SIMPLE, *(_LINE if dim == 1 else ())]
    return KINDS[draw(st.sampled_from(simple if nesting == 0 else [*simple, *_COMPOSED]))](draw, dim, nesting)


def _affine(draw: st.DrawFn, dim: int, nesting: int) -> Affine:
    return Affine([draw(SIGNED) for _ in range(dim)], draw(SIGNED))


def _grid(draw: st.DrawFn) -> list[Fraction]:
    return sorted({Fraction(0), Fraction(1), *draw(_BREAKPOINTS)})


def _piecewise_affine_1d(draw: st.DrawFn, dim: int, nesting: int) -> PiecewiseAffine1D:
    return PiecewiseAffine1D([(x, draw(SIGNED)) for x in _grid(draw)])


def _piecewise_1d(draw: st.DrawFn, dim: int, nesting: int) -> Piecewise1D:
    xs = _grid(draw)
    limits = [(draw(SIGNED), draw(SIGNED)) for _ in xs[1:]]
    return Piecewise1D(xs, [draw(SIGNED) for _ in xs], limits)


def _max_affine(draw: st.DrawFn, dim: int, nesting: int) -> MaxAffine:
    return MaxAffine([_affine(draw, dim, nesting) for _ in range(draw(_FEW))])


def _cone(draw: st.DrawFn, dim: int, nesting: int) -> Cone:
    return Cone(draw(points(dim)), draw(SIGNED), draw(SIGNED))


def _orthant_step(draw: st.DrawFn, dim: int, nesting: int) -> OrthantStep:
    side = draw(st.sampled_from(("at-least", "at-most")))
    return OrthantStep(draw(points(dim)), side, draw(SIGNED), draw(SIGNED))


def _clip(draw: st.DrawFn, dim: int, nesting: int) -> Clip:
    low = draw(SIGNED)
    return Clip(_any(draw, dim, nesting - 1), low, low + draw(SHARES))


def _lift(draw: st.DrawFn, dim: int, nesting: int) -> Lift:
    return Lift(_any(draw, 1, nesting - 1), draw(st.integers(0, dim - 1)), dim)


def _point_value(draw: st.DrawFn, dim: int, nesting: int) -> PointValue:
    return PointValue(_any(draw, dim, nesting - 1), draw(points(dim)), draw(SIGNED))


def _parts(draw: st.DrawFn, dim: int, nesting: int) -> list[Function]:
    return [_any(draw, dim, nesting - 1) for _ in range(draw(_FEW))]


def _combination(draw: st.DrawFn, dim: int, nesting: int) -> Combination:
    parts = _parts(draw, dim, nesting)
    return Combination([draw(SIGNED) for _ in parts], parts)


KINDS: Mapping[type[Function], Callable[[st.DrawFn, int, int], Function]] = {
    Affine: _affine,
    MaxAffine: _max_affine,
    Cone: _cone,
    OrthantStep: _orthant_step,
    PiecewiseAffine1D: _piecewise_affine_1d,
    Piecewise1D: _piecewise_1d,
    Clip: _clip,
    Lift: _lift,
    PointValue: _point_value,
    Minimum: lambda draw, dim, nesting: Minimum(_parts(draw, dim, nesting)),
    Maximum: lambda draw, dim, nesting: Maximum(_parts(draw, dim, nesting)),
    Combination: _combination,
}
"""For each kind what draws one, given the dimension and how deep it may nest."""

_LINE = (PiecewiseAffine1D, Piecewise1D)
_SIMPLE = (Affine, MaxAffine, Cone, OrthantStep)
_COMPOSED = (Clip, Lift, PointValue, Minimum, Maximum, Combination)
