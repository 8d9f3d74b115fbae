"""The parts of the documentation that are written by code: from parsers, claims, proofs, tables and docstrings.

`pages` gives whole pages, `expand` fills ``{{ NAME ARGUMENT }}`` in written ones. Nothing here needs MkDocs, so that
the tests can call it.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import architecture

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PAPER = "geirhos2024"

PACKAGES = (
    ("Questions and answers", "fvtheory", ""),
    ("Exact numbers and Φ", "", "fvtheory.exact fvtheory.information fvtheory.fiber fvtheory.errors"),
    ("Exact functions", "fvtheory.functions", ""),
    ("Decoders and counterexamples", "", "fvtheory.decoders fvtheory.adversary.finder"),
    ("Claims and verdicts", "", "fvtheory.claims.claim fvtheory.verification"),
    ("Your own claims", "fvtheory.claim_files", ""),
    ("Beyond Φ", "fvtheory.beyond", "fvtheory.beyond.numeric"),
    (
        "Networks",
        "fvtheory.networks",
        "fvtheory.networks.reading fvtheory.networks.writing fvtheory.networks.batches",
    ),
    ("Strategies", "fvtheory.strategies", ""),
    ("Assertions", "fvtheory.testing", ""),
    ("Inverse sets and means over pairs", "", "fvtheory.inverse_set fvtheory.pair_means"),
    ("Figures", "fvtheory.report.fiber_plots", ""),
)
"""Heading, a module whose ``__all__`` is listed name by name, modules that are listed whole."""


# ---- whole pages -------------------------------------------------------------------------------------


def pages() -> dict[str, str]:
    """Every generated page by its path below ``pages``."""
    return {
        "index.md": (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/pages/", "]("),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        "claims.md": claims(),
        "rocq.md": rocq(),
        "reference/commands.md": commands(),
        "reference/python.md": python(),
        "reference/classes.md": classes(),
        "reference/experiments.md": experiments(),
        "reference/benchmarks.md": benchmarks(),
    }


def commands() -> str:
    """Every command with its usage, options and examples, from the parsers."""
    from fvtheory.cli import _parser
    from fvtheory.commands.help import walk

    parts = ["# Commands\n\nGenerated from the parsers; `--help` says the same."]
    for path, parser in walk(_parser()):
        parts.append(_command(" ".join(("fvtheory", *path)), len(path), parser))
    return "\n\n".join(parts) + "\n"


def _command(name: str, depth: int, parser: argparse.ArgumentParser) -> str:
    from fvtheory.commands.help import examples_of, subcommands

    anchor = name.replace(" ", "-")
    parts = [f"{'#' * min(3, depth + 2)} {name} {{ #{anchor} }}", parser.description or ""]
    below = subcommands(parser)
    if below:
        rows = [
            f"| [`{name} {word}`](#{anchor}-{word}) | {_cell(text)} |" for word, (_, text) in below.items()
        ]
        parts.append("\n".join(["| command | what for |", "|---|---|", *rows]))
    else:
        arguments = [a for a in parser._actions if a.help != argparse.SUPPRESS and a.dest != "help"]
        if arguments:
            rows = [f"| {_flags(a)} | {_cell(_help(parser, a))} |" for a in arguments]
            parts.append("\n".join(["| argument | meaning |", "|---|---|", *rows]))
    before = (parser.epilog or "").partition("examples:")[0].strip()
    if before:
        parts.append(_fence("text", before))
    shown = examples_of(parser)
    if shown:
        parts.append(_fence("sh", "\n".join(shown)))
    return "\n\n".join(filter(None, parts))


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return parser._get_formatter()._expand_help(action) if action.help else ""


def _flags(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    value = ""
    if action.nargs != 0:
        names = action.metavar or (
            "{" + ",".join(map(str, action.choices)) + "}" if action.choices else "VALUE"
        )
        value = " " + (" ".join(names) if isinstance(names, tuple) else names)
    need = " (required)" if action.required else ""
    return f"`{', '.join(action.option_strings)}{value}`{need}".replace("|", "\\|")


def claims() -> str:
    """Every claim of the paper: what is said, where, how it was encoded, its verdict and its proofs."""
    from fvtheory.claims import claims_of

    proofs = _theorems_by_claim()
    parts = [
        "# All claims\n\nGenerated from `fvtheory/claims/geirhos2024/`, one theorem of the paper a file. The verdicts "
        "are those of the Rocq proofs; `fvtheory verify` decides them anew by two solvers, certificates and replay."
    ]
    seen: set[str] = set()
    for claim in claims_of(PAPER):
        if claim.id not in seen:
            seen.add(claim.id)
            parts.append(f"## {claim.id} {{ #{claim.id} }}")
        found = proofs.get((claim.id, claim.variant, claim.convention), [])
        verdict = ", ".join(dict.fromkeys(t["verdict"] for t in found)) or "see `fvtheory verify`"
        lines = [f"**{claim.variant}: {verdict}.** {_prose(claim.text)}", f"Source: {_prose(claim.source)}."]
        if claim.cls:
            lines.append(f"Class: {class_link(claim.cls)}.")
        if claim.delta:
            lines.append(f"The statement is {claim.fidelity}: {_prose(claim.delta)}.")
        if found:
            links = dict.fromkeys(f"[`{t['name']}`](rocq.md#{t['name']})" for t in found)
            lines.append(f"Rocq: {', '.join(links)}.")
        parts.append(" ".join(lines))
    return "\n\n".join(parts) + "\n"


def rocq() -> str:
    """Every recorded theorem: in words, as Rocq has it, the axioms it rests on, the claims it vouches for."""
    axioms = {}
    for entry in _record()["theorems"]:
        axioms[entry["name"]] = entry["axioms"]
    parts = [
        "# Rocq proofs\n\nGenerated from `proofs/rocq/theorems.toml`, `record.json` and the sources beside them; "
        "`python -m proofs rocq --check` compiles them and compares types and axioms with the record."
    ]
    by_file: dict[str, dict[str, list[dict]]] = {}
    for theorem in _theorems():
        by_file.setdefault(theorem["file"], {}).setdefault(theorem["name"], []).append(theorem)
    for file in sorted(by_file):
        source = (ROOT / "proofs" / "rocq" / file).read_text(encoding="utf-8")
        parts.append(f"## {file}\n\n`proofs/rocq/{file}`")
        for name, theorems in by_file[file].items():
            parts.append(f"### {name} {{ #{name} }}")
            said = list(dict.fromkeys(_prose(t["statement"]) for t in theorems))
            links = dict.fromkeys(
                f"[{t['claim']}](claims.md#{t['claim']}) ({t['variant']})" for t in theorems
            )
            ties = dict.fromkeys(t["convention"] for t in theorems)
            parts.append(
                f"{'; '.join(said)}.\n\nFor {', '.join(links)}; ties: {', '.join(ties)}; "
                f"axioms: {', '.join(f'`{a}`' for a in axioms[name]) or 'none'}."
            )
            parts.append(_fence("coq", rocq_statement(source, name)))
    return "\n\n".join(parts) + "\n"


def rocq_statement(source: str, name: str) -> str:
    """A theorem of a Rocq file, up to its proof.

    Raises:
        KeyError: for a name that the file does not prove.
    """
    found = re.search(
        rf"^(?:Theorem|Lemma|Corollary) {re.escape(name)}\b.*?\.(?=\s*\nProof\b|\s+Proof\b)",
        source,
        re.M | re.S,
    )
    if found is None:
        raise KeyError(f"{name} is in no such file")
    return found[0]


def python() -> str:
    """The public interface of the package, from its docstrings."""
    parts = ["# Python\n\nGenerated from the docstrings."]
    for heading, listed, whole in PACKAGES:
        parts.append(f"## {heading}")
        parts += (
            [f"::: {name}\n    options: {{heading_level: 3}}" for name in public_names(listed)]
            if listed
            else []
        )
        for module in whole.split():
            parts.append(f"::: {module}\n    options: {{heading_level: 3}}")
    return "\n\n".join(parts) + "\n"


def public_names(module: str) -> list[str]:
    """Where the names in ``__all__`` of a module are defined, as far as the sources say."""
    tree = ast.parse(source_of(module).read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    names: list[str] = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "__all__" and isinstance(node, ast.Assign):
            names = ast.literal_eval(node.value)
    return [homes.get(name, f"{module}.{name}") for name in names]


def source_of(module: str) -> Path:
    """The file of a module of the package."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def classes() -> str:
    """The function classes, one file each, with their sources."""
    from fvtheory.classes import CLASSES

    parts = [
        "# Classes\n\nGenerated from `fvtheory/classes/`, one class a file: feasible Φ, envelopes, members that reach "
        "them, radius, and the proofs of all this."
    ]
    for known in CLASSES.values():
        options = "options: {show_source: true, heading_level: 2, members: false, show_bases: true}"
        parts.append(f"::: {class_path(known.name)}\n    {options}")
    parts.append("::: fvtheory.classes.base.FunctionClass\n    options: {heading_level: 2}")
    return "\n\n".join(parts) + "\n"


def class_path(name: str) -> str:
    """Where a class is defined."""
    from fvtheory.classes import get_class

    kind = type(get_class(name))
    return f"{kind.__module__}.{kind.__name__}"


def class_link(name: str) -> str:
    return f"[{name}][{class_path(name)}]"


def experiments() -> str:
    """Modules about networks that run, each whole."""
    parts = [
        "# Experiments\n\nGenerated from the docstrings of `fvtheory.experiments` (extra `networks`) and "
        "`fvtheory.empirical` (extra `empirical`)."
    ]
    for module in experiment_modules():
        parts.append(f"::: {module}\n    options: {{heading_level: 2}}")
    return "\n\n".join(parts) + "\n"


def experiment_modules() -> list[str]:
    """The modules below ``fvtheory.experiments`` and ``fvtheory.empirical``."""
    files = [
        f for name in ("experiments", "empirical") for f in sorted((ROOT / "fvtheory" / name).rglob("*.py"))
    ]
    return [".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files if f.name != "__init__.py"]


def benchmarks() -> str:
    """What each benchmark measures, from its docstring, and what it measured last, from the stored results."""
    from benchmarks import table

    parts = [
        "# Benchmarks\n\nGenerated from `benchmarks/results.json` and the docstrings of `benchmarks/`. "
        "`python -m benchmarks NAME` prints tables and, as its last line, one JSON object; `--quick` ends within a "
        "minute and keeps nothing, `--write` keeps a run at full size here, `python -m benchmarks all --write` runs "
        "what has not been measured for this version, one after the other, and goes on where it was interrupted.\n\n"
        "*Load* is the average number of processes that ran or waited in the minute before a run: above 1 the machine "
        "was busy with other things, and times are longer than on a quiet one (ratios suffer less). Every figure is "
        "measured; what is asked of some is in `benchmarks/table.py`.",
        "\n".join(
            [
                "| " + " | ".join(table.HEADER) + " |",
                "|---" * len(table.HEADER) + "|",
                *("| " + " | ".join(_cell(c) for c in row) + " |" for row in table.rows()),
            ]
        ),
    ]
    records = table.read()
    for name in table.FIGURES:
        file = ROOT / "benchmarks" / f"{name}.py"
        file = file if file.is_file() else ROOT / "benchmarks" / name / "__init__.py"
        words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        parts += [f"## {name}", words.partition(": ")[2] or words, _provenance(records.get(name))]
    return "\n\n".join(parts) + "\n"


def _provenance(record: dict | None) -> str:
    """Where the figures of a benchmark come from, in a sentence or two."""
    if record is None:
        return "Not measured yet."
    packages = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    begin = f"`{record['command']}`, {record['date']}"
    if "report_of" in record:
        return f"{begin}: a report of the run that `{record['report_of']}` holds; {packages}."
    known = record["machine"]
    system = f"{known['model'] or known['processor']}, {known['cores']} cores, {known['system']}"
    threads = f", {known['threads']} thread(s)" if known["threads"] else ""
    load = f"load {record['load_before']}, {record['load_after']}"
    passed = "passed" if record["passed"] else "did not pass"
    return (
        f"{begin}, {record['seconds']:.0f} s on {system}, Python {known['python']}{threads}; {load}; {packages}. "
        f"The benchmark {passed}."
    )


# ---- parts of written pages --------------------------------------------------------------------------

MACRO = re.compile(r"\{\{ *([a-z_]+)((?: +[^ }]+)*) *\}\}")


def expand(text: str) -> str:
    """A page with every ``{{ NAME ARGUMENT ... }}`` filled in.

    Raises:
        KeyError: for a name that there is not, or an argument that leads nowhere.
    """

    def fill(found: re.Match[str]) -> str:
        return _MACROS[found[1]](*found[2].split())

    return MACRO.sub(fill, text)


def links(*ids: str) -> str:
    """The claims with these ids (and below), the theorems that vouch for them, and their classes."""
    from fvtheory.claims import claims_of

    proofs = _theorems_by_claim()
    mine = [c for c in claims_of(PAPER) if any(c.id == i or c.id.startswith(i + ".") for i in ids)]
    for i in ids:
        if not any(c.id == i or c.id.startswith(i + ".") for c in mine):
            raise KeyError(f"no claim {i}")
    claim_links = dict.fromkeys(f"[{c.id}](claims.md#{c.id})" for c in mine)
    found = [t for c in mine for t in proofs.get((c.id, c.variant, c.convention), [])]
    theorem_links = dict.fromkeys(f"[`{t['name']}`](rocq.md#{t['name']})" for t in found)
    class_links = dict.fromkeys(class_link(c.cls) for c in mine if c.cls)
    parts = [f"Claims: {', '.join(claim_links)}."]
    if theorem_links:
        parts.append(f"Rocq: {', '.join(theorem_links)}.")
    if class_links:
        parts.append(f"Class: {', '.join(class_links)}.")
    return '<div class="proofs" markdown>\n' + "\n".join(parts) + "\n</div>"


def exit_codes() -> str:
    """What the number means with which a command ends."""
    from fvtheory.commands.exit_codes import MEANINGS

    rows = [f"| {code} | {words} |" for code, words in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])


def information_table() -> str:
    """Information x class, computed by the package."""
    from fvtheory.beyond.table import COLUMNS, ROWS, table

    cells = {(c.information, c.cls): "–" if c.radius is None else str(c.radius) for c in table()}
    rows = [f"| {row} | " + " | ".join(cells[row, column] for column in COLUMNS) + " |" for row in ROWS]
    head = f"| known of f(x) = x | {' | '.join(COLUMNS)} |"
    return "\n".join([head, "|---" * (len(COLUMNS) + 1) + "|", *rows])


def answers() -> str:
    """For each class in one variable, when Φ is feasible, and the radius, as the package has them."""
    from fvtheory.classes import CLASSES
    from fvtheory.symbols import L, symbolic_phi
    from fvtheory.terms import show, term

    rows = []
    for known in CLASSES.values():
        phi = symbolic_phi(1, L if known.needs_lipschitz else term(1))
        radius = re.sub(r"1/2\*\([^()]* if false else 0\)", "0", show(known.radius(phi)))
        condition = known.feasibility_in_words(1).removeprefix("false, or ")
        rows.append(f"| {class_link(known.name)} | `{condition}` | `{radius}` |")
    return "\n".join(["| class | Φ is feasible if | R |", "|---|---|---|", *rows])


def figure(name: str) -> str:
    """A figure, drawn now, as an image inside the page."""
    from base64 import b64encode

    from fvtheory.report.plots import saved

    words, drawn = _FIGURES[name]()
    picture = b64encode(saved(drawn, "svg")).decode()
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{picture}">'


def _pair() -> tuple[str, Any]:
    from fvtheory.report import fiber_plots

    return "two functions with one Φ that differ by 1/2 at 5/8", fiber_plots.pair(_lipschitz(), "two")


def _refuted() -> tuple[str, Any]:
    from fvtheory.report import fiber_plots

    fiber = _lipschitz(1, "1", "1/2", "0", "1/3")
    return "two functions with one Φ that differ by 1/3 at 0", fiber_plots.pair(fiber, "two")


def _error() -> tuple[str, Any]:
    from fvtheory.report import fiber_plots

    def nearest(phi: Any) -> Any:
        return lambda x: phi.f_min if abs(x[0] - phi.x_min[0]) <= abs(x[0] - phi.x_max[0]) else phi.f_max

    drawn = fiber_plots.decoder_error(_lipschitz(), nearest, "nearest", "two")
    return "the error of a decoder over x, up to 3/4, and the least possible one, up to 1/4", drawn


def _map() -> tuple[str, Any]:
    from fvtheory.report import fiber_plots

    axes = [fiber_plots.Axis.read(word, 1) for word in ("x_min", "L=1/2:6")]
    found = fiber_plots.radius_over("lipschitz", _lipschitz().phi, axes)
    return "the radius of information over x_min and L", fiber_plots.radius([found], "two")


def _lipschitz(rate: int = 2, *phi: str) -> Any:
    from fvtheory import MinMax, get_class
    from fvtheory.fiber import Fiber

    return Fiber(get_class("lipschitz"), MinMax(*(phi or ("1/4", "1", "0", "1"))), Fraction(rate))


_FIGURES: dict[str, Callable[[], tuple[str, Any]]] = {
    "pair": _pair,
    "refuted": _refuted,
    "error": _error,
    "map": _map,
}


def house() -> str:
    """The floors of the package as a picture."""
    return _house().picture()


def walk(which: str) -> str:
    """One Φ or one image, function by function."""
    return architecture.shown(which)


def modules() -> str:
    """Every module below the packages."""
    return _house().modules()


def function_kinds() -> str:
    """The table of exact functions in JSON, from the docstring of the module that reads them."""
    text = ast.get_docstring(ast.parse(source_of("fvtheory.functions").read_text(encoding="utf-8"))) or ""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    return _fence("text", "\n".join(lines))


def source(name: str, kind: str = "python") -> str:
    """A file of the repository."""
    return _fence(kind, (ROOT / name).read_text(encoding="utf-8").rstrip())


_MACROS: dict[str, Callable[..., str]] = {
    "links": links,
    "information_table": information_table,
    "answers": answers,
    "exit_codes": exit_codes,
    "figure": figure,
    "function_kinds": function_kinds,
    "house": house,
    "modules": modules,
    "source": source,
    "walk": walk,
}


# ---- what they share ---------------------------------------------------------------------------------


@cache
def _house() -> architecture.House:
    return architecture.House(ROOT)


@cache
def _theorems() -> tuple[dict, ...]:
    return tuple(
        tomllib.loads((ROOT / "proofs" / "rocq" / "theorems.toml").read_text(encoding="utf-8"))["theorem"]
    )


@cache
def _record() -> dict:
    return json.loads((ROOT / "proofs" / "rocq" / "record.json").read_text(encoding="utf-8"))


@cache
def _theorems_by_claim() -> dict[tuple[str, str, str], list[dict]]:
    found: dict[tuple[str, str, str], list[dict]] = {}
    for theorem in _theorems():
        found.setdefault((theorem["claim"], theorem["variant"], theorem["convention"]), []).append(theorem)
    return found


def _prose(text: str) -> str:
    """Formulas in a sentence, safe from Markdown."""
    return re.sub(r"([*_|<>\[\]`])", r"\\\1", text)


def _cell(text: str) -> str:
    return _prose(" ".join(text.split()))


def _fence(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```"


def written() -> Iterator[Path]:
    """The pages that people wrote."""
    yield from sorted((DOCS / "pages").rglob("*.md"))
