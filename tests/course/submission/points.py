"""What each group of tests is worth: reads tests/course/points.tsv."""

from dataclasses import dataclass
from pathlib import Path

from suite.tests import Test

TABLE = Path(__file__).resolve().parents[1] / "points.tsv"


# The one program of unit tests whose verdicts are not reached in the process in which
# the submission's code runs, and could print what it likes.
JUDGED_UNIT = "delegate_test"


def in_its_process(job: str) -> bool:
    """Whether it is such a program: its tests are shown, and give no points."""
    return job.endswith("_test") and job != JUDGED_UNIT


def group_of(test: Test) -> str:
    """Returns the group of points.tsv that a test is in: all that HTTP asks is one."""
    return "http" if test.tag == "http" else test.group


@dataclass
class Worth:
    """A line of points.tsv."""

    group: str
    points: float
    files: tuple[str, ...]  # those that must be the submission's own
    title: str


def read_points(stage: int) -> list[Worth]:
    """Returns what each group is worth in the stage."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [
        Worth(group, float(points), tuple(files.split()), title)
        for number, group, points, files, title in rows
        if number == str(stage)
    ]


def gives_points(test: Test, worths: list[Worth]) -> bool:
    """Whether its result changes the points."""
    if test.tag == "ours" or in_its_process(test.job):
        return False
    return any(w.group == group_of(test) and w.points > 0 for w in worths)
