"""Results folders of the empirical commands as parts of one page: read back, escaped anew, pictures inside.

A folder has ``settings.json`` and an ``index.html`` that `fvtheory.report.page` wrote. Only headings, paragraphs,
tables and pictures are read from it; everything else is dropped, and words are escaped when they are written.
"""

from __future__ import annotations

import base64
import html
import io
import json
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

from fvtheory.errors import InvalidInputError, MissingDependencyError
from fvtheory.report.page import Part, Pictures, Table, Text
from fvtheory.results import SETTINGS, read_json

PAGE = "index.html"
LONGEST_SIDE, LONGEST_SIDE_OF_PLOTS = 240, 760
QUALITY = 72
MOST_ROWS = 60
"""Of a table; the file has the rest."""
FOLDED_ROWS = 15
"""A table of more rows is shown on request."""


@dataclass(frozen=True)
class Results:
    """What a results folder says: its name, title, sections, and settings as words."""

    folder: Path
    title: str
    sections: tuple[tuple[str, tuple[Part, ...]], ...]
    settings: tuple[tuple[str, str], ...]
    command: str


def read_results(folder: str | Path) -> Results:
    """A finished results folder of an empirical command.

    Raises:
        InvalidInputError: for another folder, or one whose run has not finished.
    """
    root = Path(folder)
    remedy = "the folder that --out named in a finished run, for example of fvtheory visualize"
    if not root.is_dir():
        raise InvalidInputError(f"results {str(folder)!r}", "a folder that exists", remedy)
    for name in (SETTINGS, PAGE):
        if not (root / name).is_file():
            raise InvalidInputError(f"results {str(folder)!r} without {name}", "a finished run", remedy)
    settings = read_json(root / SETTINGS)
    if not isinstance(settings, dict):
        raise InvalidInputError(f"settings of {str(folder)!r} that are no object", "a JSON object", remedy)
    reader = _Reader()
    try:
        reader.feed((root / PAGE).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InvalidInputError(f"{str(root / PAGE)!r} that is not text", "a page in UTF-8", remedy) from None
    reader.close()
    shown = tuple((heading, tuple(parts)) for heading, parts in reader.sections if heading != "Settings")
    words = tuple((str(key), _words(value)) for key, value in settings.items() if key != "command")
    return Results(root, reader.title.strip(), shown, words, str(settings.get("command", "")))


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Reader(HTMLParser):
    """The parts of a page: what `fvtheory.report.page` writes, and nothing else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.sections: list[tuple[str, list[Part]]] = []
        self._into: list[str] | None = None
        self._header: list[str] = []
        self._rows: list[list[str]] = []
        self._pictures: list[tuple[str, str]] = []
        self._file = ""
        self._wide = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        match tag:
            case "h1" | "h2" | "p" | "th" | "td" | "figcaption":
                self._into = []
            case "table":
                self._header, self._rows = [], []
            case "tr":
                self._rows.append([])
            case "div":
                self._pictures, self._wide = [], "wide" in given.get("class", "").split()
            case "img":
                self._file = given.get("src", "")

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def handle_endtag(self, tag: str) -> None:
        words = "".join(self._into or [])
        if tag in ("h1", "h2", "p", "th", "td", "figcaption"):
            self._into = None
        match tag:
            case "h1":
                self.title = words
            case "h2":
                self.sections.append((words, []))
            case "p" if self.sections:
                self.sections[-1][1].append(Text(words))
            case "th":
                self._header.append(words)
            case "td" if self._rows:
                self._rows[-1].append(words)
            case "figcaption":
                self._pictures.append((self._file, words))
            case "table" if self.sections:
                rows = [row for row in self._rows if row]
                self.sections[-1][1].append(Table(self._header, rows))
            case "div" if self.sections and self._pictures:
                self.sections[-1][1].append(Pictures(self._pictures, self._wide))


# ---- writing ---------------------------------------------------------------------------------------


class Album:
    """Pictures as data in the page, smaller than they are, until the bytes for them are spent."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.left_out = 0

    def figure(self, folder: Path, name: str, caption: str, wide: bool) -> str:
        """The picture as a ``<figure>``; "" when there are no bytes left for it."""
        data = _smaller(_inside(folder, name), LONGEST_SIDE_OF_PLOTS if wide else LONGEST_SIDE)
        if len(data) > self.budget:
            self.left_out += 1
            return ""
        self.budget -= len(data)
        words = html.escape(caption, quote=True)
        return f'<figure><img src="{data}" alt="{words}" loading="lazy"><figcaption>{words}</figcaption></figure>'


def _inside(folder: Path, name: str) -> Path:
    """The file of that name below the folder.

    Raises:
        InvalidInputError: for a missing file, or a name that leads elsewhere.
    """
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise InvalidInputError(f"picture {name[:80]!r} of {str(folder)!r}", "a file in that folder")
    return file


def _smaller(file: Path, side: int) -> str:
    """A picture as a data address: WebP, at most ``side`` pixels in each direction."""
    try:
        image_module = import_module("PIL.Image")
    except ImportError:
        raise MissingDependencyError(
            "no package pillow", "pillow for pictures", "pip install pillow"
        ) from None
    try:
        with image_module.open(file, formats=("PNG", "JPEG", "WEBP")) as image:
            picture = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, image_module.DecompressionBombError):
        raise InvalidInputError(f"{str(file)!r}", "a picture: PNG, JPEG or WebP") from None
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.save(out, format="WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def results_html(results: Results, album: Album) -> str:
    """The parts of a results folder, and its settings, as HTML."""
    body = []
    for heading, parts in results.sections:
        body.append(f"<h4>{html.escape(heading)}</h4>")
        body += [_part(results.folder, part, album) for part in parts]
    lines = "".join(
        f"<tr><th scope='row'>{html.escape(key)}</th><td>{html.escape(value)}</td></tr>"
        for key, value in results.settings
    )
    table = f'<div class="scroll"><table class="figures"><tbody>{lines}</tbody></table></div>'
    body.append(f"<details><summary>Settings</summary>{table}</details>")
    return "\n".join(body)


def _part(folder: Path, part: Part, album: Album) -> str:
    if isinstance(part, Text):
        return f"<p>{html.escape(part.words)}</p>"
    if isinstance(part, Table):
        return _table(part)
    before = album.left_out
    shown = "".join(album.figure(folder, name, caption, part.wide) for name, caption in part.files)
    missing = album.left_out - before
    more = f'<p class="note">{missing} more in {html.escape(folder.name)}.</p>' if missing else ""
    return f'<div class="pictures{" wide" if part.wide else ""}">{shown}</div>{more}'


def _table(table: Table) -> str:
    header = "".join(f"<th>{html.escape(word)}</th>" for word in table.header)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(word)}</td>' for word in row)}</tr>"
        for row in table.rows[:MOST_ROWS]
    )
    more = len(table.rows) - MOST_ROWS
    note = f'<p class="note">{more} more rows in the folder.</p>' if more > 0 else ""
    shown = (
        f'<div class="scroll"><table class="figures"><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>'
        f"</div>{note}"
    )
    if len(table.rows) <= FOLDED_ROWS:
        return shown
    return f"<details><summary>Table of {len(table.rows)} rows</summary>{shown}</details>"
