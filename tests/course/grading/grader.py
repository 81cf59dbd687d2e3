"""Grades one submission: starts the judge in a cell, and makes a Grade from what it
wrote."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from grading.cell import cell
from grading.groups import made_groups
from grading.score import Grade, score
from grading.watch import MEMORY_MIB
from submission import TOP
from submission.diagnosis import Diagnosis
from submission.faults import Fault
from submission.points import in_its_process, read_points
from submission.sources import Taken, load, take
from suite.tests import Test, expected_tests
from suite.visible import visible

COURSE = TOP / "tests/course"
FIRST_UID = 60600  # a range that no system uses for users or services
UIDS = 300
LOCKS = Path("/tmp")  # the same for all that grade on this machine
WALL_SECONDS = float(os.environ.get("GRADE_SECONDS", "300"))
JOB_SECONDS = os.environ.get("JOB_SECONDS", "60")


@dataclass(frozen=True)
class Grader:
    """What all submissions of a run have in common."""

    stage: int
    level: str
    trusted: Path  # where make has built what is ours
    work: Path  # below that

    def grade(self, path: Path) -> Grade:
        """Grades a folder or an archive."""
        with tempfile.TemporaryDirectory(prefix="taken.") as folder:
            take(path, Path(folder))
            return self.grade_taken(Path(folder))

    def grade_taken(self, folder: Path) -> Grade:
        """Grades what was taken of a submission."""
        taken = load(folder)
        if taken.problem:
            return self.nothing(taken)
        grade = Grade(taken.name, self.stage, self.level)
        with leased_uid() as uid:
            self.grade_as(grade, folder, uid if self.level != "none" else os.getuid())
        return grade

    def grade_as(self, grade: Grade, folder: Path, uid: int) -> None:
        """Grades it as that user, whom nobody else uses meanwhile."""
        started = time.monotonic()
        place = Path(tempfile.mkdtemp(prefix="grade."))
        work = self.work / f"{uid}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True, mode=0o700)
        try:
            place.chmod(0o711)
            (place / "view").mkdir()
            with made_groups(place, f"webserve-{uid}", MEMORY_MIB * 1024 * 1024):
                status = self.run_cell(place, folder, uid, work)
            self.fill(grade, work, status)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        grade.seconds = round(time.monotonic() - started, 1)

    def run_cell(self, place: Path, folder: Path, uid: int, work: Path) -> int | None:
        """Runs the judge in a cell; its exit status, None if it was out of time."""
        judge = [sys.executable, COURSE / "grading/in_cell.py", place, folder.resolve()]
        judge += [self.trusted, work, uid, self.level, self.stage]
        judge += [f"--seconds={WALL_SECONDS}", f"--job-seconds={JOB_SECONDS}"]
        temporary = work / "tmp"
        temporary.mkdir(mode=0o700)
        with open(work / "judge.log", "wb") as log:
            process = subprocess.Popen(
                cell(
                    self.level,
                    place,
                    self.trusted,
                    work,
                    [str(part) for part in judge],
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ
                | {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
                | {"PYTHONPATH": str(COURSE)},
            )
            try:
                return process.wait(WALL_SECONDS)
            except subprocess.TimeoutExpired:
                return None
            finally:
                end(process)

    def fill(self, grade: Grade, work: Path, status: int | None) -> None:
        """Makes the grades from what the judge wrote."""
        path = work / "judged.json"
        log = visible((work / "judge.log").read_text(errors="replace")[-2000:])
        if path.exists():
            judged = json.loads(path.read_text())
            grade.tests = [Test(**test) for test in judged["tests"]]
            grade.faults = [Fault(**fault) for fault in judged["faults"]]
            grade.notes += judged["notes"]
            grade.processor = judged["processor"]
            if judged["diagnosis"]:
                grade.diagnosis = Diagnosis(**judged["diagnosis"])
            if status is None:
                stopped(
                    grade, "time", f"Grading was stopped after {WALL_SECONDS:.0f} s."
                )
            elif status != 0:
                stopped(grade, "judge", "It could not be graded to the end.", log)
        elif status is None:
            self.give_up(grade, f"It could not be built within {WALL_SECONDS:.0f} s.", log)
        else:
            self.give_up(grade, "It could not be graded.", log)
        score(grade, read_points(self.stage))

    def give_up(
        self, grade: Grade, sentence: str, log: str = "", kind: str = "judge"
    ) -> None:
        """Gives grades to a submission of which nothing was judged."""
        tests = expected_tests(self.stage)
        grade.tests = [test for test in tests if not in_its_process(test.job)]
        stopped(grade, kind, sentence, log)

    def unjudged(self, name: str, reason: str) -> Grade:
        """Returns the grades of a submission that something kept from being judged."""
        grade = Grade(name, self.stage, self.level)
        self.give_up(grade, f"It could not be graded: {reason}.")
        score(grade, read_points(self.stage))
        return grade

    def nothing(self, taken: Taken) -> Grade:
        """Returns the grades of a submission that has nothing to judge."""
        grade = Grade(taken.name, self.stage, self.level, notes=taken.notes)
        self.give_up(grade, taken.problem, kind="sources")
        score(grade, read_points(self.stage))
        return grade


def end(process: subprocess.Popen) -> None:
    """Ends a cell, with all that is in it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def stopped(grade: Grade, kind: str, sentence: str, log: str = "") -> None:
    """Says that what had not been judged by then was not run."""
    grade.faults.append(Fault(kind, sentence, log, kind=kind))
    for test in grade.tests:
        if test.result == "missing":
            test.result, test.because = "not-run", kind


@contextlib.contextmanager
def leased_uid() -> Iterator[int]:
    """Yields a user that nobody else on this machine grades as meanwhile: what is
    limited and ended by user must belong to one submission."""
    for uid in range(FIRST_UID, FIRST_UID + UIDS):
        path = LOCKS / f"grade-user-{uid}.lock"
        try:
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield uid
        finally:
            os.close(lock)
        return
    raise RuntimeError("no user is free to grade as")
