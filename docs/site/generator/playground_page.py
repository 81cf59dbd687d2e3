"""The playground as a page of the site: the title, the description, the scripts and the
text of docs/site/playground/index.html, in the frame that every page has."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from site_pages import Site

ORIGIN = "docs/site/playground/index.html"


class Head(HTMLParser):
    """What the head of a page says, and the tags of what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.description: str | None = ""
        self.loads: list[tuple[str, dict[str, str]]] = []
        self.feed(text.partition("<body>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag in ("link", "script"):
            self.loads.append((tag, values))
        elif values.get("name") == "description":
            self.description = values["content"]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "title":
            self.title += data.strip()


def write(site: Site) -> None:
    """The page. It has a layout of its own: a page of text would be too narrow."""
    text = site.read(ORIGIN)
    head = Head(text)
    values = {
        "title": head.title,
        "description": head.description,
        "head": head.loads,
        "layout": "page",
        "prev": False,
        "next": False,
    }
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items())
    body = text.partition("<main>\n")[2].partition("</main>")[0]
    # An empty line would end the HTML, as far as Markdown is concerned.
    body = body.replace("\n\n", "\n")
    site.write("playground/index.md", f"---\n{lines}---\n{body}")
