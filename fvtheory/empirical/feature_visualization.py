"""Activation maximization: a picture on which a unit is as active as ascent can make it (Erhan et al. 2009; Olah et
al. 2017; Section 2 and C.2 of Geirhos et al. 2024)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.image_model import ImageModel, grey_logits
from fvtheory.empirical.objectives import Objective, observe
from fvtheory.empirical.parameterizations import Parameterization
from fvtheory.empirical.steepest_ascent import SENSES, steepest
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError

STEPS = 512
"""Of the paper's figures (C.2)."""

THRESHOLDS = (1, 8, 32, 128, 512)
"""Steps of Figure 3."""

ADAM = "adam"
ASCENTS = (ADAM, *SENSES)


@dataclass(frozen=True)
class Visualization:
    """What ascent found.

    Attributes:
        pictures: (n, C, H, W) in [0, 1], on the CPU.
        values: the objective on them, untransformed and without penalty, (n,).
        history: the objective at each step, on the transformed pictures, (steps, n).
        trajectory: step -> pictures after it, for the steps that were to be kept.
        dead: pictures at which no gradient of the network arrived in any step, (n,): they are the start and what
            the penalty made of it, and say nothing about the unit.
    """

    pictures: Tensor
    values: Tensor
    history: Tensor
    trajectory: dict[int, Tensor] = field(default_factory=dict)
    dead: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.bool))


def joined(parts: Sequence[Visualization]) -> Visualization:
    """Batches of equally many steps as one, of which the same steps were kept."""
    return Visualization(
        torch.cat([p.pictures for p in parts]),
        torch.cat([p.values for p in parts]),
        torch.cat([p.history for p in parts], dim=1),
        {step: torch.cat([p.trajectory[step] for p in parts]) for step in parts[0].trajectory},
        torch.cat([p.dead for p in parts]),
    )


def in_all(
    progress: Callable[[str, int, int], None] | None, what: str, start: int, count: int, total: int
) -> Callable[[int, int], None] | None:
    """Steps of one batch, of `count` pictures from `start` on, as steps of all `total`."""
    if progress is None:
        return None
    return lambda done, steps: progress(what, start * steps + count * done, total * steps)


def visualize(
    model: ImageModel,
    objective: Objective,
    parameterization: Parameterization,
    generator: torch.Generator,
    steps: int = STEPS,
    rate: float = 0.05,
    transformations: Transformations | None = STANDARD,
    minimize: bool = False,
    keep: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
    penalty: Objective | None = None,
    ascent: str = ADAM,
    checkpoint: Path | None = None,
    every: int = 64,
) -> Visualization:
    """Maximize (or minimize) an objective.

    Args:
        model: prepared (`preparation.prepare`): in eval mode, weights without gradients.
        objective: one number a picture; pictures of one batch do not influence each other.
        parameterization: where the pictures come from; its parameters are moved.
        generator: of the transformations.
        steps, rate: of the optimizer.
        transformations: before each step, or None.
        keep: steps after which the pictures are kept.
        progress: called with (steps done, steps).
        penalty: made small at the same time, whether the objective is maximized or minimized; see `regularizers`.
        ascent: "adam", or steps along `steepest_ascent.steepest` in one of its senses.
        checkpoint: a file in which the state is kept every so many steps and at the end. If it is there, the run
            goes on from it, and ends bit for bit as if it had not been interrupted.
        every: how often that is.

    Raises:
        InvalidInputError: for a model in training mode, no steps, steps to keep that are not made, pictures that are
            none of the model's, an objective that does not depend on them or becomes infinite or NaN, or a checkpoint
            of something else.
    """
    model.check_eval()
    if steps < 1 or any(not 0 <= step <= steps for step in keep):
        raise InvalidInputError(
            f"{steps} steps, {tuple(keep)} to be kept", "at least one step, and those in it"
        )
    if not 0 < rate < float("inf") or every < 1:
        raise InvalidInputError(f"rate {rate}, a checkpoint every {every} steps", "numbers above 0")
    with torch.no_grad():
        first = parameterization.pictures()
    model.space.check(first)
    moved = parameterization.parameters
    optimizer = _optimizer(ascent, moved, rate)
    layers = tuple(dict.fromkeys(objective.layers + (penalty.layers if penalty else ())))
    sign = 1.0 if minimize else -1.0
    run = _Run(history=[], trajectory={0: first.cpu()} if 0 in keep else {}, dead=[True] * len(first))
    about = {
        "model": model.name,
        "objective": objective.name,
        "penalty": penalty.name if penalty else "",
        "parameters": [list(p.shape) for p in moved],
        "pictures": list(first.shape),
        "settings": f"{steps} steps, rate {rate!r}, {ascent}, minimize {minimize}, kept {sorted(set(keep))}",
        "transformations": repr(transformations),
        "start": _digest([first, *moved], generator),
        "grey": _digest([grey_logits(model.module, model)]),
    }
    if checkpoint is not None and checkpoint.exists():
        run = _load(checkpoint, about, moved, optimizer, generator)

    def note(gradient: Tensor) -> None:
        arrived = gradient.detach().flatten(1).abs().amax(1) > 0
        run.dead = [dead and not alive for dead, alive in zip(run.dead, arrived.tolist(), strict=True)]

    for step in range(len(run.history) + 1, steps + 1):
        pictures = parameterization.pictures()
        shown = pictures if transformations is None else transformations(pictures, generator)
        shown = shown.view_as(shown)  # a tensor of its own, through which the network's gradient alone passes
        seen = observe(model, layers, shown, pictures)
        values = objective(seen)
        loss = sign * values.sum()
        if step == 1:
            _check(objective, values, len(pictures))
        if any(run.dead):
            shown.register_hook(note)
        if penalty is not None:
            loss = loss + penalty(seen).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if ascent != ADAM:
            for p in moved:
                p.grad = None if p.grad is None else steepest(p.grad, ascent)
        optimizer.step()
        run.history.append(values.detach())
        if step in keep:
            with torch.no_grad():
                run.trajectory[step] = parameterization.pictures().cpu()
        if checkpoint is not None and (step % every == 0 or step == steps):
            _save(checkpoint, about, run, moved, optimizer, generator)
        if progress is not None:
            progress(step, steps)
    with torch.no_grad():
        pictures = parameterization.pictures()
        values = objective(observe(model, objective.layers, pictures)).cpu()
    history = torch.stack(run.history).cpu()
    wrong = (~torch.isfinite(torch.cat([history, values[None]]))).any(1).nonzero()
    if len(wrong):
        raise InvalidInputError(
            f"objective {objective.name!r}, not finite from step {int(wrong[0]) + 1} on",
            "an objective that stays finite",
            "take a smaller rate, or look for NaN among the weights",
        )
    return Visualization(pictures.cpu(), values, history, run.trajectory, torch.tensor(run.dead))


def _check(objective: Objective, values: Tensor, count: int) -> None:
    if tuple(values.shape) != (count,):
        raise InvalidInputError(
            f"objective {objective.name!r} of shape {tuple(values.shape)}",
            f"one number a picture: ({count},)",
        )
    if not values.requires_grad:
        raise InvalidInputError(
            f"objective {objective.name!r}, through which no gradient flows",
            "one that depends on the pictures, and a network that does not detach them",
        )


def _optimizer(ascent: str, moved: list[Tensor], rate: float) -> torch.optim.Optimizer:
    if ascent not in ASCENTS:
        raise InvalidInputError(f"ascent {ascent!r}", " or ".join(ASCENTS))
    if ascent != ADAM:
        return torch.optim.SGD(moved, lr=rate)
    fused = all(p.device.type in ("cpu", "cuda") for p in moved)
    return torch.optim.Adam(moved, lr=rate, fused=fused)


def _digest(tensors: Sequence[Tensor], generator: torch.Generator | None = None) -> str:
    """Of a start and the numbers that are drawn, or of what tells one network from another."""
    found = hashlib.sha256()
    for tensor in [*tensors, *([generator.get_state()] if generator is not None else [])]:
        found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


# ---- checkpoints -------------------------------------------------------------------------------------


@dataclass
class _Run:
    history: list[Tensor]
    trajectory: dict[int, Tensor]
    dead: list[bool]


def _save(
    file: Path,
    about: dict[str, Any],
    run: _Run,
    moved: list[Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> None:
    state = {
        "about": about,
        "history": torch.stack(run.history).cpu(),
        "trajectory": run.trajectory,
        "dead": run.dead,
        "parameters": [p.detach().cpu() for p in moved],
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
    }
    write_tensors(file, state)


def _load(
    file: Path,
    about: dict[str, Any],
    moved: list[Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> _Run:
    with read_tensors(file, "a checkpoint of a visualization", "remove it to begin anew") as state:
        found = state["about"]
    if found != about:
        differ = [name for name in about if not isinstance(found, dict) or found.get(name) != about[name]]
        raise InvalidInputError(
            f"checkpoint {str(file)!r} of another run (it differs in {', '.join(differ) or 'kind'})",
            "the checkpoint of this one",
            "remove it to begin anew",
        )
    with torch.no_grad():
        for p, kept in zip(moved, state["parameters"], strict=True):
            p.copy_(kept)
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"])
    history = list(state["history"].to(moved[0].device))
    return _Run(history, state["trajectory"], state["dead"])
