"""What refutes a claim, to look at: the numbers, the comparison that fails, and the fiber of that Φ."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from fvtheory.claims.claim import Claim
from fvtheory.classes import CLASSES
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import Point, cube_point, rational
from fvtheory.fiber import Fiber
from fvtheory.functions import Function, function_from_json
from fvtheory.information import MinMax
from fvtheory.notation.mathml import mathml, number, symbol
from fvtheory.obligations import Obligation
from fvtheory.report.curves import Bar, Chart, Curve, svg
from fvtheory.report.verdicts import REMEDY, Verdict
from fvtheory.terms import And, Eq, Formula, Le, Lt, Node, Not, Or, UndefinedTerm, evaluate, fold

SHADED = "Shaded: all values that functions with this Φ take."

LONGEST = 90
"""A comparison of more nodes than this is not written out."""


def size(node: Node) -> int:
    """How many nodes a term or formula has."""
    return fold(node, lambda _, parts: 1 + sum(parts))


def values_of(verdict: Verdict) -> dict[str, Fraction]:
    """The numbers that refute a claim.

    Raises:
        InvalidInputError: for entries that are no exact numbers.
    """
    found = verdict.counterexample.get("values", {})
    if not isinstance(found, Mapping) or not all(isinstance(v, str) for v in found.values()):
        raise InvalidInputError(f"a counterexample to {verdict.id} without values", "exact numbers", REMEDY)
    return {name: rational(value, name) for name, value in found.items()}


# ---- what fails --------------------------------------------------------------------------------------


def failing(node: Formula, values: Mapping[str, Fraction]) -> list[Formula]:
    """The comparisons that make a formula false: of a conjunction those of its false parts, of a disjunction
    those of all parts; of "p implies q", those of q."""
    match node:
        case Le() | Lt() | Eq() | Not(Le() | Lt() | Eq()):
            return [node]
        case And(parts):
            return [f for p in parts if not evaluate(p, values) for f in failing(p, values)]
        case Or(parts):
            conclusions = [p for p in parts if not isinstance(p, Not)] or list(parts)
            return [f for p in conclusions for f in failing(p, values)]
    return []


def obligation_of(claim: Claim, convention: str, name: str) -> Obligation | None:
    """The obligation of a claim that has this name and decides."""
    for o in claim.statement.plan(convention).conjuncts:
        for candidate in (o, o.direct):
            if candidate is not None and candidate.name == name and not candidate.step:
                return candidate
    return None


def numbers(verdict: Verdict, claim: Claim | None) -> str:
    """The numbers, and the comparison that fails with what its sides are, as HTML."""
    values = values_of(verdict)
    shown = "".join(
        f"<li><math><mrow>{symbol(name)}<mo>=</mo>{number(v)}</mrow></math></li>"
        for name, v in values.items()
    )
    parts = [f'<ul class="values">{shown}</ul>']
    name = verdict.counterexample.get("obligation")
    found = obligation_of(claim, verdict.convention, str(name)) if claim is not None else None
    if found is not None:
        parts += _failures(found, values)
    ce = verdict.counterexample
    if "bound" in ce and "best_possible" in ce:
        bound, best = (rational(ce[key], key) for key in ("bound", "best_possible"))
        parts.append(
            f"<p>There the claimed bound is <math>{number(bound)}</math>, and the best possible one "
            f"<math>{number(best)}</math>.</p>"
        )
    if isinstance(ce.get("note"), str):
        parts.append(f"<p>{html.escape(ce['note'])}.</p>")
    return "".join(parts)


def _failures(obligation: Obligation, values: Mapping[str, Fraction]) -> list[str]:
    rows = []
    try:
        wrong = [] if evaluate(obligation.goal, values) else failing(obligation.goal, values)
        for part in dict.fromkeys(wrong):
            relation = part.inner if isinstance(part, Not) else part
            assert isinstance(relation, (Le, Lt, Eq))
            left, right = (evaluate(side, values) for side in (relation.left, relation.right))
            written = mathml(part) if size(part) <= LONGEST else "a long comparison"
            sides = f"the sides are <math>{number(left)}</math> and <math>{number(right)}</math>"
            rows.append(f'<li><div class="scroll">{written}</div>{sides}</li>')
    except (UndefinedTerm, KeyError):
        return []
    if not rows:
        return []
    return [f'<p>There this fails:</p><ul class="fails">{"".join(rows)}</ul>']


# ---- the picture -------------------------------------------------------------------------------------


def fiber_at(verdict: Verdict) -> Fiber | None:
    """The fiber of the Φ of a counterexample; None where there is no Φ, or it is of no function of the class."""
    ce = verdict.counterexample
    if verdict.cls not in CLASSES:
        return None
    cls = CLASSES[verdict.cls]
    if "phi" in ce:
        phi = MinMax.from_json(ce["phi"])
        rate = ce.get("lipschitz")
    else:
        values = values_of(verdict)
        x_min, x_max = (_point_in(values, name) for name in ("x_min", "x_max"))
        if not x_min or not x_max or not {"f_min", "f_max"} <= set(values):
            return None
        try:
            phi = MinMax(x_min, x_max, values["f_min"], values["f_max"])
        except InvalidInputError:
            return None
        rate = str(values["L"]) if "L" in values else None
    if cls.needs_lipschitz != (rate is not None):
        return None
    rate_value = None if rate is None else rational(rate, "lipschitz")
    return Fiber(cls, phi, rate_value) if cls.is_feasible(phi, rate_value) else None


def _point_in(values: Mapping[str, Fraction], name: str) -> list[Fraction]:
    if name in values:
        return [values[name]]
    found: list[Fraction] = []
    while f"{name}[{len(found)}]" in values:
        found.append(values[f"{name}[{len(found)}]"])
    return found


def picture(verdict: Verdict) -> str:
    """The fiber of the Φ that refutes a claim as a small chart with its caption; "" where there is none, or where
    a sentence that is not about decoders fails for a constant, of which there is nothing to see.

    Raises:
        InvalidInputError: for functions that cannot be read.
    """
    fiber = fiber_at(verdict)
    if fiber is None or (fiber.phi.spread == 0 and "phi" not in verdict.counterexample):
        return ""
    chart, caption = _chart(verdict, fiber)
    return f"<figure>{svg(chart)}<figcaption>{html.escape(caption)}</figcaption></figure>"


def exploration(verdict: Verdict) -> dict[str, Any] | None:
    """What the explorer needs to show the Φ of a counterexample; None beyond two variables."""
    fiber = fiber_at(verdict)
    if fiber is None or fiber.phi.dim > 2:
        return None
    found: dict[str, Any] = {"class": verdict.cls, "phi": fiber.phi.to_json()}
    if fiber.lipschitz is not None:
        found["lipschitz"] = str(fiber.lipschitz)
    return found


def _function(document: Any) -> Function:
    try:
        return function_from_json(document)
    except FvtheoryError as error:
        raise InvalidInputError(
            f"a function of a counterexample: {error.got}", error.required, REMEDY
        ) from None


def _chart(verdict: Verdict, fiber: Fiber) -> tuple[Chart, str]:
    ce, phi = verdict.counterexample, fiber.phi
    at = cube_point(ce["at"], "at") if "at" in ce else fiber.widest_point()
    route = _Route(phi, at)
    lower, upper = fiber.cls.exact_envelopes(phi, fiber.lipschitz)
    dots = [
        (route.place(p), y, word)
        for p, y, word in ((phi.x_min, phi.f_min, "min"), (phi.x_max, phi.f_max, "max"))
    ]
    if phi.x_min == phi.x_max:
        dots = [(route.place(phi.x_min), phi.f_min, "min = max")]
    bars: list[Bar] = []
    if "decoder" in ce and "function" in ce:
        decoder, f = _function(ce["decoder"]), _function(ce["function"])
        curves = [Curve("high", route.along(f)), Curve("central", route.along(decoder))]
        caption = f"{SHADED} Dashed: the central decoder. Line: one of the functions."
        if "bound" in ce:
            middle, bound = decoder(at), rational(ce["bound"], "bound")
            bars = [
                Bar("claimed", route.place(at), middle - bound, middle + bound, ""),
                Bar("possible", route.place(at), middle - fiber.radius, middle + fiber.radius, ""),
            ]
            caption += (
                f" Thin bar: the error of {bound} that every decoder is said to make. Thick bar: the greatest error "
                f"of this one, {fiber.radius}."
            )
    else:
        given = ce.get("functions")
        pair = tuple(map(_function, given)) if isinstance(given, list) and len(given) == 2 else fiber.pair(at)
        curves = [Curve(kind, route.along(f)) for kind, f in zip(("low", "high"), pair, strict=True)]
        values = [f(at) for f in pair]
        caption = f"{SHADED} Lines: two of them, f and f′."
        if values[0] != values[1]:
            bars = [Bar("gap", route.place(at), min(values), max(values), str(abs(values[1] - values[0])))]
            where = at[0] if len(at) == 1 else f"({', '.join(map(str, at))})"
            caption += f" At {where} they are {abs(values[1] - values[0])} apart."
        elif fiber.radius == 0:
            caption = "Φ leaves one function, which every decoder can know."
    title = f"{verdict.id}: the fiber of the Φ that refutes it"
    chart = Chart(
        title,
        route.axis,
        route.ticks,
        route.places,
        (route.along(lower), route.along(upper)),
        curves,
        dots,
        bars,
    )
    return chart, caption


class _Route:
    """A way through the cube that a chart can show: [0, 1] itself, or from x_min over a point to x_max."""

    def __init__(self, phi: MinMax, at: Point) -> None:
        self.line = phi.dim == 1
        stops = list(dict.fromkeys([phi.x_min, at, phi.x_max]))
        if len(stops) == 1:
            stops.append(tuple(Fraction(0 if 2 * c > 1 else 1) for c in stops[0]))
        self.stops = stops
        if self.line:
            self.axis = "x"
            self.ticks: Sequence[tuple[Fraction, str]] = [
                (Fraction(k, 2), w) for k, w in enumerate(("0", "½", "1"))
            ]
            self.places = [p[0] for p in stops]
        else:
            words = [f"({', '.join(map(str, p))})" for p in stops]
            self.axis = "along straight lines between these points"
            self.places = [Fraction(k, len(stops) - 1) for k in range(len(stops))]
            self.ticks = list(zip(self.places, words, strict=True))

    def point(self, t: Fraction) -> Point:
        """Where the way is at t."""
        if self.line:
            return (t,)
        legs = len(self.stops) - 1
        k = min(legs - 1, int(t * legs))
        share = t * legs - k
        return tuple(
            (1 - share) * s + share * e for s, e in zip(self.stops[k], self.stops[k + 1], strict=True)
        )

    def place(self, p: Point) -> Fraction:
        """The t of a stop."""
        return p[0] if self.line else Fraction(self.stops.index(p), len(self.stops) - 1)

    def along(self, f: Function) -> Callable[[Fraction], Fraction]:
        """The function on the way."""
        return lambda t: f(self.point(t))
