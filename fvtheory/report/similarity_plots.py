"""Figures of the sanity check, as bytes of PNG or PDF files; needs matplotlib, which is loaded when drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fvtheory.errors import InvalidInputError
from fvtheory.report.plots import COLOURS, MARKERS, _figure, _saved

if TYPE_CHECKING:
    from fvtheory.empirical.layer_similarity import Estimate, LayerSimilarity
    from fvtheory.empirical.path_similarity_curves import MethodScore

NATURAL_COLOURS = ("#009e73", "#000000")
"""Same class, different classes."""

NARROW = 5.0
"""Inches below which words are broken and small."""

METHOD_COLOURS = tuple(c for c in COLOURS if c not in NATURAL_COLOURS)


def absolute_similarity(
    found: Sequence[LayerSimilarity], metric: str, kind: str = "png", width: float = 10.0
) -> bytes:
    """Similarity by layer (Figures 7, 9, 11): same class, different classes, and each method of visualization;
    thin lines for visualizations of other classes. Shaded: 95% bootstrap intervals of the means.

    Raises:
        InvalidInputError: for no layers with this metric.
    """
    mine = _of(found, metric)
    narrow = width < NARROW
    figure = _figure(width, 1.2 + 0.36 * width + 0.15 * (1 + len(mine[0].visual)))
    panel = figure.subplots()
    _line(panel, [s.same for s in mine], "natural, same class", NATURAL_COLOURS[0], "o-")
    _line(panel, [s.different for s in mine], "natural, different classes", NATURAL_COLOURS[1], "s-")
    for k, method in enumerate(mine[0].visual):
        colour, marker = METHOD_COLOURS[k % len(METHOD_COLOURS)], MARKERS[(k + 2) % len(MARKERS)]
        _line(panel, [s.visual[method] for s in mine], f"{method}, same class", colour, marker + "-")
        _line(panel, [s.other[method] for s in mine], f"{method}, other classes", colour, ":", 0.8)
    panel.set(ylabel=f"{metric},{chr(10) if narrow else ' '}mean over all pairs")
    _layer_axis(panel, [s.layer for s in mine], width)
    legend = {"fontsize": 6 if narrow else 7, "columnspacing": 1, "handlelength": 1.6, "frameon": False}
    figure.legend(ncols=2, loc="outside lower center", **legend)
    return _saved(figure, kind)


def normalised_similarity(
    found: Sequence[LayerSimilarity], metric: str, kind: str = "png", width: float = 10.0
) -> bytes:
    """Normalised similarity by layer (Figures 6, 8, 10), one panel a method: 1 is natural pictures of the same class,
    0 of different classes. Line: smoothed over 7 layers; shaded: the running standard deviation of the points.

    Raises:
        InvalidInputError: for no layers with this metric, or no visualizations.
    """
    from fvtheory.empirical.path_similarity_curves import normalised_curve

    mine = _of(found, metric)
    methods = list(mine[0].visual)
    if not methods:
        raise InvalidInputError("no visualizations", "at least one method")
    figure = _figure(width, 0.9 + 0.21 * min(width, 7) / 0.7 * len(methods))
    panels = figure.subplots(len(methods), 1, sharex=True, squeeze=False)[:, 0]
    place = {s.layer: i for i, s in enumerate(mine)}
    for k, (panel, method) in enumerate(zip(panels, methods, strict=True)):
        curve = normalised_curve(mine, metric, method)
        x = [place[layer] for layer in curve.layers]
        colour = METHOD_COLOURS[k % len(METHOD_COLOURS)]
        panel.axhline(1, color=NATURAL_COLOURS[0], lw=1)
        panel.axhline(0, color=NATURAL_COLOURS[1], lw=1)
        if x:
            panel.fill_between(x, curve.low, curve.high, color=colour, alpha=0.2, lw=0)
            panel.plot(x, curve.points, ".", color=colour, ms=4)
            panel.plot(x, curve.line, color=colour, lw=1.5)
        middle = sorted(curve.points)[len(x) // 10 : len(x) - len(x) // 10] or [0.0]
        panel.set_ylim(min(-0.5, 1.3 * middle[0]), max(1.3, 1.3 * middle[-1]))
        beyond = sum(1 for p in curve.points if not panel.get_ylim()[0] <= p <= panel.get_ylim()[1])
        note = f"; {len(curve.left_out)} layers left out" if curve.left_out else ""
        note += f"; {beyond} points beyond the panel" if beyond else ""
        panel.set_title(f"{method}{note}", fontsize=8)
    panels[len(methods) // 2].set_ylabel(f"normalised {metric}")
    _layer_axis(panels[-1], [s.layer for s in mine], width)
    return _saved(figure, kind)


def method_ranking(scores: Sequence[MethodScore], kind: str = "png", width: float = 6.0) -> bytes:
    """One bar a method: the share of the way from different to same class, over all layers.

    Raises:
        InvalidInputError: for no scores.
    """
    shown = [s for s in scores if s.share is not None]
    if not shown:
        raise InvalidInputError("no scores", "at least one method with a score")
    figure = _figure(width, 0.9 + min(0.4, width / 15) * len(shown))
    panel = figure.subplots()
    names = [s.method for s in shown][::-1]
    values = [s.share if s.share is not None else 0.0 for s in shown][::-1]
    panel.barh(names, values, color=COLOURS[1])
    for i, value in enumerate(values):
        panel.annotate(f"{value:.2f}", (max(value, 0), i), (3, 0), textcoords="offset points", va="center")
    panel.axvline(0, color=NATURAL_COLOURS[1], lw=1)
    panel.axvline(1, color=NATURAL_COLOURS[0], lw=1)
    joint = "\n" if width < NARROW else " "
    panel.set(xlabel=f"0: different classes, 1: same class{joint}({shown[0].metric}, all layers)")
    return _saved(figure, kind)


def _of(found: Sequence[LayerSimilarity], metric: str) -> list[LayerSimilarity]:
    mine = [s for s in found if s.metric == metric]
    if not mine:
        raise InvalidInputError(f"no layers compared by {metric}", "at least one")
    return mine


def _line(
    panel: Any, values: Sequence[Estimate], name: str, colour: str, style: str, width: float = 1.2
) -> None:
    nan = float("nan")
    panel.plot(
        [nan if v.mean is None else v.mean for v in values], style, color=colour, label=name, lw=width, ms=3
    )
    low = [nan if v.low is None else v.low for v in values]
    high = [nan if v.high is None else v.high for v in values]
    panel.fill_between(range(len(values)), low, high, color=colour, alpha=0.2, lw=0)


def _layer_axis(panel: Any, names: Sequence[str], width: float) -> None:
    step = max(1, -(-len(names) // int(4.5 * width)))
    places = range(0, len(names), step)
    panel.set_xticks(list(places), [names[i] for i in places], rotation=90, fontsize=5)
    panel.grid(alpha=0.3, lw=0.5)
