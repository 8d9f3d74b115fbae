"""The average radius: against quadrature, sampling, linear programs over decoders, and closed forms."""

from __future__ import annotations

import json
import random
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import linprog

import fvtheory
from fvtheory import cli
from fvtheory.beyond import (
    Density,
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    UnsupportedError,
    affine_average,
    average,
    average_radius,
    branch_and_bound,
    densities,
    family,
    fiber,
    pairs_on_line,
)
from fvtheory.beyond.affine_average import Product, least_disc
from fvtheory.beyond.box_integral import WidthIntegral
from fvtheory.beyond.numeric import envelopes
from fvtheory.beyond.pairs_on_line import envelopes_on_line, is_member
from fvtheory.beyond.roots import root_above, root_below
from fvtheory.errors import InexactNumberError, InvalidInputError
from fvtheory.functions import Piecewise1D, function_from_json, is_convex, is_lipschitz, is_monotone
from fvtheory.information import MinMax

PHI = MinMax("1/4", "1", "0", "1")
SKEWED = Density(["0", "1/3", "1"], ["3/2", "3/4"])

LIPSCHITZ = {"lipschitz": 2}
LINE_CLASSES: list[tuple[str, dict]] = [
    ("all", {}),
    ("neural-network", {}),
    ("monotone", {}),
    ("lipschitz", LIPSCHITZ),
    ("lipschitz+monotone", LIPSCHITZ),
    ("convex", {}),
    ("concave", {}),
    ("convex+lipschitz", LIPSCHITZ),
    ("convex+monotone", {}),
    ("quasi-convex", {}),
    ("additive+lipschitz", LIPSCHITZ),
]


def values(f, places: list[str], within: str = "0") -> Evaluations:
    return Evaluations(places, [f(F(x)) for x in places], within)


PLACES = ["1/8", "1/3", "1/2", "4/5"]
LINE_KNOWLEDGE = {
    "Φ": Knowledge(PHI),
    "values of a square": Knowledge(values(lambda x: x * x, PLACES)),
    "values of a concave function": Knowledge(values(lambda x: x * (2 - x) / 2, PLACES)),
    "one value": Knowledge(Evaluations(["1/2"], ["1/2"])),
    "values within 1/20": Knowledge(values(lambda x: x * x, PLACES, "1/20")),
    "a level set": Knowledge(LevelSet("1/2", [[["1/4"], ["1/2"]]], strict=False)),
    "levels at points": Knowledge(PHI, LevelPoints("1/2", ["4/5"], ["1/3"])),
    "nothing": Knowledge(dim=1),
}
CASES = [(name, options, known) for name, options in LINE_CLASSES for known in LINE_KNOWLEDGE]


def answer(name: str, options: dict, known: Knowledge, **more) -> average.AverageRadius | None:
    try:
        found = average_radius(family(name, known.dim, **options), known, **more)
    except UnsupportedError:
        return None
    return found if found.feasible else None


def mean_width(name: str, options: dict, known: Knowledge, power: int, density: Density, steps: int = 400):
    """E (U - L)^p by the midpoint rule on the envelopes at points."""
    members = fiber(family(name, 1, **options), known)
    total = 0.0
    for i in range(steps):
        x = F(2 * i + 1, 2 * steps)
        k = next(i for i, end in enumerate(density.breakpoints[1:]) if x <= end)
        total += float(members.width((x,))) ** power * float(density.values[k]) / steps
    return total


def apart(f, g, power: int, density: Density) -> float:
    """E |f - g|^p by adaptive quadrature in floats on each smooth interval."""
    knots = sorted({*f.breakpoints, *g.breakpoints, *density.breakpoints})
    total = 0.0
    for left, right in pairwise(knots):
        weight = density.values[next(i for i, e in enumerate(density.breakpoints[1:]) if right <= e)]
        found, _ = quad(
            lambda x: float(abs(f.at((F(x),)) - g.at((F(x),))) ** power),
            float(left) + 1e-12,
            float(right) - 1e-12,
            limit=60,
        )
        total += found * float(weight)
    return total


# ---- one variable ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "options", "told"), CASES)
def test_upper_bounds_are_half_the_mean_width(name: str, options: dict, told: str):
    known = LINE_KNOWLEDGE[told]
    found = answer(name, options, known, power=2, density=SKEWED)
    if found is None:
        return
    if name.startswith("additive"):  # in one variable nothing but a slow way to say the same
        x = (F(3, 7),)
        alone = fiber(family("lipschitz", 1, **options), known)
        assert fiber(family(name, 1, **options), known).envelope(x) == alone.envelope(x)
        name = "lipschitz"
    steps = 40 if name.split("+")[0] in ("convex", "concave") else 160
    width = mean_width(name, options, known, 2, SKEWED, steps)
    assert float(found.upper_power) == pytest.approx(width / 4, abs=1.2 / steps)
    assert found.lower_power <= found.upper_power


@pytest.mark.parametrize(("name", "options", "told"), CASES)
def test_lower_bounds_are_reached_by_a_pair_of_members(name: str, options: dict, told: str):
    """The pair is checked with code that knows nothing of fibers: the class, the values, and the distance."""
    known = LINE_KNOWLEDGE[told]
    found = answer(name, options, known)
    if found is None:
        return
    if told in ("values of a square", "values of a concave function", "a level set", "nothing"):
        assert found.exact_power is not None
    f, g = found.pair
    assert apart(f, g, 1, densities.UNIFORM) == pytest.approx(2 * float(found.lower_power), abs=1e-6)
    for h in (f, g):
        assert function_from_json(h.to_json()) == h
        if "convex" in name.split("+"):
            assert is_convex(h)
        if "concave" in name:
            assert is_convex(
                Piecewise1D(h.breakpoints, [-v for v in h.values], [(-a, -b) for a, b in h.pieces])
            )
        if "lipschitz" in name:
            assert is_lipschitz(h, 2)
        if "monotone" in name:
            assert is_monotone(h) is not None
        limits = [v for piece in h.pieces for v in piece]
        assert 0 <= min(limits) <= max(limits) <= 1
        if name == "neural-network":
            continue  # a limit of networks, with jumps
        for operator in known.operators:
            if isinstance(operator, Evaluations):
                pairs = zip(operator.points, operator.values, strict=True)
                assert all(abs(h.at(x) - v) <= operator.within for x, v in pairs)
            if isinstance(operator, MinMax):
                assert h.at(operator.x_min) == operator.f_min == min(h.values)
                assert h.at(operator.x_max) == operator.f_max == max(h.values)


def test_most_answers_in_one_variable_are_exact():
    inexact = {}
    for name, options, told in CASES:
        if told in ("values within 1/20", "levels at points", "one value", "Φ"):
            found = answer(name, options, LINE_KNOWLEDGE[told])
            if found is not None and found.exact_power is None:
                inexact[name, told] = float(found.lower_power / found.upper_power)
    uncertain = {"values within 1/20", "levels at points"}
    assert {told for _, told in inexact} <= uncertain
    assert {name for name, _ in inexact} <= {"convex", "convex+lipschitz", "convex+monotone", "quasi-convex"}
    assert min(inexact.values()) > 0.5
    assert (
        inexact["convex", "values within 1/20"] < 1
    )  # an interval, where no pair is known to be far enough apart


def test_convex_functions_need_a_pair_though_the_lower_envelope_is_no_member():
    known = Knowledge(Evaluations(["0", "1/4", "1/2", "3/4", "1"], ["1", "1/4", "0", "1/4", "1"]))
    cls = family("convex", 1)
    [branch] = fiber(cls, known).branches
    lower, upper = envelopes_on_line([branch])
    assert not is_convex(lower)
    assert not is_member(lower, branch)
    assert is_member(upper, branch)
    found = average_radius(cls, known)
    assert found.exact_power is not None
    assert found.exact_power > 0
    assert all(is_member(f, branch) for f in found.pair)


def test_the_central_decoder_is_within_the_radius_on_members():
    draw = random.Random(2)
    for name, options, told in CASES:
        known = LINE_KNOWLEDGE[told]
        found = answer(name, options, known, power=2)
        if found is None or name.startswith("additive") or draw.random() < 0.75:
            continue
        members = fiber(family(name, 1, **options), known)
        x = (F(draw.randrange(65), 64),)
        try:
            pair = members.members(x, F(1, 1000))
        except UnsupportedError:
            continue
        for f in pair:
            exact = average.to_piecewise_1d(f)
            error = densities.mean_power(exact, found.best, 2)
            assert error <= found.upper_power


def test_no_decoder_beats_the_radius_on_a_lattice():
    """A linear program over decoders at 40 points against the pair and other members: never below R_1."""
    known = LINE_KNOWLEDGE["values of a square"]
    for name, options in (("convex", {}), ("lipschitz", LIPSCHITZ), ("quasi-convex", {})):
        members = fiber(family(name, 1, **options), known)
        found = average_radius(family(name, 1, **options), known)
        places = [F(2 * i + 1, 80) for i in range(40)]
        functions = [
            *found.pair,
            *members.members((F(1, 5),), F(1, 1000)),
            *members.members((F(2, 3),), F(1, 1000)),
        ]
        n = len(places)
        rows, bounds = [], []  # unknowns: D at the points, sizes of the errors of each function, the radius
        width = n + n * len(functions) + 1
        for k, f in enumerate(functions):
            for i, x in enumerate(places):
                for sign in (1.0, -1.0):
                    row = np.zeros(width)
                    row[i], row[n + k * n + i] = sign, -1.0
                    rows.append(row)
                    bounds.append(sign * float(f.at((x,))))
            row = np.zeros(width)
            row[n + k * n : n + (k + 1) * n], row[-1] = 1 / n, -1.0
            rows.append(row)
            bounds.append(0.0)
        cost = np.zeros(width)
        cost[-1] = 1.0
        limits = [(None, None)] * n + [(0, None)] * (width - n)
        least = linprog(cost, np.array(rows), np.array(bounds), bounds=limits, method="highs").fun
        assert least == pytest.approx(float(found.exact_power), abs=0.02)


def test_gradients_leave_average_radii_of_rates_unchanged():
    known = Knowledge(Evaluations(["1/2"], ["1/2"]))
    steep = known & Gradient("1/2", "1")
    cls = family("lipschitz", 1, lipschitz=2)
    assert average_radius(cls, known).exact_power == average_radius(cls, steep).exact_power == F(3, 8)


def test_densities_weigh_places():
    known = Knowledge(Evaluations(["0"], ["1/2"]))
    cls = family("lipschitz", 1, lipschitz=1)
    # the width is min(1, 2x): 2x below 1/2
    assert average_radius(cls, known).exact_power == F(3, 8)
    assert average_radius(cls, known, density=Density([0, "1/2", 1], [2, 0])).exact_power == F(1, 4)
    assert average_radius(cls, known, density=Density([0, "1/2", 1], [0, 2])).exact_power == F(1, 2)
    assert average_radius(cls, known, power=2, density=Density([0, "1/2", 1], [2, 0])).exact_power == F(1, 12)


# ---- affine functions -----------------------------------------------------------------------------


def test_affine_functions_in_one_variable():
    cls = family("affine", 1)
    assert average_radius(cls, Knowledge(MinMax("0", "1", "0", "1"))).exact_power == 0
    found = average_radius(cls, Knowledge(Evaluations(["1/2"], ["1/4"])), power=2)
    assert found.exact_power == F(1, 48)  # slopes from -1/2 to 1/2 about the middle: variance 1/12 each
    draw = random.Random(1)
    for _ in range(20):
        places = [F(draw.randrange(9), 8) for _ in range(draw.randrange(1, 4))]
        slope = F(draw.randrange(-3, 4), 8)
        heights = [F(1, 2) + slope * (x - F(1, 2)) for x in places]
        known = Knowledge(Evaluations(places, heights, F(draw.randrange(1, 4), 10)))
        members = fiber(cls, known)
        square = average_radius(cls, known, power=2, density=SKEWED)
        first = average_radius(cls, known, density=SKEWED)
        assert first.lower_power <= first.upper_power
        assert first.lower_power**2 <= square.exact_power  # the norms are ordered
        for x in (F(0), F(1, 3), F(1)):
            for f in members.members((x,), F(1, 1000)):
                exact = average.to_piecewise_1d(f)
                assert densities.mean_power(exact, square.best, 2, SKEWED) <= square.exact_power
                assert densities.mean_power(exact, first.best, 1, SKEWED) <= first.upper_power


def test_least_discs_agree_with_their_dual():
    """max over weights w >= 0, Σ w = 1, of Σ w_i |p_i|² - |Σ w_i p_i|²: never above, and equal at the best."""
    draw, product = random.Random(4), Product(densities.UNIFORM)
    for _ in range(30):
        points = list(
            {(F(draw.randrange(9), 8), F(draw.randrange(9), 8)) for _ in range(draw.randrange(2, 6))}
        )
        _, square = least_disc(points, product)
        gram = np.array([[float(product(p, q)) for p in points] for q in points])
        weights = np.random.default_rng(0).dirichlet(np.full(len(points), 0.3), 4000)
        dual = (weights * gram.diagonal()).sum(1) - ((weights @ gram) * weights).sum(1)
        assert dual.max() <= float(square) + 1e-12
        assert dual.max() >= 0.95 * float(square)


@pytest.mark.parametrize("free", [2, 3])
def test_affine_functions_with_phi_against_a_linear_program(free: int):
    """The best decoder on a lattice, found by linear programming, errs by R_1 on the worst single coordinate."""
    steps = 12 if free == 2 else 6
    axes = (np.indices((steps,) * free).reshape(free, -1) + 0.5) / steps
    n = axes.shape[1]
    width = n * (1 + free) + 1
    rows, bounds = [], []
    for j in range(free):
        for sign in (1.0, -1.0):
            block = np.zeros((n, width))
            block[:, :n] = sign * np.eye(n)
            block[:, n * (1 + j) : n * (2 + j)] = -np.eye(n)
            rows.append(block)
            bounds.append(sign * axes[j])
        total = np.zeros((1, width))
        total[0, n * (1 + j) : n * (2 + j)], total[0, -1] = 1 / n, -1.0
        rows.append(total)
        bounds.append(np.zeros(1))
    cost = np.zeros(width)
    cost[-1] = 1.0
    limits = [(None, None)] * n + [(0, None)] * (width - n)
    least = linprog(cost, np.vstack(rows), np.concatenate(bounds), bounds=limits, method="highs").fun
    known = Knowledge(MinMax([0] * free, [1] * free, "0", "1"))
    found = average_radius(family("affine", free), known)
    assert found.decoder == "median"
    assert least == pytest.approx(float(found.exact_power), abs=0.6 / steps**2)
    square = average_radius(family("affine", free), known, power=2)
    points = np.random.default_rng(0).random((200_000, free))
    errors = ((points - points.mean(1, keepdims=True)) ** 2).mean(0)  # of the mean, for each coordinate
    assert errors == pytest.approx(float(square.exact_power), rel=0.02)


# ---- several variables ----------------------------------------------------------------------------


@pytest.mark.parametrize("power", [1, 2])
def test_convex_functions_with_phi_against_sampling(power: int):
    for phi in (
        MinMax(["1/4", "1/2"], ["1", "0"], "1/8", "7/8"),
        MinMax(["0", "1/2", "1"], ["1", "1/3", "1"], "0", "1"),
    ):
        found = average_radius(family("convex", phi.dim), Knowledge(phi), power=power)
        convex = fvtheory.get_class("convex")
        draw = random.Random(0)
        widths = []
        for _ in range(500):
            low, high = convex.envelope_at(phi, [F(draw.randrange(1, 997), 997) for _ in range(phi.dim)])
            widths.append(float(high - low))
        mean = np.mean(np.array(widths) ** power) / 2**power
        assert mean == pytest.approx(float(found.exact_power), rel=0.09)


def test_sums_over_cells():
    rising = average_radius(family("monotone", 2), Knowledge(MinMax(["1/4", "1/2"], ["1", "3/4"], "0", "1")))
    # certain on [0, 1/4] x [0, 1/2]; at (1, 3/4) and above on a null set
    assert rising.exact_power == F(1, 2) * (1 - F(1, 8))
    unknown = Knowledge(MinMax(["1/4", "3/4"], ["3/4", "1/4"], "0", "1"))
    assert average_radius(family("monotone", 2), unknown, power=2).exact_power == F(1, 4)
    both = Knowledge(Evaluations([["1/2", "1/2"]], ["1/4"]))
    found = average_radius(family("monotone", 2, signs="++"), both)
    assert found.exact_power == F(1, 2) * (F(1, 4) * F(1, 4) + F(1, 4) * F(3, 4) + F(1, 2))
    assert average_radius(family("sparse", 2, coordinates=1), both).exact_power == F(1, 2)
    assert average_radius(
        family("constant", 3), Knowledge(Maximizers([[0, 0, 0]], "1/4", "1/8"))
    ).exact_power == F(1, 8)


def random_values(draw: random.Random, dim: int, count: int) -> Knowledge:
    points = [tuple(F(draw.randrange(13), 12) for _ in range(dim)) for _ in range(count)]
    return Knowledge(Evaluations(points, [F(1, 4) + sum(p) / (4 * dim) for p in points]))


@pytest.mark.parametrize("norm", ["sup", "1"])
@pytest.mark.parametrize("power", [1, 2])
def test_boxes_enclose_a_closed_form(norm: str, power: int):
    """One value 1/2 at the centre, L = 1/2: the width is the distance."""
    for dim in (2, 3):
        known = Knowledge(Evaluations([["1/2"] * dim], ["1/2"]))
        rate = F(1) if norm == "sup" else F(1, dim)
        found = average_radius(
            family("lipschitz", dim, lipschitz=rate, norm=norm), known, power=power, gap="1/40"
        )
        if norm == "sup":
            exact = F(1, 2) ** power * F(dim, dim + power)
        else:  # mean of d uniform distances on [0, 1/2], over d
            exact = F(1, 4) if power == 1 else F(1, 16) + F(1, 48 * dim)
        assert found.lower_power <= exact <= found.upper_power
        lower, upper = found.bounds
        assert upper - lower <= upper / 40


def test_boxes_agree_with_breakpoints_in_one_variable():
    draw = random.Random(3)
    for _ in range(12):
        known = random_values(draw, 1, draw.randrange(1, 6))
        signs = draw.choice([None, "+"])
        cls = family("lipschitz", 1, lipschitz="3/4")
        if signs:
            cls = family("lipschitz+monotone", 1, lipschitz="3/4", signs=signs)
        branches = fiber(cls, known).branches
        for power in (1, 2):
            exact = average_radius(cls, known, power=power).upper_power * 2**power
            search = WidthIntegral(branches, power)
            assert search.run(F(1, 1000))
            lower, upper = search.powers
            assert lower <= exact <= upper


def check_boxes_by_sampling():
    draw = random.Random(8)
    points = np.random.default_rng(0)
    for _ in range(5):
        dim = draw.choice([2, 3])
        norm = draw.choice(["sup", "1"])
        known = random_values(draw, dim, draw.randrange(2, 6))
        cls = family("lipschitz", dim, lipschitz="3/4", norm=norm)
        found = average_radius(cls, known, gap="1/20")
        low, high = envelopes(fiber(cls, known), points.random((20_000, dim)))
        sample = (high - low) / 2
        room = 5 * sample.std() / 141
        assert float(found.lower_power) - room <= sample.mean() <= float(found.upper_power) + room


def test_boxes_by_sampling():
    check_boxes_by_sampling()


def test_unions_of_branches_have_honest_intervals():
    known = Knowledge(MinMax(["1/4", "3/4"], ["3/4", "1/4"], "0", "1"))
    found = average_radius(family("monotone+lipschitz", 2, lipschitz=3), known, gap="1/20")
    assert found.exact_power is None
    assert 0 < found.lower_power < found.upper_power
    members = fiber(family("monotone+lipschitz", 2, lipschitz=3), known)
    low, high = envelopes(members, np.random.default_rng(0).random((20_000, 2)))
    assert float(found.upper_power) == pytest.approx((high - low).mean() / 2, rel=0.06)


def test_a_search_can_end_early_and_tells_its_progress():
    known = random_values(random.Random(0), 3, 5)
    seen = []
    found = average_radius(
        family("lipschitz", 3, lipschitz=1),
        known,
        gap="1/1000",
        max_boxes=2000,
        progress=lambda *step: seen.append(step),
    )
    assert seen
    assert found.lower_power < found.upper_power
    assert all(lower <= upper for _, lower, upper in seen)
    widths = [upper - lower for _, lower, upper in seen]
    assert widths == sorted(widths, reverse=True)


# ---- roots, refusals, command line ----------------------------------------------------------------


def test_roots_are_enclosed():
    draw = random.Random(0)
    for _ in range(200):
        square = F(draw.randrange(10**6), draw.randrange(1, 10**6))
        assert root_below(square) ** 2 <= square <= root_above(square) ** 2
        assert root_above(square) - root_below(square) <= F(1, 2**64)
    assert root_below(F(4, 9)) == root_above(F(4, 9)) == F(2, 3)


def test_bad_questions_are_refused():
    line, square = Knowledge(PHI), Knowledge(MinMax(["0", "0"], ["1", "1"], "0", "1"))
    with pytest.raises(InvalidInputError, match="1 or 2"):
        average_radius(family("convex", 1), line, power=3)
    with pytest.raises(InvalidInputError, match="one variable"):
        average_radius(family("all", 2), square, density=SKEWED)
    with pytest.raises(UnsupportedError, match="limit of members"):
        average_radius(family("convex+lipschitz", 2, lipschitz=2), square)
    with pytest.raises(InvalidInputError, match="gap"):
        average_radius(family("lipschitz", 2, lipschitz=2), square, gap=0)
    for breakpoints, heights in (
        (["0", "1"], ["2"]),
        (["0", "1/2"], ["2"]),
        (["0", "1/2", "1/2", "1"], ["1", "1", "1"]),
        (["0", "1/2", "1"], ["3", "-1"]),
        (["0", "1"], ["1", "1"]),
    ):
        with pytest.raises(InvalidInputError):
            Density(breakpoints, heights)
    with pytest.raises(InexactNumberError):
        Density([0, 1], [1.0])
    for bad in ("[]", "{", '{"breakpoints": ["0", "1"]}', '{"breakpoints": "01", "values": ["1"]}'):
        with pytest.raises(InvalidInputError):
            Density.from_json(bad)
    assert Density.from_json(json.dumps(SKEWED.to_json())) == SKEWED
    empty = average_radius(family("constant", 1), line)
    assert empty.to_json() == {"feasible": False, "reason": empty.reason}
    with pytest.raises(InvalidInputError):
        _ = empty.bounds


def test_command_line(capsys, tmp_path):
    told = tmp_path / "known.json"
    told.write_text(json.dumps(Knowledge(PHI).to_json()))
    file = tmp_path / "density.json"
    file.write_text(json.dumps(SKEWED.to_json()))
    assert cli.main(["beyond", "average", "--class", "convex", "--knowledge", json.dumps(PHI.to_json())]) == 0
    assert "1/4 (0.25), exact" in capsys.readouterr().out
    asked = ["beyond", "average", "--class", "convex", "--power", "2", "--knowledge", str(told), "--json"]
    assert cli.main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["radius_squared"] == "1/12"
    assert found["distribution"] == "uniform"
    assert F(found["lower"]) ** 2 <= F(1, 12) <= F(found["upper"]) ** 2
    assert cli.main([*asked, "--density", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["distribution"] == SKEWED.to_json()
    square = json.dumps(MinMax(["1/4", "1/2"], ["1", "0"], "0", "1").to_json())
    line = [
        "beyond",
        "average",
        "--class",
        "lipschitz",
        "--lipschitz",
        "2",
        "--knowledge",
        square,
        "--gap",
        "1/10",
    ]
    assert cli.main(line) == 0
    assert "certified (boxes)" in capsys.readouterr().out
    assert cli.main(["beyond", "average", "--class", "constant", "--knowledge", str(told)]) == 0
    assert "infeasible" in capsys.readouterr().out
    assert (
        cli.main(["beyond", "average", "--class", "convex", "--knowledge", str(told), "--density", "no"]) == 2
    )


# ---- mutants --------------------------------------------------------------------------------------


def _without_absolute_values() -> None:
    test_lower_bounds_are_reached_by_a_pair_of_members("convex", {}, "one value")
    test_no_decoder_beats_the_radius_on_a_lattice()


def _pair_of_convex_functions() -> None:
    test_lower_bounds_are_reached_by_a_pair_of_members("convex", {}, "values of a square")


def _boxes() -> None:
    check_boxes_by_sampling()
    test_boxes_enclose_a_closed_form(1, "1")
    test_boxes_enclose_a_closed_form(2, "sup")


MUTANTS = {
    "a mean without absolute values": (
        (densities, "_mean_between", lambda a, b, power: (a + b) / 2),
        _without_absolute_values,
    ),
    "a mean square of the middle": (
        (densities, "_mean_between", lambda a, b, power: (a + b) ** 2 / 4 if power == 2 else abs(a + b) / 2),
        lambda: (
            test_upper_bounds_are_half_the_mean_width("all", {}, "one value")
            or test_upper_bounds_are_half_the_mean_width("lipschitz", LIPSCHITZ, "nothing")
            or test_densities_weigh_places()
        ),
    ),
    "every candidate a member": (
        (pairs_on_line, "is_member", lambda f, fiber: True),
        _pair_of_convex_functions,
    ),
    "convexity forgotten": ((pairs_on_line, "is_convex", lambda f: True), _pair_of_convex_functions),
    "another number for affine functions": (
        (average, "radius_of_phi", lambda free, spread, power: spread**power / 4),
        lambda: test_affine_functions_with_phi_against_a_linear_program(2),
    ),
    "least values that are none": (
        (
            branch_and_bound.Side,
            "least_costs",
            lambda self, low, high: 1.5 * self.all_costs((low + high) / 2),
        ),
        _boxes,
    ),
    "a polygon that is not cut": (
        (affine_average, "cut", lambda polygon, a, b, c: list(polygon)),
        test_affine_functions_in_one_variable,
    ),
    "unions without cuts": ((average, "_lower_sets", lambda *given: []), test_sums_over_cells),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutants_are_noticed(mutant: str, monkeypatch):
    (owner, name, wrong), check = MUTANTS[mutant]
    monkeypatch.setattr(owner, name, wrong)
    with pytest.raises(AssertionError):
        check()
