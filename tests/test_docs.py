"""The documentation: its commands parse, its examples run, its links lead somewhere, every public name is described."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import re
import shlex
import sys
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from fvtheory.claims import claims_of
from fvtheory.classes import CLASSES
from fvtheory.cli import _parser, main

ROOT = Path(__file__).resolve().parents[1]
PARSER = _parser()


def load_generated() -> ModuleType:
    spec = importlib.util.spec_from_file_location("documentation", ROOT / "docs" / "generated.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["documentation"] = module  # dataclasses and pickles look for it
    spec.loader.exec_module(module)
    return module


generated = load_generated()
PAGES = {
    str(file.relative_to(ROOT / "docs" / "pages")): file.read_text(encoding="utf-8")
    for file in generated.written()
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]*)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str, *kinds: str) -> Iterator[tuple[str, str, str]]:
    """(kind, title, content) of the fenced blocks of a page."""
    for found in BLOCK.finditer(text):
        if not kinds or found[1] in kinds:
            yield found[1], found[2] or "", found[3]


def commands(text: str) -> Iterator[str]:
    """Every command line of a page that calls fvtheory: in blocks, and in backquotes, where a sentence may leave
    out where results go."""
    for kind, _, content in blocks(text, "sh", "console", "text", "bash"):
        joined = content.replace("\\\n", " ")
        for line in joined.splitlines():
            line = line.removeprefix("$ ") if kind == "console" else line
            for part in line.split(" && "):
                yield from _calls(part)
    plain = BLOCK.sub("", text)
    for found in re.finditer(r"`((?:fvtheory|torchrun) [^`]+)`", plain):
        for line in _calls(" ".join(found[1].split())):
            yield line if is_right(line) or "--out" in line else f"{line} --out x"


def _calls(part: str) -> Iterator[str]:
    for start in (".venv/bin/fvtheory ", "fvtheory ", "torchrun --nproc-per-node 2 -m fvtheory "):
        if part.strip().startswith(start):
            yield "fvtheory " + part.strip().removeprefix(start)


def parses(line: str) -> bool:
    """Whether the command line takes a line; ``...`` stands for what a reader fills in."""
    words = shlex.split(line)[1:]
    words = words[: words.index(">")] if ">" in words else words
    if line.endswith(" ..."):
        return parses_name(words[:-1])
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            PARSER.parse_args(words)
    except SystemExit as left:
        return left.code == 0
    return True


def parses_name(words: list[str]) -> bool:
    """Whether the words name a command."""
    from fvtheory.commands.help import walk

    return tuple(words) in [path for path, _ in walk(PARSER)]


NAMES_ONLY = re.compile(r"^fvtheory( [a-z][a-z-]*)+$")
"""A command that is only mentioned, without what it needs."""


def is_right(line: str) -> bool:
    words = shlex.split(line)[1:]
    if words and words[0].isupper():  # fvtheory COMMAND --help
        return True
    return bool(NAMES_ONLY.match(line) and parses_name(words)) or parses(line)


@pytest.mark.parametrize("name", [*PAGES, "README.md"])
def test_every_command_parses(name: str):
    text = README if name == "README.md" else PAGES[name]
    assert [line for line in commands(text) if not is_right(line)] == []


def test_commands_are_found_and_wrong_ones_noticed():
    text = "```sh\nfvtheory verify --clam lemma-1\n```\n and `fvtheory verfy`, `fvtheory radius --class` or\n"
    text += "```console\n$ fvtheory check \\\n    a.toml\nno command\n```\n"
    found = list(commands(text))
    assert [is_right(line) for line in found] == [False, True, False, False]
    assert sum(len(list(commands(text))) for text in PAGES.values()) > 50


# ---- examples that run -------------------------------------------------------------------------------

NEEDS = {"with torch": "torch", "with hypothesis": "hypothesis", "with matplotlib": "matplotlib"}


def run_page(text: str) -> int:
    """Write titled files, run Python blocks and console blocks of a page in order, and compare what they print."""
    ran = 0
    for kind, title, content in blocks(text, "python", "console", "toml", "json"):
        if title and title not in NEEDS:
            Path(title).write_text(content, encoding="utf-8")
        elif kind == "python":
            if title and importlib.util.find_spec(NEEDS[title]) is None:
                continue
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(content, "example", "exec"), {"__name__": "example"})
            ran += 1
        elif kind == "console":
            command, _, wanted = content.replace("\\\n", " ").partition("\n")
            words = shlex.split(command.removeprefix("$ "))
            if words[1] == "plot" and importlib.util.find_spec("matplotlib") is None:
                continue
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                code = main(words[1:])
            assert code == 0, command
            expected, dots, _ = wanted.partition("...\n")
            assert shown.getvalue().startswith(expected) if dots else shown.getvalue() == expected, (
                shown.getvalue()
            )
            ran += 1
    return ran


EXAMPLES = [name for name in PAGES if any(blocks(PAGES[name], "python", "console"))]


@pytest.mark.parametrize("name", [n for n in EXAMPLES if not n.startswith("how-to/add-")])  # test_guides.py
def test_examples_run_as_shown(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    try:
        run_page(PAGES[name])
    finally:
        for module in set(sys.modules) - before:
            if (
                getattr(sys.modules[module], "__file__", None)
                and str(tmp_path) in sys.modules[module].__file__
            ):
                del sys.modules[module]


def test_output_that_differs_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    shown = PAGES["how-to/beyond.md"].replace("1/2  0      3/8", "1/2  0      3/7")
    assert shown != PAGES["how-to/beyond.md"]
    with pytest.raises(AssertionError):
        run_page(shown)
    with pytest.raises(NameError):
        run_page("```python\nnothing_of_the_kind\n```\n")


# ---- links and generated parts -----------------------------------------------------------------------

LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def site() -> Iterator[dict[str, str]]:
    """Every page as it is handed to MkDocs, but for what takes seconds: the figures, and the table of radii."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(generated._MACROS, "figure", lambda name: str(generated._FIGURES[name]))
        patch.setitem(generated._MACROS, "information_table", lambda: "")
        yield {**{name: generated.expand(text) for name, text in PAGES.items()}, **generated.pages()}


def test_figures_are_drawn_into_the_page():
    pytest.importorskip("matplotlib")
    found = re.fullmatch(
        r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,(\S+)">', generated.figure("refuted")
    )
    assert "1/3" in found[1]
    assert b64decode(found[2]).startswith(b"<?xml")


@cache
def anchors(text: str) -> set[str]:
    """What one can link to on a page: headings, by their own name or the one they are given."""
    found = set()
    for line in BLOCK.sub("", text).splitlines():
        heading = re.match(r"#+ (.*?)(?: \{ #(\S+) \})?$", line)
        if heading:
            slug = re.sub(r"[^\w\s-]", "", heading[1]).strip().lower()
            found.add(heading[2] or re.sub(r"[-\s]+", "-", slug))
    return found


def broken(name: str, text: str, site: dict[str, str]) -> list[str]:
    """Links inside the documentation that lead nowhere."""
    bad = []
    for link in LINK.findall(BLOCK.sub("", text)):
        if link.startswith(("http", "data:")):
            continue
        path, _, anchor = link.partition("#")
        parts = [*Path(name).parent.parts, *Path(path).parts] if path else list(Path(name).parts)
        while ".." in parts:
            i = parts.index("..")
            del parts[i - 1 : i + 1]
        target = "/".join(parts)
        if target not in site or (anchor and anchor not in anchors(site[target])):
            bad.append(link)
    return bad


def test_every_link_leads_somewhere(site: dict[str, str]):
    assert {name: bad for name, text in site.items() if (bad := broken(name, text, site))} == {}
    assert broken("claims.md", "[x](rocq.md#no_theorem)", site) == ["rocq.md#no_theorem"]
    assert broken("how-to/x.md", "[x](../nowhere.md)", site) == ["../nowhere.md"]


def test_every_name_that_is_linked_exists(site: dict[str, str]):
    """``[name][fvtheory.x.Y]``: a definition in the sources, on a page of the reference."""
    names = {n for text in site.values() for n in re.findall(r"\]\[(fvtheory[\w.]*)\]", BLOCK.sub("", text))}
    assert len(names) > 20
    listed = re.findall(r"^::: (\S+)", "\n".join(site.values()), re.MULTILINE)
    for name in names:
        assert any(name == entry or name.startswith(entry + ".") for entry in listed), name
        home, _, last = name.rpartition(".")
        known = generated.source_of(name).is_file() or re.search(
            rf"^(?:class|def) {last}\b", generated.source_of(home).read_text(encoding="utf-8"), re.MULTILINE
        )
        assert known, name


def test_the_mathematics_covers_the_paper(site: dict[str, str]):
    """Every claim, every recorded theorem and every class is linked from the page in words."""
    text = site["mathematics.md"]
    linked = set(re.findall(r"claims\.md#([\w.-]+?)\)", text))
    assert linked == {claim.id for claim in claims_of("geirhos2024")}
    for cls in CLASSES:
        assert generated.class_path(cls) in text
    with pytest.raises(KeyError):
        generated.expand("{{ links theorem-9 }}")
    with pytest.raises(KeyError):
        generated.expand("{{ no_such_part }}")


def test_every_recorded_theorem_is_shown_and_linked_both_ways(site: dict[str, str]):
    theorems = generated._theorems()
    assert {t["name"] for t in theorems} <= anchors(site["rocq.md"])
    assert {t["claim"] for t in theorems} <= anchors(site["claims.md"])
    for theorem in theorems:
        source = (ROOT / "proofs" / "rocq" / theorem["file"]).read_text(encoding="utf-8")
        assert theorem["name"] in generated.rocq_statement(source, theorem["name"])
    with pytest.raises(KeyError):
        generated.rocq_statement("Theorem other : True.\nProof.", "this")


def test_every_command_and_option_is_in_the_reference(site: dict[str, str]):
    from fvtheory.commands.help import walk

    text = site["reference/commands.md"]
    for path, parser in walk(PARSER):
        assert "-".join(("fvtheory", *path)) in anchors(text)
        if path and not parser._subparsers:
            part = text.split(f"{{ #{'-'.join(('fvtheory', *path))} }}")[1].split("\n#")[0]
            flags = [
                flag
                for action in parser._actions
                for flag in action.option_strings
                if flag not in ("-h", "--help")
            ]
            assert not [flag for flag in flags if flag not in part]


def test_every_page_is_in_the_navigation(site: dict[str, str]):
    settings = (ROOT / "docs" / "mkdocs.yml").read_text(encoding="utf-8")
    assert set(re.findall(r": ([\w/-]+\.md)$", settings, re.MULTILINE)) == set(site)


# ---- docstrings --------------------------------------------------------------------------------------

MODULES = ("fvtheory", "fvtheory.strategies", "fvtheory.testing", "fvtheory.networks", "fvtheory.beyond")
INHERITED = {"forward", "extra_repr", "is_leaf_module", "to_json", "from_json", "pictures"}
"""Methods whose meaning is that of every other method of this name."""


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(generated.source_of(module).read_text(encoding="utf-8"))


@cache
def described_methods(tree: ast.Module) -> frozenset[str]:
    """Names of methods that some class of a module describes: a protocol, say."""
    return frozenset(
        method.name
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        if isinstance(method, ast.FunctionDef) and ast.get_docstring(method)
    )


def definitions() -> Iterator[tuple[str, ast.AST, ast.Module]]:
    """Every public function and class: what the packages export, and all of the experiments."""
    for module in MODULES:
        for name in generated.public_names(module):
            home, _, last = name.rpartition(".")
            yield name, *_definition(home, last)
    for module in generated.experiment_modules():
        tree = parsed(module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node, tree


def _definition(home: str, name: str) -> tuple[ast.AST, ast.Module]:
    tree = parsed(home)
    for node in tree.body:
        if getattr(node, "name", None) == name:
            return node, tree
    for node in tree.body:  # passed on by this module
        if isinstance(node, ast.ImportFrom) and node.module and name in [alias.name for alias in node.names]:
            return _definition(node.module, name)
    raise AssertionError(f"{home}.{name} is nowhere")


def problems(name: str, node: ast.AST, tree: ast.Module) -> list[str]:
    """What a docstring lacks: it is not there, it does not say what is raised, it names arguments that are none."""
    found = []
    text = ast.get_docstring(node) or ""
    if not text:
        found.append(f"{name}: no docstring")
    methods = (
        [n for n in getattr(node, "body", ()) if isinstance(n, ast.FunctionDef)]
        if isinstance(node, ast.ClassDef)
        else []
    )
    described = described_methods(tree)
    for method in methods:
        if not method.name.startswith("_") and method.name not in INHERITED | described:
            found.append(f"{name}.{method.name}: no docstring")
    for function in methods or [node]:
        if not isinstance(function, ast.FunctionDef) or (
            function.name.startswith("_") and function.name not in ("__init__", "__post_init__")
        ):
            continue
        said = f"{text} {ast.get_docstring(function) or ''}"
        raised = {
            n.exc.func.id
            for n in ast.walk(function)
            if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call) and isinstance(n.exc.func, ast.Name)
        }
        if {r for r in raised if r.endswith("Error")} and not re.search(
            r"Error|rrors? as|an error|[Rr]ais|[Rr]efus", said
        ):
            found.append(f"{name}.{function.name}: does not say what it raises")
        own = ast.get_docstring(function) or ("" if methods else text)
        arguments = function.args
        stars = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        known = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars)}
        listed = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", own, re.MULTILINE | re.DOTALL)
        if listed:
            named = {
                word.strip("`* ")
                for line in re.findall(r"^    (\S[^:]*):", listed[1], re.MULTILINE)
                for word in line.split(",")
            }
            found += [f"{name}: describes {word!r}, no argument" for word in named - known]
    return found


def test_every_public_name_says_what_it_needs():
    found = list(definitions())
    assert len(found) > 200
    assert [problem for entry in found for problem in problems(*entry)] == []


def test_a_docstring_that_lacks_something_is_noticed():
    tree = ast.parse(
        "def bare(x): pass\n"
        'def quiet(x):\n    """Something."""\n    raise InvalidInputError(x)\n'
        'def stale(x):\n    """Something.\n\n    Args:\n        y: gone.\n    """\n'
        'class Kind:\n    """A kind."""\n    def method(self): pass\n'
    )
    found = [problems(node.name, node, tree) for node in tree.body]
    assert [len(entry) for entry in found] == [1, 1, 1, 1]
