"""The classes against linear programs that share no code with them (see linear_programs.py).

Feasibility, envelopes and radius on seeded random Φ in dimensions 1 and 2, and proof that a wrong
answer would be noticed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product

import pytest

from fvtheory.classes import get_class
from fvtheory.information import MinMax
from linear_programs import (
    as_floats,
    envelope_by_lp,
    envelopes_by_lp,
    feasible_by_lp,
    lattice,
)

TOLERANCE = 1e-9
COUPLED = ("lipschitz", "convex", "monotone", "affine")
NAMES = (*COUPLED, "all", "neural-network", "erm", "piecewise-affine", "constant")
CASES = [(name, dim) for name in NAMES for dim in (1, 2)]
COUPLED_CASES = [(name, dim) for name in COUPLED for dim in (1, 2)]
PROPER_SAMPLES = 40  # feasible, f_min < f_max
CONSTANT_SAMPLES = 5  # feasible, f_min = f_max
RANDOM_SAMPLES = 150
APPROACH = 10  # the convex class: points at distance 2^-1, ..., 2^-APPROACH of the way from x_max

over_classes = pytest.mark.parametrize(("name", "dim"), CASES)
over_coupled_classes = pytest.mark.parametrize(("name", "dim"), COUPLED_CASES)


@dataclass(frozen=True)
class Sample:
    """Information, the Lipschitz constant where the class needs one, and points to ask about."""

    phi: MinMax
    lipschitz: Fraction | None
    points: tuple[tuple[Fraction, ...], ...]

    @property
    def constant(self) -> float | None:
        return None if self.lipschitz is None else float(self.lipschitz)


def to_floats(points):
    return [tuple(float(c) for c in x) for x in points]


# Random information: ends of the interval, shared coordinates and ties are frequent on purpose.


def random_fraction(rng: random.Random) -> Fraction:
    denominator = rng.randint(2, 7)
    return Fraction(rng.randint(0, denominator), denominator)


def random_coordinate(rng: random.Random) -> Fraction:
    end = rng.random()
    if end < 0.5:
        return Fraction(int(end < 0.25))
    return random_fraction(rng)


def random_sample(rng: random.Random, name: str, dim: int) -> Sample:
    a = tuple(random_coordinate(rng) for _ in range(dim))
    b = tuple(c if rng.random() < 0.15 else random_coordinate(rng) for c in a)
    low, high = sorted((random_fraction(rng), random_fraction(rng)))
    if rng.random() < 0.08:
        high = low
    phi = MinMax(a, b, low, high)
    lipschitz = random_lipschitz(rng, phi) if name == "lipschitz" else None
    return Sample(phi, lipschitz, random_points(rng, a, b))


def random_lipschitz(rng: random.Random, phi: MinMax) -> Fraction:
    """Often the least constant that Φ allows, or a little less or more."""
    separation = max(abs(p - q) for p, q in zip(phi.x_min, phi.x_max, strict=True))
    if separation and phi.f_min < phi.f_max and rng.random() < 0.5:
        factor = rng.choice([Fraction(1), Fraction(999, 1000), Fraction(1001, 1000), Fraction(5, 3)])
        return factor * (phi.f_max - phi.f_min) / separation
    return Fraction(rng.randint(1, 24), rng.randint(2, 7))


def random_points(rng: random.Random, a, b) -> tuple[tuple[Fraction, ...], ...]:
    """The extrema, corners, points on the faces of the extrema, a midpoint and arbitrary points."""
    dim = len(a)
    middle = tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
    points = [a, b, (Fraction(0),) * dim, (Fraction(1),) * dim, middle]
    for base in (a, b):
        j = rng.randrange(dim)
        points.append(tuple(random_fraction(rng) if i == j else c for i, c in enumerate(base)))
    points += [tuple(random_coordinate(rng) for _ in range(dim)) for _ in range(3)]
    return tuple(dict.fromkeys(points))


def seeded(purpose: str, name: str, dim: int) -> random.Random:
    return random.Random(f"{purpose} {name} {dim}")


@cache
def random_samples(name: str, dim: int) -> tuple[Sample, ...]:
    """Arbitrary Φ, most of them infeasible for the narrow classes."""
    rng = seeded("any", name, dim)
    return tuple(random_sample(rng, name, dim) for _ in range(RANDOM_SAMPLES))


@cache
def feasible_samples(name: str, dim: int) -> tuple[Sample, ...]:
    """Φ that the linear program, not the package, declares feasible."""
    rng = seeded("feasible", name, dim)
    samples: list[Sample] = []
    missing = {True: 0 if name == "constant" else PROPER_SAMPLES, False: CONSTANT_SAMPLES}
    while any(missing.values()):
        sample = random_sample(rng, name, dim)
        proper = sample.phi.f_min < sample.phi.f_max
        if missing[proper] and feasible_by_lp(name, as_floats(sample.phi), sample.constant):
            missing[proper] -= 1
            samples.append(sample)
    return tuple(samples)


@cache
def lp_envelopes(name: str, sample: Sample) -> tuple[tuple[float, float], ...]:
    points = to_floats(sample.points)
    return tuple(envelopes_by_lp(name, as_floats(sample.phi), points, sample.constant))


# Where sup (U - L) is reached: candidate points only, their values come from the linear programs.


def refined_grid(phi: MinMax) -> list[tuple[Fraction, ...]]:
    """All points with coordinates from 0, 1, those of the extrema and the midpoints between them."""
    axes = []
    for p, q in zip(phi.x_min, phi.x_max, strict=True):
        ends = sorted({Fraction(0), Fraction(1), p, q})
        middles = [(low + high) / 2 for low, high in pairwise(ends)]
        axes.append(sorted(ends + middles))
    return list(product(*axes))


def creases(center, radius: Fraction) -> list[tuple[tuple[int, ...], Fraction]]:
    """Hyperplanes n.x = c off which min(radius, |x - center|) is affine, sup norm."""
    dim = len(center)
    planes = []
    for j in range(dim):
        unit = tuple(int(i == j) for i in range(dim))
        planes += [(unit, center[j] + shift) for shift in (-radius, Fraction(0), radius)]
    for j, k in combinations(range(dim), 2):
        for sign in (1, -1):
            normal = tuple(1 if i == j else sign * (i == k) for i in range(dim))
            planes.append((normal, center[j] + sign * center[k]))
    return planes


def arrangement_vertices(planes, dim: int) -> list[tuple[Fraction, ...]]:
    """The points of [0, 1]^dim (dim 1 or 2) where dim independent hyperplanes meet."""
    for j in range(dim):
        unit = tuple(int(i == j) for i in range(dim))
        planes = [*planes, (unit, Fraction(0)), (unit, Fraction(1))]
    if dim == 1:
        found = [(offset / normal[0],) for normal, offset in planes]
    else:
        found = []
        for (n, c), (k, e) in combinations(dict.fromkeys(planes), 2):
            determinant = n[0] * k[1] - n[1] * k[0]
            if determinant:
                found.append(((c * k[1] - n[1] * e) / determinant, (n[0] * e - c * k[0]) / determinant))
    return [x for x in dict.fromkeys(found) if all(0 <= c <= 1 for c in x)]


def radius_points(name: str, sample: Sample) -> list[tuple[Fraction, ...]]:
    """Points among which U - L comes within `radius_slack` of its supremum.

    Lipschitz: U - L is affine on the cells cut out by its creases, so a vertex of the cells is best.
    Monotone: U - L is constant on the products of intervals between coordinates of the extrema.
    Affine: U - L is convex, so a corner is best.
    Convex: any boundary point off the face of x_max that x_min does not see at the same height, and
    otherwise only in the limit, on the way from x_min to x_max.
    """
    phi = sample.phi
    if name == "lipschitz":
        reach = (phi.f_max - phi.f_min) / sample.lipschitz
        planes = creases(phi.x_min, reach) + creases(phi.x_max, reach)
        return arrangement_vertices(planes, phi.dim)
    points = refined_grid(phi)
    if name == "convex":
        for k in range(1, APPROACH + 1):
            step = Fraction(1, 2**k)
            points.append(tuple(q + step * (p - q) for p, q in zip(phi.x_min, phi.x_max, strict=True)))
    return list(dict.fromkeys(points))


def radius_slack(name: str, phi: MinMax) -> float:
    """How far below the supremum the best of `radius_points` may stay."""
    approached_only = name == "convex" and phi.dim == 1 and phi.x_min[0] in (0, 1)
    return float(phi.spread) / 2 ** (APPROACH + 1) if approached_only else 0.0


@cache
def lp_radius(name: str, sample: Sample) -> float:
    """½ max (U - L) over `radius_points`."""
    steps = 1 if name in ("convex", "affine") else 0
    points = to_floats(radius_points(name, sample))
    phi = as_floats(sample.phi)
    envelopes = envelopes_by_lp(name, phi, points, sample.constant, steps=steps)
    return max(upper - lower for lower, upper in envelopes) / 2


# The comparisons, as functions that list disagreements, so that wrong classes can be put in too.


def feasibility_disagreements(cls, name: str, dim: int) -> list[str]:
    found = []
    for sample in random_samples(name, dim):
        by_lp = feasible_by_lp(name, as_floats(sample.phi), sample.constant)
        if cls.is_feasible(sample.phi, sample.lipschitz) != by_lp:
            found.append(f"{sample.phi}, L = {sample.lipschitz}: the linear program says {by_lp}")
    return found


def envelope_disagreements(cls, name: str, dim: int) -> list[str]:
    found = []
    for sample in feasible_samples(name, dim):
        for x, by_lp in zip(sample.points, lp_envelopes(name, sample), strict=True):
            lower, upper = cls.envelope_at(sample.phi, x, sample.lipschitz)
            if abs(float(lower) - by_lp[0]) > TOLERANCE or abs(float(upper) - by_lp[1]) > TOLERANCE:
                found.append(f"{sample.phi}, L = {sample.lipschitz}, x = {x}: {lower}, {upper} vs {by_lp}")
    return found


def radius_disagreements(cls, name: str, dim: int) -> list[str]:
    found = []
    for sample in feasible_samples(name, dim):
        radius = float(cls.radius_at(sample.phi, sample.lipschitz))
        by_lp = lp_radius(name, sample)
        if not -TOLERANCE <= radius - by_lp <= radius_slack(name, sample.phi) + TOLERANCE:
            found.append(f"{sample.phi}, L = {sample.lipschitz}: {radius} vs {by_lp}")
    return found


class Perturbed:
    """A class with wrong answers: excursions from the extreme values and the radius are scaled."""

    def __init__(self, cls, lower: Fraction = Fraction(1), upper: Fraction = Fraction(1)) -> None:
        self._cls, self._lower, self._upper = cls, lower, upper

    def envelope_at(self, phi, x, lipschitz=None):
        lower, upper = self._cls.envelope_at(phi, x, lipschitz)
        return (
            phi.f_max - self._lower * (phi.f_max - lower),
            phi.f_min + self._upper * (upper - phi.f_min),
        )

    def radius_at(self, phi, lipschitz=None):
        return self._upper * self._cls.radius_at(phi, lipschitz)

    def is_feasible(self, phi, lipschitz=None, convention="any-selection"):
        return phi.f_min == phi.f_max or phi.x_min != phi.x_max


class NonDecreasingOnly:
    """The monotone class without its non-increasing branch."""

    def envelope_at(self, phi, x, lipschitz=None):
        below_x_min = all(p <= q for p, q in zip(x, phi.x_min, strict=True))
        above_x_max = all(p <= q for p, q in zip(phi.x_max, x, strict=True))
        return (
            phi.f_max if above_x_max else phi.f_min,
            phi.f_min if below_x_min else phi.f_max,
        )

    def is_feasible(self, phi, lipschitz=None, convention="any-selection"):
        reversed_ = all(p <= q for p, q in zip(phi.x_max, phi.x_min, strict=True))
        return phi.f_min == phi.f_max or not reversed_


class SteeperLipschitz:
    """The Lipschitz class with a slope one per cent too steep."""

    def __init__(self, cls) -> None:
        self._cls = cls

    def envelope_at(self, phi, x, lipschitz=None):
        return self._cls.envelope_at(phi, x, lipschitz * Fraction(101, 100))

    def radius_at(self, phi, lipschitz=None):
        return self._cls.radius_at(phi, lipschitz * Fraction(101, 100))

    def is_feasible(self, phi, lipschitz=None, convention="any-selection"):
        return self._cls.is_feasible(phi, lipschitz * Fraction(101, 100), convention)


# The package agrees with the linear programs.


@over_classes
def test_feasibility_agrees_with_the_linear_program(name, dim):
    assert feasibility_disagreements(get_class(name), name, dim) == []


@over_classes
def test_envelopes_agree_with_the_linear_programs(name, dim):
    assert envelope_disagreements(get_class(name), name, dim) == []


@over_classes
def test_radius_is_half_the_greatest_width_of_the_envelopes(name, dim):
    assert radius_disagreements(get_class(name), name, dim) == []


@over_coupled_classes
def test_no_lattice_point_is_wider_than_the_radius(name, dim):
    steps = 16 if dim == 1 else 5
    for sample in feasible_samples(name, dim)[:10]:
        phi = as_floats(sample.phi)
        corners = 1 if name in ("convex", "affine") else 0
        envelopes = envelopes_by_lp(name, phi, lattice(dim, steps), sample.constant, steps=corners)
        radius = float(get_class(name).radius_at(sample.phi, sample.lipschitz))
        assert max(upper - lower for lower, upper in envelopes) <= 2 * radius + TOLERANCE, sample


@pytest.mark.parametrize("dim", [1, 2])
def test_convex_width_falls_short_of_the_supremum_by_a_known_gap(dim):
    """A fraction t of the way from x_max to x_min the envelopes are (1 - t)(f_max - f_min) apart."""
    for sample in feasible_samples("convex", dim)[:15]:
        phi, spread = as_floats(sample.phi), float(sample.phi.spread)
        steps = [Fraction(1, 2**k) for k in range(1, APPROACH + 1)]
        points = [
            tuple(q + t * (p - q) for p, q in zip(sample.phi.x_min, sample.phi.x_max, strict=True))
            for t in steps
        ]
        envelopes = envelopes_by_lp("convex", phi, to_floats(points), steps=1)
        for t, (lower, upper) in zip(steps, envelopes, strict=True):
            assert upper - lower == pytest.approx((1 - float(t)) * spread, abs=TOLERANCE), (sample, t)


# The comparison could have failed.


@over_coupled_classes
@pytest.mark.parametrize("factor", ["101/100", "99/100", "1000001/1000000"])
def test_scaled_envelopes_and_radii_are_caught(name, dim, factor):
    factor = Fraction(factor)
    assert envelope_disagreements(Perturbed(get_class(name), upper=factor), name, dim)
    if (name, dim) != ("affine", 1):  # there Φ determines the function: the radius is 0
        assert radius_disagreements(Perturbed(get_class(name), upper=factor), name, dim)
    assert envelope_disagreements(Perturbed(get_class(name), lower=factor), name, dim)


@pytest.mark.parametrize("dim", [1, 2])
def test_a_slope_one_per_cent_too_steep_is_caught(dim):
    wrong = SteeperLipschitz(get_class("lipschitz"))
    assert envelope_disagreements(wrong, "lipschitz", dim)
    assert radius_disagreements(wrong, "lipschitz", dim)
    assert feasibility_disagreements(wrong, "lipschitz", dim)


@pytest.mark.parametrize("dim", [1, 2])
def test_a_forgotten_monotone_branch_is_caught(dim):
    assert feasibility_disagreements(NonDecreasingOnly(), "monotone", dim)
    assert envelope_disagreements(NonDecreasingOnly(), "monotone", dim)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("name", ["lipschitz", "convex", "affine", "constant"])
def test_a_feasibility_test_that_only_separates_the_extrema_is_caught(name, dim):
    assert feasibility_disagreements(Perturbed(get_class(name)), name, dim)


# The oracle and the samples are what they claim to be.


@over_coupled_classes
def test_more_data_points_change_nothing(name, dim):
    for sample in feasible_samples(name, dim)[:8]:
        phi, points = as_floats(sample.phi), to_floats(sample.points)
        coarse = envelopes_by_lp(name, phi, points, sample.constant, steps=1)
        fine = envelopes_by_lp(name, phi, points, sample.constant, steps=8 if dim == 1 else 3)
        for one, other in zip(coarse, fine, strict=True):
            assert one == pytest.approx(other, abs=TOLERANCE), sample


def test_points_solved_together_and_apart_agree():
    for name in COUPLED:
        sample = feasible_samples(name, 2)[0]
        phi = as_floats(sample.phi)
        for x, together in zip(to_floats(sample.points), lp_envelopes(name, sample), strict=True):
            assert envelope_by_lp(name, phi, x, sample.constant) == pytest.approx(together, abs=TOLERANCE)


def test_convex_upper_envelope_needs_the_corners():
    phi = ((0.5,), (1.0,), 0.0, 1.0)
    assert envelope_by_lp("convex", phi, (0.25,), steps=1) == pytest.approx((0.0, 0.5), abs=TOLERANCE)
    assert envelope_by_lp("convex", phi, (0.25,), steps=0) == pytest.approx((0.0, 1.0), abs=TOLERANCE)


def test_both_monotone_branches_count():
    phi = ((0.25, 0.75), (0.75, 0.25), 0.0, 1.0)
    assert envelope_by_lp("monotone", phi, (0.0, 0.0)) == pytest.approx((0.0, 1.0), abs=TOLERANCE)
    assert feasible_by_lp("monotone", ((0.75,), (0.25,), 0.0, 1.0))


def test_infeasible_information_has_no_envelope():
    assert not feasible_by_lp("convex", ((0.0,), (0.5,), 0.0, 1.0))
    with pytest.raises(ValueError, match="no function of class convex"):
        envelope_by_lp("convex", ((0.0,), (0.5,), 0.0, 1.0), (0.25,))


@over_coupled_classes
def test_samples_cover_the_cases_that_matter(name, dim):
    samples = feasible_samples(name, dim)
    proper = [sample for sample in samples if sample.phi.f_min < sample.phi.f_max]
    assert {sample.phi.x_min[0] < sample.phi.x_max[0] for sample in proper} == {True, False}
    for end in (0, 1):
        assert any(end in sample.phi.x_min for sample in proper)
        assert any(end in sample.phi.x_max for sample in proper)
    if name == "lipschitz":
        assert any(is_tight(sample) for sample in proper)
    if (name, dim) == ("monotone", 2):
        assert any(is_incomparable(sample.phi) for sample in proper)
    if (name, dim) == ("convex", 2):
        assert any(set(sample.phi.x_max) - {0, 1} for sample in proper), "no x_max inside a face"


@over_classes
def test_random_information_is_feasible_for_some_and_infeasible_for_others(name, dim):
    samples = random_samples(name, dim)
    verdicts = [feasible_by_lp(name, as_floats(sample.phi), sample.constant) for sample in samples]
    assert sum(verdicts) >= 5
    assert len(verdicts) - sum(verdicts) >= 5
    if name in ("affine", "constant"):
        assert sum(verdicts) < len(verdicts) / 2


def is_tight(sample: Sample) -> bool:
    """Whether the Lipschitz constant is the least that the extrema allow."""
    phi = sample.phi
    separation = max(abs(p - q) for p, q in zip(phi.x_min, phi.x_max, strict=True))
    return phi.spread == sample.lipschitz * separation


def is_incomparable(phi: MinMax) -> bool:
    differences = [p - q for p, q in zip(phi.x_min, phi.x_max, strict=True)]
    return min(differences) < 0 < max(differences)
