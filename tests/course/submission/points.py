"""What each group of tests is worth: reads tests/course/points.tsv."""

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "points.tsv"


@dataclass
class Worth:
    """A line of points.tsv."""

    group: str
    points: float
    files: tuple[str, ...]  # those that must be the submission's own
    title: str


def read_points(stage: int) -> list[Worth]:
    """What each group is worth in the stage."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [
        Worth(group, float(points), tuple(files.split()), title)
        for number, group, points, files, title in rows
        if number == str(stage)
    ]
