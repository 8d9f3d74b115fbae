"""Figures as bytes of files, fonts embedded, and those of the experiments; needs matplotlib, loaded when drawing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fvtheory.classes import get_class
from fvtheory.errors import InvalidInputError, MissingDependencyError

if TYPE_CHECKING:
    from fvtheory.experiments.learned_decoders import Run
    from fvtheory.experiments.sweep import Sweep

FORMATS = ("png", "pdf")
"""What the experiments write."""

KINDS = ("pdf", "svg", "png")
"""What a figure can be saved as."""

WIDTHS = {"one": 3.25, "two": 6.75}
"""Inches: one column, and the whole width, of a page with two columns (the ICML style)."""

EMBEDDED = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "fvtheory"}
"""Text in a PDF is TrueType, embedded and searchable; in an SVG it is outlines, the same for every reader."""

PAPER = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
}
"""Sizes in points, for a figure that is printed at its own size."""

COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
"""Okabe and Ito: told apart by colour-blind readers, and in print by the markers beside them."""

MARKERS = "osD^vP*X"


def require_matplotlib() -> Any:
    """The package, or an error that says how to get it."""
    try:
        return import_module("matplotlib.figure")
    except ImportError:
        raise MissingDependencyError(
            "no package matplotlib", "matplotlib for figures", "pip install matplotlib"
        ) from None


def _figure(width: float, height: float) -> Any:
    return require_matplotlib().Figure(figsize=(width, height), layout="constrained")


def paper() -> AbstractContextManager[Any]:
    """Inside, artists get the sizes of a paper."""
    require_matplotlib()
    return import_module("matplotlib").rc_context(PAPER)


def paper_figure(width: str, aspect: float) -> Any:
    """A figure as wide as "one" or "two" columns, `aspect` times as high.

    Raises:
        InvalidInputError: for another width.
    """
    if width not in WIDTHS:
        raise InvalidInputError(f"width {width!r}", f"one of {', '.join(WIDTHS)}")
    return _figure(WIDTHS[width], WIDTHS[width] * aspect)


def saved(figure: Any, kind: str, dpi: int = 300) -> bytes:
    """The figure as a file: pdf, svg or png; equal figures give equal bytes.

    Raises:
        InvalidInputError: for another kind.
    """
    if kind not in KINDS:
        raise InvalidInputError(f"a figure as {kind!r}", " or ".join(KINDS))
    out = io.BytesIO()
    dated: dict[str, dict[str, None]] = {
        "png": {"Software": None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
        "svg": {"Date": None, "Creator": None},
    }
    with import_module("matplotlib").rc_context(EMBEDDED):
        figure.savefig(out, format=kind, dpi=dpi, metadata=dated[kind])
    return out.getvalue()


def _saved(figure: Any, kind: str) -> bytes:
    return saved(figure, kind, 150)


def learned_decoders(runs: Sequence[Run], kind: str = "png") -> bytes:
    """Worst-case errors of decoders over training, one panel a dimension.

    Solid: the greatest error over the Φ of the tests, in units of f_max - f_min, by the adversary. Dashed:
    the radius of information, below which no decoder can be.

    Args:
        runs: from `fvtheory.experiments.learned_decoders.train`.
        kind: "png" or "pdf".

    Raises:
        InvalidInputError: for no runs.
        MissingDependencyError: without matplotlib.
    """
    if not runs:
        raise InvalidInputError("no runs", "at least one")
    dims = sorted({run.dim for run in runs})
    figure = _figure(1.2 + 4.4 * len(dims), 3.8)
    panels = figure.subplots(1, len(dims), sharey=True, squeeze=False)[0]
    names = list(dict.fromkeys(run.cls for run in runs))
    for panel, dim in zip(panels, dims, strict=True):
        for run in runs:
            points = [(c.step, float(c.worst)) for c in run.checkpoints if c.step and c.worst]
            if run.dim != dim or not points:
                continue
            k = names.index(run.cls) % len(COLOURS)
            label = run.cls if run.lipschitz is None else f"{run.cls}, L = {run.lipschitz}"
            panel.plot(
                *zip(*points, strict=True), MARKERS[k] + "-", color=COLOURS[k], label=label, ms=4, lw=1.2
            )
        for radius in sorted({run.radius for run in runs if run.dim == dim and run.radius}):
            panel.axhline(float(radius), color="#666666", ls="--", lw=0.8)
        panel.set(xscale="log", yscale="log", xlabel="training steps", title=f"d = {dim}")
        panel.xaxis.set_minor_formatter(import_module("matplotlib.ticker").NullFormatter())
        panel.grid(alpha=0.3, lw=0.5)
    panels[0].set_ylabel("worst-case error / (f_max - f_min)")
    panels[0].legend(fontsize=7, frameon=False)
    return _saved(figure, kind)


def sweep_pairs(sweep: Sweep, kind: str = "png") -> bytes:
    """The first pairs of a sweep: in one dimension the two functions between the envelopes of their fiber,
    in two dimensions how far apart they are at each point.

    Raises:
        InvalidInputError: for more than two dimensions.
    """
    dim = sweep.information.dim
    if dim > 2:
        raise InvalidInputError(f"pairs in {dim} dimensions", "one or two dimensions to draw")
    count = sweep.shown.shape[1]
    columns = min(3, count)
    rows = -(-count // columns)
    figure = _figure(3.2 * columns, 2.6 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).flat
    for i, panel in enumerate(panels):
        if i >= count:
            panel.set_axis_off()
            continue
        (_pair_on_a_line if dim == 1 else _pair_on_a_square)(panel, sweep, i)
    panels[0].legend(fontsize=6, frameon=False)
    return _saved(figure, kind)


def _envelopes(sweep: Sweep, i: int, x: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    phi = sweep.information.row(i).to_floats()
    rate = None if sweep.lipschitz is None else float(sweep.lipschitz)
    lower, upper = get_class(sweep.cls).bounds(phi, rate)
    points = [tuple(p) for p in x]
    return [lower(p) for p in points], [upper(p) for p in points]


def _pair_on_a_line(panel: Any, sweep: Sweep, i: int) -> None:
    points = sweep.points.tolist()
    x = [p[0] for p in points]
    low, high = _envelopes(sweep, i, points)
    panel.fill_between(x, low, high, color="#56b4e9", alpha=0.25, lw=0, label="fiber")
    for k, (name, colour) in enumerate((("lower", COLOURS[1]), ("upper", COLOURS[2]))):
        panel.plot(x, sweep.shown[k, i].tolist(), color=colour, lw=1.2, label=name)
    phi = sweep.information.row(i).to_floats()
    panel.plot([phi.x_min[0], phi.x_max[0]], [phi.f_min, phi.f_max], "k.", ms=6, label="Φ")
    panel.set(xlim=(0, 1), ylim=(-0.03, 1.03))
    panel.set_title(f"gap {sweep.gap[i].item():.3f}, 2R = {2 * sweep.radius[i]}", fontsize=7)
    panel.tick_params(labelsize=6)


def _pair_on_a_square(panel: Any, sweep: Sweep, i: int) -> None:
    x, y = sweep.points.T.tolist()
    apart = (sweep.shown[1, i] - sweep.shown[0, i]).tolist()
    phi = sweep.information.row(i).to_floats()
    panel.scatter(x, y, c=apart, s=5, cmap="viridis", vmin=0, lw=0)
    panel.plot(*phi.x_min, "v", color=COLOURS[2], mec="white", label="x_min")
    panel.plot(*phi.x_max, "^", color=COLOURS[2], mec="white", label="x_max")
    panel.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    panel.set_title(f"apart by at most {sweep.gap[i].item():.3f}, 2R = {2 * sweep.radius[i]}", fontsize=7)
    panel.tick_params(labelsize=6)


def sweep_errors(sweep: Sweep, kind: str = "png") -> bytes:
    """How often plain decoders err by how much on a sweep, in units of the radius of information.

    Raises:
        InvalidInputError: where all radii are 0.
    """
    from fvtheory.experiments.sweep import DECODERS

    positive = [i for i, r in enumerate(sweep.radius) if r > Fraction(0)]
    if not positive:
        raise InvalidInputError("a sweep over Φ that determine f", "some Φ with a radius above 0")
    figure = _figure(5.2, 3.2)
    panel = figure.subplots()
    for k, name in enumerate(DECODERS):
        ratios = [sweep.errors[i, k].item() / float(sweep.radius[i]) for i in positive]
        panel.hist(
            ratios, bins=[b / 20 for b in range(61)], histtype="step", color=COLOURS[k + 1], label=name
        )
    panel.axvline(1, color="#666666", ls="--", lw=0.8)
    panel.set(xlabel="error on the pair / radius of information", ylabel="Φ", yscale="log")
    panel.legend(fontsize=7, frameon=False)
    return _saved(figure, kind)
