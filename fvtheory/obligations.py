"""Obligations: the closed questions that checkers answer.

An obligation is a universally quantified implication over the reals (``valid``), or the
satisfiability of some hypotheses (``satisfiable``, the guard against vacuous proofs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fvtheory.errors import InvalidInputError
from fvtheory.rescaling import NotHomogeneousError, Rescaling
from fvtheory.terms import FALSE, Formula, Node, Not, Sym, Term, children, every, rebuild, show, symbols

PROVED = "PROVED"
REFUTED = "REFUTED"
UNKNOWN = "UNKNOWN"
STATUSES = (PROVED, REFUTED, UNKNOWN)


@dataclass(frozen=True)
class Obligation:
    """For all real values of the symbols: the hypotheses imply the goal.

    With ``satisfiable`` set there is no goal: the obligation is that some values satisfy all
    hypotheses. With ``rescaling`` set, solvers are asked with lengths in another unit. A ``step`` of a
    derivation may be stronger than what it serves: if it fails, the conclusion is open, not refuted.
    The last step knows the ``direct`` obligation, its goal from what was given and nothing hidden.
    """

    name: str
    hypotheses: tuple[Formula, ...]
    goal: Formula = FALSE
    satisfiable: bool = False
    rescaling: Rescaling | None = None
    step: bool = False
    direct: Obligation | None = None

    @property
    def assertions(self) -> tuple[Formula, ...]:
        """What a solver is asked to satisfy: ``unsat`` proves a valid obligation."""
        return self.hypotheses if self.satisfiable else (*self.hypotheses, Not(self.goal))

    @property
    def asked(self) -> tuple[Formula, ...]:
        """The assertions as solvers see them, satisfiable exactly when `assertions` are."""
        if self.rescaling is None:
            return self.assertions
        try:
            return self.rescaling.formulas(self.assertions)
        except NotHomogeneousError:
            return self.assertions

    def values(self, answer: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Values for `assertions` from a solver's values for `asked`."""
        if self.rescaling is None or self.asked == self.assertions:
            return dict(answer)
        return self.rescaling.original(answer)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, in order of first occurrence."""
        return symbols(*self.assertions)

    def __str__(self) -> str:
        premise = show(every(self.hypotheses))
        return f"satisfiable: {premise}" if self.satisfiable else f"{premise} ==> {show(self.goal)}"


def valid(
    name: str, hypotheses: Iterable[Formula], goal: Formula, rescaling: Rescaling | None = None
) -> Obligation:
    """The obligation that the hypotheses imply the goal."""
    return Obligation(name, tuple(hypotheses), goal, False, rescaling)


def satisfiable(name: str, hypotheses: Iterable[Formula], rescaling: Rescaling | None = None) -> Obligation:
    """The obligation that the hypotheses can be met together (non-vacuity)."""
    return Obligation(name, tuple(hypotheses), FALSE, True, rescaling)


def conclusions(parts: Iterable[Obligation]) -> list[Obligation]:
    """The obligations, with the conclusion of each derivation, asked directly, in place of its steps."""
    return [o.direct if o.direct is not None else o for o in parts if o.direct is not None or not o.step]


class Derivation:
    """A proof in steps: what is given, and claims that each follow from chosen earlier ones.

    Every step becomes one obligation. A step may use only what was given or shown before; this is
    checked here, so that the conclusion follows from the given formulas whenever all obligations
    hold.
    """

    def __init__(self, name: str, given: Iterable[Formula]) -> None:
        self.name = name
        self.given = tuple(given)
        self.known: list[Formula] = list(self.given)
        self.obligations: list[Obligation] = []

    def have(
        self,
        step: str,
        goal: Formula,
        using: Iterable[Formula] | None = None,
        hiding: Iterable[Term] = (),
    ) -> Formula:
        """Add a step and return its goal.

        Args:
            step: the name of the step; empty for the conclusion.
            goal: what it shows.
            using: the premises, each given or shown before (default: all that was given or shown).
            hiding: terms to be read as arbitrary numbers in this step; what holds for all numbers
                holds for the term.

        Raises:
            InvalidInputError: when a premise is neither given nor shown.
        """
        premises = list(self.known if using is None else using)
        for premise in premises:
            if premise not in self.known:
                raise InvalidInputError(
                    f"step {self.name}.{step} from {show(premise)}", "premises given or shown before"
                )
        name = f"{self.name}.{step}" if step else self.name
        taken = sum(o.name == name or o.name.startswith(f"{name}#") for o in self.obligations)
        name = f"{name}#{taken + 1}" if taken else name
        hidden = {t: Sym(f"hidden{i}") for i, t in enumerate(hiding)}
        shown = [_hide(part, hidden) for part in (*premises, goal)]
        direct = valid(name, self.given, goal) if not step else None
        self.obligations.append(Obligation(name, tuple(shown[:-1]), shown[-1], step=True, direct=direct))
        self.known.append(goal)
        return goal


def _hide(formula: Formula, hidden: dict[Term, Sym]) -> Formula:
    if not hidden:
        return formula
    replaced: dict[int, Node] = {}

    def visit(node: Node) -> Node:
        if isinstance(node, Term) and node in hidden:
            return hidden[node]
        if id(node) not in replaced:
            replaced[id(node)] = rebuild(node, tuple(visit(c) for c in children(node)))
        return replaced[id(node)]

    return visit(formula)  # type: ignore[return-value]
