"""How the two solvers are asked: strategies, shares of the time, second answers, numbers. The solvers
themselves are stood in for by records of what they are told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction as Q
from types import ModuleType, SimpleNamespace

import pytest

from fvtheory.checkers import cvc5, z3
from fvtheory.checkers.pool import SolverPool
from fvtheory.checkers.replay import confirmed, simplified
from fvtheory.notation.smtlib import script
from fvtheory.obligations import satisfiable
from fvtheory.terms import Sym, eq

X, Y = Sym("x"), Sym("y")

# ---- Z3 ----------------------------------------------------------------------------------------


class Z3Record(ModuleType):
    """A package z3 whose solvers give the results they are told, and note strategy, context and limit."""

    sat, unsat, unknown = "sat", "unsat", "unknown"

    class Z3Exception(Exception):
        pass

    class Context:
        pass

    def __init__(self, results: list) -> None:
        super().__init__("z3")
        self.results: Iterator = iter(results)
        self.asked: list[tuple[str, object, int]] = []

    def SimpleSolver(self, ctx=None):
        return Z3SolverRecord(self, "simple", ctx)

    def Tactic(self, name, ctx=None):
        return SimpleNamespace(solver=lambda: Z3SolverRecord(self, name, ctx))

    def Real(self, name, context):
        return name, context

    def is_algebraic_value(self, value) -> bool:
        return False


class Z3SolverRecord:
    def __init__(self, package: Z3Record, strategy: str, context: object) -> None:
        self.package, self.strategy, self.context = package, strategy, context

    def set(self, option: str, value: int) -> None:
        assert option == "timeout"
        self.limit = value

    def from_string(self, text: str) -> None:
        assert text == "(text)"

    def check(self):
        self.package.asked.append((self.strategy, self.context, self.limit))
        result = next(self.package.results)
        if result == "raise":
            raise self.package.Z3Exception
        self.number = len(self.package.asked)
        return result

    def model(self):
        return self

    def eval(self, symbol, model_completion: bool):
        _, context = symbol
        assert model_completion
        assert context is self.context
        return SimpleNamespace(as_fraction=lambda: Q(self.number))


@pytest.fixture
def ask_z3(monkeypatch):
    """Asks with given results of the solver calls; the answer and what was asked."""

    def ask(results: list, linear: bool = True, seconds: float = 10.0):
        package = Z3Record(results)
        monkeypatch.setitem(sys.modules, "z3", package)
        return z3.answer("(text)", ["s1", "s2"], linear, seconds), package.asked

    return ask


def test_z3_is_asked_linear_questions_in_one_way_with_all_the_time(ask_z3):
    assert ask_z3(["unsat"]) == (("unsat", {}), [("simple", None, 10_000)])
    assert ask_z3(["unknown"]) == (("unknown", {}), [("simple", None, 10_000)])


def test_z3_is_asked_other_questions_in_two_ways_with_half_the_time(ask_z3):
    two = [("qfnra-nlsat", None, 5000), ("simple", None, 5000)]
    assert ask_z3(["unsat"], linear=False) == (("unsat", {}), two[:1])
    assert ask_z3(["unknown", "unsat"], linear=False) == (("unsat", {}), two)
    assert ask_z3(["raise", "unsat"], linear=False) == (("unsat", {}), two)
    assert ask_z3(["unknown", "unknown"], linear=False) == (("unknown", {}), two)
    assert ask_z3(["raise", "raise"], linear=False) == (("unknown", {}), two)


def test_z3_is_asked_for_a_model_once_more_in_a_new_context(ask_z3):
    (status, model), asked = ask_z3(["sat", "sat"])
    assert (status, model) == ("sat", {"s1": "2", "s2": "2"})
    (first, context, limit), (second, other, left) = asked
    assert (first, context, limit, second) == ("simple", None, 10_000, "simple")
    assert type(other) is Z3Record.Context
    assert 0 < left <= 10_000


@pytest.mark.parametrize("second", ["unknown", "unsat", "raise"])
def test_the_first_model_of_z3_stands_if_there_is_no_second(ask_z3, second):
    answer, asked = ask_z3(["sat", second])
    assert answer == ("sat", {"s1": "1", "s2": "1"})
    assert len(asked) == 2


@pytest.mark.parametrize("linear", [True, False])
def test_z3_has_a_millisecond_at_least_and_no_second_chance_without_time(ask_z3, linear):
    answer, asked = ask_z3(["sat"], linear, seconds=0.0)
    assert answer == ("sat", {"s1": "1", "s2": "1"})
    assert [limit for _, _, limit in asked] == [1]


def test_irrational_values_of_z3_are_close():
    question = script([eq(X * X, 2)])
    status, model = z3.answer(question.text, question.names, question.linear, 5.0)
    (value,) = map(Q, model.values())
    assert status == "sat"
    assert abs(value * value - 2) < Q(1, 10**28)


# ---- cvc5 --------------------------------------------------------------------------------------


class Cvc5Record(ModuleType):
    """A package cvc5 whose solvers give the results they are told, and note options and logic."""

    InputLanguage = SimpleNamespace(SMT_LIB_2_6="2.6")

    def __init__(self, results: list[str], values: dict[str, object]) -> None:
        super().__init__("cvc5")
        self.results, self.values = iter(results), values
        self.options: list[dict[str, str]] = []
        self.texts: list[str] = []

    def Solver(self):
        options: dict[str, str] = {}
        self.options.append(options)
        return SimpleNamespace(
            setOption=options.__setitem__,
            getValue=lambda term: self.values[term.strip("|")],
            checkSat=lambda: (
                lambda said: SimpleNamespace(isUnsat=lambda: said == "unsat", isSat=lambda: said == "sat")
            )(next(self.results)),
        )

    def InputParser(self, solver):
        def read(language, text, name):
            assert language == "2.6"
            self.texts.append(text)

        manager = SimpleNamespace(getDeclaredTerms=lambda: [f"|{name}|" for name in self.values])
        end = SimpleNamespace(isNull=lambda: True)
        return SimpleNamespace(setStringInput=read, getSymbolManager=lambda: manager, nextCommand=lambda: end)


@pytest.fixture
def ask_cvc5(monkeypatch):
    def ask(results: list[str], linear: bool, values: dict[str, object] | None = None):
        package = Cvc5Record(results, values or {})
        monkeypatch.setitem(sys.modules, "cvc5", package)
        return cvc5.answer("(text)", list(values or {})[:1], linear, 10.0), package

    return ask


def test_cvc5_is_asked_linear_questions_in_one_way_with_all_the_time(ask_cvc5):
    for said in ("unsat", "unknown"):
        answer, package = ask_cvc5([said], True)
        assert answer == (said, {})
        assert package.texts == ["(set-logic QF_LRA)\n(text)"]
        (options,) = package.options
        assert options == {"produce-models": "true", "tlimit-per": "10000", "decision": "justification"}


def test_cvc5_is_asked_other_questions_in_ways_that_share_the_time(ask_cvc5):
    answer, package = ask_cvc5(["unknown"] * 3, False)
    assert answer == ("unknown", {})
    assert set(package.texts) == {"(set-logic QF_NRA)\n(text)"}
    limits = [int(options["tlimit-per"]) for options in package.options]
    assert sum(limits) == 10_000
    assert all(limit >= 3000 for limit in limits)
    ways = [{n: v for n, v in o.items() if n != "tlimit-per"} for o in package.options]
    assert all(way != other for i, way in enumerate(ways) for other in ways[:i])
    for place in range(3):
        answer, package = ask_cvc5(["unknown"] * place + ["unsat"], False)
        assert answer == ("unsat", {})
        assert len(package.options) == place + 1


def real(value) -> SimpleNamespace:
    return SimpleNamespace(isRealValue=lambda: True, getRealValue=lambda: value)


class Algebraic:
    """A root of x^2 - 2 as cvc5 writes it."""

    def isRealValue(self) -> bool:
        return False

    def __str__(self) -> str:
        return "(_ real_algebraic_number <(1*x^2 + (-2)), (181/128, 91/64)>)"


def test_models_of_cvc5_have_the_symbols_asked_for_and_close_rationals(ask_cvc5):
    answer, _ = ask_cvc5(["sat"], True, {"s1": real(Q(2, 3)), "aux": real(Q(1))})
    assert answer == ("sat", {"s1": "2/3"})
    answer, _ = ask_cvc5(["sat"], True, {"s1": Algebraic()})
    assert answer == ("sat", {"s1": str((Q(181, 128) + Q(91, 64)) / 2)})


# ---- the pool ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("jobs", "threads"), [(-1, 1), (0, 1), (1, 1), (3, 3)])
def test_a_pool_works_on_one_question_at_least(jobs, threads):
    assert len(SolverPool(jobs, 1.0)._threads) == threads


# ---- replay ------------------------------------------------------------------------------------

SIMPLE = sorted({Q(p, q) for q in (1, 2, 3, 4, 5, 8, 10, 16) for p in range(2 * q + 1)})
CLOSE = Q(1, 1000)


@pytest.mark.parametrize("value", SIMPLE, ids=str)
def test_models_are_simplified_to_simple_values(value):
    o = satisfiable("s", [X > value - CLOSE, X < value + CLOSE])
    assert simplified(o, {"x": value + CLOSE / 3}) == {"x": value}


@pytest.mark.parametrize(
    "value", [Q(-1), Q(-1, 2), Q(1, 6), Q(3, 7), Q(17, 8), Q(9, 4), Q(5, 2), Q(3), Q(1, 32)], ids=str
)
def test_other_values_stay(value):
    o = satisfiable("s", [X > value - CLOSE, X < value + CLOSE])
    assert simplified(o, {"x": value}) == {"x": value}


@pytest.mark.parametrize(
    ("low", "high", "simplest"),
    [
        ("-1", "3", "0"),
        ("1/8", "3", "1"),
        ("1/8", "7/8", "1/2"),
        ("11/20", "19/20", "2/3"),
        ("11/20", "33/50", "3/5"),
    ],
)
def test_the_simplest_value_is_taken(low, high, simplest):
    o = satisfiable("s", [X > Q(low), X < Q(high)])
    assert simplified(o, {"x": (Q(low) + Q(high)) / 2}) == {"x": Q(simplest)}


@pytest.mark.parametrize("denominator", [2, 7, 97, 9973, 99_999_989])
def test_values_close_to_a_fraction_are_rounded_to_it(denominator):
    value = Q(denominator - 1, denominator)
    o = satisfiable("s", [eq(X, value), Y > 0])
    assert confirmed(o, {"x": value + Q(1, 10**30), "y": Q(1)}) == {"x": value, "y": 1}
