"""Differences as data: what git says, with the lines that only moved.

`between` compares two folders, `of_patch` reads a patch. Both give a list of
files, each with hunks, each with lines `[sign, moved, text]`, sign one of
" ", "-", "+". The site's renderer (difference.mjs) makes tables of them.
"""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

CONTEXT = 4
# git's colours, by which a moved line is known.
COLORS = {"old": "red", "new": "green", "oldMoved": "magenta", "newMoved": "cyan",
          "oldMovedAlternative": "magenta", "newMovedAlternative": "cyan",
          "context": "normal", "meta": "normal", "frag": "normal", "func": "normal",
          "whitespace": "normal"}
MOVED = re.compile("^\x1b\\[(35|36)m")
ESCAPE = re.compile("\x1b\\[[0-9;]*m")
HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$")

File = dict[str, object]


def parse(lines: list[str]) -> list[File]:
    """A difference in git's form, coloured or not."""
    files: list[File] = []
    hunk: dict[str, object] | None = None
    for colored in lines:
        line = ESCAPE.sub("", colored)
        if line.startswith("diff --git "):
            old, new = line.split(" ")[-2:]
            files.append({"old": old, "new": new, "hunks": []})
            hunk = None
        elif match := HUNK.match(line):
            hunk = {"old": int(match[1]), "new": int(match[2]),
                    "function": match[3], "lines": []}
            files[-1]["hunks"].append(hunk)  # type: ignore[attr-defined]
        elif hunk is None:
            if line.startswith("new file"):
                files[-1]["old"] = None
            elif line.startswith("deleted file"):
                files[-1]["new"] = None
        elif line[:1] in (" ", "+", "-"):
            hunk["lines"].append(  # type: ignore[attr-defined]
                [line[0], bool(MOVED.match(colored)), line[1:]])
        elif line == "":
            hunk["lines"].append([" ", False, ""])  # type: ignore[attr-defined]
    for file in files:
        for side in ("old", "new"):
            if file[side] is not None:
                file[side] = re.sub(r"^[ab]/", "", str(file[side]))
    return files


def between(top: Path, old: str, new: str) -> list[File]:
    """What differs between two folders, with moved lines marked."""
    command = ["git"]
    for name, color in COLORS.items():
        command += ["-c", f"color.diff.{name}={color}"]
    command += ["diff", "--no-index", "--color=always", f"-U{CONTEXT}",
                "--no-ext-diff", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/",
                "--color-moved=plain", "--ws-error-highlight=none",
                "--color-moved-ws=allow-indentation-change", old, new]
    result = subprocess.run(command, cwd=top, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        raise RuntimeError(result.stderr)
    return parse(result.stdout.splitlines())


def of_patch(text: str) -> list[File]:
    """The files of a patch."""
    return parse(text.splitlines())


def counts(files: list[File]) -> dict[str, int]:
    """How many lines are new, gone, moved (counted where they arrive)."""
    lines = [line for file in files for hunk in file["hunks"]  # type: ignore
             for line in hunk["lines"]]
    return {
        "new": sum(sign == "+" and not moved for sign, moved, _ in lines),
        "gone": sum(sign == "-" and not moved for sign, moved, _ in lines),
        "moved": sum(sign == "+" and moved for sign, moved, _ in lines),
    }
