"""The function classes of Table 1, by name."""

from __future__ import annotations

from fvtheory.classes.affine import Affine
from fvtheory.classes.all_functions import AllFunctions
from fvtheory.classes.base import FunctionClass
from fvtheory.classes.constant import Constant
from fvtheory.classes.convex import Convex
from fvtheory.classes.erm import EmpiricalRisk
from fvtheory.classes.lipschitz import Lipschitz
from fvtheory.classes.monotone import Monotone
from fvtheory.classes.neural_network import NeuralNetwork
from fvtheory.classes.piecewise_affine import PiecewiseAffine
from fvtheory.errors import UnknownNameError

CLASSES: dict[str, FunctionClass] = {
    cls.name: cls
    for cls in (
        AllFunctions(),
        NeuralNetwork(),
        EmpiricalRisk(),
        Lipschitz(),
        PiecewiseAffine(),
        Monotone(),
        Convex(),
        Affine(),
        Constant(),
    )
}
"""In the order of Table 1."""


def get_class(name: str) -> FunctionClass:
    """The class with that name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in CLASSES:
        raise UnknownNameError(f"class {name!r}", f"one of {', '.join(CLASSES)}")
    return CLASSES[name]


__all__ = ["CLASSES", "FunctionClass", "get_class"]
