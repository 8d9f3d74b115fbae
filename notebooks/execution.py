"""Notebooks run from top to bottom, in a fresh kernel and an empty folder, on the sources beside them.

A notebook is stored with its outputs, so that readers see them where it is not run, and every run compares what is
printed with what is stored. Two kinds of output are not: notebooks that import ``fvtheory.empirical`` show
photographs, which must not be passed on, and are stored cleared; and a cell with the tag ``varies`` prints numbers
that depend on the solvers or the arithmetic of the machine, so that only the kinds of its outputs are compared.
Pictures are compared by their number.
"""

from __future__ import annotations

import ast
import base64
import io
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent

LIMIT = 120.0
"""Seconds that a notebook may take."""

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

PICTURE = "<picture>"
VARIES = "varies"


@dataclass(frozen=True)
class Run:
    """A notebook that was run.

    Attributes:
        notebook: as it is now, with its outputs.
        seconds: that it took, the start of the kernel included.
        problem: why it failed, or None.
    """

    notebook: Any
    seconds: float
    problem: str | None


def paths(names: list[str] | None = None) -> list[Path]:
    """All notebooks, or those of these names.

    Raises:
        ValueError: for an unknown name.
    """
    known = {path.stem: path for path in sorted(FOLDER.glob("*.ipynb"))}
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise ValueError(f"got notebook {unknown[0]!r}; required: one of {', '.join(known)}")
    return [known[name] for name in names or known]


def code(notebook: Any) -> Iterator[Any]:
    """The code cells."""
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def syntax(cell: Any) -> ast.Module:
    """The statements of a code cell, without lines that speak to Jupyter."""
    return ast.parse("\n".join(line for line in cell.source.split("\n") if not line.startswith("%")))


def imports(notebook: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Modules that are imported, each with the names that are taken from it."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for cell in code(notebook):
        for node in ast.walk(syntax(cell)):
            if isinstance(node, ast.Import):
                found += [(alias.name, ()) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found.append((node.module or "", tuple(alias.name for alias in node.names)))
    return found


def missing(notebook: Any) -> list[str]:
    """Packages that the notebook imports at the beginning of a line and that are not installed."""
    names = set()
    for cell in code(notebook):
        for node in syntax(cell).body:
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return sorted(name for name in names if name and find_spec(name) is None)


def keeps_outputs(notebook: Any) -> bool:
    """Whether the notebook is stored with its outputs."""
    return not any(module.startswith("fvtheory.empirical") for module, _ in imports(notebook))


def shown(cell: Any) -> list[str]:
    """What a code cell shows, as it is compared: one entry for all text to one place, one for a picture."""
    found: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if found and found[-1].startswith(f"{output.name}: "):
                found[-1] += output.text
            else:
                found.append(f"{output.name}: {output.text}")
        elif output.output_type == "error":
            found.append(f"error: {output.ename}: {output.evalue}")
        else:
            data = output.data
            found.append(PICTURE if "image/png" in data else f"value: {data.get('text/plain', '')}")
    if VARIES in cell.metadata.get("tags", ()):
        found = [entry if entry == PICTURE else entry.partition(": ")[0] for entry in found]
    return found


def difference(stored: Any, now: Any) -> str | None:
    """The first cell whose outputs are not those that are stored, or None."""
    for number, (old, new) in enumerate(zip(code(stored), code(now), strict=True), 1):
        if shown(old) != shown(new):
            return f"code cell {number} shows {shown(new)!r}; stored: {shown(old)!r}"
    return None


def execute(notebook: Any, folder: str | Path, limit: float = LIMIT) -> Run:
    """Run a copy of a notebook.

    Args:
        notebook: of nbformat 4.
        folder: where it runs.
        limit: seconds that all cells together may take.
    """
    import nbclient
    import nbformat

    fresh = nbformat.from_dict(notebook)
    for cell in code(fresh):
        cell.outputs, cell.execution_count = [], None
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }
    client = nbclient.NotebookClient(
        fresh, timeout=max(1, int(limit)), kernel_name="python3", record_timing=False
    )
    began, problem = time.perf_counter(), None
    try:
        client.execute(cwd=str(folder), env=variables)
    except nbclient.exceptions.CellExecutionError as error:
        problem = str(error).strip()
    except nbclient.exceptions.CellTimeoutError:
        problem = "a cell took too long"
    seconds = time.perf_counter() - began
    for number, cell in enumerate(code(fresh), 1):
        cell.execution_count = number
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    if problem is None and seconds > limit:
        problem = f"it took {seconds:.0f} s, and may take {limit:.0f} s"
    return Run(fresh, seconds, problem)


def run(path: Path, limit: float = LIMIT, compare: bool = True) -> Run:
    """Run a stored notebook and, where its outputs are stored, compare them with those of now."""
    import nbformat

    stored = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        done = execute(stored, folder, limit)
    if done.problem is None and compare and keeps_outputs(stored):
        return Run(done.notebook, done.seconds, difference(stored, done.notebook))
    return done


def store(path: Path, notebook: Any) -> None:
    """Write a notebook that was run: with its outputs, or cleared where it shows photographs."""
    import nbformat

    kept = nbformat.from_dict(notebook)
    kept.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in code(kept):
        if not keeps_outputs(kept):
            cell.outputs, cell.execution_count = [], None
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = _smaller(output.data["image/png"])
    nbformat.validate(kept)
    nbformat.write(kept, path)


def pictures(notebook: Any) -> list[bytes]:
    """The pictures that a notebook shows, as PNG files, in order."""
    return [
        base64.b64decode(output.data["image/png"])
        for cell in code(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def _smaller(picture: str) -> str:
    """A PNG file of 128 colours; rare ones are kept, as markers are."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as opened:
        opened.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            out, format="PNG", optimize=True
        )
    return base64.b64encode(out.getvalue()).decode() + "\n"
