#!/usr/bin/env python3
"""docs/tools/names.py [FOLDER] - what the documents name must be there.

In README.md and docs/*.md, and in the decks of docs/slides, looks for

    links           to files of the repository, and to headings (#anchor)
    `make TARGET`   in text and in commands: a target that make help lists
    `a/path`        that begins with a folder of the repository
    `file.c`        or .h, .bats, .tsv: there is one of that name
    `some_name`     with an underscore, or `NAME` of capitals with one: it stands
                    in the sources as a word
    `file.bats`: `some-id`   the file has a test of that id

Names of other programs and languages stand in `others`, below. And no page of
docs/ may be left aside: from README.md, links lead to each (a link to a folder
leads to all pages in it). Prints each name that is not there, with its page, each
page that no link leads to, and how many were looked at; exits with 1 if there is
one of either. FOLDER is the repository, by default this folder.
"""
from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
FOLDERS = ("stages/", "common/", "tests/", "docs/", ".ci/")
SOURCES = (".c", ".h", ".bash", ".sh", ".bats", ".py", ".mk", ".tsv", ".mjs", "")
PATTERN = re.compile(r"[*<>{}$…]|\bN\b|\bn\b|NAME|stageN|NN")

others = {
    "parse_qs", "parse_qsl", "socket_create_connection", "__name__", "__main__", "add_header", "proxy_pass",
    "worker_connections", "keepalive_timeout", "access_log", "least_conn", "epoll_wait", "io_uring",
    "SO_REUSEPORT", "SSL_read", "SSL_write", "max_fails", "fail_timeout", "proxy_next_upstream", "proxy_http_version",
}


@cache
def files() -> list[Path]:
    """All files of the repository, without what was built or installed."""
    skip = {"build", ".git", "node_modules"}
    found = []
    for top in ROOT.iterdir():
        if top.name not in skip:
            found += [top] if top.is_file() else [p for p in top.rglob("*") if not skip & set(p.parts) and p.is_file()]
    return found


@cache
def words() -> set[str]:
    """Every word with an underscore that stands in the sources."""
    found: set[str] = set()
    for path in files():
        if path.suffix in SOURCES and "docs" not in path.relative_to(ROOT).parts[:1]:
            found |= set(re.findall(r"\w*_\w+", path.read_text(encoding="utf-8", errors="replace")))
    return found


@cache
def targets() -> set[str]:
    """What make can be asked for."""
    found = {""}
    found |= set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    return found


def anchor(heading: str) -> str:
    """The anchor of a heading, as where Markdown is hosted."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    return {anchor(h) for h in re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)}


def link_is_there(page: Path, link: str) -> bool:
    """A link to another site is none of ours."""
    if re.match(r"[a-z]+:", link):
        return True
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page.resolve()
    if not target.exists():
        return False
    return not heading or target.suffix != ".md" or heading in anchors(target)


def code_is_there(code: str) -> bool:
    """What stands in backticks: a path, a file, a command of make, or a name."""
    if code.startswith("make ") or code == "make":
        code = re.sub(r"^make -C \.\./step[1-9] ", "make ", code)  # a folder of make start has these, too
        words_of_it = [w for w in code.split()[1:] if "=" not in w and not w.startswith("-")]
        return not words_of_it or words_of_it[0].strip("….,;)'\"") in targets() or bool(PATTERN.search(code))
    if code.startswith(FOLDERS) and " " not in code:
        return bool(PATTERN.search(code)) or (ROOT / code).exists()
    if re.fullmatch(r"[\w-]+\.(c|h|bats|tsv)", code):
        return any(path.name == code for path in files())
    if re.fullmatch(r"\w*_\w+(\(\))?", code):
        return code.removesuffix("()") in words() | others
    return True


def links_of(page: Path) -> list[str]:
    """Where a page's text leads: what stands in its code leads nowhere."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose))


def unreached() -> list[Path]:
    """The pages of docs/ to which no way of links leads from README.md."""
    reached: set[Path] = set()
    to_read = [(ROOT / "README.md").resolve()]
    while to_read:
        page = to_read.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.is_dir():
            to_read += page.glob("*.md")
        elif page.suffix == ".md":
            targets_of_it = [link.partition("#")[0] for link in links_of(page) if not re.match(r"[a-z]+:", link)]
            to_read += [(page.parent / target).resolve() for target in targets_of_it if target]
    pages = [path for path in files() if path.suffix == ".md" and path.relative_to(ROOT).parts[0] == "docs"]
    return sorted(path for path in pages if path.resolve() not in reached)


def wrong_ids(prose: str) -> list[str]:
    """The ids of tests that the named Bats file does not have."""
    return [f"`{name}` in {file}"
            for file, name in re.findall(r"`(\w+\.bats)`: `([a-z0-9-]+)`", prose)
            if not any(re.search(rf"\bid:{name}$", path.read_text(encoding="utf-8"), re.M)
                       for path in files() if path.name == file)]


def missing(page: Path) -> tuple[int, list[str]]:
    """How many names a page has, and those that are not there."""
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    links = links_of(page)
    codes = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose) + re.findall(r"<code>([^<]+)</code>", prose)
    codes += re.findall(r"^\$ (make[^&|;\n]*)", text, re.M)
    wrong = [f"the link {link}" for link in links if not link_is_there(page, link)]
    wrong += [f"`{code}`" for code in codes if not code_is_there(code)]
    wrong += wrong_ids(prose)
    return len(links) + len(codes), wrong


def main() -> int:
    """Looks at all pages; gives how it ended."""
    count = 0
    faults = 0
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("docs/slides/*.md"))]:
        names, wrong = missing(page)
        count += names
        faults += len(wrong)
        for name in wrong:
            print(f"{page.relative_to(ROOT)}: there is no {name}")
    for page in unreached():
        faults += 1
        print(f"{page.relative_to(ROOT)}: no link leads to it from README.md")
    print(f"{count} names and links, {faults} not there")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
