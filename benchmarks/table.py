"""The table of results: what each benchmark measured last at full size, beside what is asked of it.

``results.json`` holds one record a benchmark: command, date, machine, load, versions, seconds, figures.
``python -m benchmarks NAME --write`` replaces one, ``python -m benchmarks all --write`` measures what is missing
for this version of the package, and so goes on after an interruption.
"""

from __future__ import annotations

import json
import os
import platform
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
ROOT = Path(__file__).resolve().parents[1]

PACKAGES = ("z3-solver", "cvc5", "sympy", "numpy", "scipy", "hypothesis", "torch", "torch-lucent", "horama")
"""Whose versions are kept, where they are installed."""


@dataclass(frozen=True)
class Figure:
    """A figure that is shown: where it stands among the figures of a run, what it is, what is asked of it."""

    path: str  # keys, joined by "/"
    words: str
    at_most: float | None = None
    at_least: float | None = None

    def of(self, figures: Mapping[str, Any]) -> float | None:
        """Its value in a run, or None if the run has no such figure (a peer is missing, say)."""
        found: Any = figures
        for key in self.path.split("/"):
            if not isinstance(found, Mapping) or key not in found:
                return None
            found = found[key]
        return found

    @property
    def asked(self) -> str:
        """The limit in words, empty if there is none."""
        if self.at_most is not None:
            return f"at most {number(self.at_most)}"
        return "" if self.at_least is None else f"at least {number(self.at_least)}"

    def met(self, value: float) -> bool:
        """Whether a value is within the limit."""
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )


FIGURES: dict[str, tuple[Figure, ...]] = {
    "verify": (
        Figure("cold_start_seconds_median", "seconds for the whole paper from a cold start", at_most=10),
        Figure("slowest_query_seconds", "seconds of the slowest answer of a solver", at_most=2),
        Figure("z3_plain_over_ours", "times as long takes the plainest encoding, Z3"),
        Figure("cvc5_plain_over_ours", "times as long takes the plainest encoding, cvc5"),
        Figure("z3_contradictions", "obligations on which the encodings disagree, Z3", at_most=0),
        Figure("cvc5_contradictions", "obligations on which the encodings disagree, cvc5", at_most=0),
    ),
    "check": (
        Figure("claims", "random claims of known truth"),
        Figure("wrong", "of them decided wrongly", at_most=0),
        Figure("undecided", "of them undecided", at_most=0),
        Figure("seconds_per_claim_median_of_batches", "seconds a claim, median of batches", at_most=0.05),
    ),
    "counterexample": (
        Figure("our_seconds_median", "seconds a decoder, median of 50"),
        Figure("our_seconds_max", "seconds a decoder, most of 50"),
        Figure(
            "not_beaten_by_generic", "of 50 on which no search did better in 100 times as long", at_least=50
        ),
        Figure("not_reached_by_generic", "of 50 on which none came within 10^-6 in that time"),
    ),
    "strategies": (
        Figure("slowest_seconds_for_1000", "seconds for 1,000 examples of the slowest strategy"),
        Figure("least_bins_hit", "of 10 bins of a fiber that are reached, in the worst case", at_least=10),
        Figure("slowest_shrink_seconds", "seconds of the slowest shrinking"),
    ),
    "networks": (
        Figure("cpu_ramps_ms", "ms for 10,000 pairs of ramps at 1,000 points, building included"),
        Figure("cpu_cones_ms", "ms for 10,000 cones at 1,000 points, building included"),
        Figure("cpu_loop_over_ramps", "times as long takes a loop over modules, ramps", at_least=100),
        Figure("cpu_loop_over_cones", "times as long takes a loop over modules, cones", at_least=100),
        Figure("cpu_direct_over_ramps", "times as long take searchsorted and gather, ramps", at_least=1),
        Figure("cpu_direct_over_cones", "times as long take searchsorted and gather, cones", at_least=1),
        Figure("conversion_ms_median", "ms to turn a function into a module, median", at_most=5),
        Figure("conversion_ms_cone_64", "ms to turn a cone of 64 variables into a module", at_most=5),
    ),
    "mutation": (
        Figure("sample", "mutants drawn"),
        Figure("score", "share that the tests kill", at_least=0.9),
    ),
    "visualize": (
        Figure("fvtheory_ms", "ms a step of ascent"),
        Figure("fvtheory_over_bare", "times a bare forward and backward pass", at_most=1.15),
        Figure("lucent_weights_over_fvtheory", "times as long takes lucent as it comes", at_least=2.5),
        Figure("lucent_over_fvtheory", "times as long takes lucent with frozen weights"),
        Figure(
            "horama_weights_over_fvtheory", "times as long takes horama as it comes, two crops", at_least=2.5
        ),
        Figure("gradient_gap_float64", "greatest relative gap of gradients, float64", at_most=1e-4),
    ),
    "fool": (Figure("least_ratio", "of what D's visualization reaches, what A's reaches", at_least=0.9),),
    "sanity": tuple(
        figure
        for name in ("efficientnet-lite0", "squeezenet")
        for figure in (
            Figure(f"{name}/means_s", f"seconds for the means over all pairs and layers, {name}"),
            Figure(f"{name}/speedup", f"times as long takes scipy pair by pair, {name}", at_least=500),
            Figure(f"{name}/speedup_at_50000_pictures", "the same with 50,000 pictures", at_least=100_000),
            Figure(f"{name}/greatest_difference_from_scipy", "greatest difference from it", at_most=1e-6),
        )
    ),
    "lots": tuple(
        figure
        for name in ("efficientnet-lite0", "squeezenet")
        for figure in (
            Figure(f"networks/{name}/fast/seconds", f"processor seconds a map, {name}"),
            Figure(f"networks/{name}/fast/times_faster", "times as long take 500 plain steps", at_least=5),
            Figure(f"networks/{name}/fast/map_correlation", "correlation of the two maps", at_least=0.95),
        )
    ),
    "beyond": (
        Figure("radius_seconds_median", "seconds a certified radius in four variables, median"),
        Figure("radius_seconds_worst", "seconds a certified radius in four variables, most", at_most=10),
        Figure("radius_gap_worst", "greatest certified gap", at_most=0.01),
        Figure("closed_forms_functions_a_second", "functions a second, closed forms", at_least=1000),
        Figure("linear_program_envelopes_a_second", "envelopes a second by linear programs", at_least=100),
    ),
    "start": (
        Figure("import_fvtheory_seconds", "seconds to import the package", at_most=0.3),
        Figure("help_seconds", "seconds of fvtheory --help", at_most=0.3),
        Figure("radius_seconds", "seconds of fvtheory radius"),
    ),
}
"""What is shown of each benchmark."""


def number(value: float) -> str:
    """Three digits, more where a whole number has more."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{round(value):,}"


# ---- records -------------------------------------------------------------------------------------------


def version() -> str:
    """Of the package in this checkout."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def versions() -> dict[str, str]:
    """Of the package and of what it is measured with."""
    found = {"fvtheory": version()}
    for package in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def machine() -> dict[str, Any]:
    """What the benchmarks ran on."""
    model = ""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "model": model,
        "threads": os.environ.get("OMP_NUM_THREADS", ""),
    }


def load() -> float | None:
    """Processes that ran or waited over the last minute, where the system says so."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def read() -> dict[str, dict]:
    """Every record by the name of its benchmark."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}


def keep(name: str, record: dict) -> None:
    """Put a record in the place of the last one."""
    found = read() | {name: record}
    ordered = {name: found[name] for name in FIGURES if name in found}
    from fvtheory.results import (  # late: `mutation` forks before the package is loaded
        to_json_bytes,
        write_file,
    )

    write_file(RESULTS, to_json_bytes(ordered))


def is_current(name: str) -> bool:
    """Whether the record is of this version of the package."""
    return read().get(name, {}).get("versions", {}).get("fvtheory") == version()


# ---- as a table ----------------------------------------------------------------------------------------


HEADER = ("benchmark", "figure", "value", "asked", "met", "load")


def rows() -> Iterator[tuple[str, ...]]:
    """Benchmark, figure in words, value, what is asked, whether it is met, and the load before the run."""
    records = read()
    for name, shown in FIGURES.items():
        record = records.get(name)
        if record is None:
            yield name, "not measured yet", "", "", "", ""
            continue
        load = (
            "" if "report_of" in record or record["load_before"] is None else f"{record['load_before']:.1f}"
        )
        for figure in shown:
            value = figure.of(record["figures"])
            if value is None:
                yield name, figure.words, "not measured", figure.asked, "", load
            else:
                met = "" if not figure.asked else "yes" if figure.met(value) else "no"
                yield name, figure.words, number(value), figure.asked, met, load
