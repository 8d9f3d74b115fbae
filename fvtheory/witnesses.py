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

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import text
from fvtheory.fiber import SLACK, Fiber
from fvtheory.functions import MAX_DIM, Combination, equal, sup_distance
from fvtheory.information import MinMax
from fvtheory.statements import AT_LEAST, AT_MOST, RadiusStatement
from fvtheory.terms import evaluate


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
    differ by more than twice that at a point. Under ``first`` and ``unique`` a little of a member with
    such extrema is mixed into each, so that they have the information Φ under the convention.

    In more than `MAX_DIM` dimensions the exact functions cannot decide every question about themselves;
    what they leave open is said in ``unchecked``.
    """
    fiber = fiber_of(statement, values)
    x = fiber.widest_point(min(SLACK, _spare(statement, fiber, values)))
    member = fiber.member(convention)
    low, high = fiber.pair(x)
    if convention != "any-selection":
        share = _share(statement, fiber, values, high(x) - low(x))
        low, high = (Combination([1 - share, share], [f, member]) for f in (low, high))
    facts: dict = {"phi": fiber.phi.to_json()}
    if fiber.lipschitz is not None:
        facts["lipschitz"] = text(fiber.lipschitz)
    facts["radius"] = text(fiber.radius)
    checks = {
        "the member of the fiber": lambda: fiber.holds(member, convention),
        "the lower member": lambda: fiber.holds(low, convention),
        "the upper member": lambda: fiber.holds(high, convention),
    }
    symbolic = statement.phi(fiber.phi.dim)
    if statement.bound is not None:
        facts["bound"] = text(evaluate(statement.bound(symbolic), values))
        facts["best_possible"] = text(evaluate(statement.radius(symbolic), values))
        if statement.kind == AT_LEAST and facts["bound"] == facts["best_possible"]:
            facts["note"] = "under this convention the bound is approached, and reached by no function"
    if statement.kind == AT_LEAST:
        facts |= {"function": member.to_json(), "decoder": fiber.central_decoder().to_json()}
        checks["the error of the decoder"] = lambda: _central_decoder_errs_by_the_radius(fiber)
    else:
        facts |= {"functions": [low.to_json(), high.to_json()], "at": [text(c) for c in x]}
        facts |= {"values_there": [text(low(x)), text(high(x))]}
        if statement.kind == AT_MOST and statement.question == "value":
            bound = Fraction(facts["bound"])
            checks["the distance of the two functions"] = lambda: high(x) - low(x) > 2 * bound
    open_ones = []
    for name, holds in checks.items():
        try:
            if not holds():
                return Explanation(facts, False)
        except InvalidInputError:
            if fiber.phi.dim <= MAX_DIM:
                raise
            open_ones.append(name)
    if open_ones:
        facts["unchecked"] = open_ones
    return Explanation(facts, True)


def _spare(statement: RadiusStatement, fiber: Fiber, values: Mapping[str, Fraction]) -> Fraction:
    """How far the radius is above a refuted upper bound; 1 for other statements."""
    if statement.kind != AT_MOST or statement.question != "value" or statement.bound is None:
        return Fraction(1)
    return fiber.radius - evaluate(statement.bound(statement.phi(fiber.phi.dim)), values)


def _share(
    statement: RadiusStatement, fiber: Fiber, values: Mapping[str, Fraction], width: Fraction
) -> Fraction:
    """How much may be mixed into two functions that are ``width`` apart so that they stay far enough apart."""
    if width == 0:
        return SLACK
    bound = fiber.radius - _spare(statement, fiber, values)
    return min(SLACK, (width - 2 * bound) / (2 * width)) if statement.kind == AT_MOST else SLACK


def _central_decoder_errs_by_the_radius(fiber: Fiber) -> bool:
    """sup(upper - lower)/2 on the exact envelopes is the radius."""
    lower, upper = fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz)
    if fiber.radius == 0:
        return equal(lower, upper)
    return sup_distance(lower, upper).value / 2 == fiber.radius
