"""How good a proved bound is: where it is tight, or by what factor it could be improved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fvtheory.checkers.solver_process import SOLVERS, SolverProcess
from fvtheory.checkers.verdict import ObligationResult, judge
from fvtheory.claim_files.claim import UserClaim
from fvtheory.exact import text
from fvtheory.interpolation import EvaluationStatement
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, Obligation, satisfiable
from fvtheory.statements import AT_LEAST, RadiusStatement, rescaling_of
from fvtheory.terms import Const, Formula, Term, eq, evaluate
from fvtheory.verification import shown_values

STEPS = 12
CLOSE = Fraction(1, 10**6)


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
