"""Help texts: a table of contents of the commands, and examples at the end of every ``--help``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HEADING = "examples:"
EXAMPLE_PHI = '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "0", "f_max": "1"}'


class HelpFormatter(argparse.HelpFormatter):
    """Wraps paragraphs, leaves text of several lines as it is written, and gives each command one line."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)

    def _format_action(self, action: argparse.Action) -> str:
        if not isinstance(action, argparse._SubParsersAction):
            return super()._format_action(action)
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        sections: Mapping[str, Sequence[str]] = getattr(action, "sections", {"": tuple(helps)})
        wide = 2 + max(map(len, helps))
        lines = []
        for title, names in sections.items():
            lines += [f"  {title}"] if title else []
            lines += [f"    {name:{wide}}{helps[name]}" for name in names]
        return "\n".join(lines) + "\n"


class Parser(argparse.ArgumentParser):
    """A parser whose help is that of `HelpFormatter`; so are the parsers below it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("formatter_class", HelpFormatter)
        super().__init__(*args, **options)


def add_subcommands(parser: argparse.ArgumentParser, metavar: str = "COMMAND") -> Any:
    """The subparsers of a parser, one of which must be named."""
    commands = parser.add_subparsers(title="commands", metavar=metavar, required=True)
    parser._action_groups.insert(0, parser._action_groups.pop())  # before the options
    return commands


def in_order(commands: Any, sections: Mapping[str, Sequence[str]]) -> None:
    """Put the commands of subparsers into sections, as their help shows them."""
    names = [name for section in sections.values() for name in section]
    commands._choices_actions.sort(key=lambda choice: names.index(choice.dest))
    for name in names:
        commands._name_parser_map[name] = commands._name_parser_map.pop(name)
    commands.sections = sections


def examples(*lines: str, before: str = "") -> dict[str, Any]:
    """What ``add_parser`` needs for a help text that ends with these commands, one a line; `before` stands above."""
    shown = "\n  ".join((HEADING, *lines))
    return {"epilog": f"{before}\n\n{shown}" if before else shown}


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
