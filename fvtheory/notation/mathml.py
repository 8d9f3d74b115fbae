"""Terms for readers of web pages: MathML, which browsers show without scripts or fonts from elsewhere.

What is written is what is shown, but for notation: a + (-1)*b reads a − b, a nested minimum or maximum
reads as one of several, not (a <= b) reads a > b, and (not p) or q reads p ⇒ q.
"""

from __future__ import annotations

import html
import re
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.terms import (
    MINUS_ONE,
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
)

MOST_IN_A_LINE, MOST_SIGNS = 3, 8
"""A minimum or maximum of more parts than this, or of more names and numbers, is set with one part a line."""

_EXTREMAL = re.compile(r"([a-z])_(min|max)(?:\[(\d+)\])?\Z")
_INDEXED = re.compile(r"([A-Za-z])\[(\d+)\]\Z")
_SUM, _PRODUCT, _ATOM = 1, 2, 3
_OPEN, _CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
_COMMA = '<mo separator="true">,</mo>'


def mathml(node: Node) -> str:
    """The term or formula as ``<math>`` elements between which a line may be broken: before "and" and "or", and
    before the sign of a comparison."""
    pieces = _pieces(node) if isinstance(node, Formula) else [_term(node)[0]]
    return "<wbr>".join(f"<math>{piece}</math>" for piece in pieces)


def _pieces(node: Formula) -> list[str]:
    """A formula cut where a line may be broken."""
    match node:
        case And(parts) | Or(parts) if len(parts) > 1 and not _is_implication(node):
            word = "and" if isinstance(node, And) else "or"
            pieces: list[str] = []
            for i, part in enumerate(parts):
                here = _pieces(part)
                if isinstance(part, (And, Or)) and len(part.parts) > 1:
                    here[0], here[-1] = f"{_OPEN}{here[0]}", f"{here[-1]}{_CLOSE}"
                if i:
                    here[0] = f"<mtext>&#xa0;{word}&#xa0;</mtext>{here[0]}"
                pieces += here
            return pieces
    relation = _compared(node)
    if relation is not None:
        left, sign, right = relation
        return [_term(left)[0], f"{_operator(sign)}{_term(right)[0]}"]
    return [_formula(node, False)]


def number(value: Fraction) -> str:
    """A rational as the inside of a ``<math>`` element."""
    sign = _operator("−") if value < 0 else ""
    top, bottom = abs(value.numerator), value.denominator
    shown = f"<mn>{top}</mn>" if bottom == 1 else f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>"
    return f"<mrow>{sign}{shown}</mrow>" if sign else shown


def symbol(name: str) -> str:
    """A name as the inside of a ``<math>`` element. Coordinates are counted from 1, as papers do: x_min[0] is
    the first coordinate of x_min."""
    if extremal := _EXTREMAL.match(name):
        letter, which, index = extremal.groups()
        below = f"<mi>{which}</mi>"
        if index is not None:
            below = f"<mrow>{below}{_COMMA}<mn>{int(index) + 1}</mn></mrow>"
        return f"<msub><mi>{letter}</mi>{below}</msub>"
    if indexed := _INDEXED.match(name):
        return f"<msub><mi>{indexed[1]}</mi><mn>{int(indexed[2]) + 1}</mn></msub>"
    return f"<mi>{html.escape(name)}</mi>"


def _operator(sign: str) -> str:
    return f"<mo>{html.escape(sign)}</mo>"


def _fenced(inside: str, left: str = "(", right: str = ")") -> str:
    return f'<mrow><mo stretchy="false">{left}</mo>{inside}<mo stretchy="false">{right}</mo></mrow>'


def _at(part: Term, level: int) -> str:
    """The part, in parentheses where it binds less than the level."""
    shown, strength = _term(part)
    return shown if strength >= level else _fenced(shown)


def _term(node: Node) -> tuple[str, int]:
    match node:
        case Const(value):
            return number(value), _ATOM if value >= 0 else _SUM
        case Sym(name):
            return symbol(name), _ATOM
        case Add(left, right):
            return _sum(left, right), _SUM
        case Mul(Const(value), right) if value == -1:
            return f"<mrow>{_operator('−')}{_at(right, _PRODUCT)}</mrow>", _SUM
        case Mul(left, right):
            return _product(left, right), _PRODUCT
        case Div(top, bottom):
            return f"<mfrac>{_term(top)[0]}{_term(bottom)[0]}</mfrac>", _ATOM
        case Min() | Max():
            return _extremum(node), _ATOM
        case Abs(inner):
            return _fenced(_term(inner)[0], "|", "|"), _ATOM
        case Ite():
            return _cases(node), _SUM
    raise InvalidInputError(repr(node), "a term or a formula")


def _product(left: Term, right: Term) -> str:
    """Two factors side by side, with a dot before a number and a space before "min" and "max"."""
    first, second = _at(left, _PRODUCT), _at(right, _PRODUCT)
    sign = "<mo>&#x2062;</mo>"
    if second.removeprefix("<mrow>").startswith(("<mn>", "<mfrac>")):
        sign = "<mo>⋅</mo>"
    elif isinstance(right, (Min, Max)):
        sign = '<mspace width="0.17em"/>'
    return f"<mrow>{first}{sign}{second}</mrow>"


def _sum(left: Term, right: Term) -> str:
    first = _term(left)[0]
    match right:
        case Mul(Const(value), subtracted) if value == -1:
            return f"<mrow>{first}{_operator('−')}{_at(subtracted, _PRODUCT)}</mrow>"
    second, strength = _term(right)
    starts_with_minus = strength == _SUM and not isinstance(right, Add)
    return f"<mrow>{first}{_operator('+')}{_fenced(second) if starts_with_minus else second}</mrow>"


def _parts(node: Term, kind: type) -> list[Term]:
    """The parts of a nested minimum or maximum, from the left."""
    if isinstance(node, (Min, Max)) and isinstance(node, kind):
        return [*_parts(node.left, kind), *_parts(node.right, kind)]
    return [node]


def _extremum(node: Min | Max) -> str:
    name = "min" if isinstance(node, Min) else "max"
    parts = [_term(p)[0] for p in _parts(node, type(node))]
    head = f"<mi>{name}</mi>"
    if len(parts) > MOST_IN_A_LINE or _signs(node) > MOST_SIGNS:
        rows = "".join(f"<mtr><mtd>{part}</mtd></mtr>" for part in parts)
        return f'<mrow>{head}<mtable class="cases">{rows}</mtable></mrow>'
    return f"<mrow>{head}{_fenced(_COMMA.join(parts))}</mrow>"


def _signs(node: Node) -> int:
    """How many names and numbers are written, a factor of -1 left out."""
    return fold(node, lambda n, parts: sum(parts) or int(isinstance(n, (Const, Sym)) and n != MINUS_ONE))


def _cases(node: Node) -> str:
    rows = []
    while isinstance(node, Ite):
        condition = _formula(node.condition, False)
        rows.append(f"<mtd>{_term(node.then)[0]}</mtd><mtd><mtext>if&#xa0;</mtext>{condition}</mtd>")
        node = node.otherwise
    rows.append(f"<mtd>{_term(node)[0]}</mtd><mtd><mtext>otherwise</mtext></mtd>")
    return f'<mtable class="cases">{"".join(f"<mtr>{row}</mtr>" for row in rows)}</mtable>'


def _compared(node: Formula) -> tuple[Term, str, Term] | None:
    """The sides of a comparison and the sign between them."""
    match node:
        case Le(left, right):
            return left, "≤", right
        case Lt(left, right):
            return left, "<", right
        case Eq(left, right):
            return left, "=", right
        case Not(Eq(left, right)):
            return left, "≠", right
        case Not(Le(left, right)):
            return left, ">", right
        case Not(Lt(left, right)):
            return left, "≥", right
    return None


def _is_implication(node: Formula) -> bool:
    match node:
        case Or((Not(premise), _)):
            return not isinstance(premise, (Eq, Le, Lt))
    return False


def _formula(node: Formula, inner: bool) -> str:
    """A formula; ``inner`` asks for parentheses around what is joined."""
    relation = _compared(node)
    if relation is not None:
        left, sign, right = relation
        return f"<mrow>{_term(left)[0]}{_operator(sign)}{_term(right)[0]}</mrow>"
    match node:
        case Not(part):
            return f"<mrow><mtext>not&#xa0;</mtext>{_formula(part, True)}</mrow>"
        case And(()):
            return "<mtext>always</mtext>"
        case Or(()):
            return "<mtext>never</mtext>"
        case Or((Not(premise), conclusion)) if _is_implication(node):
            joined = f"{_formula(premise, True)}{_operator('⇒')}{_formula(conclusion, True)}"
            return _fenced(joined) if inner else f"<mrow>{joined}</mrow>"
        case And(parts) | Or(parts):
            word = "and" if isinstance(node, And) else "or"
            several = len(parts) > 1
            between = f"<mtext>&#xa0;{word}&#xa0;</mtext>"
            joined = between.join(_formula(p, several) for p in parts)
            return _fenced(joined) if inner and several else f"<mrow>{joined}</mrow>"
    raise InvalidInputError(repr(node), "a formula")
