"""Class activation maps, by the package torchcam (Apache-2.0), as the other methods here give and take them.

Grad-CAM, Layer-CAM and Score-CAM are the package's classes. The others are its Grad-CAM with other weights of the
channels: HiRes-CAM (Draelos and Carin 2020) and Random-CAM (weights uniform in [-1, 1], as pytorch-grad-cam has it),
which the package lacks; Grad-CAM++ (Chattopadhyay et al. 2018, equation 19) and its smoothed form (Omeiza et al.
2019, averages over noisy copies), whose weights in torchcam 0.5.0 are others: its `GradCAMpp` divides a copy of the
coefficients and throws it away, its `SmoothGradCAMpp` sums the third derivatives over positions and multiplies the
weights with the activations of the last noisy copy.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS, activations, deepest
from fvtheory.empirical.heat_maps import normalise, to_size
from fvtheory.empirical.image_model import ImageModel
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError

METHODS = (
    "random-cam",
    "grad-cam",
    "grad-cam++",
    "smooth-grad-cam++",
    "layer-cam",
    "hires-cam",
    "score-cam",
)

SAMPLES, NOISE = 4, 0.07
"""Of the smoothed method: noisy copies, and standard deviation of the noise in units of pictures (about the 0.3 of
torchcam in units of normalised photographs)."""


def require_torchcam() -> Any:
    """The package's methods, or an error that says how to get them."""
    try:
        return import_module("torchcam.methods")
    except ImportError:
        raise MissingDependencyError(
            "no package torchcam",
            "torchcam 0.5 for class activation maps",
            "pip install --no-deps torchcam==0.5.0",
        ) from None


def class_activation_maps(
    model: ImageModel,
    pictures: Tensor,
    method: str = "grad-cam",
    layer: str | None = None,
    classes: Tensor | None = None,
    generator: torch.Generator | None = None,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Maps (n, H, W) in [0, 1] on the CPU, enlarged to the pictures and normalised.

    A map without any positive value, as from zero gradients, is 0 everywhere: see `heat_maps.is_constant`.

    Args:
        model: in eval mode; its weights may be frozen.
        pictures: (n, C, H, W) in [0, 1], of any height and width that the network takes.
        method: one of `METHODS`.
        layer: with rows and columns, called once a pass; the deepest unless told.
        classes: whose logit is explained, (n,); the class of each picture unless told.
        generator: of random-cam and smooth-grad-cam++.
        batch: masked pictures in one pass of score-cam.
        progress: called with (pictures done, pictures).

    Raises:
        UnknownNameError: for no such method or layer.
        InvalidInputError: for a model in training mode, no pictures, classes that are not there, a layer without
            positions or called several times, a method that needs a generator, a logit that does not depend on
            the layer.
        MissingDependencyError: without torchcam.
    """
    if method not in METHODS:
        raise UnknownNameError(f"method {method!r}", " or ".join(METHODS))
    model.check_eval()
    if generator is None and method in ("random-cam", "smooth-grad-cam++"):
        raise InvalidInputError(f"{method} without a generator", "a torch.Generator")
    model.space.check(pictures)
    layer = _layer(model, pictures[:1], layer)
    library = require_torchcam()
    maps = []
    for i, picture in enumerate(pictures.to(model.device)):
        chosen = None if classes is None else int(classes[i])
        extractor = _extractor(library, method, model, f"module.{layer}", picture[None], generator, batch)
        with extractor:  # removes its hooks
            found = _one(extractor, model, picture[None], chosen)
        maps.append(to_size(found.cpu(), (pictures.shape[2], pictures.shape[3])))
        if progress is not None:
            progress(i + 1, len(pictures))
    return normalise(torch.cat(maps))


def _layer(model: ImageModel, picture: Tensor, name: str | None) -> str:
    if name is None:
        name = deepest(model, spatial=True).name
    if name == LOGITS or "#" in name:
        raise InvalidInputError(f"layer {name!r}", "a layer with rows and columns that is called once a pass")
    with torch.no_grad():
        seen = activations(model, picture.to(model.device), [name])[name]
    if seen.ndim != 4 or seen.shape[2] * seen.shape[3] < 2:
        raise InvalidInputError(
            f"layer {name!r} of shape {tuple(seen.shape[1:])}", "a layer of channels x rows x columns"
        )
    return name


def _one(extractor: Any, model: ImageModel, picture: Tensor, chosen: int | None) -> Tensor:
    with torch.enable_grad():
        scores = model(picture.clone().requires_grad_())
        if chosen is None:
            chosen = int(scores.argmax())
        if not 0 <= chosen < scores.shape[1]:
            raise InvalidInputError(f"class {chosen}", f"a number from 0 to {scores.shape[1] - 1}")
        try:
            return extractor(chosen, scores, normalized=False)[0].detach()
        except RuntimeError as error:
            if "not connected" not in str(error):
                raise
            raise InvalidInputError(
                f"logit {chosen}, which does not depend on layer {extractor.target_names[0]!r}",
                "a layer through which the logit is computed",
            ) from None


def _extractor(
    library: Any,
    method: str,
    model: ImageModel,
    layer: str,
    picture: Tensor,
    generator: torch.Generator | None,
    batch: int,
) -> Any:
    if method == "grad-cam":
        return library.GradCAM(model, layer)
    if method == "layer-cam":
        return library.LayerCAM(model, layer)
    if method == "score-cam":
        return library.ScoreCAM(model, layer, batch_size=batch)

    class HiResCAM(library.GradCAM):
        """The gradient itself in place of its mean over positions."""

        def _get_weights(self, class_idx: int, scores: Tensor, **kwargs: Any) -> list[Tensor]:
            self._backprop(scores, class_idx, **kwargs)
            return list(self.hook_g)

    class RandomCAM(library.GradCAM):
        """Weights that know nothing of the class."""

        def _get_weights(self, class_idx: int, scores: Tensor, **kwargs: Any) -> list[Tensor]:
            return [2 * torch.rand(a.shape[:2], generator=generator).to(a) - 1 for a in self.hook_a]

    class PlusPlus(library.GradCAM):
        """Weighted by positive gradients, see `plus_plus_weights`; smoothed where there are noisy copies."""

        hook_a: list[Tensor]

        def _get_weights(self, class_idx: int, scores: Tensor, **kwargs: Any) -> list[Tensor]:
            kept: list[Tensor] = list(self.hook_a)
            if method == "grad-cam++":
                self._backprop(scores, class_idx, **kwargs)
                return [plus_plus_weights(kept[0], [self.hook_g[0]])]
            gradients = []
            for _ in range(SAMPLES):
                noise = torch.randn(picture.shape, generator=generator).to(picture)
                self._backprop(model((picture + NOISE * noise).requires_grad_()), class_idx, **kwargs)
                gradients.append(self.hook_g[0])
            self.hook_a = kept  # of the picture itself, not of the last copy
            return [plus_plus_weights(kept[0], gradients)]

    if method == "hires-cam":
        return HiResCAM(model, layer)
    if method == "random-cam":
        return RandomCAM(model, layer)
    return PlusPlus(model, layer)


def plus_plus_weights(seen: Tensor, gradients: list[Tensor]) -> Tensor:
    """Weights (n, channels) of Grad-CAM++ from activations and gradients (n, channels, rows, columns).

    The sum over positions of α·relu(∂Y), with α = ∂²Y / (2 ∂²Y + ΣA · ∂³Y), and ∂²Y, ∂³Y the square and the cube of
    ∂Y, as for the exponential of a logit (Chattopadhyay et al. 2018, equation 19). Of several gradients, as from
    noisy copies of a picture, all three are averaged.
    """
    first, second, third = (torch.stack([g**power for g in gradients]).mean(0) for power in (1, 2, 3))
    below = 2 * second + seen.sum((2, 3), keepdim=True) * third
    alpha = torch.where(below != 0, second / torch.where(below != 0, below, 1.0), 0.0)
    return (alpha * first.relu()).sum((2, 3))
