"""What every class owes: exact functions that reach its envelopes, members with the information asked
for, a radius that is half their distance, and refusals. A new class of CLASSES inherits all of it."""

from __future__ import annotations

import doctest
import random
import sys
from collections.abc import Iterator
from fractions import Fraction as Q
from functools import cache

import pytest

from fvtheory import classes
from fvtheory.classes import CLASSES, TABLE_1, get_class
from fvtheory.errors import (
    InexactNumberError,
    InfeasibleInformationError,
    InvalidInputError,
    UnknownNameError,
)
from fvtheory.exact import Point, distance, vertices
from fvtheory.fiber import Fiber
from fvtheory.functions import Combination, constant, has_information, is_continuous, sup_distance
from fvtheory.functions.kinds import PiecewiseAffine1D, PointValue
from fvtheory.information import CONVENTIONS, MinMax
from fvtheory.obligations import Obligation
from fvtheory.symbols import symbolic_phi, symbolic_point
from fvtheory.terms import symbols

DIMS = (1, 2, 3)
STRICT = ("first", "unique")
COORDINATES = [Q(c) for c in ("0", "0", "0", "1", "1", "1", "1/2", "1/3", "2/3", "1/4", "3/4")]
VALUES = [Q(c) for c in ("0", "1/4", "1/3", "1/2", "3/4", "1")]
RATES = [Q(c) for c in ("1/2", "1", "3/2", "2", "4")]

every_class = pytest.mark.parametrize("name", CLASSES)
every_dim = pytest.mark.parametrize("dim", DIMS)


def any_point(source: random.Random, dim: int) -> Point:
    return tuple(source.choice(COORDINATES) for _ in range(dim))


def any_phi(source: random.Random, dim: int) -> MinMax:
    """Ends and corners, equal coordinates and f_min = f_max are frequent on purpose."""
    a = any_point(source, dim)
    b = tuple(c if source.random() < 0.3 else d for c, d in zip(a, any_point(source, dim), strict=True))
    if source.random() < 0.3:
        b = tuple(1 - c for c in a)
    if source.random() < 0.1:
        a = (Q(0),) * dim
    low, high = sorted((source.choice(VALUES), source.choice(VALUES)))
    return MinMax(a, b, low, high)


@cache
def cases(name: str, dim: int, convention: str = "any-selection", count: int = 12) -> tuple:
    """Random feasible Φ, each with a Lipschitz constant where the class needs one."""
    cls, found = get_class(name), []
    source = random.Random(f"{name} {dim} {convention}")
    for _ in range(4000):
        phi = any_phi(source, dim)
        rate = source.choice(RATES) if cls.needs_lipschitz else None
        varying = sum(p.spread > 0 for p, _ in found)
        if phi.spread == 0 and name != "constant" and len(found) - varying >= 2:
            continue
        if cls.is_feasible(phi, rate, convention):
            found.append((phi, rate))
        if len(found) == count:
            break
    return tuple(found)


def points(phi: MinMax) -> Iterator[Point]:
    """The extrema, their midpoint, the corners, and random points."""
    source = random.Random(str(phi))
    yield phi.x_min
    yield phi.x_max
    yield tuple((a + b) / 2 for a, b in zip(phi.x_min, phi.x_max, strict=True))
    yield from vertices(phi.dim)
    for _ in range(6):
        yield any_point(source, phi.dim)


@every_class
@every_dim
def test_there_are_cases(name, dim):
    assert len(cases(name, dim)) >= 8
    if name != "constant":
        assert any(phi.spread > 0 for phi, _ in cases(name, dim))
        assert any(phi.spread == 0 for phi, _ in cases(name, dim))


# ---- envelopes, members, radius -----------------------------------------------------------------


@every_class
@every_dim
def test_envelopes_are_those_of_the_exact_functions(name, dim):
    cls = get_class(name)
    for phi, rate in cases(name, dim):
        lower, upper = cls.exact_envelopes(phi, rate)
        for x in points(phi):
            assert cls.envelope_at(phi, x, rate) == (lower(x), upper(x)), (phi, rate, x)


@every_class
@every_dim
def test_envelopes_are_where_they_must_be(name, dim):
    cls = get_class(name)
    for phi, rate in cases(name, dim):
        assert cls.envelope_at(phi, phi.x_min, rate) == (phi.f_min, phi.f_min)
        assert cls.envelope_at(phi, phi.x_max, rate) == (phi.f_max, phi.f_max)
        radius = cls.radius_at(phi, rate)
        for x in points(phi):
            lower, upper = cls.envelope_at(phi, x, rate)
            assert phi.f_min <= lower <= upper <= phi.f_max
            assert upper - lower <= 2 * radius


@every_class
@every_dim
def test_members_reach_the_envelopes(name, dim):
    cls = get_class(name)
    for phi, rate in cases(name, dim, count=6):
        for x in list(points(phi))[:: 2 if dim < 3 else 4]:
            low, high = cls.exact_members(phi, x, rate)
            assert (low(x), high(x)) == cls.envelope_at(phi, x, rate), (phi, rate, x)
            for f in {low, high}:
                assert f.dim == dim
                assert has_information(f, phi), (phi, rate, x, f)
                assert cls.contains(f, rate), (phi, rate, x, f)


@every_class
@every_dim
def test_continuous_members_are_as_far_apart(name, dim):
    """Where it is widest, or nearly so where the radius is only approached."""
    cls = get_class(name)
    for phi, rate in cases(name, dim, count=6):
        fiber = Fiber(cls, phi, rate)
        x = fiber.widest_point(Q(1, 16))
        low, high = cls.continuous_members(phi, x, rate)
        for f in (low, high):
            assert is_continuous(f)
            assert fiber.holds(f)
        assert 2 * fiber.radius - phi.spread / 16 <= high(x) - low(x) <= 2 * fiber.radius


@every_class
@pytest.mark.parametrize("convention", STRICT)
@every_dim
def test_strict_members_have_the_information(name, convention, dim):
    cls = get_class(name)
    found = cases(name, dim, convention, 5)
    assert found or not cls.varies(convention)
    for phi, rate in found:
        f = cls.exact_strict(phi, convention, rate) if phi.spread else constant(phi.f_min, dim)
        assert has_information(f, phi, convention), (phi, rate, f)
        assert cls.contains(f, rate), (phi, rate, f)
        if phi.spread:
            assert cls.exact_strict(phi, convention, rate) == f
        assert cls.is_feasible(phi, rate), "a stricter convention allows nothing new"


@every_class
def test_the_radius_is_half_the_distance_of_the_envelopes(name):
    cls = get_class(name)
    for phi, rate in cases(name, 1, count=20):
        assert cls.radius_at(phi, rate) == sup_distance(*cls.exact_envelopes(phi, rate)).value / 2, (
            phi,
            rate,
        )


@pytest.mark.parametrize("name", [n for n in CLASSES if n not in ("monotone",)])
def test_the_radius_is_half_the_distance_in_the_plane(name):
    cls = get_class(name)
    for phi, rate in cases(name, 2, count=4):
        assert cls.radius_at(phi, rate) == sup_distance(*cls.exact_envelopes(phi, rate)).value / 2, (
            phi,
            rate,
        )


@every_class
@every_dim
def test_the_central_decoder_errs_by_at_most_the_radius_on_members(name, dim):
    cls = get_class(name)
    for phi, rate in cases(name, dim, count=5):
        center = Combination([Q(1, 2)] * 2, cls.exact_envelopes(phi, rate))
        for f in cls.exact_members(phi, tuple(Q(1, 2) for _ in range(dim)), rate):
            for x in points(phi):
                assert abs(f(x) - center(x)) <= cls.radius_at(phi, rate)


def test_a_wrong_envelope_would_be_noticed(monkeypatch):
    cls = get_class("lipschitz")
    honest = type(cls).exact_envelopes

    def wider(self, phi, lipschitz=None):
        return honest(self, phi, lipschitz + Q(1, 100))

    monkeypatch.setattr(type(cls), "exact_envelopes", wider)
    for check in (
        test_envelopes_are_those_of_the_exact_functions,
        test_members_reach_the_envelopes,
    ):
        with pytest.raises(AssertionError):
            check("lipschitz", 1)
    with pytest.raises(AssertionError):
        test_the_radius_is_half_the_distance_of_the_envelopes("lipschitz")


def test_a_wrong_radius_would_be_noticed(monkeypatch):
    cls = get_class("affine")
    monkeypatch.setattr(type(cls), "radius", lambda self, phi: phi.spread / 2)
    with pytest.raises(AssertionError):
        test_the_radius_is_half_the_distance_of_the_envelopes("affine")


def test_a_wrong_member_would_be_noticed(monkeypatch):
    cls = get_class("convex")
    step = PointValue(PiecewiseAffine1D([(0, 0), (1, 0)]), 1, 1)
    tent = PiecewiseAffine1D([(0, 0), ("1/4", "3/4"), (1, 1)])
    phi = MinMax(0, 1, 0, 1)
    assert has_information(step, phi)
    assert has_information(tent, phi)
    assert cls.contains(step)
    assert not cls.contains(tent)
    assert not get_class("piecewise-affine").contains(step)
    assert not get_class("lipschitz").contains(tent, Q(2))
    assert get_class("lipschitz").contains(tent, Q(3))
    assert get_class("monotone").contains(tent)


# ---- hand calculations --------------------------------------------------------------------------

HAND = {
    # class: Φ, L, point, (lower, upper), radius
    "all": (MinMax(0, 1, 0, 1), None, "1/2", ("0", "1"), "1/2"),
    "neural-network": (MinMax("1/3", "1/2", "1/4", 1), None, "0", ("1/4", "1"), "3/8"),
    "erm": (MinMax(0, 1, 0, "1/2"), None, "1", ("1/2", "1/2"), "1/4"),
    "piecewise-affine": (MinMax([0, 0], [0, 1], 0, 1), None, ["0", "1/2"], ("0", "1"), "1/2"),
    "lipschitz": (MinMax("1/4", "1/2", 0, "1/4"), Q(1), "1", ("0", "1/4"), "1/8"),
    "monotone": (MinMax("1/4", "3/4", 0, 1), None, "3/4", ("1", "1"), "1/2"),
    "convex": (MinMax("1/2", 1, 0, 1), None, "1/4", ("0", "1/2"), "1/2"),
    "affine": (MinMax([0, 1], [1, 0], 0, 1), None, ["1/4", "1/4"], ("1/4", "3/4"), "1/2"),
    "constant": (MinMax("1/3", "1/2", "1/4", "1/4"), None, "1", ("1/4", "1/4"), "0"),
}


@pytest.mark.parametrize("name", HAND)
def test_values_worked_out_by_hand(name):
    phi, rate, x, envelope, radius = HAND[name]
    cls = get_class(name)
    assert cls.envelope_at(phi, x, rate) == tuple(map(Q, envelope))
    assert cls.radius_at(phi, rate) == Q(radius)


@every_class
def test_every_class_has_values_worked_out_by_hand(name):
    """Here, or as an example in its own file."""
    module = sys.modules[type(get_class(name)).__module__]
    found = doctest.testmod(module)
    assert found.failed == 0
    assert name in HAND or found.attempted >= 2


TWO_VALUES = MinMax("1/2", "1/2", 0, 1)
"""No function has two values at one point."""

INFEASIBLE = {
    "all": MinMax(["1/2", 0], ["1/2", 0], 0, 1),
    "neural-network": MinMax("1/2", "1/2", 0, 1),
    "erm": MinMax(1, 1, 0, "1/100"),
    "piecewise-affine": MinMax(0, 0, "1/2", 1),
    "lipschitz": MinMax(0, "1/2", 0, "51/100"),
    "monotone": MinMax("1/2", "1/2", 0, 1),
    "convex": MinMax(0, "1/2", 0, 1),
    "affine": MinMax(0, "1/2", 0, 1),
    "constant": MinMax(0, 1, 0, 1),
}


@every_class
def test_infeasible_information_is_refused(name):
    cls, phi = get_class(name), INFEASIBLE.get(name, TWO_VALUES)
    rate = Q(1) if cls.needs_lipschitz else None
    for convention in CONVENTIONS:
        assert not cls.is_feasible(phi, rate, convention)
    origin = (Q(0),) * phi.dim
    for ask in (
        lambda: cls.radius_at(phi, rate),
        lambda: cls.envelope_at(phi, origin, rate),
        lambda: cls.require_feasible(phi, rate),
    ):
        with pytest.raises(InfeasibleInformationError) as caught:
            ask()
        assert name in caught.value.required
        assert caught.value.remedy


@every_class
def test_conventions_are_checked(name):
    cls = get_class(name)
    rate = Q(1) if cls.needs_lipschitz else None
    with pytest.raises(InvalidInputError, match="any-selection"):
        cls.is_feasible(MinMax(0, 1, 0, 0), rate, "last")
    with pytest.raises(InvalidInputError, match="any-selection"):
        cls.obligations(1, "last")


@every_class
def test_constants_and_their_ties(name):
    cls = get_class(name)
    rate = Q(1) if cls.needs_lipschitz else None
    anywhere, origin = MinMax("1/2", 1, "1/3", "1/3"), MinMax(0, 0, "1/3", "1/3")
    assert [cls.is_feasible(anywhere, rate, c) for c in CONVENTIONS] == [True, False, False]
    assert [cls.is_feasible(origin, rate, c) for c in CONVENTIONS] == [True, True, False]
    assert cls.radius_at(anywhere, rate) == 0
    assert cls.envelope_at(anywhere, "1/7", rate) == (Q(1, 3), Q(1, 3))


# ---- the Lipschitz constant and the points ------------------------------------------------------


@every_class
def test_the_lipschitz_constant_is_required_or_refused(name):
    cls, phi = get_class(name), MinMax(0, 1, "1/2", "1/2")
    asks = [
        lambda rate: cls.radius_at(phi, rate),
        lambda rate: cls.envelope_at(phi, 0, rate),
        lambda rate: cls.is_feasible(phi, rate),
        lambda rate: cls.require_feasible(phi, rate),
    ]
    wrong, right = (None, "1") if cls.needs_lipschitz else ("1", None)
    for ask in asks:
        ask(right)
        with pytest.raises(InvalidInputError, match=r"(a|no) Lipschitz constant") as caught:
            ask(wrong)
        assert name in caught.value.got
        assert caught.value.remedy


@pytest.mark.parametrize("name", [n for n, cls in CLASSES.items() if cls.needs_lipschitz])
def test_lipschitz_constants_are_exact_and_positive(name):
    cls, phi = get_class(name), MinMax(0, 1, 0, 1)
    assert cls.radius_at(phi, "2") == cls.radius_at(phi, 2) == cls.radius_at(phi, Q(2))
    for rate in ("0", "-1", 0):
        with pytest.raises(InvalidInputError, match="above 0"):
            cls.radius_at(phi, rate)
    for rate in (1.0, float("inf"), float("nan"), "1.5", True):
        with pytest.raises(InexactNumberError, match="lipschitz"):
            cls.radius_at(phi, rate)


def test_lipschitz_information_is_feasible_up_to_the_slope():
    source = random.Random(7)
    cls = get_class("lipschitz")
    for _ in range(200):
        phi, rate = any_phi(source, 2), source.choice(RATES)
        wanted = phi.spread <= rate * distance(phi.x_min, phi.x_max)
        assert cls.is_feasible(phi, rate) == wanted


@every_class
def test_points_are_checked(name):
    cls = get_class(name)
    rate = Q(1) if cls.needs_lipschitz else None
    phi = MinMax([0, 0], [1, 1], "1/2", "1/2")
    for x in ("1/2", [0, 0, 0], ["3/2", 0], [0, -1]):
        with pytest.raises(InvalidInputError):
            cls.envelope_at(phi, x, rate)
    with pytest.raises(InexactNumberError):
        cls.envelope_at(phi, [0.5, 0], rate)


# ---- names and obligations ----------------------------------------------------------------------


def test_class_names_are_those_of_the_contract():
    assert list(CLASSES)[: len(TABLE_1)] == [
        "all",
        "neural-network",
        "erm",
        "lipschitz",
        "piecewise-affine",
        "monotone",
        "convex",
        "affine",
        "constant",
    ]
    assert list(CLASSES)[len(TABLE_1) :] == sorted(set(CLASSES) - set(TABLE_1))
    for name, cls in CLASSES.items():
        assert get_class(name) is cls
        assert cls.name == name
        assert cls.title
        assert cls.source
    for name in ("", "ALL", "relu", "neural_network"):
        with pytest.raises(UnknownNameError, match="neural-network"):
            get_class(name)


@pytest.mark.parametrize(
    ("name", "message"), [('name = "all"', "'all' of another class"), ("", "no name of its own")]
)
def test_a_class_takes_no_other_ones_place(tmp_path, monkeypatch, name, message):
    """A file that sorts before the others, with a class that inherits from one of them."""
    lines = [
        "from fvtheory.classes.all_functions import AllFunctions",
        "class Other(AllFunctions):",
        f"    {name or 'pass'}",
    ]
    (tmp_path / "aaa_other.py").write_text("\n".join(lines))
    monkeypatch.setattr(classes, "__path__", [*classes.__path__, str(tmp_path)])
    try:
        with pytest.raises(InvalidInputError, match=message):
            classes._found()
    finally:
        sys.modules.pop("fvtheory.classes.aaa_other", None)


@every_class
@pytest.mark.parametrize("dim", [1, 2])
def test_obligations_are_named_after_class_and_dimension(name, dim):
    cls = get_class(name)
    for convention in CONVENTIONS:
        found = cls.obligations(dim, convention)
        assert all(type(o) is Obligation and not o.satisfiable for o in found)
        assert all(o.name.startswith(f"{name}.d{dim}.") for o in found)
        assert found is cls.obligations(dim, convention) or found == cls.obligations(dim, convention)


@every_class
@every_dim
def test_statements_use_the_symbols_of_claim_files(name, dim):
    cls = get_class(name)
    phi = symbolic_phi(dim)
    ends = {s.name for name in ("x_min", "x_max", "x") for s in symbolic_point(name, dim)}
    known = {*ends, "f_min", "f_max"}
    x = symbolic_point("x", dim)
    for convention in CONVENTIONS:
        assert set(symbols(cls.feasible(phi, convention))) <= known - {s.name for s in x}
    assert set(symbols(cls.radius(phi), cls.side_radius(phi))) <= known - {s.name for s in x}
    assert set(symbols(*cls.envelope(phi, x))) <= known
