"""Differences between files, as blocks of Markdown.

A line begins with `-` if it is removed, with `+` if it is added, and, where moved
lines are looked for, with `<` where it moved from and with `>` where it moved to.
Places are named by their function, never by a line's number.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# The colors by which git marks a line that only moved.
COLORS = {"oldMoved": "magenta", "newMoved": "cyan"}
LEGEND = "- removed, + added, < moved from here, > moved to here (indentation aside)"
MOVED = {"\x1b[35m-": "<", "\x1b[36m+": ">"}
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


@dataclass
class Difference:
    """What differs in one file."""

    name: str
    is_new: bool = False
    lines: list[str] = field(default_factory=list)

    def block(self) -> str:
        """As Markdown."""
        new = ", a new file" if self.is_new else ""
        body = "\n".join(line.rstrip() for line in self.lines)
        return f"`{self.name}`{new}:\n\n```diff\n{body}\n```\n"


def git_diff(before: str, after: str, context: int, *options: str) -> str:
    """git's difference of two files or folders."""
    command = ["git", "-c", "diff.suppressBlankEmpty=false"]
    for name, color in COLORS.items():
        command += ["-c", f"color.diff.{name}={color}"]
    command += ["diff", "--no-index", "--no-ext-diff", f"-U{context}", "--no-renames"]
    return subprocess.run(
        [*command, *(options or ["--no-color"]), before, after],
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def parse(text: str) -> list[Difference]:
    """The files of a difference in git's form, in color or not."""
    found: list[Difference] = []
    for colored in text.splitlines():
        line = ESCAPE.sub("", colored)
        if line.startswith("diff --git "):
            found.append(Difference(line.split("/")[-1]))
            inside = False
        elif line.startswith("@@"):
            place = line.split("@@", 2)[2].strip()
            if inside or place:
                found[-1].lines.append(f"@@ {place} @@" if place else "@@ @@")
            inside = True
        elif inside and not line.startswith("\\"):
            is_moved = line[1:].strip() and colored[:6] in MOVED
            found[-1].lines.append(
                (MOVED[colored[:6]] + line[1:]) if is_moved else line
            )
        elif line.startswith("new file"):
            found[-1].is_new = True
    return found


def of_folders(before: str, after: str) -> list[Difference]:
    """What differs between two folders, with moved lines marked."""
    return parse(
        git_diff(
            before,
            after,
            4,
            "--color=always",
            "--color-moved=blocks",
            "--color-moved-ws=allow-indentation-change",
            "--ws-error-highlight=none",
        )
    )


def counts(files: list[Difference]) -> str:
    """How many lines differ, in words."""
    marks = "".join(line[:1] for file in files for line in file.lines)
    new, gone, moved = (marks.count(mark) for mark in "+->")
    return f"{new} lines new, {gone} gone, {moved} moved."


def blocks_of_texts(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """A block for each file that differs; a new file is shown whole."""
    made = [
        f"`{name}`, a new file:\n\n```c\n{text}```\n"
        for name, text in after.items()
        if name not in before
    ]
    with tempfile.TemporaryDirectory() as work:
        for name, files in ("before", before), ("after", after):
            Path(work, name).mkdir()
            for file in files.keys() & before.keys():
                Path(work, name, file).write_text(files[file], encoding="utf-8")
        found = parse(git_diff(f"{work}/before", f"{work}/after", 2))
    return made + [file.block() for file in found]
