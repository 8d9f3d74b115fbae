"""The average radius: the smallest expected error of any decoder for the worst function of a fiber.

The worst case over x is pessimistic. With x drawn from a stated distribution, and the worst f all the same,

    R_p = inf over decoders D of sup over f in the fiber of (E |f(x) - D(x)|^p)^(1/p),    p = 1 or 2.

*Upper bound.* |f - (U + L)/2| <= (U - L)/2 at every x, U and L the envelopes: the central decoder gives
R_p <= ‖(U - L)/2‖_p.

*Lower bound.* ‖f - g‖ <= ‖f - D‖ + ‖g - D‖ for members f, g, and in the limit for limits of members in L_p:
R_p >= ‖f - g‖_p / 2. A bounded sequence that converges almost everywhere converges in L_p.

*Where both agree*, R_p is exact and the central decoder is a best one. It is enough that members f and g, or limits,
are everywhere one at U and the other at L:

* classes of rates (all, monotone, Lipschitz, constant and intersections): U and L themselves (see `mcshane`), unless
  the class is a union of branches;
* convex functions of one variable known exactly at points, though L is no member: f follows L in every other
  gap between these points and U in the others, g the other way round (see `pairs_on_line`);
* quasi-convex functions of one variable alike: only one of the two gaps at a least value can hold the valley;
* convex functions with Φ: U is the gauge of the cube about x_min, L = f_min almost everywhere is approached by
  functions that rise near the face of x_max. U - f_min exceeds Δ t outside a cube of volume t^d, so
  ‖U - L‖_1 = Δ d/(d + 1) and ‖U - L‖_2² = Δ² d/(d + 2), wherever x_min and x_max are;
* monotone functions of unknown direction: a rising function follows L on a lower set and U outside it, a falling one
  the other way round.

No pair is trusted: each is built as an exact function and checked to be a member by `is_member`; where no pair reaches
‖U - L‖ (convex functions known within ε, for example) the answer is an interval. Affine functions have best decoders
other than the central one: see `affine_average`.

In one variable all integrals are exact, under any piecewise constant density. In several variables x is uniform;
where envelopes only jump the sum over all cells is exact, else boxes give certified bounds (see `box_integral`). R_2
may be irrational: its square is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import prod
from typing import Any

import numpy as np

from fvtheory.beyond.additive import AdditiveFiber
from fvtheory.beyond.affine_average import Product, least_disc, line_through, radius_of_phi, vertices_on_line
from fvtheory.beyond.answers import GAP
from fvtheory.beyond.box_integral import Progress, WidthIntegral
from fvtheory.beyond.constraints import constraints
from fvtheory.beyond.densities import UNIFORM, Density, mean_power
from fvtheory.beyond.family import Family, UnsupportedError
from fvtheory.beyond.fiber import BeyondFiber, fiber
from fvtheory.beyond.gauge import Gauge
from fvtheory.beyond.knowledge import Knowledge
from fvtheory.beyond.mcshane import McShaneFiber, mcshane_fiber
from fvtheory.beyond.numeric import closed_forms
from fvtheory.beyond.pairs_on_line import LineFiber, envelopes_on_line, farthest_pair, members_on_line
from fvtheory.beyond.roots import root_above, root_below
from fvtheory.beyond.straight import AffineFiber
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational, text
from fvtheory.functions import Combination, Function, Piecewise1D
from fvtheory.functions.pieces import to_piecewise_1d

ZERO, HALF = Fraction(0), Fraction(1, 2)

MAX_CELLS = 20_000
"""Up to how many cells between data are gone through one by one, in exact rationals."""

SAMPLE = 2000
"""At how many points pairs of branches are compared before the farthest pair is bounded."""

CENTRAL = "central"


@dataclass(frozen=True)
class AverageRadius:
    """The smallest expected error of any decoder for the worst function of a fiber.

    Attributes:
        feasible: whether any function of the class agrees with the knowledge; nothing else is set if not.
        power: p.
        lower_power, upper_power: certified bounds of R_p^p: of R_1, or of the square of R_2.
        density: of x, in one variable; None in several, where x is uniform.
        decoder: whose greatest expected error is at most the upper bound: "central", "mean" or "median" (of the
            functions that let one free coordinate decide), "affine".
        best: this decoder as a function, in one variable.
        pair: two members, or limits of members almost everywhere, that are at least twice the lower bound apart;
            in one variable.
        method: "breakpoints", "polygon", "cells" (exact sums), "closed form" or "boxes" (certified bounds).
        boxes: how many boxes were looked at.
        reason: why there is no member, where there is none.
    """

    feasible: bool
    power: int
    lower_power: Fraction | None = None
    upper_power: Fraction | None = None
    density: Density | None = None
    decoder: str = CENTRAL
    best: Function | None = None
    pair: tuple[Function, Function] | None = None
    method: str = ""
    boxes: int = 0
    reason: str = ""

    @property
    def exact_power(self) -> Fraction | None:
        """R_p^p where both bounds agree."""
        return self.lower_power if self.lower_power == self.upper_power else None

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """Rational bounds of R_p: for p = 2, at most 2^-64 beyond the roots of the bounds of its square.

        Raises:
            InvalidInputError: for an empty fiber.
        """
        if self.lower_power is None or self.upper_power is None:
            raise InvalidInputError("the average radius of an empty fiber", "knowledge about some function")
        if self.power == 1:
            return self.lower_power, self.upper_power
        return root_below(self.lower_power), root_above(self.upper_power)

    def to_json(self) -> dict[str, Any]:
        if not self.feasible:
            return {"feasible": False, "reason": self.reason}
        assert self.lower_power is not None and self.upper_power is not None
        name = "radius" if self.power == 1 else "radius_squared"
        found: dict[str, Any] = {"feasible": True, "power": self.power}
        if self.exact_power is not None:
            found[name] = text(self.exact_power)
        if self.power == 2:
            found |= {"lower_squared": text(self.lower_power), "upper_squared": text(self.upper_power)}
        lower, upper = self.bounds
        found |= {"lower": text(lower), "upper": text(upper)}
        uniform = self.density is None or self.density.is_uniform
        found["distribution"] = "uniform" if uniform or self.density is None else self.density.to_json()
        found |= {"decoder": self.decoder, "method": self.method, "boxes": self.boxes}
        if self.best is not None:
            found["best"] = self.best.to_json()
        if self.pair is not None:
            found["pair"] = [f.to_json() for f in self.pair]
        return found


def average_radius(
    family: Family,
    knowledge: Knowledge,
    *,
    power: int = 1,
    density: Density | None = None,
    gap: Rational = GAP,
    max_boxes: int | None = None,
    progress: Progress | None = None,
) -> AverageRadius:
    """How well any decoder can predict f(x) on average over x, for the worst f of the class, from what is known.

    Args:
        family: the class; see `family`.
        knowledge: what is known.
        power: p of the norm: 1 for the expected error, 2 for its root mean square.
        density: of x, in one variable; left out: uniform.
        gap: in several variables, the relative distance of the bounds of ‖U - L‖ at which the search ends.
        max_boxes: end there at the latest; the bounds are certified all the same.
        progress: called now and then with (boxes, lower, upper), bounds of ‖U - L‖.

    Raises:
        InvalidInputError: for different dimensions, another power, a density in several variables, or a gap out of
            range.
        UnsupportedError: for a combination that is not supported, with the reason.
    """
    if power not in (1, 2) or type(power) is not int:
        raise InvalidInputError(f"power = {power!r}", "1 or 2")
    if density is not None and knowledge.dim > 1:
        raise InvalidInputError(
            f"a density in {knowledge.dim} variables", "one variable", "in several variables x is uniform"
        )
    if family.shape == "smooth":
        raise UnsupportedError(
            f"the average radius of class {family.name}",
            "a class of piecewise affine functions, such as lipschitz or convex",
            "its envelopes are known at nodes of grids only",
        )
    wanted = rational(gap, "gap")
    members = fiber(family, knowledge)
    if members.is_empty:
        return AverageRadius(False, power, reason=members.refusals[0])
    if knowledge.dim == 1:
        weight = density or UNIFORM
        if family.shape == "affine":
            return _affine_on_line(members, power, weight)
        return _on_line(members, power, weight)
    closed = _closed_form(members, power)
    if closed is not None:
        return closed
    if family.shape is not None:
        raise UnsupportedError(
            f"the average radius of class {family.name} in {knowledge.dim} variables",
            "one variable, a class of rates, or Φ alone for convex and affine functions",
            "the lower envelope need not be a limit of members, and no pair of members is known to be as far apart",
        )
    branches = [b for b in members.branches if isinstance(b, McShaneFiber)]
    return _cells(branches, power) or _boxes(branches, power, wanted, max_boxes, progress)


# ---- one variable ---------------------------------------------------------------------------------


def _on_line(members: BeyondFiber, power: int, density: Density) -> AverageRadius:
    branches = [_line_fiber(b, members.knowledge) for b in members.branches]
    lower, upper = envelopes_on_line(branches)

    def apart(f: Piecewise1D, g: Piecewise1D) -> Fraction:
        return mean_power(f, g, power, density)

    width = apart(lower, upper)
    distance, pair = farthest_pair((f for b in branches for f in members_on_line(b)), apart, width)
    central = to_piecewise_1d(Combination([HALF, HALF], [lower, upper]))
    scale = Fraction(1, 2**power)
    return AverageRadius(
        True, power, distance * scale, width * scale, density, CENTRAL, central, pair, "breakpoints"
    )


def _line_fiber(branch: Any, knowledge: Knowledge) -> LineFiber:
    """The branch, with envelopes that are piecewise affine: every function of one variable is additive."""
    if isinstance(branch, AdditiveFiber):
        found = mcshane_fiber(branch.gauge, constraints(knowledge))
        assert isinstance(found, McShaneFiber)
        return found
    assert not isinstance(branch, AffineFiber)
    return branch


def _affine_on_line(members: BeyondFiber, power: int, density: Density) -> AverageRadius:
    known = constraints(members.knowledge)
    vertices = list(dict.fromkeys(v for g in members.family.gauges for v in vertices_on_line(g, known)))
    inner = Product(density)
    centre, square = least_disc(vertices, inner)
    lines = [line_through(v) for v in vertices]

    def apart(f: Piecewise1D, g: Piecewise1D) -> Fraction:
        return mean_power(f, g, power, density)

    far: tuple[Fraction, tuple[Piecewise1D, Piecewise1D] | None] = (ZERO, (lines[0], lines[0]))
    if len(lines) > 1:
        far = farthest_pair(lines, apart, Fraction(2) ** power)
    best: Piecewise1D = line_through(centre)
    if power == 2:
        return AverageRadius(True, 2, square, square, density, "affine", best, far[1], "polygon")
    tried = [best, *(_between(f, g) for f, g in combinations(lines, 2))]
    errors = [max(apart(f, g) for f in lines) for g in tried]
    least = min(errors)
    best = tried[errors.index(least)]
    return AverageRadius(True, 1, far[0] / 2, least, density, "affine", best, far[1], "polygon")


def _between(f: Piecewise1D, g: Piecewise1D) -> Piecewise1D:
    """The mean of two affine functions."""
    return line_through(((f.values[0] + g.values[0]) / 2, (f.values[1] + g.values[1]) / 2))


# ---- several variables ----------------------------------------------------------------------------


def _closed_form(members: BeyondFiber, power: int) -> AverageRadius | None:
    """Convex and affine functions with Φ alone."""
    phi, name = members.knowledge.only_min_max, members.family.table_1
    if phi is None or name is None or name[0] not in ("convex", "affine"):
        return None
    dim = phi.dim
    if name[0] == "convex":
        found = (phi.spread / 2) ** power * Fraction(dim, dim + power)
        return AverageRadius(True, power, found, found, method="closed form")
    free = sum(abs(a - b) == 1 for a, b in zip(phi.x_min, phi.x_max, strict=True))
    found = radius_of_phi(free, phi.spread, power) if phi.spread else ZERO
    decoder = {1: "median", 2: "mean"}[power]
    return AverageRadius(True, power, found, found, decoder=decoder, method="closed form")


def _cells(branches: Sequence[McShaneFiber], power: int) -> AverageRadius | None:
    """The exact sum over the cells between data, where all envelopes are constant on each; None for others, or
    too many cells."""
    dim = branches[0].dim
    grids = [_grid(branches, j) for j in range(dim)]
    if None in grids or prod(len(grid) - 1 for grid in grids if grid) > MAX_CELLS:
        return None
    sides = [list(pairwise(grid)) for grid in grids if grid]
    cells = [tuple((p + q) / 2 for p, q in cell) for cell in product(*sides)]
    volumes = [prod((q - p for p, q in cell), start=Fraction(1)) for cell in product(*sides)]
    lows = [[b.lower(x) for x in cells] for b in branches]
    highs = [[b.upper(x) for x in cells] for b in branches]

    def apart(f: Sequence[Fraction], g: Sequence[Fraction]) -> Fraction:
        return sum((v * abs(s - t) ** power for v, s, t in zip(volumes, f, g, strict=True)), ZERO)

    width = apart(list(map(max, zip(*highs, strict=True))), list(map(min, zip(*lows, strict=True))))
    pairs = [(low, high) for low in lows for high in highs]
    if len(branches) == 2 and branches[0].gauge.reflected == branches[1].gauge:
        for below in _lower_sets(cells, branches[0].gauge, lows, highs):
            rising = [low if b else high for b, low, high in zip(below, lows[0], highs[0], strict=True)]
            falling = [high if b else low for b, low, high in zip(below, lows[1], highs[1], strict=True)]
            pairs.append((rising, falling))
    scale = Fraction(1, 2**power)
    best = max(apart(f, g) for f, g in pairs)
    return AverageRadius(True, power, best * scale, width * scale, method="cells", boxes=len(cells))


def _grid(branches: Sequence[McShaneFiber], j: int) -> list[Fraction] | None:
    """The ends of data in a coordinate along which envelopes only jump, or not at all; None for others."""
    rates = {rate for b in branches for rate in (b.gauge.up[j], b.gauge.down[j])}
    if not rates <= {None, ZERO}:
        return None
    ends = {ZERO, Fraction(1)}
    if rates != {ZERO}:
        for b in branches:
            ends.update(
                end for bound in (*b.uppers, *b.lowers) for end in (bound.where.low[j], bound.where.high[j])
            )
    return sorted(ends)


def _lower_sets(
    cells: Sequence[Point],
    gauge: Gauge,
    lows: Sequence[Sequence[Fraction]],
    highs: Sequence[Sequence[Fraction]],
) -> list[list[bool]]:
    """Two sets of cells such that the first branch may follow its lower envelope on the set and its upper one
    outside, and the second, reflected, the other way round: the least such set that has all cells where this is
    better than the opposite, and the greatest that has none where the opposite is better."""
    here = [high - low for low, high in zip(lows[0], highs[1], strict=True)]
    there = [high - low for low, high in zip(lows[1], highs[0], strict=True)]
    inside = [x for x, p, q in zip(cells, here, there, strict=True) if abs(p) > abs(q)]
    outside = [x for x, p, q in zip(cells, here, there, strict=True) if abs(q) > abs(p)]
    return [
        [any(gauge.rise(x, y) == 0 for y in inside) for x in cells],
        [not any(gauge.rise(y, x) == 0 for y in outside) for x in cells],
    ]


def _boxes(
    branches: Sequence[McShaneFiber],
    power: int,
    gap: Fraction,
    max_boxes: int | None,
    progress: Progress | None,
) -> AverageRadius:
    whole = WidthIntegral(branches, power)
    whole.run(gap, max_boxes, progress)
    lower, upper = whole.powers
    seen = whole.seen
    if len(branches) > 1:
        i, k = _farthest_branches(branches, power)
        pair = WidthIntegral(branches, power, [i], [k])
        pair.run(gap, max_boxes, progress)
        lower, seen = pair.powers[0], seen + pair.seen
    scale = Fraction(1, 2**power)
    return AverageRadius(True, power, lower * scale, upper * scale, method="boxes", boxes=seen)


def _farthest_branches(branches: Sequence[McShaneFiber], power: int) -> tuple[int, int]:
    """The branches whose upper and whose lower envelope are farthest apart at random points."""
    points = np.random.default_rng(0).random((SAMPLE, branches[0].dim))
    found = [closed_forms(b, points) for b in branches]

    def apart(pair: tuple[int, int]) -> float:
        upper, lower = found[pair[0]][1], found[pair[1]][0]
        return float((np.maximum(upper - lower, 0.0) ** power).mean())

    every = range(len(branches))
    return max(((i, k) for i in every for k in every), key=apart)
