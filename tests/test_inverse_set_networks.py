"""Inverse sets of neurons: every sample is in its set, with the steps and the diversity that are claimed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import torch
from torch import nn

from digits_network import digits, digits_model
from fvtheory.empirical import inverse_set as inverse
from fvtheory.empirical.code_spaces import CodeSpace, autoencoder_codes, parameterized_codes, pixel_codes
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.inverse_set import Range, Seeds, Settings
from fvtheory.empirical.inverse_set_experiment import ABLATIONS, Row, diversity, maximize, measure_row
from fvtheory.empirical.objectives import channel, logit, neuron
from fvtheory.empirical.parameterizations import KINDS
from fvtheory.empirical.pictures import from_png, to_bytes, to_png
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

torch.set_num_threads(1)


def seeded(number=0):
    return torch.Generator().manual_seed(number)


@pytest.fixture(scope="module")
def model():
    return prepare(digits_model())


@pytest.fixture(scope="module")
def space(model):
    return pixel_codes(model)


RANGE = Range(logit(3), 4.0, 6.0)


class Halver(nn.Module):
    """A decoder (or encoder) of three channels, 8 times as large (or as small)."""

    def __init__(self, up):
        super().__init__()
        self.up = up

    def forward(self, x):
        if self.up:
            return torch.sigmoid(nn.functional.interpolate(x[:, :3], scale_factor=8, mode="bilinear"))
        return torch.logit(nn.functional.avg_pool2d(x, 8).clamp(0.01, 0.99)).repeat(1, 2, 1, 1)


def colour_model(height=16, width=24):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        body = nn.Sequential(
            nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3)
        )
    space = InputSpace(height, width, (0.5,) * 3, (0.25,) * 3, short_side=max(height, width))
    return prepare(ImageModel(body, space, "colours"))


# ---- the whole way -------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [logit(3), channel("5", 2), neuron("7", 7)], ids=lambda u: u.name)
def test_samples_are_in_the_set_in_few_steps_and_apart(model, space, unit, tmp_path):
    natural = on_pictures(model, [unit], digits()[2])[:, 0]
    low, high = (float(natural.quantile(q)) for q in (0.6, 0.9))
    ranges = [Range(unit, low, high)]
    row, found = measure_row("row", model, ranges, space, 100, seeded())
    assert (row.asked, row.seeds, row.feasible, row.count) == (10, 10, 10, 100)
    assert row.steps <= 2 * row.least_steps == 18
    assert row.proposed == 10 * row.steps
    for i in (0, 50, 99):
        (tmp_path / "x.png").write_bytes(to_png(found.pictures[i]))
        seen = from_png(tmp_path / "x.png")[None].float() / 255
        assert low <= float(on_pictures(model, [unit], seen)) <= high
    assert found.values.min() >= low
    assert found.values.max() <= high
    assert found.values.max() - found.values.min() > 0.7 * (high - low)  # both sides of it
    assert len({p.numpy().tobytes() for p in found.pictures}) == 100
    again, same = measure_row("row", model, ranges, space, 100, seeded())
    assert again == row == Row.from_json(row.to_json())
    assert torch.equal(same.pictures, found.pictures)


def test_it_is_more_diverse_than_maximization(model, space):
    row, _ = measure_row("row", model, [RANGE], space, 200, seeded())
    best = maximize(model, RANGE.unit, space, 20, seeded(1), 60)
    assert on_pictures(model, [RANGE.unit], best).min() > RANGE.high
    assert row.of_samples[0] > diversity(space, best).encoder


def test_an_intersection_across_layers(model, space):
    units = [logit(3), channel("8", 5)]
    natural = on_pictures(model, units, digits()[2])
    ranges = [
        Range(u, float(c.quantile(0.4)), float(c.quantile(0.8)))
        for u, c in zip(units, natural.T, strict=True)
    ]
    row, found = measure_row("both", model, ranges, space, 60, seeded())
    assert row.count == 60
    for column, r in zip(on_pictures(model, units, found.pictures).T, ranges, strict=True):
        assert r.low <= float(column.min()) <= float(column.max()) <= r.high
    alone = measure_row("one", model, ranges[:1], space, 60, seeded())[1]
    assert not bool(inverse.verified(model, ranges, alone.pictures)[0].all())


def test_through_a_generator_and_an_encoder_not_square():
    model = colour_model()
    space = autoencoder_codes(model, Halver(False).eval(), Halver(True).eval())
    start = space.generate(space.start(64, seeded()))
    assert start.shape == (64, 3, 16, 24)
    values = on_pictures(model, [logit(0)], start)
    ranges = [Range(logit(0), float(values.quantile(0.8)), float(values.max()) + 0.05)]
    row, found = measure_row("row", model, ranges, space, 40, seeded())
    assert row.count == 40
    assert found.pictures.shape == (40, 3, 16, 24)
    wide = pixel_codes(model, (24, 32))
    assert measure_row("wide", model, ranges, wide, 20, seeded())[1].pictures.shape[2:] == (24, 32)


def test_from_natural_pictures(model):
    natural = digits()[2][:50]
    space = pixel_codes(model, start=natural)
    codes = space.start(6, seeded())
    near = torch.cdist(torch.sigmoid(codes).flatten(1), natural.flatten(1)).amin(1)
    assert near.max() < 0.1
    assert torch.equal(codes, space.start(6, seeded()))
    with pytest.raises(InvalidInputError, match="start pictures"):
        pixel_codes(model, (8, 8), natural).start(1, seeded())


@pytest.mark.parametrize("name", [n for n in KINDS if n != "prior"])  # which takes three channels
def test_in_the_parameters_of_any_parameterization(model, name):
    space = parameterized_codes(model, KINDS[name])
    ranges = [Range(logit(3), 4.0, 6.0)]
    row, found = measure_row("row", model, ranges, space, 20, seeded(), Settings(seeds=4))
    assert row.count == 20
    assert bool(inverse.verified(model, ranges, found.pictures)[0].all())
    # The same pictures and gradient as those of the parameterization itself.
    form = KINDS[name].build(model.space.shape(2), seeded())
    codes = space.start(2, seeded()).requires_grad_()
    weight = torch.randn(model.space.shape(2), generator=seeded(1))
    assert torch.equal(space.generate(codes), form.pictures())
    (found_gradient,) = torch.autograd.grad((space.generate(codes) * weight).sum(), codes)
    own = torch.autograd.grad((form.pictures() * weight).sum(), form.parameters)
    assert torch.equal(found_gradient, torch.cat([g.flatten(1) for g in own], 1))
    # A random step moves pictures as far as one of pixels does at grey.
    there = space.generate(codes + space.step * torch.randn(codes.shape, generator=seeded(2)))
    assert float((there - space.generate(codes)).detach().square().mean().sqrt()) == pytest.approx(
        0.025, rel=0.3
    )


def test_parameters_begin_with_pictures(model):
    natural = digits()[2][:50]
    space = parameterized_codes(model, KINDS["fourier"], start=natural)
    made = space.generate(space.start(6, seeded()))
    assert torch.cdist(made.flatten(1), natural.flatten(1)).amin(1).max() < 0.1
    with pytest.raises(InvalidInputError, match="a start"):
        parameterized_codes(model, KINDS["maco"], start=natural)


def test_pictures_are_what_files_hold_and_the_gradient_passes(space):
    codes = space.start(2, seeded()).requires_grad_()
    pictures = space.pictures(codes)
    assert torch.equal(pictures.detach(), to_bytes(pictures).float() / 255)
    (through,) = torch.autograd.grad(pictures.sum(), codes)
    (plain,) = torch.autograd.grad(space.generate(codes).sum(), codes)
    assert torch.allclose(through, plain)


# ---- the equations -------------------------------------------------------------------------------------


def test_the_slack_is_the_best_one():
    h = torch.linspace(-2, 2, 9)[:, None]
    multipliers = torch.full_like(h, 0.7)
    mu = 3.0
    slack = torch.linspace(0, 6, 60001)
    value = -multipliers * (h - slack) + mu / 2 * (h - slack).square()
    assert torch.allclose(inverse.augmented(h, multipliers, mu), value.min(1).values, atol=1e-5)


def test_printed_constraints_do_not_keep_the_upper_end(model, space):
    values = torch.tensor([[3.0], [4.5], [5.0], [9.0]])
    printed = Settings(sides=inverse.PRINTED)
    assert inverse.constraints(values, [RANGE], printed)[:, 0].tolist() == [-1, -0.25, 0, 2]
    assert inverse.constraints(values, [RANGE], Settings()).tolist()[3] == [2.25, -1.75]
    assert inverse.in_ranges(values, [RANGE]).tolist() == [False, True, True, False]
    assert inverse.in_ranges(values, [RANGE], inverse.PRINTED).tolist() == [False, True, True, True]
    found = {
        sides: inverse.find_seeds(model, [RANGE], space, seeded(), Settings(sides=sides))
        for sides in (inverse.PRINTED, inverse.TWO_SIDED)
    }
    inside = {sides: int(inverse.in_ranges(s.values, [RANGE]).sum()) for sides, s in found.items()}
    assert inside[inverse.TWO_SIDED] == 10
    assert inside[inverse.PRINTED] < 8
    assert found[inverse.PRINTED].values.max() > RANGE.high


def test_distances_are_sums_over_pairs():
    x, y = torch.randn((5, 7), generator=seeded()), torch.randn((3, 7), generator=seeded(1))
    pairs = sum((a - b).square().sum() for a in x for b in x) / 5 / 7
    assert float(inverse.spread(x)) == pytest.approx(float(pairs), rel=1e-5)
    others = sum((a - b).square().sum() for a in x for b in y) / 3 / 7
    assert float(inverse.spread(x, y)) == pytest.approx(float(others), rel=1e-5)


def test_multipliers_and_mu_are_updated_after_each_round(model, space):
    """After one round without an end in sight: lambda = max(0 - mu h, 0), and mu grows at each further one."""
    far = [Range(logit(3), 60.0, 61.0), Range(logit(3), -100.0, 100.0)]
    settings = Settings(seeds=2, inner=2, outer=1, full=True)
    with pytest.raises(InvalidInputError, match="none of 2 seeds reached in 2 steps"):
        inverse.find_seeds(model, far, space, seeded(), settings)
    near = [Range(logit(3), -100.0, 100.0), Range(logit(3), -200.0, 0.0)]
    found = inverse.find_seeds(model, near, space, seeded(), replace(settings, outer=3))
    assert found.steps == 6
    assert found.mu == 1000
    once = inverse.find_seeds(model, near, space, seeded(), settings)
    h = inverse.constraints(once.values, near, settings)
    assert torch.allclose(once.multipliers, (-settings.mu * h).clamp(min=0), atol=1e-4)
    assert bool((found.multipliers >= 0).all())


def test_least_squares_multipliers_accept_more_than_fixed_ones(model, space):
    rows = {
        how: measure_row("row", model, [RANGE], space, 100, seeded(), Settings(multipliers=how))[0]
        for how in (inverse.LEAST_SQUARES, inverse.FIXED)
    }
    assert rows[inverse.LEAST_SQUARES].acceptance > 0.9 > rows[inverse.FIXED].acceptance
    assert all(r.count == 100 for r in rows.values())
    assert rows[inverse.FIXED].steps > rows[inverse.LEAST_SQUARES].steps


def test_distances_do_not_move_the_unit():
    """The unit is the first of two pixels, in which alone the seeds differ: all that distances ask for is to leave
    the range, so that a step is no more than the way to its target."""

    class First(nn.Module):
        def forward(self, x):
            return x.flatten(1)[:, :1]

    model = ImageModel(First(), InputSpace(1, 2, (0.0,), (1.0,), "L", short_side=2)).eval()
    space = CodeSpace("plain", lambda c: c, lambda x: x.flatten(1), None, 0.3, 0.1)
    codes = torch.tensor([[[[0.45, 0.5]]], [[[0.55, 0.5]]]])
    ranges = [Range(logit(0), 0.4, 0.6)]
    seeds = Seeds(codes, codes[:, :, 0, 0], 2, 0, torch.zeros(2, 2), 10.0, [])
    found = inverse.sample(model, ranges, space, seeds, 40, seeded())
    assert (found.rejected, len(found.pictures)) == (0, 40)
    assert found.values[2:].max() - found.values[2:].min() > 0.12


def test_ablations(model, space):
    found = {}
    for name, changes in ABLATIONS.items():
        settings = replace(Settings(inner=30), **changes)
        found[name], samples = measure_row(name, model, [RANGE], space, 40, seeded(), settings)
        assert bool(inverse.verified(model, [RANGE], samples.pictures, 1)[0].all())
    together = found["the same without distances (15)"].of_seeds[1]
    assert 0 < 5 * together < found["seeds fully optimised, from one start"].of_seeds[1]
    assert found["seeds fully optimised"].seed_steps == 120 > found["as here"].seed_steps
    together = inverse.find_seeds(model, [RANGE], space, seeded(), Settings(seeds=40, inner=30, full=True))
    assert together.steps == 120


# ---- refusals ------------------------------------------------------------------------------------------


def test_a_range_that_nothing_reaches_is_named(model, space):
    far = Range(logit(3), 900.0, 901.0)
    with pytest.raises(
        InvalidInputError, match=r"none of 3 seeds reached in 8 steps .*logits:3 in \[900, 901\]"
    ):
        inverse.find_seeds(model, [far], space, seeded(), Settings(seeds=3, inner=4, outer=2))


def test_a_unit_without_gradient_is_named(model, space):
    dead = Range(channel("2", 0) * 0.0, 1.0, 2.0)
    with pytest.raises(InvalidInputError, match="no gradient arrived"):
        inverse.find_seeds(
            model, [dead], space, seeded(), Settings(seeds=2, inner=3, outer=1, apart=inverse.NOTHING)
        )


@pytest.mark.parametrize("multipliers", [inverse.LEAST_SQUARES, inverse.FIXED])
@pytest.mark.parametrize("apart", [inverse.ENCODER, inverse.NOTHING])
def test_a_unit_without_gradient_inside_its_range_is_no_obstacle(model, space, apart, multipliers):
    """Everything is in the set; samples differ nevertheless, but where nothing at all tells where to go."""
    flat = [Range(channel("2", 0) * 0.0, -1.0, 1.0)]
    settings = Settings(seeds=3, apart=apart, multipliers=multipliers)
    row, found = measure_row("flat", model, flat, space, 12, seeded(), settings)
    assert (row.count, row.seed_steps, row.rejected) == (12, 0, 0)
    different = len({p.numpy().tobytes() for p in found.pictures})
    assert different == (3 if apart == inverse.NOTHING and multipliers == inverse.FIXED else 12)


def test_what_is_outside_in_the_fresh_pass_is_not_returned(model, space):
    """Seeds that claim to be in the set, and are not."""
    seeds = inverse.find_seeds(model, [RANGE], space, seeded())
    other = [Range(logit(3), -9.0, -8.0)]
    wrong = Seeds(**{**vars(seeds), "reached": []})
    found = inverse.sample(model, other, space, wrong, 20, seeded())
    assert bool(inverse.verified(model, other, found.pictures)[0].all())
    with pytest.raises(InvalidInputError, match="fresh pass"):
        inverse.sample(model, [Range(logit(3), -900, -899)], space, wrong, 20, seeded())


def test_what_a_fresh_pass_refuses_is_dropped_and_replaced(model, space, monkeypatch):
    """A fresh pass that differs from the first, here by refusing every third picture."""
    real = inverse.verified

    def strict(model, ranges, pictures, batch=8):
        inside, values = real(model, ranges, pictures, batch)
        inside[1::3] = False
        refused.extend(p.numpy().tobytes() for p in pictures[1::3])
        return inside, values

    refused: list[bytes] = []
    monkeypatch.setattr(inverse, "verified", strict)
    seeds = inverse.find_seeds(model, [RANGE], space, seeded())
    found = inverse.sample(model, [RANGE], space, seeds, 40, seeded())
    assert len(found.pictures) == 40
    assert found.dropped == len(refused) > 10
    assert not {p.numpy().tobytes() for p in found.pictures} & set(refused)


def test_bad_input_is_refused(model, space):
    for low, high in ((1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)):
        with pytest.raises(InvalidInputError, match="low < high"):
            Range(logit(3), low, high)
    for changes in (
        {"sides": "both"},
        {"apart": "far"},
        {"multipliers": "none"},
        {"seeds": 0},
        {"margin": 0.5},
    ):
        with pytest.raises(InvalidInputError):
            Settings(**changes)
    with pytest.raises(InvalidInputError, match="at least one unit"):
        inverse.find_seeds(model, [], space, seeded())
    with pytest.raises(InvalidInputError, match="training mode"):
        inverse.find_seeds(digits_model().train(), [RANGE], space, seeded())
    seeds = inverse.find_seeds(prepare(digits_model().eval()), [RANGE], space, seeded())
    training = prepare(digits_model()).train()
    with pytest.raises(InvalidInputError, match="training mode"):
        inverse.sample(training, [RANGE], space, seeds, 20, seeded())
    with pytest.raises(InvalidInputError, match="training mode"):
        maximize(training, RANGE.unit, space, 2, seeded())
    with pytest.raises(InvalidInputError, match="as many samples as seeds"):
        inverse.sample(model, [RANGE], space, seeds, 5, seeded())
    with pytest.raises(InvalidInputError, match="three channels"):
        autoencoder_codes(model, Halver(False).eval(), Halver(True).eval())
    with pytest.raises(InvalidInputError, match="multiples of 8"):
        autoencoder_codes(colour_model(), Halver(False).eval(), Halver(True).eval(), (20, 24))
    with pytest.raises(InvalidInputError, match="training mode"):
        autoencoder_codes(colour_model(), Halver(False), Halver(True))
