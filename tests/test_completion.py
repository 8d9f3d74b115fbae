"""Completion by real shells, and the examples at the end of every help text."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from fvtheory.claims import claims_of
from fvtheory.classes import CLASSES
from fvtheory.cli import _parser, main
from fvtheory.commands.completion import nodes, script
from fvtheory.commands.help import examples_of, walk

PARSER = _parser()
COMMANDS = {" ".join(path): parser for path, parser in walk(PARSER)}

# What each shell is asked, and how it prints the answer: one word a line.
ASK = {
    "bash": "COMP_WORDS=({words}); COMP_CWORD={last}; _fvtheory; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
    "zsh": "compadd() {{ shift; print -l -- $@ }}; _files() {{ print -l *(N) }}; "
    "_describe() {{ print -l -- ${{offered%%:*}} }}; words=({words}); CURRENT={count}; _fvtheory",
    "fish": "complete -C {line} | string replace -r '\\t.*' ''; true",
}
START = {"bash": ["--norc", "-c"], "zsh": ["-f", "-c"], "fish": ["--no-config", "-c"]}


def offered(shell: str, line: str, folder: Path) -> set[str]:
    """What the shell offers for the last word of a line, as far as it begins with that word."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (folder / "script").write_text(script(PARSER, shell), encoding="utf-8")
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    quoted = " ".join(shlex.quote(word) for word in words)
    question = ASK[shell].format(words=quoted, last=len(words) - 1, count=len(words), line=shlex.quote(line))
    prepare = "compdef() { : }; " if shell == "zsh" else ""
    process = subprocess.run(
        [shell, *START[shell], f"{prepare}. ./script; {question}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert process.stderr == ""
    return {word.rstrip("/") for word in process.stdout.splitlines() if word.startswith(words[-1])}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(shell: str, tmp_path: Path):
    first = offered(shell, "fvtheory ", tmp_path)
    assert {name for name in COMMANDS if name and " " not in name} <= first
    assert offered(shell, "fvtheory inverse-set ", tmp_path) >= {"exact", "network"}
    assert offered(shell, "fvtheory beyond envelope --know", tmp_path) == {"--knowledge"}
    assert offered(shell, "fvtheory radius --class ", tmp_path) == set(CLASSES)
    assert offered(shell, "fvtheory beyond radius --class quasi", tmp_path) == {"quasi-convex"}
    assert offered(shell, "fvtheory verify --convention ", tmp_path) == {"any-selection", "first", "unique"}
    wanted = {c.id for c in claims_of("geirhos2024") if c.id.startswith("theorem-4.proof")}
    assert offered(shell, "fvtheory verify --json --claim theorem-4.proof", tmp_path) == wanted
    assert offered(shell, "fvtheory completion ", tmp_path) == {"bash", "zsh", "fish"}
    # The value of an option is no command, whatever it says.
    assert "--phi" in offered(shell, "fvtheory radius --lipschitz verify --", tmp_path)


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_files_are_offered_where_files_belong(shell: str, tmp_path: Path):
    (tmp_path / "claims.toml").touch()
    (tmp_path / "results").mkdir()
    assert offered(shell, "fvtheory check cl", tmp_path) == {"claims.toml"}
    assert offered(shell, "fvtheory radius --phi cl", tmp_path) == set()
    assert "results" in offered(shell, "fvtheory fool --out re", tmp_path)


def test_every_option_is_completed():
    for node in nodes(PARSER):
        known = {flag for action in COMMANDS[node.path]._actions for flag in action.option_strings}
        assert {flag for option in node.options for flag in option.flags} == known


def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str]):
    assert main(["completion", "bash"]) == 0
    assert capsys.readouterr().out == script(PARSER, "bash")
    with pytest.raises(SystemExit) as left:
        main(["completion", "tcsh"])
    assert left.value.code == 2
    assert "bash" in capsys.readouterr().err


# ---- examples ----------------------------------------------------------------------------------------


def parse_example(line: str, parser: argparse.ArgumentParser = PARSER) -> argparse.Namespace:
    """The options of one line of a shell that calls fvtheory."""
    words = shlex.split(line.removeprefix("torchrun --nproc-per-node 2 -m "))
    if words[0] == "eval":
        words = shlex.split(words[1].removeprefix("$(").removesuffix(")"))
    assert words[0] == "fvtheory", line
    return parser.parse_args(words[1 : words.index(">") if ">" in words else None])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_text_ends_with_examples_that_parse(command: str):
    parser = COMMANDS[command]
    shown = examples_of(parser)
    assert shown, "no examples"
    for line in shown:
        assert f"fvtheory {command}".strip() in line
        parse_example(line)
    text = parser.format_help()
    assert text.rstrip().endswith(shown[-1]), "the examples are not the end"
    assert "\n  ".join(shown) in text, "the examples are wrapped"


def test_an_example_that_does_not_parse_is_noticed(capsys: pytest.CaptureFixture[str]):
    for line in ("fvtheory verify --clam lemma-1 --table2", "fvtheory radius --class convex"):
        with pytest.raises(SystemExit):
            parse_example(line)
    capsys.readouterr()
