"""Claim files as claims, and claims as text of claim files."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fvtheory.claim_files.claim import FIELDS, KEYS, OPTIONAL, REQUIRED, UserClaim, shown
from fvtheory.claim_sets import CLAIM_SETS
from fvtheory.errors import FvtheoryError, InvalidInputError, UnknownNameError

MAX_BYTES = 4 * 1024 * 1024
MAX_CLAIMS = 10_000

_MANY_DOTS = re.compile(
    r"""(?<![0-9A-Za-z_-])(?:(?:"[^"\n]*"|'[^'\n]*'|[0-9A-Za-z_-]++)[ \t]*+\.[ \t]*+){32}""", re.ASCII
)
"""Keys of very many parts: the library that reads TOML takes quadratic time for them."""


def read_claims(path: str | os.PathLike[str]) -> list[UserClaim]:
    """The claims of a file, in its order; those of all files ``*.toml`` of a folder, in order of name.

    Raises:
        InvalidInputError: for a file that cannot be read, is not UTF-8 or TOML, is too large, holds no
            claim or more than MAX_CLAIMS, or holds a claim that is not as documented here; for a folder
            without such files, or with one id in two of them.
    """
    try:
        folder = Path(path) if os.path.isdir(os.fspath(path)) else None
    except TypeError:
        raise InvalidInputError(f"a path of type {type(path).__name__}", "the path of a claim file") from None
    if folder is None:
        return _of_file(path)
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise InvalidInputError(f"folder {shown(str(folder), 200)} without *.toml", "a folder of claim files")
    return _joined(files)


def _of_file(path: str | os.PathLike[str]) -> list[UserClaim]:
    try:
        name = shown(os.fspath(path), 200)
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInputError(
            f"claim file {name}: {reason}", "a file that can be read", "check the path"
        ) from None
    if len(data) > MAX_BYTES:
        raise InvalidInputError(
            f"claim file {name} of more than {MAX_BYTES} bytes", f"at most {MAX_BYTES} bytes"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"claim file {name} with the byte 0x{data[error.start]:02x} at {error.start}", "UTF-8 text"
        ) from None
    return parse_claims(text, os.fspath(path))


def parse_claims(text: str, name: str = "claims") -> list[UserClaim]:
    """The claims of a text in TOML.

    Args:
        text: the document.
        name: what errors call it.

    Raises:
        InvalidInputError: as `read_claims`.
    """
    where = f"claim file {shown(name, 200)}"
    items = _tables(_load(text, where), where)
    claims: list[UserClaim] = []
    numbers: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        try:
            claim = _claim(item, number)
        except FvtheoryError as error:
            raise InvalidInputError(f"{error.got} in {where}", error.required, error.remedy) from None
        if claim.id in numbers:
            raise InvalidInputError(
                f"claims {numbers[claim.id]} and {number} with one id (claim {shown(claim.id)}, key id) in {where}",
                "an id of its own for every claim",
            )
        numbers[claim.id] = number
        claims.append(claim)
    return claims


def claims_of_set(name: str) -> list[UserClaim]:
    """The claims of a set that ships with the package, each with its source and, in ``expected``, its verdict.

    Raises:
        UnknownNameError: for a name that is not in `fvtheory.claim_sets.CLAIM_SETS`.
    """
    if name not in CLAIM_SETS:
        raise UnknownNameError(f"claim set {shown(name)}", f"one of {', '.join(CLAIM_SETS)}")
    return _joined(CLAIM_SETS[name])


def _joined(files: Sequence[Path]) -> list[UserClaim]:
    """The claims of several files, whose ids differ."""
    found: dict[str, UserClaim] = {}
    homes: dict[str, Path] = {}
    for file in files:
        for claim in _of_file(file):
            if claim.id in found:
                raise InvalidInputError(
                    f"claim {shown(claim.id)} in {shown(str(homes[claim.id]), 200)} and {shown(str(file), 200)}",
                    "an id of its own for every claim",
                )
            found[claim.id], homes[claim.id] = claim, file
    return list(found.values())


def to_toml(claim: UserClaim) -> list[str]:
    """The lines of a claim file with the claim."""
    lines = ["[[claim]]"]
    for field in fields(claim):
        value = getattr(claim, field.name)
        if value in (None, "") or (field.name, value) == ("fidelity", "exact"):
            continue
        if field.name == "evaluations":
            written = f"[{', '.join(e.to_toml() for e in value)}]"
        elif field.name == "knowledge":
            written = _inline(value.to_json())
        else:
            written = _inline(value)
        lines.append(f"{KEYS.get(field.name, field.name)} = {written}")
    return lines


def _inline(value: Any) -> str:
    """A value of JSON in TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# ---- TOML ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Decimal:
    """A TOML float as written: never a number here, only something to refuse by its place."""

    literal: str

    def __repr__(self) -> str:
        return f"the float {self.literal}"


def _load(text: str, where: str) -> dict[str, Any]:
    if not isinstance(text, str):
        raise InvalidInputError(f"{where} of type {type(text).__name__}", "text")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{where} with a lone surrogate at {error.start}", "UTF-8 text") from None
    if size > MAX_BYTES:
        raise InvalidInputError(f"{where} of {size} bytes", f"at most {MAX_BYTES} bytes")
    if found := _MANY_DOTS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InvalidInputError(f"a key of more than 32 parts in {where}, line {line}", "keys of one part")
    try:
        return tomllib.loads(text, parse_float=_Decimal)
    except RecursionError:
        raise InvalidInputError(f"arrays or tables nested too deep in {where}", "[[claim]] tables") from None
    except ValueError as error:  # TOMLDecodeError, and what int() says of integers without end
        reason = " ".join(str(error).split())
        if "integer string conversion" in reason:
            reason = "an integer of thousands of digits"
        shown = reason if reason.isprintable() else repr(reason)
        raise InvalidInputError(f"{where}: {shown[:200]}", "a TOML document") from None


def _tables(document: Mapping[str, Any], where: str) -> list[Any]:
    for key in document:
        if key != "claim":
            raise InvalidInputError(
                f"unknown key {shown(key)} at the top of {where}", "[[claim]] tables and nothing else"
            )
    items = document.get("claim", [])
    if not isinstance(items, list):
        raise InvalidInputError(f"claim = {shown(items)} in {where}", "[[claim]] tables", "write [[claim]]")
    if not items:
        raise InvalidInputError(f"no claim in {where}", "at least one [[claim]] table")
    if len(items) > MAX_CLAIMS:
        raise InvalidInputError(f"{len(items)} claims in {where}", f"at most {MAX_CLAIMS} claims")
    return items


def _claim(item: Any, number: int) -> UserClaim:
    """One table of the file as a claim."""
    if not isinstance(item, Mapping):
        raise InvalidInputError(f"claim {number} = {shown(item)}", "a [[claim]] table")
    named = f"claim {shown(item['id'])}" if isinstance(item.get("id"), str) else f"claim number {number}"
    for key, value in item.items():
        if key not in REQUIRED and key not in OPTIONAL:
            known = ", ".join((*REQUIRED, *OPTIONAL))
            raise InvalidInputError(f"unknown key {shown(key)} ({named})", f"one of {known}")
        if (decimal := _first_float(value)) is not None:
            raise InvalidInputError(
                f"{shown(decimal)} ({named}, key {key})", "an exact number", 'write a string such as "1/2"'
            )
    for key in REQUIRED:
        if key not in item:
            raise InvalidInputError(f"no key {key} ({named})", f"the keys {', '.join(REQUIRED)}")
    values: dict[str, Any] = {str(FIELDS.get(key, key)): v for key, v in item.items()}
    for name in ("lipschitz", "norm", "smooth"):
        given = values.get(name)
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 2**160:
            values[name] = str(given)
    return UserClaim(**values)


def _first_float(value: Any) -> _Decimal | None:
    """A float that occurs in a value, however deep."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, _Decimal):
            return top
        if isinstance(top, Mapping):
            stack.extend(top.values())
        elif isinstance(top, list):
            stack.extend(top)
    return None
