"""L-Lipschitz functions known at finitely many points (McShane, 1934; Whitney, 1934).

By the triangle inequality only the two neighbours of x count. Between neighbours with the values y and z, h
apart, the envelopes are upper = min(cap, y + Lt, z + L(h - t)) and lower = max(floor, y - Lt, z - L(h - t)),
and the width is greatest where none of min and max can be improved on both sides: see `Lipschitz.width`.
"""

from __future__ import annotations

from itertools import combinations, pairwise

from fvtheory.interpolation.base import Interpolation, X, Z
from fvtheory.interpolation.data import Data, minus
from fvtheory.obligations import Derivation, Obligation
from fvtheory.terms import ZERO, Formula, Term, absolute, every, maximum, minimum


class Lipschitz(Interpolation):
    """f(x) - f(z) <= L |x - z|; all its obligations are linear, with lengths in units of 1/L."""

    name = "lipschitz"
    needs_lipschitz = True

    def condition(self, data: Data) -> Formula:
        pairs = pairwise(zip(data.points, data.values, strict=True))
        return every(absolute(minus(z, y)) <= data.rise(minus(q, p)) for (p, y), (q, z) in pairs)

    def axioms(self, data: Data) -> list[Formula]:
        pairs = combinations(zip(data.points, data.values, strict=True), 2)
        return [absolute(y - z) <= data.rise(absolute(p - q)) for (p, y), (q, z) in pairs]

    def envelope(self, data: Data, i: int, x: Term) -> tuple[Term, Term]:
        near = []
        if i > 0:
            near.append((data.values[i - 1], data.rise(minus(x, data.points[i - 1]))))
        if i < data.size:
            near.append((data.values[i], data.rise(minus(data.points[i], x))))
        lower = maximum(data.floor, *(y - rise for y, rise in near))
        return lower, minimum(data.cap, *(y + rise for y, rise in near))

    def width(self, data: Data, i: int) -> Term:
        if i in (0, data.size):
            lower, upper = self.envelope(data, i, ZERO if i == 0 else data.edge)
            return upper - lower
        y, z = data.values[i - 1], data.values[i]
        rise = data.rise(minus(data.points[i], data.points[i - 1]))
        middle = (y + z) / 2
        return minimum(
            data.spread,
            rise - absolute(minus(z, y)),
            minus(rise / 2 + middle, data.floor),
            rise / 2 + (data.cap - middle),
        )

    def widest(self, data: Data, i: int) -> tuple[Term, ...]:
        if i in (0, data.size):
            return (ZERO if i == 0 else data.edge,)
        y, width = data.values[i - 1], self.width(data, i)
        ahead = maximum(width - (data.cap - y), width - (y - data.floor), width / 2)
        return data.points[i - 1] + ahead, (data.points[i - 1] + data.points[i]) / 2

    def interpolant(self, data: Data, x: Term) -> Term:
        return minimum(data.cap, *self._cones(data, x))

    def _cones(self, data: Data, x: Term) -> list[Term]:
        places = zip(data.points, data.values, strict=True)
        return [y + data.rise(absolute(minus(x, p))) for p, y in places]

    def prove_law(self, data: Data) -> list[Obligation]:
        """Each cone climbs by at most L |x - z|, and so does the least of them and cap."""
        step = data.rise(absolute(minus(X, Z)))
        proof = Derivation("law", data.domain())
        here, there = self._cones(data, X), self._cones(data, Z)
        parts = [
            proof.have(f"cone-{i}", p <= q + step, [])
            for i, (p, q) in enumerate(zip(here, there, strict=True))
        ]
        apart = proof.have("distance", step >= 0, [])
        goal = self.interpolant(data, X) <= self.interpolant(data, Z) + step
        proof.have("", goal, [*parts, apart], [*here, *there, step])
        return proof.obligations
