"""The result model: what is known of one marked submission, and its points.

A Grade is made from four tables: the tests that are expected of the stage, the
results that a run brought, the faults that kept tests from running, and the
points. Everything that is shown or written is made from a Grade; to_json gives
the documented form (docs/grading.md), whose `version` changes with it.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from fractions import Fraction

FORMAT = "webserve-grade"
VERSION = 2
AT_END = "(the end of "  # how the title begins of a test that a program ends well
RESULTS = ("passed", "failed", "hung", "not-run", "missing", "twice")


@dataclass
class Test:
    """A test that is expected, and what came of it."""

    id: str  # names it everywhere; its title is for people, and may change
    tag: str  # contract, ours, or unjudged: run in the submission's own process
    group: str
    hint: str = ""
    result: str = "missing"
    because: str = ""  # the key of the fault for which it was not run
    text: str = ""  # what a red test printed
    command: str = ""  # one line to try by hand
    graded: bool = False
    first: str = ""  # of one that was run again: the result of the first time
    job: str = ""  # the Bats file or the program of unit tests that has it
    title: str = ""

    @property
    def is_end(self) -> bool:
        """Whether it is the test that a program ends well."""
        return self.title.startswith(AT_END)

    @property
    def heading(self) -> str:
        """Its id, and what it is about."""
        return self.id if self.title in ("", self.id) else f"{self.id}: {self.title}"


@dataclass
class Fault:
    """What kept tests from running, in one sentence, and what it cost."""

    key: str
    sentence: str
    detail: str = ""
    cost: float = 0.0
    kind: str = ""  # as tests/course/check.sh has them; or judge, time
    file: str = ""


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
        return round(sum(group.points for group in self.groups), 1)

    @property
    def most(self) -> float:
        return round(sum(group.most for group in self.groups), 1)

    def red(self) -> list[Test]:
        """The graded tests that ran and did not pass."""
        return [
            test
            for test in self.tests
            if test.graded and test.result not in ("passed", "not-run")
        ]


@dataclass
class Worth:
    """A line of points.tsv: what a group is worth, and whose it is."""

    group: str
    points: float
    files: tuple[str, ...]
    title: str


def settle(tests: list[Test], results: list[tuple[str, str]]) -> None:
    """Gives each expected test its result.

    One that came twice has no result that could be believed; one that did not
    come is missing. Results that nobody expects count for nothing. That a
    program ended well is no merit if nothing that it was to do went well.
    """
    times = Counter(name for name, _ in results)
    told = dict(results)
    for test in tests:
        if test.result == "not-run":
            continue
        if times[test.id] > 1:
            test.result = "twice"
        elif times[test.id] == 1:
            known = told[test.id] in RESULTS
            test.result = told[test.id] if known else "missing"
    for test in tests:
        if test.is_end and not any(
            other.result == "passed" and other.job == test.job
            for other in tests
            if other is not test
        ):
            test.result = "failed" if test.result == "passed" else test.result


def settle_again(tests: list[Test], again: list[tuple[str, str]]) -> list[Test]:
    """Gives those that were run again the later result, if that is better; gives
    them back."""
    second = dict(again)
    passed = []
    for test in tests:
        if test.id in second and test.result in ("failed", "hung", "missing"):
            test.first = test.result
            if second[test.id] == "passed":
                test.result = "passed"
                passed.append(test)
    return passed


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
        tell_costs(grade.faults, tests, Fraction(str(worth.points)))


def tell_costs(faults: list[Fault], tests: list[Test], points: Fraction) -> None:
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


def from_json(data: dict) -> Grade:
    """A Grade from its documented form; ValueError if it is of another."""
    if data.get("format") != FORMAT or data.get("version") != VERSION:
        raise ValueError(f"this is no {FORMAT} of version {VERSION}")
    return Grade(
        name=data["name"],
        stage=data["stage"],
        isolation=data["isolation"],
        groups=[Group(**group) for group in data["groups"]],
        tests=[Test(**test) for test in data["tests"]],
        faults=[Fault(**fault) for fault in data["faults"]],
        notes=data["notes"],
        seconds=data["seconds"],
    )
