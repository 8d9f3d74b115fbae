"""What a class states about functions with given values at finitely many points, and what it has to prove.

With D the data (points p_0 < ... < p_{k-1} of [0, 1], values, floor <= f <= cap), a class states when some
function of the class agrees with D (the interpolation condition), the least and the greatest value at one more
point, and the greatest width. `Interpolation.obligations` asks, for all data of k points:

* necessity: instances of the axiom of the class at the points give the condition;
* extension: with x in a gap, the condition for D and f(x) = u holds exactly for lower(x) <= u <= upper(x), and
  lower(x) <= upper(x);
* membership: where the condition holds for k or k + 1 points, the stated interpolant obeys the axiom at
  arbitrary points and agrees with the data, so it is a function of the class with these values;
* radius: upper - lower <= 2R in every gap, and comes as close to 2R as one likes.

So by extension and membership (for k + 1 points) two functions that agree with D take the values lower(x) and
upper(x), by necessity no function leaves them, and by Lemma 3 the smallest worst-case error of any decoder is R.
These are the interpolation theorems of McShane (1934) for Lipschitz functions, and the elementary ones for the
others; they are proved here for each number of points that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from fvtheory.errors import InvalidInputError
from fvtheory.interpolation.data import Data, generic_data
from fvtheory.obligations import Obligation, valid
from fvtheory.terms import (
    HALF,
    TRUE,
    ZERO,
    And,
    Const,
    Formula,
    Sym,
    Term,
    eq,
    every,
    ite,
    maximum,
    some,
    symbols,
)

U, X, Z, SLACK = Sym("u"), Sym("x"), Sym("z"), Sym("slack")


class Interpolation:
    """A class of functions of one variable that are known at finitely many points; one subclass a file."""

    name: str = ""
    needs_lipschitz: bool = False
    open_ends: bool = False
    """Whether a first point is 0 only where it is given as that number (and a last one 1): where a class has
    other envelopes in these cases."""

    # ---- the mathematics -----------------------------------------------------------------------

    def condition(self, data: Data) -> Formula:
        """When some function of the class takes these values, beyond ``data.domain()``."""
        raise InvalidInputError(f"class {self.name!r} without an interpolation condition", "an override")

    def envelope(self, data: Data, i: int, x: Term) -> tuple[Term, Term]:
        """(lower(x), upper(x)) for x in gap i."""
        raise InvalidInputError(f"class {self.name!r} without envelopes", "an override")

    def width(self, data: Data, i: int) -> Term:
        """The supremum of upper - lower over gap i, where it is not empty."""
        raise InvalidInputError(f"class {self.name!r} without widths", "an override")

    def widest(self, data: Data, i: int) -> tuple[Term, ...]:
        """Points of gap i of which one has upper - lower >= width - slack."""
        raise InvalidInputError(f"class {self.name!r} without widest points", "an override")

    def interpolant(self, data: Data, x: Term) -> Term:
        """The value at x of a function of the class that agrees with the data, where there is one."""
        raise InvalidInputError(f"class {self.name!r} without an interpolant", "an override")

    def extended(self, data: Data, i: int, x: Term, u: Term) -> Data:
        """The data with f(x) = u too, for x in gap i."""
        return data.with_value(i, x, u)

    def generic(self, size: int, at_zero: bool, at_edge: bool) -> Data:
        """The data in symbols in which the class proves its obligations."""
        return generic_data(size, self.needs_lipschitz, at_zero, at_edge)

    def facts(self, data: Data) -> list[Formula]:
        """What else holds of the widths and is among the obligations: help for the proof of upper bounds."""
        return []

    def axioms(self, data: Data) -> list[Formula]:
        """Instances of the axiom of the class for a function with these values."""
        return []

    def prove_law(self, data: Data) -> list[Obligation]:
        """Obligations that show the interpolant to obey the axiom of the class."""
        return []

    # ---- inherited -----------------------------------------------------------------------------

    def feasible(self, data: Data) -> list[Formula]:
        """The hypotheses: data that some function of the class agrees with."""
        ends = []
        if self.open_ends:
            ends += [] if data.starts_at_zero else [data.points[0] > 0]
            ends += [] if data.ends_at_edge else [data.points[-1] < data.edge]
        return [*data.domain(), *ends, self.condition(data)]

    def gaps(self, data: Data) -> list[int]:
        """The gaps that may hold points."""
        first, last = int(data.starts_at_zero), data.size - int(data.ends_at_edge)
        return list(range(first, last + 1))

    def nonempty(self, data: Data, i: int) -> Formula:
        """Whether gap i holds points."""
        if 0 < i < data.size or self.open_ends or isinstance(data.points[0 if i == 0 else -1], Const):
            return TRUE  # a number that is an end has no gap beyond it, see `gaps`
        return data.points[0] > 0 if i == 0 else data.points[-1] < data.edge

    def radius(self, data: Data) -> Term:
        """The radius of information: the smallest worst-case error of any decoder."""
        widths = []
        for i in self.gaps(data):
            nonempty, width = self.nonempty(data, i), self.width(data, i)
            widths.append(width if nonempty == TRUE else ite(nonempty, width, ZERO))
        return HALF * (maximum(widths[0], *widths[1:]) if widths else ZERO)

    def obligations(self, size: int, at_zero: bool = False, at_edge: bool = False) -> tuple[Obligation, ...]:
        """Everything the class has to prove for data of ``size`` points (see the head of this file).

        Args:
            size: how many points.
            at_zero, at_edge: whether the first point is 0 and the last one is 1; of no consequence for classes
                without ``open_ends``.
        """
        return _obligations(self, size, self.open_ends and at_zero, self.open_ends and at_edge)

    def local(self, data: Data, i: int) -> frozenset[str] | None:
        """The names that envelopes and width of gap i depend on; None for all. Other premises are left out of
        the proofs about the gap, so that they serve data of any number of points."""
        return None

    def premises(self, data: Data, i: int, *further: Formula) -> list[Formula]:
        """What the proofs about gap i may use: feasible data and x in the gap."""
        *given, condition = self.feasible(data)
        known = [*given, *parts_of(condition), *further]
        names = self.local(data, i)
        return known if names is None else [f for f in known if names.issuperset(symbols(f))]

    def _prove(self, data: Data) -> Iterable[Obligation]:
        *given, condition = self.feasible(data)
        for j, part in enumerate(parts_of(condition)):
            yield valid(f"necessity-{j}", [*given, *self.axioms(data)], part)
        for i in self.gaps(data):
            yield from self.prove_extension(data, i, X, f"extension.gap-{i}")
            if self.open_ends and i == 0:
                yield from self.prove_extension(data, i, ZERO, "extension.from-0")
            if self.open_ends and i == data.size:
                yield from self.prove_extension(data, i, data.edge, "extension.to-1")
            yield from self.prove_width(data, i)

    def prove_extension(self, data: Data, i: int, x: Term, name: str) -> Iterable[Obligation]:
        """Obligations that show one more value at x in gap i to be possible exactly between the envelopes."""
        lower, upper = self.envelope(data, i, x)
        extended = self.extended(data, i, x, U)
        here = [*self.feasible(data), *self.where(data, i, x)]
        yield valid(f"{name}.ordered", here, lower <= upper)
        yield valid(f"{name}.within", here, (lower >= data.floor) & (upper <= data.cap))
        between, within = [lower <= U, upper >= U], [U >= data.floor, U <= data.cap]
        possible = self.condition(extended)
        yield valid(f"{name}.possible", [*here, *between], possible)
        yield valid(f"{name}.necessary", [*here, *within, possible], every(between))

    def where(self, data: Data, i: int, x: Term) -> tuple[Formula, ...]:
        """Where x lies: in gap i, or it is an end."""
        if x != X:
            return ()
        inside = (X > 0, X < data.edge) if self.open_ends else ()  # the ends are asked about apart
        return (*data.in_gap(i, X), *inside)

    def prove_width(self, data: Data, i: int) -> list[Obligation]:
        """Obligations that show the width of a gap to be its supremum."""
        lower, upper = self.envelope(data, i, X)
        here = self.premises(data, i, *data.in_gap(i, X))
        bound = valid(f"radius.gap-{i}.bound", here, upper - lower <= self.width(data, i))
        return [bound, self.reached(data, i)]

    def reached(self, data: Data, i: int) -> Obligation:
        """Some point of the gap comes as close to the width as one likes."""
        width, ways = self.width(data, i), []
        for p in self.widest(data, i):
            low, high = self.envelope(data, i, p)
            ways.append(every([*data.in_gap(i, p), high - low >= width - SLACK]))
        there = self.premises(data, i, self.nonempty(data, i), SLACK > 0, SLACK <= HALF)
        return valid(f"radius.gap-{i}.reached", there, some(ways))

    def prove_membership(self, data: Data) -> Iterable[Obligation]:
        """Obligations that show the interpolant to be a function of the class that agrees with the data."""
        value = self.interpolant(data, X)
        inside = [*self.feasible(data), X >= 0, data.edge >= X]
        yield valid("range", inside, (value >= data.floor) & (value <= data.cap))
        for i, (p, y) in enumerate(zip(data.points, data.values, strict=True)):
            yield valid(f"value-{i}", self.feasible(data), eq(self.interpolant(data, p), y))
        yield from self.prove_law(data)


def parts_of(formula: Formula) -> list[Formula]:
    """The conjuncts of a conjunction."""
    return list(formula.parts) if isinstance(formula, And) else [formula]


@cache
def _obligations(cls: Interpolation, size: int, at_zero: bool, at_edge: bool) -> tuple[Obligation, ...]:
    shape = f"k{size}{'.from-0' if at_zero else ''}{'.to-1' if at_edge else ''}"
    data = cls.generic(size, at_zero, at_edge)
    found = [replace(o, name=f"{cls.name}.{shape}.{o.name}") for o in cls._prove(data)]
    for count in (size, size + 1):
        for zero, edge in _ends(cls, data, size, count):
            larger = cls.generic(count, zero, edge)
            kind = f"member-{count}{'.from-0' if zero else ''}{'.to-1' if edge else ''}"
            found += [replace(o, name=f"{cls.name}.{kind}.{o.name}") for o in cls.prove_membership(larger)]
    return tuple(found)


def _ends(cls: Interpolation, data: Data, size: int, count: int) -> Iterable[tuple[bool, bool]]:
    """Which ends are among the points when one more is known: the new one may be an end."""
    ends = data.starts_at_zero, data.ends_at_edge
    yield ends
    if cls.open_ends and count > size:
        for zero, edge in ((True, ends[1]), (ends[0], True)):
            if (zero, edge) != ends:
                yield zero, edge
