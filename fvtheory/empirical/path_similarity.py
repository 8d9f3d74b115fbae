"""Whether visualizations are processed along the same paths as natural pictures: the sanity check, exact and complete
(Section 3 and Appendix C.3 of Geirhos et al. 2024).

In every layer, how similar are the activations of two natural pictures of a class, of two classes, and of a natural
picture and a visualization of its class? The answers are means over *all* pairs, and no pair is computed: with unit
vectors z whose inner products are similarities (`rank_vectors`), S_c the sum over the n_c pictures of class c, M_c =
S_c / n_c, M the sum of the M_c of C classes and V_c the mean of the visualizations of c,

    same class:              mean over c of (|S_c|^2 - n_c) / (n_c (n_c - 1)),
    different classes:       (|M|^2 - sum of |M_c|^2) / (C (C - 1)),
    visualization, same:     mean over c of M_c . V_c,
    visualization, other:    (M . V - sum of M_c . V_c) / (C (C - 1)).

Every class, and every pair of classes, weighs the same. `fvtheory.pair_means` proves the identities. The first pass
over the pictures needs one rank transform an activation and one sum vector a class; its cost is linear in pictures,
and its memory does not grow with them. A second pass gives what means cannot: standard deviations over pairs (within
a class from the Gram matrices of its blocks, hence exact up to BLOCK pictures a class; between classes from a sample)
and bootstrap intervals over pictures.

Layers are processed in chunks, classes one after the other, pictures in fixed blocks; sums over classes are fixed
point (`fixed_point`), so that one process and many give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from fvtheory.empirical.activations import LOGITS, Layer, in_batches, logits
from fvtheory.empirical.distributed import Workers
from fvtheory.empirical.fixed_point import Sums, accumulate, from_fixed
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.layer_similarity import (
    BLOCK,
    NATURAL,
    LayerSimilarity,
    by_layer,
    fold_means,
    layer_similarity,
    sum_name,
)
from fvtheory.empirical.path_similarity_pairs import Block, moments, resamples, spreads
from fvtheory.empirical.rank_vectors import METRICS, unit_vectors
from fvtheory.errors import InvalidInputError

BATCH = 10
"""Pictures in one pass of the network. Fixed, as the bits of activations may depend on it."""

CHUNK = 2**21
"""Values of one picture in a chunk of layers, unless a single layer has more."""

STRANGERS = 4
"""Pictures of another class with which every picture is compared, for the standard deviation between classes."""

REPLICATES = 1000


@dataclass(frozen=True)
class ClassPictures:
    """What is compared for one class.

    Attributes:
        label: the class.
        natural: reads its natural pictures, (n, C, H, W), uint8; called when they are needed. Those that the network
            misclassifies are to be left out (`correct`).
        visualizations: method -> (k, C, H, W), uint8; every class has the same methods.
    """

    label: int
    natural: Callable[[], Tensor]
    visualizations: Mapping[str, Tensor]


class Checkpoint(Protocol):
    """Where the state of an unfinished chunk is kept."""

    def load(self) -> dict[str, Any] | None:
        """What was saved last, or None."""

    def save(self, state: dict[str, Any]) -> None:
        """Keep this in place of what was saved before."""


@dataclass
class Comparison:
    """What to compare, and how.

    Attributes:
        model: prepared.
        classes: at least two.
        metrics: of `rank_vectors.METRICS`.
        intervals: make the second pass.
        replicates: of the bootstrap.
        seed: of its resamples; those of a class depend on nothing else.
        threads: rows that are ranked at a time.
        workers: the processes that share the classes.

    Raises:
        InvalidInputError: for fewer than two classes, repeated labels or methods that differ.
    """

    model: ImageModel
    classes: Sequence[ClassPictures]
    metrics: Sequence[str] = METRICS
    intervals: bool = True
    replicates: int = REPLICATES
    seed: int = 0
    threads: int = 1
    workers: Workers = field(default_factory=Workers)

    def __post_init__(self) -> None:
        labels = [c.label for c in self.classes]
        methods = {tuple(c.visualizations) for c in self.classes}
        if len(set(labels)) < 2 or len(set(labels)) < len(labels):
            raise InvalidInputError(f"classes {labels}", "two or more different ones")
        if len(methods) > 1 or any(NATURAL in m for m in methods):
            raise InvalidInputError(
                f"methods of visualization {sorted(methods)}",
                f"the same for each class, none named {NATURAL!r}",
            )

    @property
    def methods(self) -> tuple[str, ...]:
        """Of visualization, in the order of the first class."""
        return tuple(self.classes[0].visualizations)

    def chunk(
        self,
        layers: Sequence[Layer],
        progress: Callable[[int, int], None] | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> list[LayerSimilarity]:
        """Compare in these layers, which are read in one pass of the network.

        Args:
            layers: from `activations.layers`; see `chunks`.
            progress: called with (classes done, classes to do), both passes together, of this process.
            checkpoint: state is loaded from it at the beginning, and saved to it after every class.

        Returns:
            Layers in the order given, metrics inside; the same in every process.

        Raises:
            InvalidInputError: for activations that are NaN or infinite.
        """
        mine = range(self.workers.rank, len(self.classes), self.workers.count)
        fresh: dict[str, Any] = {"pass": 1, "done": 0, "sums": {}, "records": []}
        state = (checkpoint.load() if checkpoint else None) or dict(fresh)
        if len(set(self.workers.gather([state["pass"]]))) > 1:
            state = fresh  # one process was stopped before the exchange between the passes, another after it
        total = len(mine) * (2 if self.intervals else 1)

        def done(number: int) -> None:
            state["done"] += 1
            if checkpoint:
                checkpoint.save(state)
            if progress:
                progress(number, total)

        if state["pass"] == 1:
            for number in range(state["done"], len(mine)):
                state["records"] += self._means(layers, mine[number], state["sums"])
                done(number + 1)
            state |= {
                "pass": 2,
                "done": 0,
                "records": self._shared(state["records"]),
                "pairs": [],
                "resampled": {},
            }
            self._reduce(state["sums"], layers, (NATURAL, *self.methods))
            if checkpoint:
                checkpoint.save(state)
        found = fold_means(state["records"], state["sums"], self.methods)
        if self.intervals:
            for number in range(state["done"], len(mine)):
                state["pairs"] += self._pairs(
                    layers, mine[number], state["sums"], state["resampled"], by_layer(state["records"])
                )
                done(len(mine) + number + 1)
            pairs = self._shared(state["pairs"])
            resampled = dict(state["resampled"])
            curves = ("same", "different", *(f"{k} {m}" for m in self.methods for k in ("visual", "other")))
            self._reduce(resampled, layers, curves, self.replicates)
        else:
            pairs, resampled = [], {}
        return [
            layer_similarity(layer, metric, found, state["records"], pairs, resampled, self.methods)
            for layer in layers
            for metric in self.metrics
        ]

    def _shared(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The records of all processes, in order of class."""
        return sorted(self.workers.gather(records), key=lambda r: r["class"])  # a stable sort

    def _reduce(
        self, sums: Sums, layers: Sequence[Layer], parts: Sequence[str], width: int | None = None
    ) -> None:
        """Sums over all processes; a process without classes takes part with zeros."""
        for layer in layers:
            for metric in self.metrics:
                for part in parts:
                    key = sum_name(layer.name, metric, part)
                    total = sums.get(key)
                    if total is None:
                        total = torch.zeros(width or layer.size, dtype=torch.int64, device=self.model.device)
                    sums[key] = total.to(self.model.device, copy=True)
                    self.workers.sum(sums[key])

    def _read(self, pictures: Tensor, layers: Sequence[Layer]) -> dict[str, Tensor]:
        """Activations (n, ...) of all layers."""
        names = [x.name if "#" in x.name or x.name == LOGITS else f"{x.name}#0" for x in layers]  # ends early
        parts = list(in_batches(self.model, pictures.float() / 255, names, BATCH))
        return {layer.name: torch.cat([p[n] for p in parts]) for layer, n in zip(layers, names, strict=True)}

    def _room(self, layers: Sequence[Layer], rows: int) -> Tensor:
        """Memory for so many unit vectors of the largest layer."""
        return torch.empty(
            rows * max(layer.size for layer in layers), dtype=torch.float64, device=self.model.device
        )

    def _visualizations(self, number: int) -> tuple[Tensor, dict[str, slice]]:
        """All visualizations of a class, and where those of each method are."""
        places, parts, end = {}, [], 0
        for method, pictures in self.classes[number].visualizations.items():
            places[method] = slice(end, end + len(pictures))
            parts.append(pictures)
            end += len(pictures)
        return (torch.cat(parts) if parts else torch.empty(0)), places

    # ---- first pass: sums ------------------------------------------------------------------------------

    def _means(self, layers: Sequence[Layer], number: int, grand: Sums) -> Iterator[dict[str, Any]]:
        """Add the mean vectors of one class to the grand sums; a record for each layer and metric."""
        sums: dict[str, Tensor] = {}  # one process adds up a class, in a fixed order
        counts: dict[str, int] = {}
        constant: dict[str, int] = {}
        room = self._room(layers, BATCH)

        def add(key: str, rows: Tensor, defined: Tensor) -> None:
            if key in sums:
                sums[key] += rows.sum(0)
            else:
                sums[key] = rows.sum(0)
            counts[key] = counts.get(key, 0) + int(defined.sum())
            constant[key] = constant.get(key, 0) + int((~defined).sum())

        parts = {NATURAL: self.classes[number].natural(), **self.classes[number].visualizations}
        for part, pictures in parts.items():
            for start in range(0, len(pictures), BATCH):
                for name, values in self._read(pictures[start : start + BATCH], layers).items():
                    for metric in self.metrics:
                        add(sum_name(name, metric, part), *unit_vectors(values, metric, self.threads, room))
        for layer in layers:
            for metric in self.metrics:
                means: dict[str, Tensor] = {}
                record: dict[str, Any] = {"class": number, "layer": layer.name, "metric": metric}
                for part in (NATURAL, *self.methods):
                    key = sum_name(layer.name, metric, part)
                    count = counts.get(key, 0)
                    record[f"count {part}"] = count
                    record[f"constant {part}"] = constant.get(key, 0)
                    if count:
                        total = sums[key]
                        means[part] = total / count
                        accumulate(grand, key, means[part])
                        if part == NATURAL:
                            square = float(total @ total)
                            record["square"] = square / count**2
                            if count > 1:
                                record["same"] = (square - count) / (count * (count - 1))
                        elif NATURAL in means:
                            record[f"visual {part}"] = float(means[NATURAL] @ means[part])
                yield record

    # ---- second pass: pairs ----------------------------------------------------------------------------

    def _pairs(
        self,
        layers: Sequence[Layer],
        number: int,
        grand: Sums,
        resampled: Sums,
        counted: Mapping[str, Sequence[dict[str, Any]]],
    ) -> Iterator[dict[str, Any]]:
        """Moments over pairs of one class; adds its resampled means, less the mean, to `resampled`."""
        natural = self.classes[number].natural()
        strangers = natural[:0]
        for step in range(1, len(self.classes)):  # of the next class that has any
            if not len(strangers):
                strangers = self.classes[(number + step) % len(self.classes)].natural()[:STRANGERS]
        shown, places = self._visualizations(number)
        beside = torch.cat([shown.to(strangers.dtype).reshape(-1, *strangers.shape[1:]), strangers])
        weights = resamples(len(natural), self.replicates, self.seed, self.classes[number].label)
        gathered: dict[str, list[Block]] = {}
        rooms = self._room(layers, min(BLOCK, len(natural))), self._room(layers, len(beside))
        if len(beside) and len(natural):
            others = self._read(beside, layers)
            for start in range(0, len(natural), BLOCK):
                seen = self._read(natural[start : start + BLOCK], layers)
                for layer in layers:
                    for metric in self.metrics:
                        gathered.setdefault(sum_name(layer.name, metric, ""), []).append(
                            self._block(
                                seen[layer.name], others[layer.name], layer.name, metric, places, grand, rooms
                            )
                        )
        for layer in layers:
            for metric in self.metrics:
                blocks = gathered.get(sum_name(layer.name, metric, ""), [])
                record: dict[str, Any] = {"class": number, "layer": layer.name, "metric": metric}
                record |= moments(blocks, self.methods)
                known = counted[sum_name(layer.name, metric, "")]
                apart = {
                    part: sum(1 for r in known if r["class"] != number and r[f"count {part}"])
                    for part in (NATURAL, *self.methods)
                }
                for curve, spread in spreads(blocks, weights, self.methods, apart).items():
                    accumulate(resampled, sum_name(layer.name, metric, curve), spread)
                yield record

    def _block(
        self,
        values: Tensor,
        beside: Tensor,
        layer: str,
        metric: str,
        places: dict[str, slice],
        grand: Sums,
        rooms: tuple[Tensor, Tensor],
    ) -> Block:
        """Similarities of the pictures of a block with each other and with what they are compared to."""
        rows, defined = unit_vectors(values, metric, self.threads, rooms[0])
        other, known = unit_vectors(beside, metric, self.threads, rooms[1])
        against = rows @ other.T
        last = max((p.stop for p in places.values()), default=0)
        totals = torch.stack([from_fixed(grand[sum_name(layer, metric, p)]) for p in (NATURAL, *places)])
        to_grand = rows @ totals.T
        return Block(
            defined.cpu(),
            (rows @ rows.T).cpu(),
            {m: (against[:, p].cpu(), known[p].cpu()) for m, p in places.items()},
            (against[:, last:].cpu(), known[last:].cpu()),
            {part: to_grand[:, i].cpu() for i, part in enumerate((NATURAL, *places))},
        )


def chunks(layers: Sequence[Layer], size: int | None = None) -> list[list[Layer]]:
    """Neighbouring layers, at most so many values of one picture together, unless one layer has more.

    Args:
        size: `CHUNK` unless told otherwise.
    """
    size = CHUNK if size is None else size
    found: list[list[Layer]] = []
    held = 0
    for layer in layers:
        if not found or held + layer.size > size:
            found.append([])
            held = 0
        found[-1].append(layer)
        held += layer.size
    return found


def compare(
    comparison: Comparison, layers: Sequence[Layer], size: int | None = None
) -> list[LayerSimilarity]:
    """Compare in all these layers, chunk by chunk; see `Comparison.chunk`."""
    return [found for part in chunks(layers, size) for found in comparison.chunk(part)]


def correct(model: ImageModel, pictures: Tensor, label: int) -> Tensor:
    """Which pictures (n, C, H, W), uint8, have this class as their top-1 class: (n,), bool, on the CPU."""
    return class_logits(model, pictures).argmax(1) == label


def class_logits(model: ImageModel, pictures: Tensor) -> Tensor:
    """Logits (n, classes) of pictures (n, C, H, W), uint8, in batches of the size of this module, on the CPU."""
    return logits(model, pictures.float() / 255, BATCH)
