"""What a `Knowledge` says about values, one kind of sentence at a time, whatever the class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from fvtheory.beyond.boxes import Box, at_point, outside, whole_cube
from fvtheory.beyond.knowledge import (
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    Top,
)
from fvtheory.exact import Point
from fvtheory.information import MinMax


@dataclass(frozen=True, slots=True)
class Bound:
    """f <= value on ``where`` (an upper bound) or f >= value there (a lower one); ``strict``: f < value."""

    where: Box
    value: Fraction
    strict: bool = False


def ends_on_line(bounds: Iterable[Bound]) -> Iterator[Fraction]:
    """In one variable: the ends of the boxes that the bounds are about."""
    return (c for b in bounds for c in (b.where.low[0], b.where.high[0]))


@dataclass
class Constraints:
    """The sentences.

    Attributes:
        floor, cap: floor <= f <= cap everywhere.
        uppers: f <= value on a box.
        lowers: f >= value on a closed box.
        orders: pairs (p, q) of points with f(p) <= f(q).
        tops: points with f(x) <= f(p) for all x.
        bottoms: points with f(p) <= f(x) for all x.
        gradients: the gradients known.
    """

    floor: Fraction = Fraction(0)
    cap: Fraction = Fraction(1)
    uppers: list[Bound] = field(default_factory=list)
    lowers: list[Bound] = field(default_factory=list)
    orders: list[tuple[Point, Point]] = field(default_factory=list)
    tops: list[Point] = field(default_factory=list)
    bottoms: list[Point] = field(default_factory=list)
    gradients: list[Gradient] = field(default_factory=list)

    @property
    def is_coupled(self) -> bool:
        """Whether values that are not known exactly are compared with each other."""
        return bool(self.orders or self.tops or self.bottoms)

    def value_near(self, p: Point, value: Fraction, within: Fraction) -> None:
        """|f(p) - value| <= within."""
        self.uppers.append(Bound(at_point(p), value + within))
        self.lowers.append(Bound(at_point(p), value - within))


def constraints(knowledge: Knowledge) -> Constraints:
    """All that the operators of ``knowledge`` say.

    Extrema and tops whose values are exact become bounds; comparisons stay only where values are uncertain.
    """
    found = Constraints()
    for operator in knowledge.operators:
        if isinstance(operator, MinMax):
            _extremum(found, operator.x_min, operator.f_min, Fraction(0), is_top=False)
            _extremum(found, operator.x_max, operator.f_max, Fraction(0), is_top=True)
        elif isinstance(operator, (Maximizers, Minimizers)):
            for p in operator.points:
                is_top = isinstance(operator, Maximizers)
                _extremum(found, p, operator.value, operator.within, is_top=is_top)
        elif isinstance(operator, Evaluations):
            for p, value in zip(operator.points, operator.values, strict=True):
                found.value_near(p, value, operator.within)
        elif isinstance(operator, Top):
            _top(found, operator)
        elif isinstance(operator, Gradient):
            found.gradients.append(operator)
        elif isinstance(operator, LevelSet):
            boxes = operator.closed_boxes()
            found.lowers += [Bound(box, operator.level) for box in boxes]
            rest = outside(boxes, knowledge.dim) if boxes else [whole_cube(knowledge.dim)]
            found.uppers += [Bound(box, operator.level, operator.strict) for box in rest]
        elif isinstance(operator, LevelPoints):
            found.lowers += [Bound(at_point(p), operator.level) for p in operator.inside]
            found.uppers += [Bound(at_point(p), operator.level, operator.strict) for p in operator.outside]
    return found


def _extremum(found: Constraints, p: Point, value: Fraction | None, within: Fraction, is_top: bool) -> None:
    if value is not None:
        found.value_near(p, value, within)
    if value is not None and within == 0:
        if is_top:
            found.cap = min(found.cap, value)
        else:
            found.floor = max(found.floor, value)
    elif is_top:
        found.tops.append(p)
    else:
        found.bottoms.append(p)


def _top(found: Constraints, top: Top) -> None:
    for p, value in zip(top.points, top.values, strict=True):
        found.value_near(p, value, top.within)
    for q in top.others:
        if top.within == 0:
            found.uppers.append(Bound(at_point(q), min(top.values)))
        else:
            found.orders += [(q, p) for p in top.points]
