#!/usr/bin/env python3
"""docs/site/generate.py FOLDER BUILD - writes the pages that the site is made of.

Run at the top of the repository. FOLDER is emptied of what an earlier run
wrote, and gets the documents of docs/ with their links led to the site, and
the pages made from the source: differences, mistakes (with what red tests say, from
BUILD/red, which make mistakes leaves), the wire (from BUILD/wire, which make wire
leaves), the API of common/, the source itself; and menus.json.
"""
from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

# pylint: disable=wrong-import-position
from generator import api, menus, mistakes, source, steps, wire  # noqa: E402
from generator.pages import Pages  # noqa: E402
from generator.repository import Repository  # noqa: E402


def main() -> int:
    if len(sys.argv) != 3:
        print("Usage: docs/site/generate.py FOLDER BUILD", file=sys.stderr)
        return 2
    folder, build = Path(sys.argv[1]), Path(sys.argv[2])
    if folder.exists():
        shutil.rmtree(folder)
    repository = Repository(Path.cwd())
    pages = Pages(folder)
    reference = api.Reference(repository)  # first: the others link to its names
    menus.write(repository, pages)
    menus.write_decks(repository, pages)
    steps.write(repository, pages)
    mistakes.write(repository, pages, build)
    wire.write(repository, pages, build)
    reference.write(pages)
    source.write(repository, pages)
    # The pages have diagrams and plots beside them, the slides at a fixed address.
    for origin, place in (("diagrams", "diagrams"), ("diagrams", "public/diagrams"),
                          ("performance", "performance")):
        if (repository.top / "docs" / origin).is_dir():
            shutil.copytree(repository.top / "docs" / origin, folder / place,
                            dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md", "*.json"))
    pages.write_json("menus.json", pages.menus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
