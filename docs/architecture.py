"""The architecture, read from the code: floors from the import-linter settings, the rest from the sources.

A *unit* is a module or package directly below ``fvtheory``; every other module stands where its package stands.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

PACKAGE = "fvtheory"

WALKS = {
    "phi": """
cli._verify                                             fvtheory verify --claim theorem-4.second-inequality
  claims.select_claims                                  the claim, as it is written in its file
  verification.verify_claims                            all claims in one run
    verification._Run.add                               one claim
      statements.RadiusStatement.plan                   what has to be proved
        statements.RadiusStatement.phi                  for all Φ:
          symbols.symbolic_phi                          Φ in symbols
        classes.base.FunctionClass.obligations          of the class: feasible Φ, envelopes, members, radius
        statements.RadiusStatement.assertion            of the claim: its bound against the radius
          statements.RadiusStatement.radius             the radius, a term in Φ
            classes.lipschitz.Lipschitz.radius          as the class states it
        obligations.valid                               a closed question over the reals
      verification._Run._submit                         each question once
        notation.smtlib.script                          as text
        checkers.pool.SolverPool.submit                 to Z3 and cvc5, in processes of their own
    verification._Run.results                           what became of the questions
      verification._Run._certified                      a stored certificate of the same text
        certificates.store.certified                    checked without a solver
      checkers.pool.SolverPool.collect                  the answers of both solvers
      checkers.verdict.judge                            one question: do they agree?
        checkers.replay.confirmed                       values that break it, put in: Φ in fractions
      verification.conclude                             PROVED, REFUTED or UNKNOWN
        verification._verdict                           from hypotheses that can be met to the bound
          verification.counterexample_of                where a claim fails
            witnesses.explain                           what its Φ means
              fiber.Fiber.pair                          two functions that have it, far apart
              fiber.Fiber.holds                         looked at again by code that knows no proof
        vouchers.vouchers                               solvers, certificates, replay, Rocq
  report.terminal.verification_table                    one row
""",
    "image": """
commands.sanity._run                                    fvtheory sanity --images photographs --out sanity
  commands.options.load_prepared                        the network: BatchNorm folded, weights frozen
  empirical.activations.layers                          every layer it has
  commands.sanity._classes                              what is compared, class by class
    commands.sanity._select                             photographs that are classified rightly
      empirical.class_pictures.ClassFolder.read         from disk, cut to the input of the network
      empirical.path_similarity.class_logits            through the network
    commands.sanity._visualize                          visualizations of the class, unless they are there
      empirical.visualization_methods.Visualizer.pictures  by gradient ascent
  commands.sanity._chunk                                as many layers as memory holds
    empirical.path_similarity.Comparison.chunk          two passes over all pictures
      empirical.path_similarity.Comparison._means       first pass, one class
        empirical.path_similarity.Comparison._read      activations
          empirical.activations.in_batches              through the network, as far as these layers
        empirical.rank_vectors.unit_vectors             ranks, centred, of length 1: similarity is a product
      empirical.layer_similarity.fold_means             means over all pairs, from sums
      empirical.path_similarity.Comparison._pairs       second pass: spread and resamples
      empirical.layer_similarity.layer_similarity       similarities of a layer, with intervals
  commands.sanity._results                              what the folder holds
    report.similarity_plots.absolute_similarity         the curve over layers
  commands.output.finish                                the end of every command that writes a folder
    results.write_file                                  a file, whole or not at all
""",
}
"""Who calls whom, by indentation, and what for: one Φ and one image, from the command line to what is printed."""


@dataclass(frozen=True)
class Step:
    """A function on a walk, who calls it (the number of a step before), and what it does in a few words."""

    name: str
    caller: int | None
    words: str


def walk(which: str) -> list[Step]:
    """The steps of a walk in order."""
    steps: list[Step] = []
    above: list[int] = []  # the last step at each depth
    for line in WALKS[which].strip().splitlines():
        name, _, words = line.strip().partition("  ")
        depth = (len(line) - len(line.lstrip())) // 2
        del above[depth:]
        steps.append(Step(f"{PACKAGE}.{name}", above[-1] if above else None, words.strip()))
        above.append(len(steps) - 1)
    return steps


class House:
    """The package as its sources have it."""

    def __init__(self, root: Path) -> None:
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        (layers,) = (
            c["layers"] for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers"
        )
        self.floors: list[list[str]] = [[unit.strip() for unit in layer.split(":")] for layer in layers]
        """Units, from high to low."""
        self.trees: dict[str, ast.Module] = {}
        """Every module by its dotted name."""
        self.packages: set[str] = set()
        for file in sorted((root / PACKAGE).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if parts[-1] == "__init__":
                self.packages.add(name)
            self.trees[name] = ast.parse(file.read_text(encoding="utf-8"))

    @cached_property
    def imports(self) -> set[tuple[str, str]]:
        """(module, module it imports) inside the package, wherever in the file it does so."""
        return {
            (module, found)
            for module, tree in self.trees.items()
            for node in ast.walk(tree)
            for found in self._imported(node)
            if found != module
        }

    def _imported(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in self.trees)
        elif isinstance(node, ast.ImportFrom) and node.module in self.trees:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in self.trees else node.module

    def first_line(self, module: str) -> str:
        """Of the docstring, without its full stop; what is too long ends with an ellipsis."""
        text = (ast.get_docstring(self.trees[module]) or "").split("\n\n")[0]
        line = " ".join(text.replace("`", "").split()).removesuffix(".")
        return line if len(line) <= LONGEST else line[: line.rindex(" ", 0, LONGEST)] + " …"

    def floor_of(self, unit: str) -> int:
        """Its number from above."""
        (found,) = (number for number, units in enumerate(self.floors) if unit in units)
        return found

    def problems(self) -> list[str]:
        """Modules without a floor or with two, floors without a module, imports from below to above."""
        placed = [unit for floor in self.floors for unit in floor]
        there = {unit_of(module) for module in self.trees if module != PACKAGE}
        found = [
            f"{unit} stands on {placed.count(unit)} floors"
            for unit in sorted(there)
            if placed.count(unit) != 1
        ]
        found += [f"{unit} is no module" for unit in placed if unit not in there]
        if found:
            return found
        for module, other in sorted(self.imports):
            if PACKAGE in (module, other):  # the door: it hands on names when they are asked for
                continue
            if self.floor_of(unit_of(other)) < self.floor_of(unit_of(module)):
                found.append(f"{module} imports {other}, from below to above")
        return found

    # ---- walks ---------------------------------------------------------------------------------------

    def definition(self, name: str) -> ast.AST:
        """Of a function, class or method by its dotted name.

        Raises:
            KeyError: if there is none.
        """
        module = name
        while module not in self.trees:
            module = module.rpartition(".")[0]
            if not module:
                raise KeyError(name)
        node: ast.AST = self.trees[module]
        for part in name.removeprefix(module).strip(".").split("."):
            below = [n for n in getattr(node, "body", ()) if getattr(n, "name", None) == part]
            if not below:
                raise KeyError(name)
            node = below[-1]
        return node

    def broken(self, which: str) -> list[str]:
        """Steps of a walk that are not there, or that the step before does not name."""
        found, steps = [], walk(which)
        for step in steps:
            try:
                self.definition(step.name)
                caller = None if step.caller is None else self.definition(steps[step.caller].name)
            except KeyError as missing:
                found.append(f"{missing.args[0]} is not there")
                continue
            if caller is not None and step.name.rpartition(".")[2] not in _names(caller):
                found.append(f"{steps[step.caller or 0].name} does not call {step.name}")
        return found

    # ---- what the page shows -----------------------------------------------------------------------------

    def picture(self) -> str:
        """Floors from high to low as SVG, with the ways of the walks between them.

        Raises:
            ValueError: for a package whose floors or walks do not hold.
        """
        wrong = [*self.problems(), *(p for which in WALKS for p in self.broken(which))]
        if wrong:
            raise ValueError("; ".join(wrong))
        place: dict[str, int] = {}
        boxes, texts, y = [], [], TOP
        for floor in self.floors:
            height = ROW * len(floor) + 2 * PAD
            boxes.append(f'<rect x="{LEFT}" y="{y}" width="{WIDTH - LEFT - 1}" height="{height}" rx="4"/>')
            for number, unit in enumerate(floor):
                place[unit] = y + PAD + ROW * number + ROW // 2
                shown = unit + ("/" if f"{PACKAGE}.{unit}" in self.packages else "")
                words = escape(self.first_line(f"{PACKAGE}.{unit}"))
                line = place[unit] + 4
                texts.append(f'<text class="unit" x="{LEFT + 10}" y="{line}">{shown}</text>')
                texts.append(f'<text class="words" x="{LEFT + WORDS}" y="{line}">{words}</text>')
            y += height + GAP
        arrows = []
        for which in WALKS:
            for above, below in ways(which):
                a, b = place[above] + SHIFT[which], place[below] + SHIFT[which]
                bend = LEFT - 14 - min(LEFT - 24, (b - a) // 5)
                arrows.append(
                    f'<path class="{which}" data-way="{above} {below}" marker-end="url(#tip-{which})" '
                    f'd="M{LEFT - 3} {a}C{bend} {a} {bend} {b} {LEFT - 5} {b}"/>'
                )
        tips = "".join(
            f'<marker id="tip-{which}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path class="tip {which}" d="M0 0L8 4L0 8z"/></marker>'
            for which in WALKS
        )
        return (
            f'<div class="house"><svg viewBox="0 0 {WIDTH} {y}" role="img" aria-label="the floors of the package">'
            f"<style>{STYLE}</style><defs>{tips}</defs>{''.join(boxes)}{''.join(arrows)}{''.join(texts)}</svg></div>"
        )

    def modules(self) -> str:
        """What is in each package, one line a module, as Markdown."""
        parts = []
        for floor in self.floors:
            for unit in floor:
                own = [m for m in sorted(self.trees) if m.startswith(f"{PACKAGE}.{unit}.")]
                if own:
                    names = [m.removeprefix(f"{PACKAGE}.{unit}.") for m in own]
                    words = [self.first_line(m).replace("|", "\\|") for m in own]
                    rows = [f"| `{name}` | {line} |" for name, line in zip(names, words, strict=True)]
                    parts.append("\n".join([f"### {unit}", "", "| module | what for |", "|---|---|", *rows]))
        return "\n\n".join(parts)


TOP, ROW, PAD, GAP = 4, 19, 4, 5
LEFT, WORDS, WIDTH, LONGEST = 110, 165, 980, 118
SHIFT = {"phi": -2, "image": 3}
"""Apart, where both walks take one way."""
STYLE = (
    ".house text{fill:currentColor;font-size:12px}.house .unit{font-family:monospace;font-weight:bold}"
    ".house rect{fill:currentColor;fill-opacity:.05;stroke:currentColor;stroke-opacity:.3}"
    ".house path{fill:none;stroke-width:1.5}.house .phi{stroke:#5c6bc0}.house .image{stroke:#d9722b}"
    ".house .tip{stroke:none}.house .tip.phi{fill:#5c6bc0}.house .tip.image{fill:#d9722b}"
)


def unit_of(module: str) -> str:
    """The module or package below ``fvtheory`` that a module stands in."""
    return module.split(".")[1]


def ways(which: str) -> list[tuple[str, str]]:
    """(unit, unit) wherever a walk goes from one to another, each once, in order."""
    steps = walk(which)
    found = [
        (unit_of(steps[step.caller].name), unit_of(step.name)) for step in steps if step.caller is not None
    ]
    return list(dict.fromkeys((a, b) for a, b in found if a != b))


def shown(which: str) -> str:
    """A walk as a nested list in Markdown."""
    steps, depth, lines = walk(which), [], []
    for step in steps:
        depth.append(0 if step.caller is None else depth[step.caller] + 1)
        lines.append(f"{'    ' * depth[-1]}- `{step.name.removeprefix(f'{PACKAGE}.')}`: {step.words}")
    return "\n".join(lines)


def _names(node: ast.AST) -> set[str]:
    """Everything that the code below a node names."""
    return {
        name
        for n in ast.walk(node)
        for name in (
            (n.attr,)
            if isinstance(n, ast.Attribute)
            else (n.id,)
            if isinstance(n, ast.Name)
            else tuple(a.name for a in n.names)
            if isinstance(n, ast.ImportFrom)
            else ()
        )
    }
