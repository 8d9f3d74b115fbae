"""What a function class states, and the obligations that follow from it.

A class states, symbolically in Φ: when Φ is feasible, the envelopes of its fiber, members of the
fiber that reach them, and the radius of information. `FunctionClass.obligations` turns these into
closed questions that together prove, for every feasible Φ in the given dimension:

* necessity: a function of the class with information Φ makes Φ feasible;
* validity: lower(x) <= f(x) <= upper(x) for every f of the fiber and every x;
* membership: the members have the information Φ and obey the law of the class;
* attainment: at every x some member takes the value upper(x), and some the value lower(x);
* radius: upper - lower <= 2R everywhere, and comes as close to 2R as one likes;
* side: at some point the fiber lies on both sides of the midpoint, exactly when stated.

From validity and radius the central decoder (upper + lower)/2 errs by at most R on the whole
fiber. From membership, attainment and radius, by Lemma 3, no decoder has a smaller worst-case
error (Traub, Wasilkowski, Wozniakowski, Information-Based Complexity, 1988, chapter 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from fvtheory.classes import ties
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, rational, short
from fvtheory.functions import Function, constant
from fvtheory.information import FloatMinMax, MinMax, check_convention
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicFunction,
    SymbolicPoint,
    constant_phi,
    has_information,
    symbolic_phi,
    symbolic_point,
)
from fvtheory.terms import (
    FALSE,
    HALF,
    Const,
    Formula,
    Sym,
    Term,
    eq,
    evaluate,
    every,
    indicator,
    show,
    some,
    term,
)

UPPER, LOWER = "upper", "lower"

TINY = Fraction(1, 2**30)

Bounds = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""(lower, upper) as functions of a point: Fractions in, Fractions out, or floats in, floats out."""


@dataclass(frozen=True)
class Member:
    """A function of the fiber that reaches an envelope at the query point.

    Attributes:
        name: unique in its class.
        side: the envelope it reaches, ``upper`` or ``lower``.
        when: the condition on Φ and the query point under which it is in the fiber.
        value: the function.
    """

    name: str
    side: str
    when: Formula
    value: SymbolicFunction


@dataclass(frozen=True)
class Part:
    """On the interior of the box [low, high] an envelope is ``function``, which is continuous; towards
    the boundary of the box its values are approached."""

    low: Point
    high: Point
    function: Function


class FunctionClass:
    """A class of functions [0, 1]^d -> [0, 1]; one subclass a file.

    Subclasses set the attributes and override the methods below; the proofs and the exact
    evaluation at given numbers are inherited.
    """

    name: str = ""
    title: str = ""
    source: str = ""
    needs_lipschitz: bool = False
    continuous: bool = False

    # ---- the mathematics -------------------------------------------------------------------

    def symbolic(self, dim: int) -> Phi:
        """Φ in the symbols in which the class proves its obligations."""
        return symbolic_phi(dim)

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        """When Φ with f_min < f_max is the information of some function of the class."""
        raise InvalidInputError(f"class {self.name!r} without a feasibility condition", "an override")

    def feasible_when_constant(self, phi: Phi, convention: str) -> Formula:
        """When Φ with f_min = f_max is: constants attain their value everywhere."""
        if convention == "unique":
            return FALSE
        if convention == "first":
            return every(eq(c, 0) for c in (*phi.x_min, *phi.x_max))
        return every([])

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        """(lower(x), upper(x)): infimum and supremum of f(x) over the fiber."""
        raise InvalidInputError(f"class {self.name!r} without envelopes", "an override")

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        """Functions of the fiber of which, at every x, some reach upper(x) and some lower(x)."""
        return ()

    def radius(self, phi: Phi) -> Term:
        """The radius of information R: the smallest worst-case error of any decoder."""
        return HALF * phi.spread

    def separation_points(self, phi: Phi, slack: Term) -> tuple[SymbolicPoint, ...]:
        """Points of which one has upper - lower >= 2R - slack, for 0 < slack <= 1/2."""
        return (phi.midpoint,)

    def side_hidden(self, phi: Phi) -> Formula:
        """When some point has functions of the fiber on both sides of the midpoint."""
        return phi.is_varying()

    # ---- exact functions at given numbers -----------------------------------------------------

    def example(self, dim: int) -> MinMax:
        """A feasible Φ with which examples and tests begin."""
        return MinMax(("1/4", *["1/3"] * (dim - 1)), ("3/4", *["2/3"] * (dim - 1)), "1/5", "4/5")

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        """Two functions of the fiber of a feasible Φ, with values lower(x) and upper(x) at x."""
        return self.exact_envelopes(phi, lipschitz)

    def continuous_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        """As `exact_members`, continuous; for a class whose extremal members jump."""
        return self.exact_members(phi, x, lipschitz)

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        """The envelopes (lower, upper) of the fiber of a feasible Φ as functions."""
        raise InvalidInputError(f"class {self.name!r} without exact envelopes", "an override")

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        """(lower, upper) of the fiber of a feasible Φ with f_min < f_max, fast in many dimensions."""
        raise InvalidInputError(f"class {self.name!r} without bounds", "an override")

    def widest_candidates(self, phi: MinMax, slack: Fraction = TINY) -> list[Point]:
        """Points of which one has upper - lower = 2R or, if that is only approached, >= 2R - slack."""
        return [tuple((s + t) / 2 for s, t in zip(phi.x_min, phi.x_max, strict=True)), phi.x_min]

    def parts(self, phi: MinMax, side: str, lipschitz: Fraction | None = None) -> list[Part]:
        """One envelope cut into parts: against a continuous function, which does not feel the points
        in between, their supremum (for the lower one, infimum) is the envelope's."""
        level = constant(phi.f_max if side == UPPER else phi.f_min, phi.dim)
        return [Part(*cube_ends(phi.dim), level)]

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        """Whether an exact function obeys the axiom of the class; shares nothing with the proofs."""
        return True

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        """A function with the information Φ under the convention, for Φ feasible under it."""
        raise InvalidInputError(f"class {self.name!r} without a strict member", "an override")

    # ---- ties ----------------------------------------------------------------------------------

    def reached(self, phi: Phi, convention: str) -> Formula:
        """When, under the convention, for every decoder some function is off by the radius.

        Where this holds is proved by anchors; where `missed` holds, that it fails. There may be a
        gap between the two, which is then undecided.
        """
        return FALSE

    def missed(self, phi: Phi, convention: str) -> Formula:
        """When, under the convention, some decoder is off by less than the radius on every function."""
        return FALSE

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        """Obligations for ``first`` or ``unique``: necessity of the feasibility condition, a member
        of the fiber, anchors where the radius is reached, and strictness where it is missed."""
        return ()

    # ---- proofs that differ from class to class ----------------------------------------------

    def instances(self, phi: Phi, x: SymbolicPoint, fx: Term) -> tuple[Formula, ...]:
        """Instances of the class axiom at x_min, x_max and x, for a function with f(x) = fx."""
        return ()

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        """Obligations that show feasibility to be necessary."""
        return []

    def prove_validity(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        fx = Sym("fx")
        lower, upper = self.envelope(phi, x)
        proof = Derivation(
            "validity",
            [*self.given(phi, x), phi.f_min <= fx, fx <= phi.f_max, *self.instances(phi, x, fx)],
        )
        premises = list(proof.known)
        proof.have("upper", fx <= upper, premises)
        proof.have("lower", lower <= fx, premises)
        return proof.obligations

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        """Obligations that show the member to obey the axiom of the class."""
        return []

    def prove_information(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y = symbolic_point("y", phi.dim)
        given = [*self.given(phi, x), *phi.in_cube(y), member.when]
        return [valid(f"member.{member.name}.information", given, has_information(member.value, phi, y))]

    def prove_attainment(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        lower, upper = self.envelope(phi, x)
        proofs = []
        for side, bound in ((UPPER, upper), (LOWER, lower)):
            ways = [m.when & eq(m.value(x), bound) for m in self.members(phi, x) if m.side == side]
            proofs.append(valid(f"attainment.{side}", self.given(phi, x), some(ways)))
        return proofs

    def prove_radius(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        lower, upper = self.envelope(phi, x)
        bound = valid("radius.bound", self.given(phi, x), upper - lower <= 2 * self.radius(phi))
        return [bound, *self.prove_separation(phi)]

    def prove_separation(self, phi: Phi) -> list[Obligation]:
        slack = Sym("slack")
        ways = []
        for p in self.separation_points(phi, slack):
            lower, upper = self.envelope(phi, p)
            ways.append(every([*phi.in_cube(p), upper - lower >= 2 * self.radius(phi) - slack]))
        given = [*self.given(phi), slack > 0, slack <= HALF]
        return [valid("radius.reached", given, some(ways))]

    def prove_side(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        ways = []
        for p in self.separation_points(phi, term(Fraction(1, 4))):
            lower, upper = self.envelope(phi, p)
            ways.append(every([*phi.in_cube(p), upper > phi.middle, lower < phi.middle]))
        hidden = self.side_hidden(phi)
        lower, upper = self.envelope(phi, x)
        told = (upper <= phi.middle) | (lower > phi.middle)
        return [
            valid("side.hidden", [*self.given(phi), hidden], some(ways)),
            valid("side.told", [*self.given(phi, x), ~hidden], told),
        ]

    # ---- inherited -------------------------------------------------------------------------

    def feasible(self, phi: Phi, convention: str = "any-selection") -> Formula:
        """When Φ is the information of some function of the class, under the convention for ties."""
        check_convention(convention)
        varying = self.feasible_when_varying(phi, convention)
        constant = self.feasible_when_constant(phi, convention)
        return (phi.is_constant() & constant) | (phi.is_varying() & varying)

    def varies(self, convention: str) -> bool:
        """Whether some Φ with f_min < f_max is feasible under the convention."""
        return self.feasible_when_varying(self.symbolic(1), check_convention(convention)) != FALSE

    def side_radius(self, phi: Phi) -> Term:
        """The smallest worst-case error of any decoder on the side question: 1 or 0."""
        return indicator(self.side_hidden(phi))

    def given(self, phi: Phi, *points: SymbolicPoint) -> list[Formula]:
        """The hypotheses of the main case: a feasible Φ with f_min < f_max, points in the cube."""
        feasible = self.feasible_when_varying(phi, "any-selection")
        return [*phi.domain(), *phi.in_cube(*points), phi.is_varying(), feasible]

    def obligations(self, dim: int, convention: str = "any-selection") -> tuple[Obligation, ...]:
        """Everything the class has to prove in this dimension, under the convention for ties."""
        return _obligations(self, dim, check_convention(convention))

    def _prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        yield from ties.constants(self.symbolic(dim), convention)
        yield from ties.mixtures()
        yield from self.prove_ties(dim, convention)

    def _prove(self, dim: int) -> Iterable[Obligation]:
        phi, x = self.symbolic(dim), symbolic_point("x", dim)
        yield from self.prove_necessity(phi, "any-selection")
        yield from self.prove_validity(phi, x)
        laws: dict[Obligation, None] = {}
        for member in self.members(phi, x):
            yield from self.prove_information(phi, x, member)
            laws.update(dict.fromkeys(self.prove_law(phi, x, member)))
        yield from laws
        yield from self.prove_attainment(phi, x)
        yield from self.prove_radius(phi, x)
        yield from self.prove_side(phi, x)
        yield from self._prove_constant(phi, x)

    def _prove_constant(self, phi: Phi, x: SymbolicPoint) -> Iterable[Obligation]:
        """For f_min = f_max the fiber is one constant, whatever the class."""
        given = [*phi.domain(), *phi.in_cube(x), phi.is_constant(), self.feasible(phi)]
        lower, upper = self.envelope(phi, x)
        yield valid("constant.envelope", given, eq(lower, phi.f_min) & eq(upper, phi.f_min))
        yield valid("constant.radius", given, eq(self.radius(phi), 0) & ~self.side_hidden(phi))

    # ---- exact values at given numbers --------------------------------------------------------

    def _numbers(self, phi: MinMax, lipschitz: Rational | None) -> Phi:
        if not isinstance(phi, MinMax):
            raise InvalidInputError(f"Φ of type {type(phi).__name__}", "a MinMax", "see MinMax.from_json")
        if self.needs_lipschitz != (lipschitz is not None):
            given = f"class {self.name} with lipschitz = {short(lipschitz)}"
            if self.needs_lipschitz:
                remedy = 'lipschitz="2" in Python, --lipschitz 2 on the command line'
                raise InvalidInputError(given, "a Lipschitz constant", remedy)
            raise InvalidInputError(given, "no Lipschitz constant", "leave it out, or take class lipschitz")
        if lipschitz is None:
            return constant_phi(phi)
        rate = rational(lipschitz, "lipschitz")
        if rate <= 0:
            raise InvalidInputError(f"lipschitz = {short(rate)}", "a Lipschitz constant above 0")
        return constant_phi(phi, rate)

    def is_feasible(
        self, phi: MinMax, lipschitz: Rational | None = None, convention: str = "any-selection"
    ) -> bool:
        """Whether some function of the class has the information Φ."""
        return evaluate(self.feasible(self._numbers(phi, lipschitz), convention), {})

    def require_feasible(
        self, phi: MinMax, lipschitz: Rational | None = None, convention: str = "any-selection"
    ) -> None:
        """Raise InfeasibleInformationError unless some function of the class has Φ."""
        if not self.is_feasible(phi, lipschitz, convention):
            raise InfeasibleInformationError(
                f"Φ = {phi.to_json()} under {convention}",
                f"the information of some function of class {self.name}",
                f"change Φ so that {self.feasibility_in_words(phi.dim, convention)}",
            )

    def feasibility_in_words(self, dim: int, convention: str = "any-selection") -> str:
        """When Φ is feasible, as a formula of claim files."""
        phi = symbolic_phi(dim, Sym("L") if self.needs_lipschitz else term(1))
        varying = show(self.feasible_when_varying(phi, convention))
        if len(varying) > 400:
            varying = "x_min and x_max are as the class needs"
        return f"{varying}, or f_min == f_max"

    def envelope_at(
        self, phi: MinMax, x: Point | Rational, lipschitz: Rational | None = None
    ) -> tuple[Fraction, Fraction]:
        """(lower, upper) at the point x, exactly.

        Raises:
            InfeasibleInformationError: when no function of the class has Φ.
            InvalidInputError: for a point of another dimension or outside the cube.
        """
        self.require_feasible(phi, lipschitz)
        at = cube_point(x, "x")
        if len(at) != phi.dim:
            raise InvalidInputError(f"a point of dimension {len(at)}", f"dimension {phi.dim}, that of Φ")
        lower, upper = self.envelope(self._numbers(phi, lipschitz), tuple(map(Const, at)))
        return evaluate(lower, {}), evaluate(upper, {})

    def radius_at(self, phi: MinMax, lipschitz: Rational | None = None) -> Fraction:
        """The radius of information, exactly.

        Raises:
            InfeasibleInformationError: when no function of the class has Φ.
        """
        self.require_feasible(phi, lipschitz)
        return evaluate(self.radius(self._numbers(phi, lipschitz)), {})


def cube_ends(dim: int) -> tuple[Point, Point]:
    """The least and the greatest point of the cube."""
    return (Fraction(0),) * dim, (Fraction(1),) * dim


@cache
def _obligations(cls: FunctionClass, dim: int, convention: str) -> tuple[Obligation, ...]:
    def named(prefix: str, parts: Iterable[Obligation]) -> tuple[Obligation, ...]:
        return tuple(replace(o, name=f"{prefix}.{o.name}") for o in parts)

    if convention == "any-selection":
        return named(f"{cls.name}.d{dim}", cls._prove(dim))
    extra = named(f"{cls.name}.d{dim}.{convention}", cls._prove_ties(dim, convention))
    return (*_obligations(cls, dim, "any-selection"), *extra)
