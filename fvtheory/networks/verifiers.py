"""Second opinions on exported properties from Marabou, a verifier that shares no code with this package.

Marabou (Wu et al., Marabou 2.0: A versatile formal analyzer of neural networks, CAV 2024) computes in
floating point, so it is not believed: every point that it calls a counterexample is replayed in exact
arithmetic on the network read back from its ONNX file. Marabou runs in a process that is killed when the
time of a query is over, since it does not always stop by itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from fvtheory.errors import MissingDependencyError
from fvtheory.exact import Point
from fvtheory.networks.export import SAT, UNKNOWN, UNSAT, Instance, Property
from fvtheory.networks.reading import network_from_onnx

AGREES, UNREAL, DISAGREES = "agrees", "unreal counterexample", "disagrees"
NO_ANSWER, NOT_DECIDED = "no answer", "not decided here"

_WORKER = """
import json, sys
from maraboupy import Marabou

print("ready", flush=True)
for line in sys.stdin:
    network, claim, seconds = json.loads(line)
    options = Marabou.createOptions(verbosity=0, timeoutInSeconds=seconds)
    found = Marabou.read_onnx(network)
    answer, values, _ = found.solve(verbose=False, options=options, propertyFilename=claim)
    inputs = [int(v) for v in found.inputVars[0].flatten()]
    point = [float(values[v]).hex() for v in inputs if v in values]
    print("answer:" + json.dumps([answer, point]), flush=True)
"""

EDGE = Fraction(1, 2**20)
"""A point whose output misses a violation by no more counts as a violation: verifiers stop at the edge, and
claims are exported with a margin far above this."""

START_SECONDS = 120.0
"""How long the start of a process with Marabou in it may take."""


@dataclass(frozen=True)
class Opinion:
    """What the verifier said of an instance, and what is to be thought of it.

    Attributes:
        instance: the network, the claim and the expected answer.
        answer: ``sat``, ``unsat`` or ``unknown`` (out of time, crashed).
        at: the point that came with ``sat``, moved into the box by at most what floats cannot express.
        value: the exact output there.
        verdict: ``agrees``; ``unreal counterexample`` (in exact arithmetic the claim is not violated at
            the point, nor nearly so); ``disagrees`` (a defect in one of the two); ``no answer``; ``not decided here``
            (``unsat``, and the claim was neither proved nor refuted).
    """

    instance: Instance
    answer: str
    at: Point | None
    value: Fraction | None
    verdict: str


def ask_marabou(folder: str | Path, instances: Iterable[Instance], seconds: float = 20.0) -> list[Opinion]:
    """Put every instance of a benchmark folder to Marabou, one after the other.

    Args:
        folder: where `export.write_benchmark` wrote the instances.
        seconds: for one query; then it counts as not answered.

    Raises:
        MissingDependencyError: without maraboupy.
    """
    require_marabou()
    root, found, worker = Path(folder), [], _Worker()
    try:
        for i in instances:
            network = root / f"onnx/{i.file}.onnx"
            claim = root / f"vnnlib/{i.file}-{i.claim.name}.vnnlib"
            answer, point = worker.ask(network, claim, seconds)
            found.append(judge(i, network, answer, point))
    finally:
        worker.end()
    return found


def require_marabou() -> None:
    """Raise MissingDependencyError where maraboupy is not installed."""
    if importlib.util.find_spec("maraboupy") is None:
        raise MissingDependencyError(
            "no package maraboupy", "Marabou for a second opinion", "pip install maraboupy onnx onnxruntime"
        )


class _Worker:
    """A process with Marabou in it; it is killed when a query takes too long, and started anew."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str | None] = queue.Queue()

    def ask(self, network: Path, claim: Path, seconds: float) -> tuple[str, tuple[Fraction, ...] | None]:
        if self.process is None and not self._start():
            return UNKNOWN, None
        assert self.process is not None and self.process.stdin is not None
        line = None
        with contextlib.suppress(BrokenPipeError):
            query = json.dumps([str(network), str(claim), math.ceil(seconds)])
            print(query, file=self.process.stdin, flush=True)
            line = self._wait("answer:", seconds)
        if line is None:
            self.end()
            return UNKNOWN, None
        answer, values = json.loads(line.removeprefix("answer:"))
        if answer not in (SAT, UNSAT):
            return UNKNOWN, None
        return answer, tuple(Fraction(float.fromhex(v)) for v in values) if answer == SAT else None

    def _start(self) -> bool:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, self.lines), daemon=True).start()
        if self._wait("ready", START_SECONDS) is None:
            self.end()
        return self.process is not None

    @staticmethod
    def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    def _wait(self, start: str, seconds: float) -> str | None:
        """The next line that starts so; None where the time is over or the process has ended."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return None
            if line is None or line.startswith(start):
                return line

    def end(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self.process = None


def judge(instance: Instance, network_file: Path, answer: str, point: Point | None) -> Opinion:
    """Compare an answer with what is expected; a point is replayed on the network in the file."""
    claim, expected = instance.claim, instance.expected.answer
    if answer == UNKNOWN:
        return Opinion(instance, answer, None, None, NO_ANSWER)
    if point is not None and len(point) == len(claim.low):
        at = _inside(claim, point)
        value = network_from_onnx(network_file).at(at)
        if claim.distance_from_violation(value) > EDGE:
            return Opinion(instance, answer, at, value, UNREAL)
        return Opinion(instance, SAT, at, value, DISAGREES if expected == UNSAT else AGREES)
    verdict = NOT_DECIDED if expected == UNKNOWN else AGREES if answer == expected else DISAGREES
    return Opinion(instance, answer, None, None, verdict)


def _inside(claim: Property, x: Point) -> Point:
    return tuple(min(q, max(p, c)) for p, c, q in zip(claim.low, x, claim.high, strict=True))
