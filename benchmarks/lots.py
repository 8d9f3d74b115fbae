"""``lots``: the maps of LOTS, plain against fast: time, distance and map, each on its own.

Plain is Algorithm 1 as it is printed: the network as it was loaded, one picture after the other, 500 steps, whole
passes, and the gradient of the picture by `backward`. What saves time is added step by step: no gradients of weights;
the network prepared (BatchNorm folded, channels last), pictures together, passes that end at the layer; momentum after
the first 100 steps (`FAST`); an end for each picture where plain ended. Beside them stands momentum from the first step
on, which arrives soonest, at another map.

A way is judged picture by picture: its distance at the end over that of plain (geometric mean, and the most), what is
left of the distance at the start, and the correlation of its map with the map of plain. Steps of one length bounce
about the target, so that the same 500 steps with other rounding (prepared) end several times nearer or farther, at the
same map: what is left is to be compared with theirs. Plain itself with steps a tenth shorter says how far the map
depends on the length of steps.

Times are processor time of one thread, so that other work on the machine counts less.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical import lots
from fvtheory.empirical.activations import activations, deepest
from fvtheory.empirical.heat_maps import correlation
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.models import load_model
from fvtheory.empirical.pictures import data_folder, read_folder
from fvtheory.empirical.preparation import prepare
from fvtheory.errors import InvalidInputError
from fvtheory.report.terminal import grid

FROM = 20
"""Of each class the picture of this number is taken: not those on which the settings were chosen."""

NETWORKS = {"efficientnet-lite0": 2, "squeezenet": 2}
"""With how many photographs."""


@dataclass
class Result:
    """Of one way, for all pictures: what became of them, processor seconds a picture, distances, maps, fine maps,
    steps."""

    pictures: Tensor
    seconds: float
    distance: Tensor
    maps: Tensor
    fine: Tensor
    steps: float


def photographs(model: ImageModel, count: int) -> Tensor:
    folder = data_folder("imagenette/heldout")
    if folder is None:
        raise InvalidInputError("no photographs", "FVTHEORY_DATA names a folder with imagenette/heldout")
    found = read_folder(folder, model.space, FROM + 1)
    places = range(FROM, len(found), FROM + 1)
    return found[list(places)[:: max(1, 10 // count)][:count]].pictures()


def plain_loop(
    model: ImageModel, picture: Tensor, target: Tensor, layer: str, steps: int, weights: bool
) -> Tensor:
    """Algorithm 1 without a threshold, (1, C, H, W); `weights`: as `backward` does it, with gradients of those too."""
    changed = picture.clone()
    for _ in range(steps):
        changed.requires_grad_()
        features = activations(model, changed, [layer], whole_pass=True)[layer]
        loss = (features - target).square().sum() / 2
        if weights:
            model.zero_grad()
            loss.backward()
            assert changed.grad is not None
            gradient = changed.grad
        else:
            (gradient,) = torch.autograd.grad(loss, changed)
        changed = (changed.detach() - gradient / (255 * gradient.abs().max())).clamp(0, 1)
    return changed


def measured(
    model: ImageModel, pictures: Tensor, target: Tensor, layer: str, work: Callable[[], Tensor]
) -> Result:
    begin = time.process_time()
    changed = work()
    seconds = (time.process_time() - begin) / len(pictures)
    with torch.no_grad():
        features = activations(model, changed, [layer])[layer]
    distance = (features - target).flatten(1).norm(dim=1)
    maps, fine = (lots.activation_maps(pictures, changed, kernel) for kernel in (lots.KERNEL, 5))
    return Result(changed, seconds, distance, maps, fine, float("nan"))


def network(name: str, count: int, quick: bool) -> dict[str, dict[str, float]]:
    loaded = load_model(name)
    prepared = prepare(loaded)
    layer = deepest(prepared).name
    pictures = photographs(loaded, count)
    target = lots.zero_target(prepared, layer)
    steps = 60 if quick else 500
    begin = steps // 5
    with torch.no_grad():
        at_first = (activations(prepared, pictures, [layer])[layer] - target).flatten(1).norm(dim=1)
    results: dict[str, Result] = {}
    taken: list[float] = []

    def each(weights: bool) -> Callable[[], Tensor]:
        def work() -> Tensor:
            taken.append(steps)
            return torch.cat([plain_loop(loaded, p[None], target, layer, steps, weights) for p in pictures])

        return work

    def together(settings: lots.Settings, start: Tensor = pictures, done: int = 0) -> Callable[[], Tensor]:
        def work() -> Tensor:
            found = lots.synthesize(prepared, start, target, layer, settings, 0.0)
            taken.append(done + found.steps.double().mean().item())
            return found.pictures

        return work

    def until() -> Tensor:
        parts = [
            lots.synthesize(prepared, p[None], target, layer, lots.FAST, goal.item())
            for p, goal in zip(pictures, results["plain"].distance, strict=True)
        ]
        taken.append(statistics.mean(part.steps.item() for part in parts))
        return torch.cat([part.pictures for part in parts])

    def fast(number: int) -> lots.Settings:
        return lots.Settings(steps=number, momentum=0.9, begin=begin, faster=4.0, limited=True)

    def add(way: str, work: Callable[[], Tensor], before: float = 0.0) -> Result:
        taken.clear()
        found = measured(prepared, pictures, target, layer, work)
        found.steps, found.seconds = taken[0], found.seconds + before
        results[way] = found
        print(f"{name}: {way}, {found.seconds:.1f} s a picture", file=sys.stderr, flush=True)
        return found

    add("plain", each(True))
    if not quick:
        add("no gradients of weights", each(False))
    done, seconds, changed = 0, 0.0, pictures
    for part in (steps,) if quick else (50, 100, 200, 300, steps):
        settings = lots.Settings(steps=part - done)
        found = add(f"prepared, {part} steps", together(settings, changed, done), seconds)
        done, seconds, changed = part, found.seconds, found.pictures
    for part in (2 * begin,) if quick else (140, 160, 200):
        add("fast" if quick else f"fast, {part} steps", together(fast(part)))
    if not quick:
        add("fast", together(lots.FAST))
        add("fast, until the distance of plain", until)
        add("prepared, steps a tenth shorter", together(lots.Settings(steps=steps, length=0.9 / 255)))
    add("momentum from the start", together(lots.Settings(steps=steps // 8, momentum=0.9, faster=10.0)))
    base = results["plain"]
    rows, figures = [], {}
    for way, r in results.items():
        ratio = (r.distance / base.distance).clamp(min=1e-3)  # some arrive exactly
        same, fine = correlation(r.maps, base.maps), correlation(r.fine, base.fine)
        figures[way] = {
            "seconds": r.seconds,
            "times_faster": base.seconds / r.seconds,
            "steps": r.steps,
            "distance_ratio": ratio.log().mean().exp().item(),
            "distance_ratio_most": ratio.max().item(),
            "distance_left": (r.distance / at_first).mean().item(),
            "map_correlation": same.mean().item(),
            "map_correlation_least": same.min().item(),
            "fine_map_correlation": fine.mean().item(),
        }
        rows.append(
            [
                way,
                f"{r.steps:.0f}",
                f"{r.seconds:.2f}",
                f"{base.seconds / r.seconds:.1f}",
                f"{ratio.log().mean().exp():.2f}",
                f"{ratio.max():.2f}",
                f"{(r.distance / at_first).mean():.4f}",
                f"{same.mean():.3f}",
                f"{same.min():.3f}",
                f"{fine.mean():.3f}",
            ]
        )
    print(f"{name}, layer {layer}, target 0, {len(pictures)} photographs")
    print(
        grid(
            ("way", "steps", "CPU s", "times faster", "distance", "most", "left", "map", "least", "fine map"),
            rows,
        )
    )
    return figures


def run(quick: bool = False) -> dict[str, object]:
    """Figures by network and way; passed: fast is 5 times faster (quick: 2), its maps correlate with 0.95 (0.9), and
    no more of the distance is left than half as much again as after 500 prepared steps (not quick)."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    wanted = {"efficientnet-lite0": 1} if quick else NETWORKS
    found = {name: network(name, count, quick) for name, count in wanted.items()}
    times, same = (2.0, 0.9) if quick else (5.0, 0.95)
    passed = all(
        ways["fast"]["times_faster"] >= times
        and ways["fast"]["map_correlation"] >= same
        and (quick or ways["fast"]["distance_left"] <= 1.5 * ways["prepared, 500 steps"]["distance_left"])
        for ways in found.values()
    )
    return {"passed": passed, "networks": found}
