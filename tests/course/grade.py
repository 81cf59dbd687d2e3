#!/usr/bin/env python3
"""tests/course/grade.py --stage N --dir PATH | --batch PATH - grades a submission, or
each of a batch. `make grade` calls it; --help lists all options.

Prints a table of the points, or a line for each submission of a batch, and writes the
pages and tables for students and teachers (docs/grading.md). make has built our own
programs in BUILD, and says in the environment how to compile and link.
"""

import argparse
import signal
import sys
from pathlib import Path

from grading import forms
from grading.batch import grade_all, write
from grading.cell import best_level
from grading.machines import write_worker
from grading.grader import Grader
from grading.page import as_page
from submission import TOP
from submission.archives import is_archive
from submission.collect import Submission

FORMS = {
    "grade.json": forms.as_json,
    "results.json": forms.as_gradescope,
    "junit.xml": forms.as_junit,
    "classroom.txt": forms.as_classroom,
    "index.html": as_page,
}


def main() -> int:
    """Grades what is named; returns the exit status."""
    options = parse()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    trusted = (TOP / options.build).resolve()
    level = best_level(trusted / "tools/confine")
    if level == "none" and not options.worker:
        print(
            "NOT ISOLATED: you are not root, and there are no user namespaces. What you "
            "grade runs as you, and could forge its grades.",
            file=sys.stderr,
        )
    work = trusted / "grade/.work"
    grader = Grader(options.stage, level, trusted, work)
    if options.worker:
        write_worker(options.worker, options.stage, trusted, level)
        return 0
    path = options.dir or options.batch
    name = Submission(path.resolve().name, "").folder
    if options.batch:
        out = options.out or trusted / f"batches/{name}-stage{options.stage}"
        return grade_all(grader, path, out.resolve(), options.hosts, FORMS)
    out = options.out or trusted / f"grades/{name}"
    grade = grader.grade(path)
    for form_name, form in FORMS.items():
        write(out / form_name, form(grade))
    rest = f"The page for the student: {out / 'index.html'}"
    print(forms.as_text(grade, rest), end="")
    return 0


def parse() -> argparse.Namespace:
    """Returns what was asked for."""
    parser = argparse.ArgumentParser(prog="grade", description="Grades submissions.")
    parser.add_argument("--stage", type=int, required=True)
    parser.add_argument("--build", default="build", help="where make built our own programs")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dir", type=Path, help="the folder or archive to grade")
    what.add_argument("--batch", type=Path, help="a folder or archive of them")
    what.add_argument("--worker", type=Path, help="the script to write, for a batch")
    parser.add_argument("--out", type=Path, help="where to write")
    parser.add_argument("--hosts", type=Path, help="machines to grade a batch on")
    options = parser.parse_args()
    path = options.dir or options.batch
    if path and not path.is_dir() and not (path.is_file() and is_archive(path.name)):
        parser.error(f"there is no folder or archive {path}")
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("make grade was stopped.")
