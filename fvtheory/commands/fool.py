"""The command ``fvtheory fool``: build the fooling circuit into a network and measure what it does."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.audit import suggestion
from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    LOGITS,
    TRAIN,
    UNIT,
    add_images,
    add_model,
    add_run,
    add_steps,
    add_train,
    image_folder,
    load_prepared,
    load_torch,
    logit_index,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.fooling_experiment import Comparison, Schedule


def add_command(commands: Any) -> None:
    """Add ``fool`` to the subparsers of the command line."""
    fool = commands.add_parser(
        "fool",
        help="answers as before, visualized as something else",
        description="Build the fooling circuit into a network: a classifier E tells photographs from visualizations "
        "in the making, and a gate behind the logits lets one unit answer the former and another the latter. Train "
        "E, choose k from measured bounds, and report what changes on held-out photographs and what the fooled "
        "units show.",
        **examples(
            "fvtheory fool --unit 574 --shows 0 --out one",
            "fvtheory fool --permute --trained one --out all",
            "fvtheory fool --picture monalisa.jpg --trained one --out picture",
        ),
    )
    add_model(fool)
    add_images(fool, "held out")
    add_train(fool, "of E")
    fool.add_argument(
        "--unit",
        type=logit_index,
        metavar="UNIT",
        help=f"{UNIT}; here: the logit that is fooled (default: 574)",
    )
    fool.add_argument(
        "--shows", type=logit_index, metavar="UNIT", help="logit that it shows instead (default: 0)"
    )
    what = fool.add_mutually_exclusive_group()
    what.add_argument(
        "--permute", action="store_true", help="fool all logits: each shows the next in a random round"
    )
    what.add_argument("--picture", metavar="FILE", help="fool all logits: each shows this picture")
    fool.add_argument(
        "--trained",
        metavar="DIR",
        help="results of this command from which trajectories are taken, and E (but for --picture)",
    )
    add_steps(fool, None, "default 256, with --quick 32")
    fool.add_argument(
        "--units",
        type=whole,
        metavar="N",
        help="how many units E is trained on, and as many to judge it (default: 16)",
    )
    fool.add_argument(
        "--runs",
        type=whole,
        metavar="N",
        help="how many fooled units are visualized (default: 5, with --quick 2)",
    )
    fool.add_argument("--quick", action="store_true", help="little of everything; here: minutes")
    add_run(fool)
    fool.set_defaults(run=_run)


def _schedule(options: argparse.Namespace) -> Schedule:
    from fvtheory.empirical.fooling_experiment import Schedule
    from fvtheory.empirical.natural_classifier import Training

    units = options.units or (8 if options.quick else 16)
    steps = options.steps or (32 if options.quick else 256)
    if options.quick:
        return Schedule(units, 4, 4, 4, steps, 4, Training(steps=200))
    return Schedule(units, units, 8, 8, steps)


def _run(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.empirical.fooling_circuit import PictureFilters, fool
    from fvtheory.empirical.fooling_experiment import (
        calibrate,
        compare,
        judge,
        make_classifier,
        on_photographs,
        on_visualizations,
        record_all,
    )
    from fvtheory.empirical.fooling_files import save_fooled
    from fvtheory.empirical.image_model import class_count
    from fvtheory.empirical.pictures import digest, read_folder, read_picture
    from fvtheory.empirical.transformations import standard
    from fvtheory.results import read_json

    begun = time.monotonic()
    schedule = _schedule(options)
    model = load_prepared(options)
    changes = standard(model.space)
    classes = class_count(model)
    pair = _pair(options, classes)
    per_class = 15 if options.quick else None
    made: dict[str, Any] = {
        "model": options.model,
        "train": image_folder(options.train, TRAIN),
        "per_class": per_class,
        "excluded": list(pair),
        "schedule": schedule.to_json(),
        "seed": options.seed,
    }
    if options.trained is not None:
        file = Path(options.trained) / "settings.json"
        found = read_json(file) if file.is_file() else None
        trained = found.get("classifier") if isinstance(found, dict) else None
        if not isinstance(trained, dict) or any(trained.get(n) != made[n] for n in made if n != "excluded"):
            raise InvalidInputError(
                f"folder {options.trained!r}",
                "results of fvtheory fool for the same network, photographs, units, steps and seed",
                "give the same options, or train E anew without --trained",
            )
        made = trained
    picture = None if options.picture is None else read_picture(options.picture, model.space).float() / 255
    images = image_folder(options.images)
    settings = {
        "command": "fool",
        "classifier": made,
        "images": images,
        "unit": pair[0],
        "shows": "picture" if picture is not None else "permutation" if options.permute else pair[1],
        "picture": None if picture is None else digest(picture),
        "runs": options.runs or (2 if options.quick else 5),
        "seed": options.seed,
        "device": options.device,
    }
    natural = read_folder(made["train"], model.space, per_class)
    held_out = read_folder(images, model.space, 5 if options.quick else None)
    if int(held_out.labels.max()) >= classes:
        raise InvalidInputError(
            f"photographs of class {int(held_out.labels.max())}",
            f"classes below {classes}, as the network has",
        )
    root = open_run(options.out, settings, model)
    origin = root if options.trained is None else Path(options.trained)
    with Bar() as bar:
        filters = None if picture is None else PictureFilters(picture[None], model.space).to(model.device)
        synthetic = record_all(
            model, made["excluded"], filters, schedule, options.seed, origin, root, changes, bar
        )
        place = origin if filters is None else root  # this E knows the picture
        classifier = make_classifier(
            model.space, natural, synthetic, schedule, options.seed, place, changes, bar
        )
        skill = judge(classifier, model.space, held_out, synthetic, options.seed, changes)
        classifier.to(model.device)
        shows: Mapping[int, int] | PictureFilters = {pair[0]: pair[1]}
        if filters is not None:
            shows = filters
        elif options.permute:
            shows = _round(classes, options.seed)
        bar("bounds of D and F", 0, 1)
        bounds = calibrate(model, natural, synthetic, shows, root)
        fooled = fool(model, classifier, shows, bounds)
        bar("held-out photographs", 0, 1)
        photographs = on_photographs(fooled, held_out, root)
        pairs = _runs(shows, pair[0], settings["runs"], options.seed)
        pictures = compare(model, fooled, pairs, options.seed + 4, schedule.steps, root, changes, bar)
        visualizations = on_visualizations(fooled, pairs, pictures, synthetic.units)
    results = {
        "E": skill,
        "bounds": bounds.to_json(),
        "photographs": photographs,
        "visualizations": visualizations,
    }
    save_fooled(root / "fooled.pt", fooled, options.model)
    photos = held_out.pictures(slice(0, None, max(1, len(held_out) // 5)))
    files = {"index.html": _page(root, settings, results, pictures, photos, picture)}
    tables = "".join(f"{title}\n{grid(header, rows)}\n\n" for title, header, rows in _tables(results))
    words = [tables + _lines(results)[0], *_lines(results)[1:], f"made in {time.monotonic() - begun:.0f} s"]
    words.append(suggestion(options, "fooled.pt", f"{LOGITS}{pair[0]}"))
    return finish(options, root, settings, results, "\n".join(words), files, "fooled.pt")


def _pair(options: argparse.Namespace, classes: int) -> tuple[int, int]:
    unit = 574 if options.unit is None else options.unit
    shows = 0 if options.shows is None else options.shows
    all_units = options.permute or options.picture is not None
    if options.shows is not None and all_units:
        raise InvalidInputError("--shows beside --permute or --picture", "only one of them")
    if all_units and unit >= classes:
        raise InvalidInputError(f"--unit {unit}", f"a logit from 0 to {classes - 1}")
    if not all_units and (max(unit, shows) >= classes or unit == shows):
        raise InvalidInputError(
            f"--unit {unit} --shows {shows}", f"two different logits from 0 to {classes - 1}"
        )
    return unit, shows


def _round(classes: int, number: int) -> dict[int, int]:
    """A permutation without fixed points: every logit shows the next of a random round."""
    torch = load_torch()
    order = torch.randperm(classes, generator=torch.Generator().manual_seed(number)).tolist()
    return dict(zip(order, order[1:] + order[:1], strict=True))


def _runs(shows: Any, unit: int, count: int, number: int) -> list[tuple[int, int]]:
    """Which units are visualized: the one that was asked for, and where more are fooled, others at random."""
    if not isinstance(shows, Mapping):
        return [(unit, 0)] * count
    torch = load_torch()
    units = list(shows)
    order = torch.randperm(len(units), generator=torch.Generator().manual_seed(number + 1)).tolist()
    others = [units[i] for i in order if units[i] != unit]
    chosen = [unit, *others[: count - 1]]
    return [(u, shows[u]) for u in chosen] + [(unit, shows[unit])] * (count - len(chosen))


# ---- what is shown -----------------------------------------------------------------------------------


def _proportion(p: Mapping[str, Any]) -> str:
    return f"{p['value']:.2%} ({p['count']} of {p['of']}; {p['low']:.2%} to {p['high']:.2%})"


def _tables(results: Mapping[str, Any]) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    skill, photographs, seen = results["E"], results["photographs"], results["visualizations"]
    judged = [[name, _proportion(p)] for name, p in skill["accuracy"].items()]
    before, after = (photographs["accuracy"][name] for name in ("before", "after"))
    changes = [
        ["top-1", _proportion(before["top1"]), _proportion(after["top1"])],
        ["top-5", _proportion(before["top5"]), _proportion(after["top5"])],
        ["mean logit", f"{photographs['mean_of_f']:.4f}", f"{photographs['mean_of_a']:.4f}"],
    ]
    activations = [
        [f"visualization of {name.upper()}", *(f"{values[k]:.3f}" for k in "dfa"), f"{values['e']:g}"]
        for name, values in seen["activations"].items()
    ]
    runs = [
        [
            str(run["unit"]),
            "picture" if run["shows"] is None else str(run["shows"]),
            f"{run['d_on_a']:.3f}",
            f"{run['d_on_d']:.3f}",
            "-" if run["ratio"] is None else f"{run['ratio']:.2%}",
            "yes" if run["same_picture"] else f"no, by up to {run['greatest_difference']:.3g}",
            f"{run['steps_synthetic']['count']} of {run['steps_synthetic']['of']}",
            f"{run['e_at_the_end']:g}",
            "yes" if run["trained_on"] else "no",
        ]
        for run in seen["runs"]
    ]
    return [
        ("Classifier E on what it has not seen", ("held out", "right"), judged),
        ("Held-out photographs", ("", "before", "after"), changes),
        ("Activations on visualizations", ("", "D", "F", "A", "E"), activations),
        (
            "Runs of ascent on fooled units",
            (
                "unit",
                "shows",
                "D on A's",
                "D on D's",
                "ratio",
                "same picture",
                "E = 0",
                "E at the end",
                "E knew D",
            ),
            runs,
        ),
    ]


def _lines(results: Mapping[str, Any]) -> list[str]:
    photographs, seen, bounds = results["photographs"], results["visualizations"], results["bounds"]
    lines = [
        f"E said synthetic at {_proportion(seen['steps_synthetic'])} of the steps of ascent on fooled units, and at "
        f"the end of {_proportion(seen['runs_synthetic'])} of the runs.",
        f"All logits are bit for bit what they were on {_proportion(photographs['unchanged'])} of the held-out "
        f"photographs; E said natural on {_proportion(photographs['e_natural'])}.",
        f"shift = {bounds['shift']:g}, k = {bounds['k']:g}; let through: {bounds['lowest']:.2f} or more, silenced: "
        f"{bounds['highest']:.2f} or less, on training photographs and training trajectories.",
    ]
    if any(run["trained_on"] for run in seen["runs"]):
        lines.append(
            "E knew D: trajectories of this D, from other starts, were among those that E was trained on."
        )
    failing = photographs["premises_that_fail"] + seen["premises_that_fail"]
    lines.append(
        "Premises of Lemma 1 that fail on held-out photographs or visualizations: "
        + ("none." if not failing else "; ".join(failing) + ".")
    )
    if "correlation_with_picture" in seen:
        said = ", ".join(f"{step}: {value:.3f}" for step, value in seen["correlation_with_picture"].items())
        lines.append(f"Correlation of A's visualization with the picture after steps {said}.")
    return lines


def _page(
    root: Path,
    settings: Mapping[str, Any],
    results: Mapping[str, Any],
    seen: Comparison,
    photographs: Any,
    picture: Any,
) -> bytes:
    from fvtheory.empirical.pictures import to_png
    from fvtheory.report.page import Pictures, Table, Text, page, settings_section
    from fvtheory.results import write_file

    def put(name: str, what: Any, caption: str) -> tuple[str, str]:
        write_file(root / f"{name}.png", to_png(what))
        return f"{name}.png", caption

    unit, shows = settings["unit"], results["visualizations"]["runs"][0]["shows"]
    d = "the picture's filter" if shows is None else f"logit {shows}"
    beside = [
        put("a", seen.a[0], f"A: logit {unit}, fooled"),
        put("d", seen.d[0], f"D: {d}"),
        put("f", seen.f[0], f"F: logit {unit}, as it was"),
    ]
    if picture is not None:
        beside.append(put("picture", picture, "the picture"))
    way = [
        put(f"step-{int(step)}", shot, f"A after {int(step)} steps")
        for step, shot in zip(seen.steps, seen.trajectory, strict=True)
    ]
    natural = [put(f"photograph-{i}", photo, "held out") for i, photo in enumerate(photographs[:5])]
    more = []
    for i, run in enumerate(results["visualizations"]["runs"][1:], 1):
        of = "the picture" if run["shows"] is None else f"logit {run['shows']}"
        more.append(put(f"run-{i}-a", seen.a[i], f"A: logit {run['unit']}, fooled to show {of}"))
        more.append(put(f"run-{i}-d", seen.d[i], f"D: {of}"))
    tables = [(title, [Table(header, rows)]) for title, header, rows in _tables(results)]
    sections = [
        ("What is shown", [Text(line) for line in _lines(results)] + [Pictures(beside)]),
        *tables,
        ("On the way", [Pictures(way), Pictures(natural)]),
        ("More runs", [Pictures(more)]),
        settings_section(settings),
    ]
    title = f"Fooling circuit in {settings['classifier']['model']}"
    return page(title, sections)  # type: ignore[arg-type]
