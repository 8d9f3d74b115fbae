"""What the commands that need torch share: options, devices, a progress line."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from fvtheory.errors import InvalidInputError, MissingDependencyError


def whole(word: str) -> int:
    if not word.isdecimal() or not 0 < int(word) < 10**9:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number above 0")
    return int(word)


def seed(word: str) -> int:
    if not word.isdecimal() or int(word) >= 2**63:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number from 0 to 2^63 - 1")
    return int(word)


def logit_index(word: str) -> int:
    """A logit by its number: 574, or logits:574 as units are written elsewhere."""
    number = word.removeprefix("logits:")
    if not number.isdecimal() or int(number) >= 2**63:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a logit, such as 574 or logits:574")
    return int(number)


def positive(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a number above 0")
    return value


def load_torch() -> Any:
    """torch, from the first call on with one thread unless OMP_NUM_THREADS asks for more: small networks gain
    nothing from threads, and those that wait for each other on a busy machine cost many times what they save."""
    try:
        torch = import_module("torch")
    except ImportError:
        raise MissingDependencyError(
            "no package torch", "torch for networks", "pip install torch==2.13.0 onnx"
        ) from None
    if "OMP_NUM_THREADS" not in os.environ and not _called:
        torch.set_num_threads(1)
    _called[:] = [True]
    return torch


_called: list[bool] = []


def torch_device(name: str) -> Any:
    """A device that torch has here.

    Raises:
        InvalidInputError: for another.
    """
    torch = load_torch()
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError):
        raise InvalidInputError(f"device {name!r}", "a device that torch has here, such as cpu") from None
    return device


SECONDS_A_LINE = 10.0


class Bar:
    """A line on standard error that says what is being done; where that is no terminal, now and then one more."""

    def __init__(self) -> None:
        self.shown = time.monotonic() if not sys.stderr.isatty() else 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() and now - self.shown > SECONDS_A_LINE:
            self.shown = now
            print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)
        if sys.stderr.isatty() and (now - self.shown > 0.1 or done == total):
            self.shown = now
            filled = 20 * done // max(1, total)
            bar = "#" * filled + "." * (20 - filled)
            print(f"\r\033[K[{bar}] {what}: {done} of {total}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    from fvtheory.report.terminal import grid

    return grid(header, rows)


def print_json(document: Any) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False))


# ---- real networks -----------------------------------------------------------------------------------


def add_model(command: argparse.ArgumentParser) -> None:
    """``--model``; `load_prepared` reads it."""
    command.add_argument(
        "--model",
        default="efficientnet-lite0",
        metavar="NAME",
        help="efficientnet-lite0 (default), squeezenet, torchvision:NAME, timm:NAME, or MODULE:FUNCTION of yours "
        "that returns an ImageModel",
    )


def add_images(command: argparse.ArgumentParser, what: str = "natural images") -> None:
    """``--images``; `image_folder` reads it."""
    command.add_argument(
        "--images",
        metavar="DIR",
        help=f"{what}: one subfolder a class (default: imagenette/heldout in the folder named by FVTHEORY_DATA)",
    )


def add_fiber(command: argparse.ArgumentParser, required: bool = True) -> None:
    """``--class``, ``--phi``, ``--lipschitz``."""
    command.add_argument(
        "--class", dest="cls", required=required, metavar="CLASS", help="a class, such as convex"
    )
    command.add_argument(
        "--phi", required=required, metavar="JSON", help="Φ as a JSON object of rational strings"
    )
    command.add_argument("--lipschitz", metavar="L", help="the Lipschitz constant, where the class has one")


def add_prior(command: Any, what: str) -> None:
    """``--prior``; `prior_folder` reads it."""
    command.add_argument(
        "--prior",
        metavar="DIR",
        help=f"{what}: a folder with taef2_encoder.pth and taef2_decoder.pth (default: taef2 in the folder named by "
        "FVTHEORY_DATA)",
    )


def add_run(command: argparse.ArgumentParser) -> None:
    """``--out``, ``--seed``, ``--device``, ``--threads``, ``--json``."""
    command.add_argument("--out", required=True, metavar="DIR", help="a folder for results")
    command.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="of everything random (default: 0)"
    )
    command.add_argument(
        "--device", default="cpu", metavar="NAME", help="of torch: cpu, cuda, ... (default: cpu)"
    )
    command.add_argument(
        "--threads", type=whole, default=1, metavar="N", help="of torch on the CPU (default: 1)"
    )
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")


def load_prepared(options: argparse.Namespace, fold: bool = True) -> Any:
    """The network of ``--model``, prepared, on its device; unfolded, with all convolutions before a BatchNorm.

    Raises:
        FvtheoryError: for a network, package or device that is not here.
    """
    torch = load_torch()
    torch.set_num_threads(options.threads)
    device = torch_device(options.device)
    from fvtheory.empirical.models import load_model
    from fvtheory.empirical.preparation import prepare

    source, colon, _ = options.model.partition(":")
    if colon and source not in ("torchvision", "timm"):
        sys.path.insert(0, os.getcwd())  # MODULE:FUNCTION may name a file beside the user
    return prepare(load_model(options.model), fold, device)


def image_folder(given: str | None, part: str = "imagenette/heldout") -> str:
    """The folder of ``--images``, or the part of the data that stands in for it, as an absolute path.

    Raises:
        InvalidInputError: for neither.
    """
    from fvtheory.empirical.pictures import DATA_VARIABLE, data_folder

    if given is not None:
        return str(Path(given).absolute())
    found = data_folder(part)
    if found is None:
        raise InvalidInputError(
            f"no --images, and {DATA_VARIABLE} names no folder with {part}",
            "a folder of photographs, one subfolder a class",
            "--train DIR" if part.endswith("train") else "--images DIR",
        )
    return str(found.absolute())


def prior_folder(options: argparse.Namespace, model: Any, required: bool = True) -> str | None:
    """The folder of ``--prior``, or the part of the data that stands in for it, as an absolute path; None where
    there is none, or the network takes other pictures than those of three channels.

    Raises:
        InvalidInputError: for None where a prior is required or was given.
    """
    from fvtheory.empirical.pictures import DATA_VARIABLE, data_folder

    required = required or options.prior is not None
    if model.space.depth != 3:
        if required:
            raise InvalidInputError(
                f"a learned prior for a network of {model.space.depth} channel", "a network of three channels"
            )
        return None
    found = options.prior or data_folder("taef2")
    if found is None and required:
        raise InvalidInputError(
            f"no --prior, and {DATA_VARIABLE} names no folder with taef2",
            "a folder with taef2_encoder.pth and taef2_decoder.pth",
            "--prior DIR",
        )
    return None if found is None else str(Path(found).absolute())


def add_robustness(command: argparse.ArgumentParser) -> None:
    """``--no-transformations``, as ``fvtheory visualize`` has it."""
    command.add_argument(
        "--no-transformations",
        action="store_true",
        help="no random transformations before each step of ascent",
    )


def add_size(command: argparse.ArgumentParser) -> None:
    """``--size``; `resized` reads it."""
    command.add_argument(
        "--size",
        type=whole,
        metavar="N",
        help="pixels, in place of what the network was made for: faster, but another regime",
    )


def resized(model: Any, size: int | None) -> Any:
    """The network for square pictures of another size.

    Raises:
        InvalidInputError: for a size that the network cannot take.
    """
    from dataclasses import replace

    from fvtheory.empirical.image_model import ImageModel

    if size is None:
        return model
    space = model.space
    side = round(size * space.short_side / max(space.height, space.width))
    other = ImageModel(
        model.module, replace(space, height=size, width=size, short_side=side), model.name, model.labels
    )
    other.folded = model.folded
    other = other.to(model.device).eval()
    torch = load_torch()
    try:
        with torch.no_grad():
            other(torch.full(other.space.shape(), 0.5, device=model.device))
    except RuntimeError as error:
        raise InvalidInputError(
            f"--size {size} ({str(error).splitlines()[0]})", f"a size that {model.name} can take"
        ) from None
    return other
