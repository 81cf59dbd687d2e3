#!/usr/bin/env python3
"""tests/course/check.py BUILD STAGE DIR - tests the server in a folder.

`make test STAGE=n DIR=path` calls it. It judges the folder as `make grade` does, but
without a jail. It also runs the unit tests that run in the process of the server; they
give no points. It builds in BUILD/folder/stageN, and writes nothing to the folder. It
prints the root cause and the points. Everything else is in
BUILD/folder/stageN/report.txt and, with V=1, on the terminal. It exits with 0 if all
graded tests passed, 1 if not, and 2 if there is no such folder.
"""

import fcntl
import os
import sys
import time
from pathlib import Path

from grading.forms import as_report, as_text
from grading.score import grade_of
from submission import TOP
from submission.archives import is_archive
from submission.judge import AGAIN_SECONDS, Judge, at_once, new_judge
from submission.sources import take
from suite.report import Terminal
from suite.tests import stages


def refuse(sentence: str, command: str = "make test") -> None:
    """Ends the program, with what is wrong."""
    print(f"{command}: {sentence}", file=sys.stderr)
    sys.exit(2)


def check_arguments(stage: str, folder: str, command: str = "make test") -> None:
    """Refuses what cannot be tested."""
    known = " ".join(str(number) for number in stages())
    if not stage:
        refuse(f"which step is the folder for? Say STAGE=n; the stages are: {known}", command)
    if stage not in known.split():
        refuse(f"there is no stage '{stage}'. The stages are: {known}", command)
    if not folder:
        refuse("which folder? Say DIR=path", command)
    path = Path(folder)
    if not path.exists():
        refuse(f"there is no folder '{folder}'", command)
    if not path.is_dir() and not is_archive(path.name):
        refuse(f"'{folder}' is neither a folder nor an archive", command)
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        refuse(f"'{folder}' cannot be read", command)


def run(judge: Judge, folder: str) -> int:
    """Judges a folder and prints the result; returns the exit status."""
    verbose = bool(os.environ.get("V"))
    target = judge.work / "taken"
    taken = take(Path(folder), target)
    if taken.problem:
        refuse("\n  ".join([f"'{folder}': {taken.problem}", *taken.notes]))
    judge.with_units = True
    judge.build(target)
    judge.try_to_start()
    terminal = Terminal(len(judge.jobs(judge.to_run())), is_short=not verbose)
    judge.run(at_once(), terminal.say)
    judge.finish(time.monotonic() + AGAIN_SECONDS)
    grade = grade_of(judge, taken.name)
    report = judge.work / "report.txt"
    report.write_text(as_report(grade), "utf-8")
    is_green = all(t.result == "passed" for t in grade.tests if t.graded)
    is_all = all(t.result == "passed" for t in grade.tests)
    rest = [] if is_all else [f"What was sent and what came: {report.resolve()}"]
    rest += [] if is_green else ["The errors that make reports now only mean that tests are red."]
    print(as_report(grade) if verbose else as_text(grade, *rest), end="")
    return 0 if is_green else 1


def main() -> int:
    """Tests the folder that is named."""
    build, stage, folder = sys.argv[1:]
    check_arguments(stage, folder)
    work = TOP / build / f"folder/stage{stage}"
    work.parent.mkdir(parents=True, exist_ok=True)
    with open(work.parent / f"stage{stage}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at a time would disturb each other
        return run(new_judge(TOP / build, int(stage), work), folder)


if __name__ == "__main__":
    sys.exit(main())
