"""The measures of maps against those of Quantus and pytorch-grad-cam, where they have the same.

Neither is in an extra: Quantus brings OpenCV, pandas and scikit-image (300 MB), pytorch-grad-cam a torchvision that may
replace torch. ``pip install quantus`` and ``pip install --no-deps grad-cam ttach`` (with a torchvision that fits
torch, and OpenCV) run these tests; `test_measures_are_those_of_torchcam` compares four of the measures everywhere.
"""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import torch
from torch import nn

from digits_network import digits, digits_model
from fvtheory.empirical import attribution_metrics as metrics
from fvtheory.empirical import heat_maps
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.preparation import prepare


def colours():
    """A network of three channels with random weights, and pictures for it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 100, 5))
        with torch.no_grad():
            module[-1].weight *= 8
        pictures = torch.rand(6, 3, 12, 12)
    return ImageModel(module, InputSpace(12, 12, (0.5,) * 3, (0.25,) * 3)).eval(), pictures


def greys():
    return prepare(digits_model()), digits()[2][:6]


@pytest.fixture(params=[greys, colours])
def case(request):
    """(network, pictures, maps without ties, the class of each picture)."""
    model, pictures = request.param()
    maps = torch.rand(pictures.shape[0], *pictures.shape[2:], generator=torch.Generator().manual_seed(1))
    classes = metrics.probabilities(model, pictures).argmax(1)
    return model, pictures, heat_maps.normalise(maps), classes


@pytest.mark.filterwarnings("ignore")
def test_insertion_and_deletion_are_pixel_flipping_of_quantus(case):
    """With the blurred picture in place of its constant baseline the curves are equal. Its curve has no point before
    the first step, and its area counts steps in place of fractions, so points are compared."""
    quantus = pytest.importorskip("quantus", reason="pip install quantus: no comparison with it")
    model, pictures, maps, classes = case
    n, channels, height, width = pictures.shape
    steps = height * width // 8 if channels == 1 else height * width // 4
    below = heat_maps.gaussian_blur(pictures, 5, 2.0)
    ours = metrics.insertion_and_deletion(model, pictures, maps, classes, steps, (5, 2.0))

    def flipped(over, under):
        values = under.reshape(n, -1).numpy()

        def replace(arr, indices, **more):
            changed = arr.copy()
            rows = torch.arange(n)[:, None].numpy()
            changed[rows, indices] = values[rows, indices]
            return changed

        # It counts values, not pixels: those of a pixel have one place in the map, and are taken in one step.
        measure = quantus.PixelFlipping(
            features_in_step=channels * height * width // steps,
            normalise=False,
            perturb_func=replace,
            disable_warnings=True,
        )
        found = measure(
            model=model,
            x_batch=over.numpy(),
            y_batch=classes.numpy(),
            a_batch=maps[:, None].numpy(),
            softmax=True,
            device="cpu",
        )
        return torch.tensor(found, dtype=torch.float64)

    for curve, over, under in ((ours.deletion, pictures, below), (ours.insertion, below, pictures)):
        theirs = flipped(over, under)
        assert theirs.shape == (n, steps)
        assert (curve[:, 1:] - theirs).abs().max() < 1e-5
    assert (ours.deletion - ours.insertion).abs().max() > 0.05  # curves that differ


def test_drop_increase_and_coherency_are_those_of_pytorch_grad_cam(case):
    """Its drop is that of the probability itself, not divided by the probability on the whole picture."""
    words = "pip install grad-cam: no comparison with it"
    multiplied = pytest.importorskip(
        "pytorch_grad_cam.metrics.cam_mult_image", reason=words, exc_type=ImportError
    )
    arcc = pytest.importorskip("pytorch_grad_cam.metrics.arcc", reason=words, exc_type=ImportError)
    model, pictures, maps, classes = case
    maps = torch.cat([maps[:3], 1 - maps[3:] / 20])  # the latter hardly change the picture
    again = heat_maps.normalise(
        maps + 0.5 * torch.rand(maps.shape, generator=torch.Generator().manual_seed(2))
    )
    ours = metrics.evaluate(model, pictures, classes, lambda x, c: again, maps, 4, (5, 2.0))
    targets = [lambda output, c=int(c): output.softmax(0)[c] for c in classes]
    seen = maps.numpy()
    dropped = multiplied.DropInConfidence()(pictures, seen, targets, model)
    risen = multiplied.IncreaseInConfidence()(pictures, seen, targets, model)
    coherent = arcc.Coherency()(pictures, seen, targets, model, lambda **given: again.numpy())
    whole = metrics.probabilities(model, pictures)[torch.arange(len(classes)), classes]
    assert (ours["drop"] * whole).tolist() == pytest.approx(dropped.tolist(), abs=1e-6)
    assert ours["increase"].tolist() == risen.tolist()
    assert ours["coherency"].tolist() == pytest.approx(coherent.tolist(), abs=1e-5)
    assert ours["drop"].max() > 0.05
    assert pictures.shape[1] == 1 or 0 < ours["increase"].mean() < 1
