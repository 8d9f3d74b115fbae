"""Verification: claims to obligations to checkers to verdicts.

Every obligation is put to both solvers, and certificates are looked up. It is PROVED when two of z3, cvc5
and a certificate prove it and none disagrees, REFUTED when a solver's model is confirmed by exact replay
and none disagrees, and UNKNOWN otherwise. Checkers that contradict each other are never reconciled: that
is reported as a disagreement.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from fvtheory.certificates import certified, certified_verdict
from fvtheory.checkers.pool import Progress, SolverPool
from fvtheory.checkers.solver_process import SOLVERS, Answer
from fvtheory.checkers.verdict import ObligationResult, judge
from fvtheory.claims import select_claims
from fvtheory.claims.claim import Claim
from fvtheory.errors import DisagreementError, InvalidInputError
from fvtheory.exact import text
from fvtheory.information import check_convention
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, Obligation
from fvtheory.statements import Plan, RadiusStatement
from fvtheory.vouchers import Theorem, Voucher, contradicting, vouchers
from fvtheory.witnesses import explain

SECONDS_A_QUERY = 2.0


@dataclass(frozen=True)
class ClaimResult:
    """A claim with its verdict, the obligations behind it and, if REFUTED, a counterexample.

    ``malformed`` means that the statement itself is at fault: its hypotheses contradict each other, or
    a denominator can vanish. ``conjuncts`` are the obligations that decide. ``seconds`` is checker
    time: an obligation that several claims of a run share is counted for the first of them only, so
    that the seconds of a run add up. ``vouched_by`` says who vouches for the verdict; ``opposed_by`` are
    Rocq theorems that say the opposite, which leave the claim open.
    """

    claim: Claim
    convention: str
    status: str
    obligations: tuple[ObligationResult, ...]
    counterexample: Mapping | None = None
    reason: str = ""
    malformed: bool = False
    seconds: float = 0.0
    conjuncts: tuple[ObligationResult, ...] = ()
    vouched_by: tuple[Voucher, ...] = ()
    opposed_by: tuple[Theorem, ...] = ()

    @property
    def disagreement(self) -> bool:
        return bool(self.opposed_by) or any(o.disagreement for o in self.obligations)

    def to_json(self) -> dict:
        claim = self.claim
        result: dict = {
            "id": claim.id,
            "source": claim.source,
            "statement": claim.text,
            "variant": claim.variant,
            "fidelity": claim.fidelity,
        }
        if claim.delta:
            result["delta"] = claim.delta
        result |= {"class": claim.cls or None, "convention": self.convention, "status": self.status}
        if self.counterexample is not None:
            result["counterexample"] = dict(self.counterexample)
        if self.reason:
            result["reason"] = self.reason
        result["vouched_by"] = [v.to_json() for v in self.vouched_by]
        result["obligations"] = [o.to_json() for o in self.obligations]
        result["seconds"] = round(self.seconds, 6)
        return result


@dataclass(frozen=True)
class Verification:
    """The verdicts of a run; ``questions`` counts the distinct obligations that were put to each solver."""

    claims: tuple[ClaimResult, ...]
    seconds: float
    questions: int = 0

    @property
    def decided(self) -> bool:
        """Whether every claim is decided and the checkers agree."""
        return all(c.status != UNKNOWN and not c.disagreement for c in self.claims)

    def raise_for_disagreement(self) -> None:
        """Raise DisagreementError if two checkers contradict each other anywhere."""
        for claim in self.claims:
            for o in claim.obligations:
                o.raise_for_disagreement(f"{claim.claim.id} ({claim.claim.variant}), ")
            if claim.opposed_by:
                raise DisagreementError(
                    f"{claim.claim.id} ({claim.claim.variant}): {claim.reason}",
                    "checkers that agree",
                    "report this: a solver, Rocq or one of the two statements is wrong",
                )

    def to_json(self) -> dict:
        return {"claims": [c.to_json() for c in self.claims], "seconds": round(self.seconds, 3)}


def verify(
    paper: str = "geirhos2024",
    claims: Iterable[str] = (),
    convention: str | None = None,
    seconds_a_query: float = SECONDS_A_QUERY,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Decide the claims of a paper.

    Args:
        paper: the name of the paper.
        claims: claim ids; all claims for none.
        convention: how ties are read, in place of each claim's own convention.
        seconds_a_query: the hard limit for one question to one solver.
        jobs: how many obligations are worked on at a time (default: one a core).
        progress: called with the number of answers so far and the number expected.

    Raises:
        UnknownNameError: for an unknown paper or claim.
        InvalidInputError: for an unknown convention or a limit that is not positive.
        MissingDependencyError: when a solver is not installed.
    """
    return verify_claims(select_claims(paper, claims), convention, seconds_a_query, jobs, progress)


def verify_claims(
    claims: Sequence[Claim],
    convention: str | None = None,
    seconds_a_query: float = SECONDS_A_QUERY,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Decide the given claims; arguments and errors as for `verify`."""
    if convention is not None:
        check_convention(convention)
    if not seconds_a_query > 0:
        raise InvalidInputError(f"a limit of {seconds_a_query} s a query", "a positive number of seconds")
    began = time.perf_counter()
    with SolverPool(jobs or os.cpu_count() or 1, seconds_a_query) as pool:
        run = _Run(pool)
        for claim in claims:
            run.add(claim, convention or claim.convention)
        results = run.results(progress)
        open_ones = [i for i, r in enumerate(results) if _fails_by_a_step(r)]
        for i in open_ones:
            run.ask_directly(i)
        if open_ones:
            results = run.results(progress)
    return Verification(tuple(results), time.perf_counter() - began, len(pool.questions))


def _fails_by_a_step(result: ClaimResult) -> bool:
    """Whether the claim is open and rests on a derivation, so that a direct question may decide it."""
    return result.status == UNKNOWN and any(o.obligation.direct is not None for o in result.conjuncts)


class _Run:
    """Claims, their plans, and the keys of their questions in the pool."""

    def __init__(self, pool: SolverPool) -> None:
        self.pool = pool
        self.plans: list[tuple[Claim, str, Plan]] = []
        # By identity; the obligation is kept beside its key, so that an identity is never used twice.
        self.asked: dict[int, tuple[Obligation, str]] = {}
        self.certified: dict[str, Answer | None] = {}

    def add(self, claim: Claim, convention: str) -> None:
        plan = claim.statement.plan(convention)
        self.plans.append((claim, convention, plan))
        self._submit(plan)

    def ask_directly(self, i: int) -> None:
        """Put the conclusions of the derivations of a claim in place of their steps."""
        claim, convention, plan = self.plans[i]
        conjuncts = [
            c.direct if c.direct is not None else c for c in plan.conjuncts if c.direct or not c.step
        ]
        plan = replace(plan, conjuncts=tuple(conjuncts))
        self.plans[i] = claim, convention, plan
        self._submit(plan)

    def _submit(self, plan: Plan) -> None:
        for obligation in plan.obligations:
            if id(obligation) not in self.asked:
                key = self.pool.submit(script(obligation.asked, anonymous=True))
                self.asked[id(obligation)] = obligation, key

    def _certified(self, obligation: Obligation, key: str) -> Answer | None:
        """What a certificate shows of a question, while the solvers are at work."""
        if key not in self.certified:
            began = time.perf_counter()
            shown = certified(key)
            if shown == "sat" and certified_verdict(obligation) is None:
                shown = None  # its values meet the script, but not the obligation as it was written
            self.certified[key] = None if shown is None else Answer(shown, time.perf_counter() - began)
        return self.certified[key]

    def results(self, progress: Progress | None) -> list[ClaimResult]:
        """The verdicts; an obligation that several claims share is charged to the first."""
        shown = {key: self._certified(o, key) for o, key in self.asked.values()}
        answers = self.pool.collect(progress)
        judged: dict[str, ObligationResult] = {}
        found = []
        for claim, convention, plan in self.plans:
            parts, seconds = [], 0.0
            for o in plan.obligations:
                _, key = self.asked[id(o)]
                known = judged.get(key)
                if known is None:
                    known = judged[key] = judge(o, answers[key], shown[key])
                    seconds += known.seconds
                parts.append(known if known.obligation is o else judge(o, answers[key], shown[key]))
            found.append(replace(conclude(claim, convention, plan, parts), seconds=seconds))
        return found


def conclude(claim: Claim, convention: str, plan: Plan, results: Sequence[ObligationResult]) -> ClaimResult:
    """The verdict on a claim from those on its obligations, which are in the order of the plan, with those
    who vouch for it."""
    found = _verdict(claim, convention, plan, results)
    opposed = contradicting(claim, convention, found.status)
    if opposed:
        reason = f"the solvers say {found.status}, Rocq says {opposed[0].verdict} ({opposed[0].name})"
        return replace(found, status=UNKNOWN, counterexample=None, reason=reason, opposed_by=opposed)
    deciding = {id(part) for part in found.conjuncts}
    rest = [part for part in results if id(part) not in deciding]
    checkers = (*SOLVERS, "certificate")
    who = vouchers(claim, convention, found.status, rest, found.conjuncts, checkers)
    return replace(found, vouched_by=who)


def _verdict(claim: Claim, convention: str, plan: Plan, results: Sequence[ObligationResult]) -> ClaimResult:
    rest = iter(results)
    support, non_vacuity, defined, conjuncts, sufficient = (
        tuple(islice(rest, len(part)))
        for part in (plan.support, plan.non_vacuity, plan.defined, plan.conjuncts, plan.sufficient)
    )

    def verdict(
        status: str, reason: str = "", counterexample: Mapping | None = None, malformed: bool = False
    ) -> ClaimResult:
        return ClaimResult(
            claim,
            convention,
            status,
            tuple(results),
            counterexample,
            reason,
            malformed,
            conjuncts=conjuncts,
        )

    for part in results:
        if part.disagreement:
            return verdict(UNKNOWN, f"the checkers contradict each other on {part.name}")
    for part in defined:
        if part.status != PROVED:
            where = part.name.removesuffix(".defined")
            found = "can be zero" if part.status == REFUTED else "is not known to be defined"
            at = f" at {shown_values(part.model)}" if part.model else ""
            reason = f"a denominator of {where} {found}{at}"
            return verdict(UNKNOWN, reason, malformed=part.status == REFUTED)
    for part in non_vacuity:
        if part.status != PROVED:
            reason = (
                "cannot be met, so nothing is claimed"
                if part.status == REFUTED
                else "are not known to be satisfiable"
            )
            where = part.name.removesuffix(".non-vacuous")
            return verdict(UNKNOWN, f"the hypotheses of {where} {reason}", malformed=part.status == REFUTED)
    for part in support:
        if part.status != PROVED:
            return verdict(UNKNOWN, f"{part.name} is {part.status}")
    for part in conjuncts:
        if part.status == REFUTED and not part.obligation.step:
            counterexample, confirmed = counterexample_of(claim, convention, part)
            if not confirmed:
                return verdict(UNKNOWN, f"the functions built for {part.name} do not confirm it")
            return verdict(REFUTED, counterexample=counterexample)
    for part in (*conjuncts, *sufficient):
        if part.status != PROVED:
            return verdict(UNKNOWN, f"{part.name} is {part.status}")
    return verdict(PROVED)


def shown_values(model: Mapping[str, Fraction]) -> str:
    """``x_min = 0, x_max = 1/2, ...``"""
    return ", ".join(f"{name} = {value}" for name, value in model.items())


def counterexample_of(claim: Claim, convention: str, part: ObligationResult) -> tuple[dict, bool]:
    """The values confirmed by replay and, for statements about decoders, what they mean in exact
    functions; and whether those functions confirm it too."""
    assert part.model is not None
    found: dict = {
        "obligation": part.name,
        "values": {name: text(value) for name, value in part.model.items()},
    }
    if not isinstance(claim.statement, RadiusStatement):
        return found, True
    explanation = explain(claim.statement, part.model, convention)
    return {**found, **explanation.facts}, explanation.confirmed
