"""Where a decoder of knowledge is farthest from a function that agrees with it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from typing import Any

from fvtheory.beyond import Family, Gradient, Knowledge, fiber, radius
from fvtheory.decoders import asking
from fvtheory.exact import Point, Rational, short, text
from fvtheory.functions import Function
from fvtheory.information import MinMax
from fvtheory.testing.again import in_json

TINY = Fraction(1, 2**20)


@dataclass(frozen=True)
class KnownFailure:
    """Where a decoder is farthest from a function that agrees with what is known, of the points tried, and the
    least worst error there of any decoder."""

    function: Function
    at: Point
    value: Fraction
    predicted: Fraction
    least: Fraction

    @property
    def error(self) -> Fraction:
        return abs(self.value - self.predicted)


def farthest(members: Family, knowledge: Knowledge, decoder: Any) -> KnownFailure:
    """The worst case of those tried for a decoder of this knowledge.

    The envelopes are compared with the decoder at the widest point, at the points that are known and halfway
    between them, and on a lattice; a function is built at the point where that error is greatest.
    """
    agreeing = fiber(members, knowledge)
    agreeing.require_members()
    widest = radius(members, knowledge, gap=Fraction(1, 10), max_boxes=200).at
    named = [p for o in knowledge.operators for p in _points_of(o)]
    halfway = [tuple((s + t) / 2 for s, t in zip(p, q, strict=True)) for p, q in combinations(named[:8], 2)]
    steps = {1: 16, 2: 4}.get(knowledge.dim, 1 if knowledge.dim <= 6 else 0)
    lattice = product(
        [Fraction(i, steps or 1) for i in range(steps + 1)], repeat=knowledge.dim if steps else 0
    )
    tried = dict.fromkeys([*([widest] if widest else []), *named, *halfway, *(p for p in lattice if p)])

    def error(x: Point) -> Fraction:
        low, high = agreeing.envelope(x)
        return max(high - answer(x), answer(x) - low)

    with asking(decoder, knowledge) as answer:
        at = max(tried, key=error)
        predicted = answer(at)
    function = max(agreeing.members(at, TINY), key=lambda f: abs(f(at) - predicted))
    low, high = agreeing.envelope(at)
    return KnownFailure(function, at, function(at), predicted, (high - low) / 2)


def _points_of(operator: Any) -> Sequence[Point]:
    """The points that an operator names."""
    if isinstance(operator, MinMax):
        return [operator.x_min, operator.x_max]
    names = ("points", "others", "inside", "outside")
    found = [p for name in names for p in getattr(operator, name, ())]
    return [*found, operator.at] if isinstance(operator, Gradient) else found


def known_too_far_off(
    decoder: Any,
    named: tuple[str, Path | None] | None,
    members: Family,
    lipschitz: Rational | None,
    knowledge: Knowledge,
    bound: Fraction,
    found: KnownFailure,
) -> str:
    best = f"no decoder errs by less than {found.least} there in the worst case"
    document = in_json(knowledge.to_json())
    arguments = [json.dumps(members.name), json.dumps(text(bound))]
    arguments += [] if lipschitz is None else [f"lipschitz={json.dumps(str(lipschitz))}"]
    if named is not None:
        path = "" if named[1] is None else f"PYTHONPATH={shlex.quote(str(named[1]))} "
        call = f"assert_decoder_error({json.dumps(named[0])}, {', '.join(arguments)}, knowledge=known)"
        code = (
            "from fvtheory.beyond import Knowledge; from fvtheory.testing import assert_decoder_error; "
            f"known = Knowledge.from_json({json.dumps(document)}); {call}"
        )
        again = f"{path}python -c {shlex.quote(code)}"
    else:
        again = f"assert_decoder_error(decoder, {', '.join(arguments)}, knowledge=...)  # decoder: {short(decoder)}"
    return "\n".join(
        [
            f"the decoder is off by {found.error} > {bound} on a function of class {members.name}",
            f"knowledge  {document}",
            f"at         {','.join(map(text, found.at))}",
            f"function   {found.value} there, the decoder {found.predicted}",
            f"best       {best}",
            f"f'         {in_json(found.function.to_json())}",
            f"see again  {again}",
        ]
    )
