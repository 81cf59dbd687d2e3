"""Reads what tests print: TAP, with the story of each red test behind it."""

import re
from pathlib import Path

LINE = re.compile(r"(not )?ok \d+ *-? *(.*)")
STORY_MOST = 4000
TRY = re.compile(r"^\s*(?:try|to try(?: it)?(?: by hand)?): *(.*)", re.IGNORECASE)


def read_tap(text: str) -> list[tuple[str, str, str]]:
    """The title, the result and the story of each test that is told of."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            title, _, mark = match[2].partition(" # ")
            result = "failed" if match[1] else "passed"
            found.append((title, "hung" if "hung" in mark else result, []))
        elif line.startswith("#") and found:
            found[-1][2].append(line[1:].removeprefix(" "))
    return [(title, result, "\n".join(s)[:STORY_MOST]) for title, result, s in found]


def taps_of_run(results: Path, stage: int) -> list[tuple[str, str, str]]:
    """The same of each test of a run, by its id."""
    found = []
    for path in sorted(results.glob("*.tap")):
        job = path.stem.removeprefix(f"stage_{stage}__")
        text = path.read_text(encoding="utf-8", errors="replace")
        for title, result, story in read_tap(text):
            found.append((f"{job}: {title}", result, story))
    return found


def line_to_try(story: str) -> str:
    """The line of a story that can be typed by hand, if it has one."""
    for line in story.splitlines():
        match = TRY.match(line)
        if match:
            return match[1]
    return ""
