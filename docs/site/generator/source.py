"""A page for each file of the source that is shown or linked to, and for each
folder that is linked to."""
from __future__ import annotations

import posixpath

from .markdown import fenced, frontmatter
from .pages import Pages
from .repository import Repository

LANGUAGES = {".c": "c", ".h": "c", ".py": "python", ".md": "md", ".bats": "bash",
             ".bash": "bash", ".awk": "awk", ".css": "css", ".mjs": "js",
             ".json": "json", ".patch": "diff", ".yml": "yaml"}
MOST_LINES = 3000


def language_of(name: str, text: str) -> str:
    """What a file is highlighted as."""
    extension = posixpath.splitext(name)[1]
    if posixpath.basename(name) == "Makefile":
        return "make"
    if text.startswith("#!") and "bash" in text.splitlines()[0]:
        return "bash"
    if text.startswith("#!") and "python" in text.splitlines()[0]:
        return "python"
    return LANGUAGES.get(extension, "text")


def trail(repository: Repository, name: str) -> str:
    """The folders above a file, each a link."""
    parts = name.split("/")
    shown = ["[source](/source/)"]
    for index in range(1, len(parts)):
        folder = "/".join(parts[:index])
        shown.append(f"[{parts[index - 1]}]({repository.page_of(folder)})")
    return " / ".join(shown)


def write_file(repository: Repository, pages: Pages, name: str) -> None:
    """The page of one file."""
    text = repository.read(name)
    lines = text.count("\n")
    shown = "\n".join(text.splitlines()[:MOST_LINES])
    head = frontmatter(title=name, search=False, aside=False, pageClass="wide",
                       prev=False, next=False)
    body = f"{head}\n{trail(repository, name)}\n\n# {posixpath.basename(name)}\n\n"
    body += f"`{name}`, {lines} {'line' if lines == 1 else 'lines'}\n\n"
    if lines > MOST_LINES:
        body += f"The first {MOST_LINES} lines:\n\n"
    body += fenced(language_of(name, text) + ":line-numbers", shown)
    pages.write(f"source/{name}.md", body)


def write_folder(repository: Repository, pages: Pages, folder: str) -> None:
    """The page of a folder: what stands in it, a link where there is a page."""
    inside = folder + "/" if folder else ""
    title = inside or "The source"
    body = frontmatter(title=title, search=False, prev=False, next=False)
    body += f"\n{trail(repository, inside + 'x')}\n\n# {title}\n\n"
    for names, mark in ((repository.folders, "/"), (repository.files, "")):
        for name in sorted(names):
            base = posixpath.basename(name)
            if posixpath.dirname(name) != folder or base.startswith(".") or not base:
                continue
            known = name in (repository.needed_folders if mark else repository.needed)
            body += (f"- [{base}{mark}]({repository.page_of(name)})\n" if known
                     else f"- {base}{mark}\n")
    pages.write(f"source/{inside}index.md", body)


def write(repository: Repository, pages: Pages) -> None:
    """All pages that are needed; the trail above a file needs its folders."""
    for name in sorted(repository.needed):
        write_file(repository, pages, name)
    repository.needed_folders.add("")
    done: set[str] = set()
    while left := sorted(repository.needed_folders - done):
        for folder in left:
            trail(repository, folder + "/x")  # those above it have pages too
        for folder in left if not sorted(repository.needed_folders - done - set(left)) else []:
            write_folder(repository, pages, folder)
            done.add(folder)
