"""Figures of one fiber for papers: pairs, envelopes, the radius over Φ, the error of a decoder.

Functions of one variable are drawn from their exact breakpoints, limits and values, so that a line is the
function and no sample of it; a filled point is the value at a jump, an open one a limit that is not taken.
Functions of two variables are shown at the points of a lattice, where they are evaluated exactly. Labels are
exact rationals. Each function returns a matplotlib ``Figure``; `fvtheory.report.plots.saved` makes a file of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fvtheory.classes import FunctionClass, get_class
from fvtheory.decoders import Decoder, Prediction, asking
from fvtheory.errors import InvalidInputError
from fvtheory.exact import Point, rational
from fvtheory.experiments.pairs import make_pair
from fvtheory.fiber import Fiber
from fvtheory.functions import Combination, Function, Maximum, Piecewise1D, to_piecewise_1d
from fvtheory.information import MinMax
from fvtheory.report.plots import COLOURS, MARKERS, WIDTHS, paper, paper_figure

LATTICE = 64
"""Steps of the lattice on which functions of two variables are shown."""

SAMPLES = 256
"""Steps at which a decoder is asked that is no exact function."""

STEEP, HALVINGS = Fraction(1, 50), 20
"""Changes from step to step that are looked into, and how closely: a jump is a change within 2^-28."""

ZERO, ONE = Fraction(0), Fraction(1)
LOWER, UPPER, CENTRAL, FIBER = COLOURS[1], COLOURS[2], COLOURS[3], COLOURS[6]
MAP = "cividis"
NAN = float("nan")


# ---- pairs, envelopes, decoders ----------------------------------------------------------------------


def pair(fiber: Fiber, width: str = "one", title: str | None = None) -> Any:
    """Two continuous functions of the fiber as far apart as can be (or almost), between its envelopes.

    The gap at the witness point is 2R, or is said to be less: where 2R is approached only, continuous functions
    may fall short of it (`fvtheory.experiments.pairs`).

    Args:
        fiber: of one or two variables.
        width: "one" or "two" columns.
        title: above the figure; None: class, L and R.

    Raises:
        InvalidInputError: in more than two dimensions, or for another width.
        MissingDependencyError: without matplotlib.
    """
    _drawable(fiber.phi.dim)
    found = make_pair(fiber.cls, fiber.phi, fiber.lipschitz)
    gap = f"2R = {_word(found.gap)}" if found.slack == 0 else f"{_word(found.gap)} < 2R"
    if fiber.phi.dim == 2:
        shown = {"one function": found.low, "another": found.high}
        return _maps(fiber, shown, width, title, mark=(found.at, f"here they differ by {gap}"))
    with paper():
        figure, panel = _panel(fiber, width, title)
        _fill(panel, fiber)
        _draw(panel, found.low, color=LOWER, lw=1.4, label="one function")
        _draw(panel, found.high, color=UPPER, lw=1.4, ls=(0, (4, 1.5)), label="another")
        _mark_information(panel, fiber.phi)
        (x,) = map(float, found.at)
        low, high = float(found.low.at(found.at)), float(found.high.at(found.at))
        panel.annotate("", (x, low), (x, high), arrowprops={"arrowstyle": "<->", "lw": 0.8, "shrinkA": 0})
        side = -4 if x > 0.5 else 4
        panel.annotate(
            gap,
            (x, (low + high) / 2),
            (side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="center",
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
        )
        figure.legend(loc="outside lower center", ncols=3)
    return figure


def envelope(fiber: Fiber, width: str = "one", title: str | None = None) -> Any:
    """The envelopes of the fiber and the central decoder (lower + upper)/2 between them.

    Arguments and errors as for `pair`.
    """
    _drawable(fiber.phi.dim)
    lower, upper = fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz)
    central = fiber.central_decoder()
    if fiber.phi.dim == 2:
        shown = {"lower": lower, "central": central, "upper": upper}
        return _maps(fiber, shown, width, title)
    with paper():
        figure, panel = _panel(fiber, width, title)
        _fill(panel, fiber)
        _draw(panel, lower, color=LOWER, lw=1.2, label="lower envelope")
        _draw(panel, upper, color=UPPER, lw=1.2, label="upper envelope")
        _draw(panel, central, color=CENTRAL, lw=1.2, ls=(0, (4, 1.5)), label="central decoder")
        _mark_information(panel, fiber.phi)
        figure.legend(loc="outside lower center", ncols=2 if width == "one" else 4)
    return figure


def decoder_error(
    fiber: Fiber, decoder: Decoder, name: str, width: str = "one", title: str | None = None
) -> Any:
    """The worst error of a decoder at each point, max(upper - D, D - lower), against the least possible one
    there, (upper - lower)/2, and the radius.

    Exact where the decoder answers with an exact function of one variable, else at the points of a lattice.

    Args:
        decoder: what `fvtheory.counterexample` takes.
        name: of the decoder, for the legend.

    Other arguments and errors as for `pair`; besides,

    Raises:
        InvalidInputError: for a decoder that fails or answers with no number.
        UnansweredError: for one that takes more than a minute for an answer.
    """
    _drawable(fiber.phi.dim)
    with asking(decoder, fiber.phi) as prediction:
        return _error_of(fiber, prediction, name, width, title)


def _error_of(fiber: Fiber, prediction: Prediction, name: str, width: str, title: str | None) -> Any:
    lower, upper = fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz)

    def error(x: Point) -> Fraction:
        value = prediction(x)
        return max(upper.at(x) - value, value - lower.at(x))

    if fiber.phi.dim == 2:
        least = Combination([Fraction(1, 2), Fraction(-1, 2)], [upper, lower])
        return _maps(fiber, {name: error, "least possible": least}, width, title, label="error at x")
    with paper():
        figure, panel = _panel(fiber, width, title, values=False)
        answer = prediction.exact
        if isinstance(answer, Function):
            _draw(panel, _error(answer, lower, upper), color=UPPER, lw=1.3, label=name)
        else:
            places = {Fraction(i, SAMPLES) for i in range(SAMPLES + 1)}
            places |= {x for f in (lower, upper) for x in to_piecewise_1d(f).breakpoints}
            xs, ys = _sampled(error, sorted(places))
            panel.plot(xs, ys, color=UPPER, lw=1.3, label=name)
        least = Combination([Fraction(1, 2), Fraction(-1, 2)], [upper, lower])
        _draw(panel, least, color=LOWER, lw=1.2, ls=(0, (4, 1.5)), label="least possible at x")
        panel.axhline(
            float(fiber.radius), color=CENTRAL, ls=":", lw=1.2, label=f"radius R = {_word(fiber.radius)}"
        )
        panel.set(ylabel="worst error at x")
        panel.set_ylim(bottom=min(0.0, panel.get_ylim()[0]))
        figure.legend(loc="outside lower center", ncols=2 if width == "one" else 3)
    return figure


def _sampled(f: Callable[[Point], Fraction], places: Sequence[Fraction]) -> tuple[list[float], list[float]]:
    """A line through the values at these places, broken where f jumps between two of them: where most of a change
    is left after the interval around it has been halved `HALVINGS` times."""
    xs: list[float] = []
    ys: list[float] = []
    for (left, low), (right, high) in pairwise((x, f((x,))) for x in places):
        xs.append(float(left))
        ys.append(float(low))
        change = abs(high - low)
        if change < STEEP:
            continue
        for _ in range(HALVINGS):
            middle = (left + right) / 2
            value = f((middle,))
            if abs(value - low) > abs(high - value):
                right, high = middle, value
            else:
                left, low = middle, value
            if 2 * abs(high - low) < change:
                break
        else:
            xs += [float(left), float(right), float(right)]
            ys += [float(low), NAN, float(high)]
    return [*xs, float(places[-1])], [*ys, float(f((places[-1],)))]


def _error(answer: Function, lower: Function, upper: Function) -> Function:
    above, below = (Combination([1, -1], [f, g]) for f, g in ((upper, answer), (answer, lower)))
    return Maximum([above, below])


# ---- the radius over Φ -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """A symbol of Φ, or L, that runs from low to high."""

    symbol: str
    low: Fraction = ZERO
    high: Fraction = ONE

    @classmethod
    def read(cls, word: str, dim: int) -> Axis:
        """``SYMBOL`` or ``SYMBOL=LOW:HIGH``, for Φ in this many variables.

        Raises:
            InvalidInputError: for another symbol or range.
        """
        name, equals, reach = word.partition("=")
        known = ["f_min", "f_max", "L"]
        for point in ("x_min", "x_max"):
            known += [point] if dim == 1 else [f"{point}[{j}]" for j in range(dim)]
        if name not in known:
            raise InvalidInputError(f"symbol {name!r}", f"one of {', '.join(known)}")
        low, high = ZERO, Fraction(4) if name == "L" else ONE
        if equals:
            first, colon, second = reach.partition(":")
            if not colon:
                raise InvalidInputError(f"range {reach!r}", "LOW:HIGH", f"for example {name}=1/4:3/4")
            low, high = rational(first, f"{name} from"), rational(second, f"{name} to")
        top = None if name == "L" else ONE
        if not 0 <= low < high or (top is not None and high > top):
            raise InvalidInputError(
                f"{name} from {low} to {high}", "0 <= LOW < HIGH" + ("" if top is None else " <= 1")
            )
        return cls(name, low, high)

    def places(self, steps: int) -> list[Fraction]:
        """steps + 1 evenly spaced values."""
        return [self.low + (self.high - self.low) * Fraction(i, steps) for i in range(steps + 1)]

    def put(
        self, phi: MinMax | None, rate: Fraction | None, value: Fraction
    ) -> tuple[MinMax | None, Fraction | None]:
        """Φ and L with this value; no Φ where f_min would exceed f_max."""
        if self.symbol == "L":
            return phi, value
        if phi is None:
            return None, rate
        parts = {"x_min": phi.x_min, "x_max": phi.x_max, "f_min": phi.f_min, "f_max": phi.f_max}
        name, bracket, number = self.symbol.partition("[")
        if name in ("f_min", "f_max"):
            parts[name] = value
        else:
            j = int(number.rstrip("]")) if bracket else 0
            old: Any = parts[name]
            parts[name] = (*old[:j], value, *old[j + 1 :])
        low, high = parts["f_min"], parts["f_max"]
        return (MinMax(**parts) if low <= high else None), rate  # type: ignore[arg-type, operator]


@dataclass(frozen=True)
class RadiusOver:
    """The radius of information at each value of one or two symbols; None where no function of the class has Φ.

    Attributes:
        cls: the class.
        axes: the symbols, one or two.
        places: the values of each.
        radii: by the index of the first symbol; for two symbols, rows by the index of the second.
    """

    cls: FunctionClass
    axes: tuple[Axis, ...]
    places: tuple[tuple[Fraction, ...], ...]
    radii: tuple[tuple[Fraction | None, ...], ...]


def radius_over(
    cls: str, phi: MinMax, axes: Sequence[Axis], steps: int = 64, lipschitz: Fraction | None = None
) -> RadiusOver:
    """The radius where one or two symbols of Φ (or L) run over a range, the others as in `phi`, exactly.

    Raises:
        UnknownNameError: for an unknown class.
        InvalidInputError: for no symbol, more than two or one twice; L that is missing, not above 0 or not asked for.
    """
    known = get_class(cls)
    names = [axis.symbol for axis in axes]
    if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
        raise InvalidInputError(
            f"the symbols {', '.join(names) or 'none'}", "one symbol, or two different ones"
        )
    if "L" in names and not known.needs_lipschitz:
        raise InvalidInputError(f"L for class {cls}", "a class with a Lipschitz constant")
    rate = ONE if "L" in names else lipschitz
    known.is_feasible(phi, rate)  # refuses a missing or needless L

    def at(values: Sequence[Fraction]) -> Fraction | None:
        here: MinMax | None = phi
        constant = lipschitz
        for axis, value in zip(axes, values, strict=True):
            here, constant = axis.put(here, constant, value)
        if here is None or (known.needs_lipschitz and not constant):
            return None
        return known.radius_at(here, constant) if known.is_feasible(here, constant) else None

    places = tuple(tuple(axis.places(steps)) for axis in axes)
    if len(axes) == 1:
        return RadiusOver(known, tuple(axes), places, (tuple(at([s]) for s in places[0]),))
    radii = tuple(tuple(at([s, t]) for s in places[0]) for t in places[1])
    return RadiusOver(known, tuple(axes), places, radii)


def radius(found: Sequence[RadiusOver], width: str = "one", title: str | None = None) -> Any:
    """The radius over one symbol, a line a class, or over two as a map; gaps and grey: Φ is infeasible.

    Raises:
        InvalidInputError: for nothing, several maps, different symbols, or no feasible Φ at all.
        MissingDependencyError: without matplotlib.
    """
    if not found or any(f.axes != found[0].axes for f in found):
        raise InvalidInputError("different symbols, or nothing to show", "the same symbols for all classes")
    if all(r is None for f in found for row in f.radii for r in row):
        raise InvalidInputError("no feasible Φ in the range", "some Φ that a function of the class has")
    if len(found[0].axes) == 2:
        if len(found) > 1:
            raise InvalidInputError(
                "two symbols and several classes", "one class", "--over once, or one --class"
            )
        return _radius_map(found[0], width, title)
    (axis,) = found[0].axes
    with paper():
        figure = paper_figure(width, 0.62)
        panel = figure.subplots()
        for k, line in enumerate(found):
            xs = list(map(float, line.places[0]))
            ys = [NAN if r is None else float(r) for r in line.radii[0]]
            known = [y == y for y in (NAN, *ys, NAN)]
            alone = [i for i in range(len(ys)) if known[i : i + 3] == [False, True, False]]
            colour, name = COLOURS[(k + 1) % len(COLOURS)], line.cls.name
            panel.plot(
                xs,
                ys,
                MARKERS[k % len(MARKERS)] + "-",
                color=colour,
                label=name,
                lw=1.3,
                ms=3.5,
                clip_on=False,
                zorder=3,
                markevery=alone or (k * 3 + 2, max(8, len(xs) // 6)),
            )
        panel.set(xlabel=axis.symbol, ylabel="radius R", ylim=(0, None))
        panel.set_xlim(float(axis.low), float(axis.high))
        if len(found) > 1:
            figure.legend(loc="outside lower center", ncols=2 if width == "one" else 4)
        _title(panel, title if title is not None else (found[0].cls.name if len(found) == 1 else ""))
    return figure


def _radius_map(found: RadiusOver, width: str, title: str | None) -> Any:
    with paper():
        figure = paper_figure(width, 0.8 if width == "one" else 0.5)
        panel = figure.subplots()
        panel.set_facecolor("#d0d0d0")
        xs, ys = (list(map(float, p)) for p in found.places)
        values = [[NAN if r is None else float(r) for r in row] for row in found.radii]
        mesh = panel.pcolormesh(xs, ys, values, cmap=MAP, shading="nearest", rasterized=True, vmin=0)
        bar = figure.colorbar(mesh, ax=panel, label="radius R")
        bar.outline.set_linewidth(0.5)
        panel.set(xlabel=found.axes[0].symbol, ylabel=found.axes[1].symbol)
        panel.set_xlim(xs[0], xs[-1])
        panel.set_ylim(ys[0], ys[-1])
        grey = "; grey: infeasible" if any(r is None for row in found.radii for r in row) else ""
        _title(panel, title if title is not None else f"{found.cls.name}{grey}")
    return figure


# ---- what they share ---------------------------------------------------------------------------------


def _drawable(dim: int) -> None:
    if dim > 2:
        raise InvalidInputError(f"Φ in {dim} dimensions", "one or two dimensions to draw")


def _word(number: Fraction) -> str:
    """The exact number, or a rounded one where that would not fit a label."""
    return str(number) if len(str(number)) <= 9 else f"≈ {float(number):.4g}"


def _title(panel: Any, words: str) -> None:
    if words:
        panel.set_title(words)


def _heading(fiber: Fiber, title: str | None) -> str:
    if title is not None:
        return title
    rate = "" if fiber.lipschitz is None else f", L = {_word(fiber.lipschitz)}"
    return f"{fiber.cls.name}{rate}, R = {_word(fiber.radius)}"


def _panel(fiber: Fiber, width: str, title: str | None, values: bool = True) -> tuple[Any, Any]:
    """A figure with one panel over [0, 1]: ticks at what Φ says."""
    figure = paper_figure(width, 0.72 if width == "one" else 0.42)
    panel = figure.subplots()
    phi = fiber.phi
    _ticks(panel.xaxis, ((phi.x_min[0], "x_min"), (phi.x_max[0], "x_max")))
    panel.set(xlim=(-0.02, 1.02), xlabel="x")
    if values:
        _ticks(panel.yaxis, ((phi.f_min, "f_min"), (phi.f_max, "f_max")), upright=True)
        panel.set(ylim=(-0.04, 1.04), ylabel="f(x)")
    _title(panel, _heading(fiber, title))
    return figure, panel


def _ticks(axis: Any, named: Sequence[tuple[Fraction, str]], upright: bool = False) -> None:
    """Ticks at the named numbers and, where there is room, at 0 and 1."""
    near = Fraction(1, 8)
    names: dict[Fraction, str] = {}
    for place, name in named:
        names[place] = f"{names[place]}, {name}" if place in names else name
    ends = [end for end in (ZERO, ONE) if all(abs(end - place) > near for place in names)]
    places = sorted([*names, *ends])
    first, *others = sorted(names)
    close = bool(others) and others[0] - first < near
    words = {place: _word(place) for place in places}
    for place, name in names.items():
        if upright:
            words[place] = f"{name} = {words[place]}"
        else:
            pad = [" ", ""] if place == first else ["", " "]
            words[place] = "\n".join(word.join(pad[::-1]) if close else word for word in (words[place], name))
    axis.set_ticks(list(map(float, places)), [words[place] for place in places])
    for label, place in zip(axis.get_ticklabels(), places, strict=True):
        if close and place in names:
            side = {"va": "top" if place == first else "bottom"}
            label.set(**(side if upright else {"ha": "right" if place == first else "left"}))


def _draw(panel: Any, f: Function, **style: Any) -> None:
    """A function of one variable from its breakpoints."""
    curve = to_piecewise_1d(f)
    xs: list[float] = []
    ys: list[float] = []
    taken, missed = [], []
    for i, (x, value) in enumerate(zip(curve.breakpoints, curve.values, strict=True)):
        limits = {curve.pieces[k][side] for k, side in ((i - 1, 1), (i, 0)) if 0 <= k < len(curve.pieces)}
        missed += [(x, y) for y in limits - {value}]
        taken += [(x, value)] if limits != {value} else []
    for i, (left, right) in enumerate(curve.pieces):
        ends = list(map(float, curve.breakpoints[i : i + 2]))
        if ys and ys[-1] != float(left):
            xs.append(NAN)
            ys.append(NAN)
        xs += ends
        ys += [float(left), float(right)]
    panel.plot(xs, ys, **style)
    colour = style["color"]
    for points, face in ((missed, "white"), (taken, colour)):
        if points:
            at, height = zip(*((float(x), float(y)) for x, y in points), strict=True)
            panel.plot(at, height, "o", ms=3.2, mfc=face, mec=colour, mew=0.8, ls="none", zorder=3)


def _fill(panel: Any, fiber: Fiber) -> None:
    """The range of f(x) over the fiber."""
    lower, upper = (to_piecewise_1d(f) for f in fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz))
    cuts = sorted({*lower.breakpoints, *upper.breakpoints})
    xs, low, high = [], [], []
    for start, end in pairwise(cuts):
        for place in (start, end):
            xs.append(float(place))
            low.append(float(_limit(lower, start, place)))
            high.append(float(_limit(upper, start, place)))
    panel.fill_between(xs, low, high, color=FIBER, alpha=0.22, lw=0, label="fiber")


def _limit(curve: Piecewise1D, start: Fraction, x: Fraction) -> Fraction:
    """The limit at x of the piece right of start."""
    slope, intercept = curve.line(bisect_right(curve.breakpoints, start) - 1)
    return slope * x + intercept


def _mark_information(panel: Any, phi: MinMax) -> None:
    for x, y, marker in ((phi.x_min, phi.f_min, "v"), (phi.x_max, phi.f_max, "^")):
        panel.plot([float(x[0])], [float(y)], marker, color="black", ms=5, mec="white", mew=0.6, zorder=4)


def _mark_point(panel: Any, point: Point, marker: str, **style: Any) -> None:
    x, y = map(float, point)
    panel.plot([x], [y], marker, mec="white", mew=0.7, ms=6, clip_on=False, zorder=5, **style)


def _maps(
    fiber: Fiber,
    shown: Mapping[str, Function | Callable[[Point], Fraction]],
    width: str,
    title: str | None,
    label: str = "f(x)",
    mark: tuple[Point, str] | None = None,
) -> Any:
    """Functions of two variables side by side, with one scale."""
    phi = fiber.phi
    steps = [Fraction(i, LATTICE) for i in range(LATTICE + 1)]
    values = {
        name: [[float(f.at((x, y)) if isinstance(f, Function) else f((x, y))) for x in steps] for y in steps]
        for name, f in shown.items()
    }
    low = min(v for rows in values.values() for row in rows for v in row)
    high = max(v for rows in values.values() for row in rows for v in row)
    at = list(map(float, steps))
    with paper():
        side = (WIDTHS[width] - 1.15) / len(shown) if width in WIDTHS else 1.0
        figure = paper_figure(
            width, (side + (0.95 if title != "" or mark else 0.75)) / WIDTHS.get(width, 1.0)
        )
        panels = figure.subplots(1, len(shown), sharex=True, sharey=True)
        for panel, (name, rows) in zip(panels, values.items(), strict=True):
            mesh = panel.pcolormesh(
                at,
                at,
                rows,
                cmap=MAP,
                shading="nearest",
                rasterized=True,
                vmin=low,
                vmax=max(high, low + 1e-9),
            )
            for point, marker in ((phi.x_min, "v"), (phi.x_max, "^")):
                _mark_point(panel, point, marker, mfc=UPPER)
            if mark is not None:
                _mark_point(panel, mark[0], "X", mfc="black")
            panel.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=(0, 1), yticks=(0, 1), xlabel="x[0]")
            _title(panel, name)
        panels[0].set(ylabel="x[1]")
        bar = figure.colorbar(mesh, ax=list(panels), label=label, shrink=0.9)
        bar.outline.set_linewidth(0.5)
        heading = _heading(fiber, title)
        note = "" if mark is None else f"\n✕: {mark[1]}"
        if heading or note:
            figure.suptitle(f"{heading}{note}".strip(), fontsize=8)
    return figure


__all__ = ["Axis", "RadiusOver", "decoder_error", "envelope", "pair", "radius", "radius_over"]
