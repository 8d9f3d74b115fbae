"""Assert how far off a decoder is at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, Unsatisfiable

from fvtheory.adversary import Counterexample, counterexample
from fvtheory.beyond import Family, Knowledge
from fvtheory.beyond.answers import BeyondDecoder
from fvtheory.claim_files.known import read_knowledge
from fvtheory.classes import FunctionClass
from fvtheory.decoders import Decoder, load_decoder
from fvtheory.errors import InvalidInputError, UnansweredError
from fvtheory.exact import Rational, rational, text
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.functions import Function
from fvtheory.information import MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.strategies import phis as phis_of
from fvtheory.strategies.information import read_class
from fvtheory.strategies.known import read_family
from fvtheory.symbols import constant_phi
from fvtheory.terms import evaluate
from fvtheory.testing.again import counterexample_line, in_json, name_of
from fvtheory.testing.knowledge import KnownFailure, farthest, known_too_far_off

SECONDS_A_PHI = 10.0
"""How long one Φ is searched at most; reached by very slow decoders only."""

_Value = TypeVar("_Value")
_Failure = TypeVar("_Failure")


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
    knowledge: Knowledge | Mapping | st.SearchStrategy[Knowledge] | None = None,
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
        knowledge: what is known in place of Φ (also a dict, as in claim files and JSON), or a strategy for it
            such as `fvtheory.strategies.knowledge`. Then the decoder is one of knowledge (see `fvtheory.beyond`),
            ``cls`` may be any class of `fvtheory.beyond.family`, and ``at_most`` is a number.

    Raises:
        AssertionError: with the smallest Φ found, f', the point, both values, and how to see it again.
        InvalidInputError: for bad arguments, and hypotheses that drawn Φ hardly ever meet.
        UnansweredError: for a decoder that takes more than a minute for an answer.
        UnsupportedError: for classes and knowledge whose functions cannot be built, with the reason.
    """
    __tracebackhide__ = True
    if knowledge is not None:
        if when is not None or phis is not None:
            raise InvalidInputError("knowledge beside when or phis", "knowledge alone")
        known = knowledge if isinstance(knowledge, st.SearchStrategy) else read_knowledge(knowledge)
        _assert_known(decoder, cls, at_most, lipschitz, dim, known, max_examples, seconds)
        return
    if isinstance(cls, Family):
        raise InvalidInputError(f"class {cls.name} without knowledge", "knowledge, or a class of Table 1")
    family, rate = read_class(cls, lipschitz)
    asked: Any = load_decoder(decoder, family, rate) if isinstance(decoder, str) else decoder
    bound, holds = _bound(at_most, family, rate), _hypotheses(when, family, rate)

    def failure(phi: MinMax) -> Counterexample | None:
        assume(holds(phi))
        found = counterexample(family, phi, asked, rate, SECONDS_A_PHI)
        return found if found.error > bound(phi) else None

    try:
        wrong = _smallest(
            phis if phis is not None else phis_of(family, dim, rate), failure, max_examples, seconds
        )
    except (Unsatisfiable, FailedHealthCheck) as error:
        raise InvalidInputError(
            f"when = {when!r}, which Φ hardly ever meet ({type(error).__name__})",
            "hypotheses that many feasible Φ meet",
            "draw such Φ: phis=a strategy for them",
        ) from None
    if wrong is not None:
        phi, found = wrong
        raise AssertionError(_too_far_off(decoder, family, rate, phi, bound(phi), found))


class _Failed(Exception):
    """Raised inside a Hypothesis run, which then looks for a smaller example."""


def _smallest(
    drawn: st.SearchStrategy[_Value],
    failure: Callable[[_Value], _Failure | None],
    max_examples: int,
    seconds: float,
) -> tuple[_Value, _Failure] | None:
    """The smallest value found that fails, with its failure; None where none was found.

    Args:
        drawn: a strategy for values that can be hashed.
        failure: what is wrong with a value; asked once a value, and of no further ones after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    seen: dict[_Value, _Failure | None] = {}
    failing: list[_Value] = []
    unanswered: list[UnansweredError] = []

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
    @given(drawn)
    def run(value: _Value) -> None:
        if value not in seen:
            late = bool(seen) and time.monotonic() > deadline
            try:
                seen[value] = None if late or unanswered else failure(value)
            except UnansweredError as error:  # a smaller example would take as long again
                unanswered.append(error)
                seen[value] = None
        if seen[value] is not None:
            failing.append(value)
            raise _Failed

    try:
        run()
    except _Failed:
        found = seen[failing[-1]]
        assert found is not None
        return failing[-1], found
    if unanswered:
        raise unanswered[0]
    return None


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
            f"Φ          {in_json(phi.to_json())}",
            f"at         {','.join(map(text, found.at))}",
            f"function   {found.value} there, the decoder {found.predicted}",
            f"radius     {found.radius}: {best}",
            f"f'         {in_json(found.function.to_json())}",
            f"see again  {counterexample_line(decoder, family, rate, phi)}",
        ]
    )


def _assert_known(
    decoder: Any,
    cls: FunctionClass | Family | str,
    at_most: Rational,
    lipschitz: Rational | None,
    dim: int,
    known: Knowledge | st.SearchStrategy[Knowledge],
    max_examples: int,
    seconds: float,
) -> None:
    """The same for knowledge: see `assert_decoder_error`."""
    __tracebackhide__ = True
    name = cls.name if isinstance(cls, FunctionClass) else cls
    members = read_family(name, known.dim if isinstance(known, Knowledge) else dim, lipschitz, {})
    bound = rational(at_most, "at_most")
    asked = load_decoder(decoder) if isinstance(decoder, str) else decoder

    def failure(knowledge: Knowledge) -> KnownFailure | None:
        found = farthest(members, knowledge, asked)
        return found if found.error > bound else None

    drawn = st.just(known) if isinstance(known, Knowledge) else known
    wrong = _smallest(drawn, failure, max_examples, seconds)
    if wrong is not None:
        # A class that is given as an object has more options than a line could name.
        named = None if isinstance(cls, Family) else name_of(decoder, None, None)
        rate = None if isinstance(cls, Family) else lipschitz
        raise AssertionError(known_too_far_off(decoder, named, members, rate, wrong[0], bound, wrong[1]))
