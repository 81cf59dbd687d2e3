#!/usr/bin/env python3
"""docs/tools/check_names.py - checks that what the documents name is there.

In README.md, docs/*.md and docs/slides/*.md, looks for

    links           to files of the repository, and to headings (#anchor)
    `make TARGET`   in text and in commands: a target of a makefile
    `a/path`        that begins with a folder of the repository
    `file.c`        or .h, .py, .sh, .bats, .tsv: there is one of that name
    `some_name`     with an underscore: it is a word of the sources, or of OTHERS
    `file.bats`: `some-id`   the file has a test of that id

Links must lead from README.md to each page of docs/ (a link to a folder leads to all
pages in it). Prints each name that is not there and each page that no link leads to,
then how many were looked at; exits with 1 if there is a fault.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

sys.dont_write_bytecode = True
import markdown

FOLDERS = ("stages/", "common/", "tests/", "docs/", ".ci/")
TEXT = {"", ".c", ".h", ".bash", ".sh", ".bats", ".py", ".mk", ".tsv", ".mjs"}
PATTERN = re.compile(r"[*<>{}$…]|\bN\b|\bn\b|NAME|stageN|NN")

# Names of other programs and languages, of files that are made, and of those that
# course systems, browsers and editors rename.
OTHERS = set(
    """
    parse_qs parse_qsl socket_create_connection __name__ __main__ add_header proxy_pass
    worker_connections keepalive_timeout access_log least_conn epoll_wait io_uring
    SO_REUSEPORT SSL_read SSL_write max_fails fail_timeout proxy_next_upstream
    proxy_http_version setup.sh adamsanna_LATE_12345_67890_webserve-1.c web_serve.c
    Delegate.c webserver.c delegate-2.c delegate_old.c
""".split()
)


@cache
def files() -> list[Path]:
    """The files of the repository."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.splitlines() if Path(name).is_file()]


@cache
def words() -> set[str]:
    """Every word with an underscore in the sources."""
    found: set[str] = set()
    for path in files():
        if path.suffix in TEXT and path.parts[0] != "docs":
            text = path.read_text(encoding="utf-8", errors="replace")
            found |= set(re.findall(r"\w*_\w+", text))
    return found


@cache
def targets() -> set[str]:
    """What make can be asked for."""
    makefiles = (Path("Makefile"), Path("tests/tools/contributing.mk"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in makefiles)
    return set(re.findall(r"^([a-z_.-]+):(?!=)", text, re.M))


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    text = page.read_text(encoding="utf-8")
    return {markdown.anchor(heading) for heading in markdown.headings(text)}


def target_of(page: Path, link: str) -> Path | None:
    """The file or folder that a link leads to; None for another site."""
    if re.match(r"[a-z]+:", link):
        return None
    path = link.partition("#")[0]
    return (page.parent / path).resolve() if path else page.resolve()


def link_is_there(page: Path, link: str) -> bool:
    """Whether a link leads to a file and, with an anchor, to a heading."""
    target = target_of(page, link)
    heading = link.partition("#")[2]
    if target is None or not heading or target.suffix != ".md":
        return target is None or target.exists()
    return target.exists() and heading in anchors(target)


def code_is_there(code: str) -> bool:
    """Whether there is such a path, file, command of make, or name."""
    if code == "make" or code.startswith("make "):
        # A folder of make start has the same targets.
        code = re.sub(r"^make -C \.\./step[1-9] ", "make ", code)
        asked = [w for w in code.split()[1:] if "=" not in w and not w.startswith("-")]
        target = asked[0].strip("….,;)'\"") if asked else ""
        return not target or target in targets() or bool(PATTERN.search(code))
    if code.startswith(FOLDERS) and " " not in code:
        return bool(PATTERN.search(code)) or Path(code).exists()
    if re.fullmatch(r"[\w-]+\.(c|h|py|sh|bats|tsv)", code):
        return code in OTHERS or any(path.name == code for path in files())
    if re.fullmatch(r"\w*_\w+(\(\))?", code):
        return code.removesuffix("()") in words() | OTHERS
    return True


def id_is_there(file: str, name: str) -> bool:
    """Whether a Bats file has a test of that id."""
    return any(
        re.search(rf"\bid:{name}$", path.read_text(encoding="utf-8"), re.M)
        for path in files()
        if path.name == file
    )


def missing(page: Path) -> tuple[int, list[str]]:
    """How many names a page has, and those that are not there."""
    text = page.read_text(encoding="utf-8")
    links = markdown.links(text)
    codes = markdown.inline_code(text)
    codes += re.findall(r"^\$ (make[^&|;\n]*)", text, re.M)
    ids = re.findall(r"`(\w+\.bats)`: `([a-z0-9-]+)`", markdown.prose(text))
    wrong = [f"the link {link}" for link in links if not link_is_there(page, link)]
    wrong += [f"`{code}`" for code in codes if not code_is_there(code)]
    wrong += [
        f"`{name}` in {file}" for file, name in ids if not id_is_there(file, name)
    ]
    return len(links) + len(codes), wrong


def unreached() -> list[Path]:
    """The pages of docs/ to which no way of links leads from README.md."""
    reached: set[Path] = set()
    to_read = [Path("README.md").resolve()]
    while to_read:
        page = to_read.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.is_dir():
            to_read += page.glob("*.md")
        elif page.suffix == ".md":
            links = markdown.links(page.read_text(encoding="utf-8"))
            to_read += filter(None, (target_of(page, link) for link in links))
    pages = [p for p in files() if p.suffix == ".md" and p.parts[0] == "docs"]
    return [page for page in pages if page.resolve() not in reached]


def main() -> int:
    """Looks at all pages."""
    pages = [
        path
        for folder in ("docs", "docs/slides")
        for path in sorted(Path(folder).glob("*.md"))
    ]
    count = faults = 0
    for page in [Path("README.md"), *pages]:
        names, wrong = missing(page)
        count += names
        faults += len(wrong)
        for name in wrong:
            print(f"{page}: there is no {name}")
    for page in unreached():
        faults += 1
        print(f"{page}: no link leads to it from README.md")
    print(f"{count} names and links, {faults} not there")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
