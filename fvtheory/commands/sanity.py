"""The command ``fvtheory sanity``: whether visualizations of classes are processed like natural pictures of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    add_images,
    add_model,
    add_per_class,
    add_run,
    add_steps,
    class_name,
    image_folder,
    load_prepared,
    load_torch,
    prior_folder,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.parameterization_options import add_own_options, own_options
from fvtheory.commands.progress import Bar
from fvtheory.empirical.parameterizations import KINDS
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from torch import Tensor

    from fvtheory.empirical.class_pictures import ClassFolder
    from fvtheory.empirical.distributed import Workers
    from fvtheory.empirical.layer_similarity import LayerSimilarity
    from fvtheory.empirical.path_similarity import ClassPictures
    from fvtheory.empirical.path_similarity_curves import MethodScore
    from fvtheory.empirical.visualization_methods import Visualizer

STANDARD = ("pixels", "fourier", "prior", "maximizers")
METRICS = ("spearman", "pearson", "cosine")

SECONDS_A_STATE = 60.0
"""How often the state of an unfinished part is written."""


def add_command(commands: Any) -> None:
    """Add ``sanity`` to the subparsers of the command line."""
    command = commands.add_parser(
        "sanity",
        help="are visualizations processed like photographs?",
        description="The sanity check of Geirhos et al. (2024), Section 3 and C.3, over all pairs of images and every "
        "layer: how similar are activations within a class, between classes, and between natural images and "
        "visualizations of their class; methods of visualization are ranked by it. Under torchrun, processes share "
        "the work and give the same bits as one.",
        **examples(
            "fvtheory sanity --images photographs --visualizations 3 --steps 128 --out sanity",
            "torchrun --nproc-per-node 2 -m fvtheory sanity --out sanity",
        ),
    )
    add_model(command)
    add_images(command)
    command.add_argument(
        "--visualizations",
        type=whole,
        default=3,
        metavar="N",
        help="how many visualizations, a class and method (default: 3; paper: 10)",
    )
    add_steps(command, 128)
    command.add_argument(
        "--method",
        dest="methods",
        action="append",
        choices=(*KINDS, "maximizers"),
        help="only this parameterization, or maximizers, photographs with the greatest logit (repeatable; default: "
        f"{', '.join(STANDARD)}; prior if its weights are here)",
    )
    add_own_options(command)
    command.add_argument(
        "--metric",
        dest="metrics",
        action="append",
        choices=METRICS,
        help="how activations are compared (repeatable; default: all)",
    )
    add_per_class(command)
    command.add_argument(
        "--means-only",
        action="store_true",
        help="one pass over the images, without intervals and standard deviations: half the time",
    )
    command.add_argument(
        "--unfolded",
        action="store_true",
        help="also the convolutions before a BatchNorm, which are folded into one otherwise",
    )
    add_run(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.empirical.activations import layers
    from fvtheory.empirical.class_pictures import ClassFolder
    from fvtheory.empirical.distributed import take_gpu, workers
    from fvtheory.empirical.path_similarity import Comparison, chunks
    from fvtheory.empirical.visualization_methods import MAXIMIZERS, Visualizer
    from fvtheory.report import plots

    plots.require_matplotlib()
    take_gpu(options.device)
    model = load_prepared(options, fold=not options.unfolded)
    methods = tuple(dict.fromkeys(options.methods or STANDARD))
    if options.methods is None and prior_folder(options, model, required=False) is None:
        methods = tuple(m for m in methods if m != "prior")
    own = own_options(options, [m for m in methods if m != MAXIMIZERS], model, choice="--method")
    visualizer = Visualizer(model, options.steps, own)
    folder = image_folder(options.images)
    photographs = ClassFolder(folder, model.space, options.per_class)
    if len(photographs.files) < 2:
        raise InvalidInputError(f"one class of images in {folder!r}", "at least two")
    settings = {
        "command": "sanity",
        "model": model.name,
        "images": folder,
        "per_class": options.per_class,
        "visualizations": options.visualizations,
        "steps": options.steps,
        "methods": list(methods),
        "metrics": list(dict.fromkeys(options.metrics or METRICS)),
        "means_only": options.means_only,
        "unfolded": options.unfolded,
        "prior": None,
        **{option: value for values in own.values() for option, value in values.items()},
        "device": options.device,
        "seed": options.seed,
    }
    with Bar() as bar, workers(options.device) as shared:
        if shared.rank == 0:
            open_run(options.out, settings, model)
        shared.agree(None)  # the folder is there
        root = open_run(options.out, settings, model)
        classes = _classes(root, photographs, visualizer, methods, options, shared, bar)
        comparison = Comparison(
            model,
            classes,
            settings["metrics"],
            not options.means_only,
            seed=options.seed,
            threads=options.threads or 1,
            workers=shared,
        )
        found: list[LayerSimilarity] = []
        parts = chunks(layers(model))
        for k, part in enumerate(parts):
            told = bar.part(f"{model.name}, layers from {part[0].name}", k, len(parts))
            found += _chunk(root, f"layers-{k:03}", comparison, part, told)
        if shared.rank > 0:
            return DONE
    return finish(options, root, settings, *_results(root, found, settings, partial(class_name, model)))


# ---- pictures ------------------------------------------------------------------------------------------


def _classes(
    root: Path,
    photographs: ClassFolder,
    visualizer: Visualizer,
    methods: Sequence[str],
    options: argparse.Namespace,
    shared: Workers,
    bar: Bar,
) -> list[ClassPictures]:
    """What is compared, class by class; what is not in the folder yet is made by all processes together."""
    from fvtheory.empirical.path_similarity import ClassPictures
    from fvtheory.empirical.visualization_methods import MAXIMIZERS
    from fvtheory.results import read_json

    labels = sorted(photographs.files)
    if shared.rank == 0:
        for name in ("visualizations", "classes"):
            (root / name).mkdir(exist_ok=True)
    shared.agree(None)
    for number in range(shared.rank, len(labels), shared.count):
        bar("photographs", number, len(labels))
        _select(root, labels[number], photographs, visualizer, MAXIMIZERS in methods, options.visualizations)
    made = [m for m in methods if m != MAXIMIZERS]
    tasks = [(method, label) for method in made for label in labels]
    for number in range(shared.rank, len(tasks), shared.count):
        method, label = tasks[number]
        progress = bar.part(f"{method} of class {label}", number, len(tasks))
        _visualize(root, method, label, visualizer, options, progress)
    shared.gather([])  # all files are there
    classes = []
    for label in labels:
        chosen = read_json(root / "classes" / f"{label}.json")
        shown = {m: _read_pictures(root, m, label, options.visualizations) for m in made}
        if MAXIMIZERS in methods:
            shown[MAXIMIZERS] = photographs.read(label)[chosen["maximizers"]]
        classes.append(ClassPictures(label, partial(_natural, photographs, label, chosen["natural"]), shown))
    return classes


def _natural(photographs: ClassFolder, label: int, chosen: list[int]) -> Tensor:
    return photographs.read(label)[chosen]


def _select(
    root: Path, label: int, photographs: ClassFolder, visualizer: Visualizer, apart: bool, count: int
) -> None:
    """Write which photographs of a class are compared: those that are classified correctly, less the maximizers."""
    from fvtheory.empirical.path_similarity import class_logits
    from fvtheory.empirical.visualization_methods import maximizers
    from fvtheory.results import to_json_bytes, write_file

    file = root / "classes" / f"{label}.json"
    if file.exists():
        return
    logits = class_logits(visualizer.model, photographs.read(label))
    if not label < logits.shape[1]:
        raise InvalidInputError(
            f"images of class {label}", f"a class below {logits.shape[1]}, as the network has"
        )
    correct = logits.argmax(1) == label
    best = maximizers(logits[:, label], correct, count) if apart else []
    natural = [i for i in correct.nonzero()[:, 0].tolist() if i not in best]
    document = {
        "class": label,
        "images": len(logits),
        "misclassified": len(logits) - int(correct.sum()),
        "natural": natural,
        "maximizers": best,
        "files": [f.name for f in photographs.files[label]],
    }
    write_file(file, to_json_bytes(document))


def _file(root: Path, method: str, label: int, number: int) -> Path:
    return root / "visualizations" / f"{method}-{label}-{number}.png"


def _visualize(
    root: Path,
    method: str,
    label: int,
    visualizer: Visualizer,
    options: argparse.Namespace,
    progress: Callable[[int, int], None],
) -> None:
    """Make the visualizations of a class, unless they are there."""
    from fvtheory.empirical.pictures import to_png
    from fvtheory.results import write_file

    files = [_file(root, method, label, k) for k in range(options.visualizations)]
    if all(f.exists() for f in files):
        return
    found = visualizer.pictures(method, label, len(files), options.seed, progress)
    for file, picture in zip(files, found, strict=True):
        write_file(file, to_png(picture))


def _read_pictures(root: Path, method: str, label: int, count: int) -> Tensor:
    import torch

    from fvtheory.empirical.pictures import from_png

    return torch.stack([from_png(_file(root, method, label, k)) for k in range(count)])


# ---- comparison ----------------------------------------------------------------------------------------


class _StateFile:
    """The state of an unfinished part, in a file of this process; written now and then."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written: float | None = None

    def load(self) -> dict[str, Any] | None:
        from fvtheory.empirical.tensor_files import read_tensors

        if not self.file.exists():
            return None
        with read_tensors(self.file, "the state of an unfinished part", "remove it") as found:
            state = dict(found)
        return state

    def save(self, state: dict[str, Any]) -> None:
        import time

        from fvtheory.empirical.tensor_files import write_tensors

        now = time.monotonic()
        if self.written is None:
            self.written = now
        if now - self.written >= SECONDS_A_STATE:
            write_tensors(self.file, state)
            self.written = now


def _chunk(
    root: Path, name: str, comparison: Any, layers: Sequence[Any], progress: Callable[[int, int], None]
) -> list[LayerSimilarity]:
    """Compare in some layers, unless the result is in the folder."""
    from fvtheory.empirical.layer_similarity import LayerSimilarity
    from fvtheory.results import read_json, to_json_bytes, write_file

    shared = comparison.workers
    file = root / f"{name}.json"
    if not shared.agree(file.exists()):
        state = _StateFile(root / f"{name}-process-{shared.rank}-of-{shared.count}.pt")
        found = comparison.chunk(layers, progress, state)
        if shared.rank == 0:
            write_file(file, to_json_bytes([s.to_json() for s in found]))
        shared.agree(None)
        with suppress(FileNotFoundError):
            os.unlink(state.file)
    return [LayerSimilarity.from_json(d) for d in read_json(file)]


# ---- results -------------------------------------------------------------------------------------------


def score_table(scores: Sequence[MethodScore]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and rows of the ranking."""
    header = ("method", "metric", "share", "normalised", "last third", "own - other", "layers kept")
    rows = [
        [
            s.method,
            s.metric,
            *("-" if v is None else f"{v:.3f}" for v in (s.share, s.normalised, s.last_third, s.own_class)),
            str(s.layers),
        ]
        for s in scores
    ]
    return header, rows


def _results(
    root: Path,
    found: Sequence[LayerSimilarity],
    settings: Mapping[str, Any],
    name_of: Callable[[int], str],
) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    """Figures, words and files."""
    from fvtheory.empirical.path_similarity_curves import normalised_curve, ranking
    from fvtheory.report import plots, similarity_plots
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section
    from fvtheory.results import read_json

    metrics, methods = settings["metrics"], settings["methods"]
    scores = {metric: ranking(found, metric) for metric in metrics}
    files = {}
    for kind in plots.FORMATS:
        files[f"ranking.{kind}"] = similarity_plots.method_ranking(scores[metrics[0]], kind)
        for metric in metrics:
            files[f"absolute-{metric}.{kind}"] = similarity_plots.absolute_similarity(found, metric, kind)
            files[f"normalised-{metric}.{kind}"] = similarity_plots.normalised_similarity(found, metric, kind)
    classes = [read_json(f) for f in sorted((root / "classes").iterdir(), key=lambda f: int(f.stem))]
    mismatch = [s.mismatch for s in found if s.mismatch is not None]
    document: dict[str, Any] = {
        "classes": [{k: c[k] for k in ("class", "images", "misclassified")} for c in classes],
        "compared": sum(len(c["natural"]) for c in classes),
        "ranking": {m: [vars(s) for s in scores[m]] for m in metrics},
        "left_out": {m: {k: normalised_curve(found, m, k).left_out for k in methods} for m in metrics},
        "constant": {f"{s.layer}, {s.metric}": s.constant for s in found if s.constant},
        "greatest_mismatch": max(mismatch, default=None),
        "layers": [s.to_json() for s in found],
    }
    table = score_table([s for m in metrics for s in scores[m]])
    images = sum(c["images"] for c in classes)
    wrong = sum(c["misclassified"] for c in classes)
    constant = sum(s.constant for s in found)
    notes = (
        f"{images} natural images of {len(classes)} classes; {wrong} are misclassified and left out, and "
        f"{document['compared']} are compared with each other and with the visualizations: every pair counts. "
        + ("The natural images with the greatest logit are kept apart. " if "maximizers" in methods else "")
        + (
            f"{constant} activations are constant and left out of their layer. "
            if constant
            else "No activation is constant. "
        )
        + "Layers where same and different class differ by less than 0.01 are left out of normalised curves."
    )
    pictures = [
        (f"visualizations/{_file(root, m, c['class'], 0).name}", f"{m}, {name_of(c['class'])}")
        for m in methods
        if m != "maximizers"
        for c in classes[:10]
    ]
    curves: list[Part] = []
    for metric in metrics:
        curves.append(
            Pictures(
                [
                    (f"normalised-{metric}.png", f"{metric}, normalised: 1 same class, 0 different classes"),
                    (f"absolute-{metric}.png", f"{metric}, absolute; shaded: 95% bootstrap intervals"),
                ],
                wide=True,
            )
        )
    sections: list[tuple[str, list[Part]]] = [
        (
            "Ranking",
            [
                Text(notes),
                Pictures([("ranking.png", f"share of the way to the same class, {metrics[0]}")], wide=True),
                Table(*table),
                Text(
                    "share: sum over layers of (visualization - different) over that of (same - different). "
                    "normalised: mean over layers of the paper's normalised similarity. own - other: how much more "
                    "alike visualizations are to natural images of their class than to those of others."
                ),
            ],
        ),
        ("Curves", curves),
        ("Layers", [Table(*_layer_table(found, metrics[0], methods))]),
    ]
    if pictures:
        sections.insert(1, ("Visualizations", [Pictures(pictures)]))
    sections.append(settings_section(settings))
    files["index.html"] = page(f"Sanity check of {settings['model']}", sections)
    return document, grid(*table), files


def _layer_table(
    found: Sequence[LayerSimilarity], metric: str, methods: Sequence[str]
) -> tuple[tuple[str, ...], list[list[str]]]:
    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    rows = [
        [
            s.layer,
            s.kind,
            f"{s.units}",
            shown(s.same.mean),
            shown(s.different.mean),
            *(shown(s.visual[m].mean) for m in methods),
            *(shown(s.normalised[m].mean) for m in methods),
        ]
        for s in found
        if s.metric == metric
    ]
    header = (
        "layer",
        "kind",
        "values",
        "same",
        "different",
        *methods,
        *(f"{m}, normalised" for m in methods),
    )
    return header, rows
