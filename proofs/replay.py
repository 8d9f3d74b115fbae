"""``python -m proofs replay``: every SMT-LIB file of smt2/ to the solvers that are installed.

Solvers are the Python packages that fvtheory drives (z3, cvc5) and programs on the PATH. They read the
files, whatever made them. An answer other than the expected one is an error; one that a solver
does not know is counted.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fvtheory.checkers.solver_process import GRACE_SECONDS, SOLVERS, SolverProcess
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError
from fvtheory.notation.smtlib import Script

PROGRAMS: dict[str, Callable[[float], list[str]]] = {
    "z3-program": lambda seconds: ["z3", f"-T:{max(1, round(seconds))}"],
    "cvc5-program": lambda seconds: ["cvc5", f"--tlimit={round(1000 * seconds)}"],
    "yices-smt2": lambda seconds: ["yices-smt2", f"--timeout={max(1, round(seconds))}"],
    "mathsat": lambda seconds: ["mathsat", "-input=smt2"],
}
"""Programs on the PATH, by the name under which they are asked for: the command, given the limit."""

_STATUS = re.compile(r"^\(set-info :status (sat|unsat)\)$", re.MULTILINE)
_LOGIC = re.compile(r"^\(set-logic (QF_LRA|QF_NRA)\)$", re.MULTILINE)
_COMMAND = re.compile(r"^\((declare-const|assert) .*$", re.MULTILINE)


@dataclass(frozen=True)
class Benchmark:
    """An SMT-LIB file: its place, the expected answer, the logic, and what is declared and asserted."""

    path: Path
    expected: str
    logic: str
    commands: str


def read(path: Path) -> Benchmark:
    """A file of smt2/.

    Raises:
        InvalidInputError: when it has no expected answer or no logic.
    """
    text = path.read_text(encoding="utf-8")
    status, logic = _STATUS.search(text), _LOGIC.search(text)
    if status is None or logic is None:
        raise InvalidInputError(f"{path}", "an SMT-LIB file with :status sat or unsat and a logic")
    commands = "\n".join(m.group() for m in _COMMAND.finditer(text))
    return Benchmark(path, status[1], logic[1], commands + "\n")


@dataclass(frozen=True)
class Replay:
    """What the solvers answered, by file and solver."""

    answers: dict[tuple[Path, str], str]
    expected: dict[Path, str]

    @property
    def contradictions(self) -> list[tuple[Path, str, str]]:
        """(file, solver, answer) where the answer is not the expected one."""
        return [
            (path, solver, answer)
            for (path, solver), answer in self.answers.items()
            if answer not in ("unknown", self.expected[path])
        ]

    @property
    def undecided(self) -> list[Path]:
        """The files that no solver decided."""
        decided = {path for (path, _), answer in self.answers.items() if answer != "unknown"}
        return [path for path in self.expected if path not in decided]

    def counts(self, solver: str) -> tuple[int, int, int]:
        """How many answers of a solver are as expected, unknown, and otherwise."""
        own = Counter(
            "unknown" if answer == "unknown" else answer == self.expected[path]
            for (path, name), answer in self.answers.items()
            if name == solver
        )
        return own[True], own["unknown"], own[False]


def installed() -> list[str]:
    """The solvers that can be asked here."""
    found = [name for name in SOLVERS if _works(name)]
    return found + [name for name, command in PROGRAMS.items() if shutil.which(command(1)[0])]


def _works(package: str) -> bool:
    try:
        with SolverProcess(package):
            return True
    except MissingDependencyError:
        return False


def replay(paths: Iterable[Path], solvers: Sequence[str], seconds: float, jobs: int) -> Replay:
    """Put every file to every solver.

    Args:
        paths: SMT-LIB files.
        solvers: names, see `installed`.
        seconds: the limit for one file and one solver.
        jobs: how many files are worked on at a time.

    Raises:
        UnknownNameError: for a solver that is not known.
        MissingDependencyError: for one that is not installed.
        InvalidInputError: for a file without an expected answer.
    """
    for name in solvers:
        if name not in SOLVERS and name not in PROGRAMS:
            raise UnknownNameError(f"solver {name!r}", f"one of {', '.join([*SOLVERS, *PROGRAMS])}")
        if name in PROGRAMS and not shutil.which(PROGRAMS[name](1)[0]):
            raise MissingDependencyError(f"no {name}", f"the program {PROGRAMS[name](1)[0]} on the PATH")
    benchmarks = [read(p) for p in paths]
    local = threading.local()
    with ExitStack() as started:

        def ask(benchmark: Benchmark) -> dict[str, str]:
            if not hasattr(local, "packages"):
                packages = {name: SolverProcess(name) for name in solvers if name in SOLVERS}
                local.packages = {name: started.enter_context(p) for name, p in packages.items()}
            return {
                name: (
                    _ask_package(local.packages[name], benchmark, seconds)
                    if name in SOLVERS
                    else _ask_program(name, benchmark, seconds)
                )
                for name in solvers
            }

        with ThreadPoolExecutor(jobs) as pool:
            found = list(pool.map(ask, benchmarks))
    answers = {
        (b.path, name): answer
        for b, said in zip(benchmarks, found, strict=True)
        for name, answer in said.items()
    }
    return Replay(answers, {b.path: b.expected for b in benchmarks})


def _ask_package(solver: SolverProcess, benchmark: Benchmark, seconds: float) -> str:
    question = Script(benchmark.commands, (), benchmark.logic == "QF_LRA")
    return solver.ask(question, seconds).status


def _ask_program(name: str, benchmark: Benchmark, seconds: float) -> str:
    command = [*PROGRAMS[name](seconds), str(benchmark.path)]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "unknown"
    words = run.stdout.split()
    return words[0] if words and words[0] in ("sat", "unsat") else "unknown"
