"""Terms and formulas over the reals: the one language of statements, witnesses and obligations.

A tree of frozen nodes with exact constants. It is evaluated exactly (`evaluate`), printed for
solvers (`fvtheory.notation.smtlib`), for readers (`show`) and for sympy (`fvtheory.notation.algebra`). Nothing is
simplified behind the reader's back: what is written is what every checker sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from fvtheory.errors import InexactNumberError, InvalidInputError


class _Hashed:
    """A node remembers its hash: trees are compared and looked up often."""

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            parts = (getattr(self, name) for name in self.__dataclass_fields__)  # type: ignore[attr-defined]
            object.__setattr__(self, "_hash", hash((type(self).__name__, *parts)))
            return self._hash


class Term(_Hashed):
    """A real-valued expression. Operators build trees; comparisons build formulas."""

    __slots__ = ()

    def __add__(self, other: TermLike) -> Term:
        return Add(self, term(other))

    def __radd__(self, other: TermLike) -> Term:
        return Add(term(other), self)

    def __sub__(self, other: TermLike) -> Term:
        return Add(self, Mul(MINUS_ONE, term(other)))

    def __rsub__(self, other: TermLike) -> Term:
        return Add(term(other), Mul(MINUS_ONE, self))

    def __mul__(self, other: TermLike) -> Term:
        return Mul(self, term(other))

    def __rmul__(self, other: TermLike) -> Term:
        return Mul(term(other), self)

    def __truediv__(self, other: TermLike) -> Term:
        return Div(self, term(other))

    def __rtruediv__(self, other: TermLike) -> Term:
        return Div(term(other), self)

    def __neg__(self) -> Term:
        return Mul(MINUS_ONE, self)

    def __le__(self, other: TermLike) -> Formula:
        return Le(self, term(other))

    def __ge__(self, other: TermLike) -> Formula:
        return Le(term(other), self)

    def __lt__(self, other: TermLike) -> Formula:
        return Lt(self, term(other))

    def __gt__(self, other: TermLike) -> Formula:
        return Lt(term(other), self)


TermLike = Term | Fraction | int


@dataclass(frozen=True, slots=True)
class Const(Term):
    __hash__ = _Hashed.__hash__
    value: Fraction


@dataclass(frozen=True, slots=True)
class Sym(Term):
    __hash__ = _Hashed.__hash__
    name: str


@dataclass(frozen=True, slots=True)
class Add(Term):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Mul(Term):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Div(Term):
    """A quotient. Wherever it is used, an obligation shows that the denominator is not zero."""

    __hash__ = _Hashed.__hash__
    numerator: Term
    denominator: Term


@dataclass(frozen=True, slots=True)
class Min(Term):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Max(Term):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Abs(Term):
    __hash__ = _Hashed.__hash__
    inner: Term


@dataclass(frozen=True, slots=True)
class Ite(Term):
    __hash__ = _Hashed.__hash__
    condition: Formula
    then: Term
    otherwise: Term


class Formula(_Hashed):
    """A truth-valued expression; ``&``, ``|`` and ``~`` are and, or, not."""

    __slots__ = ()

    def __and__(self, other: Formula) -> Formula:
        return And((self, other))

    def __or__(self, other: Formula) -> Formula:
        return Or((self, other))

    def __invert__(self) -> Formula:
        return Not(self)

    def __bool__(self) -> bool:
        raise InvalidInputError(
            "a symbolic comparison used as a truth value",
            "a formula",
            "combine formulas with &, | and ~, and write no chained comparisons",
        )


@dataclass(frozen=True, slots=True)
class Le(Formula):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Lt(Formula):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Eq(Formula):
    __hash__ = _Hashed.__hash__
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Not(Formula):
    __hash__ = _Hashed.__hash__
    inner: Formula


@dataclass(frozen=True, slots=True)
class And(Formula):
    __hash__ = _Hashed.__hash__
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or(Formula):
    __hash__ = _Hashed.__hash__
    parts: tuple[Formula, ...]


Node = Term | Formula

MINUS_ONE = Const(Fraction(-1))
ZERO = Const(Fraction(0))
ONE = Const(Fraction(1))
HALF = Const(Fraction(1, 2))
TRUE: Formula = And(())
FALSE: Formula = Or(())


def term(value: TermLike) -> Term:
    """``value`` as a term; floats are refused."""
    if isinstance(value, Term):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise InexactNumberError(repr(value), "a term, an int or a Fraction", "use Fraction(p, q)")
    return Const(Fraction(value))


def minimum(first: TermLike, *rest: TermLike) -> Term:
    return reduce(Min, map(term, rest), term(first))


def maximum(first: TermLike, *rest: TermLike) -> Term:
    return reduce(Max, map(term, rest), term(first))


def absolute(value: TermLike) -> Term:
    return Abs(term(value))


def total(values: Iterable[TermLike]) -> Term:
    """The sum of the values; 0 for none."""
    items = [term(v) for v in values]
    return reduce(Add, items) if items else ZERO


def eq(left: TermLike, right: TermLike) -> Formula:
    return Eq(term(left), term(right))


def ne(left: TermLike, right: TermLike) -> Formula:
    return Not(eq(left, right))


def every(parts: Iterable[Formula]) -> Formula:
    items = tuple(parts)
    return items[0] if len(items) == 1 else And(items)


def some(parts: Iterable[Formula]) -> Formula:
    items = tuple(parts)
    return items[0] if len(items) == 1 else Or(items)


def implies(premise: Formula, conclusion: Formula) -> Formula:
    return Or((Not(premise), conclusion))


def iff(left: Formula, right: Formula) -> Formula:
    return implies(left, right) & implies(right, left)


def ite(condition: Formula, then: TermLike, otherwise: TermLike) -> Term:
    return Ite(condition, term(then), term(otherwise))


def indicator(condition: Formula) -> Term:
    """1 where the condition holds, else 0 (Section 4, notation)."""
    return Ite(condition, ONE, ZERO)


def relu(value: TermLike) -> Term:
    return maximum(0, value)


def clamp(value: TermLike, low: TermLike, high: TermLike) -> Term:
    return minimum(high, maximum(low, value))


def children(node: Node) -> tuple[Node, ...]:
    """The direct subtrees of a node, left to right."""
    match node:
        case Const() | Sym():
            return ()
        case Add(p, q) | Mul(p, q) | Div(p, q) | Min(p, q) | Max(p, q) | Le(p, q) | Lt(p, q) | Eq(p, q):
            return (p, q)
        case Abs(p) | Not(p):
            return (p,)
        case Ite(c, p, q):
            return (c, p, q)
        case And(parts) | Or(parts):
            return parts
    raise InvalidInputError(repr(node), "a term or a formula")


def rebuild(node: Node, parts: tuple[Node, ...]) -> Node:
    """``node`` with its direct subtrees replaced."""
    match node:
        case Const() | Sym():
            return node
        case And():
            return And(parts)  # type: ignore[arg-type]
        case Or():
            return Or(parts)  # type: ignore[arg-type]
    return type(node)(*parts)


def fold(node: Node, visit: Callable[[Node, tuple], object]):
    """Bottom-up evaluation with sharing and without recursion: deep trees are no hazard."""
    done: dict[int, object] = {}
    stack: list[tuple[Node, bool]] = [(node, False)]
    while stack:
        current, expanded = stack.pop()
        key = id(current)
        if key in done:
            continue
        below = children(current)
        if expanded:
            done[key] = visit(current, tuple(done[id(c)] for c in below))
        else:
            stack.append((current, True))
            stack.extend((c, False) for c in below if id(c) not in done)
    return done[id(node)]


def symbols(*nodes: Node) -> tuple[str, ...]:
    """The names that occur, in order of first occurrence from the left."""
    seen: dict[str, None] = {}
    visited: set[int] = set()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, Sym):
            seen.setdefault(node.name)
        stack.extend(reversed(children(node)))
    return tuple(seen)


def substitute(node, replacements: Mapping[str, TermLike]):
    """``node`` with symbols replaced by terms (simultaneously)."""
    new = {name: term(value) for name, value in replacements.items()}

    def visit(current: Node, parts: tuple):
        if isinstance(current, Sym):
            return new.get(current.name, current)
        return rebuild(current, parts)

    return fold(node, visit)


class UndefinedTerm(ArithmeticError):
    """A division by zero met while evaluating."""


def evaluate(node: Node, values: Mapping[str, Fraction]):
    """The exact value of a term (a Fraction) or of a formula (a bool).

    Every branch that is looked at must be defined: conditionals, ``&`` and ``|`` are evaluated
    lazily from the left, so a division may be guarded by the condition before it.

    Raises:
        UndefinedTerm: on a division by zero.
        KeyError: when a symbol has no value.
    """
    done: dict[int, Fraction | bool] = {}

    def ev(n: Node):
        key = id(n)
        if key in done:
            return done[key]
        r: Fraction | bool
        match n:
            case Const(v):
                r = v
            case Sym(name):
                r = values[name]
            case Add(p, q):
                r = ev(p) + ev(q)
            case Mul(p, q):
                r = ev(p) * ev(q)
            case Div(p, q):
                bottom = ev(q)
                if bottom == 0:
                    raise UndefinedTerm(show(n))
                r = ev(p) / bottom
            case Min(p, q):
                r = min(ev(p), ev(q))
            case Max(p, q):
                r = max(ev(p), ev(q))
            case Abs(p):
                r = abs(ev(p))
            case Ite(c, p, q):
                r = ev(p) if ev(c) else ev(q)
            case Le(p, q):
                r = ev(p) <= ev(q)
            case Lt(p, q):
                r = ev(p) < ev(q)
            case Eq(p, q):
                r = ev(p) == ev(q)
            case Not(p):
                r = not ev(p)
            case And(parts):
                r = all(ev(p) for p in parts)
            case Or(parts):
                r = any(ev(p) for p in parts)
            case _:
                raise InvalidInputError(repr(n), "a term or a formula")
        done[key] = r
        return r

    return ev(node)


_SUM, _PRODUCT, _ATOM = 1, 2, 3


def show(node: Node) -> str:
    """A readable one-line form, in the notation of the claim files."""

    shown: dict[int, str] = {}

    def visit(n: Node, parts: tuple) -> tuple[str, int]:
        found = form(n, parts)
        shown[id(n)] = found[0]
        return found

    def form(n: Node, parts: tuple) -> tuple[str, int]:
        def at(i: int, level: int) -> str:
            words, strength = parts[i]
            return words if strength >= level else f"({words})"

        match n:
            case Const(v):
                return str(v), _ATOM if v >= 0 and v.denominator == 1 else _PRODUCT if v >= 0 else _SUM
            case Sym(name):
                return name, _ATOM
            case Add(_, Mul(Const(v), q)) if v == -1:
                words, _ = parts[1]
                right = words[1:] if words.startswith("-") else words
                return f"{at(0, _SUM)} - {right}", _SUM
            case Add():
                return f"{at(0, _SUM)} + {at(1, _SUM)}", _SUM
            case Mul(Const(v), q) if v == -1:
                return f"-{at(1, _PRODUCT if not isinstance(q, Mul) else _ATOM)}", _SUM
            case Mul():
                return f"{at(0, _PRODUCT)}*{at(1, _ATOM)}", _PRODUCT
            case Div():
                return f"{at(0, _PRODUCT)}/{at(1, _ATOM)}", _PRODUCT
            case Min():
                return f"min({parts[0][0]}, {parts[1][0]})", _ATOM
            case Max():
                return f"max({parts[0][0]}, {parts[1][0]})", _ATOM
            case Abs():
                return f"abs({parts[0][0]})", _ATOM
            case Ite():
                return f"({parts[1][0]} if {parts[0][0]} else {parts[2][0]})", _ATOM
            case Le():
                return f"{parts[0][0]} <= {parts[1][0]}", _ATOM
            case Lt():
                return f"{parts[0][0]} < {parts[1][0]}", _ATOM
            case Eq():
                return f"{parts[0][0]} == {parts[1][0]}", _ATOM
            case Not(Eq(p, q)):
                return f"{shown[id(p)]} != {shown[id(q)]}", _ATOM
            case Not():
                return f"not ({parts[0][0]})", _ATOM
            case And(items):
                return (" and ".join(f"({p[0]})" for p in parts) if items else "true"), _SUM
            case Or(items):
                return (" or ".join(f"({p[0]})" for p in parts) if items else "false"), _SUM
        raise InvalidInputError(repr(n), "a term or a formula")

    return fold(node, visit)[0]
