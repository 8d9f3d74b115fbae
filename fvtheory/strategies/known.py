"""Knowledge about functions of a class, and functions that agree with it: every example agrees by construction.

Knowledge is drawn one sentence after the other. The first ones leave the constants in; each later value is drawn
between the envelopes that the sentences before it leave, so that some function always agrees with all of them.
Functions are drawn alike: values at further points, then a function through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from fvtheory.beyond import (
    Evaluations,
    Family,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    Top,
    family,
    fiber,
)
from fvtheory.beyond.fiber import Branch
from fvtheory.beyond.knowledge import AnyOperator
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, short
from fvtheory.functions import Combination, Function
from fvtheory.strategies.numbers import SHARES, points

SLACK = Fraction(1, 2**20)
MAX_FURTHER = 3
"""Through how many further points a function is drawn."""

_COUNT = st.integers(1, 3)
_WITHIN = st.sampled_from([Fraction(0)] * 3 + [Fraction(1, 16), Fraction(1, 8)])


def knowledge(
    cls: Family | str,
    dim: int = 1,
    operators: Iterable[str] = ("evaluations",),
    lipschitz: Rational | None = None,
    **options: Any,
) -> st.SearchStrategy[Knowledge]:
    """Knowledge that some function of a class agrees with.

    Args:
        cls: a class of `fvtheory.beyond.family`, or its name, such as "convex+lipschitz".
        dim: the number of variables, where ``cls`` is a name.
        operators: what is known, of `OPERATORS`, each once or more often: "minimizers" and "maximizers" (first, if
            both, and before the others), "evaluations", "top", "level-points".
        lipschitz, options: of the class, where ``cls`` is a name; see `fvtheory.beyond.family`.

    Raises:
        InvalidInputError: for unknown operators or an order in which they cannot be drawn, and bad options.
        UnsupportedError: for a class without envelopes here, with the reason; when drawn, for a combination that
            is not supported.
    """
    members = read_family(cls, dim, lipschitz, options)
    names = tuple(operators)
    for name in names:
        if name not in OPERATORS:
            raise InvalidInputError(f"operator {short(name)}", f"one of {', '.join(OPERATORS)}")
    extrema = [n for n in names if n in ("minimizers", "maximizers")]
    if list(names[: len(extrema)]) != extrema or len(set(extrema)) < len(extrema):
        raise InvalidInputError(
            f"operators {', '.join(names)}", "minimizers and maximizers at most once each, before the others"
        )
    if len(extrema) == 2 and members.shape is not None:
        raise InvalidInputError(
            f"both extrema in class {members.name}",
            "one of them, or a class of rates",
            "for Φ of a class of Table 1 there is phis",
        )
    return _knowledge(members, names)


def read_family(cls: Any, dim: int, lipschitz: Rational | None, options: dict[str, Any]) -> Family:
    """The class, checked."""
    if isinstance(cls, Family):
        if lipschitz is not None or options:
            raise InvalidInputError(
                f"options beside the class {cls.name}", "a name, or a class with its options"
            )
        return cls
    if not isinstance(cls, str):
        raise InvalidInputError(f"a class of type {type(cls).__name__}", "a family or its name")
    return family(cls, dim, lipschitz=lipschitz, **options)


@st.composite
def _knowledge(draw: st.DrawFn, cls: Family, names: tuple[str, ...]) -> Knowledge:
    known = Knowledge(dim=cls.dim)
    for name in names:
        known = known & OPERATORS[name](draw, cls, known)
    return known


def _minimizers(draw: st.DrawFn, cls: Family, known: Knowledge) -> AnyOperator:
    """Any point and value: a constant has them. After a maximizer: a value that leaves room."""
    p = draw(points(cls.dim))
    return Minimizers([p], draw(SHARES) if not known.operators else _value(draw, cls, known, p))


def _maximizers(draw: st.DrawFn, cls: Family, known: Knowledge) -> AnyOperator:
    p = draw(points(cls.dim))
    return Maximizers([p], draw(SHARES) if not known.operators else _value(draw, cls, known, p))


def _data(draw: st.DrawFn, cls: Family, known: Knowledge) -> tuple[list[Point], list[Fraction]]:
    """Points, with values that a function can have that agrees with what is known."""
    places: list[Point] = []
    values: list[Fraction] = []
    for _ in range(draw(_COUNT)):
        p = draw(points(cls.dim))
        if p in places:
            continue
        values.append(_value(draw, cls, known & Evaluations(places, values) if places else known, p))
        places.append(p)
    return places, values


def _evaluations(draw: st.DrawFn, cls: Family, known: Knowledge) -> AnyOperator:
    """Values, sometimes known up to a little: then they need not be those of a function of the class."""
    places, values = _data(draw, cls, known)
    within = draw(_WITHIN)
    if within:
        values = [min(Fraction(1), max(Fraction(0), y + within * (2 * draw(SHARES) - 1))) for y in values]
    return Evaluations(places, values, within)


def _top(draw: st.DrawFn, cls: Family, known: Knowledge) -> AnyOperator:
    """The greatest values of a drawn data set, and which other points it has."""
    places, values = _data(draw, cls, known)
    order = sorted(range(len(places)), key=lambda i: values[i], reverse=True)
    count = draw(st.integers(1, len(order)))
    best, rest = order[:count], order[count:]
    return Top([places[i] for i in best], [values[i] for i in best], [places[i] for i in rest])


def _level_points(draw: st.DrawFn, cls: Family, known: Knowledge) -> AnyOperator:
    """On which side of a level the values of a drawn data set lie."""
    places, values = _data(draw, cls, known)
    level = draw(SHARES)
    inside = [p for p, y in zip(places, values, strict=True) if y >= level]
    return LevelPoints(level, inside, [p for p in places if p not in inside], strict=False)


OPERATORS: dict[str, Callable[[st.DrawFn, Family, Knowledge], AnyOperator]] = {
    "minimizers": _minimizers,
    "maximizers": _maximizers,
    "evaluations": _evaluations,
    "top": _top,
    "level-points": _level_points,
}
"""What `knowledge` draws."""


def _value(draw: st.DrawFn, cls: Family, known: Knowledge, p: Point) -> Fraction:
    """A value at p of a function that agrees."""
    members = fiber(cls, known)
    members.require_members()
    branch = draw(st.sampled_from(members.branches))
    low, high, share = branch.lower(p), branch.upper(p), draw(SHARES)
    if any(isinstance(o, (LevelPoints, LevelSet)) and o.strict for o in known.operators):
        share = (1 + 2 * share) / 4  # an end need not be taken
    return low + (high - low) * share


def known_functions(
    cls: Family, known: Knowledge | st.SearchStrategy[Knowledge]
) -> st.SearchStrategy[Function]:
    """Exact functions of a class that agree with what is known.

    Args:
        cls: the class.
        known: what is known, or a strategy for it.

    Raises:
        InfeasibleInformationError: where nothing agrees.
        UnsupportedError: where functions cannot be built, with the reason.
        InvalidInputError: for another type, or another dimension.
    """
    if isinstance(known, st.SearchStrategy):
        return known.flatmap(lambda k: known_functions(cls, k))
    if not isinstance(known, Knowledge):
        raise InvalidInputError(
            f"knowledge of type {type(known).__name__}", "Knowledge or a strategy for some"
        )
    members = fiber(cls, known)
    members.require_members()
    members.branches[0].members((Fraction(1, 2),) * known.dim, SLACK)  # says at once where none can be built
    return _members(cls, known)


@st.composite
def _members(draw: st.DrawFn, cls: Family, known: Knowledge) -> Function:
    for _ in range(draw(st.integers(0, MAX_FURTHER))):
        p = draw(points(cls.dim))
        known = known & Evaluations([p], [_value(draw, cls, known, p)])
    members = fiber(cls, known)
    x = draw(points(cls.dim))
    branch: Branch = draw(st.sampled_from(members.branches))
    low, high = branch.members(x, SLACK)
    share = draw(SHARES)
    if cls.shape == "quasi-convex":  # a mean of two need not be one
        share = Fraction(round(share))
    if share in (0, 1):
        return high if share else low
    return Combination([1 - share, share], [low, high])
