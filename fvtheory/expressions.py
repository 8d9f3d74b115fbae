"""Expressions of claim files: text to terms and formulas, and nothing but these.

The grammar, from loosest to tightest::

    formula:  or    and    not    <= < >= > == !=   (one comparison, no chains)
    term:     + -   * /    + - (signs)    ( )    min max abs    names    digits

Names are those of the caller, ``phi_names`` gives the ones of a claim file. A number is a run of
digits; ``1/4`` is the quotient of two numbers. Signs and quotients of numbers are folded into one
constant (as long as it has at most MAX_DIGITS digits), so that ``show`` and ``parse_term`` agree on
``-1/4``. Nothing else is rewritten.

The parser is written by hand, over explicit stacks. Python's own ``ast.parse`` reads a far larger
language (its whitelist would have to be kept in step with every release), folds look-alike letters
into ASCII names, reads ``0.1`` as a float before anyone can object, and answers deep nesting or null
bytes with errors of the interpreter. Here what is not in the grammar has no code that could accept
it, nothing recurses, and every refusal knows its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from fvtheory.errors import InvalidInputError
from fvtheory.symbols import Phi
from fvtheory.terms import And, Const, Formula, Node, Or, Term, absolute, eq, maximum, minimum, ne

MAX_CHARACTERS = 4_000
MAX_NODES = 500
MAX_DEPTH = 50
MAX_DIGITS = 50

Names = Mapping[str, Term]
"""What each name stands for. The coordinates of a point are names such as ``x_min[0]``."""


def phi_names(phi: Phi, lipschitz: bool = True) -> dict[str, Term]:
    """The names of a claim file about Φ.

    Args:
        phi: what the names stand for.
        lipschitz: whether there is a name L, for ``phi.rate``.
    """
    names: dict[str, Term] = {"f_min": phi.f_min, "f_max": phi.f_max}
    if lipschitz:
        names["L"] = phi.rate
    for name, point in (("x_min", phi.x_min), ("x_max", phi.x_max)):
        names |= {f"{name}[{j}]": c for j, c in enumerate(point)}
        if phi.dim == 1:
            names[name] = point[0]
    return names


def parse_term(text: str, names: Names) -> Term:
    """The real-valued expression that ``text`` denotes.

    Raises:
        InvalidInputError: for text outside the grammar or over a limit, for unknown names, for a
            division by the number zero, and for a formula.
    """
    node = _Parser(text, names).parse()
    if not isinstance(node, Term):
        raise InvalidInputError(
            f"a formula, {_shown(text)}", "a term, with a number as its value", "conditions belong in when"
        )
    return node


def parse_formula(text: str, names: Names) -> Formula:
    """The condition that ``text`` denotes.

    Raises:
        InvalidInputError: as `parse_term`, and for a term.
    """
    node = _Parser(text, names).parse()
    if not isinstance(node, Formula):
        raise InvalidInputError(
            f"a term, {_shown(text)}", "a formula, which is true or false", "compare it: 0 < f_min"
        )
    return node


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Value(NamedTuple):
    """An operand: its tree, where it begins, and whether it is a bare chain of and (or of or)."""

    node: Node
    at: int
    chain: bool = False


class _Pending(NamedTuple):
    """An operator, a bracket or a call that waits for operands.

    ``height`` is the number of operands below it.
    """

    kind: str
    token: _Token
    strength: int
    height: int


_TOKENS = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>[0-9][0-9A-Za-z_]*(?:\.[0-9A-Za-z_]*)*)"
    r"|(?P<name>[A-Za-z_][0-9A-Za-z_]*)"
    r"|(?P<symbol>\*\*|//|<<|>>|<=|>=|==|!=|<>|:=|->|&&|\|\||.)",
    re.DOTALL,
)

_COMPARISON, _NOT, _SIGN = 4, 3, 7
_STRENGTH = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("<=", "<", ">=", ">", "==", "!="), _COMPARISON),
    **dict.fromkeys("+-", 5),
    **dict.fromkeys("*/", 6),
}

_ARITHMETIC: dict[str, Callable[[Term, Term], Term]] = {
    "+": lambda p, q: p + q,
    "-": lambda p, q: p - q,
    "*": lambda p, q: p * q,
    "/": lambda p, q: p / q,
}
_COMPARISONS: dict[str, Callable[[Term, Term], Formula]] = {
    "<=": lambda p, q: p <= q,
    "<": lambda p, q: p < q,
    ">=": lambda p, q: p >= q,
    ">": lambda p, q: p > q,
    "==": eq,
    "!=": ne,
}
_FUNCTIONS: dict[str, Callable[..., Term]] = {"min": minimum, "max": maximum, "abs": absolute}

_GRAMMAR = "the language is + - * / ( ), min, max, abs, comparisons, and, or, not"
_HINTS = {
    **dict.fromkeys(("**", "^"), "there are no powers, write x*x"),
    **dict.fromkeys(("//", "%"), "/ is exact division, and there is no other"),
    **dict.fromkeys(("=", ":="), "compare with =="),
    **dict.fromkeys(("&", "&&"), "write and"),
    **dict.fromkeys(("|", "||"), "write or"),
    **dict.fromkeys(("!", "~"), "write not"),
    "<>": "write !=",
    ".": "there are no attributes, and one half is 1/2",
    **dict.fromkeys(("if", "else"), "there are no conditionals, a condition belongs in when"),
    **dict.fromkeys(("True", "true", "False", "false"), "write a comparison, such as 0 <= f_min"),
}
_NUMBER_HINT = "write a fraction, such as 1/2"


def _shown(text: str) -> str:
    """A piece of the input on one line and of bounded length; other alphabets by code point."""
    short = repr(text if len(text) <= 40 else text[:37] + "...")
    return short if len(text) != 1 or text.isascii() else f"{short} (U+{ord(text):04X})"


def _error(token: _Token, required: str, remedy: str = "") -> InvalidInputError:
    if token.kind == "end":
        got = f"the end of the expression, at character {token.at + 1}"
    else:
        got = f"{_shown(token.text)} at character {token.at + 1}"
    if not token.text.isascii():
        remedy = "write plain ASCII: - for minus, * for times, <= for at most"
    return InvalidInputError(got, required, _HINTS.get(token.text, remedy or _GRAMMAR))


def _scan(text: str) -> Iterator[_Token]:
    if not text.isascii():
        at = next(i for i, character in enumerate(text) if not character.isascii())
        raise _error(_Token("symbol", text[at], at), "plain ASCII")
    for match in _TOKENS.finditer(text):
        token = _Token(match.lastgroup or "", match.group(), match.start())
        if token.kind == "number" and not token.text.isdecimal():
            raise _error(token, "a number in digits only", _NUMBER_HINT)
        if token.kind == "number" and len(token.text) > MAX_DIGITS:
            got = f"a number of {len(token.text)} digits at character {token.at + 1}"
            raise InvalidInputError(got, f"at most {MAX_DIGITS} digits")
        if token.kind != "space":
            yield token
    yield _Token("end", "", len(text))


class _Parser:
    """Operator precedence over two stacks: operands, and operators that wait for operands."""

    def __init__(self, text: str, names: Names) -> None:
        if not isinstance(text, str):
            raise InvalidInputError(f"an expression of type {type(text).__name__}", "a string")
        if len(text) > MAX_CHARACTERS:
            raise InvalidInputError(
                f"an expression of {len(text)} characters", f"at most {MAX_CHARACTERS} characters"
            )
        self.names = names
        self.tokens = _scan(text)
        self.token = next(self.tokens)
        self.values: list[_Value] = []
        self.pending: list[_Pending] = []
        self.nodes = 0
        self.depth = 0

    def parse(self) -> Node:
        while True:
            while self._operand():
                pass
            if self._operator():
                return self.values.pop().node

    # ---- tokens and limits -------------------------------------------------------------------

    def _take(self) -> _Token:
        taken = self.token
        if taken.kind != "end":
            self.token = next(self.tokens)
        return taken

    def _count(self, token: _Token) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise InvalidInputError(
                f"more than {MAX_NODES} numbers, names and operators, from character {token.at + 1} on",
                f"at most {MAX_NODES}",
            )

    def _push(self, node: Node, at: int) -> None:
        self.values.append(_Value(node, at))

    def _wait(self, kind: str, token: _Token, strength: int = 0) -> None:
        self.pending.append(_Pending(kind, token, strength, len(self.values)))
        self.depth += kind != "binary"
        if self.depth > MAX_DEPTH:
            raise InvalidInputError(
                f"{_shown(token.text)} at character {token.at + 1}, nested more than {MAX_DEPTH} deep",
                f"at most {MAX_DEPTH} brackets, calls and signs inside each other",
            )

    def _resume(self) -> _Pending:
        top = self.pending.pop()
        self.depth -= top.kind != "binary"
        return top

    # ---- where an operand is expected --------------------------------------------------------

    def _operand(self) -> bool:
        """Read an operand, or what may stand before one; whether an operand is still expected."""
        token = self._take()
        if token.kind == "number":
            self._count(token)
            self._push(Const(Fraction(int(token.text))), token.at)
            return False
        if token.text in ("+", "-"):
            self._count(token)
            self._wait("sign", token, _SIGN)
        elif token.text == "not":
            if self.pending and self.pending[-1].strength > _NOT:
                raise _error(token, "a term", "put the condition in brackets")
            self._count(token)
            self._wait("not", token, _NOT)
        elif token.text == "(":
            self._wait("bracket", token)
        elif token.text in _FUNCTIONS:
            if self.token.text != "(":
                raise _error(token, "arguments in brackets", f"write {token.text}(...)")
            self._take()
            self._wait("call", token)
        elif token.kind == "name" and token.text not in _STRENGTH:
            self._name(token)
            return False
        else:
            raise _error(token, "a number, a name, a function or an opening bracket")
        return True

    def _name(self, token: _Token) -> None:
        self._count(token)
        indexed = f"{token.text}[0]" in self.names
        if self.token.text == "[":
            if not indexed and token.text in self.names:
                raise _error(self.token, f"no index, {token.text} is a number")
            key = f"{token.text}[{self._index()}]" if indexed else token.text
        else:
            key = token.text
        if key in self.names:
            self._push(self.names[key], token.at)
        elif indexed:
            dim = sum(name.startswith(f"{token.text}[") for name in self.names)
            raise InvalidInputError(
                f"{_shown(key)} at character {token.at + 1}",
                f"an index, {token.text}[0] to {token.text}[{dim - 1}]",
                f"write {token.text}[0]" if key == token.text else "",
            )
        elif token.text == "L":
            raise _error(token, "no L in a class without a Lipschitz constant", 'use class = "lipschitz"')
        else:
            known = ", ".join(sorted(name for name in self.names if "[" not in name or name.endswith("[0]")))
            raise _error(token, f"one of the names {known}, or min, max, abs")

    def _index(self) -> int:
        self._take()
        index = self._take()
        if index.kind != "number":
            raise _error(index, "an index in digits")
        closing = self._take()
        if closing.text != "]":
            raise _error(closing, "a closing ] after the index")
        return int(index.text)

    # ---- where an operator is expected -------------------------------------------------------

    def _operator(self) -> bool:
        """Read operators and closing brackets up to the next operand; whether the text is at its end."""
        while True:
            token = self._take()
            if token.text in _STRENGTH and token.kind != "end":
                self._binary(token)
                return False
            if token.text == ")":
                self._close(token)
            elif token.text == ",":
                self._reduce(0)
                if not self.pending or self.pending[-1].kind != "call":
                    raise _error(token, "a comma only between the arguments of min and max")
                return False
            elif token.kind == "end":
                self._reduce(0)
                if self.pending:
                    opened = self.pending[-1].token
                    raise _error(token, f"a closing bracket for {_shown(opened.text)}{_place(opened)}")
                return True
            else:
                raise _error(token, "an operator, a closing bracket or the end")

    def _binary(self, token: _Token) -> None:
        self._count(token)
        strength = _STRENGTH[token.text]
        if strength == _COMPARISON:
            self._reduce(strength + 1)
            if self.pending and self.pending[-1].strength == _COMPARISON:
                raise _error(token, "one comparison at a time", "write a < b and b < c")
        else:
            self._reduce(strength)
        self._wait("binary", token, strength)

    def _close(self, token: _Token) -> None:
        self._reduce(0)
        if not self.pending:
            raise _error(token, "no closing bracket without an opening one")
        opened = self._resume()
        if opened.kind == "bracket":
            self._push(self.values.pop().node, opened.token.at)
            return
        name = opened.token.text
        arguments = [self._term(value, opened.token) for value in self.values[opened.height :]]
        del self.values[opened.height :]
        if name == "abs" and len(arguments) != 1:
            raise _error(opened.token, f"one argument, not {len(arguments)}", "write abs(x)")
        if name != "abs" and len(arguments) < 2:
            raise _error(opened.token, "two arguments or more", f"write {name}(x, y)")
        for _ in range(max(1, len(arguments) - 1)):
            self._count(opened.token)
        self._push(_FUNCTIONS[name](*arguments), opened.token.at)

    # ---- building ------------------------------------------------------------------------------

    def _reduce(self, strength: int) -> None:
        """Build the trees of the operators that bind at least as tightly, down to the last bracket."""
        while self.pending and self.pending[-1].strength >= max(strength, 1):
            top = self._resume()
            if top.kind == "binary":
                right, left = self.values.pop(), self.values.pop()
                self.values.append(self._join(left, top.token, right))
                continue
            inner = self.values.pop()
            if top.kind == "not":
                self._push(~self._formula(inner, top.token), top.token.at)
                continue
            value = self._term(inner, top.token)
            if top.token.text == "-":
                value = Const(-value.value) if isinstance(value, Const) else -value
            self._push(value, top.token.at)

    def _join(self, left: _Value, operator: _Token, right: _Value) -> _Value:
        sign = operator.text
        if sign in ("and", "or"):
            node = And if sign == "and" else Or
            first, second = self._formula(left, operator), self._formula(right, operator)
            before = first.parts if left.chain and isinstance(first, node) else (first,)
            return _Value(node((*before, second)), left.at, chain=True)
        p, q = self._term(left, operator), self._term(right, operator)
        if sign in _COMPARISONS:
            return _Value(_COMPARISONS[sign](p, q), left.at)
        if sign == "/" and isinstance(q, Const):
            if q.value == 0:
                raise _error(operator, "a divisor other than zero", "remove the division by zero")
            if isinstance(p, Const) and _is_short(quotient := p.value / q.value):
                return _Value(Const(quotient), left.at)
        return _Value(_ARITHMETIC[sign](p, q), left.at)

    @staticmethod
    def _term(value: _Value, user: _Token) -> Term:
        if isinstance(value.node, Term):
            return value.node
        raise InvalidInputError(
            f"a formula at character {value.at + 1}",
            f"a term for {_shown(user.text)}{_place(user)}",
            "arithmetic and comparisons join terms",
        )

    @staticmethod
    def _formula(value: _Value, user: _Token) -> Formula:
        if isinstance(value.node, Formula):
            return value.node
        raise InvalidInputError(
            f"a term at character {value.at + 1}",
            f"a formula for {_shown(user.text)}{_place(user)}",
            "compare the term with another",
        )


def _is_short(value: Fraction) -> bool:
    """Whether the constant, printed, is within the limit on digits."""
    return max(abs(value.numerator), value.denominator) < 10**MAX_DIGITS


def _place(token: _Token) -> str:
    return f" at character {token.at + 1}"
