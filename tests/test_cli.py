"""The command line as a shell sees it: exit codes, what goes to which stream, interruption."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fvtheory.claims import claims_of
from fvtheory.cli import main
from fvtheory.commands.exit_codes import INTERRUPTED
from fvtheory.information import CONVENTIONS

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "fvtheory"]


def start(*words: str, **options) -> subprocess.Popen:
    options.setdefault("env", {**os.environ, "PYTHONPATH": str(ROOT)})
    # Shells start background jobs with interrupts ignored, and children inherit that.
    options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    return subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def run(*words: str, **options) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    process = start(*words, **options)
    out, err = process.communicate(timeout=100)
    assert "Traceback" not in err
    return process.returncode, out, err


def one_line(err: str) -> str:
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert err.startswith("fvtheory")
    return err


# ---- help ---------------------------------------------------------------------------------------


def test_help_of_both_levels(tmp_path):
    code, out, err = run("--help", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "verify" in out
    code, out, err = run("verify", "--help", cwd=tmp_path)
    assert (code, err) == (0, "")
    options = ("paper", "claim", "convention", "json", "table1", "counterexamples", "list", "jobs", "timeout")
    assert all(f"--{name}" in out for name in options)


def test_help_of_every_command(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    commands = re.findall(r"^    ([a-z-]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert "verify" in commands
    for command in commands:
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        assert "usage: fvtheory" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("fvtheory ")


# ---- results ------------------------------------------------------------------------------------


def test_json_is_one_document_and_nothing_else(tmp_path):
    code, out, err = run("verify", "--claim", "lemma-1", "--json", cwd=tmp_path)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [c["id"] for c in document["claims"]] == ["lemma-1", "lemma-1.domain"]
    assert {c["status"] for c in document["claims"]} == {"PROVED"}
    assert set(document) == {"claims", "seconds"}


def test_a_refuted_claim_is_an_answer(capsys):
    assert main(["verify", "--claim", "theorem-8.proof.defined", "--counterexamples"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    header, rule, row, *_ = shown.out.splitlines()
    assert header.split() == ["claim", "class", "printed", "repaired", "sharp", "seconds", "checkers"]
    assert set(rule) == {"-"}
    assert row.split()[2:4] == ["REFUTED", "PROVED"]
    assert "theorem-8.proof.defined (printed) is REFUTED" in shown.out
    assert "fails for: " in shown.out


def test_an_open_claim_is_exit_1(capsys):
    assert main(["verify", "--claim", "theorem-8.constant", "--convention", "unique", "--json"]) == 1
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert (claim["status"], claim["convention"]) == ("UNKNOWN", "unique")
    assert "cannot be met" in claim["reason"]


def test_several_claims(capsys):
    assert main(["verify", "--claim", "lemma-3", "--claim", "lemma-4", "--json", "--jobs", "1"]) == 0
    found = json.loads(capsys.readouterr().out)["claims"]
    assert {c["id"] for c in found} == {"lemma-3", "lemma-4"}


def test_list_shows_every_claim_and_decides_nothing(capsys, monkeypatch):
    monkeypatch.setattr("fvtheory.verification.verify_claims", None)
    assert main(["verify", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    claims = claims_of("geirhos2024")
    assert len(lines) == len(claims)
    for line, claim in zip(lines, claims, strict=True):
        assert line.startswith(f"{claim.id} ({claim.variant}): ")
        assert line.endswith(f"[{claim.source}]")
    assert main(["verify", "--list", "--claim", "lemma-2"]) == 0
    assert all(line.startswith("lemma-2.") for line in capsys.readouterr().out.splitlines())


def test_table_1(capsys):
    assert main(["verify", "--table1", "--timeout", "20"]) == 0
    shown = capsys.readouterr()
    blocks = shown.out.strip().split("\n\n")
    assert len(blocks) == 10
    for block in blocks:
        title, epsilon, exact, side = block.splitlines()
        assert "[PROVED, d = " in title
        assert [line.split(":")[0].strip() for line in (epsilon, exact, side)] == [
            "smallest ε",
            "f(x) exactly",
            "side of middle",
        ]
    assert all(line.startswith("questions asked: ") for line in shown.err.splitlines())


# ---- bad usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["verify", "--claim", "lemma-99"], "lemma-99"),
        (["verify", "--claim", "lemma-1", "--claim", ""], "''"),
        (["verify", "--paper", "geirhos2023"], "geirhos2023"),
        (["verify", "--paper", "geirhos2023", "--list"], "geirhos2023"),
    ],
)
def test_unknown_names_are_one_line(words, named, capsys):
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    line = one_line(shown.err)
    assert named in line
    assert "required: one of " in line or "such as" in line


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["prove"],
        ["verify", "--convention", "last"],
        ["verify", "--claim"],
        ["verify", "lemma-1"],
        ["verify", "--josn"],
        *(["verify", "--timeout", word] for word in ("0", "-1", "nan", "inf", "86400", "1e9", "soon", "")),
        *(["verify", "--jobs", word] for word in ("0", "-1", "1.5", "many", "²", "")),
    ],
    ids=" ".join,
)
def test_bad_arguments_are_exit_2(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    last = shown.err.splitlines()[-1]
    assert last.startswith("fvtheory")
    assert "error: " in last


def test_bad_usage_in_a_shell():
    code, out, err = run("verify", "--claim", "lemma-99", "--json")
    assert (code, out) == (2, "")
    one_line(err)
    code, out, err = run("verify", "--timeout", "nan")
    assert (code, out) == (2, "")
    assert "seconds above 0" in err.splitlines()[-1]


def test_conventions_are_offered(capsys):
    with pytest.raises(SystemExit):
        main(["verify", "--convention", "last"])
    offered = capsys.readouterr().err
    assert all(name in offered for name in CONVENTIONS)


# ---- the world outside --------------------------------------------------------------------------


@pytest.mark.parametrize(("package", "requirement"), [("z3", "z3-solver"), ("cvc5", "cvc5")])
def test_a_missing_solver_is_exit_2_with_the_remedy(tmp_path, package, requirement):
    (tmp_path / f"{package}.py").write_text(f"raise ImportError('no {package} here')\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    code, out, err = run("verify", "--claim", "lemma-1", "--json", env={**os.environ, "PYTHONPATH": path})
    assert (code, out) == (2, "")
    assert f"pip install {requirement}" in one_line(err)


def test_a_reader_that_leaves_early():
    process = start("verify", "--list")
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(timeout=60) in (0, 1)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def descendants(pid: int) -> set[int]:
    """All processes started by a process or by those it started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def running(pids: set[int]) -> set[int]:
    left = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.add(pid)
    return left


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_stopping_a_run_leaves_nothing_behind(stop):
    process = start("verify", "--json", "--jobs", "2")
    started: set[int] = set()
    deadline = time.monotonic() + 30
    while len(started) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
        started |= descendants(process.pid)
    assert len(started) >= 4, "two solvers for each of two jobs"
    time.sleep(0.3)
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(stop)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert out == ""
    if stop in (signal.SIGINT, signal.SIGTERM):
        assert process.returncode == INTERRUPTED
        assert "interrupted" in one_line(err)
    else:
        assert process.returncode == -stop
        assert err == ""
    deadline = time.monotonic() + 10  # a solver that was not told ends with the question it is at
    while running(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(started) == set()


def test_the_list_of_claims_as_json(capsys):
    assert main(["verify", "--list", "--json", "--claim", "lemma-1"]) == 0
    listed = json.loads(capsys.readouterr().out)["claims"]
    assert [c["id"] for c in listed] == ["lemma-1", "lemma-1.domain"]
    assert all(c["statement"] and c["source"] and c["variant"] for c in listed)


def test_explanations_as_json(tmp_path, capsys):
    (tmp_path / "a.toml").write_text(
        '[[claim]]\nid = "a"\nclass = "affine"\ndim = 1\nquestion = "value"\n'
        'kind = "some-decoder-errs-at-most"\nbound = "1/2"\n'
    )
    assert main(["check", str(tmp_path / "a.toml"), "--json", "--explain"]) == 0
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert claim["explanation"][0] == "a: PROVED"
