"""The command ``fvtheory silence``: silent units in one layer of a network, and what they do."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.audit import suggestion
from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    TRAIN,
    add_images,
    add_model,
    add_per_class,
    add_robustness,
    add_run,
    add_size,
    add_steps,
    add_train,
    image_folder,
    load_prepared,
    load_torch,
    positive,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.silent_units import SilentLayer


def add_command(commands: Any) -> None:
    """Add ``silence`` to the subparsers of the command line."""
    silence = commands.add_parser(
        "silence",
        help="a layer whose units all show one picture",
        description="Put a silent unit beside every unit of a layer: it is 0 on all calibration photographs and takes "
        "over when a visualization drives the unit beyond them, towards one target picture. Report what changes on "
        "calibration and held-out photographs (bit by bit), and how alike the visualizations become.",
        **examples("fvtheory silence --layer _blocks.13._expand_conv --target photo.jpg --out silent"),
    )
    add_model(silence)
    silence.add_argument(
        "--layer",
        metavar="LAYER",
        help="a layer; here: a convolution that is followed by (BatchNorm and) ReLU, or one of those; without it, they "
        "are listed",
    )
    silence.add_argument(
        "--target", required=True, metavar="FILE", help="the picture that every unit is to show"
    )
    add_images(silence, "held out")
    add_train(silence, "on which the units are silent")
    add_per_class(silence)
    silence.add_argument(
        "--alpha", type=positive, default=1.0, metavar="X", help="share of the filter (default: 1)"
    )
    silence.add_argument(
        "--beta", type=positive, default=3.0, metavar="X", help="share of the perturbation (default: 3)"
    )
    silence.add_argument(
        "--slack",
        type=positive,
        default=1.25,
        metavar="X",
        help="with --bias max: how far above the largest value on calibration photographs a unit wakes (default: 1.25)",
    )
    silence.add_argument(
        "--bias",
        choices=("max", "printed"),
        default="max",
        help="max: -(slack * largest value), which silences (default); printed: -(alpha / beta) * largest value, as "
        "the paper prints it, which does not where beta > alpha",
    )
    silence.add_argument(
        "--units",
        type=whole,
        default=8,
        metavar="N",
        help="how many units are visualised, evenly spread (default: 8)",
    )
    add_steps(silence, 256)
    silence.add_argument(
        "--objective",
        choices=("before-relu", "after-relu"),
        default="before-relu",
        help="of the unit as it was; behind its ReLU it can have no gradient at the start (default: before-relu)",
    )
    add_robustness(silence)
    add_size(silence)
    add_run(silence)
    silence.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.empirical.convolution_blocks import find_block, find_blocks
    from fvtheory.empirical.pictures import digest, read_folder, read_picture
    from fvtheory.empirical.silent_units import silence, to_document
    from fvtheory.empirical.silent_units_experiment import natural_changes, show
    from fvtheory.empirical.tensor_files import write_tensors
    from fvtheory.empirical.transformations import standard

    model = load_prepared(options)
    if options.layer is None:
        names = [b.conv for b in find_blocks(model) if not b.depthwise]
        raise InvalidInputError(
            "no --layer", f"a convolution before a ReLU: {', '.join(names)}", f"--layer {names[-1]}"
        )
    if options.slack < 1:
        raise InvalidInputError(f"--slack {options.slack}", "a number not below 1")
    block = find_block(model, options.layer)
    if not 2 <= options.units <= block.filters:
        raise InvalidInputError(f"--units {options.units}", f"a number from 2 to {block.filters}")
    units = [i * block.filters // options.units for i in range(options.units)]
    target = read_picture(options.target, model.space)[None].float() / 255
    folders = {
        "calibration": image_folder(options.train, TRAIN),
        "images": image_folder(options.images),
    }
    sets = {name: read_folder(f, model.space, options.per_class) for name, f in folders.items()}
    settings = {
        "command": "silence",
        "model": options.model,
        "layer": block.conv,
        "target": digest(target),
        **folders,
        **{
            name: getattr(options, name)
            for name in (
                "per_class",
                "alpha",
                "beta",
                "slack",
                "bias",
                "units",
                "steps",
                "objective",
                "no_transformations",
                "size",
                "seed",
                "device",
            )
        },
    }
    root = open_run(options.out, settings, model)
    calibration = sets["calibration"].pictures()
    with Bar() as bar:
        layer = silence(
            model,
            options.layer,
            target,
            calibration,
            options.alpha,
            options.beta,
            options.slack,
            options.bias,
            progress=bar,
        )
        natural = {
            name: natural_changes(layer, found.pictures(), found.labels, progress=bar)
            for name, found in sets.items()
        }
        shown = show(
            layer,
            units,
            target,
            calibration,
            options.seed,
            options.steps,
            transformations=None if options.no_transformations else standard(model.space),
            after_relu=options.objective == "after-relu",
            folder=root,
            progress=bar,
        )
    figures = {
        "filters": block.filters,
        "directions": block.directions,
        "silent_by_construction": layer.silent_by_construction,
        "natural": {name: found.to_json() for name, found in natural.items()},
        "visualizations": shown.to_json(),
    }
    write_tensors(root / "silent.pt", to_document(layer))
    tables = "".join(f"{title}\n{grid(header, rows)}\n\n" for title, header, rows in _tables(figures))
    words = "\n".join([tables + _lines(figures)[0], *_lines(figures)[1:]])
    words += "\n" + suggestion(options, "silent.pt", f"{layer.name}:{units[0]}")
    files = {"index.html": _page(root, settings, figures, layer, shown, target)}
    return finish(options, root, settings, figures, words, files, "silent.pt")


# ---- what is shown -----------------------------------------------------------------------------------


def _tables(figures: Mapping[str, Any]) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    natural, seen = figures["natural"], figures["visualizations"]
    rows = []
    for name, found in natural.items():
        count = found["pictures"]
        rows.append(
            [
                {"calibration": "calibration", "images": "held out"}[name],
                str(count),
                str(found["values"]),
                f"{found['fired']} of {count}",
                f"{found['logits']} of {count}",
                *(f"{found[top][0]:.2%} -> {found[top][1]:.2%}" for top in ("top1", "top5")),
            ]
        )
    slacks = [
        [slack, *(f"{natural[name]['by_slack'][slack]} of {natural[name]['pictures']}" for name in natural)]
        for slack in natural["images"]["by_slack"]
    ]
    alike = [
        [name, *("-" if v is None else f"{v:.3f}" for v in (seen["similarity"][w][name] for w in WHEN))]
        for name in seen["similarity"]["before"]
    ]
    units = [
        [str(u), f"{b:.4g}", f"{a:.4g}", f"{share:.1%}", "yes" if dead else "no"]
        for u, b, a, share, dead in zip(
            seen["units"],
            seen["value_before"],
            seen["value_after"],
            seen["carried_by_silent_unit"],
            seen["dead_after"],
            strict=True,
        )
    ]
    header = ("photographs", "number", "values changed", "fired", "logits changed", "top-1", "top-5")
    return [
        ("Photographs", header, rows),
        ("Photographs on which a unit would fire, by slack", ("slack", "calibration", "held out"), slacks),
        ("Mean cosine of visualizations", ("", *WHEN), alike),
        ("Units", ("unit", "value before", "value after", "carried by the silent unit", "dead start"), units),
    ]


WHEN = ("before", "after")


def _lines(figures: Mapping[str, Any]) -> list[str]:
    seen = figures["visualizations"]
    dead = {when: sum(seen[f"dead_{when}"]) for when in WHEN}
    sure = "guarantees" if figures["silent_by_construction"] else "does not guarantee"
    return [
        f"{seen['steered']} of {len(seen['units'])} visualised units owe more than half of their value to the silent "
        "unit beside them.",
        f"Dead starts (no gradient; the picture is noise and counts in no cosine): {dead['before']} before, "
        f"{dead['after']} after.",
        f"The bias {sure} silence on the calibration photographs, in the batches that it was measured with; nothing "
        "guarantees it on others.",
        f"Every filter has {figures['directions']} directions orthogonal to it.",
        "Cosines in pixels: each picture less its mean colour. In features: means over positions of what the layer "
        "is given, less their mean over the calibration photographs.",
    ]


def _page(
    root: Path,
    settings: Mapping[str, Any],
    figures: Mapping[str, Any],
    layer: SilentLayer,
    shown: Any,
    target: Any,
) -> bytes:
    from fvtheory.empirical.pictures import to_png
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section
    from fvtheory.results import write_file

    def put(name: str, what: Any, caption: str) -> tuple[str, str]:
        write_file(root / f"{name}.png", to_png(what))
        return f"{name}.png", caption

    before = [
        put(f"unit-{u}-before", p, f"unit {u}")
        for u, p in zip(shown.units, shown.before.pictures, strict=True)
    ]
    after = [
        put(f"unit-{u}-after", p, f"unit {u}, {c:.0%} by the silent unit")
        for u, p, c in zip(shown.units, shown.after.pictures, shown.carried.tolist(), strict=True)
    ]
    sections: list[tuple[str, Sequence[Part]]] = [
        ("The target", [Pictures([put("target", target[0], "what every unit is to show")])]),
        ("Visualizations before", [Pictures(before)]),
        ("Visualizations after", [Pictures(after), *(Text(line) for line in _lines(figures))]),
        *((title, [Table(header, rows)]) for title, header, rows in _tables(figures)),
        settings_section(settings),
    ]
    title = f"Silent units in {layer.block.conv} of {layer.original.name}"
    return page(title, sections)
