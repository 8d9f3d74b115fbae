"""fvtheory: what a feature visualization can and cannot tell about a function, decided with proof.

Φ(f) = (x_min, x_max, f_min, f_max) is what activation maximization returns. The package decides how
well any decoder can predict f from Φ(f), class by class, and checks the claims of the literature.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes longer to import than everything here
if TYPE_CHECKING:
    from typing import Any

    from fvtheory.adversary import counterexample
    from fvtheory.claim_files import check
    from fvtheory.classes import get_class
    from fvtheory.fiber import envelope, radius
    from fvtheory.functions import function_from_json
    from fvtheory.information import MinMax
    from fvtheory.verification import verify, verify_claims

    __version__: str

_HOMES = {
    "MinMax": "fvtheory.information",
    "check": "fvtheory.claim_files",
    "counterexample": "fvtheory.adversary",
    "envelope": "fvtheory.fiber",
    "function_from_json": "fvtheory.functions",
    "get_class": "fvtheory.classes",
    "radius": "fvtheory.fiber",
    "verify": "fvtheory.verification",
    "verify_claims": "fvtheory.verification",
}

__all__ = [
    "MinMax",
    "check",
    "counterexample",
    "envelope",
    "function_from_json",
    "get_class",
    "radius",
    "verify",
    "verify_claims",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value = _installed_version()
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'fvtheory' has no attribute {name!r}")
    globals()[name] = value
    return value


def _installed_version() -> str:
    """Read when it is asked for: the module that knows takes half as long to import as all the rest."""
    from importlib import metadata

    try:
        return metadata.version("fvtheory")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
