#!/usr/bin/env python3
"""tests/course/grading/grade_one.py STAGE BUILD LEVEL FOLDER - grades one submission of a
batch: what was taken of it, in that folder.

Prints its grade.json in one line, whatever happens. grading/machines.py starts it,
through GNU parallel, on this machine or on another.
"""

import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grading.grader import Grader
from grading.score import to_json
from submission.names import shown
from submission.sources import load


def main() -> None:
    """Grades it."""
    stage, build, level, folder = sys.argv[1:]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    trusted = Path(build)
    grader = Grader(int(stage), level, trusted, trusted / "grade/.work")
    try:
        grade = grader.grade_taken(Path(folder))
    except Exception as error:  # whatever it is, it is of this one alone
        reason = f"{type(error).__name__}: {shown(str(error))}"
        grade = grader.unjudged(load(Path(folder)).name, reason)
    # In ASCII, as is everything that another machine may print.
    print(json.dumps({"number": Path(folder).name, "grade": to_json(grade)}))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(130)
