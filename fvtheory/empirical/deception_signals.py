"""What an auditor sees of a network: all that it computes, channels that natural pictures never use, and the paths by
which a unit reads its layers.

Functions between modules are seen where torch.fx can trace the network; otherwise only what modules return is. Layers
are named as in `activations`, always with the number of the call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective, observe
from fvtheory.empirical.preparation import Tracer

EXCEPTIONS = 0.05
"""Share of natural pictures on which a channel may leave its constant: gates err, and silent units are not always."""

Progress = Callable[[str, int, int], None]


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


def renamed(objective: Objective, names: dict[str, str]) -> Objective:
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
    model: ImageModel, unit: Objective, pictures: Tensor, held: Constants, base: float, least: float
) -> tuple[float, tuple[tuple[str, int, float], ...]]:
    """Share of a unit's activation (above `base`) on pictures that is lost when channels are held at their constants;
    and the first layers, three at most, that cost half as much when held alone as the costliest does. NaN where the
    activation is not above `least`, at least `base`: of little, every share is large."""
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
    if not whole > least:
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


def compare_paths(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> tuple[float, str]:
    """The cosine of `gradients` on natural (one) and on optimized pictures (other) at the nearest layer of which the
    unit reads two channels or more, and that layer; (NaN, "") for none."""
    for name in reversed(list(other)):
        if name not in one or one[name].shape != other[name].shape:
            continue
        left, right = functional.normalize(one[name], dim=0), functional.normalize(other[name], dim=0)
        if int(((left.abs() > 1e-6) | (right.abs() > 1e-6)).sum()) >= 2:
            return float((left * right).sum()), name
    return math.nan, ""


@torch.no_grad()
def asleep(
    model: ImageModel, read: Mapping[str, Tensor], pictures: Tensor, held: Constants
) -> tuple[str, ...]:
    """Layers that depend on the input and that the unit reads, but that are the same number, channel by channel, on
    natural pictures and on these: what they would add has not been seen.

    Args:
        read: `gradients` on natural pictures.
        pictures: of the ascent.
    """
    closed = {n for n, g in read.items() if n in held and bool(held[n][1].all()) and bool((g != 0).any())}

    def look(name: str, out: Tensor) -> None:
        if name in closed and bool((_by_channel(out) != held[name][0][:, None]).any()):
            closed.discard(name)

    with _watched(model, look):
        model(pictures)
    return tuple(name.removesuffix("#0") for name in held if name in closed)


@torch.no_grad()
def mean_features(model: ImageModel, pictures: Tensor, layer: str) -> Tensor:
    """What a layer answers to pictures (n, 3, H, W), a mean over places for each channel: (n, channels)."""
    kept: list[Tensor] = []

    def keep(name: str, out: Tensor) -> None:
        if name == layer:
            kept.append(_by_channel(out).mean(2))

    with _watched(model, keep):
        model(pictures)
    return kept[0]
