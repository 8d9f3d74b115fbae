"""Silent units: silent on what they were calibrated on, bit for bit, and loud on visualizations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from digits_network import build, digits, digits_model  # noqa: E402
from fvtheory.empirical.convolution_blocks import find_block, find_blocks  # noqa: E402
from fvtheory.empirical.image_model import ImageModel  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.empirical.silent_units import (  # noqa: E402
    SilentLayer,
    SilentUnits,
    best_directions,
    load_silent,
    silence,
    to_document,
)
from fvtheory.empirical.silent_units_experiment import natural_changes, show, unit_objective  # noqa: E402
from fvtheory.errors import InvalidInputError, UnknownNameError  # noqa: E402

LAYER = {True: "6", False: "4"}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


def silenced(norm: bool = True, ready: bool = False, **settings) -> SilentLayer:
    pictures, _, held_out, _ = digits()
    model = prepare(digits_model(norm)) if ready else digits_model(norm)
    return silence(model, LAYER[norm], held_out[400:401], pictures[:400], **settings)


# ---- blocks ------------------------------------------------------------------------------------------


def test_blocks_are_found_with_and_without_norm():
    assert [(b.conv, b.norm, b.activation) for b in find_blocks(digits_model(True))] == [
        ("0", "1", "2"),
        ("3", "4", "5"),
        ("6", "7", "8"),
    ]
    assert [(b.conv, b.norm) for b in find_blocks(digits_model(False))] == [
        ("0", None),
        ("2", None),
        ("4", None),
    ]
    folded = find_block(prepare(digits_model(True)), "6")
    assert (folded.norm, folded.directions, folded.ceiling) == ("7", 24 * 9 - 1, float("inf"))


def test_any_layer_of_a_block_names_it():
    model = digits_model(True)
    assert {find_block(model, name).conv for name in ("3", "4", "5")} == {"3"}


class Shared(nn.Module):
    """One ReLU for two blocks, a functional one, a convolution read twice, and a depthwise one."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.three, self.four = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 3, groups=4)
        self.relu, self.relu6 = nn.ReLU(), nn.ReLU6()

    def forward(self, x):
        x = self.relu(self.two(self.relu(self.one(x))))
        twice = self.three(x)
        x = functional.relu6(twice) + twice
        return self.relu6(self.four(x)).mean((2, 3))


def shared_model() -> ImageModel:
    torch.manual_seed(0)
    space = replace(digits_model(True).space)
    return ImageModel(Shared(), space, "shared").eval()


def test_only_convolutions_that_a_relu_alone_reads_are_blocks():
    blocks = find_blocks(shared_model())
    assert [(b.conv, b.ceiling, b.depthwise) for b in blocks] == [
        ("one", float("inf"), False),
        ("two", float("inf"), False),
        ("four", 6.0, True),
    ]


@pytest.mark.parametrize(
    ("layer", "error", "words"),
    [
        ("relu", InvalidInputError, "ends 2 blocks"),
        ("three", UnknownNameError, "a convolution that is followed by"),
        ("four", InvalidInputError, "depthwise"),
        ("nothing", UnknownNameError, "near"),
    ],
)
def test_layers_that_cannot_be_chosen(layer: str, error: type, words: str):
    pictures = digits()[0]
    with pytest.raises(error, match=words):
        silence(shared_model(), layer, pictures[:1], pictures[:30])


def test_a_shared_relu_is_no_obstacle():
    pictures = digits()[0]
    layer = silence(shared_model(), "one", pictures[:1], pictures[:30])
    found = natural_changes(layer, pictures[:30])
    assert (found.values, found.logits, found.fired) == (0, 0, 0)
    with torch.no_grad():
        layer.units.bias += 1e4
    assert natural_changes(layer, pictures[:30]).logits == 30, "the sum is not read by the rest"


def test_a_network_that_cannot_be_traced_is_refused():
    class Branching(nn.Module):
        def forward(self, x):
            return x.mean((2, 3)) if x.sum() > 0 else x.amax((2, 3))

    model = ImageModel(Branching(), digits_model(True).space).eval()
    with pytest.raises(InvalidInputError, match="cannot trace"):
        find_blocks(model)


# ---- filters -----------------------------------------------------------------------------------------


def test_the_direction_is_orthogonal_as_long_as_the_filter_and_the_best():
    generator = torch.Generator().manual_seed(0)
    conv = nn.Conv2d(6, 5, 3, 2, padding=1, groups=1)
    theta = torch.randn(5, 6, 3, 3, generator=generator)
    x = torch.rand(1, 6, 9, 9, generator=generator)
    best = best_directions(conv, theta, x)
    assert (best * theta).flatten(1).sum(1).abs().max() < 1e-4
    torch.testing.assert_close(best.flatten(1).norm(dim=1), theta.flatten(1).norm(dim=1))

    def answers(filters):
        return functional.conv2d(x, filters, None, 2, 1).flatten(2).sum(2)[0]

    for _ in range(50):
        other = torch.randn(5, 6, 3, 3, generator=generator)
        flat, unit = other.flatten(1), functional.normalize(theta.flatten(1), dim=1)
        flat = flat - (flat * unit).sum(1, keepdim=True) * unit
        other = (functional.normalize(flat, dim=1) * theta.flatten(1).norm(dim=1, keepdim=True)).view_as(
            theta
        )
        nearby = best + 0.1 * other
        nearby = nearby / nearby.flatten(1).norm(dim=1)[:, None, None, None]
        nearby = nearby * theta.flatten(1).norm(dim=1)[:, None, None, None]
        assert (answers(other) < answers(best)).all()
        assert (answers(nearby) <= answers(best) + 1e-4).all()


def test_a_target_that_answers_to_nothing_is_refused():
    conv, theta = nn.Conv2d(2, 3, 1), torch.rand(3, 2, 1, 1)
    with pytest.raises(InvalidInputError, match="3 filters"):
        best_directions(conv, theta, torch.zeros(1, 2, 4, 4))


def test_the_filter_has_its_norm_folded_in_so_that_its_sign_is_right():
    """With α alone the unit's pre-activation must grow where y does, even if the norm turns the filter round."""
    pictures = digits()[0]
    model = ImageModel(shared_norm(), digits_model(True).space).eval()
    layer = silence(model, "0", pictures[:1], pictures[:50], alpha=1.0, beta=1e-6)
    shown = torch.rand(20, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        x = model.normalise(shown)
        y, added = model.module[1](model.module[0](x)), layer.units.conv(x)
    for unit in range(4):
        assert torch.corrcoef(torch.stack([y[:, unit].flatten(), added[:, unit].flatten()]))[0, 1] > 0.99


def shared_norm() -> nn.Sequential:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(4)
    norm.weight.data = torch.tensor([1.0, -1.0, 0.5, -2.0])
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False), norm, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )


def test_an_identity_behind_the_norm_does_not_hide_it():
    norm = shared_norm()
    longer = nn.Sequential(norm[0], norm[1], nn.Identity(), *norm[2:])
    space, pictures = digits_model(True).space, digits()[0]
    found, plain = (
        silence(ImageModel(m, space).eval(), "0", pictures[:1], pictures[:50]) for m in (longer, norm)
    )
    assert (found.block.norm, found.block.activation) == ("1", "3")
    assert torch.equal(found.units.conv.weight, plain.units.conv.weight)


# ---- natural pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("ready", [True, False])
def test_nothing_changes_on_the_calibration_pictures_by_any_bit(norm: bool, ready: bool):
    pictures, labels, held_out, held_labels = digits()
    layer = silenced(norm, ready)
    assert layer.silent_by_construction
    found = natural_changes(layer, pictures[:400], labels[:400], batch=64)
    assert (found.pictures, found.values, found.logits, found.fired) == (400, 0, 0, 0)
    assert found.top1 is not None
    assert found.top1[0] == found.top1[1] > 0.8
    assert found.by_slack[1.0] == 0
    others = natural_changes(layer, held_out, held_labels)
    counts = list(others.by_slack.values())
    assert counts == sorted(counts, reverse=True)
    assert others.fired == others.by_slack[1.25]


def test_the_count_of_changes_can_be_other_than_none():
    pictures, labels, _, _ = digits()
    layer = silenced()
    with torch.no_grad():
        layer.units.bias += 2 * layer.peaks.abs().max()
    found = natural_changes(layer, pictures[:100], labels[:100])
    assert found.fired == found.logits == 100
    assert found.values > 0


def test_only_the_bias_max_silences():
    printed = silenced(bias="printed", beta=3.0)
    assert not printed.silent_by_construction
    pictures = digits()[0]
    assert natural_changes(printed, pictures[:400]).fired > 0
    assert silenced(bias="printed", alpha=3.0, beta=1.0).silent_by_construction, "where peaks are above 0"


def test_slack_raises_the_threshold_even_where_it_is_below_zero():
    plain, slack = silenced(slack=1.0), silenced(slack=2.0)
    assert (plain.peaks == slack.peaks).all()
    assert (slack.units.bias.flatten() < plain.units.bias.flatten()).all()
    lowest = SilentUnits(plain.units.conv, -(plain.peaks + (2 - 1) * plain.peaks.abs()))
    torch.testing.assert_close(slack.units.bias, lowest.bias)


def test_the_original_is_not_touched():
    model = digits_model(True)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    silenced()
    after = model.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[k], after[k]) for k in before)


@pytest.mark.parametrize(
    "settings",
    [{"alpha": 0.0}, {"beta": -1.0}, {"slack": 0.9}, {"bias": "none"}, {"beta": float("nan")}],
)
def test_numbers_outside_their_ranges_are_refused(settings: dict):
    with pytest.raises(InvalidInputError):
        silenced(**settings)


def test_pictures_that_are_none_are_refused():
    pictures = digits()[0]
    with pytest.raises(InvalidInputError, match="values from"):
        silence(digits_model(True), "6", 2 * pictures[:1], pictures[:30])
    with pytest.raises(InvalidInputError, match="labels"):
        natural_changes(silenced(), pictures[:10], torch.zeros(9))


# ---- visualizations ----------------------------------------------------------------------------------


def test_units_become_alike_and_are_carried_by_what_was_added():
    pictures, _, held_out, _ = digits()
    layer = silenced(ready=True, beta=3.0)
    seen = show(layer, range(4), held_out[400:401], pictures[:100], steps=100, transformations=None)
    assert seen.steered.all()
    assert not seen.after.dead.any()
    before, after = (seen.similarity[when]["features, between units"] for when in ("before", "after"))
    assert after > before + 0.15
    assert (seen.after.values > seen.before.values).all()
    again = show(layer, range(4), held_out[400:401], pictures[:100], steps=100, transformations=None)
    assert again.to_json() == seen.to_json()


def test_without_the_units_nothing_is_carried_and_nothing_becomes_alike():
    """The measurement must be able to say no."""
    pictures, _, held_out, _ = digits()
    layer = silenced(ready=True, beta=3.0)
    with torch.no_grad():
        layer.units.bias -= 1e6
    seen = show(layer, range(4), held_out[400:401], pictures[:100], steps=20, transformations=None)
    assert not seen.steered.any()
    assert seen.carried.tolist() == [0.0] * 4
    torch.testing.assert_close(seen.before.pictures, seen.after.pictures)


def test_a_dead_start_is_reported_and_counts_in_no_cosine():
    pictures, _, held_out, _ = digits()
    layer = silenced(ready=True)
    seen = show(
        layer, range(8), held_out[400:401], pictures[:100], steps=3, transformations=None, after_relu=True
    )
    dead = [u for u, d in zip(seen.units, seen.before.dead.tolist(), strict=True) if d]
    assert dead == [1], "unit 1 is at 0 everywhere on grey"
    kept = seen.before.pictures[~seen.before.dead]
    rows = functional.normalize((kept - kept.mean((2, 3), keepdim=True)).flatten(1).double(), dim=1)
    pairs = [float(rows[i] @ rows[j]) for i in range(7) for j in range(7) if i != j]
    assert seen.similarity["before"]["pixels, between units"] == pytest.approx(sum(pairs) / 42, abs=1e-6)
    alive = show(
        layer, [0, 2], held_out[400:401], pictures[:100], steps=3, transformations=None, after_relu=True
    )
    assert not alive.before.dead.any()
    with pytest.raises(InvalidInputError, match="two different"):
        show(layer, [1], held_out[400:401], pictures[:100])


def test_the_objective_behind_the_relu_is_the_layer_itself():
    from fvtheory.empirical.activations import activations

    layer = silenced(ready=True)
    held_out = digits()[2][:5]
    for index in (0, 3):
        objective = unit_objective(layer, index, True, after_relu=True)
        value = objective(activations(layer.model, held_out, objective.layers))
        direct = activations(layer.model, held_out, [layer.name])[layer.name][:, index].mean((1, 2))
        torch.testing.assert_close(value, direct)


# ---- files -------------------------------------------------------------------------------------------


def test_a_file_brings_the_network_back(tmp_path: Path):
    layer = silenced()
    torch.save(to_document(layer), tmp_path / "silent.pt")
    again = load_silent(digits_model(True), tmp_path / "silent.pt")
    shown = torch.rand(8, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again.model(shown), layer.model(shown))
    assert (again.alpha, again.beta, again.slack) == (layer.alpha, layer.beta, layer.slack)
    with pytest.raises(InvalidInputError, match="made for"):
        load_silent(digits_model(False), tmp_path / "silent.pt")
    (tmp_path / "other.pt").write_bytes(b"no")
    with pytest.raises(InvalidInputError):
        load_silent(digits_model(True), tmp_path / "other.pt")
    bad = {**to_document(layer), "bias": torch.full_like(layer.peaks, float("nan"))}
    torch.save(bad, tmp_path / "nan.pt")
    with pytest.raises(InvalidInputError, match="not finite"):
        load_silent(digits_model(True), tmp_path / "nan.pt")


def test_a_file_is_for_the_network_and_the_size_that_it_was_made_with(tmp_path: Path):
    file = tmp_path / "silent.pt"
    document = to_document(silenced())
    torch.save(document, file)
    space = digits_model(True).space
    with torch.random.fork_rng():
        torch.manual_seed(3)
        other = ImageModel(build(True), space, "digits").eval()
    larger = replace(space, height=20, width=20, short_side=20)
    resized = ImageModel(digits_model(True).module, larger, "digits").eval()
    for model, words in (
        (other, "or other weights"),
        (resized, "pictures of 16x16 pixels, and digits for 20x20"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            load_silent(model, file)
    assert load_silent(prepare(digits_model(True)), file).silent_by_construction
    torch.save({**document, "size": [20, 20]}, file)
    with pytest.raises(InvalidInputError, match="made for pictures of 20x20 pixels"):
        load_silent(digits_model(True), file)
    torch.save({k: v for k, v in document.items() if k not in ("grey", "peaks")}, file)
    with pytest.raises(InvalidInputError, match="without grey, peaks"):
        load_silent(digits_model(True), file)


# ---- a real network ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layer"), [("squeezenet", "fire9.expand3x3"), ("efficientnet-lite0", "_blocks.13._expand_conv")]
)
def test_on_a_real_network(name: str, layer: str):
    from fvtheory.empirical.models import load_model
    from fvtheory.empirical.pictures import data_folder, read_folder
    from fvtheory.errors import MissingDependencyError

    folder = data_folder("imagenette/train")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/train")
    try:
        model = load_model(name)
    except MissingDependencyError as error:
        pytest.skip(str(error))
    model = prepare(
        ImageModel(model.module, replace(model.space, height=96, width=96, short_side=110), name).eval()
    )
    photos = read_folder(folder, model.space, per_class=2)
    done = silence(model, layer, photos.pictures(slice(0, 1)), photos.pictures(), alpha=4.0, beta=2.0)
    found = natural_changes(done, photos.pictures(), photos.labels)
    assert (found.values, found.logits, found.fired) == (0, 0, 0)
    assert found.top1 is not None
    assert found.top1[0] == found.top1[1]
