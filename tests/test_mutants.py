"""Every mutant of the paper's claims gets the verdict that was worked out by hand.

A false one must be refuted by values that are put into it here with a second evaluator, a true one
must be proved, and a search over small rationals must not contradict it.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest

from fvtheory.claims import claims_of
from fvtheory.claims.claim import Claim
from fvtheory.classes import TABLE_1, get_class
from fvtheory.information import MinMax
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, conclusions, valid
from fvtheory.statements import RadiusStatement, Universal, about_radius, errs_at_least, half_spread, sentence
from fvtheory.terms import FALSE, Sym, eq
from fvtheory.verification import ClaimResult, verify_claims
from mutants import MUTANTS, closed_forms, evaluation
from mutants.closed_forms import Info
from mutants.mutant import Mutant

SEED = 20240611
TRUE_ONES = [m for m in MUTANTS if m.expected == "true"]
FALSE_ONES = [m for m in MUTANTS if m.expected == "false"]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, ClaimResult]:
    results = verify_claims([m.claim() for m in MUTANTS], seconds_a_query=20).claims
    return {m.name: result for m, result in zip(MUTANTS, results, strict=True)}


def error(mutant: Mutant, value: Fraction, side: Fraction) -> Fraction:
    return side if mutant.statement.question == "side" else value


# ---- the records --------------------------------------------------------------------------------


def test_records_are_complete():
    names = [m.name for m in MUTANTS]
    assert len(set(names)) == len(names) >= 70
    printed = {(c.id, c.variant) for c in claims_of("geirhos2024")}
    for m in MUTANTS:
        assert m.origin in printed
        assert m.expected in ("true", "false")
        assert m.reason
        assert "\n" not in m.reason
        assert isinstance(m.statement, RadiusStatement) == (m.holds is not None), m.name


def test_every_operator_makes_true_and_false_mutants():
    made: dict[str, set[str]] = {}
    for m in MUTANTS:
        made.setdefault(m.operator, set()).add(m.expected)
    assert {operator for operator, expected in made.items() if len(expected) < 2} == set()


def test_mutants_come_from_every_theorem_and_lemma():
    sources = {m.origin[0].split(".")[0] for m in MUTANTS}
    wanted = {c.id.split(".")[0] for c in claims_of("geirhos2024")}
    assert {s for s in wanted if s.split("-")[0] in ("lemma", "theorem", "proposition")} <= sources


# ---- the verdicts -------------------------------------------------------------------------------


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_verdict(verdicts, mutant: Mutant):
    result = verdicts[mutant.name]
    assert result.status == {"true": PROVED, "false": REFUTED}[mutant.expected], result.reason
    assert not result.disagreement


@pytest.mark.parametrize("mutant", FALSE_ONES, ids=lambda m: m.name)
def test_counterexample_replays(verdicts, mutant: Mutant):
    counterexample = verdicts[mutant.name].counterexample
    assert counterexample is not None
    at = {name: Fraction(value) for name, value in counterexample["values"].items()}
    conjuncts = conclusions(mutant.statement.plan(mutant.convention).conjuncts)
    (refuted,) = (o for o in conjuncts if o.name == counterexample["obligation"])
    assert all(evaluation.value(h, at) for h in refuted.hypotheses)
    assert not evaluation.value(refuted.goal, at)
    if mutant.holds is not None:
        statement = mutant.statement
        p = information(at)
        assert closed_forms.feasible(statement.cls, p, mutant.convention)
        assert mutant.given(p)
        value, side = closed_forms.radius(statement.cls, p), closed_forms.side_radius(statement.cls, p)
        assert not mutant.holds(p, error(mutant, value, side))


def information(at) -> Info:
    """The Φ in a counterexample's values."""
    dim = sum(name.startswith("x_min") for name in at)
    points = []
    for name in ("x_min", "x_max"):
        keys = [name] if dim == 1 else [f"{name}[{j}]" for j in range(dim)]
        points.append(tuple(at[key] for key in keys))
    return Info(*points, at["f_min"], at["f_max"], at.get("L", Fraction(1)))


# ---- the labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mutant", TRUE_ONES, ids=lambda m: m.name)
def test_no_counterexample_to_a_true_mutant(mutant: Mutant):
    if mutant.holds is None:
        for obligation in mutant.statement.plan(mutant.convention).conjuncts:
            tried = 0
            for at in evaluation.assignments(obligation, SEED, tries=4000, wanted=60):
                with suppress(evaluation.Undefined):
                    assert evaluation.value(obligation.goal, at), at
                    tried += 1
            assert tried >= 10, obligation.name
        return
    statement = mutant.statement
    for dim in statement.dims:
        met = 0
        for p, value, side in closed_forms.samples(statement.cls, dim, SEED, 500, mutant.convention):
            if mutant.given(p):
                assert mutant.holds(p, error(mutant, value, side)), p
                met += 1
        assert met >= 5


@pytest.mark.parametrize("name", TABLE_1)
def test_closed_forms_agree_with_the_classes(name: str):
    cls = get_class(name)
    for dim in (1, 2, 3):
        for p, value, _ in closed_forms.samples(name, dim, SEED, 40):
            rate = p.L if cls.needs_lipschitz else None
            assert cls.radius_at(MinMax(p.a, p.b, p.m, p.M), rate) == value


@pytest.mark.parametrize("convention", ["any-selection", "first", "unique"])
@pytest.mark.parametrize("name", [name for name in TABLE_1 if name != "constant"])
def test_feasibility_agrees_with_the_classes(name: str, convention: str):
    cls = get_class(name)
    for dim in (1, 2):
        # All functions with Δ > 0, and a class without conditions beyond x_min != x_max, as a source of Φ.
        for p, _, _ in closed_forms.samples("all", dim, SEED, 150):
            rate = p.L if cls.needs_lipschitz else None
            said = cls.is_feasible(MinMax(p.a, p.b, p.m, p.M), rate, convention)
            assert said == closed_forms.feasible(name, p, convention), p


# ---- contradictory hypotheses -------------------------------------------------------------------

x, y = Sym("x"), Sym("y")
VACUOUS = {
    "two-signs": sentence("s", [x < 0, x > 0], eq(x, 1)),
    "two-signs-false-goal": sentence("s", [x < 0, x > 0], FALSE),
    "negative-square": sentence("s", [x * x + y * y < 0], x > y),
    "bound-and-maximum": sentence("s", [x > y, x <= y, y >= 0], x >= 0),
    "one-conjunct-of-two": Universal(
        lambda convention: [
            valid("sound", [x > 0], x >= 0),
            valid("vacuous", [x > 1, x < 1], x >= 0),
        ]
    ),
    "negative-spread": errs_at_least("all", (1,), half_spread, when=lambda phi: phi.spread < 0),
    "maximum-inside": about_radius(
        "convex",
        (1,),
        lambda phi, radius: radius >= 0,
        when=lambda phi: phi.is_varying() & (phi.x_max[0] > 0) & (phi.x_max[0] < 1),
    ),
    "varying-constants": errs_at_least("constant", (1, 2), half_spread, when=lambda phi: phi.is_varying()),
    "too-steep": errs_at_least("lipschitz", (1,), half_spread, when=lambda phi: phi.spread > phi.rate),
    "one-dimension-of-two": errs_at_least(
        "affine",
        (2, 1),
        lambda phi: phi.spread * 0,
        when=lambda phi: phi.is_varying() & (eq(phi.x_min[0], phi.x_max[0])),
    ),
}


@pytest.fixture(scope="module")
def vacuous() -> dict[str, ClaimResult]:
    claims = [Claim(name, "sharp", "none", name, statement) for name, statement in VACUOUS.items()]
    unique = Claim(
        "constants-with-unique-extrema",
        "sharp",
        "none",
        "unique",
        about_radius("all", (1,), lambda phi, radius: radius >= 0, when=lambda phi: phi.is_constant()),
        convention="unique",
    )
    return {r.claim.id: r for r in verify_claims([*claims, unique], seconds_a_query=20).claims}


@pytest.mark.parametrize("name", [*VACUOUS, "constants-with-unique-extrema"])
def test_nothing_follows_from_a_contradiction(vacuous, name: str):
    result = vacuous[name]
    assert result.status == UNKNOWN
    assert "cannot be met" in result.reason
    assert result.counterexample is None
