"""Whether a network is a function: put to both solvers, as a sentence over the reals.

For small networks whose weights are binary fractions, for example those of `networks.realize` for functions
whose numbers the dtype can hold. A refutation is a point, replayed in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from fvtheory.checkers.verdict import CheckerEntry, decide
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational
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
    PiecewiseAffine1D,
)
from fvtheory.functions.base import check_dim
from fvtheory.networks.relu import ReluNetwork
from fvtheory.obligations import REFUTED, Obligation, valid
from fvtheory.terms import (
    Formula,
    Sym,
    Term,
    absolute,
    clamp,
    ite,
    maximum,
    minimum,
    relu,
    term,
    total,
)


@dataclass(frozen=True)
class Equality:
    """The verdict on |network - function| <= tolerance throughout the cube.

    Attributes:
        status: PROVED by both solvers, REFUTED by a point that was replayed exactly, or UNKNOWN.
        checkers: what each checker says, and its seconds.
        at: a point where it fails.
        network_value, function_value: the exact values there.
    """

    status: str
    checkers: Mapping[str, CheckerEntry]
    at: Point | None = None
    network_value: Fraction | None = None
    function_value: Fraction | None = None


def prove_equal(
    network: ReluNetwork, function: Function, tolerance: Rational = 0, seconds: float = 10.0
) -> Equality:
    """Ask both solvers whether the network is within ``tolerance`` of the function at every point.

    Args:
        network: a small network with exact weights (`Realization.network`).
        function: a continuous function made of affine ones.
        tolerance: 0 for equality.
        seconds: the hard limit for each solver.

    Raises:
        InvalidInputError: for a function with jumps, another dimension or a negative tolerance.
        MissingDependencyError: when a solver is not installed.
        DisagreementError: when one solver proves what a replayed point refutes.
    """
    (found,) = decide([equality(network, function, tolerance)], seconds)
    if found.status != REFUTED:
        return Equality(found.status, found.checkers)
    assert found.model is not None
    at = tuple(found.model[s.name] for s in _symbols(function.dim))
    return Equality(REFUTED, found.checkers, at, network.at(at), function.at(at))


def equality(network: ReluNetwork, function: Function, tolerance: Rational = 0) -> Obligation:
    """The obligation |network(x) - function(x)| <= tolerance for all x of the cube."""
    check_dim((Fraction(0),) * network.dim, function.dim, "a network")
    slack = rational(tolerance, "tolerance")
    if slack < 0:
        raise InvalidInputError(f"tolerance = {slack}", "at least 0")
    x = _symbols(function.dim)
    cube = [bound for c in x for bound in (c >= 0, c <= 1)]
    gap = absolute(network_term(network, x) - function_term(function, x))
    goal: Formula = gap <= slack
    return valid("equality", cube, goal)


def _symbols(dim: int) -> tuple[Sym, ...]:
    return tuple(Sym(f"x{j}") for j in range(dim))


def network_term(network: ReluNetwork, x: Sequence[Term]) -> Term:
    """The output of the network at x."""
    values = list(x)
    for layer in network.layers:
        sums = [
            total([*(w * v for w, v in zip(row, values, strict=True) if w), b])
            for row, b in zip(layer.weight, layer.bias, strict=True)
        ]
        values = [relu(s) for s in sums] if layer.relu else sums
    return values[0]


def function_term(f: Function, x: Sequence[Term]) -> Term:
    """The value of a continuous function at x.

    Raises:
        InvalidInputError: for a kind with jumps.
    """
    match f:
        case Affine():
            return total([*(s * c for s, c in zip(f.slope, x, strict=True) if s), f.intercept])
        case MaxAffine():
            return maximum(*(function_term(p, x) for p in f.pieces))
        case Cone():
            lengths = (absolute(c - a) for c, a in zip(x, f.apex, strict=True))
            return f.value + f.slope * maximum(*lengths)
        case Clip():
            return clamp(function_term(f.inner, x), f.low, f.high)
        case Maximum() | Minimum():
            parts = [function_term(p, x) for p in f.parts]
            return (maximum if isinstance(f, Maximum) else minimum)(*parts)
        case Combination():
            return total(w * function_term(p, x) for w, p in zip(f.weights, f.parts, strict=True))
        case Lift():
            return function_term(f.inner, [x[f.coordinate]])
        case PiecewiseAffine1D():
            return _piecewise(f, x[0])
    raise InvalidInputError(f"a function of kind {f.kind!r}", "a continuous function made of affine ones")


def _piecewise(f: PiecewiseAffine1D, x: Term) -> Term:
    found: Term | None = None
    for (x0, y0), (x1, y1) in reversed(list(pairwise(f.knots))):
        slope = (y1 - y0) / (x1 - x0)
        piece = slope * x + term(y0 - slope * x0)
        found = piece if found is None else ite(x <= x1, piece, found)
    assert found is not None
    return found
