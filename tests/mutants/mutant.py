"""What a mutant is, and the operators that make one from a claim of the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from fvtheory import terms as t
from fvtheory.claims import claims_of
from fvtheory.claims.claim import Claim
from fvtheory.claims.geirhos2024.pairs import Piecewise
from fvtheory.obligations import Obligation, conclusions
from fvtheory.statements import RadiusStatement, Statement, Universal
from fvtheory.symbols import Phi
from mutants.closed_forms import Info


def always(p: Info) -> bool:
    return True


@dataclass(frozen=True)
class Mutant:
    """An altered statement with the verdict that it must get.

    Attributes:
        name: unique among all mutants.
        operator: what was done to the claim.
        origin: id and variant of the claim it was made from.
        statement: the altered statement.
        expected: ``true`` or ``false``, worked out by hand.
        reason: why.
        convention: how ties are read.
        given: for statements about decoders, the further hypotheses on Φ, typed anew.
        holds: for statements about decoders, what is claimed of Φ and the best possible error.
    """

    name: str
    operator: str
    origin: tuple[str, str]
    statement: Statement
    expected: str
    reason: str
    convention: str = "any-selection"
    given: Callable[[Info], bool] = always
    holds: Callable[[Info, Fraction], bool] | None = None

    def claim(self) -> Claim:
        return Claim(
            id=self.name,
            variant="sharp",
            source=f"altered from {self.origin[0]} ({self.origin[1]})",
            text=self.reason,
            statement=self.statement,
            convention=self.convention,
            fidelity="related",
            delta=self.operator,
        )


@dataclass(frozen=True)
class Source:
    """A claim of the paper, from which mutants are made."""

    id: str
    variant: str

    @property
    def statement(self):
        (claim,) = (c for c in claims_of("geirhos2024") if (c.id, c.variant) == (self.id, self.variant))
        return claim.statement

    def _mutant(self, expected: str, operator: str, what: str, statement, reason: str, **more) -> Mutant:
        name = f"{self.id}.{self.variant}.{what}"
        return Mutant(name, operator, (self.id, self.variant), statement, expected, reason, **more)

    def true(self, operator: str, what: str, statement: Statement, reason: str, **more) -> Mutant:
        return self._mutant("true", operator, what, statement, reason, **more)

    def false(self, operator: str, what: str, statement: Statement, reason: str, **more) -> Mutant:
        return self._mutant("false", operator, what, statement, reason, **more)


# The operators, in the words of the records.
CONSTANT = "constant changed"
DROPPED = "hypothesis dropped"
HYPOTHESIS = "hypothesis changed"
STRICTNESS = "strictness flipped"
WITNESS = "witness moved"
VALUES = "f_min and f_max exchanged"
POINTS = "x_min and x_max exchanged"
CLASS = "class exchanged"
MIN_MAX = "min and max exchanged"
CONDITION = "condition negated"
DIMENSION = "dimension changed"
KIND = "quantifier kind exchanged"
BRANCHES = "branches exchanged"
PART = "part left out"
QUESTION = "question exchanged"
CONVENTION = "convention for ties exchanged"


# ---- statements about decoders ------------------------------------------------------------------


def bound(statement: RadiusStatement, change: Callable[[t.Term], t.Term]) -> RadiusStatement:
    original = statement.bound
    assert original is not None
    return replace(statement, bound=lambda phi: change(original(phi)))


def scaled(statement: RadiusStatement, factor: Fraction | int) -> RadiusStatement:
    return bound(statement, lambda value: value * factor)


def raised(statement: RadiusStatement, by: Fraction) -> RadiusStatement:
    return bound(statement, lambda value: value + by)


def unconditional(statement: RadiusStatement) -> RadiusStatement:
    return replace(statement, when=lambda phi: t.TRUE)


def negated_condition(statement: RadiusStatement) -> RadiusStatement:
    original = statement.when
    return replace(statement, when=lambda phi: ~original(phi))


def on(statement: RadiusStatement, cls: str, *dims: int) -> RadiusStatement:
    return replace(statement, cls=cls, dims=dims or statement.dims)


def in_dims(statement: RadiusStatement, *dims: int) -> RadiusStatement:
    return replace(statement, dims=dims)


def condition(statement: RadiusStatement, when: Callable[[Phi], t.Formula]) -> RadiusStatement:
    return replace(statement, when=when)


def with_kind(statement: RadiusStatement, kind: str) -> RadiusStatement:
    return replace(statement, kind=kind)


# ---- sentences over the reals -------------------------------------------------------------------


def sentences(statement: Universal, change: Callable[[Obligation], Obligation]) -> Universal:
    original = statement.conjuncts
    return Universal(lambda convention: [change(o) for o in conclusions(original(convention))])


def rewritten(statement: Universal, change: Callable[[t.Node], t.Node]) -> Universal:
    """The change applied to every hypothesis and goal."""
    return sentences(
        statement,
        lambda o: replace(o, hypotheses=tuple(change(h) for h in o.hypotheses), goal=change(o.goal)),
    )


def goals(statement: Universal, change: Callable[[t.Formula], t.Formula]) -> Universal:
    return sentences(statement, lambda o: replace(o, goal=change(o.goal)))


def exchanged_hypothesis(statement: Universal, old: t.Formula, *new: t.Formula) -> Universal:
    """The hypothesis replaced, or dropped for no new one, wherever it occurs."""

    def conjuncts(convention: str) -> list[Obligation]:
        changed, met = [], False
        for o in conclusions(statement.conjuncts(convention)):
            met |= old in o.hypotheses
            kept = [part for h in o.hypotheses for part in (new if h == old else (h,))]
            changed.append(replace(o, hypotheses=tuple(kept)))
        assert met, t.show(old)
        return changed

    return Universal(conjuncts)


dropped = exchanged_hypothesis


def only(statement: Universal, *parts: str) -> Universal:
    """The conjuncts with these names."""
    return Universal(
        lambda convention: [o for o in conclusions(statement.conjuncts(convention)) if o.name in parts]
    )


# ---- trees --------------------------------------------------------------------------------------


def exchange_min_max(node):
    def visit(n, parts):
        if isinstance(n, t.Min):
            return t.Max(*parts)
        if isinstance(n, t.Max):
            return t.Min(*parts)
        return t.rebuild(n, parts)

    return t.fold(node, visit)


def exchange_branches(node):
    def visit(n, parts):
        return t.Ite(parts[0], parts[2], parts[1]) if isinstance(n, t.Ite) else t.rebuild(n, parts)

    return t.fold(node, visit)


def flip_strictness(node):
    """<= for < and < for <=, everywhere."""

    def visit(n, parts):
        if isinstance(n, t.Le):
            return t.Lt(*parts)
        if isinstance(n, t.Lt):
            return t.Le(*parts)
        return t.rebuild(n, parts)

    return t.fold(node, visit)


def exchange_symbols(first: str, second: str):
    return lambda node: t.substitute(node, {first: t.Sym(second), second: t.Sym(first)})


# ---- witnesses ----------------------------------------------------------------------------------


def move_breakpoint(f: Piecewise, i: int, to: t.Term) -> Piecewise:
    return replace(f, breakpoints=(*f.breakpoints[:i], to, *f.breakpoints[i + 1 :]))


def change_piece(f: Piecewise, i: int, piece) -> Piecewise:
    return replace(f, pieces=(*f.pieces[:i], piece, *f.pieces[i + 1 :]))


def tilt(f: Piecewise, i: int) -> Piecewise:
    """The slope of a piece with its sign flipped; its value at 0 stays."""
    old, zero = f.pieces[i], t.ZERO
    return change_piece(f, i, lambda x: 2 * old(zero) - old(x))


def lift(f: Piecewise, i: int, by: t.TermLike) -> Piecewise:
    """A piece with another intercept."""
    old = f.pieces[i]
    return change_piece(f, i, lambda x: old(x) + by)
