"""Attacks on runs: killed, interrupted, on a full disk, two at once, in a shell of another kind. What is written is
whole, and a run that goes on ends with what one without interruption has."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fvtheory import results
from fvtheory.cli import main
from fvtheory.errors import InvalidInputError
from fvtheory.results import open_results

ROOT = Path(__file__).resolve().parents[1]
ON_PHI = ["--class", "convex", "--phi", '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "0", "f_max": "1"}']
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


# ---- folders -------------------------------------------------------------------------------------


def test_of_two_runs_that_begin_at_once_one_has_the_folder(tmp_path, monkeypatch):
    honest, others = os.link, [{"seed": 2}]

    def late(*arguments):
        while others:  # another process is through just before
            open_results(tmp_path / "out", others.pop())
        honest(*arguments)

    monkeypatch.setattr(results.os, "link", late)
    with pytest.raises(InvalidInputError, match="other settings"):
        open_results(tmp_path / "out", {"seed": 1})
    assert results.read_json(tmp_path / "out" / "settings.json") == {"seed": 2}
    assert os.listdir(tmp_path / "out") == ["settings.json"]


def test_file_systems_without_second_names_will_do(tmp_path, monkeypatch):
    def refused(*arguments):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(results.os, "link", refused)
    open_results(tmp_path / "out", {"seed": 1})
    assert os.listdir(tmp_path / "out") == ["settings.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 10**5, b'{"seed": 1'])
def test_settings_that_are_no_settings(tmp_path, content):
    (tmp_path / "settings.json").write_bytes(content)
    with pytest.raises(InvalidInputError, match="not JSON"):
        open_results(tmp_path, {"seed": 1})


@pytest.mark.skipif(os.name != "posix", reason="names of another kind")
@pytest.mark.parametrize(
    "name", ["ünï \u202e名", "new\nline", "\udcff\udcfe", "-", " ", "link", "link/inside"]
)
def test_folders_of_any_name(tmp_path, name):
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "link")
    out = open_results(tmp_path / name, {"name": "ü"})
    assert open_results(out, {"name": "ü"}) == out
    assert json.loads((out / "settings.json").read_text(encoding="utf-8")) == {"name": "ü"}


# ---- shells --------------------------------------------------------------------------------------


def ran(words, **more) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "fvtheory", *words]
    return subprocess.run(command, capture_output=True, check=False, **{"cwd": ROOT, **more})


def test_what_a_shell_has_set_changes_no_byte(tmp_path):
    """Among them the Turkish locale, in which "I" is not the capital of "i"."""
    (tmp_path / "mine.py").write_text("def nearest(phi):\n    return lambda x: float(x[0])\n")
    plain = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")}
    plain["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(tmp_path)])
    said = []
    for settings in (
        {},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"},
        {
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONHASHSEED": "2",
            "HOME": "/dev/null",
        },
        {"TERM": "", "COLUMNS": "1", "PYTHONOPTIMIZE": "2", "HOME": "/nowhere"},
    ):
        found = ran(["counterexample", *ON_PHI, "--decoder", "mine:nearest", "--json"], env=plain | settings)
        assert (found.returncode, found.stderr) == (0, b"")
        said.append(found.stdout)
    assert len(set(said)) == 1


@pytest.mark.skipif(os.name != "posix", reason="shells of another kind")
def test_standard_files_that_are_closed_or_full():
    shell = {"shell": True, "capture_output": True, "check": False, "cwd": ROOT, "text": True}
    fvtheory = f"'{sys.executable}' -m fvtheory"
    for line, code, out, err in (
        (f"{fvtheory} radius --class convex --phi '{{' 2>&-", 2, "", ""),  # an error is no result
        (f"{fvtheory} radius 2>&-", 2, "", ""),
        (f"{fvtheory} --version > /dev/full", 1, "", "No space left"),
        (f"{fvtheory} verify --list | head -n 1; exit ${{PIPESTATUS:-0}}", 0, "lemma-1", ""),
    ):
        if "/dev/full" in line and not Path("/dev/full").exists():
            continue
        found = subprocess.run(line, **shell)
        assert (found.returncode, found.stdout[:7]) == (code, out)
        assert found.stderr.count("\n") == bool(err)
        assert err in found.stderr


def test_a_stopped_run_says_so(tmp_path):
    """SIGTERM, which schedulers send, is as good as Ctrl-C: what was begun is put away."""
    (tmp_path / "slow.py").write_text(
        "import time\ndef slow(phi):\n    print('asked', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-m", "fvtheory", "counterexample", *ON_PHI, "--decoder", "slow:slow"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "asked\n"
        process.terminate()
        assert process.stderr.read() == "fvtheory: interrupted; nothing was written\n"
    assert process.returncode == 130


# ---- runs on a network, in processes that are really killed, on a disk that is really full ------------

MOMENTS = [(signal.SIGINT, 1), (signal.SIGTERM, 3), (signal.SIGKILL, 5), (signal.SIGKILL, 7)]


@pytest.fixture(scope="module")
def photographs(tmp_path_factory) -> Path:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    pytest.importorskip("PIL")
    from digits_network import digits, digits_model
    from fvtheory.empirical.pictures import to_png

    digits_model()
    root = tmp_path_factory.mktemp("photographs")
    _, _, pictures, labels = digits()
    for c in range(10):
        (root / str(c)).mkdir()
        for i, picture in enumerate(pictures[labels == c][:3]):
            (root / str(c) / f"{i}.png").write_bytes(to_png(picture))
    return root


def words(out: Path, photographs: Path, name: str) -> list[str]:
    model = ["--model", "digits_network:digits_model"]
    return {
        "visualize": ["visualize", *model, "--unit", "logits:3", "--unit", "4:2", "--steps", "6", "--keep", "0,6"],
        "inverse-set": [
            *("inverse-set", "network", *model, "--unit", "logits:3", "--range", "0", "2", "--range", "2", "4"),
            *("--samples", "6"),
        ],
    }[name] + ["--out", str(out)]  # fmt: skip


def in_child(work, log: Path) -> int:
    """The exit code of a function in a process of its own, which is cheap: torch is there already."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            for stream in (1, 2):
                os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            signal.signal(signal.SIGINT, signal.default_int_handler)
            code = work()
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "second" not in k}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def contents(folder: Path) -> dict[str, object]:
    """The files with a name of their own; none is there in part."""
    found: dict[str, object] = {}
    for file in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        content = file.read_bytes()
        if file.suffix == ".json":
            found[file.name] = without_times(json.loads(content))
        elif file.suffix == ".html":
            assert content.rstrip().endswith(b"</html>")
        else:
            assert not (file.suffix == ".png" and not content.endswith(b"IEND\xaeB`\x82"))
            found[file.name] = content
    return found


@needs_fork
@pytest.mark.parametrize("name", ["visualize", "inverse-set"])
def test_a_run_that_was_killed_goes_on_to_the_same_end(photographs, tmp_path, name):
    log = tmp_path / "log"
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert in_child(lambda: main(words(whole, photographs, name)), log) == 0, log.read_text()
    expected = contents(whole)
    given = ["fvtheory", *words(out, photographs, name)]
    for kind, moment in MOMENTS:

        def work(kind=kind, moment=moment):
            from fvtheory import __main__ as entry

            honest, seen = os.replace, iter(range(1, 1000))

            def replace(*arguments):
                if next(seen) == moment:
                    os.kill(os.getpid(), kind)
                honest(*arguments)

            os.replace = replace
            sys.argv = given
            return entry.main()

        code = in_child(work, log)
        assert code in ({-kind} if kind == signal.SIGKILL else {130}) | {0}, log.read_text()
        there = contents(out) if out.exists() else {}
        assert {name for name in there if not name.endswith(".pt")} <= expected.keys()
    assert in_child(lambda: main(words(out, photographs, name)), log) == 0, log.read_text()
    assert contents(out) == expected
    assert "Traceback" not in log.read_text()


@needs_fork
@pytest.mark.parametrize("name", ["visualize", "inverse-set"])
def test_a_run_on_a_full_disk_goes_on_when_there_is_room(photographs, tmp_path, name):
    resource = pytest.importorskip("resource")
    log = tmp_path / "log"
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert in_child(lambda: main(words(whole, photographs, name)), log) == 0, log.read_text()
    expected = contents(whole)
    sizes = sorted(p.stat().st_size for p in whole.iterdir())
    log.unlink()
    for limit in (10, sizes[len(sizes) // 2], sizes[-1] - 1):

        def work(limit=limit):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            return main(words(out, photographs, name))

        assert in_child(work, tmp_path / "dropped") == 1
        assert contents(out).keys() < expected.keys()
        assert not [p.name for p in out.iterdir() if p.name.startswith(".")]
    assert in_child(lambda: main(words(out, photographs, name)), log) == 0, log.read_text()
    assert contents(out) == expected
