"""Inverse sets of exact functions: the polytopes are the set, no more and no less, and samples are proved."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest

from fvtheory.errors import InexactNumberError, InvalidInputError
from fvtheory.functions import (
    Affine,
    Combination,
    Cone,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    constant,
)
from fvtheory.inverse_set import Band, InverseSet, inverse_set, simplices
from fvtheory.networks.relu import Layer, ReluNetwork

F = Fraction


def network(widths, seed=0, bits=4):
    """With small dyadic weights."""
    draw = random.Random(seed)

    def number():
        return F(draw.randrange(-(2**bits), 2**bits + 1), 8)

    layers = [
        Layer(
            tuple(tuple(number() for _ in range(before)) for _ in range(after)),
            tuple(number() for _ in range(after)),
            relu=k < len(widths) - 2,
        )
        for k, (before, after) in enumerate(pairwise(widths))
    ]
    return ReluNetwork(layers)


def middle_band(f, grid=6):
    """From the second to the third quarter of the values on a grid."""
    values = sorted(f(x) for x in product([F(k, grid) for k in range(grid + 1)], repeat=f.dim))
    return Band(f, values[len(values) // 4], values[3 * len(values) // 4])


STEP = OrthantStep(["1/2", "1/3"], "at-least", "1", "1/4")
JUMPS = Piecewise1D(
    ["0", "1/3", "1/2", "1"], ["0", "1", "1/2", "1/4"], [("0", "1/2"), ("3/4", "3/4"), ("1/4", "1")]
)
FUNCTIONS = {
    "affine": Affine(["1/2", "-1/3"], "1/4"),
    "max-affine": MaxAffine([Affine([1, "1/2"], 0), Affine(["-1/2", 1], "1/8"), Affine([0, 0], "1/2")]),
    "cone": Cone(["1/4", "2/3"], 1, "-3/2"),
    "clip of two": Minimum([Maximum([Affine([1, 1], "-1/2"), constant("1/4", 2)]), Affine([-1, 0], 1)]),
    "step": STEP,
    "step and slope": Combination([1, "1/2"], [STEP, Affine([1, 0], 0)]),
    "point": PointValue(Affine([1, 1], 0), ["1/2", "1/2"], 9),
    "1d": PiecewiseAffine1D([("0", "0"), ("1/4", "1"), ("1/2", "0"), ("1", "3/4")]),
    "1d with jumps": JUMPS,
    "network": network([2, 5, 3, 1]),
    "network of one": network([1, 6, 1], 3),
    "network of three": network([3, 3, 1], 4),
}


def grid_points(dim, n):
    return product([F(k, n) for k in range(n + 1)], repeat=dim)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_parts_are_the_set_and_do_not_meet(name):
    f = FUNCTIONS[name]
    found = inverse_set(middle_band(f))
    inside = 0
    vertices = {v for p in found.parts for v in p.vertices}
    for x in [*grid_points(f.dim, 12 if f.dim < 3 else 5), *vertices]:
        holders = [
            p
            for p in found.parts
            if all(s.at(x) < 0 for s in p.sides) and all(e.at(x) == 0 for e in p.equations)
        ]
        assert len(holders) == (x in found)
        assert (found.part_at(x) is not None) == (x in found)
        inside += x in found
    assert 0 < inside
    if f.dim > 1 and name != "step":
        assert not all(x in found for x in grid_points(f.dim, 6))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_samples_are_proved_and_the_same_again(name):
    f = FUNCTIONS[name]
    found = inverse_set(middle_band(f))
    samples = found.sample(30, random.Random(1))
    assert samples == found.sample(30, random.Random(1))
    for sample in samples:
        assert sample.point in found
        assert found.proves(sample)
        assert found.bands[0].holds(f(sample.point))


def test_a_sample_that_says_something_wrong_is_not_believed():
    found = inverse_set(Band(Affine([1, 1], 0), "1/2", 1))
    good = found.sample(1, random.Random(0))[0]
    assert found.proves(good)
    other = found.sample(2, random.Random(5))[1]
    wrong = [
        replace(good, point=other.point),
        replace(good, values=(good.values[0] + 1,)),
        replace(good, weights=tuple(2 * w for w in good.weights)),
        replace(good, weights=good.weights[:-1]),
        replace(good, part=len(found.parts)),
        replace(good, part=(good.part + 1) % len(found.parts)),
        replace(good, vertices=tuple((F(0), F(0)) for _ in good.vertices)),
        replace(good, vertices=(good.point,), weights=(F(1),)),  # right, but no vertex of the part
    ]
    corner = next(v for v in found.parts[good.part].vertices if v in found)
    edge = replace(good, point=corner, vertices=(corner,), weights=(F(1),), values=(sum(corner),))
    wrong.append(edge)  # in the set, but in another part
    assert not any(found.proves(w) for w in wrong)
    whole = inverse_set(Band(Affine([1, 1], 0), 0, 1))
    some = next(w for w in whole.sample(9, random.Random(0)) if (0, 0) in w.vertices)
    heavy = tuple(w + (v == (0, 0)) for w, v in zip(some.weights, some.vertices, strict=True))
    assert whole.proves(some)
    assert not whole.proves(replace(some, weights=heavy))  # the same mean, but weights that add up to 2
    narrower = InverseSet((Band(Affine([1, 1], 0), 2, 2),), found.parts)
    assert not narrower.proves(good)


def test_a_part_too_many_or_too_few_would_be_seen():
    """The test above fails on these mutants of the enumeration."""
    found = inverse_set(Band(FUNCTIONS["affine"], "1/8", "1/2"))
    x = found.parts[0].centre()
    less = InverseSet(found.bands, found.parts[1:])
    assert x in less
    assert less.part_at(x) is None
    wider = inverse_set(Band(FUNCTIONS["affine"], "1/16", "1/2"))
    more = InverseSet(found.bands, wider.parts)
    assert any(more.part_at(p.centre()) is not None and p.centre() not in more for p in wider.parts)


# ---- known sets ----------------------------------------------------------------------------------------


def test_one_variable_gives_intervals():
    f = FUNCTIONS["1d"]
    assert str(inverse_set(Band(f, "1/2", 1)).intervals()) == "[1/8, 3/8] ∪ [5/6, 1]"
    assert str(inverse_set(Band(f, 0, 0)).intervals()) == "{0} ∪ {1/2}"
    assert str(inverse_set(Band(JUMPS, "3/4", None)).intervals()) == "[1/3, 1/2) ∪ [5/6, 1)"
    assert str(inverse_set(Band(JUMPS, 2, 3)).intervals()) == "∅"
    assert inverse_set(Band(f, "1/2", 1)).volume() == F(1, 4) + F(1, 6)
    with pytest.raises(InvalidInputError, match="one variable"):
        inverse_set(Band(STEP)).intervals()


def test_networks_of_one_variable_are_their_functions():
    net = FUNCTIONS["network of one"]
    band = middle_band(net, 40)
    as_function = Band(net.to_piecewise_affine(), band.low, band.high)
    assert inverse_set(band).intervals() == inverse_set(as_function).intervals()


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_volumes_of_sums_are_eulerian(dim):
    """Between k and k + 1 the sum of d uniform numbers has the probability A(d, k) / d!."""
    eulerian = {1: [1], 2: [1, 1], 3: [1, 4, 1], 4: [1, 11, 11, 1]}[dim]
    total = sum(eulerian)
    f = Affine([1] * dim, 0)
    assert [inverse_set(Band(f, k, k + 1)).volume() for k in range(dim)] == [F(a, total) for a in eulerian]


def test_a_logistic_neuron_is_a_half_space_in_the_cube():
    """The paper's own example (Section 3.1), the logistic function inverted by hand: w.x + c >= t."""
    found = inverse_set(Band(Affine([2, -1], 0), 1, None))
    assert found.volume() == F(1, 4)
    assert ("3/4", "1/4") in found
    assert ("1/2", "1/4") not in found


def test_intersections():
    f, g = Affine([1, 0], 0), FUNCTIONS["max-affine"]
    both = inverse_set(Band(f, "1/4", "3/4"), Band(g, "1/2", "3/4"), Band(FUNCTIONS["network"]))
    single = inverse_set(Band(g, "1/2", "3/4"))
    for x in grid_points(2, 16):
        expected = F(1, 4) <= x[0] <= F(3, 4) and x in single
        assert (both.part_at(x) is not None) == (x in both) == expected
    assert all(both.proves(s) for s in both.sample(10, random.Random(0)))
    assert inverse_set(Band(f, 0, "1/4"), Band(f, "1/2", 1)).is_empty


@pytest.mark.parametrize("name", ["affine", "max-affine", "network", "network of three"])
def test_simplices_fill_their_polytope(name):
    f = FUNCTIONS[name]
    found = inverse_set(middle_band(f))
    below = inverse_set(Band(f, None, found.bands[0].low))
    above = inverse_set(Band(f, found.bands[0].high, None))
    assert found.volume() + below.volume() + above.volume() == 1
    for p in found.parts:
        for corners in simplices(p):
            assert len(corners) == p.dim + 1


def test_samples_are_uniform():
    """On x + y <= 1 the share with x + y <= 1/2 is a quarter; 400 draws are within 5 deviations."""
    found = inverse_set(Band(Affine([1, 1], 0), 0, 1))
    samples = found.sample(400, random.Random(0))
    near = sum(s.values[0] <= F(1, 2) for s in samples)
    assert abs(near - 100) < 5 * (400 * 0.25 * 0.75) ** 0.5
    left = sum(s.point[0] < s.point[1] for s in samples)
    assert abs(left - 200) < 50
    square = inverse_set(Band(Affine([1, 1], 0), 0, 2)).sample(400, random.Random(0))
    assert abs(sum(s.values[0] <= F(1, 2) for s in square) - 50) < 5 * (400 / 8 * 7 / 8) ** 0.5
    assert abs(sum(s.point[0] < s.point[1] for s in square) - 200) < 50
    ramp = PiecewiseAffine1D([("0", "0"), ("1/10", "1"), ("1", "1")])
    long = inverse_set(Band(ramp, "1/2", 1)).sample(400, random.Random(0))
    assert abs(sum(s.point[0] > F(1, 10) for s in long) - 400 * 18 / 19) < 25


def test_sets_without_volume_are_sampled_too():
    line = inverse_set(Band(Affine([1, 1], 0), 1, 1))
    assert line.volume() == 0
    samples = line.sample(20, random.Random(0))
    assert len({s.point for s in samples}) == 20
    assert all(line.proves(s) and sum(s.point) == 1 for s in samples)
    corner = inverse_set(Band(Affine([1, 1], 0), 2, 5))
    assert [s.point for s in corner.sample(10, random.Random(0))] == [(1, 1)]
    ends = inverse_set(Band(MaxAffine([([1], 0), ([-1], 1)]), 1, 1))
    assert sorted(s.point for s in ends.sample(10, random.Random(0))) == [(0,), (1,)]
    assert len(ends.sample(1, random.Random(0))) == 1


# ---- refusals ------------------------------------------------------------------------------------------


def test_bad_input_is_refused():
    f = Affine([1, 1], 0)
    with pytest.raises(InvalidInputError, match="low <= high"):
        Band(f, 1, 0)
    with pytest.raises(InexactNumberError):
        Band(f, 0.5, 1)
    with pytest.raises(InvalidInputError, match="at least one function"):
        inverse_set()
    with pytest.raises(InvalidInputError, match="dimension"):
        inverse_set(Band(f), Band(Affine([1], 0)))
    with pytest.raises(InvalidInputError, match="at most 4"):
        inverse_set(Band(Affine([1] * 5, 0)))
    with pytest.raises(InvalidInputError, match="at most 4"):
        inverse_set(Band(network([5, 2, 1])))
    with pytest.raises(InvalidInputError, match="without points"):
        inverse_set(Band(f, 3, 4)).sample(1, random.Random(0))
    with pytest.raises(InvalidInputError, match="at least one"):
        inverse_set(Band(f, 0, 1)).sample(0, random.Random(0))


def test_no_two_parts_share_a_point_by_construction():
    found = inverse_set(middle_band(FUNCTIONS["network"]))
    centres = [p.centre() for p in found.parts]
    assert [found.part_at(c) for c in centres] == list(range(len(centres)))
    assert all(a != b for a, b in combinations(centres, 2))
