"""Continuous piecewise affine functions (Table 1; F_PAff in B.2).

The paper's definition allows any partition into affine pieces, and then every function qualifies
(a piece for each point). Here, as in its proofs, the functions are continuous with finitely many
pieces: these are exactly the functions of ReLU networks.
"""

from __future__ import annotations

from fractions import Fraction

from fvtheory.classes.all_functions import AllFunctions
from fvtheory.classes.base import LOWER, UPPER, Member
from fvtheory.exact import Point
from fvtheory.functions import Function, is_continuous
from fvtheory.information import MinMax
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicPoint,
    different_points,
    distance,
    has_information,
    same_point,
    symbolic_point,
)
from fvtheory.terms import Sym, Term, eq, every, implies, ite, minimum


class PiecewiseAffine(AllFunctions):
    """The members are steep cones of the sup norm: continuous, made of minima and maxima of
    affine functions, they reach the envelopes of all functions."""

    name = "piecewise-affine"
    title = "piecewise affine"
    source = "B.2, F_PAff; continuous, finitely many pieces"
    continuous = True

    @staticmethod
    def _ends(phi: Phi, side: str) -> tuple[SymbolicPoint, SymbolicPoint]:
        """The apex of the cone, and the extremum where it has levelled off."""
        return (phi.x_min, phi.x_max) if side == UPPER else (phi.x_max, phi.x_min)

    def _reach(self, phi: Phi, x: SymbolicPoint, side: str) -> Term:
        """The length within which the cone levels off: before x and the other extremum."""
        apex, other = self._ends(phi, side)
        gap = distance(other, apex)
        return ite(different_points(x, apex), minimum(distance(x, apex), gap), gap)

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        def rising(y: SymbolicPoint) -> Term:
            return phi.f_min + phi.spread * minimum(1, distance(y, phi.x_min) / self._reach(phi, x, UPPER))

        def falling(y: SymbolicPoint) -> Term:
            return phi.f_max - phi.spread * minimum(1, distance(y, phi.x_max) / self._reach(phi, x, LOWER))

        always = every([])
        return (Member("upper", UPPER, always, rising), Member("lower", LOWER, always, falling))

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        return self.continuous_members(phi, x)

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return is_continuous(f)

    def _distances(self, phi: Phi, x: SymbolicPoint, y: SymbolicPoint, side: str) -> Derivation:
        """What the cone needs to know of the distances to its apex."""
        apex, other = self._ends(phi, side)
        reach = self._reach(phi, x, side)
        given = [*self.given(phi, x), *phi.in_cube(y)]
        proof = Derivation(f"member.{side}", given)
        proof.have("reach", every([reach > 0, reach <= distance(other, apex)]), given)
        proof.have("at-apex", eq(distance(apex, apex), 0), given)
        proof.have("distance", distance(y, apex) >= 0, given)
        return proof

    def prove_information(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y = symbolic_point("y", phi.dim)
        apex, other = self._ends(phi, member.side)
        proof = self._distances(phi, x, y, member.side)
        hidden = [distance(p, apex) for p in (apex, other, y)] + [self._reach(phi, x, member.side)]
        values = [phi.f_min <= phi.f_max]
        proof.have(
            "information",
            has_information(member.value, phi, y),
            [*proof.known[-3:], *values],
            [self._reach(phi, x, member.side), *hidden],
        )
        return proof.obligations

    def prove_attainment(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        obligations = []
        for member, bound in zip(self.members(phi, x), reversed(self.envelope(phi, x)), strict=True):
            apex, _ = self._ends(phi, member.side)
            reach, length = self._reach(phi, x, member.side), distance(x, apex)
            given = self.given(phi, x)
            proof = Derivation(f"attainment.{member.side}", given)
            levelled = every([reach > 0, ite(same_point(x, apex), 0, reach) <= length, length >= 0])
            steps = [
                proof.have("levelled", levelled, given),
                proof.have("at-apex", implies(same_point(x, apex), eq(length, 0)), given),
            ]
            proof.have("", eq(member.value(x), bound), steps, [reach, length])
            obligations += proof.obligations
        return obligations

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        """Continuity: the cone changes by at most spread/reach times the distance.

        Seen through the distances u, v of two points to the apex and w between them, which obey the
        triangle inequality.
        """
        u, v, w, reach = Sym("u"), Sym("v"), Sym("w"), Sym("reach")
        given = [reach > 0, u >= 0, v >= 0, u <= v + w, v <= u + w]
        change = minimum(1, u / reach) - minimum(1, v / reach)
        y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
        triangle = distance(y, phi.x_min) <= distance(z, phi.x_min) + distance(y, z)
        return [
            valid("member.triangle", [], triangle),
            valid("member.continuous", given, reach * change <= w),
        ]
