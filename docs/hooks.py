"""What MkDocs calls: generated pages join the written ones, and these are filled in (see generated.py)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

sys.path.insert(0, str(Path(__file__).resolve().parent))

import generated


def on_config(config):
    """The site is about the sources beside it, whatever copy is installed; MkDocs undoes what hooks do to the path
    while they are loaded."""
    sys.path.insert(0, str(generated.ROOT))
    return config


def on_files(files, config):
    for path, text in generated.pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown, page, config, files):
    return markdown if page.file.generated_by else generated.expand(markdown)


OUTSIDE = re.compile(rb"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^>]*>""")


def on_post_build(config):
    """Nothing that a page needs comes from elsewhere."""
    for file in Path(config.site_dir).rglob("*.html"):
        found = [tag for tag in OUTSIDE.findall(file.read_bytes()) if b'rel="canonical"' not in tag]
        if found:
            raise PluginError(f"{file.name} loads {found[0].decode(errors='replace')[:200]}")
