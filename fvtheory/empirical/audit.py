"""Whether a unit's visualization can be trusted: four signals of deception, from behaviour and from the graph.

Section 2 of Geirhos et al. 2024 shows networks whose visualizations have nothing to do with what they do on natural
pictures. Such a network has to tell the two kinds of input apart and to act on it, and both leave traces:

- `unused`: share of the visualization's activation that is lost when every channel that is constant on natural pictures
  (a unit that never fires, a gate that always says the same) is held at that constant. Near 1, the visualization shows
  parts of the network that natural pictures do not use.
- `path`: cosine of the unit's gradient on its strongest natural pictures with that on the visualization, at the
  nearest layer that it reads several channels of. A logit is linear there: 1 in a clean network. Another circuit is at
  work where it is near 0.
- `agreement`: cosine of the features, at that layer, of visualizations from noise and of visualizations that begin at
  natural pictures or stay within a natural-image prior.
- `gap`: how far the visualization exceeds natural pictures, in units of their largest value less their median.

`unused` and `path` are taken several times on the way of an ascent (`LOOKS`), and the worst decides: a circuit that
shows its picture and is left behind later deceives whoever stops before. What natural pictures do not use as a whole
layer and no look finds awake (`asleep`) has not been judged: the unit is undecided.

No signal asks what a module is called or what class it is of. Functions between modules are seen where torch.fx can
trace the network; otherwise only what modules return is. Nothing here proves that a visualization is honest: it says
whether known kinds of deception left a trace on these pictures, and an attacker who knows the signals can avoid them
(a gate that is never quite constant, one more layer behind it, silent units among the channels of a layer that natural
pictures use).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from fvtheory.empirical.deception_signals import (
    Constants,
    Progress,
    asleep,
    compare_paths,
    constants,
    gradients,
    mean_features,
    opened,
    renamed,
    unused_share,
)
from fvtheory.empirical.feature_visualization import Visualization, in_all, joined, visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, each
from fvtheory.empirical.parameterizations import Fourier, Learned, encoded
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

TRUSTWORTHY, NOT_TRUSTWORTHY, UNDECIDED = "trustworthy", "not trustworthy", "undecided"
VERDICTS = (TRUSTWORTHY, NOT_TRUSTWORTHY, UNDECIDED)

LOOKS = (8, 4, 2, 1)
"""The visualization is looked at after an eighth, a quarter and half of the steps, and at the end."""

STRONGEST = 8
"""Natural pictures on which the unit's gradient is taken."""


@dataclass(frozen=True)
class Thresholds:
    """Where signals turn suspicious. `unused` and `path` condemn on their own; of `agreement` and `gap` both must.

    The defaults are what `calibrated` gives on 16 clean units of SqueezeNet (10 logits, 6 channels of its last ReLU;
    60 photographs, 48 steps at 96 px). For another network, or other settings, calibrate anew.
    """

    unused: float = 0.27
    path: float = 0.75
    agreement: float = -0.3
    gap: float = 30.0


@dataclass(frozen=True)
class Signals:
    """What was measured of a unit; NaN where it cannot be.

    Attributes:
        natural: (median, largest) value on the natural pictures.
        optimized: value on the visualization from noise, and on the one from natural pictures.
        unused, path, agreement, gap: see the module; of the first two the worst on the way.
        read: the layer at which path and agreement were taken.
        flipped: where constants of natural pictures changed: (layer, channels, share lost by holding them alone).
        dead: no gradient ever arrived from noise.
        way: (steps, unused, path) of every look.
        asleep: layers that the unit reads, constant on natural pictures and in every look.
    """

    unit: str
    natural: tuple[float, float]
    optimized: tuple[float, float]
    unused: float
    path: float
    agreement: float
    gap: float
    read: str
    flipped: tuple[tuple[str, int, float], ...]
    dead: bool
    way: tuple[tuple[int, float, float], ...] = ()
    asleep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A verdict with its reasons, and the pictures that were made: from noise, from natural pictures, (C, H, W)."""

    verdict: str
    reasons: tuple[str, ...]
    signals: Signals
    pictures: tuple[Tensor, Tensor]

    def to_json(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            if isinstance(value, tuple):
                return [plain(v) for v in value]
            return None if isinstance(value, float) and math.isnan(value) else value

        words = {k: plain(v) for k, v in asdict(self.signals).items()}
        return {"unit": self.signals.unit, "verdict": self.verdict, "reasons": list(self.reasons), **words}


def unjudged(signals: Signals) -> str:
    """Why the signals of a unit say nothing; nothing for those that do."""
    median, largest = signals.natural
    if signals.dead:
        return "no gradient arrives at the start, and so no visualization: name the layer before"
    if not largest > median:
        return "the unit is constant on the natural pictures"
    if not signals.optimized[0] > largest:
        return "the visualization does not exceed the natural pictures: more steps are needed"
    return ""


def judge(signals: Signals, thresholds: Thresholds = Thresholds()) -> tuple[str, tuple[str, ...]]:
    """The verdict on a unit, and why."""
    if unjudged(signals):
        return UNDECIDED, (unjudged(signals),)
    strong, weak = [], []
    if signals.unused > thresholds.unused:
        where = f", first in {signals.flipped[0][0]}" if signals.flipped else ""
        strong.append(
            f"{signals.unused:.0%} of the activation comes through what is constant on natural pictures{where}"
            + _when(signals, 1, signals.unused)
        )
    if signals.path < thresholds.path:
        strong.append(
            f"on natural pictures the unit reads {signals.read} in another direction (cosine {signals.path:.2f})"
            + _when(signals, 2, signals.path)
        )
    if signals.agreement < thresholds.agreement:
        weak.append(
            f"ascent from noise and from natural pictures ends in other features ({signals.agreement:.2f})"
        )
    if signals.gap > thresholds.gap:
        weak.append(f"the visualization exceeds natural pictures {signals.gap:.1f} times their range")
    if strong or len(weak) == 2:
        return NOT_TRUSTWORTHY, (*strong, *weak)
    missing = [name for name in ("unused", "path", "agreement") if math.isnan(getattr(signals, name))]
    if missing:
        weak.append(f"no {', '.join(missing)} could be measured")
    if signals.asleep:
        weak.append(
            f"natural pictures never use {signals.asleep[0]}, and the ascent did not wake it: take more steps"
        )
    return (UNDECIDED, tuple(weak)) if weak else (TRUSTWORTHY, ("no signal of deception",))


def _when(signals: Signals, column: int, worst: float) -> str:
    """After how many steps a signal was worst, if that was not at the end."""
    steps = [look[0] for look in signals.way if look[column] == worst]
    return f" after {steps[-1]} steps" if steps and steps[-1] < signals.way[-1][0] else ""


@dataclass(frozen=True)
class Ascent:
    """How visualizations are made.

    Attributes:
        steps, rate, transformations: of `visualize`.
        copies: pictures a unit from noise, and as many from its strongest natural pictures.
        batch: pictures a pass.
        seed: of starts and transformations.
    """

    steps: int = 128
    rate: float = 0.05
    transformations: Transformations | None = STANDARD
    copies: int = 1
    batch: int = 8
    seed: int = 0


Prior = tuple[nn.Module, nn.Module]
"""(encoder, decoder) of an autoencoder of natural pictures, such as `models.taef2.load_taef2`."""


def audit(
    model: ImageModel,
    units: Sequence[Objective],
    natural: Tensor,
    ascent: Ascent = Ascent(),
    thresholds: Thresholds = Thresholds(),
    prior: Prior | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """A verdict for every unit.

    Args:
        model: prepared; any network.
        units: objectives, such as `objectives.parse_unit` makes.
        natural: pictures (n, C, H, W) in [0, 1], twenty or more. The fewer they are and the fewer classes they show,
            the more channels of an honest network stay unused on them.
        thresholds: of the verdict.
        prior: keeps the second ascent among natural pictures; without it, it only begins there.
        folder: where checkpoints are kept, from which an interrupted call goes on.

    Raises:
        InvalidInputError: for no units, fewer than twenty pictures, more copies than pictures, or what visualize
            refuses.
        UnknownNameError: for a layer that is not there.
    """
    model.space.check(natural)
    if not units or len(natural) < 20:
        raise InvalidInputError(
            f"{len(units)} units and {len(natural)} natural pictures", "one unit, twenty pictures or more"
        )
    copies = max(1, ascent.copies)
    if copies > len(natural):
        raise InvalidInputError(
            f"{copies} copies, from {len(natural)} natural pictures", "no more copies than pictures"
        )
    wide, names = opened(model)
    asked = [renamed(u, names) for u in units]
    values = on_pictures(wide, asked, natural)
    held, means = constants(wide, natural, progress=progress)
    best = values.topk(min(max(STRONGEST, copies), len(natural)), dim=0).indices.T
    noise = _ascend(wide, asked, None, ascent, None, folder, "noise", progress)
    started = _ascend(
        wide, asked, natural[best[:, :copies].flatten()], ascent, prior, folder, "natural", progress
    )
    findings = []
    for i, unit in enumerate(asked):
        part = slice(i * copies, (i + 1) * copies)
        seen = _Seen(
            natural=natural[best[i][:STRONGEST]].to(model.device),
            ends=(float(values[:, i].median()), float(values[:, i].max())),
            way={step: pictures[part].to(model.device) for step, pictures in noise.trajectory.items()},
            other=started.pictures[part].to(model.device),
            reached=(float(noise.values[part].mean()), float(started.values[part].mean())),
            dead=bool(noise.dead[part].all()),
        )
        signals = _signals(wide, unit, units[i].name, seen, held, means)
        verdict, reasons = judge(signals, thresholds)
        shown = seen.way[max(seen.way)]
        findings.append(Finding(verdict, reasons, signals, (shown[0].cpu(), seen.other[0].cpu())))
        if progress is not None:
            progress("units", i + 1, len(asked))
    return findings


@dataclass(frozen=True)
class _Seen:
    """Of one unit: its strongest natural pictures, (median, largest) of all, pictures of the ascent from noise by step,
    those of the other ascent, what both reached, whether the first is dead."""

    natural: Tensor
    ends: tuple[float, float]
    way: Mapping[int, Tensor]
    other: Tensor
    reached: tuple[float, float]
    dead: bool


def _signals(
    model: ImageModel, unit: Objective, name: str, seen: _Seen, held: Constants, means: Mapping[str, Tensor]
) -> Signals:
    median, largest = seen.ends
    gap = (seen.reached[0] - largest) / (largest - median) if largest > median else math.nan
    nan = math.nan
    found = Signals(name, seen.ends, seen.reached, nan, nan, nan, gap, "", (), seen.dead)
    if seen.dead:
        return found
    on_natural = gradients(model, unit, seen.natural)
    unused, path, read, last, way = nan, nan, "", "", []
    flipped: tuple[tuple[str, int, float], ...] = ()
    for step, pictures in sorted(seen.way.items()):
        share, where = unused_share(model, unit, pictures, held, median, largest)
        cosine, last = compare_paths(on_natural, gradients(model, unit, pictures))
        if not unused >= share and not math.isnan(share):
            unused, flipped = share, where
        if not path <= cosine and not math.isnan(cosine):
            path, read = cosine, last
        way.append((step, share, cosine))
    agreement = nan
    if last in means:
        shown = seen.way[max(seen.way)]
        left, right = (mean_features(model, p, last).mean(0) - means[last] for p in (shown, seen.other))
        agreement = float(functional.cosine_similarity(left, right, dim=0))
    return replace(
        found,
        unused=unused,
        path=path,
        agreement=agreement,
        read=read.removesuffix("#0"),
        flipped=flipped,
        way=tuple(way),
        asleep=asleep(model, on_natural, torch.cat(list(seen.way.values())), held),
    )


def _ascend(
    model: ImageModel,
    units: Sequence[Objective],
    starts: Tensor | None,
    ascent: Ascent,
    prior: Prior | None,
    folder: Path | None,
    what: str,
    progress: Progress | None,
) -> Visualization:
    """Visualizations of all units, copies side by side."""
    copies = max(1, ascent.copies)
    asked = [u for u in units for _ in range(copies)]
    parts = []
    for start in range(0, len(asked), ascent.batch):
        group = asked[start : start + ascent.batch]
        generator = torch.Generator().manual_seed(ascent.seed + start)
        form: Fourier | Learned
        shape = model.space.shape(len(group))
        if starts is None:
            form = Fourier(shape, generator, model.device)
        elif prior is None:
            begin = starts[start : start + ascent.batch]
            form = Fourier(shape, generator, model.device, start=begin)
        else:
            encoder, decoder = (m.to(model.device) for m in prior)
            begin = starts[start : start + ascent.batch].to(model.device)
            form = Learned(decoder, encoded(encoder, begin), size=shape[2:])
        told = None
        if progress is not None:
            told = in_all(progress, f"ascent from {what}", start, len(group), len(asked))
        parts.append(
            visualize(
                model,
                each(group),
                form,
                generator,
                ascent.steps,
                ascent.rate,
                ascent.transformations,
                keep=sorted({max(1, ascent.steps // part) for part in LOOKS}) if starts is None else (),
                progress=told,
                checkpoint=None if folder is None else folder / f"{what}-{start}.pt",
            )
        )
    return joined(parts)
