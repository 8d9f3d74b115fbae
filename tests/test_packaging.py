"""Wheel and sdist: they build, agree, hold what the package reads at run time, and work outside the checkout."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build")
pytest.importorskip("hatchling")
pytest.importorskip("pip")

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# What is read at run time and is no module.
DATA = ("fvtheory/py.typed", "fvtheory/_proofs/rocq/record.json", "fvtheory/_proofs/rocq/theorems.toml")
FOLDERS = {
    "fvtheory/claims/instructive": "fvtheory/claims/instructive",
    "proofs/certificates": "fvtheory/_proofs/certificates",
}


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    process = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def build(source: Path, out: Path, kind: str) -> Path:
    run(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source, cwd=out.parent)
    (found,) = out.iterdir()
    return found


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist") / "out", "sdist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel") / "out", "wheel")


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def tracked(folder: str) -> set[str]:
    return {p.name for p in (ROOT / folder).iterdir() if p.suffix in (".toml", ".jsonl")}


def test_the_wheel_holds_what_the_package_reads(wheel: Path):
    names = set(contents(wheel))
    assert set(DATA) <= names
    for source, target in FOLDERS.items():
        assert {f"{target}/{name}" for name in tracked(source)} <= names
    modules = {str(p.relative_to(ROOT)) for p in (ROOT / "fvtheory").rglob("*.py")}
    assert modules <= names
    assert not [name for name in names if not name.startswith(("fvtheory/", "fvtheory-"))]


def test_the_metadata_are_complete(wheel: Path):
    (text,) = (v for k, v in contents(wheel).items() if k.endswith(".dist-info/METADATA"))
    found = email.message_from_bytes(text)
    assert (found["Name"], found["Version"]) == ("fvtheory", PROJECT["version"])
    assert found["License-Expression"] == "MIT"
    assert found.get_all("License-File") == ["LICENSE"]
    extras = {"networks", "hypothesis", "empirical", "report", "all"}
    assert extras <= set(found.get_all("Provides-Extra"))
    needs: dict[str, set[str]] = {}
    for line in found.get_all("Requires-Dist"):
        package, _, condition = line.partition("; extra == ")
        needs.setdefault(condition.strip("'"), set()).add(package)
    assert needs["all"] == set().union(*(needs[name] for name in extras - {"all"}))
    assert needs["plot"] == needs["report"]
    (points,) = (v for k, v in contents(wheel).items() if k.endswith("entry_points.txt"))
    assert b"fvtheory = fvtheory.__main__:main" in points


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in (
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CITATION.cff",
        "docs",
        "tests",
        "proofs",
        "benchmarks",
    ):
        assert (source / name).exists(), name
    assert contents(build(source, tmp_path / "again", "wheel")) == contents(wheel)


def test_it_works_in_a_clean_environment(wheel: Path, tmp_path: Path):
    """The wheel alone; its dependencies are those of the environment that runs the tests."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    words = (
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--no-compile",
        wheel,
    )
    run(sys.executable, *words, cwd=tmp_path)
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip()
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    home = "import fvtheory; print(fvtheory.__file__, fvtheory.__version__)"
    file, version = run(python, "-c", home, cwd=tmp_path).split()
    assert Path(file).is_relative_to(site)
    assert version == PROJECT["version"]

    def fvtheory(*words: str) -> str:
        return run(tmp_path / "venv" / "bin" / "fvtheory", *words, cwd=tmp_path)

    assert "verify" in fvtheory("--help")
    assert fvtheory("--version").split() == ["fvtheory", PROJECT["version"]]
    verdict = fvtheory("verify", "--claim", "lemma-3")
    assert "2 claims: 2 PROVED" in verdict
    assert "certificate+replay+rocq" in verdict
    assert "complete -F" in fvtheory("completion", "bash")


def test_the_citation_file_is_complete():
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    top = {line.split(":")[0] for line in lines if line and not line.startswith((" ", "-"))}
    assert {"cff-version", "message", "title", "authors", "license", "type"} <= top
    assert "version" not in top, "the version is written in pyproject.toml only"
    assert f"license: {PROJECT['license']}" in lines
