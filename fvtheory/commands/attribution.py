"""The command ``fvtheory attribution``: maps of photographs by many methods, what they are worth, what they see of a
fooled unit."""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.lots import (
    add_kernel,
    add_photographs,
    add_targets,
    photograph_settings,
    read_photographs,
    read_targets,
    target_settings,
)
from fvtheory.commands.options import (
    UNIT,
    add_model,
    add_run,
    class_name,
    load_prepared,
    load_torch,
    logit_index,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.attribution_metrics import Mean
    from fvtheory.empirical.image_model import ImageModel
    from fvtheory.empirical.lots import Settings
    from fvtheory.empirical.pictures import PictureSet

DEFAULT = ("random-cam", "grad-cam", "grad-cam++", "smooth-grad-cam++", "layer-cam", "hires-cam", "lots")
LEGEND = {
    "drop": "average drop: share of the class's probability that is lost when the picture is multiplied by its map",
    "increase": "average increase: share of the photographs on which that raises the probability",
    "coherency": "(1 + correlation) / 2 of the map with the map of that product; constant maps do not count",
    "insertion": "area under the probability while pixels are added to a blurred picture, greatest in the map first",
    "deletion": "the same while they are blurred in the picture",
    "ms a map": "median time of one map, in milliseconds",
    "constant": "maps with one value everywhere, which say nothing",
}
"""Column -> what it says."""


def add_command(commands: Any) -> None:
    """Add ``attribution`` to the subparsers of the command line."""
    command = commands.add_parser(
        "attribution",
        help="class activation maps and LOTS, measured and compared",
        description="Maps of photographs by class activation mapping and LOTS, five measures of each method with 95% "
        "bootstrap intervals, and their times; with --fooled, what each shows of a fooled unit.",
        **examples(
            "fvtheory attribution --per-class 2 --out table",
            "fvtheory attribution --methods lots lots-class lots-mean --out targets",
            "fvtheory attribution --fooled one/fooled.pt --unit 574 --out fooled",
        ),
    )
    add_model(command)
    add_photographs(command)
    command.add_argument(
        "--methods",
        nargs="+",
        default=list(DEFAULT),
        choices=(*DEFAULT, "score-cam", "lots-class", "lots-mean"),
        metavar="METHOD",
        help=f"of these, and score-cam, lots-class, lots-mean (default: {' '.join(DEFAULT)})",
    )
    command.add_argument(
        "--steps",
        type=whole,
        default=32,
        metavar="N",
        help="steps of insertion and deletion (default: 32; 224 in the literature)",
    )
    command.add_argument(
        "--shown", type=whole, default=6, metavar="N", help="photographs whose maps are shown (default: 6)"
    )
    add_kernel(command)
    command.add_argument(
        "--lots-steps", type=whole, default=200, metavar="N", help="of LOTS, at most so many (default: 200)"
    )
    add_targets(command)
    command.add_argument(
        "--fooled",
        metavar="FILE",
        help="fooled.pt of fvtheory fool; here: maps of a fooled unit in place of measures",
    )
    command.add_argument(
        "--unit",
        type=logit_index,
        metavar="UNIT",
        help=f"{UNIT}; here: a fooled logit, with --fooled (default: the first)",
    )
    command.add_argument(
        "--ascent-steps",
        type=whole,
        default=128,
        metavar="N",
        help="with --fooled: steps of its picture (default: 128)",
    )
    add_run(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.empirical import cam
    from fvtheory.empirical.heat_maps import gaussian_blur

    methods = list(dict.fromkeys(options.methods))
    if set(methods) & set(cam.METHODS):
        cam.require_torchcam()
    model = load_prepared(options)
    chosen = read_photographs(options, model)
    if any(m.startswith("lots") for m in methods):
        gaussian_blur(chosen.pictures(slice(1)), options.kernel)  # refused here if it does not fit
    if options.fooled is not None:
        return _fooled(options, model, chosen, methods)
    return _measure(options, model, chosen, methods)


# ---- measures ----------------------------------------------------------------------------------------


def _measure(options: argparse.Namespace, model: ImageModel, chosen: PictureSet, methods: list[str]) -> int:
    import statistics

    from fvtheory.empirical.activations import deepest
    from fvtheory.empirical.attribution_metrics import BETTER, METRICS
    from fvtheory.results import read_json, to_json_bytes, write_file

    about: dict[str, Any] = {
        "command": "attribution",
        "model": options.model,
        **photograph_settings(options),
        "methods": methods,
        "layer": deepest(model, spatial=True).name,
        "lots_layer": deepest(model).name,
        "steps": options.steps,
        "shown": options.shown,
        "kernel": options.kernel,
        "lots_steps": options.lots_steps,
        "device": options.device,
        "seed": options.seed,
    }
    targets: dict[str, Any] = {}
    for method in ("lots-class", "lots-mean"):
        if method in methods:
            about |= target_settings(options)
            kind = method.removeprefix("lots-")
            targets[method] = read_targets(options, model, kind, about["lots_layer"], chosen.labels)
    root = open_run(options.out, about, model)
    found: dict[str, dict[str, list[Any]]] = {}
    with Bar() as bar:
        for method in methods:
            file = root / f"{method}.json"
            if not file.is_file():
                scores = _scores(options, model, chosen, method, targets.get(method), root, bar)
                write_file(file, to_json_bytes(scores))
            found[method] = read_json(file)
    rows, figures = [], {}
    for method, scores in found.items():
        means = {name: _mean(scores[name], options.seed) for name in METRICS}
        seconds = statistics.median(scores["seconds"])
        constant = sum(map(bool, scores["constant"]))
        figures[method] = {
            **{name: vars(mean) for name, mean in means.items()},
            "constant_maps": constant,
            "median_seconds": seconds,
        }
        shown = [_percent(means[name]) for name in METRICS]
        rows.append([method, *shown, f"{1000 * seconds:.0f}", str(constant)])
    header = ("method", *(f"{name} ({BETTER[name]})" for name in METRICS), "ms a map", "constant")
    words = (
        f"{grid(header, rows)}\npercent, with 95% bootstrap intervals over {len(chosen)} photographs; coherency of "
        "maps that are not constant"
    )
    files = {"index.html": _page(about, model, chosen, header, rows)}
    return finish(options, root, about, {"better": BETTER, "figures": figures}, words, files, "maps as PNG")


def _scores(
    options: argparse.Namespace,
    model: ImageModel,
    chosen: PictureSet,
    method: str,
    targets: Any,
    root: Path,
    bar: Bar,
) -> dict[str, list[Any]]:
    """The measures of one method, photograph by photograph; the first maps are written as pictures."""
    torch = import_module("torch")
    from fvtheory.empirical.activations import logits
    from fvtheory.empirical.attribution import explainer
    from fvtheory.empirical.attribution_metrics import METRICS, evaluate
    from fvtheory.empirical.heat_maps import is_constant, overlay
    from fvtheory.empirical.pictures import to_png
    from fvtheory.results import write_file

    scores: dict[str, list[Any]] = {name: [] for name in (*METRICS, "seconds", "constant")}
    for i in range(len(chosen)):
        bar(method, i, len(chosen))
        picture = chosen.pictures(slice(i, i + 1))
        generator = torch.Generator().manual_seed(options.seed + i)
        explain = explainer(
            model,
            method,
            generator,
            None if targets is None else targets[i],
            _synthesis(options),
            options.kernel,
        )
        classes = logits(model, picture).argmax(1)
        begin = time.monotonic()
        maps = explain(picture, classes)
        scores["seconds"].append(time.monotonic() - begin)
        measured = evaluate(model, picture, classes, explain, maps, options.steps)
        for name, value in measured.items():
            scores[name].append(None if value.isnan() else value.item())
        scores["constant"].append(float(is_constant(maps)))
        if i < options.shown:
            write_file(root / f"{i:03}.png", to_png(picture[0]))
            write_file(root / f"{i:03}-{method}.png", to_png(overlay(picture, maps)[0]))
    return scores


def _mean(values: list[Any], seed: int) -> Mean:
    """With the same resamples for all methods: they are compared on the same photographs."""
    torch = import_module("torch")
    from fvtheory.empirical.attribution_metrics import bootstrap

    known = torch.tensor([math.nan if v is None else v for v in values], dtype=torch.float64)
    return bootstrap(known, torch.Generator().manual_seed(seed))


def _synthesis(options: argparse.Namespace) -> Settings:
    from fvtheory.empirical.lots import FAST

    return replace(FAST, steps=options.lots_steps)


def _percent(mean: Mean) -> str:
    if not mean.count:
        return "undefined"
    return f"{100 * mean.value:.1f} [{100 * mean.low:.1f}, {100 * mean.high:.1f}]"


def _page(
    about: dict[str, Any],
    model: ImageModel,
    chosen: PictureSet,
    header: tuple[str, ...],
    rows: list[list[str]],
) -> bytes:
    from fvtheory.report.page import Pictures, Table, Text, page, settings_section

    words = Text(
        f"{about['model']}, {len(chosen)} photographs. Percent, with 95% bootstrap intervals over photographs; less or "
        "more is better, as the heading says."
    )
    legend = Table(("column", "what it says"), list(LEGEND.items()))
    sections: list[Any] = [("Measures", [words, Table(header, rows), legend])]
    for i in range(min(about["shown"], len(chosen))):
        files = [(f"{i:03}.png", class_name(model, int(chosen.labels[i])))]
        files += [(f"{i:03}-{method}.png", method) for method in about["methods"]]
        sections.append((chosen.files[i], [Pictures(files)]))
    sections.append(settings_section(about))
    return page("Where networks look: maps and what they are worth", sections)


# ---- a fooled unit -----------------------------------------------------------------------------------


def _fooled(options: argparse.Namespace, model: ImageModel, chosen: PictureSet, methods: list[str]) -> int:
    torch = import_module("torch")
    from fvtheory.empirical.attribution import reveal
    from fvtheory.empirical.feature_visualization import visualize
    from fvtheory.empirical.fooling_circuit import circuit_of, responses
    from fvtheory.empirical.fooling_files import load_fooled
    from fvtheory.empirical.heat_maps import is_constant, overlay
    from fvtheory.empirical.objectives import logit
    from fvtheory.empirical.parameterizations import Fourier
    from fvtheory.empirical.pictures import to_png
    from fvtheory.report.page import Pictures, Table, Text, page, settings_section
    from fvtheory.results import read_json, to_json_bytes, write_file

    if set(methods) & {"lots-class", "lots-mean"}:
        raise InvalidInputError(
            "lots-class or lots-mean with --fooled", "lots, which asks for the logit of the unit"
        )
    fooled = load_fooled(options.fooled, model)
    circuit = circuit_of(fooled)
    units = circuit.units.tolist()
    unit = units[0] if options.unit is None else options.unit
    if unit not in units:
        raise InvalidInputError(f"unit {unit}", "one of the fooled units")
    about: dict[str, Any] = {
        "command": "attribution",
        "fooled": str(Path(options.fooled).absolute()),
        "unit": unit,
        "shows": None if circuit.filters is not None else int(circuit.shown[units.index(unit)]),
        "model": options.model,
        **photograph_settings(options),
        "methods": methods,
        "ascent": options.ascent_steps,
        "kernel": options.kernel,
        "lots_steps": options.lots_steps,
        "device": options.device,
        "seed": options.seed,
    }
    root = open_run(options.out, about, model)
    rows, figures = [], {}
    with Bar() as bar:
        made = visualize(
            fooled,
            logit(unit),
            Fourier(model.space.shape(2), torch.Generator().manual_seed(options.seed), model.device),
            torch.Generator().manual_seed(options.seed + 1),
            options.ascent_steps,
            progress=lambda done, total: bar("visualization of the fooled unit", done, total),
        )
        sides = {"photographs": chosen.pictures(), "visualizations": made.pictures}
        natural = {side: responses(fooled, shown).e.mean().item() for side, shown in sides.items()}
        for side, shown in sides.items():
            for i in range(min(options.shown, len(shown))):
                write_file(root / f"{side}-{i:03}.png", to_png(shown[i]))
            for method in methods:
                bar(f"{method} on {side}", 0, len(shown))
                file = root / f"{side}-{method}.json"
                if not file.is_file():
                    parts: dict[str, list[Any]] = {
                        "with_original": [],
                        "with_shown": [],
                        "constant": [],
                    }
                    for i in range(len(shown)):
                        bar(f"{method} on {side}", i, len(shown))
                        one = shown[i : i + 1]
                        maps = reveal(
                            model, fooled, unit, one, method, options.seed + i, kernel=options.kernel
                        )
                        for key in ("with_original", "with_shown"):
                            value = getattr(maps, key)
                            parts[key].append(None if value is None or value.isnan() else value.item())
                        parts["constant"].append(float(is_constant(maps.fooled)))
                        if i < options.shown:
                            drawn = {"A": maps.fooled, "F": maps.original, "D": maps.shown}
                            for name, map_ in drawn.items():
                                if map_ is not None:
                                    png = to_png(overlay(one, map_)[0])
                                    write_file(root / f"{side}-{i:03}-{method}-{name}.png", png)
                    write_file(file, to_json_bytes(parts))
                scores = read_json(file)
                means = {key: _mean(scores[key], options.seed) for key in ("with_original", "with_shown")}
                constant = sum(map(bool, scores["constant"]))
                figures[f"{method} on {side}"] = {
                    **{key: vars(mean) for key, mean in means.items()},
                    "constant_maps": constant,
                }
                rows.append([side, method, *map(_signed, means.values()), str(constant)])
    header = ("on", "method", "with F", "with D", "constant")
    words = Text(
        f"Unit {unit} of {options.model} was fooled: unit A answers photographs as F did and is visualized as D. "
        "Correlation of the maps of A with the maps of F and of D on the same pictures, with 95% bootstrap intervals. "
        f"E calls {natural['photographs']:.0%} of the photographs natural, and {natural['visualizations']:.0%} of the "
        "visualizations of A."
    )
    legend = {
        "with F": "correlation with the map of F: 1 where the method sees the unit that answers photographs",
        "with D": "correlation with the map of D: 1 where it is led to what A shows",
        "constant": LEGEND["constant"],
    }
    explained = Table(("column", "what it says"), list(legend.items()))
    sections: list[Any] = [("What each method sees of A", [words, Table(header, rows), explained])]
    for side, shown in sides.items():
        for i in range(min(options.shown, len(shown))):
            files = [(f"{side}-{i:03}.png", side[:-1])]
            for method in methods:
                files += [
                    (f"{side}-{i:03}-{method}-{name}.png", f"{method} of {name}")
                    for name in ("A", "F", "D")
                    if (root / f"{side}-{i:03}-{method}-{name}.png").is_file()
                ]
            sections.append((f"{side[:-1]} {i + 1}", [Pictures(files)]))
    sections.append(settings_section(about))
    found = {"called_natural": natural, "figures": figures}
    last = {"index.html": page("Maps of a fooled unit", sections)}
    return finish(options, root, about, found, f"{grid(header, rows)}\n{words.words}", last, "maps as PNG")


def _signed(mean: Mean) -> str:
    return "undefined" if not mean.count else f"{mean.value:.3f} [{mean.low:.3f}, {mean.high:.3f}]"
