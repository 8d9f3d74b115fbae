"""Photographs from folders, and pictures into files.

A set of photographs is a folder with one subfolder a class. A subfolder is named by the number of its class, or by
its WordNet id for the ten classes of Imagenette; a file ``classes.json`` beside them, {"folder": number}, names any
other.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from fvtheory.empirical.image_model import InputSpace
from fvtheory.errors import InvalidInputError, MissingDependencyError

IMAGENETTE = {
    "n01440764": (0, "tench"),
    "n02102040": (217, "English springer"),
    "n02979186": (482, "cassette player"),
    "n03000684": (491, "chain saw"),
    "n03028079": (497, "church"),
    "n03394916": (566, "French horn"),
    "n03417042": (569, "garbage truck"),
    "n03425413": (571, "gas pump"),
    "n03445777": (574, "golf ball"),
    "n03888257": (701, "parachute"),
}
"""WordNet id -> (index among the 1,000 classes of ImageNet, name)."""

CLASS_NAMES = dict(IMAGENETTE.values())
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
DATA_VARIABLE = "FVTHEORY_DATA"


@dataclass(frozen=True)
class PictureSet:
    """Photographs with their classes, as bytes to save memory.

    Attributes:
        data: (n, C, H, W), uint8.
        labels: (n,), int64.
        files: where each came from, relative to the folder.
    """

    data: Tensor
    labels: Tensor
    files: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, which: slice | Sequence[int] | Tensor) -> PictureSet:
        """A part of the set, in the order asked for."""
        if isinstance(which, slice):
            which = range(len(self))[which]
        chosen = torch.as_tensor(list(which) if isinstance(which, range) else which, dtype=torch.int64)
        return PictureSet(
            self.data[chosen], self.labels[chosen], tuple(self.files[i] for i in chosen.tolist())
        )

    def pictures(self, which: slice = slice(None)) -> Tensor:
        """Pictures (m, C, H, W), float32 in [0, 1]."""
        return self.data[which].float() / 255


def _pillow() -> Any:
    try:
        return import_module("PIL.Image")
    except ImportError:
        raise MissingDependencyError(
            "no package pillow", "pillow for pictures", "pip install pillow"
        ) from None


def read_picture(file: str | Path, space: InputSpace) -> Tensor:
    """One photograph, its short side scaled, its centre cut out: (C, H, W), uint8.

    Raises:
        InvalidInputError: for a file that is no picture.
    """
    image = _pillow()
    try:
        with image.open(file) as opened:
            photo = opened.convert("L" if space.channels == "L" else "RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInputError(f"file {str(file)!r} ({error})", "a picture") from None
    factor = space.short_side / min(photo.size)
    width, height = (max(round(side * factor), space.short_side) for side in photo.size)
    photo = photo.resize((width, height), image.Resampling.BICUBIC)
    left, top = (width - space.width) // 2, (height - space.height) // 2
    photo = photo.crop((left, top, left + space.width, top + space.height))
    array = numpy.array(photo, dtype=numpy.uint8)
    return torch.from_numpy(array.reshape(space.height, space.width, -1)).permute(2, 0, 1).contiguous()


def class_folders(root: str | Path) -> dict[Path, int]:
    """The subfolders of a set of photographs, with their classes, in order of name.

    Raises:
        InvalidInputError: for no folder, none in it, or one whose class is not known.
    """
    root = Path(root)
    if not root.is_dir():
        raise InvalidInputError(f"folder {str(root)!r}, which is not there", "a folder of photographs")
    given: dict[str, int] = {}
    names = root / "classes.json"
    if names.is_file():
        try:
            given = json.loads(names.read_text(encoding="utf-8"))
            if not isinstance(given, dict) or not all(type(v) is int and v >= 0 for v in given.values()):
                raise ValueError
        except (ValueError, RecursionError):
            raise InvalidInputError(f"file {str(names)!r}", '{"folder": number of its class, ...}') from None
    found: dict[Path, int] = {}
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        name = folder.name
        if name in given:
            found[folder] = given[name]
        elif name in IMAGENETTE:
            found[folder] = IMAGENETTE[name][0]
        elif name.isdecimal():
            found[folder] = int(name)
        else:
            raise InvalidInputError(
                f"subfolder {name!r} of {str(root)!r}",
                "the number of a class, or a WordNet id of Imagenette",
                'write classes.json there: {"folder": number, ...}',
            )
    if not found:
        raise InvalidInputError(f"folder {str(root)!r} without subfolders", "one subfolder a class")
    return found


def read_folder(root: str | Path, space: InputSpace, per_class: int | None = None) -> PictureSet:
    """A set of photographs in class order, files in order of name.

    Args:
        root: see the module.
        space: size and channels.
        per_class: read so many of each class (the first by name) and no more.

    Raises:
        InvalidInputError: for no such folder, or no pictures in it.
    """
    data, labels, files = [], [], []
    for folder, label in class_folders(root).items():
        chosen = sorted(f for f in folder.iterdir() if f.suffix.lower() in SUFFIXES)
        for file in chosen[:per_class]:
            data.append(read_picture(file, space))
            labels.append(label)
            files.append(f"{folder.name}/{file.name}")
    if not data:
        raise InvalidInputError(
            f"folder {str(root)!r} without pictures", f"files {', '.join(sorted(SUFFIXES))}"
        )
    return PictureSet(torch.stack(data), torch.tensor(labels), tuple(files))


def data_folder(part: str) -> Path | None:
    """A part of the data that tests and benchmarks use, such as ``imagenette/heldout``, if it is here:
    the folder is named by the environment variable FVTHEORY_DATA."""
    root = os.environ.get(DATA_VARIABLE)
    folder = Path(root) / part if root else None
    return folder if folder is not None and folder.is_dir() else None


def sample_photographs(space: InputSpace, count: int, seed: int = 0) -> PictureSet:
    """Square pieces of the two photographs that come with scikit-learn, for trying things out where there are no
    others: class 1 is a temple, class 2 a flower.

    Args:
        space: size and channels.
        count: so many pieces of each.
        seed: of their places and sizes, 200 to 399 of the 427x640 pixels.

    Raises:
        MissingDependencyError: without scikit-learn.
        InvalidInputError: for no pieces.
    """
    if count < 1:
        raise InvalidInputError(f"{count} pieces", "at least one")
    try:
        photographs = import_module("sklearn.datasets").load_sample_images().images
    except ImportError:
        raise MissingDependencyError(
            "no package scikit-learn", "its sample photographs", "pip install scikit-learn"
        ) from None
    image, random = _pillow(), torch.Generator().manual_seed(seed)
    data, labels = [], []
    for label, photograph in enumerate(photographs, 1):
        opened = image.fromarray(photograph).convert("L" if space.channels == "L" else "RGB")
        for _ in range(count):
            side = int(torch.randint(200, 400, (), generator=random))
            left, top = (int(torch.randint(length - side, (), generator=random)) for length in opened.size)
            piece = opened.crop((left, top, left + side, top + side)).resize((space.width, space.height))
            array = numpy.array(piece, dtype=numpy.uint8).reshape(space.height, space.width, -1)
            data.append(torch.from_numpy(array).permute(2, 0, 1).contiguous())
            labels.append(label)
    files = tuple(f"scikit-learn/{i}" for i in range(len(data)))
    return PictureSet(torch.stack(data), torch.tensor(labels), files)


def to_bytes(pictures: Tensor) -> Tensor:
    """Pictures with values in [0, 1] as files hold them: rounded to 8 bits, uint8, on the CPU."""
    if pictures.dtype == torch.uint8:
        return pictures.cpu()
    return (pictures.detach().float().clamp(0, 1) * 255).round().to(torch.uint8).cpu()


def digest(picture: Tensor) -> str:
    """SHA-256 of the bytes of a picture, by which settings tell it from others."""
    return hashlib.sha256(to_bytes(picture).numpy().tobytes()).hexdigest()


def from_png(file: str | Path) -> Tensor:
    """What `to_png` wrote, (C, H, W), uint8: of the same size, one or three channels.

    Raises:
        InvalidInputError: for a file that is no picture.
    """
    try:
        with _pillow().open(file) as opened:
            array = numpy.array(opened if opened.mode == "L" else opened.convert("RGB"), dtype=numpy.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInputError(f"file {str(file)!r} ({error})", "a picture") from None
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1).contiguous()


def to_png(picture: Tensor) -> bytes:
    """A picture (C, H, W), bytes or values in [0, 1], as a PNG file, rounded to 8 bits."""
    array = to_bytes(picture)
    pixels = array[0].numpy() if len(array) == 1 else array.permute(1, 2, 0).contiguous().numpy()
    out = io.BytesIO()
    _pillow().fromarray(pixels).save(out, format="PNG")
    return out.getvalue()
