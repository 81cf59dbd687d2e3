"""The repository as the site sees it: which files there are, and the page that
stands for each.

`Repository.page_of` gives the site's path of a file (`source/…/serve.c`), and
notes that the page is needed, so that only files that are linked to, or stand
in SHOWN, get one. Paths are relative to the top of the repository.
"""
from __future__ import annotations

import posixpath
import re
import subprocess
from pathlib import Path

# These have a page even where nothing links to it.
SHOWN = re.compile(r"^(stages|common)/.*\.[ch]$")
# Bare names of headers, and functions, are known within this folder.
COMMON = re.compile(r"^common/.*\.[ch]$")


def slug(title: str) -> str:
    """The anchor of a heading, as VitePress makes it of plain words."""
    return re.sub(r"[^a-z0-9_]+", "-", title.lower()).strip("-")


class Repository:
    """What git knows of the files, and what the site has made of them."""

    def __init__(self, top: Path) -> None:
        self.top = top
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"],
            cwd=top, check=True, capture_output=True, text=True)
        self.files = {name for name in listed.stdout.splitlines()
                      if (top / name).is_file()}
        self.folders = {posixpath.dirname(name) for name in self.files}
        for folder in list(self.folders):
            while folder := posixpath.dirname(folder):
                self.folders.add(folder)
        self.needed = {name for name in self.files if SHOWN.match(name)}
        self.needed_folders: set[str] = set()
        # Filled in by api.py: the page and anchor of each function's name.
        self.functions: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def read(self, name: str) -> str:
        """The text of a file."""
        return (self.top / name).read_text(encoding="utf-8", errors="replace")

    def page_of(self, name: str) -> str | None:
        """The site's path for a file or folder, or None if there is none."""
        name = name.rstrip("/")
        if any(part.startswith(".") for part in name.split("/")):
            return None  # VitePress makes no page of a hidden file
        if name == "README.md":
            return "/"
        if name == "docs/slides":
            return "/decks"
        if name == "docs/diagrams/README.md":
            return "/diagrams/"
        if re.fullmatch(r"docs/[^/]+\.md", name) and name in self.files:
            return "/" + name.removeprefix("docs/").removesuffix(".md")
        if name in self.files:
            self.needed.add(name)
            return f"/source/{name}.html"
        if name in self.folders:
            self.needed_folders.add(name)
            return "/source/" + name + "/"
        return None

    def link_of_code(self, text: str) -> str | None:
        """Where inline code such as `common/net/pool.h` or `pool_wait`
        leads, or None."""
        if "/" in text[1:] and (text in self.files or text.rstrip("/") in self.folders):
            return self.page_of(text)
        if text.startswith("docs/"):
            return None
        return self.headers.get(text) or self.functions.get(text.removesuffix("()"))
