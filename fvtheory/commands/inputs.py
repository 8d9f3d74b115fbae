"""What a run read: a folder is gone on with only if network, photographs and files are those it was begun with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fvtheory.results import open_results


def open_run(out: str, settings: dict[str, Any], model: Any) -> Path:
    """The folder of a run, `open_results`, with ``settings["read"]``: fingerprints of the network's weights, and of the
    files and folders (names and sizes) that the settings name by absolute paths. What the run writes does not count.

    Raises:
        InvalidInputError: as `open_results`; for a folder begun with another network or other photographs.
    """
    named = {key: _paths(value) for key, value in settings.items() if key != "read"}
    written = Path(out).absolute()
    read = {key: _fingerprint(paths, written) for key, paths in named.items() if paths}
    settings["read"] = {"network": weights(model), **read}
    return open_results(out, settings)


def weights(model: Any) -> str:
    """Of the parameters and buffers of a network."""
    found = hashlib.sha256()
    for name, tensor in model.module.state_dict().items():
        found.update(f"{name} {tuple(tensor.shape)}".encode())
        found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def _paths(value: Any) -> list[Path]:
    values = value if isinstance(value, list | tuple) else [value]
    paths = [Path(v) for v in values if isinstance(v, str) and "\0" not in v]
    return [path for path in paths if path.is_absolute() and path.exists()]


def _fingerprint(paths: list[Path], written: Path) -> str:
    found = hashlib.sha256()
    for path in paths:
        if path.is_file():
            found.update(hashlib.sha256(path.read_bytes()).digest())
            continue
        for file in sorted(p for p in path.rglob("*") if p.is_file() and written not in p.parents):
            found.update(f"{file.relative_to(path)} {file.stat().st_size}\n".encode(errors="surrogateescape"))
    return found.hexdigest()[:16]
