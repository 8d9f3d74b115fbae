"""Maps over pictures, class activation maps and the measures of maps."""

from __future__ import annotations

import math
from contextlib import nullcontext

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import itertools

import torch
from torch import nn

from digits_network import digits, digits_model
from fvtheory.empirical import attribution_metrics as metrics
from fvtheory.empirical import cam, heat_maps
from fvtheory.empirical.activations import activations, deepest
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.models import load_model
from fvtheory.empirical.pictures import data_folder, read_folder
from fvtheory.empirical.preparation import prepare
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError


def seeded(number=0):
    return torch.Generator().manual_seed(number)


@pytest.fixture(scope="module")
def model():
    return prepare(digits_model())


@pytest.fixture(scope="module")
def pictures():
    return digits()[2][:6]


# ---- maps --------------------------------------------------------------------------------------------


def test_normalise_takes_each_map_to_zero_and_one_and_a_constant_one_to_zero():
    maps = torch.stack([torch.arange(6.0).reshape(2, 3) - 3, torch.full((2, 3), 7.0)])
    found = heat_maps.normalise(maps)
    assert torch.equal(found[0], torch.arange(6.0).reshape(2, 3) / 5)
    assert torch.equal(found[1], torch.zeros(2, 3))
    assert heat_maps.is_constant(found).tolist() == [False, True]
    with pytest.raises(InvalidInputError, match="NaN"):
        heat_maps.normalise(maps / 0)


def test_correlation_is_that_of_torch_and_undefined_for_constant_maps():
    first, second = torch.rand((2, 3, 4, 5), generator=seeded())
    found = heat_maps.correlation(first, second)
    for a, b, r in zip(first, second, found, strict=True):
        expected = torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1]
        assert r.item() == pytest.approx(expected.item(), abs=1e-6)
    assert heat_maps.correlation(first, 3 - 2 * first).tolist() == pytest.approx([-1, -1, -1])
    assert math.isnan(heat_maps.correlation(torch.ones(1, 2, 2), torch.rand(1, 2, 2)).item())
    with pytest.raises(InvalidInputError):
        heat_maps.correlation(first, second[:2])


def test_grey_has_the_weights_of_bt_601_and_leaves_one_channel():
    colours = torch.eye(3)[None, :, :, None]
    assert heat_maps.to_grey(colours).flatten().tolist() == pytest.approx([0.299, 0.587, 0.114])
    one = torch.rand((2, 1, 3, 4), generator=seeded())
    assert torch.equal(heat_maps.to_grey(one), one[:, 0])
    with pytest.raises(InvalidInputError):
        heat_maps.to_grey(torch.zeros(1, 4, 2, 2))


def test_blur_is_that_of_scipy():
    ndimage = pytest.importorskip("scipy.ndimage")
    image = torch.rand((2, 20, 31), generator=seeded()).double()
    for size, sigma in ((9, None), (11, 5.0), (1, None)):
        assumed = 0.3 * ((size - 1) / 2 - 1) + 0.8 if sigma is None else sigma
        found = heat_maps.gaussian_blur(image, size, sigma)
        for x, y in zip(image, found, strict=True):
            expected = ndimage.gaussian_filter(x.numpy(), assumed, mode="mirror", radius=size // 2)
            assert abs(y.numpy() - expected).max() < 1e-12


@pytest.mark.parametrize("size", [0, 4, 41])
def test_blur_refuses_kernels_that_do_not_fit(size):
    with pytest.raises(InvalidInputError, match="odd size from 1 to 39"):
        heat_maps.gaussian_blur(torch.zeros(1, 20, 31), size)


def test_blur_refuses_no_width():
    with pytest.raises(InvalidInputError, match="sigma"):
        heat_maps.gaussian_blur(torch.zeros(1, 20, 31), 3, 0.0)


def test_overlay_is_blue_at_zero_and_yellow_at_one():
    shown = heat_maps.overlay(torch.full((1, 1, 1, 2), 0.5), torch.tensor([[[0.0, 1.0]]]), share=1.0)
    assert shown.shape == (1, 3, 1, 2)
    assert shown[0, :, 0, 0].tolist() == pytest.approx([0, 0.14, 0.3])
    assert shown[0, :, 0, 1].tolist() == pytest.approx([1, 0.91, 0.22])


# ---- the deepest layer -------------------------------------------------------------------------------


def test_the_deepest_layer_is_before_the_classes(model):
    assert deepest(model).shape == (32,)
    assert deepest(model, spatial=True).shape == (32, 4, 4)
    flat = ImageModel(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)), InputSpace(2, 2, (0.0,), (1.0,), "L", 2))
    assert deepest(flat.eval()).name == "0"
    with pytest.raises(InvalidInputError, match="rows and columns"):
        deepest(flat, spatial=True)


# ---- class activation maps ---------------------------------------------------------------------------


def expected_map(model, picture, layer, method):
    """By the formulas of the papers, from one gradient."""
    picture = picture[None].clone().requires_grad_()
    seen = activations(model, picture, [layer, "logits"])
    a, logits = seen[layer], seen["logits"]
    (g,) = torch.autograd.grad(logits[0, logits.argmax()], a)
    a = a.detach()
    if method == "grad-cam":
        found = (g.mean((2, 3), keepdim=True) * a).sum(1)
    elif method == "layer-cam":
        found = (g.relu() * a).sum(1)
    elif method == "hires-cam":
        found = (g * a).sum(1)
    else:  # Grad-CAM++, equation 19 position by position
        weights = torch.zeros(a.shape[1])
        for k in range(a.shape[1]):
            for i in range(a.shape[2]):
                for j in range(a.shape[3]):
                    d = g[0, k, i, j]
                    if d > 0:
                        weights[k] += d * d**2 / (2 * d**2 + a[0, k].sum() * d**3)
        found = torch.einsum("k,nkhw->nhw", weights, a)
    return heat_maps.normalise(heat_maps.to_size(found.relu(), picture.shape[2:]))[0]


@pytest.mark.parametrize("method", ["grad-cam", "grad-cam++", "layer-cam", "hires-cam"])
@pytest.mark.parametrize("layer", [None, "5"])
def test_maps_are_those_of_the_formulas(model, pictures, method, layer):
    pytest.importorskip("torchcam")
    found = cam.class_activation_maps(model, pictures[:3], method, layer)
    name = layer or deepest(model, spatial=True).name
    for picture, shown in zip(pictures[:3], found, strict=True):
        expected = expected_map(model, picture, name, method)
        assert (shown - expected).abs().max() < 1e-4


@pytest.mark.parametrize("method", cam.METHODS)
def test_every_method_gives_maps_as_large_as_the_pictures_and_leaves_nothing_behind(model, method):
    pytest.importorskip("torchcam")
    wide = torch.rand((2, 1, 20, 28), generator=seeded())
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()]
    found = cam.class_activation_maps(model, wide, method, generator=seeded(3))
    assert found.shape == (2, 20, 28)
    assert found.amin((1, 2)).tolist() == [0, 0]
    assert found.amax((1, 2)).tolist() == pytest.approx([1, 1])
    assert hooks == [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()]
    again = cam.class_activation_maps(model, wide, method, generator=seeded(3))
    assert torch.equal(found, again)
    if method != "smooth-grad-cam++":  # whose noise depends on what was drawn before
        alone = cam.class_activation_maps(model, wide[:1], method, generator=seeded(3))
        assert torch.allclose(found[:1], alone, atol=1e-5)


def test_maps_depend_on_the_class_but_for_the_random_ones(model, pictures):
    pytest.importorskip("torchcam")
    for method in cam.METHODS:
        one, two = (
            cam.class_activation_maps(
                model, pictures[:1], method, classes=torch.tensor([c]), generator=seeded(1)
            )
            for c in (3, 8)
        )
        assert torch.equal(one, two) == (method == "random-cam"), method


def test_each_picture_has_a_class_of_its_own(model, pictures):
    pytest.importorskip("torchcam")
    classes = torch.tensor([3, 8])
    both = cam.class_activation_maps(model, pictures[:2], classes=classes)
    for i in range(2):
        alone = cam.class_activation_maps(model, pictures[i : i + 1], classes=classes[i : i + 1])
        assert torch.equal(both[i], alone[0])


def test_little_noise_smooths_nothing(model, pictures, monkeypatch):
    pytest.importorskip("torchcam")
    monkeypatch.setattr(cam, "NOISE", 1e-6)
    smooth = cam.class_activation_maps(model, pictures, "smooth-grad-cam++", "5", generator=seeded())
    plain = cam.class_activation_maps(model, pictures, "grad-cam++", "5")
    assert (smooth - plain).abs().max() < 1e-2
    monkeypatch.setattr(cam, "NOISE", 0.3)
    noisy = cam.class_activation_maps(model, pictures, "smooth-grad-cam++", "5", generator=seeded())
    assert (noisy - plain).abs().max() > 0.1


def test_smooth_maps_weigh_the_activations_of_the_picture_itself(model, pictures):
    pytest.importorskip("torchcam")
    picture, draw, gradients = pictures[:1], seeded(4), []
    chosen = int(model(picture).argmax())
    for _ in range(cam.SAMPLES):
        noisy = picture + cam.NOISE * torch.randn(picture.shape, generator=draw)
        seen = activations(model, noisy.requires_grad_(), ["5", "logits"])
        gradients += torch.autograd.grad(seen["logits"][0, chosen], seen["5"])
    a = activations(model, picture, ["5"])["5"].detach()
    g, square, cube = (torch.stack(gradients).pow(power).mean(0) for power in (1, 2, 3))
    below = 2 * square + a.sum((2, 3), keepdim=True) * cube
    alpha = torch.where(below != 0, square / below, 0.0)
    expected = torch.einsum("nk,nkhw->nhw", (alpha * g.relu()).sum((2, 3)), a).relu()
    expected = heat_maps.normalise(heat_maps.to_size(expected, (16, 16)))
    found = cam.class_activation_maps(model, picture, "smooth-grad-cam++", "5", generator=seeded(4))
    assert (found - expected).abs().max() < 1e-4


def test_zero_gradients_give_maps_of_zeros(pictures):
    pytest.importorskip("torchcam")
    model = prepare(digits_model())
    with torch.no_grad():
        model.module[-1].weight.zero_()
    for method in cam.METHODS:
        found = cam.class_activation_maps(model, pictures[:1], method, generator=seeded())
        assert bool(((found >= 0) & (found <= 1)).all()), method
        if method not in ("random-cam", "score-cam"):  # which take no gradient
            assert not found.any(), method
            assert heat_maps.is_constant(found).all()


def test_bad_input_is_refused(model, pictures):
    maps = cam.class_activation_maps
    with pytest.raises(UnknownNameError, match="grad-cam"):
        maps(model, pictures, "gradcam")
    with pytest.raises(InvalidInputError, match="generator"):
        maps(model, pictures, "random-cam")
    with pytest.raises(InvalidInputError, match="training mode"):
        maps(prepare(model).train(), pictures)
    with pytest.raises(InvalidInputError, match="values from"):
        maps(model, pictures * 2)
    with pytest.raises(UnknownNameError):
        maps(model, pictures, layer="nothing")
    for layer in ("logits", "5#0", deepest(model).name):
        with pytest.raises(InvalidInputError, match="layer"):
            maps(model, pictures, layer=layer)
    with pytest.raises(InvalidInputError, match="folded"):
        maps(model, pictures, layer="0")


def test_classes_that_are_not_there_are_refused(model, pictures):
    pytest.importorskip("torchcam")
    for wrong in (10, -1):
        with pytest.raises(InvalidInputError, match="from 0 to 9"):
            cam.class_activation_maps(model, pictures[:1], classes=torch.tensor([wrong]))


class _Beside(nn.Module):
    """A layer that the logits do not use, and one that is called twice."""

    def __init__(self):
        super().__init__()
        self.used = nn.Conv2d(1, 4, 3)
        self.unused = nn.Conv2d(1, 4, 3)
        self.twice = nn.ReLU()

    def forward(self, x):
        self.unused(x)
        return self.twice(self.twice(self.used(x))).flatten(2).mean(2)


def test_a_layer_beside_the_logits_and_one_that_is_called_twice_are_refused(pictures):
    pytest.importorskip("torchcam")
    space = InputSpace(16, 16, (0.0,), (1.0,), "L", 16)
    beside = ImageModel(_Beside(), space).eval()
    with pytest.raises(InvalidInputError, match="does not depend"):
        cam.class_activation_maps(beside, pictures[:1], layer="unused")
    with pytest.raises(InvalidInputError, match="called 2 times"):
        cam.class_activation_maps(beside, pictures[:1], layer="twice")


def test_without_torchcam_the_error_says_how_to_get_it(model, pictures, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(cam, "import_module", missing)
    with pytest.raises(MissingDependencyError, match="pip install --no-deps torchcam"):
        cam.class_activation_maps(model, pictures)


# ---- measures ----------------------------------------------------------------------------------------


def test_drop_increase_and_coherency_by_hand():
    whole, masked = torch.tensor([0.8, 0.5, 0.5, 0.0]), torch.tensor([0.2, 0.5, 0.75, 0.0])
    assert metrics.drop(whole, masked).tolist() == pytest.approx([0.75, 0, 0, 0])
    assert metrics.increase(whole, masked).tolist() == [0, 0, 1, 0]
    maps = torch.rand((2, 4, 4), generator=seeded())
    assert metrics.coherency(maps, torch.stack([maps[0], -maps[1]])).tolist() == pytest.approx([1, 0])
    assert metrics.coherency(torch.zeros(1, 4, 4), maps[:1]).isnan().all()


class _Mean(nn.Module):
    """Two classes: the logit of the second is the mean of the picture, times 4."""

    def forward(self, x):
        return torch.stack([torch.zeros(len(x)), 4 * x.flatten(1).mean(1)], dim=1)


def test_insertion_and_deletion_by_hand():
    space = InputSpace(2, 2, (0.0,), (1.0,), "L", 2)
    toy = ImageModel(_Mean(), space).eval()
    picture = torch.tensor([[[[1.0, 0.0], [0.5, 0.25]]]])
    maps = torch.tensor([[[0.9, 0.1], [0.9, 0.5]]])  # the first goes before the third, which is equal
    below = heat_maps.gaussian_blur(picture, 3, 1.0).flatten()
    found = metrics.insertion_and_deletion(toy, picture, maps, torch.tensor([1]), 4, (3, 1.0), batch=3)
    over = picture.flatten()
    inserted, deleted = [], []
    for count in range(5):
        first = [0, 2, 3, 1][:count]
        for into, (a, b) in ((inserted, (over, below)), (deleted, (below, over))):
            mean = sum((a if k in first else b)[k].item() for k in range(4)) / 4
            into.append(1 / (1 + math.exp(-4 * mean)))
    assert found.fractions.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.insertion[0].tolist() == pytest.approx(inserted, abs=1e-6)
    assert found.deletion[0].tolist() == pytest.approx(deleted, abs=1e-6)
    area = sum((x + y) / 8 for x, y in itertools.pairwise(inserted))
    assert found.areas()[0].item() == pytest.approx(area, abs=1e-6)


def test_insertion_begins_where_deletion_ends(model, pictures):
    maps = torch.rand((6, 16, 16), generator=seeded())
    classes = torch.arange(6)
    for steps in (1, 7, 256, 300):
        found = metrics.insertion_and_deletion(model, pictures, maps, classes, steps)
        assert found.fractions[0] == 0
        assert found.fractions[-1] == 1
        assert len(found.fractions) <= steps + 1
        whole = metrics.probabilities(model, pictures)[torch.arange(6), classes]
        assert torch.allclose(found.insertion[:, -1], whole)
        assert torch.allclose(found.deletion[:, 0], whole)
        assert torch.equal(found.insertion[:, 0], found.deletion[:, -1])


class _Given:
    """What torchcam's metrics ask of an extractor, with maps that are given."""

    def __init__(self, model, maps):
        self.model, self.maps = model, maps

    def __call__(self, class_idx=None, scores=None, **more):
        return [self.maps]

    def fuse_cams(self, cams):
        return cams[0]

    def _hooks_off(self):
        return nullcontext()


def test_measures_are_those_of_torchcam(model):
    theirs = pytest.importorskip("torchcam.metrics")
    held_out = digits()[2][:24]
    maps = heat_maps.normalise(torch.rand((24, 16, 16), generator=seeded()) + held_out[:, 0])
    softmax = lambda x: x.softmax(1)  # noqa: E731
    given = _Given(model, maps)
    first = theirs.ClassificationMetric(given, softmax)
    second = theirs.DeletionInsertionMetric(
        given, softmax, steps=30, baseline=lambda x: heat_maps.gaussian_blur(x, 11, 5.0)
    )
    classes = torch.arange(24) % 10
    first.update(held_out, classes.tolist())
    second.update(held_out, classes.tolist())
    expected = first.summary() | second.summary()
    found = metrics.evaluate(model, held_out, classes, lambda x, c: maps, steps=30)
    names = {"drop": "avg_drop", "increase": "conf_increase"}
    names |= {"insertion": "insertion_auc", "deletion": "deletion_auc"}
    for ours, name in names.items():
        assert found[ours].mean().item() == pytest.approx(expected[name], abs=1e-5), ours
    assert 0 < expected["conf_increase"] < 1


def test_a_map_of_the_digit_beats_its_opposite(model):
    """All four measures of faithfulness can tell a map from its opposite."""
    held_out = digits()[2][:40]
    classes = metrics.probabilities(model, held_out).argmax(1)

    def bright(x, classes):
        return heat_maps.normalise(x[:, 0])

    def dark(x, classes):
        return 1 - bright(x, classes)

    good, bad = (metrics.evaluate(model, held_out, classes, f, steps=16) for f in (bright, dark))
    assert good["drop"].mean() < bad["drop"].mean()
    assert good["increase"].mean() > bad["increase"].mean()
    assert good["insertion"].mean() > bad["insertion"].mean()
    assert good["deletion"].mean() < bad["deletion"].mean()
    maps = bright(held_out, classes)
    expected = metrics.coherency(maps, bright(metrics.keep(held_out, maps), classes))
    assert torch.equal(good["coherency"], expected)
    assert 0.9 < expected.mean() < 0.999


def test_measures_of_constant_maps_are_defined_but_for_coherency(model, pictures):
    classes = torch.zeros(6, dtype=torch.int64)
    found = metrics.evaluate(model, pictures, classes, lambda x, c: torch.zeros(len(x), 16, 16), steps=4)
    assert found["coherency"].isnan().all()
    assert not any(found[name].isnan().any() for name in metrics.METRICS if name != "coherency")
    assert metrics.bootstrap(found["coherency"], seeded()).count == 0


def test_measures_of_pictures_that_are_not_square(model):
    """Those of a picture and its map turned by 90 degrees, for a network that does not see the difference."""

    class Mean(nn.Module):
        def forward(self, x):
            mean = x.mean((1, 2, 3))
            return torch.stack([4 * mean, 2 - mean], 1)

    net = ImageModel(Mean(), InputSpace(12, 20, (0.0,), (1.0,), "L", 20)).eval()
    wide, maps = torch.rand((2, 3, 1, 12, 20), generator=seeded(2))
    maps, classes = maps[:, 0], torch.tensor([0, 1, 0])
    found, turned = (
        metrics.evaluate(net, x, classes, lambda x, c: x[:, 0], m, steps=30)
        for x, m in ((wide, maps), (wide.mT, maps.mT))
    )
    for name in metrics.METRICS:
        assert found[name].tolist() == pytest.approx(turned[name].tolist(), abs=1e-6), name
    with pytest.raises(InvalidInputError, match="maps"):
        metrics.evaluate(net, wide, classes, lambda x, c: x[:, 0], maps.mT)


def test_measures_refuse_bad_input(model, pictures):
    classes = torch.zeros(6, dtype=torch.int64)
    for explain in (
        lambda x, c: torch.zeros(len(x), 15, 16),
        lambda x, c: torch.full((len(x), 16, 16), 2.0),
        lambda x, c: torch.full((len(x), 16, 16), math.nan),
    ):
        with pytest.raises(InvalidInputError, match="maps"):
            metrics.evaluate(model, pictures, classes, explain)
    with pytest.raises(InvalidInputError, match="training mode"):
        metrics.evaluate(prepare(model).train(), pictures, classes, lambda x, c: x[:, 0])
    maps = torch.zeros(6, 16, 16)
    with pytest.raises(InvalidInputError, match="training mode"):
        metrics.insertion_and_deletion(prepare(model).train(), pictures, maps, classes)
    with pytest.raises(InvalidInputError, match="at least one"):
        metrics.insertion_and_deletion(model, pictures, maps, classes, 0)
    with pytest.raises(InvalidInputError, match="kernel"):
        metrics.insertion_and_deletion(model, pictures, maps, classes, 4, (51, 10.0))
    with pytest.raises(InvalidInputError, match="maps"):
        metrics.insertion_and_deletion(model, pictures, maps[:5], classes, 4)


def test_bootstrap_covers_the_mean_as_often_as_it_says():
    draw, hits = seeded(5), 0
    for _ in range(300):
        found = metrics.bootstrap(torch.randn(40, generator=draw) + 1, draw, 0.9, 400)
        assert found.low <= found.value <= found.high
        hits += found.low <= 1 <= found.high
    assert 0.83 <= hits / 300 <= 0.95
    one = metrics.bootstrap(torch.tensor([2.0, math.nan]), draw)
    assert (one.value, one.low, one.high, one.count) == (2, 2, 2, 1)
    for level, resamples in ((1.0, 10), (0.9, 0)):
        with pytest.raises(InvalidInputError):
            metrics.bootstrap(torch.ones(3), draw, level, resamples)


# ---- a real network ----------------------------------------------------------------------------------


def test_grad_cam_on_photographs_keeps_more_of_the_class_than_random_weights():
    pytest.importorskip("torchcam")
    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/heldout")
    try:
        net = prepare(load_model("efficientnet-lite0"))
    except MissingDependencyError as missing:
        pytest.skip(str(missing))
    shown = read_folder(folder, net.space, 1).pictures()[:4]
    classes = metrics.probabilities(net, shown).argmax(1)
    dropped = {}
    for method in ("grad-cam", "random-cam"):

        def explain(x, c, method=method):
            return cam.class_activation_maps(net, x, method, classes=c, generator=seeded())

        dropped[method] = metrics.evaluate(net, shown, classes, explain, steps=2)["drop"].mean()
    assert dropped["grad-cam"] < dropped["random-cam"]
