"""The mutants of the core: what Cosmic Ray's operators make of it, less what cannot differ or is absurd."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CORE = (
    "fvtheory/exact.py",
    "fvtheory/functions",
    "fvtheory/classes",
    "fvtheory/claims",
    "fvtheory/obligations.py",
    "fvtheory/checkers",
)

# Cosmic Ray replaces every binary operator by eleven others, most of which no term or formula has: such
# mutants die of a TypeError whatever the tests. Kept are replacements by operators of the same kind.
OPERATORS = re.compile(
    r"core/("
    r"ReplaceBinaryOperator_(Add|Sub|Mul|Div|FloorDiv|Mod|Pow)_(Add|Sub|Mul|Div)"
    r"|ReplaceBinaryOperator_(Div_FloorDiv|FloorDiv_Mod|Mod_FloorDiv|BitOr_BitAnd|BitAnd_BitOr)"
    r"|ReplaceBinaryOperator_(LShift_RShift|RShift_LShift)"
    r"|ReplaceComparisonOperator_(Eq|NotEq|Lt|LtE|Gt|GtE)_(Eq|NotEq|Lt|LtE|Gt|GtE)"
    r"|ReplaceComparisonOperator_(Is_IsNot|IsNot_Is|In_NotIn|NotIn_In)"
    r"|ReplaceUnaryOperator_(USub_UAdd|Delete_\w+)"
    r"|AddNot|Replace(True|False|And|Or|Break|Continue)With\w+"
    r"|ExceptionReplacer|NumberReplacer|RemoveDecorator|ZeroIterationForLoop"
    r")"
)


@dataclass(frozen=True, order=True)
class Mutant:
    """One change at one place.

    Attributes:
        module: the file, relative to the root.
        within: the function or class it is in; empty at the top.
        code: the line on which it begins, without indentation.
        operator: the operator of Cosmic Ray, without its prefix.
        nth: which of the mutants that agree in all of this.
        line: the number of the line. Like ``occurrence`` no part of the identity, which survives edits
            elsewhere in the file.
        occurrence: which one of the operator's in this file.
    """

    module: str
    within: str
    code: str
    operator: str
    nth: int
    line: int = 0
    occurrence: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.module, self.within, self.code, self.operator, self.nth

    def source(self, root: Path) -> str:
        """The mutated file."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        text = (root / self.module).read_text(encoding="utf-8")
        mutated = mutate_code(text, get_operator(f"core/{self.operator}")(), self.occurrence)
        if mutated is None:
            raise LookupError(f"no mutation {self.occurrence} of {self.operator} in {self.module}")
        return mutated


def modules(root: Path) -> list[str]:
    """The files of the core."""
    found: list[Path] = []
    for name in CORE:
        path = root / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [str(p.relative_to(root)) for p in found]


def mutants(root: Path, files: Iterable[str]) -> list[Mutant]:
    """All mutants of the files, in a fixed order."""
    return [m for name in files for m in _of_file(root, name)]


def sample(found: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """``size`` of them, each equally likely; a larger sample of the same seed begins with a smaller one."""
    drawn = list(found)
    random.Random(seed).shuffle(drawn)
    return drawn[:size]


def _of_file(root: Path, name: str) -> Iterator[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.plugins import get_operator, operator_names

    text = (root / name).read_text(encoding="utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    never_run, scopes = _annotations(tree), _scopes(tree)
    nodes = list(ast_nodes(get_ast_from_path(root / name)))
    seen: Counter[tuple] = Counter()
    for operator in sorted(filter(OPERATORS.fullmatch, operator_names())):
        cls = get_operator(operator)
        if cls.arguments():
            continue
        found = (position for node in nodes for position in cls().mutation_positions(node))
        for occurrence, (start, _) in enumerate(found):
            if any(first <= start < last for first, last in never_run):
                continue
            line = start[0]
            same = (name, scopes.get(line, ""), lines[line - 1].strip(), operator.partition("/")[2])
            yield Mutant(*same, nth=seen[same], line=line, occurrence=occurrence)
            seen[same] += 1


def _annotations(tree: ast.AST) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations stand, which `from __future__ import annotations` keeps from being run."""
    found: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(node.returns)
        elif isinstance(node, (ast.AnnAssign, ast.arg)):
            found.append(node.annotation)
    return [
        ((a.lineno, a.col_offset), (a.end_lineno or 0, a.end_col_offset or 0)) for a in found if a is not None
    ]


def _scopes(tree: ast.Module) -> dict[int, str]:
    """The name of the function or class that every line is in."""
    found: dict[int, str] = {}

    def visit(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner = f"{name}.{child.name}" if name else child.name
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                found.update(dict.fromkeys(range(first, (child.end_lineno or first) + 1), inner))
                visit(child, inner)

    visit(tree, "")
    return found


def function_lines(source: str) -> set[int]:
    """Lines that run only when a function is called."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            body = node.body if isinstance(node.body, list) else [node.body]
            for part in body:
                found.update(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return found
