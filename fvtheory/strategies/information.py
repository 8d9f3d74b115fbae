"""Feasible Φ of every class, built as the classes of Table 1 need them, where nothing is drawn and then rejected; of
other classes tried until feasible."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from fvtheory.classes import CLASSES, TABLE_1, FunctionClass, get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, distance, rational
from fvtheory.fiber import Fiber
from fvtheory.information import MinMax, check_convention
from fvtheory.strategies.numbers import (
    ANY_PAIR,
    END_SECOND,
    OFF_END,
    OPPOSITE,
    POSITIVE_SHARES,
    RATES,
    SELDOM,
    SHARES,
    UNEQUAL,
    Pair,
    points,
)

DIMS = st.integers(1, 3)
ZERO, ONE = Fraction(0), Fraction(1)

TRIES = 10
"""How many Φ are drawn of a class outside Table 1 before an example is given up."""

_BOTH_ZERO: st.SearchStrategy[Pair] = st.just((ZERO, ZERO))
_NONZERO: st.SearchStrategy[Pair] = st.tuples(st.just(ZERO), POSITIVE_SHARES)


def phis(
    cls: FunctionClass | str,
    dim: int | None = None,
    lipschitz: Rational | None = None,
    convention: str = "any-selection",
) -> st.SearchStrategy[MinMax]:
    """Feasible Φ of a class.

    About one in eight has f_min = f_max, where that is feasible. The simplest has f_min = 0 and f_max
    as large as it can be.

    Args:
        cls: a function class or its name.
        dim: the number of variables; None: 1 to 3.
        lipschitz: the Lipschitz constant, where the class needs one.
        convention: how ties of extrema are read.

    Raises:
        UnknownNameError: for an unknown class.
        InvalidInputError: for a Lipschitz constant that is missing, not asked for or not positive, an
            unknown convention, a dimension below 1, or where no Φ is feasible at all.
    """
    family, rate = read_class(cls, lipschitz)
    check_convention(convention)
    check_dim(dim)
    if not is_feasible_under(family, convention):
        raise InvalidInputError(
            f"class {family.name} under unique", "a class with feasible Φ under the convention"
        )
    return _phis(family, dim, rate, convention)


def classes() -> st.SearchStrategy[FunctionClass]:
    """The function classes, those of Table 1 first."""
    return st.sampled_from(tuple(CLASSES.values()))


def fibers(
    cls: FunctionClass | str | None = None, dim: int | None = None, convention: str = "any-selection"
) -> st.SearchStrategy[Fiber]:
    """A class (None: any), its Lipschitz constant where it needs one, and a feasible Φ.

    Errors as for `phis`.
    """
    check_convention(convention)
    check_dim(dim)
    known = [cls] if cls is not None else [c for c in CLASSES if is_feasible_under(CLASSES[c], convention)]
    families = [get_class(c) if isinstance(c, str) else c for c in known]
    return _fibers(families, dim, convention)


def is_feasible_under(family: FunctionClass, convention: str) -> bool:
    """Whether any Φ is feasible: no constant has a unique extremum."""
    return convention != "unique" or family.varies(convention)


def read_class(cls: Any, lipschitz: Rational | None) -> tuple[FunctionClass, Fraction | None]:
    """The class and its Lipschitz constant, checked."""
    family = get_class(cls) if isinstance(cls, str) else cls
    if not isinstance(family, FunctionClass):
        raise InvalidInputError(f"a class of type {type(cls).__name__}", "a function class or its name")
    rate = None if lipschitz is None else rational(lipschitz, "lipschitz")
    if family.needs_lipschitz != (rate is not None):
        need = "a Lipschitz constant" if family.needs_lipschitz else "no Lipschitz constant"
        raise InvalidInputError(f"class {family.name} with lipschitz = {lipschitz}", need, 'lipschitz="2"')
    if rate is not None and rate <= 0:
        raise InvalidInputError(f"lipschitz = {rate}", "a Lipschitz constant above 0")
    return family, rate


def check_dim(dim: int | None) -> None:
    if dim is not None and (type(dim) is not int or dim < 1):
        raise InvalidInputError(f"dim = {dim!r}", "a number of variables from 1 on, or None for 1 to 3")


@st.composite
def _fibers(draw: st.DrawFn, families: list[FunctionClass], dim: int | None, convention: str) -> Fiber:
    family = draw(st.sampled_from(families))
    rate = draw(RATES) if family.needs_lipschitz else None
    return Fiber(family, draw(_phis(family, dim, rate, convention)), rate)


@st.composite
def _phis(
    draw: st.DrawFn, family: FunctionClass, dim: int | None, rate: Fraction | None, convention: str
) -> MinMax:
    d = draw(DIMS) if dim is None else dim
    if not family.varies(convention) or (convention != "unique" and draw(SELDOM)):
        at = points(d) if convention == "any-selection" else st.just((ZERO,) * d)
        value = draw(SHARES)
        return MinMax(draw(at), draw(at), value, value)
    for _ in range(1 if family.name in TABLE_1 else TRIES):
        a, b = _extrema(draw, family.name, d, convention)
        most = ONE if rate is None else min(ONE, rate * distance(a, b))
        spread = most * draw(POSITIVE_SHARES)
        low = (1 - spread) * draw(SHARES)
        phi = MinMax(a, b, low, low + spread)
        if family.name in TABLE_1 or family.is_feasible(phi, rate, convention):
            return phi
    reject()


def _extrema(draw: st.DrawFn, name: str, dim: int, convention: str) -> tuple[Point, Point]:
    """x_min and x_max that are feasible for f_min < f_max (theory of the classes, `feasible_when_varying`).

    One coordinate, drawn, makes them feasible; the others are as the class and the convention allow.
    """
    strict = convention != "any-selection"
    if name == "monotone" and convention == "unique":
        ends = draw(OPPOSITE)
        return (ends[0],) * dim, (ends[1],) * dim
    if name == "monotone" and strict:
        zero, other = _drawn(draw, dim, _NONZERO, _NONZERO_OR_ZERO)
        return (zero, other) if draw(st.booleans()) else (other, zero)
    if name == "convex":
        return _drawn(draw, dim, OFF_END, END_SECOND if strict else ANY_PAIR)
    if name == "affine":
        others = {"unique": OPPOSITE, "first": OPPOSITE | _BOTH_ZERO}.get(convention, OPPOSITE | ANY_PAIR)
        return _drawn(draw, dim, OPPOSITE, others)
    return _drawn(draw, dim, UNEQUAL, ANY_PAIR)


_NONZERO_OR_ZERO: st.SearchStrategy[Pair] = st.tuples(st.just(ZERO), SHARES)


def _drawn(
    draw: st.DrawFn, dim: int, one: st.SearchStrategy[Pair], others: st.SearchStrategy[Pair]
) -> tuple[Point, Point]:
    """Two points whose coordinates come in pairs: one pair from ``one``, the others from ``others``."""
    chosen = draw(st.integers(0, dim - 1)) if dim > 1 else 0
    pairs = [draw(one if j == chosen else others) for j in range(dim)]
    return tuple(s for s, _ in pairs), tuple(t for _, t in pairs)
