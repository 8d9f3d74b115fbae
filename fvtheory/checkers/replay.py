"""Exact replay of models: Fractions and the obligation itself, no solver.

A solver's word for "satisfiable" counts only if its values, put into the obligation as it was
written, really satisfy it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from fvtheory.obligations import Obligation
from fvtheory.terms import UndefinedTerm, evaluate

Model = Mapping[str, Fraction]

_SIMPLE = tuple(
    Fraction(p, q)
    for q in (1, 2, 3, 4, 5, 8, 10, 16)
    for p in range(2 * q + 1)
    if Fraction(p, q).denominator == q
)
"""0, 1, 2, 1/2, 3/2, 1/3, ... in order of simplicity."""


def confirms(obligation: Obligation, model: Model) -> bool:
    """Whether the values satisfy every assertion of the obligation, exactly.

    For a valid obligation this refutes it; for a satisfiable one it proves it. A division by zero
    is no confirmation.
    """
    try:
        return all(evaluate(a, model) for a in obligation.assertions)
    except UndefinedTerm:
        return False


def confirmed(obligation: Obligation, model: Model) -> Model | None:
    """The model, or one near it, that is confirmed; None if there is none.

    Solvers give irrational values by approximation; then rounded values are tried too.
    """
    complete = {name: Fraction(model.get(name, 0)) for name in obligation.symbols}
    return next((c for c in _roundings(complete) if confirms(obligation, c)), None)


def _roundings(model: Model) -> Iterator[dict[str, Fraction]]:
    yield dict(model)
    for size in (2, 10, 100, 10_000, 10**8):
        yield {name: value.limit_denominator(size) for name, value in model.items()}


def simplified(obligation: Obligation, model: Model) -> Model:
    """A confirmed model, made readable: one value after the other replaced by a simpler one, as long as
    the model stays confirmed."""
    best = dict(model)
    for name in best:
        for value in _SIMPLE:
            if best[name] == value:
                break
            trial = {**best, name: value}
            if confirms(obligation, trial):
                best = trial
                break
    return best
