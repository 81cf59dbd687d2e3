#!/usr/bin/env python3
"""docs/site/generate.py FOLDER BUILD - writes the pages that the site is made of.

FOLDER gets the documents of docs/, with their links led to the site, and the pages that
are made from the source: differences, mistakes and their quiz, the wire (from
BUILD/wire), the playground, the API of common/, the source itself; and menus.json. What
an earlier run wrote there is deleted. Prints nothing.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
for folder in (
    "docs/tools",
    "tests/tools/mistakes",
    "tests/tools",
    "docs/site/generator",
):
    sys.path.insert(0, folder)

import api_pages
import difference_pages
import document_pages
import mistake_pages
import playground_page
import quiz_pages
import source_pages
import wire_page
from site_pages import Site


def main() -> int:
    """Writes all pages."""
    if len(sys.argv) != 3:
        print("Usage: docs/site/generate.py FOLDER BUILD", file=sys.stderr)
        return 2
    folder, build = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    site = Site(folder)
    reference = api_pages.Reference(site)  # first: the others link to its names
    document_pages.write(site)
    difference_pages.write(site)
    catalogue = mistake_pages.Catalogue()
    mistake_pages.write(site, catalogue)
    quiz_pages.write(site, catalogue)
    wire_page.write(site, build)
    playground_page.write(site)
    reference.write()
    source_pages.write(site)
    site.write_menus()
    # The pages have diagrams and plots next to them.
    for name in ("diagrams", "performance"):
        ignored = shutil.ignore_patterns("*.md", "*.json")
        shutil.copytree(
            f"docs/{name}", folder / name, dirs_exist_ok=True, ignore=ignored
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
