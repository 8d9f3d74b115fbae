"""Means over all pairs of vectors, without the pairs: the identities that the sanity check on real networks uses.

Let z_1, ..., z_n and w_1, ..., w_m be vectors with sums S and T. An inner product is linear in each argument, so

    S . T = sum over i and k of z_i . w_k,                                              (two groups)
    |S|^2 = sum over i and k of z_i . z_k = sum of |z_i|^2 + sum over i != k of z_i . z_k,    (one group)

for all n, m and dimensions: this is the whole proof. Hence the mean of z_i . w_k over all pairs is S . T / (n m); over
the n (n - 1) ordered pairs of different vectors it is (|S|^2 - sum of |z_i|^2) / (n (n - 1)), and if all |z_i| = 1,
(|S|^2 - n) / (n (n - 1)). For groups c = 1, ..., C with means M_c, and M the sum of those, the same with M_c in place
of z_i gives

    |M|^2 - sum of |M_c|^2 = sum over c != c' of the mean of z_i . z_k with i in c and k in c'.    (several groups)

What can go wrong is a factor or an index, and that shows in small cases already: here the identities are written out
for given sizes, pairs on one side and sums on the other, to be put to both solvers
(`fvtheory.checkers.verdict.decide`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations

from fvtheory.errors import InvalidInputError
from fvtheory.obligations import Obligation, valid
from fvtheory.terms import Sym, Term, eq, total

Vector = tuple[Term, ...]


def vectors(name: str, count: int, dim: int) -> list[Vector]:
    """So many vectors of symbols.

    Raises:
        InvalidInputError: for a count or dimension below 1.
    """
    if count < 1 or dim < 1:
        raise InvalidInputError(f"{count} vectors of dimension {dim}", "at least one, of at least one")
    return [tuple(Sym(f"{name}{i}_{j}") for j in range(dim)) for i in range(count)]


def dot(a: Vector, b: Vector) -> Term:
    return total(x * y for x, y in zip(a, b, strict=True))


def vector_sum(group: Sequence[Vector]) -> Vector:
    return tuple(total(parts) for parts in zip(*group, strict=True))


def scaled(factor: Fraction, a: Vector) -> Vector:
    return tuple(factor * x for x in a)


def one_group(count: int, dim: int, unit: bool = True) -> Obligation:
    """|S|^2 - n = n (n - 1) times the mean over pairs of different vectors of length 1 (or with the sum of squared
    lengths in place of n, for any vectors)."""
    z = vectors("z", count, dim)
    s = vector_sum(z)
    lengths = [dot(v, v) for v in z]
    given = [eq(length, 1) for length in lengths] if unit else []
    rest: Term | int = count if unit else total(lengths)
    pairs = total(2 * dot(a, b) for a, b in combinations(z, 2))
    name = f"one-group.n{count}.d{dim}" + ("" if unit else ".any-length")
    return valid(name, given, eq(dot(s, s) - rest, pairs))


def two_groups(count: int, others: int, dim: int) -> Obligation:
    """S . T = n m times the mean over all pairs."""
    z, w = vectors("z", count, dim), vectors("w", others, dim)
    pairs = total(dot(a, b) for a in z for b in w)
    return valid(f"two-groups.n{count}.m{others}.d{dim}", [], eq(dot(vector_sum(z), vector_sum(w)), pairs))


def several_groups(counts: Sequence[int], dim: int) -> Obligation:
    """|M|^2 - sum of |M_c|^2 = sum over ordered pairs of groups of the mean over their pairs of vectors."""
    groups = [vectors(f"z{c}_", count, dim) for c, count in enumerate(counts)]
    means = [scaled(Fraction(1, len(g)), vector_sum(g)) for g in groups]
    m = vector_sum(means)
    pairs = total(
        Fraction(1, len(g) * len(h)) * total(dot(a, b) for a in g for b in h)
        for g, h in permutations(groups, 2)
    )
    name = "several-groups." + "-".join(map(str, counts)) + f".d{dim}"
    return valid(name, [], eq(dot(m, m) - total(dot(c, c) for c in means), pairs))


def small_cases(count: int = 4, dim: int = 3) -> Iterator[Obligation]:
    """All identities up to so many vectors in a group and dimensions; several groups of up to three."""
    for d in range(1, dim + 1):
        for n in range(1, count + 1):
            if n > 1:
                yield one_group(n, d)
                yield one_group(n, d, unit=False)
            yield from (two_groups(n, m, d) for m in range(1, n + 1))
        yield from (several_groups(counts, d) for counts in ((1, 1), (2, 1), (2, 2), (1, 2, 3)))
