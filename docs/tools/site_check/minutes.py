#!/usr/bin/env python3
"""docs/tools/site_check/minutes.py - do the minutes of the slides and of docs/teaching.md add up?

Every slide of docs/slides/stageN.md has a `<!-- minutes: M -->` of its own. In
docs/teaching.md each table whose first column is `minutes` ends with its total in
bold, which must be the sum of its rows, and 50 for a lecture or 80 for a lab, as
the heading above says. A row that names the slides of a stage must have the minutes
of that deck, and each deck must be in one lecture. Prints each fault; exits with 1
if there is one.
"""
from __future__ import annotations

import re
import sys
from pathlib import Path

MINUTES = re.compile(r"^<!-- minutes: (\d+) -->$", re.M)
ROW = re.compile(r"^\| (\*\*)?(\d+)(?:\*\*)? \| ?(.*?) ?\|$")


def deck_minutes(path: Path, faults: list[str]) -> int:
    """The minutes of a deck, slide by slide."""
    slides = re.split(r"^---$", path.read_text(encoding="utf-8"), flags=re.M)[2:]
    total = 0
    for number, slide in enumerate(slides, 1):
        found = MINUTES.findall(slide)
        if len(found) != 1:
            faults.append(f"{path}: slide {number} has {len(found)} lines of minutes, not one")
        if len(re.findall(r"^<!--$.*?^-->$", slide, re.M | re.S)) != 1:
            faults.append(f"{path}: slide {number} has no speaker's notes")
        total += sum(map(int, found))
    return total


def main() -> int:
    faults: list[str] = []
    decks = {path.stem.removeprefix("stage"): deck_minutes(path, faults)
             for path in sorted(Path("docs/slides").glob("stage*.md"))}
    stages = sorted(path.name.removeprefix("stage") for path in Path("stages").glob("stage*"))
    if list(decks) != stages:
        faults.append(f"docs/slides: decks for {list(decks)}, stages are {stages}")
    name = "docs/teaching.md"
    expected = total = tables = 0
    seen: list[str] = []
    for line in Path(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## ") and (match := re.search(r"of (\d+) minutes", line)):
            expected = int(match[1])
        if line.startswith("| minutes |"):
            total = 0
        if not (match := ROW.match(line)):
            continue
        minutes = int(match[2])
        if match[1]:
            tables += 1
            if minutes != total or minutes != expected:
                faults.append(f"{name}: a total of {minutes}; its rows are {total}, "
                              f"the heading says {expected}")
            continue
        total += minutes
        if deck := re.match(r"slides of stage (\d)", match[3]):
            seen.append(deck[1])
            if decks.get(deck[1]) != minutes:
                faults.append(f"{name}: {minutes} minutes for the slides of stage {deck[1]}, "
                              f"which have {decks.get(deck[1])}")
    if sorted(seen) != stages:
        faults.append(f"{name}: the lectures have the slides of {seen}")
    if tables != 4:
        faults.append(f"{name}: {tables} plans with a total; there are three lectures and a lab")
    for fault in faults:
        print(fault)
    print(f"{len(decks)} decks of {sum(decks.values())} minutes, {tables} plans, "
          f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
