"""Mutants of Proposition 1: the constant decoder (f_min + f_max)/2."""

from __future__ import annotations

from fractions import Fraction

from fvtheory.obligations import valid
from fvtheory.statements import AT_LEAST, AT_MOST, Universal
from fvtheory.symbols import symbolic_phi
from fvtheory.terms import Le, Lt, Sym, absolute
from mutants import mutant as op
from mutants.mutant import Source

phi, fx = symbolic_phi(1), Sym("fx")
printed, sharp = Source("proposition-1", "printed"), Source("proposition-1", "sharp")
error = op.only(printed.statement, "error")
GIVEN = [*phi.domain(), phi.f_min <= fx, fx <= phi.f_max]


def within(center, bound):
    return Universal(lambda convention: [valid("error", GIVEN, absolute(fx - center) <= bound)])


MUTANTS = (
    printed.false(
        op.STRICTNESS,
        "strict",
        op.goals(error, lambda g: Lt(g.left, g.right)),
        "fx = f_min: the error is exactly Δ/2",
    ),
    printed.false(
        op.CONSTANT,
        "bound-99/100",
        op.goals(error, lambda g: Le(g.left, Fraction(99, 100) * g.right)),
        "fx = f_max, Δ > 0: Δ/2 <= 99/200 Δ fails",
    ),
    printed.true(
        op.CONSTANT,
        "bound-plus-1/1000",
        op.goals(error, lambda g: Le(g.left, g.right + Fraction(1, 1000))),
        "weaker than the proposition",
    ),
    printed.false(
        op.CONSTANT,
        "bound-halved",
        op.goals(error, lambda g: Le(g.left, g.right / 2)),
        "fx = f_max, Δ > 0: Δ/2 <= Δ/4 fails",
    ),
    printed.true(
        op.CONSTANT,
        "bound-doubled",
        op.goals(error, lambda g: Le(g.left, 2 * g.right)),
        "Δ >= 0: weaker than the proposition",
    ),
    printed.false(
        op.DROPPED,
        "without-f_min<=fx",
        op.dropped(error, phi.f_min <= fx),
        "f_min = f_max = 1, fx = 0: 1 <= 0 fails",
    ),
    printed.true(
        op.VALUES,
        "values-everywhere",
        op.rewritten(error, op.exchange_symbols("f_min", "f_max")),
        "the same statement with the names of the two symbols exchanged",
    ),
    printed.false(
        op.VALUES,
        "values-in-the-goal",
        op.goals(error, op.exchange_symbols("f_min", "f_max")),
        "the bound becomes -Δ/2 < 0 where Δ > 0",
    ),
    printed.true(
        op.POINTS,
        "points-everywhere",
        op.rewritten(error, op.exchange_symbols("x_min", "x_max")),
        "the extremal points do not occur in the goal",
    ),
    printed.false(
        op.STRICTNESS,
        "decoder-inside",
        op.goals(op.only(printed.statement, "decoder"), op.flip_strictness),
        "f_min = f_max = 0: the middle is 0",
    ),
    printed.false(
        op.WITNESS,
        "decoder-moved",
        within((2 * phi.f_min + phi.f_max) / 3, phi.spread / 2),
        "f_max is 2Δ/3 away from f_min + Δ/3",
    ),
    printed.true(
        op.WITNESS,
        "decoder-moved-with-bound",
        within((2 * phi.f_min + phi.f_max) / 3, 2 * phi.spread / 3),
        "f_min + Δ/3 is Δ/3 away from f_min and 2Δ/3 from f_max",
    ),
    sharp.false(
        op.CONSTANT,
        "doubled",
        op.scaled(sharp.statement, 2),
        "R = Δ/2, not Δ",
        holds=lambda p, r: r == p.M - p.m,
    ),
    sharp.false(
        op.CONSTANT,
        "halved",
        op.scaled(sharp.statement, Fraction(1, 2)),
        "R = Δ/2, not Δ/4",
        holds=lambda p, r: 4 * r == p.M - p.m,
    ),
    sharp.true(
        op.KIND,
        "at-most-101/100",
        op.with_kind(op.scaled(sharp.statement, Fraction(101, 100)), AT_MOST),
        "Δ/2 <= 101/200 Δ",
        holds=lambda p, r: r <= Fraction(101, 200) * (p.M - p.m),
    ),
    sharp.true(
        op.KIND,
        "at-least-99/100",
        op.with_kind(op.scaled(sharp.statement, Fraction(99, 100)), AT_LEAST),
        "99/200 Δ <= Δ/2",
        holds=lambda p, r: r >= Fraction(99, 200) * (p.M - p.m),
    ),
    sharp.false(
        op.CONSTANT,
        "plus-1/1000",
        op.raised(sharp.statement, Fraction(1, 1000)),
        "R = Δ/2 exactly",
        holds=lambda p, r: r == (p.M - p.m) / 2 + Fraction(1, 1000),
    ),
)
