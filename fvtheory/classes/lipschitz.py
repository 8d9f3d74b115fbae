"""L-Lipschitz functions in the sup norm (Table 1; F_Lip in B.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from fvtheory.classes import ties
from fvtheory.classes.all_functions import AllFunctions
from fvtheory.classes.base import LOWER, TINY, UPPER, Bounds, FunctionClass, Member, Part, cube_ends
from fvtheory.exact import Point, Rational, rational
from fvtheory.exact import distance as exact_distance
from fvtheory.functions import Clip, Cone, Function, is_lipschitz
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicFunction,
    SymbolicPoint,
    distance,
    lexicographically_before,
    rescaled,
    symbolic_point,
)
from fvtheory.terms import (
    FALSE,
    HALF,
    Formula,
    Sym,
    Term,
    absolute,
    eq,
    every,
    ite,
    maximum,
    minimum,
    some,
)


@dataclass(frozen=True)
class _Candidate:
    """A point where the width may be largest, that width, and when it lies on both sides."""

    width: Term
    split: Formula
    at: SymbolicPoint


class Lipschitz(FunctionClass):
    """The envelopes are McShane-Whitney extensions clipped to [f_min, f_max] (McShane, 1934)."""

    name = "lipschitz"
    title = "L-Lipschitz (known L)"
    source = "B.2, F_Lip"
    needs_lipschitz = True
    continuous = True

    def symbolic(self, dim: int) -> Phi:
        return rescaled(dim)

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        return phi.spread <= phi.rise(distance(phi.x_min, phi.x_max))

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        lower = maximum(phi.f_min, phi.f_max - phi.rise(distance(x, phi.x_max)))
        upper = minimum(phi.f_max, phi.f_min + phi.rise(distance(x, phi.x_min)))
        return lower, upper

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        always = every([])
        return (
            Member("upper", UPPER, always, lambda y: self.envelope(phi, y)[1]),
            Member("lower", LOWER, always, lambda y: self.envelope(phi, y)[0]),
        )

    # The width upper - lower at x is min(Δ, p, q, p + q - Δ) with p, q the rises from x_min and
    # x_max to x. It grows with both. Each of the two distances is that of one coordinate. If the
    # coordinates differ, both can be as large as the cube allows; if they agree, x is best at an
    # end of that coordinate or halfway between x_min and x_max.

    def _width(self, phi: Phi, p: Term, q: Term) -> Term:
        p, q = phi.rise(p), phi.rise(q)
        return minimum(phi.spread, p, q, p + q - phi.spread)

    def _candidates(self, phi: Phi) -> dict[tuple[int, int], list[_Candidate]]:
        """For every pair of coordinates that realise the two distances: where the width is largest."""
        half = phi.spread / 2

        def both(p: Term, q: Term) -> Formula:
            return (phi.rise(p) > half) & (phi.rise(q) >= half)

        found = {}
        for i, k in product(range(phi.dim), repeat=2):
            a, b = phi.x_min[i], phi.x_max[k]
            at = list(phi.x_min)
            if i != k:
                at[i], at[k] = (ite(c <= phi.edge / 2, phi.edge, 0) for c in (a, b))
                far = maximum(a, phi.edge - a), maximum(b, phi.edge - b)
                found[i, k] = [_Candidate(self._width(phi, *far), both(*far), tuple(at))]
                continue
            gap = phi.rise(absolute(a - b))
            low, high = (a, b), (phi.edge - a, phi.edge - b)
            found[i, k] = [
                _Candidate(width, split, (*at[:i], c, *at[i + 1 :]))
                for width, split, c in (
                    (self._width(phi, *low), both(*low), a * 0),
                    (self._width(phi, *high), both(*high), phi.edge),
                    (minimum(phi.spread, gap - phi.spread), gap > phi.spread, (a + b) / 2),
                )
            ]
        return found

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        low, high = phi.f_min, phi.f_max
        a: Any = phi.x_min
        b: Any = phi.x_max
        return (
            lambda x: max(low, high - lipschitz * exact_distance(x, b)),
            lambda x: min(high, low + lipschitz * exact_distance(x, a)),
        )

    def widest_candidates(self, phi: MinMax, slack: Fraction = TINY) -> list[Point]:
        """As `_candidates`, for numbers. A larger far distance is always at least as good, so of all
        pairs of coordinates only those of the two best for each distance are needed."""
        a, b = phi.x_min, phi.x_max
        found = [*super().widest_candidates(phi)]
        for i, k in product(_farthest_coordinates(a), _farthest_coordinates(b)):
            if i != k:
                x = list(a)
                x[i], x[k] = (Fraction(1 if 2 * c <= 1 else 0) for c in (a[i], b[k]))
                found.append(tuple(x))
        for j in range(phi.dim):
            ends = (Fraction(0), Fraction(1), (a[j] + b[j]) / 2)
            found += [(*a[:j], c, *a[j + 1 :]) for c in ends]
        return found

    def radius_at(self, phi: MinMax, lipschitz: Rational | None = None) -> Fraction:
        """Half the greatest width over few candidates: the value of `radius`, in many dimensions too."""
        self.require_feasible(phi, lipschitz)
        if phi.spread == 0:
            return phi.spread
        lower, upper = self.bounds(phi, rational(lipschitz or 0, "lipschitz"))
        return max(upper(x) - lower(x) for x in self.widest_candidates(phi)) / 2

    def parts(self, phi: MinMax, side: str, lipschitz: Fraction | None = None) -> list[Part]:
        lower, upper = self.exact_envelopes(phi, lipschitz)
        return [Part(*cube_ends(phi.dim), upper if side == UPPER else lower)]

    def radius(self, phi: Phi) -> Term:
        if phi.dim > 1:
            return HALF * maximum(0, *(c.width for c in self._all_candidates(phi)))
        low, high = minimum(phi.x_min[0], phi.x_max[0]), maximum(phi.x_min[0], phi.x_max[0])
        between = phi.rise(high - low) - phi.spread
        return HALF * minimum(phi.spread, maximum(phi.rise(low), phi.rise(phi.edge - high), between))

    def separation_points(self, phi: Phi, slack: Term) -> tuple[SymbolicPoint, ...]:
        return tuple(c.at for c in self._all_candidates(phi))

    def _all_candidates(self, phi: Phi) -> list[_Candidate]:
        return [c for group in self._candidates(phi).values() for c in group]

    def side_hidden(self, phi: Phi) -> Formula:
        """Some x has rise(x, x_min) > Δ/2 and rise(x, x_max) >= Δ/2."""
        return phi.is_varying() & some(c.split for c in self._all_candidates(phi))

    def prove_radius(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        return [*self._prove_bound(phi, x), *self._prove_reached(phi)]

    def _prove_bound(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        given = self.given(phi, x)
        proof = Derivation("radius.bound", given)
        lower, upper = self.envelope(phi, x)
        far, near = distance(x, phi.x_min), distance(x, phi.x_max)
        width = proof.have("width", eq(upper - lower, self._width(phi, far, near)), [], [far, near])
        steps, lengths = (
            [],
            [absolute(s - t) for p in (phi.x_min, phi.x_max) for s, t in zip(x, p, strict=True)],
        )
        for (i, k), group in self._candidates(phi).items():
            here = self._width(phi, lengths[i], lengths[phi.dim + k])
            goal = here <= maximum(0, *(c.width for c in group))
            steps.append(proof.have(f"coordinates-{i}-{k}", goal, given))
        widths = [c.width for c in self._all_candidates(phi)]
        bound = maximum(0, *widths)
        largest = proof.have("largest", self._width(phi, far, near) <= bound, steps, [*lengths, *widths])
        if phi.dim == 1:
            simplified = proof.have("simplified", bound <= 2 * self.radius(phi), given)
            premises = [width, largest, simplified]
        else:
            premises = [width, largest]
        proof.have("", upper - lower <= 2 * self.radius(phi), premises, [self._width(phi, far, near), bound])
        return proof.obligations

    def _prove_reached(self, phi: Phi) -> list[Obligation]:
        given = [*self.given(phi)]
        proof = Derivation("radius.reached", given)
        candidates = self._all_candidates(phi)
        steps, widths = [], []
        for n, c in enumerate(candidates):
            lower, upper = self.envelope(phi, c.at)
            widths.append(upper - lower)
            steps.append(
                proof.have(f"candidate-{n}", every([*phi.in_cube(c.at), c.width <= widths[-1]]), given)
            )
        zero = every([*phi.in_cube(phi.x_min), self._width_at(phi, phi.x_min) >= 0])
        steps.append(proof.have("nothing", zero, given))
        points = [*(c.at for c in candidates), phi.x_min]
        widths.append(self._width_at(phi, phi.x_min))
        if phi.dim == 1:
            bound = maximum(0, *(c.width for c in candidates))
            steps.append(proof.have("simplified", 2 * self.radius(phi) <= bound, given))
        reached = [
            every([*phi.in_cube(p), w >= 2 * self.radius(phi)]) for p, w in zip(points, widths, strict=True)
        ]
        hidden = [*widths, *(c.width for c in candidates)]
        if phi.dim == 1:
            hidden.append(self.radius(phi))
        proof.have("", some(reached), steps, hidden)
        return proof.obligations

    def _width_at(self, phi: Phi, p: SymbolicPoint) -> Term:
        lower, upper = self.envelope(phi, p)
        return upper - lower

    def prove_side(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        given = self.given(phi)
        proof = Derivation("side.hidden", given)
        for n, c in enumerate(self._all_candidates(phi)):
            below, above = self.envelope(phi, c.at)
            proof.have(f"candidate-{n}", ~c.split | every([above > phi.middle, below <= phi.middle]), given)
        lower, upper = self.envelope(phi, x)
        told = (upper <= phi.middle) | (lower > phi.middle)
        return [*proof.obligations, valid("side.told", [*self.given(phi, x), ~self.side_hidden(phi)], told)]

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        assert lipschitz is not None
        lower = Clip(Cone(phi.x_max, phi.f_max, -lipschitz), phi.f_min, phi.f_max)
        return lower, Clip(Cone(phi.x_min, phi.f_min, lipschitz), phi.f_min, phi.f_max)

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        assert lipschitz is not None
        return is_lipschitz(f, lipschitz)

    exact_strict = AllFunctions.exact_strict

    def _room(self, phi: Phi) -> tuple[Term, Term]:
        """The rise over the gap of the extrema, and over the room to their right (dimension one)."""
        room = phi.edge - maximum(phi.x_min[0], phi.x_max[0])
        return phi.rise(distance(phi.x_min, phi.x_max)), phi.rise(room)

    def reached(self, phi: Phi, convention: str) -> Formula:
        """At Δ/2 under ``first``, halfway between the extrema or to their right: the fiber may repeat
        f_min and f_max there. Below Δ/2 always, shown in dimension one."""
        gap, right = self._room(phi)
        repeated = gap >= 2 * phi.spread
        if phi.dim > 1:
            return repeated if convention == "first" else FALSE
        below = 2 * self.radius(phi) < phi.spread
        return below if convention == "unique" else below | repeated | (right >= phi.spread)

    def missed(self, phi: Phi, convention: str) -> Formula:
        at_most = 2 * self.radius(phi) >= phi.spread
        if convention == "unique":
            return phi.is_varying() & at_most
        return phi.is_varying() & ~self.reached(phi, convention) if phi.dim == 1 else FALSE

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        phi, x = self.symbolic(dim), symbolic_point("x", dim)
        given = self.given(phi)
        member = ties.two_cones(phi)
        yield ties.information("member", given, member, phi, convention)
        yield ties.lipschitz_law("member", given, member, phi)
        for n, c in enumerate(self._all_candidates(phi)):
            below = self.envelope(phi, c.at)[0]
            kept = (below < phi.middle) | (member(c.at) <= phi.middle)
            yield valid(f"side.candidate-{n}", given, ~c.split | kept)
        missed = self.missed(phi, convention)
        yield ties.missed(phi, [*given, missed], self.envelope(phi, x), self.radius(phi), convention)
        if dim == 1:
            yield from self._prove_anchors_below(phi, given)
        if convention == "first":
            yield from self._prove_anchors_first(phi, given)

    def _prove_anchors_below(self, phi: Phi, given: list[Formula]) -> Iterable[Obligation]:
        """For R < Δ/2 in dimension one: the envelopes, with a rim that makes the extrema unique."""
        radius, spread = self.radius(phi), phi.spread
        rim = (spread - 2 * radius) / 2

        def high(y: SymbolicPoint) -> Term:
            edge = phi.f_max - minimum(rim, distance(y, phi.x_max))
            return minimum(phi.f_min + distance(y, phi.x_min), edge)

        def low(y: SymbolicPoint) -> Term:
            edge = phi.f_min + minimum(rim, distance(y, phi.x_min))
            return maximum(phi.f_max - distance(y, phi.x_max), edge)

        points = [(phi.x_min[0] * 0,), (phi.edge,), phi.midpoint]
        below = [*given, 2 * radius < spread]
        yield from self._prove_anchor("anchor.below", below, [high, low], points, phi, "unique")

    def _prove_anchors_first(self, phi: Phi, given: list[Formula]) -> Iterable[Obligation]:
        """A member with unique extrema that repeats the earlier extremum at a later point."""
        gap, right = self._room(phi)
        member = ties.two_cones(phi)
        places = [("between", phi.midpoint, gap >= 2 * phi.spread)]
        if phi.dim == 1:
            places.append(("right", (phi.edge,), right >= phi.spread))
        for name, at, room in places:

            def low(y: SymbolicPoint, at=at) -> Term:
                return minimum(member(y), phi.f_min + distance(y, at))

            def high(y: SymbolicPoint, at=at) -> Term:
                return maximum(member(y), phi.f_max - distance(y, at))

            for f, first, second in ((low, phi.x_min, phi.x_max), (high, phi.x_max, phi.x_min)):
                order = lexicographically_before(first, second)
                label = f"anchor.{name}-{'low' if f is low else 'high'}"
                yield from self._prove_anchor(label, [*given, room, order], [f], [at], phi, "first")

    def _prove_anchor(
        self,
        name: str,
        given: list[Formula],
        functions: list[SymbolicFunction],
        points: list[SymbolicPoint],
        phi: Phi,
        convention: str,
    ) -> Iterable[Obligation]:
        ways = []
        for i, f in enumerate(functions):
            yield ties.information(f"{name}.{i}", given, f, phi, convention)
            yield ties.lipschitz_law(f"{name}.{i}", given, f, phi)
            for p in points:
                lower, upper = self.envelope(phi, p)
                ways += [upper - f(p) >= 2 * self.radius(phi), f(p) - lower >= 2 * self.radius(phi)]
        yield valid(name, given, some(ways))

    def instances(self, phi: Phi, x: SymbolicPoint, fx: Term) -> tuple[Formula, ...]:
        return (
            absolute(fx - phi.f_min) <= phi.rise(distance(x, phi.x_min)),
            absolute(fx - phi.f_max) <= phi.rise(distance(x, phi.x_max)),
        )

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        at_min, at_max = Sym("f_at_x_min"), Sym("f_at_x_max")
        given = [
            *phi.domain(),
            phi.is_varying(),
            eq(at_min, phi.f_min),
            eq(at_max, phi.f_max),
            at_max - at_min <= phi.rise(distance(phi.x_max, phi.x_min)),
        ]
        return [valid("necessity", given, self.feasible_when_varying(phi, convention)), *_rescaling()]

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
        change = member.value(y) - member.value(z)
        given = [*self.given(phi), *phi.in_cube(y, z)]
        return [valid(f"member.{member.name}.lipschitz", given, change <= phi.rise(distance(y, z)))]


def _rescaling() -> list[Obligation]:
    """Measuring lengths in units of 1/L changes nothing: x -> L*x maps [0, 1] onto [0, L]."""
    rate, s, t = Sym("L"), Sym("s"), Sym("t")
    inside = every([s >= 0, s <= 1])
    scaled = every([rate * s >= 0, rate * s <= rate])
    return [
        valid("rescaling.distance", [rate > 0], eq(rate * absolute(s - t), absolute(rate * s - rate * t))),
        valid("rescaling.cube", [rate > 0], (~inside | scaled) & (inside | ~scaled)),
    ]


def _farthest_coordinates(p: Point) -> list[int]:
    """The two coordinates in which one can go farthest from p."""
    return sorted(range(len(p)), key=lambda j: -max(p[j], 1 - p[j]))[:2]
