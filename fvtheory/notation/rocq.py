"""Terms and formulas as Rocq: definitions over the reals of its standard library.

Conditionals become nested tests by `Rle_dec`, the one decision on which all others rest, so that a proof
has one kind of case to look at. A term has type R, a formula type Prop. The definitions need
``Require Import Reals`` and the scope of the reals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from textwrap import wrap

from fvtheory.errors import InvalidInputError
from fvtheory.terms import (
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
    fold,
    symbols,
)

WIDTH = 100

_Test = Callable[[str, str], str]
_RESERVED = frozenset(
    """
    as at cofix else end exists exists2 fix for forall fun if in let match mod return then using where with
    Prop Set Type R
    """.split()  # noqa: SIM905
)
_INDEX = re.compile(r"\[([0-9]+)\]")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def identifier(name: str) -> str:
    """The Rocq name of a symbol: ``x_min[0]`` becomes ``x_min_0``.

    Raises:
        InvalidInputError: for a name that Rocq cannot have.
    """
    word = _INDEX.sub(r"_\1", name)
    if not _IDENTIFIER.fullmatch(word) or word in _RESERVED:
        raise InvalidInputError(
            f"symbol {name!r}", "a name of letters, digits and _, and no word of the language"
        )
    return word


def number(value: Fraction) -> str:
    """An expression for a rational, in parentheses unless it is a whole number >= 0."""
    size = str(abs(value.numerator))
    if value.denominator != 1:
        size = f"{size} / {value.denominator}"
    if value < 0:
        return f"(- ({size}))" if value.denominator != 1 else f"(- {size})"
    return size if value.denominator == 1 else f"({size})"


def expression(node: Term) -> str:
    """A Rocq expression of type R.

    A quotient by zero is what Rocq makes of it; wherever a term is used, an obligation excludes it.
    """
    return _fold(node)[0]


_CASES, _SUM, _PRODUCT, _APPLICATION, _ATOM = range(5)
_Words = tuple[str, int]


def _fold(node: Node):
    """(words, strength) of a term; for a formula how to choose between two expressions."""
    written: dict[int, _Words | _Test] = {}

    def visit(n: Node, parts: tuple):
        found = written[id(n)] = form(n, parts)
        return found

    def form(n: Node, parts: tuple) -> _Words | _Test:
        def at(i: int, level: int) -> str:
            return _operand(parts[i], level)

        match n:
            case Const(v):
                return number(v), _ATOM
            case Sym(name):
                return identifier(name), _ATOM
            case Add(_, Mul(Const(v), q)) if v == -1:
                return f"{at(0, _SUM)} - {_operand(written[id(q)], _PRODUCT)}", _SUM
            case Add():
                return f"{at(0, _SUM)} + {at(1, _PRODUCT)}", _SUM
            case Mul(Const(v), _) if v == -1:
                return f"(- {at(1, _ATOM)})", _ATOM
            case Mul():
                return f"{at(0, _PRODUCT)} * {at(1, _APPLICATION)}", _PRODUCT
            case Div():
                return f"{at(0, _PRODUCT)} / {at(1, _APPLICATION)}", _PRODUCT
            case Min():
                return f"Rmin {at(0, _ATOM)} {at(1, _ATOM)}", _APPLICATION
            case Max():
                return f"Rmax {at(0, _ATOM)} {at(1, _ATOM)}", _APPLICATION
            case Abs():
                return f"Rabs {at(0, _ATOM)}", _APPLICATION
            case Ite():
                choose: _Test = parts[0]
                words = choose(at(1, _CASES), at(2, _CASES))
                return next((p for p in parts[1:] if p[0] == words), (words, _CASES))
            case Le() | Lt() | Eq():
                return _comparison(n, at(0, _ATOM), at(1, _ATOM))
            case Not():
                return lambda then, otherwise: parts[0](otherwise, then)
            case And():
                return lambda then, otherwise: _all(parts, then, otherwise)
            case Or():
                return lambda then, otherwise: _any(parts, then, otherwise)
        raise InvalidInputError(repr(n), "a term or a formula")

    return fold(node, visit)


def _operand(found, level: int) -> str:
    words, strength = found
    return words if strength >= level else f"({words})"


def _comparison(n: Node, left: str, right: str) -> _Test:
    match n:
        case Le():
            return lambda then, otherwise: _if(left, right, then, otherwise)
        case Lt():
            return lambda then, otherwise: _if(right, left, otherwise, then)
    return lambda then, otherwise: _if(left, right, _if(right, left, then, otherwise), otherwise)


def _if(left: str, right: str, then: str, otherwise: str) -> str:
    if then == otherwise:
        return then
    chosen = f"({then})" if then.startswith("if ") else then
    return f"if Rle_dec {left} {right} then {chosen} else {otherwise}"


def _all(tests: Sequence[_Test], then: str, otherwise: str) -> str:
    for test in reversed(tests):
        then = test(then, otherwise)
    return then


def _any(tests: Sequence[_Test], then: str, otherwise: str) -> str:
    for test in reversed(tests):
        otherwise = test(then, otherwise)
    return otherwise


def proposition(node: Formula) -> str:
    """A Rocq proposition."""

    def side(t: Node) -> str:
        words, strength = _fold(t)
        return words if strength >= _SUM else f"({words})"

    def form(n: Node) -> tuple[str, bool]:
        """The words, and whether they can stand alone as an operand."""
        match n:
            case Le(p, q):
                return f"{side(p)} <= {side(q)}", False
            case Lt(p, q):
                return f"{side(p)} < {side(q)}", False
            case Eq(p, q):
                return f"{side(p)} = {side(q)}", False
            case Not(Eq(p, q)):
                return f"{side(p)} <> {side(q)}", False
            case Not(p):
                return f"~ {closed(p)}", True
            case And(()):
                return "True", True
            case Or(()):
                return "False", True
            case And((p,)) | Or((p,)):
                return form(p)
            case And(parts):
                return " /\\ ".join(map(closed, parts)), False
            case Or(parts):
                return " \\/ ".join(map(closed, parts)), False
        raise InvalidInputError(repr(n), "a formula")

    def closed(n: Node) -> str:
        words, alone = form(n)
        return words if alone else f"({words})"

    return form(node)[0]


def definition(name: str, parameters: Sequence[str], body: Node) -> str:
    """``Definition NAME (PARAMETERS : R) : R := BODY.``, or ``: Prop`` for a formula.

    Args:
        name: of the definition.
        parameters: the names of the symbols, in order; those that do not occur are kept.
        body: a term or a formula in these symbols.

    Raises:
        InvalidInputError: for a symbol that is no parameter, and for names that clash or that Rocq cannot have.
    """
    missing = [s for s in symbols(body) if s not in parameters]
    if missing:
        raise InvalidInputError(f"{name} with the symbol {missing[0]}", "symbols that are parameters")
    words = [identifier(p) for p in parameters]
    if len({name, *words}) <= len(words):
        raise InvalidInputError(f"{name} of {', '.join(words)}", "names that differ")
    kind, text = ("R", expression(body)) if isinstance(body, Term) else ("Prop", proposition(body))
    given = f" ({' '.join(words)} : R)" if words else ""
    head = f"Definition {identifier(name)}{given} : {kind} :="
    lines = [*wrap(head, WIDTH, subsequent_indent="    "), *_lines(f"{text}.")]
    return "\n".join(lines) + "\n"


def _lines(text: str) -> list[str]:
    """The body, its cases one a line where they stand in a row."""
    in_a_row = text.startswith("if ") and "(if " not in text
    broken = text.replace(" else ", "\nelse ") if in_a_row else text
    return [
        line
        for part in broken.split("\n")
        for line in wrap(
            part,
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]
