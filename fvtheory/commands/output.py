"""What commands print and write: tables, numbers, one JSON document, and the end of every run."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.exact import legible, rounded

RESULTS = "results.json"
"""The file of every number that a run found, and what it was asked for."""


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    from fvtheory.report.terminal import grid

    return grid(header, rows)


def print_json(document: Any) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False))


def beside(value: Fraction) -> str:
    """An exact number with its decimal in brackets, or where it is long, what it is about."""
    words = legible(value)
    return words if words.startswith("≈") else f"{words} ({rounded(value):.6g})"


def point(p: Sequence[object] | None) -> str:
    return ",".join(map(str, p or ()))


def print_written(place: object, *files: str) -> None:
    """The last line of every command that writes."""
    print(f"written to {place}{': ' if files else ''}{', '.join(files)}")


def finish(
    options: argparse.Namespace,
    root: Path,
    settings: Mapping[str, Any],
    figures: Mapping[str, Any],
    words: str,
    files: Mapping[str, bytes],
    *more: str,
) -> int:
    """End a run: write results.json and the last files, and print the document or the words.

    Args:
        options: of the command.
        root: the folder of results.
        settings: what was asked for.
        figures: every number that was found.
        words: what a person is told.
        files: pages and figures that are written now.
        more: files or kinds of files that are there already, to be named.
    """
    from fvtheory.results import to_json_bytes, write_file

    document = without_nan({"settings": dict(settings), **figures})
    for name, content in files.items():
        write_file(root / name, content)
    write_file(root / RESULTS, to_json_bytes(document))
    if options.json:
        print_json(document)
    else:
        print(words)
        print_written(root, *(name for name in files if name.endswith((".html", ".txt"))), RESULTS, *more)
    return DONE


def without_nan(value: Any) -> Any:
    """The same, with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {k: without_nan(v) for k, v in value.items()}
    return [without_nan(v) for v in value] if isinstance(value, list | tuple) else value
