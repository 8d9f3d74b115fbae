"""The mutation benchmark: its mutants, its sample, its trials, and that weaker tests make it fail."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="the mutants are made by Cosmic Ray")

from benchmarks.mutation import RESULTS, identity, quick_sample, read, wilson
from benchmarks.mutation.mutants import function_lines, modules, mutants, sample

ROOT = Path(__file__).resolve().parents[1]

SOURCE = '''\
"""Numbers + signs < words."""

from __future__ import annotations


def larger(a: int | str, b: int = 1) -> int | str:
    """a + b < 1 is no code."""
    if a < b:
        return b
    return a


LIMIT = 3 * 2
'''

TESTS = """\
from fvtheory.exact import LIMIT, larger


def test_larger():
    assert larger(0, 1) == 1
    assert larger(2, 1) == 2


def test_limit():
    assert LIMIT
"""


@pytest.fixture
def small(tmp_path):
    """A repository with one module and two tests."""
    for folder in ("fvtheory/functions", "fvtheory/checkers", "tests"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "fvtheory/__init__.py").touch()  # else an installed package would come first
    (tmp_path / "fvtheory/exact.py").write_text(SOURCE)
    (tmp_path / "tests/test_exact.py").write_text(TESTS)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    return tmp_path


def mutated_line(root: Path, mutant) -> str:
    return mutant.source(root).splitlines()[mutant.line - 1]


# ---- mutants -----------------------------------------------------------------------------------


def test_mutants_are_changes_of_code(small):
    found = mutants(small, ["fvtheory/exact.py"])
    assert {m.code for m in found} == {
        "if a < b:",
        "def larger(a: int | str, b: int = 1) -> int | str:",
        "LIMIT = 3 * 2",
    }
    assert len({m.key for m in found}) == len(found)
    assert {m.operator for m in found if m.within == "larger"} >= {
        "AddNot",
        "ReplaceComparisonOperator_Lt_LtE",
    }
    assert not any("BitOr" in m.operator for m in found)  # annotations are not run
    for mutant in found:
        changed = mutant.source(small)
        assert changed != SOURCE
        ast.parse(changed)
        assert mutated_line(small, mutant) != SOURCE.splitlines()[mutant.line - 1]
    assert function_lines(SOURCE) == {7, 8, 9, 10}


def test_a_mutant_is_known_again_after_edits_elsewhere(small):
    before = {m: mutated_line(small, m) for m in mutants(small, ["fvtheory/exact.py"])}
    edited = SOURCE.replace("def larger", "def other(a):\n    return a < 7\n\n\ndef larger")
    (small / "fvtheory/exact.py").write_text(edited)
    after = {m.key: m for m in mutants(small, ["fvtheory/exact.py"])}
    assert {m.key for m in before} < set(after)
    for mutant, line in before.items():
        again = after[mutant.key]
        assert again.line > mutant.line
        assert mutated_line(small, again) == line


def test_the_core_has_thousands_of_mutants_and_a_sample_is_drawn_from_all():
    names = modules(ROOT)
    assert {"fvtheory/exact.py", "fvtheory/classes/convex.py", "fvtheory/checkers/pool.py"} <= set(names)
    assert not any(name.startswith("fvtheory/terms") for name in names)
    found = mutants(ROOT, names[:3])
    drawn = sample(found, 50, 1)
    assert drawn[:20] == sample(found, 20, 1)
    assert len(set(drawn)) == 50
    assert drawn != sample(found, 50, 2)


def test_interval():
    """Values of R's binom.confint(method = "wilson")."""
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    low, high = wilson(0, 10)
    assert (round(low, 4), round(high, 4)) == (0.0, 0.2775)
    assert wilson(0, 0) == (0.0, 1.0)


# ---- trials ------------------------------------------------------------------------------------

TRIALS = r"""
import json, sys
from pathlib import Path
from benchmarks.mutation import applied, try_mutant
from benchmarks.mutation import trials
from benchmarks.mutation.mutants import mutants
from benchmarks.mutation.tests_of import baseline
trials.SECONDS_A_TEST = 1.0
trials.warm_up()
root = Path(sys.argv[1])
tests = baseline(root)
found = [try_mutant(root, m, tests) for m in mutants(root, ["fvtheory/exact.py"])]
path = root / "fvtheory/exact.py"
good = path.read_text()
outcomes = {}
for name, text in {
    "unchanged": good,
    "wrong": good.replace("return b", "return a"),
    "endless": good.replace("if a < b:", "while a < b:\n        pass\n    if a < b:"),
    "broken": good.replace("LIMIT", "LIMITS"),
    "dies": good.replace("    if a < b:", "    import os\n    os.abort()\n    if a < b:"),
}.items():
    path.write_text(text + "#" * len(outcomes))
    outcome = trials.trial(root, ["tests/test_exact.py"], tests.tests, tests.seconds)
    outcomes[name] = outcome.status, outcome.killer
print(json.dumps([found, outcomes, sorted(tests.seconds), tests.failing]))
"""


def test_trials(small):
    found, outcomes, tests, failing = json.loads(
        python(["-c", TRIALS, str(small)], ROOT).stdout.splitlines()[-1]
    )
    larger, limit = "tests/test_exact.py::test_larger", "tests/test_exact.py::test_limit"
    assert (tests, failing) == ([larger, limit], [])
    assert outcomes == {
        "unchanged": ["survived", ""],
        "wrong": ["killed", larger],
        "endless": ["timeout", larger],
        "broken": ["killed", "import"],
        "dies": ["killed", larger],
    }
    status = {(r["operator"], r["becomes"]): r["status"] for r in found}
    assert status["ReplaceComparisonOperator_Lt_LtE", "if a <= b:"] == "survived"  # equal numbers: the same
    assert status["ReplaceComparisonOperator_Lt_Gt", "if a > b:"] == "killed"
    assert status["ReplaceBinaryOperator_Mul_Add", "LIMIT = 3 + 2"] == "survived"  # test_limit is a weak test
    assert {r["killer"] for r in found if r["status"] == "killed"} == {larger}


# ---- the quick run -----------------------------------------------------------------------------


def python(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def quick(tmp_path):
    """The quick benchmark of a copy of this repository, on mutants of two modules."""
    copy = tmp_path / "copy"
    skipped = shutil.ignore_patterns(".*", "__pycache__", "proofs")
    shutil.copytree(ROOT, copy, ignore=skipped)
    for line in ("requires-python", "testpaths"):
        assert line in (copy / "pyproject.toml").read_text()
    path = copy / RESULTS.relative_to(ROOT)
    head, *records = read(path)
    kept = [
        r for r in records if r["module"] in ("fvtheory/functions/pieces.py", "fvtheory/functions/extrema.py")
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in [head, *kept]))

    def run() -> tuple[int, dict]:
        done = python(["-m", "benchmarks", "mutation", "--quick", "--sample", "3"], copy)
        return done.returncode, json.loads(done.stdout.splitlines()[-1])["figures"]

    return copy, run


def test_weaker_tests_fail_the_quick_run(quick):
    copy, run = quick
    assert run() == (0, {"mutants": 3, "killed": 3, "passed": True})
    for path in (copy / "tests").glob("test_*.py"):
        path.write_text(path.read_text().replace("    assert ", "    assert True or "))
    status, figures = run()
    assert status == 1
    assert not figures["passed"]
    assert figures["killed"] < 3


def test_the_quick_sample_is_of_many_modules_and_still_there():
    records = read(RESULTS)[1:]
    chosen = list(quick_sample(ROOT, records, 20))
    assert len(chosen) == 20
    assert len({mutant.module for mutant, _ in chosen}) >= 15
    assert all(identity(record) == mutant.key and record["status"] == "killed" for mutant, record in chosen)
