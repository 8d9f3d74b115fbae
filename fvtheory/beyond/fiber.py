"""All functions of a class about which something is known: a union of fibers, one a branch of the class."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.additive import AdditiveFiber, additive_fiber
from fvtheory.beyond.constraints import Constraints, constraints
from fvtheory.beyond.family import Family, UnsupportedError
from fvtheory.beyond.gauge import Gauge
from fvtheory.beyond.hulls import ConvexFiber, convex_fiber
from fvtheory.beyond.knowledge import Knowledge
from fvtheory.beyond.levels import QuasiConvexFiber, quasi_convex_fiber
from fvtheory.beyond.mcshane import McShaneFiber, mcshane_fiber
from fvtheory.beyond.reflection import ReflectedFiber, reflected
from fvtheory.beyond.smooth import SmoothFiber, smooth_fiber
from fvtheory.beyond.straight import AffineFiber, affine_fiber
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.exact import Point
from fvtheory.functions import Combination, Function, Maximum, Minimum

Branch = (
    McShaneFiber | ConvexFiber | ReflectedFiber | AffineFiber | QuasiConvexFiber | AdditiveFiber | SmoothFiber
)
"""The fiber of one branch of a class; all have ``floor``, ``cap``, ``upper``, ``lower`` and ``members``."""


@dataclass(frozen=True)
class BeyondFiber:
    """The functions of ``family`` that agree with ``knowledge``; `fiber` makes it.

    Attributes:
        family: the class.
        knowledge: what is known.
        branches: the branches with members.
        refusals: why each other branch has none.
    """

    family: Family
    knowledge: Knowledge
    branches: tuple[Branch, ...]
    refusals: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no function of the class agrees."""
        return not self.branches

    def require_members(self) -> None:
        """Raise InfeasibleInformationError where no function of the class agrees with the knowledge."""
        if self.is_empty:
            raise InfeasibleInformationError(
                f"knowledge that contradicts class {self.family.name}: {self.refusals[0]}",
                "knowledge about some function of the class",
            )

    @property
    def is_exact(self) -> bool:
        """Whether envelopes are exact: not for smooth functions, nor in the 2-norm."""
        return all(not isinstance(b, (McShaneFiber, SmoothFiber)) or b.is_exact for b in self.branches)

    def enclosure(self, x: Point) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """(a, b, c, d) with a <= inf f(x) <= b and c <= sup f(x) <= d; errors as for ``envelope``."""
        self.require_members()
        self._require_dim(x)
        found = [
            b.enclosure(x)
            if isinstance(b, (McShaneFiber, SmoothFiber))
            else (b.lower(x), b.lower(x), b.upper(x), b.upper(x))
            for b in self.branches
        ]
        lows, low_tops, high_bottoms, highs = zip(*found, strict=True)
        return min(lows), min(low_tops), max(high_bottoms), max(highs)

    def envelope(self, x: Point) -> tuple[Fraction, Fraction]:
        """(inf f(x), sup f(x)), exactly; in the 2-norm rounded towards each other, by at most 2^-64; for smooth
        functions outer bounds. ``enclosure`` has both sides.

        Raises:
            InfeasibleInformationError: where there are no members.
            InvalidInputError: for a point of another dimension.
        """
        self.require_members()
        self._require_dim(x)
        return min(b.lower(x) for b in self.branches), max(b.upper(x) for b in self.branches)

    def _require_dim(self, x: Point) -> None:
        if len(x) != self.knowledge.dim:
            raise InvalidInputError(f"a point of dimension {len(x)}", f"dimension {self.knowledge.dim}")

    def width(self, x: Point) -> Fraction:
        """sup f(x) - inf f(x)."""
        lower, upper = self.envelope(x)
        return upper - lower

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Members that come within ``slack`` of the lower and the upper envelope at x.

        Raises:
            UnsupportedError: where none can be built (gradients in a class of rates, shapes without functions).
        """
        self.require_members()
        low = min(self.branches, key=lambda b: b.lower(x))
        high = max(self.branches, key=lambda b: b.upper(x))
        return low.members(x, slack)[0], high.members(x, slack)[1]

    def functions(self) -> tuple[Function, Function]:
        """The envelopes (lower, upper) as exact functions.

        Raises:
            UnsupportedError: for convex and other shapes, whose envelopes are linear programs.
        """
        self.require_members()
        pairs = []
        for branch in self.branches:
            if not isinstance(branch, McShaneFiber):
                raise UnsupportedError(
                    f"envelopes of class {self.family.name} as functions",
                    "a class of rates",
                    "their values at points are linear programs: see envelope",
                )
            pairs.append(branch.functions())
        if len(pairs) == 1:
            return pairs[0]
        return Minimum([low for low, _ in pairs]), Maximum([high for _, high in pairs])

    def central(self) -> Function:
        """(lower + upper)/2, whose error is at most the radius on the whole fiber."""
        return Combination([Fraction(1, 2)] * 2, list(self.functions()))


def fiber(family: Family, knowledge: Knowledge) -> BeyondFiber:
    """The functions of a class that agree with what is known.

    Raises:
        InvalidInputError: for a class and knowledge of different dimensions.
        UnsupportedError: for a combination that is not supported, with the reason.
    """
    if family.dim != knowledge.dim:
        raise InvalidInputError(
            f"a class of dimension {family.dim} and knowledge of dimension {knowledge.dim}", "one dimension"
        )
    known = constraints(knowledge)
    branches: list[Branch] = []
    refusals: list[str] = []
    for gauge in family.gauges:
        found = _branch(family, gauge, known)
        if isinstance(found, str):
            refusals.append(found)
        else:
            branches.append(found)
    return BeyondFiber(family, knowledge, tuple(branches), tuple(refusals))


def _branch(family: Family, gauge: Gauge, known: Constraints) -> Branch | str:
    shape = family.shape
    if family.curvature is not None:
        return smooth_fiber(gauge, family.curvature, known)
    if shape is None:
        return mcshane_fiber(gauge, known)
    if shape == "convex":
        return convex_fiber(gauge, known)
    if shape == "concave":
        found = convex_fiber(gauge.reflected, reflected(known))
        return found if isinstance(found, str) else ReflectedFiber(found)
    if shape == "additive":
        return additive_fiber(gauge, known)
    if shape == "affine":
        return affine_fiber(gauge, known)
    return quasi_convex_fiber(gauge.dim, known)
