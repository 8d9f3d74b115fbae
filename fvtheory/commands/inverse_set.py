"""The commands ``fvtheory inverse-set exact`` and ``network``: inputs with an activation in a range."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.commands.help import add_subcommands, examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    UNIT,
    add_images,
    add_json,
    add_model,
    add_per_class,
    add_run,
    add_seed,
    add_size,
    image_folder,
    load_prepared,
    load_torch,
    unit_names,
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
from fvtheory.exact import legible

if TYPE_CHECKING:
    from fvtheory.empirical.inverse_set import Range
    from fvtheory.empirical.inverse_set_experiment import Row

PIXELS, PRIOR = "pixels", "prior"
SHOWN = 20

EXAMPLE = '{"kind": "affine", "slope": ["2", "-1"], "intercept": "0"}'


def add_command(commands: Any) -> None:
    """Add ``inverse-set`` to the subparsers of the command line."""
    inverse = commands.add_parser(
        "inverse-set",
        help="inputs whose activation is in a range",
        description="The inverse set of a neuron (Hada and Carreira-Perpiñán, 2020): all inputs with an activation "
        "from z1 to z2.",
        **examples(
            f"fvtheory inverse-set exact --function '{EXAMPLE}' --range 1/2 1",
            "fvtheory inverse-set network --unit logits:571 --range 8 10 --out gas-pump",
        ),
    )
    kinds = add_subcommands(inverse)
    exact = kinds.add_parser(
        "exact",
        help="of an exact function: polytopes, volume, proved samples",
        description="Enumerate the inverse set of an exact function or a small ReLU network as a union of "
        "polytopes, and sample it; each sample carries its proof.",
        **examples(f"fvtheory inverse-set exact --function '{EXAMPLE}' --range 1/2 1 --samples 5"),
    )
    exact.add_argument(
        "--function",
        required=True,
        metavar="FUNCTION",
        help="a function as JSON, or a file: .json, or .onnx or .pt (a ReLU network, read exactly)",
    )
    exact.add_argument(
        "--range", required=True, nargs=2, metavar=("Z1", "Z2"), help="from Z1 to Z2, rationals"
    )
    exact.add_argument(
        "--samples", type=whole, default=10, metavar="N", help="how many samples (default: 10)"
    )
    add_seed(exact)
    add_json(exact)
    exact.set_defaults(run=_exact)
    _add_network(kinds)


def _add_network(kinds: Any) -> None:
    network = kinds.add_parser(
        "network",
        help="of a unit of a network, or of several at once",
        description="Sample images on which a unit has an activation in a range: seeds by an augmented Lagrangian, "
        "samples by single gradient steps, each checked in a fresh pass. One row a range; without --range, rows by "
        "what the unit does on natural images.",
        **examples(
            "fvtheory inverse-set network --unit logits:571 --range 8 10 --out gas-pump",
            "fvtheory inverse-set network --unit logits:0 --parameterization prior --compare --out tench",
            before=parameterizations_explained(),
        ),
    )
    add_model(network)
    add_images(network, "for rows without --range, --compare and --start-from images")
    network.add_argument("--unit", required=True, metavar="UNIT", help=UNIT)
    network.add_argument(
        "--range",
        dest="ranges",
        action="append",
        nargs=2,
        type=float,
        metavar=("Z1", "Z2"),
        help="from Z1 to Z2 (repeatable: a row each)",
    )
    network.add_argument(
        "--also",
        action="append",
        nargs=3,
        default=[],
        metavar=("UNIT", "Z1", "Z2"),
        help="another unit to be in a range at the same time (repeatable): an intersection",
    )
    network.add_argument("--seeds", type=whole, default=10, metavar="N", help="how many seeds (default: 10)")
    network.add_argument(
        "--inner",
        type=whole,
        default=100,
        metavar="N",
        help="steps for seeds between updates of the multipliers, of which there are 4 (default: 100)",
    )
    network.add_argument(
        "--samples",
        type=whole,
        default=100,
        metavar="N",
        help="how many samples (default: 100); here: of each row",
    )
    network.add_argument(
        "--parameterization",
        choices=tuple(KINDS),
        default=PIXELS,
        help="what the search moves, see below (default: pixels); with prior, distances are those of its encoder",
    )
    add_own_options(network)
    network.add_argument(
        "--start-from",
        choices=("noise", "images"),
        default="noise",
        help="what the search begins with (default: noise)",
    )
    add_per_class(network)
    network.add_argument(
        "--compare",
        action="store_true",
        help="also activation maximization, random restarts and natural images",
    )
    network.add_argument(
        "--ablations",
        action="store_true",
        help="also what each part of the method does, on the first row (14 to 16)",
    )
    add_size(network)
    add_run(network)
    network.set_defaults(run=_network)


# ---- exact ---------------------------------------------------------------------------------------------


def _exact(options: argparse.Namespace) -> int:
    import random

    from fvtheory.decoders import decoder_from_file
    from fvtheory.exact import text
    from fvtheory.functions import function_from_json
    from fvtheory.inverse_set import Band, inverse_set

    given = options.function
    if given.lstrip().startswith("{"):
        function: Any = function_from_json(given)
    else:
        function = decoder_from_file(given).function
    found = inverse_set(Band(function, *options.range))
    samples = [] if found.is_empty else found.sample(options.samples, random.Random(options.seed))
    if not all(map(found.proves, samples)):
        raise InvalidInputError("a sample whose proof fails", "a proof that holds", "report this")
    document = {
        "range": [text(v) for v in (found.bands[0].low, found.bands[0].high) if v is not None],
        "dim": found.dim,
        "empty": found.is_empty,
        "volume": text(found.volume()),
        "parts": [
            {
                "dim": p.dim,
                "vertices": [list(map(text, v)) for v in p.vertices],
                "negative": [
                    {"slope": list(map(text, s.slope)), "intercept": text(s.intercept)} for s in p.sides
                ],
                "zero": [
                    {"slope": list(map(text, e.slope)), "intercept": text(e.intercept)} for e in p.equations
                ],
            }
            for p in found.parts
        ],
        "samples": [s.to_json() for s in samples],
    }
    if found.dim == 1:
        document["intervals"] = str(found.intervals())
    if options.json:
        print_json(document)
        return DONE
    shape = f": {document['intervals']}" if found.dim == 1 else ""
    print(
        f"{len(found.parts)} relatively open polytopes, volume {legible(found.volume())}"
        f" ({float(found.volume()):.6g} of the cube){shape}"
    )
    rows = [(", ".join(map(text, s.point)), legible(s.values[0]), str(s.part)) for s in samples]
    print(grid(("sample", "value", "part"), rows) if rows else "the set is empty: no point has such a value")
    return DONE


# ---- networks ------------------------------------------------------------------------------------------


def _network(options: argparse.Namespace) -> int:
    torch = load_torch()
    from fvtheory.empirical import inverse_set as inverse
    from fvtheory.empirical.code_spaces import autoencoder_codes, parameterized_codes, pixel_codes
    from fvtheory.empirical.inverse_set_experiment import ABLATIONS
    from fvtheory.empirical.objectives import parse_unit
    from fvtheory.empirical.pictures import read_folder
    from fvtheory.empirical.unit_values import on_pictures

    model = load_prepared(options)
    name, *others_named = unit_names([options.unit, *(word for word, _, _ in options.also)], model)
    unit = parse_unit(name)
    also = [
        inverse.Range(parse_unit(word), _number(low), _number(high))
        for word, (_, low, high) in zip(others_named, options.also, strict=True)
    ]
    given = [inverse.Range(unit, low, high) for low, high in options.ranges or []]
    natural = values = None
    folder = None
    if not given or options.compare or options.start_from == "images":
        folder = image_folder(options.images)
        natural = read_folder(folder, model.space, options.per_class)
    objectives = [unit, *(r.unit for r in also)]
    if natural is not None:
        with Bar() as bar:
            values = on_pictures(model, objectives, natural.data, progress=bar.part("photographs", 0, 1))
    else:  # an unknown layer or channel is refused before anything is written
        on_pictures(model, objectives, torch.zeros(model.space.shape()))
    if values is not None and not given:
        given = natural_rows(unit, values[:, 0])
    start = natural.pictures() if natural is not None and options.start_from == "images" else None
    kind = options.parameterization
    own = own_options(options, [kind], model)[kind]
    if kind == PRIOR:
        from fvtheory.empirical.models.taef2 import load_taef2

        space = autoencoder_codes(model, *load_taef2(own["prior"]), start=start)
    elif kind == PIXELS:
        space = pixel_codes(model, start=start)
    else:
        space = parameterized_codes(model, get_parameterization(kind), start, **own)
    settings = {
        "command": "inverse-set network",
        "model": model.name,
        "images": folder,
        "per_class": options.per_class,
        "unit": name,
        "ranges": [[r.low, r.high] for r in given],
        "also": options.also,
        "seeds": options.seeds,
        "samples": options.samples,
        "inner": options.inner,
        "parameterization": options.parameterization,
        "prior": None,
        **own,
        "size": options.size,
        "start": options.start_from,
        "compare": options.compare,
        "ablations": options.ablations,
        "device": options.device,
        "seed": options.seed,
    }
    root = open_run(options.out, settings, model)
    generator = lambda: torch.Generator().manual_seed(options.seed)  # noqa: E731
    chosen = inverse.Settings(seeds=options.seeds, inner=options.inner)
    sets = [(str(r), [r, *also]) for r in given]
    with Bar() as bar:
        work = _Work(root, model, space, chosen, options, bar, generator)
        rows = [work.row(f"row-{k}", name, ranges) for k, (name, ranges) in enumerate(sets)]
        ablations = []
        if options.ablations:
            for k, (name, changes) in enumerate(ABLATIONS.items()):
                ablations.append(work.row(f"ablation-{k}", name, sets[0][1], changes))
            ablations.append(work.together(sets[0][1]))
        others = work.compare(sets[0][1], natural, values) if options.compare else []
    if all("unreached" in r for r in rows):
        raise InvalidInputError(
            "; ".join(r["unreached"] for r in rows),
            "ranges that the unit takes",
            f"write other ranges to a new folder; {root} says how far the seeds came",
        )
    return finish(
        options, root, settings, *_results(settings, rows, ablations, others, natural_values(values))
    )


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise InvalidInputError(f"end of a range {word!r}", "a number") from None


def natural_rows(unit: Any, values: Any) -> list[Range]:
    """Three rows by what a unit does on natural images: its middle half, from its 9th decile to its greatest value,
    and as far beyond as half the way there from the median."""
    from fvtheory.empirical.inverse_set import Range

    low, middle, high, top, greatest = (float(values.quantile(q)) for q in (0.25, 0.5, 0.75, 0.9, 1))
    if not low < high or not top < greatest:
        raise InvalidInputError(
            f"a unit with the quartiles {low:g} and {high:g} on natural images",
            "one that varies",
            "--range Z1 Z2",
        )
    return [
        Range(unit, low, high),
        Range(unit, top, greatest),
        Range(unit, greatest, greatest + (greatest - middle) / 2),
    ]


def natural_values(values: Any) -> dict[str, float] | None:
    """Quantiles of the first unit on natural images."""
    if values is None:
        return None
    return {f"{q:.0%}": float(values[:, 0].quantile(q)) for q in (0, 0.1, 0.5, 0.9, 1)}


class _Work:
    """Makes each part of a run once, and keeps it in a file."""

    def __init__(
        self,
        root: Path,
        model: Any,
        space: Any,
        settings: Any,
        options: argparse.Namespace,
        bar: Bar,
        generator: Any,
    ) -> None:
        self.root, self.model, self.space, self.settings = root, model, space, settings
        self.options, self.bar = options, bar
        self._generator = (
            generator  # a new one at each call, so that each part is the same whatever was made before
        )

    def _once(self, file: str, make: Any) -> Any:
        from fvtheory.results import read_json, to_json_bytes, write_file

        path = self.root / f"{file}.json"
        if not path.exists():
            start = time.monotonic()
            made = make()
            write_file(path, to_json_bytes({**made, "seconds": round(time.monotonic() - start, 1)}))
        return read_json(path)

    def _keep(self, file: str, pictures: Any) -> list[str]:
        """Some of the pictures, evenly spaced, as files; their names."""
        from fvtheory.empirical.pictures import to_png
        from fvtheory.results import write_file

        count = min(SHOWN, len(pictures))
        names = []
        for i in range(count):
            names.append(f"{file}-{i:02}.png")
            write_file(self.root / names[-1], to_png(pictures[i * len(pictures) // count]))
        return names

    def row(
        self,
        file: str,
        name: str,
        ranges: list[Range],
        changes: Mapping[str, Any] | None = None,
        samples: int | None = None,
    ) -> Any:
        """Seeds and samples of some ranges, with settings that are changed."""
        from fvtheory.empirical.inverse_set_experiment import measure_row

        def make() -> dict[str, Any]:
            settings = replace(self.settings, **(changes or {}))
            count = samples or self.options.samples
            try:
                row, found = measure_row(
                    name, self.model, ranges, self.space, count, self._generator(), settings, self.bar
                )
            except InvalidInputError as error:
                return {"name": name, "unreached": error.got}
            return {"name": name, "row": row.to_json(), "pictures": self._keep(file, found.pictures)}

        return self._once(file, make)

    def together(self, ranges: list[Range]) -> Any:
        """Equation 16: all samples at once, fully optimised; as many as there are seeds, twice over."""
        count = 2 * self.settings.seeds
        name = "all at once, fully optimised (16)"
        return self.row("together", name, ranges, {"seeds": count, "full": True}, count)

    def compare(self, ranges: list[Range], natural: Any, values: Any) -> list[Any]:
        """What else gives pictures of a unit: how diverse they are, and how many are in the set."""
        from fvtheory.empirical import inverse_set as inverse
        from fvtheory.empirical.inverse_set_experiment import diversity, maximize
        from fvtheory.empirical.pictures import to_bytes

        count = 2 * self.settings.seeds

        def told(name: str, pictures: Any, steps: int) -> dict[str, Any]:
            inside, seen = inverse.verified(self.model, ranges, pictures)
            apart = diversity(self.space, pictures, self.model.device)
            return {
                "name": name,
                "count": len(pictures),
                "inside": int(inside.sum()),
                "low": float(seen[:, 0].min()),
                "high": float(seen[:, 0].max()),
                "apart": [apart.encoder, apart.pixels] if len(pictures) > 1 else [None, None],
                "steps": steps,
            }

        def maximized() -> dict[str, Any]:
            steps = 100
            bar = lambda d, t: self.bar("activation maximization", d, t)  # noqa: E731
            found = maximize(self.model, ranges[0].unit, self.space, count, self._generator(), steps, bar)
            return {**told("activation maximization", found, steps), "pictures": self._keep("am", found)}

        def restarted() -> dict[str, Any]:
            name = "random restarts"
            settings = replace(self.settings, seeds=count, apart=inverse.NOTHING)
            bar = lambda d, t: self.bar(name, d, t)  # noqa: E731
            try:
                seeds = inverse.find_seeds(self.model, ranges, self.space, self._generator(), settings, bar)
            except InvalidInputError as error:
                return {"name": name, "unreached": error.got}
            found = to_bytes(self.space.pictures(seeds.codes))
            return {**told(name, found, seeds.steps), "pictures": self._keep("restart", found)}

        def in_nature() -> dict[str, Any]:
            chosen = natural[inverse.in_ranges(values, ranges).nonzero()[:, 0]].data
            if not len(chosen):
                return {"name": "natural images in the set", "unreached": "none of them is in the set"}
            return {**told("natural images in the set", chosen, 0), "pictures": []}

        return [
            self._once("compare-am", maximized),
            self._once("compare-restarts", restarted),
            self._once("compare-natural", in_nature),
        ]


COLUMNS = {
    "set or method": "a unit with its range, or what was changed",
    "seeds": "how many of K reached the set",
    "in the set": "of these, between both ends of the range (the printed constraints only enforce the lower end)",
    "seed steps": "gradient steps of the search for seeds, all at once",
    "samples": "pictures in the set, seeds included, each checked as its file has it",
    "steps": "gradient steps of sampling; one step moves all seeds",
    "fewest": "the fewest steps there can be, (samples - seeds) / seeds",
    "accepted": "share of the proposed pictures that were in the set",
    "dropped": "in the set when proposed, but outside in the fresh pass",
    "values": "least and greatest value of the unit on the samples",
    "apart: E, seeds": "mean Euclidean distance over pairs of seeds, between encodings E, or pixels without one",
    "E, samples": "the same over samples",
    "pixels, samples": "the same between pixels",
    "seconds": "seeds, samples and measures together",
}
HEADER = tuple(COLUMNS)


def _lines(rows: list[Any]) -> list[list[str]]:
    from fvtheory.empirical.inverse_set_experiment import Row

    lines = []
    for item in rows:
        if "unreached" in item:
            lines.append([item["name"], item["unreached"], *[""] * (len(HEADER) - 2)])
            continue
        r: Row = Row.from_json(item["row"])
        lines.append(
            [
                r.name,
                f"{r.seeds} of {r.asked}",
                str(r.feasible),
                str(r.seed_steps),
                str(r.count),
                str(r.steps),
                str(r.least_steps),
                f"{r.acceptance:.3f}" if r.proposed else "-",
                str(r.dropped),
                f"{r.low:.3g} to {r.high:.3g}",
                f"{r.of_seeds[0]:.4g}",
                f"{r.of_samples[0]:.4g}",
                f"{r.of_samples[1]:.4g}",
                f"{item['seconds']:.1f}",
            ]
        )
    return lines


def _results(
    settings: dict[str, Any],
    rows: list[Any],
    ablations: list[Any],
    others: list[Any],
    quantiles: dict[str, float] | None,
) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    """Figures, words and files."""
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section

    figures = {"natural": quantiles, "rows": rows, "ablations": ablations, "compared": others}
    words = [grid(HEADER, _lines(rows))]
    parts: list[tuple[str, list[Part]]] = [
        (
            "Samples",
            [
                Text("Every sample is in its set as its file has it, checked in a fresh pass."),
                Table(HEADER, _lines(rows)),
                Table(("column", "what it says"), list(COLUMNS.items())),
            ],
        )
    ]
    for item in rows:
        if item.get("pictures"):
            shown = [(name, f"sample {i + 1} shown") for i, name in enumerate(item["pictures"])]
            parts.append((item["name"], [Pictures(shown)]))
    if others:
        header = ("method", "pictures", "in the set", "values", "apart: E", "pixels", "steps", "seconds")
        lines = [
            [o["name"], o["unreached"], *[""] * 6]
            if "unreached" in o
            else [
                o["name"],
                str(o["count"]),
                str(o["inside"]),
                f"{o['low']:.3g} to {o['high']:.3g}",
                *("-" if v is None else f"{v:.4g}" for v in o["apart"]),
                str(o["steps"]),
                f"{o['seconds']:.1f}",
            ]
            for o in others
        ]
        pictures = [(p, o["name"]) for o in others for p in o.get("pictures", [])[:5]]
        parts.append(("Compared", [Table(header, lines), Pictures(pictures)]))
        words.append(grid(header, lines))
    if ablations:
        pictures = [(p, o["name"]) for o in ablations for p in o.get("pictures", [])[:4]]
        parts.append(("What each part does", [Table(HEADER, _lines(ablations)), Pictures(pictures)]))
        words.append(grid(HEADER, _lines(ablations)))
    parts.append(settings_section({**settings, "natural": quantiles}))
    return figures, "\n".join(words), {"index.html": page("Inverse set", parts)}
