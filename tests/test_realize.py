"""Exact functions as torch modules: values, sizes, ranges, and the Φ of steep pairs."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import distance
from fvtheory.fiber import Fiber
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
    is_continuous,
    maximum,
    minimum,
)
from fvtheory.information import MinMax
from fvtheory.networks import certify, float_error, information, quantised, realize
from fvtheory.networks.sizes import quadratic_bound
from fvtheory.networks.writing import to_relu_network, to_torch

torch = pytest.importorskip("torch")

F = Fraction
H, Q = F(1, 2), F(1, 4)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
HAT = PiecewiseAffine1D([(0, 0), (Q, 1), (H, Q), (1, H)])
THIRDS = PiecewiseAffine1D([(0, F(1, 3)), (F(1, 7), F(9, 10)), (F(2, 3), F(1, 9)), (1, F(2, 5))])
CONE = Clip(Cone([Q, H], 0, 2), 0, 1)

FUNCTIONS: dict[str, Function] = {
    "affine": Affine([H, -Q], Q),
    "constant": constant(H, 3),
    "one-variable": THIRDS,
    "lift": Lift(HAT, 1, 3),
    "clip in one variable": Clip(Combination([2, -1], [HAT, constant(Q)]), 0, F(2, 3)),
    "cone": Cone([Q, H, 1], F(3, 4), -1),
    "clipped cone": Clip(Cone([F(1, 3), F(2, 7)], F(1, 10), 3), 0, F(7, 9)),
    "flat cone": Cone([Q, H], H, 0),
    "max-affine": MaxAffine([([1, 0], 0), ([0, 1], -Q), ([-1, -1], H), ([0, 0], Q), ([2, 2], -3)]),
    "ridge": MaxAffine([([0, 0, 0], Q), ([2, -1, 0], -1)]),
    "minimum": Minimum([CONE, Affine([1, 1], 0), Lift(HAT, 0, 2)]),
    "maximum": Maximum([CONE, Minimum([Affine([1, -1], 0), constant(Q, 2)])]),
    "combination": Combination([H, H, -Q], [CONE, Lift(HAT, 0, 2), Affine([0, 1], 0)]),
    "clip": Clip(Combination([2, -1], [CONE, Lift(HAT, 1, 2)]), 0, 1),
}


def tensor(points, dtype="float32", device="cpu"):
    return torch.tensor([[float(c) for c in p] for p in points], dtype=getattr(torch, dtype), device=device)


def drawn(dim: int, count: int, seed: int = 0):
    """Points whose coordinates float32 can hold."""
    rng = random.Random(seed)
    return [tuple(F(rng.randrange(2**23 + 1), 2**23) for _ in range(dim)) for _ in range(count)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_module_is_near_the_function_and_stays_in_its_range(name, dtype, device):
    f = FUNCTIONS[name]
    made = realize(f, dtype, device)
    points = [*drawn(f.dim, 200), minimum(f).first() or (0,) * f.dim]
    values = [F(v) for v in made(tensor(points, dtype, device)).tolist()]
    bound = float_error(made, f).on_inputs
    assert bound < F(1, 10**5 if dtype == "float32" else 10**14)
    assert all(abs(v - f.at(p)) <= bound for v, p in zip(values, points, strict=True))
    assert minimum(f).value <= min(values) <= max(values) <= maximum(f).value


@pytest.mark.parametrize("name", FUNCTIONS)
def test_modules_are_chains_of_linear_and_relu(name):
    made = realize(FUNCTIONS[name])
    parts = list(made.module)
    assert type(made.module) is torch.nn.Sequential
    assert {type(p) for p in parts} <= {torch.nn.Linear, torch.nn.ReLU}
    relus = [p for p in parts if isinstance(p, torch.nn.ReLU)]
    assert len({id(p) for p in parts}) == len(parts)
    assert not any(p.inplace for p in relus)
    assert made.depth == len(relus)
    widths = [p.out_features for p in parts if isinstance(p, torch.nn.Linear)]
    assert made.hidden_units == sum(widths[:-1])
    assert not any(p.requires_grad for p in made.module.parameters())


def test_gradients_reach_the_points():
    x = torch.tensor([[0.125]], requires_grad=True)
    realize(HAT)(x).sum().backward()
    assert x.grad.item() == 4.0


# ---- members of all classes ----------------------------------------------------------------------------


def information_of(cls: str, dim: int) -> MinMax:
    """A Φ that is feasible for the class, and whose numbers no binary format holds."""
    third, seventh = F(1, 3), F(2, 7)
    low, high = (F(1, 10), F(9, 11)) if cls != "constant" else (third, third)
    if cls == "affine":
        return MinMax([0] + [third] * (dim - 1), [1] + [third] * (dim - 1), low, high)
    if cls == "convex":
        return MinMax([third] * dim, [1] * dim, low, high)
    return MinMax([seventh] * dim, [F(4, 5)] + [third] * (dim - 1), low, high)


CLASSES = [
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


def members(cls: str, dim: int) -> list[Function]:
    known = get_class(cls)
    phi = information_of(cls, dim)
    fiber = Fiber(known, phi, F(7, 3) if known.needs_lipschitz else None)
    found = [*fiber.pair(fiber.widest_point())]
    for x in (phi.x_min, tuple((p + q) / 2 for p, q in zip(phi.x_min, phi.x_max, strict=True))):
        found += fiber.pair(x)
    if cls not in ("monotone", "all"):
        found.append(fiber.central_decoder())
    if known.is_feasible(phi, fiber.lipschitz, "unique"):
        found.append(fiber.member("unique"))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("cls", CLASSES)
def test_members_of_every_class(cls, dim):
    taken = refused = 0
    for f in members(cls, dim):
        try:
            continuous = is_continuous(f)
        except InvalidInputError:
            continuous = False
        if not continuous:
            with pytest.raises(InvalidInputError, match="jumps"):
                realize(f)
            refused += 1
            continue
        made = realize(f)
        points = drawn(dim, 60)
        values = made(tensor(points)).tolist()
        steepest = 40  # the members here rise by at most 40 over the cube's width
        gaps = [abs(F(v) - f.at(p)) for v, p in zip(values, points, strict=True)]
        assert max(gaps) <= steepest * F(1, 2**22)
        low, high = minimum(f).value, maximum(f).value
        if low < high:
            assert low <= min(values) <= max(values) <= high
        taken += 1
    assert taken or refused
    assert taken or cls in ("all", "monotone")


@pytest.mark.parametrize("dim", [2, 3, 8, 33, 64])
def test_cones_in_many_dimensions(dim):
    f = Clip(Cone([F(k + 1, dim + 2) for k in range(dim)], F(1, 9), F(5, 3)), 0, F(8, 9))
    made = realize(f)
    if dim & (dim - 1) == 0:
        assert made.hidden_units == 4 * dim - 1
    assert made.hidden_units <= 4 * dim + dim.bit_length()
    assert made.form == "gauge"
    assert made.hidden_units < made.known_bound.units
    error = float_error(made, f)
    points = drawn(dim, 100)
    values = made(tensor(points)).tolist()
    assert error.bound < F(1, 10**5)
    assert all(abs(F(v) - f.at(p)) <= error.on_inputs for v, p in zip(values, points, strict=True))


def test_sizes_beside_known_bounds():
    made = realize(HAT)
    assert (made.hidden_units, made.depth) == (6, 2)  # 2(n - 1) for n = 4 knots
    assert (made.known_bound.pieces, made.known_bound.units) == (3, 3)
    assert "Arora" in made.known_bound.citation
    assert "Chen" in realize(CONE).known_bound.citation
    assert quadratic_bound(1, 1) == 0
    assert realize(FUNCTIONS["affine"]).hidden_units == 0


# ---- steep pairs ----------------------------------------------------------------------------------------


def steep_pair(rng: random.Random) -> tuple[MinMax, list[Function]]:
    """Φ with extrema some 10^-6 apart, in numbers of float32, and two ramps that have it."""
    a = rng.random()
    phi = quantised(
        MinMax(
            [F(a).limit_denominator(10**9)],
            [min(F(1), F(a + rng.choice([1, 2, 5]) * 1e-6).limit_denominator(10**9))],
            F(rng.randint(0, 10**6), 2 * 10**6),
            F(rng.randint(11 * 10**5, 2 * 10**6), 2 * 10**6),
        )
    )
    (a,), (b,), low, high = phi.x_min, phi.x_max, phi.f_min, phi.f_max
    knots = [(F(0), low), (a, low), (b, high), (F(1), high)]
    tent = [(F(0), low), (a, low), (b, high), (min(F(1), 2 * b - a), low), (F(1), low)]
    return phi, [PiecewiseAffine1D(dict(k).items()) for k in (knots, tent)]


def near(phi: MinMax, count: int):
    """Numbers of float32 around and between the extrema."""
    rng = random.Random(1)
    (a,), (b,) = phi.x_min, phi.x_max
    spots = [0.0, 1.0, float(a), float(b)] + [
        float(a) + rng.uniform(-1, 2) * float(b - a) for _ in range(count)
    ]
    return torch.tensor([[min(1.0, max(0.0, s))] for s in spots], dtype=torch.float32)


def kept(values, phi: MinMax) -> bool:
    exact = [F(v) for v in values]
    inside = phi.f_min <= min(exact) and max(exact) <= phi.f_max
    return inside and exact[2] == phi.f_min and exact[3] == phi.f_max


def test_steep_pairs_keep_their_information():
    rng = random.Random(5)
    for _ in range(40):
        phi, functions = steep_pair(rng)
        for f in functions:
            made = realize(f)
            assert kept(made(near(phi, 60)).tolist(), phi)
            proof = certify(made, phi)
            assert proof.computes_information
            assert proof.deviation == 0
            assert float_error(made, f).on_inputs <= F(1, 10**6)


def test_a_sum_of_hinges_loses_it():
    """The check above can fail: the textbook form does."""
    rng = random.Random(5)
    lost = 0
    for _ in range(40):
        phi, (f, _) = steep_pair(rng)
        module = to_torch(to_relu_network(f), torch.float32)
        with torch.no_grad():
            lost += not kept(module(near(phi, 60)).squeeze(-1).tolist(), phi)
    assert lost > 30


@pytest.mark.parametrize("dim", [1, 2, 3, 8])
def test_steep_cones_keep_their_information(dim):
    rng = random.Random(dim)
    for _ in range(15):
        a = [F(rng.randrange(1, 2**20), 2**20) for _ in range(dim)]
        b = [min(F(1), c + F(rng.randint(1, 40), 2**24)) for c in a]
        phi = MinMax(a, b, F(1, 8), F(7, 8))
        slope = phi.spread / distance(phi.x_min, phi.x_max)
        for f in (
            Clip(Cone(a, F(1, 8), slope), F(1, 8), F(7, 8)),
            Clip(Cone(b, F(7, 8), -slope), F(1, 8), F(7, 8)),
        ):
            made = realize(f)
            values = [F(v) for v in made(tensor([phi.x_min, phi.x_max, *drawn(dim, 50)])).tolist()]
            assert values[0] == phi.f_min
            assert values[1] == phi.f_max
            assert phi.f_min <= min(values) <= max(values) <= phi.f_max
            assert certify(made, phi).computes_information


# ---- rounding -------------------------------------------------------------------------------------------


def test_dyadic_functions_are_realized_exactly():
    for f in (HAT, Lift(HAT, 1, 3), CONE, Affine([H, -Q], Q), Combination([H, H], [CONE, Lift(HAT, 0, 2)])):
        made = realize(f)
        assert all(made.network.at(p) == f.at(p) for p in drawn(f.dim, 40))
        assert information(made).f_min == minimum(f).value


def test_what_cannot_be_held_is_quantised_and_reported():
    phi = MinMax(["1/3"], ["2/3"], "1/10", "9/10")
    f = PiecewiseAffine1D([(0, F(1, 10)), (F(1, 3), F(1, 10)), (F(2, 3), F(9, 10)), (1, F(9, 10))])
    made = realize(f)
    assert not certify(made, phi).is_exact
    assert certify(made, phi).deviation < F(1, 10**7)
    own = quantised(phi)
    assert own != phi
    assert certify(made, own).is_exact
    assert certify(realize(quantised(f)), own).computes_information
    assert quantised(own) == own


def test_quantised_information_stays_feasible():
    lipschitz = get_class("lipschitz")
    rng = random.Random(3)
    for _ in range(50):
        a, b = (F(rng.randrange(10**7), 10**7) for _ in range(2))
        rate = F(rng.randrange(1, 300), 100)
        phi = MinMax([a], [b], F(1, 7), F(1, 7) + min(F(6, 7), rate * abs(a - b)))
        own = quantised(phi, lipschitz=rate)
        assert lipschitz.is_feasible(own, rate)


@pytest.mark.parametrize(
    "f",
    [
        THIRDS,
        Clip(Cone([F(1, 3), F(2, 7)], F(1, 10), 3), 0, F(7, 9)),
        Clip(Cone([H, H], 0, F(3, 2)), 0, F(3, 4)),
        Clip(Cone([F(1, 3)] * 5, F(9, 10), -3), F(1, 7), 1),
    ],
)
def test_a_lipschitz_constant_can_be_kept(f):
    if isinstance(f, PiecewiseAffine1D):
        steep = max(abs(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(f.knots))
    else:
        steep = abs(f.inner.slope)
    phi = information(realize(f, keep="lipschitz"))
    proof = certify(realize(f, keep="lipschitz"), phi, steep)
    assert proof.is_lipschitz
    assert proof.in_range
    assert float_error(realize(f, keep="lipschitz"), f).on_inputs < F(1, 10**5)


def test_keeping_the_information_may_cost_the_constant():
    f = Clip(Cone([F(1, 3), F(2, 7)], F(1, 10), 3), 0, F(7, 9))
    made = realize(f)
    assert certify(made, information(made), 3).is_lipschitz is False


# ---- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        OrthantStep([H], "at-least", 1, 0),
        OrthantStep([H] * 5, "at-most", 1, 0),
        PointValue(constant(0), H, 1),
        Lift(PointValue(constant(0), H, 1), 1, 8),
    ],
)
def test_jumps_are_refused(f):
    with pytest.raises(InvalidInputError, match="jumps"):
        realize(f)


def test_other_dtypes_and_options_are_refused():
    for dtype in ("float16", "bfloat16", torch.float16, "int8"):
        with pytest.raises(InvalidInputError, match="float32 or float64"):
            realize(HAT, dtype)
    with pytest.raises(InvalidInputError, match="information or lipschitz"):
        realize(HAT, keep="everything")
    with pytest.raises(InvalidInputError, match="exact function"):
        realize(lambda x: x)  # type: ignore[arg-type]


def test_points_of_another_precision_are_refused():
    made, before = realize(HAT), torch.get_float32_matmul_precision()
    with pytest.raises(InvalidInputError, match="float32"):
        made(torch.zeros(1, 1, dtype=torch.float64))
    try:
        torch.set_float32_matmul_precision("medium")
        with pytest.raises(InvalidInputError, match="bfloat16"):
            made(torch.zeros(1, 1))
    finally:
        torch.set_float32_matmul_precision(before)
    assert made(torch.full((1, 1), 0.25)).item() == 1


def test_knots_closer_than_the_dtype_are_refused():
    gap = F(1, 2**30)
    f = PiecewiseAffine1D([(0, 0), (F(1, 3), 0), (F(1, 3) + gap, 1), (1, 1)])
    with pytest.raises(InvalidInputError, match="cannot tell apart"):
        realize(f)
    assert certify(realize(f, "float64"), information(realize(f, "float64"))).in_range
