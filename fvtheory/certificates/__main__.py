"""``python -m fvtheory.certificates [DIR]``: find and write the certificates of all claims.

Exit codes: 0 when every obligation has a certificate, 1 when some have none or the run was interrupted, 2
when the store cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fvtheory.certificates import differences, folder, write_all
from fvtheory.errors import FvtheoryError


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fvtheory.certificates", description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=folder(), help="(default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="compare with the claims, write nothing")
    options = parser.parse_args(arguments)
    try:
        return _check(options.directory) if options.check else _write(options.directory)
    except FvtheoryError as error:
        print(f"certificates: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("certificates: interrupted; what was found is written", file=sys.stderr)
        return 1


def _check(directory: Path) -> int:
    found = differences(directory)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def _write(directory: Path) -> int:
    def progress(done: int, total: int, name: str) -> None:
        print(f"{done}/{total} {name}", file=sys.stderr, flush=True)

    written = write_all(directory, progress)
    print(f"{written.certified} obligations have a certificate, {written.new} of them new")
    for name, reason in written.solver_only.items():
        print(f"left to the solvers: {name}: {reason}")
    return 1 if written.solver_only else 0


if __name__ == "__main__":
    sys.exit(main())
