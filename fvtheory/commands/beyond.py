"""``fvtheory beyond radius | envelope | counterexample | advise | table``: any knowledge in place of Φ.

``--knowledge`` takes a file with JSON or the JSON itself (see `fvtheory.beyond.knowledge`); JSON out is as for
Φ: exact rationals as strings.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from fvtheory.commands.options import Bar, print_json
from fvtheory.errors import InvalidInputError

EXAMPLE = '{"kind": "evaluations", "points": [["0"], ["1"]], "values": ["1/4", "1/2"]}'


def add_commands(commands: Any) -> None:
    """Add the command ``beyond`` to the subparsers of ``fvtheory``."""
    beyond = commands.add_parser(
        "beyond",
        help="the same with more knowledge than Φ: evaluations, tops, gradients, level sets",
        description="What can be told about a function from any knowledge: information operators that combine "
        "freely, and classes that intersect.",
    )
    inner = beyond.add_subparsers(metavar="QUESTION", required=True)

    radius = inner.add_parser(
        "radius",
        help="the smallest worst-case error of any decoder",
        description="The radius of information: exact in one variable, certified bounds in several.",
        epilog=f"example: fvtheory beyond radius --class lipschitz --lipschitz 1 --knowledge '{EXAMPLE}'",
    )
    _add_question(radius)
    _add_search(radius)
    radius.add_argument("--state", metavar="FILE", help="keep the search in a file and go on from it")
    radius.set_defaults(run=_radius)

    envelope = inner.add_parser(
        "envelope",
        help="the range of f(x) over all f that agree",
        description="Infimum and supremum of f(x) over the functions of a class that agree with the knowledge.",
        epilog=f"example: fvtheory beyond envelope --class convex --at 1/2 --knowledge '{EXAMPLE}'",
    )
    _add_question(envelope)
    envelope.add_argument(
        "--at", action="append", required=True, metavar="POINT", help="a point: x, or x,y,... (repeatable)"
    )
    envelope.set_defaults(run=_envelope)

    counterexample = inner.add_parser(
        "counterexample",
        help="a function that agrees and on which a decoder fails",
        description="A function of the class that agrees with the knowledge, on which a decoder errs by about "
        "the radius.",
        epilog="the decoder is MODULE:NAME, a callable decode(knowledge) -> callable(point) -> number, imported "
        "with the current folder on the path",
    )
    _add_question(counterexample)
    _add_search(counterexample)
    counterexample.add_argument("--decoder", required=True, metavar="MODULE:NAME")
    counterexample.set_defaults(run=_counterexample)

    advise = inner.add_parser(
        "advise",
        help="which point to ask next",
        description="The evaluation after which the radius is least in the worst case, with certified bounds.",
        epilog=f"example: fvtheory beyond advise --class lipschitz --lipschitz 1 --knowledge '{EXAMPLE}'",
    )
    _add_question(advise)
    _add_search(advise)
    advise.add_argument(
        "--at", action="append", metavar="POINT", help="a candidate (repeatable; default: a lattice)"
    )
    advise.add_argument("--first", type=_whole, default=5, metavar="N", help="show the N best (default: 5)")
    advise.set_defaults(run=_advise)

    table = inner.add_parser(
        "table",
        help="information x class: the exact radius of one stated instance a cell",
        description="The exact radius for each kind of information about the function f(x) = x on [0, 1] in each "
        "class: instances, not theorems.",
    )
    table.add_argument("--json", action="store_true", help="one JSON document on standard output")
    table.set_defaults(run=_table)


def _add_question(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--class",
        dest="cls",
        required=True,
        metavar="CLASS",
        help="atoms joined by +: all, continuous, neural-network, erm, piecewise-affine, constant, lipschitz, "
        "monotone, sparse, convex, concave, quasi-convex, affine, additive; for example convex+lipschitz",
    )
    command.add_argument(
        "--knowledge", required=True, metavar="FILE", help="a JSON file, or JSON that starts with {"
    )
    command.add_argument("--lipschitz", metavar="L", help="the Lipschitz constant, or unknown")
    command.add_argument("--norm", default="sup", metavar="NORM", help="sup (default) or 1")
    command.add_argument("--weights", metavar="W,W,...", help="of the coordinates in the norm")
    command.add_argument(
        "--signs", metavar="SIGNS", help="of monotone: +, - or 0 a coordinate, such as +0-; write --signs=-+"
    )
    command.add_argument("--coordinates", type=_whole, metavar="K", help="of sparse: at most K coordinates")
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _add_search(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--gap", default="1/100", metavar="G", help="in several variables: end there (default: 1/100)"
    )
    command.add_argument("--max-boxes", type=_whole, metavar="N", help="in several variables: end then")


def _whole(word: str) -> int:
    if not word.isdecimal() or not 0 <= int(word) < 10**9:
        raise argparse.ArgumentTypeError(f"got {word!r}; required: a whole number")
    return int(word)


def _question(options: argparse.Namespace) -> tuple[Any, Any]:
    """(class, knowledge) of the options."""
    from fvtheory.beyond import Knowledge, family

    given = options.knowledge
    if not given.lstrip().startswith("{"):
        file = Path(given)
        if not file.is_file():
            raise InvalidInputError(f"--knowledge {given!r}", "a JSON file that exists, or JSON")
        try:
            given = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InvalidInputError(
                f"knowledge file {file.name!r} that is not text", "JSON in UTF-8"
            ) from None
    known = Knowledge.from_json(given)
    weights = None if options.weights is None else options.weights.split(",")
    cls = family(
        options.cls,
        known.dim,
        lipschitz=options.lipschitz,
        norm=options.norm,
        weights=weights,
        signs=options.signs,
        coordinates=options.coordinates,
    )
    return cls, known


def _bar() -> Any:
    bar = Bar()

    def step(seen: int, lower: Any, upper: Any) -> None:
        bar(f"radius between {float(lower):.6g} and {float(upper):.6g}, boxes", seen, seen + 1)

    return bar, step


def _radius(options: argparse.Namespace) -> int:
    from fvtheory.beyond import radius

    cls, known = _question(options)
    bar, step = _bar()
    try:
        found = radius(
            cls,
            known,
            gap=options.gap,
            max_boxes=options.max_boxes,
            progress=step,
            state=options.state,
        )
    finally:
        bar.end()
    if options.json:
        print_json(found.to_json())
    elif not found.feasible:
        print(f"infeasible: no function of class {cls.name} agrees: {found.reason}")
    elif found.exact is not None:
        print(f"radius   {found.exact}{'' if found.attained else ', approached'} at {_point(found.at)}")
    elif found.lower is not None and found.upper is not None:
        print(f"radius   from {float(found.lower):.6g} to {float(found.upper):.6g}, certified")
        print(f"         {found.lower} at {_point(found.at)}; {found.boxes} boxes")
    return 0


def _envelope(options: argparse.Namespace) -> int:
    from fvtheory.beyond import envelope

    cls, known = _question(options)
    found = envelope(cls, known, [word.split(",") for word in options.at])
    if options.json:
        print_json(found.to_json())
    else:
        from fvtheory.report.terminal import grid

        rows = [[_point(p.at), str(p.lower), str(p.upper)] for p in found.points]
        print(grid(("at", "lower", "upper"), rows))
    return 0


def _counterexample(options: argparse.Namespace) -> int:
    from fvtheory.beyond import counterexample
    from fvtheory.decoders import load_decoder

    cls, known = _question(options)
    if ":" not in options.decoder:
        raise InvalidInputError(f"--decoder {options.decoder!r}", "MODULE:NAME, a decoder of knowledge")
    decoder: Any = load_decoder(options.decoder)
    found = counterexample(cls, known, decoder, gap=options.gap, max_boxes=options.max_boxes)
    if options.json:
        print_json(found.to_json())
        return 0
    print(f"at        {_point(found.at)}")
    print(f"function  {found.value} there, the decoder {found.predicted}")
    print(f"error     {found.error} ({float(found.error):.6g})")
    print(f"radius    from {found.radius_lower} to {found.radius_upper}: no decoder has a smaller worst case")
    print(f"f'        {json.dumps(found.function.to_json(), ensure_ascii=False)}")
    return 0


def _advise(options: argparse.Namespace) -> int:
    from fvtheory.beyond.advise import advise

    cls, known = _question(options)
    candidates = None if options.at is None else [word.split(",") for word in options.at]
    boxes = 20_000 if options.max_boxes is None else options.max_boxes
    found = advise(cls, known, candidates=candidates, gap=options.gap, max_boxes=boxes)
    if options.json:
        print_json(found.to_json())
        return 0
    from fvtheory.report.terminal import grid

    print(f"radius now  from {float(found.lower):.6g} to {float(found.upper):.6g}")
    rows = [
        [_point(q.at), f"{float(q.lower):.6g}", f"{float(q.upper):.6g}", str(q.worst_answer)]
        for q in found.queries[: options.first]
    ]
    print(grid(("ask", "left at least", "left at most", "worst answer"), rows))
    return 0


def _table(options: argparse.Namespace) -> int:
    from fvtheory.beyond.table import COLUMNS, ROWS, table

    cells = table()
    if options.json:
        print_json({"function": "f(x) = x on [0, 1]", "L": "2", "cells": [c.to_json() for c in cells]})
        return 0
    from fvtheory.report.terminal import grid

    by_place = {(c.information, c.cls): "-" if c.radius is None else str(c.radius) for c in cells}
    rows = [[row, *(by_place[row, column] for column in COLUMNS)] for row in ROWS]
    print(grid(("known of f(x) = x", *COLUMNS), rows))
    print(
        "Each cell is the exact radius of this instance (L = 2); -: not supported. No statement about other f."
    )
    return 0


def _point(p: Any) -> str:
    return ",".join(map(str, p))
