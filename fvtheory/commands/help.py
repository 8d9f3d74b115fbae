"""Examples at the end of every ``--help``, and the tree of commands that they belong to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

HEADING = "examples:"
EXAMPLE_PHI = '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "0", "f_max": "1"}'


class HelpFormatter(argparse.HelpFormatter):
    """Wraps paragraphs, and leaves text of several lines as it is written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


def examples(*lines: str, before: str = "") -> dict[str, Any]:
    """What ``add_parser`` needs for a help text that ends with these commands, one a line; `before` stands above."""
    shown = "\n  ".join((HEADING, *lines))
    return {"epilog": f"{before}\n{shown}" if before else shown, "formatter_class": HelpFormatter}


def examples_of(parser: argparse.ArgumentParser) -> list[str]:
    """The commands at the end of the help text of a parser."""
    _, _, shown = (parser.epilog or "").partition(HEADING + "\n")
    return [line.strip() for line in shown.splitlines() if line.strip()]


def subcommands(parser: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """The commands right below a parser by name, each with its one-line help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            return {name: (below, helps.get(name, "")) for name, below in action.choices.items()}
    return {}


def walk(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """A parser and all below it, each with the words that lead to it."""
    yield path, parser
    for name, (below, _) in subcommands(parser).items():
        yield from walk(below, (*path, name))
