"""The function classes, by name: one class a file, found by being there."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fvtheory.classes.base import FunctionClass
from fvtheory.errors import UnknownNameError

TABLE_1 = (
    "all",
    "neural-network",
    "erm",
    "lipschitz",
    "piecewise-affine",
    "monotone",
    "convex",
    "affine",
    "constant",
)
"""The classes of Table 1, in its order."""


def _found() -> dict[str, FunctionClass]:
    """Of every class that a module of this package defines and names, one instance; those of Table 1 come first."""
    found: dict[str, FunctionClass] = {}
    for module in iter_modules(__path__):
        for cls in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(cls, type) and issubclass(cls, FunctionClass) and cls.name:
                found.setdefault(cls.name, cls())
    order = {name: place for place, name in enumerate(TABLE_1)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


CLASSES = _found()
"""In the order of Table 1, then by name."""


def get_class(name: str) -> FunctionClass:
    """The class with that name.

    Raises:
        UnknownNameError: when there is none.
    """
    if name not in CLASSES:
        raise UnknownNameError(f"class {name!r}", f"one of {', '.join(CLASSES)}")
    return CLASSES[name]


__all__ = ["CLASSES", "TABLE_1", "FunctionClass", "get_class"]
