"""Random functions on a lattice of the cube: Gaussian processes and trained networks, projected to a class.

A function is an array of its values at the points k/(m - 1) of a lattice; with its values between them any way of
interpolating that keeps the class does, so it is a function of the class with this Φ.

* ``gaussian_processes``: draws from a Gaussian process with mean 1/2, standard deviation 1/4 and squared-exponential
  covariance of a stated length scale (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006), clipped
  to [0, 1].
* ``trained_networks``: ReLU networks that stochastic gradient descent has fitted to a few noisy samples of such
  draws, each network to a task of its own, clipped to [0, 1] (which takes two more ReLUs).

`project` brings an array to a class: the mean of the least function of the class above it and the greatest one below,
a best approximation in the sup norm for Lipschitz functions (McShane, 1934) and monotone ones (isotonic regression);
the greatest convex function below it; the affine function of least squares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import torch

from fvtheory.errors import InvalidInputError

PLACES = {1: 257, 2: 33, 3: 9}
"""How many lattice points there are along each coordinate, by dimension."""

DEVIATION = 0.25
"""Of a Gaussian process at each point."""

OWN = "own"
"""In place of a Lipschitz constant: of each function its own, the least that it has."""

FREE = ("all", "neural-network", "piecewise-affine", "erm")


@dataclass(frozen=True)
class Lattice:
    """The points of the cube at which functions are given.

    Attributes:
        dim: the dimension, 1 to 3.
        points: (n, d).
        weights: (n,) with the sum 1: means over the lattice are trapezoid rules for means over the cube.
    """

    dim: int
    points: np.ndarray
    weights: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the values on the lattice: so many places a variable."""
        return (PLACES[self.dim],) * self.dim


def lattice(dim: int) -> Lattice:
    """The lattice of a dimension.

    Raises:
        InvalidInputError: for another dimension than 1, 2, 3.
    """
    if dim not in PLACES:
        raise InvalidInputError(f"random functions of {dim} variables", f"a dimension of {sorted(PLACES)}")
    line = np.linspace(0.0, 1.0, PLACES[dim])
    ends = np.ones(PLACES[dim])
    ends[[0, -1]] = 0.5
    weights = np.array([np.prod(w) for w in product(ends, repeat=dim)])
    return Lattice(dim, np.array(list(product(line, repeat=dim))), weights / weights.sum())


# ---- sources --------------------------------------------------------------------------------------


def gaussian_processes(where: Lattice, length: float, count: int, draw: np.random.Generator) -> np.ndarray:
    """Clipped draws with a length scale, (count, m, ..., m)."""
    line = np.linspace(0.0, 1.0, PLACES[where.dim])
    covariance = np.exp(-(((line[:, None] - line) / length) ** 2) / 2)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    found = draw.standard_normal((count, *where.shape))
    for axis in range(1, where.dim + 1):
        found = np.moveaxis(np.tensordot(found, root, (axis, 1)), -1, axis)
    return np.clip(0.5 + DEVIATION * found, 0.0, 1.0)


@dataclass(frozen=True)
class Training:
    """How small networks are trained.

    Attributes:
        width, depth: of the hidden layers.
        samples: how many points of a task there are.
        noise: standard deviation of their values.
        length: length scale of the tasks.
        batch, rate, momentum: of stochastic gradient descent on the mean square error.
    """

    width: int = 32
    depth: int = 2
    samples: int = 24
    noise: float = 0.05
    length: float = 0.2
    batch: int = 8
    rate: float = 0.05
    momentum: float = 0.9


def trained_networks(
    where: Lattice,
    steps: Sequence[int],
    count: int,
    draw: np.random.Generator,
    training: Training = Training(),
) -> Iterator[tuple[int, np.ndarray]]:
    """(steps so far, values of ``count`` networks on the lattice, (count, m, ..., m)) at each of ``steps``."""
    targets = gaussian_processes(where, training.length, count, draw).reshape(count, -1)
    chosen = draw.integers(len(where.points), size=(count, training.samples))
    noise = training.noise * draw.standard_normal((count, training.samples))
    x = torch.from_numpy(where.points[chosen]).float()
    y = torch.from_numpy(np.take_along_axis(targets, chosen, 1) + noise).float()
    generator = torch.Generator().manual_seed(int(draw.integers(2**62)))
    layers = _stacked(where.dim, count, training, generator)
    parameters = [p for layer in layers for p in layer]
    optimizer = torch.optim.SGD(parameters, training.rate, training.momentum)
    everywhere = torch.from_numpy(where.points).float().expand(count, -1, -1)
    for step in range(max(steps) + 1):
        if step in steps:
            with torch.no_grad():
                values = _outputs(layers, everywhere).clamp(0, 1).double().numpy()
            yield step, values.reshape(count, *where.shape)
        rows = torch.randint(training.samples, (count, training.batch), generator=generator)
        inputs = x.gather(1, rows[:, :, None].expand(-1, -1, where.dim))
        errors = (_outputs(layers, inputs) - y.gather(1, rows)) ** 2
        optimizer.zero_grad()
        errors.mean(1).sum().backward()  # one loss a network: they share nothing
        optimizer.step()


def _stacked(
    dim: int, count: int, training: Training, generator: torch.Generator
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weights (count, inputs, outputs) and biases (count, 1, outputs) of many networks (He et al. 2015)."""
    layers = []
    for inputs, outputs in pairwise([dim, *[training.width] * training.depth, 1]):
        weight = torch.randn(count, inputs, outputs, generator=generator) * (2 / inputs) ** 0.5
        bias = torch.rand(count, 1, outputs, generator=generator) - 0.5
        if outputs == 1:
            weight, bias = weight / 4, torch.full_like(bias, 0.5)
        layers.append((weight.requires_grad_(), bias.requires_grad_()))
    return layers


def _outputs(layers: Sequence[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor) -> torch.Tensor:
    """(count, k, d) to (count, k)."""
    for weight, bias in layers[:-1]:
        x = torch.relu(torch.baddbmm(bias, x, weight))
    return torch.baddbmm(layers[-1][1], x, layers[-1][0]).squeeze(2)


# ---- projection to a class ------------------------------------------------------------------------


def project(cls: str, values: np.ndarray, where: Lattice, rate: float | None = None) -> np.ndarray:
    """The functions ``values``, (count, m, ..., m), brought to a class; ``rate`` is the constant of lipschitz, or None
    where each function is to keep its own.

    Raises:
        InvalidInputError: for convex functions of several variables, or a class with nothing to measure.
    """
    if cls in FREE or (cls == "lipschitz" and rate is None):
        return values
    if cls == "lipschitz":
        assert rate is not None
        return np.stack([_lipschitz(f, where, rate) for f in values])
    if cls == "monotone":
        return np.stack([_monotone(f) for f in values])
    if cls == "convex" and where.dim == 1:
        return np.stack([_convex(f) for f in values])
    if cls == "affine" and where.dim > 1:
        return np.stack([_affine(f, where) for f in values])
    reason = (
        "functions that Φ does not determine"
        if cls in ("affine", "constant")
        else "convex functions of one variable"
    )
    raise InvalidInputError(f"random functions of class {cls} in {where.dim} variables", reason)


def own_rate(f: np.ndarray) -> float:
    """The least Lipschitz constant of a function on the lattice, in the sup norm."""
    step = 1.0 / (f.shape[0] - 1)
    greatest = 0.0
    for move in product((-1, 0, 1), repeat=f.ndim):
        if any(move):
            ahead = tuple(slice(max(0, c), f.shape[0] + min(0, c)) for c in move)
            behind = tuple(slice(max(0, -c), f.shape[0] + min(0, -c)) for c in move)
            greatest = max(greatest, float(np.abs(f[ahead] - f[behind]).max()))
    return greatest / step


def _lipschitz(f: np.ndarray, where: Lattice, rate: float) -> np.ndarray:
    flat = f.ravel()
    below, above = np.empty_like(flat), np.empty_like(flat)
    for i, x in enumerate(where.points):
        reach = rate * np.abs(where.points - x).max(axis=1)
        below[i], above[i] = (flat + reach).min(), (flat - reach).max()
    return ((below + above) / 2).reshape(f.shape)


def _monotone(f: np.ndarray) -> np.ndarray:
    """The better of a rising and a falling function."""
    found = []
    for turned in (f, np.flip(f)):
        above, below = turned, np.flip(turned)
        for axis in range(f.ndim):
            above, below = np.maximum.accumulate(above, axis), np.minimum.accumulate(below, axis)
        found.append((above + np.flip(below)) / 2)
    rising, falling = found[0], np.flip(found[1])
    return rising if np.abs(rising - f).max() <= np.abs(falling - f).max() else falling


def _convex(f: np.ndarray) -> np.ndarray:
    hull: list[int] = []
    for i in range(len(f)):
        while len(hull) > 1:
            p, q = hull[-2:]
            if (f[q] - f[p]) * (i - q) < (f[i] - f[q]) * (q - p):
                break
            hull.pop()
        hull.append(i)
    return np.interp(np.arange(len(f)), hull, f[hull])


def _affine(f: np.ndarray, where: Lattice) -> np.ndarray:
    columns = np.hstack([where.points, np.ones((len(where.points), 1))])
    found = columns @ np.linalg.lstsq(columns, f.ravel(), rcond=None)[0] - 0.5
    return (0.5 + found * min(1.0, 0.5 / max(np.abs(found).max(), 1e-12))).reshape(f.shape)
