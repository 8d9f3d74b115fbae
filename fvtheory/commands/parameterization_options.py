"""The options of commands that take a parameterization of pictures: those that some have of their own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fvtheory.commands.options import positive, prior_folder, whole
from fvtheory.empirical.parameterizations import KINDS
from fvtheory.errors import InvalidInputError

TYPES = {"whole": whole, "positive": positive}
"""What an option of a parameterization may name as its type."""


def parameterizations_explained() -> str:
    """What every parameterization is, a line each, for the end of a help text."""
    width = max(map(len, KINDS))
    lines = [f"  {kind.name:{width}}  {kind.summary.removesuffix('.')}\n" for kind in KINDS.values()]
    return "".join(["parameterizations:\n", *lines])


def add_own_options(command: Any) -> None:
    """The options that parameterizations have of their own; `own_options` reads them."""
    for kind in KINDS.values():
        for flag, words in kind.options.items():
            known = {"type": TYPES[words["type"]]} if "type" in words else {}
            command.add_argument(flag, **{**words, **known, "help": f"for {kind.name}: {words['help']}"})


def own_options(
    options: argparse.Namespace,
    names: Sequence[str],
    model: Any,
    elsewhere: Sequence[str] = (),
    choice: str = "--parameterization",
) -> dict[str, dict[str, Any]]:
    """By name, the own options of some parameterizations, folders as absolute paths.

    Args:
        names: those that are used.
        elsewhere: options that have another use, too.
        choice: the option that chooses, for messages.

    Raises:
        InvalidInputError: for an option that is given and not used, or a prior that is not there.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for kind in KINDS.values():
        for flag, words in kind.options.items():
            option = flag.removeprefix("--").replace("-", "_")
            value = getattr(options, option)
            if kind.name in found:
                if option == "prior":
                    value = prior_folder(options, model)
                elif value is not None and words.get("metavar") in ("DIR", "FILE"):
                    value = str(Path(value).absolute())
                found[kind.name][option] = value
            elif value is not None and option not in elsewhere:
                raise InvalidInputError(
                    f"{flag} without {choice} {kind.name}", f"{flag} together with {choice} {kind.name}"
                )
    return found
