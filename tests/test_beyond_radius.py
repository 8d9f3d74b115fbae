"""Certified radii in several variables, resumed searches, and the fast envelopes in floats."""

from __future__ import annotations

import io
import json
import random
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

from fvtheory.beyond import (
    Evaluations,
    Knowledge,
    LevelSet,
    UnsupportedError,
    branch_and_bound,
    counterexample,
    family,
    fiber,
    radius,
)
from fvtheory.beyond.branch_and_bound import RadiusSearch
from fvtheory.beyond.numeric import ConvexEnvelopes, envelopes, lipschitz_envelopes
from fvtheory.errors import InvalidInputError


def lipschitz_data(draw: random.Random, dim: int, count: int, rate: F, denominator: int = 60) -> Knowledge:
    """Values of a random function of that rate (sup norm) at random points."""
    apexes = [
        (tuple(F(draw.randrange(13), 12) for _ in range(dim)), F(draw.randrange(13), 12)) for _ in range(3)
    ]

    def value(x) -> F:
        return min(v + rate * max(abs(a - b) for a, b in zip(x, p, strict=True)) for p, v in apexes)

    points = [
        tuple(F(draw.randrange(denominator + 1), denominator) for _ in range(dim)) for _ in range(count)
    ]
    return Knowledge(Evaluations(points, [min(F(1), value(p)) for p in points]))


def grid_widths(members, steps: int) -> np.ndarray:
    points = np.array(list(product(np.linspace(0, 1, steps + 1), repeat=members.knowledge.dim)))
    low, high = envelopes(members, points)
    return high - low


@pytest.mark.parametrize("norm", ["sup", "1"])
def test_bounds_enclose_the_greatest_width(norm: str):
    draw = random.Random(7)
    for _ in range(12):
        dim = draw.choice([2, 2, 3])
        known = lipschitz_data(draw, dim, draw.randrange(2, 7), F(1, 3))
        cls = family("lipschitz", dim, lipschitz="1/3", norm=norm)
        members = fiber(cls, known)
        found = radius(cls, known, gap="1/100")
        steps = 80 if dim == 2 else 24
        best = grid_widths(members, steps).max() / 2
        assert float(found.upper) >= best - 1e-12
        # the grid misses the best point by at most half a step in each coordinate
        reach = (1 if norm == "sup" else dim) / 3 / (2 * steps) * 2
        assert float(found.lower) * 0.99 <= best + reach
        assert found.upper - found.lower <= found.upper / 100
        assert members.width(found.at) == 2 * found.lower


def test_monotone_radii_are_exact_in_several_variables():
    draw = random.Random(3)
    for _ in range(15):
        points = [tuple(F(draw.randrange(5), 4) for _ in range(2)) for _ in range(4)]
        known = Knowledge(Evaluations(points, [(p[0] + p[1] * p[1]) / 2 for p in points]))
        cls = family("monotone", 2, signs="++")
        found = radius(cls, known)
        members = fiber(cls, known)
        widths = [members.width((F(i, 8), F(j, 8))) for i in range(9) for j in range(9)]
        assert found.exact == max(widths) / 2


def test_monotone_functions_with_a_level_set():
    known = Knowledge(LevelSet("1/2", [(["1/3", "1/2"], ["1", "1"])]))
    cls = family("monotone", 2, signs="++")
    assert radius(cls, known).exact == F(1, 4)
    assert fiber(cls, known).envelope((F(1, 3), F(49, 100))) == (0, F(1, 2))


def test_jumps_and_rates_along_one_coordinate_are_refused():
    known = Knowledge(Evaluations([("1/2", "1/2")], ["1/2"]))
    both = [family("all", 2), family("lipschitz", 2, lipschitz=1)]
    members = [fiber(cls, known).branches[0] for cls in both]
    with pytest.raises(UnsupportedError, match="coordinate"):
        RadiusSearch(members)


def hard_question() -> tuple:
    """Equal values: the widest point is the centre of the largest ball without data."""
    draw = random.Random(12)
    points = [tuple(F(draw.randrange(61), 60) for _ in range(3)) for _ in range(8)]
    known = Knowledge(Evaluations(points, ["1/2"] * 8))
    return family("lipschitz", 3, lipschitz="1/8", norm="1"), known


def test_a_search_goes_on_where_it_stopped(tmp_path):
    cls, known = hard_question()
    file = tmp_path / "search.npz"
    whole = radius(cls, known, gap="1/500")
    first = radius(cls, known, gap="1/500", max_boxes=100, state=file)
    assert first.boxes < whole.boxes
    assert first.upper - first.lower > first.upper / 500
    assert first.lower <= whole.upper
    assert whole.lower <= first.upper
    seen = []
    second = radius(cls, known, gap="1/500", state=file, progress=lambda *step: seen.append(step))
    assert seen[0][0] > first.boxes
    assert (second.lower, second.upper) == (whole.lower, whole.upper)
    assert all(low <= second.upper and second.lower <= high for _, low, high in seen)
    with pytest.raises(InvalidInputError, match="another search"):
        radius(family("lipschitz", 3, lipschitz="1/3"), known, state=file)
    file.write_bytes(b"nothing")
    with pytest.raises(InvalidInputError, match="does not read"):
        radius(cls, known, state=file)


def test_an_interrupt_loses_no_boxes(monkeypatch):
    cls, known = hard_question()
    (members,) = fiber(cls, known).branches
    honest = np.vstack
    for last in (1, 2, 3, 4):
        search, calls = RadiusSearch([members]), 0

        def interrupted(arrays, last=last):
            nonlocal calls
            calls += 1
            if calls == last:
                raise KeyboardInterrupt
            return honest(arrays)

        with monkeypatch.context() as patch:
            patch.setattr(branch_and_bound.np, "vstack", interrupted)
            with pytest.raises(KeyboardInterrupt):
                search.run(F(1, 50))
        resumed = RadiusSearch([members])
        resumed.restore(search.to_bytes())
        assert np.prod(resumed.high - resumed.low, axis=1).sum() == 1


def test_a_state_that_was_changed_makes_no_bound_false():
    cls, known = hard_question()
    (members,) = fiber(cls, known).branches
    search = RadiusSearch([members])
    search.run(F(1, 50), max_boxes=100)
    honest = search.to_bytes()
    with np.load(io.BytesIO(honest)) as data:
        parts = dict(data)
    exact = json.loads(parts["exact"].tobytes())

    def forged(**changed) -> bytes:
        out = io.BytesIO()
        np.savez(out, **(parts | changed))
        return out.getvalue()

    def told(**changed) -> np.ndarray:
        return np.frombuffer(json.dumps(exact | changed).encode(), dtype=np.uint8)

    half, all_splits = parts["steps"][:3], int(parts["steps"][:3].sum())
    harmless = {
        "fewer splits": {
            "slots": parts["slots"][:all_splits],
            "splits": parts["splits"][:all_splits],
            "steps": half,
        },
        "other splits": {"splits": 2 - parts["splits"]},
        "a worse point": {"exact": told(at=["0", "0", "0"])},
        "more to say": {"low": np.zeros((1, 3)), "exact": told(upper="1/100", seen=10**9)},
    }
    refused = {
        "no such box": {"slots": parts["slots"] + 1},
        "a box to come": {
            "slots": np.array([1, 0]),
            "splits": np.array([0, 0]),
            "steps": np.array([1, 1]),
        },
        "a box twice": {"slots": np.zeros_like(parts["slots"])},
        "no such coordinate": {"splits": parts["splits"] + 3},
        "not whole": {"slots": parts["slots"] / 1},
        "below": {"splits": parts["splits"].astype(int) - 3},
        "steps too long": {"steps": parts["steps"] + 1},
        "no steps": {"steps": parts["steps"][:0]},
        "a point outside": {"exact": told(at=["-1", "0", "0"])},
        "a point elsewhere": {"exact": told(at=["1", "0"])},
        "an endless number": {"exact": told(at=["1e-999999999", "0", "0"])},
        "a point in floats": {"exact": told(at=[0.5, 0, 0])},
        "nested": {"exact": np.frombuffer(b"[" * 10**5, dtype=np.uint8)},
    }
    again = RadiusSearch([members])
    again.restore(honest)
    for name in ("low", "high", "bounds", "slots"):
        assert np.array_equal(getattr(again, name), getattr(search, name))
    assert (again.seen, again.lower, again.upper) == (search.seen, search.lower, search.upper)
    whole = radius(cls, known, gap="1/500")
    for changed in harmless.values():
        resumed = RadiusSearch([members])
        resumed.restore(forged(**changed))
        assert resumed.lower <= whole.upper
        assert whole.lower <= resumed.upper
        assert resumed.run(F(1, 50))
        assert resumed.lower <= whole.upper
        assert whole.lower <= resumed.upper
    for changed in refused.values():
        with pytest.raises(InvalidInputError, match="does not read"):
            RadiusSearch([members]).restore(forged(**changed))
    out = io.BytesIO()
    np.savez_compressed(out, **(parts | {"more": np.zeros(10**6)}))
    for state in (b"", honest[:-1], honest[: len(honest) // 2], out.getvalue()):
        with pytest.raises(InvalidInputError, match="does not read"):
            RadiusSearch([members]).restore(state)


def exact_bound(members, low, high) -> F:
    """The bound of the head of `branch_and_bound` in rationals, by another way: corner by corner."""
    gauge = members.gauge
    corners = list(product(*zip(low, high, strict=True)))
    upper = min(
        [members.cap, *(b.value + max(gauge.rise(c, b.where.low) for c in corners) for b in members.uppers)]
    )
    lower = max(
        [members.floor, *(b.value - max(gauge.rise(b.where.low, c) for c in corners) for b in members.lowers)]
    )
    return upper - lower


def uncovered(cls, known) -> int:
    """How many boxes left by a search are bounded by less than a width inside them, or by more than the
    bound in rationals and the margin."""
    (members,) = fiber(cls, known).branches
    search = RadiusSearch([members])
    search.run(F(1, 50), max_boxes=200)
    wrong = 0
    for low, high, bound in list(zip(search.low, search.high, search.bounds, strict=True))[:40]:
        exact = tuple(tuple(map(F, map(float, side))) for side in (low, high))
        certain = F(float(bound)) + search.margin
        wrong += certain > exact_bound(members, *exact) + 2 * search.margin
        for point in (
            *product(*zip(*exact, strict=True)),
            tuple((a + b) / 2 for a, b in zip(*exact, strict=True)),
        ):
            wrong += search.width(point) > certain
    # boxes that were dropped have no point wider than the upper bound
    draw = random.Random(1)
    for _ in range(200):
        x = tuple(F(draw.randrange(61), 60) for _ in range(members.dim))
        wrong += search.width(x) > 2 * search.upper
    return wrong


def test_every_box_is_bounded():
    assert uncovered(*hard_question()) == 0
    draw = random.Random(2)
    for norm in ("sup", "1"):
        cls = family("lipschitz+monotone", 2, lipschitz="1/2", norm=norm, signs="+0")
        known = Knowledge(
            Evaluations([("1/4", "1/3"), ("2/3", "3/4")], ["1/3", "1/2"], F(draw.randrange(2), 20))
        )
        assert uncovered(cls, known) == 0


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_bounds_that_are_too_small_are_noticed(share: float, monkeypatch):
    honest = RadiusSearch._joint
    monkeypatch.setattr(RadiusSearch, "_joint", lambda self, *args: share * honest(self, *args))
    assert uncovered(*hard_question()) > 0


def test_the_margin_covers_rounding():
    """Bounds in floats and in rationals at points that floats cannot represent."""
    draw = random.Random(5)
    for _ in range(30):
        dim = draw.choice([1, 2, 5])
        known = lipschitz_data(draw, dim, 5, F(1, 3), denominator=draw.choice([7, 11, 10**9 + 7]))
        for norm in ("sup", "1"):
            members = fiber(family("lipschitz", dim, lipschitz="1/3", norm=norm), known).branches[0]
            search = RadiusSearch([members])
            x = np.array([[draw.randrange(2**20) / 2**20 for _ in range(dim)]])
            rounded = F(float(search._bound(x, x)[0][0]))
            assert abs(rounded - search.width(tuple(map(F, map(float, x[0]))))) <= search.margin
    assert search.margin < F(1, 10**12)


def test_a_certified_gap_in_four_variables():
    draw = random.Random(11)
    for _ in range(3):
        known = lipschitz_data(draw, 4, 20, F(1, 4))
        cls = family("lipschitz", 4, lipschitz="1/4")
        found = radius(cls, known, gap="1/100", max_boxes=200_000)
        assert found.upper - found.lower <= found.upper / 100
        worst = counterexample(cls, known, lambda k: lambda x: F(1, 2), gap="1/100")
        assert worst.function(worst.at) == worst.value
        assert worst.error >= worst.radius_lower - F(1, 2**20)


def test_steps_of_the_search_name_their_limits():
    cls, known = hard_question()
    with pytest.raises(InvalidInputError, match="gap"):
        radius(cls, known, gap=0)
    with pytest.raises(InvalidInputError, match="gap"):
        radius(cls, known, gap=1)
    steep = family("lipschitz", 2, lipschitz=2**50)
    with pytest.raises(UnsupportedError, match="rate"):
        radius(steep, Knowledge(Evaluations([("0", "0")], ["0"])))
    assert branch_and_bound.LEAST_GAP > 0


# ---- floats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lipschitz", {"lipschitz": "1/3"}),
        ("lipschitz", {"lipschitz": "1/3", "norm": "1", "weights": ["2", "1/2"]}),
        ("monotone", {"signs": "+-"}),
        ("all", {}),
        ("sparse+lipschitz", {"lipschitz": 1, "coordinates": 1}),
    ],
)
def test_floats_agree_with_the_exact_envelopes(name: str, options: dict):
    # dyadic points: jumps are where they are
    known = Knowledge(Evaluations([("1/4", "1/2"), ("3/4", "1/8")], ["1/2", "5/8"], "1/16"))
    members = fiber(family(name, 2, **options), known)
    points = [(F(i, 16), F(j, 16)) for i in range(0, 17, 2) for j in range(0, 17, 3)]
    low, high = envelopes(members, np.array(points, dtype=float))
    for x, a, b in zip(points, low, high, strict=True):
        assert members.envelope(x) == pytest.approx((a, b), abs=1e-12)
    with pytest.raises(InvalidInputError, match="shape"):
        envelopes(members, np.zeros((3, 5)))


@pytest.mark.parametrize("norm", ["sup", "1", "2"])
def test_many_functions_at_once(norm: str):
    draw = random.Random(1)
    known = [lipschitz_data(draw, 2, 4, F(1, 2)) for _ in range(5)]
    points = np.array([k.operators[0].points for k in known], dtype=float)
    values = np.array([k.operators[0].values for k in known], dtype=float)
    at = np.array([(i / 8, j / 8) for i in range(9) for j in range(9)])
    low, high = lipschitz_envelopes(points, values, at, 0.5, norm=norm, f_max=0.9)
    assert low.shape == high.shape == (5, 81)
    order = {"sup": np.inf, "1": 1, "2": 2}[norm]
    for i, x in product(range(5), range(81)):
        reach = 0.5 * np.linalg.norm(points[i] - at[x], ord=order, axis=1)
        assert high[i, x] == pytest.approx(min(0.9, (values[i] + reach).min()))
        assert low[i, x] == pytest.approx(max(0.0, (values[i] - reach).max()))
    if norm == "sup":
        members = fiber(family("lipschitz", 2, lipschitz="1/2"), known[0])
        exact = [members.envelope((F(i, 8), F(j, 8))) for i in range(9) for j in range(9)]
        low, high = lipschitz_envelopes(points[:1], values[:1], at, 0.5)
        assert np.abs(np.array(exact, dtype=float) - np.stack([low[0], high[0]], 1)).max() < 1e-12
    with pytest.raises(InvalidInputError, match="shapes"):
        lipschitz_envelopes(points, values[:, :2], at, 0.5)


@pytest.mark.parametrize("name", ["convex", "convex+lipschitz", "convex+lipschitz+monotone"])
def test_programs_in_floats_agree_with_the_exact_ones(name: str):
    draw = random.Random(6)
    options: dict = {"lipschitz": 2} if "lipschitz" in name else {}
    if "monotone" in name:
        options |= {"signs": "+0", "norm": "1"}
    points = [tuple(F(draw.randrange(17), 16) for _ in range(2)) for _ in range(6)]
    values = [max(F(1, 8), p[0] / 2, (p[0] + p[1] * (1 if "mono" not in name else 0)) / 2) for p in points]
    members = fiber(family(name, 2, **options), Knowledge(Evaluations(points, values, "1/32")))
    fast = ConvexEnvelopes(members)
    at = [tuple(F(draw.randrange(65), 64) for _ in range(2)) for _ in range(25)]
    low, high = fast(np.array(at, dtype=float))
    for x, a, b in zip(at, low, high, strict=True):
        assert members.envelope(x) == pytest.approx((a, b), abs=1e-9)
