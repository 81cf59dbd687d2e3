"""Markdown of the repository made ready for the site: links and inline code.

Links to files of the repository lead to their pages on the site; inline code
that is the name of a file or of a function of common/ becomes a link. Fenced
code stays as it is. A link that leads nowhere stays too, so that VitePress'
dead-link check finds it.
"""
from __future__ import annotations

import posixpath
import re

from .repository import Repository

FENCE = re.compile(r"^\s*(```+|~~~+)")
LINK = re.compile(r"(?P<text>\[(?:[^\[\]]|\[[^\]]*\])*\])\((?P<target>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)")
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
OUTSIDE = re.compile(r"^([a-z]+:|#|//)")


def site_link(repository: Repository, origin: str, target: str) -> str:
    """A link in the file `origin` as the site has it."""
    if OUTSIDE.match(target) or target.startswith("/"):
        return target
    path, hash_, fragment = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
    if path.startswith("docs/") and path.endswith((".svg", ".png")):
        return target  # a picture goes along as it is
    page = repository.page_of(path)
    return target if page is None else page + hash_ + fragment


def line_for_site(repository: Repository, origin: str, line: str) -> str:
    """One line of prose, its links led to the site's pages."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    def link(match: re.Match[str]) -> str:
        target = site_link(repository, origin, match["target"])
        return keep(f"{match['text']}({target}{match['title'] or ''})")

    def code(match: re.Match[str]) -> str:
        target = repository.link_of_code(match[1])
        return keep(match[0] if target is None else f"[{match[0]}]({target})")

    line = LINK.sub(link, line)
    if not line.startswith("#"):
        line = CODE.sub(code, line)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], line)


def page_for_site(repository: Repository, origin: str, text: str) -> str:
    """A whole page."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        match = FENCE.match(line)
        if match and not fence:
            fence = match[1]
        elif fence:
            if line.strip() == fence:
                fence = ""
        else:
            line = line_for_site(repository, origin, line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text that has no markup, as Markdown (in a Vue template) that shows it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("{{", "{&#123;")
    return re.sub(r"([\\*\[\]|])", r"\\\1", text)


def escape_prose(text: str) -> str:
    """The same, with inline code left to be code."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(part if index % 2 else escape(part)
                   for index, part in enumerate(parts))


def fenced(language: str, text: str) -> str:
    """A block of code, fenced with more backticks than it contains."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def frontmatter(**values: object) -> str:
    """The head of a page for VitePress: simple values only."""
    lines = []
    for key, value in values.items():
        shown = str(value).lower() if isinstance(value, (bool, int)) else \
            '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        lines.append(f"{key}: {shown}")
    return "---\n" + "\n".join(lines) + "\n---\n"
