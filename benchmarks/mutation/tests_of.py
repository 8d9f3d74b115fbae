"""Which tests can notice a mutant, and what they cost: measured once on the unmutated copy."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.mutation.mutants import Mutant, function_lines
from benchmarks.mutation.trials import Answers, trial

LEFT_OUT = ("tests/test_architecture.py", "tests/test_cli.py", "tests/test_mutation_sample.py")
"""About imports, the command line and this benchmark: slow, and they start processes of their own."""

CLAIMS_READER = ("fvtheory/claims/__init__.py", "claims_of")
IN_SOLVER_PROCESSES = ("fvtheory/checkers/",)
"""What runs in a solver's process is not seen when lines are traced."""
THEIR_TESTS = ("tests/test_checkers.py", "tests/test_proofs.py")


@dataclass
class Baseline:
    """What tests do without mutation.

    Attributes:
        seconds: processor time by test.
        lines: by module and line, the tests that run it.
        imported: by module and line, the files that run it while they are collected.
        answers: what solvers said.
        failing: tests that fail without mutation; they are not used.
        kills: by folder and test file, the mutants killed.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    imported: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def tests(self) -> list[str]:
        return sorted(self.seconds, key=lambda test: self.seconds[test])

    def candidates(self, root: Path, mutant: Mutant) -> tuple[list[str], list[str]]:
        """The tests that can notice the mutant, quick files and quick tests first.

        The first list: tests that run the line itself; if the line runs on import, every test that runs
        a function of the module, and, for claims, those that are named after it. The second: all others
        of their files, because what one test computes may be kept for the next; for claims, all tests of
        the files that read them.
        """
        module, own = mutant.module, self.lines.get(mutant.module, {})
        chosen = set(own.get(mutant.line, ()))
        on_import = bool(self.imported.get(module, {}).get(mutant.line)) or not chosen
        if on_import:
            functions = function_lines((root / module).read_text(encoding="utf-8"))
            chosen |= {test for line, tests in own.items() if line in functions for test in tests}
        files = {_file(test) for test in chosen}
        if on_import and module.startswith("fvtheory/claims/"):
            files |= self._readers_of_claims(root)
            word = Path(module).stem.replace("_", "-").removesuffix("s")
            chosen |= {test for test in self.seconds if _file(test) in files and word in test}
        if module.startswith(IN_SOLVER_PROCESSES):
            files |= set(THEIR_TESTS)
        by_file: dict[str, list[str]] = {}
        for test in self.tests:
            if _file(test) in files:
                by_file.setdefault(_file(test), []).append(test)
        own_tests = [[t for t in tests if t in chosen] for tests in by_file.values()]
        others = [[t for t in tests if t not in chosen] for tests in by_file.values()]
        folder = str(Path(module).parent)
        return self._in_order(own_tests, folder), self._in_order(others, folder)

    def _in_order(self, files: list[list[str]], folder: str) -> list[str]:
        """Files that killed most mutants of the folder first, then quick ones."""

        def rank(tests: list[str]) -> tuple[int, float]:
            return -self.kills[folder, _file(tests[0])], sum(self.seconds[t] for t in tests)

        return [test for tests in sorted(filter(None, files), key=rank) for test in tests]

    def learn(self, mutant: Mutant, killer: str) -> None:
        """Note who killed a mutant, for the order in which tests are tried on the next."""
        self.kills[str(Path(mutant.module).parent), _file(killer)] += 1

    def _readers_of_claims(self, root: Path) -> set[str]:
        module, _ = CLAIMS_READER
        functions = function_lines((root / module).read_text(encoding="utf-8"))
        run = [t for n in functions for t in self.lines.get(module, {}).get(n, ())]
        collected = [f for n in functions for f in self.imported.get(module, {}).get(n, ())]
        return {_file(test) for test in run} | set(collected)


def baseline(copy: Path, say=print) -> Baseline:
    """Run every test file twice, once traced and once timed; kept in a folder that git ignores."""
    kept = Path(__file__).parent / "__pycache__" / f"baseline-{fingerprint(copy)[:16]}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    found = Baseline()
    names = sorted(f"tests/{path.name}" for path in (copy / "tests").glob("test_*.py"))
    for name in names:
        if name in LEFT_OUT:
            continue
        traced = trial(copy, [name], answers={}, trace=True, stop=False)
        found.answers.update(traced.answers)
        for context, by_module in traced.lines.items():
            for module, lines in by_module.items():
                for line in lines:
                    if "::" in context:
                        found.lines.setdefault(module, {}).setdefault(line, set()).add(context)
                    else:
                        found.imported.setdefault(module, {}).setdefault(line, set()).add(name)
        timed = trial(copy, [name], answers=found.answers, stop=False)
        found.failing += {*timed.failures, *traced.failures}
        found.seconds.update(timed.durations)
        say(
            f"  {name}: {len(timed.durations)} tests, {timed.seconds:.1f} s, {len(timed.failures)} fail",
            file=sys.stderr,
        )
    for test in found.failing:
        found.seconds.pop(test, None)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def fingerprint(root: Path) -> str:
    """A digest of the package and its tests."""
    digest = hashlib.sha256()
    for path in sorted([*(root / "fvtheory").rglob("*.py"), *(root / "tests").rglob("*.py")]):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _file(test: str) -> str:
    return test.partition("::")[0]


def files_of(tests: Iterable[str]) -> list[str]:
    """Their files, in order of first occurrence."""
    return list(dict.fromkeys(map(_file, tests)))
