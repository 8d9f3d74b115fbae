"""Pairs as ONNX and VNN-LIB, decided exactly here and by an independent verifier."""

from __future__ import annotations

import csv
import json
import random
import re
import time
from dataclasses import replace
from fractions import Fraction

import pytest

onnx = pytest.importorskip("onnx")

from fvtheory.errors import InvalidInputError  # noqa: E402
from fvtheory.functions import PiecewiseAffine1D  # noqa: E402
from fvtheory.information import MinMax  # noqa: E402
from fvtheory.networks import Layer, ReluNetwork, verifiers  # noqa: E402
from fvtheory.networks.arithmetic import FLOAT32  # noqa: E402
from fvtheory.networks.export import (  # noqa: E402
    AT_LEAST,
    AT_MOST,
    SAT,
    UNKNOWN,
    UNSAT,
    Bound,
    Decision,
    Instance,
    Property,
    decide,
    decimal,
    difference,
    pair_instances,
    read_instances,
    to_onnx,
    write_benchmark,
)
from fvtheory.networks.reading import network_from_onnx  # noqa: E402
from fvtheory.networks.verifiers import (  # noqa: E402
    AGREES,
    DISAGREES,
    NO_ANSWER,
    NOT_DECIDED,
    UNREAL,
    ask_marabou,
    judge,
)
from fvtheory.networks.writing import to_relu_network  # noqa: E402

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)

CASES = [
    ("all", MinMax("1/4", "3/4", "1/8", "7/8"), None),
    ("neural-network", MinMax(["1/4", "1/3"], ["3/4", "1"], "1/8", "7/8"), None),
    ("piecewise-affine", MinMax("0", "1/3", "1/5", "4/5"), None),
    ("erm", MinMax(["1/2", "1/2"], ["0", "1"], "0", "1"), None),
    ("lipschitz", MinMax("1/4", "3/4", "1/8", "3/8"), "2"),
    ("lipschitz", MinMax(["1/4", "1/3"], ["3/4", "1"], "1/8", "3/8"), "1"),
    ("monotone", MinMax("3/4", "1/4", "1/8", "7/8"), None),
    ("monotone", MinMax(["1/4", "2/3"], ["3/4", "1/3"], "1/8", "7/8"), None),
    ("convex", MinMax("1/4", "1", "1/8", "7/8"), None),
    ("convex", MinMax("0", "1", "1/8", "7/8"), None),
    ("convex", MinMax(["1/4", "1/3"], ["1", "0"], "1/8", "7/8"), None),
    ("affine", MinMax(["0", "1"], ["1", "0"], "1/8", "7/8"), None),
]


def points(dim, count=40):
    rng = random.Random(dim)
    return [tuple(Fraction(rng.randint(0, 64), 64) for _ in range(dim)) for _ in range(count)]


def instances_of(cls, phi, rate, name="pair"):
    pytest.importorskip("torch")
    from fvtheory.experiments.pairs import make_networks

    made = make_networks(cls, phi, rate)
    return pair_instances(name, made.low.network, made.high.network, made.pair.fiber.phi, made.pair.at)


def hat(height=HALF):
    """0 at the ends, ``height`` in the middle, weights that float32 holds."""
    return to_relu_network(PiecewiseAffine1D([(0, 0), (HALF, height), (1, 0)]))


def in_range(low, high, dim=1):
    return Property(
        "range", "in range", (ZERO,) * dim, (ONE,) * dim, (Bound(AT_MOST, low), Bound(AT_LEAST, high))
    )


# ---- networks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cls", "phi", "rate"), CASES)
def test_the_file_holds_the_network(cls, phi, rate, tmp_path):
    for i in {i.file: i for i in instances_of(cls, phi, rate)}.values():
        file = tmp_path / f"{i.file}.onnx"
        file.write_bytes(to_onnx(i.network))
        back = network_from_onnx(file)
        assert all(back.at(x) == i.network.at(x) for x in points(phi.dim))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_runtime_computes_the_function(dtype):
    runtime = pytest.importorskip("onnxruntime")
    numpy = pytest.importorskip("numpy")
    session = runtime.InferenceSession(to_onnx(hat(), dtype))
    for x in points(1):
        (found,) = session.run(None, {"X": numpy.array([[float(x[0])]], dtype=dtype)})
        assert found.shape == (1, 1)
        assert abs(found[0, 0] - float(hat().at(x))) < 1e-6


def test_only_gemm_and_relu_and_the_same_bytes():
    model = onnx.load_from_string(to_onnx(hat()))
    assert {n.op_type for n in model.graph.node} == {"Gemm", "Relu"}
    assert to_onnx(hat()) == to_onnx(hat())


def test_a_module_is_taken_too():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    model = onnx.load_from_string(to_onnx(module))
    weight = onnx.numpy_helper.to_array(model.graph.initializer[0])
    assert weight.tolist() == module[0].weight.tolist()


def test_a_weight_that_must_be_rounded_is_refused():
    with pytest.raises(InvalidInputError, match="1/3"):
        to_onnx(hat(Fraction(1, 6)))


def test_the_difference_is_a_network():
    low, high = hat(Fraction(1, 4)), to_relu_network(PiecewiseAffine1D([(0, 0), (Fraction(1, 4), 1), (1, 0)]))
    assert all(difference(high, low).at(x) == high.at(x) - low.at(x) for x in points(1))


# ---- properties --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "1", "-1/1024", "7/20", "123/8", "-5", "1/1073741824"])
def test_decimals_are_exact(value):
    assert Fraction(decimal(Fraction(value))) == Fraction(value)


def test_thirds_have_no_decimal():
    with pytest.raises(InvalidInputError, match="1/3"):
        decimal(Fraction(1, 3))


def holds(formula, x, y):
    """Evaluate the assertions of a property file at a point and an output: a reader of its own."""
    tokens = re.findall(r"[()]|[^\s()]+", re.sub(r";.*", "", formula))
    values = {f"X_{j}": c for j, c in enumerate(x)} | {"Y_0": y}

    def read(i):
        if tokens[i] != "(":
            return tokens[i], i + 1
        items, i = [], i + 1
        while tokens[i] != ")":
            item, i = read(i)
            items.append(item)
        return items, i + 1

    def value(item):
        if isinstance(item, str):
            return values[item] if item in values else Fraction(item)
        head, *rest = item
        if head in ("and", "or"):
            return {"and": all, "or": any}[head]([value(r) for r in rest])
        left, right = map(value, rest)
        return left <= right if head == "<=" else left >= right

    i, result = 0, True
    while i < len(tokens):
        item, i = read(i)
        if item[0] == "assert":
            result = result and value(item[1])
    return result


@pytest.mark.parametrize(("cls", "phi", "rate"), CASES)
def test_a_property_file_says_when_the_claim_is_violated(cls, phi, rate):
    seen = set()
    for i in instances_of(cls, phi, rate):
        formula = i.claim.to_vnnlib()
        for x in [*points(phi.dim), i.claim.low, i.claim.high]:
            for y in (i.network.at(x), ZERO - 1, ONE + 1, *(v.value for v in i.claim.violations)):
                assert holds(formula, x, y) == i.claim.violated_by(x, y)
                seen.add(i.claim.violated_by(x, y))
    assert seen == {True, False}


@pytest.mark.parametrize(("cls", "phi", "rate"), CASES)
def test_what_a_pair_claims_is_proved_and_one_claim_refuted(cls, phi, rate):
    found = {(i.file, i.claim.name): i.expected for i in instances_of(cls, phi, rate)}
    assert len(found) == 9
    assert found.pop(("pair-gap", "nowhere")).answer == SAT
    assert {d.answer for d in found.values()} == {UNSAT}


def test_a_violation_is_found_with_a_point():
    found = decide(hat(), in_range(-ONE, Fraction(3, 8)))
    assert found.answer == SAT
    assert hat().at(found.at) >= Fraction(3, 8)
    assert decide(hat(), in_range(-ONE, Fraction(5, 8))).answer == UNSAT


def test_two_variables_are_halved_until_it_is_clear():
    rows = ((ONE, -ONE), (-ONE, ONE))
    apart = ReluNetwork([Layer(rows, (ZERO, ZERO), True), Layer(((ONE, -ONE),), (ZERO,), False)])  # x0 - x1
    assert decide(apart, in_range(-2 * ONE, Fraction(3, 2), 2)).answer == UNSAT
    assert decide(apart, in_range(-2 * ONE, Fraction(3, 4), 2)).answer == SAT
    assert decide(apart, in_range(-2 * ONE, Fraction(15, 16), 2), max_boxes=2) == Decision(UNKNOWN)


def test_networks_that_hardly_differ_are_refused():
    phi = MinMax("0", "1", "0", "1/2")
    with pytest.raises(InvalidInputError, match="margin"):
        pair_instances("p", hat(), hat(), phi, (HALF,))


# ---- files -------------------------------------------------------------------------------------------


def test_the_layout_of_vnn_comp(tmp_path):
    instances = instances_of(*CASES[0])
    folder = write_benchmark(tmp_path / "b", instances, timeout=7)
    rows = list(csv.reader((folder / "instances.csv").open()))
    assert len(rows) == len(instances) == len(list(read_instances(folder)))
    for network, claim, seconds in rows:
        assert (folder / network).is_file()
        assert (folder / claim).read_text().startswith(";")
        assert seconds == "7"
    expected = json.loads((folder / "expected.json").read_text())["instances"]
    assert [e["expected"] for e in expected] == [i.expected.answer for i in instances]


def test_nothing_is_left_of_a_failure(tmp_path):
    good = Instance("a", hat(), in_range(-ONE, ONE), Decision(UNSAT))
    bad = Instance("b", hat(Fraction(1, 6)), in_range(-ONE, ONE), Decision(UNSAT))
    with pytest.raises(InvalidInputError):
        write_benchmark(tmp_path / "b", [good, bad])
    assert not list(tmp_path.iterdir())
    with pytest.raises(InvalidInputError, match="parent"):
        write_benchmark(tmp_path / "no" / "b", [good])
    write_benchmark(tmp_path / "b", [good])
    with pytest.raises(InvalidInputError, match="in use"):
        write_benchmark(tmp_path / "b", [good])


# ---- an independent verifier -------------------------------------------------------------------------


def test_marabou_agrees_or_is_refuted_by_replay(tmp_path):
    """Every property of every pair; what Marabou gets wrong is listed (with -s)."""
    pytest.importorskip("maraboupy")
    everything = [i for k, case in enumerate(CASES) for i in instances_of(*case, name=f"p{k}-{case[0]}")]
    folder = write_benchmark(tmp_path / "b", everything)
    opinions = ask_marabou(folder, everything, seconds=30)
    assert len(opinions) == 9 * len(CASES)
    for o in opinions:
        if o.verdict != AGREES:
            print(
                f"{o.instance.file} {o.instance.claim.name}: {o.answer} at {o.at}, value {o.value}: {o.verdict}"
            )
    assert {o.verdict for o in opinions} <= {AGREES, UNREAL}
    assert sum(o.verdict == AGREES for o in opinions) >= len(opinions) - 8


def test_marabou_finds_a_planted_error(tmp_path):
    pytest.importorskip("maraboupy")
    found = {i.claim.name: i for i in instances_of(*CASES[1])}
    good = found["range"]
    last = good.network.layers[-1]
    broken = ReluNetwork([*good.network.layers[:-1], replace(last, bias=(last.bias[0] + Fraction(1, 8),))])
    wrong = replace(good, network=broken)  # still expected to be unsat
    folder = write_benchmark(tmp_path / "b", [wrong])
    (opinion,) = ask_marabou(folder, [wrong])
    assert (opinion.answer, opinion.verdict) == (SAT, DISAGREES)
    assert decide(broken, good.claim).answer == SAT


def test_marabou_is_caught_at_an_unreal_counterexample(tmp_path):
    """A steep sum of hinges: Marabou's floats leave the range, the network does not."""
    pytest.importorskip("maraboupy")
    w, a = Fraction(1, 2**18), FLOAT32.nearest(Fraction(1, 3))
    spike = [(0, "1/8"), (a, "1/8"), (a + w, "7/8"), (a + 2 * w, "1/4"), (1, "1/4")]
    exact = to_relu_network(PiecewiseAffine1D(spike))
    layers = [
        Layer(
            tuple(tuple(map(FLOAT32.nearest, r)) for r in n.weight),
            tuple(map(FLOAT32.nearest, n.bias)),
            n.relu,
        )
        for n in exact.layers
    ]
    claim = in_range(Fraction(1, 16), Fraction(15, 16))
    network = ReluNetwork(layers)
    instance = Instance("steep", network, claim, decide(network, claim))
    assert instance.expected.answer == UNSAT
    folder = write_benchmark(tmp_path / "b", [instance])
    (opinion,) = ask_marabou(folder, [instance])
    assert opinion.verdict in (UNREAL, AGREES)
    if opinion.verdict == UNREAL:
        assert Fraction(1, 16) < opinion.value < Fraction(15, 16)


def test_a_verifier_that_hangs_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(verifiers, "require_marabou", lambda: None)
    script = "import time; print('ready', flush=True); time.sleep(60)"
    monkeypatch.setattr(verifiers, "_WORKER", script)
    instance = Instance("a", hat(), in_range(-ONE, ONE), Decision(UNSAT))
    folder = write_benchmark(tmp_path / "b", [instance])
    start = time.monotonic()
    opinions = ask_marabou(folder, [instance, instance], seconds=0.2)
    assert [o.verdict for o in opinions] == [NO_ANSWER] * 2
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("script", ["raise SystemExit", "print('ready', flush=True); raise SystemExit"])
def test_a_verifier_that_dies_gives_no_answer(tmp_path, monkeypatch, script):
    monkeypatch.setattr(verifiers, "require_marabou", lambda: None)
    monkeypatch.setattr(verifiers, "_WORKER", script)
    instance = Instance("a", hat(), in_range(-ONE, ONE), Decision(UNSAT))
    folder = write_benchmark(tmp_path / "b", [instance])
    assert [o.verdict for o in ask_marabou(folder, [instance], 5)] == [NO_ANSWER]


@pytest.mark.parametrize(
    ("expected", "answer", "point", "verdict"),
    [
        (UNSAT, UNSAT, None, AGREES),
        (UNSAT, SAT, (HALF,), DISAGREES),
        (UNSAT, SAT, (ZERO,), UNREAL),
        (SAT, SAT, (HALF,), AGREES),
        (SAT, SAT, (ZERO,), UNREAL),
        (SAT, UNSAT, None, DISAGREES),
        (UNSAT, SAT, (Fraction(3, 8) - Fraction(1, 2**30),), DISAGREES),
        (UNKNOWN, UNSAT, None, NOT_DECIDED),
        (UNKNOWN, SAT, (HALF,), AGREES),
        (UNSAT, UNKNOWN, None, NO_ANSWER),
    ],
)
def test_an_answer_is_judged_by_replay(tmp_path, expected, answer, point, verdict):
    """The claim hat < 3/8 is violated at 1/2 and not at 0."""
    instance = Instance("a", hat(), in_range(-ONE, Fraction(3, 8)), Decision(expected))
    folder = write_benchmark(tmp_path / "b", [instance])
    assert judge(instance, folder / "onnx/a.onnx", answer, point).verdict == verdict


def test_without_marabou_there_is_one_clear_error(tmp_path, monkeypatch):
    from fvtheory.errors import MissingDependencyError

    monkeypatch.setattr(verifiers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="pip install maraboupy"):
        ask_marabou(tmp_path, [])
