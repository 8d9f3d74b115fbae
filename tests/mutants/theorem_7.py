"""Mutants of Theorem 7: the side question for affine functions of two variables."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024.theorem_6 import apart
from fvtheory.statements import AT_MOST
from fvtheory.terms import indicator
from mutants import mutant as op
from mutants.mutant import Source

theorem, sharp = Source("theorem-7", "repaired"), Source("theorem-7", "sharp")


def without_varying(phi):
    first, second = apart(phi)
    return first * second


def one_indicator(phi):
    return apart(phi)[0] * indicator(phi.is_varying())


def opposite(p):
    return int(p.apart == 2 and p.m < p.M)


MUTANTS = (
    theorem.false(
        op.PART,
        "without-varying",
        replace(theorem.statement, bound=without_varying),
        "a constant with x_min = (0, 0), x_max = (1, 1) is known",
        holds=lambda p, r: r >= int(p.apart == 2),
    ),
    theorem.true(
        op.HYPOTHESIS,
        "varying-as-hypothesis",
        replace(theorem.statement, bound=without_varying, when=lambda phi: phi.is_varying()),
        "with Δ > 0 opposite corners leave x1 and x2 or their like, on both sides of the midpoint",
        given=lambda p: p.m < p.M,
        holds=lambda p, r: r >= int(p.apart == 2),
    ),
    theorem.false(
        op.PART,
        "one-indicator",
        replace(theorem.statement, bound=one_indicator),
        "x_min = (0, 0), x_max = (1, 0) determines f",
        holds=lambda p, r: r >= int(abs(p.a[0] - p.b[0]) == 1 and p.m < p.M),
    ),
    theorem.true(
        op.KIND,
        "at-most",
        op.with_kind(theorem.statement, AT_MOST),
        "f is determined unless x_min and x_max are opposite corners and Δ > 0",
        holds=lambda p, r: r <= opposite(p),
    ),
    theorem.false(
        op.CONSTANT,
        "101/100",
        op.scaled(theorem.statement, Fraction(101, 100)),
        "an error on the side question is at most 1",
        holds=lambda p, r: r >= Fraction(101, 100) * opposite(p),
    ),
    theorem.true(
        op.CONSTANT,
        "99/100",
        op.scaled(theorem.statement, Fraction(99, 100)),
        "a smaller bound",
        holds=lambda p, r: r >= Fraction(99, 100) * opposite(p),
    ),
    sharp.false(
        op.QUESTION,
        "value",
        replace(sharp.statement, question="value"),
        "R = Δ/2 <= 1/2 for opposite corners",
        holds=lambda p, r: r == opposite(p),
    ),
    sharp.false(
        op.CLASS,
        "for-convex",
        op.on(sharp.statement, "convex", 2),
        "for convex functions the side is hidden at x_min = (0, 0), x_max = (1, 0) too",
        holds=lambda p, r: r == opposite(p),
    ),
    theorem.true(
        op.CLASS,
        "for-convex",
        op.on(theorem.statement, "convex", 2),
        "for convex functions the side is hidden whenever Δ > 0",
        holds=lambda p, r: r >= opposite(p),
    ),
)
