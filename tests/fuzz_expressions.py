"""Hostile input for expressions and claim files, from a fixed seed.

Whatever comes in, the readers answer with a tree or with an error of fvtheory on one line. And what
they accept means what it says: every accepted expression is evaluated a second time by Python's own
parser and the few lines of `meaning`, which share nothing with the package.

    python -m fuzz_expressions [SEED]    (from the folder tests)
"""

from __future__ import annotations

import ast
import operator
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction

from fvtheory.claim_files import UserClaim, parse_claims
from fvtheory.errors import FvtheoryError
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.symbols import L, symbolic_phi
from fvtheory.terms import Formula, Node, Term, UndefinedTerm, evaluate

EXPRESSIONS, DOCUMENTS = 94_000, 10_000
SEED = 20230607

Value = Fraction | bool


# ---- an independent meaning ------------------------------------------------------------------

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_COMPARE = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class OutsideTheGrammar(Exception):
    """Python reads the text as something that no claim file may say."""


def meaning(text: str, values: Mapping[str, Fraction]) -> Value:
    """The value of an expression, by Python's parser; ZeroDivisionError where there is none.

    Python refuses 007 and line breaks, which the grammar allows.
    """
    plain = re.sub(r"\b0+(?=[0-9])", "", " ".join(text.split()))
    try:
        tree = ast.parse(plain, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise OutsideTheGrammar(str(error)) from None
    return _walk(tree.body, values)


def _number(value: Value) -> Fraction:
    if not isinstance(value, Fraction):
        raise OutsideTheGrammar("a truth value as a number")
    return value


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise OutsideTheGrammar("a number as a truth value")
    return value


def _walk(node: ast.expr, values: Mapping[str, Fraction]) -> Value:
    def number(n: ast.expr) -> Fraction:
        return _number(_walk(n, values))

    match node:
        case ast.Constant(value=int() as digits) if not isinstance(digits, bool):
            return Fraction(digits)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
            only = name if f"{name}[0]" not in values else f"{name}[{index}]"
            if (only == name and index != 0) or only not in values:
                raise OutsideTheGrammar(f"{name}[{index}]")
            return values[only]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -number(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return number(inner)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _truth(_walk(inner, values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](number(left), number(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](number(left), number(right))
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_truth(_walk(p, values)) for p in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_truth(_walk(p, values)) for p in parts)
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=parts, keywords=[]) if len(parts) > 1:
            return {"min": min, "max": max}[name](number(p) for p in parts)
        case ast.Call(func=ast.Name(id="abs"), args=[inner], keywords=[]):
            return abs(number(inner))
    raise OutsideTheGrammar(ast.dump(node)[:80])


def same_meaning(text: str, node: Node, values: Mapping[str, Fraction]) -> bool:
    """Whether a tree has the value that `meaning` finds, with undefined equal to undefined."""
    try:
        ours = evaluate(node, values)
    except UndefinedTerm:
        ours = None
    try:
        theirs = meaning(text, values)
    except ZeroDivisionError:
        theirs = None
    return type(ours) is type(theirs) and ours == theirs


def some_values(rng: random.Random, dim: int) -> dict[str, Fraction]:
    """Numbers for the symbols of Φ, small enough for ties and zeros to occur."""
    points = ("x_min", "x_max")
    names = [*points] if dim == 1 else [f"{p}[{j}]" for p in points for j in range(dim)]
    return {name: Fraction(rng.randint(0, 4), 4) for name in [*names, "f_min", "f_max", "L"]}


# ---- texts -----------------------------------------------------------------------------------

SCALARS = ("f_min", "f_max", "L")
SOUP = (
    *("f_min", "f_max", "L", "x_min", "x_max", "x_min[0]", "x_max[1]", "x_min[7]", "x_min[-1]", "x"),
    *("0", "1", "2", "12", "1/4", "007", "0.5", "1e3", ".5", "1_0", "0x1f", "1j", "1.", "9" * 60),
    *("+", "-", "*", "/", "**", "//", "%", "^", "@", "<", "<=", ">", ">=", "==", "!=", "=", ":=", "<>", "~"),
    *("(", ")", "[", "]", "{", "}", ",", ".", ";", ":", "'", '"', "`", "\\", "#", "$", "?", "!", "&", "|"),
    *("and", "or", "not", "min(", "max(", "abs(", "min", "abs", "if", "else", "lambda", "for", "in", "is"),
    *("True", "None", "inf", "nan", "__import__('os')", "f_min.real", "exec", " ", "\t", "\n", "\r\n", "\0"),
)
WORDS = (
    *(
        "f_min",
        "f_max",
        "L",
        "x_min",
        "x_max[0]",
        "0",
        "1",
        "2",
        "1/4",
        "(",
        "(",
        ")",
        ")",
        "min(",
        "abs(",
        ",",
    ),
    *("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not"),
)
LOOK_ALIKES = {
    "x": "хｘ×",
    "f": "ƒｆ",
    "i": "іｉ",
    "n": "ո",
    "m": "ｍ",
    "a": "аａ",
    "L": "ＬℒᏞ",
    "_": "＿‿",
    "-": "−–‐",
    "+": "＋",
    "*": "∗×·",
    "/": "∕⁄÷",
    "(": "（",
    ")": "）",
    "<": "＜‹",
    "=": "＝",
    " ": "\u00a0\u2003\u200b",
    "0": "０٠",
    "1": "１١²",
    "2": "２٢",
    "4": "４٤",
}


def term_text(rng: random.Random, dim: int, depth: int) -> str:
    """A term of the grammar."""
    if depth == 0 or rng.random() < 0.2:
        if rng.random() < 0.4:
            return str(rng.choice((0, 1, 1, 2, 3, 10, 999)))
        if rng.random() < 0.4:
            return rng.choice(SCALARS)
        point = rng.choice(("x_min", "x_max"))
        return point if dim == 1 and rng.random() < 0.7 else f"{point}[{rng.randrange(dim)}]"
    p, q = (term_text(rng, dim, depth - 1) for _ in range(2))
    blank = rng.choice(("", "", " ", "  ", "\n\t"))
    shape = rng.randrange(9)
    if shape < 4:
        return f"{p}{blank}{rng.choice('+-*-+*')}{blank}{q}"
    if shape == 4:
        return f"{p}{blank}/{blank}{rng.choice(('4', '3', '(1 + L)', f'(2 + ({q}) )'))}"
    if shape == 5:
        return f"({p} {rng.choice('+-')}{blank}{q})"
    if shape == 6:
        return rng.choice("-+") + p
    if shape == 7:
        return f"abs({p})"
    more = "".join(f",{blank}{term_text(rng, dim, 1)}" for _ in range(rng.randrange(3)))
    return f"{rng.choice(('min', 'max'))}({p},{blank}{q}{more})"


def formula_text(rng: random.Random, dim: int, depth: int) -> str:
    """A formula of the grammar."""
    if depth == 0 or rng.random() < 0.3:
        p, q = (term_text(rng, dim, 1) for _ in range(2))
        return f"{p} {rng.choice(('<', '<=', '>', '>=', '==', '!='))}{rng.choice(('', ' '))}{q}"
    p, q = (formula_text(rng, dim, depth - 1) for _ in range(2))
    shape = rng.randrange(5)
    if shape < 2:
        return f"{p} {('and', 'or')[shape]} {q}"
    if shape == 2:
        return f"not {p}"
    return f"({p})" if shape == 3 else f"not ({p} or {q})"


def valid_text(rng: random.Random, dim: int) -> str:
    return rng.choice((term_text, formula_text))(rng, dim, rng.randrange(4))


def mutated(rng: random.Random, text: str, alphabet: tuple[str, ...] = SOUP) -> str:
    """A text with a few pieces removed, inserted, doubled or exchanged."""
    for _ in range(rng.randint(1, 3)):
        i, j = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        change = rng.randrange(5)
        if change == 0:
            text = text[:i] + text[min(j, i + 3) :]
        elif change == 1:
            text = text[:i] + rng.choice(alphabet) + text[i:]
        elif change == 2:
            text = text[:j] + text[i:j] + text[j:]
        elif change == 3:
            text = text[:i] + rng.choice(alphabet) + text[i + 1 :]
        else:
            text = text[j:] + text[:j]
    return text


def soup_text(rng: random.Random, dim: int) -> str:
    pieces, most = (SOUP, 12) if rng.random() < 0.4 else (WORDS, 7)
    return rng.choice(("", " ")).join(rng.choices(pieces, k=rng.randint(0, most)))


def bytes_text(rng: random.Random, dim: int) -> str:
    data = rng.randbytes(rng.randint(0, 24))
    if rng.random() < 0.5:
        return data.decode("latin-1")
    return data.decode("utf-8", rng.choice(("replace", "surrogateescape", "ignore")))


def nested_text(rng: random.Random, dim: int) -> str:
    n = rng.choice((1, 10, 49, 50, 51, 52, 200, 1_000, 3_900, 100_000))
    opening, closing = rng.choice(
        (
            ("(", ")"),
            ("-", ""),
            ("+-", ""),
            ("not ", ""),
            ("abs(", ")"),
            ("min(1,", ")"),
            ("[", "]"),
            ("f_min[", "]"),
        )
    )
    inner = rng.choice(("1", "f_min", "1 < 2", ""))
    return opening * n + inner + closing * rng.choice((n, n, n, 0, n + 1))


def long_text(rng: random.Random, dim: int) -> str:
    n = rng.choice((10, 49, 50, 51, 249, 250, 251, 499, 500, 501, 1_999, 2_000, 4_000, 20_000))
    unit = rng.choice(("1", "9", "0", "1+", "f_max-", "1/7*", "1 < 2 and ", " ", "1,", "-", "x_min[", "1/"))
    return unit * n + rng.choice(("", "1", "f_min", "1 < 2"))


def look_alike_text(rng: random.Random, dim: int) -> str:
    text = list(valid_text(rng, dim))
    places = [i for i, c in enumerate(text) if c in LOOK_ALIKES]
    for i in rng.sample(places, min(len(places), rng.randint(1, 2))):
        text[i] = rng.choice(LOOK_ALIKES[text[i]])
    return "".join(text)


SOURCES: dict[str, tuple[int, Callable[[random.Random, int], str]]] = {
    "soup": (34, soup_text),
    "valid": (14, valid_text),
    "mutated": (34, lambda rng, dim: mutated(rng, valid_text(rng, dim))),
    "bytes": (10, bytes_text),
    "nested": (1, nested_text),
    "long": (1, long_text),
    "look-alike": (6, look_alike_text),
}


# ---- documents -------------------------------------------------------------------------------

GOOD: dict[str, tuple[str, ...]] = {
    "class": (
        "all",
        "neural-network",
        "erm",
        "lipschitz",
        "piecewise-affine",
        "monotone",
        "convex",
        "affine",
    ),
    "dim": ("1", "2", "3", "64"),
    "question": ("value", "side"),
    "kind": ("every-decoder-errs-at-least", "some-decoder-errs-at-most"),
    "convention": ("any-selection", "first", "unique"),
    "reading": ("worst-case", "attained"),
}
ODD = (
    *(
        "1.5",
        "inf",
        "-nan",
        "1e3",
        "true",
        "0",
        "-1",
        "65",
        "0x1_0",
        "9" * 5_000,
        "''",
        "'\\'",
        "[]",
        "[[1.0]]",
    ),
    *(
        "{}",
        "{a = 1.5}",
        "1979-05-27",
        "07:32:00",
        '"\\u0000"',
        '"a\\nb"',
        '"\\ud800"',
        "'''\n'''",
        "[" * 2_000,
    ),
    *(
        '"L"',
        '"1/0"',
        '"0.5"',
        '"ALL"',
        '"convex "',
        '"None"',
        '"x_min < x_max"',
        '"f_min"',
        "",
        "'",
        '"é"',
        "\0",
    ),
)


def document(rng: random.Random) -> str:
    """A claim file, more often than not with something wrong in it."""
    tables = []
    for number in range(rng.choice((1, 1, 1, 2, 3))):
        entries = {key: rng.choice(choices) for key, choices in GOOD.items()}
        dim = int(entries["dim"])
        lines = {key: value if key == "dim" else f'"{value}"' for key, value in entries.items()}
        lines["id"] = f'"claim-{number}"'
        lines["bound"] = quoted(without_l(entries, term_text(rng, min(dim, 3), 2)))
        if entries["class"] == "lipschitz":
            lines["lipschitz"] = rng.choice(('"L"', '"3/2"', '"4"', "2"))
        if rng.random() < 0.5:
            lines["when"] = quoted(without_l(entries, formula_text(rng, min(dim, 3), 1)))
        if rng.random() < 0.6:
            key = rng.choice(
                (*lines, "id", "bound", "lipschitz", "when", "statement", "surprise", "expected")
            )
            lines[key] = rng.choice((*ODD, quoted(soup_text(rng, 1)), quoted(mutated(rng, "f_max - f_min"))))
        if rng.random() < 0.1:
            lines.pop(rng.choice(list(lines)))
        tables.append("[[claim]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items()))
    text = "\n".join(tables)
    return mutated(rng, text) if rng.random() < 0.2 else text


def without_l(entries: Mapping[str, str], text: str) -> str:
    return text if entries["class"] == "lipschitz" else re.sub(r"\bL\b", "f_max", text)


def quoted(text: str) -> str:
    plain = "".join(
        c if c.isprintable() and c.isascii() else f"\\u{min(ord(c), 0xFFFD):04x}" for c in _escaped(text)
    )
    return f'"{plain}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# ---- the run ---------------------------------------------------------------------------------


def check_error(error: FvtheoryError) -> None:
    """One line of bounded length that says what was given and what is required."""
    line = str(error)
    assert line.isprintable(), repr(line)
    assert len(line) < 1_000, line
    assert error.got
    assert error.required


NAMES = {dim: phi_names(symbolic_phi(dim, L)) for dim in (1, 2, 3)}


def read(parse: Callable, text: str, dim: int) -> Node | FvtheoryError:
    try:
        return parse(text, NAMES[dim])
    except FvtheoryError as error:
        check_error(error)
        return error


def check_expression(rng: random.Random, text: str, dim: int) -> str:
    """Read one text as a term and as a formula: ``term``, ``formula`` or ``refused``."""
    node = read(parse_term, text, dim)
    if isinstance(node, FvtheoryError):
        if not node.got.startswith("a formula") and rng.random() < 0.8:
            return "refused"
        node = read(parse_formula, text, dim)
        if isinstance(node, FvtheoryError):
            return "refused"
        assert isinstance(node, Formula)
    else:
        assert isinstance(node, Term)
        assert isinstance(read(parse_formula, text, dim), FvtheoryError), text
    assert text.isascii(), text
    for _ in range(2):
        assert same_meaning(text, node, some_values(rng, dim)), text
    return "term" if isinstance(node, Term) else "formula"


def check_document(rng: random.Random, text: str) -> str:
    """Read one document: ``accepted`` or ``refused``."""
    try:
        claims = parse_claims(text, "fuzz.toml")
    except FvtheoryError as error:
        check_error(error)
        return "refused"
    for item in claims:
        check_accepted_claim(rng, item)
    return "accepted"


def check_accepted_claim(rng: random.Random, item: UserClaim) -> None:
    statement, claim = item.statement(), item.claim()
    assert claim.id == item.id
    assert statement.dims == (item.dim,)
    phi = statement.phi(item.dim)
    values = some_values(rng, item.dim)
    if item.lipschitz not in (None, "L"):
        values["L"] = Fraction(item.lipschitz)
    assert statement.bound is not None
    assert same_meaning(item.bound, statement.bound(phi), values), item.bound
    if item.when is not None:
        assert same_meaning(item.when, statement.when(phi), values), item.when


def fuzz(expressions: int = EXPRESSIONS, documents: int = DOCUMENTS, seed: int = SEED) -> Counter:
    """Run everything; the counts of (source, outcome). A failure names the text that caused it."""
    rng = random.Random(seed)
    weights = [weight for weight, _ in SOURCES.values()]
    outcomes: Counter = Counter()
    for _ in range(expressions):
        (source,) = rng.choices(list(SOURCES), weights)
        dim = rng.choice((1, 1, 2, 3))
        text = SOURCES[source][1](rng, dim)
        outcomes[source, check_expression(rng, text, dim)] += 1
    for _ in range(documents):
        outcomes["document", check_document(rng, document(rng))] += 1
    return outcomes


if __name__ == "__main__":
    began = time.perf_counter()
    for (source, outcome), count in sorted(fuzz(seed=int(sys.argv[1]) if sys.argv[1:] else SEED).items()):
        print(f"{source:12} {outcome:10} {count:7}")
    print(f"{time.perf_counter() - began:.1f} s")
