"""Markdown for the site: links of the repository lead to the site's pages, and inline
code that names a file or a function becomes a link, and so does the origin of an excerpt.
A link that leads nowhere stays, so that VitePress or check_html.py finds it."""

from __future__ import annotations

import html
import posixpath
import re

from markdown import CODE, LINK, marked_lines
from site_pages import Site

OUTSIDE = re.compile(r"^([a-z]+:|#|/)")
EXCERPT = re.compile(r"^<!-- begin: (?:code|file) (\S+)(?: (\w+))?.* -->$")
PICTURE = re.compile(r'\b(src|srcset)="(?:docs/)?diagrams/')


def site_link(site: Site, origin: str, target: str) -> str:
    """A link in the file `origin` as the site has it."""
    if OUTSIDE.match(target):
        return target
    path, hash_, fragment = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
    if path.startswith("docs/") and path.endswith((".svg", ".png")):
        return target  # a picture goes along as it is
    page = site.page_of(path)
    return target if page is None else page + hash_ + fragment


def line_for_site(site: Site, origin: str, line: str) -> str:
    """One line of prose."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    def link(match: re.Match[str]) -> str:
        target = site_link(site, origin, match["target"])
        if target.startswith("/playground/"):
            # VitePress would take the request for the name of a heading.
            address = html.escape(target)
            return keep(f'<a href="{address}">{match["text"][1:-1]}</a>')
        return keep(f"{match['text']}({target}{match['title'] or ''})")

    def code(match: re.Match[str]) -> str:
        target = site.link_of_code(match[1])
        return keep(match[0] if target is None else f"[{match[0]}]({target})")

    line = PICTURE.sub(r'\1="./diagrams/', LINK.sub(link, line))
    if not line.startswith("#"):
        line = CODE.sub(code, line)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], line)


def origin_link(site: Site, path: str, name: str | None) -> str:
    """The line below an excerpt that leads to its place in the source."""
    page = site.page_of(path)
    link = f'<a href="{page}#{name}"><code>{name}</code></a> in ' if name else ""
    file = path if name else f'<a href="{page}">{path}</a>'
    return f'\n<p class="excerpt-origin">{link}{file}</p>\n\n'


def page_for_site(site: Site, origin: str) -> str:
    """A document of the repository."""
    made, excerpt = "", None
    for line, language, _ in marked_lines(site.read(origin)):
        made += (line if language is not None else line_for_site(site, origin, line)) + "\n"
        if language is None:
            excerpt = EXCERPT.match(line) or excerpt
            if excerpt and line == "<!-- end -->":
                made += origin_link(site, excerpt[1], excerpt[2])
                excerpt = None
    return made


def escape_prose(text: str) -> str:
    """Text as Markdown (in a Vue template) that shows it; inline code stays code."""
    parts = re.split(r"(`[^`]+`)", text)
    for i in range(0, len(parts), 2):
        part = parts[i].replace("&", "&amp;").replace("<", "&lt;")
        part = part.replace("{{", "{&#123;")
        parts[i] = re.sub(r"([\\*\[\]|])", r"\\\1", part)
    return "".join(parts)


def fenced(language: str, text: str) -> str:
    """A block of code, fenced with more backticks than it contains."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def frontmatter(**values: object) -> str:
    """The head of a page for VitePress: simple values only."""
    lines = []
    for key, value in values.items():
        quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
        shown = str(value).lower() if isinstance(value, (bool, int)) else f'"{quoted}"'
        lines.append(f"{key}: {shown}\n")
    return f"---\n{''.join(lines)}---\n"
