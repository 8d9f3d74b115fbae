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

No signal asks what a module is called or what class it is of. Functions between modules are seen where torch.fx can
trace the network; otherwise only what modules return is. Nothing here proves that a visualization is honest: it says
whether known kinds of deception left a trace on these pictures, and an attacker who knows the signals can avoid them
(a gate that is never quite constant, one more layer behind it). What an ascent does not wake, it does not show: silent
units that stay asleep are not found, and the picture owes nothing to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from fvtheory.empirical.feature_visualization import Visualization, in_all, joined, visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, each, observe
from fvtheory.empirical.parameterizations import Fourier, Learned, encoded
from fvtheory.empirical.preparation import Tracer
from fvtheory.empirical.proportion import Proportion
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

TRUSTWORTHY, NOT_TRUSTWORTHY, UNDECIDED = "trustworthy", "not trustworthy", "undecided"
VERDICTS = (TRUSTWORTHY, NOT_TRUSTWORTHY, UNDECIDED)

EXCEPTIONS = 0.05
"""Share of natural pictures on which a channel may leave its constant: gates err, and silent units are not always."""

STRONGEST = 8
"""Natural pictures on which the unit's gradient is taken."""

FEWEST = 4
"""Clean units, with signals, that calibrate."""

Progress = Callable[[str, int, int], None]


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
        unused, path, agreement, gap: see the module.
        read: the layer at which path and agreement were taken.
        flipped: where constants of natural pictures changed: (layer, channels, share lost by holding them alone).
        dead: no gradient ever arrived from noise.
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


@dataclass(frozen=True)
class Finding:
    """A verdict with its reasons, and the pictures that were made: from noise, from natural pictures, (C, H, W)."""

    verdict: str
    reasons: tuple[str, ...]
    signals: Signals
    pictures: tuple[Tensor, Tensor]

    def to_json(self) -> dict[str, Any]:
        words = asdict(self.signals)
        numbers = {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in words.items()}
        return {"unit": self.signals.unit, "verdict": self.verdict, "reasons": list(self.reasons), **numbers}


def judge(signals: Signals, thresholds: Thresholds = Thresholds()) -> tuple[str, tuple[str, ...]]:
    """The verdict on a unit, and why."""
    if signals.dead:
        return UNDECIDED, (
            "no gradient arrives at the start, and so no visualization: name the layer before",
        )
    median, largest = signals.natural
    if not largest > median:
        return UNDECIDED, ("the unit is constant on the natural pictures",)
    if not signals.optimized[0] > largest:
        return UNDECIDED, ("the visualization does not exceed the natural pictures: more steps are needed",)
    strong, weak = [], []
    if signals.unused > thresholds.unused:
        where = f", first in {signals.flipped[0][0]}" if signals.flipped else ""
        strong.append(
            f"{signals.unused:.0%} of the activation comes through what is constant on natural pictures{where}"
        )
    if signals.path < thresholds.path:
        strong.append(
            f"on natural pictures the unit reads {signals.read} in another direction (cosine {signals.path:.2f})"
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
    return (UNDECIDED, tuple(weak)) if weak else (TRUSTWORTHY, ("no signal of deception",))


# ---- everything that a network computes --------------------------------------------------------------


class _Through(fx.Tracer):
    """Stops at what torch.nn defines, and notes what the modules it goes through return."""

    def __init__(self) -> None:
        super().__init__()
        self.returned: dict[str, fx.Node] = {}

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        bases = [b for b in type(m).__mro__ if b not in (nn.Module, object)]
        return not list(m.children()) and any(b.__module__.startswith("torch.nn.") for b in bases)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        out = super().call_module(m, forward, args, kwargs)
        if isinstance(out, fx.Proxy):
            self.returned[self.path_of_module(m)] = out.node
        return out


def opened(model: ImageModel) -> tuple[ImageModel, dict[str, str]]:
    """The same network with an identity module behind every function, so that hooks see all that is computed; and
    the new names of modules that were gone through. As it is where torch.fx cannot trace it."""
    through = _Through()
    tracer: fx.Tracer = through
    try:
        graph = tracer.trace(model.module)
    except Exception:  # fx raises whatever the module's own code raises when fed proxies
        try:
            tracer = Tracer()
            graph = tracer.trace(model.module)
        except Exception:
            return model, {}
    functions = [node for node in graph.nodes if node.op in ("call_function", "call_method")]
    seen: dict[fx.Node, str] = {}
    module = fx.GraphModule(model.module, graph)
    for node in functions:
        name = f"op_{node.name}"
        module.add_submodule(name, nn.Identity())
        with graph.inserting_after(node):
            same = graph.call_module(name, (node,))
        node.replace_all_uses_with(same, delete_user_cb=lambda user, same=same: user is not same)
        seen[node] = name
    module.recompile()
    names = {
        path: seen.get(node, str(node.target))
        for path, node in through.returned.items()
        if path and (node in seen or node.op == "call_module")
    }
    made = ImageModel(module.eval(), model.space, model.name, model.labels).to(model.device).eval()
    made.folded = model.folded
    with torch.no_grad():
        grey = torch.full(model.space.shape(), 0.5, device=model.device)
        return (made, names) if torch.equal(made(grey), model(grey)) else (model, {})


def _renamed(objective: Objective, names: dict[str, str]) -> Objective:
    """The objective on the opened network."""

    def new(layer: str) -> str:
        dotted, mark, number = layer.partition("#")
        return names.get(dotted, dotted) + mark + number

    pairs = [(layer, new(layer)) for layer in objective.layers]
    return replace(
        objective,
        layers=tuple(after for _, after in pairs),
        value=lambda seen: objective.value({**seen, **{before: seen[after] for before, after in pairs}}),
    )


@contextmanager
def _watched(model: ImageModel, react: Callable[[str, Tensor], Tensor | None]) -> Iterator[None]:
    """In one pass, every tensor that a module returns goes to `react`, which may return another."""
    calls: dict[str, int] = {}

    def hook(dotted: str) -> Any:
        def see(module: nn.Module, args: object, out: object) -> Tensor | None:
            number = calls[dotted] = calls.get(dotted, -1) + 1
            if isinstance(out, Tensor) and out.is_floating_point() and out.ndim >= 1:
                return react(f"{dotted}#{number}", out)
            return None

        return see

    handles = []
    try:
        for dotted, module in model.module.named_modules():
            if dotted:
                handles.append(module.register_forward_hook(hook(dotted)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _by_channel(x: Tensor) -> Tensor:
    """(n, C, positions)."""
    return x.reshape(len(x), 1, 1) if x.ndim == 1 else x.reshape(len(x), x.shape[1], -1)


Constants = dict[str, tuple[Tensor, Tensor]]
"""Layer -> (value, whether the channel is constant), (C,) each."""


@torch.no_grad()
def constants(
    model: ImageModel, pictures: Tensor, batch: int = 32, progress: Progress | None = None
) -> tuple[Constants, dict[str, Tensor]]:
    """Channels that are the same number at all positions on all natural pictures but a share of `EXCEPTIONS`; and
    the mean of every channel, by layer."""
    least: dict[str, list[Tensor]] = {}
    greatest: dict[str, list[Tensor]] = {}
    sums: dict[str, Tensor] = {}
    count = 0

    def note(name: str, out: Tensor) -> None:
        if len(out) == count:
            x = _by_channel(out)
            low, high = x.aminmax(dim=2)
            least.setdefault(name, []).append(low.clone())
            greatest.setdefault(name, []).append(high.clone())
            sums[name] = sums.get(name, 0) + x.mean(2).sum(0)

    for start in range(0, len(pictures), batch):
        part = pictures[start : start + batch].to(model.device)
        count = len(part)
        with _watched(model, note):
            model(part)
        if progress is not None:
            progress("natural pictures", start + count, len(pictures))
    found = {}
    for name, parts in least.items():
        low, high = torch.cat(parts), torch.cat(greatest[name])
        if len(low) == len(pictures):
            value = low.median(0).values
            same = ((low == value) & (high == value)).sum(0)
            found[name] = (value, same >= len(low) - math.floor(EXCEPTIONS * len(low)))
    return found, {name: total / len(pictures) for name, total in sums.items()}


def _held(held: Constants, only: str | None = None) -> Callable[[str, Tensor], Tensor | None]:
    def hold(name: str, out: Tensor) -> Tensor | None:
        if name not in held or (only is not None and name != only):
            return None
        value, fixed = held[name]
        if not bool(fixed.any()) or (out.ndim > 1 and out.shape[1] != len(fixed)):
            return None
        shape = (1,) * out.ndim if out.ndim == 1 else (1, -1) + (1,) * (out.ndim - 2)
        value, fixed = (value[0], fixed[0]) if out.ndim == 1 else (value.reshape(shape), fixed.reshape(shape))
        return torch.where(fixed, value.to(out), out)

    return hold


@torch.no_grad()
def unused_share(
    model: ImageModel, unit: Objective, pictures: Tensor, held: Constants, base: float
) -> tuple[float, tuple[tuple[str, int, float], ...]]:
    """Share of a unit's activation (above `base`) on pictures that is lost when channels are held at their constants;
    and the first layers, three at most, that cost half as much when held alone as the costliest does."""
    changed: dict[str, int] = {}

    def look(name: str, out: Tensor) -> None:
        if name in held and len(out) == len(pictures):
            value, fixed = held[name]
            x = _by_channel(out)
            if x.shape[1] == len(fixed):
                moved = int(((x != value[:, None]).flatten(2).any(2).any(0) & fixed).sum())
                if moved:
                    changed[name] = moved

    def measured(react: Callable[[str, Tensor], Tensor | None]) -> float:
        with _watched(model, react):
            return float(unit(observe(model, unit.layers, pictures)).mean())

    whole = measured(look)
    if not whole > base:
        return math.nan, ()

    def lost(only: str | None) -> float:
        return min(1.0, (whole - measured(_held(held, only))) / (whole - base))

    total = lost(None)
    alone = [(name, moved, lost(name)) for name, moved in changed.items()] if total > 0.1 else []
    most = max((share for _, _, share in alone), default=0.0)
    alone = [(name.removesuffix("#0"), moved, share) for name, moved, share in alone if 2 * share >= most > 0]
    return total, tuple(alone[:3])


def gradients(model: ImageModel, unit: Objective, pictures: Tensor) -> dict[str, Tensor]:
    """The unit's gradient with respect to every layer before it, summed over positions and pictures, (C,) each, in the
    order in which they are computed."""
    outs: dict[str, Tensor] = {}

    def keep(name: str, out: Tensor) -> None:
        if out.requires_grad and len(out) == len(pictures):
            outs[name] = out

    with torch.enable_grad(), _watched(model, keep):
        value = unit(observe(model, unit.layers, pictures.clone().requires_grad_())).sum()
    found = torch.autograd.grad(value, list(outs.values()), allow_unused=True)
    return {
        name: _by_channel(g.detach()).sum((0, 2))
        for name, g in zip(outs, found, strict=True)
        if g is not None
    }


def compare_paths(
    model: ImageModel, unit: Objective, natural: Tensor, optimized: Tensor
) -> tuple[float, str]:
    """The cosine of gradients on natural and on optimized pictures at the nearest layer of which the unit reads two
    channels or more, and that layer; (NaN, "") for none."""
    one, other = gradients(model, unit, natural), gradients(model, unit, optimized)
    for name in reversed(list(other)):
        if name not in one or one[name].shape != other[name].shape:
            continue
        left, right = functional.normalize(one[name], dim=0), functional.normalize(other[name], dim=0)
        if int(((left.abs() > 1e-6) | (right.abs() > 1e-6)).sum()) >= 2:
            return float((left * right).sum()), name
    return math.nan, ""


@torch.no_grad()
def _features(model: ImageModel, pictures: Tensor, layer: str) -> Tensor:
    kept: list[Tensor] = []

    def keep(name: str, out: Tensor) -> None:
        if name == layer:
            kept.append(_by_channel(out).mean(2))

    with _watched(model, keep):
        model(pictures)
    return kept[0]


# ---- the audit ---------------------------------------------------------------------------------------


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
    asked = [_renamed(u, names) for u in units]
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
        shown, other = noise.pictures[part].to(model.device), started.pictures[part].to(model.device)
        median, largest = float(values[:, i].median()), float(values[:, i].max())
        reached = float(noise.values[part].mean())
        dead = bool(noise.dead[part].all())
        signals = Signals(
            units[i].name,
            (median, largest),
            (reached, float(started.values[part].mean())),
            math.nan,
            math.nan,
            math.nan,
            (reached - largest) / (largest - median) if largest > median else math.nan,
            "",
            (),
            dead,
        )
        if not dead:
            unused, flipped = unused_share(wide, unit, shown, held, median)
            path, read = compare_paths(wide, unit, natural[best[i][:STRONGEST]].to(model.device), shown)
            agreement = math.nan
            if read in means:
                left, right = (_features(wide, p, read).mean(0) - means[read] for p in (shown, other))
                agreement = float(functional.cosine_similarity(left, right, dim=0))
            signals = replace(
                signals,
                unused=unused,
                path=path,
                agreement=agreement,
                read=read.removesuffix("#0"),
                flipped=flipped,
            )
        verdict, reasons = judge(signals, thresholds)
        findings.append(Finding(verdict, reasons, signals, (shown[0].cpu(), other[0].cpu())))
        if progress is not None:
            progress("units", i + 1, len(asked))
    return findings


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
        part = asked[start : start + ascent.batch]
        generator = torch.Generator().manual_seed(ascent.seed + start)
        form: Fourier | Learned
        shape = model.space.shape(len(part))
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
            told = in_all(progress, f"ascent from {what}", start, len(part), len(asked))
        parts.append(
            visualize(
                model,
                each(part),
                form,
                generator,
                ascent.steps,
                ascent.rate,
                ascent.transformations,
                progress=told,
                checkpoint=None if folder is None else folder / f"{what}-{start}.pt",
            )
        )
    return joined(parts)


# ---- how good it is ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Units of which it is known whether they are fooled.

    Attributes:
        kind: such as "clean" or "silent units", for tables.
        fooled: whether their visualizations are manipulated.
    """

    kind: str
    model: ImageModel
    units: tuple[Objective, ...]
    fooled: bool


@dataclass(frozen=True)
class Measurement:
    """How often the auditor is right.

    Attributes:
        thresholds: calibrated on every second clean unit.
        findings: (kind, fooled, whether it was used to calibrate, finding).
    """

    thresholds: Thresholds
    findings: tuple[tuple[str, bool, bool, Finding], ...]

    def rate(self, fooled: bool, verdict: str, kind: str | None = None) -> Proportion:
        """How many of the units that calibrate nothing got a verdict, with the 95% interval of Wilson."""
        chosen = [
            f
            for k, is_fooled, used, f in self.findings
            if is_fooled == fooled and not used and kind in (None, k)
        ]
        return Proportion(sum(f.verdict == verdict for f in chosen), len(chosen))

    @property
    def hits(self) -> Proportion:
        """Fooled units that are found not trustworthy."""
        return self.rate(True, NOT_TRUSTWORTHY)

    @property
    def false_alarms(self) -> Proportion:
        """Clean units that are found not trustworthy."""
        return self.rate(False, NOT_TRUSTWORTHY)

    def to_json(self) -> dict[str, Any]:
        kinds = list(dict.fromkeys((k, fooled) for k, fooled, _, _ in self.findings))
        return {
            "thresholds": asdict(self.thresholds),
            "hits": self.hits.to_json(),
            "false_alarms": self.false_alarms.to_json(),
            "verdicts": [
                {"kind": k, "fooled": fooled, **{v: self.rate(fooled, v, k).to_json() for v in VERDICTS}}
                for k, fooled in kinds
            ],
            "units": [
                {"kind": k, "fooled": fooled, "calibrates": used, **f.to_json()}
                for k, fooled, used, f in self.findings
            ],
        }


def calibrated(clean: Sequence[Signals]) -> Thresholds:
    """Thresholds from clean units alone.

    `unused` and `path`: a quarter of the way from the most extreme clean unit to one that is fooled through and through
    (1 and 0). `agreement`: as far below the least as that is below the median. `gap`: twice the largest.

    Raises:
        InvalidInputError: for fewer than `FEWEST` units with signals.
    """

    def values(name: str) -> Tensor:
        found = torch.tensor([getattr(s, name) for s in clean if not s.dead], dtype=torch.float64)
        found = found[~found.isnan()]
        if len(found) < FEWEST:
            raise InvalidInputError(
                f"{len(found)} clean units with {name}", f"at least {FEWEST} to calibrate with"
            )
        return found

    unused, path, agreement, gap = (values(n) for n in ("unused", "path", "agreement", "gap"))
    return Thresholds(
        unused=0.25 + 0.75 * float(unused.max().clamp(0, 1)),
        path=0.75 * float(path.min().clamp(min=0)),
        agreement=float(2 * agreement.min() - agreement.median()),
        gap=2 * float(gap.max().clamp(min=0)),
    )


def check_cases(cases: Sequence[Case], calibrates: bool = True) -> None:
    """Refuse cases that cannot be measured, before anything is visualized.

    Args:
        calibrates: whether every second clean unit is to calibrate.

    Raises:
        InvalidInputError: for a clean unit that comes twice (it would calibrate and be tested, or count twice), or
            too few clean units to calibrate with.
    """
    clean = [(id(case.model), unit.name) for case in cases if not case.fooled for unit in case.units]
    if len(set(clean)) != len(clean):
        twice = next(name for number, (_, name) in enumerate(clean) if clean[number] in clean[:number])
        raise InvalidInputError(f"clean unit {twice}, which comes twice", "every clean unit once")
    if calibrates and (len(clean) + 1) // 2 < FEWEST:
        raise InvalidInputError(
            f"{len(clean)} clean units, every second of which calibrates",
            f"at least {2 * FEWEST - 1}, so that {FEWEST} calibrate",
        )


def measure(
    cases: Sequence[Case],
    natural: Tensor,
    ascent: Ascent = Ascent(),
    thresholds: Thresholds | None = None,
    prior: Prior | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Audit units of which the truth is known.

    Args:
        cases: clean ones and fooled ones.
        thresholds: or None to calibrate them on every second clean unit, which then count in no rate.

    Raises:
        InvalidInputError: as `check_cases`, `audit` and `calibrated`.
    """
    check_cases(cases, thresholds is None)
    found: list[tuple[str, bool, bool, Finding]] = []
    clean = 0
    for number, case in enumerate(cases):
        own = None if folder is None else folder / f"case-{number}"
        if own is not None:
            own.mkdir(exist_ok=True)
        for finding in audit(case.model, case.units, natural, ascent, Thresholds(), prior, own, progress):
            clean += not case.fooled
            used = thresholds is None and not case.fooled and clean % 2 == 1
            found.append((case.kind, case.fooled, used, finding))
    limits = thresholds or calibrated([f.signals for _, _, used, f in found if used])
    judged = []
    for kind, fooled, used, finding in found:
        verdict, reasons = judge(finding.signals, limits)
        judged.append((kind, fooled, used, replace(finding, verdict=verdict, reasons=reasons)))
    return Measurement(limits, tuple(judged))
