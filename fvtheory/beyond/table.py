"""Information x class -> radius: what each kind of visualization would have to show.

`table`: each cell is the exact radius of one instance: the class, and what the operator of the row says about the
function f(x) = x on [0, 1], which is in every class of the table. It is no statement about other functions.
Each cell says who vouches for it, besides the breakpoints of the envelopes that gave the number:

* ``members``: two functions were built that agree with the row, are in the class and are (but for 2^-20) twice the
  radius apart at a point, each checked on the function itself: no decoder is better;
* ``formula``: a formula for all data of this kind, proved by Z3 and cvc5 (`fvtheory.interpolation`, for Φ the classes
  of Table 1), gives the same number.

`worst_case_table`: each cell is a theorem about all functions of a class that are known at the points of the row: the
smallest error that some decoder keeps for all values, decided by Z3 and cvc5 for all values and all L when asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.beyond.agreement import agrees, belongs
from fvtheory.beyond.answers import BeyondRadius, radius, widest
from fvtheory.beyond.family import Family, UnsupportedError, family
from fvtheory.beyond.fiber import fiber
from fvtheory.beyond.knowledge import Evaluations, Gradient, Knowledge, LevelPoints, Operator, Top
from fvtheory.classes import CLASSES, get_class
from fvtheory.exact import text
from fvtheory.information import MinMax
from fvtheory.interpolation import INTERPOLATIONS, Datum
from fvtheory.interpolation.data import EVALUATION, MAXIMIZER, MINIMIZER, data_of
from fvtheory.terms import ONE, Const, evaluate

PHI = MinMax("0", "1", "0", "1")
SLACK = Fraction(1, 2**20)
MEMBERS, FORMULA = "members", "formula"


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
    """The radius of one instance, or why there is none.

    Attributes:
        information: the row.
        cls: the column.
        radius: the radius, exact.
        reason: why there is no radius.
        vouched_by: who vouches for it besides the method; see the head of this file.
    """

    information: str
    cls: str
    radius: Fraction | None
    reason: str = ""
    vouched_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"information": self.information, "class": self.cls}
        if self.radius is None:
            return {**found, "reason": self.reason}
        return {**found, "radius": text(self.radius), "vouched_by": list(self.vouched_by)}


def table() -> list[Cell]:
    """All cells, row by row; a combination that is not supported says so."""
    cells = []
    for information, operators in ROWS.items():
        for name, options in COLUMNS.items():
            cls, known = family(name, 1, **options), Knowledge(*operators, dim=1)
            try:
                found = radius(cls, known)
            except UnsupportedError as error:
                cells.append(Cell(information, name, None, f"unsupported: {error.got}"))
                continue
            checks = {
                MEMBERS: _members_are_apart(cls, known, found, options.get("lipschitz")),
                FORMULA: _formula_says(name, known, options.get("lipschitz")) == found.exact is not None,
            }
            who = tuple(check for check, holds in checks.items() if holds)
            cells.append(Cell(information, name, found.exact, found.reason, who))
    return cells


def _members_are_apart(cls: Family, known: Knowledge, found: BeyondRadius, rate: Any) -> bool:
    """Whether two functions, checked one by one, show that no decoder errs by less than the radius."""
    if found.exact is None or found.at is None:
        return False
    members = fiber(cls, known)
    at = found.at if cls.shape == "affine" else widest(members, SLACK).near
    try:
        pair = members.members(at, SLACK)
        checked = all(agrees(f, known) and belongs(f, cls.name, rate and Fraction(rate)) for f in pair)
    except UnsupportedError:
        return False
    return checked and pair[1](at) - pair[0](at) >= 2 * found.exact - 2 * SLACK


def _formula_says(name: str, known: Knowledge, rate: Any) -> Fraction | None:
    """The radius by a formula that solvers proved for all data of this kind; None without one."""
    lipschitz = None if rate is None else Fraction(rate)
    if known.only_min_max is not None and name in CLASSES:
        return get_class(name).radius_at(known.only_min_max, lipschitz)
    data: dict[Fraction, Datum] = {}
    for operator in known.operators:
        if isinstance(operator, MinMax):
            for p, y, role in (
                (operator.x_min, operator.f_min, MINIMIZER),
                (operator.x_max, operator.f_max, MAXIMIZER),
            ):
                data[p[0]] = Datum(Const(p[0]), Const(y), role)
        elif isinstance(operator, Evaluations) and operator.within == 0:
            for p, y in zip(operator.points, operator.values, strict=True):
                data.setdefault(p[0], Datum(Const(p[0]), Const(y), EVALUATION))
        else:
            return None
    if not data or name not in INTERPOLATIONS:
        return None
    ordered = data_of([data[p] for p in sorted(data)], ONE if lipschitz is None else Const(lipschitz))
    return evaluate(INTERPOLATIONS[name].radius(ordered), {})


# ---- worst cases ---------------------------------------------------------------------------------------

PLACES: dict[str, tuple[str, ...]] = {
    "value at 1/2": ("1/2",),
    "values at 1/4, 3/4": ("1/4", "3/4"),
    "values at 1/6, 1/2, 5/6": ("1/6", "1/2", "5/6"),
    "values at 0, 1": ("0", "1"),
    "values at 0, 1/2, 1": ("0", "1/2", "1"),
}
"""Where f is known."""

KNOWN_CLASSES = ("all", "neural-network", "monotone", "lipschitz", "convex")


@dataclass(frozen=True)
class WorstCase:
    """The smallest error that some decoder keeps on a whole class, from values at the points of a row.

    Attributes:
        information: the row.
        cls: the column.
        error: the error, a formula in L.
        values: values for which every decoder errs by that.
        status: PROVED, REFUTED or UNKNOWN: whether it is enough for all values, and needed for these.
    """

    information: str
    cls: str
    error: str
    values: tuple[str, ...]
    status: str

    def to_json(self) -> dict[str, Any]:
        return {
            "information": self.information,
            "class": self.cls,
            "error": self.error,
            "values": list(self.values),
            "status": self.status,
        }


def worst_cases() -> list[WorstCase]:
    """All cells, each decided by Z3 and cvc5: for all values the radius is at most the error, and for the stated
    values it is no less; for all L > 0."""
    from fvtheory.claim_files import UserClaim, check
    from fvtheory.obligations import PROVED
    from fvtheory.statements import AT_LEAST, AT_MOST

    places = [(row, cls, *_worst(points, cls)) for row, points in PLACES.items() for cls in KNOWN_CLASSES]
    claims = []
    for row, cls, error, values in places:
        for kind in (AT_MOST, AT_LEAST):
            known = [{"point": p} for p in PLACES[row]]
            if kind == AT_LEAST:
                known = [{**e, "value": y} for e, y in zip(known, values, strict=True)]
            rate = "L" if cls == "lipschitz" else None
            name = f"{cls}, {row}, {kind}"
            claims.append(UserClaim(name, cls, 1, "value", kind, error, rate, evaluations=known))  # type: ignore[arg-type]
    found = check(claims, sharpness=False).claims
    cells = []
    for i, (row, cls, error, values) in enumerate(places):
        above, below = (c.status for c in found[2 * i : 2 * i + 2])
        cells.append(WorstCase(row, cls, error, values, above if above != PROVED else below))
    return cells


def _worst(points: tuple[str, ...], cls: str) -> tuple[str, tuple[str, ...]]:
    """(error, values): what is to be decided, not believed."""
    places = [Fraction(p) for p in points]
    if cls == "lipschitz":
        gaps = [(q - p) / 2 for p, q in pairwise(places)]
        return f"min(1/2, {max(places[0], *gaps, 1 - places[-1])}*L)", ("1/2",) * len(points)
    first = "1" if cls == "convex" and places[0] == 0 else "0"
    last = "1" if cls == "monotone" and places[0] == 0 and len(points) > 1 else "0"
    if cls == "convex" or len(points) == 1:
        return "1/2", (first, *["0"] * (len(points) - 1))
    return "1/2", (*["0"] * (len(points) - 1), last)


def markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
