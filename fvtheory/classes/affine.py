"""Affine functions (Table 1, rows "input dim. > 1" and "= 1"; F_Aff in B.2)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations
from typing import Any

from fvtheory import functions as exact_functions
from fvtheory.classes.base import LOWER, TINY, UPPER, Bounds, FunctionClass, Member, Part, cube_ends
from fvtheory.exact import Point
from fvtheory.information import FloatMinMax, MinMax
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint, convex_combination, has_information, symbolic_point
from fvtheory.terms import (
    HALF,
    Formula,
    Sym,
    Term,
    absolute,
    eq,
    every,
    iff,
    implies,
    ite,
    maximum,
    minimum,
    some,
    term,
    total,
)


class Affine(FunctionClass):
    """f(x) = w·x + c. The slope w_j vanishes unless |x_min_j - x_max_j| = 1 (coordinate j is *free*):
    in the interior of an edge a non-zero slope would lead to a lower or higher value. So Φ leaves
    open how Δ is shared among the free coordinates, and nothing else.
    """

    name = "affine"
    title = "affine"
    source = "B.2, F_Aff"
    continuous = True

    @staticmethod
    def free(phi: Phi) -> list[Formula]:
        """For each coordinate, whether x_min and x_max lie at its two ends."""
        return [eq(absolute(a - b), 1) for a, b in phi.coordinates()]

    def feasible_when_varying(self, phi: Phi, convention: str) -> Formula:
        free = self.free(phi)
        if convention == "unique":
            return every(free)
        if convention == "first":
            at_zero = [eq(a, 0) & eq(b, 0) for a, b in phi.coordinates()]
            return every([some(free), *(f | z for f, z in zip(free, at_zero, strict=True))])
        return some(free)

    def _lengths(self, phi: Phi, x: SymbolicPoint) -> list[Term]:
        return [absolute(c - a) for c, a in zip(x, phi.x_min, strict=True)]

    def _extremes(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        """Least and largest |x_j - x_min_j| over the free coordinates; 0 when there is none."""
        pairs = list(zip(self.free(phi), self._lengths(phi, x), strict=True))
        if phi.dim == 1:
            only = ite(pairs[0][0], pairs[0][1], 0)
            return only, only
        least = minimum(*(ite(f, t, 1) for f, t in pairs))
        largest = maximum(*(ite(f, t, 0) for f, t in pairs))
        return least, largest

    def envelope(self, phi: Phi, x: SymbolicPoint) -> tuple[Term, Term]:
        least, largest = self._extremes(phi, x)
        return phi.f_min + phi.spread * least, phi.f_min + phi.spread * largest

    def bounds(self, phi: MinMax | FloatMinMax, lipschitz: Any = None) -> Bounds:
        free, a = _free(phi), phi.x_min
        return (
            lambda x: phi.f_min + phi.spread * min(abs(x[j] - a[j]) for j in free),
            lambda x: phi.f_min + phi.spread * max(abs(x[j] - a[j]) for j in free),
        )

    def widest_candidates(self, phi: MinMax, slack: Fraction = TINY) -> list[Point]:
        a, b = phi.x_min, phi.x_max
        return [a, *((*a[:j], b[j], *a[j + 1 :]) for j in _free(phi))]

    def parts(self, phi: MinMax, side: str, lipschitz: Fraction | None = None) -> list[Part]:
        lower, upper = self.exact_envelopes(phi)
        return [Part(*cube_ends(phi.dim), upper if side == UPPER else lower)]

    def members(self, phi: Phi, x: SymbolicPoint) -> tuple[Member, ...]:
        """All of Δ on one free coordinate."""

        def along(j: int):
            a = phi.x_min[j]
            return lambda y: phi.f_min + phi.spread * (a + (1 - 2 * a) * y[j])

        free = self.free(phi)
        return tuple(
            Member(f"coordinate-{j}-{side}", side, free[j], along(j))
            for j in range(phi.dim)
            for side in (UPPER, LOWER)
        )

    def _two_free(self, phi: Phi) -> Formula:
        free = self.free(phi)
        return some(free[i] & free[k] for i in range(phi.dim) for k in range(i))

    def radius(self, phi: Phi) -> Term:
        return HALF * ite(self._two_free(phi), phi.spread, 0)

    def side_hidden(self, phi: Phi) -> Formula:
        return phi.is_varying() & self._two_free(phi)

    def separation_points(self, phi: Phi, slack: Term) -> tuple[SymbolicPoint, ...]:
        """x_min with one free coordinate moved to x_max: there the shares 0 and Δ are seen."""
        a, b = phi.x_min, phi.x_max
        return (a, *((*a[:j], b[j], *a[j + 1 :]) for j in range(phi.dim)))

    def _exact_along(self, phi: MinMax) -> list[exact_functions.Function]:
        """The functions of the fiber with all of Δ on one coordinate."""
        functions: list[exact_functions.Function] = []
        for j, (a, b) in enumerate(zip(phi.x_min, phi.x_max, strict=True)):
            if abs(a - b) == 1:
                slope = [phi.spread * (b - a) if i == j else 0 for i in range(phi.dim)]
                functions.append(exact_functions.Affine(slope, phi.f_min - phi.spread * (b - a) * a))
        return functions or [exact_functions.constant(phi.f_min, phi.dim)]

    def example(self, dim: int) -> MinMax:
        return MinMax([j % 2 for j in range(dim)], [1 - j % 2 for j in range(dim)], "1/5", "4/5")

    def exact_members(
        self, phi: MinMax, x: Point, lipschitz: Fraction | None = None
    ) -> tuple[exact_functions.Function, exact_functions.Function]:
        along = self._exact_along(phi)
        return min(along, key=lambda f: f(x)), max(along, key=lambda f: f(x))

    def exact_envelopes(
        self, phi: MinMax, lipschitz: Fraction | None = None
    ) -> tuple[exact_functions.Function, exact_functions.Function]:
        along = self._exact_along(phi)
        if len(along) == 1:
            return along[0], along[0]
        return exact_functions.Minimum(along), exact_functions.Maximum(along)

    def contains(self, f: exact_functions.Function, lipschitz: Fraction | None = None) -> bool:
        return exact_functions.is_affine(f)

    def exact_strict(
        self, phi: MinMax, convention: str, lipschitz: Fraction | None = None
    ) -> exact_functions.Function:
        """Δ shared equally among the free coordinates."""
        along = self._exact_along(phi)
        return exact_functions.Combination([Fraction(1, len(along))] * len(along), along)

    def reached(self, phi: Phi, convention: str) -> Formula:
        """Only where the radius is 0: every free coordinate has a share, and none has all of Δ."""
        return ~self._two_free(phi)

    def missed(self, phi: Phi, convention: str) -> Formula:
        return phi.is_varying() & self._two_free(phi) & every(self.free(phi))

    def prove_ties(self, dim: int, convention: str) -> Iterable[Obligation]:
        phi, x = self.symbolic(dim), symbolic_point("x", dim)
        yield from self._prove_necessity_of(phi, convention)
        given = [*phi.domain(), phi.is_varying(), self.feasible_when_varying(phi, convention)]
        free = self.free(phi)
        ways = []
        for size in range(1, dim + 1):
            for subset in combinations(range(dim), size):
                exactly = every([free[j] if j in subset else ~free[j] for j in range(dim)])
                ways.append(exactly)

                if convention == "first" or size == dim:
                    yield from self._prove_equal_shares(phi, [*given, exactly], subset, convention)
        yield valid("member", given, some(ways))
        if dim > 1:
            yield from self._prove_missed(phi, x)

    def _prove_equal_shares(
        self, phi: Phi, given: list[Formula], subset: tuple[int, ...], convention: str
    ) -> Iterable[Obligation]:
        """Δ shared equally among the coordinates of the subset, all of them free and no others."""
        y = symbolic_point("y", phi.dim)

        def along(p: SymbolicPoint) -> list[Term]:
            return [phi.x_min[j] + (1 - 2 * phi.x_min[j]) * p[j] for j in subset]

        def member(p: SymbolicPoint) -> Term:
            return phi.f_min + phi.spread * (total(along(p)) * Fraction(1, len(subset)))

        name = "member." + "-".join(map(str, subset))
        proof = Derivation(name, [*given, *phi.in_cube(y)])
        hidden = [t for p in (phi.x_min, phi.x_max, y) for t in along(p)]
        facts = [phi.is_varying()]
        for j, low, high, here in zip(subset, along(phi.x_min), along(phi.x_max), along(y), strict=True):
            a, b = phi.x_min[j], phi.x_max[j]
            at_ends = iff(eq(here, 0), eq(y[j], a)) & iff(eq(here, 1), eq(y[j], b))
            within = every([eq(low, 0), eq(high, 1), here >= 0, here <= 1, at_ends])
            free = proof.have(f"free-{j}", self.free(phi)[j], given)
            facts.append(proof.have(f"share-{j}", within, [free, *phi.in_cube((a,), (b,), (y[j],))]))
        rest = [j for j in range(phi.dim) if j not in subset]
        zero = every(every([eq(phi.x_min[j], 0), eq(phi.x_max[j], 0), y[j] >= 0]) for j in rest)
        facts.append(proof.have("others", zero, [*given, *phi.in_cube(y)]))
        proof.have("information", has_information(member, phi, y, convention), facts, hidden)
        return proof.obligations

    def _prove_necessity_of(self, phi: Phi, convention: str) -> Iterable[Obligation]:
        """A coordinate with slope 0 can be moved without a change of value."""
        given = [*phi.domain(), phi.is_varying(), *self._extremal(phi)]
        proof = Derivation("necessity", given)
        steps = self._prove_free(proof, phi)
        for j, (w, (a, b)) in enumerate(zip(self._slopes(phi), phi.coordinates(), strict=True)):
            if convention == "unique":
                moved = ite(a <= HALF, 1, 0)
                strict, goal = w * (moved - a) > 0, self.free(phi)[j]
            else:
                strict = implies(a > 0, w * (0 - a) > 0) & implies(b > 0, w * (0 - b) < 0)
                goal = self.free(phi)[j] | (eq(a, 0) & eq(b, 0))
            cube = phi.in_cube((a,), (b,))
            yield valid(f"necessity-{j}", [steps[j], strict, *cube], goal)
            yield valid(f"sloped-{j}", [self.free(phi)[j], strict, *cube], ~eq(w, 0))
        yield from proof.obligations

    def _prove_missed(self, phi: Phi, x: SymbolicPoint) -> Iterable[Obligation]:
        """With every coordinate free and every slope non-zero, f is strictly inside [f_min, f_max] where
        the envelopes are Δ apart, and elsewhere they are closer than Δ."""
        fx, slopes, lengths = Sym("fx"), self._slopes(phi), self._lengths(phi, x)
        shares = [w * (b - a) for w, (a, b) in zip(slopes, phi.coordinates(), strict=True)]
        change = [w * (c - a) for w, c, a in zip(slopes, x, phi.x_min, strict=True)]
        nonzero = [~eq(w, 0) for w in slopes]
        value = eq(fx, phi.f_min + total(change))
        missed = self.missed(phi, "unique")
        given = [
            *phi.domain(),
            *phi.in_cube(x),
            missed,
            *self._extremal(phi),
            self._rise(phi),
            value,
            *nonzero,
        ]
        proof = Derivation("missed", given)
        least, largest = self._extremes(phi, x)
        signs, units = [], []
        above: list[Formula] = []
        under: list[Formula] = []
        for j, (a, b) in enumerate(phi.coordinates()):
            t, share = lengths[j], shares[j]
            free = proof.have(f"free-{j}", self.free(phi)[j], [missed])
            here = [
                *self._extremal(phi)[4 * j : 4 * j + 4],
                nonzero[j],
                *phi.in_cube((a,), (b,), (x[j],)),
                free,
            ]
            signs.append(proof.have(f"positive-{j}", share > 0, here))
            unit = proof.have(f"length-{j}", every([t >= 0, t <= 1]), here[5:])
            product = proof.have(f"product-{j}", eq(change[j], share * t), here)
            ends = every([implies(eq(t, 0), eq(change[j], 0)), implies(eq(t, 1), eq(change[j], share))])
            within = every([change[j] >= 0, change[j] <= share, ends])
            known = [signs[-1], unit, product]
            units += [unit, proof.have(f"within-{j}", within, known, [change[j], share, t])]
            bounds = every([least <= t, t <= largest])
            bounds = proof.have(f"extremes-{j}", bounds, [free, unit], lengths)
            hidden = [change[j], share, t, least, largest]
            above.append(proof.have(f"above-{j}", change[j] <= share * largest, [*known, bounds], hidden))
            under.append(proof.have(f"under-{j}", share * least <= change[j], [*known, bounds], hidden))
        frees = [f for f in proof.known if f in self.free(phi)]
        gaps = [absolute(a - b) for a, b in phi.coordinates()]
        whole, rise = total(change), self._rise(phi)
        hidden = [*change, *shares, *lengths]
        order = every([least >= 0, least <= largest, largest <= 1])
        order = proof.have("order", order, [*units, *frees], [*hidden, *gaps])
        inner = implies(eq(least, 0), whole < phi.spread) & implies(eq(largest, 1), whole > 0)
        inner = proof.have("inner", inner, [*signs, *units, rise, *frees], [*hidden, *gaps])
        outer = every([whole <= phi.spread * largest, phi.spread * least <= whole])
        outer = proof.have("outer", outer, [*above, *under, rise], [*change, *shares, least, largest])
        radius = proof.have("radius", eq(2 * self.radius(phi), phi.spread), [missed])
        lower, upper = self.envelope(phi, x)
        goal = absolute(fx - (lower + upper) / 2) < self.radius(phi)
        varying = proof.have("varying", phi.is_varying(), [missed])
        using = [order, inner, outer, value, radius, varying]
        proof.have("", goal, using, [whole, least, largest, self.radius(phi)])
        return proof.obligations

    # The proof of validity: one coordinate, then the sum.

    def _slopes(self, phi: Phi) -> list[Term]:
        return [Sym(f"w[{j}]") for j in range(phi.dim)]

    def _extremal(self, phi: Phi) -> list[Formula]:
        """f(x_min) <= f <= f(x_max) at the points that differ from them in one coordinate."""
        facts = []
        for w, (a, b) in zip(self._slopes(phi), phi.coordinates(), strict=True):
            facts += [w * (end - a) >= 0 for end in (term(0), term(1))]
            facts += [w * (end - b) <= 0 for end in (term(0), term(1))]
        return facts

    def _rise(self, phi: Phi) -> Formula:
        """f(x_max) - f(x_min) = Δ."""
        slopes = zip(self._slopes(phi), phi.coordinates(), strict=True)
        return eq(phi.spread, total(w * (b - a) for w, (a, b) in slopes))

    def _prove_free(self, proof: Derivation, phi: Phi) -> list[Formula]:
        steps = []
        for j, (w, free) in enumerate(zip(self._slopes(phi), self.free(phi), strict=True)):
            using = [*self._extremal(phi)[4 * j : 4 * j + 4], *phi.in_cube((phi.x_min[j],), (phi.x_max[j],))]
            steps.append(proof.have(f"slope-{j}", eq(w, 0) | free, using))
        return steps

    def prove_necessity(self, phi: Phi, convention: str) -> list[Obligation]:
        given = [*phi.domain(), phi.is_varying(), *self._extremal(phi), self._rise(phi)]
        proof = Derivation("necessity", given)
        steps = self._prove_free(proof, phi)
        rises = [b - a for a, b in phi.coordinates()]
        proof.have("", some(self.free(phi)), [*steps, self._rise(phi), phi.is_varying()], rises)
        return proof.obligations

    def prove_validity(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        fx, slopes = Sym("fx"), self._slopes(phi)
        least, largest = self._extremes(phi, x)
        change = [w * (c - a) for w, c, a in zip(slopes, x, phi.x_min, strict=True)]
        value = eq(fx, phi.f_min + total(change))
        given = [*self.given(phi, x), *self._extremal(phi), self._rise(phi), value]
        proof = Derivation("validity", given)
        slope_steps = self._prove_free(proof, phi)
        lengths, free = self._lengths(phi, x), self.free(phi)
        bounds: dict[str, list[Formula]] = {UPPER: [], LOWER: []}
        for j, w in enumerate(slopes):
            a, b = phi.x_min[j], phi.x_max[j]
            cube = phi.in_cube((a,), (b,), (x[j],))
            signs = self._extremal(phi)[4 * j : 4 * j + 4]
            for side, extreme in ((UPPER, largest), (LOWER, least)):
                within = lengths[j] <= extreme if side == UPPER else extreme <= lengths[j]
                step = proof.have(
                    f"{side}.length-{j}", implies(free[j], within), given[: len(self.given(phi, x))]
                )
                share = (
                    change[j] <= w * (b - a) * extreme
                    if side == UPPER
                    else w * (b - a) * extreme <= change[j]
                )
                bounds[side].append(
                    proof.have(f"{side}.share-{j}", share, [step, slope_steps[j], *signs, *cube], [extreme])
                )
        lower, upper = self.envelope(phi, x)
        hidden = [b - a for a, b in phi.coordinates()]
        for side, goal, extreme in ((UPPER, fx <= upper, largest), (LOWER, lower <= fx, least)):
            proof.have(side, goal, [*bounds[side], self._rise(phi), value], [extreme, *change, *hidden])
        return proof.obligations

    def prove_radius(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        """The lengths are shares of the way from x_min to x_max; two shares differ by at most 1."""
        least, largest = self._extremes(phi, x)
        lower, upper = self.envelope(phi, x)
        proof = Derivation("radius.bound", self.given(phi, x))
        shares = []
        for j, (a, b) in enumerate(phi.coordinates()):
            length = self._lengths(phi, x)[j]
            unit = every([length >= 0, length <= 1])
            shares.append(proof.have(f"share-{j}", unit, phi.in_cube((a,), (b,), (x[j],))))
        some_free = some(self.free(phi))
        apart = every([largest - least <= 1, self._two_free(phi) | eq(largest, least)])
        gaps = [absolute(a - b) for a, b in phi.coordinates()]
        apart = proof.have("apart", apart, [*shares, some_free], [*self._lengths(phi, x), *gaps])
        proof.have(
            "", upper - lower <= 2 * self.radius(phi), [apart, phi.is_varying()], [least, largest, *gaps]
        )
        return [*proof.obligations, *self.prove_separation(phi)]

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        weight = Sym("weight")
        y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
        between = member.value(convex_combination(weight, y, z))
        mixed = weight * member.value(y) + (1 - weight) * member.value(z)
        return [valid(f"member.{member.name}.affine", [], eq(between, mixed))]

    def prove_attainment(self, phi: Phi, x: SymbolicPoint) -> list[Obligation]:
        least, largest = self._extremes(phi, x)
        lengths, free = self._lengths(phi, x), self.free(phi)
        given, obligations = self.given(phi, x), []
        for side, extreme, bound in zip((LOWER, UPPER), (least, largest), self.envelope(phi, x), strict=True):
            proof = Derivation(f"attainment.{side}", given)
            ways = [f & eq(t, extreme) for f, t in zip(free, lengths, strict=True)]
            steps = [proof.have("coordinate", some(ways), given)]
            members = [m for m in self.members(phi, x) if m.side == side]
            for j in range(len(members)):
                along = phi.x_min[j] + (1 - 2 * phi.x_min[j]) * x[j]
                using = [*phi.in_cube((phi.x_min[j],), (phi.x_max[j],), (x[j],))]
                steps.append(proof.have(f"along-{j}", implies(free[j], eq(along, lengths[j])), using))
            hidden = [extreme, *lengths, *(a + (1 - 2 * a) * c for a, c in zip(phi.x_min, x, strict=True))]
            goal = some(m.when & eq(m.value(x), bound) for m in members)
            proof.have("", goal, steps, hidden)
            obligations += proof.obligations
        return obligations


def _free(phi: MinMax | FloatMinMax) -> list[int]:
    a: Any = phi.x_min
    return [j for j, (s, t) in enumerate(zip(a, phi.x_max, strict=True)) if abs(s - t) == 1]
