"""What to ask next: the query that shrinks the radius most, whatever the answer; radius against queries.

*One more evaluation.* Let R(x, y) be the radius once f(x) = y is known too. A query at x is worth
sup over the possible y of R(x, y): what is left in the worst case. For one gauge, knowing f(x) = y turns the
envelopes into min(u, y + c(., x)) and max(l, y - c(x, .)). When y moves by h, each of them moves by at most h and
in the same direction, so the width moves by at most h and R by at most h/2. So R at finitely many y, at most h
apart, gives the supremum up to h/4: certified on both sides. In a union of branches the values at which a
branch falls out are among those tried. Where such an end is not possible itself (a strict bound) only the other
end of the interval next to it counts, up to h/2. For other classes the upper bound is the radius before.

*Lipschitz functions at n points.* Whatever the answers, the width at z is at most
min_i (c(z, x_i) + c(x_i, z)), and equal answers of 1/2 reach that, as far as the range [0, 1] lets them. So the
worst-case radius of a set of points is half of the greatest min_i (φ(z - x_i) + φ(x_i - z)): for the sup norm
L times the covering radius. The k^d centres of a regular grid are best: L/(2k) (Sukharev, Minimax Models in the
Theory of Numerical Methods, 1992), since n balls of radius r cover the cube only if n (2r)^d >= 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from fvtheory.beyond.answers import GAP, radius
from fvtheory.beyond.family import Family
from fvtheory.beyond.fiber import fiber
from fvtheory.beyond.knowledge import Evaluations, Knowledge
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.exact import Point, Rational, cube_point, rational, text

MAX_CANDIDATES = 100_000


@dataclass(frozen=True)
class Query:
    """What an evaluation at ``at`` leaves in the worst case: certified bounds of the radius, and an answer
    after which it is at least ``lower``."""

    at: Point
    lower: Fraction
    upper: Fraction
    worst_answer: Fraction

    def to_json(self) -> dict[str, Any]:
        return {
            "at": [text(c) for c in self.at],
            "radius_after": {"lower": text(self.lower), "upper": text(self.upper)},
            "worst_answer": text(self.worst_answer),
        }


@dataclass(frozen=True)
class Advice:
    """The radius now, and queries, the most useful first (by the upper bound of what is left)."""

    lower: Fraction
    upper: Fraction
    queries: tuple[Query, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "radius": {"lower": text(self.lower), "upper": text(self.upper)},
            "queries": [q.to_json() for q in self.queries],
        }


def advise(
    family: Family,
    knowledge: Knowledge,
    *,
    candidates: Iterable[Point | Rational] | None = None,
    answers: int = 9,
    gap: Rational = GAP,
    max_boxes: int | None = 20_000,
) -> Advice:
    """Which point to ask next.

    Args:
        family: the class.
        knowledge: what is known.
        candidates: the points to choose from; left out: the widest point and a regular lattice.
        answers: how many answers are tried at each point, at least 2.
        gap, max_boxes: of each radius in several variables.

    Raises:
        InfeasibleInformationError: when no function of the class agrees with the knowledge.
        InvalidInputError: for candidates outside the cube, too many of them, or too few answers.
        UnsupportedError: for a combination that is not supported, with the reason.
    """
    if type(answers) is not int or not 2 <= answers <= 1000:
        raise InvalidInputError(f"answers = {answers}", "an integer from 2 to 1000")
    now = radius(family, knowledge, gap=gap, max_boxes=max_boxes)
    if now.lower is None or now.upper is None or now.at is None:
        raise InfeasibleInformationError(
            f"knowledge that contradicts class {family.name}: {now.reason}",
            "knowledge about some function of the class",
        )
    if candidates is None:
        steps = 16 if knowledge.dim == 1 else 2
        if (steps + 1) ** knowledge.dim > MAX_CANDIDATES:
            raise InvalidInputError(f"a lattice in dimension {knowledge.dim}", "candidates of your own")
        points: list[Point] = [now.at]
        points += [
            tuple(Fraction(i, steps) for i in p) for p in product(range(steps + 1), repeat=knowledge.dim)
        ]
    else:
        points = [cube_point(x, "candidate") for x in candidates]
    if not points:
        raise InvalidInputError("no candidates", "at least one point")
    members = fiber(family, knowledge)
    found = []
    for x in dict.fromkeys(points):
        low, high = members.envelope(x)
        tried = {low + (high - low) * Fraction(i, answers - 1) for i in range(answers)}
        tried |= {v for b in members.branches for v in (b.lower(x), b.upper(x))}
        left, left_upper, worst = Fraction(-1), Fraction(0), low
        whole: dict[Fraction, bool] = {}  # whether all branches that reach the value take it
        for y in sorted(tried):
            answered = knowledge & Evaluations([x], [y])
            if family.shape is None:
                reached = sum(b.lower(x) <= y <= b.upper(x) for b in members.branches)
                whole[y] = len(fiber(family, answered).branches) == reached
            after = radius(family, answered, gap=gap, max_boxes=max_boxes)
            if after.lower is None or after.upper is None:
                continue  # a strict bound, or the gap between two branches
            left_upper = max(left_upper, after.upper)
            if after.lower > left:
                left, worst = after.lower, y
        if left < 0:
            continue
        upper = now.upper
        if family.shape is None:
            pairs = list(pairwise(sorted(tried)))
            if all(whole[p] or whole[q] for p, q in pairs):
                between = ((q - p) / (4 if whole[p] and whole[q] else 2) for p, q in pairs)
                upper = min(upper, left_upper + max(between, default=Fraction(0)))
        found.append(Query(x, left, upper, worst))
    found.sort(key=lambda q: (q.upper, q.lower, q.at))
    return Advice(now.lower, now.upper, tuple(found))


def centres(per_side: int, dim: int) -> list[Point]:
    """The per_side^dim centres of the cells of a regular grid (Sukharev's points).

    Raises:
        InvalidInputError: for more than ``MAX_CANDIDATES``.
    """
    if per_side < 1 or dim < 1 or per_side**dim > MAX_CANDIDATES:
        raise InvalidInputError(
            f"{per_side} centres a side in dimension {dim}", f"1 to {MAX_CANDIDATES} in all"
        )
    places = [Fraction(2 * i + 1, 2 * per_side) for i in range(per_side)]
    return list(product(places, repeat=dim))


def equal_answers(points: Iterable[Point]) -> Knowledge:
    """All values 1/2: for Lipschitz classes the worst answers (see the head of this file)."""
    known = list(points)
    return Knowledge(Evaluations(known, [Fraction(1, 2)] * len(known)))


def curve(
    family: Family, knowledge: Knowledge, queries: int, *, gap: Rational = GAP
) -> Iterator[tuple[int, Fraction, Fraction]]:
    """(number of queries, lower, upper bound of the radius) when each query asks the widest point and the
    answer is the middle of what is possible there: what the farthest-point rule leaves for those answers.

    Raises:
        InfeasibleInformationError: when no function of the class agrees with the knowledge.
    """
    known = knowledge
    for count in range(queries + 1):
        now = radius(family, known, gap=rational(gap, "gap"))
        if now.lower is None or now.upper is None or now.at is None:
            raise InfeasibleInformationError(
                f"knowledge that contradicts class {family.name}",
                "knowledge about some function of the class",
            )
        yield count, now.lower, now.upper
        low, high = fiber(family, known).envelope(now.at)
        known = known & Evaluations([now.at], [(low + high) / 2])
