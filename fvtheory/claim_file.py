"""Claim files: claims of a user in TOML, read strictly.

    [[claim]]
    id = "convex-half"
    class = "convex"            # lipschitz = "L" or a number, for the class lipschitz
    dim = 1
    question = "value"          # or "side"
    kind = "every-decoder-errs-at-least"   # or "some-decoder-errs-at-most"
    bound = "(f_max - f_min)/2"
    when = "x_min < x_max"      # optional; without it: every feasible Φ
    convention = "any-selection"           # or "first", "unique"
    reading = "worst-case"                 # or "attained"
    source = "where the claim comes from"  # optional
    statement = "the claim in words"       # optional
    expected = "PROVED"                    # optional: the verdict the author expects, or "REFUTED"

`bound` and `when` are expressions of `fvtheory.expressions`. ``expected`` has no influence on the
verdict; it is there for tests and for readers. What is wrong in a file is reported when it is read, in
one line with the file, the claim and the key.

*Evaluations.* Instead of Φ a claim in one variable may know values at points, listed in ascending order:

    evaluations = [{ point = "1/4" }, { point = "3/4", value = "y[0]", role = "maximizer" }]

A point or value that is left out is a free symbol, ``p[i]`` or ``y[i]``: the claim is about all of them, that is,
about all points in [0, 1] in this order and all values that some function of the class takes. Those given are
expressions in earlier points (values: in all points and earlier values). ``p[i]`` and ``y[i]`` name points and
values in ``bound`` and ``when`` in either case. ``role`` is evaluation (default), minimizer or maximizer: no value
of f is below (above) the one there. In the class convex a free point lies inside (0, 1): an end is given as 0 or 1.
With the kind ``decoder-errs-at-most`` the claim is about one decoder, ``decoder = "y[0]*(1 - x) + y[1]*x"``.

*Numbers.* A claim may know one set of numbers, of any kind that `fvtheory.beyond` knows, in any class there:

    class = "convex+lipschitz"
    lipschitz = "2"
    knowledge = { kind = "evaluations", points = [["0"], ["1"]], values = ["1/4", "1/2"] }

with ``norm``, ``weights``, ``signs``, ``coordinates`` and ``smooth`` as for ``fvtheory beyond``. It is decided by the
exact radius, or by certified bounds of it, in which case it may stay UNKNOWN.

``fidelity`` and ``delta`` say how the claim matches the sentence of its source (see `fvtheory.claims.claim`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from fvtheory.claimed_knowledge import (
    EvaluationText,
    ExpressionError,
    KnownStatement,
    evaluation_statement,
    known_statement,
    read_evaluations,
    read_knowledge,
)
from fvtheory.claims.claim import FIDELITIES, Claim
from fvtheory.classes import CLASSES, get_class
from fvtheory.errors import FvtheoryError, InvalidInputError, UnknownNameError
from fvtheory.exact import rational
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.information import CONVENTIONS
from fvtheory.interpolation import DECODER_ERRS_AT_MOST, EvaluationStatement
from fvtheory.obligations import PROVED, REFUTED
from fvtheory.statements import AT_LEAST, AT_MOST, RadiusStatement
from fvtheory.symbols import L, Phi, symbolic_phi
from fvtheory.terms import TRUE, Const, Formula, Term

if TYPE_CHECKING:
    from fvtheory.beyond import Knowledge

MAX_BYTES = 4 * 1024 * 1024
MAX_CLAIMS = 10_000
MAX_DIM = 64
MAX_ID = 200
MAX_TEXT = 10_000

REQUIRED = ("id", "class", "dim", "question", "kind", "bound")
OPTIONAL = (
    "lipschitz",
    "when",
    "convention",
    "reading",
    "source",
    "statement",
    "expected",
    "fidelity",
    "delta",
    "evaluations",
    "decoder",
    "knowledge",
    "norm",
    "weights",
    "signs",
    "coordinates",
    "smooth",
)
CLASS_OPTIONS = ("lipschitz", "norm", "weights", "signs", "coordinates", "smooth")
"""What names a class with ``knowledge`` besides its atoms; see `fvtheory.beyond.family`."""

QUESTIONS = ("value", "side")
KINDS = (AT_LEAST, AT_MOST)
EVALUATION_KINDS = (*KINDS, DECODER_ERRS_AT_MOST)
READINGS = ("worst-case", "attained")
VERDICTS = (PROVED, REFUTED)

_FIELDS = {"class": "cls", "statement": "text"}
_KEYS = {field: key for key, field in _FIELDS.items()}
_LIPSCHITZ = re.compile(r"[0-9]{1,50}(/[0-9]{1,50})?", re.ASCII)
_MANY_DOTS = re.compile(
    r"""(?<![0-9A-Za-z_-])(?:(?:"[^"\n]*"|'[^'\n]*'|[0-9A-Za-z_-]++)[ \t]*+\.[ \t]*+){32}""", re.ASCII
)
"""Keys of very many parts: the library that reads TOML takes quadratic time for them."""


@dataclass(frozen=True)
class BoundText:
    """A bound as written, and what it denotes for a given Φ."""

    text: str
    lipschitz: bool

    def __call__(self, phi: Phi) -> Term:
        return parse_term(self.text, phi_names(phi, self.lipschitz))


@dataclass(frozen=True)
class WhenText:
    """Hypotheses as written (true if there are none), and what they denote for a given Φ."""

    text: str | None
    lipschitz: bool

    def __call__(self, phi: Phi) -> Formula:
        return TRUE if self.text is None else parse_formula(self.text, phi_names(phi, self.lipschitz))


@dataclass(frozen=True)
class UserClaim:
    """A claim about what decoders can do, as a claim file states it; plain data.

    Attributes:
        id: its name.
        cls: the function class (key ``class``).
        dim: the dimension of the inputs.
        question: ``value`` or ``side``.
        kind: ``every-decoder-errs-at-least`` or ``some-decoder-errs-at-most``.
        bound: the bound, an expression in Φ (and L).
        lipschitz: the Lipschitz constant, for the class ``lipschitz`` only: ``L`` (any L > 0) or a
            rational number.
        when: hypotheses on Φ (and L); none: every feasible Φ.
        convention: how ties of extrema are read.
        reading: ``worst-case`` (no decoder has a worst-case error below the bound) or ``attained`` (for
            every decoder some function reaches it).
        source: where the claim comes from.
        text: the claim in words (key ``statement``).
        expected: the verdict its author expects; no checker looks at it.
        fidelity, delta: how the claim matches the sentence of its source.
        evaluations: what is known in place of Φ, in one variable: see the head of this file.
        decoder: for the kind ``decoder-errs-at-most``: what it predicts at ``x``.
        knowledge: what is known in place of Φ, in numbers.
        norm, weights, signs, coordinates, smooth: of the class, with ``knowledge``.

    Raises:
        InvalidInputError: when a value is not as described; the error names claim and key.
    """

    id: str
    cls: str
    dim: int
    question: str
    kind: str
    bound: str
    lipschitz: str | None = None
    when: str | None = None
    convention: str = "any-selection"
    reading: str = "worst-case"
    source: str = ""
    text: str = ""
    expected: str | None = None
    fidelity: str = "exact"
    delta: str = ""
    evaluations: tuple[EvaluationText, ...] | None = None
    decoder: str | None = None
    knowledge: Knowledge | None = None
    norm: str | None = None
    weights: tuple[str, ...] | None = None
    signs: str | None = None
    coordinates: int | None = None
    smooth: str | None = None

    def __post_init__(self) -> None:
        self._check_id()
        if isinstance(self.dim, bool) or not isinstance(self.dim, int) or not 1 <= self.dim <= MAX_DIM:
            raise self._error("dim", _shown(self.dim), f"an integer from 1 to {MAX_DIM}")
        self._check_choice("question", QUESTIONS)
        self._check_choice("kind", KINDS if self.evaluations is None else EVALUATION_KINDS)
        self._check_choice("convention", CONVENTIONS)
        self._check_choice("reading", READINGS)
        if self.expected is not None:
            self._check_choice("expected", VERDICTS)
        for field in ("source", "text", "delta"):
            self._check_text(field)
        self._check_choice("fidelity", FIDELITIES)
        if (self.fidelity == "exact") == bool(self.delta):
            raise self._error("delta", _shown(self.delta), "the difference, for every fidelity but exact")
        if self.knowledge is None:
            self._check_choice("cls", tuple(CLASSES))
            self._check_lipschitz()
            for field in CLASS_OPTIONS[1:]:
                self._check_absent(field, "knowledge")
        if self.evaluations is None:
            self._check_absent("decoder", "evaluations")
        if self.evaluations is not None or self.knowledge is not None:
            self._check_known()
            return
        statement = self._phi_statement()
        phi = symbolic_phi(self.dim, statement.rate)
        self._check_expression("bound", statement.bound, phi)
        if self.when is not None:
            self._check_expression("when", statement.when, phi)

    def statement(self) -> RadiusStatement | EvaluationStatement | KnownStatement:
        """What is decided. The bound and the hypotheses are read for the Φ they are asked about."""
        if self.evaluations is None and self.knowledge is None:
            return self._phi_statement()
        return self._known_statement()

    def claim(self) -> Claim:
        """The claim as the verifier takes it."""
        return Claim(
            id=self.id,
            variant="printed",
            source=self.source,
            text=self.text or str(self),
            statement=self.statement(),
            cls=self.cls,
            convention=self.convention,
            fidelity=self.fidelity,
            delta=self.delta,
        )

    def __str__(self) -> str:
        """The claim in one line."""
        which = f"{self.cls}, d = {self.dim}" + (f", L = {self.lipschitz}" if self.lipschitz else "")
        where = f", when {self.when}" if self.when is not None else ""
        question = "" if self.question == "value" else " on the side question"
        known = ""
        if self.evaluations is not None:
            known = f", known at {len(self.evaluations)} points"
        elif self.knowledge is not None:
            known = f", knowing {len(self.knowledge.operators)} operators in numbers"
        return f"{self.kind.replace('-', ' ')} {self.bound}{question}{where} ({which}{known})"

    # ---- validation --------------------------------------------------------------------------

    def _phi_statement(self) -> RadiusStatement:
        needed = get_class(self.cls).needs_lipschitz
        return RadiusStatement(
            cls=self.cls,
            dims=(self.dim,),
            kind=self.kind,
            bound=BoundText(self.bound, needed),
            question=self.question,
            when=WhenText(self.when, needed),
            reading=self.reading,
            rate=self._rate(),
        )

    def _rate(self) -> Term:
        return L if self.lipschitz in (None, "L") else Const(rational(self.lipschitz, "lipschitz"))

    def _known_statement(self) -> EvaluationStatement | KnownStatement:
        if self.evaluations is not None:
            return evaluation_statement(
                self.cls, self._rate(), self.evaluations, self.kind, self.bound, self.when, self.decoder
            )
        options = {n: getattr(self, n) for n in CLASS_OPTIONS if getattr(self, n) is not None}
        assert self.knowledge is not None
        return known_statement(self.cls, self.dim, options, self.knowledge, self.kind, self.bound)

    def _check_known(self) -> None:
        """What a claim may say that knows evaluations or numbers in place of Φ."""
        known = "evaluations" if self.evaluations is not None else "knowledge"
        if self.evaluations is not None and self.knowledge is not None:
            raise self._error("knowledge", "knowledge beside evaluations", "one of the two")
        for field, required, reason in (
            ("question", "value", "the middle of Φ is not known"),
            ("convention", "any-selection", "extrema that are known are any extrema"),
            ("reading", "worst-case", "which bounds are reached is decided for Φ only"),
        ):
            if getattr(self, field) != required:
                raise self._error(field, f"{getattr(self, field)} with {known}", required, reason)
        if (self.kind == DECODER_ERRS_AT_MOST) != (self.decoder is not None):
            raise self._error(
                "decoder",
                _shown(self.decoder),
                f"a decoder for the kind {DECODER_ERRS_AT_MOST}, and only there",
            )
        if self.knowledge is not None:
            self._check_absent("when", "Φ or evaluations in symbols: numbers need no hypotheses")
        if self.evaluations is not None and self.dim != 1:
            raise self._error(
                "dim", str(self.dim), "1 with evaluations in symbols", "in several variables state knowledge"
            )
        try:
            if self.evaluations is not None:
                object.__setattr__(self, "evaluations", read_evaluations(self.evaluations))
            else:
                object.__setattr__(self, "knowledge", read_knowledge(self.knowledge))
                for name in ("weights", "signs"):
                    given: Any = getattr(self, name)
                    if isinstance(given, list):
                        object.__setattr__(self, name, tuple(given))
            self._known_statement()
        except ExpressionError as error:
            raise self._error(error.key, error.got, error.required, error.remedy) from None
        except FvtheoryError as error:
            raise self._error(known, error.got, error.required, error.remedy) from None
        for name in ("bound", "when", "decoder"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, " ".join(getattr(self, name).split()))

    def _check_absent(self, field: str, needed: str) -> None:
        if getattr(self, field) is not None:
            raise self._error(field, _shown(getattr(self, field)), f"no {field} without {needed}")

    def _error(self, field: str, got: str, required: str, remedy: str = "") -> InvalidInputError:
        named = f"claim {_shown(self.id)}, key {_KEYS.get(field, field)}"
        return InvalidInputError(f"{got} ({named})", required, remedy)

    def _check_id(self) -> None:
        if not isinstance(self.id, str) or not self.id or len(self.id) > MAX_ID:
            raise self._error("id", _shown(self.id), f"a string of 1 to {MAX_ID} characters")
        if not self.id.isprintable() or self.id != self.id.strip():
            raise self._error("id", _shown(self.id), "printable characters, with no blank at either end")

    def _check_choice(self, field: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, field)
        if not isinstance(value, str) or value not in choices:
            raise self._error(field, _shown(value), f"one of {', '.join(choices)}")

    def _check_text(self, field: str) -> None:
        value = getattr(self, field)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise self._error(field, _shown(value), f"a string of at most {MAX_TEXT} characters")
        if not all(c.isprintable() or c in "\n\r\t" for c in value):
            raise self._error(field, _shown(value), "text without control characters")

    def _check_lipschitz(self) -> None:
        needed, value = get_class(self.cls).needs_lipschitz, self.lipschitz
        if not needed and value is not None:
            raise self._error("lipschitz", _shown(value), f"no Lipschitz constant for the class {self.cls}")
        if not needed or value == "L":
            return
        required = '"L" or a rational number above 0'
        if value is None:
            raise self._error("lipschitz", "no such key", f"{required}, for the class {self.cls}")
        remedy = 'write "L", "2" or "3/2"'
        if not isinstance(value, str) or not _LIPSCHITZ.fullmatch(value):
            raise self._error("lipschitz", _shown(value), f"{required} of at most 50 digits a part", remedy)
        numerator, _, denominator = value.partition("/")
        if int(numerator) == 0 or (denominator and int(denominator) == 0):
            raise self._error("lipschitz", _shown(value), required, remedy)

    def _check_expression(self, field: str, meaning: Any, phi: Phi) -> None:
        value = getattr(self, field)
        if not isinstance(value, str):
            raise self._error(
                field, _shown(value), "an expression in quotes", 'for example "(f_max - f_min)/2"'
            )
        try:
            meaning(phi)
        except FvtheoryError as error:
            raise self._error(field, error.got, error.required, error.remedy) from None
        object.__setattr__(self, field, " ".join(value.split()))


def read_claims(path: str | os.PathLike[str]) -> list[UserClaim]:
    """The claims of a file, in its order.

    Raises:
        InvalidInputError: for a file that cannot be read, is not UTF-8 or TOML, is too large, holds no
            claim or more than MAX_CLAIMS, or holds a claim that is not as documented here.
    """
    try:
        name = _shown(os.fspath(path), 200)
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInputError(
            f"claim file {name}: {reason}", "a file that can be read", "check the path"
        ) from None
    except TypeError:
        raise InvalidInputError(f"a path of type {type(path).__name__}", "the path of a claim file") from None
    if len(data) > MAX_BYTES:
        raise InvalidInputError(
            f"claim file {name} of more than {MAX_BYTES} bytes", f"at most {MAX_BYTES} bytes"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"claim file {name} with the byte 0x{data[error.start]:02x} at {error.start}", "UTF-8 text"
        ) from None
    return parse_claims(text, os.fspath(path))


def parse_claims(text: str, name: str = "claims") -> list[UserClaim]:
    """The claims of a text in TOML.

    Args:
        text: the document.
        name: what errors call it.

    Raises:
        InvalidInputError: as `read_claims`.
    """
    where = f"claim file {_shown(name, 200)}"
    items = _tables(_load(text, where), where)
    claims: list[UserClaim] = []
    numbers: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        try:
            claim = _claim(item, number)
        except FvtheoryError as error:
            raise InvalidInputError(f"{error.got} in {where}", error.required, error.remedy) from None
        if claim.id in numbers:
            raise InvalidInputError(
                f"claims {numbers[claim.id]} and {number} with one id (claim {_shown(claim.id)}, key id) in {where}",
                "an id of its own for every claim",
            )
        numbers[claim.id] = number
        claims.append(claim)
    return claims


def instructive_claims() -> list[UserClaim]:
    """Claims that ship with the package, true and false ones over all classes, with their verdicts.

    They are meant for reading and for learning the format: each states in words what it says and, in
    ``expected``, how it must be decided.
    """
    return claims_of_set("instructive")


CLAIM_SETS = (
    "instructive",
    "optimal-recovery",
    "monotone-regression",
    "convex-regression",
    "affine-extremes",
)
"""The sets of claims that ship with the package, each a folder of `fvtheory.claims` or one of its files."""


def claims_of_set(name: str) -> list[UserClaim]:
    """The claims of a set that ships with the package, each with its source and, in ``expected``, its verdict.

    Raises:
        UnknownNameError: for a name that is not in CLAIM_SETS.
    """
    if name not in CLAIM_SETS:
        raise UnknownNameError(f"claim set {_shown(name)}", f"one of {', '.join(CLAIM_SETS)}")
    place = resources.files("fvtheory.claims")
    single = place.joinpath("literature", f"{name}.toml")
    if single.is_file():
        return parse_claims(single.read_text(encoding="utf-8"), single.name)
    found: list[UserClaim] = []
    for file in sorted(place.joinpath(name).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found += parse_claims(file.read_text(encoding="utf-8"), file.name)
    return found


# ---- TOML ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Decimal:
    """A TOML float as written: never a number here, only something to refuse by its place."""

    literal: str

    def __repr__(self) -> str:
        return f"the float {self.literal}"


def _load(text: str, where: str) -> dict[str, Any]:
    if not isinstance(text, str):
        raise InvalidInputError(f"{where} of type {type(text).__name__}", "text")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{where} with a lone surrogate at {error.start}", "UTF-8 text") from None
    if size > MAX_BYTES:
        raise InvalidInputError(f"{where} of {size} bytes", f"at most {MAX_BYTES} bytes")
    if found := _MANY_DOTS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InvalidInputError(f"a key of more than 32 parts in {where}, line {line}", "keys of one part")
    try:
        return tomllib.loads(text, parse_float=_Decimal)
    except RecursionError:
        raise InvalidInputError(f"arrays or tables nested too deep in {where}", "[[claim]] tables") from None
    except ValueError as error:  # TOMLDecodeError, and what int() says of integers without end
        reason = " ".join(str(error).split())
        if "integer string conversion" in reason:
            reason = "an integer of thousands of digits"
        shown = reason if reason.isprintable() else repr(reason)
        raise InvalidInputError(f"{where}: {shown[:200]}", "a TOML document") from None


def _tables(document: Mapping[str, Any], where: str) -> list[Any]:
    for key in document:
        if key != "claim":
            raise InvalidInputError(
                f"unknown key {_shown(key)} at the top of {where}", "[[claim]] tables and nothing else"
            )
    items = document.get("claim", [])
    if not isinstance(items, list):
        raise InvalidInputError(f"claim = {_shown(items)} in {where}", "[[claim]] tables", "write [[claim]]")
    if not items:
        raise InvalidInputError(f"no claim in {where}", "at least one [[claim]] table")
    if len(items) > MAX_CLAIMS:
        raise InvalidInputError(f"{len(items)} claims in {where}", f"at most {MAX_CLAIMS} claims")
    return items


def _claim(item: Any, number: int) -> UserClaim:
    """One table of the file as a claim."""
    if not isinstance(item, Mapping):
        raise InvalidInputError(f"claim {number} = {_shown(item)}", "a [[claim]] table")
    named = f"claim {_shown(item['id'])}" if isinstance(item.get("id"), str) else f"claim number {number}"
    for key, value in item.items():
        if key not in REQUIRED and key not in OPTIONAL:
            known = ", ".join((*REQUIRED, *OPTIONAL))
            raise InvalidInputError(f"unknown key {_shown(key)} ({named})", f"one of {known}")
        if (decimal := _first_float(value)) is not None:
            raise InvalidInputError(
                f"{_shown(decimal)} ({named}, key {key})", "an exact number", 'write a string such as "1/2"'
            )
    for key in REQUIRED:
        if key not in item:
            raise InvalidInputError(f"no key {key} ({named})", f"the keys {', '.join(REQUIRED)}")
    values: dict[str, Any] = {str(_FIELDS.get(key, key)): v for key, v in item.items()}
    rate = values.get("lipschitz")
    if isinstance(rate, int) and not isinstance(rate, bool) and rate >= 0 and rate.bit_length() <= 160:
        values["lipschitz"] = str(rate)
    return UserClaim(**values)


def _first_float(value: Any) -> _Decimal | None:
    """A float that occurs in a value, however deep."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, _Decimal):
            return top
        if isinstance(top, Mapping):
            stack.extend(top.values())
        elif isinstance(top, list):
            stack.extend(top)
    return None


def _shown(value: Any, length: int = 60) -> str:
    """A value of any kind on one line and of bounded length."""
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, (Mapping, list)):
        return "an array" if isinstance(value, list) else "a table"
    shown = repr(value[: length + 1] if isinstance(value, (str, bytes)) else value)
    return shown if len(shown) <= length else shown[: length - 3] + "..."
