"""What the verdict on a claim with evaluations or numbers means in exact functions.

A refutation by the solvers is a set of numbers. Here they become knowledge, for which `fvtheory.beyond` finds
the radius by other code (breakpoints of envelopes), and functions of the class that agree with it; class,
agreement, range and the two sides of the inequality are checked on the functions themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from fvtheory.beyond import (
    BeyondFiber,
    Evaluations,
    Knowledge,
    Maximizers,
    Minimizers,
    UnsupportedError,
    family,
    fiber,
    radius,
)
from fvtheory.beyond.agreement import agrees, belongs
from fvtheory.beyond.answers import SLACK, widest
from fvtheory.claim_files.claim import UserClaim
from fvtheory.claim_files.known import KnownStatement
from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, legible, text
from fvtheory.functions import Function, maximum, minimum
from fvtheory.interpolation import DECODER_ERRS_AT_MOST, EvaluationStatement
from fvtheory.interpolation.data import MAXIMIZER, MINIMIZER
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN
from fvtheory.statements import AT_LEAST
from fvtheory.terms import evaluate
from fvtheory.verification import ClaimResult
from fvtheory.vouchers import Voucher


@dataclass(frozen=True)
class Replayed:
    """A verdict with what was checked again: ``wrong`` is empty where every fact was confirmed."""

    facts: Mapping[str, Any]
    wrong: str = ""


def confirmed(item: UserClaim, result: ClaimResult) -> ClaimResult:
    """The result with functions in its counterexample, each fact of it checked again; UNKNOWN where one fails.

    Args:
        item: a claim with evaluations or numbers.
        result: its verdict so far.
    """
    statement = item.statement()
    if isinstance(statement, KnownStatement):
        return _known(statement, result)
    if result.status != REFUTED or result.counterexample is None:
        return result
    assert isinstance(statement, EvaluationStatement)
    values = {name: Fraction(value) for name, value in result.counterexample["values"].items()}
    found = _replayed(item, statement, values)
    if found.wrong:
        reason = f"the functions built for the counterexample do not confirm it: {found.wrong}"
        return replace(result, status=UNKNOWN, counterexample=None, reason=reason, vouched_by=())
    return replace(result, counterexample={**result.counterexample, **found.facts})


def _numbers(item: UserClaim, statement: EvaluationStatement, values: Mapping[str, Fraction]) -> tuple:
    """(class, knowledge) for the numbers of a model."""
    data = statement.data
    points = [evaluate(p, values) for p in data.points]
    levels = [evaluate(y, values) for y in data.values]
    extrema = {MINIMIZER: Minimizers, MAXIMIZER: Maximizers}
    known: list[Any] = [Evaluations(points, levels)]
    assert item.evaluations is not None
    for e, p, y in zip(item.evaluations, points, levels, strict=True):
        if e.role in extrema:
            known.append(extrema[e.role]([p], y))
    rate = evaluate(data.rate, values) if statement.interpolation.needs_lipschitz else None
    return family(item.cls, 1, lipschitz=rate), Knowledge(*known), points, levels, rate


def _replayed(item: UserClaim, statement: EvaluationStatement, values: Mapping[str, Fraction]) -> Replayed:
    cls, known, points, levels, rate = _numbers(item, statement, values)
    bound, best = evaluate(statement.bound, values), evaluate(statement.radius, values)
    facts: dict[str, Any] = {"knowledge": known.to_json(), "bound": text(bound), "best_possible": text(best)}
    if rate is not None:
        facts["lipschitz"] = text(rate)
    members = fiber(cls, known)
    if members.is_empty:
        return Replayed(facts, f"no function agrees: {members.refusals[0]}")
    found = radius(cls, known).exact
    if found != best:
        return Replayed(facts, f"the radius is {found}, the formula says {best}")
    facts["radius"] = text(best)

    def wrong_with(functions: Sequence[Function]) -> str:
        low, high = (evaluate(t, values) for t in (statement.data.floor, statement.data.cap))
        for f in functions:
            if not get_class(item.cls).contains(f, rate):
                return "a function is not in the class"
            if any(f((p,)) != y for p, y in zip(points, levels, strict=True)):
                return "a function does not agree with the data"
            if minimum(f).value < low or maximum(f).value > high:
                return "a function leaves its range"
        return ""

    if statement.kind == DECODER_ERRS_AT_MOST:
        assert statement.decoder is not None
        x: Point = (values.get("x", Fraction(0)),)
        predicted = evaluate(statement.decoder, {"x": x[0], **values})
        pair = members.members(x, SLACK)
        function = max(pair, key=lambda f: abs(f(x) - predicted))
        error = abs(function(x) - predicted)
        facts |= {"function": function.to_json(), "at": [text(x[0])], "predicted": text(predicted)}
        facts["error"] = text(error)
        wrong = "" if error > bound else f"the error is {error}"
        return Replayed(facts, wrong_with([function]) or wrong)
    slack = SLACK if statement.kind == AT_LEAST else min(SLACK, (best - bound) / 2)
    x = widest(members, slack).near
    pair = members.members(x, slack / 2)
    if statement.kind == AT_LEAST:
        facts["function"] = pair[1].to_json()
        wrong = "" if best < bound else f"the radius {best} is not below the bound"
        return Replayed(facts, wrong_with([pair[1]]) or wrong)
    facts |= {"functions": [f.to_json() for f in pair], "at": [text(c) for c in x]}
    facts["values_there"] = [text(f(x)) for f in pair]
    apart = pair[1](x) - pair[0](x)
    wrong = "" if apart > 2 * bound else f"the functions are {apart} apart"
    return Replayed(facts, wrong_with(pair) or wrong)


def _known(statement: KnownStatement, result: ClaimResult) -> ClaimResult:
    """Who vouches is `fvtheory.beyond`, and two functions where they decide alone."""
    if result.status not in (PROVED, REFUTED):
        found = statement.found()
        low, high = legible(found.lower), legible(found.upper)
        between = f"the radius is between {low} and {high}, and so is the bound {statement.bound}"
        return replace(result, reason=between)
    vouchers = [Voucher("beyond")]
    facts = _facts(statement)
    apart = _two_functions(statement, facts)
    if apart is not None:
        decides = apart >= 2 * statement.bound if statement.kind == AT_LEAST else apart > 2 * statement.bound
        expected = PROVED if statement.kind == AT_LEAST else REFUTED
        if decides and result.status != expected:
            reason = f"two functions {apart} apart contradict the bounds of the radius"
            return replace(result, status=UNKNOWN, counterexample=None, reason=reason, vouched_by=())
        if decides:
            vouchers.append(Voucher("replay"))
    if result.status == REFUTED and statement.kind != AT_LEAST and apart is None:
        reason = f"R is at least {legible(statement.found().lower)}, but no two functions could be built that show it"
        return replace(result, status=UNKNOWN, counterexample=None, reason=reason, vouched_by=())
    counterexample = facts if result.status == REFUTED else None
    return replace(result, vouched_by=tuple(vouchers), counterexample=counterexample)


def _facts(statement: KnownStatement) -> dict[str, Any]:
    found = statement.found()
    between = f"between {legible(found.lower)} and {legible(found.upper)}"
    best = between if found.exact is None else text(found.exact)
    return {
        "values": {},
        "knowledge": statement.knowledge.to_json(),
        "bound": text(statement.bound),
        "best_possible": best,
        "radius": found.to_json(),
    }


def _two_functions(statement: KnownStatement, facts: dict[str, Any]) -> Fraction | None:
    """How far two functions are apart that agree with the knowledge, at the widest point found; added to the
    facts. None where none can be built, or one of them fails a check."""
    found = statement.found()
    assert found.at is not None
    members: BeyondFiber = fiber(statement.family, statement.knowledge)
    x: Point = found.at
    try:
        if len(x) == 1 and statement.family.shape not in ("affine", "additive", "smooth"):
            x = widest(members, SLACK).near
        pair = members.members(x, SLACK)
    except UnsupportedError:
        return None
    if not all(_agrees(statement, f) for f in pair):
        return None
    facts |= {"functions": [f.to_json() for f in pair], "at": [text(c) for c in x]}
    facts["values_there"] = [text(f(x)) for f in pair]
    return pair[1](x) - pair[0](x)


def _agrees(statement: KnownStatement, f: Function) -> bool:
    """Whether f agrees and is in the class, decided on the function itself; False where that cannot be decided."""
    if not statement.plain:
        return False
    try:
        return agrees(f, statement.knowledge) and belongs(f, statement.family.name, statement.rate)
    except InvalidInputError:
        return False
