"""Small SVG charts of exact functions for the report: the fiber of a Φ, a pair in it, decoder and bound."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

WIDTH, HEIGHT = 340, 214
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 14, 34
NUDGE = Fraction(1, 10**6)
SAMPLES = 40

Value = Callable[[Fraction], Fraction]


@dataclass(frozen=True)
class Curve:
    """A function of t in [0, 1] with a kind, which names its style."""

    kind: str
    value: Value


@dataclass(frozen=True)
class Bar:
    """A vertical bar at t from low to high, with a word beside it."""

    kind: str
    t: Fraction
    low: Fraction
    high: Fraction
    word: str


@dataclass(frozen=True)
class Chart:
    """What a chart shows over t in [0, 1] and values in [0, 1].

    Attributes:
        title: what it is, for those who do not see it.
        axis: what t is.
        ticks: places on the axis, with words.
        places: where curves may have kinks, jumps or single values.
        band: the envelopes between which the fiber lies.
        curves, dots, bars: what is drawn over it; a dot is (t, value, word).
    """

    title: str
    axis: str
    ticks: Sequence[tuple[Fraction, str]]
    places: Sequence[Fraction]
    band: tuple[Value, Value] | None = None
    curves: Sequence[Curve] = ()
    dots: Sequence[tuple[Fraction, Fraction, str]] = ()
    bars: Sequence[Bar] = field(default_factory=tuple)


def svg(chart: Chart) -> str:
    """The chart as an ``<svg>`` element; every word is escaped."""
    parts = [
        f'<svg class="chart small" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(chart.title, quote=True)}">'
    ]
    for k, word in ((Fraction(0), "0"), (Fraction(1, 2), "½"), (Fraction(1), "1")):
        parts.append(f'<path class="grid" d="M{_x(Fraction(0))} {_y(k)}H{_x(Fraction(1))}"/>')
        parts.append(_text(LEFT - 5, float(_y(k)) + 4, word, "end"))
    for t, word in chart.ticks:
        anchor = "end" if t > Fraction(4, 5) else "start" if t < Fraction(1, 5) else "middle"
        parts.append(_text(_x(t), HEIGHT - BOTTOM + 14, word, anchor))
    parts.append(_text(_x(Fraction(1, 2)), HEIGHT - 4, chart.axis, "middle"))
    if chart.band is not None:
        parts += _band(*(_traced(value, chart.places)[0] for value in chart.band))
    for curve in chart.curves:
        lines, dots = _traced(curve.value, chart.places)
        parts.append(f'<path class="curve {curve.kind}" d="{"".join(map(_path, lines))}"/>')
        for t, y in dots:
            parts.append(f'<circle class="dot {curve.kind}" cx="{_x(t)}" cy="{_y(y)}" r="3"/>')
    for bar in chart.bars:
        low, high = (_y(min(Fraction(1), max(Fraction(0), y))) for y in (bar.low, bar.high))
        parts.append(f'<path class="bar {bar.kind}" d="M{_x(bar.t)} {low}V{high}"/>')
        middle = (float(low) + float(high)) / 2 + 4
        right = bar.t <= Fraction(1, 2)
        parts.append(
            _text(float(_x(bar.t)) + (7 if right else -7), middle, bar.word, "start" if right else "end")
        )
    for t, y, word in chart.dots:
        parts.append(f'<circle class="handle" cx="{_x(t)}" cy="{_y(y)}" r="4"/>')
        anchor = "end" if t > Fraction(4, 5) else "start" if t < Fraction(1, 5) else "middle"
        aside = 17 if y > Fraction(9, 10) else -8  # off the top, and off the ticks at the bottom
        parts.append(_text(_x(t), float(_y(y)) + aside, word, anchor, "small-mark"))
    return "".join([*parts, "</svg>"])


def _x(t: Fraction) -> str:
    return f"{LEFT + float(t) * (WIDTH - LEFT - RIGHT):.1f}"


def _y(value: Fraction) -> str:
    return f"{HEIGHT - BOTTOM - float(value) * (HEIGHT - TOP - BOTTOM):.1f}"


def _text(x: float | str, y: float, words: str, anchor: str, kind: str = "tick") -> str:
    return f'<text class="{kind}" x="{x}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


Line = list[tuple[Fraction, Fraction]]


def _traced(value: Value, places: Sequence[Fraction]) -> tuple[list[Line], Line]:
    """Lines on the open intervals between the places, and dots where a value is not the limit of a line."""
    stops = sorted({Fraction(0), Fraction(1), *places})
    lines: list[Line] = []
    for start, end in pairwise(stops):
        nudge = (end - start) * NUDGE
        count = max(2, round(SAMPLES * (end - start)))
        ts = [start + (end - start) * k / count for k in range(count + 1)]
        lines.append([(t, value(min(end - nudge, max(start + nudge, t)))) for t in ts])
    dots = []
    for i, t in enumerate(stops):
        here = value(t)
        limits = [lines[i - 1][-1][1]] if i else []
        limits += [lines[i][0][1]] if i < len(lines) else []
        if all(abs(limit - here) > Fraction(1, 1000) for limit in limits):
            dots.append((t, here))
    return [_thinned(line) for line in lines], dots


def _thinned(line: Line) -> Line:
    """The line without the points in the middle of straight parts, to within what can be seen."""
    kept = line[:1]
    for before, here, after in zip(line, line[1:], line[2:], strict=False):
        t = (here[0] - before[0]) / (after[0] - before[0])
        if abs(before[1] + t * (after[1] - before[1]) - here[1]) > Fraction(1, 2000):
            kept.append(here)
    return [*kept, line[-1]]


def _path(line: Line) -> str:
    return "".join(f"{'L' if i else 'M'}{_x(t)} {_y(y)}" for i, (t, y) in enumerate(line))


def _band(lower: list[Line], upper: list[Line]) -> list[str]:
    return [
        f'<path class="band" d="{_path(low)}{_path(high[::-1]).replace("M", "L", 1)}Z"/>'
        for low, high in zip(lower, upper, strict=True)
    ]
