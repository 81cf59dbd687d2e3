"""Differences between two folders, moved lines marked as moved.

git finds the moved lines and colours them; here the colours become marks in the
first column, which can be read where Markdown is hosted: `-` gone, `+` new, `<`
moved away from here, `>` come from elsewhere. A line without a letter or digit
(a brace, an empty one) that git calls moved takes the mark of the line above it.
Places are named by their function, never by a line's number.
"""
from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from .source import Stale

COLORS = {"oldMoved": "cyan", "newMoved": "magenta", "old": "red", "new": "green"}
PLAIN = ("context", "whitespace", "frag", "func", "meta")
COLOR = re.compile(r"\x1b\[([0-9;]*)m")
MARKS = {"31": "-", "32": "+", "36": "<", "35": ">"}
LEGEND = "`-` is gone, `+` is new; `<` has moved away from here, `>` has come from elsewhere.\n"


def git_diff(before: str, after: str, context: int) -> str:
    """git's difference of two files or folders, in the colours above."""
    settings = [f"color.diff.{name}={color}" for name, color in COLORS.items()]
    settings += [f"color.diff.{name}=normal" for name in PLAIN] + ["diff.suppressBlankEmpty=false"]
    return subprocess.run(
        ["git", *(word for setting in settings for word in ("-c", setting)),
         "diff", "--no-index", "--no-ext-diff", "--color=always", "--color-moved=plain",
         "--color-moved-ws=allow-indentation-change", f"-U{context}", "--no-renames", before, after],
        capture_output=True, text=True, check=False).stdout


def marked(line: str) -> str:
    """A coloured line of a difference, with a mark for what became of it."""
    color = COLOR.match(line)
    text = COLOR.sub("", line)
    mark = MARKS.get(color[1]) if color else None
    return (mark + text[1:] if mark and text[:1] in "+-" else text).rstrip()


def settled(lines: list[str]) -> list[str]:
    """The lines, with the marks of braces and empty lines as those above them."""
    result: list[str] = []
    for line in lines:
        above = result[-1][:1] if result else ""
        if line[:1] in "<>" and line and not re.search(r"\w", line):
            if above == {"<": "-", ">": "+"}[line[:1]]:
                line = above + line[1:]
            elif above not in "<>" or not above:
                line = {"<": "-", ">": "+"}[line[:1]] + line[1:]
        result.append(line)
    return result


def block(part: str) -> tuple[str, list[str]]:
    """The name of a file, and the lines of its difference."""
    lines = part.splitlines()
    body = []
    for line in lines[1:]:
        plain = COLOR.sub("", line)
        if plain.startswith("@@"):
            place = plain.split("@@", 2)[2].strip()
            body.append(f"@@ {place} @@" if place else "@@ @@")
        elif not plain.startswith(("index ", "--- ", "+++ ", "new file", "deleted file", "\\")):
            body.append(marked(line))
    if body and body[0] == "@@ @@":
        del body[0]
    return COLOR.sub("", lines[0]).split("/")[-1], settled(body)


def blocks(before: str, after: str) -> list[str]:
    """A block of Markdown for each file that differs."""
    out = git_diff(before, after, 2)
    parts = re.split(r"^(?:\x1b\[m)?diff --git ", out, flags=re.M)[1:]
    return [f"`{name}`:\n\n```diff\n" + "\n".join(body) + "\n```\n" for name, body in map(block, parts)]


def blocks_of_texts(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The same for files that are in no folder; a new one stands as it is."""
    new = [f"`{name}`, a new file:\n\n```c\n{text}```\n" for name, text in after.items() if name not in before]
    after = {name: text for name, text in after.items() if name in before}
    with tempfile.TemporaryDirectory() as work:
        for name, files in ("before", before), ("after", after):
            folder = Path(work, name)
            folder.mkdir()
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
        return new + blocks(f"{work}/before", f"{work}/after")


def diff(stage: str, name: str = "") -> str:
    """The difference of a stage, or of one of its files, to the stage before."""
    before = f"stages/stage{int(stage) - 1}"
    made = [made for made in blocks(before, f"stages/stage{stage}")
            if not name or made.startswith(f"`{name}`:")]
    if not made:
        raise Stale(f"stages {int(stage) - 1} and {stage} do not differ{name and f' in {name}'}")
    return "\n".join([LEGEND, *made])
