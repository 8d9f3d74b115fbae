"""Radius, envelope and counterexample for any knowledge, as small frozen values with ``to_json``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from fvtheory.beyond.additive import AdditiveFiber
from fvtheory.beyond.branch_and_bound import Progress, RadiusSearch
from fvtheory.beyond.corners import CornerSearch, widest_corner
from fvtheory.beyond.family import Family, UnsupportedError
from fvtheory.beyond.fiber import BeyondFiber, fiber
from fvtheory.beyond.knowledge import Knowledge
from fvtheory.beyond.line import Widest, widest_on_line
from fvtheory.beyond.mcshane import McShaneFiber
from fvtheory.beyond.smooth import SmoothFiber, SmoothSearch
from fvtheory.beyond.straight import AffineFiber
from fvtheory.classes import get_class
from fvtheory.decoders import asking
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, rational, text
from fvtheory.fiber import Envelope, EnvelopePoint, Fiber
from fvtheory.functions import Function
from fvtheory.results import write_file

GAP = Fraction(1, 100)
SLACK = Fraction(1, 2**20)
SECONDS_BETWEEN_SAVES = 5.0

BeyondDecoder = Callable[[Knowledge], Callable[[Point], Any]]
"""From what is known to a prediction: a function of a point that returns a number."""


@dataclass(frozen=True)
class BeyondRadius:
    """The smallest worst-case error of any decoder: half of the supremum of upper - lower.

    Attributes:
        feasible: whether any function of the class agrees with the knowledge; nothing else is set if not.
        lower, upper: certified bounds of the radius; equal where it is exact.
        attained: whether upper - lower takes its supremum at ``at`` (None: not decided).
        at: a point where upper - lower is at least 2 lower, but for the slack where it is only approached.
        method: "closed form" (exact: Φ alone in a class of Table 1), "breakpoints" (exact, one variable),
            "corners" (exact, affine functions), "grids" (smooth functions) or "branch and bound".
        boxes: how many boxes were looked at.
        reason: why there is no member, where there is none.
    """

    feasible: bool
    lower: Fraction | None = None
    upper: Fraction | None = None
    attained: bool | None = None
    at: Point | None = None
    method: str = ""
    boxes: int = 0
    reason: str = ""

    @property
    def exact(self) -> Fraction | None:
        """The radius where both bounds agree."""
        return self.lower if self.lower == self.upper else None

    def to_json(self) -> dict[str, Any]:
        if not self.feasible:
            return {"feasible": False, "reason": self.reason}
        assert self.lower is not None and self.upper is not None
        found: dict[str, Any] = {"feasible": True}
        if self.lower == self.upper:
            found["radius"] = text(self.lower)
        found |= {"lower": text(self.lower), "upper": text(self.upper), "attained": self.attained}
        if self.at is not None:
            found["at"] = [text(c) for c in self.at]
        return {**found, "method": self.method, "boxes": self.boxes}


def radius(
    family: Family,
    knowledge: Knowledge,
    *,
    gap: Rational = GAP,
    max_boxes: int | None = None,
    progress: Progress | None = None,
    state: str | Path | None = None,
) -> BeyondRadius:
    """How well any decoder can predict f in the worst case over the class, from what is known.

    Args:
        family: the class; see `family`.
        knowledge: what is known.
        gap: in several variables, the relative distance of the bounds at which the search ends.
        max_boxes: end there at the latest; the bounds are certified all the same.
        progress: called now and then with (boxes, lower, upper).
        state: a file to keep a search in several variables in: it goes on from there, and is saved now and
            then, at the end and on an interruption. Only classes of rates have one.

    Raises:
        InvalidInputError: for different dimensions, or a gap out of range.
        UnsupportedError: for a combination that is not supported, with the reason.
    """
    members = fiber(family, knowledge)
    if members.is_empty:
        return BeyondRadius(False, reason=members.refusals[0])
    phi = knowledge.only_min_max
    if phi is not None and family.table_1 is not None and knowledge.dim > 1:
        name, rate = family.table_1
        proved = Fiber(get_class(name), phi, rate)
        at = proved.widest_point()
        attained = proved.width(at) == 2 * proved.radius
        return BeyondRadius(True, proved.radius, proved.radius, attained, at, "closed form")
    return searched_radius(members, gap=gap, max_boxes=max_boxes, progress=progress, state=state)


def searched_radius(
    members: BeyondFiber,
    *,
    gap: Rational = GAP,
    max_boxes: int | None = None,
    progress: Progress | None = None,
    state: str | Path | None = None,
) -> BeyondRadius:
    """The radius of a fiber with members, by breakpoints, corners or branch and bound: see `radius`."""
    family, knowledge = members.family, members.knowledge
    if family.shape == "affine":
        straight = [b for b in members.branches if isinstance(b, AffineFiber)]
        width, at = widest_corner(straight, knowledge.dim)
        return BeyondRadius(True, width / 2, width / 2, True, at, "corners", 2**knowledge.dim)
    if family.shape == "additive" and not all(g.is_finite for g in family.gauges):
        raise UnsupportedError(
            f"the radius of class {family.name}",
            "additive functions with finite rates (additive+lipschitz), or envelopes at points",
            "without rates nothing bounds the envelopes between points",
        )
    if family.shape == "smooth":
        grids = SmoothSearch([b for b in members.branches if isinstance(b, SmoothFiber)])
        grids.run(rational(gap, "gap"), max_boxes, progress)
        return BeyondRadius(True, grids.lower, grids.upper, None, grids.at, "grids", grids.seen)
    if knowledge.dim == 1 and family.shape != "additive":
        found = widest(members)
        half = found.width / 2
        return BeyondRadius(True, half, half, found.at is not None, found.near, "breakpoints")
    search: RadiusSearch | CornerSearch
    if family.shape is None:
        search = RadiusSearch([b for b in members.branches if isinstance(b, McShaneFiber)])
        if state is not None:
            progress = _keeping(search, Path(state), progress)
    else:
        search = CornerSearch(
            [b for b in members.branches if not isinstance(b, (McShaneFiber, AffineFiber, SmoothFiber))],
            knowledge.dim,
        )
    try:
        search.run(rational(gap, "gap"), max_boxes, progress)
    finally:
        if state is not None and isinstance(search, RadiusSearch):
            write_file(Path(state).absolute(), search.to_bytes())
    attained = True if search.lower == search.upper else None
    return BeyondRadius(
        True, search.lower, search.upper, attained, search.at, "branch and bound", search.seen
    )


def _keeping(search: RadiusSearch, file: Path, progress: Progress | None) -> Progress:
    """Go on from the file, where there is one, and save to it every few seconds."""
    if file.exists():
        if not file.is_file():
            raise InvalidInputError(f"state {str(file)!r}, which is no plain file", "a file, or a new name")
        search.restore(file.read_bytes())
    saved = time.monotonic()

    def step(seen: int, lower: Fraction, upper: Fraction) -> None:
        nonlocal saved
        if time.monotonic() - saved > SECONDS_BETWEEN_SAVES:
            write_file(file.absolute(), search.to_bytes())
            saved = time.monotonic()
        if progress is not None:
            progress(seen, lower, upper)

    return step


def widest(members: BeyondFiber, slack: Fraction = SLACK) -> Widest:
    """The supremum of the width in one variable, exactly, and where it is taken or approached."""
    return widest_on_line(
        [b for b in members.branches if not isinstance(b, (AffineFiber, AdditiveFiber, SmoothFiber))], slack
    )


def envelope(family: Family, knowledge: Knowledge, at: Iterable[Point | Rational]) -> Envelope:
    """Infimum and supremum of f(x) over all f of the class that agree with the knowledge, at each point.

    Raises:
        InfeasibleInformationError: when no function of the class agrees.
        InvalidInputError: for no points, or points of another dimension or outside the cube.
        UnsupportedError: for a combination that is not supported, with the reason.
    """
    members = fiber(family, knowledge)
    points = [cube_point(x, "at") for x in at]
    if not points:
        raise InvalidInputError("no points", "at least one point", "for example --at 1/2")
    if members.is_exact:
        return Envelope(tuple(EnvelopePoint(x, *members.envelope(x)) for x in points))
    return Envelope(
        tuple(EnclosedPoint(x, a, d, b, c) for x in points for a, b, c, d in [members.enclosure(x)])
    )


@dataclass(frozen=True)
class EnclosedPoint(EnvelopePoint):
    """Outer bounds ``lower`` and ``upper`` of the range of f(at), and how far it reaches for certain."""

    lower_at_most: Fraction
    upper_at_least: Fraction

    @property
    def both_sides(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """(a, b, c, d) with a <= inf f(at) <= b and c <= sup f(at) <= d."""
        return self.lower, self.lower_at_most, self.upper_at_least, self.upper

    def to_json(self) -> dict:
        inner = {"lower_at_most": text(self.lower_at_most), "upper_at_least": text(self.upper_at_least)}
        return super().to_json() | inner


@dataclass(frozen=True)
class BeyondCounterexample:
    """A function of the class that agrees with the knowledge, and where a decoder is off.

    Attributes:
        function: the function, exact.
        at: the point.
        value: the function there.
        predicted: the decoder there.
        error: |value - predicted|.
        radius_lower, radius_upper: certified bounds of the radius.
    """

    function: Function
    at: Point
    value: Fraction
    predicted: Fraction
    error: Fraction
    radius_lower: Fraction
    radius_upper: Fraction

    @property
    def certified(self) -> bool:
        """Whether no decoder can be sure to do better: the error is at least the upper bound of the radius."""
        return self.error >= self.radius_upper

    def to_json(self) -> dict[str, Any]:
        return {
            "function": self.function.to_json(),
            "at": [text(c) for c in self.at],
            "value": text(self.value),
            "predicted": text(self.predicted),
            "error": text(self.error),
            "radius": {"lower": text(self.radius_lower), "upper": text(self.radius_upper)},
            "certified": self.certified,
        }


def counterexample(
    family: Family,
    knowledge: Knowledge,
    decoder: BeyondDecoder,
    *,
    gap: Rational = GAP,
    max_boxes: int | None = None,
    slack: Rational = SLACK,
) -> BeyondCounterexample:
    """A function on which the decoder errs by about the radius: the one of the two members at the widest
    point from which the prediction there is farther.

    The error is at least the lower bound of the radius less ``slack``; it is exact, and replayed on the
    function itself.

    Raises:
        InfeasibleInformationError: when no function of the class agrees with the knowledge.
        InvalidInputError: for a decoder that does not answer with numbers.
        UnansweredError: for one that takes more than a minute for an answer.
        UnsupportedError: where members cannot be built, with the reason.
    """
    if family.shape == "smooth":
        raise UnsupportedError(
            f"a counterexample of class {family.name}",
            "a class of piecewise affine functions, such as lipschitz or convex",
            "smooth functions are pieces of parabolas, for which there is no kind of exact function",
        )
    members = fiber(family, knowledge)
    members.require_members()
    room = rational(slack, "slack")
    if not 0 < room < 1:
        raise InvalidInputError(f"slack = {room}", "a slack between 0 and 1")
    found = radius(family, knowledge, gap=gap, max_boxes=max_boxes)
    assert found.lower is not None and found.upper is not None and found.at is not None
    x = found.at
    if knowledge.dim == 1 and family.shape not in ("affine", "additive"):
        x = widest(members, room / 2).near
    with asking(decoder, knowledge) as answer:
        predicted = answer(x)
    pair = members.members(x, room / 2)
    function = max(pair, key=lambda f: abs(f(x) - predicted))
    value = function(x)
    return BeyondCounterexample(
        function, x, value, predicted, abs(value - predicted), found.lower, found.upper
    )
