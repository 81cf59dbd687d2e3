#!/usr/bin/env python3
"""tests/course/matrix.py BUILD STAGE... - the grades of each step, before and after it.

`make matrix` calls it. Two folders are judged by the tests of each stage, as `make grade`
judges them. The stage's own gets 100 points, and no red test, not even one without
points; that of the stage before, which is what `make start` gives, gets less than 60.
Before stage 1 there is stage 1 without delegate.c. Prints a line for each folder, and
the ids of what is red and should not be; exits with 1 if one is not as it should be.
"""

import shutil
import sys
from pathlib import Path

from grading.score import grade_of
from submission import TOP
from submission.judge import judge_graded

LESS_THAN = 60  # points for what was not touched


def is_right(build: Path, stage: int, folder: Path, after: bool) -> bool:
    """Judges a folder, and prints what came of it."""
    grade = grade_of(judge_graded(build, stage, folder, build / "matrix/work"), "")
    red = [test.id for test in grade.tests if test.result != "passed"]
    right = grade.points == 100 and not red if after else grade.points < LESS_THAN
    print(
        f"step {stage}, {'after' if after else 'before'} the step: {grade.points:5.1f} "
        f"points, {len(red):3} of {len(grade.tests)} tests red: "
        f"{'ok' if right else 'FAILED'}",
        flush=True,
    )
    if after and red:
        print("".join(f"    {name}\n" for name in red), end="")
    return right


def main() -> int:
    """Tries each stage; returns the exit status."""
    build = TOP / sys.argv[1]
    before = build / "matrix/before"
    rights = []
    for stage in map(int, sys.argv[2:]):
        rights.append(is_right(build, stage, TOP / f"stages/stage{stage}", True))
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(TOP / f"stages/stage{max(stage - 1, 1)}", before)
        if stage == 1:
            (before / "delegate.c").unlink()
        rights.append(is_right(build, stage, before, False))
    return 0 if rights and all(rights) else 1


if __name__ == "__main__":
    sys.exit(main())
