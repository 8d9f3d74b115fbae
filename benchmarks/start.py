"""``start``: how long Python takes to import the package and to print help, in fresh processes.

The median of ten, after one that is not counted (it may have to compile); beside them the bare interpreter,
which is in all of them. No time fails the run: the goal is 0.3 s for import and help on a quiet machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fvtheory.report.terminal import grid

ROOT = Path(__file__).resolve().parents[1]
GOAL = 0.3
STARTS = {
    "interpreter": ["-c", "pass"],
    "import_fvtheory": ["-c", "import fvtheory"],
    "help": ["-m", "fvtheory", "--help"],
    "help_of_a_command": ["-m", "fvtheory", "verify", "--help"],
    "radius": [
        *("-m", "fvtheory", "radius", "--class", "convex"),
        *("--phi", '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "0", "f_max": "1"}'),
    ],
}
"""What each start runs."""


def run(quick: bool) -> dict:
    """The figures in seconds: median, least and greatest of each start."""
    figures: dict = {"runs": 3 if quick else 10}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, words in STARTS.items():
            seconds = []
            for _ in range(figures["runs"] + 1):
                began = time.perf_counter()
                subprocess.run(
                    [sys.executable, *words],
                    check=True,
                    cwd=folder,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                )
                seconds.append(time.perf_counter() - began)
            kept = seconds[1:]
            figures[f"{name}_seconds"] = round(statistics.median(kept), 3)
            rows.append([name, *(f"{f(kept):.3f}" for f in (statistics.median, min, max))])
    figures["goal_met"] = max(figures["import_fvtheory_seconds"], figures["help_seconds"]) < GOAL
    print(grid(("start", "median", "least", "most"), rows))
    return figures
