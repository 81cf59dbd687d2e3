#!/usr/bin/env python3
"""tests/tools/plant_mistake.py NAME [--stage N] [--folder DIR] - plants a mistake.

Changes the sources of the latest stage that the mistake is in, or of stage N;
or those at the top of a folder, such as `make start` makes. `git checkout stages`
takes it out of the stages again. Without NAME, lists the mistakes, of stage N if
there is one: the name, and the mistake.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from suite.mistake_file import Malformed, Mistake, NotFound, Sources, load
from suite.tests import TOP


def arguments() -> argparse.Namespace:
    """Returns what was asked for."""
    parser = argparse.ArgumentParser(description="Plants a mistake.")
    parser.add_argument("name", nargs="?", help="a file of tests/mistakes")
    parser.add_argument("--stage", type=int, help="the latest it is in, if left out")
    parser.add_argument("--folder", type=Path, help="instead of the stage's")
    return parser.parse_args()


def plant(mistake: Mistake, asked: argparse.Namespace) -> list[str]:
    """Plants it; returns the files that it has changed. Raises NotFound."""
    sources = Sources(TOP)
    if asked.folder and not mistake.in_common:
        sources = Sources(asked.folder)
        folder = "."
    else:
        stages = mistake.stages(sources)
        stage = asked.stage or stages[-1]
        if stage not in stages:
            raise NotFound(f"it is in stages {stages}, not in {stage}")
        folder = mistake.folder(stage)
    changed = mistake.planted(sources, folder)
    for file, text in changed.items():
        (sources.top / file).write_text(text, "utf-8")
    return list(changed)


def main() -> int:
    """Returns the exit status."""
    asked = arguments()
    try:
        mistakes = load(TOP / "tests/mistakes")
        if not asked.name:
            sources = Sources(TOP)
            for mistake in mistakes:
                if asked.stage in (None, *mistake.stages(sources)):
                    print(f"{mistake.name}\t{mistake.title}")
            return 0
        found = [m for m in mistakes if m.name == Path(asked.name).stem]
        if not found:
            print(f"there is no mistake {asked.name}", file=sys.stderr)
            return 1
        for file in plant(found[0], asked):
            print(f"planted in {file}: {found[0].title}")
    except (Malformed, NotFound, OSError) as error:
        print(f"{asked.name or 'tests/mistakes'}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
