"""The command ``fvtheory visualize``: activation maximization of units of a real network.

It needs torch and pillow. Figures and pictures appear under their names when they are complete; an interrupted run
goes on when it is started again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    add_copies,
    add_images,
    add_model,
    add_robustness,
    add_run,
    add_size,
    add_steps,
    add_units,
    class_name,
    image_folder,
    load_prepared,
    positive,
    prior_folder,
    unit_names,
    weight,
    whole,
)
from fvtheory.commands.output import finish, grid, print_json
from fvtheory.commands.parameterization_options import (
    add_own_options,
    own_options,
    parameterizations_explained,
)
from fvtheory.commands.progress import Bar
from fvtheory.empirical.parameterizations import KINDS, get_parameterization
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.feature_visualization import Visualization
    from fvtheory.empirical.image_model import ImageModel
    from fvtheory.empirical.objectives import Objective

UNIT_HELP = """units:
  LAYER                  mean square of a whole layer
  LAYER:INDEX            mean of a channel; logits:574 is the logit of class 574
  LAYER:INDEX@ROW,COL    a neuron; LAYER:INDEX@middle the one in the middle
  LAYER:NUMBER/CHANNELS  random direction with this number, among so many channels
  probability:INDEX      probability of a class; also log-probability:INDEX
  UNIT + 0.5 * UNIT      sums and products of these
Units after a ReLU often have no gradient at the start: name the layer before it.
"""


def add_command(commands: Any) -> None:
    """Add ``visualize`` to the subparsers of the command line."""
    command = commands.add_parser(
        "visualize",
        help="pictures on which units are most active",
        description="Activation maximization (or minimization) of units of a real network. Writes pictures, "
        "results.json and index.html.",
        **examples(
            "fvtheory visualize --list",
            "fvtheory visualize --unit logits:574 --unit _blocks.8._bn2:3 --out golf-ball",
            "fvtheory visualize --unit logits:574 --parameterization prior --out with-prior",
            "fvtheory visualize --unit _blocks.8._bn2:3 --copies 4 --diversity 1 --diversity-layer _blocks.8._bn2 "
            "--out four",
            before=f"{UNIT_HELP}\n{parameterizations_explained()}",
        ),
    )
    add_model(command)
    add_units(command, "and more, see below")
    command.add_argument("--list", action="store_true", help="list what there is, and stop; here: the layers")
    command.add_argument("--minimize", action="store_true", help="minimize in place of maximize")

    ascent = command.add_argument_group("ascent")
    add_steps(ascent, 512)
    ascent.add_argument(
        "--rate", type=positive, default=0.05, metavar="R", help="length of a step (default: 0.05)"
    )
    ascent.add_argument(
        "--ascent",
        choices=("adam", "euclidean", "sup", "decorrelated"),
        default="adam",
        help="Adam (default), or steps along the steepest direction in this sense; decorrelated goes with "
        "--parameterization pixels",
    )
    ascent.add_argument(
        "--keep",
        type=_steps,
        default=None,
        metavar="N,N,...",
        help="steps whose pictures are kept (default: those of 1,8,32,128,512 that are made, and the last)",
    )
    add_copies(ascent)
    ascent.add_argument(
        "--batch", type=whole, default=8, metavar="N", help="pictures that share a pass, about (default: 8)"
    )

    pictures = command.add_argument_group("pictures")
    pictures.add_argument(
        "--parameterization",
        choices=tuple(KINDS),
        default="fourier",
        help="what the ascent moves, see below (default: fourier)",
    )
    add_own_options(pictures)
    pictures.add_argument("--start", metavar="FILE", help="a picture to begin with (default: noise)")
    add_size(pictures)

    robust = command.add_argument_group(
        "transformations before each step "
        "(the standard set by default; its lengths shrink with the side below 96 pixels)"
    )
    add_robustness(robust)
    for name, default, words in (
        ("jitter", 4, "greatest shift each way, in pixels"),
        ("scale", 0.1, "greatest relative change of size"),
        ("degrees", 10, "greatest turn each way"),
        ("pad", 12, "width of a grey frame in pixels"),
        ("last-jitter", 2, "greatest shift each way after turning"),
    ):
        robust.add_argument(f"--{name}", type=weight, metavar="X", help=f"{words} (default: {default})")

    penalties = command.add_argument_group("penalties, by weight (default: none)")
    for name, words in (
        ("tv", "total variation"),
        ("high-frequencies", "mean square above 1/4 cycle a pixel"),
        ("grey-l1", "mean distance to grey"),
        ("grey-l2", "mean square distance to grey"),
        ("improbability", "minus log density of a Gaussian fitted to the photographs of --images"),
        ("reconstruction", "mean square error of the autoencoder of --prior"),
        ("diversity", "likeness of the copies of a unit at --diversity-layer"),
    ):
        penalties.add_argument(f"--{name}", type=weight, default=0.0, metavar="W", help=words)
    penalties.add_argument("--diversity-layer", metavar="LAYER", help="where likeness is measured")
    add_images(penalties, "for --improbability")
    add_run(command, out_required=False)  # --list needs none
    command.set_defaults(run=_run)


def _steps(word: str) -> list[int]:
    parts = word.split(",")
    if not all(p.isdecimal() for p in parts):
        raise argparse.ArgumentTypeError(f"got {word!r}; required: whole numbers, such as 1,8,32")
    return sorted({int(p) for p in parts})


# ---- the run -----------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    model = load_prepared(options)
    if options.list:
        return _list(model, options.json)
    job = _Job(options, model)
    batches = []
    start = time.monotonic()
    with Bar() as bar:
        for number in range(len(job.batches)):
            batches.append(job.batch(number, bar))
    units = [unit for batch in batches for unit in batch]
    words = [grid(HEADER, [_row(unit) for unit in units])]
    words += [f"{unit['unit']}: {DEAD}" for unit in units if unit["dead"]]
    words.append(f"made in {time.monotonic() - start:.1f} s")
    files = {"index.html": _page(job, units)}
    return finish(
        options, job.root, job.settings, {"results": units}, "\n".join(words), files, "pictures as PNG"
    )


def _list(model: ImageModel, as_json: bool) -> int:
    from fvtheory.empirical.activations import layers

    found = layers(model)
    if as_json:
        print_json([{"layer": v.name, "kind": v.kind, "shape": list(v.shape)} for v in found])
    else:
        print(
            grid(("layer", "kind", "shape"), [(v.name, v.kind, "x".join(map(str, v.shape))) for v in found])
        )
    return DONE


class _Job:
    """Everything that is asked for, checked before anything is written."""

    def __init__(self, options: argparse.Namespace, model: ImageModel) -> None:
        from fvtheory.empirical.objectives import parse_unit
        from fvtheory.empirical.transformations import Transformations, standard

        if not options.units or options.out is None:
            raise InvalidInputError(
                "no --unit" if not options.units else "no --out",
                "--unit UNIT and --out DIR",
                "fvtheory visualize --list shows the layers",
            )
        if options.diversity and (options.copies < 2 or options.diversity_layer is None):
            raise InvalidInputError("--diversity", "--copies of 2 or more and --diversity-layer")
        if options.ascent == "decorrelated" and options.parameterization != "pixels":
            raise InvalidInputError(
                f"--ascent decorrelated with {options.parameterization}", "--parameterization pixels"
            )
        self.options, self.model = options, model
        self.units = unit_names(options.units, model)
        kind = options.parameterization
        self.own = own_options(options, [kind], model, ["prior"] if options.reconstruction else [])[kind]
        self.prior = prior_folder(options, model) if options.reconstruction else self.own.get("prior")
        for name, usual in vars(standard(model.space)).items():
            if getattr(options, name) is None:
                setattr(options, name, usual)
        self.transformations = (
            None
            if options.no_transformations
            else Transformations(
                options.jitter, options.scale, options.degrees, options.pad, options.last_jitter
            )
        )
        self.objectives: list[Objective] = [parse_unit(text) for text in self.units]
        size = max(1, options.batch // options.copies)
        self.batches = [range(i, min(i + size, len(self.units))) for i in range(0, len(self.units), size)]
        default = {step for step in (1, 8, 32, 128, 512) if step <= options.steps} | {options.steps}
        self.keep = sorted(default if options.keep is None else options.keep)
        if self.keep and self.keep[-1] > options.steps:
            raise InvalidInputError(f"--keep {self.keep[-1]} of {options.steps} steps", "steps that are made")
        self.autoencoder = self._autoencoder()
        self.start = self._start()
        self.penalty = self._penalty()
        self._try()
        self.settings = self._settings()
        self.root = open_run(options.out, self.settings, model)

    def _settings(self) -> dict[str, Any]:
        left_out = {"run", "out", "kept_in", "json", "threads", "list", "keep", "units"}
        chosen = {k: v for k, v in vars(self.options).items() if k not in left_out}
        space = self.model.space
        return {
            "command": "visualize",
            "units": self.units,
            "kept": self.keep,
            **chosen,
            "prior": self.prior,
            **self.own,
            "size": [space.height, space.width],
            "channels": space.channels,
            "mean": list(space.mean),
            "std": list(space.std),
        }

    def _autoencoder(self) -> Any:
        from fvtheory.empirical.models.taef2 import load_taef2

        if self.prior is None or not self.options.reconstruction:
            return None
        encoder, decoder = load_taef2(self.prior)
        return encoder.to(self.model.device), decoder.to(self.model.device)

    def _start(self) -> Any:
        from fvtheory.empirical.pictures import read_picture

        if self.options.start is None:
            return None
        return read_picture(self.options.start, self.model.space).float()[None] / 255

    def _penalty(self) -> Objective | None:
        from fvtheory.empirical import regularizers as r

        o = self.options
        terms = [
            (o.tv, r.total_variation),
            (o.high_frequencies, r.high_frequencies),
            (o.grey_l1, lambda: r.distance_to_grey(1)),
            (o.grey_l2, lambda: r.distance_to_grey(2)),
            (o.improbability, lambda: r.improbability(self._density())),
            (o.reconstruction, lambda: r.reconstruction_error(*self.autoencoder)),
            (o.diversity, lambda: r.likeness(o.diversity_layer, o.copies)),
        ]
        total = None
        for share, make in terms:
            if share:
                term = share * make()
                total = term if total is None else total + term
        return total

    def _density(self) -> Any:
        from fvtheory.empirical.picture_density import fit_density
        from fvtheory.empirical.pictures import read_folder

        found = read_folder(image_folder(self.options.images), self.model.space, per_class=20)
        return fit_density(found.pictures())

    def _try(self) -> None:
        """One pass with all units, so that what cannot be made is refused before it is begun."""
        import torch

        from fvtheory.empirical.objectives import each, observe

        copies = max(2, self.options.copies) if self.options.diversity else 1
        layers = tuple(dict.fromkeys(name for o in self.objectives for name in o.layers))
        self._parameterization(copies, torch.Generator())
        grey = torch.full(self.model.space.shape(copies), 0.5, device=self.model.device)
        try:
            with torch.no_grad():
                for objective in self.objectives:
                    each([objective], copies)(observe(self.model, layers, grey))
                if self.penalty is not None:
                    self.penalty(observe(self.model, self.penalty.layers, grey))
        except RuntimeError as error:
            side = f"{self.model.space.height}x{self.model.space.width}"
            raise InvalidInputError(
                f"network {self.model.name} with pictures of {side} ({str(error).splitlines()[0]})",
                "a size that the network takes",
                "leave out --size",
            ) from None

    def write(self, name: str, content: bytes) -> None:
        from fvtheory.results import write_file

        write_file(self.root / name, content)

    def _parameterization(self, count: int, generator: Any) -> Any:
        shape = self.model.space.shape(count)
        start = None if self.start is None else self.start.expand(shape)
        kind = get_parameterization(self.options.parameterization)
        return kind.build(shape, generator, self.model.device, start, **self.own)

    def batch(self, number: int, bar: Bar) -> list[dict[str, Any]]:
        """The results of some units; from the folder where they are there."""
        import torch

        from fvtheory.empirical.feature_visualization import visualize
        from fvtheory.empirical.objectives import each
        from fvtheory.empirical.pictures import to_png
        from fvtheory.results import read_json, to_json_bytes

        o, chosen = self.options, self.batches[number]
        done, state = self.root / f"batch-{number}.json", self.root / f"batch-{number}.pt"
        if done.is_file():
            return read_json(done)
        generator = torch.Generator().manual_seed((o.seed + number * 0x9E3779B97F4A7C15) % 2**63)
        parameterization = self._parameterization(len(chosen) * o.copies, generator)
        with torch.no_grad():
            first = parameterization.pictures().detach().cpu()
        found = visualize(
            self.model,
            each([self.objectives[i] for i in chosen], o.copies),
            parameterization,
            generator,
            steps=o.steps,
            rate=o.rate,
            transformations=self.transformations,
            minimize=o.minimize,
            keep=self.keep,
            progress=bar.part("steps of a batch", number, len(self.batches)),
            penalty=self.penalty,
            ascent=o.ascent,
            checkpoint=state,
        )
        results = []
        for place, i in enumerate(chosen):
            for copy in range(o.copies):
                row = place * o.copies + copy
                name = f"unit-{i}" if o.copies == 1 else f"unit-{i}-{copy}"
                files = {step: f"{name}-step-{step}.png" for step in sorted(found.trajectory)}
                for step, file in files.items():
                    self.write(file, to_png(found.trajectory[step][row]))
                self.write(f"{name}.png", to_png(found.pictures[row]))
                results.append(self._result(i, copy, row, name, files, found, first))
        self.write(done.name, to_json_bytes(results))
        state.unlink(missing_ok=True)
        return results

    def _result(
        self,
        i: int,
        copy: int,
        row: int,
        name: str,
        files: dict[int, str],
        found: Visualization,
        first: Any,
    ) -> dict[str, Any]:
        import torch

        from fvtheory.empirical.objectives import observe

        objective = self.objectives[i]
        with torch.no_grad():
            seen = observe(self.model, objective.layers, first[row : row + 1].to(self.model.device))
            at_start = float(objective(seen)[0])
        history = found.history[:, row]
        return {
            "unit": self.units[i],
            "copy": copy,
            "class": self._class(i),
            "picture": f"{name}.png",
            "at_start": at_start,
            "value": float(found.values[row]),
            "best_on_transformed": float(history.min() if self.options.minimize else history.max()),
            "on_transformed": {str(step): float(history[step - 1]) for step in files if step},
            "trajectory": {str(step): file for step, file in files.items()},
            "dead": bool(found.dead[row]),
        }

    def _class(self, i: int) -> str:
        """The name of the class, where the unit is one."""
        layer, _, index = self.units[i].rpartition(":")
        if layer not in ("logits", "probability", "log-probability") or not index.isdecimal():
            return ""
        return class_name(self.model, int(index))


DEAD = (
    "dead start: no gradient arrived at the picture in any step, so it shows nothing about the unit; try the layer "
    "before the ReLU, another --seed, or --start"
)

HEADER = ("unit", "class", "at start", "at the end", "picture", "")


def _row(unit: dict[str, Any]) -> Sequence[str]:
    words = "dead start" if unit["dead"] else ""
    return (
        unit["unit"],
        unit["class"],
        f"{unit['at_start']:.4g}",
        f"{unit['value']:.4g}",
        unit["picture"],
        words,
    )


def _page(job: _Job, units: Sequence[dict[str, Any]]) -> bytes:
    from fvtheory.report.page import Pictures, Table, Text, page, settings_section

    verb = "minimized" if job.options.minimize else "maximized"
    about = {k: v for k, v in job.settings.items() if v not in (None, 0.0, False)}
    sections: list[Any] = [
        (
            "Units",
            [
                Text(
                    f"Pictures on which units of {job.model.name} are {verb}, after {job.options.steps} steps."
                ),
                Pictures([(u["picture"], f"{u['unit']} {u['class']}: {u['value']:.4g}") for u in units]),
                Table(HEADER, [_row(u) for u in units]),
            ],
        )
    ]
    for unit in units:
        captions = [
            (file, f"step {step}" + (f": {unit['on_transformed'][step]:.4g}" if step != "0" else ""))
            for step, file in unit["trajectory"].items()
        ]
        copy = f", picture {unit['copy'] + 1}" if job.options.copies > 1 else ""
        words = DEAD if unit["dead"] else "Values before each step, on the transformed picture."
        sections.append((unit["unit"] + copy, [Text(words), Pictures(captions)]))
    sections.append(settings_section(about))
    return page("Feature visualizations", sections)
