#!/usr/bin/env python3
"""docs/tools/step_diff.py STAGE - shows what a step changed.

Prints the step in a sentence, how many lines are new, gone and moved, and the
difference between the stage and the one before. Marks say which lines are removed, added or moved. On a
terminal the lines have colors as well, unless NO_COLOR is set, and are shown in git's
pager.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from differences import LEGEND, counts, of_folders

COLORS = {"-": "31", "+": "32", "<": "35", ">": "36", "@": "1"}


def painted(line: str) -> str:
    """A line in the color of its mark."""
    color = COLORS.get(line[:1])
    return f"\033[{color}m{line}\033[m" if color else line


def main() -> int:
    """Shows a step, in a pager if there is a terminal."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the reader has seen enough
    (stage,) = sys.argv[1:]
    step = Path(f"tests/course/steps/step{stage}.md").read_text("utf-8")
    before, after = f"stages/stage{int(stage) - 1}", f"stages/stage{stage}"
    lines = [f"Step {stage}. {step.splitlines()[0]}", ""]
    if stage == "1":
        before, after = "/dev/null", "stages/stage1/delegate.c"
        lines += [
            "The server was there before: first, read stages/stage1/webserve.c.",
            "",
        ]
    has_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    files = of_folders(before, after)
    lines += [counts(files), LEGEND]
    for file in files:
        lines += ["", f"{file.name}{' (new)' if file.is_new else ''}:", ""]
        lines += map(painted, file.lines) if has_color else file.lines
    if not sys.stdout.isatty():
        print("\n".join(lines))
        return 0
    command = ["git", "var", "GIT_PAGER"]
    pager = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    if not pager or not shutil.which(pager.split()[0]):
        pager = "cat"
    text = "\n".join(lines) + "\n"
    environment = {"LESS": "FRX"} | os.environ
    subprocess.run(
        ["sh", "-c", pager], input=text, text=True, env=environment, check=False
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
