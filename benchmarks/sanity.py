"""``sanity``: the full comparison of the sanity check on real networks, and what pairs would cost.

The comparison takes every held-out picture of Imagenette that a network classifies correctly and every layer; ten
photographs a class of the training set stand for visualizations (what they show does not change the cost). The peer is
scipy, pair by pair (spearmanr, pearsonr, distance.cosine), on a sample of pairs in every layer, its medians scaled
to all pairs. Both are compared by CPU seconds of all threads, for all three metrics. Needs torch, scipy, pillow and
the data that FVTHEORY_DATA names.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import numpy
import torch
from scipy import stats
from scipy.spatial import distance

from fvtheory.empirical.activations import Layer, activations, layers
from fvtheory.empirical.class_pictures import ClassFolder
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.layer_similarity import LayerSimilarity
from fvtheory.empirical.models import load_model
from fvtheory.empirical.path_similarity import ClassPictures, Comparison, chunks, compare, correct
from fvtheory.empirical.path_similarity_curves import sampled_means
from fvtheory.empirical.pictures import data_folder
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.rank_vectors import unit_vectors
from fvtheory.report.terminal import grid

NETWORKS = ("efficientnet-lite0", "squeezenet")
QUICK_PICTURES = 4
VISUALIZATIONS, QUICK_VISUALIZATIONS = 10, 2
PAIRS, QUICK_PAIRS = 3, 1
SIZES, QUICK_SIZES = (5, 10, 20, 40), (1, 2, 4)
"""Pictures a class of the curve of cost."""

IMAGENET = 50_000
MEMORY_LIMIT_MB = 4096


def cpu_seconds() -> float:
    """Of all threads of this process: other work on the machine adds little to it."""
    return time.process_time()


def forget_peak() -> None:
    """Let the peak of resident memory begin anew (Linux), as this benchmark itself needs more than the comparison."""
    with suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak_mb() -> float:
    """Greatest resident memory since `forget_peak`, or of the whole process where that is not known."""
    with suppress(OSError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_classes(
    model: ImageModel, per_class: int | None, shown_per_class: int
) -> tuple[list[ClassPictures], int]:
    """What is compared, and how many pictures are misclassified."""
    held_out, train = data_folder("imagenette/heldout"), data_folder("imagenette/train")
    if held_out is None or train is None:
        raise SystemExit("set FVTHEORY_DATA: the benchmark needs imagenette/heldout and imagenette/train")
    natural, shown = (
        ClassFolder(held_out, model.space, per_class),
        ClassFolder(train, model.space, shown_per_class),
    )
    found, wrong = [], 0
    for label in sorted(natural.files):
        pictures = natural.read(label)
        right = correct(model, pictures, label)
        wrong += int((~right).sum())
        found.append(ClassPictures(label, lambda x=pictures[right]: x, {"stand-ins": shown.read(label)}))
    return found, wrong


def pair_count(classes: Sequence[ClassPictures]) -> int:
    """Pairs of natural pictures, and of natural pictures with visualizations of their class."""
    sizes = [len(c.natural()) for c in classes]
    n = sum(sizes)
    return n * (n - 1) // 2 + sum(
        len(c.natural()) * len(v) for c in classes for v in c.visualizations.values()
    )


PEERS = {
    "spearman": lambda a, b: stats.spearmanr(a, b).statistic,
    "pearson": lambda a, b: stats.pearsonr(a, b).statistic,
    "cosine": lambda a, b: 1 - distance.cosine(a, b),
}


def scipy_pairs(
    model: ImageModel, classes: Sequence[ClassPictures], which: Sequence[Layer], pairs: int
) -> tuple[dict[str, float], int, float]:
    """CPU seconds of one pair in all layers together by scipy, by metric; how many were timed in each; and the greatest
    difference from our inner products."""
    pictures = torch.cat([c.natural()[:1] for c in classes if len(c.natural())][: 2 * pairs]).float() / 255
    seconds, worst, timed = dict.fromkeys(PEERS, 0.0), 0.0, 0
    for part in chunks(which):
        with torch.no_grad():
            seen = activations(model, pictures, [layer.name for layer in part])
        for layer in part:
            flat = seen[layer.name].flatten(1).double().numpy()
            for metric, peer in PEERS.items():
                rows, defined = unit_vectors(seen[layer.name], metric)
                took = []
                for k in range(0, len(flat) - 1, 2):
                    if bool(defined[k]) and bool(defined[k + 1]):
                        began = cpu_seconds()
                        value = peer(flat[k], flat[k + 1])
                        took.append(cpu_seconds() - began)
                        worst = max(worst, abs(float(rows[k] @ rows[k + 1]) - value))
                seconds[metric] += statistics.median(took) if took else 0.0
                timed += len(took) if metric == "spearman" else 0
    return seconds, timed, worst


def comparison(model: ImageModel, classes: Sequence[ClassPictures], intervals: bool) -> Comparison:
    return Comparison(model, classes, intervals=intervals, threads=torch.get_num_threads())


def full_comparison(
    made: Comparison, which: Sequence[Layer]
) -> tuple[list[LayerSimilarity], dict[str, float], dict[str, float]]:
    """Results, and seconds and CPU seconds of the first pass ("means") and of both ("all")."""
    found: list[LayerSimilarity] = []
    wall, cpu = {"means": 0.0, "all": 0.0}, {"means": 0.0, "all": 0.0}
    for part in chunks(which):
        began, began_cpu = time.perf_counter(), cpu_seconds()

        def mark(what: str, began: float = began, began_cpu: float = began_cpu) -> None:
            wall[what] += time.perf_counter() - began
            cpu[what] += cpu_seconds() - began_cpu

        found += made.chunk(part, lambda done, all_, mark=mark: mark("means") if 2 * done == all_ else None)
        mark("all")
        print(
            f"{len(found) // len(made.metrics)} of {len(which)} layers, {wall['all']:.0f} s", file=sys.stderr
        )
    return found, wall, cpu


def cost_curve(
    model: ImageModel, classes: Sequence[ClassPictures], which: Sequence[Layer], sizes: Sequence[int]
) -> tuple[list[tuple[int, float]], float, float]:
    """(pictures, CPU seconds) of the first pass in some layers; seconds a picture; how well a line fits (R^2)."""
    points = []
    for size in sizes:
        few = [(c.label, c.natural()[:size]) for c in classes]
        part = [ClassPictures(label, lambda x=x: x, {}) for label, x in few]
        began = cpu_seconds()
        compare(comparison(model, part, False), which)
        points.append((sum(len(c.natural()) for c in part), cpu_seconds() - began))
    x, y = (numpy.array(v, dtype=float) for v in zip(*points, strict=True))
    slope, start = numpy.polyfit(x, y, 1)
    rest = ((y - slope * x - start) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    return points, float(slope), float(1 - rest)


def sampling(model: ImageModel, classes: Sequence[ClassPictures], layer: Layer) -> dict[str, float]:
    """Root mean square error of the paper's estimator in one layer, by how many-th pairs are taken."""
    rows, labels = [], []
    with torch.no_grad():
        for c in classes:
            for part in c.natural().split(10) if len(c.natural()) else ():
                seen = activations(model, part.float() / 255, [layer.name])[layer.name]
                rows.append(unit_vectors(seen, "spearman")[0])
                labels += [c.label] * len(part)
    data = torch.cat(rows), torch.tensor(labels), torch.cat(rows)[:0], torch.tensor(labels)[:0]
    exact = sampled_means(*data, every=(1, 1, 1))["different"][0]
    found = {}
    for step in (100, 30, 10, 3):
        starts = range(0, step, max(1, step // 10))
        drawn = [sampled_means(*data, every=(1, step, 1), first=k).get("different") for k in starts]
        found[f"every {step}th"] = float(numpy.sqrt(numpy.mean([(d[0] - exact) ** 2 for d in drawn if d])))
    return found


def run(quick: bool) -> dict:
    """Figures; `passed` says whether what is required holds at this size."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    figures: dict = {"threads": torch.get_num_threads()}
    rows, passed = [], True
    for name in NETWORKS[:1] if quick else NETWORKS:
        model = prepare(load_model(name))
        every = layers(model)
        which = every[-12:] if quick else every
        shown = QUICK_VISUALIZATIONS if quick else VISUALIZATIONS
        classes, wrong = read_classes(model, QUICK_PICTURES if quick else None, shown)
        count = sum(len(c.natural()) for c in classes)
        forget_peak()
        found, wall, seconds = full_comparison(comparison(model, classes, True), which)
        memory = peak_mb()
        peers, timed, worst = scipy_pairs(model, classes, which, QUICK_PAIRS if quick else PAIRS)
        a_pair = sum(peers.values())
        pairs = pair_count(classes)
        curve, a_picture, fit = cost_curve(model, classes, which[-30:], QUICK_SIZES if quick else SIZES)
        values = sum(torch.Size(layer.shape).numel() for layer in which)
        per_picture = seconds["means"] / (count + shown * len(classes))
        wide = max(which[-30:], key=lambda layer: torch.Size(layer.shape).numel())
        speedup = pairs * a_pair / seconds["means"]
        at_imagenet = IMAGENET * (IMAGENET - 1) / 2 * a_pair / (IMAGENET * per_picture)
        mismatch = max((s.mismatch for s in found if s.mismatch is not None), default=0.0)
        figures[name] = {
            "layers": len(which),
            "values_a_picture": values,
            "pictures": count,
            "misclassified": wrong,
            "pairs": pairs,
            "means_s": round(wall["means"], 1),
            "means_cpu_s": round(seconds["means"], 1),
            "with_intervals_s": round(wall["all"], 1),
            "with_intervals_cpu_s": round(seconds["all"], 1),
            "cpu_ms_a_picture": round(1000 * per_picture, 1),
            "cpu_ns_a_value_three_metrics": round(1e9 * per_picture / values, 1),
            "peak_memory_mb": round(memory),
            "scipy_cpu_s_a_pair_all_layers": {k: round(v, 4) for k, v in peers.items()},
            "scipy_pairs_timed": timed,
            "scipy_all_pairs_cpu_h": round(pairs * a_pair / 3600, 1),
            "speedup": round(speedup),
            "speedup_with_intervals": round(pairs * a_pair / seconds["all"]),
            "speedup_at_50000_pictures": round(at_imagenet),
            "greatest_difference_from_scipy": worst,
            "greatest_mismatch_of_sums_and_pairs": mismatch,
            "curve_pictures_cpu_s": [(n, round(s, 2)) for n, s in curve],
            "curve_layers": len(which[-30:]),
            "curve_cpu_ms_a_picture": round(1000 * a_picture, 2),
            "curve_r2": round(fit, 4),
            "sampled_rms_error": {k: float(f"{v:.2g}") for k, v in sampling(model, classes, wide).items()},
            "imagenet_first_pass_cpu_h": round(IMAGENET * per_picture / 3600, 2),
        }
        passed &= worst < 1e-6 and mismatch < 1e-6 and memory < MEMORY_LIMIT_MB
        passed &= quick or (speedup >= 500 and at_imagenet > 100_000)
        rows.append(
            [
                name,
                str(len(which)),
                str(count),
                f"{wall['means']:.0f}",
                f"{wall['all']:.0f}",
                f"{pairs * a_pair / 3600:.1f}",
                f"{speedup:.0f}",
                f"{at_imagenet:.0f}",
                f"{worst:.1e}",
                f"{memory:.0f}",
            ]
        )
    header = (
        *("network", "layers", "pictures", "means s", "with intervals s", "scipy h"),
        *("times faster", "at 50,000", "difference", "peak MB"),
    )
    print(grid(header, rows))
    return {**figures, "passed": bool(passed)}
