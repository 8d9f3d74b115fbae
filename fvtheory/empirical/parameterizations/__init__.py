"""From numbers that an optimizer moves to pictures in [0, 1]: what ascent looks for first depends on these.

One parameterization a file, found by being there: the file's name is its name, the first line of its docstring says
what it is, and it defines

    build(shape, generator, device, start=start, **options) -> Parameterization

`options` are its own, if it has any: ``OPTIONS = {"--flag": {...}}``, a literal, with keywords of argparse's
``add_argument``, where ``type`` is a name, ``whole`` or ``positive``, and there are no defaults. All of this is read
without running the file, so that commands can list parameterizations before torch is loaded, or without it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from fvtheory.errors import UnknownNameError

if TYPE_CHECKING:
    import torch

    from fvtheory.empirical.parameterizations.base import COLOURS as COLOURS
    from fvtheory.empirical.parameterizations.base import Parameterization as Parameterization
    from fvtheory.empirical.parameterizations.base import Shape as Shape
    from fvtheory.empirical.parameterizations.base import colour_matrix as colour_matrix
    from fvtheory.empirical.parameterizations.base import frequency_scale as frequency_scale
    from fvtheory.empirical.parameterizations.base import mix_colours as mix_colours
    from fvtheory.empirical.parameterizations.fourier import Fourier as Fourier
    from fvtheory.empirical.parameterizations.pixels import Pixels as Pixels
    from fvtheory.empirical.parameterizations.prior import Learned as Learned
    from fvtheory.empirical.parameterizations.prior import encoded as encoded
    from fvtheory.empirical.parameterizations.prior import noise_latent as noise_latent


__all__ = [
    "COLOURS",
    "KINDS",
    "Fourier",
    "Kind",
    "Learned",
    "Parameterization",
    "Pixels",
    "Shape",
    "colour_matrix",
    "encoded",
    "frequency_scale",
    "get_parameterization",
    "mix_colours",
    "noise_latent",
]


@dataclass(frozen=True)
class Kind:
    """A parameterization by its name.

    Attributes:
        name: of its file.
        summary: one sentence.
        options: its own, by flag: keywords of `argparse.ArgumentParser.add_argument`.
    """

    name: str
    summary: str
    options: Mapping[str, Mapping[str, Any]]

    def build(
        self,
        shape: Shape,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        start: torch.Tensor | None = None,
        **options: Any,
    ) -> Parameterization:
        """Pictures of this kind; the same seed gives the same.

        Args:
            shape: (n, C, H, W).
            generator: of the noise to begin with.
            start: pictures (n, C, H, W) in [0, 1] to begin with, in place of noise.
            options: its own, by the names of their flags: ``prior`` for ``--prior``.

        Raises:
            InvalidInputError: for a start or a shape that it cannot have.
        """
        make = import_module(f"{__name__}.{self.name}").build
        return make(shape, generator, device, start=start, **options)


def _found() -> dict[str, Kind]:
    """What the files of this package say of themselves, by name; files without `build` are shared helpers."""
    found = {}
    for module in iter_modules(__path__):
        file = Path(module.module_finder.path, f"{module.name}.py")  # type: ignore[union-attr]
        tree = ast.parse(file.read_bytes())
        made = {
            t.id: n.value
            for n in tree.body
            if isinstance(n, ast.Assign)
            for t in n.targets
            if isinstance(t, ast.Name)
        }
        if "build" in made or any(isinstance(n, ast.FunctionDef) and n.name == "build" for n in tree.body):
            summary = (ast.get_docstring(tree) or "").partition("\n")[0]
            options = ast.literal_eval(made["OPTIONS"]) if "OPTIONS" in made else {}
            found[module.name] = Kind(module.name, summary, options)
    return found


KINDS = _found()
"""By name, in alphabetical order."""


def get_parameterization(name: str) -> Kind:
    """The parameterization with that name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in KINDS:
        raise UnknownNameError(f"parameterization {name!r}", f"one of {', '.join(KINDS)}")
    return KINDS[name]


def __getattr__(name: str) -> Any:
    """A class, function or constant of one of the files, which are run when one is asked for."""
    if not name.startswith("_") and name not in ("build", "OPTIONS"):
        for module in iter_modules(__path__):
            found = vars(import_module(f"{__name__}.{module.name}"))
            if name in found:
                return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
