"""Lines that show a failure again."""

from __future__ import annotations

import json
import shlex
import sys
import sysconfig
from fractions import Fraction
from pathlib import Path
from typing import Any

from fvtheory.classes import FunctionClass
from fvtheory.decoders import CENTRAL, CONSTANT, CentralDecoder, ConstantDecoder, FunctionDecoder
from fvtheory.exact import short, text
from fvtheory.functions import Function
from fvtheory.information import MinMax


def in_json(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False)


def literal(f: Function) -> str:
    """A Python string literal, in double quotes, of the function in JSON."""
    return json.dumps(json.dumps(f.to_json()))


def python(name: str, call: str) -> str:
    """A command that runs one assertion on functions in JSON."""
    code = f"from fvtheory import function_from_json as read; from fvtheory.testing import {name}; {call}"
    return f"python -c {shlex.quote(code)}"


def counterexample_line(decoder: Any, family: FunctionClass, rate: Fraction | None, phi: MinMax) -> str:
    """The command line for this counterexample or, for a decoder without a name, a line of Python."""
    named = name_of(decoder, family, rate)
    if named is not None:
        name, folder = named
        words = ["fvtheory", "counterexample", "--class", family.name, "--phi", in_json(phi.to_json())]
        words += ["--decoder", name] + ([] if rate is None else ["--lipschitz", text(rate)])
        path = "" if folder is None else f"PYTHONPATH={shlex.quote(str(folder))} "
        return path + shlex.join(words)
    numbers = [json.dumps(part) for part in phi.to_json().values()]
    arguments = [json.dumps(family.name), f"fvtheory.MinMax({', '.join(numbers)})"]
    exact = decoder.function if isinstance(decoder, FunctionDecoder) else decoder
    further = [] if rate is None else [f"lipschitz={json.dumps(text(rate))}"]
    if isinstance(exact, Function):
        arguments += [f"fvtheory.function_from_json({literal(exact)})", *further]
        code = f"import fvtheory; print(fvtheory.counterexample({', '.join(arguments)}))"
        return f"python -c {shlex.quote(code)}"
    return f"fvtheory.counterexample({', '.join([*arguments, 'decoder', *further])})  # decoder: {short(decoder)}"


def name_of(
    decoder: Any, family: FunctionClass | None, rate: Fraction | None
) -> tuple[str, Path | None] | None:
    """What the command line calls the decoder, and the folder that has to be on the path for it."""
    if isinstance(decoder, str):
        return decoder, None
    name = None if family is None else family.name
    if isinstance(decoder, CentralDecoder) and (decoder.cls.name, decoder.lipschitz) == (name, rate):
        return CENTRAL, None
    if isinstance(decoder, ConstantDecoder):
        return CONSTANT, None
    holder = decoder if hasattr(decoder, "__qualname__") else type(decoder)
    module = sys.modules.get(getattr(holder, "__module__", None) or "")
    if module is None or module.__name__ == "__main__":
        return None
    names = [getattr(decoder, "__qualname__", ""), *(n for n, v in vars(module).items() if v is decoder)]
    name = next((n for n in names if n and _reached(module, n) is decoder), None)
    folder = _folder_of(module)
    if name is None or folder is None:
        return None
    installed = {Path(p).resolve() for p in sysconfig.get_paths().values()}
    return f"{module.__name__}:{name}", None if folder in {Path.cwd(), *installed} else folder


def _reached(module: Any, name: str) -> Any:
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _folder_of(module: Any) -> Path | None:
    """The folder from which ``import`` finds the module, if its file lies where its name says."""
    file = Path(getattr(module, "__file__", None) or "").resolve()
    parts = module.__name__.split(".")
    if file.name == "__init__.py":
        file = file.parent
    if [*file.parts[-len(parts) : -1], file.stem] != parts:
        return None
    return file.parents[len(parts) - 1]
