"""The command ``fvtheory lots``: where pictures must be changed for a layer to show target features."""

from __future__ import annotations

import argparse
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    TRAIN,
    add_images,
    add_model,
    add_per_class,
    add_run,
    add_train,
    class_name,
    image_folder,
    load_prepared,
    load_torch,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.image_model import ImageModel
    from fvtheory.empirical.pictures import PictureSet

TARGETS = ("zero", "class", "mean")
MAGNIFIED = 10.0


def add_command(commands: Any) -> None:
    """Add ``lots`` to the subparsers of the command line."""
    command = commands.add_parser(
        "lots",
        help="where a picture must change to show other features",
        description="Layerwise origin-target synthesis: change photographs until a layer shows target features, and "
        "show where they were changed.",
        **examples(
            "fvtheory lots --per-class 1 --out zero",
            "fvtheory lots --image cat.jpg --target other-cat.jpg --distance cosine --threshold 0.05 --out unseen",
        ),
    )
    add_model(command)
    add_photographs(command)
    command.add_argument(
        "--layer", metavar="LAYER", help="a layer; here: whose features are changed (default: the deepest)"
    )
    command.add_argument(
        "--target",
        default="zero",
        metavar="KIND",
        help="zero (default); class: features of a photograph of the same class; mean: the mean of the class; or the "
        "file of a picture, of any class",
    )
    add_targets(command)
    command.add_argument(
        "--distance",
        choices=("euclidean", "cosine"),
        default="euclidean",
        help="of features (default: euclidean)",
    )
    command.add_argument(
        "--threshold", type=float, default=0.1, metavar="X", help="distance at which to stop (default: 0.1)"
    )
    command.add_argument(
        "--plain",
        action="store_true",
        help="500 plain steps, in place of 100 plain ones and 100 with momentum",
    )
    command.add_argument("--steps", type=whole, metavar="N", help="at most so many (default: all of them)")
    add_kernel(command)
    command.add_argument(
        "--fine", type=whole, default=5, metavar="N", help="the same for fine locations (default: 5)"
    )
    add_run(command)
    command.set_defaults(run=_run)


# ---- what the commands on maps share -----------------------------------------------------------------


def add_photographs(command: argparse.ArgumentParser) -> None:
    """``--images``, ``--per-class`` and ``--image``; `read_photographs` reads them."""
    add_images(command)
    add_per_class(command, 1)
    command.add_argument(
        "--image", action="append", metavar="FILE", help="this picture in place of --images (repeatable)"
    )


def add_targets(command: argparse.ArgumentParser) -> None:
    """``--train`` and ``--target-pictures``; `read_targets` reads them."""
    add_train(command, "for targets of classes")
    command.add_argument(
        "--target-pictures",
        type=whole,
        default=20,
        metavar="N",
        help="so many photographs of each class, for targets of classes (default: 20)",
    )


def add_kernel(command: argparse.ArgumentParser) -> None:
    """``--kernel``."""
    command.add_argument(
        "--kernel", type=whole, default=49, metavar="N", help="size of the blur in pixels (default: 49)"
    )


def read_photographs(options: argparse.Namespace, model: ImageModel) -> PictureSet:
    """The pictures of ``--image``, with the classes that the network says, or of ``--images``, with their own.

    Raises:
        InvalidInputError: for what are no pictures.
    """
    torch = import_module("torch")
    from fvtheory.empirical.activations import logits
    from fvtheory.empirical.pictures import PictureSet, read_folder, read_picture

    if options.image is None:
        return read_folder(image_folder(options.images), model.space, options.per_class)
    if options.images is not None:
        raise InvalidInputError("--image and --images", "one of the two")
    data = torch.stack([read_picture(file, model.space) for file in options.image])
    return PictureSet(data, logits(model, data.float() / 255).argmax(1), tuple(options.image))


def read_targets(options: argparse.Namespace, model: ImageModel, kind: str, layer: str, labels: Any) -> Any:
    """Targets of pictures by their classes, (n, ...): "class" or "mean".

    Raises:
        InvalidInputError: for a class without photographs.
    """
    torch = import_module("torch")
    from fvtheory.empirical import lots
    from fvtheory.empirical.pictures import read_folder

    folder = image_folder(options.train, TRAIN)
    known = read_folder(folder, model.space, options.target_pictures)
    if kind == "mean":
        found = lots.mean_targets(model, known, layer)
    else:
        found = lots.class_targets(model, known, layer, torch.Generator().manual_seed(options.seed))
    return lots.stack_targets(found, labels)


def target_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What of the options decides targets of classes, for the settings of a run."""
    folder = image_folder(options.train, TRAIN)
    return {"train": folder, "target_pictures": options.target_pictures}


def photograph_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What of the options decides the pictures, for the settings of a run."""
    if options.image is not None:
        return {"image": [str(Path(file).absolute()) for file in options.image]}
    folder = image_folder(options.images)
    return {"images": folder, "per_class": options.per_class}


# ---- the command -------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    load_torch()
    from dataclasses import replace

    from fvtheory.empirical import lots
    from fvtheory.empirical.activations import deepest
    from fvtheory.empirical.heat_maps import gaussian_blur, overlay
    from fvtheory.empirical.pictures import read_picture, to_png
    from fvtheory.report.page import Pictures, Table, Text, page, settings_section
    from fvtheory.results import read_json, to_json_bytes, write_file

    model = load_prepared(options)
    if options.target not in TARGETS and not Path(options.target).is_file():
        raise InvalidInputError(
            f"target {options.target!r}", f"{', '.join(TARGETS)} or the file of a picture"
        )
    if options.target == "zero" and options.distance == "cosine":
        raise InvalidInputError("cosine distance to a target of zeros", "--target class, mean or a file")
    chosen = read_photographs(options, model)
    layer = options.layer or deepest(model).name
    settings = lots.PLAIN if options.plain else lots.FAST
    if options.steps is not None:
        settings = replace(settings, steps=options.steps)
    for kernel in (options.kernel, options.fine):
        gaussian_blur(chosen.pictures(slice(1)), kernel)  # refused here if it does not fit
    about: dict[str, Any] = {
        "command": "lots",
        "model": options.model,
        **photograph_settings(options),
        "layer": layer,
        "target": options.target,
        "distance": options.distance,
        "threshold": options.threshold,
        "synthesis": vars(settings),
        "kernel": options.kernel,
        "fine": options.fine,
        "device": options.device,
        "seed": options.seed,
    }
    if options.target == "zero":
        targets = lots.zero_target(model, layer)[None].expand(
            len(chosen), *lots.zero_target(model, layer).shape
        )
    elif options.target in TARGETS:
        about.update(target_settings(options))
        targets = read_targets(options, model, options.target, layer, chosen.labels)
    else:
        about["target"] = str(Path(options.target).absolute())
        one = lots.picture_target(model, read_picture(options.target, model.space).float() / 255, layer)
        targets = one[None].expand(len(chosen), *one.shape)
    lots.synthesize(
        model, chosen.pictures(slice(1)), targets[0], layer, replace(settings, steps=1), options.threshold
    )
    root = open_run(options.out, about, model)
    rows = []
    with Bar() as bar:
        for i in range(len(chosen)):
            file = root / f"{i:03}.json"
            if not file.is_file():
                picture = chosen.pictures(slice(i, i + 1))
                begin = time.monotonic()
                found = lots.synthesize(
                    model,
                    picture,
                    targets[i],
                    layer,
                    settings,
                    options.threshold,
                    options.distance,
                    progress=bar.part("pictures", i, len(chosen)),
                )
                seconds = time.monotonic() - begin
                change = 0.5 + MAGNIFIED * (found.pictures - picture)
                write_file(root / f"{i:03}.png", to_png(picture[0]))
                write_file(root / f"{i:03}-change.png", to_png(change[0]))
                for name, kernel in (("map", options.kernel), ("fine", options.fine)):
                    shown = overlay(picture, lots.activation_maps(picture, found.pictures, kernel))
                    write_file(root / f"{i:03}-{name}.png", to_png(shown[0]))
                row = {
                    "file": chosen.files[i],
                    "class": int(chosen.labels[i]),
                    "start": found.start.item(),
                    "distance": found.distance.item(),
                    "steps": int(found.steps),
                    "end": found.ends[0],
                    "seconds": seconds,
                }
                write_file(file, to_json_bytes(row))
            rows.append(read_json(file))
    header = ("picture", "class", "before", "after", "steps", "end", "seconds")
    table = [
        [
            Path(r["file"]).name,
            class_name(model, r["class"]),
            f"{r['start']:.4g}",
            f"{r['distance']:.4g}",
            str(r["steps"]),
            r["end"],
            f"{r['seconds']:.2f}",
        ]
        for r in rows
    ]
    names = {
        "": "the picture",
        "-change": f"its change, {MAGNIFIED:g} times",
        "-map": f"map, blurred over {options.kernel} pixels",
        "-fine": f"map, blurred over {options.fine} pixels",
    }
    legend = [
        ("class", "that of the picture's folder, or what the network says of a single picture"),
        ("before, after", f"{options.distance} distance of its features from the target"),
        ("steps", "of synthesis until the end"),
        ("end", "reached: no farther than the threshold; all steps; no gradient: nothing more to follow"),
        ("seconds", "of synthesis"),
    ]
    sections: list[Any] = [
        (
            "Distances",
            [
                Text(
                    f"{options.model}, layer {layer}, target {options.target}. Maps show where a picture was changed: "
                    "the absolute difference in brightness, blurred, from dark blue (0) to yellow (1)."
                ),
                Table(header, table),
                Table(("column", "what it says"), legend),
            ],
        )
    ]
    for i, r in enumerate(rows):
        sections.append(
            (r["file"], [Pictures([(f"{i:03}{tail}.png", words) for tail, words in names.items()])])
        )
    sections.append(settings_section(about))
    files = {"index.html": page("Where pictures are changed for other features (LOTS)", sections)}
    return finish(options, root, about, {"pictures": rows}, grid(header, table), files, "maps as PNG")
