"""A solver in a process of its own, killed when it outlives its limit.

Run as a program (``python -m fvtheory.checkers.solver_process z3``) it answers JSON lines on
standard input; as a module it offers `SolverProcess`, the other end of the pipe. Modules that lie in the
current folder are not imported there, and what a solver prints is not taken for an answer.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from fvtheory.errors import MissingDependencyError, UnknownNameError
from fvtheory.notation.smtlib import Script

SOLVERS = ("z3", "cvc5")
GRACE_SECONDS = 0.5
START_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What a solver said: ``unsat``, ``sat`` with a model, or ``unknown`` with a reason."""

    status: str
    seconds: float
    model: Mapping[str, Fraction] = field(default_factory=dict)
    reason: str = ""


class SolverProcess:
    """One running solver. Use as a context manager; not shared between threads.

    Raises:
        UnknownNameError: for a solver that fvtheory does not drive.
        MissingDependencyError: when the solver's package is not installed.
    """

    def __init__(self, solver: str) -> None:
        if solver not in SOLVERS:
            raise UnknownNameError(f"solver {solver!r}", f"one of {', '.join(SOLVERS)}")
        self.solver = solver
        self.version = ""
        self._process: subprocess.Popen[str] | None = None
        self._retired = False

    def __enter__(self) -> SolverProcess:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until the solver is loaded."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "fvtheory.checkers.solver_process", self.solver],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            encoding="utf-8",
            start_new_session=True,
        )
        hello = self._receive(START_SECONDS)
        if hello is None or "version" not in hello:
            self.close()
            requirement = importlib.import_module(f"fvtheory.checkers.{self.solver}").REQUIREMENT
            found = hello.get("error", "") if hello else "no answer"
            raise MissingDependencyError(
                f"no working solver {self.solver} ({found})",
                f"the package {requirement}",
                f"pip install {requirement}",
            )
        self.version = hello["version"]

    def close(self) -> None:
        """End the process; harmless when it has ended."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()

    def retire(self) -> None:
        """End the process for good: questions that come later are not answered."""
        self._retired = True
        self.close()

    def ask(self, script: Script, seconds: float) -> Answer:
        """The solver's answer within ``seconds``; the process is killed a moment after that."""
        if self._retired:
            return Answer("unknown", 0.0, reason="the solver was ended")
        if self._process is None:
            self.start()
        question = {"text": script.text, "names": script.names, "linear": script.linear, "seconds": seconds}
        began = time.perf_counter()
        reply = self._exchange(question, seconds + GRACE_SECONDS)
        elapsed = time.perf_counter() - began
        if reply is None:
            self.close()
            ended = "killed" if elapsed >= seconds else "died"
            return Answer("unknown", elapsed, reason=f"{ended} after {elapsed:.1f} s")
        if "error" in reply:
            return Answer("unknown", elapsed, reason=reply["error"])
        try:
            names = script.names if reply["status"] == "sat" else ()
            return Answer(reply["status"], elapsed, {n: Fraction(reply["model"][n]) for n in names})
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return Answer("unknown", elapsed, reason=f"an answer that cannot be read: {error!r}")

    def _exchange(self, question: dict, seconds: float) -> dict | None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError:
            return None
        return self._receive(seconds)

    def _receive(self, seconds: float) -> dict | None:
        process = self._process
        assert process is not None and process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            line = process.stdout.readline()
        finally:
            timer.cancel()
        try:
            return json.loads(line) if line.endswith("\n") else None
        except ValueError:
            return None


def _environment() -> dict[str, str]:
    """This environment, with the package importable as it is here."""
    home = str(Path(__file__).parents[2])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}


def _serve(solver: str) -> None:
    module = importlib.import_module(f"fvtheory.checkers.{solver}")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(reply: dict) -> None:
        print(json.dumps(reply), file=answers, flush=True)

    try:
        say({"version": module.version()})
    except ImportError as error:
        say({"error": str(error)})
        return
    for line in sys.stdin:
        question = json.loads(line)
        try:
            status, model = module.answer(**question)
            say({"status": status, "model": model})
        except Exception as error:  # whatever a solver raises, it is an answer of this process
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    _serve(sys.argv[1])
