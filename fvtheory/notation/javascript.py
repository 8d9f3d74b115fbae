"""Terms for web pages: JavaScript expressions over any arithmetic.

An expression names its operations, so that one source serves exact rationals and floats: ``q.add``,
``q.mul``, ``q.div``, ``q.min``, ``q.max``, ``q.abs``, ``q.le``, ``q.lt`` and ``q.eq`` of an arithmetic ``q``.
Symbols are read from ``v`` by name and constants from ``c`` by number. As in `fvtheory.terms.evaluate`,
conditionals, "and" and "or" look at no more than they need, from the left.
"""

from __future__ import annotations

import json
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.exact import text
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

_OPERATIONS = {
    Add: "add",
    Mul: "mul",
    Div: "div",
    Min: "min",
    Max: "max",
    Abs: "abs",
    Le: "le",
    Lt: "lt",
    Eq: "eq",
}


class JavaScript:
    """Prints terms as JavaScript and collects the constants that they share."""

    def __init__(self) -> None:
        self._constants: dict[Fraction, int] = {}

    @property
    def constants(self) -> list[str]:
        """The constants in the order of their numbers, as exact rationals in text."""
        return [text(value) for value in self._constants]

    def expression(self, node: Node) -> str:
        """The expression of a term, or the condition of a formula, in ``q``, ``c`` and ``v``."""

        def visit(n: Node, parts: tuple) -> str:
            match n:
                case Const(value):
                    return f"c[{self._constants.setdefault(value, len(self._constants))}]"
                case Sym(name):
                    return f"v[{json.dumps(name)}]"
                case Ite():
                    return f"({parts[0]}?{parts[1]}:{parts[2]})"
                case Not():
                    return f"!{parts[0]}"
                case And():
                    return f"({'&&'.join(parts)})" if parts else "true"
                case Or():
                    return f"({'||'.join(parts)})" if parts else "false"
            if type(n) not in _OPERATIONS:
                raise InvalidInputError(repr(n), "a term or a formula")
            return f"q.{_OPERATIONS[type(n)]}({','.join(parts)})"

        return fold(node, visit)

    def function(self, node: Node) -> str:
        """``(q,c,v)=>...``, a function of an arithmetic, its constants and the values of the symbols."""
        return f"(q,c,v)=>{self.expression(node)}"
