#!/usr/bin/env python3
"""docs/tools/check_walkthroughs.py [PAGE...] - checks the form of the walkthroughs.

The page of a stage says how long it takes (`**Time:** about 30 minutes.`), and has the
sections of SECTIONS in this order; others may come before `Three things to try`. Its
step has a folded solution, and there are three things to try, two or three mistakes, and
three folded questions. All pages together have at most MOST_WORDS.

What is counted is prose: words outside of code blocks, of what excerpts.py makes, and of
HTML tags. Prints the words and minutes of each page, and each fault; exits with 1 if
there is a fault. Without arguments, looks at all pages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from markdown import LINK, headings, prose

PAGES = ["prologue", *(f"stage{number}" for number in range(1, 7)), "epilogue"]
MOST_WORDS = 15_000
FEWEST_MINUTES, MOST_MINUTES, MOST_MINUTES_OF_LAST = 20, 40, 60
TIME = re.compile(r"^\*\*Time:\*\* about (\d+) minutes\.$", re.M)
WOVEN = re.compile(r"^<!-- begin: .*?^<!-- end -->$", re.M | re.S)
SECTIONS = [
    "The idea",
    "The step",
    "What changed on the wire",
    "Three things to try",
    "Mistakes worth seeing",
    "Questions",
    "Exercise",
]
FOLD = "<summary>"


def words(text: str) -> int:
    """How many words a reader reads."""
    text = LINK.sub(r"\g<text>", prose(WOVEN.sub("", text)))
    text = re.sub(r"</?[a-z][^<>]*>", " ", text)
    return sum(any(map(str.isalnum, word)) for word in text.split())


def sections(text: str) -> dict[str, str]:
    """What is below each heading of the second level."""
    parts = re.split(r"^## (.*)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def faults_of_stage(name: str, text: str) -> list[str]:
    """What is wrong with the form of a stage's page."""
    found = []
    most = MOST_MINUTES_OF_LAST if name == PAGES[-2] else MOST_MINUTES
    minutes = TIME.search(text)
    if not minutes or not FEWEST_MINUTES <= int(minutes[1]) <= most:
        wanted = f"{FEWEST_MINUTES} to {most}"
        found.append(f"it needs `**Time:** about N minutes.`, with {wanted} of them")
    there = [heading for heading in headings(text) if heading in SECTIONS]
    if there != SECTIONS:
        return [*found, f"its sections should be, in this order: {', '.join(SECTIONS)}"]
    below = sections(text)
    if f"{FOLD}Solution" not in below["The step"]:
        found.append("its step has no folded solution")
    if (count := len(re.findall(r"^\*\*", below["Three things to try"], re.M))) != 3:
        found.append(f"it has {count} things to try; each begins in bold")
    if (count := below["Mistakes worth seeing"].count(FOLD)) not in (2, 3):
        found.append(f"it has {count} mistakes worth seeing, not two or three")
    if (count := below["Questions"].count(FOLD)) != 3:
        found.append(f"it has {count} folded questions, not three")
    return found


def main() -> int:
    """Looks at the pages."""
    total = faults = 0
    for page in map(Path, sys.argv[1:] or [f"docs/{name}.md" for name in PAGES]):
        text = page.read_text(encoding="utf-8")
        count = words(text)
        total += count
        minutes = TIME.search(text)
        print(f"{page}: {count} words{f', {minutes[1]} minutes' if minutes else ''}")
        if page.stem.startswith("stage"):
            for fault in faults_of_stage(page.stem, text):
                print(f"{page}: {fault}")
                faults += 1
    if total > MOST_WORDS:
        print(f"That is more than {MOST_WORDS} words.")
        faults += 1
    print(f"{total} words of {MOST_WORDS}, {faults} faults")
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())
