"""Pairs as networks, and what gradient ascent shows of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")

from fvtheory.errors import InfeasibleInformationError, InvalidInputError  # noqa: E402
from fvtheory.experiments.activation_maximization import climb, compare, random_points, survey  # noqa: E402
from fvtheory.experiments.pairs import ANY, UNIQUE, make_networks, make_pair  # noqa: E402
from fvtheory.experiments.random_members import Draw, draw_information  # noqa: E402
from fvtheory.experiments.sweep import stacked_pairs  # noqa: E402
from fvtheory.functions import PiecewiseAffine1D, is_continuous, sup_distance  # noqa: E402
from fvtheory.information import MinMax  # noqa: E402
from fvtheory.networks.realization import realize  # noqa: E402

F = Fraction

LINE = [
    ("all", MinMax("1/4", "3/4", "1/8", "7/8"), None, UNIQUE),
    ("neural-network", MinMax("1", "3/8", "0", "1"), None, UNIQUE),
    ("piecewise-affine", MinMax("0", "1/2", "1/4", "3/4"), None, UNIQUE),
    ("erm", MinMax("1/4", "0", "1/8", "7/8"), None, UNIQUE),
    ("lipschitz", MinMax("1/4", "3/4", "1/8", "3/8"), "2", UNIQUE),
    ("monotone", MinMax("3/4", "1/4", "1/8", "7/8"), None, ANY),
    ("monotone", MinMax("0", "1", "1/8", "7/8"), None, UNIQUE),
    ("convex", MinMax("1/4", "1", "1/8", "7/8"), None, UNIQUE),
    ("convex", MinMax("0", "1", "1/8", "7/8"), None, UNIQUE),
    ("affine", MinMax("1", "0", "1/8", "7/8"), None, UNIQUE),
    ("constant", MinMax("1", "0", "1/8", "1/8"), None, ANY),
]
SQUARE = [
    ("all", MinMax(["1/4", "1/3"], ["3/4", "1"], "1/8", "7/8"), None),
    ("lipschitz", MinMax(["1/4", "1/3"], ["3/4", "1"], "1/8", "3/8"), "1"),
    ("monotone", MinMax(["1/4", "2/3"], ["3/4", "1/3"], "1/8", "7/8"), None),
    ("convex", MinMax(["1/4", "1/3"], ["1", "0"], "1/8", "7/8"), None),
    ("convex", MinMax(["0", "1/3"], ["1", "1/2"], "1/8", "7/8"), None),
    ("affine", MinMax(["0", "1"], ["1", "0"], "1/8", "7/8"), None),
]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# ---- pairs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cls", "phi", "rate"), [case[:3] for case in LINE] + SQUARE)
@pytest.mark.parametrize("unique", [False, True])
def test_both_functions_are_continuous_members_with_phi(cls, phi, rate, unique):
    pair = make_pair(cls, phi, rate, unique)
    assert pair.holds()
    assert is_continuous(pair.low)
    assert is_continuous(pair.high)
    assert pair.gap == pair.high(pair.at) - pair.low(pair.at)
    if phi.dim == 1:
        assert sup_distance(pair.low, pair.high).value >= pair.gap


@pytest.mark.parametrize(("cls", "phi", "rate"), [case[:3] for case in LINE] + SQUARE)
def test_the_distance_is_2r_but_for_what_is_stated(cls, phi, rate):
    """Only convex functions with opposite ends give up something: 2R has no point there."""
    pair = make_pair(cls, phi, rate)
    approached = cls == "convex" and phi == LINE[8][1]
    assert 0 <= pair.slack <= F(1, 16) * phi.spread
    assert (pair.slack > 0) == approached
    mixed = make_pair(cls, phi, rate, unique=True)
    assert mixed.gap == (1 - mixed.share) * pair.gap


def test_a_function_outside_the_class_is_noticed():
    pair = make_pair("monotone", MinMax("0", "1", "0", "1"))
    bent = PiecewiseAffine1D([(0, 0), (F(1, 3), 1), (F(2, 3), 0), (1, 1)])
    assert pair.holds()
    assert not replace(pair, low=bent).holds()
    steep = make_pair("lipschitz", MinMax("0", "1", "0", "1/2"), 1)
    other = make_pair("lipschitz", MinMax("0", "1", "0", "1/2"), 2)
    assert not replace(steep, high=other.high).holds()


def test_bad_input_has_one_clear_error():
    with pytest.raises(InfeasibleInformationError):
        make_pair("convex", MinMax("1", "1/2", "0", "1"))
    with pytest.raises(InvalidInputError, match="share"):
        make_pair("convex", MinMax("0", "1", "0", "1"), share=1)


def test_numbers_that_floats_lack_are_rounded_first():
    made = make_networks("all", MinMax("1/3", "2/3", "1/7", "6/7"), dtype="float32")
    phi = made.pair.fiber.phi
    assert phi != MinMax("1/3", "2/3", "1/7", "6/7")
    assert all(
        c.denominator & (c.denominator - 1) == 0 for c in (*phi.x_min, *phi.x_max, phi.f_min, phi.f_max)
    )
    assert made.pair.holds()


# ---- gradient ascent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("cls", "phi", "rate", "convention"), LINE)
def test_the_visualizations_agree_and_the_networks_do_not(cls, phi, rate, convention):
    made = make_networks(cls, phi, rate, unique=True, dtype="float64")
    assert made.pair.convention == convention
    found = compare(made, seeded(), starts=48, steps=240)
    assert found.values_agree
    assert found.phi_is_shared
    assert found.points_agree in (True, None)
    assert (found.points_agree is None) == (convention == ANY)
    if cls in ("affine", "constant"):  # the radius is 0: one function
        assert made.gap == 0
    else:
        apart = made.high.network.at(made.pair.at) - made.low.network.at(made.pair.at)
        assert made.gap == apart > F(1, 4) * phi.spread
        assert abs(made.gap - made.pair.gap) <= 2 * found.float_error
    assert found.float_error < F(1, 10**12)


@pytest.mark.parametrize("case", [0, 2, 5], ids=["all", "monotone", "affine"])
def test_so_it_is_in_two_variables(case):
    cls, phi, rate = SQUARE[case]
    made = make_networks(cls, phi, rate, dtype="float32")
    found = compare(made, seeded(), starts=48, steps=240)
    assert found.values_agree
    assert found.phi_is_shared
    assert found.points_agree is None
    assert made.gap > F(1, 2) * phi.spread


def test_networks_with_different_visualizations_are_told_apart():
    one = make_networks("all", MinMax("1/4", "3/4", "1/8", "7/8"), unique=True, dtype="float64")
    for phi in (MinMax("1/4", "3/4", "1/8", "13/16"), MinMax("1/4", "7/8", "1/8", "7/8")):
        other = make_networks("all", phi, unique=True, dtype="float64")
        found = compare(replace(one, high=other.high), seeded(), starts=48, steps=240)
        assert not found.phi_is_shared
        assert not (found.values_agree and found.points_agree)


def test_starts_on_a_plateau_are_counted_and_never_move():
    """1/8 until 1/2, then up to 7/8 at 5/8 and flat again: only starts between can climb or fall."""
    f = PiecewiseAffine1D([(0, F(1, 8)), (F(1, 2), F(1, 8)), (F(5, 8), F(7, 8)), (1, F(7, 8))])
    starts = torch.tensor([[0.1], [0.3], [0.55], [0.6], [0.9]], dtype=torch.float64)
    climbed = climb(realize(f, "float64"), starts, 100)
    assert climbed.without_gradient.tolist() == [True, True, False, False, True]
    assert torch.equal(climbed.ends[[0, 1, 4]], starts[[0, 1, 4]])
    assert climbed.values.tolist() == pytest.approx([1 / 8, 1 / 8, 7 / 8, 7 / 8, 7 / 8])
    fallen = climb(realize(f, "float64"), starts, 100, sign=-1)
    assert fallen.values.tolist() == pytest.approx([1 / 8, 1 / 8, 1 / 8, 1 / 8, 7 / 8])


def test_plateaus_are_reported():
    made = make_networks("all", MinMax("1/4", "3/4", "1/8", "7/8"), dtype="float64")
    found = compare(made, seeded(), starts=48, steps=100)
    assert 0 < found.high.maximum.without_gradient < 48
    assert found.low.maximum.reached < 48
    assert found.high.maximum.reached == 48


def test_a_narrow_peak_is_missed_and_the_miss_is_seen():
    peak = MinMax("1/4", "3/4", "0", "1")
    made = make_networks("all", peak, dtype="float64")
    needle = realize(
        PiecewiseAffine1D(
            [(0, 0), (F(3, 4) - F(1, 2**12), 0), (F(3, 4), 1), (F(3, 4) + F(1, 2**12), 0), (1, 0)]
        ),
        "float64",
    )
    found = compare(replace(made, low=needle), seeded(), starts=8, steps=100)
    assert found.low.maximum.reached == 0
    assert found.low.maximum.shortfall == 1
    assert not found.values_agree
    assert found.phi_is_shared  # what it shows is wrong, what holds is not


def test_the_seed_decides():
    made = make_networks("convex", MinMax("1/4", "1", "1/8", "7/8"), unique=True, dtype="float64")
    first, second = (compare(made, seeded(3), starts=8, steps=50).to_json() for _ in range(2))
    assert first == second
    assert not torch.equal(*(random_points(4, 1, seeded(k), torch.zeros(1)) for k in (1, 2)))


def test_a_network_that_gives_no_numbers_is_refused():
    points = torch.rand(3, 1)
    with pytest.raises(InvalidInputError, match="finite"):
        climb(lambda x: (x * torch.nan).sum(-1), points, 5)
    with pytest.raises(InvalidInputError, match="0 steps"):
        climb(lambda x: x.sum(-1), points, 0)
    with pytest.raises(InvalidInputError, match="0 starts"):
        random_points(0, 1, seeded(), points)


# ---- many at once ------------------------------------------------------------------------------------


def surveyed(cls, dim, rate=None, steps=200, reach=1.0):
    generator = seeded(1)
    phis = draw_information(cls, dim, 20, Draw(generator), rate)
    both = stacked_pairs(cls, phis, rate, reach, torch.float64, "cpu")
    return survey(cls, both, generator, starts=24, steps=steps)


@pytest.mark.parametrize(
    ("cls", "rate"),
    [("all", None), ("lipschitz", F(2)), ("monotone", None), ("convex", None), ("affine", None)],
)
@pytest.mark.parametrize("dim", [1, 2])
def test_a_survey_counts(cls, rate, dim):
    found = surveyed(cls, dim, rate)
    assert 0 <= found.without_gradient < 1
    assert 0 < found.reached <= found.found <= 1
    assert found.agree <= found.found
    assert found.agree > 0.4
    if cls in ("all", "monotone"):
        assert found.without_gradient > 0.05  # plateaus
        assert found.gap[0] > 0.9
    if cls == "affine" and dim == 1:
        assert found.gap == (0, 0)


def test_few_steps_find_less():
    many, few = surveyed("convex", 1, steps=200), surveyed("convex", 1, steps=2)
    assert few.reached < many.reached
    assert few.without_gradient == many.without_gradient
