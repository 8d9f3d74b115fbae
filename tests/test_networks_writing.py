"""Exact functions written as ReLU networks: the same value at every point."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from fvtheory.errors import InvalidInputError
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
from fvtheory.networks.writing import to_relu_network, to_torch

H, Q = Fraction(1, 2), Fraction(1, 4)
HAT = PiecewiseAffine1D([(0, 0), (Q, 1), (H, Q), (1, H)])
CONE = Clip(Cone([Q, H], 0, 2), 0, 1)

FUNCTIONS: list[Function] = [
    Affine([H, -Q], Q),
    constant(H, 3),
    MaxAffine([([1, 0], 0), ([0, 1], -Q), ([-1, -1], H), ([0, 0], Q), ([2, 2], -3)]),
    Cone([Q, H, 1], Q, -3),
    CONE,
    HAT,
    Lift(HAT, 1, 3),
    Minimum([CONE, Affine([1, 1], 0), Lift(HAT, 0, 2)]),
    Maximum([CONE, Minimum([Affine([1, -1], 0), constant(Q, 2)])]),
    Combination([H, H, -Q], [CONE, Lift(HAT, 0, 2), Affine([0, 1], 0)]),
    Clip(Combination([2, -1], [CONE, Lift(HAT, 1, 2)]), 0, 1),
]


def points(dim: int, count: int = 60):
    rng = random.Random(dim)
    for _ in range(count):
        yield tuple(Fraction(rng.randint(0, 24), 24) for _ in range(dim))


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.kind)
def test_the_network_has_the_value_of_the_function(f):
    network = to_relu_network(f)
    assert network.dim == f.dim
    assert all(network(x) == f(x) for x in points(f.dim))


def test_a_wrong_weight_is_seen():
    from dataclasses import replace

    network = to_relu_network(CONE)
    last = network.layers[-1]
    broken = type(network)([*network.layers[:-1], replace(last, bias=(last.bias[0] + 1,))])
    assert any(broken(x) != CONE(x) for x in points(2))


def test_a_counterexample_is_handed_back_as_a_network():
    from fvtheory import MinMax, counterexample
    from fvtheory.decoders import constant_decoder

    found = counterexample("lipschitz", MinMax([Q, 0], [1, H], 0, 1), constant_decoder(), lipschitz=2)
    network = found.to_network()
    assert all(network(x) == found.function(x) for x in points(2))


def test_a_cone_is_small():
    """4d - 1 units compare 2d numbers in pairs; the values carried beside them and the clip add the rest."""
    assert to_relu_network(Clip(Cone([H] * 8, 0, 1), 0, 1)).units <= 3 * 16


@pytest.mark.parametrize("f", [OrthantStep([H], "at-least", 1, 0), PointValue(constant(0), H, 1)])
def test_jumps_have_no_network(f):
    with pytest.raises(InvalidInputError, match="jumps"):
        to_relu_network(f)


def test_the_torch_module_computes_the_function():
    torch = pytest.importorskip("torch")
    module = to_torch(to_relu_network(CONE))
    assert {type(m).__name__ for m in module} == {"Linear", "ReLU"}
    for x in points(2):
        value = module(torch.tensor([float(c) for c in x], dtype=torch.float64)).item()
        assert abs(value - float(CONE(x))) < 1e-12
