"""What a claim can state, and the obligations that decide it.

A statement becomes a `Plan`: conjuncts, which hold exactly when the statement does; support, which
must be proved for the conjuncts to mean what they say; and the satisfiability of every set of
hypotheses, so that nothing is proved from a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from fvtheory.classes import get_class
from fvtheory.obligations import Obligation, satisfiable, valid
from fvtheory.rescaling import Rescaling
from fvtheory.symbols import L, Phi, symbolic_phi
from fvtheory.terms import (
    HALF,
    ONE,
    TRUE,
    Div,
    Formula,
    Node,
    Sym,
    Term,
    absolute,
    eq,
    every,
    fold,
    iff,
    maximum,
    ne,
    some,
    symbols,
    term,
)

Bound = Callable[[Phi], Term]
Condition = Callable[[Phi], Formula]


@dataclass(frozen=True)
class Plan:
    """The obligations of a statement.

    Attributes:
        conjuncts: the statement is true exactly when all of them are, provided that
        support: all of these are proved.
        non_vacuity: the hypotheses of the conjuncts can be met.
        defined: no denominator of the statement vanishes where it speaks.
        sufficient: where these are given, the statement is true when they hold too, and open when
            the conjuncts hold and these do not.
    """

    conjuncts: tuple[Obligation, ...]
    support: tuple[Obligation, ...] = ()
    non_vacuity: tuple[Obligation, ...] = ()
    defined: tuple[Obligation, ...] = ()
    sufficient: tuple[Obligation, ...] = ()

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        return (*self.support, *self.non_vacuity, *self.defined, *self.conjuncts, *self.sufficient)


def plan(
    conjuncts: Iterable[Obligation],
    support: Iterable[Obligation] = (),
    defined: Iterable[Obligation] = (),
    sufficient: Iterable[Obligation] = (),
) -> Plan:
    """A plan with the non-vacuity of every set of hypotheses that occurs in the conjuncts."""
    parts = tuple(conjuncts)
    sets: dict[tuple[Formula, ...], Obligation] = {}
    for part in parts:
        if part.hypotheses:
            sets.setdefault(part.hypotheses, part)
    checks = tuple(
        satisfiable(f"{part.name}.non-vacuous", given, part.rescaling) for given, part in sets.items()
    )
    return Plan(parts, tuple(support), checks, tuple(defined), tuple(sufficient))


class Statement(Protocol):
    """Anything that can be planned under a convention for ties."""

    def plan(self, convention: str) -> Plan: ...


@dataclass(frozen=True)
class Universal:
    """A conjunction of closed sentences over the reals.

    Attributes:
        conjuncts: the sentences, under a convention for ties.
        support: lemmas on which their encoding rests.
    """

    conjuncts: Callable[[str], Sequence[Obligation]]
    support: Callable[[str], Sequence[Obligation]] = lambda convention: ()

    def plan(self, convention: str) -> Plan:
        return plan(self.conjuncts(convention), self.support(convention))


def sentence(name: str, hypotheses: Iterable[Formula], goal: Formula) -> Universal:
    """The statement that the hypotheses imply the goal, whatever the convention."""
    obligation = valid(name, hypotheses, goal)
    return Universal(lambda convention: (obligation,))


AT_LEAST, AT_MOST, EQUALS = "every-decoder-errs-at-least", "some-decoder-errs-at-most", "radius-is"
ABOUT = "about-the-radius"


@dataclass(frozen=True)
class RadiusStatement:
    """What decoders can do on a class, decided by its radius of information.

    Attributes:
        cls: the class.
        dims: the dimensions in which the statement is decided.
        kind: ``every-decoder-errs-at-least`` (for every decoder and every f of the class some f' of
            the class with Φ(f') = Φ(f) has error >= bound), ``some-decoder-errs-at-most`` (one
            decoder has error <= bound on the whole class), ``radius-is`` (both), or
            ``about-the-radius`` (a formula in Φ and the radius).
        bound: the bound, a term in Φ; for ``about-the-radius`` unused.
        question: ``value`` (sup-norm error) or ``side`` (error 1 when some x is put on the wrong
            side of the midpoint, else 0).
        when: further hypotheses on Φ.
        about: the formula for ``about-the-radius``, given Φ and the radius.
        reading: of ``every-decoder-errs-at-least``: ``attained`` (for every decoder some f' reaches
            the bound) or ``worst-case`` (no decoder has a worst-case error below it).
        rate: the Lipschitz constant, for a class that has one: the symbol L (any L > 0) or a number.
    """

    cls: str
    dims: tuple[int, ...]
    kind: str
    bound: Bound | None = None
    question: str = "value"
    when: Condition = lambda phi: TRUE
    about: Callable[[Phi, Term], Formula] | None = None
    reading: str = "attained"
    rate: Term = L

    def phi(self, dim: int) -> Phi:
        """Φ in the symbols of claim files."""
        return symbolic_phi(dim, self.rate if get_class(self.cls).needs_lipschitz else ONE)

    def radius(self, phi: Phi) -> Term:
        """The smallest worst-case error of any decoder, for the question of the statement."""
        cls = get_class(self.cls)
        return cls.radius(phi) if self.question == "value" else cls.side_radius(phi)

    def given(self, phi: Phi, convention: str) -> list[Formula]:
        """The hypotheses: every feasible Φ that satisfies ``when``."""
        return [*phi.domain(), get_class(self.cls).feasible(phi, convention), self.when(phi)]

    def _defined(self, phi: Phi, convention: str, dim: int) -> list[Obligation]:
        """Denominators of ``when`` and of the bound are not zero."""
        *feasible, when = self.given(phi, convention)
        parts: list[tuple[str, list[Formula], Node]] = [("when", feasible, when)]
        if self.bound is not None:
            parts.append(("bound", [*feasible, when], self.bound(phi)))
        return [
            valid(f"{name}.d{dim}.defined", hypotheses, ne(denominator, 0), rescaling_of(phi))
            for name, hypotheses, node in parts
            for denominator in denominators(node)
        ]

    def assertion(self, phi: Phi, at_radius: Formula = TRUE) -> Formula:
        """The statement for one Φ; ``at_radius`` says whether a bound equal to the radius is reached
        by some function for every decoder."""
        radius = self.radius(phi)
        if self.about is not None:
            return self.about(phi, radius)
        assert self.bound is not None
        bound = self.bound(phi)
        if self.kind == AT_LEAST and at_radius != TRUE:
            return some([bound <= 0, bound < radius, eq(bound, radius) & at_radius])
        if self.kind == AT_LEAST:
            return bound <= radius
        if self.kind == AT_MOST:
            return radius <= bound
        return every([bound <= radius, radius <= bound])

    def plan(self, convention: str) -> Plan:
        cls = get_class(self.cls)
        conjuncts, support, defined, sufficient = [], [*decoder_lemmas(self.question)], [], []
        for dim in self.dims:
            phi = self.phi(dim)
            given = self.given(phi, convention)
            defined += self._defined(phi, convention, dim)
            name, unit = f"{self.kind}.d{dim}", rescaling_of(phi)
            support += cls.obligations(dim, convention)
            may_be_missed = self.kind == AT_LEAST and self.question == "value" and self.reading == "attained"
            if may_be_missed and convention != "any-selection":
                possible = self.assertion(phi, ~cls.missed(phi, convention))
                conjuncts.append(valid(name, given, possible, unit))
                certain = self.assertion(phi, cls.reached(phi, convention))
                sufficient.append(valid(f"{name}.reached", given, certain, unit))
            else:
                conjuncts.append(valid(name, given, self.assertion(phi), unit))
        return plan(conjuncts, support, defined, sufficient)


def rescaling_of(phi: Phi) -> Rescaling | None:
    """Lengths in units of 1/L, where the class has a Lipschitz constant."""
    if phi.rate != L:
        return None
    return Rescaling(L, frozenset(symbols(*phi.x_min, *phi.x_max)))


def denominators(node: Node) -> list[Term]:
    """The denominators in a tree that are not constants, each once."""
    found: dict[Term, None] = {}

    def visit(n: Node, parts: tuple) -> None:
        if isinstance(n, Div) and symbols(n.denominator):
            found.setdefault(n.denominator)

    fold(node, visit)
    return list(found)


@cache
def decoder_lemmas(question: str) -> tuple[Obligation, ...]:
    """From points to decoders: Lemma 3 or Lemma 4 at a point, and the central decoder.

    n1 and n2 bound the errors of a decoder g on f1 and f2; u, v and g are the values of f1, f2 and
    the decoder at a point.
    """
    u, v, g, n1, n2, r, f = (Sym(n) for n in ("u", "v", "g", "n1", "n2", "r", "f"))
    low, high, middle = Sym("low"), Sym("high"), Sym("middle")
    within = [low <= f, f <= high]
    center = (low + high) / 2
    if question == "side":
        two_sides = every([u > middle, v <= middle])
        mistakes = ~iff(u > middle, g > middle) | ~iff(v > middle, g > middle)
        told = (high <= middle) | (low > middle)
        return (
            valid("decoder.two-sides", [two_sides], mistakes),
            valid("decoder.central-side", [*within, told], iff(f > middle, center > middle)),
        )
    errors = [n1 >= absolute(u - g), n2 >= absolute(v - g)]
    # One member fixed, the other chosen after the decoder: the bound is reached although the
    # distance of the two only approaches 2r.
    slack = r - n1
    anchored = [*errors, r <= HALF, n1 < r, absolute(u - v) >= 2 * r - slack]
    return (
        valid("decoder.two-functions", errors, absolute(u - v) / 2 <= maximum(n1, n2)),
        valid("decoder.anchored", anchored, every([slack > 0, slack <= HALF, n2 >= r])),
        valid("decoder.central", [*within, high - low <= 2 * r], absolute(f - center) <= r),
    )


def errs_at_least(
    cls: str, dims: Sequence[int], bound: Bound, question: str = "value", when: Condition = lambda phi: TRUE
) -> RadiusStatement:
    """For every decoder and f some f' with the same Φ has error at least the bound."""
    return RadiusStatement(cls, tuple(dims), AT_LEAST, bound, question, when)


def errs_at_most(
    cls: str, dims: Sequence[int], bound: Bound, question: str = "value", when: Condition = lambda phi: TRUE
) -> RadiusStatement:
    """Some decoder has error at most the bound on the whole class."""
    return RadiusStatement(cls, tuple(dims), AT_MOST, bound, question, when)


def radius_is(
    cls: str, dims: Sequence[int], value: Bound, question: str = "value", when: Condition = lambda phi: TRUE
) -> RadiusStatement:
    """The value is the best possible bound, from both sides."""
    return RadiusStatement(cls, tuple(dims), EQUALS, value, question, when)


def about_radius(
    cls: str,
    dims: Sequence[int],
    about: Callable[[Phi, Term], Formula],
    question: str = "value",
    when: Condition = lambda phi: TRUE,
) -> RadiusStatement:
    """A formula in Φ and the radius of information holds for every feasible Φ."""
    return RadiusStatement(cls, tuple(dims), ABOUT, None, question, when, about)


def half_spread(phi: Phi) -> Term:
    """(f_max - f_min)/2, the error of the constant decoder of Proposition 1."""
    return phi.spread / 2


def zero(phi: Phi) -> Term:
    return term(0)
