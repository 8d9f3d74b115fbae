"""The command line: ``fvtheory verify``.

Exit codes: 0 when everything asked is decided and the checkers agree (a REFUTED statement is an
answer), 1 when something is UNKNOWN, checkers disagree or the run is interrupted, 2 for bad usage.
Results go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from fvtheory import __version__
from fvtheory.errors import FvtheoryError
from fvtheory.information import CONVENTIONS

DECIDED, UNDECIDED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except FvtheoryError as error:
        print(f"fvtheory: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        print("fvtheory: interrupted; nothing was written", file=sys.stderr)
        return UNDECIDED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNDECIDED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fvtheory",
        description="What a feature visualization can and cannot tell about a function, decided with proof.",
    )
    parser.add_argument("--version", action="version", version=f"fvtheory {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verify = commands.add_parser(
        "verify",
        help="decide the formal claims of a paper",
        description="Put every formal claim of a paper to Z3, cvc5 and exact replay, and print the verdicts.",
        epilog="examples: fvtheory verify | fvtheory verify --claim theorem-4 --counterexamples | "
        "fvtheory verify --table1 | fvtheory verify --json > verdicts.json",
    )
    verify.add_argument("--paper", default="geirhos2024", help="the paper (default: %(default)s)")
    verify.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="only this claim and those below it (repeatable)",
    )
    verify.add_argument(
        "--convention",
        choices=CONVENTIONS,
        help="how ties of extrema are read, in place of each claim's own way",
    )
    verify.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verify.add_argument("--table1", action="store_true", help="Table 1 of the paper with exact answers")
    verify.add_argument("--counterexamples", action="store_true", help="show what refutes the refuted claims")
    verify.add_argument("--list", action="store_true", help="list the claims and decide nothing")
    verify.add_argument(
        "--jobs", type=_positive, metavar="N", help="obligations at a time (default: one a core)"
    )
    verify.add_argument(
        "--timeout", type=_seconds, default=2.0, metavar="S", help="seconds a query (default: %(default)s)"
    )
    verify.set_defaults(run=_verify)
    return parser


def _positive(word: str) -> int:
    if not word.isdecimal() or int(word) == 0:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number above 0")
    return int(word)


def _seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: seconds above 0 and below a day")
    return value


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rasked {done} of {total} questions", end=end, file=sys.stderr, flush=True)


def _verify(options: argparse.Namespace) -> int:
    from fvtheory.claims import select_claims

    wanted = [*options.claim, *(["table-1"] if options.table1 and not options.claim else [])]
    claims = select_claims(options.paper, wanted)
    if options.list:
        for claim in claims:
            print(f"{claim.id} ({claim.variant}): {claim.text} [{claim.source}]")
        return DECIDED
    from fvtheory.report import terminal
    from fvtheory.verify import verify_claims

    progress = _progress if sys.stderr.isatty() else None
    result = verify_claims(claims, options.convention, options.timeout, options.jobs, progress)
    if options.json:
        print(json.dumps(result.to_json(), indent=1, ensure_ascii=False))
    elif options.table1:
        from fvtheory.claims.geirhos2024.table_1 import ROWS

        print(terminal.table_1(ROWS, result))
    else:
        print(terminal.verification_table(result))
        if options.counterexamples:
            print(f"\n{terminal.counterexamples(result)}")
        print(f"\n{terminal.summary(result)}")
    for verdict in result.claims:
        if verdict.disagreement:
            name = f"{verdict.claim.id} ({verdict.claim.variant})"
            print(f"fvtheory: {name}: {verdict.reason}", file=sys.stderr)
    return DECIDED if result.decided else UNDECIDED
