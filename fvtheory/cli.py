"""The command line: ``fvtheory verify``, ``check``, ``radius``, ``envelope``, ``counterexample``; the other commands
are in `fvtheory.commands`.

Exit codes: `fvtheory.commands.exit_codes`. Results go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence

from fvtheory.claim_sets import CLAIM_SETS
from fvtheory.commands import add_commands as add_other_commands
from fvtheory.commands import completion
from fvtheory.commands.exit_codes import BAD_USAGE, DONE, INTERRUPTED, MEANINGS, OPEN
from fvtheory.commands.help import EXAMPLE_PHI, Parser, add_subcommands, examples, in_order
from fvtheory.commands.options import (
    add_at,
    add_claims,
    add_deciding,
    add_decoder,
    add_fiber,
    add_json,
    add_seed,
    seconds,
)
from fvtheory.commands.output import beside, point, print_json, print_written
from fvtheory.commands.progress import Bar
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import TOO_LONG, legible

SECTIONS = {
    "claims": ("verify", "check", "report"),
    "one Φ, and more": ("radius", "envelope", "counterexample", "beyond", "plot"),
    "the theorems on networks": ("networks",),
    "visualizations of real networks": ("visualize", "sanity", "linearity", "choice", "inverse-set"),
    "attribution": ("lots", "attribution"),
    "deceiving, and finding out": ("fool", "silence", "audit"),
    "the shell": ("completion",),
}
"""The commands in the order in which a reader needs them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    if sys.stderr is None:  # closed: what is said there would go to standard output
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        print("fvtheory: output or input failed: standard output is closed", file=sys.stderr)
        return OPEN
    options = argparse.Namespace()
    try:
        _parser().parse_args(arguments, options)
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
        place = getattr(options, getattr(options, "kept_in", ""), None) or ""
        there = os.path.exists(place)
        kept = (
            f"what is finished stays in {place}, the same command goes on" if there else "nothing was written"
        )
        print(f"fvtheory: interrupted; {kept}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return OPEN
    except OSError as error:
        print(f"fvtheory: output or input failed: {error}", file=sys.stderr)
        _discard_output()
        return OPEN


def _discard_output() -> None:
    """Nothing more can be written; keep Python from trying at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="fvtheory",
        description="What a feature visualization can and cannot tell about a function, decided with proof.",
        **examples(
            "fvtheory verify",
            "fvtheory check my-claims.toml --explain",
            f"fvtheory radius --class convex --phi '{EXAMPLE_PHI}'",
            before="exit codes:\n" + "\n".join(f"  {code:<4}  {words}" for code, words in MEANINGS.items()),
        ),
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, default=argparse.SUPPRESS, help="show the version and exit"
    )
    commands = add_subcommands(parser)
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
    add_claims(verify)
    add_deciding(verify)
    add_json(verify)
    verify.add_argument("--table1", action="store_true", help="Table 1 of the paper with exact answers")
    verify.add_argument("--counterexamples", action="store_true", help="show what refutes the refuted claims")
    verify.add_argument("--list", action="store_true", help="list what there is, and stop; here: the claims")
    verify.add_argument(
        "--certificates",
        metavar="DIR",
        help="also write a certificate of every obligation; python -m fvtheory.certificate_checker DIR checks them",
    )
    verify.set_defaults(run=_verify, kept_in="certificates")

    check = commands.add_parser(
        "check",
        help="decide the claims of a file of your own",
        description="Decide the claims of a TOML file: every claim is PROVED or REFUTED against the exact "
        "radius of information, over all feasible Φ.",
        **examples("fvtheory check my-claims.toml --explain", "fvtheory check --set optimal-recovery"),
    )
    check.add_argument("file", nargs="?", metavar="FILE", help="a claim file, or a folder of them")
    check.add_argument(
        "--set",
        metavar="SET",
        help=f"claims that ship, in place of a file: {', '.join(CLAIM_SETS)}",
    )
    add_deciding(check)
    add_json(check)
    check.add_argument("--explain", action="store_true", help="say why, in a few lines a claim")
    check.set_defaults(run=_check)

    radius = commands.add_parser(
        "radius",
        help="the smallest worst-case error of any decoder",
        description="The radius of information of one Φ in one class, and the decoder that has it.",
        **examples(f"fvtheory radius --class convex --phi '{EXAMPLE_PHI}'"),
    )
    add_fiber(radius)
    add_json(radius)
    radius.set_defaults(run=_radius)

    envelope = commands.add_parser(
        "envelope",
        help="the range of f(x) over all f with this Φ",
        description="Infimum and supremum of f(x) over the functions of a class with one Φ.",
        **examples(f"fvtheory envelope --class convex --phi '{EXAMPLE_PHI}' --at 5/8"),
    )
    add_fiber(envelope)
    add_json(envelope)
    add_at(envelope)
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
    add_json(counterexample)
    add_decoder(counterexample)
    counterexample.add_argument(
        "--seconds",
        type=seconds,
        default=10.0,
        metavar="S",
        help="stop improving then (default: %(default)s); one answer may take a minute, or S",
    )
    add_seed(counterexample)
    counterexample.set_defaults(run=_counterexample)
    add_other_commands(commands)
    completion.add_command(commands, parser)
    in_order(commands, SECTIONS)
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> None:
        from fvtheory import __version__

        print(f"fvtheory {__version__}")
        parser.exit()


def _asked(bar: Bar) -> Callable[[int, int], None]:
    return lambda done, total: bar("questions asked", done, total)


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
        if options.json:
            keys = ("id", "variant", "source")
            listed = [{**{key: getattr(c, key) for key in keys}, "statement": c.text} for c in claims]
            print_json({"claims": listed})
            return DONE
        for claim in claims:
            print(f"{claim.id} ({claim.variant}): {claim.text} [{claim.source}]")
        return DONE
    from fvtheory.report import terminal
    from fvtheory.verification import verify_claims
    from fvtheory.vouchers import record_problem

    with Bar() as bar:
        result = verify_claims(claims, options.convention, options.timeout, options.jobs, _asked(bar))
    if options.json:
        print_json(result.to_json())
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

        with Bar() as bar:
            written = write_certificates(
                claims,
                options.certificates,
                options.convention,
                progress=lambda done, total, name: bar(f"certificates, {name}", done, total),
            )
        with contextlib.redirect_stdout(sys.stderr if options.json else sys.stdout):
            print_written(options.certificates, f"{written.certified} certificates")
        for name, reason in written.solver_only.items():
            print(f"left to the solvers: {name}: {reason}", file=sys.stderr)
    if record_problem():
        print(f"fvtheory: Rocq vouches for nothing: {record_problem()}", file=sys.stderr)
        return OPEN
    return DONE if result.decided else OPEN


def _check(options: argparse.Namespace) -> int:
    from fvtheory.claim_files import check, claims_of_set

    if (options.file is None) == (options.set is None):
        got = "no claims" if options.file is None else f"a file and --set {options.set}"
        raise InvalidInputError(got, "a claim file or --set NAME", "fvtheory check my-claims.toml")
    claims = options.file if options.set is None else claims_of_set(options.set)
    with Bar() as bar:
        result = check(claims, options.convention, options.timeout, options.jobs, progress=_asked(bar))
    if options.json:
        document = result.to_json()
        if options.explain:
            for claim, entry in zip(result.claims, document["claims"], strict=True):
                entry["explanation"] = list(claim.explanation)
        print_json(document)
    elif options.explain:
        print("\n\n".join("\n".join(c.explanation) for c in result.claims))
    else:
        from fvtheory.report import terminal

        print(terminal.check_table(result))
    return DONE if result.decided else OPEN


def _radius(options: argparse.Namespace) -> int:
    from fvtheory.fiber import radius

    found = radius(options.cls, options.phi, options.lipschitz)
    if options.json:
        print_json(found.to_json())
    elif not found.feasible:
        from fvtheory.classes import get_class
        from fvtheory.information import MinMax

        condition = get_class(options.cls).feasibility_in_words(MinMax.from_json(options.phi).dim)
        print(f"infeasible: no function of class {options.cls} has this Φ; needed: {condition}")
    else:
        at = f" at {point(found.at)}" if found.at else " in the limit"
        print(f"radius   {found.radius}, reached{at}")
        print(f"decoder  {json.dumps(found.to_json()['decoder'], ensure_ascii=False)}")
    return DONE


def _envelope(options: argparse.Namespace) -> int:
    from fvtheory.fiber import envelope

    points = [word.split(",") for word in options.at]
    found = envelope(options.cls, options.phi, points, options.lipschitz)
    if options.json:
        print_json(found.to_json())
    else:
        from fvtheory.report.terminal import grid

        print(
            grid(("at", "lower", "upper"), [[point(p.at), str(p.lower), str(p.upper)] for p in found.points])
        )
    return DONE


def _counterexample(options: argparse.Namespace) -> int:
    from fvtheory.adversary import counterexample
    from fvtheory.decoders import load_decoder
    from fvtheory.information import MinMax

    phi = MinMax.from_json(options.phi)
    with contextlib.redirect_stdout(sys.stderr):  # what a decoder prints is no result
        decoder = load_decoder(options.decoder, options.cls, options.lipschitz)
        found = counterexample(options.cls, phi, decoder, options.lipschitz, options.seconds, options.seed)
    if options.json:
        print_json(found.to_json())
        return DONE
    print(f"at        {point(found.at)}")
    print(f"function  {legible(found.value)} there, the decoder {legible(found.predicted)}")
    sure = "the worst that was found"
    if found.certified:
        sure = "nothing worse exists"
        if found.upper_bound is not None and found.error < found.upper_bound:
            sure = f"the supremum {legible(found.upper_bound)} is approached, not reached"
    print(f"error     {beside(found.error)}, {sure} ({found.kind})")
    print(f"radius    {found.radius}: no decoder has a smaller worst-case error")
    print(f"f'        {json.dumps(found.function.to_json(), ensure_ascii=False)}")
    return DONE
