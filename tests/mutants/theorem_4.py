"""Mutants of Theorem 4: Lipschitz functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fvtheory.claims.geirhos2024 import theorem_4 as paper
from fvtheory.claims.geirhos2024.pairs import X, Y, for_each, theorem_1
from fvtheory.claims.geirhos2024.pairs import theorem_4 as pair_of
from fvtheory.statements import AT_LEAST, AT_MOST, Universal
from fvtheory.terms import Const, Le, eq, iff, maximum, minimum
from mutants import mutant as op
from mutants.mutant import Source

phi = paper.phi
(a,), (b,), m, M, rate = phi.x_min, phi.x_max, phi.f_min, phi.f_max, phi.rate
first, second = (
    Source("theorem-4.first-inequality", "printed"),
    Source("theorem-4.second-inequality", "repaired"),
)
best, many = Source("theorem-4", "sharp"), Source("theorem-4.remark.higher-dimension", "printed")
spread, zero = Source("theorem-4.remark.spread", "printed"), Source("theorem-4.remark.zero", "printed")
tight, best_zero = Source("theorem-4.remark.tight", "printed"), Source("theorem-4.remark.zero", "sharp")
steepest = Source("theorem-4.remark.steepest", "printed")
first_pair = Source("theorem-4.proof.first-pair", "printed")
slope = Source("theorem-4.proof.second-pair.slope", "printed")
value_range = Source("theorem-4.proof.second-pair.range", "printed")
information = Source("theorem-4.proof.second-pair.information", "printed")
separation = Source("theorem-4.proof.second-pair.separation", "printed")
repaired_pair = Source("theorem-4.proof.second-pair", "repaired")

f1, f2 = pair_of(phi)
GENTLE, WITHIN = paper.gentle(phi), phi.spread <= rate * (b - a)
STEEP = paper.steep(phi)


def up_to(part):
    """The condition part * Δ <= L |x_min - x_max|."""
    return lambda phi: part * phi.spread <= phi.rate * paper.gap(phi)


def lipschitz(f):
    """|f(x) - f(y)| <= L|x - y| for x <= y, asked in one piece."""
    rise, (x,), (y,) = f(Y) - f(X), X, Y
    return (rise <= rate * (y - x)) & (-rise <= rate * (y - x))


def all_lipschitz(*functions, given=paper.SECOND):
    return Universal(lambda convention: for_each("lipschitz", functions, [*given, *paper.INSIDE], lipschitz))


def all_informed(*functions):
    return Universal(lambda convention: paper.information(functions, convention))


def apart(pair, left, right):
    return Universal(lambda convention: paper.separation(pair, left, right))


# The conditions and bounds, typed anew.


def gentle(p):
    return 2 * p.spread <= p.L * p.gap


def steep(p):
    return not gentle(p)


def outer(p):
    return p.L * max(p.low, 1 - p.high)


def half(p, r):
    return r >= p.spread / 2


def clipped(p):
    return min(p.spread, outer(p)) / 2


def inner(phi):
    return phi.rate * paper.gap(phi) - phi.spread


def smaller_room(phi):
    (a,), (b,) = phi.x_min, phi.x_max
    return minimum(minimum(a, b), 1 - maximum(a, b))


def widened(goal):
    """0 <= f <= 1 with 101/100 in place of 1."""
    low, high = goal.parts
    return low & Le(high.left, Const(Fraction(101, 100)))


def steepest_claim(p, r):
    return p.gap == 1 and r == 0


FALLING = op.change_piece(f2, 0, lambda x: rate * (x - a) + m)
TOO_STEEP = op.change_piece(f2, 0, lambda x: -2 * rate * (x - a) + m)
LEVEL = op.change_piece(f2, 0, lambda x: m)

MUTANTS = (
    first.false(
        op.DROPPED,
        "without-condition",
        op.unconditional(first.statement),
        "x_min = 0, x_max = 1, Δ = L: R = 0",
        holds=half,
    ),
    first.false(
        op.CONDITION,
        "steep",
        op.negated_condition(first.statement),
        "x_min = 0, x_max = 1, Δ = L: R = 0",
        given=steep,
        holds=half,
    ),
    first.false(
        op.CONSTANT,
        "condition-199/100",
        op.condition(first.statement, up_to(Fraction(199, 100))),
        "x_min = 0, x_max = 1, L = 199/100 Δ: R = (L - Δ)/2 < Δ/2",
        given=lambda p: Fraction(199, 100) * p.spread <= p.L * p.gap,
        holds=half,
    ),
    first.true(
        op.CONSTANT,
        "condition-3",
        op.condition(first.statement, up_to(3)),
        "a stronger condition",
        given=lambda p: 3 * p.spread <= p.L * p.gap,
        holds=half,
    ),
    first.true(
        op.STRICTNESS,
        "condition-strict",
        op.condition(first.statement, lambda phi: 2 * phi.spread < phi.rate * paper.gap(phi)),
        "a stronger condition",
        given=lambda p: 2 * p.spread < p.L * p.gap,
        holds=half,
    ),
    first.false(
        op.CONSTANT,
        "bound-101/100",
        op.scaled(first.statement, Fraction(101, 100)),
        "R <= Δ/2",
        given=gentle,
        holds=lambda p, r: r >= Fraction(101, 200) * p.spread,
    ),
    first.true(
        op.KIND,
        "at-most",
        op.with_kind(first.statement, AT_MOST),
        "the constant decoder errs by at most Δ/2",
        given=gentle,
        holds=lambda p, r: r <= p.spread / 2,
    ),
    tight.true(
        op.DROPPED,
        "without-condition",
        op.unconditional(tight.statement),
        "the constant decoder errs by at most Δ/2, whatever L",
        holds=lambda p, r: r <= p.spread / 2,
    ),
    tight.false(
        op.CONSTANT,
        "99/100",
        op.scaled(tight.statement, Fraction(99, 100)),
        "R = Δ/2 under the condition",
        given=gentle,
        holds=lambda p, r: r <= Fraction(99, 200) * p.spread,
    ),
    many.false(
        op.DROPPED,
        "without-condition",
        op.in_dims(op.unconditional(many.statement), 2),
        "x_min = (0, 1/2), x_max = (1, 1/2), Δ = L: in the second coordinate r_a, r_b <= 1/2, so R = L/4",
        holds=half,
    ),
    second.false(
        op.CONSTANT,
        "doubled",
        op.scaled(second.statement, 2),
        "R <= Δ/2, and the doubled bound reaches Δ",
        given=steep,
        holds=lambda p, r: r >= 2 * clipped(p),
    ),
    second.false(
        op.PART,
        "without-clipping",
        replace(second.statement, bound=lambda phi: paper.second_bound(phi) / 2),
        "L max{...}/2 exceeds Δ/2 for x_min = 0, x_max = 1/4, Δ = L/4",
        given=steep,
        holds=lambda p, r: r >= outer(p) / 2,
    ),
    second.true(
        op.DROPPED,
        "without-condition",
        op.unconditional(second.statement),
        "R = min{Δ, max{L outer, L gap - Δ}}/2 >= min{Δ, L outer}/2",
        holds=lambda p, r: r >= clipped(p),
    ),
    second.false(
        op.MIN_MAX,
        "throughout",
        op.bound(second.statement, op.exchange_min_max),
        "the bound becomes max{Δ, ...}/2: x_min = 0, x_max = 1, Δ = L has R = 0",
        given=steep,
        holds=lambda p, r: r >= max(p.spread, p.L * min(p.high, 1 - p.low)) / 2,
    ),
    second.true(
        op.MIN_MAX,
        "smaller-room",
        replace(
            second.statement,
            bound=lambda phi: minimum(phi.spread, phi.rate * smaller_room(phi)) / 2,
        ),
        "the smaller of the two rooms: a smaller bound",
        given=steep,
        holds=lambda p, r: r >= min(p.spread, p.L * min(p.low, 1 - p.high)) / 2,
    ),
    second.false(
        op.KIND,
        "at-most",
        op.with_kind(second.statement, AT_MOST),
        "x_min = 0, x_max = 1, L = 1, Δ = 3/5: bound 0, but R = (L - Δ)/2 = 1/5",
        given=steep,
        holds=lambda p, r: r <= clipped(p),
    ),
    second.true(
        op.POINTS,
        "in-the-bound",
        op.bound(second.statement, op.exchange_symbols("x_min", "x_max")),
        "the bound is symmetric in the two points",
        given=steep,
        holds=lambda p, r: r >= clipped(p),
    ),
    best.false(
        op.CONSTANT,
        "99/100",
        op.scaled(best.statement, Fraction(99, 100)),
        "R is the formula itself, and not 0 everywhere",
        holds=lambda p, r: r == Fraction(99, 100) * min(p.spread, max(outer(p), p.L * p.gap - p.spread)) / 2,
    ),
    best.true(
        op.POINTS,
        "in-the-bound",
        op.bound(best.statement, op.exchange_symbols("x_min", "x_max")),
        "the formula is symmetric in the two points",
        holds=lambda p, r: r == min(p.spread, max(outer(p), p.L * p.gap - p.spread)) / 2,
    ),
    best.false(
        op.VALUES,
        "exchanged-in-the-bound",
        op.bound(best.statement, op.exchange_symbols("f_min", "f_max")),
        "the formula becomes -Δ/2 or less, negative where Δ > 0",
        holds=lambda p, r: r == min(-p.spread, max(outer(p), p.L * p.gap + p.spread)) / 2,
    ),
    best.false(
        op.PART,
        "without-the-gap",
        replace(best.statement, bound=paper.repaired_second_bound),
        "x_min = 0, x_max = 1, L = 1, Δ = 3/5: R = 1/5",
        holds=lambda p, r: r == clipped(p),
    ),
    best.false(
        op.PART,
        "without-the-room",
        replace(best.statement, bound=lambda phi: minimum(phi.spread, inner(phi)) / 2),
        "x_min = 0, x_max = 1/2, Δ = L/2: R = Δ/2 from the room right of x_max, where L gap - Δ = 0",
        holds=lambda p, r: r == min(p.spread, p.L * p.gap - p.spread) / 2,
    ),
    best.true(
        op.KIND,
        "at-least-without-the-room",
        replace(best.statement, kind=AT_LEAST, bound=lambda phi: minimum(phi.spread, inner(phi)) / 2),
        "a maximum is no less than one of its terms",
        holds=lambda p, r: r >= min(p.spread, p.L * p.gap - p.spread) / 2,
    ),
    best.false(
        op.WITNESS,
        "gap-plus-spread",
        replace(
            best.statement,
            bound=lambda phi: (
                minimum(phi.spread, maximum(paper.second_bound(phi), inner(phi) + 2 * phi.spread)) / 2
            ),
        ),
        "with L gap + Δ the formula is Δ/2: x_min = 0, x_max = 1, Δ = L has R = 0",
        holds=lambda p, r: r == min(p.spread, max(outer(p), p.L * p.gap + p.spread)) / 2,
    ),
    best.false(
        op.DIMENSION,
        "no-longer-at-the-ends",
        replace(best.statement, dims=(2,), bound=lambda phi: minimum(phi.spread, inner(phi)) / 2),
        "x_min = (0, 0), x_max = (1, 1), Δ = L: (0, 1) is L away from both, so R = Δ/2 and not 0",
        holds=lambda p, r: r == min(p.spread, p.L * p.gap - p.spread) / 2,
    ),
    spread.false(
        op.STRICTNESS,
        "strict",
        replace(spread.statement, about=lambda phi, r: phi.spread < phi.rate * paper.gap(phi), dims=(1,)),
        "equality for f of slope L",
        holds=lambda p, r: p.spread < p.L * p.gap,
    ),
    spread.false(
        op.CONSTANT,
        "99/100",
        replace(
            spread.statement,
            about=lambda phi, r: phi.spread <= Fraction(99, 100) * phi.rate * paper.gap(phi),
            dims=(1,),
        ),
        "equality for f of slope L",
        holds=lambda p, r: p.spread <= Fraction(99, 100) * p.L * p.gap,
    ),
    spread.false(
        op.CLASS,
        "for-convex",
        op.on(spread.statement, "convex", 1),
        "L = 1: x_min = 9/10, x_max = 1, Δ = 1 is feasible for convex functions",
        holds=lambda p, r: p.spread <= p.gap,
    ),
    spread.true(
        op.CLASS,
        "for-affine",
        op.on(spread.statement, "affine", 1, 2),
        "L = 1: Δ <= 1, and the extrema of a varying affine f are 1 apart in the sup norm",
        holds=lambda p, r: p.spread <= p.gap,
    ),
    zero.false(
        op.DROPPED,
        "without-condition",
        op.unconditional(zero.statement),
        "x_min = 0, x_max = 1, Δ = L/2: the bound is 0, but Δ > L/2 fails",
        holds=lambda p, r: (outer(p) == 0) == (p.gap == 1 and p.spread > p.L / 2),
    ),
    zero.true(
        op.STRICTNESS,
        ">=L/2",
        replace(
            zero.statement,
            about=lambda phi, r: iff(
                eq(paper.second_bound(phi), 0), eq(paper.gap(phi), 1) & (phi.spread >= phi.rate / 2)
            ),
        ),
        "for gap 1 the condition 2Δ > L gap says Δ > L/2 anyway",
        given=steep,
        holds=lambda p, r: (outer(p) == 0) == (p.gap == 1 and p.spread >= p.L / 2),
    ),
    zero.false(
        op.CONSTANT,
        "99/100-L",
        replace(
            zero.statement,
            about=lambda phi, r: iff(
                eq(paper.second_bound(phi), 0),
                eq(paper.gap(phi), 1) & (phi.spread > Fraction(99, 100) * phi.rate),
            ),
        ),
        "x_min = 0, x_max = 1, Δ = 3/4 L: the bound is 0",
        given=steep,
        holds=lambda p, r: (outer(p) == 0) == (p.gap == 1 and p.spread > Fraction(99, 100) * p.L),
    ),
    best_zero.false(
        op.PART,
        "without-constants",
        replace(
            best_zero.statement,
            about=lambda phi, r: iff(eq(r, 0), eq(paper.gap(phi), 1) & eq(phi.spread, phi.rate)),
        ),
        "constants have R = 0 whatever x_min and x_max",
        holds=lambda p, r: (r == 0) == (p.gap == 1 and p.spread == p.L),
    ),
    best_zero.true(
        op.PART,
        "without-gap-1",
        replace(
            best_zero.statement,
            about=lambda phi, r: iff(eq(r, 0), phi.is_constant() | eq(phi.spread, phi.rate)),
        ),
        "Δ = L forces gap 1",
        holds=lambda p, r: (r == 0) == (p.spread in (0, p.L)),
    ),
    best_zero.false(
        op.DIMENSION,
        "2",
        op.in_dims(best_zero.statement, 2),
        "x_min = (0, 0), x_max = (1, 1), Δ = L: R = Δ/2",
        holds=lambda p, r: (r == 0) == (p.spread == 0 or (p.gap == 1 and p.spread == p.L)),
    ),
    steepest.true(
        op.STRICTNESS,
        "at-least-L",
        op.condition(steepest.statement, lambda phi: phi.spread >= phi.rate),
        "Δ <= L gap <= L, so Δ >= L says Δ = L",
        given=lambda p: p.spread >= p.L,
        holds=steepest_claim,
    ),
    steepest.false(
        op.CONSTANT,
        "99/100",
        op.condition(steepest.statement, lambda phi: phi.spread >= Fraction(99, 100) * phi.rate),
        "x_min = 0, x_max = 1, Δ = 99/100 L: R = L/200",
        given=lambda p: p.spread >= Fraction(99, 100) * p.L,
        holds=steepest_claim,
    ),
    steepest.false(
        op.DIMENSION,
        "2",
        op.in_dims(steepest.statement, 2),
        "x_min = (0, 0), x_max = (1, 1), Δ = L: (0, 1) is L away from both, R = Δ/2",
        given=lambda p: p.spread == p.L,
        holds=steepest_claim,
    ),
    first_pair.false(
        op.DROPPED,
        "without-condition",
        op.dropped(first_pair.statement, GENTLE),
        "the slope 2Δ/gap exceeds L",
    ),
    first_pair.false(
        op.CONSTANT,
        "condition-199/100",
        op.exchanged_hypothesis(first_pair.statement, GENTLE, up_to(Fraction(199, 100))(phi)),
        "slope 2Δ/gap = 200/199 L",
    ),
    first_pair.true(
        op.CONSTANT,
        "condition-3",
        op.exchanged_hypothesis(first_pair.statement, GENTLE, up_to(3)(phi)),
        "slope 2Δ/gap <= 2/3 L",
    ),
    first_pair.false(
        op.WITNESS,
        "f1-jumps",
        all_lipschitz(
            op.move_breakpoint(theorem_1(a, b, m, M)[0], 0, (a + 3 * b) / 4),
            given=paper.FIRST,
        ),
        "a jump of Δ/2 at (x_min + 3 x_max)/4",
    ),
    slope.true(
        op.WITNESS,
        "left-slope-flipped",
        all_lipschitz(FALLING),
        "slope L in place of -L on the left; still continuous",
    ),
    slope.false(
        op.WITNESS,
        "left-slope-doubled",
        all_lipschitz(TOO_STEEP),
        "slope -2L left of x_min",
    ),
    slope.true(
        op.DROPPED,
        "without-steep",
        op.dropped(slope.statement, STEEP),
        "slopes 0, L and Δ/gap <= L do not need it",
    ),
    slope.false(
        op.DROPPED,
        "without-Δ<=L-gap",
        op.dropped(slope.statement, WITHIN),
        "the middle piece has slope Δ/gap > L",
    ),
    value_range.false(
        op.CONSTANT,
        "up-to-101/100",
        op.goals(value_range.statement, widened),
        "f_min = 1/2, L = 2, x_min = 3/4, x_max = 1, Δ = 1/2: f2(0) = 2",
    ),
    value_range.true(
        op.WITNESS,
        "clipped",
        Universal(
            lambda convention: for_each(
                "range",
                paper.clipped((f1, f2)),
                [*paper.SECOND, *phi.in_cube(paper.X)],
                lambda f: (f(paper.X) >= 0) & (f(paper.X) <= 1),
            )
        ),
        "clipped values lie in [f_min, f_max]",
    ),
    information.true(
        op.PART, "only-f1", all_informed(f1), "f1 rises from f_min to f_max and is flat outside"
    ),
    information.false(
        op.WITNESS,
        "left-slope-flipped",
        all_informed(FALLING),
        "f2 < f_min left of x_min",
    ),
    information.false(
        op.WITNESS,
        "left-piece-flat",
        all_informed(LEVEL),
        "f2 falls below f_min right of x_max when L(1 - x_max) > Δ",
    ),
    information.true(
        op.WITNESS,
        "both-outer-pieces-flat",
        all_informed(op.change_piece(LEVEL, 2, lambda x: M)),
        "this is f1",
    ),
    separation.false(
        op.CONSTANT,
        "101/100",
        apart((f1, f2), Fraction(101, 100) * rate * a, rate * (1 - b)),
        "f1 and f2 differ by exactly L x_min at 0",
    ),
    separation.true(
        op.BRANCHES,
        "bounds-exchanged",
        apart((f1, f2), rate * (1 - b), rate * a),
        "x_min > 1 - x_max at 0 and x_min <= 1 - x_max at 1: in both cases the smaller room",
    ),
    separation.false(
        op.WITNESS,
        "left-piece-flat",
        apart((f1, LEVEL), rate * a, rate * (1 - b)),
        "f1(0) = f2(0) = f_min where x_min > 0",
    ),
    separation.true(
        op.WITNESS,
        "left-slope-flipped",
        apart((f1, FALLING), rate * a, rate * (1 - b)),
        "f2(0) = f_min - L x_min is as far away as f_min + L x_min",
    ),
    repaired_pair.false(
        op.MIN_MAX,
        "in-the-separation",
        apart(paper.clipped((f1, f2)), maximum(phi.spread, rate * a), maximum(phi.spread, rate * (1 - b))),
        "L x_min < Δ: the functions differ by L x_min at 0",
    ),
    repaired_pair.false(
        op.PART,
        "without-min",
        apart(paper.clipped((f1, f2)), rate * a, rate * (1 - b)),
        "L x_min > Δ: clipped functions differ by at most Δ",
    ),
)
