"""How far a network in floating point is from a function, and whether it has the Φ it should: proved.

The weights of a network are rationals, so it is an exact piecewise affine function. In few variables the
cube is cut into the polytopes on which it is affine and the function too; there the difference is
greatest at a vertex. On the same polytopes the rounding of every dot product is bounded, in any order of
summation (`fvtheory.networks.arithmetic`). In many variables this is done for affine functions, lifts and
gauges (`fvtheory.networks.gauge`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, rational, text
from fvtheory.functions import MAX_DIM, Affine, Function, Lift, is_continuous, sup_distance
from fvtheory.functions.base import check_dim
from fvtheory.functions.kinds import is_built_continuous
from fvtheory.functions.pieces import pieces
from fvtheory.functions.polytopes import Form, Polytope, axis, cube_faces, level
from fvtheory.information import MinMax
from fvtheory.networks.arithmetic import ONE, ZERO, Format, Span, constant_span, dot, format_of, interval_span
from fvtheory.networks.gauge import computed_end, extremal_points, gauge_error, gauge_of, read_gauge
from fvtheory.networks.realization import Realization, computed_range
from fvtheory.networks.relu import Layer, ReluNetwork

MAX_REGIONS = 20_000
"""How many polytopes an analysis may visit."""

REFINEMENTS = 40
"""How often a polytope is cut again where a unit is off, but not yet surely off in floating point."""

REGIONS, GAUGE, AFFINE = "regions", "gauge", "affine"


@dataclass(frozen=True)
class FloatError:
    """Bounds of |network - function| over the cube, all exact rationals.

    Attributes:
        exact_difference: with the network in exact arithmetic.
        rounding: between the network in exact arithmetic and as computed, at one and the same input.
        input_rounding: what rounding an input in [0, 1] to the dtype changes.
        dtype: the arithmetic.
        method: "regions", "gauge" or "affine".
    """

    exact_difference: Fraction
    rounding: Fraction
    input_rounding: Fraction
    dtype: str
    method: str

    @property
    def on_inputs(self) -> Fraction:
        """At every point whose coordinates are numbers of the dtype."""
        return self.exact_difference + self.rounding

    @property
    def bound(self) -> Fraction:
        """At every point of the cube, rounded to the dtype before it enters the network."""
        return self.on_inputs + self.input_rounding

    def to_json(self) -> dict[str, Any]:
        """The bounds as floats, rounded up."""
        parts = ("exact_difference", "rounding", "input_rounding", "on_inputs", "bound")
        return {name: _upwards(getattr(self, name)) for name in parts} | {
            "dtype": self.dtype,
            "method": self.method,
        }


@dataclass(frozen=True)
class Extrema:
    """The least and the greatest value of a network in exact arithmetic, and points that have them."""

    x_min: Point
    x_max: Point
    low: Fraction
    high: Fraction

    def information(self) -> MinMax:
        """Φ; InvalidInputError where the values leave [0, 1]."""
        return MinMax(self.x_min, self.x_max, self.low, self.high)


@dataclass(frozen=True)
class Certificate:
    """What is proved of a network and a Φ.

    Attributes:
        phi: the Φ that the network should have.
        own: its extrema in exact arithmetic, at the points of ``phi`` where these are extremal; None where
            they were not found (composed networks in many variables).
        deviation: how far extreme values are from those of ``phi``, and the values at x_min and x_max from
            the extreme values; None as for ``own``.
        low, high: every computed output lies between them.
        at_x_min, at_x_max: between what the outputs computed at these points lie.
        rate: the Lipschitz constant of the network in exact arithmetic (sup norm); None where not found.
        lipschitz: the constant asked for.
        dtype: the arithmetic.
    """

    phi: MinMax
    own: Extrema | None
    deviation: Fraction | None
    low: Fraction
    high: Fraction
    at_x_min: tuple[Fraction, Fraction]
    at_x_max: tuple[Fraction, Fraction]
    rate: Fraction | None
    lipschitz: Fraction | None
    dtype: str

    @property
    def is_exact(self) -> bool:
        """Whether the network in exact arithmetic has exactly Φ."""
        return self.deviation == 0

    @property
    def in_range(self) -> bool:
        """Whether every computed output lies in [f_min, f_max]."""
        return self.phi.f_min <= self.low and self.high <= self.phi.f_max

    @property
    def computes_information(self) -> bool:
        """Whether the computed outputs have exactly Φ: in range, and f_min and f_max at their points."""
        low, high = self.phi.f_min, self.phi.f_max
        return self.in_range and self.at_x_min == (low, low) and self.at_x_max == (high, high)

    @property
    def is_lipschitz(self) -> bool | None:
        """Whether the network has the Lipschitz constant asked for; None where that is not known."""
        if self.lipschitz is None or self.rate is None:
            return None
        return self.rate <= self.lipschitz

    def to_json(self) -> dict[str, Any]:
        return {
            "phi": self.phi.to_json(),
            "extreme_values": self.own and [text(self.own.low), text(self.own.high)],
            "deviation": None if self.deviation is None else text(self.deviation),
            "outputs": [text(self.low), text(self.high)],
            "in_range": self.in_range,
            "exact": self.is_exact,
            "computes_information": self.computes_information,
            "lipschitz": self.is_lipschitz,
            "dtype": self.dtype,
        }


def float_error(network: Any, function: Function, dtype: Any = None, method: str | None = None) -> FloatError:
    """A proved bound of the distance of a network from a function, in the arithmetic it really uses.

    Args:
        network: a `Realization`, a torch module (a chain of Linear and ReLU) or a `ReluNetwork`.
        function: a continuous function: of one variable, affine, a lift, a cone, a clipped cone or a gauge
            in any dimension; any other in up to 4 dimensions.
        dtype: of a `ReluNetwork`: "float32" or "float64"; its weights are then numbers of it.
        method: "regions" or "gauge" where both could be used; the gauge is taken unless told.

    Raises:
        InvalidInputError: for a function with jumps, one for which no method is at hand, or a network
            whose sums may overflow.
    """
    exact, f = read_network(network, dtype)
    check_dim((ZERO,) * exact.dim, function.dim, "a network")
    if not is_built_continuous(function) and not is_continuous(function):
        raise InvalidInputError(f"a function of kind {function.kind!r} with jumps", "a continuous function")
    computed_range(exact, f)  # refuses what may overflow
    if isinstance(function, Lift):
        reduced = _along(exact, function.coordinate)
        if reduced is not None:
            exact, function = reduced, function.inner
    if method in (None, GAUGE) and function.dim > 1:
        found = _gauge_error(exact, function, f)
        if found is not None:
            return found
    if isinstance(function, Affine) and exact.units == 0 and method is None:
        return _affine_error(exact, function, f)
    if method not in (None, REGIONS) or exact.dim > MAX_DIM:
        raise InvalidInputError(
            f"a network and a function of kind {function.kind!r} in {exact.dim} dimensions",
            f"at most {MAX_DIM} dimensions, or a gauge as `realize` lays it out",
        )
    return _error_by_regions(exact, function, f)


def certify(network: Any, phi: MinMax, lipschitz: Rational | None = None, dtype: Any = None) -> Certificate:
    """Proved bounds of the extreme values of a network, in exact arithmetic and as computed, beside Φ.

    Args:
        network: a `Realization`, a torch module or a `ReluNetwork`.
        phi: the Φ it should have; see `quantised` for one that the dtype can hold.
        lipschitz: the Lipschitz constant that it should have.
        dtype: of a `ReluNetwork`.

    Raises:
        InvalidInputError: for a Φ of another dimension, or a network that cannot be read or whose sums may
            overflow.
    """
    exact, f = read_network(network, dtype)
    check_dim(phi.x_min, exact.dim, "Φ")
    span = computed_range(exact, f)
    low, high = span.low, span.high
    analysis = _analysis(exact, f)
    own = deviation = rate = None
    if analysis is not None:
        low, high, rate = max(low, analysis.low), min(high, analysis.high), analysis.rate
        own = _extrema(exact, analysis.values, phi)
        deviation = max(
            abs(own.low - phi.f_min),
            abs(own.high - phi.f_max),
            exact.at(phi.x_min) - own.low,
            own.high - exact.at(phi.x_max),
        )
    at_x_min, at_x_max = (_computed_at(exact, f, tuple(map(f.nearest, p))) for p in (phi.x_min, phi.x_max))
    asked = None if lipschitz is None else rational(lipschitz, "lipschitz")
    return Certificate(phi, own, deviation, low, high, at_x_min, at_x_max, rate, asked, f.name)


def information(network: Any, dtype: Any = None) -> MinMax:
    """The Φ that a network has in exact arithmetic (any selection of extrema).

    Raises:
        InvalidInputError: for values outside [0, 1], or a composed network in more than 4 variables.
    """
    exact, f = read_network(network, dtype)
    analysis = _analysis(exact, f)
    if analysis is None:
        raise InvalidInputError(f"a network of {exact.dim} variables", f"at most {MAX_DIM}, or a gauge")
    return _extrema(exact, analysis.values, None).information()


def read_network(network: Any, dtype: Any = None) -> tuple[ReluNetwork, Format]:
    """The network weight by weight, and its arithmetic.

    Raises:
        InvalidInputError: for a module of several dtypes, or a network whose weights the dtype lacks.
    """
    if isinstance(network, ReluNetwork):
        f = format_of("float32" if dtype is None else dtype)
        for layer in network.layers:
            for w in (*layer.bias, *(w for row in layer.weight for w in row)):
                if w and not f.holds(w):
                    raise InvalidInputError(
                        f"a weight that is no {f.name} number", "weights of the dtype", "see `realize`"
                    )
        return network, f
    from fvtheory.networks.reading import network_from_torch

    module = network.module if isinstance(network, Realization) else network
    if not hasattr(module, "parameters"):
        raise InvalidInputError(f"a network of type {type(module).__name__}", "a torch module or ReluNetwork")
    kinds = sorted({str(p.dtype) for p in module.parameters()})
    if len(kinds) != 1 or (dtype is not None and format_of(dtype) != format_of(kinds[0])):
        raise InvalidInputError(
            f"a module of dtypes {', '.join(kinds) or 'none'}", "one dtype, the one asked for"
        )
    return network_from_torch(module), format_of(kinds[0])


# ---- closed forms ------------------------------------------------------------------------------------


def _gauge_error(exact: ReluNetwork, function: Function, f: Format) -> FloatError | None:
    gauge = gauge_of(function)
    if gauge is None:
        return None
    difference, total = (gauge_error(exact, gauge, arithmetic) for arithmetic in (None, f))
    if difference is None or total is None:
        return None
    moved = min(gauge.spread, gauge.rate * f.input_rounding)
    return FloatError(difference, max(ZERO, total - difference), moved, f.name, GAUGE)


def _affine_error(exact: ReluNetwork, function: Affine, f: Format) -> FloatError:
    forms = [axis(j, exact.dim) for j in range(exact.dim)]
    for layer in exact.layers:
        forms = [_combined(row, b, forms) for row, b in zip(layer.weight, layer.bias, strict=True)]
    difference = sup_distance(Affine(*forms[0]), function).value
    moved = sum(map(abs, function.slope), ZERO) * f.input_rounding
    return FloatError(difference, computed_range(exact, f).error, moved, f.name, AFFINE)


def _along(network: ReluNetwork, j: int) -> ReluNetwork | None:
    """The network as one of coordinate j alone, if it ignores the others."""
    first = network.layers[0]
    if any(w for row in first.weight for k, w in enumerate(row) if k != j):
        return None
    only = Layer(tuple((row[j],) for row in first.weight), first.bias, first.relu)
    return ReluNetwork([only, *network.layers[1:]])


# ---- regions -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Region:
    """A polytope on which the network is the affine ``form`` and the function the form ``other``."""

    polytope: Polytope
    form: Form
    other: Form
    span: Span


def _error_by_regions(exact: ReluNetwork, function: Function, f: Format) -> FloatError:
    found = pieces(function)
    difference = rounding = ZERO
    for region in _regions(exact, found, f):
        gap = region.form.plus(region.other, -ONE)
        difference = max(difference, *(abs(gap.at(v)) for v in region.polytope.vertices))
        rounding = max(rounding, region.span.error)
    values = [form.at(v) for p, form in found for v in p.vertices]
    rate = max(sum(map(abs, form.slope), ZERO) for _, form in found)
    moved = min(max(values) - min(values), rate * f.input_rounding)
    return FloatError(difference, rounding, moved, f.name, REGIONS)


def _regions(
    network: ReluNetwork, starts: Iterable[tuple[Polytope, Form]], f: Format | None
) -> Iterator[Region]:
    """The polytopes on which the network is affine, within the given ones; with a format, cut further
    where that helps to bound rounding."""
    stack = [(p, other, REFINEMENTS) for p, other in starts]
    visited = 0
    while stack:
        p, other, left = stack.pop()
        visited += 1
        if visited > MAX_REGIONS:
            raise InvalidInputError(
                f"a network with more than {MAX_REGIONS} affine pieces", "a smaller network"
            )
        found, finer = _explore(network, p, f, left)
        if isinstance(found, Region):
            yield Region(p, found.form, other, found.span)
            continue
        below, _, above = p.split(found)
        parts = [q for q in (below, above) if q is not None and q.dim == p.dim]
        stack += [(q, other, left - finer) for q in parts]


def _explore(network: ReluNetwork, p: Polytope, f: Format | None, left: int) -> tuple[Region | Form, bool]:
    """What the network is on a polytope, or a form to cut it with (and whether only for rounding)."""
    dim = network.dim
    forms = [axis(j, dim) for j in range(dim)]
    spans = [interval_span(*p.range(j)) for j in range(dim)]
    for layer in network.layers:
        new_forms, new_spans = [], []
        for row, b in zip(layer.weight, layer.bias, strict=True):
            form = _combined(row, b, forms)
            values = [form.at(v) for v in p.vertices]
            low, high = min(values), max(values)
            if layer.relu and low < 0 < high:
                return form, False
            span = constant_span(ZERO)
            if f is not None:
                span = dot(f, [(w, s) for w, s in zip(row, spans, strict=True) if w], b, (low, high))
                if layer.relu and high <= 0 < span.high and low < -4 * span.error and left:
                    return form.plus(level(2 * span.error, dim)), True
            off = layer.relu and high <= 0
            new_forms.append(level(ZERO, dim) if off else form)
            new_spans.append(span.relu() if layer.relu else span)
        forms, spans = new_forms, new_spans
    return Region(p, forms[0], forms[0], spans[0]), False


def _combined(row: Sequence[Fraction], bias: Fraction, forms: Sequence[Form]) -> Form:
    slope, intercept = [ZERO] * len(forms[0].slope), bias
    for w, form in zip(row, forms, strict=True):
        if w:
            intercept += w * form.intercept
            for j, s in enumerate(form.slope):
                if s:
                    slope[j] += w * s
    return Form(tuple(slope), intercept)


# ---- extrema -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Analysis:
    """Points among which the extrema are, with the values there; the range of computed outputs; the
    Lipschitz constant in exact arithmetic."""

    values: list[tuple[Point, Fraction]]
    low: Fraction
    high: Fraction
    rate: Fraction


def _analysis(exact: ReluNetwork, f: Format) -> _Analysis | None:
    """None for a network of more than MAX_DIM variables that is no gauge."""
    gauge = read_gauge(exact)
    if gauge is not None:
        span = computed_range(exact, f)
        values = [(p, exact.at(p)) for p in extremal_points(gauge)]
        return _Analysis(values, span.low, span.high, gauge.rate)
    active = sorted({j for row in exact.layers[0].weight for j, w in enumerate(row) if w})
    if len(active) <= 1:
        only = active[0] if active else 0
        reduced = _along(exact, only)
        assert reduced is not None

        def place(p: Point) -> Point:
            return tuple(p[0] if j == only else ZERO for j in range(exact.dim))

        return _by_regions(reduced, f, place)
    if exact.units == 0:
        row = exact.layers[0].weight[0]
        ends = [tuple(ONE if (w > 0) == upper else ZERO for w in row) for upper in (False, True)]
        span = computed_range(exact, f)
        rate = sum(map(abs, row), ZERO)
        return _Analysis([(p, exact.at(p)) for p in ends], span.low, span.high, rate)
    return _by_regions(exact, f, lambda p: p) if exact.dim <= MAX_DIM else None


def _by_regions(exact: ReluNetwork, f: Format, place: Callable[[Point], Point]) -> _Analysis:
    cube = cube_faces(exact.dim)[0]
    found = list(_regions(exact, [(cube, level(ZERO, exact.dim))], f))
    return _Analysis(
        [(place(v), r.form.at(v)) for r in found for v in r.polytope.vertices],
        min(r.span.low for r in found),
        max(r.span.high for r in found),
        max(sum(map(abs, r.form.slope), ZERO) for r in found),
    )


def _extrema(exact: ReluNetwork, values: Sequence[tuple[Point, Fraction]], phi: MinMax | None) -> Extrema:
    """The extrema, at the points of Φ if these are extremal."""
    (x_min, low), (x_max, high) = (choose(values, key=lambda pair: pair[1]) for choose in (min, max))
    if phi is not None:
        x_min = phi.x_min if exact.at(phi.x_min) == low else x_min
        x_max = phi.x_max if exact.at(phi.x_max) == high else x_max
    return Extrema(x_min, x_max, low, high)


def _computed_at(exact: ReluNetwork, f: Format, x: Point) -> tuple[Fraction, Fraction]:
    """Between what the computed output at a point of the format lies."""
    gauge = read_gauge(exact)
    end = None if gauge is None else computed_end(gauge, f, x)
    if end is not None:
        return end, end
    span = computed_range(exact, f, x, x)
    return span.low, span.high


def _upwards(value: Fraction) -> float:
    """A float at least as large, for display."""
    return math.nextafter(float(value), math.inf) if value else 0.0
