#!/usr/bin/env python3
"""docs/tools/site_check/links.py FOLDER - looks for links that lead nowhere, and for pages
that would load something from elsewhere.

Reads every .html below FOLDER as it stands, without running it: each link to
the site must lead to a file, and its fragment to an id there; each picture,
script, style sheet and font must be the site's own. Style sheets are read for
url() and @import. Links that a person follows (<a href>) may lead elsewhere.
Prints each fault, and a line of totals; exits with 1 if there is a fault.
"""
from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"),
         ("video", "src"), ("audio", "src"), ("embed", "src"), ("object", "data"),
         ("link", "href"), ("image", "href"), ("use", "href"), ("image", "xlink:href")}
CSS_URL = re.compile(r"(?:url\(\s*|@import\s+)['\"]?([^'\")\s;]+)")


class Page(HTMLParser):
    """The ids, links and loads of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = {"", "top"}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.styles: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self.ids.update(values[key] for key in ("id", "name") if key in values)
        self.in_style = tag == "style"
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        for key, value in values.items():
            if (tag, key) in LOADS and not (tag == "link" and values.get("rel") == "canonical"):
                self.loads.append(value)
        if "style" in values:
            self.styles.append(values["style"])

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False


def target(folder: Path, page: Path, link: str) -> tuple[Path | None, str]:
    """The file and fragment that a link of the site leads to."""
    parts = urlsplit(link)
    path = unquote(parts.path)
    if not path:
        return page, unquote(parts.fragment)
    file = folder / path.lstrip("/") if path.startswith("/") else page.parent / path
    for candidate in (file / "index.html" if path.endswith("/") else file,
                      file.with_name(file.name + ".html")):
        if candidate.is_file():
            return candidate, unquote(parts.fragment)
    return None, ""


def loads_of_css(text: str) -> list[str]:
    """What a style sheet would load."""
    return CSS_URL.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def main() -> int:
    if len(sys.argv) != 2:
        print("Usage: docs/tools/site_check/links.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    pages: dict[Path, Page] = {}
    for file in sorted(folder.rglob("*.html")):
        pages[file] = Page()
        pages[file].feed(file.read_text(encoding="utf-8"))
    faults: list[str] = []
    followed = 0

    def check_load(where: Path, load: str) -> None:
        if load.startswith(("data:", "#")):
            return
        if urlsplit(load).netloc or urlsplit(load).scheme:
            faults.append(f"{where}: loads {load[:80]} from elsewhere")
        elif target(folder, where, load)[0] is None:
            faults.append(f"{where}: loads {load[:80]}, which is not there")

    for file, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme or urlsplit(link).netloc:
                continue
            followed += 1
            found, fragment = target(folder, file, link)
            if found is None:
                faults.append(f"{file}: {link} leads nowhere")
            elif found in pages and fragment not in pages[found].ids:
                faults.append(f"{file}: {link}: there is no such place on that page")
        for load in page.loads + [load for style in page.styles for load in loads_of_css(style)]:
            check_load(file, load)
    for file in folder.rglob("*.css"):
        for load in loads_of_css(file.read_text(encoding="utf-8")):
            check_load(file, load)
    for fault in faults:
        print(fault)
    print(f"{len(pages)} pages, {followed} links, {len(faults)} faults")
    return 1 if faults or not followed else 0


if __name__ == "__main__":
    sys.exit(main())
