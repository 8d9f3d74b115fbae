"""Certificates: the committed store, the checker and what it rejects, the finder, and tampering."""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import z3

from fvtheory import certificate_checker
from fvtheory.certificate_checker import check, holds, parse
from fvtheory.certificates import (
    NotFoundError,
    certified,
    certified_verdict,
    differences,
    find_certificate,
    folder,
    store,
    write_certificates,
)
from fvtheory.certificates.__main__ import main as certificates_main
from fvtheory.claims import claims_of, select_claims
from fvtheory.claims.claim import Claim
from fvtheory.errors import InvalidInputError
from fvtheory.notation.smtlib import script
from fvtheory.obligations import PROVED, REFUTED, conclusions, satisfiable, valid
from fvtheory.statements import sentence
from fvtheory.terms import Div, Sym, UndefinedTerm, eq, evaluate, maximum, minimum, symbols
from mutants import MUTANTS
from whole_paper import whole_paper

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "proofs" / "certificates"
SEED = 20240611


def load(directory: Path = STORE) -> list[dict]:
    return [
        json.loads(line) for path in sorted(directory.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    ]


STORED = load()
REFUTATIONS = [c for c in STORED if "steps" in c]
MODELS = [c for c in STORED if "values" in c]
SMALL = [c for c in REFUTATIONS if len(json.dumps(c)) < 3000]


def of(text: str, **parts) -> dict:
    """A certificate of a script, honest about its hash."""
    return {"script": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), **parts}


def rejected(certificate: dict, *more) -> bool:
    try:
        check(certificate, *more)
    except ValueError:
        return True
    return False


# ---- the committed store ------------------------------------------------------------------------


def test_every_obligation_of_the_paper_has_a_certificate_that_holds():
    assert differences() == []
    assert len(STORED) == len(store.questions(claims_of("geirhos2024")))


def test_the_store_is_what_a_run_would_write(tmp_path: Path):
    written = write_certificates(claims_of("geirhos2024"), tmp_path)
    assert (written.certified, written.new, written.solver_only) == (len(STORED), 0, {})
    names = sorted(p.name for p in STORE.iterdir())
    assert names == sorted(p.name for p in tmp_path.iterdir())
    for name in names:
        assert (STORE / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_the_store_is_small_and_ascii():
    files = list(STORE.glob("*.jsonl"))
    assert sum(p.stat().st_size for p in files) < 6_000_000
    assert all(p.read_bytes().isascii() and b"\r" not in p.read_bytes() for p in files)


def test_certificates_agree_with_the_solvers():
    seen = set()
    for claim in whole_paper().claims:
        for part in claim.obligations:
            assert certified_verdict(part.obligation) == part.status, part.name
            seen.add(part.status)
    assert seen == {PROVED, REFUTED}


def test_a_changed_obligation_is_an_error(tmp_path: Path):
    claims = select_claims("geirhos2024", ["lemma-3"])
    write_certificates(claims, tmp_path)
    assert differences(tmp_path, claims) == []
    changed = Claim("lemma-3", "sharp", "none", "x", sentence("new", [Sym("x") > 5], Sym("x") > 4))
    found = differences(tmp_path, [*claims[1:], changed])
    assert "new: no certificate" in found
    assert any("stale, no claim asks this" in line for line in found)
    assert any("stale" in line for line in differences(STORE, claims))


def test_the_default_folder_is_the_committed_store():
    assert folder() == STORE


# ---- the checker stands alone -------------------------------------------------------------------


def test_the_checker_is_short():
    text = Path(certificate_checker.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert max(map(len, text.splitlines())) <= 120
    for word in ("eval(", "exec(", "__import__"):
        assert word not in text


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_checker_imports_the_standard_library_only():
    assert imported(Path(certificate_checker.__file__)) <= set(sys.stdlib_module_names)
    code = "import fvtheory.certificate_checker, sys, json; print(json.dumps(sorted(sys.modules)))"
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(process.stdout))
    assert {name for name in loaded if name.startswith("fvtheory")} == {
        "fvtheory",
        "fvtheory.certificate_checker",
    }
    assert loaded.isdisjoint({"z3", "cvc5", "sympy", "numpy", "scipy"})


def run_checker(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fvtheory.certificate_checker", str(directory)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_checker_as_a_program(tmp_path: Path):
    process = run_checker(STORE)
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith(f"{len(STORED)} certificates hold: {len(REFUTATIONS)} unsat")
    assert run_checker(tmp_path).returncode == 1
    spoiled = copy.deepcopy(STORED[0])
    spoiled["sha256"] = "0" * 64
    (tmp_path / "a.jsonl").write_text(json.dumps(STORED[1]) + "\n" + json.dumps(spoiled) + "\n")
    process = run_checker(tmp_path)
    assert process.returncode == 1
    assert "certificate 2 of a.jsonl" in process.stderr
    assert "Traceback" not in process.stderr
    (tmp_path / "a.jsonl").write_text("no JSON\n")
    assert run_checker(tmp_path).returncode == 1


# ---- the checker reads scripts rightly ----------------------------------------------------------


def test_formulas_mean_what_the_obligations_mean():
    """At random points, for scripts without auxiliary symbols; the other evaluator is that of the terms."""
    rng = random.Random(SEED)
    seen = {True: 0, False: 0}
    for claim in claims_of("geirhos2024")[::5]:
        for o in claim.statement.plan(claim.convention).obligations:
            question, names = script(o.asked, anonymous=True), symbols(*o.asked)
            if "|" in question.text:
                continue
            for _ in range(3):
                values = [rng.choice([Fraction(p, 4) for p in range(-1, 6)]) for _ in names]
                at = dict(zip(names, values, strict=True))
                there = {s: str(v) for s, v in zip(question.names, values, strict=True)}
                for formula, assertion in zip(parse(question.text, (), there), o.asked, strict=True):
                    try:
                        expected = evaluate(assertion, at)
                    except UndefinedTerm:
                        continue
                    assert holds(formula) == expected
                    seen[expected] += 1
    assert min(seen.values()) > 100


X = "(declare-const x Real)(declare-const y Real)"


@pytest.mark.parametrize(
    "text",
    [
        X + "(assert (> x 0.0)",
        X + "(assert (> x 0.0)))",
        X + ")(assert (> x 0.0)",
        X + "(assert (> z 0.0))",
        X + "(assert (> x 0.0 1.0))",
        X + "(assert (> x))",
        X + "(assert x)",
        X + "(assert (+ x y))",
        X + "(assert (and x y))",
        X + "(assert (not x))",
        X + "(assert (> (/ 1.0 0.0) 0.0))",
        X + "(assert (=> true false))",
        X + "(assert (> x 1e5))",
        X + "(assert (> |x 0.0))",
        X + "(declare-const |x| Real)(assert false)",
        "(declare-const x Int)(assert (< 0.0 x))",
        "(declare-const (x) Real)",
        "(declare-fun x () Real)(assert (< 0.0 x))",
        X + "(assert (> x 0.0))(check-sat)",
        X + "(push 1)",
        "assert",
    ],
)
def test_other_scripts_are_refused(text: str):
    assert rejected(of(text, values={"x": "1", "y": "1", "|x|": "1"}))
    assert rejected(of(text, steps=[{"sum": []}]))


def test_only_numbers_divide():
    for divisor in ("x", "(+ x 1.0)"):
        text = X + f"(assert (< (/ 1.0 {divisor}) (/ 1.0 {divisor})))"
        assert rejected(of(text, steps=[{"sum": [["1", [0]]]}]))
    assert check(of(X + "(assert (< (/ x 2.0) (/ x 2.0)))", steps=[{"sum": [["1", [0]]]}])) == "unsat"


def test_quoted_symbols_and_numbers():
    text = "(declare-const |a (b| Real)(assert (= (* 2.0 |a (b|) (- (/ 1.0 3.0))))"
    assert check(of(text, values={"|a (b|": "-1/6"})) == "sat"
    assert rejected(of(text, values={"|a (b|": "1/6"}))


# ---- the checker rejects what does not hold -----------------------------------------------------

BASIC = X + "(assert (or (> x 0.0) (> y 0.0)))(assert (<= x 0.0))(assert (< y 0.0))"
# Formulas: 0 the disjunction, 1 x > 0, 2 y > 0, 3 -x >= 0, 4 -y > 0.
BASIC_STEPS = [
    {"sum": [["1", [1]], ["1", [3]]]},
    {"sum": [["1", [2]], ["1", [4]]]},
    {"cases": 0, "by": [0, 1]},
]


def test_a_certificate_by_hand():
    assert check(of(BASIC, steps=BASIC_STEPS)) == "unsat"
    assert check(of(BASIC, steps=BASIC_STEPS), BASIC) == "unsat"


@pytest.mark.parametrize(
    "steps",
    [
        [],
        BASIC_STEPS[:2],
        [BASIC_STEPS[0], {"cases": 0, "by": [0]}],
        [BASIC_STEPS[0], {"cases": 0, "by": [0, 0]}],
        [*BASIC_STEPS[:2], {"cases": 0, "by": [0, 1, 1]}],
        [*BASIC_STEPS[:2], {"cases": 0, "by": [1, 0]}],
        [*BASIC_STEPS[:2], {"cases": 0, "by": [0, 2]}],
        [*BASIC_STEPS[:2], {"cases": 0, "by": []}],
        [*BASIC_STEPS[:2], {"cases": 1, "by": [0, 1]}],
        [*BASIC_STEPS[:2], {"cases": 9, "by": [0, 1]}],
        [*BASIC_STEPS[:2], {"cases": "0", "by": [0, 1]}],
        [*BASIC_STEPS[:2], {"case": 0, "by": [0, 1]}],
        [{"cases": 0, "by": [1, 2]}, *BASIC_STEPS[:2]],
        [{"cases": 0, "by": [0, 0]}],
        [{"sum": [["1", [1]], ["1", [4]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["-1", [1]], ["-1", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1", [1]], ["2", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["0", [1]], ["0", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1", [1]]]}, *BASIC_STEPS[1:]],
        [{"sum": []}, *BASIC_STEPS[1:]],
        [{"sum": [["1", []], ["-1", []]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1", [1], "y"], ["1", [3], "y"]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1", [0]], ["1", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [[1.0, [1]], [1.0, [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1e0", [1]], ["1e0", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1/0", [1]], ["1/0", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["nan", [1]], ["nan", [3]]]}, *BASIC_STEPS[1:]],
        [{"sum": [["1", [1, 99]], ["1", [3, 99]]]}, *BASIC_STEPS[1:]],
        [{}, *BASIC_STEPS[1:]],
        [None, *BASIC_STEPS[1:]],
        None,
        7,
    ],
)
def test_broken_refutations_are_rejected(steps):
    assert rejected(of(BASIC, steps=steps))


def test_weak_inequalities_refute_nothing_by_themselves():
    text = X + "(assert (<= x y))(assert (<= y x))"
    assert rejected(of(text, steps=[{"sum": [["1", [0]], ["1", [1]]]}]))
    strict = X + "(assert (<= x y))(assert (< y x))"
    assert check(of(strict, steps=[{"sum": [["1", [0]], ["1", [1]]]}])) == "unsat"


def test_equations_take_any_multiplier_and_nothing_else_does():
    text = X + "(assert (= x 0.0))(assert (> (* x y) 1.0))"
    steps = [{"sum": [["-1", [0], "y"], ["1", [1]], ["1", []]]}]
    assert check(of(text, steps=steps)) == "unsat"
    weak = text.replace("(= x 0.0)", "(>= x 0.0)")
    assert rejected(of(weak, steps=steps))


def test_products_of_weak_and_strict_inequalities():
    text = X + "(assert (>= x 0.0))(assert (>= y 0.0))(assert (< (* x y) 0.0))"
    assert check(of(text, steps=[{"sum": [["1", [0, 1]], ["1", [2]]]}])) == "unsat"
    weak = text.replace("(<", "(<=")
    assert rejected(of(weak, steps=[{"sum": [["1", [0, 1]], ["1", [2]]]}]))


def test_a_cut_covers_all_signs():
    text = X + "(assert (< (* (+ x (- y)) (+ x (- y))) 0.0))"
    sums = [[["1", [0]], ["1", [k, k]]] for k in (2, 4)]
    steps = [{"sum": sums[0]}, {"sum": [["1", [0]], ["1", [3], "x"], ["-1", [3], "y"]]}, {"sum": sums[1]}]
    steps.append({"cases": 1, "by": [0, 1, 2]})
    cut = ["(+ x (- y))"]
    assert check(of(text, cuts=cut, steps=steps)) == "unsat"
    assert rejected(of(text, steps=steps))
    assert rejected(of(text, cuts=["x"], steps=steps))
    assert rejected(of(text, cuts=cut, steps=[*steps[:3], {"cases": 1, "by": [0, 0, 2]}]))
    assert rejected(of(text, cuts=cut, steps=[*steps[:3], {"cases": 1, "by": [0, 2]}]))


@pytest.mark.parametrize(
    "cut",
    ["x 0.0)) (assert false) (assert (> x", "false", "(or)", "z", ")", "", "(> x 0.0)", "(assert false)"],
)
def test_a_cut_smuggles_nothing_in(cut: str):
    text = X + "(assert (> x 0.0))"
    for last in ([{"sum": [["1", [0]]]}], [{"cases": 1, "by": []}], [{"cases": 2, "by": []}]):
        assert rejected(of(text, cuts=[cut], steps=last))


def test_false_needs_no_case():
    assert check(of("(assert (or))", steps=[{"cases": 0, "by": []}])) == "unsat"
    assert check(of("(assert false)", steps=[{"cases": 0, "by": []}])) == "unsat"
    assert rejected(of("(assert true)", steps=[{"cases": 0, "by": []}]))


MISSHAPEN = [
    {},
    {"script": BASIC},
    {"script": BASIC, "sha256": "", "steps": BASIC_STEPS},
    {"script": 5, "sha256": "", "steps": BASIC_STEPS},
    of(BASIC),
    of(BASIC, values=None),
    of(BASIC, values=[]),
    of(BASIC, values={"x": "1"}),
    of(BASIC, values={"x": 1, "y": 1}),
    of(BASIC, values={"x": "1", "y": "one"}),
    of(BASIC, cuts=5, steps=BASIC_STEPS),
    of(BASIC, cuts=[5], steps=BASIC_STEPS),
]


@pytest.mark.parametrize("certificate", [*MISSHAPEN, None, [], "steps", 5])
def test_misshapen_certificates_are_rejected(certificate):
    assert rejected(certificate)


# ---- the stored certificates, mutated -----------------------------------------------------------


def mutations(certificate: dict):
    """(what was done, certificate) for changes that must not pass."""

    def changed():
        return copy.deepcopy(certificate)

    steps = certificate["steps"]
    for k, step in enumerate(steps):
        if "cases" in step:
            for n in range(len(step["by"])):
                c = changed()
                del c["steps"][k]["by"][n]
                yield f"step {k}: case {n} missing", c
            for n in range(len(step["by"])):
                for unknown in (k, len(steps)):
                    c = changed()
                    c["steps"][k]["by"][n] = unknown
                    yield f"step {k}: case {n} by step {unknown}", c
            c = changed()
            c["steps"][k]["cases"] = 10**6
            yield f"step {k}: unknown formula", c
        for n, (number, indices, *names) in enumerate(step.get("sum", [])):
            c = changed()
            c["steps"][k]["sum"][n][1] = [*indices, 10**6]
            yield f"step {k}: term {n} of an unknown formula", c
            if indices:
                c = changed()
                c["steps"][k]["sum"][n] = [str(Fraction(number) + 1), indices, *names]
                yield f"step {k}: term {n} with another coefficient", c
                c = changed()
                c["steps"][k]["sum"][n] = [f"-{number}".removeprefix("--"), indices, *names]
                yield f"step {k}: term {n} with the other sign", c
                if len(step["sum"]) > 1:
                    c = changed()
                    del c["steps"][k]["sum"][n]
                    yield f"step {k}: term {n} missing", c
    c = changed()
    c["sha256"] = hashlib.sha256(b"").hexdigest()
    yield "another hash", c
    c = changed()
    c["script"] += "\n"
    yield "another script under the old hash", c
    c = changed()
    c["steps"] = []
    yield "no steps", c
    c = changed()
    c["values"] = {}
    yield "values beside the steps", c
    if len(steps) > 1:
        c = changed()
        del c["steps"][-1]
        yield "the last step missing", c
        c = changed()
        del c["steps"][0]
        yield "the first step missing", c


def without_content(certificate: dict) -> bool:
    """Whether some comparison is that of the polynomial 0, which can be added to any sum."""
    assertions = parse(certificate["script"], certificate.get("cuts", ()))
    found = [f for a in assertions for f in certificate_checker.parts(a, (all, any))]
    return any(kind not in (all, any) and not polynomial for kind, polynomial in found)


def test_mutated_certificates_are_rejected():
    rng = random.Random(SEED)
    chosen = [c for c in rng.sample(SMALL, 40) if not without_content(c)]
    assert len(chosen) > 20
    count = 0
    for certificate in chosen:
        assert check(certificate) == "unsat"
        for what, mutated in mutations(certificate):
            assert rejected(mutated), (certificate["obligation"], what)
            count += 1
    assert count > 500


def test_values_that_are_moved_are_rejected_or_meet_the_assertions():
    """No value of a model may be left out; one that is moved far away breaks some bound."""
    moved = 0
    for certificate in MODELS:
        for name in certificate["values"]:
            missing = {k: v for k, v in certificate["values"].items() if k != name}
            assert rejected({**certificate, "values": missing})
            far = {**certificate, "values": {**certificate["values"], name: "-1000001/7"}}
            moved += rejected(far)
        assert rejected({**certificate, "sha256": "0" * 64})
        assert rejected({**certificate, "script": certificate["script"] + "\n"})
        assert rejected({k: v for k, v in certificate.items() if k != "values"})
    assert moved > len(MODELS)


def test_no_step_refutes_what_has_a_model():
    """The steps of other certificates, put to satisfiable scripts."""
    rng = random.Random(SEED)
    for certificate in MODELS:
        text = certificate["script"]
        for other in rng.sample(REFUTATIONS, 10):
            proof = {key: other[key] for key in ("cuts", "steps") if key in other}
            assert rejected(of(text, **proof)), (certificate["obligation"], other["obligation"])


def weakened(text: str):
    """The script with one assertion changed a little; the formulas keep their numbers."""
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        for old, new in (
            ("(< ", "(<= "),
            ("(<= ", "(< "),
            ("1.0", "2.0"),
            ("(= ", "(<= "),
            ("(- 1.0)", "1.0"),
        ):
            if line.startswith("(assert") and old in line:
                yield "".join([*lines[:i], line.replace(old, new, 1), *lines[i + 1 :]])


def test_what_is_accepted_for_a_changed_script_is_true():
    """Z3 is the judge of the scripts for which the certificate still holds."""
    kept = lost = 0
    for certificate in random.Random(SEED).sample(SMALL, 60):
        proof = {key: certificate[key] for key in ("cuts", "steps") if key in certificate}
        for text in weakened(certificate["script"]):
            if rejected(of(text, **proof)):
                lost += 1
                continue
            solver = z3.Solver()
            solver.set("timeout", 20_000)
            solver.from_string(text)
            assert solver.check() != z3.sat, text
            kept += 1
    assert min(kept, lost) > 100


def test_a_certificate_serves_its_own_script_only():
    for certificate in STORED[::20]:
        assert not rejected(certificate, certificate["script"])
        assert rejected(certificate, certificate["script"] + "\n")
        assert rejected(certificate, STORED[1]["script"])


# ---- false obligations --------------------------------------------------------------------------

FALSE_ONES = [m for m in MUTANTS if m.expected == "false"]


def test_false_mutants_get_no_refutation():
    """A false claim has a conjunct whose certificate, if there is one, is a counterexample."""
    for mutant in FALSE_ONES[::6]:
        answers = []
        for o in conclusions(mutant.statement.plan(mutant.convention).conjuncts):
            try:
                found = find_certificate(script(o.asked, anonymous=True).text, 20)
            except NotFoundError:
                answers.append("none")
            else:
                answers.append("sat" if "values" in found else "unsat")
        assert set(answers) - {"unsat"}, mutant.name


def test_the_certificate_of_the_original_does_not_serve_a_false_mutant():
    stored = {c["obligation"]: c for c in REFUTATIONS}
    tried = 0
    for mutant in FALSE_ONES:
        for o in conclusions(mutant.statement.plan(mutant.convention).conjuncts):
            original, text = stored.get(o.name), script(o.asked, anonymous=True).text
            if original is not None and text != original["script"] and certified(text) != "unsat":
                proof = {key: original[key] for key in ("cuts", "steps") if key in original}
                if rejected(of(text, **proof)):
                    tried += 1
                else:  # the altered conjunct need not be the false one
                    assert "steps" in find_certificate(text, 20), mutant.name
    assert tried > 3


# ---- the finder ---------------------------------------------------------------------------------

x, y = Sym("x"), Sym("y")


@pytest.mark.parametrize(
    "obligation",
    [
        valid("linear", [x > y, y > 1], x > 1),
        valid("cases", [x > 0, y > 0], minimum(x, y) <= maximum(x, y)),
        valid("square", [], x * y * 2 <= x * x + y * y),
        valid("product", [x >= 0, x <= 1, y >= 0], x * y <= y),
        valid("quotient", [y > 0, x >= 0], Div(x, y) >= 0),
        valid("contradiction", [x > y, y > x], eq(x, 5)),
    ],
    ids=lambda o: o.name,
)
def test_true_obligations_are_certified(obligation):
    text = script(obligation.asked, anonymous=True).text
    found = find_certificate(text, 60)
    assert check(found, text) == "unsat"
    assert found == find_certificate(text, 60)


FIND = """
import json, sys
from fvtheory.certificates import find_certificate
print(json.dumps([find_certificate(text, 60) for text in json.load(sys.stdin)]))
"""


def test_the_same_certificates_are_found_in_every_process():
    products = [c for c in SMALL if any(len(t[1]) > 2 for step in c["steps"] for t in step.get("sum", ()))]
    texts = json.dumps([c["script"] for c in [*products[::6], *SMALL[::50]]])
    found = {
        subprocess.run(
            [sys.executable, "-c", FIND],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            input=texts,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_false_obligations_get_their_values():
    text = script(valid("false", [x > y], x > 2 * y).asked, anonymous=True).text
    found = find_certificate(text, 60)
    assert check(found, text) == "sat"


def test_irrational_values_are_said_not_to_be_found():
    text = script(satisfiable("root", [eq(x * x, 2)]).asked, anonymous=True).text
    with pytest.raises(NotFoundError):
        find_certificate(text, 60)


def test_the_search_ends_when_time_is_up():
    text = max((c["script"] for c in REFUTATIONS), key=len)
    with pytest.raises(NotFoundError, match="time is up"):
        find_certificate(text, 0)


# ---- reading and writing ------------------------------------------------------------------------


def own_claim(name: str, goal) -> Claim:
    return Claim(name, "sharp", "none", "x", sentence(name, [x > y, y > 1], goal))


def test_claims_of_ones_own_are_certified_live(tmp_path: Path):
    claims = [own_claim("own.a", x > 1), own_claim("own.b", x + y > 2), own_claim("other/one", x > y * 2)]
    told: list[str] = []
    written = write_certificates(
        claims, tmp_path / "new", progress=lambda done, total, name: told.append(f"{done}/{total} {name}")
    )
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["other-one.jsonl", "own.jsonl"]
    assert written.solver_only == {}
    assert written.new == written.certified == len(load(tmp_path / "new")) == len(told)
    answers = {c["obligation"]: check(c) for c in load(tmp_path / "new")}
    assert answers["own.a"] == "unsat"
    assert answers["other/one"] == "sat"
    again = write_certificates(claims, tmp_path / "new")
    assert (again.new, again.certified) == (0, written.certified)


def test_what_is_not_found_is_named(tmp_path: Path):
    claim = Claim("own", "sharp", "none", "x", sentence("new", [x * x + y * y < 0], x > 1))
    written = write_certificates([claim], tmp_path, seconds=0)
    assert set(written.solver_only) >= {"new"}
    assert "time is up" in written.solver_only["new"]
    assert len(load(tmp_path)) == written.certified


def test_an_interrupted_run_keeps_what_it_found(tmp_path: Path):
    claims = [own_claim("own.a", x > 1), own_claim("own.b", x + y > 2)]

    def interrupt(done: int, total: int, name: str) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_certificates(claims, tmp_path, progress=interrupt)
    assert [p.name for p in tmp_path.iterdir()] == ["own.jsonl"]
    assert len(load(tmp_path)) == 1
    written = write_certificates(claims, tmp_path)
    assert written.new == written.certified - 1


def test_a_stored_certificate_that_does_not_hold_is_replaced(tmp_path: Path):
    claims = [own_claim("own.a", x > 1)]
    write_certificates(claims, tmp_path)
    path = tmp_path / "own.jsonl"
    good = path.read_text()
    path.write_text(good.replace('"1"', '"2"', 1))
    assert path.read_text() != good
    assert write_certificates(claims, tmp_path).new == 1
    assert path.read_text() == good


def test_a_spoiled_store_vouches_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = SMALL[0]
    spoiled = copy.deepcopy(chosen)
    spoiled["steps"][-1] = {"sum": []}
    (tmp_path / "a.jsonl").write_text(json.dumps(spoiled) + "\n")
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    store._committed.cache_clear()
    store.certified.cache_clear()
    try:
        with pytest.raises(InvalidInputError, match=r"python -m fvtheory\.certificates"):
            certified(chosen["script"])
        assert certified(SMALL[1]["script"]) is None
        assert any(
            "no certificate" in line for line in differences(claims=select_claims("geirhos2024", ["lemma-3"]))
        )
        (tmp_path / "b.jsonl").write_text(json.dumps(spoiled) + "\n")
        assert certificates_main(["--check", str(tmp_path)]) == 2
    finally:
        store._committed.cache_clear()
        store.certified.cache_clear()


def test_a_quotient_by_zero_is_no_model():
    """The script leaves x/0 open; values that need it vouch for nothing."""
    obligation = satisfiable("zero", [eq(y, 0), eq(Div(x, y), 1)])
    text = script(obligation.asked, anonymous=True).text
    certificate = find_certificate(text, 10)
    assert check(certificate, text) == "sat"
    store.certified.cache_clear()
    store._committed()[certificate["sha256"]] = certificate
    try:
        assert certified(text) == "sat"
        assert certified_verdict(obligation) is None
    finally:
        del store._committed()[certificate["sha256"]]
        store.certified.cache_clear()


def test_one_theorem_of_the_paper(tmp_path: Path):
    written = write_certificates(select_claims("geirhos2024", ["lemma-3"]), tmp_path)
    assert (written.new, written.solver_only) == (0, {})
    assert [p.name for p in tmp_path.iterdir()] == ["lemma-3.jsonl"]
