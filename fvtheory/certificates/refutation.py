"""The search for refutations, in the form that `fvtheory.certificate_checker` reads.

The search knows a set of formulas that hold. If their comparisons contradict each other, a sum shows it.
Otherwise a solution of them breaks some disjunction; of those that it breaks, the one with the fewest cases left
is split. A case that is refuted without the help of its own formula refutes the whole (backjumping), and every
set that was refuted is remembered.

Linear comparisons are refuted by non-negative combinations (Farkas' lemma), others by such combinations of their
products (Krivine 1964, Handelman 1988). Where products of up to three factors do not suffice, the sign of another
polynomial is split (a cut): of what is >= 0, of symbols and their differences, and of 2x2 minors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import reduce
from itertools import combinations, combinations_with_replacement, islice
from math import gcd, lcm
from operator import eq, gt

from fvtheory.certificate_checker import multiply, parse, parts
from fvtheory.certificates.z3_queries import Z3, Polynomial, UnansweredError, Values
from fvtheory.errors import FvtheoryError
from fvtheory.notation.smtlib import number

FACTORS = 3
PRODUCTS = 4000
CUTS = 40
CUTS_DEEP = 2
ONE = Fraction(1)

Facts = frozenset[int]


class NotFoundError(FvtheoryError):
    """The search ended without a certificate."""

    def __init__(self, got: str, required: str = "a certificate", remedy: str = "") -> None:
        super().__init__(got, required, remedy)


class Refutation:
    """A search for a refutation of a script.

    Args:
        script: an unsatisfiable script.
        z3: whom to ask.
        deadline: when to give up (time.monotonic).
    """

    def __init__(self, script: str, z3: Z3, deadline: float) -> None:
        self.script, self.z3, self.deadline = script, z3, deadline
        self.numbers: dict[tuple, int] = {}
        self.formulas: list[tuple] = []
        self.below: list[Facts] = []
        self.cuts: dict[int, str] = {}
        self.steps: list[dict] = []
        self.refuted: list[Facts] = []
        self.answers: dict[Facts, Facts | None] = {}

    def find(self) -> dict:
        """``steps`` and, where there are some, ``cuts``.

        Raises:
            NotFoundError: when none was found.
        """
        assertions = parse(self.script)
        pruned = [assertions[i] for i in self.z3.core(assertions)]
        try:
            last = self._refute(self._facts(pruned))
        except UnansweredError as error:
            raise NotFoundError(f"Z3 gave up: {error}") from error
        except RecursionError as error:
            raise NotFoundError("too many cases below each other") from error
        return self._written(last)

    # ---- formulas -------------------------------------------------------------------------------

    def _number(self, formula: tuple) -> int:
        if formula not in self.numbers:
            for part in parts(formula, (all, any)):
                if part not in self.numbers:
                    self.numbers[part] = len(self.formulas)
                    self.formulas.append(part)
                    self.below.append(frozenset())
            for part in parts(formula, (all, any)):
                self.below[self.numbers[part]] = frozenset(self.numbers[p] for p in parts(part))
        return self.numbers[formula]

    def _facts(self, formulas: Iterable[tuple]) -> Facts:
        return frozenset().union(*[self.below[self._number(f)] for f in formulas])

    def _kind(self, i: int) -> Callable:
        return self.formulas[i][0]

    def _cases(self, i: int) -> list[int]:
        return [self.numbers[part] for part in self.formulas[i][1]]

    def _comparisons(self, facts: Facts) -> Facts:
        return frozenset(i for i in facts if self._kind(i) not in (all, any))

    def _polynomial(self, i: int) -> Polynomial:
        return dict(sorted(self.formulas[i][1]))

    # ---- the search -----------------------------------------------------------------------------

    def _refute(self, facts: Facts) -> int:
        """The number of a step that refutes the facts."""
        if time.monotonic() > self.deadline:
            raise NotFoundError("time is up")
        known = self._known(facts)
        if known is not None:
            return known
        core = self._core(facts)
        if core is not None:
            return self._contradiction(self._minimal(core), CUTS_DEEP)
        split = self._split(facts)
        alive = self._alive(facts, split)
        by: dict[int, int] = {}
        for case in sorted(self._cases(split), key=lambda case: (case in alive, case)):
            by[case] = self._refute(facts | self.below[case])
            if not self.refuted[by[case]] & self.below[case]:
                return by[case]
        return self._add_cases(split, by)

    def _known(self, facts: Facts) -> int | None:
        return next((k for k in reversed(range(len(self.steps))) if self.refuted[k] <= facts), None)

    def _core(self, facts: Facts) -> Facts | None:
        """Those of the comparisons that contradict each other."""
        asked = self._comparisons(facts)
        if asked not in self.answers:
            self.answers[asked] = self.z3.contradiction({i: self.formulas[i] for i in sorted(asked)})
        return self.answers[asked]

    def _minimal(self, core: Facts, kept: Facts = frozenset()) -> Facts:
        """A minimal contradictory subset with what is kept; of its members, those of low degree stay longest."""
        for i in sorted(core - kept, key=lambda i: (-self._degree(i), i)):
            if i in core and len(core) > 1:
                smaller = self._core(core - {i})
                core = core if smaller is None else smaller | kept
        return core

    def _degree(self, i: int) -> int:
        return max((len(m) for m in self._polynomial(i)), default=0)

    def _split(self, facts: Facts) -> int:
        """The disjunction to split: one that a solution of the comparisons breaks, with the fewest cases left."""
        values = self.z3.solution({i: self.formulas[i] for i in sorted(self._comparisons(facts))})
        best, fewest = None, 0
        for i in sorted(facts):
            if (
                self._kind(i) is any
                and not facts & set(self._cases(i))
                and not _holds(self.formulas[i], values)
            ):
                left = len(self._alive(facts, i))
                if best is None or left < fewest:
                    best, fewest = i, left
                if fewest <= 1:
                    break
        if best is None:
            raise NotFoundError("the values of Z3 meet all assertions")
        return best

    def _alive(self, facts: Facts, disjunction: int) -> list[int]:
        """The cases that are not plainly contradictory."""
        more = [(case, facts | self.below[case]) for case in self._cases(disjunction)]
        return [case for case, new in more if self._known(new) is None and self._core(new) is None]

    def _add(self, step: dict, refuted: Iterable[int]) -> int:
        self.steps.append(step)
        self.refuted.append(frozenset(refuted))
        return len(self.steps) - 1

    def _add_cases(self, disjunction: int, by: dict[int, int]) -> int:
        cases = self._cases(disjunction)
        rest = [self.refuted[by[case]] - self.below[case] for case in cases]
        used = frozenset().union(*rest)
        if disjunction not in self.cuts:
            used |= {disjunction}
        return self._add({"cases": disjunction, "by": [by[case] for case in cases]}, used)

    # ---- sums and cuts --------------------------------------------------------------------------

    def _contradiction(self, core: Facts, deep: int) -> int:
        """The number of a step that refutes contradictory comparisons."""
        step = self._sum(core)
        if step is not None:
            return step
        if self.z3.linear:
            raise NotFoundError("no sum for linear comparisons")
        for allowed in range(1, deep + 1):
            for polynomial in islice(self._cut_candidates(core), CUTS):
                try:
                    return self._cut(core, polynomial, allowed)
                except NotFoundError:
                    continue
        degree = max(map(self._degree, core))
        raise NotFoundError(f"no sum for {len(core)} comparisons of degree {degree}, and no cut helps")

    def _cut(self, core: Facts, polynomial: Polynomial, deep: int) -> int:
        """The number of a step that refutes comparisons by the sign of a polynomial."""
        written = term(polynomial)
        names = sorted({name for monomial in polynomial for name in monomial})
        declared = "".join(f"(declare-const {name} Real)" for name in names)
        disjunction = self._number(parse(declared, [written])[0])
        self.cuts.setdefault(disjunction, written)
        by = {}
        for case in self._cases(disjunction):
            if time.monotonic() > self.deadline:
                raise NotFoundError("time is up")
            known = self._known(core | {case})
            if known is None:
                known = self._contradiction(self._minimal(core | {case}, frozenset({case})), deep - 1)
            if case not in self.refuted[known]:
                return known
            by[case] = known
        return self._add_cases(disjunction, by)

    def _cut_candidates(self, core: Facts) -> Iterator[Polynomial]:
        """Polynomials whose sign may help."""
        weak = [i for i in sorted(core) if self._kind(i) not in (gt, eq)]
        yield from (self._polynomial(i) for i in weak if self._degree(i) == 1)
        monomials = [m for i in sorted(core) for m in sorted(self._polynomial(i)) if len(m) > 1]
        names = sorted({name for m in monomials for name in m})
        for name in names:
            yield {(name,): ONE}
        pairs = list(dict.fromkeys(m for m in monomials if len(m) == 2))
        for (a, b), (c, d) in combinations(pairs, 2):
            if len({a, b, c, d}) == 4:
                yield {tuple(sorted((a, d))): ONE, tuple(sorted((b, c))): -ONE}
                yield {tuple(sorted((a, c))): ONE, tuple(sorted((b, d))): -ONE}
        for a, b in combinations(names, 2):
            yield {(a,): ONE, (b,): -ONE}

    def _sum(self, core: Facts) -> int | None:
        """A step that refutes comparisons by a sum, with as few factors a term as possible."""
        for factors in range(1, 2 if self.z3.linear else FACTORS + 1):
            terms = list(islice(self._terms(core, factors), PRODUCTS + 1))
            if len(terms) > PRODUCTS:
                break
            polynomials = [p for _, _, p in terms]
            free = [any(self._kind(i) is eq for i in indices) for indices, _, _ in terms]
            positive = [all(self._kind(i) is gt for i in indices) for indices, _, _ in terms]
            found = self.z3.multipliers(polynomials, free, positive)
            if found is not None:
                used = [(c, *t[:2]) for c, t in zip(_whole(found), terms, strict=True) if c]
                step = [[str(c), list(indices), *symbols] for c, indices, symbols in used]
                return self._add({"sum": step}, {i for _, indices, _ in used for i in indices})
        return None

    def _terms(
        self, core: Facts, factors: int
    ) -> Iterator[tuple[tuple[int, ...], tuple[str, ...], Polynomial]]:
        """Products of comparisons, and equations times monomials: (comparisons, monomial, polynomial)."""
        polynomials = {i: self._polynomial(i) for i in sorted(core)}
        unequal = [i for i in polynomials if self._kind(i) is not eq]
        for count in range(factors + 1):
            for indices in combinations_with_replacement(unequal, count):
                yield indices, (), reduce(multiply, [polynomials[i] for i in indices], {(): ONE})
        names = sorted({name for p in polynomials.values() for m in p for name in m})
        for count in range(factors):
            for monomial in combinations_with_replacement(names, count):
                for i in polynomials:
                    if self._kind(i) is eq:
                        yield (i,), monomial, multiply({monomial: ONE}, polynomials[i])

    # ---- the result -----------------------------------------------------------------------------

    def _written(self, last: int) -> dict:
        """The steps that the last one needs, with the numbers of the checker."""
        needed, stack = set[int](), [last]
        while stack:
            k = stack.pop()
            if k not in needed:
                needed.add(k)
                stack += self.steps[k].get("by", ())
        order = {k: place for place, k in enumerate(sorted(needed))}
        split = {self.steps[k].get("cases") for k in needed}
        cuts = [text for i, text in self.cuts.items() if i in split]
        formulas = dict.fromkeys(f for a in parse(self.script, cuts) for f in parts(a, (all, any)))
        numbers = {self.numbers[f]: n for n, f in enumerate(formulas) if f in self.numbers}
        written = []
        for step in map(self.steps.__getitem__, order):
            if "cases" in step:
                written.append({"cases": numbers[step["cases"]], "by": [order[k] for k in step["by"]]})
            else:
                terms = [[c, [numbers[i] for i in indices], *names] for c, indices, *names in step["sum"]]
                written.append({"sum": terms})
        return {"cuts": cuts, "steps": written} if cuts else {"steps": written}


def term(polynomial: Polynomial) -> str:
    """A polynomial as an SMT-LIB term."""
    products = [_product(c, monomial) for monomial, c in sorted(polynomial.items())]
    return f"(+ {' '.join(products)})" if len(products) != 1 else products[0]


def _product(c: Fraction, monomial: tuple[str, ...]) -> str:
    factors = monomial if c == 1 and monomial else (number(c), *monomial)
    return f"(* {' '.join(factors)})" if len(factors) > 1 else factors[0]


def _whole(multipliers: list[Fraction]) -> list[int]:
    """Whole numbers without a common divisor, in the same proportion."""
    common = lcm(*(c.denominator for c in multipliers))
    found = [int(c * common) for c in multipliers]
    divisor = gcd(*found)
    return [c // divisor for c in found]


def _holds(formula: tuple, values: Values) -> bool:
    kind, rest = formula
    if kind in (all, any):
        return kind(_holds(part, values) for part in rest)
    products = (reduce(lambda x, name: x * values.get(name, 0), monomial, c) for monomial, c in rest)
    return kind(sum(products, Fraction(0)), 0)
