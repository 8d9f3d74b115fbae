"""``python -m benchmarks NAME [--quick | --write]``; ``all``: each in turn; ``--list``: what was measured last."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from benchmarks import table

STORED = {"mutation": (["--report"], "benchmarks/mutation/results.jsonl")}
"""Benchmarks that take hours and keep a run of their own: what is written is a report of it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=(*table.FIGURES, "all"))
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument("--write", action="store_true", help="keep the figures in benchmarks/results.json")
    parser.add_argument("--list", action="store_true", help="show what is kept there, run nothing")
    parser.add_argument(
        "--check", action="store_true", help="fail unless all are kept for this version and passed"
    )
    options, rest = parser.parse_known_args()
    if options.check:
        failed = [n for n in table.FIGURES if not (table.is_current(n) and table.read()[n]["passed"])]
        print(f"not measured for version {table.version()}, or not passed: {', '.join(failed) or 'none'}")
        return 1 if failed else 0
    if options.list:
        from fvtheory.report.terminal import grid

        print(grid(table.HEADER, list(table.rows())))
        return 0
    if options.name is None:
        parser.error("name a benchmark, or all, or --list")
    if options.quick and options.write:
        parser.error("--write keeps runs at full size: leave out --quick")
    if rest and options.name != "mutation":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    if options.name == "all":
        return run_all(options.quick, options.write)
    return run_one(options.name, options.quick, options.write, rest)


def run_one(name: str, quick: bool, write: bool, rest: list[str]) -> int:
    """One benchmark in this process; its last line is one JSON object."""
    report, file = STORED.get(name, ([], None)) if write and not rest else ([], None)
    rest = rest or report
    began, load = time.perf_counter(), table.load()
    run = import_module(f"benchmarks.{name}").run
    figures = run(quick, rest) if rest else run(quick)
    passed = figures.get("passed", True)
    print(json.dumps({"name": name, "figures": figures, "machine": table.machine()}))
    if write and "skipped" in figures:
        print(f"not kept: {name} was not run here ({figures['skipped']})", file=sys.stderr)
        return 1
    if write:
        record = {
            "command": " ".join(("python -m benchmarks", name, *rest)),
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "seconds": round(time.perf_counter() - began, 1),
            "load_before": load,
            "load_after": table.load(),
            "machine": table.machine(),
            "versions": table.versions(),
            "passed": passed,
            "figures": figures,
        }
        if file:
            record["report_of"] = file
        table.keep(name, record)
    return 0 if passed else 1


def run_all(quick: bool, write: bool) -> int:
    """Each benchmark in a process of its own; with ``write`` those that are not kept for this version."""
    failed = []
    for name in table.FIGURES:
        if write and table.is_current(name):
            print(f"{name}: kept for version {table.version()}", file=sys.stderr)
            continue
        words = [name, *(["--quick"] if quick else []), *(["--write"] if write else [])]
        if subprocess.run([sys.executable, "-m", "benchmarks", *words], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
