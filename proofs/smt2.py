"""``python -m proofs smt2``: every obligation of the paper as an SMT-LIB 2.6 file, in smt2/.

One file a question, equal questions once; ``smt2/index.json`` maps every claim to its files and their
parts. The expected answers are those of `fvtheory.verification`. Nothing is written while an
obligation is undecided.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from textwrap import wrap

from fvtheory.checkers.verdict import ObligationResult
from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.notation.smtlib import Script, script
from fvtheory.obligations import PROVED, REFUTED, Obligation
from fvtheory.statements import Plan, RadiusStatement, decoder_lemmas
from fvtheory.terms import symbols
from fvtheory.verification import ClaimResult, Verification

Results = list[ObligationResult]

FOLDER = Path(__file__).parent / "smt2"
INDEX = "index.json"


@dataclass
class Question:
    """One file: an obligation, its script and answer, and the claims that rest on it."""

    path: str
    obligation: Obligation
    script: Script
    expected: str
    serves: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        names = symbols(*self.obligation.asked)
        meaning = ", ".join(f"{s} = {n}" for s, n in zip(self.script.names, names, strict=True))
        claims = ", ".join(f"{claim} ({', '.join(variants)})" for claim, variants in self.serves.items())
        lines = [
            "(set-info :smt-lib-version 2.6)",
            f"(set-logic {'QF_LRA' if self.script.linear else 'QF_NRA'})",
            f"(set-info :source |fvtheory: {self.path.removesuffix('.smt2')}|)",
            f"(set-info :status {self.expected})",
            *_comment(f"obligation: {self.obligation.name}"),
            *_comment(self._reading()),
            *_comment(f"claims: {claims}"),
            *_comment(f"symbols: {meaning}"),
        ]
        return "\n".join(lines) + f"\n{self.script.text}(check-sat)\n(exit)\n"

    def _reading(self) -> str:
        if self.obligation.satisfiable:
            return "sat means that the hypotheses can be met"
        return "unsat proves that the hypotheses imply the goal, whose negation is the last assertion"


def _comment(words: str) -> list[str]:
    return wrap(words, 100, initial_indent="; ", subsequent_indent=";   ", break_on_hyphens=False)


def files(verification: Verification) -> dict[str, str]:
    """All files by their path in smt2/, the index among them.

    Raises:
        InvalidInputError: when an obligation is undecided, or one question has two answers.
    """
    library = _Library()
    groups: dict[str, list[str]] = {}
    entries = []
    for result in verification.claims:
        entry: dict = {
            "id": result.claim.id,
            "variant": result.claim.variant,
            "convention": result.convention,
            "status": result.status,
            "support": [],
        }

        def file_of(o: ObligationResult, place: str, claim=result.claim) -> str:
            question = library.question(o, place)
            variants = question.serves.setdefault(claim.id, [])
            if claim.variant not in variants:
                variants.append(claim.variant)
            return question.path

        support, parts = _parts(result)
        for place, members in support:
            found = [file_of(o, place) for o in members]
            if groups.setdefault(place, found) != found:
                raise InvalidInputError(f"two sets of obligations called {place}", "one")
            entry["support"].append(place)
        own = f"claims/{result.claim.id}/{result.claim.variant}"
        for part, members in parts.items():
            entry[part] = [file_of(o, own) for o in members]
        entries.append(entry)
    written = {q.path: q.text() for q in library.questions.values()}
    index = {"groups": groups, "claims": entries}
    return {**written, INDEX: json.dumps(index, indent=1, ensure_ascii=False) + "\n"}


class _Library:
    """The questions so far, each under the name of the first obligation that asks it."""

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}
        self._paths: set[str] = set()
        self._known: dict[int, Question] = {}

    def question(self, result: ObligationResult, place: str) -> Question:
        known = self._known.get(id(result.obligation))
        if known is None:
            known = self._known[id(result.obligation)] = self._add(result, place)
        return known

    def _add(self, result: ObligationResult, place: str) -> Question:
        obligation, expected = result.obligation, _expected(result)
        asked = script(obligation.asked, anonymous=True)
        question = self.questions.get(asked.text)
        if question is None:
            path = f"{place}/{re.sub('[^A-Za-z0-9._-]', '-', obligation.name)}"
            if path in self._paths:
                path += f".{hashlib.sha256(asked.text.encode()).hexdigest()[:8]}"
            self._paths.add(path)
            question = self.questions[asked.text] = Question(f"{path}.smt2", obligation, asked, expected)
        if question.expected != expected:
            raise InvalidInputError(f"{question.path}: {question.expected} and {expected}", "one answer")
        return question


def _expected(result: ObligationResult) -> str:
    """What a solver has to answer."""
    if result.status not in (PROVED, REFUTED):
        raise InvalidInputError(
            f"{result.name}: {result.status}", "PROVED or REFUTED", "give the solvers more time: --timeout 60"
        )
    return "sat" if (result.status == PROVED) == result.obligation.satisfiable else "unsat"


def _parts(result: ClaimResult) -> tuple[list[tuple[str, Results]], dict[str, Results]]:
    """The obligations of a claim by their part: the lemmas by the place where their files lie, and the rest."""
    plan = result.claim.statement.plan(result.convention)
    rest = iter(result.obligations)

    def take(count: int) -> Results:
        return list(islice(rest, count))

    support = [(place, take(len(lemmas))) for place, lemmas in _support(result, plan)]
    non_vacuity, defined = take(len(plan.non_vacuity)), take(len(plan.defined))
    conjuncts, sufficient = take(len(result.conjuncts)), list(rest)
    if conjuncts != list(result.conjuncts) or len(sufficient) != len(plan.sufficient):
        raise InvalidInputError(f"obligations of {result.claim.id} out of order", "the order of the plan")
    parts = {"non_vacuity": non_vacuity, "defined": defined, "conjuncts": conjuncts, "sufficient": sufficient}
    return support, parts


def _support(result: ClaimResult, plan: Plan) -> list[tuple[str, Sequence[Obligation]]]:
    """The lemmas a claim rests on, in the order of its plan."""
    statement, convention = result.claim.statement, result.convention
    if not isinstance(statement, RadiusStatement):
        return [(f"claims/{result.claim.id}/{result.claim.variant}/support", plan.support)] * bool(
            plan.support
        )
    found: list[tuple[str, Sequence[Obligation]]] = []
    found.append((f"decoders/{statement.question}", decoder_lemmas(statement.question)))
    for dim in statement.dims:
        ties = "" if convention == "any-selection" else f"-{convention}"
        lemmas = get_class(statement.cls).obligations(dim, convention)
        found.append((f"classes/{statement.cls}/d{dim}{ties}", lemmas))
    if [o for _, lemmas in found for o in lemmas] != list(plan.support):
        raise InvalidInputError(f"the lemmas of {result.claim.id}", "those of its question and its class")
    return found


def differences(wanted: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """How the files of a folder differ from those wanted: one line each, none when they are equal."""
    there = {PurePosixPath(p.relative_to(folder)).as_posix() for p in folder.rglob("*") if p.is_file()}
    lines = [f"{path}: missing" for path in sorted(set(wanted) - there)]
    lines += [f"{path}: not generated" for path in sorted(there - set(wanted))]
    for path in sorted(there & set(wanted)):
        if (folder / path).read_bytes() != wanted[path].encode():
            lines.append(f"{path}: differs")
    return lines


def write(wanted: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Write the files, and remove SMT-LIB files that are no longer wanted."""
    for path, text in wanted.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    for there in folder.rglob("*.smt2"):
        if PurePosixPath(there.relative_to(folder)).as_posix() not in wanted:
            there.unlink()
    for place in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(place.iterdir()):
            place.rmdir()
