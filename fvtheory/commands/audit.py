"""The command ``fvtheory audit``: can a unit's visualization be trusted, and how often is the answer right?"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fvtheory.commands.help import examples
from fvtheory.commands.inputs import open_run
from fvtheory.commands.options import (
    add_copies,
    add_images,
    add_model,
    add_per_class,
    add_prior,
    add_robustness,
    add_run,
    add_size,
    add_steps,
    add_units,
    image_folder,
    load_prepared,
    load_torch,
    prior_folder,
    unit_names,
    whole,
)
from fvtheory.commands.output import finish, grid
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError

if TYPE_CHECKING:
    from fvtheory.empirical.audit import Finding
    from fvtheory.empirical.audit_rates import Case
    from fvtheory.empirical.image_model import ImageModel

SIGNALS = ("unused", "path", "agreement", "gap")


def add_command(commands: Any) -> None:
    """Add ``audit`` to the subparsers of the command line."""
    audit = commands.add_parser(
        "audit",
        help="whether the visualization of a unit can be trusted",
        description="Look for traces of deception in a network: parts that natural pictures never use and that carry "
        "the visualization, another path through the network, ascents that disagree with and without a natural-image "
        "prior, a wide gap between natural and optimized activations. Says trustworthy, not trustworthy or "
        "undecided for every unit, with the reasons.",
        **examples(
            "fvtheory audit --unit logits:574 --out one",
            "fvtheory audit --fooled all/fooled.pt --unit logits:574 --out two",
            "fvtheory audit --measure --fooled all/fooled.pt --out rates",
        ),
    )
    add_model(audit)
    audit.add_argument(
        "--fooled",
        action="append",
        default=[],
        metavar="FILE",
        help="fooled.pt of fvtheory fool; here: or silent.pt of fvtheory silence, built into --model: the network "
        "that is audited (with --measure, repeatable)",
    )
    add_units(audit, "and all that fvtheory visualize takes")
    add_images(audit)
    add_per_class(audit)
    add_steps(audit, 128)
    add_copies(audit)
    add_prior(
        audit,
        "the second ascent stays among what it can make, and without it only begins at a photograph",
    )
    audit.add_argument("--no-prior", action="store_true", help="without a learned prior, though there is one")
    audit.add_argument(
        "--measure",
        action="store_true",
        help="in place of --unit: hit and false-alarm rates on random units of --model and of every --fooled, with "
        "thresholds calibrated on half of the clean ones",
    )
    audit.add_argument(
        "--count",
        type=whole,
        default=10,
        metavar="N",
        help="how many units of each kind, with --measure (default: 10)",
    )
    add_robustness(audit)
    add_size(audit)
    add_run(audit)
    audit.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    torch = load_torch()
    from dataclasses import asdict

    from fvtheory.empirical.audit import Ascent, Thresholds, audit
    from fvtheory.empirical.audit_rates import check_cases, measure
    from fvtheory.empirical.models.taef2 import load_taef2
    from fvtheory.empirical.objectives import parse_unit
    from fvtheory.empirical.pictures import read_folder
    from fvtheory.empirical.transformations import standard

    if options.measure == bool(options.units):
        raise InvalidInputError(
            "--measure and --unit" if options.units else "neither --unit nor --measure",
            "units to audit, or --measure",
            "--unit logits:574",
        )
    if options.measure and not options.fooled:
        raise InvalidInputError("--measure without --fooled", "at least one fooled network to find")
    if len(options.fooled) > 1 and not options.measure:
        raise InvalidInputError(f"{len(options.fooled)} times --fooled", "one network to audit, or --measure")
    if options.no_prior and options.prior is not None:
        raise InvalidInputError("--prior and --no-prior", "one of them")
    model = load_prepared(options)
    names = unit_names(options.units or [], model)
    units = [parse_unit(name) for name in names]
    folder = None if options.no_prior else prior_folder(options, model, required=False)
    prior = None if folder is None else load_taef2(folder)
    networks = [_fooled(file, model) for file in options.fooled]
    images = image_folder(options.images)
    natural = read_folder(images, model.space, options.per_class).pictures()
    settings = {
        "command": "audit",
        "fooled": [str(Path(file).absolute()) for file in options.fooled],
        "images": images,
        "prior": folder,
        "unit": names,
        **{
            name: getattr(options, name)
            for name in (
                "model",
                "per_class",
                "steps",
                "copies",
                "measure",
                "count",
                "no_transformations",
                "size",
                "seed",
                "device",
            )
        },
    }
    changes = None if options.no_transformations else standard(model.space)
    ascent = Ascent(options.steps, transformations=changes, copies=options.copies, seed=options.seed)
    if options.measure:
        generator = torch.Generator().manual_seed(options.seed)
        cases = _cases(model, networks, options.count, generator)
        check_cases(cases)
    root = open_run(options.out, settings, model)
    figures: dict[str, Any]
    with Bar() as bar:
        if options.measure:
            measured = measure(cases, natural, ascent, prior=prior, folder=root, progress=bar)
            findings = [f for _, _, _, f in measured.findings]
            figures = measured.to_json()
        else:
            audited = networks[0][1] if networks else model
            findings = audit(audited, units, natural, ascent, prior=prior, folder=root, progress=bar)
            figures = {"thresholds": asdict(Thresholds()), "units": [f.to_json() for f in findings]}
    tables = (f"{title}\n{grid(header, rows)}\n" for title, header, rows in _tables(figures))
    files = {"index.html": _page(root, settings, figures, findings)}
    return finish(options, root, settings, figures, "\n".join(tables), files)


def suggestion(options: argparse.Namespace, file: str, unit: str) -> str:
    """The command that audits a unit of a network that a command with these options has just written."""
    words = ["fvtheory", "audit", "--fooled", str(Path(options.out) / file), "--unit", unit]
    for flag, value, default in (
        ("--model", options.model, "efficientnet-lite0"),
        ("--size", getattr(options, "size", None), None),
        ("--images", options.images, None),
        ("--device", options.device, "cpu"),
    ):
        words += [] if value == default else [flag, str(value)]
    if getattr(options, "quick", False):
        words += ["--per-class", "3", "--steps", "32", "--no-prior"]
    words += ["--out", str(options.out).rstrip("/") + "-audit"]
    return f"to audit it: {shlex.join(words)}"


def _fooled(file: str, model: ImageModel) -> tuple[str, ImageModel, list[str], list[str]]:
    """(kind, network, names of its fooled units, names of the same units before) of a file.

    Raises:
        InvalidInputError: for a file of neither kind, or of another network.
    """
    from fvtheory.empirical.fooling_circuit import circuit_of
    from fvtheory.empirical.fooling_files import load_fooled
    from fvtheory.empirical.silent_units import KIND, load_silent
    from fvtheory.empirical.tensor_files import read_tensors

    required = "fooled.pt of fvtheory fool or silent.pt of fvtheory silence"
    with read_tensors(file, required) as content:
        kind = content.get("kind") if isinstance(content, dict) else None
    if kind == KIND:
        layer = load_silent(model, file)
        numbers = range(layer.block.filters)
        before = layer.block.activation
        known = before in dict(model.module.named_modules())
        return (
            "silent units",
            layer.model,
            [f"{layer.name}:{i}" for i in numbers],
            [f"{before}:{i}" for i in numbers] if known else [],
        )
    network = load_fooled(file, model)
    names = [f"logits:{i}" for i in circuit_of(network).units.tolist()]
    return "fooling circuit", network, names, names


def _cases(
    model: ImageModel,
    networks: Sequence[tuple[str, ImageModel, list[str], list[str]]],
    count: int,
    generator: Any,
) -> list[Case]:
    """For every fooled network twice as many clean units of the same layer where there are enough, others than the
    fooled ones where there are; no clean unit twice."""
    torch = load_torch()
    from fvtheory.empirical.audit_rates import Case
    from fvtheory.empirical.objectives import parse_unit

    cases = []
    taken: set[str] = set()
    for kind, network, fooled, before in networks:
        order = torch.randperm(len(fooled), generator=generator).tolist()
        chosen = [fooled[i] for i in order[:count]]
        others = [before[i] for i in order[count:] + order[:count]] if before else []
        others = [name for name in others if name not in taken][: 2 * count]
        taken |= set(others)
        if others:
            cases.append(Case(f"clean, for {kind}", model, tuple(map(parse_unit, others)), False))
        cases.append(Case(kind, network, tuple(map(parse_unit, chosen)), True))
    return cases


# ---- what is shown -----------------------------------------------------------------------------------


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _tables(figures: Mapping[str, Any]) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    tables: list[tuple[str, Sequence[str], list[list[str]]]] = []
    if "verdicts" in figures:
        from fvtheory.empirical.audit import VERDICTS

        def proportion(p: Mapping[str, Any]) -> str:
            return f"{p['count']} of {p['of']} ({p['low']:.0%} to {p['high']:.0%})"

        rows = [
            [
                entry["kind"],
                "fooled" if entry["fooled"] else "clean",
                *(proportion(entry[v]) for v in VERDICTS),
            ]
            for entry in figures["verdicts"]
        ]
        rows.append(["hits", "fooled", "", proportion(figures["hits"]), ""])
        rows.append(["false alarms", "clean", "", proportion(figures["false_alarms"]), ""])
        header = ("units", "truth", *VERDICTS)
        tables.append(
            ("Verdicts, with 95% intervals of Wilson; units that calibrate are left out", header, rows)
        )
    units = [
        [
            entry["unit"],
            entry["verdict"],
            *(_number(entry[name]) for name in SIGNALS),
            entry["read"] or "-",
            "; ".join(entry["reasons"]),
        ]
        for entry in figures["units"]
    ]
    tables.append(("Units", ("unit", "verdict", *SIGNALS, "read at", "reasons"), units))
    limits = figures["thresholds"]
    tables.append(
        (
            "Thresholds",
            ("signal", "suspicious"),
            [
                ["unused", f"above {limits['unused']:.3g}"],
                ["path", f"below {limits['path']:.3g}"],
                ["agreement", f"below {limits['agreement']:.3g}, with gap"],
                ["gap", f"above {limits['gap']:.3g}, with agreement"],
            ],
        )
    )
    return tables


WORDS = (
    "unused: share of the activation that is lost when what is constant on natural pictures is held constant.",
    "path: cosine of the unit's gradients on natural pictures and on the visualization, at the nearest layer of which "
    "it reads several channels.",
    "agreement: cosine of features there, of visualizations from noise and from natural pictures.",
    "gap: by how many times their range (largest less median) the visualization exceeds natural pictures.",
    "Of unused and path the worst on the way counts: after 1/8, 1/4 and 1/2 of the steps, and at the end. A "
    "unit that reads a layer which natural pictures never use and which this ascent did not wake is undecided.",
    "Trustworthy means that known kinds of deception left no trace on these pictures; it is no proof.",
)


def _page(
    root: Path, settings: Mapping[str, Any], figures: Mapping[str, Any], findings: Sequence[Finding]
) -> bytes:
    from fvtheory.empirical.pictures import to_png
    from fvtheory.report.page import Part, Pictures, Table, Text, page, settings_section
    from fvtheory.results import write_file

    sections: list[tuple[str, Sequence[Part]]] = [
        ("What the signals are", [Text(words) for words in WORDS]),
        *((title, [Table(header, rows)]) for title, header, rows in _tables(figures)),
    ]
    for number, finding in enumerate(findings):
        files = []
        for what, picture in zip(("noise", "natural"), finding.pictures, strict=True):
            write_file(root / f"unit-{number}-{what}.png", to_png(picture))
            begun = "from noise" if what == "noise" else "with natural pictures"
            files.append((f"unit-{number}-{what}.png", f"{finding.signals.unit}, {begun}"))
        sections.append(
            (
                f"{finding.signals.unit}: {finding.verdict}",
                [Pictures(files), Text("; ".join(finding.reasons))],
            )
        )
    sections.append(settings_section(settings))
    return page(f"Audit of {settings['model']}", sections)
