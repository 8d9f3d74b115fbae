"""The plainest encoding of an obligation: if-then-else and division left in, one solver call each.

This is what one writes first, and what the encoding of the package is measured against.
"""

from __future__ import annotations

import time

from fvtheory.notation.smtlib import number, symbol
from fvtheory.obligations import Obligation
from fvtheory.terms import (
    Abs,
    Add,
    And,
    Const,
    Div,
    Eq,
    Ite,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Node,
    Not,
    Or,
    Sym,
    fold,
)

_OPERATORS = {
    Add: "+",
    Mul: "*",
    Div: "/",
    Le: "<=",
    Lt: "<",
    Eq: "=",
    Not: "not",
    And: "and",
    Or: "or",
    Ite: "ite",
}


def _write(node: Node, parts: tuple[str, ...]) -> str:
    match node:
        case Const(v):
            return number(v)
        case Sym(name):
            return symbol(name)
        case Min() | Max():
            relation = "<=" if isinstance(node, Min) else ">="
            return f"(ite ({relation} {parts[0]} {parts[1]}) {parts[0]} {parts[1]})"
        case Abs():
            return f"(ite (>= {parts[0]} 0.0) {parts[0]} (- {parts[0]}))"
        case And(()):
            return "true"
        case Or(()):
            return "false"
    return f"({_OPERATORS[type(node)]} {' '.join(parts)})"


def plain_script(obligation: Obligation) -> str:
    """The assertions as written, without auxiliary symbols and without a change of units."""
    lines = [f"(declare-const {symbol(n)} Real)" for n in obligation.symbols]
    lines += [f"(assert {fold(a, _write)})" for a in obligation.assertions]
    return "\n".join(lines)


def ask_plainly(obligation: Obligation, solver: str, seconds: float) -> tuple[str, float]:
    """The default strategy of the solver on the plain script: its answer and the seconds it took."""
    began = time.perf_counter()
    found = {"z3": _z3, "cvc5": _cvc5}[solver](plain_script(obligation), seconds)
    return found, time.perf_counter() - began


def _z3(text: str, seconds: float) -> str:
    import z3

    solver = z3.Solver()
    solver.set("timeout", int(1000 * seconds))
    try:
        solver.from_string(text)
        return str(solver.check())
    except z3.Z3Exception:
        return "unknown"


def _cvc5(text: str, seconds: float) -> str:
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(int(1000 * seconds)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic QF_NRA)\n{text}", "obligation")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, parser.getSymbolManager())
    result = solver.checkSat()
    return "unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown"
