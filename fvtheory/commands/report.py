"""``fvtheory report``: the verdicts, the counterexamples and an explorer as one HTML page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from fvtheory.commands.help import examples
from fvtheory.commands.options import positive, whole
from fvtheory.errors import InvalidInputError
from fvtheory.information import CONVENTIONS


def add_command(commands: Any) -> None:
    """Add ``report`` to the subparsers of the command line."""
    command = commands.add_parser(
        "report",
        help="verdicts, counterexamples and an explorer as one HTML page",
        description="Decide the formal claims of a paper and write one HTML page that needs no network: verdicts "
        "and who vouches for them, counterexamples as pictures, Table 1 with exact answers, an explorer of Φ, and "
        "the results of empirical commands.",
        **examples(
            "fvtheory report --out report.html",
            "fvtheory report --out report.html --verified verdicts.json",
            "fvtheory report --out report.html --results golf --results sanity",
        ),
    )
    command.add_argument("--out", required=True, metavar="FILE", help="the page, a file ending in .html")
    command.add_argument(
        "--results",
        action="append",
        default=[],
        metavar="DIR",
        help="a finished results folder of an empirical command (repeatable); needs pillow",
    )
    command.add_argument(
        "--verified",
        metavar="FILE",
        help="what fvtheory verify --json wrote, in place of deciding the claims now",
    )
    command.add_argument("--paper", default="geirhos2024", help="the paper (default: %(default)s)")
    command.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="only this claim and those below it (repeatable)",
    )
    command.add_argument(
        "--convention",
        choices=CONVENTIONS,
        help="how ties of extrema are read, in place of each claim's own way",
    )
    command.add_argument("--jobs", type=whole, metavar="N", help="questions at a time (default: one a core)")
    command.add_argument(
        "--timeout",
        type=positive,
        default=2.0,
        metavar="S",
        help="seconds a query (default: %(default)s)",
    )
    command.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from fvtheory.beyond.table import table
    from fvtheory.claims import select_claims
    from fvtheory.report.document import document
    from fvtheory.report.embedding import read_results
    from fvtheory.report.verdicts import read_verdicts, verdicts_from_file
    from fvtheory.results import write_file
    from fvtheory.verification import verify_claims

    file = Path(options.out)
    if file.suffix.lower() not in (".html", ".htm"):
        raise InvalidInputError(f"--out {options.out}", "a file ending in .html")
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise InvalidInputError(f"--out {options.out}", "a file in an existing folder")
    selected = select_claims(options.paper, options.claim)
    results = [read_results(folder) for folder in options.results]
    if options.verified:
        if options.claim or options.convention:
            raise InvalidInputError(
                "--verified with --claim or --convention",
                "the verdicts as they are in the file",
                "give these options to fvtheory verify --json",
            )
        verdicts, origin = verdicts_from_file(options.verified), Path(options.verified).name
    else:
        progress = _progress if sys.stderr.isatty() else None
        found = verify_claims(selected, options.convention, options.timeout, options.jobs, progress)
        verdicts, origin = read_verdicts(found.to_json()), ""
    cells = [] if options.claim else table()
    page = document(verdicts, options.paper, origin, results, cells)
    write_file(file, page)
    counts = ", ".join(f"{verdicts.count(status)} {status}" for status in ("PROVED", "REFUTED", "UNKNOWN"))
    print(f"{file}: {len(verdicts.claims)} claims: {counts}; {len(page) / 1e6:.2f} MB")
    return 1 if verdicts.count("UNKNOWN") else 0


def _progress(done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        line = "" if done == total else f"asked {done} of {total} questions"
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
