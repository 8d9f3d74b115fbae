"""From answers of solvers to verdicts on claims; the verdicts on the paper under every convention."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction as Q
from itertools import product

import pytest

from fvtheory import terms as t
from fvtheory.checkers import pool as pools
from fvtheory.checkers.solver_process import SOLVERS, Answer
from fvtheory.checkers.verdict import judge
from fvtheory.claims import claims_of
from fvtheory.claims.claim import Claim
from fvtheory.errors import DisagreementError, InvalidInputError, UnknownNameError
from fvtheory.information import CONVENTIONS
from fvtheory.obligations import PROVED, REFUTED, STATUSES, UNKNOWN, Derivation, satisfiable, valid
from fvtheory.rescaling import Rescaling
from fvtheory.statements import Plan, Universal, plan, sentence
from fvtheory.verification import Verification, conclude, verify, verify_claims
from test_terms import python_value

X, L = t.Sym("x"), t.Sym("L")

# ---- one obligation -----------------------------------------------------------------------------

ANSWERS = {
    "unsat": Answer("unsat", 0.25),
    "true model": Answer("sat", 0.5, {"s1": Q(0)}),
    "false model": Answer("sat", 0.5, {"s1": Q(2)}),
    "unknown": Answer("unknown", 1.0, reason="gave up"),
}
SIDES = {
    "valid": (valid("o", [X >= 0], X >= 1), REFUTED, PROVED),
    "satisfiable": (satisfiable("o", [X >= 0, X < 1]), PROVED, REFUTED),
}


def expected(said: set[str], found: str, lost: str) -> tuple[str, bool]:
    """The status and whether the checkers disagree, from the kinds of the two answers."""
    if "unsat" in said and said & {"true model", "false model"}:
        return UNKNOWN, True
    if "true model" in said:
        return found, False
    return (lost if said == {"unsat"} else UNKNOWN), False


@pytest.mark.parametrize("kind", SIDES)
@pytest.mark.parametrize("said", list(product(ANSWERS, repeat=2)), ids="-".join)
def test_judgement(kind, said):
    obligation, found, lost = SIDES[kind]
    result = judge(obligation, dict(zip(SOLVERS, (ANSWERS[word] for word in said), strict=True)))
    assert (result.status, result.disagreement) == expected(set(said), found, lost)
    meaning = {"unsat": lost, "true model": found, "false model": UNKNOWN, "unknown": UNKNOWN}
    for solver, word in zip(SOLVERS, said, strict=True):
        entry = result.checkers[solver]
        assert (entry.status, entry.seconds) == (meaning[word], ANSWERS[word].seconds)
        assert bool(entry.reason) == (entry.status == UNKNOWN)
    assert ("replay" in result.checkers) == (result.model is not None) == ("true model" in said)
    if result.model is not None:
        assert result.checkers["replay"].status == found
        assert 0 <= result.model["x"] < 1
    vouching = [e for e in result.checkers.values() if e.status == result.status]
    assert result.status == UNKNOWN or len(vouching) >= 2
    assert result.seconds == pytest.approx(sum(e.seconds for e in result.checkers.values()))


def test_judgement_is_in_the_units_of_the_obligation():
    o = satisfiable("o", [L > 3, X > 0, L * X < 1, X < Q(1, 3)], Rescaling(L, frozenset({"x"})))
    answers = {solver: Answer("sat", 0.0, {"s1": Q(4), "s2": Q(3, 4)}) for solver in SOLVERS}
    result = judge(o, answers)
    assert result.status == PROVED
    assert all(python_value(h, result.model) for h in o.hypotheses)
    no_length = {solver: Answer("sat", 0.0, {"s1": Q(4), "s2": Q(4)}) for solver in SOLVERS}
    assert judge(o, no_length).status == UNKNOWN


# ---- from obligations to a claim ----------------------------------------------------------------

UNSAT, SAT = ANSWERS["unsat"], ANSWERS["true model"]
TRUE_OBLIGATION = valid("true", [X >= 0], X >= 0)
FALSE_OBLIGATION = valid("false", [X >= 0], X >= 1)
OPEN = ANSWERS["unknown"]


def claim_with(found: Plan) -> Claim:
    class Fixed:
        def plan(self, convention: str) -> Plan:
            return found

    return Claim("c", "sharp", "none", "a claim", Fixed())


def concluded(found: Plan, **answers: Answer | tuple[Answer, Answer]):
    """The verdict when the solvers give these answers, by name of the obligation; else the right ones."""
    results = []
    for o in found.obligations:
        default = SAT if o.satisfiable else UNSAT
        said = answers.get(o.name.replace(".", "_").replace("-", "_"), default)
        pair = said if isinstance(said, tuple) else (said, said)
        results.append(judge(o, dict(zip(SOLVERS, pair, strict=True))))
    return conclude(claim_with(found), "any-selection", found, results)


def test_a_claim_is_proved_when_everything_is():
    found = plan([TRUE_OBLIGATION], [valid("lemma", [], t.TRUE)])
    result = concluded(found)
    assert (result.status, result.counterexample, result.disagreement) == (PROVED, None, False)
    assert [o.name for o in result.obligations] == ["lemma", "true.non-vacuous", "true"]


def test_a_claim_is_refuted_by_a_confirmed_model():
    result = concluded(plan([TRUE_OBLIGATION, FALSE_OBLIGATION]), false=SAT)
    assert result.status == REFUTED
    assert result.counterexample["obligation"] == "false"
    assert result.counterexample["values"] == {"x": "0"}


@pytest.mark.parametrize("name", ["lemma", "true_non_vacuous", "true"])
def test_one_open_obligation_leaves_the_claim_open(name):
    found = plan([TRUE_OBLIGATION], [valid("lemma", [], t.TRUE)])
    for said in (OPEN, (UNSAT, OPEN), (OPEN, UNSAT)):
        if name == "true_non_vacuous" and UNSAT in (said if isinstance(said, tuple) else ()):
            continue
        result = concluded(found, **{name: said})
        assert result.status == UNKNOWN
        assert name.split("_")[0] in result.reason


def test_one_solver_is_not_enough_for_a_proof_but_one_confirmed_model_refutes():
    found = plan([FALSE_OBLIGATION])
    assert concluded(found, false=(UNSAT, OPEN)).status == UNKNOWN
    assert concluded(found, false=(SAT, OPEN)).status == REFUTED
    assert concluded(found, false=(OPEN, SAT)).status == REFUTED
    assert concluded(found, false=ANSWERS["false model"]).status == UNKNOWN


def test_a_refuted_lemma_does_not_refute_the_claim():
    result = concluded(plan([TRUE_OBLIGATION], [FALSE_OBLIGATION]), false=SAT)
    assert (result.status, result.reason) == (UNKNOWN, "false is REFUTED")


def test_a_refuted_step_does_not_refute_the_claim():
    step = replace(FALSE_OBLIGATION, step=True)
    result = concluded(plan([step]), false=SAT)
    assert (result.status, result.counterexample) == (UNKNOWN, None)
    assert concluded(plan([FALSE_OBLIGATION]), false=SAT).status == REFUTED


def test_hypotheses_that_cannot_be_met_prove_nothing():
    result = concluded(plan([TRUE_OBLIGATION]), true_non_vacuous=UNSAT)
    assert result.status == UNKNOWN
    assert "cannot be met" in result.reason
    assert "known" in concluded(plan([TRUE_OBLIGATION]), true_non_vacuous=OPEN).reason


def test_every_set_of_hypotheses_is_checked_once():
    found = plan(
        [TRUE_OBLIGATION, FALSE_OBLIGATION, valid("other", [X > 1], X > 0), valid("none", [], t.TRUE)]
    )
    assert [o.name for o in found.non_vacuity] == ["true.non-vacuous", "other.non-vacuous"]
    assert all(o.satisfiable for o in found.non_vacuity)


# ---- solvers that lie ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["true", "true_non_vacuous", "lemma"])
@pytest.mark.parametrize("said", [(UNSAT, SAT), (SAT, UNSAT), (UNSAT, ANSWERS["false model"])])
def test_disagreement_is_reported_and_never_settled(name, said):
    found = plan([TRUE_OBLIGATION], [valid("lemma", [], X < 0)])
    result = concluded(found, **{name: said})
    assert result.status == UNKNOWN
    assert result.disagreement
    assert "contradict" in result.reason
    run = Verification((result,), 0.0)
    assert not run.decided
    with pytest.raises(DisagreementError, match=r"z3: .*cvc5: ") as caught:
        run.raise_for_disagreement()
    assert caught.value.remedy


def test_agreement_raises_nothing():
    run = Verification((concluded(plan([TRUE_OBLIGATION])),), 0.0)
    run.raise_for_disagreement()
    assert run.decided
    assert not Verification((concluded(plan([TRUE_OBLIGATION]), true=OPEN),), 0.0).decided
    Verification((concluded(plan([TRUE_OBLIGATION]), true=OPEN),), 0.0).raise_for_disagreement()


@pytest.fixture
def lying_z3(monkeypatch):
    """A z3 that finds everything unsatisfiable; cvc5 as it is."""

    class Liar(pools.SolverProcess):
        def ask(self, script, seconds):
            honest = super().ask(script, seconds)
            return Answer("unsat", honest.seconds) if self.solver == "z3" else honest

    monkeypatch.setattr(pools, "SolverProcess", Liar)


def test_a_lying_solver_is_noticed(lying_z3):
    false = Claim("f", "sharp", "none", "a false claim", sentence("false", [X >= 0], X >= 1))
    true = Claim("t", "sharp", "none", "a true claim", sentence("true", [X >= 0], X >= 0))
    run = verify_claims([false, true], seconds_a_query=10)
    assert [r.status for r in run.claims] == [UNKNOWN, UNKNOWN]
    assert all(r.disagreement for r in run.claims)
    assert not run.decided
    with pytest.raises(DisagreementError):
        run.raise_for_disagreement()
    assert all(r["status"] == UNKNOWN for r in run.to_json()["claims"])


def test_a_lying_solver_fails_the_command_line(lying_z3, capsys):
    from fvtheory.cli import main

    assert main(["verify", "--claim", "lemma-1.domain", "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["claims"][0]["status"] == UNKNOWN
    assert "contradict" in shown.err


# ---- small claims, decided for real -------------------------------------------------------------


def derivation_with_a_wrong_step(goal: t.Formula) -> Universal:
    proof = Derivation("proof", [X >= 1])
    proof.have("too-strong", X >= 2)
    proof.have("", goal)
    return Universal(lambda convention: proof.obligations)


def test_a_wrong_step_never_refutes():
    """The step fails; the claim is decided by its conclusion or left open."""
    claims = [
        Claim(name, "sharp", "none", name, derivation_with_a_wrong_step(goal))
        for name, goal in (("true", X >= 0), ("false", X >= Q(3, 2)))
    ]
    true, false = verify_claims(claims, seconds_a_query=10).claims
    assert true.status in (PROVED, UNKNOWN)
    assert false.status in (REFUTED, UNKNOWN)
    if false.status == REFUTED:
        assert 1 <= Q(false.counterexample["values"]["x"]) < Q(3, 2)


def test_premises_of_a_step_must_be_known():
    proof = Derivation("proof", [X >= 1])
    with pytest.raises(InvalidInputError, match="given or shown before"):
        proof.have("step", X >= 0, [X >= 5])
    shown = proof.have("step", X >= 0, [X >= 1])
    proof.have("", X >= -1, [shown])


def test_arguments_are_checked():
    claims = claims_of("geirhos2024")[:1]
    for seconds in (0, -1, float("nan")):
        with pytest.raises(InvalidInputError, match="positive number of seconds"):
            verify_claims(claims, seconds_a_query=seconds)
    with pytest.raises(InvalidInputError, match="any-selection"):
        verify_claims(claims, "last")
    with pytest.raises(UnknownNameError, match="geirhos2024"):
        verify("geirhos2023")
    with pytest.raises(UnknownNameError, match="lemma-1"):
        verify(claims=["lemma-99"])
    assert verify_claims([]).to_json()["claims"] == []


# ---- the paper ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper() -> dict[str, Verification]:
    """The claims under their own conventions (any-selection for nearly all), first and unique, in one run."""
    claims = claims_of("geirhos2024")
    every = [*claims, *(replace(c, convention=name) for name in ("first", "unique") for c in claims)]
    run = verify_claims(every, seconds_a_query=20)
    n = len(claims)
    parts = [run.claims[i : i + n] for i in range(0, len(every), n)]
    return {
        name: Verification(tuple(part), run.seconds)
        for name, part in zip(("own", "first", "unique"), parts, strict=True)
    }


VERDICTS = """
lemma-1                                      P . .
lemma-1.domain                               . . P
lemma-2.gate                                 R P .
lemma-2.k                                    R P .
lemma-3                                      P . P
lemma-4                                      P . .
proposition-1                                P . P
theorem-1.all                                P . P
theorem-1.neural-network                     P . P
theorem-1.erm                                P . P
theorem-1.piecewise-affine                   P . P
theorem-1.monotone                           P . P
theorem-1.proof.pair                         P . .
theorem-1.proof.equal-extrema                P . .
theorem-1.proof.reflection                   R P .
theorem-2.all                                P . .
theorem-2.neural-network                     P . .
theorem-2.erm                                P . .
theorem-2.piecewise-affine                   P . .
theorem-2.monotone                           P . .
theorem-2.convex                             P . .
theorem-2.proof.midpoint                     P . .
theorem-2.proof.convex-point                 P . .
theorem-2.proof.convex-cases                 R P .
theorem-3                                    P . P
theorem-3.remark.diagonal                    P . .
theorem-3.proof.extremum-at-an-end           R P .
theorem-3.proof.minimum-at-zero              R P .
theorem-3.proof.cases                        R P .
theorem-3.proof.pair                         P . .
theorem-3.proof.reflected-pair               R P .
theorem-4.first-inequality                   P . .
theorem-4.second-inequality                  R P .
theorem-4                                    . . P
theorem-4.remark.higher-dimension            P . .
theorem-4.remark.spread                      P . .
theorem-4.remark.tight                       P . .
theorem-4.remark.zero                        P . P
theorem-4.remark.zero-is-tight               R . .
theorem-4.remark.steepest                    P . .
theorem-4.proof.first-pair                   P . .
theorem-4.proof.second-pair.slope            P . .
theorem-4.proof.second-pair.range            R . .
theorem-4.proof.second-pair.information      R . .
theorem-4.proof.second-pair.separation       P . .
theorem-4.proof.second-pair                  . P .
theorem-5                                    P . P
theorem-6                                    R P P
theorem-6.remark.higher-dimension            . . P
theorem-6.proof.corners                      R P .
theorem-6.proof.coefficients                 P . .
theorem-6.proof.only-constraint              R . .
theorem-6.proof.equal-extrema                P . .
theorem-6.proof.origin-recovered             R P .
theorem-6.proof.maximum-at-origin-recovered  R . .
theorem-6.proof.one-one-recovered            P . .
theorem-6.proof.cases                        P . .
theorem-6.proof.pair-1                       P . .
theorem-6.proof.pair-2                       P . .
theorem-7                                    R P P
theorem-8.affine                             P . .
theorem-8.constant                           P . .
theorem-8.proof.defined                      R P .
theorem-8.proof.decoder                      P . .
section-4.1.closer                           P . .
footnote-2.all                               P . .
footnote-2.neural-network                    P . .
footnote-2.erm                               P . .
footnote-2.lipschitz                         R P .
footnote-2.piecewise-affine                  P . .
footnote-2.monotone                          P . .
footnote-2.convex                            P . .
section-b.2.dichotomy                        R . .
remark-2.maximizer                           R P .
remark-3.all                                 P . .
remark-3.neural-network                      P . .
remark-3.erm                                 P . .
remark-3.piecewise-affine                    P . .
remark-3.monotone                            P . .
remark-3.convex                              R P .
remark-3.lipschitz                           R P .
remark-3.affine                              R P .
table-1.all.epsilon                          . . P
table-1.all.exact                            . . P
table-1.all.side                             . . P
table-1.neural-network.epsilon               . . P
table-1.neural-network.exact                 . . P
table-1.neural-network.side                  . . P
table-1.erm.epsilon                          . . P
table-1.erm.exact                            . . P
table-1.erm.side                             . . P
table-1.lipschitz.epsilon                    . . P
table-1.lipschitz.exact                      . . P
table-1.lipschitz.side                       . . P
table-1.piecewise-affine.epsilon             . . P
table-1.piecewise-affine.exact               . . P
table-1.piecewise-affine.side                . . P
table-1.monotone.epsilon                     . . P
table-1.monotone.exact                       . . P
table-1.monotone.side                        . . P
table-1.convex.epsilon                       . . P
table-1.convex.exact                         . . P
table-1.convex.side                          . . P
table-1.affine-in-several-variables.epsilon  . . P
table-1.affine-in-several-variables.exact    . . P
table-1.affine-in-several-variables.side     . . P
table-1.affine-in-one-variable.epsilon       . . P
table-1.affine-in-one-variable.exact         . . P
table-1.affine-in-one-variable.side          . . P
table-1.constant.epsilon                     . . P
table-1.constant.exact                       . . P
table-1.constant.side                        . . P
"""


def table() -> dict[tuple[str, str], str]:
    """The pinned verdicts by id and variant."""
    words = {"P": PROVED, "R": REFUTED}
    found = {}
    for line in VERDICTS.strip().splitlines():
        name, *letters = line.split()
        for variant, letter in zip(("printed", "repaired", "sharp"), letters, strict=True):
            if letter != ".":
                found[name, variant] = words[letter]
    return found


def statuses(run: Verification) -> dict[tuple[str, str], str]:
    return {(r.claim.id, r.claim.variant): r.status for r in run.claims}


def test_the_verdicts_on_the_paper(paper):
    assert statuses(paper["own"]) == table()
    assert paper["own"].decided


def changes(paper, convention: str) -> dict[tuple[str, str], str]:
    wanted = statuses(paper["own"])
    return {key: s for key, s in statuses(paper[convention]).items() if s != wanted[key]}


@pytest.mark.parametrize(
    ("convention", "counts"),
    [
        ("own", {PROVED: 118, REFUTED: 25, UNKNOWN: 0}),
        ("first", {PROVED: 114, REFUTED: 28, UNKNOWN: 1}),
        ("unique", {PROVED: 107, REFUTED: 28, UNKNOWN: 8}),
    ],
)
def test_the_counts_under_the_conventions(paper, convention, counts):
    found = Counter(statuses(paper[convention]).values())
    assert {s: found[s] for s in STATUSES} == counts, changes(paper, convention)


def test_checkers_agree_on_the_paper(paper):
    for run in paper.values():
        run.raise_for_disagreement()


def test_what_is_open_has_hypotheses_that_cannot_be_met(paper):
    for run in paper.values():
        for r in run.claims:
            if r.status == UNKNOWN:
                assert "cannot be met" in r.reason
                assert r.counterexample is None


def test_printed_statements_that_fail_have_a_repaired_one(paper):
    found = statuses(paper["own"])
    assert REFUTED in found.values()
    repaired = [key for key in found if key[1] == "repaired"]
    assert all(found[key] == PROVED for key in repaired)


def test_every_obligation_of_a_proved_claim_has_two_checkers(paper):
    for run in paper.values():
        for r in run.claims:
            if r.status != PROVED:
                continue
            assert r.obligations
            for o in r.obligations:
                said = {name: entry.status for name, entry in o.checkers.items()}
                assert list(said.values()).count(PROVED) >= 2, (r.claim.id, o.name)
                assert said["z3"] == said["cvc5"] == PROVED, (r.claim.id, o.name)
                if o.obligation.satisfiable:
                    assert said["replay"] == PROVED


def fails(obligation, at) -> bool:
    """Whether the hypotheses hold and the goal does not."""
    return all(python_value(h, at) for h in obligation.hypotheses) and not python_value(obligation.goal, at)


def test_what_does_not_fail_would_be_noticed():
    assert [fails(FALSE_OBLIGATION, {"x": Q(x)}) for x in ("-1", "1/2", "1")] == [False, True, False]


def test_counterexamples_replay(paper):
    """Put into the obligation that fails, by Python itself."""
    for run in paper.values():
        for r in run.claims:
            assert (r.counterexample is not None) == (r.status == REFUTED)
            if r.counterexample is None:
                continue
            at = {name: Q(value) for name, value in r.counterexample["values"].items()}
            named = [o.obligation for o in r.obligations if o.name == r.counterexample["obligation"]]
            about_these = [o for o in named if set(o.symbols) <= set(at)]
            assert any(fails(o, at) for o in about_these), r.claim.id


def test_counterexamples_about_decoders_are_functions(paper):
    from fvtheory.functions import function_from_json, has_information
    from fvtheory.information import MinMax

    seen = 0
    for run in paper.values():
        for r in run.claims:
            found = r.counterexample
            if found is None or "phi" not in found:
                continue
            phi = MinMax.from_json(found["phi"])
            if "function" in found:
                assert has_information(function_from_json(found["function"]), phi, r.convention)
            for f, value in zip(found.get("functions", ()), found.get("values_there", ()), strict=True):
                assert function_from_json(f)(found["at"]) == Q(value)
                assert has_information(function_from_json(f), phi)
            assert Q(found["radius"]) >= 0
            seen += 1
    assert seen >= 10


def numbers(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def test_the_json_is_that_of_the_contract(paper):
    for run in paper.values():
        document = json.loads(json.dumps(run.to_json(), allow_nan=False))
        assert set(document) == {"claims", "seconds"}
        assert numbers(document["seconds"])
        assert len(document["claims"]) == len(run.claims)
        for c in document["claims"]:
            required = {"id", "source", "statement", "variant", "fidelity", "class", "convention", "status"}
            required |= {"obligations", "seconds", "vouched_by"}
            assert required <= set(c) <= required | {"delta", "counterexample", "reason"}
            assert all(isinstance(c[key], str) and c[key] for key in ("id", "source", "statement"))
            assert c["class"] is None or isinstance(c["class"], str)
            assert c["variant"] in ("printed", "repaired", "sharp")
            assert c["fidelity"] in ("exact", "equivalent", "related")
            assert ("delta" in c) == (c["fidelity"] != "exact")
            assert c["convention"] in CONVENTIONS
            assert c["status"] in STATUSES
            assert ("counterexample" in c) == (c["status"] == REFUTED)
            assert numbers(c["seconds"])
            assert c["obligations"]
            for o in c["obligations"]:
                assert set(o) == {"name", "status", "checkers", "seconds"}
                assert isinstance(o["name"], str)
                assert o["status"] in STATUSES
                assert {"z3", "cvc5"} <= set(o["checkers"]) <= {"z3", "cvc5", "replay", "certificate"}
                assert numbers(o["seconds"])
                for entry in o["checkers"].values():
                    assert {"status", "seconds"} <= set(entry) <= {"status", "seconds", "reason"}
                    assert entry["status"] in STATUSES
                    assert numbers(entry["seconds"])


def test_numbers_in_counterexamples_are_exact_strings(paper):
    def leaves(value):
        if isinstance(value, dict):
            for part in value.values():
                yield from leaves(part)
        elif isinstance(value, list):
            for part in value:
                yield from leaves(part)
        else:
            yield value

    for r in paper["own"].claims:
        if r.counterexample is not None:
            found = list(leaves(json.loads(json.dumps(r.counterexample))))
            assert not any(isinstance(v, float) for v in found)
            for value in r.counterexample["values"].values():
                assert str(Q(value)) == value


def test_a_convention_is_taken_in_place_of_the_claims_own():
    names = ["theorem-6.proof.corners"]
    own = verify(claims=names, seconds_a_query=20)
    assert {r.convention for r in own.claims} == {r.claim.convention for r in own.claims}
    other = verify(claims=names, convention="unique", seconds_a_query=20)
    assert {r.convention for r in other.claims} == {"unique"}
    assert {c["convention"] for c in other.to_json()["claims"]} == {"unique"}


def test_seconds_add_up_over_shared_obligations(paper):
    run = paper["own"]
    assert sum(r.seconds for r in run.claims) <= sum(o.seconds for r in run.claims for o in r.obligations)
    assert all(r.seconds >= 0 for r in run.claims)
