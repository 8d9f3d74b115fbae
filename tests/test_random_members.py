"""Random members of fibers: in the class, with Φ, between the envelopes and close to both of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")

from fvtheory.classes import get_class  # noqa: E402
from fvtheory.errors import InvalidInputError  # noqa: E402
from fvtheory.experiments.random_members import Draw, draw_information, draw_members, draw_points  # noqa: E402
from fvtheory.fiber import Fiber  # noqa: E402

CLASSES = [
    ("all", None),
    ("piecewise-affine", None),
    ("neural-network", None),
    ("erm", None),
    ("lipschitz", Fraction(2)),
    ("monotone", None),
    ("convex", None),
    ("affine", None),
    ("constant", None),
]
CASES = [(cls, rate, dim) for cls, rate in CLASSES for dim in (1, 2)]
N, K = 60, 200


def drawn(cls, rate, dim, seed=0):
    draw = Draw(torch.Generator().manual_seed(seed))
    phis = draw_information(cls, dim, N, draw, rate)
    return draw, phis, draw_members(cls, phis, draw, rate)


def envelopes(cls, rate, phis, x):
    """(lower, upper) at points (n, k, d), from the exact class, rounded."""
    known = get_class(cls)
    found = []
    for i, row in enumerate(x.tolist()):
        phi = phis.row(i).to_floats()
        if phi.spread == 0:
            found.append([(phi.f_min, phi.f_min)] * len(row))
            continue
        lower, upper = known.bounds(phi, None if rate is None else float(rate))
        found.append([(lower(tuple(p)), upper(tuple(p))) for p in row])
    both = torch.tensor(found, dtype=torch.float64)
    return both[..., 0], both[..., 1]


@pytest.mark.parametrize(("cls", "rate", "dim"), CASES)
def test_every_information_is_feasible(cls, rate, dim):
    _, phis, _ = drawn(cls, rate, dim)
    for i in range(N):
        Fiber(get_class(cls), phis.row(i), rate)


@pytest.mark.parametrize(("cls", "rate", "dim"), CASES)
def test_members_have_the_information(cls, rate, dim):
    _, phis, members = drawn(cls, rate, dim)
    x = torch.stack([phis.x_min, phis.x_max], dim=1)
    values = members(x)
    assert torch.allclose(values[:, 0], phis.f_min, atol=1e-9)
    assert torch.allclose(values[:, 1], phis.f_max, atol=1e-9)


@pytest.mark.parametrize(("cls", "rate", "dim"), CASES)
def test_members_lie_between_the_envelopes(cls, rate, dim):
    draw, phis, members = drawn(cls, rate, dim)
    x = draw_points(phis, K, draw)
    lower, upper = envelopes(cls, rate, phis, x)
    values = members(x)
    assert (values >= lower - 1e-9).all()
    assert (values <= upper + 1e-9).all()


def test_a_function_outside_the_fiber_is_noticed():
    draw, phis, _ = drawn("lipschitz", Fraction(2), 1)
    other = draw_members("piecewise-affine", phis, draw)
    x = draw_points(phis, K, draw)
    lower, upper = envelopes("lipschitz", Fraction(2), phis, x)
    values = other(x)
    assert ((values < lower - 1e-9) | (values > upper + 1e-9)).any()


@pytest.mark.parametrize(("cls", "rate", "dim"), [c for c in CASES if c[0] != "constant"])
def test_members_reach_both_envelopes(cls, rate, dim):
    """Over many functions the values cover at least 90% of the way from lower to upper, seen over all Φ."""
    draw = Draw(torch.Generator().manual_seed(1))
    one = draw_information(cls, dim, 8, draw, rate)
    phis = one.take(torch.arange(8).repeat_interleave(300))
    x = draw.unit(8, 20, dim)
    values = draw_members(cls, phis, draw, rate)(x.repeat_interleave(300, 0)).reshape(8, 300, 20)
    lower, upper = envelopes(cls, rate, one, x)
    width = upper - lower
    room = ((values.amax(1) - values.amin(1)) / width.clamp_min(1e-9))[width > 1e-6]
    assert room.numel() == 0 or room.quantile(0.25) > 0.9


def test_lipschitz_members_obey_the_constant():
    for dim in (1, 2):
        draw, _, members = drawn("lipschitz", Fraction(2), dim)
        x, y = draw.unit(N, K, dim), draw.unit(N, K, dim)
        assert ((members(x) - members(y)).abs() <= 2 * (x - y).abs().amax(2) + 1e-9).all()


def test_convex_members_obey_the_inequality():
    for dim in (1, 2):
        draw, _, members = drawn("convex", None, dim)
        x, y, t = draw.unit(N, K, dim), draw.unit(N, K, dim), draw.unit(N, K)
        mixed = members(t[..., None] * x + (1 - t[..., None]) * y)
        assert (mixed <= t * members(x) + (1 - t) * members(y) + 1e-9).all()


def test_monotone_members_rise_or_fall():
    for dim in (1, 2):
        draw, _, members = drawn("monotone", None, dim)
        x, y = draw.unit(N, K, dim), draw.unit(N, K, dim)
        low, high = torch.minimum(x, y), torch.maximum(x, y)
        change = members(high) - members(low)
        assert ((change >= -1e-9).all(1) | (change <= 1e-9).all(1)).all()


def test_affine_members_are_affine():
    draw, _, members = drawn("affine", None, 2)
    x, y = draw.unit(N, K, 2), draw.unit(N, K, 2)
    assert torch.allclose(members((x + y) / 2), (members(x) + members(y)) / 2, atol=1e-9)


def test_continuous_members_do_not_jump():
    """Over a step of 1e-9 no continuous member moves; some function of class all does."""
    moved = {}
    for cls in ("piecewise-affine", "all"):
        members = drawn(cls, None, 1)[2]
        x = (torch.arange(20_000, dtype=torch.float64) / 20_000)[None, :, None].expand(N, -1, -1)
        moved[cls] = (members(x + 1e-9) - members(x)).abs().amax().item()
    assert moved["piecewise-affine"] < 1e-4
    assert moved["all"] > 0.1


def test_the_seed_decides():
    first, second, third = (
        drawn("convex", None, 2, seed)[2](torch.full((N, 1, 2), 0.3, dtype=torch.float64))
        for seed in (5, 5, 6)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


@pytest.mark.parametrize(
    ("cls", "rate"), [("lipschitz", None), ("convex", Fraction(1)), ("lipschitz", Fraction(1, 9))]
)
def test_a_wrong_lipschitz_constant_is_refused(cls, rate):
    with pytest.raises(InvalidInputError, match="lipschitz"):
        draw_information(cls, 1, 1, Draw(torch.Generator()), rate)


def test_classes_without_random_members_are_refused():
    with pytest.raises(InvalidInputError, match="'even'") as caught:
        draw_information("even", 1, 2, Draw(torch.Generator()))
    assert "piecewise-affine" in caught.value.required
