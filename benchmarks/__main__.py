"""``python -m benchmarks NAME [--quick]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib import import_module

NAMES = (
    "verify",
    "check",
    "counterexample",
    "strategies",
    "networks",
    "mutation",
    "visualize",
    "fool",
    "sanity",
    "lots",
    "beyond",
    "start",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    options, rest = parser.parse_known_args()
    if rest and options.name != "mutation":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    run = import_module(f"benchmarks.{options.name}").run
    figures = run(options.quick, rest) if rest else run(options.quick)
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
    }
    print(json.dumps({"name": options.name, "figures": figures, "machine": machine}))
    return 0 if figures.get("passed", True) else 1


if __name__ == "__main__":
    sys.exit(main())
