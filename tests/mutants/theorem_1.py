"""Mutants of Theorem 1: error at least Δ/2 on five classes, and the pair of its proof."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.claims.geirhos2024 import theorem_1 as paper
from fvtheory.claims.geirhos2024.pairs import theorem_1 as pair_of
from fvtheory.obligations import valid
from fvtheory.statements import AT_LEAST, AT_MOST, Universal
from fvtheory.terms import absolute
from mutants import mutant as op
from mutants.mutant import Source

phi = paper.phi
(a,), (b,), m, M = phi.x_min, phi.x_max, phi.f_min, phi.f_max
every = {cls: Source(f"theorem-1.{cls}", "printed") for cls in paper.CLASSES}
tight = {cls: Source(f"theorem-1.{cls}", "sharp") for cls in paper.CLASSES}
pair, equal = Source("theorem-1.proof.pair", "printed"), Source("theorem-1.proof.equal-extrema", "printed")
reflection = Source("theorem-1.proof.reflection", "repaired")
f1, f2 = pair_of(a, b, m, M)
middle, quarter, three_quarters = (a + b) / 2, (3 * a + b) / 4, (a + 3 * b) / 4
ORDER = a < b


def facts(first, second, defined=True, rising=True, order=ORDER):
    """What the paper says of its pair, said of two other functions."""

    def conjuncts(convention):
        given = [*phi.domain(), order]
        parts = [
            valid(f"f{i}.well-defined", given, f.well_defined()) for i, f in enumerate((first, second), 1)
        ]
        return [*(parts if defined else []), *paper.pair_facts((first, second), given, convention, rising)]

    return Universal(conjuncts)


def apart(at, least):
    """|f1 - f2| >= least at a point."""
    difference = absolute(f1((at,)) - f2((at,)))
    return Universal(lambda convention: [valid("separation", [*phi.domain(), ORDER], difference >= least)])


def flipped(functions, total, order, rising=False):
    """total - f1 and total - f2."""
    first, second = functions
    return Universal(
        lambda convention: paper.pair_facts(
            (lambda p: total - first(p), lambda p: total - second(p)),
            [*phi.domain(), order],
            convention,
            rising,
        )
    )


def at_least(part):
    """R >= part * Δ, typed anew."""
    return lambda p, r: r >= part * (p.M - p.m)


def zero_spread(p, r):
    return p.M == p.m


MUTANTS = (
    *(
        every[cls].false(
            op.CONSTANT,
            "101/100",
            op.scaled(every[cls].statement, Fraction(101, 100)),
            "R = Δ/2 for the class, and Δ > 0 is feasible",
            holds=at_least(Fraction(101, 200)),
        )
        for cls in paper.CLASSES
    ),
    *(
        every[cls].true(
            op.CONSTANT,
            "99/100",
            op.scaled(every[cls].statement, Fraction(99, 100)),
            "99/200 Δ <= Δ/2 = R",
            holds=at_least(Fraction(99, 200)),
        )
        for cls in ("all", "monotone")
    ),
    every["all"].false(
        op.CONSTANT,
        "plus-1/1000",
        op.raised(every["all"].statement, Fraction(1, 1000)),
        "Δ = 0: R = 0 < 1/1000",
        holds=lambda p, r: r >= (p.M - p.m) / 2 + Fraction(1, 1000),
    ),
    every["all"].true(
        op.VALUES,
        "in-the-bound",
        op.bound(every["all"].statement, op.exchange_symbols("f_min", "f_max")),
        "-Δ/2 <= 0 <= R",
        holds=lambda p, r: r >= (p.m - p.M) / 2,
    ),
    every["erm"].true(
        op.KIND,
        "at-most",
        op.with_kind(every["erm"].statement, AT_MOST),
        "the constant decoder of Proposition 1 errs by at most Δ/2",
        holds=lambda p, r: r <= (p.M - p.m) / 2,
    ),
    tight["neural-network"].true(
        op.KIND,
        "at-least",
        op.with_kind(tight["neural-network"].statement, AT_LEAST),
        "R = Δ/2 for continuous piecewise affine functions",
        holds=at_least(Fraction(1, 2)),
    ),
    tight["monotone"].false(
        op.CONSTANT,
        "99/100",
        op.scaled(tight["monotone"].statement, Fraction(99, 100)),
        "R = Δ/2 > 99/200 Δ",
        holds=lambda p, r: r <= Fraction(99, 200) * (p.M - p.m),
    ),
    every["all"].false(
        op.CLASS,
        "for-lipschitz",
        op.on(every["all"].statement, "lipschitz", 1),
        "x_min = 0, x_max = 1, Δ = L determines f",
        holds=at_least(Fraction(1, 2)),
    ),
    every["all"].false(
        op.CLASS,
        "for-affine",
        op.on(every["all"].statement, "affine", 1, 2),
        "d = 1: Φ determines an affine f",
        holds=at_least(Fraction(1, 2)),
    ),
    every["monotone"].true(
        op.CLASS,
        "for-convex",
        op.on(every["monotone"].statement, "convex", 1, 2),
        "R = Δ/2 for convex functions too",
        holds=at_least(Fraction(1, 2)),
    ),
    every["monotone"].true(
        op.CLASS,
        "for-constant",
        op.on(every["monotone"].statement, "constant", 1, 2),
        "Δ = 0 for constants, and R = 0",
        holds=at_least(Fraction(1, 2)),
    ),
    equal.true(
        op.CLASS,
        "for-convex",
        op.on(equal.statement, "convex", 1, 2),
        "f_min = f(x_min) = f(x_max) = f_max in any class",
        given=lambda p: p.a == p.b,
        holds=zero_spread,
    ),
    equal.true(
        op.CLASS,
        "for-lipschitz",
        op.on(equal.statement, "lipschitz", 1, 2),
        "f_min = f(x_min) = f(x_max) = f_max in any class",
        given=lambda p: p.a == p.b,
        holds=zero_spread,
    ),
    equal.false(
        op.DROPPED,
        "without-condition",
        op.unconditional(equal.statement),
        "x_min = 0, x_max = 1, Δ = 1 is feasible",
        holds=zero_spread,
    ),
    equal.false(
        op.CONDITION,
        "different-extrema",
        op.negated_condition(equal.statement),
        "x_min = 0, x_max = 1, Δ = 1 is feasible",
        given=lambda p: p.a != p.b,
        holds=zero_spread,
    ),
    pair.false(
        op.WITNESS,
        "f1-rises-from-x_min",
        facts(op.move_breakpoint(f1, 0, a), f2, defined=False),
        "the rising piece of f1 is below f_min left of the midpoint",
    ),
    pair.false(
        op.WITNESS,
        "f1-rises-late",
        facts(op.move_breakpoint(f1, 0, three_quarters), f2),
        "at (x_min + 3 x_max)/4 the rising piece is at f_min + Δ/2 and the flat one at f_min",
    ),
    pair.true(
        op.WITNESS,
        "f1-jumps-late",
        facts(op.move_breakpoint(f1, 0, three_quarters), f2, defined=False),
        "a jump upwards keeps f1 monotone, and its values at x_min, x_max and the midpoint",
    ),
    pair.false(
        op.WITNESS,
        "f2-levels-late",
        facts(f1, op.move_breakpoint(f2, 1, three_quarters), defined=False),
        "the rising piece of f2 is above f_max right of the midpoint",
    ),
    pair.false(
        op.WITNESS,
        "f1-falls",
        facts(op.tilt(f1, 1), f2, defined=False),
        "the middle piece of f1 falls where Δ > 0",
    ),
    pair.false(
        op.WITNESS,
        "f2-falls",
        facts(f1, op.tilt(f2, 1), defined=False),
        "the middle piece of f2 falls where Δ > 0",
    ),
    pair.false(
        op.WITNESS,
        "f1-lifted",
        facts(op.lift(f1, 1, Fraction(1, 1000)), f2),
        "the middle piece of f1 no longer meets f_min at the midpoint",
    ),
    pair.false(
        op.WITNESS,
        "f2-flat-piece-lifted",
        facts(f1, op.lift(f2, 0, Fraction(1, 1000)), defined=False),
        "f2(x_min) = f_min + 1/1000",
    ),
    pair.false(
        op.KIND,
        "falling",
        facts(f1, f2, rising=False),
        "f1 rises from f_min at x_min to f_max at x_max > x_min",
    ),
    pair.false(
        op.VALUES,
        "values-in-the-pair",
        facts(*pair_of(a, b, M, m), defined=False),
        "f1(x_min) = f_max",
    ),
    pair.false(
        op.POINTS,
        "points-in-the-pair",
        facts(*pair_of(b, a, m, M), defined=False),
        "f2 is f_min up to its first breakpoint x_max",
    ),
    pair.false(
        op.POINTS,
        "in-the-order",
        facts(f1, f2, defined=False, order=b < a),
        "for x_max < x_min both are f_max at x_min, right of all breakpoints",
    ),
    pair.true(op.CONSTANT, "separation-halved", apart(middle, phi.spread / 2), "they differ by Δ there"),
    pair.false(
        op.CONSTANT,
        "separation-101/100",
        apart(middle, Fraction(101, 100) * phi.spread),
        "they differ by Δ at most",
    ),
    pair.false(
        op.WITNESS,
        "separation-at-a-quarter",
        apart(quarter, phi.spread),
        "f1 = f_min and f2 = f_min + Δ/2 there",
    ),
    pair.true(
        op.WITNESS,
        "half-separation-at-a-quarter",
        apart(quarter, phi.spread / 2),
        "f1 = f_min and f2 = f_min + Δ/2 there",
    ),
    reflection.true(
        op.CONSTANT,
        "f_min+f_max",
        flipped(pair_of(b, a, m, M), m + M, b < a),
        "f_min + f_max - f exchanges f_min and f_max, so f(x_min) = f_max becomes f_min",
    ),
    reflection.false(
        op.CONSTANT,
        "1+1/1000",
        flipped(pair_of(b, a, 1 - M, 1 - m), Fraction(1001, 1000), b < a),
        "the values become f_min + 1/1000 and f_max + 1/1000",
    ),
    reflection.false(
        op.KIND,
        "rising",
        flipped(pair_of(b, a, 1 - M, 1 - m), 1, b < a, rising=True),
        "f_max is taken at x_max < x_min",
    ),
    reflection.false(
        op.POINTS,
        "in-the-order",
        flipped(pair_of(b, a, 1 - M, 1 - m), 1, a < b),
        "for x_min < x_max the first function is f_max at x_min, left of its breakpoints",
    ),
)
