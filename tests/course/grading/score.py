"""The grades of a submission: its tests, its faults, and the points.

Everything that is shown or written is made from a Grade; to_json gives the documented
form (docs/grading.md), whose `version` changes with it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from fractions import Fraction

from grading.watch import ENDED
from submission.diagnosis import Diagnosis
from submission.faults import Fault
from submission.judge import Judge
from submission.points import (
    Worth,
    gives_points,
    group_of,
    in_its_process,
    read_points,
)
from suite.tests import Test

FORMAT = "webserve-grade"
VERSION = 3


@dataclass
class Group:
    """A part of the assignment, with its points."""

    name: str
    title: str
    most: float
    points: float = 0.0
    passed: int = 0
    tests: int = 0


@dataclass
class Cause:
    """What is wrong first of all: all else may follow from it."""

    sentence: str
    by_hand: str = ""  # a line that shows it
    hint: str = ""
    detail: str = ""  # what the compiler or the server said, or what was sent and came
    failure: str = ""  # of a red unit test: the line that says what failed


DIED = "The server ended here"  # as tests/http/failure_report.bash has it


@dataclass
class Grade:
    """A graded submission."""

    name: str
    stage: int
    isolation: str
    groups: list[Group] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    diagnosis: Diagnosis | None = None
    seconds: float = 0.0
    processor: float = 0.0  # seconds of it

    @property
    def points(self) -> float:
        """All points."""
        return round(sum(group.points for group in self.groups), 1)

    @property
    def most(self) -> float:
        """The most points that there are."""
        return round(sum(group.most for group in self.groups), 1)

    def red(self) -> list[Test]:
        """Returns the graded tests that ran and did not pass, in the order of the
        groups."""
        return self.in_order(test for test in self.tests if test.graded and test.is_red)

    def in_order(self, tests: Iterable[Test]) -> list[Test]:
        """Returns graded tests in the order of the groups: that of the assignment."""
        order = [group.name for group in self.groups]
        # What another delegate sees can least be tried by hand.
        late = ("handle_connection",)
        return sorted(
            tests,
            key=lambda t: (t.is_end, t.group in late, order.index(group_of(t))),
        )

    def cause(self) -> Cause | None:
        """Returns the one root cause, as far as it is known: a fault that kept tests
        from running, a mistake that a probe recognized, what the submission used too
        much of, a crash, or the first red test."""
        faults = sorted(self.faults, key=lambda fault: -fault.cost)
        is_explained = bool(faults and faults[0].kind == "hang" and self.diagnosis)
        if faults and not is_explained and (faults[0].cost or not self.red()):
            return Cause(faults[0].sentence, detail=faults[0].detail)
        if found := self.diagnosis:
            return Cause(found.sentence, found.by_hand, found.hint, found.seen)
        red = self.red()
        ended = [note for note in self.notes if note.startswith(ENDED)]
        if red and ended:
            return Cause(ended[0])
        for test in (test for test in red if DIED in test.text):
            line = next(li for li in test.text.splitlines() if DIED in li)
            how = line.removeprefix(DIED).strip(", .")
            return Cause(f"A request ends the server, {how}.", test.command, test.hint,
                         test.text)  # fmt: skip
        if red:
            return Cause(f"Red: {red[0].heading}", red[0].command, red[0].hint,
                         red[0].text, failure_line(red[0]))  # fmt: skip
        return None


def failure_line(test: Test) -> str:
    """Returns the line in which a red unit test says what failed."""
    lines = test.text.splitlines() if test.job.endswith("_test") else []
    return next((line for line in lines if line.strip("= ")), "")


def score(grade: Grade, worths: list[Worth]) -> None:
    """Gives points: in each group, the share of its tests that passed."""
    for test in grade.tests:
        test.graded = gives_points(test, worths)
    grade.groups = []
    for worth in worths:
        tests = [t for t in grade.tests if is_in(t, worth)]
        passed = sum(test.result == "passed" for test in tests)
        share = Fraction(passed, len(tests)) if tests else Fraction(0)
        points = float(round(Fraction(str(worth.points)) * share, 1))
        grade.groups.append(
            Group(worth.group, worth.title, worth.points, points, passed, len(tests))
        )
        add_costs(grade.faults, tests, Fraction(str(worth.points)))


def grade_of(judge: Judge, name: str) -> Grade:
    """Returns the grades of a folder that was judged without a cell."""
    built = judge.built
    grade = Grade(name, judge.stage, "", tests=judge.tests, faults=built.faults)
    grade.notes, grade.diagnosis = built.notes, judge.diagnosis
    score(grade, read_points(judge.stage))
    return grade


def is_in(test: Test, worth: Worth) -> bool:
    """Whether the test is counted in that group."""
    counts = test.graded or (test.tag == "http" and not in_its_process(test.job))
    return counts and group_of(test) == worth.group


def add_costs(faults: list[Fault], tests: list[Test], points: Fraction) -> None:
    """Adds to each fault what the tests of a group that it kept back cost."""
    for fault in faults:
        kept = sum(test.because == fault.key for test in tests)
        if kept:
            fault.cost = round(fault.cost + float(points * kept / len(tests)), 1)


def to_json(grade: Grade) -> dict:
    """Returns the documented form."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "points": grade.points,
        "most": grade.most,
        **asdict(grade),
    }


def from_json(data: dict) -> Grade:
    """Makes a Grade from its documented form; leaves out what it does not know."""

    def known(kind, values):
        names = {one.name for one in fields(kind)}
        return kind(**{name: values[name] for name in values if name in names})

    grade = known(Grade, data)
    grade.groups = [known(Group, values) for values in data["groups"]]
    grade.tests = [known(Test, values) for values in data["tests"]]
    grade.faults = [known(Fault, values) for values in data["faults"]]
    if data.get("diagnosis"):
        grade.diagnosis = known(Diagnosis, data["diagnosis"])
    return grade
