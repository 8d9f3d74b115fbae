"""Assertions for tests of your own (extra ``[hypothesis]``).

    from fvtheory.testing import assert_decoder_error

    def test_my_decoder():
        assert_decoder_error(my_decoder, cls="lipschitz", lipschitz="2", at_most="1/4")

Each raises AssertionError with the smallest counterexample that was found and one line that shows it again.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, Unsatisfiable

from fvtheory.adversary import Counterexample, counterexample
from fvtheory.beyond import Family, Gradient, Knowledge, fiber, radius
from fvtheory.beyond.answers import BeyondDecoder
from fvtheory.checking import check
from fvtheory.claim_file import UserClaim, read_claims
from fvtheory.classes import FunctionClass
from fvtheory.decoders import (
    CENTRAL,
    CONSTANT,
    CentralDecoder,
    ConstantDecoder,
    Decoder,
    FunctionDecoder,
    load_decoder,
    predict,
)
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, Rational, distance, rational, short, text
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.functions import Function, Maximum, Minimum, maximum, minimum
from fvtheory.functions.pieces import pieces
from fvtheory.information import MinMax, check_convention
from fvtheory.networks import ReluNetwork
from fvtheory.obligations import PROVED
from fvtheory.strategies import phis as phis_of
from fvtheory.strategies.information import read_class
from fvtheory.strategies.known import read_family
from fvtheory.symbols import constant_phi
from fvtheory.terms import evaluate

__all__ = ["assert_claim", "assert_decoder_error", "assert_in_class", "assert_same_information"]

SECONDS_A_PHI = 10.0
"""How long one Φ is searched at most; reached by very slow decoders only."""

MAX_WITNESSES = 40
"""From how many points of a function those are chosen that show what is wrong with it."""

ZERO, ONE = Fraction(0), Fraction(1)
TINY = Fraction(1, 2**20)


# ---- decoders ------------------------------------------------------------------------------------


class _TooFarOff(Exception):
    """Raised inside a Hypothesis run, which then looks for a smaller Φ."""


def assert_decoder_error(
    decoder: Decoder | BeyondDecoder | Function | ReluNetwork | str,
    cls: FunctionClass | Family | str,
    at_most: Rational,
    lipschitz: Rational | None = None,
    dim: int = 1,
    when: str | None = None,
    phis: st.SearchStrategy[MinMax] | None = None,
    max_examples: int = 50,
    seconds: float = 20.0,
    knowledge: Knowledge | st.SearchStrategy[Knowledge] | None = None,
) -> None:
    """Assert that the decoder is off by at most a bound, for every feasible Φ and every function with it.

    Feasible Φ are drawn, and for each a function of the class is sought on which the decoder fails
    (`fvtheory.counterexample`). What it finds is certain; that nothing is found is evidence, not proof
    (`assert_claim` proves, for the best possible decoder).

    Args:
        decoder: a decoder (see `fvtheory.decoders`), an exact function or network to predict with, or a
            name as on the command line (MODULE:NAME, central, constant, a file).
        cls: a function class or its name.
        at_most: the bound: a rational, or an expression of claim files such as "(f_max - f_min)/2".
        lipschitz: the Lipschitz constant, where the class needs one.
        dim: the number of variables.
        when: hypotheses on Φ, an expression such as "x_min < x_max".
        phis: a strategy for Φ, in place of `fvtheory.strategies.phis`.
        max_examples: how many Φ are tried.
        seconds: begin no further Φ after this time.
        knowledge: what is known in place of Φ, or a strategy for it such as `fvtheory.strategies.knowledge`. Then
            the decoder is one of knowledge (see `fvtheory.beyond`), ``cls`` may be any class of
            `fvtheory.beyond.family`, and ``at_most`` is a number.

    Raises:
        AssertionError: with the smallest Φ found, f', the point, both values, and how to see it again.
        InvalidInputError: for bad arguments, and hypotheses that drawn Φ hardly ever meet.
        UnsupportedError: for classes and knowledge whose functions cannot be built, with the reason.
    """
    __tracebackhide__ = True
    if knowledge is not None:
        if when is not None or phis is not None:
            raise InvalidInputError("knowledge beside when or phis", "knowledge alone")
        count = knowledge.dim if isinstance(knowledge, Knowledge) else dim
        name = cls.name if isinstance(cls, FunctionClass) else cls
        known = st.just(knowledge) if isinstance(knowledge, Knowledge) else knowledge
        members = read_family(name, count, lipschitz, {})
        again = None if isinstance(cls, Family) else lipschitz
        _assert_known(decoder, members, at_most, isinstance(cls, Family), again, known, max_examples, seconds)
        return
    if isinstance(cls, Family):
        raise InvalidInputError(f"class {cls.name} without knowledge", "knowledge, or a class of Table 1")
    family, rate = read_class(cls, lipschitz)
    asked: Any = load_decoder(decoder, family, rate) if isinstance(decoder, str) else decoder
    bound, holds = _bound(at_most, family, rate), _hypotheses(when, family, rate)
    deadline = time.monotonic() + seconds
    seen: dict[MinMax, Counterexample | None] = {}
    failing: list[Counterexample] = []

    @settings(
        max_examples=max_examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    @given(phis if phis is not None else phis_of(family, dim, rate))
    def run(phi: MinMax) -> None:
        assume(holds(phi))
        if phi not in seen:
            late = bool(seen) and time.monotonic() > deadline
            seen[phi] = None if late else counterexample(family, phi, asked, rate, SECONDS_A_PHI)
        found = seen[phi]
        if found is not None and found.error > bound(phi):
            failing.append(found)
            raise _TooFarOff

    try:
        run()
    except _TooFarOff:
        smallest = next(phi for phi, found in seen.items() if found is failing[-1])
        message = _too_far_off(decoder, family, rate, smallest, bound(smallest), failing[-1])
        raise AssertionError(message) from None
    except (Unsatisfiable, FailedHealthCheck) as error:
        raise InvalidInputError(
            f"when = {when!r}, which Φ hardly ever meet ({type(error).__name__})",
            "hypotheses that many feasible Φ meet",
            "draw such Φ: phis=a strategy for them",
        ) from None


def _bound(at_most: Rational, family: FunctionClass, rate: Fraction | None) -> Callable[[MinMax], Fraction]:
    if not isinstance(at_most, str):
        number = rational(at_most, "at_most")
        return lambda phi: number
    return lambda phi: evaluate(parse_term(at_most, _names(family, phi, rate)), {})


def _hypotheses(when: str | None, family: FunctionClass, rate: Fraction | None) -> Callable[[MinMax], bool]:
    if when is None:
        return lambda phi: True
    return lambda phi: evaluate(parse_formula(when, _names(family, phi, rate)), {})


def _names(family: FunctionClass, phi: MinMax, rate: Fraction | None) -> dict:
    return phi_names(constant_phi(phi, rate), family.needs_lipschitz)


def _too_far_off(
    decoder: Any,
    family: FunctionClass,
    rate: Fraction | None,
    phi: MinMax,
    bound: Fraction,
    found: Counterexample,
) -> str:
    known = family.name if rate is None else f"{family.name} (L = {rate})"
    best = "the best decoder has that error there"
    if bound < found.radius:
        best = "no decoder whatsoever stays within the bound there"
    return "\n".join(
        [
            f"the decoder is off by {found.error} > {bound} on a function of class {known}",
            f"Φ          {_json(phi.to_json())}",
            f"at         {','.join(map(text, found.at))}",
            f"function   {found.value} there, the decoder {found.predicted}",
            f"radius     {found.radius}: {best}",
            f"f'         {_json(found.function.to_json())}",
            f"see again  {_counterexample_line(decoder, family, rate, phi)}",
        ]
    )


def _assert_known(
    decoder: Any,
    members: Family,
    at_most: Rational,
    unnamed: bool,
    lipschitz: Rational | None,
    known: st.SearchStrategy[Knowledge],
    max_examples: int,
    seconds: float,
) -> None:
    """The same for knowledge: see `assert_decoder_error`. ``unnamed``: the class has more options than a rate."""
    __tracebackhide__ = True
    bound = rational(at_most, "at_most")
    asked = load_decoder(decoder) if isinstance(decoder, str) else decoder
    deadline = time.monotonic() + seconds
    seen: dict[Knowledge, _KnownFailure | None] = {}
    failing: list[Knowledge] = []

    @settings(
        max_examples=max_examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(known)
    def run(knowledge: Knowledge) -> None:
        if knowledge not in seen:
            late = bool(seen) and time.monotonic() > deadline
            seen[knowledge] = None if late else _farthest(members, knowledge, asked)
        found = seen[knowledge]
        if found is not None and found.error > bound:
            failing.append(knowledge)
            raise _TooFarOff

    try:
        run()
    except _TooFarOff:
        found = seen[failing[-1]]
        assert found is not None
        name = None if unnamed else _name_of(decoder, None, None)
        message = _known_too_far_off(decoder, name, members, lipschitz, failing[-1], bound, found)
        raise AssertionError(message) from None


@dataclass(frozen=True)
class _KnownFailure:
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


def _farthest(members: Family, knowledge: Knowledge, decoder: Any) -> _KnownFailure:
    """The envelopes are compared with the decoder at the widest point, at the points that are known and halfway
    between them, and on a lattice; a function is built at the point where that error is greatest."""
    agreeing = fiber(members, knowledge)
    agreeing.require_members()
    answer = predict(decoder, knowledge)
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

    at = max(tried, key=error)
    predicted = answer(at)
    function = max(agreeing.members(at, TINY), key=lambda f: abs(f(at) - predicted))
    low, high = agreeing.envelope(at)
    return _KnownFailure(function, at, function(at), predicted, (high - low) / 2)


def _points_of(operator: Any) -> Sequence[Point]:
    """The points that an operator names."""
    if isinstance(operator, MinMax):
        return [operator.x_min, operator.x_max]
    names = ("points", "others", "inside", "outside")
    found = [p for name in names for p in getattr(operator, name, ())]
    return [*found, operator.at] if isinstance(operator, Gradient) else found


def _known_too_far_off(
    decoder: Any,
    named: tuple[str, Path | None] | None,
    members: Family,
    lipschitz: Rational | None,
    knowledge: Knowledge,
    bound: Fraction,
    found: _KnownFailure,
) -> str:
    best = f"no decoder errs by less than {found.least} there in the worst case"
    document = _json(knowledge.to_json())
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
            f"f'         {_json(found.function.to_json())}",
            f"see again  {again}",
        ]
    )


# ---- functions -----------------------------------------------------------------------------------


def assert_in_class(
    f: Function | ReluNetwork, cls: FunctionClass | str, lipschitz: Rational | None = None
) -> None:
    """Assert that f obeys the law of the class and has its values in [0, 1]; decided exactly.

    Args:
        f: an exact function or network (`fvtheory.networks.reading` makes one of a PyTorch module).
        cls: a function class or its name.
        lipschitz: the Lipschitz constant, where the class needs one.

    Raises:
        AssertionError: with points and values that show it, where some were found.
        InvalidInputError: for bad arguments, and functions that cannot be decided (see
            `fvtheory.functions.membership`).
    """
    __tracebackhide__ = True
    family, rate = read_class(cls, lipschitz)
    function = _function(f, "f")
    wrong = None
    for value, name in ((minimum(function).value, "infimum"), (maximum(function).value, "supremum")):
        if not 0 <= value <= 1:
            wrong = f"its {name} is {value}, outside [0, 1]"
    if wrong is None and not family.contains(function, rate):
        wrong = next(_violations(function, family, rate), "decided on its affine pieces")
    if wrong is None:
        return
    known = family.name if rate is None else f"{family.name} (L = {rate})"
    call = f"assert_in_class(read({_literal(function)}), {json.dumps(family.name)}"
    call += ")" if rate is None else f", {json.dumps(text(rate))})"
    lines = [f"f is not in class {known}: {wrong}", f"f          {_json(function.to_json())}"]
    raise AssertionError("\n".join([*lines, f"see again  {_python('assert_in_class', call)}"]))


def assert_same_information(
    f: Function | ReluNetwork, g: Function | ReluNetwork, convention: str = "any-selection"
) -> None:
    """Assert that Φ(f) = Φ(g): no decoder can tell the two apart; decided exactly.

    Args:
        f, g: exact functions or networks of one dimension.
        convention: ``any-selection``: some Φ is that of both; ``first``: the lexicographically least
            extrema are the same; ``unique``: both have unique extrema, the same.

    Raises:
        AssertionError: with what differs.
        InvalidInputError: for other types, different dimensions, or functions that cannot be decided.
    """
    __tracebackhide__ = True
    check_convention(convention)
    first, second = _function(f, "f"), _function(g, "g")
    if first.dim != second.dim:
        raise InvalidInputError(f"functions of dimension {first.dim} and {second.dim}", "one dimension")
    wrong = next(_differences(first, second, convention), None)
    if wrong is None:
        return
    call = f"assert_same_information(read({_literal(first)}), read({_literal(second)}), {json.dumps(convention)})"
    raise AssertionError(
        "\n".join(
            [
                f"f and g have different information: {wrong}",
                f"f          {_json(first.to_json())}",
                f"g          {_json(second.to_json())}",
                f"see again  {_python('assert_same_information', call)}",
            ]
        )
    )


def _differences(f: Function, g: Function, convention: str) -> Iterator[str]:
    for name, extremum, common in (("minim", minimum, Maximum), ("maxim", maximum, Minimum)):
        here, there = extremum(f), extremum(g)
        for which, found in (("f", here), ("g", there)):
            if not found.attained:
                yield f"{which} has no {name}um, it only approaches {found.value}"
        if here.value != there.value:
            yield f"the {name}um of f is {here.value}, that of g {there.value}"
        elif convention == "any-selection":
            # Where both have the common minimum, so has their maximum.
            both = extremum(common([f, g]))
            if both.value != here.value or not both.attained:
                at, other = (_shown(e.first()) for e in (here, there))
                yield f"no {name}izer of f is one of g: f has {here.value} at {at}, g at {other}"
        else:
            if convention == "unique" and not (here.is_unique and there.is_unique):
                yield f"the {name}izer of {'g' if here.is_unique else 'f'} is not unique"
            if here.first() is None or here.first() != there.first():
                yield f"the first {name}izers are {_shown(here.first())} and {_shown(there.first())}"


def _shown(p: Point | None) -> str:
    return "no least point" if p is None else f"({', '.join(map(text, p))})"


def _function(f: Any, name: str) -> Function:
    if isinstance(f, Function):
        return f
    if not isinstance(f, ReluNetwork):
        raise InvalidInputError(
            f"{name} of type {type(f).__name__}",
            "an exact function or network",
            "see fvtheory.functions, and fvtheory.networks.reading for PyTorch modules",
        )
    return f.to_function()


# ---- points that show that a function is not in a class --------------------------------------------


def _violations(f: Function, family: FunctionClass, rate: Fraction | None) -> Iterator[str]:
    """Points where the law of the class fails, in words."""
    if family.continuous or family.name == "convex":
        for p, form in pieces(f, thin=True):
            for v in p.vertices:
                if family.continuous and form.at(v) != f(v):
                    yield f"it jumps at {_shown(v)}: the value is {f(v)}, a limit is {form.at(v)}"
    found = _witness_points(f)
    if family.name == "monotone":
        rises = (p for p in _ordered(found) if f(p[0]) < f(p[1]))
        falls = (p for p in _ordered(found) if f(p[0]) > f(p[1]))
        up, down = next(rises, None), next(falls, None)
        if up is not None and down is not None:
            yield f"it rises, {_values(f, *up)}, and falls, {_values(f, *down)}"
    for x, y in combinations(found, 2):
        if family.name == "constant" and f(x) != f(y):
            yield _values(f, x, y)
        if rate is not None and abs(f(x) - f(y)) > rate * distance(x, y):
            yield f"{_values(f, x, y)}, that is further apart than {rate * distance(x, y)}"
        if family.name in ("convex", "affine"):
            for share in (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)):
                z = tuple(share * s + (1 - share) * t for s, t in zip(x, y, strict=True))
                chord = share * f(x) + (1 - share) * f(y)
                if f(z) > chord or (family.name == "affine" and f(z) != chord):
                    yield f"{_values(f, x, y, z)}, the chord has {chord} at the last"


def _witness_points(f: Function) -> list[Point]:
    """Vertices and centres of the affine pieces."""
    found = pieces(f, thin=True)
    points = [p.centre() for p, _ in found] + [v for p, _ in found for v in p.vertices]
    return list(dict.fromkeys(points))[:MAX_WITNESSES]


def _ordered(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Pairs x <= y, x != y."""
    for x in points:
        for y in points:
            if x != y and all(s <= t for s, t in zip(x, y, strict=True)):
                yield x, y


def _values(f: Function, *points: Point) -> str:
    return ", ".join(f"f{_shown(p)} = {f(p)}" for p in points)


# ---- claims --------------------------------------------------------------------------------------


def assert_claim(claim: UserClaim | str | os.PathLike[str], seconds_a_query: float = 10.0) -> None:
    """Assert that a claim is PROVED, or as its key ``expected`` says.

    Args:
        claim: a claim, or the path of a claim file, of which every claim is asserted.
        seconds_a_query: the hard limit for one question to one solver.

    Raises:
        AssertionError: with the verdict, a smallest Φ where the claim fails, and how to see it again.
        InvalidInputError: as `fvtheory.check`.
    """
    __tracebackhide__ = True
    claims = [claim] if isinstance(claim, UserClaim) else read_claims(claim)
    failed = []
    for found in check(claims, seconds_a_query=seconds_a_query, sharpness=False).claims:
        expected = found.claim.expected or PROVED
        if found.status != expected:
            line = f"printf '%s\\n' {shlex.join(_toml(found.claim))} | fvtheory check /dev/stdin --explain"
            line += f" --timeout {seconds_a_query:g}"
            failed.append(
                "\n".join([f"expected {expected}: {found.claim}", *found.explanation, f"see again  {line}"])
            )
    if failed:
        raise AssertionError("\n\n".join(failed))


def _toml(claim: UserClaim) -> list[str]:
    """The lines of a claim file with the claim."""
    keys = {"cls": "class", "text": "statement"}
    lines = ["[[claim]]"]
    for field in fields(claim):
        value = getattr(claim, field.name)
        if value not in (None, "") and (field.name, value) != ("fidelity", "exact"):
            if field.name == "evaluations":
                shown = f"[{', '.join(e.to_toml() for e in value)}]"
            elif field.name == "knowledge":
                shown = _inline(value.to_json())
            else:
                shown = str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
            lines.append(f"{keys.get(field.name, field.name)} = {shown}")
    return lines


def _inline(value: Any) -> str:
    """A value of JSON in TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# ---- lines that show a failure again ---------------------------------------------------------------


def _json(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False)


def _literal(f: Function) -> str:
    """A Python string literal, in double quotes, of the function in JSON."""
    return json.dumps(json.dumps(f.to_json()))


def _python(name: str, call: str) -> str:
    """A command that runs one assertion on functions in JSON."""
    code = f"from fvtheory import function_from_json as read; from fvtheory.testing import {name}; {call}"
    return f"python -c {shlex.quote(code)}"


def _counterexample_line(decoder: Any, family: FunctionClass, rate: Fraction | None, phi: MinMax) -> str:
    """The command line for this counterexample or, for a decoder without a name, a line of Python."""
    named = _name_of(decoder, family, rate)
    if named is not None:
        name, folder = named
        words = ["fvtheory", "counterexample", "--class", family.name, "--phi", _json(phi.to_json())]
        words += ["--decoder", name] + ([] if rate is None else ["--lipschitz", text(rate)])
        path = "" if folder is None else f"PYTHONPATH={shlex.quote(str(folder))} "
        return path + shlex.join(words)
    numbers = [json.dumps(part) for part in phi.to_json().values()]
    arguments = [json.dumps(family.name), f"fvtheory.MinMax({', '.join(numbers)})"]
    exact = decoder.function if isinstance(decoder, FunctionDecoder) else decoder
    further = [] if rate is None else [f"lipschitz={json.dumps(text(rate))}"]
    if isinstance(exact, Function):
        arguments += [f"fvtheory.function_from_json({_literal(exact)})", *further]
        code = f"import fvtheory; print(fvtheory.counterexample({', '.join(arguments)}))"
        return f"python -c {shlex.quote(code)}"
    return f"fvtheory.counterexample({', '.join([*arguments, 'decoder', *further])})  # decoder: {short(decoder)}"


def _name_of(
    decoder: Any, family: FunctionClass | None, rate: Fraction | None
) -> tuple[str, Path | None] | None:
    """What the command line calls the decoder, and the folder that has to be on the path for it."""
    if isinstance(decoder, str):
        return decoder, None
    name = None if family is None else family.name
    if isinstance(decoder, CentralDecoder) and (decoder.cls.name, decoder.lipschitz) == (name, rate):
        return CENTRAL, None
    if isinstance(decoder, ConstantDecoder):
        return CONSTANT, None
    holder = decoder if hasattr(decoder, "__qualname__") else type(decoder)
    module = sys.modules.get(getattr(holder, "__module__", None) or "")
    if module is None or module.__name__ == "__main__":
        return None
    names = [getattr(decoder, "__qualname__", ""), *(n for n, v in vars(module).items() if v is decoder)]
    name = next((n for n in names if n and _reached(module, n) is decoder), None)
    folder = _folder_of(module)
    if name is None or folder is None:
        return None
    installed = {Path(p).resolve() for p in sysconfig.get_paths().values()}
    return f"{module.__name__}:{name}", None if folder in {Path.cwd(), *installed} else folder


def _reached(module: Any, name: str) -> Any:
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _folder_of(module: Any) -> Path | None:
    """The folder from which ``import`` finds the module, if its file lies where its name says."""
    file = Path(getattr(module, "__file__", None) or "").resolve()
    parts = module.__name__.split(".")
    if file.name == "__init__.py":
        file = file.parent
    if [*file.parts[-len(parts) : -1], file.stem] != parts:
        return None
    return file.parents[len(parts) - 1]
