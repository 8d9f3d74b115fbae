"""Figures of the error of central decoders on random functions, as bytes of files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fvtheory.errors import InvalidInputError
from fvtheory.report.plots import COLOURS, _figure, saved

if TYPE_CHECKING:
    from fvtheory.experiments.average_case import Condition, Settings

PANELS = ((0, "mean error / worst mean error"), (1, "root mean square error / worst one"))


def average_case(settings: Settings, conditions: Sequence[Condition], kind: str = "png") -> bytes:
    """How large the error of the central decoder is on random functions, as shares of functions up to each ratio to
    the error on the worst function with the same Φ; a line a condition, medians marked.

    Raises:
        InvalidInputError: where all functions are constant.
        MissingDependencyError: without matplotlib.
    """
    shown = [c for c in conditions if c.measured]
    if not shown:
        raise InvalidInputError("constant functions only", "functions that vary")
    what = "length scale" if settings.source == "gaussian-process" else "SGD steps"
    figure = _figure(7.6, 3.2)
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for panel, (norm, label) in zip(panels, PANELS, strict=True):
        for k, condition in enumerate(shown):
            colour = COLOURS[1 + k % (len(COLOURS) - 1)]
            ratios = sorted(m.ratios[norm] for m in condition.measured)
            shares = [(i + 1) / len(ratios) for i in range(len(ratios))]
            panel.step(
                ratios, shares, where="post", color=colour, lw=1.2, label=f"{what} {condition.value:g}"
            )
            median = condition.quantiles(norm)[2]
            panel.plot([median.low, median.high], [0.5, 0.5], color=colour, lw=3, solid_capstyle="butt")
        panel.axvline(1, color="#666666", ls="--", lw=0.8)
        panel.set(xlabel=label, xlim=(0, 1.03), ylim=(0, 1))
        panel.grid(alpha=0.3, lw=0.5)
    panels[0].set_ylabel("share of functions")
    panels[0].set_title(f"{settings.cls}, d = {settings.dim}, {settings.source}", fontsize=8)
    panels[0].legend(fontsize=7, frameon=False, loc="upper left")
    return saved(figure, kind)
