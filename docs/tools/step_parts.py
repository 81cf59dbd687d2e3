#!/usr/bin/env python3
"""docs/tools/step_parts.py BUILD - builds what a reader has after each part of a step.

The walkthroughs give each step in parts, in the order in which a person would type
them. A part takes some of the lines that differ between the folder that `make start`
makes and the stage. A `part` block says which, by file and regular expression:

    FILE            all lines of it that no earlier part has taken
    FILE /A/        the first line that matches A, and all lines next to it in the
                    difference
    FILE /A/../B/   from the first line that matches A to the next that matches B

After each part the folder must build without a warning, and after the last one it
must be the stage itself, byte for byte. Prints what the compiler says, with the page
and the part, and a line of totals; exits with 1 if there is a fault.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from differences import blocks_of_texts, git_diff
from markdown import BEGIN, arguments

FLAGS = "-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
FLAGS += " -O1 -pthread -iquote common"


class Stale(Exception):
    """Something that a page names is not there."""


class File:
    """One file of a step: its lines, which of them the step takes away or
    brings, and which of these have been taken so far."""

    def __init__(self, before: str | None, after: str) -> None:
        self.is_new = before is None
        self.lines: list[tuple[str, str]] = []
        old = "/dev/null" if before is None else before
        out = git_diff(old, after, 1000000)
        if out:
            lines = out.splitlines()
            first = next(i for i, line in enumerate(lines) if line.startswith("@@"))
            self.lines = [(line[:1], line[1:]) for line in lines[first + 1 :]]
        else:
            self.lines = [
                (" ", line)
                for line in Path(after).read_text(encoding="utf-8").splitlines()
            ]
        self.taken = [mark == " " for mark, _ in self.lines]

    def text(self) -> str | None:
        """The file as it is now; None if it is not there yet."""
        kept = [
            line
            for (mark, line), taken in zip(self.lines, self.taken)
            if mark == " " or (mark == "+") == taken
        ]
        return (
            "".join(f"{line}\n" for line in kept) if kept or not self.is_new else None
        )

    def first(self, pattern: str, start: int = 0) -> int:
        """The first line from there on that is left and matches."""
        for at in range(start, len(self.lines)):
            if not self.taken[at] and re.search(pattern, self.lines[at][1]):
                return at
        raise Stale(f"no line is left that matches /{pattern}/")

    def take(self, selector: str) -> None:
        """Takes the lines that a selector means."""
        begin, _, end = selector.strip("/").partition("/../")
        start = stop = self.first(begin)
        if end:
            stop = self.first(end, start)
        else:
            while start > 0 and not self.taken[start - 1]:
                start -= 1
            while stop + 1 < len(self.lines) and not self.taken[stop + 1]:
                stop += 1
        self.taken[start : stop + 1] = [True] * (stop + 1 - start)

    def rest(self) -> None:
        """Takes all that is left."""
        if all(self.taken):
            raise Stale("nothing is left of it")
        self.taken = [True] * len(self.taken)


class Step:
    """A stage's files, on their way from the folder of `make start`."""

    def __init__(self, stage: str) -> None:
        folder = Path("stages", f"stage{stage}")
        if not folder.is_dir():
            raise Stale(f"there is no stage {stage}")
        before = Path("stages", f"stage{int(stage) - 1}")
        self.files: dict[str, File] = {}
        for path in sorted(folder.glob("*.[ch]")):
            old = before / path.name
            given = path.name == "webserve.h" or (
                stage == "1" and path.name == "webserve.c"
            )
            self.files[path.name] = File(
                str(path) if given else str(old) if old.exists() else None, str(path)
            )

    def texts(self) -> dict[str, str]:
        """The folder as it is now."""
        found = {name: file.text() for name, file in self.files.items()}
        return {name: text for name, text in found.items() if text is not None}

    def take(self, words: list[str]) -> None:
        """Takes one part."""
        file = ""
        for i, word in enumerate(words):
            if not word.startswith("/") and word not in self.files:
                raise Stale(f"the step has no {word}")
            try:
                if word.startswith("/"):
                    self.files[file].take(word)
                else:
                    file = word
                    if not "".join(words[i + 1 : i + 2]).startswith("/"):
                        self.files[file].rest()
            except Stale as error:
                raise Stale(f"{file}: {error}") from error


class Parts:
    """The steps of one page, part by part."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}

    def make(self, stage: str, *words: str) -> str:
        """One more part, as Markdown."""
        step = self.steps.setdefault(stage, Step(stage))
        before = step.texts()
        step.take(list(words))
        return "\n".join(blocks_of_texts(before, step.texts()))


def states(text: str) -> dict[str, list[dict[str, str]]]:
    """For each step of a page, its folder at the start and after each part."""
    steps: dict[str, Step] = {}
    found: dict[str, list[dict[str, str]]] = {}
    for match in BEGIN.finditer(text):
        if match["maker"] == "part":
            stage, *words = arguments(match["arguments"])
            if stage not in steps:
                steps[stage] = Step(stage)
                found[stage] = [steps[stage].texts()]
            steps[stage].take(words)
            found[stage].append(steps[stage].texts())
    return found


def build_fault(files: dict[str, str], archive: Path) -> str:
    """What the compiler says of a folder; nothing, if it builds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        command = [os.environ.get("CC", "cc"), *FLAGS.split()]
        command += [str(path) for path in sorted(Path(folder).glob("*.c"))]
        command += [str(archive), "-o", f"{folder}/webserve"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stderr if run.returncode else ""


def faults_of(page: Path, build: Path) -> tuple[int, list[str]]:
    """How many parts a page has, and what is wrong with them."""
    try:
        found = states(page.read_text(encoding="utf-8"))
    except Stale as error:
        return 0, [f"{page}: {error}"]
    faults = []
    for stage, folders in found.items():
        for number, files in enumerate(folders):
            if said := build_fault(files, build / "common.a"):
                faults.append(f"{page}, after part {number} of step {stage}:\n{said}")
    stage_files = Path("stages", page.stem).glob("*.[ch]")
    wanted = {path.name: path.read_text(encoding="utf-8") for path in stage_files}
    if found.get(page.stem.removeprefix("stage"), [{}])[-1] != wanted:
        faults.append(f"{page}: its parts do not make {page.stem}, or it has no parts")
    return sum(len(folders) - 1 for folders in found.values()), faults


def main() -> int:
    """Builds the parts of all pages."""
    if len(sys.argv) != 2:
        print("Usage: docs/tools/step_parts.py BUILD", file=sys.stderr)
        return 2
    pages = sorted(Path("docs").glob("stage*.md"))
    results = [faults_of(page, Path(sys.argv[1])) for page in pages]
    faults = [fault for _, wrong in results for fault in wrong]
    total = sum(count for count, _ in results)
    print(
        *faults, f"{total} parts of {len(pages)} steps, {len(faults)} faults", sep="\n"
    )
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())
