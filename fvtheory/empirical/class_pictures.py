"""The photographs of one class at a time, from a folder that need not fit into memory."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from fvtheory.empirical.image_model import InputSpace
from fvtheory.empirical.pictures import SUFFIXES, class_folders, read_picture
from fvtheory.errors import InvalidInputError

KEPT = 2_000
"""Photographs that are kept once read."""


class ClassFolder:
    """A set of photographs (see `pictures`), read class by class.

    Args:
        root: the folder.
        space: size and channels.
        per_class: read so many of each class (the first by name) and no more.

    Attributes:
        files: class -> its files, in order of name.

    Raises:
        InvalidInputError: for no such folder, two subfolders of one class, or a class without pictures.
    """

    def __init__(self, root: str | Path, space: InputSpace, per_class: int | None = None) -> None:
        self.space = space
        self.files: dict[int, list[Path]] = {}
        for folder, label in class_folders(root).items():
            found = sorted(f for f in folder.iterdir() if f.suffix.lower() in SUFFIXES)[:per_class]
            if label in self.files or not found:
                raise InvalidInputError(
                    f"subfolder {folder.name!r} of class {label} with {len(found)} pictures",
                    "one subfolder a class, with pictures",
                )
            self.files[label] = found
        self._keeps = len(self) <= KEPT
        self._kept: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return sum(map(len, self.files.values()))

    def read(self, label: int) -> Tensor:
        """The pictures of a class, (n, C, H, W), uint8."""
        if label in self._kept:
            return self._kept[label]
        pictures = torch.stack([read_picture(file, self.space) for file in self.files[label]])
        self._kept = (self._kept if self._keeps else {}) | {label: pictures}
        return pictures
