"""Convex functions known at finitely many points: chords above, extended chords below.

A convex function on [0, 1] with values up to cap is below cap at both ends, so where no point is an end, (0, cap)
and (1, cap) are two more places that it does not exceed. Between two neighbouring places it lies below their
chord, and above the extended chords of the next two places on either side. Towards an end that is among the points
no chord limits it from below: f may jump there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, pairwise

from fvtheory.interpolation.base import SLACK, Interpolation, U, X, parts_of
from fvtheory.interpolation.data import Data, Place, generic_data, minus, over, times
from fvtheory.obligations import Derivation, Obligation, valid
from fvtheory.terms import (
    HALF,
    ZERO,
    Formula,
    Or,
    Sym,
    Term,
    eq,
    every,
    implies,
    ite,
    maximum,
    minimum,
    some,
    symbols,
)


def _ratio(p: Term, q: Term) -> Term:
    """p / q, and 0 where q is not positive."""
    return ite(q > 0, over(p, q), ZERO)


class Convex(Interpolation):
    """f(λx + (1 - λ)z) <= λ f(x) + (1 - λ) f(z).

    Proofs are about slopes s_j with s_j (b - a) = f(b) - f(a), which avoids quotients.
    """

    name = "convex"
    open_ends = True

    def _places(self, data: Data) -> list[Place]:
        places = list(zip(data.points, data.values, strict=True))
        before = [] if data.starts_at_zero else [(ZERO, data.cap)]
        after = [] if data.ends_at_edge else [(data.edge, data.cap)]
        return [*before, *places, *after]

    def _slopes(self, data: Data) -> list[Term]:
        """The slopes between neighbouring places."""
        if data.slopes:
            return list(data.slopes)
        return [over(minus(b[1], a[1]), minus(b[0], a[0])) for a, b in pairwise(self._places(data))]

    def _named(self, data: Data, names: list[Term]) -> Data:
        """The data with names for the slopes between places, each defined as the slope."""
        pairs = pairwise(self._places(data))
        meaning = tuple(
            eq(times(s, minus(b[0], a[0])), minus(b[1], a[1])) for s, (a, b) in zip(names, pairs, strict=True)
        )
        return replace(data, slopes=tuple(names), given=meaning)

    def generic(self, size: int, at_zero: bool, at_edge: bool) -> Data:
        data = generic_data(size, False, at_zero, at_edge)
        return self._named(data, [Sym(f"s[{j}]") for j in range(len(self._places(data)) - 1)])

    def extended(self, data: Data, i: int, x: Term, u: Term) -> Data:
        names = list(data.slopes)
        e = i - int(data.starts_at_zero)
        more = data.with_value(i, x, u)
        # Beyond an end that becomes known no place is left.
        left = [] if more.starts_at_zero and i == 0 else [Sym("s.left")]
        right = [] if more.ends_at_edge and i == data.size else [Sym("s.right")]
        return self._named(more, [*names[:e], *left, *right, *names[e + 1 :]])

    def condition(self, data: Data) -> Formula:
        if data.slopes:
            return every(s <= t for s, t in pairwise(data.slopes))
        places = self._places(data)
        return every(self._turns_up(*places[j : j + 3]) for j in range(len(places) - 2))

    def _turns_up(self, a: Place, b: Place, c: Place) -> Formula:
        left = times(minus(b[1], a[1]), minus(c[0], b[0]))
        return left <= times(minus(c[1], b[1]), minus(b[0], a[0]))

    def axioms(self, data: Data) -> list[Formula]:
        """At any three places, multiplied by the distance of the outer ones; f <= cap at the ends."""
        found: list[Formula] = []
        for a, b, c in combinations(self._places(data), 3):
            outer = times(a[1], minus(c[0], b[0])) + times(c[1], minus(b[0], a[0]))
            found.append(times(b[1], minus(c[0], a[0])) <= outer)
        return found

    def envelope(self, data: Data, i: int, x: Term) -> tuple[Term, Term]:
        lower, upper = self._around(data, i, x)
        return maximum(data.floor, *lower), upper

    def _around(self, data: Data, i: int, x: Term) -> tuple[list[Term], Term]:
        """At x in gap i: the extended chords of its neighbours, and its own chord."""
        places, slopes = self._places(data), self._slopes(data)
        e = i - int(data.starts_at_zero)
        a, b = places[e], places[e + 1]
        lower = [a[1] + times(slopes[e - 1], minus(x, a[0]))] if e > 0 else []
        lower += [b[1] - times(slopes[e + 1], minus(b[0], x))] if e + 1 < len(slopes) else []
        return lower, a[1] + times(slopes[e], minus(x, a[0]))

    def _turns(self, data: Data, i: int) -> tuple[Term, Term, Term, Term, Term | None, Term | None]:
        """Of gap i, with the places a and b at its ends: its length h, the slope of its chord, the heights of a
        and b above floor, and how much steeper the chord turns at a and at b (None where no place follows)."""
        places, slopes = self._places(data), self._slopes(data)
        e = i - int(data.starts_at_zero)
        a, b, s = places[e], places[e + 1], slopes[e]
        alpha = minus(s, slopes[e - 1]) if e > 0 else None
        beta = minus(slopes[e + 1], s) if e + 1 < len(slopes) else None
        return minus(b[0], a[0]), s, minus(a[1], data.floor), minus(b[1], data.floor), alpha, beta

    def width(self, data: Data, i: int) -> Term:
        """The greatest value of min(αt, β(h - t), y + st), the width at t behind a; α and β are the turns at a and
        b (no limit where no place follows), y and z the heights of a and b, s the slope of the chord."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        if alpha is None and beta is None:
            return maximum(y, z)
        if alpha is None:
            assert beta is not None
            rest = times(beta, h)
            return ite(s < 0, minimum(y, rest), minimum(rest, _ratio(times(beta, z), beta + s)))
        if beta is None:
            rest = times(alpha, h)
            return ite(s > 0, minimum(z, rest), minimum(rest, _ratio(times(alpha, y), minus(alpha, s))))
        both = _ratio(times(times(alpha, beta), h), alpha + beta)
        falling = _ratio(times(alpha, y), minus(alpha, s))
        return minimum(both, ite(s < 0, falling, _ratio(times(beta, z), beta + s)))

    def _ratios(self, data: Data, i: int) -> list[tuple[Term, Formula | None]]:
        """The quotients in the width of gap i, and where each bounds it."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        found: list[tuple[Term, Formula | None]] = []
        if alpha is not None and beta is not None:
            found.append((_ratio(times(times(alpha, beta), h), alpha + beta), None))
        if alpha is not None:
            found.append((_ratio(times(alpha, y), minus(alpha, s)), s < 0 if beta is not None else s <= 0))
        if beta is not None:
            found.append((_ratio(times(beta, z), beta + s), s >= 0))
        return found

    def _cases(self, data: Data, i: int) -> list[tuple[str, Term, Formula]]:
        """(name, t, when): in each case the width at t behind a is that of the gap, but for the slack."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        start, end = (ZERO if i == 0 else times(h, SLACK)), (h if i == data.size else times(h, 1 - SLACK))
        if alpha is None and beta is None:
            return [("from-left", start, s <= 0), ("from-right", end, s >= 0)]
        if alpha is None:
            assert beta is not None
            rising = _ratio(minus(times(beta, h), y), beta + s)
            inside = (s > 0) & (times(beta, h) > y) & (beta > 0)
            return [("from-left", start, ~inside), ("crossing", rising, inside)]
        if beta is None:
            falling = _ratio(y, minus(alpha, s))
            inside = (s < 0) & (times(alpha, h) > z) & (alpha > 0)
            return [("from-right", end, ~inside), ("crossing", falling, inside)]
        flat = self.width(data, i) <= 0
        turn, rising = _ratio(times(beta, h), alpha + beta), _ratio(minus(times(beta, h), y), beta + s)
        falling = _ratio(y, minus(alpha, s))
        low, high = (s < 0) & (falling < turn), (s >= 0) & (rising > turn)
        return [
            ("flat", h / 2, flat),
            ("falling", falling, low & ~flat),
            ("rising", rising, high & ~flat),
            ("turn", turn, ~low & ~high & ~flat),
        ]

    def widest(self, data: Data, i: int) -> tuple[Term, ...]:
        start = self._places(data)[i - int(data.starts_at_zero)][0]
        return tuple(start + t for _, t, _ in self._cases(data, i))

    def interpolant(self, data: Data, x: Term) -> Term:
        """The greatest of the lines through neighbouring places: convex as a maximum of affine functions."""
        places, slopes = self._places(data), self._slopes(data)
        if not slopes:
            return data.values[0]
        lines = [a[1] + times(s, minus(x, a[0])) for a, s in zip(places, slopes, strict=False)]
        return maximum(lines[0], *lines[1:])

    def facts(self, data: Data) -> list[Formula]:
        return [self.width(data, i) <= data.spread for i in self.gaps(data)]

    # ---- proofs ----------------------------------------------------------------------------------

    def local(self, data: Data, i: int) -> frozenset[str]:
        places, slopes = self._places(data), self._slopes(data)
        e = i - int(data.starts_at_zero)
        near = [t for place in places[max(0, e - 1) : e + 3] for t in place]
        further = (data.floor, data.cap, X, U, SLACK, Sym("s.left"), Sym("s.right"))
        return frozenset(symbols(*near, *slopes[max(0, e - 1) : e + 2], *further))

    def prove_extension(self, data: Data, i: int, x: Term, name: str) -> Iterable[Obligation]:
        """One comparison of slopes after the other, each from what it is about."""
        places, slopes = self._places(data), self._slopes(data)
        e = i - int(data.starts_at_zero)
        a, b, chord = places[e], places[e + 1], slopes[e]
        extended = self.extended(data, i, x, U)
        lines, upper = self._around(data, i, x)
        lower = maximum(data.floor, *lines)
        known = self.premises(data, i, *self.where(data, i, x), *extended.given)

        def about(*terms: Term) -> list[Formula]:
            names = frozenset(symbols(*terms))
            return [f for f in known if names.issuperset(symbols(f))]

        limits = data.floor, data.cap
        own = about(*a, *b, chord, *limits, x)
        order = Derivation(f"{name}.ordered", known)
        parts = [order.have("floor", data.floor <= upper, own)]
        before = slopes[e - 1] if e > 0 else None
        after = slopes[e + 1] if e + 1 < len(slopes) else None
        steep = [t for t in (before, after) if t is not None]
        for part, slope in zip(lines, steep, strict=True):
            parts.append(order.have("line", part <= upper, about(*a, *b, chord, slope, x)))
        order.have("", lower <= upper, parts, [*lines, upper])
        yield from order.obligations
        yield valid(f"{name}.floor", [], lower >= data.floor)
        yield valid(f"{name}.cap", own, upper <= data.cap)

        left = Sym("s.left") if Sym("s.left") in extended.slopes else None
        right = Sym("s.right") if Sym("s.right") in extended.slopes else None
        compared: list[tuple[Term, Term, Formula | None, list[Formula]]] = []
        if before is not None and left is not None:
            compared.append((before, left, lines[0] <= U, about(*a, before, left, x, U)))
        if left is not None and right is not None:
            compared.append((left, right, None, about(*a, *b, chord, left, right, x, U)))
        if right is not None and after is not None:
            compared.append((right, after, lines[-1] <= U, about(*b, after, right, x, U)))
        possible = Derivation(f"{name}.possible", [*known, lower <= U, upper >= U])
        necessary = Derivation(
            f"{name}.necessary",
            [*known, U >= data.floor, U <= data.cap, *(s <= t for s, t, _, _ in compared)],
        )
        above: list[Formula] = [U >= data.floor]
        for s, t, line, near in compared:
            if line is None:
                possible.have("turn", s <= t, [*near, upper >= U])
                necessary.have("upper", upper >= U, [*near, s <= t])
            else:
                possible.have("turn", s <= t, [*near, possible.have("line", line, [lower <= U])])
                above.append(necessary.have("line", line, [*near, s <= t]))
        if left is None or right is None:
            necessary.have("upper", upper >= U, [*own, U <= data.cap])
        for part in lines:  # beyond an end that becomes known
            if (part <= U) not in above:
                above.append(necessary.have("line", part <= U))
        necessary.have("lower", lower <= U, above, lines)
        yield from (*possible.obligations, *necessary.obligations)

    def prove_width(self, data: Data, i: int) -> list[Obligation]:
        """The width is at most each of the three lines of `width`; then each pair of them bounds it."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        lower, upper = self.envelope(data, i, X)
        places = self._places(data)
        e = i - int(data.starts_at_zero)
        given = self.premises(data, i, *data.in_gap(i, X))
        proof = Derivation(f"radius.gap-{i}.bound", given)
        w, t, r = upper - lower, minus(X, places[e][0]), minus(places[e + 1][0], X)
        limits = [
            proof.have("height", w <= y + times(s, t), []),
            proof.have("height-right", w <= z - times(s, r), given),
            proof.have("before", t >= 0, given),
            proof.have("after", r >= 0, given),
            proof.have("length", eq(h, t + r), []),
            *(proof.have("heights", part, given) for part in (y >= 0, z >= 0)),
        ]
        if alpha is not None:
            limits.append(proof.have("left", w <= times(alpha, t), []))
            limits.append(proof.have("turn-left", alpha >= 0, given))
        if beta is not None:
            limits.append(proof.have("right", w <= times(beta, r), given))
            limits.append(proof.have("turn-right", beta >= 0, given))
        hidden = [part for part in (w, t, r, alpha, beta, y, z, h) if part is not None and symbols(part)]
        products: list[Formula] = []
        if alpha is not None:
            products.append(implies(s <= 0, times(w, minus(alpha, s)) <= times(alpha, y)))
            products.append(implies(s > 0, w <= z))
        if beta is not None:
            products.append(implies(s >= 0, times(w, beta + s) <= times(beta, z)))
            products.append(implies(s < 0, w <= y))
        if alpha is not None and beta is not None:
            products.append(times(w, alpha + beta) <= times(times(alpha, beta), h))
        limits += [proof.have("product", part, limits, hidden) for part in products]
        last: list[Formula] = []
        quotients: list[Term] = []
        for ratio, case in self._ratios(data, i):
            goal = w <= ratio if case is None else implies(case, w <= ratio)
            last.append(proof.have("quotient", goal, limits, hidden))
            quotients.append(ratio)
        simple = [part for part in limits if part not in products or isinstance(part, Or)]
        proof.have("bound", w <= self.width(data, i), [*last, *simple], [*quotients, *hidden])
        signs = [
            f for f in limits if f in (y >= 0, z >= 0, *((t >= 0) for t in (alpha, beta) if t is not None))
        ]
        heights = [proof.have("heights", part <= data.spread, given) for part in (y, z)]
        rise = proof.have("rise", eq(z, y + times(s, h)), given)
        long = proof.have("length", h > 0, given)
        least = [part for part in hidden if part not in (w, t, r)]
        proof.have("spread", self.width(data, i) <= maximum(y, z), [*signs, rise, long], least)
        width = self.width(data, i)
        apart = [] if width == maximum(y, z) else [width]
        proof.have("", width <= data.spread, [proof.known[-1], *heights], apart)
        return [*proof.obligations, *self._prove_reached(data, i)]

    def _prove_reached(self, data: Data, i: int) -> list[Obligation]:
        """The width is no less than the least of its lines; one of the lengths makes that the width."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        lower, upper = self.envelope(data, i, X)
        places = self._places(data)
        e = i - int(data.starts_at_zero)
        given = self.premises(data, i)
        inside = self.premises(data, i, *data.in_gap(i, X))

        def lines(t: Term) -> list[Term]:
            found = [y + times(s, t)]
            found += [] if alpha is None else [times(alpha, t)]
            return found + ([] if beta is None else [times(beta, h - t)])

        first, *rest = lines(minus(X, places[e][0]))
        form = valid(f"radius.gap-{i}.form", inside, upper - lower >= minimum(first, *rest))
        proof = Derivation(f"radius.gap-{i}.reached", [*given, SLACK > 0, SLACK <= HALF])
        facts = [
            proof.have("length", h > 0, given),
            *(proof.have("heights", part, given) for part in (y >= 0, z >= 0, y <= 1, z <= 1)),
            proof.have("rise", eq(z, y + times(s, h)), given),
            *(proof.have("turns", part >= 0, given) for part in (alpha, beta) if part is not None),
        ]
        facts += [proof.have("slack", part, [part]) for part in (SLACK > 0, SLACK <= HALF)]
        hidden = [part for part in (h, alpha, beta, y, z) if part is not None and symbols(part)]
        if alpha is not None and beta is not None:
            facts += self._where_they_turn(proof, data, i, facts)
        width, ways = self.width(data, i), []
        for name, t, case in self._cases(data, i):
            low = t >= 0 if i == 0 else t > 0
            high = t <= h if i == data.size else t < h
            way = every([low, high, *(part >= width - SLACK for part in lines(t))])
            ways.append(proof.have(name, implies(case, way), facts, hidden))
        covered = proof.have("cases", some(case for _, _, case in self._cases(data, i)), facts, hidden)
        some_way = some(way.parts[1] for way in ways if isinstance(way, Or))
        proof.have("", some_way, [covered, *ways], hidden)
        return [form, *proof.obligations]

    def _where_they_turn(self, proof: Derivation, data: Data, i: int, facts: list[Formula]) -> list[Formula]:
        """Where αt = β(h - t): what `_cases` needs to know, quotients cleared."""
        h, s, y, z, alpha, beta = self._turns(data, i)
        assert alpha is not None and beta is not None
        turn, both = _ratio(times(beta, h), alpha + beta), _ratio(times(times(alpha, beta), h), alpha + beta)
        falling, rising = _ratio(y, minus(alpha, s)), _ratio(minus(times(beta, h), y), beta + s)
        hidden = [part for part in (h, alpha, beta, y, z) if symbols(part)]
        sharp = (alpha > 0) & (beta > 0)
        claims = (
            implies(sharp, eq(times(alpha, turn), both) & eq(times(beta, h - turn), both)),
            implies(sharp, (turn > 0) & (turn < h)),
            implies(sharp & (s < 0) & (falling >= turn), y + times(s, turn) >= times(alpha, turn)),
            implies(sharp & (s >= 0) & (rising <= turn), y + times(s, turn) >= times(beta, h - turn)),
            sharp | (both <= 0),
            implies(beta + s > 0, eq(times(beta + s, rising), minus(times(beta, h), y))),
            implies(minus(alpha, s) > 0, eq(times(minus(alpha, s), falling), y)),
            implies(sharp & (s >= 0) & (rising > turn), times(alpha, rising) >= times(beta, h - rising)),
            implies(sharp & (s < 0) & (falling < turn), times(beta, h - falling) >= times(alpha, falling)),
            implies(beta + s > 0, eq(_ratio(times(beta, z), beta + s), y + times(s, rising))),
            implies(minus(alpha, s) > 0, eq(_ratio(times(alpha, y), minus(alpha, s)), times(alpha, falling))),
        )
        return [proof.have("turn", claim, facts, hidden) for claim in claims]

    def _lines(self, data: Data, x: Term) -> list[Term]:
        places = self._places(data)
        return [a[1] + times(s, minus(x, a[0])) for a, s in zip(places, self._slopes(data), strict=False)]

    def _chain(self, proof: Derivation, data: Data, x: Term, e: int, where: list[Formula]) -> list[Formula]:
        """At x on the chord e each line is below the next one towards it; where: what is known of x."""
        places, slopes, lines = self._places(data), self._slopes(data), self._lines(data, x)
        found = []
        for j in range(len(lines) - 1):
            a, b = places[j], places[j + 1]
            shared = eq(times(slopes[j], minus(b[0], a[0])), minus(b[1], a[1]))
            side = proof.have(f"side-{j}", x >= b[0] if j < e else b[0] >= x, where)
            low, high = (lines[j], lines[j + 1]) if j < e else (lines[j + 1], lines[j])
            found.append(proof.have(f"line-{j}", low <= high, [shared, slopes[j] <= slopes[j + 1], side]))
        return found

    def prove_membership(self, data: Data) -> list[Obligation]:
        """In each gap the greatest of the lines is the chord, which lies between the values at its ends."""
        places, slopes = self._places(data), self._slopes(data)
        if not slopes:  # one point, which is both ends: not on an interval
            return []
        *given, condition = self.feasible(data)
        given += parts_of(condition)
        found: list[Obligation] = []
        for e, (a, b) in enumerate(pairwise(places)):
            here = [X >= a[0], b[0] >= X]
            proof = Derivation(f"range.chord-{e}", [*given, *here])
            lines = self._lines(data, X)
            chain = self._chain(proof, data, X, e, [*given, *here])
            names = frozenset(symbols(*a, *b, slopes[e], data.floor, data.cap, X))
            near = [f for f in proof.given if names.issuperset(symbols(f))]
            above = proof.have("above", lines[e] >= data.floor, near)
            below = proof.have("below", lines[e] <= data.cap, near)
            value = self.interpolant(data, X)
            proof.have("", (value >= data.floor) & (value <= data.cap), [*chain, above, below], lines)
            found += proof.obligations
        for i, (p, y) in enumerate(zip(data.points, data.values, strict=True)):
            e = min(places.index((p, y)), len(slopes) - 1)
            proof = Derivation(f"value-{i}", given)
            lines = self._lines(data, p)
            chain = self._chain(proof, data, p, e, given)
            names = frozenset(symbols(*places[e], *places[e + 1], slopes[e]))
            shared = [f for f in given if names.issuperset(symbols(f))]
            there = proof.have("chord", eq(lines[e], y), shared)
            proof.have("", eq(self.interpolant(data, p), y), [*chain, there], lines)
            found += proof.obligations
        return found
