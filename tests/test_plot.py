"""Figures for papers: what is drawn is exact, what is written holds its fonts, bad input writes nothing."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

import matplotlib
import numpy

import fvtheory
from fvtheory.classes import CLASSES, get_class
from fvtheory.cli import main
from fvtheory.errors import FvtheoryError
from fvtheory.fiber import Fiber
from fvtheory.report import fiber_plots, plots

F = Fraction
PHI = {"x_min": ["1/4"], "x_max": ["1"], "f_min": "1/8", "f_max": "7/8"}
SQUARE = {"x_min": ["1/4", "1/2"], "x_max": ["1", "0"], "f_min": "1/8", "f_max": "7/8"}
SKEW = {"x_min": ["2/3"], "x_max": ["0"], "f_min": "1/5", "f_max": "3/4"}
RATE = {"lipschitz": F(2)}
NAMES = [name for name in CLASSES if name not in ("constant", "affine")]


def fiber(name: str, phi: dict) -> Fiber:
    return Fiber(get_class(name), fvtheory.MinMax.from_json(phi), RATE.get(name))


def line(figure, label: str, panel: int = 0) -> tuple[list[float], list[float]]:
    """The points of the line with that label."""
    (found,) = [drawn for drawn in figure.axes[panel].lines if drawn.get_label() == label]
    return list(map(float, found.get_xdata())), list(map(float, found.get_ydata()))


def assert_line_is(figure, label: str, value, panel: int = 0) -> None:
    """Inside each of its pieces the line has the value of an exact function, and the pieces cover [0, 1]."""
    xs, ys = line(figure, label, panel)
    covered = 0.0
    for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True)):
        if math.isnan(x0 + y0 + x1 + y1):
            continue
        if x0 == x1:
            assert y0 == y1, f"{label}: a jump at {x0} is drawn as a line"
            continue
        covered += x1 - x0
        for share in (F(1, 3), F(1, 2)):
            x = F(x0) + share * (F(x1) - F(x0))
            assert abs(float(value(x)) - (y0 + float(share) * (y1 - y0))) < 1e-9, (label, x)
    assert covered == pytest.approx(1)


@pytest.mark.parametrize("phi", [PHI, SKEW], ids=["right", "left"])
@pytest.mark.parametrize("name", NAMES)
def test_envelopes_are_exact(name: str, phi: dict):
    known = fiber(name, phi)
    figure = fiber_plots.envelope(known)

    def at(x: Fraction) -> tuple[Fraction, Fraction]:
        return known.cls.envelope_at(known.phi, x, known.lipschitz)

    assert_line_is(figure, "lower envelope", lambda x: at(x)[0])
    assert_line_is(figure, "upper envelope", lambda x: at(x)[1])
    assert_line_is(figure, "central decoder", lambda x: sum(at(x)) / 2)
    (shade,) = figure.axes[0].collections
    x, y = shade.get_paths()[0].vertices.T
    assert (min(x), max(x)) == (0, 1)
    assert min(y) >= float(known.phi.f_min)
    assert max(y) <= float(known.phi.f_max)


def test_a_line_that_is_a_little_off_is_noticed():
    figure = fiber_plots.envelope(fiber("convex", PHI))
    with pytest.raises(AssertionError):
        assert_line_is(figure, "upper envelope", lambda x: fvtheory.get_class("convex").envelope_at(
            fvtheory.MinMax.from_json(PHI), x)[1] + F(1, 10**6))  # fmt: skip


def test_jumps_show_the_value_and_the_limits():
    """The upper envelope of all functions is f_max but for x_min, where it is f_min."""
    figure = fiber_plots.envelope(fiber("all", PHI))
    points = [
        d
        for d in figure.axes[0].lines
        if d.get_marker() == "o" and d.get_markeredgecolor() == fiber_plots.UPPER
    ]
    drawn = {d.get_markerfacecolor(): list(zip(d.get_xdata(), d.get_ydata(), strict=True)) for d in points}
    assert drawn == {"white": [(0.25, 0.875)], fiber_plots.UPPER: [(0.25, 0.125)]}


@pytest.mark.parametrize("name", NAMES)
def test_pairs_are_in_the_fiber_and_as_far_apart_as_is_said(name: str):
    known = fiber(name, PHI)
    figure = fiber_plots.pair(known)
    lower, upper = known.cls.exact_envelopes(known.phi, known.lipschitz)
    for label in ("one function", "another"):
        xs, ys = line(figure, label)
        assert all(
            float(lower([F(x)])) - 1e-9 <= y <= float(upper([F(x)])) + 1e-9
            for x, y in zip(xs, ys, strict=True)
        )
        for a, m in ((0.25, 0.125), (1.0, 0.875)):
            assert numpy.interp(a, xs, ys) == m
    written = [text.get_text() for text in figure.axes[0].texts]
    gap = next(re.fullmatch(r"2R = (\S+)", word) for word in written if word)
    assert F(gap[1]) == 2 * known.radius


def test_labels_are_exact():
    panel = fiber_plots.pair(fiber("lipschitz", PHI)).axes[0]
    assert [t.get_text() for t in panel.get_xticklabels()] == ["0", "1/4\nx_min", "1\nx_max"]
    assert [t.get_text() for t in panel.get_yticklabels()] == ["f_min = 1/8", "f_max = 7/8"]
    assert panel.get_title() == "lipschitz, L = 2, R = 3/8"


def test_maps_are_exact():
    known = fiber("convex", SQUARE)
    figure = fiber_plots.envelope(known, "two")
    n = fiber_plots.LATTICE
    for panel, pick in zip(figure.axes, (min, lambda pair: sum(pair) / 2, max), strict=False):
        shown = panel.collections[0].get_array()
        assert shown.shape == (n + 1, n + 1)
        for i, j in ((0, 0), (n, 0), (5, 40), (n // 2, n // 4), (n, n), (63, 2)):
            exact = known.cls.envelope_at(known.phi, (F(i, n), F(j, n)))
            assert shown[j][i] == float(pick(exact))


def nearest(phi):
    return lambda x: phi.f_min if abs(x[0] - phi.x_min[0]) <= abs(x[0] - phi.x_max[0]) else phi.f_max


@pytest.mark.parametrize("name", ["lipschitz", "convex", "all"])
def test_errors_of_a_decoder_are_exact(name: str):
    known = fiber(name, PHI)
    figure = fiber_plots.decoder_error(known, nearest, "nearest")
    xs, ys = line(figure, "nearest")
    assert len(xs) > fiber_plots.SAMPLES
    for x, y in [p for p in zip(xs, ys, strict=True) if not math.isnan(sum(p))][::7]:
        low, high = known.envelope([F(x)])
        guess = nearest(known.phi)([F(x)])
        assert y == float(max(high - guess, guess - low))
    assert_line_is(figure, "least possible at x", lambda x: known.width((x,)) / 2)
    assert line(figure, f"radius R = {known.radius}")[1] == [float(known.radius)] * 2


def test_a_jump_of_a_decoder_is_a_gap_and_a_steep_slope_is_none():
    known = fiber("lipschitz", PHI)

    def jumps(phi):
        return lambda x: phi.f_min if x[0] <= F(1, 3) else phi.f_max

    def climbs(phi):
        return lambda x: min(max(phi.f_min, (x[0] - F(1, 3)) * 2**9), phi.f_max)

    for decoder, gaps in ((jumps, 1), (climbs, 0)):
        xs, ys = line(fiber_plots.decoder_error(known, decoder, "mine"), "mine")
        broken = [i for i, y in enumerate(ys) if math.isnan(y)]
        assert len(broken) == gaps
        for i in broken:
            assert xs[i - 1] <= 1 / 3 <= xs[i + 1] < xs[i - 1] + 1e-6
            assert abs(ys[i + 1] - ys[i - 1]) > 0.1


def test_an_exact_decoder_is_drawn_from_its_pieces():
    known = fiber("lipschitz", PHI)
    figure = fiber_plots.decoder_error(known, lambda phi: known.central_decoder(), "central")
    assert len(line(figure, "central")[0]) < 20
    assert_line_is(figure, "central", lambda x: known.width((x,)) / 2)


def test_radii_are_exact_and_gaps_are_infeasible():
    phi = fvtheory.MinMax.from_json(PHI)
    axis = fiber_plots.Axis.read("x_min", 1)
    found = [
        fiber_plots.radius_over(n, phi, [axis], 16, RATE.get(n)) for n in ("lipschitz", "convex", "affine")
    ]
    figure = fiber_plots.radius(found)
    gaps = 0
    for name in ("lipschitz", "convex", "affine"):
        xs, ys = line(figure, name)
        assert len(xs) == 17
        for x, y in zip(xs, ys, strict=True):
            known = fvtheory.radius(name, {**PHI, "x_min": [str(F(x))]}, RATE.get(name))
            gaps += not known.feasible
            assert math.isnan(y) if not known.feasible else y == float(known.radius)
    assert gaps > 10


def test_a_map_of_radii_is_exact():
    phi = fvtheory.MinMax.from_json(PHI)
    axes = [fiber_plots.Axis.read(word, 1) for word in ("f_max", "L=1/2:4")]
    figure = fiber_plots.radius([fiber_plots.radius_over("lipschitz", phi, axes, 8)])
    shown = figure.axes[0].collections[0].get_array()
    known = 0
    for i in range(9):
        for j in range(9):
            top, rate = F(i, 8), F(1, 2) + F(7, 2) * F(j, 8)
            if top >= phi.f_min:
                exact = fvtheory.radius("lipschitz", {**PHI, "f_max": str(top)}, rate)
                if exact.feasible:
                    known += 1
                    assert shown[j][i] == float(exact.radius)
                    continue
            assert shown.mask[j][i]
    assert known > 20


# ---- files -------------------------------------------------------------------------------------------


def plot(folder: Path, *words: str) -> bytes:
    file = folder / words[-1]
    assert main(["plot", *words[:-1], "--out", str(file)]) == 0
    return file.read_bytes()


LIPSCHITZ = ("--class", "lipschitz", "--lipschitz", "2", "--phi", json.dumps(PHI))


def embedded(pdf: bytes) -> bool:
    """Whether all text is in TrueType fonts that are in the file."""
    return b"/FontFile2" in pdf and b"/Type3" not in pdf and b"/CIDFontType2" in pdf


def test_pdf_fonts_are_embedded_and_sizes_kept(tmp_path: Path):
    for width, inches in (("one", 3.25), ("two", 6.75)):
        pdf = plot(tmp_path, "pair", *LIPSCHITZ, "--width", width, f"{width}.pdf")
        assert embedded(pdf)
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
        assert float(box[1]) == pytest.approx(72 * inches)
    figure = fiber_plots.pair(fiber("lipschitz", PHI))
    with matplotlib.rc_context({"pdf.fonttype": 3}):
        figure.savefig(tmp_path / "type3.pdf")
    assert not embedded((tmp_path / "type3.pdf").read_bytes()), "the check cannot fail"


def test_svg_is_well_formed_and_needs_nothing(tmp_path: Path):
    svg = plot(tmp_path, "envelope", *LIPSCHITZ, "envelope.svg")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width") == f"{72 * 3.25:g}pt"
    assert not list(root.iter("{http://www.w3.org/2000/svg}text")), "text that needs a font"
    links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert all(link.startswith("#") for link in links)


def test_equal_figures_are_equal_files(tmp_path: Path):
    for kind in plots.KINDS:
        once, again = (plot(tmp_path, "radius", "--class", "convex", "--phi", json.dumps(PHI), "--over", "f_min",
                            "--steps", "8", f"{n}.{kind}") for n in "ab")  # fmt: skip
        assert once == again


def test_the_pair_that_refutes_a_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    figures = []
    monkeypatch.setattr(plots, "saved", lambda figure, kind: figures.append(figure) or b"")
    plot(tmp_path, "pair", "--claim", "theorem-4.second-inequality", "claim.pdf")
    title = figures[0].axes[0].get_title()
    bound, radius = re.search(r"claimed bound (\S+), R = (\S+)", title).groups()
    assert F(bound) > F(radius)


def test_decoders_are_found_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "plotted_decoders.py").write_text("def half(phi):\n    return lambda x: 0.5\n")
    monkeypatch.chdir(tmp_path)
    assert plot(tmp_path, "decoder", *LIPSCHITZ, "--decoder", "plotted_decoders:half", "d.png").startswith(
        b"\x89PNG"
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("pair", *LIPSCHITZ, "x.jpg"), "a file ending in .pdf, .svg or .png"),
        (("pair", *LIPSCHITZ, "missing/x.pdf"), "a file in an existing folder"),
        (("pair", "x.pdf"), "neither --claim nor --class with --phi"),
        (("pair", *LIPSCHITZ, "--claim", "lemma-3", "x.pdf"), "one of the two"),
        (("pair", "--claim", "lemma-3", "x.pdf"), "a claim about decoders that is REFUTED"),
        (("pair", "--claim", "theorem-99", "x.pdf"), "claim 'theorem-99'"),
        (("envelope", "--class", "convex", "--phi", json.dumps({**PHI, "x_max": ["1/2"]}), "x.pdf"), "x_max"),
        (("envelope", "--class", "lipschitz", "--phi", json.dumps(PHI), "x.pdf"), "a Lipschitz constant"),
        (
            ("envelope", "--class", "all", "--phi",
             '{"x_min": ["0","0","0"], "x_max": ["1","1","1"], "f_min": "0", "f_max": "1"}', "x.pdf"),
            "one or two dimensions",
        ),
        (("radius", *LIPSCHITZ, "--over", "y", "x.pdf"), "symbol 'y'"),
        (("radius", *LIPSCHITZ, "--over", "x_min=1:0", "x.pdf"), "LOW < HIGH"),
        (("radius", *LIPSCHITZ, "--over", "x_min=0:0.5", "x.pdf"), "required"),
        (("radius", *LIPSCHITZ, "--over", "x_min", "--over", "x_min", "x.pdf"), "two different ones"),
        (("radius", "--class", "convex", "--phi", json.dumps(PHI), "--over", "L", "x.pdf"), "a class with a Lip"),
        (("radius", "--class", "constant", "--phi", json.dumps(PHI), "--over", "x_min", "x.pdf"), "no feasible Φ"),
        (("decoder", *LIPSCHITZ, "--decoder", "no_module:name", "x.pdf"), "no_module"),
        (("similarity", "nowhere", "x.pdf"), "fvtheory sanity"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value[:1] + value[-1:]),
)  # fmt: skip
def test_bad_input_writes_nothing(
    words: tuple[str, ...], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["plot", *words[:-1], "--out", str(tmp_path / words[-1])]) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_widths_are_checked():
    with pytest.raises(FvtheoryError, match="one of one, two"):
        fiber_plots.pair(fiber("convex", PHI), "three")
    with pytest.raises(FvtheoryError, match="one of one, two"):
        fiber_plots.envelope(fiber("convex", SQUARE), "three")


# ---- similarity curves -------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """What ``fvtheory sanity`` leaves, for five layers whose similarities are known."""
    pytest.importorskip("torch")
    from fvtheory.empirical.layer_similarity import Estimate, LayerSimilarity

    def estimate(mean: float) -> Estimate:
        return Estimate(mean, low=mean - 0.1, high=mean + 0.1)

    layers = [
        LayerSimilarity(
            layer=f"layer-{n}",
            kind="Conv2d",
            units=10,
            metric=metric,
            pictures=20,
            constant=0,
            constant_visualizations={"fourier": 0},
            same=estimate(0.5 + 0.04 * n),
            different=estimate(0.1),
            visual={"fourier": estimate(0.2 + 0.05 * n)},
            other={"fourier": estimate(0.15)},
            normalised={"fourier": estimate((0.1 + 0.05 * n) / (0.4 + 0.04 * n))},
        )
        for metric in ("spearman", "cosine")
        for n in range(5)
    ]
    folder = tmp_path / "sanity"
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps({"layers": [entry.to_json() for entry in layers]}))
    return folder


def test_similarity_curves_are_those_of_the_folder(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from fvtheory.report import similarity_plots

    figures = []
    monkeypatch.setattr(similarity_plots, "_saved", lambda figure, kind: figures.append(figure) or b"")
    for curve in ("absolute", "normalised", "ranking"):
        plot(tmp_path, "similarity", str(results), "--metric", "cosine", "--curve", curve, "curve.pdf")
    absolute, normalised, ranking = figures
    assert line(absolute, "natural, same class")[1] == pytest.approx([0.5, 0.54, 0.58, 0.62, 0.66])
    assert line(absolute, "fourier, same class")[1] == pytest.approx([0.2, 0.25, 0.3, 0.35, 0.4])
    points = [drawn for drawn in normalised.axes[0].lines if drawn.get_marker() == "."]
    wanted = [(0.1 + 0.05 * n) / (0.4 + 0.04 * n) for n in range(5)]
    assert list(points[0].get_ydata()) == pytest.approx(wanted)
    share = sum(0.1 + 0.05 * n for n in range(5)) / sum(0.4 + 0.04 * n for n in range(5))
    assert [bar.get_width() for bar in ranking.axes[0].patches] == pytest.approx([share])
    assert {figure.get_size_inches()[0] for figure in figures} == {3.25}


@pytest.mark.parametrize(
    "content", ["{}", '{"layers": [1]}', '{"layers": [{"layer": "x"}]}', "[]", "no JSON"]
)
def test_a_folder_with_other_results_is_refused(
    content: str, results: Path, capsys: pytest.CaptureFixture[str]
):
    (results / "results.json").write_text(content)
    assert main(["plot", "similarity", str(results), "--out", str(results / "x.pdf")]) == 2
    assert "fvtheory sanity" in (err := capsys.readouterr().err) or "not JSON" in err
    assert not (results / "x.pdf").exists()


def test_a_metric_that_was_not_compared_is_refused(results: Path, capsys: pytest.CaptureFixture[str]):
    assert (
        main(["plot", "similarity", str(results), "--metric", "pearson", "--out", str(results / "x.pdf")])
        == 2
    )
    assert "spearman, cosine" in capsys.readouterr().err
