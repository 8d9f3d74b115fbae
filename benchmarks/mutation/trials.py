"""Trials: chosen tests run in a forked child, against whatever stands in the copy of the repository.

The parent has loaded pytest and the solvers, but nothing of fvtheory: a child imports the package anew,
mutated or not, and costs a fraction of a second instead of several.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

SECONDS_A_TEST = 20.0
"""What a test may take at least, in processor time, before it counts as hanging; else `SLOWER` times
what it took without mutation."""
SLOWER = 10.0
SILENCE = 90.0
"""Seconds of wall time without any test beginning or ending after which a child is ended."""
SECONDS_A_QUESTION, PATIENCE, UNDECIDED = 2.0, 8.0, 2
"""The limit of a new question to a solver, the same when patient, and how many may reach it before no more
are asked."""
MEMORY = 8 << 30
UNREMEMBERED = ("tests/test_checkers.py", "tests/test_cli.py")
"""Test files about the solver processes themselves: there no answer is taken from memory."""

UNUSED = ("dask",)
"""Words of the names of tests that cannot run in a child, or not reliably."""

Answers = dict[tuple[str, str], tuple]


@dataclass
class Outcome:
    """How a trial ended.

    Attributes:
        status: ``survived`` (every test passed), ``killed`` (a test failed), ``undecided`` (a test failed
            after a solver had run out of time) or ``timeout``.
        killer: the test that failed or hung; ``import`` when not even the tests could be collected.
        why: the last line of its message.
        seconds: wall time.
        durations: processor seconds by test, for those that ended.
        lines: lines executed by context and file, when they were traced.
        answers: new answers of solvers, when it ran to the end.
        failures: by test, its message.
    """

    status: str = "survived"
    killer: str = ""
    why: str = ""
    seconds: float = 0.0
    durations: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def warm_up() -> None:
    """Load what every child needs, before any fork."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # its entry point would load fvtheory
    import cvc5
    import hypothesis
    import numpy
    import pytest
    import scipy.optimize
    import sympy
    import z3

    assert all((cvc5, hypothesis, numpy, pytest, scipy, sympy, z3))
    if "fvtheory" in sys.modules:
        raise RuntimeError("fvtheory is loaded before the first fork")


def trial(
    copy: Path,
    files: Sequence[str],
    order: Sequence[str] | None = None,
    usual: Mapping[str, float] | None = None,
    answers: Answers | None = None,
    trace: bool = False,
    stop: bool = True,
    patient: bool = False,
) -> Outcome:
    """Run tests of the copy in a child.

    Args:
        copy: the root of the copy.
        files: test files, relative to it.
        order: the tests to run, in this order (default: all of the files).
        usual: seconds that each test takes without mutation.
        answers: what solvers answered before; None to ask them every time.
        trace: record executed lines.
        stop: end at the first failure.
        patient: give solvers the time that the tests allow, and count failures when they ran out of it.
    """
    read, write = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            _child(copy, files, order, usual or {}, answers, trace, stop, patient, write)
        finally:
            os._exit(3)
    os.close(write)
    outcome = _listen(read, pid)
    outcome.seconds = time.monotonic() - began
    return outcome


def _listen(read: int, pid: int) -> Outcome:
    outcome, buffer, running, ended = Outcome(), b"", "import", False
    try:
        while not ended:
            if not select.select([read], [], [], SILENCE)[0]:
                outcome.status, outcome.killer, outcome.why = (
                    "timeout",
                    running,
                    f"silent for {SILENCE:.0f} s",
                )
                break
            chunk = os.read(read, 1 << 20)
            if not chunk:
                break
            *complete, buffer = (buffer + chunk).split(b"\n")
            for line in complete:
                said = json.loads(line)
                if "begin" in said:
                    running = said["begin"]
                elif "end" in said:
                    outcome.durations[said["end"]] = said["seconds"]
                elif "failed" in said:
                    outcome.failures[said["failed"]] = said["why"]
                    if outcome.status == "survived":
                        outcome.status, outcome.killer, outcome.why = said["as"], said["failed"], said["why"]
                elif "done" in said:
                    ended = True
                    with open(said["done"], "rb") as stream:
                        outcome.lines, outcome.answers = pickle.load(stream)  # written by the child
                    os.unlink(said["done"])
        if not ended and outcome.status == "survived":
            outcome.status, outcome.killer, outcome.why = "killed", running, "the process died"
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(read)
    return outcome


def _child(copy, files, order, usual, answers, trace, stop, patient, write) -> None:
    import pytest

    os.chdir(copy)
    here = str(Path(__file__).resolve().parents[2])
    others = [p for p in sys.path if p and Path(p).resolve() != Path(here)]
    sys.path[:] = [str(copy), *others]  # before an installed fvtheory
    os.environ["PYTHONPATH"] = str(copy)
    os.environ["PYTHONHASHSEED"] = "0"
    sys.dont_write_bytecode = not trace
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    plugin = Plugin(write, order, usual, answers, trace, stop, patient or trace)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--tb=short", "-W", "ignore"]
    plugin.begin_trace(copy)
    code = pytest.main([*options, *files], plugins=[plugin])
    plugin.finish(int(code))


class Plugin:
    """What a child tells of its tests, line by line."""

    def __init__(self, write, order, usual, answers, trace, stop, patient) -> None:
        self.write = write
        self.order = None if order is None else {name: i for i, name in enumerate(order)}
        self.usual = usual
        self.answers = answers
        self.trace = trace
        self.stop = stop
        self.patient = patient
        self.running = "import"
        self.found: Answers = {}
        self.servers: list[Server] = []
        self.undecided = 0
        self.coverage = None

    def say(self, **said) -> None:
        os.write(self.write, json.dumps(said).encode() + b"\n")

    # ---- lines --------------------------------------------------------------------------------

    def begin_trace(self, copy: Path) -> None:
        if self.trace:
            import coverage

            self.coverage = coverage.Coverage(
                data_file=None, source=[str(copy / "fvtheory")], context="collect"
            )
            self.coverage.start()

    def finish(self, code: int) -> None:
        if code not in (0, 1, 5) and self.coverage is None:
            self.fail("import", f"pytest ended with code {code}")
        if self.coverage is not None:
            self.coverage.stop()
        with tempfile.NamedTemporaryFile(delete=False) as stream:
            pickle.dump((self._lines(), self.found), stream)
        self.say(done=stream.name)
        self.end()

    def _lines(self) -> dict[str, dict[str, list[int]]]:
        lines: dict[str, dict[str, list[int]]] = {}
        data = self.coverage.get_data() if self.coverage is not None else None
        for name in data.measured_files() if data is not None else ():
            relative = str(Path(name).relative_to(Path.cwd()))
            for line, contexts in data.contexts_by_lineno(name).items():
                for context in contexts:
                    lines.setdefault(context.partition("|")[2], {}).setdefault(relative, []).append(line)
        return lines

    def fail(self, test: str, why: str, status: str = "killed") -> None:
        if self.undecided and not self.patient and test != "import" and status == "killed":
            self.say(failed=test, why=why, **{"as": "undecided"})  # perhaps only for want of time
            self.end()
        self.say(failed=test, why=why, **{"as": status})
        if self.stop:
            self.end()

    def end(self) -> None:
        for server in self.servers:
            server.end()
        os._exit(0)

    # ---- hooks of pytest ------------------------------------------------------------------------

    def pytest_sessionstart(self) -> None:
        signal.signal(signal.SIGPROF, self._hangs)
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation",
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
        )
        settings.load_profile("mutation")
        if self.answers is not None:
            self._remember()

    def pytest_collection_modifyitems(self, items) -> None:
        items[:] = [i for i in items if not any(word in i.name for word in UNUSED)]
        if self.order is not None:
            items[:] = sorted(
                (i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid]
            )

    def pytest_collectreport(self, report) -> None:
        if report.failed:
            self.fail("import", _last_line(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid) -> None:
        self.running, self.began = nodeid, time.process_time()
        self.say(begin=nodeid)
        if self.coverage is not None:
            self.coverage.switch_context(nodeid)
        limit = max(SECONDS_A_TEST, SLOWER * self.usual.get(nodeid, 0.0))
        if self.usual:
            signal.setitimer(signal.ITIMER_PROF, limit)

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed:
            self.fail(report.nodeid, _last_line(report.longreprtext))

    def pytest_runtest_logfinish(self, nodeid) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.say(end=nodeid, seconds=time.process_time() - self.began)
        if self.coverage is not None:
            self.coverage.switch_context("")

    def _hangs(self, *_: object) -> None:
        self.fail(self.running, "processor time", "timeout")

    # ---- answers of solvers -----------------------------------------------------------------------

    def _remember(self) -> None:
        """Questions that were answered before are not put again; others go to a fork that has the solvers
        loaded, for `SECONDS_A_QUESTION`, until `UNDECIDED` of them ran out of time."""
        servers = {solver: Server(solver) for solver in ("z3", "cvc5")}
        self.servers = list(servers.values())
        try:
            from fvtheory.checkers.solver_process import Answer, SolverProcess
        except Exception:  # a mutant that cannot be imported: the collection will tell
            return
        start, ask = SolverProcess.start, SolverProcess.ask

        def later(process) -> None:
            if self.running.startswith(UNREMEMBERED):
                start(process)

        def remembered(process, script, seconds):
            if self.running.startswith(UNREMEMBERED):
                return ask(process, script, seconds)
            if process._retired:
                return Answer("unknown", 0.0, reason="the solver was ended")
            key = (process.solver, script.text)
            known = self.answers.get(key)
            if known is not None and (known[0] == "unsat" or tuple(known[2]) == script.names):
                return Answer(*known)
            limit = min(seconds, PATIENCE if self.patient else SECONDS_A_QUESTION)
            began = time.perf_counter()
            status, model = "unknown", {}
            if self.trace or self.undecided < UNDECIDED:
                status, model = servers[process.solver].ask(script, limit)
            if status == "unknown":
                self.undecided += 1
                return Answer("unknown", time.perf_counter() - began, reason="gave up")
            found = status, time.perf_counter() - began, {n: Fraction(v) for n, v in model.items()}
            self.answers[key] = self.found[key] = found
            return Answer(*found)

        SolverProcess.start, SolverProcess.ask = later, remembered


class Server:
    """A forked process with one solver, for one question at a time."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        here, there = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            here.close()
            self._serve(there.makefile("rw", encoding="utf-8"))
        there.close()
        self.socket, self.stream = here, here.makefile("rw", encoding="utf-8")

    def _serve(self, stream) -> None:
        try:
            import importlib

            answer = importlib.import_module(f"fvtheory.checkers.{self.solver}").answer
            for line in stream:
                try:
                    said = answer(**json.loads(line))
                except Exception as error:
                    said = ("unknown", {"error": str(error)})
                stream.write(json.dumps(said) + "\n")
                stream.flush()
        finally:
            os._exit(0)

    def ask(self, script, seconds: float) -> tuple[str, dict[str, str]]:
        with self.lock:
            question = {
                "text": script.text,
                "names": script.names,
                "linear": script.linear,
                "seconds": seconds,
            }
            try:
                self.socket.settimeout(seconds + 0.5)
                self.stream.write(json.dumps(question) + "\n")
                self.stream.flush()
                status, model = json.loads(self.stream.readline())
            except (OSError, ValueError):  # out of time, now or before
                self.end()
                self._start()
                return "unknown", {}
            return (status, model) if status != "unknown" else ("unknown", {})

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _last_line(text: str) -> str:
    errors = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    return (errors[0] if errors else text.strip().rpartition("\n")[2])[:200]
