"""Two-image forced choice: the theory's decoders equal the core's exact ones, and the counts are right."""

from __future__ import annotations

from fractions import Fraction

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("scipy.stats")

import torch
from scipy import stats

from digits_network import digits, digits_model
from fvtheory.classes import get_class
from fvtheory.empirical import forced_choice as choice
from fvtheory.empirical.activations import deepest
from fvtheory.empirical.objectives import logit
from fvtheory.empirical.pictures import from_png, to_bytes, to_png
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.proportion import Proportion
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError
from fvtheory.fiber import Fiber
from fvtheory.information import MinMax

torch.set_num_threads(1)


def seeded(number=0):
    return torch.Generator().manual_seed(number)


def exact(picture):
    """The point of a picture of bytes: multiples of 1/255."""
    return tuple(Fraction(v, 255) for v in picture.flatten().tolist())


# ---- the theory's decoders -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_envelopes_and_radius_are_the_cores(seed):
    pictures = torch.randint(0, 256, (12, 1, 1, 1 + seed % 4), generator=seeded(seed), dtype=torch.uint8)
    low, high, *_ = pictures
    to_low, to_high = (choice.sup_distances(pictures, p) for p in (low, high))
    phi = MinMax(exact(low), exact(high), 0, 1)
    least = Fraction(255, int((low.int() - high.int()).abs().max()))
    for rate in (least, least * Fraction(5, 4), least * 2, least * 7):
        fiber = Fiber(get_class("lipschitz"), phi, rate)
        found = choice.lipschitz_envelopes(to_low, to_high, float(rate))
        for i, picture in enumerate(pictures):
            expected = [float(v) for v in fiber.envelope(exact(picture))]
            assert [float(found.lower[i]), float(found.upper[i])] == pytest.approx(expected, abs=1e-12)
            central = float(fiber.central_decoder()(exact(picture)))
            assert float(found.centre[i]) == pytest.approx(central, abs=1e-12)
        ends = (p.flatten().double() / 255 for p in (low, high))
        assert choice.lipschitz_radius(*ends, float(rate)) == pytest.approx(float(fiber.radius), abs=1e-12)
    fiber = Fiber(get_class("all"), phi)
    found = choice.all_envelopes(to_low, to_high)
    for i, picture in enumerate(pictures):
        assert (found.lower[i].item(), found.upper[i].item()) == fiber.envelope(exact(picture))
    assert fiber.radius == Fraction(1, 2)


def test_a_pair_is_decided_where_all_functions_agree():
    envelopes = choice.Envelopes(torch.tensor([0.0, 0.5, 0.2]), torch.tensor([0.5, 0.9, 0.6]))
    a, b = torch.tensor([0, 1, 0, 1]), torch.tensor([1, 0, 2, 2])
    assert envelopes.decided(a, b).tolist() == [True, True, False, False]


def test_what_the_theory_decides_is_right_for_a_function_of_the_class():
    """f(x) = |x - x_min| in one pixel is 1-Lipschitz: with its own L each decided pair has to be right."""
    pictures = torch.arange(256, dtype=torch.uint8)[:, None, None, None]
    values = pictures.flatten().float() / 255
    shown = choice.Shown(torch.stack([pictures[0], pictures[255]]), 0.0, 1.0)
    found = choice.ask("f", shown, pictures, values, {}, 200, seeded())
    assert found.seen_lipschitz == pytest.approx(1, abs=1e-6)
    assert found.least_lipschitz == 1
    assert found.outside == 0
    for kind in choice.KINDS:
        assert found.decided[kind][choice.SEEN] == 1
        assert found.answers[kind]["central: lipschitz, L seen"].right == 200
    assert found.decided[choice.RANDOM][choice.ALL] < 0.1  # where one of the two is a visualization
    assert found.radius[choice.LEAST] == 0


def test_the_slope_that_is_seen_is_also_that_between_natural_pictures():
    """A step between two neighbours is steeper than from there to the visualizations."""
    pictures = torch.arange(256, dtype=torch.uint8)[:, None, None, None]
    values = (torch.arange(256) >= 128).float()
    shown = choice.Shown(torch.stack([pictures[0], pictures[255]]), 0.0, 1.0)
    assert choice.ask("f", shown, pictures, values, {}, 200, seeded()).seen_lipschitz > 10


# ---- the parts -----------------------------------------------------------------------------------------


def test_wilson_is_scipys():
    for right, asked in ((0, 5), (3, 5), (50, 80), (80, 80)):
        expected = stats.binomtest(right, asked).proportion_ci(method="wilson")
        assert Proportion(right, asked).interval() == pytest.approx((expected.low, expected.high), abs=1e-9)
    with pytest.raises(InvalidInputError):
        Proportion(2, 1)


def test_pairs_differ_and_extremes_are_extreme():
    values = torch.cat([torch.zeros(50), torch.arange(1.0, 51.0)])[torch.randperm(100, generator=seeded())]
    for kind in choice.KINDS:
        a, b = values[choice.draw_pairs(values, 300, kind, seeded(1)).T]
        assert bool((a != b).all())
        assert 100 < int((a > b).sum()) < 200
        if kind == choice.EXTREME:
            assert set(torch.maximum(a, b).tolist()) == {46.0, 47.0, 48.0, 49.0, 50.0}
            assert set(torch.minimum(a, b).tolist()) == {0.0}
    with pytest.raises(InvalidInputError, match="one value"):
        choice.draw_pairs(torch.ones(5), 3, "random", seeded())
    with pytest.raises(InvalidInputError, match="random or extreme"):
        choice.draw_pairs(values, 3, "any", seeded())


def test_answers_follow_the_scores_and_ties_a_coin():
    values = torch.arange(10.0)
    pairs = choice.draw_pairs(values, 400, "random", seeded())
    assert choice.answer(values, values, pairs, seeded()).right == 400
    assert choice.answer(-values, values, pairs, seeded()).right == 0
    tied = choice.answer(torch.zeros(10), values, pairs, seeded())
    assert tied.ties == 400
    assert 150 < tied.right < 250
    same = torch.tensor([[9, 0]] * 400)
    assert 150 < choice.answer(torch.zeros(10), values, same, seeded()).right < 250


def test_nearness_prefers_what_looks_like_the_most_activating_one():
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    found = choice.nearness(x, low=torch.tensor([0.0, 5.0]), high=torch.tensor([3.0, 0.0]))
    assert found.tolist() == pytest.approx([1, -1, 0], abs=1e-12)


def test_pictures_survive_their_files(tmp_path):
    for depth in (1, 3):
        picture = torch.rand((depth, 5, 7), generator=seeded())
        (tmp_path / "p.png").write_bytes(to_png(picture))
        assert torch.equal(from_png(tmp_path / "p.png"), to_bytes(picture))
    (tmp_path / "p.png").write_bytes(b"no picture")
    with pytest.raises(InvalidInputError, match="a picture"):
        from_png(tmp_path / "p.png")


# ---- on a network --------------------------------------------------------------------------------------


def test_the_whole_task():
    model = prepare(digits_model())
    pictures = to_bytes(digits()[2])
    layer = deepest(model).name
    assert layer == "10"  # flattened channels, before the linear layer
    looks = choice.features(model, pictures, layer)
    names = choice.default_units(model, 3, seeded())
    assert len(set(names)) == 3
    units = []
    for name in names:
        objective = logit(int(name.partition(":")[2]))
        shown = choice.show(model, objective, seeded(), 40, None)
        assert torch.equal(shown.pictures, choice.show(model, objective, seeded(), 40, None).pictures)
        values = on_pictures(model, [objective], pictures)[:, 0]
        two = choice.features(model, shown.pictures, layer)
        ask = (name, shown, pictures, values, {layer: (looks, two)}, 60)
        units.append(choice.ask(*ask, seeded()))
        assert choice.ask(*ask, seeded()) == units[-1] == choice.UnitChoice.from_json(units[-1].to_json())
    rows = {(r.decoder, r.pairs): r for r in choice.summary(units, seeded())}
    nearest = rows[f"nearest by {layer}", "extreme"]
    assert nearest.low > 0.6  # the network's own features do tell
    assert rows["coin", "random"].low < 0.5 < rows["coin", "random"].high
    assert rows["central: all functions", "random"].ties == 1
    assert all(r.asked == 180 for r in rows.values())
    assert all(r.units_low - 1e-9 <= r.share <= r.units_high + 1e-9 for r in rows.values())
    one = choice.summary(units[:1], seeded())[0]
    assert one.units_low == one.units_high == pytest.approx(one.share)
    for u in units:
        assert u.decided["random"][choice.ALL] == 0
        assert u.seen_lipschitz >= u.least_lipschitz >= 1
        assert 0 <= u.radius[choice.LEAST] <= u.radius[choice.SEEN] <= 0.5


def test_visualizations_without_a_difference_are_refused():
    flat = choice.Shown(torch.zeros((2, 1, 2, 2), dtype=torch.uint8), 1.0, 1.0)
    with pytest.raises(InvalidInputError, match="before its nonlinearity"):
        choice.ask(
            "u", flat, torch.zeros((3, 1, 2, 2), dtype=torch.uint8), torch.arange(3.0), {}, 5, seeded()
        )
