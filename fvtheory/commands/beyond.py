"""``fvtheory beyond radius | envelope | counterexample | advise | average | random | table``: any knowledge in place
of Φ.

``--knowledge`` takes a file with JSON or the JSON itself (see `fvtheory.beyond.knowledge`); JSON out is as for
Φ: exact rationals as strings.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fvtheory.commands import average_case
from fvtheory.commands.exit_codes import DONE, OPEN
from fvtheory.commands.help import add_subcommands, examples
from fvtheory.commands.options import add_at, add_json, natural
from fvtheory.commands.output import beside, grid, point, print_json
from fvtheory.commands.progress import Bar
from fvtheory.errors import InvalidInputError
from fvtheory.exact import legible

EXAMPLE = '{"kind": "evaluations", "points": [["0"], ["1"]], "values": ["1/4", "1/2"]}'


def add_commands(commands: Any) -> None:
    """Add the command ``beyond`` to the subparsers of ``fvtheory``."""
    beyond = commands.add_parser(
        "beyond",
        help="the same with any other knowledge in place of Φ",
        description="What can be told about a function from any knowledge: information operators that combine "
        "freely, and classes that intersect.",
        **examples(
            f"fvtheory beyond radius --class lipschitz --lipschitz 1 --knowledge '{EXAMPLE}'",
            "fvtheory beyond table",
        ),
    )
    inner = add_subcommands(beyond, "QUESTION")

    radius = inner.add_parser(
        "radius",
        help="the smallest worst-case error of any decoder",
        description="The radius of information: exact in one variable, certified bounds in several.",
        **examples(f"fvtheory beyond radius --class lipschitz --lipschitz 1 --knowledge '{EXAMPLE}'"),
    )
    _add_question(radius)
    _add_search(radius)
    radius.add_argument("--state", metavar="FILE", help="keep the search in a file and go on from it")
    radius.set_defaults(run=_radius, kept_in="state")

    envelope = inner.add_parser(
        "envelope",
        help="the range of f(x) over all f that agree",
        description="Infimum and supremum of f(x) over the functions of a class that agree with the knowledge.",
        **examples(f"fvtheory beyond envelope --class convex --at 1/2 --knowledge '{EXAMPLE}'"),
    )
    _add_question(envelope)
    add_at(envelope)
    envelope.set_defaults(run=_envelope)

    counterexample = inner.add_parser(
        "counterexample",
        help="a function that agrees and on which a decoder fails",
        description="A function of the class that agrees with the knowledge, on which a decoder errs by about "
        "the radius. The decoder is MODULE:NAME, a callable decode(knowledge) -> callable(point) -> number, "
        "imported with the current folder on the path.",
        **examples(
            "fvtheory beyond counterexample --class lipschitz --lipschitz 1 --decoder my_decoders:half --knowledge "
            f"'{EXAMPLE}'"
        ),
    )
    _add_question(counterexample)
    _add_search(counterexample)
    counterexample.add_argument(
        "--decoder",
        required=True,
        metavar="DECODER",
        help="MODULE:NAME (imported with the current folder on the path), a decoder of knowledge",
    )
    counterexample.set_defaults(run=_counterexample)

    advise = inner.add_parser(
        "advise",
        help="which point to ask next",
        description="The evaluation after which the radius is least in the worst case, with certified bounds.",
        **examples(f"fvtheory beyond advise --class lipschitz --lipschitz 1 --knowledge '{EXAMPLE}'"),
    )
    _add_question(advise)
    _add_search(advise)
    add_at(advise, "a lattice")
    advise.add_argument("--first", type=natural, default=5, metavar="N", help="show the N best (default: 5)")
    advise.set_defaults(run=_advise)

    average = inner.add_parser(
        "average",
        help="the smallest expected error of any decoder, x at random",
        description="The average radius: the expected error (p = 1) or its root mean square (p = 2) of the best "
        "decoder, for the worst function that agrees. Exact in one variable for most classes; certified bounds in "
        "several, where x is uniform.",
        **examples(
            f"fvtheory beyond average --class convex --knowledge '{EXAMPLE}'",
            f"fvtheory beyond average --class lipschitz --lipschitz 1 --power 2 --knowledge '{EXAMPLE}'",
        ),
    )
    _add_question(average)
    _add_search(average)
    average.add_argument(
        "--power",
        type=int,
        choices=(1, 2),
        default=1,
        metavar="P",
        help="1 (default) or 2: p of the L_p norm",
    )
    average.add_argument(
        "--density",
        metavar="FILE",
        help="of x, in one variable (default: uniform): a JSON file or JSON, such as "
        '{"breakpoints": ["0", "1/2", "1"], "values": ["3/2", "1/2"]}',
    )
    average.set_defaults(run=_average)

    average_case.add_command(inner)

    table = inner.add_parser(
        "table",
        help="information x class: the smallest error of any decoder",
        description="The exact radius for each kind of information about the function f(x) = x on [0, 1] in each "
        "class: instances, not theorems. With --worst-case: what values at some points leave for all functions of a "
        "class, proved by Z3 and cvc5.",
        **examples("fvtheory beyond table", "fvtheory beyond table --worst-case --markdown"),
    )
    table.add_argument("--worst-case", action="store_true", help="theorems about all functions of a class")
    shape = table.add_mutually_exclusive_group()
    add_json(shape)
    shape.add_argument("--markdown", action="store_true", help="a table in Markdown")
    table.set_defaults(run=_table)


def _add_question(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--class",
        dest="cls",
        required=True,
        metavar="CLASS",
        help="atoms joined by +: all, continuous, neural-network, erm, piecewise-affine, constant, lipschitz, "
        "monotone, sparse, convex, concave, quasi-convex, affine, additive, smooth; for example convex+lipschitz",
    )
    command.add_argument(
        "--knowledge", required=True, metavar="FILE", help="a JSON file, or JSON that starts with {"
    )
    command.add_argument("--lipschitz", metavar="L", help="the Lipschitz constant, or unknown")
    command.add_argument("--norm", default="sup", metavar="NORM", help="sup (default), 1 or 2")
    command.add_argument("--weights", metavar="W,W,...", help="of the coordinates in the norm")
    command.add_argument(
        "--signs", metavar="SIGNS", help="of monotone: +, - or 0 a coordinate, such as +0-; write --signs=-+"
    )
    command.add_argument("--smooth", metavar="M", help="of smooth, in one variable: f' is M-Lipschitz")
    command.add_argument("--coordinates", type=natural, metavar="K", help="of sparse: at most K coordinates")
    add_json(command)


def _add_search(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--gap", default="1/100", metavar="G", help="in several variables: end there (default: 1/100)"
    )
    command.add_argument("--max-boxes", type=natural, metavar="N", help="in several variables: end then")


def _question(options: argparse.Namespace) -> tuple[Any, Any]:
    """(class, knowledge) of the options."""
    from fvtheory.beyond import Knowledge, family

    known = Knowledge.from_json(_text(options.knowledge, "knowledge"))
    weights = None if options.weights is None else options.weights.split(",")
    cls = family(
        options.cls,
        known.dim,
        lipschitz=options.lipschitz,
        norm=options.norm,
        weights=weights,
        signs=options.signs,
        coordinates=options.coordinates,
        smooth=options.smooth,
    )
    return cls, known


def _text(given: str, name: str) -> str:
    """JSON given on the command line, or in a file.

    Raises:
        InvalidInputError: for no such file, or one that is not text.
    """
    if given.lstrip().startswith("{"):
        return given
    file = Path(given)
    if not file.is_file():
        raise InvalidInputError(f"--{name} {given!r}", "a JSON file that exists, or JSON")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInputError(f"{name} file {file.name!r} that is not text", "JSON in UTF-8") from None


def _boxes(bar: Bar, what: str = "radius") -> Any:
    def step(seen: int, lower: Any, upper: Any) -> None:
        bar(f"{what} between {float(lower):.6g} and {float(upper):.6g}, boxes", seen, None)

    return step


def _radius(options: argparse.Namespace) -> int:
    from fvtheory.beyond import radius

    cls, known = _question(options)
    with Bar() as bar:
        found = radius(
            cls,
            known,
            gap=options.gap,
            max_boxes=options.max_boxes,
            progress=_boxes(bar),
            state=options.state,
        )
    if options.json:
        print_json(found.to_json())
    elif not found.feasible:
        print(f"infeasible: no function of class {cls.name} agrees: {found.reason}")
    elif found.exact is not None:
        print(f"radius   {found.exact}{'' if found.attained else ', approached'} at {point(found.at)}")
    elif found.lower is not None and found.upper is not None:
        print(f"radius   from {float(found.lower):.6g} to {float(found.upper):.6g}, certified")
        print(f"         {legible(found.lower)} at {point(found.at)}; {found.boxes} boxes")
    return DONE


def _envelope(options: argparse.Namespace) -> int:
    from fvtheory.beyond import envelope
    from fvtheory.beyond.answers import EnclosedPoint

    cls, known = _question(options)
    found = envelope(cls, known, [word.split(",") for word in options.at])
    if options.json:
        print_json(found.to_json())
    else:
        enclosed = [p for p in found.points if isinstance(p, EnclosedPoint)]
        if enclosed:
            header = ("at", "lower, from", "to", "upper, from", "to")
            rows = [[point(p.at), *(f"{float(v):.9g}" for v in p.both_sides)] for p in enclosed]
            print(grid(header, rows))
            return DONE
        rows = [[point(p.at), str(p.lower), str(p.upper)] for p in found.points]
        print(grid(("at", "lower", "upper"), rows))
    return DONE


def _counterexample(options: argparse.Namespace) -> int:
    from fvtheory.beyond import counterexample
    from fvtheory.decoders import load_decoder

    cls, known = _question(options)
    if ":" not in options.decoder:
        raise InvalidInputError(f"--decoder {options.decoder!r}", "MODULE:NAME, a decoder of knowledge")
    with contextlib.redirect_stdout(sys.stderr):  # what a decoder prints is no result
        decoder: Any = load_decoder(options.decoder)
        found = counterexample(cls, known, decoder, gap=options.gap, max_boxes=options.max_boxes)
    if options.json:
        print_json(found.to_json())
        return DONE
    print(f"at        {point(found.at)}")
    print(f"function  {legible(found.value)} there, the decoder {legible(found.predicted)}")
    print(f"error     {beside(found.error)}")
    low, high = legible(found.radius_lower), legible(found.radius_upper)
    print(f"radius    from {low} to {high}: no decoder has a smaller worst case")
    print(f"f'        {json.dumps(found.function.to_json(), ensure_ascii=False)}")
    return DONE


def _advise(options: argparse.Namespace) -> int:
    from fvtheory.beyond.advise import advise

    cls, known = _question(options)
    candidates = None if options.at is None else [word.split(",") for word in options.at]
    boxes = 20_000 if options.max_boxes is None else options.max_boxes
    found = advise(cls, known, candidates=candidates, gap=options.gap, max_boxes=boxes)
    if options.json:
        print_json(found.to_json())
        return DONE
    print(f"radius now  from {float(found.lower):.6g} to {float(found.upper):.6g}")
    rows = [
        [point(q.at), f"{float(q.lower):.6g}", f"{float(q.upper):.6g}", legible(q.worst_answer)]
        for q in found.queries[: options.first]
    ]
    print(grid(("ask", "left at least", "left at most", "worst answer"), rows))
    print(
        "ask: the point to evaluate f at. left at least, left at most: certified bounds of the radius after the answer "
        "that helps least. worst answer: that answer, of those that were tried."
    )
    return DONE


def _average(options: argparse.Namespace) -> int:
    from fvtheory.beyond import Density, average_radius

    cls, known = _question(options)
    density = None if options.density is None else Density.from_json(_text(options.density, "density"))
    with Bar() as bar:
        found = average_radius(
            cls,
            known,
            power=options.power,
            density=density,
            gap=options.gap,
            max_boxes=options.max_boxes,
            progress=_boxes(bar, "norm of the width"),
        )
    if options.json:
        print_json(found.to_json())
        return DONE
    if not found.feasible:
        print(f"infeasible: no function of class {cls.name} agrees: {found.reason}")
        return DONE
    lower, upper = found.bounds
    if found.exact_power is not None:
        root = "" if options.power == 1 else "root of "
        print(
            f"average radius   {root}{legible(found.exact_power)} ({float(lower):.6g}), exact ({found.method})"
        )
        print(f"best decoder     {found.decoder}")
    else:
        print(f"average radius   from {float(lower):.6g} to {float(upper):.6g}, certified ({found.method})")
        print(f"decoder          {found.decoder}, whose worst expected error is at most the upper bound")
    return DONE


def _table(options: argparse.Namespace) -> int:
    if options.worst_case:
        return _worst_cases(options)
    from fvtheory.beyond.table import COLUMNS, ROWS, table

    cells = table()
    if options.json:
        print_json({"function": "f(x) = x on [0, 1]", "L": "2", "cells": [c.to_json() for c in cells]})
        return DONE
    by_place = {(c.information, c.cls): "-" if c.radius is None else str(c.radius) for c in cells}
    by_place |= {
        (c.information, c.cls): f"{c.radius} *" for c in cells if c.radius is not None and not c.vouched_by
    }
    rows = [[row, *(by_place[row, column] for column in COLUMNS)] for row in ROWS]
    _print_table(options, ("known of f(x) = x", *COLUMNS), rows)
    print(
        "Each cell is the exact radius of this instance (L = 2), by the breakpoints of the envelopes; two functions "
        "that agree with the row, checked one by one, show that no decoder is better (*: not built); "
        "-: not supported. No statement about other f."
    )
    return DONE


def _worst_cases(options: argparse.Namespace) -> int:
    from fvtheory.beyond.table import KNOWN_CLASSES, PLACES, worst_cases

    cells = worst_cases()
    decided = all(c.status == "PROVED" for c in cells)
    if options.json:
        print_json({"cells": [c.to_json() for c in cells]})
        return DONE if decided else OPEN
    by_place = {
        (c.information, c.cls): c.error if c.status == "PROVED" else f"{c.error} ({c.status})" for c in cells
    }
    rows = [[row, *(by_place[row, column] for column in KNOWN_CLASSES)] for row in PLACES]
    _print_table(options, ("known of f", *KNOWN_CLASSES), rows)
    print(
        "Each cell is the smallest error that a decoder keeps on the whole class: enough for all values, and needed "
        "for some; Z3 and cvc5 prove both, for all L > 0."
    )
    return DONE if decided else OPEN


def _print_table(options: argparse.Namespace, header: Sequence[str], rows: list[list[str]]) -> None:
    from fvtheory.beyond.table import markdown

    print(f"{markdown(header, rows)}\n" if options.markdown else grid(header, rows))
