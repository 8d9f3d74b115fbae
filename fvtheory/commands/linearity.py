"""The command ``fvtheory linearity``: how straight the paths of activation maximization are, unit by unit, and
whether that goes with scores by people."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    add_images,
    add_model,
    add_per_class,
    add_run,
    add_steps,
    add_units,
    image_folder,
    load_prepared,
    load_torch,
    unit_names,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.linearity import Linearity

PLAIN, MOVED = "without transformations", "with transformations"

PAPER = "Spearman's r = -0.36 (p = 0.001) over 84 units of Inception-V1 at n = 2"


def add_command(commands: Any) -> None:
    """Add ``linearity`` to the subparsers of the command line."""
    command = commands.add_parser(
        "linearity",
        help="how straight paths of ascent are, and scores by people",
        description="From the natural images that activate a unit most, maximize it further and measure how straight "
        "the path is: gradient angles (AGPA, AGA) and distances from the line (ALDP, ALD), equations 12 to 18 of "
        "Geirhos et al. (2024), with and without transformations. With scores, Spearman's correlation beside.",
        **examples(
            "fvtheory linearity --unit logits:0 --unit logits:217 --out linearity",
            "fvtheory linearity --scores people.csv --starts 20 --steps 512 --out linearity",
        ),
    )
    add_model(command)
    add_images(command, "paths begin at the most activating ones")
    chosen = command.add_mutually_exclusive_group(required=True)
    add_units(chosen)
    chosen.add_argument(
        "--scores", metavar="FILE", help="CSV with the columns unit and score: these units, correlated"
    )
    command.add_argument(
        "--starts",
        type=whole,
        default=5,
        metavar="N",
        help="how many photographs to start from, a unit (default: 5; paper: 20)",
    )
    add_steps(command, 64, "of each path; paper: 512")
    add_per_class(command)
    add_run(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    torch = load_torch()
    from fvtheory.empirical import linearity
    from fvtheory.empirical.human_scores import read_scores
    from fvtheory.empirical.objectives import parse_unit
    from fvtheory.empirical.pictures import read_folder
    from fvtheory.empirical.transformations import standard
    from fvtheory.empirical.unit_values import on_pictures
    from fvtheory.report import plots
    from fvtheory.results import read_json, to_json_bytes, write_file

    plots.require_matplotlib()
    scores = read_scores(options.scores) if options.scores else None
    if options.steps < 2:
        raise InvalidInputError("--steps 1", "at least 2, for an angle")
    model = load_prepared(options)
    names = unit_names(list(scores or options.units), model)
    if len(set(names)) != len(names):
        raise InvalidInputError("a unit given twice", "different units")
    scores = scores and dict(zip(names, scores.values(), strict=True))
    objectives = [parse_unit(name) for name in names]
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
    found: dict[str, list[Linearity]] = {PLAIN: [], MOVED: []}
    with Bar() as bar:
        values = on_pictures(model, objectives, natural.data, progress=bar.part("photographs", 0, 1))
        root = open_run(options.out, settings, model)
        for k, (name, objective) in enumerate(zip(names, objectives, strict=True)):
            best = values[:, k].topk(options.starts).indices
            for half, (setting, changes) in enumerate(((PLAIN, None), (MOVED, standard(model.space)))):
                file = root / f"unit-{k:04}-{'moved' if changes else 'plain'}.json"
                if not file.exists():
                    measured = linearity.measure(
                        model,
                        objective,
                        natural[best].pictures(),
                        torch.Generator().manual_seed(options.seed + k),
                        options.steps,
                        transformations=changes,
                        progress=bar.part(f"{name} {setting}", 2 * k + half, 2 * len(names)),
                    )
                    write_file(file, to_json_bytes(replace(measured, unit=name).to_json()))
                found[setting].append(linearity.Linearity.from_json(read_json(file)))
    generator = torch.Generator().manual_seed(options.seed)
    return finish(options, root, settings, *_results(settings, found, scores, generator))


def _results(
    settings: dict[str, Any],
    found: dict[str, list[Linearity]],
    scores: dict[str, float] | None,
    generator: Any,
) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    """Figures, words and files."""
    from fvtheory.empirical.human_scores import by_steps
    from fvtheory.empirical.linearity import Linearity
    from fvtheory.report import linearity_plots, plots
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section

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
    files = {}
    for kind in plots.FORMATS:
        files[f"paths.{kind}"] = linearity_plots.path_curves(found, kind)
        if correlations:
            files[f"correlations.{kind}"] = linearity_plots.correlation_curves(correlations, kind)
    header, rows = table(found, scores)
    figures = {
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
    parts.append(settings_section(settings))
    files["index.html"] = page("Path linearity", parts)
    return figures, grid(header, rows), files


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
