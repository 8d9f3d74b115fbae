"""Decoders that are trained: networks that see Φ and a point and predict f there.

A decoder is trained on random functions of a class (`fvtheory.experiments.random_members`), and its
worst-case error on a Φ that it was not trained on is found by the adversary (`fvtheory.adversary`): for
one Φ the decoder is a ReLU network of x, whose weights are rationals. So the error is an exact number,
belongs to a function of the class with this Φ that one can write down, and can be compared with the
radius of information R exactly. Nothing that is learned has an error below R; where R is 0, for affine
functions of one variable (Table 1 of Geirhos et al. 2024), it goes to 0 as training goes on.

Functions are seen in the unit of f_max - f_min: the decoder is f_min + (f_max - f_min) g(x, x_min, x_max,
(f_max - f_min)/L) with a network g, which is no restriction, since f is in the fiber of Φ if and only if
(f - f_min)/(f_max - f_min) is in that of (x_min, x_max, 0, 1), with L/(f_max - f_min) for L.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from fvtheory.adversary import counterexample
from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError
from fvtheory.exact import text
from fvtheory.experiments.random_members import (
    Draw,
    Information,
    draw_information,
    draw_members,
    draw_points,
)
from fvtheory.information import MinMax
from fvtheory.networks.reading import network_from_torch
from fvtheory.networks.relu import Layer, ReluNetwork

ZERO, ONE = Fraction(0), Fraction(1)

APPROACHED = Fraction(1, 10**9)
"""Where the radius is approached only (class convex), the adversary comes as close to it, relatively."""

POINTS = 16
"""At how many points each random function is seen."""

POOL = 16
"""For how many steps random functions are drawn at once."""

POWER = 8
"""Of the norm of the errors that is the loss: the greater, the more the worst error counts."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and out of how much."""


@dataclass(frozen=True)
class Settings:
    """How decoders are trained and tested.

    Attributes:
        width, depth: of the hidden layers.
        batch: how many functions a training step sees, each at `POINTS` points.
        steps: at how many steps the decoder is tested, increasing; the last is the end of training.
        tested: how many Φ it is tested on.
        seconds: for one test of two variables; small networks are done before, so that results do not
            depend on the machine.
        seed: of everything random.

    Raises:
        InvalidInputError: for numbers below 1, and steps that do not increase.
    """

    width: int = 16
    depth: int = 2
    batch: int = 128
    steps: tuple[int, ...] = (0, 30, 100, 300, 1000, 3000)
    tested: int = 6
    seconds: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.width, self.depth, self.batch, self.tested) < 1:
            raise InvalidInputError(
                f"width, depth, batch, tested = {self.width}, {self.depth}, {self.batch}, {self.tested}",
                "at least 1 each",
            )
        if not self.steps or self.steps[0] < 0 or any(p >= q for p, q in pairwise(self.steps)):
            raise InvalidInputError(f"steps {list(self.steps)}", "steps that increase, at least one")
        if self.steps[-1] < 1 or not self.seconds > 0:
            raise InvalidInputError(
                f"{self.steps[-1]} steps and {self.seconds} seconds", "at least one step, more than 0 seconds"
            )

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "steps": list(self.steps)}


QUICK = Settings(width=10, batch=64, steps=(0, 10, 30, 100, 300), tested=3)
"""Small and soon done."""


@dataclass(frozen=True)
class Test:
    """One decoder on one Φ.

    Attributes:
        phi: the information.
        error: the error on a function of the class with this Φ, exactly; the greatest found.
        upper_bound: no function of the class with this Φ has a greater error; None where not known.
        radius: no decoder has a smaller worst-case error.
    """

    __test__ = False  # no test of pytest

    phi: MinMax
    error: Fraction
    upper_bound: Fraction | None
    radius: Fraction

    @property
    def below_radius(self) -> bool:
        """Whether the decoder did what no decoder can."""
        return self.error < self.radius * (1 - APPROACHED)

    def to_json(self) -> dict[str, Any]:
        return {
            "phi": self.phi.to_json(),
            "error": text(self.error),
            "upper_bound": None if self.upper_bound is None else text(self.upper_bound),
            "radius": text(self.radius),
            "below_radius": self.below_radius,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Test:
        bound = data["upper_bound"]
        return cls(
            MinMax.from_json(data["phi"]),
            Fraction(data["error"]),
            None if bound is None else Fraction(bound),
            Fraction(data["radius"]),
        )


@dataclass(frozen=True)
class Checkpoint:
    """A decoder after some steps of training.

    Attributes:
        step: how many.
        typical: mean |decoder - f| / (f_max - f_min) over fresh random functions and points; not exact.
        tests: one a Φ.
    """

    step: int
    typical: float
    tests: tuple[Test, ...]

    @property
    def worst(self) -> Fraction:
        """The greatest error / (f_max - f_min) over the Φ it was tested on."""
        return max(_relative(t.error, t.phi) for t in self.tests)

    @property
    def best_ratio(self) -> Fraction | None:
        """The least error / radius; None where all radii are 0."""
        return min((t.error / t.radius for t in self.tests if t.radius), default=None)

    @property
    def worst_ratio(self) -> Fraction | None:
        """The greatest error / radius; None where all radii are 0."""
        return max((t.error / t.radius for t in self.tests if t.radius), default=None)

    @property
    def below_radius(self) -> int:
        """On how many Φ the decoder did what no decoder can."""
        return sum(t.below_radius for t in self.tests)

    def to_json(self) -> dict[str, Any]:
        return {"step": self.step, "typical": self.typical, "tests": [t.to_json() for t in self.tests]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Checkpoint:
        return cls(data["step"], data["typical"], tuple(map(Test.from_json, data["tests"])))


@dataclass(frozen=True)
class Run:
    """Training on one class in one dimension.

    Attributes:
        cls, dim, lipschitz: the class.
        checkpoints: one a tested step.
        seconds: how long it took.
    """

    cls: str
    dim: int
    lipschitz: Fraction | None
    checkpoints: tuple[Checkpoint, ...]
    seconds: float = field(compare=False, default=0.0)

    @property
    def name(self) -> str:
        """Class and dimension: ``convex-2d``."""
        return f"{self.cls}-{self.dim}d"

    @property
    def last(self) -> Checkpoint:
        """The test at the end of training."""
        return self.checkpoints[-1]

    @property
    def radius(self) -> Fraction:
        """The greatest radius / (f_max - f_min) over the Φ of the tests."""
        return max(_relative(t.radius, t.phi) for t in self.last.tests)

    def to_json(self) -> dict[str, Any]:
        return {
            "class": self.cls,
            "dim": self.dim,
            "lipschitz": None if self.lipschitz is None else text(self.lipschitz),
            "seconds": round(self.seconds, 3),
            "checkpoints": [c.to_json() for c in self.checkpoints],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Run:
        rate = data["lipschitz"]
        checkpoints = tuple(map(Checkpoint.from_json, data["checkpoints"]))
        rated = None if rate is None else Fraction(rate)
        return cls(data["class"], data["dim"], rated, checkpoints, data["seconds"])


def _relative(value: Fraction, phi: MinMax) -> Fraction:
    """In the unit of f_max - f_min (1 for constants)."""
    return value / (phi.spread or ONE)


# ---- decoders --------------------------------------------------------------------------------------


class LearnedDecoder:
    """f_min + (f_max - f_min) g(x, x_min, x_max, (f_max - f_min)/L) with a network g of Linear and ReLU.

    It is a decoder as in `fvtheory.decoders`: called with Φ it answers with an exact network of x.

    Args:
        dim: the number of variables.
        lipschitz: the Lipschitz constant L of the class; None: 1.
        width, depth: of the hidden layers.
        generator: of the first weights.
        device, dtype: of the network.
    """

    def __init__(
        self,
        dim: int,
        lipschitz: Fraction | None,
        width: int,
        depth: int,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.dim, self.rate = dim, lipschitz or ONE
        widths = [3 * dim + 1, *[width] * depth, 1]
        parts: list[torch.nn.Module] = []
        for inputs, outputs in pairwise(widths):
            linear = torch.nn.utils.skip_init(torch.nn.Linear, inputs, outputs, device=device, dtype=dtype)
            spread = (6 / inputs) ** 0.5  # He et al. 2015, uniform
            with torch.no_grad():
                for tensor, reach in ((linear.weight, spread), (linear.bias, 0.5)):
                    drawn = torch.rand(tensor.shape, generator=generator, device=generator.device)
                    tensor.copy_(reach * (2 * drawn - 1))
            parts += [linear, torch.nn.ReLU()]
        self.module = torch.nn.Sequential(*parts[:-1])

    def values(self, phi: Information, x: Tensor) -> Tensor:
        """g at points (n, k, d) for n times Φ: (n, k)."""
        n, k, _ = x.shape
        known = torch.cat([phi.x_min, phi.x_max, phi.spread[:, None] / float(self.rate)], 1)
        inputs = torch.cat([x, known[:, None].expand(n, k, -1)], 2)
        return self.module(inputs).squeeze(-1)

    def __call__(self, phi: MinMax) -> ReluNetwork:
        """The decoder's answer to Φ: what is known goes into the first biases, the unit into the last layer.

        Exact weights: those of the network, multiplied and added as rationals.
        """
        if phi.dim != self.dim:
            raise InvalidInputError(f"Φ in {phi.dim} dimensions", f"{self.dim} dimensions")
        first, *others = network_from_torch(_checked_chain(self.module)).layers
        known = (*phi.x_min, *phi.x_max, phi.spread / self.rate)
        bias = tuple(
            sum((w * v for w, v in zip(row[self.dim :], known, strict=True) if w), b)
            for row, b in zip(first.weight, first.bias, strict=True)
        )
        start = Layer(tuple(row[: self.dim] for row in first.weight), bias, first.relu)
        *middle, last = (start, *others)
        rows = tuple(tuple(phi.spread * w for w in row) for row in last.weight)
        end = Layer(rows, tuple(phi.f_min + phi.spread * b for b in last.bias), last.relu)
        return ReluNetwork([*middle, end])

    def __str__(self) -> str:
        return f"learned decoder {self.module[0].in_features} inputs, {len(self.module)} layers"


def _checked_chain(module: torch.nn.Sequential) -> torch.nn.Sequential:
    if not all(bool(p.isfinite().all()) for p in module.parameters()):
        raise InvalidInputError("a decoder with weights that are no numbers", "training that converges")
    return module


# ---- training and tests ------------------------------------------------------------------------------


def train(
    cls: str,
    dim: int,
    lipschitz: Fraction | None = None,
    settings: Settings = Settings(),
    device: torch.device | str = "cpu",
    progress: Progress | None = None,
) -> Run:
    """Train a decoder on random functions of a class and test it on the way.

    The loss is the 8-norm of the errors in the unit of f_max - f_min: it asks for a small worst error, so
    for the middle of the fiber.

    Raises:
        InvalidInputError: for another class or dimension, or a Lipschitz constant missing or not asked for.
    """
    start = time.monotonic()
    decoder, checkpoints = None, []
    for step, decoder, draw in _training(cls, dim, lipschitz, settings, device, progress):
        checkpoints.append(_checkpoint(cls, lipschitz, step, decoder, settings, draw, progress))
    assert decoder is not None
    return Run(cls, dim, lipschitz, tuple(checkpoints), time.monotonic() - start)


def _training(
    cls: str,
    dim: int,
    lipschitz: Fraction | None,
    settings: Settings,
    device: torch.device | str,
    progress: Progress | None,
) -> Iterator[tuple[int, LearnedDecoder, Draw]]:
    """(step, decoder, draw) at each step of the settings."""
    generator = torch.Generator().manual_seed(settings.seed)
    draw = Draw(generator)
    decoder = LearnedDecoder(dim, lipschitz, settings.width, settings.depth, generator, device)
    optimizer = torch.optim.Adam(decoder.module.parameters(), lr=1e-2)
    tested = settings.steps if cls != "constant" else (0,)  # f_min + 0 g: nothing to learn
    steps = tested[-1]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps + 1, pct_start=0.1)
    for step in range(steps + 1):
        if step in tested:
            yield step, decoder, Draw(torch.Generator().manual_seed(settings.seed + 1))
        if step == steps:
            return
        if step % POOL == 0:
            pool = _sample(cls, lipschitz, decoder, POOL * settings.batch, draw)
        k = step % POOL * settings.batch
        loss = torch.linalg.vector_norm(pool.errors(decoder, slice(k, k + settings.batch)), POWER)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if progress is not None and step % 50 == 0:
            progress(f"{cls} {dim}d: training", step, steps)


@dataclass(frozen=True)
class _Sample:
    """Random functions at random points: what the network g sees, and what it should answer."""

    phi: Information
    x: Tensor
    wanted: Tensor

    def errors(self, decoder: LearnedDecoder, rows: slice = slice(None)) -> Tensor:
        """(decoder - f) / (f_max - f_min), (rows, POINTS)."""
        return decoder.values(self.phi.take(rows), self.x[rows]) - self.wanted[rows]


def _sample(cls: str, lipschitz: Fraction | None, decoder: LearnedDecoder, count: int, draw: Draw) -> _Sample:
    phi = draw_information(cls, decoder.dim, count, draw, lipschitz)
    x = draw_points(phi, POINTS, draw)
    spread = torch.where(phi.spread > 0, phi.spread, torch.ones_like(phi.spread))[:, None]
    wanted = (draw_members(cls, phi, draw, lipschitz)(x) - phi.f_min[:, None]) / spread
    like = next(decoder.module.parameters())
    return _Sample(phi.to(like.device, like.dtype), x.to(like), wanted.to(like))


def _checkpoint(
    cls: str,
    lipschitz: Fraction | None,
    step: int,
    decoder: LearnedDecoder,
    settings: Settings,
    draw: Draw,
    progress: Progress | None,
) -> Checkpoint:
    with torch.no_grad():
        sample = _sample(cls, lipschitz, decoder, 512, draw)
        varying = (sample.phi.spread > 0)[:, None]  # where f is constant, its values are known
        typical = float((sample.errors(decoder).abs() * varying).mean())
    phis = draw_information(cls, decoder.dim, settings.tested, draw, lipschitz)
    tests = []
    for i in range(settings.tested):
        if progress is not None:
            progress(f"{cls} {decoder.dim}d: testing after {step} steps", i, settings.tested)
        tests.append(test_decoder(cls, lipschitz, decoder, phis.row(i), settings.seconds))
    return Checkpoint(step, typical, tuple(tests))


def test_decoder(
    cls: str, lipschitz: Fraction | None, decoder: Any, phi: MinMax, seconds: float = 10.0
) -> Test:
    """The worst-case error of a decoder on one Φ, exactly in one dimension, by branch and bound in more."""
    found = counterexample(get_class(cls), phi, decoder, lipschitz, seconds)
    return Test(phi, found.error, found.upper_bound, found.radius)


test_decoder.__test__ = False  # type: ignore[attr-defined]  # no test of pytest


def cases(classes: Sequence[str], dims: Sequence[int]) -> list[tuple[str, int]]:
    """Every class in every dimension.

    Raises:
        UnknownNameError: for an unknown class.
        InvalidInputError: for dimensions other than 1 and 2, where the adversary is certain and fast.
    """
    for cls in classes:
        get_class(cls)
    if not dims or any(d not in (1, 2) for d in dims):
        raise InvalidInputError(f"dimensions {list(dims)}", "1, 2 or both")
    return [(cls, dim) for dim in dims for cls in classes]
