"""The fooling circuit at work (Section 2.1, C.1, C.2 of Geirhos et al. 2024): trajectories, classifier E, the circuit,
and what it changes. Finished parts are kept in the results folder; a run that is started again goes on.

E is trained on training photographs and on visualizations of training units, and judged on held-out photographs and
held-out units. The unit that is fooled and the one that it shows are in neither, unless the whole layer is fooled.

Where units are to show a picture, E must know visualizations of its filter too: half-way they look like the picture,
and no E that has seen other filters only takes them for synthetic. Whoever builds the circuit knows the picture, and
so does this E; it is judged on other starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS
from fvtheory.empirical.feature_visualization import THRESHOLDS, visualize
from fvtheory.empirical.fooling_circuit import (
    PictureFilters,
    Responses,
    circuit_of,
    measure_bounds,
    outside,
    responses,
)
from fvtheory.empirical.fooling_files import load_classifier, save_classifier
from fvtheory.empirical.image_model import ImageModel, InputSpace, class_count
from fvtheory.empirical.lemma_1_gate import Bounds
from fvtheory.empirical.natural_classifier import (
    NaturalClassifier,
    Training,
    natural_logits,
    train,
)
from fvtheory.empirical.objectives import Objective, each, logit
from fvtheory.empirical.parameterizations import Fourier
from fvtheory.empirical.pictures import PictureSet
from fvtheory.empirical.proportion import Proportion
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.empirical.trajectories import Trajectories, join, record
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError

Progress = Callable[[str, int, int], None]

CALIBRATION = 500
"""Photographs, and visualizations in the making, on which D and F are bounded (at most)."""


@dataclass(frozen=True)
class Schedule:
    """How E is made.

    Attributes:
        units, held_out_units: logits whose trajectories E is trained and judged on; there must be so many beside
            the fooled pair, or fewer are taken.
        starts, held_out_starts: the same, of the picture's filter, from several starts, where there is a picture.
        steps: of a visualization.
        batch: visualizations in one pass.
        training: of E.
    """

    units: int = 16
    held_out_units: int = 16
    starts: int = 8
    held_out_starts: int = 8
    steps: int = 256
    batch: int = 8
    training: Training = field(default_factory=Training)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def split_units(
    classes: int, excluded: Sequence[int], schedule: Schedule, seed: int
) -> tuple[list[int], list[int]]:
    """(training units, held-out units), at random, without the excluded: at least one of either, and where there are
    too few, in the proportion that was asked for.

    Raises:
        InvalidInputError: for a network with fewer than two units left.
    """
    order = torch.randperm(classes, generator=torch.Generator().manual_seed(seed)).tolist()
    left = [unit for unit in order if unit not in set(excluded)]
    if len(left) < 2:
        raise InvalidInputError(f"{classes} units without {sorted(excluded)}", "two other units at least")
    asked = schedule.units + schedule.held_out_units
    first = schedule.units if asked <= len(left) else len(left) * schedule.units // asked
    first = min(max(1, first), len(left) - 1)
    return left[:first], left[first:][: schedule.held_out_units]


@dataclass(frozen=True)
class Synthetic:
    """Trajectories that E is trained and judged on: of units, and of the picture's filter, if there is one."""

    units: Trajectories
    held_out_units: Trajectories
    picture: Trajectories | None = None
    held_out_picture: Trajectories | None = None

    @property
    def training(self) -> Trajectories:
        """Trajectories of the units, and of the picture where there is one."""
        return self.units if self.picture is None else join([self.units, self.picture])


def record_all(
    model: ImageModel,
    excluded: Sequence[int],
    filters: PictureFilters | None,
    schedule: Schedule,
    seed: int,
    folder: Path,
    own: Path,
    transformations: Transformations | None,
    progress: Progress,
) -> Synthetic:
    """The trajectories of E.

    Args:
        excluded: units that are left out.
        filters: with the picture, or None.
        folder: where those of units are kept; another run's, perhaps.
        own: where those of the picture's filter are kept.
    """
    units, others = split_units(class_count(model), excluded, schedule, seed)
    jobs = [(model, units, folder, "units"), (model, others, folder, "held-out-units")]
    if filters is not None:
        shown = filters.as_model(model.space).to(model.device)
        jobs.append((shown, [0] * schedule.starts, own, "picture"))
        jobs.append((shown, [0] * schedule.held_out_starts, own, "held-out-picture"))
    found = [
        record(
            network,
            chosen,
            seed + number,
            where / f"trajectories-{name}",
            schedule.steps,
            batch=schedule.batch,
            transformations=transformations,
            progress=lambda done, of, name=name: progress(f"trajectories of {name}", done, of),  # type: ignore[misc]
        )
        for number, (network, chosen, where, name) in enumerate(jobs)
    ]
    return Synthetic(*found)


def make_classifier(
    space: InputSpace,
    natural: PictureSet,
    synthetic: Synthetic,
    schedule: Schedule,
    seed: int,
    folder: Path,
    transformations: Transformations | None,
    progress: Progress,
) -> NaturalClassifier:
    """E: read from ``classifier.pt`` in the folder, or trained and written there."""
    file = folder / "classifier.pt"
    if file.is_file():
        return load_classifier(file, space)[0]
    data = synthetic.training
    classifier = train(
        space,
        natural.data,
        data.data,
        seed,
        schedule.training,
        transformations,
        folder / "classifier-in-progress.pt",
        lambda done, of: progress("training E", done, of),
    )
    about = {
        "photographs": len(natural),
        "visualizations": len(data),
        "units": sorted(set(synthetic.units.units.tolist())),
        "training": asdict(schedule.training),
        "seed": seed,
    }
    save_classifier(file, classifier, space, about)
    return classifier


# ---- what E can do -----------------------------------------------------------------------------------


def judge(
    classifier: NaturalClassifier,
    space: InputSpace,
    held_out: PictureSet,
    synthetic: Synthetic,
    seed: int,
    transformations: Transformations | None,
) -> dict[str, Any]:
    """How often E is right on what it has not seen; a logit of less than 1/2 a `sharpness`-th counts as wrong.

    Visualizations are judged as they are, and as ascent transforms them before each step.
    """
    generator = torch.Generator().manual_seed(seed)
    unsure = 0.5 / classifier.sharpness
    natural = natural_logits(classifier, space, held_out.data) >= unsure
    found: dict[str, Proportion] = {"photographs": Proportion(int(natural.sum()), len(natural))}
    steps: dict[str, dict[int, Proportion]] = {}
    for name, seen in (("units", synthetic.held_out_units), ("picture", synthetic.held_out_picture)):
        if seen is None:
            continue
        for how in ("as they are", "transformed"):
            if how == "transformed" and transformations is None:
                continue
            parts = []
            for part in seen.data.split(64):
                pictures = part.float() / 255
                if how == "transformed" and transformations is not None:
                    pictures = transformations(pictures, generator)
                parts.append(natural_logits(classifier, space, pictures) <= -unsure)
            right = torch.cat(parts)
            key = f"{name}, {how}"
            found[key] = Proportion(int(right.sum()), len(right))
            steps[key] = {
                step: Proportion(int(right[seen.steps == step].sum()), int((seen.steps == step).sum()))
                for step in sorted(set(seen.steps.tolist()))
            }
    balanced = (found["photographs"].value + found["units, as they are"].value) / 2
    return {
        "accuracy": {name: p.to_json() for name, p in found.items()},
        "balanced": balanced,
        "by_step": {name: {str(s): p.to_json() for s, p in by.items()} for name, by in steps.items()},
    }


# ---- what the circuit does ---------------------------------------------------------------------------


def calibrate(
    model: ImageModel,
    natural: PictureSet,
    synthetic: Synthetic,
    shows: Mapping[int, int] | Sequence[int] | PictureFilters,
    folder: Path,
) -> Bounds:
    """Bounds of D and F on training photographs and training trajectories, evenly chosen; kept in the folder.

    Every logit is bounded, whichever are fooled: trajectories of the fooled pair are not among those, and each unit is
    highest on its own.
    """
    pictures = (natural.data, synthetic.training.data)
    chosen = [data[:: max(1, -(-len(data) // CALIBRATION))] for data in pictures]

    def measure() -> dict[str, Tensor]:
        measured = shows if isinstance(shows, PictureFilters) else range(class_count(model))
        bounds = measure_bounds(model, chosen[0], chosen[1], measured)
        numbers = [bounds.lowest, bounds.highest, bounds.highest_through]
        return {"bounds": torch.tensor(numbers, dtype=torch.float64)}

    return Bounds(*kept(folder / "bounds.pt", measure)["bounds"].tolist())


def kept(file: Path, make: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
    """Tensors that are read from a file, or made and written there.

    Raises:
        InvalidInputError: for a damaged file.
    """
    if file.is_file():
        with read_tensors(file, "tensors", "remove it") as found:
            made = dict(found)
        return made
    made = make()
    write_tensors(file, made)
    return made


def on_photographs(fooled: ImageModel, held_out: PictureSet, folder: Path) -> dict[str, Any]:
    """What the network answers to held-out photographs, before and after: accuracy, logits changed, premises."""
    found = kept(folder / "held-out.pt", lambda: vars(responses(fooled, held_out.data)))
    seen = Responses(**found)
    count = len(held_out)
    accuracy = {}
    for name, logits in (("before", seen.before), ("after", seen.after)):
        best = logits.topk(min(5, logits.shape[1]), dim=1).indices == held_out.labels[:, None]
        accuracy[name] = {
            "top1": Proportion(int(best[:, 0].sum()), count).to_json(),
            "top5": Proportion(int(best.any(1).sum()), count).to_json(),
        }
    natural = seen.e == 1
    circuit = circuit_of(fooled)
    units = circuit.units.cpu()
    change = (seen.after - seen.before).abs().amax(1)
    about = {
        "accuracy": accuracy,
        "top1_change": accuracy["after"]["top1"]["value"] - accuracy["before"]["top1"]["value"],
        "top5_change": accuracy["after"]["top5"]["value"] - accuracy["before"]["top5"]["value"],
        "e_natural": Proportion(int(natural.sum()), count).to_json(),
        "unchanged": Proportion(int((change == 0).sum()), count).to_json(),
        "greatest_change_where_natural": change[natural].max().item() if bool(natural.any()) else None,
        "argmax_changed_where_natural": int((seen.after.argmax(1) != seen.before.argmax(1))[natural].sum()),
        "mean_of_f": seen.before[:, units].mean().item(),
        "mean_of_a": seen.after[:, units].mean().item(),
        "premises_that_fail": list(outside(fooled, seen)),
    }
    return about


@dataclass(frozen=True)
class Comparison:
    """Visualizations of A beside those of D and F, all from starts of the same seed.

    Attributes:
        a, d: pictures (runs, C, H, W) of A's and of D's visualizations, a run of either from the same start through
            the same transformations.
        f: picture (1, C, H, W) of F's, for the first run's unit.
        e: E at every step of A's visualizations, on what the network was given, (steps, runs).
        trajectory: pictures of the first of A's visualizations on its way, (kept steps, C, H, W).
        steps: when those were kept.
    """

    a: Tensor
    d: Tensor
    f: Tensor
    e: Tensor
    trajectory: Tensor
    steps: Tensor


def compare(
    model: ImageModel,
    fooled: ImageModel,
    pairs: Sequence[tuple[int, int]],
    seed: int,
    steps: int,
    folder: Path,
    transformations: Transformations | None = STANDARD,
    progress: Progress = lambda what, done, of: None,
) -> Comparison:
    """Visualize fooled units and what they show.

    Args:
        model, fooled: before and after.
        pairs: (unit, the logit that it shows, or 0 for the picture), a run each.
        seed, steps, transformations: of `visualize`.
        folder: where the pictures are kept.
    """
    circuit = circuit_of(fooled)
    thresholds = tuple(step for step in THRESHOLDS if step <= steps)
    count = len(pairs)

    def ascend(network: ImageModel, objective: Objective, runs: int, what: str) -> Any:
        generator = torch.Generator().manual_seed(seed)
        return visualize(
            network,
            objective,
            Fourier(network.space.shape(runs), generator, network.device),
            generator,
            steps,
            transformations=transformations,
            keep=thresholds,
            progress=lambda done, of: progress(f"visualizing {what}", done, of),
        )

    def fooled_units() -> dict[str, Tensor]:
        asked, e = each([logit(unit) for unit, _ in pairs]), []

        def watched(seen: dict[str, Tensor]) -> Tensor:
            e.append(seen["classifier"].detach().cpu())
            return asked(seen)

        objective = Objective(asked.name, (LOGITS, "classifier"), watched)
        found = ascend(fooled, objective, count, "fooled units")
        way = torch.stack([found.trajectory[step][0] for step in thresholds])
        return {"a": found.pictures, "e": torch.stack(e[:steps]), "trajectory": way}

    def shown() -> dict[str, Tensor]:
        if circuit.filters is None:
            objective = each([logit(unit) for _, unit in pairs])
            return {"d": ascend(model, objective, count, "what they show").pictures}
        filters = circuit.filters.as_model(model.space).to(model.device)
        return {"d": ascend(filters, logit(0), count, "the picture").pictures}

    def original() -> dict[str, Tensor]:
        return {"f": ascend(model, logit(pairs[0][0]), 1, "the original unit").pictures}

    parts: dict[str, Tensor] = {}
    for name, make in (("fooled", fooled_units), ("shown", shown), ("original", original)):
        parts |= kept(folder / f"visualizations-{name}.pt", make)
    return Comparison(**parts, steps=torch.tensor(thresholds))


def on_visualizations(
    fooled: ImageModel, pairs: Sequence[tuple[int, int]], seen: Comparison, trained: Trajectories
) -> dict[str, Any]:
    """Activations of D, F and A on each visualization, and how often E said synthetic on the way.

    Args:
        pairs, seen: of `compare`.
        trained: trajectories of units on which E was trained.
    """
    known = set(trained.units.tolist())
    circuit = circuit_of(fooled)
    place = {unit: i for i, unit in enumerate(circuit.units.tolist())}
    found = {name: responses(fooled, getattr(seen, name)) for name in ("a", "d", "f")}

    def values(of: str, row: int, unit: int) -> dict[str, float]:
        r = found[of]
        d = r.d[row, 0 if circuit.filters is not None else place[unit]]
        return {
            "d": d.item(),
            "f": r.before[row, unit].item(),
            "a": r.after[row, unit].item(),
            "e": r.e[row].item(),
        }

    first = pairs[0][0]
    runs = []
    for i, (unit, shown) in enumerate(pairs):
        of_a, of_d = values("a", i, unit), values("d", i, unit)
        runs.append(
            {
                "unit": unit,
                "shows": None if circuit.filters is not None else shown,
                "d_on_a": of_a["d"],
                "d_on_d": of_d["d"],
                "ratio": of_a["d"] / of_d["d"] if of_d["d"] > 0 else None,
                "same_picture": bool(torch.equal(seen.a[i], seen.d[i])),
                "greatest_difference": (seen.a[i] - seen.d[i]).abs().max().item(),
                "steps_synthetic": Proportion(int((seen.e[:, i] == 0).sum()), len(seen.e)).to_json(),
                "e_at_the_end": of_a["e"],
                "trained_on": circuit.filters is None and shown in known,
            }
        )
    found_e = torch.tensor([run["e_at_the_end"] for run in runs])
    about: dict[str, Any] = {
        "activations": {name: values(name, 0, first) for name in ("a", "d", "f")},
        "runs": runs,
        "steps_synthetic": Proportion(int((seen.e == 0).sum()), seen.e.numel()).to_json(),
        "runs_synthetic": Proportion(int((found_e == 0).sum()), len(runs)).to_json(),
        "premises_that_fail": [line for name in ("a", "d", "f") for line in outside(fooled, found[name])],
    }
    if circuit.filters is not None:
        target = circuit.filters.get_buffer("pictures")[0].cpu()
        about["correlation_with_picture"] = {
            str(int(step)): _correlation(picture, target)
            for step, picture in zip(seen.steps, seen.trajectory, strict=True)
        } | {"end": _correlation(seen.a[0], target)}
    return about


def _correlation(left: Tensor, right: Tensor) -> float:
    return torch.corrcoef(torch.stack([left.flatten(), right.flatten()]))[0, 1].item()
