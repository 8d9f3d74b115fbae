"""The strategies: every example is feasible, a member, apart as asked; they reach the fiber and shrink small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from fvtheory.classes import CLASSES, get_class
from fvtheory.errors import FvtheoryError, InfeasibleInformationError, InvalidInputError, UnknownNameError
from fvtheory.fiber import Fiber
from fvtheory.functions import Function, sup_distance
from fvtheory.information import CONVENTIONS, MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.strategies import (
    claims,
    classes,
    decoders,
    exact_functions,
    fibers,
    functions,
    members,
    pairs,
    phis,
    points,
    relu_modules,
    relu_networks,
)
from fvtheory.strategies.information import is_feasible_under
from fvtheory.strategies.kinds import KINDS

ROOT = Path(__file__).resolve().parents[1]
REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None)
HALF = Fraction(1, 2)
RATE = Fraction(3, 2)

CASES = [
    (cls, dim, convention)
    for cls in CLASSES
    for dim in (1, 2, 3)
    for convention in CONVENTIONS
    if is_feasible_under(CLASSES[cls], convention)
]
EXAMPLES = {1: 10, 2: 5, 3: 1}
"""Exact decisions about a function of three variables take up to seconds."""


def rate_of(cls: str) -> Fraction | None:
    return RATE if get_class(cls).needs_lipschitz else None


# ---- what is drawn is what was asked for ---------------------------------------------------------


@pytest.mark.parametrize(("cls", "dim", "convention"), CASES)
def test_phis_are_feasible_and_members_have_them(cls: str, dim: int, convention: str):
    family, rate = get_class(cls), rate_of(cls)

    @settings(REPRODUCIBLE, max_examples=EXAMPLES[dim])
    @given(st.data())
    def holds(data: st.DataObject):
        phi = data.draw(phis(cls, dim, rate, convention))
        assert phi.dim == dim
        assert family.is_feasible(phi, rate, convention)
        f = data.draw(functions(cls, phi, lipschitz=rate, convention=convention))
        assert Fiber(family, phi, rate).holds(f, convention)

    holds()


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("cls", CLASSES)
def test_members_lie_between_the_envelopes(cls: str, dim: int):
    rate = rate_of(cls)

    @settings(REPRODUCIBLE, max_examples=40)
    @given(st.data())
    def holds(data: st.DataObject):
        phi = data.draw(phis(cls, dim, rate))
        f, fiber = data.draw(functions(cls, phi, lipschitz=rate)), Fiber(get_class(cls), phi, rate)
        assert (f(phi.x_min), f(phi.x_max)) == (phi.f_min, phi.f_max)
        for x in data.draw(st.lists(points(dim), min_size=3, max_size=3)):
            lower, upper = fiber.envelope(x)
            assert lower <= f(x) <= upper

    holds()


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("cls", CLASSES)
def test_pairs_are_as_far_apart_as_asked(cls: str, dim: int):
    rate = rate_of(cls)

    @settings(REPRODUCIBLE, max_examples={1: 8, 2: 4}[dim])
    @given(st.data())
    def holds(data: st.DataObject):
        phi, share = data.draw(phis(cls, dim, rate)), data.draw(st.sampled_from(("1", "0", "1/3", "7/8")))
        f, g = data.draw(pairs(cls, phi, lipschitz=rate, apart=share))
        fiber = Fiber(get_class(cls), phi, rate)
        assert fiber.holds(f)
        assert fiber.holds(g)
        most = Fraction(share) * 2 * fiber.radius
        assert most * Fraction(1023, 1024) <= sup_distance(f, g).value <= most
        if cls != "convex":
            assert sup_distance(f, g).value == most

    holds()


@settings(REPRODUCIBLE, max_examples=60)
@given(fibers(), classes(), relu_networks(2), decoders(2), claims(), st.data())
def test_the_other_strategies_draw_what_they_say(fiber, cls, network, decoder, claim, data):
    assert fiber.cls.is_feasible(fiber.phi, fiber.lipschitz)
    assert cls.name in CLASSES
    assert isinstance(network, ReluNetwork)
    assert network.dim == 2
    phi = data.draw(phis("all", 2))
    assert isinstance(decoder(phi)((HALF, HALF)), (Fraction, float))
    assert claim.statement().dims == (claim.dim,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_function_can_be_asked_for(kind: type[Function]):
    @settings(REPRODUCIBLE, max_examples=10)
    @given(exact_functions(kind=kind))
    def holds(f: Function):
        assert type(f) is kind
        assert isinstance(f((HALF,) * f.dim), Fraction)

    holds()


def test_modules_hold_the_weights_of_networks():
    torch = pytest.importorskip("torch")

    @settings(REPRODUCIBLE, max_examples=10)
    @given(relu_modules(2))
    def holds(module):
        assert isinstance(module, torch.nn.Sequential)
        assert all(p.dtype == torch.float64 for p in module.parameters())

    holds()


def test_equal_settings_draw_equal_examples():
    def drawn() -> list[MinMax]:
        found = []

        @settings(REPRODUCIBLE, max_examples=20)
        @given(phis("convex", 2))
        def collect(phi: MinMax):
            found.append(phi)

        collect()
        return found

    assert drawn() == drawn()


# ---- how much of the fiber is reached ------------------------------------------------------------


@pytest.mark.parametrize("cls", ["all", "piecewise-affine", "lipschitz", "monotone", "convex", "affine"])
def test_values_spread_over_the_whole_range_between_the_envelopes(cls: str):
    """At drawn points, (f(x) - lower)/(upper - lower) falls into each of ten bins, and not only at the ends."""
    rate = rate_of(cls)
    shares: list[Fraction] = []

    @settings(REPRODUCIBLE, max_examples=150)
    @given(st.data())
    def collect(data: st.DataObject):
        phi = data.draw(phis(cls, 2, rate))
        f, fiber = data.draw(functions(cls, phi, lipschitz=rate)), Fiber(get_class(cls), phi, rate)
        for x in ((Fraction(31, 97), Fraction(58, 97)), (Fraction(11, 97), Fraction(91, 97))):
            lower, upper = fiber.envelope(x)
            if lower < upper:
                shares.append((f(x) - lower) / (upper - lower))

    collect()
    bins = [sum(n <= 10 * s < n + 1 or (n == 9 and s == 1) for s in shares) for n in range(10)]
    assert sum(b > 0 for b in bins) >= 9, bins
    assert sum(0 < s < 1 for s in shares) >= len(shares) / 5


# ---- mutants: the checks above can fail ----------------------------------------------------------


@pytest.fixture
def unshrunk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Failures are expected: the first one will do."""
    quick = settings(REPRODUCIBLE, phases=(Phase.generate,), report_multiple_bugs=False)
    monkeypatch.setattr(sys.modules[__name__], "REPRODUCIBLE", quick)
    return monkeypatch


def test_a_slope_barely_too_steep_is_noticed(unshrunk: pytest.MonkeyPatch):
    exact = members._Cones.above
    too_steep = lambda self, p, y, phi: exact(members._Cones(self.rate * Fraction(1001, 1000)), p, y, phi)  # noqa: E731
    unshrunk.setattr(members._Cones, "above", too_steep)
    with pytest.raises(AssertionError):
        test_phis_are_feasible_and_members_have_them("lipschitz", 1, "any-selection")


def test_a_value_barely_beyond_the_range_is_noticed(unshrunk: pytest.MonkeyPatch):
    extend = members._extend

    def wrong(draw, rise, phi, found, p):
        extend(draw, rise, phi, found, p)
        found[-1] = (found[-1][0], found[-1][1] + Fraction(1, 1000))

    unshrunk.setattr(members, "_extend", wrong)
    for cls in ("all", "monotone", "piecewise-affine", "lipschitz"):
        with pytest.raises(AssertionError):
            test_phis_are_feasible_and_members_have_them(cls, 1, "any-selection")


def test_affine_forms_too_flat_to_be_low_at_x_min_are_noticed(unshrunk: pytest.MonkeyPatch):
    unshrunk.setattr(members, "_STEEPNESS", st.just(Fraction(999, 1000)))
    with pytest.raises(AssertionError):
        test_phis_are_feasible_and_members_have_them("convex", 1, "any-selection")


def test_extremes_alone_do_not_pass_for_the_fiber(unshrunk: pytest.MonkeyPatch):
    unshrunk.setattr(members, "_WAYS", st.sampled_from(("lower", "upper")))
    unshrunk.setattr(
        members, "_data", lambda draw, rise, phi: [(phi.x_min, phi.f_min), (phi.x_max, phi.f_max)]
    )
    with pytest.raises(AssertionError):
        test_values_spread_over_the_whole_range_between_the_envelopes("monotone")


# ---- shrinking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", ["all", "piecewise-affine", "lipschitz", "monotone", "convex", "affine"])
def test_failing_examples_shrink_fast_to_small_fractions(cls: str):
    """A function somewhere strictly between its extremes: the smallest has few pieces and small numbers."""
    began = time.process_time()
    third = (Fraction(1, 3),) * 2
    f = find(
        functions(cls, dim=2, lipschitz="2" if cls == "lipschitz" else None),
        lambda f: Fraction(1, 4) < f(third) < Fraction(3, 4),
        settings=settings(REPRODUCIBLE, max_examples=2000),
    )
    assert time.process_time() - began < 10
    shown = json.dumps(f.to_json())
    assert f.size <= 12, shown
    numbers = [
        Fraction(word)
        for word in shown.replace('"', " ").split()
        if word.lstrip("-").replace("/", "").isdigit()
    ]
    assert max(n.denominator for n in numbers) <= 16, shown


def test_the_simplest_phi_is_the_unit_interval():
    assert find(phis("all", 1), lambda phi: True) == MinMax(0, 1, 0, 1)
    assert find(phis("lipschitz", 2, "1/2"), lambda phi: phi.spread > 0).f_max == HALF


# ---- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: phis("nothing"), UnknownNameError),
        (lambda: phis(7), InvalidInputError),
        (lambda: phis("lipschitz", 1), InvalidInputError),
        (lambda: phis("lipschitz", 1, "0"), InvalidInputError),
        (lambda: phis("convex", 1, "2"), InvalidInputError),
        (lambda: phis("convex", 0), InvalidInputError),
        (lambda: phis("convex", True), InvalidInputError),
        (lambda: phis("convex", 1, None, "last"), InvalidInputError),
        (lambda: phis("constant", 1, None, "unique"), InvalidInputError),
        (lambda: functions("convex", MinMax(0, "1/2", 0, 1)), InfeasibleInformationError),
        (lambda: functions("convex", MinMax(0, 1, 0, 1), dim=2), InvalidInputError),
        (lambda: functions("convex", phis("convex", 1), dim=1), InvalidInputError),
        (lambda: functions("convex", "phi"), InvalidInputError),
        (lambda: pairs("convex", apart="3/2"), InvalidInputError),
        (lambda: pairs("convex", apart=0.5), FvtheoryError),
        (lambda: exact_functions(2, next(k for k in KINDS if k.kind == "piecewise-1d")), InvalidInputError),
        (lambda: exact_functions(1, Function), InvalidInputError),
        (lambda: relu_networks(0), InvalidInputError),
        (lambda: decoders(0), InvalidInputError),
    ],
)
def test_bad_arguments_are_refused_at_once(ask, error: type[Exception]):
    with pytest.raises(error):
        ask()


def test_infeasible_phis_of_a_strategy_are_refused_when_drawn():
    with pytest.raises(InfeasibleInformationError):
        find(functions("convex", st.just(MinMax(0, "1/2", 0, 1))), lambda f: True)


# ---- the entry point -----------------------------------------------------------------------------

FROM_TYPE = """
import json
import fvtheory
from hypothesis import Phase, find, settings, strategies as st
from fvtheory.claim_files import UserClaim
from fvtheory.classes import FunctionClass
from fvtheory.fiber import Fiber
from fvtheory.functions import Cone, Function, Lift
from fvtheory.networks import ReluNetwork

one = settings(max_examples=1, phases=(Phase.generate,), database=None)
types = (fvtheory.MinMax, Function, Cone, Lift, ReluNetwork, UserClaim, Fiber, FunctionClass)
found = [isinstance(find(st.from_type(t), lambda value: True, settings=one), t) for t in types]

def annotated(phi: fvtheory.MinMax, network: ReluNetwork):
    return phi, network

found.append(isinstance(find(st.builds(annotated), lambda value: True, settings=one)[0], fvtheory.MinMax))
print(json.dumps(found))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the metadata that pip would install, entry points as pyproject.toml states them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = tmp_path / f"fvtheory-{project['version']}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: fvtheory\nVersion: {project['version']}\n"
    )
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in entries.items())]
    (folder / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def run_from_type(installed: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(installed), str(ROOT)])
    variables = {**os.environ, "PYTHONPATH": path, **environment}
    return subprocess.run(
        [sys.executable, "-c", FROM_TYPE],
        cwd=installed,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_types_are_known_to_hypothesis_once_the_package_is_installed(installed: Path):
    process = run_from_type(installed)
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout) == [True] * 9


def test_without_the_entry_point_they_are_not(installed: Path):
    process = run_from_type(installed, HYPOTHESIS_NO_PLUGINS="1")
    assert process.returncode != 0
