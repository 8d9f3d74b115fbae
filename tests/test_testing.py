"""The assertions for users: they pass what is right, and say of what is barely wrong how to see it again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import strategies as st

from fvtheory.claim_files import UserClaim, parse_claims
from fvtheory.classes import CLASSES
from fvtheory.decoders import central_decoder, constant_decoder, function_decoder
from fvtheory.errors import InvalidInputError
from fvtheory.functions import (
    Affine,
    Combination,
    Cone,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    constant,
)
from fvtheory.information import MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.networks.relu import Layer
from fvtheory.networks.writing import to_relu_network
from fvtheory.testing import assert_claim, assert_decoder_error, assert_in_class, assert_same_information

ROOT = Path(__file__).resolve().parents[1]
HALF = Fraction(1, 2)

DECODERS = '''
def nearest(phi):
    """Predict the value of the nearer extremum."""

    def predict(x):
        to_min = max(abs(s - t) for s, t in zip(x, phi.x_min))
        to_max = max(abs(s - t) for s, t in zip(x, phi.x_max))
        return phi.f_min if to_min <= to_max else phi.f_max

    return predict


class Shifted:
    def __call__(self, phi):
        return lambda x: (phi.f_min + phi.f_max) / 2 + phi.spread / 100


shifted = Shifted()
'''


def message(assertion, *arguments, **keywords) -> str:
    """What the assertion says when it fails."""
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **keywords)
    return str(caught.value)


def see_again(text: str, folder: Path) -> str:
    """Run the printed line in a shell, where ``fvtheory`` is the command of these sources."""
    (line,) = re.findall(r"^see again  (.*)$", text, re.MULTILINE)
    shell = f'fvtheory() {{ "{sys.executable}" -m fvtheory "$@"; }}; python() {{ "{sys.executable}" "$@"; }}; {line}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if line.startswith("PYTHONPATH="):  # the printed path, with these sources beside it
        shell = shell.replace("PYTHONPATH=", f"PYTHONPATH={ROOT}:", 1)
    process = subprocess.run(
        ["bash", "-c", shell],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return process.stdout + process.stderr


@pytest.fixture
def my_decoders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module with decoders in a folder of its own, as a user has one."""
    (tmp_path / "my_own_decoders.py").write_text(DECODERS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "my_own_decoders", raising=False)
    import my_own_decoders

    yield my_own_decoders
    sys.modules.pop("my_own_decoders", None)


# ---- decoders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("cls", [c for c in CLASSES if c not in ("erm", "neural-network")])
def test_the_central_decoder_has_the_radius(cls: str, dim: int):
    rate = "2" if cls == "lipschitz" else None
    assert_decoder_error("central", cls, "(f_max - f_min)/2", rate, dim, max_examples=20)


@pytest.mark.parametrize("cls", ["all", "piecewise-affine", "lipschitz", "monotone", "convex"])
@pytest.mark.parametrize("black_box", [False, True])
def test_a_decoder_a_thousandth_worse_than_claimed_is_noticed(cls: str, black_box: bool):
    def worse(phi: MinMax):
        central = central_decoder(cls, "2" if cls == "lipschitz" else None)(phi)
        shifted = Combination([1, 1], [central, constant(Fraction(1, 1000), phi.dim)])
        return shifted.at if black_box else shifted

    rate = "2" if cls == "lipschitz" else None
    text = message(assert_decoder_error, worse, cls, "(f_max - f_min)/2", rate)
    assert '"x_min": ["0"], "x_max": ["1"]' in text, "the smallest Φ"
    assert text.splitlines()[-1].startswith("see again  fvtheory.counterexample("), "a closure has no name"
    assert_decoder_error(worse, cls, "(f_max - f_min)/2 + 1/1000", rate, max_examples=20)


def test_a_failure_of_a_named_decoder_shows_again_on_the_command_line(my_decoders, tmp_path: Path):
    text = message(
        assert_decoder_error,
        my_decoders.nearest,
        cls="lipschitz",
        lipschitz="2",
        at_most="1/8",
        when="f_max < 1",
    )
    assert "--decoder my_own_decoders:nearest" in text
    assert f"PYTHONPATH={tmp_path}" in text
    again = see_again(text, ROOT)
    for line in text.splitlines():
        if line.startswith(("at ", "function ")):
            assert re.sub(r"\s+", " ", line) in re.sub(r"[ \t]+", " ", again)
    (error,) = re.findall(r"off by (\S+) >", text)
    assert f"error     {error} " in again


def test_an_instance_with_a_name_shows_again_too(my_decoders, tmp_path: Path):
    text = message(assert_decoder_error, my_decoders.shifted, "convex", "(f_max - f_min)/2")
    assert "--decoder my_own_decoders:shifted" in text
    (error,) = re.findall(r"off by (\S+) >", text)
    assert f"error     {error} " in see_again(text, ROOT)


def test_from_the_folder_of_the_module_no_path_is_needed(my_decoders, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = message(assert_decoder_error, "my_own_decoders:nearest", "all", "1/2")
    assert "see again  fvtheory counterexample" in text
    assert "error     1 " in see_again(text, tmp_path)


def test_exact_functions_and_own_decoders_show_again():
    text = message(assert_decoder_error, constant("1/3"), "convex", "1/4")
    (error,) = re.findall(r"off by (\S+) >", text)
    assert f"error=Fraction({error.replace('/', ', ')}" in see_again(text, ROOT)
    text = message(assert_decoder_error, function_decoder(Affine(["1"], 0)), "affine", "1/4")
    assert "Counterexample(" in see_again(text, ROOT)
    text = message(assert_decoder_error, constant_decoder(), "convex", "1/4")
    assert "--decoder constant" in text
    text = message(assert_decoder_error, central_decoder("convex"), "convex", "1/4")
    assert "--decoder central" in text
    assert "no decoder whatsoever stays within the bound there" in text


def test_an_affine_decoder_with_one_wrong_coordinate_is_noticed():
    """Right on the line, wrong in the plane."""

    def first_coordinate(phi: MinMax):
        a, b = phi.x_min[0], phi.x_max[0]
        return lambda x: phi.f_min + phi.spread * (x[0] - a) / (b - a) if a != b else phi.f_min

    assert_decoder_error(first_coordinate, "affine", 0, dim=1)
    text = message(assert_decoder_error, first_coordinate, "affine", 0, dim=2)
    assert "affine" in text


def test_hypotheses_and_strategies_for_phi_narrow_what_is_tried():
    def at_most_half(phi: MinMax):
        assert phi.spread <= HALF
        return constant((phi.f_min + phi.f_max) / 2, phi.dim)

    assert_decoder_error(at_most_half, "all", "1/4", when="f_max - f_min <= 1/2")
    only = st.just(MinMax(0, 1, "1/4", "1/2"))
    assert_decoder_error(at_most_half, "all", "1/8", phis=only)
    message(assert_decoder_error, at_most_half, "all", "124/1000", phis=only)


def test_bad_arguments_are_errors_and_no_verdicts():
    with pytest.raises(InvalidInputError, match="hardly ever meet"):
        assert_decoder_error("constant", "all", "1", when="x_min == 1/3")
    with pytest.raises(InvalidInputError):
        assert_decoder_error("constant", "lipschitz", "1")
    with pytest.raises(InvalidInputError):
        assert_decoder_error(lambda phi: lambda x: float("nan"), "all", "1")
    with pytest.raises(InvalidInputError):
        assert_decoder_error("constant", "all", "f_top")
    with pytest.raises(InvalidInputError):
        assert_in_class(lambda x: x, "convex")
    with pytest.raises(InvalidInputError):
        assert_same_information(constant(0), constant(0, 2))


def test_a_slow_decoder_ends_when_time_is_over():
    calls: set[MinMax] = set()

    def slow(phi: MinMax):
        calls.add(phi)
        time.sleep(0.05)
        return constant((phi.f_min + phi.f_max) / 2, phi.dim)

    assert_decoder_error(slow, "all", "1/2", seconds=0.3)
    assert 1 <= len(calls) < 20


def test_shrinking_ends_fast():
    began = time.process_time()
    message(assert_decoder_error, lambda phi: lambda x: float(phi.f_min), "lipschitz", "1/3", "2", dim=2)
    assert time.process_time() - began < 10


# ---- functions -----------------------------------------------------------------------------------

TENT = PiecewiseAffine1D([(0, 0), ("1/2", "1/2"), (1, 0)])
VALLEY = PiecewiseAffine1D([(0, "1/2"), ("1/2", 0), (1, "1/2")])
ALMOST = Fraction(1001, 1000)
"""Just too steep, too high or too bent."""

BARELY_WRONG = [
    ("lipschitz", PiecewiseAffine1D([(0, 0), ("1/2", ALMOST / 2), (1, 0)]), "1"),
    ("lipschitz", Cone(["0", "1/2"], 0, Fraction(999, 1000)), "99/100"),
    ("lipschitz", OrthantStep(["1/2", "1/2"], "at-least", 1, 0), "8"),
    ("monotone", PiecewiseAffine1D([(0, 0), ("1/2", "1/2"), (1, Fraction(499, 1000))]), None),
    ("monotone", Affine([Fraction(1, 2), Fraction(-1, 1000)], "1/10"), None),
    ("convex", PiecewiseAffine1D([(0, 0), ("1/2", Fraction(501, 1000)), (1, 1)]), None),
    ("convex", PointValue(constant("1/2", 2), ["1/2", "1/2"], Fraction(501, 1000)), None),
    ("affine", PiecewiseAffine1D([(0, 0), ("1/2", Fraction(501, 1000)), (1, 1)]), None),
    ("constant", Affine([Fraction(1, 1000)], 0), None),
    (
        "piecewise-affine",
        Piecewise1D([0, "1/2", 1], [0, HALF, 1], [(0, HALF), (Fraction(501, 1000), 1)]),
        None,
    ),
    ("neural-network", PointValue(constant(0), ["1/3"], Fraction(1, 1000)), None),
    ("erm", PointValue(constant(0), ["1/3"], Fraction(1, 1000)), None),
    ("all", Affine([ALMOST], 0), None),
    ("all", Affine(["1"], Fraction(-1, 1000)), None),
]


@pytest.mark.parametrize(("cls", "f", "rate"), BARELY_WRONG)
def test_a_function_barely_outside_its_class_is_noticed(cls: str, f, rate: str | None):
    text = message(assert_in_class, f, cls, rate)
    assert "decided on its affine pieces" not in text, "points are shown"
    assert "outside [0, 1]" in text or re.search(r"f\(.*\) = |jumps at", text)


def test_a_function_outside_its_class_shows_again():
    cls, f, rate = BARELY_WRONG[0]
    text = message(assert_in_class, f, cls, rate)
    assert text.splitlines()[0] in see_again(text, ROOT)


@pytest.mark.parametrize(
    ("cls", "f", "rate"),
    [
        ("lipschitz", TENT, "1"),
        ("piecewise-affine", TENT, None),
        ("convex", VALLEY, None),
        ("monotone", OrthantStep(["1/2", "1/2"], "at-most", 1, 0), None),
        ("affine", Affine([HALF, -HALF], HALF), None),
        ("constant", constant(1, 3), None),
        ("all", PointValue(constant(0, 2), [0, 0], 1), None),
    ],
)
def test_members_pass(cls: str, f, rate: str | None):
    assert_in_class(f, cls, rate)


def test_networks_are_read_as_functions():
    cone = Cone(["1/4", "1"], 0, "1/2")
    assert_in_class(to_relu_network(cone), "convex")
    assert_in_class(to_relu_network(cone), "lipschitz", "1/2")
    message(assert_in_class, to_relu_network(cone), "lipschitz", "499/1000")
    assert_same_information(to_relu_network(TENT), TENT)
    plane = ReluNetwork([Layer(((HALF, -HALF),), (HALF,), False)])
    assert_in_class(plane, "affine")
    message(assert_in_class, plane, "constant")


@pytest.mark.parametrize(
    ("f", "g", "convention"),
    [
        (TENT, TENT, "any-selection"),
        (TENT, PiecewiseAffine1D([(0, 0), ("1/4", 0), ("1/2", "1/2"), (1, "1/2")]), "any-selection"),
        (VALLEY, PiecewiseAffine1D([(0, "1/2"), ("1/2", 0), (1, "1/4")]), "first"),
        (Affine([1], 0), PiecewiseAffine1D([(0, 0), ("1/2", "1/3"), (1, 1)]), "unique"),
        (constant("1/2"), constant("1/2"), "first"),
    ],
)
def test_equal_information_passes(f, g, convention: str):
    assert_same_information(f, g, convention)
    assert_same_information(g, f, convention)


@pytest.mark.parametrize(
    ("f", "g", "convention", "what"),
    [
        (TENT, PiecewiseAffine1D([(0, 0), ("501/1000", "1/2"), (1, 0)]), "any-selection", "no maximizer"),
        (TENT, PiecewiseAffine1D([(0, 0), ("1/2", "501/1000"), (1, 0)]), "any-selection", "the maximum of f"),
        (
            TENT,
            PiecewiseAffine1D([(0, "1/100"), ("1/2", "1/2"), (1, "1/100")]),
            "any-selection",
            "the minimum of f",
        ),
        (VALLEY, PiecewiseAffine1D([(0, "1/4"), ("1/2", 0), (1, "1/2")]), "first", "the first maximizers"),
        (TENT, TENT, "unique", "not unique"),
        (Affine([1], 0), PointValue(Affine([1], 0), [1], 0), "any-selection", "has no maximum"),
    ],
)
def test_different_information_is_noticed(f, g, convention: str, what: str):
    assert what in message(assert_same_information, f, g, convention)
    message(assert_same_information, g, f, convention)


def test_different_information_shows_again():
    text = message(assert_same_information, TENT, VALLEY)
    assert text.splitlines()[0] in see_again(text, ROOT)


# ---- claims --------------------------------------------------------------------------------------


def claim(bound: str, expected: str | None = None) -> UserClaim:
    return UserClaim("mine", "convex", 1, "value", "every-decoder-errs-at-least", bound, expected=expected)


def test_a_claim_passes_if_it_is_decided_as_expected():
    assert_claim(claim("(f_max - f_min)/2"))
    assert_claim(claim("501*(f_max - f_min)/1000", "REFUTED"))


def test_a_claim_barely_too_strong_is_noticed_and_shows_again():
    text = message(assert_claim, claim("501*(f_max - f_min)/1000"))
    assert "mine: REFUTED" in text
    assert "x_min = " in text
    again = see_again(text, ROOT)
    assert "mine: REFUTED" in again
    assert message(assert_claim, claim("(f_max - f_min)/2", "REFUTED")).startswith("expected REFUTED")


def test_files_of_claims_are_asserted_claim_by_claim(tmp_path: Path):
    text = '[[claim]]\nid = "{}"\nclass = "all"\ndim = 1\nquestion = "value"\nkind = "{}"\nbound = "{}"\n'
    good = text.format("good", "some-decoder-errs-at-most", "(f_max - f_min)/2")
    bad = text.format("bad", "some-decoder-errs-at-most", "499*(f_max - f_min)/1000")
    (tmp_path / "claims.toml").write_text(good)
    assert_claim(tmp_path / "claims.toml")
    (tmp_path / "claims.toml").write_text(good + bad)
    found = message(assert_claim, str(tmp_path / "claims.toml"))
    assert "bad: REFUTED" in found
    assert "good" not in found
    assert parse_claims(bad)[0].id == "bad"


def test_drawn_phis_reach_the_default_strategy():
    """The assertion draws from `phis`: what holds for those holds for it."""
    seen: list[MinMax] = []

    def watched(phi: MinMax):
        seen.append(phi)
        return constant((phi.f_min + phi.f_max) / 2, phi.dim)

    assert_decoder_error(watched, "monotone", "1/2", dim=2, max_examples=10)
    assert {phi.dim for phi in seen} == {2}
    assert all(CLASSES["monotone"].is_feasible(phi) for phi in seen)
