"""LOTS: pictures changed until a layer shows target features, and maps of where they were changed."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import torch
from torch import nn

from digits_network import digits, digits_model
from fvtheory.empirical import lots
from fvtheory.empirical.activations import activations, deepest
from fvtheory.empirical.heat_maps import correlation, gaussian_blur, is_constant, to_grey
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.models import load_model
from fvtheory.empirical.pictures import PictureSet, data_folder, read_folder
from fvtheory.empirical.preparation import prepare
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError

SHORT = lots.Settings(steps=40, length=4 / 255)


def seeded(number=0):
    return torch.Generator().manual_seed(number)


@pytest.fixture(scope="module")
def model():
    return prepare(digits_model(False))


@pytest.fixture(scope="module")
def pictures():
    return digits()[2][:4]


@pytest.fixture(scope="module")
def layer(model):
    return deepest(model).name


def photographs(count=60):
    data, labels, _, _ = digits()
    return PictureSet((data[:count] * 255).round().to(torch.uint8), labels[:count], ("",) * count)


# ---- Algorithm 1 -------------------------------------------------------------------------------------


def printed(model, picture, target, layer, steps, threshold, length):
    """Algorithm 1, line by line, for one picture."""
    changed = picture[None].clone()
    for _ in range(steps):
        changed.requires_grad_()
        features = activations(model, changed, [layer])[layer].flatten(1)
        if (features - target.flatten()).norm() <= threshold:
            return changed.detach()
        loss = 0.5 * (target.flatten() - features).norm() ** 2
        (gradient,) = torch.autograd.grad(loss, changed)
        step = gradient * (length / gradient.abs().max())
        changed = (changed.detach() - step).clamp(0, 1)
    return changed


@pytest.mark.parametrize("threshold", [0.0, 3.0])
def test_synthesis_is_algorithm_1(model, pictures, layer, threshold):
    target = lots.picture_target(model, digits()[2][9], layer)
    found = lots.synthesize(model, pictures, target, layer, SHORT, threshold)
    for i, picture in enumerate(pictures):
        expected = printed(model, picture, target, layer, 40, threshold, 4 / 255)
        assert (found.pictures[i] - expected[0]).abs().max() < 1e-4
        features = activations(model, found.pictures[i : i + 1], [layer])[layer].flatten()
        assert found.distance[i].item() == pytest.approx(
            (features - target.flatten()).norm().item(), rel=1e-4
        )
        assert (found.ends[i] == lots.REACHED) == (found.distance[i] <= threshold)
        assert (found.steps[i] == 40) == (found.ends[i] == lots.ALL_STEPS)
    assert (found.distance < found.start).all()


def test_pictures_do_not_influence_each_other(model, pictures, layer):
    target = lots.zero_target(model, layer)
    threshold = lots.synthesize(model, pictures, target, layer, SHORT, 0.0).distance.median().item()
    together = lots.synthesize(model, pictures, target, layer, SHORT, threshold)
    assert len(set(together.steps.tolist())) > 1  # they left the batch one after the other
    for i in range(len(pictures)):
        alone = lots.synthesize(model, pictures[i : i + 1], target, layer, SHORT, threshold)
        assert alone.steps[0] == together.steps[i]
        assert (alone.pictures[0] - together.pictures[i]).abs().max() < 1e-4


def test_momentum_begins_when_it_is_told_to(model, pictures, layer):
    target = lots.zero_target(model, layer)
    late = lots.Settings(steps=40, length=4 / 255, momentum=0.9, begin=40, faster=4.0)
    plain, same = (lots.synthesize(model, pictures, target, layer, s, 0.0) for s in (SHORT, late))
    assert torch.equal(plain.pictures, same.pictures)
    early = lots.Settings(steps=40, length=4 / 255, momentum=0.9, begin=10, faster=4.0)
    other = lots.synthesize(model, pictures, target, layer, early, 0.0)
    assert not torch.equal(plain.pictures, other.pictures)
    assert (other.distance < other.start).all()


def test_momentum_sums_gradients_of_greatest_value_one(model, pictures, layer):
    target = lots.zero_target(model, layer)
    settings = lots.Settings(steps=3, length=2 / 255, momentum=0.5, begin=1, faster=3.0)
    found = lots.synthesize(model, pictures[:1], target, layer, settings, 0.0)
    x, velocity = pictures[:1].clone(), 0.0
    for step in range(3):
        x.requires_grad_()
        loss = activations(model, x, [layer])[layer].square().sum() / 2
        (gradient,) = torch.autograd.grad(loss, x)
        change = gradient / gradient.abs().max() * 2 / 255
        if step >= 1:
            velocity = 0.5 * velocity + 0.5 * 3 * change
            change = velocity
        x = (x.detach() - change).clamp(0, 1)
    assert (found.pictures - x).abs().max() < 1e-5


def test_limited_steps_are_no_longer_than_an_even_fall_of_the_distance_needs(model, pictures, layer):
    """Half the squared distance is linearized: distance d with gradient g/d falls to 0 after d² / |g|² times g."""
    target = lots.picture_target(model, pictures[0].clamp(0.004, 0.996), layer)  # close by
    settings = lots.Settings(steps=4, length=8 / 255, limited=True)
    found = lots.synthesize(model, pictures[:1], target, layer, settings, 0.0)
    x, cut = pictures[:1].clone(), 0
    for _ in range(4):
        x.requires_grad_()
        apart = (activations(model, x, [layer])[layer][0] - target).flatten()
        (gradient,) = torch.autograd.grad(apart.square().sum() / 2, x)
        longest, needed = 8 / 255 / gradient.abs().max(), apart.square().sum() / gradient.square().sum()
        cut += int(needed < longest)
        x = (x.detach() - min(longest, needed.detach()) * gradient).clamp(0, 1)
    assert cut >= 2
    assert (found.pictures - x).abs().max() < 1e-5
    bouncing = lots.synthesize(
        model, pictures[:1], target, layer, lots.Settings(steps=4, length=8 / 255), 0.0
    )
    assert found.distance < bouncing.distance


def test_squares_that_vanish_limit_nothing():
    """The gradient is not 0, its square is, in float32."""
    parts = torch.nn.Conv2d(3, 3, 1, bias=False), torch.nn.Flatten()
    parts[0].weight.data = torch.eye(3).reshape(3, 3, 1, 1)
    net = ImageModel(torch.nn.Sequential(*parts), InputSpace(8, 8, (0.0,) * 3, (1.0,) * 3), "identity").eval()
    picture = torch.zeros(1, 3, 8, 8)
    picture[0, 0, 0, 0] = 1e-23
    found = lots.synthesize(net, picture, torch.zeros(3, 8, 8), "0", lots.FAST, 0.0)
    assert found.pictures.isfinite().all()
    assert found.ends == (lots.REACHED,)


def test_cosine_threshold(model, pictures, layer):
    target = lots.picture_target(model, digits()[2][9], layer)
    found = lots.synthesize(model, pictures, target, layer, SHORT, 0.05, "cosine")
    for i in range(len(pictures)):
        features = activations(model, found.pictures[i : i + 1], [layer])[layer].flatten().double()
        expected = 1 - torch.cosine_similarity(features, target.flatten().double(), dim=0)
        assert found.distance[i].item() == pytest.approx(expected.item(), abs=1e-5)
        assert (found.distance[i] <= 0.05) == (found.ends[i] == lots.REACHED)
    with pytest.raises(InvalidInputError, match="no direction"):
        lots.synthesize(model, pictures, torch.zeros_like(target), layer, SHORT, 0.05, "cosine")


def test_a_target_that_is_reached_at_once_changes_nothing(model, pictures, layer):
    own = lots.picture_target(model, pictures[0], layer)
    found = lots.synthesize(model, pictures[:1], own, layer, SHORT, 1e-3)
    assert (found.ends, found.steps.tolist()) == ((lots.REACHED,), [0])
    assert torch.equal(found.pictures, pictures[:1])
    maps = lots.activation_maps(pictures[:1], found.pictures, 5)
    assert not maps.any()
    assert is_constant(maps).all()


def test_a_picture_without_gradient_stays(model, pictures, layer):
    """Behind a ReLU that is off everywhere there is no way to a target above 0."""

    class Dead(nn.Module):
        def __init__(self):
            super().__init__()
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(x.flatten(1)[:, :5] * 0 - 1)

    dead = ImageModel(Dead(), InputSpace(16, 16, (0.0,), (1.0,), "L", 16)).eval()
    found = lots.synthesize(dead, pictures, torch.ones(5), "relu", SHORT, 0.1)
    assert set(found.ends) == {lots.NO_GRADIENT}
    assert torch.equal(found.pictures, pictures)
    assert found.steps.tolist() == [0] * 4


def test_bad_input_is_refused(model, pictures, layer):
    target = lots.zero_target(model, layer)
    with pytest.raises(InvalidInputError, match="training mode"):
        lots.synthesize(prepare(model).train(), pictures, target, layer)
    part = prepare(model)
    part.module[0].train()
    for training in (prepare(model).train(), part):
        with pytest.raises(InvalidInputError, match="training mode"):
            lots.picture_target(training, pictures[0], layer)
        with pytest.raises(InvalidInputError, match="training mode"):
            lots.mean_targets(training, photographs(), layer)
    with pytest.raises(InvalidInputError, match="height, width"):
        lots.picture_target(model, pictures[0, 0], layer)
    with pytest.raises(InvalidInputError, match="values from"):
        lots.synthesize(model, pictures - 1, target, layer)
    with pytest.raises(InvalidInputError, match="euclidean or cosine"):
        lots.synthesize(model, pictures, target, layer, distance="manhattan")
    with pytest.raises(InvalidInputError, match="threshold"):
        lots.synthesize(model, pictures, target, layer, threshold=math.nan)
    with pytest.raises(UnknownNameError):
        lots.synthesize(model, pictures, target, "nothing")
    for wrong in (target[:-1], target + math.inf, torch.zeros(3, *target.shape)):
        with pytest.raises(InvalidInputError, match="target"):
            lots.synthesize(model, pictures, wrong, layer)
    for settings in ({"steps": 0}, {"length": 0.0}, {"momentum": 1.0}, {"begin": -1}, {"faster": 0.0}):
        with pytest.raises(InvalidInputError):
            lots.Settings(**settings)


def test_progress_counts_steps_and_nothing_stays_behind(model, pictures, layer):
    seen = []
    hooks = [len(m._forward_hooks) for m in model.modules()]
    settings = lots.Settings(steps=3)
    target = lots.zero_target(model, layer)
    lots.synthesize(model, pictures, target, layer, settings, 0.0, progress=lambda *p: seen.append(p))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert hooks == [len(m._forward_hooks) for m in model.modules()]
    assert not pictures.requires_grad


# ---- Algorithm 2 -------------------------------------------------------------------------------------


def test_maps_are_algorithm_2():
    first, second = torch.rand((2, 2, 3, 20, 24), generator=seeded())
    found = lots.activation_maps(first, second, 7)
    assert found.shape == (2, 20, 24)
    for i in range(2):
        apart = (to_grey(second) - to_grey(first)).abs()[i]
        apart = (apart - apart.min()) / (apart.max() - apart.min())
        blurred = gaussian_blur(apart, 7)
        expected = (blurred - blurred.min()) / (blurred.max() - blurred.min())
        assert (found[i] - expected).abs().max() < 1e-6
    with pytest.raises(InvalidInputError, match="alike"):
        lots.activation_maps(first, second[:1])
    with pytest.raises(InvalidInputError, match="kernel of 49"):
        lots.activation_maps(first, second)


def test_small_kernels_show_fine_locations():
    """One changed pixel: the smaller the kernel, the smaller the place."""
    picture = torch.full((1, 1, 41, 41), 0.5)
    changed = picture.clone()
    changed[0, 0, 20, 20] = 1.0
    sizes = [int((lots.activation_maps(picture, changed, kernel) > 0.5).sum()) for kernel in (1, 5, 21)]
    assert sizes[0] == 1
    assert sizes == sorted(sizes)
    assert sizes[2] > sizes[1] > 1
    assert all(lots.activation_maps(picture, changed, kernel)[0, 20, 20] == 1 for kernel in (1, 5, 21))


def test_maps_lie_where_the_network_looks(model):
    """A network that sees the left of a wide picture only, on a picture with digits everywhere."""

    class Left(nn.Module):
        def __init__(self):
            super().__init__()
            self.seen = prepare(digits_model(False)).module

        def forward(self, x):
            return self.seen(x[..., :16])

    half = ImageModel(Left(), InputSpace(16, 48, model.space.mean, model.space.std, "L", 48)).eval()
    wide = torch.cat([digits()[2][4 * i : 4 * i + 4] for i in range(3)], dim=3)
    layer = deepest(half).name
    found = lots.lots(half, wide, lots.zero_target(half, layer), layer, SHORT, kernel=5)
    assert found.shape == (4, 16, 48)
    assert (found[..., :16].amax((1, 2)) == 1).all()
    assert not found[..., 18:].any()


# ---- targets -----------------------------------------------------------------------------------------


def test_targets_of_classes(model, layer):
    known = photographs()
    one = lots.class_targets(model, known, layer, seeded(3))
    mean = lots.mean_targets(model, known, layer, batch=7)
    assert set(one) == set(mean) == set(known.labels.tolist())
    for label in (0, 7):
        chosen = known[(known.labels == label).nonzero().flatten()].pictures()
        features = activations(model, chosen, [layer])[layer].detach()
        assert (mean[label] - features.mean(0)).abs().max() < 1e-5
        assert (features - one[label]).flatten(1).norm(dim=1).min() < 1e-4
    again = lots.class_targets(model, known, layer, seeded(3))
    assert all(torch.equal(one[label], again[label]) for label in one)
    stacked = lots.stack_targets(mean, torch.tensor([7, 0]))
    assert torch.equal(stacked[0], mean[7])
    assert torch.equal(stacked[1], mean[0])
    with pytest.raises(InvalidInputError, match="class 11"):
        lots.stack_targets(mean, torch.tensor([11]))


def test_each_picture_goes_to_its_own_target_also_when_others_have_left(model, pictures, layer):
    goals = torch.stack([lots.picture_target(model, p, layer) for p in digits()[2][10:14]])
    whole = lots.synthesize(model, pictures, goals, layer, SHORT, 0.0)
    threshold = whole.distance.median().item()
    found = lots.synthesize(model, pictures, goals, layer, SHORT, threshold)
    assert len(set(found.steps.tolist())) > 1
    turned = lots.synthesize(model, pictures.flip(0), goals.flip(0), layer, SHORT, threshold)
    for i in range(4):
        alone = lots.synthesize(model, pictures[i : i + 1], goals[i], layer, SHORT, threshold)
        assert (alone.pictures[0] - found.pictures[i]).abs().max() < 1e-3
        assert (alone.pictures[0] - turned.pictures[3 - i]).abs().max() < 1e-3


# ---- the fast settings -------------------------------------------------------------------------------


def test_the_fast_settings_keep_distance_and_map_where_momentum_from_the_start_loses_the_map():
    net = prepare(digits_model())
    shown, layer = digits()[2][:4], deepest(net).name
    target = lots.zero_target(net, layer)
    results = {}
    for kind, settings in (
        ("plain", lots.PLAIN),
        ("fast", lots.FAST),
        ("momentum", lots.Settings(steps=60, momentum=0.9, faster=10.0)),
    ):
        found = lots.synthesize(net, shown, target, layer, settings, 0.0)
        results[kind] = found.distance.mean().item(), lots.activation_maps(shown, found.pictures, 5)
    assert results["fast"][0] < 1.05 * results["plain"][0] < 0.3 * found.start.mean()
    assert results["momentum"][0] < 1.15 * results["plain"][0]
    same, other = (correlation(results["plain"][1], results[kind][1]).mean() for kind in ("fast", "momentum"))
    assert same > 0.95 > other


def test_a_photograph_is_changed_until_the_features_are_nearly_gone():
    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/heldout")
    try:
        net = prepare(load_model("efficientnet-lite0"))
    except MissingDependencyError as missing:
        pytest.skip(str(missing))
    shown = read_folder(folder, net.space, 1).pictures()[:1]
    layer = deepest(net).name
    found = lots.synthesize(net, shown, lots.zero_target(net, layer), layer, lots.Settings(steps=12))
    assert found.distance < 0.6 * found.start
    maps = lots.activation_maps(shown, found.pictures)
    assert maps.shape == (1, 224, 224)
    assert maps.min() == 0
    assert maps.max() == 1
