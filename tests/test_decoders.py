"""Decoders: the package's own, those loaded by name or from files, and how their answers are read."""

from __future__ import annotations

import json
import math
import sys
from decimal import Decimal
from fractions import Fraction as Q

import numpy as np
import pytest

from fvtheory.decoders import (
    central_decoder,
    clamped_decoder,
    constant_decoder,
    decoder_from_file,
    function_decoder,
    load_decoder,
    predict,
    read_number,
)
from fvtheory.errors import (
    FvtheoryError,
    InfeasibleInformationError,
    InvalidInputError,
    MissingDependencyError,
    UnknownNameError,
)
from fvtheory.functions import PiecewiseAffine1D, constant, equal, function_from_json
from fvtheory.information import MinMax
from fvtheory.networks import Layer, ReluNetwork

PHI = MinMax("1/4", "3/4", "1/8", "5/8")
RAMP = PiecewiseAffine1D([(0, 0), ("1/3", 1), (1, "1/2")])
X = (Q(1, 2),)


# ---- the package's own -----------------------------------------------------------------------


def test_the_central_decoder_is_halfway_between_the_envelopes():
    decoder = central_decoder("lipschitz", "2")
    prediction = decoder(PHI)
    for k in range(9):
        lower, upper = decoder.cls.envelope_at(PHI, Q(k, 8), "2")
        assert prediction(Q(k, 8)) == (lower + upper) / 2
    assert "lipschitz" in str(decoder)
    assert "L = 2" in str(decoder)
    assert equal(function_from_json(json.dumps(decoder.to_json(PHI))), prediction)


def test_the_constant_decoder_is_halfway_between_the_values():
    decoder = constant_decoder()
    assert equal(decoder(PHI), constant("3/8"))
    assert function_from_json(decoder.to_json(PHI)) == decoder(PHI)
    assert "constant" in str(decoder)


def test_a_function_decoder_ignores_the_information():
    decoder = function_decoder(RAMP)
    assert decoder(PHI) is RAMP
    assert function_from_json(decoder.to_json(PHI)) == RAMP
    assert "piecewise-affine-1d" in str(decoder)
    with pytest.raises(InvalidInputError, match="exact function"):
        function_decoder(lambda x: 0)


def test_a_clamped_decoder_stays_between_the_values():
    prediction = predict(clamped_decoder(lambda phi: lambda x: 10 * float(x[0]) - 5), PHI)
    assert prediction.bounds == (Q(1, 8), Q(5, 8))
    assert [prediction((Q(k, 8),)) for k in (0, 4, 8)] == [Q(1, 8), Q(1, 8), Q(5, 8)]
    assert predict(clamped_decoder(function_decoder(RAMP)), PHI).exact(1) == Q(1, 2)
    assert "clamped" in str(clamped_decoder(constant_decoder()))


@pytest.mark.parametrize(
    ("cls", "rate"), [("lipschitz", None), ("all", "1"), ("lipschitz", "0"), ("lipschitz", "-1")]
)
def test_a_central_decoder_needs_the_right_constant(cls, rate):
    with pytest.raises(InvalidInputError, match="Lipschitz constant"):
        central_decoder(cls, rate)


def test_a_central_decoder_of_an_unknown_class_or_infeasible_information():
    with pytest.raises(UnknownNameError):
        central_decoder("polynomial")
    with pytest.raises(InfeasibleInformationError):
        central_decoder("convex")(PHI)


# ---- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Q(1, 3), Q(1, 3)),
        (2, Q(2)),
        (0.1, Q(0.1)),
        (np.float32(0.1), Q(float(np.float32(0.1)))),
        (np.float64(0.1), Q(0.1)),
        (np.int64(3), Q(3)),
        (np.array(0.25), Q(1, 4)),
        (Decimal("0.1"), Q(1, 10)),
        (-7.5, Q(-15, 2)),
    ],
)
def test_numbers_are_read_exactly(value, read):
    assert read_number(value, X) == read


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (math.nan, "answered nan at"),
        (math.inf, "answered inf at"),
        (np.float32("nan"), "answered nan"),
        (Decimal("NaN"), "answered nan"),
        (Decimal("Infinity"), "answered inf"),
        (np.array([0.5]), r"shape \(1,\)"),
        (np.zeros((2, 2)), r"shape \(2, 2\)"),
        ("1/2", "answered with str"),
        (None, "answered with NoneType"),
        (True, "answered with bool"),
        (1j, "answered with complex"),
        ([0.5], "answered with list"),
    ],
)
def test_what_is_not_a_finite_number_is_refused(value, complaint):
    with pytest.raises(InvalidInputError, match=complaint) as caught:
        read_number(value, X)
    assert "1/2" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("decoder", "complaint"),
    [
        (7, "a decoder of type int"),
        (lambda phi: 7, "answered Φ with int"),
        (lambda phi: None, "answered Φ with NoneType"),
        (lambda: None, "raised TypeError"),
        (lambda phi: 1 // 0, "raised ZeroDivisionError"),
        (lambda phi: constant(0, 3), "dimension 3"),
        (lambda phi: ReluNetwork([Layer(((Q(1), Q(1)),), (Q(0),), False)]), "dimension 2"),
    ],
)
def test_wrong_decoders_are_refused(decoder, complaint):
    with pytest.raises(InvalidInputError, match=complaint):
        predict(decoder, PHI)


def test_a_prediction_that_raises_is_reported_with_the_point():
    def fails(x):
        raise KeyError("no such\nkey")

    with pytest.raises(InvalidInputError, match=r"raised KeyError.* at \(1/2\)") as caught:
        predict(lambda phi: fails, PHI)(X)
    assert "\n" not in str(caught.value)


def test_a_noisy_decoder_is_asked_once_a_point():
    noise = iter(range(100))
    prediction = predict(lambda phi: lambda x: next(noise), PHI)
    assert [prediction(X), prediction(X), prediction((Q(1, 3),))] == [0, 0, 1]


# ---- by name -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with a module of decoders; modules imported from it are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    (tmp_path / "some_decoders.py").write_text(
        "number = 3\n"
        "def nearest(phi):\n    return lambda x: phi.f_min\n"
        "class Box:\n    @staticmethod\n    def inner(phi):\n        return lambda x: phi.f_max\n"
    )
    (tmp_path / "failing_decoders.py").write_text("raise RuntimeError('on\\npurpose')\n")
    (tmp_path / "leaving_decoders.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "needing_decoders.py").write_text("import a_package_that_is_not_there\n")
    (tmp_path / "broken_decoders.py").write_text("def f(:\n")
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.endswith("_decoders"):
            del sys.modules[name]


def test_a_decoder_is_loaded_from_the_current_folder(folder):
    path = list(sys.path)
    assert predict(load_decoder("some_decoders:nearest"), PHI)(X) == Q(1, 8)
    assert predict(load_decoder("some_decoders:Box.inner"), PHI)(X) == Q(5, 8)
    assert sys.path == path


@pytest.mark.parametrize(
    ("name", "error", "complaint"),
    [
        ("no_such_decoders:f", UnknownNameError, "module 'no_such_decoders'"),
        ("some_decoders:f", UnknownNameError, "'some_decoders:f'"),
        ("some_decoders:number", InvalidInputError, "of type int"),
        ("some_decoders", InvalidInputError, "MODULE:NAME"),
        ("some_decoders:", InvalidInputError, "MODULE:NAME"),
        (":f", InvalidInputError, "MODULE:NAME"),
        ("", InvalidInputError, "MODULE:NAME"),
        ("failing_decoders:f", InvalidInputError, "raised RuntimeError: on purpose"),
        ("leaving_decoders:f", InvalidInputError, "raised SystemExit"),
        ("needing_decoders:f", InvalidInputError, "a_package_that_is_not_there"),
        ("broken_decoders:f", InvalidInputError, "raised SyntaxError"),
        ("central", InvalidInputError, "without a class"),
        ("missing.json", InvalidInputError, "missing.json"),
    ],
)
def test_what_cannot_be_loaded_is_one_clear_line(folder, name, error, complaint):
    path = list(sys.path)
    with pytest.raises(error, match=complaint) as caught:
        load_decoder(name)
    assert "\n" not in str(caught.value)
    assert sys.path == path


def test_the_own_decoders_have_names():
    assert load_decoder("constant") == constant_decoder()
    assert load_decoder("central", "lipschitz", "2") == central_decoder("lipschitz", 2)


# ---- from files --------------------------------------------------------------------------------


def test_an_exact_function_is_read_from_json(tmp_path):
    file = tmp_path / "ramp.json"
    file.write_text(json.dumps(RAMP.to_json()))
    assert decoder_from_file(file)(PHI) == RAMP
    assert load_decoder(str(file))(PHI) == RAMP


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.json", b"\xff\xfe\x00"), ("a.txt", b"{}"), ("a.json", b'{"kind": "x"}')],
)
def test_files_that_are_not_understood(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FvtheoryError):
        decoder_from_file(tmp_path / name)


@pytest.mark.parametrize(("name", "package"), [("a.onnx", "onnx"), ("a.pt", "torch")])
def test_a_missing_package_comes_with_its_remedy(tmp_path, monkeypatch, name, package):
    (tmp_path / name).write_bytes(b"")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=f"pip install {package}"):
        decoder_from_file(tmp_path / name)


def three_point_tent():
    """|x - 1/2| as a network."""
    hidden = Layer(((Q(1),), (Q(-1),)), (Q(-1, 2), Q(1, 2)), True)
    return ReluNetwork([hidden, Layer(((Q(1), Q(1)),), (Q(0),), False)])


def test_a_network_of_one_variable_is_written_out():
    network = three_point_tent()
    function = network.to_piecewise_affine()
    assert all(function(Q(k, 16)) == network(Q(k, 16)) == abs(Q(k, 16) - Q(1, 2)) for k in range(17))
    assert function.knots == ((0, Q(1, 2)), (Q(1, 2), 0), (1, Q(1, 2)))
    assert (network.units, network.dim, str(network)) == (2, 1, "ReLU network 1-2-1")
    assert network.range_over((Q(0),), (Q(1),)) == (0, 1)


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [Layer(((Q(1),), (Q(1),)), (Q(0), Q(0)), True)],
        [Layer(((Q(1),),), (Q(0),), True), Layer(((Q(1), Q(1)),), (Q(0),), True)],
    ],
)
def test_layers_that_do_not_fit(layers):
    with pytest.raises(InvalidInputError):
        ReluNetwork(layers)
    with pytest.raises(InvalidInputError):
        Layer(((Q(1),), (Q(1), Q(2))), (Q(0), Q(0)), True)


def torch_network(torch, dim=2):
    torch.manual_seed(dim)
    return torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(dim, 5),
        torch.nn.ReLU(),
        torch.nn.Identity(),
        torch.nn.Sequential(torch.nn.Linear(5, 4, bias=False), torch.nn.ReLU()),
        torch.nn.Linear(4, 1),
    )


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_a_torch_module_is_read_without_rounding(dim):
    torch = pytest.importorskip("torch")
    from fvtheory.networks.reading import network_from_torch

    module = torch_network(torch, dim)
    network = network_from_torch(module)
    assert network.layers[0].weight[0][0] == Q(float(module[1].weight[0, 0]))
    for k in range(20):
        x = [Q((k * (j + 3)) % 17, 16) for j in range(dim)]
        value = module.double()(torch.tensor([[float(c) for c in x]], dtype=torch.float64))
        assert abs(float(value) - float(network(x))) < 1e-12


def test_torchscript_files_are_read_and_others_refused(tmp_path):
    torch = pytest.importorskip("torch")
    module = torch_network(torch)
    torch.jit.script(module).save(str(tmp_path / "a.pt"))
    torch.save(module.state_dict(), tmp_path / "b.pt")
    from fvtheory.networks.reading import network_from_torch

    assert decoder_from_file(tmp_path / "a.pt").function == network_from_torch(module)
    with pytest.raises(InvalidInputError, match="TorchScript"):
        decoder_from_file(tmp_path / "b.pt")


def test_torch_modules_of_another_form_are_refused():
    torch = pytest.importorskip("torch")
    from fvtheory.networks.reading import network_from_torch

    class Reversed(torch.nn.Sequential):
        def forward(self, x):
            return 1 - super().forward(x)

    reversed_sign = Reversed(torch.nn.Linear(1, 1))
    reversed_sign.__class__.__name__ = "Sequential"
    for module in (
        torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)),
        torch.nn.Sequential(torch.nn.Linear(1, 2)),
        torch.nn.ModuleList([torch.nn.Linear(1, 1)]),
        reversed_sign,
    ):
        with pytest.raises(InvalidInputError):
            network_from_torch(module)
    broken = torch.nn.Linear(1, 1)
    with torch.no_grad():
        broken.weight[0, 0] = math.nan
    with pytest.raises(InvalidInputError, match="finite"):
        network_from_torch(broken)


def onnx_file(onnx, path, nodes, constants, dim=2):
    tensor = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "g",
        [tensor("x", onnx.TensorProto.FLOAT, [1, dim])],
        [tensor("y", onnx.TensorProto.FLOAT, [1, 1])],
        [onnx.numpy_helper.from_array(np.asarray(v, dtype=np.float32), k) for k, v in constants.items()],
    )
    onnx.save(onnx.helper.make_model(graph), str(path))


def test_an_onnx_graph_is_read_without_rounding(tmp_path):
    onnx = pytest.importorskip("onnx")
    node = onnx.helper.make_node
    onnx_file(
        onnx,
        tmp_path / "a.onnx",
        [
            node("Gemm", ["x", "w1", "b1"], ["h1"], transB=1, alpha=2.0, beta=0.5),
            node("Relu", ["h1"], ["h2"]),
            node("MatMul", ["h2", "w2"], ["h3"]),
            node("Add", ["b2", "h3"], ["y"]),
        ],
        {"w1": [[1, -1], [0.5, 0.25], [-1, 2]], "b1": [0.5, 0, 1], "w2": [[1], [2], [-1]], "b2": [0.125]},
    )
    network = decoder_from_file(tmp_path / "a.onnx").function

    def expected(x, y):
        h = [
            max(0, v)
            for v in (
                2 * (x - y) + Q(1, 4),
                2 * (x / 2 + y / 4),
                2 * (2 * y - x) + Q(1, 2),
            )
        ]
        return h[0] + 2 * h[1] - h[2] + Q(1, 8)

    for k in range(20):
        x, y = Q(k % 5, 4), Q(k % 7, 6)
        assert network([x, y]) == expected(x, y)


def test_onnx_graphs_of_another_form_are_refused(tmp_path):
    onnx = pytest.importorskip("onnx")
    node = onnx.helper.make_node
    weights = {"w": [[1], [1]], "b": [0]}
    for nodes in (
        [node("MatMul", ["x", "w"], ["h"]), node("Sigmoid", ["h"], ["y"])],
        [node("MatMul", ["x", "w"], ["h"]), node("Add", ["h", "h"], ["y"])],
        [node("MatMul", ["x", "w"], ["y"]), node("Relu", ["y"], ["z"])],
    ):
        onnx_file(onnx, tmp_path / "a.onnx", nodes, weights)
        with pytest.raises(InvalidInputError):
            decoder_from_file(tmp_path / "a.onnx")
    (tmp_path / "a.onnx").write_bytes(b"not a graph")
    with pytest.raises(InvalidInputError):
        decoder_from_file(tmp_path / "a.onnx")
