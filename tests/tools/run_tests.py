#!/usr/bin/env python3
"""tests/tools/run_tests.py BUILD STAGE... - runs the unit tests and the HTTP tests.

BUILD is the folder in which `make test-programs` has built everything. Jobs run side by
side. Prints a line for each job as it ends, with what failed in full; then, if a test
failed, with which to begin; and at last `N passed, N failed`, and how many did not run,
if so. Exits with 1 if a test did not pass, or if there was none. What each job printed
stays in BUILD/results. `--help` lists the options.
"""

import argparse
import os
import signal
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from suite.jobs import Bench, Job, jobs_of, run_all
from suite.report import Terminal, conclude
from suite.tests import COMMON, HTTP, Test, expected_tests, faults_of

# These wait for seconds. So that none of them is last, they start first.
SLOW = (
    "main_thread_test", "handle_connection_memory_test", "log", "stopping", "program",
    "deadlines", "signals",
)  # fmt: skip


def arguments() -> argparse.Namespace:
    """Returns what was asked for."""
    parser = argparse.ArgumentParser(description="Runs the tests.")
    parser.add_argument("build", type=Path)
    parser.add_argument("stages", type=int, nargs="+", metavar="STAGE")
    parser.add_argument("--ids", nargs="+", default=[], help="only these tests")
    parser.add_argument("--suite", default=HTTP, metavar="FOLDER",
                        help="these Bats files, without the unit tests")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=4 * (os.cpu_count() or 2),
                        help="so many at once")  # fmt: skip
    return parser.parse_args()


def chosen(tests: list[Test], ids: list[str]) -> list[Test]:
    """Returns the tests with these ids, each with the end of its program; or all."""
    jobs = {test.job for test in tests if test.id in ids}
    return [t for t in tests if not ids or t.id in ids or (t.is_end and t.job in jobs)]


def plan(asked: argparse.Namespace) -> tuple[dict[int, list[Test]], list[Job]]:
    """Returns the tests by stage, and the jobs in the order in which they start."""
    tests: dict[int, list[Test]] = {}
    jobs: list[Job] = []
    for stage in [COMMON, *asked.stages] if asked.suite == HTTP else asked.stages:
        known = expected_tests(stage, suite=asked.suite)
        if faults := faults_of(known):
            sys.exit("\n".join(faults))
        tests[stage] = chosen(known, asked.ids)
        jobs += jobs_of(tests[stage], known, stage, asked.suite)
    found = {test.id for some in tests.values() for test in some}
    if unknown := set(asked.ids) - found:
        sys.exit(f"These stages have no test {', '.join(sorted(unknown))}")
    jobs.sort(key=lambda j: (j.file.stem not in SLOW, not j.is_bats, -len(j.tests)))
    return tests, jobs


def main() -> int:
    """Returns the exit status."""
    asked = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(asked.build / "results", ignore_errors=True)
    tests, jobs = plan(asked)
    try:
        run_all(Bench(asked.build), jobs, asked.jobs, Terminal(len(jobs)).say)
    except KeyboardInterrupt:
        return 130
    return conclude(tests)


if __name__ == "__main__":
    sys.exit(main())
