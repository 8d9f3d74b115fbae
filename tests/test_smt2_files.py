"""The SMT-LIB files: generated, complete, and found out when an answer is wrong."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from fvtheory.claims import claims_of
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN
from fvtheory.verification import Verification
from proofs import smt2
from proofs.__main__ import FAILS, HOLDS, main
from proofs.replay import installed, read, replay
from whole_paper import whole_paper

PACKAGES = ["z3", "cvc5"]
ONE = "claims/theorem-3/sharp/radius-is.d1.smt2"


@pytest.fixture(scope="module")
def paper() -> Verification:
    return whole_paper()


@pytest.fixture(scope="module")
def wanted(paper: Verification) -> dict[str, str]:
    return smt2.files(paper)


@pytest.fixture(scope="module")
def all_files() -> list[Path]:
    return sorted(smt2.FOLDER.rglob("*.smt2"))


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program of that name on the PATH that gives one answer to everything."""

    def plant(name: str, answer: str) -> None:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\necho {answer}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")

    return plant


def commands_of(text: str) -> str:
    """What a file declares and asserts."""
    assert text.endswith("(check-sat)\n(exit)\n")
    return re.sub(r"^(?:\(set-|;|\(check-sat|\(exit).*\n", "", text, flags=re.MULTILINE)


# ---- the files ------------------------------------------------------------------------------------


def test_the_files_are_what_is_generated_byte_for_byte(wanted):
    assert smt2.differences(wanted) == []


def test_there_is_one_file_for_every_question_of_the_paper(paper, wanted):
    questions = {script(o.obligation.asked, anonymous=True).text for r in paper.claims for o in r.obligations}
    assert len(wanted) - 1 == len(questions)
    assert {commands_of(text) for path, text in wanted.items() if path != smt2.INDEX} == questions


def test_the_index_has_every_claim_with_all_its_parts_and_every_file(paper, wanted):
    index = json.loads(wanted[smt2.INDEX])
    assert [(c["id"], c["variant"]) for c in index["claims"]] == [
        (c.id, c.variant) for c in claims_of("geirhos2024")
    ]
    used = {f for group in index["groups"].values() for f in group}
    for entry, result in zip(index["claims"], paper.claims, strict=True):
        parts = [f for g in entry["support"] for f in index["groups"][g]]
        for name in ("non_vacuity", "defined", "conjuncts", "sufficient"):
            parts += entry[name]
            used.update(entry[name])
        assert entry["status"] == result.status
        texts = [script(o.obligation.asked, anonymous=True).text for o in result.obligations]
        for path, text in zip(parts, texts, strict=True):
            assert text in wanted[path]
    assert used == set(wanted) - {smt2.INDEX}


def test_the_expected_answers_are_those_of_the_verification(paper, wanted):
    by_text = {}
    for result in paper.claims:
        for o in result.obligations:
            sat = (o.status == PROVED) == o.obligation.satisfiable
            by_text[script(o.obligation.asked, anonymous=True).text] = "sat" if sat else "unsat"
    for path, text in wanted.items():
        if path != smt2.INDEX:
            assert f"(set-info :status {by_text[commands_of(text)]})" in text
    assert {REFUTED, PROVED} == {o.status for r in paper.claims for o in r.obligations}


def test_files_name_the_claims_that_rest_on_them(wanted):
    assert "; claims: theorem-3 (sharp)" in wanted[ONE]
    shared = wanted["decoders/value/decoder.central.smt2"]
    assert "theorem-1.all (printed, sharp)" in " ".join(shared.replace(";", "").split())


@pytest.mark.parametrize("solver", PACKAGES)
def test_files_are_smt_lib_for_parsers_that_are_not_ours(all_files, solver):
    import cvc5

    for path in all_files[::100]:
        if solver == "z3":
            assert len(z3.parse_smt2_file(str(path))) == path.read_text().count("(assert ")
        else:
            solver_of = cvc5.Solver()
            parser = cvc5.InputParser(solver_of)
            parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, str(path))
            while not (command := parser.nextCommand()).isNull():
                if command.getCommandName() != "check-sat":
                    assert "error" not in str(command.invoke(solver_of, parser.getSymbolManager()))
            assert len(solver_of.getAssertions()) == path.read_text().count("(assert ")


def test_an_undecided_obligation_is_not_written(paper):
    result = next(r for r in paper.claims if r.claim.id == "lemma-3")
    unknown = tuple(replace(o, status=UNKNOWN) for o in result.obligations)
    undecided = replace(result, obligations=unknown, conjuncts=unknown[-len(result.conjuncts) :])
    with pytest.raises(InvalidInputError, match="UNKNOWN"):
        smt2.files(replace(paper, claims=(undecided,)))


def test_every_kind_of_difference_is_found(wanted, tmp_path):
    smt2.write(wanted, tmp_path)
    assert smt2.differences(wanted, tmp_path) == []
    (tmp_path / ONE).unlink()
    other = tmp_path / "decoders/value/decoder.central.smt2"
    other.write_text(other.read_text().replace("unsat", "sat"))
    (tmp_path / "claims" / "stray.smt2").write_text("")
    assert smt2.differences(wanted, tmp_path) == [
        f"{ONE}: missing",
        "claims/stray.smt2: not generated",
        "decoders/value/decoder.central.smt2: differs",
    ]
    smt2.write(wanted, tmp_path)
    assert smt2.differences(wanted, tmp_path) == []


# ---- the replay -----------------------------------------------------------------------------------


def test_a_sample_is_answered_as_expected(all_files):
    sample = all_files[::12]
    result = replay(sample, PACKAGES, 20, 2)
    assert result.contradictions == []
    assert result.undecided == []
    assert {read(p).expected for p in sample} == {"sat", "unsat"}


def test_a_wrong_expectation_fails(tmp_path, capsys):
    text = (smt2.FOLDER / ONE).read_text()
    wrong = tmp_path / "wrong.smt2"
    wrong.write_text(text.replace(":status unsat", ":status sat"))
    assert main(["replay", "--solver", "z3", "--solver", "cvc5", "--timeout", "20", str(wrong)]) == FAILS
    assert "z3 says unsat, expected sat" in capsys.readouterr().err
    wrong.write_text(text)
    assert main(["replay", "--solver", "z3", "--timeout", "20", str(wrong)]) == HOLDS


def test_a_wrong_formula_fails(tmp_path):
    text = (smt2.FOLDER / ONE).read_text()
    wrong = tmp_path / "wrong.smt2"
    wrong.write_text("\n".join(line for line in text.splitlines() if not line.startswith("(assert (not ")))
    assert [answer for *_, answer in replay([wrong], ["z3"], 20, 1).contradictions] == ["sat"]


def test_a_program_that_lies_is_contradicted(program):
    program("yices-smt2", "sat")
    result = replay([smt2.FOLDER / ONE], ["yices-smt2"], 2, 1)
    assert result.counts("yices-smt2") == (0, 0, 1)


def test_what_a_program_does_not_know_is_counted_apart(program, capsys):
    program("mathsat", "unsupported")
    assert main(["replay", "--solver", "mathsat", str(smt2.FOLDER / ONE)]) == HOLDS
    assert "1 decided by no solver" in capsys.readouterr().out


def test_programs_on_the_path_are_found(program):
    program("mathsat", "sat")
    assert installed() == [*PACKAGES, "mathsat"]


def test_solvers_that_are_unknown_or_missing_are_refused(monkeypatch, tmp_path):
    with pytest.raises(UnknownNameError, match="z3, cvc5"):
        replay([], ["chance"], 1, 1)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match="mathsat"):
        replay([], ["mathsat"], 1, 1)


def test_files_without_an_expected_answer_are_refused(tmp_path):
    path = tmp_path / "a.smt2"
    path.write_text("(set-logic QF_LRA)\n(check-sat)\n")
    with pytest.raises(InvalidInputError, match="status"):
        read(path)
    assert main(["replay", "--solver", "z3", str(tmp_path / "nothing")]) == 2
