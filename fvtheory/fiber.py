"""One fiber in exact numbers: all functions of a class with one Φ, and what decoders can do on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.classes import FunctionClass, get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, rational, text
from fvtheory.functions import Combination, Function, has_information
from fvtheory.information import MinMax

SLACK = Fraction(1, 1024)


@dataclass(frozen=True)
class Fiber:
    """The functions of a class that have the information Φ (any selection of extrema).

    Raises:
        InfeasibleInformationError: when there are none.
        InvalidInputError: for a Lipschitz constant that is missing, not asked for or not positive.
    """

    cls: FunctionClass
    phi: MinMax
    lipschitz: Fraction | None = None

    def __post_init__(self) -> None:
        self.cls.require_feasible(self.phi, self.lipschitz)

    @property
    def radius(self) -> Fraction:
        """The radius of information: the smallest worst-case error of any decoder."""
        return self.cls.radius_at(self.phi, self.lipschitz)

    def envelope(self, x: Point | Rational) -> tuple[Fraction, Fraction]:
        """(lower, upper): infimum and supremum of f(x) over the fiber."""
        return self.cls.envelope_at(self.phi, x, self.lipschitz)

    def width(self, x: Point) -> Fraction:
        """upper(x) - lower(x)."""
        lower, upper = self.envelope(x)
        return upper - lower

    def widest_point(self, slack: Fraction = SLACK) -> Point:
        """A point where upper - lower is 2R or, if 2R is only approached, at least 2R - slack."""
        return max(self.cls.widest_candidates(self.phi, slack), key=self.width)

    def pair(self, x: Point) -> tuple[Function, Function]:
        """Members of the fiber with values lower(x) and upper(x)."""
        return self.cls.exact_members(self.phi, x, self.lipschitz)

    def member(self, convention: str = "any-selection") -> Function:
        """A function of the class with the information Φ under the convention."""
        if convention == "any-selection":
            return self.pair(self.phi.x_min)[1]
        self.cls.require_feasible(self.phi, self.lipschitz, convention)
        return self.cls.exact_strict(self.phi, convention, self.lipschitz)

    def central_decoder(self) -> Function:
        """(lower + upper)/2, which errs by at most the radius on the whole fiber."""
        lower, upper = self.cls.exact_envelopes(self.phi, self.lipschitz)
        return Combination([Fraction(1, 2)] * 2, [lower, upper])

    def holds(self, f: Function, convention: str = "any-selection") -> bool:
        """Whether f is in the class and has the information Φ, decided on the function itself."""
        return self.cls.contains(f, self.lipschitz) and has_information(f, self.phi, convention)


@dataclass(frozen=True)
class Radius:
    """The answer of `radius`.

    Attributes:
        feasible: whether any function of the class has Φ; nothing else is set if not.
        radius: the smallest worst-case error of any decoder.
        attained: whether upper - lower is 2R at some point, or 2R is only approached.
        at: such a point.
        decoder: the central decoder, which has this error, as a function.
    """

    feasible: bool
    radius: Fraction | None = None
    attained: bool | None = None
    at: Point | None = None
    decoder: Function | None = None

    def to_json(self) -> dict:
        if not self.feasible:
            return {"feasible": False}
        assert self.radius is not None and self.decoder is not None
        found = {"feasible": True, "radius": text(self.radius), "attained": self.attained}
        if self.at is not None:
            found["at"] = [text(c) for c in self.at]
        return {**found, "decoder": self.decoder.to_json()}


@dataclass(frozen=True)
class EnvelopePoint:
    """The range of f(at) over the fiber."""

    at: Point
    lower: Fraction
    upper: Fraction

    def to_json(self) -> dict:
        return {"at": [text(c) for c in self.at], "lower": text(self.lower), "upper": text(self.upper)}


@dataclass(frozen=True)
class Envelope:
    """The answer of `envelope`: one entry a point."""

    points: tuple[EnvelopePoint, ...]

    def to_json(self) -> dict:
        return {"points": [p.to_json() for p in self.points]}


def _read(cls: str, phi: MinMax | Mapping | str, lipschitz: Rational | None):
    number = None if lipschitz is None else rational(lipschitz, "lipschitz")
    return get_class(cls), phi if isinstance(phi, MinMax) else MinMax.from_json(phi), number


def radius(cls: str, phi: MinMax | Mapping | str, lipschitz: Rational | None = None) -> Radius:
    """How well any decoder can predict f from Φ in the worst case over the class.

    Args:
        cls: the name of a class.
        phi: Φ, as a `MinMax`, a mapping or JSON.
        lipschitz: the Lipschitz constant, where the class needs one.

    Raises:
        UnknownNameError: for an unknown class.
        InvalidInputError: for a malformed Φ or a wrong Lipschitz constant.
        InexactNumberError: for floats.
    """
    family, information, constant = _read(cls, phi, lipschitz)
    if not family.is_feasible(information, constant):
        return Radius(False)
    fiber = Fiber(family, information, constant)
    at = fiber.widest_point()
    attained = fiber.width(at) == 2 * fiber.radius
    return Radius(True, fiber.radius, attained, at if attained else None, fiber.central_decoder())


def envelope(
    cls: str,
    phi: MinMax | Mapping | str,
    at: Iterable[Point | Rational],
    lipschitz: Rational | None = None,
) -> Envelope:
    """Infimum and supremum of f(x) over all f of the class with Φ, at each of the points.

    Arguments and errors as for `radius`; besides,

    Raises:
        InfeasibleInformationError: when no function of the class has Φ.
        InvalidInputError: for no points, or points of another dimension or outside the cube.
    """
    family, information, constant = _read(cls, phi, lipschitz)
    fiber = Fiber(family, information, constant)
    points = [cube_point(x, "at") for x in at]
    if not points:
        raise InvalidInputError("no points", "at least one point", "for example --at 1/2")
    return Envelope(tuple(EnvelopePoint(x, *fiber.envelope(x)) for x in points))
