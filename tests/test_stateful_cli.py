"""The command line in drawn sequences: whatever is asked of one Φ, in whatever order, the answers agree."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import types
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fvtheory import fiber as fibers_module
from fvtheory.cli import main
from fvtheory.exact import Point
from fvtheory.fiber import Fiber
from fvtheory.functions import function_from_json, has_information
from fvtheory.information import MinMax
from fvtheory.strategies import exact_functions, fibers, points

SETTINGS = settings(derandomize=True, database=None, deadline=None, max_examples=14, stateful_step_count=8)
NEARLY = 1 - Fraction(1, 10**9)
DECODERS = "drawn_decoders"
"""A module that stands for a user's, with decoders put into it by the machine."""


def ask(*arguments: str) -> tuple[int, dict | None, str]:
    """(exit code, JSON document, errors) of one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([*arguments, "--json"])
        except SystemExit as exit:
            code = int(exit.code or 0)
    return code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


class CommandLine(RuleBasedStateMachine):
    """One Φ, asked about again and again."""

    @initialize(fiber=fibers(None, 1) | fibers(None, 2))
    def begin(self, fiber: Fiber):
        self.fiber, phi = fiber, fiber.phi
        self.options = ["--class", fiber.cls.name, "--phi", json.dumps(phi.to_json())]
        if fiber.lipschitz is not None:
            self.options += ["--lipschitz", str(fiber.lipschitz)]
        self.radii: set[Fraction] = set()
        self.ranges: dict[Point, tuple[Fraction, Fraction]] = {}

    def at(self, *more: Point) -> dict[Point, tuple[Fraction, Fraction]]:
        """What ``envelope`` says of the points."""
        arguments = [word for x in more for word in ("--at", ",".join(map(str, x)))]
        code, answer, _ = ask("envelope", *self.options, *arguments)
        assert code == 0
        assert answer is not None
        found = {}
        for row in answer["points"]:
            found[tuple(map(Fraction, row["at"]))] = (Fraction(row["lower"]), Fraction(row["upper"]))
        assert set(found) == set(more)
        for x, bounds in found.items():
            assert self.ranges.setdefault(x, bounds) == bounds, "the same question has the same answer"
        return found

    @rule()
    def radius(self):
        code, answer, _ = ask("radius", *self.options)
        assert code == 0
        assert answer is not None
        assert answer["feasible"] is True
        self.radii.add(Fraction(answer["radius"]))
        decoder = function_from_json(answer["decoder"])
        x = self.fiber.phi.x_min
        assert 2 * decoder(x) == sum(self.at(x)[x])
        if answer["attained"]:
            lower, upper = self.at(tuple(map(Fraction, answer["at"]))).popitem()[1]
            assert upper - lower == 2 * Fraction(answer["radius"])

    @rule(data=st.data())
    def envelope(self, data: st.DataObject):
        x = data.draw(points(self.fiber.phi.dim))
        for lower, upper in self.at(x).values():
            assert self.fiber.phi.f_min <= lower <= upper <= self.fiber.phi.f_max

    def counterexample(self, decoder: str) -> dict:
        code, answer, _ = ask("counterexample", *self.options, "--decoder", decoder)
        assert code == 0
        assert answer is not None
        f, at = function_from_json(answer["function"]), tuple(map(Fraction, answer["at"]))
        lower, upper = self.at(at)[at]
        assert f(at) == Fraction(answer["value"])
        assert lower <= f(at) <= upper
        assert has_information(f, self.fiber.phi)
        assert self.fiber.cls.contains(f, self.fiber.lipschitz)
        assert Fraction(answer["error"]) == abs(f(at) - Fraction(answer["predicted"]))
        assert Fraction(answer["error"]) >= Fraction(answer["radius"]) * NEARLY
        self.radii.add(Fraction(answer["radius"]))
        return answer

    @rule()
    def counterexample_for_the_central_decoder(self):
        answer = self.counterexample("central")
        assert Fraction(answer["error"]) <= Fraction(answer["radius"])
        assert answer["certified"] is True

    @rule(data=st.data())
    def counterexample_for_a_drawn_decoder(self, data: st.DataObject):
        module = types.ModuleType(DECODERS)
        shape = data.draw(exact_functions(self.fiber.phi.dim))
        module.drawn = lambda phi: shape  # type: ignore[attr-defined]
        sys.modules[DECODERS] = module
        self.counterexample(f"{DECODERS}:drawn")

    @rule(factor=st.sampled_from(("1", "999/1000", "1001/1000")))
    def check(self, factor: str):
        """A claim about this Φ alone: no decoder errs by less than factor * R."""
        phi, rate = self.fiber.phi, self.fiber.lipschitz
        if phi.dim > 1:
            return  # the classes are proved anew in each process; on the line that is quick
        best = fibers_module.radius(self.fiber.cls.name, phi, rate).radius
        assert best is not None
        bound = best * Fraction(factor)
        lines = ["[[claim]]", 'id = "drawn"', f'class = "{self.fiber.cls.name}"', "dim = 1"]
        lines += ['question = "value"', 'kind = "every-decoder-errs-at-least"', f'bound = "{bound}"']
        lines += [f'when = "{pinned(phi)}"'] + ([f'lipschitz = "{rate}"'] if rate is not None else [])
        with TemporaryDirectory() as folder:
            file = Path(folder, "claims.toml")
            file.write_text("\n".join(lines))
            code, answer, _ = ask("check", str(file), "--jobs", "1", "--timeout", "20")
        assert code == 0
        assert answer is not None
        assert answer["claims"][0]["status"] == ("PROVED" if bound <= best else "REFUTED")

    @rule()
    def infeasible(self):
        """x_min = x_max with f_min < f_max is no information at all."""
        same = MinMax(self.fiber.phi.x_min, self.fiber.phi.x_min, 0, 1)
        options = [*self.options]
        options[3] = json.dumps(same.to_json())
        assert ask("radius", *options)[:2] == (0, {"feasible": False})
        for command in (
            ["envelope", *options, "--at", "0"],
            ["counterexample", *options, "--decoder", "central"],
        ):
            code, answer, errors = ask(*command)
            assert (code, answer) == (2, None)
            assert errors.startswith("fvtheory: got Φ")

    @rule(
        words=st.sampled_from(
            (
                ["--lipschitz", "0"],
                ["--class", "round"],
                ["--phi", "{"],
                ["--phi", "0.5"],
                ["--lipschitz", "x"],
            )
        )
    )
    def bad_usage(self, words: list[str]):
        code, answer, errors = ask("radius", *self.options, *words)
        assert (code, answer) == (2, None)
        assert "required" in errors
        assert len(errors.splitlines()) == 1

    @invariant()
    def answers_agree(self):
        if not hasattr(self, "radii"):
            return
        assert len(self.radii) <= 1, "every command states the same radius"
        for best in self.radii:
            assert best == self.fiber.radius
            assert all(upper - lower <= 2 * best for lower, upper in self.ranges.values())


def pinned(phi: MinMax) -> str:
    """The hypothesis that Φ is this one (d = 1)."""
    parts = {"x_min": phi.x_min[0], "x_max": phi.x_max[0], "f_min": phi.f_min, "f_max": phi.f_max}
    return " and ".join(f"{name} == {value}" for name, value in parts.items())


def test_drawn_sequences_of_commands_agree():
    run_state_machine_as_test(CommandLine, settings=SETTINGS)
    sys.modules.pop(DECODERS, None)


QUICK = settings(SETTINGS, phases=(Phase.generate,), report_multiple_bugs=False)


def test_a_radius_that_disagrees_is_noticed(monkeypatch: pytest.MonkeyPatch):
    exact = fibers_module.Radius.to_json
    wrong = lambda self: {**exact(self), "radius": "1/1000"} if self.feasible else exact(self)  # noqa: E731
    monkeypatch.setattr(fibers_module.Radius, "to_json", wrong)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(CommandLine, settings=QUICK)


def test_an_envelope_that_disagrees_is_noticed(monkeypatch: pytest.MonkeyPatch):
    exact = fibers_module.EnvelopePoint.to_json
    monkeypatch.setattr(fibers_module.EnvelopePoint, "to_json", lambda self: {**exact(self), "upper": "2"})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(CommandLine, settings=QUICK)


def test_a_wrong_exit_code_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fvtheory.cli.BAD_USAGE", 1)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(CommandLine, settings=QUICK)
