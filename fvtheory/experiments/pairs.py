"""Two continuous functions of one fiber, as far apart as the class allows, and the networks that compute them.

The members of the fiber that reach its envelopes have jumps for the classes ``all`` and ``monotone``. Here
their place is taken by steep cones and ramps, which are members too and reach both envelopes at the
witness point, so nothing is lost there. For ``convex`` the distance 2R is in some fibers approached only;
what is missing is `Pair.slack`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fvtheory.classes import FunctionClass, get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational
from fvtheory.fiber import Fiber
from fvtheory.functions import Combination, Function
from fvtheory.information import MinMax
from fvtheory.networks.arithmetic import format_of
from fvtheory.networks.realization import INFORMATION, LIPSCHITZ, Realization, quantised, realize

ZERO, ONE = Fraction(0), Fraction(1)

ANY, UNIQUE = "any-selection", "unique"

SLACK = Fraction(1, 16)
"""How much of 2R, relative to f_max - f_min, may be given up where it is only approached."""

SHARE = Fraction(1, 4)
"""The share of a function with unique extrema that is mixed into both members of a pair."""


@dataclass(frozen=True)
class Pair:
    """Two continuous functions of a class with one Φ.

    Attributes:
        fiber: the class, Φ and the Lipschitz constant.
        low, high: the functions.
        at: the witness point.
        gap: high - low there, exactly; no decoder tells the two apart, so one of them is predicted wrong
            by gap/2 at least (Lemma 3 of Geirhos et al. 2024).
        convention: ``unique`` where both functions have no other extrema than those of Φ.
        share: of the function with unique extrema in both; the gap is 1 - share times what it could be.
    """

    fiber: Fiber
    low: Function
    high: Function
    at: Point
    gap: Fraction
    convention: str
    share: Fraction

    @property
    def slack(self) -> Fraction:
        """How much the gap falls short of 2R, for the radius of information R."""
        return 2 * self.fiber.radius - self.gap

    def holds(self) -> bool:
        """Whether both functions are in the class and have Φ, decided on the functions themselves."""
        return all(self.fiber.holds(f, self.convention) for f in (self.low, self.high))


@dataclass(frozen=True)
class NetworkPair:
    """A pair and the networks that compute it; the networks' own gap, in exact arithmetic."""

    pair: Pair
    low: Realization
    high: Realization
    gap: Fraction


def make_pair(
    cls: FunctionClass | str,
    phi: MinMax,
    lipschitz: Rational | None = None,
    unique: bool = False,
    at: Point | None = None,
    share: Rational = SHARE,
) -> Pair:
    """Two continuous functions of the class with Φ, 2R apart at the witness point or almost.

    Args:
        cls: a class or its name.
        phi: a feasible Φ.
        lipschitz: the Lipschitz constant, where the class needs one.
        unique: mix in a function whose extrema are unique, where the class has one with this Φ.
        at: the witness point; None: one where the fiber is widest.
        share: of that function, in (0, 1).

    Raises:
        InfeasibleInformationError: when no function of the class has Φ.
        InvalidInputError: for a share outside (0, 1).
    """
    known = get_class(cls) if isinstance(cls, str) else cls
    rate = None if lipschitz is None else rational(lipschitz, "lipschitz")
    fiber = Fiber(known, phi, rate)
    part = rational(share, "share")
    if not 0 < part < 1:
        raise InvalidInputError(f"share = {part}", "a number between 0 and 1")
    x = fiber.widest_point(SLACK) if at is None else at
    low, high = known.continuous_members(phi, x, rate)
    convention, kept = ANY, ZERO
    if unique and phi.spread and known.is_feasible(phi, rate, UNIQUE):
        strict = _strict(fiber)
        low, high = (Combination([1 - part, part], [f, strict]) for f in (low, high))
        convention, kept = UNIQUE, part
    return Pair(fiber, low, high, x, high.at(x) - low.at(x), convention, kept)


def _strict(fiber: Fiber) -> Function:
    return fiber.cls.exact_strict(fiber.phi, UNIQUE, fiber.lipschitz)


def make_networks(
    cls: FunctionClass | str,
    phi: MinMax,
    lipschitz: Rational | None = None,
    unique: bool = False,
    dtype: Any = "float32",
    device: Any = None,
) -> NetworkPair:
    """A pair as torch modules; Φ and the witness point are first rounded to numbers of the dtype.

    Lipschitz functions become networks with the same Lipschitz constant; for the others Φ is kept.

    Raises:
        InvalidInputError: where rounding leaves no Φ to speak of, and as `make_pair`.
    """
    rounded = quantised(phi, dtype, lipschitz)
    f = format_of(dtype)
    first = make_pair(cls, rounded, lipschitz, unique)
    at = tuple(map(f.nearest, first.at))
    pair = first if at == first.at else make_pair(cls, rounded, lipschitz, unique, at)
    keep = LIPSCHITZ if pair.fiber.cls.needs_lipschitz and rounded.spread else INFORMATION
    low, high = (realize(g, dtype, device, keep) for g in (pair.low, pair.high))
    return NetworkPair(pair, low, high, high.network.at(at) - low.network.at(at))
