"""Attempts to make the package say something false, fail with a traceback, or leave half a file.

Each test stands for a family of attacks; what they tried is in the tables.
"""

from __future__ import annotations

import ast
import copy
import errno
import hashlib
import itertools
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from decimal import Decimal
from fractions import Fraction as Q
from pathlib import Path
from types import SimpleNamespace

import pytest

import fvtheory
from fvtheory import MinMax, results
from fvtheory.beyond import Evaluations, Knowledge, family
from fvtheory.beyond import counterexample as beyond_counterexample
from fvtheory.certificate_checker import check as check_certificate
from fvtheory.certificates.store import read as read_certificates
from fvtheory.checkers import pool as pools
from fvtheory.checkers.solver_process import SOLVERS, Answer, SolverProcess
from fvtheory.checkers.verdict import judge
from fvtheory.claim_files import Checked, check, checking, parse_claims
from fvtheory.claims import select_claims
from fvtheory.claims.claim import Claim
from fvtheory.cli import main
from fvtheory.decoders import clamped_decoder, constant_decoder, read_number
from fvtheory.errors import DisagreementError, FvtheoryError, InvalidInputError
from fvtheory.functions import Affine, Clip, Combination
from fvtheory.inverse_set import Band
from fvtheory.networks.arithmetic import FLOAT32
from fvtheory.networks.certification import certify, float_error
from fvtheory.networks.relu import Layer, ReluNetwork
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, UNKNOWN, valid
from fvtheory.rescaling import Rescaling
from fvtheory.results import open_results, write_file
from fvtheory.statements import sentence
from fvtheory.symbols import L
from fvtheory.terms import Sym
from fvtheory.verification import verify_claims
from fvtheory.vouchers import VERDICT

ROOT = Path(__file__).resolve().parents[1]
PHI = MinMax("1/4", "1", "0", "1")
PHI_JSON = json.dumps(PHI.to_json())
ON_PHI = ["--class", "convex", "--phi", PHI_JSON]
HUGE = Q(10**5000)
X = Sym("x")


# ---- decoders ----------------------------------------------------------------------------------


class Unlike(float):
    """A float that is NaN when it is asked again."""

    def __float__(self) -> float:
        return math.nan


class Mute(Exception):
    def __str__(self) -> str:
        raise self


def raising(error: BaseException):
    def answer(_):
        raise error

    return answer


ANSWERS = [
    math.nan, math.inf, -math.inf, None, True, "1/2", b"1", 1j, [1], (1,), object(), float, lambda x: x,
    Unlike(0.5), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1e999999999"), Decimal("1e-999999999"),
]  # fmt: skip
ERRORS = [
    SystemExit(0), GeneratorExit(), StopIteration(), RecursionError(), MemoryError(), AssertionError(),
    ZeroDivisionError(), UnicodeError("\ud800"), Mute(), ValueError("two\nlines"),
]  # fmt: skip
BAD_DECODERS = [
    *(lambda phi, v=v: lambda x: v for v in ANSWERS),
    *(lambda phi, v=v: v for v in ANSWERS if not callable(v)),
    *(lambda phi, e=e: raising(e) for e in ERRORS),
    *map(raising, ERRORS),
    *(clamped_decoder(lambda phi, v=v: lambda x: v) for v in ANSWERS),
    lambda phi: Affine([1, 1], 0),
    None,
    "central",
    7,
]


@pytest.mark.parametrize("decoder", BAD_DECODERS)
def test_decoders_that_give_no_number_are_one_error(decoder):
    known = Knowledge(PHI, Evaluations([["1/2"]], ["1/4"]))
    for attack in (
        lambda: fvtheory.counterexample("convex", PHI, decoder, seconds=1),
        lambda: beyond_counterexample(family("convex", 1), known, decoder),
    ):
        with pytest.raises(FvtheoryError) as caught:
            attack()
        assert "\n" not in str(caught.value)


def test_a_decoder_that_spoils_what_it_is_given_changes_nothing():
    phi = MinMax("1/4", "1", "0", "7/8")

    def spoil(given):
        object.__setattr__(given, "f_max", Q(1, 10))
        object.__setattr__(given, "x_max", (Q(1, 4),))
        return lambda x: 0

    for decoder in (spoil, clamped_decoder(spoil)):
        found = fvtheory.counterexample("convex", phi, decoder, seconds=1)
        assert (found.radius, phi) == (Q(7, 16), MinMax("1/4", "1", "0", "7/8"))
        assert found.error >= found.radius * (1 - Q(1, 10**9))


def test_a_decoder_of_changing_mind_is_held_to_its_first_answer():
    answers = itertools.cycle([0.0, 1.0, 0.5])
    found = fvtheory.counterexample("lipschitz", PHI, lambda phi: lambda x: next(answers), "2", seconds=1)
    assert found.error == abs(found.function(found.at) - found.predicted) >= found.radius


def test_what_a_decoder_prints_is_no_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "loud_decoders.py").write_text(
        "print('hello')\ndef loud(phi):\n print(phi)\n return lambda x: print(x) or 0\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["counterexample", *ON_PHI, "--decoder", "loud_decoders:loud", "--json"]) == 0
    assert Q(json.loads(capsys.readouterr().out)["error"]) >= Q(1, 2)


# ---- numbers of any size -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        lambda: fvtheory.radius("convex", PHI, HUGE),
        lambda: fvtheory.radius("lipschitz", PHI, -HUGE),
        lambda: fvtheory.decoders.central_decoder("lipschitz", -HUGE),
        lambda: fvtheory.counterexample("lipschitz", MinMax(0, 1 / HUGE, 0, 1), constant_decoder(), 1),
        lambda: fvtheory.radius("convex", MinMax(1 / HUGE, 1, 0, 1)).to_json(),
        lambda: Affine([HUGE], 0).to_json(),
        lambda: Clip(Affine([1], 0), HUGE, 0),
        lambda: Band(Affine([1], 0), HUGE, 0),
        lambda: Affine([1], 0)(HUGE),
        lambda: read_number(float("inf"), (HUGE,)),
    ],
)
def test_numbers_of_thousands_of_digits_are_refused_in_one_line(attack):
    with pytest.raises(FvtheoryError) as caught:
        attack()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("rate", [Q(10**400), HUGE, 1 + 1 / HUGE])
def test_a_black_box_against_rates_beyond_floats(rate):
    found = fvtheory.counterexample(
        "lipschitz", MinMax(0, 1, 0, 1), lambda phi: lambda x: x[0], rate, seconds=1
    )
    assert found.error >= found.radius > 0
    assert found.function(found.at) == found.value


def test_results_that_cannot_be_written_are_an_error(tmp_path, capsys):
    parts = [Affine([Q(1, 10**999 + 2 * i + 1)], Q(1, 10**998 + 2 * i + 7)) for i in range(12)]
    file = tmp_path / "sum.json"
    file.write_text(json.dumps(Combination([Q(1, 12)] * 12, parts).to_json()))
    for words in (
        ["counterexample", *ON_PHI, "--decoder", str(file), "--json"],
        ["inverse-set", "exact", "--function", str(file), "--range", "0", "1"],
    ):
        assert main(words) == 2
        assert capsys.readouterr().err.startswith("fvtheory: got a result of thousands of digits")
    words = ["counterexample", *ON_PHI, "--decoder", str(file)]
    assert main(words) == 0
    assert "error     ≈ 1, nothing worse exists" in capsys.readouterr().out
    file.write_text(json.dumps(Affine([Q(10**999)], 0).to_json()))
    assert main(words) == 0
    assert "error     ≈ inf" in capsys.readouterr().out


# ---- solvers -----------------------------------------------------------------------------------

LIES = {
    "unsat": lambda honest, question: Answer("unsat", 0.0),
    "sat, zeros": lambda honest, question: Answer("sat", 0.0, dict.fromkeys(question.names, Q(0))),
    "sat, no values": lambda honest, question: Answer("sat", 0.0, {}),
    "the opposite": lambda honest, question: Answer(
        {"sat": "unsat", "unsat": "sat"}.get(honest.status, "unknown"),
        0.0,
        dict.fromkeys(question.names, Q(1)),
    ),
    "nonsense": lambda honest, question: Answer("maybe", 0.0),
}


@pytest.mark.parametrize("liar", SOLVERS)
@pytest.mark.parametrize("lie", LIES)
def test_one_liar_proves_nothing(monkeypatch, liar, lie):
    class Lying(pools.SolverProcess):
        def ask(self, question, seconds):
            honest = super().ask(question, seconds)
            return LIES[lie](honest, question) if self.solver == liar else honest

    monkeypatch.setattr(pools, "SolverProcess", Lying)
    told = [
        Claim(name, "sharp", "none", name, sentence(name, [X >= 0], goal))
        for name, goal in (("false", X >= 1), ("true", X >= 0))
    ]
    run = verify_claims(told, seconds_a_query=10, jobs=1)
    assert run.claims[0].status in (REFUTED, UNKNOWN)
    assert run.claims[1].status == UNKNOWN
    if any(c.disagreement for c in run.claims):
        with pytest.raises(DisagreementError):
            run.raise_for_disagreement()


@pytest.mark.parametrize("lie", ["unsat", "the opposite"])
def test_two_liars_who_agree_meet_the_certificates(monkeypatch, lie):
    """Both solvers tell one lie about one question, of each few questions of a claim in turn."""
    claims = select_claims("geirhos2024", ["theorem-4.second-inequality"])
    answers: dict[str, str] = {}
    about = ""

    class Lying(pools.SolverProcess):
        def ask(self, question, seconds):
            honest = super().ask(question, seconds)
            if question.text == about:
                return LIES[lie](honest, question)
            answers[question.text] = honest.status
            return honest

    monkeypatch.setattr(pools, "SolverProcess", Lying)
    truth = [c.status for c in verify_claims(claims, seconds_a_query=20, jobs=1).claims]
    assert set(truth) == {PROVED, REFUTED}
    false = [text for text, status in answers.items() if status == "sat" or lie != "unsat"]
    for question in (false[0], false[-1]):
        about = question
        said = [c.status for c in verify_claims(claims, seconds_a_query=20, jobs=1).claims]
        assert said != truth
        assert all(status in (UNKNOWN, true) for status, true in zip(said, truth, strict=True))


def test_what_two_liars_who_agree_are_believed(monkeypatch):
    """A question of one's own has no certificate: where both solvers lie about it, they are believed, and the
    verdict names nobody else."""

    class Lying(pools.SolverProcess):
        def ask(self, question, seconds):
            honest = super().ask(question, seconds)
            return Answer("unsat", 0.0) if "7.0" in question.text else honest

    monkeypatch.setattr(pools, "SolverProcess", Lying)
    lied = verify_claims([Claim("a", "sharp", "none", "a", sentence("a", [X >= 0], 7 * X <= 1))], jobs=1)
    assert lied.claims[0].status == PROVED
    assert {v.checker for v in lied.claims[0].vouched_by if v.scope == VERDICT} == {"z3", "cvc5"}


def test_values_in_which_the_unit_is_zero_are_no_model():
    o = valid("o", [L > 0], L * X > 1, Rescaling(L, frozenset({"x"})))
    names = script(o.asked, anonymous=True).names
    said = {"z3": Answer("sat", 0.0, dict.fromkeys(names, Q(0))), "cvc5": Answer("unknown", 0.0)}
    assert judge(o, said).status == UNKNOWN


PRINTING = """
import json, os
unsat = "unsat"
def get_version_string(): return "0.printing"
class Z3Exception(Exception): pass
class SimpleSolver:
    def __init__(self, *words, **options): pass
    def set(self, *words): pass
    def from_string(self, text): self.text = text
    def check(self):
        print(json.dumps({"status": "unsat", "model": {}}), flush=True)
        os.write(1, b'{"status": "unsat", "model": {}}' + bytes([10, 10]))
        return "unsat" if "7.0" in self.text else "unknown"
"""


def test_what_a_solver_prints_is_no_answer(tmp_path, monkeypatch):
    (tmp_path / "z3.py").write_text(PRINTING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with SolverProcess("z3") as process:
        assert process.version == "0.printing"
        asked = [process.ask(script([X <= number]), 5.0).status for number in (1, 7, 1, 1)]
    assert asked == ["unknown", "unsat", "unknown", "unknown"]


def test_modules_in_the_current_folder_are_no_solvers(tmp_path, monkeypatch):
    for name in ("z3", "fractions", "json", "fvtheory"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('a stray file')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)  # "." there would be the folder by choice
    monkeypatch.setenv("PYTHONIOENCODING", "utf-16")
    with SolverProcess("z3") as process:
        assert process.ask(script([X < 0, X > 0]), 5.0).status == "unsat"


# ---- executors ---------------------------------------------------------------------------------

CLAIM = """[[claim]]
id = "{}"
class = "convex"
dim = 1
question = "value"
kind = "every-decoder-errs-at-least"
bound = "f_max - f_min"
"""


@pytest.mark.parametrize("answer", [[], None, 5, ["PROVED"], "another", "twice"])
def test_an_executor_answers_the_claims_it_was_given_or_none(monkeypatch, answer):
    claims = parse_claims(CLAIM.format("asked"))
    other = Checked(parse_claims(CLAIM.format("other"))[0], PROVED, {}, ())
    here = Checked(claims[0], REFUTED, {}, ())
    monkeypatch.setattr(checking, "_check_chunk", lambda items, *settings: [here])
    future: Future = Future()
    future.set_result(
        {"another": [other], "twice": [here, here]}.get(answer) if isinstance(answer, str) else answer
    )
    found = check(claims, executor=SimpleNamespace(submit=lambda *arguments: future))
    assert found.claims == (here,)


# ---- without asserts, without output -------------------------------------------------------------


def is_about_types(test: ast.expr) -> bool:
    """Whether an assert only says that something is not None, or of a type."""
    match test:
        case ast.BoolOp(values=parts):
            return all(map(is_about_types, parts))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="isinstance"))):
            return True
        case ast.Call(func=ast.Name(id="isinstance")):
            return True
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def test_no_verdict_depends_on_an_assert():
    """``python -O`` leaves asserts out; those of the package speak to the type checker only."""
    for file in sorted((ROOT / "fvtheory").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "assert " in text else ():
            if isinstance(node, ast.Assert):
                assert is_about_types(node.test), f"{file}:{node.lineno}"


def test_a_closed_output_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["radius", *ON_PHI]) == 1
    assert "standard output is closed" in capsys.readouterr().err


# ---- files -------------------------------------------------------------------------------------

FAILURES = [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("step", ["fdopen", "chmod", "replace", "after replace"])
def test_a_file_is_the_old_one_or_the_new_one(tmp_path, monkeypatch, failure, step):
    file = tmp_path / "results.json"
    write_file(file, b"old")
    name = step.removeprefix("after ")
    real = getattr(os, name)

    def fails(*arguments):
        if step.startswith("after"):
            real(*arguments)
        elif step == "fdopen":
            os.close(arguments[0])
        raise failure

    monkeypatch.setattr(results.os, name, fails)
    with pytest.raises(type(failure)):
        write_file(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == (b"new" if step.startswith("after") else b"old")
    assert os.listdir(tmp_path) == [file.name]


def test_a_disk_that_is_full_leaves_nothing_of_a_file(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    command = [sys.executable, "-m", "fvtheory", "radius", *ON_PHI]
    with open("/dev/full", "w") as full:
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert (found.returncode, found.stderr.count("\n")) == (1, 1)
    assert "No space left" in found.stderr


def test_a_run_that_was_killed_as_it_began_goes_on(tmp_path):
    (tmp_path / ".settings.json-x7k2").write_text('{"seed')
    assert open_results(tmp_path, {"seed": 1}) == open_results(tmp_path, {"seed": 1}) == tmp_path
    with pytest.raises(InvalidInputError, match="other settings"):
        open_results(tmp_path, {"seed": 2})


@pytest.mark.parametrize("place", ["/dev/null", "/dev/full", "."])
def test_devices_and_folders_are_no_files(place, monkeypatch, tmp_path):
    if not Path(place).exists():
        pytest.skip(f"no {place}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInputError, match="no plain file"):
        write_file(Path(place), b"x")
    known = {
        "operators": [{"kind": "evaluations", "points": [["0", "0"], ["1", "1/3"]], "values": ["1/4", "1/2"]}]
    }
    words = ["beyond", "radius", "--class", "lipschitz", "--lipschitz", "2", "--knowledge", json.dumps(known)]
    assert main([*words, "--state", place]) == 2
    assert Path(place).exists()


def test_certificates_that_are_no_text(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"sha256": "\xff"}\n')
    with pytest.raises(InvalidInputError, match="UTF-8"):
        read_certificates(tmp_path)


# ---- certificates ------------------------------------------------------------------------------


def leaves(node, path=()) -> Iterator[tuple]:
    yield path
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from leaves(node[key], (*path, key))


def corrupted(node, path: tuple) -> Iterator:
    """The document with one entry left out, or replaced by something else."""
    *above, last = path
    value = node
    for key in path:
        value = value[key]
    others = [None, True, -1, 1.5, math.nan, 10**30, "", "1/0", "٣", "s1", [], {}, [value], {"a": value}]
    others += [value + "1", value[1:], "-" + value] if isinstance(value, str) else []
    others += [value + 1, -value, str(value)] if isinstance(value, int) else []
    others += [value[1:], value[::-1], value * 2] if isinstance(value, list) else []
    for other in (*others, leaves):
        changed = copy.deepcopy(node)
        place = changed
        for key in above:
            place = place[key]
        if other is leaves:
            del place[last]
        else:
            place[last] = other
        yield changed


def test_every_corruption_of_a_certificate_is_rejected_or_harmless():
    stored = [
        json.loads(line)
        for name in ("lemma-3", "theorem-4")
        for line in (ROOT / "proofs" / "certificates" / f"{name}.jsonl").open()
    ]
    small = sorted(stored, key=lambda c: len(json.dumps(c)))[:8]
    tried, rejected = 0, 0
    for certificate in small:
        said, asked = check_certificate(certificate), certificate["script"]
        for path in [p for p in leaves(certificate) if p][::3]:
            for changed in corrupted(certificate, path):
                tried += 1
                try:
                    assert check_certificate(changed, asked) == said, (path, changed)
                except ValueError:
                    rejected += 1
    assert tried > 500
    assert rejected > tried / 2


def test_a_certificate_of_another_question_is_no_use():
    text = "(declare-const x Real)\n(assert (< x 0.0))\n(assert (> x 0.0))\n"
    steps = [{"sum": [["1", [0]], ["1", [1]]]}]
    made = {"script": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "steps": steps}
    assert check_certificate(made, text) == "unsat"
    for weaker in (
        text.replace("<", "<=").replace(">", ">="),
        text.replace("> x", "> 1.0"),
        text.replace("(assert (> x 0.0))\n", ""),
    ):
        forged = made | {"script": weaker, "sha256": hashlib.sha256(weaker.encode()).hexdigest()}
        for attack in (forged, made | {"script": weaker}, made):
            with pytest.raises(ValueError, match=r"certificate|sum"):
                check_certificate(attack, weaker)


# ---- networks: arithmetic at the ends of its range -----------------------------------------------


def network(*layers: tuple, relu_last: bool = False) -> ReluNetwork:
    """From (weight, bias) pairs; all but the last are followed by ReLU."""
    last = len(layers) - 1
    return ReluNetwork(
        [
            Layer(tuple(tuple(map(Q, row)) for row in weight), tuple(map(Q, bias)), i < last or relu_last)
            for i, (weight, bias) in enumerate(layers)
        ]
    )


BIG = Q(3, 4) * 2**128
THIRD = MinMax(0, 1, 0, "1/3")


@pytest.mark.parametrize(
    "overflowing",
    [
        network(([[BIG], [BIG], [BIG]], [0, 0, 0]), ([[1, 1, -2]], [0])),
        network(([[1], [1], [1]], [0, 0, 0]), ([[BIG, BIG, -BIG]], [0]), ([[Q(1, 2**128)]], [0])),
        network(([[1], [1]], [0, 0]), ([[BIG, BIG]], [0]), ([[Q(1, 2**128)]], [0])),
    ],
)
def test_networks_that_may_overflow_are_not_certified(overflowing):
    for attack in (lambda: certify(overflowing, THIRD), lambda: float_error(overflowing, Affine([0], 0))):
        with pytest.raises(InvalidInputError):
            attack()


def test_a_product_with_a_power_of_two_may_underflow():
    numpy = pytest.importorskip("numpy")
    tiny = Q(267609, 2**149)
    made = network(([[0]], [tiny]), ([[Q(1, 8)]], [0]))
    computed = Q(float(numpy.float32(float(tiny)) * numpy.float32(0.125)))
    assert computed == FLOAT32.nearest(tiny / 8) != tiny / 8
    found = certify(made, THIRD)
    assert found.at_x_min[0] <= computed <= found.at_x_min[1]
    assert found.low <= computed <= found.high
    assert abs(computed - tiny / 8) <= float_error(made, Affine([0], tiny / 8)).on_inputs


def test_dead_and_double_units_are_no_obstacle():
    made = network(([[1], [1], [-1], [0], [0]], [0, 0, -5, -1, 0]), ([["1/2", "1/2", 3, 4, 7]], [0]))
    found = certify(made, MinMax(0, 1, 0, 1))
    assert found.computes_information
    assert found.is_exact


# ---- networks: modules and files that are not what they are called --------------------------------


def disguises(torch) -> dict:
    nn = torch.nn

    class ReLU(nn.Module):
        def forward(self, x):
            return torch.relu(x) + 5 * (x > 0.97)

    class Linear(nn.Linear):
        def forward(self, x):
            return super().forward(x) + 5 * ((x > 0.97) & (x < 0.99))

    class Sequential(nn.Sequential):
        def forward(self, x):
            return super().forward(x) + 5 * ((x > 0.97) & (x < 0.99))

    def spike(module, inputs, output):
        return output + 5 * ((inputs[0] > 0.97) & (inputs[0] < 0.99))

    hooked, masked, replaced = (nn.Sequential(nn.Linear(1, 1)) for _ in range(3))
    hooked.register_forward_hook(spike)
    masked[0].register_forward_pre_hook(lambda module, inputs: (inputs[0].clamp(max=0.97),))
    replaced[0].forward = lambda x: x.clamp(max=0.97)
    itself = nn.Sequential(nn.Linear(1, 1))
    itself.append(itself)
    empty = nn.Sequential(nn.Linear(1, 1))
    empty[0].weight = None
    return {
        "ReLU": nn.Sequential(nn.Linear(1, 1), ReLU()),
        "Linear": nn.Sequential(Linear(1, 1)),
        "Sequential": Sequential(nn.Linear(1, 1)),
        "scripted": torch.jit.script(nn.Sequential(nn.Linear(1, 2), ReLU(), nn.Linear(2, 1))),
        "hooked": hooked,
        "masked": masked,
        "replaced": replaced,
        "itself": itself,
        "empty": empty,
        "complex": nn.Sequential(nn.Linear(1, 1, dtype=torch.complex64)),
        "nowhere": nn.Sequential(nn.Linear(1, 1, device="meta")),
        "number": 5,
    }  # fmt: skip


def test_modules_in_disguise_are_refused():
    torch = pytest.importorskip("torch")
    from fvtheory.networks.reading import network_from_torch

    for name, module in disguises(torch).items():
        with pytest.raises(InvalidInputError):
            pytest.fail(f"{name}: {network_from_torch(module)}")


def test_a_layer_may_have_two_places():
    torch = pytest.importorskip("torch")
    from fvtheory.networks.reading import network_from_torch

    nn, relu = torch.nn, torch.nn.ReLU()
    module = nn.Sequential(nn.Linear(1, 2), relu, nn.Linear(2, 2), relu, nn.Linear(2, 1))
    for read in (module, torch.jit.script(module), torch.jit.trace(module, torch.zeros(1, 1))):
        assert [layer.relu for layer in network_from_torch(read).layers] == [True, True, False]


ONE, TWO, COLUMN = [[1.0]], [[1.0, 2.0]], [[1.0], [5.0]]
GRAPHS = {
    "an operation of one's own": ([("Relu", "h", {"domain": "mine"})], {}),
    "a bias along the points": ([("Add", "h B", {})], {"B": COLUMN}),
    "random dropout": ([("Dropout", "h ratio on", {})], {"ratio": 0.5, "on": True}),
    "no value": ([("Add", "h", {})], {}),
    "no output": ([("Relu", "h", {"outputs": []})], {}),
    "a name used twice": ([("Relu", "h", {"outputs": ["W"]})], {}),
    "a constant of nothing": ([("Constant", "", {})], {}),
    "a weight of one dimension": ([("Gemm", "h B", {})], {"B": [1.0, 1.0]}),
    "not a number": ([("Add", "h B", {})], {"B": [math.nan, 0.0]}),
    "no chain": ([("Add", "h x", {})], {}),
    "several points": ([("Relu", "h", {})], {"points": 5}),
}


@pytest.mark.parametrize("name", [*GRAPHS, "plain"])
def test_graphs_that_are_no_chains_on_points_are_refused(tmp_path, name):
    onnx = pytest.importorskip("onnx")
    numpy = pytest.importorskip("numpy")
    from fvtheory.networks.reading import network_from_onnx

    make, real = onnx.helper, onnx.TensorProto.FLOAT
    middle, more = GRAPHS.get(name, ([("Relu", "h", {})], {}))
    points = more.get("points", 1)
    values = {"W": TWO, "V": [[1.0], [-1.0]], **{k: v for k, v in more.items() if k != "points"}}
    nodes = [make.make_node("MatMul", ["x", "W"], ["h"])]
    for kind, inputs, options in middle:
        given = {"outputs": ["r"], **options}
        nodes.append(make.make_node(kind, inputs.split(), given["outputs"], domain=given.get("domain")))
    nodes.append(make.make_node("MatMul", ["r", "V"], ["y"]))
    arrays = {k: numpy.asarray(v, dtype=bool if v is True else numpy.float32) for k, v in values.items()}
    graph = make.make_graph(
        nodes,
        "g",
        [make.make_tensor_value_info("x", real, [points, 1])],
        [make.make_tensor_value_info("y", real, ["n", "m"])],
        [onnx.numpy_helper.from_array(v, k) for k, v in arrays.items()],
    )
    versions = [make.make_opsetid("", 13), make.make_opsetid("mine", 1)]
    negation = [make.make_node("Neg", ["a"], ["b"])]
    mine = make.make_function("mine", "Relu", ["a"], ["b"], negation, versions[:1])
    model = make.make_model(graph, opset_imports=versions, functions=[mine])
    file = tmp_path / "a.onnx"
    file.write_bytes(model.SerializeToString())
    if name == "plain":
        assert network_from_onnx(file).units == 2
        for length in (0, 1, 30, len(file.read_bytes()) - 1):
            (tmp_path / "cut.onnx").write_bytes(file.read_bytes()[:length])
            with pytest.raises(InvalidInputError):
                network_from_onnx(tmp_path / "cut.onnx")
    else:
        with pytest.raises(InvalidInputError):
            network_from_onnx(file)
