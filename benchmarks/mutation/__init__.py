"""``mutation``: how many small changes of the core the tests notice.

Cosmic Ray (https://github.com/sixty-north/cosmic-ray) makes the mutants; this package draws a sample of
them, chooses the tests, runs them and remembers the results. Everything happens in a copy of the
repository in a temporary folder.

A mutant is *killed* when a test fails that passes without it, or takes more than ten times its usual
processor time (at least 20 s). It *survives* when none of the tests that can notice it does, within a
budget of their usual time: a mutant for which that is too little counts as a survivor. So does one that
only fails a test because a solver ran out of time, unless it does so again with four times as much.

``results.jsonl`` holds the last full run, ``survivors.toml`` why its survivors survive. ``--quick`` puts
some mutants that were killed then to the tests that killed them, and fails unless all are killed again:
it notices tests that became weaker.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from math import sqrt
from pathlib import Path

from benchmarks.mutation.mutants import Mutant, modules, mutants, sample
from benchmarks.mutation.tests_of import Baseline, baseline, files_of, fingerprint
from benchmarks.mutation.trials import Outcome, trial, warm_up

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.jsonl")
REASONS = Path(__file__).with_name("survivors.toml")

SIZE, SEED = 600, 20240611
FIRST_FILES, FIRST_STAGE = 2, 2.0
"""How many test files are tried first, and for how many usual seconds; mostly one of their tests fails."""
BUDGET, BUDGET_AGAIN = 10.0, 40.0
"""Usual seconds of tests that run the line, after which a mutant counts as a survivor, and the same with
``--again``; other tests of their files get a quarter of it."""
QUICK_SIZE = 20
QUICK_SECONDS = 0.5
"""What the killer of a mutant of the quick sample may take."""
SKIPPED = (".git", ".venv", "venv", "node_modules", "__pycache__", ".hypothesis", "*_cache")


def run(quick: bool, arguments: Sequence[str] = ()) -> dict:
    """The benchmark; ``passed`` in the figures is whether the quick sample is killed as before."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutation")
    parser.add_argument("--sample", type=int, help=f"how many mutants (default: {SIZE}, quick: {QUICK_SIZE})")
    parser.add_argument("--seed", type=int, default=SEED, help="which ones (default: %(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on where a run was ended")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last run, once more")
    parser.add_argument("--report", action="store_true", help="only print the last result")
    options = parser.parse_args(arguments)
    if quick:
        return quick_run(ROOT, options.sample or QUICK_SIZE)
    if not options.report:
        warm_up()
        full_run(ROOT, options.sample or SIZE, options.seed, options.resume, options.again)
    return report()


# ---- the full run -----------------------------------------------------------------------------------


def full_run(root: Path, size: int, seed: int, resume: bool = False, again: bool = False) -> None:
    """Put a sample of mutants to the tests, adding a line to RESULTS for each."""
    with copied(root) as copy:
        found = mutants(copy, modules(copy))
        head = {
            "population": len(found),
            "modules": dict(Counter(m.module for m in found)),
            "sample": size,
            "seed": seed,
            "sources": fingerprint(copy),
        }
        known = read(RESULTS)
        drawn = sample(found, size, seed)
        wanted = {m.key for m in drawn}
        done = {}
        if resume or again:
            old = known[0] if known else {}
            if any(old.get(name) != head[name] for name in ("population", "seed")):
                raise SystemExit("the last run was of other mutants: run it without --resume and --again")
            kept = [r for r in known[1:] if not (again and r["status"] == "survived")]
            done = {identity(r): r for r in kept if identity(r) in wanted}
        tests = baseline(copy)
        write(RESULTS, [head, *done.values()])
        with RESULTS.open("a", encoding="utf-8") as stream:
            for i, mutant in enumerate(drawn, 1):
                if mutant.key in done:
                    continue
                record = try_mutant(copy, mutant, tests, BUDGET_AGAIN if again else BUDGET)
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                stream.flush()
                print(
                    f"{i}/{size} {record['status']} {record['seconds']} s {mutant.module}:{mutant.line}",
                    file=sys.stderr,
                )


def try_mutant(copy: Path, mutant: Mutant, tests: Baseline, budget: float = BUDGET) -> dict:
    """The record of one mutant."""
    began = time.monotonic()
    record: dict = dict(zip(("module", "within", "code", "operator", "nth"), mutant.key, strict=True))
    with applied(copy, mutant) as becomes:
        record["becomes"] = becomes
        outcome, gave_up = _stages(copy, mutant, tests, budget)
    record["status"] = outcome.status
    if outcome.status != "survived":
        record["killer"] = outcome.killer
        tests.learn(mutant, outcome.killer)
        if outcome.killer in tests.seconds:
            record["usually"] = round(tests.seconds[outcome.killer], 3)
        if gave_up:
            record["undecided"] = True
    record["seconds"] = round(time.monotonic() - began, 2)
    return record


def _stages(copy: Path, mutant: Mutant, tests: Baseline, budget: float) -> tuple[Outcome, bool]:
    # Answers of solvers to questions that the mutant leaves alone are known; where the solvers
    # themselves are mutated, they are asked anew.
    answers = None if mutant.module.startswith("fvtheory/checkers/") else tests.answers
    outcome, gave_up = Outcome(), False
    waiting = stages(tests.candidates(copy, mutant), tests, budget)
    while waiting:
        stage = waiting.pop(0)
        if not stage:
            continue
        outcome = trial(copy, files_of(stage), stage, tests.seconds, answers)
        if outcome.status == "timeout":  # a busy machine, perhaps: only the second time counts
            outcome = trial(copy, files_of(stage), stage, tests.seconds, answers)
        if outcome.status == "undecided":
            # A test failed after a solver had run out of time: it counts if it fails with more time too.
            test = outcome.killer
            outcome = trial(copy, files_of([test]), [test], tests.seconds, answers, patient=True)
            gave_up = outcome.status == "killed"
            if outcome.status == "survived":
                waiting.insert(0, stage[stage.index(test) + 1 :] if test in stage else [])
        if outcome.status != "survived":
            break
    return outcome, gave_up


def stages(candidates: tuple[list[str], list[str]], tests: Baseline, budget: float) -> list[list[str]]:
    """The quick tests of the first files, where most mutants die, then the others within the budget."""
    certain, possible = candidates
    begin = set(files_of(certain)[:FIRST_FILES])
    first = _within(FIRST_STAGE, [t for t in certain if t.partition("::")[0] in begin], tests) or certain[:1]
    left = [t for t in certain if t not in set(first)]
    rest = _within(budget, cheap_files_first(left, tests), tests) + _within(budget / 4, possible, tests)
    return [part for part in (first, rest) if part]


def cheap_files_first(chosen: Sequence[str], tests: Baseline) -> list[str]:
    by_file: dict[str, list[str]] = {}
    for test in chosen:
        by_file.setdefault(test.partition("::")[0], []).append(test)
    files = sorted(by_file.values(), key=lambda own: sum(tests.seconds[t] for t in own))
    return [test for own in files for test in own]


def _within(budget: float, ordered: Sequence[str], tests: Baseline) -> list[str]:
    total = accumulate(tests.seconds[test] for test in ordered)
    return [test for test, spent in zip(ordered, total, strict=True) if spent <= budget]


# ---- the quick run ------------------------------------------------------------------------------------


def quick_run(root: Path, size: int = QUICK_SIZE, results: Path = RESULTS) -> dict:
    """Mutants that were killed, put to the tests that killed them."""
    warm_up()
    with copied(root) as copy:
        chosen = list(quick_sample(copy, read(results)[1:], size))
        killers = list(dict.fromkeys(record["killer"] for _, record in chosen))
        without = trial(copy, files_of(killers), killers, answers={})
        if without.status != "survived":
            raise SystemExit(f"without mutation {without.killer} fails: {without.why}")
        missing = [k for k in killers if k not in without.durations]
        rows, alive = [], []
        for mutant, record in chosen:
            with applied(copy, mutant) as becomes:
                killer = record["killer"]
                outcome = trial(copy, files_of([killer]), [killer], without.durations, without.answers)
            rows.append([outcome.status, mutant.module, mutant.code, becomes, killer])
            if outcome.status == "survived":
                alive.append(mutant)
    print_table(("result", "module", "line", "mutated", "test"), rows)
    if missing:
        print(f"no longer there: {', '.join(missing)}: run the full benchmark again")
    return {
        "mutants": len(rows),
        "killed": len(rows) - len(alive),
        "passed": not alive and not missing and len(rows) == size,
    }


def quick_sample(copy: Path, records: Iterable[dict], size: int) -> Iterator[tuple[Mutant, dict]]:
    """Killed mutants that the sources still have, of as many modules as possible."""
    by_module: dict[str, list[dict]] = {}
    for record in records:
        if record["status"] == "killed" and record.get("usually", QUICK_SECONDS) < QUICK_SECONDS:
            by_module.setdefault(record["module"], []).append(record)
    shuffled = random.Random(SEED)
    for of_module in by_module.values():
        shuffled.shuffle(of_module)
    present: dict[str, dict[tuple, Mutant]] = {}
    left = size
    while left and by_module:
        for module in list(by_module):
            if not left:
                break
            if module not in present:
                there = (copy / module).exists()
                present[module] = {m.key: m for m in mutants(copy, [module])} if there else {}
            while by_module[module]:
                record = by_module[module].pop()
                mutant = present[module].get(identity(record))
                if mutant is not None:
                    yield mutant, record
                    left -= 1
                    break
            if not by_module[module]:
                del by_module[module]


# ---- the report -----------------------------------------------------------------------------------------


def report(results: Path = RESULTS, reasons: Path = REASONS) -> dict:
    """Print the last full run; its figures."""
    known = read(results)
    if not known:
        raise SystemExit("no results yet")
    head, records = known[0], known[1:]
    why = (
        {identity(r): r["reason"] for r in tomllib.loads(reasons.read_text())["survivor"]}
        if reasons.exists()
        else {}
    )
    rows = []
    for module, population in head["modules"].items():
        own = [r for r in records if r["module"] == module]
        killed = sum(r["status"] != "survived" for r in own)
        share = f"{100 * killed / len(own):.0f} %" if own else ""
        rows.append([module, str(population), str(len(own)), str(killed), str(len(own) - killed), share])
    print_table(("module", "mutants", "sample", "killed", "survived", "score"), rows)
    alive = [r for r in records if r["status"] == "survived"]
    print()
    survivors = [
        [
            r["module"].removeprefix("fvtheory/"),
            r["within"],
            r["code"],
            r["becomes"],
            why.get(identity(r), ""),
        ]
        for r in sorted(alive, key=identity)
    ]
    print_table(("survivor in", "within", "line", "mutated", "reason"), survivors)
    killed = len(records) - len(alive)
    low, high = wilson(killed, len(records))
    return {
        "mutants": head["population"],
        "sample": len(records),
        "seed": head["seed"],
        "complete": len(records) == min(head["sample"], head["population"]),
        "killed": killed,
        "timeouts": sum(r["status"] == "timeout" for r in records),
        "solvers_gave_up": sum("undecided" in r for r in records),
        "survived": len(alive),
        "explained": sum(identity(r) in why for r in alive),
        "score": round(killed / max(1, len(records)), 4),
        "interval_95": [round(low, 4), round(high, 4)],
        "seconds_a_mutant_mean": round(sum(r["seconds"] for r in records) / max(1, len(records)), 2),
    }


def wilson(hits: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927)."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = hits / trials, z * z
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = z * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return middle - half, middle + half


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from fvtheory.report.terminal import grid  # only now: no child may inherit the package

    print(grid(head, [list(row) for row in rows]))


# ---- files ----------------------------------------------------------------------------------------------


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of the repository, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fvtheory-mutation-") as folder:
        copy = Path(folder).resolve() / "copy"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*SKIPPED), symlinks=True)
        yield copy


@contextmanager
def applied(copy: Path, mutant: Mutant) -> Iterator[str]:
    """The mutant in its file; gives the mutated line."""
    import os

    path = copy / mutant.module
    before, times = path.read_bytes(), path.stat()
    mutated = mutant.source(copy)
    lines, others = before.decode().splitlines(), mutated.splitlines()
    changed = [b.strip() for a, b in zip(lines, others, strict=False) if a != b]
    try:
        path.write_text(mutated, encoding="utf-8")
        os.utime(
            path, (times.st_atime, times.st_mtime + 1000)
        )  # compiled files tell sources by time and size
        yield changed[0] if changed else ""
    finally:
        path.write_bytes(before)
        os.utime(path, (times.st_atime, times.st_mtime))


def identity(record: dict) -> tuple[str, str, str, str, int]:
    return record["module"], record["within"], record["code"], record["operator"], record["nth"]


def read(path: Path) -> list[dict]:
    """The lines of a file of results; a last line that was cut off is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]


def write(path: Path, records: Iterable[dict]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
