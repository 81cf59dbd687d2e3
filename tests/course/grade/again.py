"""Runs the few red tests of a submission again, one file of them at a time.

Many tests wait for two seconds, or for less than one, for what takes
milliseconds: on a machine that is busy, one of them may be red that is green a
moment later. So what is red the first time counts for nothing if it is green then,
and once more: threads that get into each other's way may be lucky once. Where much
is red, it is not the machine.
"""

import os
import subprocess
import time
from pathlib import Path

from model import Test
from tables import TOP, read_results

FEW = 10
SPARE_SECONDS = 20  # to be left for the marks
TIMES = 2  # to be green in, after red


def again(
    work: Path, stage: int, tests: list[Test], environment: dict[str, str], until: float
) -> list[tuple[str, str]]:
    """Runs what was red of the tests; gives the id and the later result of each
    that was run, until the clock says so. WORK is that of tests/tools/run.sh."""
    first = dict(read_results(work / "results", stage))
    red = [test for test in tests if first.get(test.id) in ("failed", "hung")]
    results: list[tuple[str, str]] = []
    if len(red) > FEW:
        return results
    jobs = sorted({test.job for test in tests})
    place = work / "again"
    for job in sorted({test.job for test in red}):
        most = TIMES * float(environment["JOB_SECONDS"]) + SPARE_SECONDS
        if time.monotonic() + most > until:
            break
        lay_out(work, place, stage)
        left_out = place / "not_run.tsv"
        left_out.write_text("".join(f"{name}\t-\n" for name in jobs if name != job))
        alone = {"NOT_RUN": str(left_out), "JOBS": "1"}
        mine = [test for test in red if test.job == job]
        # One that hung kept those after it from being run.
        whole = any(first[test.id] == "hung" or test.is_end for test in mine)
        if whole:
            mine += [test for test in tests if test.job == job and test.id not in first]
        elif not job.endswith("_test"):
            alone["IDS"] = " ".join(test.id for test in mine)
        later = dict.fromkeys([test.id for test in mine], "passed")
        for _ in range(TIMES):
            run_tests(place, stage, environment | alone)
            found = dict(read_results(place / "results", stage))
            later |= {t: found.get(t, "missing") for t, r in later.items() if r == "passed"}
            if "passed" not in later.values():
                break
        results += later.items()
    return results


def lay_out(work: Path, place: Path, stage: int) -> None:
    """What tests/tools/run.sh needs, in a folder of its own."""
    place.mkdir(exist_ok=True)
    for name in (f"stage{stage}", "small", "tools", "unit"):
        if not (place / name).exists():
            (place / name).symlink_to(work / name)


def run_tests(place: Path, stage: int, environment: dict[str, str]) -> None:
    subprocess.run(
        ["tests/tools/run.sh", str(place.relative_to(TOP)), str(stage)],
        cwd=TOP,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
