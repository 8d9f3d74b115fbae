"""The verdict on one obligation, from what the solvers say, what a certificate shows, and exact replay.

It is PROVED when two of z3, cvc5 and a certificate prove it and none disagrees, REFUTED when a solver's model is
confirmed by exact replay and none disagrees, and UNKNOWN otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.checkers.pool import SolverPool
from fvtheory.checkers.replay import confirmed, simplified
from fvtheory.checkers.solver_process import SOLVERS, Answer
from fvtheory.errors import DisagreementError
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, Obligation
from fvtheory.terms import symbols


@dataclass(frozen=True)
class CheckerEntry:
    """What one checker says of one obligation, in the words PROVED, REFUTED, UNKNOWN."""

    status: str
    seconds: float
    reason: str = ""

    def to_json(self) -> dict:
        entry = {"status": self.status, "seconds": round(self.seconds, 6)}
        return {**entry, "reason": self.reason} if self.reason else entry


@dataclass(frozen=True)
class ObligationResult:
    """An obligation with its verdict, who vouches for it, and the confirmed model, if any."""

    obligation: Obligation
    name: str
    status: str
    checkers: Mapping[str, CheckerEntry]
    model: Mapping[str, Fraction] | None = None
    disagreement: bool = False

    def raise_for_disagreement(self, where: str = "") -> None:
        """Raise DisagreementError if two checkers contradict each other; ``where`` begins the message."""
        if self.disagreement:
            said = ", ".join(f"{name}: {entry.status}" for name, entry in self.checkers.items())
            raise DisagreementError(
                f"{where}{self.name}: {said}",
                "checkers that agree",
                "report this: one of the solvers is wrong",
            )

    @property
    def seconds(self) -> float:
        return sum(entry.seconds for entry in self.checkers.values())

    def to_json(self) -> dict:
        return {
            "name": self.name,
            "status": self.status,
            "checkers": {name: entry.to_json() for name, entry in self.checkers.items()},
            "seconds": round(self.seconds, 6),
        }


def decide(obligations: Sequence[Obligation], seconds: float = 10.0, jobs: int = 1) -> list[ObligationResult]:
    """Put obligations to both solvers, without certificates.

    Args:
        obligations: what is asked.
        seconds: the hard limit for each question and solver.
        jobs: how many questions are worked on at a time.

    Raises:
        MissingDependencyError: when a solver is not installed.
        DisagreementError: when one solver proves what replayed values refute.
    """
    with SolverPool(jobs, seconds) as pool:
        keys = [pool.submit(script(o.asked, anonymous=True)) for o in obligations]
        answers = pool.collect()
    found = [judge(o, answers[key]) for o, key in zip(obligations, keys, strict=True)]
    for result in found:
        result.raise_for_disagreement()
    return found


def judge(
    obligation: Obligation, answers: Mapping[str, Answer], certificate: Answer | None = None
) -> ObligationResult:
    """The verdict on one obligation from what the solvers said and what a certificate shows. A certificate
    makes up for one solver that gave up, never for two; counterexamples are the solvers' alone."""
    found, lost = (PROVED, REFUTED) if obligation.satisfiable else (REFUTED, PROVED)
    entries: dict[str, CheckerEntry] = {}
    model: Mapping[str, Fraction] | None = None
    replay_seconds, said_sat = 0.0, False
    for solver in SOLVERS:
        answer = answers[solver]
        if answer.status == "unsat":
            entries[solver] = CheckerEntry(lost, answer.seconds)
        elif answer.status == "sat":
            said_sat = True
            began = time.perf_counter()
            names = symbols(*obligation.asked)
            try:
                values = obligation.values(dict(zip(names, answer.model.values(), strict=True)))
                replayed = confirmed(obligation, values)
            except (ValueError, ZeroDivisionError):  # of too few symbols, or with a unit that is 0
                replayed = None
            replay_seconds += time.perf_counter() - began
            reason = "" if replayed is not None else "its model is not confirmed by exact replay"
            entries[solver] = CheckerEntry(found if replayed is not None else UNKNOWN, answer.seconds, reason)
            if model is None and replayed is not None:
                model = replayed if obligation.satisfiable else simplified(obligation, replayed)
        else:
            entries[solver] = CheckerEntry(UNKNOWN, answer.seconds, answer.reason or "gave up")
    if model is not None:
        entries["replay"] = CheckerEntry(found, replay_seconds)
    if certificate is not None:
        status = found if certificate.status == "sat" else lost
        entries["certificate"] = CheckerEntry(status, certificate.seconds)
        said_sat |= certificate.status == "sat"
    contradiction = said_sat and any(entry.status == lost for entry in entries.values())
    if contradiction:
        status = UNKNOWN
    elif model is not None:
        status = found
    elif sum(entry.status == lost for entry in entries.values()) >= 2:
        status = lost
    else:
        status = UNKNOWN
    return ObligationResult(obligation, obligation.name, status, entries, model, contradiction)
