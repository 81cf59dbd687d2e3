#!/usr/bin/env python3
"""tests/course/matrix.py BUILD STAGE... - the tests of each step pass after it, and
fail before it.

`make matrix` calls it. The graded tests of each stage are run on two folders, as `make
test DIR=path` runs them. On the stage's own, all of them must be green; on that of the
stage before, at least one must be red. Before stage 1 there is stage 1 without
delegate.c. Prints a line for each folder, and the ids of what is red and should not be;
exits with 1 if one is not as it should be.
"""

import shutil
import sys
from pathlib import Path

from submission import TOP
from submission.judge import judge_graded


def is_right(build: Path, stage: int, folder: Path, after: bool) -> bool:
    """Runs the tests of a stage on a folder, and prints what came of it."""
    tests = judge_graded(build, stage, folder, build / "matrix/work").tests
    red = [test.id for test in tests if test.result != "passed"]
    right = bool(tests) and bool(red) != after
    when = f"{'after' if after else 'before'} the step"
    print(
        f"step {stage}, {when:15} {len(tests):3} tests, {len(red):3} red: "
        f"{'ok' if right else 'FAILED'}",
        flush=True,
    )
    if after and red:
        print("".join(f"    {name}\n" for name in red), end="")
    return right


def main() -> int:
    """Tries each stage; gives the status to exit with."""
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
