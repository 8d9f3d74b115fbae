"""The command ``fvtheory completion``: a completion script for bash, zsh or fish, written from the parsers."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fvtheory.commands.exit_codes import DONE
from fvtheory.commands.help import examples, subcommands, walk

FILES, FOLDERS = "files", "folders"

PLACES = {"FILE": FILES, "DIR": FOLDERS, "FUNCTION": FILES, "DECODER": FILES, "RESULTS": FOLDERS}
"""What is completed for an option or argument of this metavar."""


@dataclass(frozen=True)
class Option:
    """An option: its flags, whether a value follows, and what is offered for that."""

    flags: tuple[str, ...]
    takes_value: bool
    values: tuple[str, ...]
    place: str
    help: str


@dataclass(frozen=True)
class Node:
    """A command: the words that lead to it, what may follow."""

    path: str
    commands: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    values: tuple[str, ...]
    place: str


def add_command(commands: Any, parser: argparse.ArgumentParser) -> None:
    """Add ``completion`` to the subparsers of ``parser``, whose commands it completes."""
    command = commands.add_parser(
        "completion",
        help="complete commands, options and names in the shell",
        description="Print a script that completes commands, options, classes and claims. In bash: "
        'eval "$(fvtheory completion bash)", in ~/.bashrc to keep it; in zsh the same with zsh, after compinit; '
        "in fish: fvtheory completion fish | source.",
        **examples(
            'eval "$(fvtheory completion bash)"',
            "fvtheory completion fish > ~/.config/fish/completions/fvtheory.fish",
        ),
    )
    command.add_argument("shell", choices=tuple(_SCRIPTS), help="the shell")
    command.set_defaults(run=partial(_run, parser))


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    print(script(parser, options.shell), end="")
    return DONE


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion script of a parser for a shell: bash, zsh or fish."""
    return _SCRIPTS[shell](nodes(parser))


# ---- what can be completed ---------------------------------------------------------------------------


def nodes(parser: argparse.ArgumentParser) -> list[Node]:
    """All commands below a parser, itself first."""
    return [_node(path, below) for path, below in walk(parser)]


def _node(path: tuple[str, ...], parser: argparse.ArgumentParser) -> Node:
    below = tuple((name, text) for name, (_, text) in subcommands(parser).items())
    found, values, place = [], tuple[str, ...](), ""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        offered, where = _offered(path, action)
        if not action.option_strings:
            values, place = (*values, *offered), place or where
            continue
        text = (action.help or "").split(";")[0].split(" (default")[0].replace("%%", "%")
        takes = action.nargs != 0
        found.append(Option(tuple(action.option_strings), takes, offered, where, text))
    return Node(" ".join(path), below, tuple(found), values, place)


def _offered(path: tuple[str, ...], action: argparse.Action) -> tuple[tuple[str, ...], str]:
    """The words that an argument may be, and whether it is a file or folder."""
    if action.choices is not None:
        return tuple(map(str, action.choices)), ""
    if action.metavar == "CLASS" and path[0] == "beyond" and path[1] != "random":
        return _atoms(), ""
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return _WORDS.get(name, tuple)(), PLACES.get(name, "")


def _atoms() -> tuple[str, ...]:
    from fvtheory.beyond.family import ATOMS

    return tuple(ATOMS)


def _classes() -> tuple[str, ...]:
    from fvtheory.classes import CLASSES

    return tuple(CLASSES)


def _claims() -> tuple[str, ...]:
    from fvtheory.claims import claims_of

    return tuple(dict.fromkeys(claim.id for paper in _papers() for claim in claims_of(paper)))


def _papers() -> tuple[str, ...]:
    from fvtheory.claims import PAPERS

    return tuple(PAPERS)


def _sets() -> tuple[str, ...]:
    from fvtheory.claim_sets import CLAIM_SETS

    return tuple(CLAIM_SETS)


_WORDS: dict[str, Callable[[], tuple[str, ...]]] = {
    "CLASS": _classes,
    "DECODER": lambda: ("central", "constant"),
    "ID": _claims,
    "KIND": lambda: ("zero", "class", "mean"),
    "MODEL": lambda: ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "squeezenet"),
    "NORM": lambda: ("sup", "1", "2"),
    "PAPER": _papers,
    "SET": _sets,
    "SOURCE": lambda: ("gaussian-process", "sgd"),
}
"""What is offered for an option of this metavar: names that need no torch to be known."""


# ---- the three shells --------------------------------------------------------------------------------

_BASH = """# bash completion of fvtheory: eval "$(fvtheory completion bash)"
_fvtheory() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" path="" words="" kind="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${{COMP_WORDS[i]}}" in
            {paths}) path="$path ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$path $previous" in
{after}
        *)
            case "$path" in
{within}
            esac
            ;;
    esac
    case "$kind" in
        files) COMPREPLY=($(compgen -f -W "$words" -- "$current")); compopt -o filenames 2>/dev/null ;;
        folders) COMPREPLY=($(compgen -d -- "$current")); compopt -o filenames 2>/dev/null ;;
        *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    esac
}}
complete -F _fvtheory fvtheory
"""


def _bash(tree: Sequence[Node]) -> str:
    after, within = [], []
    for node in tree:
        lead = f" {node.path}" if node.path else ""
        flags = [flag for option in node.options for flag in option.flags]
        for option in node.options:
            if option.takes_value:
                places = "|".join(f'"{lead} {flag}"' for flag in option.flags)
                after.append(f'        {places}) words="{" ".join(option.values)}"; kind="{option.place}" ;;')
        names = " ".join((*(name for name, _ in node.commands), *node.values))
        kind = f'kind="{node.place}"; ' if node.place else ""
        first = f'words="{names}"; {kind}[[ $current == -* ]] && kind="" ' if names or kind else ""
        rest = f'words="{" ".join(flags)}"'
        within.append(f'                "{lead}") {first}{"&& " if first else ""}{rest} ;;')
    paths = "|".join(f'" {node.path}"' for node in tree if node.path)
    return _BASH.format(paths=paths, after="\n".join(after), within="\n".join(within))


_ZSH = """#compdef fvtheory
# zsh completion of fvtheory: eval "$(fvtheory completion zsh)", after compinit
_fvtheory() {{
    local route="" i
    local -a offered
    for ((i = 2; i < CURRENT; i++)); do
        case "$route ${{words[i]}}" in
            {paths}) route="$route ${{words[i]}}" ;;
        esac
    done
    case "$route ${{words[CURRENT-1]}}" in
{after}
    esac
    case "$route" in
{within}
    esac
}}
if [[ "$funcstack[1]" == _fvtheory ]]; then _fvtheory "$@"; else compdef _fvtheory fvtheory; fi
"""


def _zsh(tree: Sequence[Node]) -> str:
    after, within = [], []
    for node in tree:
        lead = f" {node.path}" if node.path else ""
        names = [(name, text) for name, text in node.commands] + [(value, "") for value in node.values]
        flags: list[tuple[str, str]] = []
        for option in node.options:
            flags += [(flag, option.help) for flag in option.flags]
            if option.takes_value:
                places = "|".join(f'"{lead} {flag}"' for flag in option.flags)
                steps = [_ZSH_PLACES[option.place]] if option.place else []
                if option.values:
                    steps.append("compadd -- " + " ".join(map(shlex.quote, option.values)))
                after.append(f"        {places}) {'; '.join([*steps, 'return'])} ;;")
        first = [f"offered=({_zsh_words(names)}); _describe fvtheory offered"] if names else []
        first += [_ZSH_PLACES[node.place]] if node.place else []
        rest = f"offered=({_zsh_words(flags)}); _describe fvtheory offered"
        if first:
            rest = f"if [[ ${{words[CURRENT]}} == -* ]]; then {rest}; else {'; '.join(first)}; fi"
        within.append(f'        "{lead}") {rest} ;;')
    paths = "|".join(f'" {node.path}"' for node in tree if node.path)
    return _ZSH.format(paths=paths, after="\n".join(after), within="\n".join(within))


def _zsh_words(described: Sequence[tuple[str, str]]) -> str:
    """Words and what they mean, as ``_describe`` takes them."""
    return " ".join(shlex.quote(f"{word}:{text}".removesuffix(":")) for word, text in described)


_ZSH_PLACES = {FILES: "_files", FOLDERS: "_files -/"}

_FISH = """# fish completion of fvtheory: fvtheory completion fish | source
function __fvtheory_at
    set -l route
    for word in (commandline -opc)[2..-1]
        if contains -- (string join ' ' -- $route $word) {paths}
            set route $route $word
        end
    end
    test "$route" = "$argv[1]"
end
complete -c fvtheory -f
{lines}
"""


def _fish(tree: Sequence[Node]) -> str:
    lines = []
    for node in tree:
        at = f"complete -c fvtheory -n {_fish_word(f'__fvtheory_at {_fish_word(node.path)}')}"
        for name, text in node.commands:
            lines.append(f"{at} -a {name} -d {_fish_word(text)}")
        if node.values:
            lines.append(f"{at} -a {_fish_word(' '.join(node.values))}")
        if node.place:
            lines.append(f"{at} -F")
        for option in node.options:
            flags = " ".join(
                f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
            )
            value = ""
            if option.takes_value:
                value = " -r -F" if option.place else " -x"
                value += f" -a {_fish_word(' '.join(option.values))}" if option.values else ""
            lines.append(f"{at} {flags}{value} -d {_fish_word(option.help)}")
    paths = " ".join(_fish_word(node.path) for node in tree if node.path)
    return _FISH.format(paths=paths, lines="\n".join(lines))


def _fish_word(word: str) -> str:
    """Quoted for fish, where a backslash escapes within single quotes too."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPTS: dict[str, Callable[[Sequence[Node]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
