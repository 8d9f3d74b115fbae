"""Whether an exact function obeys what is known, and a class: decided on the function itself.

Nothing here is shared with the envelopes: it is what their members are checked with.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.knowledge import (
    AnyOperator,
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    Top,
)
from fvtheory.errors import InvalidInputError
from fvtheory.functions import (
    Affine,
    Combination,
    Function,
    has_information,
    is_affine,
    is_constant,
    is_continuous,
    is_convex,
    is_lipschitz,
    is_monotone,
    maximum,
    minimum,
    to_piecewise_1d,
)
from fvtheory.information import MinMax


def agrees(f: Function, knowledge: Knowledge) -> bool:
    """Whether f has values in [0, 1] and every operator is true of it. Gradients are checked as subgradients.

    Raises:
        UnsupportedError: for inverse sets of boxes.
        InvalidInputError: for another dimension, and functions of too many variables or pieces.
    """
    if f.dim != knowledge.dim:
        raise InvalidInputError(f"a function of dimension {f.dim}", f"dimension {knowledge.dim}")
    if minimum(f).value < 0 or maximum(f).value > 1:
        return False
    return all(_is_true(f, operator) for operator in knowledge.operators)


def _is_true(f: Function, operator: AnyOperator) -> bool:
    if isinstance(operator, MinMax):
        return has_information(f, operator)
    if isinstance(operator, (Maximizers, Minimizers)):
        extreme = (maximum if isinstance(operator, Maximizers) else minimum)(f).value
        told = operator.value is None or abs(extreme - operator.value) <= operator.within
        return told and all(f(p) == extreme for p in operator.points)
    if isinstance(operator, LevelPoints):
        below = (
            f(p) < operator.level or (not operator.strict and f(p) == operator.level)
            for p in operator.outside
        )
        return all(f(p) >= operator.level for p in operator.inside) and all(below)
    if isinstance(operator, (Evaluations, Top)):
        pairs = zip(operator.points, operator.values, strict=True)
        if not all(abs(f(p) - y) <= operator.within for p, y in pairs):
            return False
        return isinstance(operator, Evaluations) or all(
            f(q) <= f(p) for q in operator.others for p in operator.points
        )
    if isinstance(operator, Gradient):
        drop = sum((g * c for g, c in zip(operator.gradient, operator.at, strict=True)), Fraction(0))
        line = Affine(operator.gradient, f(operator.at) - drop)
        return minimum(Combination([1, -1], [f, line])).value >= 0
    assert isinstance(operator, LevelSet)
    raise UnsupportedError(
        "whether a function has an inverse set of boxes", "points of the set", "see LevelPoints"
    )


def belongs(f: Function, name: str, lipschitz: Fraction | None = None) -> bool:
    """Whether f is in a class of `fvtheory.beyond.family`, given by atoms and the constant of "lipschitz".

    Raises:
        UnsupportedError: for atoms without a decision on exact functions.
        InvalidInputError: for functions of too many variables or pieces.
    """
    return all(_has(f, atom, lipschitz) for atom in name.split("+"))


def _has(f: Function, atom: str, lipschitz: Fraction | None) -> bool:
    if atom in ("all", "erm"):
        return True
    if atom in ("continuous", "neural-network", "piecewise-affine"):
        return is_continuous(f)
    if atom == "lipschitz" and lipschitz is not None:
        return is_lipschitz(f, lipschitz)
    if atom == "concave":
        return is_convex(Combination([-1], [f]))
    decide = {"monotone": is_monotone, "convex": is_convex, "affine": is_affine, "constant": is_constant}
    if atom == "quasi-convex" and f.dim == 1:
        return _is_valley(f)
    if atom not in decide:
        raise UnsupportedError(
            f"whether a function is {atom}", f"one of {', '.join(decide)}, lipschitz, concave"
        )
    return bool(decide[atom](f))


def _is_valley(f: Function) -> bool:
    """In one variable: f falls, then rises."""
    line = to_piecewise_1d(f)
    path: list[Fraction] = []
    for i, y in enumerate(line.values):
        path.append(y)
        if i < len(line.pieces):
            path.extend(line.pieces[i])
    steps = [q - p for p, q in pairwise(path) if q != p]
    return all(not (s > 0 and t < 0) for s, t in pairwise(steps))
