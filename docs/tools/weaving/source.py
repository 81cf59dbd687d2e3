"""Pieces of the sources, by name: functions, structs, and small files."""
from __future__ import annotations

import re
import textwrap
from pathlib import Path

KINDS = {".c": "c", ".h": "c", ".md": "markdown", ".conf": "nginx", ".cfg": "text"}


class Stale(Exception):
    """Something that a page names is not there."""


def read(path: str) -> str:
    """A file's text; one that is not there is a fault of the page."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Stale(f"there is no file {path}") from error


def head_comment(lines: list[str], start: int) -> int:
    """Where the comment directly above a line begins; that line, if none is."""
    if start == 0 or not lines[start - 1].endswith("*/"):
        return start
    for at in range(start - 1, -1, -1):
        if lines[at].startswith("/*"):
            return at
    return start


def definition(path: str, name: str, comment: bool = False) -> list[str]:
    """The lines of a function, struct or enum, from its first column to its
    closing brace; or of a declaration, where the file has no more than that.
    With its head comment if asked for."""
    lines = read(path).splitlines()
    heading = re.compile(rf"^[a-z].*\b{re.escape(name)}\b( \{{|\(|\[|;| =)")
    declared: list[str] = []
    for start, line in enumerate(lines):
        if not heading.match(line):
            continue
        first = head_comment(lines, start) if comment else start
        for end in range(start, len(lines)):
            if lines[end].startswith("}"):
                return lines[first:end + 1]
            if lines[end].endswith(";") and not (end > start and "{" in "".join(lines[start:end])):
                declared = declared or lines[first:end + 1]
                break
    if declared:
        return declared
    raise Stale(f"{path} has no {name}")


def code(path: str, name: str, *wanted: str) -> str:
    """A definition; with `comment` its head comment, with /FROM/ and /TO/ the
    lines from the first that matches FROM to the next that matches TO."""
    patterns = [word[1:-1] for word in wanted if word.startswith("/")]
    others = [word for word in wanted if not word.startswith("/")]
    if len(patterns) not in (0, 2) or others not in ([], ["comment"]):
        raise Stale(f"{path}, {name}: want nothing, `comment`, or /FROM/ /TO/, not {' '.join(wanted)}")
    lines = definition(path, name, bool(others))
    if patterns:
        begin, end = patterns
        for start, line in enumerate(lines):
            stops = [i for i in range(start, len(lines)) if re.search(end, lines[i])]
            if re.search(begin, line) and stops:
                lines = lines[start:stops[0] + 1]
                break
        else:
            raise Stale(f"{path}, {name}: no lines from /{begin}/ to /{end}/")
    return "```c\n" + textwrap.dedent("\n".join(lines)) + "\n```\n"


def file(path: str) -> str:
    """A small file, whole."""
    return f"```{KINDS.get(Path(path).suffix, 'text')}\n{read(path)}```\n"
