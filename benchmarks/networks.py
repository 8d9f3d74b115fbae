"""``networks``: exact functions as torch modules: sizes, errors and time, one by one and thousands at once.

The batch is 10,000 functions of one variable at 1,000 points, built from Φ and evaluated. Peers: the same
functions as 10,000 ``nn.Sequential`` modules, built and then called in a loop; and direct evaluation of
piecewise affine functions (``searchsorted`` and ``gather`` in tables of knots) on the same device.
Peers and batch take turns, and medians are compared.
"""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable
from fractions import Fraction as F

import torch

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.fiber import Fiber
from fvtheory.functions import Clip, Cone, Function
from fvtheory.information import MinMax
from fvtheory.networks import float_error, realize
from fvtheory.networks.batches import Ramps, Stacked, pairs
from fvtheory.report.terminal import grid

POINTS = 1_000
COUNT, QUICK_COUNT = 10_000, 1_000
ROUNDS, QUICK_ROUNDS = 9, 5


# ---- one by one -------------------------------------------------------------------------------------------


def functions() -> dict[str, Function]:
    """Continuous members of the classes in one to three dimensions, and cones in many."""
    found: dict[str, Function] = {}
    for cls in ("neural-network", "lipschitz", "convex", "affine"):
        for dim in (1, 2, 3):
            a, b = [F(1, 3)] * dim, [F(1)] * dim
            if cls == "affine":
                a, b = [F(0)] + [F(1, 3)] * (dim - 1), [F(1)] + [F(1, 3)] * (dim - 1)
            fiber = Fiber(
                get_class(cls), MinMax(a, b, F(1, 7), F(8, 9)), F(7, 3) if cls == "lipschitz" else None
            )
            for side, f in zip(("lower", "upper"), fiber.pair(fiber.widest_point()), strict=True):
                found[f"{cls} {dim} {side}"] = f
    for dim in (8, 64):
        found[f"cone {dim}"] = Clip(Cone([F(1, 3)] * dim, F(1, 7), 3), F(1, 7), F(8, 9))
    return found


def single() -> dict[str, float]:
    """Conversions: processor time, the least of 15, since other work on the machine only adds to it."""
    rows, seconds, errors, fewer = [], {}, [], 0
    for name, f in functions().items():
        try:
            made = realize(f)
        except InvalidInputError:
            continue  # a member with jumps
        took = min(timed(lambda f=f: realize(f), time.thread_time) for _ in range(15))
        error, known = float_error(made, f), made.known_bound
        seconds[name] = took
        errors.append(float(error.on_inputs))
        fewer += known is not None and made.hidden_units <= known.units
        rows.append(
            [
                name,
                made.form,
                str(made.hidden_units),
                str(known.units) if known else "-",
                f"{errors[-1]:.1e}",
                f"{took * 1e3:.2f}",
            ]
        )
    print(grid(("function", "form", "units", "known to suffice", "proved error", "CPU ms"), rows))
    many = seconds.pop("cone 64")
    return {
        "conversions": len(rows),
        "conversion_ms_median": round(statistics.median(seconds.values()) * 1e3, 2),
        "conversion_ms_max": round(max(seconds.values()) * 1e3, 2),
        "conversion_ms_cone_64": round(many * 1e3, 2),
        "proved_error_max": max(errors),
        "no_larger_than_known": fewer,
    }


def timed(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


# ---- thousands at once --------------------------------------------------------------------------------------


def informations(count: int, device: str) -> tuple[torch.Tensor, ...]:
    """Random Φ in one variable: x_min, x_max (n, 1) and f_min, f_max (n,)."""
    numbers = torch.Generator().manual_seed(0)
    a, b = (torch.rand(count, 1, generator=numbers) for _ in range(2))
    low = torch.rand(count, generator=numbers) / 2
    high = low + torch.rand(count, generator=numbers) / 2
    return tuple(t.to(device) for t in (a, b, low, high))


def knots(phi: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """The function that is f_min left of the nearer extremum and goes to f_max and half-way back, as tables."""
    a, b, low, high = phi
    left, right = torch.minimum(a, b), torch.maximum(a, b)
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    xs = torch.cat([zero, left, right, (right + one) / 2, one], 1)
    middle = (low + high) / 2
    ys = torch.stack([low, low, high, middle, middle], 1)
    return xs, ys


def cone_knots(phi: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """The cone up from x_min as tables."""
    a, b, low, high = phi
    reach = (a - b).abs()
    inner = [(a - reach).clamp_min(0), a, (a + reach).clamp_max(1)]
    xs = torch.cat([torch.zeros_like(a), *inner, torch.ones_like(a)], 1)
    heights = ((xs - a).abs() / reach).clamp_max(1)
    return xs, low[:, None] + (high - low)[:, None] * heights


def direct(xs: torch.Tensor, ys: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """The piecewise affine functions by search in their tables."""
    slopes = torch.nan_to_num(ys.diff(dim=1) / xs.diff(dim=1), posinf=0.0, neginf=0.0)
    x = points[:, 0].expand(len(xs), -1).contiguous()
    piece = torch.searchsorted(xs, x).clamp_(1, xs.shape[1] - 1) - 1
    return ys.gather(1, piece) + slopes.gather(1, piece) * (x - xs.gather(1, piece))


def sequentials(stacked: Ramps) -> list[torch.nn.Sequential]:
    """The same functions as modules, one by one."""
    width, modules = stacked.start.shape[1], []
    with torch.no_grad():
        for i in range(len(stacked)):
            first, second, last = (
                torch.nn.Linear(1, width),
                torch.nn.Linear(width, width),
                torch.nn.Linear(width, 1),
            )
            first.weight.fill_(1)
            first.bias.copy_(-stacked.start[i])
            second.weight.copy_(-stacked.rate[i].diag())
            second.bias.copy_(stacked.offset[i])
            last.weight.copy_(stacked.scale[i : i + 1])
            last.bias.copy_(stacked.end[i : i + 1])
            parts = (first, torch.nn.ReLU(), second, torch.nn.ReLU(), last)
            modules.append(torch.nn.Sequential(*parts).to(stacked.end.device))
    return modules


def looped(stacked: Ramps, points: torch.Tensor) -> torch.Tensor:
    modules = sequentials(stacked)
    with torch.no_grad():
        return torch.cat([module(points) for module in modules], 1).T


def batch(count: int, rounds: int, device: str) -> dict[str, float]:
    phi = informations(count, device)
    points = torch.rand(POINTS, 1, generator=torch.Generator().manual_seed(1)).to(device)

    def finished(call: Callable[[], object]) -> float:
        def whole() -> None:
            call()
            if device == "cuda":
                torch.cuda.synchronize()

        return timed(whole)

    calls: dict[str, Callable[[], torch.Tensor]] = {
        "ramps": lambda: Ramps.from_knots(*knots(phi))(points),
        "ramps_direct": lambda: direct(*knots(phi), points),
        "cones": lambda: pairs("neural-network", *phi).upper(points),
        "cones_direct": lambda: direct(*cone_knots(phi), points),
    }
    growth = grown(calls["ramps"])
    stacked = Ramps.from_knots(*knots(phi))
    gap = float((calls["ramps"]() - calls["ramps_direct"]()).abs().median())
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    seconds["ramps_gradient"] = []
    for _ in range(rounds):
        for name, call in calls.items():
            seconds[name].append(finished(call))
        x = points.clone().requires_grad_()
        seconds["ramps_gradient"].append(finished(lambda x=x: stacked(x).sum().backward()))
    loop = finished(lambda: looped(stacked, points))
    few = looped(Ramps(**{n: t[:200] for n, t in stacked.named_buffers()}), points)
    agreement = float((few - stacked(points)[:200]).abs().max())
    median = {name: statistics.median(values) for name, values in seconds.items()}
    figures = {f"{name}_ms": round(value * 1e3, 1) for name, value in median.items()}
    figures |= {
        "loop_s": round(loop, 2),
        "loop_over_ramps": round(loop / median["ramps"], 1),
        "loop_over_cones": round(loop / median["cones"], 1),
        "direct_over_ramps": round(median["ramps_direct"] / median["ramps"], 2),
        "direct_over_cones": round(median["cones_direct"] / median["cones"], 2),
        "largest_gap_to_modules": agreement,
        "median_gap_to_direct": gap,
        **memory(stacked),
        "memory_growth_mb": growth,
    }
    return figures


def memory(stacked: Stacked) -> dict[str, float]:
    return {f"{name}_mb": round(size / 2**20, 2) for name, size in stacked.memory(POINTS).items()}


def grown(call: Callable[[], object]) -> float:
    """By how much one call raises the most memory that the process has had, in MiB (values included)."""
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    call()
    return round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10, 1)


def run(quick: bool) -> dict:
    count, rounds = (QUICK_COUNT, QUICK_ROUNDS) if quick else (COUNT, ROUNDS)
    figures: dict = {"networks": count, "points": POINTS, "threads": torch.get_num_threads()}
    for device in ("cpu", *(["cuda"] if torch.cuda.is_available() else [])):
        figures |= {f"{device}_{name}": value for name, value in batch(count, rounds, device).items()}
    if not torch.cuda.is_available():
        print("no CUDA device: figures are for the CPU\n")
    figures |= single()
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
