"""Bounds of networks in floating point: they hold, they are not idle, and mutants are caught."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from fvtheory.errors import InvalidInputError
from fvtheory.functions import (
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Minimum,
    OrthantStep,
    PiecewiseAffine1D,
    constant,
)
from fvtheory.information import MinMax
from fvtheory.network_equality import prove_equal
from fvtheory.networks import Layer, ReluNetwork, certify, float_error, information
from fvtheory.networks.arithmetic import FLOAT32, FLOAT64, Span, dot, format_of, interval_span
from fvtheory.networks.gauge import gauge_error, gauge_of, read_gauge
from fvtheory.networks.realization import rounded_network

F = Fraction
H, Q = F(1, 2), F(1, 4)
HAT = PiecewiseAffine1D([(0, 0), (Q, 1), (H, Q), (1, H)])
THIRDS = PiecewiseAffine1D([(0, F(1, 3)), (F(1, 7), F(9, 10)), (F(2, 3), F(1, 9)), (1, F(2, 5))])
CONE = Clip(Cone([Q, H], 0, 2), 0, 1)
STEEP = Clip(Cone([F(1, 8), F(3, 8)], 0, 10**5), 0, 1)
GAUGE = MaxAffine([([F(4, 3), 0], -F(1, 3)), ([-4, 0], 1), ([0, 2], -1), ([0, -2], 1)])
CONE_3 = Clip(Cone([F(1, 3), H, Q], F(1, 10), 3), 0, F(9, 10))


def network_of(f, dtype="float32", keep="information") -> ReluNetwork:
    return rounded_network(f, dtype, keep)[0]


def changed(network: ReluNetwork, layer: int, row: int, column: int | None, by) -> ReluNetwork:
    """The network with one weight (or, without a column, bias) multiplied by ``by``, or moved if it is 0."""
    layers = list(network.layers)
    old = layers[layer]
    if column is None:
        bias = list(old.bias)
        bias[row] = by(bias[row])
        layers[layer] = Layer(old.weight, tuple(bias), old.relu)
    else:
        rows = [list(r) for r in old.weight]
        rows[row][column] = by(rows[row][column])
        layers[layer] = Layer(tuple(map(tuple, rows)), old.bias, old.relu)
    return ReluNetwork(layers)


def places(network: ReluNetwork):
    """Every weight and bias that is not 0."""
    for i, layer in enumerate(network.layers):
        for r, (row, b) in enumerate(zip(layer.weight, layer.bias, strict=True)):
            yield from ((i, r, c) for c, w in enumerate(row) if w)
            if b:
                yield i, r, None


def ulp(value: Fraction) -> Fraction:
    return value + FLOAT32.spacing(value)


def thousandth(value: Fraction) -> Fraction:
    return FLOAT32.nearest(value * F(1001, 1000))


# ---- the arithmetic ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("f", "kind"), [(FLOAT32, np.float32), (FLOAT64, np.float64)])
def test_rounding_is_that_of_the_machine(f, kind):
    rng = random.Random(1)
    for _ in range(300):
        value = F(rng.randint(-(10**9), 10**9), rng.randint(1, 10**9)) * F(2) ** rng.randint(-60, 60)
        if not value:
            continue
        nearest = f.nearest(value)
        assert nearest == F(float(kind(float(value)))) or kind is np.float32  # float() rounds once before
        assert f.holds(nearest)
        assert f.down(value) <= value <= f.up(value)
        assert f.up(value) - f.down(value) in (0, f.spacing(value), f.spacing(value) / 2)
        assert abs(nearest - value) <= f.unit * abs(value)
    assert f.nearest(F(1) + f.unit) == 1  # a tie goes to the even one
    assert f.nearest(F(1) + 3 * f.unit) == 1 + 4 * f.unit
    assert not f.holds(F(1, 3))
    assert not f.holds(F(1) + f.unit)
    with pytest.raises(InvalidInputError):
        f.nearest(F(2) ** 2000)


def test_float32_rounding_at_random():
    rng = np.random.default_rng(0)
    for a, b in rng.random((300, 2)):
        exact = F(float(np.float32(a))) * F(float(np.float32(b)))
        assert FLOAT32.nearest(exact) == F(float(np.float32(a) * np.float32(b)))


def test_formats_are_told_by_name():
    assert format_of("float32") is FLOAT32
    with pytest.raises(InvalidInputError, match="float16"):
        format_of("float16")


def computed(f, values, fused: bool) -> Fraction:
    """A dot product in one order: products rounded or fused with the running sum."""
    total = F(0)
    for w, v in values:
        total = f.nearest(total + (w * v if fused else f.nearest(w * v)))
    return total


def test_dot_products_stay_within_their_bounds_in_any_order():
    rng = random.Random(2)
    widest = F(0)
    for n in range(60):
        count = 1 + n % (4 if n < 12 else 3)
        row = [
            (FLOAT32.nearest(F(rng.uniform(-3, 3))), sorted(rng.random() for _ in "ab")) for _ in range(count)
        ]
        spans = [(w, interval_span(*(FLOAT32.nearest(F(e)) for e in ends))) for w, ends in row]
        bias = FLOAT32.nearest(F(rng.uniform(-1, 1)))
        span = dot(FLOAT32, spans, bias)
        for _ in range(3):
            share = rng.choice([0, 1, rng.random()])
            point = [FLOAT32.nearest(s.low + F(share) * (s.high - s.low)) for _, s in spans]
            terms = [*zip((w for w, _ in spans), point, strict=True), (bias, F(1))]
            exact = sum(w * v for w, v in terms)
            for order in permutations(terms):
                for fused in (False, True):
                    value = computed(FLOAT32, order, fused)
                    assert span.low <= value <= span.high
                    assert abs(value - exact) <= span.error
                    if span.error:
                        widest = max(widest, abs(value - exact) / span.error)
    assert widest > F(1, 10)  # the bound is not idle


def test_exact_sums_are_known_to_be_exact():
    assert FLOAT32.adds_exactly([F(1), F(-3, 4), F(-1, 2**23)])
    assert not FLOAT32.adds_exactly([F(1), F(1, 2**24)])
    assert not FLOAT32.adds_exactly([F(1, 3)])
    low, high = F(1, 2**10), F(1, 2) - F(1, 2**10)
    span = dot(FLOAT32, [(F(-1), Span(F(0), F(1), F(0), F(1), F(0)))], high)
    assert (span.low, span.high) == (high - 1, high)
    assert dot(FLOAT32, [(low, interval_span(F(1), F(1)))], F(0)).error == 0


# ---- the bounds -------------------------------------------------------------------------------------------


def float_value(network: ReluNetwork, x, rng) -> Fraction:
    """The network in float32, each dot product in an order of its own."""
    values = [np.float32(float(c)) for c in x]
    for layer in network.layers:
        found = []
        for row, b in zip(layer.weight, layer.bias, strict=True):
            terms = [np.float32(float(w)) * v for w, v in zip(row, values, strict=True)] + [
                np.float32(float(b))
            ]
            rng.shuffle(terms)
            total = np.float32(0)
            for t in terms:
                total = np.float32(total + t)
            found.append(max(np.float32(0), total) if layer.relu else total)
        values = found
    return F(float(values[0]))


FUNCTIONS = {
    "one-variable": THIRDS,
    "steep": PiecewiseAffine1D([(0, 0), (Q, 0), (Q + F(1, 10**6), 1), (1, 1)]),
    "lift": Lift(THIRDS, 1, 3),
    "affine": Affine([F(1, 3), -F(1, 7)], H),
    "cone": CONE,
    "steep cone": STEEP,
    "gauge": GAUGE,
    "minimum": Minimum([CONE, Affine([1, 1], 0)]),
    "combination": Combination([H, H], [CONE, Lift(HAT, 0, 2)]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bounds_hold_in_every_order_of_summation(name):
    f, rng = FUNCTIONS[name], random.Random(4)
    network = network_of(f)
    error = float_error(network, f)
    proof = certify(network, MinMax([0] * f.dim, [1] * f.dim, 0, 1))
    for _ in range(150):
        x = tuple(F(rng.randrange(2**24 + 1), 2**24) for _ in range(f.dim))
        if "steep" in name and rng.random() < 0.8:  # near the slope
            centre = (Q,) if f.dim == 1 else STEEP.inner.apex
            x = tuple(c + F(rng.randrange(300), 2**24) for c in centre)
        value = float_value(network, x, rng)
        assert abs(value - f.at(x)) <= error.on_inputs
        assert abs(value - network.at(x)) <= error.rounding
        assert proof.low <= value <= proof.high
    assert error.on_inputs <= error.bound


def test_rounded_inputs_cost_what_the_slope_says():
    f = FUNCTIONS["steep"]
    error = float_error(network_of(f), f)
    assert error.input_rounding == 10**6 * F(1, 2**25)
    rng = np.random.default_rng(0)
    far = 0.0
    for real in 0.25 + 1e-6 * rng.random(200):
        value = float_value(network_of(f), [float(np.float32(real))], random.Random(0))
        gap = abs(value - f.at((F(real),)))
        assert gap <= error.bound
        far = max(far, float(gap))
    assert far > float(error.on_inputs)  # inputs that are no float32 numbers are really further off


@pytest.mark.parametrize("name", ["cone", "steep cone", "gauge"])
def test_the_two_methods_agree(name):
    f = FUNCTIONS[name]
    network = network_of(f)
    cut, closed = (float_error(network, f, method=m) for m in ("regions", "gauge"))
    assert (cut.method, closed.method) == ("regions", "gauge")
    assert cut.exact_difference <= closed.exact_difference <= 10 * cut.exact_difference
    assert cut.rounding <= 4 * closed.rounding
    assert closed.rounding <= 4 * cut.rounding


def test_a_cone_in_three_dimensions_by_both_methods():
    network = network_of(CONE_3)
    cut, closed = (float_error(network, CONE_3, method=m) for m in ("regions", "gauge"))
    assert cut.exact_difference <= closed.exact_difference < F(1, 10**5)


def test_float64_is_finer():
    f = FUNCTIONS["one-variable"]
    fine = float_error(network_of(f, "float64"), f, "float64")
    assert fine.bound < F(1, 2**24) * float_error(network_of(f), f).bound


def test_errors_say_what_is_missing():
    with pytest.raises(InvalidInputError, match="jumps"):
        float_error(network_of(HAT), OrthantStep([H], "at-least", 1, 0))
    with pytest.raises(InvalidInputError, match="no float32 number"):
        float_error(ReluNetwork([Layer(((F(1, 3),),), (F(0),), False)]), HAT)
    with pytest.raises(InvalidInputError, match="dimension"):
        float_error(network_of(HAT), CONE)
    many = Minimum([Clip(Cone([H] * 6, 0, 1), 0, 1), constant(H, 6)])
    with pytest.raises(InvalidInputError, match="6 dimensions"):
        float_error(network_of(many), many)


# ---- mutants ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["one-variable", "cone", "gauge"])
def test_every_weight_off_by_a_thousandth_shows(name):
    f = FUNCTIONS[name]
    network = network_of(f)
    method = "regions"
    good = float_error(network, f, method=method).exact_difference
    for place in places(network):
        mutant = changed(network, *place, thousandth)
        bad = float_error(mutant, f, method=method)
        assert bad.exact_difference > 50 * good + F(1, 10**5), place
        if f.dim > 1 and place[2] is None:
            closed = float_error(mutant, f, method="gauge")
            assert closed.exact_difference >= bad.exact_difference, place


def test_the_closed_bound_covers_mutants_in_many_dimensions():
    f = Clip(Cone([F(k + 1, 11) for k in range(9)], 0, F(3, 2)), 0, 1)
    network, rng = network_of(f), random.Random(0)
    good = float_error(network, f).on_inputs
    chosen = rng.sample(list(places(network)), 12)
    for place in chosen:
        mutant = changed(network, *place, thousandth)
        error = float_error(mutant, f)
        assert error.method == "gauge"
        assert error.on_inputs > 5 * good
        for _ in range(40):
            x = tuple(F(rng.randrange(2**10 + 1), 2**10) for _ in range(9))
            assert abs(mutant.at(x) - f.at(x)) <= error.exact_difference
    stray = changed(network, 1, 0, 17, lambda w: w + F(1, 64))
    assert not network.layers[1].weight[0][17]
    assert float_error(stray, f).on_inputs > F(1, 200)


def test_one_unit_in_the_last_place_shows():
    """Exact networks have no difference at all, so the least change of a weight shows."""
    for f in (HAT, CONE):
        network = network_of(f)
        assert float_error(network, f, method="regions").exact_difference == 0
        caught = sum(
            float_error(changed(network, *place, ulp), f, method="regions").exact_difference > 0
            for place in places(network)
        )
        assert caught == len(list(places(network)))


def test_certificates_fail_for_mutants():
    phi = MinMax([Q], [H], Q, F(3, 4))
    f = PiecewiseAffine1D([(0, Q), (Q, Q), (H, F(3, 4)), (1, F(3, 4))])
    network = network_of(f)
    proof = certify(network, phi, lipschitz=2)
    assert proof.is_exact
    assert proof.computes_information
    assert proof.is_lipschitz
    assert certify(network, phi, lipschitz=F(199, 100)).is_lipschitz is False
    for place in places(network):
        mutant = certify(changed(network, *place, ulp), phi, lipschitz=2)
        assert not (mutant.is_exact and mutant.computes_information and mutant.is_lipschitz), place
    assert not certify(network, MinMax([Q], [H], Q, F(5, 8))).in_range
    assert not certify(network, MinMax([H], [Q], Q, F(3, 4))).is_exact
    assert certify(network, MinMax([H], [Q], Q, F(3, 4))).deviation == H


def test_a_cone_in_many_dimensions_is_certified():
    a, b = [F(k + 1, 2**7) for k in range(64)], [F(k + 40, 2**7) for k in range(64)]
    phi = MinMax(a, b, Q, F(3, 4))
    f = Clip(Cone(a, Q, phi.spread / F(39, 128)), Q, F(3, 4))
    network = network_of(f)
    proof = certify(network, phi)
    assert proof.is_exact
    assert proof.computes_information
    assert not certify(changed(network, 0, 5, None, thousandth), phi).is_exact
    assert not certify(changed(network, len(network.layers) - 1, 0, None, ulp), phi).in_range


def test_own_information():
    assert information(network_of(CONE)) == MinMax([Q, H], [1, 0], 0, 1)
    f = Minimum([CONE, Affine([1, 1], 0)])
    phi = information(network_of(f))
    assert phi.f_min == 0
    assert phi.f_max == 1
    lifted = information(network_of(Lift(HAT, 1, 9)))
    assert lifted.x_max == (0, Q, *[0] * 7)
    with pytest.raises(InvalidInputError):
        information(network_of(Minimum([Clip(Cone([H] * 6, 0, 1), 0, 1), constant(H, 6)])))


def test_gauges_are_read_back():
    for f in (CONE, STEEP, GAUGE, CONE_3):
        network = network_of(f)
        gauge = read_gauge(network)
        assert gauge is not None
        assert gauge.outputs().network() == network
        assert gauge_error(network, gauge, None) == 0
    assert read_gauge(network_of(HAT)) is None
    assert read_gauge(changed(network_of(CONE), 1, 0, 0, thousandth)) is None
    assert gauge_of(Combination([1], [CONE])) is None


# ---- solvers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        HAT,
        CONE,
        Lift(HAT, 1, 2),
        Affine([H, -Q], H),
        Minimum([CONE, Affine([1, 1], 0)]),
        MaxAffine([(2, -1), (-1, H)]),
    ],
    ids=lambda f: f.kind,
)
def test_both_solvers_prove_the_network_to_be_the_function(f):
    found = prove_equal(network_of(f), f, seconds=30)
    assert found.status == "PROVED"
    assert {name: entry.status for name, entry in found.checkers.items()} == {
        "z3": "PROVED",
        "cvc5": "PROVED",
    }


def test_a_wrong_weight_is_refuted_at_a_point():
    for f in (HAT, CONE):
        network = network_of(f)
        for place in list(places(network))[::8]:
            mutant = changed(network, *place, ulp)
            found = prove_equal(mutant, f, seconds=30)
            assert found.status == "REFUTED", place
            assert mutant.at(found.at) == found.network_value != found.function_value == f.at(found.at)


def test_nearness_is_proved_with_the_bound_and_refuted_below_it():
    network = network_of(THIRDS)
    bound = float_error(network, THIRDS).exact_difference
    assert prove_equal(network, THIRDS, bound, seconds=30).status == "PROVED"
    assert prove_equal(network, THIRDS, bound * F(99, 100), seconds=30).status == "REFUTED"
    with pytest.raises(InvalidInputError, match="at least 0"):
        prove_equal(network, THIRDS, -1)


def test_a_disagreement_is_never_settled():
    from fvtheory.checkers.solver_process import Answer
    from fvtheory.errors import DisagreementError

    class Pool:
        def __init__(self, *arguments): ...
        def __enter__(self):
            return self

        def __exit__(self, *exception): ...
        def submit(self, question):
            return question.text

        def collect(self):
            answers = {"z3": Answer("unsat", 0.0), "cvc5": Answer("sat", 0.0, {"x0": Q})}
            return {self.key: answers}

    import fvtheory.checkers.verdict as module
    from fvtheory.network_equality import equality

    mutant = changed(network_of(HAT), 2, 0, None, thousandth)
    with pytest.MonkeyPatch.context() as patch:
        Pool.key = module.script(equality(mutant, HAT).asked, anonymous=True).text
        patch.setattr(module, "SolverPool", Pool)
        with pytest.raises(DisagreementError):
            prove_equal(mutant, HAT)


# ---- torch modules ----------------------------------------------------------------------------------------


def test_modules_are_read_weight_by_weight():
    torch = pytest.importorskip("torch")
    from fvtheory.networks import realize

    made = realize(THIRDS)
    assert float_error(made, THIRDS) == float_error(made.network, THIRDS)
    good = float_error(made.module, THIRDS).on_inputs
    with torch.no_grad():
        made.module[2].weight[0, 0] *= 1.001
    assert float_error(made, THIRDS).on_inputs > 10 * good  # the weights are those of the module now
    assert float_error(made.module.double(), THIRDS).dtype == "float64"
    with pytest.raises(InvalidInputError, match="one dtype"):
        float_error(made.module, THIRDS, dtype="float32")
    with pytest.raises(InvalidInputError, match="bfloat16"):
        float_error(made.module.to(torch.bfloat16), THIRDS)
