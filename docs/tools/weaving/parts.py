"""A step in parts, in the order in which a person would type them.

A part takes some of the lines that differ between the folder that `make start`
makes and the stage. Which ones, it says by file and regular expression:

    FILE            all lines of it that no part before has taken
    FILE /A/        the lines that go together with the first one that matches A:
                    all next to it in the difference
    FILE /A/../B/   from the first that matches A to the next that matches B

The parts are a page's `part` blocks, in order; after the last one nothing may be
left over.
"""
from __future__ import annotations

import re
from pathlib import Path

from .differences import blocks_of_texts, git_diff
from .source import Stale, read

BLOCK = re.compile(r"^<!-- begin: part (?P<stage>\d+)(?P<arguments>.*?) -->$", re.M)
ARGUMENTS = re.compile(r" (/.*?/(?= |$)|\S+)")


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
            self.lines = [(line[:1], line[1:]) for line in lines[first + 1:]]
        else:
            self.lines = [(" ", line) for line in read(after).splitlines()]
        self.taken = [mark == " " for mark, _ in self.lines]

    def text(self) -> str | None:
        """The file as it stands now; None if it is not there yet."""
        kept = [line for (mark, line), taken in zip(self.lines, self.taken)
                if mark == " " or (mark == "+") == taken]
        return "".join(f"{line}\n" for line in kept) if kept or not self.is_new else None

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
        self.taken[start:stop + 1] = [True] * (stop + 1 - start)

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
            given = path.name == "webserve.h" or (stage == "1" and path.name == "webserve.c")
            self.files[path.name] = File(
                str(path) if given else str(old) if old.exists() else None, str(path))

    def texts(self) -> dict[str, str]:
        """The folder as it stands now."""
        found = {name: file.text() for name, file in self.files.items()}
        return {name: text for name, text in found.items() if text is not None}

    def take(self, arguments: list[str]) -> None:
        """Takes one part."""
        for i, word in enumerate(arguments):
            if word.startswith("/"):
                continue
            if word not in self.files:
                raise Stale(f"the step has no {word}")
            selectors = []
            for other in arguments[i + 1:]:
                if not other.startswith("/"):
                    break
                selectors.append(other)
            try:
                for selector in selectors:
                    self.files[word].take(selector)
                if not selectors:
                    self.files[word].rest()
            except Stale as error:
                raise Stale(f"{word}: {error}") from error

    def left(self) -> list[str]:
        """The files of which no part has taken some lines."""
        return [name for name, file in self.files.items() if not all(file.taken)]


class Parts:
    """The steps of one page, part by part."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}

    def make(self, stage: str, *arguments: str) -> str:
        """One more part, as Markdown."""
        step = self.steps.setdefault(stage, Step(stage))
        before = step.texts()
        step.take(list(arguments))
        return "\n".join(blocks_of_texts(before, step.texts()))

    def finish(self) -> None:
        """At the end of a page, nothing may be left of a step that it shows."""
        for stage, step in self.steps.items():
            if step.left():
                raise Stale(f"the parts of step {stage} leave out lines of {', '.join(step.left())}")


def states(text: str) -> list[tuple[str, dict[str, str]]]:
    """What a page's parts leave behind, one after the other: the stage, and the
    files of the folder. Before its first part a step has the folder as it is at
    its start."""
    steps: dict[str, Step] = {}
    found = []
    for match in BLOCK.finditer(text):
        stage = match["stage"]
        if stage not in steps:
            steps[stage] = Step(stage)
            found.append((stage, steps[stage].texts()))
        steps[stage].take(ARGUMENTS.findall(match["arguments"]))
        found.append((stage, steps[stage].texts()))
    return found
