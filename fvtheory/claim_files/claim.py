"""A claim of a user: plain data, checked when it is made, and the statement that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fvtheory.beyond import Knowledge
from fvtheory.beyond.family import ATOMS
from fvtheory.claim_files.known import (
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
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.exact import rational
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.information import CONVENTIONS
from fvtheory.interpolation import DECODER_ERRS_AT_MOST, EvaluationStatement
from fvtheory.obligations import PROVED, REFUTED
from fvtheory.statements import AT_LEAST, AT_MOST, RadiusStatement
from fvtheory.symbols import L, Phi, symbolic_phi
from fvtheory.terms import TRUE, Const, Formula, Term

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

FIELDS = {"class": "cls", "statement": "text"}
KEYS = {field: key for key, field in FIELDS.items()}
_LIPSCHITZ = re.compile(r"[0-9]{1,50}(/[0-9]{1,50})?", re.ASCII)


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
            raise self._error("dim", shown(self.dim), f"an integer from 1 to {MAX_DIM}")
        self._check_choice("question", QUESTIONS)
        if self.kind == DECODER_ERRS_AT_MOST and self.evaluations is None:
            remedy = 'state what the decoder sees: evaluations = [{ point = "1/4" }]'
            raise self._error(
                "kind", f"{self.kind} without evaluations", "the key evaluations beside it", remedy
            )
        self._check_choice("kind", EVALUATION_KINDS)
        self._check_choice("convention", CONVENTIONS)
        self._check_choice("reading", READINGS)
        if self.expected is not None:
            self._check_choice("expected", VERDICTS)
        for field in ("source", "text", "delta"):
            self._check_text(field)
        self._check_choice("fidelity", FIDELITIES)
        if (self.fidelity == "exact") == bool(self.delta):
            raise self._error("delta", shown(self.delta), "the difference, for every fidelity but exact")
        if self.knowledge is None:
            if self._is_joined_class():
                raise self._error(
                    "cls",
                    f"{shown(self.cls)} without knowledge",
                    f"the key knowledge beside it, or one of {', '.join(CLASSES)}",
                    'state numbers: knowledge = { kind = "evaluations", points = [["0"]], values = ["1/4"] }',
                )
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
        rate = {None: "", "L": ", any L > 0"}.get(self.lipschitz, f", L = {self.lipschitz}")
        which = f"{self.cls}, d = {self.dim}{rate}"
        where = f", when {self.when}" if self.when is not None else ""
        question = "" if self.question == "value" else " on the side question"
        known = ""
        if self.evaluations is not None:
            known = f", known at {len(self.evaluations)} points"
        elif self.knowledge is not None:
            known = f", knowing {len(self.knowledge.operators)} operators in numbers"
        return f"{self.kind.replace('-', ' ')} {self.bound}{question}{where} ({which}{known})"

    def verdict(self, status: str) -> str:
        """A status, and what the author expects, where that is another."""
        return status if self.expected in (None, status) else f"{status}, expected {self.expected}"

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
                shown(self.decoder),
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

    def _is_joined_class(self) -> bool:
        """Whether the class is one that `fvtheory.beyond` makes, and not one of Table 1."""
        return (
            isinstance(self.cls, str) and self.cls not in CLASSES and set(self.cls.split("+")) <= set(ATOMS)
        )

    def _check_absent(self, field: str, needed: str) -> None:
        if getattr(self, field) is not None:
            raise self._error(field, shown(getattr(self, field)), f"no {field} without {needed}")

    def _error(self, field: str, got: str, required: str, remedy: str = "") -> InvalidInputError:
        named = f"claim {shown(self.id)}, key {KEYS.get(field, field)}"
        return InvalidInputError(f"{got} ({named})", required, remedy)

    def _check_id(self) -> None:
        if not isinstance(self.id, str) or not self.id or len(self.id) > MAX_ID:
            raise self._error("id", shown(self.id), f"a string of 1 to {MAX_ID} characters")
        if not self.id.isprintable() or self.id != self.id.strip():
            raise self._error("id", shown(self.id), "printable characters, with no blank at either end")

    def _check_choice(self, field: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, field)
        if not isinstance(value, str) or value not in choices:
            raise self._error(field, shown(value), f"one of {', '.join(choices)}")

    def _check_text(self, field: str) -> None:
        value = getattr(self, field)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise self._error(field, shown(value), f"a string of at most {MAX_TEXT} characters")
        if not all(c.isprintable() or c in "\n\r\t" for c in value):
            raise self._error(field, shown(value), "text without control characters")

    def _check_lipschitz(self) -> None:
        needed, value = get_class(self.cls).needs_lipschitz, self.lipschitz
        if not needed and value is not None:
            raise self._error("lipschitz", shown(value), f"no Lipschitz constant for the class {self.cls}")
        if not needed or value == "L":
            return
        required = '"L" or a rational number above 0'
        if value is None:
            raise self._error("lipschitz", "no such key", f"{required}, for the class {self.cls}")
        remedy = 'write "L", "2" or "3/2"'
        if not isinstance(value, str) or not _LIPSCHITZ.fullmatch(value):
            raise self._error("lipschitz", shown(value), f"{required} of at most 50 digits a part", remedy)
        numerator, _, denominator = value.partition("/")
        if int(numerator) == 0 or (denominator and int(denominator) == 0):
            raise self._error("lipschitz", shown(value), required, remedy)

    def _check_expression(self, field: str, meaning: Any, phi: Phi) -> None:
        value = getattr(self, field)
        if not isinstance(value, str):
            raise self._error(
                field, shown(value), "an expression in quotes", 'for example "(f_max - f_min)/2"'
            )
        try:
            meaning(phi)
        except FvtheoryError as error:
            raise self._error(field, error.got, error.required, error.remedy) from None
        object.__setattr__(self, field, " ".join(value.split()))


def shown(value: Any, length: int = 60) -> str:
    """A value of any kind on one line and of bounded length."""
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, (Mapping, list)):
        return "an array" if isinstance(value, list) else "a table"
    shown = repr(value[: length + 1] if isinstance(value, (str, bytes)) else value)
    return shown if len(shown) <= length else shown[: length - 3] + "..."
