"""Even functions: f(x) = f(1 - x), so a picture and its negative get the same value.

Networks trained on pictures and their mirror images are nearly blind to the mirroring. Does knowing such a symmetry
help to predict f from Φ? It tells two more values, f(1 - x_min) and f(1 - x_max), and leaves the radius at Δ/2:

    >>> from fvtheory import MinMax, get_class
    >>> even, phi = get_class("even"), MinMax("1/4", "1/2", 0, 1)
    >>> [[str(value) for value in even.envelope_at(phi, x)] for x in ("1/4", "3/4", "2/3")]
    [['0', '0'], ['0', '0'], ['0', '1']]
    >>> str(even.radius_at(phi))
    '1/2'
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from fvtheory import exact
from fvtheory.classes import ties
from fvtheory.classes.base import LOWER, TINY, UPPER, Bounds, FunctionClass, Member
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    constant,
    equal,
)
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicPoint,
    distance,
    lexicographically_before,
    rescaled,
    same_point,
    symbolic_point,
)
from fvtheory.terms import FALSE, TRUE, Formula, Term, eq, every, implies, ite, minimum, relu, some


class Even(FunctionClass):
    """Every f: [0, 1]^d -> [0, 1] that attains its extrema and has f(x) = f(1 - x)."""

    name = "even"
    title = "even"
    source = "not of the paper; reflection in the centre of the cube"

    @staticmethod
    def _mirror(phi: Phi, p: SymbolicPoint) -> SymbolicPoint:
        return tuple(phi.edge - c for c in p)

    def _either(self, phi: Phi, x: SymbolicPoint, p: SymbolicPoint) -> Formula:
        """x is p or its mirror image."""
        return same_point(x, p) | same_point(x, self._mirror(phi, p))

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        """A minimizer or maximizer comes first among itself and its mirror image; it is alone only at the centre,
        where both cannot be."""
        if convention == "unique":
            return FALSE
        conditions = [~self._either(phi, phi.x_min, phi.x_max)]
        if convention == "first":
            conditions += [~lexicographically_before(self._mirror(phi, p), p) for p in (phi.x_min, phi.x_max)]
        return every(conditions)

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        lower = ite(self._either(phi, x, phi.x_max), phi.f_max, phi.f_min)
        upper = ite(self._either(phi, x, phi.x_min), phi.f_min, phi.f_max)
        return lower, upper

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        return (
            Member("upper", UPPER, TRUE, lambda y: self.envelope(phi, y)[1]),
            Member("lower", LOWER, TRUE, lambda y: self.envelope(phi, y)[0]),
        )

    def separation_points(self, phi: Phi, slack: Term) -> tuple[SymbolicPoint, ...]:
        """Five points of the diagonal: one of them is no extremum and no mirror image of one."""
        return tuple((phi.edge * Fraction(k, 4),) * phi.dim for k in range(5))

    def reached(self, phi: Phi, convention: str) -> Formula:
        return TRUE if self.varies(convention) else FALSE

    # ---- proofs ---------------------------------------------------------------------------------------

    def instances(self, phi: Phi, x: SymbolicPoint, fx: Term) -> tuple[Formula, ...]:
        known = ((phi.x_min, phi.f_min), (phi.x_max, phi.f_max))
        return tuple(implies(self._either(phi, x, p), eq(fx, value)) for p, value in known)

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        feasible = self.feasible_when_varying(phi, convention)
        known = self.instances(phi, phi.x_max, phi.f_max)
        return [valid("necessity", [*phi.domain(), phi.is_varying(), *known], feasible)]

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y = symbolic_point("y", phi.dim)
        alike = eq(member.value(y), member.value(self._mirror(phi, y)))
        return [valid(f"member.{member.name}.even", [*self.given(phi), *phi.in_cube(y)], alike)]

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        """Lengths are in a unit in which Δ is at most the distance of x_min from x_max and from its mirror image."""
        phi = rescaled(dim)
        values: list[Formula] = [*self.instances(phi, phi.x_max, phi.f_max)]
        for p, value in ((phi.x_min, phi.f_min), (phi.x_max, phi.f_max)):
            values += ties.strict_at(phi, self._mirror(phi, p), value, convention)
        feasible = self.feasible_when_varying(phi, convention)
        yield valid("necessity", [*phi.domain(), phi.is_varying(), *values], feasible)
        if convention == "unique":
            return

        def away(y: SymbolicPoint, p: SymbolicPoint) -> Term:
            return minimum(distance(y, p), distance(y, self._mirror(phi, p)))

        def cones(y: SymbolicPoint) -> Term:
            down, up = (relu(phi.spread / 2 - away(y, p)) for p in (phi.x_min, phi.x_max))
            return phi.middle + up - down

        given = [*phi.domain(), phi.is_varying(), feasible, phi.spread <= away(phi.x_min, phi.x_max)]
        yield ties.information("member", given, cones, phi, convention)
        y = symbolic_point("y", dim)
        mirrored = self._mirror(phi, y)
        proof = Derivation("member.even", [*phi.domain(), *phi.in_cube(y)])
        alike = [
            proof.have(f"distance-{name}", eq(away(y, p), away(mirrored, p)))
            for name, p in (("x_min", phi.x_min), ("x_max", phi.x_max))
        ]
        lengths = [away(q, p) for q in (y, mirrored) for p in (phi.x_min, phi.x_max)]
        proof.have("", eq(cones(y), cones(mirrored)), alike, lengths)
        yield from proof.obligations
        # Of two points near x_min one is not its mirror image.
        near = [ties.near(phi.x_min, phi.edge), ties.near(phi.x_min, phi.edge, ties.SLACK / 2)]
        far = phi.spread - ties.SLACK
        ways = [every([*phi.in_cube(p), self.envelope(phi, p)[1] - cones(p) >= far]) for p in near]
        yield valid("anchor", [*given, *ties.SMALL], some(ways))

    # ---- exact functions at given numbers ---------------------------------------------------------------

    def example(self, dim: int) -> MinMax:
        return MinMax(["1/4"] * dim, ["1/2"] * dim, "1/5", "4/5")

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        lower: Function = constant(phi.f_min, phi.dim)
        upper: Function = constant(phi.f_max, phi.dim)
        if phi.spread == 0:
            return lower, upper
        for p in dict.fromkeys((phi.x_max, _mirrored(phi.x_max))):
            lower = PointValue(lower, p, phi.f_max)
        for p in dict.fromkeys((phi.x_min, _mirrored(phi.x_min))):
            upper = PointValue(upper, p, phi.f_min)
        return lower, upper

    def continuous_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        """Cones at an extremum and its mirror image, levelled off at x and at the other extremum."""
        if phi.spread == 0:
            return self.exact_envelopes(phi)

        def cones(apex: Point, other: Point, value: Fraction, sign: int) -> list[Function]:
            apexes = (apex, _mirrored(apex))
            lengths = [exact.distance(p, q) for p in apexes for q in (x, other)]
            slope = sign * phi.spread / min(t for t in lengths if t > 0)
            return [Clip(Cone(p, value, slope), phi.f_min, phi.f_max) for p in apexes]

        lower = Maximum(cones(phi.x_max, phi.x_min, phi.f_max, -1))
        return lower, Minimum(cones(phi.x_min, phi.x_max, phi.f_min, 1))

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        """The midpoint value, with cones up to x_max and its mirror image, and down to x_min and its own."""
        if phi.spread == 0:
            return constant(phi.f_min, phi.dim)
        lows, highs = ((p, _mirrored(p)) for p in (phi.x_min, phi.x_max))
        slope, half = phi.spread / min(exact.distance(phi.x_min, p) for p in highs), phi.spread / 2
        peak, pit = (Maximum([Clip(Cone(p, half, -slope), 0, half) for p in ends]) for ends in (highs, lows))
        middle = constant((phi.f_min + phi.f_max) / 2, phi.dim)
        return Combination([1, 1, -1], [middle, peak, pit])

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        low, high = phi.f_min, phi.f_max
        lows, highs = ((p, _mirrored(p)) for p in (phi.x_min, phi.x_max))
        return (lambda x: high if x in highs else low), (lambda x: low if x in lows else high)

    def widest_candidates(self, phi: MinMax, slack: Fraction = TINY) -> list[Point]:
        return [(Fraction(k, 4),) * phi.dim for k in range(5)]

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return _is_built_even(f) or equal(f, reflected(f))


def _mirrored(p: Any) -> Any:
    return tuple(1 - c for c in p)


def _is_built_even(f: Function) -> bool:
    """Whether f is even by how it is built, whatever the numbers of its parts: quick in many pieces."""
    match f:
        case Affine():
            return not any(f.slope)
        case Clip():
            return _is_built_even(f.inner)
        case Combination():
            return all(map(_is_built_even, f.parts))
        case Minimum() | Maximum():
            return {reflected(part) for part in f.parts} == set(f.parts) or all(map(_is_built_even, f.parts))
        case PointValue(inner=PointValue() as first):
            alike = first.point == _mirrored(f.point) and first.value == f.value
            return alike and _is_built_even(first.inner)
    return False


def reflected(f: Function) -> Function:
    """x -> f(1 - x).

    Raises:
        InvalidInputError: for a kind of function that is not of this package.
    """
    match f:
        case PiecewiseAffine1D():
            return PiecewiseAffine1D([(1 - x, y) for x, y in reversed(f.knots)])
        case Piecewise1D():
            return Piecewise1D(
                [1 - x for x in reversed(f.breakpoints)],
                f.values[::-1],
                [(right, left) for left, right in reversed(f.pieces)],
            )
        case Affine():
            return Affine([-s for s in f.slope], f.intercept + sum(f.slope))
        case MaxAffine():
            return Maximum([reflected(piece) for piece in f.pieces])
        case Cone():
            return Cone(_mirrored(f.apex), f.value, f.slope)
        case Clip():
            return Clip(reflected(f.inner), f.low, f.high)
        case Minimum():
            return Minimum([reflected(part) for part in f.parts])
        case Maximum():
            return Maximum([reflected(part) for part in f.parts])
        case Combination():
            return Combination(f.weights, [reflected(part) for part in f.parts])
        case Lift():
            return Lift(reflected(f.inner), f.coordinate, f.dim)
        case OrthantStep():
            side = "at-most" if f.side == "at-least" else "at-least"
            return OrthantStep(_mirrored(f.corner), side, f.inside, f.outside)
        case PointValue():
            return PointValue(reflected(f.inner), _mirrored(f.point), f.value)
    raise InvalidInputError(f"a function of kind {f.kind!r}", "one of the kinds of fvtheory.functions")
