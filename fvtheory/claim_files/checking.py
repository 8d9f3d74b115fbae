"""Decide claims of a user, here or on the workers of an executor."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from fvtheory.checkers.pool import Progress
from fvtheory.claim_files.claim import UserClaim
from fvtheory.claim_files.explanation import explanation
from fvtheory.claim_files.known import KnownStatement
from fvtheory.claim_files.reading import read_claims
from fvtheory.claim_files.replay import confirmed
from fvtheory.claim_files.sharpness import Asker, sharpness_of
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.information import check_convention
from fvtheory.obligations import PROVED, UNKNOWN
from fvtheory.verification import SECONDS_A_QUERY, verify_claims

CHUNK = 100


@dataclass(frozen=True)
class Checked:
    """One claim of a user with its verdict.

    Attributes:
        claim: the claim as it was read.
        status: PROVED, REFUTED or UNKNOWN.
        document: the result in the JSON of the contract, with ``sharpness`` for a PROVED claim.
        explanation: why, in a few lines.
    """

    claim: UserClaim
    status: str
    document: Mapping[str, Any]
    explanation: tuple[str, ...]

    @property
    def counterexample(self) -> Mapping[str, Any] | None:
        """What refutes a REFUTED claim."""
        return self.document.get("counterexample")


@dataclass(frozen=True)
class Check:
    """The verdicts on the claims of a user, in their order."""

    claims: tuple[Checked, ...]
    seconds: float

    @property
    def decided(self) -> bool:
        """Whether every claim is decided."""
        return all(c.status != UNKNOWN for c in self.claims)

    def to_json(self) -> dict:
        return {"claims": [dict(c.document) for c in self.claims], "seconds": round(self.seconds, 3)}


def check(
    claims: str | Path | Sequence[UserClaim],
    convention: str | None = None,
    seconds_a_query: float = SECONDS_A_QUERY,
    jobs: int | None = None,
    executor: Executor | None = None,
    sharpness: bool = True,
    progress: Progress | None = None,
) -> Check:
    """Decide the claims of a file, or given ones.

    Args:
        claims: the path of a claim file, or claims read before.
        convention: how ties are read, in place of each claim's own convention.
        seconds_a_query: the hard limit for one question to one solver.
        jobs: how many questions are worked on at a time (default: one a core).
        executor: any ``concurrent.futures.Executor`` (a process pool, dask's or ray's); the claims go
            to it in chunks, and what a lost worker leaves undone is done here. The executor must run
            tasks in processes that can import fvtheory.
        sharpness: also find where a PROVED bound is tight, or by how much it could be improved.
        progress: called with the number of answers (with an executor: chunks) so far and expected.

    Raises:
        InvalidInputError: for a malformed file, contradictory hypotheses, or a denominator that can
            vanish.
        UnsupportedError: for knowledge in numbers of which no radius is found here, with the reason.
    """
    if convention is not None:
        check_convention(convention)
    began = time.perf_counter()
    items = list(claims) if not isinstance(claims, (str, Path)) else read_claims(claims)
    settings = (convention, seconds_a_query, jobs, sharpness)
    if executor is None:
        checked = _check_chunk(items, *settings, progress)
    else:
        checked = _check_with(executor, items, settings, progress)
    return Check(tuple(checked), time.perf_counter() - began)


def _check_with(
    executor: Executor, items: list[UserClaim], settings: tuple, progress: Progress | None
) -> list[Checked]:
    """In chunks on the executor, in order; a chunk whose worker is lost, or answers another one, is done here."""
    size = max(1, min(CHUNK, -(-len(items) // (4 * (os.cpu_count() or 1)))))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    futures: list[Future | None] = []
    for chunk in chunks:
        try:
            futures.append(executor.submit(_check_chunk, chunk, *settings))
        except (BrokenExecutor, RuntimeError):
            futures.append(None)
    checked: list[Checked] = []
    for done, (chunk, future) in enumerate(zip(chunks, futures, strict=True), 1):
        try:
            found = future.result() if future is not None else None
        except InvalidInputError:
            raise
        except Exception as error:
            if not _worker_is_lost(error):
                raise
            found = None
        checked += found if _answers(found, chunk) else _check_chunk(chunk, *settings)
        if progress is not None:
            progress(done, len(chunks))
    return checked


def _answers(found: Any, chunk: list[UserClaim]) -> TypeGuard[list[Checked]]:
    """Whether what an executor handed back are answers to these claims."""
    if not isinstance(found, list) or not all(isinstance(c, Checked) for c in found):
        return False
    return [c.claim for c in found] == chunk


def _worker_is_lost(error: Exception) -> bool:
    """Whether the error is about the worker, not about the work (dask and ray have types of their own)."""
    lost = ("KilledWorker", "CommClosedError", "WorkerCrashedError", "FutureCancelledError", "CancelledError")
    return isinstance(error, BrokenExecutor) or type(error).__name__ in lost


def _check_chunk(
    items: Sequence[UserClaim],
    convention: str | None,
    seconds: float,
    jobs: int | None,
    sharpness: bool,
    progress: Progress | None = None,
) -> list[Checked]:
    for item in items:
        _find_radius(item)
    verification = verify_claims([c.claim() for c in items], convention, seconds, jobs, progress)
    for item, result in zip(items, verification.claims, strict=True):
        if result.malformed:
            whom, keys = "feasible Φ", "when, bound or convention"
            if item.evaluations is not None:
                whom = "data of points in ascending order in [0, 1]"
                keys = "evaluations, when, bound or decoder"
            raise InvalidInputError(
                f"claim {item.id!r}: {result.reason} (convention {result.convention})",
                f"hypotheses met by some {whom}, and denominators that do not vanish",
                f"change {keys}",
            )
    checked = []
    with Asker(seconds) as asker:
        for item, result in zip(items, verification.claims, strict=True):
            if item.evaluations is not None or item.knowledge is not None:
                result = confirmed(item, result)
            found = None
            if sharpness and result.status == PROVED and item.question == "value":
                found = sharpness_of(item, result.convention, asker)
            document = result.to_json()
            statement = item.statement()
            if isinstance(statement, KnownStatement):
                document["radius"] = statement.found().to_json()
            if found is not None:
                document["sharpness"] = found.to_json()
            checked.append(Checked(item, result.status, document, explanation(item, result, found)))
    return checked


def _find_radius(item: UserClaim) -> None:
    """Find the radius of a claim in numbers, so that what is wrong with it is said with its id."""
    statement = item.statement()
    if isinstance(statement, KnownStatement):
        try:
            statement.found()
        except FvtheoryError as error:
            raise type(error)(f"{error.got} (claim {item.id!r})", error.required, error.remedy) from None
