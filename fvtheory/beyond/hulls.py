"""Fibers of convex functions, alone or with rates: envelopes by exact linear programs.

Let f be convex with floor <= f <= cap, f <= U_t on boxes T_t, f >= L_s on boxes S_s, f(x) - f(y) <= φ(x - y)
(see `gauge`; infinite rates for convex functions alone). The whole cube with cap is one of the T_t.

*Upper envelope.* For y_t in T_t, weights λ_t >= 0 with Σ λ_t = 1, convexity and φ give

    f(x) <= Σ λ_t U_t + φ(x - Σ λ_t y_t).

u(x), the least right-hand side, is a linear program in λ_t, λ_t y_t and the displacement. u is convex (an
infimal convolution of convex functions), obeys φ (it is subadditive), u <= U_t on T_t, u >= floor. So u is in
the fiber iff u >= L_s on S_s (one program each, with y in S_s free), and if any f is in the fiber then
u >= f is. So the fiber is non-empty iff these hold, and u is its upper envelope and a member.

*Lower envelope.* Where f(x) <= v is added to the bounds, the fiber stays non-empty iff for every s and every
representation of a y in S_s with weight θ on x:  L_s <= θ v + Σ λ_t U_t + φ(y - θ x - Σ λ_t y_t). So
l(x) is the greatest of floor and, over all s and representations, (L_s - Σ λ_t U_t - φ)/θ. Dividing by θ
makes this linear programs, one for each s (Charnes and Cooper, 1962). The value l(x) is taken by a member:
the upper envelope of the bounds with f(x) <= l(x) added.

*Members as functions.* The dual of the program of u at p has a slope g with u(p) + g . (y - p) <= u(y) for
all y: its pieces at x and at all S_s that are points make up a maximum of affine functions in the fiber.

*Gradients.* Read as subgradients only: f >= f(p) + g . (x - p). The value at p has to be exact; then it is
one more affine function below f, which the others need not know of: any bound that it implies through
a representation is weaker than itself, by (affine) <= U_t on T_t. That f is differentiable at p is not used,
though it can say more: with f(1/2) = 0, f(3/4) = 1/4, f(1) = 1/2 the only gradient at 1/2 is 1, and the
subgradient 0 is accepted. So knowledge with gradients may be found feasible when no convex function has these
gradients, and envelopes and radii are those of the subgradients, never too narrow.

*Open boxes.* Where f <= U on a box that leaves out a side inside the cube, f <= U on that side too: f is
continuous along segments inside the cube. On the border of the cube f may jump up unless a rate forbids it;
there open sides are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from fvtheory.beyond.boxes import Box, at_point, whole_cube
from fvtheory.beyond.constraints import Bound, Constraints, ends_on_line
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import MAX, Gauge
from fvtheory.beyond.knowledge import Gradient
from fvtheory.beyond.line import Line, through
from fvtheory.beyond.linear_program import INFEASIBLE, Optimum, minimise
from fvtheory.exact import Point
from fvtheory.functions import Affine, Combination, Function, MaxAffine

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class ConvexFiber:
    """All convex functions of one gauge that obey the bounds; `convex_fiber` makes it.

    Attributes:
        gauge: the rates.
        floor, cap: floor <= f <= cap.
        uppers, lowers: the other bounds, on closed boxes.
        supports: affine functions that f is nowhere below, from gradients.
    """

    gauge: Gauge
    floor: Fraction
    cap: Fraction
    uppers: tuple[Bound, ...]
    lowers: tuple[Bound, ...]
    supports: tuple[Affine, ...] = ()
    strict: tuple[Bound, ...] = ()
    _known: dict[tuple, Fraction | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def dim(self) -> int:
        return self.gauge.dim

    def upper(self, x: Point) -> Fraction:
        """sup f(x) over the fiber."""
        key = ("upper", x)
        if key not in self._known:
            self._known[key] = self._upper_program(at_point(x)).value
        found = self._known[key]
        assert found is not None
        return found

    def lower(self, x: Point) -> Fraction:
        """inf f(x) over the fiber."""
        return max(p for p in self.lower_pieces(x) if p is not None)

    def lower_piece(self, i: int, x: Point) -> Fraction | None:
        """What the i-th lower bound says about f(x); a concave function of x; None for nothing."""
        key = (i, x)
        if key not in self._known:
            self._known[key] = self._lower_program(self.lowers[i], x)
        return self._known[key]

    def lower_pieces(self, x: Point) -> list[Fraction | None]:
        """What each lower bound says about f(x); the greatest is lower(x), None is minus infinity. Concave
        functions of x where the bounds are at points."""
        from_bounds = [self.lower_piece(i, x) for i in range(len(self.lowers))]
        return [self.floor, *(h.at(x) for h in self.supports), *from_bounds]

    def highest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: the upper envelope is convex."""
        return max(map(self.upper, corners))

    def lowest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`: the lower envelope is a maximum of concave functions.

        Raises:
            UnsupportedError: where a lower bound holds on a box: what it says is not concave.
        """
        self._require_points("the radius in several variables")
        pieces = zip(*map(self.lower_pieces, corners), strict=True)
        return max(min(p for p in piece if p is not None) for piece in pieces if None not in piece)

    def widest(self, corners: Sequence[Point]) -> Fraction:
        """See `corners`; errors as for `lowest`."""
        self._require_points("the radius in several variables")
        highs = list(map(self.upper, corners))
        pieces = [p for p in zip(*map(self.lower_pieces, corners), strict=True) if None not in p]
        return min(
            max(h - low for h, low in zip(highs, piece, strict=True) if low is not None) for piece in pieces
        )

    def ends(self) -> Iterable[Fraction]:
        """In one variable: the ends of the data boxes."""
        return ends_on_line((*self.uppers, *self.lowers))

    def lines(self, left: Fraction, right: Fraction) -> tuple[list[Line], list[Line]]:
        """In one variable, between two neighbouring ends: see `OnLine`.

        The upper envelope is affine there: its vertices are ends. What a lower bound at y says is affine on
        each side of y: all chords from data t on the other side have the value L + (L - U)(x - y)/(y - t). A
        lower bound on an interval says what those at its two ends say, and its level inside.
        """
        p, q = (2 * left + right) / 3, (left + 2 * right) / 3
        found = [through(p, self.upper((p,)), q, self.upper((q,)))]
        lower: list[Line] = [(ZERO, self.floor), *((h.slope[0], h.intercept) for h in self.supports)]
        for bound in self.lowers:
            if bound.where.low[0] <= left and right <= bound.where.high[0]:
                lower.append((ZERO, bound.value))
            for end in dict.fromkeys((bound.where.low, bound.where.high)):
                source = Bound(at_point(end), bound.value)
                a, b = (self._lower_program(source, (c,)) for c in (p, q))
                if a is not None and b is not None:
                    lower.append(through(p, a, q, b))
        return found, lower

    def _require_points(self, what: str) -> None:
        """Raise UnsupportedError where a lower bound holds on a box."""
        if any(not b.where.is_point for b in self.lowers):
            raise UnsupportedError(
                f"{what} of class convex with level sets that are boxes",
                "points of the level sets instead",
                "a maximum of concave or of finitely many affine functions does not describe a level on a box",
            )

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Functions of the fiber with the values lower(x) and upper(x) at x (within slack, where bounds are
        strict).

        Raises:
            UnsupportedError: where a lower bound holds on a box.
        """
        self._require_points("members")
        capped = Bound(at_point(x), self.lower(x))
        low = ConvexFiber(
            self.gauge, self.floor, self.cap, (*self.uppers, capped), self.lowers, self.supports
        )
        lower: Function = low._touching(x)
        upper: Function = self._touching(x)
        if self.strict:
            # The mean of functions of which each is below one strict bound is below all of them.
            witnesses = [
                ConvexFiber(
                    self.gauge,
                    self.floor,
                    self.cap,
                    (*self.uppers, Bound(b.where, self.lower(b.where.low))),
                    self.lowers,
                    self.supports,
                )._touching(b.where.low)
                for b in self.strict
            ]
            room = self.cap - self.floor
            share = min(Fraction(1, 2), slack / room) if room > 0 else Fraction(1, 2)
            weights = [1 - share, *[share / len(witnesses)] * len(witnesses)]
            lower = Combination(weights, [lower, *witnesses])
            upper = Combination(weights, [upper, *witnesses])
        return lower, upper

    def _touching(self, x: Point) -> MaxAffine:
        """A maximum of affine functions of the fiber that agrees with ``upper`` at x and at the data."""
        points = dict.fromkeys([x, *(b.where.low for b in self.lowers)])
        pieces: list[Affine] = [Affine([ZERO] * self.dim, self.floor), *self.supports]
        for p in points:
            found = self._upper_program(at_point(p))
            slope = self._slope(found)
            start = found.value - sum((s * c for s, c in zip(slope, p, strict=True)), ZERO)
            pieces.append(Affine(slope, start))
        return MaxAffine(list(dict.fromkeys(pieces)))

    # ---- the programs --------------------------------------------------------------------------

    def _slope(self, found: Optimum) -> Point:
        """The duals of the rows of the coordinates, which come first: d value / d x."""
        return found.duals[: self.dim]

    def _upper_program(self, where: Box) -> Optimum:
        """The least value of ``upper`` on a closed box; always feasible, by the cube alone."""
        found = self.upper_form(where).solve()
        assert isinstance(found, Optimum)
        return found

    def upper_form(self, where: Box) -> Program:
        """min of Σ λ U + φ(x - Σ λ y) over x in ``where``."""
        program = Program(self.dim)
        for bound in (*self.uppers, Bound(whole_cube(self.dim), self.cap)):
            program.add_box(bound.where, bound.value, ONE, ZERO)
        program.add_displacement(self.gauge)
        program.rows_equal(where.low, ONE)
        program.add_free_part(where, -1)
        return program

    def _lower_program(self, source: Bound, x: Point) -> Fraction | None:
        """What ``source`` says about f(x)."""
        found = self.lower_form(source, x).solve()
        if found == INFEASIBLE:
            return None
        assert isinstance(found, Optimum)
        return source.value - found.value

    def lower_form(self, source: Bound, x: Point) -> Program:
        """max of (L - Σ λ U - φ)/θ over the representations of y in the box of ``source``.

        With weights divided by θ: y σ = x + Σ λ y_t + (displacement), σ = 1 + Σ λ, L σ - Σ λ U - φ is
        maximised, in other words L - min of Σ λ (U - L) + φ.
        """
        y = source.where.low
        program = Program(self.dim)
        for bound in (*self.uppers, Bound(whole_cube(self.dim), self.cap)):
            program.add_box(bound.where, bound.value - source.value, ZERO, ONE, y)
        program.add_displacement(self.gauge)
        program.rows_equal([b - a for a, b in zip(x, y, strict=True)], None)
        if not source.where.is_point:
            program.add_scaled_part(source.where)
        return program


def convex_fiber(gauge: Gauge, known: Constraints) -> ConvexFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for values compared but not known, strict levels on boxes, boxes that leave out a
            side on the border of the cube where f may jump, gradients at points without an exact value.
    """
    refuse_coupled(known, "convex")
    strict = [b for b in known.uppers if b.strict]
    if any(not b.where.is_point for b in strict):
        raise UnsupportedError(
            "class convex with a strict level set of boxes",
            "strict = false: f at most the level outside the boxes",
            "whether the lower envelope stays below a level on a whole box is not a linear program",
        )
    if any(_leaves_out_a_jump(gauge, b.where) for b in known.uppers if b.value < known.cap):
        raise UnsupportedError(
            "class convex with a level set whose outside is open at the border of the cube",
            "a class with rates (convex+lipschitz), or points of the level set instead",
            "a convex function may jump at the border, so it need not obey the level there",
        )
    uppers = tuple(
        dict.fromkeys(Bound(b.where.closure, b.value) for b in known.uppers if b.value < known.cap)
    )
    lowers = tuple(dict.fromkeys(Bound(b.where, b.value) for b in known.lowers if b.value > known.floor))
    supports = []
    for gradient in known.gradients:
        value = _exact_value(known, gradient)
        if not gauge.admits_slope(gradient.gradient):
            return "a gradient is steeper than the class allows"
        drop = sum((g * c for g, c in zip(gradient.gradient, gradient.at, strict=True)), ZERO)
        supports.append(Affine(gradient.gradient, value - drop))
    fiber = ConvexFiber(gauge, known.floor, known.cap, uppers, lowers, tuple(supports), tuple(strict))
    return _contradiction(fiber) or fiber


def refuse_coupled(known: Constraints, name: str) -> None:
    """Raise UnsupportedError where values that are not exact are compared with each other."""
    if known.is_coupled:
        raise UnsupportedError(
            f"class {name} with extrema or tops of uncertain value",
            "exact values for extrema and tops (within = 0)",
            "only in classes of rates are comparisons of uncertain values bounds",
        )


def _leaves_out_a_jump(gauge: Gauge, box: Box) -> bool:
    """Whether a side on the border of the cube is left out at which functions of the gauge may jump up."""
    for j in range(box.dim):
        low, high, low_open, high_open = box.side(j)
        if low_open and low == 0 and gauge.down[j] is None:
            return True
        if high_open and high == 1 and gauge.up[j] is None:
            return True
    return False


def _exact_value(known: Constraints, gradient: Gradient) -> Fraction:
    here = at_point(gradient.at)
    lows = [b.value for b in known.lowers if b.where == here]
    highs = [b.value for b in known.uppers if b.where == here]
    if not lows or not highs or max(lows) != min(highs):
        raise UnsupportedError(
            "class convex with a gradient at a point whose value is not known exactly",
            "an evaluation, exact, at the same point",
            "the value and what the gradient says elsewhere would couple",
        )
    return max(lows)


def _contradiction(fiber: ConvexFiber) -> str | None:
    if fiber.floor > fiber.cap:
        return f"some value is at least {fiber.floor} and none is above {fiber.cap}"
    for bound in fiber.uppers:
        if bound.value < fiber.floor:
            return f"a value is at most {bound.value}, below {fiber.floor}"
    for bound in fiber.lowers:
        found = fiber._upper_program(bound.where).value
        if found < bound.value:
            return f"a value is at least {bound.value}, and the others allow at most {found} there"
    for h in fiber.supports:
        for bound in (*fiber.uppers, Bound(whole_cube(fiber.dim), fiber.cap)):
            ends = zip(h.slope, bound.where.low, bound.where.high, strict=True)
            highest = h.intercept + sum((max(s * a, s * b) for s, a, b in ends), ZERO)
            if highest > bound.value:
                return f"a gradient leads to {highest}, and the others allow at most {bound.value} there"
    for bound in fiber.strict:
        if fiber.lower(bound.where.low) >= bound.value:
            return f"a value below {bound.value} is asked for, and none is possible there"
    return None


class Program:
    """Columns of a linear program: one row a coordinate, one for the sum of weights, others as needed."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.columns: list[tuple[dict[int, Fraction], Fraction]] = []  # entries by row, cost
        self.targets: list[Fraction] = []
        self.rows = dim + 1
        self.weights: list[int] = []  # the columns of the weights λ

    def _column(self, entries: dict[int, Fraction], cost: Fraction = ZERO) -> int:
        self.columns.append((entries, cost))
        return len(self.columns) - 1

    def _row(self) -> int:
        self.rows += 1
        return self.rows - 1

    def add_box(
        self, box: Box, cost: Fraction, total: Fraction, scale: Fraction, y: Point | None = None
    ) -> None:
        """A weight λ with λ (y_t - scale y) in the rows, y_t anywhere in the closed box."""
        base = [c - scale * (y[j] if y else ZERO) for j, c in enumerate(box.low)]
        entries = {j: c for j, c in enumerate(base) if c}
        if total:
            entries[self.dim] = total
        self.weights.append(self._column(entries, cost))
        self._spread(self.weights[-1], box, 1)

    def _spread(self, weight: int, box: Box, sign: int) -> None:
        """r_j in the row of coordinate j with 0 <= r_j <= weight * (high - low)_j."""
        for j, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            if low < high:
                row = self._row()
                self._column({j: Fraction(sign), row: ONE})
                self._column({row: ONE})
                self.columns[weight][0][row] = low - high

    def add_free_part(self, box: Box, sign: int) -> None:
        """sign * r_j with 0 <= r_j <= (high - low)_j: the place of x in a box."""
        for j, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            if low < high:
                row = self._row()
                self._column({j: Fraction(sign), row: ONE})
                self._column({row: ONE})
                self._target(row, high - low)

    def add_scaled_part(self, box: Box) -> None:
        """-r_j with 0 <= r_j <= (1 + Σ λ)(high - low)_j: the place of y in its box, scaled."""
        for j, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            if low < high:
                row = self._row()
                self._column({j: -ONE, row: ONE})
                self._column({row: ONE})
                for weight in self.weights:
                    self.columns[weight][0][row] = low - high
                self._target(row, high - low)

    def add_displacement(self, gauge: Gauge) -> None:
        """p_j - q_j in the rows, at the cost φ(p - q)."""
        worst = self._column({}, ONE) if gauge.combine == MAX else None  # ρ >= every φ_j
        for j in range(gauge.dim):
            row = None
            if worst is not None and (gauge.up[j] or gauge.down[j]):
                row = self._row()
                self.columns[worst][0][row] = -ONE
                self._column({row: ONE})
            for rate, sign in ((gauge.up[j], ONE), (gauge.down[j], -ONE)):
                if rate is None:
                    continue
                if row is None:
                    self._column({j: sign}, rate)
                else:
                    self._column({j: sign, row: rate} if rate else {j: sign})

    def _target(self, row: int, value: Fraction) -> None:
        while len(self.targets) <= row:
            self.targets.append(ZERO)
        self.targets[row] = value

    def rows_equal(self, point: Sequence[Fraction], total: Fraction | None) -> None:
        for j, c in enumerate(point):
            self._target(j, c)
        self._target(self.dim, ZERO if total is None else total)

    def matrices(self) -> tuple[list[Fraction], list[list[Fraction]], list[Fraction]]:
        """(cost, rows, targets) of `minimise`."""
        self._target(self.rows - 1, self.targets[self.rows - 1] if len(self.targets) >= self.rows else ZERO)
        rows = [[ZERO] * len(self.columns) for _ in range(self.rows)]
        for k, (entries, _) in enumerate(self.columns):
            for i, value in entries.items():
                rows[i][k] = value
        return [cost for _, cost in self.columns], rows, self.targets

    def solve(self) -> Optimum | str:
        """The exact optimum."""
        return minimise(*self.matrices())
