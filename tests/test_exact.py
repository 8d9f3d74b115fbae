"""What counts as an exact number, a point and a Φ, and how everything else is refused."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction as Q

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fvtheory.errors import FvtheoryError, InexactNumberError, InvalidInputError
from fvtheory.exact import cube_point, distance, point, rational, sup_norm, text, vertices
from fvtheory.information import CONVENTIONS, MinMax, check_convention

UNIT = st.fractions(0, 1, max_denominator=50)
PHI = MinMax(["0", "1/2"], ["1", "1/3"], "1/4", "3/4")

ACCEPTED = {
    "zero": ("0", Q(0)),
    "quarter": ("1/4", Q(1, 4)),
    "not in lowest terms": ("6/8", Q(3, 4)),
    "sign": ("-3/7", Q(-3, 7)),
    "plus": ("+2", Q(2)),
    "leading zeros": ("007/08", Q(7, 8)),
    "blanks": (" 1 / 4\n", Q(1, 4)),
    "int": (-5, Q(-5)),
    "large int": (10**50, Q(10**50)),
    "fraction": (Q(2, 3), Q(2, 3)),
    "1000 digits": ("1" + "0" * 999, Q(10**999)),
}

REFUSED = {
    "float": 0.5,
    "whole float": 1.0,
    "nan": float("nan"),
    "infinity": float("inf"),
    "true": True,
    "false": False,
    "decimal literal": "0.5",
    "exponent": "1e3",
    "nan in words": "nan",
    "infinity in words": "inf",
    "zero denominator": "1/0",
    "zero denominator, long": "3/000",
    "negative denominator": "1/-2",
    "two signs": "--1",
    "two slashes": "1/2/3",
    "no numerator": "/2",
    "no denominator": "1/",
    "empty": "",
    "blank": "  ",
    "underscores": "1_000",
    "hexadecimal": "0x10",
    "percent": "50%",
    "fraction sign": "½",
    "superscript": "²",
    "arabic digits": "١/٢",
    "fullwidth digits": "１",
    "unicode minus": "−1",
    "no-break space": "\u00a01",
    "null character": "1\x00",
    "trailing words": "1/2 or so",
    "1001 digits": "1" * 1001,
    "a million digits": "7" * 1_000_000,
    "1001 digits below": "1/" + "3" * 1001,
    "none": None,
    "bytes": b"1",
    "list": [1],
    "complex": 1j,
    "Decimal": Decimal("0.5"),
    "numpy float": np.float64(0.5),
    "numpy int": np.int64(1),
    "numpy bool": np.bool_(True),
}


def check_message(error: FvtheoryError, *, remedy: bool = True) -> None:
    """One line that says what was given, what is required and what to do."""
    line = str(error)
    assert line == f"got {error.got}; required: {error.required}" + (
        f"; remedy: {error.remedy}" if error.remedy else ""
    )
    assert "\n" not in line
    assert len(line) < 400
    assert error.got
    assert error.required
    if remedy:
        assert error.remedy


# ---- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ACCEPTED)
def test_rational_accepts(case):
    given_value, wanted = ACCEPTED[case]
    value = rational(given_value)
    assert value == wanted
    assert type(value) is Q


@pytest.mark.parametrize("case", REFUSED)
def test_rational_refuses(case):
    with pytest.raises(InexactNumberError) as caught:
        rational(REFUSED[case], "f_min")
    check_message(caught.value)
    assert "f_min" in caught.value.got
    assert 'string "p/q"' in caught.value.remedy


@given(st.floats(allow_nan=True, allow_infinity=True))
@settings(deadline=None)
def test_no_float_is_a_rational(value):
    with pytest.raises(InexactNumberError):
        rational(value)


@given(st.fractions())
@settings(deadline=None)
def test_text_is_read_back(value):
    assert rational(text(value)) == value
    assert "." not in text(value)


@given(st.text(alphabet="0123456789+-/ ._eE٣½", max_size=8))
@settings(deadline=None)
def test_a_string_is_read_exactly_or_refused(word):
    try:
        value = rational(word)
    except InexactNumberError:
        return
    top, _, bottom = word.partition("/")
    assert "." not in word
    assert "e" not in word.lower()
    assert value * int(bottom or "1") == int(top)


# ---- points -------------------------------------------------------------------------------------


def test_points():
    assert point("1/4") == point(["1/4"]) == point((Q(1, 4),)) == (Q(1, 4),)
    assert point(0) == (Q(0),)
    assert point(c for c in ("2", -1)) == (Q(2), Q(-1))
    assert cube_point(["0", 1, "1/2"]) == (Q(0), Q(1), Q(1, 2))
    assert all(type(c) is Q for c in point([0, "1", Q(2)]))


@pytest.mark.parametrize("value", [0.5, [0.5], ["0", 0.5], [True], True, ["1", None], [["1"]], ["1", "1.0"]])
def test_points_of_inexact_numbers_are_refused(value):
    with pytest.raises(InexactNumberError) as caught:
        point(value, "x_min")
    check_message(caught.value)
    assert "x_min" in caught.value.got


@pytest.mark.parametrize("value", [[], (), None, b"\x00\x01", {0: 1}, {0, 1}, object])
def test_what_is_no_list_of_numbers_is_refused(value):
    with pytest.raises(InvalidInputError) as caught:
        point(value)
    check_message(caught.value, remedy=False)


@pytest.mark.parametrize("value", ["-1/1000000", "1000001/1000000", [0, 2], [-1, 0]])
def test_points_outside_the_cube_are_refused(value):
    point(value)
    with pytest.raises(InvalidInputError) as caught:
        cube_point(value, "x_max")
    check_message(caught.value)
    assert "x_max[" in caught.value.got
    assert "unit cube" in caught.value.remedy


def test_the_coordinate_at_fault_is_named():
    with pytest.raises(InvalidInputError, match=r"x\[2\] = 3/2"):
        cube_point([0, 1, "3/2"], "x")
    with pytest.raises(InexactNumberError, match=r"x\[1\] = 0\.5"):
        cube_point([0, 0.5], "x")


@given(st.lists(st.tuples(UNIT, UNIT, UNIT), min_size=1, max_size=4))
@settings(deadline=None)
def test_the_sup_norm_is_a_norm(rows):
    p, q, r = (tuple(row[k] for row in rows) for k in range(3))
    assert distance(p, q) == distance(q, p) == max(abs(s - t) for s, t in zip(p, q, strict=True))
    assert distance(p, r) <= distance(p, q) + distance(q, r)
    assert (distance(p, q) == 0) == (p == q)
    assert sup_norm([-c for c in p]) == sup_norm(p)


def test_distances_between_dimensions_are_refused():
    with pytest.raises(InvalidInputError, match="dimension 1 and 2"):
        distance(point(0), point([0, 0]))


def test_vertices():
    assert set(vertices(1)) == {(Q(0),), (Q(1),)}
    assert len(set(vertices(3))) == 8


# ---- Φ ------------------------------------------------------------------------------------------


@given(
    st.integers(1, 4).flatmap(lambda d: st.tuples(st.tuples(*[UNIT] * d), st.tuples(*[UNIT] * d))), UNIT, UNIT
)
@settings(deadline=None)
def test_information_goes_through_json_and_pickle(points, p, q):
    phi = MinMax(*points, min(p, q), max(p, q))
    written = json.dumps(phi.to_json())
    assert MinMax.from_json(written) == MinMax.from_json(phi.to_json()) == phi
    assert pickle.loads(pickle.dumps(phi)) == deepcopy(phi) == phi
    assert hash(MinMax.from_json(written)) == hash(phi)
    assert (phi.dim, phi.spread) == (len(points[0]), max(p, q) - min(p, q))


def test_information_in_json_is_what_the_contract_says():
    assert PHI.to_json() == {
        "x_min": ["0", "1/2"],
        "x_max": ["1", "1/3"],
        "f_min": "1/4",
        "f_max": "3/4",
    }
    assert MinMax.from_json('{"f_max": 1, "f_min": "0", "x_max": "1", "x_min": ["0"]}') == MinMax(0, 1, 0, 1)


BAD_JSON = {
    "no json": "x_min",
    "empty": "",
    "list": "[]",
    "number": "1",
    "null": "null",
    "empty object": "{}",
    "deep": "[" * 100_000,
    "huge number": '{"x_min": ' + "9" * 5000 + "}",
    "a key missing": '{"x_min": ["0"], "x_max": ["1"], "f_min": "0"}',
    "a key too many": '{"x_min": ["0"], "x_max": ["1"], "f_min": "0", "f_max": "1", "L": "1"}',
    "a key misspelled": '{"xmin": ["0"], "x_max": ["1"], "f_min": "0", "f_max": "1"}',
    "no coordinates": '{"x_min": [], "x_max": [], "f_min": "0", "f_max": "1"}',
    "null point": '{"x_min": null, "x_max": ["1"], "f_min": "0", "f_max": "1"}',
    "object for a point": '{"x_min": {"0": "0"}, "x_max": ["1"], "f_min": "0", "f_max": "1"}',
    "two dimensions": '{"x_min": ["0"], "x_max": ["1", "1"], "f_min": "0", "f_max": "1"}',
    "outside the cube": '{"x_min": ["2"], "x_max": ["1"], "f_min": "0", "f_max": "1"}',
    "exchanged values": '{"x_min": ["0"], "x_max": ["1"], "f_min": "1", "f_max": "0"}',
    "negative value": '{"x_min": ["0"], "x_max": ["1"], "f_min": "-1", "f_max": "0"}',
    "value above 1": '{"x_min": ["0"], "x_max": ["1"], "f_min": "0", "f_max": "2"}',
}
INEXACT_JSON = {
    "float": '{"x_min": ["0"], "x_max": ["1"], "f_min": 0.5, "f_max": "1"}',
    "float coordinate": '{"x_min": [0.0], "x_max": ["1"], "f_min": "0", "f_max": "1"}',
    "nan": '{"x_min": ["0"], "x_max": ["1"], "f_min": NaN, "f_max": "1"}',
    "infinity": '{"x_min": ["0"], "x_max": ["1"], "f_min": "0", "f_max": Infinity}',
    "boolean": '{"x_min": ["0"], "x_max": ["1"], "f_min": false, "f_max": true}',
    "decimal string": '{"x_min": ["0"], "x_max": ["1"], "f_min": "0.5", "f_max": "1"}',
    "list for a value": '{"x_min": ["0"], "x_max": ["1"], "f_min": ["0"], "f_max": "1"}',
    "null value": '{"x_min": ["0"], "x_max": ["1"], "f_min": null, "f_max": "1"}',
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_malformed_information_is_refused(case):
    with pytest.raises(InvalidInputError) as caught:
        MinMax.from_json(BAD_JSON[case])
    check_message(caught.value, remedy=False)


@pytest.mark.parametrize("case", INEXACT_JSON)
def test_inexact_information_is_refused(case):
    with pytest.raises(InexactNumberError) as caught:
        MinMax.from_json(INEXACT_JSON[case])
    check_message(caught.value)


def test_information_cannot_be_changed():
    with pytest.raises(AttributeError):
        PHI.f_min = Q(0)


def test_conventions():
    assert CONVENTIONS == ("any-selection", "first", "unique")
    assert [check_convention(name) for name in CONVENTIONS] == list(CONVENTIONS)
    for name in ("", "First", "any", None):
        with pytest.raises(InvalidInputError) as caught:
            check_convention(name)
        check_message(caught.value, remedy=False)


def test_errors_form_one_tree():
    from fvtheory import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) >= 7
    for kind in kinds:
        assert issubclass(kind, FvtheoryError)
        check_message(kind("this", "that", "do so"))
        check_message(kind("this", "that"), remedy=False)
