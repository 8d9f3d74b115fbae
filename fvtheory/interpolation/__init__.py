"""Functions of one variable known at finitely many points, in symbols: envelopes and radius, proved.

One class a file. A class states its interpolation condition (when some function of the class takes given
values at given points), what it says about one more point, and the radius; `Interpolation.obligations` turns
these into closed questions. `EvaluationStatement` is what a claim can say about them.
"""

from __future__ import annotations

from fvtheory.errors import InvalidInputError
from fvtheory.interpolation.all_functions import AllFunctions
from fvtheory.interpolation.base import Interpolation
from fvtheory.interpolation.convex import Convex
from fvtheory.interpolation.data import Data, Datum
from fvtheory.interpolation.lipschitz import Lipschitz
from fvtheory.interpolation.monotone import Monotone
from fvtheory.interpolation.statement import DECODER_ERRS_AT_MOST, EvaluationStatement

INTERPOLATIONS: dict[str, Interpolation] = {
    **{n: AllFunctions(n) for n in ("all", "erm", "neural-network", "piecewise-affine")},
    "lipschitz": Lipschitz(),
    "monotone": Monotone(),
    "convex": Convex(),
}
"""The classes of which claims can know evaluations in symbols."""


def get_interpolation(name: str) -> Interpolation:
    """The class with that name.

    Raises:
        InvalidInputError: for a class without one, with the reason.
    """
    if name not in INTERPOLATIONS:
        raise InvalidInputError(
            f"class {name} with evaluations in symbols",
            f"one of {', '.join(INTERPOLATIONS)}",
            "for a constant one value says all" if name == "constant" else "state numbers: knowledge",
        )
    return INTERPOLATIONS[name]


__all__ = [
    "DECODER_ERRS_AT_MOST",
    "INTERPOLATIONS",
    "Data",
    "Datum",
    "EvaluationStatement",
    "Interpolation",
    "get_interpolation",
]
