"""Functions of a weighted distance, in any dimension: cones, clipped cones, gauges.

    f(x) = base + scale * relu(offset - steepness * D(x)),
    D(x) = max over j of  above_j * relu(x_j - p_j) + below_j * relu(q_j - x_j),        q_j <= p_j.

As a network: one unit for each relu(x_j - p_j) and relu(q_j - x_j); then a tree of maxima
max(p, q) = p + relu(q - p), where p, being not negative, passes a ReLU unchanged; then one unit. For a
cone in d = 2^k dimensions these are 4d - 1 units. The last unit lies in [0, offset] whatever rounding
does, and rounding is monotone, so the network never leaves the range of f.

The distance of such a network from such a function has a closed bound (`gauge_error`): a tree of maxima
does not amplify errors, and all its roundings are relative to the maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from fvtheory.errors import InvalidInputError
from fvtheory.functions import Affine, Clip, Cone, Function, MaxAffine, maximum, minimum
from fvtheory.networks.arithmetic import ONE, ZERO, Format, inward, is_power_of_two
from fvtheory.networks.composition import Outputs, unit_row
from fvtheory.networks.relu import Layer, ReluNetwork

Columns = dict[int, Fraction]
"""Columns of the hidden layer before, with weights."""


@dataclass(frozen=True)
class Side:
    """weight * relu(x_coordinate - knot), or weight * relu(knot - x_coordinate) for ``sign`` -1."""

    coordinate: int
    sign: int
    knot: Fraction
    weight: Fraction

    @property
    def longest(self) -> Fraction:
        """The greatest value on the cube."""
        return self.weight * max(ZERO, 1 - self.knot if self.sign > 0 else self.knot)


@dataclass(frozen=True)
class Gauge:
    """base + scale * relu(offset - steepness * max of the leaves), one leaf a coordinate."""

    dim: int
    base: Fraction
    scale: Fraction
    offset: Fraction
    steepness: Fraction
    leaves: tuple[tuple[Side, ...], ...]

    @property
    def rate(self) -> Fraction:
        """The Lipschitz constant in the sup norm."""
        return abs(self.scale) * self.steepness * max(s.weight for leaf in self.leaves for s in leaf)

    @property
    def farthest(self) -> Fraction:
        """The greatest distance D on the cube."""
        return max(s.longest for leaf in self.leaves for s in leaf)

    @property
    def spread(self) -> Fraction:
        """The greatest value less the least."""
        return abs(self.scale) * min(self.offset, self.steepness * self.farthest)

    def outputs(self) -> Outputs:
        """The network."""
        sides = [s for leaf in self.leaves for s in leaf]
        rows = tuple(unit_row(s.coordinate, self.dim, Fraction(s.sign)) for s in sides)
        hidden = [Layer(rows, tuple(-s.sign * s.knot for s in sides), relu=True)]
        nodes, width = _leaf_nodes(self), len(sides)
        while len(nodes) > 1:
            rows, nodes = _level(nodes, width)
            hidden.append(Layer(rows, (ZERO,) * len(rows), relu=True))
            width = len(rows)
        last = _dense({k: -self.steepness * w for k, w in nodes[0].items()}, width)
        hidden.append(Layer((last,), (self.offset,), relu=True))
        return Outputs(tuple(hidden), ((self.scale,),), (self.base,))


def _leaf_nodes(g: Gauge) -> list[Columns]:
    nodes, column = [], 0
    for leaf in g.leaves:
        nodes.append({column + i: s.weight for i, s in enumerate(leaf)})
        column += len(leaf)
    return nodes


def _level(nodes: Sequence[Columns], width: int) -> tuple[tuple[tuple[Fraction, ...], ...], list[Columns]]:
    """One level of the tree: the rows of its layer, and the maxima as sums of its units."""
    rows: list[tuple[Fraction, ...]] = []
    found: list[Columns] = []
    for i in range(0, len(nodes), 2):
        p = nodes[i]
        found.append({len(rows): ONE})
        rows.append(_dense(p, width))
        if i + 1 < len(nodes):
            found[-1][len(rows)] = ONE
            rows.append(_dense({**nodes[i + 1], **{k: -w for k, w in p.items()}}, width))
    return tuple(rows), found


def _dense(columns: Columns, width: int) -> tuple[Fraction, ...]:
    row = [ZERO] * width
    for k, w in columns.items():
        row[k] = w
    return tuple(row)


# ---- from functions ------------------------------------------------------------------------------


def gauge_of(f: Function) -> Gauge | None:
    """The function in this form, or None where it is not of this form (or constant)."""
    low = high = None
    inner = f
    if isinstance(f, Clip):
        inner, low, high = f.inner, f.low, f.high
    if isinstance(inner, Cone):
        return _from_cone(inner, low, high)
    if isinstance(inner, MaxAffine):
        return _from_axis_parallel(inner, low, high)
    return None


def _from_cone(f: Cone, low: Fraction | None, high: Fraction | None) -> Gauge | None:
    far = f.value + f.slope * max(max(c, 1 - c) for c in f.apex)
    bottom, top = sorted((f.value, far))
    bottom = bottom if low is None else max(bottom, low)
    top = top if high is None else min(top, high)
    if bottom >= top or not bottom <= f.value <= top:
        return None
    spread, rising = top - bottom, f.slope > 0
    leaves = tuple((Side(j, 1, c, ONE), Side(j, -1, c, ONE)) for j, c in enumerate(f.apex))
    base, scale = (top, -spread) if rising else (bottom, spread)
    return Gauge(f.dim, base, scale, ONE, abs(f.slope) / spread, tuple(map(_needed, leaves)))


def _needed(leaf: tuple[Side, ...]) -> tuple[Side, ...]:
    """Without a side that is 0 on the whole cube."""
    return tuple(s for s in leaf if s.longest > 0)


def _from_axis_parallel(f: MaxAffine, low: Fraction | None, high: Fraction | None) -> Gauge | None:
    """A maximum of functions of one coordinate each, at most one rising and one falling in each."""
    tilted: dict[tuple[int, int], Affine] = {}
    for piece in f.pieces:
        active = [j for j, s in enumerate(piece.slope) if s]
        if not active:
            continue
        key = (active[0], 1 if piece.slope[active[0]] > 0 else -1)
        if len(active) > 1 or key in tilted:
            return None
        tilted[key] = piece
    bottom, top = minimum(f).value, maximum(f).value
    if (low is not None and low > bottom) or bottom >= top:
        return None
    top = top if high is None else min(top, high)
    if bottom >= top:
        return None
    spread = top - bottom
    leaves = []
    for j in range(f.dim):
        sides = []
        for sign in (1, -1):
            if (j, sign) in tilted:
                piece = tilted[j, sign]
                slope = piece.slope[j]
                sides.append(Side(j, sign, (bottom - piece.intercept) / slope, abs(slope) / spread))
        leaves.append(_needed(tuple(sides)))
    kept = tuple(leaf for leaf in leaves if leaf)
    weights = {s.weight for leaf in kept for s in leaf}
    steepness = ONE
    if len(weights) == 1:
        steepness = weights.pop()
        kept = tuple(tuple(replace(s, weight=ONE) for s in leaf) for leaf in kept)
    return Gauge(f.dim, top, -spread, ONE, steepness, kept)


# ---- rounded to a format ---------------------------------------------------------------------------


def rounded(g: Gauge, f: Format, keep: str) -> Gauge:
    """A gauge near ``g`` with numbers of the format.

    With ``keep`` "information", what has reached the end of its slope in exact arithmetic has reached it in
    floating point too: steepness is rounded up, by as much as rounding can take away, unless it is a
    power of two. With "lipschitz" no slope exceeds that of ``g``: values are brought together instead.
    """
    leaves = tuple(tuple(replace(s, knot=f.nearest(s.knot)) for s in leaf) for leaf in g.leaves)
    leaves = tuple(kept for kept in map(_needed, leaves) if kept)
    if not leaves:
        raise InvalidInputError(
            f"a cone whose apex {f.name} cannot tell from the boundary", "float64, or other numbers"
        )
    ends = (g.base, g.base + g.scale * g.offset)
    low, high = inward(min(ends), max(ends), f.grid(max(map(abs, ends))))
    base, scale = (high, low - high) if g.scale < 0 else (low, high - low)
    near = replace(g, base=base, scale=scale / g.offset, leaves=leaves)
    if near.scale == 0:
        raise InvalidInputError(
            f"values that {f.name} cannot tell apart", "values further apart", "use float64"
        )
    steep = _steepened(near, f, keep)
    return _no_steeper(steep, g.rate, f) if keep == "lipschitz" else steep


def _steepened(g: Gauge, f: Format, keep: str) -> Gauge:
    """The gauge with a steepness and weights of the format, not below those of ``g``."""
    weights = [s.weight for leaf in g.leaves for s in leaf]
    if all(map(is_power_of_two, (g.steepness, *weights))):
        return g
    alike = all(map(is_power_of_two, weights))
    length, rate = g.offset / g.steepness, abs(g.scale) * g.steepness
    if keep == "lipschitz" and alike and f.holds(length) and f.holds(rate):
        return replace(g, offset=length, steepness=ONE, scale=rate if g.scale > 0 else -rate)
    ratio = steepening(len(g.leaves), alike, f)
    if alike:
        return replace(g, steepness=f.up(g.steepness * ratio))
    leaves = (
        tuple(replace(s, weight=f.up(s.weight * g.steepness * ratio)) for s in leaf) for leaf in g.leaves
    )
    return replace(g, leaves=tuple(leaves), steepness=ONE)


def _no_steeper(g: Gauge, rate: Fraction, f: Format) -> Gauge:
    """The gauge with its values brought together until its Lipschitz constant is at most ``rate``."""
    if g.rate <= rate:
        return g
    size = (abs(g.scale) * rate / g.rate / f.unit).__floor__() * f.unit
    if size == 0:
        raise InvalidInputError(
            f"values that {f.name} cannot tell apart", "values further apart", "use float64"
        )
    return replace(g, scale=size if g.scale > 0 else -size)


def steepening(leaves: int, powers: bool, f: Format) -> Fraction:
    """By what factor to steepen a gauge of so many leaves so that the last unit is 0 in floating point where
    it is in exact arithmetic.

    Args:
        powers: whether the weights of the leaves are powers of two.
    """
    tree, terms = _tree_error(leaves, powers, f)
    lost = f.gamma(terms + 2)
    # steepness * D * (1 - tree) >= 1 + lost * (1 + steepness * D * (1 + tree)) at steepness * D = ratio
    return (1 + lost) / ((1 - tree) - lost * (1 + tree)) * (1 + 4 * f.unit)


@cache
def _tree_error(leaves: int, powers: bool, f: Format) -> tuple[Fraction, int]:
    """The relative error of the computed distance, and how many terms its last sum has."""
    leaf = _Node({0: ONE if powers else ONE / 3}, ZERO, f.unit, ONE, 1)
    node, width = leaf, leaves
    while width > 1:
        node = _maximum([node, node], {0: ONE, 1: ONE}, [(ZERO, 0)] * 2, f)
        width = (width + 1) // 2
    return node.relative, node.terms


# ---- the error of a network ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Node:
    """A node of the tree: its sum of units, and |computed - D| <= absolute + relative * D."""

    columns: Columns
    absolute: Fraction
    relative: Fraction
    largest: Fraction
    terms: int

    @property
    def top(self) -> Fraction:
        """The greatest computed value."""
        return (1 + self.relative) * self.largest + self.absolute


def _walk(g: Gauge, hidden: Sequence[Layer], f: Format | None) -> _Node:
    """The error of the root of a tree with these layers, of the widths of the layout of ``g``; without a
    format, of the tree in exact arithmetic."""
    nodes, tops = _leaf_errors(g, hidden[0], f)
    for layer in hidden[1:-1]:
        rows, found = _level([p.columns for p in nodes], len(tops))
        units = [
            (_stray(row, b, good, tops), sum(map(bool, row)) + 1)
            for row, b, good in zip(layer.weight, layer.bias, rows, strict=True)
        ]
        below, nodes, tops = nodes, [], []
        for i, sums in enumerate(found):
            nodes.append(_maximum(below[2 * i : 2 * i + 2], sums, [units[k] for k in sorted(sums)], f))
            tops += [nodes[-1].top] * len(sums)
    return nodes[0]


def _stray(
    row: Sequence[Fraction], bias: Fraction, good: Sequence[Fraction], tops: Sequence[Fraction]
) -> Fraction:
    """What the weights of a unit that are not those of the layout add at most."""
    return abs(bias) + sum(
        (abs(w - v) * t for w, v, t in zip(row, good, tops, strict=True) if w is not v and w != v), ZERO
    )


def _leaf_errors(g: Gauge, layer: Layer, f: Format | None) -> tuple[list[_Node], list[Fraction]]:
    nodes, tops, column = [], [], 0
    for leaf in g.leaves:
        columns: Columns = {}
        absolute = relative = ZERO
        exact_signs = True
        for s in leaf:
            row, bias = layer.weight[column], layer.bias[column]
            ideal = unit_row(s.coordinate, g.dim, Fraction(s.sign))
            wrong = abs(bias + s.sign * s.knot) + sum(
                (abs(w - v) for w, v in zip(row, ideal, strict=True) if w is not v and w != v), ZERO
            )
            terms = [w for w in row if w]
            lost = share = ZERO
            if f is not None and len(terms) <= 1 and all(map(is_power_of_two, terms)):
                share = f.unit if bias else ZERO  # one rounding, of the result
            elif f is not None:
                lost = f.gamma(len(terms) + 1) * (sum(map(abs, terms), ZERO) + abs(bias)) + f.tiny
            exact_signs &= wrong == 0 and lost == 0
            absolute += s.weight * (wrong * (1 + share) + lost)
            relative = max(relative, share)
            columns[column] = s.weight
            tops.append((s.longest / s.weight) * (1 + share) + wrong * (1 + share) + lost)
            column += 1
        largest = max(s.longest for s in leaf)
        nodes.append(_Node(columns, absolute, relative, largest, 1 if exact_signs else len(leaf)))
    return nodes, tops


def _maximum(
    pair: Sequence[_Node], sums: Columns, units: Sequence[tuple[Fraction, int]], f: Format | None
) -> _Node:
    """max(p, q) as p + relu(q - p), or p alone carried on.

    Let p, q be the exact sums of the computed units. The two new units are off by what their stray weights
    add, and by rounding relative to p and to p + q <= 2 max(p, q). The maximum passes errors of p and q on
    without amplifying them.

    Args:
        units: for each new unit what its stray weights add at most, and the number of its terms.
    """
    share = lost = ZERO
    terms = 0
    for i, (stray, count) in enumerate(units):
        terms += pair[i].terms
        lost += stray
        if f is None:
            continue
        exact = not stray and all(is_power_of_two(w) for p in pair for w in p.columns.values())
        rounds = count + 1 if stray else terms - exact
        if rounds == 1 and terms == 2:
            share += f.unit  # of the result, at most the maximum
        elif rounds:
            share += (i + 1) * f.gamma(rounds)
            lost += f.gamma(rounds) * stray
        lost += 2 * count * f.tiny if rounds else ZERO
    absolute = max(p.absolute for p in pair)
    relative = max(p.relative for p in pair)
    largest = max(p.largest for p in pair)
    return _Node(sums, absolute * (1 + share) + lost, relative + share * (1 + relative), largest, len(sums))


def gauge_error(network: ReluNetwork, g: Gauge, f: Format | None) -> Fraction | None:
    """A bound of |network - g| on the cube, as computed in the format (None: in exact arithmetic).

    None for a network whose layers have other widths than the layout.
    """
    ideal = g.outputs()
    layers = network.layers
    shapes = [(len(layer.weight), len(layer.weight[0])) for layer in layers]
    wanted = [(len(layer.weight), len(layer.weight[0])) for layer in ideal.hidden] + [(1, 1)]
    if shapes != wanted or [layer.relu for layer in layers] != [True] * len(ideal.hidden) + [False]:
        return None
    hidden = layers[:-1]
    root = _walk(g, hidden, f)
    row, bias = hidden[-1].weight[0], hidden[-1].bias[0]
    slack = abs(bias - g.offset)
    shares = [abs(row[k] / w + g.steepness) for k, w in root.columns.items()]
    off = max(shares)
    lost = f.gamma(root.terms + 1 + len(root.columns)) if f is not None and off else ZERO
    if f is not None and not off:
        products = not all(is_power_of_two(w) for w in row if w)
        lost = f.gamma(root.terms + products)
    size = g.steepness + off

    def wrong(distance: Fraction) -> Fraction:
        """How far the last unit is off at most, before its activation, at this distance."""
        computed = (1 + root.relative) * distance + root.absolute
        return (
            slack
            + off * computed
            + g.steepness * (root.absolute + root.relative * distance)
            + lost * (abs(bias) + size * computed)
            + (f.tiny if f is not None else ZERO)
        )

    edge = min(g.farthest, g.offset / g.steepness)
    error = wrong(edge)
    if g.farthest > edge:  # beyond, the unit is 0: it stays near 0, or comes back at the far end
        error = max(error, wrong(g.farthest) + g.offset - g.steepness * g.farthest)
    top = max(bias, g.offset) + (f.gamma(3) * abs(bias) if f is not None else ZERO)
    error = min(error, top)
    (scale,), base = layers[-1].weight[0], layers[-1].bias[0]
    total = abs(base - g.base) + abs(scale - g.scale) * top + abs(g.scale) * error
    if f is not None:
        product = ZERO if is_power_of_two(scale) else f.unit * abs(scale) * top
        total += product + f.unit * (max(abs(base), abs(base + scale * top)) + product) + 2 * f.tiny
    return total


def read_gauge(network: ReluNetwork) -> Gauge | None:
    """The gauge that the network computes in exact arithmetic, if it has exactly the layout of one."""
    *hidden, last = network.layers
    if len(hidden) < 2 or len(hidden[-1].weight) != 1 or not all(layer.relu for layer in hidden):
        return None
    sides: list[tuple[int, int, Fraction]] = []
    for row, b in zip(hidden[0].weight, hidden[0].bias, strict=True):
        active = [(j, w) for j, w in enumerate(row) if w]
        if len(active) != 1 or abs(active[0][1]) != 1:
            return None
        j, w = active[0]
        sides.append((j, int(w), -b * w))
    groups: dict[int, list[int]] = {}
    for k, (j, _, _) in enumerate(sides):
        groups.setdefault(j, []).append(k)
    row = hidden[-1].weight[0]
    if len(groups) == 1:
        steepness, leaves = ONE, {k: -row[k] for k in range(len(sides))}
    else:
        steepness, leaves = -row[0], {}
        if len(hidden) < 3 or len(hidden[1].weight) != len(groups):
            return None
        for i, columns in enumerate(groups.values()):
            source = hidden[1].weight[i]  # leaf i has row i of the first level of the tree
            leaves |= {k: source[k] for k in columns}
    if steepness <= 0 or any(w <= 0 for w in leaves.values()):
        return None
    if len(groups) == 1 and len(set(leaves.values())) == 1:
        steepness = next(iter(leaves.values()))
        leaves = dict.fromkeys(leaves, ONE)
    made = tuple(tuple(Side(*sides[k], leaves[k]) for k in columns) for columns in groups.values())
    g = Gauge(network.dim, last.bias[0], last.weight[0][0], hidden[-1].bias[0], steepness, made)
    if any(s.longest <= 0 for leaf in made for s in leaf):
        return None
    return g if g.outputs().network() == network else None


def distance_of(g: Gauge, x: Sequence[Fraction]) -> Fraction:
    """D(x), exactly."""
    sides = [(s.weight * s.sign * (x[s.coordinate] - s.knot)) for leaf in g.leaves for s in leaf]
    return max(ZERO, *sides)


def extremal_points(g: Gauge) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """A point of the cube where D is least, and one where it is greatest."""
    near, far = [ZERO] * g.dim, [ZERO] * g.dim
    for leaf in g.leaves:
        for s in leaf:
            near[s.coordinate] = min(ONE, max(ZERO, s.knot))
    side = max((s for leaf in g.leaves for s in leaf), key=lambda s: s.longest)
    far[side.coordinate] = ONE if side.sign > 0 else ZERO
    return tuple(near), tuple(far)


def computed_end(g: Gauge, f: Format, x: Sequence[Fraction]) -> Fraction | None:
    """The value that the network of ``g`` computes at a point of the format, where the last unit is surely
    at an end of its range; else None."""
    length = g.steepness * distance_of(g, x)
    value: Fraction | None = None
    if length == 0:
        value = g.offset
    else:
        powers = all(is_power_of_two(s.weight) for leaf in g.leaves for s in leaf)
        tree, terms = _tree_error(len(g.leaves), powers, f)
        lost = f.gamma(terms + 2)
        if g.offset + lost * (g.offset + length * (1 + tree)) + f.tiny <= length * (1 - tree):
            value = ZERO
    if value is None or not f.adds_exactly([g.base, g.scale * value]):
        return None
    return g.base + g.scale * value
