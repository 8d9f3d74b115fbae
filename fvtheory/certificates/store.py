"""The store of certificates: JSON lines, one certificate a line, one file a theorem.

The committed store is ``proofs/certificates`` of a checkout; an installed package carries it along. What it
says counts only after `fvtheory.certificate_checker` has accepted the certificate for the very script asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from fvtheory.certificate_checker import check
from fvtheory.certificates.finder import digest, find_certificate
from fvtheory.certificates.refutation import NotFoundError
from fvtheory.checkers.replay import confirms
from fvtheory.claims import PAPERS, claims_of
from fvtheory.claims.claim import Claim
from fvtheory.errors import InvalidInputError
from fvtheory.notation.smtlib import Script, script
from fvtheory.obligations import PROVED, REFUTED, Obligation
from fvtheory.results import write_file
from fvtheory.terms import symbols

REMEDY = "python -m fvtheory.certificates"
SECONDS = 900.0

Progress = Callable[[int, int, str], None]
"""Called with the number of obligations that are settled, their number, and the name of the next."""


@dataclass
class Question:
    """A script that obligations of claims ask, under the name of the first."""

    script: str
    obligation: str
    asks: str
    file: str
    claims: list[str] = field(default_factory=list)

    def line(self, certificate: Mapping) -> str:
        proof = {key: certificate[key] for key in ("values", "cuts", "steps") if key in certificate}
        whole = {
            "obligation": self.obligation,
            "asks": self.asks,
            "claims": self.claims,
            "sha256": digest(self.script),
            "script": self.script,
            **proof,
        }
        return json.dumps(whole, separators=(",", ":")) + "\n"


@dataclass(frozen=True)
class Written:
    """What a run wrote: how many obligations have a certificate, how many of these are new, and which
    obligations are left to the solvers, with the reason."""

    certified: int
    new: int
    solver_only: Mapping[str, str]


def folder() -> Path:
    """Where the committed store lies: in the package when it is installed, beside it in a checkout."""
    here = Path(__file__).parents[1]
    packed = here / "_proofs" / "certificates"
    return packed if packed.is_dir() else here.parent / "proofs" / "certificates"


def questions(claims: Iterable[Claim], convention: str | None = None) -> dict[str, Question]:
    """The distinct questions of claims by their scripts, in the order in which they are asked."""
    found: dict[str, Question] = {}
    for claim in claims:
        for o in claim.statement.plan(convention or claim.convention).obligations:
            text = script(o.asked, anonymous=True).text
            if text not in found:
                file = re.sub(r"[^A-Za-z0-9_-]", "-", claim.id.split(".")[0]) + ".jsonl"
                found[text] = Question(text, o.name, "satisfiable" if o.satisfiable else "valid", file)
            if claim.id not in found[text].claims:
                found[text].claims.append(claim.id)
    return found


def read(directory: Path) -> dict[str, dict]:
    """The certificates of a folder by the SHA-256 that they state, unchecked; none if there is no folder.

    Raises:
        InvalidInputError: for a line that is no JSON object, and for two certificates of one script.
    """
    found: dict[str, dict] = {}
    for path in sorted(directory.glob("*.jsonl")):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"{path}: {error}", "certificates in UTF-8", REMEDY) from None
        for place, line in enumerate(lines, 1):
            try:
                certificate = json.loads(line)
                key = str(certificate["sha256"])
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                raise InvalidInputError(
                    f"{path}, line {place}: {error!r}", "a certificate", REMEDY
                ) from error
            if key in found:
                raise InvalidInputError(
                    f"{path}, line {place}: {key} again", "one certificate a script", REMEDY
                )
            found[key] = certificate
    return found


@cache
def _committed() -> dict[str, dict]:
    return read(folder())


@cache
def certified(text: str) -> str | None:
    """What the committed store shows of a script: ``"unsat"``, ``"sat"``, or None where it says nothing.

    Raises:
        InvalidInputError: when the store holds a certificate for the script, and the checker rejects it.
    """
    certificate = _committed().get(digest(text))
    return None if certificate is None else _accepted(certificate, text)


def _accepted(certificate: Mapping, text: str) -> str:
    try:
        return check(certificate, text)
    except ValueError as error:
        name = certificate.get("obligation")
        raise InvalidInputError(f"certificate of {name}: {error}", "one that holds", REMEDY) from error


def certified_verdict(obligation: Obligation, question: Script | None = None) -> str | None:
    """PROVED or REFUTED, as the certificate of an obligation has it, or None without one.

    Values are also put into the obligation as it was written, so that no quotient by zero counts.

    Args:
        obligation: of any claim.
        question: its anonymous script, if that is known already.

    Raises:
        InvalidInputError: as `certified`.
    """
    question = question or script(obligation.asked, anonymous=True)
    answer = certified(question.text)
    if answer == "sat":
        values = _committed()[digest(question.text)]["values"]
        named = zip(symbols(*obligation.asked), question.names, strict=True)
        model = obligation.values({symbol: Fraction(values[name]) for symbol, name in named})
        if not confirms(obligation, model):
            return None
    if answer is None:
        return None
    return PROVED if (answer == "sat") == obligation.satisfiable else REFUTED


def write_certificates(
    claims: Iterable[Claim],
    directory: str | Path,
    convention: str | None = None,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Written:
    """Write a certificate of every obligation of claims, one file a theorem.

    Certificates that lie there or in the committed store are taken over if the checker accepts them; the
    others are searched for. Every one is written as soon as it is found, so an interrupted run can be
    taken up again.

    Args:
        claims: whose obligations.
        directory: where; made if it does not exist.
        convention: how ties are read, in place of each claim's own convention.
        seconds: the limit of one search.
        progress: told how far it is.

    Raises:
        InvalidInputError: when a file there cannot be read as certificates.
        MissingDependencyError: when Z3 is not installed and something has to be searched for.
    """
    directory = Path(directory)
    asked = questions(claims, convention)
    known = {**_committed(), **read(directory)}
    lines = {}
    for text, question in asked.items():
        certificate = known.get(digest(text))
        if certificate is not None and _holds(certificate, text):
            lines[text] = question.line(certificate)
    directory.mkdir(parents=True, exist_ok=True)
    for file in dict.fromkeys(q.file for q in asked.values()):
        _write(directory, file, asked, lines)
    solver_only: dict[str, str] = {}
    new = 0
    for text, question in asked.items():
        if text not in lines:
            if progress is not None:
                progress(len(lines) + len(solver_only), len(asked), question.obligation)
            try:
                lines[text] = question.line(find_certificate(text, seconds))
                new += 1
                _write(directory, question.file, asked, lines)
            except NotFoundError as error:
                solver_only[question.obligation] = error.got
    return Written(len(lines), new, solver_only)


def _holds(certificate: Mapping, text: str) -> bool:
    try:
        return bool(check(certificate, text))
    except ValueError:
        return False


def _write(directory: Path, file: str, asked: Mapping[str, Question], lines: Mapping[str, str]) -> None:
    """Write the file that holds what is known of its questions; at no moment is half a file there."""
    text = "".join(lines[t] for t, q in asked.items() if q.file == file and t in lines)
    path = directory / file
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_file(path, text.encode())


def _all_claims() -> list[Claim]:
    return [claim for paper in PAPERS for claim in claims_of(paper)]


def write_all(directory: str | Path | None = None, progress: Progress | None = None) -> Written:
    """Write the store for all claims of all papers, and remove files that belong to none of them."""
    place, claims = folder() if directory is None else Path(directory), _all_claims()
    written = write_certificates(claims, place, progress=progress)
    files = {q.file for q in questions(claims).values()}
    for path in place.glob("*.jsonl"):
        if path.name not in files:
            path.unlink()
    return written


def differences(directory: str | Path | None = None, claims: Iterable[Claim] | None = None) -> list[str]:
    """What is wrong with a store, a line each: obligations without a certificate, certificates that do not hold,
    and certificates of what no claim asks (any more).

    Args:
        directory: the store; the committed one for None.
        claims: what it should certify; all claims of all papers for None.

    Raises:
        InvalidInputError: when it cannot be read.
    """
    stored = read(folder() if directory is None else Path(directory))
    asked = {digest(t): q for t, q in questions(_all_claims() if claims is None else claims).items()}
    found = [f"{q.obligation}: no certificate" for key, q in asked.items() if key not in stored]
    for key, certificate in stored.items():
        name = certificate.get("obligation")
        if key not in asked:
            found.append(f"{name}: stale, no claim asks this")
            continue
        try:
            check(certificate, asked[key].script)
        except ValueError as error:
            found.append(f"{name}: {error}")
    return found
