"""The command line: ``fvtheory verify``, ``check``, ``radius``, ``envelope``, ``counterexample``,
``networks``.

Exit codes: 0 when everything asked is decided and the checkers agree (a REFUTED statement is an
answer), 1 when something is UNKNOWN, checkers disagree, the Rocq proofs are stale or the run is
interrupted, 2 for bad usage. Results go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence

from fvtheory.commands import add_commands as add_network_commands
from fvtheory.commands import completion
from fvtheory.commands.help import EXAMPLE_PHI, examples
from fvtheory.commands.options import add_fiber
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import TOO_LONG, rounded
from fvtheory.information import CONVENTIONS

DECIDED, UNDECIDED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        print("fvtheory: output or input failed: standard output is closed", file=sys.stderr)
        return UNDECIDED
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except FvtheoryError as error:
        print(f"fvtheory: {error}", file=sys.stderr)
        return BAD_USAGE
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        print(f"fvtheory: {InvalidInputError(*TOO_LONG)}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        folder = getattr(options, "out", None) or getattr(options, "state", None)
        kept = (
            f"what is finished stays in {folder}, the same command goes on"
            if folder
            else "nothing was written"
        )
        print(f"fvtheory: interrupted; {kept}", file=sys.stderr)
        return UNDECIDED
    except BrokenPipeError:
        _discard_output()
        return UNDECIDED
    except OSError as error:
        print(f"fvtheory: output or input failed: {error}", file=sys.stderr)
        _discard_output()
        return UNDECIDED


def _discard_output() -> None:
    """Nothing more can be written; keep Python from trying at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fvtheory",
        description="What a feature visualization can and cannot tell about a function, decided with proof.",
        **examples(
            "fvtheory verify",
            "fvtheory check my-claims.toml --explain",
            f"fvtheory radius --class convex --phi '{EXAMPLE_PHI}'",
        ),
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verify = commands.add_parser(
        "verify",
        help="decide the formal claims of a paper",
        description="Put every formal claim of a paper to Z3, cvc5 and exact replay, and print the verdicts.",
        **examples(
            "fvtheory verify",
            "fvtheory verify --claim theorem-4 --counterexamples",
            "fvtheory verify --table1",
            "fvtheory verify --json > verdicts.json",
        ),
    )
    verify.add_argument("--paper", default="geirhos2024", help="the paper (default: %(default)s)")
    verify.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="only this claim and those below it (repeatable)",
    )
    _add_deciding(verify)
    verify.add_argument("--table1", action="store_true", help="Table 1 of the paper with exact answers")
    verify.add_argument("--counterexamples", action="store_true", help="show what refutes the refuted claims")
    verify.add_argument("--list", action="store_true", help="list the claims and decide nothing")
    verify.add_argument(
        "--certificates",
        metavar="DIR",
        help="also write a certificate of every obligation; python -m fvtheory.certificate_checker DIR checks them",
    )
    verify.set_defaults(run=_verify)

    check = commands.add_parser(
        "check",
        help="decide the claims of a file of your own",
        description="Decide the claims of a TOML file: every claim is PROVED or REFUTED against the exact "
        "radius of information, over all feasible Φ.",
        **examples("fvtheory check my-claims.toml --explain", "fvtheory check --set optimal-recovery"),
    )
    check.add_argument("file", nargs="?", help="a claim file")
    check.add_argument(
        "--set",
        metavar="NAME",
        help="claims that ship: instructive, optimal-recovery, monotone-regression, convex-regression or "
        "affine-extremes, in place of a file",
    )
    _add_deciding(check)
    check.add_argument("--explain", action="store_true", help="say why, in a few lines a claim")
    check.set_defaults(run=_check)

    radius = commands.add_parser(
        "radius",
        help="the smallest worst-case error of any decoder",
        description="The radius of information of one Φ in one class, and the decoder that has it.",
        **examples(f"fvtheory radius --class convex --phi '{EXAMPLE_PHI}'"),
    )
    add_fiber(radius)
    _add_json(radius)
    radius.set_defaults(run=_radius)

    envelope = commands.add_parser(
        "envelope",
        help="the range of f(x) over all f with this Φ",
        description="Infimum and supremum of f(x) over the functions of a class with one Φ.",
        **examples(f"fvtheory envelope --class convex --phi '{EXAMPLE_PHI}' --at 5/8"),
    )
    add_fiber(envelope)
    _add_json(envelope)
    envelope.add_argument(
        "--at", action="append", required=True, metavar="POINT", help="a point: x, or x,y,... (repeatable)"
    )
    envelope.set_defaults(run=_envelope)

    counterexample = commands.add_parser(
        "counterexample",
        help="a function with the same Φ on which a decoder fails",
        description="Build, for any decoder, a function of the class with exactly this Φ, and the point where "
        "the decoder is farthest from it.",
        **examples(
            f"fvtheory counterexample --class convex --phi '{EXAMPLE_PHI}' --decoder my_decoders:nearest"
        ),
    )
    add_fiber(counterexample)
    _add_json(counterexample)
    counterexample.add_argument(
        "--decoder",
        required=True,
        metavar="DECODER",
        help="MODULE:NAME (imported with the current folder on the path), central, constant, or a file: "
        ".json (an exact function), .onnx or .pt (a ReLU network)",
    )
    counterexample.add_argument(
        "--seconds",
        type=_seconds,
        default=10.0,
        metavar="S",
        help="stop improving then (default: %(default)s)",
    )
    counterexample.add_argument("--seed", type=int, default=0, metavar="N", help="of the search (default: 0)")
    counterexample.set_defaults(run=_counterexample)
    add_network_commands(commands)
    completion.add_command(commands, parser)
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> None:
        from fvtheory import __version__

        print(f"fvtheory {__version__}")
        parser.exit()


def _add_deciding(command: argparse.ArgumentParser) -> None:
    """What all commands share that decide claims."""
    command.add_argument(
        "--convention",
        choices=CONVENTIONS,
        help="how ties of extrema are read, in place of each claim's own way",
    )
    _add_json(command)
    command.add_argument(
        "--jobs", type=_positive, metavar="N", help="questions at a time (default: one a core)"
    )
    command.add_argument(
        "--timeout", type=_seconds, default=2.0, metavar="S", help="seconds a query (default: %(default)s)"
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")


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


def _searching(done: int, total: int, name: str) -> None:
    """One line a search, since each can take long."""
    print(f"certificate {done + 1} of {total}: searching for {name}", file=sys.stderr)


def _progress(done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        line = "" if done == total else f"asked {done} of {total} questions"
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def _verify(options: argparse.Namespace) -> int:
    from fvtheory.claims import select_claims

    if options.table1 and options.claim:
        raise InvalidInputError("--table1 with --claim", "one of the two", "leave out --claim")
    claims = select_claims(options.paper, ["table-1"] if options.table1 else options.claim)
    if (
        options.certificates
        and os.path.exists(options.certificates)
        and not os.path.isdir(options.certificates)
    ):
        raise InvalidInputError(f"--certificates {options.certificates}, a file", "a folder, or a new name")
    if options.list:
        for claim in claims:
            print(f"{claim.id} ({claim.variant}): {claim.text} [{claim.source}]")
        return DECIDED
    from fvtheory.report import terminal
    from fvtheory.verification import verify_claims
    from fvtheory.vouchers import record_problem

    progress = _progress if sys.stderr.isatty() else None
    result = verify_claims(claims, options.convention, options.timeout, options.jobs, progress)
    if options.json:
        _print_json(result.to_json())
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
    if options.certificates:
        from fvtheory.certificates import write_certificates

        written = write_certificates(claims, options.certificates, options.convention, progress=_searching)
        print(f"{written.certified} certificates in {options.certificates}", file=sys.stderr)
        for name, reason in written.solver_only.items():
            print(f"left to the solvers: {name}: {reason}", file=sys.stderr)
    if record_problem():
        print(f"fvtheory: Rocq vouches for nothing: {record_problem()}", file=sys.stderr)
        return UNDECIDED
    return DECIDED if result.decided else UNDECIDED


def _check(options: argparse.Namespace) -> int:
    from fvtheory.checking import check
    from fvtheory.claim_file import claims_of_set

    if (options.file is None) == (options.set is None):
        got = "no claims" if options.file is None else f"a file and --set {options.set}"
        raise InvalidInputError(got, "a claim file or --set NAME", "fvtheory check my-claims.toml")
    claims = options.file if options.set is None else claims_of_set(options.set)
    progress = _progress if sys.stderr.isatty() else None
    result = check(claims, options.convention, options.timeout, options.jobs, progress=progress)
    if options.json:
        _print_json(result.to_json())
    elif options.explain:
        print("\n\n".join("\n".join(c.explanation) for c in result.claims))
    else:
        from fvtheory.report import terminal

        print(terminal.check_table(result))
    return DECIDED if result.decided else UNDECIDED


def _radius(options: argparse.Namespace) -> int:
    from fvtheory.fiber import radius

    found = radius(options.cls, options.phi, options.lipschitz)
    if options.json:
        _print_json(found.to_json())
    elif not found.feasible:
        from fvtheory.classes import get_class
        from fvtheory.information import MinMax

        condition = get_class(options.cls).feasibility_in_words(MinMax.from_json(options.phi).dim)
        print(f"infeasible: no function of class {options.cls} has this Φ; needed: {condition}")
    else:
        at = f" at {_point(found.at)}" if found.at else " in the limit"
        print(f"radius   {found.radius}, reached{at}")
        print(f"decoder  {json.dumps(found.to_json()['decoder'], ensure_ascii=False)}")
    return DECIDED


def _envelope(options: argparse.Namespace) -> int:
    from fvtheory.fiber import envelope

    points = [word.split(",") for word in options.at]
    found = envelope(options.cls, options.phi, points, options.lipschitz)
    if options.json:
        _print_json(found.to_json())
    else:
        from fvtheory.report.terminal import grid

        print(
            grid(("at", "lower", "upper"), [[_point(p.at), str(p.lower), str(p.upper)] for p in found.points])
        )
    return DECIDED


def _counterexample(options: argparse.Namespace) -> int:
    from fvtheory.adversary import counterexample
    from fvtheory.decoders import load_decoder
    from fvtheory.information import MinMax

    phi = MinMax.from_json(options.phi)
    with contextlib.redirect_stdout(sys.stderr):  # what a decoder prints is no result
        decoder = load_decoder(options.decoder, options.cls, options.lipschitz)
        found = counterexample(options.cls, phi, decoder, options.lipschitz, options.seconds, options.seed)
    if options.json:
        _print_json(found.to_json())
        return DECIDED
    print(f"at        {_point(found.at)}")
    print(f"function  {found.value} there, the decoder {found.predicted}")
    sure = "the worst that was found"
    if found.certified:
        sure = "nothing worse exists"
        if found.upper_bound is not None and found.error < found.upper_bound:
            sure = f"the supremum {found.upper_bound} is approached, not reached"
    print(f"error     {found.error} ({rounded(found.error):.6g}), {sure} ({found.kind})")
    print(f"radius    {found.radius}: no decoder has a smaller worst-case error")
    print(f"f'        {json.dumps(found.function.to_json(), ensure_ascii=False)}")
    return DECIDED


def _point(p: Sequence[object]) -> str:
    return ",".join(map(str, p))


def _print_json(document: dict) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False))
