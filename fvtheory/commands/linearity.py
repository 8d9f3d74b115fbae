"""The command ``fvtheory linearity``: how straight the paths of activation maximization are, unit by unit, and
whether that goes with scores by people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from fvtheory.commands.help import examples
from fvtheory.commands.options import (
    Bar,
    add_images,
    add_model,
    add_run,
    grid,
    image_folder,
    load_prepared,
    load_torch,
    print_json,
    whole,
)
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.linearity import Linearity

DONE, FAILED = 0, 1

PLAIN, MOVED = "without transformations", "with transformations"

PAPER = "Spearman's r = -0.36 (p = 0.001) over 84 units of Inception-V1 at n = 2"


def add_command(commands: Any) -> None:
    """Add ``linearity`` to the subparsers of the command line."""
    command = commands.add_parser(
        "linearity",
        help="path linearity of units, and its correlation with scores by people",
        description="From the natural images that activate a unit most, maximize it further and measure how straight "
        "the path is: gradient angles (AGPA, AGA) and distances from the line (ALDP, ALD), equations 12 to 18 of "
        "Geirhos et al. (2024), with and without transformations. With scores, Spearman's correlation beside. An "
        "interrupted run goes on when it is started again.",
        **examples(
            "fvtheory linearity --unit logits:0 --unit logits:217 --out linearity",
            "fvtheory linearity --scores people.csv --starts 20 --steps 512 --out linearity",
        ),
    )
    add_model(command)
    add_images(command, "images to start from: the most activating ones")
    chosen = command.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "--unit", dest="units", action="append", metavar="LAYER:INDEX", help="a unit (repeatable)"
    )
    chosen.add_argument(
        "--scores", metavar="FILE", help="CSV with the columns unit and score: these units, correlated"
    )
    command.add_argument(
        "--starts", type=whole, default=5, metavar="M", help="images a unit (default: 5; paper: 20)"
    )
    command.add_argument(
        "--steps", type=whole, default=64, metavar="N", help="of each path (default: 64; paper: 512)"
    )
    command.add_argument(
        "--per-class", type=whole, metavar="N", help="look at so many images of each class only"
    )
    add_run(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    torch = load_torch()
    from fvtheory.empirical import linearity
    from fvtheory.empirical.objectives import parse_unit
    from fvtheory.empirical.pictures import read_folder
    from fvtheory.empirical.transformations import STANDARD
    from fvtheory.empirical.unit_values import on_pictures
    from fvtheory.report import plots
    from fvtheory.results import open_results, read_json, to_json_bytes, write_file

    plots.require_matplotlib()
    scores = linearity.read_scores(options.scores) if options.scores else None
    names = list(scores or options.units)
    if len(set(names)) != len(names):
        raise InvalidInputError("a unit given twice", "different units")
    if options.steps < 2:
        raise InvalidInputError("--steps 1", "at least 2, for an angle")
    objectives = [parse_unit(name) for name in names]
    model = load_prepared(options)
    folder = image_folder(options.images)
    natural = read_folder(folder, model.space, options.per_class)
    if len(natural) < options.starts:
        raise InvalidInputError(f"{len(natural)} images in {folder!r}", f"at least {options.starts}")
    settings = {
        "command": "linearity",
        "model": model.name,
        "images": folder,
        "per_class": options.per_class,
        "units": names,
        "starts": options.starts,
        "steps": options.steps,
        "device": options.device,
        "seed": options.seed,
    }
    bar = Bar()
    found: dict[str, list[Linearity]] = {PLAIN: [], MOVED: []}
    root = None
    try:
        values = on_pictures(model, objectives, natural.data, progress=partial(bar, "natural images"))
        root = open_results(options.out, settings)
        for k, (name, objective) in enumerate(zip(names, objectives, strict=True)):
            best = values[:, k].topk(options.starts).indices
            for setting, changes in ((PLAIN, None), (MOVED, STANDARD)):
                file = root / f"unit-{k:04}-{'moved' if changes else 'plain'}.json"
                if not file.exists():
                    measured = linearity.measure(
                        model,
                        objective,
                        natural[best].pictures(),
                        torch.Generator().manual_seed(options.seed + k),
                        options.steps,
                        transformations=changes,
                        progress=partial(bar, f"{name} ({k + 1} of {len(names)})"),
                    )
                    write_file(file, to_json_bytes(replace(measured, unit=name).to_json()))
                found[setting].append(linearity.Linearity.from_json(read_json(file)))
    except KeyboardInterrupt:
        bar.end()
        print("fvtheory: interrupted; run the same command again to go on", file=sys.stderr)
        return FAILED
    finally:
        bar.end()
    stream = sys.stderr if options.json else sys.stdout
    generator = torch.Generator().manual_seed(options.seed)
    document = _write(root, settings, found, scores, generator, stream)
    print_json(document) if options.json else print(f"written to {root}: index.html, results.json")
    return DONE


def _write(
    root: Any,
    settings: dict[str, Any],
    found: dict[str, list[Linearity]],
    scores: dict[str, float] | None,
    generator: Any,
    stream: TextIO,
) -> dict:
    from fvtheory.empirical.linearity import Linearity, by_steps
    from fvtheory.report import linearity_plots, plots
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section
    from fvtheory.results import to_json_bytes, write_file

    correlations = {}
    if scores is not None:
        for setting, units in found.items():
            for what, measure in (
                ("angles", Linearity.early_angle),
                ("distances", Linearity.early_distance),
            ):
                curve = by_steps(units, list(scores.values()), generator, measure)
                if curve:
                    correlations[f"{what}, {setting}"] = curve
    for kind in plots.FORMATS:
        write_file(root / f"paths.{kind}", linearity_plots.path_curves(found, kind))
        if correlations:
            write_file(root / f"correlations.{kind}", linearity_plots.correlation_curves(correlations, kind))
    header, rows = table(found, scores)
    document = {
        **settings,
        "units": {
            setting: [
                {k: v for k, v in u.to_json().items() if k not in ("agpa", "aldp")}
                | {"first_angle": u.to_json()["agpa"][0], "score": scores and scores[u.unit]}
                for u in units
            ]
            for setting, units in found.items()
        },
        "correlations": {k: {n: vars(c) for n, c in v.items()} for k, v in correlations.items()},
    }
    parts: list[tuple[str, list[Part]]] = [
        (
            "Paths",
            [
                Text(
                    "Angles between the gradients of successive steps and distances from the segment between start "
                    "and end, averaged over start images (equations 13 and 17). Random transformations turn "
                    "successive gradients towards 90 degrees, whatever the unit."
                ),
                Pictures([("paths.png", "a thin line a unit, a thick one for their mean")], wide=True),
                Table(header, rows),
            ],
        )
    ]
    if scores is not None:
        lines = [
            [name, str(n), f"{c.r:.3f}", f"{c.p:.3g}", f"{c.low:.3f} to {c.high:.3f}", str(c.units)]
            for name, curve in correlations.items()
            for n, c in curve.items()
        ]
        head = ("measure", "n", "r", "p", "95% bootstrap", "units")
        shown = [Pictures([("correlations.png", "bands: 95% bootstrap over units")], wide=True)]
        parts.append(
            (
                "Correlation with the scores",
                [
                    Text(f"By how many steps n are looked at. The paper found {PAPER}, and less with more."),
                    *(shown if correlations else [Text("No measure differs between units at any step.")]),
                    Table(head, lines),
                ],
            )
        )
    write_file(root / "results.json", to_json_bytes(document))
    parts.append(settings_section(settings))
    write_file(root / "index.html", page("Path linearity", parts))
    print(grid(header, rows), file=stream)
    return document


def table(
    found: dict[str, list[Linearity]], scores: dict[str, float] | None
) -> tuple[Sequence[str], list[list[str]]]:
    """A row a unit and setting."""
    header = ("unit", "setting", "first angle", "AGA", "ALD", "rise", "no angle", "still", "score")
    rows = [
        [
            u.unit,
            setting,
            _number(u.agpa[0]),
            _number(u.aga),
            _number(u.ald),
            f"{u.gain:.3g}",
            str(u.undefined),
            str(u.still),
            "-" if scores is None else f"{scores[u.unit]:g}",
        ]
        for setting, units in found.items()
        for u in units
    ]
    return header, rows


def _number(value: float) -> str:
    return "-" if value != value else f"{value:.3f}"
