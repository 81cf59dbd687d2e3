"""The marks of a submission: its tests, its faults, and the points.

Everything that is shown or written is made from a Grade; to_json gives the documented
form (docs/grading.md), whose `version` changes with it.
"""

from dataclasses import asdict, dataclass, field
from fractions import Fraction

from submission.faults import Fault
from submission.points import Worth
from suite.tests import Test

FORMAT = "webserve-grade"
VERSION = 2


@dataclass
class Group:
    """A demand of the assignment, with its points."""

    name: str
    title: str
    most: float
    points: float = 0.0
    passed: int = 0
    tests: int = 0


@dataclass
class Grade:
    """A marked submission."""

    name: str
    stage: int
    isolation: str
    groups: list[Group] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """All points."""
        return round(sum(group.points for group in self.groups), 1)

    @property
    def most(self) -> float:
        """As many points as there are."""
        return round(sum(group.most for group in self.groups), 1)

    def red(self) -> list[Test]:
        """The graded tests that ran and did not pass."""
        return [
            test
            for test in self.tests
            if test.graded and test.result not in ("passed", "not-run")
        ]


def score(grade: Grade, worths: list[Worth]) -> None:
    """Gives points: in each group, the share of its graded tests that passed."""
    worth_of = {worth.group: worth for worth in worths}
    for test in grade.tests:
        test.graded = test.tag == "contract" and test.group in worth_of
    grade.groups = []
    for worth in worths:
        tests = [t for t in grade.tests if t.graded and t.group == worth.group]
        passed = sum(test.result == "passed" for test in tests)
        share = Fraction(passed, len(tests)) if tests else Fraction(0)
        points = float(round(Fraction(str(worth.points)) * share, 1))
        grade.groups.append(
            Group(worth.group, worth.title, worth.points, points, passed, len(tests))
        )
        add_costs(grade.faults, tests, Fraction(str(worth.points)))


def add_costs(faults: list[Fault], tests: list[Test], points: Fraction) -> None:
    """Adds to each fault what the tests of a group that it kept back cost."""
    for fault in faults:
        kept = sum(test.because == fault.key for test in tests)
        if kept:
            fault.cost = round(fault.cost + float(points * kept / len(tests)), 1)


def to_json(grade: Grade) -> dict:
    """The documented form."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "points": grade.points,
        "most": grade.most,
        **asdict(grade),
    }
