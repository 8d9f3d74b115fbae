"""Knowledge and members as Hypothesis strategies, decoders of knowledge, and the table of information x class."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fvtheory.beyond import (
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    Top,
    UnsupportedError,
    family,
    fiber,
    radius,
)
from fvtheory.beyond import table as table_module
from fvtheory.beyond.agreement import agrees, belongs
from fvtheory.claim_files import claims_of_set, parse_claims, to_toml
from fvtheory.cli import main
from fvtheory.errors import InfeasibleInformationError, InvalidInputError, UnknownNameError
from fvtheory.functions import Affine, Cone, PiecewiseAffine1D, PointValue, constant
from fvtheory.information import MinMax
from fvtheory.strategies import functions, knowledge
from fvtheory.testing import assert_claim, assert_decoder_error

ROOT = Path(__file__).resolve().parents[1]
HALF = F(1, 2)
ALL = ("minimizers", "evaluations", "top", "level-points")


# ---- whether a function agrees ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        (MinMax("0", "1", "0", "1"), True),
        (MinMax("0", "1", "0", "1/2"), False),
        (Maximizers(["1"], "1"), True),
        (Maximizers(["1"], "15/16", "1/16"), True),
        (Maximizers(["1"], "7/8", "1/16"), False),
        (Maximizers(["1/2"]), False),
        (Minimizers(["0"]), True),
        (Evaluations(["1/4"], ["1/4"]), True),
        (Evaluations(["1/4"], ["1/2"], "1/4"), True),
        (Evaluations(["1/4"], ["1/2"], "1/8"), False),
        (Top(["3/4"], ["3/4"], ["1/2"]), True),
        (Top(["1/2"], ["1/2"], ["3/4"]), False),
        (LevelPoints("1/2", ["1/2"], ["1/4"]), True),
        (LevelPoints("1/2", [], ["1/2"]), False),
        (LevelPoints("1/2", [], ["1/2"], strict=False), True),
        (LevelPoints("1/2", ["1/4"], []), False),
        (Gradient("1/2", "1"), True),
        (Gradient("1/2", "1/2"), False),
    ],
)
def test_what_is_true_of_the_identity(operator, holds):
    assert agrees(Affine(["1"], "0"), Knowledge(operator)) is holds


def test_functions_outside_the_range_or_class_are_noticed():
    assert not agrees(Affine(["1"], "1/8"), Knowledge(dim=1))
    bent = PiecewiseAffine1D([(0, 0), (HALF, 1), (1, 0)])
    valley = PiecewiseAffine1D([(0, 1), (HALF, 0), (1, 1)])
    assert belongs(bent, "concave+lipschitz", F(2))
    assert not belongs(bent, "lipschitz", F(1))
    assert not belongs(bent, "convex")
    assert not belongs(bent, "quasi-convex")
    assert belongs(valley, "quasi-convex+continuous")
    assert not belongs(PointValue(valley, (HALF,), 1), "continuous")
    assert not belongs(PointValue(valley, (F(1, 4),), 0), "quasi-convex")
    assert belongs(constant(1, 1), "constant+monotone")
    with pytest.raises(UnsupportedError):
        belongs(bent, "additive")
    with pytest.raises(UnsupportedError):
        agrees(valley, Knowledge(LevelSet("1/2", [[["0"], ["1/4"]]])))
    with pytest.raises(InvalidInputError):
        agrees(valley, Knowledge(dim=2))


# ---- strategies ----------------------------------------------------------------------------------------

CLASSES = [
    ("lipschitz", 2, {"lipschitz": 2}),
    ("monotone", 1, {}),
    ("convex", 1, {}),
    ("concave", 1, {}),
    ("all", 1, {}),
    ("neural-network", 1, {}),
    ("convex+lipschitz", 1, {"lipschitz": 2}),
    ("quasi-convex", 1, {}),
    ("affine", 2, {}),
]


@pytest.mark.parametrize(("name", "dim", "options"), CLASSES)
def test_drawn_functions_agree_with_drawn_knowledge(name, dim, options):
    cls = family(name, dim, **options)

    @settings(max_examples=5, deadline=None, database=None, derandomize=True)
    @given(st.data(), knowledge(cls, operators=ALL))
    def run(data, known):
        assert len(known.operators) == len(ALL)
        f = data.draw(functions(cls, knowledge=known))
        assert agrees(f, known)
        assert belongs(f, name, F(2) if options else None)

    run()


def test_both_extrema_of_classes_of_rates():
    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(knowledge("lipschitz", 1, ("minimizers", "maximizers", "evaluations"), lipschitz=4))
    def run(known):
        assert not fiber(family("lipschitz", 1, lipschitz=4), known).is_empty

    run()


def test_drawn_functions_fill_the_room_between_the_envelopes():
    known = Knowledge(Evaluations(["0", "1"], ["0", "1"]))
    seen = set()

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(functions("monotone", knowledge=known))
    def run(f):
        seen.add(round(8 * f(["1/2"])))

    run()
    assert len(seen) >= 6


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: knowledge("lipschitz", 1), InvalidInputError),
        (lambda: knowledge("cubic", 1), UnknownNameError),
        (lambda: knowledge("convex", 1, ("rumours",)), InvalidInputError),
        (lambda: knowledge("convex", 1, ("evaluations", "minimizers")), InvalidInputError),
        (lambda: knowledge("convex", 1, ("minimizers", "maximizers")), InvalidInputError),
        (lambda: knowledge(family("convex", 1), lipschitz=1), InvalidInputError),
        (
            lambda: functions("convex", MinMax("0", "1", "0", "1"), knowledge=Knowledge(dim=1)),
            InvalidInputError,
        ),
        (lambda: functions("convex", knowledge="f(0) = 1"), InvalidInputError),
        (
            lambda: functions(
                "lipschitz", lipschitz=1, knowledge=Knowledge(Evaluations(["0", "1/2"], ["0", "1"]))
            ),
            InfeasibleInformationError,
        ),
        (lambda: knowledge("convex+concave", 1), UnsupportedError),
    ],
)
def test_bad_arguments_are_refused_at_once(ask, error):
    with pytest.raises(error):
        ask()


def test_functions_that_cannot_be_built_are_refused_with_the_reason():
    known = Knowledge(Evaluations(["0"], ["1/2"]), Gradient("0", "1"))

    with pytest.raises(UnsupportedError, match="gradients"):
        functions("lipschitz", lipschitz=2, knowledge=known)
    with pytest.raises(UnsupportedError, match="parabolas"):
        functions(family("smooth", 1, smooth=4), knowledge=CENTRES)


# ---- decoders of knowledge -------------------------------------------------------------------------------

DECODER = '''
def linear(known):
    """Between the first evaluations, piecewise linear; constant beyond."""
    first = known.operators[0]
    data = sorted((p[0], y) for p, y in zip(first.points, first.values))

    def predict(x):
        t = min(max(x[0], data[0][0]), data[-1][0])
        for (p, y), (q, z) in zip(data, data[1:]):
            if p <= t <= q:
                return y + (z - y) * (t - p) / (q - p)
        return data[0][1]

    return predict
'''
CENTRES = Knowledge(Evaluations(["1/4", "3/4"], ["1/2", "1/2"]))


def test_a_decoder_of_knowledge_keeps_its_error_or_is_shown_where_it_fails(tmp_path, monkeypatch):
    (tmp_path / "decoders_of_knowledge.py").write_text(DECODER)
    monkeypatch.syspath_prepend(tmp_path)
    from decoders_of_knowledge import linear

    assert radius(family("lipschitz", 1, lipschitz=1), CENTRES).exact == F(1, 4)
    assert_decoder_error(linear, "lipschitz", "1/4", "1", knowledge=CENTRES)
    with pytest.raises(AssertionError) as caught:
        assert_decoder_error(linear, "lipschitz", "1/5", "1", knowledge=CENTRES)
    message = str(caught.value)
    assert "off by 1/4 > 1/5" in message
    (line,) = re.findall(r"^see again  (.*)$", message, re.MULTILINE)
    shell = (
        f'python() {{ "{sys.executable}" "$@"; }}; {line.replace("PYTHONPATH=", f"PYTHONPATH={ROOT}:", 1)}'
    )
    again = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert "off by 1/4 > 1/5" in again.stderr


def test_a_search_over_knowledge_ends_at_simple_knowledge():
    drawn = knowledge("lipschitz", 1, lipschitz=1)
    half = lambda known: lambda x: HALF  # noqa: E731
    with pytest.raises(AssertionError) as caught:
        assert_decoder_error(half, "lipschitz", "7/16", "1", knowledge=drawn)
    assert '"values": ["0"]' in str(caught.value)
    assert_decoder_error(half, "all", HALF, knowledge=knowledge("all"), max_examples=10)


def test_knowledge_as_claim_files_state_it():
    half = lambda known: lambda x: HALF  # noqa: E731
    known = {"kind": "evaluations", "points": [["0"], ["1"]], "values": ["1/2", "1/2"]}
    assert_decoder_error(half, "lipschitz", "1/4", "1/2", knowledge=known)
    with pytest.raises(AssertionError, match="1/4 > 1/5"):
        assert_decoder_error(half, "lipschitz", "1/5", "1/2", knowledge=known)
    with pytest.raises(InvalidInputError, match="a table"):
        assert_decoder_error(half, "all", HALF, knowledge="f(0) = 1/2")


def test_arguments_that_do_not_go_with_knowledge():
    half = lambda known: lambda x: HALF  # noqa: E731
    with pytest.raises(InvalidInputError):
        assert_decoder_error(half, "all", HALF, knowledge=CENTRES, when="x_min < x_max")
    with pytest.raises(InvalidInputError):
        assert_decoder_error(half, family("all", 1), HALF)
    with pytest.raises(UnsupportedError):
        assert_decoder_error(half, family("smooth", 1, smooth=4), HALF, knowledge=CENTRES)


def test_claims_with_knowledge_are_written_as_they_are_read():
    for name in ("optimal-recovery", "affine-extremes"):
        for claim in claims_of_set(name):
            assert parse_claims("\n".join(to_toml(claim))) == [claim]
    (wrong,) = [c for c in claims_of_set("affine-extremes") if c.id == "affine-extremes.four-in-a-plane"]
    assert_claim(wrong)


# ---- the table ---------------------------------------------------------------------------------------------


def test_cells_say_who_vouches_for_them(monkeypatch):
    rows = ("Φ", "Φ, value at 1/2", "Φ, which of 7 samples are >= 1/2", "Φ, gradient at 0")
    monkeypatch.setattr(table_module, "ROWS", {r: table_module.ROWS[r] for r in rows})
    cells = {(c.information, c.cls): c for c in table_module.table()}
    assert cells["Φ, value at 1/2", "lipschitz"].vouched_by == ("members", "formula")
    assert cells["Φ, which of 7 samples are >= 1/2", "convex+lipschitz"].vouched_by == ("members",)
    assert cells["Φ, gradient at 0", "lipschitz"].vouched_by == ()
    assert cells["Φ, gradient at 0", "quasi-convex"].radius is None
    assert all(c.vouched_by for c in cells.values() if c.information != rows[-1])
    # A wrong number, and functions that do not agree, lose their vouchers.
    honest = table_module.radius

    def doubled(cls, known):
        found = honest(cls, known)
        return type(found)(True, 2 * found.lower, 2 * found.upper, found.attained, found.at)

    monkeypatch.setattr(table_module, "ROWS", {"Φ, value at 1/2": table_module.ROWS["Φ, value at 1/2"]})
    monkeypatch.setattr(table_module, "radius", doubled)
    assert all(c.vouched_by == () for c in table_module.table() if c.radius)
    monkeypatch.setattr(table_module, "radius", honest)
    monkeypatch.setattr(table_module, "agrees", lambda f, known: False)
    assert all("members" not in c.vouched_by for c in table_module.table())


def test_worst_cases_are_theorems(monkeypatch, capsys):
    monkeypatch.setattr(table_module, "PLACES", {"values at 1/4, 3/4": ("1/4", "3/4")})
    monkeypatch.setattr(table_module, "KNOWN_CLASSES", ("monotone", "lipschitz"))
    assert main(["beyond", "table", "--worst-case", "--markdown"]) == 0
    shown = capsys.readouterr().out
    assert "| values at 1/4, 3/4 | 1/2 | min(1/2, 1/4*L) |" in shown
    monkeypatch.setattr(
        table_module, "_worst", lambda points, cls: ("1/5*L" if cls == "lipschitz" else "1/2", ("0", "0"))
    )
    assert {c.cls: c.status for c in table_module.worst_cases()} == {
        "monotone": "PROVED",
        "lipschitz": "REFUTED",
    }


def test_markdown_escapes_bars():
    assert table_module.markdown(("a", "b"), [("|x|", "y")]) == "| a | b |\n| --- | --- |\n| \\|x\\| | y |"


def test_a_cone_is_no_member_by_chance():
    """The check of membership is not the one that built the function."""
    assert belongs(Cone(("1/2",), "0", "2"), "lipschitz+convex", F(2))
    assert not belongs(Cone(("1/2",), "0", "2"), "monotone")
