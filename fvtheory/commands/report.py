"""``fvtheory report``: the verdicts, the counterexamples and an explorer as one HTML page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fvtheory.commands.exit_codes import DONE, OPEN
from fvtheory.commands.help import examples
from fvtheory.commands.options import add_claims, add_deciding
from fvtheory.commands.output import print_written
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError


def add_command(commands: Any) -> None:
    """Add ``report`` to the subparsers of the command line."""
    command = commands.add_parser(
        "report",
        help="verdicts, counterexamples, an explorer: one HTML page",
        description="Decide the formal claims of a paper and write one HTML page that needs no network: verdicts "
        "and who vouches for them, counterexamples as pictures, Table 1 with exact answers, an explorer of Φ, and "
        "the results of empirical commands.",
        **examples(
            "fvtheory report --out report.html",
            "fvtheory report --out report.html --verified verdicts.json",
            "fvtheory report --out report.html --results golf --results sanity",
        ),
    )
    command.add_argument("--out", required=True, metavar="FILE", help="a file ending in .html")
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
    add_claims(command)
    add_deciding(command)
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
        with Bar() as bar:
            found = verify_claims(
                selected,
                options.convention,
                options.timeout,
                options.jobs,
                lambda done, total: bar("questions asked", done, total),
            )
        verdicts, origin = read_verdicts(found.to_json()), ""
    cells = [] if options.claim else table()
    page = document(verdicts, options.paper, origin, results, cells)
    write_file(file, page)
    counts = ", ".join(f"{verdicts.count(status)} {status}" for status in ("PROVED", "REFUTED", "UNKNOWN"))
    print(f"{len(verdicts.claims)} claims: {counts}; {len(page) / 1e6:.2f} MB")
    print_written(file)
    return OPEN if verdicts.count("UNKNOWN") else DONE
