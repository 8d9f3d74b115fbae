"""A decoder in, a counterexample out: a function with the information Φ on which the decoder fails.

For a prediction g the worst-case error over the fiber of Φ is the supremum of max(upper - g, g - lower).
At the point where upper and lower are furthest apart, one of the two is at least the radius of
information (for the convex class: as close to it as one likes), whatever the decoder; the search only
adds to that. What is returned is certain in each case: the function is a member of the class with the
information Φ (any-selection), and the error is its exact distance from the prediction at the point.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fvtheory.adversary.envelopes import UPPER, Envelopes
from fvtheory.adversary.exact_maximum import TOLERANCE, farthest
from fvtheory.adversary.network_maximum import network_maximum
from fvtheory.adversary.search import search
from fvtheory.classes import FunctionClass, get_class
from fvtheory.decoders import CentralDecoder, Decoder, Prediction, asking
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational, text
from fvtheory.functions import MAX_DIM, Function
from fvtheory.information import MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.networks.writing import to_relu_network

EXACT, BRANCH_AND_BOUND, SEARCH = "exact", "branch-and-bound", "search"


@dataclass(frozen=True)
class Counterexample:
    """A function that the decoder cannot tell from the others with its information, and where it errs.

    Attributes:
        function: a member of the class with the information Φ.
        at: the point.
        value: the function there.
        predicted: the decoder's prediction there, as the exact rational it stands for.
        error: |value - predicted|, at least the radius (convex: at least radius * (1 - 10^-9)).
        radius: the radius of information of Φ: what no decoder can be better than.
        certified: whether no member of the fiber has an error above error + 10^-9 anywhere.
        kind: how the point was found: ``exact``, ``branch-and-bound`` or ``search``.
        upper_bound: no member of the fiber has a greater error anywhere; None where nothing is known.
    """

    function: Function
    at: Point
    value: Fraction
    predicted: Fraction
    error: Fraction
    radius: Fraction
    certified: bool
    kind: str
    upper_bound: Fraction | None

    def __call__(self, x: Iterable[Rational] | Rational) -> Fraction:
        """The function at x, a list of exact rationals."""
        return self.function(x)

    def to_sympy(self) -> Any:
        """The function as a SymPy expression in x (one variable) or x0, x1, ..."""
        from fvtheory.adversary.expressions import to_sympy

        return to_sympy(self.function)

    def to_network(self) -> ReluNetwork:
        """The function as a ReLU network with exact weights; `networks.writing.to_torch` makes a module.

        Raises:
            InvalidInputError: for a function with jumps.
        """
        return to_relu_network(self.function)

    def to_json(self) -> dict[str, Any]:
        return {
            "function": self.function.to_json(),
            "at": [text(c) for c in self.at],
            "value": text(self.value),
            "predicted": text(self.predicted),
            "error": text(self.error),
            "radius": text(self.radius),
            "certified": self.certified,
            "kind": self.kind,
            "upper_bound": None if self.upper_bound is None else text(self.upper_bound),
        }


@dataclass(frozen=True)
class _Found:
    """A point, the envelope that is far from the prediction there, and what is known beyond it."""

    at: Point
    side: str
    kind: str
    upper_bound: Fraction | None


def counterexample(
    cls: FunctionClass | str,
    phi: MinMax,
    decoder: Decoder | Function | ReluNetwork,
    lipschitz: Rational | None = None,
    seconds: float = 10.0,
    seed: int = 0,
) -> Counterexample:
    """A function of the class with the information Φ, and a point where the decoder is far from it.

    A prediction that is an exact function is maximised over exactly: in one dimension always, in more
    where it is continuous and made of few affine functions or where the dimension is at most 4. An exact
    ReLU network is enumerated in one dimension, and goes to branch and bound in up to 4. Everything else
    is a black box that is asked at some thousand points, and the result is a lower bound of its worst
    error.

    Args:
        cls: a function class or its name.
        phi: a feasible Φ.
        decoder: a decoder (see `fvtheory.decoders`), or an exact function or network to predict with.
        lipschitz: the Lipschitz constant, where the class needs one.
        seconds: stop improving after this time (an exact maximum in up to 4 dimensions is finished). One answer of
            the decoder may take this time, or a minute where that is longer.
        seed: of the points that a search draws.

    Raises:
        InfeasibleInformationError: when no function of the class has Φ.
        InvalidInputError: for a decoder that does not answer with finite numbers, and bad arguments.
        UnansweredError: for a decoder that does not answer in time.
    """
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not seconds > 0:
        raise InvalidInputError(f"seconds = {seconds!r}", "a number above 0")
    if not isinstance(phi, MinMax):
        raise InvalidInputError(f"Φ of type {type(phi).__name__}", "a MinMax", "see MinMax.from_json")
    deadline = time.monotonic() + seconds
    known = get_class(cls) if isinstance(cls, str) else cls
    rate = None if lipschitz is None else rational(lipschitz, "lipschitz")
    known.require_feasible(phi, rate)
    envelopes = Envelopes(known, phi, rate)
    radius = known.radius_at(phi, rate)
    with asking(decoder, phi, seconds) as prediction:
        found = _central(envelopes, decoder, radius) or _find(envelopes, prediction, deadline, seed)
        at, side = _better(envelopes, prediction, found, envelopes.widest)
        predicted = prediction(at)
    function = envelopes.member(at, side)
    value = function(at)
    error = abs(value - predicted)
    bound = found.upper_bound
    certified = bound is not None and bound - error <= TOLERANCE
    return Counterexample(function, at, value, predicted, error, radius, certified, found.kind, bound)


def _better(envelopes: Envelopes, prediction: Prediction, found: _Found, x: Point) -> tuple[Point, str]:
    """The point found, or the widest one where the error is greater."""
    reached = envelopes.side(found.at, prediction(found.at))
    side, error = envelopes.side(x, prediction(x))
    return (x, side) if error > reached[1] else (found.at, reached[0])


def _central(envelopes: Envelopes, decoder: Any, radius: Fraction) -> _Found | None:
    """The central decoder of the class errs by the radius, in any dimension."""
    if not isinstance(decoder, CentralDecoder):
        return None
    if (decoder.cls.name, decoder.lipschitz) != (envelopes.cls.name, envelopes.lipschitz):
        return None
    return _Found(envelopes.widest, UPPER, EXACT, radius)


def _find(envelopes: Envelopes, prediction: Prediction, deadline: float, seed: int) -> _Found:
    exact = prediction.exact
    if isinstance(exact, ReluNetwork):
        if exact.dim == 1:
            best = farthest(envelopes, exact.to_piecewise_affine())
            return _Found(best.at, best.side, EXACT, best.supremum)
        if exact.dim <= MAX_DIM:
            found = _branch_and_bound(envelopes, exact, deadline)
            if found is not None:
                return found
    elif exact is not None:
        try:
            now = time.monotonic()
            best = farthest(envelopes, exact, now + (deadline - now) / 2)
            return _Found(best.at, best.side, EXACT, best.supremum)
        except InvalidInputError:
            pass  # too many pieces or dimensions, or too slow: a black box then
    _, x, side = search(envelopes, prediction, deadline, seed)
    return _Found(x, side, SEARCH, _rough_bound(envelopes, prediction))


def _branch_and_bound(envelopes: Envelopes, network: ReluNetwork, deadline: float) -> _Found | None:
    x = envelopes.widest
    _, floor = envelopes.side(x, network.at(x))
    best = network_maximum(envelopes, network, floor, deadline)
    if best is None:
        return None
    at = best.at
    for k in range(1, 20):
        _, error = envelopes.side(at, network.at(at))
        if error >= best.value - TOLERANCE / 2:
            break
        share = Fraction(1, 2 ** (16 * k))
        at = tuple(p + share * (q - p) for p, q in zip(best.at, best.inside, strict=True))
    return _Found(at, best.side, BRANCH_AND_BOUND, best.upper_bound)


def _rough_bound(envelopes: Envelopes, prediction: Prediction) -> Fraction | None:
    """From the range of the prediction, where one is known: its distance from [f_min, f_max]."""
    low_high = prediction.bounds
    if isinstance(prediction.exact, ReluNetwork):
        dim = prediction.exact.dim
        low_high = prediction.exact.range_over((Fraction(0),) * dim, (Fraction(1),) * dim)
    if low_high is None:
        return None
    return max(envelopes.phi.f_max - low_high[0], low_high[1] - envelopes.phi.f_min)
