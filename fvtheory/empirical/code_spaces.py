"""Where a search for pictures moves: codes that a generator turns into pictures (Hada and Carreira-Perpiñán 2020).

Pictures are what files hold, multiples of 1/255: the network sees them rounded, and the gradient passes through the
rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fvtheory.empirical.image_model import ImageModel, check_eval
from fvtheory.empirical.parameterizations import Kind, Parameterization
from fvtheory.errors import InvalidInputError


@dataclass(frozen=True)
class CodeSpace:
    """Where the search moves.

    Attributes:
        name: for files and messages.
        generate: G: codes (n, ...) -> pictures (n, C, H, W) in [0, 1].
        encode: E: pictures -> what distances are taken between, (n, m).
        start: (count, generator) -> first codes.
        step: length of a sampling step, root mean square over a code.
        rate: of the search for seeds.
    """

    name: str
    generate: Callable[[Tensor], Tensor]
    encode: Callable[[Tensor], Tensor]
    start: Callable[[int, torch.Generator], Tensor]
    step: float
    rate: float

    def pictures(self, codes: Tensor) -> Tensor:
        """Rounded to 8 bits; gradients pass as if they were not."""
        made = self.generate(codes)
        return made + ((made * 255).round() / 255 - made).detach()


def pixel_codes(
    model: ImageModel, size: tuple[int, int] | None = None, start: Tensor | None = None
) -> CodeSpace:
    """The pixels themselves, through a sigmoid, without generator and encoder (equation 4).

    Args:
        model: whose pictures.
        size: (height, width) unless those of the model.
        start: natural pictures to begin with, (m, C, H, W), drawn at random; uniform noise unless told.
    """
    height, width = size or (model.space.height, model.space.width)
    shape = (model.space.depth, height, width)

    def first(count: int, generator: torch.Generator) -> Tensor:
        chosen = _start_pictures(count, shape, start, generator)
        return torch.logit(chosen.clamp(1 / 512, 1 - 1 / 512)).to(model.device)

    return CodeSpace("pixels", torch.sigmoid, lambda x: x.flatten(1), first, 0.1, 0.1)


def autoencoder_codes(
    model: ImageModel,
    encoder: nn.Module,
    decoder: nn.Module,
    size: tuple[int, int] | None = None,
    start: Tensor | None = None,
    scale: int = 8,
) -> CodeSpace:
    """Latents of an autoencoder such as `models.taef2`: its decoder is G, its encoder E.

    Args:
        model: takes three channels.
        encoder, decoder: in eval mode.
        size: (height, width), multiples of `scale`.
        start: natural pictures to begin with; smooth noise unless told.

    Raises:
        InvalidInputError: for a network of one channel, another size, or modules in training mode.
    """
    height, width = size or (model.space.height, model.space.width)
    if model.space.depth != 3:
        raise InvalidInputError(
            f"pictures of {model.space.depth} channel",
            "three channels for an autoencoder",
            "search in pixels",
        )
    if height % scale or width % scale:
        raise InvalidInputError(
            f"pictures of {height}x{width} for an autoencoder", f"sides that are multiples of {scale}"
        )
    for module in (encoder, decoder):
        check_eval(module, "an autoencoder")
        # channels last: half the time on a CPU
        module.to(model.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.no_grad()
    def first(count: int, generator: torch.Generator) -> Tensor:
        chosen = _start_pictures(count, (3, height, width), start, generator, coarse=16)
        return encoder(chosen.to(model.device))

    return CodeSpace(
        "autoencoder", lambda c: decoder(c).clamp(0, 1), lambda x: encoder(x).flatten(1), first, 0.04, 0.1
    )


STEP = 0.025
"""Of a sampling step, how far it moves pictures, root mean square, in a random direction: as far as `pixel_codes` do at
grey."""


def parameterized_codes(
    model: ImageModel, kind: Kind, start: Tensor | None = None, **options: Any
) -> CodeSpace:
    """The parameters of any parameterization as codes, without encoder.

    Args:
        model: whose pictures.
        kind: see `parameterizations.get_parameterization`.
        start: natural pictures to begin with, (m, C, H, W), drawn at random; the noise of the parameterization unless
            told.
        options: of the parameterization.

    Raises:
        InvalidInputError: for pictures or a start that it cannot make.
    """
    depth, height, width = model.space.shape()[1:]
    forms: dict[int, Parameterization] = {}

    def built(count: int, generator: torch.Generator, begin: Tensor | None = None) -> Parameterization:
        return kind.build((count, depth, height, width), generator, model.device, begin, **options)

    def first(count: int, generator: torch.Generator) -> Tensor:
        begin = None if start is None else _start_pictures(count, (depth, height, width), start, generator)
        return _joined(built(count, generator, begin).parameters)

    def generate(codes: Tensor) -> Tensor:
        if len(codes) not in forms:
            forms[len(codes)] = built(len(codes), torch.Generator().manual_seed(0))
        return _Through.apply(codes, forms[len(codes)])

    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        code = first(1, generator)
        little = 1e-3 * torch.randn(code.shape, generator=generator).to(code)
        moved = (generate(code + little) - generate(code)).square().mean().sqrt() / 1e-3
    return CodeSpace(kind.name, generate, lambda x: x.flatten(1), first, STEP / float(moved), 0.05)


def _joined(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors (n, ...) as rows, (n, m)."""
    return torch.cat([t.detach().flatten(1) for t in tensors], 1)


class _Through(torch.autograd.Function):
    """Pictures of codes, by putting these into the place of the parameters."""

    @staticmethod
    def forward(ctx: Any, codes: Tensor, form: Parameterization) -> Tensor:
        parts = codes.detach().split([p[0].numel() for p in form.parameters], 1)
        with torch.no_grad():
            for parameter, part in zip(form.parameters, parts, strict=True):
                parameter.copy_(part.reshape(parameter.shape))
        with torch.enable_grad():
            ctx.made = form.pictures()
        ctx.parameters = form.parameters
        return ctx.made.detach()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _joined(torch.autograd.grad(ctx.made, ctx.parameters, gradient, retain_graph=True)), None


def _start_pictures(
    count: int, shape: tuple[int, ...], start: Tensor | None, generator: torch.Generator, coarse: int = 1
) -> Tensor:
    if start is not None:
        if tuple(start.shape[1:]) != shape:
            raise InvalidInputError(f"start pictures {tuple(start.shape)}", f"pictures (n, {shape})")
        return start[torch.randint(len(start), (count,), generator=generator)].float()
    depth, height, width = shape
    noise = torch.rand((count, depth, -(-height // coarse), -(-width // coarse)), generator=generator)
    if coarse == 1:
        return noise
    return nn.functional.interpolate(noise, size=(height, width), mode="bilinear")
