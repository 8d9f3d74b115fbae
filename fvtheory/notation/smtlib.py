"""Terms and formulas as SMT-LIB 2.6 scripts, the common input of all solvers.

Minimum, maximum, absolute value, conditionals and quotients are named by fresh symbols with their
defining clauses: an exact, solver-independent elimination. A quotient p/q is named by v with
q = 0 or q*v = p, so that a value at q = 0 is never assumed to be anything in particular.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.terms import (
    ZERO,
    Abs,
    Add,
    And,
    Const,
    Div,
    Eq,
    Formula,
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
    Term,
    children,
    symbols,
)


@dataclass(frozen=True)
class Script:
    """An SMT-LIB script without ``check-sat``: declarations and assertions.

    Attributes:
        text: the commands, one a line.
        names: the symbols of the question as the script calls them, in order of first occurrence
            (auxiliary ones are left out).
        linear: whether all products have a constant factor.
    """

    text: str
    names: tuple[str, ...]
    linear: bool


def number(value: Fraction) -> str:
    """An SMT-LIB real literal."""
    size = f"{abs(value.numerator)}.0"
    if value.denominator != 1:
        size = f"(/ {size} {value.denominator}.0)"
    return f"(- {size})" if value < 0 else size


def symbol(name: str) -> str:
    """A symbol, quoted unless it is plainly a simple one and no word of the language.

    Raises:
        InvalidInputError: for a name that SMT-LIB cannot quote.
    """
    if not name or "|" in name or "\\" in name:
        raise InvalidInputError(f"symbol {name!r}", "a name without | and backslash")
    return name if _SIMPLE.fullmatch(name) and name not in _RESERVED else f"|{name}|"


_SIMPLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_RESERVED = frozenset(
    [
        "let",
        "exists",
        "forall",
        "match",
        "par",
        "as",
        "true",
        "false",
        "not",
        "and",
        "or",
        "xor",
        "ite",
        "distinct",
        "abs",
        "mod",
        "div",
    ]
)


class _Writer:
    def __init__(self, nonzero: frozenset[Term], names: dict[str, str]) -> None:
        self.nonzero = nonzero
        self.names = names
        self.declared: list[str] = []
        self.clauses: list[str] = []
        self.named: dict[Node, str] = {}
        self.written: dict[int, str] = {}
        self.numbers: dict[int, bool] = {}
        self.linear = True

    def fresh(self, kind: str) -> str:
        name = f"|{kind} {len(self.declared) + 1}|"
        self.declared.append(name)
        return name

    def is_number(self, node: Node) -> bool:
        """Whether a term has no symbols."""
        if id(node) not in self.numbers:
            below = children(node)
            number = not isinstance(node, Sym) and all(map(self.is_number, below))
            self.numbers[id(node)] = number
        return self.numbers[id(node)]

    def define(self, node: Node) -> str:
        if node in self.named:
            return self.named[node]
        match node:
            case Min(p, q) | Max(p, q):
                kind, sign = ("min", "<=") if isinstance(node, Min) else ("max", ">=")
                left, right = self.write(p), self.write(q)
                v = self.fresh(kind)
                clauses = [f"({sign} {v} {left})", f"({sign} {v} {right})"]
                clauses.append(f"(or (= {v} {left}) (= {v} {right}))")
            case Abs(p):
                inner = self.write(p)
                v = self.fresh("abs")
                clauses = [f"(>= {v} {inner})", f"(>= {v} (- {inner}))"]
                clauses.append(f"(or (= {v} {inner}) (= {v} (- {inner})))")
            case Ite(c, p, q):
                condition, left, right = self.write(c), self.write(p), self.write(q)
                v = self.fresh("ite")
                clauses = [f"(or (not {condition}) (= {v} {left}))", f"(or {condition} (= {v} {right}))"]
            case Div(p, q):
                top, bottom = self.write(p), self.write(q)
                self.linear = False
                v = self.fresh("quotient")
                clauses = [f"(= (* {v} {bottom}) {top})"]
                if q not in self.nonzero:
                    clauses = [f"(or (= {bottom} 0.0) {clauses[0]})"]
            case _:
                raise TypeError(node)
        self.named[node] = v
        self.clauses += clauses
        return v

    def write(self, node: Node) -> str:
        known = self.written.get(id(node))
        if known is None:
            known = self.written[id(node)] = self._write(node)
        return known

    def _write(self, node: Node) -> str:
        match node:
            case Const(v):
                return number(v)
            case Sym(name):
                return symbol(self.names[name])
            case Add(p, q):
                return f"(+ {self.write(p)} {self.write(q)})"
            case Mul(p, q):
                if not (self.is_number(p) or self.is_number(q)):
                    self.linear = False
                return f"(* {self.write(p)} {self.write(q)})"
            case Div(p, Const(v)) if v != 0:
                return f"(* {number(1 / v)} {self.write(p)})"
            case Le(p, q):
                return f"(<= {self.write(p)} {self.write(q)})"
            case Lt(p, q):
                return f"(< {self.write(p)} {self.write(q)})"
            case Eq(p, q):
                return f"(= {self.write(p)} {self.write(q)})"
            case Not(p):
                return f"(not {self.write(p)})"
            case And(parts):
                return f"(and {' '.join(map(self.write, parts))})" if parts else "true"
            case Or(parts):
                return f"(or {' '.join(map(self.write, parts))})" if parts else "false"
        return self.define(node)


def _nonzero(assertions: Sequence[Formula]) -> frozenset[Term]:
    """Terms that some assertion states, literally, not to be zero."""
    found: set[Term] = set()
    stack = list(assertions)
    while stack:
        match stack.pop():
            case And(parts):
                stack.extend(parts)
            case Lt(p, q) if p == ZERO:
                found.add(q)
            case Not(Eq(p, q)) if q == ZERO:
                found.add(p)
    return frozenset(found)


def script(assertions: Sequence[Formula], anonymous: bool = False) -> Script:
    """The script that asserts all formulas.

    Args:
        assertions: what is asserted, in order.
        anonymous: call the symbols s1, s2, ... in order of first occurrence, so that questions that
            differ only in names have the same text.
    """
    originals = symbols(*assertions)
    names = {n: f"s{i}" if anonymous else n for i, n in enumerate(originals, 1)}
    writer = _Writer(_nonzero(assertions), names)
    asserted = [writer.write(a) for a in assertions]
    lines = [f"(declare-const {symbol(n)} Real)" for n in names.values()]
    lines += [f"(declare-const {n} Real)" for n in writer.declared]
    lines += [f"(assert {a})" for a in [*writer.clauses, *asserted]]
    return Script("\n".join(lines) + "\n", tuple(names.values()), writer.linear)
