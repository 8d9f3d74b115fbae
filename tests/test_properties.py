"""The package tested with its own strategies: laws, envelopes, members, radii, decoders and file formats, and
its checkers held against each other, against linear programs, and against floating-point evaluation.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fuzz_expressions import meaning
from fvtheory.adversary import counterexample
from fvtheory.checkers import cvc5, replay, z3
from fvtheory.claim_files import UserClaim, check, parse_claims
from fvtheory.classes import CLASSES, TABLE_1, FunctionClass
from fvtheory.decoders import ClampedDecoder, central_decoder, decoder_from_file, predict
from fvtheory.exact import distance
from fvtheory.expressions import parse_formula, parse_term, phi_names
from fvtheory.fiber import Fiber, envelope, radius
from fvtheory.functions import (
    Function,
    equal,
    function_from_json,
    is_affine,
    is_constant,
    is_continuous,
    is_convex,
    is_lipschitz,
    is_monotone,
    maximum,
    minimum,
    sup_distance,
    to_piecewise_1d,
)
from fvtheory.information import CONVENTIONS, MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.networks.writing import to_relu_network
from fvtheory.notation.algebra import from_sympy, to_numpy, to_sympy
from fvtheory.notation.smtlib import script
from fvtheory.obligations import satisfiable
from fvtheory.strategies import (
    claims,
    decoders,
    exact_functions,
    fibers,
    functions,
    phis,
    points,
    relu_modules,
    relu_networks,
)
from fvtheory.symbols import constant_phi
from fvtheory.symbols import distance as symbolic_distance
from fvtheory.terms import (
    Const,
    Formula,
    Sym,
    Term,
    absolute,
    eq,
    evaluate,
    ite,
    some,
    symbols,
)
from fvtheory.terms import (
    maximum as term_maximum,
)
from fvtheory.terms import (
    minimum as term_minimum,
)
from linear_programs import as_floats, envelope_by_lp, feasible_by_lp
from mutants.closed_forms import Info
from mutants.closed_forms import radius as known_radius

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None)
HALF = Fraction(1, 2)
TINY = Fraction(1, 10**9)


def property_of(examples: int, *arguments, **keywords):
    """A property that holds for so many derandomized examples."""

    def decorate(test):
        return settings(REPRODUCIBLE, max_examples=examples)(given(*arguments, **keywords)(test))

    return decorate


def drawn_function(data: st.DataObject, fiber: Fiber) -> Function:
    return data.draw(functions(fiber.cls, fiber.phi, lipschitz=fiber.lipschitz))


# ---- laws of the classes -------------------------------------------------------------------------


def obeys_the_law(cls: FunctionClass, f: Function, x, y, z, rate: Fraction | None) -> bool:
    """The definition of the class at three points; z lies between x and y for the convex classes."""
    between = tuple((s + t) / 2 for s, t in zip(x, y, strict=True))
    chord = (f(x) + f(y)) / 2
    pairs = [(p, q) for p in (x, y, z) for q in (x, y, z) if all(s <= t for s, t in zip(p, q, strict=True))]
    rises = [f(q) - f(p) for p, q in pairs]
    return {
        "convex": f(between) <= chord,
        "affine": f(between) == chord,
        "constant": f(x) == f(y) == f(z),
        "monotone": all(r >= 0 for r in rises) or all(r <= 0 for r in rises),
        "lipschitz": rate is None or abs(f(x) - f(y)) <= rate * distance(x, y),
    }.get(cls.name, 0 <= f(x) <= 1)


@pytest.mark.parametrize("cls", CLASSES)
def test_members_obey_the_law_of_their_class_at_drawn_points(cls: str):
    @property_of(40, fibers(cls), st.data())
    def holds(fiber: Fiber, data: st.DataObject):
        f = drawn_function(data, fiber)
        x, y, z = data.draw(st.tuples(*[points(f.dim)] * 3))
        assert obeys_the_law(fiber.cls, f, x, y, z, fiber.lipschitz)

    holds()


DECISIONS = {
    "convex": is_convex,
    "affine": is_affine,
    "constant": is_constant,
    "monotone": lambda f: is_monotone(f) is not None,
}


@pytest.mark.parametrize("cls", DECISIONS)
def test_what_is_decided_to_be_in_a_class_obeys_its_law(cls: str):
    """Functions of no class in particular: an affirmed law has no counterexample at drawn points."""
    met = 0

    @property_of(80, exact_functions(1) | exact_functions(2), st.data())
    def holds(f: Function, data: st.DataObject):
        nonlocal met
        x, y, z = data.draw(st.tuples(*[points(f.dim)] * 3))
        if DECISIONS[cls](f):
            met += 1
            assert obeys_the_law(CLASSES[cls], f, x, y, z, None)

    holds()
    assert met >= 5, "the property is not about nothing"


@property_of(60, exact_functions(1), points(1), points(1))
def test_the_lipschitz_constant_is_the_greatest_slope_on_the_line(f: Function, x, y):
    g = to_piecewise_1d(f)
    if is_continuous(f):
        steepest = max(abs(g.line(i)[0]) for i in range(len(g.pieces)))
        assert is_lipschitz(f, steepest)
        assert steepest == 0 or not is_lipschitz(f, steepest * (1 - TINY))
        assert abs(f(x) - f(y)) <= steepest * distance(x, y)
    else:
        assert not is_lipschitz(f, 10**9)


# ---- envelopes, members, radius ------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES)
def test_envelopes_contain_the_members_and_members_reach_them(cls: str):
    @property_of(25, fibers(cls), st.data())
    def holds(fiber: Fiber, data: st.DataObject):
        x = data.draw(points(fiber.phi.dim))
        lower, upper = fiber.envelope(x)
        assert fiber.phi.f_min <= lower <= upper <= fiber.phi.f_max
        assert lower <= drawn_function(data, fiber)(x) <= upper
        low, high = fiber.pair(x)
        assert (low(x), high(x)) == (lower, upper)
        below, above = fiber.cls.exact_envelopes(fiber.phi, fiber.lipschitz)
        assert (below(x), above(x)) == (lower, upper)
        assert upper - lower <= 2 * fiber.radius

    holds()


@pytest.mark.parametrize("cls", CLASSES)
def test_witnesses_are_members(cls: str):
    @property_of(10, fibers(cls, 1) | fibers(cls, 2), st.data())
    def holds(fiber: Fiber, data: st.DataObject):
        for f in fiber.pair(data.draw(points(fiber.phi.dim))):
            assert fiber.holds(f)
        assert fiber.holds(fiber.member())

    holds()


@pytest.mark.parametrize(
    ("cls", "convention"), [(c, k) for c in CLASSES for k in CONVENTIONS if CLASSES[c].varies(k)]
)
def test_members_under_a_convention_have_their_extrema_as_it_says(cls: str, convention: str):
    @property_of(6, fibers(cls, 1, convention) | fibers(cls, 2, convention))
    def holds(fiber: Fiber):
        assert fiber.cls.is_feasible(fiber.phi, fiber.lipschitz, convention)
        assert fiber.holds(fiber.member(convention), convention)

    holds()


@pytest.mark.parametrize("cls", CLASSES)
def test_the_radius_is_half_the_greatest_width_and_that_of_the_hand_calculation(cls: str):
    @property_of(20, fibers(cls))
    def holds(fiber: Fiber):
        phi = fiber.phi
        width = fiber.width(fiber.widest_point())
        assert 2 * fiber.radius * (1 - Fraction(1, 1024)) <= width <= 2 * fiber.radius
        info = Info(phi.x_min, phi.x_max, phi.f_min, phi.f_max, fiber.lipschitz or Fraction(1))
        assert fiber.radius == (known_radius(cls, info) if phi.spread else 0)

    holds()


@property_of(40, fibers(), st.data())
def test_the_central_decoder_errs_by_at_most_the_radius(fiber: Fiber, data: st.DataObject):
    f, x = drawn_function(data, fiber), data.draw(points(fiber.phi.dim))
    assert abs(f(x) - fiber.central_decoder()(x)) <= fiber.radius


@pytest.mark.parametrize(
    "cls", [c for c in TABLE_1 if c not in ("erm", "neural-network", "piecewise-affine")]
)
def test_envelopes_and_feasibility_are_those_of_linear_programs(cls: str):
    @property_of(12, fibers(cls, 1) | fibers(cls, 2), st.data())
    def holds(fiber: Fiber, data: st.DataObject):
        phi, rate = as_floats(fiber.phi), None if fiber.lipschitz is None else float(fiber.lipschitz)
        assert feasible_by_lp(cls, phi, rate)
        x = data.draw(points(fiber.phi.dim))
        exact = [float(c) for c in fiber.envelope(x)]
        assert envelope_by_lp(cls, phi, tuple(map(float, x)), rate) == pytest.approx(exact, abs=1e-7)

    holds()


@property_of(60, phis("all", 1) | phis("all", 2), st.sampled_from(TABLE_1))
def test_phis_of_other_classes_are_feasible_exactly_where_linear_programs_are(phi: MinMax, cls: str):
    rate = Fraction(1) if CLASSES[cls].needs_lipschitz else None
    assert CLASSES[cls].is_feasible(phi, rate) == feasible_by_lp(cls, as_floats(phi), rate and float(rate))


# ---- extrema and distances -----------------------------------------------------------------------


@property_of(80, exact_functions(1) | exact_functions(2), st.data())
def test_extrema_bound_all_values_and_are_taken_where_they_say(f: Function, data: st.DataObject):
    low, high, x = minimum(f), maximum(f), data.draw(points(f.dim))
    assert low.value <= f(x) <= high.value
    for extremum in (low, high):
        assert (f(x) == extremum.value) == (x in extremum.where)
        if extremum.attained and (first := extremum.first()) is not None:
            assert f(first) == extremum.value


@property_of(
    60, st.integers(1, 2).flatmap(lambda d: st.tuples(exact_functions(d), exact_functions(d), points(d)))
)
def test_distances_bound_all_differences(drawn):
    f, g, x = drawn
    apart = sup_distance(f, g)
    assert abs(f(x) - g(x)) <= apart.value
    assert equal(f, g) == (apart.value == 0)


# ---- decoders ------------------------------------------------------------------------------------


@property_of(40, fibers(None, 1) | fibers(None, 2), st.data())
def test_counterexamples_are_members_on_which_the_decoder_is_that_far_off(fiber: Fiber, data: st.DataObject):
    phi = fiber.phi
    decoder = data.draw(decoders(phi.dim))
    found = counterexample(fiber.cls, phi, decoder, fiber.lipschitz)
    assert fiber.holds(found.function)
    assert found.value == found.function(found.at)
    assert found.predicted == predict(decoder, phi)(found.at)
    assert found.error == abs(found.value - found.predicted)
    assert found.radius == fiber.radius
    assert found.error >= fiber.radius * (1 - TINY)
    if found.upper_bound is not None:
        f, x = drawn_function(data, fiber), data.draw(points(phi.dim))
        assert abs(f(x) - predict(decoder, phi)(x)) <= found.upper_bound


@property_of(40, fibers(None, 1) | fibers(None, 2), st.data())
def test_clamping_never_makes_a_decoder_worse(fiber: Fiber, data: st.DataObject):
    phi = fiber.phi
    decoder, f = data.draw(decoders(phi.dim)), drawn_function(data, fiber)
    x = data.draw(points(phi.dim))
    clamped, plain = predict(ClampedDecoder(decoder), phi)(x), predict(decoder, phi)(x)
    assert phi.f_min <= clamped <= phi.f_max
    assert abs(f(x) - clamped) <= abs(f(x) - plain)


@property_of(30, fibers())
def test_the_central_decoder_is_the_mean_of_the_envelopes(fiber: Fiber):
    central = central_decoder(fiber.cls, fiber.lipschitz)(fiber.phi)
    for x in (fiber.phi.x_min, fiber.widest_point()):
        assert 2 * central(x) == sum(fiber.envelope(x))


# ---- formats -------------------------------------------------------------------------------------


@property_of(100, exact_functions(), st.data())
def test_functions_survive_json(f: Function, data: st.DataObject):
    back = function_from_json(json.dumps(f.to_json()))
    assert back == f
    x = data.draw(points(f.dim))
    assert back(x) == f(x)


@property_of(60, fibers())
def test_phis_and_answers_survive_json(fiber: Fiber):
    phi, rate = fiber.phi, fiber.lipschitz
    assert MinMax.from_json(json.dumps(phi.to_json())) == phi
    answer = json.loads(json.dumps(radius(fiber.cls.name, phi.to_json(), rate).to_json()))
    assert Fraction(answer["radius"]) == fiber.radius
    assert function_from_json(answer["decoder"]) == fiber.central_decoder()
    (row,) = envelope(fiber.cls.name, json.dumps(phi.to_json()), [phi.x_max], rate).to_json()["points"]
    assert (Fraction(row["lower"]), Fraction(row["upper"])) == (phi.f_max, phi.f_max)


def as_toml(claim: UserClaim) -> str:
    keys = {
        "class": claim.cls,
        "dim": claim.dim,
        **{k: getattr(claim, k) for k in ("id", "question", "kind", "bound")},
    }
    keys |= {
        k: getattr(claim, k) for k in ("lipschitz", "when", "convention", "reading") if getattr(claim, k)
    }
    lines = [f"{k} = {v if isinstance(v, int) else json.dumps(v)}" for k, v in keys.items()]
    return "\n".join(["[[claim]]", *lines])


@property_of(60, claims())
def test_claims_survive_their_file_format(claim: UserClaim):
    assert parse_claims(as_toml(claim)) == [claim]


@property_of(60, claims(), st.data())
def test_expressions_of_claims_mean_what_python_makes_of_them(claim: UserClaim, data: st.DataObject):
    rate = Fraction(3, 2) if claim.lipschitz else None
    phi = data.draw(phis(claim.cls, claim.dim, rate, claim.convention))
    names = phi_names(constant_phi(phi, rate), rate is not None)
    values = {name: evaluate(value, {}) for name, value in names.items()}
    assert evaluate(parse_term(claim.bound, names), {}) == meaning(claim.bound, values)
    if claim.when is not None:
        assert evaluate(parse_formula(claim.when, names), {}) == meaning(claim.when, values)


def test_networks_are_the_functions_they_are_written_out_to():
    @property_of(40, relu_networks(1) | relu_networks(2), st.data())
    def holds(network: ReluNetwork, data: st.DataObject):
        x = data.draw(points(network.dim))
        low, high = network.range_over((Fraction(0),) * network.dim, (Fraction(1),) * network.dim)
        assert low <= network(x) <= high
        if network.dim == 1:
            assert network.to_function()(x) == network(x)

    holds()


@property_of(40, functions("piecewise-affine"), st.data())
def test_members_written_as_networks_are_the_same_function(f: Function, data: st.DataObject):
    x = data.draw(points(f.dim))
    assert to_relu_network(f)(x) == f(x)


def test_networks_survive_torch(tmp_path):
    torch = pytest.importorskip("torch")
    from fvtheory.networks.reading import network_from_torch

    @property_of(8, relu_networks())
    def module(network: ReluNetwork):
        from fvtheory.networks.writing import to_torch

        assert network_from_torch(to_torch(network)) == network

    module()

    @property_of(1, relu_modules(2))
    def file(drawn):
        torch.jit.script(drawn).save(str(tmp_path / "network.pt"))
        assert decoder_from_file(tmp_path / "network.pt").function == network_from_torch(drawn)

    file()


def test_networks_survive_onnx(tmp_path):
    onnx = pytest.importorskip("onnx")

    @property_of(15, relu_networks())
    def holds(network: ReluNetwork):
        nodes, initializers, here = [], [], "x"
        for n, layer in enumerate(network.layers):
            for kind, values in (("w", layer.weight), ("b", layer.bias)):
                array = np.array(
                    [[float(w) for w in row] for row in values] if kind == "w" else [float(b) for b in values]
                )
                initializers.append(onnx.numpy_helper.from_array(array, f"{kind}{n}"))
            nodes.append(onnx.helper.make_node("Gemm", [here, f"w{n}", f"b{n}"], [f"y{n}"], transB=1))
            here = f"y{n}"
            if layer.relu:
                nodes.append(onnx.helper.make_node("Relu", [here], [f"z{n}"]))
                here = f"z{n}"
        shaped = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            nodes,
            "network",
            [shaped("x", onnx.TensorProto.DOUBLE, [None, network.dim])],
            [shaped(here, onnx.TensorProto.DOUBLE, [None, 1])],
            initializers,
        )
        onnx.save(onnx.helper.make_model(graph), str(tmp_path / "network.onnx"))
        assert decoder_from_file(tmp_path / "network.onnx").function == network

    holds()


# ---- checkers against each other -----------------------------------------------------------------

X, Y = Sym("x"), Sym("y")
_LEAVES = st.sampled_from((X, Y, Const(Fraction(0)), Const(Fraction(1)), Const(HALF), Const(Fraction(-1, 3))))


def _larger(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]),
        two.map(lambda p: p[0] - p[1]),
        two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: term_minimum(*p)),
        two.map(lambda p: term_maximum(*p)),
        inner.map(absolute),
        st.tuples(two, two).map(lambda p: ite(p[0][0] <= p[0][1], *p[1])),
    )


TERMS = st.recursive(_LEAVES, _larger, max_leaves=5)
ATOMS = st.tuples(st.sampled_from((lambda p, q: p < q, lambda p, q: p <= q, eq)), TERMS, TERMS).map(
    lambda drawn: drawn[0](*drawn[1:])
)
FORMULAS = st.lists(
    ATOMS | ATOMS.map(lambda a: ~a) | st.tuples(ATOMS, ATOMS).map(some), min_size=1, max_size=3
)
BOX = [X >= 0, X <= 1, Y >= 0, Y <= 1]
GRID = [Fraction(i, 6) for i in range(7)]


def agreed(formulas: list[Formula], solvers=(z3, cvc5)) -> str:
    """What the solvers say of the formulas on the unit square, each answer held against exact arithmetic."""
    obligation = satisfiable("drawn", [*BOX, *formulas])
    question = script(obligation.asked, anonymous=True)
    answers = [solver.answer(question.text, question.names, question.linear, 2.0) for solver in solvers]
    words = {word for word, _ in answers} - {"unknown"}
    assert len(words) <= 1, f"the solvers contradict each other on {obligation}"
    met = [p for p in product(GRID, GRID) if replay.confirms(obligation, {"x": p[0], "y": p[1]})]
    if met:
        assert words <= {"sat"}, f"{obligation} holds at {met[0]}"
    for word, model in answers:
        if word == "sat":
            named = dict(zip(symbols(*obligation.asked), map(Fraction, model.values()), strict=True))
            exact = all(v.denominator < 10**6 for v in named.values())  # others stand for irrational values
            assert not exact or replay.confirms(
                obligation, {"x": HALF, "y": HALF, **obligation.values(named)}
            )
    return next(iter(words), "unknown")


def test_z3_cvc5_and_exact_replay_agree_on_drawn_formulas():
    found: list[str] = []

    @property_of(60, FORMULAS)
    def holds(formulas: list[Formula]):
        found.append(agreed(formulas))

    holds()
    assert found.count("sat") >= 10
    assert found.count("unsat") >= 5
    assert found.count("unknown") <= len(found) / 5


def test_a_solver_that_lies_is_noticed():
    class Liar:
        """Z3 with its answers turned round."""

        @staticmethod
        def answer(*question):
            word, model = z3.answer(*question)
            return ({"sat": "unsat", "unsat": "sat"}.get(word, word), model if word == "sat" else {})

    @settings(REPRODUCIBLE, max_examples=30, phases=(Phase.generate,))
    @given(FORMULAS)
    def holds(formulas: list[Formula]):
        agreed(formulas, (Liar, cvc5))

    with pytest.raises(AssertionError):
        holds()


@property_of(40, TERMS, st.sampled_from(GRID), st.sampled_from(GRID))
def test_floating_point_and_sympy_agree_with_exact_evaluation(drawn: Term, x: Fraction, y: Fraction):
    exact = evaluate(drawn, {"x": x, "y": y})
    assert evaluate(from_sympy(to_sympy(drawn)), {"x": x, "y": y}) == exact
    rounded = to_numpy(drawn, ["x", "y"])
    # At a tie of an if-then-else rounding may take the other branch: then a point beside it takes this one.
    near = [(0.0, 0.0), *product((-1e-12, 1e-12), repeat=2)]
    values = (float(np.ravel(rounded(float(x) + d, float(y) + e))[0]) for d, e in near)
    assert any(math.isclose(value, float(exact), abs_tol=1e-9) for value in values)


@property_of(40, st.tuples(points(2), points(2)))
def test_symbolic_and_exact_distances_agree(drawn):
    p, q = drawn
    assert evaluate(symbolic_distance(tuple(map(Const, p)), tuple(map(Const, q))), {}) == distance(p, q)


def test_verdicts_on_drawn_claims_agree_with_exact_radii():
    """What is proved holds at drawn Φ; what is refuted fails at the Φ that is given."""
    statuses: list[str] = []

    @property_of(6, claims(dim=1), st.data())
    def holds(drawn: UserClaim, data: st.DataObject):
        claim = replace(drawn, question="value")
        (found,) = check([claim], seconds_a_query=5, jobs=1, sharpness=False).claims
        statuses.append(found.status)
        rate = (
            None
            if not claim.lipschitz
            else Fraction(1)
            if claim.lipschitz == "L"
            else Fraction(claim.lipschitz)
        )
        for phi in data.draw(st.lists(phis(claim.cls, 1, rate, claim.convention), min_size=3, max_size=3)):
            names = phi_names(constant_phi(phi, rate), rate is not None)
            if claim.when is None or evaluate(parse_formula(claim.when, names), {}):
                bound = evaluate(parse_term(claim.bound, names), {})
                best = CLASSES[claim.cls].radius_at(phi, rate)
                true_here = bound <= best if claim.kind.startswith("every") else best <= bound
                assert found.status != "PROVED" or claim.reading == "attained" or true_here

    holds()
    assert "REFUTED" in statuses


# ---- mutants: the properties above can fail --------------------------------------------------------


@pytest.fixture
def unshrunk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Failures are expected: the first one will do."""
    quick = settings(REPRODUCIBLE, phases=(Phase.generate,), report_multiple_bugs=False)
    monkeypatch.setattr(sys.modules[__name__], "REPRODUCIBLE", quick)
    return monkeypatch


def test_an_envelope_too_narrow_is_noticed(unshrunk: pytest.MonkeyPatch):
    cls = type(CLASSES["convex"])
    exact = cls.envelope_at

    def narrow(self, phi, x, lipschitz=None):
        lower, upper = exact(self, phi, x, lipschitz)
        return lower, upper - phi.spread / 1000

    unshrunk.setattr(cls, "envelope_at", narrow)
    with pytest.raises(AssertionError):
        test_envelopes_contain_the_members_and_members_reach_them("convex")


def test_a_radius_too_small_is_noticed(unshrunk: pytest.MonkeyPatch):
    cls = type(CLASSES["lipschitz"])
    exact = cls.radius_at
    small = lambda self, phi, lipschitz=None: exact(self, phi, lipschitz) * Fraction(999, 1000)  # noqa: E731
    unshrunk.setattr(cls, "radius_at", small)
    with pytest.raises(AssertionError):
        test_the_radius_is_half_the_greatest_width_and_that_of_the_hand_calculation("lipschitz")


def test_a_decision_too_kind_is_noticed(unshrunk: pytest.MonkeyPatch):
    unshrunk.setitem(DECISIONS, "convex", lambda f: True)
    with pytest.raises(AssertionError):
        test_what_is_decided_to_be_in_a_class_obeys_its_law("convex")


def test_a_reader_that_loses_a_bit_is_noticed(unshrunk: pytest.MonkeyPatch):
    exact = Function.__call__
    unshrunk.setattr(Function, "__call__", lambda self, x: exact(self, x) + (TINY if self.size > 3 else 0))
    with pytest.raises(AssertionError):
        test_networks_are_the_functions_they_are_written_out_to()
