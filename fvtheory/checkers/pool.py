"""Many questions to all solvers: threads, each with solver processes of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from fvtheory.checkers.solver_process import SOLVERS, Answer, SolverProcess
from fvtheory.notation.smtlib import Script

Progress = Callable[[int, int], None]
Answers = dict[str, dict[str, Answer]]


class SolverPool:
    """Puts every question to every solver; equal questions are put once.

    Use as a context manager: `submit` questions, then `collect` the answers. Leaving the context, in
    whatever way, ends all solver processes.

    Args:
        jobs: how many questions are worked on at a time.
        seconds: the hard limit for one question to one solver.
    """

    def __init__(self, jobs: int, seconds: float) -> None:
        self.seconds = seconds
        self.questions: dict[str, Script] = {}
        self._answers: Answers = {}
        self._count = 0
        self._tasks: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[str, str, Answer] | BaseException] = queue.SimpleQueue()
        self._processes: list[SolverProcess] = []
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(max(1, jobs))]

    def __enter__(self) -> SolverPool:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._closed.set()
        for process in self._processes:
            process.retire()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join(timeout=1)

    def submit(self, question: Script) -> str:
        """Put the question; the key under which `collect` gives its answers."""
        key = question.text
        if key not in self.questions:
            self.questions[key] = question
            for solver in SOLVERS:
                self._tasks.put((key, solver))
        return key

    def collect(self, progress: Progress | None = None) -> Answers:
        """Wait for the answers to all questions put so far, by key and solver.

        Raises:
            MissingDependencyError: when a solver is not installed.
        """
        total = len(self.questions) * len(SOLVERS)
        while self._count < total:
            item = self._done.get()
            if isinstance(item, BaseException):
                raise item
            key, solver, answer = item
            self._answers.setdefault(key, {})[solver] = answer
            self._count += 1
            if progress is not None:
                progress(self._count, total)
        return self._answers

    def _work(self) -> None:
        mine = {solver: SolverProcess(solver) for solver in SOLVERS}
        self._processes.extend(mine.values())
        try:
            for process in mine.values():
                process.start()
            while (task := self._tasks.get()) is not None and not self._closed.is_set():
                key, solver = task
                self._done.put((key, solver, mine[solver].ask(self.questions[key], self.seconds)))
        except BaseException as error:  # handed to the thread that collects
            if not self._closed.is_set():
                self._done.put(error)
        finally:
            for process in mine.values():
                process.close()
