"""test_ids.py - which test an id names.

An id is the name of a cmocka function, or a tag of a Bats test, `id:two-pieces`.
`suite.py` runs tests by job and title: `JOB: TITLE`, where JOB is the name of a
Bats file or of a program of unit tests.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

BATS_TEST = re.compile(
    r"^# bats test_tags=(?P<tags>.*)\n(?:#.*\n)*@test (?P<q>[\"'])(?P<title>.*)(?P=q) \{$",
    re.MULTILINE,
)
UNIT_TEST = re.compile(r"^static void (\w+)\(void \*\*state\)$", re.MULTILINE)


class NoSuchTest(Exception):
    """An id that names no test, or none that the stage has."""


def bats_tests(text: str) -> Iterator[tuple[str, str]]:
    """The id and the title of each test in a Bats file."""
    for match in BATS_TEST.finditer(text):
        for tag in match["tags"].split(","):
            if tag.strip().startswith("id:"):
                yield tag.strip()[3:], match["title"]


def all_tests(root: Path) -> dict[str, str]:
    """All tests that have an id: `JOB: TITLE` of each."""
    found: dict[str, str] = {}
    for file in sorted((root / "tests/http").glob("*.bats")):
        for name, title in bats_tests(file.read_text("utf-8")):
            found[name] = f"{file.stem}: {title}"
    for file in sorted((root / "tests/unit").glob("*_test.c")):
        for name in UNIT_TEST.findall(file.read_text("utf-8")):
            found[name] = f"{file.stem}: {name}"
    return found


def listed(root: Path, stage: int) -> set[str]:
    """What tests/tools/list.sh says of a stage: its ids."""
    rows = subprocess.run(
        ["tests/tools/list.sh", str(stage)],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.splitlines()
    return {row.split("\t")[0] for row in rows}


class TestIds:
    """What the ids name, at each stage."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tests = all_tests(root)
        self.at: dict[int, set[str]] = {}

    def _is_at(self, name: str, stage: int) -> bool:
        """Whether a stage has a test, or common/, which every stage has."""
        if stage not in self.at:
            self.at[stage] = listed(self.root, stage) | listed(self.root, 0)
        return name in self.at[stage] or self.tests[name] in self.at[stage]

    def of_stage(self, names: tuple[str, ...], stage: int) -> list[str]:
        """`JOB: TITLE` of those tests that a stage has; at least one."""
        unknown = [name for name in names if name not in self.tests]
        if unknown:
            raise NoSuchTest(f"there is no test {', '.join(unknown)}")
        here = [n for n in names if self._is_at(n, stage)]
        if not here:
            raise NoSuchTest(f"stage {stage} has no test {', '.join(names)}")
        return [self.tests[name] for name in here]
