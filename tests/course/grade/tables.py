"""Reads the tables that the marks are made from: tests, results, points."""

import subprocess
from pathlib import Path

from model import Test, Worth

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]

# The one program of units whose verdicts are not reached in the process in which
# the submission's code runs, and could say what it likes.
JUDGED_UNIT = "delegate_test"


def in_its_process(job: str) -> bool:
    """Whether it is such a program: its tests are shown, and give no points."""
    return job.endswith("_test") and job != JUDGED_UNIT


def rows(path: Path) -> list[list[str]]:
    """The lines of a table, cut at tabs; none if there is no such file."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return [
        line.split("\t")
        for line in text.splitlines()
        if line and not line.startswith("#")
    ]


def read_results(folder: Path, stage: int) -> list[tuple[str, str]]:
    """The id and the result of each test of a run; of one that was ended, those
    of the jobs that had come to their end."""
    whole = folder / "results.tsv"
    paths = [whole] if whole.exists() else sorted(folder.glob("*.results"))
    return [
        (row[1], row[2])
        for path in paths
        for row in rows(path)
        if len(row) >= 3 and row[0] == str(stage) and row[2] != "not-run"
    ]


def read_points(path: Path, stage: int) -> list[Worth]:
    """What each group is worth in the stage."""
    return [
        Worth(group, float(points), tuple(files.split()), title)
        for number, group, points, files, title in rows(path)
        if number == str(stage)
    ]


def expected_tests(stage: int) -> list[Test]:
    """The tests that are expected of a stage, as tests/tools/list.sh prints them."""
    listed = subprocess.run(
        [TOP / "tests/tools/list.sh", str(stage)],
        cwd=TOP,
        check=True,
        capture_output=True,
        text=True,
    )
    tests = []
    for line in listed.stdout.splitlines():
        name, tag, group, hint, job, title = line.split("\t")
        if in_its_process(job):
            tag = "unjudged"
        tests.append(Test(name, tag, group, hint, job=job, title=title))
    return tests
