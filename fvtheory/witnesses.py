"""What a refuting Φ means: exact functions and a decoder, checked by code that shares nothing with
the proofs.

The values that refute a statement about decoders are a Φ. Here they become functions of the class
with that Φ, a point, a decoder and the two sides of the inequality, and each of these facts is
checked again on the exact functions themselves (`fvtheory.functions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.classes import FunctionClass, get_class
from fvtheory.exact import Point, text
from fvtheory.functions import Combination, Function, equal, has_information, sup_distance
from fvtheory.information import MinMax
from fvtheory.statements import AT_LEAST, RadiusStatement
from fvtheory.symbols import constant_phi
from fvtheory.terms import Const, evaluate


@dataclass(frozen=True)
class Fiber:
    """The fiber of one feasible Φ in one class, in exact numbers."""

    cls: FunctionClass
    phi: MinMax
    lipschitz: Fraction | None

    @property
    def radius(self) -> Fraction:
        return self.cls.radius_at(self.phi, self.lipschitz)

    def widest_point(self) -> Point:
        """The point, of those the class names, with the greatest upper - lower."""
        phi = constant_phi(self.phi, self.lipschitz)
        candidates = [phi.x_min, *self.cls.separation_points(phi, Const(Fraction(1, 1024)))]
        points = [tuple(evaluate(c, {}) for c in p) for p in candidates]

        def width(p: Point) -> Fraction:
            lower, upper = self.cls.envelope_at(self.phi, p, self.lipschitz)
            return upper - lower

        return max(points, key=width)

    def pair(self, x: Point) -> tuple[Function, Function]:
        """Members of the fiber with values lower(x) and upper(x)."""
        return self.cls.exact_members(self.phi, x, self.lipschitz)

    def member(self, convention: str) -> Function:
        """A function of the class with the information Φ under the convention."""
        if convention == "any-selection":
            return self.pair(self.phi.x_min)[1]
        return self.cls.exact_strict(self.phi, convention, self.lipschitz)

    def central_decoder(self) -> Function:
        """(lower + upper)/2, which errs by at most the radius on the whole fiber."""
        lower, upper = self.cls.exact_envelopes(self.phi, self.lipschitz)
        return Combination([Fraction(1, 2)] * 2, [lower, upper])

    def holds(self, f: Function, convention: str = "any-selection") -> bool:
        """Whether f is in the class and has the information Φ, decided on the function itself."""
        return self.cls.contains(f, self.lipschitz) and has_information(f, self.phi, convention)


def fiber_of(statement: RadiusStatement, values: Mapping[str, Fraction]) -> Fiber:
    """The fiber of the Φ that a model gives."""
    dim = sum(name == "x_min" or name.startswith("x_min[") for name in values)
    symbolic = statement.phi(dim)
    phi = MinMax(
        [evaluate(c, values) for c in symbolic.x_min],
        [evaluate(c, values) for c in symbolic.x_max],
        evaluate(symbolic.f_min, values),
        evaluate(symbolic.f_max, values),
    )
    cls = get_class(statement.cls)
    return Fiber(cls, phi, evaluate(symbolic.rate, values) if cls.needs_lipschitz else None)


@dataclass(frozen=True)
class Explanation:
    """A counterexample in functions: what to report, and whether every fact of it was confirmed."""

    facts: Mapping
    confirmed: bool


def explain(statement: RadiusStatement, values: Mapping[str, Fraction], convention: str) -> Explanation:
    """The refutation of a statement about decoders, in exact functions, each fact checked again.

    Where every decoder is said to err by at least the bound, the central decoder errs by less on the
    whole fiber. Where some decoder is said to err by at most the bound, two members of the fiber
    differ by more than twice that at a point (under ``first`` and ``unique``: functions as close to
    these two as one likes).
    """
    fiber = fiber_of(statement, values)
    x = fiber.widest_point()
    low, high = fiber.pair(x)
    member = fiber.member(convention)
    facts: dict = {"phi": fiber.phi.to_json()}
    if fiber.lipschitz is not None:
        facts["lipschitz"] = text(fiber.lipschitz)
    facts["radius"] = text(fiber.radius)
    checks = [fiber.holds(low), fiber.holds(high), fiber.holds(member, convention)]
    symbolic = statement.phi(fiber.phi.dim)
    if statement.bound is not None:
        facts["bound"] = text(evaluate(statement.bound(symbolic), values))
        facts["best_possible"] = text(evaluate(statement.radius(symbolic), values))
        if statement.kind == AT_LEAST and facts["bound"] == facts["best_possible"]:
            facts["note"] = "under this convention the bound is approached, and reached by no function"
    if statement.kind == AT_LEAST:
        facts |= {"function": member.to_json(), "decoder": fiber.central_decoder().to_json()}
        checks += _central_decoder_errs_by(fiber)
    else:
        facts |= {"functions": [low.to_json(), high.to_json()], "at": [text(c) for c in x]}
        facts |= {"values_there": [text(low(x)), text(high(x))]}
    return Explanation(facts, all(checks))


def _central_decoder_errs_by(fiber: Fiber) -> list[bool]:
    """sup(upper - lower)/2 on the exact envelopes is the radius."""
    lower, upper = fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz)
    if fiber.radius == 0:
        return [equal(lower, upper)]
    return [sup_distance(lower, upper).value / 2 == fiber.radius]
