"""Marks a folder of submissions, several at a time."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Callable

from grading.class_page import as_class_page
from grading.forms import as_csv, number
from grading.marking import Marker
from grading.marks import Grade
from submission.names import shown

Forms = dict[str, Callable[[Grade], str]]


def mark_all(marker: Marker, folder: Path, out: Path, forms: Forms) -> int:
    """Marks each folder in a folder; writes a folder for each, and the class's
    marks.csv and index.html. Returns the exit status."""
    submissions = sorted(path for path in folder.iterdir() if path.is_dir())
    if not submissions:
        print(f"There is no folder in {folder}.", file=sys.stderr)
        return 1
    at_once = int(os.environ.get("GRADE_JOBS") or max(1, (os.cpu_count() or 2)))
    os.environ.setdefault("JOBS", "2")  # of each submission's tests
    started = time.monotonic()
    table = Table(out / "marks.csv", len(submissions))

    def mark(path: Path) -> None:
        try:
            grade = marker.mark(path)
            write(grade, out / grade.name, forms)
        except Exception as error:  # whatever it is, it is of this one alone
            reason = f"{type(error).__name__}: {shown(str(error))}"
            grade = marker.unjudged(shown(path.name), reason)
            write(grade, out / grade.name, forms)
        table.add(grade)

    with ThreadPoolExecutor(at_once) as workers:
        jobs = [workers.submit(mark, path) for path in submissions]
        try:
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            marker.stop()
            raise
    seconds = time.monotonic() - started
    page = as_class_page(table.grades, seconds)
    (out / "index.html").write_text(page, encoding="utf-8")
    print(f"{len(table.grades)} marked in {seconds:.0f} s: {out / 'index.html'}")
    return 0


def write(grade: Grade, out: Path, forms: Forms) -> None:
    """Writes its forms."""
    out.mkdir(parents=True, exist_ok=True)
    for name, form in forms.items():
        (out / name).write_text(form(grade), encoding="utf-8")


class Table:
    """The marks so far: a line is printed for each, and marks.csv is written
    again, so that it is there whatever becomes of the rest."""

    def __init__(self, path: Path, total: int):
        self.path = path
        self.total = total
        self.grades: list[Grade] = []
        self.lock = threading.Lock()

    def add(self, grade: Grade) -> None:
        """Adds one more."""
        with self.lock:
            self.grades.append(grade)
            self.grades.sort(key=lambda other: other.name)
            new = self.path.with_suffix(".new")
            new.write_text(as_csv(self.grades), encoding="utf-8")
            new.rename(self.path)
            self.print(grade)

    def print(self, grade: Grade) -> None:
        """Prints its line."""
        first = grade.faults[0].sentence if grade.faults else ""
        if not first and grade.notes:
            first = grade.notes[0]
        print(
            f"{len(self.grades):>{len(str(self.total))}}/{self.total} "
            f"{number(grade.points):>5} {grade.name:24} "
            f"{grade.seconds:4.0f} s  {first[:90]}",
            flush=True,
        )
