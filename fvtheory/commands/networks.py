"""The commands ``fvtheory networks export``, ``maximize``, ``decoders`` and ``sweep``.

They need torch; export needs onnx, figures matplotlib. Nothing is left half-written: files appear under
their names when they are complete.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fvtheory.commands.exit_codes import DONE, OPEN
from fvtheory.commands.help import EXAMPLE_PHI, add_subcommands, examples
from fvtheory.commands.options import (
    add_class,
    add_device,
    add_fiber,
    add_json,
    add_phi,
    add_run,
    add_seed,
    add_steps,
    lipschitz,
    load_torch,
    torch_device,
    whole,
)
from fvtheory.commands.output import beside, finish, grid, point, print_json, print_written
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.experiments.activation_maximization import Ascent, Survey
    from fvtheory.experiments.learned_decoders import Run

DECODER_CLASSES = ("all", "piecewise-affine", "lipschitz", "monotone", "convex", "affine", "constant")
"""Of these a decoder is trained unless told; neural-network and erm are the functions of piecewise-affine."""

SAME_FUNCTIONS = ("neural-network", "erm")


def add_commands(commands: Any) -> None:
    """Add ``networks`` and what belongs to it to the subparsers of the command line."""
    networks = commands.add_parser(
        "networks",
        help="pairs with one Φ as ReLU networks; trained decoders",
        description="The theorems seen on networks: pairs that a visualization cannot tell apart, exported for "
        "verifiers, maximized by gradient ascent, swept by the thousand; and decoders that are trained.",
        **examples(
            f"fvtheory networks maximize --class convex --phi '{EXAMPLE_PHI}'",
            "fvtheory networks decoders --quick --out quick",
        ),
    )
    kinds = add_subcommands(networks)

    export = kinds.add_parser(
        "export",
        help="a pair as ONNX and VNN-LIB, for other verifiers",
        description="Write the two networks of a pair, their properties and instances.csv in the layout of "
        "VNN-COMP.",
        **examples(f"fvtheory networks export --class convex --phi '{EXAMPLE_PHI}' --out pair --check"),
    )
    add_fiber(export)
    export.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder: others read it")
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
    add_class(maximize)
    add_phi(maximize, required=False)
    maximize.add_argument(
        "--count", type=whole, metavar="N", help="how many random Φ at once, in place of --phi"
    )
    _add_dim(maximize)
    maximize.add_argument(
        "--starts", type=whole, default=64, metavar="N", help="how many random starts (default: 64)"
    )
    add_steps(maximize, 600)
    maximize.add_argument(
        "--ties",
        action="store_true",
        help="with --phi: the functions as far apart as can be, whose extrema need not be unique",
    )
    _add_dtype(maximize, "float64")
    add_seed(maximize)
    add_device(maximize)
    add_json(maximize)
    maximize.set_defaults(run=_maximize)

    decoders = kinds.add_parser(
        "decoders",
        help="train decoders and measure them against the radius",
        description="Train networks that see Φ and predict f, for each class, and find their worst-case errors "
        "with the adversary.",
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
        help="a class, such as convex (repeatable; default: all)",
    )
    decoders.add_argument(
        "--dim",
        dest="dims",
        action="append",
        type=whole,
        metavar="D",
        help="how many variables (repeatable; default: 1 and 2)",
    )
    decoders.add_argument(
        "--lipschitz",
        default="2",
        metavar="L",
        help="the Lipschitz constant, where the class has one (default: %(default)s)",
    )
    decoders.add_argument("--quick", action="store_true", help="little of everything; here: half a minute")
    add_run(decoders)
    decoders.set_defaults(run=_decoders)

    sweep = kinds.add_parser(
        "sweep",
        help="thousands of pairs at thousands of points",
        description="Draw Φ, build two networks for each, evaluate all of them, and write what they and plain "
        "decoders do.",
        **examples("fvtheory networks sweep --class monotone --count 2000 --points 1000 --out sweep"),
    )
    add_class(sweep)
    sweep.add_argument("--count", type=whole, default=1000, metavar="N", help="how many Φ (default: 1000)")
    sweep.add_argument(
        "--points", type=whole, default=1000, metavar="N", help="how many points (default: 1000)"
    )
    _add_dim(sweep)
    sweep.add_argument(
        "--reach", default="1/8", metavar="Q", help="over what distance functions rise (default: %(default)s)"
    )
    _add_dtype(sweep, "float32")
    add_run(sweep)
    sweep.set_defaults(run=_sweep)


# ---- options -----------------------------------------------------------------------------------------


def _add_dim(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--dim", type=whole, default=1, metavar="D", help="how many variables (default: %(default)s)"
    )


def _add_dtype(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--dtype",
        choices=("float32", "float64"),
        default=default,
        help="of the networks (default: %(default)s)",
    )


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
    print(f"{len(instances)} instances; the pair differs by {beside(both.gap)} at {point(pair.at)}")
    if not options.check:
        rows = [(i.file, i.claim.name, i.expected.answer, i.claim.claim) for i in instances]
        print(grid(("network", "property", "expected", "claim"), rows))
        print_written(folder, "instances.csv", "expected.json", "onnx", "vnnlib")
        return DONE
    with Bar() as bar:
        opinions = ask_marabou(folder, bar.over("queries", instances), options.timeout)
    answers = [
        (o.instance.file, o.instance.claim.name, o.instance.expected.answer, o.answer, o.verdict)
        for o in opinions
    ]
    print(grid(("network", "property", "expected", "marabou", "verdict"), answers))
    agreed = sum(o.verdict == AGREES for o in opinions)
    print(f"Marabou agrees on {agreed} of {len(opinions)}")
    print_written(folder, "instances.csv", "expected.json", "onnx", "vnnlib")
    return OPEN if any(o.verdict == DISAGREES for o in opinions) else DONE


def _maximize(options: argparse.Namespace) -> int:
    torch = load_torch()
    if (options.phi is None) == (options.count is None):
        raise InvalidInputError("--phi and --count both or neither", "one of the two")
    device = torch_device(options)
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
    print(
        f"difference  {beside(both.gap)} at {point(both.pair.at)}; any decoder errs by half of it on one of the two"
    )
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

    rate = lipschitz(options)
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
    device = torch_device(options)
    rate = _positive(options.lipschitz, "lipschitz")
    base = QUICK if options.quick else Settings()
    settings = Settings(**{**vars(base), "seed": options.seed})
    wanted = cases(options.classes or DECODER_CLASSES, sorted(set(options.dims or (1, 2))))
    about = {
        "command": "networks decoders",
        "lipschitz": str(rate),
        "device": str(device),
        **settings.to_json(),
    }
    root = open_results(options.out, about)
    runs = []
    with Bar() as bar:
        for cls, dim in dict.fromkeys(wanted):
            file = root / f"{cls}-{dim}d.json"
            if not file.exists():
                run = train(cls, dim, rate if cls == "lipschitz" else None, settings, device, bar)
                write_file(file, to_json_bytes(run.to_json()))
            runs.append(Run.from_json(read_json(file)))
    table = decoder_table(runs)
    files = {f"decoders.{kind}": plots.learned_decoders(runs, kind) for kind in plots.FORMATS}
    files["decoders.txt"] = (table + "\n").encode()
    finish(options, root, about, {"runs": [r.to_json() for r in runs]}, table, files, "decoders.pdf")
    return OPEN if any(c.below_radius for r in runs for c in r.checkpoints) else DONE


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
    from fvtheory.report import plots
    from fvtheory.results import open_results, require_results

    plots.require_matplotlib()
    device = torch_device(options)
    reach, rate = _positive(options.reach, "reach"), lipschitz(options)
    asked = {name: getattr(options, name) for name in ("count", "points", "dim", "dtype", "device", "seed")}
    settings = {
        "command": "networks sweep",
        "class": options.cls,
        "lipschitz": None if rate is None else str(rate),
        "reach": str(reach),
        **asked,
    }
    require_results(options.out, settings)
    start = time.monotonic()
    with Bar() as bar:
        found = sweep(
            options.cls,
            options.dim,
            options.count,
            options.points,
            torch.Generator().manual_seed(options.seed),
            rate,
            float(reach),
            getattr(torch, options.dtype),
            device,
            lambda done, total: bar("evaluations", done, total),
        )
    summary = {**found.summary(), "seconds": round(time.monotonic() - start, 3)}
    files = {"sweep.csv": found.to_csv().encode(), "sweep.npz": found.to_npz()}
    for kind in plots.FORMATS:
        if options.dim <= 2:
            files[f"pairs.{kind}"] = plots.sweep_pairs(found, kind)
        if summary["with_positive_radius"]:
            files[f"errors.{kind}"] = plots.sweep_errors(found, kind)
    lines = []
    for key, value in summary.items():
        words = ", ".join(f"{k} {v:.4f}" for k, v in value.items()) if isinstance(value, dict) else value
        lines.append(f"{key:32}  {words}")
    root = open_results(options.out, settings)
    return finish(options, root, settings, summary, "\n".join(lines), files, *sorted(files))
