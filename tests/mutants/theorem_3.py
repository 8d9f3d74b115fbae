"""Mutants of Theorem 3: convex functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024 import theorem_3 as paper
from fvtheory.claims.geirhos2024.pairs import line, theorem_3
from fvtheory.statements import AT_LEAST, AT_MOST, Universal, sentence
from fvtheory.terms import Le, Lt, Sym, absolute, eq, implies
from mutants import mutant as op
from mutants.mutant import Source

phi = paper.phi
(a,), (b,), m, M = phi.x_min, phi.x_max, phi.f_min, phi.f_max
weight, fx = Sym("weight"), Sym("fx")
theorem, sharp = Source("theorem-3", "printed"), Source("theorem-3", "sharp")
diagonal = Source("theorem-3.remark.diagonal", "printed")
at_an_end = Source("theorem-3.proof.extremum-at-an-end", "repaired")
at_zero = Source("theorem-3.proof.minimum-at-zero", "repaired")
cases = Source("theorem-3.proof.cases", "repaired")
pair, mirrored = (
    Source("theorem-3.proof.pair", "printed"),
    Source("theorem-3.proof.reflected-pair", "repaired"),
)
f1, f2 = theorem_3(a, m, M)
ENDING = [*phi.domain(), eq(b, 1), a < 1]


def facts(first, second, at=(a + 1) / 2):
    """The functions have the information Φ and differ by Δ/2 at the point."""
    return Universal(lambda convention: paper.pair_facts((first, second), ENDING, convention, at))


def convex(f):
    inside = [*ENDING, *phi.in_cube(paper.X, paper.Y)]
    return Universal(lambda convention: paper.hinge_is_convex("convex", f, inside))


def apart(at, least):
    difference = absolute(f1((at,)) - f2((at,)))
    return sentence("separation", ENDING, difference >= least)


def about(source, formula, **more):
    return replace(source.statement, about=lambda phi, radius: formula, **more)


def not_constant(p):
    return p.m < p.M


def at_ends(p):
    return p.b in ((0,), (1,))


MUTANTS = (
    theorem.true(
        op.CONSTANT,
        "doubled",
        op.scaled(theorem.statement, 2),
        "R = Δ/2 for convex functions: 1/4 is not the best constant",
        holds=lambda p, r: r >= (p.M - p.m) / 2,
    ),
    theorem.false(
        op.CONSTANT,
        "tripled",
        op.scaled(theorem.statement, 3),
        "3Δ/4 > Δ/2 = R",
        holds=lambda p, r: r >= 3 * (p.M - p.m) / 4,
    ),
    theorem.true(
        op.CONSTANT,
        "101/100",
        op.scaled(theorem.statement, Fraction(101, 100)),
        "101/400 Δ <= Δ/2 = R",
        holds=lambda p, r: r >= Fraction(101, 400) * (p.M - p.m),
    ),
    theorem.false(
        op.CONSTANT,
        "plus-1/1000",
        op.raised(theorem.statement, Fraction(1, 1000)),
        "Δ = 0: R = 0",
        holds=lambda p, r: r >= (p.M - p.m) / 4 + Fraction(1, 1000),
    ),
    theorem.false(
        op.KIND,
        "at-most",
        op.with_kind(theorem.statement, AT_MOST),
        "R = Δ/2 > Δ/4",
        holds=lambda p, r: r <= (p.M - p.m) / 4,
    ),
    theorem.false(
        op.CLASS,
        "for-lipschitz",
        op.on(theorem.statement, "lipschitz", 1),
        "x_min = 0, x_max = 1, Δ = L: R = 0",
        holds=lambda p, r: r >= (p.M - p.m) / 4,
    ),
    theorem.false(
        op.CLASS,
        "for-affine",
        op.on(theorem.statement, "affine", 1),
        "Φ determines an affine f of one variable",
        holds=lambda p, r: r >= (p.M - p.m) / 4,
    ),
    sharp.false(
        op.CONSTANT,
        "99/100",
        op.scaled(sharp.statement, Fraction(99, 100)),
        "R = Δ/2",
        holds=lambda p, r: r == Fraction(99, 200) * (p.M - p.m),
    ),
    sharp.true(
        op.KIND,
        "at-least",
        op.with_kind(sharp.statement, AT_LEAST),
        "R = Δ/2",
        holds=lambda p, r: r >= (p.M - p.m) / 2,
    ),
    sharp.true(
        op.CLASS,
        "for-monotone",
        op.on(sharp.statement, "monotone", 1, 2),
        "R = Δ/2 for monotone functions as well",
        holds=lambda p, r: r == (p.M - p.m) / 2,
    ),
    diagonal.true(
        op.DROPPED,
        "without-weight>=0",
        op.dropped(diagonal.statement, weight >= 0),
        "weight f_min + (1 - weight) f_max = f_max - weight Δ for any weight",
    ),
    diagonal.false(
        op.STRICTNESS,
        "strict",
        op.goals(diagonal.statement, lambda g: Lt(g.left, g.right)),
        "fx on the chord",
    ),
    diagonal.false(
        op.STRICTNESS,
        "reversed",
        op.goals(diagonal.statement, lambda g: Le(g.right, g.left)),
        "weight = 1/2, fx = f_min, Δ > 0 is below the chord",
    ),
    diagonal.false(
        op.VALUES,
        "in-the-goal",
        op.goals(diagonal.statement, op.exchange_symbols("f_min", "f_max")),
        "weight = 0, fx = f_max: f_max <= f_min fails where Δ > 0",
    ),
    at_an_end.false(
        op.POINTS,
        "x_min-at-an-end",
        about(at_an_end, eq(a, 0) | eq(a, 1)),
        "x_min = 1/2, x_max = 1 is feasible",
        given=not_constant,
        holds=lambda p, r: p.a in ((0,), (1,)),
    ),
    at_an_end.false(
        op.DROPPED,
        "with-constants",
        op.unconditional(at_an_end.statement),
        "a constant with x_max = 1/2",
        holds=lambda p, r: at_ends(p),
    ),
    at_an_end.false(
        op.CLASS,
        "for-monotone",
        op.on(at_an_end.statement, "monotone"),
        "a step has a maximizer inside",
        given=not_constant,
        holds=lambda p, r: at_ends(p),
    ),
    at_an_end.true(
        op.CLASS,
        "for-affine",
        op.on(at_an_end.statement, "affine"),
        "an affine function that is not constant has its maximum at an end",
        given=not_constant,
        holds=lambda p, r: at_ends(p),
    ),
    at_zero.false(
        op.HYPOTHESIS,
        "converse",
        about(at_zero, implies(eq(b, 1), eq(a, 0)) & implies(eq(b, 0), eq(a, 1))),
        "x_min = 1/2, x_max = 1 is feasible",
        given=not_constant,
        holds=lambda p, r: (p.b != (1,) or p.a == (0,)) and (p.b != (0,) or p.a == (1,)),
    ),
    at_zero.true(
        op.CLASS,
        "converse-for-affine",
        about(at_zero, implies(eq(b, 1), eq(a, 0)) & implies(eq(b, 0), eq(a, 1)), cls="affine"),
        "an affine function that is not constant has its extrema at the two ends",
        given=not_constant,
        holds=lambda p, r: (p.b != (1,) or p.a == (0,)) and (p.b != (0,) or p.a == (1,)),
    ),
    cases.false(
        op.PART,
        "without-the-second",
        about(cases, eq(b, 1) & (a < 1) | eq(m, M)),
        "x_min = 1, x_max = 0, Δ = 1",
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or p.m == p.M,
    ),
    cases.true(
        op.STRICTNESS,
        "x_min<=1",
        about(cases, eq(b, 1) & (a <= 1) | eq(b, 0) & (a >= 0) | eq(m, M)),
        "weaker than the repaired claim",
        holds=lambda p, r: p.b in ((0,), (1,)) or p.m == p.M,
    ),
    cases.true(
        op.CONVENTION,
        "first",
        about(cases, eq(b, 1) & (a < 1) | eq(b, 0) & (a > 0) | eq(a, b)),
        "under the first convention a constant has x_min = x_max = 0",
        convention="first",
        holds=lambda p, r: (p.b == (1,) and p.a < (1,)) or (p.b == (0,) and p.a > (0,)) or p.a == p.b,
    ),
    pair.false(
        op.WITNESS,
        "f1-rises-early",
        facts(op.move_breakpoint(f1, 0, a / 2), f2),
        "the rising piece of f1 is below f_min left of x_min",
    ),
    pair.false(
        op.WITNESS,
        "f2-falls",
        facts(f1, op.tilt(f2, 1)),
        "f2(1) is no longer f_max",
    ),
    pair.false(
        op.WITNESS,
        "f2-half-as-steep",
        facts(f1, op.change_piece(f2, 1, line((M - m) / (1 - a), m - (M - m) * (a + 1) / (2 * (1 - a))))),
        "from f_min at (x_min + 1)/2 it reaches only f_min + Δ/2 at 1",
    ),
    pair.false(
        op.WITNESS,
        "f1-lifted",
        facts(op.lift(f1, 1, Fraction(1, 1000)), f2),
        "f1(1) = f_max + 1/1000",
    ),
    pair.false(
        op.WITNESS,
        "f1-lowered",
        facts(op.lift(f1, 0, Fraction(-1, 1000)), f2),
        "f1(x_min) = f_min - 1/1000",
    ),
    pair.true(op.PART, "only-f1", convex(f1), "f1 = max(f_min, affine)"),
    pair.false(
        op.VALUES,
        "in-the-pair",
        facts(*theorem_3(a, M, m)),
        "f1(x_min) = f_max",
    ),
    pair.false(
        op.CONSTANT,
        "separation-101/100",
        apart((a + 1) / 2, Fraction(101, 200) * phi.spread),
        "f1 = f_min + Δ/2 and f2 = f_min there",
    ),
    pair.false(
        op.WITNESS,
        "separation-at-1/4",
        apart((3 * a + 1) / 4, phi.spread / 2),
        "f1 = f_min + Δ/4 and f2 = f_min there",
    ),
    pair.false(
        op.WITNESS,
        "separation-at-3/4",
        apart((a + 3) / 4, phi.spread / 2),
        "f1 = f_min + 3Δ/4 and f2 = f_min + Δ/2 there",
    ),
    pair.true(
        op.WITNESS,
        "quarter-separation-at-3/4",
        apart((a + 3) / 4, phi.spread / 4),
        "f1 = f_min + 3Δ/4 and f2 = f_min + Δ/2 there",
    ),
    mirrored.true(
        op.DROPPED,
        "without-x_min>0",
        op.dropped(mirrored.statement, a > 0),
        "1 - x_min < 1, which is kept, says the same",
    ),
    mirrored.false(
        op.HYPOTHESIS,
        "x_max=1",
        op.exchanged_hypothesis(mirrored.statement, eq(b, 0), eq(b, 1)),
        "g1(0) = f_max, and g1(1) = f_min where x_min < 1",
    ),
)
