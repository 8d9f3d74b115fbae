"""What the verdict on a claim with evaluations or numbers means in exact functions, and why it holds.

A refutation by the solvers is a set of numbers. Here they become knowledge, for which `fvtheory.beyond` finds
the radius by other code (breakpoints of envelopes), and functions of the class that agree with it; class,
agreement, range and the two sides of the inequality are checked on the functions themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

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
from fvtheory.claimed_knowledge import KnownStatement
from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, text
from fvtheory.functions import Function, maximum, minimum
from fvtheory.interpolation import DECODER_ERRS_AT_MOST, EvaluationStatement
from fvtheory.interpolation.data import MAXIMIZER, MINIMIZER
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN
from fvtheory.statements import AT_LEAST, AT_MOST
from fvtheory.terms import evaluate, show
from fvtheory.verification import ClaimResult
from fvtheory.vouchers import Voucher

if TYPE_CHECKING:
    from fvtheory.claim_file import UserClaim

CENTRAL = (
    "  The decoder (lower + upper)/2 has it, since upper - lower <= 2R everywhere; no decoder has less, since two"
    " functions that agree are (almost) 2R apart at a point (Lemma 3)."
)


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
        between = (
            f"the radius is between {found.lower} and {found.upper}, and so is the bound {statement.bound}"
        )
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
        reason = f"R is at least {statement.found().lower}, but no two functions could be built that show it"
        return replace(result, status=UNKNOWN, counterexample=None, reason=reason, vouched_by=())
    counterexample = facts if result.status == REFUTED else None
    return replace(result, vouched_by=tuple(vouchers), counterexample=counterexample)


def _facts(statement: KnownStatement) -> dict[str, Any]:
    found = statement.found()
    best = text(found.exact) if found.exact is not None else f"between {found.lower} and {found.upper}"
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


# ---- why ---------------------------------------------------------------------------------------------


def reasons(item: UserClaim, result: ClaimResult) -> list[str]:
    """Why the claim is decided as it is, but for the last lines, in lines a reader can follow."""
    statement = item.statement()
    lines = [f"{item.id}: {result.status}"]
    if isinstance(statement, KnownStatement):
        found = statement.found()
        best = f"exactly {found.exact}" if found.exact is not None else f"from {found.lower} to {found.upper}"
        how = f"{found.method}{f', {found.boxes} boxes' if found.boxes else ''}"
        lines.append(
            f"  Functions of class {item.cls}, d = {item.dim}, that agree with the knowledge are considered."
        )
        lines.append(f"  The smallest worst-case error R of any decoder is {best} ({how}).")
        if result.status in (PROVED, REFUTED):
            relation = "bound <= R" if item.kind == AT_LEAST else "R <= bound"
            holds = "so" if result.status == PROVED else "so it is not true that"
            lines.append(f"  The bound is {statement.bound}, {holds} {relation}.")
        return lines
    assert isinstance(statement, EvaluationStatement)
    data = statement.data
    places = ", ".join(f"f({show(p)}) = {show(y)}" for p, y in zip(data.points, data.values, strict=True))
    lines.append(
        f"  Known: {places}, and {show(data.floor)} <= f <= {show(data.cap)} (class {item.cls}, d = 1)."
    )
    best_term = show(statement.radius)
    best = best_term if len(best_term) <= 400 else "half of the greatest width of the gaps"
    if item.kind != DECODER_ERRS_AT_MOST:
        lines += [f"  The smallest worst-case error of any decoder is R = {best}.", CENTRAL]
    if result.status == PROVED:
        where = f" with {item.when}" if item.when else ""
        relation = {AT_LEAST: "bound <= R", AT_MOST: "R <= bound"}.get(
            item.kind, "in every gap upper - bound <= decoder <= lower + bound"
        )
        lines.append(
            f"  For all such data{where}: {relation}, bound = {item.bound}. Z3 and cvc5 both prove it."
        )
    elif result.status == REFUTED and result.counterexample is not None:
        fact = result.counterexample
        at = ", ".join(f"{k} = {v}" for k, v in fact["values"].items())
        but = f"  But at {at or 'these numbers'} the bound is {fact['bound']}"
        if item.kind == DECODER_ERRS_AT_MOST:
            lines.append(
                f"{but}, and the decoder errs by {fact['error']} at {fact['at'][0]} on a function that agrees"
                f" (R, the best possible, is {fact['best_possible']})."
            )
        elif item.kind == AT_MOST:
            lines.append(f"{but} and R is {fact['best_possible']}.")
            lines.append(
                f"  There two functions differ at {fact['at'][0]}: {' and '.join(fact['values_there'])}."
            )
        else:
            lines.append(f"{but} and R is {fact['best_possible']}.")
            lines.append("  There (lower + upper)/2 is a decoder that does better than claimed.")
    return lines
