"""Counterexamples to decoders, each checked again by code that has no part in finding them."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from fractions import Fraction as Q
from itertools import product

import pytest

from fvtheory import functions as fn
from fvtheory.adversary import Counterexample, counterexample
from fvtheory.adversary import exact_maximum as em
from fvtheory.adversary.envelopes import LOWER, UPPER, Envelopes
from fvtheory.adversary.lattice import difference, highest, max_min
from fvtheory.classes import CLASSES, TABLE_1, get_class
from fvtheory.decoders import central_decoder, clamped_decoder, constant_decoder, function_decoder
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.information import MinMax
from fvtheory.networks import Layer, ReluNetwork
from fvtheory.symbols import constant_phi
from fvtheory.terms import evaluate

NAMES = sorted(set(CLASSES) - {"constant"})
SLACK = Q(1, 10**9)
SQUARE = ((Q(0), Q(0)), (Q(1), Q(1)))

# ---- checking, from the definitions alone ------------------------------------------------------

LAWS = {
    "all": lambda f, rate: True,
    "neural-network": lambda f, rate: fn.is_continuous(f),
    "erm": lambda f, rate: fn.is_continuous(f),
    "piecewise-affine": lambda f, rate: fn.is_continuous(f),
    "lipschitz": lambda f, rate: fn.is_lipschitz(f, rate),
    "monotone": lambda f, rate: fn.is_monotone(f) is not None,
    "convex": lambda f, rate: fn.is_convex(f),
    "affine": lambda f, rate: fn.is_affine(f),
    "constant": lambda f, rate: fn.is_constant(f),
}
"""Of the classes of Table 1; others are taken at their word here (see test_classes.py)."""


def radius_by_formula(name, phi, rate):
    """Section 2 of the theory: the radius, in one dimension for Lipschitz functions."""
    if phi.spread == 0 or name == "constant":
        return Q(0)
    if name not in TABLE_1:
        return CLASSES[name].radius_at(phi, rate)
    if name == "affine":
        free = sum(abs(a - b) == 1 for a, b in zip(phi.x_min, phi.x_max, strict=True))
        return phi.spread / 2 if free > 1 else Q(0)
    if name == "lipschitz":
        if phi.dim > 1:
            return CLASSES[name].radius_at(phi, rate)
        low, high = sorted((phi.x_min[0], phi.x_max[0]))
        room = max(rate * low, rate * (1 - high), rate * (high - low) - phi.spread)
        return min(phi.spread, room) / 2
    return phi.spread / 2


def check(found: Counterexample, name, phi, prediction, rate=None) -> Counterexample:
    """The claims of a counterexample, recomputed; ``prediction`` gives exact numbers."""
    f = fn.function_from_json(json.dumps(found.function.to_json()))
    assert LAWS.get(name, CLASSES[name].contains)(f, rate)
    assert fn.has_information(f, phi)
    assert f(found.at) == found.value == found(found.at)
    assert prediction(found.at) == found.predicted
    assert abs(f(found.at) - prediction(found.at)) == found.error
    radius = radius_by_formula(name, phi, rate)
    assert found.radius == radius
    assert found.error >= radius * (1 - SLACK)
    if found.upper_bound is not None:
        assert found.error <= found.upper_bound
    assert found.certified == (found.upper_bound is not None and found.upper_bound - found.error <= SLACK)
    if found.certified or found.upper_bound is not None:
        rng = random.Random(1)
        for _ in range(20):
            x = tuple(Q(rng.randrange(13), 12) for _ in range(phi.dim))
            lower, upper = CLASSES[name].envelope_at(phi, x, rate)
            assert max(upper - prediction(x), prediction(x) - lower) <= found.upper_bound
    return found


def random_phi(name, dim, seed):
    """(Φ, L) feasible for the class, L None where it needs none."""
    rng = random.Random(f"{name}{dim}{seed}")
    cls = CLASSES[name]
    while True:
        low, high = sorted((Q(rng.randrange(9), 8), Q(rng.randrange(9), 8)))
        if name == "constant":
            high = low
        ends = 3 if rng.random() < 0.6 else 13
        a, b = ([Q(rng.randrange(ends), ends - 1) for _ in range(dim)] for _ in range(2))
        rate = Q(rng.randrange(1, 9), 2) if name == "lipschitz" else None
        phi = MinMax(a, b, low, high)
        if (phi.spread > 0 or name == "constant") and cls.is_feasible(phi, rate):
            return phi, rate


def standard_phi(name, dim):
    if name not in TABLE_1:
        return get_class(name).example(dim), None
    a, b = [Q(1, 3)] * dim, [Q(2, 3)] * dim
    if name == "convex":
        b = [Q(1)] * dim
    if name == "affine":
        a, b = [Q(0)] * dim, [Q(1)] * dim
    return MinMax(a, b, "1/4", "3/4"), Q(4) if name == "lipschitz" else None


# ---- decoders ----------------------------------------------------------------------------------


def interpolation(phi):
    """Affine through (x_min, f_min) and (x_max, f_max), along the coordinate where they differ most."""
    j = max(range(phi.dim), key=lambda i: abs(phi.x_min[i] - phi.x_max[i]))
    a, b = phi.x_min[j], phi.x_max[j]
    slope = phi.spread / (b - a) if a != b else Q(0)
    return fn.Affine([slope if i == j else 0 for i in range(phi.dim)], phi.f_min - slope * a)


def zigzag(steps, low, high):
    return fn.PiecewiseAffine1D([(Q(k, steps), (low, high)[k % 2]) for k in range(steps + 1)])


def lifted(function):
    return lambda phi: function if phi.dim == 1 else fn.Lift(function, phi.dim - 1, phi.dim)


STEEP = fn.PiecewiseAffine1D([(0, 0), ("499999999/1000000000", 0), ("1/2", 1), (1, 1)])

EXACT_DECODERS = {
    "constant": constant_decoder(),
    "interpolation": interpolation,
    "ties": lifted(zigzag(4, 0, 1)),
    "wild": lifted(zigzag(5, -7, "31/3")),
    "steep": lifted(STEEP),
    "jump": lifted(fn.Piecewise1D(["0", "1/3", "1"], ["1/2", "9/10", "1/4"], [("1/4", "1/2"), ("0", "3/5")])),
    "bump": lambda phi: fn.Clip(fn.Cone(phi.x_max, phi.f_max, -3), "1/5", "4/5"),
    "max-affine": lambda phi: fn.MaxAffine([([1] * phi.dim, 0), ([-1] * phi.dim, "1/2")]),
    "saddle": lambda phi: fn.Combination(
        [1, "-1/2"], [fn.Cone(phi.x_min, 0, 1), fn.MaxAffine([([2] * phi.dim, 0), ([0] * phi.dim, 1)])]
    ),
}


def hashed_noise(phi):
    return lambda x: (hash(x) % 1000) / 1000


def spike(phi):
    return lambda x: 5.0 if abs(float(x[0]) - 0.3) < 1e-3 else 0.5


BLACK_BOXES = {
    "sine": lambda phi: lambda x: 0.5 + 0.4 * math.sin(7 * sum(map(float, x))),
    "noise": hashed_noise,
    "spike": spike,
    "large": lambda phi: lambda x: 1e6 * float(x[0]),
    "below": lambda phi: lambda x: -3,
    "exact numbers": lambda phi: lambda x: x[0] / 3,
    "nearest": lambda phi: lambda x: phi.f_min if x[0] - phi.x_min[0] < phi.x_max[0] - x[0] else phi.f_max,
}


def exact(decoder, phi):
    answer = decoder(phi)
    return lambda x: Q(answer(x))


@pytest.mark.parametrize("decoder", EXACT_DECODERS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_exact_decoders_are_certified(name, dim, decoder):
    if dim == 3 and decoder in ("jump", "saddle") and name in ("neural-network", "erm"):
        pytest.skip("as piecewise-affine")
    phi, rate = standard_phi(name, dim)
    found = counterexample(name, phi, EXACT_DECODERS[decoder], rate)
    check(found, name, phi, EXACT_DECODERS[decoder](phi), rate)
    assert found.certified
    assert found.kind == "exact"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_exact_decoders_at_random_information(name, dim):
    for seed in range(12 if dim == 1 else 4):
        phi, rate = random_phi(name, dim, seed)
        for decoder in ("interpolation", "ties", "bump"):
            found = counterexample(name, phi, EXACT_DECODERS[decoder], rate)
            check(found, name, phi, EXACT_DECODERS[decoder](phi), rate)
            assert found.certified


@pytest.mark.parametrize("decoder", BLACK_BOXES)
@pytest.mark.parametrize("name", NAMES)
def test_black_boxes_err_by_the_radius_at_least(name, decoder):
    for dim in (1, 2, 3):
        phi, rate = standard_phi(name, dim)
        found = counterexample(name, phi, BLACK_BOXES[decoder], rate, seconds=0.3)
        check(found, name, phi, exact(BLACK_BOXES[decoder], phi), rate)
        assert (found.kind, found.certified, found.upper_bound) == ("search", False, None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_central_decoder_errs_by_the_radius(name, dim):
    for seed in range(5):
        phi, rate = random_phi(name, dim, seed)
        decoder = central_decoder(name, rate)
        found = check(counterexample(name, phi, decoder, rate), name, phi, decoder(phi), rate)
        assert found.certified
        assert found.radius * (1 - SLACK) <= found.error <= found.radius == found.upper_bound
        if dim < 3:  # the same without knowing that it is the central decoder
            again = counterexample(name, phi, function_decoder(decoder(phi)), rate)
            assert again.upper_bound == found.radius
            assert again.certified


def test_a_constant_function_is_known():
    for dim in (1, 3):
        phi, _ = random_phi("constant", dim, 0)
        found = counterexample("constant", phi, constant_decoder())
        assert check(found, "constant", phi, constant_decoder()(phi)).error == 0
        assert found.certified
        off = check(
            counterexample("constant", phi, fn.constant(2, dim)), "constant", phi, fn.constant(2, dim)
        )
        assert off.error == 2 - phi.f_min
    flat = MinMax("0", "1", "1/3", "1/3")
    for name in NAMES:
        rate = 1 if name == "lipschitz" else None
        assert counterexample(name, flat, constant_decoder(), rate).error == 0


# ---- no decoder gets below the radius ------------------------------------------------------------


def thirty_decoders():
    rng = random.Random(30)
    yield from EXACT_DECODERS.values()
    yield from BLACK_BOXES.values()
    for k in range(30 - len(EXACT_DECODERS) - len(BLACK_BOXES)):
        xs = sorted(rng.sample(range(1, 32), 4))
        ys = [Q(rng.randrange(33), 32) for _ in range(6)]
        function = fn.PiecewiseAffine1D(zip([0, *(Q(x, 32) for x in xs), 1], ys, strict=True))
        yield clamped_decoder(lifted(function)) if k % 2 else lifted(function)


@pytest.mark.parametrize("name", NAMES)
def test_no_decoder_of_thirty_gets_below_the_radius(name):
    decoders = list(thirty_decoders())
    assert len(decoders) == 30
    for dim, seed in ((1, 20), (2, 21)):
        phi, rate = random_phi(name, dim, seed)
        radius = radius_by_formula(name, phi, rate)
        for decoder in decoders:
            found = counterexample(name, phi, decoder, rate, seconds=0.05)
            assert found.error >= radius * (1 - SLACK)


# ---- many dimensions -----------------------------------------------------------------------------


def sampled_membership(name, f, phi, rate):
    """The axiom of the class at random pairs and triples of points, and the range of Φ."""
    rng = random.Random(64)
    assert (f(phi.x_min), f(phi.x_max)) == (phi.f_min, phi.f_max)
    for _ in range(4):
        x, y = ([Q(rng.randrange(9), 8) for _ in range(phi.dim)] for _ in range(2))
        far = max(abs(s - t) for s, t in zip(x, y, strict=True))
        middle = f([(s + t) / 2 for s, t in zip(x, y, strict=True)])
        meet = f([min(s, t) for s, t in zip(x, y, strict=True)])
        join = f([max(s, t) for s, t in zip(x, y, strict=True)])
        assert phi.f_min <= min(f(x), f(y), middle) <= max(f(x), f(y), middle) <= phi.f_max
        assert rate is None or abs(f(x) - f(y)) <= rate * far
        assert name != "convex" or 2 * middle <= f(x) + f(y)
        assert name != "affine" or 2 * middle == f(x) + f(y)
        assert name != "monotone" or (
            min(meet, join) <= min(f(x), f(y)) <= max(f(x), f(y)) <= max(meet, join)
        )


@pytest.mark.parametrize("name", NAMES)
def test_sixty_four_dimensions(name):
    phi, rate = standard_phi(name, 64)
    for decoder in (
        central_decoder(name, rate),
        constant_decoder(),
        interpolation,
        lifted(zigzag(2, 0, 1)),
        BLACK_BOXES["sine"],
    ):
        found = counterexample(
            name, phi, decoder, rate, seconds=0.3 if decoder is BLACK_BOXES["sine"] else 60
        )
        sampled_membership(name, found.function, phi, rate)
        answer = decoder(phi)
        assert found.predicted == Q(answer(found.at))
        assert found.error == abs(found.function(found.at) - found.predicted)
        assert found.error >= phi.spread / 2 * (1 - SLACK)
        assert found.radius == phi.spread / 2
        assert found.certified == (decoder is not BLACK_BOXES["sine"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_plain_envelopes_are_those_of_the_class(name, dim):
    for seed in range(10):
        phi, rate = random_phi(name, dim, 100 + seed)
        envelopes = Envelopes(CLASSES[name], phi, rate)
        cls = CLASSES[name]
        radius = cls.radius_at(phi, rate)
        assert radius == evaluate(cls.radius(constant_phi(phi, rate)), {})
        assert envelopes.width(envelopes.widest) >= 2 * radius * (1 - SLACK)
        rng = random.Random(seed)
        points = [
            phi.x_min,
            phi.x_max,
            *(tuple(Q(rng.randrange(7), 6) for _ in range(dim)) for _ in range(8)),
        ]
        for x in points:
            assert (envelopes.lower(x), envelopes.upper(x)) == CLASSES[name].envelope_at(phi, x, rate)
            for side, value in ((LOWER, envelopes.lower(x)), (UPPER, envelopes.upper(x))):
                assert envelopes.member(x, side)(x) == value


# ---- the exact maximum -------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_three_ways_to_the_same_supremum(name):
    """Linear programs on minima, cutting the cube by parts, and cutting it with the true envelope."""
    decoders = (interpolation, *(EXACT_DECODERS[k] for k in ("ties", "bump", "max-affine")))
    for seed in range(3):
        phi, rate = random_phi(name, 2, 200 + seed)
        envelopes = Envelopes(CLASSES[name], phi, rate)
        for decoder in decoders:
            g = decoder(phi)
            # a point whose value stays the same: no longer of a continuous kind
            same = fn.PointValue(g, [0, 0], g([0, 0]))
            for side in (UPPER, LOWER):
                values = {
                    em._by_parts(envelopes, g, side).supremum,
                    em._by_cutting(envelopes, g, side).supremum,
                    em._by_cutting(envelopes, same, side).supremum,
                }
                assert len(values) == 1


def test_a_supremum_that_no_member_has_is_approached():
    phi = MinMax("1/2", "0", "0", "1")
    dip = fn.PiecewiseAffine1D([(0, 1), ("1/2", 0), (1, 1)])  # least at x_min, where upper is 0
    found = check(counterexample("all", phi, dip), "all", phi, dip)
    assert found.upper_bound == 1
    assert 1 - SLACK <= found.error < 1
    assert found.certified


def test_ties_between_both_sides_and_many_points():
    phi = MinMax("0", "1", "0", "1")
    found = check(counterexample("monotone", phi, zigzag(8, 0, 1)), "monotone", phi, zigzag(8, 0, 1))
    assert found.error == found.upper_bound == 1


def test_steep_decoders_are_exact_where_floats_are_not():
    phi = MinMax("0", "1", "0", "1")
    width = Q(1, 10**40)
    steep = fn.PiecewiseAffine1D(
        [(0, "1/2"), ("1/3", "1/2"), (Q(1, 3) + width, 9), (Q(1, 3) + 2 * width, "1/2"), (1, "1/2")]
    )
    found = check(counterexample("lipschitz", phi, steep, 2), "lipschitz", phi, steep, Q(2))
    assert found.at == (Q(1, 3) + width,)
    assert found.certified


def test_maxima_of_minima_are_the_function():
    rng = random.Random(7)
    cone, ramp = fn.Cone(["1/3", "1/2"], "1/4", 2), fn.Affine([1, -2], "1/3")
    tent = fn.Lift(zigzag(4, 0, 1), 0, 2)
    for f in (
        fn.Clip(cone, "1/3", "3/4"),
        fn.Combination([2, -1], [cone, fn.Maximum([ramp, fn.constant(0, 2)])]),
        fn.Minimum([tent, ramp, fn.Cone([0, 1], 1, -1)]),
    ):
        for sign in (1, -1):
            branches = max_min(f, sign)
            values = []
            for _ in range(30):
                x = (Q(rng.randrange(13), 12), Q(rng.randrange(13), 12))
                assert max(min(form.at(x) for form in b) for b in branches) == sign * f(x)
                values.append(sign * f(x))
            top, at, _ = highest([(branches, SQUARE)])
            assert sign * f(at) == top == sign * (fn.maximum(f) if sign > 0 else fn.minimum(f)).value
            assert top >= max(values)
    assert highest([(difference(cone, cone), SQUARE)])[0] == 0


# ---- networks ------------------------------------------------------------------------------------


def random_network(dim, widths, seed):
    rng = random.Random(seed)
    layers, size = [], dim
    for i, width in enumerate([*widths, 1]):
        weight = tuple(tuple(Q(rng.randrange(-64, 65), 48) for _ in range(size)) for _ in range(width))
        layers.append(
            Layer(weight, tuple(Q(rng.randrange(-64, 65), 96) for _ in range(width)), i < len(widths))
        )
        size = width
    return ReluNetwork(layers)


@pytest.mark.parametrize("name", NAMES)
def test_networks_of_one_variable_are_enumerated(name):
    phi, rate = random_phi(name, 1, 300)
    network = random_network(1, (6, 6), 1)
    found = check(counterexample(name, phi, function_decoder(network), rate), name, phi, network, rate)
    assert (found.kind, found.certified) == ("exact", True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("dim", "widths"), [(2, (4,)), (2, (3, 3)), (3, (3,))])
def test_branch_and_bound_ends_at_the_exact_maximum(name, dim, widths):
    for seed in range(2):
        phi, rate = random_phi(name, dim, 400 + seed)
        network = random_network(dim, widths, seed)
        found = check(counterexample(name, phi, network, rate), name, phi, network, rate)
        assert (found.kind, found.certified) == ("branch-and-bound", True)
        if name in ("all", "monotone", "affine", "lipschitz") and dim == 2:
            envelopes = Envelopes(CLASSES[name], phi, rate)
            supremum = max(
                em._by_cutting(envelopes, network.to_function(), s).supremum for s in (UPPER, LOWER)
            )
            assert supremum - SLACK <= found.error <= supremum <= found.upper_bound


def test_branch_and_bound_stops_in_time_with_a_bound():
    phi, rate = standard_phi("lipschitz", 3)
    network = random_network(3, (16, 16), 5)
    found = counterexample("lipschitz", phi, network, rate, seconds=0.2)
    check(found, "lipschitz", phi, network, rate)
    assert found.upper_bound is not None


def test_a_network_of_many_variables_is_searched_with_a_safe_bound():
    phi, _ = standard_phi("all", 8)
    network = random_network(8, (4,), 5)
    found = counterexample("all", phi, network, seconds=0.5)
    assert found.kind == "search"
    assert found.upper_bound >= found.error >= found.radius


# ---- black boxes -----------------------------------------------------------------------------------


def test_a_clamped_black_box_has_an_upper_bound():
    phi, _ = standard_phi("all", 1)
    found = counterexample("all", phi, clamped_decoder(BLACK_BOXES["sine"]))
    assert found.upper_bound == phi.spread
    assert found.error == phi.spread
    assert found.certified


@pytest.mark.parametrize(
    ("g", "supremum"),
    [
        (lambda x: 0.5 - 0.4 * math.cos(20 * (x - 0.7)) * math.exp(-10 * abs(x - 0.7)), 0.9),
        (lambda x: 0.25 if x < 1 / math.pi else 0.75, 0.75),
        (lambda x: math.sqrt(abs(x - 0.123456789)), 1.0),
    ],
)
def test_search_on_the_line_finds_ordinary_maxima(g, supremum):
    phi = MinMax("1/2", "0", "0", "1")
    found = counterexample("all", phi, lambda phi: lambda x: g(float(x[0])))
    assert supremum - 1e-7 <= found.error


def test_search_in_space_finds_a_smooth_maximum():
    phi, _ = standard_phi("all", 3)
    target = (0.37, 0.81, 0.13)
    found = counterexample("all", phi, lambda phi: lambda x: math.dist(tuple(map(float, x)), target) ** 2 - 1)
    assert found.error >= Q(7, 4) - Q(1, 10**9)


def test_the_seed_decides_the_result():
    phi, _ = standard_phi("all", 2)
    runs = [counterexample("all", phi, BLACK_BOXES["sine"], seed=s, seconds=60) for s in (5, 5)]
    assert runs[0] == runs[1]


def test_a_slow_decoder_is_asked_until_the_time_is_over():
    calls = []

    def slow(x):
        calls.append(x)
        end = __import__("time").monotonic() + 0.02
        while __import__("time").monotonic() < end:
            pass
        return 0.5

    phi, _ = standard_phi("all", 1)
    found = counterexample("all", phi, lambda phi: slow, seconds=0.1)
    assert found.error >= found.radius
    assert len(calls) <= 10


# ---- refusals and forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decoder", "complaint"),
    [
        (lambda phi: lambda x: math.nan, "answered nan"),
        (lambda phi: lambda x: math.inf, "answered inf"),
        (lambda phi: lambda x: math.nan if x[0] > Q(3, 5) else 0.5, "answered nan"),
        (lambda phi: lambda x: "1/2", "answered with str"),
        (lambda phi: 0.5, "answered Φ with float"),
        ("central", "a decoder of type str"),
        (lambda phi: lambda x: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_decoders_that_do_not_answer_with_numbers(decoder, complaint):
    phi, _ = standard_phi("all", 1)
    with pytest.raises(InvalidInputError, match=complaint):
        counterexample("all", phi, decoder)


def test_bad_arguments():
    phi, _ = standard_phi("all", 1)
    with pytest.raises(InfeasibleInformationError):
        counterexample("convex", phi, constant_decoder())
    for bad in (0, -1, math.nan, "1", True):
        with pytest.raises(InvalidInputError, match="seconds"):
            counterexample("all", phi, constant_decoder(), seconds=bad)
    with pytest.raises(InvalidInputError, match="Lipschitz"):
        counterexample("lipschitz", phi, constant_decoder())
    with pytest.raises(InvalidInputError, match="MinMax"):
        counterexample("all", phi.to_json(), constant_decoder())


def test_json_has_the_keys_of_the_contract():
    phi, rate = standard_phi("lipschitz", 2)
    document = json.loads(json.dumps(counterexample("lipschitz", phi, constant_decoder(), rate).to_json()))
    assert {"function", "at", "error", "radius", "certified"} <= set(document)
    assert document["certified"] is True
    assert document["error"] == document["radius"] == "1/4"
    assert fn.function_from_json(document["function"])(document["at"]) in (Q(1, 4), Q(3, 4))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [1, 2])
def test_functions_as_sympy_expressions(name, dim):
    sympy = pytest.importorskip("sympy")
    phi, rate = standard_phi(name, dim)
    for decoder in (constant_decoder(), interpolation):
        found = counterexample(name, phi, decoder, rate)
        expression = found.to_sympy()
        assert not expression.atoms(sympy.Float)
        names = ["x"] if dim == 1 else ["x0", "x1"]
        symbols = [sympy.Symbol(n, real=True) for n in names]
        for x in [found.at, phi.x_min, phi.x_max, *product((Q(0), Q(1, 5), Q(1)), repeat=dim)]:
            values = {s: sympy.Rational(c.numerator, c.denominator) for s, c in zip(symbols, x, strict=True)}
            value = expression.subs(values)
            assert Q(int(value.p), int(value.q)) == found.function(x)


@pytest.mark.parametrize("f", [zigzag(3, 0, 1), EXACT_DECODERS["jump"](MinMax(0, 1, 0, 1)), STEEP])
def test_functions_of_one_variable_as_sympy_expressions(f):
    sympy = pytest.importorskip("sympy")
    from fvtheory.adversary.expressions import to_sympy

    x, expression = sympy.Symbol("x", real=True), to_sympy(f)
    for c in (Q(k, 12) for k in range(13)):
        value = expression.subs({x: sympy.Rational(c.numerator, c.denominator)})
        assert Q(int(value.p), int(value.q)) == f(c)


def test_the_adversary_imports_nothing_heavy():
    code = "import fvtheory.adversary, sys; print(sorted(sys.modules))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "onnx", "sympy", "scipy", "matplotlib", "z3", "cvc5"}
    assert heavy & {m.strip("'[] ,").split(".")[0] for m in process.stdout.split()} == set()
