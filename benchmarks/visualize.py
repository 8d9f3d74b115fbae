"""``visualize``: steps of activation maximization a second, beside a bare pass and beside lucent and horama.

All maximize logit 574 of EfficientNet-Lite0 at 224 pixels, one picture a step. A step lasts from one forward pass of
the network to the next, in processor time of this process; all take turns, and medians are compared. A bare step is
one forward and one backward pass of the prepared network. The peers get the network as it is loaded: with the weights
frozen, which they do not do themselves and which favours them, and with gradients of weights, as it comes. lucent
resizes what its padding enlarges back to 224 pixels (fixed_image_size). horama takes crops of its picture: two a step,
the fewest with which it runs (six by default); its time is given a step and a crop.

The peers are measured where they are installed::

    pip install torch==2.13.0 decorator tqdm IPython matplotlib einops
    pip install --no-deps torch-lucent==0.1.8 kornia==0.4.1 horama==0.3

They import torchvision. Where that is missing, what they use of it is stood in for: Normalize, and roi_align
by grid_sample, which costs less.
"""

from __future__ import annotations

import copy
import itertools
import os
import statistics
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

import torch
from torch import nn
from torch.nn import functional

from fvtheory.empirical.feature_visualization import visualize
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.models import load_model
from fvtheory.empirical.objectives import each, logit
from fvtheory.empirical.parameterizations import Fourier
from fvtheory.empirical.preparation import prepare
from fvtheory.errors import MissingDependencyError
from fvtheory.report.terminal import grid

UNIT = 574
STEPS, QUICK_STEPS = 16, 8
ROUNDS, QUICK_ROUNDS = 9, 3
BATCH = 8
CROPS = 2
"""Of horama; it fails with one."""


# ---- steps ------------------------------------------------------------------------------------------------


@contextmanager
def starts(module: nn.Module) -> Iterator[list[float]]:
    """When each forward pass of a module begins, in processor time."""
    times: list[float] = []
    handle = module.register_forward_pre_hook(lambda *_: times.append(time.process_time()))
    try:
        yield times
    finally:
        handle.remove()


def bare(model: ImageModel, picture: torch.Tensor, steps: int) -> None:
    for _ in range(steps + 1):
        x = picture.clone().requires_grad_()
        model(x)[0, UNIT].backward()


def ours(model: ImageModel, steps: int, seed: int = 0, count: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    start = Fourier(model.space.shape(count), generator)
    return visualize(model, each([logit(UNIT)] * count), start, generator, steps).pictures


# ---- peers ------------------------------------------------------------------------------------------------


def stand_in_for_torchvision() -> None:
    """Where torchvision does not import: what the peers take from it."""
    try:
        import_module("torchvision.models")
        return
    except Exception:  # its builds for GPUs raise other kinds
        for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[name]
    names = ("", ".models", ".transforms", ".ops", ".datasets", ".datasets.utils")
    made = {name: types.ModuleType(f"torchvision{name}") for name in names}

    class Normalize:
        def __init__(self, mean: list[float], std: list[float]) -> None:
            self.mean = torch.tensor(mean)[:, None, None]
            self.std = torch.tensor(std)[:, None, None]

        def __call__(self, picture: torch.Tensor) -> torch.Tensor:
            return (picture - self.mean) / self.std

    def roi_align(pictures: torch.Tensor, boxes: torch.Tensor, output_size: tuple[int, int]) -> torch.Tensor:
        """Boxes (k, 5) of (picture, x0, y0, x1, y1) in pixels; one bilinear sample a place."""
        height, width = pictures.shape[2:]
        number, x0, y0, x1, y1 = boxes.unbind(1)
        middle = torch.stack([(x0 + x1) / width - 1, (y0 + y1) / height - 1], 1)
        half = torch.stack([(x1 - x0) / width, (y1 - y0) / height], 1)
        theta = torch.cat([torch.diag_embed(half), middle[:, :, None]], 2)
        places = functional.affine_grid(theta, [len(boxes), 1, *output_size], align_corners=False)
        return functional.grid_sample(pictures[number.long()], places, align_corners=False)

    def download_url(*_: object) -> None:
        raise OSError("nothing is downloaded here")

    made[".transforms"].Normalize = Normalize  # type: ignore[attr-defined]
    made[".ops"].roi_align = roi_align  # type: ignore[attr-defined]
    made[".datasets.utils"].download_url = download_url  # type: ignore[attr-defined]
    for module in made.values():
        module.__path__ = []  # a package, whose modules are those made here
        sys.modules[module.__name__] = module


def lucent(model: ImageModel, steps: int) -> torch.Tensor:
    render, param, objectives = (
        import_module(f"lucent.optvis.{name}") for name in ("render", "param", "objectives")
    )
    pictures = render.render_vis(
        model,
        objectives.channel("module__fc", UNIT),
        lambda: param.image(model.space.height),
        thresholds=(steps + 1,),
        preprocess=False,  # the network normalises
        progress=False,
        show_image=False,
        fixed_image_size=model.space.height,
    )
    return torch.from_numpy(pictures[-1]).permute(0, 3, 1, 2)


def horama(model: ImageModel, steps: int) -> torch.Tensor:
    fourier = import_module("horama").fourier
    picture, _ = fourier(
        lambda pictures: model(pictures)[:, UNIT].mean(),
        total_steps=steps + 1,
        image_size=model.space.height,
        model_input_size=model.space.height,
        crops_per_iteration=CROPS,
        values_range=(0, 1),
        device="cpu",
    )
    return picture.detach()[None]


def installed() -> dict[str, Callable[[ImageModel, int], torch.Tensor]]:
    """The peers that import."""
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("MPLBACKEND", "Agg")
    stand_in_for_torchvision()
    found: dict[str, Callable[[ImageModel, int], torch.Tensor]] = {}
    for name, call, needed in (
        ("lucent", lucent, "lucent.optvis.render"),
        ("horama", horama, "horama"),
    ):
        try:
            import_module(needed)
            found[name] = call
        except ImportError as error:
            print(f"{name}: not installed ({error}); see benchmarks/visualize.py")
    return found


# ---- figures ----------------------------------------------------------------------------------------------


def agreement(raw: ImageModel, ready: ImageModel) -> dict[str, float]:
    """How far the prepared network is from the loaded one, on equal pictures, over the largest value.

    In float32 gradients differ at ReLUs within rounding of a kink, so that they are compared where ascent begins
    (grey); on noise in float64, where rounding meets no kink, both prepared and loaded.
    """

    def both(model: ImageModel, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = x.clone().requires_grad_()
        y = model(x)
        return y.detach(), torch.autograd.grad(y[:, UNIT].sum(), x)[0]

    def gap(a: torch.Tensor, b: torch.Tensor) -> float:
        return float((a - b).abs().max() / b.abs().max())

    noise = torch.rand(raw.space.shape(), generator=torch.Generator().manual_seed(0))
    grey = torch.full(raw.space.shape(), 0.5)
    double = copy.deepcopy(raw).double()
    exact, folded = both(double, noise.double()), both(prepare(double), noise.double())
    return {
        "logits_gap": gap(both(ready, noise)[0], both(raw, noise)[0]),
        "gradient_gap_at_start": gap(both(ready, grey)[1], both(raw, grey)[1]),
        "gradient_gap_float64": gap(folded[1], exact[1]),
    }


def run(quick: bool) -> dict:
    steps, rounds = (QUICK_STEPS, QUICK_ROUNDS) if quick else (STEPS, ROUNDS)
    try:
        raw = load_model("efficientnet-lite0")
    except MissingDependencyError as error:
        print(error)
        return {"skipped": str(error)}
    ready = prepare(raw)
    figures: dict = {"unit": UNIT, "size": raw.space.height, "threads": torch.get_num_threads()}
    figures |= agreement(raw, ready)
    one, two = ours(ready, 8), ours(ready, 8)
    figures["reproduction_gap"] = float((one - two).abs().max())

    calls: dict[str, tuple[ImageModel, Callable[[ImageModel], object]]] = {
        "bare": (ready, lambda model: bare(model, one, steps)),
        "fvtheory": (ready, lambda model: ours(model, steps)),
        f"fvtheory_batch_{BATCH}": (ready, lambda model: ours(model, max(2, steps // 4), count=BATCH)),
    }
    frozen = copy.deepcopy(raw).requires_grad_(False)
    for name, call in installed().items():
        calls[name] = (frozen, lambda model, call=call: call(copy.deepcopy(model), steps))
        calls[f"{name}_weights"] = (raw, lambda model, call=call: call(copy.deepcopy(model), steps))
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (model, call) in calls.items():
            with starts(model.module) as times:  # a deep copy takes the hook with it
                call(model)
            whole = [b - a for a, b in itertools.pairwise(times[1:])]
            seconds[name] += whole if name != f"fvtheory_batch_{BATCH}" else [s / BATCH for s in whole]
    median = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = {name: value / median["fvtheory"] for name, value in median.items()}
    rows = [
        [name, f"{value * 1e3:.1f}", f"{1 / value:.1f}", f"{ratio[name]:.2f}"]
        for name, value in median.items()
    ]
    print(grid(("step", "ms", "a second", "over fvtheory's"), rows))
    figures |= {f"{name}_ms": round(value * 1e3, 2) for name, value in median.items()}
    figures["fvtheory_over_bare"] = round(1 / ratio["bare"], 3)
    for name in ("horama", "horama_weights"):
        if name in ratio:
            figures[f"{name}_crop_over_fvtheory"] = round(ratio[name] / CROPS, 2)
    figures |= {
        f"{name}_over_fvtheory": round(value, 2)
        for name, value in ratio.items()
        if name.startswith(("lucent", "horama"))
    }
    gaps = ("logits_gap", "gradient_gap_at_start", "gradient_gap_float64")
    figures["passed"] = all(figures[name] <= 1e-4 for name in gaps) and figures["reproduction_gap"] <= 1e-6
    print()
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures
