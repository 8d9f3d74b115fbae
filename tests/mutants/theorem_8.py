"""Mutants of Theorem 8: what can be recovered."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.statements import AT_LEAST
from fvtheory.terms import Eq, Sym, eq
from mutants import mutant as op
from mutants.mutant import Source

affine, constant = Source("theorem-8.affine", "printed"), Source("theorem-8.constant", "printed")
defined = Source("theorem-8.proof.defined", "repaired")
decoder = Source("theorem-8.proof.decoder", "printed")
a, b, m, M, x = (Sym(n) for n in ("x_min", "x_max", "f_min", "f_max", "x"))
SLOPE, INTERCEPT = (M - m) / (b - a), (b * m - a * M) / (b - a)


def decodes(slope, intercept):
    return op.goals(decoder.statement, lambda g: Eq(slope * x + intercept, g.right))


def recovered(p, r):
    return r <= 0


def exchanged_everywhere(node):
    return op.exchange_symbols("x_min", "x_max")(op.exchange_symbols("f_min", "f_max")(node))


MUTANTS = (
    affine.false(
        op.DIMENSION,
        "2",
        op.in_dims(affine.statement, 2),
        "x_min = (0, 0), x_max = (1, 1): x1 and x2 have the same Φ",
        holds=recovered,
    ),
    affine.false(
        op.CLASS,
        "for-convex",
        op.on(affine.statement, "convex"),
        "R = Δ/2 for convex functions",
        holds=recovered,
    ),
    affine.false(
        op.CLASS,
        "for-lipschitz",
        op.on(affine.statement, "lipschitz"),
        "R > 0 where L is large",
        holds=recovered,
    ),
    affine.true(
        op.KIND,
        "at-least",
        op.with_kind(affine.statement, AT_LEAST),
        "no error is below 0",
        holds=lambda p, r: r >= 0,
    ),
    affine.false(
        op.KIND,
        "at-least-1/1000",
        op.with_kind(op.raised(affine.statement, Fraction(1, 1000)), AT_LEAST),
        "f is recovered exactly",
        holds=lambda p, r: r >= Fraction(1, 1000),
    ),
    affine.true(
        op.CONSTANT,
        "plus-1/1000",
        op.raised(affine.statement, Fraction(1, 1000)),
        "weaker than the theorem",
        holds=lambda p, r: r <= Fraction(1, 1000),
    ),
    affine.false(
        op.CONSTANT,
        "minus-1/1000",
        op.raised(affine.statement, Fraction(-1, 1000)),
        "no error is negative",
        holds=lambda p, r: r <= Fraction(-1, 1000),
    ),
    constant.true(
        op.CLASS,
        "for-affine",
        op.on(constant.statement, "affine", 1),
        "Φ determines an affine f of one variable",
        holds=recovered,
    ),
    constant.false(
        op.CLASS,
        "for-piecewise-affine",
        op.on(constant.statement, "piecewise-affine", 1),
        "R = Δ/2",
        holds=recovered,
    ),
    *(
        defined.true(
            op.CLASS,
            f"for-{cls}",
            op.on(defined.statement, cls),
            "f(x_min) < f(x_max) needs x_min != x_max in any class",
            given=lambda p: p.m < p.M,
            holds=lambda p, r: p.a != p.b,
        )
        for cls in ("all", "monotone", "convex", "lipschitz")
    ),
    defined.false(
        op.CONDITION,
        "constants",
        op.negated_condition(defined.statement),
        "a constant may have x_min = x_max",
        given=lambda p: p.m == p.M,
        holds=lambda p, r: p.a != p.b,
    ),
    decoder.false(op.WITNESS, "slope-flipped", decodes(-1 * SLOPE, INTERCEPT), "f(x) = x at x = 1 gives -1"),
    decoder.false(op.WITNESS, "without-intercept", decodes(SLOPE, 0 * x), "f = 1 is not 0"),
    decoder.false(
        op.WITNESS,
        "intercept-plus-1/1000",
        decodes(SLOPE, INTERCEPT + Fraction(1, 1000)),
        "1/1000 too much everywhere",
    ),
    decoder.false(
        op.VALUES,
        "values-in-the-goal",
        op.goals(decoder.statement, op.exchange_symbols("f_min", "f_max")),
        "f(x) = x becomes 1 - x",
    ),
    decoder.false(
        op.POINTS,
        "points-in-the-goal",
        op.goals(decoder.statement, op.exchange_symbols("x_min", "x_max")),
        "f(x) = x becomes 1 - x",
    ),
    decoder.true(
        op.POINTS,
        "with-values",
        op.goals(decoder.statement, exchanged_everywhere),
        "the line through two points does not depend on their order",
    ),
    decoder.true(
        op.DROPPED,
        "without-f_min>=0",
        op.dropped(decoder.statement, m >= 0),
        "two points determine a line whatever the values",
    ),
    decoder.false(
        op.DROPPED,
        "without-second-equation",
        op.dropped(decoder.statement, eq(Sym("w") * b + Sym("c"), M)),
        "many lines go through one point",
    ),
)
