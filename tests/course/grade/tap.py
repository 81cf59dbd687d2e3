"""Reads what tests print: TAP, with the story of each red test behind it."""

import re
from pathlib import Path

LINE = re.compile(r"(not )?ok \d+ (?:- )?(.*)")
MARK = re.compile(r" # (it hung|timeout after .*|skip.*)$")
STORY_MOST = 4000


def stories(text: str) -> dict[str, str]:
    """What stands behind each red test, by its title."""
    found: dict[str, list[str]] = {}
    story: list[str] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            story = []
            if match[1]:
                found[MARK.sub("", match[2])] = story
        elif line.startswith("#"):
            story.append(line[1:].removeprefix(" "))
    return {title: "\n".join(lines)[:STORY_MOST] for title, lines in found.items()}


def stories_of_run(results: Path, stage: int) -> dict[tuple[str, str], str]:
    """The same for all jobs of a run, by job and title."""
    found = {}
    for path in sorted(results.glob("*.tap")):
        job = path.stem.removeprefix(f"stage_{stage}__")
        text = path.read_text(encoding="utf-8", errors="replace")
        for title, story in stories(text).items():
            found[job, title] = story
    return found


def line_to_try(story: str) -> str:
    """What the story says can be typed by hand: the line behind `By hand`."""
    lines = story.splitlines()
    for place, line in enumerate(lines[:-1]):
        if line.startswith("By hand"):
            return lines[place + 1].strip()
    return ""
