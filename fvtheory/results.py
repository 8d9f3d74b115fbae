"""Results written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from fvtheory.errors import InvalidInputError

SETTINGS = "settings.json"


def write_file(file: Path, content: bytes, new: bool = False) -> None:
    """Write a file under another name first, so that it is never there in part.

    Args:
        file: its name; a file of that name is replaced.
        content: what stands in it.
        new: leave a file of that name alone, also one that another process writes at this moment.

    Raises:
        InvalidInputError: for a folder, a device or a pipe of that name.
        FileExistsError: with ``new``, where there is a file.
    """
    if file.exists() and not file.is_file():
        raise InvalidInputError(f"output file {str(file)!r}, which is no plain file", "a file, or a new name")
    handle, scratch = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.chmod(scratch, 0o644)
        if new and _linked(scratch, file):
            os.unlink(scratch)
        else:
            os.replace(scratch, file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # it has its name already
            os.unlink(scratch)
        raise


def _linked(scratch: str, file: Path) -> bool:
    """Give a file a second name that is not taken; False where the file system has no second names."""
    try:
        os.link(scratch, file)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def to_json_bytes(document: Any) -> bytes:
    """A JSON document, one line an entry of the outer levels."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def open_results(folder: str | Path, settings: dict[str, Any]) -> Path:
    """A folder for results that are made with these settings: a new or empty one, or one begun with the
    same settings, to go on with.

    Raises:
        InvalidInputError: for a folder of other settings, with something else in it, or in no folder.
    """
    root = Path(folder).absolute()
    if require_results(folder, settings):
        root.mkdir(exist_ok=True)
        try:
            write_file(root / SETTINGS, to_json_bytes(settings), new=True)
        except FileExistsError:  # another run began here at the same moment
            require_results(folder, settings)
    return root


def require_results(folder: str | Path, settings: dict[str, Any]) -> bool:
    """Refuse what `open_results` refuses, and write nothing; whether the folder is new or empty.

    Raises:
        InvalidInputError: as `open_results`.
    """
    root = Path(folder).absolute()
    file = root / SETTINGS
    if root.exists() and not root.is_dir():
        raise InvalidInputError(f"output folder {str(folder)!r}, which is a file", "a folder")
    begun = f".{SETTINGS}-"  # all that a run leaves which was killed as it wrote its settings
    if not root.exists() or all(p.name.startswith(begun) for p in root.iterdir()):
        if not root.parent.is_dir():
            raise InvalidInputError(
                f"output folder {str(folder)!r}, whose parent is missing", "a place in an existing folder"
            )
        return True
    found = read_json(file) if file.is_file() else None
    if not isinstance(found, dict):
        raise InvalidInputError(
            f"output folder {str(folder)!r}, which holds other things", "a new or empty folder"
        )
    if found != settings:
        differ = [key for key in dict.fromkeys((*settings, *found)) if found.get(key) != settings.get(key)]
        shown = (f"{key} {found.get(key)!r:.60} there, {settings.get(key)!r:.60} now" for key in differ[:3])
        raise InvalidInputError(
            f"output folder {str(folder)!r} with results of other settings ({'; '.join(shown)})",
            "a new or empty folder, or one begun with the same settings, network and photographs",
            "--out with another folder",
        )
    return False


def read_json(file: Path) -> Any:
    """The document in a file of results.

    Raises:
        InvalidInputError: for a file that is not JSON.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise InvalidInputError(
            f"file {str(file)!r} that is not JSON", "a file written by this command"
        ) from None
