"""Claims of a user: decided like those of the paper, with where they are tight and why they hold."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeGuard

from fvtheory.checkers.pool import Progress
from fvtheory.checkers.solver_process import SOLVERS, SolverProcess
from fvtheory.claim_file import UserClaim, read_claims
from fvtheory.claimed_knowledge import KnownStatement
from fvtheory.classes import get_class
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import text
from fvtheory.information import check_convention
from fvtheory.interpolation import EvaluationStatement
from fvtheory.known_claims import confirmed, reasons
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, Obligation, satisfiable
from fvtheory.smtlib import script
from fvtheory.statements import AT_LEAST, RadiusStatement, rescaling_of
from fvtheory.terms import Const, Formula, Term, eq, evaluate, show
from fvtheory.verification import (
    SECONDS_A_QUERY,
    ClaimResult,
    ObligationResult,
    judge,
    shown_values,
    verify_claims,
)

CHUNK = 100
STEPS = 12
CLOSE = Fraction(1, 10**6)


@dataclass(frozen=True)
class Checked:
    """One claim of a user with its verdict.

    Attributes:
        claim: the claim as it was read.
        status: PROVED, REFUTED or UNKNOWN.
        document: the result in the JSON of the contract, with ``sharpness`` for a PROVED claim.
        explanation: why, in a few lines.
    """

    claim: UserClaim
    status: str
    document: Mapping[str, Any]
    explanation: tuple[str, ...]

    @property
    def counterexample(self) -> Mapping[str, Any] | None:
        """What refutes a REFUTED claim."""
        return self.document.get("counterexample")


@dataclass(frozen=True)
class Check:
    """The verdicts on the claims of a user, in their order."""

    claims: tuple[Checked, ...]
    seconds: float

    @property
    def decided(self) -> bool:
        """Whether every claim is decided."""
        return all(c.status != UNKNOWN for c in self.claims)

    def to_json(self) -> dict:
        return {"claims": [dict(c.document) for c in self.claims], "seconds": round(self.seconds, 3)}


def check(
    claims: str | Path | Sequence[UserClaim],
    convention: str | None = None,
    seconds_a_query: float = SECONDS_A_QUERY,
    jobs: int | None = None,
    executor: Executor | None = None,
    sharpness: bool = True,
    progress: Progress | None = None,
) -> Check:
    """Decide the claims of a file, or given ones.

    Args:
        claims: the path of a claim file, or claims read before.
        convention: how ties are read, in place of each claim's own convention.
        seconds_a_query: the hard limit for one question to one solver.
        jobs: how many questions are worked on at a time (default: one a core).
        executor: any ``concurrent.futures.Executor`` (a process pool, dask's or ray's); the claims go
            to it in chunks, and what a lost worker leaves undone is done here. The executor must run
            tasks in processes that can import fvtheory.
        sharpness: also find where a PROVED bound is tight, or by how much it could be improved.
        progress: called with the number of answers (with an executor: chunks) so far and expected.

    Raises:
        InvalidInputError: for a malformed file, contradictory hypotheses, or a denominator that can
            vanish.
        UnsupportedError: for knowledge in numbers of which no radius is found here, with the reason.
    """
    if convention is not None:
        check_convention(convention)
    began = time.perf_counter()
    items = list(claims) if not isinstance(claims, (str, Path)) else read_claims(claims)
    settings = (convention, seconds_a_query, jobs, sharpness)
    if executor is None:
        checked = _check_chunk(items, *settings, progress)
    else:
        checked = _check_with(executor, items, settings, progress)
    return Check(tuple(checked), time.perf_counter() - began)


def _check_with(
    executor: Executor, items: list[UserClaim], settings: tuple, progress: Progress | None
) -> list[Checked]:
    """In chunks on the executor, in order; a chunk whose worker is lost, or answers another one, is done here."""
    size = max(1, min(CHUNK, -(-len(items) // (4 * (os.cpu_count() or 1)))))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    futures: list[Future | None] = []
    for chunk in chunks:
        try:
            futures.append(executor.submit(_check_chunk, chunk, *settings))
        except (BrokenExecutor, RuntimeError):
            futures.append(None)
    checked: list[Checked] = []
    for done, (chunk, future) in enumerate(zip(chunks, futures, strict=True), 1):
        try:
            found = future.result() if future is not None else None
        except InvalidInputError:
            raise
        except Exception as error:
            if not _worker_is_lost(error):
                raise
            found = None
        checked += found if _answers(found, chunk) else _check_chunk(chunk, *settings)
        if progress is not None:
            progress(done, len(chunks))
    return checked


def _answers(found: Any, chunk: list[UserClaim]) -> TypeGuard[list[Checked]]:
    """Whether what an executor handed back are answers to these claims."""
    if not isinstance(found, list) or not all(isinstance(c, Checked) for c in found):
        return False
    return [c.claim for c in found] == chunk


def _worker_is_lost(error: Exception) -> bool:
    """Whether the error is about the worker, not about the work (dask and ray have types of their own)."""
    lost = ("KilledWorker", "CommClosedError", "WorkerCrashedError", "FutureCancelledError", "CancelledError")
    return isinstance(error, BrokenExecutor) or type(error).__name__ in lost


def _check_chunk(
    items: Sequence[UserClaim],
    convention: str | None,
    seconds: float,
    jobs: int | None,
    sharpness: bool,
    progress: Progress | None = None,
) -> list[Checked]:
    for item in items:
        _find_radius(item)
    verification = verify_claims([c.claim() for c in items], convention, seconds, jobs, progress)
    for item, result in zip(items, verification.claims, strict=True):
        if result.malformed:
            raise InvalidInputError(
                f"claim {item.id!r}: {result.reason} (convention {result.convention})",
                "hypotheses that some feasible Φ meets, and denominators that do not vanish",
                "change when, bound or convention",
            )
    checked = []
    with Asker(seconds) as asker:
        for item, result in zip(items, verification.claims, strict=True):
            if item.evaluations is not None or item.knowledge is not None:
                result = confirmed(item, result)
            found = None
            if sharpness and result.status == PROVED and item.question == "value":
                found = sharpness_of(item, result.convention, asker)
            document = result.to_json()
            known = item.statement()
            if isinstance(known, KnownStatement):
                document["radius"] = known.found().to_json()
            if found is not None:
                document["sharpness"] = found.to_json()
            checked.append(Checked(item, result.status, document, explanation(item, result, found)))
    return checked


def _find_radius(item: UserClaim) -> None:
    """Find the radius of a claim in numbers, so that what is wrong with it is said with its id."""
    statement = item.statement()
    if isinstance(statement, KnownStatement):
        try:
            statement.found()
        except FvtheoryError as error:
            raise type(error)(f"{error.got} (claim {item.id!r})", error.required, error.remedy) from None


class Asker:
    """Both solvers at hand for one question after the other."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._solvers = {name: SolverProcess(name) for name in SOLVERS}

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *exception: object) -> None:
        for solver in self._solvers.values():
            solver.close()

    def __call__(self, obligation: Obligation) -> ObligationResult:
        question = script(obligation.asked, anonymous=True)
        answers = {name: solver.ask(question, self.seconds) for name, solver in self._solvers.items()}
        return judge(obligation, answers)


@dataclass(frozen=True)
class Sharpness:
    """How good a proved bound is.

    Attributes:
        factor: the largest c (for an upper bound: the smallest) for which c times the bound is still
            true, if it was found.
        tight_at: values of Φ where factor times the bound equals the best possible one.
        between: an interval that contains the factor, if it was not found.
    """

    factor: Fraction | None = None
    tight_at: Mapping[str, Fraction] | None = None
    between: tuple[Fraction, Fraction] | None = None

    def to_json(self) -> dict:
        found: dict[str, Any] = {}
        if self.factor is not None:
            found["factor"] = text(self.factor)
        if self.between is not None:
            found["between"] = [text(c) for c in self.between]
        if self.tight_at is not None:
            found["tight_at"] = {name: text(value) for name, value in self.tight_at.items()}
        return found

    def __str__(self) -> str:
        if self.between is not None:
            low, high = self.between
            return f"the bound could be improved by a factor between {float(low):.6g} and {float(high):.6g}"
        if self.factor is None:
            return "the bound is never positive, so it cannot be improved by a factor"
        improved = (
            "it is tight" if self.factor == 1 else f"{self.factor} times the bound is still true, and tight"
        )
        if self.tight_at is None:
            return improved + " in the limit"
        return f"{improved} at {shown_values(self.tight_at)}"


def sharpness_of(item: UserClaim, convention: str, asker: Asker) -> Sharpness | None:
    """Where a proved bound is tight, or the factor by which it could be improved; None for claims about one
    decoder or about numbers."""
    statement = item.statement()
    if isinstance(statement, RadiusStatement):
        phi = statement.phi(item.dim)
        assert statement.bound is not None
        bound, radius = statement.bound(phi), statement.radius(phi)
        positive = [*statement.given(phi, convention), bound > 0, phi.is_varying()]
        unit = rescaling_of(phi)
    elif isinstance(statement, EvaluationStatement) and statement.decoder is None:
        bound, radius, unit = statement.bound, statement.radius, statement.rescaling
        positive = [*statement.given(), bound > 0, radius > 0]
    else:
        return None
    lower = statement.kind == AT_LEAST

    def model(*further: Formula) -> Mapping[str, Fraction] | str | None:
        """Values that satisfy the formulas, None if there are none, UNKNOWN if that is open."""
        result = asker(satisfiable("sharpness", [*positive, *further], unit))
        return result.model if result.status == PROVED else None if result.status == REFUTED else UNKNOWN

    def ratio(values: Mapping[str, Fraction]) -> Fraction:
        return evaluate(radius, values) / evaluate(bound, values)

    def better(c: Fraction) -> Formula:
        """Somewhere the radius is below c times the bound (for upper bounds: above)."""
        scaled: Term = Const(c) * bound
        return radius < scaled if lower else scaled < radius

    at = model(eq(radius, bound))
    if isinstance(at, Mapping):
        return Sharpness(Fraction(1), at)
    start = model()
    if not isinstance(start, Mapping):
        return Sharpness()
    return _narrow(model, ratio, better, radius, bound, start, lower)


def _narrow(model, ratio, better, radius: Term, bound: Term, start, lower: bool) -> Sharpness:
    """Bisection between what is proved and what a Φ shows, with simple fractions as guesses."""
    proved, shown = Fraction(1), ratio(start)
    for _ in range(STEPS):
        for guess in dict.fromkeys((shown, _simplest(*sorted((proved, shown))))):
            found = model(better(guess))
            if found == UNKNOWN:
                return Sharpness(between=tuple(sorted((proved, shown))))
            if found is None:
                reached = model(eq(radius, Const(guess) * bound))
                if isinstance(reached, Mapping):
                    return Sharpness(guess, reached)
                closer = guess * (1 + CLOSE) if lower else guess * (1 - CLOSE)
                if isinstance(model(better(closer)), Mapping):
                    return Sharpness(guess)
                proved = guess
            else:
                shown = ratio(found)
        middle = (proved + shown) / 2
        found = model(better(middle))
        if found is None:
            proved = middle
        elif isinstance(found, Mapping):
            shown = ratio(found)
        else:
            break
    low, high = sorted((proved, shown))
    return Sharpness(between=(low, high))


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in [low, high], low >= 0 (Stern-Brocot)."""
    whole = low.numerator // low.denominator
    if low == whole:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))


def explanation(item: UserClaim, result: ClaimResult, sharpness: Sharpness | None) -> tuple[str, ...]:
    """Why the claim is decided as it is, in lines a reader can follow."""
    statement = item.statement()
    if not isinstance(statement, RadiusStatement):
        why = reasons(item, result)
        if sharpness is not None:
            why.append(f"  {str(sharpness)[0].upper()}{str(sharpness)[1:]}.")
        if result.status == UNKNOWN:
            why.append(f"  Not decided: {result.reason}.")
        return tuple(why)
    cls, phi = get_class(item.cls), statement.phi(item.dim)
    best = (
        show(statement.radius(phi)) if len(show(statement.radius(phi))) <= 400 else "the radius of the class"
    )
    known = f"class {cls.name}, d = {item.dim}, ties: {result.convention}"
    lines = [
        f"{item.id}: {result.status}",
        f"  The fiber of Φ ({known}) has envelopes lower <= f <= upper;"
        " members of the fiber reach both"
        + ("." if result.convention == "any-selection" else ", or come close."),
        f"  The smallest worst-case error of any decoder is R = {best}.",
        "  The decoder (lower + upper)/2 has it, since upper - lower <= 2R everywhere;"
        " no decoder has less, since two members of the fiber are (almost) 2R apart at a point (Lemma 3).",
    ]
    if item.question == "side":
        lines[2] = f"  On the side question the smallest worst-case error of any decoder is {best}."
        lines[3] = (
            "  It is 1 where upper > middle >= lower at some x (Lemma 4),"
            " and 0 where upper <= middle or lower > middle at every x."
        )
    if result.status == PROVED:
        relation = "bound <= R" if item.kind == AT_LEAST else "R <= bound"
        where = f" with {item.when}" if item.when else ""
        lines.append(
            f"  For every feasible Φ{where}: {relation}, bound = {item.bound}. Z3 and cvc5 both prove it."
        )
        if sharpness is not None:
            lines.append(f"  {str(sharpness)[0].upper()}{str(sharpness)[1:]}.")
    elif result.status == REFUTED and result.counterexample is not None:
        found = result.counterexample
        values = ", ".join(f"{k} = {v}" for k, v in found["values"].items())
        lines.append(f"  But at {values} the bound is {found['bound']} and R is {found['best_possible']}.")
        if item.kind == AT_LEAST:
            lines.append(
                "  There (lower + upper)/2 is a decoder that does better than claimed on every function with this Φ."
            )
        else:
            lines.append(
                f"  There two functions differ at ({', '.join(found['at'])}): {' and '.join(found['values_there'])}."
            )
        if "note" in found:
            lines.append(f"  {found['note'][0].upper()}{found['note'][1:]}.")
    else:
        lines.append(f"  Not decided: {result.reason}.")
    return tuple(lines)
