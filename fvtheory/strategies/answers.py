"""Decoders, ReLU networks and claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from fvtheory.claim_files.claim import KINDS, QUESTIONS, READINGS, UserClaim
from fvtheory.classes import CLASSES, get_class
from fvtheory.decoders import Decoder, clamped_decoder, constant_decoder, function_decoder
from fvtheory.exact import Point, text
from fvtheory.expressions import parse_term, phi_names
from fvtheory.functions import Clip, Combination, Function, constant
from fvtheory.information import CONVENTIONS, MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.networks.relu import Layer
from fvtheory.networks.writing import to_torch
from fvtheory.strategies.information import DIMS, check_dim, is_feasible_under, phis
from fvtheory.strategies.kinds import exact_functions
from fvtheory.strategies.numbers import POSITIVE_SHARES, RATES, SHARES, SIGNED
from fvtheory.symbols import constant_phi
from fvtheory.terms import Term, evaluate

# ---- decoders ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StretchedDecoder:
    """f_min + (f_max - f_min) * shape(x), for a fixed exact function ``shape`` with values in [0, 1]."""

    shape: Function

    def __call__(self, phi: MinMax) -> Function:
        return Combination([1, phi.spread], [constant(phi.f_min, phi.dim), self.shape])


@dataclass(frozen=True)
class FloatDecoder:
    """Another decoder as a black box: it answers with a plain Python function that returns floats."""

    inner: Decoder

    def __call__(self, phi: MinMax) -> Callable[[Point], float]:
        prediction = self.inner(phi)
        return lambda x: float(prediction(x))


def decoders(dim: int = 1) -> st.SearchStrategy[Decoder]:
    """Decoders for Φ of ``dim`` variables; each answers every such Φ.

    Constant, a shape stretched to [f_min, f_max], an exact function or ReLU network whatever Φ, with
    values in and beyond [0, 1], some clamped to [f_min, f_max], some black boxes that return floats.

    Raises:
        InvalidInputError: for a dimension below 1.
    """
    check_dim(dim)
    shapes = exact_functions(dim).map(lambda f: StretchedDecoder(Clip(f, 0, 1)))
    fixed = (exact_functions(dim) | relu_networks(dim)).map(function_decoder)
    exact = st.just(constant_decoder()) | shapes | fixed
    return exact | exact.map(clamped_decoder) | exact.map(FloatDecoder)


# ---- networks ------------------------------------------------------------------------------------


def relu_networks(dim: int | None = None) -> st.SearchStrategy[ReluNetwork]:
    """ReLU networks with exact dyadic weights in [-2, 2]: up to two hidden layers of up to four units.

    Args:
        dim: the number of inputs; None: 1 to 3.

    Raises:
        InvalidInputError: for a dimension below 1.
    """
    check_dim(dim)
    return _networks(dim)


def relu_modules(dim: int | None = None) -> st.SearchStrategy[Any]:
    """The same networks as PyTorch modules in float64, which hold the weights exactly; needs torch.

    Raises:
        InvalidInputError: for a dimension below 1.
        MissingDependencyError: without torch, when the first one is drawn.
    """
    return relu_networks(dim).map(to_torch)


@st.composite
def _networks(draw: st.DrawFn, dim: int | None) -> ReluNetwork:
    d = draw(DIMS) if dim is None else dim
    widths = [d, *draw(_HIDDEN), 1]
    layers = []
    for n, (inputs, outputs) in enumerate(pairwise(widths), 1):
        rows = tuple(draw(_row(inputs)) for _ in range(outputs))
        layers.append(Layer(rows, draw(_row(outputs)), relu=n < len(widths) - 1))
    return ReluNetwork(layers)


_HIDDEN = st.lists(st.integers(1, 4), max_size=2)


@cache
def _row(length: int) -> st.SearchStrategy[tuple[Fraction, ...]]:
    return st.tuples(*[SIGNED] * length)


# ---- claims --------------------------------------------------------------------------------------


def claims(cls: str | None = None, dim: int | None = None) -> st.SearchStrategy[UserClaim]:
    """Well-formed claims as claim files state them, true and false ones.

    Some feasible Φ meets the hypotheses of each, and denominators are positive, so that every one can be
    decided.

    Args:
        cls: the name of a class; None: all classes.
        dim: the number of variables; None: 1 to 3.

    Raises:
        UnknownNameError: for an unknown class.
        InvalidInputError: for a dimension below 1.
    """
    check_dim(dim)
    return _claims(tuple(CLASSES) if cls is None else (get_class(cls).name,), dim)


@st.composite
def _claims(draw: st.DrawFn, names: tuple[str, ...], only_dim: int | None) -> UserClaim:
    cls = draw(st.sampled_from(names))
    convention = draw(st.sampled_from([c for c in CONVENTIONS if is_feasible_under(CLASSES[cls], c)]))
    dim = draw(DIMS) if only_dim is None else only_dim
    rate = draw(RATES) if CLASSES[cls].needs_lipschitz else None
    any_rate = rate is not None and draw(st.booleans())
    leaves = _leaves(dim, rate is not None)
    question = draw(st.sampled_from(QUESTIONS))
    bound = "1" if question == "side" and draw(st.booleans()) else _bound(draw, leaves)
    when = None
    if draw(st.booleans()):
        phi = draw(phis(cls, dim, rate, convention))
        when = " and ".join(_true_at(draw, leaves, phi, rate) for _ in range(draw(st.integers(1, 2))))
    return UserClaim(
        id=f"drawn-{draw(st.integers(0, 999))}",
        cls=cls,
        dim=dim,
        question=question,
        kind=draw(st.sampled_from(KINDS)),
        bound=bound,
        lipschitz=None if rate is None else "L" if any_rate else text(rate),
        when=when,
        convention=convention,
        reading=draw(st.sampled_from(READINGS)),
    )


def _leaves(dim: int, lipschitz: bool) -> list[str]:
    points = ["x_min", "x_max"]
    if dim > 1:
        points = [f"{p}[{j}]" for p in points for j in range(dim)]
    return ["f_max", "f_min", *points, *(["L"] if lipschitz else [])]


def _bound(draw: st.DrawFn, leaves: list[str]) -> str:
    """A multiple of the spread, of L times a length, or any expression."""
    factor = text(draw(POSITIVE_SHARES))
    shape = draw(st.sampled_from(("spread", "mixed", "any")))
    if shape == "spread":
        return f"{factor}*(f_max - f_min)"
    if shape == "mixed":
        return f"{factor}*min(f_max - f_min, {_expression(draw, leaves, 1)})"
    return _expression(draw, leaves, 2)


def _expression(draw: st.DrawFn, leaves: list[str], depth: int) -> str:
    form = draw(st.sampled_from(_FORMS)) if depth else "leaf"
    if form == "leaf":
        return draw(st.sampled_from(leaves)) if draw(st.booleans()) else text(draw(SHARES))
    if form == "number":
        return f"{text(draw(SHARES))}*({_expression(draw, leaves, depth - 1)})"
    if form in _UNARY:
        return form.format(_expression(draw, leaves, depth - 1))
    return form.format(*(_expression(draw, leaves, depth - 1) for _ in range(2)))


_UNARY = ("(-{0})", "abs({0})")
_BINARY = (
    "({0} + {1})",
    "({0} - {1})",
    "({0} * {1})",
    "({0} / (1 + {1} * {1}))",
    "min({0}, {1})",
    "max({0}, {1})",
)
_FORMS = ("leaf", "number", *_UNARY, *_BINARY)


def _true_at(draw: st.DrawFn, leaves: list[str], phi: MinMax, rate: Fraction | None) -> str:
    """A comparison that holds for Φ, so that no hypotheses contradict each other."""
    left, right = (_expression(draw, leaves, 1) for _ in range(2))
    names = phi_names(constant_phi(phi, rate), rate is not None)
    p, q = (_value(parse_term(side, names)) for side in (left, right))
    relation = "==" if p == q else "<" if p < q else ">"
    return f"{left} {relation if draw(st.booleans()) else _WEAKER[relation]} {right}"


_WEAKER = {"==": "<=", "<": "<=", ">": ">="}


def _value(expression: Term) -> Fraction:
    return evaluate(expression, {})
