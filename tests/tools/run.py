#!/usr/bin/env python3
"""tests/tools/run.py BUILD STAGE... - runs the unit tests and the HTTP tests.

BUILD is the folder in which `make test-programs` has built everything. Jobs run side by
side, the longest first. Prints a line for each job as it ends, with what failed in
full; then, if a test failed, with which to begin; and at last `N passed, N failed`, and
how many did not run, if so. Exits with 1 if a test did not pass, or if there was none.
BUILD/results/results.json then has a result for each test (suite/results.py).
`--help` lists the options.
"""

import argparse
import json
import os
import signal
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from suite import report, results  # noqa: E402
from suite.jobs import Bench, Job, jobs_of, run_all  # noqa: E402
from suite.tests import COMMON, Test, expected_tests, faults_of  # noqa: E402

HTTP = "tests/http"


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Runs the tests.")
    parser.add_argument("build", type=Path)
    parser.add_argument("stages", type=int, nargs="+", metavar="STAGE")
    parser.add_argument("--ids", nargs="+", help="only these tests")
    parser.add_argument("--tag", choices=("contract", "ours"), help="only these tests")
    parser.add_argument("--suite", default=HTTP, metavar="FOLDER",
                        help="these Bats files, without the unit tests")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 2),
                        help="so many at once")  # fmt: skip
    parser.add_argument("--job-seconds", type=int, default=120)
    parser.add_argument("--test-seconds", type=int, default=0)
    folder = parser.add_argument_group("of a folder (tests/course/check.sh)")
    folder.add_argument("--folder", help="its name: only graded tests count at the end")
    folder.add_argument("--faults", type=Path, help="its faults: KIND, FILE, SENTENCE")
    folder.add_argument("--not-run", type=Path, help="jobs to leave out: JOB, REASON")
    return parser.parse_args()


def rows(path: Path | None) -> list[list[str]]:
    """The lines of a table, cut at tabs."""
    text = path.read_text("utf-8", "replace") if path else ""
    return [line.split("\t") for line in text.splitlines()]


def chosen(tests: list[Test], asked: argparse.Namespace) -> list[Test]:
    """Those that are asked for; the end of a program together with any of its tests."""
    tests = [test for test in tests if asked.tag in (None, test.tag)]
    if asked.ids:
        jobs = {test.job for test in tests if test.id in asked.ids}
        tests = [t for t in tests if t.id in asked.ids or (t.is_end and t.job in jobs)]
    return tests


def plan(asked: argparse.Namespace) -> tuple[dict[int, list[Test]], list[Job]]:
    """The tests by stage, and the jobs to run, the longest first."""
    tests: dict[int, list[Test]] = {}
    jobs: list[Job] = []
    has_common = asked.suite == HTTP and not asked.folder
    reasons = {job: reason for job, reason, *_ in rows(asked.not_run)}
    for stage in ([COMMON] if has_common else []) + asked.stages:
        known = expected_tests(stage, suite=asked.suite)
        if faults := faults_of(known):
            sys.exit("\n".join(faults))
        tests[stage] = chosen(known, asked)
        for test in tests[stage]:
            if test.job in reasons:
                test.result, test.because = "not-run", reasons[test.job]
        jobs += jobs_of((t for t in tests[stage] if t.job not in reasons), known, stage,
                        Path(asked.suite))  # fmt: skip
    found = {test.id for some in tests.values() for test in some}
    if unknown := set(asked.ids or ()) - found:
        sys.exit(f"These stages have no test {', '.join(sorted(unknown))}")
    took = read_times(asked.build / "times.json")
    jobs.sort(key=lambda job: -took.get(job.name, guess(job)))
    return tests, jobs


def read_times(path: Path) -> dict[str, float]:
    """The seconds that jobs took the last time, by their names."""
    return json.loads(path.read_text()) if path.exists() else {}


def note_times(path: Path, jobs: list[Job]) -> None:
    """Keeps the times for the next run."""
    took = {job.name: round(job.seconds, 2) for job in jobs if job.is_whole}
    path.write_text(json.dumps(read_times(path) | took, indent=1))


def guess(job: Job) -> float:
    """The seconds that a job takes, where it has not run before."""
    return len(job.tests) * (0.3 if job.is_bats else 0.01)


def main() -> int:
    """Gives the status to exit with."""
    asked = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = asked.build / "results"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tests, jobs = plan(asked)
    bench = Bench(asked.build, job_seconds=asked.job_seconds, test_seconds=asked.test_seconds)
    terminal = report.Terminal(len(jobs), bool(asked.folder))

    def ended(job: Job) -> None:
        terminal.say(job)
        if asked.folder:  # what is known, should it be stopped
            results.write(folder, tests)

    try:
        run_all(bench, jobs, asked.jobs, ended)
    except KeyboardInterrupt:
        return 130
    results.write(folder, tests)
    if asked.folder:
        print(report.summary([test for some in tests.values() for test in some]))
    note_times(asked.build / "times.json", jobs)
    fault = next((row[2] for row in rows(asked.faults) if row[0] != "left-out"), "")
    return report.conclude(tests, bool(asked.folder), fault)


if __name__ == "__main__":
    sys.exit(main())
