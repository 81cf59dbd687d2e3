"""Marks a folder of submissions, several at a time."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Callable

from class_page import as_class_page
from forms import as_csv, number
from marking import Marker
from model import Grade

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
    os.environ["TAG"] = "contract"  # what gives no points would only take time
    started = time.monotonic()
    grades: list[Grade] = []
    progress = Progress(len(submissions))

    def mark(path: Path) -> Grade:
        grade = marker.mark(path)
        write(grade, out / grade.name, forms)
        progress.tell(grade)
        return grade

    with ThreadPoolExecutor(at_once) as workers:
        jobs = [workers.submit(mark, path) for path in submissions]
        try:
            grades = [job.result() for job in as_completed(jobs)]
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            marker.stop()
            raise
    grades.sort(key=lambda grade: grade.name)
    seconds = time.monotonic() - started
    (out / "marks.csv").write_text(as_csv(grades), encoding="utf-8")
    (out / "index.html").write_text(as_class_page(grades, seconds), encoding="utf-8")
    print(f"{len(grades)} marked in {seconds:.0f} s: {out / 'index.html'}")
    return 0


def write(grade: Grade, out: Path, forms: Forms) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, form in forms.items():
        (out / name).write_text(form(grade), encoding="utf-8")


class Progress:
    """A line for each submission as it is marked."""

    def __init__(self, total: int):
        self.total = total
        self.done = 0
        self.lock = threading.Lock()

    def tell(self, grade: Grade) -> None:
        with self.lock:
            self.done += 1
            first = grade.faults[0].sentence if grade.faults else ""
            if not first and grade.diagnosis:
                first = grade.diagnosis.sentence
            if not first and grade.notes:
                first = grade.notes[0]
            print(
                f"{self.done:>{len(str(self.total))}}/{self.total} "
                f"{number(grade.points):>5} {grade.name:24} "
                f"{grade.seconds:4.0f} s  {first[:90]}",
                flush=True,
            )
