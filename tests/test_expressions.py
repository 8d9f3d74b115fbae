"""Expressions of claim files: what they mean, what is refused and where, and the limits."""

from __future__ import annotations

import random
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzz_expressions as fuzz
from fvtheory import terms as t
from fvtheory.errors import InvalidInputError
from fvtheory.expressions import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    parse_formula,
    parse_term,
    phi_names,
)
from fvtheory.information import MinMax
from fvtheory.symbols import L, constant_phi, symbolic_phi

ONE = phi_names(symbolic_phi(1, L))
TWO = phi_names(symbolic_phi(2, L))
VALUES = {name: Fraction(n, 7) for n, name in enumerate(("f_min", "f_max", "x_min", "x_max", "L"), 1)}
f_min, f_max, x_min, x_max = (t.Sym(name) for name in ("f_min", "f_max", "x_min", "x_max"))


def number(n: int) -> t.Const:
    return t.Const(Fraction(n))


def refusal(text: object, names=ONE, parse=parse_term) -> str:
    """The error for a text, after the general rules: one line, of bounded length."""
    with pytest.raises(InvalidInputError) as caught:
        parse(text, names)
    fuzz.check_error(caught.value)
    return str(caught.value)


# ---- meaning -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("f_min", f_min),
        ("12", number(12)),
        ("1/4", t.Const(Fraction(1, 4))),
        ("-1/4", t.Const(Fraction(-1, 4))),
        ("6/4/3", t.HALF),
        ("007", number(7)),
        ("(f_max - f_min)/2", (f_max - f_min) / 2),
        ("f_max - f_min - 1", f_max - f_min - 1),
        ("f_max - (f_min - 1)", f_max - (f_min - 1)),
        ("f_max/f_min/2", f_max / f_min / 2),
        ("1 + 2*f_min", 1 + 2 * f_min),
        ("-f_min*f_max", (-f_min) * f_max),
        ("f_max*-f_min", f_max * (-f_min)),
        ("- - f_min", t.MINUS_ONE * (-f_min)),
        ("+f_min", f_min),
        ("abs(x_min - x_max)", t.absolute(x_min - x_max)),
        ("min(f_min, f_max, 1)", t.minimum(f_min, f_max, 1)),
        ("max(0, min(f_min, 1))", t.maximum(0, t.minimum(f_min, 1))),
        (" \t\r\n f_min\n+\n1 ", f_min + 1),
        ("x_min[0] + x_max [ 0 ]", x_min + x_max),
        ("L*f_min", L * f_min),
    ],
)
def test_terms(text, tree):
    assert parse_term(text, ONE) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("f_min < f_max", f_min < f_max),
        ("f_min >= f_max", f_max <= f_min),
        ("f_min > 1/2", t.Const(Fraction(1, 2)) < f_min),
        ("f_min == f_max", t.eq(f_min, f_max)),
        ("f_min != f_max", t.ne(f_min, f_max)),
        ("not f_min < f_max", ~(f_min < f_max)),
        ("not not f_min < 1", ~~(f_min < 1)),
        ("0 < f_min and f_min < 1 and L > 2", t.And((number(0) < f_min, f_min < 1, number(2) < L))),
        ("0 < L or 1 < L and 2 < L", t.Or((number(0) < L, t.And((number(1) < L, number(2) < L))))),
        ("(0 < L or 1 < L) and 2 < L", t.And((t.Or((number(0) < L, number(1) < L)), number(2) < L))),
        ("not 0 < L and 1 < L", t.And((~(number(0) < L), number(1) < L))),
        ("(0 < L and 1 < L) and 2 < L", t.And((t.And((number(0) < L, number(1) < L)), number(2) < L))),
        ("f_min + 1 < 2*f_max", f_min + 1 < 2 * f_max),
        ("((f_min)) < (f_max)", f_min < f_max),
    ],
)
def test_formulas(text, tree):
    assert parse_formula(text, ONE) == tree


def test_names_stand_for_the_terms_they_are_given():
    phi = constant_phi(MinMax(["1/4"], ["1"], "0", "1/2"), Fraction(3))
    assert t.evaluate(parse_term("L*x_min + f_max", phi_names(phi)), {}) == Fraction(5, 4)
    assert parse_term("x_max[1]", TWO) == t.Sym("x_max[1]")


# ---- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "end of the expression, at character 1"),
        ("0.5", "'0.5' at character 1"),
        ("f_min*.5", "'.' at character 7"),
        ("1 + 1e3", "'1e3' at character 5"),
        ("1_000", "'1_000' at character 1"),
        ("0x10", "'0x10' at character 1"),
        ("2f_min", "'2f_min' at character 1"),
        ("f_mim", "'f_mim' at character 1"),
        ("f_min.real", "'.' at character 6"),
        ("f_min(1)", "'(' at character 6"),
        ("open('x')", "'open' at character 1"),
        ("__import__", "'__import__' at character 1"),
        ("'f_min'", '"\'" at character 1'),
        ("lambda: 1", "'lambda' at character 1"),
        ("[f_min for f_min in L]", "'[' at character 1"),
        ("f_min**2", "'**' at character 6"),
        ("f_min^2", "'^' at character 6"),
        ("f_max//2", "'//' at character 6"),
        ("f_max % 2", "'%' at character 7"),
        ("f_max @ 2", "'@' at character 7"),
        ("(f_min := 2)", "':=' at character 8"),
        ("f_min = 2", "'=' at character 7"),
        ("1 if L > 1 else 2", "'if' at character 3"),
        ("True", "'True' at character 1"),
        ("None", "'None' at character 1"),
        ("1; 2", "';' at character 2"),
        ("1 # one", "'#' at character 3"),
        ("f_min & f_max", "'&' at character 7"),
        ("~f_min", "'~' at character 1"),
        ("1 2", "'2' at character 3"),
        ("(1", "end of the expression, at character 3"),
        ("1)", "')' at character 2"),
        ("()", "')' at character 2"),
        ("1 +", "end of the expression, at character 4"),
        ("and", "'and' at character 1"),
        ("1, 2", "',' at character 2"),
        ("(1, 2)", "',' at character 3"),
        ("min", "'min' at character 1"),
        ("min()", "')' at character 5"),
        ("min(1)", "'min' at character 1"),
        ("min(1, 2,)", "')' at character 10"),
        ("abs(1, 2)", "'abs' at character 1"),
        ("1 + abs()", "')' at character 9"),
        ("x_min[1]", "'x_min[1]' at character 1"),
        ("x_min[-1]", "'-' at character 7"),
        ("x_min[f_min]", "'f_min' at character 7"),
        ("x_min[0", "end of the expression, at character 8"),
        ("x_min[0:1]", "':' at character 8"),
        ("f_min[0]", "'[' at character 6"),
        ("min[0]", "'min' at character 1"),
        ("f_min/0", "'/' at character 6"),
        ("f_min/(0/3)", "'/' at character 6"),
        ("1/-0", "'/' at character 2"),
        ("not f_min", "a term at character 5"),
        ("L < 1 and 2", "a term at character 11"),
        ("1 + (L < 2)", "a formula at character 5"),
        ("abs(L < 2)", "a formula at character 5"),
        ("(L < 1) == (L < 2)", "a formula at character 1"),
        ("-(L < 1)", "a formula at character 2"),
        ("1 < not 2", "'not' at character 5"),
        ("1 < L < 2", "'<' at character 7"),
        ("1 == L == 2", "'==' at character 8"),
        ("\0", "'\\x00' at character 1"),
        ("f_min\u00a0+ 1", "(U+00A0) at character 6"),
        ("f_mіn", "(U+0456) at character 4"),
        ("１", "(U+FF11) at character 1"),
        ("\ud800", "(U+D800) at character 1"),
        ("1\u20282", "(U+2028) at character 2"),
    ],
)
def test_refusals_point_at_the_place(text, place):
    for parse in (parse_term, parse_formula):
        assert place in refusal(text, parse=parse)


def test_a_formula_is_no_term_and_a_term_no_formula():
    assert "got a formula" in refusal("f_min < f_max")
    assert "got a term" in refusal("f_min", parse=parse_formula)


def test_points_need_an_index_above_dimension_one():
    assert "x_min[0] to x_min[1]" in refusal("x_min", TWO)
    assert "x_max[0] to x_max[1]" in refusal("x_max[2]", TWO)
    assert "x_min[99999999999999999999" in refusal(f"x_min[{'9' * 50}]", TWO)


def test_no_lipschitz_constant_without_one():
    assert "'L' at character 3" in refusal("1*L", phi_names(symbolic_phi(1), lipschitz=False))


@pytest.mark.parametrize("thing", [None, 1, 0.5, b"1", ["1"]])
def test_only_strings_are_read(thing):
    assert "a string" in refusal(thing)


# ---- limits ------------------------------------------------------------------------------------


def test_each_limit_is_met_exactly_and_has_its_own_error():
    assert parse_term(" " * (MAX_CHARACTERS - 1) + "1", ONE) == t.ONE
    assert f"{MAX_CHARACTERS + 1} characters" in refusal(" " * MAX_CHARACTERS + "1")
    assert parse_term("9" * MAX_DIGITS, ONE) == number(10**MAX_DIGITS - 1)
    assert f"{MAX_DIGITS + 1} digits at character 3" in refusal("1*" + "9" * (MAX_DIGITS + 1))
    for opening, closing in (("(", ")"), ("-", ""), ("abs(", ")"), ("max(1,", ")")):
        inner = opening * MAX_DEPTH + "f_min" + closing * MAX_DEPTH
        parse_term(inner, ONE)
        assert f"nested more than {MAX_DEPTH} deep" in refusal(opening + inner + closing)
    parse_formula("not " * MAX_DEPTH + "L < 1", ONE)
    assert "nested" in refusal("not " * (MAX_DEPTH + 1) + "L < 1", parse=parse_formula)
    half = MAX_NODES // 2
    parse_term("1+" * (half - 1) + "1", ONE)
    assert f"more than {MAX_NODES} numbers" in refusal("1+" * half + "1")
    parse_term("max(" + "1," * (half - 1) + "1)", ONE)
    assert f"more than {MAX_NODES} numbers" in refusal("max(" + "1," * half + "1)")


@pytest.mark.parametrize(
    "piece", ["(", "-", "not ", "min(", "x_min[", "1+", "1<", "1 and ", "((1)+", "abs(-"]
)
def test_nothing_recurses_and_nothing_is_slow(piece):
    def deep(levels: int):
        return deep(levels - 1) if levels else refusal(piece * (MAX_CHARACTERS // len(piece)))

    began = time.process_time()
    deep(800)
    assert time.process_time() - began < 1


def test_the_largest_expressions_can_be_shown_and_evaluated():
    for text in ("-".join(["f_min"] * 165), "/".join(["9" * 50] * 70), "*".join(["f_max"] * 250)):
        tree = parse_term(text, ONE)
        assert t.evaluate(parse_term(t.show(tree), ONE), VALUES) == t.evaluate(tree, VALUES)


# ---- properties --------------------------------------------------------------------------------

constants = st.fractions(max_denominator=30).map(t.Const)
leaves = st.one_of(constants, st.sampled_from([f_min, f_max, x_min, x_max, L]))
term_trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        *(st.builds(node, inner, inner) for node in (t.Add, t.Mul, t.Min, t.Max)),
        st.builds(lambda p, q: p - q, inner, inner),
        st.builds(t.Div, inner, inner.filter(lambda q: t.symbols(q) or value_of(q))),
        st.builds(lambda p: -p, inner),
        st.builds(t.Abs, inner),
    ),
    max_leaves=12,
)
comparisons = st.one_of(*(st.builds(node, term_trees, term_trees) for node in (t.Le, t.Lt, t.eq, t.ne)))
formula_trees = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(t.Not, inner),
        *(st.lists(inner, min_size=1, max_size=3).map(tuple).map(node) for node in (t.And, t.Or)),
    ),
    max_leaves=5,
)


def value_of(tree):
    try:
        return t.evaluate(tree, VALUES)
    except t.UndefinedTerm:
        return None


@given(term_trees)
@settings(max_examples=300, deadline=None)
def test_shown_terms_are_read_back(tree):
    assert value_of(parse_term(t.show(tree), ONE)) == value_of(tree)


@given(formula_trees)
@settings(max_examples=300, deadline=None)
def test_shown_formulas_are_read_back(tree):
    assert value_of(parse_formula(t.show(tree), ONE)) is value_of(tree)


@given(st.text() | st.text(alphabet="fx_minaL01 ()[]+-*/<=,andorot"))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused(text):
    fuzz.check_expression(random.Random(0), text, 1)


@given(st.integers(0, 10**9), st.sampled_from([1, 2, 3]))
@settings(max_examples=300, deadline=None)
def test_the_grammar_is_accepted_and_means_what_python_means(seed, dim):
    rng = random.Random(seed)
    text = fuzz.valid_text(rng, dim)
    assert fuzz.check_expression(rng, text, dim) != "refused"


# ---- the fuzzer --------------------------------------------------------------------------------


def test_fuzzing_finds_no_crash_and_no_accepted_nonsense():
    began = time.process_time()
    outcomes = fuzz.fuzz()
    assert time.process_time() - began < 40
    assert outcomes.total() >= 100_000
    assert not outcomes["valid", "refused"]
    for source in fuzz.SOURCES:
        accepted = outcomes[source, "term"] + outcomes[source, "formula"]
        assert accepted >= 20, f"{source} tests nothing"
    assert outcomes["document", "accepted"] > 1_000
    assert outcomes["document", "refused"] > 1_000


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("f_max - f_min", f_max + f_min),
        ("f_max - f_min - 1", f_max - (f_min - 1)),
        ("f_min < f_max", f_max < f_min),
        ("f_min", f_min < 1),
        ("min(f_min, f_max)", t.maximum(f_min, f_max)),
        ("f_min**2", f_min * f_min),
        ("1 < L < 2", number(1) < L),
    ],
)
def test_the_second_meaning_catches_a_wrong_tree(text, tree):
    try:
        assert not fuzz.same_meaning(text, tree, VALUES)
    except fuzz.OutsideTheGrammar:
        assert text in ("f_min**2", "1 < L < 2")
