"""What a claim of a user knows in place of Φ: evaluations in symbols, or any knowledge in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from fvtheory.beyond import BeyondRadius, Family, Knowledge, family, radius
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import short
from fvtheory.expressions import Names, parse_formula, parse_term
from fvtheory.interpolation import EvaluationStatement, get_interpolation
from fvtheory.interpolation.base import X
from fvtheory.interpolation.data import EVALUATION, ROLES, Datum, data_of, folded
from fvtheory.obligations import valid
from fvtheory.statements import AT_LEAST, Plan
from fvtheory.terms import ONE, TRUE, Const, Sym, Term, evaluate

MAX_EVALUATIONS = 8
GAPS = (Fraction(1, 100), Fraction(1, 2000))
"""How closely a radius is bounded, one after the other while a claim stays open."""

MAX_BOXES = 20_000


@dataclass(frozen=True)
class EvaluationText:
    """One evaluation as written: expressions, or None for a free symbol."""

    point: str | None = None
    value: str | None = None
    role: str = EVALUATION

    def to_toml(self) -> str:
        """As an inline table of a claim file."""
        shown = [f'{key} = "{text}"' for key, text in (("point", self.point), ("value", self.value)) if text]
        shown += [] if self.role == EVALUATION else [f'role = "{self.role}"']
        return "{ " + ", ".join(shown) + " }" if shown else "{}"


def read_evaluations(items: Any) -> tuple[EvaluationText, ...]:
    """The evaluations of a claim, read strictly.

    Raises:
        InvalidInputError: for anything but 1 to MAX_EVALUATIONS tables with point, value and role.
    """
    if not isinstance(items, (list, tuple)) or not 1 <= len(items) <= MAX_EVALUATIONS:
        got = f"{len(items)} evaluations" if isinstance(items, (list, tuple)) else short(items)
        raise InvalidInputError(got, f"a list of 1 to {MAX_EVALUATIONS} tables", '[{ point = "1/4" }]')
    found = []
    for i, item in enumerate(items):
        if isinstance(item, EvaluationText):
            item = {"point": item.point, "value": item.value, "role": item.role}
            item = {key: value for key, value in item.items() if value is not None}
        if not isinstance(item, Mapping) or not set(item) <= {"point", "value", "role"}:
            keys = (
                f" with the keys {', '.join(map(short, item))}"
                if isinstance(item, Mapping)
                else f" = {short(item)}"
            )
            raise InvalidInputError(f"evaluation {i}{keys}", "a table with point, value, role")
        for key in ("point", "value"):
            if key in item and not isinstance(item[key], str):
                raise InvalidInputError(
                    f"{key} {short(item[key])} of evaluation {i}", "an expression in quotes", f'{key} = "1/4"'
                )
        role = item.get("role", EVALUATION)
        if role not in ROLES:
            raise InvalidInputError(f"role {short(role)} of evaluation {i}", f"one of {', '.join(ROLES)}")
        point, value = (
            None if item.get(k) is None else " ".join(item[k].split()) for k in ("point", "value")
        )
        found.append(EvaluationText(point, value, role))
    return tuple(found)


def evaluation_statement(
    cls: str,
    rate: Term,
    evaluations: tuple[EvaluationText, ...],
    kind: str,
    bound: str,
    when: str | None = None,
    decoder: str | None = None,
) -> EvaluationStatement:
    """What a claim about evaluations states.

    Raises:
        InvalidInputError: for a class without one, and expressions that cannot be read; the error names them.
    """
    interpolation = get_interpolation(cls)
    lipschitz: dict[str, Term] = {"L": rate} if interpolation.needs_lipschitz else {}
    points: dict[str, Term] = {}
    values: dict[str, Term] = {}
    for i, e in enumerate(evaluations):
        points[f"p[{i}]"] = (
            Sym(f"p[{i}]") if e.point is None else _term(e.point, points | lipschitz, "point", i)
        )
    for i, e in enumerate(evaluations):
        known = points | values | lipschitz
        values[f"y[{i}]"] = Sym(f"y[{i}]") if e.value is None else _term(e.value, known, "value", i)
    _check_order(tuple(points.values()))
    places = zip(evaluations, points.values(), values.values(), strict=True)
    data = data_of(
        [Datum(p, y, e.role) for e, p, y in places], rate if interpolation.needs_lipschitz else ONE
    )
    names = points | values | lipschitz
    return EvaluationStatement(
        interpolation,
        data,
        kind,
        _named("bound", parse_term, bound, names),
        TRUE if when is None else _named("when", parse_formula, when, names),
        None if decoder is None else _named("decoder", parse_term, decoder, names | {"x": X}),
    )


def _check_order(points: Sequence[Term]) -> None:
    """Refuse numbers that lie outside [0, 1] or do not ascend; symbols are looked at by the solvers."""
    numbers = [(i, p.value) for i, p in enumerate(points) if isinstance(p, Const)]
    for i, place in numbers:
        if not 0 <= place <= 1:
            raise InvalidInputError(f"point {short(place)} of evaluation {i}", "a point in [0, 1]")
    for (i, before), (j, after) in pairwise(numbers):
        if before >= after:
            raise InvalidInputError(
                f"point {short(after)} of evaluation {j} after {short(before)} of evaluation {i}",
                "points in ascending order, each once",
                "state the leftmost point first",
            )


def _term(text: str, names: Names, what: str, i: int) -> Term:
    try:
        return folded(parse_term(text, names))
    except FvtheoryError as error:
        raise InvalidInputError(
            f"{error.got} ({what} of evaluation {i})", error.required, error.remedy
        ) from None


class ExpressionError(InvalidInputError):
    """An expression that cannot be read; ``key`` says which."""

    def __init__(self, key: str, error: FvtheoryError) -> None:
        super().__init__(error.got, error.required, error.remedy)
        self.key = key


def _named(key: str, parse: Any, text: Any, names: Names) -> Any:
    if not isinstance(text, str):
        problem = InvalidInputError(short(text), "an expression in quotes", 'for example "L/4"')
        raise ExpressionError(key, problem)
    try:
        return folded(parse(text, names))
    except FvtheoryError as error:
        raise ExpressionError(key, error) from None


@dataclass(frozen=True)
class KnownStatement:
    """What decoders can do that know given numbers: decided by bounds of the radius.

    Attributes:
        family: the class.
        knowledge: what is known.
        kind: ``every-decoder-errs-at-least`` or ``some-decoder-errs-at-most``.
        bound: the bound.
        rate: the Lipschitz constant, where the class has one in numbers.
        plain: whether the name and the rate say all of the class: no norm, signs or other options.
    """

    family: Family
    knowledge: Knowledge
    kind: str
    bound: Fraction
    rate: Fraction | None = None
    plain: bool = True

    def found(self) -> BeyondRadius:
        """The radius, or bounds of it that decide the claim if any can be found.

        Raises:
            InvalidInputError: for knowledge that contradicts the class.
        """
        return _radius(self)

    def plan(self, convention: str) -> Plan:
        """The claim holds where it does for the bound of the radius on its own side, and can hold only if it does
        for the one on the other side; in between it is open."""
        if convention != "any-selection":
            raise InvalidInputError(f"a claim with knowledge under {convention}", "any-selection")
        found = self.found()
        assert found.lower is not None and found.upper is not None
        low, high, bound = Const(found.lower), Const(found.upper), Const(self.bound)
        if self.kind == AT_LEAST:
            possible, certain = bound <= high, bound <= low
        else:
            possible, certain = low <= bound, high <= bound
        return Plan(
            (valid(f"{self.kind}.possible", [], possible),),
            sufficient=(valid(f"{self.kind}.certain", [], certain),),
        )


@cache
def _radius(statement: KnownStatement) -> BeyondRadius:
    for gap in GAPS:
        found = radius(statement.family, statement.knowledge, gap=gap, max_boxes=MAX_BOXES)
        if not found.feasible:
            raise InvalidInputError(
                f"knowledge that contradicts class {statement.family.name}: {found.reason}",
                "knowledge about some function of the class",
            )
        assert found.lower is not None and found.upper is not None
        low, bound, high = found.lower, statement.bound, found.upper
        if not (low < bound <= high if statement.kind == AT_LEAST else low <= bound < high):
            break
    return found


def known_statement(
    cls: str, dim: int, options: Mapping[str, Any], knowledge: Knowledge, kind: str, bound: str
) -> KnownStatement:
    """What a claim about numbers states.

    Raises:
        InvalidInputError: as `fvtheory.beyond.family`, for another dimension, and for a bound that is no number.
    """
    if knowledge.dim != dim:
        raise InvalidInputError(f"knowledge of dimension {knowledge.dim}", f"dimension {dim}, the key dim")
    rate = options.get("lipschitz")
    names: dict[str, Term] = {}
    members = family(cls, dim, **options)
    if rate not in (None, "unknown"):
        names["L"] = Const(Fraction(rate))
    plain = set(options) <= {"lipschitz"} and rate != "unknown"
    term = _named("bound", parse_term, bound, names)
    try:
        number = Fraction(rate) if plain and rate is not None else None
        return KnownStatement(members, knowledge, kind, evaluate(term, {}), number, plain)
    except ArithmeticError as error:
        raise ExpressionError("bound", InvalidInputError(f"{bound!r} ({error})", "a number")) from None


def read_knowledge(data: Any) -> Knowledge:
    """Knowledge as JSON writes it, in a TOML table.

    Raises:
        InvalidInputError: as `fvtheory.beyond.Knowledge.from_json`.
    """
    if isinstance(data, Knowledge):
        return data
    if not isinstance(data, Mapping):
        raise InvalidInputError(short(data), "a table", "see fvtheory.beyond.knowledge")
    return Knowledge.from_json(data)
