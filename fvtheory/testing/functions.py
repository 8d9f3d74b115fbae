"""Assert what functions are: members of a class, or the same to every decoder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from fvtheory.classes import FunctionClass
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, distance, text
from fvtheory.functions import Function, Maximum, Minimum, maximum, minimum
from fvtheory.functions.pieces import pieces
from fvtheory.information import check_convention
from fvtheory.networks import ReluNetwork
from fvtheory.strategies.information import read_class
from fvtheory.testing.again import in_json, literal, python

MAX_WITNESSES = 40
"""From how many points of a function those are chosen that show what is wrong with it."""


def assert_in_class(
    f: Function | ReluNetwork, cls: FunctionClass | str, lipschitz: Rational | None = None
) -> None:
    """Assert that f obeys the law of the class and has its values in [0, 1]; decided exactly.

    Args:
        f: an exact function or network (`fvtheory.networks.reading` makes one of a PyTorch module).
        cls: a function class or its name.
        lipschitz: the Lipschitz constant, where the class needs one.

    Raises:
        AssertionError: with points and values that show it, where some were found.
        InvalidInputError: for bad arguments, and functions that cannot be decided (see
            `fvtheory.functions.membership`).
    """
    __tracebackhide__ = True
    family, rate = read_class(cls, lipschitz)
    function = _function(f, "f")
    wrong = None
    for value, name in ((minimum(function).value, "infimum"), (maximum(function).value, "supremum")):
        if not 0 <= value <= 1:
            wrong = f"its {name} is {value}, outside [0, 1]"
    if wrong is None and not family.contains(function, rate):
        wrong = next(_violations(function, family, rate), "decided on its affine pieces")
    if wrong is None:
        return
    known = family.name if rate is None else f"{family.name} (L = {rate})"
    call = f"assert_in_class(read({literal(function)}), {json.dumps(family.name)}"
    call += ")" if rate is None else f", {json.dumps(text(rate))})"
    lines = [f"f is not in class {known}: {wrong}", f"f          {in_json(function.to_json())}"]
    raise AssertionError("\n".join([*lines, f"see again  {python('assert_in_class', call)}"]))


def assert_same_information(
    f: Function | ReluNetwork, g: Function | ReluNetwork, convention: str = "any-selection"
) -> None:
    """Assert that Φ(f) = Φ(g): no decoder can tell the two apart; decided exactly.

    Args:
        f, g: exact functions or networks of one dimension.
        convention: ``any-selection``: some Φ is that of both; ``first``: the lexicographically least
            extrema are the same; ``unique``: both have unique extrema, the same.

    Raises:
        AssertionError: with what differs.
        InvalidInputError: for other types, different dimensions, or functions that cannot be decided.
    """
    __tracebackhide__ = True
    check_convention(convention)
    first, second = _function(f, "f"), _function(g, "g")
    if first.dim != second.dim:
        raise InvalidInputError(f"functions of dimension {first.dim} and {second.dim}", "one dimension")
    wrong = next(_differences(first, second, convention), None)
    if wrong is None:
        return
    call = (
        f"assert_same_information(read({literal(first)}), read({literal(second)}), {json.dumps(convention)})"
    )
    raise AssertionError(
        "\n".join(
            [
                f"f and g have different information: {wrong}",
                f"f          {in_json(first.to_json())}",
                f"g          {in_json(second.to_json())}",
                f"see again  {python('assert_same_information', call)}",
            ]
        )
    )


def _differences(f: Function, g: Function, convention: str) -> Iterator[str]:
    for name, extremum, common in (("minim", minimum, Maximum), ("maxim", maximum, Minimum)):
        here, there = extremum(f), extremum(g)
        for which, found in (("f", here), ("g", there)):
            if not found.attained:
                yield f"{which} has no {name}um, it only approaches {found.value}"
        if here.value != there.value:
            yield f"the {name}um of f is {here.value}, that of g {there.value}"
        elif convention == "any-selection":
            # Where both have the common minimum, so has their maximum.
            both = extremum(common([f, g]))
            if both.value != here.value or not both.attained:
                at, other = (_shown(e.first()) for e in (here, there))
                yield f"no {name}izer of f is one of g: f has {here.value} at {at}, g at {other}"
        else:
            if convention == "unique" and not (here.is_unique and there.is_unique):
                yield f"the {name}izer of {'g' if here.is_unique else 'f'} is not unique"
            if here.first() is None or here.first() != there.first():
                yield f"the first {name}izers are {_shown(here.first())} and {_shown(there.first())}"


def _shown(p: Point | None) -> str:
    return "no least point" if p is None else f"({', '.join(map(text, p))})"


def _function(f: Any, name: str) -> Function:
    if isinstance(f, Function):
        return f
    if not isinstance(f, ReluNetwork):
        raise InvalidInputError(
            f"{name} of type {type(f).__name__}",
            "an exact function or network",
            "see fvtheory.functions, and fvtheory.networks.reading for PyTorch modules",
        )
    return f.to_function()


# ---- points that show that a function is not in a class --------------------------------------------


def _violations(f: Function, family: FunctionClass, rate: Fraction | None) -> Iterator[str]:
    """Points where the law of the class fails, in words."""
    if family.continuous or family.name == "convex":
        for p, form in pieces(f, thin=True):
            for v in p.vertices:
                if family.continuous and form.at(v) != f(v):
                    yield f"it jumps at {_shown(v)}: the value is {f(v)}, a limit is {form.at(v)}"
    found = _witness_points(f)
    if family.name == "monotone":
        rises = (p for p in _ordered(found) if f(p[0]) < f(p[1]))
        falls = (p for p in _ordered(found) if f(p[0]) > f(p[1]))
        up, down = next(rises, None), next(falls, None)
        if up is not None and down is not None:
            yield f"it rises, {_values(f, *up)}, and falls, {_values(f, *down)}"
    for x, y in combinations(found, 2):
        if family.name == "constant" and f(x) != f(y):
            yield _values(f, x, y)
        if rate is not None and abs(f(x) - f(y)) > rate * distance(x, y):
            yield f"{_values(f, x, y)}, that is further apart than {rate * distance(x, y)}"
        if family.name in ("convex", "affine"):
            for share in (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)):
                z = tuple(share * s + (1 - share) * t for s, t in zip(x, y, strict=True))
                chord = share * f(x) + (1 - share) * f(y)
                if f(z) > chord or (family.name == "affine" and f(z) != chord):
                    yield f"{_values(f, x, y, z)}, the chord has {chord} at the last"


def _witness_points(f: Function) -> list[Point]:
    """Vertices and centres of the affine pieces."""
    found = pieces(f, thin=True)
    points = [p.centre() for p, _ in found] + [v for p, _ in found for v in p.vertices]
    return list(dict.fromkeys(points))[:MAX_WITNESSES]


def _ordered(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Pairs x <= y, x != y."""
    for x in points:
        for y in points:
            if x != y and all(s <= t for s, t in zip(x, y, strict=True)):
                yield x, y


def _values(f: Function, *points: Point) -> str:
    return ", ".join(f"f{_shown(p)} = {f(p)}" for p in points)
