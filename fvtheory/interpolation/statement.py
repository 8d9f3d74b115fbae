"""What a claim can state about functions of one variable that are known at finitely many points."""

from __future__ import annotations

from dataclasses import dataclass

from fvtheory.errors import InvalidInputError
from fvtheory.interpolation.base import Interpolation, X
from fvtheory.interpolation.data import Data, folded
from fvtheory.obligations import Obligation, valid
from fvtheory.rescaling import Rescaling
from fvtheory.statements import AT_LEAST, AT_MOST, Plan, decoder_lemmas, denominators, plan
from fvtheory.symbols import L
from fvtheory.terms import TRUE, Formula, Max, Min, Node, Term, absolute, eq, ne, some, symbols

DECODER_ERRS_AT_MOST = "decoder-errs-at-most"
KINDS = (AT_LEAST, AT_MOST, DECODER_ERRS_AT_MOST)


@dataclass(frozen=True)
class EvaluationStatement:
    """What decoders can do that know values at finitely many points, for all data that meet the hypotheses.

    Attributes:
        interpolation: the class.
        data: what is known, in terms of the free symbols.
        kind: ``every-decoder-errs-at-least`` (no decoder has a worst-case error below the bound on the functions
            that agree with the data), ``some-decoder-errs-at-most``, or ``decoder-errs-at-most`` (this decoder).
        bound: the bound.
        when: further hypotheses on the data.
        decoder: for ``decoder-errs-at-most``: what it predicts at the point ``x``.
    """

    interpolation: Interpolation
    data: Data
    kind: str
    bound: Term
    when: Formula = TRUE
    decoder: Term | None = None

    @property
    def radius(self) -> Term:
        """The smallest worst-case error of any decoder."""
        return folded(self.interpolation.radius(self.data))

    @property
    def rescaling(self) -> Rescaling | None:
        """Lengths in units of 1/L, where the class has a Lipschitz constant in symbols."""
        if self.data.rate != L:
            return None
        return Rescaling(L, frozenset(symbols(*self.data.points, X)))

    def given(self) -> list[Formula]:
        """The hypotheses: data that some function of the class agrees with, and ``when``."""
        return [*self.interpolation.feasible(self.data), self.when]

    def _defined(self) -> list[Obligation]:
        """No denominator vanishes: those of the data where free symbols are in range, the others where the data
        are feasible (and, but for those of ``when``, meet the hypotheses)."""
        *feasible, when = self.given()
        nodes: list[tuple[str, list[Formula], Node]] = [("when", feasible, when)]
        nodes += [("bound", [*feasible, when], self.bound)]
        if self.decoder is not None:
            inside = [X >= 0, self.data.edge >= X]
            nodes.append(("decoder", [*feasible, when, *inside], self.decoder))
        return [
            valid(f"{name}.defined", given, ne(denominator, 0), self.rescaling)
            for name, given, node in nodes
            for denominator in denominators(node)
        ]

    def _conjuncts(self) -> list[Obligation]:
        given, unit, data = self.given(), self.rescaling, self.data
        if self.kind == AT_LEAST:
            return [valid(self.kind, given, self.bound <= self.radius, unit)]
        if self.kind == AT_MOST:
            facts = [folded(f) for f in self.interpolation.facts(data)]
            return [valid(self.kind, [*given, *facts], self.radius <= self.bound, unit)]
        assert self.decoder is not None
        found = []
        for p, y in zip(data.points, data.values, strict=True):
            here = absolute(y - self.decoder) <= self.bound
            found.append(valid(f"{self.kind}.at-point", [*given, eq(X, p)], here, unit))
        for i in self.interpolation.gaps(data):
            lower, upper = self.interpolation.envelope(data, i, X)
            where = [*given, *data.in_gap(i, X), self.interpolation.nonempty(data, i)]
            above = some(part - self.decoder <= self.bound for part in _leaves(upper, Min))
            below = some(self.decoder - part <= self.bound for part in _leaves(lower, Max))
            for side, goal in (("above", above), ("below", below)):
                found.append(valid(f"{self.kind}.gap-{i}.{side}", where, goal, unit))
        return found

    def plan(self, convention: str) -> Plan:
        if convention != "any-selection":
            raise InvalidInputError(
                f"a claim about evaluations under {convention}",
                "any-selection",
                "a minimizer in the list is any minimizer",
            )
        data = self.data
        support = self.interpolation.obligations(data.size, data.starts_at_zero, data.ends_at_edge)
        return plan(self._conjuncts(), [*decoder_lemmas("value"), *support], self._defined())


def _leaves(term: Term, kind: type[Min] | type[Max]) -> list[Term]:
    """What a minimum (maximum) is taken of."""
    if isinstance(term, kind):
        return [*_leaves(term.left, kind), *_leaves(term.right, kind)]
    return [term]
