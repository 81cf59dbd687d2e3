"""Differences between texts, as blocks of Markdown.

Places are named by their function, never by a line's number.
"""
from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path


def git_diff(before: str, after: str, context: int) -> str:
    """git's difference of two files or folders."""
    return subprocess.run(
        ["git", "-c", "diff.suppressBlankEmpty=false", "diff", "--no-index", "--no-ext-diff",
         "--no-color", f"-U{context}", "--no-renames", before, after],
        capture_output=True, text=True, check=False).stdout


def block(part: str) -> str:
    """The Markdown for the difference of one file."""
    lines = part.splitlines()
    body = []
    for line in lines[1:]:
        if line.startswith("@@"):
            place = line.split("@@", 2)[2].strip()
            body.append(f"@@ {place} @@" if place else "@@ @@")
        elif not line.startswith(("index ", "--- ", "+++ ", "new file", "deleted file", "\\")):
            body.append(line.rstrip())
    if body and body[0] == "@@ @@":
        del body[0]
    return f"`{lines[0].split('/')[-1]}`:\n\n```diff\n" + "\n".join(body) + "\n```\n"


def blocks_of_texts(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """A block for each file that differs; a new file is shown whole."""
    new = [f"`{name}`, a new file:\n\n```c\n{text}```\n" for name, text in after.items() if name not in before]
    after = {name: text for name, text in after.items() if name in before}
    with tempfile.TemporaryDirectory() as work:
        for name, files in ("before", before), ("after", after):
            folder = Path(work, name)
            folder.mkdir()
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
        out = git_diff(f"{work}/before", f"{work}/after", 2)
    return new + [block(part) for part in re.split(r"^diff --git ", out, flags=re.M)[1:]]
