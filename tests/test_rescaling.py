"""Lengths in units of 1/L: a rescaled formula at X = L x says what the formula says at x."""

from __future__ import annotations

import operator
from fractions import Fraction as Q

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fvtheory import terms as t
from fvtheory.checkers.replay import confirms
from fvtheory.classes import get_class
from fvtheory.obligations import satisfiable, valid
from fvtheory.rescaling import NotHomogeneousError, Rescaling
from fvtheory.statements import RadiusStatement, rescaling_of
from test_terms import SMALL, defined, formulas, values

X, Y, L, M = t.Sym("x"), t.Sym("y"), t.Sym("L"), t.Sym("f_min")
NAMES = ("x", "y", "L", "f_min")
UNITS = Rescaling(L, frozenset({"x", "y"}))
POSITIVE = st.sampled_from([Q(1, 3), Q(1, 2), Q(1), Q(3, 2), Q(4)])

# Terms that have the dimension of a length, and of a number, so that most comparisons can be rescaled.


def _lengths(inner):
    return st.one_of(
        st.builds(lambda kind, p, q: kind(p, q), st.sampled_from([t.Add, t.Min, t.Max]), inner, inner),
        st.builds(operator.sub, inner, inner),
        st.builds(lambda p, c: p * c, inner, SMALL),
        inner.map(t.Abs),
        st.builds(lambda a, b, p, q: t.ite(a <= b, p, q), inner, inner, inner, inner),
    )


lengths = st.recursive(st.sampled_from([X, Y, X - Y]), _lengths, max_leaves=4)
numbers = st.recursive(
    st.one_of(st.just(M), SMALL.map(t.Const), lengths.map(lambda p: L * p), lengths.map(lambda p: p * L)),
    _lengths,
    max_leaves=4,
)
homogeneous = st.one_of(
    st.builds(lambda kind, p, q: kind(p, q), st.sampled_from([t.Le, t.Lt, t.Eq]), lengths, lengths),
    st.builds(lambda kind, p, q: kind(p, q), st.sampled_from([t.Le, t.Lt, t.Eq]), numbers, numbers),
    st.builds(lambda p, q, c: t.Le(p / (M * M + 1), q * c), lengths, lengths, numbers),
    st.builds(lambda p, q, c: t.Lt(p / q, c), lengths, lengths, numbers),
)


def in_units(at):
    return {name: value * at["L"] if name in UNITS.lengths else value for name, value in at.items()}


def agree(formula, at, units=UNITS) -> bool:
    (new,) = units.formulas([formula])
    wanted = defined(formula, at)
    return t.evaluate(new, in_units(at)) == wanted


def combined(parts):
    return st.recursive(
        parts,
        lambda f: st.one_of(f.map(t.Not), st.lists(f, max_size=3).map(lambda fs: t.And(tuple(fs)))),
        max_leaves=3,
    )


@given(combined(homogeneous), values(NAMES), POSITIVE)
@settings(max_examples=120, deadline=None)
def test_truth_is_kept(formula, at, unit):
    try:
        assert agree(formula, {**at, "L": unit})
    except NotHomogeneousError:
        assume(False)


@given(formulas(NAMES), values(NAMES), POSITIVE)
@settings(max_examples=120, deadline=None)
def test_truth_is_kept_where_an_arbitrary_formula_can_be_rescaled(formula, at, unit):
    """The unit is itself a symbol that may occur anywhere."""
    try:
        new = UNITS.formulas([formula])
    except NotHomogeneousError:
        return
    at = {**at, "L": unit}
    wanted = defined(formula, at)
    assert t.evaluate(new[0], in_units(at)) == wanted


HOMOGENEOUS = {
    "in the cube": (X <= 1, X <= L),
    "at an end": (t.eq(X, 0), t.eq(X, 0)),
    "a rise": (L * X <= M, X <= M),
    "a rise, the other way round": (X * L <= M, X <= M),
    "a distance": (M <= L * t.absolute(X - Y), M <= t.absolute(X + -1 * Y)),
}


@pytest.mark.parametrize("case", HOMOGENEOUS)
def test_how_it_looks(case):
    before, after = HOMOGENEOUS[case]
    (new,) = UNITS.formulas([before])
    assert new == after


def test_questions_become_linear():
    from fvtheory.notation.smtlib import script

    before = t.maximum(M, 1 + L * t.absolute(X - Y)) <= L * X
    assert not script([before]).linear
    assert script(UNITS.formulas([before])).linear


@pytest.mark.parametrize(
    "formula", [X * Y <= 1, X * X <= M, t.eq(X * Y, X * Y), t.ite(X * Y <= 1, X, Y) <= 1, X * Y < L * X]
)
def test_what_has_no_such_form_is_refused(formula):
    with pytest.raises(NotHomogeneousError):
        UNITS.formulas([X <= 1, formula])
    with pytest.raises(NotHomogeneousError):
        UNITS.formulas([t.Not(t.And((X <= 1, formula)))])


def test_a_wrong_unit_would_be_noticed():
    at = {"x": Q(1, 2), "y": Q(0), "L": Q(4), "f_min": Q(1)}
    assert t.evaluate(X <= Q(3, 4), at)
    assert not t.evaluate(X <= Q(3, 4), in_units(at))
    assert agree(X <= Q(3, 4), at)


@given(values(NAMES), POSITIVE)
@settings(deadline=None)
def test_original_undoes_the_change(at, unit):
    at = {**at, "L": unit}
    assert UNITS.original(in_units(at)) == at
    assert in_units(UNITS.original(at)) == at


def test_obligations_are_asked_in_units_and_answered_in_lengths():
    o = valid("o", [X >= 0, L > 0, L * X <= 1, M > 2], L * X <= M, UNITS)
    assert o.asked != o.assertions
    answer = {"x": Q(1), "L": Q(4), "f_min": Q(3)}
    assert o.values(answer) == {"x": Q(1, 4), "L": Q(4), "f_min": Q(3)}
    s = satisfiable("s", o.hypotheses, UNITS)
    assert confirms(s, s.values(answer))
    assert not confirms(s, answer)


def test_obligations_without_such_a_form_are_asked_as_they_are():
    o = valid("o", [X * Y >= 1, L > 0], L * X > 0, UNITS)
    assert o.asked == o.assertions
    answer = {"x": Q(1), "y": Q(2), "L": Q(4)}
    assert o.values(answer) == answer


def test_statements_measure_the_points_of_the_cube():
    assert rescaling_of(RadiusStatement("all", (1,), "radius-is").phi(1)) is None
    found = rescaling_of(RadiusStatement("lipschitz", (2,), "radius-is").phi(2))
    assert found == Rescaling(L, frozenset({"x_min[0]", "x_min[1]", "x_max[0]", "x_max[1]"}))
    cls = get_class("lipschitz")
    phi = RadiusStatement("lipschitz", (2,), "radius-is").phi(2)
    found.formulas([*phi.domain(), cls.feasible(phi), cls.radius(phi) <= phi.spread / 2])
