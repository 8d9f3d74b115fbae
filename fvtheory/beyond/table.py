"""Information x class -> radius, for one stated function: what each kind of visualization would have to show.

Each cell is the exact radius of one instance: the class, and what the operator of the row says about the
function f(x) = x on [0, 1], which is in every class of the table. It is no statement about other functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fvtheory.beyond.answers import radius
from fvtheory.beyond.family import UnsupportedError, family
from fvtheory.beyond.knowledge import Evaluations, Gradient, Knowledge, LevelPoints, Operator, Top
from fvtheory.exact import text
from fvtheory.information import MinMax

PHI = MinMax("0", "1", "0", "1")


def _values(count: int, within: str = "0") -> Evaluations:
    places = [Fraction(i, count + 1) for i in range(1, count + 1)]
    return Evaluations(places, places, within)


def _samples(count: int) -> list[Fraction]:
    return [Fraction(i, count + 1) for i in range(1, count + 1)]


ROWS: dict[str, tuple[Operator | MinMax, ...]] = {
    "nothing": (),
    "Φ": (PHI,),
    "Φ, value at 1/2": (PHI, _values(1)),
    "Φ, values at 3 points": (PHI, _values(3)),
    "Φ, values at 7 points": (PHI, _values(7)),
    "Φ, 7 values within 1/20": (PHI, _values(7, "1/20")),
    "Φ, top 2 of 7 samples": (PHI, Top(_samples(7)[-2:], _samples(7)[-2:], _samples(7)[:-2])),
    "Φ, which of 7 samples are >= 1/2": (
        PHI,
        LevelPoints("1/2", _samples(7)[3:], _samples(7)[:3], strict=False),
    ),
    "Φ, gradient at 0": (PHI, Gradient("0", "1")),
}
"""What is known: evenly spaced points, values of f(x) = x. The convex classes read the gradient as a subgradient
only; see `Gradient`."""

COLUMNS: dict[str, dict[str, Any]] = {
    "all": {},
    "neural-network": {},
    "monotone": {},
    "lipschitz": {"lipschitz": 2},
    "lipschitz+monotone": {"lipschitz": 2},
    "quasi-convex": {},
    "convex": {},
    "convex+lipschitz": {"lipschitz": 2},
    "affine": {},
}
"""Classes, with L = 2 where they have a rate."""


@dataclass(frozen=True)
class Cell:
    """The radius of one instance, or why there is none."""

    information: str
    cls: str
    radius: Fraction | None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"information": self.information, "class": self.cls}
        if self.radius is None:
            return {**found, "reason": self.reason}
        return {**found, "radius": text(self.radius)}


def table() -> list[Cell]:
    """All cells, row by row; a combination that is not supported says so."""
    cells = []
    for information, operators in ROWS.items():
        for name, options in COLUMNS.items():
            try:
                found = radius(family(name, 1, **options), Knowledge(*operators, dim=1))
            except UnsupportedError as error:
                cells.append(Cell(information, name, None, f"unsupported: {error.got}"))
                continue
            cells.append(Cell(information, name, found.exact, found.reason))
    return cells
