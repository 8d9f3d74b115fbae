"""Parameterizations of pictures: what holds of every one that is found, and what each says of itself."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from digits_network import SIZE, digits_model  # noqa: E402
from fvtheory.cli import _parser  # noqa: E402
from fvtheory.commands import completion  # noqa: E402
from fvtheory.commands.parameterization_options import add_own_options, own_options  # noqa: E402
from fvtheory.empirical import parameterizations  # noqa: E402
from fvtheory.empirical.feature_visualization import visualize  # noqa: E402
from fvtheory.empirical.image_model import InputSpace  # noqa: E402
from fvtheory.empirical.models import taef2  # noqa: E402
from fvtheory.empirical.objectives import logit, observe  # noqa: E402
from fvtheory.empirical.parameterizations import (  # noqa: E402
    KINDS,
    Fourier,
    Learned,
    Pixels,
    encoded,
    get_parameterization,
    noise_latent,
)
from fvtheory.empirical.parameterizations.base import colour_matrix, separate_colours  # noqa: E402
from fvtheory.empirical.parameterizations.maco import Maco, photographed  # noqa: E402
from fvtheory.empirical.pictures import read_picture, to_png  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.errors import InvalidInputError, UnknownNameError  # noqa: E402

SHAPES = [(2, 3, 16, 16), (2, 3, 13, 18), (3, 3, 14, 15), (2, 1, 16, 17)]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> dict[str, object]:
    """Options without which a parameterization cannot be built: weights of a prior, random ones."""
    folder = tmp_path_factory.mktemp("taef2")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(taef2.encoder().state_dict(), folder / "taef2_encoder.pth")
        torch.save(taef2.decoder().state_dict(), folder / "taef2_decoder.pth")
    return {"prior": folder}


@pytest.fixture
def build(weights):
    """(name, shape, seed, ...) -> pictures of a kind; a kind that takes three channels only is skipped for one."""

    def make(name: str, shape, seed: int = 0, device: str = "cpu", start=None):
        kind = KINDS[name]
        own = {o: v for o, v in weights.items() if f"--{o}" in kind.options}
        try:
            return kind.build(shape, generator(seed), device, start, **own)
        except InvalidInputError as error:
            if shape[1] == 3 or "three channels" not in error.required:
                raise
            pytest.skip(f"{name} takes three channels only")

    return make


# ---- every one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", KINDS)
def test_pictures_are_pictures_whatever_the_parameters(build, name, shape):
    n, depth, height, width = shape
    space = InputSpace(height, width, (0.5,) * depth, (0.5,) * depth, "RGB" if depth == 3 else "L")
    made = build(name, shape)
    for factor in (1, 1e4):
        with torch.no_grad():
            for values in made.parameters:
                values.mul_(factor)
        pictures = made.pictures()
        assert pictures.shape == shape
        space.check(pictures.detach())
        assert bool((pictures.detach().flatten(1).std(1) > 0).all())
    for values in made.parameters:
        assert values.is_leaf
        assert values.requires_grad
        assert values.dtype == torch.float32
        assert len(values) == n


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", KINDS)
def test_the_gradient_of_a_picture_reaches_its_parameters_and_no_others(build, name, shape):
    made = build(name, shape)
    (made.pictures()[0] * torch.randn(shape[1:], generator=generator(1))).sum().backward()
    for values in made.parameters:
        assert float((values.grad[0] != 0).float().mean()) > 0.8, "a few coefficients have no imaginary part"
        assert not values.grad[1:].any()


@pytest.mark.parametrize("name", KINDS)
def test_the_seed_decides(build, name):
    shape = SHAPES[0]
    one, two, other = (build(name, shape, seed).pictures().detach() for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert not torch.equal(one[0], one[1])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", KINDS)
def test_a_start_is_returned_as_it_was_given_or_refused(build, weights, name, shape):
    start = torch.rand(shape, generator=generator()) * 0.9 + 0.05
    try:
        made = build(name, shape, start=start)
    except InvalidInputError:
        with pytest.raises(InvalidInputError, match="a start"):
            build(name, shape, start=start)
        return
    expected = start
    if isinstance(made, Learned):  # what its autoencoder makes of it
        encoder, decoder = taef2.load_taef2(weights["prior"])
        expected = decoder(encoder(start)).detach()
        if expected.shape != shape:
            expected = functional.interpolate(expected, shape[2:], mode="bilinear")
        expected = expected.clamp(0, 1)
    else:
        extreme = build(name, shape, start=start.round()).pictures()
        assert (extreme - start.round()).abs().max() < 1 / 256
    assert (made.pictures() - expected).abs().max() < 1e-4
    with pytest.raises(InvalidInputError):
        build(name, shape, start=start[:1])
    with pytest.raises(InvalidInputError):
        build(name, shape, start=start + 0.5)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", KINDS)
def test_a_few_steps_of_ascent_raise_an_objective(build, name, device):
    shape = (3, 3, 16, 16)
    made = build(name, shape, device=device)
    pattern = torch.randn(shape[1:], generator=generator(1)).to(device)
    objective = lambda: (made.pictures() * pattern).flatten(1).sum(1)  # noqa: E731
    first = objective().detach()
    assert first.device.type == device
    mover = torch.optim.Adam(made.parameters, lr=0.05)
    for _ in range(10):
        mover.zero_grad()
        (-objective().sum()).backward()
        mover.step()
    assert bool((objective() > first).all())
    assert (made.pictures() - build(name, shape).pictures().to(device)).abs().max() > 0.01, "pictures moved"


@pytest.mark.skipif("cuda" not in DEVICES, reason="no GPU here")
@pytest.mark.parametrize("name", KINDS)
def test_devices_agree(build, name):
    here, there = (build(name, SHAPES[1], device=device).pictures().detach().cpu() for device in DEVICES)
    assert (here - there).abs().max() < 1e-3


@pytest.mark.parametrize("name", KINDS)
def test_every_one_says_what_it_is(name):
    kind = get_parameterization(name)
    assert kind.summary.endswith(".")
    for flag, words in kind.options.items():
        assert flag.startswith("--")
        assert words["help"]
        assert "default" not in words, "an option that is not given says nothing of other parameterizations"


def test_they_are_listed_without_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from fvtheory.commands.parameterization_options import parameterizations_explained\n"
        "print(parameterizations_explained())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for kind in KINDS.values():
        assert f"  {kind.name} " in found.stdout
    with pytest.raises(UnknownNameError, match="maco"):
        get_parameterization("nothing")
    with pytest.raises(AttributeError):
        parameterizations.Nothing  # noqa: B018


def test_commands_offer_every_one_with_its_options():
    tree = {node.path: node for node in completion.nodes(_parser())}
    for command, flag in (
        ("visualize", "--parameterization"),
        ("sanity", "--method"),
        ("inverse-set network", "--parameterization"),
    ):
        offered = {f: option for option in tree[command].options for f in option.flags}
        assert set(KINDS) <= set(offered[flag].values)
        for kind in KINDS.values():
            for own in kind.options:
                assert offered[own].help.startswith(f"for {kind.name}: ")


def test_an_option_of_another_one_is_refused(tmp_path):
    parser = argparse.ArgumentParser()
    add_own_options(parser)
    given = parser.parse_args(["--spectrum", "photographs", "--prior", str(tmp_path)])
    model = digits_model()
    for names in ([], ["fourier"], ["maco"]):
        with pytest.raises(InvalidInputError, match="--parameterization"):
            own_options(given, names, model)
    found = own_options(given, ["maco", "pixels"], model, elsewhere=["prior"])
    assert found == {"maco": {"spectrum": str(Path("photographs").absolute())}, "pixels": {}}
    assert own_options(parser.parse_args([]), ["maco"], model) == {"maco": {"spectrum": None}}


# ---- single ones -------------------------------------------------------------------------------------


def test_fourier_moves_low_frequencies_further():
    """Equal coefficients: the amplitude falls as 1/frequency, by the definition in the paper."""
    for decay in (1, 2):
        plane = Fourier((1, 1, 32, 32), generator(), decorrelated=False, decay=decay)
        with torch.no_grad():
            plane.values.fill_(1e-3 / 16 ** (decay - 1))
        amplitude = torch.fft.rfft2(torch.logit(plane.pictures().detach().double())).abs()[0, 0]
        assert float(amplitude[0, 2] / amplitude[0, 8]) == pytest.approx(4**decay, rel=1e-2)


def test_decorrelated_colours_are_those_of_photographs():
    """A unit step of each coordinate: brightness moves pixels most, and all channels alike."""
    made = KINDS["decorrelated"].build((3, 3, 1, 1), generator())
    with torch.no_grad():
        made.values.copy_(torch.eye(3).reshape(3, 3, 1, 1))
    moved = torch.logit(made.pictures().detach())[..., 0, 0]
    sizes = moved.norm(dim=1)
    assert sizes[0] > 2 * sizes[1] > 2 * sizes[2]
    assert sizes[0] == pytest.approx(1, abs=1e-5)
    assert float(moved[0].min() / moved[0].max()) > 0.9
    assert Pixels((1, 3, 2, 2), generator()).colours is None


class Tiny(nn.Module):
    """A generator: bright where its latent is."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.interpolate(0.5 + x, scale_factor=4)


def test_a_learned_prior(weights):
    model = prepare(digits_model())
    latent = noise_latent((2, 1, 4, 4), generator(), spread=0.1)
    prior = Learned(Tiny().eval(), latent)
    assert torch.equal(prior.pictures().detach(), Tiny()(latent).clamp(0, 1))
    found = visualize(model, logit(3), prior, generator(), steps=20, transformations=None, keep=(0,))
    start = found.trajectory[0]
    assert bool((found.values > logit(3)(observe(model, ("logits",), start))).all())
    blocks = found.pictures.unflatten(2, (4, 4)).unflatten(4, (4, 4))
    assert bool((blocks.std(dim=(3, 5)) < 1e-6).all()), "every picture is one that the generator can make"
    assert Learned(Tiny().eval(), latent, (24, 20)).pictures().shape == (2, 1, 24, 20)
    assert torch.equal(encoded(nn.AvgPool2d(2), latent), functional.avg_pool2d(latent, 2))
    with pytest.raises(InvalidInputError, match="eval"):
        Learned(Tiny(), latent)
    with pytest.raises(InvalidInputError, match="pictures"):
        Learned(nn.Flatten().eval(), latent)
    with pytest.raises(InvalidInputError, match="three channels"):
        KINDS["prior"].build((1, 1, 16, 16), generator(), **weights)
    with pytest.raises(InvalidInputError, match="--prior"):
        KINDS["prior"].build((1, 3, 16, 16), generator())


def spectra(pictures: torch.Tensor) -> torch.Tensor:
    """Magnitudes of all frequencies before the sigmoid, in decorrelated colours, in double precision."""
    plane = torch.logit(pictures.detach().double())
    colours = colour_matrix(pictures.shape[1])
    return torch.fft.fft2(separate_colours(plane, None if colours is None else colours.double())).abs()


@pytest.mark.parametrize("shape", SHAPES)
def test_maco_moves_phases_and_no_magnitude(shape):
    made = Maco(shape, generator())
    before = made.pictures().detach()
    mover = torch.optim.Adam(made.parameters, lr=0.5)
    for _ in range(5):
        (made.pictures() * torch.randn(shape[1:], generator=generator(1))).sum().backward()
        mover.step()
    after = made.pictures().detach()
    assert (after - before).abs().mean() > 0.05
    for pictures in (before, after):
        found = spectra(pictures)
        assert torch.allclose(
            found[..., : shape[3] // 2 + 1],
            made.magnitude.double().expand_as(found[..., : shape[3] // 2 + 1]),
            atol=1e-4 * float(found.max()),
        )
        # by Parseval from all frequencies: mean 0, deviation 1, in every channel
        assert found[..., 0, 0].abs().max() < 1e-3
        deviation = found.square().sum((2, 3)).sqrt() / (shape[2] * shape[3])
        assert torch.allclose(deviation, torch.ones_like(deviation), atol=1e-4)
    # 1/frequency
    assert float(made.magnitude[0, 0, 1] / made.magnitude[0, 0, 4]) == pytest.approx(4, rel=1e-5)
    assert float(made.magnitude[0, 2, 0] / made.magnitude[0, 4, 0]) == pytest.approx(2, rel=1e-5)


def test_maco_takes_the_mean_magnitudes_of_photographs(tmp_path):
    pytest.importorskip("PIL.Image")
    shape = (2, 1, SIZE, SIZE)
    (tmp_path / "both" / "0").mkdir(parents=True)
    bright = torch.rand(1, 18, 18, generator=generator())
    for k, picture in enumerate((bright, bright.flip(2))):
        (tmp_path / "both" / "0" / f"{k}.png").write_bytes(to_png(picture))
    mean = photographed(tmp_path / "both", shape[1:])
    made = KINDS["maco"].build(shape, generator(), spectrum=tmp_path / "both")
    found = spectra(made.pictures())[..., : SIZE // 2 + 1]
    expected = mean.double().clone()
    expected[:, 0, 0] = 0
    assert torch.allclose(found, expected.expand_as(found), atol=1e-4 * float(found.max()))
    single = torch.zeros_like(mean)
    for k in range(2):
        folder = tmp_path / f"only-{k}" / "0"
        folder.mkdir(parents=True)
        (folder / "a.png").write_bytes((tmp_path / "both" / "0" / f"{k}.png").read_bytes())
        single += photographed(folder.parent, shape[1:]) / 2
    assert torch.allclose(single, mean, rtol=1e-4)
    picture = photographed(folder.parent, shape[1:])
    photo = (
        read_picture(folder / "a.png", InputSpace(SIZE, SIZE, (0.0,), (1.0,), "L", 19)).float()[None] / 255
    )
    inside = photo.clamp(1 / 512, 1 - 1 / 512)
    assert torch.allclose(spectra(inside)[0, ..., : SIZE // 2 + 1].float(), picture, atol=1e-3)
    with pytest.raises(InvalidInputError, match="nowhere"):
        KINDS["maco"].build(shape, generator(), spectrum=tmp_path / "nowhere")
