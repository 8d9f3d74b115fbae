"""The function classes, by name: one class a file, found by being there."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fvtheory.classes.base import FunctionClass
from fvtheory.errors import InvalidInputError, UnknownNameError

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
    """Of every class that a module of this package defines and names itself, one instance; those of Table 1 come first.

    A name that is inherited, or given twice, would put one class in the place of another.
    """
    found: dict[str, FunctionClass] = {}
    for module in iter_modules(__path__):
        home = f"{__name__}.{module.name}"
        for cls in vars(import_module(home)).values():
            if not isinstance(cls, type) or not issubclass(cls, FunctionClass) or cls.__module__ != home:
                continue
            name = vars(cls).get("name", "" if cls is FunctionClass else None)
            if name is None or name in found:
                other = "no name of its own" if name is None else f"the name {name!r} of another class"
                raise InvalidInputError(
                    f"{home}.{cls.__name__} with {other}", "a name that no other class has"
                )
            if name:
                found[name] = cls()
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
