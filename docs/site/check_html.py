#!/usr/bin/env python3
"""docs/site/check_html.py FOLDER - looks at the built site as files, without a browser.

Reads every .html below FOLDER. Each link, picture, script and style sheet of the site
must lead to a file by a relative path, and the fragment of a link to an id there, so
that the site works opened as files and below any folder. Only links that a person
follows may lead to other sites. A page must have a description of its own, and at most
400 kB with what no other page loads. Prints each fault and a line of totals; exits with
1 if there is a fault.
"""

from __future__ import annotations

import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MOST_BYTES = 400_000


class Page(HTMLParser):
    """The ids and links of a page, what it loads, and how it is described."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids = {"", "top"}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.description = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self.ids.update(values[key] for key in ("id", "name") if key in values)
        keys = ("href", "src", "srcset", "data")
        found = [values[key] for key in keys if key in values]
        (self.links if tag == "a" else self.loads).extend(found)
        if tag == "meta" and values.get("name") == "description":
            self.description = values.get("content", "")


class Site:
    """All pages, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.pages = {path: Page(path) for path in sorted(folder.rglob("*.html"))}
        # Decks are pages of another kind: they stand alone.
        self.decks = folder / "slides"
        self.loaded: dict[Path, set[Path]] = {}
        self.followed = 0
        self.faults: list[str] = []

    def follow(self, path: Path, link: str, is_loaded: bool) -> None:
        """Looks where one link leads."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if is_loaded and parts.scheme != "data":
                self.faults.append(f"{path}: loads {link} from elsewhere")
            return
        self.followed += 1
        found = path.parent / unquote(parts.path) if parts.path else path
        if parts.path.startswith("/"):
            self.faults.append(f"{path}: {link} is not relative")
        elif not found.is_file():
            self.faults.append(f"{path}: {link} leads nowhere")
        elif is_loaded:
            self.loaded[path].add(found.resolve())
        elif (page := self.pages.get(Path(*found.parts))) is not None:
            # One with a = is a request for the playground.
            if "=" not in parts.fragment and unquote(parts.fragment) not in page.ids:
                self.faults.append(f"{path}: {link}: there is no such place there")

    def follow_all(self) -> None:
        """Looks at all links, and at all that is loaded."""
        for path, page in self.pages.items():
            self.loaded[path] = set()
            for link in page.links:
                self.follow(path, link, False)
            for link in page.loads:
                self.follow(path, link, True)

    def weigh(self) -> None:
        """Each page, with what it alone loads."""
        uses = Counter(file for files in self.loaded.values() for file in files)
        for path, files in self.loaded.items():
            own = [path, *(file for file in files if uses[file] == 1)]
            size = sum(file.stat().st_size for file in own)
            if size > MOST_BYTES:
                self.faults.append(f"{path}: {size} bytes; {MOST_BYTES} are the limit")

    def compare_descriptions(self) -> None:
        """A page is not described, or as another page is."""
        first: dict[str, Path] = {}
        for path, page in self.pages.items():
            if self.decks in path.parents:
                continue
            if not page.description:
                self.faults.append(f"{path}: has no description")
            elif (other := first.setdefault(page.description, path)) != path:
                self.faults.append(f"{path}: is described as {other} is")


def main() -> int:
    """Looks at all pages."""
    site = Site(Path(sys.argv[1]))
    site.follow_all()
    site.weigh()
    site.compare_descriptions()
    total = (
        f"{len(site.pages)} pages, {site.followed} links, {len(site.faults)} faults"
    )
    print(*site.faults, total, sep="\n")
    return 1 if site.faults or not site.followed else 0


if __name__ == "__main__":
    sys.exit(main())
