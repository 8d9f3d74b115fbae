"""The guides to adding things: their files and their commands, as they stand, in a scratch copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDES = sorted((ROOT / "docs" / "pages" / "how-to").glob("add-*.md"))
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]*)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = {"add-parameterization": "torch"}


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of the package, its tests, and commands that run both."""
    shutil.copytree(ROOT / "fvtheory", tmp_path / "fvtheory")
    for name in ("tests", "proofs", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "bin").mkdir()
    for name, module in (("fvtheory", "fvtheory"), ("pytest", "pytest"), ("python", "")):
        call = f"-m {module}" if module else ""
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def follow(guide: str, place: Path) -> int:
    """Write the titled blocks to where they say, and run those of the shell, in order; how many were run."""
    ran = 0
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path, "PYTHONPATH": str(place), "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    for kind, title, content in BLOCK.findall(guide):
        if title:
            (place / title).parent.mkdir(parents=True, exist_ok=True)
            (place / title).write_text(content, encoding="utf-8")
        elif kind == "sh":
            script = ["bash", "-euo", "pipefail", "-c", content]
            done = subprocess.run(
                script, cwd=place, env=settings, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stdout + done.stderr
            ran += 1
    return ran


@pytest.mark.parametrize("guide", GUIDES, ids=lambda file: file.stem)
def test_a_guide_can_be_followed(guide: Path, scratch: Path):
    if guide.stem in NEEDS:
        pytest.importorskip(NEEDS[guide.stem])
    text = guide.read_text(encoding="utf-8")
    assert follow(text, scratch) == len(re.findall(r"^```sh$", text, re.MULTILINE))


def test_a_guide_that_is_wrong_is_noticed(scratch: Path):
    with pytest.raises(AssertionError, match="required"):
        follow("```sh\nfvtheory check nothing.toml\n```\n", scratch)
    titled = '```toml title="one/two.toml"\nid = 1\n```\n'
    assert follow(titled, scratch) == 0
    with pytest.raises(AssertionError, match=r"two\.toml"):
        follow(titled + "```sh\nfvtheory check one | cat\n```\n", scratch)
