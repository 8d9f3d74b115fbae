"""Terms and formulas: their values, their printed form, and the way to sympy, LaTeX and numpy.

`terms` and `formulas` are the random trees that the tests of solvers and of rescaling use too.
"""

from __future__ import annotations

import copy
import operator
import pickle
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction as Q
from functools import cache, reduce

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fvtheory import terms as t
from fvtheory.errors import InexactNumberError, InvalidInputError
from fvtheory.notation.algebra import from_sympy, latex, to_numpy, to_sympy

NAMES = ("x", "y", "L", "x_min[0]")
X, Y, L = t.Sym("x"), t.Sym("y"), t.Sym("L")
SMALL = st.fractions(-3, 3, max_denominator=4)

# ---- random trees -------------------------------------------------------------------------------


def made(kind, *parts):
    return kind(*parts)


def _comparisons(inner):
    """Comparisons of terms, joined by and, or, not."""
    simple = st.builds(made, st.sampled_from([t.Le, t.Lt, t.Eq]), inner, inner)

    def join(formula):
        parts = st.lists(formula, max_size=3).map(tuple)
        return st.one_of(formula.map(t.Not), st.builds(made, st.sampled_from([t.And, t.Or]), parts))

    joined = st.one_of(simple, join(simple))
    return st.one_of(joined, join(joined))


@cache
def _terms(names, division, leaves):
    leaf = st.one_of(st.sampled_from([t.Sym(n) for n in names]), SMALL.map(t.Const))

    def grow(inner):
        binary = [t.Add, t.Mul, t.Min, t.Max, *([t.Div] if division else [])]
        return st.one_of(
            st.builds(made, st.sampled_from(binary), inner, inner),
            inner.map(t.Abs),
            inner.map(operator.neg),
            st.builds(operator.sub, inner, inner),
            st.builds(t.Ite, _comparisons(inner), inner, inner),
        )

    return st.recursive(leaf, grow, max_leaves=leaves)


@cache
def _formulas(names, division, leaves):
    return _comparisons(_terms(names, division, leaves))


@st.composite
def terms(draw, names=NAMES, division=True, leaves=6):
    """Random terms over the names, with all kinds of nodes."""
    return draw(_terms(names, division, leaves))


@st.composite
def formulas(draw, names=NAMES, division=True, leaves=4):
    """Random formulas over the names, with all kinds of nodes."""
    return draw(_formulas(names, division, leaves))


def values(names=NAMES, numbers=SMALL):
    """Random values of the names; few, so that ties and zeros are frequent."""
    return st.fixed_dictionaries(dict.fromkeys(names, numbers))


OPERATORS = {t.Add: "+", t.Mul: "*", t.Div: "/", t.Le: "<=", t.Lt: "<", t.Eq: "=="}


def source(node) -> str:
    """The tree as a Python expression in Fractions."""
    parts = [source(part) for part in t.children(node)]
    match node:
        case t.Const(v):
            return f"Q({v.numerator}, {v.denominator})"
        case t.Sym(name):
            return f"at[{name!r}]"
        case t.Min() | t.Max() | t.Abs():
            return f"{type(node).__name__.lower()}({', '.join(parts)})"
        case t.Ite():
            return f"({parts[1]} if {parts[0]} else {parts[2]})"
        case t.Not():
            return f"(not {parts[0]})"
        case t.And():
            return f"({' and '.join([*parts, 'True'])})"
        case t.Or():
            return f"({' or '.join([*parts, 'False'])})"
    return f"({f' {OPERATORS[type(node)]} '.join(parts)})"


def python_value(node, at):
    """What Python makes of the tree: a Fraction or a bool; ZeroDivisionError where it is undefined."""
    return eval(source(node), {"Q": Q, "at": at})


def defined(node, at):
    """The value by Python; examples with a division by zero are left out."""
    try:
        return python_value(node, at)
    except ZeroDivisionError:
        assume(False)


# ---- values -------------------------------------------------------------------------------------


@given(st.one_of(terms(), formulas()), values())
@settings(max_examples=120, deadline=None)
def test_evaluate_agrees_with_python(node, at):
    try:
        wanted = python_value(node, at)
    except ZeroDivisionError:
        with pytest.raises(t.UndefinedTerm):
            t.evaluate(node, at)
        return
    value = t.evaluate(node, at)
    assert value == wanted
    assert type(value) is (Q if isinstance(node, t.Term) else bool)


def test_builders_agree_with_python():
    for x in (Q(-2), Q(0), Q(1, 3), Q(5)):
        at = {"x": x}
        assert (
            t.evaluate(2 * X - 3 / (X + 3) + (1 - X) / 2 - (-X), at) == 2 * x - 3 / (x + 3) + (1 - x) / 2 + x
        )
        assert t.evaluate(t.clamp(X, 0, 1), at) == min(1, max(0, x))
        assert t.evaluate(t.relu(X) + t.relu(-X), at) == t.evaluate(t.absolute(X), at) == abs(x)
        assert t.evaluate(t.minimum(X, 1, -1), at) == min(x, 1, -1)
        assert t.evaluate(t.maximum(X, 1, -1), at) == max(x, 1, -1)
        assert t.evaluate(t.total([X, 1, Q(1, 2)]), at) == x + Q(3, 2)
        assert t.evaluate(t.ite(X < 0, 1, X), at) == (1 if x < 0 else x)
        assert t.evaluate(t.indicator(X >= 0), at) == (x >= 0)
        assert t.evaluate(t.implies(X > 0, X > 1), at) == (not x > 0 or x > 1)
        assert t.evaluate(t.iff(X > 0, X > 1), at) == ((x > 0) == (x > 1))
        assert t.evaluate(t.ne(X, 0) & t.every([]) & ~t.some([]), at) == (x != 0)
        assert t.evaluate((1 <= X) | (X <= -1), at) == (x >= 1 or x <= -1)
    assert t.evaluate(t.total([]), {}) == 0


def test_division_by_zero_is_undefined():
    for bottom in (X, X - X, t.ZERO, t.minimum(X, 1)):
        with pytest.raises(t.UndefinedTerm):
            t.evaluate(1 / bottom, {"x": Q(0)})
    with pytest.raises(t.UndefinedTerm):
        t.evaluate(t.eq(0 * (1 / X), 0), {"x": Q(0)})
    assert issubclass(t.UndefinedTerm, ArithmeticError)


def test_what_a_condition_guards_is_not_looked_at():
    at = {"x": Q(0)}
    assert t.evaluate(t.ite(t.eq(X, 0), 7, 1 / X), at) == 7
    assert t.evaluate(~t.eq(X, 0) & (1 / X > 0), at) is False
    assert t.evaluate(t.eq(X, 0) | (1 / X > 0), at) is True
    with pytest.raises(t.UndefinedTerm):
        t.evaluate((1 / X > 0) | t.eq(X, 0), at)


def test_symbols_need_values():
    with pytest.raises(KeyError):
        t.evaluate(X + Y, {"x": Q(0)})


# ---- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0.5, 1.0, float("nan"), float("inf"), True, "1/2", None, Decimal(1), 1j])
def test_only_exact_numbers_become_terms(number):
    builders = [t.term, lambda v: X + v, lambda v: v * X, lambda v: X <= v, lambda v: t.minimum(v, X)]
    builders += [
        lambda v: v / X,
        lambda v: t.ite(X <= 0, X, v),
        t.absolute,
        lambda v: t.substitute(X, {"x": v}),
    ]
    for build in builders:
        with pytest.raises(InexactNumberError) as caught:
            build(number)
        assert caught.value.remedy


def test_a_formula_is_no_truth_value():
    for misuse in (
        lambda: bool(X <= Y),
        lambda: 0 <= X <= 1,
        lambda: X <= 0 and Y <= 0,
        lambda: X <= 0 or Y <= 0,
        lambda: not X <= 0,
        lambda: [1] if t.eq(X, Y) else [],
        lambda: sorted([X, Y]),
        lambda: max(X, Y),
        lambda: t.TRUE and t.FALSE,
    ):
        with pytest.raises(InvalidInputError, match=r"&, \| and ~"):
            misuse()


@pytest.mark.parametrize("stranger", [None, 1, "x", [X]])
def test_strangers_in_a_tree_are_refused(stranger):
    for work in (t.show, t.children, lambda n: t.evaluate(n, {})):
        with pytest.raises(InvalidInputError):
            work(stranger)
    with pytest.raises(InvalidInputError):
        t.evaluate(t.Add(X, stranger), {"x": Q(0)})


# ---- trees as values ----------------------------------------------------------------------------


@given(st.one_of(terms(), formulas()))
@settings(max_examples=100, deadline=None)
def test_copies_are_equal_and_hash_alike(node):
    hash(node)  # remembered from here on
    rebuilt = t.fold(node, lambda n, parts: t.rebuild(n, parts))
    for copied in (rebuilt, pickle.loads(pickle.dumps(node)), copy.deepcopy(node)):
        assert copied == node
        assert hash(copied) == hash(node)
        assert {node: 1}[copied] == 1
        assert t.show(copied) == t.show(node)


def test_different_trees_are_different():
    nodes = [
        X + Y,
        Y + X,
        X * Y,
        t.Min(X, Y),
        t.Max(X, Y),
        t.Div(X, Y),
        X <= Y,
        X < Y,
        t.eq(X, Y),
        t.ne(X, Y),
    ]
    nodes += [X, Y, t.term(1), t.term(-1), t.absolute(X), t.And((X <= Y,)), t.Or((X <= Y,)), t.TRUE, t.FALSE]
    assert len(set(nodes)) == len(nodes)
    assert t.And(()) != t.Or(())


def test_a_hash_does_not_change_with_the_process():
    """What a node remembers of its hash is not carried into processes with another seed for strings."""
    import subprocess
    import sys

    hash(X + 1)
    script = (
        "import pickle, sys\n"
        "from fvtheory.terms import Sym\n"
        "node = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "sys.exit(0 if node in {Sym('x') + 1} else 1)\n"
    )
    command = [sys.executable, "-c", script, pickle.dumps(X + 1).hex()]
    for seed in ("1", "2"):
        assert subprocess.run(command, env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."}).returncode == 0


def test_nodes_cannot_be_changed():
    with pytest.raises(AttributeError):
        X.name = "y"
    with pytest.raises(AttributeError):
        (X <= Y).left = Y


# ---- working on trees ---------------------------------------------------------------------------


@given(terms(), values())
@settings(deadline=None)
def test_symbols_are_those_that_matter(node, at):
    found = t.symbols(node)
    assert len(set(found)) == len(found)
    assert {f"at[{n!r}]" for n in found} == set(re.findall(r"at\['[^']*'\]", source(node)))
    wanted = defined(node, at)
    assert t.evaluate(node, {n: at[n] for n in found}) == wanted


def test_symbols_come_in_order_of_occurrence():
    assert t.symbols(t.ite(Y <= L, X, Y)) == ("y", "L", "x")
    assert t.symbols(L + 1, X, L) == ("L", "x")
    assert t.symbols(t.term(1)) == ()


@given(formulas(), terms(leaves=2), terms(leaves=2), values())
@settings(max_examples=100, deadline=None)
def test_substitution_is_evaluation_first(node, p, q, at):
    new = {"x": defined(p, at), "y": defined(q, at)}
    wanted = defined(node, {**at, **new})
    assert t.evaluate(t.substitute(node, {"x": p, "y": q}), at) == wanted
    assert t.evaluate(t.substitute(node, new), at) == wanted


def test_substitution_is_simultaneous():
    assert t.substitute(X - 2 * Y, {"x": Y, "y": X}) == Y - 2 * X
    assert t.substitute(X, {"z": 1}) is X


def chain(length):
    return reduce(lambda node, k: t.Add(node, Y if k % 2 else t.ONE), range(length), X)


def test_deep_trees_are_no_hazard():
    deep = chain(10_000)
    assert t.fold(deep, lambda n, parts: 1 + sum(parts)) == 20_001
    assert t.symbols(deep) == ("x", "y")
    assert t.symbols(t.substitute(deep, {"x": L})) == ("L", "y")
    nested = reduce(lambda formula, k: t.Not(formula), range(10_000), X <= 0)
    assert t.fold(nested, lambda n, parts: 1 + sum(parts)) == 10_003
    assert t.show(deep).endswith("+ 1 + y")


def test_shared_parts_are_visited_once():
    node, visits = X, []
    for _ in range(60):
        node = t.Add(node, node)
    assert t.evaluate(node, {"x": Q(1)}) == 2**60
    assert t.fold(node, lambda n, parts: visits.append(n) or sum(parts) + 1) == 2**61 - 1
    assert len(visits) == 61
    assert t.symbols(node) == ("x",)
    assert t.evaluate(t.substitute(node, {"x": Q(1, 2)}), {}) == 2**59


# ---- the printed form, read back ----------------------------------------------------------------

WORDS = re.compile(r"\s*(\d+|[A-Za-z_][A-Za-z_0-9]*(?:\[\d+\])?|<=|==|!=|[-+*/<(),])")
RELATIONS = {"<=": t.Le, "<": t.Lt, "==": t.Eq, "!=": lambda p, q: t.Not(t.Eq(p, q))}


class Unreadable(Exception):
    """Not in the notation."""


@dataclass
class Reader:
    """A recursive-descent reader of the notation, with the usual precedences."""

    words: list[str]
    at: int = 0

    @classmethod
    def read(cls, line: str, kind: str) -> t.Node:
        words, end = [], 0
        while match := WORDS.match(line, end):
            words.append(match[1])
            end = match.end()
        if line[end:].strip():
            raise Unreadable(line[end:])
        reader = cls(words)
        node = getattr(reader, kind)()
        if reader.at != len(words):
            raise Unreadable(line)
        return node

    def see(self, *wanted: str) -> str:
        """The next word, consumed, if it is one of those wanted; else the empty word."""
        word = self.words[self.at] if self.at < len(self.words) else ""
        if word not in wanted:
            return ""
        self.at += 1
        return word

    def need(self, *wanted: str) -> str:
        word = self.see(*wanted)
        if not word:
            raise Unreadable(f"{wanted} at {self.words[self.at :]}")
        return word

    def formula(self) -> t.Formula:
        if word := self.see("true", "false"):
            return t.TRUE if word == "true" else t.FALSE
        first = self.unit()
        for word, kind in (("and", t.And), ("or", t.Or)):
            parts = [first]
            while self.see(word):
                parts.append(self.unit())
            if len(parts) > 1:
                return kind(tuple(parts))
        return first

    def unit(self) -> t.Formula:
        start = self.at
        try:
            left = self.term()
            return RELATIONS[self.need(*RELATIONS)](left, self.term())
        except Unreadable:
            self.at = start
        negated = self.see("not")
        self.need("(")
        inner = self.formula()
        self.need(")")
        return t.Not(inner) if negated else inner

    def term(self) -> t.Term:
        node = self.signed()
        while word := self.see("+", "-"):
            right = self.signed()
            node = t.Add(node, right) if word == "+" else t.Add(node, t.Mul(t.MINUS_ONE, right))
        return node

    def signed(self) -> t.Term:
        return t.Mul(t.MINUS_ONE, self.signed()) if self.see("-") else self.product()

    def product(self) -> t.Term:
        node = self.atom()
        while word := self.see("*", "/"):
            node = (t.Mul if word == "*" else t.Div)(node, self.atom())
        return node

    def atom(self) -> t.Term:
        if self.see("("):
            node = self.term()
            if self.see("if"):
                condition = self.formula()
                self.need("else")
                node = t.Ite(condition, node, self.term())
            self.need(")")
            return node
        if word := self.see("min", "max", "abs"):
            self.need("(")
            parts = [self.term()]
            while self.see(","):
                parts.append(self.term())
            self.need(")")
            return {"min": t.Min, "max": t.Max, "abs": t.Abs}[word](*parts)
        if self.at == len(self.words):
            raise Unreadable("the end")
        word = self.words[self.at]
        if not re.match(r"\w", word):
            raise Unreadable(word)
        self.at += 1
        return t.Const(Q(word)) if word.isdigit() else t.Sym(word)


def same_value(node: t.Node, line: str, at) -> bool:
    kind = "term" if isinstance(node, t.Term) else "formula"
    wanted = defined(node, at)
    return python_value(Reader.read(line, kind), at) == wanted


def inequality_of_conditionals(node: t.Node) -> bool:
    """Whether "not equal" is said of a term that contains an equation."""
    match node:
        case t.Not(t.Eq(left, _)) if " == " in t.show(left):
            return True
    return any(map(inequality_of_conditionals, t.children(node)))


@given(st.one_of(terms(), formulas()), values())
@settings(max_examples=100, deadline=None)
def test_the_printed_form_says_what_the_tree_says(node, at):
    assume(not inequality_of_conditionals(node))
    assert same_value(node, t.show(node), at)


PRINTED = {
    "1/2*x - y": Q(1, 2) * X - Y,
    "-(x + y)": -(X + Y),
    "x - (y - 1)": X - (Y - 1),
    "x/(y*x)": X / (Y * X),
    "x/y*x": X / Y * X,
    "x*(1/2)": X * Q(1, 2),
    "x - (-y)": X - (-Y),
    "x - (-1/2)": X - Q(-1, 2),
    "min(x, max(0, y))": t.minimum(X, t.maximum(0, Y)),
    "abs(x - y)": t.absolute(X - Y),
    "(x if x <= y else 0)": t.ite(X <= Y, X, 0),
    "x != y": t.ne(X, Y),
    "not (x < y)": ~(X < Y),
    "(x <= y) and (y < 1)": (X <= Y) & (Y < 1),
    "(x == 0) or (true)": t.eq(X, 0) | t.TRUE,
    "false": t.FALSE,
}


@pytest.mark.parametrize("line", PRINTED)
def test_printed_forms(line):
    assert t.show(PRINTED[line]) == line


def test_a_lost_parenthesis_would_be_noticed():
    at = {"x": Q(3), "y": Q(5), "L": Q(7)}
    for node in (X - (Y + L), X * (Y + L), -(X + Y), X / (Y * L), (X + Y) * L):
        line = t.show(node)
        assert same_value(node, line, at)
        assert not same_value(node, line.replace("(", "").replace(")", ""), at)


def test_an_unreadable_form_would_be_noticed():
    for line in ("x +", "x ** y", "x y", "min(x", "x <= y <= 1", "x = y"):
        with pytest.raises(Unreadable):
            Reader.read(line, "formula" if "=" in line else "term")


# ---- sympy, LaTeX, numpy ------------------------------------------------------------------------


def constant_conditions(node: t.Node) -> bool:
    """Whether some comparison is between numbers."""
    if isinstance(node, (t.Le, t.Lt, t.Eq)) and not t.symbols(node):
        return True
    return any(map(constant_conditions, t.children(node)))


def plain(node: t.Node) -> bool:
    """Whether no division is by a number that is zero, and no condition is settled."""
    zero = [n for n in [node] if isinstance(n, t.Div) and not t.symbols(n.denominator)]
    return not zero and not constant_conditions(node) and all(map(plain, t.children(node)))


@given(terms(division=False, leaves=5), values())
@settings(max_examples=60, deadline=None)
def test_sympy_keeps_values(node, at):
    assume(plain(node))
    try:
        back = from_sympy(to_sympy(node))
    except InvalidInputError as error:
        assume(not str(error).startswith("got condition"))  # a condition that sympy has settled
        raise
    assert t.evaluate(back, at) == defined(node, at)


QUOTIENTS = [X / Y, 1 / (X + Y), (X - 1) / (Y * Y), X / Q(3) - 1 / Y, t.ite(X <= Y, X / Y, Y / (1 + X * X))]


@pytest.mark.parametrize("node", QUOTIENTS, ids=t.show)
def test_sympy_keeps_quotients(node):
    back = from_sympy(to_sympy(node))
    for x in (Q(-2), Q(1, 3), Q(4)):
        at = {"x": x, "y": Q(5, 7)}
        assert t.evaluate(back, at) == t.evaluate(node, at)


def test_formulas_go_to_sympy():
    import sympy

    x, y = (sympy.Symbol(n, real=True) for n in "xy")
    formula = ((X <= Y) & ~t.eq(X, 0)) | (Y < X)
    for a, b in ((0, 1), (1, 2), (2, 1), (0, 0)):
        said = to_sympy(formula).subs({x: a, y: b})
        assert bool(said) == t.evaluate(formula, {"x": Q(a), "y": Q(b)})


@given(terms(division=False), values())
@settings(max_examples=60, deadline=None)
def test_numpy_keeps_values(node, at):
    assume(plain(node))
    exact = {n: Q(round(4 * v), 4) for n, v in at.items()}
    found = to_numpy(node, NAMES)(*(float(exact[n]) for n in NAMES))
    assert float(found) == pytest.approx(float(defined(node, exact)), rel=1e-9, abs=1e-9)


def test_numpy_arguments_broadcast_and_keep_their_order():
    node = t.maximum(X, Y) - 2 * t.Sym("x_min[0]") + t.ite(X < Y, 1, 0)
    f = to_numpy(node, ["x_min[0]", "y", "x"])
    xs, ys = np.linspace(0, 1, 5), np.linspace(0, 1, 3)[:, None]
    found = f(0.5, ys, xs)
    assert found.shape == (3, 5)
    assert np.allclose(found, np.maximum(xs, ys) - 1 + (xs < ys))


def test_what_sympy_says_inexactly_or_in_other_words_is_refused():
    import sympy

    x = sympy.Symbol("x", real=True)
    for stranger in (
        sympy.Float(0.5),
        0.5 * x,
        x + sympy.Float(1),
        sympy.Max(x, sympy.Float(0.25)),
        sympy.Symbol("z"),
        sympy.Symbol("z", positive=True) + sympy.Symbol("w"),
        sympy.Symbol("z", imaginary=True),
        sympy.sin(x),
        sympy.exp(x) + 1,
        sympy.sqrt(x),
        sympy.sqrt(2),
        x**x,
        sympy.Heaviside(x),
        sympy.sign(x),
        sympy.pi,
        sympy.E,
        sympy.I,
        sympy.oo,
        sympy.zoo,
        sympy.nan,
        sympy.true,
        x < 1,
        sympy.Function("f")(x),
        sympy.Derivative(sympy.Function("f")(x), x),
        sympy.Piecewise((x, x > 0)),
        0.5,
        True,
        "x",
        None,
        [x],
    ):
        with pytest.raises(InvalidInputError):
            from_sympy(stranger)
    with pytest.raises(InvalidInputError, match="real=True"):
        from_sympy(sympy.Symbol("z"))


def test_sympy_expressions_are_read():
    import sympy

    x, y = (sympy.Symbol(n, real=True) for n in "xy")
    expression = sympy.Piecewise(
        (x**3 / 2, (x > y) & sympy.Ne(y, 0)), (sympy.Abs(x - y), x >= 1), (y**-2, True)
    )
    node = from_sympy(expression)
    for a, b in ((3, 2), (2, 0), (1, 5), (0, 4), (1, 1)):
        at = {"x": Q(a), "y": Q(b)}
        assert t.evaluate(node, at) == Q(str(expression.subs({x: a, y: b})))
    assert from_sympy(3) == t.term(3)
    assert from_sympy(sympy.Rational(2, 3)) == t.term(Q(2, 3))


@pytest.mark.parametrize("node", [*QUOTIENTS, *PRINTED.values()], ids=t.show)
def test_latex_is_text(node):
    shown = latex(node)
    assert isinstance(shown, str)
    assert shown
    assert "\n" not in shown
    assert shown.count("{") == shown.count("}")
