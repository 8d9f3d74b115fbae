"""``verify``: the whole paper from a cold start, time per claim, and the ratio to the plainest encoding.

The comparison is solver by solver (with ``--quick`` Z3 alone) on the same obligations: the encoding
of the package (auxiliary symbols, lengths in units of 1/L, strategies by kind of question) against
if-then-else and division left in and the solver's default. The limit for one question is the same on
both sides (2 s; 0.25 s with ``--quick``); what runs into it counts with the time it took.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.plain_encoding import ask_plainly
from fvtheory.checkers import cvc5, z3
from fvtheory.claims import claims_of
from fvtheory.notation.smtlib import script
from fvtheory.obligations import Obligation
from fvtheory.report.terminal import grid
from fvtheory.verification import verify

SOLVERS = {"z3": z3, "cvc5": cvc5}
LIMIT = 2.0
QUICK_LIMIT = 0.25


def cold_start() -> float:
    """Seconds for ``python -m fvtheory verify`` as a whole process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "fvtheory", "verify"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def distinct_obligations() -> list[Obligation]:
    """The obligations of the paper, equal questions once."""
    found: dict[str, Obligation] = {}
    for claim in claims_of("geirhos2024"):
        for obligation in claim.statement.plan(claim.convention).obligations:
            found.setdefault(script(obligation.asked, anonymous=True).text, obligation)
    return list(found.values())


def ask_as_the_package_does(obligation: Obligation, solver: str, seconds: float) -> tuple[str, float]:
    began = time.perf_counter()
    question = script(obligation.asked, anonymous=True)
    found, _ = SOLVERS[solver].answer(question.text, question.names, question.linear, seconds)
    return found, time.perf_counter() - began


def compare(obligations: list[Obligation], solver: str, limit: float) -> dict:
    """The solver on both encodings."""
    ours = [ask_as_the_package_does(o, solver, limit) for o in obligations]
    plain = [ask_plainly(o, solver, limit) for o in obligations]
    pairs = list(zip(ours, plain, strict=True))
    seconds, plain_seconds = sum(s for _, s in ours), sum(s for _, s in plain)
    return {
        f"{solver}_seconds": round(seconds, 2),
        f"{solver}_plain_seconds": round(plain_seconds, 2),
        f"{solver}_plain_over_ours": round(plain_seconds / seconds, 2),
        f"{solver}_plain_over_ours_median_obligation": round(
            statistics.median(q / p for (_, p), (_, q) in pairs), 2
        ),
        f"{solver}_undecided": sum(found == "unknown" for found, _ in ours),
        f"{solver}_plain_undecided": sum(found == "unknown" for found, _ in plain),
        f"{solver}_contradictions": sum({p, q} == {"sat", "unsat"} for (p, _), (q, _) in pairs),
    }


def run(quick: bool) -> dict:
    limit = QUICK_LIMIT if quick else LIMIT
    cold = [cold_start() for _ in range(1 if quick else 5)]
    result = verify()
    rows = [[r.claim.id, r.claim.variant, r.status, f"{r.seconds:.3f}"] for r in result.claims]
    print(grid(("claim", "variant", "status", "checker seconds"), rows))
    print("(an obligation that several claims share is counted for the first of them)\n")

    obligations = distinct_obligations()
    slowest = max(e.seconds for r in result.claims for o in r.obligations for e in o.checkers.values())
    figures = {
        "claims": len(result.claims),
        "distinct_obligations": len(obligations),
        "cold_start_seconds_median": round(statistics.median(cold), 2),
        "cold_start_seconds_all": [round(s, 2) for s in cold],
        "slowest_query_seconds": round(slowest, 3),
        "limit_seconds": limit,
    }
    for solver in ("z3",) if quick else SOLVERS:
        figures |= compare(obligations, solver, limit)
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
