"""Tensors in files: what is read is what was written, and nothing else is run or half read."""

from __future__ import annotations

import os
import pickle

import pytest

pytest.importorskip("torch")

import torch

from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.errors import InvalidInputError


def test_what_was_written_is_read(tmp_path):
    file = tmp_path / "x.pt"
    written = {"a": torch.arange(5.0), "words": "kept", "step": 3}
    write_tensors(file, written)
    with read_tensors(file, "a file") as found:
        assert torch.equal(found["a"], written["a"])
        assert (found["words"], found["step"]) == ("kept", 3)
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]


class Command:
    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_other_files_are_refused_by_name_and_nothing_is_run(tmp_path):
    whole = tmp_path / "whole.pt"
    write_tensors(whole, torch.arange(1000.0))
    (tmp_path / "half.pt").write_bytes(whole.read_bytes()[:600])
    (tmp_path / "text.pt").write_text("no tensors")
    (tmp_path / "empty.pt").write_bytes(b"")
    torch.save(Command(tmp_path / "ran"), tmp_path / "code.pt")
    (tmp_path / "pickle.pt").write_bytes(pickle.dumps(Command(tmp_path / "ran")))
    for name in ("half", "text", "empty", "code", "pickle", "missing"):
        file = tmp_path / f"{name}.pt"
        with (
            pytest.raises(InvalidInputError, match=f"{name}.pt") as caught,
            read_tensors(file, "a file", "remove it"),
        ):
            pytest.fail("read")
        assert (caught.value.required, caught.value.remedy) == ("a file", "remove it")
        assert (
            "No such file" if name == "missing" else "damaged, or not made of tensors"
        ) in caught.value.got
    assert not (tmp_path / "ran").exists()


def test_what_fails_in_the_block_is_refused_too_but_an_interrupt(tmp_path):
    file = tmp_path / "x.pt"
    write_tensors(file, {"a": 1})
    with pytest.raises(InvalidInputError, match=r"x\.pt.*'b'"), read_tensors(file, "a file with b") as found:
        found["b"]
    with pytest.raises(InvalidInputError, match=r"\(first line\)"), read_tensors(file, "a file"):
        raise ValueError("first line\nsecond line")
    with pytest.raises(InvalidInputError, match="NotImplementedError"), read_tensors(file, "a file"):
        raise NotImplementedError
    with pytest.raises(KeyboardInterrupt), read_tensors(file, "a file"):
        raise KeyboardInterrupt
