"""The sets of claims that ship, found by being there: a file of ``claims/literature``, or a folder of claim files."""

from __future__ import annotations

from pathlib import Path

_CLAIMS = Path(__file__).parent / "claims"
_SINGLE = _CLAIMS / "literature"


def _found() -> dict[str, tuple[Path, ...]]:
    sets: dict[str, tuple[Path, ...]] = {file.stem: (file,) for file in sorted(_SINGLE.glob("*.toml"))}
    for folder in sorted(_CLAIMS.iterdir(), reverse=True):
        files = tuple(sorted(folder.glob("*.toml"))) if folder != _SINGLE else ()
        sets = {folder.name: files, **sets} if files else sets
    return sets


CLAIM_SETS = _found()
"""The files of every set by its name.

``instructive``: true and false claims over all classes, for reading and for learning the format. The others are of the
literature."""
