"""Verdicts as ``fvtheory verify --json`` writes them, read back from a run or from a file and checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fvtheory.claims.claim import VARIANTS
from fvtheory.errors import InvalidInputError
from fvtheory.obligations import STATUSES

REMEDY = "fvtheory verify --json > verdicts.json"


@dataclass(frozen=True)
class Vouched:
    """Who vouches for a verdict: a checker, for how much, and by which Rocq theorem."""

    checker: str
    scope: str
    theorem: str = ""
    file: str = ""
    axioms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One claim in one variant with its verdict, in the words of the contract; ``counterexample`` is {} for
    none, ``obligations`` their number, ``seconds`` the time of the checkers."""

    id: str
    source: str
    statement: str
    variant: str
    fidelity: str
    delta: str
    cls: str
    convention: str
    status: str
    reason: str
    counterexample: Mapping[str, Any]
    vouched_by: tuple[Vouched, ...]
    obligations: int
    seconds: float


@dataclass(frozen=True)
class Verdicts:
    """All verdicts of a run, and the seconds that it took."""

    claims: tuple[Verdict, ...]
    seconds: float

    def count(self, status: str) -> int:
        """How many claims have the status."""
        return sum(c.status == status for c in self.claims)


def read_verdicts(document: Any) -> Verdicts:
    """The verdicts in the JSON document of ``fvtheory verify --json``.

    Raises:
        InvalidInputError: for any other document.
    """
    claims = tuple(map(_verdict, _entry(document, "claims", list)))
    if not claims:
        raise InvalidInputError("verdicts on no claims", "at least one claim", REMEDY)
    keys = [(c.id, c.variant) for c in claims]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInputError(f"two verdicts on {twice[0]} ({twice[1]})", "one verdict a claim", REMEDY)
    return Verdicts(claims, _seconds(document))


def verdicts_from_file(path: str | Path) -> Verdicts:
    """The verdicts in a file.

    Raises:
        InvalidInputError: for a missing file, or one of something else.
    """
    file = Path(path)
    if not file.is_file():
        raise InvalidInputError(f"verdicts {str(path)!r}", "a file that exists", REMEDY)
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise InvalidInputError(f"verdicts {str(path)!r}, which is not JSON", "JSON", REMEDY) from None
    return read_verdicts(document)


def _entry(document: Any, key: str, kind: type, default: Any = None) -> Any:
    if not isinstance(document, Mapping):
        raise InvalidInputError(f"verdicts with {type(document).__name__}", "a JSON object", REMEDY)
    found = document.get(key, default)
    if not isinstance(found, kind) or isinstance(found, bool):
        given = "missing" if key not in document else f"of type {type(found).__name__}"
        raise InvalidInputError(f"verdicts with {key!r} {given}", f"{kind.__name__} {key!r}", REMEDY)
    return found


def _word(document: Any, key: str, of: Sequence[str]) -> str:
    found = _entry(document, key, str)
    if found not in of:
        raise InvalidInputError(f"verdicts with {key} {found[:60]!r}", f"one of {', '.join(of)}", REMEDY)
    return found


def _seconds(document: Any) -> float:
    found = document.get("seconds")
    number = isinstance(found, (int, float)) and not isinstance(found, bool)
    if not number or not 0 <= found < math.inf:
        raise InvalidInputError("verdicts without seconds", "a number of seconds", REMEDY)
    return float(found)


def _verdict(entry: Any) -> Verdict:
    return Verdict(
        id=_entry(entry, "id", str),
        source=_entry(entry, "source", str),
        statement=_entry(entry, "statement", str),
        variant=_word(entry, "variant", VARIANTS),
        fidelity=_entry(entry, "fidelity", str),
        delta=_entry(entry, "delta", str, ""),
        cls="" if entry.get("class") is None else _entry(entry, "class", str),
        convention=_entry(entry, "convention", str),
        status=_word(entry, "status", STATUSES),
        reason=_entry(entry, "reason", str, ""),
        counterexample=_entry(entry, "counterexample", dict, {}),
        vouched_by=tuple(map(_vouched, _entry(entry, "vouched_by", list, []))),
        obligations=len(_entry(entry, "obligations", list)),
        seconds=_seconds(entry),
    )


def _vouched(entry: Any) -> Vouched:
    axioms = _entry(entry, "axioms", list, [])
    return Vouched(
        _entry(entry, "checker", str),
        _entry(entry, "scope", str),
        _entry(entry, "theorem", str, ""),
        _entry(entry, "file", str, ""),
        tuple(map(str, axioms)),
    )
