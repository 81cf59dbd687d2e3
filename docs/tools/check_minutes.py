#!/usr/bin/env python3
"""docs/tools/check_minutes.py - checks that the minutes of slides and lectures add up.

Every slide of docs/slides/*.md has one line `<!-- minutes: M -->`, and notes. In
docs/teaching.md, a table whose first column is `minutes` ends with its sum in bold, which
is also in the heading above it; a row for the slides of a stage, or of the prologue, has the minutes of that
deck, and each deck is in one lecture; a row for a walkthrough has the minutes of its
line `**Time:** about M minutes.`. Prints each fault and the totals; exits with 1 if
there is a fault.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MINUTES = re.compile(r"^<!-- minutes: (\d+) -->$", re.M)
NOTES = re.compile(r"^<!--$.*?^-->$", re.M | re.S)
ROW = re.compile(
    r"^\| (?:(\d+) \| (?:slides of(?: the)? (stage \d|prologue))?"
    r"(?:walkthrough(?: of|: the) (stage \d|prologue))?|\*\*(\d+)\*\* \|)"
)
TIME = re.compile(r"^\*\*Time:\*\* about (\d+) minutes\.", re.M)
HEADING = re.compile(r"^## .*of (\d+) minutes")


def main() -> int:
    """Looks at the decks, then at the lectures."""
    faults = []
    decks: dict[str, int] = {}
    for path in sorted(Path("docs/slides").glob("*.md")):
        slides = re.split(r"^---$", path.read_text(encoding="utf-8"), flags=re.M)
        for number, slide in enumerate(slides, 1):
            if len(MINUTES.findall(slide)) != 1 or len(NOTES.findall(slide)) != 1:
                faults.append(
                    f"{path}: slide {number} needs one line of minutes and notes"
                )
        decks[path.stem.replace("stage", "stage ")] = sum(map(int, MINUTES.findall("".join(slides))))
    wanted = total = lectures = 0
    missing = set(decks)
    for line in Path("docs/teaching.md").read_text(encoding="utf-8").splitlines():
        if match := HEADING.match(line):
            wanted, total = int(match[1]), 0
        elif match := ROW.match(line):
            minutes, deck, page, end = match.groups()
            if end:
                lectures += 1
                if not int(end) == total == wanted:
                    faults.append(f"{end} minutes; rows: {total}, heading: {wanted}")
                total = 0
            total += int(minutes or 0)
            if deck and decks.get(deck) != int(minutes):
                faults.append(
                    f"{minutes} minutes for deck {deck}; it has {decks.get(deck)}"
                )
            missing.discard(deck)
            if page:
                path = Path(f"docs/{page.replace(' ', '')}.md")
                said = TIME.findall(path.read_text(encoding="utf-8"))
                if said not in ([], [minutes]):
                    faults.append(f"{path}: {said[0]} minutes; the lab has {minutes}")
    faults += [f"deck {deck} is in no lecture" for deck in sorted(missing)]
    print(
        *faults, f"{len(decks)} decks, {lectures} plans, {len(faults)} faults", sep="\n"
    )
    return 1 if faults or not lectures else 0


if __name__ == "__main__":
    sys.exit(main())
