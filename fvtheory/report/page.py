"""One HTML page that puts results side by side: text, tables, pictures. No scripts, nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #8886; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; max-width: 100%; }
figure img { max-width: 100%; min-width: 9rem; image-rendering: auto; }
figcaption { font-size: .85rem; max-width: 16rem; }
.wide figcaption { max-width: none; }
"""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    words: str


@dataclass(frozen=True)
class Table:
    """Rows of words; numbers stand to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Pictures:
    """Files beside the page, each with what it shows; `wide` for plots."""

    files: Sequence[tuple[str, str]]
    wide: bool = False


Part = Text | Table | Pictures


def settings_section(settings: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """The last section of a page: what the run was asked for."""
    rows = [[name, _setting(value)] for name, value in settings.items()]
    return "Settings", [Table(("setting", "value"), rows)]


def _setting(value: Any) -> str:
    """Values one after the other where there are several, and a dash for none."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def page(title: str, sections: Sequence[tuple[str, Sequence[Part]]]) -> bytes:
    """The page as UTF-8; every word is escaped."""
    body = [f"<h1>{html.escape(title)}</h1>"]
    for heading, parts in sections:
        body.append(f"<section><h2>{html.escape(heading)}</h2>")
        body += [_part(part) for part in parts]
        body.append("</section>")
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    text = f'<!doctype html>\n<html lang="en"><head>{view}{head}</head>\n<body>\n' + "\n".join(body)
    return f"{text}\n</body></html>\n".encode()


def _part(part: Part) -> str:
    if isinstance(part, Text):
        return f"<p>{html.escape(part.words)}</p>"
    if isinstance(part, Table):
        head = "".join(f"<th>{html.escape(word)}</th>" for word in part.header)
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in part.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    figures = "".join(
        f'<figure><img src="{html.escape(file, quote=True)}" alt="{html.escape(caption, quote=True)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for file, caption in part.files
    )
    return f'<div class="pictures{" wide" if part.wide else ""}">{figures}</div>'


def _cell(word: str) -> str:
    if not word.strip("-0.% "):
        word = word.replace("-0", "0")  # what was rounded to zero has no sign
    number = word.strip().rstrip("%").replace("-", "", 1).replace(".", "", 1).isdecimal()
    return f'<td class="number">{html.escape(word)}</td>' if number else f"<td>{html.escape(word)}</td>"
