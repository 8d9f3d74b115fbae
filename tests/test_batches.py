"""Stacked networks: the values of single ones, the Φ they should have, bounded memory, gradients."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from fvtheory.classes import get_class
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.functions import (
    Affine,
    Clip,
    Cone,
    Function,
    MaxAffine,
    PiecewiseAffine1D,
    constant,
    is_monotone,
)
from fvtheory.information import MinMax
from fvtheory.networks import certify, float_error, realize

torch = pytest.importorskip("torch")
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

from fvtheory.networks.batches import (  # noqa: E402
    PAIR_CLASSES,
    Gauges,
    Ramps,
    Stacked,
    pairs,
    stack,
)
from fvtheory.networks.realization import to_module  # noqa: E402

F = Fraction
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
ROOT = Path(__file__).resolve().parents[1]


def curves(count: int, seed: int = 0) -> list[Function]:
    """Functions of one variable with two to six knots, and a constant."""
    rng = random.Random(seed)
    found: list[Function] = [constant(F(1, 3))]
    for _ in range(count - 1):
        xs = sorted({F(rng.randrange(1, 97), 97) for _ in range(rng.randrange(5))})
        found.append(PiecewiseAffine1D([(x, F(rng.randrange(14), 13)) for x in (F(0), *xs, F(1))]))
    return found


def cones(count: int, dim: int, seed: int = 0) -> list[Function]:
    """Clipped cones, up and down, cones with an apex on the boundary, and gauges."""
    rng = random.Random(seed)
    found: list[Function] = []
    for k in range(count):
        apex = [F(rng.randrange(90), 89) for _ in range(dim)]
        if k % 4 == 0:
            apex[0] = F(k % 8 == 0)
        if k % 3 == 2:
            pieces = []
            for j, a in enumerate(apex):
                for wall in (0, 1):
                    if a != wall:
                        slope = [F(0)] * dim
                        slope[j] = F(3, 4) / (wall - a)
                        pieces.append((slope, F(1, 8) - slope[j] * a))
            found.append(MaxAffine(pieces))
        elif k % 3 == 1:
            found.append(Clip(Cone(apex, F(7, 9), -F(rng.randint(5, 90), 7)), F(1, 7), 1))
        else:
            found.append(Clip(Cone(apex, F(1, 9), F(rng.randint(5, 90), 7)), 0, F(8, 9)))
    return found


def points(count: int, dim: int, dtype=torch.float32, device="cpu", seed=0):
    numbers = torch.Generator().manual_seed(seed)
    return torch.rand(count, dim, generator=numbers, dtype=dtype).to(device)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("dim", [1, 2, 3, 8])
def test_values_are_those_of_single_realizations_within_their_bounds(dim, dtype, device):
    functions = curves(12) if dim == 1 else cones(12, dim)
    stacked = stack(functions, dtype, device)
    assert isinstance(stacked, Ramps if dim == 1 else Gauges)
    x = points(80, dim, getattr(torch, dtype), device)
    values = stacked(x)
    assert values.shape == (12, 80)
    assert values.dtype == getattr(torch, dtype)
    for i, f in enumerate(functions):
        made = realize(f, dtype, device)
        assert stacked.network(i) == made.network or made.form == "affine"
        bound = max(float_error(n, f, dtype).on_inputs for n in (made.network, stacked.network(i)))
        single = made(x).tolist()
        for v, w, p in zip(values[i].tolist(), single, x.tolist(), strict=True):
            exact = f.at(tuple(map(F, p)))
            assert abs(F(v) - exact) <= bound
            assert abs(F(v) - F(w)) <= 2 * bound


def test_a_tampered_stack_is_noticed():
    functions = cones(6, 2)
    stacked = stack(functions)
    x = points(400, 2)
    bound = max(float_error(realize(f).network, f).on_inputs for f in functions)
    good = stacked(x)
    stacked.steepness *= 1.001
    assert float((stacked(x) - good).abs().max()) > 10 * bound
    assert stacked.network(0) != realize(functions[0]).network


# ---- many Φ -----------------------------------------------------------------------------------------------


def feasible(cls: str, count: int, dim: int, dtype=torch.float32, device="cpu", seed=3):
    """Random Φ of a class as tensors, some of them with extrema very close; and a Lipschitz constant."""
    g = torch.Generator().manual_seed(seed)
    a, b = (torch.rand(count, dim, generator=g, dtype=dtype) for _ in range(2))
    b[::5] = (a[::5] + 1e-6).clamp(0, 1)
    if cls == "convex":
        b[:, 0] = (torch.rand(count, generator=g) < 0.5).to(dtype)
        b[::3] = b[::3].round()
    if cls == "affine":
        a[:, 0] = (torch.rand(count, generator=g) < 0.5).to(dtype)
        b[:, 0] = 1 - a[:, 0]
    low = torch.rand(count, generator=g, dtype=dtype) / 2
    high = low + torch.rand(count, generator=g, dtype=dtype) / 2
    rate = None
    if cls == "lipschitz":
        gap = (a.double() - b.double()).abs().amax(1)
        rate = (1.01 * (high - low).double() / gap + 1e-3).to(device)
    return [t.to(device) for t in (a, b, low, high)], rate


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("dim", [1, 3])
@pytest.mark.parametrize("cls", PAIR_CLASSES)
def test_pairs_have_their_information_in_floating_point(cls, dim, dtype, device):
    phi, rate = feasible(cls, 300, dim, dtype, device)
    found = pairs(cls, *phi, lipschitz=rate)
    x = points(50, dim, dtype, device)
    for member in (found.lower, found.upper):
        at_min = member(found.x_min[:, None, :])[:, 0]
        at_max = member(found.x_max[:, None, :])[:, 0]
        assert torch.equal(at_min, found.f_min)
        assert torch.equal(at_max, found.f_max)
        values = member(x)
        assert bool((values >= found.f_min[:, None]).all())
        assert bool((values <= found.f_max[:, None]).all())


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("cls", PAIR_CLASSES)
def test_pairs_are_certified_members_up_to_rounding(cls, dim):
    phi, rate = feasible(cls, 10, dim)
    found = pairs(cls, *phi, lipschitz=rate)
    for i in range(10):
        exact = MinMax(
            *([F(c) for c in t[i].tolist()] for t in (found.x_min, found.x_max)),
            *(F(t[i].item()) for t in (found.f_min, found.f_max)),
        )
        assert get_class(cls).is_feasible(exact, None if rate is None else F(rate[i].item()))
        for member in (found.lower, found.upper):
            network = member.network(i)
            proof = certify(network, exact)
            assert proof.is_exact
            assert proof.computes_information
            if rate is not None:
                assert proof.rate <= F(rate[i].item()) * (1 + F(1, 10**5))
            if cls == "monotone" and dim == 1:
                assert is_monotone(network.to_piecewise_affine()) is not None
            single = to_module(network, "float32")
            x = points(40, dim, seed=i)
            gap = (single(x)[:, 0] - member(x)[i]).abs().max()
            assert float(gap) <= 4e-6


def test_reach_bounds_how_far_members_rise():
    phi, _ = feasible("neural-network", 50, 2)
    found = pairs("neural-network", *phi, reach=0.25)
    assert bool((found.upper.steepness >= 4).all())
    assert torch.equal(found.upper(found.x_max[:, None])[:, 0], found.f_max)


@pytest.mark.parametrize("cls", ["neural-network", "lipschitz", "monotone", "convex", "affine"])
def test_infeasible_information_is_refused(cls):
    (a, b, low, high), rate = feasible(cls, 20, 2)
    b[7] = a[7]
    high[7] = low[7] + 0.25
    with pytest.raises(InfeasibleInformationError, match=r"1 infeasible Φ .* row 7"):
        pairs(cls, a, b, low, high, lipschitz=rate)
    high[7] = low[7]
    values = pairs(cls, a, b, low, high, lipschitz=rate).upper(points(30, 2))[7]
    assert len(set(values.tolist())) == 1  # a constant has every point as its extrema


def test_other_information_is_refused():
    (a, b, low, high), _ = feasible("all", 20, 2)
    with pytest.raises(InvalidInputError, match="one of"):
        pairs("constant", a, b, low, high)
    with pytest.raises(InvalidInputError, match="lipschitz"):
        pairs("lipschitz", a, b, low, high)
    with pytest.raises(InvalidInputError, match="shapes"):
        pairs("all", a, b[:3], low, high)
    with pytest.raises(InvalidInputError, match="outside"):
        pairs("all", a, b + 2, low, high)
    with pytest.raises(InvalidInputError, match="reach"):
        pairs("all", a, b, low, high, reach=0.0)
    with pytest.raises(InvalidInputError, match="float16"):
        pairs("all", a.half(), b.half(), low.half(), high.half())


# ---- knots ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_knots_given_as_tensors(dtype):
    g = torch.Generator().manual_seed(2)
    inner = torch.rand(200, 4, generator=g, dtype=dtype).sort(1).values
    inner[::3, 1] = inner[::3, 0] + 1e-6
    inner = inner.sort(1).values
    inner[::7, 2] = inner[::7, 1]
    xs = torch.cat([torch.zeros(200, 1, dtype=dtype), inner, torch.ones(200, 1, dtype=dtype)], 1)
    ys = torch.rand(200, 6, generator=g, dtype=dtype)
    ys[::7, 3] = ys[::7, 2]
    ys[:, 1] = ys[:, 0]
    made = Ramps.from_knots(xs, ys)
    assert made.start.shape[1] == 4  # the first piece is flat in all
    values = made(xs[:, :, None])
    step = 2.0 ** -((24 if dtype == torch.float32 else 53) - 4)
    assert float((values - ys).abs().max()) <= step
    everywhere = made(points(300, 1, dtype))
    assert bool((everywhere <= values.amax(1, keepdim=True)).all())
    assert bool((everywhere >= values.amin(1, keepdim=True)).all())
    for i in range(0, 200, 23):
        knots = {F(x): F(y) for x, y in zip(xs[i].tolist(), values[i].tolist(), strict=True)}
        f = PiecewiseAffine1D(sorted(knots.items()))
        network = made.network(i)
        error = float_error(network, f, dtype)
        assert error.on_inputs < F(1, 10**5 if dtype == torch.float32 else 10**14)
        assert certify(network, MinMax([0], [1], 0, 1), dtype=dtype).in_range


def test_wrong_knots_are_refused():
    xs, ys = torch.tensor([[0.0, 0.5, 1.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    for x, y in (
        (xs.flip(1), ys),
        (xs / 2, ys),
        (xs, ys[:, :2]),
        (xs, ys + float("nan")),
        (xs.half(), ys.half()),
        (torch.tensor([[0.0, 0.5, 0.5, 1.0]]), torch.tensor([[0.0, 0.5, 0.6, 1.0]])),
    ):
        with pytest.raises(InvalidInputError):
            Ramps.from_knots(x, y)


# ---- memory -----------------------------------------------------------------------------------------------


class LargestTensor(TorchDispatchMode):
    """Notes the largest tensor that an operation makes, but for the values that are asked for."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self.asked, self.largest = asked, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.numel() != self.asked:
            self.largest = max(self.largest, made.numel())
        return made


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_memory_is_bounded_by_blocks(dim):
    functions = curves(20) if dim == 1 else cones(20, dim)
    x = points(500, dim)
    values = stack(functions)(x)
    small = stack(functions, max_bytes=4096)
    with LargestTensor(values.numel()) as seen, torch.no_grad():
        assert torch.equal(small(x), values)
    assert seen.largest <= max(4096 // 4, x.numel())
    with LargestTensor(values.numel()) as seen, torch.no_grad():
        stack(functions, max_bytes=2**16)(x)
    assert seen.largest > 4096 // 4
    with LargestTensor(values.numel()) as seen:
        y = x.clone().requires_grad_()
        small(y).sum().backward()
    assert seen.largest <= max(4096 // 4, x.numel())
    assert small.memory(500)["in_work"] == 4096
    assert small.memory(500)["values"] == 20 * 500 * 4
    assert small.memory(500)["parameters"] == sum(b.numel() * 4 for b in small.buffers())
    with pytest.raises(InvalidInputError, match="max_bytes"):
        stack(functions, max_bytes=10)


def test_blocks_need_not_be_held_together():
    stacked = stack(cones(30, 3), max_bytes=8192)
    x = points(700, 3)
    values, filled = stacked(x), torch.zeros(30, 700, dtype=torch.int64)
    count = 0
    for rows, columns, block in stacked.blocks(x):
        assert torch.equal(values[rows, columns], block)
        filled[rows, columns] += 1
        count += 1
    assert count > 1
    assert bool((filled == 1).all())


# ---- gradients --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_gradients_are_those_of_single_networks(dim, device):
    functions = curves(9) if dim == 1 else cones(9, dim)
    stacked = stack(functions, "float64", device, max_bytes=4096)
    own = torch.stack([points(40, dim, torch.float64, device, seed=i) for i in range(9)]).requires_grad_()
    shared = points(40, dim, torch.float64, device).requires_grad_()
    weights = points(9, 40, torch.float64, device, seed=50)
    (stacked(own) * weights).sum().backward()
    (stacked(shared) * weights).sum().backward()
    wanted = torch.zeros_like(shared)
    for i, f in enumerate(functions):
        module = realize(f, "float64", device).module
        x = own[i].detach().requires_grad_()
        (module(x)[:, 0] * weights[i]).sum().backward()
        torch.testing.assert_close(own.grad[i], x.grad)
        x = shared.detach().requires_grad_()
        (module(x)[:, 0] * weights[i]).sum().backward()
        wanted += x.grad
    torch.testing.assert_close(shared.grad, wanted)


def test_activation_maximization_runs_on_all_at_once():
    phi, _ = feasible("neural-network", 200, 2, seed=8)
    upper = pairs("neural-network", *phi).upper
    x = points(200, 2, seed=4)[:, None, :].requires_grad_()
    before = upper(x).detach().mean()
    for _ in range(60):
        (gradient,) = torch.autograd.grad(upper(x).sum(), x)
        x = (x + 0.02 * gradient.sign()).clamp(0, 1).detach().requires_grad_()
    found = upper(x).detach()[:, 0]
    assert float(found.mean()) > float(before)
    assert float((found == phi[3].mul(2**24).round().div(2**24)).float().mean()) > 0.8


def test_second_derivatives_are_refused():
    stacked = stack(cones(3, 2))
    x = points(4, 2).requires_grad_()
    (gradient,) = torch.autograd.grad(stacked(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError):
        gradient.sum().backward()


# ---- arithmetic and shapes ----------------------------------------------------------------------------------


def test_dtype_device_and_shape_are_asserted():
    stacked = stack(cones(3, 2))
    for wrong in (points(4, 2, torch.float64), points(4, 3), points(4, 2)[0], points(8, 2).reshape(4, 2, 2)):
        with pytest.raises(InvalidInputError):
            stacked(wrong)
    with pytest.raises(InvalidInputError):
        stacked.half()(points(4, 2).half())
    with pytest.raises(InvalidInputError, match="at least one"):
        stack([])
    with pytest.raises(InvalidInputError, match="cones"):
        stack([Affine([1, 0], 0)])
    with pytest.raises(InvalidInputError, match="one variable"):
        Ramps.from_functions([Affine([1, 0], 0)])
    with pytest.raises(InvalidInputError):
        Gauges.from_functions([*cones(1, 2), *cones(1, 3)])


def test_reduced_precision_is_refused():
    stacked, before = stack(cones(3, 2)), torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("high")
        with pytest.raises(InvalidInputError, match="TF32"):
            stacked(points(4, 2))
    finally:
        torch.set_float32_matmul_precision(before)
    stacked(points(4, 2))


def test_a_stack_is_a_module():
    stacked = stack(cones(3, 2))
    assert isinstance(stacked, Stacked)
    assert isinstance(stacked, torch.nn.Module)
    assert len(stacked) == 3
    again = stack(cones(3, 2, seed=9))
    again.load_state_dict(stacked.state_dict())
    x = points(9, 2)
    assert torch.equal(again(x), stacked(x))
    again.above_weight.mul_(2)  # no longer plain distances
    assert not torch.equal(again(x), stacked(x))
    assert abs(float(again(x)[1, 0]) - float(again.network(1).at(tuple(map(F, x[0].tolist()))))) < 1e-5
    with pytest.raises(IndexError):
        stacked.network(3)


def test_the_package_is_imported_without_torch():
    code = (
        "import sys, fvtheory, fvtheory.networks, fvtheory.network_equality; assert 'torch' not in sys.modules;"
        "import fvtheory.networks.batches; assert 'torch' in sys.modules"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr


def test_blocks_in_turn_leave_gradients_on():
    found = pairs("neural-network", *feasible("neural-network", 20, 1)[0], reach=0.25)
    both = (found.lower, found.upper)
    for _ in zip(*(stacked.blocks(points(30, 1)) for stacked in both), strict=True):
        assert torch.is_grad_enabled()
    assert torch.is_grad_enabled()
