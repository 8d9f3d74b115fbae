"""The options that commands share, one meaning each, and what is done with them.

Where a command adds something of its own to the meaning, its help says so after "; here: ".
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.errors import InvalidInputError, MissingDependencyError
from fvtheory.information import CONVENTIONS

if TYPE_CHECKING:
    from fvtheory.fiber import Fiber

HERE = "; here: "


# ---- what a word must be -----------------------------------------------------------------------------


def natural(word: str) -> int:
    if not word.isdecimal() or int(word) >= 10**9:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number")
    return int(word)


def whole(word: str) -> int:
    if not word.isdecimal() or not 0 < int(word) < 10**9:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number above 0")
    return int(word)


def seed(word: str) -> int:
    if not word.isdecimal() or int(word) >= 2**63:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number from 0 to 2^63 - 1")
    return int(word)


def positive(word: str) -> float:
    value = _number(word)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a number above 0")
    return value


def weight(word: str) -> float:
    value = _number(word)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a number from 0")
    return value


def seconds(word: str) -> float:
    value = _number(word)
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: seconds above 0 and below a day")
    return value


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def logit_index(word: str) -> int:
    """A logit by its number: 574, or logits:574 as units are written elsewhere."""
    number = word.removeprefix(LOGITS)
    if not number.isdecimal() or int(number) >= 2**63:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a logit, such as 574 or logits:574")
    return int(number)


LOGITS = "logits:"


def unit_names(words: Sequence[str], model: Any) -> list[str]:
    """Units as they are written everywhere: 574 is short for logits:574, unless the network has a layer 574."""
    layers = dict(model.module.named_modules())
    return [LOGITS + w if w.isdecimal() and w not in layers else w for w in words]


# ---- options of any command --------------------------------------------------------------------------


def add_json(command: Any) -> None:
    """``--json``."""
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")


def add_seed(command: Any) -> None:
    """``--seed``."""
    command.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="of everything random (default: 0)"
    )


def add_out(command: argparse.ArgumentParser, required: bool = True) -> None:
    """``--out``, a folder that `fvtheory.results.open_results` opens."""
    command.add_argument(
        "--out",
        required=required,
        metavar="DIR",
        help="a folder for results: new, empty, or begun with the same options, to go on with",
    )
    command.set_defaults(kept_in="out")


def add_claims(command: argparse.ArgumentParser) -> None:
    """``--paper`` and ``--claim``."""
    command.add_argument(
        "--paper", default="geirhos2024", metavar="PAPER", help="the paper (default: %(default)s)"
    )
    command.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="only this claim and those below it (repeatable)",
    )


def add_deciding(command: argparse.ArgumentParser) -> None:
    """``--convention``, ``--jobs``, ``--timeout``: how claims are decided."""
    command.add_argument(
        "--convention",
        choices=CONVENTIONS,
        help="how ties of extrema are read, in place of each claim's own way",
    )
    command.add_argument("--jobs", type=whole, metavar="N", help="questions at a time (default: one a core)")
    command.add_argument(
        "--timeout", type=seconds, default=2.0, metavar="S", help="seconds a query (default: %(default)s)"
    )


def add_class(command: argparse.ArgumentParser, required: bool = True) -> None:
    """``--class`` and ``--lipschitz``."""
    command.add_argument(
        "--class", dest="cls", required=required, metavar="CLASS", help="a class, such as convex"
    )
    add_lipschitz(command)


def add_lipschitz(command: argparse.ArgumentParser) -> None:
    """``--lipschitz``; `lipschitz` reads it."""
    command.add_argument("--lipschitz", metavar="L", help="the Lipschitz constant, where the class has one")


def add_phi(command: argparse.ArgumentParser, required: bool = True, here: str = "") -> None:
    """``--phi``."""
    command.add_argument(
        "--phi",
        required=required,
        metavar="JSON",
        help="Φ as a JSON object of rational strings" + _here(here),
    )


def add_fiber(command: argparse.ArgumentParser, required: bool = True) -> None:
    """``--class``, ``--phi``, ``--lipschitz``; `fiber` reads them."""
    add_class(command, required)
    add_phi(command, required)


def add_at(command: argparse.ArgumentParser, default: str = "") -> None:
    """``--at``, required unless there is a default."""
    command.add_argument(
        "--at",
        action="append",
        required=not default,
        metavar="POINT",
        help=f"a point: x, or x,y,... (repeatable{'; default: ' + default if default else ''})",
    )


def add_decoder(command: argparse.ArgumentParser) -> None:
    """``--decoder``."""
    command.add_argument(
        "--decoder",
        required=True,
        metavar="DECODER",
        help="MODULE:NAME (imported with the current folder on the path), central, constant, or a file: "
        ".json (an exact function), .onnx or .pt (a ReLU network)",
    )


def _here(words: str) -> str:
    return HERE + words if words else ""


def lipschitz(options: argparse.Namespace) -> Fraction | None:
    """The number of ``--lipschitz``."""
    from fvtheory.exact import rational

    return None if options.lipschitz is None else rational(options.lipschitz, "lipschitz")


def fiber(options: argparse.Namespace) -> Fiber:
    """The fiber of ``--class``, ``--phi`` and ``--lipschitz``.

    Raises:
        FvtheoryError: for a class that does not exist, or a Φ that none of its functions has.
    """
    from fvtheory.classes import get_class
    from fvtheory.fiber import Fiber
    from fvtheory.information import MinMax

    return Fiber(get_class(options.cls), MinMax.from_json(options.phi), lipschitz(options))


# ---- torch -------------------------------------------------------------------------------------------


def add_device(command: argparse.ArgumentParser) -> None:
    """``--device`` and ``--threads``; `torch_device` reads them."""
    command.add_argument(
        "--device", default="cpu", metavar="NAME", help="of torch: cpu, cuda, ... (default: cpu)"
    )
    command.add_argument(
        "--threads", type=whole, metavar="N", help="of torch on the CPU (default: OMP_NUM_THREADS, or 1)"
    )


def load_torch(threads: int | None = None) -> Any:
    """torch, from the first call on with one thread unless OMP_NUM_THREADS or ``--threads`` ask for more: small
    networks gain nothing from threads, and those that wait for each other on a busy machine cost many times what
    they save."""
    try:
        torch = import_module("torch")
    except ImportError:
        raise MissingDependencyError(
            "no package torch", "torch for networks", "pip install torch==2.13.0 onnx"
        ) from None
    if threads is not None:
        torch.set_num_threads(threads)
    elif "OMP_NUM_THREADS" not in os.environ and not _called:
        torch.set_num_threads(1)
    _called[:] = [True]
    return torch


_called: list[bool] = []


def torch_device(options: argparse.Namespace) -> Any:
    """The device of ``--device``, which torch has here; torch has the threads of ``--threads`` from now on.

    Raises:
        InvalidInputError: for another.
    """
    torch = load_torch(options.threads)
    try:
        device = torch.device(options.device)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError):
        raise InvalidInputError(
            f"device {options.device!r}", "a device that torch has here, such as cpu"
        ) from None
    return device


# ---- real networks -----------------------------------------------------------------------------------


def add_run(command: argparse.ArgumentParser, out_required: bool = True) -> None:
    """``--out``, ``--seed``, ``--device``, ``--threads``, ``--json``: what every experiment takes."""
    add_out(command, out_required)
    add_seed(command)
    add_device(command)
    add_json(command)


def add_model(command: argparse.ArgumentParser) -> None:
    """``--model``; `load_prepared` reads it."""
    command.add_argument(
        "--model",
        default="efficientnet-lite0",
        metavar="MODEL",
        help="efficientnet-lite0 (default), squeezenet, torchvision:NAME, timm:NAME, or MODULE:FUNCTION of yours "
        "that returns an ImageModel",
    )


def add_images(command: Any, here: str = "") -> None:
    """``--images``; `image_folder` reads it."""
    _add_photographs(command, "--images", HELD_OUT, here)


def add_train(command: Any, here: str) -> None:
    """``--train``; `image_folder` reads it, with `TRAIN`."""
    _add_photographs(command, "--train", TRAIN, here)


HELD_OUT, TRAIN = "imagenette/heldout", "imagenette/train"


def _add_photographs(command: Any, flag: str, part: str, here: str) -> None:
    command.add_argument(
        flag,
        metavar="DIR",
        help=f"photographs, one subfolder a class (default: {part} in the folder named by FVTHEORY_DATA){_here(here)}",
    )


def add_per_class(command: argparse.ArgumentParser, default: int | None = None) -> None:
    """``--per-class``."""
    command.add_argument(
        "--per-class",
        type=whole,
        default=default,
        metavar="N",
        help=f"so many photographs of each class only (default: {default or 'all'})",
    )


UNIT = "a unit: LAYER:INDEX, such as _blocks.8._bn2:3 or logits:574, for which 574 is short"


def add_units(command: Any, here: str = "") -> None:
    """``--unit``, repeatable; `unit_names` reads it."""
    command.add_argument(
        "--unit", dest="units", action="append", metavar="UNIT", help=f"{UNIT} (repeatable){_here(here)}"
    )


def add_steps(command: Any, default: int | None, here: str = "") -> None:
    """``--steps``."""
    words = "" if default is None else f" (default: {default})"
    command.add_argument(
        "--steps", type=whole, default=default, metavar="N", help=f"steps of ascent{words}{_here(here)}"
    )


def add_copies(command: Any) -> None:
    """``--copies``."""
    command.add_argument(
        "--copies", type=whole, default=1, metavar="N", help="pictures of each unit (default: 1)"
    )


def add_prior(command: Any, here: str) -> None:
    """``--prior``; `prior_folder` reads it."""
    from fvtheory.empirical.parameterizations import KINDS

    words = KINDS["prior"].options["--prior"]
    command.add_argument("--prior", **{**words, "help": words["help"] + _here(here)})


def load_prepared(options: argparse.Namespace, fold: bool = True) -> Any:
    """The network of ``--model``, prepared, on its device, for pictures of ``--size`` if the command has it; unfolded,
    with all convolutions before a BatchNorm.

    Raises:
        FvtheoryError: for a network, package or device that is not here.
    """
    device = torch_device(options)
    from fvtheory.empirical.image_model import resized
    from fvtheory.empirical.models import load_model
    from fvtheory.empirical.preparation import prepare

    source, colon, _ = options.model.partition(":")
    if colon and source not in ("torchvision", "timm"):
        sys.path.insert(0, os.getcwd())  # MODULE:FUNCTION may name a file beside the user
    return resized(prepare(load_model(options.model), fold, device), getattr(options, "size", None))


def class_name(model: Any, index: int) -> str:
    """The network's own label of a class, or its name in Imagenette where the network knows ImageNet, or its number."""
    from fvtheory.empirical.models import NAMES
    from fvtheory.empirical.pictures import CLASS_NAMES

    known = CLASS_NAMES if model.name in NAMES and not model.labels else {}
    return known.get(index) or model.describe_class(index)


def image_folder(given: str | None, part: str = HELD_OUT) -> str:
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
            f"no --{'train' if part == TRAIN else 'images'}, and {DATA_VARIABLE} names no folder with {part}",
            "a folder of photographs, one subfolder a class",
            "--train DIR" if part == TRAIN else "--images DIR",
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


def add_robustness(command: Any) -> None:
    """``--no-transformations``."""
    command.add_argument(
        "--no-transformations",
        action="store_true",
        help="no random transformations before each step of ascent",
    )


def add_size(command: Any) -> None:
    """``--size``; `load_prepared` reads it."""
    command.add_argument(
        "--size",
        type=whole,
        metavar="N",
        help="pixels, in place of what the network was made for: faster, but another regime",
    )
