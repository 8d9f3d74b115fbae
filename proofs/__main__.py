"""``python -m proofs COMMAND``: the proofs outside the solvers, made and checked.

Exit codes: 0 when everything holds, 1 when a file differs, a solver contradicts or a proof fails, 2
for bad usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fvtheory.errors import FvtheoryError, InvalidInputError

HOLDS, FAILS, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except FvtheoryError as error:
        print(f"proofs: {error}", file=sys.stderr)
        return BAD_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    pairs = commands.add_parser("pairs", help="the functions of the obligations as Rocq definitions")
    pairs.add_argument("--check", action="store_true", help="compare with rocq/Pairs.v, write nothing")
    pairs.set_defaults(run=_pairs)

    smt2 = commands.add_parser("smt2", help="the obligations as SMT-LIB files")
    smt2.add_argument("--check", action="store_true", help="compare with smt2/, write nothing")
    smt2.add_argument(
        "--timeout", type=float, default=20.0, metavar="S", help="seconds a query (default: 20)"
    )
    smt2.set_defaults(run=_smt2)

    rocq = commands.add_parser("rocq", help="compile the Rocq proofs and record what they prove")
    rocq.add_argument("--check", action="store_true", help="compare with rocq/record.json, write nothing")
    rocq.set_defaults(run=_rocq)

    replay = commands.add_parser("replay", help="the SMT-LIB files to all solvers that are installed")
    replay.add_argument(
        "--solver",
        action="append",
        metavar="NAME",
        help="z3, cvc5, z3-program, cvc5-program, yices-smt2, mathsat",
    )
    replay.add_argument(
        "--timeout", type=float, default=10.0, metavar="S", help="seconds a query (default: 10)"
    )
    replay.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="files at a time")
    replay.add_argument("file", nargs="*", type=Path, help="files or folders (default: all of smt2/)")
    replay.set_defaults(run=_replay)
    return parser


def _pairs(options: argparse.Namespace) -> int:
    from proofs import pairs

    text = pairs.generate()
    if not options.check:
        pairs.FILE.write_bytes(text.encode())
        print(f"{text.count('Definition ')} definitions in {pairs.FILE.name}")
        return HOLDS
    if not pairs.FILE.exists() or pairs.FILE.read_bytes() != text.encode():
        print(f"{pairs.FILE.name} differs from what python -m proofs pairs generates", file=sys.stderr)
        return FAILS
    print(f"{pairs.FILE.name} is as generated")
    return HOLDS


def _smt2(options: argparse.Namespace) -> int:
    from fvtheory.verification import verify
    from proofs import smt2

    wanted = smt2.files(verify(seconds_a_query=options.timeout))
    if not options.check:
        smt2.write(wanted)
        print(f"{len(wanted) - 1} files")
        return HOLDS
    found = smt2.differences(wanted)
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(wanted) - 1} files are as generated")
    return FAILS if found else HOLDS


def _rocq(options: argparse.Namespace) -> int:
    from fvtheory.report.terminal import grid
    from proofs import rocq_build

    found = rocq_build.version()
    if found is None:
        print("not run: the Rocq proofs, for want of coqc and coqdep (apt install coq)", file=sys.stderr)
        return FAILS if options.check else HOLDS
    try:
        record = rocq_build.build(say=lambda words: print(f"{words} ...", file=sys.stderr, flush=True))
    except rocq_build.ProofError as error:
        print(f"proofs: {error}", file=sys.stderr)
        return FAILS
    rows = [
        [t["claim"], t["variant"], t["verdict"], t["name"], _short(t["axioms"])] for t in record["theorems"]
    ]
    print(grid(("claim", "variant", "verdict", "theorem", "axioms"), rows))
    print(f"\n{len(rows)} theorems, {len(record['sources'])} sources, Coq {found}")
    if not options.check:
        rocq_build.write(record)
        return HOLDS
    different = rocq_build.differences(record)
    for line in different:
        print(line, file=sys.stderr)
    return FAILS if different else HOLDS


def _short(axioms: Sequence[str]) -> str:
    return ", ".join(a.rpartition(".")[2] for a in axioms)


def _replay(options: argparse.Namespace) -> int:
    from fvtheory.report.terminal import grid
    from proofs.replay import installed, replay
    from proofs.smt2 import FOLDER

    paths = _smt2_files(options.file or [FOLDER])
    solvers = options.solver or installed()
    result = replay(paths, solvers, options.timeout, max(1, options.jobs))
    rows = [[name, *map(str, result.counts(name))] for name in solvers]
    print(grid(("solver", "as expected", "unknown", "otherwise"), rows))
    print(f"\n{len(result.expected)} files; {len(result.undecided)} decided by no solver")
    for path, solver, answer in result.contradictions:
        print(f"{path}: {solver} says {answer}, expected {result.expected[path]}", file=sys.stderr)
    return FAILS if result.contradictions else HOLDS


def _smt2_files(places: Sequence[Path]) -> list[Path]:
    """The files, and all .smt2 files of the folders."""
    found: list[Path] = []
    for place in places:
        inside = sorted(place.rglob("*.smt2")) if place.is_dir() else [place]
        if not inside or not inside[0].is_file():
            raise InvalidInputError(f"{place}", "an SMT-LIB file or a folder with some")
        found += inside
    return found


if __name__ == "__main__":
    sys.exit(main())
