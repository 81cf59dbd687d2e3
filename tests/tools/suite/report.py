"""What the runner prints: a line for each job, what is red, and where to begin."""

import sys
from collections import Counter
from collections.abc import Iterable

from suite.jobs import Job
from suite.tap import FINE
from suite.tests import COMMON, Test

SILENT = "it did not say where it listens"
# What to look at first: these units, then the HTTP tests, then the rest.
FIRST = (
    "delegate_test", "handle_connection_request_test", "handle_connection_", "serve_test",
)  # fmt: skip


def story(test: Test) -> str:
    """Returns all that there is to say about a red test."""
    mark = {"hung": " (it hung)", "twice": " (it has two results)"}.get(test.result, "")
    lines = [f"not ok: {test.title}{mark}", *test.text.splitlines()]
    return "\n".join([*lines, f"Hint: {test.hint}"] if test.hint else lines)


def explain(job: Job) -> str:
    """Returns what there is to say about a job of which a test did not pass."""
    said = []
    for test in job.tests:
        is_red = test.result not in (*FINE, "missing")
        if is_red or (test.result == "missing" and test.text):  # its set-up failed
            said.append(story(test))
    missing = sum(test.result == "missing" for test in job.tests)
    if job.was_stopped:
        said.append(f"(it was stopped after {job.seconds:.0f} s)")
    elif not said:
        said += [job.tap.rest[-2000:], f"(it ended with status {job.status})"]
    if missing:
        said.append(f"({missing} of its tests did not run)")
    return "\n".join(filter(None, said))


class Terminal:
    """Prints how far the run is."""

    def __init__(self, jobs: int, is_short: bool = False) -> None:
        self.left = jobs
        self.is_short = is_short  # only how many are left, where somebody sees it
        self.silent: set[int] = set()  # stages whose server does not say where it listens
        self._say_left()

    def say(self, job: Job) -> None:
        """Prints the line of a job that has ended, and what is red."""
        self.left -= 1
        if sys.stdout.isatty():
            print("\r\033[K", end="")
        if not self.is_short:
            self._say_job(job)
        self._say_left()

    def _say_job(self, job: Job) -> None:
        passed = sum(test.result in FINE for test in job.tests)
        failed = len(job.tests) - passed
        took = f"{job.seconds * 1000:6.0f} ms"
        print(f"{job.name:44s} {passed:4d} passed, {failed} failed {took}")
        if failed:
            print("    " + self._explained(job).replace("\n", "\n    "))
        for title in job.unknown:
            print(f"    It printed a result for a test that {job.file} does not have: {title}")

    def _say_left(self) -> None:
        if sys.stdout.isatty() and self.left:
            print(f"{self.left} job{'s' * (self.left > 1)} left", end="")
        sys.stdout.flush()

    def _explained(self, job: Job) -> str:
        if any(SILENT in test.text for test in job.tests if test.result == "missing"):
            if job.stage in self.silent:
                return "the same as above: the server does not say where it listens"
            self.silent.add(job.stage)
        return explain(job)


def count(tests: Iterable[Test]) -> Counter[str]:
    """Returns how many passed, failed, were skipped, and did not run."""
    same = {"missing": "not-run", "twice": "failed", "hung": "failed"}
    return Counter(same.get(test.result, test.result) for test in tests)


def rank(stage: int, test: Test) -> tuple[int, int]:
    """Says with which red test to begin: in the lowest stage, and there with the
    functions in the order in which they are written."""
    other = len(FIRST) + test.job.endswith("_test")
    units = (number for number, name in enumerate(FIRST) if test.job.startswith(name))
    return 99 if stage == COMMON else stage, next(units, other)


def conclude(tests: dict[int, list[Test]]) -> int:
    """Prints with which red test to begin, and the sums; returns the status to exit
    with."""
    red = [
        (stage, test)
        for stage, some in tests.items()
        for test in some
        if test.result not in FINE
    ]
    found = count(test for some in tests.values() for test in some)
    if red:
        stage, test = min(red, key=lambda one: rank(*one))
        where = f"stage {stage}, " if stage else ""
        print(f"Begin here: {where}{test.job}: {test.title}")
    rest = [f", {found[what]} {what.replace('-', ' ')}" for what in ("skipped", "not-run")
            if found[what]]  # fmt: skip
    print(f"{found['passed']} passed, {found['failed']} failed{''.join(rest)}")
    return 0 if found["passed"] and not red else 1
