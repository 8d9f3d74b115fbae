"""Classifier E of the fooling circuit: is this input a photograph or a visualization in the making? (Table 3 and C.1
of Geirhos et al. 2024)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from fvtheory.empirical.image_model import InputSpace
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.empirical.transformations import STANDARD, Transformations
from fvtheory.errors import InvalidInputError

CHANNELS = 16
LAYERS = ((3, 3), (5, 2), (5, 2), (5, 2), (5, 2), (3, 2))
"""Kernel and stride of the convolutions (Table 3)."""

SHARPNESS = 1024.0
"""E is 0 or 1 unless its logit is closer to 0 than 1/2048."""

SYNTHETIC, NATURAL = 0, 1


class NaturalClassifier(nn.Module):
    """1 on photographs, 0 on visualizations, and between them only where the logit is within half a `sharpness`-th of
    0: clamp(sharpness · logit + 1/2, 0, 1), which is two ReLUs.

    Convolutions are padded by half their kernel, or pictures of 224 px would shrink away before the last. Weights
    begin as He et al. (2015) drew them for ReLU: torch's own are so small that little of the picture arrives after
    seven layers, and SGD stands still for hundreds of steps.

    Args:
        space: of the network into which E is built. E takes what that network takes, (n, C, H, W) normalised, and
            begins by undoing the normalisation.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, space: InputSpace, sharpness: float = SHARPNESS) -> None:
        super().__init__()
        self.sharpness = sharpness
        std, mean = torch.tensor(space.std), torch.tensor(space.mean)
        self.register_buffer("scale", 4 * std[:, None, None], persistent=False)
        self.register_buffer("shift", (4 * mean - 2)[:, None, None], persistent=False)
        layers: list[nn.Module] = []
        channels, height, width = space.depth, space.height, space.width
        for kernel, stride in LAYERS:
            layers += [nn.Conv2d(channels, CHANNELS, kernel, stride, padding=kernel // 2), nn.ReLU()]
            channels = CHANNELS
            height, width = (height - 1) // stride + 1, (width - 1) // stride + 1
            nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")  # type: ignore[arg-type]
            nn.init.zeros_(layers[-2].bias)  # type: ignore[arg-type]
        self.features = nn.Sequential(*layers)
        self.output = nn.Linear(CHANNELS * height * width, 1)

    def logits(self, x: Tensor) -> Tensor:
        """Above 0 where x (n, C, H, W), normalised, looks like a photograph; (n,)."""
        x = torch.addcmul(self.shift, x, self.scale)
        return self.output(self.features(x).flatten(1)).squeeze(1)

    def forward(self, x: Tensor) -> Tensor:
        """E, (n,) in [0, 1]."""
        return (self.sharpness * self.logits(x) + 0.5).clamp(0, 1)


# ---- training ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Training:
    """How E is trained: SGD with momentum (C.1), on batches half of either kind.

    Attributes:
        steps: of SGD.
        batch: pictures a step.
        rate: of the start; it falls to 0 along a cosine, since there are few steps.
        momentum, decay: of SGD (C.1).
    """

    steps: int = 900
    batch: int = 48
    rate: float = 0.01
    momentum: float = 0.9
    decay: float = 5e-5


def train(
    space: InputSpace,
    natural: Tensor,
    synthetic: Tensor,
    seed: int,
    training: Training = Training(),
    transformations: Transformations | None = STANDARD,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NaturalClassifier:
    """Train E. Pictures are varied each time they are seen: mirrored, cut out, brighter, darker, more or less
    colourful; half of the synthetic ones are transformed in place of that as ascent transforms them, since this is
    what E sees then.

    Args:
        natural, synthetic: pictures (n, C, H, W), uint8.
        seed: of the weights and the order.
        transformations: of ascent.
        checkpoint: a file in which work in progress is kept, and from which it goes on; it is removed at the end.

    Raises:
        InvalidInputError: for pictures of another shape or none, or a damaged checkpoint.
    """
    for name, data in (("natural", natural), ("synthetic", synthetic)):
        if data.dtype != torch.uint8 or tuple(data.shape[1:]) != space.shape()[1:] or not len(data):
            raise InvalidInputError(
                f"{name} pictures {tuple(data.shape)}, {data.dtype}",
                f"(n, {space.shape()[1:]}), uint8, n > 0",
            )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = NaturalClassifier(space)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(
        classifier.parameters(), training.rate, training.momentum, weight_decay=training.decay
    )
    begin = 0
    if checkpoint is not None and checkpoint.is_file():
        kept = _read_checkpoint(checkpoint)
        classifier.load_state_dict(kept["classifier"])
        optimizer.load_state_dict(kept["optimizer"])
        generator.set_state(kept["generator"])
        begin = kept["step"]
    mean, std = torch.tensor(space.mean)[:, None, None], torch.tensor(space.std)[:, None, None]
    half = max(1, training.batch // 2)
    labels = torch.tensor([float(NATURAL)] * half + [float(SYNTHETIC)] * half)
    for step in range(begin, training.steps):
        for group in optimizer.param_groups:
            group["lr"] = training.rate * (1 + math.cos(math.pi * step / training.steps)) / 2
        chosen = [
            data[torch.randint(len(data), (half,), generator=generator)] for data in (natural, synthetic)
        ]
        real, made = (part.float() / 255 for part in chosen)
        real = varied(real, generator)
        ascended = half // 2
        made = torch.cat(
            [
                made[:ascended] if transformations is None else transformations(made[:ascended], generator),
                varied(made[ascended:], generator),
            ]
        )
        pictures = torch.cat([real, made])
        if space.channels == "BGR":
            pictures = pictures.flip(1)
        loss = functional.binary_cross_entropy_with_logits(classifier.logits((pictures - mean) / std), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if checkpoint is not None and (step + 1) % 100 == 0:
            _write_checkpoint(checkpoint, classifier, optimizer, generator, step + 1)
        if progress is not None:
            progress(step + 1, training.steps)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return classifier.eval().requires_grad_(False)


def varied(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (n, C, H, W) in [0, 1], each mirrored or not, a part of at least two thirds of either side cut out and
    scaled up, contrast, brightness and colour changed a little; a third of them only mirrored."""
    n = len(pictures)
    draw = torch.rand((n, 7), generator=generator)
    mirror = 1 - 2 * (draw[:, 0] < 0.5).float()
    change = (draw[:, 1] > 1 / 3).float()
    size = 1 - change * draw[:, 2] / 3
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = mirror * size, size
    theta[:, 0, 2], theta[:, 1, 2] = ((1 - size)[:, None] * (2 * draw[:, 3:5] - 1)).T
    places = functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    pictures = functional.grid_sample(pictures, places, padding_mode="border", align_corners=False)
    contrast = 1 + change * 0.8 * (draw[:, 5] - 0.5)
    brightness = change * 0.3 * (draw[:, 6] - 0.5)
    colour = 1 + change * 0.8 * (torch.rand(n, generator=generator) - 0.5)
    grey = pictures.mean(1, keepdim=True)
    pictures = grey + (pictures - grey) * _each(colour)
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return ((pictures - middle) * _each(contrast) + middle + _each(brightness)).clamp(0, 1)


def _each(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _write_checkpoint(
    file: Path,
    classifier: NaturalClassifier,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    step: int,
) -> None:
    kept = {
        "classifier": classifier.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
        "step": step,
    }
    write_tensors(file, kept)


def _read_checkpoint(file: Path) -> dict:
    with read_tensors(file, "a checkpoint of E", "remove it") as found:
        kept = dict(found)
    return kept


# ---- evaluation --------------------------------------------------------------------------------------


@torch.no_grad()
def natural_logits(classifier: NaturalClassifier, space: InputSpace, data: Tensor, batch: int = 64) -> Tensor:
    """E's logits on pictures (n, C, H, W), uint8 or floats in [0, 1]; (n,)."""
    mean, std = torch.tensor(space.mean)[:, None, None], torch.tensor(space.std)[:, None, None]
    found = []
    for part in data.split(batch):
        pictures = part.float() / 255 if part.dtype == torch.uint8 else part
        if space.channels == "BGR":
            pictures = pictures.flip(1)
        found.append(classifier.logits((pictures - mean) / std))
    return torch.cat(found)
