"""The commands ``fvtheory networks export``, ``maximize``, ``decoders`` and ``sweep``.

They need torch; export needs onnx, figures matplotlib. Nothing is left half-written: files appear under
their names when they are complete.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fvtheory.commands.help import EXAMPLE_PHI, examples
from fvtheory.commands.options import Bar, grid, load_torch, print_json, seed, torch_device, whole
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.experiments.activation_maximization import Ascent, Survey
    from fvtheory.experiments.learned_decoders import Run

DONE, FAILED = 0, 1


DECODER_CLASSES = ("all", "piecewise-affine", "lipschitz", "monotone", "convex", "affine", "constant")
"""Of these a decoder is trained unless told; neural-network and erm are the functions of piecewise-affine."""

SAME_FUNCTIONS = ("neural-network", "erm")


def add_commands(commands: Any) -> None:
    """Add ``networks`` and what belongs to it to the subparsers of the command line."""
    networks = commands.add_parser(
        "networks",
        help="the theorems on ReLU networks",
        description="The theorems seen on networks: pairs that a visualization cannot tell apart, exported for "
        "verifiers, maximized by gradient ascent, swept by the thousand; and decoders that are trained.",
        **examples(
            f"fvtheory networks maximize --class convex --phi '{EXAMPLE_PHI}'",
            "fvtheory networks decoders --quick --out quick",
        ),
    )
    kinds = networks.add_subparsers(metavar="COMMAND", required=True)

    export = kinds.add_parser(
        "export",
        help="a pair as ONNX and VNN-LIB, for other verifiers",
        description="Write the two networks of a pair, their properties and instances.csv in the layout of "
        "VNN-COMP.",
        **examples(f"fvtheory networks export --class convex --phi '{EXAMPLE_PHI}' --out pair --check"),
    )
    _add_class(export)
    export.add_argument("--phi", required=True, metavar="JSON", help="Φ as a JSON object of rational strings")
    export.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder")
    _add_dtype(export, "float32")
    export.add_argument(
        "--margin", default="1/1024", metavar="Q", help="what counts as a violation (default: %(default)s)"
    )
    export.add_argument(
        "--timeout", type=whole, default=60, metavar="S", help="seconds a query (default: 60)"
    )
    export.add_argument("--check", action="store_true", help="ask Marabou at once (needs maraboupy)")
    export.set_defaults(run=_export)

    maximize = kinds.add_parser(
        "maximize",
        help="gradient ascent on both networks of a pair",
        description="Run activation maximization on both networks of a pair and compare what it shows: for one "
        "Φ, or for many random ones.",
        **examples(
            f"fvtheory networks maximize --class convex --phi '{EXAMPLE_PHI}'",
            "fvtheory networks maximize --class lipschitz --lipschitz 2 --count 200 --dim 2",
        ),
    )
    _add_class(maximize)
    maximize.add_argument("--phi", metavar="JSON", help="Φ as a JSON object of rational strings")
    maximize.add_argument(
        "--count", type=whole, metavar="N", help="in place of --phi: so many random Φ at once"
    )
    maximize.add_argument(
        "--dim", type=whole, default=1, metavar="D", help="of random Φ (default: %(default)s)"
    )
    maximize.add_argument("--starts", type=whole, default=64, metavar="N", help="random starts (default: 64)")
    maximize.add_argument("--steps", type=whole, default=600, metavar="N", help="of each (default: 600)")
    maximize.add_argument(
        "--ties",
        action="store_true",
        help="with --phi: the functions as far apart as can be, whose extrema need not be unique",
    )
    _add_dtype(maximize, "float64")
    _add_random(maximize)
    maximize.add_argument("--json", action="store_true", help="one JSON document on standard output")
    maximize.set_defaults(run=_maximize)

    decoders = kinds.add_parser(
        "decoders",
        help="train decoders and measure them against the radius",
        description="Train networks that see Φ and predict f, for each class, and find their worst-case errors "
        "with the adversary. An interrupted run goes on when it is started again.",
        **examples(
            "fvtheory networks decoders --quick --out quick",
            "fvtheory networks decoders --out full",
        ),
    )
    decoders.add_argument(
        "--class",
        dest="classes",
        action="append",
        metavar="CLASS",
        help="only this class (repeatable; default: all)",
    )
    decoders.add_argument(
        "--dim", dest="dims", action="append", type=whole, metavar="D", help="1 or 2 (default: both)"
    )
    decoders.add_argument(
        "--lipschitz", default="2", metavar="L", help="of class lipschitz (default: %(default)s)"
    )
    decoders.add_argument("--quick", action="store_true", help="small decoders, little training: seconds")
    decoders.add_argument("--out", required=True, metavar="DIR", help="a folder for results")
    _add_random(decoders)
    decoders.set_defaults(run=_decoders)

    sweep = kinds.add_parser(
        "sweep",
        help="thousands of pairs at thousands of points",
        description="Draw Φ, build two networks for each, evaluate all of them, and write what they and plain "
        "decoders do.",
        **examples("fvtheory networks sweep --class monotone --count 2000 --points 1000 --out sweep"),
    )
    _add_class(sweep)
    sweep.add_argument("--count", type=whole, default=1000, metavar="N", help="how many Φ (default: 1000)")
    sweep.add_argument(
        "--points", type=whole, default=1000, metavar="N", help="how many points (default: 1000)"
    )
    sweep.add_argument("--dim", type=whole, default=1, metavar="D", help="variables (default: 1)")
    sweep.add_argument(
        "--reach", default="1/8", metavar="Q", help="over what distance functions rise (default: %(default)s)"
    )
    sweep.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder")
    _add_dtype(sweep, "float32")
    _add_random(sweep)
    sweep.set_defaults(run=_sweep)


# ---- options -----------------------------------------------------------------------------------------


def _add_class(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--class", dest="cls", required=True, metavar="CLASS", help="a class, such as convex"
    )
    command.add_argument("--lipschitz", metavar="L", help="the Lipschitz constant, where the class has one")


def _add_dtype(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--dtype",
        choices=("float32", "float64"),
        default=default,
        help="of the networks (default: %(default)s)",
    )


def _add_random(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="of everything random (default: 0)"
    )
    command.add_argument(
        "--device", default="cpu", metavar="NAME", help="of torch: cpu, cuda, ... (default: cpu)"
    )


def _rate(word: str | None) -> Fraction | None:
    from fvtheory.exact import rational

    return None if word is None else rational(word, "lipschitz")


def _positive(word: str, name: str) -> Fraction:
    from fvtheory.exact import rational

    value = rational(word, name)
    if value <= 0:
        raise InvalidInputError(f"{name} = {value}", "a number above 0")
    return value


# ---- commands ----------------------------------------------------------------------------------------


def _export(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.experiments.pairs import make_networks
    from fvtheory.information import MinMax
    from fvtheory.networks.export import pair_instances, require_new_folder, write_benchmark
    from fvtheory.networks.verifiers import AGREES, DISAGREES, ask_marabou, require_marabou

    require_new_folder(options.out)
    if options.check:
        require_marabou()
    margin = _positive(options.margin, "margin")
    both = make_networks(options.cls, MinMax.from_json(options.phi), options.lipschitz, dtype=options.dtype)
    pair = both.pair
    instances = pair_instances(
        options.cls, both.low.network, both.high.network, pair.fiber.phi, pair.at, margin
    )
    about = {
        "class": options.cls,
        "phi": pair.fiber.phi.to_json(),
        "lipschitz": options.lipschitz,
        "at": [str(c) for c in pair.at],
        "gap": str(both.gap),
        "margin": str(margin),
    }
    folder = write_benchmark(options.out, instances, options.timeout, options.dtype, about)
    print(f"{len(instances)} instances in {folder}; the pair differs by {both.gap} at {_point(pair.at)}")
    if not options.check:
        rows = [(i.file, i.claim.name, i.expected.answer, i.claim.claim) for i in instances]
        print(grid(("network", "property", "expected", "claim"), rows))
        return DONE
    opinions = ask_marabou(folder, instances, options.timeout)
    answers = [
        (o.instance.file, o.instance.claim.name, o.instance.expected.answer, o.answer, o.verdict)
        for o in opinions
    ]
    print(grid(("network", "property", "expected", "marabou", "verdict"), answers))
    agreed = sum(o.verdict == AGREES for o in opinions)
    print(f"Marabou agrees on {agreed} of {len(opinions)}")
    return FAILED if any(o.verdict == DISAGREES for o in opinions) else DONE


def _maximize(options: argparse.Namespace) -> int:
    torch = load_torch()
    if (options.phi is None) == (options.count is None):
        raise InvalidInputError("--phi and --count both or neither", "one of the two")
    device = torch_device(options.device)
    generator = torch.Generator().manual_seed(options.seed)
    dtype = getattr(torch, options.dtype)
    if options.count is not None:
        return _survey(options, generator, device, dtype)
    from fvtheory.experiments.activation_maximization import compare
    from fvtheory.experiments.pairs import make_networks
    from fvtheory.information import MinMax

    phi = MinMax.from_json(options.phi)
    both = make_networks(options.cls, phi, options.lipschitz, not options.ties, options.dtype, device)
    found = compare(both, generator, options.starts, options.steps)
    if options.json:
        print_json(found.to_json())
        return DONE
    rows = []
    for name, v in (("lower", found.low), ("upper", found.high)):
        rows += [_ascent(name, "minimum", v.minimum), _ascent(name, "maximum", v.maximum)]
    print(grid(("network", "extremum", "at", "value", "shortfall", "no gradient", "reached"), rows))
    known = "the same" if found.values_agree else "not the same: some extremum was not found"
    print(f"values      {known}, up to the float error {float(found.float_error):.1e} and the tolerance")
    points = {True: "the same", False: "not the same", None: "not unique: any of many is shown"}
    print(f"points      {points[found.points_agree]}")
    print(
        f"Φ           {'shared' if found.phi_is_shared else 'not shared'} by both networks, exactly evaluated"
    )
    at = _point(both.pair.at)
    print(f"difference  {both.gap} at {at}; any decoder errs by half of it on one of the two")
    return DONE


def _ascent(network: str, extremum: str, found: Ascent) -> list[str]:
    return [
        network,
        extremum,
        ",".join(f"{float(c):.6f}" for c in found.at),
        f"{float(found.value):.9f}",
        f"{float(found.shortfall):.1e}",
        f"{found.without_gradient} of {found.starts}",
        f"{found.reached} of {found.starts}",
    ]


def _survey(options: argparse.Namespace, generator: Any, device: Any, dtype: Any) -> int:
    from fvtheory.experiments.activation_maximization import survey
    from fvtheory.experiments.random_members import Draw, draw_information
    from fvtheory.experiments.sweep import stacked_pairs

    rate = _rate(options.lipschitz)
    phis = draw_information(options.cls, options.dim, options.count, Draw(generator), rate)
    both = stacked_pairs(options.cls, phis, rate, 1.0, dtype, device)
    found = survey(options.cls, both, generator, options.starts, options.steps)
    if options.json:
        print_json(found.to_json())
    else:
        print(_survey_lines(found))
    return DONE


def _survey_lines(found: Survey) -> str:
    return "\n".join(
        [
            f"{found.count} Φ, class {found.cls}; two networks each, {found.starts} starts an extremum",
            f"starts without gradient   {found.without_gradient:.1%}",
            f"starts that reached it    {found.reached:.1%}",
            f"extrema that were found   {found.found:.1%}",
            f"Φ with all four found     {found.agree:.1%}: the visualizations of both networks show the same values",
            f"networks apart by         {found.gap[0]:.4f} at least, {found.gap[1]:.4f} on average, times "
            "f_max - f_min",
        ]
    )


def _decoders(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.experiments.learned_decoders import QUICK, Run, Settings, cases, train
    from fvtheory.report import plots
    from fvtheory.results import open_results, read_json, to_json_bytes, write_file

    plots.require_matplotlib()
    device = torch_device(options.device)
    rate = _positive(options.lipschitz, "lipschitz")
    base = QUICK if options.quick else Settings()
    settings = Settings(**{**vars(base), "seed": options.seed})
    wanted = cases(options.classes or DECODER_CLASSES, sorted(set(options.dims or (1, 2))))
    about = {"command": "decoders", "lipschitz": str(rate), "device": str(device), **settings.to_json()}
    root = open_results(options.out, about)
    bar = Bar()
    runs = []
    try:
        for cls, dim in dict.fromkeys(wanted):
            file = root / f"{cls}-{dim}d.json"
            if file.exists():
                runs.append(Run.from_json(read_json(file)))
                continue
            run = train(cls, dim, rate if cls == "lipschitz" else None, settings, device, bar)
            write_file(file, to_json_bytes(run.to_json()))
            runs.append(run)
    except KeyboardInterrupt:
        bar.end()
        print(
            f"fvtheory: interrupted; {len(runs)} of {len(wanted)} are finished and kept in {root}: run the same "
            "command again to go on",
            file=sys.stderr,
        )
        return FAILED
    finally:
        bar.end()
    table = decoder_table(runs)
    for kind in plots.FORMATS:
        write_file(root / f"decoders.{kind}", plots.learned_decoders(runs, kind))
    write_file(root / "decoders.txt", (table + "\n").encode())
    write_file(root / "decoders.json", to_json_bytes({**about, "runs": [r.to_json() for r in runs]}))
    print(table)
    return FAILED if any(c.below_radius for r in runs for c in r.checkpoints) else DONE


def decoder_table(runs: Sequence[Run]) -> str:
    """Table 1 in numbers: what was reached by training, beside what can be reached."""
    rows = []
    for run in runs:
        first, last = run.checkpoints[0], run.last
        exact = [
            t.upper_bound is not None and t.upper_bound - t.error <= Fraction(1, 10**9) for t in last.tests
        ]
        rows.append(
            [
                run.cls if run.lipschitz is None else f"{run.cls} (L = {run.lipschitz})",
                str(run.dim),
                str(len(last.tests)),
                _short(run.radius),
                _short(first.worst),
                _short(last.worst),
                _short(last.best_ratio),
                _short(last.worst_ratio),
                f"{last.typical:.3f}",
                str(sum(c.below_radius for c in run.checkpoints)),
                f"{sum(exact)} of {len(exact)}",
            ]
        )
    header = (
        "class",
        "d",
        "Φ",
        "radius",
        "before",
        "after",
        "least/R",
        "most/R",
        "typical",
        "below R",
        "certain",
    )
    lines = [grid(header, rows), ""]
    lines += [
        "radius, before, after: the greatest over the Φ, in units of f_max - f_min, before and after training;",
        "least/R, most/R: error over radius of information; typical: mean error on random functions; below R:",
        "errors below the radius, over all Φ and checkpoints; certain: Φ on which no greater error exists.",
    ]
    if any(r.cls == "piecewise-affine" for r in runs):
        names = " and ".join(SAME_FUNCTIONS)
        lines.append(f"{names}: the same functions as piecewise-affine.")
    return "\n".join(lines)


def _short(value: Fraction | None) -> str:
    return "-" if value is None else f"{float(value):.4f}"


def _sweep(options: argparse.Namespace) -> int:
    torch = load_torch()
    from fvtheory.experiments.sweep import sweep
    from fvtheory.networks.export import require_new_folder, write_folder
    from fvtheory.report import plots
    from fvtheory.results import to_json_bytes

    plots.require_matplotlib()
    require_new_folder(options.out)
    device = torch_device(options.device)
    reach = float(_positive(options.reach, "reach"))
    generator = torch.Generator().manual_seed(options.seed)
    bar = Bar()
    progress: Callable[[int, int], None] = lambda done, total: bar("evaluations", done, total)  # noqa: E731
    start = time.monotonic()
    try:
        found = sweep(
            options.cls,
            options.dim,
            options.count,
            options.points,
            generator,
            _rate(options.lipschitz),
            reach,
            getattr(torch, options.dtype),
            device,
            progress,
        )
    finally:
        bar.end()
    summary = {**found.summary(), "seed": options.seed, "seconds": round(time.monotonic() - start, 3)}
    files = {
        "summary.json": to_json_bytes(summary),
        "sweep.csv": found.to_csv().encode(),
        "sweep.npz": found.to_npz(),
    }
    for kind in plots.FORMATS:
        if options.dim <= 2:
            files[f"pairs.{kind}"] = plots.sweep_pairs(found, kind)
        if summary["with_positive_radius"]:
            files[f"errors.{kind}"] = plots.sweep_errors(found, kind)
    folder = write_folder(options.out, files)
    for key, value in summary.items():
        shown = ", ".join(f"{k} {v:.4f}" for k, v in value.items()) if isinstance(value, dict) else value
        print(f"{key:32}  {shown}")
    print(f"written to {folder}: {', '.join(sorted(files))}")
    return DONE


def _point(p: Sequence[object]) -> str:
    return ",".join(map(str, p))
