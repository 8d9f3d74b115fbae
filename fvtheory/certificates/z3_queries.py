"""What the finder asks Z3: conjunctions of comparisons, whole scripts, and multipliers of sums.

Nothing that Z3 says here is believed: it guides the search, and the checker decides. Its limits are counts of
its own steps, not seconds, so that the same certificates are found on every machine.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from operator import eq, ge, gt

from fvtheory.errors import MissingDependencyError

STEPS_A_QUERY = 20_000_000
SIMPLE = tuple(map(Fraction, ("0", "1", "1/2", "1/4", "3/4", "1/3", "2/3", "2", "3", "-1")))

Polynomial = Mapping[tuple[str, ...], Fraction]
Values = Mapping[str, Fraction]


class UnansweredError(Exception):
    """Z3 gave up."""


class Z3:
    """Questions in a context of their own, so that the answers do not depend on earlier ones.

    Args:
        linear: whether all polynomials to come are linear.

    Raises:
        MissingDependencyError: when Z3 is not installed.
    """

    def __init__(self, linear: bool) -> None:
        try:
            self.z3 = importlib.import_module("z3")
        except ImportError as error:
            raise MissingDependencyError("no z3", "the package z3-solver", "pip install z3-solver") from error
        self.linear = linear
        self.context = self.z3.Context()
        self._symbols: dict = {}
        self._assumed: dict = {}
        self._formulas: dict = {}
        self._incremental = self._solver(True)

    def satisfiable(self, script: str) -> bool:
        """Whether some values meet all assertions of a script."""
        solver = self._solver(self.linear)
        solver.from_string(script)
        return self._check(solver)

    def core(self, assertions: Sequence) -> list[int]:
        """The places of a minimal set of formulas that cannot hold together, those that come last kept first."""
        kept = list(range(len(assertions)))
        for i in range(len(assertions)):
            solver = self._solver(self.linear)
            solver.add([self._formula(assertions[k]) for k in kept if k != i])
            try:
                if not self._check(solver):
                    kept.remove(i)
            except UnansweredError:
                continue
        return kept

    def contradiction(self, comparisons: Mapping[int, tuple]) -> frozenset[int] | None:
        """The keys of comparisons that cannot hold together; None where all of them can.

        Raises:
            UnansweredError: when Z3 does not know.
        """
        solver, assumptions = self._conjunction(comparisons)
        if self._check(solver, *assumptions.values()):
            return None
        if not self.linear:
            return frozenset(comparisons)
        keys = {flag.get_id(): key for key, flag in assumptions.items()}
        return frozenset(keys[flag.get_id()] for flag in solver.unsat_core())

    def solution(self, comparisons: Mapping[int, tuple]) -> Values:
        """Values at which all comparisons hold, approximate where they are irrational.

        Raises:
            UnansweredError: when Z3 finds none.
        """
        solver, assumptions = self._conjunction(comparisons)
        if not self._check(solver, *assumptions.values()):
            raise UnansweredError("a contradiction")
        model = solver.model()
        return {name: self._value(model, symbol) for name, symbol in self._symbols.items()}

    def _conjunction(self, comparisons: Mapping[int, tuple]) -> tuple:
        """A solver and what to assume in it, by the keys of the comparisons."""
        if not self.linear:
            solver = self._solver(False)
            solver.add([self._formula(c) for c in comparisons.values()])
            return solver, {}
        for key, comparison in comparisons.items():
            if key not in self._assumed:
                self._assumed[key] = self.z3.Bool(f"assumed {key}", self.context)
                self._incremental.add(self.z3.Implies(self._assumed[key], self._formula(comparison)))
        return self._incremental, {key: self._assumed[key] for key in comparisons}

    def multipliers(
        self, polynomials: Sequence[Polynomial], free: Sequence[bool], positive: Sequence[bool]
    ) -> list[Fraction] | None:
        """Multipliers with which the polynomials add up to zero, those that are not free >= 0, and the sum
        of the positive ones 1; None if there are none, or none was found."""
        solver = self._solver(True)
        unknowns = [self.z3.Real(f"c{k}", self.context) for k in range(len(polynomials))]
        rows: dict[tuple[str, ...], list] = {}
        for c, p, any_sign in zip(unknowns, polynomials, free, strict=True):
            if not any_sign:
                solver.add(c >= 0)
            for monomial, factor in p.items():
                rows.setdefault(monomial, []).append(self._number(factor) * c)
        solver.add([self.z3.Sum(rows[monomial]) == 0 for monomial in sorted(rows)])
        solver.add(self.z3.Sum([c for c, flag in zip(unknowns, positive, strict=True) if flag]) == 1)
        try:
            if not self._check(solver):
                return None
        except UnansweredError:
            return None
        model = solver.model()
        return [self._value(model, c) for c in unknowns]

    def values(self, script: str, names: Sequence[str]) -> Values | None:
        """Rational values, simple ones first, that meet all assertions of a script, if they are found."""
        solver = self._solver(self.linear)
        solver.from_string(script)
        found = {}
        for name in names:
            symbol = self.z3.Real(name.strip("|"), self.context)
            for value in self._candidates(solver, symbol):
                solver.push()
                solver.add(symbol == self._number(value))
                try:
                    if self._check(solver):
                        found[name] = value
                        break
                except UnansweredError:
                    pass
                solver.pop()
            else:
                return None
        return found

    def _candidates(self, solver, symbol) -> Iterator[Fraction]:
        yield from SIMPLE
        if self._check(solver):
            value = self._value(solver.model(), symbol)
            yield value
            yield from (value.limit_denominator(size) for size in (2, 10, 100, 10_000, 10**8))

    def _solver(self, linear: bool):
        if linear:
            solver = self.z3.SimpleSolver(ctx=self.context)
        else:
            solver = self.z3.Tactic("qfnra-nlsat", self.context).solver()
        solver.set("rlimit", STEPS_A_QUERY)
        return solver

    def _check(self, solver, *assumptions) -> bool:
        try:
            answer = solver.check(*assumptions)
        except self.z3.Z3Exception as error:
            raise UnansweredError(str(error)) from error
        if answer == self.z3.unknown:
            raise UnansweredError(solver.reason_unknown())
        return answer == self.z3.sat

    def _formula(self, formula: tuple):
        if formula not in self._formulas:
            self._formulas[formula] = self._built(*formula)
        return self._formulas[formula]

    def _built(self, kind: Callable, rest: Iterable):
        if kind in (all, any):
            parts = [self._formula(part) for part in rest]
            if len(parts) < 2:
                return parts[0] if parts else self.z3.BoolVal(kind is all, self.context)
            return self.z3.And(parts) if kind is all else self.z3.Or(parts)
        terms = []
        for monomial, c in sorted(rest):
            for name in monomial:
                if name not in self._symbols:
                    self._symbols[name] = self.z3.Real(name, self.context)
            factors = [self._symbols[name] for name in monomial]
            terms.append(self.z3.Product([self._number(c), *factors] if c != 1 or not factors else factors))
        total = self.z3.Sum([self._number(Fraction(0)), *terms])
        return {gt: total > 0, ge: total >= 0, eq: total == 0}[kind]

    def _number(self, value: Fraction):
        return self.z3.RealVal(str(value), self.context)

    def _value(self, model, symbol) -> Fraction:
        value = model.eval(symbol, model_completion=True)
        if self.z3.is_algebraic_value(value):
            value = value.approx(30)
        return value.as_fraction()
