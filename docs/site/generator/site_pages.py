"""The site in the making: what the repository has, the page of each file, and the
pages that are written so far.

`page_of` gives the site's address of a file (`/source/…/serve.c.html`), and notes that
the page is needed: a file has a page if something links to it, or if SHOWN matches it.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path, PurePosixPath

SHOWN = re.compile(r"^(stages|common)/.*\.[ch]$")
PAGES = {
    "README.md": "/readme",
    "docs/index.md": "/",
    "docs/slides": "/decks",
    "tests/mistakes": "/mistakes/",
    "docs/diagrams/README.md": "/diagrams/",
    "docs/site/playground/index.html": "/playground/index.html",
}


def slug(title: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^a-z0-9_]+", "-", title.lower()).strip("-")


def description(text: str) -> str:
    """What a page says first, in at most 200 characters of whole sentences: lines of
    links, tables and HTML are not meant."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    for paragraph in re.sub(r"^```.*?^```", "", body, flags=re.M | re.S).split("\n\n"):
        words = " ".join(paragraph.split())
        if words.endswith(".") and not re.match(r"[#|<\-]", words):
            break
    else:
        return ""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]|\\(?=\W)", r"\1", words)
    kept = ""
    for sentence in re.findall(r".+?\.(?= |$)", words):
        if kept and len(kept + sentence) > 200:
            break
        kept += sentence
    return kept


class Site:
    """What there is, and what is written. Paths are relative to the repository."""

    def __init__(self, pages: Path) -> None:
        self.pages = pages
        self.menus: dict[str, object] = {}
        command = ["git", "ls-files", "-co", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True)
        names = listed.stdout.splitlines()
        self.files = {name for name in names if Path(name).is_file()}
        self.folders = {
            str(folder) for name in self.files for folder in PurePosixPath(name).parents
        }
        self.needed = {name for name in self.files if SHOWN.match(name)}
        self.needed_folders: set[str] = set()
        # Filled in by api_pages.py: where headers and names are explained.
        self.names: dict[str, str] = {}

    def read(self, name: str) -> str:
        """The text of a file."""
        return Path(name).read_text(encoding="utf-8", errors="replace")

    def page_of(self, name: str) -> str | None:
        """The site's address of a file or folder; None if it has no page."""
        name = name.rstrip("/")
        if any(part.startswith(".") for part in name.split("/")):
            return None  # VitePress makes no page of a hidden file
        if name in PAGES:
            return PAGES[name]
        if name in self.files:
            if match := re.fullmatch(r"docs/([^/]+)\.md", name):
                return f"/{match[1]}"
            self.needed.add(name)
            return f"/source/{name}.html"
        if name in self.folders:
            self.needed_folders.add(name)
            return f"/source/#{slug(name)}"
        return None

    def link_of_code(self, text: str) -> str | None:
        """Where inline code such as `common/net/pool.h` or `pool_wait` leads."""
        is_there = text in self.files or text.rstrip("/") in self.folders
        if "/" in text[1:] and is_there:
            return self.page_of(text)
        return self.names.get(text.removesuffix("()"))

    def write(self, name: str, text: str) -> None:
        """One page. A page without a description is described by its first words."""
        if name.endswith(".md"):
            head, _, body = text.removeprefix("---\n").partition("\n---\n")
            if not text.startswith("---\n"):
                head, body = "", text
            if "description: " not in head and (first := description(body)):
                lines = [head] * bool(head) + [f"description: {json.dumps(first)}"]
                text = "---\n" + "\n".join(lines) + "\n---\n" + body
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_menus(self) -> None:
        """The menus, for .vitepress/config.mjs."""
        self.write("menus.json", json.dumps(self.menus, ensure_ascii=False, indent=1))
