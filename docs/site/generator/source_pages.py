"""A page for each file of the source that is shown or linked to, and one list. In a
page of C, each function and type has an anchor: its name."""

from __future__ import annotations

import posixpath
import re

from site_markdown import fenced, frontmatter
from site_pages import Site, slug

LANGUAGES = {
    ".c": "c",
    ".h": "c",
    ".py": "python",
    ".md": "md",
    ".sh": "bash",
    ".bats": "bash",
    ".bash": "bash",
    ".css": "css",
    ".mjs": "js",
    ".yml": "yaml",
}
# So that no page has more than 400 kB: the HTML has some six times the letters.
MOST_LETTERS = 60_000
TOP = "the top folder"
# A function, struct or enum, from its first column; and the comment above it.
DEFINITION = re.compile(
    r"^(?:(?:static |const |inline )*(?:struct|enum|union) (\w+)(?:\[\])?(?: = )? ?\{"
    r"|[a-z][\w *]*?\b(\w+)\((?:[^;{}()]|\([^()]*\))*\)\n\{)",
    re.M,
)
COMMENT_ABOVE = re.compile(r"(?:^/\*(?:(?!\*/).)*\*/\n)\Z", re.M | re.S)


def anchors(text: str) -> dict[str, int]:
    """The lines at which the definitions of a C file begin, with their comments."""
    found: dict[str, int] = {}
    for match in DEFINITION.finditer(text):
        above = text[: match.start()]
        if comment := COMMENT_ABOVE.search(above):
            above = above[: comment.start()]
        found.setdefault(match[1] or match[2], above.count("\n") + 1)
    return found


def write_file(site: Site, name: str) -> None:
    """The page of one file."""
    folder, base = posixpath.split(name)
    text = site.read(name)
    lines = text.splitlines()
    shown = text[:MOST_LETTERS].splitlines()
    language = LANGUAGES.get(posixpath.splitext(base)[1], "text")
    wide = {"aside": False, "pageClass": "wide", "prev": False, "next": False}
    body = frontmatter(
        title=name, description=f"The source of {name}.", search=False, **wide
    )
    body += (
        f"\n[{folder or 'The source'}](/source/#{slug(folder or TOP)})\n\n# {base}\n\n"
    )
    body += f"`{name}`, {len(lines)} lines\n\n"
    if len(shown) < len(lines):
        body += f"The first {len(shown)} lines:\n\n"
    places = anchors("\n".join(shown)) if language == "c" else {}
    # .vitepress/anchors.mjs gives these lines their ids. VitePress takes the first number
    # for that of a line to highlight: no line has the number 0.
    marks = " 0" + "".join(f" #{anchor}:{line}" for anchor, line in places.items())
    language = "make" if base == "Makefile" else language
    body += fenced(f"{language}:line-numbers{marks}", "\n".join(shown))
    site.write(f"source/{name}.md", body)


def write(site: Site) -> None:
    """All pages that are needed, and the list of them by folder."""
    for name in sorted(site.needed):
        write_file(site, name)
    body = frontmatter(
        title="The source",
        description="The files of the project, by folder.",
        search=False,
        outline=2,
    )
    body += "\n# The source\n"
    holders = {posixpath.dirname(name) for name in site.needed}
    for folder in sorted(holders | site.needed_folders):
        inside = [name for name in site.needed if posixpath.dirname(name) == folder]
        body += f"\n## {folder or TOP} {{#{slug(folder or TOP)}}}\n\n"
        for name in sorted(inside):
            body += f"- [{posixpath.basename(name)}]({site.page_of(name)})\n"
    site.write("source/index.md", body)
