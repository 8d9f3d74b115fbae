"""Decoders that are trained: none is below the radius, and for affine functions the error goes to 0."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")

from fvtheory.adversary import counterexample  # noqa: E402
from fvtheory.classes import get_class  # noqa: E402
from fvtheory.errors import InvalidInputError, UnknownNameError  # noqa: E402
from fvtheory.experiments.learned_decoders import (  # noqa: E402
    LearnedDecoder,
    Run,
    Settings,
    Test,
    cases,
    train,
)
from fvtheory.experiments.random_members import Draw, draw_information, draw_points  # noqa: E402
from fvtheory.fiber import Fiber  # noqa: E402
from fvtheory.information import MinMax  # noqa: E402

F = Fraction

SMALL = Settings(width=8, batch=64, steps=(0, 60, 240), tested=3)


def decoder_of(dim, rate=None, seed=0):
    return LearnedDecoder(dim, rate, 8, 2, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("dim", "rate"), [(1, None), (2, None), (2, F(3))])
def test_the_exact_network_computes_what_the_module_does(dim, rate):
    decoder, draw = decoder_of(dim, rate), Draw(torch.Generator().manual_seed(1))
    phis = draw_information("all" if rate is None else "lipschitz", dim, 5, draw, rate)
    x = draw_points(phis, 7, draw).float()
    with torch.no_grad():
        shares = decoder.values(phis.to(torch.device("cpu"), torch.float32), x)
    for i in range(5):
        phi = phis.row(i)
        network = decoder(phi)
        for k in range(7):
            exact = network.at(tuple(map(F, x[i, k].tolist())))
            computed = float(phi.f_min) + float(phi.spread) * shares[i, k].item()
            assert abs(float(exact) - computed) < 1e-5


def test_what_is_known_matters():
    decoder = decoder_of(1)
    first, second = (decoder(MinMax(a, "1", "0", "1"))("1/2") for a in ("0", "1/4"))
    assert first != second


RUNS: dict[tuple, Run] = {}


def trained(cls, dim, rate=None):
    key = cls, dim, rate
    if key not in RUNS:
        RUNS[key] = train(cls, dim, rate, SMALL)
    return RUNS[key]


SHOWN = [
    ("all", 1, None),
    ("lipschitz", 1, F(2)),
    ("monotone", 1, None),
    ("convex", 1, None),
    ("affine", 1, None),
    ("constant", 1, None),
    ("neural-network", 2, None),
    ("affine", 2, None),
]


@pytest.mark.parametrize(("cls", "dim", "rate"), SHOWN)
def test_no_learned_decoder_is_below_the_radius(cls, dim, rate):
    run = trained(cls, dim, rate)
    for c in run.checkpoints:
        assert c.below_radius == 0
        for t in c.tests:
            assert t.radius == get_class(cls).radius_at(t.phi, rate)
            attained = t.radius if cls != "convex" else t.radius * (1 - F(1, 10**9))
            assert t.error >= attained
            assert t.upper_bound is not None
            assert 0 <= t.upper_bound - t.error <= F(1, 10**9)  # certain: no function is worse


@pytest.mark.parametrize(("cls", "dim", "rate"), [c for c in SHOWN if c[0] not in ("affine", "constant")])
def test_training_comes_close_to_the_radius(cls, dim, rate):
    run = trained(cls, dim, rate)
    first, last = run.checkpoints[0], run.last
    assert last.worst < first.worst
    assert 1 - F(1, 10**9) <= last.best_ratio <= last.worst_ratio < F(3, 2)


def test_for_affine_functions_of_one_variable_the_error_goes_to_0():
    run = trained("affine", 1)
    errors = [c.worst for c in run.checkpoints]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 20
    assert run.radius == 0
    assert run.last.best_ratio is None


def test_a_constant_needs_no_training():
    run = trained("constant", 1)
    assert [c.step for c in run.checkpoints] == [0]
    assert run.last.worst == 0
    assert run.last.typical == 0


def test_an_error_below_the_radius_would_be_seen():
    """Against functions of another class, which may be easier: a decoder below the radius of this one."""
    phi = MinMax("0", "1", "0", "1")
    linear = counterexample("affine", phi, lambda _: lambda x: x[0])
    assert linear.error == 0
    impossible = Test(phi, linear.error, linear.upper_bound, Fiber(get_class("all"), phi).radius)
    assert impossible.below_radius
    assert not Test(phi, F(1, 2), None, F(1, 2)).below_radius
    run = trained("all", 1)
    forged = replace(run.last, tests=(impossible, *run.last.tests))
    assert forged.below_radius == 1


def test_the_seed_decides_and_results_can_be_read_back():
    settings = replace(SMALL, steps=(0, 20), tested=2)
    first, second = (train("convex", 1, None, settings) for _ in range(2))
    assert first == second
    assert first != train("convex", 1, None, replace(settings, seed=1))
    assert Run.from_json(first.to_json()) == first


def test_progress_is_told():
    seen = []
    train("affine", 1, None, replace(SMALL, steps=(60,), tested=1), progress=lambda *what: seen.append(what))
    assert {what.split(":")[1].split()[0] for what, _, _ in seen} == {"training", "testing"}


@pytest.mark.parametrize(
    "bad",
    [
        {"width": 0},
        {"steps": ()},
        {"steps": (3, 3)},
        {"steps": (0,)},
        {"steps": (-1, 4)},
        {"seconds": 0},
        {"tested": 0},
    ],
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(InvalidInputError):
        Settings(**bad)


def test_bad_requests_are_refused():
    with pytest.raises(InvalidInputError, match="1, 2 or both"):
        cases(["all"], [3])
    with pytest.raises(UnknownNameError):
        cases(["everything"], [1])
    with pytest.raises(InvalidInputError, match="Lipschitz constant"):
        train("lipschitz", 1, None, SMALL)
    with pytest.raises(InvalidInputError, match="2 dimensions"):
        decoder_of(1)(MinMax(["0", "0"], ["1", "1"], "0", "1"))
    broken = decoder_of(1)
    with torch.no_grad():
        broken.module[0].weight[0, 0] = torch.nan
    with pytest.raises(InvalidInputError, match="no numbers"):
        broken(MinMax("0", "1", "0", "1"))
