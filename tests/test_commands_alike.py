"""One way of doing each thing: what the commands say and take, walked through their parsers."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from fvtheory.cli import SECTIONS, _parser, main
from fvtheory.commands import completion, exit_codes, progress
from fvtheory.commands.help import HelpFormatter, in_order, subcommands, walk
from fvtheory.commands.options import HERE, seed, unit_names
from fvtheory.commands.output import finish, without_nan
from fvtheory.exact import legible

ROOT = Path(__file__).parents[1]
PARSER = _parser()
COMMANDS = {" ".join(path): parser for path, parser in walk(PARSER) if not subcommands(parser)}

SUBJECTS = {"--count", "--starts", "--units", "--dtype"}
"""Options whose help names what is counted or meant by this command; metavar and type are the same."""

OTHERWISE = {
    ("--class", "beyond radius"): "classes that can be joined",
    ("--class", "beyond envelope"): "classes that can be joined",
    ("--class", "beyond counterexample"): "classes that can be joined",
    ("--class", "beyond advise"): "classes that can be joined",
    ("--class", "beyond average"): "classes that can be joined",
    ("--lipschitz", "beyond radius"): "unknown is allowed",
    ("--lipschitz", "beyond envelope"): "unknown is allowed",
    ("--lipschitz", "beyond counterexample"): "unknown is allowed",
    ("--lipschitz", "beyond advise"): "unknown is allowed",
    ("--lipschitz", "beyond average"): "unknown is allowed",
    ("--lipschitz", "beyond random"): "each function may have its own",
    ("--claim", "plot pair"): "one claim, in place of a Φ",
    ("--decoder", "beyond counterexample"): "a decoder of knowledge, of which no file tells",
    ("--out", "report"): "one file",
    ("--out", "plot pair"): "one file",
    ("--out", "plot envelope"): "one file",
    ("--out", "plot radius"): "one file",
    ("--out", "plot decoder"): "one file",
    ("--out", "plot similarity"): "one file",
    ("--out", "networks export"): "a folder that other programs read, with nothing else in it",
    (
        "--range",
        "inverse-set network",
    ): "activations of networks are floats, those of exact functions rationals",
    ("--steps", "plot radius"): "no ascent, but points of a figure",
    ("--steps", "lots"): "no ascent, but of synthesis",
    ("--steps", "attribution"): "no ascent, but of two measures",
    ("--target", "lots"): "kinds of targets besides pictures",
    ("--unit", "fool"): "a logit",
    ("--unit", "attribution"): "a logit",
    ("--timeout", "networks export"): "instances.csv has whole seconds",
}
"""What a command means by an option of a name that others use differently, with the reason."""

WRITE_A_FOLDER = {name for name, p in COMMANDS.items() if p.get_default("kept_in") == "out"}


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {a.option_strings[-1]: a for a in parser._actions if a.option_strings and a.dest != "help"}


def meaning(action: argparse.Action) -> str:
    """The help of an option less what a command adds: its default, whether it repeats, what it is for here."""
    words = re.sub(r"^for [a-z]+: ", "", (action.help or "").partition(HERE)[0])
    return re.sub(r" \((default|repeatable)([^()]|\([^()]*\))*\)", "", words).strip()


def alike(commands: dict[str, argparse.ArgumentParser]) -> list[str]:
    """What differs in options of one name without a reason."""
    found: dict[str, dict[tuple, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, parser in commands.items():
        for flag, action in options_of(parser).items():
            if (flag, name) not in OTHERWISE:
                words = "" if flag in SUBJECTS else meaning(action)
                kind = getattr(action.type, "__name__", None), tuple(action.choices or ())
                kind = kind if flag not in ("--dtype", "--method", "--parameterization") else ()
                found[flag][action.metavar, kind, words].append(name)
    return [f"{flag}: {dict(sides)}" for flag, sides in found.items() if len(sides) > 1 and flag not in OWN]


OWN = {
    "--list": "each lists its own",
    "--parameterization": "pixels and latents are all that a search can move",
}


def test_options_of_one_name_are_one_option():
    assert alike(COMMANDS) == []


def test_exceptions_are_needed():
    for flag, name in OTHERWISE:
        others = [p for n, p in COMMANDS.items() if (flag, n) not in OTHERWISE and flag in options_of(p)]
        assert others or sum(f == flag for f, _ in OTHERWISE) > 1, (flag, name)
        action = options_of(COMMANDS[name])[flag]
        ways = {(a.metavar, a.type, meaning(a)) for p in others if (a := options_of(p)[flag])}
        assert (action.metavar, action.type, meaning(action)) not in ways, (flag, name)


@pytest.mark.parametrize(
    "change",
    [{"metavar": "M"}, {"type": int}, {"help": "of the search"}],
    ids=lambda change: next(iter(change)),
)
def test_an_option_that_differs_is_noticed(change):
    other = argparse.ArgumentParser()
    other.add_argument(
        "--seed", **{"type": seed, "default": 0, "metavar": "N", "help": "of everything random", **change}
    )
    (line,) = alike({**COMMANDS, "other": other})
    assert line.startswith("--seed: ")


def test_every_option_has_a_line_of_help():
    for name, parser in COMMANDS.items():
        for action in parser._actions:
            assert action.help, (name, action.dest)
            assert not action.help.startswith(("(", "default")), (name, action.dest)
            takes_a_word = action.option_strings and action.nargs != 0 and not action.choices
            assert not takes_a_word or action.metavar, (name, action.dest)


def test_every_seed_is_0_and_of_everything_random():
    seeds = [options_of(p)["--seed"] for p in COMMANDS.values() if "--seed" in options_of(p)]
    assert len(seeds) >= 16
    assert {(a.default, a.type, a.required) for a in seeds} == {(0, seed, False)}


def test_what_has_a_device_has_threads_and_a_seed():
    for name, parser in COMMANDS.items():
        found = options_of(parser)
        assert ("--device" in found) == ("--threads" in found), name
        assert "--device" not in found or "--seed" in found, name


def test_every_command_has_json_or_writes_what_no_json_says():
    without = {name for name, parser in COMMANDS.items() if "--json" not in options_of(parser)}
    figures = {name for name in COMMANDS if name.startswith("plot ")}
    assert without == figures | {"report", "completion", "networks export"}  # files for others, and a script
    for name in WRITE_A_FOLDER:
        assert {"--json", "--seed", "--out"} <= set(options_of(COMMANDS[name])), name


def test_what_writes_a_folder_goes_on_and_shows_progress():
    """By the source: the folder is opened by `open_run` where a network is read, else by `open_results`; the end is
    `finish`, and a `Bar` is there."""
    assert len(WRITE_A_FOLDER) >= 13
    for name in WRITE_A_FOLDER:
        file = Path(sys.modules[COMMANDS[name].get_default("run").__module__].__file__)
        source = file.read_text(encoding="utf-8")
        opened = "open_run(options.out" if "load_prepared(options" in source else "open_results(options.out"
        for word in (opened, "finish(", "with Bar() as bar"):
            assert word in source, (name, word)
        assert "to go on with" in options_of(COMMANDS[name])["--out"].help


def test_nothing_is_said_twice_in_the_commands():
    """Interruptions, results and the last line are told in one place each."""
    for file in sorted((ROOT / "fvtheory" / "commands").glob("*.py")):
        source = file.read_text(encoding="utf-8")
        assert "KeyboardInterrupt" not in source, file.name
        assert source.count("written to {") == (file.name == "output.py"), file.name
        assert source.count('"--json"') == (file.name == "options.py"), file.name
        assert source.count('"results.json"') == (file.name == "output.py"), file.name


# ---- help --------------------------------------------------------------------------------------------


def test_help_is_a_table_of_contents():
    text = PARSER.format_help()
    listed = re.findall(r"^    ([a-z-]+)  ", text, re.MULTILINE)
    assert listed == [name for names in SECTIONS.values() for name in names] == list(subcommands(PARSER))
    for title in SECTIONS:
        assert f"\n  {title}\n" in text


def test_every_command_has_one_line():
    for _, parser in walk(PARSER):
        below = subcommands(parser)
        for name, (_, words) in below.items():
            assert words, name
            assert len(words) <= 60, words
            assert len(name) <= 14
            assert f"    {name}  " in parser.format_help()
            assert parser.format_help().index("commands:") < parser.format_help().index("options:")


def test_a_command_in_no_section_is_refused():
    parser = argparse.ArgumentParser(formatter_class=HelpFormatter)
    commands = parser.add_subparsers()
    for name in ("known", "other"):
        commands.add_parser(name, help=name)
    with pytest.raises(ValueError, match="other"):
        in_order(commands, {"": ("known",)})


def test_exit_codes_are_one_table():
    text = PARSER.format_help()
    for code, words in exit_codes.MEANINGS.items():
        assert f"  {code:<4}  {words}\n" in text
    page = (ROOT / "docs" / "pages" / "reference" / "formats.md").read_text(encoding="utf-8")
    assert "{{ exit_codes }}" in page


# ---- progress ----------------------------------------------------------------------------------------


class Terminal:
    def __init__(self, terminal: bool) -> None:
        self.terminal, self.words = terminal, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, words: str) -> None:
        self.words += words

    def flush(self) -> None:
        pass


def told(monkeypatch, calls, terminal=False):
    """What a bar writes to a terminal or elsewhere, for calls (seconds, part, done, total)."""
    now = [0.0]
    stream = Terminal(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.Bar(lambda: now[0]) as bar:
        for seconds, part, done, total in calls:
            now[0] = seconds
            bar.part("steps", *part)(done, total) if part else bar("boxes", done, total)
    return stream.words


def test_time_left_is_that_of_all_parts_by_the_rate_of_this_run(monkeypatch):
    words = told(monkeypatch, [(0, (1, 4), 0, 10), (11, (1, 4), 5, 10), (22, (2, 4), 0, 10)])
    assert words.splitlines() == [
        "steps (2 of 4): 5 of 10, about 55 s left",  # an eighth of all took 11 s, five eighths are left
        "steps (3 of 4): 0 of 10, about 44 s left",
    ]
    assert told(monkeypatch, [(0, (0, 1), 0, 100), (600, (0, 1), 10, 100)]) == (
        "steps: 10 of 100, about 1.5 h left\n"
    )


def test_no_time_left_where_nobody_knows_the_end(monkeypatch):
    assert told(monkeypatch, [(0, None, 0, None), (11, None, 7, None)]) == "boxes: 7\n"


def test_a_line_in_ten_seconds_and_none_for_what_is_quick(monkeypatch):
    assert told(monkeypatch, [(k / 10, (0, 1), k, 99) for k in range(100)]) == ""
    assert told(monkeypatch, [(k, (0, 1), k, 99) for k in range(100)]).count("\n") in (8, 9)


def test_a_terminal_is_left_clean(monkeypatch):
    words = told(monkeypatch, [(k, (0, 1), k, 10) for k in range(11)], terminal=True)
    assert "[##########..........] steps: 5 of 10, about 5 s left" in words
    assert words.endswith("\r\033[K")
    assert "\n" not in words


# ---- interruption ------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["at once", "imports"])
def test_an_interrupt_as_it_starts_is_quiet(tmp_path, moment):
    """At once: before the command line is imported; imports: while it is."""
    where = {"at once": "fvtheory.cli", "imports": "fvtheory.commands.plot"}[moment]
    hook = f"""import os, signal, sys

class Stop:
    @staticmethod
    def find_spec(name, *rest):
        if name == {where!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Stop)
"""
    (tmp_path / "sitecustomize.py").write_text(hook)
    done = subprocess.run(
        [sys.executable, "-m", "fvtheory", "verify", "--list"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        exit_codes.INTERRUPTED,
        "",
        "fvtheory: interrupted\n",
    )


def test_the_last_line_says_what_an_interrupt_left(tmp_path, monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("fvtheory.verification.verify_claims", stop)
    out = tmp_path / "page.html"
    assert main(["report", "--claim", "lemma-1", "--out", str(out)]) == exit_codes.INTERRUPTED
    assert capsys.readouterr().err == "fvtheory: interrupted; nothing was written\n"
    assert not out.exists()
    ask = ["verify", "--claim", "lemma-1", "--certificates", str(tmp_path / "c")]
    assert main(ask) == exit_codes.INTERRUPTED
    assert capsys.readouterr().err == "fvtheory: interrupted; nothing was written\n"
    (tmp_path / "c").mkdir()
    assert main(ask) == exit_codes.INTERRUPTED
    kept = f"what is finished stays in {tmp_path / 'c'}, the same command goes on"
    assert capsys.readouterr().err == f"fvtheory: interrupted; {kept}\n"


# ---- results -----------------------------------------------------------------------------------------


def test_a_run_ends_in_one_way(tmp_path, capsys):
    settings, figures = {"command": "test"}, {"value": float("nan"), "rows": ({"a": 1.5},)}
    for as_json in (False, True):
        finish(
            argparse.Namespace(json=as_json),
            tmp_path,
            settings,
            figures,
            "a table",
            {"index.html": b"page", "curve.png": b"figure"},
            "curves as PNG",
        )
        shown = capsys.readouterr().out
        document = json.loads((tmp_path / "results.json").read_text(), parse_constant=pytest.fail)
        assert document == {"settings": settings, "value": None, "rows": [{"a": 1.5}]}
        if as_json:
            assert json.loads(shown, parse_constant=pytest.fail) == document
        else:
            assert shown == f"a table\nwritten to {tmp_path}: index.html, results.json, curves as PNG\n"
    assert (tmp_path / "curve.png").read_bytes() == b"figure"


def test_json_has_no_nan():
    assert without_nan({"a": [float("inf"), 1.0, "x"], "b": True}) == {"a": [None, 1.0, "x"], "b": True}


def test_long_fractions_are_shown_as_decimals():
    from fractions import Fraction

    assert legible(Fraction(3, 8)) == "3/8"
    assert legible(Fraction(1, 3) + Fraction(1, 10**30)) == "≈ 0.333333333"
    assert legible(Fraction(10**400)) == "≈ inf"


# ---- names -------------------------------------------------------------------------------------------


class Named:
    """A network with these layers."""

    def __init__(self, *layers: str) -> None:
        self.module = self
        self.layers = layers

    def named_modules(self):
        return [("", self), *((name, self) for name in self.layers)]


def test_a_number_is_a_logit_unless_it_is_a_layer():
    words = ["574", "logits:3", "_blocks.8:1", "6", "6:2"]
    assert unit_names(words, Named("_blocks.8")) == [
        "logits:574", "logits:3", "_blocks.8:1", "logits:6", "6:2",
    ]  # fmt: skip
    assert unit_names(words, Named("6"))[3] == "6"


def test_names_are_completed():
    found = {
        (node.path, flag): o.values
        for node in completion.nodes(PARSER)
        for o in node.options
        for flag in o.flags
    }
    assert "optimal-recovery" in found["check", "--set"]
    assert "convex" in found["networks export", "--class"]
    assert "geirhos2024" in found["verify", "--paper"]
    assert "lots-class" in found["attribution", "--methods"]
    assert "efficientnet-lite0" in found["fool", "--model"]
    assert "concave" in found["beyond advise", "--class"]
    assert "concave" not in found["beyond random", "--class"]


def test_names_of_what_needs_torch_are_those_that_are_there():
    if importlib.util.find_spec("torch") is None:
        pytest.skip("needs torch")
    from fvtheory.empirical.attribution import METHODS
    from fvtheory.empirical.models import NAMES
    from fvtheory.experiments.average_case import SOURCES

    assert completion._WORDS["MODEL"]() == NAMES
    assert completion._WORDS["SOURCE"]() == SOURCES
    assert set(options_of(COMMANDS["attribution"])["--methods"].choices) == set(METHODS)


def test_a_torchscript_file_is_read_without_a_warning(tmp_path):
    pytest.importorskip("torch")
    code = (
        "import torch; net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1));"
        "torch.jit.script(net).save('net.pt'); from fvtheory.networks.reading import network_from_torch_file;"
        "network_from_torch_file('net.pt')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("size", [None, 96])
def test_the_audit_that_is_suggested_is_a_command(size):
    from fvtheory.commands.audit import suggestion

    asked = {"out": "my results/", "model": "squeezenet", "images": "photos", "device": "cuda", "size": size}
    line = suggestion(argparse.Namespace(**asked), "fooled.pt", "logits:3")
    words = shlex.split(line.partition(": fvtheory ")[2])
    found = PARSER.parse_args(words)
    assert (found.fooled, found.units, found.out) == (
        ["my results/fooled.pt"],
        ["logits:3"],
        "my results-audit",
    )
    assert (found.model, found.images, found.device, found.size) == ("squeezenet", "photos", "cuda", size)
    plain = argparse.Namespace(out="one", model="efficientnet-lite0", images=None, device="cpu")
    assert suggestion(plain, "fooled.pt", "logits:3") == (
        "to audit it: fvtheory audit --fooled one/fooled.pt --unit logits:3 --out one-audit"
    )
