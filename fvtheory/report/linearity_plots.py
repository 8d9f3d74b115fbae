"""Figures of path linearity and of the forced choice, as bytes of PNG or PDF files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fvtheory.report.plots import COLOURS, MARKERS, _figure, _saved

if TYPE_CHECKING:
    from fvtheory.empirical.forced_choice import Row
    from fvtheory.empirical.human_scores import Correlation
    from fvtheory.empirical.linearity import Linearity


def path_curves(settings: Mapping[str, Sequence[Linearity]], kind: str = "png") -> bytes:
    """Gradient angles and line distances along the path, a thin line a unit and a thick one for their mean.

    Args:
        settings: name of a setting -> units measured with it.
    """
    figure = _figure(9.0, 3.4)
    panels = figure.subplots(1, 2)
    for panel, name, title in (
        (panels[0], "agpa", "average gradient path angle (degrees)"),
        (panels[1], "aldp", "average line distance path"),
    ):
        for k, (setting, units) in enumerate(settings.items()):
            curves = [getattr(u, name) for u in units]
            steps = range(1, len(curves[0]) + 1)
            for curve in curves:
                panel.plot(steps, curve, color=COLOURS[k + 1], lw=0.4, alpha=0.4)
            mean = [_mean(column) for column in zip(*curves, strict=True)]
            panel.plot(steps, mean, color=COLOURS[k + 1], lw=2, label=setting)
        panel.set(xlabel="step", title=title, xscale="log")
        panel.title.set_fontsize(9)
        panel.grid(alpha=0.3, lw=0.5)
    panels[0].axhline(90, color="#666666", ls="--", lw=0.8)
    panels[0].legend(fontsize=7, frameon=False)
    return _saved(figure, kind)


def _mean(column: Sequence[float]) -> float:
    known = [x for x in column if x == x]
    return sum(known) / len(known) if known else float("nan")


def correlation_curves(found: Mapping[str, Mapping[int, Correlation]], kind: str = "png") -> bytes:
    """Spearman's correlation with the scores against how many steps are looked at, with bootstrap bands (Figure 12).

    Args:
        found: name -> number of steps -> correlation.
    """
    figure = _figure(6.0, 3.6)
    panel = figure.subplots()
    for k, (name, curve) in enumerate(found.items()):
        steps = list(curve)
        colour = COLOURS[(k + 1) % len(COLOURS)]
        panel.fill_between(
            steps, [c.low for c in curve.values()], [c.high for c in curve.values()], color=colour, alpha=0.12
        )
        panel.plot(
            steps,
            [c.r for c in curve.values()],
            MARKERS[k % len(MARKERS)] + "-",
            color=colour,
            ms=3,
            lw=1.2,
            label=name,
        )
    panel.axhline(0, color="#666666", lw=0.8)
    panel.set(xlabel="steps looked at", ylabel="Spearman's r with the scores", xscale="log", ylim=(-1, 1))
    ticks = sorted({n for curve in found.values() for n in curve})
    panel.set_xticks(ticks, labels=[str(n) for n in ticks], fontsize=7)
    panel.set_xticks([], minor=True)
    figure.legend(fontsize=7, frameon=False, ncols=2, loc="outside lower center")
    panel.grid(alpha=0.3, lw=0.5)
    return _saved(figure, kind)


def choices(rows: Sequence[Row], kind: str = "png") -> bytes:
    """Share of pairs that each decoder answers rightly, with bootstrap intervals over units, one colour a kind of
    pairs."""
    names = list(dict.fromkeys(r.decoder for r in rows))
    kinds = list(dict.fromkeys(r.pairs for r in rows))
    figure = _figure(7.0, 0.9 + 0.45 * len(names))
    panel = figure.subplots()
    for k, pairs in enumerate(kinds):
        chosen = [r for r in rows if r.pairs == pairs]
        height = [names.index(r.decoder) + 0.16 * (k - (len(kinds) - 1) / 2) for r in chosen]
        reach = [[max(0.0, r.share - r.units_low) for r in chosen]]
        reach += [[max(0.0, r.units_high - r.share) for r in chosen]]
        panel.errorbar(
            [r.share for r in chosen], height, xerr=reach, fmt=MARKERS[k], color=COLOURS[k + 1], label=pairs
        )
    panel.axvline(0.5, color="#666666", ls="--", lw=0.8)
    panel.set(xlim=(0, 1), xlabel="share right", yticks=range(len(names)))
    panel.set_yticklabels(names, fontsize=7)
    panel.invert_yaxis()
    panel.legend(fontsize=7, frameon=False, title="pairs", title_fontsize=7)
    return _saved(figure, kind)
