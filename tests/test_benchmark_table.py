"""The table of measured figures: every benchmark stands in it, with where its figures come from."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as command
from benchmarks import table

ROOT = Path(__file__).resolve().parents[1]
NAMES = {f.stem for f in (ROOT / "benchmarks").glob("*.py") if "\ndef run(" in f.read_text(encoding="utf-8")}
RECORD_KEYS = {
    "command",
    "date",
    "seconds",
    "load_before",
    "load_after",
    "machine",
    "versions",
    "passed",
    "figures",
}


def test_every_benchmark_is_listed():
    assert {"verify", "start", "lots"} <= NAMES
    assert set(table.FIGURES) == NAMES | {"mutation"}
    assert set(command.STORED) <= set(table.FIGURES)


def test_every_record_says_where_it_comes_from():
    records = table.read()
    assert set(records) <= set(table.FIGURES)
    for name, record in records.items():
        assert RECORD_KEYS <= set(record)
        assert record["command"].startswith(f"python -m benchmarks {name}")
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", record["date"])
        assert {"fvtheory", "numpy"} <= set(record["versions"])
        shown = [figure.of(record["figures"]) for figure in table.FIGURES[name]]
        assert any(value is not None for value in shown), name


def test_the_page_shows_every_benchmark_and_its_source(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import generated

    page = generated.benchmarks()
    for name in table.FIGURES:
        assert f"\n## {name}\n" in page
        part = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        record = table.read().get(name)
        if record is None:
            assert "Not measured yet." in part
            assert f"| {name} | not measured yet |" in page
        else:
            assert f"`{record['command']}`, {record['date']}" in part
            assert record["versions"]["fvtheory"] in part
            assert "report_of" in record or f"load {record['load_before']}" in part


@pytest.fixture
def benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """``start`` as a benchmark of no time, and a table of its own."""
    module = ModuleType("benchmarks.start")
    module.figures = {"import_fvtheory_seconds": 0.25, "help_seconds": 0.5}
    module.run = lambda quick: dict(module.figures)
    monkeypatch.setitem(sys.modules, "benchmarks.start", module)
    monkeypatch.setattr(table, "RESULTS", tmp_path / "results.json")
    return module


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
    return command.main()


def test_a_run_is_kept_and_compared_with_what_is_asked(benchmark, monkeypatch, capsys):
    assert call(monkeypatch, "start") == 0
    assert not table.RESULTS.exists()
    assert call(monkeypatch, "start", "--write") == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["figures"] == table.read()["start"]["figures"] == benchmark.figures
    rows = {row[1]: row[2:5] for row in table.rows() if row[0] == "start"}
    assert rows["seconds to import the package"] == ("0.25", "at most 0.3", "yes")
    assert rows["seconds of fvtheory --help"] == ("0.5", "at most 0.3", "no")
    assert rows["seconds of fvtheory radius"] == ("not measured", "", "")


def test_what_was_not_run_is_not_kept(benchmark, monkeypatch, capsys):
    benchmark.figures = {"skipped": "torch"}
    assert call(monkeypatch, "start", "--write") == 1
    assert not table.RESULTS.exists()
    assert "not kept" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call(monkeypatch, "start", "--write", "--quick")


def test_all_goes_on_with_what_is_missing(benchmark, monkeypatch, capsys):
    started = []

    def start(words, check):
        started.append(words[3])
        return type("Done", (), {"returncode": words[3] == "check"})

    monkeypatch.setattr(command.subprocess, "run", start)
    assert call(monkeypatch, "start", "--write") == 0
    assert call(monkeypatch, "all", "--write") == 1
    assert started == [name for name in table.FIGURES if name != "start"]
    assert capsys.readouterr().err.splitlines()[-1] == "failed: check"
    assert call(monkeypatch, "--check") == 1
    assert "start" not in capsys.readouterr().out
    monkeypatch.setattr(table, "version", lambda: "99")
    started.clear()
    call(monkeypatch, "all", "--write")
    assert "start" in started
