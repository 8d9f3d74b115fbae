"""Convex functions (Table 1; F_ConvX in B.2)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from fvtheory.classes import ties
from fvtheory.classes.base import LOWER, TINY, UPPER, Bounds, FunctionClass, Member, Part, cube_ends
from fvtheory.exact import Point
from fvtheory.functions import Combination, Function, MaxAffine, Minimum, OrthantStep, constant, is_convex
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicPoint,
    convex_combination,
    has_information,
    same_point,
    symbolic_point,
)
from fvtheory.terms import (
    HALF,
    ONE,
    TRUE,
    Formula,
    Sym,
    Term,
    eq,
    every,
    implies,
    ite,
    maximum,
    minimum,
    relu,
    some,
    total,
)


class Convex(FunctionClass):
    """The upper envelope is the Minkowski gauge of the cube about x_min, scaled to [f_min, f_max].

    The maximum of a convex function is taken on a whole face: F(x_max), the smallest face of the
    cube that contains x_max. Off that face Φ allows f_min.
    """

    name = "convex"
    title = "convex"
    source = "B.2, F_ConvX"

    # ---- faces and the gauge ---------------------------------------------------------------

    def _off_face(self, phi: Phi, x: SymbolicPoint) -> list[Formula]:
        """For each coordinate, whether it is fixed on F(x_max) and x differs from x_max there."""
        return [some([eq(b, 0) & ~eq(c, 0), eq(b, 1) & ~eq(c, 1)]) for b, c in zip(phi.x_max, x, strict=True)]

    @staticmethod
    def _walls(phi: Phi, x: SymbolicPoint) -> list[tuple[Term, Term]]:
        """For each coordinate, how far x has gone from x_min to the wall on the right and on the left,
        as a share of the way (0 where x_min lies on that wall)."""
        return [
            (ite(a < 1, (ONE / (1 - a)) * (c - a), 0), ite(a > 0, (ONE / a) * (a - c), 0))
            for a, c in zip(phi.x_min, x, strict=True)
        ]

    def _towards(self, phi: Phi, x: SymbolicPoint) -> list[Term]:
        """For each coordinate, the share of the way to the wall that x is heading for."""
        return [maximum(right, left) for right, left in self._walls(phi, x)]

    def gauge(self, phi: Phi, x: SymbolicPoint) -> Term:
        """γ(x): 0 at x_min, 1 on the walls of the cube that do not contain x_min."""
        return maximum(*self._towards(phi, x))

    def _falls(self, phi: Phi, y: SymbolicPoint) -> list[Term]:
        """For each coordinate, the distance of y to the face F(x_max): affine on the cube."""
        return [ite(eq(b, 0), c, ite(eq(b, 1), 1 - c, 0)) for b, c in zip(phi.x_max, y, strict=True)]

    def _fall(self, phi: Phi, y: SymbolicPoint) -> Term:
        """The 1-norm distance of y to the face F(x_max)."""
        return total(self._falls(phi, y))

    # ---- the mathematics -------------------------------------------------------------------

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        off_face = some(self._off_face(phi, phi.x_min))
        if convention == "any-selection":
            return off_face
        return every([*(some([eq(b, 0), eq(b, 1)]) for b in phi.x_max), off_face])

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        lower = ite(some(self._off_face(phi, x)), phi.f_min, phi.f_max)
        return lower, phi.f_min + phi.spread * self.gauge(phi, x)

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        a: Any = phi.x_min
        b = phi.x_max
        fixed = [j for j, c in enumerate(b) if c in (0, 1)]

        def lower(x: Any) -> Any:
            return phi.f_max if all(x[j] == b[j] for j in fixed) else phi.f_min

        def upper(x: Any) -> Any:
            shares = (
                (c - s) / (1 - s) if c > s else (s - c) / s for c, s in zip(x, a, strict=True) if c != s
            )
            return phi.f_min + phi.spread * max(shares, default=0)

        return lower, upper

    def widest_candidates(self, phi: MinMax, slack: Fraction = TINY) -> list[Point]:
        """Corners off the face of x_max and far from x_min: there the width is Δ, unless the only way
        off the face leads to x_min. Then it is almost Δ a little off x_max."""
        a, b = phi.x_min, phi.x_max
        far = tuple(Fraction(0 if c == 1 else 1) for c in a)
        corners = [(*far[:j], 1 - c, *far[j + 1 :]) for j, c in enumerate(b) if c in (0, 1)]
        return [*corners, tuple(t + slack * (s - t) for s, t in zip(a, b, strict=True)), a]

    def parts(self, phi: MinMax, side: str, lipschitz: Fraction | None = None) -> list[Part]:
        if side == LOWER:
            return super().parts(phi, side)
        return [Part(*cube_ends(phi.dim), self.exact_envelopes(phi)[1])]

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        def gauge(y: SymbolicPoint) -> Term:
            return phi.f_min + phi.spread * self.gauge(phi, y)

        def ramp(y: SymbolicPoint) -> Term:
            return phi.f_min + phi.spread * relu(1 - (ONE / self._reach(phi, x)) * self._fall(phi, y))

        return (Member("gauge", UPPER, every([]), gauge), Member("ramp", LOWER, every([]), ramp))

    def _reach(self, phi: Phi, x: SymbolicPoint) -> Term:
        """A distance to the face at which the lower member has fallen to f_min: before x and x_min."""
        at_x, at_min = self._fall(phi, x), self._fall(phi, phi.x_min)
        return ite(some(self._off_face(phi, x)), minimum(at_x, at_min), at_min)

    def separation_points(self, phi: Phi, slack: Term) -> tuple[SymbolicPoint, ...]:
        """From x_max a little towards x_min: off the face, almost at the top of the gauge."""
        return (convex_combination(slack, phi.x_min, phi.x_max),)

    # ---- exact functions ---------------------------------------------------------------------

    def example(self, dim: int) -> MinMax:
        return MinMax(("1/4", *["1/3"] * (dim - 1)), ("1", *["2/3"] * (dim - 1)), "1/5", "4/5")

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[Function, Function]:
        upper = self.exact_envelopes(phi)[1]
        if phi.spread == 0:
            return upper, upper
        fixed = [j for j, b in enumerate(phi.x_max) if b in (0, 1)]
        lengths = [sum(abs(p[j] - phi.x_max[j]) for j in fixed) for p in (x, phi.x_min)]
        slope = phi.spread / min(t for t in lengths if t > 0)
        slopes = [(2 * b - 1) * slope if j in fixed else Fraction(0) for j, b in enumerate(phi.x_max)]
        top = phi.f_max - sum((s * b for s, b in zip(slopes, phi.x_max, strict=True)), Fraction(0))
        return MaxAffine([([Fraction(0)] * phi.dim, phi.f_min), (slopes, top)]), upper

    def exact_envelopes(self, phi: MinMax, lipschitz: Fraction | None = None) -> tuple[Function, Function]:
        low, high, spread = constant(phi.f_min, phi.dim), phi.f_max, phi.spread
        if spread == 0:
            return low, low
        walls: list[Function] = []
        for j, b in enumerate(phi.x_max):
            if b in (0, 1):
                corner = [1 - b] * phi.dim
                corner[j] = b
                walls.append(OrthantStep(corner, "at-least" if b else "at-most", high, phi.f_min))
        pieces = []
        for j, a in enumerate(phi.x_min):
            for wall in (0, 1):
                if a != wall:
                    slope = spread / (wall - a)
                    slopes = [slope if i == j else Fraction(0) for i in range(phi.dim)]
                    pieces.append((slopes, phi.f_min - slope * a))
        return walls[0] if len(walls) == 1 else Minimum(walls), MaxAffine(pieces)

    def contains(self, f: Function, lipschitz: Fraction | None = None) -> bool:
        return is_convex(f)

    def exact_strict(self, phi: MinMax, convention: str, lipschitz: Fraction | None = None) -> Function:
        """The mean of the gauge and of the ramp that has fallen at x_min."""
        ramp, gauge = self.exact_members(phi, phi.x_min)
        return Combination([Fraction(1, 2)] * 2, [gauge, ramp])

    # ---- ties --------------------------------------------------------------------------------

    def reached(self, phi: Phi, convention: str) -> Formula:
        return TRUE

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        """x_max must be a vertex; the mean of the gauge and of the ramp that has fallen at x_min is a
        member with unique extrema, and near x_max it is almost f_max."""
        phi, y = self.symbolic(dim), symbolic_point("y", dim)
        yield self._prove_vertex(phi, convention)
        given = [*phi.domain(), phi.is_varying(), self.feasible_when_varying(phi, convention)]
        half, fall_at_min = HALF, self._fall(phi, phi.x_min)

        def member(p: SymbolicPoint) -> Term:
            ramp = relu(1 - (ONE / fall_at_min) * self._fall(phi, p))
            return phi.f_min + phi.spread * (half * self.gauge(phi, p) + half * ramp)

        yield from self._prove_strict_information(phi, y, member, given)
        yield from self._prove_anchor(phi, member, given)

    def _prove_vertex(self, phi: Phi, convention: str) -> Obligation:
        """On F(x_max) the function is f_max: also where a coordinate that is not fixed is moved to 0."""
        fixed = [some([eq(b, 0), eq(b, 1)]) for b in phi.x_max]
        facts = [some(self._off_face(phi, phi.x_min))]
        for j, b in enumerate(phi.x_max):
            moved = (*phi.x_max[:j], b * 0, *phi.x_max[j + 1 :])
            value = Sym(f"f_at_moved_{j}")
            facts += [some(self._off_face(phi, moved)) | (value >= phi.f_max)]
            facts += [ties.strict_at(phi, moved, value, convention)[1], value <= phi.f_max]
        goal = self.feasible_when_varying(phi, convention)
        return valid("necessity", [*phi.domain(), phi.is_varying(), *facts], goal & every(fixed))

    def _prove_strict_information(self, phi: Phi, y: SymbolicPoint, member, given) -> Iterable[Obligation]:
        proof = Derivation("member", [*given, *phi.in_cube(y)])
        known = list(proof.known)
        at_min, at_max, at_y = (self._towards(phi, p) for p in (phi.x_min, phi.x_max, y))
        falls = [self._fall(phi, p) for p in (phi.x_min, phi.x_max, y)]
        off_face = self._off_face(phi, phi.x_min)
        facts = [phi.is_varying(), proof.have("off-face", some(off_face), known)]
        for j, (a, b) in enumerate(phi.coordinates()):
            facts.append(proof.have(f"at-x_min-{j}", eq(at_min[j], 0), []))
            top = every([at_max[j] <= 1, ~off_face[j] | eq(at_max[j], 1)])
            facts.append(proof.have(f"at-x_max-{j}", top, phi.in_cube((a,), (b,))))
            unit = every([at_y[j] >= 0, at_y[j] <= 1, eq(y[j], a) | (at_y[j] > 0)])
            facts.append(proof.have(f"share-{j}", unit, phi.in_cube((a,), (y[j],))))
        facts.append(proof.have("fall-at-x_min", falls[0] > 0, known))
        facts.append(proof.have("fall-at-x_max", eq(falls[1], 0), known))
        off = every([falls[2] >= 0, same_point(y, phi.x_max) | (falls[2] > 0)])
        facts.append(proof.have("fall", off, known))
        goal = has_information(member, phi, y, "unique")
        proof.have("information", goal, facts, [*at_min, *at_max, *at_y, *falls])
        return proof.obligations

    def _prove_anchor(self, phi: Phi, member, given) -> Iterable[Obligation]:
        slack = ties.SLACK
        (p,) = self.separation_points(phi, slack)
        proof = Derivation("anchor", [*given, *ties.SMALL])
        known = list(proof.known)
        towards, off_face, fall_p = self._towards(phi, p), self._off_face(phi, phi.x_min), self._fall(phi, p)
        fall_min, lower = self._fall(phi, phi.x_min), self.envelope(phi, p)[0]
        high = [proof.have("minimum-off-face", some(off_face), known), *ties.SMALL]
        falls = []
        for j, (a, b) in enumerate(phi.coordinates()):
            cube = [*phi.in_cube((a,), (b,)), *ties.SMALL]
            near = implies(off_face[j], self._off_face(phi, p)[j] & (towards[j] >= 1 - slack))
            high.append(proof.have(f"coordinate-{j}", near, cube))
            at_p, at_min = self._falls(phi, p)[j], self._falls(phi, phi.x_min)[j]
            falls.append(proof.have(f"fall-{j}", eq(at_p, slack * at_min), []))
            proof.have(f"inside-{j}", every(phi.in_cube((p[j],))), cube)
        gauge = proof.have("gauge", self.gauge(phi, p) >= 1 - slack, high, towards)
        off = proof.have("off-face", some(self._off_face(phi, p)), high, towards)
        level = proof.have("lower", eq(lower, phi.f_min), [off])
        parts = [*self._falls(phi, p), *self._falls(phi, phi.x_min)]
        fall = proof.have("fall", eq(fall_p, slack * fall_min), falls, parts)
        positive = proof.have("positive", fall_min > 0, known)
        facts = [gauge, level, fall, positive, *ties.SMALL, phi.is_varying(), phi.f_min >= 0, phi.f_max <= 1]
        hidden = [self.gauge(phi, p), fall_p, fall_min, lower]
        proof.have("", member(p) - lower >= phi.spread - slack, facts, hidden)
        return proof.obligations

    # ---- proofs ------------------------------------------------------------------------------

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        """Validity of the lower envelope at x_min: on the face f would be f_max."""
        at_min = Sym("f_at_x_min")
        off_face = some(self._off_face(phi, phi.x_min))
        lower = off_face | (phi.f_max <= at_min)
        given = [*phi.domain(), phi.is_varying(), eq(at_min, phi.f_min), lower]
        return [valid("necessity", given, off_face)]

    def prove_validity(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        return [*self._prove_upper(phi, x), *self._prove_lower(phi, x)]

    def _prove_upper(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        """Along the ray from x_min through x to its exit point x_min + (x - x_min)/γ."""
        fx, fz, share, towards = Sym("fx"), Sym("f_at_exit"), self.gauge(phi, x), self._towards(phi, x)
        exits = tuple(a + (c - a) / share for a, c in zip(phi.x_min, x, strict=True))
        reached = every([share > 0, share <= 1, *phi.in_cube(exits)])
        axiom = implies(reached, fx <= (1 - share) * phi.f_min + share * fz)
        resting = every(eq(c, a) for c, a in zip(x, phi.x_min, strict=True))
        at_rest = implies(resting, eq(fx, phi.f_min))
        given = [*phi.domain(), *phi.in_cube(x), fz <= phi.f_max, axiom, at_rest]
        proof = Derivation("validity.upper", given)
        ranges, rests, exits_inside = [], [], []
        for j, (a, c) in enumerate(zip(phi.x_min, x, strict=True)):
            cube = phi.in_cube((a,), (c,))
            t = towards[j]
            ranges.append(proof.have(f"share-{j}", every([t >= 0, t <= 1]), cube))
            rests.append(proof.have(f"rest-{j}", implies(t <= 0, eq(c, a)), cube))
            walls = proof.have(f"walls-{j}", every([c - a <= t * (1 - a), a - c <= t * a]), cube)
            largest = proof.have(f"largest-{j}", t <= share, [], towards)
            within = every([c - a <= share * (1 - a), a - c <= share * a])
            within = proof.have(f"within-{j}", within, [walls, largest, *cube], [t, share])
            inside = implies(share > 0, every(phi.in_cube((exits[j],))))
            exits_inside.append(proof.have(f"exit-{j}", inside, [within], [share]))
        gauge = proof.have("gauge", every([share >= 0, share <= 1]), ranges, towards)
        still = proof.have("rest", implies(share <= 0, resting), [*ranges, *rests], towards)
        using = [gauge, still, axiom, at_rest, *exits_inside, fz <= phi.f_max]
        proof.have("", fx <= phi.f_min + phi.spread * share, using, [share, *exits])
        return proof.obligations

    def _prove_lower(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        """On F(x_max), x_max lies between x and a point y beyond it, and f(y) <= f_max = f(x_max)."""
        fx, fy = Sym("fx"), Sym("f_beyond")
        fixed = [some([eq(b, 0), eq(b, 1)]) for b in phi.x_max]
        rooms = [ite(f, 1, minimum(b, 1 - b)) for f, b in zip(fixed, phi.x_max, strict=True)]
        step = minimum(*rooms)
        beyond = tuple(b + step * (b - c) for b, c in zip(phi.x_max, x, strict=True))
        reached = every([step > 0, *phi.in_cube(beyond)])
        axiom = implies(reached, (1 + step) * phi.f_max <= step * fx + fy)
        off_face = self._off_face(phi, x)
        given = [*phi.domain(), *phi.in_cube(x), phi.f_min <= fx, fy <= phi.f_max, axiom]
        proof = Derivation("validity.lower", given)
        sizes, insides = [], []
        for j, (b, c) in enumerate(zip(phi.x_max, x, strict=True)):
            cube, room = phi.in_cube((b,), (c,)), rooms[j]
            size = every([room > 0, room <= 1])
            sizes.append(proof.have(f"room-{j}", size, cube))
            fits = proof.have(f"fits-{j}", fixed[j] | every([room <= b, room <= 1 - b]), cube)
            least = proof.have(f"least-{j}", step <= room, [], rooms)
            step_fits = fixed[j] | every([step <= b, step <= 1 - b])
            step_fits = proof.have(f"step-fits-{j}", step_fits, [fits, least], [room, step])
            inside = off_face[j] | every(phi.in_cube((beyond[j],)))
            insides.append((j, inside, [step_fits, *cube]))
        size = proof.have("step", every([step > 0, step <= 1]), sizes, rooms)
        shown = [proof.have(f"beyond-{j}", goal, [*using, size], [step]) for j, goal, using in insides]
        for j, (b, c) in enumerate(zip(phi.x_max, x, strict=True)):
            proof.have(f"between-{j}", eq((1 + step) * b, step * c + beyond[j]), [], [step])
        lower, _ = self.envelope(phi, x)
        using = [size, axiom, *shown, phi.f_min <= fx, fy <= phi.f_max]
        proof.have("", lower <= fx, using, [step, *beyond])
        return proof.obligations

    def prove_information(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        y = symbolic_point("y", phi.dim)
        given = [*self.given(phi, x), *phi.in_cube(y)]
        proof = Derivation(f"member.{member.name}", given)
        goal = has_information(member.value, phi, y)
        order = phi.f_min <= phi.f_max
        if member.side == LOWER:
            falls = [self._fall(phi, p) for p in (phi.x_min, phi.x_max, y)]
            reach = self._reach(phi, x)
            facts = [
                proof.have("reach", every([reach > 0, reach <= falls[0]]), given),
                proof.have("at-x_max", eq(falls[1], 0), given),
                proof.have("fall", falls[2] >= 0, given),
            ]
            proof.have("information", goal, [order, *facts], [reach, *falls])
            return proof.obligations
        at_min, at_max, at_y = (self._towards(phi, p) for p in (phi.x_min, phi.x_max, y))
        off_face = self._off_face(phi, phi.x_min)
        facts = [some(off_face), order]
        for j, (a, b) in enumerate(phi.coordinates()):
            facts.append(proof.have(f"at-x_min-{j}", eq(at_min[j], 0), []))
            top = every([at_max[j] <= 1, ~off_face[j] | eq(at_max[j], 1)])
            facts.append(proof.have(f"at-x_max-{j}", top, phi.in_cube((a,), (b,))))
            unit = every([at_y[j] >= 0, at_y[j] <= 1])
            facts.append(proof.have(f"share-{j}", unit, phi.in_cube((a,), (y[j],))))
        proof.have("information", goal, facts, [*at_min, *at_max, *at_y])
        return proof.obligations

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        """Convexity, from affine pieces to their maximum to its multiple."""
        weight = Sym("weight")
        y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
        between = convex_combination(weight, y, z)
        share = [weight >= 0, weight <= 1]
        given = [*phi.domain(), *phi.in_cube(y, z), *share]
        proof = Derivation(f"member.{member.name}.convex", given)

        def mixed(at_y: Term, at_z: Term) -> Term:
            return weight * at_y + (1 - weight) * at_z

        points = (between, y, z)
        if member.side == UPPER:
            shape = [self.gauge(phi, p) for p in points]
            step = self._prove_gauge_convex(proof, phi, points, mixed)
        else:
            parts = [self._falls(phi, p) for p in points]
            affine = [
                proof.have(f"coordinate-{j}", eq(at, mixed(at_y, at_z)), [])
                for j, (at, at_y, at_z) in enumerate(zip(*parts, strict=True))
            ]
            falls = [self._fall(phi, p) for p in points]
            sloped = proof.have(
                "fall", eq(falls[0], mixed(*falls[1:])), affine, [t for at in parts for t in at]
            )
            slope = ONE / self._reach(phi, x)
            shape = [relu(1 - slope * f) for f in falls]
            step = proof.have("ramp", shape[0] <= mixed(*shape[1:]), [sloped, *share], [slope, *falls])
        order = phi.f_min <= phi.f_max
        goal = member.value(between) <= mixed(member.value(y), member.value(z))
        proof.have("", goal, [step, order], shape)
        return proof.obligations

    def _prove_gauge_convex(self, proof, phi: Phi, points, mixed) -> Formula:
        """The shares towards walls are affine; a maximum of two convex functions is convex."""
        share = [f for f in proof.known if f in (Sym("weight") >= 0, Sym("weight") <= 1)]
        walls = [self._walls(phi, p) for p in points]
        largest: list[Term] = []
        step: Formula | None = None
        for j, a in enumerate(phi.x_min):
            sides = []
            for side, slope in ((0, ONE / (1 - a)), (1, ONE / a)):
                at, at_y, at_z = (w[j][side] for w in walls)
                affine = eq(at, mixed(at_y, at_z))
                sides.append(proof.have(f"wall-{j}-{side}", affine, [], [slope]))
            towards = [maximum(*w[j]) for w in walls]
            hidden = [t for w in walls for t in w[j]]
            coordinate = towards[0] <= mixed(*towards[1:])
            coordinate = proof.have(f"coordinate-{j}", coordinate, [*sides, *share], hidden)
            if step is None:
                step, largest = coordinate, towards
                continue
            larger = [maximum(s, t) for s, t in zip(largest, towards, strict=True)]
            goal = larger[0] <= mixed(*larger[1:])
            step = proof.have(f"maximum-{j}", goal, [step, coordinate, *share], [*largest, *towards])
            largest = larger
        assert step is not None
        return step

    def prove_attainment(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        gauge, ramp = self.members(phi, x)
        lower, upper = self.envelope(phi, x)
        fall, reach, off_face = self._fall(phi, x), self._reach(phi, x), some(self._off_face(phi, x))
        proof = Derivation("attainment.lower", self.given(phi, x))
        given = list(proof.known)
        steps = [
            proof.have("reach", reach > 0, given),
            proof.have("off-face", implies(off_face, reach <= fall), given),
            proof.have("on-face", off_face | eq(fall, 0), given),
        ]
        proof.have("", eq(ramp.value(x), lower), steps, [fall, reach])
        return [valid("attainment.upper", [], eq(gauge.value(x), upper)), *proof.obligations]

    def prove_radius(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        lower, upper = self.envelope(phi, x)
        towards = self._towards(phi, x)
        proof = Derivation("radius.bound", self.given(phi, x))
        steps = [phi.f_min <= phi.f_max]
        for j, (a, c) in enumerate(zip(phi.x_min, x, strict=True)):
            steps.append(proof.have(f"share-{j}", towards[j] <= 1, phi.in_cube((a,), (c,))))
        proof.have("", upper - lower <= 2 * self.radius(phi), steps, towards)
        return [*proof.obligations, *self.prove_separation(phi)]

    def prove_separation(self, phi: Phi) -> list[Obligation]:
        slack = Sym("slack")
        bounds = [slack > 0, slack <= HALF]
        return self._prove_near_top("radius.reached", phi, slack, bounds, 2 * self.radius(phi) - slack)

    def prove_side(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        quarter = HALF * HALF
        given = [*self.given(phi, x), ~self.side_hidden(phi)]
        lower, upper = self.envelope(phi, x)
        told = (upper <= phi.middle) | (lower > phi.middle)
        hidden = self._prove_near_top("side.hidden", phi, quarter, [], None)
        return [*hidden, valid("side.told", given, told)]

    def _prove_near_top(
        self, name: str, phi: Phi, slack: Term, bounds: Iterable[Formula], width: Term | None
    ) -> list[Obligation]:
        """At (1 - slack)*x_max + slack*x_min: the widths, or (width None) both sides of the middle."""
        (p,) = self.separation_points(phi, slack)
        lower, upper = self.envelope(phi, p)
        proof = Derivation(name, [*self.given(phi), *bounds])
        off_min, off_p, towards = (
            self._off_face(phi, phi.x_min),
            self._off_face(phi, p),
            self._towards(phi, p),
        )
        steps, insides = [some(off_min), *bounds], []
        for j, (a, b) in enumerate(phi.coordinates()):
            near = implies(off_min[j], off_p[j] & (towards[j] >= 1 - slack))
            using = [*phi.in_cube((a,), (b,)), *bounds]
            steps.append(proof.have(f"coordinate-{j}", near, using))
            insides.append(proof.have(f"inside-{j}", every(phi.in_cube((p[j],))), using))
        if width is None:
            goal = every([upper > phi.middle, lower < phi.middle])
        else:
            goal = upper - lower >= width
        off = proof.have("off-face", some(off_p), [some(off_min), *steps[-phi.dim :]], towards)
        gauge = self.gauge(phi, p)
        high = proof.have("gauge", gauge >= 1 - slack, [some(off_min), *steps[-phi.dim :]], towards)
        values = [phi.f_min >= 0, phi.f_max <= 1, phi.is_varying()]
        level = proof.have("lower", eq(lower, phi.f_min), [off])
        proof.have("", goal, [level, high, *bounds, *values], [gauge, lower])
        return proof.obligations
