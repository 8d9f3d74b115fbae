"""Exact functions as torch modules of Linear and ReLU, in the form that floating point harms least.

* One variable (and lifts): knots x_k with values y_k become t_k = relu(x - x_k), h_k = relu(1 - i_k t_k)
  and y = y_n - sum of (y_{k+1} - y_k) h_k, with i_k rounded up until i_k fl(x_{k+1} - x_k) >= 1. At a knot
  each h is exactly 0 or 1, and between knots only one is neither; sums of knot values are exact, and
  rounding is monotone; so every output lies between the values of the two knots around it.
* A distance in several variables (cones, clipped cones, gauges): see `fvtheory.networks.gauge`.
* Everything else is put together from these and affine functions, maxima and minima as p + relu(q - p) and
  p - relu(p - q), and ends, where that is needed, in f_max - relu(f_max - f_min - relu(v - f_min)).

All weights are numbers of the format, so the network is an exact function of its own, near the one asked
for: `Realization.network`. How near is proved by `fvtheory.networks.certification`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from typing import Any, ClassVar

from fvtheory.errors import InvalidInputError, MissingDependencyError
from fvtheory.exact import Rational, distance, rational
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Function,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    PiecewiseAffine1D,
    is_continuous,
    maximum,
    minimum,
    to_piecewise_1d,
)
from fvtheory.functions.kinds import is_built_continuous
from fvtheory.information import MinMax
from fvtheory.networks.arithmetic import (
    ONE,
    ZERO,
    Format,
    Span,
    dot,
    format_of,
    interval_span,
    inward,
    sum_size,
)
from fvtheory.networks.composition import Outputs, affine, beside, combined, unit_row
from fvtheory.networks.gauge import gauge_of, rounded
from fvtheory.networks.relu import Layer, ReluNetwork
from fvtheory.networks.sizes import KnownBound, known_bound

INFORMATION, LIPSCHITZ = "information", "lipschitz"
KEEP = (INFORMATION, LIPSCHITZ)


@dataclass(frozen=True)
class Realization:
    """A function and the torch module that computes it.

    Attributes:
        function: what was asked for.
        network: the module weight by weight, an exact function near ``function``.
        module: a ``torch.nn.Sequential`` of Linear and ReLU, each ReLU a module of its own; points (n, d)
            to values (n, 1). Its parameters ask for no gradients; the points may.
        dtype: "float32" or "float64".
        form: "affine", "ramps", "gauge" or "composed".
        hidden_units, depth: the number of ReLU units and of hidden layers.
    """

    function: Function
    network: ReluNetwork
    module: Any
    dtype: str
    form: str
    hidden_units: int
    depth: int

    @property
    def known_bound(self) -> KnownBound | None:
        """How many units suffice according to the literature; None where the pieces were not counted."""
        return known_bound(self.function)

    def __call__(self, points: Any) -> Any:
        """The values at a tensor of points (n, d) of the module's dtype, as a tensor (n,).

        Raises:
            InvalidInputError: for points of another dtype, or where float32 may be computed in TF32.
        """
        if format_of(points.dtype).name != self.dtype:
            raise InvalidInputError(f"points of {points.dtype}", self.dtype)
        require_plain_arithmetic(points.device)
        return self.module(points).squeeze(-1)


def realize(
    function: Function, dtype: Any = "float32", device: Any = None, keep: str = INFORMATION
) -> Realization:
    """The function as a torch module of Linear and ReLU.

    Args:
        function: a continuous exact function, in any dimension.
        dtype: "float32" or "float64", or the torch dtype. Numbers are rounded to it (see `quantised`).
        device: where the module goes.
        keep: what rounding must not spoil. "information": minimum and maximum, and what is flat stays flat,
            at the price of slopes steeper by a few units of rounding. "lipschitz": the Lipschitz constant of
            a ramp or gauge, at the price of extreme values closer by a few units.

    Raises:
        InvalidInputError: for a function with jumps, another dtype, or numbers that the dtype cannot tell
            apart.
        MissingDependencyError: without torch.
    """
    f = format_of(dtype)
    network, form = rounded_network(function, f, keep)
    return Realization(
        function=function,
        network=network,
        module=to_module(network, f, device),
        dtype=f.name,
        form=form,
        hidden_units=network.units,
        depth=sum(layer.relu for layer in network.layers),
    )


def rounded_network(
    function: Function, dtype: Any = "float32", keep: str = INFORMATION
) -> tuple[ReluNetwork, str]:
    """The exact network whose weights `realize` puts into a module, and its form; torch is not needed."""
    if keep not in KEEP:
        raise InvalidInputError(f"keep = {keep!r}", " or ".join(KEEP))
    _require_continuous(function)
    f = format_of(dtype)
    found, form = _write(function, f, keep)
    if form == "composed":
        found = _kept_in_range(_rounded(found, f), function, f)
    return found.network(), form


def to_module(network: ReluNetwork, dtype: Any, device: Any = None) -> Any:
    """A network whose weights the dtype holds, as a ``torch.nn.Sequential`` on a device."""
    try:
        torch = import_module("torch")
    except ImportError:
        raise MissingDependencyError("no package torch", "torch for modules", "pip install torch") from None
    kind = getattr(torch, format_of(dtype).name)
    parts: list[Any] = []
    for layer in network.layers:
        shape = (len(layer.weight), len(layer.weight[0]))
        entries = [
            (i, k, float(w)) for i, row in enumerate(layer.weight) for k, w in enumerate(row) if w is not ZERO
        ]
        weight = torch.zeros(shape, dtype=kind)
        if entries:
            rows, columns, values = zip(*entries, strict=True)
            weight[rows, columns] = torch.tensor(values, dtype=kind)
        bias = torch.tensor(list(map(float, layer.bias)), dtype=kind)
        linear = torch.nn.Linear(shape[1], shape[0], device="meta")
        linear.weight, linear.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)
        parts += [linear, torch.nn.ReLU()] if layer.relu else [linear]
    module = torch.nn.Sequential(*parts).requires_grad_(False)
    return module if device is None else module.to(device)


def require_plain_arithmetic(device: Any) -> None:
    """Raise InvalidInputError where torch may compute float32 products in TF32 or bfloat16."""
    torch = import_module("torch")
    plain = torch.get_float32_matmul_precision() == "highest"
    if device.type == "cuda":
        plain = plain and not torch.backends.cuda.matmul.allow_tf32
    if not plain:
        raise InvalidInputError(
            "float32 products of lower precision (TF32 or bfloat16)",
            "plain float32: error bounds hold for nothing less",
            'torch.set_float32_matmul_precision("highest")',
        )


def quantised(value: Any, dtype: Any = "float32", lipschitz: Rational | None = None) -> Any:
    """Φ or a function with all its numbers rounded to the dtype.

    Points go to the nearest numbers, values to multiples of the unit roundoff (2^-24, 2^-53), so that the
    differences of values are exact too.

    Args:
        value: a `MinMax`, or a continuous function made of the kinds that `realize` takes.
        lipschitz: of Φ: keep f_max - f_min <= lipschitz * distance of the points, lowering f_max.

    Raises:
        InvalidInputError: where the dtype cannot tell two numbers apart that must differ.
    """
    f = format_of(dtype)
    if isinstance(value, MinMax):
        return _quantised_information(value, f, lipschitz)
    if isinstance(value, Function):
        return _quantised_function(value, f)
    raise InvalidInputError(f"a {type(value).__name__}", "Φ as a MinMax, or an exact function")


def _quantised_information(phi: MinMax, f: Format, lipschitz: Rational | None) -> MinMax:
    x_min, x_max = (tuple(map(f.nearest, p)) for p in (phi.x_min, phi.x_max))
    low, high = (round(v / f.unit) * f.unit for v in (phi.f_min, phi.f_max))
    if phi.f_min < phi.f_max and lipschitz is not None:
        most = rational(lipschitz, "lipschitz") * distance(x_min, x_max)
        high = min(high, low + (most / f.unit).__floor__() * f.unit)
    if (phi.x_min != phi.x_max and x_min == x_max) or (phi.f_min < phi.f_max and low >= high):
        raise InvalidInputError(
            f"extrema that {f.name} cannot tell apart", "extrema further apart", "use float64"
        )
    return MinMax(x_min, x_max, low, high)


def _quantised_function(g: Function, f: Format) -> Function:
    def again(part: Function) -> Function:
        return _quantised_function(part, f)

    def grid(value: Fraction) -> Fraction:
        return round(value / f.unit) * f.unit

    match g:
        case PiecewiseAffine1D():
            return PiecewiseAffine1D(_apart([(f.nearest(x), grid(y)) for x, y in g.knots], f))
        case Affine():
            return Affine([f.nearest(s) for s in g.slope], f.nearest(g.intercept))
        case MaxAffine():
            return MaxAffine([(list(map(f.nearest, p.slope)), f.nearest(p.intercept)) for p in g.pieces])
        case Cone():
            return Cone(list(map(f.nearest, g.apex)), grid(g.value), f.nearest(g.slope))
        case Clip():
            return Clip(again(g.inner), grid(g.low), grid(g.high))
        case Maximum() | Minimum():
            return type(g)([again(p) for p in g.parts])
        case Combination():
            return Combination(list(map(f.nearest, g.weights)), [again(p) for p in g.parts])
        case Lift():
            return Lift(again(g.inner), g.coordinate, g.dim)
    raise InvalidInputError(f"a function of kind {g.kind!r}", "a function without jumps")


def _apart(knots: list[tuple[Fraction, Fraction]], f: Format) -> list[tuple[Fraction, Fraction]]:
    if any(x0 >= x1 for (x0, _), (x1, _) in pairwise(knots)):
        raise InvalidInputError(
            f"knots that {f.name} cannot tell apart", "knots further apart", "use float64"
        )
    return knots


def _require_continuous(function: Function) -> None:
    if not isinstance(function, Function):
        raise InvalidInputError(f"a {type(function).__name__}", "an exact function of fvtheory.functions")
    try:
        continuous = is_built_continuous(function) or is_continuous(function)
    except InvalidInputError:  # a kind with jumps in many dimensions: not decided, so not taken
        continuous = False
    if not continuous:
        raise InvalidInputError(
            f"a function of kind {function.kind!r} with jumps",
            "a continuous function: ReLU networks have no jumps",
            "take a continuous member of the class near it, for example a steep ramp or cone",
        )


# ---- the forms -------------------------------------------------------------------------------------


def _write(g: Function, f: Format, keep: str) -> tuple[Outputs, str]:
    if g.dim == 1 or isinstance(g, Lift):
        inner, j = (g.inner, g.coordinate) if isinstance(g, Lift) else (g, 0)
        shortest = to_piecewise_1d(inner)
        if len(shortest.pieces) > 1:
            return ramp_outputs(*ramps_of(inner, f, keep), j, g.dim), "ramps"
        slope, intercept = shortest.line(0)
        g = Affine(unit_row(j, g.dim, slope), intercept)
    if isinstance(g, Affine):
        return _affine(g, f), "affine"
    gauge = gauge_of(g)
    if gauge is not None:
        return rounded(gauge, f, keep).outputs(), "gauge"
    return _composed(g, f, keep), "composed"


def _composed(g: Function, f: Format, keep: str) -> Outputs:
    match g:
        case MaxAffine():
            ridge = _ridge(g, f)
            return ridge or _fold([_affine(p, f) for p in g.pieces], 1)
        case Maximum() | Minimum():
            return _fold([_write(p, f, keep)[0] for p in g.parts], 1 if isinstance(g, Maximum) else -1)
        case Combination():
            return combined(beside([_write(p, f, keep)[0] for p in g.parts]), g.weights, ZERO)
        case Clip():
            return _clip(_write(g.inner, f, keep)[0], f.nearest(g.low), f.nearest(g.high))
        case Cone():
            return _affine(Affine([0] * g.dim, g.value), f)  # neither rises nor falls
    raise InvalidInputError(f"a function of kind {g.kind!r}", "a continuous function made of affine ones")


def _affine(g: Affine, f: Format) -> Outputs:
    """Weights on a grid on which the values at the corners of the cube are exact, and within the range."""
    low, high = minimum(g).value, maximum(g).value
    step = f.grid(max(abs(g.intercept), abs(low), abs(high), sum_size(g.slope)))
    bottom, top = inward(low, high, step)
    sizes = [abs(s) // step * step for s in g.slope]
    while sum(sizes) > top - bottom:
        largest = max(range(g.dim), key=lambda j: sizes[j])
        sizes[largest] -= min(sizes[largest], sum(sizes) - (top - bottom))
    slope = tuple(t if s > 0 else -t for s, t in zip(g.slope, sizes, strict=True))
    return affine([(slope, bottom - sum((s for s in slope if s < 0), ZERO))])


@dataclass(frozen=True)
class Ramp:
    """scale * relu(offset - rate * relu(x - start)): flat, falling to 0, flat."""

    FIELDS: ClassVar[tuple[str, ...]] = ("start", "offset", "rate", "scale")
    start: Fraction
    offset: Fraction
    rate: Fraction
    scale: Fraction


def ramp_outputs(end: Fraction, ramps: Sequence[Ramp], j: int, dim: int) -> Outputs:
    """end + the sum of the ramps along coordinate j."""
    if not ramps:
        return affine([((ZERO,) * dim, end)])
    count = len(ramps)
    first = Layer(tuple(unit_row(j, dim) for _ in ramps), tuple(-r.start for r in ramps), relu=True)
    rows = tuple(unit_row(k, count, -r.rate) for k, r in enumerate(ramps))
    second = Layer(rows, tuple(r.offset for r in ramps), relu=True)
    return Outputs((first, second), (tuple(r.scale for r in ramps),), (end,))


def ramps_of(g: Function, f: Format, keep: str = INFORMATION) -> tuple[Fraction, list[Ramp]]:
    """A function of one variable as its value at 1 plus ramps, in numbers of the format."""
    shortest = to_piecewise_1d(g)
    xs, ys = [f.nearest(x) for x in shortest.breakpoints], list(shortest.values)
    _apart([(x, ZERO) for x in xs], f)
    rises = zip(pairwise(shortest.breakpoints), pairwise(ys), strict=True)
    steepest = max(abs((q - p) / (t - s)) for (s, t), (p, q) in rises)
    step, shrink = f.grid(sum_size([ys[-1], *(p - q for p, q in pairwise(ys))])), ZERO
    while shrink < 1:
        levels = _levels(ys, step, shrink)
        if not f.adds_exactly([levels[-1], *(p - q for p, q in pairwise(levels))]):
            step *= 2
            continue
        rises = zip(pairwise(xs), pairwise(levels), strict=True)
        ramps = [_ramp(s, t, q - p, f) for (s, t), (p, q) in rises if p != q]
        if keep != LIPSCHITZ or all(abs(r.scale) * r.rate <= steepest for r in ramps):
            return levels[-1], ramps
        shrink = 2 * shrink if shrink else 4 * step / (max(ys) - min(ys))
    raise InvalidInputError(f"slopes that {f.name} cannot hold", "flatter slopes", "use float64")


def _levels(ys: Sequence[Fraction], step: Fraction, shrink: Fraction) -> list[Fraction]:
    """The values, brought together by a share, on a grid and within their range."""
    low = min(ys)
    bottom, top = inward(low, max(ys), step)
    near = (round((y - shrink * (y - low)) / step) * step for y in ys)
    return [min(top, max(bottom, y)) for y in near]


def _ramp(start: Fraction, end: Fraction, rise: Fraction, f: Format) -> Ramp:
    """y rises by ``rise`` from start to end, as -rise where it has not begun and 0 where it is over."""
    width = end - start
    computed = f.nearest(width)
    if computed == width and f.holds(1 / width):
        return Ramp(start, ONE, 1 / width, -rise)
    if computed == width and f.holds(rise / width):
        return Ramp(start, width, ONE, -rise / width)
    return Ramp(start, ONE, f.up(1 / min(width, computed)), -rise)


def _ridge(g: MaxAffine, f: Format) -> Outputs | None:
    """max(low, affine) = low + spread * relu(1 - sum of i_j t_j), where t_j is the distance from the end of
    [0, 1] at which the affine function is greatest; None for other maxima.

    The weights are rounded up so that the last unit is 0 where the affine function is at most low.
    """
    pieces = list(dict.fromkeys(g.pieces))
    flat = [p for p in pieces if not any(p.slope)]
    tilted = [p for p in pieces if any(p.slope)]
    if len(tilted) != 1 or not flat:
        return None
    low, top = max(p.intercept for p in flat), maximum(tilted[0]).value
    if top <= low:
        return _affine(Affine([0] * g.dim, low), f)
    base, end = inward(low, top, f.grid(max(abs(low), abs(top))))
    scale = end - base
    active = [(k, s) for k, s in enumerate(tilted[0].slope) if s]
    rows = tuple(unit_row(k, g.dim, -ONE if s > 0 else ONE) for k, s in active)
    first = Layer(rows, tuple(ONE if s > 0 else ZERO for _, s in active), relu=True)
    lost = f.gamma(len(active) + 2)
    ratio = (1 + lost) / ((1 - lost) * (1 - f.unit))
    weights = [f.up(abs(s) / (top - low) * ratio) for _, s in active]
    second = Layer((tuple(-w for w in weights),), (ONE,), relu=True)
    return Outputs((first, second), ((scale,),), (base,))


def _fold(parts: Sequence[Outputs], sense: int) -> Outputs:
    """The maximum (sense 1) or minimum (sense -1) of all, in pairs, as a tree."""
    level = list(parts)
    while len(level) > 1:
        level = [_choice(level[i : i + 2], Fraction(sense)) for i in range(0, len(level), 2)]
    return level[0]


def _choice(pair: Sequence[Outputs], sense: Fraction) -> Outputs:
    """max(p, q) = p + relu(q - p) or min(p, q) = p - relu(p - q), p above a bound carried as one unit."""
    if len(pair) == 1:
        return pair[0]
    both = beside(pair)
    least = both.bounds()[0][0]
    base = min(ZERO, least)
    first, shift = both.mixed((ONE, ZERO), -base)
    apart, gap = both.mixed((-sense, sense), ZERO)
    layer = Layer((first, apart), (shift, gap), relu=True)
    return Outputs((*both.hidden, layer), ((ONE, sense),), (base,))


def _clip(inner: Outputs, low: Fraction, high: Fraction) -> Outputs:
    """high - relu(high - low - relu(v - low)): each step rounds once, and monotonically."""
    (row,), (bias,) = inner.rows, inner.bias
    above = Layer((row,), (bias - low,), relu=True)
    below = Layer(((-ONE,),), (high - low,), relu=True)
    return Outputs((*inner.hidden, above, below), ((-ONE,),), (high,))


def _rounded(found: Outputs, f: Format) -> Outputs:
    def vector(values: Iterable[Fraction]) -> tuple[Fraction, ...]:
        return tuple(v if v is ZERO or f.holds(v) else f.nearest(v) for v in values)

    hidden = tuple(Layer(tuple(map(vector, h.weight)), vector(h.bias), relu=True) for h in found.hidden)
    return Outputs(hidden, tuple(map(vector, found.rows)), vector(found.bias))


def _kept_in_range(found: Outputs, function: Function, f: Format) -> Outputs:
    """The network, clipped to the range of the function unless intervals show that it stays inside."""
    try:
        low, high = minimum(function).value, maximum(function).value
    except InvalidInputError:  # too many dimensions to know the range
        return found
    low, high = inward(low, high, f.grid(max(abs(low), abs(high))))
    span = computed_range(found.network(), f)
    if low <= span.low and span.high <= high:
        return found
    return _rounded(_clip(found, low, high), f)


def computed_range(
    network: ReluNetwork,
    dtype: Any,
    low: Sequence[Fraction] | None = None,
    high: Sequence[Fraction] | None = None,
) -> Span:
    """Between what all outputs computed in the dtype lie, over a box (the cube), by interval arithmetic."""
    f = format_of(dtype)
    bottom = low if low is not None else (ZERO,) * network.dim
    top = high if high is not None else (ONE,) * network.dim
    values = [interval_span(p, q) for p, q in zip(bottom, top, strict=True)]
    for layer in network.layers:
        found = [
            dot(f, [(w, v) for w, v in zip(row, values, strict=True) if w], b)
            for row, b in zip(layer.weight, layer.bias, strict=True)
        ]
        values = [v.relu() for v in found] if layer.relu else found
    return values[0]
