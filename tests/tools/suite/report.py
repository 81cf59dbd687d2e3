"""What the runner prints: a line for each job, what is red, and where to begin."""

import sys
from collections import Counter
from collections.abc import Iterable

from suite.jobs import Job
from suite.tests import COMMON, GROUPS, Test

SILENT = "it did not say where it listens"
# What a student is to look at first: these units, then the HTTP tests, then the rest.
FIRST = (
    "delegate_test", "handle_connection_request_test", "handle_connection_", "serve_test",
)  # fmt: skip


def story(test: Test, is_folder: bool) -> str:
    """All that there is to say about a red test."""
    mark = {"hung": " (it hung)", "twice": " (it has two results)"}.get(test.result, "")
    lines = [f"not ok: {test.title}{mark}", *test.text.splitlines(), f"Hint: {test.hint}"]
    if is_folder and test.tag == "ours":
        lines.append("(It is not graded.)")
    return "\n".join(lines if test.hint else lines[:-1])


def explain(job: Job, is_folder: bool) -> str:
    """What there is to say about a job of which a test did not pass."""
    said = []
    for test in job.tests:
        is_red = test.result not in ("passed", "missing")
        if is_red or (test.result == "missing" and test.text):  # its set-up failed
            said.append(story(test, is_folder))
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

    def __init__(self, jobs: int, is_folder: bool) -> None:
        self.left = jobs
        self.is_folder = is_folder
        self.silent: set[int] = set()  # stages whose server does not say where it listens
        self._say_left()

    def say(self, job: Job) -> None:
        """Prints the line of a job that has ended, and what is red."""
        self.left -= 1
        passed = sum(test.result == "passed" for test in job.tests)
        failed = len(job.tests) - passed
        if sys.stdout.isatty():
            print("\r\033[K", end="")
        took = f"{job.seconds * 1000:6.0f} ms"
        print(f"{job.name:44s} {passed:4d} passed, {failed} failed {took}")
        if failed:
            print("    " + self._explained(job).replace("\n", "\n    "))
        for title in job.unknown:
            print(f"    It printed a result of a test that is not in {job.file}: {title}")
        self._say_left()

    def _say_left(self) -> None:
        if sys.stdout.isatty() and self.left:
            print(f"{self.left} job{'s' * (self.left > 1)} left", end="")
        sys.stdout.flush()

    def _explained(self, job: Job) -> str:
        if any(SILENT in test.text for test in job.tests if test.result == "missing"):
            if job.stage in self.silent:
                return "the same: the server does not say where it listens"
            self.silent.add(job.stage)
        return explain(job, self.is_folder)


def summary(tests: list[Test]) -> str:
    """Of a folder: which jobs were not run, and why; then what came of each group, with
    what is graded first."""
    lines = []
    for reason in dict.fromkeys(test.because for test in tests if test.because):
        jobs = dict.fromkeys(test.job for test in tests if test.because == reason)
        lines += [f"Not run: {', '.join(jobs)}", f"    because of this: {reason}"]
    lines += ["", f"{'group':20s} passed failed   hung not run"]
    graded = [test for test in tests if test.tag != "ours"]
    of_contract = f"{'of the contract':20s} {count(graded)['passed']:6d} of {len(graded)}"
    for group in GROUPS:
        if group == "ours":
            lines.append(of_contract)
        inside = [test for test in tests if test.group == group]
        if inside:
            found = count(inside)
            lines.append(f"{group:20s} {found['passed']:6d} {found['failed']:6d} "
                         f"{found['hung']:6d} {found['not-run']:7d}")  # fmt: skip
    return "\n".join(lines)


def count(tests: Iterable[Test]) -> Counter[str]:
    """How many passed, failed, hung, and did not run."""
    same = {"missing": "not-run", "twice": "failed"}
    return Counter(same.get(test.result, test.result) for test in tests)


def rank(stage: int, test: Test, is_folder: bool) -> tuple[int, bool, int]:
    """With which red test to begin: the lowest stage, there one that is graded, and of
    those one of the functions in the order in which they are written."""
    other = len(FIRST) + test.job.endswith("_test")
    units = (number for number, name in enumerate(FIRST) if test.job.startswith(name))
    ungraded = is_folder and test.tag == "ours"
    return 99 if stage == COMMON else stage, ungraded, next(units, other)


def conclude(tests: dict[int, list[Test]], is_folder: bool, fault: str) -> int:
    """Prints with which red test to begin, and the sums; gives the status to exit with.
    Of a folder, only what is graded counts; if it is at fault, begin with that."""
    red = [
        (stage, test)
        for stage, some in tests.items()
        for test in some
        if test.result not in ("passed", "not-run")
    ]
    found = count(test for some in tests.values() for test in some)
    graded = [test for some in tests.values() for test in some if test.tag != "ours"]
    is_kept = is_folder and bool(graded) and count(graded)["passed"] == len(graded)
    begin = fault
    if red and not fault:
        stage, test = min(red, key=lambda one: rank(*one, is_folder))
        begin = f"{f'stage {stage}, ' if stage else ''}{test.job}: {test.title}"
    if begin:
        kept = "The contract is kept. Red, but not graded"
        print(f"{kept if is_kept else 'Begin here'}: {begin}")
    failed = found["failed"] + found["hung"]
    not_run = f", {found['not-run']} not run" if found["not-run"] else ""
    print(f"{found['passed']} passed, {failed} failed{not_run}")
    is_fine = is_kept or not (failed or found["not-run"])
    return 0 if is_fine and found["passed"] else 1
