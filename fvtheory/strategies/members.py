"""Functions of a class with a given Φ, and pairs of them: every example is a member by construction.

Most classes are given by a *rise*: f belongs to the class when f(x) - f(y) <= rise(y, x) for all x and y.

* Lipschitz: rise(y, x) = L ‖x - y‖, and a continuous piecewise affine function has some constant L;
* non-decreasing: 0 where x <= y, no limit elsewhere, or L max_j (x_j - y_j)_+ if Lipschitz as well;
* all functions: 0 where x = y, no limit elsewhere.

Data (p_i, y_i) that respect the rise extend to x -> min_i y_i + rise(p_i, x), the greatest function of
the class through them, and to x -> max_i y_i - rise(x, p_i), the least (McShane, 1934). So a member of
the fiber of Φ is drawn point by point: x_min and x_max first, then further points, each with a value
between the bounds that the points before it leave; then an extension, a mixture of the two, or another
function of the class moved between them. Any finite set of values that a member can have comes up.

Convex functions are maxima of affine functions, some of which reach f_max at x_max; affine ones share
f_max - f_min among the free coordinates. Members of classes outside Table 1 are mixtures of extremal ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from fvtheory.beyond import Family, Knowledge
from fvtheory.classes import TABLE_1, FunctionClass
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, distance, rational
from fvtheory.fiber import SLACK, Fiber
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
    OrthantStep,
    PiecewiseAffine1D,
    PointValue,
    constant,
)
from fvtheory.information import MinMax, check_convention
from fvtheory.strategies.information import check_dim, phis, read_class
from fvtheory.strategies.known import known_functions, read_family
from fvtheory.strategies.numbers import FACTORS, POSITIVE_SHARES, SELDOM, SHARES, parts_of_one, points

ZERO, ONE = Fraction(0), Fraction(1)

MAX_POINTS = 4
"""How many points besides x_min and x_max a member is drawn through, less the dimension (one at least;
besides, on the line, the ends)."""

MAX_FORMS = 3
"""How many affine functions of its own a convex member has, besides f_min and the one through x_max."""

Data = list[tuple[Point, Fraction]]


# ---- rises ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cones:
    """rate * ‖x - y‖."""

    rate: Fraction

    def between(self, y: Point, x: Point) -> Fraction | None:
        return self.rate * distance(x, y)

    def above(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        """The greatest function of the class with this value at p; below: the least."""
        return Cone(p, value, self.rate)

    def below(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        return Cone(p, value, -self.rate)

    def slope(self, draw: st.DrawFn, phi: MinMax) -> list[Fraction]:
        """The slope of an affine function of the class."""
        signs = [draw(_SIGN) for _ in range(phi.dim)]
        return [s * self.rate * t for s, t in zip(signs, _split(draw, phi.dim), strict=True)]


@dataclass(frozen=True)
class _OneSided:
    """rate * max_j (sign * (x_j - y_j))_+: monotone in the direction of the sign, and Lipschitz."""

    rate: Fraction
    sign: int

    def between(self, y: Point, x: Point) -> Fraction | None:
        return self.rate * _ahead(y, x, self.sign)

    def above(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        return MaxAffine([constant(value, len(p)), *self._forms(p, value)])

    def below(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        return Minimum([constant(value, len(p)), *self._forms(p, value)])

    def _forms(self, p: Point, value: Fraction) -> list[Affine]:
        rate = self.sign * self.rate
        return [Affine([rate * (i == j) for i in range(len(p))], value - rate * c) for j, c in enumerate(p)]

    def slope(self, draw: st.DrawFn, phi: MinMax) -> list[Fraction]:
        return [self.sign * self.rate * t for t in _split(draw, phi.dim)]


@dataclass(frozen=True)
class _Steps:
    """0 where x <= y (sign 1) or x >= y (sign -1), no limit elsewhere: monotone."""

    sign: int

    def between(self, y: Point, x: Point) -> Fraction | None:
        return None if _ahead(y, x, self.sign) > 0 else ZERO

    def above(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        return OrthantStep(p, "at-most" if self.sign > 0 else "at-least", value, phi.f_max)

    def below(self, p: Point, value: Fraction, phi: MinMax) -> Function:
        return OrthantStep(p, "at-least" if self.sign > 0 else "at-most", value, phi.f_min)

    def slope(self, draw: st.DrawFn, phi: MinMax) -> list[Fraction]:
        rate = self.sign * phi.spread * draw(FACTORS)
        return [rate * t for t in _split(draw, phi.dim)]


@dataclass(frozen=True)
class _Free:
    """0 where x = y, no limit elsewhere: every function."""

    def between(self, y: Point, x: Point) -> Fraction | None:
        return ZERO if x == y else None

    def slope(self, draw: st.DrawFn, phi: MinMax) -> list[Fraction]:
        return _Cones(phi.spread * draw(FACTORS)).slope(draw, phi)


_Extending = _Cones | _OneSided | _Steps
_Rise = _Extending | _Free
_SIGN = st.sampled_from((1, -1))


def _split(draw: st.DrawFn, dim: int) -> tuple[Fraction, ...]:
    return draw(parts_of_one(dim))


def _ahead(y: Point, x: Point, sign: int) -> Fraction:
    """max_j (sign * (x_j - y_j)), at least 0."""
    return max(ZERO, *(sign * (t - s) for s, t in zip(y, x, strict=True)))


def _rises(draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None) -> list[_Rise]:
    """The rises of the class that allow f_max - f_min from x_min to x_max."""
    gap, spread, factor = distance(phi.x_min, phi.x_max), phi.spread, draw(FACTORS)
    ahead = {sign: _ahead(phi.x_min, phi.x_max, sign) for sign in (1, -1)}
    ways = [sign for sign in (1, -1) if ahead[sign] > 0]
    if rate is not None:
        return [_Cones(rate), *(_OneSided(rate, s) for s in ways if rate * ahead[s] >= spread)]
    steps: list[_Rise] = [_Steps(s) for s in ways]
    gentle: list[_Rise] = [_OneSided(factor * spread / ahead[s], s) for s in ways]
    if family.name == "monotone":
        return [*steps, *gentle]
    cones = [_Cones(factor * spread / gap)]
    return [*cones, *gentle] if family.continuous else [_Free(), *steps, *cones]


# ---- members of a class with a rise ---------------------------------------------------------------


def _data(draw: st.DrawFn, rise: _Rise, phi: MinMax) -> Data:
    """x_min and x_max with their values, and further points with values that the class allows."""
    found: Data = [(phi.x_min, phi.f_min), (phi.x_max, phi.f_max)]
    for _ in range(draw(st.integers(0, max(1, MAX_POINTS - phi.dim)))):
        _extend(draw, rise, phi, found, draw(points(phi.dim)))
    return found


def _extend(draw: st.DrawFn, rise: _Rise, phi: MinMax, found: Data, p: Point) -> None:
    if any(p == q for q, _ in found):
        return
    highs = [y + r for q, y in found if (r := rise.between(q, p)) is not None]
    lows = [y - r for q, y in found if (r := rise.between(p, q)) is not None]
    low, high = max(phi.f_min, *lows, phi.f_min), min(phi.f_max, *highs, phi.f_max)
    found.append((p, low + (high - low) * draw(SHARES)))


def _extensions(rise: _Extending, phi: MinMax, data: Data) -> tuple[Function, Function]:
    """The least and the greatest function of the class through the data, within [f_min, f_max]."""
    below = [rise.below(p, y, phi) for p, y in data if y > phi.f_min]
    above = [rise.above(p, y, phi) for p, y in data if y < phi.f_max]
    lower = below[0] if len(below) == 1 else Maximum(below)
    upper = above[0] if len(above) == 1 else Minimum(above)
    if isinstance(rise, _Cones | _OneSided):
        return Clip(lower, phi.f_min, phi.f_max), Clip(upper, phi.f_min, phi.f_max)
    return lower, upper


def _through(draw: st.DrawFn, rise: _Rise, phi: MinMax) -> Function:
    """A function of the class through drawn data."""
    if phi.dim == 1 and draw(st.booleans()):
        return _polygon(draw, rise, phi)
    data = _data(draw, rise, phi)
    if isinstance(rise, _Free):
        level = phi.f_min + phi.spread * draw(SHARES)
        base: Function = constant(level, phi.dim)
        if draw(st.booleans()):
            base = Clip(_affine_of(draw, rise, phi), phi.f_min, phi.f_max)
        for p, y in data:
            base = PointValue(base, p, y)
        return base
    lower, upper = _extensions(rise, phi, data)
    way = draw(_WAYS)
    if way == "lower":
        return lower
    if way == "upper":
        return upper
    if way == "mixture":
        return _mixture(draw(SHARES), lower, upper)
    # Another function of the class, moved between the extensions where it leaves them.
    return Maximum([lower, Minimum([_affine_of(draw, rise, phi), upper])])


def _affine_of(draw: st.DrawFn, rise: _Rise, phi: MinMax) -> Affine:
    """An affine function of the class with a drawn value in [f_min, f_max] at a drawn point."""
    slope, p = rise.slope(draw, phi), draw(points(phi.dim))
    value = phi.f_min + phi.spread * draw(SHARES)
    return Affine(slope, value - sum((s * c for s, c in zip(slope, p, strict=True)), ZERO))


_WAYS = st.sampled_from(("lower", "upper", "mixture", "mixture", "mixture", "moved", "moved"))


def _polygon(draw: st.DrawFn, rise: _Rise, phi: MinMax) -> Function:
    """On the line: the data, the ends among them, joined by segments; each segment keeps the law."""
    data = _data(draw, rise, phi)
    for end in (ZERO, ONE):
        _extend(draw, rise, phi, data, (end,))
    return PiecewiseAffine1D(sorted((p[0], y) for p, y in data))


def _lifted(draw: st.DrawFn, rise: _Rise, phi: MinMax) -> Function | None:
    """A function of one coordinate, where one can have Φ."""
    found = []
    for j, (s, t) in enumerate(zip(phi.x_min, phi.x_max, strict=True)):
        way = rise.between((s,), (t,))
        if way is None or way >= phi.spread:
            found.append(j)
    if not found:
        return None
    j = draw(st.sampled_from(found))
    inner = MinMax(phi.x_min[j], phi.x_max[j], phi.f_min, phi.f_max)
    return Lift(_through(draw, rise, inner), j, phi.dim)


def _mixture(share: Fraction, f: Function, g: Function) -> Function:
    """(1 - share) * f + share * g."""
    if share in (0, 1):
        return g if share else f
    return Combination([1 - share, share], [f, g])


# ---- convex and affine -----------------------------------------------------------------------------


def _convex(draw: st.DrawFn, phi: MinMax) -> Function:
    """max(f_min, affine functions that are <= f_min at x_min and <= f_max on the cube, walls).

    Every affine function is top - Σ w_j |x_j - v_j| with w >= 0, its maximum over the cube top at the
    vertex v. One of them at least has top f_max and v on the face of x_max, where it does not fall.
    """
    a, b = phi.x_min, phi.x_max
    fixed = [j for j, c in enumerate(b) if c in (0, 1)]
    forms = [_form(draw, phi, phi.f_max, b, fixed)]
    for _ in range(draw(_FORMS)):
        corner = tuple(draw(_CORNER) for _ in a)
        j = draw(st.integers(0, phi.dim - 1))
        if a[j] in (0, 1):
            corner = (*corner[:j], 1 - a[j], *corner[j + 1 :])
        top = phi.f_min + phi.spread * draw(POSITIVE_SHARES)
        forms.append(_form(draw, phi, top, corner, list(range(phi.dim))))
    found: Function = MaxAffine([constant(phi.f_min, phi.dim), *forms])
    if draw(SELDOM):
        found = Maximum([found, _wall(draw, phi)])
    return found


_FORMS = st.integers(0, MAX_FORMS)
_STEEPNESS = st.sampled_from((1, 1, 1, 1, 2, 4, 16))
_CORNER = st.sampled_from((ONE, ZERO))


def _form(draw: st.DrawFn, phi: MinMax, top: Fraction, v: Point, along: list[int]) -> Affine:
    """top - Σ w_j |x_j - v_j| over the coordinates ``along``, with drawn w such that it is <= f_min at x_min."""
    lengths = {j: abs(phi.x_min[j] - v[j]) for j in along}
    falling = [j for j in along if lengths[j] > 0]
    parts = draw(parts_of_one(len(falling)))
    whole = (top - phi.f_min) * draw(_STEEPNESS)
    weights = {j: whole * t / lengths[j] for j, t in zip(falling, parts, strict=True)}
    for j in along:
        if lengths[j] == 0:  # here the function may fall as fast as it likes
            weights[j] = whole * draw(SHARES)
    slope = [ZERO] * phi.dim
    for j, w in weights.items():
        slope[j] = w if v[j] == 1 else -w
    return Affine(slope, top - sum((slope[j] * v[j] for j in weights), ZERO))


def _wall(draw: st.DrawFn, phi: MinMax) -> Function:
    """A jump on a side of the cube that does not contain x_min."""
    sides = [(j, e) for j, c in enumerate(phi.x_min) for e in (1, 0) if c != e]
    j, e = draw(st.sampled_from(sides))
    corner = [1 - e if i != j else e for i in range(phi.dim)]
    level = phi.f_min + phi.spread * draw(SHARES)
    return OrthantStep(corner, "at-least" if e else "at-most", level, phi.f_min)


def _affine(draw: st.DrawFn, phi: MinMax) -> Function:
    free = _free(phi)
    return _along(phi, dict(zip(free, draw(parts_of_one(len(free))), strict=True)))


def _free(phi: MinMax) -> list[int]:
    """The coordinates in which x_min and x_max lie at opposite ends."""
    return [j for j, (s, t) in enumerate(zip(phi.x_min, phi.x_max, strict=True)) if abs(s - t) == 1]


def _along(phi: MinMax, shares: dict[int, Fraction]) -> Function:
    """f_min + (f_max - f_min) * Σ share_j |x_j - x_min_j| over free coordinates; the shares have sum 1."""
    slope = [
        phi.spread * shares.get(j, ZERO) * (t - s)
        for j, (s, t) in enumerate(zip(phi.x_min, phi.x_max, strict=True))
    ]
    return Affine(slope, phi.f_min - sum((w * c for w, c in zip(slope, phi.x_min, strict=True)), ZERO))


# ---- functions and pairs ----------------------------------------------------------------------------


def functions(
    cls: FunctionClass | Family | str,
    phi: MinMax | st.SearchStrategy[MinMax] | None = None,
    dim: int | None = None,
    lipschitz: Rational | None = None,
    convention: str = "any-selection",
    knowledge: Knowledge | st.SearchStrategy[Knowledge] | None = None,
) -> st.SearchStrategy[Function]:
    """Exact functions of a class, with the information Φ, or that agree with other knowledge.

    Args:
        cls: a function class or its name; with ``knowledge`` any class of `fvtheory.beyond.family` or its name.
        phi: a feasible Φ, or a strategy for some; None: `phis`.
        dim: the number of variables where ``phi`` is None; None: 1 to 3.
        lipschitz: the Lipschitz constant, where the class needs one.
        convention: how ties of extrema are read. Under ``first`` and ``unique`` a member is mixed with
            one whose extrema are as required.
        knowledge: what is known in place of Φ, or a strategy for it (in ``dim`` variables; None: 1).

    Raises:
        InfeasibleInformationError: when no function of the class has Φ, or agrees with the knowledge.
        UnsupportedError: for classes and knowledge whose functions cannot be built, with the reason.
        UnknownNameError, InvalidInputError: as `phis`.
    """
    if knowledge is not None:
        if phi is not None or convention != "any-selection":
            raise InvalidInputError("knowledge beside Φ or another convention", "knowledge alone")
        count = knowledge.dim if isinstance(knowledge, Knowledge) else dim or 1
        name = cls.name if isinstance(cls, FunctionClass) else cls
        return known_functions(read_family(name, count, lipschitz, {}), knowledge)
    family, rate = read_class(cls, lipschitz)
    return _with_information(family, phi, dim, rate, convention).flatmap(
        lambda known: _members(family, known, rate, convention)
    )


def pairs(
    cls: FunctionClass | str,
    phi: MinMax | st.SearchStrategy[MinMax] | None = None,
    dim: int | None = None,
    lipschitz: Rational | None = None,
    apart: Rational = 1,
) -> st.SearchStrategy[tuple[Function, Function]]:
    """Two functions of one fiber: same class, same Φ, sup distance apart * 2R, for the radius R of Φ.

    Where the classes only approach 2R (convex functions) it is at least apart * 2R * (1 - 1/1024).

    Args:
        apart: the share of the greatest distance that two functions of the fiber can have, in [0, 1].
        cls, phi, dim, lipschitz: as for `functions`.

    Raises:
        InvalidInputError: for ``apart`` outside [0, 1]; other errors as for `functions`.
    """
    family, rate = read_class(cls, lipschitz)
    share = rational(apart, "apart")
    if not 0 <= share <= 1:
        raise InvalidInputError(f"apart = {share}", "a share of the greatest distance, from 0 to 1")
    return _with_information(family, phi, dim, rate, "any-selection").flatmap(
        lambda known: _pairs(family, known, rate, share)
    )


def _with_information(
    family: FunctionClass,
    phi: MinMax | st.SearchStrategy[MinMax] | None,
    dim: int | None,
    rate: Fraction | None,
    convention: str,
) -> st.SearchStrategy[MinMax]:
    check_convention(convention)
    check_dim(dim)
    if phi is None:
        return phis(family, dim, rate, convention)
    if dim is not None and not isinstance(phi, MinMax):
        raise InvalidInputError("dim beside a strategy for Φ", "one of the two", "leave out dim")
    if isinstance(phi, MinMax):
        if dim not in (None, phi.dim):
            raise InvalidInputError(f"dim = {dim} beside a Φ of dimension {phi.dim}", "one of the two")
        family.require_feasible(phi, rate, convention)
        return st.just(phi)
    if not isinstance(phi, st.SearchStrategy):
        raise InvalidInputError(f"Φ of type {type(phi).__name__}", "a MinMax or a strategy for some")
    return phi.map(_checked(family, rate, convention))


def _checked(family: FunctionClass, rate: Fraction | None, convention: str) -> Callable[[MinMax], MinMax]:
    def check(phi: MinMax) -> MinMax:
        family.require_feasible(phi, rate, convention)
        return phi

    return check


@st.composite
def _members(
    draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None, convention: str
) -> Function:
    found = _member(draw, family, phi, rate)
    if convention == "any-selection" or phi.spread == 0:
        return found
    # Where one of two functions of the fiber has its extrema only where it must, so has their mixture.
    strict = family.exact_strict(phi, convention, rate)
    return _mixture(draw(POSITIVE_SHARES), found, strict)


def _member(draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None) -> Function:
    if phi.spread == 0:
        return constant(phi.f_min, phi.dim)
    if family.name not in TABLE_1:
        return _mixed(draw, family, phi, rate)
    if family.name == "affine":
        return _affine(draw, phi)
    if family.name == "convex":
        found = _convex(draw, phi)
        return _mixture(draw(SHARES), found, _convex(draw, phi)) if draw(SELDOM) else found
    rise = draw(st.sampled_from(_rises(draw, family, phi, rate)))
    if phi.dim > 1 and draw(SELDOM):
        lifted = _lifted(draw, rise, phi)
        if lifted is not None:
            return lifted
    return _through(draw, rise, phi)


def _mixed(draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None) -> Function:
    """A mixture of members that reach the envelopes at drawn points: classes keep their law in mixtures."""
    weights = draw(parts_of_one(draw(st.integers(1, 3))))
    ends = [family.exact_members(phi, draw(points(phi.dim)), rate) for _ in weights]
    return Combination(weights, [draw(st.sampled_from(pair)) for pair in ends])


@st.composite
def _pairs(
    draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None, apart: Fraction
) -> tuple[Function, Function]:
    if phi.spread == 0:
        only = constant(phi.f_min, phi.dim)
        return only, only
    if family.name == "monotone":
        # Of one branch, so that mixtures stay monotone; both branches reach 2R halfway between the extrema.
        rise = draw(st.sampled_from([r for r in _rises(draw, family, phi, rate) if isinstance(r, _Steps)]))
        low, high = _extensions(rise, phi, [(phi.x_min, phi.f_min), (phi.x_max, phi.f_max)])
        between = _through(draw, rise, phi) if apart < 1 else low
    else:
        low, high = _farthest(draw, family, phi, rate)
        between = _member(draw, family, phi, rate) if apart < 1 else low
    # With a third member h: h + apart * (low - h) and h + apart * (high - h).
    return _mixture(apart, between, low), _mixture(apart, between, high)


def _farthest(
    draw: st.DrawFn, family: FunctionClass, phi: MinMax, rate: Fraction | None
) -> tuple[Function, Function]:
    """Two members of the fiber that are 2R apart somewhere, or for convex functions almost."""
    if family.name == "affine":
        free = _free(phi)
        first = draw(st.sampled_from(free))
        others = [j for j in free if j != first] or free
        second = draw(st.sampled_from(others))
        return _along(phi, {first: ONE}), _along(phi, {second: ONE})
    if family.name not in TABLE_1:
        return family.exact_members(phi, Fiber(family, phi, rate).widest_point(), rate)
    share = SLACK if family.name == "convex" else Fraction(1, 2)
    at = tuple(share * s + (1 - share) * t for s, t in zip(phi.x_min, phi.x_max, strict=True))
    return family.exact_members(phi, at, rate)
