#!/usr/bin/env python3
"""docs/tools/parts.py BUILD - builds what a reader has after each part of a step.

The walkthroughs give each step in parts (`part` blocks, docs/tools/weaving/parts.py).
After each of them the folder must build without a warning, and after the last one
it must be the stage itself, byte for byte. Leaves each state in
BUILD/parts/stageN/K, where K counts the parts, with its server: make docs runs
the commands that the pages show between two parts with these.

Prints the compiler's complaint with the page and the part, and a line at the end.
Exits with 1 if a part does not build, if the parts do not make the stage, or if a
page has no parts.
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from weaving.parts import states  # noqa: E402
from weaving.source import Stale  # noqa: E402

FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
         "-Werror", "-O1", "-pthread", "-iquote", "common"]


def built(folder: Path, files: dict[str, str], archive: Path) -> str:
    """Builds a state; gives what the compiler says of it."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "webserve"
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.[ch]")}
    if there == files and program.exists() and program.stat().st_mtime >= archive.stat().st_mtime:
        return ""
    for path in folder.iterdir():
        path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = [str(path) for path in sorted(folder.glob("*.c"))]
    run = subprocess.run([os.environ.get("CC", "cc"), *FLAGS, *sources, str(archive), "-o", str(program)],
                         capture_output=True, text=True, check=False)
    return run.stderr if run.returncode else ""


def faults_of(page: Path, build: Path) -> tuple[int, list[str]]:
    """How many parts a page has, and what is wrong with them."""
    try:
        found = states(page.read_text(encoding="utf-8"))
    except Stale as error:
        return 0, [f"{page}: {error}"]
    faults = []
    count: dict[str, int] = {}
    for stage, files in found:
        number = count[stage] = count.get(stage, -1) + 1
        said = built(build / "parts" / f"stage{stage}" / str(number), files, build / "common.a")
        if said:
            faults.append(f"{page}, after part {number} of step {stage}:\n{said}")
    stage = re.sub(r"\D", "", page.stem)
    wanted = {path.name: path.read_text(encoding="utf-8") for path in Path("stages", page.stem).glob("*.[ch]")}
    last = [files for of, files in found if of == stage][-1:]
    if last != [wanted]:
        faults.append(f"{page}: after its last part the folder is not {page.stem}, or it has no parts")
    return sum(count.values()), faults


def main() -> int:
    """Builds the parts of all pages; gives how it ended."""
    if len(sys.argv) != 2:
        print("Usage: docs/tools/parts.py BUILD", file=sys.stderr)
        return 2
    total, faults = 0, []
    for page in sorted(Path("docs").glob("stage*.md")):
        count, wrong = faults_of(page, Path(sys.argv[1]))
        total += count
        faults += wrong
    print("\n".join([*faults, f"{total} parts of {len(list(Path('docs').glob('stage*.md')))} steps, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
