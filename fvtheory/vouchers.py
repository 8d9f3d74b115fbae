"""Who vouches for the verdict on a claim, besides the verdict itself.

Five kinds of evidence are told apart, by what has to be trusted:

* ``z3``, ``cvc5``: the solver decided every obligation as the verdict needs it;
* ``replay``: rational numbers met the hypotheses and, where a claim is refuted, broke the claim, in
  exact arithmetic and without a solver;
* ``certificate``: certificates of all obligations passed `fvtheory.certificate_checker`;
* ``rocq``: Rocq accepted a theorem that says so, recorded by ``python -m proofs rocq``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from fvtheory.claims import PAPERS, claims_of
from fvtheory.claims.claim import Claim
from fvtheory.errors import InvalidInputError
from fvtheory.obligations import PROVED, REFUTED, Obligation
from fvtheory.statements import RadiusStatement

VERDICT, PART, HYPOTHESES = "verdict", "part", "hypotheses"
RECORD = "record.json"


class Entry(Protocol):
    """What one checker says of an obligation."""

    @property
    def status(self) -> str: ...


class Checked(Protocol):
    """An obligation with its verdict and the entries of the checkers."""

    @property
    def obligation(self) -> Obligation: ...
    @property
    def status(self) -> str: ...
    @property
    def checkers(self) -> Mapping[str, Entry]: ...


@dataclass(frozen=True)
class Theorem:
    """A theorem that Rocq accepted.

    Attributes:
        name, file: where it is.
        claim, variant, convention, verdict: the claim it is about, and what it says of it.
        dims: the dimensions it covers; None for all.
        type: its statement as Rocq prints it.
        axioms: what it assumes beyond the logic of Rocq.
    """

    name: str
    file: str
    claim: str
    variant: str
    convention: str
    verdict: str
    dims: tuple[int, ...] | None
    type: str
    axioms: tuple[str, ...]


@dataclass(frozen=True)
class Voucher:
    """One checker that vouches for the verdict, for a part of it, or for its hypotheses.

    ``hypotheses`` means that only their satisfiability is vouched for; ``part``, that a theorem covers
    some of the dimensions of the claim.
    """

    checker: str
    scope: str = VERDICT
    theorem: Theorem | None = None

    def to_json(self) -> dict:
        found: dict = {"checker": self.checker, "scope": self.scope}
        if self.theorem is not None:
            t = self.theorem
            dims = "all" if t.dims is None else list(t.dims)
            found |= {"theorem": t.name, "file": t.file, "verdict": t.verdict, "dims": dims}
            found["axioms"] = list(t.axioms)
        return found


# ---- the record of the Rocq proofs -----------------------------------------------------------------


def rocq_folder() -> Path:
    """Where the Rocq proofs lie: in the package when it is installed, beside it in a checkout."""
    here = Path(__file__).parent
    packed = here / "_proofs" / "rocq"
    return packed if packed.is_dir() else here.parent / "proofs" / "rocq"


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every Rocq source and every list of theorems, by file name."""
    sources = sorted([*folder.glob("*.v"), *folder.glob("theorems*.toml")])
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sources}


def recorded_theorems(folder: Path) -> tuple[Theorem, ...]:
    """The theorems of the record in the folder.

    Raises:
        InvalidInputError: when there is none, a source has changed since it was made, or it cannot be read.
    """
    path = folder / RECORD
    if not path.exists():
        raise InvalidInputError(f"no {path}", "a record of the Rocq proofs", "python -m proofs rocq")
    try:
        record = json.loads(path.read_bytes())
        changed = sorted(set(record["sources"].items()) ^ set(digests(folder).items()))
        theorems = tuple(_theorem(t) for t in record["theorems"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            f"{path}: {type(error).__name__}: {error}", "a record", "python -m proofs rocq"
        ) from error
    if changed:
        raise InvalidInputError(
            f"{path} made for another {changed[0][0]}", "a record of these sources", "python -m proofs rocq"
        )
    return theorems


def _theorem(record: Mapping) -> Theorem:
    words = {k: record[k] for k in ("name", "file", "claim", "variant", "convention", "verdict", "type")}
    dims = None if record["dims"] == "all" else tuple(record["dims"])
    return Theorem(**words, dims=dims, axioms=tuple(record["axioms"]))


@cache
def _record() -> tuple[tuple[Theorem, ...], str]:
    try:
        return recorded_theorems(rocq_folder()), ""
    except InvalidInputError as error:
        return (), str(error)


def record_problem() -> str:
    """Why the record of the Rocq proofs counts for nothing here; empty when it does."""
    return _record()[1]


def _theorems() -> tuple[Theorem, ...]:
    """The theorems that count here: those of a fresh record."""
    return _record()[0]


def theorems_about(claim: Claim, convention: str) -> tuple[Theorem, ...]:
    """The Rocq theorems about a claim of a paper under a convention; none for a claim of one's own."""
    known = any(
        (c.id, c.variant) == (claim.id, claim.variant) and c.statement is claim.statement
        for paper in PAPERS
        for c in claims_of(paper)
    )
    if not known:
        return ()
    key = (claim.id, claim.variant, convention)
    return tuple(t for t in _theorems() if (t.claim, t.variant, t.convention) == key)


# ---- vouchers --------------------------------------------------------------------------------------


def vouchers(
    claim: Claim,
    convention: str,
    status: str,
    rest: Sequence[Checked],
    conjuncts: Sequence[Checked],
    checkers: Iterable[str],
) -> tuple[Voucher, ...]:
    """Who vouches for the verdict on a claim; no one for an UNKNOWN.

    Args:
        claim: the claim.
        convention: how ties were read.
        status: the verdict.
        rest: everything but the conjuncts that the verdict needs: support, hypotheses, definedness.
        conjuncts: the obligations that decide.
        checkers: the names of those that decide obligations: solvers, and certificates.
    """
    if status not in (PROVED, REFUTED):
        return ()
    broken = [c for c in conjuncts if c.status == REFUTED and not c.obligation.step]
    found = [
        Voucher(checker)
        for checker in checkers
        if all(_agrees(checker, o) for o in rest)
        and (any if status == REFUTED else all)(
            _agrees(checker, o) for o in (broken if status == REFUTED else conjuncts)
        )
    ]
    if status == REFUTED and any("replay" in o.checkers for o in broken):
        found.append(Voucher("replay"))
    elif any("replay" in o.checkers for o in (*rest, *conjuncts)):
        found.append(Voucher("replay", HYPOTHESES))
    return (*found, *_rocq(claim, convention, status))


def _agrees(checker: str, o: Checked) -> bool:
    return checker in o.checkers and o.checkers[checker].status == o.status


def _rocq(claim: Claim, convention: str, status: str) -> list[Voucher]:
    theorems = [t for t in theorems_about(claim, convention) if t.verdict == status]
    covered = {d for t in theorems for d in t.dims or ()}
    wanted = set(claim.statement.dims) if isinstance(claim.statement, RadiusStatement) else set()
    whole = status == REFUTED or any(t.dims is None for t in theorems) or wanted <= covered
    return [Voucher("rocq", VERDICT if whole else PART, t) for t in theorems]


def contradicting(claim: Claim, convention: str, status: str) -> tuple[Theorem, ...]:
    """The Rocq theorems that say the opposite of a verdict."""
    opposite = {PROVED: REFUTED, REFUTED: PROVED}.get(status)
    return tuple(t for t in theorems_about(claim, convention) if t.verdict == opposite)
