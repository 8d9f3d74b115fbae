"""Solvers in processes of their own, the pool that asks them, and exact replay of what they answer."""

from __future__ import annotations

import itertools
import os
import time
from fractions import Fraction as Q
from pathlib import Path

import pytest

from fvtheory import terms as t
from fvtheory.checkers import cvc5, z3
from fvtheory.checkers import pool as pools
from fvtheory.checkers.pool import SolverPool
from fvtheory.checkers.replay import confirmed, confirms, simplified
from fvtheory.checkers.solver_process import SOLVERS, Answer, SolverProcess
from fvtheory.errors import MissingDependencyError, UnknownNameError
from fvtheory.notation.smtlib import script
from fvtheory.obligations import satisfiable, valid

X, Y, Z = t.Sym("x"), t.Sym("y"), t.Sym("z")
TRUE_QUESTION = script([X > 0, X + Y <= 1], anonymous=True)
FALSE_QUESTION = script([X > 0, X < 0], anonymous=True)


def kissing(spheres: int):
    """Points on the unit sphere at mutual distances of at least 1: hard from 12 on."""
    points = [[t.Sym(f"p{i}{j}") for j in range(3)] for i in range(spheres)]
    on_sphere = [t.eq(t.total(c * c for c in p), 1) for p in points]
    apart = [
        t.total((c - d) * (c - d) for c, d in zip(p, q, strict=True)) >= 1 + Q(1, 100)
        for p, q in itertools.combinations(points, 2)
    ]
    return script([*on_sphere, *apart])


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return status != "Z"


# ---- exact replay -------------------------------------------------------------------------------


def test_confirms():
    o = valid("o", [X >= 0], X >= 1)
    assert confirms(o, {"x": Q(1, 2)})
    assert not confirms(o, {"x": Q(1)})
    assert not confirms(o, {"x": Q(-1)})
    s = satisfiable("s", [X >= 0, X < 1])
    assert confirms(s, {"x": Q(0)})
    assert not confirms(s, {"x": Q(1)})


def test_a_division_by_zero_confirms_nothing():
    assert confirms(valid("o", [], 1 / X > 0), {"x": Q(-1)})
    assert not confirms(valid("o", [], 1 / X > 0), {"x": Q(0)})
    assert not confirms(satisfiable("s", [t.eq(0 * (1 / X), 0)]), {"x": Q(0)})
    assert not confirms(satisfiable("s", [t.eq(X, 0), ~(1 / X > 0)]), {"x": Q(0)})
    assert confirmed(satisfiable("s", [t.eq(X, 0), ~(1 / X > 0)]), {"x": Q(0)}) is None
    assert confirms(satisfiable("s", [t.eq(X, 0), t.eq(X, 0) | (1 / X > 0)]), {"x": Q(0)})


def test_a_wrong_model_is_not_confirmed():
    o = valid("o", [X >= 5], X >= 6)
    assert confirmed(o, {"x": Q(4)}) is None
    assert confirmed(o, {"x": Q(6)}) is None
    assert confirmed(valid("o", [X * X <= 2], X * X < 2), {"x": Q(141421356237, 10**11)}) is None


def test_approximate_models_are_rounded():
    close = Q(1, 3) + Q(1, 10**30)
    o = satisfiable("s", [t.eq(3 * X, 1), Y * Y < 2, Y > Q(141, 100)])
    found = confirmed(o, {"x": close, "y": Q(14142135623730951, 10**16)})
    assert found is not None
    assert confirms(o, found)
    assert found["x"] == Q(1, 3)
    assert not confirms(o, {"x": close, "y": found["y"]})


def test_models_are_simplified_and_stay_confirmed():
    o = satisfiable("s", [X > Q(1, 3), X < 1, Y >= X, Z > 5])
    model = {"x": Q(12345, 23456), "y": Q(777, 778), "z": Q(1234567, 1000)}
    found = simplified(o, confirmed(o, model))
    assert found == {"x": Q(1, 2), "y": Q(1), "z": Q(1234567, 1000)}
    assert confirms(o, found)


def test_values_that_a_solver_leaves_out_are_zero():
    assert confirmed(satisfiable("s", [X >= 0, Y >= 0]), {"x": Q(1)}) == {"x": 1, "y": 0}


@pytest.mark.parametrize("solver", [z3, cvc5])
def test_irrational_models_do_not_count_but_close_rational_ones_do(solver):
    for formula, wanted in ((t.eq(X * X, 2), False), ((X * X < 2) & (X * X > Q(19, 10)), True)):
        question = script([formula])
        status, model = solver.answer(question.text, question.names, question.linear, 5.0)
        assert status == "sat"
        found = confirmed(satisfiable("s", [formula]), {n: Q(v) for n, v in model.items()})
        assert (found is not None) == wanted


# ---- one solver ---------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_solver_answers_time_and_again(solver):
    with SolverProcess(solver) as process:
        assert process.version[0].isdigit()
        for _ in range(2):
            yes, no = process.ask(TRUE_QUESTION, 5.0), process.ask(FALSE_QUESTION, 5.0)
            assert (yes.status, no.status) == ("sat", "unsat")
            s1, s2 = yes.model.values()
            assert s1 > 0
            assert s1 + s2 <= 1
            assert all(type(v) is Q for v in yes.model.values())
            assert not no.model
            assert 0 < no.seconds < 5


def test_a_solver_that_does_not_exist():
    for name in ("yices", "", "z3 ", "../z3"):
        with pytest.raises(UnknownNameError, match="z3, cvc5"):
            SolverProcess(name)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_hard_question_ends_near_its_limit(solver):
    with SolverProcess(solver) as process:
        began = time.perf_counter()
        answer = process.ask(kissing(13), 0.3)
        assert time.perf_counter() - began < 3
        assert answer.status == "unknown"
        assert not answer.model
        assert process.ask(FALSE_QUESTION, 5.0).status == "unsat"


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_question_that_is_no_script_is_unknown_with_a_reason(solver):
    from fvtheory.notation.smtlib import Script

    with SolverProcess(solver) as process:
        answer = process.ask(Script("(assert (= 1.0 nothing))", (), True), 5.0)
        assert answer.status == "unknown"
        assert answer.reason
        assert process.ask(FALSE_QUESTION, 5.0).status == "unsat"


@pytest.mark.parametrize("solver", SOLVERS)
def test_leaving_ends_the_process(solver):
    process = SolverProcess(solver)
    pids = []

    def leave():
        with process:
            pids.append(process._process.pid)
            assert alive(*pids)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        leave()
    assert not alive(*pids)
    process.close()


FAKE_Z3 = """
import os, time
unsat, sat = "unsat", "sat"

class Z3Exception(Exception):
    pass

def get_version_string():
    return "0.fake"

class Context:
    pass

class SimpleSolver:
    def __init__(self, *arguments, **options):
        pass
    def set(self, *options):
        pass
    def from_string(self, text):
        self.text = text
    def check(self):
        if "9001.0" in self.text:
            time.sleep(60)
        if "9002.0" in self.text:
            os._exit(3)
        if "9003.0" in self.text:
            raise ValueError("nonsense")
        if "9004.0" in self.text:
            raise Z3Exception("broken")
        return "unsat"
"""


@pytest.fixture
def fake_z3(tmp_path, monkeypatch):
    """A package z3 that hangs, dies or fails on demand."""
    (tmp_path / "z3.py").write_text(FAKE_Z3)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_a_solver_that_hangs_is_killed_and_replaced(fake_z3):
    with SolverProcess("z3") as process:
        assert process.version == "0.fake"
        first = process._process.pid
        began = time.perf_counter()
        answer = process.ask(script([X <= 9001]), 0.3)
        assert 0.3 <= time.perf_counter() - began < 3
        assert (answer.status, answer.reason[:12]) == ("unknown", "killed after")
        assert 0.3 <= answer.seconds < 3
        assert not alive(first)
        assert process.ask(script([X <= 1]), 0.3).status == "unsat"
        assert process._process.pid != first


def test_a_solver_that_dies_is_replaced(fake_z3):
    with SolverProcess("z3") as process:
        assert process.ask(script([X <= 9002]), 5.0).status == "unknown"
        assert process.ask(script([X <= 1]), 5.0).status == "unsat"


def test_a_solver_that_fails_says_why(fake_z3):
    with SolverProcess("z3") as process:
        answer = process.ask(script([X <= 9003]), 5.0)
        assert (answer.status, answer.reason) == ("unknown", "ValueError: nonsense")
        assert process.ask(script([X <= 9004]), 5.0).status == "unknown"
        assert process.ask(script([X <= 1]), 5.0).status == "unsat"


# ---- a solver that is not installed -------------------------------------------------------------


@pytest.fixture
def hide(tmp_path, monkeypatch):
    """Makes a package impossible to import in the processes that are started."""

    def hidden(package: str) -> None:
        (tmp_path / f"{package}.py").write_text(f"raise ImportError('no {package} here')\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return hidden


@pytest.mark.parametrize(("solver", "requirement"), [("z3", "z3-solver"), ("cvc5", "cvc5")])
def test_a_missing_solver_is_named_with_the_remedy(hide, solver, requirement):
    hide(solver)
    with (
        pytest.raises(MissingDependencyError, match=f"pip install {requirement}") as caught,
        SolverProcess(solver),
    ):
        pass
    assert solver in caught.value.got
    assert caught.value.remedy == f"pip install {requirement}"


def test_a_missing_solver_stops_the_pool(hide):
    hide("cvc5")
    pool = SolverPool(1, 2.0)
    with pytest.raises(MissingDependencyError, match="pip install cvc5"):
        put(pool, FALSE_QUESTION)
    assert not any(thread.is_alive() for thread in pool._threads)


# ---- many questions -----------------------------------------------------------------------------


def test_the_pool_puts_every_question_to_every_solver():
    seen = []
    with SolverPool(2, 5.0) as pool:
        keys = [pool.submit(q) for q in (TRUE_QUESTION, FALSE_QUESTION)]
        answers = pool.collect(lambda done, total: seen.append((done, total)))
        pids = [p._process.pid for p in pool._processes if p._process is not None]
        assert pids
    assert [answers[key][s].status for key in keys for s in SOLVERS] == ["sat", "sat", "unsat", "unsat"]
    assert seen == [(n, 4) for n in range(1, 5)]
    assert not any(map(alive, pids))


def put(pool: SolverPool, question) -> None:
    """One question to a new pool, and its answers."""
    with pool:
        pool.submit(question)
        pool.collect()


class Recorder:
    """In place of a solver process: answers at once and notes what it was asked."""

    asked: list[tuple[str, str]]

    def __init__(self, solver: str) -> None:
        self.solver = solver

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    retire = close

    def ask(self, question, seconds: float) -> Answer:
        self.asked.append((self.solver, question.text))
        if "boom" in question.text:
            raise OSError("on purpose")
        return Answer("unsat", 0.0)


@pytest.fixture
def recorder(monkeypatch):
    monkeypatch.setattr(Recorder, "asked", [], raising=False)
    monkeypatch.setattr(pools, "SolverProcess", Recorder)
    return Recorder


def test_equal_questions_are_put_once(recorder):
    same = [[X <= Y, Y <= 1], [Z <= X, X <= 1], [t.Sym("a[0]") <= t.Sym("b"), t.Sym("b") <= 1]]
    with SolverPool(2, 1.0) as pool:
        keys = {pool.submit(script(q, anonymous=True)) for q in same}
        other = pool.submit(script([X <= Y, X <= 1], anonymous=True))
        answers = pool.collect()
    assert len(keys) == 1
    assert other not in keys
    assert len(recorder.asked) == len(set(recorder.asked)) == 4
    assert {key: set(given) for key, given in answers.items()} == {k: set(SOLVERS) for k in (*keys, other)}


def test_an_empty_pool_answers_nothing(recorder):
    with SolverPool(3, 1.0) as pool:
        assert pool.collect() == {}
    assert recorder.asked == []


def test_what_goes_wrong_in_a_worker_is_raised_by_collect(recorder):
    pool = SolverPool(1, 1.0)
    with pytest.raises(OSError, match="on purpose"):
        put(pool, script([t.Sym("boom") <= 1]))
    assert not any(thread.is_alive() for thread in pool._threads)


def test_an_exception_inside_leaves_no_process_behind():
    pids = []

    def interrupted():
        with SolverPool(1, 30.0) as pool:
            pool.submit(kissing(13))
            deadline = time.monotonic() + 30
            while len([p for p in pool._processes if p.version]) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            pids.extend(p._process.pid for p in pool._processes)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(pids) == 2
    time.sleep(0.1)
    assert not any(map(alive, pids))
    assert os.getpid() not in pids


def test_a_solver_that_was_ended_is_not_started_again():
    process = SolverProcess("z3")
    process.start()
    process.retire()
    answer = process.ask(FALSE_QUESTION, 5.0)
    assert (answer.status, answer.reason) == ("unknown", "the solver was ended")
    assert process._process is None
