"""The command ``fvtheory choice``: which of two natural images activates a unit more, told from its visualizations."""

from __future__ import annotations

import argparse
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
    from fvtheory.empirical.forced_choice import UnitChoice


def add_command(commands: Any) -> None:
    """Add ``choice`` to the subparsers of the command line."""
    command = commands.add_parser(
        "choice",
        help="which of two photographs activates a unit more",
        description="Visualize the least and the most of each unit, and let decoders tell from these which of two "
        "natural images activates it more: the central decoders of the theory, the nearest visualization by "
        "features, a coin. Beside it, how many of the pairs the theory says can be told.",
        **examples("fvtheory choice --count 20 --pairs 100 --out choice"),
    )
    add_model(command)
    add_images(command)
    add_units(command)
    command.add_argument(
        "--count", type=whole, default=10, metavar="N", help="how many logits, without --unit (default: 10)"
    )
    command.add_argument(
        "--features",
        action="append",
        metavar="LAYER",
        help="a layer to compare by (repeatable; default: the last before the logits)",
    )
    command.add_argument(
        "--pairs", type=whole, default=100, metavar="N", help="how many of each kind, a unit (default: 100)"
    )
    add_steps(command, 128)
    add_per_class(command)
    add_run(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    torch = load_torch()
    from fvtheory.empirical import forced_choice
    from fvtheory.empirical.activations import deepest
    from fvtheory.empirical.objectives import parse_unit
    from fvtheory.empirical.pictures import from_png, read_folder, to_png
    from fvtheory.empirical.transformations import standard
    from fvtheory.empirical.unit_values import on_pictures
    from fvtheory.report import plots
    from fvtheory.results import read_json, to_json_bytes, write_file

    plots.require_matplotlib()
    model = load_prepared(options)
    folder = image_folder(options.images)
    names = unit_names(options.units or [], model) or forced_choice.default_units(
        model, options.count, torch.Generator().manual_seed(options.seed)
    )
    if len(set(names)) != len(names):
        raise InvalidInputError("a unit given twice", "different units")
    objectives = [parse_unit(name) for name in names]
    layers = [*(options.features or [deepest(model).name])]
    layers += [forced_choice.PIXELS] if forced_choice.PIXELS not in layers else []
    natural = read_folder(folder, model.space, options.per_class)
    settings = {
        "command": "choice",
        "model": model.name,
        "images": folder,
        "per_class": options.per_class,
        "units": names,
        "features": layers,
        "pairs": options.pairs,
        "steps": options.steps,
        "device": options.device,
        "seed": options.seed,
    }
    found: list[UnitChoice] = []
    left_out: dict[str, str] = {}
    with Bar() as bar:
        values = on_pictures(model, objectives, natural.data, progress=bar.part("photographs", 0, 1))
        looks = {layer: forced_choice.features(model, natural.data, layer) for layer in layers}
        root = open_run(options.out, settings, model)
        for k, (name, objective) in enumerate(zip(names, objectives, strict=True)):
            generator = torch.Generator().manual_seed(options.seed + k)
            files = [root / f"unit-{k:04}-{end}.png" for end in ("least", "most")]
            told = root / f"unit-{k:04}.json"
            if not told.exists():
                if not all(file.exists() for file in files):
                    made = forced_choice.show(
                        model,
                        objective,
                        generator,
                        options.steps,
                        standard(model.space),
                        progress=bar.part(name, k, len(names)),
                    )
                    for file, picture in zip(files, made.pictures, strict=True):
                        write_file(file, to_png(picture))
                pictures = torch.stack([from_png(file) for file in files])
                low, high = on_pictures(model, [objective], pictures)[:, 0].tolist()
                two = {
                    layer: (x, forced_choice.features(model, pictures, layer)) for layer, x in looks.items()
                }
                try:
                    answers = forced_choice.ask(
                        name,
                        forced_choice.Shown(pictures, low, high),
                        natural.data,
                        values[:, k],
                        two,
                        options.pairs,
                        torch.Generator().manual_seed(options.seed + k),
                    )
                except InvalidInputError as error:
                    left_out[name] = error.got
                    continue
                write_file(told, to_json_bytes(answers.to_json()))
            found.append(forced_choice.UnitChoice.from_json(read_json(told)))
    if not found:
        raise InvalidInputError(
            f"units that say nothing: {'; '.join(left_out.values())}", "a unit that varies"
        )
    generator = torch.Generator().manual_seed(options.seed)
    return finish(options, root, settings, *_results(settings, found, names, left_out, generator))


def _results(
    settings: dict[str, Any],
    found: list[UnitChoice],
    names: list[str],
    left_out: dict[str, str],
    generator: Any,
) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    """Figures, words and files."""
    from fvtheory.empirical.forced_choice import KINDS, summary
    from fvtheory.report import linearity_plots, plots
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section

    rows = summary(found, generator)
    files = {f"choices.{kind}": linearity_plots.choices(rows, kind) for kind in plots.FORMATS}
    header = (
        "decoder",
        "pairs",
        "right",
        "95% Wilson",
        "95% over units",
        "ties",
        "units above half",
        "asked",
    )
    lines = [
        [
            r.decoder,
            r.pairs,
            f"{r.share:.3f}",
            f"{r.low:.3f} to {r.high:.3f}",
            f"{r.units_low:.3f} to {r.units_high:.3f}",
            f"{r.ties:.3f}",
            f"{r.above_half:.3f}",
            str(r.asked),
        ]
        for r in rows
    ]
    theory_header = ("class", "radius / (f_max - f_min)", *(f"{kind} pairs decided" for kind in KINDS))

    def mean(numbers: list[float]) -> float:
        return sum(numbers) / len(numbers)

    theory: list[dict[str, Any]] = [
        {
            "class": name,
            "radius": mean([u.radius[name] for u in found]),
            "decided": {kind: mean([u.decided[kind][name] for u in found]) for kind in KINDS},
        }
        for name in found[0].radius
    ]
    theory_lines = [
        [t["class"], f"{t['radius']:.3f}", *(f"{t['decided'][k]:.3f}" for k in KINDS)] for t in theory
    ]
    figures = {
        "decoders": [vars(r) for r in rows],
        "theory": theory,
        "each_unit": [u.to_json() for u in found],
        "left_out": left_out,
    }
    pictures = [
        (f"unit-{k:04}-{end}.png", f"{name}, {end} activating")
        for k, name in enumerate(names)
        if name not in left_out
        for end in ("least", "most")
    ]
    sections: list[tuple[str, list[Part]]] = [
        (
            "Decoders",
            [
                Text(
                    "From the least and the most activating visualization of a unit: which of two natural images "
                    "activates it more? Random pairs, and pairs of one image of the highest and one of the lowest "
                    "activations, as Borowski et al. (2021) showed to people. Ties are decided by a coin. Pairs of "
                    "one unit are alike: the interval over units says how far the next units may differ."
                ),
                Pictures([("choices.png", "95% bootstrap over units")], wide=True),
                Table(header, lines),
            ],
        ),
        (
            "What the theory says",
            [
                Text(
                    "The radius of information of the visualizations in a class, where 0.5 is no better than "
                    "guessing the middle everywhere, and the share of pairs that the visualizations decide: on all "
                    "others the class has functions with the same visualizations that prefer the one image, and "
                    "functions that prefer the other. A decoder that is right on these is so because of what this "
                    "network is, which Φ does not tell. Least L: the least for which the visualizations are "
                    "possible at all. L seen: the greatest slope between images of this run; the unit is in no "
                    "class with a smaller one. Means over units."
                ),
                Table(theory_header, theory_lines),
                Text(
                    "Share of natural images with an activation outside [f_min, f_max] as ascent found them, mean "
                    f"over units: {mean([u.outside for u in found]):.3f}."
                ),
            ],
        ),
        ("Visualizations", [Pictures(pictures)]),
    ]
    if left_out:
        sections.append(("Left out", [Table(("unit", "why"), [list(item) for item in left_out.items()])]))
    sections.append(settings_section(settings))
    files["index.html"] = page("Two-image forced choice", sections)
    return figures, f"{grid(header, lines)}\n{grid(theory_header, theory_lines)}", files
