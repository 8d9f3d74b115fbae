"""``fvtheory beyond random``: the error of the central decoder on random functions. It needs torch and matplotlib."""

from __future__ import annotations

import argparse
from typing import Any

from fvtheory.commands.help import examples
from fvtheory.commands.options import add_json, add_out, add_seed, load_torch, whole
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar


def add_command(commands: Any) -> None:
    """Add ``random`` to the subparsers of ``fvtheory beyond``."""
    random = commands.add_parser(
        "random",
        help="how much the central decoder errs on random functions",
        description="Draw random functions of a class, form the central decoder from Φ of each, and compare its error "
        "with the error on the worst function that has the same Φ.",
        **examples(
            "fvtheory beyond random --class lipschitz --lipschitz 4 --source gaussian-process --out random",
            "fvtheory beyond random --class neural-network --source sgd --out trained",
        ),
    )
    random.add_argument("--class", dest="cls", required=True, metavar="CLASS", help="a class, such as convex")
    random.add_argument(
        "--source",
        required=True,
        metavar="SOURCE",
        help="gaussian-process: draws, projected to the class; sgd: networks trained on small tasks, projected too",
    )
    random.add_argument(
        "--lipschitz", metavar="L", help="of class lipschitz: a constant, or own: of each function its own"
    )
    random.add_argument("--dim", type=whole, default=1, metavar="D", help="how many variables (default: 1)")
    random.add_argument(
        "--count",
        type=whole,
        default=400,
        metavar="N",
        help="how many functions of each condition (default: %(default)s)",
    )
    random.add_argument(
        "--condition",
        dest="conditions",
        action="append",
        type=float,
        metavar="C",
        help="a length scale (default: 0.05, 0.2, 0.8) or a number of steps (default: 0, 100, 1000); repeatable",
    )
    add_out(random)
    add_seed(random)
    add_json(random)
    random.set_defaults(run=_random)


def _random(options: argparse.Namespace) -> int:
    load_torch()
    from fvtheory.experiments.average_case import NORMS, Settings, study
    from fvtheory.report import plots
    from fvtheory.report.average_plots import average_case
    from fvtheory.results import open_results

    plots.require_matplotlib()
    settings = Settings(
        options.cls,
        options.source,
        options.dim,
        options.count,
        options.lipschitz,
        tuple(options.conditions or ()),
        options.seed,
    )
    about = {"command": "beyond random", **settings.to_json()}
    root = open_results(options.out, about)
    with Bar() as bar:
        found = study(settings, root, bar)
    files = {}
    for kind in plots.FORMATS:
        if any(c.measured for c in found):
            files[f"average-case.{kind}"] = average_case(settings, found, kind)
    rows = []
    for condition in found:
        for norm, name in enumerate(NORMS):
            if condition.measured:
                quantiles = [
                    f"{q.value:.3f} ({q.low:.3f} to {q.high:.3f})" for q in condition.quantiles(norm)[1:4]
                ]
                rows.append([f"{condition.value:g}", str(len(condition.measured)), name, *quantiles])
    what = "length scale" if settings.source == "gaussian-process" else "steps"
    words = (
        f"{grid((what, 'functions', 'norm', '25%', 'median', '75%'), rows)}\n"
        "error of the central decoder / error on the worst function with the same Φ; in brackets 95% intervals"
    )
    figures = {"conditions": [c.to_json() for c in found]}
    return finish(options, root, about, figures, words, files, *files)
