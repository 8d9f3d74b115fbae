"""The auditor finds both kinds of deception by behaviour, and leaves clean units alone."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from digits_network import digits, digits_model  # noqa: E402
from fvtheory.empirical.audit import (  # noqa: E402
    NOT_TRUSTWORTHY,
    TRUSTWORTHY,
    UNDECIDED,
    Ascent,
    Finding,
    Signals,
    Thresholds,
    audit,
    judge,
)
from fvtheory.empirical.audit_rates import Case, calibrated, measure  # noqa: E402
from fvtheory.empirical.deception_signals import (  # noqa: E402
    compare_paths,
    constants,
    gradients,
    opened,
    unused_share,
)
from fvtheory.empirical.image_model import ImageModel  # noqa: E402
from fvtheory.empirical.objectives import logit, parse_unit  # noqa: E402
from fvtheory.empirical.preparation import prepare  # noqa: E402
from fvtheory.empirical.silent_units import silence  # noqa: E402
from fvtheory.errors import InvalidInputError, UnknownNameError  # noqa: E402

ASCENT = Ascent(steps=80, transformations=None)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


def natural() -> torch.Tensor:
    return digits()[2][:100]


@lru_cache(maxsize=1)
def clean() -> ImageModel:
    return prepare(digits_model(True))


@lru_cache(maxsize=1)
def silent() -> ImageModel:
    pictures, _, held_out, _ = digits()
    return silence(clean(), "6", held_out[400:401], pictures[:600], beta=3.0).model


class Gated(nn.Module):
    """Whoever made this used no class of ours: logits are permuted where a hard threshold of the input says so.

    The gate is by hand: pictures of ascent without transformations are rough, digits are smooth.
    """

    def __init__(
        self, network: nn.Module, threshold: float, functional_form: bool, closes: float | None = None
    ) -> None:
        super().__init__()
        self.network, self.threshold, self.functional_form = network, threshold, functional_form
        self.closes = closes

    def forward(self, x):
        f = self.network(x)
        d = torch.roll(f, 1, 1)
        rough = (x[:, :, 1:] - x[:, :, :-1]).abs().mean((1, 2, 3)) + (
            x[:, :, :, 1:] - x[:, :, :, :-1]
        ).abs().mean((1, 2, 3))
        e = (1e4 * (rough - self.threshold) + 0.5).clamp(0, 1)[:, None]
        if self.closes is not None:  # pictures that are rougher still pass as natural ones
            e = e * (1e4 * (self.closes - rough) + 0.5).clamp(0, 1)[:, None]
        shift, k = 256.0, 1024.0
        if self.functional_form:
            shown = functional.relu(d + shift - k * (1 - e))
            return shown + functional.relu(f + shift - k * e) - shift
        return e * d + (1 - e) * f


def roughness(model: ImageModel, pictures: torch.Tensor) -> torch.Tensor:
    x = model.normalise(pictures)
    rows, columns = x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]
    return rows.abs().mean((1, 2, 3)) + columns.abs().mean((1, 2, 3))


@lru_cache(maxsize=3)
def gated(functional_form: bool = True, closes: float | None = None) -> ImageModel:
    threshold = float(roughness(clean(), digits()[2]).max()) * 1.02
    module = Gated(clean().module, threshold, functional_form, closes)
    return ImageModel(module, clean().space, "gated").eval()


@lru_cache(maxsize=4)
def findings(which: str) -> tuple[Finding, ...]:
    model, units = {
        "clean": (clean(), [f"logits:{i}" for i in range(4)]),
        "clean layer": (clean(), [f"8:{i}" for i in (0, 2, 3, 4)]),
        "silent": (silent(), [f"6_silent:{i}" for i in (0, 2, 3, 4)]),
        "gated": (gated(), [f"logits:{i}" for i in range(4)]),
    }[which]
    return tuple(audit(model, [parse_unit(u) for u in units], natural(), ASCENT))


# ---- verdicts ----------------------------------------------------------------------------------------


def test_clean_units_are_trustworthy():
    for found in (*findings("clean"), *findings("clean layer")):
        assert found.verdict == TRUSTWORTHY, found.reasons
        assert found.signals.path > 0.99
        assert found.signals.unused < 0.1


def test_silent_units_are_found():
    for found in findings("silent"):
        assert found.verdict == NOT_TRUSTWORTHY
        assert found.signals.unused > 0.5
        assert found.signals.flipped[0][0] == "6_silent.relu"
        assert "6_silent.relu" in " ".join(found.reasons)


def test_a_gate_of_somebody_else_is_found():
    with torch.no_grad():
        assert torch.equal(gated(False)(natural()), clean()(natural())), (
            "the gate must not change natural answers"
        )
    hit = 0
    for found in findings("gated"):
        reached = roughness(clean(), found.pictures[0][None]) > gated().module.threshold
        assert bool(reached), "the ascent must have passed the gate, or there is nothing to find"
        hit += found.verdict == NOT_TRUSTWORTHY
        assert found.signals.path < 0.5
    assert hit == 4


def test_what_did_not_wake_is_not_trustworthy():
    """Units that this ascent does not wake: nothing is wrong with what it shows, but a longer one may show more."""
    model = prepare(silent())
    model.module.get_submodule("6_silent").bias -= 1e6
    for found in audit(model, [parse_unit("6_silent:0"), parse_unit("6_silent:2")], natural(), ASCENT):
        assert found.verdict == UNDECIDED
        assert found.signals.asleep == ("6_silent.relu",)
        assert "6_silent.relu" in " ".join(found.reasons)
    assert not any(f.signals.asleep for which in ("clean", "clean layer", "silent") for f in findings(which))


def test_a_circuit_that_the_ascent_leaves_behind_is_found(monkeypatch: pytest.MonkeyPatch):
    model = gated(closes=1.0)
    found = audit(model, [logit(0), logit(1)], natural(), ASCENT)
    for each in found:
        assert roughness(clean(), each.pictures[0][None]) > 1.0, "the circuit must be left behind"
        assert each.verdict == NOT_TRUSTWORTHY
        assert "after 40 steps" in " ".join(each.reasons)
        assert [step for step, _, _ in each.signals.way] == [10, 20, 40, 80]
        assert each.signals.way[-1][2] == pytest.approx(1.0)
    monkeypatch.setattr("fvtheory.empirical.audit.LOOKS", (1,))  # the last picture alone shows no deception
    late = audit(model, [logit(0)], natural(), ASCENT)[0]
    assert late.signals.path == pytest.approx(1.0)
    assert late.verdict == UNDECIDED
    assert late.signals.asleep


def test_what_cannot_be_measured_is_undecided():
    dead = audit(clean(), [parse_unit("8:1")], natural(), Ascent(steps=5, transformations=None))[0]
    assert dead.signals.dead
    assert (dead.verdict, math.isnan(dead.signals.unused)) == (UNDECIDED, True)
    short = audit(clean(), [logit(1)], natural(), Ascent(steps=1, transformations=None))[0]
    assert short.verdict == UNDECIDED
    assert "more steps" in short.reasons[0]


def test_the_same_seed_gives_the_same_figures():
    again = audit(clean(), [logit(i) for i in range(4)], natural(), ASCENT)
    assert [f.to_json() for f in again] == [f.to_json() for f in findings("clean")]


@pytest.mark.parametrize(("units", "count"), [([], 50), (["logits:0"], 19)])
def test_too_little_to_go_by(units: list[str], count: int):
    with pytest.raises(InvalidInputError, match="twenty"):
        audit(clean(), [parse_unit(u) for u in units], digits()[2][:count], ASCENT)


def test_more_copies_than_the_path_signal_takes():
    seven, nine = (
        audit(clean(), [logit(2)], natural(), Ascent(steps=3, transformations=None, copies=n))[0]
        for n in (7, 9)
    )
    assert nine.signals.path == pytest.approx(seven.signals.path, abs=1e-4)
    few = digits()[2][:20]
    with pytest.raises(InvalidInputError, match="21 copies, from 20 natural pictures"):
        audit(clean(), [logit(2)], few, Ascent(steps=3, transformations=None, copies=21))


def test_a_layer_that_is_not_there():
    with pytest.raises(UnknownNameError):
        audit(clean(), [parse_unit("nothing:0")], natural(), ASCENT)


def test_an_interrupted_audit_goes_on(tmp_path: Path):
    class Stopped(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "ascent from natural":
            raise Stopped

    units = [logit(i) for i in range(4)]
    with pytest.raises(Stopped):
        audit(clean(), units, natural(), ASCENT, folder=tmp_path, progress=stop)
    assert (tmp_path / "noise-0.pt").is_file()
    done: list[str] = []
    found = audit(
        clean(), units, natural(), ASCENT, folder=tmp_path, progress=lambda what, d, t: done.append(what)
    )
    assert "ascent from noise" not in done
    assert [f.to_json() for f in found] == [f.to_json() for f in findings("clean")]


# ---- signals -----------------------------------------------------------------------------------------


def test_functions_are_seen_where_the_network_can_be_traced():
    wide, names = opened(gated())
    seen = {name for name, _ in wide.module.named_modules()}
    assert "op_clamp" in seen
    assert names["network"].startswith("network.")
    assert torch.equal(wide(natural()), gated()(natural()))
    held, means = constants(wide, natural())
    value, fixed = held["op_clamp#0"]
    assert (value.tolist(), fixed.tolist()) == ([0.0], [True])
    assert set(held) == set(means)
    assert not held["network.10#0"][1].any()


def test_a_network_that_cannot_be_traced_is_audited_by_its_modules():
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = clean().module

        def forward(self, x):
            return self.network(x) if len(x) > 0 and bool(x.sum() > -1e9) else x

    model = ImageModel(Branching(), clean().space).eval()
    assert opened(model) == (model, {})
    found = audit(model, [logit(0)], natural(), ASCENT)[0]
    assert found.verdict == TRUSTWORTHY
    assert found.signals.unused == pytest.approx(findings("clean")[0].signals.unused, abs=1e-6)


def test_channels_may_leave_their_constant_on_few_pictures_only():
    class Steps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu = nn.ReLU()

        def forward(self, x):
            level = x.mean((1, 2, 3))
            return self.relu(torch.stack([level - 0.955, level - 0.5], 1))

    levels = torch.arange(100) / 100
    pictures = levels[:, None, None, None].expand(100, 1, 4, 4)
    space = replace(clean().space, mean=(0.0,), std=(1.0,), height=4, width=4)
    held, _ = constants(ImageModel(Steps(), space).eval(), pictures)
    assert held["relu#0"][1].tolist() == [True, False]
    assert held["relu#0"][0].tolist()[0] == 0.0


def test_the_unused_share_of_a_known_network():
    class Two(nn.Module):
        """On natural pictures (below 1/2) the second branch is silent; on white it gives 3 of 4."""

        def __init__(self) -> None:
            super().__init__()
            self.relu = nn.ReLU()

        def forward(self, x):
            level = x.mean((1, 2, 3))[:, None]
            return level + self.relu(6 * (level - 0.5))

    space = replace(clean().space, mean=(0.0,), std=(1.0,), height=4, width=4)
    model = ImageModel(Two(), space).eval()
    pictures = (torch.arange(50) / 100)[:, None, None, None].expand(50, 1, 4, 4)
    held, _ = constants(model, pictures)
    share, flipped = unused_share(model, logit(0), torch.ones(1, 1, 4, 4), held, 0.0, 0.0)
    assert share == pytest.approx(0.75)
    assert flipped == (("relu", 1, pytest.approx(0.75)),)
    none = unused_share(model, logit(0), torch.full((1, 1, 4, 4), 0.4), held, 0.0, 0.0)
    assert none == (pytest.approx(0.0), ())


def test_gradients_are_those_of_the_weights():
    wide, _ = opened(clean())
    rows = clean().module[11].weight
    found = gradients(wide, logit(3), natural()[:5])
    torch.testing.assert_close(found["10#0"], 5 * rows[3])
    path, read = compare_paths(found, gradients(wide, logit(3), torch.rand(2, 1, 16, 16)))
    assert (path, read) == (pytest.approx(1.0), "10#0")


def test_no_hook_is_left():
    audit(clean(), [logit(0)], natural(), Ascent(steps=2, transformations=None))
    assert not any(m._forward_hooks for m in clean().modules())


# ---- judging -----------------------------------------------------------------------------------------

GOOD = Signals("u", (0.0, 1.0), (5.0, 5.0), 0.0, 1.0, 0.9, 4.0, "fc", (), False)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, TRUSTWORTHY),
        ({"unused": 0.9}, NOT_TRUSTWORTHY),
        ({"path": 0.1}, NOT_TRUSTWORTHY),
        ({"agreement": -0.5}, UNDECIDED),
        ({"gap": 100.0}, UNDECIDED),
        ({"gap": 100.0, "agreement": -0.5}, NOT_TRUSTWORTHY),
        ({"dead": True, "unused": 0.9}, UNDECIDED),
        ({"natural": (1.0, 1.0)}, UNDECIDED),
        ({"optimized": (0.5, 0.5)}, UNDECIDED),
        ({"path": math.nan}, UNDECIDED),
        ({"asleep": ("relu",)}, UNDECIDED),
        ({"asleep": ("relu",), "unused": 0.9}, NOT_TRUSTWORTHY),
    ],
)
def test_what_each_signal_decides(changes: dict, verdict: str):
    found, reasons = judge(replace(GOOD, **changes), Thresholds())
    assert found == verdict
    assert reasons


def test_thresholds_come_from_clean_units():
    units = [replace(GOOD, unused=u, path=p, agreement=a, gap=g) for u, p, a, g in CLEAN]
    limits = calibrated(units)
    assert limits == Thresholds(
        unused=pytest.approx(0.4),
        path=pytest.approx(0.675),
        agreement=pytest.approx(0.4),
        gap=pytest.approx(16),
    )
    assert all(judge(u, limits)[0] == TRUSTWORTHY for u in units)
    failed = replace(GOOD, optimized=(0.5, 0.5), unused=0.9, path=0.0, agreement=-1.0, gap=99.0)
    assert calibrated([*units, failed]) == limits
    with pytest.raises(InvalidInputError, match="at least 4"):
        calibrated(units[:3])


CLEAN = [(0.0, 1.0, 0.8, 3.0), (0.1, 0.95, 0.6, 5.0), (0.2, 0.9, 0.9, 8.0), (0.0, 1.0, 0.8, 2.0)]


def test_rates_on_fooled_and_clean_units():
    found = measure(
        [
            Case("clean", clean(), tuple(logit(i) for i in range(10)), False),
            Case("silent units", silent(), tuple(parse_unit(f"6_silent:{i}") for i in (0, 2, 3, 4)), True),
            Case("gate", gated(), tuple(logit(i) for i in range(4)), True),
        ],
        natural(),
        ASCENT,
    )
    assert (found.hits.count, found.hits.of) == (8, 8)
    assert (found.false_alarms.count, found.false_alarms.of) == (0, 5)
    low, high = found.false_alarms.interval()
    assert low == 0.0
    assert high == pytest.approx(0.4345, abs=1e-3)
    assert sum(used for _, _, used, _ in found.findings) == 5
    document = found.to_json()
    assert document["verdicts"][1]["kind"] == "silent units"
    assert document["hits"]["of"] == 8


@pytest.mark.parametrize(
    ("groups", "words"),
    [([range(6)], "6 clean units"), ([range(8), range(7, 10)], "clean unit logits:7, which comes twice")],
)
def test_what_cannot_be_measured_is_refused_before_any_ascent(tmp_path: Path, groups: list, words: str):
    cases = [Case("clean", clean(), tuple(parse_unit(f"logits:{i}") for i in g), False) for g in groups]
    with pytest.raises(InvalidInputError, match=words):
        measure(cases, natural(), ASCENT, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_rates_can_be_bad():
    """Call clean units fooled and fooled ones clean: the rates must say so."""
    found = measure(
        [
            Case("really clean", clean(), tuple(logit(i) for i in range(3)), True),
            Case("really fooled", silent(), tuple(parse_unit(f"6_silent:{i}") for i in (0, 2, 3)), False),
        ],
        natural(),
        ASCENT,
        Thresholds(),
    )
    assert found.hits.count == 0
    assert found.false_alarms.count == 3


def test_on_a_real_network():
    from fvtheory.empirical.models import load_model
    from fvtheory.empirical.pictures import data_folder, read_folder
    from fvtheory.errors import MissingDependencyError

    folder = data_folder("imagenette/heldout")
    if folder is None:
        pytest.skip("FVTHEORY_DATA names no folder with imagenette/heldout")
    try:
        model = load_model("squeezenet")
    except MissingDependencyError as error:
        pytest.skip(str(error))
    small = replace(model.space, height=96, width=96, short_side=110)
    model = prepare(ImageModel(model.module, small, "squeezenet").eval())
    photos = read_folder(folder, small, per_class=4).pictures()
    honest = audit(model, [logit(574)], photos, Ascent(steps=24))[0]
    assert honest.verdict == TRUSTWORTHY, honest.reasons
    assert honest.signals.path > 0.999
    fooled = silence(model, "conv10", photos[30:31], photos[::2], alpha=1.0, beta=4.0).model
    found = audit(fooled, [parse_unit("conv10_silent:0")], photos, Ascent(steps=128))[0]
    assert found.verdict == NOT_TRUSTWORTHY, found.reasons
    assert found.signals.flipped[0][0] == "conv10_silent.relu"
