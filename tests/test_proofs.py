"""Proofs one by one: the obligations of every class and dimension, and the claims of every theorem. What is
checked for all of them at once elsewhere is attributed here to its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from fvtheory.checkers.pool import SolverPool
from fvtheory.checkers.verdict import ObligationResult, judge
from fvtheory.claims import claims_of
from fvtheory.classes import CLASSES, TABLE_1, get_class
from fvtheory.information import CONVENTIONS
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, UNKNOWN, Obligation, valid
from fvtheory.terms import Sym
from fvtheory.verification import conclude, verify_claims
from test_verify import table

SECONDS = 20  # a busy machine

Judges = Callable[[Iterable[Obligation]], list[ObligationResult]]


@pytest.fixture(scope="module")
def judged() -> Iterator[Judges]:
    """Puts obligations to both solvers; the processes are started once."""
    with SolverPool(1, SECONDS) as pool:

        def judge_all(obligations: Iterable[Obligation]) -> list[ObligationResult]:
            keys = [(o, pool.submit(script(o.asked, anonymous=True))) for o in obligations]
            answers = pool.collect()
            return [judge(o, answers[key]) for o, key in keys]

        yield judge_all


@pytest.mark.parametrize(
    ("name", "dim"),
    [(name, dim) for name in CLASSES for dim in ((1, 2) if name in TABLE_1 else (1, 2, 3))],
)
def test_a_class_is_proved(judged, name, dim):
    """In three variables those of Table 1 are proved with the claims about them."""
    owed = [o for convention in CONVENTIONS for o in get_class(name).obligations(dim, convention)]
    found = judged(dict.fromkeys(owed))
    assert len(found) >= 18
    assert {o.name: o.status for o in found if o.status != PROVED} == {}


def test_what_does_not_follow_is_not_proved(judged):
    x = Sym("x")
    (found,) = judged([valid("o", [x >= 0], x >= 1)])
    assert found.status != PROVED


PARTS = sorted({c.id.partition(".")[0] for c in claims_of("geirhos2024")})


@pytest.mark.parametrize("part", PARTS)
def test_the_verdicts_of_a_theorem(judged, part):
    found = {}
    for claim in claims_of("geirhos2024"):
        if claim.id.partition(".")[0] == part:
            plan = claim.statement.plan(claim.convention)
            status = conclude(claim, claim.convention, plan, judged(plan.obligations)).status
            if status == UNKNOWN:  # open steps: their conclusions have to be asked directly
                status = verify_claims([claim], seconds_a_query=SECONDS).claims[0].status
            found[claim.id, claim.variant] = status
    expected = table()
    assert found == {key: expected[key] for key in found}
