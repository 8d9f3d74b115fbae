"""Rocq: the printer of terms, the build and its record, and who vouches for which claim."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from fvtheory import vouchers
from fvtheory.checkers.solver_process import Answer
from fvtheory.checkers.verdict import judge
from fvtheory.claims import claims_of, select_claims
from fvtheory.cli import main as fvtheory_main
from fvtheory.errors import DisagreementError, InvalidInputError, MissingDependencyError
from fvtheory.notation.rocq import definition, expression, identifier, number, proposition
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, valid
from fvtheory.terms import FALSE, TRUE, Sym, Term, absolute, eq, evaluate, ite, maximum, minimum, ne
from fvtheory.verification import Verification, verify, verify_claims
from fvtheory.vouchers import PART, Theorem, theorems_about
from proofs import pairs, rocq_build
from proofs.__main__ import FAILS, HOLDS, main
from proofs.rocq_build import ProofError
from whole_paper import whole_paper

needs_rocq = pytest.mark.skipif(
    rocq_build.version() is None, reason="not run: what needs Rocq, for want of coqc and coqdep"
)
x, y, z = Sym("x"), Sym("y"), Sym("z")
THEOREM_4 = ("theorem-4.second-inequality", "printed")


# ---- the printer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (x - y - z, "x - y - z"),
        (x - (y - z), "x - (y - z)"),
        (x + (y + z), "x + (y + z)"),
        (-x * y, "(- x) * y"),
        (x * (y + z) / 2, "x * (y + z) / 2"),
        (x / (y / z), "x / (y / z)"),
        (x * Fraction(-1, 3), "x * (- (1 / 3))"),
        (minimum(x, y - 1) * absolute(x), "Rmin x (y - 1) * Rabs x"),
        (maximum(0, -x), "Rmax 0 (- x)"),
        (ite(x <= y, x, 0), "if Rle_dec x y then x else 0"),
        (ite(x < y, x, 0), "if Rle_dec y x then 0 else x"),
        (ite(eq(x, y), 1, 0), "if Rle_dec x y then (if Rle_dec y x then 1 else 0) else 0"),
        (ite(ne(x, y), 1, 0), "if Rle_dec x y then (if Rle_dec y x then 0 else 1) else 1"),
        (ite((x <= y) & (y <= z), 1, 0), "if Rle_dec x y then (if Rle_dec y z then 1 else 0) else 0"),
        (ite((x <= y) | (y <= z), 1, 0), "if Rle_dec x y then 1 else if Rle_dec y z then 1 else 0"),
        (1 + ite(x <= y, x, 0), "1 + (if Rle_dec x y then x else 0)"),
        (ite(TRUE, x + 1, 0) * 2, "(x + 1) * 2"),
        (ite(FALSE, x, 0), "0"),
    ],
)
def test_terms_are_printed(term, shown):
    assert expression(term) == shown


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ((x <= y) & ~(y < z), "(x <= y) /\\ ~ (y < z)"),
        (ne(x, y) | eq(x, 1), "(x <> y) \\/ (x = 1)"),
        (ite(x <= y, x, 0) <= 1, "(if Rle_dec x y then x else 0) <= 1"),
        (TRUE, "True"),
        (~FALSE, "~ False"),
    ],
)
def test_formulas_are_printed(formula, shown):
    assert proposition(formula) == shown


def test_definitions_are_printed():
    assert definition("f", ["x[0]", "L"], Sym("x[0]") * 2) == "Definition f (x_0 L : R) : R :=\n  x_0 * 2.\n"
    assert definition("p", [], TRUE) == "Definition p : Prop :=\n  True.\n"


def test_deep_terms_are_no_hazard():
    deep = x
    for _ in range(5000):
        deep = deep + 1
    assert expression(deep).count("+") == 5000


@pytest.mark.parametrize("name", ["if", "R", "x'", "x[0][", "", "é", "x y", "x). Axiom a : (False"])
def test_names_that_rocq_cannot_have_are_refused(name):
    with pytest.raises(InvalidInputError, match="symbol"):
        identifier(name)


def test_definitions_with_unknown_or_clashing_names_are_refused():
    with pytest.raises(InvalidInputError, match="symbol y"):
        definition("f", ["x"], x + y)
    with pytest.raises(InvalidInputError, match="names that differ"):
        definition("f", ["x_0", "x[0]"], Sym("x_0"))


# ---- the pairs ------------------------------------------------------------------------------------


def test_the_pairs_are_what_is_generated_byte_for_byte():
    assert pairs.FILE.read_bytes() == pairs.generate().encode()


def test_pairs_that_differ_are_found(tmp_path, monkeypatch, capsys):
    changed = tmp_path / "Pairs.v"
    changed.write_text(pairs.generate().replace("/ 2", "/ 3", 1))
    monkeypatch.setattr(pairs, "FILE", changed)
    assert main(["pairs", "--check"]) == FAILS
    assert "differs" in capsys.readouterr().err
    assert main(["pairs"]) == HOLDS
    assert main(["pairs", "--check"]) == HOLDS


VALUES = """
From Coq Require Import Reals Lra.
From FV Require Import Pairs.
Local Open Scope R_scope.
Ltac settled t := lazymatch t with
  | context [Rle_dec _ _] => fail | context [Rcase_abs _] => fail | _ => idtac end.
Ltac choose_case := match goal with
  | |- context [Rle_dec ?a ?b] => settled a; settled b; destruct (Rle_dec a b)
  | |- context [Rcase_abs ?a] => settled a; destruct (Rcase_abs a) end.
Ltac absurd_case := exfalso; repeat match goal with H : context [Rinv _] |- _ => field_simplify in H end; lra.
Ltac cases := unfold Rmin, Rmax, Rabs; repeat (choose_case; try absurd_case).
Ltac value := cases; first [lra | field; lra | field].
Ltac truth := cases; intuition lra.
"""


def value_goals(seed: int) -> list[str]:
    """For every definition the value, or the truth, of its term at a random point."""
    source, goals = random.Random(seed), []
    for _, entries in pairs.sections():
        for name, parameters, body in entries:
            at = {p: Fraction(source.randint(0, 4), 4) for p in parameters}
            if "f_min" in at:
                at["f_min"], at["f_max"] = sorted((at["f_min"], at["f_max"] + 1))
            if "L" in at:
                at["L"] = Fraction(source.randint(1, 8), 2)
            applied = " ".join([name, *(number(at[p]) for p in parameters)])
            try:
                value = evaluate(body, at)
            except ArithmeticError:
                continue
            if isinstance(body, Term):
                goals.append(f"Goal {applied} = {number(value)}. Proof. unfold {name}. value. Qed.")
            else:
                goals.append(f"Goal {'' if value else '~ '}{applied}. Proof. unfold {name}. truth. Qed.")
    return goals


def compile_goals(goals: list[str], place: Path) -> None:
    shutil.copy(pairs.FILE, place)
    (place / "Values.v").write_text(VALUES + "\n".join(goals) + "\n")
    rocq_build.compile_all(place, rocq_build.dependencies(place))


@needs_rocq
def test_definitions_have_the_values_of_the_terms(tmp_path):
    goals = value_goals(1) + value_goals(2)
    assert len(goals) > 120
    compile_goals(goals, tmp_path)


@needs_rocq
def test_a_wrong_value_is_not_proved(tmp_path):
    wrong = "Goal theorem_1_f1 0 1 0 1 (3 / 4) = 1 / 4. Proof. unfold theorem_1_f1. value. Qed."
    with pytest.raises(ProofError, match=r"Values\.v"):
        compile_goals([wrong], tmp_path)


# ---- the proofs -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """All proofs, compiled."""
    place = tmp_path_factory.mktemp("rocq")
    for path in rocq_build.FOLDER.glob("*.v"):
        shutil.copy(path, place)
    rocq_build.compile_all(place, rocq_build.dependencies(place))
    return place


@needs_rocq
def test_the_record_is_what_the_proofs_prove(built):
    """A sample of the record; ``python -m proofs rocq --check`` compares all of it."""
    listed = {(t.qualified, t.claim, t.variant, t.convention): t for t in rocq_build.listed_theorems()}
    recorded = {
        (f"FV.{t.file.removesuffix('.v')}.{t.name}", t.claim, t.variant, t.convention): t
        for t in vouchers.recorded_theorems(rocq_build.FOLDER)
    }
    assert list(listed) == list(recorded)
    sample = list(dict.fromkeys(name for name, *_ in listed))[::20]
    found = rocq_build.statements(built, sample)
    for (name, *_), t in recorded.items():
        if name in found:
            assert found[name] == (t.type, t.axioms)
            assert set(t.axioms) <= rocq_build.AXIOMS


@needs_rocq
def test_every_refutation_refutes_a_definition(built):
    refuting = [t for t in rocq_build.listed_theorems() if t.verdict == REFUTED]
    recorded = {(t.file, t.name): t for t in vouchers.recorded_theorems(rocq_build.FOLDER)}
    found = {t.qualified: (recorded[t.file, t.name].type, ()) for t in refuting}
    rocq_build.check_refutations(built, refuting, found)


PLANTED = {
    "gate-sign": ("lemma_2_repaired_gate", "f + k * e - k", "f - k * e - k"),
    "theorem-1-breakpoint": ("theorem_1_f1", "(x_min + x_max) / 2", "(x_min + x_max) / 3"),
    "theorem-1-value": ("theorem_1_f2", "else f_max", "else f_min"),
    "theorem-3-sign": ("theorem_3_f2", "- f_max", "+ f_max"),
    "theorem-4-slope": ("theorem_4_clipped_f2", "L * x - L * x_max", "2 * L * x - 2 * L * x_max"),
    "theorem-6-value": ("theorem_6_case_1_f2", "+ f_max", "+ f_min"),
}


@needs_rocq
@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_function_makes_the_proofs_fail(planted, built, tmp_path):
    name, old, new = PLANTED[planted]
    place = tmp_path / "rocq"
    shutil.copytree(built, place)
    source = (place / "Pairs.v").read_text()
    start = source.index(f"Definition {name} ")
    end = source.index("\n\n", start)
    wrong = " ".join(source[start:end].split()).replace(old, new, 1)
    assert wrong != " ".join(source[start:end].split())
    (place / "Pairs.v").write_text(source[:start] + wrong + source[end:])
    needs = rocq_build.dependencies(place)
    users = [f for f in needs if f != "Pairs.v" and name in (place / f).read_text()]
    assert users, f"no theorem is about {name}"
    with pytest.raises(ProofError):
        recompile(place, needs, users)


def recompile(place: Path, needs: dict[str, set[str]], targets: list[str]) -> None:
    """Compile what depends on Pairs.v and is needed for the targets, in order."""
    wanted, stale = set(targets), {"Pairs.v"}
    while more := {n for w in wanted for n in needs[w]} - wanted:
        wanted |= more
    while more := {f for f in needs if needs[f] & stale} - stale:
        stale |= more
    done = set(needs) - stale
    while todo := sorted(f for f in wanted & stale - done if needs[f] <= done):
        rocq_build.compile_file(todo[0], place)
        done.add(todo[0])


# ---- the build, on proofs of its own ------------------------------------------------------------


GOOD = """
(* Admitted in a comment, (* Axiom in one inside it, *) "and a string with (* Axiom" *)
Definition small : Prop := forall n : nat, n <= 0.
Theorem not_small : ~ small.
Proof. intros H. specialize (H 1). inversion H. Qed.
Theorem reflexive : forall n : nat, n = n.
Proof. reflexivity. Qed.
"""


def entry(name: str, verdict: str, variant: str = "printed", **more) -> str:
    fields = {"name": name, "file": "T.v", "claim": THEOREM_4[0], "variant": variant, "verdict": verdict}
    fields |= {"dims": "all", "convention": "any-selection", "statement": "words", **more}
    return "[[theorem]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in fields.items())


@pytest.fixture
def toy(tmp_path):
    """A folder with one source and one list of theorems."""

    def plant(source: str = GOOD, *entries: str) -> Path:
        place = tmp_path / "toy"
        place.mkdir(exist_ok=True)
        (place / "T.v").write_text(source)
        listed = entries or (entry("not_small", REFUTED), entry("reflexive", PROVED, "repaired", dims=[1, 2]))
        (place / "theorems_toy.toml").write_text("\n".join(listed))
        return place

    return plant


@needs_rocq
def test_a_build_records_types_axioms_and_digests(toy):
    place = toy()
    record = rocq_build.build(place)
    assert [(t["name"], t["type"], t["axioms"]) for t in record["theorems"]] == [
        ("not_small", "~ T.small", []),
        ("reflexive", "forall n : nat, n = n", []),
    ]
    assert set(record["sources"]) == {"T.v", "theorems_toy.toml"}
    assert sorted(p.name for p in place.iterdir()) == ["T.v", "theorems_toy.toml"]
    assert rocq_build.differences(record, place) == ["no record.json"]
    rocq_build.write(record, place)
    assert rocq_build.differences(record, place) == []
    first, second = vouchers.recorded_theorems(place)
    assert (first.name, first.verdict, first.dims) == ("not_small", REFUTED, None)
    assert second.dims == (1, 2)


@needs_rocq
def test_a_record_that_differs_from_the_build_is_found(toy):
    place = toy()
    record = rocq_build.build(place)
    claimed = json.loads(json.dumps(record))
    claimed["theorems"][1]["type"] = "forall n m : nat, n = m"
    rocq_build.write(claimed, place)
    (line,) = rocq_build.differences(record, place)
    assert line.startswith("reflexive: ")


@needs_rocq
def test_a_stale_record_vouches_for_nothing_and_it_is_said(toy, monkeypatch, capsys):
    place = toy()
    rocq_build.write(rocq_build.build(place), place)
    (place / "T.v").write_text(GOOD + "\n")
    with pytest.raises(InvalidInputError, match=r"another T\.v"):
        vouchers.recorded_theorems(place)
    monkeypatch.setattr(vouchers, "rocq_folder", lambda: place)
    vouchers._record.cache_clear()
    assert vouchers._theorems() == ()
    assert fvtheory_main(["verify", "--claim", "lemma-3", "--timeout", "20"]) == 1
    assert "another T.v" in capsys.readouterr().err
    (place / "record.json").unlink()
    vouchers._record.cache_clear()
    assert fvtheory_main(["verify", "--claim", "lemma-3", "--timeout", "20"]) == 1
    assert "no " in capsys.readouterr().err
    vouchers._record.cache_clear()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sources": {}, "theorems": [{}]}'])
def test_a_record_that_cannot_be_read_is_refused(text, toy):
    place = toy()
    (place / "record.json").write_text(text)
    with pytest.raises(InvalidInputError, match="record"):
        vouchers.recorded_theorems(place)


@needs_rocq
@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (GOOD.replace("inversion H. Qed.", "Admitted."), "Admitted"),
        (GOOD + "Axiom absurd : False.", "Axiom"),
        (GOOD + "Parameters n m : nat.", "Parameters"),
        (GOOD + "Conjecture c : False.", "Conjecture"),
        (GOOD + "Unset Guard Checking.", "Guard"),
        (GOOD.replace("Theorem reflexive", "Theorem other"), "reflexive"),
        (GOOD.replace("~ small.", "small -> 0 = 1."), "~ P"),
        (GOOD.replace("~ small.", "forall n : nat, n <> n -> ~ small.").replace("H. spec", "n Hn H. spec"), "~ P"),
        (GOOD.replace("~ small.", "~ (forall n : nat, n <= 0)."), "~ P"),
        (GOOD.replace("Definition small : Prop := forall n : nat, n <= 0.", "Inductive small : Prop := .")
         .replace("specialize (H 1). ", ""), "refutations"),
        (GOOD.replace("inversion H. Qed.", "lia. Qed."), "T.v"),
        ("Variable absurd : False.\n" + GOOD.replace("reflexivity.", "destruct absurd."), "absurd"),
        ("From Coq Require Import Epsilon.\n" + GOOD.replace(
            "forall n : nat, n = n.\nProof. reflexivity.",
            "exists n : nat, True.\nProof. exists (epsilon (inhabits 0) (fun _ => True)). trivial.",
        ), "epsilon"),
        ("From FV Require Import Missing.\n" + GOOD, "Missing"),
    ],
    ids=["admitted", "axiom", "parameters", "conjecture", "unguarded", "not-there", "no-negation", "premise",
         "no-definition", "inductive", "no-proof", "variable", "foreign-axiom", "missing"],
)  # fmt: skip
def test_proofs_that_do_not_hold_are_refused(source, complaint, toy):
    with pytest.raises(ProofError, match=complaint):
        rocq_build.build(toy(source))


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ([entry("a", PROVED, claim="theorem-9")], "a claim of the paper"),
        ([entry("a", PROVED, variant="sharp")], "a claim of the paper"),
        ([entry("a", UNKNOWN)], "verdict"),
        ([entry("a", PROVED, convention="none")], "convention"),
        ([entry("a", PROVED, dims=[0])], "dims"),
        ([entry("a", PROVED, file="../T.v")], "file"),
        ([entry("a", PROVED, proof="short")], "keys"),
        ([entry("a", PROVED), entry("a", PROVED)], "twice"),
        (["[["], "TOML"),
    ],
)
def test_malformed_lists_of_theorems_are_refused(entries, complaint, toy):
    with pytest.raises(InvalidInputError, match=complaint):
        rocq_build.listed_theorems(toy(GOOD, *entries))


def test_without_rocq_it_is_said_what_was_not_run(monkeypatch, tmp_path, capsys, toy):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["rocq"]) == HOLDS
    assert "not run" in capsys.readouterr().err
    assert main(["rocq", "--check"]) == FAILS
    with pytest.raises(MissingDependencyError, match="apt install"):
        rocq_build.build(toy())


# ---- who vouches for what -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper() -> Verification:
    return whole_paper()


def test_the_record_is_of_these_sources():
    assert len(vouchers.recorded_theorems(rocq_build.FOLDER)) > 0


def test_rocq_and_the_solvers_agree(paper):
    verdicts = {(r.claim.id, r.claim.variant, r.convention): r.status for r in paper.claims}
    other = [t for t in rocq_build.listed_theorems() if (t.claim, t.variant, t.convention) not in verdicts]
    for convention in {t.convention for t in other}:
        claims = [c for c in claims_of("geirhos2024") if any(c.id == t.claim for t in other)]
        for r in verify_claims(claims, convention, seconds_a_query=20).claims:
            verdicts[r.claim.id, r.claim.variant, convention] = r.status
    for t in rocq_build.listed_theorems():
        assert verdicts[t.claim, t.variant, t.convention] == t.verdict, t.name


@pytest.mark.parametrize(
    "result",
    ["lemma-1", "lemma-2", "lemma-3", "lemma-4", "proposition-1", *(f"theorem-{n}" for n in range(1, 9))],
)
def test_every_result_of_the_paper_is_covered_by_rocq(result):
    """Every part of it as printed, but for sentences of the text around it and of its proof."""
    printed = {
        c.id
        for c in select_claims("geirhos2024", [result])
        if c.variant == "printed" and not {"proof", "remark"} & set(c.id.split("."))
    }
    covered = {t.claim for t in vouchers.recorded_theorems(rocq_build.FOLDER) if t.variant == "printed"}
    assert printed
    assert printed <= covered


def test_every_claim_is_vouched_for_by_two_kinds_of_evidence(paper):
    kinds = {"z3": "solver", "cvc5": "solver"}
    for r in paper.claims:
        whole = {kinds.get(v.checker, v.checker) for v in r.vouched_by if v.scope == vouchers.VERDICT}
        assert len(whole) >= 2, (r.claim.id, r.claim.variant, whole)


def theorem(verdict: str, **more) -> Theorem:
    fields = {"name": "planted", "file": "T.v", "claim": THEOREM_4[0], "variant": THEOREM_4[1]}
    fields |= {
        "convention": "any-selection",
        "verdict": verdict,
        "dims": None,
        "type": "True",
        "axioms": ("a",),
    }
    return Theorem(**{**fields, **more})


@pytest.fixture
def recorded(monkeypatch):
    """Let these theorems be all that is on record."""
    return lambda *theorems: monkeypatch.setattr(vouchers, "_theorems", lambda: theorems)


def second_inequality(convention: str | None = None):
    results = verify(claims=[THEOREM_4[0]], convention=convention, seconds_a_query=20).claims
    return next(r for r in results if r.claim.variant == "printed")


def test_a_theorem_vouches_for_its_claim_with_its_axioms(recorded):
    recorded(theorem(REFUTED))
    found = second_inequality().to_json()["vouched_by"]
    assert [v["checker"] for v in found] == ["z3", "cvc5", "certificate", "replay", "rocq"]
    assert found[-1] == {
        "checker": "rocq", "scope": "verdict", "theorem": "planted", "file": "T.v", "verdict": REFUTED,
        "dims": "all", "axioms": ["a"],
    }  # fmt: skip


@pytest.mark.parametrize("other", [{"variant": "repaired"}, {"convention": "first"}, {"claim": "theorem-3"}])
def test_a_theorem_about_another_claim_does_not(other, recorded):
    recorded(theorem(REFUTED, **other))
    assert "rocq" not in {v.checker for v in second_inequality().vouched_by}


def test_a_theorem_for_fewer_dimensions_vouches_for_a_part(recorded):
    about = {"claim": "theorem-3", "variant": "sharp", "verdict": PROVED}
    for dims, scope in (((1, 2), PART), ((1, 2, 3), vouchers.VERDICT), (None, vouchers.VERDICT)):
        recorded(theorem(**about, dims=dims))
        claim = next(c for c in claims_of("geirhos2024") if (c.id, c.variant) == ("theorem-3", "sharp"))
        (voucher,) = vouchers._rocq(claim, "any-selection", PROVED)
        assert voucher.scope == scope


def test_a_theorem_that_says_the_opposite_is_a_disagreement(recorded, capsys):
    recorded(theorem(PROVED))
    found = second_inequality()
    assert found.status == UNKNOWN
    assert found.disagreement
    assert found.vouched_by == ()
    assert "Rocq says PROVED (planted)" in found.reason
    with pytest.raises(DisagreementError, match="planted"):
        Verification((found,), 0.0).raise_for_disagreement()
    assert fvtheory_main(["verify", "--claim", THEOREM_4[0], "--timeout", "20"]) == 1
    assert "Rocq says PROVED" in capsys.readouterr().err


def test_claims_of_ones_own_are_not_vouched_for_by_theorems_of_the_paper(recorded):
    recorded(theorem(REFUTED))
    (printed, repaired) = select_claims("geirhos2024", [THEOREM_4[0]])
    assert theorems_about(printed, "any-selection")
    assert not theorems_about(replace(printed, statement=repaired.statement), "any-selection")


def test_a_solver_that_is_undecided_somewhere_does_not_vouch(paper):
    result = next(r for r in paper.claims if r.claim.id == "lemma-3" and r.claim.variant == "printed")
    (conjunct,) = result.conjuncts
    checkers = {**conjunct.checkers, "z3": replace(conjunct.checkers["z3"], status=UNKNOWN)}
    weaker = replace(conjunct, checkers=checkers)
    found = vouchers.vouchers(result.claim, "any-selection", PROVED, [], [weaker], ["z3", "cvc5"])
    assert [v.checker for v in found if v.checker in ("z3", "cvc5")] == ["cvc5"]
    assert vouchers.vouchers(result.claim, "any-selection", UNKNOWN, [], [weaker], ["z3", "cvc5"]) == ()


@pytest.mark.parametrize("shown", ["sat", "unsat"])
@pytest.mark.parametrize("said", ["sat", "unsat"])
def test_a_certificate_agrees_or_is_a_disagreement(said, shown):
    obligation = valid("positive", [x >= 0], x > 0 if said == "sat" else x + 1 > 0)
    answers = dict.fromkeys(("z3", "cvc5"), Answer(said, 0.0, {"s1": Fraction(0)} if said == "sat" else {}))
    result = judge(obligation, answers, Answer(shown, 0.0))
    assert result.checkers["certificate"].status == (REFUTED if shown == "sat" else PROVED)
    assert result.disagreement == (said != shown)
    assert result.status == (UNKNOWN if said != shown else REFUTED if said == "sat" else PROVED)


def test_a_certificate_alone_decides_nothing():
    unknown = dict.fromkeys(("z3", "cvc5"), Answer("unknown", 0.0))
    assert judge(valid("one", [], x <= x), unknown, Answer("unsat", 0.0)).status == UNKNOWN


@pytest.mark.parametrize("silent", ["z3", "cvc5"])
def test_a_certificate_makes_up_for_one_solver_that_gave_up(silent):
    answers = {**dict.fromkeys(("z3", "cvc5"), Answer("unsat", 0.0)), silent: Answer("unknown", 0.0)}
    obligation = valid("one", [], x <= x)
    assert judge(obligation, answers).status == UNKNOWN
    assert judge(obligation, answers, Answer("unsat", 0.0)).status == PROVED
    opposed = judge(obligation, answers, Answer("sat", 0.0))
    assert (opposed.status, opposed.disagreement) == (UNKNOWN, True)


def test_replay_vouches_for_refutations_and_elsewhere_for_hypotheses_only(paper):
    for r in paper.claims:
        for v in r.vouched_by:
            if v.checker == "replay":
                assert (v.scope == vouchers.VERDICT) == (r.status == REFUTED)
