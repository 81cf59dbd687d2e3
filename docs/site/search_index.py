#!/usr/bin/env python3
"""docs/site/search_index.py FOLDER - lists what the search on the site can find.

Reads the pages of the built site, FOLDER, and writes FOLDER/scripts/search-index.js:
the kinds of page, in the order in which they are shown, and each place: its kind,
address, page, heading and text. A place is what is below a heading; of the source, a
function, and if it is the same in several stages, once; of the mistakes, a page. What
has the class `not-searched` is left out. Prints nothing.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# The first that matches the address of a page is its kind; None: not in the index.
KINDS: tuple[tuple[str | None, str], ...] = (
    ("Walkthrough", r"(prologue|stage\d|epilogue)\.html"),
    (None, r"404\.html|(difference|quiz|slides|source/index)\b.*|.*/index\.html"),
    ("Documents", r"[^/]+\.html"),
    ("API", r"api/.*"),
    ("Mistakes", r"mistakes/.*"),
    ("Source", r"source/(stages|common)/.*\.c\.html"),
)
MOST = 6000  # letters of one place
UNSEARCHED = {"header-anchor", "lang", "line-numbers-wrapper", "not-searched"}
EMPTY = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
BLOCKS = {"p", "li", "td", "th", "tr", "pre", "h1", "h2", "h3", "div", "summary"}


@dataclass
class Place:
    """What is below a heading."""

    id: str
    heading: str = ""
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text, in one line."""
        return " ".join("".join(self.parts).split())


class Page(HTMLParser):
    """The places of a page, from the element of the class `vp-doc`."""

    def __init__(self, path: Path, is_source: bool) -> None:
        super().__init__()
        self.is_source = is_source
        self.depth = 0  # of elements in the text; 0: not in it
        self.skipped = 0  # the depth of one that is left out
        self.in_heading = False
        self.places = [Place("")]
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        if self.depth == 0 and "vp-doc" not in classes or tag in EMPTY:
            return
        self.depth += 1
        name = values.get("id")
        if self.skipped:
            return
        if UNSEARCHED & set(classes):
            self.skipped = self.depth
        elif tag in ("svg", "style", "script", "button"):
            self.skipped = self.depth
        elif self.is_source and name and "line" in classes:
            self.places.append(Place(name, name))
        elif tag in ("h1", "h2", "h3"):
            self.in_heading = True
            if name and tag != "h1":
                self.places.append(Place(name))
        if tag in BLOCKS:
            self.places[-1].parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.depth == 0 or tag in EMPTY:
            return
        if self.depth == self.skipped:
            self.skipped = 0
        if tag in ("h1", "h2", "h3"):
            self.in_heading = False
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth == 0 or self.skipped:
            return
        if self.in_heading and not self.is_source:
            self.places[-1].heading += data
        else:
            self.places[-1].parts.append(data)


def kind_of(address: str) -> str | None:
    """What kind of page has this address."""
    return next((kind for kind, form in KINDS if re.fullmatch(form, address)), None)


def main() -> int:
    """Writes the index."""
    folder = Path(sys.argv[1])
    kinds = [kind for kind, _ in KINDS if kind]
    rows: list[tuple[int, str, str, str, str]] = []
    seen: set[tuple[str, str]] = set()
    for path in sorted(folder.rglob("*.html")):
        address = path.relative_to(folder).as_posix()
        kind = kind_of(address)
        if kind is None:
            continue
        is_source = kind == "Source"
        places = Page(path, is_source).places
        name = places[0].heading.strip()
        if is_source:
            name = address.removeprefix("source/").removesuffix(".html")
            places = places[1:]  # what is above the first function is not a place
        if kind == "Mistakes":
            parts = [part for place in places for part in (*place.parts, " ")]
            places = [Place("", name, parts)]
        for place in places:
            text, heading = place.text[:MOST], " ".join(place.heading.split())
            if not text or is_source and (heading, text) in seen:
                continue
            seen.add((heading, text))
            target = f"{address}#{place.id}" if place.id else address
            rows.append((kinds.index(kind), target, name, heading, text))
    index = json.dumps({"kinds": kinds, "places": rows}, ensure_ascii=False)
    script = folder / "scripts" / "search-index.js"
    script.write_text(f"globalThis.searchIndex = {index}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
