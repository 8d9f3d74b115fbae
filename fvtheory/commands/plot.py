"""The commands ``fvtheory plot pair | envelope | radius | decoder | similarity``: figures for papers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.commands.help import EXAMPLE_PHI, add_subcommands, examples
from fvtheory.commands.options import (
    add_decoder,
    add_fiber,
    add_lipschitz,
    add_phi,
    fiber,
    lipschitz,
    load_torch,
    whole,
)
from fvtheory.commands.output import RESULTS, print_written
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.fiber import Fiber

EXAMPLE = f"--class lipschitz --lipschitz 2 --phi '{EXAMPLE_PHI}'"

METRICS = ("spearman", "pearson", "cosine")
CURVES = ("normalised", "absolute", "ranking")

MOST_STEPS = 1000


def add_command(commands: Any) -> None:
    """Add ``plot`` and what belongs to it to the subparsers of the command line."""
    plot = commands.add_parser(
        "plot",
        help="figures for papers: PDF, SVG, PNG",
        description="Figures for papers, one or two columns wide, in colours that colour-blind readers tell apart, "
        "with fonts embedded and exact numbers as labels.",
        **examples(
            f"fvtheory plot pair {EXAMPLE} --out pair.pdf",
            "fvtheory plot pair --claim theorem-4.second-inequality --out refuted.svg",
        ),
    )
    kinds = add_subcommands(plot, "FIGURE")

    pair = kinds.add_parser(
        "pair",
        help="two functions that no visualization tells apart",
        description="Two functions of one class with one Φ, as far apart as can be, between the envelopes of their "
        "fiber; of a Φ of yours, or of the one that refutes a claim. One or two variables.",
        **examples(
            f"fvtheory plot pair {EXAMPLE} --out pair.pdf",
            "fvtheory plot pair --claim theorem-4.second-inequality --width two --out refuted.svg",
        ),
    )
    add_fiber(pair, required=False)
    pair.add_argument(
        "--claim", metavar="ID", help="in place of --class and --phi: the Φ that refutes this claim"
    )
    _add_figure(pair)
    pair.set_defaults(run=_pair)

    envelope = kinds.add_parser(
        "envelope",
        help="the range of f(x) and the central decoder",
        description="The envelopes of a fiber, and the central decoder between them. One or two variables.",
        **examples(f"fvtheory plot envelope {EXAMPLE} --out envelope.pdf"),
    )
    add_fiber(envelope)
    _add_figure(envelope)
    envelope.set_defaults(run=_envelope)

    radius = kinds.add_parser(
        "radius",
        help="the radius of information over Φ",
        description="The radius of information where one symbol of Φ (or L) runs over a range, a line a class, or "
        "two, as a map. Where no function of the class has Φ there is a gap, or grey.",
        **examples(
            f"fvtheory plot radius --class lipschitz --lipschitz 2 --class convex --phi '{EXAMPLE_PHI}' --over x_min "
            "--out radius.pdf",
            f"fvtheory plot radius --class lipschitz --phi '{EXAMPLE_PHI}' --over x_min --over L=1/2:6 --out map.pdf",
        ),
    )
    radius.add_argument(
        "--class",
        dest="classes",
        action="append",
        required=True,
        metavar="CLASS",
        help="a class, such as convex (repeatable: a line each)",
    )
    add_phi(radius, here="for the symbols that do not run")
    add_lipschitz(radius)
    radius.add_argument(
        "--over",
        action="append",
        required=True,
        metavar="SYMBOL",
        help="x_min, x_max, f_min, f_max or L, in several variables x_min[0], ...; with a range as L=1/2:6 "
        "(default: 0:1, L: 0:4); twice for a map",
    )
    radius.add_argument(
        "--steps", type=whole, default=64, metavar="N", help="steps of each range (default: 64)"
    )
    _add_figure(radius)
    radius.set_defaults(run=_radius)

    decoder = kinds.add_parser(
        "decoder",
        help="how far a decoder is off, point by point",
        description="The worst error of a decoder at each point, over all functions of the class with this Φ, "
        "against the least possible one there and the radius of information.",
        **examples(f"fvtheory plot decoder {EXAMPLE} --decoder my_decoders:nearest --out error.pdf"),
    )
    add_fiber(decoder)
    add_decoder(decoder)
    _add_figure(decoder)
    decoder.set_defaults(run=_decoder)

    similarity = kinds.add_parser(
        "similarity",
        help="the curves of a sanity check",
        description="Similarity by layer from a folder that fvtheory sanity wrote (needs torch).",
        **examples(
            "fvtheory plot similarity sanity --metric spearman --curve absolute --width two --out curves.pdf"
        ),
    )
    similarity.add_argument("results", metavar="RESULTS", help="a folder written by fvtheory sanity")
    similarity.add_argument(
        "--metric", choices=METRICS, help="how activations are compared (default: the first there)"
    )
    similarity.add_argument(
        "--curve", choices=CURVES, default=CURVES[0], help="which figure (default: %(default)s)"
    )
    _add_figure(similarity, title=False)
    similarity.set_defaults(run=_similarity)


def _add_figure(command: argparse.ArgumentParser, title: bool = True) -> None:
    command.add_argument(
        "--out", dest="file", required=True, metavar="FILE", help="a file ending in .pdf, .svg or .png"
    )
    command.add_argument(
        "--width",
        choices=("one", "two"),
        default="one",
        help="columns of a page with two: 3.25 or 6.75 inches (default: one)",
    )
    if title:
        command.add_argument(
            "--title", metavar="TEXT", help="above the figure (default: class and radius; '' for none)"
        )


def _target(options: argparse.Namespace) -> tuple[Path, str]:
    """The file of ``--out`` and its kind, looked at before anything is computed."""
    from fvtheory.report.plots import KINDS, require_matplotlib

    file = Path(options.file)
    kind = file.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise InvalidInputError(f"--out {options.file}", "a file ending in .pdf, .svg or .png")
    if not file.absolute().parent.is_dir():
        raise InvalidInputError(
            f"--out {options.file}, whose folder is missing", "a file in an existing folder"
        )
    if file.is_dir():
        raise InvalidInputError(f"--out {options.file}, which is a folder", "a file")
    require_matplotlib()
    return file, kind


def _write(figure: Any, target: tuple[Path, str]) -> int:
    from fvtheory.report.plots import saved

    file, kind = target
    return _keep(saved(figure, kind), file)


def _keep(content: bytes, file: Path) -> int:
    from fvtheory.results import write_file

    write_file(file.absolute(), content)
    print_written(file)
    return DONE


def _pair(options: argparse.Namespace) -> int:
    target = _target(options)
    from fvtheory.report import fiber_plots

    if options.claim is None:
        if options.cls is None or options.phi is None:
            raise InvalidInputError("neither --claim nor --class with --phi", "one of the two")
        found, title = fiber(options), options.title
    else:
        if not (options.cls is options.phi is options.lipschitz is None):
            raise InvalidInputError("--claim with --class, --phi or --lipschitz", "one of the two")
        found, words = _refuting(options.claim)
        title = words if options.title is None else options.title
    return _write(fiber_plots.pair(found, options.width, title), target)


def _refuting(claim: str) -> tuple[Fiber, str]:
    """The fiber whose Φ refutes a claim about decoders, and what is claimed there.

    Raises:
        UnknownNameError: for a claim that does not exist.
        InvalidInputError: for a claim that no Φ refutes.
    """
    from fvtheory.verification import verify

    for verdict in verify(claims=[claim]).claims:
        found = verdict.counterexample
        if verdict.claim.id == claim and found is not None and "phi" in found:
            there = argparse.Namespace(
                cls=verdict.claim.cls, phi=found["phi"], lipschitz=found.get("lipschitz")
            )
            refuting = fiber(there)
            if refuting.phi.spread == 0:
                continue
            rate = "" if refuting.lipschitz is None else f", L = {refuting.lipschitz}"
            claimed = f"\nclaimed bound {found['bound']}" if "bound" in found else ""
            return refuting, f"{refuting.cls.name}{rate}{claimed}, R = {refuting.radius}"
    raise InvalidInputError(
        f"claim {claim!r}, which no Φ with f_min < f_max refutes",
        "a claim about decoders that is REFUTED",
        "fvtheory verify --counterexamples lists them",
    )


def _envelope(options: argparse.Namespace) -> int:
    target = _target(options)
    from fvtheory.report import fiber_plots

    return _write(fiber_plots.envelope(fiber(options), options.width, options.title), target)


def _radius(options: argparse.Namespace) -> int:
    target = _target(options)
    from fvtheory.classes import get_class
    from fvtheory.information import MinMax
    from fvtheory.report import fiber_plots

    if options.steps > MOST_STEPS:
        raise InvalidInputError(f"--steps {options.steps}", f"at most {MOST_STEPS}")
    phi = MinMax.from_json(options.phi)
    axes = [fiber_plots.Axis.read(word, phi.dim) for word in options.over]
    rate = lipschitz(options)
    classes = [get_class(name) for name in dict.fromkeys(options.classes)]
    if rate is not None and not any(cls.needs_lipschitz for cls in classes):
        raise InvalidInputError(f"--lipschitz {rate} for {options.classes[0]}", "no Lipschitz constant")
    found = [
        fiber_plots.radius_over(cls.name, phi, axes, options.steps, rate if cls.needs_lipschitz else None)
        for cls in classes
    ]
    return _write(fiber_plots.radius(found, options.width, options.title), target)


def _decoder(options: argparse.Namespace) -> int:
    target = _target(options)
    from fvtheory.decoders import load_decoder
    from fvtheory.report import fiber_plots

    found = fiber(options)
    decoder = load_decoder(options.decoder, options.cls, options.lipschitz)
    name = options.decoder.rpartition(":")[2]
    return _write(fiber_plots.decoder_error(found, decoder, name, options.width, options.title), target)


def _similarity(options: argparse.Namespace) -> int:
    file, kind = _target(options)
    source = Path(options.results) / RESULTS
    if not source.is_file():
        raise InvalidInputError(
            f"{options.results!r} without {RESULTS}", "a folder that fvtheory sanity has finished"
        )
    load_torch()
    from fvtheory.empirical.layer_similarity import LayerSimilarity
    from fvtheory.empirical.path_similarity_curves import ranking
    from fvtheory.report import plots, similarity_plots
    from fvtheory.results import read_json

    document = read_json(source)
    try:
        layers = [LayerSimilarity.from_json(entry) for entry in document["layers"]]
    except (KeyError, TypeError, AttributeError):
        raise InvalidInputError(
            f"{str(source)!r} without similarities", "results of fvtheory sanity"
        ) from None
    metrics = list(dict.fromkeys(layer.metric for layer in layers))
    metric = options.metric or next(iter(metrics), "")
    if metric not in metrics:
        raise InvalidInputError(
            f"--metric {metric}", f"one that was compared: {', '.join(metrics) or 'none'}"
        )
    width = plots.WIDTHS[options.width]
    with plots.paper():
        if options.curve == "ranking":
            return _keep(similarity_plots.method_ranking(ranking(layers, metric), kind, width), file)
        draw = {
            "absolute": similarity_plots.absolute_similarity,
            "normalised": similarity_plots.normalised_similarity,
        }[options.curve]
        return _keep(draw(layers, metric, kind, width), file)
