"""Scripts for solvers mean what the formulas mean: two solvers against exact evaluation."""

from __future__ import annotations

import re
from fractions import Fraction as Q

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fvtheory import terms as t
from fvtheory.checkers import cvc5, z3
from fvtheory.notation import smtlib
from fvtheory.notation.smtlib import number, script, symbol
from test_terms import NAMES, SMALL, X, Y, defined, formulas, values

SECONDS = 10.0
SOLVERS = {"z3": z3, "cvc5": cvc5}

# Few examples each, always the same ones: a solver's time varies with the question.
few = settings(max_examples=40, deadline=None, derandomize=True)


def said(solver: str, *assertions: t.Formula, anonymous: bool = False) -> tuple[str, dict[str, Q]]:
    question = script(assertions, anonymous)
    status, model = SOLVERS[solver].answer(question.text, question.names, question.linear, SECONDS)
    return status, {name: Q(value) for name, value in model.items()}


def pinned(at) -> list[t.Formula]:
    return [t.eq(t.Sym(name), value) for name, value in at.items()]


# ---- the meaning of a script --------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
@given(formula=formulas(), at=values(), anonymous=st.booleans())
@few
def test_a_solver_says_what_evaluation_says(solver, formula, at, anonymous):
    truth = defined(formula, at)
    assert t.evaluate(formula, at) == truth
    assert said(solver, *pinned(at), formula, anonymous=anonymous)[0] == ("sat" if truth else "unsat")
    assert said(solver, *pinned(at), ~formula, anonymous=anonymous)[0] == ("unsat" if truth else "sat")


@pytest.mark.parametrize("solver", SOLVERS)
@given(formula=formulas(division=False, leaves=3))
@few
def test_a_model_satisfies_the_formula(solver, formula):
    """On formulas of degree at most two or so; models there are rational or close to it."""
    question = script([formula])
    status, model = said(solver, formula)
    assert status in ("sat", "unsat", "unknown")
    if status == "sat" and question.linear:
        assert set(model) == set(t.symbols(formula))
        assert t.evaluate(formula, model)


@given(
    formulas(names=("x", "y"), division=False, leaves=3), st.lists(values(("x", "y")), min_size=5, max_size=5)
)
@few
def test_solvers_agree_with_each_other_and_with_samples(formula, samples):
    answers = {said(solver, formula)[0] for solver in SOLVERS} - {"unknown"}
    assert len(answers) <= 1
    if any(t.evaluate(formula, at) for at in samples):
        assert answers <= {"sat"}


MEANINGS = {
    "minimum": (t.eq(t.minimum(X, Y), 2), {"x": Q(2), "y": Q(5)}),
    "maximum": (t.eq(t.maximum(X, Y), 5), {"x": Q(2), "y": Q(5)}),
    "absolute value": (t.eq(t.absolute(X), 2), {"x": Q(-2), "y": Q(0)}),
    "conditional": (t.eq(t.ite(X <= Y, X, Y), -2), {"x": Q(-2), "y": Q(0)}),
    "quotient": (t.eq(X / Y, Q(-2, 3)), {"x": Q(2), "y": Q(-3)}),
    "constant divisor": (t.eq(X / 3, Q(2, 3)), {"x": Q(2), "y": Q(0)}),
    "negative constant divisor": (t.eq(X / Q(-2, 3), -3), {"x": Q(2), "y": Q(0)}),
    "product": (t.eq(X * Y, -6), {"x": Q(2), "y": Q(-3)}),
    "true": (t.TRUE, {"x": Q(0), "y": Q(0)}),
    "nested": (t.eq(t.maximum(t.minimum(X, 1), t.absolute(Y)) / (X - 3), -1), {"x": Q(2), "y": Q(-1)}),
}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("case", MEANINGS)
def test_every_kind_of_node(case, solver):
    formula, at = MEANINGS[case]
    assert t.evaluate(formula, at)
    assert said(solver, *pinned(at), formula)[0] == "sat"
    assert said(solver, *pinned(at), ~formula)[0] == "unsat"


@pytest.mark.parametrize("case", ["minimum", "maximum", "absolute value", "conditional", "quotient"])
def test_a_missing_clause_would_be_noticed(case):
    """Without its defining clauses a new symbol can have another value."""
    formula, at = MEANINGS[case]
    right = script([*pinned(at), ~formula])
    lines = right.text.splitlines()
    auxiliary = [n for n in re.findall(r"declare-const (\S+) ", right.text) if n not in right.names]
    clauses = [line for line in lines if line.startswith("(assert") and any(a in line for a in auxiliary)][
        :-1
    ]
    assert clauses
    noticed = 0
    for clause in clauses:
        text = "\n".join(line for line in lines if line != clause)
        noticed += z3.answer(text, right.names, right.linear, SECONDS)[0] != "unsat"
    assert noticed >= 1


def test_a_wrong_number_would_be_noticed(monkeypatch):
    formula, at = MEANINGS["conditional"]
    monkeypatch.setattr(smtlib, "number", lambda value: number(abs(value)))
    assert said("z3", *pinned(at), formula)[0] == "unsat"


@pytest.mark.parametrize("solver", SOLVERS)
def test_nothing_is_assumed_of_a_division_by_zero(solver):
    for claim in (t.eq(X / Y, 0), t.ne(X / Y, 0), t.eq(X / Y, 7)):
        assert said(solver, t.eq(Y, 0), t.eq(X, 1), claim)[0] == "sat"
    # But equal quotients are equal.
    assert said(solver, t.eq(Y, 0), t.ne(X / Y, X / Y))[0] == "unsat"
    assert said(solver, t.ZERO < Y, t.ne(X / Y * Y, X))[0] == "unsat"
    assert said(solver, t.ne(Y, 0), t.ne(X / Y * Y, X))[0] == "unsat"
    assert said(solver, t.ne(X / Y * Y, X))[0] == "sat"


@pytest.mark.parametrize("solver", SOLVERS)
def test_irrational_models_are_close(solver):
    status, model = said(solver, t.eq(X * X, 2), X > 0)
    assert status == "sat"
    assert abs(model["x"] ** 2 - 2) < Q(1, 2)


def test_linear_means_that_every_product_has_a_constant_factor():
    assert script([t.maximum(2 * X, Y / 3) <= (1 + t.HALF) * Y]).linear
    assert not script([X * Y <= 1]).linear
    assert not script([1 / X <= 1]).linear
    assert not script([t.ite(X * X <= 1, X, Y) <= 1]).linear


# ---- names --------------------------------------------------------------------------------------

STRANGE = ["x_min[0]", "x y", "0x", "1", "x-1", "x.y", "(x)", "a;b", "x_max[10]", "x'", "#x", "a=>b"]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", STRANGE)
def test_names_are_quoted(name, solver):
    status, model = said(solver, t.eq(t.Sym(name), Q(-2, 3)), t.absolute(t.Sym(name)) <= 1)
    assert (status, model) == ("sat", {name: Q(-2, 3)})


def test_quoting():
    assert symbol("f_min") == "f_min"
    assert symbol("x_min[0]") == "|x_min[0]|"
    assert symbol("0") == "|0|"


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", ["let", "true", "and", "|", "a|b", "é", "min.1", "\\", "as"])
def test_anonymous_scripts_take_any_name(name, solver):
    s = t.Sym(name)
    status, model = said(solver, t.eq(t.minimum(s, 2), Q(1, 2)), s < 5, anonymous=True)
    assert status == "sat"
    assert list(model.values()) == [Q(1, 2)]


@given(formulas(), st.permutations(["p", "q[1]", "r s", "x"]))
@settings(max_examples=60, deadline=None)
def test_anonymous_scripts_are_equal_up_to_renaming(formula, names):
    new = dict(zip(NAMES, names, strict=True))
    renamed = t.substitute(formula, {old: t.Sym(name) for old, name in new.items()})
    question, other = script([formula], anonymous=True), script([renamed], anonymous=True)
    assert question == other
    assert question.names == tuple(f"s{i}" for i in range(1, len(t.symbols(formula)) + 1))
    named = script([renamed])
    assert named.names == tuple(new[n] for n in t.symbols(formula))
    if t.symbols(formula):
        assert named.text != question.text


def test_anonymous_scripts_tell_questions_apart():
    questions = [
        (X <= Y,),
        (X < Y,),
        (Y <= X, X <= Y),
        (X <= X,),
        (X <= Y, X <= Y),
        (X <= Y, X <= 1),
        (X <= Y, Y <= 1),
    ]
    texts = {script(q, anonymous=True).text for q in questions}
    assert len(texts) == len(questions)
    assert script((Y <= X,), anonymous=True) == script((X <= Y,), anonymous=True)


# ---- numbers ------------------------------------------------------------------------------------


@given(SMALL)
@settings(deadline=None)
def test_numbers(value):
    shown = number(value)
    minus = shown.startswith("(- ")
    size = re.fullmatch(r"(?:(\d+)\.0|\(/ (\d+)\.0 (\d+)\.0\))", shown[3:-1] if minus else shown)
    assert size is not None
    read = Q(int(size[1])) if size[1] else Q(int(size[2]), int(size[3]))
    assert (-read if minus else read) == value


def test_shared_parts_are_named_once():
    shared = t.minimum(X, Y)
    text = script([shared + shared <= t.minimum(X, Y) * 3]).text
    assert text.count("declare-const |min ") == 1
    assert len(re.findall(r"declare-const", text)) == 3
