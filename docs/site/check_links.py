#!/usr/bin/env python3
"""docs/site/check_links.py FOLDER - looks for links of the built site that lead nowhere.

Reads every .html below FOLDER: each link, picture, script and style sheet of the site
must lead to a file, and the fragment of a link to an id there. Only links that a person
follows may lead to other sites. Prints each fault and a line of totals; exits with 1 if
there is a fault.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The ids and links of a page, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids = {"", "top"}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self.ids.update(values[key] for key in ("id", "name") if key in values)
        found = [values[key] for key in ("href", "src", "data") if key in values]
        (self.links if tag == "a" else self.loads).extend(found)


def target(folder: Path, page: Path, path: str) -> Path | None:
    """The file that a path leads to."""
    if not path:
        return page
    file = folder / path.lstrip("/") if path.startswith("/") else page.parent / path
    candidates = [file / "index.html" if path.endswith("/") else file]
    candidates.append(file.with_name(file.name + ".html"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def main() -> int:
    """Looks at all pages."""
    folder = Path(sys.argv[1])
    pages = {path: Page(path) for path in sorted(folder.rglob("*.html"))}
    faults: list[str] = []
    followed = 0
    for path, page in pages.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loads and parts.scheme != "data":
                    faults.append(f"{path}: loads {link} from elsewhere")
                continue
            followed += 1
            found = target(folder, path, unquote(parts.path))
            if found is None:
                faults.append(f"{path}: {link} leads nowhere")
            elif "=" in parts.fragment:
                continue  # a request, for the playground
            elif found in pages and unquote(parts.fragment) not in pages[found].ids:
                faults.append(f"{path}: {link}: there is no such place on that page")
    print(
        *faults, f"{len(pages)} pages, {followed} links, {len(faults)} faults", sep="\n"
    )
    return 1 if faults or not followed else 0


if __name__ == "__main__":
    sys.exit(main())
