"""Mutants of Theorem 6: affine functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024 import theorem_6 as paper
from fvtheory.claims.geirhos2024.pairs import for_each
from fvtheory.obligations import valid
from fvtheory.statements import AT_LEAST, AT_MOST, Universal, half_spread
from fvtheory.symbols import has_information
from fvtheory.terms import Eq, absolute, eq, every, indicator, some, term
from mutants import mutant as op
from mutants.mutant import Source

phi, at = paper.phi, paper.at
(a1, a2), (b1, b2), m, M = phi.x_min, phi.x_max, phi.f_min, phi.f_max
theorem, sharp = Source("theorem-6", "repaired"), Source("theorem-6", "sharp")
printed, more = Source("theorem-6", "printed"), Source("theorem-6.remark.higher-dimension", "sharp")
corners = Source("theorem-6.proof.corners", "repaired")
coefficients = Source("theorem-6.proof.coefficients", "printed")
equal = Source("theorem-6.proof.equal-extrema", "printed")
origin = Source("theorem-6.proof.origin-recovered", "repaired")
one_one = Source("theorem-6.proof.one-one-recovered", "printed")
cases = Source("theorem-6.proof.cases", "printed")
pair = Source("theorem-6.proof.pair-1", "printed")
LEFT_TOP = [*phi.domain(), at(phi.x_min, 0, 1), at(phi.x_max, 1, 0)]


def with_indicators(combine):
    """The bound with the indicators of the two coordinates combined in another way."""

    def bound(phi):
        first, second = paper.apart(phi)
        return combine(first, second) * (phi.spread / 2)

    return bound


def coordinates_apart(number):
    """Δ/2 where at least so many coordinates have x_min and x_max at opposite ends."""

    def bound(phi):
        ends = [eq(absolute(s - t), 1) for s, t in phi.coordinates()]
        chosen = every(ends) if number == phi.dim else some(ends)
        return indicator(chosen) * (phi.spread / 2)

    return bound


def f1(p):
    return (M - m) * p[0] + m


def f2(p):
    return (m - M) * p[1] + M


def informed(*functions):
    return Universal(
        lambda convention: for_each(
            "information",
            functions,
            [*LEFT_TOP, *phi.in_cube(paper.X)],
            lambda f: has_information(f, phi, paper.X, convention),
        )
    )


def separated_at(x1, x2):
    point = (term(x1), term(x2))
    return Universal(
        lambda convention: [valid("separation", LEFT_TOP, absolute(f1(point) - f2(point)) >= phi.spread)]
    )


# Conditions and bounds, typed anew.


def ends(p):
    return [abs(s - t) == 1 for s, t in zip(p.a, p.b, strict=True)]


def is_corner(p):
    return all(c in (0, 1) for c in (*p.a, *p.b))


def opposite_half(p):
    return p.spread / 2 if all(ends(p)) else 0


def some_half(p):
    return p.spread / 2 if any(ends(p)) else 0


def recovered(p, r):
    return r == 0


def beside_origin(p):
    return {p.a, p.b} & {(0, 0)} and (1, 1) not in (p.a, p.b)


def listed(p):
    left = {((0, 1), (1, 0)), ((1, 0), (0, 1))}
    return p.a == p.b or (p.a, p.b) not in left


MUTANTS = (
    printed.false(
        op.CONDITION,
        "first-indicator-negated",
        replace(
            printed.statement,
            bound=lambda phi: indicator(eq(*phi.x_min)) * indicator(~eq(*phi.x_max)) * (phi.spread / 2),
        ),
        "x_min = (0, 0), x_max = (1, 0) determines f",
        holds=lambda p, r: r >= (p.spread / 2 if p.a[0] == p.a[1] and p.b[0] != p.b[1] else 0),
    ),
    printed.false(
        op.CONDITION,
        "both-indicators-negated",
        replace(
            printed.statement,
            bound=lambda phi: indicator(eq(*phi.x_min)) * indicator(eq(*phi.x_max)) * (phi.spread / 2),
            kind=AT_MOST,
        ),
        "x_min = (0, 1), x_max = (1, 0) has R = Δ/2, not 0",
        holds=lambda p, r: r <= (p.spread / 2 if p.a[0] == p.a[1] and p.b[0] == p.b[1] else 0),
    ),
    theorem.false(
        op.PART,
        "only-first-indicator",
        replace(theorem.statement, bound=with_indicators(lambda s, t: s)),
        "x_min = (0, 0), x_max = (1, 0) determines f",
        holds=lambda p, r: r >= (p.spread / 2 if ends(p)[0] else 0),
    ),
    theorem.false(
        op.MIN_MAX,
        "either-indicator",
        replace(theorem.statement, bound=with_indicators(lambda s, t: s + t - s * t)),
        "x_min = (0, 0), x_max = (1, 0) determines f",
        holds=lambda p, r: r >= some_half(p),
    ),
    theorem.true(
        op.CONDITION,
        "both-indicators-negated",
        replace(theorem.statement, bound=with_indicators(lambda s, t: (1 - s) * (1 - t))),
        "where no coordinate has opposite ends, an affine f with that Φ is constant: the bound is 0",
        holds=lambda p, r: r >= (0 if any(ends(p)) else p.spread / 2),
    ),
    theorem.false(
        op.CONDITION,
        "one-indicator-negated",
        replace(theorem.statement, bound=with_indicators(lambda s, t: (1 - s) * t)),
        "x_min = (0, 0), x_max = (0, 1) determines f",
        holds=lambda p, r: r >= (p.spread / 2 if ends(p) == [False, True] else 0),
    ),
    theorem.true(
        op.KIND,
        "at-most",
        op.with_kind(theorem.statement, AT_MOST),
        "f is determined unless x_min and x_max are opposite corners",
        holds=lambda p, r: r <= opposite_half(p),
    ),
    theorem.true(
        op.PART,
        "at-most-without-indicators",
        replace(theorem.statement, kind=AT_MOST, bound=half_spread),
        "the constant decoder errs by at most Δ/2",
        holds=lambda p, r: r <= p.spread / 2,
    ),
    theorem.false(
        op.PART,
        "without-indicators",
        replace(theorem.statement, bound=half_spread),
        "x_min = (0, 0), x_max = (1, 0) determines f",
        holds=lambda p, r: r >= p.spread / 2,
    ),
    theorem.true(
        op.POINTS,
        "in-the-bound",
        op.bound(
            op.bound(theorem.statement, op.exchange_symbols("x_min[0]", "x_max[0]")),
            op.exchange_symbols("x_min[1]", "x_max[1]"),
        ),
        "|x_min,j - x_max,j| is symmetric",
        holds=lambda p, r: r >= opposite_half(p),
    ),
    theorem.true(
        op.CLASS,
        "for-lipschitz",
        op.on(theorem.statement, "lipschitz", 2),
        "a corner beside two opposite ones is as far from both as they are apart, and L >= Δ: R = Δ/2",
        holds=lambda p, r: r >= opposite_half(p),
    ),
    printed.false(
        op.CLASS,
        "for-lipschitz",
        op.on(printed.statement, "lipschitz", 2),
        "x_min = (0, 1/2), x_max = (1, 1/2), Δ = L: no point is more than L/2 away from both, R = Δ/4",
        holds=lambda p, r: r >= (p.spread / 2 if p.a[0] != p.a[1] and p.b[0] != p.b[1] else 0),
    ),
    theorem.true(
        op.CLASS,
        "for-monotone",
        op.on(theorem.statement, "monotone", 2),
        "R = Δ/2 for all monotone functions",
        holds=lambda p, r: r >= opposite_half(p),
    ),
    sharp.false(
        op.CONSTANT,
        "101/100",
        op.scaled(sharp.statement, Fraction(101, 100)),
        "R = Δ/2 for opposite corners",
        holds=lambda p, r: r == Fraction(101, 100) * opposite_half(p),
    ),
    sharp.false(
        op.BRANCHES,
        "exchanged",
        op.bound(sharp.statement, op.exchange_branches),
        "both indicators become 0 for opposite corners, where R = Δ/2",
        holds=lambda p, r: r == (0 if any(ends(p)) else p.spread / 2),
    ),
    more.true(
        op.DIMENSION,
        "2",
        op.in_dims(more.statement, 2),
        "in dimension 2 two coordinates are all",
        holds=lambda p, r: r == opposite_half(p),
    ),
    more.true(
        op.DIMENSION,
        "1",
        op.in_dims(more.statement, 1),
        "in dimension 1 there are no two coordinates, and R = 0",
        holds=recovered,
    ),
    more.false(
        op.CONSTANT,
        "one-coordinate",
        replace(more.statement, bound=coordinates_apart(1)),
        "x_min = (0, 0, 0), x_max = (1, 0, 0) determines f",
        holds=lambda p, r: r == some_half(p),
    ),
    more.false(
        op.CONSTANT,
        "three-coordinates",
        replace(more.statement, bound=coordinates_apart(3)),
        "x_min = (0, 0, 0), x_max = (1, 1, 0) has R = Δ/2",
        holds=lambda p, r: r == opposite_half(p),
    ),
    more.true(
        op.KIND,
        "at-least-three-coordinates",
        replace(more.statement, kind=AT_LEAST, bound=coordinates_apart(3)),
        "three are at least two",
        holds=lambda p, r: r >= opposite_half(p),
    ),
    corners.true(
        op.CONVENTION,
        "first",
        corners.statement,
        "the least minimizer and maximizer have 0 in the coordinates on which f does not depend",
        convention="first",
        holds=lambda p, r: is_corner(p),
    ),
    corners.false(
        op.CONVENTION,
        "any-selection",
        corners.statement,
        "x_min = (0, 1/2) for f(x) = x1",
        holds=lambda p, r: is_corner(p),
    ),
    corners.true(
        op.CONVENTION,
        "unique-opposite",
        replace(corners.statement, about=lambda p, r: eq(absolute(a1 - b1), 1) & eq(absolute(a2 - b2), 1)),
        "with unique extrema both slopes are not 0, so x_min and x_max differ in both coordinates",
        convention="unique",
        holds=lambda p, r: all(ends(p)),
    ),
    corners.false(
        op.CONVENTION,
        "first-opposite",
        replace(corners.statement, about=lambda p, r: eq(absolute(a1 - b1), 1) & eq(absolute(a2 - b2), 1)),
        "f(x) = x1: x_min = (0, 0), x_max = (1, 0)",
        convention="first",
        holds=lambda p, r: all(ends(p)),
    ),
    coefficients.false(
        op.VALUES,
        "values-in-the-goal",
        op.goals(coefficients.statement, op.exchange_symbols("f_min", "f_max")),
        "x_min = (1, 0), x_max = (0, 1), c = 0: w1 = f_min, not f_max",
    ),
    coefficients.false(
        op.WITNESS,
        "sign-flipped",
        op.goals(coefficients.statement, lambda g: Eq(g.left, -1 * g.right)),
        "-w1 in place of w1",
    ),
    coefficients.true(
        op.POINTS,
        "with-values",
        op.rewritten(
            op.rewritten(
                op.rewritten(coefficients.statement, op.exchange_symbols("f_min", "f_max")),
                op.exchange_symbols("x_min[0]", "x_max[0]"),
            ),
            op.exchange_symbols("x_min[1]", "x_max[1]"),
        ),
        "the two equations exchanged",
    ),
    equal.false(
        op.DROPPED,
        "without-condition",
        op.unconditional(equal.statement),
        "f(x) = x1 is not constant",
        holds=lambda p, r: p.m == p.M and r == 0,
    ),
    origin.false(
        op.DROPPED,
        "only-varying",
        op.condition(origin.statement, lambda phi: phi.is_varying()),
        "x_min = (0, 0), x_max = (1, 1): x1 and x2 have the same Φ",
        given=lambda p: p.m < p.M,
        holds=recovered,
    ),
    origin.true(
        op.HYPOTHESIS,
        "beside-the-origin-and-varying",
        op.condition(origin.statement, lambda phi: paper.origin_and_side(phi) & phi.is_varying()),
        "a stronger hypothesis",
        given=lambda p: bool(beside_origin(p)) and p.m < p.M,
        holds=recovered,
    ),
    origin.false(
        op.CONDITION,
        "negated",
        op.negated_condition(origin.statement),
        "x_min = (0, 1), x_max = (1, 0): R = Δ/2",
        given=lambda p: not beside_origin(p),
        holds=recovered,
    ),
    one_one.false(
        op.HYPOTHESIS,
        "with-the-origin",
        op.condition(one_one.statement, lambda phi: at(phi.x_min, 1, 1)),
        "x_min = (1, 1), x_max = (0, 0): R = Δ/2",
        given=lambda p: p.a == (1, 1),
        holds=recovered,
    ),
    cases.false(
        op.PART,
        "without-the-reverse",
        replace(cases.statement, about=lambda p, r: paper.LISTED | at(phi.x_min, 0, 1) & at(phi.x_max, 1, 0)),
        "x_min = (1, 0), x_max = (0, 1), Δ = 1",
        given=is_corner,
        holds=lambda p, r: listed(p) or p.a == (0, 1),
    ),
    cases.false(
        op.DROPPED,
        "without-corners",
        op.unconditional(cases.statement),
        "x_min = (0, 1/2), x_max = (1, 1/2)",
        holds=lambda p, r: is_corner(p) or p.a == p.b or (0, 0) in (p.a, p.b),
    ),
    pair.true(
        op.WITNESS,
        "separation-at-the-origin",
        separated_at(0, 0),
        "f1(0, 0) = f_min and f2(0, 0) = f_max",
    ),
    pair.false(
        op.WITNESS,
        "separation-at-x_max",
        separated_at(1, 0),
        "both are f_max at x_max",
    ),
    pair.false(
        op.WITNESS,
        "wrong-coordinate",
        informed(f1, lambda p: (m - M) * p[0] + M),
        "the second function is f_min at x_max",
    ),
    pair.false(
        op.WITNESS,
        "slope-flipped",
        informed(lambda p: (m - M) * p[0] + m, f2),
        "the first function is f_min - Δ at x_max",
    ),
    pair.true(
        op.WITNESS,
        "mean-of-the-two",
        informed(lambda p: (f1(p) + f2(p)) / 2),
        "the functions with information Φ form a convex set",
    ),
    pair.false(
        op.VALUES,
        "values-in-the-pair",
        informed(lambda p: (m - M) * p[0] + M),
        "f_max at x_min = (0, 1)",
    ),
    pair.false(
        op.POINTS,
        "points-in-the-pair",
        informed(lambda p: (M - m) * p[1] + m),
        "f_max at x_min = (0, 1)",
    ),
)
