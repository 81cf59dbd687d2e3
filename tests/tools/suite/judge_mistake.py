"""Plants a mistake in a copy of the project, and judges whether its tests catch it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from suite.jobs import Bench, Job, jobs_of, run_all
from suite.mistake_file import Mistake, NotFound, Sources
from suite.project_copy import NotBuilt, ProjectCopy
from suite.tests import COMMON, TOP, Test, all_tests, expected_tests

RED = ("failed", "hung")


class NoSuchTest(Exception):
    """An id that names no test, or none that the stage has."""


@dataclass(frozen=True)
class Verdict:
    """What came of a task."""

    wrong: str = ""
    fine: str = ""
    said: str = ""  # all that the tests printed
    red: str = ""  # what the first red test says


@dataclass(frozen=True)
class Planted:
    """A mistake to plant at one stage: the tests it names must all be red."""

    mistake: Mistake
    stage: int
    is_latest: bool  # of the stages that the mistake is in

    @property
    def name(self) -> str:
        """For the line that is printed."""
        return f"{self.mistake.name}, stage {self.stage}"

    @property
    def sanitizer(self) -> str:
        """SANITIZE= of the build."""
        return self.mistake.sanitizer


@dataclass(frozen=True)
class Clean:
    """The tests that mistakes name must be green where none is planted."""

    stage: int
    sanitizer: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """For the line that is printed."""
        how = ", SANITIZE=" + self.sanitizer if self.sanitizer else ""
        return f"no mistake, stage {self.stage}{how}"


expected = cache(expected_tests)
known = cache(all_tests)


def jobs_named(names: Iterable[str], stage: int) -> list[Job]:
    """Returns the jobs with those tests that a stage has, or common/; at least one. The
    jobs come in the order of the names."""
    order = list(names)
    if unknown := [name for name in order if name not in known()]:
        raise NoSuchTest(f"there is no test {', '.join(unknown)}")
    jobs: list[Job] = []
    for place in (stage, COMMON):
        tests = [replace(test) for test in expected(place) if test.id in order]
        jobs += jobs_of(tests, expected(place), place)
    if not jobs:
        raise NoSuchTest(f"stage {stage} has no test {', '.join(order)}")
    jobs.sort(key=lambda job: min(order.index(test.id) for test in job.tests))
    return jobs


def bench_of(
    copy: ProjectCopy, sanitizer: str, test_seconds: int, job_seconds: int
) -> Bench:
    """Returns where a copy's tests are run."""
    build = Path("build", sanitizer)
    return Bench(build, copy.root, test_seconds=test_seconds, job_seconds=job_seconds)


def goals(bench: Bench, jobs: list[Job]) -> list[str]:
    """Returns what make has to build for these jobs."""
    wanted: list[str] = []
    for job in jobs:
        if job.is_bats:
            wanted += [f"{bench.build}/stage{job.stage}/webserve"]
            wanted += [f"{bench.build}/tools/raw_client"]
            text = (TOP / job.file).read_text("utf-8")
            for kind in ("stand_in", "short"):
                if f"SERVER_{kind.upper()}" in text:
                    wanted.append(f"{bench.build}/{kind}/stage{job.stage}/webserve")
            if "SERVER_SMALL" in text:
                wanted.append("small-servers")
        else:
            wanted.append(str(bench.program(job).relative_to(bench.root)))
    return list(dict.fromkeys(wanted))


def printed(bench: Bench, jobs: list[Job]) -> str:
    """Returns all that the jobs have printed."""
    return "".join(bench.log(job).read_text("utf-8", "replace") for job in jobs)


def indented(tests: Iterable[Test]) -> str:
    """Tests and their results, on lines of their own."""
    return "".join(f"\n    {test.id} ({test.result})" for test in tests)


def first_red(jobs: list[Job]) -> str:
    """Returns what the first red test says, with the time and the port in a fixed
    form."""
    for outcome in (outcome for job in jobs for outcome in job.tap.outcomes):
        if outcome.result in RED:
            mark = " # it hung" if outcome.result == "hung" else ""
            text = f"not ok: {outcome.title}{mark}\n{outcome.story}".rstrip() + "\n"
            text = re.sub(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT",
                          "Sun, 06 Nov 1994 08:49:37 GMT", text)  # fmt: skip
            return re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:8080", text)
    return ""


def judge_planted(task: Planted, copy: ProjectCopy, sources: Sources) -> Verdict:
    """Plants the mistake, runs its tests, and takes it out again."""
    bench = bench_of(copy, task.sanitizer, 8, 60)
    try:
        jobs = jobs_named(task.mistake.caught_by, task.stage)
        copy.change(task.mistake.planted(sources, task.mistake.folder(task.stage)))
        copy.build(task.stage, task.sanitizer, goals(bench, jobs))
        for job in jobs:
            bench.run(job)
    except NotFound as error:
        return Verdict(f"Its code is not there once: {error}")
    except NoSuchTest as error:
        return Verdict(f"It names the wrong tests: {error}")
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    finally:
        copy.restore()
    said = printed(bench, jobs)
    tests = [test for job in jobs for test in job.tests]
    not_red = [test for test in tests if test.result not in RED]
    if not_red:
        what = "It survives; not red:" if len(not_red) == len(tests) else "Not red:"
        return Verdict(f"{what}{indented(not_red)}\n\n{said}")
    return Verdict(fine=f"{len(tests)} red", said=said, red=first_red(jobs))


def judge_clean(task: Clean, copy: ProjectCopy) -> Verdict:
    """Runs the tests on the code as it is."""
    bench = bench_of(copy, task.sanitizer, 30, 120)
    jobs = jobs_named(task.tests, task.stage)
    try:
        copy.build(task.stage, task.sanitizer, goals(bench, jobs))
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    run_all(bench, jobs, 2, lambda job: None)
    tests = [test for job in jobs for test in job.tests]
    wrong = [test for test in tests if test.result != "passed"]
    if wrong:
        return Verdict(f"Not green:{indented(wrong)}\n\n{printed(bench, jobs)}")
    return Verdict(fine=f"{len(tests)} green", said=printed(bench, jobs))
