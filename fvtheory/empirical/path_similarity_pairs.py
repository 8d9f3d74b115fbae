"""Pairs of the pictures of one class: moments for standard deviations, and what resampling the pictures changes
(`path_similarity`, second pass)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fvtheory.empirical.layer_similarity import NATURAL


@dataclass(frozen=True)
class Block:
    """Similarities of the natural pictures of a block (b), on the CPU; where one is not defined they are 0.

    Attributes:
        defined: (b,).
        gram: (b, b).
        visual: method -> with its visualizations (b, k), which of them are defined (k,).
        strangers: with pictures of another class.
        grand: part -> inner products with the sum of the mean vectors of all classes (b,).
    """

    defined: Tensor
    gram: Tensor
    visual: Mapping[str, tuple[Tensor, Tensor]]
    strangers: tuple[Tensor, Tensor]
    grand: Mapping[str, Tensor]


def moments(blocks: Sequence[Block], methods: Sequence[str]) -> dict[str, tuple[int, float, float]]:
    """Curve -> number of pairs, mean and mean square."""
    values: dict[str, list[Tensor]] = {}
    for block in blocks:
        pairs = torch.outer(block.defined, block.defined).triu(1)
        values.setdefault("same", []).append(block.gram[pairs])
        compared = {f"visual {m}": block.visual[m] for m in methods} | {"different": block.strangers}
        for curve, (products, known) in compared.items():
            values.setdefault(curve, []).append(products[block.defined][:, known].reshape(-1))
    found = {}
    for curve, parts in values.items():
        x = torch.cat(parts)
        if len(x):
            found[curve] = (len(x), float(x.mean()), float((x * x).mean()))
    return found


def resamples(count: int, replicates: int, seed: int, label: int) -> Tensor:
    """How often each picture is drawn in each replicate, (replicates, count), float64."""
    if count == 0:
        return torch.zeros(replicates, 0, dtype=torch.float64)
    generator = torch.Generator().manual_seed((seed * 1_000_003 + label) % 2**63)
    drawn = torch.randint(count, (replicates, count), generator=generator)
    return torch.zeros(replicates, count, dtype=torch.float64).scatter_add_(
        1, drawn, torch.ones(drawn.shape, dtype=torch.float64)
    )


def spreads(
    blocks: Sequence[Block], weights: Tensor, methods: Sequence[str], others: Mapping[str, int]
) -> dict[str, Tensor]:
    """Curve -> what resampling the pictures of this class adds to its mean, (replicates,).

    Same class: the mean over pairs of different pictures among those drawn, less that over all pairs (of pictures in
    one block). Different classes: the first-order term, in which every picture counts by its mean similarity to the
    other classes; twice, as a pair has two pictures. Visualizations: linear in pictures, hence exact.
    """
    if not blocks:
        return {}
    defined = torch.cat([b.defined for b in blocks]).double()
    weights = weights * defined
    above, below = (
        torch.zeros(len(weights), dtype=torch.float64),
        torch.zeros(len(weights), dtype=torch.float64),
    )
    total, pairs, start = 0.0, 0.0, 0
    own: list[Tensor] = []
    own_visual: dict[str, list[Tensor]] = {m: [] for m in methods}
    for block in blocks:
        w = weights[:, start : start + len(block.defined)]
        start += len(block.defined)
        apart = block.gram - torch.diag(block.gram.diagonal())
        above += ((w @ apart) * w).sum(1)
        below += w.sum(1) ** 2 - (w * w).sum(1)
        known = float(block.defined.sum())
        total += float(apart.sum())
        pairs += known * (known - 1)
        own.append(block.gram.sum(1) / max(known, 1.0))
        for m in methods:
            products, shown = block.visual[m]
            own_visual[m].append(products.sum(1) / max(float(shown.sum()), 1.0))

    def shift(values: Tensor) -> Tensor:
        """Mean over the pictures drawn, less the mean over all."""
        drawn = weights.sum(1)
        if not float(defined.sum()):
            return torch.zeros_like(drawn)
        mean = float((values * defined).sum() / defined.sum())
        return torch.where(drawn > 0, (weights @ values) / drawn.clamp(min=1) - mean, 0.0)

    grand = {part: torch.cat([b.grand[part] for b in blocks]) for part in blocks[0].grand}
    found = {
        "same": torch.where(below > 0, above / below.clamp(min=1) - total / max(pairs, 1.0), 0.0),
        "different": 2 * shift((grand[NATURAL] - torch.cat(own)) / max(others[NATURAL], 1)),
    }
    for m in methods:
        mine = torch.cat(own_visual[m])
        found[f"visual {m}"] = shift(mine)
        found[f"other {m}"] = shift((grand[m] - mine) / max(others[m], 1))
    return found
