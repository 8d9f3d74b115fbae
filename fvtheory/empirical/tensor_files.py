"""Tensors in files: written whole or not at all, read without running what a file may ask for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from fvtheory.errors import InvalidInputError
from fvtheory.results import write_file


@contextmanager
def read_tensors(file: str | Path, required: str, remedy: str = "") -> Iterator[Any]:
    """What `torch.save` put into a file, on the CPU, read with ``weights_only=True``; the block makes use of it.

    Args:
        required: what the file is to be, for the error.
        remedy: what can be done about another, for the error.

    Raises:
        InvalidInputError: for a file that is missing or damaged, asks for code to be run, or fails in the block.
    """

    def refused(why: str) -> InvalidInputError:
        return InvalidInputError(f"file {str(file)!r} ({why})", required, remedy)

    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise refused(error.strerror or type(error).__name__) from None
    except Exception:  # of many kinds, and some advise to let the file run its code
        raise refused("damaged, or not made of tensors alone") from None
    try:
        yield content
    except Exception as error:
        raise refused((str(error) or type(error).__name__).splitlines()[0]) from None


def write_tensors(file: str | Path, content: Any) -> None:
    """For `read_tensors`."""
    out = io.BytesIO()
    torch.save(content, out)
    write_file(Path(file), out.getvalue())
