"""Why a claim of a user is decided as it is, in lines a reader can follow."""

from __future__ import annotations

from fvtheory.checkers.solver_process import SOLVERS
from fvtheory.claim_files.claim import UserClaim
from fvtheory.claim_files.known import KnownStatement
from fvtheory.claim_files.sharpness import Sharpness
from fvtheory.exact import legible
from fvtheory.interpolation import DECODER_ERRS_AT_MOST, EvaluationStatement
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN
from fvtheory.statements import AT_LEAST, AT_MOST, RadiusStatement
from fvtheory.terms import Term, show
from fvtheory.verification import ClaimResult

MAX_SHOWN = 400
"""A formula of more characters is described in words."""

CENTRAL = (
    "The decoder (lower + upper)/2 has it, since upper - lower <= 2R everywhere; no decoder has less, since two"
    " {members} are (almost) 2R apart at a point (Lemma 3)."
)


def explanation(item: UserClaim, result: ClaimResult, sharpness: Sharpness | None) -> tuple[str, ...]:
    """Why the claim is decided as it is, one sentence or two a line.

    Args:
        item: the claim.
        result: its verdict.
        sharpness: how good a proved bound is, where that was looked for.
    """
    statement = item.statement()
    if isinstance(statement, RadiusStatement):
        lines = _about_phi(item, statement, result)
    elif isinstance(statement, EvaluationStatement):
        lines = _about_evaluations(item, statement, result)
    else:
        lines = _about_numbers(item, statement, result)
    if sharpness is not None:
        lines.append(_sentence(str(sharpness)))
    if result.status == UNKNOWN:
        lines.append(f"Not decided: {result.reason}.")
    words = " ".join(item.text.split()).rstrip(".")
    claimed = f"Claim: {item}." + (f" In words: {words}." if words else "")
    return f"{item.id}: {item.verdict(result.status)}", *(f"  {line}" for line in (claimed, *lines))


def _about_phi(item: UserClaim, statement: RadiusStatement, result: ClaimResult) -> list[str]:
    known = f"class {item.cls}, d = {item.dim}, ties: {result.convention}"
    close = "." if result.convention == "any-selection" else ", or come close."
    best = _shown(statement.radius(statement.phi(item.dim)), "the radius of the class")
    lines = [
        f"The fiber of Φ ({known}) has envelopes lower <= f <= upper; members of the fiber reach both{close}"
    ]
    if item.question == "side":
        lines += [
            f"On the side question the smallest worst-case error of any decoder is {best}.",
            "It is 1 where upper > middle >= lower at some x (Lemma 4),"
            " and 0 where upper <= middle or lower > middle at every x.",
        ]
    else:
        lines += [
            f"The smallest worst-case error of any decoder is R = {best}.",
            CENTRAL.format(members="members of the fiber"),
        ]
    if result.status == PROVED:
        relation = "bound <= R" if item.kind == AT_LEAST else "R <= bound"
        lines.append(_proved(item, "every feasible Φ", relation, result))
    elif result.status == REFUTED and result.counterexample is not None:
        found = result.counterexample
        values = ", ".join(f"{k} = {v}" for k, v in found["values"].items())
        lines.append(f"But at {values} the bound is {found['bound']} and R is {found['best_possible']}.")
        if item.kind == AT_LEAST:
            lines.append(
                "There (lower + upper)/2 is a decoder that does better than claimed on every function with this Φ."
            )
        else:
            values_there = " and ".join(found["values_there"])
            lines.append(f"There two functions differ at ({', '.join(found['at'])}): {values_there}.")
        if "note" in found:
            lines.append(_sentence(found["note"]))
    return lines


def _about_evaluations(item: UserClaim, statement: EvaluationStatement, result: ClaimResult) -> list[str]:
    data = statement.data
    places = ", ".join(f"f({show(p)}) = {show(y)}" for p, y in zip(data.points, data.values, strict=True))
    lines = [f"Known: {places}, and {show(data.floor)} <= f <= {show(data.cap)} (class {item.cls}, d = 1)."]
    if item.kind != DECODER_ERRS_AT_MOST:
        best = _shown(statement.radius, "half of the greatest width of the gaps")
        lines.append(f"The smallest worst-case error of any decoder is R = {best}.")
        lines.append(CENTRAL.format(members="functions that agree"))
    if result.status == PROVED:
        relations = {AT_LEAST: "bound <= R", AT_MOST: "R <= bound"}
        relation = relations.get(item.kind, "in every gap upper - bound <= decoder <= lower + bound")
        lines.append(_proved(item, "all such data", relation, result))
    elif result.status == REFUTED and result.counterexample is not None:
        found = result.counterexample
        at = ", ".join(f"{k} = {v}" for k, v in found["values"].items())
        but = f"But at {at or 'these numbers'} the bound is {found['bound']}"
        if item.kind == DECODER_ERRS_AT_MOST:
            lines.append(
                f"{but}, and the decoder errs by {found['error']} at {found['at'][0]} on a function that agrees"
                f" (R, the best possible, is {found['best_possible']})."
            )
            return lines
        lines.append(f"{but} and R is {found['best_possible']}.")
        if item.kind == AT_MOST:
            lines.append(
                f"There two functions differ at {found['at'][0]}: {' and '.join(found['values_there'])}."
            )
        else:
            lines.append("There (lower + upper)/2 is a decoder that does better than claimed.")
    return lines


def _about_numbers(item: UserClaim, statement: KnownStatement, result: ClaimResult) -> list[str]:
    found = statement.found()
    best = (
        f"exactly {found.exact}"
        if found.exact is not None
        else f"from {legible(found.lower)} to {legible(found.upper)}"
    )
    how = f"{found.method}{f', {found.boxes} boxes' if found.boxes else ''}"
    lines = [
        f"Functions of class {item.cls}, d = {item.dim}, that agree with the knowledge are considered.",
        f"The smallest worst-case error R of any decoder is {best} ({how}).",
    ]
    if result.status in (PROVED, REFUTED):
        relation = "bound <= R" if item.kind == AT_LEAST else "R <= bound"
        holds = "so" if result.status == PROVED else "so it is not true that"
        lines.append(f"The bound is {statement.bound}, {holds} {relation}.")
    return lines


def _proved(item: UserClaim, whom: str, relation: str, result: ClaimResult) -> str:
    where = f" with {item.when}" if item.when else ""
    return f"For {whom}{where}: {relation}, bound = {item.bound}. {_provers(result)}"


def _provers(result: ClaimResult) -> str:
    """Who decided every obligation of the claim as the verdict needs it."""
    if set(SOLVERS) <= {v.checker for v in result.vouched_by if v.scope == "verdict"}:
        return "Z3 and cvc5 both prove it."
    return "Two of Z3, cvc5 and a certificate prove each part of it."


def _shown(term: Term, otherwise: str) -> str:
    written = show(term)
    return written if len(written) <= MAX_SHOWN else otherwise


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
