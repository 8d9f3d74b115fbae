"""The floors of the package, the lightness of its import, and proof that both checks can fail."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"torch", "matplotlib", "sympy", "z3", "cvc5", "scipy", "hypothesis"}

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
REPORT_MODULES = """
import json, sys, time
start = time.perf_counter()
{statement}
seconds = time.perf_counter() - start
print(json.dumps({{"file": fvtheory.__file__, "modules": sorted(sys.modules), "seconds": seconds}}))
"""


def run_python(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a fresh interpreter that imports from ``folder`` first."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run_python(LINT, folder, "--no-cache")


def top_level_modules_after(statement: str) -> tuple[set[str], float]:
    """What ``sys.modules`` holds, by top-level name, after a statement that imports fvtheory."""
    process = run_python(REPORT_MODULES.format(statement=statement), ROOT)
    assert process.returncode == 0, process.stderr
    answer = json.loads(process.stdout)
    assert Path(answer["file"]).parent == ROOT / "fvtheory", "another copy of fvtheory was imported"
    return {name.partition(".")[0] for name in answer["modules"]}, answer["seconds"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of its own, to plant violations in."""
    shutil.copytree(ROOT / "fvtheory", tmp_path / "fvtheory", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_each_floor_imports_only_the_floors_below_it():
    process = lint_imports(ROOT)
    assert process.returncode == 0, process.stdout + process.stderr
    assert "2 kept, 0 broken" in process.stdout


@pytest.mark.parametrize(
    ("module", "planted", "complaint"),
    [
        ("exact.py", "from fvtheory import cli", "fvtheory.exact -> fvtheory.cli"),
        ("errors.py", "def later():\n    import fvtheory.exact", "fvtheory.errors -> fvtheory.exact"),
        ("information.py", "import fvtheory.classes", "fvtheory.information -> fvtheory.classes"),
        ("checkers/planted.py", "import fvtheory.claims", "fvtheory.checkers.planted -> fvtheory.claims"),
        ("exact.py", "import matplotlib.pyplot", "fvtheory.exact -> matplotlib"),
        ("cli.py", "def later():\n    import torch", "fvtheory.cli -> torch"),
        ("stray.py", "", "fvtheory.stray"),
    ],
    ids=["upwards", "lazily", "to-a-package", "from-a-package", "matplotlib", "torch", "no-floor"],
)
def test_planted_violations_are_found(copy: Path, module: str, planted: str, complaint: str):
    with (copy / "fvtheory" / module).open("a") as file:
        file.write(f"\n\n{planted}\n")
    process = lint_imports(copy)
    assert process.returncode == 1, process.stdout + process.stderr
    assert "1 kept, 1 broken" in process.stdout
    assert complaint in process.stdout


def test_an_untouched_copy_has_no_violation(copy: Path):
    assert lint_imports(copy).returncode == 0


def test_import_loads_nothing_heavy(record_property):
    modules, seconds = top_level_modules_after("import fvtheory")
    record_property("seconds to import fvtheory", f"{seconds:.3f}")
    print(f"import fvtheory: {seconds:.3f} s")
    assert modules & HEAVY == set()


def test_a_heavy_import_would_be_noticed():
    modules, _ = top_level_modules_after("import fvtheory, sympy, z3")
    assert {"sympy", "z3"} <= modules & HEAVY


def test_version_is_written_in_one_place():
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("[", "")
    process = run_python("import fvtheory; print(getattr(fvtheory, '__version__', ''))", ROOT)
    try:
        installed = importlib.metadata.version("fvtheory")
    except importlib.metadata.PackageNotFoundError:
        installed = "0+unknown"
    assert process.stdout.strip() == installed, process.stderr
    assert installed in (version, "0+unknown")


def test_the_type_marker_ships():
    assert (ROOT / "fvtheory" / "py.typed").is_file()


def test_the_readme_is_finished_and_its_claims_parse():
    from fvtheory.claim_files import parse_claims

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "@@" not in text
    toml = text.split("```toml\n")[1].split("```")[0]
    assert [c.id for c in parse_claims(toml, "README.md")] == ["convex-half", "lipschitz-quarter"]


def test_the_contents_of_the_experiments_name_every_module():
    folder = ROOT / "fvtheory" / "empirical"
    contents = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    modules = {path.stem for path in folder.iterdir() if not path.name.startswith("_")}
    assert modules == set(re.findall(r"`(\w+)`", contents))
