"""Fibers of the classes with one quasi-metric: envelopes in closed form, feasibility pair by pair.

Let c(x, y) = φ(x - y) (see `gauge`), F_c = {f : f(x) - f(y) <= c(x, y)}, and let the knowledge be
floor <= f <= cap, f <= U_t on sets T_t and f >= L_s on sets S_s. Put

    u(x) = min(cap, min_t (U_t + inf over y in T_t of c(x, y))),
    l(x) = max(floor, max_s (L_s - inf over y in S_s of c(y, x))).

*Validity.* f(x) <= f(y) + c(x, y) <= U_t + c(x, y) for y in T_t, so f <= u on the whole fiber; f >= l alike.

*Membership.* u is in F_c: c(x, z) <= c(x, y) + c(y, z) gives u(x) <= u(y) + c(x, y), since an infimum of
functions with this property has it; l is in F_c alike. By construction u <= U_t on T_t and u <= cap. If

    L_s - U_t <= c(z, y) for all z in S_s, y in T_t, and floor, L_s <= cap, floor <= U_t,      (*)

then u >= L_s on S_s and u >= floor, so u is in the fiber, and so is l. Conversely a member gives (*).
So the fiber is non-empty iff (*), and then u and l are its envelopes, and members of it. This is the
extension of McShane (1934) and Whitney (1934), with a quasi-metric instead of a metric.

*Comparisons.* "f(p) <= f(q)" and "f(x) <= f(b) for all x" are edges of length 0 in the graph whose other
edges are c and the bounds; bounds at p, q, b are tightened to the lengths of shortest paths (all edges are
>= 0 but for the bounds), after which u and l obey the comparisons too.

*Strict bounds* f < z on T: l is the least function of the closed fiber, so some member obeys them iff
l < z on T. Then the envelopes are the same: mix any member with l.

*The 2-norm.* Feasibility is decided exactly, by squares. `McShaneFiber.upper` and ``lower`` round distances down, so
they lie between the envelopes, within 2^-64; `McShaneFiber.enclosure` gives both sides.

*Continuous functions* (infinite rates, `Gauge.continuous`): the union over all finite rates. Bounds hold on
closures; u and l are the supremum and the infimum, approached as the rate grows.

*Gradients.* A gradient g at p with g . t <= φ(t) for all t does not move the envelopes away from p, where
the other bounds leave room on both sides of f(p): for small δ the affine function h = f(p) + g . (x - p)
on the δ-ball about p, together with the other bounds, still obeys (*) by the strict room (c is lower
semicontinuous), and as δ -> 0 the envelopes tend to u and l at every x other than p. At a point where the
room ends only in cap (floor) the same holds if h <= cap (h >= floor) on the cube. Elsewhere: unsupported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.beyond.boxes import Box, at_point
from fvtheory.beyond.constraints import Bound, Constraints, ends_on_line
from fvtheory.beyond.family import UnsupportedError
from fvtheory.beyond.gauge import MAX, ROOT, Gauge
from fvtheory.beyond.knowledge import Gradient
from fvtheory.beyond.line import Line
from fvtheory.beyond.roots import BITS
from fvtheory.exact import Point
from fvtheory.functions import (
    Affine,
    Combination,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    PiecewiseAffine1D,
    constant,
)

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class McShaneFiber:
    """All functions of one gauge that obey the bounds; `mcshane_fiber` makes it.

    Attributes:
        gauge: the class.
        floor, cap: floor <= f <= cap.
        uppers, lowers: the bounds, tightened by the comparisons; those implied by cap and floor left out.
        has_gradients: whether gradients are known too, which the envelopes themselves need not have.
        has_strict: whether some bounds are strict.
    """

    gauge: Gauge
    floor: Fraction
    cap: Fraction
    uppers: tuple[Bound, ...]
    lowers: tuple[Bound, ...]
    has_gradients: bool = False
    has_strict: bool = False

    @property
    def dim(self) -> int:
        return self.gauge.dim

    @property
    def is_exact(self) -> bool:
        """Whether ``upper`` and ``lower`` are the envelopes; else they lie between them, within 2^-64."""
        return self.gauge.combine != ROOT

    def enclosure(self, x: Point) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """(a, b, c, d) with a <= inf f(x) <= b and c <= sup f(x) <= d."""
        room = ZERO if self.is_exact else Fraction(1, 2**BITS)
        low, high = self.lower(x), self.upper(x)
        return max(self.floor, low - room), low, high, min(self.cap, high + room)

    def upper(self, x: Point) -> Fraction:
        """sup f(x) over the fiber."""
        return _lowest(self.gauge, self.cap, self.uppers, x)

    def lower(self, x: Point) -> Fraction:
        """inf f(x) over the fiber."""
        return _highest(self.gauge, self.floor, self.lowers, x)

    def functions(self) -> tuple[Function, Function]:
        """The envelopes (lower, upper) as exact functions.

        Raises:
            InvalidInputError: for more data than an exact function may have parts.
            UnsupportedError: for the 2-norm.
        """
        if not self.is_exact:
            raise UnsupportedError(
                "functions of a class with the 2-norm",
                "the sup norm or the 1-norm",
                "cones in the 2-norm have irrational values, and no kind of exact function",
            )
        return _envelope(self, -1), _envelope(self, 1)

    def members(self, x: Point, slack: Fraction) -> tuple[Function, Function]:
        """Functions of the fiber that come within ``slack`` of lower(x) and upper(x) at x.

        Raises:
            UnsupportedError: where gradients are known, which the envelopes need not have.
        """
        if self.has_gradients:
            raise UnsupportedError(
                "members of a fiber with gradients in a class of rates",
                "knowledge without gradients, or a convex class",
                "the envelopes are approached by functions with these gradients; none is built here",
            )
        fiber = self
        if self.gauge.continuous and not self.gauge.is_finite:
            fiber = self._with_finite_rate(x, slack / 2)
        lower, upper = fiber.functions()
        if self.has_strict:
            width = fiber.upper(x) - fiber.lower(x)
            share = min(Fraction(1, 2), slack / 2 / width) if width > 0 else Fraction(1, 2)
            upper = Combination([1 - share, share], [upper, lower])
        return lower, upper

    def ends(self) -> Iterable[Fraction]:
        """In one variable: the ends of the data boxes."""
        return ends_on_line((*self.uppers, *self.lowers))

    def lines(self, left: Fraction, right: Fraction) -> tuple[list[Line], list[Line]]:
        """In one variable, between two neighbouring ends: see `OnLine`. At most three lines each: the best
        one from data on the left, the best one from data on the right, the best level."""
        middle = (left + right) / 2
        return (
            _lines(self.gauge, self.cap, self.uppers, middle, 1),
            _lines(self.gauge.reflected, self.floor, self.lowers, middle, -1),
        )

    def _with_finite_rate(self, x: Point, slack: Fraction) -> McShaneFiber:
        """The members of a finite rate so large that the envelopes at x are within ``slack``.

        At the least such rate the lower envelope may meet a strict bound with equality; at twice the rate it is
        below, wherever it descends to the bound at all.
        """
        rate = ONE
        while True:
            gauge = self.gauge.with_rate(rate)
            fiber = McShaneFiber(gauge, self.floor, self.cap, self.uppers, self.lowers)
            if _contradiction(fiber) is None and (
                self.upper(x) - fiber.upper(x) <= slack and fiber.lower(x) - self.lower(x) <= slack
            ):
                if not self.has_strict:
                    return fiber
                steeper = self.gauge.with_rate(2 * rate)
                return McShaneFiber(steeper, self.floor, self.cap, self.uppers, self.lowers)
            rate *= 2


def mcshane_fiber(gauge: Gauge, known: Constraints) -> McShaneFiber | str:
    """The fiber, or in words why it is empty.

    Raises:
        UnsupportedError: for a gradient at a point where other bounds leave no room, and for comparisons of uncertain
            values in the 2-norm.
    """
    if known.is_coupled and gauge.combine == ROOT:
        raise UnsupportedError(
            "extrema or tops of uncertain value with the 2-norm",
            "exact values for extrema and tops (within = 0), or another norm",
            "comparisons tighten bounds by distances, which are irrational",
        )
    if gauge.continuous:
        # What holds on a set holds on its closure; strict bounds hold on the set itself.
        closed = [Bound(b.where.closure, b.value) for b in known.uppers]
    else:
        closed = [Bound(b.where, b.value) for b in known.uppers]
    lowers = list(known.lowers)
    floor, cap = known.floor, known.cap
    if known.is_coupled:
        floor, cap, closed, lowers = _tightened(gauge, known, closed, lowers)
    fiber = McShaneFiber(
        gauge,
        floor,
        cap,
        _needed(b for b in closed if b.value < cap),
        _needed(b for b in lowers if b.value > floor),
        bool(known.gradients),
        any(b.strict for b in known.uppers),
    )
    reason = _contradiction(fiber)
    if reason is None:
        reason = _broken_strictness(fiber, [b for b in known.uppers if b.strict])
    for i, gradient in enumerate(known.gradients):
        reason = reason or _gradient_contradiction(fiber, gradient)
        for other in known.gradients[:i]:
            tied = gauge.rise(gradient.at, other.at) == 0 == gauge.rise(other.at, gradient.at)
            if tied and gradient.gradient != other.gradient:
                reason = reason or f"two gradients at {_where(at_point(gradient.at))}"
    return fiber if reason is None else reason


# ---- envelopes ------------------------------------------------------------------------------------


def _lowest(gauge: Gauge, cap: Fraction, uppers: Iterable[Bound], x: Point) -> Fraction:
    here, found = at_point(x), cap
    for bound in uppers:
        if bound.value < found:
            rise = gauge.between(here, bound.where)[0]
            if rise is not None:
                found = min(found, bound.value + rise)
    return found


def _highest(gauge: Gauge, floor: Fraction, lowers: Iterable[Bound], x: Point) -> Fraction:
    here, found = at_point(x), floor
    for bound in lowers:
        if bound.value > found:
            fall = gauge.between(bound.where, here)[0]
            if fall is not None:
                found = max(found, bound.value - fall)
    return found


def _needed(bounds: Iterable[Bound]) -> tuple[Bound, ...]:
    return tuple(dict.fromkeys(bounds))


def _lines(gauge: Gauge, limit: Fraction, bounds: Sequence[Bound], middle: Fraction, side: int) -> list[Line]:
    """The lines whose minimum (side 1) or maximum (side -1) is an envelope about ``middle``."""
    up, down = gauge.up[0], gauge.down[0]
    level, climbing, falling = [limit], [], []
    for bound in bounds:
        low, high = bound.where.low[0], bound.where.high[0]
        if low < middle < high:
            level.append(bound.value)
        elif high < middle and up is not None:
            climbing.append(bound.value - side * up * high)
        elif low > middle and down is not None:
            falling.append(bound.value + side * down * low)
    best = min if side == 1 else max
    found: list[Line] = [(ZERO, best(level))]
    if climbing and up is not None:
        found.append((side * up, best(climbing)))
    if falling and down is not None:
        found.append((-side * down, best(falling)))
    return found


# ---- feasibility ----------------------------------------------------------------------------------


def _contradiction(fiber: McShaneFiber) -> str | None:
    """Why (*) of the head fails, or None."""
    if fiber.floor > fiber.cap:
        return f"some value is at least {fiber.floor} and none is above {fiber.cap}"
    for bound in fiber.lowers:
        if bound.value > fiber.cap:
            return f"{_where(bound.where)} has a value of at least {bound.value}, above {fiber.cap}"
    for bound in fiber.uppers:
        if bound.value < fiber.floor:
            return f"{_where(bound.where)} has a value of at most {bound.value}, below {fiber.floor}"
    for low in fiber.lowers:
        for high in fiber.uppers:
            if low.value > high.value:
                rise, _ = fiber.gauge.between(low.where, high.where)
                climb = low.value - high.value
                if fiber.gauge.excess(climb, low.where, high.where) > 0:
                    allowed = rise if fiber.is_exact or rise is None else f"about {float(rise):.6g}"
                    return (
                        f"from {_where(high.where)} to {_where(low.where)} the value climbs by at least "
                        f"{climb}, and the class allows {allowed}"
                    )
    return None


def _broken_strictness(fiber: McShaneFiber, strict: Iterable[Bound]) -> str | None:
    """Why no member is below the strict bounds, or None: whether l < z on each set."""
    for high in strict:
        if fiber.floor >= high.value:
            return f"values below {high.value} are asked for, and none is below {fiber.floor}"
        for low in fiber.lowers:
            if low.value < high.value:
                continue
            gauge = Gauge(
                fiber.gauge.up, fiber.gauge.down, fiber.gauge.combine
            )  # on the sets, not their closures
            attained = gauge.between(low.where, high.where)[1]
            if attained and gauge.excess(low.value - high.value, low.where, high.where) >= 0:
                return f"{_where(high.where)} asks for values below {high.value}, and the class allows none there"
    return None


def _where(box: Box) -> str:
    if box.is_point:
        return f"({', '.join(map(str, box.low))})"
    return f"the box from ({', '.join(map(str, box.low))}) to ({', '.join(map(str, box.high))})"


def _tightened(
    gauge: Gauge, known: Constraints, uppers: list[Bound], lowers: list[Bound]
) -> tuple[Fraction, Fraction, list[Bound], list[Bound]]:
    """(floor, cap, uppers, lowers) with the bounds at compared points as the comparisons leave them."""
    floor, cap = known.floor, known.cap
    points = list(dict.fromkeys([p for pair in known.orders for p in pair] + known.tops + known.bottoms))
    high = {p: _lowest(gauge, cap, uppers, p) for p in points}
    low = {p: _highest(gauge, floor, lowers, p) for p in points}
    rises = {(p, q): gauge.rise(p, q) for p in points for q in points if p != q}
    lengths = {pair: rise for pair, rise in rises.items() if rise is not None}
    lengths.update(dict.fromkeys(known.orders, ZERO))
    top_value = max((b.value for b in lowers), default=floor)
    bottom_value = min((b.value for b in uppers), default=cap)
    # All edges are of length >= 0, so the bounds settle: those above and those below never meet.
    while True:
        before = dict(high), dict(low), floor, cap
        for (p, q), rise in lengths.items():
            high[p] = min(high[p], high[q] + rise)
            low[q] = max(low[q], low[p] - rise)
        cap = min([cap, *(high[p] for p in known.tops)])
        floor = max([floor, *(low[p] for p in known.bottoms)])
        for p in points:
            high[p], low[p] = min(high[p], cap), max(low[p], floor)
        for p in known.tops:
            low[p] = max(low[p], top_value, *low.values())
        for p in known.bottoms:
            high[p] = min(high[p], bottom_value, *high.values())
        if before == (high, low, floor, cap):
            break
    uppers = uppers + [Bound(at_point(p), value) for p, value in high.items()]
    lowers = lowers + [Bound(at_point(p), value) for p, value in low.items()]
    return floor, cap, uppers, lowers


def _gradient_contradiction(fiber: McShaneFiber, known: Gradient) -> str | None:
    """Why no member has this gradient, or None; see the head of this file."""
    p, g = known.at, known.gradient
    if not fiber.gauge.admits_slope(g):
        return f"the gradient at {_where(at_point(p))} is steeper than the class allows"
    here = at_point(p)
    others_high = [b for b in fiber.uppers if b.where != here]
    others_low = [b for b in fiber.lowers if b.where != here]
    high, low = fiber.upper(p), fiber.lower(p)
    if low < high:
        return None
    unbounded = Fraction(2)
    room_above = _lowest(fiber.gauge, unbounded, others_high, p) > high
    room_below = _highest(fiber.gauge, -unbounded, others_low, p) < low
    if not (room_above and room_below):
        raise UnsupportedError(
            f"a gradient at {_where(here)}, where other bounds leave no room around the value {high}",
            "a gradient at a point whose value is not forced by other points",
            "leave the gradient out: the envelopes stay valid bounds",
        )
    for touches, sense, name in ((high == fiber.cap, 1, "greatest"), (low == fiber.floor, -1, "least")):
        if touches and any(
            (sense * s > 0 and c < 1) or (sense * s < 0 and c > 0) for s, c in zip(g, p, strict=True)
        ):
            return (
                f"the value at {_where(here)} is the {name} possible, and the gradient there leads beyond it"
            )
    return None


# ---- exact functions ------------------------------------------------------------------------------


def _envelope(fiber: McShaneFiber, side: int) -> Function:
    """The upper (side 1) or lower (side -1) envelope."""
    limit = fiber.cap if side == 1 else fiber.floor
    bounds = fiber.uppers if side == 1 else fiber.lowers
    gauge = fiber.gauge if side == 1 else fiber.gauge.reflected
    parts = [_around(gauge, b.where, b.value, limit, side) for b in bounds]
    level: Function = constant(limit, fiber.dim)
    if not parts:
        return level
    return (Minimum if side == 1 else Maximum)([level, *parts])


def _around(gauge: Gauge, box: Box, value: Fraction, limit: Fraction, side: int) -> Function:
    """x -> value + side * inf over y in the box of φ(x - y), with ``limit`` where φ is infinite."""
    if gauge.continuous:
        box = box.closure
    parts: list[Function] = [_finite_part(gauge, box, value, side)]
    for j in range(gauge.dim):
        low, high, low_open, high_open = box.side(j)
        if gauge.up[j] is None and (high < 1 or high_open):
            parts.append(_step(gauge.dim, j, high, True, high_open, value, limit))
        if gauge.down[j] is None and (low > 0 or low_open):
            parts.append(_step(gauge.dim, j, low, False, low_open, value, limit))
    if len(parts) == 1:
        return parts[0]
    return (Maximum if side == 1 else Minimum)(parts)


def _finite_part(gauge: Gauge, box: Box, value: Fraction, side: int) -> Function:
    """The part of the finite rates."""
    dim, finite = gauge.dim, []
    for j in range(dim):
        low, high = box.low[j], box.high[j]
        up, down = (gauge.up[j] or ZERO), (gauge.down[j] or ZERO)
        finite.append((j, up if high < 1 else ZERO, high, down if low > 0 else ZERO, low))
    if dim == 1 or gauge.combine != MAX:
        lifts: list[Function] = []
        for j, up, high, down, low in finite:
            if up or down or dim == 1:
                knots = {ZERO: down * low, low: ZERO, high: ZERO, ONE: up * (1 - high)}
                line = PiecewiseAffine1D(
                    [(x, side * y + (value if dim == 1 else 0)) for x, y in sorted(knots.items())]
                )
                lifts.append(line if dim == 1 else Lift(line, j, dim))
        if dim == 1:
            return lifts[0]
        return Combination([1] * (len(lifts) + 1), [constant(value, dim), *lifts])
    pieces = [([ZERO] * dim, value)]
    for j, up, high, down, low in finite:
        for slope, corner in ((up, high), (-down, low)):
            if slope:
                slopes = [side * slope if i == j else ZERO for i in range(dim)]
                pieces.append((slopes, value - side * slope * corner))
    if side == 1:
        return MaxAffine(pieces)
    return Minimum([Affine(*piece) for piece in pieces])


def _step(
    dim: int, j: int, edge: Fraction, beyond: bool, is_open: bool, value: Fraction, limit: Fraction
) -> Function:
    """``limit`` beyond the edge in coordinate j (above it, or below it), ``value`` up to it."""
    low = tuple(edge if i == j else ZERO for i in range(dim))
    high = tuple(edge if i == j else ONE for i in range(dim))
    if beyond:
        if is_open:
            return OrthantStep(low, "at-least", limit, value)
        return OrthantStep(high, "at-most", value, limit)
    if is_open:
        return OrthantStep(high, "at-most", limit, value)
    return OrthantStep(low, "at-least", value, limit)
